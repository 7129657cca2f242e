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
#include "itkHounsfieldScaleImageFilter.h"
#include "itkImage.h"
#include "itkImageFileReader.h"
#include "itkMeshFileWriter.h"
#include "itkNetworkModelCard.h"
#include "itkTransformFileReader.h"

#include <iostream>

// A program that knows SyntheticCT only through its package: a filter from its headers, a name from its library, and
// what ITK includes to register readers and writers.
int
main()
{
  using ImageType = itk::Image<float, 3>;
  auto                image = ImageType::New();
  ImageType::SizeType size;
  size.Fill(2);
  image->SetRegions(size);
  image->Allocate();
  image->FillBuffer(0.0F);

  auto scale = itk::HounsfieldScaleImageFilter<ImageType, ImageType>::New();
  scale->SetInput(image);
  scale->Update();
  std::cout << itk::IntensityTransformEnum::Hounsfield << " takes 0 HU to "
            << scale->GetOutput()->GetPixel(ImageType::IndexType{ { 0, 0, 0 } }) << std::endl;
  return EXIT_SUCCESS;
}
