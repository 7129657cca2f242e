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

#include "sctCommandLine.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace sct
{

using Json = nlohmann::ordered_json;

/** Which values are good; it decides which cases are the worst. */
enum class Better
{
  Unknown,
  Lower,
  Higher,
  NearZero
};

/** One number of one case, and what it means. */
struct MetricValue
{
  std::string Key;
  double      Value;
  std::string Unit;
  Better      Direction;
  /** Everything that has to be known to compute it again; the same for every case with the same files. */
  Json Definition;
  /** How large the sets were of which it tells, such as a number of voxels. */
  Json Sizes;
  /** Why it is no finite number; empty when it is one. */
  std::string Reason;
};

/** A number as JSON has it: what it has no number for is a text. */
Json
NumberToJson(double value);

/** The number of NumberToJson(). */
double
NumberFromJson(const Json & json);

/** Value, unit, definition, direction, and the reason when there is one. */
Json
ToJson(const MetricValue & value);
MetricValue
MetricFromJson(const std::string & key, const Json & json);

struct MetricSettings
{
  double DataRange{ 4000.0 };
};

struct MetricImages
{
  VolumeType::Pointer Reference;
  VolumeType::Pointer Synthetic;
  /** The body; null for the whole image. */
  MaskType::Pointer Mask;
};

/** The metrics of presets and names, each once, in the order in which they are named. Throws for a name that is
 * neither. Without any name: all errors of voxels. */
std::vector<std::string>
ResolveMetrics(const std::vector<std::string> & presets, const std::vector<std::string> & metrics);

/** All names with what they mean, for the user. */
std::string
DescribeMetrics();

/** The values of metrics that ResolveMetrics() gave. One metric may have several values. */
std::vector<MetricValue>
ComputeMetrics(const std::vector<std::string> & metrics, const MetricImages & images, const MetricSettings & settings);

} // namespace sct

#endif
