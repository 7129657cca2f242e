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
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkPixelConversion.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** `to[i] = PixelFromReal(function(from[i]))` for a number of pixels. */
template <typename TInputPixel, typename TOutputPixel, typename TFunction>
void
TransformPixels(const TInputPixel * from, TOutputPixel * to, size_t count, const TFunction & function)
{
  if constexpr (std::is_integral_v<TOutputPixel> && sizeof(TOutputPixel) <= 2)
  {
    // PixelFromReal in simple loops over what stays in the first cache: the compiler makes vector instructions of each,
    // and of all in one it does not.
    std::array<double, 512> values;
    for (size_t begin = 0; begin < count; begin += values.size())
    {
      const size_t length = std::min(values.size(), count - begin);
      for (size_t i = 0; i < length; ++i)
      {
        values[i] = function(static_cast<double>(from[begin + i]));
      }
      if constexpr (std::is_signed_v<TOutputPixel>)
      {
        for (size_t i = 0; i < length; ++i)
        {
          values[i] = ZeroIfNaN(values[i]);
        }
      }
      for (size_t i = 0; i < length; ++i)
      {
        to[begin + i] = SmallPixelFromNumber<TOutputPixel>(values[i]);
      }
    }
  }
  else
  {
    for (size_t i = 0; i < count; ++i)
    {
      to[i] = PixelFromReal<TOutputPixel>(function(static_cast<double>(from[i])));
    }
  }
}

/** Calls `function(from, to, count)` for the pixels of every line of a region in two images. */
template <typename TInputImage, typename TOutputImage, typename TFunction>
void
ForEachLine(const TInputImage *                       input,
            TOutputImage *                            output,
            const typename TOutputImage::RegionType & region,
            const TFunction &                         function)
{
  ImageScanlineConstIterator<TInputImage> in(input, region);
  ImageScanlineIterator<TOutputImage>     out(output, region);
  for (; !in.IsAtEnd(); in.NextLine(), out.NextLine())
  {
    function(&in.Value(), &out.Value(), static_cast<size_t>(region.GetSize(0)));
  }
}

/** `output = PixelFromReal(function(input))` for the voxels of a region. The function takes and gives double. */
template <typename TInputImage, typename TOutputImage, typename TFunction>
void
TransformRegion(const TInputImage *                       input,
                TOutputImage *                            output,
                const typename TOutputImage::RegionType & region,
                const TFunction &                         function)
{
  ForEachLine(input, output, region, [&function](const auto * from, auto * to, size_t count) {
    TransformPixels(from, to, count, function);
  });
}

/** TransformRegion on the threads of the filter. Many voxels of a type of up to 16 bits are looked up in a table of all
 * its values, which gives the same bits. */
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
  if constexpr (std::is_integral_v<InputPixelType> && sizeof(InputPixelType) <= 2)
  {
    using IndexType = std::make_unsigned_t<InputPixelType>;
    constexpr size_t numberOfValues = size_t{ 1 } << (8 * sizeof(InputPixelType));
    if (region.GetNumberOfPixels() > 4 * numberOfValues)
    {
      std::vector<InputPixelType> pixels(numberOfValues);
      for (size_t i = 0; i < numberOfValues; ++i)
      {
        pixels[i] = static_cast<InputPixelType>(i);
      }
      std::vector<OutputPixelType> table(numberOfValues);
      TransformPixels(pixels.data(), table.data(), numberOfValues, function);
      ParallelizeSlices(filter, region, progressWeight, [&](SizeValueType, const auto & slice) {
        ForEachLine(input,
                    output,
                    slice,
                    [results = table.data()](const InputPixelType * from, OutputPixelType * to, size_t count) {
                      for (size_t i = 0; i < count; ++i)
                      {
                        to[i] = results[static_cast<IndexType>(from[i])];
                      }
                    });
      });
      return;
    }
  }
  ParallelizeSlices(filter, region, progressWeight, [&](SizeValueType, const auto & slice) {
    TransformRegion(input, output, slice, function);
  });
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
