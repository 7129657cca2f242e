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
#include "evaluation/itkMetricValue.h"

#include "SyntheticCTDetail/itkNumberText.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

using Json = nlohmann::ordered_json;

const struct
{
  EvaluationDirectionEnum Direction;
  const char *            Name;
} directions[] = { { EvaluationDirectionEnum::Lower, "lower" },
                   { EvaluationDirectionEnum::Higher, "higher" },
                   { EvaluationDirectionEnum::NearZero, "near zero" } };

} // namespace

const MetricValue *
FindValue(const MetricValues & values, const std::string & name)
{
  const auto value =
    std::find_if(values.begin(), values.end(), [&](const MetricValue & each) { return each.Name == name; });
  return value == values.end() ? nullptr : &*value;
}

std::string
ValuesToJSON(const MetricValues & values)
{
  Json all = Json::object();
  for (const MetricValue & value : values)
  {
    Json & json = all[value.Name];
    json = { { "value", NumberToJSON<Json>(value.Value) }, { "unit", value.Unit } };
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
    json["definition"] = Json::parse(value.Definition);
    json["sizes"] = Json::parse(value.Sizes);
  }
  return all.dump();
}

MetricValues
ValuesFromJSON(const std::string & text)
{
  const Json   all = Json::parse(text);
  MetricValues values;
  for (const auto & item : all.items())
  {
    const Json & json = item.value();
    MetricValue  value{ item.key(),
                       NumberFromJSON(json.at("value")),
                       json.at("unit").get<std::string>(),
                       EvaluationDirectionEnum::Lower,
                       json.at("definition").dump(),
                       json.at("sizes").dump(),
                       json.value("reason", "") };
    for (const auto & direction : directions)
    {
      if (json.at("better") == direction.Name)
      {
        value.Direction = direction.Direction;
      }
    }
    values.push_back(value);
  }
  return values;
}

} // namespace SyntheticCTDetail
} // namespace itk
