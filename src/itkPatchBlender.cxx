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

namespace itk
{
namespace
{
constexpr size_t MaximumDimension = 3;
/** Standard deviation of the Gaussian as a share of the window. */
constexpr double GaussianScale = 0.125;
/** Smallest weight of the Gaussian. */
constexpr double SmallestWeight = 1e-3;
/** Sums begin at -0, which leaves every number that is added to it as it is, -0 included. */
constexpr double EmptySum = -0.0;

/** Three sizes for any number of axes: missing axes, in the middle, have one voxel. The last axis of the grid is always
 * the last here, because layers lie along it. */
template <typename T>
std::array<T, MaximumDimension>
ThreeAxes(const std::vector<T> & values, const T missing)
{
  std::array<T, MaximumDimension> three;
  three.fill(missing);
  std::copy(values.begin(), values.end() - 1, three.begin());
  three.back() = values.back();
  return three;
}
} // namespace

std::vector<float>
PatchBlender::MakeWeights(const PatchGrid::SizesType & patchSize, const BlendingEnum blending)
{
  std::vector<double> weights{ 1.0 };
  for (const size_t n : patchSize)
  {
    std::vector<double> product;
    product.reserve(weights.size() * n);
    for (size_t i = 0; i < n; ++i)
    {
      double factor = 1.0;
      if (blending == BlendingEnum::Gaussian)
      {
        const double distance = static_cast<double>(i) - (static_cast<double>(n) - 1.0) / 2.0;
        const double deviation = GaussianScale * static_cast<double>(n);
        factor = std::exp(-distance * distance / (2.0 * deviation * deviation));
      }
      for (const double weight : weights)
      {
        product.push_back(weight * factor);
      }
    }
    weights = std::move(product);
  }
  const double smallest = std::max(*std::min_element(weights.begin(), weights.end()), SmallestWeight);

  std::vector<float> rounded;
  rounded.reserve(weights.size());
  for (const double weight : weights)
  {
    rounded.push_back(static_cast<float>(std::max(weight, smallest)));
  }
  return rounded;
}

PatchBlender::PatchBlender(const PatchGrid & grid, const BlendingEnum blending, const size_t channels)
  : m_Grid(grid)
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
  const auto & imageSize = grid.GetImageSize();
  for (size_t axis = 0; axis + 1 < imageSize.size(); ++axis)
  {
    m_LayerVoxels *= imageSize[axis];
  }
  m_SlabLayers = std::min(imageSize.back(), grid.GetPatchSize().back());
  m_Weights = MakeWeights(grid.GetPatchSize(), blending);
  m_WeightSums.resize(m_SlabLayers * m_LayerVoxels, 0.0);
  m_Sums.resize(channels * m_SlabLayers * m_LayerVoxels, EmptySum);
}

void
PatchBlender::AddTile(const size_t tile, const std::vector<const float *> & values)
{
  if (tile != m_NextTile || tile >= m_Grid.GetNumberOfTiles())
  {
    itkGenericExceptionMacro(<< "PatchBlender: tile " << tile << " was added where tile " << m_NextTile << " of "
                             << m_Grid.GetNumberOfTiles() << " is due");
  }
  if (values.size() != m_Channels)
  {
    itkGenericExceptionMacro(<< "PatchBlender: a tile has " << values.size() << " channels where " << m_Channels
                             << " are expected");
  }
  if (this->HasFinishedLayer())
  {
    itkGenericExceptionMacro(<< "PatchBlender: layer " << m_FirstLayer << " is finished and should be released first");
  }

  const auto image = ThreeAxes<size_t>(m_Grid.GetImageSize(), 1);
  const auto patch = ThreeAxes<size_t>(m_Grid.GetPatchSize(), 1);
  const auto start = ThreeAxes<int64_t>(m_Grid.GetTileStart(tile), 0);

  // The part of the window that lies inside the image, in voxels of the window.
  std::array<size_t, MaximumDimension> begin;
  std::array<size_t, MaximumDimension> end;
  for (size_t axis = 0; axis < MaximumDimension; ++axis)
  {
    begin[axis] = static_cast<size_t>(std::max<int64_t>(0, -start[axis]));
    end[axis] = static_cast<size_t>(
      std::min<int64_t>(static_cast<int64_t>(patch[axis]), static_cast<int64_t>(image[axis]) - start[axis]));
  }

  for (size_t k = begin[2]; k < end[2]; ++k)
  {
    const size_t layer = static_cast<size_t>(start[2] + static_cast<int64_t>(k)) % m_SlabLayers;
    for (size_t j = begin[1]; j < end[1]; ++j)
    {
      const size_t source = (k * patch[1] + j) * patch[0];
      const size_t row = layer * m_LayerVoxels + static_cast<size_t>(start[1] + static_cast<int64_t>(j)) * image[0];
      const size_t target = row + static_cast<size_t>(start[0] + static_cast<int64_t>(begin[0]));
      const size_t count = end[0] - begin[0];

      const float * const weights = m_Weights.data() + source + begin[0];
      double * const      weightSums = m_WeightSums.data() + target;
      for (size_t i = 0; i < count; ++i)
      {
        weightSums[i] += static_cast<double>(weights[i]);
      }
      for (size_t channel = 0; channel < m_Channels; ++channel)
      {
        const float * const tileValues = values[channel] + source + begin[0];
        double * const      sums = m_Sums.data() + channel * m_SlabLayers * m_LayerVoxels + target;
        for (size_t i = 0; i < count; ++i)
        {
          sums[i] += static_cast<double>(weights[i]) * static_cast<double>(tileValues[i]);
        }
      }
    }
  }

  ++m_NextTile;
  // The layers before the first that the next window reaches are finished.
  m_FinishedLayers = m_NextTile == m_Grid.GetNumberOfTiles()
                       ? image[2]
                       : static_cast<size_t>(std::max<int64_t>(0, m_Grid.GetTileStart(m_NextTile).back()));
}

void
PatchBlender::GetLayer(const size_t channel, float * const buffer) const
{
  if (!this->HasFinishedLayer())
  {
    itkGenericExceptionMacro(<< "PatchBlender: no layer is finished");
  }
  if (channel >= m_Channels)
  {
    itkGenericExceptionMacro(<< "PatchBlender: there is no channel " << channel << ", only " << m_Channels);
  }
  const size_t         offset = (m_FirstLayer % m_SlabLayers) * m_LayerVoxels;
  const double * const weightSums = m_WeightSums.data() + offset;
  const double * const sums = m_Sums.data() + channel * m_SlabLayers * m_LayerVoxels + offset;
  for (size_t i = 0; i < m_LayerVoxels; ++i)
  {
    buffer[i] = static_cast<float>(sums[i] / weightSums[i]);
  }
}

void
PatchBlender::ReleaseLayer()
{
  if (!this->HasFinishedLayer())
  {
    itkGenericExceptionMacro(<< "PatchBlender: no layer is finished");
  }
  const auto offset = static_cast<std::ptrdiff_t>((m_FirstLayer % m_SlabLayers) * m_LayerVoxels);
  const auto count = static_cast<std::ptrdiff_t>(m_LayerVoxels);
  std::fill_n(m_WeightSums.begin() + offset, count, 0.0);
  for (size_t channel = 0; channel < m_Channels; ++channel)
  {
    const auto channelOffset = static_cast<std::ptrdiff_t>(channel * m_SlabLayers * m_LayerVoxels);
    std::fill_n(m_Sums.begin() + channelOffset + offset, count, EmptySum);
  }
  ++m_FirstLayer;
}

void
PatchBlender::Restart()
{
  std::fill(m_WeightSums.begin(), m_WeightSums.end(), 0.0);
  std::fill(m_Sums.begin(), m_Sums.end(), EmptySum);
  m_NextTile = 0;
  m_FirstLayer = 0;
  m_FinishedLayers = 0;
}

} // namespace itk
