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
// itkBenchmarkInference NETWORK slices|volume VOLUME RESULT WINDOW OVERLAP BATCH THREADS
//   [--mask MASK] [--device DEVICE] [--precision float32|bfloat16|float16] [--runs RUNS] [--stitch-on-device]
//   [--libtorch-kernels]
// Runs of NetworkInferenceImageFilter, as benchmark-peer.py makes them of a peer: WINDOW is one number; a network for
// slices gets axial windows of that size, one for volumes gets cubes. With --libtorch-kernels, LibTorch's kernels run
// instead of our own. Prints, for each run, the seconds of Update(), of which the first includes preparing the network,
// and the peak of memory of this process in KiB.

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
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{
struct Options
{
  std::string               Mask;
  std::string               Device{ "cpu" };
  itk::NetworkPrecisionEnum Precision{ itk::NetworkPrecisionEnum::Float32 };
  unsigned long             Runs{ 1 };
  bool                      StitchOnDevice{ false };
  bool                      LibTorchKernels{ false };
};

constexpr int numberOfArguments = 9;

/** What follows the arguments that have to be there; throws on anything else. */
Options
ReadOptions(const std::vector<std::string> & arguments)
{
  const std::map<std::string, itk::NetworkPrecisionEnum> precisions{
    { "float32", itk::NetworkPrecisionEnum::Float32 },
    { "bfloat16", itk::NetworkPrecisionEnum::BFloat16 },
    { "float16", itk::NetworkPrecisionEnum::Float16 },
  };
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i)
  {
    const std::string & name = arguments[i];
    if (name == "--stitch-on-device")
    {
      options.StitchOnDevice = true;
      continue;
    }
    if (name == "--libtorch-kernels")
    {
      options.LibTorchKernels = true;
      continue;
    }
    if (i + 1 == arguments.size())
    {
      throw std::runtime_error("'" + name + "' is no option, or has no value");
    }
    const std::string & value = arguments[++i];
    if (name == "--mask")
    {
      options.Mask = value;
    }
    else if (name == "--device")
    {
      options.Device = value;
    }
    else if (name == "--precision" && precisions.count(value) == 1)
    {
      options.Precision = precisions.at(value);
    }
    else if (name == "--runs")
    {
      options.Runs = std::stoul(value);
    }
    else
    {
      throw std::runtime_error("'" + name + " " + value + "' is no option");
    }
  }
  return options;
}
} // namespace

int
main(int argc, char * argv[])
{
  using ImageType = itk::Image<float, 3>;
  if (argc < numberOfArguments)
  {
    std::cerr << "Usage: " << argv[0]
              << " NETWORK slices|volume VOLUME RESULT WINDOW OVERLAP BATCH THREADS [--mask MASK] [--device DEVICE] "
                 "[--precision PRECISION] [--runs RUNS] [--stitch-on-device] [--libtorch-kernels]"
              << std::endl;
    return 2;
  }
  try
  {
    const Options options = ReadOptions({ argv + numberOfArguments, argv + argc });
    const bool    slices = std::string(argv[2]) == "slices";
    const auto    window = static_cast<unsigned int>(std::stoul(argv[5]));
    const auto    threads = static_cast<unsigned int>(std::stoul(argv[8]));
    itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(threads);

    const auto model = itk::NetworkModel::New();
    model->Load(argv[1]);
    model->SetDevice(options.Device);
    model->SetPrecision(options.Precision);
    model->SetUseCustomKernels(!options.LibTorchKernels);
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
    filter->SetStitchOnDevice(options.StitchOnDevice);
    if (!options.Mask.empty())
    {
      filter->SetMaskImage(itk::ReadImage<itk::Image<unsigned char, 3>>(options.Mask));
    }

    for (unsigned long run = 0; run < options.Runs; ++run)
    {
      filter->Modified();
      const auto begin = std::chrono::steady_clock::now();
      filter->Update();
      const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;

      rusage usage{};
      getrusage(RUSAGE_SELF, &usage);
      std::cout << time.count() << " " << usage.ru_maxrss << std::endl;
    }
    itk::WriteImage(filter->GetOutput(), argv[4]);
  }
  catch (const std::exception & error)
  {
    std::cerr << argv[0] << ": " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
