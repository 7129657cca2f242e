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
#include "itkSampleStatistics.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace
{
using itk::SampleStatistics;

const double notANumber = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

/** 100 sin(i^2), i = 1 ... n. */
std::vector<double>
Sample(int n)
{
  std::vector<double> values;
  for (int i = 1; i <= n; ++i)
  {
    values.push_back(100.0 * std::sin(static_cast<double>(i * i)));
  }
  return values;
}

SampleStatistics::Pointer
StatisticsOf(const std::vector<double> & values)
{
  auto statistics = SampleStatistics::New();
  statistics->SetValues(values);
  return statistics;
}
} // namespace

// NumPy 2.4.6: mean, std(ddof=1), median, percentile 25 and 75, min, max.
TEST(SampleStatistics, AgreesWithNumPy)
{
  const struct
  {
    int    Count;
    double Mean, Deviation, Median, First, Third, Minimum, Maximum;
  } references[] = { { 5,
                       1.5306381595777308,
                       62.24746902422516,
                       -13.235175009777302,
                       -28.790331666506532,
                       41.21184852417566,
                       -75.68024953079282,
                       84.14709848078965 },
                     { 12,
                       -13.145279704883443,
                       73.70289723377437,
                       -38.94624552817673,
                       -66.16166195328225,
                       51.94566101332916,
                       -99.17788534431158,
                       99.88152247235796 },
                     { 20,
                       -20.856626669134986,
                       70.2903582587936,
                       -44.7543406677415,
                       -78.03317113907403,
                       31.256953708011658,
                       -99.92080341070627,
                       99.88152247235796 } };
  for (const auto & reference : references)
  {
    const auto statistics = StatisticsOf(Sample(reference.Count));
    EXPECT_EQ(statistics->GetNumberOfValues(), static_cast<itk::SizeValueType>(reference.Count));
    EXPECT_NEAR(statistics->GetMean(), reference.Mean, 1e-12);
    EXPECT_NEAR(statistics->GetStandardDeviation(), reference.Deviation, 1e-12);
    EXPECT_NEAR(statistics->GetMedian(), reference.Median, 1e-12);
    EXPECT_NEAR(statistics->GetFirstQuartile(), reference.First, 1e-12);
    EXPECT_NEAR(statistics->GetThirdQuartile(), reference.Third, 1e-12);
    EXPECT_NEAR(statistics->GetInterquartileRange(), reference.Third - reference.First, 1e-12);
    EXPECT_NEAR(statistics->GetMinimum(), reference.Minimum, 1e-12);
    EXPECT_NEAR(statistics->GetMaximum(), reference.Maximum, 1e-12);
  }
}

// The quantiles of the means of all 5^5 samples of five values, each as likely, by itertools.product and NumPy 2.4.6.
// The means lie up to 3 apart there.
TEST(SampleStatistics, IntervalIsThatOfAllResamples)
{
  const auto statistics = StatisticsOf(Sample(5));
  statistics->SetNumberOfResamples(200000);
  EXPECT_NEAR(statistics->GetMeanIntervalLowerBound(), -44.4352674808752, 1.0);
  EXPECT_NEAR(statistics->GetMeanIntervalUpperBound(), 52.181628878473155, 1.0);
}

// scipy.stats.bootstrap(method='percentile', n_resamples=1000000, rng=1) of SciPy 1.17.1. 0.35 is three times the
// standard error of a bound with 1e5 draws.
TEST(SampleStatistics, IntervalAgreesWithSciPy)
{
  const auto statistics = StatisticsOf(Sample(20));
  statistics->SetNumberOfResamples(100000);
  EXPECT_NEAR(statistics->GetMeanIntervalLowerBound(), -49.71689173341275, 0.35);
  EXPECT_NEAR(statistics->GetMeanIntervalUpperBound(), 10.083448106894398, 0.35);

  // A quarter of the probability on either side: narrower, and inside.
  statistics->SetConfidenceLevel(0.5);
  EXPECT_GT(statistics->GetMeanIntervalLowerBound(), -40.0);
  EXPECT_LT(statistics->GetMeanIntervalLowerBound(), statistics->GetMean());
  EXPECT_GT(statistics->GetMeanIntervalUpperBound(), statistics->GetMean());
  EXPECT_LT(statistics->GetMeanIntervalUpperBound(), 0.0);
}

// Of the four samples of {0, 1} one has the mean 0 and one the mean 1: 2.5 % on either side lie inside them, 30 % do
// not.
TEST(SampleStatistics, IntervalOfTwoValues)
{
  const auto statistics = StatisticsOf({ 1.0, 0.0 });
  EXPECT_EQ(statistics->GetMeanIntervalLowerBound(), 0.0);
  EXPECT_EQ(statistics->GetMeanIntervalUpperBound(), 1.0);
  statistics->SetConfidenceLevel(0.4);
  EXPECT_EQ(statistics->GetMeanIntervalLowerBound(), 0.5);
  EXPECT_EQ(statistics->GetMeanIntervalUpperBound(), 0.5);
}

TEST(SampleStatistics, IntervalDependsOnTheSeedAndNotOnTheOrder)
{
  auto       values = Sample(12);
  const auto statistics = StatisticsOf(values);
  const auto lower = statistics->GetMeanIntervalLowerBound();
  const auto upper = statistics->GetMeanIntervalUpperBound();

  std::reverse(values.begin(), values.end());
  const auto reversed = StatisticsOf(values);
  EXPECT_EQ(reversed->GetMean(), statistics->GetMean());
  EXPECT_EQ(reversed->GetMeanIntervalLowerBound(), lower);
  EXPECT_EQ(reversed->GetMeanIntervalUpperBound(), upper);

  reversed->SetSeed(2);
  EXPECT_NE(reversed->GetMeanIntervalLowerBound(), lower);
  EXPECT_NE(reversed->GetMeanIntervalUpperBound(), upper);
  reversed->SetSeed(1);
  EXPECT_EQ(reversed->GetMeanIntervalLowerBound(), lower);

  // The draws are fixed bit by bit: what a Mersenne Twister written in Python gives, with the quantiles of NumPy 2.4.6.
  EXPECT_NEAR(lower, -51.65918912074719, 1e-12);
  EXPECT_NEAR(upper, 28.3981561839635, 1e-12);
}

TEST(SampleStatistics, EqualValuesHaveNoSpread)
{
  const auto statistics = StatisticsOf({ 0.1, 0.1, 0.1 });
  EXPECT_EQ(statistics->GetMean(), 0.1);
  EXPECT_EQ(statistics->GetStandardDeviation(), 0.0);
  EXPECT_EQ(statistics->GetInterquartileRange(), 0.0);
  EXPECT_NEAR(statistics->GetMeanIntervalLowerBound(), 0.1, 1e-16);
  EXPECT_NEAR(statistics->GetMeanIntervalUpperBound(), 0.1, 1e-16);
}

// Sums of large values lose the small ones unless the rest is added.
TEST(SampleStatistics, SmallDifferencesOfLargeValuesStay)
{
  const auto statistics = StatisticsOf({ 1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0, 1e9 + 4.0 });
  EXPECT_EQ(statistics->GetMean(), 1e9 + 2.5);
  EXPECT_NEAR(statistics->GetStandardDeviation(), std::sqrt(5.0 / 3.0), 1e-15);
}

TEST(SampleStatistics, TooFewValuesHaveNoFigures)
{
  const auto none = SampleStatistics::New();
  EXPECT_EQ(none->GetNumberOfValues(), 0u);
  for (const double figure : { none->GetMean(),
                               none->GetStandardDeviation(),
                               none->GetMinimum(),
                               none->GetMedian(),
                               none->GetInterquartileRange(),
                               none->GetMaximum(),
                               none->GetMeanIntervalLowerBound(),
                               none->GetMeanIntervalUpperBound() })
  {
    EXPECT_TRUE(std::isnan(figure));
  }
  const auto one = StatisticsOf({ 3.0 });
  EXPECT_EQ(one->GetMean(), 3.0);
  EXPECT_EQ(one->GetMedian(), 3.0);
  EXPECT_EQ(one->GetInterquartileRange(), 0.0);
  EXPECT_TRUE(std::isnan(one->GetStandardDeviation()));
  EXPECT_TRUE(std::isnan(one->GetMeanIntervalLowerBound()));
}

TEST(SampleStatistics, UndefinedValuesAreLeftOutAndCounted)
{
  const auto statistics = StatisticsOf({ notANumber, 1.0, notANumber, 3.0 });
  EXPECT_EQ(statistics->GetNumberOfValues(), 2u);
  EXPECT_EQ(statistics->GetNumberOfUndefinedValues(), 2u);
  EXPECT_EQ(statistics->GetNumberOfInfiniteValues(), 0u);
  EXPECT_EQ(statistics->GetMean(), 2.0);
  EXPECT_EQ(statistics->GetSortedValues(), (std::vector<double>{ 1.0, 3.0 }));
  EXPECT_EQ(statistics->GetSortedValue(1), 3.0);
  EXPECT_THROW(statistics->GetSortedValue(2), itk::ExceptionObject);
}

TEST(SampleStatistics, InfiniteValuesTakePart)
{
  const auto statistics = StatisticsOf({ infinity, 1.0, 2.0, 3.0, 4.0 });
  EXPECT_EQ(statistics->GetNumberOfInfiniteValues(), 1u);
  EXPECT_EQ(statistics->GetMean(), infinity);
  EXPECT_TRUE(std::isnan(statistics->GetStandardDeviation()));
  EXPECT_EQ(statistics->GetMedian(), 3.0);
  EXPECT_EQ(statistics->GetInterquartileRange(), 2.0);
  EXPECT_EQ(statistics->GetMaximum(), infinity);
  EXPECT_EQ(statistics->GetQuantile(0.9), infinity);
  // One in three resamples, (4/5)^5, has no infinity.
  EXPECT_TRUE(std::isfinite(statistics->GetMeanIntervalLowerBound()));
  EXPECT_EQ(statistics->GetMeanIntervalUpperBound(), infinity);

  const auto same = StatisticsOf({ infinity, infinity });
  EXPECT_EQ(same->GetMedian(), infinity);
  EXPECT_TRUE(std::isnan(same->GetInterquartileRange()));

  const auto negative = StatisticsOf({ -infinity, 1.0 });
  EXPECT_EQ(negative->GetMedian(), -infinity);

  const auto both = StatisticsOf({ infinity, -infinity });
  EXPECT_TRUE(std::isnan(both->GetMean()));
  EXPECT_TRUE(std::isnan(both->GetMedian()));
  EXPECT_TRUE(std::isnan(both->GetMeanIntervalLowerBound()));
}

TEST(SampleStatistics, RefusesBadSettings)
{
  const auto statistics = StatisticsOf({ 1.0, 2.0 });
  for (const double p : { -0.1, 1.1, notANumber })
  {
    EXPECT_THROW(statistics->GetQuantile(p), itk::ExceptionObject);
  }
  for (const double level : { 0.0, 1.0, -1.0, notANumber })
  {
    statistics->SetConfidenceLevel(level);
    EXPECT_THROW(statistics->GetMeanIntervalLowerBound(), itk::ExceptionObject);
  }
  statistics->SetConfidenceLevel(0.9);
  statistics->SetNumberOfResamples(0);
  EXPECT_THROW(statistics->GetMeanIntervalUpperBound(), itk::ExceptionObject);
}

TEST(SampleStatistics, PrintsItsMembers)
{
  std::ostringstream text;
  StatisticsOf({ 2.0, 1.0, notANumber })->Print(text);
  for (const char * member : { "SortedValues: 1 2",
                               "NumberOfInfiniteValues: 0",
                               "NumberOfUndefinedValues: 1",
                               "NumberOfResamples: 10000",
                               "ConfidenceLevel: 0.95",
                               "Seed: 1" })
  {
    EXPECT_NE(text.str().find(member), std::string::npos) << member;
  }
}
