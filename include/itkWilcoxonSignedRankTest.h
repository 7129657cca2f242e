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
#ifndef itkWilcoxonSignedRankTest_h
#define itkWilcoxonSignedRankTest_h

#include "itkIntTypes.h"
#include "itkObject.h"
#include "itkObjectFactory.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTExport.h"

#include <cstdint>
#include <iosfwd>
#include <vector>

namespace itk
{

/** \class WilcoxonSignedRankTestEnums
 * \brief The choices of WilcoxonSignedRankTest. They have the names of `scipy.stats.wilcoxon`.
 * \ingroup SyntheticCT */
class WilcoxonSignedRankTestEnums
{
public:
  /** The alternative to "the differences first - second are spread symmetrically around 0": that they are not, that
   * the first values tend to be smaller, or that they tend to be larger. */
  enum class Alternative : uint8_t
  {
    TwoSided,
    Less,
    Greater
  };

  /** What happens to pairs without a difference. `Wilcox`: left out. `Pratt`: they take part in the ranking, and then
   * their ranks are dropped. `ZSplit`: half of their ranks go to either side. */
  enum class ZeroMethod : uint8_t
  {
    Wilcox,
    Pratt,
    ZSplit
  };

  /** Where the p-value comes from: the exact distribution, its normal approximation, or what `Auto` finds fit. */
  enum class Method : uint8_t
  {
    Auto,
    Exact,
    Approximate
  };
};

using WilcoxonAlternativeEnum = WilcoxonSignedRankTestEnums::Alternative;
using WilcoxonZeroMethodEnum = WilcoxonSignedRankTestEnums::ZeroMethod;
using WilcoxonMethodEnum = WilcoxonSignedRankTestEnums::Method;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, WilcoxonAlternativeEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, WilcoxonZeroMethodEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, WilcoxonMethodEnum value);

/** \class WilcoxonSignedRankTest
 * \brief Whether one of two methods, measured on the same cases, is better than the other.
 *
 * The absolute differences \f$|d_i|\f$, \f$d_i = x_i - y_i\f$ of the pairs are ranked from 1, equal ones by the mean of
 * their ranks. \f$W^+\f$ is the sum of the ranks of positive differences and \f$W^-\f$ of negative ones (F. Wilcoxon,
 * "Individual comparisons by ranking methods", Biometrics Bulletin 1:80-83, 1945, doi:10.2307/3001968).
 *
 * **Exact distribution.** Were both methods alike, each rank of a pair with a difference would be positive or negative
 * with the same probability. The p-value is the probability of a \f$W^+\f$ at most (Less) or at least (Greater) as
 * large as the one found, or twice the smaller of the two, at most 1 (TwoSided). The distribution is that of the ranks
 * that are there, so it is exact with ties and zeros too.
 *
 * **Normal approximation.** \f$z = (W^+ - \mu)/\sigma\f$ with
 * \f$\mu = \frac{n(n+1) - n_0(n_0+1)}{4}\f$ and
 * \f$\sigma^2 = \frac{n(n+1)(2n+1) - n_0(n_0+1)(2n_0+1) - \frac12\sum_t (t^3 - t)}{24}\f$,
 * where \f$n\f$ pairs are ranked, \f$n_0\f$ is the number of zeros for `Pratt` (E.E. Cureton, "The normal approximation
 * to the signed-rank sampling distribution when zero differences are present", JASA 62:1068-1069, 1967,
 * doi:10.1080/01621459.1967.10500917) and 0 otherwise, and \f$t\f$ are the sizes of groups of equal absolute
 * differences; the group of zeros counts for `ZSplit` only. With ContinuityCorrection \f$W^+ - \mu\f$ is moved by 1/2:
 * towards 0 for TwoSided, up for Less, down for Greater.
 *
 * **Auto** chooses as SciPy 1.17 does: exact for up to 50 pairs without ties and zeros and for up to 13 pairs with
 * them, the approximation otherwise. P-values agree with SciPy's for all three zero methods and alternatives; only its
 * `method='exact'` with ties differs, which ignores them.
 *
 * **Edge cases.** A pair with a NaN is left out and counted. A pair of equal infinities has no difference; any other
 * infinite difference has the largest rank. Without a pair the statistic and the p-value are NaN. When no pair has a
 * difference, the p-value is 1. Both samples must have the same size.
 *
 * \ingroup SyntheticCT
 */
class SyntheticCT_EXPORT WilcoxonSignedRankTest : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(WilcoxonSignedRankTest);

  using Self = WilcoxonSignedRankTest;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(WilcoxonSignedRankTest);

  /** The pairs: values of both methods for the same cases. Throws itk::ExceptionObject when their numbers differ. */
  void
  SetSamples(const std::vector<double> & first, const std::vector<double> & second);

  /** Default: TwoSided. */
  itkSetEnumMacro(Alternative, WilcoxonAlternativeEnum);
  itkGetEnumMacro(Alternative, WilcoxonAlternativeEnum);

  /** Default: Wilcox. */
  itkSetEnumMacro(ZeroMethod, WilcoxonZeroMethodEnum);
  itkGetEnumMacro(ZeroMethod, WilcoxonZeroMethodEnum);

  /** Default: Auto. Exact is possible for up to 1000 pairs; Update() throws for more. */
  itkSetEnumMacro(Method, WilcoxonMethodEnum);
  itkGetEnumMacro(Method, WilcoxonMethodEnum);

  /** Of the normal approximation. Default: off. */
  itkSetMacro(ContinuityCorrection, bool);
  itkGetConstMacro(ContinuityCorrection, bool);
  itkBooleanMacro(ContinuityCorrection);

  /** Makes the test. */
  void
  Update();

  /** The results of the last Update(), whatever was set after it; before it the getters throw. The pairs: all but those
   * with a NaN, and among them those without a difference. */
  SizeValueType
  GetNumberOfPairs() const
  {
    this->VerifyResults();
    return m_NumberOfPairs;
  }
  SizeValueType
  GetNumberOfZeros() const
  {
    this->VerifyResults();
    return m_NumberOfZeros;
  }
  /** The pairs with a NaN, which are left out. */
  SizeValueType
  GetNumberOfUndefinedPairs() const
  {
    this->VerifyResults();
    return m_NumberOfUndefinedPairs;
  }
  /** Whether differences other than 0 are equal but for their sign. */
  bool
  GetHasTies() const
  {
    this->VerifyResults();
    return m_HasTies;
  }
  /** The rank sums W+ and W-. */
  double
  GetPositiveRankSum() const
  {
    this->VerifyResults();
    return m_PositiveRankSum;
  }
  double
  GetNegativeRankSum() const
  {
    this->VerifyResults();
    return m_NegativeRankSum;
  }
  /** The smaller of W+ and W- for TwoSided, W+ otherwise, as SciPy has it. */
  double
  GetStatistic() const
  {
    this->VerifyResults();
    return m_Statistic;
  }
  /** The normal approximation's z, with the sign of W+ - W-; NaN when the exact distribution was used. */
  double
  GetZScore() const
  {
    this->VerifyResults();
    return m_ZScore;
  }
  double
  GetPValue() const
  {
    this->VerifyResults();
    return m_PValue;
  }
  /** Exact or Approximate. */
  WilcoxonMethodEnum
  GetUsedMethod() const
  {
    this->VerifyResults();
    return m_UsedMethod;
  }

protected:
  WilcoxonSignedRankTest() = default;
  ~WilcoxonSignedRankTest() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** The differences that are ranked, by their size; counts the pairs. */
  std::vector<double>
  FindDifferences();

  /** Throws when there are no results. */
  void
  VerifyResults() const;

  std::vector<double>     m_First;
  std::vector<double>     m_Second;
  WilcoxonAlternativeEnum m_Alternative{ WilcoxonAlternativeEnum::TwoSided };
  WilcoxonZeroMethodEnum  m_ZeroMethod{ WilcoxonZeroMethodEnum::Wilcox };
  WilcoxonMethodEnum      m_Method{ WilcoxonMethodEnum::Auto };
  bool                    m_ContinuityCorrection{ false };

  bool               m_HasResults{ false };
  SizeValueType      m_NumberOfPairs{ 0 };
  SizeValueType      m_NumberOfZeros{ 0 };
  SizeValueType      m_NumberOfUndefinedPairs{ 0 };
  bool               m_HasTies{ false };
  double             m_PositiveRankSum{ 0.0 };
  double             m_NegativeRankSum{ 0.0 };
  double             m_Statistic{ 0.0 };
  double             m_ZScore{ 0.0 };
  double             m_PValue{ 0.0 };
  WilcoxonMethodEnum m_UsedMethod{ WilcoxonMethodEnum::Auto };
};

} // namespace itk

#endif
