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

#include "itkImageScanlineIterator.h"
#include "itkSyntheticCTFilterUtilities.h"

#include <algorithm>
#include <limits>
#include <vector>

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
ZScoreNormalizeImageFilter<TInputImage, TOutputImage, TMaskImage>::ComputeMeanAndStandardDeviation(float progressWeight)
{
  const InputImageType * input = this->GetInput();
  const MaskImageType *  mask = this->GetMaskImage();
  const auto             region = input->GetLargestPossibleRegion();
  using IndexType = typename InputImageType::IndexType;

  struct SliceSums
  {
    SizeValueType Count{ 0 };
    double        Sum{ 0.0 };
    double        Minimum{ std::numeric_limits<double>::max() };
    double        Maximum{ std::numeric_limits<double>::lowest() };
    bool          HasBad{ false };
    IndexType     Bad{};
  };
  std::vector<SliceSums> slices(region.GetSize(ImageDimension - 1));
  SyntheticCTDetail::ParallelizeSlices(this, region, 0.5F * progressWeight, [&](SizeValueType s, const auto & slice) {
    SliceSums sums;
    SyntheticCTDetail::ForEachMaskedVoxel(input, mask, slice, [&sums](auto pixel, const auto & index) {
      if (!SyntheticCTDetail::IsFinite(pixel) && !sums.HasBad)
      {
        sums.HasBad = true;
        sums.Bad = index();
      }
      const auto value = static_cast<double>(pixel);
      ++sums.Count;
      sums.Sum += value;
      sums.Minimum = std::min(sums.Minimum, value);
      sums.Maximum = std::max(sums.Maximum, value);
    });
    slices[s] = sums;
  });
  SliceSums all;
  for (const SliceSums & sums : slices)
  {
    if (sums.HasBad)
    {
      itkExceptionMacro("The voxel at index " << sums.Bad << " is " << input->GetPixel(sums.Bad)
                                              << (mask ? ", inside the mask," : "")
                                              << " and should be a finite number");
    }
    all.Count += sums.Count;
    all.Sum += sums.Sum;
    all.Minimum = std::min(all.Minimum, sums.Minimum);
    all.Maximum = std::max(all.Maximum, sums.Maximum);
  }
  if (all.Count == 0)
  {
    itkExceptionMacro(<< (mask ? "MaskImage has no voxel that is not zero" : "The image has no voxels"));
  }
  if (all.Minimum == all.Maximum)
  {
    m_Mean = all.Minimum;
    m_StandardDeviation = 0.0;
    this->IncrementProgress(0.5F * progressWeight);
    return;
  }
  const double mean = all.Sum / static_cast<double>(all.Count);

  std::vector<double> squares(slices.size());
  SyntheticCTDetail::ParallelizeSlices(this, region, 0.5F * progressWeight, [&](SizeValueType s, const auto & slice) {
    double sum = 0.0;
    SyntheticCTDetail::ForEachMaskedVoxel(input, mask, slice, [&sum, mean](auto pixel, const auto &) {
      const double difference = static_cast<double>(pixel) - mean;
      sum += difference * difference;
    });
    squares[s] = sum;
  });
  double sum = 0.0;
  for (const double square : squares)
  {
    sum += square;
  }
  m_Mean = mean;
  m_StandardDeviation = std::sqrt(sum / static_cast<double>(all.Count));
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
    this->ComputeMeanAndStandardDeviation(statisticsWeight);
    if (m_StandardDeviation == 0.0)
    {
      itkWarningMacro("The image is constant (" << m_Mean << "), so the result is zero everywhere");
      output->FillBuffer(OutputPixelType{});
      this->UpdateProgress(1.0F);
      return;
    }
  }

  const auto transform = [&](const auto & function) {
    SyntheticCTDetail::ParallelizeSlices(
      this, output->GetRequestedRegion(), 1.0F - statisticsWeight, [&](SizeValueType, const auto & slice) {
        ImageScanlineConstIterator<InputImageType> in(input, slice);
        ImageScanlineIterator<OutputImageType>     out(output, slice);
        for (; !in.IsAtEnd(); in.NextLine(), out.NextLine())
        {
          for (; !in.IsAtEndOfLine(); ++in, ++out)
          {
            out.Set(static_cast<OutputPixelType>(function(static_cast<double>(in.Get()))));
          }
        }
      });
  };
  const double mean = m_Mean;
  const double deviation = m_StandardDeviation;
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
