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

// For the comparison with Python's packages (run-metrics.sh).
//
// itkBenchmarkMetrics head FOLDER           writes ct.mhd and mask.mhd of a simulated head of 256 x 256 x 160 voxels
// itkBenchmarkMetrics METRIC FOLDER THREADS compares ct.mhd and sct.mhd inside mask.mhd, and prints, as JSON, the
// seconds
//                                           of the filter with its inputs in memory, and its figures

#include "itkHeadPhantomImageSource.h"
#include "itkImageErrorMeasuresImageFilter.h"
#include "itkImageFileReader.h"
#include "itkImageFileWriter.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIterator.h"
#include "itkMaskedStructuralSimilarityImageFilter.h"
#include "itkSurfaceDistanceMeasuresImageFilter.h"
#include "itkThresholdOverlapMeasuresImageFilter.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using Values = std::vector<double>;

void
WriteHead(const std::string & folder)
{
  const auto source = itk::HeadPhantomImageSource<ImageType>::New();
  source->SetSize({ { 256, 256, 160 } });
  source->CenterGrid();
  source->ComputeContrastPairOff();
  source->Update();
  itk::WriteImage(source->GetCT(), folder + "/ct.mhd");
  itk::WriteImage(source->GetBodyMask(), folder + "/mask.mhd");
}

struct Pair
{
  explicit Pair(const std::string & folder)
    : Reference(itk::ReadImage<ImageType>(folder + "/ct.mhd"))
    , Synthetic(itk::ReadImage<ImageType>(folder + "/sct.mhd"))
    , Mask(itk::ReadImage<MaskType>(folder + "/mask.mhd"))
  {}

  ImageType::Pointer Reference;
  ImageType::Pointer Synthetic;
  MaskType::Pointer  Mask;
};

template <typename TFilter>
typename TFilter::Pointer
MakeFilter(const Pair & pair)
{
  const auto filter = TFilter::New();
  filter->SetReferenceImage(pair.Reference);
  filter->SetSyntheticImage(pair.Synthetic);
  filter->SetMaskImage(pair.Mask);
  return filter;
}

/** Of the second run, because threads are started in the first, as the peers' were by the run before. */
double
SecondsOf(itk::ProcessObject * filter)
{
  filter->Update();
  filter->Modified();
  const auto start = std::chrono::steady_clock::now();
  filter->Update();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Values
Errors(const Pair & pair, double & seconds)
{
  const auto filter = MakeFilter<itk::ImageErrorMeasuresImageFilter<ImageType>>(pair);
  filter->SetDataRange(4024.0);
  filter->ComputeRegionsOff();
  seconds = SecondsOf(filter);
  return { filter->GetMeanAbsoluteError(),
           filter->GetRootMeanSquaredError(),
           filter->GetPeakSignalToNoiseRatio(),
           filter->GetPearsonCorrelation() };
}

Values
Thresholds(const Pair & pair, double & seconds)
{
  const auto filter = MakeFilter<itk::ThresholdOverlapMeasuresImageFilter<ImageType>>(pair);
  filter->SetThresholdsInSteps(-200.0, 1600.0, 100.0);
  seconds = SecondsOf(filter);
  Values values;
  for (itk::SizeValueType i = 0; i < filter->GetNumberOfThresholds(); ++i)
  {
    values.push_back(filter->GetDice(i));
  }
  return values;
}

Values
Similarity(const Pair & pair, const itk::StructuralSimilarityEnum variant, double & seconds)
{
  using Variant = itk::StructuralSimilarityEnum;
  const auto filter = MakeFilter<itk::MaskedStructuralSimilarityImageFilter<ImageType>>(pair);
  filter->SetVariant(variant);
  if (variant == Variant::Uniform7 || variant == Variant::Gaussian)
  {
    // The images as they are.
    filter->RescaleIntensityOff();
    filter->SetDataRange(4000.0);
  }
  seconds = SecondsOf(filter);
  return { variant == Variant::Uniform7 || variant == Variant::Gaussian ? filter->GetGlobalStructuralSimilarity()
                                                                        : filter->GetStructuralSimilarity() };
}

/** What has 250 HU or more inside the mask. */
MaskType::Pointer
Bone(const ImageType * image, const MaskType * mask)
{
  const auto bone = MaskType::New();
  bone->CopyInformation(image);
  bone->SetRegions(image->GetBufferedRegion());
  bone->Allocate();
  itk::ImageRegionConstIterator<ImageType> value(image, image->GetBufferedRegion());
  itk::ImageRegionConstIterator<MaskType>  inside(mask, image->GetBufferedRegion());
  for (itk::ImageRegionIterator<MaskType> it(bone, image->GetBufferedRegion()); !it.IsAtEnd(); ++it, ++value, ++inside)
  {
    it.Set(value.Get() >= 250.0f && inside.Get() != 0);
  }
  return bone;
}

Values
Surfaces(const Pair & pair, const itk::SurfaceDistanceDefinitionEnum definition, double & seconds)
{
  const auto filter = itk::SurfaceDistanceMeasuresImageFilter<MaskType>::New();
  filter->SetReferenceImage(Bone(pair.Reference, pair.Mask));
  filter->SetSyntheticImage(Bone(pair.Synthetic, pair.Mask));
  filter->SetDefinition(definition);
  seconds = SecondsOf(filter);
  Values values{ filter->GetHausdorffDistance(1), filter->GetHausdorffDistanceAtPercentile(1, 95.0) };
  if (definition == itk::SurfaceDistanceDefinitionEnum::Voxel)
  {
    values.push_back(filter->GetAverageSymmetricSurfaceDistance(1));
    return values;
  }
  values.push_back(filter->GetMeanDistanceFromReference(1));
  values.push_back(filter->GetMeanDistanceFromSynthetic(1));
  for (const double tolerance : filter->GetTolerances())
  {
    values.push_back(filter->GetNormalizedSurfaceDice(1, tolerance));
  }
  return values;
}

Values
Measure(const std::string & metric, const Pair & pair, double & seconds)
{
  using Variant = itk::StructuralSimilarityEnum;
  using Definition = itk::SurfaceDistanceDefinitionEnum;
  if (metric == "errors")
  {
    return Errors(pair, seconds);
  }
  if (metric == "thresholds")
  {
    return Thresholds(pair, seconds);
  }
  if (metric == "ssim-uniform")
  {
    return Similarity(pair, Variant::Uniform7, seconds);
  }
  if (metric == "ssim-gaussian")
  {
    return Similarity(pair, Variant::Gaussian, seconds);
  }
  if (metric == "ssim-synthrad2023")
  {
    return Similarity(pair, Variant::SynthRAD2023, seconds);
  }
  if (metric == "ms-ssim")
  {
    return Similarity(pair, Variant::MultiScale, seconds);
  }
  if (metric == "surfaces")
  {
    return Surfaces(pair, Definition::Surfel, seconds);
  }
  if (metric == "voxel-surfaces")
  {
    return Surfaces(pair, Definition::Voxel, seconds);
  }
  throw std::runtime_error("no metric is called " + metric);
}
} // namespace

int
main(int argc, char * argv[])
{
  const std::string what = argc > 1 ? argv[1] : "";
  if (argc != (what == "head" ? 3 : 4))
  {
    std::cerr << "Usage: " << argv[0] << " head FOLDER | METRIC FOLDER THREADS" << std::endl;
    return 2;
  }
  try
  {
    if (what == "head")
    {
      WriteHead(argv[2]);
      return EXIT_SUCCESS;
    }
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(static_cast<itk::ThreadIdType>(std::stoul(argv[3])));
    const Pair   pair(argv[2]);
    double       seconds = 0.0;
    const Values values = Measure(what, pair, seconds);
    std::cout << nlohmann::json{ { "seconds", seconds }, { "values", values } } << std::endl;
  }
  catch (const std::exception & error)
  {
    std::cerr << argv[0] << ": " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
