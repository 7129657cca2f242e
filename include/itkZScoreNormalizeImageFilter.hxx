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

#include "itkMaskedStatistics.h"
#include "itkVoxelTransform.h"

#include <cmath>

namespace itk
{

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::ZScoreNormalizeImageFilter()
{
  this->AddOptionalInputName("MaskImage");
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_ComputeConstants)
  {
    if (m_Inverse)
    {
      itkExceptionMacro("Inverse needs the constants of the image that was normalised: set ComputeConstants off, Mean "
                        "and StandardDeviation");
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
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, this->GetInput(), this->GetMaskImage(), "MaskImage");
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateInputRequestedRegion()
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
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateData()
{
  this->AllocateOutputs();
  const InputImageType * input = this->GetInput();
  OutputImageType *      output = this->GetOutput();

  const float statisticsWeight = m_ComputeConstants ? 0.6F : 0.0F;
  if (m_ComputeConstants)
  {
    const auto moments = SyntheticCTDetail::ComputeMoments(this, input, this->GetMaskImage(), statisticsWeight);
    m_Mean = moments.Mean;
    if (moments.Range.Minimum == moments.Range.Maximum)
    {
      m_StandardDeviation = 0.0;
      itkWarningMacro("The image is constant (" << m_Mean << "), so the result is zero everywhere");
      output->FillBuffer(OutputPixelType{});
      this->UpdateProgress(1.0F);
      return;
    }
    m_StandardDeviation = std::sqrt(moments.SquaredDeviations / static_cast<double>(moments.Range.Count));
  }

  const double mean = m_Mean;
  const double deviation = m_StandardDeviation;
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
    transform([=](double value) { return (value - mean) / deviation; });
  }
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "ComputeConstants: " << (m_ComputeConstants ? "On" : "Off") << std::endl;
  os << indent << "Inverse: " << (m_Inverse ? "On" : "Off") << std::endl;
  os << indent << "Mean: " << m_Mean << std::endl;
  os << indent << "StandardDeviation: " << m_StandardDeviation << std::endl;
}

} // namespace itk

#endif
