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
  SyntheticCTDetail::VerifyRange(this, "WindowMinimum", m_WindowMinimum, "WindowMaximum", m_WindowMaximum);
  SyntheticCTDetail::VerifyRange(this, "OutputMinimum", m_OutputMinimum, "OutputMaximum", m_OutputMaximum);
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
                                             m_Inverse ? m_OutputMinimum : m_WindowMinimum,
                                             m_Inverse ? m_OutputMaximum : m_WindowMaximum,
                                             m_Inverse ? m_WindowMinimum : m_OutputMinimum,
                                             m_Inverse ? m_WindowMaximum : m_OutputMaximum,
                                             m_Clip);
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage>
void
HounsfieldScaleImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "WindowMinimum: " << m_WindowMinimum << std::endl;
  os << indent << "WindowMaximum: " << m_WindowMaximum << std::endl;
  os << indent << "OutputMinimum: " << m_OutputMinimum << std::endl;
  os << indent << "OutputMaximum: " << m_OutputMaximum << std::endl;
  os << indent << "Clip: " << (m_Clip ? "On" : "Off") << std::endl;
  os << indent << "Inverse: " << (m_Inverse ? "On" : "Off") << std::endl;
}

} // namespace itk

#endif
