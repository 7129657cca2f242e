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
#include "SyntheticCTDetail/itkInferenceSettings.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
template <typename TValue>
std::string
ListOf(const std::vector<TValue> & values)
{
  std::ostringstream text;
  text << '[';
  for (const TValue value : values)
  {
    text << ' ' << value;
  }
  text << " ]";
  return text.str();
}
} // namespace

std::vector<InferencePlaneEnum>
InferenceSettings::GetPlanes() const
{
  if (Plane == InferencePlaneEnum::Orthogonal && ImageDimension == 3)
  {
    return { InferencePlaneEnum::Axial, InferencePlaneEnum::Coronal, InferencePlaneEnum::Sagittal };
  }
  return { Plane };
}

size_t
InferenceSettings::GetWindowDimension() const
{
  return Plane == InferencePlaneEnum::Volume ? ImageDimension : 2;
}

std::vector<double>
InferenceSettings::GetScale() const
{
  return OutputScale.empty() ? std::vector<double>(this->GetWindowDimension(), 1.0) : OutputScale;
}

std::string
InferenceSettings::WhatIsWrong() const
{
  const size_t       windowDimension = this->GetWindowDimension();
  std::ostringstream wrong;
  if (PatchSize.size() != windowDimension || std::count(PatchSize.begin(), PatchSize.end(), 0u) != 0)
  {
    wrong << "PatchSize is " << ListOf(PatchSize) << " but should be " << windowDimension
          << " numbers of at least 1 for Plane " << Plane;
    if (PatchSize.size() == 3 && windowDimension == 2 && ImageDimension == 3)
    {
      wrong << "; for a network of blocks call SetPlane(InferencePlaneEnum::Volume)";
    }
    else if (PatchSize.size() == 2 && windowDimension == 3)
    {
      wrong << "; for a network of slices call SetPlane(InferencePlaneEnum::Axial)";
    }
    return wrong.str();
  }
  const bool isShare =
    std::all_of(Overlap.begin(), Overlap.end(), [](const double share) { return share >= 0.0 && share < 1.0; });
  if (!isShare || (Overlap.size() != 1 && Overlap.size() != windowDimension))
  {
    wrong << "Overlap is " << ListOf(Overlap) << " but should be one number in [0, 1), or " << windowDimension
          << " for Plane " << Plane;
    return wrong.str();
  }
  if (!(GaussianScale > 0.0) || !std::isfinite(GaussianScale))
  {
    wrong << "GaussianScale is " << GaussianScale << " but should be a positive number";
    return wrong.str();
  }
  if (BatchSize == 0)
  {
    return "BatchSize is 0 but should be at least 1";
  }
  if (NumberOfSlices % 2 == 0 || (windowDimension == ImageDimension && NumberOfSlices != 1))
  {
    wrong << "NumberOfSlices is " << NumberOfSlices << " but should be odd, and 1 where there are none";
    return wrong.str();
  }
  for (const unsigned int axis : MirrorAxes)
  {
    if (axis >= windowDimension || std::count(MirrorAxes.begin(), MirrorAxes.end(), axis) != 1)
    {
      wrong << "MirrorAxes is " << ListOf(MirrorAxes) << " but should be different axes below " << windowDimension;
      return wrong.str();
    }
  }
  if (!OutputScale.empty() && OutputScale.size() != windowDimension)
  {
    wrong << "OutputScale is " << ListOf(OutputScale) << " but should be " << windowDimension << " numbers for Plane "
          << Plane;
    return wrong.str();
  }
  for (const double factor : OutputScale)
  {
    if (!(factor > 0.0) || (this->GetPlanes().size() > 1 && factor != 1.0))
    {
      wrong << "OutputScale is " << ListOf(OutputScale) << " but should be positive, and 1 for Plane orthogonal";
      return wrong.str();
    }
  }
  if (StitchOnDevice && Blending == BlendingEnum::Median)
  {
    return "StitchOnDevice is on, but the median is taken on the CPU only";
  }
  return "";
}

WindowLayout
InferenceSettings::MakeLayout(const unsigned int sliceAxis, const PatchGrid::SizesType & imageSize) const
{
  WindowLayout layout;
  layout.SliceAxis = sliceAxis;
  layout.HasSlices = sliceAxis < imageSize.size();
  PatchGrid::SizesType sizes;
  for (unsigned int axis = 0; axis < imageSize.size(); ++axis)
  {
    if (axis != sliceAxis)
    {
      layout.Axes.push_back(axis);
      sizes.push_back(imageSize[axis]);
    }
  }
  const std::vector<double> scale = this->GetScale();
  PatchGrid::SizesType      alignment;
  for (const double factor : scale)
  {
    alignment.push_back(PatchGrid::GetAlignmentFor(factor));
  }
  layout.Grid = PatchGrid(sizes, PatchSize, Overlap, TileRule, alignment);
  layout.OutputGrid = layout.Grid.GetScaled(scale);
  for (size_t i = 0; i < scale.size(); ++i)
  {
    const size_t                 size = layout.OutputGrid.GetImageSize()[i];
    std::vector<OffsetValueType> positions;
    for (size_t voxel = 0; voxel < size; ++voxel)
    {
      positions.push_back(static_cast<OffsetValueType>((static_cast<double>(voxel) + 0.5) / scale[i]));
    }
    layout.InputPositions.push_back(std::move(positions));
    layout.LayerVoxels *= i + 1 < scale.size() ? size : 1;
  }
  return layout;
}

WindowsType
FindWindows(const WindowLayout & layout, const size_t slices, const MaskView & mask)
{
  const size_t tiles = layout.Grid.GetNumberOfTiles();
  const auto   imageSize = layout.Grid.GetImageSize();
  const auto   patchSize = layout.Grid.GetPatchSize();
  WindowsType  windows;
  for (size_t window = 0; window < slices * tiles; ++window)
  {
    if (mask.Buffer == nullptr)
    {
      windows.push_back(window);
      continue;
    }
    // The part of the window inside the image; a missing axis has one voxel.
    std::array<OffsetValueType, 3> begin{ { 0, 0, 0 } };
    std::array<OffsetValueType, 3> end{ { 1, 1, 1 } };
    std::array<OffsetValueType, 3> stride{ { 0, 0, 0 } };
    const auto                     start = layout.Grid.GetTileStart(window % tiles);
    for (size_t i = 0; i < layout.Axes.size(); ++i)
    {
      begin[i] = std::max<OffsetValueType>(0, start[i]);
      end[i] = std::min<OffsetValueType>(imageSize[i], start[i] + static_cast<OffsetValueType>(patchSize[i]));
      stride[i] = mask.Stride[layout.Axes[i]];
    }
    OffsetValueType first = mask.Origin;
    if (layout.HasSlices)
    {
      first += static_cast<OffsetValueType>(window / tiles) * mask.Stride[layout.SliceAxis];
    }
    bool touches = false;
    for (OffsetValueType k = begin[2]; !touches && k < end[2]; ++k)
    {
      for (OffsetValueType j = begin[1]; !touches && j < end[1]; ++j)
      {
        const OffsetValueType row = first + k * stride[2] + j * stride[1];
        for (OffsetValueType i = begin[0]; !touches && i < end[0]; ++i)
        {
          touches = mask.Buffer[row + i * stride[0]] != 0;
        }
      }
    }
    if (touches)
    {
      windows.push_back(window);
    }
  }
  return windows;
}

void
CombineResults(const float * const * const results,
               const size_t                count,
               const size_t                number,
               const CombinationEnum       combination,
               float * const               combined,
               float * const               deviations)
{
  std::vector<double> values(count);
  for (size_t i = 0; i < number; ++i)
  {
    double sum = 0.0;
    bool   isNaN = false;
    for (size_t r = 0; r < count; ++r)
    {
      values[r] = static_cast<double>(results[r][i]);
      sum += values[r];
      isNaN = isNaN || std::isnan(values[r]);
    }
    const double mean = sum / static_cast<double>(count);
    if (deviations)
    {
      double squares = 0.0;
      for (const double value : values)
      {
        squares += (value - mean) * (value - mean);
      }
      deviations[i] = static_cast<float>(std::sqrt(squares / static_cast<double>(count)));
    }
    double result = mean;
    if (combination == CombinationEnum::Median && !isNaN)
    {
      std::sort(values.begin(), values.end());
      result = (values[(count - 1) / 2] + values[count / 2]) / 2.0;
    }
    combined[i] = static_cast<float>(result);
  }
}

} // namespace SyntheticCTDetail
} // namespace itk
