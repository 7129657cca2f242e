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
#ifndef itkCohortReport_h
#define itkCohortReport_h

#include "evaluation/itkMetricValue.h"
#include "itkSampleStatistics.h"
#include "itkWilcoxonSignedRankTest.h"

#include <cstdint>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** A case that was evaluated, or what was wrong with it. */
struct CaseResult
{
  std::string  Name;
  MetricValues Values;
  std::string  Error;
  /** What was found doubtful. */
  std::vector<std::string> Remarks;
};

using CaseResults = std::vector<CaseResult>;

/** Of the bootstrap, and how many of the worst cases a summary names. */
struct SummarySettings
{
  unsigned int NumberOfResamples;
  uint64_t     Seed;
  unsigned int NumberOfWorstCases;
};

/** All metrics that any case has, in the order in which they first occur. */
std::vector<std::string>
MetricNames(const CaseResults & results);

/** One metric over all cases that have it. */
SampleStatistics::Pointer
StatisticsOf(const CaseResults & results, const std::string & name, const SummarySettings & settings);

/** One metric of two methods, whose results are of the same cases in the same order. */
struct MetricComparison
{
  std::string                     Unit;
  SampleStatistics::Pointer       Differences;
  WilcoxonSignedRankTest::Pointer Test;
};

MetricComparison
CompareMetric(const CaseResults &     first,
              const CaseResults &     second,
              const std::string &     name,
              const SummarySettings & settings);

/** A line for each case, a column for each metric that any case has: CSV. */
std::string
CohortTable(const CaseResults & results);

/** Per metric: how many values, mean, standard deviation, quartiles, bootstrap interval of the mean, worst cases. A
 * JSON object. */
std::string
SummariseCohort(const CaseResults & results, const SummarySettings & settings);

/** Per metric that both methods have: CompareMetric(). A JSON object. */
std::string
CompareCohorts(const CaseResults & first, const CaseResults & second, const SummarySettings & settings);

/** SummariseCohort() and CompareCohorts() as aligned lines of text, without the metrics that no case has a value of. */
std::string
SummaryText(const std::string & summary);
std::string
ComparisonText(const std::string & comparison);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
