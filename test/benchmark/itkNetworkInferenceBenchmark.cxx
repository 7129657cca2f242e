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
// What a sliding window costs beside its forward passes: NetworkInferenceImageFilter with a network that returns its
// input, over a volume the size of a head.

#include "itkImage.h"
#include "itkImageRegionIterator.h"
#include "itkMultiThreaderBase.h"
#include "itkNetworkInferenceImageFilter.h"
#include "itkNetworkModel.h"

#include <benchmark/benchmark.h>

#include <cstdlib>

namespace
{
void
OutsideThePasses(benchmark::State & state, itk::InferencePlaneEnum plane, unsigned int window)
{
  using ImageType = itk::Image<float, 3>;
  const char * const text = std::getenv("SYNTHETICCT_BENCHMARK_THREADS");
  const auto         threads = static_cast<unsigned int>(text ? std::atoi(text) : 1);
  itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(threads);

  const auto image = ImageType::New();
  image->SetRegions(ImageType::SizeType{ { 181, 217, 181 } });
  image->Allocate();
  float value = 0.0F;
  for (itk::ImageRegionIterator<ImageType> it(image, image->GetLargestPossibleRegion()); !it.IsAtEnd(); ++it)
  {
    value = value < 1.0F ? value + 0.001F : 0.0F;
    it.Set(value);
  }
  const auto model = itk::NetworkModel::New();
  model->DefineFromSource("def forward(self, x):\n  return x");

  const auto filter = itk::NetworkInferenceImageFilter<ImageType>::New();
  filter->SetInput(image);
  filter->SetModel(model);
  filter->SetPlane(plane);
  filter->SetPatchSize(std::vector<unsigned int>(plane == itk::InferencePlaneEnum::Volume ? 3 : 2, window));
  filter->SetOverlap(0.5);
  filter->SetBlending(itk::BlendingEnum::Gaussian);
  filter->SetPaddingValue(0.0);
  filter->SetNumberOfWorkUnits(threads);
  for (auto _ : state)
  {
    filter->Modified();
    filter->Update();
  }
}
BENCHMARK_CAPTURE(OutsideThePasses, slices_256, itk::InferencePlaneEnum::Axial, 256)
  ->UseRealTime()
  ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OutsideThePasses, volume_96, itk::InferencePlaneEnum::Volume, 96)
  ->UseRealTime()
  ->Unit(benchmark::kMillisecond);
} // namespace
