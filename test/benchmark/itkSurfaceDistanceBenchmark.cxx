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

// Surface distances on masks and labels of 256x256x160 voxels, beside ITK's Hausdorff distance, which is that of the
// definition Voxel where no structure has a part deep inside the other. Before anything is measured the two are
// compared. ITK has none of the other measures; they are measured alone, and so is one pass over both images (OnePass,
// the number of voxels in which two masks agree), which is what could be done at best. For medians of interleaved runs:
//
//   itkSurfaceDistanceBenchmark --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
//
// ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS sets the threads of both.

#include "itkHausdorffDistanceImageFilter.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkSignedSurfaceDeviationMeshFilter.h"
#include "itkSurfaceDistanceMeasuresImageFilter.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <string>

namespace
{
using MaskType = itk::Image<unsigned char, 3>;
using Definition = itk::SurfaceDistanceDefinitionEnum;

struct Pair
{
  MaskType::Pointer Reference;
  MaskType::Pointer Synthetic;
};

template <typename TFunction>
MaskType::Pointer
MakeMask(const TFunction & labelOf)
{
  auto mask = MaskType::New();
  mask->SetRegions(MaskType::SizeType{ { 256, 256, 160 } });
  const double spacing[] = { 1.0, 1.0, 1.2 };
  mask->SetSpacing(spacing);
  mask->Allocate();
  for (itk::ImageRegionIteratorWithIndex<MaskType> it(mask, mask->GetLargestPossibleRegion()); !it.IsAtEnd(); ++it)
  {
    const auto i = it.GetIndex();
    it.Set(static_cast<unsigned char>(labelOf(i[0] - 128.0, i[1] - 128.0, i[2] - 80.0)));
  }
  return mask;
}

/** How far from the middle of a head a point is: 1 at its surface, which has bumps. */
double
HeadRadius(double x, double y, double z, double bump)
{
  return std::sqrt(x * x / 1e4 + y * y / 14400.0 + z * z / 5625.0) +
         bump * std::sin(0.31 * x) * std::sin(0.23 * y) * std::sin(0.37 * z);
}

/** One is moved by 5 mm. */
const Pair &
Heads()
{
  static const Pair pair{ MakeMask([](double x, double y, double z) { return HeadRadius(x, y, z, 0.0) < 1.0; }),
                          MakeMask(
                            [](double x, double y, double z) { return HeadRadius(x - 4, y + 3, z, 0.0) < 1.0; }) };
  return pair;
}

/** With bumps of 6 mm. */
const Pair &
Skulls()
{
  const auto skull = [](double bump) {
    return MakeMask([=](double x, double y, double z) {
      const double radius = HeadRadius(x, y, z, bump);
      return radius < 1.0 && radius > 0.92;
    });
  };
  static const Pair pair{ skull(0.0), skull(0.05) };
  return pair;
}

/** A head, and a ball of 40 mm in the middle of it. */
const Pair &
HeadAndBall()
{
  static const Pair pair{ Heads().Reference,
                          MakeMask([](double x, double y, double z) { return x * x + y * y + z * z < 400.0; }) };
  return pair;
}

/** Sixty blocks inside a head, each with a label of its own. */
const Pair &
Labels()
{
  const auto labels = [](double bump) {
    return MakeMask([=](double x, double y, double z) {
      const auto block = [](double position, double length) { return static_cast<int>((position + 128.0) / length); };
      return HeadRadius(x, y, z, bump) < 0.95 ? 1 + block(x, 52.0) + 5 * block(y, 65.0) + 20 * (block(z, 64.0) - 1) : 0;
    });
  };
  static const Pair pair{ labels(0.0), labels(0.05) };
  return pair;
}

itk::SurfaceDistanceMeasuresImageFilter<MaskType>::Pointer
Measures(const Pair & pair, Definition definition, bool merge)
{
  auto filter = itk::SurfaceDistanceMeasuresImageFilter<MaskType>::New();
  filter->SetReferenceImage(pair.Reference);
  filter->SetSyntheticImage(pair.Synthetic);
  filter->SetDefinition(definition);
  filter->SetMergeLabels(merge);
  filter->Update();
  return filter;
}

double
Hausdorff(const Pair & pair, Definition definition)
{
  return Measures(pair, definition, true)->GetHausdorffDistance(0);
}

double
HausdorffITK(const Pair & pair)
{
  auto filter = itk::HausdorffDistanceImageFilter<MaskType, MaskType>::New();
  filter->SetInput1(pair.Reference);
  filter->SetInput2(pair.Synthetic);
  filter->Update();
  return filter->GetHausdorffDistance();
}

double
Deviation(const Pair & pair, bool mesh)
{
  auto filter = itk::SignedSurfaceDeviationMeshFilter<MaskType>::New();
  filter->SetReferenceImage(pair.Reference);
  filter->SetSyntheticImage(pair.Synthetic);
  filter->SetComputeMesh(mesh);
  filter->Update();
  return filter->GetMeanDeviation();
}

unsigned int
OnePass(const Pair & pair)
{
  const unsigned char * const a = pair.Reference->GetBufferPointer();
  const unsigned char * const b = pair.Synthetic->GetBufferPointer();
  const auto                  count = pair.Reference->GetBufferedRegion().GetNumberOfPixels();
  unsigned int                same = 0;
  for (itk::SizeValueType i = 0; i < count; ++i)
  {
    same += a[i] == b[i] ? 1 : 0;
  }
  return same;
}

template <typename TRun>
void
Measure(const std::string & name, TRun run)
{
  benchmark::RegisterBenchmark(name.c_str(),
                               [=](benchmark::State & state) {
                                 // The first run makes the images.
                                 run();
                                 for (auto _ : state)
                                 {
                                   benchmark::DoNotOptimize(run());
                                 }
                               })
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
}

bool
RegisterAll()
{
  const struct
  {
    const char * Name;
    const Pair & (*Get)();
  } pairs[] = { { "Heads", Heads }, { "Skulls", Skulls }, { "HeadAndBall", HeadAndBall } };
  for (const auto & pair : pairs)
  {
    const std::string name = pair.Name;
    const auto        get = pair.Get;
    benchmark::RegisterBenchmark(("Hausdorff" + name + "/SyntheticCT").c_str(),
                                 [=](benchmark::State & state) {
                                   // ITK's distances are in single precision.
                                   if (std::abs(Hausdorff(get(), Definition::Voxel) / HausdorffITK(get()) - 1.0) > 1e-6)
                                   {
                                     state.SkipWithError("The two results differ.");
                                   }
                                   for (auto _ : state)
                                   {
                                     benchmark::DoNotOptimize(Hausdorff(get(), Definition::Voxel));
                                   }
                                 })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
    Measure("Hausdorff" + name + "/ITK", [=] { return HausdorffITK(get()); });
    Measure("Surfels" + name + "/SyntheticCT", [=] { return Hausdorff(get(), Definition::Surfel); });
  }
  Measure("SurfelsLabels/SyntheticCT", [] {
    const auto filter = Measures(Labels(), Definition::Surfel, false);
    return filter->GetHausdorffDistance(filter->GetNthLabel(0));
  });
  Measure("DeviationHeads/SyntheticCT", [] { return Deviation(Heads(), false); });
  Measure("DeviationMeshHeads/SyntheticCT", [] { return Deviation(Heads(), true); });
  Measure("OnePass", [] { return OnePass(Heads()); });
  return true;
}

[[maybe_unused]] const bool registered = RegisterAll();
} // namespace
