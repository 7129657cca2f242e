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
#include "evaluation/itkMetricTable.h"

#include <nlohmann/json.hpp>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

using Json = nlohmann::ordered_json;
using SurfaceType = PairMeasurement::SurfaceType;
using DeviationType = PairMeasurement::DeviationType;
using SurfaceDefinition = SurfaceDistanceDefinitionEnum;

struct SurfaceMeasure
{
  const char *            Name;
  const char *            Meaning;
  const char *            Unit;
  EvaluationDirectionEnum Direction;
  SurfaceDefinition       Definition;
  double (*Get)(const SurfaceType *, SurfaceType::LabelType);
};

double
GetSurfaceDice(const SurfaceType * filter, SurfaceType::LabelType label)
{
  return filter->GetNormalizedSurfaceDice(label, filter->GetNthTolerance(0));
}
double
GetHausdorff(const SurfaceType * filter, SurfaceType::LabelType label)
{
  return filter->GetHausdorffDistance(label);
}
double
GetHausdorff95(const SurfaceType * filter, SurfaceType::LabelType label)
{
  return filter->GetHausdorffDistanceAtPercentile(label, 95.0);
}
double
GetMeanDistance(const SurfaceType * filter, SurfaceType::LabelType label)
{
  return filter->GetAverageSymmetricSurfaceDistance(label);
}
double
GetVolumeDice(const SurfaceType * filter, SurfaceType::LabelType label)
{
  return filter->GetDiceCoefficient(label);
}

const SurfaceMeasure surfaceMeasures[] = {
  { "dice", "Dice coefficient", "1", EvaluationDirectionEnum::Higher, SurfaceDefinition::Surfel, GetVolumeDice },
  { "nsd",
    "normalized surface Dice at the surface tolerance",
    "1",
    EvaluationDirectionEnum::Higher,
    SurfaceDefinition::Surfel,
    GetSurfaceDice },
  { "hd", "Hausdorff distance", "mm", EvaluationDirectionEnum::Lower, SurfaceDefinition::Surfel, GetHausdorff },
  { "hd95",
    "95th percentile of the Hausdorff distance",
    "mm",
    EvaluationDirectionEnum::Lower,
    SurfaceDefinition::Surfel,
    GetHausdorff95 },
  { "assd",
    "average symmetric surface distance",
    "mm",
    EvaluationDirectionEnum::Lower,
    SurfaceDefinition::Surfel,
    GetMeanDistance },
  { "nsd-voxel",
    "normalized surface Dice as MONAI has it (boundary voxels)",
    "1",
    EvaluationDirectionEnum::Higher,
    SurfaceDefinition::Voxel,
    GetSurfaceDice },
  { "hd-voxel",
    "Hausdorff distance as MONAI has it (boundary voxels)",
    "mm",
    EvaluationDirectionEnum::Lower,
    SurfaceDefinition::Voxel,
    GetHausdorff },
  { "hd95-voxel",
    "95th percentile of the Hausdorff distance as MONAI has it (boundary voxels)",
    "mm",
    EvaluationDirectionEnum::Lower,
    SurfaceDefinition::Voxel,
    GetHausdorff95 },
  { "assd-voxel",
    "average symmetric surface distance as MONAI has it (boundary voxels)",
    "mm",
    EvaluationDirectionEnum::Lower,
    SurfaceDefinition::Voxel,
    GetMeanDistance }
};

Json
SurfaceDefinitionToJSON(const SurfaceMeasure & measure, const SurfaceType * filter)
{
  Json definition;
  if (measure.Get != GetVolumeDice)
  {
    definition["surface"] = measure.Definition == SurfaceDefinition::Surfel
                              ? "surface elements weighted by area"
                              : "boundary voxels, unweighted; percentiles interpolated";
  }
  if (measure.Get == GetSurfaceDice)
  {
    definition["tolerance-mm"] = filter->GetNthTolerance(0);
  }
  return definition;
}

MetricValue
SurfaceValue(const SurfaceMeasure & measure,
             const std::string &    name,
             double                 value,
             const Json &           definition,
             const Json &           sizes,
             const std::string &    reason)
{
  return MakeMetricValue<Json>(name, value, measure.Unit, measure.Direction, definition, sizes, reason);
}

Json
SurfaceSizes(const SurfaceType * filter, SurfaceType::LabelType label)
{
  return { { "reference-voxels", filter->GetReferenceNumberOfVoxels(label) },
           { "synthetic-voxels", filter->GetSyntheticNumberOfVoxels(label) } };
}

const char *
SurfaceReason(const SurfaceType * filter, SurfaceType::LabelType label)
{
  const bool isInReference = filter->GetReferenceNumberOfVoxels(label) > 0;
  const bool isInSynthetic = filter->GetSyntheticNumberOfVoxels(label) > 0;
  return isInReference   ? "the synthetic image does not have the structure"
         : isInSynthetic ? "the reference does not have the structure"
                         : "neither image has the structure";
}

/** The values of a metric for every structure, and their mean over those that the reference has. */
void
AddStructureValues(const SurfaceMeasure & measure,
                   StructureSource        source,
                   PairMeasurement &      measurement,
                   MetricValues &         values)
{
  const SurfaceType * const        filter = measurement.GetSurfaces(source, measure.Definition);
  const EvaluationSettings &       settings = measurement.GetSettings();
  const bool                       isNamed = source == StructureSource::Structures;
  const std::vector<std::string> & names = settings.GetStructureNames();
  const std::string                name = std::string(measure.Name) + (isNamed ? "-structure" : "-label");
  Json                             definition = SurfaceDefinitionToJSON(measure, filter);
  definition["segmentation"] = isNamed ? settings.GetSegmenterName() : "given";
  double        sum = 0.0;
  SizeValueType count = 0;
  MetricValues  each;
  for (SizeValueType i = 0; i < filter->GetNumberOfLabels(); ++i)
  {
    const auto   label = filter->GetNthLabel(i);
    const double value = measure.Get(filter, label);
    if (filter->GetReferenceNumberOfVoxels(label) > 0)
    {
      sum += value;
      ++count;
    }
    const std::string ending = isNamed && label < names.size() ? names[label] : std::to_string(label);
    Json              definitionOfOne = definition;
    definitionOfOne["label"] = label;
    each.push_back(SurfaceValue(
      measure, name + '-' + ending, value, definitionOfOne, SurfaceSizes(filter, label), SurfaceReason(filter, label)));
  }
  definition["mean"] = "over the structures that the reference has";
  definition["labels"] = settings.GetLabels().empty() || isNamed ? Json("all") : Json(settings.GetLabels());
  values.push_back(SurfaceValue(measure,
                                name + "s-mean",
                                count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN(),
                                definition,
                                { { "structures", count } },
                                count > 0 ? "the synthetic image does not have one of the structures"
                                          : "the reference has none of the structures"));
  values.insert(values.end(), each.begin(), each.end());
}

/** The settings on which a measure depends. */
std::vector<std::string>
ParametersOf(const SurfaceMeasure & measure, const char * more)
{
  std::vector<std::string> parameters;
  if (measure.Get == GetSurfaceDice)
  {
    parameters.emplace_back("surface-tolerance-mm");
  }
  if (more)
  {
    parameters.emplace_back(more);
  }
  return parameters;
}

/** A measure of the surface of bone by its HU. */
MetricEntry
BoneMetric(const SurfaceMeasure & measure)
{
  const std::string name = std::string(measure.Name) + "-bone";
  return { name,
           std::string(measure.Meaning) + " of bone: at least the bone threshold inside the body",
           measure.Unit,
           measure.Direction,
           EvaluationInputEnum::Images,
           ParametersOf(measure, "bone-threshold-hu"),
           [&measure, name](PairMeasurement & measurement, MetricValues & values) {
             const SurfaceType * const filter = measurement.GetSurfaces(StructureSource::Bone, measure.Definition);
             const auto                label = filter->GetNthLabel(0);
             Json                      definition = SurfaceDefinitionToJSON(measure, filter);
             definition["body"] = measurement.GetBody();
             definition["threshold-hu"] = measurement.GetSettings().GetBoneThreshold();
             values.push_back(SurfaceValue(measure,
                                           name,
                                           measure.Get(filter, label),
                                           definition,
                                           SurfaceSizes(filter, label),
                                           SurfaceReason(filter, label)));
           } };
}

const struct
{
  const char *            Name;
  const char *            Unit;
  EvaluationDirectionEnum Direction;
  double (DeviationType::*Get)() const;
} deviationFigures[] = {
  { "deviation-mean", "mm", EvaluationDirectionEnum::NearZero, &DeviationType::GetMeanDeviation },
  { "deviation-minimum", "mm", EvaluationDirectionEnum::NearZero, &DeviationType::GetMinimumDeviation },
  { "deviation-maximum", "mm", EvaluationDirectionEnum::NearZero, &DeviationType::GetMaximumDeviation },
  { "deviation-sd", "mm", EvaluationDirectionEnum::Lower, &DeviationType::GetStandardDeviation },
  { "deviation-iqr", "mm", EvaluationDirectionEnum::Lower, &DeviationType::GetInterquartileRange },
  { "deviation-share-within", "1", EvaluationDirectionEnum::Higher, &DeviationType::GetShareWithinBounds }
};

void
AddDeviationValues(PairMeasurement & measurement, MetricValues & values)
{
  const DeviationType * const filter = measurement.GetDeviation();
  for (const auto & figure : deviationFigures)
  {
    Json definition{ { "body", measurement.GetBody() },
                     { "threshold-hu", measurement.GetSettings().GetBoneThreshold() },
                     { "sign", "positive where the synthetic surface lies outside the reference" } };
    if (figure.Get == &DeviationType::GetShareWithinBounds)
    {
      definition["closed-interval-mm"] = { filter->GetLowerBound(), filter->GetUpperBound() };
    }
    values.push_back(MakeMetricValue<Json>(figure.Name,
                                           (filter->*figure.Get)(),
                                           figure.Unit,
                                           figure.Direction,
                                           definition,
                                           { { "surface-points", filter->GetNumberOfPoints() } },
                                           filter->GetNumberOfPoints() == 0 ? "the reference has no bone"
                                                                            : "the synthetic image has no bone"));
  }
}

} // namespace

void
AddSurfaceMetrics(MetricEntries & metrics)
{
  for (const SurfaceMeasure & measure : surfaceMeasures)
  {
    const std::string name = measure.Name;
    const std::string meaning = measure.Meaning;
    // The Dice coefficient of bone is among those of ranges of HU.
    if (measure.Get != GetVolumeDice)
    {
      metrics.push_back(BoneMetric(measure));
    }
    metrics.push_back({ name + "-labels",
                        meaning + " of each label of given segmentations, and the mean over those of the reference",
                        measure.Unit,
                        measure.Direction,
                        EvaluationInputEnum::Segmentations,
                        ParametersOf(measure, "labels"),
                        [&measure](PairMeasurement & measurement, MetricValues & values) {
                          AddStructureValues(measure, StructureSource::Segmentations, measurement, values);
                        } });
    metrics.push_back({ name + "-structures",
                        meaning + " of each structure that a segmentation network finds in both images, and the mean",
                        measure.Unit,
                        measure.Direction,
                        EvaluationInputEnum::Structures,
                        ParametersOf(measure, "segmenter"),
                        [&measure](PairMeasurement & measurement, MetricValues & values) {
                          AddStructureValues(measure, StructureSource::Structures, measurement, values);
                        } });
  }
}

void
AddDeviationMetrics(MetricEntries & metrics)
{
  metrics.push_back(
    { "deviation",
      "signed deviation of the bone's surface (at least the bone threshold inside the body), positive outward: mean, "
      "range, SD, IQR, and the share within 2 mm",
      "mm",
      EvaluationDirectionEnum::NearZero,
      EvaluationInputEnum::Images,
      { "bone-threshold-hu" },
      AddDeviationValues });
}

} // namespace SyntheticCTDetail
} // namespace itk
