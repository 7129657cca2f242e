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
#ifndef itkSyntheticCTFilterUtilities_h
#define itkSyntheticCTFilterUtilities_h

#include "itkImageBase.h"
#include "itkImageScanlineConstIterator.h"
#include "itkMath.h"
#include "itkMultiThreaderBase.h"
#include "itkNumericTraits.h"
#include "itkProcessObject.h"
#include "itkSameGridVerification.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>

namespace itk
{
/** What the filters of this module share. Not part of the public interface. */
namespace SyntheticCTDetail
{

/** Stops a filter that was asked to stop, as ITK's progress reporters do. */
inline void
ThrowIfAborted(const ProcessObject * filter)
{
  if (filter->GetAbortGenerateData())
  {
    ProcessAborted aborted(__FILE__, __LINE__);
    aborted.SetDescription(std::string("Object ") + filter->GetNameOfClass() + ": AbortGenerateData was set");
    throw aborted;
  }
}

/** Calls `function(i)` for every i in [0, count) on the threads of the filter, and adds `progressWeight` to its
 * progress on the way. What belongs to one i is done by one thread; so a reduction that keeps one result per i and
 * combines them in order has the same bits for any number of threads. */
template <typename TFunction>
void
ParallelizeArray(ProcessObject * filter, SizeValueType count, float progressWeight, const TFunction & function)
{
  MultiThreaderBase * threader = filter->GetMultiThreader();
  threader->SetNumberOfWorkUnits(filter->GetNumberOfWorkUnits());
  threader->ParallelizeArray(
    0,
    count,
    [=, &function](SizeValueType i) {
      ThrowIfAborted(filter);
      function(i);
      filter->IncrementProgress(progressWeight / static_cast<float>(count));
    },
    nullptr);
}

/** The i-th slice of a region along one of its axes. */
template <unsigned int VDimension>
ImageRegion<VDimension>
SliceOfRegion(const ImageRegion<VDimension> & region, unsigned int axis, SizeValueType i)
{
  ImageRegion<VDimension> slice = region;
  slice.SetIndex(axis, region.GetIndex(axis) + static_cast<IndexValueType>(i));
  slice.SetSize(axis, 1);
  return slice;
}

/** Calls `function(i, slice)` for every slice of a region along its last axis. See ParallelizeArray. */
template <unsigned int VDimension, typename TFunction>
void
ParallelizeSlices(ProcessObject *                 filter,
                  const ImageRegion<VDimension> & region,
                  float                           progressWeight,
                  const TFunction &               function)
{
  ParallelizeArray(filter, region.GetSize(VDimension - 1), progressWeight, [&](SizeValueType i) {
    function(i, SliceOfRegion(region, VDimension - 1, i));
  });
}

/** Walks over an array (first axis fastest) for an operation along one axis, on the threads of the filter. Calls
 * `function(line, i, length)` for parts of what lies at position i of the axis: `length` elements from the offset
 * `line + i * stride` on, where the same elements of a position n begin at `line + n * stride`, and `stride` is the
 * product of the sizes of the axes before. Parts are so short that neighbours stay in the cache while i ascends. */
template <unsigned int VDimension, typename TFunction>
void
ParallelizeAlongAxis(ProcessObject *          filter,
                     const Size<VDimension> & size,
                     unsigned int             axis,
                     float                    progressWeight,
                     const TFunction &        function)
{
  SizeValueType stride = 1;
  SizeValueType blocks = 1;
  for (unsigned int d = 0; d < VDimension; ++d)
  {
    (d < axis ? stride : blocks) *= d == axis ? 1 : size[d];
  }
  // Along the last axis there is one block, so that its positions are shared out instead.
  const bool          single = blocks == 1;
  const SizeValueType count = size[axis];
  ParallelizeArray(filter, single ? count : blocks, progressWeight, [&](SizeValueType task) {
    const SizeValueType     block = single ? 0 : task * stride * count;
    const SizeValueType     first = single ? task : 0;
    const SizeValueType     last = single ? task + 1 : count;
    constexpr SizeValueType part = 4096;
    for (SizeValueType begin = 0; begin < stride; begin += part)
    {
      for (SizeValueType i = first; i < last; ++i)
      {
        function(block + begin, i, std::min(part, stride - begin));
      }
    }
  });
}

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

/** Throws when a second input of a filter has another grid than the first, regions included. `filter` is an
 * ImageToImageFilter or an ImageSink, whose tolerances count. */
template <typename TFilter, unsigned int VDimension>
void
VerifySameGrid(const TFilter *               filter,
               const ImageBase<VDimension> * input,
               const ImageBase<VDimension> * other,
               const char *                  otherName)
{
  if (input && other)
  {
    const std::string difference =
      GridDifference(*input, *other, filter->GetCoordinateTolerance(), filter->GetDirectionTolerance());
    if (!difference.empty())
    {
      itkGenericExceptionMacro(<< filter->GetNameOfClass() << ": " << otherName
                               << " has another grid than the image: " << difference);
    }
  }
}

/** Throws unless two parameters of a filter are finite and the first is less than the second (or equal, if it may). */
inline void
VerifyRange(const ProcessObject * filter,
            const char *          lowerName,
            double                lower,
            const char *          upperName,
            double                upper,
            bool                  mayBeEqual = false)
{
  if (!std::isfinite(lower) || !std::isfinite(upper) || lower > upper || (lower == upper && !mayBeEqual))
  {
    itkGenericExceptionMacro(<< filter->GetNameOfClass() << ": " << lowerName << " is " << lower << " and " << upperName
                             << " is " << upper << ", and the first should "
                             << (mayBeEqual ? "not be more than" : "be less than") << " the second");
  }
}

/** Updates a filter that another filter uses inside, and passes its progress on to the outer one, of which it is a
 * share of `progressWeight`. A request to stop the outer filter stops the inner one. */
template <typename TInnerFilter>
void
UpdateInside(ProcessObject * outer, TInnerFilter * inner, float progressWeight)
{
  ThrowIfAborted(outer);
  inner->SetNumberOfWorkUnits(outer->GetNumberOfWorkUnits());
  const float         start = outer->GetProgress();
  const unsigned long tag = inner->AddObserver(ProgressEvent(), [=](const EventObject &) {
    outer->UpdateProgress(start + progressWeight * inner->GetProgress());
    if (outer->GetAbortGenerateData())
    {
      inner->AbortGenerateDataOn();
    }
  });
  inner->Update();
  inner->RemoveObserver(tag);
  ThrowIfAborted(outer);
  outer->UpdateProgress(start + progressWeight);
}

/** Whether the voxel centres of a grid are voxel centres of another, to a tolerance in voxels: same directions and
 * spacings, and an offset of whole voxels. Index i of the grid is then index i + offset of the other. */
template <unsigned int VDimension>
bool
VoxelsCoincide(const ImageBase<VDimension> * grid,
               const ImageBase<VDimension> * other,
               double                        tolerance,
               Offset<VDimension> &          offset)
{
  // Both grids are affine, so what holds at the corners holds between them.
  const auto region = grid->GetLargestPossibleRegion();
  for (unsigned int corner = 0; corner < 1u << VDimension; ++corner)
  {
    auto index = region.GetIndex();
    for (unsigned int d = 0; d < VDimension; ++d)
    {
      index[d] += (corner >> d & 1u) != 0 ? static_cast<IndexValueType>(region.GetSize(d)) - 1 : 0;
    }
    typename ImageBase<VDimension>::PointType point;
    grid->TransformIndexToPhysicalPoint(index, point);
    ContinuousIndex<double, VDimension> position;
    // The return value says whether it is inside, which does not matter here.
    (void)other->TransformPhysicalPointToContinuousIndex(point, position);
    for (unsigned int d = 0; d < VDimension; ++d)
    {
      const double difference = position[d] - static_cast<double>(index[d]);
      if (corner == 0)
      {
        offset[d] = Math::Round<OffsetValueType>(difference);
      }
      if (!(std::abs(difference - static_cast<double>(offset[d])) <= tolerance))
      {
        return false;
      }
    }
  }
  return true;
}

/** Asks an input for all of its voxels. */
template <typename TImage>
void
RequestLargestPossibleRegion(const TImage * image)
{
  if (image)
  {
    const_cast<TImage *>(image)->SetRequestedRegionToLargestPossibleRegion();
  }
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
