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
#include "itkErrorMeasureAccumulator.h"

#include <cmath>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

// Several running sums instead of one let the compiler use vector instructions. Their order is fixed by the position of
// a pair in its run.
constexpr size_t numberOfLanes = 4;
using Lanes = std::array<double, numberOfLanes>;

double
SumOf(const Lanes & lanes)
{
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

/** Calls `function(lane, reference, synthetic)` for every pair. */
template <typename TFunction>
void
ForEachPair(const double * reference, const double * synthetic, size_t count, const TFunction & function)
{
  size_t i = 0;
  for (; i + numberOfLanes <= count; i += numberOfLanes)
  {
    for (size_t lane = 0; lane < numberOfLanes; ++lane)
    {
      function(lane, reference[i + lane], synthetic[i + lane]);
    }
  }
  for (; i < count; ++i)
  {
    function(0, reference[i], synthetic[i]);
  }
}

/** NaN stays. */
double
Clip(double value, const ErrorMeasureRules::Interval & interval)
{
  const double raised = value < interval.Lower ? interval.Lower : value;
  return raised > interval.Upper ? interval.Upper : raised;
}

ErrorSums
SumsOfRun(const PairedRun & run, const ErrorMeasureRules::Interval & peak)
{
  const double * const references = run.GetReference();
  const double * const synthetics = run.GetSynthetic();
  const size_t         count = run.GetCount();

  // Deviations from the first voxel add up to exactly zero where the image is constant.
  const double firstReference = references[0];
  const double firstSynthetic = synthetics[0];
  Lanes        error{};
  Lanes        absoluteError{};
  Lanes        squaredError{};
  Lanes        referenceSum{};
  Lanes        syntheticSum{};
  ForEachPair(references, synthetics, count, [&](size_t lane, double reference, double synthetic) {
    const double difference = synthetic - reference;
    error[lane] += difference;
    absoluteError[lane] += std::abs(difference);
    squaredError[lane] += difference * difference;
    referenceSum[lane] += reference - firstReference;
    syntheticSum[lane] += synthetic - firstSynthetic;
  });

  ErrorSums sums;
  sums.Count = count;
  sums.Error = SumOf(error);
  sums.AbsoluteError = SumOf(absoluteError);
  sums.SquaredError = SumOf(squaredError);
  sums.PeakSquaredError = sums.SquaredError;
  sums.ReferenceMean = firstReference + SumOf(referenceSum) / static_cast<double>(count);
  sums.SyntheticMean = firstSynthetic + SumOf(syntheticSum) / static_cast<double>(count);

  const double referenceMean = sums.ReferenceMean;
  const double syntheticMean = sums.SyntheticMean;
  Lanes        referenceMoment{};
  Lanes        syntheticMoment{};
  Lanes        jointMoment{};
  ForEachPair(references, synthetics, count, [&](size_t lane, double reference, double synthetic) {
    const double referenceDeviation = reference - referenceMean;
    const double syntheticDeviation = synthetic - syntheticMean;
    referenceMoment[lane] += referenceDeviation * referenceDeviation;
    syntheticMoment[lane] += syntheticDeviation * syntheticDeviation;
    jointMoment[lane] += referenceDeviation * syntheticDeviation;
  });
  sums.ReferenceMoment = SumOf(referenceMoment);
  sums.SyntheticMoment = SumOf(syntheticMoment);
  sums.JointMoment = SumOf(jointMoment);

  if (std::isfinite(peak.Lower) || std::isfinite(peak.Upper))
  {
    Lanes peakSquaredError{};
    ForEachPair(references, synthetics, count, [&](size_t lane, double reference, double synthetic) {
      const double difference = Clip(synthetic, peak) - Clip(reference, peak);
      peakSquaredError[lane] += difference * difference;
    });
    sums.PeakSquaredError = SumOf(peakSquaredError);
  }
  return sums;
}

} // namespace

void
ErrorSums::Join(const ErrorSums & other)
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
  this->PeakSquaredError += other.PeakSquaredError;
  this->ReferenceMean += referenceShift * share;
  this->SyntheticMean += syntheticShift * share;
  this->ReferenceMoment += other.ReferenceMoment + referenceShift * referenceShift * weight;
  this->SyntheticMoment += other.SyntheticMoment + syntheticShift * syntheticShift * weight;
  this->JointMoment += other.JointMoment + referenceShift * syntheticShift * weight;
}

void
RegionErrorSums::Join(const RegionErrorSums & other)
{
  for (size_t i = 0; i < Regions.size(); ++i)
  {
    Regions[i].Join(other.Regions[i]);
  }
  ClippedAbsoluteError += other.ClippedAbsoluteError;
}

ErrorMeasureAccumulator::ErrorMeasureAccumulator(const ErrorMeasureRules & rules, bool withRegions)
  : m_Rules(&rules)
  , m_Regions(withRegions ? new std::array<PairedRun, 3> : nullptr)
{}

void
ErrorMeasureAccumulator::FlushRegion(size_t region)
{
  PairedRun & run = (*m_Regions)[region];
  if (run.GetCount() != 0)
  {
    m_Sums.Regions[region + 1].Join(SumsOfRun(run, m_Rules->Peak));
    run.Clear();
  }
}

void
ErrorMeasureAccumulator::FlushBody()
{
  const size_t count = m_Body.GetCount();
  if (count == 0)
  {
    return;
  }
  const ErrorSums sums = SumsOfRun(m_Body, m_Rules->Peak);
  m_Sums.Regions[0].Join(sums);
  if (m_Regions)
  {
    std::array<double, PairedRun::Capacity> references;
    std::array<double, PairedRun::Capacity> synthetics;
    for (size_t i = 0; i < count; ++i)
    {
      references[i] = Clip(m_Body.GetReference()[i], m_Rules->Clip);
      synthetics[i] = Clip(m_Body.GetSynthetic()[i], m_Rules->Clip);
    }
    Lanes absoluteError{};
    ForEachPair(references.data(), synthetics.data(), count, [&](size_t lane, double reference, double synthetic) {
      absoluteError[lane] += std::abs(synthetic - reference);
    });
    m_Sums.ClippedAbsoluteError += SumOf(absoluteError);

    // Neighbours mostly belong to the same region, so that blocks can be taken or left as a whole. Comparisons ignore
    // NaN, which is in no region.
    const bool isFinite = std::isfinite(sums.ReferenceMean);
    using BlockLengthType = std::integral_constant<size_t, PairedRun::BlockLength>;
    for (size_t begin = 0; begin < count; begin += PairedRun::BlockLength)
    {
      const double * const reference = references.data() + begin;
      const double * const synthetic = synthetics.data() + begin;
      const size_t         length = std::min(PairedRun::BlockLength, count - begin);
      const bool           isWhole = length == PairedRun::BlockLength;
      Lanes                low;
      Lanes                high;
      low.fill(std::numeric_limits<double>::infinity());
      high.fill(-std::numeric_limits<double>::infinity());
      ForEachPair(reference, synthetic, length, [&](size_t lane, double value, double) {
        low[lane] = value < low[lane] ? value : low[lane];
        high[lane] = value > high[lane] ? value : high[lane];
      });
      const double lowest = std::min(std::min(low[0], low[1]), std::min(low[2], low[3]));
      const double highest = std::max(std::max(high[0], high[1]), std::max(high[2], high[3]));
      for (size_t region = 0; region < m_Regions->size(); ++region)
      {
        PairedRun & run = (*m_Regions)[region];
        const auto  bounds = m_Rules->Regions[region];
        if (highest < bounds.Lower || lowest > bounds.Upper)
        {
          continue;
        }
        if (isFinite && isWhole && lowest >= bounds.Lower && highest <= bounds.Upper)
        {
          run.AddBlock(reference, synthetic, BlockLengthType{});
        }
        else
        {
          run.AddSomeOfBlock(reference, synthetic, length, [=](size_t i) {
            return static_cast<int>(reference[i] >= bounds.Lower) & static_cast<int>(reference[i] <= bounds.Upper);
          });
        }
        if (run.IsFull())
        {
          this->FlushRegion(region);
        }
      }
    }
  }
  m_Body.Clear();
}

RegionErrorSums
ErrorMeasureAccumulator::Finish()
{
  this->FlushBody();
  for (size_t region = 0; m_Regions && region < m_Regions->size(); ++region)
  {
    this->FlushRegion(region);
  }
  const RegionErrorSums sums = m_Sums;
  m_Sums = RegionErrorSums{};
  return sums;
}

} // namespace SyntheticCTDetail
} // namespace itk
