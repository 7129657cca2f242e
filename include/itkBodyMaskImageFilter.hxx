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
#ifndef itkBodyMaskImageFilter_hxx
#define itkBodyMaskImageFilter_hxx

#include "itkBodyMaskImageFilter.h"

#include "SyntheticCTDetail/itkBallMorphology.h"
#include "itkHistogram.h"
#include "itkImageScanlineIterator.h"
#include "itkOtsuThresholdCalculator.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkPixelConversion.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
void
BodyMaskImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (!m_AutomaticThreshold && !std::isfinite(m_Threshold))
  {
    itkSyntheticCTExceptionMacro("Threshold is " << m_Threshold << " and should be a finite number");
  }
  if (m_NumberOfHistogramBins < 2)
  {
    itkSyntheticCTExceptionMacro("NumberOfHistogramBins is " << m_NumberOfHistogramBins << " and should be at least 2");
  }
  if (!std::isfinite(m_ClosingRadius) || m_ClosingRadius < 0.0)
  {
    itkSyntheticCTExceptionMacro("ClosingRadius is " << m_ClosingRadius << " and should be 0 or more (mm)");
  }
  if (!std::isfinite(m_DilationRadius) || m_DilationRadius < 0.0)
  {
    itkSyntheticCTExceptionMacro("DilationRadius is " << m_DilationRadius << " and should be 0 or more (mm)");
  }
  if (m_SliceAxis >= ImageDimension)
  {
    itkSyntheticCTExceptionMacro("SliceAxis is " << m_SliceAxis << " and should be less than " << ImageDimension);
  }
  if (m_InsideValue == m_OutsideValue)
  {
    itkSyntheticCTExceptionMacro("InsideValue and OutsideValue are both " << +m_InsideValue << " and should differ");
  }
}

template <typename TInputImage, typename TOutputImage>
void
BodyMaskImageFilter<TInputImage, TOutputImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
}

template <typename TInputImage, typename TOutputImage>
void
BodyMaskImageFilter<TInputImage, TOutputImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TInputImage, typename TOutputImage>
double
BodyMaskImageFilter<TInputImage, TOutputImage>::OtsuThreshold(const std::vector<SizeValueType> & counts,
                                                              double                             minimum,
                                                              double                             maximum)
{
  using HistogramType = Statistics::Histogram<double>;
  auto                                          histogram = HistogramType::New();
  typename HistogramType::SizeType              bins(1);
  typename HistogramType::MeasurementVectorType lower(1);
  typename HistogramType::MeasurementVectorType upper(1);
  bins.Fill(counts.size());
  lower.Fill(minimum);
  upper.Fill(maximum);
  histogram->SetMeasurementVectorSize(1);
  histogram->Initialize(bins, lower, upper);
  for (size_t bin = 0; bin < counts.size(); ++bin)
  {
    histogram->SetFrequency(bin, counts[bin]);
  }
  using CalculatorType = OtsuThresholdCalculator<HistogramType, double>;
  auto calculator = CalculatorType::New();
  calculator->SetInput(histogram);
  calculator->Update();
  return calculator->GetThreshold();
}

template <typename TInputImage, typename TOutputImage>
std::vector<double>
BodyMaskImageFilter<TInputImage, TOutputImage>::ComputeThresholds(unsigned int axis, float progressWeight)
{
  const InputImageType * input = this->GetInput();
  const auto             region = input->GetLargestPossibleRegion();
  const SizeValueType    slices = region.GetSize(axis);
  using IndexType = typename InputImageType::IndexType;
  using RangeType = std::pair<double, double>;
  const auto forEachVoxelOfSlice = [&](SizeValueType s, const auto & function) {
    SyntheticCTDetail::ForEachMaskedVoxel(
      input, static_cast<const WorkImageType *>(nullptr), SyntheticCTDetail::SliceOfRegion(region, axis, s), function);
  };

  std::vector<RangeType>              ranges(slices);
  std::vector<std::vector<IndexType>> bad(slices);
  SyntheticCTDetail::ParallelizeArray(this, slices, 0.5F * progressWeight, [&](SizeValueType s) {
    RangeType range{ std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest() };
    forEachVoxelOfSlice(s, [&](auto pixel, const auto & index) {
      if (!SyntheticCTDetail::IsFinite(pixel) && bad[s].empty())
      {
        bad[s].push_back(index());
      }
      range.first = std::min(range.first, static_cast<double>(pixel));
      range.second = std::max(range.second, static_cast<double>(pixel));
    });
    ranges[s] = range;
  });
  RangeType whole{ std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest() };
  for (SizeValueType s = 0; s < slices; ++s)
  {
    if (!bad[s].empty())
    {
      itkSyntheticCTExceptionMacro("The voxel at index " << bad[s][0] << " is " << input->GetPixel(bad[s][0])
                                                         << " and should be a finite number");
    }
    whole.first = std::min(whole.first, ranges[s].first);
    whole.second = std::max(whole.second, ranges[s].second);
  }
  m_SliceThresholds.clear();
  if (!m_AutomaticThreshold)
  {
    this->IncrementProgress(0.5F * progressWeight);
    return std::vector<double>(slices, m_Threshold);
  }

  const bool                              bySlice = m_ThresholdBySlice && ImageDimension == 3;
  constexpr double                        nothing = std::numeric_limits<double>::infinity();
  std::vector<std::vector<SizeValueType>> counts(slices);
  SyntheticCTDetail::ParallelizeArray(this, slices, 0.5F * progressWeight, [&](SizeValueType s) {
    const RangeType            range = bySlice ? ranges[s] : whole;
    const double               binsPerUnit = m_NumberOfHistogramBins / (range.second - range.first);
    std::vector<SizeValueType> count(m_NumberOfHistogramBins, 0);
    if (range.first < range.second)
    {
      forEachVoxelOfSlice(s, [&](auto pixel, const auto &) {
        const auto bin = static_cast<size_t>((static_cast<double>(pixel) - range.first) * binsPerUnit);
        ++count[std::min<size_t>(bin, m_NumberOfHistogramBins - 1)];
      });
    }
    counts[s] = std::move(count);
  });

  std::vector<double> thresholds(slices, nothing);
  if (bySlice)
  {
    m_SliceThresholds.resize(slices);
    for (SizeValueType s = 0; s < slices; ++s)
    {
      const bool varies = ranges[s].first < ranges[s].second;
      m_SliceThresholds[s] = varies ? OtsuThreshold(counts[s], ranges[s].first, ranges[s].second) : ranges[s].second;
      thresholds[s] = varies ? m_SliceThresholds[s] : nothing;
    }
    return thresholds;
  }
  m_Threshold = whole.second;
  if (whole.first < whole.second)
  {
    std::vector<SizeValueType> sum(m_NumberOfHistogramBins, 0);
    for (const auto & slice : counts)
    {
      std::transform(slice.begin(), slice.end(), sum.begin(), sum.begin(), std::plus<SizeValueType>());
    }
    m_Threshold = OtsuThreshold(sum, whole.first, whole.second);
    std::fill(thresholds.begin(), thresholds.end(), m_Threshold);
  }
  return thresholds;
}

template <typename TInputImage, typename TOutputImage>
SyntheticCTDetail::ByteGrid
BodyMaskImageFilter<TInputImage, TOutputImage>::GridOf(WorkImageType * image)
{
  // Seen as a volume, an image in 2D is one slice thick.
  const auto                  region = image->GetBufferedRegion();
  SyntheticCTDetail::ByteGrid grid{ image->GetBufferPointer(), { { 1, 1, 1 } }, { { 1, 1, 1 } } };
  SizeValueType               stride = 1;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    grid.Size[d] = region.GetSize(d);
    grid.Stride[d] = stride;
    stride *= grid.Size[d];
  }
  return grid;
}

template <typename TInputImage, typename TOutputImage>
SyntheticCTDetail::ByteGrid
BodyMaskImageFilter<TInputImage, TOutputImage>::GridOfSlice(WorkImageType * image,
                                                            unsigned int    axis,
                                                            SizeValueType   slice)
{
  const SyntheticCTDetail::ByteGrid volume = GridOf(image);
  const unsigned int                u = axis == 0 ? 1 : 0;
  const unsigned int                v = axis == 2 ? 1 : 2;
  return { volume.First + slice * volume.Stride[axis],
           { { volume.Size[u], volume.Size[v], 1 } },
           { { volume.Stride[u], volume.Stride[v], 0 } } };
}

template <typename TInputImage, typename TOutputImage>
void
BodyMaskImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  this->AllocateOutputs();
  const InputImageType * input = this->GetInput();
  OutputImageType *      output = this->GetOutput();
  const auto             region = output->GetLargestPossibleRegion();
  const bool             bySlice = m_SliceBySlice && ImageDimension == 3;

  // One threshold is found faster in the order of memory.
  const unsigned int  axis = m_ThresholdBySlice && ImageDimension == 3 ? m_SliceAxis : ImageDimension - 1;
  const auto          thresholds = this->ComputeThresholds(axis, 0.2F);
  const SizeValueType slices = region.GetSize(axis);

  auto mask = WorkImageType::New();
  mask->CopyInformation(input);
  mask->SetRegions(region);
  mask->Allocate();
  std::vector<SizeValueType> counts(slices, 0);
  SyntheticCTDetail::ParallelizeArray(this, slices, 0.1F, [&](SizeValueType s) {
    const auto                                 slice = SyntheticCTDetail::SliceOfRegion(region, axis, s);
    const double                               threshold = thresholds[s];
    ImageScanlineConstIterator<InputImageType> in(input, slice);
    ImageScanlineIterator<WorkImageType>       out(mask, slice);
    SizeValueType                              count = 0;
    for (; !in.IsAtEnd(); in.NextLine(), out.NextLine())
    {
      for (; !in.IsAtEndOfLine(); ++in, ++out)
      {
        const bool tissue = static_cast<double>(in.Get()) > threshold;
        out.Set(tissue ? 1 : 0);
        count += tissue ? 1 : 0;
      }
    }
    counts[s] = count;
  });
  if (std::all_of(counts.begin(), counts.end(), [](SizeValueType count) { return count == 0; }))
  {
    itkSyntheticCTWarningMacro("The image is constant or has no voxel above the threshold, so the mask is empty");
    output->FillBuffer(m_OutsideValue);
    this->UpdateProgress(1.0F);
    return;
  }

  if (m_ClosingRadius > 0.0)
  {
    SyntheticCTDetail::CloseByBall<ImageDimension>(
      this, mask, m_ClosingRadius, bySlice ? m_SliceAxis : ImageDimension, 0.3F);
  }

  // Slices across an axis of the volume; an image in 2D is its only slice.
  const auto forEachSlice = [&](unsigned int sliceAxis, float progressWeight, const auto & function) {
    SyntheticCTDetail::ParallelizeArray(this, GridOf(mask).Size[sliceAxis], progressWeight, [&](SizeValueType s) {
      function(GridOfSlice(mask, sliceAxis, s));
    });
  };
  const unsigned int sliceAxis = ImageDimension == 3 ? m_SliceAxis : 2;
  const bool         fill = m_HoleFilling != HoleFillingEnum::None;
  if (bySlice)
  {
    forEachSlice(sliceAxis, 0.2F, [fill](const auto & grid) {
      SyntheticCTDetail::KeepLargestComponent(grid);
      if (fill)
      {
        SyntheticCTDetail::FillHoles(grid);
      }
    });
  }
  else
  {
    SyntheticCTDetail::KeepLargestComponent(GridOf(mask));
    SyntheticCTDetail::ThrowIfAborted(this);
    this->IncrementProgress(0.1F);
    if (m_HoleFilling == HoleFillingEnum::AllSlices && ImageDimension == 3)
    {
      for (unsigned int across = 0; across < 3; ++across)
      {
        forEachSlice(across, 0.1F / 3.0F, SyntheticCTDetail::FillHoles);
      }
    }
    else if (m_HoleFilling == HoleFillingEnum::Slices)
    {
      forEachSlice(sliceAxis, 0.1F, SyntheticCTDetail::FillHoles);
    }
    else if (fill)
    {
      SyntheticCTDetail::FillHoles(GridOf(mask));
    }
  }

  if (m_DilationRadius > 0.0)
  {
    const SizeValueType        count = region.GetNumberOfPixels();
    std::vector<unsigned char> dilated(mask->GetBufferPointer(), mask->GetBufferPointer() + count);
    SyntheticCTDetail::DilateByBall<ImageDimension>(this,
                                                    dilated,
                                                    region.GetSize(),
                                                    mask->GetSpacing(),
                                                    m_DilationRadius,
                                                    ImageDimension == 3 ? m_SliceAxis : ImageDimension,
                                                    0.1F);
    std::copy(dilated.begin(), dilated.end(), mask->GetBufferPointer());
  }

  SyntheticCTDetail::ParallelizeSlices(this, region, 0.1F, [&](SizeValueType, const auto & slice) {
    ImageScanlineConstIterator<WorkImageType> in(mask, slice);
    ImageScanlineIterator<OutputImageType>    out(output, slice);
    for (; !in.IsAtEnd(); in.NextLine(), out.NextLine())
    {
      for (; !in.IsAtEndOfLine(); ++in, ++out)
      {
        out.Set(in.Get() != 0 ? m_InsideValue : m_OutsideValue);
      }
    }
  });
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage>
void
BodyMaskImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "AutomaticThreshold: " << (m_AutomaticThreshold ? "On" : "Off") << std::endl;
  os << indent << "Threshold: " << m_Threshold << std::endl;
  os << indent << "ThresholdBySlice: " << (m_ThresholdBySlice ? "On" : "Off") << std::endl;
  os << indent << "SliceThresholds: " << m_SliceThresholds.size() << " thresholds" << std::endl;
  os << indent << "SliceBySlice: " << (m_SliceBySlice ? "On" : "Off") << std::endl;
  os << indent << "NumberOfHistogramBins: " << m_NumberOfHistogramBins << std::endl;
  os << indent << "ClosingRadius: " << m_ClosingRadius << std::endl;
  os << indent << "HoleFilling: " << m_HoleFilling << std::endl;
  os << indent << "DilationRadius: " << m_DilationRadius << std::endl;
  os << indent << "SliceAxis: " << m_SliceAxis << std::endl;
  os << indent << "InsideValue: " << +m_InsideValue << std::endl;
  os << indent << "OutsideValue: " << +m_OutsideValue << std::endl;
}

} // namespace itk

#endif
