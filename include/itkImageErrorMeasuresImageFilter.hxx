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

#include "itkImageScanlineConstIterator.h"
#include "itkMath.h"
#include "itkProgressTransformer.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace itk
{

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::ImageErrorMeasuresImageFilter()
{
  this->SetPrimaryInputName("ReferenceImage");
  this->AddRequiredInputName("SyntheticImage", 1);
  this->AddOptionalInputName("MaskImage", 2);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::Sums::Join(const Sums & other)
{
  if (other.Count == 0)
  {
    return;
  }
  if (this->Count == 0)
  {
    *this = other;
    return;
  }
  const auto   count = static_cast<double>(this->Count + other.Count);
  const double share = static_cast<double>(other.Count) / count;
  const double weight = static_cast<double>(this->Count) * share;
  const double referenceShift = other.ReferenceMean - this->ReferenceMean;
  const double syntheticShift = other.SyntheticMean - this->SyntheticMean;

  this->Count += other.Count;
  this->Error += other.Error;
  this->AbsoluteError += other.AbsoluteError;
  this->SquaredError += other.SquaredError;
  this->ReferenceMean += referenceShift * share;
  this->SyntheticMean += syntheticShift * share;
  this->ReferenceMoment += other.ReferenceMoment + referenceShift * referenceShift * weight;
  this->SyntheticMoment += other.SyntheticMoment + syntheticShift * syntheticShift * weight;
  this->JointMoment += other.JointMoment + referenceShift * syntheticShift * weight;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::Run::Flush()
{
  if (m_Count == 0)
  {
    return;
  }

  // Several running sums instead of one let the compiler use vector instructions. Their order is fixed by the position
  // of a voxel in its run, and so by its slice alone.
  constexpr size_t numberOfLanes = 4;
  using Lanes = std::array<double, numberOfLanes>;
  const auto sumOf = [](const Lanes & lanes) { return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]); };
  const auto forEachVoxel = [this](const auto & function) {
    size_t i = 0;
    for (; i + numberOfLanes <= m_Count; i += numberOfLanes)
    {
      for (size_t lane = 0; lane < numberOfLanes; ++lane)
      {
        function(lane, m_Reference[i + lane], m_Synthetic[i + lane]);
      }
    }
    for (; i < m_Count; ++i)
    {
      function(0, m_Reference[i], m_Synthetic[i]);
    }
  };

  // Deviations from the first voxel add up to exactly zero where the image is constant.
  const double firstReference = m_Reference[0];
  const double firstSynthetic = m_Synthetic[0];
  Lanes        error{};
  Lanes        absoluteError{};
  Lanes        squaredError{};
  Lanes        referenceSum{};
  Lanes        syntheticSum{};
  forEachVoxel([&](size_t lane, double reference, double synthetic) {
    const double difference = synthetic - reference;
    error[lane] += difference;
    absoluteError[lane] += std::abs(difference);
    squaredError[lane] += difference * difference;
    referenceSum[lane] += reference - firstReference;
    syntheticSum[lane] += synthetic - firstSynthetic;
  });

  Sums sums;
  sums.Count = m_Count;
  sums.Error = sumOf(error);
  sums.AbsoluteError = sumOf(absoluteError);
  sums.SquaredError = sumOf(squaredError);
  sums.ReferenceMean = firstReference + sumOf(referenceSum) / static_cast<double>(m_Count);
  sums.SyntheticMean = firstSynthetic + sumOf(syntheticSum) / static_cast<double>(m_Count);

  Lanes referenceMoment{};
  Lanes syntheticMoment{};
  Lanes jointMoment{};
  forEachVoxel([&](size_t lane, double reference, double synthetic) {
    const double referenceDeviation = reference - sums.ReferenceMean;
    const double syntheticDeviation = synthetic - sums.SyntheticMean;
    referenceMoment[lane] += referenceDeviation * referenceDeviation;
    syntheticMoment[lane] += syntheticDeviation * syntheticDeviation;
    jointMoment[lane] += referenceDeviation * syntheticDeviation;
  });
  sums.ReferenceMoment = sumOf(referenceMoment);
  sums.SyntheticMoment = sumOf(syntheticMoment);
  sums.JointMoment = sumOf(jointMoment);

  m_Sums.Join(sums);
  m_Count = 0;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
size_t
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::BoundedIndexOf(
  HounsfieldRegionEnum region) const
{
  const auto index = static_cast<size_t>(region);
  if (region == HounsfieldRegionEnum::Body || index >= NumberOfRegions)
  {
    itkExceptionMacro("The region is " << region << " but should be air, soft tissue or bone.");
  }
  return index - 1;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::SetRegionBounds(
  HounsfieldRegionEnum region, double lower, double upper)
{
  Bounds & bounds = m_Bounds[this->BoundedIndexOf(region)];
  if (Math::NotExactlyEquals(bounds.Lower, lower) || Math::NotExactlyEquals(bounds.Upper, upper))
  {
    bounds = { lower, upper };
    this->Modified();
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetRegionLowerBound(
  HounsfieldRegionEnum region) const
{
  return m_Bounds[this->BoundedIndexOf(region)].Lower;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetRegionUpperBound(
  HounsfieldRegionEnum region) const
{
  return m_Bounds[this->BoundedIndexOf(region)].Upper;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  if (!(m_DataRange >= 0.0) || std::isinf(m_DataRange))
  {
    itkExceptionMacro("DataRange is " << m_DataRange << " but should be a number larger than 0.");
  }
  if (!(m_ClipMinimum < m_ClipMaximum))
  {
    itkExceptionMacro("ClipMinimum is " << m_ClipMinimum << " but should be smaller than ClipMaximum, which is "
                                        << m_ClipMaximum << '.');
  }
  for (size_t i = 0; i < m_Bounds.size(); ++i)
  {
    if (!(m_Bounds[i].Lower <= m_Bounds[i].Upper))
    {
      itkExceptionMacro("The bounds of " << static_cast<HounsfieldRegionEnum>(i + 1) << " are [" << m_Bounds[i].Lower
                                         << ", " << m_Bounds[i].Upper << "] but the lower should not be the larger.");
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::VerifyInputInformation() const
{
  // The superclass compares origins, spacings and directions, but not sizes.
  const RegionType & region = this->GetReferenceImage()->GetLargestPossibleRegion();
  if (region.GetNumberOfPixels() == 0)
  {
    itkExceptionMacro("ReferenceImage has no voxels: its size is " << region.GetSize() << '.');
  }
  const auto compare = [this, &region](const char * name, const RegionType & other) {
    if (other != region)
    {
      itkExceptionMacro(<< name << " has index " << other.GetIndex() << " and size " << other.GetSize()
                        << " but should have those of ReferenceImage, " << region.GetIndex() << " and "
                        << region.GetSize() << '.');
    }
  };
  compare("SyntheticImage", this->GetSyntheticImage()->GetLargestPossibleRegion());
  if (this->GetMaskImage() != nullptr)
  {
    compare("MaskImage", this->GetMaskImage()->GetLargestPossibleRegion());
  }
  Superclass::VerifyInputInformation();
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
unsigned int
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetNumberOfInputRequestedRegions()
{
  // Only whole slices: an image of one slice is not divided.
  const auto & size = this->GetReferenceImage()->GetLargestPossibleRegion().GetSize();
  return size[ImageDimension - 1] == 1 ? 1 : Superclass::GetNumberOfInputRequestedRegions();
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::BeforeStreamedGenerateData()
{
  Superclass::BeforeStreamedGenerateData();

  m_Total = SliceSums{};
  m_Slices.assign(this->GetReferenceImage()->GetLargestPossibleRegion().GetSize(ImageDimension - 1), SliceSums{});
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::StreamedGenerateData(
  unsigned int inputRequestedRegionNumber)
{
  const unsigned int total = this->GetNumberOfInputRequestedRegions();
  RegionType         region = this->GetReferenceImage()->GetLargestPossibleRegion();
  this->GetRegionSplitter()->GetSplit(inputRequestedRegionNumber, total, region);

  ProgressTransformer progress(static_cast<float>(inputRequestedRegionNumber) / total,
                               static_cast<float>(inputRequestedRegionNumber + 1) / total,
                               this);
  this->GetMultiThreader()->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
  this->GetMultiThreader()->ParallelizeArray(
    0,
    region.GetSize(ImageDimension - 1),
    [this, &region](SizeValueType slice) {
      RegionType sliceRegion = region;
      sliceRegion.SetIndex(ImageDimension - 1,
                           region.GetIndex(ImageDimension - 1) + static_cast<IndexValueType>(slice));
      sliceRegion.SetSize(ImageDimension - 1, 1);
      this->ThreadedStreamedGenerateData(sliceRegion);
    },
    progress.GetProcessObject());
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::ThreadedStreamedGenerateData(
  const RegionType & sliceRegion)
{
  const ReferenceImageType * referenceImage = this->GetReferenceImage();
  const MaskImageType *      maskImage = this->GetMaskImage();

  std::array<Run, NumberOfRegions> runs;
  double                           clippedAbsoluteError = 0.0;

  const auto add = [this, &runs, &clippedAbsoluteError](double reference, double synthetic) {
    runs[0].Add(reference, synthetic);
    const double clippedReference = std::clamp(reference, m_ClipMinimum, m_ClipMaximum);
    const double clippedSynthetic = std::clamp(synthetic, m_ClipMinimum, m_ClipMaximum);
    clippedAbsoluteError += std::abs(clippedSynthetic - clippedReference);
    for (size_t i = 0; i < m_Bounds.size(); ++i)
    {
      if (clippedReference >= m_Bounds[i].Lower && clippedReference <= m_Bounds[i].Upper)
      {
        runs[i + 1].Add(clippedReference, clippedSynthetic);
      }
    }
  };

  ImageScanlineConstIterator<ReferenceImageType> referenceIt(referenceImage, sliceRegion);
  ImageScanlineConstIterator<SyntheticImageType> syntheticIt(this->GetSyntheticImage(), sliceRegion);
  if (maskImage == nullptr)
  {
    for (; !referenceIt.IsAtEnd(); referenceIt.NextLine(), syntheticIt.NextLine())
    {
      for (; !referenceIt.IsAtEndOfLine(); ++referenceIt, ++syntheticIt)
      {
        add(static_cast<double>(referenceIt.Get()), static_cast<double>(syntheticIt.Get()));
      }
    }
  }
  else
  {
    using MaskPixelType = typename MaskImageType::PixelType;
    ImageScanlineConstIterator<MaskImageType> maskIt(maskImage, sliceRegion);
    for (; !maskIt.IsAtEnd(); maskIt.NextLine(), referenceIt.NextLine(), syntheticIt.NextLine())
    {
      for (; !maskIt.IsAtEndOfLine(); ++maskIt, ++referenceIt, ++syntheticIt)
      {
        if (Math::NotExactlyEquals(maskIt.Get(), NumericTraits<MaskPixelType>::ZeroValue()))
        {
          add(static_cast<double>(referenceIt.Get()), static_cast<double>(syntheticIt.Get()));
        }
      }
    }
  }

  const auto  firstSlice = referenceImage->GetLargestPossibleRegion().GetIndex(ImageDimension - 1);
  SliceSums & sums = m_Slices[sliceRegion.GetIndex(ImageDimension - 1) - firstSlice];
  for (size_t i = 0; i < NumberOfRegions; ++i)
  {
    sums.Regions[i] = runs[i].Finish();
  }
  sums.ClippedAbsoluteError = clippedAbsoluteError;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::AfterStreamedGenerateData()
{
  Superclass::AfterStreamedGenerateData();

  for (const SliceSums & slice : m_Slices)
  {
    for (size_t i = 0; i < NumberOfRegions; ++i)
    {
      m_Total.Regions[i].Join(slice.Regions[i]);
    }
    m_Total.ClippedAbsoluteError += slice.ClippedAbsoluteError;
  }
  m_Slices.clear();
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
auto
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::SumsOf(HounsfieldRegionEnum region) const
  -> const Sums &
{
  const auto index = static_cast<size_t>(region);
  if (index >= NumberOfRegions)
  {
    itkExceptionMacro("The region is " << region << " but should be body, air, soft tissue or bone.");
  }
  return m_Total.Regions[index];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
SizeValueType
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetNumberOfVoxels(
  HounsfieldRegionEnum region) const
{
  return this->SumsOf(region).Count;
}

// Zero voxels give 0/0, which is the NaN that an empty region should have.
template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetMeanError(
  HounsfieldRegionEnum region) const
{
  const Sums & sums = this->SumsOf(region);
  return sums.Error / static_cast<double>(sums.Count);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetMeanAbsoluteError(
  HounsfieldRegionEnum region) const
{
  const Sums & sums = this->SumsOf(region);
  return sums.AbsoluteError / static_cast<double>(sums.Count);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetMeanSquaredError(
  HounsfieldRegionEnum region) const
{
  const Sums & sums = this->SumsOf(region);
  return sums.SquaredError / static_cast<double>(sums.Count);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetRootMeanSquaredError(
  HounsfieldRegionEnum region) const
{
  return std::sqrt(this->GetMeanSquaredError(region));
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetPearsonCorrelation(
  HounsfieldRegionEnum region) const
{
  const Sums & sums = this->SumsOf(region);
  const double deviations = std::sqrt(sums.ReferenceMoment) * std::sqrt(sums.SyntheticMoment);
  if (deviations == 0.0)
  {
    return std::numeric_limits<double>::quiet_NaN();
  }
  // Rounding must not lead out of [-1, 1].
  return std::clamp(sums.JointMoment / deviations, -1.0, 1.0);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetPeakSignalToNoiseRatio(
  HounsfieldRegionEnum region) const
{
  if (!(m_DataRange > 0.0))
  {
    itkExceptionMacro("DataRange is " << m_DataRange
                                      << " but the data range L of the PSNR should be stated, such as 4000.");
  }
  const double meanSquaredError = this->GetMeanSquaredError(region);
  return meanSquaredError == 0.0 ? std::numeric_limits<double>::infinity()
                                 : 10.0 * std::log10(m_DataRange * m_DataRange / meanSquaredError);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetWeightedMeanAbsoluteError(
  HounsfieldRegionEnum region) const
{
  const Sums & sums = m_Total.Regions[this->BoundedIndexOf(region) + 1];
  const auto   bodyCount = static_cast<double>(m_Total.Regions[0].Count);
  const auto   count = static_cast<double>(sums.Count);
  const double restCount = bodyCount - count;
  const double restAbsoluteError = m_Total.ClippedAbsoluteError - sums.AbsoluteError;
  return restCount / bodyCount * (sums.AbsoluteError / count) + count / bodyCount * (restAbsoluteError / restCount);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImageErrorMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::PrintSelf(std::ostream & os,
                                                                                       Indent         indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "DataRange: " << m_DataRange << std::endl;
  os << indent << "ClipMinimum: " << m_ClipMinimum << std::endl;
  os << indent << "ClipMaximum: " << m_ClipMaximum << std::endl;
  for (size_t i = 0; i < NumberOfRegions; ++i)
  {
    const auto region = static_cast<HounsfieldRegionEnum>(i);
    os << indent << region << ": " << std::endl;
    const Indent next = indent.GetNextIndent();
    if (region != HounsfieldRegionEnum::Body)
    {
      os << next << "Bounds: [" << m_Bounds[i - 1].Lower << ", " << m_Bounds[i - 1].Upper << ']' << std::endl;
    }
    os << next << "NumberOfVoxels: " << this->GetNumberOfVoxels(region) << std::endl;
    os << next << "MeanError: " << this->GetMeanError(region) << std::endl;
    os << next << "MeanAbsoluteError: " << this->GetMeanAbsoluteError(region) << std::endl;
    os << next << "MeanSquaredError: " << this->GetMeanSquaredError(region) << std::endl;
    os << next << "PearsonCorrelation: " << this->GetPearsonCorrelation(region) << std::endl;
  }
}

} // namespace itk

#endif
