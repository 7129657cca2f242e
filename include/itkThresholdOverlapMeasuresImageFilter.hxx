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
#ifndef itkThresholdOverlapMeasuresImageFilter_hxx
#define itkThresholdOverlapMeasuresImageFilter_hxx

#include "itkThresholdOverlapMeasuresImageFilter.h"

#include "SyntheticCTDetail/itkPairedRuns.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace itk
{

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::Counts::Share(
  SizeValueType part, SizeValueType whole) const
{
  if (Reference == 0 && Synthetic == 0)
  {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
auto
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::NumbersInSteps(double first,
                                                                                                  double last,
                                                                                                  double step) const
  -> ThresholdsType
{
  constexpr double limit = 100000.0;
  // Written so that NaN is refused.
  if (!(std::isfinite(first) && last >= first && step > 0.0 && std::isfinite(step) && (last - first) / step < limit))
  {
    itkSyntheticCTExceptionMacro("Thresholds from "
                                 << first << " to " << last << " in steps of " << step
                                 << " were asked for, but should rise from a number in finite steps larger than "
                                    "0, and be at most "
                                 << limit << '.');
  }
  const auto     count = static_cast<size_t>((last - first) / step + 1e-6) + 1;
  ThresholdsType numbers(count);
  for (size_t i = 0; i < count; ++i)
  {
    numbers[i] = first + static_cast<double>(i) * step;
  }
  return numbers;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::SetThresholdsInSteps(double first,
                                                                                                        double last,
                                                                                                        double step)
{
  this->SetThresholds(this->NumbersInSteps(first, last, step));
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::SetThresholds(
  const ThresholdsType & thresholds)
{
  if (m_Thresholds != thresholds || !m_GreyShares.empty())
  {
    m_Thresholds = thresholds;
    m_GreyShares.clear();
    this->Modified();
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::SetGreyLevelThresholds(double first,
                                                                                                          double last,
                                                                                                          double step)
{
  if (!(first > 0.0 && last <= 1.0))
  {
    itkSyntheticCTExceptionMacro("The shares of the grey range are ["
                                 << first << ", " << last << "] but should be larger than 0 and at most 1.");
  }
  const ThresholdsType shares = this->NumbersInSteps(first, last, step);
  if (m_GreyShares != shares || !m_Thresholds.empty())
  {
    m_GreyShares = shares;
    m_Thresholds.clear();
    this->Modified();
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
auto
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetThresholds() const
  -> ThresholdsType
{
  if (m_GreyShares.empty())
  {
    return m_Thresholds;
  }
  ThresholdsType thresholds;
  for (const double share : m_GreyShares)
  {
    // A share such as 0.4 has no exact double, and 255 times it may lie just above the grey value that is meant.
    const double grey = std::ceil(255.0 * share - 1e-9);
    thresholds.push_back(m_GreyWindowLevel - 0.5 * m_GreyWindowWidth + m_GreyWindowWidth * ((grey - 0.5) / 255.0));
  }
  return thresholds;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  if (!(std::isfinite(m_GreyWindowLevel) && m_GreyWindowWidth > 0.0 && std::isfinite(m_GreyWindowWidth)))
  {
    itkSyntheticCTExceptionMacro("GreyWindowLevel is " << m_GreyWindowLevel << " and GreyWindowWidth "
                                                       << m_GreyWindowWidth
                                                       << " but they should be numbers, and the width larger than 0.");
  }
  for (const double threshold : m_Thresholds)
  {
    if (!std::isfinite(threshold))
    {
      itkSyntheticCTExceptionMacro("A threshold is " << threshold << " but should be a finite number.");
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::BeforeStreamedGenerateData()
{
  Superclass::BeforeStreamedGenerateData();

  std::vector<double> cuts;
  m_Intervals = this->MakeRegionIntervals(cuts);
  m_RegionClassifier = SyntheticCTDetail::ValueClassifier(cuts);
  m_Counts.clear();
  for (const double threshold : this->GetThresholds())
  {
    m_Counts.push_back({ threshold, 0, 0, 0 });
    cuts.push_back(threshold);
  }
  m_Classifier = SyntheticCTDetail::ValueClassifier(std::move(cuts));
  // NaN, and what is below all cuts.
  m_RegionClasses = { 0, 1 };
  for (const double cut : m_Classifier.GetCuts())
  {
    m_RegionClasses.push_back(m_RegionClassifier.Classify(cut));
  }
  const size_t regionClasses = m_RegionClassifier.GetNumberOfClasses();
  m_Counters.Initialize(3 * m_Classifier.GetNumberOfClasses() + regionClasses * regionClasses);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::ThreadedStreamedGenerateData(
  const RegionType & sliceRegion)
{
  using SyntheticCTDetail::PairedRun;

  const size_t classes = m_Classifier.GetNumberOfClasses();
  const size_t regionClasses = m_RegionClassifier.GetNumberOfClasses();

  constexpr size_t                           blockLength = PairedRun::BlockLength;
  std::array<ClassType, PairedRun::Capacity> referenceClasses;
  std::array<ClassType, PairedRun::Capacity> syntheticClasses;
  // Whether a block is in one class.
  std::array<bool, PairedRun::Capacity / blockLength> isReferenceUniform;
  std::array<bool, PairedRun::Capacity / blockLength> isSyntheticUniform;
  m_Counters.Count([&](SizeValueType * counters) {
    SizeValueType * const reference = counters;
    SizeValueType * const synthetic = reference + classes;
    SizeValueType * const smaller = synthetic + classes;
    SizeValueType * const pairs = smaller + classes;
    const auto            count = [&](size_t i, size_t voxels) {
      const ClassType r = referenceClasses[i];
      const ClassType s = syntheticClasses[i];
      reference[r] += voxels;
      synthetic[s] += voxels;
      smaller[std::min(r, s)] += voxels;
      pairs[m_RegionClasses[r] * regionClasses + m_RegionClasses[s]] += voxels;
    };
    SyntheticCTDetail::ForEachPairedRun(
      this->GetReferenceImage(),
      this->GetSyntheticImage(),
      this->GetMaskImage(),
      sliceRegion,
      [&](const PairedRun & run) {
        const size_t length = run.GetCount();
        m_Classifier.ClassifyBlocks(run.GetReference(), length, referenceClasses.data(), isReferenceUniform.data());
        m_Classifier.ClassifyBlocks(run.GetSynthetic(), length, syntheticClasses.data(), isSyntheticUniform.data());
        for (size_t begin = 0; begin < length; begin += blockLength)
        {
          const size_t end = std::min(begin + blockLength, length);
          if (isReferenceUniform[begin / blockLength] && isSyntheticUniform[begin / blockLength])
          {
            count(begin, end - begin);
            continue;
          }
          for (size_t i = begin; i < end; ++i)
          {
            count(i, 1);
          }
        }
      });
  });
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::AfterStreamedGenerateData()
{
  Superclass::AfterStreamedGenerateData();

  auto         total = m_Counters.TakeSum();
  const size_t classes = m_Classifier.GetNumberOfClasses();
  const auto   regionClasses = static_cast<ClassType>(m_RegionClassifier.GetNumberOfClasses());
  const size_t firstPair = 3 * classes;

  // Voxels per class become those of the class and all above.
  const auto firstOf = [&total](size_t i) { return total.begin() + static_cast<std::ptrdiff_t>(i); };
  for (size_t list = 0; list < firstPair; list += classes)
  {
    const auto last = std::make_reverse_iterator(firstOf(list + classes));
    std::partial_sum(last, std::make_reverse_iterator(firstOf(list)), last);
  }
  for (Counts & counts : m_Counts)
  {
    const size_t first = m_Classifier.GetClassFrom(counts.Threshold);
    counts.Reference = total[first];
    counts.Synthetic = total[classes + first];
    counts.Common = total[2 * classes + first];
  }

  m_NumberOfVoxels = std::accumulate(firstOf(firstPair), total.end(), SizeValueType{ 0 });
  m_RegionCounts.fill(Counts{});
  for (size_t region = 0; region < m_RegionCounts.size(); ++region)
  {
    const ClassType first = m_Intervals[region].GetFirstClass(m_RegionClassifier);
    const ClassType last = m_Intervals[region].GetLastClass(m_RegionClassifier);
    const auto      isIn = [=](ClassType c) { return c >= first && c < last; };
    Counts &        counts = m_RegionCounts[region];
    for (ClassType r = 0; r < regionClasses; ++r)
    {
      for (ClassType s = 0; s < regionClasses; ++s)
      {
        const SizeValueType voxels = total[firstPair + r * regionClasses + s];
        counts.Reference += isIn(r) ? voxels : 0;
        counts.Synthetic += isIn(s) ? voxels : 0;
        counts.Common += isIn(r) && isIn(s) ? voxels : 0;
      }
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
auto
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::CountsOfThreshold(
  SizeValueType i) const -> const Counts &
{
  this->VerifyResults();
  if (i >= m_Counts.size())
  {
    itkSyntheticCTExceptionMacro("There is no threshold with index " << i << ": the last Update() measured "
                                                                     << m_Counts.size() << '.');
  }
  return m_Counts[i];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetThreshold(SizeValueType i) const
{
  return this->CountsOfThreshold(i).Threshold;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
SizeValueType
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetNumberOfDefinedThresholds() const
{
  this->VerifyResults();
  return static_cast<SizeValueType>(std::count_if(
    m_Counts.begin(), m_Counts.end(), [](const Counts & counts) { return !std::isnan(counts.GetDice()); }));
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::MeanOf(double (Counts::*measure)()
                                                                                            const) const
{
  this->VerifyResults();
  double sum = 0.0;
  for (const Counts & counts : m_Counts)
  {
    const double value = (counts.*measure)();
    sum += std::isnan(value) ? 0.0 : value;
  }
  // No threshold gives 0/0, NaN.
  return sum / static_cast<double>(this->GetNumberOfDefinedThresholds());
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetMeanDice() const
{
  return this->MeanOf(&Counts::GetDice);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetMeanPrecision() const
{
  return this->MeanOf(&Counts::GetPrecision);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetMeanRecall() const
{
  return this->MeanOf(&Counts::GetRecall);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::PrintSelf(std::ostream & os,
                                                                                             Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "Thresholds:";
  for (const double threshold : m_Thresholds)
  {
    os << ' ' << threshold;
  }
  os << std::endl;
  os << indent << "GreyShares:";
  for (const double share : m_GreyShares)
  {
    os << ' ' << share;
  }
  os << std::endl;
  os << indent << "GreyWindowLevel: " << m_GreyWindowLevel << std::endl;
  os << indent << "GreyWindowWidth: " << m_GreyWindowWidth << std::endl;
  if (!this->HasResults())
  {
    return;
  }
  os << indent << "NumberOfVoxels: " << m_NumberOfVoxels << std::endl;
  os << indent << "NumberOfDefinedThresholds: " << this->GetNumberOfDefinedThresholds() << std::endl;
  os << indent << "MeanDice: " << this->GetMeanDice() << std::endl;
  os << indent << "MeanPrecision: " << this->GetMeanPrecision() << std::endl;
  os << indent << "MeanRecall: " << this->GetMeanRecall() << std::endl;
  for (size_t i = 0; i < m_RegionCounts.size(); ++i)
  {
    os << indent << "Dice of " << static_cast<HounsfieldRegionEnum>(i + 1) << ": " << m_RegionCounts[i].GetDice()
       << std::endl;
  }
}

} // namespace itk

#endif
