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
#ifndef itkUncropImageFilter_hxx
#define itkUncropImageFilter_hxx

#include "itkUncropImageFilter.h"

#include "itkImageAlgorithm.h"
#include "itkSyntheticCTFilterUtilities.h"

namespace itk
{

template <typename TImage>
UncropImageFilter<TImage>::UncropImageFilter()
{
  this->AddRequiredInputName("ReferenceImage");
}

template <typename TImage>
void
UncropImageFilter<TImage>::VerifyInputInformation() const
{
  typename TImage::OffsetType offset;
  if (!SyntheticCTDetail::VoxelsCoincide<ImageDimension>(this->GetInput(), this->GetReferenceImage(), 0.01, offset))
  {
    itkExceptionMacro("The voxels of the input, with the spacing "
                      << this->GetInput()->GetSpacing() << " and the origin " << this->GetInput()->GetOrigin()
                      << ", do not coincide with those of ReferenceImage, with the spacing "
                      << this->GetReferenceImage()->GetSpacing() << " and the origin "
                      << this->GetReferenceImage()->GetOrigin() << "; was it cut out of this image?");
  }
}

template <typename TImage>
void
UncropImageFilter<TImage>::GenerateOutputInformation()
{
  this->GetOutput()->CopyInformation(this->GetReferenceImage());
}

template <typename TImage>
void
UncropImageFilter<TImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
}

template <typename TImage>
void
UncropImageFilter<TImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TImage>
void
UncropImageFilter<TImage>::GenerateData()
{
  this->AllocateOutputs();
  const TImage * input = this->GetInput();
  TImage *       output = this->GetOutput();
  output->FillBuffer(m_FillValue);

  typename TImage::OffsetType offset;
  SyntheticCTDetail::VoxelsCoincide<ImageDimension>(input, output, 0.01, offset);
  auto to = input->GetLargestPossibleRegion();
  to.SetIndex(to.GetIndex() + offset);
  if (to.Crop(output->GetLargestPossibleRegion()))
  {
    auto from = to;
    from.SetIndex(to.GetIndex() - offset);
    ImageAlgorithm::Copy(input, output, from, to);
  }
  this->UpdateProgress(1.0F);
}

template <typename TImage>
void
UncropImageFilter<TImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "FillValue: " << static_cast<typename NumericTraits<PixelType>::PrintType>(m_FillValue) << std::endl;
}

} // namespace itk

#endif
