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
#ifndef itkHounsfieldScaleImageFilter_hxx
#define itkHounsfieldScaleImageFilter_hxx

#include "itkHounsfieldScaleImageFilter.h"

#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkVoxelTransform.h"

namespace itk
{

template <typename TInputImage, typename TOutputImage>
void
HounsfieldScaleImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  SyntheticCTDetail::VerifyRange(
    this, "HounsfieldMinimum", m_HounsfieldMinimum, "HounsfieldMaximum", m_HounsfieldMaximum);
  SyntheticCTDetail::VerifyRange(this, "RangeMinimum", m_RangeMinimum, "RangeMaximum", m_RangeMaximum);
}

template <typename TInputImage, typename TOutputImage>
void
HounsfieldScaleImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  this->AllocateOutputs();
  OutputImageType * output = this->GetOutput();

  SyntheticCTDetail::TransformVoxelsLinearly(this,
                                             this->GetInput(),
                                             output,
                                             output->GetRequestedRegion(),
                                             1.0F,
                                             m_Inverse ? m_RangeMinimum : m_HounsfieldMinimum,
                                             m_Inverse ? m_RangeMaximum : m_HounsfieldMaximum,
                                             m_Inverse ? m_HounsfieldMinimum : m_RangeMinimum,
                                             m_Inverse ? m_HounsfieldMaximum : m_RangeMaximum,
                                             m_Clamp);
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage>
void
HounsfieldScaleImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "HounsfieldMinimum: " << m_HounsfieldMinimum << std::endl;
  os << indent << "HounsfieldMaximum: " << m_HounsfieldMaximum << std::endl;
  os << indent << "RangeMinimum: " << m_RangeMinimum << std::endl;
  os << indent << "RangeMaximum: " << m_RangeMaximum << std::endl;
  os << indent << "Clamp: " << (m_Clamp ? "On" : "Off") << std::endl;
  os << indent << "Inverse: " << (m_Inverse ? "On" : "Off") << std::endl;
}

} // namespace itk

#endif
