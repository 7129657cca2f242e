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
// itkBenchmarkInference NETWORK slices|volume VOLUME RESULT WINDOW OVERLAP BATCH THREADS [MASK]
// One run of NetworkInferenceImageFilter, as benchmark-monai.py makes one of MONAI: WINDOW is one number; a network for
// slices gets axial windows of that size, one for volumes gets cubes. Prints the seconds of Update(), which includes
// preparing the network, and the peak of memory of this process in KiB.

#include "itkImage.h"
#include "itkImageFileReader.h"
#include "itkImageFileWriter.h"
#include "itkMultiThreaderBase.h"
#include "itkNetworkInferenceImageFilter.h"
#include "itkNetworkModel.h"

#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

int
main(int argc, char * argv[])
{
  using ImageType = itk::Image<float, 3>;
  if (argc != 9 && argc != 10)
  {
    std::cerr << "Usage: " << argv[0] << " NETWORK slices|volume VOLUME RESULT WINDOW OVERLAP BATCH THREADS [MASK]"
              << std::endl;
    return 2;
  }
  try
  {
    const bool slices = std::string(argv[2]) == "slices";
    const auto window = static_cast<unsigned int>(std::stoul(argv[5]));
    const auto threads = static_cast<unsigned int>(std::stoul(argv[8]));
    itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(threads);

    const auto model = itk::NetworkModel::New();
    model->Load(argv[1]);
    const auto volume = itk::ReadImage<ImageType>(argv[3]);

    const auto filter = itk::NetworkInferenceImageFilter<ImageType>::New();
    filter->SetInput(volume);
    filter->SetModel(model);
    filter->SetPlane(slices ? itk::InferencePlaneEnum::Axial : itk::InferencePlaneEnum::Volume);
    filter->SetPatchSize(slices ? std::vector<unsigned int>{ window, window }
                                : std::vector<unsigned int>{ window, window, window });
    filter->SetOverlap(std::stod(argv[6]));
    filter->SetBlending(itk::BlendingEnum::Gaussian);
    filter->SetBatchSize(static_cast<unsigned int>(std::stoul(argv[7])));
    filter->SetPaddingValue(0.0);
    filter->SetNumberOfWorkUnits(threads);

    if (argc == 10)
    {
      filter->SetMaskImage(itk::ReadImage<itk::Image<unsigned char, 3>>(argv[9]));
    }

    const auto begin = std::chrono::steady_clock::now();
    filter->Update();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;

    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::cout << time.count() << " " << usage.ru_maxrss << std::endl;
    itk::WriteImage(filter->GetOutput(), argv[4]);
  }
  catch (const std::exception & error)
  {
    std::cerr << argv[0] << ": " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
