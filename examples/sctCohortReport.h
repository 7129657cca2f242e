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
#ifndef sctCohortReport_h
#define sctCohortReport_h

// What sct-evaluate says of a cohort: table, summary, comparison of two methods.

#include "sctMetrics.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sct
{

/** A case that was evaluated, or what was wrong with it. */
struct CaseResult
{
  std::string              Name;
  std::vector<MetricValue> Values;
  std::string              Error;
};

/** Of the bootstrap, and how many of the worst cases a summary names. */
struct SummarySettings
{
  unsigned int NumberOfResamples{ 10000 };
  uint64_t     Seed{ 1 };
  unsigned int NumberOfWorstCases{ 5 };
};

/** A line for each case, a column for each metric that any case has. */
std::string
CohortTable(const std::vector<CaseResult> & results);

/** Per metric: how many values, mean, standard deviation, quartiles, bootstrap interval of the mean, worst cases. */
Json
SummariseCohort(const std::vector<CaseResult> & results, const SummarySettings & settings);

/** Per metric that both methods have: the differences first - second of the same cases, and the Wilcoxon signed-rank
 * test of them. The results are of the same cases in the same order. */
Json
CompareCohorts(const std::vector<CaseResult> & first,
               const std::vector<CaseResult> & second,
               const SummarySettings &         settings);

/** SummariseCohort() and CompareCohorts() for the eye, without the metrics that no case has a value of. */
std::string
SummaryText(const Json & summary);
std::string
ComparisonText(const Json & comparison);

} // namespace sct

#endif
