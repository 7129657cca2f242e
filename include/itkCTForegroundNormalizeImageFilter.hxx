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

#include "itkMaskedStatistics.h"
#include "itkVoxelTransform.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace itk
{

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
CTForegroundNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::CTForegroundNormalizeImageFilter()
{
  this->AddOptionalInputName("MaskImage");
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
CTForegroundNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_ComputeConstants)
  {
    if (!(m_LowerPercentile >= 0.0 && m_LowerPercentile < m_UpperPercentile && m_UpperPercentile <= 100.0))
    {
      itkExceptionMacro("LowerPercentile is " << m_LowerPercentile << " and UpperPercentile is " << m_UpperPercentile
                                              << ", and they should be ascending and in [0, 100]");
    }
    if (m_Inverse)
    {
      itkExceptionMacro("Inverse needs the constants of the image that was normalised: set ComputeConstants off, Mean, "
                        "StandardDeviation, LowerValue and UpperValue");
    }
    return;
  }
  if (!std::isfinite(m_Mean))
  {
    itkExceptionMacro("Mean is " << m_Mean << " and should be a finite number");
  }
  if (!std::isfinite(m_StandardDeviation) || m_StandardDeviation < 0.0 || (m_StandardDeviation == 0.0 && !m_Inverse))
  {
    itkExceptionMacro("StandardDeviation is " << m_StandardDeviation << " and should be more than 0");
  }
  if (!std::isfinite(m_LowerValue) || !std::isfinite(m_UpperValue) || m_LowerValue > m_UpperValue)
  {
    itkExceptionMacro("LowerValue is " << m_LowerValue << " and UpperValue is " << m_UpperValue
                                       << ", and the first should not be more than the second");
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
CTForegroundNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, this->GetInput(), this->GetMaskImage(), "MaskImage");
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
CTForegroundNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateInputRequestedRegion()
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
CTForegroundNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateData()
{
  this->AllocateOutputs();
  const InputImageType * input = this->GetInput();
  OutputImageType *      output = this->GetOutput();

  const float statisticsWeight = m_ComputeConstants ? 0.8F : 0.0F;
  if (m_ComputeConstants)
  {
    const MaskImageType *     mask = this->GetMaskImage();
    const auto                moments = SyntheticCTDetail::ComputeMoments(this, input, mask, 0.3F * statisticsWeight);
    const std::vector<double> values = SyntheticCTDetail::ComputePercentiles(
      this, input, mask, { m_LowerPercentile, m_UpperPercentile }, 0.7F * statisticsWeight);
    m_Mean = moments.Mean;
    m_StandardDeviation = std::sqrt(moments.SquaredDeviations / static_cast<double>(moments.Range.Count));
    m_LowerValue = values[0];
    m_UpperValue = values[1];
    if (moments.Range.Minimum == moments.Range.Maximum)
    {
      itkWarningMacro("The image is constant (" << m_Mean << "), so the result is zero everywhere");
      output->FillBuffer(OutputPixelType{});
      this->UpdateProgress(1.0F);
      return;
    }
  }

  const double mean = m_Mean;
  const double deviation = m_StandardDeviation;
  const double lower = m_LowerValue;
  const double upper = m_UpperValue;
  const auto   transform = [&](const auto & function) {
    SyntheticCTDetail::TransformVoxels(
      this, input, output, output->GetRequestedRegion(), 1.0F - statisticsWeight, function);
  };
  if (m_Inverse)
  {
    transform([=](double value) { return value * deviation + mean; });
  }
  else
  {
    // In this order, the comparisons leave NaN as it is.
    transform([=](double value) { return (std::min(std::max(value, lower), upper) - mean) / deviation; });
  }
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
CTForegroundNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::PrintSelf(std::ostream & os,
                                                                                   Indent         indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "LowerPercentile: " << m_LowerPercentile << std::endl;
  os << indent << "UpperPercentile: " << m_UpperPercentile << std::endl;
  os << indent << "ComputeConstants: " << (m_ComputeConstants ? "On" : "Off") << std::endl;
  os << indent << "Inverse: " << (m_Inverse ? "On" : "Off") << std::endl;
  os << indent << "Mean: " << m_Mean << std::endl;
  os << indent << "StandardDeviation: " << m_StandardDeviation << std::endl;
  os << indent << "LowerValue: " << m_LowerValue << std::endl;
  os << indent << "UpperValue: " << m_UpperValue << std::endl;
}

} // namespace itk

#endif
