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
// One run of FastN4BiasFieldCorrectionImageFilter for the comparison with ANTs (run-ants.sh), from file to file, with
// four levels of that many iterations and no threshold:
//   itkBenchmarkN4 correct VOLUME MASK RESULT SHRINK ITERATIONS THREADS
// Before it, the volume reduced as ANTs does it (by 1: as it is) and the mask of its positive voxels, which alone have
// a logarithm:
//   itkBenchmarkN4 reduce VOLUME SHRINK REDUCED MASK
// After it, the 99th percentile inside the mask of the relative difference of two results, ending with status 1 when it
// is above the limit:
//   itkBenchmarkN4 compare MASK RESULT OTHER [LIMIT]

#include "itkBinaryThresholdImageFilter.h"
#include "itkFastN4BiasFieldCorrectionImageFilter.h"
#include "itkImageFileReader.h"
#include "itkImageFileWriter.h"
#include "itkImageRegionConstIterator.h"
#include "itkMultiThreaderBase.h"
#include "itkShrinkImageFilter.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;

void
Reduce(char ** argv)
{
  const auto shrink = itk::ShrinkImageFilter<ImageType, ImageType>::New();
  shrink->SetInput(itk::ReadImage<ImageType>(argv[2]));
  shrink->SetShrinkFactors(static_cast<unsigned int>(std::stoul(argv[3])));
  itk::WriteImage(shrink->GetOutput(), argv[4]);

  const auto threshold = itk::BinaryThresholdImageFilter<ImageType, MaskType>::New();
  threshold->SetInput(shrink->GetOutput());
  threshold->SetUpperThreshold(0.0F);
  threshold->SetInsideValue(0);
  threshold->SetOutsideValue(1);
  itk::WriteImage(threshold->GetOutput(), argv[5]);
}

void
Correct(char ** argv)
{
  const auto threads = static_cast<unsigned int>(std::stoul(argv[7]));
  itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(threads);
  constexpr unsigned int   levels = 4;
  itk::Array<unsigned int> iterations(levels);
  iterations.Fill(static_cast<unsigned int>(std::stoul(argv[6])));

  const auto filter = itk::FastN4BiasFieldCorrectionImageFilter<ImageType, MaskType>::New();
  filter->SetInput(itk::ReadImage<ImageType>(argv[2]));
  filter->SetMaskImage(itk::ReadImage<MaskType>(argv[3]));
  filter->SetShrinkFactor(static_cast<unsigned int>(std::stoul(argv[5])));
  filter->SetNumberOfFittingLevels(levels);
  filter->SetMaximumNumberOfIterations(iterations);
  filter->SetConvergenceThreshold(0.0F);
  filter->SetNumberOfWorkUnits(threads);
  itk::WriteImage(filter->GetOutput(), argv[4]);
}

/** 99th percentile of |a - b| / |b| where the mask is. */
double
Compare(char ** argv)
{
  const auto                               mask = itk::ReadImage<MaskType>(argv[2]);
  const auto                               ours = itk::ReadImage<ImageType>(argv[3]);
  const auto                               other = itk::ReadImage<ImageType>(argv[4]);
  std::vector<double>                      differences;
  itk::ImageRegionConstIterator<MaskType>  inside(mask, mask->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> a(ours, ours->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> b(other, other->GetBufferedRegion());
  for (; !inside.IsAtEnd() && !a.IsAtEnd() && !b.IsAtEnd(); ++inside, ++a, ++b)
  {
    if (inside.Get() != 0)
    {
      const double difference = std::abs(static_cast<double>(a.Get()) / static_cast<double>(b.Get()) - 1.0);
      differences.push_back(std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference);
    }
  }
  if (differences.empty() || !a.IsAtEnd() || !b.IsAtEnd())
  {
    throw std::runtime_error("the mask is empty, or the images differ in size");
  }
  const auto rank = differences.begin() + static_cast<std::ptrdiff_t>(differences.size() * 99 / 100);
  std::nth_element(differences.begin(), rank, differences.end());
  return *rank;
}
} // namespace

int
main(int argc, char * argv[])
{
  try
  {
    const std::string command = argc > 1 ? argv[1] : "";
    if (command == "reduce" && argc == 6)
    {
      Reduce(argv);
      return EXIT_SUCCESS;
    }
    if (command == "correct" && argc == 8)
    {
      Correct(argv);
      return EXIT_SUCCESS;
    }
    if (command == "compare" && (argc == 5 || argc == 6))
    {
      const double difference = Compare(argv);
      std::cout << "relative difference, 99th percentile inside the mask: " << difference << std::endl;
      return argc == 5 || difference <= std::stod(argv[5]) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
  }
  catch (const std::exception & error)
  {
    std::cerr << argv[0] << ": " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
  std::cerr << "Usage: " << argv[0]
            << " reduce VOLUME SHRINK REDUCED MASK | correct VOLUME MASK RESULT SHRINK ITERATIONS THREADS | "
               "compare MASK RESULT OTHER [LIMIT]"
            << std::endl;
  return 2;
}
