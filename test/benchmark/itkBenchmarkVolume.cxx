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
// itkBenchmarkVolume IN VOLUME MASK
// What the comparison of run-monai.sh runs on: the head of IN, z-scored within its body mask, and that mask.

#include "itkBodyMaskImageFilter.h"
#include "itkImage.h"
#include "itkImageFileReader.h"
#include "itkImageFileWriter.h"
#include "itkZScoreNormalizeImageFilter.h"

#include <cstdlib>
#include <iostream>

int
main(int argc, char * argv[])
{
  using ImageType = itk::Image<float, 3>;
  using MaskType = itk::Image<unsigned char, 3>;
  if (argc != 4)
  {
    std::cerr << "Usage: " << argv[0] << " IN VOLUME MASK" << std::endl;
    return 2;
  }
  try
  {
    const auto head = itk::ReadImage<ImageType>(argv[1]);

    const auto body = itk::BodyMaskImageFilter<ImageType, MaskType>::New();
    body->SetInput(head);

    const auto normalize = itk::ZScoreNormalizeImageFilter<ImageType, ImageType, MaskType>::New();
    normalize->SetInput(head);
    normalize->SetMaskImage(body->GetOutput());

    itk::WriteImage(normalize->GetOutput(), argv[2]);
    itk::WriteImage(body->GetOutput(), argv[3]);
  }
  catch (const itk::ExceptionObject & error)
  {
    std::cerr << argv[0] << ": " << error.GetDescription() << std::endl;
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
