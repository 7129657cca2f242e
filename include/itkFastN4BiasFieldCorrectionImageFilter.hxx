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
#ifndef itkFastN4BiasFieldCorrectionImageFilter_hxx
#define itkFastN4BiasFieldCorrectionImageFilter_hxx

#include "itkFastN4BiasFieldCorrectionImageFilter.h"

#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIterator.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkPixelConversion.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <type_traits>
#include <utility>

namespace itk
{
namespace SyntheticCTDetail
{

/** The smallest and the largest positive value of what it is given, found for several values at once. */
template <typename TPixel>
class PositiveRange
{
public:
  PositiveRange()
  {
    m_Minima.fill(NumericTraits<TPixel>::max());
    m_Maxima.fill(NumericTraits<TPixel>::ZeroValue());
  }

  /** False when there is NaN or an infinity among the values, which leaves the range undefined. */
  bool
  Add(const TPixel * values, size_t count)
  {
    LanesType  minima = m_Minima;
    LanesType  maxima = m_Maxima;
    LanesType  differences{};
    const auto add = [&](size_t i, size_t l) {
      const TPixel value = values[i];
      const TPixel positive = value > NumericTraits<TPixel>::ZeroValue() ? value : NumericTraits<TPixel>::max();
      minima[l] = positive < minima[l] ? positive : minima[l];
      maxima[l] = value > maxima[l] ? value : maxima[l];
      // 0 for numbers, NaN for the rest.
      differences[l] = static_cast<TPixel>(differences[l] + (value - value));
    };
    size_t i = 0;
    for (; i + Lanes <= count; i += Lanes)
    {
      for (size_t l = 0; l < Lanes; ++l)
      {
        add(i + l, l);
      }
    }
    for (size_t l = 0; i + l < count; ++l)
    {
      add(i + l, l);
    }
    m_Minima = minima;
    m_Maxima = maxima;
    return std::all_of(differences.begin(), differences.end(), [](TPixel d) { return IsFinite(d); });
  }

  void
  Add(const PositiveRange & other)
  {
    for (size_t l = 0; l < Lanes; ++l)
    {
      m_Minima[l] = std::min(m_Minima[l], other.m_Minima[l]);
      m_Maxima[l] = std::max(m_Maxima[l], other.m_Maxima[l]);
    }
  }

  /** More than the maximum when there was no positive value. */
  TPixel
  GetMinimum() const
  {
    return *std::min_element(m_Minima.begin(), m_Minima.end());
  }

  TPixel
  GetMaximum() const
  {
    return *std::max_element(m_Maxima.begin(), m_Maxima.end());
  }

private:
  static constexpr size_t Lanes = 8;
  using LanesType = std::array<TPixel, Lanes>;
  LanesType m_Minima;
  LanesType m_Maxima;
};

} // namespace SyntheticCTDetail

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::FastN4BiasFieldCorrectionImageFilter()
{
  this->AddOptionalInputName("MaskImage", 1);
  this->AddOptionalInputName("ConfidenceImage", 2);
  m_NumberOfControlPoints.Fill(4);
  m_NumberOfFittingLevels.Fill(1);
  m_MaximumNumberOfIterations.SetSize(1);
  m_MaximumNumberOfIterations.Fill(50);
  this->SetNumberOfRequiredOutputs(3);
  this->SetNthOutput(1, this->MakeOutput(1));
  this->SetNthOutput(2, this->MakeOutput(2));
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
DataObject::Pointer
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::MakeOutput(
  DataObjectPointerArraySizeType index)
{
  if (index == 1 || index == 2)
  {
    return RealImageType::New().GetPointer();
  }
  return Superclass::MakeOutput(index);
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_ShrinkFactor < 1)
  {
    itkSyntheticCTExceptionMacro("ShrinkFactor is " << m_ShrinkFactor << " and should be at least 1");
  }
  if (!std::isfinite(m_TargetSpacing) || m_TargetSpacing < 0.0)
  {
    itkSyntheticCTExceptionMacro("TargetSpacing is " << m_TargetSpacing << " mm and should be 0 or more");
  }
  if (!std::isfinite(m_SplineDistance) || m_SplineDistance < 0.0)
  {
    itkSyntheticCTExceptionMacro("SplineDistance is " << m_SplineDistance << " mm and should be 0 or more");
  }
  if (m_NumberOfHistogramBins < 2 || m_NumberOfHistogramBins > Estimator::MaximumHistogramBins)
  {
    itkSyntheticCTExceptionMacro("NumberOfHistogramBins is " << m_NumberOfHistogramBins << " and should be from 2 to "
                                                             << Estimator::MaximumHistogramBins);
  }
  if (!std::isfinite(m_WienerFilterNoise) || m_WienerFilterNoise < 0.0F)
  {
    itkSyntheticCTExceptionMacro("WienerFilterNoise is " << m_WienerFilterNoise << " and should be 0 or more");
  }
  if (!std::isfinite(m_BiasFieldFullWidthAtHalfMaximum) || m_BiasFieldFullWidthAtHalfMaximum <= 0.0F)
  {
    itkSyntheticCTExceptionMacro("BiasFieldFullWidthAtHalfMaximum is " << m_BiasFieldFullWidthAtHalfMaximum
                                                                       << " and should be more than 0");
  }
  if (m_SplineOrder < 1 || m_SplineOrder > 3)
  {
    itkSyntheticCTExceptionMacro("SplineOrder is " << m_SplineOrder << " and should be 1, 2 or 3");
  }
  unsigned int levels = 0;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    if (m_NumberOfControlPoints[d] <= m_SplineOrder)
    {
      itkSyntheticCTExceptionMacro("NumberOfControlPoints is " << m_NumberOfControlPoints
                                                               << " and should be more than SplineOrder ("
                                                               << m_SplineOrder << ") along each axis");
    }
    if (m_NumberOfFittingLevels[d] < 1)
    {
      itkSyntheticCTExceptionMacro("NumberOfFittingLevels is " << m_NumberOfFittingLevels
                                                               << " and should be at least 1 along each axis");
    }
    levels = std::max(levels, m_NumberOfFittingLevels[d]);
  }
  if (m_MaximumNumberOfIterations.Size() != levels)
  {
    itkSyntheticCTExceptionMacro("MaximumNumberOfIterations is " << m_MaximumNumberOfIterations << " and should have "
                                                                 << levels << (levels == 1 ? " number" : " numbers")
                                                                 << ", one for each fitting level");
  }
  if (!std::isfinite(m_ConvergenceThreshold) || m_ConvergenceThreshold < 0.0F)
  {
    itkSyntheticCTExceptionMacro("ConvergenceThreshold is " << m_ConvergenceThreshold << " and should be 0 or more");
  }
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, this->GetInput(), this->GetMaskImage(), "MaskImage");
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(
    this, this->GetInput(), this->GetConfidenceImage(), "ConfidenceImage");
  const auto size = this->GetInput()->GetLargestPossibleRegion().GetSize();
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    if (size[d] < 2)
    {
      itkSyntheticCTExceptionMacro("The image has the size " << size
                                                             << " and should have at least 2 voxels along each axis");
    }
  }
  if (m_SplineDistance > 0.0)
  {
    const Sampling sampling = this->MakeSampling();
    for (unsigned int d = 0; d < ImageDimension; ++d)
    {
      const double distance = static_cast<double>(sampling.Factor[d]) * this->GetInput()->GetSpacing()[d];
      if (m_SplineDistance < distance)
      {
        itkSyntheticCTExceptionMacro("SplineDistance is "
                                     << m_SplineDistance << " mm and should be at least " << distance
                                     << " mm, which is how far the voxels lie apart that are kept along axis " << d);
      }
    }
  }
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetMaskImage());
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetConfidenceImage());
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
auto
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::MakeSampling() const -> Sampling
{
  // The domain ends at the last kept voxel, so there must be two, and a spline fits badly with two or three.
  constexpr SizeValueType fewest = 4;
  const auto              size = this->GetInput()->GetLargestPossibleRegion().GetSize();
  Sampling                sampling;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    const double  spacing = this->GetInput()->GetSpacing()[d];
    SizeValueType factor = m_ShrinkFactor;
    if (m_TargetSpacing > 0.0)
    {
      factor = static_cast<SizeValueType>(
        std::min(std::max(std::round(m_TargetSpacing / spacing), 1.0), static_cast<double>(size[d])));
    }
    factor = std::min(factor, size[d]);
    while (factor > 1 && (size[d] - 1) / factor + 1 < fewest)
    {
      --factor;
    }
    sampling.Factor[d] = factor;
    sampling.Size[d] = (size[d] - 1) / factor + 1;
    sampling.First[d] = (size[d] - 1 - (sampling.Size[d] - 1) * factor) / 2;

    Estimator::Axis & axis = sampling.Axes[EstimatorAxis(d)];
    axis.Samples = sampling.Size[d];
    axis.Order = m_SplineOrder;
    axis.Levels = m_NumberOfFittingLevels[d];
    const auto intervals = static_cast<double>(sampling.Size[d] - 1);
    if (m_SplineDistance > 0.0)
    {
      axis.Step = spacing * static_cast<double>(factor) / m_SplineDistance;
      // A domain that is a rounding error longer than a whole number of spans needs no further one.
      const double spans = std::max(std::ceil(intervals * axis.Step - 1e-6), 1.0);
      axis.Spans = static_cast<size_t>(spans);
      axis.First = 0.5 * (spans - intervals * axis.Step);
    }
    else
    {
      axis.Spans = m_NumberOfControlPoints[d] - m_SplineOrder;
      axis.Step = static_cast<double>(axis.Spans) / intervals;
    }
  }
  return sampling;
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::FindInside(
  const IndexType & start, std::vector<unsigned char> & inside) const
{
  // Constants on the stack: bytes that are written could be anything else.
  const size_t    count = inside.size();
  unsigned char * in = inside.data();
  std::fill(inside.begin(), inside.end(), static_cast<unsigned char>(1));
  if (const MaskImageType * mask = this->GetMaskImage())
  {
    const MaskPixelType * labels = mask->GetBufferPointer() + mask->ComputeOffset(start);
    // Equal to the label, or not equal to 0.
    const MaskPixelType other = m_UseMaskLabel ? m_MaskLabel : NumericTraits<MaskPixelType>::ZeroValue();
    const bool          equal = m_UseMaskLabel;
    for (size_t i = 0; i < count; ++i)
    {
      in[i] = (labels[i] == other) == equal ? 1 : 0;
    }
  }
  if (const RealImageType * confidence = this->GetConfidenceImage())
  {
    const RealType * weights = confidence->GetBufferPointer() + confidence->ComputeOffset(start);
    for (size_t i = 0; i < count; ++i)
    {
      in[i] = in[i] != 0 && weights[i] > 0.0F ? 1 : 0;
    }
  }
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
struct FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::SliceFindings
{
  SyntheticCTDetail::PositiveRange<typename InputImageType::PixelType> Range;
  /** At most one index. */
  std::vector<IndexType> Bad;
};

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::FindRange(
  const IndexType & start, const std::vector<unsigned char> & inside, SliceFindings & findings) const
{
  const InputImageType * input = this->GetInput();
  const RealImageType *  confidence = this->GetConfidenceImage();
  const auto *           values = input->GetBufferPointer() + input->ComputeOffset(start);
  const auto * weights = confidence ? confidence->GetBufferPointer() + confidence->ComputeOffset(start) : nullptr;
  // Runs of voxels inside, one after the other.
  const unsigned char * const bytes = inside.data();
  for (size_t begin = 0; begin < inside.size();)
  {
    const void * const first = std::memchr(bytes + begin, 1, inside.size() - begin);
    if (first == nullptr)
    {
      break;
    }
    begin = static_cast<size_t>(static_cast<const unsigned char *>(first) - bytes);
    const void * const after = std::memchr(bytes + begin, 0, inside.size() - begin);
    const size_t       end =
      after == nullptr ? inside.size() : static_cast<size_t>(static_cast<const unsigned char *>(after) - bytes);
    bool finite = findings.Range.Add(values + begin, end - begin);
    if (weights)
    {
      SyntheticCTDetail::PositiveRange<RealType> range;
      finite = range.Add(weights + begin, end - begin) && finite;
    }
    for (size_t i = begin; !finite && i < end && findings.Bad.empty(); ++i)
    {
      if (!SyntheticCTDetail::IsFinite(values[i]) || (weights && !std::isfinite(weights[i])))
      {
        IndexType bad = start;
        bad[0] += static_cast<IndexValueType>(i);
        findings.Bad.push_back(bad);
      }
    }
    begin = end;
  }
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::KeepVoxels(
  const IndexType &                  start,
  const std::vector<unsigned char> & inside,
  const Sampling &                   sampling,
  SizeValueType                      row,
  Estimator::Slice &                 kept) const
{
  // Doubles can be too large or too small for a float; their logarithms are not.
  using PixelType = typename InputImageType::PixelType;
  using LogType = std::conditional_t<std::is_same_v<PixelType, double>, double, float>;
  const InputImageType * input = this->GetInput();
  const RealImageType *  confidence = this->GetConfidenceImage();
  const auto *           values = input->GetBufferPointer() + input->ComputeOffset(start);
  const auto * weights = confidence ? confidence->GetBufferPointer() + confidence->ComputeOffset(start) : nullptr;
  for (SizeValueType k = 0; k < sampling.Size[0]; ++k)
  {
    const SizeValueType i = sampling.First[0] + k * sampling.Factor[0];
    if (inside[i] != 0 && values[i] > NumericTraits<PixelType>::ZeroValue())
    {
      const auto logarithm = static_cast<float>(std::log(static_cast<LogType>(values[i])));
      if (weights)
      {
        kept.Add(row, k, logarithm, weights[i]);
      }
      else
      {
        kept.Add(row, k, logarithm);
      }
    }
  }
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
bool
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::CollectVoxels(const Sampling & sampling,
                                                                                           Estimator &      estimator,
                                                                                           float progressWeight)
{
  const InputImageType * input = this->GetInput();
  const RealImageType *  confidence = this->GetConfidenceImage();
  const auto             region = input->GetLargestPossibleRegion();
  const auto             isKept = [&](unsigned int d, SizeValueType i) {
    return i >= sampling.First[d] && (i - sampling.First[d]) % sampling.Factor[d] == 0 &&
           (i - sampling.First[d]) / sampling.Factor[d] < sampling.Size[d];
  };

  std::vector<SliceFindings> slices(region.GetSize(ImageDimension - 1));
  SyntheticCTDetail::ParallelizeSlices(this, region, progressWeight, [&](SizeValueType s, const auto & slice) {
    SliceFindings              findings;
    std::vector<unsigned char> inside(region.GetSize(0));
    const bool                 sliceIsKept = isKept(ImageDimension - 1, s);
    const SizeValueType        rows = ImageDimension == 2 ? 1 : region.GetSize(1);
    for (SizeValueType j = 0; j < rows; ++j)
    {
      IndexType start = slice.GetIndex();
      if (ImageDimension > 2)
      {
        start[1] += static_cast<IndexValueType>(j);
      }
      this->FindInside(start, inside);
      this->FindRange(start, inside, findings);
      if (!sliceIsKept || !findings.Bad.empty() || (ImageDimension > 2 && !isKept(1, j)))
      {
        continue;
      }
      auto & kept = estimator.GetSlice((s - sampling.First[ImageDimension - 1]) / sampling.Factor[ImageDimension - 1]);
      const SizeValueType row = ImageDimension == 2 ? 0 : (j - sampling.First[1]) / sampling.Factor[1];
      this->KeepVoxels(start, inside, sampling, row, kept);
    }
    slices[s] = std::move(findings);
  });

  SyntheticCTDetail::PositiveRange<typename InputImageType::PixelType> range;
  for (const SliceFindings & findings : slices)
  {
    if (!findings.Bad.empty())
    {
      const IndexType & bad = findings.Bad[0];
      const char *      where = this->GetMaskImage() ? ", inside the mask," : "";
      if (SyntheticCTDetail::IsFinite(input->GetPixel(bad)))
      {
        itkSyntheticCTExceptionMacro("The confidence at index " << bad << " is " << confidence->GetPixel(bad) << where
                                                                << " and should be a finite number");
      }
      itkSyntheticCTExceptionMacro("The voxel at index " << bad << " is " << input->GetPixel(bad) << where
                                                         << " and should be a finite number");
    }
    range.Add(findings.Range);
  }
  const auto minimum = static_cast<double>(range.GetMinimum());
  const auto maximum = static_cast<double>(range.GetMaximum());
  if (minimum > maximum)
  {
    itkSyntheticCTExceptionMacro("No voxel " << (this->GetMaskImage() ? "inside the mask " : "")
                                             << "is positive, so there is no log field to find");
  }
  if (estimator.GetNumberOfVoxels() == 0)
  {
    if (m_TargetSpacing > 0.0)
    {
      itkSyntheticCTExceptionMacro("No voxel that takes part is left with TargetSpacing "
                                   << m_TargetSpacing << " mm, which should be smaller");
    }
    itkSyntheticCTExceptionMacro("No voxel that takes part is left with ShrinkFactor " << m_ShrinkFactor
                                                                                       << ", which should be smaller");
  }
  m_RescaleSlope = maximum - minimum;
  m_RescaleOffset = minimum;
  return minimum < maximum;
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
bool
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::EstimateIsCurrent() const
{
  ModifiedTimeType newest = this->GetMTime();
  const auto       look = [&newest](const DataObject * data) {
    if (data)
    {
      newest = std::max({ newest, data->GetMTime(), data->GetUpdateMTime(), data->GetPipelineMTime() });
    }
  };
  look(this->GetInput());
  look(this->GetMaskImage());
  look(this->GetConfidenceImage());
  return !m_Lattice.empty() && m_EstimateTime.GetMTime() > newest;
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::Estimate(float progressWeight)
{
  const float start = this->GetProgress();
  m_Lattice.clear();
  m_CurrentLevel = 0;
  m_ElapsedIterations = 0;
  m_CurrentConvergenceMeasurement = 0.0F;

  const Sampling        sampling = this->MakeSampling();
  Estimator::Parameters parameters;
  parameters.HistogramBins = m_NumberOfHistogramBins;
  parameters.WienerFilterNoise = static_cast<double>(m_WienerFilterNoise);
  parameters.FullWidthAtHalfMaximum = static_cast<double>(m_BiasFieldFullWidthAtHalfMaximum);
  parameters.Iterations.assign(m_MaximumNumberOfIterations.begin(), m_MaximumNumberOfIterations.end());
  parameters.ConvergenceThreshold = static_cast<double>(m_ConvergenceThreshold);
  Estimator  estimator(sampling.Axes, parameters);
  const bool varies = this->CollectVoxels(sampling, estimator, 0.05F * progressWeight);
  if (!varies)
  {
    itkSyntheticCTWarningMacro("The image is constant where it takes part, so there is no field to find");
  }

  const float begin = this->GetProgress();
  const float end = start + progressWeight * (m_RescaleIntensities ? 0.9F : 1.0F);
  const float iterations = std::max<float>(1.0F, static_cast<float>(m_MaximumNumberOfIterations.sum()));
  float       before = 0.0F;
  if (varies)
  {
    MultiThreaderBase * threader = this->GetMultiThreader();
    threader->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
    estimator.Estimate(
      [=](size_t count, const std::function<void(size_t)> & function) {
        threader->ParallelizeArray(
          0, count, [&function](SizeValueType i) { function(i); }, nullptr);
      },
      [&] {
        if (estimator.GetLevel() != m_CurrentLevel)
        {
          before += static_cast<float>(m_MaximumNumberOfIterations[m_CurrentLevel]);
          m_CurrentLevel = estimator.GetLevel();
        }
        m_ElapsedIterations = estimator.GetIteration();
        m_CurrentConvergenceMeasurement = static_cast<RealType>(estimator.GetConvergence());
        const float done = before + static_cast<float>(m_ElapsedIterations);
        this->UpdateProgress(begin + (end - begin) * done / iterations);
        this->InvokeEvent(IterationEvent());
        SyntheticCTDetail::ThrowIfAborted(this);
      });
  }
  m_Lattice = estimator.GetLattice();
  m_ControlPoints = estimator.GetControlPoints();
  this->MakeLatticeImage(sampling);
  this->UpdateProgress(end);

  if (m_RescaleIntensities)
  {
    const InputImageType * input = this->GetInput();
    const auto             region = input->GetLargestPossibleRegion();
    const double           range = m_RescaleSlope;
    const double           minimum = m_RescaleOffset;
    // The smallest and the largest corrected value of each slice.
    std::vector<std::pair<double, double>> slices(
      region.GetSize(ImageDimension - 1),
      { std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest() });
    this->ForEachRow(
      region, 0.1F * progressWeight, [&](const IndexType & rowStart, const auto &, const auto & factors) {
        std::vector<unsigned char> inside(factors.size());
        this->FindInside(rowStart, inside);
        const auto * values = input->GetBufferPointer() + input->ComputeOffset(rowStart);
        auto & slice = slices[static_cast<size_t>(rowStart[ImageDimension - 1] - region.GetIndex(ImageDimension - 1))];
        for (size_t i = 0; i < inside.size(); ++i)
        {
          const auto value = static_cast<double>(values[i]);
          if (inside[i] != 0 && value > 0.0)
          {
            slice.first = std::min(slice.first, value * factors[i]);
            slice.second = std::max(slice.second, value * factors[i]);
          }
        }
      });
    double low = std::numeric_limits<double>::max();
    double high = std::numeric_limits<double>::lowest();
    for (const auto & slice : slices)
    {
      low = std::min(low, slice.first);
      high = std::max(high, slice.second);
    }
    m_RescaleSlope = high > low ? range / (high - low) : 1.0;
    m_RescaleOffset = minimum - m_RescaleSlope * low;
  }
  else
  {
    m_RescaleSlope = 1.0;
    m_RescaleOffset = 0.0;
  }
  m_EstimateTime.Modified();
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::MakeLatticeImage(const Sampling & sampling)
{
  const InputImageType *                                 input = this->GetInput();
  typename BiasFieldControlPointLatticeType::SizeType    size;
  typename BiasFieldControlPointLatticeType::SpacingType spacing;
  ContinuousIndex<double, ImageDimension>                position;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    const Estimator::Axis & axis = sampling.Axes[EstimatorAxis(d)];
    size[d] = m_ControlPoints[EstimatorAxis(d)];
    // In voxels of the input: the length of a span, and the start of the domain. The first control point is the middle
    // of a function that begins SplineOrder spans before it and ends after the first span.
    const auto   factor = static_cast<double>(sampling.Factor[d]);
    const auto   refinement = static_cast<double>(size[d] - m_SplineOrder) / static_cast<double>(axis.Spans);
    const double span = factor / (axis.Step * refinement);
    const double begin = static_cast<double>(sampling.First[d]) - factor * axis.First / axis.Step;
    spacing[d] = span * input->GetSpacing()[d];
    position[d] = static_cast<double>(input->GetLargestPossibleRegion().GetIndex(d)) + begin -
                  0.5 * (static_cast<double>(m_SplineOrder) - 1.0) * span;
  }
  typename BiasFieldControlPointLatticeType::PointType origin;
  input->TransformContinuousIndexToPhysicalPoint(position, origin);
  m_LogBiasFieldControlPointLattice = BiasFieldControlPointLatticeType::New();
  m_LogBiasFieldControlPointLattice->SetRegions(size);
  m_LogBiasFieldControlPointLattice->SetSpacing(spacing);
  m_LogBiasFieldControlPointLattice->SetOrigin(origin);
  m_LogBiasFieldControlPointLattice->SetDirection(input->GetDirection());
  m_LogBiasFieldControlPointLattice->Allocate();
  auto value = m_Lattice.begin();
  for (ImageRegionIterator<BiasFieldControlPointLatticeType> it(
         m_LogBiasFieldControlPointLattice, m_LogBiasFieldControlPointLattice->GetLargestPossibleRegion());
       !it.IsAtEnd();
       ++it, ++value)
  {
    ScalarType controlPoint;
    controlPoint[0] = static_cast<RealType>(*value);
    it.Set(controlPoint);
  }
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
template <typename TFunction>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::EvaluateLattice(
  const std::vector<double> &   lattice,
  const std::array<size_t, 3> & controlPoints,
  const OutputImageRegionType & region,
  float                         progressWeight,
  const TFunction &             function)
{
  using SyntheticCTDetail::BSplineBasis;
  const Sampling              sampling = this->MakeSampling();
  const auto                  whole = this->GetInput()->GetLargestPossibleRegion();
  std::array<BSplineBasis, 3> bases{ { SyntheticCTDetail::MakeBSplineBasis(0, 1, { 0.0 }),
                                       SyntheticCTDetail::MakeBSplineBasis(0, 1, { 0.0 }),
                                       SyntheticCTDetail::MakeBSplineBasis(0, 1, { 0.0 }) } };
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    const Estimator::Axis & axis = sampling.Axes[EstimatorAxis(d)];
    const size_t            spans = controlPoints[EstimatorAxis(d)] - m_SplineOrder;
    const double            refinement = static_cast<double>(spans) / static_cast<double>(axis.Spans);
    std::vector<double>     places(region.GetSize(d));
    for (SizeValueType i = 0; i < region.GetSize(d); ++i)
    {
      const auto   voxel = static_cast<double>(region.GetIndex(d) - whole.GetIndex(d)) + static_cast<double>(i);
      const double kept = (voxel - static_cast<double>(sampling.First[d])) / static_cast<double>(sampling.Factor[d]);
      const double inside = std::min(std::max(kept, 0.0), static_cast<double>(sampling.Size[d] - 1));
      places[i] = refinement * (axis.First + axis.Step * inside);
    }
    bases[EstimatorAxis(d)] = SyntheticCTDetail::MakeBSplineBasis(m_SplineOrder, spans, places);
  }
  const SyntheticCTDetail::SeparableBSpline<double> field(lattice, bases);
  SyntheticCTDetail::ParallelizeSlices(this, region, progressWeight, [&](SizeValueType s, const auto & slice) {
    const std::vector<double> lines = field.MakeSlice(s);
    std::vector<double>       row(region.GetSize(0));
    const SizeValueType       rows = ImageDimension == 2 ? 1 : region.GetSize(1);
    for (SizeValueType j = 0; j < rows; ++j)
    {
      IndexType start = slice.GetIndex();
      if (ImageDimension > 2)
      {
        start[1] += static_cast<IndexValueType>(j);
      }
      field.EvaluateRow(lines, j, 0, row.size(), row.data());
      function(start, row);
    }
  });
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
template <typename TFunction>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::ForEachRow(
  const OutputImageRegionType & region, float progressWeight, const TFunction & function)
{
  this->EvaluateLattice(
    m_Lattice, m_ControlPoints, region, progressWeight, [&](const IndexType & start, std::vector<double> & field) {
      // The log field is an output of floats, and correction is by what it says.
      for (double & value : field)
      {
        value = static_cast<double>(static_cast<RealType>(value));
      }
      std::vector<double> factors(field.size());
      SyntheticCTDetail::ExponentialOfNegative(field.data(), field.size(), factors.data());
      function(start, field, factors);
    });
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
auto
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::ReconstructBiasField(
  const BiasFieldControlPointLatticeType * lattice) -> RealImagePointer
{
  const auto            size = lattice->GetLargestPossibleRegion().GetSize();
  std::array<size_t, 3> controlPoints{ { 1, 1, 1 } };
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    if (size[d] <= m_SplineOrder)
    {
      itkSyntheticCTExceptionMacro("The lattice has the size " << size << " and should have more than SplineOrder ("
                                                               << m_SplineOrder << ") control points along each axis");
    }
    controlPoints[EstimatorAxis(d)] = size[d];
  }
  std::vector<double> values;
  values.reserve(lattice->GetLargestPossibleRegion().GetNumberOfPixels());
  for (ImageRegionConstIterator<BiasFieldControlPointLatticeType> it(lattice, lattice->GetLargestPossibleRegion());
       !it.IsAtEnd();
       ++it)
  {
    values.push_back(static_cast<double>(it.Get()[0]));
  }
  const auto image = RealImageType::New();
  image->CopyInformation(this->GetInput());
  image->SetRegions(this->GetInput()->GetLargestPossibleRegion());
  image->Allocate();
  this->EvaluateLattice(values,
                        controlPoints,
                        image->GetLargestPossibleRegion(),
                        0.0F,
                        [&](const IndexType & start, const std::vector<double> & field) {
                          std::copy(
                            field.begin(), field.end(), image->GetBufferPointer() + image->ComputeOffset(start));
                        });
  return image;
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::GenerateData()
{
  OutputImageType * output = this->GetOutput();
  RealImageType *   log = this->GetLogBiasField();
  RealImageType *   bias = this->GetBiasField();
  const auto        region = output->GetRequestedRegion();
  output->SetBufferedRegion(region);
  output->Allocate();
  log->SetBufferedRegion(region);
  log->Allocate();
  if (m_ComputeBiasField)
  {
    bias->SetBufferedRegion(region);
    bias->Allocate();
  }
  else
  {
    bias->Initialize();
  }

  constexpr float estimationWeight = 0.9F;
  if (!this->EstimateIsCurrent())
  {
    this->Estimate(estimationWeight);
  }
  this->UpdateProgress(estimationWeight);

  const InputImageType * input = this->GetInput();
  this->ForEachRow(
    region,
    1.0F - estimationWeight,
    [&](const IndexType & start, const std::vector<double> & field, const std::vector<double> & factors) {
      const size_t width = field.size();
      const auto * values = input->GetBufferPointer() + input->ComputeOffset(start);
      auto *       corrected = output->GetBufferPointer() + output->ComputeOffset(start);
      for (size_t i = 0; i < width; ++i)
      {
        corrected[i] = SyntheticCTDetail::PixelFromReal<OutputPixelType>(
          m_RescaleOffset + m_RescaleSlope * (static_cast<double>(values[i]) * factors[i]));
      }
      if (!m_CorrectOutsideMask)
      {
        std::vector<unsigned char> inside(width);
        this->FindInside(start, inside);
        for (size_t i = 0; i < width; ++i)
        {
          const auto value = static_cast<double>(values[i]);
          if (inside[i] == 0 || !(value > 0.0))
          {
            corrected[i] = SyntheticCTDetail::PixelFromReal<OutputPixelType>(value);
          }
        }
      }
      std::copy(field.begin(), field.end(), log->GetBufferPointer() + log->ComputeOffset(start));
      if (m_ComputeBiasField)
      {
        RealType * out = bias->GetBufferPointer() + bias->ComputeOffset(start);
        for (size_t i = 0; i < width; ++i)
        {
          out[i] = static_cast<RealType>(1.0 / factors[i]);
        }
      }
    });
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::PrintSelf(std::ostream & os,
                                                                                       Indent         indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "MaskLabel: " << +m_MaskLabel << std::endl;
  os << indent << "UseMaskLabel: " << (m_UseMaskLabel ? "On" : "Off") << std::endl;
  os << indent << "ShrinkFactor: " << m_ShrinkFactor << std::endl;
  os << indent << "TargetSpacing: " << m_TargetSpacing << std::endl;
  os << indent << "SplineDistance: " << m_SplineDistance << std::endl;
  os << indent << "NumberOfHistogramBins: " << m_NumberOfHistogramBins << std::endl;
  os << indent << "WienerFilterNoise: " << m_WienerFilterNoise << std::endl;
  os << indent << "BiasFieldFullWidthAtHalfMaximum: " << m_BiasFieldFullWidthAtHalfMaximum << std::endl;
  os << indent << "SplineOrder: " << m_SplineOrder << std::endl;
  os << indent << "NumberOfControlPoints: " << m_NumberOfControlPoints << std::endl;
  os << indent << "NumberOfFittingLevels: " << m_NumberOfFittingLevels << std::endl;
  os << indent << "MaximumNumberOfIterations: " << m_MaximumNumberOfIterations << std::endl;
  os << indent << "ConvergenceThreshold: " << m_ConvergenceThreshold << std::endl;
  os << indent << "CorrectOutsideMask: " << (m_CorrectOutsideMask ? "On" : "Off") << std::endl;
  os << indent << "RescaleIntensities: " << (m_RescaleIntensities ? "On" : "Off") << std::endl;
  os << indent << "ComputeBiasField: " << (m_ComputeBiasField ? "On" : "Off") << std::endl;
  os << indent << "CurrentLevel: " << m_CurrentLevel << std::endl;
  os << indent << "ElapsedIterations: " << m_ElapsedIterations << std::endl;
  os << indent << "CurrentConvergenceMeasurement: " << m_CurrentConvergenceMeasurement << std::endl;
  os << indent << "Number of control points found: " << m_Lattice.size() << std::endl;
  os << indent << "RescaleSlope: " << m_RescaleSlope << std::endl;
  os << indent << "RescaleOffset: " << m_RescaleOffset << std::endl;
  itkPrintSelfObjectMacro(LogBiasFieldControlPointLattice);
}

} // namespace itk

#endif
