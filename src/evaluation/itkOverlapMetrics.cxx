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
using OverlapType = PairMeasurement::OverlapType;
using BodyOverlapType = PairMeasurement::BodyOverlapType;

const char * const bothEmpty = "no voxel in either image";

struct OverlapMeasure
{
  const char * Name;
  const char * Meaning;
  double (OverlapType::*OfRegion)(HounsfieldRegionEnum) const;
  double (OverlapType::*Mean)() const;
};

const OverlapMeasure overlapMeasures[] = {
  { "dice", "Dice coefficient", &OverlapType::GetRegionDice, &OverlapType::GetMeanDice },
  { "precision", "precision", &OverlapType::GetRegionPrecision, &OverlapType::GetMeanPrecision },
  { "recall", "recall", &OverlapType::GetRegionRecall, &OverlapType::GetMeanRecall }
};

MetricValue
OverlapValue(const std::string & name, double value, const Json & definition, const Json & sizes)
{
  return MakeMetricValue<Json>(name, value, "1", EvaluationDirectionEnum::Higher, definition, sizes, bothEmpty);
}

Json
OverlapSizes(SizeValueType reference, SizeValueType synthetic, SizeValueType common)
{
  return { { "reference-voxels", reference }, { "synthetic-voxels", synthetic }, { "common-voxels", common } };
}

/** A metric of overlap. */
MetricEntry
OverlapMetric(const std::string &                                    name,
              const std::string &                                    meaning,
              const std::vector<std::string> &                       parameters,
              std::function<void(PairMeasurement &, MetricValues &)> compute)
{
  return { name,       meaning,           "1", EvaluationDirectionEnum::Higher, EvaluationInputEnum::Images,
           parameters, std::move(compute) };
}

/** Of the voxels whose HU lie in a range, in each image by its own. */
MetricEntry
RegionOverlapMetric(const OverlapMeasure & measure, const RegionName & region)
{
  const std::string name = std::string(measure.Name) + region.Ending;
  return OverlapMetric(
    name,
    std::string(measure.Meaning) + " of " + region.Place + ", by the HU of each image inside the body",
    {},
    [&measure, &region, name](PairMeasurement & measurement, MetricValues & values) {
      const OverlapType * const filter = measurement.GetOverlap();
      Json                      definition{ { "body", measurement.GetBody() } };
      DescribeRegion(definition, filter, region.Region, "each image inside the body");
      values.push_back(OverlapValue(name,
                                    (filter->*measure.OfRegion)(region.Region),
                                    definition,
                                    OverlapSizes(filter->GetRegionNumberOfReferenceVoxels(region.Region),
                                                 filter->GetRegionNumberOfSyntheticVoxels(region.Region),
                                                 filter->GetRegionNumberOfCommonVoxels(region.Region))));
    });
}

/** The mean over thresholds of grey levels, as Light U-Net has it. */
MetricEntry
GreyLevelMetric(const OverlapMeasure & measure)
{
  const std::string name = std::string("grey-") + measure.Name;
  return OverlapMetric(name,
                       std::string("bone ") + measure.Meaning +
                         " of Light U-Net: mean over grey levels of 40 % to 70 % of the window 500 +- 1000 HU",
                       {},
                       [&measure, name](PairMeasurement & measurement, MetricValues & values) {
                         const OverlapType * const filter = measurement.GetGreyLevelOverlap();
                         values.push_back(
                           OverlapValue(name,
                                        (filter->*measure.Mean)(),
                                        { { "body", measurement.GetBody() },
                                          { "sets", "voxels of at least the threshold" },
                                          { "window-level-hu", 500.0 },
                                          { "window-width-hu", 2000.0 },
                                          { "thresholds-hu", filter->GetThresholds() },
                                          { "mean", "over the thresholds that a voxel of either image reaches" } },
                                        { { "thresholds", filter->GetNumberOfDefinedThresholds() } }));
                       });
}

void
AddBodyDice(PairMeasurement & measurement, MetricValues & values)
{
  const BodyOverlapType * const filter = measurement.GetBodyOverlap();
  values.push_back(OverlapValue(
    "dice-body",
    filter->GetDice(0),
    { { "sets",
        "the body in each whole image: above the threshold, closed, largest component (by faces), holes of the "
        "slices of all three axes filled" },
      { "threshold-hu", -400.0 },
      { "closing-radius-mm", 5.0 } },
    OverlapSizes(filter->GetNumberOfReferenceVoxels(0),
                 filter->GetNumberOfSyntheticVoxels(0),
                 filter->GetNumberOfCommonVoxels(0))));
}

void
AddDiceCurve(PairMeasurement & measurement, MetricValues & values)
{
  const OverlapType * const filter = measurement.GetOverlap();
  for (SizeValueType i = 0; i < filter->GetNumberOfThresholds(); ++i)
  {
    const Json  threshold = filter->GetThreshold(i);
    std::string ending = threshold.dump();
    if (ending.size() > 2 && ending.compare(ending.size() - 2, 2, ".0") == 0)
    {
      ending.erase(ending.size() - 2);
    }
    values.push_back(OverlapValue("dice-curve:" + ending,
                                  filter->GetDice(i),
                                  { { "body", measurement.GetBody() },
                                    { "sets", "voxels of at least the threshold" },
                                    { "threshold-hu", threshold } },
                                  OverlapSizes(filter->GetNumberOfReferenceVoxels(i),
                                               filter->GetNumberOfSyntheticVoxels(i),
                                               filter->GetNumberOfCommonVoxels(i))));
  }
}

} // namespace

void
AddOverlapMetrics(MetricEntries & metrics)
{
  for (const OverlapMeasure & measure : overlapMeasures)
  {
    for (const RegionName & region : regionNames)
    {
      if (region.Region != HounsfieldRegionEnum::Body)
      {
        metrics.push_back(RegionOverlapMetric(measure, region));
      }
    }
    metrics.push_back(GreyLevelMetric(measure));
  }
  metrics.push_back(OverlapMetric(
    "dice-body",
    "Dice coefficient of the bodies of both images: above -400 HU, closed, largest component, holes filled",
    {},
    AddBodyDice));
  metrics.push_back(OverlapMetric("dice-curve",
                                  "Dice coefficient of what has at least as many HU as each threshold of the curve",
                                  { "dice-thresholds-hu" },
                                  AddDiceCurve));
}

} // namespace SyntheticCTDetail
} // namespace itk
