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
#ifndef itkCTForegroundNormalizeImageFilter_hxx
#define itkCTForegroundNormalizeImageFilter_hxx

#include "itkCTForegroundNormalizeImageFilter.h"

#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkMaskedStatistics.h"

#include <algorithm>
#include <vector>

namespace itk
{

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
CTForegroundNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (this->GetComputeConstants())
  {
    SyntheticCTDetail::VerifyPercentiles(this, m_LowerPercentile, m_UpperPercentile);
  }
  else
  {
    SyntheticCTDetail::VerifyMeanAndDeviation(this, m_Mean, m_StandardDeviation, this->GetInverse());
    SyntheticCTDetail::VerifyRange(this, "ClipMinimum", m_ClipMinimum, "ClipMaximum", m_ClipMaximum, true);
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
bool
CTForegroundNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::EstimateConstants(float progressWeight)
{
  const TInputImage *       input = this->GetInput();
  const TMaskImage *        mask = this->GetMaskImage();
  const auto                moments = SyntheticCTDetail::ComputeMoments(this, input, mask, 0.3F * progressWeight);
  const std::vector<double> values = SyntheticCTDetail::ComputePercentiles(
    this, input, mask, { m_LowerPercentile, m_UpperPercentile }, 0.7F * progressWeight);
  m_Mean = moments.Mean;
  m_StandardDeviation = moments.StandardDeviation();
  m_ClipMinimum = values[0];
  m_ClipMaximum = values[1];
  if (moments.AreOfConstant())
  {
    itkSyntheticCTWarningMacro("The image is constant (" << m_Mean << "), so the result is zero everywhere");
    return false;
  }
  return true;
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
CTForegroundNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::ApplyConstants(float progressWeight)
{
  const double mean = m_Mean;
  const double deviation = m_StandardDeviation;
  const double lower = m_ClipMinimum;
  const double upper = m_ClipMaximum;
  if (this->GetInverse())
  {
    this->TransformVoxels(progressWeight, [=](double value) { return value * deviation + mean; });
  }
  else
  {
    // In this order, the comparisons leave NaN as it is.
    this->TransformVoxels(progressWeight,
                          [=](double value) { return (std::min(std::max(value, lower), upper) - mean) / deviation; });
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
CTForegroundNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::PrintSelf(std::ostream & os,
                                                                                   Indent         indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "LowerPercentile: " << m_LowerPercentile << std::endl;
  os << indent << "UpperPercentile: " << m_UpperPercentile << std::endl;
  os << indent << "Mean: " << m_Mean << std::endl;
  os << indent << "StandardDeviation: " << m_StandardDeviation << std::endl;
  os << indent << "ClipMinimum: " << m_ClipMinimum << std::endl;
  os << indent << "ClipMaximum: " << m_ClipMaximum << std::endl;
}

} // namespace itk

#endif
