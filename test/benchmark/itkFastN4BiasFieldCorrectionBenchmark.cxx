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
/** FastN4BiasFieldCorrectionImageFilter against itk::N4BiasFieldCorrectionImageFilter on a head of 181 x 217 x 181
 * voxels of 1 mm, masked to the head, with the same settings and the same number of iterations, which is fixed: for
 * each of four levels one on all voxels, or five on every fourth along each axis.
 *
 * Arguments are the shrink factor and the number of threads. ITK's filter gets the shrunken image and gives the
 * shrunken result; ours reads and writes the image in full. The counter says how long one voxel of the mask takes in
 * one iteration, everything included. `Pass` adds up as many floats, for comparison. */
#include "itkFastN4BiasFieldCorrectionImageFilter.h"

#include "itkHeadPhantomImageSource.h"
#include "itkN4BiasFieldCorrectionImageFilter.h"
#include "itkShrinkImageFilter.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;

struct Head
{
  ImageType::Pointer Image;
  MaskType::Pointer  Mask;
};

const Head &
GetHead()
{
  static const Head head = [] {
    const auto source = itk::HeadPhantomImageSource<ImageType>::New();
    source->SetBiasFieldStrength(0.3);
    source->Update();
    return Head{ source->GetOutput(), source->GetBodyMask() };
  }();
  return head;
}

unsigned int
Iterations(int64_t shrink)
{
  return shrink == 1 ? 1 : 5;
}

template <typename TImage>
typename TImage::Pointer
Shrink(TImage * image, int64_t factor)
{
  const auto filter = itk::ShrinkImageFilter<TImage, TImage>::New();
  filter->SetInput(image);
  filter->SetShrinkFactors(static_cast<unsigned int>(factor));
  filter->Update();
  return filter->GetOutput();
}

itk::SizeValueType
CountVoxels(const MaskType * mask)
{
  const unsigned char * begin = mask->GetBufferPointer();
  return static_cast<itk::SizeValueType>(std::count_if(
    begin, begin + mask->GetBufferedRegion().GetNumberOfPixels(), [](unsigned char m) { return m != 0; }));
}

template <typename TFilter>
void
Run(benchmark::State & state, TFilter * filter)
{
  constexpr unsigned int   levels = 4;
  itk::Array<unsigned int> iterations(levels);
  iterations.Fill(Iterations(state.range(0)));
  filter->SetNumberOfFittingLevels(levels);
  filter->SetMaximumNumberOfIterations(iterations);
  filter->SetConvergenceThreshold(0.0F);
  const auto threads = static_cast<unsigned int>(state.range(1));
  // ITK's filter has filters inside, which take the default.
  itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(threads);
  filter->SetNumberOfWorkUnits(threads);
  for (auto _ : state)
  {
    filter->Modified();
    filter->Update();
  }
  const auto mask = Shrink(GetHead().Mask.GetPointer(), state.range(0));
  const auto work = static_cast<double>(CountVoxels(mask)) * iterations.sum();
  state.counters["s/voxel/iteration"] =
    benchmark::Counter(work, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void
ITK(benchmark::State & state)
{
  const auto filter = itk::N4BiasFieldCorrectionImageFilter<ImageType, MaskType, ImageType>::New();
  filter->SetInput(Shrink(GetHead().Image.GetPointer(), state.range(0)));
  filter->SetMaskImage(Shrink(GetHead().Mask.GetPointer(), state.range(0)));
  Run(state, filter.GetPointer());
}

void
Fast(benchmark::State & state)
{
  const auto filter = itk::FastN4BiasFieldCorrectionImageFilter<ImageType, MaskType, ImageType>::New();
  filter->SetInput(GetHead().Image);
  filter->SetMaskImage(GetHead().Mask);
  filter->SetShrinkFactor(static_cast<unsigned int>(state.range(0)));
  Run(state, filter.GetPointer());
}

void
Pass(benchmark::State & state)
{
  const auto               mask = Shrink(GetHead().Mask.GetPointer(), state.range(0));
  const std::vector<float> values(CountVoxels(mask), 1.0F);
  constexpr size_t         lanes = 16;
  for (auto _ : state)
  {
    float sums[lanes] = {};
    for (size_t i = 0; i + lanes <= values.size(); i += lanes)
    {
      for (size_t l = 0; l < lanes; ++l)
      {
        sums[l] += values[i + l];
      }
    }
    benchmark::DoNotOptimize(sums);
  }
  state.counters["s/voxel"] = benchmark::Counter(
    static_cast<double>(values.size()), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
} // namespace

BENCHMARK(Fast)->ArgsProduct({ { 4, 1 }, { 1, 2 } })->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(Pass)->Arg(4)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(ITK)->ArgsProduct({ { 4, 1 }, { 1, 2 } })->Unit(benchmark::kMillisecond)->UseRealTime();
