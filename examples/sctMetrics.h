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
#ifndef sctMetrics_h
#define sctMetrics_h

// The metrics of sct-evaluate by name, and the lists of them that challenges and papers report.

#include "sctEvaluation.h"
#include "sctMetricValue.h"

#include <string>
#include <vector>

namespace sct
{

/** The metrics of presets and names, each once, in the order in which they are named. A name that ends in ? is taken
 * only where a case has what it needs. Throws for a name that is neither. Without any name: all errors of voxels. */
std::vector<std::string>
ResolveMetrics(const std::vector<std::string> & presets, const std::vector<std::string> & metrics);

/** Whether one of the metrics that ResolveMetrics() gave is of structures that a segmentation network finds. */
bool
NeedStructures(const std::vector<std::string> & metrics);

/** All names with what they mean, for the user. */
std::string
DescribeMetrics();

/** The labels that a user names: numbers and ranges such as 26-50, or a list of SynthRAD2025's. Throws for any other.
 */
std::vector<unsigned short>
ResolveLabels(const std::vector<std::string> & names);

/** The settings that metrics depend on, for a report. */
Json
SettingsToJson(const std::vector<std::string> & metrics, const MetricSettings & settings);

/** The values of metrics that ResolveMetrics() gave. One metric may have several values. */
std::vector<MetricValue>
ComputeMetrics(const std::vector<std::string> & metrics, Evaluation & evaluation);

} // namespace sct

#endif
