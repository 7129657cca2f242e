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
#ifndef sctEvaluateCohort_h
#define sctEvaluateCohort_h

// A case, and many of them side by side, with a report for each.

#include "sctCohort.h"
#include "sctCohortReport.h"
#include "sctMetrics.h"

#include <string>
#include <vector>

namespace sct
{

/** What a report says of its making: from which files, with which settings. Throws when one of them is not there. */
Json
ReportHead(const CohortCase & entry, const std::vector<std::string> & metrics, const MetricSettings & settings);

/** Read the files of a case and check that they fit. The mask comes dilated, as the settings say. */
MetricImages
ReadCase(const CohortCase & entry, const MetricSettings & settings);

/** The report of a case: its head and its values. */
Json
CaseReport(const Json & head, const std::vector<MetricValue> & values);

/** The values of a report. */
std::vector<MetricValue>
ValuesOf(const Json & report);

struct CohortOptions
{
  /** A table, or a folder with the folder of the results. */
  std::string Table;
  std::string Folder;
  std::string Results;
  /** Results of a second method, as ReplaceResults() takes them; empty without one. */
  std::string     Compare;
  std::string     Output;
  unsigned int    Jobs{ 1 };
  SummarySettings Summary;
};

/** Evaluate all cases and write into the output folder: a report for each case (folder `cases`, and `compared-cases`
 * for the second method), a table (`metrics.csv`, `compared-metrics.csv`) and `summary.json`.
 *
 * A case whose report is there, from the same files (by size and time of change) and with the same settings, is taken
 * from it. A case that fails leaves one line on the standard error and no report, and the others go on; when all are
 * done, the summary names it and this throws. */
void
EvaluateCohort(const CohortOptions &            options,
               const std::vector<std::string> & metrics,
               const MetricSettings &           settings,
               const CommonOptions &            common);

} // namespace sct

#endif
