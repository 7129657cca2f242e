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
#include "SyntheticCTDetail/itkRegistrationSamples.h"

#include "SyntheticCTDetail/itkFilterThreading.h"

#include <algorithm>
#include <cmath>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

/** SplitMix64: a number of 64 bits that only depends on a seed and a place (Steele, Lea and Flood 2014). */
uint64_t
Mixed(uint64_t seed, uint64_t place)
{
  uint64_t z = seed + (place + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/** Three numbers in [0, 1), of 21 bits each. */
std::array<float, 3>
UniformPoint(uint64_t seed, uint64_t place)
{
  const uint64_t  bits = Mixed(seed, place);
  constexpr float unit = 1.0F / 2097152.0F;
  return { static_cast<float>(bits & 0x1FFFFF) * unit,
           static_cast<float>((bits >> 21) & 0x1FFFFF) * unit,
           static_cast<float>((bits >> 42) & 0x1FFFFF) * unit };
}

/** What one slab of blocks gives. */
struct Slab
{
  std::vector<float> X;
  std::vector<float> Y;
  std::vector<float> Z;
  std::vector<float> Level;
};

} // namespace

HistogramScale
HistogramScale::Of(const RegistrationVolume & volume, double lowerQuantile, double upperQuantile, int numberOfBins)
{
  std::vector<float> values;
  values.reserve(volume.NumberOfVoxels());
  for (size_t i = 0; i < volume.NumberOfVoxels(); ++i)
  {
    if (volume.Valid.empty() || volume.Valid[i] != 0)
    {
      values.push_back(volume.Values[i]);
    }
  }
  HistogramScale scale;
  scale.NumberOfBins = numberOfBins;
  if (values.empty())
  {
    return scale;
  }
  const auto quantile = [&values](double q) {
    const auto rank = values.begin() + static_cast<ptrdiff_t>(std::lround(q * static_cast<double>(values.size() - 1)));
    std::nth_element(values.begin(), rank, values.end());
    return *rank;
  };
  scale.Lower = quantile(lowerQuantile);
  scale.Upper = quantile(upperQuantile);
  if (!(scale.Upper > scale.Lower))
  {
    scale.Lower = quantile(0.0);
    scale.Upper = quantile(1.0);
  }
  return scale;
}

RegistrationSamples
RegistrationSamples::Draw(
  ProcessObject * filter, const RegistrationVolume & volume, const HistogramScale & scale, size_t count, uint64_t seed)
{
  RegistrationSamples samples;
  samples.Center = volume.Center();

  // Blocks with edges of the same length in mm, as far as voxels allow.
  std::array<double, 3> edge;
  const double cube = std::cbrt(static_cast<double>(volume.NumberOfVoxels()) * volume.Spacing(0) * volume.Spacing(1) *
                                volume.Spacing(2) / static_cast<double>(count));
  std::array<size_t, 3> blocks;
  for (int d = 0; d < 3; ++d)
  {
    const double length = volume.Size[d] - 1;
    blocks[d] = static_cast<size_t>(
      std::clamp(std::round(volume.Size[d] * volume.Spacing(d) / cube), 1.0, std::max(length, 1.0)));
    edge[d] = length / static_cast<double>(blocks[d]);
  }

  std::vector<Slab> slabs(blocks[2]);
  const size_t      width = volume.Size[0];
  const size_t      plane = width * volume.Size[1];
  ParallelizeArray(filter, blocks[2], 0.0F, [&](SizeValueType k) {
    Slab & slab = slabs[k];
    for (size_t j = 0; j < blocks[1]; ++j)
    {
      for (size_t i = 0; i < blocks[0]; ++i)
      {
        const auto            draw = UniformPoint(seed, (k * blocks[1] + j) * blocks[0] + i);
        std::array<double, 3> index{ (static_cast<double>(i) + draw[0]) * edge[0],
                                     (static_cast<double>(j) + draw[1]) * edge[1],
                                     (static_cast<double>(k) + draw[2]) * edge[2] };
        std::array<int, 3>    low;
        std::array<float, 3>  part;
        for (int d = 0; d < 3; ++d)
        {
          low[d] = std::clamp(static_cast<int>(index[d]), 0, std::max(volume.Size[d] - 2, 0));
          part[d] = static_cast<float>(index[d] - low[d]);
        }
        const size_t first = low[2] * plane + low[1] * width + low[0];
        float        value = 0.0F;
        bool         valid = true;
        for (int corner = 0; corner < 8; ++corner)
        {
          size_t voxel = first;
          float  weight = 1.0F;
          for (int d = 0; d < 3; ++d)
          {
            const bool high = ((corner >> d) & 1) != 0;
            voxel += high && volume.Size[d] > 1 ? (d == 0 ? 1 : (d == 1 ? width : plane)) : 0;
            weight *= high ? part[d] : 1.0F - part[d];
          }
          valid = valid && (volume.Valid.empty() || volume.Valid[voxel] != 0);
          value += weight * volume.Values[voxel];
        }
        if (valid)
        {
          const auto point = volume.IndexToPoint(index);
          slab.X.push_back(static_cast<float>(point[0] - samples.Center[0]));
          slab.Y.push_back(static_cast<float>(point[1] - samples.Center[1]));
          slab.Z.push_back(static_cast<float>(point[2] - samples.Center[2]));
          slab.Level.push_back(scale(value));
        }
      }
    }
  });

  for (const Slab & slab : slabs)
  {
    samples.X.insert(samples.X.end(), slab.X.begin(), slab.X.end());
    samples.Y.insert(samples.Y.end(), slab.Y.begin(), slab.Y.end());
    samples.Z.insert(samples.Z.end(), slab.Z.begin(), slab.Z.end());
    samples.Level.insert(samples.Level.end(), slab.Level.begin(), slab.Level.end());
  }
  for (size_t s = 0; s < samples.Count(); ++s)
  {
    const std::array<double, 4> u{ 1.0, samples.X[s], samples.Y[s], samples.Z[s] };
    for (int r = 0; r < 4; ++r)
    {
      for (int c = 0; c < 4; ++c)
      {
        samples.Moments[r][c] += u[r] * u[c] / static_cast<double>(samples.Count());
      }
    }
  }
  return samples;
}

void
RegistrationSamples::ShuffleLevels(uint64_t seed)
{
  for (size_t i = Count(); i > 1; --i)
  {
    std::swap(Level[i - 1], Level[Mixed(seed, i) % i]);
  }
}

double
RegistrationSamples::RootMeanSquareDistance(const LinearMap & change) const
{
  double sum = 0.0;
  for (int row = 0; row < 3; ++row)
  {
    const std::array<double, 4> d{
      change.Offset[row], change.Matrix[row][0], change.Matrix[row][1], change.Matrix[row][2]
    };
    for (int r = 0; r < 4; ++r)
    {
      for (int c = 0; c < 4; ++c)
      {
        sum += d[r] * Moments[r][c] * d[c];
      }
    }
  }
  return std::sqrt(std::max(sum, 0.0));
}

} // namespace SyntheticCTDetail
} // namespace itk
