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
#ifndef itkImagePairTestUtilities_h
#define itkImagePairTestUtilities_h

// Pairs of images for tests of measures.

#include "itkImageFilterTestUtilities.h"

#include <cstddef>
#include <vector>

namespace itk
{
namespace TestUtilities
{

using PairImageType = Image<float, 3>;
using PairMaskType = Image<unsigned char, 3>;

/** An image with the values of a function of the number of a voxel in the order of the array. */
template <typename TImage, typename TFunction>
typename TImage::Pointer
MakeNumberedImage(const typename TImage::SizeType & size, const TFunction & valueOf)
{
  size_t i = 0;
  return MakeImage<TImage>(size, [&](const auto &) { return valueOf(i++); });
}

/** An image of one line along the first axis. */
template <typename TImage>
typename TImage::Pointer
MakeRow(const std::vector<double> & values)
{
  auto size = TImage::SizeType::Filled(1);
  size[0] = values.size();
  return MakeNumberedImage<TImage>(size, [&](size_t i) { return values[i]; });
}

// The pseudo-random volumes of reference values, integer arithmetic that any language repeats.
constexpr PairImageType::SizeType volumeSize{ { 19, 23, 11 } };

inline double
ReferenceValue(size_t i)
{
  return static_cast<double>(i * 7919 % 4301) - 1200.0;
}

inline double
SyntheticValue(size_t i)
{
  return ReferenceValue(i) + (static_cast<double>(i * 104729 % 401) - 180.0) * 0.5;
}

inline double
MaskValue(size_t i)
{
  return i * 31 % 5 != 0 ? 1 : 0;
}

/** A filter of measures with those volumes as inputs. */
template <typename TFilter>
typename TFilter::Pointer
VolumeFilter()
{
  auto filter = TFilter::New();
  filter->SetReferenceImage(MakeNumberedImage<PairImageType>(volumeSize, ReferenceValue));
  filter->SetSyntheticImage(MakeNumberedImage<PairImageType>(volumeSize, SyntheticValue));
  filter->SetMaskImage(MakeNumberedImage<PairMaskType>(volumeSize, MaskValue));
  return filter;
}

/** The same volumes in an oblique image whose index does not begin at zero. */
template <typename TFilter>
typename TFilter::Pointer
ObliqueVolumeFilter()
{
  size_t     number = 0;
  const auto numbered = [&number](const auto & valueOf) {
    number = 0;
    return [&number, &valueOf](const auto &) { return valueOf(number++); };
  };
  auto filter = TFilter::New();
  filter->SetReferenceImage(MakeObliqueImage<PairImageType>(volumeSize, numbered(ReferenceValue)));
  filter->SetSyntheticImage(MakeObliqueImage<PairImageType>(volumeSize, numbered(SyntheticValue)));
  filter->SetMaskImage(MakeObliqueImage<PairMaskType>(volumeSize, numbered(MaskValue)));
  return filter;
}

/** A filter of measures with images of one line; without a mask when it is empty. */
template <typename TFilter>
typename TFilter::Pointer
RowFilter(const std::vector<double> & reference,
          const std::vector<double> & synthetic,
          const std::vector<double> & mask = {})
{
  auto filter = TFilter::New();
  filter->SetReferenceImage(MakeRow<PairImageType>(reference));
  filter->SetSyntheticImage(MakeRow<PairImageType>(synthetic));
  if (!mask.empty())
  {
    filter->SetMaskImage(MakeRow<PairMaskType>(mask));
  }
  return filter;
}

} // namespace TestUtilities
} // namespace itk

#endif
