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

#include "itkPairedRuns.h"

#include <algorithm>
#include <cmath>
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
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::SetThresholdsInSteps(double first,
                                                                                                        double last,
                                                                                                        double step)
{
  constexpr double limit = 100000.0;
  // Written so that NaN is refused.
  if (!(std::isfinite(first) && last >= first && step > 0.0 && (last - first) / step < limit))
  {
    itkExceptionMacro(
      "Thresholds from " << first << " to " << last << " in steps of " << step
                         << " were asked for, but should rise from a number in steps larger than 0, and "
                            "be at most "
                         << limit << '.');
  }
  const auto     count = static_cast<size_t>((last - first) / step + 1e-6) + 1;
  ThresholdsType thresholds(count);
  for (size_t i = 0; i < count; ++i)
  {
    thresholds[i] = first + static_cast<double>(i) * step;
  }
  this->SetThresholds(thresholds);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::SetGreyLevelThresholds(
  double level, double width, double first, double last, double step)
{
  if (!(std::isfinite(level) && width > 0.0 && std::isfinite(width)))
  {
    itkExceptionMacro("The window has the level " << level << " and the width " << width
                                                  << " but should have a width larger than 0.");
  }
  if (!(first > 0.0 && last <= 1.0))
  {
    itkExceptionMacro("The shares of the grey range are [" << first << ", " << last
                                                           << "] but should be larger than 0 and at most 1.");
  }
  this->SetThresholdsInSteps(first, last, step);
  ThresholdsType thresholds = m_Thresholds;
  for (double & threshold : thresholds)
  {
    // A share such as 0.4 has no exact double, and 255 times it may lie just above the grey value that is meant.
    const double grey = std::ceil(255.0 * threshold - 1e-9);
    threshold = level - 0.5 * width + width * ((grey - 0.5) / 255.0);
  }
  this->SetThresholds(thresholds);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  for (const double threshold : m_Thresholds)
  {
    if (!std::isfinite(threshold))
    {
      itkExceptionMacro("A threshold is " << threshold << " but should be a finite number.");
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::BeforeStreamedGenerateData()
{
  Superclass::BeforeStreamedGenerateData();

  std::vector<double> cuts;
  m_Intervals.clear();
  for (const auto & bounds : this->GetBounds())
  {
    m_Intervals.emplace_back(bounds.Lower, bounds.Upper, this->GetClipMinimum(), this->GetClipMaximum());
    m_Intervals.back().AppendCuts(cuts);
  }
  m_RegionClassifier = SyntheticCTDetail::ValueClassifier(cuts);

  // Values are classed once, by the cuts of thresholds and regions together.
  cuts.insert(cuts.end(), m_Thresholds.begin(), m_Thresholds.end());
  m_Classifier = SyntheticCTDetail::ValueClassifier(cuts);
  const size_t classes = m_Classifier.GetNumberOfClasses();
  const size_t regionClasses = m_RegionClassifier.GetNumberOfClasses();
  m_RegionClasses.assign(classes, 0);
  m_RegionClasses[1] = 1;
  for (const double cut : cuts)
  {
    m_RegionClasses[m_Classifier.GetClass(cut)] = m_RegionClassifier.GetClass(cut);
  }
  m_Counters.Initialize(3 * classes + regionClasses * regionClasses);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::ThreadedStreamedGenerateData(
  const RegionType & sliceRegion)
{
  using SyntheticCTDetail::PairedRun;

  const size_t classes = m_Classifier.GetNumberOfClasses();
  const size_t regionClasses = m_RegionClassifier.GetNumberOfClasses();

  std::array<ClassType, PairedRun::Capacity> referenceClasses;
  std::array<ClassType, PairedRun::Capacity> syntheticClasses;
  m_Counters.Count([&](SizeValueType * counters) {
    SizeValueType * const reference = counters;
    SizeValueType * const synthetic = reference + classes;
    SizeValueType * const smaller = synthetic + classes;
    SizeValueType * const pairs = smaller + classes;
    SyntheticCTDetail::ForEachPairedRun(
      this->GetReferenceImage(),
      this->GetSyntheticImage(),
      this->GetMaskImage(),
      sliceRegion,
      [&](const PairedRun & run) {
        const size_t count = run.GetCount();
        m_Classifier.Classify(run.GetReference(), count, referenceClasses.data());
        m_Classifier.Classify(run.GetSynthetic(), count, syntheticClasses.data());
        for (size_t i = 0; i < count; ++i)
        {
          ++reference[referenceClasses[i]];
          ++synthetic[syntheticClasses[i]];
          ++smaller[std::min(referenceClasses[i], syntheticClasses[i])];
          ++pairs[m_RegionClasses[referenceClasses[i]] * regionClasses + m_RegionClasses[syntheticClasses[i]]];
        }
      });
  });
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::AfterStreamedGenerateData()
{
  Superclass::AfterStreamedGenerateData();

  const auto   total = m_Counters.TakeSum();
  const size_t classes = m_Classifier.GetNumberOfClasses();
  const auto   regionClasses = static_cast<ClassType>(m_RegionClassifier.GetNumberOfClasses());
  const auto   sumOf = [&total](size_t begin, size_t end) {
    return std::accumulate(total.begin() + static_cast<std::ptrdiff_t>(begin),
                           total.begin() + static_cast<std::ptrdiff_t>(end),
                           SizeValueType{ 0 });
  };

  m_Counts.clear();
  for (const double threshold : m_Thresholds)
  {
    const size_t first = m_Classifier.GetClass(threshold);
    m_Counts.push_back(
      { sumOf(first, classes), sumOf(classes + first, 2 * classes), sumOf(2 * classes + first, 3 * classes) });
  }

  const size_t firstPair = 3 * classes;
  m_NumberOfVoxels = sumOf(firstPair, total.size());
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
  if (i >= m_Counts.size())
  {
    itkExceptionMacro("There is no threshold with index " << i << ": the last Update() measured " << m_Counts.size()
                                                          << '.');
  }
  return m_Counts[i];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetThreshold(SizeValueType i) const
{
  if (i >= m_Thresholds.size())
  {
    itkExceptionMacro("There is no threshold with index " << i << ": there are " << m_Thresholds.size() << '.');
  }
  return m_Thresholds[i];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
SizeValueType
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetNumberOfDefinedThresholds() const
{
  return static_cast<SizeValueType>(std::count_if(
    m_Counts.begin(), m_Counts.end(), [](const Counts & counts) { return !std::isnan(counts.GetDice()); }));
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ThresholdOverlapMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::MeanOf(double (Counts::*measure)()
                                                                                            const) const
{
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
  os << indent << "NumberOfVoxels: " << m_NumberOfVoxels << std::endl;
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
