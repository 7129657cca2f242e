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
#include "sctMetricValue.h"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace sct
{
namespace
{

const struct
{
  Better       Direction;
  const char * Name;
} directions[] = { { Better::Lower, "lower" }, { Better::Higher, "higher" }, { Better::NearZero, "near zero" } };

} // namespace

Json
NumberToJson(double value)
{
  if (std::isfinite(value))
  {
    return value;
  }
  return std::isnan(value) ? "NaN" : value > 0.0 ? "Infinity" : "-Infinity";
}

double
NumberFromJson(const Json & json)
{
  if (json.is_number())
  {
    return json.get<double>();
  }
  const auto text = json.get<std::string>();
  if (text == "NaN")
  {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (text == "Infinity" || text == "-Infinity")
  {
    return text.front() == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  }
  throw std::runtime_error("'" + text + "' is no number");
}

Json
ToJson(const MetricValue & value)
{
  Json json{ { "value", NumberToJson(value.Value) }, { "unit", value.Unit } };
  if (!std::isfinite(value.Value))
  {
    json["reason"] = value.Reason;
  }
  for (const auto & direction : directions)
  {
    if (direction.Direction == value.Direction)
    {
      json["better"] = direction.Name;
    }
  }
  json["definition"] = value.Definition;
  json["sizes"] = value.Sizes;
  return json;
}

MetricValue
MetricFromJson(const std::string & key, const Json & json)
{
  MetricValue value{ key,
                     NumberFromJson(json.at("value")),
                     json.at("unit").get<std::string>(),
                     Better::Lower,
                     json.at("definition"),
                     json.at("sizes"),
                     json.value("reason", "") };
  for (const auto & direction : directions)
  {
    if (json.at("better") == direction.Name)
    {
      value.Direction = direction.Direction;
    }
  }
  return value;
}

} // namespace sct
