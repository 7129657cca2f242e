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
#include "itkPatchGrid.h"

#include "itkMacro.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

namespace itk
{

namespace
{
/** 1 - overlap, as it would have been written down: 0.2 and not 0.19999999999999996 for 0.8. An overlap that is no
 * short decimal fraction, such as 8 voxels of 96, has no such number; its step is computed. */
double
StepFromOverlap(const double overlap)
{
  constexpr double decimals = 1e6;
  const double     step = 1.0 - overlap;
  const double     written = std::round(step * decimals) / decimals;
  // The overlap is half a unit in its last place off at most, and so is the difference.
  return std::abs(step - written) <= std::numeric_limits<double>::epsilon() ? written : step;
}

/** The starts of windows along an axis that is longer than the window. */
PatchGrid::StartType
StartsOnLongAxis(const int64_t size, const int64_t patch, const double overlap, const TileRuleEnum tileRule)
{
  PatchGrid::StartType starts;
  const int64_t        last = size - patch;
  if (tileRule == TileRuleEnum::Even)
  {
    const double step = std::max(1.0, static_cast<double>(patch) * StepFromOverlap(overlap));
    const auto   intervals = static_cast<int64_t>(std::ceil(static_cast<double>(last) / step));
    const double interval = static_cast<double>(last) / static_cast<double>(intervals);
    for (int64_t i = 0; i <= intervals; ++i)
    {
      starts.push_back(static_cast<int64_t>(std::nearbyint(interval * static_cast<double>(i))));
    }
    return starts;
  }
  // MONAI computes the same product in double, and cuts it.
  const auto interval = std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(patch) * (1.0 - overlap)));
  for (int64_t start = 0; start < last; start += interval)
  {
    starts.push_back(start);
  }
  starts.push_back(last);
  return starts;
}

/** A number of voxels, or a position, on the scaled grid. */
int64_t
Scaled(const int64_t number, const double scale, const size_t axis)
{
  const double exact = static_cast<double>(number) * scale;
  const double whole = std::round(exact);
  // Scales such as 1/3 are not exact.
  if (std::abs(exact - whole) > 1e-6 * std::max(1.0, std::abs(exact)))
  {
    itkGenericExceptionMacro(<< "PatchGrid: along axis " << axis << ", " << number << " voxels become " << exact
                             << " with the scale " << scale << ", which is no whole number");
  }
  return static_cast<int64_t>(whole);
}
} // namespace

PatchGrid::PatchGrid(const SizesType &  imageSize,
                     const SizesType &  patchSize,
                     const double       overlap,
                     const TileRuleEnum tileRule,
                     const SizesType &  alignment)
  : PatchGrid(imageSize, patchSize, OverlapType{ overlap }, tileRule, alignment)
{}

PatchGrid::PatchGrid(const SizesType &   imageSize,
                     const SizesType &   patchSize,
                     const OverlapType & overlap,
                     const TileRuleEnum  tileRule,
                     const SizesType &   alignment)
  : m_ImageSize(imageSize)
  , m_PatchSize(patchSize)
{
  constexpr size_t maximumDimension = 3;
  if (imageSize.empty() || imageSize.size() > maximumDimension)
  {
    itkGenericExceptionMacro(<< "PatchGrid: an image has one to three axes, not " << imageSize.size());
  }
  if (patchSize.size() != imageSize.size())
  {
    itkGenericExceptionMacro(<< "PatchGrid: the patch size has " << patchSize.size() << " numbers where the image has "
                             << imageSize.size() << " axes");
  }
  if (!alignment.empty() && alignment.size() != imageSize.size())
  {
    itkGenericExceptionMacro(<< "PatchGrid: the alignment has " << alignment.size() << " numbers where the image has "
                             << imageSize.size() << " axes");
  }
  if (overlap.size() != 1 && overlap.size() != imageSize.size())
  {
    itkGenericExceptionMacro(<< "PatchGrid: there are " << overlap.size() << " overlaps where the image has "
                             << imageSize.size() << " axes");
  }
  for (const double share : overlap)
  {
    if (!(share >= 0.0 && share < 1.0))
    {
      itkGenericExceptionMacro(<< "PatchGrid: the overlap is " << share << " but should be in [0, 1)");
    }
  }

  m_NumberOfTiles = 1;
  for (size_t axis = 0; axis < imageSize.size(); ++axis)
  {
    if (imageSize[axis] < 1 || patchSize[axis] < 1)
    {
      itkGenericExceptionMacro(<< "PatchGrid: along axis " << axis << " the image has " << imageSize[axis]
                               << " voxels and the patch " << patchSize[axis] << "; both should be at least 1");
    }
    const unsigned int multiple = alignment.empty() ? 1 : alignment[axis];
    if (multiple < 1 || imageSize[axis] % multiple != 0 || patchSize[axis] % multiple != 0)
    {
      itkGenericExceptionMacro(<< "PatchGrid: along axis " << axis << " the image has " << imageSize[axis]
                               << " voxels and the patch " << patchSize[axis] << "; both should be multiples of "
                               << std::max(1u, multiple));
    }
    const auto size = static_cast<int64_t>(imageSize[axis]);
    const auto patch = static_cast<int64_t>(patchSize[axis]);
    const auto unit = static_cast<int64_t>(multiple);
    StartType  starts;
    if (size <= patch)
    {
      starts.push_back(-((patch - size) / 2 / unit * unit));
    }
    else
    {
      for (const int64_t start : StartsOnLongAxis(size, patch, overlap[overlap.size() == 1 ? 0 : axis], tileRule))
      {
        // Lowered starts may coincide.
        if (starts.empty() || start / unit * unit != starts.back())
        {
          starts.push_back(start / unit * unit);
        }
      }
    }
    m_NumberOfTiles *= starts.size();
    m_AxisStarts.push_back(std::move(starts));
  }
}

PatchGrid
PatchGrid::GetScaled(const std::vector<double> & scale) const
{
  if (scale.size() != this->GetDimension())
  {
    itkGenericExceptionMacro(<< "PatchGrid: the scale has " << scale.size() << " numbers where the image has "
                             << this->GetDimension() << " axes");
  }
  PatchGrid scaled(*this);
  for (size_t axis = 0; axis < scale.size(); ++axis)
  {
    for (unsigned int * const size : { &scaled.m_ImageSize[axis], &scaled.m_PatchSize[axis] })
    {
      const int64_t exact = Scaled(static_cast<int64_t>(*size), scale[axis], axis);
      if (exact < 1 || exact > static_cast<int64_t>(std::numeric_limits<unsigned int>::max()))
      {
        itkGenericExceptionMacro(<< "PatchGrid: along axis " << axis << ", " << *size << " voxels become " << exact
                                 << " with the scale " << scale[axis] << ", which is not a possible size");
      }
      *size = static_cast<unsigned int>(exact);
    }
    for (int64_t & start : scaled.m_AxisStarts[axis])
    {
      start = Scaled(start, scale[axis], axis);
    }
  }
  return scaled;
}

unsigned int
PatchGrid::GetAlignmentFor(const double scale)
{
  constexpr unsigned int largest = 64;
  for (unsigned int alignment = 1; scale > 0.0 && alignment <= largest; ++alignment)
  {
    const double exact = static_cast<double>(alignment) * scale;
    if (std::round(exact) >= 1.0 && std::abs(exact - std::round(exact)) <= 1e-6 * exact)
    {
      return alignment;
    }
  }
  itkGenericExceptionMacro(<< "PatchGrid: the scale is " << scale
                           << " but should be a positive fraction with a denominator of at most " << largest);
}

size_t
PatchGrid::GetNumberOfPatchVoxels() const
{
  size_t number = m_PatchSize.empty() ? 0 : 1;
  for (const size_t size : m_PatchSize)
  {
    number *= size;
  }
  return number;
}

PatchGrid::StartType
PatchGrid::GetTileStart(const size_t tile) const
{
  if (tile >= m_NumberOfTiles)
  {
    itkGenericExceptionMacro(<< "PatchGrid: there is no tile " << tile << ", only " << m_NumberOfTiles);
  }
  StartType start;
  size_t    rest = tile;
  for (const StartType & starts : m_AxisStarts)
  {
    start.push_back(starts[rest % starts.size()]);
    rest /= starts.size();
  }
  return start;
}

PatchGrid::StartType
PatchGrid::GetAxisStarts(const size_t axis) const
{
  if (axis >= m_AxisStarts.size())
  {
    itkGenericExceptionMacro(<< "PatchGrid: there is no axis " << axis << ", only " << m_AxisStarts.size());
  }
  return m_AxisStarts[axis];
}

PatchGrid::SizesType
PatchGrid::GetAxisWindowCounts(const size_t axis) const
{
  const StartType starts = this->GetAxisStarts(axis);
  const auto      size = static_cast<int64_t>(m_ImageSize[axis]);
  const auto      patch = static_cast<int64_t>(m_PatchSize[axis]);
  SizesType       counts(m_ImageSize[axis], 0);
  for (const int64_t start : starts)
  {
    for (int64_t voxel = std::max<int64_t>(0, start); voxel < std::min(size, start + patch); ++voxel)
    {
      ++counts[static_cast<size_t>(voxel)];
    }
  }
  return counts;
}

bool
PatchGrid::NeedsPadding() const
{
  for (size_t axis = 0; axis < m_ImageSize.size(); ++axis)
  {
    if (m_ImageSize[axis] < m_PatchSize[axis])
    {
      return true;
    }
  }
  return false;
}

std::ostream &
operator<<(std::ostream & out, const TileRuleEnum value)
{
  switch (value)
  {
    case TileRuleEnum::Interval:
      return out << "interval";
    case TileRuleEnum::Even:
      return out << "even";
  }
  return out << "INVALID VALUE";
}

std::ostream &
operator<<(std::ostream & out, const PaddingRuleEnum value)
{
  switch (value)
  {
    case PaddingRuleEnum::Minimum:
      return out << "minimum";
    case PaddingRuleEnum::Constant:
      return out << "constant";
    case PaddingRuleEnum::Replicate:
      return out << "replicate";
  }
  return out << "INVALID VALUE";
}

} // namespace itk
