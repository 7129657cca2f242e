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
#ifndef itkPixelConversion_h
#define itkPixelConversion_h

#include "itkImageScanlineConstIterator.h"
#include "itkNumericTraits.h"

#include <cmath>
#include <type_traits>

namespace itk
{
/** Reading voxels inside a mask, and turning real numbers into pixels. Not part of the public interface. */
namespace SyntheticCTDetail
{

/** Calls `function(value, index)` for every voxel of a region whose mask is not zero, or for all without a mask. The
 * second argument is a callable that gives the index. */
template <typename TImage, typename TMaskImage, typename TFunction>
void
ForEachMaskedVoxel(const TImage *                      image,
                   const TMaskImage *                  mask,
                   const typename TImage::RegionType & region,
                   TFunction &&                        function)
{
  ImageScanlineConstIterator<TImage> it(image, region);
  const auto                         index = [&it] { return it.GetIndex(); };
  if (mask == nullptr)
  {
    for (; !it.IsAtEnd(); it.NextLine())
    {
      for (; !it.IsAtEndOfLine(); ++it)
      {
        function(it.Get(), index);
      }
    }
    return;
  }
  ImageScanlineConstIterator<TMaskImage> maskIt(mask, region);
  for (; !it.IsAtEnd(); it.NextLine(), maskIt.NextLine())
  {
    for (; !it.IsAtEndOfLine(); ++it, ++maskIt)
    {
      if (maskIt.Get() != NumericTraits<typename TMaskImage::PixelType>::ZeroValue())
      {
        function(it.Get(), index);
      }
    }
  }
}

/** False for NaN and infinities; always true for integers. */
template <typename TPixel>
bool
IsFinite(TPixel value)
{
  if constexpr (std::is_floating_point_v<TPixel>)
  {
    return std::isfinite(value);
  }
  else
  {
    return true;
  }
}

/** 0 instead of NaN. */
inline double
ZeroIfNaN(double value)
{
  return value == value ? value : 0.0;
}

/** PixelFromReal for integers of up to 16 bits without a branch or a call, so that the compiler can use vector
 * instructions. Takes NaN as the lowest number of the type. */
template <typename TPixel>
TPixel
SmallPixelFromNumber(double value)
{
  static_assert(std::is_integral_v<TPixel> && sizeof(TPixel) <= 2, "The pixel has to be an integer of up to 16 bits");
  constexpr int low = NumericTraits<TPixel>::NonpositiveMin();
  constexpr int high = NumericTraits<TPixel>::max();
  // Truncation is the floor of what is not negative.
  double shifted = value + (0.5 - low);
  shifted = shifted > 0.0 ? shifted : 0.0;
  shifted = shifted < high - low ? shifted : high - low;
  return static_cast<TPixel>(static_cast<int>(shifted) + low);
}

/** A real number as a pixel: floating-point pixels take it as it is; integers round half up (16-bit ones take for a
 * half what is within 1e-11 of it), saturate at the ends of their range, and take NaN as 0. */
template <typename TPixel>
TPixel
PixelFromReal(double value)
{
  if constexpr (std::is_floating_point_v<TPixel>)
  {
    return static_cast<TPixel>(value);
  }
  else if constexpr (sizeof(TPixel) <= 2)
  {
    return SmallPixelFromNumber<TPixel>(ZeroIfNaN(value));
  }
  else
  {
    if (std::isnan(value))
    {
      return TPixel{};
    }
    const double rounded = std::floor(value + 0.5);
    if (rounded <= static_cast<double>(NumericTraits<TPixel>::NonpositiveMin()))
    {
      return NumericTraits<TPixel>::NonpositiveMin();
    }
    if (rounded >= static_cast<double>(NumericTraits<TPixel>::max()))
    {
      return NumericTraits<TPixel>::max();
    }
    return static_cast<TPixel>(rounded);
  }
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
