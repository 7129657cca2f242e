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
#include "sctCohortReport.h"

#include "sctCohort.h"

#include "itkSampleStatistics.h"
#include "itkWilcoxonSignedRankTest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace sct
{
namespace
{

/** All metrics that any case has, in the order in which they first occur. */
std::vector<std::string>
AllKeys(const std::vector<CaseResult> & results)
{
  std::vector<std::string> keys;
  for (const CaseResult & result : results)
  {
    for (const MetricValue & value : result.Values)
    {
      if (std::find(keys.begin(), keys.end(), value.Key) == keys.end())
      {
        keys.push_back(value.Key);
      }
    }
  }
  return keys;
}

/** The value of a case; null when it does not have it. */
const MetricValue *
FindValue(const CaseResult & result, const std::string & key)
{
  const auto value =
    std::find_if(result.Values.begin(), result.Values.end(), [&](const MetricValue & each) { return each.Key == key; });
  return value == result.Values.end() ? nullptr : &*value;
}

/** How bad a value is. */
double
Badness(const MetricValue & value)
{
  switch (value.Direction)
  {
    case Better::Lower:
      return value.Value;
    case Better::Higher:
      return -value.Value;
    default:
      return std::abs(value.Value);
  }
}

itk::SampleStatistics::Pointer
StatisticsOf(const std::vector<double> & values, const SummarySettings & settings)
{
  auto statistics = itk::SampleStatistics::New();
  statistics->SetValues(values);
  statistics->SetNumberOfResamples(settings.NumberOfResamples);
  statistics->SetSeed(settings.Seed);
  return statistics;
}

Json
MeanInterval(const itk::SampleStatistics * statistics)
{
  return { NumberToJson(statistics->GetMeanIntervalLowerBound()),
           NumberToJson(statistics->GetMeanIntervalUpperBound()) };
}

/** Why figures of a sample are no finite numbers. */
void
AddReason(Json & entry, const itk::SampleStatistics * statistics)
{
  if (statistics->GetNumberOfValues() < 2)
  {
    entry["reason"] = statistics->GetNumberOfValues() == 0 ? "no case has a value" : "one value has no spread";
  }
  else if (statistics->GetNumberOfInfiniteValues() > 0)
  {
    entry["reason"] = std::to_string(statistics->GetNumberOfInfiniteValues()) + " of " +
                      std::to_string(statistics->GetNumberOfValues()) + " values are infinite";
  }
}

/** A row of a table for the eye. */
struct Row
{
  std::string              Title;
  std::vector<std::string> Cells;
};

std::string
Cell(const Json & json)
{
  if (json.is_string())
  {
    return json.get<std::string>();
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.5g", json.get<double>());
  return text.data();
}

/** The rows below each other, every column as wide as its widest cell. All rows have as many cells as the first. */
std::string
AlignedText(const std::vector<Row> & rows)
{
  size_t              titleWidth = 0;
  std::vector<size_t> widths(rows.front().Cells.size(), 0);
  for (const Row & row : rows)
  {
    titleWidth = std::max(titleWidth, row.Title.size());
    for (size_t i = 0; i < widths.size(); ++i)
    {
      widths[i] = std::max(widths[i], row.Cells[i].size());
    }
  }
  std::string text;
  for (const Row & row : rows)
  {
    text += row.Title + std::string(titleWidth - row.Title.size(), ' ');
    for (size_t i = 0; i < widths.size(); ++i)
    {
      text += std::string(2 + widths[i] - row.Cells[i].size(), ' ') + row.Cells[i];
    }
    text += '\n';
  }
  return text;
}

/** A metric with its unit. */
std::string
TitleOf(const std::string & key, const Json & entry)
{
  const auto unit = entry.at("unit").get<std::string>();
  return unit == "1" ? key : key + '/' + unit;
}

} // namespace

std::string
CohortTable(const std::vector<CaseResult> & results)
{
  const std::vector<std::string> keys = AllKeys(results);
  std::string                    table = "case,status";
  for (const std::string & key : keys)
  {
    table += ',' + QuotedField(key);
  }
  for (const CaseResult & result : results)
  {
    table += '\n' + QuotedField(result.Name) + (result.Error.empty() ? ",ok" : ",failed");
    for (const std::string & key : keys)
    {
      table += ',';
      if (const MetricValue * const value = FindValue(result, key))
      {
        const Json number = NumberToJson(value->Value);
        table += number.is_string() ? number.get<std::string>() : number.dump();
      }
    }
  }
  return table;
}

Json
SummariseCohort(const std::vector<CaseResult> & results, const SummarySettings & settings)
{
  Json summary = Json::object();
  for (const std::string & key : AllKeys(results))
  {
    struct Ranked
    {
      const CaseResult *  Case;
      const MetricValue * Value;
    };
    std::vector<double> values;
    std::vector<Ranked> ranked;
    const MetricValue * any = nullptr;
    bool                hasOneDefinition = true;
    for (const CaseResult & result : results)
    {
      if (const MetricValue * const value = FindValue(result, key))
      {
        hasOneDefinition = hasOneDefinition && (!any || any->Definition == value->Definition);
        any = value;
        values.push_back(value->Value);
        if (!std::isnan(value->Value))
        {
          ranked.push_back({ &result, value });
        }
      }
    }
    const auto statistics = StatisticsOf(values, settings);
    Json       entry{ { "unit", any->Unit },
                { "n", statistics->GetNumberOfValues() },
                { "undefined", statistics->GetNumberOfUndefinedValues() },
                { "infinite", statistics->GetNumberOfInfiniteValues() },
                { "mean", NumberToJson(statistics->GetMean()) },
                { "sd", NumberToJson(statistics->GetStandardDeviation()) },
                { "median", NumberToJson(statistics->GetMedian()) },
                { "first-quartile", NumberToJson(statistics->GetFirstQuartile()) },
                { "third-quartile", NumberToJson(statistics->GetThirdQuartile()) },
                { "iqr", NumberToJson(statistics->GetInterquartileRange()) },
                { "minimum", NumberToJson(statistics->GetMinimum()) },
                { "maximum", NumberToJson(statistics->GetMaximum()) },
                { "mean-95-percent-interval", MeanInterval(statistics) } };
    AddReason(entry, statistics);
    entry["definition"] = hasOneDefinition ? any->Definition : Json("not the same for all cases: see their reports");
    std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked & a, const Ranked & b) {
      return Badness(*a.Value) > Badness(*b.Value);
    });
    Json worst = Json::array();
    for (size_t i = 0; i < std::min<size_t>(ranked.size(), settings.NumberOfWorstCases); ++i)
    {
      worst.push_back({ { "case", ranked[i].Case->Name }, { "value", NumberToJson(ranked[i].Value->Value) } });
    }
    entry["worst"] = worst;
    summary[key] = entry;
  }
  return summary;
}

Json
CompareCohorts(const std::vector<CaseResult> & first,
               const std::vector<CaseResult> & second,
               const SummarySettings &         settings)
{
  const std::vector<std::string> otherKeys = AllKeys(second);
  Json                           comparison = Json::object();
  for (const std::string & key : AllKeys(first))
  {
    if (std::find(otherKeys.begin(), otherKeys.end(), key) == otherKeys.end())
    {
      continue;
    }
    std::vector<double> firstValues;
    std::vector<double> secondValues;
    std::vector<double> differences;
    std::string         unit;
    for (size_t i = 0; i < first.size(); ++i)
    {
      const MetricValue * const a = FindValue(first[i], key);
      const MetricValue * const b = FindValue(second[i], key);
      if (a && b)
      {
        unit = a->Unit;
        firstValues.push_back(a->Value);
        secondValues.push_back(b->Value);
        // Equal infinities have no difference.
        differences.push_back(a->Value == b->Value ? 0.0 : a->Value - b->Value);
      }
    }
    auto test = itk::WilcoxonSignedRankTest::New();
    test->SetSamples(firstValues, secondValues);
    test->Update();
    const auto statistics = StatisticsOf(differences, settings);
    const bool isExact = test->GetUsedMethod() == itk::WilcoxonMethodEnum::Exact;
    Json       entry{ { "unit", unit },
                { "pairs", test->GetNumberOfPairs() },
                { "undefined", test->GetNumberOfUndefinedPairs() },
                { "without-difference", test->GetNumberOfZeros() },
                { "mean-difference", NumberToJson(statistics->GetMean()) },
                { "mean-difference-95-percent-interval", MeanInterval(statistics) },
                { "median-difference", NumberToJson(statistics->GetMedian()) },
                { "positive-rank-sum", test->GetPositiveRankSum() },
                { "negative-rank-sum", test->GetNegativeRankSum() },
                { "p-value", NumberToJson(test->GetPValue()) },
                { "p-value-by", isExact ? "exact distribution" : "normal approximation" } };
    AddReason(entry, statistics);
    comparison[key] = entry;
  }
  return comparison;
}

std::string
SummaryText(const Json & summary)
{
  std::vector<Row> rows{ { "metric", { "n", "mean", "SD", "median", "IQR", "95 % from", "to" } } };
  size_t           numberWithoutValue = 0;
  for (const auto & item : summary.items())
  {
    const Json & entry = item.value();
    if (entry["n"] == 0)
    {
      ++numberWithoutValue;
      continue;
    }
    rows.push_back({ TitleOf(item.key(), entry),
                     { Cell(entry["n"]),
                       Cell(entry["mean"]),
                       Cell(entry["sd"]),
                       Cell(entry["median"]),
                       Cell(entry["iqr"]),
                       Cell(entry["mean-95-percent-interval"][0]),
                       Cell(entry["mean-95-percent-interval"][1]) } });
  }
  std::string text = AlignedText(rows);
  if (numberWithoutValue > 0)
  {
    text += "Metrics that no case has a value of: " + std::to_string(numberWithoutValue) + '\n';
  }
  return text;
}

std::string
ComparisonText(const Json & comparison)
{
  std::vector<Row> rows{ { "first - second", { "pairs", "mean", "median", "95 % from", "to", "p" } } };
  for (const auto & item : comparison.items())
  {
    const Json & entry = item.value();
    if (entry["pairs"] == 0)
    {
      continue;
    }
    rows.push_back({ TitleOf(item.key(), entry),
                     { Cell(entry["pairs"]),
                       Cell(entry["mean-difference"]),
                       Cell(entry["median-difference"]),
                       Cell(entry["mean-difference-95-percent-interval"][0]),
                       Cell(entry["mean-difference-95-percent-interval"][1]),
                       Cell(entry["p-value"]) } });
  }
  return AlignedText(rows);
}

} // namespace sct
