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

#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <sstream>

namespace
{
using itk::WilcoxonSignedRankTest;
using Alternative = itk::WilcoxonAlternativeEnum;
using ZeroMethod = itk::WilcoxonZeroMethodEnum;
using Method = itk::WilcoxonMethodEnum;

const double notANumber = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

/** A pair of samples without ties: 100 sin(i^2) and 100 sin(i^2) + 3 cos(3 i) + 1, i = 1 ... n. */
WilcoxonSignedRankTest::Pointer
TestWithoutTies(int n)
{
  std::vector<double> first;
  std::vector<double> second;
  for (int i = 1; i <= n; ++i)
  {
    first.push_back(100.0 * std::sin(static_cast<double>(i * i)));
    second.push_back(first.back() + 3.0 * std::cos(3.0 * i) + 1.0);
  }
  auto test = WilcoxonSignedRankTest::New();
  test->SetSamples(first, second);
  return test;
}

/** Differences with ties and zeros: (7 i mod 11) - 4, i = 1 ... n. */
WilcoxonSignedRankTest::Pointer
TestWithTies(int n)
{
  std::vector<double> differences;
  for (int i = 1; i <= n; ++i)
  {
    differences.push_back(static_cast<double>((7 * i) % 11 - 4));
  }
  auto test = WilcoxonSignedRankTest::New();
  test->SetSamples(differences, std::vector<double>(differences.size(), 0.0));
  return test;
}

WilcoxonSignedRankTest::Pointer
TestOf(const std::vector<double> & first, const std::vector<double> & second)
{
  auto test = WilcoxonSignedRankTest::New();
  test->SetSamples(first, second);
  test->Update();
  return test;
}
} // namespace

// scipy.stats.wilcoxon of SciPy 1.17.1, method='auto'.
TEST(WilcoxonSignedRankTest, AgreesWithSciPyWithoutTies)
{
  const struct
  {
    int         Count;
    Alternative Against;
    double      Statistic, PValue;
  } references[] = { { 6, Alternative::TwoSided, 6.0, 0.4375 },
                     { 6, Alternative::Less, 6.0, 0.21875 },
                     { 6, Alternative::Greater, 6.0, 0.84375 },
                     { 20, Alternative::TwoSided, 62.0, 0.11398696899414062 },
                     { 20, Alternative::Less, 62.0, 0.05699348449707031 },
                     { 20, Alternative::Greater, 62.0, 0.947300910949707 },
                     { 50, Alternative::TwoSided, 345.0, 0.004178445711550793 },
                     { 50, Alternative::Less, 345.0, 0.0020892228557753967 },
                     { 50, Alternative::Greater, 345.0, 0.997978026015625 },
                     { 51, Alternative::TwoSided, 370.0, 0.006024851409718349 },
                     { 51, Alternative::Less, 370.0, 0.0030124257048591745 },
                     { 51, Alternative::Greater, 370.0, 0.9969875742951408 },
                     { 80, Alternative::TwoSided, 858.0, 0.00025741179613244055 },
                     { 80, Alternative::Less, 858.0, 0.00012870589806622028 },
                     { 80, Alternative::Greater, 858.0, 0.9998712941019338 } };
  for (const auto & reference : references)
  {
    const auto test = TestWithoutTies(reference.Count);
    test->SetAlternative(reference.Against);
    test->Update();
    EXPECT_EQ(test->GetUsedMethod(), reference.Count > 50 ? Method::Approximate : Method::Exact);
    EXPECT_EQ(test->GetStatistic(), reference.Statistic);
    EXPECT_NEAR(test->GetPValue(), reference.PValue, 1e-12 * reference.PValue) << reference.Count;
    EXPECT_EQ(test->GetNumberOfPairs(), static_cast<itk::SizeValueType>(reference.Count));
    EXPECT_FALSE(test->GetHasTies());
    EXPECT_EQ(test->GetPositiveRankSum() + test->GetNegativeRankSum(), reference.Count * (reference.Count + 1) / 2.0);
  }
}

// scipy.stats.wilcoxon of SciPy 1.17.1, method='asymptotic'.
TEST(WilcoxonSignedRankTest, ApproximationAgreesWithSciPy)
{
  const struct
  {
    int         Count;
    Alternative Against;
    bool        Correction;
    double      ZScore, PValue;
  } references[] = { { 20, Alternative::TwoSided, false, -1.6053047948350982, 0.10842674449200547 },
                     { 20, Alternative::TwoSided, true, -1.5866384600114343, 0.11259455156096579 },
                     { 20, Alternative::Less, false, -1.6053047948350982, 0.054213372246002735 },
                     { 20, Alternative::Less, true, -1.5866384600114343, 0.056297275780482894 },
                     { 20, Alternative::Greater, false, -1.6053047948350982, 0.9457866277539972 },
                     { 20, Alternative::Greater, true, -1.6239711296587622, 0.9478090148561077 } };
  for (const auto & reference : references)
  {
    const auto test = TestWithoutTies(reference.Count);
    test->SetMethod(Method::Approximate);
    test->SetAlternative(reference.Against);
    test->SetContinuityCorrection(reference.Correction);
    test->Update();
    EXPECT_NEAR(test->GetZScore(), reference.ZScore, 1e-12);
    EXPECT_NEAR(test->GetPValue(), reference.PValue, 1e-12);
  }
}

// scipy.stats.wilcoxon of SciPy 1.17.1 of the differences, method='auto' (exact by permutations up to 13 pairs) and
// correction=False.
TEST(WilcoxonSignedRankTest, AgreesWithSciPyWithTiesAndZeros)
{
  const struct
  {
    int        Count;
    ZeroMethod Zeros;
    double     Statistic, TwoSided, PositiveRankSum, Less, Greater;
  } references[] = {
    { 9, ZeroMethod::Wilcox, 10.5, 0.1875, 34.5, 0.9296875, 0.09375 },
    { 9, ZeroMethod::Pratt, 10.5, 0.1875, 34.5, 0.9296875, 0.09375 },
    { 9, ZeroMethod::ZSplit, 10.5, 0.1875, 34.5, 0.9296875, 0.09375 },
    { 13, ZeroMethod::Wilcox, 25.0, 0.294921875, 53.0, 0.868408203125, 0.1474609375 },
    { 13, ZeroMethod::Pratt, 30.0, 0.3232421875, 60.0, 0.851806640625, 0.16162109375 },
    { 13, ZeroMethod::ZSplit, 30.5, 0.3232421875, 60.5, 0.851806640625, 0.16162109375 },
    { 14, ZeroMethod::Wilcox, 25.0, 0.15057858112290795, 66.0, 0.924710709438546, 0.07528929056145398 },
    { 14, ZeroMethod::Pratt, 30.0, 0.16589164383994737, 74.0, 0.9170541780800263, 0.08294582191997368 },
    { 14, ZeroMethod::ZSplit, 30.5, 0.16610147924005148, 74.5, 0.9169492603799743, 0.08305073962002574 },
    { 60, ZeroMethod::Wilcox, 483.5, 0.015931553492604805, 1056.5, 0.9920342232536976, 0.007965776746302403 },
    { 60, ZeroMethod::Pratt, 593.5, 0.020348680303773018, 1221.5, 0.9898256598481134, 0.010174340151886509 },
    { 60, ZeroMethod::ZSplit, 601.0, 0.02038723852093365, 1229.0, 0.9898063807395332, 0.010193619260466824 }
  };
  for (const auto & reference : references)
  {
    SCOPED_TRACE(testing::Message() << reference.Count << ' ' << reference.Zeros);
    const auto test = TestWithTies(reference.Count);
    test->SetZeroMethod(reference.Zeros);
    test->Update();
    EXPECT_TRUE(test->GetHasTies());
    EXPECT_EQ(test->GetUsedMethod(), reference.Count > 13 ? Method::Approximate : Method::Exact);
    EXPECT_EQ(test->GetStatistic(), reference.Statistic);
    EXPECT_NEAR(test->GetPValue(), reference.TwoSided, 1e-12);
    test->SetAlternative(Alternative::Less);
    test->Update();
    EXPECT_EQ(test->GetStatistic(), reference.PositiveRankSum);
    EXPECT_NEAR(test->GetPValue(), reference.Less, 1e-12);
    test->SetAlternative(Alternative::Greater);
    test->Update();
    EXPECT_NEAR(test->GetPValue(), reference.Greater, 1e-12);
  }
}

// All n differences positive: one of the 2^n choices of signs, and its opposite.
TEST(WilcoxonSignedRankTest, OneSidedDifferencesHaveTheSmallestPValue)
{
  for (int n = 1; n <= 50; ++n)
  {
    std::vector<double> values;
    for (int i = 1; i <= n; ++i)
    {
      values.push_back(i);
    }
    const auto test = TestOf(values, std::vector<double>(values.size(), 0.0));
    EXPECT_EQ(test->GetPValue(), std::ldexp(1.0, 1 - n)) << n;
    EXPECT_EQ(test->GetNegativeRankSum(), 0.0);
  }
}

// scipy.stats.wilcoxon of SciPy 1.17.1, method='exact'.
TEST(WilcoxonSignedRankTest, ExactForManyPairs)
{
  const auto test = TestWithoutTies(400);
  test->SetMethod(Method::Exact);
  test->Update();
  EXPECT_TRUE(std::isnan(test->GetZScore()));
  EXPECT_NEAR(test->GetPValue(), 4.6245012081480815e-17, 1e-10 * 4.6245012081480815e-17);
}

TEST(WilcoxonSignedRankTest, SwappingTheSamplesSwapsTheSides)
{
  const std::vector<double> first{ 1.0, 5.0, 2.0, 8.0, 4.0, 4.5 };
  const std::vector<double> second{ 2.0, 3.0, 2.0, 3.5, 4.5, 1.0 };
  const auto                test = TestOf(first, second);
  const auto                swapped = TestOf(second, first);
  EXPECT_EQ(test->GetPositiveRankSum(), swapped->GetNegativeRankSum());
  EXPECT_EQ(test->GetPValue(), swapped->GetPValue());
  test->SetAlternative(Alternative::Less);
  test->Update();
  swapped->SetAlternative(Alternative::Greater);
  swapped->Update();
  EXPECT_EQ(test->GetPValue(), swapped->GetPValue());
}

TEST(WilcoxonSignedRankTest, UndefinedPairsAreLeftOut)
{
  const auto test = TestOf({ 1.0, notANumber, 3.0, 5.0 }, { 0.0, 1.0, notANumber, 1.0 });
  EXPECT_EQ(test->GetNumberOfPairs(), 2u);
  EXPECT_EQ(test->GetNumberOfUndefinedPairs(), 2u);
  EXPECT_EQ(test->GetPositiveRankSum(), 3.0);
  EXPECT_EQ(test->GetPValue(), 0.5);
}

TEST(WilcoxonSignedRankTest, InfinitiesHaveTheLargestRank)
{
  const auto test = TestOf({ infinity, 1.0, infinity, 2.0 }, { infinity, 0.0, 7.0, 4.0 });
  EXPECT_EQ(test->GetNumberOfZeros(), 1u);
  EXPECT_EQ(test->GetPositiveRankSum(), 4.0);
  EXPECT_EQ(test->GetNegativeRankSum(), 2.0);
}

TEST(WilcoxonSignedRankTest, NothingToTest)
{
  const auto none = TestOf({}, {});
  EXPECT_EQ(none->GetNumberOfPairs(), 0u);
  EXPECT_TRUE(std::isnan(none->GetPValue()));
  EXPECT_TRUE(std::isnan(none->GetStatistic()));

  for (const auto zeros : { ZeroMethod::Wilcox, ZeroMethod::Pratt, ZeroMethod::ZSplit })
  {
    for (const auto method : { Method::Auto, Method::Exact, Method::Approximate })
    {
      auto equal = WilcoxonSignedRankTest::New();
      equal->SetSamples({ 1.0, 2.0 }, { 1.0, 2.0 });
      equal->SetZeroMethod(zeros);
      equal->SetMethod(method);
      equal->Update();
      EXPECT_EQ(equal->GetNumberOfZeros(), 2u);
      EXPECT_EQ(equal->GetPValue(), 1.0) << zeros << ' ' << method;
    }
  }
}

TEST(WilcoxonSignedRankTest, RefusesBadInput)
{
  auto test = WilcoxonSignedRankTest::New();
  EXPECT_THROW(test->SetSamples({ 1.0, 2.0 }, { 1.0 }), itk::ExceptionObject);
  const auto large = TestWithoutTies(1001);
  large->SetMethod(Method::Exact);
  EXPECT_THROW(large->Update(), itk::ExceptionObject);
  EXPECT_THROW(large->GetPValue(), itk::ExceptionObject);
  large->SetMethod(Method::Auto);
  EXPECT_NO_THROW(large->Update());
}

TEST(WilcoxonSignedRankTest, PrintsItsMembers)
{
  const auto         test = TestWithTies(9);
  std::ostringstream text;
  test->Update();
  test->Print(text);
  for (const char * member : { "First: 9 values",
                               "Second: 9 values",
                               "Alternative: TwoSided",
                               "ZeroMethod: Wilcox",
                               "Method: Auto",
                               "ContinuityCorrection: Off",
                               "NumberOfPairs: 9",
                               "NumberOfZeros: 0",
                               "NumberOfUndefinedPairs: 0",
                               "HasTies: Yes",
                               "PositiveRankSum: 34.5",
                               "NegativeRankSum: 10.5",
                               "Statistic: 10.5",
                               "ZScore: ",
                               "PValue: 0.1875",
                               "UsedMethod: Exact" })
  {
    EXPECT_NE(text.str().find(member), std::string::npos) << member;
  }
}
