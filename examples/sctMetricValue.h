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
#ifndef sctMetricValue_h
#define sctMetricValue_h

// One number of an evaluation, and how it is written.

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace sct
{

using Json = nlohmann::ordered_json;

/** Which values are good; it decides which cases are the worst. */
enum class Better
{
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
  /** Everything that has to be known to compute it again from the images. */
  Json Definition;
  /** How large the sets were of which it tells, such as a number of voxels. */
  Json Sizes;
  /** Why it is undefined or infinite, if it is. */
  std::string Reason;
};

/** A number as JSON has it: what it has no number for is a text. */
Json
NumberToJson(double value);

/** The number of NumberToJson(). */
double
NumberFromJson(const Json & json);

/** Value, unit, direction, definition and sizes, and the reason of one that is no finite number. */
Json
ToJson(const MetricValue & value);
MetricValue
MetricFromJson(const std::string & key, const Json & json);

} // namespace sct

#endif
