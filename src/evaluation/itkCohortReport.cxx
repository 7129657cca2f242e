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
#include "evaluation/itkCohortReport.h"

#include "common/itkDelimitedTable.h"

#include "SyntheticCTDetail/itkNumberText.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

using Json = nlohmann::ordered_json;

/** How bad a value is. */
double
Badness(const MetricValue & value)
{
  switch (value.Direction)
  {
    case EvaluationDirectionEnum::Lower:
      return value.Value;
    case EvaluationDirectionEnum::Higher:
      return -value.Value;
    default:
      return std::abs(value.Value);
  }
}

SampleStatistics::Pointer
MakeStatistics(const std::vector<double> & values, const SummarySettings & settings)
{
  auto statistics = SampleStatistics::New();
  statistics->SetValues(values);
  statistics->SetNumberOfResamples(settings.NumberOfResamples);
  statistics->SetSeed(settings.Seed);
  return statistics;
}

Json
Number(double value)
{
  return NumberToJSON<Json>(value);
}

Json
MeanInterval(const SampleStatistics * statistics)
{
  return { Number(statistics->GetMeanIntervalLowerBound()), Number(statistics->GetMeanIntervalUpperBound()) };
}

/** Why figures of a sample are no finite numbers. */
void
AddReason(Json & entry, const SampleStatistics * statistics)
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

/** A row of a table of text. */
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
  return FormatNumber("%.5g", json.get<double>());
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

/** The worst cases of a metric, the worst first. */
Json
WorstCases(const CaseResults & results, const std::string & name, unsigned int count)
{
  struct Ranked
  {
    const CaseResult *  Case;
    const MetricValue * Value;
  };
  std::vector<Ranked> ranked;
  for (const CaseResult & result : results)
  {
    const MetricValue * const value = FindValue(result.Values, name);
    if (value && !std::isnan(value->Value))
    {
      ranked.push_back({ &result, value });
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked & a, const Ranked & b) {
    return Badness(*a.Value) > Badness(*b.Value);
  });
  Json worst = Json::array();
  for (size_t i = 0; i < std::min<size_t>(ranked.size(), count); ++i)
  {
    worst.push_back({ { "case", ranked[i].Case->Name }, { "value", Number(ranked[i].Value->Value) } });
  }
  return worst;
}

} // namespace

std::vector<std::string>
MetricNames(const CaseResults & results)
{
  std::vector<std::string> names;
  for (const CaseResult & result : results)
  {
    for (const MetricValue & value : result.Values)
    {
      if (std::find(names.begin(), names.end(), value.Name) == names.end())
      {
        names.push_back(value.Name);
      }
    }
  }
  return names;
}

SampleStatistics::Pointer
StatisticsOf(const CaseResults & results, const std::string & name, const SummarySettings & settings)
{
  std::vector<double> values;
  for (const CaseResult & result : results)
  {
    if (const MetricValue * const value = FindValue(result.Values, name))
    {
      values.push_back(value->Value);
    }
  }
  return MakeStatistics(values, settings);
}

MetricComparison
CompareMetric(const CaseResults &     first,
              const CaseResults &     second,
              const std::string &     name,
              const SummarySettings & settings)
{
  MetricComparison    comparison;
  std::vector<double> firstValues;
  std::vector<double> secondValues;
  std::vector<double> differences;
  for (size_t i = 0; i < first.size(); ++i)
  {
    const MetricValue * const a = FindValue(first[i].Values, name);
    const MetricValue * const b = FindValue(second[i].Values, name);
    if (a && b)
    {
      comparison.Unit = a->Unit;
      firstValues.push_back(a->Value);
      secondValues.push_back(b->Value);
      // Equal infinities have no difference.
      differences.push_back(a->Value == b->Value ? 0.0 : a->Value - b->Value);
    }
  }
  comparison.Test = WilcoxonSignedRankTest::New();
  comparison.Test->SetSamples(firstValues, secondValues);
  comparison.Test->Update();
  comparison.Differences = MakeStatistics(differences, settings);
  return comparison;
}

std::string
CohortTable(const CaseResults & results)
{
  const std::vector<std::string> names = MetricNames(results);
  std::string                    table = "case,status";
  for (const std::string & name : names)
  {
    table += ',' + QuotedField(name);
  }
  for (const CaseResult & result : results)
  {
    table += '\n' + QuotedField(result.Name) + (result.Error.empty() ? ",ok" : ",failed");
    for (const std::string & name : names)
    {
      table += ',';
      if (const MetricValue * const value = FindValue(result.Values, name))
      {
        const Json number = Number(value->Value);
        table += number.is_string() ? number.get<std::string>() : number.dump();
      }
    }
  }
  return table;
}

std::string
SummariseCohort(const CaseResults & results, const SummarySettings & settings)
{
  Json summary = Json::object();
  for (const std::string & name : MetricNames(results))
  {
    const MetricValue * any = nullptr;
    bool                hasOneDefinition = true;
    for (const CaseResult & result : results)
    {
      if (const MetricValue * const value = FindValue(result.Values, name))
      {
        hasOneDefinition = hasOneDefinition && (!any || any->Definition == value->Definition);
        any = value;
      }
    }
    const auto statistics = StatisticsOf(results, name, settings);
    Json       entry{ { "unit", any->Unit },
                { "n", statistics->GetNumberOfValues() },
                { "undefined", statistics->GetNumberOfUndefinedValues() },
                { "infinite", statistics->GetNumberOfInfiniteValues() },
                { "mean", Number(statistics->GetMean()) },
                { "sd", Number(statistics->GetStandardDeviation()) },
                { "median", Number(statistics->GetMedian()) },
                { "first-quartile", Number(statistics->GetFirstQuartile()) },
                { "third-quartile", Number(statistics->GetThirdQuartile()) },
                { "iqr", Number(statistics->GetInterquartileRange()) },
                { "minimum", Number(statistics->GetMinimum()) },
                { "maximum", Number(statistics->GetMaximum()) },
                { "mean-95-percent-interval", MeanInterval(statistics) } };
    AddReason(entry, statistics);
    entry["definition"] =
      hasOneDefinition ? Json::parse(any->Definition) : Json("not the same for all cases: see their reports");
    entry["worst"] = WorstCases(results, name, settings.NumberOfWorstCases);
    summary[name] = entry;
  }
  return summary.dump();
}

std::string
CompareCohorts(const CaseResults & first, const CaseResults & second, const SummarySettings & settings)
{
  const std::vector<std::string> otherNames = MetricNames(second);
  Json                           all = Json::object();
  for (const std::string & name : MetricNames(first))
  {
    if (std::find(otherNames.begin(), otherNames.end(), name) == otherNames.end())
    {
      continue;
    }
    const MetricComparison comparison = CompareMetric(first, second, name, settings);
    const auto &           test = comparison.Test;
    const auto &           statistics = comparison.Differences;
    const bool             isExact = test->GetUsedMethod() == WilcoxonMethodEnum::Exact;
    Json                   entry{ { "unit", comparison.Unit },
                { "pairs", test->GetNumberOfPairs() },
                { "undefined", test->GetNumberOfUndefinedPairs() },
                { "without-difference", test->GetNumberOfZeros() },
                { "mean-difference", Number(statistics->GetMean()) },
                { "mean-difference-95-percent-interval", MeanInterval(statistics) },
                { "median-difference", Number(statistics->GetMedian()) },
                { "positive-rank-sum", test->GetPositiveRankSum() },
                { "negative-rank-sum", test->GetNegativeRankSum() },
                { "p-value", Number(test->GetPValue()) },
                { "p-value-by", isExact ? "exact distribution" : "normal approximation" } };
    AddReason(entry, statistics);
    all[name] = entry;
  }
  return all.dump();
}

std::string
SummaryText(const std::string & summary)
{
  const Json       metrics = Json::parse(summary);
  std::vector<Row> rows{ { "metric", { "n", "mean", "SD", "median", "IQR", "95 % from", "to" } } };
  size_t           numberWithoutValue = 0;
  for (const auto & item : metrics.items())
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
ComparisonText(const std::string & comparison)
{
  const Json       metrics = Json::parse(comparison);
  std::vector<Row> rows{ { "first - second", { "pairs", "mean", "median", "95 % from", "to", "p" } } };
  for (const auto & item : metrics.items())
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

} // namespace SyntheticCTDetail
} // namespace itk
