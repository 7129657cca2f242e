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
#include "sctMetrics.h"

#include "itkImageErrorMeasuresImageFilter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace sct
{
namespace
{

using MeasuresType = itk::ImageErrorMeasuresImageFilter<VolumeType>;
using Region = itk::HounsfieldRegionEnum;

/** The images of one case, and the filters that have run on them: each runs once, and only when it is needed. */
class Evaluation
{
public:
  Evaluation(const MetricImages & images, const MetricSettings & settings)
    : m_Images(images)
    , m_Settings(settings)
  {}

  const MetricSettings &
  GetSettings() const
  {
    return m_Settings;
  }

  const char *
  GetBody() const
  {
    return m_Images.Mask ? "mask" : "whole image";
  }

  const MeasuresType *
  GetErrorMeasures()
  {
    if (!m_ErrorMeasures)
    {
      m_ErrorMeasures = MeasuresType::New();
      m_ErrorMeasures->SetReferenceImage(m_Images.Reference);
      m_ErrorMeasures->SetSyntheticImage(m_Images.Synthetic);
      m_ErrorMeasures->SetMaskImage(m_Images.Mask);
      m_ErrorMeasures->SetDataRange(m_Settings.DataRange);
      m_ErrorMeasures->Update();
    }
    return m_ErrorMeasures;
  }

private:
  MetricImages          m_Images;
  MetricSettings        m_Settings;
  MeasuresType::Pointer m_ErrorMeasures;
};

using Values = std::vector<MetricValue>;

/** A measure or a group of them that goes by one name. */
struct Metric
{
  std::string                                 Name;
  std::string                                 Meaning;
  std::function<void(Evaluation &, Values &)> Compute;
};

/** The regions of the errors of voxels. */
struct ErrorRegion
{
  Region       Which;
  const char * Ending;
  const char * Place;
};

const ErrorRegion errorRegions[] = { { Region::Body, "", "the body" },
                                     { Region::Air, "-air", "air" },
                                     { Region::SoftTissue, "-soft-tissue", "soft tissue" },
                                     { Region::Bone, "-bone", "bone" } };

struct ErrorMeasure
{
  const char * Name;
  const char * Meaning;
  const char * Unit;
  Better       Direction;
  double (MeasuresType::*Get)(Region) const;
  /** Why it is undefined or infinite where there are voxels. */
  const char * Reason;
};

const ErrorMeasure errorMeasures[] = {
  { "me", "mean error in", "HU", Better::NearZero, &MeasuresType::GetMeanError, "" },
  { "mae", "mean absolute error in", "HU", Better::Lower, &MeasuresType::GetMeanAbsoluteError, "" },
  { "mse", "mean squared error in", "HU^2", Better::Lower, &MeasuresType::GetMeanSquaredError, "" },
  { "rmse", "root mean squared error in", "HU", Better::Lower, &MeasuresType::GetRootMeanSquaredError, "" },
  { "psnr",
    "peak signal-to-noise ratio for --data-range in",
    "dB",
    Better::Higher,
    &MeasuresType::GetPeakSignalToNoiseRatio,
    "the images are identical in this region" },
  { "pearson-r",
    "Pearson correlation in",
    "1",
    Better::Higher,
    &MeasuresType::GetPearsonCorrelation,
    "one of the images is constant in this region" },
  { "wmae",
    "weighted mean absolute error of the rest of the body and",
    "HU",
    Better::Lower,
    &MeasuresType::GetWeightedMeanAbsoluteError,
    "no voxel in the rest of the body" }
};

MetricValue
ErrorValue(Evaluation & evaluation, const std::string & key, const ErrorMeasure & measure, Region region)
{
  const MeasuresType * const filter = evaluation.GetErrorMeasures();
  const auto                 numberOfVoxels = filter->GetNumberOfVoxels(region);
  Json                       definition{ { "error", "synthetic - reference" }, { "body", evaluation.GetBody() } };
  if (region == Region::Body)
  {
    definition["region"] = "body";
    definition["images-clipped-to-hu"] = nullptr;
  }
  else
  {
    definition["region"] = "reference inside the body within the closed interval";
    definition["interval-hu"] = { filter->GetRegionLowerBound(region), filter->GetRegionUpperBound(region) };
    definition["images-clipped-to-hu"] = { filter->GetClipMinimum(), filter->GetClipMaximum() };
  }
  if (measure.Get == &MeasuresType::GetPeakSignalToNoiseRatio)
  {
    definition["data-range-hu"] = filter->GetDataRange();
  }
  return { key,
           (filter->*measure.Get)(region),
           measure.Unit,
           measure.Direction,
           definition,
           { { "voxels", numberOfVoxels } },
           numberOfVoxels == 0 ? "no voxel in this region" : measure.Reason };
}

/** The errors of voxels, over the body and over ranges of HU. */
void
AddErrorMetrics(std::vector<Metric> & metrics)
{
  for (const ErrorMeasure & measure : errorMeasures)
  {
    for (const ErrorRegion & region : errorRegions)
    {
      // The body itself has no rest.
      if (region.Which == Region::Body && measure.Get == &MeasuresType::GetWeightedMeanAbsoluteError)
      {
        continue;
      }
      const std::string key = std::string(measure.Name) + region.Ending;
      const std::string meaning = std::string(measure.Meaning) + ' ' + region.Place;
      metrics.push_back({ key, meaning, [&measure, &region, key](Evaluation & evaluation, Values & values) {
                           values.push_back(ErrorValue(evaluation, key, measure, region.Which));
                         } });
    }
  }
}

const std::vector<Metric> &
AllMetrics()
{
  static const std::vector<Metric> metrics = [] {
    std::vector<Metric> all;
    AddErrorMetrics(all);
    return all;
  }();
  return metrics;
}

/** What a challenge or a paper reports. */
struct Preset
{
  const char *             Name;
  const char *             Meaning;
  std::vector<std::string> Metrics;
};

const std::vector<Preset> &
AllPresets()
{
  static const std::vector<Preset> presets{ { "errors", "all errors of voxels (the default)", [] {
                                               std::vector<std::string> names;
                                               std::vector<Metric>metrics;
                                               AddErrorMetrics(metrics);
                                               for (const Metric & metric : metrics)
                                               {
                                                 names.push_back(metric.Name);
                                               }
                                               return names;
                                             }() } };
  return presets;
}

const struct
{
  Better       Direction;
  const char * Name;
} directions[] = { { Better::Unknown, "unknown" },
                   { Better::Lower, "lower" },
                   { Better::Higher, "higher" },
                   { Better::NearZero, "near zero" } };

template <typename TList>
auto
FindByName(const TList & list, const std::string & name)
{
  return std::find_if(list.begin(), list.end(), [&](const auto & each) { return each.Name == name; });
}

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
                     Better::Unknown,
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

std::vector<std::string>
ResolveMetrics(const std::vector<std::string> & presets, const std::vector<std::string> & metrics)
{
  std::vector<std::string> resolved;
  const auto               add = [&](const std::string & name) {
    if (std::find(resolved.begin(), resolved.end(), name) == resolved.end())
    {
      resolved.push_back(name);
    }
  };
  std::vector<std::string> wanted = presets;
  if (presets.empty() && metrics.empty())
  {
    wanted.emplace_back("errors");
  }
  for (const std::string & name : wanted)
  {
    const auto preset = FindByName(AllPresets(), name);
    if (preset == AllPresets().end())
    {
      throw std::runtime_error("there is no preset '" + name + "'; --list-metrics names them");
    }
    std::for_each(preset->Metrics.begin(), preset->Metrics.end(), add);
  }
  for (const std::string & name : metrics)
  {
    if (FindByName(AllMetrics(), name) == AllMetrics().end())
    {
      throw std::runtime_error("there is no metric '" + name + "'; --list-metrics names them");
    }
    add(name);
  }
  return resolved;
}

std::string
DescribeMetrics()
{
  std::string text = "Presets:\n";
  const auto  addLine = [&](std::string name, const std::string & meaning) {
    name.resize(std::max<size_t>(name.size() + 1, 26), ' ');
    text += "  " + name + meaning + '\n';
  };
  for (const Preset & preset : AllPresets())
  {
    std::string list;
    for (const std::string & name : preset.Metrics)
    {
      list += (list.empty() ? "" : ",") + name;
    }
    addLine(preset.Name, std::string(preset.Meaning) + ": " + list);
  }
  text += "Metrics:\n";
  for (const Metric & metric : AllMetrics())
  {
    addLine(metric.Name, metric.Meaning);
  }
  text.pop_back();
  return text;
}

std::vector<MetricValue>
ComputeMetrics(const std::vector<std::string> & metrics, const MetricImages & images, const MetricSettings & settings)
{
  Evaluation evaluation(images, settings);
  Values     values;
  for (const std::string & name : metrics)
  {
    FindByName(AllMetrics(), name)->Compute(evaluation, values);
  }
  return values;
}

} // namespace sct
