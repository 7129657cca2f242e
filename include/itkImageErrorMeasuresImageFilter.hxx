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
#ifndef itkImageErrorMeasuresImageFilter_hxx
#define itkImageErrorMeasuresImageFilter_hxx

#include "itkImageErrorMeasuresImageFilter.h"

#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "itkMath.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <sstream>

namespace itk
{

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::
  ImageErrorMeasuresImageFilter()
{
  this->AddOptionalInputName("LabelImage", 3);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
auto
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::MakePeak() const -> Peak
{
  switch (m_PeakSignalToNoiseRatioDefinition)
  {
    case PeakSignalToNoiseRatioDefinitionEnum::SynthRAD2023:
      return { -1024.0, 3000.0, 4024.0, false };
    case PeakSignalToNoiseRatioDefinitionEnum::SynthRAD2025:
      return { -1024.0, 3071.0, 4095.0, false };
    case PeakSignalToNoiseRatioDefinitionEnum::BackgroundSet:
      return { -1000.0, 3000.0, 4000.0, true };
    default:
      return { -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity(), m_DataRange, false };
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetPeakDataRange() const
{
  this->VerifyResults();
  return m_Peak.DataRange;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetPeakWindowMinimum() const
{
  this->VerifyResults();
  return m_Peak.Minimum;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetPeakWindowMaximum() const
{
  this->VerifyResults();
  return m_Peak.Maximum;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
bool
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::NeedsHounsfieldUnits() const
{
  // A user who states an L of normalized images and wants no region of HU knows what they are in.
  constexpr double largestNormalizedRange = 4.0;
  return m_ComputeRegions || m_PeakSignalToNoiseRatioDefinition != PeakSignalToNoiseRatioDefinitionEnum::Unclipped ||
         m_DataRange == 0.0 || m_DataRange > largestNormalizedRange;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::LabelSums::Join(
  const LabelSums & other)
{
  for (const auto & each : other.Measured)
  {
    Measured[each.first].Join(each.second);
  }
  OtherAbsoluteError += other.OtherAbsoluteError;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  if (!(m_DataRange >= 0.0) || std::isinf(m_DataRange))
  {
    itkSyntheticCTExceptionMacro(
      "DataRange is " << m_DataRange << " but should be a number larger than 0, or 0 for that of the definition.");
  }
  if (m_PeakSignalToNoiseRatioDefinition > PeakSignalToNoiseRatioDefinitionEnum::BackgroundSet)
  {
    itkSyntheticCTExceptionMacro("PeakSignalToNoiseRatioDefinition is " << m_PeakSignalToNoiseRatioDefinition << '.');
  }
  if (m_SlicePlane != PlaneEnum::Axial && m_SlicePlane != PlaneEnum::Coronal && m_SlicePlane != PlaneEnum::Sagittal)
  {
    itkSyntheticCTExceptionMacro("SlicePlane is " << m_SlicePlane << " but should be Axial, Coronal or Sagittal.");
  }
  if (!m_Labels.empty() && this->GetLabelImage() == nullptr)
  {
    itkSyntheticCTExceptionMacro("There are Labels but no LabelImage.");
  }
  LabelsType sorted = m_Labels;
  std::sort(sorted.begin(), sorted.end());
  const auto twin = std::adjacent_find(sorted.begin(), sorted.end());
  if (twin != sorted.end())
  {
    itkSyntheticCTExceptionMacro("Labels has the label "
                                 << static_cast<typename NumericTraits<LabelType>::PrintType>(*twin)
                                 << " more than once.");
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::VerifyInputInformation() const
{
  Superclass::VerifyInputInformation();
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(
    this, this->GetReferenceImage(), this->GetLabelImage(), "LabelImage");
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::BeforeStreamedGenerateData()
{
  Superclass::BeforeStreamedGenerateData();

  m_Peak = this->MakePeak();
  m_Rules.Clip = { this->GetWindowMinimum(), this->GetWindowMaximum() };
  m_Rules.Peak = { m_Peak.Minimum, m_Peak.Maximum };
  for (size_t i = 0; i < m_Rules.Regions.size(); ++i)
  {
    m_Rules.Regions[i] = { this->GetBounds()[i].Lower, this->GetBounds()[i].Upper };
  }

  const RegionType & region = this->GetReferenceImage()->GetLargestPossibleRegion();
  m_SliceAxis = AnatomicalSliceAxis(m_SlicePlane, this->GetReferenceImage()->GetDirection());
  m_NumberOfImageVoxels = region.GetNumberOfPixels();
  m_Total = RegionSums{};
  m_Slices.clear();
  if (m_ComputeSlices)
  {
    m_Slices.resize(m_SliceAxis < ImageDimension ? region.GetSize(m_SliceAxis) : 1);
  }
  m_ArraySlices.assign(region.GetSize(ImageDimension - 1), RegionSums{});
  m_ArraySliceLabels.assign(m_ArraySlices.size(), LabelSums{});
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::StreamedGenerateData(
  unsigned int inputRequestedRegionNumber)
{
  Superclass::StreamedGenerateData(inputRequestedRegionNumber);
  if (m_ComputeSlices && m_SliceAxis + 1 < ImageDimension)
  {
    this->MeasureSlices(this->GetSlab(inputRequestedRegionNumber));
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::ThreadedStreamedGenerateData(
  const RegionType & sliceRegion)
{
  using namespace SyntheticCTDetail;
  Accumulator accumulator(m_Rules, m_ComputeRegions);
  ForEachPiece(this->GetReferenceImage(), sliceRegion, [&](const auto & index, size_t length) {
    accumulator.AddLine(VoxelsFrom(this->GetReferenceImage(), index),
                        VoxelsFrom(this->GetSyntheticImage(), index),
                        VoxelsFrom(this->GetMaskImage(), index),
                        length);
  });
  const size_t slice = this->NumberOfSlice(sliceRegion);
  m_ArraySlices[slice] = accumulator.Finish();
  if (this->GetLabelImage() != nullptr)
  {
    m_ArraySliceLabels[slice] = this->MeasureLabels(sliceRegion);
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
auto
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::MeasureLabels(
  const RegionType & sliceRegion) const -> LabelSums
{
  using namespace SyntheticCTDetail;
  // No accumulator: a label that is not measured.
  std::map<LabelType, std::unique_ptr<Accumulator>> accumulators;
  const auto                                        accumulatorOf = [&](LabelType label) {
    const auto found = accumulators.find(label);
    if (found != accumulators.end())
    {
      return found->second.get();
    }
    const bool isMeasured = m_Labels.empty() ? label != NumericTraits<LabelType>::ZeroValue()
                                                                                    : std::find(m_Labels.begin(), m_Labels.end(), label) != m_Labels.end();
    return accumulators.emplace(label, isMeasured ? new Accumulator(m_Rules, false) : nullptr).first->second.get();
  };
  LabelSums sums;
  ForEachPiece(this->GetReferenceImage(), sliceRegion, [&](const auto & index, size_t length) {
    const auto * const labels = VoxelsFrom(this->GetLabelImage(), index);
    const auto * const reference = VoxelsFrom(this->GetReferenceImage(), index);
    const auto * const synthetic = VoxelsFrom(this->GetSyntheticImage(), index);
    const auto * const mask = VoxelsFrom(this->GetMaskImage(), index);
    for (size_t begin = 0; begin < length;)
    {
      size_t end = begin + 1;
      while (end < length && labels[end] == labels[begin])
      {
        ++end;
      }
      if (Accumulator * const accumulator = accumulatorOf(labels[begin]))
      {
        accumulator->AddLine(reference + begin, synthetic + begin, mask == nullptr ? mask : mask + begin, end - begin);
      }
      else
      {
        for (size_t i = begin; i < end; ++i)
        {
          if (mask == nullptr ||
              Math::NotExactlyEquals(mask[i], NumericTraits<typename MaskImageType::PixelType>::ZeroValue()))
          {
            sums.OtherAbsoluteError += std::abs(static_cast<double>(synthetic[i]) - static_cast<double>(reference[i]));
          }
        }
      }
      begin = end;
    }
  });
  for (const auto & each : accumulators)
  {
    if (each.second != nullptr)
    {
      const Sums body = each.second->Finish().Regions[0];
      if (body.Count != 0)
      {
        sums.Measured.emplace(each.first, body);
      }
    }
  }
  return sums;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::MeasureSlices(
  const RegionType & slab)
{
  using namespace SyntheticCTDetail;
  // Neighbours in memory are read together.
  const SizeValueType slicesPerTask = m_SliceAxis == 0 ? PairedRun::BlockLength : 1;
  const SizeValueType numberOfSlices = slab.GetSize(m_SliceAxis);
  ParallelizeArray(this, (numberOfSlices + slicesPerTask - 1) / slicesPerTask, 0.0F, [&](SizeValueType task) {
    const SizeValueType first = task * slicesPerTask;
    const SizeValueType count = std::min(slicesPerTask, numberOfSlices - first);
    RegionType          part = slab;
    part.SetIndex(m_SliceAxis, slab.GetIndex(m_SliceAxis) + static_cast<IndexValueType>(first));
    part.SetSize(m_SliceAxis, count);
    std::vector<Accumulator> accumulators;
    for (SizeValueType i = 0; i < count; ++i)
    {
      accumulators.emplace_back(m_Rules, m_ComputeRegions);
    }
    for (SizeValueType k = 0; k < slab.GetSize(ImageDimension - 1); ++k)
    {
      ForEachPiece(
        this->GetReferenceImage(), SliceOfRegion(part, ImageDimension - 1, k), [&](const auto & index, size_t length) {
          const auto * const reference = VoxelsFrom(this->GetReferenceImage(), index);
          const auto * const synthetic = VoxelsFrom(this->GetSyntheticImage(), index);
          const auto * const mask = VoxelsFrom(this->GetMaskImage(), index);
          if (m_SliceAxis != 0)
          {
            accumulators[0].AddLine(reference, synthetic, mask, length);
            return;
          }
          // A piece has several lines when they are as short as the image is wide.
          for (size_t line = 0; line < length; line += count)
          {
            for (size_t i = line; i < line + count; ++i)
            {
              accumulators[i - line].AddLine(reference + i, synthetic + i, mask == nullptr ? mask : mask + i, 1);
            }
          }
        });
      // Joined after every slice of the last axis, so that the result does not depend on where slabs end.
      for (SizeValueType i = 0; i < count; ++i)
      {
        m_Slices[first + i].Join(accumulators[i].Finish());
      }
    }
  });
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::AfterStreamedGenerateData()
{
  Superclass::AfterStreamedGenerateData();

  if (m_DataRange != 0.0 && m_DataRange != m_Peak.DataRange)
  {
    std::ostringstream remark;
    remark << "DataRange is " << m_DataRange << " but not used: the PSNR of " << m_PeakSignalToNoiseRatioDefinition
           << " has its own, " << m_Peak.DataRange;
    this->AddRemark(remark.str());
  }

  m_LabelSums = LabelSums{};
  for (size_t slice = 0; slice < m_ArraySlices.size(); ++slice)
  {
    m_Total.Join(m_ArraySlices[slice]);
    m_LabelSums.Join(m_ArraySliceLabels[slice]);
  }
  if (m_ComputeSlices && m_SliceAxis >= ImageDimension)
  {
    m_Slices[0] = m_Total;
  }
  else if (m_ComputeSlices && m_SliceAxis + 1 == ImageDimension)
  {
    m_Slices.swap(m_ArraySlices);
  }
  m_ArraySlices.clear();
  m_ArraySliceLabels.clear();

  m_AreLabelsChosen = !m_Labels.empty();
  m_MeasuredLabels = m_Labels;
  if (!m_AreLabelsChosen)
  {
    for (const auto & each : m_LabelSums.Measured)
    {
      m_MeasuredLabels.push_back(each.first);
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::MeasureOf(
  const Sums & sums, ErrorMeasureEnum measure, SizeValueType numberOfAll) const
{
  // Zero voxels give 0/0, which is the NaN that an empty region should have.
  const auto count = static_cast<double>(sums.Count);
  switch (measure)
  {
    case ErrorMeasureEnum::MeanError:
      return sums.Error / count;
    case ErrorMeasureEnum::MeanAbsoluteError:
      return sums.AbsoluteError / count;
    case ErrorMeasureEnum::MeanSquaredError:
      return sums.SquaredError / count;
    case ErrorMeasureEnum::RootMeanSquaredError:
      return std::sqrt(sums.SquaredError / count);
    case ErrorMeasureEnum::PeakSignalToNoiseRatio:
    {
      const double range = m_Peak.DataRange;
      if (!(range > 0.0))
      {
        itkSyntheticCTExceptionMacro("DataRange was "
                                     << range << " but the data range L of the PSNR should be stated, such as 4000.");
      }
      const double meanSquaredError =
        sums.PeakSquaredError / (sums.Count == 0 ? count : static_cast<double>(numberOfAll));
      return meanSquaredError == 0.0 ? std::numeric_limits<double>::infinity()
                                     : 10.0 * std::log10(range * range / meanSquaredError);
    }
    case ErrorMeasureEnum::PearsonCorrelation:
    {
      const double deviations = std::sqrt(sums.ReferenceMoment) * std::sqrt(sums.SyntheticMoment);
      // Rounding must not lead out of [-1, 1].
      return deviations == 0.0 ? std::numeric_limits<double>::quiet_NaN()
                               : std::clamp(sums.JointMoment / deviations, -1.0, 1.0);
    }
    case ErrorMeasureEnum::ErrorStandardDeviation:
    {
      // Where the error is larger than the images vary, squares lose more digits than moments, and else moments do.
      const double moments = sums.ReferenceMoment + sums.SyntheticMoment;
      const double sum = sums.SquaredError > moments ? moments - 2.0 * sums.JointMoment : sums.ErrorMoment;
      return std::sqrt(std::max(sum, 0.0) / count);
    }
    default:
      itkSyntheticCTExceptionMacro("There is no measure " << measure << '.');
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
SizeValueType
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::NumberOfPeakVoxels(
  HounsfieldRegionEnum region, const Sums & sums, SizeValueType numberOfAll) const
{
  return m_Peak.WithBackground && region == HounsfieldRegionEnum::Body ? numberOfAll : sums.Count;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
SizeValueType
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetNumberOfVoxels(
  HounsfieldRegionEnum region) const
{
  this->VerifyResults();
  return m_Total.Regions[this->IndexOf(region)].Count;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetMeasure(
  ErrorMeasureEnum measure, HounsfieldRegionEnum region) const
{
  this->VerifyResults();
  const Sums & sums = m_Total.Regions[this->IndexOf(region)];
  return this->MeasureOf(sums, measure, this->NumberOfPeakVoxels(region, sums, m_NumberOfImageVoxels));
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetWeightedMeanAbsoluteError(
  HounsfieldRegionEnum region) const
{
  this->VerifyResults();
  const size_t index = this->BoundedIndexOf(region);
  const Sums & sums = m_Total.Regions[index + 1];
  const auto   bodyCount = static_cast<double>(m_Total.Regions[0].Count);
  const auto   count = static_cast<double>(sums.Count);
  const double restCount = bodyCount - count;
  return restCount / bodyCount * (sums.AbsoluteError / count) +
         count / bodyCount * (m_Total.RestAbsoluteErrors[index] / restCount);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
auto
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::SumsOfLabel(
  LabelType label) const -> const Sums &
{
  this->VerifyResults();
  const bool isMeasured = std::find(m_MeasuredLabels.begin(), m_MeasuredLabels.end(), label) != m_MeasuredLabels.end();
  // Zero is never found.
  if (!isMeasured && (m_AreLabelsChosen || label == NumericTraits<LabelType>::ZeroValue()))
  {
    itkSyntheticCTExceptionMacro(
      "The label " << static_cast<typename NumericTraits<LabelType>::PrintType>(label) << " was not measured"
                   << (m_AreLabelsChosen ? ": it is not one of Labels." : ", as it is the background."));
  }
  static const Sums empty;
  const auto        found = m_LabelSums.Measured.find(label);
  return found == m_LabelSums.Measured.end() ? empty : found->second;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
auto
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetNthLabel(
  SizeValueType i) const -> LabelType
{
  this->VerifyResults();
  if (i >= m_MeasuredLabels.size())
  {
    itkSyntheticCTExceptionMacro("There is no label with index " << i << ": the last Update() measured "
                                                                 << m_MeasuredLabels.size() << '.');
  }
  return m_MeasuredLabels[i];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
SizeValueType
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetLabelNumberOfVoxels(
  LabelType label) const
{
  return this->SumsOfLabel(label).Count;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetLabelMeasure(
  LabelType label, ErrorMeasureEnum measure) const
{
  const Sums & sums = this->SumsOfLabel(label);
  return this->MeasureOf(sums, measure, sums.Count);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::
  GetLabelWeightedMeanAbsoluteError(LabelType label) const
{
  const Sums & sums = this->SumsOfLabel(label);
  // Summed on its own: the difference of two sums would have no digits left where a label is nearly the whole body.
  double rest = m_LabelSums.OtherAbsoluteError;
  for (const auto & each : m_LabelSums.Measured)
  {
    rest += each.first == label ? 0.0 : each.second.AbsoluteError;
  }
  const auto   bodyCount = static_cast<double>(m_Total.Regions[0].Count);
  const auto   count = static_cast<double>(sums.Count);
  const double restCount = bodyCount - count;
  return restCount / bodyCount * (sums.AbsoluteError / count) + count / bodyCount * (rest / restCount);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
auto
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::SumsOfSlice(
  SizeValueType slice, HounsfieldRegionEnum region) const -> const Sums &
{
  this->VerifyResults();
  if (slice >= m_Slices.size())
  {
    itkSyntheticCTExceptionMacro("There is no slice " << slice << ": the last Update() measured " << m_Slices.size()
                                                      << '.');
  }
  return m_Slices[slice].Regions[this->IndexOf(region)];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
SizeValueType
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetSliceNumberOfVoxels(
  SizeValueType slice, HounsfieldRegionEnum region) const
{
  return this->SumsOfSlice(slice, region).Count;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetSliceMeasure(
  SizeValueType slice, ErrorMeasureEnum measure, HounsfieldRegionEnum region) const
{
  const Sums & sums = this->SumsOfSlice(slice, region);
  return this->MeasureOf(
    sums, measure, this->NumberOfPeakVoxels(region, sums, m_NumberOfImageVoxels / m_Slices.size()));
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
SizeValueType
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetNumberOfDefinedSlices(
  ErrorMeasureEnum measure, HounsfieldRegionEnum region) const
{
  this->VerifyResults();
  SizeValueType count = 0;
  for (SizeValueType slice = 0; slice < m_Slices.size(); ++slice)
  {
    count += std::isfinite(this->GetSliceMeasure(slice, measure, region)) ? 1 : 0;
  }
  return count;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::GetSliceMean(
  ErrorMeasureEnum measure, HounsfieldRegionEnum region) const
{
  double sum = 0.0;
  for (SizeValueType slice = 0; slice < m_Slices.size(); ++slice)
  {
    const double value = this->GetSliceMeasure(slice, measure, region);
    sum += std::isfinite(value) ? value : 0.0;
  }
  // No slice gives 0/0, NaN.
  return sum / static_cast<double>(this->GetNumberOfDefinedSlices(measure, region));
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TLabelImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TLabelImage>::PrintSelf(std::ostream & os,
                                                                                                    Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "Labels:";
  for (const LabelType label : m_Labels)
  {
    os << ' ' << static_cast<typename NumericTraits<LabelType>::PrintType>(label);
  }
  os << std::endl;
  os << indent << "ComputeRegions: " << m_ComputeRegions << std::endl;
  os << indent << "ComputeSlices: " << m_ComputeSlices << std::endl;
  os << indent << "SlicePlane: " << m_SlicePlane << std::endl;
  os << indent << "PeakSignalToNoiseRatioDefinition: " << m_PeakSignalToNoiseRatioDefinition << std::endl;
  os << indent << "DataRange: " << m_DataRange << std::endl;
  if (!this->HasResults())
  {
    return;
  }
  os << indent << "PeakDataRange: " << m_Peak.DataRange << std::endl;
  os << indent << "PeakWindowMinimum: " << m_Peak.Minimum << std::endl;
  os << indent << "PeakWindowMaximum: " << m_Peak.Maximum << std::endl;
  os << indent << "NumberOfLabels: " << this->GetNumberOfLabels() << std::endl;
  os << indent << "NumberOfSlices: " << this->GetNumberOfSlices() << std::endl;
  for (size_t i = 0; i < Superclass::NumberOfRegions; ++i)
  {
    const auto region = static_cast<HounsfieldRegionEnum>(i);
    os << indent << region << ": " << std::endl;
    const Indent next = indent.GetNextIndent();
    os << next << "NumberOfVoxels: " << this->GetNumberOfVoxels(region) << std::endl;
    os << next << "MeanError: " << this->GetMeanError(region) << std::endl;
    os << next << "MeanAbsoluteError: " << this->GetMeanAbsoluteError(region) << std::endl;
    os << next << "MeanSquaredError: " << this->GetMeanSquaredError(region) << std::endl;
    os << next << "ErrorStandardDeviation: " << this->GetErrorStandardDeviation(region) << std::endl;
    os << next << "PearsonCorrelation: " << this->GetPearsonCorrelation(region) << std::endl;
  }
}

} // namespace itk

#endif
