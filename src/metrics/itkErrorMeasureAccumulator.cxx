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
#include "SyntheticCTDetail/itkErrorMeasureAccumulator.h"

#include "itkBlockRange.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <type_traits>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

// Several running sums instead of one are what vector instructions work on. Their order is fixed by the position of a
// pair in its run.
constexpr size_t numberOfLanes = 4;
constexpr size_t numberOfVectors = numberOfLanes / vectorLength;

template <typename T>
T
Absolute(const T & value)
{
  // One instruction less than a comparison with zero.
  const T negative = -value;
  return value > negative ? value : negative;
}

/** NaN stays. */
template <typename T>
T
Clip(const T & value, const T & lower, const T & upper)
{
  const T raised = value < lower ? lower : value;
  return raised > upper ? upper : raised;
}

/** The sums of all pairs: `TSums<T>` is made from the arguments, has `Add(reference, synthetic)`, and adds to an array
 * of type T. */
template <template <typename> class TSums, typename... TArguments>
auto
SumsOf(const double * reference, const double * synthetic, size_t count, const TArguments... arguments)
{
  std::array<TSums<Vector>, numberOfVectors> vectors;
  vectors.fill(TSums<Vector>{ (Vector{} + arguments)... });
  TSums<double> rest{ arguments... };
  size_t        i = 0;
  for (; i + numberOfLanes <= count; i += numberOfLanes)
  {
    for (size_t v = 0; v < numberOfVectors; ++v)
    {
      Vector r;
      Vector s;
      std::memcpy(&r, reference + i + v * vectorLength, sizeof(Vector));
      std::memcpy(&s, synthetic + i + v * vectorLength, sizeof(Vector));
      vectors[v].Add(r, s);
    }
  }
  for (; i < count; ++i)
  {
    rest.Add(reference[i], synthetic[i]);
  }
  auto sums = rest.Sums;
  for (size_t k = 0; k < sums.size(); ++k)
  {
    std::array<double, numberOfLanes> lanes;
    for (size_t v = 0; v < numberOfVectors; ++v)
    {
      std::memcpy(&lanes[v * vectorLength], &vectors[v].Sums[k], sizeof(Vector));
    }
    sums[k] += (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
  }
  return sums;
}

/** Errors, and deviations from the first pair of the run. */
template <typename T>
struct ErrorPass
{
  T                FirstReference;
  T                FirstSynthetic;
  std::array<T, 5> Sums{};

  void
  Add(const T & reference, const T & synthetic)
  {
    const T difference = synthetic - reference;
    Sums[0] += difference;
    Sums[1] += Absolute(difference);
    Sums[2] += difference * difference;
    Sums[3] += reference - FirstReference;
    Sums[4] += synthetic - FirstSynthetic;
  }
};

/** Products of deviations from the means. */
template <typename T>
struct MomentPass
{
  T                ReferenceMean;
  T                SyntheticMean;
  std::array<T, 3> Sums{};

  void
  Add(const T & reference, const T & synthetic)
  {
    const T referenceDeviation = reference - ReferenceMean;
    const T syntheticDeviation = synthetic - SyntheticMean;
    Sums[0] += referenceDeviation * referenceDeviation;
    Sums[1] += syntheticDeviation * syntheticDeviation;
    Sums[2] += referenceDeviation * syntheticDeviation;
  }
};

/** Errors of clipped values. */
template <typename T>
struct ClippedPass
{
  T                Lower;
  T                Upper;
  std::array<T, 2> Sums{};

  void
  Add(const T & reference, const T & synthetic)
  {
    const T difference = Clip(synthetic, Lower, Upper) - Clip(reference, Lower, Upper);
    Sums[0] += Absolute(difference);
    Sums[1] += difference * difference;
  }
};

ErrorSums
SumsOfRun(const PairedRun & run, const ErrorMeasureRules::Interval & peak)
{
  const double * const reference = run.GetReference();
  const double * const synthetic = run.GetSynthetic();
  const size_t         count = run.GetCount();

  ErrorSums sums;
  sums.Count = count;
  // Deviations from the first voxel add up to exactly zero where the image is constant.
  const auto errors = SumsOf<ErrorPass>(reference, synthetic, count, reference[0], synthetic[0]);
  sums.Error = errors[0];
  sums.AbsoluteError = errors[1];
  sums.SquaredError = errors[2];
  sums.ReferenceMean = reference[0] + errors[3] / static_cast<double>(count);
  sums.SyntheticMean = synthetic[0] + errors[4] / static_cast<double>(count);
  const auto moments = SumsOf<MomentPass>(reference, synthetic, count, sums.ReferenceMean, sums.SyntheticMean);
  sums.ReferenceMoment = moments[0];
  sums.SyntheticMoment = moments[1];
  sums.JointMoment = moments[2];
  sums.ErrorMoment = sums.SquaredError - sums.Error * (sums.Error / static_cast<double>(count));
  sums.PeakSquaredError = sums.SquaredError;
  if (std::isfinite(peak.Lower))
  {
    sums.PeakSquaredError = SumsOf<ClippedPass>(reference, synthetic, count, peak.Lower, peak.Upper)[1];
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

  const double errorShift =
    other.Error / static_cast<double>(other.Count) - this->Error / static_cast<double>(this->Count);

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
  this->ErrorMoment += other.ErrorMoment + errorShift * errorShift * weight;
}

void
RegionErrorSums::Join(const RegionErrorSums & other)
{
  for (size_t i = 0; i < Regions.size(); ++i)
  {
    Regions[i].Join(other.Regions[i]);
  }
  for (size_t i = 0; i < RestAbsoluteErrors.size(); ++i)
  {
    RestAbsoluteErrors[i] += other.RestAbsoluteErrors[i];
  }
}

ErrorMeasureAccumulator::ErrorMeasureAccumulator(const ErrorMeasureRules & rules, bool withRegions)
  : m_Rules(&rules)
  , m_Parts(withRegions ? new Parts : nullptr)
{}

void
ErrorMeasureAccumulator::Flush(Part & part) const
{
  if (part.Run.GetCount() != 0)
  {
    part.Sums.Join(SumsOfRun(part.Run, m_Rules->Peak));
    part.Run.Clear();
  }
}

void
ErrorMeasureAccumulator::AddToSets(std::array<Part, NumberOfSets> & parts,
                                   const double *                   reference,
                                   const double *                   synthetic,
                                   size_t                           length,
                                   double                           lowest,
                                   double                           highest) const
{
  // Neighbours mostly belong to the same regions.
  bool   isOneSet = length == PairedRun::BlockLength;
  size_t set = 0;
  for (size_t region = 0; region < NumberOfRegions; ++region)
  {
    const auto & bounds = m_Rules->Regions[region];
    const bool   isIn = lowest >= bounds.Lower && highest <= bounds.Upper;
    isOneSet = isOneSet && (isIn || highest < bounds.Lower || lowest > bounds.Upper);
    set |= size_t{ isIn } << region;
  }
  if (isOneSet)
  {
    Part & part = parts[set];
    part.Run.AddBlock(reference, synthetic, std::integral_constant<size_t, PairedRun::BlockLength>{});
    if (part.Run.IsFull())
    {
      this->Flush(part);
    }
    return;
  }
  for (size_t i = 0; i < length; ++i)
  {
    set = 0;
    for (size_t region = 0; region < NumberOfRegions; ++region)
    {
      const auto & bounds = m_Rules->Regions[region];
      // Without a branch, which would often be foretold wrongly.
      const auto isIn = static_cast<unsigned int>(reference[i] >= bounds.Lower) &
                        static_cast<unsigned int>(reference[i] <= bounds.Upper);
      set |= isIn << region;
    }
    Part & part = parts[set];
    part.Run.AddBlock(reference + i, synthetic + i, std::integral_constant<size_t, 1>{});
    if (part.Run.IsFull())
    {
      this->Flush(part);
    }
  }
}

void
ErrorMeasureAccumulator::Sort()
{
  if (!m_Parts)
  {
    this->Flush(m_Body);
    return;
  }
  constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
  const size_t     count = m_Body.Run.GetCount();
  const auto       clip = m_Rules->Clip;
  // The length is a constant for whole blocks, by which the compiler unrolls.
  const auto sort = [&](size_t begin, auto length) {
    const double * const reference = m_Body.Run.GetReference() + begin;
    const double * const synthetic = m_Body.Run.GetSynthetic() + begin;

    // NaN, and what is left at the end, is looked at one by one: no comparison below is true then.
    std::array<double, 2> references{ notANumber, notANumber };
    std::array<double, 2> synthetics{ notANumber, notANumber };
    if (length == PairedRun::BlockLength && !(RangeOfBlock(reference, references[0], references[1]) &&
                                              RangeOfBlock(synthetic, synthetics[0], synthetics[1])))
    {
      references = { notANumber, notANumber };
    }
    if (references[0] >= clip.Lower && references[1] <= clip.Upper && synthetics[0] >= clip.Lower &&
        synthetics[1] <= clip.Upper)
    {
      this->AddToSets(m_Parts->Kept, reference, synthetic, length, references[0], references[1]);
      return;
    }
    m_Parts->Changed.Run.AddBlock(reference, synthetic, length);
    if (m_Parts->Changed.Run.IsFull())
    {
      this->Flush(m_Parts->Changed);
    }
    std::array<double, PairedRun::BlockLength> clippedReference;
    std::array<double, PairedRun::BlockLength> clippedSynthetic;
    for (size_t i = 0; i < length; ++i)
    {
      clippedReference[i] = Clip(reference[i], clip.Lower, clip.Upper);
      clippedSynthetic[i] = Clip(synthetic[i], clip.Lower, clip.Upper);
    }
    this->AddToSets(m_Parts->Clipped,
                    clippedReference.data(),
                    clippedSynthetic.data(),
                    length,
                    Clip(references[0], clip.Lower, clip.Upper),
                    Clip(references[1], clip.Lower, clip.Upper));
  };
  size_t begin = 0;
  for (; begin + PairedRun::BlockLength <= count; begin += PairedRun::BlockLength)
  {
    sort(begin, std::integral_constant<size_t, PairedRun::BlockLength>{});
  }
  if (begin < count)
  {
    sort(begin, count - begin);
  }
  m_Body.Run.Clear();
}

RegionErrorSums
ErrorMeasureAccumulator::Finish()
{
  RegionErrorSums sums;
  this->Sort();
  const auto take = [this](Part & part) {
    this->Flush(part);
    const ErrorSums taken = part.Sums;
    part.Sums = ErrorSums{};
    return taken;
  };
  if (!m_Parts)
  {
    sums.Regions[0] = take(m_Body);
    return sums;
  }
  sums.Regions[0] = take(m_Parts->Changed);
  for (size_t set = 0; set < NumberOfSets; ++set)
  {
    const ErrorSums kept = take(m_Parts->Kept[set]);
    const ErrorSums clipped = take(m_Parts->Clipped[set]);
    sums.Regions[0].Join(kept);
    for (size_t region = 0; region < NumberOfRegions; ++region)
    {
      if ((set >> region & 1) != 0)
      {
        sums.Regions[region + 1].Join(kept);
        sums.Regions[region + 1].Join(clipped);
      }
      else
      {
        // On its own: the difference of two sums would have no digits left where a region is nearly the whole body.
        sums.RestAbsoluteErrors[region] += kept.AbsoluteError + clipped.AbsoluteError;
      }
    }
  }
  return sums;
}

} // namespace SyntheticCTDetail
} // namespace itk
