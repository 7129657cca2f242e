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
#ifndef itkZScoreNormalizeImageFilter_hxx
#define itkZScoreNormalizeImageFilter_hxx

#include "itkZScoreNormalizeImageFilter.h"

#include "SyntheticCTDetail/itkMaskedStatistics.h"

namespace itk
{

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (!this->GetComputeConstants())
  {
    SyntheticCTDetail::VerifyMeanAndDeviation(this, m_Mean, m_StandardDeviation, this->GetInverse());
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
bool
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::EstimateConstants(float progressWeight)
{
  const auto moments = SyntheticCTDetail::ComputeMoments(this, this->GetInput(), this->GetMaskImage(), progressWeight);
  m_Mean = moments.Mean;
  m_StandardDeviation = moments.StandardDeviation();
  if (moments.AreOfConstant())
  {
    itkSyntheticCTWarningMacro("The image is constant (" << m_Mean << "), so the result is zero everywhere");
    return false;
  }
  return true;
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::ApplyConstants(float progressWeight)
{
  const double mean = m_Mean;
  const double deviation = m_StandardDeviation;
  if (this->GetInverse())
  {
    this->TransformVoxels(progressWeight, [=](double value) { return value * deviation + mean; });
  }
  else
  {
    this->TransformVoxels(progressWeight, [=](double value) { return (value - mean) / deviation; });
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Mean: " << m_Mean << std::endl;
  os << indent << "StandardDeviation: " << m_StandardDeviation << std::endl;
}

} // namespace itk

#endif
