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
#include "itkWilcoxonSignedRankTest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

namespace itk
{
namespace
{
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

constexpr size_t largestExactSample = 1000;
// Those of SciPy 1.17.
constexpr size_t largestAutomaticExactSample = 50;
constexpr size_t largestAutomaticExactSampleWithTies = 13;

/** The probabilities of a sum of ranks at most and at least as large as the one given. Ranks and sum are doubled, since
 * means of ranks may end in one half. */
struct Tails
{
  double AtMost{ 0.0 };
  double AtLeast{ 0.0 };
};

Tails
ExactTails(const std::vector<size_t> & doubledRanks, size_t doubledSum)
{
  size_t total = 0;
  for (const size_t rank : doubledRanks)
  {
    total += rank;
  }
  // The probability of every sum of the ranks so far. Halving is exact, so up to 53 ranks all of them are.
  std::vector<double> probabilities(total + 1, 0.0);
  probabilities[0] = 1.0;
  size_t reached = 0;
  for (const size_t rank : doubledRanks)
  {
    reached += rank;
    for (size_t sum = reached + 1; sum-- > 0;)
    {
      probabilities[sum] = 0.5 * (probabilities[sum] + (sum >= rank ? probabilities[sum - rank] : 0.0));
    }
  }
  // Each tail from its far end, where its terms are smallest.
  Tails tails;
  for (size_t sum = 0; sum <= doubledSum; ++sum)
  {
    tails.AtMost += probabilities[sum];
  }
  for (size_t sum = total + 1; sum-- > doubledSum;)
  {
    tails.AtLeast += probabilities[sum];
  }
  return tails;
}

/** The probability of a standard normal number at most as large. */
double
NormalProbability(double z)
{
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

double
PValueOf(const Tails & tails, WilcoxonAlternativeEnum alternative)
{
  switch (alternative)
  {
    case WilcoxonAlternativeEnum::Less:
      return std::min(1.0, tails.AtMost);
    case WilcoxonAlternativeEnum::Greater:
      return std::min(1.0, tails.AtLeast);
    default:
      return std::min(1.0, 2.0 * std::min(tails.AtMost, tails.AtLeast));
  }
}
} // namespace

std::ostream &
operator<<(std::ostream & out, const WilcoxonAlternativeEnum value)
{
  const char * name = [value] {
    switch (value)
    {
      case WilcoxonAlternativeEnum::TwoSided:
        return "TwoSided";
      case WilcoxonAlternativeEnum::Less:
        return "Less";
      case WilcoxonAlternativeEnum::Greater:
        return "Greater";
      default:
        return "INVALID VALUE";
    }
  }();
  return out << name;
}

std::ostream &
operator<<(std::ostream & out, const WilcoxonZeroMethodEnum value)
{
  const char * name = [value] {
    switch (value)
    {
      case WilcoxonZeroMethodEnum::Wilcox:
        return "Wilcox";
      case WilcoxonZeroMethodEnum::Pratt:
        return "Pratt";
      case WilcoxonZeroMethodEnum::ZSplit:
        return "ZSplit";
      default:
        return "INVALID VALUE";
    }
  }();
  return out << name;
}

std::ostream &
operator<<(std::ostream & out, const WilcoxonMethodEnum value)
{
  const char * name = [value] {
    switch (value)
    {
      case WilcoxonMethodEnum::Auto:
        return "Auto";
      case WilcoxonMethodEnum::Exact:
        return "Exact";
      case WilcoxonMethodEnum::Approximate:
        return "Approximate";
      default:
        return "INVALID VALUE";
    }
  }();
  return out << name;
}

void
WilcoxonSignedRankTest::SetSamples(const std::vector<double> & first, const std::vector<double> & second)
{
  if (first.size() != second.size())
  {
    itkSyntheticCTExceptionMacro("The samples have " << first.size() << " and " << second.size()
                                                     << " values and should have equally many");
  }
  m_First = first;
  m_Second = second;
  this->Modified();
}

std::vector<double>
WilcoxonSignedRankTest::FindDifferences()
{
  m_NumberOfUndefinedPairs = 0;
  m_NumberOfZeros = 0;
  const bool          keepsZeros = m_ZeroMethod != WilcoxonZeroMethodEnum::Wilcox;
  std::vector<double> differences;
  for (size_t i = 0; i < m_First.size(); ++i)
  {
    if (std::isnan(m_First[i]) || std::isnan(m_Second[i]))
    {
      ++m_NumberOfUndefinedPairs;
      continue;
    }
    // Equal infinities have no difference either, and their subtraction gives NaN.
    const bool isZero = m_First[i] == m_Second[i];
    m_NumberOfZeros += isZero ? 1 : 0;
    if (!isZero || keepsZeros)
    {
      differences.push_back(isZero ? 0.0 : m_First[i] - m_Second[i]);
    }
  }
  m_NumberOfPairs = m_First.size() - m_NumberOfUndefinedPairs;
  std::sort(differences.begin(), differences.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  return differences;
}

void
WilcoxonSignedRankTest::Update()
{
  const bool isPratt = m_ZeroMethod == WilcoxonZeroMethodEnum::Pratt;
  const bool isZSplit = m_ZeroMethod == WilcoxonZeroMethodEnum::ZSplit;

  m_HasResults = false;
  const std::vector<double> differences = this->FindDifferences();

  // All ranks doubled, so that they are whole numbers.
  std::vector<size_t> doubledRanks;
  size_t              positive = 0;
  size_t              negative = 0;
  size_t              zero = 0;
  double              tieCorrection = 0.0;
  m_HasTies = false;
  for (size_t begin = 0; begin < differences.size();)
  {
    size_t end = begin + 1;
    while (end < differences.size() && std::abs(differences[end]) == std::abs(differences[begin]))
    {
      ++end;
    }
    const size_t doubledRank = begin + 1 + end;
    const bool   isZero = differences[begin] == 0.0;
    const auto   count = static_cast<double>(end - begin);
    m_HasTies = m_HasTies || (!isZero && end - begin > 1);
    if (!isZero || isZSplit)
    {
      tieCorrection += count * count * count - count;
    }
    for (; begin < end; ++begin)
    {
      if (isZero)
      {
        zero += doubledRank;
        continue;
      }
      doubledRanks.push_back(doubledRank);
      (differences[begin] > 0.0 ? positive : negative) += doubledRank;
    }
  }
  const double zeroShare = isZSplit ? 0.25 * static_cast<double>(zero) : 0.0;
  m_PositiveRankSum = 0.5 * static_cast<double>(positive) + zeroShare;
  m_NegativeRankSum = 0.5 * static_cast<double>(negative) + zeroShare;
  m_Statistic = m_Alternative == WilcoxonAlternativeEnum::TwoSided ? std::min(m_PositiveRankSum, m_NegativeRankSum)
                                                                   : m_PositiveRankSum;
  m_ZScore = notANumber;
  m_PValue = notANumber;

  m_UsedMethod = m_Method;
  if (m_Method == WilcoxonMethodEnum::Auto)
  {
    const size_t limit =
      m_HasTies || m_NumberOfZeros > 0 ? largestAutomaticExactSampleWithTies : largestAutomaticExactSample;
    m_UsedMethod = m_NumberOfPairs <= limit ? WilcoxonMethodEnum::Exact : WilcoxonMethodEnum::Approximate;
  }
  if (m_NumberOfPairs == 0)
  {
    m_Statistic = notANumber;
    m_HasResults = true;
    return;
  }
  if (doubledRanks.empty())
  {
    m_PValue = 1.0;
    m_HasResults = true;
    return;
  }
  if (m_UsedMethod == WilcoxonMethodEnum::Exact)
  {
    if (doubledRanks.size() > largestExactSample)
    {
      itkSyntheticCTExceptionMacro("There are " << doubledRanks.size()
                                                << " pairs with a difference; the exact distribution is for "
                                                << largestExactSample << " at most");
    }
    m_PValue = PValueOf(ExactTails(doubledRanks, positive), m_Alternative);
    m_HasResults = true;
    return;
  }
  const auto   n = static_cast<double>(differences.size());
  const double dropped = isPratt ? static_cast<double>(m_NumberOfZeros) : 0.0;
  const double mean = 0.25 * (n * (n + 1.0) - dropped * (dropped + 1.0));
  const double sigma = std::sqrt(
    (n * (n + 1.0) * (2.0 * n + 1.0) - dropped * (dropped + 1.0) * (2.0 * dropped + 1.0) - 0.5 * tieCorrection) / 24.0);
  double distance = m_PositiveRankSum - mean;
  if (m_ContinuityCorrection)
  {
    const bool isLess = m_Alternative == WilcoxonAlternativeEnum::Less;
    const bool isGreater = m_Alternative == WilcoxonAlternativeEnum::Greater;
    if (isGreater || (!isLess && distance > 0.0))
    {
      distance -= 0.5;
    }
    else if (isLess || distance < 0.0)
    {
      distance += 0.5;
    }
  }
  m_ZScore = distance / sigma;
  m_PValue = PValueOf({ NormalProbability(m_ZScore), NormalProbability(-m_ZScore) }, m_Alternative);
  m_HasResults = true;
}

void
WilcoxonSignedRankTest::VerifyResults() const
{
  if (!m_HasResults)
  {
    itkSyntheticCTExceptionMacro("there are no results: Update() should be called before they are asked for.");
  }
}

void
WilcoxonSignedRankTest::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "First: " << m_First.size() << " values" << std::endl;
  os << indent << "Second: " << m_Second.size() << " values" << std::endl;
  os << indent << "Alternative: " << m_Alternative << std::endl;
  os << indent << "ZeroMethod: " << m_ZeroMethod << std::endl;
  os << indent << "Method: " << m_Method << std::endl;
  os << indent << "ContinuityCorrection: " << (m_ContinuityCorrection ? "On" : "Off") << std::endl;
  os << indent << "HasResults: " << (m_HasResults ? "Yes" : "No") << std::endl;
  os << indent << "NumberOfPairs: " << m_NumberOfPairs << std::endl;
  os << indent << "NumberOfZeros: " << m_NumberOfZeros << std::endl;
  os << indent << "NumberOfUndefinedPairs: " << m_NumberOfUndefinedPairs << std::endl;
  os << indent << "HasTies: " << (m_HasTies ? "Yes" : "No") << std::endl;
  os << indent << "PositiveRankSum: " << m_PositiveRankSum << std::endl;
  os << indent << "NegativeRankSum: " << m_NegativeRankSum << std::endl;
  os << indent << "Statistic: " << m_Statistic << std::endl;
  os << indent << "ZScore: " << m_ZScore << std::endl;
  os << indent << "PValue: " << m_PValue << std::endl;
  os << indent << "UsedMethod: " << m_UsedMethod << std::endl;
}

} // namespace itk
