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
#ifndef itkStructuralSimilarityTestUtilities_h
#define itkStructuralSimilarityTestUtilities_h

// Images and helpers for tests of the structural similarity.

#include "itkMaskedStructuralSimilarityImageFilter.h"

#include "itkImageFilterTestUtilities.h"

#include <cstring>
#include <vector>

namespace itk
{
namespace TestUtilities
{
namespace StructuralSimilarity
{
using ImageType = Image<float, 3>;
using MaskType = Image<unsigned char, 3>;
using FilterType = MaskedStructuralSimilarityImageFilter<ImageType>;
using Variant = StructuralSimilarityEnum;

// The images of the reference values, in integers, which any language repeats. An elliptic cylinder with holes is the
// mask.
template <typename TIndex>
double
ReferenceValue(const TIndex & index)
{
  const auto i = index[0];
  const auto j = index[1];
  const auto k = TIndex::Dimension == 3 ? index[TIndex::Dimension - 1] : 0;
  return static_cast<double>(40 * i - 30 * j + 25 * k + (i * 7919 + j * 104729 + k * 1299709) % 301 - 600);
}

template <typename TIndex>
double
SyntheticValue(const TIndex & index)
{
  const auto k = TIndex::Dimension == 3 ? index[TIndex::Dimension - 1] : 0;
  return ReferenceValue(index) + static_cast<double>((index[0] * index[1] * 31 + k * k * 17) % 401 - 150);
}

template <typename TIndex, typename TSize>
bool
IsInside(const TIndex & index, const TSize & size)
{
  const auto k = TIndex::Dimension == 3 ? index[TIndex::Dimension - 1] : 0;
  const auto width = static_cast<long long>(size[0]);
  const auto height = static_cast<long long>(size[1]);
  const auto x = 2 * index[0] - width;
  const auto y = 2 * index[1] - height;
  return x * x * height * height + y * y * width * width < width * width * height * height &&
         (index[0] + 2 * index[1] + 3 * k) % 11 != 0;
}

template <typename TImage>
typename TImage::Pointer
MakeReference(const typename TImage::SizeType & size)
{
  return MakeImage<TImage>(size, [](const auto & index) { return ReferenceValue(index); });
}

template <typename TImage>
typename TImage::Pointer
MakeSynthetic(const typename TImage::SizeType & size)
{
  return MakeImage<TImage>(size, [](const auto & index) { return SyntheticValue(index); });
}

template <typename TImage>
typename TImage::Pointer
MakeMask(const typename TImage::SizeType & size)
{
  return MakeImage<TImage>(size, [&size](const auto & index) { return IsInside(index, size) ? 1 : 0; });
}

template <typename TImage = ImageType>
typename MaskedStructuralSimilarityImageFilter<TImage>::Pointer
MakeFilter(Variant variant, const typename TImage::SizeType & size)
{
  auto filter = MaskedStructuralSimilarityImageFilter<TImage>::New();
  filter->SetReferenceImage(MakeReference<TImage>(size));
  filter->SetSyntheticImage(MakeSynthetic<TImage>(size));
  filter->SetMaskImage(MakeMask<Image<unsigned char, TImage::ImageDimension>>(size));
  filter->SetVariant(variant);
  return filter;
}

inline FilterType::Pointer
MakeFilter(Variant variant, ImageType * reference, ImageType * synthetic, MaskType * mask)
{
  auto filter = FilterType::New();
  filter->SetReferenceImage(reference);
  filter->SetSyntheticImage(synthetic);
  filter->SetMaskImage(mask);
  filter->SetVariant(variant);
  return filter;
}

inline ImageType::Pointer
MakeConstant(const ImageType::SizeType & size, double value)
{
  return MakeImage<ImageType>(size, [value](const auto &) { return value; });
}

constexpr ImageType::SizeType smallSize{ { 24, 21, 17 } };

inline std::vector<double>
AllValues(const FilterType * filter)
{
  std::vector<double> values{ filter->GetStructuralSimilarity(),
                              filter->GetGlobalStructuralSimilarity(),
                              static_cast<double>(filter->GetNumberOfVoxels()) };
  for (unsigned int level = 0; level < filter->GetNumberOfLevels(); ++level)
  {
    values.push_back(filter->GetLevelStructuralSimilarity(level));
    values.push_back(filter->GetLevelGlobalStructuralSimilarity(level));
  }
  return values;
}

inline void
ExpectSameBits(const std::vector<double> & a, const std::vector<double> & b)
{
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0);
}

} // namespace StructuralSimilarity
} // namespace TestUtilities
} // namespace itk

#endif
