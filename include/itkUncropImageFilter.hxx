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

#include "SyntheticCTDetail/itkPaddedCopy.h"
#include "SyntheticCTDetail/itkFilterVerification.h"

namespace itk
{

template <typename TImage>
UncropImageFilter<TImage>::UncropImageFilter()
{
  this->AddRequiredInputName("ReferenceImage");
  this->DynamicMultiThreadingOn();
}

template <typename TImage>
void
UncropImageFilter<TImage>::VerifyInputInformation() const
{
  typename TImage::OffsetType offset;
  if (!SyntheticCTDetail::VoxelsCoincide<ImageDimension>(this->GetInput(), this->GetReferenceImage(), 0.01, offset))
  {
    itkSyntheticCTExceptionMacro(
      "The voxels of the input, with the spacing "
      << this->GetInput()->GetSpacing() << " and the origin " << this->GetInput()->GetOrigin()
      << ", do not coincide with those of ReferenceImage, with the spacing " << this->GetReferenceImage()->GetSpacing()
      << " and the origin " << this->GetReferenceImage()->GetOrigin() << "; was it cut out of this image?");
  }
}

template <typename TImage>
void
UncropImageFilter<TImage>::GenerateOutputInformation()
{
  this->GetOutput()->CopyInformation(this->GetReferenceImage());
}

template <typename TImage>
auto
UncropImageFilter<TImage>::OffsetToInput() const -> OffsetType
{
  OffsetType offset;
  SyntheticCTDetail::VoxelsCoincide<ImageDimension>(this->GetInput(), this->GetReferenceImage(), 0.01, offset);
  return OffsetType{} - offset;
}

template <typename TImage>
void
UncropImageFilter<TImage>::GenerateInputRequestedRegion()
{
  // Not the superclass's, which would ask for the output's region, whose indices are others. Of the reference only the
  // grid is used.
  auto * input = const_cast<TImage *>(this->GetInput());
  auto   region = this->GetOutput()->GetRequestedRegion();
  region.SetIndex(region.GetIndex() + this->OffsetToInput());
  // Filling alone needs nothing, but something has to be asked for.
  if (!region.Crop(input->GetLargestPossibleRegion()))
  {
    region = RegionType(input->GetLargestPossibleRegion().GetIndex(), RegionType::SizeType::Filled(1));
  }
  input->SetRequestedRegion(region);
}

template <typename TImage>
void
UncropImageFilter<TImage>::DynamicThreadedGenerateData(const RegionType & region)
{
  SyntheticCTDetail::CopyWithPadding(this->GetInput(), this->GetOutput(), region, this->OffsetToInput(), m_FillValue);
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
