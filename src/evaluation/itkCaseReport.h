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
#ifndef itkCaseReport_h
#define itkCaseReport_h

#include "evaluation/itkMetricValue.h"

#include <string>
#include <vector>

namespace itk
{

class EvaluationSettings;

namespace SyntheticCTDetail
{

/** The files of one case; names of those that it does not have are empty. */
struct CaseFiles
{
  std::string Reference;
  std::string Synthetic;
  std::string Mask;
  std::string ReferenceLabels;
  std::string SyntheticLabels;
  std::string MR;
};

/** Counts up whenever values of the same files and settings change. */
constexpr int reportFormat = 1;

/** What every report begins with: program, version, format. A JSON object. */
std::string
ReportOrigin();

/** What tells that the files of a case are still the same: a JSON object. Throws when one of them is not there. */
std::string
StampFiles(const CaseFiles & files);

/** What a report of a case says of its making: from which files, by their stamps, and with which settings. A JSON
 * object. */
std::string
ReportHead(const std::string & name, const std::string & stamps, const EvaluationSettings & settings);

/** The report of a case, for a person to read: its head, what was found doubtful and its values. */
std::string
CaseReport(const std::string & head, const MetricValues & values, const std::vector<std::string> & remarks);

/** The values and the remarks of a report that was made from the same files and settings; false when there is none, or
 * half of one. */
bool
TakeReport(const std::string &        path,
           const std::string &        head,
           MetricValues &             values,
           std::vector<std::string> & remarks);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
