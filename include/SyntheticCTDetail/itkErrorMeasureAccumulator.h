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
#ifndef itkErrorMeasureAccumulator_h
#define itkErrorMeasureAccumulator_h

#include "SyntheticCTExport.h"
#include "itkIntTypes.h"
#include "SyntheticCTDetail/itkPairedRuns.h"

#include <array>
#include <limits>
#include <memory>

namespace itk
{
namespace SyntheticCTDetail
{

/** Sums and central moments of a set of pairs of values, from which every error measure follows. */
struct SyntheticCT_EXPORT ErrorSums
{
  SizeValueType Count{ 0 };
  double        Error{ 0.0 };
  double        AbsoluteError{ 0.0 };
  double        SquaredError{ 0.0 };
  /** Of the values clipped to the interval of the PSNR. */
  double PeakSquaredError{ 0.0 };
  double ReferenceMean{ 0.0 };
  double SyntheticMean{ 0.0 };
  double ReferenceMoment{ 0.0 };
  double SyntheticMoment{ 0.0 };
  double JointMoment{ 0.0 };
  double ErrorMoment{ 0.0 };

  void
  Join(const ErrorSums & other);
};

/** The sums of the body, air, soft tissue and bone, and the absolute error of the clipped images over the rest of the
 * body for air, soft tissue and bone. */
struct SyntheticCT_EXPORT RegionErrorSums
{
  std::array<ErrorSums, 4> Regions{};
  std::array<double, 3>    RestAbsoluteErrors{};

  void
  Join(const RegionErrorSums & other);
};

/** Settings of ErrorMeasureAccumulator. */
struct ErrorMeasureRules
{
  struct Interval
  {
    double Lower;
    double Upper;
  };

  /** Values are clipped to it before they are classed. */
  Interval Clip;
  /** Air, soft tissue, bone. */
  std::array<Interval, 3> Regions;
  /** Values are clipped to it for the PSNR. */
  Interval Peak{ -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity() };
};

/** Takes the sums of pairs of values that are added line by line. Moments are taken in two passes over short runs and
 * joined, which has the quality of two passes over all of them.
 *
 * Every pair is summed once. Pairs are sorted by the set of regions that they belong to; the sums of a region are those
 * of all sets that it is in, and the sums of the body are those of all. Only blocks of pairs of which clipping may
 * change some are summed twice, as they are for the body and clipped for the regions. */
class SyntheticCT_EXPORT ErrorMeasureAccumulator
{
public:
  /** Without regions only the sums of the body are taken. The rules have to live as long as this. */
  ErrorMeasureAccumulator(const ErrorMeasureRules & rules, bool withRegions);

  template <typename TReference, typename TSynthetic, typename TMask>
  void
  AddLine(const TReference * reference, const TSynthetic * synthetic, const TMask * mask, size_t length)
  {
    m_Body.Run.AddLine(reference, synthetic, mask, length, [this](PairedRun &) { this->Sort(); });
  }

  /** The sums of all that was added since the last time. */
  RegionErrorSums
  Finish();

private:
  static constexpr size_t NumberOfRegions = 3;
  static constexpr size_t NumberOfSets = size_t{ 1 } << NumberOfRegions;

  /** Pairs that have not been summed yet, and the sums of those that have been. */
  struct Part
  {
    PairedRun Run;
    ErrorSums Sums;
  };

  /** Those that clipping does not change, those that it does, as they are, and the same clipped. A set of regions is
   * the sum of 1 for air, 2 for soft tissue and 4 for bone. */
  struct Parts
  {
    std::array<Part, NumberOfSets> Kept;
    Part                           Changed;
    std::array<Part, NumberOfSets> Clipped;
  };

  void
  Flush(Part & part) const;

  /** Adds a block of pairs to the part of its regions, which is one when all reference values between two are in the
   * same. */
  void
  AddToSets(std::array<Part, NumberOfSets> & parts,
            const double *                   reference,
            const double *                   synthetic,
            size_t                           length,
            double                           lowest,
            double                           highest) const;

  /** Hands the pairs that have arrived on to their parts. */
  void
  Sort();

  const ErrorMeasureRules * m_Rules;
  Part                      m_Body;
  std::unique_ptr<Parts>    m_Parts;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
