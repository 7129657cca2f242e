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
#include "SyntheticCTDetail/itkSimilarityMetric.h"

#include "SyntheticCTDetail/itkFilterThreading.h"

#include <algorithm>
#include <cmath>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

// Few enough to keep all histograms in the cache, and enough for the cores of a workstation.
constexpr size_t mostBlocks = 32;
constexpr size_t leastSamplesOfBlock = 2048;

size_t
NumberOfBlocks(size_t samples)
{
  return std::clamp(samples / leastSamplesOfBlock, size_t{ 1 }, mostBlocks);
}

/** Far below every level: what is interpolated from it is negative. */
constexpr float notValid = -1e6F;

// Variance of the cubic B-spline, in bins: that of a level that is known exactly.
constexpr double kernelVariance = 1.0 / 3.0;

} // namespace

SimilarityMetric::SimilarityMetric(const RegistrationSamples & samples,
                                   const RegistrationVolume &  moving,
                                   const HistogramScale &      fixedScale,
                                   const HistogramScale &      movingScale,
                                   const SimilarityWeights &   weights)
  : m_Samples(samples)
  , m_Moving(moving)
  , m_MovingLevels(moving.NumberOfVoxels())
  , m_FixedBins(fixedScale.NumberOfBins)
  , m_MovingBins(movingScale.NumberOfBins)
  , m_Weights(weights)
  , m_PointToIndex(moving.IndexToPoint.Inverse())
  , m_Level(samples.Count())
  , m_GradientX(samples.Count())
  , m_GradientY(samples.Count())
  , m_GradientZ(samples.Count())
  , m_Blocks(NumberOfBlocks(samples.Count()))
  , m_Joint(static_cast<size_t>(m_FixedBins) * m_MovingBins)
  , m_Slope(m_Joint.size())
  , m_Curvature(m_FixedBins)
{
  for (size_t i = 0; i < m_MovingLevels.size(); ++i)
  {
    m_MovingLevels[i] = moving.Valid.empty() || moving.Valid[i] != 0 ? movingScale(moving.Values[i]) : notValid;
  }
  for (Block & block : m_Blocks)
  {
    block.Histogram.resize(m_Joint.size());
  }
}

template <typename TFunction>
void
SimilarityMetric::ForEachBlock(ProcessObject * filter, const TFunction & function)
{
  const size_t count = m_Blocks.size();
  const auto   call = [&](SizeValueType number) {
    function(m_Blocks[number], m_Samples.Count() * number / count, m_Samples.Count() * (number + 1) / count);
  };
  if (filter == nullptr || count == 1)
  {
    for (size_t number = 0; number < count; ++number)
    {
      call(number);
    }
  }
  else
  {
    ParallelizeArray(filter, count, 0.0F, call);
  }
}

void
SimilarityMetric::EvaluateBlock(Block & block, size_t begin, size_t end, const LinearMap & toIndex)
{
  std::fill(block.Histogram.begin(), block.Histogram.end(), 0.0F);
  std::array<std::array<float, 4>, 3> map;
  for (int d = 0; d < 3; ++d)
  {
    map[d] = { static_cast<float>(toIndex.Offset[d]),
               static_cast<float>(toIndex.Matrix[d][0]),
               static_cast<float>(toIndex.Matrix[d][1]),
               static_cast<float>(toIndex.Matrix[d][2]) };
  }
  const float     lastX = static_cast<float>(m_Moving.Size[0] - 1);
  const float     lastY = static_cast<float>(m_Moving.Size[1] - 1);
  const float     lastZ = static_cast<float>(m_Moving.Size[2] - 1);
  const ptrdiff_t width = m_Moving.Size[0];
  const ptrdiff_t plane = width * m_Moving.Size[1];
  const ptrdiff_t stepX = m_Moving.Size[0] > 1 ? 1 : 0;
  const ptrdiff_t stepY = m_Moving.Size[1] > 1 ? width : 0;
  const ptrdiff_t stepZ = m_Moving.Size[2] > 1 ? plane : 0;
  const float *   levels = m_MovingLevels.data();
  float *         histogram = block.Histogram.data();
  size_t          inside = 0;
  for (size_t s = begin; s < end; ++s)
  {
    const float px = m_Samples.X[s];
    const float py = m_Samples.Y[s];
    const float pz = m_Samples.Z[s];
    const float x = map[0][0] + map[0][1] * px + map[0][2] * py + map[0][3] * pz;
    const float y = map[1][0] + map[1][1] * px + map[1][2] * py + map[1][3] * pz;
    const float z = map[2][0] + map[2][1] * px + map[2][2] * py + map[2][3] * pz;
    if (!(x >= 0.0F && x <= lastX && y >= 0.0F && y <= lastY && z >= 0.0F && z <= lastZ))
    {
      m_Level[s] = -1.0F;
      continue;
    }
    // The last voxel is the upper corner of the cell before it.
    const int     ix = std::max(std::min(static_cast<int>(x), m_Moving.Size[0] - 2), 0);
    const int     iy = std::max(std::min(static_cast<int>(y), m_Moving.Size[1] - 2), 0);
    const int     iz = std::max(std::min(static_cast<int>(z), m_Moving.Size[2] - 2), 0);
    const float   fx = x - static_cast<float>(ix);
    const float   fy = y - static_cast<float>(iy);
    const float   fz = z - static_cast<float>(iz);
    const float * v = levels + ix + iy * width + iz * plane;
    const float   v000 = v[0];
    const float   v100 = v[stepX];
    const float   v010 = v[stepY];
    const float   v110 = v[stepX + stepY];
    const float   v001 = v[stepZ];
    const float   v101 = v[stepX + stepZ];
    const float   v011 = v[stepY + stepZ];
    const float   v111 = v[stepX + stepY + stepZ];
    const float   v00 = v000 + fx * (v100 - v000);
    const float   v10 = v010 + fx * (v110 - v010);
    const float   v01 = v001 + fx * (v101 - v001);
    const float   v11 = v011 + fx * (v111 - v011);
    const float   v0 = v00 + fy * (v10 - v00);
    const float   v1 = v01 + fy * (v11 - v01);
    const float   m = v0 + fz * (v1 - v0);
    m_Level[s] = m;
    if (m < 0.0F)
    {
      continue;
    }
    const float x0 = v100 - v000 + fy * (v110 - v010 - v100 + v000);
    const float x1 = v101 - v001 + fy * (v111 - v011 - v101 + v001);
    m_GradientX[s] = x0 + fz * (x1 - x0);
    m_GradientY[s] = v10 - v00 + fz * (v11 - v01 - v10 + v00);
    m_GradientZ[s] = v1 - v0;
    ++inside;

    const int   bin = static_cast<int>(m);
    const float t = m - static_cast<float>(bin);
    const float r = 1.0F - t;
    float *     row =
      histogram + static_cast<size_t>(m_Samples.Level[s] + 0.5F) * static_cast<size_t>(m_MovingBins) + bin - 1;
    row[0] += r * r * r * (1.0F / 6.0F);
    row[1] += (t * t * (3.0F * t - 6.0F) + 4.0F) * (1.0F / 6.0F);
    row[2] += (r * r * (3.0F * r - 6.0F) + 4.0F) * (1.0F / 6.0F);
    row[3] += t * t * t * (1.0F / 6.0F);
  }
  block.Count = inside;
  if (m_Weights.Correlation != 0.0)
  {
    block.Moments = {};
    for (size_t s = begin; s < end; ++s)
    {
      const double m = m_Level[s];
      const double f = m_Samples.Level[s];
      if (m >= 0.0)
      {
        block.Moments[0] += f;
        block.Moments[1] += m;
        block.Moments[2] += f * f;
        block.Moments[3] += m * m;
        block.Moments[4] += f * m;
      }
    }
  }
}

SimilarityValue
SimilarityMetric::Evaluate(ProcessObject * filter, const LinearMap & map)
{
  const LinearMap toIndex = m_PointToIndex.After(map);
  ForEachBlock(filter,
               [&](Block & block, size_t begin, size_t end) { this->EvaluateBlock(block, begin, end, toIndex); });
  return this->Summarize();
}

SimilarityValue
SimilarityMetric::Summarize()
{
  SimilarityValue       result;
  double                count = 0.0;
  std::array<double, 5> moments{};
  std::fill(m_Joint.begin(), m_Joint.end(), 0.0);
  for (const Block & block : m_Blocks)
  {
    count += static_cast<double>(block.Count);
    for (size_t i = 0; i < m_Joint.size(); ++i)
    {
      m_Joint[i] += block.Histogram[i];
    }
    for (size_t i = 0; i < moments.size(); ++i)
    {
      moments[i] += block.Moments[i];
    }
  }
  result.Overlap = m_Samples.Count() > 0 ? count / static_cast<double>(m_Samples.Count()) : 0.0;
  std::fill(m_Slope.begin(), m_Slope.end(), 0.0F);
  std::fill(m_Curvature.begin(), m_Curvature.end(), 0.0F);
  m_CorrelationSlope = {};
  m_CorrelationCurvature = 0.0F;
  if (count == 0.0)
  {
    return result;
  }

  const auto          entropy = [](double p) { return p > 0.0 ? -p * std::log(p) : 0.0; };
  std::vector<double> movingShare(m_MovingBins, 0.0);
  double              fixedEntropy = 0.0;
  double              jointEntropy = 0.0;
  for (int f = 0; f < m_FixedBins; ++f)
  {
    double * row = m_Joint.data() + static_cast<size_t>(f) * m_MovingBins;
    double   sum = 0.0;
    double   first = 0.0;
    double   second = 0.0;
    for (int m = 0; m < m_MovingBins; ++m)
    {
      row[m] /= count;
      jointEntropy += entropy(row[m]);
      movingShare[m] += row[m];
      sum += row[m];
      first += row[m] * m;
      second += row[m] * m * m;
    }
    fixedEntropy += entropy(sum);
    if (sum > 0.0)
    {
      const double variance = second / sum - (first / sum) * (first / sum);
      m_Curvature[f] = static_cast<float>(m_Weights.MutualInformation / std::max(variance, kernelVariance));
    }
  }
  double movingEntropy = 0.0;
  for (const double p : movingShare)
  {
    movingEntropy += entropy(p);
  }
  for (int f = 0; f < m_FixedBins; ++f)
  {
    const size_t row = static_cast<size_t>(f) * m_MovingBins;
    for (int m = 0; m < m_MovingBins; ++m)
    {
      if (m_Joint[row + m] > 0.0)
      {
        m_Slope[row + m] =
          static_cast<float>(m_Weights.MutualInformation * std::log(m_Joint[row + m] / movingShare[m]));
      }
    }
  }
  result.MutualInformation = fixedEntropy + movingEntropy - jointEntropy;
  result.NormalizedMutualInformation = jointEntropy > 0.0 ? (fixedEntropy + movingEntropy) / jointEntropy : 1.0;

  if (m_Weights.Correlation != 0.0)
  {
    for (double & moment : moments)
    {
      moment /= count;
    }
    const double fixedVariance = moments[2] - moments[0] * moments[0];
    const double movingVariance = moments[3] - moments[1] * moments[1];
    if (fixedVariance > 0.0 && movingVariance > 0.0)
    {
      const double scale = std::sqrt(fixedVariance * movingVariance);
      result.Correlation = (moments[4] - moments[0] * moments[1]) / scale;
      const double byFixed = m_Weights.Correlation / scale;
      const double byMoving = -m_Weights.Correlation * result.Correlation / movingVariance;
      m_CorrelationSlope = { static_cast<float>(-byFixed * moments[0] - byMoving * moments[1]),
                             static_cast<float>(byFixed),
                             static_cast<float>(byMoving) };
      m_CorrelationCurvature = static_cast<float>(m_Weights.Correlation / movingVariance);
    }
  }
  result.Value = m_Weights.MutualInformation * result.MutualInformation + m_Weights.Correlation * result.Correlation;
  return result;
}

void
SimilarityMetric::DifferentiateBlock(Block & block, size_t begin, size_t end) const
{
  // Twelve products of the gradient with (1, x, y, z); six of the gradient with itself by ten of (1, x, y, z), padded
  // to sixteen.
  std::array<float, 12> gradient{};
  std::array<float, 96> curvature{};
  for (size_t s = begin; s < end; ++s)
  {
    const float m = m_Level[s];
    if (m < 0.0F)
    {
      continue;
    }
    const int     bin = static_cast<int>(m);
    const float   t = m - static_cast<float>(bin);
    const float   r = 1.0F - t;
    const size_t  fixedBin = static_cast<size_t>(m_Samples.Level[s] + 0.5F);
    const float * row = m_Slope.data() + fixedBin * static_cast<size_t>(m_MovingBins) + bin - 1;
    const float   slope =
      0.5F * (t * t * row[3] - r * r * row[0] + (3.0F * t - 4.0F) * t * row[1] - (3.0F * r - 4.0F) * r * row[2]) +
      m_CorrelationSlope[0] + m_CorrelationSlope[1] * m_Samples.Level[s] + m_CorrelationSlope[2] * m;
    const float                weight = m_Curvature[fixedBin] + m_CorrelationCurvature;
    const std::array<float, 3> g{ m_GradientX[s], m_GradientY[s], m_GradientZ[s] };
    const float                x = m_Samples.X[s];
    const float                y = m_Samples.Y[s];
    const float                z = m_Samples.Z[s];
    const std::array<float, 4> u{ 1.0F, x, y, z };
    for (int a = 0; a < 3; ++a)
    {
      for (int b = 0; b < 4; ++b)
      {
        gradient[4 * a + b] += slope * g[a] * u[b];
      }
    }
    const std::array<float, 16> uu{ 1.0F, x, y, z, x * x, x * y, x * z, y * y, y * z, z * z };
    const std::array<float, 6>  gg{ weight * g[0] * g[0], weight * g[0] * g[1], weight * g[0] * g[2],
                                   weight * g[1] * g[1], weight * g[1] * g[2], weight * g[2] * g[2] };
    for (int a = 0; a < 6; ++a)
    {
      for (int b = 0; b < 16; ++b)
      {
        curvature[16 * a + b] += gg[a] * uu[b];
      }
    }
  }
  block.Gradient = gradient;
  block.Curvature = curvature;
}

SimilarityDerivatives
SimilarityMetric::Differentiate(ProcessObject * filter)
{
  ForEachBlock(filter, [&](Block & block, size_t begin, size_t end) { this->DifferentiateBlock(block, begin, end); });
  std::array<double, 12> gradient{};
  std::array<double, 96> curvature{};
  double                 count = 0.0;
  for (const Block & block : m_Blocks)
  {
    count += static_cast<double>(block.Count);
    for (size_t i = 0; i < gradient.size(); ++i)
    {
      gradient[i] += block.Gradient[i];
    }
    for (size_t i = 0; i < curvature.size(); ++i)
    {
      curvature[i] += block.Curvature[i];
    }
  }
  SimilarityDerivatives result;
  if (count == 0.0)
  {
    return result;
  }
  constexpr int pairOf3[3][3] = { { 0, 1, 2 }, { 1, 3, 4 }, { 2, 4, 5 } };
  constexpr int pairOf4[4][4] = { { 0, 1, 2, 3 }, { 1, 4, 5, 6 }, { 2, 5, 7, 8 }, { 3, 6, 8, 9 } };
  // From gradients by index to gradients by mm.
  const auto & toIndex = m_PointToIndex.Matrix;
  for (int a = 0; a < 3; ++a)
  {
    for (int b = 0; b < 4; ++b)
    {
      for (int i = 0; i < 3; ++i)
      {
        result.Gradient[4 * a + b] += toIndex[i][a] * gradient[4 * i + b] / count;
      }
      for (int c = 0; c < 3; ++c)
      {
        for (int d = 0; d < 4; ++d)
        {
          double sum = 0.0;
          for (int i = 0; i < 3; ++i)
          {
            for (int j = 0; j < 3; ++j)
            {
              sum += toIndex[i][a] * toIndex[j][c] * curvature[16 * pairOf3[i][j] + pairOf4[b][d]];
            }
          }
          result.Curvature[4 * a + b][4 * c + d] = sum / count;
        }
      }
    }
  }
  return result;
}

} // namespace SyntheticCTDetail
} // namespace itk
