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
// MaskedStructuralSimilarityImageFilter on a pair of 256x256x160 voxels: a simulated head and the same with noise,
// under the mask of its body. With a mask Masked3D has two values, which is two runs; without one it is a single run.
// ReadPair reads both images once and is what one pass over memory costs. ITK has a structural similarity from version
// 6 on; it has one window and no mask, and runs beside ours where it is there. For medians of interleaved runs:
//
//   itkStructuralSimilarityBenchmark --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
//
// ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS sets the threads of both.

#include "itkBenchmarkHead.h"
#include "itkImageRegionIterator.h"
#include "itkMaskedStructuralSimilarityImageFilter.h"
#include "SyntheticCTDetail/itkFilterThreading.h"

#if __has_include("itkStructuralSimilarityImageFilter.h")
#  include "itkStructuralSimilarityImageFilter.h"
#  define SYNTHETIC_CT_ITK_HAS_SSIM
#endif

#include <benchmark/benchmark.h>

#include <random>
#include <vector>

namespace
{
using ImageType = BenchmarkHead::ImageType;
using MaskType = BenchmarkHead::MaskType;
using FilterType = itk::MaskedStructuralSimilarityImageFilter<ImageType>;
using Variant = itk::StructuralSimilarityEnum;

struct Pair
{
  BenchmarkHead      Head;
  ImageType::Pointer Reference{ Head.CT };
  ImageType::Pointer Synthetic{ Head.MakeImage<ImageType>() };
  MaskType::Pointer  Body{ Head.Body };

  Pair()
  {
    std::mt19937                        random(1);
    itk::ImageRegionIterator<ImageType> in(Reference, Reference->GetLargestPossibleRegion());
    itk::ImageRegionIterator<ImageType> out(Synthetic, Reference->GetLargestPossibleRegion());
    for (; !in.IsAtEnd(); ++in, ++out)
    {
      out.Set(in.Get() + static_cast<float>(random() % 201) - 100.0F);
    }
  }
};

/** Made once. */
const Pair &
ThePair()
{
  static const Pair pair;
  return pair;
}

void
Measure(benchmark::State & state, Variant variant, bool masked, bool map)
{
  const Pair & pair = ThePair();
  auto         filter = FilterType::New();
  filter->SetReferenceImage(pair.Reference);
  filter->SetSyntheticImage(pair.Synthetic);
  if (masked)
  {
    filter->SetMaskImage(pair.Body);
  }
  filter->SetVariant(variant);
  filter->SetComputeMap(map);
  for (auto _ : state)
  {
    filter->Modified();
    filter->Update();
  }
  state.counters["SSIM"] = filter->GetStructuralSimilarity();
}

BENCHMARK_CAPTURE(Measure, Masked3D, Variant::Masked3D, true, false)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(Measure, Masked3DWithoutMask, Variant::Masked3D, false, false)
  ->Unit(benchmark::kMillisecond)
  ->UseRealTime();
BENCHMARK_CAPTURE(Measure, Uniform7, Variant::Uniform7, true, false)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(Measure, Uniform7WithMap, Variant::Uniform7, true, true)
  ->Unit(benchmark::kMillisecond)
  ->UseRealTime();
BENCHMARK_CAPTURE(Measure, Gaussian, Variant::Gaussian, true, false)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(Measure, SynthRAD2023, Variant::SynthRAD2023, true, false)
  ->Unit(benchmark::kMillisecond)
  ->UseRealTime();
BENCHMARK_CAPTURE(Measure, MultiScale, Variant::MultiScale, true, false)->Unit(benchmark::kMillisecond)->UseRealTime();

void
ReadPair(benchmark::State & state)
{
  const Pair &        pair = ThePair();
  const auto          region = pair.Reference->GetLargestPossibleRegion();
  const size_t        sliceSize = region.GetSize(0) * region.GetSize(1);
  auto                filter = FilterType::New();
  std::vector<double> sums(region.GetSize(2));
  for (auto _ : state)
  {
    itk::SyntheticCTDetail::ParallelizeArray(filter, sums.size(), 0.0F, [&](itk::SizeValueType k) {
      const float * const reference = pair.Reference->GetBufferPointer() + k * sliceSize;
      const float * const synthetic = pair.Synthetic->GetBufferPointer() + k * sliceSize;
      float               lanes[16] = {};
      for (size_t i = 0; i + 16 <= sliceSize; i += 16)
      {
        for (size_t lane = 0; lane < 16; ++lane)
        {
          lanes[lane] += reference[i + lane] + synthetic[i + lane];
        }
      }
      for (const float lane : lanes)
      {
        sums[k] += lane;
      }
    });
    benchmark::DoNotOptimize(sums.data());
  }
}
BENCHMARK(ReadPair)->Unit(benchmark::kMillisecond)->UseRealTime();

#ifdef SYNTHETIC_CT_ITK_HAS_SSIM
void
MeasureITK(benchmark::State & state)
{
  auto filter = itk::StructuralSimilarityImageFilter<ImageType>::New();
  filter->SetInput(0, ThePair().Reference);
  filter->SetInput(1, ThePair().Synthetic);
  filter->SetDynamicRange(4000.0);
  for (auto _ : state)
  {
    filter->Modified();
    filter->Update();
  }
}
BENCHMARK(MeasureITK)->Unit(benchmark::kMillisecond)->UseRealTime();
#endif

} // namespace
