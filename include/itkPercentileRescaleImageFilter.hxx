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
#ifndef itkPercentileRescaleImageFilter_hxx
#define itkPercentileRescaleImageFilter_hxx

#include "itkPercentileRescaleImageFilter.h"

#include "itkMaskedStatistics.h"
#include "itkVoxelTransform.h"

#include <cmath>
#include <vector>

namespace itk
{

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::PercentileRescaleImageFilter()
{
  this->AddOptionalInputName("MaskImage");
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (!std::isfinite(m_OutputMinimum) || !std::isfinite(m_OutputMaximum) || m_OutputMinimum >= m_OutputMaximum)
  {
    itkExceptionMacro("OutputMinimum is " << m_OutputMinimum << " and OutputMaximum is " << m_OutputMaximum
                                          << ", and the first should be less than the second");
  }
  if (m_ComputeConstants)
  {
    if (!(m_LowerPercentile >= 0.0 && m_LowerPercentile < m_UpperPercentile && m_UpperPercentile <= 100.0))
    {
      itkExceptionMacro("LowerPercentile is " << m_LowerPercentile << " and UpperPercentile is " << m_UpperPercentile
                                              << ", and they should be ascending and in [0, 100]");
    }
    if (m_Inverse)
    {
      itkExceptionMacro("Inverse needs the constants of the image that was rescaled: set ComputeConstants off, "
                        "LowerValue and UpperValue");
    }
  }
  else if (!std::isfinite(m_LowerValue) || !std::isfinite(m_UpperValue) || m_LowerValue >= m_UpperValue)
  {
    itkExceptionMacro("LowerValue is " << m_LowerValue << " and UpperValue is " << m_UpperValue
                                       << ", and the first should be less than the second");
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, this->GetInput(), this->GetMaskImage(), "MaskImage");
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateInputRequestedRegion()
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
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateData()
{
  this->AllocateOutputs();
  const InputImageType * input = this->GetInput();
  OutputImageType *      output = this->GetOutput();

  const float statisticsWeight = m_ComputeConstants ? 0.7F : 0.0F;
  if (m_ComputeConstants)
  {
    const std::vector<double> values = SyntheticCTDetail::ComputePercentiles(
      this, input, this->GetMaskImage(), { m_LowerPercentile, m_UpperPercentile }, statisticsWeight);
    m_LowerValue = values[0];
    m_UpperValue = values[1];
    if (m_LowerValue == m_UpperValue)
    {
      itkWarningMacro("The percentiles " << m_LowerPercentile << " and " << m_UpperPercentile << " are both "
                                         << m_LowerValue << ", so the result is zero everywhere");
      output->FillBuffer(OutputPixelType{});
      this->UpdateProgress(1.0F);
      return;
    }
  }

  SyntheticCTDetail::TransformVoxelsLinearly(this,
                                             input,
                                             output,
                                             output->GetRequestedRegion(),
                                             1.0F - statisticsWeight,
                                             m_Inverse ? m_OutputMinimum : m_LowerValue,
                                             m_Inverse ? m_OutputMaximum : m_UpperValue,
                                             m_Inverse ? m_LowerValue : m_OutputMinimum,
                                             m_Inverse ? m_UpperValue : m_OutputMaximum,
                                             m_Clamp);
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "LowerPercentile: " << m_LowerPercentile << std::endl;
  os << indent << "UpperPercentile: " << m_UpperPercentile << std::endl;
  os << indent << "OutputMinimum: " << m_OutputMinimum << std::endl;
  os << indent << "OutputMaximum: " << m_OutputMaximum << std::endl;
  os << indent << "Clamp: " << (m_Clamp ? "On" : "Off") << std::endl;
  os << indent << "ComputeConstants: " << (m_ComputeConstants ? "On" : "Off") << std::endl;
  os << indent << "Inverse: " << (m_Inverse ? "On" : "Off") << std::endl;
  os << indent << "LowerValue: " << m_LowerValue << std::endl;
  os << indent << "UpperValue: " << m_UpperValue << std::endl;
}

} // namespace itk

#endif
