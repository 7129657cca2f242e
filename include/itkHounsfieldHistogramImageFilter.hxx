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
#ifndef itkHounsfieldHistogramImageFilter_hxx
#define itkHounsfieldHistogramImageFilter_hxx

#include "itkHounsfieldHistogramImageFilter.h"

#include "SyntheticCTDetail/itkPairedRuns.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace itk
{

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  if (!(m_HistogramMinimum < m_HistogramMaximum) || !std::isfinite(m_HistogramMaximum - m_HistogramMinimum))
  {
    itkSyntheticCTExceptionMacro("HistogramMinimum is " << m_HistogramMinimum
                                                        << " but should be smaller than HistogramMaximum, which is "
                                                        << m_HistogramMaximum << ", and both should be finite.");
  }
  const SizeValueType limit = m_ComputeJointHistogram ? 10000 : 1000000;
  if (m_NumberOfBins < 1 || m_NumberOfBins > limit)
  {
    itkSyntheticCTExceptionMacro("NumberOfBins is " << m_NumberOfBins << " but should be from 1 to " << limit
                                                    << (m_ComputeJointHistogram ? " for a joint histogram." : "."));
  }
  for (SizeValueType bin = 0; bin < m_NumberOfBins; ++bin)
  {
    if (!(this->StartOf(bin) < this->StartOf(bin + 1)))
    {
      itkSyntheticCTExceptionMacro("NumberOfBins is " << m_NumberOfBins << ", too many for the numbers from "
                                                      << m_HistogramMinimum << " to " << m_HistogramMaximum << '.');
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::BeforeStreamedGenerateData()
{
  Superclass::BeforeStreamedGenerateData();

  std::vector<double> cuts;
  m_Intervals = this->MakeRegionIntervals(cuts);
  m_RegionClassifier = SyntheticCTDetail::ValueClassifier(std::move(cuts));

  m_BinEnds.clear();
  for (SizeValueType bin = 0; bin <= m_NumberOfBins; ++bin)
  {
    m_BinEnds.push_back(this->StartOf(bin));
  }
  std::vector<double> ends = m_BinEnds;
  ends.back() = SyntheticCTDetail::CutAbove(m_HistogramMaximum);
  m_BinClassifier = SyntheticCTDetail::ValueClassifier(std::move(ends));
  const size_t bins = this->GetNumberOfBinClasses();
  m_Counters.Initialize(2 * m_RegionClassifier.GetNumberOfClasses() * bins +
                        (m_ComputeJointHistogram ? bins * bins : 0));
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::ThreadedStreamedGenerateData(
  const RegionType & sliceRegion)
{
  using SyntheticCTDetail::PairedRun;

  const size_t bins = this->GetNumberOfBinClasses();

  std::array<ClassType, PairedRun::Capacity> regions;
  std::array<ClassType, PairedRun::Capacity> referenceBins;
  std::array<ClassType, PairedRun::Capacity> syntheticBins;
  m_Counters.Count([&](SizeValueType * counters) {
    SizeValueType * const reference = counters;
    SizeValueType * const synthetic = reference + m_RegionClassifier.GetNumberOfClasses() * bins;
    SizeValueType * const joint = synthetic + m_RegionClassifier.GetNumberOfClasses() * bins;
    SyntheticCTDetail::ForEachPairedRun(this->GetReferenceImage(),
                                        this->GetSyntheticImage(),
                                        this->GetMaskImage(),
                                        sliceRegion,
                                        [&](const PairedRun & run) {
                                          const size_t count = run.GetCount();
                                          m_RegionClassifier.Classify(run.GetReference(), count, regions.data());
                                          m_BinClassifier.Classify(run.GetReference(), count, referenceBins.data());
                                          m_BinClassifier.Classify(run.GetSynthetic(), count, syntheticBins.data());
                                          for (size_t i = 0; i < count; ++i)
                                          {
                                            ++reference[regions[i] * bins + referenceBins[i]];
                                            ++synthetic[regions[i] * bins + syntheticBins[i]];
                                          }
                                          if (m_ComputeJointHistogram)
                                          {
                                            for (size_t i = 0; i < count; ++i)
                                            {
                                              ++joint[referenceBins[i] * bins + syntheticBins[i]];
                                            }
                                          }
                                        });
  });
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::AfterStreamedGenerateData()
{
  Superclass::AfterStreamedGenerateData();

  const auto   total = m_Counters.TakeSum();
  const size_t bins = this->GetNumberOfBinClasses();
  const size_t regionClasses = m_RegionClassifier.GetNumberOfClasses();
  // The first two classes are NaN and what lies below the bins.
  constexpr size_t firstBin = 2;
  m_NumberOfComputedBins = m_NumberOfBins;
  m_Reference.assign(Superclass::NumberOfRegions * m_NumberOfBins, 0);
  m_Synthetic.assign(Superclass::NumberOfRegions * m_NumberOfBins, 0);
  for (size_t region = 0; region < Superclass::NumberOfRegions; ++region)
  {
    const bool   isBody = static_cast<HounsfieldRegionEnum>(region) == HounsfieldRegionEnum::Body;
    const size_t first = isBody ? 0 : m_Intervals[region - 1].GetFirstClass(m_RegionClassifier);
    const size_t last = isBody ? regionClasses : m_Intervals[region - 1].GetLastClass(m_RegionClassifier);
    m_NumberOfVoxels[region] = 0;
    for (size_t regionClass = first; regionClass < last; ++regionClass)
    {
      const auto reference = total.begin() + static_cast<std::ptrdiff_t>(regionClass * bins);
      const auto synthetic = reference + static_cast<std::ptrdiff_t>(regionClasses * bins);
      m_NumberOfVoxels[region] +=
        std::accumulate(reference, reference + static_cast<std::ptrdiff_t>(bins), SizeValueType{ 0 });
      for (size_t bin = 0; bin < m_NumberOfBins; ++bin)
      {
        m_Reference[region * m_NumberOfBins + bin] += reference[firstBin + bin];
        m_Synthetic[region * m_NumberOfBins + bin] += synthetic[firstBin + bin];
      }
    }
  }

  m_Joint.clear();
  if (m_ComputeJointHistogram)
  {
    for (size_t bin = 0; bin < m_NumberOfBins; ++bin)
    {
      const auto row =
        total.begin() + static_cast<std::ptrdiff_t>((2 * regionClasses + firstBin + bin) * bins + firstBin);
      m_Joint.insert(m_Joint.end(), row, row + static_cast<std::ptrdiff_t>(m_NumberOfBins));
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::VerifyBin(SizeValueType bin) const
{
  this->VerifyResults();
  if (bin >= m_NumberOfComputedBins)
  {
    itkSyntheticCTExceptionMacro("There is no bin " << bin << ": there are " << m_NumberOfComputedBins << '.');
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::StartOf(SizeValueType bin) const
{
  return bin == m_NumberOfBins
           ? m_HistogramMaximum
           : m_HistogramMinimum + static_cast<double>(bin) *
                                    ((m_HistogramMaximum - m_HistogramMinimum) / static_cast<double>(m_NumberOfBins));
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetBinMinimum(SizeValueType bin) const
{
  this->VerifyBin(bin);
  return m_BinEnds[bin];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetBinMaximum(SizeValueType bin) const
{
  this->VerifyBin(bin);
  return m_BinEnds[bin + 1];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
size_t
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::PositionOf(
  SizeValueType bin, HounsfieldRegionEnum region) const
{
  this->VerifyBin(bin);
  return this->IndexOf(region) * m_NumberOfComputedBins + bin;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
SizeValueType
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetReferenceFrequency(
  SizeValueType bin, HounsfieldRegionEnum region) const
{
  return m_Reference[this->PositionOf(bin, region)];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
SizeValueType
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetSyntheticFrequency(
  SizeValueType bin, HounsfieldRegionEnum region) const
{
  return m_Synthetic[this->PositionOf(bin, region)];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
SizeValueType
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::OutsideOf(
  const std::vector<SizeValueType> & frequencies, HounsfieldRegionEnum region) const
{
  this->VerifyResults();
  const auto first = frequencies.begin() + static_cast<std::ptrdiff_t>(this->IndexOf(region) * m_NumberOfComputedBins);
  return this->GetNumberOfVoxels(region) -
         std::accumulate(first, first + static_cast<std::ptrdiff_t>(m_NumberOfComputedBins), SizeValueType{ 0 });
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
SizeValueType
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetReferenceFrequencyOutside(
  HounsfieldRegionEnum region) const
{
  return this->OutsideOf(m_Reference, region);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
SizeValueType
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetSyntheticFrequencyOutside(
  HounsfieldRegionEnum region) const
{
  return this->OutsideOf(m_Synthetic, region);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
SizeValueType
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetJointFrequency(
  SizeValueType referenceBin, SizeValueType syntheticBin) const
{
  this->VerifyResults();
  if (m_Joint.empty())
  {
    itkSyntheticCTExceptionMacro("There is no joint histogram: ComputeJointHistogram was off.");
  }
  this->VerifyBin(referenceBin);
  this->VerifyBin(syntheticBin);
  return m_Joint[referenceBin * m_NumberOfComputedBins + syntheticBin];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
HounsfieldHistogramImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::PrintSelf(std::ostream & os,
                                                                                        Indent         indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "HistogramMinimum: " << m_HistogramMinimum << std::endl;
  os << indent << "HistogramMaximum: " << m_HistogramMaximum << std::endl;
  os << indent << "NumberOfBins: " << m_NumberOfBins << std::endl;
  os << indent << "ComputeJointHistogram: " << m_ComputeJointHistogram << std::endl;
  if (!this->HasResults())
  {
    return;
  }
  os << indent << "NumberOfComputedBins: " << m_NumberOfComputedBins << std::endl;
  for (size_t i = 0; i < Superclass::NumberOfRegions; ++i)
  {
    os << indent << "NumberOfVoxels of " << static_cast<HounsfieldRegionEnum>(i) << ": " << m_NumberOfVoxels[i]
       << std::endl;
  }
}

} // namespace itk

#endif
