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
#include "itkPairedRuns.h"

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

  void
  Join(const ErrorSums & other);
};

/** The sums of the body, air, soft tissue and bone, and the absolute error of the clipped images over the body. */
struct SyntheticCT_EXPORT RegionErrorSums
{
  std::array<ErrorSums, 4> Regions{};
  double                   ClippedAbsoluteError{ 0.0 };

  void
  Join(const RegionErrorSums & other);
};

/** What ErrorMeasureAccumulator has to know. */
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
 * joined, which has the quality of two passes over all of them. */
class SyntheticCT_EXPORT ErrorMeasureAccumulator
{
public:
  /** Without regions only the sums of the body are taken. The rules have to live as long as this. */
  ErrorMeasureAccumulator(const ErrorMeasureRules & rules, bool withRegions);

  template <typename TReference, typename TSynthetic, typename TMask>
  void
  AddLine(const TReference * reference, const TSynthetic * synthetic, const TMask * mask, size_t length)
  {
    m_Body.AddLine(reference, synthetic, mask, length, [this](PairedRun &) { this->FlushBody(); });
  }

  /** The sums of all that was added since the last time. */
  RegionErrorSums
  Finish();

private:
  void
  FlushBody();

  void
  FlushRegion(size_t region);

  const ErrorMeasureRules *                 m_Rules;
  PairedRun                                 m_Body;
  std::unique_ptr<std::array<PairedRun, 3>> m_Regions;
  RegionErrorSums                           m_Sums;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
