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
#ifndef itkEightBitScaleImageFilter_hxx
#define itkEightBitScaleImageFilter_hxx

#include "itkEightBitScaleImageFilter.h"

#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkPixelConversion.h"
#include "SyntheticCTDetail/itkMaskedStatistics.h"
#include "SyntheticCTDetail/itkVoxelTransform.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace itk
{

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
EightBitScaleImageFilter<TInputImage, TOutputImage, TMaskImage>::SetSliceRanges(const std::vector<double> & minima,
                                                                                const std::vector<double> & maxima)
{
  if (m_SliceMinima != minima || m_SliceMaxima != maxima)
  {
    m_SliceMinima = minima;
    m_SliceMaxima = maxima;
    this->Modified();
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
EightBitScaleImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_SliceAxis >= ImageDimension)
  {
    itkSyntheticCTExceptionMacro("SliceAxis is " << m_SliceAxis << " and should be less than " << ImageDimension);
  }
  if (!this->GetComputeConstants() && !m_SliceBySlice)
  {
    SyntheticCTDetail::VerifyRange(
      this, "WindowMinimum", m_WindowMinimum, "WindowMaximum", m_WindowMaximum, this->GetInverse());
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
EightBitScaleImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyInputInformation() const
{
  Superclass::VerifyInputInformation();
  if (m_SliceBySlice && !this->GetComputeConstants())
  {
    const SizeValueType count = this->GetInput()->GetLargestPossibleRegion().GetSize(m_SliceAxis);
    if (m_SliceMinima.size() != count || m_SliceMaxima.size() != count)
    {
      itkSyntheticCTExceptionMacro("SliceRanges has " << m_SliceMinima.size() << " minima and " << m_SliceMaxima.size()
                                                      << " maxima, and should have one for each of the " << count
                                                      << " slices of the image");
    }
    for (SizeValueType i = 0; i < count; ++i)
    {
      SyntheticCTDetail::VerifyRange(
        this, "Minimum of a slice", m_SliceMinima[i], "Maximum of a slice", m_SliceMaxima[i], true);
    }
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
EightBitScaleImageFilter<TInputImage, TOutputImage, TMaskImage>::ComputeSliceRanges(float progressWeight)
{
  const InputImageType * input = this->GetInput();
  const MaskImageType *  mask = this->GetMaskImage();
  const auto             region = input->GetLargestPossibleRegion();
  using SyntheticCTDetail::VoxelRange;

  std::vector<VoxelRange> ranges(region.GetSize(m_SliceAxis));
  if (this->LinesCrossSlices())
  {
    std::vector<std::vector<VoxelRange>> parts(region.GetSize(ImageDimension - 1));
    SyntheticCTDetail::ParallelizeSlices(this, region, progressWeight, [&](SizeValueType s, const auto & part) {
      parts[s].resize(ranges.size());
      ImageScanlineConstIterator<InputImageType> in(input, part);
      for (; !in.IsAtEnd(); in.NextLine())
      {
        const typename InputImageType::PixelType * const line = &in.Value();
        const typename MaskImageType::PixelType * const  maskLine =
          mask ? mask->GetBufferPointer() + mask->ComputeOffset(in.GetIndex()) : nullptr;
        for (size_t x = 0; x < ranges.size(); ++x)
        {
          if (maskLine == nullptr || maskLine[x] != NumericTraits<typename MaskImageType::PixelType>::ZeroValue())
          {
            parts[s][x].Take(line[x]);
          }
        }
      }
    });
    for (const auto & part : parts)
    {
      for (size_t x = 0; x < ranges.size(); ++x)
      {
        ranges[x].Join(part[x]);
      }
    }
  }
  else
  {
    SyntheticCTDetail::ParallelizeArray(this, ranges.size(), progressWeight, [&](SizeValueType i) {
      SyntheticCTDetail::ForEachMaskedRun(
        input, mask, SyntheticCTDetail::SliceOfRegion(region, m_SliceAxis, i), [&](const auto * voxels, size_t count) {
          ranges[i].Join(SyntheticCTDetail::RangeOfRun(voxels, count));
        });
    });
  }
  VoxelRange all;
  m_SliceMinima.clear();
  m_SliceMaxima.clear();
  for (const VoxelRange & range : ranges)
  {
    all.Join(range);
    m_SliceMinima.push_back(range.Count > 0 ? range.Minimum : 0.0);
    m_SliceMaxima.push_back(range.Count > 0 ? range.Maximum : 0.0);
  }
  SyntheticCTDetail::VerifyVoxels(this, input, mask, all);
  m_WindowMinimum = all.Minimum;
  m_WindowMaximum = all.Maximum;
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
template <bool VInverse>
double
EightBitScaleImageFilter<TInputImage, TOutputImage, TMaskImage>::Map<VInverse>::operator()(double value) const
{
  if constexpr (VInverse)
  {
    return Minimum + value * Scale / 255.0;
  }
  // Lifts what should be a half, and is not because of the rounding of the scale, over it.
  constexpr double lift = 1e-11;
  const double     grey = (value - Minimum) * Scale + lift;
  if constexpr (std::is_same_v<OutputPixelType, unsigned char>)
  {
    // Becoming a pixel rounds and clamps.
    return grey;
  }
  // In this order, the comparisons leave NaN as it is.
  return std::floor(std::min(std::max(grey, 0.0), 255.0) + 0.5);
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
template <bool VInverse>
void
EightBitScaleImageFilter<TInputImage, TOutputImage, TMaskImage>::MapVoxels(float progressWeight)
{
  const InputImageType * input = this->GetInput();
  OutputImageType *      output = this->GetOutput();
  const auto             region = output->GetRequestedRegion();
  if (!m_SliceBySlice)
  {
    this->TransformVoxels(progressWeight, Map<VInverse>(m_WindowMinimum, m_WindowMaximum));
    return;
  }
  const auto first =
    static_cast<SizeValueType>(region.GetIndex(m_SliceAxis) - input->GetLargestPossibleRegion().GetIndex(m_SliceAxis));
  std::vector<Map<VInverse>> maps;
  for (SizeValueType i = first; i < first + region.GetSize(m_SliceAxis); ++i)
  {
    maps.emplace_back(m_SliceMinima[i], m_SliceMaxima[i]);
  }
  if (this->LinesCrossSlices())
  {
    SyntheticCTDetail::ParallelizeSlices(this, region, progressWeight, [&](SizeValueType, const auto & part) {
      SyntheticCTDetail::ForEachLine(input, output, part, [&maps](const auto * from, auto * to, size_t count) {
        for (size_t x = 0; x < count; ++x)
        {
          to[x] = SyntheticCTDetail::PixelFromReal<OutputPixelType>(maps[x](static_cast<double>(from[x])));
        }
      });
    });
  }
  else
  {
    SyntheticCTDetail::ParallelizeArray(this, maps.size(), progressWeight, [&](SizeValueType i) {
      SyntheticCTDetail::TransformRegion(
        input, output, SyntheticCTDetail::SliceOfRegion(region, m_SliceAxis, i), maps[i]);
    });
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
bool
EightBitScaleImageFilter<TInputImage, TOutputImage, TMaskImage>::EstimateConstants(float progressWeight)
{
  if (m_SliceBySlice)
  {
    this->ComputeSliceRanges(progressWeight);
  }
  else
  {
    const auto range = SyntheticCTDetail::ComputeRange(this, this->GetInput(), this->GetMaskImage(), progressWeight);
    m_WindowMinimum = range.Minimum;
    m_WindowMaximum = range.Maximum;
  }
  if (m_WindowMinimum == m_WindowMaximum)
  {
    itkSyntheticCTWarningMacro("The image is constant (" << m_WindowMinimum << "), so the result is zero everywhere");
  }
  // A range of one value is mapped to zero, and NaN outside the mask as in any other image.
  return true;
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
EightBitScaleImageFilter<TInputImage, TOutputImage, TMaskImage>::ApplyConstants(float progressWeight)
{
  if (this->GetInverse())
  {
    this->template MapVoxels<true>(progressWeight);
  }
  else
  {
    this->template MapVoxels<false>(progressWeight);
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
EightBitScaleImageFilter<TInputImage, TOutputImage, TMaskImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "WindowMinimum: " << m_WindowMinimum << std::endl;
  os << indent << "WindowMaximum: " << m_WindowMaximum << std::endl;
  os << indent << "WindowWidth: " << this->GetWindowWidth() << std::endl;
  os << indent << "WindowLevel: " << this->GetWindowLevel() << std::endl;
  os << indent << "SliceBySlice: " << (m_SliceBySlice ? "On" : "Off") << std::endl;
  os << indent << "SliceAxis: " << m_SliceAxis << std::endl;
  os << indent << "SliceMinima:";
  for (const double minimum : m_SliceMinima)
  {
    os << ' ' << minimum;
  }
  os << std::endl;
  os << indent << "SliceMaxima:";
  for (const double maximum : m_SliceMaxima)
  {
    os << ' ' << maximum;
  }
  os << std::endl;
}

} // namespace itk

#endif
