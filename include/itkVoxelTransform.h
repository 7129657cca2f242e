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
#ifndef itkVoxelTransform_h
#define itkVoxelTransform_h

#include "itkImageScanlineIterator.h"
#include "itkSyntheticCTFilterUtilities.h"

#include <algorithm>
#include <type_traits>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** A function of double as a function of the pixels of two images, rounded as PixelFromReal does. */
template <typename TInputImage, typename TOutputImage, typename TFunction>
auto
PixelFunction(const TFunction & function)
{
  return [function](typename TInputImage::PixelType pixel) {
    return PixelFromReal<typename TOutputImage::PixelType>(function(static_cast<double>(pixel)));
  };
}

/** `output = function(input)` for the voxels of a region. The function takes and gives pixels. */
template <typename TInputImage, typename TOutputImage, typename TFunction>
void
TransformRegion(const TInputImage *                       input,
                TOutputImage *                            output,
                const typename TOutputImage::RegionType & region,
                const TFunction &                         function)
{
  const size_t                            length = region.GetSize(0);
  ImageScanlineConstIterator<TInputImage> in(input, region);
  ImageScanlineIterator<TOutputImage>     out(output, region);
  for (; !in.IsAtEnd(); in.NextLine(), out.NextLine())
  {
    // Pointers, because the compiler makes vector instructions of this loop and not of one with iterators.
    const typename TInputImage::PixelType * const from = &in.Value();
    typename TOutputImage::PixelType * const      to = &out.Value();
    for (size_t i = 0; i < length; ++i)
    {
      to[i] = function(from[i]);
    }
  }
}

/** `output = function(input)` for the voxels of a region, on the threads of the filter. The function takes and gives
 * double, and the result is rounded as PixelFromReal does. Many voxels of a type of up to 16 bits are looked up in a
 * table of all its values, which gives the same bits. */
template <typename TInputImage, typename TOutputImage, typename TFunction>
void
TransformVoxels(ProcessObject *                           filter,
                const TInputImage *                       input,
                TOutputImage *                            output,
                const typename TOutputImage::RegionType & region,
                float                                     progressWeight,
                const TFunction &                         function)
{
  using InputPixelType = typename TInputImage::PixelType;
  using OutputPixelType = typename TOutputImage::PixelType;

  const auto transform = [&](const auto & pixelFunction) {
    ParallelizeSlices(filter, region, progressWeight, [&](SizeValueType, const auto & slice) {
      TransformRegion(input, output, slice, pixelFunction);
    });
  };
  const auto pixelFunction = PixelFunction<TInputImage, TOutputImage>(function);
  if constexpr (std::is_integral_v<InputPixelType> && sizeof(InputPixelType) <= 2)
  {
    using IndexType = std::make_unsigned_t<InputPixelType>;
    constexpr size_t numberOfValues = size_t{ 1 } << (8 * sizeof(InputPixelType));
    if (region.GetNumberOfPixels() > 4 * numberOfValues)
    {
      std::vector<OutputPixelType> table(numberOfValues);
      for (size_t i = 0; i < numberOfValues; ++i)
      {
        table[i] = pixelFunction(static_cast<InputPixelType>(i));
      }
      const OutputPixelType * const values = table.data();
      transform([values](InputPixelType pixel) { return values[static_cast<IndexType>(pixel)]; });
      return;
    }
  }
  transform(pixelFunction);
}

/** The straight line through (fromMinimum, toMinimum) and (fromMaximum, toMaximum) for the voxels of a region. Results
 * outside [toMinimum, toMaximum] take the nearer end when `clamp` is set. See TransformVoxels. */
template <typename TInputImage, typename TOutputImage>
void
TransformVoxelsLinearly(ProcessObject *                           filter,
                        const TInputImage *                       input,
                        TOutputImage *                            output,
                        const typename TOutputImage::RegionType & region,
                        float                                     progressWeight,
                        double                                    fromMinimum,
                        double                                    fromMaximum,
                        double                                    toMinimum,
                        double                                    toMaximum,
                        bool                                      clamp)
{
  const double fromRange = fromMaximum - fromMinimum;
  const double toRange = toMaximum - toMinimum;
  const auto   linear = [=](double value) { return toMinimum + (value - fromMinimum) / fromRange * toRange; };
  if (clamp)
  {
    // In this order, the comparisons leave NaN as it is.
    const auto clamped = [=](double value) { return std::min(std::max(linear(value), toMinimum), toMaximum); };
    TransformVoxels(filter, input, output, region, progressWeight, clamped);
  }
  else
  {
    TransformVoxels(filter, input, output, region, progressWeight, linear);
  }
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
