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
#ifndef itkOrientationCheckImageFilter_hxx
#define itkOrientationCheckImageFilter_hxx

#include "itkOrientationCheckImageFilter.h"

#include "itkOrientationCode.h"
#include "itkResampleOntoReferenceImageFilter.h"
#include "itkResampleToSpacingImageFilter.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"

#include <algorithm>
#include <cmath>

namespace itk
{

template <typename TInputImage, typename TReferenceImage>
OrientationCheckImageFilter<TInputImage, TReferenceImage>::OrientationCheckImageFilter()
{
  this->AddRequiredInputName("ReferenceImage");
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    m_AxisOrder[d] = d;
  }
  m_AxisFlips.Fill(false);
  m_ImpliedFlip.Fill(false);
}

template <typename TInputImage, typename TReferenceImage>
void
OrientationCheckImageFilter<TInputImage, TReferenceImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (!std::isfinite(m_SamplingSpacing) || m_SamplingSpacing <= 0.0)
  {
    itkSyntheticCTExceptionMacro("SamplingSpacing is " << m_SamplingSpacing << " and should be more than 0 (mm)");
  }
  if (!std::isfinite(m_SearchRadius) || m_SearchRadius < 0.0)
  {
    itkSyntheticCTExceptionMacro("SearchRadius is " << m_SearchRadius << " and should be 0 or more (mm)");
  }
  if (m_NumberOfHistogramBins < 2 || m_NumberOfHistogramBins > 256)
  {
    itkSyntheticCTExceptionMacro("NumberOfHistogramBins is " << m_NumberOfHistogramBins
                                                             << " and should be from 2 to 256");
  }
  if (!std::isfinite(m_MinimumImprovement) || m_MinimumImprovement < 0.0)
  {
    itkSyntheticCTExceptionMacro("MinimumImprovement is " << m_MinimumImprovement << " and should be 0 or more");
  }
}

template <typename TInputImage, typename TReferenceImage>
void
OrientationCheckImageFilter<TInputImage, TReferenceImage>::VerifyInputInformation() const
{
  // The two may have any grids.
}

template <typename TInputImage, typename TReferenceImage>
void
OrientationCheckImageFilter<TInputImage, TReferenceImage>::GenerateOutputInformation()
{
  Superclass::GenerateOutputInformation();
  const auto codeOf = [](const auto * image) {
    OrientationCode::DirectionType direction;
    for (unsigned int r = 0; r < ImageDimension; ++r)
    {
      for (unsigned int c = 0; c < ImageDimension; ++c)
      {
        direction[r][c] = image->GetDirection()[r][c];
      }
    }
    return OrientationCode::FromDirection(direction);
  };
  m_Orientation = codeOf(this->GetInput());
  m_ReferenceOrientation = codeOf(this->GetReferenceImage());
  const auto rearrangement = OrientationCode::Rearrange(m_Orientation, m_ReferenceOrientation);
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    m_AxisOrder[d] = rearrangement.Axis[d];
    m_AxisFlips[d] = rearrangement.Flip[d];
  }
}

template <typename TInputImage, typename TReferenceImage>
void
OrientationCheckImageFilter<TInputImage, TReferenceImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetReferenceImage());
}

template <typename TInputImage, typename TReferenceImage>
void
OrientationCheckImageFilter<TInputImage, TReferenceImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TInputImage, typename TReferenceImage>
template <typename TImage>
auto
OrientationCheckImageFilter<TInputImage, TReferenceImage>::Coarsen(const TImage * image,
                                                                   const char *   name,
                                                                   float          progressWeight) -> CoarsePointer
{
  auto own = TImage::New();
  own->Graft(image);
  using ResampleType = ResampleToSpacingImageFilter<TImage, CoarseImageType>;
  auto                               resample = ResampleType::New();
  typename ResampleType::SpacingType spacing;
  spacing.Fill(m_SamplingSpacing);
  resample->SetInput(own);
  resample->SetOutputSpacing(spacing);
  SyntheticCTDetail::UpdateInside(this, resample.GetPointer(), progressWeight);
  CoarsePointer coarse = resample->GetOutput();
  coarse->DisconnectPipeline();
  const float * const first = coarse->GetBufferPointer();
  if (!std::all_of(first, first + coarse->GetBufferedRegion().GetNumberOfPixels(), [](float value) {
        return std::isfinite(value);
      }))
  {
    itkSyntheticCTExceptionMacro(name << " has a voxel that is not a finite number");
  }
  return coarse;
}

template <typename TInputImage, typename TReferenceImage>
auto
OrientationCheckImageFilter<TInputImage, TReferenceImage>::Mirror(const CoarseImageType * image, unsigned int candidate)
  -> CoarsePointer
{
  const auto                              region = image->GetBufferedRegion();
  auto                                    first = region.GetIndex();
  typename CoarseImageType::DirectionType direction = image->GetDirection();
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    if ((candidate >> d & 1u) != 0)
    {
      first[d] = region.GetUpperIndex()[d];
      for (unsigned int r = 0; r < ImageDimension; ++r)
      {
        direction[r][d] = -direction[r][d];
      }
    }
  }
  typename CoarseImageType::PointType origin;
  image->TransformIndexToPhysicalPoint(first, origin);
  auto mirrored = CoarseImageType::New();
  mirrored->SetRegions(region.GetSize());
  mirrored->SetSpacing(image->GetSpacing());
  mirrored->SetDirection(direction);
  mirrored->SetOrigin(origin);
  mirrored->SetPixelContainer(const_cast<CoarseImageType *>(image)->GetPixelContainer());
  return mirrored;
}

template <typename TInputImage, typename TReferenceImage>
auto
OrientationCheckImageFilter<TInputImage, TReferenceImage>::EndsOfBins(const CoarseImageType * image)
  -> std::array<float, 2>
{
  const float * const  first = image->GetBufferPointer();
  std::vector<float>   values(first, first + image->GetBufferedRegion().GetNumberOfPixels());
  std::array<float, 2> ends{};
  const double         shares[2] = { 0.005, 0.995 };
  for (unsigned int i = 0; i < 2; ++i)
  {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(shares[i] * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    ends[i] = *place;
  }
  return ends;
}

template <typename TInputImage, typename TReferenceImage>
auto
OrientationCheckImageFilter<TInputImage, TReferenceImage>::Sample(const CoarseImageType *      image,
                                                                  const std::array<float, 2> & ends) const -> Samples
{
  const float * const first = image->GetBufferPointer();
  const auto          region = image->GetBufferedRegion();
  Samples             samples{ region.GetSize(), { first, first + region.GetNumberOfPixels() }, {} };
  samples.Bins.resize(samples.Values.size(), 0);
  if (ends[0] < ends[1])
  {
    const double binsPerUnit = m_NumberOfHistogramBins / (static_cast<double>(ends[1]) - ends[0]);
    std::transform(samples.Values.begin(), samples.Values.end(), samples.Bins.begin(), [&](float value) {
      const double bin = (static_cast<double>(value) - ends[0]) * binsPerUnit;
      return static_cast<unsigned char>(std::clamp(bin, 0.0, m_NumberOfHistogramBins - 1.0));
    });
  }
  double sum = 0.0;
  for (const float value : samples.Values)
  {
    sum += value;
  }
  const double mean = sum / static_cast<double>(samples.Values.size());
  for (float & value : samples.Values)
  {
    value = static_cast<float>(value - mean);
  }
  return samples;
}

template <typename TInputImage, typename TReferenceImage>
double
OrientationCheckImageFilter<TInputImage, TReferenceImage>::Score(const Samples &               reference,
                                                                 const Samples &               image,
                                                                 const Index<ImageDimension> & start) const
{
  const auto forEachRow = [&](const auto & function) {
    for (SizeValueType k = 0; k < reference.Grid[2]; ++k)
    {
      for (SizeValueType j = 0; j < reference.Grid[1]; ++j)
      {
        const SizeValueType slice = k + static_cast<SizeValueType>(start[2]);
        const SizeValueType row = j + static_cast<SizeValueType>(start[1]);
        function((k * reference.Grid[1] + j) * reference.Grid[0],
                 (slice * image.Grid[1] + row) * image.Grid[0] + static_cast<SizeValueType>(start[0]));
      }
    }
  };
  const SizeValueType length = reference.Grid[0];
  const auto          count = static_cast<double>(reference.Values.size());

  if (m_Metric == MetricEnum::Correlation)
  {
    // The values are centred on the whole of each image, so these sums lose no digits that matter.
    double sumA = 0.0;
    double sumB = 0.0;
    double sumAA = 0.0;
    double sumBB = 0.0;
    double sumAB = 0.0;
    forEachRow([&](SizeValueType a, SizeValueType b) {
      for (SizeValueType i = 0; i < length; ++i)
      {
        const double valueA = reference.Values[a + i];
        const double valueB = image.Values[b + i];
        sumA += valueA;
        sumB += valueB;
        sumAA += valueA * valueA;
        sumBB += valueB * valueB;
        sumAB += valueA * valueB;
      }
    });
    const double varianceA = sumAA - sumA * sumA / count;
    const double varianceB = sumBB - sumB * sumB / count;
    // What is left by rounding of a part that does not vary is no variance.
    return varianceA > 1e-12 * sumAA && varianceB > 1e-12 * sumBB
             ? (sumAB - sumA * sumB / count) / (std::sqrt(varianceA) * std::sqrt(varianceB))
             : 0.0;
  }

  const SizeValueType        bins = m_NumberOfHistogramBins;
  std::vector<SizeValueType> joint(bins * bins, 0);
  forEachRow([&](SizeValueType a, SizeValueType b) {
    for (SizeValueType i = 0; i < length; ++i)
    {
      ++joint[reference.Bins[a + i] * bins + image.Bins[b + i]];
    }
  });
  std::vector<SizeValueType> sumsA(bins, 0);
  std::vector<SizeValueType> sumsB(bins, 0);
  for (SizeValueType i = 0; i < joint.size(); ++i)
  {
    sumsA[i / bins] += joint[i];
    sumsB[i % bins] += joint[i];
  }
  const auto entropy = [count](const std::vector<SizeValueType> & counts) {
    double sum = 0.0;
    for (const SizeValueType each : counts)
    {
      const double share = static_cast<double>(each) / count;
      sum -= each > 0 ? share * std::log(share) : 0.0;
    }
    return sum;
  };
  const double entropyA = entropy(sumsA);
  const double entropyB = entropy(sumsB);
  // An image that does not vary says nothing, also when neither does.
  return entropyA > 0.0 && entropyB > 0.0 ? 2.0 * (entropyA + entropyB - entropy(joint)) / (entropyA + entropyB) : 0.0;
}

template <typename TInputImage, typename TReferenceImage>
void
OrientationCheckImageFilter<TInputImage, TReferenceImage>::GenerateData()
{
  m_Candidates.clear();
  m_ImpliedFlip.Fill(false);
  const CoarsePointer reference = this->Coarsen(this->GetReferenceImage(), "ReferenceImage", 0.2F);
  const CoarsePointer image = this->Coarsen(this->GetInput(), "The image", 0.2F);

  // The reference's grid, as much wider as a candidate may be moved. The spacing is the reference's own where that
  // differs from SamplingSpacing by less than counts.
  Size<ImageDimension>  reach;
  Size<ImageDimension>  shifts;
  Index<ImageDimension> first = reference->GetBufferedRegion().GetIndex();
  Size<ImageDimension>  wideSize = reference->GetBufferedRegion().GetSize();
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    // A radius that is a whole number of steps is reached whatever the last digit is.
    reach[d] = static_cast<SizeValueType>(m_SearchRadius / reference->GetSpacing()[d] * (1.0 + 1e-6));
    shifts[d] = 2 * reach[d] + 1;
    first[d] -= static_cast<IndexValueType>(reach[d]);
    wideSize[d] += 2 * reach[d];
  }
  typename CoarseImageType::PointType origin;
  reference->TransformIndexToPhysicalPoint(first, origin);
  auto wide = CoarseImageType::New();
  wide->CopyInformation(reference);
  wide->SetRegions(wideSize);
  wide->SetOrigin(origin);

  const float * const  values = image->GetBufferPointer();
  const float          smallest = *std::min_element(values, values + image->GetBufferedRegion().GetNumberOfPixels());
  const auto           ends = EndsOfBins(image);
  const Samples        referenceSamples = this->Sample(reference, EndsOfBins(reference));
  std::vector<Samples> samples;
  for (unsigned int candidate = 0; candidate < NumberOfCandidates; ++candidate)
  {
    auto resample = ResampleOntoReferenceImageFilter<CoarseImageType>::New();
    resample->SetInput(Mirror(image, candidate));
    resample->SetReferenceImage(wide);
    resample->AntiAliasOff();
    resample->SetDefaultPixelValue(smallest);
    SyntheticCTDetail::UpdateInside(this, resample.GetPointer(), 0.1F / NumberOfCandidates);
    samples.push_back(this->Sample(resample->GetOutput(), ends));
  }

  // All shifts of all candidates, of which each is one thread's.
  const SizeValueType shiftCount = shifts[0] * shifts[1] * shifts[2];
  const auto          startOf = [&shifts](SizeValueType shift) {
    return Index<ImageDimension>{ { static_cast<IndexValueType>(shift % shifts[0]),
                                    static_cast<IndexValueType>(shift / shifts[0] % shifts[1]),
                                    static_cast<IndexValueType>(shift / shifts[0] / shifts[1]) } };
  };
  std::vector<double> scores(NumberOfCandidates * shiftCount);
  SyntheticCTDetail::ParallelizeArray(this, scores.size(), 0.4F, [&](SizeValueType i) {
    scores[i] = this->Score(referenceSamples, samples[i / shiftCount], startOf(i % shiftCount));
  });

  // The best of each; of equally good ones the one that is moved least, which is the first of the shifts in the order
  // of their lengths.
  const auto squaredLength = [&](SizeValueType shift) {
    const auto    start = startOf(shift);
    SizeValueType sum = 0;
    for (unsigned int d = 0; d < ImageDimension; ++d)
    {
      const auto steps = start[d] - static_cast<IndexValueType>(reach[d]);
      sum += static_cast<SizeValueType>(steps * steps);
    }
    return sum;
  };
  for (unsigned int candidate = 0; candidate < NumberOfCandidates; ++candidate)
  {
    const double * const own = scores.data() + candidate * shiftCount;
    SizeValueType        best = 0;
    for (SizeValueType shift = 1; shift < shiftCount; ++shift)
    {
      if (own[shift] > own[best] || (own[shift] == own[best] && squaredLength(shift) < squaredLength(best)))
      {
        best = shift;
      }
    }
    // What lies `start - reach` steps away has to come here.
    const auto start = startOf(best);
    ShiftType  steps;
    for (unsigned int d = 0; d < ImageDimension; ++d)
    {
      steps[d] = static_cast<double>(static_cast<IndexValueType>(reach[d]) - start[d]) * reference->GetSpacing()[d];
    }
    m_Candidates.push_back({ own[best], reference->GetDirection() * steps });
  }
  const auto best = static_cast<unsigned int>(
    std::max_element(m_Candidates.begin(),
                     m_Candidates.end(),
                     [](const Candidate & a, const Candidate & b) { return a.Score < b.Score; }) -
    m_Candidates.begin());
  if (m_Candidates[best].Score > m_Candidates[0].Score + m_MinimumImprovement)
  {
    for (unsigned int d = 0; d < ImageDimension; ++d)
    {
      m_ImpliedFlip[d] = (best >> d & 1u) != 0;
    }
  }

  this->CopyOrFlip();
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TReferenceImage>
void
OrientationCheckImageFilter<TInputImage, TReferenceImage>::CopyOrFlip()
{
  this->AllocateOutputs();
  const TInputImage * input = this->GetInput();
  TInputImage *       output = this->GetOutput();
  const auto          region = output->GetLargestPossibleRegion();
  SyntheticCTDetail::ParallelizeSlices(this, region, 0.1F, [&](SizeValueType, const auto & slice) {
    const auto length = static_cast<OffsetValueType>(slice.GetSize(0));
    auto       index = slice.GetIndex();
    for (SizeValueType j = 0; j < slice.GetSize(1); ++j, ++index[1])
    {
      auto from = index;
      for (unsigned int d = 1; d < ImageDimension; ++d)
      {
        if (m_ApplyFlip && m_ImpliedFlip[d])
        {
          from[d] = region.GetIndex(d) + region.GetUpperIndex()[d] - index[d];
        }
      }
      const auto * in = input->GetBufferPointer() + input->ComputeOffset(from);
      auto *       out = output->GetBufferPointer() + output->ComputeOffset(index);
      if (m_ApplyFlip && m_ImpliedFlip[0])
      {
        std::reverse_copy(in, in + length, out);
      }
      else
      {
        std::copy_n(in, length, out);
      }
    }
  });
}

template <typename TInputImage, typename TReferenceImage>
double
OrientationCheckImageFilter<TInputImage, TReferenceImage>::GetCandidateScore(unsigned int candidate) const
{
  if (candidate >= m_Candidates.size())
  {
    itkSyntheticCTExceptionMacro("There is no candidate " << candidate << ": the last run had " << m_Candidates.size());
  }
  return m_Candidates[candidate].Score;
}

template <typename TInputImage, typename TReferenceImage>
auto
OrientationCheckImageFilter<TInputImage, TReferenceImage>::GetCandidateShift(unsigned int candidate) const -> ShiftType
{
  if (candidate >= m_Candidates.size())
  {
    itkSyntheticCTExceptionMacro("There is no candidate " << candidate << ": the last run had " << m_Candidates.size());
  }
  return m_Candidates[candidate].Shift;
}

template <typename TInputImage, typename TReferenceImage>
void
OrientationCheckImageFilter<TInputImage, TReferenceImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "ApplyFlip: " << (m_ApplyFlip ? "On" : "Off") << std::endl;
  os << indent << "Metric: " << m_Metric << std::endl;
  os << indent << "SamplingSpacing: " << m_SamplingSpacing << std::endl;
  os << indent << "SearchRadius: " << m_SearchRadius << std::endl;
  os << indent << "NumberOfHistogramBins: " << m_NumberOfHistogramBins << std::endl;
  os << indent << "MinimumImprovement: " << m_MinimumImprovement << std::endl;
  os << indent << "Orientation: " << m_Orientation << std::endl;
  os << indent << "ReferenceOrientation: " << m_ReferenceOrientation << std::endl;
  os << indent << "OrientationsAgree: " << (this->GetOrientationsAgree() ? "Yes" : "No") << std::endl;
  os << indent << "AxisOrder: " << m_AxisOrder << std::endl;
  os << indent << "AxisFlips: " << m_AxisFlips << std::endl;
  os << indent << "ImpliedFlip: " << m_ImpliedFlip << std::endl;
  for (size_t candidate = 0; candidate < m_Candidates.size(); ++candidate)
  {
    os << indent << "Candidate " << candidate << ": score " << m_Candidates[candidate].Score << ", shift "
       << m_Candidates[candidate].Shift << std::endl;
  }
}

} // namespace itk

#endif
