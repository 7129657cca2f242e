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

#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkMaskedStatistics.h"
#include "SyntheticCTDetail/itkVoxelTransform.h"

#include <vector>

namespace itk
{

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  SyntheticCTDetail::VerifyRange(this, "OutputMinimum", m_OutputMinimum, "OutputMaximum", m_OutputMaximum);
  if (this->GetComputeConstants())
  {
    SyntheticCTDetail::VerifyPercentiles(this, m_LowerPercentile, m_UpperPercentile);
  }
  else
  {
    SyntheticCTDetail::VerifyRange(this, "WindowMinimum", m_WindowMinimum, "WindowMaximum", m_WindowMaximum);
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
bool
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::EstimateConstants(float progressWeight)
{
  const std::vector<double> values = SyntheticCTDetail::ComputePercentiles(
    this, this->GetInput(), this->GetMaskImage(), { m_LowerPercentile, m_UpperPercentile }, progressWeight);
  m_WindowMinimum = values[0];
  m_WindowMaximum = values[1];
  if (m_WindowMinimum == m_WindowMaximum)
  {
    itkSyntheticCTWarningMacro("The percentiles " << m_LowerPercentile << " and " << m_UpperPercentile << " are both "
                                                  << m_WindowMinimum << ", so the result is zero everywhere");
    return false;
  }
  return true;
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::ApplyConstants(float progressWeight)
{
  const bool     inverse = this->GetInverse();
  TOutputImage * output = this->GetOutput();
  SyntheticCTDetail::TransformVoxelsLinearly(this,
                                             this->GetInput(),
                                             output,
                                             output->GetRequestedRegion(),
                                             progressWeight,
                                             inverse ? m_OutputMinimum : m_WindowMinimum,
                                             inverse ? m_OutputMaximum : m_WindowMaximum,
                                             inverse ? m_WindowMinimum : m_OutputMinimum,
                                             inverse ? m_WindowMaximum : m_OutputMaximum,
                                             m_Clip);
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
  os << indent << "Clip: " << (m_Clip ? "On" : "Off") << std::endl;
  os << indent << "WindowMinimum: " << m_WindowMinimum << std::endl;
  os << indent << "WindowMaximum: " << m_WindowMaximum << std::endl;
}

} // namespace itk

#endif
