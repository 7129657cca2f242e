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
#include "SyntheticCTDetail/itkRegistrationVolume.h"

#include "SyntheticCTDetail/itkFilterThreading.h"

#include <vnl/algo/vnl_svd.h>

#include <algorithm>
#include <cmath>

namespace itk
{
namespace SyntheticCTDetail
{

std::array<double, 3>
LinearMap::operator()(const std::array<double, 3> & x) const
{
  std::array<double, 3> y = Offset;
  for (int r = 0; r < 3; ++r)
  {
    for (int c = 0; c < 3; ++c)
    {
      y[r] += Matrix[r][c] * x[c];
    }
  }
  return y;
}

LinearMap
LinearMap::After(const LinearMap & inner) const
{
  LinearMap result;
  for (int r = 0; r < 3; ++r)
  {
    for (int c = 0; c < 3; ++c)
    {
      result.Matrix[r][c] = 0.0;
      for (int k = 0; k < 3; ++k)
      {
        result.Matrix[r][c] += Matrix[r][k] * inner.Matrix[k][c];
      }
    }
  }
  result.Offset = (*this)(inner.Offset);
  return result;
}

LinearMap
LinearMap::Inverse() const
{
  const auto & m = Matrix;
  LinearMap    result;
  for (int r = 0; r < 3; ++r)
  {
    for (int c = 0; c < 3; ++c)
    {
      // Cofactors in cyclic order carry their signs.
      result.Matrix[c][r] = m[(r + 1) % 3][(c + 1) % 3] * m[(r + 2) % 3][(c + 2) % 3] -
                            m[(r + 1) % 3][(c + 2) % 3] * m[(r + 2) % 3][(c + 1) % 3];
    }
  }
  const double determinant =
    m[0][0] * result.Matrix[0][0] + m[0][1] * result.Matrix[1][0] + m[0][2] * result.Matrix[2][0];
  for (auto & row : result.Matrix)
  {
    for (double & element : row)
    {
      element /= determinant;
    }
  }
  const std::array<double, 3> moved = result(Offset);
  result.Offset = { -moved[0], -moved[1], -moved[2] };
  return result;
}

std::array<double, 2>
LinearMap::GetStretches() const
{
  const vnl_svd<double> svd(vnl_matrix<double>(Matrix[0].data(), 3, 3));
  return { svd.W()[2], svd.W()[0] };
}

double
RegistrationVolume::Spacing(int axis) const
{
  const auto & m = IndexToPoint.Matrix;
  return std::sqrt(m[0][axis] * m[0][axis] + m[1][axis] * m[1][axis] + m[2][axis] * m[2][axis]);
}

std::array<double, 3>
RegistrationVolume::Center() const
{
  return IndexToPoint({ (Size[0] - 1) / 2.0, (Size[1] - 1) / 2.0, (Size[2] - 1) / 2.0 });
}

RegistrationVolume
RegistrationVolume::Reduced(ProcessObject * filter, const std::array<int, 3> & factors) const
{
  RegistrationVolume result;
  LinearMap          toThis;
  for (int d = 0; d < 3; ++d)
  {
    result.Size[d] = Size[d] / factors[d];
    toThis.Matrix[d][d] = factors[d];
    toThis.Offset[d] = (factors[d] - 1) / 2.0;
  }
  result.IndexToPoint = IndexToPoint.After(toThis);
  const size_t width = result.Size[0];
  const size_t plane = width * result.Size[1];
  result.Values.resize(plane * result.Size[2]);
  result.Valid.resize(Valid.empty() ? 0 : result.Values.size());
  ParallelizeArray(filter, result.Size[2], 0.0F, [&](SizeValueType slice) {
    std::vector<float> sums(width);
    std::vector<float> counts(width);
    for (int row = 0; row < result.Size[1]; ++row)
    {
      std::fill(sums.begin(), sums.end(), 0.0F);
      std::fill(counts.begin(), counts.end(), 0.0F);
      for (int z = 0; z < factors[2]; ++z)
      {
        for (int y = 0; y < factors[1]; ++y)
        {
          const size_t line = ((slice * factors[2] + z) * Size[1] + row * factors[1] + y) * Size[0];
          for (size_t i = 0; i < width; ++i)
          {
            for (int x = 0; x < factors[0]; ++x)
            {
              const size_t voxel = line + i * factors[0] + x;
              const float  weight = Valid.empty() ? 1.0F : static_cast<float>(Valid[voxel]);
              // What is not valid may be NaN.
              sums[i] += weight != 0.0F ? Values[voxel] : 0.0F;
              counts[i] += weight;
            }
          }
        }
      }
      const size_t out = slice * plane + row * width;
      for (size_t i = 0; i < width; ++i)
      {
        result.Values[out + i] = counts[i] > 0.0F ? sums[i] / counts[i] : 0.0F;
        if (!Valid.empty())
        {
          result.Valid[out + i] = counts[i] > 0.0F;
        }
      }
    }
  });
  return result;
}

RegistrationVolume
RegistrationVolume::ReducedTo(ProcessObject * filter, double spacing) const
{
  std::array<int, 3> factors;
  for (int d = 0; d < 3; ++d)
  {
    factors[d] = std::clamp(static_cast<int>(spacing / Spacing(d) + 1e-3), 1, std::max(1, Size[d] / 4));
  }
  return Reduced(filter, factors);
}

} // namespace SyntheticCTDetail
} // namespace itk
