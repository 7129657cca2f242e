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
#ifndef itkIntensityNormalizationImageFilter_hxx
#define itkIntensityNormalizationImageFilter_hxx

#include "itkIntensityNormalizationImageFilter.h"

#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkVoxelTransform.h"

namespace itk
{

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::IntensityNormalizationImageFilter()
{
  this->AddOptionalInputName("MaskImage");
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_ComputeConstants && m_Inverse)
  {
    itkExceptionMacro("Inverse needs the constants that the image was normalised with: set them, and ComputeConstants "
                      "off");
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, this->GetInput(), this->GetMaskImage(), "MaskImage");
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  if (m_ComputeConstants)
  {
    SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
    SyntheticCTDetail::RequestLargestPossibleRegion(this->GetMaskImage());
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateData()
{
  this->AllocateOutputs();
  // About what it takes.
  const float estimationWeight = m_ComputeConstants ? 0.7F : 0.0F;
  if (!m_ComputeConstants || this->EstimateConstants(estimationWeight))
  {
    this->ApplyConstants(1.0F - estimationWeight);
  }
  else
  {
    this->GetOutput()->FillBuffer(OutputPixelType{});
  }
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
template <typename TFunction>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::TransformVoxels(float progressWeight,
                                                                                          const TFunction & function)
{
  OutputImageType * output = this->GetOutput();
  SyntheticCTDetail::TransformVoxels(
    this, this->GetInput(), output, output->GetRequestedRegion(), progressWeight, function);
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::PrintSelf(std::ostream & os,
                                                                                    Indent         indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "ComputeConstants: " << (m_ComputeConstants ? "On" : "Off") << std::endl;
  os << indent << "Inverse: " << (m_Inverse ? "On" : "Off") << std::endl;
}

} // namespace itk

#endif
