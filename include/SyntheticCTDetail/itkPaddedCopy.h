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
#ifndef itkPaddedCopy_h
#define itkPaddedCopy_h

#include "itkImage.h"

#include <algorithm>

namespace itk
{
namespace SyntheticCTDetail
{

/** Gives the voxels of a region of `output` those of `input` at their index + `offset`, and `value` where the input has
 * none. */
template <typename TImage>
void
CopyWithPadding(const TImage *                      input,
                TImage *                            output,
                const typename TImage::RegionType & region,
                const typename TImage::OffsetType & offset,
                const typename TImage::PixelType &  value)
{
  constexpr unsigned int dimension = TImage::ImageDimension;
  const auto             present = input->GetBufferedRegion();
  const SizeValueType    length = region.GetSize(0);
  if (region.GetNumberOfPixels() == 0)
  {
    return;
  }

  // The part of every row that the input can have, counted from the start of the row.
  const IndexValueType shift = region.GetIndex(0) + offset[0] - present.GetIndex(0);
  const auto           size = static_cast<IndexValueType>(present.GetSize(0));
  const auto           clamp = [length](IndexValueType position) {
    return static_cast<SizeValueType>(std::clamp<IndexValueType>(position, 0, static_cast<IndexValueType>(length)));
  };
  const SizeValueType begin = clamp(-shift);
  const SizeValueType end = std::max(begin, clamp(size - shift));

  const SizeValueType rows = region.GetNumberOfPixels() / length;
  for (SizeValueType row = 0; row < rows; ++row)
  {
    auto          index = region.GetIndex();
    SizeValueType rest = row;
    bool          hasInput = begin < end;
    for (unsigned int d = 1; d < dimension; ++d)
    {
      index[d] += static_cast<IndexValueType>(rest % region.GetSize(d));
      rest /= region.GetSize(d);
      const IndexValueType from = index[d] + offset[d] - present.GetIndex(d);
      hasInput = hasInput && from >= 0 && from < static_cast<IndexValueType>(present.GetSize(d));
    }
    auto * out = output->GetBufferPointer() + output->ComputeOffset(index);
    if (!hasInput)
    {
      std::fill_n(out, length, value);
      continue;
    }
    std::fill_n(out, begin, value);
    auto from = index + offset;
    from[0] += static_cast<IndexValueType>(begin);
    std::copy_n(input->GetBufferPointer() + input->ComputeOffset(from), end - begin, out + begin);
    std::fill_n(out + end, length - end, value);
  }
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
