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
#ifndef itkBenchmarkHead_h
#define itkBenchmarkHead_h

#include "itkHeadPhantomImageSource.h"

/** The CT of a simulated head of 256x256x160 voxels, and its body. */
struct BenchmarkHead
{
  using ImageType = itk::Image<float, 3>;
  using MaskType = itk::Image<unsigned char, 3>;

  ImageType::Pointer CT;
  MaskType::Pointer  Body;

  BenchmarkHead()
  {
    auto source = itk::HeadPhantomImageSource<ImageType>::New();
    source->SetSize(ImageType::SizeType{ { 256, 256, 160 } });
    source->SetComputeContrastPair(false);
    source->CenterGrid();
    source->Update();
    CT = source->GetCT();
    Body = source->GetBodyMask();
    CT->DisconnectPipeline();
    Body->DisconnectPipeline();
  }

  /** An image on the same grid, whose values are still to be set. */
  template <typename TImage>
  typename TImage::Pointer
  MakeImage() const
  {
    auto image = TImage::New();
    image->CopyInformation(CT);
    image->SetRegions(CT->GetLargestPossibleRegion());
    image->Allocate();
    return image;
  }
};

#endif
