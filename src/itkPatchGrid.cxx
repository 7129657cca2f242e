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

namespace itk
{

PatchGrid::PatchGrid(const SizesType & imageSize, const SizesType & patchSize, const double overlap)
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
  if (!(overlap >= 0.0 && overlap < 1.0))
  {
    itkGenericExceptionMacro(<< "PatchGrid: the overlap is " << overlap << " but should be in [0, 1)");
  }

  m_NumberOfTiles = 1;
  for (size_t axis = 0; axis < imageSize.size(); ++axis)
  {
    if (imageSize[axis] < 1 || patchSize[axis] < 1)
    {
      itkGenericExceptionMacro(<< "PatchGrid: along axis " << axis << " the image has " << imageSize[axis]
                               << " voxels and the patch " << patchSize[axis] << "; both should be at least 1");
    }
    const auto size = static_cast<int64_t>(imageSize[axis]);
    const auto patch = static_cast<int64_t>(patchSize[axis]);
    StartType  starts;
    if (size <= patch)
    {
      starts.push_back(-((patch - size) / 2));
    }
    else
    {
      const int64_t interval = std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(patch) * (1.0 - overlap)));
      const int64_t last = size - patch;
      for (int64_t start = 0; start < last; start += interval)
      {
        starts.push_back(start);
      }
      starts.push_back(last);
    }
    m_NumberOfTiles *= starts.size();
    m_AxisStarts.push_back(std::move(starts));
  }
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

const PatchGrid::StartType &
PatchGrid::GetAxisStarts(const size_t axis) const
{
  if (axis >= m_AxisStarts.size())
  {
    itkGenericExceptionMacro(<< "PatchGrid: there is no axis " << axis << ", only " << m_AxisStarts.size());
  }
  return m_AxisStarts[axis];
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

} // namespace itk
