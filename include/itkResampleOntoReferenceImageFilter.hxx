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
#ifndef itkResampleOntoReferenceImageFilter_hxx
#define itkResampleOntoReferenceImageFilter_hxx

#include "itkResampleOntoReferenceImageFilter.h"

namespace itk
{

template <typename TInputImage, typename TOutputImage>
ResampleOntoReferenceImageFilter<TInputImage, TOutputImage>::ResampleOntoReferenceImageFilter()
{
  this->AddRequiredInputName("ReferenceImage");
}

template <typename TInputImage, typename TOutputImage>
void
ResampleOntoReferenceImageFilter<TInputImage, TOutputImage>::VerifyInputInformation() const
{}

template <typename TInputImage, typename TOutputImage>
void
ResampleOntoReferenceImageFilter<TInputImage, TOutputImage>::GenerateOutputInformation()
{
  this->GetOutput()->CopyInformation(this->GetReferenceImage());
}

template <typename TInputImage, typename TOutputImage>
void
ResampleOntoReferenceImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  itkPrintSelfObjectMacro(Transform);
}

} // namespace itk

#endif
