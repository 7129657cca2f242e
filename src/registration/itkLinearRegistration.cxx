/*=========================================================================
 *
 *  Copyright The SyntheticCT contributors
 *
 *  Licensed under the Apache License, Version 2.0 (the "License");
 *  you may not use this file except in compliance with the License.
 *  You may obtain a copy of the License at
 *
 *         https://www.apache.org/licenses/LICENSE-2.0.txt
 *
 *  Unless required by applicable law or agreed to in writing, software
 *  distributed under the License is distributed on an "AS IS" BASIS,
 *  WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 *  See the License for the specific language governing permissions and
 *  limitations under the License.
 *
 *=========================================================================*/
#include "SyntheticCTDetail/itkLinearRegistration.h"

#include "SyntheticCTDetail/itkFilterThreading.h"

#include <algorithm>
#include <cmath>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

/** Columns of the derivative of the twelve elements of a map by the parameters of a step, at a map: of a translation in
 * mm, of a rotation about the center of the samples in radians, or of the elements themselves. */
std::vector<std::array<double, 12>>
Directions(LinearFreedom freedom, const LinearMap & map)
{
  std::vector<std::array<double, 12>> columns;
  if (freedom == LinearFreedom::Affine)
  {
    columns.resize(12);
    for (int i = 0; i < 12; ++i)
    {
      columns[i].fill(0.0);
      columns[i][i] = 1.0;
    }
    return columns;
  }
  for (int row = 0; row < 3; ++row)
  {
    std::array<double, 12> column{};
    column[4 * row] = 1.0;
    columns.push_back(column);
  }
  if (freedom == LinearFreedom::Rigid)
  {
    for (int axis = 0; axis < 3; ++axis)
    {
      std::array<double, 12> column{};
      const int              next = (axis + 1) % 3;
      const int              last = (axis + 2) % 3;
      for (int c = 0; c < 3; ++c)
      {
        column[4 * next + 1 + c] = -map.Matrix[last][c];
        column[4 * last + 1 + c] = map.Matrix[next][c];
      }
      columns.push_back(column);
    }
  }
  return columns;
}

LinearMap
Stepped(LinearFreedom freedom, const LinearMap & map, const std::vector<double> & step)
{
  LinearMap result = map;
  if (freedom == LinearFreedom::Affine)
  {
    for (int row = 0; row < 3; ++row)
    {
      result.Offset[row] += step[4 * row];
      for (int c = 0; c < 3; ++c)
      {
        result.Matrix[row][c] += step[4 * row + 1 + c];
      }
    }
    return result;
  }
  if (freedom == LinearFreedom::Rigid)
  {
    LinearMap rotation;
    rotation.Matrix = RotationOf({ step[3], step[4], step[5] });
    result = rotation.After(map);
    result.Offset = map.Offset;
  }
  for (int row = 0; row < 3; ++row)
  {
    result.Offset[row] += step[row];
  }
  return result;
}

/** Solves a symmetric positive definite system by Cholesky's method; false when it is not definite. */
bool
Solve(std::vector<std::vector<double>> matrix, std::vector<double> & right)
{
  const size_t size = right.size();
  for (size_t i = 0; i < size; ++i)
  {
    for (size_t j = 0; j <= i; ++j)
    {
      double sum = matrix[i][j];
      for (size_t k = 0; k < j; ++k)
      {
        sum -= matrix[i][k] * matrix[j][k];
      }
      if (i == j)
      {
        if (!(sum > 0.0))
        {
          return false;
        }
        matrix[i][i] = std::sqrt(sum);
      }
      else
      {
        matrix[i][j] = sum / matrix[j][j];
      }
    }
  }
  for (size_t i = 0; i < size; ++i)
  {
    for (size_t k = 0; k < i; ++k)
    {
      right[i] -= matrix[i][k] * right[k];
    }
    right[i] /= matrix[i][i];
  }
  for (size_t i = size; i-- > 0;)
  {
    for (size_t k = i + 1; k < size; ++k)
    {
      right[i] -= matrix[k][i] * right[k];
    }
    right[i] /= matrix[i][i];
  }
  return true;
}

LinearMap
Difference(const LinearMap & a, const LinearMap & b)
{
  LinearMap result;
  for (int r = 0; r < 3; ++r)
  {
    result.Offset[r] = a.Offset[r] - b.Offset[r];
    for (int c = 0; c < 3; ++c)
    {
      result.Matrix[r][c] = a.Matrix[r][c] - b.Matrix[r][c];
    }
  }
  return result;
}

} // namespace

std::array<std::array<double, 3>, 3>
RotationOf(const std::array<double, 3> & axis)
{
  const double angle = std::sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]);
  // sin(a) / a and (1 - cos(a)) / a^2, by their series where they cancel.
  const double                         sine = angle < 1e-4 ? 1.0 - angle * angle / 6.0 : std::sin(angle) / angle;
  const double                         half = angle < 1e-4 ? 1.0 : std::sin(angle / 2.0) / (angle / 2.0);
  const double                         versine = 0.5 * half * half;
  std::array<std::array<double, 3>, 3> rotation;
  for (int r = 0; r < 3; ++r)
  {
    for (int c = 0; c < 3; ++c)
    {
      rotation[r][c] = versine * axis[r] * axis[c] + (r == c ? 1.0 - versine * angle * angle : 0.0);
    }
  }
  for (int r = 0; r < 3; ++r)
  {
    rotation[(r + 1) % 3][r] += sine * axis[(r + 2) % 3];
    rotation[r][(r + 1) % 3] -= sine * axis[(r + 2) % 3];
  }
  return rotation;
}

LinearResult
MaximizeSimilarity(ProcessObject *             filter,
                   SimilarityMetric &          metric,
                   const RegistrationSamples & samples,
                   LinearFreedom               freedom,
                   const LinearMap &           start,
                   double                      tolerance,
                   double                      leastOverlap,
                   unsigned int                mostIterations)
{
  LinearResult result;
  result.Map = start;
  result.Similarity = metric.Evaluate(filter, start);
  double damping = 1e-3;
  while (result.Iterations < mostIterations)
  {
    const SimilarityDerivatives         derivatives = metric.Differentiate(filter);
    const auto                          columns = Directions(freedom, result.Map);
    const size_t                        size = columns.size();
    std::vector<double>                 gradient(size, 0.0);
    std::vector<std::vector<double>>    curvature(size, std::vector<double>(size, 0.0));
    std::vector<std::array<double, 12>> products(size);
    for (size_t i = 0; i < size; ++i)
    {
      for (int k = 0; k < 12; ++k)
      {
        gradient[i] += columns[i][k] * derivatives.Gradient[k];
        products[i][k] = 0.0;
        for (int l = 0; l < 12; ++l)
        {
          products[i][k] += derivatives.Curvature[k][l] * columns[i][l];
        }
      }
    }
    for (size_t i = 0; i < size; ++i)
    {
      for (size_t j = 0; j < size; ++j)
      {
        for (int k = 0; k < 12; ++k)
        {
          curvature[i][j] += columns[i][k] * products[j][k];
        }
      }
    }

    bool risen = false;
    bool small = false;
    while (!risen && !small && result.Iterations < mostIterations)
    {
      ++result.Iterations;
      auto damped = curvature;
      for (size_t i = 0; i < size; ++i)
      {
        damped[i][i] += damping * (curvature[i][i] + 1e-12);
      }
      std::vector<double> step = gradient;
      if (!Solve(damped, step))
      {
        damping = std::max(damping * 10.0, 1e-3);
        small = damping > 1e6;
        continue;
      }
      const LinearMap       next = Stepped(freedom, result.Map, step);
      const double          distance = samples.RootMeanSquareDistance(Difference(next, result.Map));
      const SimilarityValue similarity = metric.Evaluate(filter, next);
      small = distance < tolerance;
      if (similarity.Value > result.Similarity.Value &&
          similarity.Overlap >= std::min(leastOverlap, result.Similarity.Overlap))
      {
        risen = true;
        result.Map = next;
        result.Similarity = similarity;
        damping = std::max(damping * 0.1, 1e-6);
      }
      else
      {
        damping *= 10.0;
      }
    }
    if (small || !risen)
    {
      break;
    }
  }
  return result;
}

} // namespace SyntheticCTDetail
} // namespace itk
