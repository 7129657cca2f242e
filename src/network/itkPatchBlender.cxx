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
#include "itkPatchBlender.h"

#include "itkMacro.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>
#include <limits>

namespace itk
{
namespace
{
constexpr size_t MaximumDimension = 3;
/** Smallest weight of the Gaussian. */
constexpr double SmallestWeight = 1e-3;
/** Sums begin at -0, which leaves every number that is added to it as it is, -0 included. */
constexpr double EmptySum = -0.0;

/** Three sizes for any number of axes: missing axes, in the middle, have one voxel. The last axis of the grid is always
 * the last here, because layers lie along it. */
template <typename TNumber, typename TValue>
std::array<TNumber, MaximumDimension>
ThreeAxes(const std::vector<TValue> & values, const TNumber missing)
{
  std::array<TNumber, MaximumDimension> three;
  three.fill(missing);
  std::copy(values.begin(), values.end() - 1, three.begin());
  three.back() = values.back();
  return three;
}

/** What a voxel weighs along one axis. */
double
WeightAlongAxis(const size_t i, const size_t n, const BlendingEnum blending, const double gaussianScale)
{
  if (blending != BlendingEnum::Gaussian && blending != BlendingEnum::NNUNetGaussian)
  {
    return 1.0;
  }
  const double center =
    blending == BlendingEnum::Gaussian ? (static_cast<double>(n) - 1.0) / 2.0 : static_cast<double>(n / 2);
  const double distance = static_cast<double>(i) - center;
  const double deviation = gaussianScale * static_cast<double>(n);
  return std::exp(-distance * distance / (2.0 * deviation * deviation));
}

/** Most windows of the grid that hold one voxel. */
size_t
MostWindowsAtAVoxel(const PatchGrid & grid)
{
  size_t most = 1;
  for (size_t axis = 0; axis < grid.GetDimension(); ++axis)
  {
    const auto starts = grid.GetAxisStarts(axis);
    const auto patch = static_cast<int64_t>(grid.GetPatchSize()[axis]);
    size_t     mostAlongAxis = 0;
    for (size_t last = 0, first = 0; last < starts.size(); ++last)
    {
      while (starts[first] + patch <= starts[last])
      {
        ++first;
      }
      mostAlongAxis = std::max(mostAlongAxis, last - first + 1);
    }
    most *= mostAlongAxis;
  }
  return most;
}

/** The true median of `count` values, which are put in another order. NaN when one of them is. */
float
MedianOf(float * const values, const size_t count)
{
  if (count == 0 || std::any_of(values, values + count, [](const float value) { return std::isnan(value); }))
  {
    return std::numeric_limits<float>::quiet_NaN();
  }
  float * const middle = values + count / 2;
  std::nth_element(values, middle, values + count);
  if (count % 2 == 1)
  {
    return *middle;
  }
  const float below = *std::max_element(values, middle);
  return static_cast<float>((static_cast<double>(below) + static_cast<double>(*middle)) / 2.0);
}
} // namespace

std::vector<float>
PatchBlender::MakeWeights(const PatchGrid::SizesType & patchSize,
                          const BlendingEnum           blending,
                          const double                 gaussianScale)
{
  if (!(gaussianScale > 0.0) || !std::isfinite(gaussianScale))
  {
    itkGenericExceptionMacro(<< "PatchBlender: the scale of the Gaussian weights is " << gaussianScale
                             << " but should be a positive number");
  }
  std::vector<double> weights{ 1.0 };
  for (const size_t n : patchSize)
  {
    std::vector<double> product;
    product.reserve(weights.size() * n);
    for (size_t i = 0; i < n; ++i)
    {
      const double factor = WeightAlongAxis(i, n, blending, gaussianScale);
      for (const double weight : weights)
      {
        product.push_back(weight * factor);
      }
    }
    weights = std::move(product);
  }
  const double smallest = blending == BlendingEnum::Gaussian
                            ? std::max(*std::min_element(weights.begin(), weights.end()), SmallestWeight)
                            : 0.0;

  std::vector<float> rounded;
  rounded.reserve(weights.size());
  for (const double weight : weights)
  {
    rounded.push_back(static_cast<float>(std::max(weight, smallest)));
  }
  // A weight of zero would make 0 / 0 of a voxel that no other window holds. The weight of the centre is 1.
  float leastPositive = 1.0F;
  for (const float weight : rounded)
  {
    leastPositive = weight > 0.0F ? std::min(leastPositive, weight) : leastPositive;
  }
  std::replace(rounded.begin(), rounded.end(), 0.0F, leastPositive);
  return rounded;
}

PatchBlender::PatchBlender(const PatchGrid &  grid,
                           const BlendingEnum blending,
                           const size_t       channels,
                           const double       gaussianScale)
  : m_Grid(grid)
  , m_Blending(blending)
  , m_Channels(channels)
{
  if (grid.GetNumberOfTiles() == 0)
  {
    itkGenericExceptionMacro(<< "PatchBlender: the grid has no tiles");
  }
  if (channels == 0)
  {
    itkGenericExceptionMacro(<< "PatchBlender: the number of channels is 0 but should be at least 1");
  }
  const auto imageSize = grid.GetImageSize();
  for (size_t axis = 0; axis + 1 < imageSize.size(); ++axis)
  {
    m_LayerVoxels *= imageSize[axis];
  }
  m_SlabLayers = std::min(imageSize.back(), grid.GetPatchSize().back());
  const size_t slabVoxels = m_SlabLayers * m_LayerVoxels;
  if (blending == BlendingEnum::Median)
  {
    m_MostValues = MostWindowsAtAVoxel(grid);
    if (m_MostValues > std::numeric_limits<uint16_t>::max())
    {
      itkGenericExceptionMacro(<< "PatchBlender: " << m_MostValues
                               << " windows hold one voxel, which is too many for a median; lower the overlap");
    }
    m_Counts.resize(slabVoxels, 0);
    m_Values.resize(channels * m_MostValues * slabVoxels);
  }
  else
  {
    m_Weights = MakeWeights(grid.GetPatchSize(), blending, gaussianScale);
    m_Sums.resize(channels * slabVoxels, EmptySum);
    m_WeightSums.resize(m_LayerVoxels);
    m_IsAdded.resize(grid.GetNumberOfTiles(), false);
  }
}

size_t
PatchBlender::GetNumberOfSlabBytes() const
{
  return m_Sums.size() * sizeof(double) + m_Values.size() * sizeof(float) + m_Counts.size() * sizeof(uint16_t);
}

template <typename TFunction>
void
PatchBlender::ForEachRow(const size_t      tile,
                         const size_t      firstLayer,
                         const size_t      lastLayer,
                         const TFunction & function) const
{
  const auto image = ThreeAxes<size_t>(m_Grid.GetImageSize(), 1);
  const auto patch = ThreeAxes<size_t>(m_Grid.GetPatchSize(), 1);
  const auto start = ThreeAxes<int64_t>(m_Grid.GetTileStart(tile), 0);

  // The part of the window that lies inside these layers of the image, in voxels of the window.
  const std::array<int64_t, MaximumDimension> first{ { 0, 0, static_cast<int64_t>(firstLayer) } };
  const std::array<int64_t, MaximumDimension> last{
    { static_cast<int64_t>(image[0]), static_cast<int64_t>(image[1]), static_cast<int64_t>(lastLayer) }
  };
  std::array<size_t, MaximumDimension> begin;
  std::array<size_t, MaximumDimension> end;
  for (size_t axis = 0; axis < MaximumDimension; ++axis)
  {
    begin[axis] = static_cast<size_t>(std::max<int64_t>(0, first[axis] - start[axis]));
    end[axis] = static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(patch[axis]), last[axis] - start[axis]));
  }
  for (size_t k = begin[2]; k < end[2]; ++k)
  {
    const size_t layer = this->GetLayerOffset(static_cast<size_t>(start[2] + static_cast<int64_t>(k)));
    for (size_t j = begin[1]; j < end[1]; ++j)
    {
      const size_t source = (k * patch[1] + j) * patch[0] + begin[0];
      const size_t row = layer + static_cast<size_t>(start[1] + static_cast<int64_t>(j)) * image[0];
      function(source, row + static_cast<size_t>(start[0] + static_cast<int64_t>(begin[0])), end[0] - begin[0]);
    }
  }
}

void
PatchBlender::ThrowUnlessDue(const size_t tile) const
{
  if (tile != m_NextTile || tile >= m_Grid.GetNumberOfTiles())
  {
    itkGenericExceptionMacro(<< "PatchBlender: tile " << tile << " was added where tile " << m_NextTile << " of "
                             << m_Grid.GetNumberOfTiles() << " is due");
  }
  if (this->HasFinishedLayer())
  {
    itkGenericExceptionMacro(<< "PatchBlender: layer " << m_FirstLayer << " is finished and should be released first");
  }
}

void
PatchBlender::ThrowUnlessFinished() const
{
  if (!this->HasFinishedLayer())
  {
    itkGenericExceptionMacro(<< "PatchBlender: no layer is finished");
  }
}

void
PatchBlender::AddTile(const size_t tile, const std::vector<const float *> & values)
{
  this->ThrowUnlessDue(tile);
  if (values.size() != m_Channels)
  {
    itkGenericExceptionMacro(<< "PatchBlender: a tile has " << values.size() << " channels where " << m_Channels
                             << " are expected");
  }

  const size_t slabVoxels = m_SlabLayers * m_LayerVoxels;
  const size_t layers = m_Grid.GetImageSize().back();
  if (m_Blending == BlendingEnum::Median)
  {
    this->ForEachRow(tile, 0, layers, [&](const size_t source, const size_t target, const size_t length) {
      for (size_t i = 0; i < length; ++i)
      {
        const size_t number = m_Counts[target + i]++;
        for (size_t channel = 0; channel < m_Channels; ++channel)
        {
          m_Values[(channel * m_MostValues + number) * slabVoxels + target + i] = values[channel][source + i];
        }
      }
    });
  }
  else
  {
    m_IsAdded[tile] = true;
    this->ForEachRow(tile, 0, layers, [&](const size_t source, const size_t target, const size_t length) {
      const float * const weights = m_Weights.data() + source;
      for (size_t channel = 0; channel < m_Channels; ++channel)
      {
        const float * const tileValues = values[channel] + source;
        double * const      sums = m_Sums.data() + channel * slabVoxels + target;
        for (size_t i = 0; i < length; ++i)
        {
          sums[i] += static_cast<double>(weights[i]) * static_cast<double>(tileValues[i]);
        }
      }
    });
  }
  this->SkipTile(tile);
}

void
PatchBlender::SkipTile(const size_t tile)
{
  this->ThrowUnlessDue(tile);
  ++m_NextTile;
  // The layers before the first that the next window reaches are finished.
  m_FinishedLayers = m_NextTile == m_Grid.GetNumberOfTiles()
                       ? m_Grid.GetImageSize().back()
                       : static_cast<size_t>(std::max<int64_t>(0, m_Grid.GetTileStart(m_NextTile).back()));
}

const std::vector<double> &
PatchBlender::GetWeightSums() const
{
  if (m_HasWeightSums)
  {
    return m_WeightSums;
  }
  std::fill(m_WeightSums.begin(), m_WeightSums.end(), 0.0);
  const auto   starts = m_Grid.GetAxisStarts(m_Grid.GetDimension() - 1);
  const size_t tilesInALayer = m_Grid.GetNumberOfTiles() / starts.size();
  const auto   position = static_cast<int64_t>(m_FirstLayer);
  const auto   patch = static_cast<int64_t>(m_Grid.GetPatchSize().back());
  const size_t layerOffset = this->GetLayerOffset(m_FirstLayer);
  for (size_t i = 0; i < starts.size() && starts[i] <= position; ++i)
  {
    const size_t first = starts[i] + patch > position ? i * tilesInALayer : (i + 1) * tilesInALayer;
    for (size_t tile = first; tile < (i + 1) * tilesInALayer; ++tile)
    {
      if (!m_IsAdded[tile])
      {
        continue;
      }
      this->ForEachRow(
        tile, m_FirstLayer, m_FirstLayer + 1, [&](const size_t source, const size_t target, const size_t length) {
          const float * const weights = m_Weights.data() + source;
          double * const      sums = m_WeightSums.data() + (target - layerOffset);
          for (size_t voxel = 0; voxel < length; ++voxel)
          {
            sums[voxel] += static_cast<double>(weights[voxel]);
          }
        });
    }
  }
  m_HasWeightSums = true;
  return m_WeightSums;
}

void
PatchBlender::GetLayer(const size_t channel, float * const buffer) const
{
  this->ThrowUnlessFinished();
  if (channel >= m_Channels)
  {
    itkGenericExceptionMacro(<< "PatchBlender: there is no channel " << channel << ", only " << m_Channels);
  }
  const size_t slabVoxels = m_SlabLayers * m_LayerVoxels;
  const size_t offset = this->GetLayerOffset(m_FirstLayer);
  if (m_Blending == BlendingEnum::Median)
  {
    std::vector<float>  values(m_MostValues);
    const float * const channelValues = m_Values.data() + channel * m_MostValues * slabVoxels + offset;
    for (size_t i = 0; i < m_LayerVoxels; ++i)
    {
      const size_t count = m_Counts[offset + i];
      for (size_t number = 0; number < count; ++number)
      {
        values[number] = channelValues[number * slabVoxels + i];
      }
      buffer[i] = MedianOf(values.data(), count);
    }
    return;
  }
  const double * const weightSums = this->GetWeightSums().data();
  const double * const sums = m_Sums.data() + channel * slabVoxels + offset;
  for (size_t i = 0; i < m_LayerVoxels; ++i)
  {
    buffer[i] = static_cast<float>(sums[i] / weightSums[i]);
  }
}

void
PatchBlender::ReleaseLayer()
{
  this->ThrowUnlessFinished();
  const auto offset = static_cast<std::ptrdiff_t>(this->GetLayerOffset(m_FirstLayer));
  const auto count = static_cast<std::ptrdiff_t>(m_LayerVoxels);
  if (m_Blending == BlendingEnum::Median)
  {
    std::fill_n(m_Counts.begin() + offset, count, uint16_t{ 0 });
  }
  else
  {
    for (size_t channel = 0; channel < m_Channels; ++channel)
    {
      const auto channelOffset = static_cast<std::ptrdiff_t>(channel * m_SlabLayers * m_LayerVoxels);
      std::fill_n(m_Sums.begin() + channelOffset + offset, count, EmptySum);
    }
  }
  m_HasWeightSums = false;
  ++m_FirstLayer;
}

void
PatchBlender::Restart()
{
  m_HasWeightSums = false;
  m_IsAdded.assign(m_IsAdded.size(), false);
  std::fill(m_Sums.begin(), m_Sums.end(), EmptySum);
  std::fill(m_Counts.begin(), m_Counts.end(), uint16_t{ 0 });
  m_NextTile = 0;
  m_FirstLayer = 0;
  m_FinishedLayers = 0;
}

std::ostream &
operator<<(std::ostream & out, const BlendingEnum value)
{
  switch (value)
  {
    case BlendingEnum::Constant:
      return out << "constant";
    case BlendingEnum::Gaussian:
      return out << "gaussian";
    case BlendingEnum::NNUNetGaussian:
      return out << "nnunet-gaussian";
    case BlendingEnum::Median:
      return out << "median";
  }
  return out << "INVALID VALUE";
}

std::ostream &
operator<<(std::ostream & out, const CombinationEnum value)
{
  switch (value)
  {
    case CombinationEnum::Mean:
      return out << "mean";
    case CombinationEnum::Median:
      return out << "median";
  }
  return out << "INVALID VALUE";
}

} // namespace itk
