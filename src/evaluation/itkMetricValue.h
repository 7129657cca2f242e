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
#ifndef itkMetricValue_h
#define itkMetricValue_h

#include "itkEvaluationMetric.h"

#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** One number of one case, and what it means. */
struct MetricValue
{
  std::string             Name;
  double                  Value;
  std::string             Unit;
  EvaluationDirectionEnum Direction;
  /** Everything that has to be known to compute it again from the images: a JSON object. */
  std::string Definition;
  /** How large the sets were of which it tells, such as a number of voxels: a JSON object. */
  std::string Sizes;
  /** Why it is undefined or infinite, if it is. */
  std::string Reason;
};

using MetricValues = std::vector<MetricValue>;

/** A MetricValue whose definition and sizes come as JSON. A template, so that this header does not need the library. */
template <typename TJson>
MetricValue
MakeMetricValue(const std::string &     name,
                double                  value,
                const std::string &     unit,
                EvaluationDirectionEnum direction,
                const TJson &           definition,
                const TJson &           sizes,
                const std::string &     reason)
{
  return { name, value, unit, direction, definition.dump(), sizes.dump(), reason };
}

/** The value of a name; null when it is not there. */
const MetricValue *
FindValue(const MetricValues & values, const std::string & name);

/** A JSON object of all values by name: value, unit, direction, definition and sizes, and the reason of one that is no
 * finite number. */
std::string
ValuesToJSON(const MetricValues & values);

/** The values of ValuesToJSON(). Throws what is derived from std::exception when the text is another. */
MetricValues
ValuesFromJSON(const std::string & text);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
