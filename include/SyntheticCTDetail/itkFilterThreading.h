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
#ifndef itkFilterThreading_h
#define itkFilterThreading_h

#include "itkImageRegion.h"
#include "itkMultiThreaderBase.h"
#include "itkProcessObject.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <string>

namespace itk
{
/** How the filters of this module share work among threads, report progress and stop. Not part of the public interface.
 */
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
 * combines them in order has the same bits for any number of threads.
 *
 * The first exception that a call throws ends the work, and is thrown on as it is when all threads have stopped: not
 * every kind of threads of every version of ITK would pass it on, and PlatformMultiThreader makes another one of it. */
template <typename TFunction>
void
ParallelizeArray(ProcessObject * filter, SizeValueType count, float progressWeight, const TFunction & function)
{
  MultiThreaderBase * threader = filter->GetMultiThreader();
  threader->SetNumberOfWorkUnits(filter->GetNumberOfWorkUnits());
  std::atomic<bool>  hasFailed{ false };
  std::mutex         mutex;
  std::exception_ptr first;
  threader->ParallelizeArray(
    0,
    count,
    [&](SizeValueType i) {
      if (hasFailed)
      {
        return;
      }
      try
      {
        ThrowIfAborted(filter);
        function(i);
        filter->IncrementProgress(progressWeight / static_cast<float>(count));
      }
      catch (...)
      {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!first)
        {
          first = std::current_exception();
        }
        hasFailed = true;
      }
    },
    nullptr);
  if (first)
  {
    std::rethrow_exception(first);
  }
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

/** Updates a filter that another filter uses inside, and passes its progress on to the outer one, of which it is a
 * share of `progressWeight`. Filters of ITK that work in several passes begin each at 0; the outer progress waits until
 * they have caught up and never steps back. A request to stop the outer filter stops the inner one. */
template <typename TInnerFilter>
void
UpdateInside(ProcessObject * outer, TInnerFilter * inner, float progressWeight)
{
  ThrowIfAborted(outer);
  inner->SetNumberOfWorkUnits(outer->GetNumberOfWorkUnits());
  const float         start = outer->GetProgress();
  const unsigned long tag = inner->AddObserver(ProgressEvent(), [=](const EventObject &) {
    outer->UpdateProgress(std::max(outer->GetProgress(), start + progressWeight * inner->GetProgress()));
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

} // namespace SyntheticCTDetail
} // namespace itk

#endif
