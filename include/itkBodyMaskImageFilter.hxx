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

#include "itkBallMorphology.h"
#include "itkBinaryFillholeImageFilter.h"
#include "itkBinaryShapeKeepNObjectsImageFilter.h"
#include "itkHistogram.h"
#include "itkImageScanlineIterator.h"
#include "itkOtsuThresholdCalculator.h"
#include "itkSyntheticCTFilterUtilities.h"

#include <array>
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
    itkExceptionMacro("Threshold is " << m_Threshold << " and should be a finite number");
  }
  if (m_NumberOfHistogramBins < 2)
  {
    itkExceptionMacro("NumberOfHistogramBins is " << m_NumberOfHistogramBins << " and should be at least 2");
  }
  if (!std::isfinite(m_ClosingRadius) || m_ClosingRadius < 0.0)
  {
    itkExceptionMacro("ClosingRadius is " << m_ClosingRadius << " and should be 0 or more (mm)");
  }
  if (!std::isfinite(m_DilationRadius) || m_DilationRadius < 0.0)
  {
    itkExceptionMacro("DilationRadius is " << m_DilationRadius << " and should be 0 or more (mm)");
  }
  if (m_SliceAxis >= ImageDimension)
  {
    itkExceptionMacro("SliceAxis is " << m_SliceAxis << " and should be less than " << ImageDimension);
  }
  if (m_InsideValue == m_OutsideValue)
  {
    itkExceptionMacro("InsideValue and OutsideValue are both " << +m_InsideValue << " and should differ");
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
bool
BodyMaskImageFilter<TInputImage, TOutputImage>::ComputeThreshold(float progressWeight)
{
  const InputImageType * input = this->GetInput();
  const auto             region = input->GetLargestPossibleRegion();
  const SizeValueType    slices = region.GetSize(ImageDimension - 1);
  using IndexType = typename InputImageType::IndexType;

  std::vector<std::pair<double, double>> ranges(slices);
  std::vector<std::vector<IndexType>>    bad(slices);
  SyntheticCTDetail::ParallelizeSlices(this, region, 0.5F * progressWeight, [&](SizeValueType s, const auto & slice) {
    double minimum = std::numeric_limits<double>::max();
    double maximum = std::numeric_limits<double>::lowest();
    SyntheticCTDetail::ForEachMaskedVoxel(
      input, static_cast<const WorkImageType *>(nullptr), slice, [&](auto pixel, const auto & index) {
        if (!SyntheticCTDetail::IsFinite(pixel) && bad[s].empty())
        {
          bad[s].push_back(index());
        }
        minimum = std::min(minimum, static_cast<double>(pixel));
        maximum = std::max(maximum, static_cast<double>(pixel));
      });
    ranges[s] = { minimum, maximum };
  });
  double minimum = std::numeric_limits<double>::max();
  double maximum = std::numeric_limits<double>::lowest();
  for (SizeValueType s = 0; s < slices; ++s)
  {
    if (!bad[s].empty())
    {
      itkExceptionMacro("The voxel at index " << bad[s][0] << " is " << input->GetPixel(bad[s][0])
                                              << " and should be a finite number");
    }
    minimum = std::min(minimum, ranges[s].first);
    maximum = std::max(maximum, ranges[s].second);
  }
  if (minimum >= maximum)
  {
    m_Threshold = m_AutomaticThreshold ? maximum : m_Threshold;
    return false;
  }
  if (!m_AutomaticThreshold)
  {
    this->IncrementProgress(0.5F * progressWeight);
    return true;
  }

  const double                            binsPerUnit = m_NumberOfHistogramBins / (maximum - minimum);
  std::vector<std::vector<SizeValueType>> counts(slices);
  SyntheticCTDetail::ParallelizeSlices(this, region, 0.5F * progressWeight, [&](SizeValueType s, const auto & slice) {
    std::vector<SizeValueType> count(m_NumberOfHistogramBins, 0);
    SyntheticCTDetail::ForEachMaskedVoxel(
      input, static_cast<const WorkImageType *>(nullptr), slice, [&](auto pixel, const auto &) {
        const auto bin = static_cast<size_t>((static_cast<double>(pixel) - minimum) * binsPerUnit);
        ++count[std::min<size_t>(bin, m_NumberOfHistogramBins - 1)];
      });
    counts[s] = std::move(count);
  });

  using HistogramType = Statistics::Histogram<double>;
  auto                                          histogram = HistogramType::New();
  typename HistogramType::SizeType              bins(1);
  typename HistogramType::MeasurementVectorType lower(1);
  typename HistogramType::MeasurementVectorType upper(1);
  bins.Fill(m_NumberOfHistogramBins);
  lower.Fill(minimum);
  upper.Fill(maximum);
  histogram->SetMeasurementVectorSize(1);
  histogram->Initialize(bins, lower, upper);
  for (unsigned int bin = 0; bin < m_NumberOfHistogramBins; ++bin)
  {
    SizeValueType count = 0;
    for (const auto & slice : counts)
    {
      count += slice[bin];
    }
    histogram->SetFrequency(bin, count);
  }
  using CalculatorType = OtsuThresholdCalculator<HistogramType, double>;
  auto calculator = CalculatorType::New();
  calculator->SetInput(histogram);
  calculator->Update();
  m_Threshold = calculator->GetThreshold();
  return true;
}

template <typename TInputImage, typename TOutputImage>
void
BodyMaskImageFilter<TInputImage, TOutputImage>::FillSlices(WorkImageType * image,
                                                           unsigned int    axis,
                                                           float           progressWeight)
{
  // Seen as a volume, an image in 2D is one slice thick, and `axis` is 2.
  const auto                   region = image->GetBufferedRegion();
  std::array<SizeValueType, 3> size{ { region.GetSize(0), region.GetSize(1), 1 } };
  std::array<SizeValueType, 3> stride{ { 1, size[0], size[0] * size[1] } };
  if constexpr (ImageDimension == 3)
  {
    size[2] = region.GetSize(2);
  }
  const unsigned int  u = axis == 0 ? 1 : 0;
  const unsigned int  v = axis == 2 ? 1 : 2;
  const SizeValueType width = size[u];
  const SizeValueType height = size[v];
  unsigned char *     buffer = image->GetBufferPointer();

  SyntheticCTDetail::ParallelizeArray(this, size[axis], progressWeight, [&](SizeValueType s) {
    unsigned char *            slice = buffer + s * stride[axis];
    std::vector<unsigned char> outside(width * height, 0);
    std::vector<SizeValueType> stack;
    const auto                 visit = [&](SizeValueType i, SizeValueType j) {
      const SizeValueType position = j * width + i;
      if (outside[position] == 0 && slice[i * stride[u] + j * stride[v]] == 0)
      {
        outside[position] = 1;
        stack.push_back(position);
      }
    };
    for (SizeValueType i = 0; i < width; ++i)
    {
      visit(i, 0);
      visit(i, height - 1);
    }
    for (SizeValueType j = 0; j < height; ++j)
    {
      visit(0, j);
      visit(width - 1, j);
    }
    while (!stack.empty())
    {
      const SizeValueType i = stack.back() % width;
      const SizeValueType j = stack.back() / width;
      stack.pop_back();
      if (i > 0)
      {
        visit(i - 1, j);
      }
      if (i + 1 < width)
      {
        visit(i + 1, j);
      }
      if (j > 0)
      {
        visit(i, j - 1);
      }
      if (j + 1 < height)
      {
        visit(i, j + 1);
      }
    }
    for (SizeValueType j = 0; j < height; ++j)
    {
      for (SizeValueType i = 0; i < width; ++i)
      {
        slice[i * stride[u] + j * stride[v]] = outside[j * width + i] == 0 ? 1 : 0;
      }
    }
  });
}

template <typename TInputImage, typename TOutputImage>
void
BodyMaskImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  this->AllocateOutputs();
  const InputImageType * input = this->GetInput();
  OutputImageType *      output = this->GetOutput();
  const auto             region = output->GetLargestPossibleRegion();

  const bool varies = this->ComputeThreshold(0.2F);
  if (m_AutomaticThreshold && !varies)
  {
    itkWarningMacro("The image is constant (" << m_Threshold << "), so the mask is empty");
    output->FillBuffer(m_OutsideValue);
    this->UpdateProgress(1.0F);
    return;
  }

  auto mask = WorkImageType::New();
  mask->CopyInformation(input);
  mask->SetRegions(region);
  mask->Allocate();
  std::vector<SizeValueType> counts(region.GetSize(ImageDimension - 1), 0);
  SyntheticCTDetail::ParallelizeSlices(this, region, 0.1F, [&](SizeValueType s, const auto & slice) {
    ImageScanlineConstIterator<InputImageType> in(input, slice);
    ImageScanlineIterator<WorkImageType>       out(mask, slice);
    SizeValueType                              count = 0;
    for (; !in.IsAtEnd(); in.NextLine(), out.NextLine())
    {
      for (; !in.IsAtEndOfLine(); ++in, ++out)
      {
        const bool tissue = static_cast<double>(in.Get()) > m_Threshold;
        out.Set(tissue ? 1 : 0);
        count += tissue ? 1 : 0;
      }
    }
    counts[s] = count;
  });
  if (std::all_of(counts.begin(), counts.end(), [](SizeValueType count) { return count == 0; }))
  {
    itkWarningMacro("No voxel is above the threshold " << m_Threshold << ", so the mask is empty");
    output->FillBuffer(m_OutsideValue);
    this->UpdateProgress(1.0F);
    return;
  }

  if (m_ClosingRadius > 0.0)
  {
    SyntheticCTDetail::CloseByBall<ImageDimension>(this, mask, m_ClosingRadius, 0.2F);
  }

  auto largest = BinaryShapeKeepNObjectsImageFilter<WorkImageType>::New();
  largest->SetInput(mask);
  largest->SetForegroundValue(1);
  largest->SetBackgroundValue(0);
  largest->SetNumberOfObjects(1);
  largest->SetAttribute("NumberOfPixels");
  largest->FullyConnectedOff();
  SyntheticCTDetail::UpdateInside(this, largest.GetPointer(), 0.2F);
  mask = largest->GetOutput();
  mask->DisconnectPipeline();

  if (m_HoleFilling == HoleFillingEnum::AllSlices && ImageDimension == 3)
  {
    for (unsigned int axis = 0; axis < ImageDimension; ++axis)
    {
      this->FillSlices(mask, axis, 0.1F / ImageDimension);
    }
  }
  else if (m_HoleFilling == HoleFillingEnum::Volume && ImageDimension == 3)
  {
    auto fill = BinaryFillholeImageFilter<WorkImageType>::New();
    fill->SetInput(mask);
    fill->SetForegroundValue(1);
    fill->FullyConnectedOff();
    SyntheticCTDetail::UpdateInside(this, fill.GetPointer(), 0.1F);
    mask = fill->GetOutput();
    mask->DisconnectPipeline();
  }
  else if (m_HoleFilling != HoleFillingEnum::None)
  {
    this->FillSlices(mask, ImageDimension == 3 ? m_SliceAxis : 2, 0.1F);
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
