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

#include "itkImageScanlineIterator.h"
#include "itkSyntheticCTFilterUtilities.h"

#include <algorithm>

namespace itk
{
namespace SyntheticCTDetail
{

/** Linearly interpolated percentile, p in [0, 100], of values that this reorders. The interpolation starts from the
 * nearer of the two neighbours, as NumPy's does, so that the result never leaves the interval between them. */
template <typename TValue>
double
SelectPercentile(std::vector<TValue> & values, double p)
{
  const double position = static_cast<double>(values.size() - 1) * (p / 100.0);
  const auto   below = std::min(static_cast<size_t>(position), values.size() - 1);
  const double fraction = position - static_cast<double>(below);
  const auto   nth = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), nth, values.end());
  const auto lower = static_cast<double>(*nth);
  if (fraction <= 0.0 || below + 1 == values.size())
  {
    return lower;
  }
  const auto   upper = static_cast<double>(*std::min_element(nth + 1, values.end()));
  const double difference = upper - lower;
  return fraction < 0.5 ? lower + difference * fraction : upper - difference * (1.0 - fraction);
}

} // namespace SyntheticCTDetail

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
auto
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::GatherVoxels(float progressWeight)
  -> std::vector<InputPixelType>
{
  const InputImageType * input = this->GetInput();
  const MaskImageType *  mask = this->GetMaskImage();
  const auto             region = input->GetLargestPossibleRegion();
  using IndexType = typename InputImageType::IndexType;

  std::vector<std::vector<InputPixelType>> slices(region.GetSize(ImageDimension - 1));
  std::vector<std::vector<IndexType>>      bad(slices.size());
  SyntheticCTDetail::ParallelizeSlices(this, region, progressWeight, [&](SizeValueType s, const auto & slice) {
    if (!mask)
    {
      slices[s].reserve(slice.GetNumberOfPixels());
    }
    SyntheticCTDetail::ForEachMaskedVoxel(input, mask, slice, [&](auto pixel, const auto & index) {
      if (!SyntheticCTDetail::IsFinite(pixel) && bad[s].empty())
      {
        bad[s].push_back(index());
      }
      slices[s].push_back(pixel);
    });
  });
  SizeValueType count = 0;
  for (size_t s = 0; s < slices.size(); ++s)
  {
    if (!bad[s].empty())
    {
      itkExceptionMacro("The voxel at index " << bad[s][0] << " is " << input->GetPixel(bad[s][0])
                                              << (mask ? ", inside the mask," : "")
                                              << " and should be a finite number");
    }
    count += slices[s].size();
  }
  if (count == 0)
  {
    itkExceptionMacro(<< (mask ? "MaskImage has no voxel that is not zero" : "The image has no voxels"));
  }
  std::vector<InputPixelType> voxels;
  voxels.reserve(count);
  for (std::vector<InputPixelType> & slice : slices)
  {
    voxels.insert(voxels.end(), slice.begin(), slice.end());
    std::vector<InputPixelType>().swap(slice);
  }
  return voxels;
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
PercentileRescaleImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateData()
{
  this->AllocateOutputs();
  const InputImageType * input = this->GetInput();
  OutputImageType *      output = this->GetOutput();

  float remaining = 1.0F;
  if (m_ComputeConstants)
  {
    std::vector<InputPixelType> voxels = this->GatherVoxels(0.2F);
    m_LowerValue = SyntheticCTDetail::SelectPercentile(voxels, m_LowerPercentile);
    this->IncrementProgress(0.3F);
    SyntheticCTDetail::ThrowIfAborted(this);
    m_UpperValue = SyntheticCTDetail::SelectPercentile(voxels, m_UpperPercentile);
    this->IncrementProgress(0.3F);
    remaining = 0.2F;
    if (m_LowerValue == m_UpperValue)
    {
      itkWarningMacro("The percentiles " << m_LowerPercentile << " and " << m_UpperPercentile << " are both "
                                         << m_LowerValue << ", so the result is zero everywhere");
      output->FillBuffer(OutputPixelType{});
      this->UpdateProgress(1.0F);
      return;
    }
  }

  const double fromMinimum = m_Inverse ? m_OutputMinimum : m_LowerValue;
  const double fromRange = (m_Inverse ? m_OutputMaximum : m_UpperValue) - fromMinimum;
  const double toMinimum = m_Inverse ? m_LowerValue : m_OutputMinimum;
  const double toMaximum = m_Inverse ? m_UpperValue : m_OutputMaximum;
  const bool   clamp = m_Clamp;
  SyntheticCTDetail::ParallelizeSlices(
    this, output->GetRequestedRegion(), remaining, [&](SizeValueType, const auto & slice) {
      ImageScanlineConstIterator<InputImageType> in(input, slice);
      ImageScanlineIterator<OutputImageType>     out(output, slice);
      for (; !in.IsAtEnd(); in.NextLine(), out.NextLine())
      {
        for (; !in.IsAtEndOfLine(); ++in, ++out)
        {
          double value =
            toMinimum + (static_cast<double>(in.Get()) - fromMinimum) / fromRange * (toMaximum - toMinimum);
          if (clamp && !std::isnan(value))
          {
            value = std::min(std::max(value, toMinimum), toMaximum);
          }
          out.Set(SyntheticCTDetail::PixelFromReal<OutputPixelType>(value));
        }
      }
    });
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
