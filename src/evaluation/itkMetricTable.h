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
#ifndef itkMetricTable_h
#define itkMetricTable_h

#include "evaluation/itkMetricValue.h"
#include "evaluation/itkPairMeasurement.h"

#include "SyntheticCTDetail/itkNumberText.h"

#include <functional>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** A metric, or a group of them, that goes by one name. */
struct MetricEntry
{
  std::string              Name;
  std::string              Meaning;
  std::string              Unit;
  EvaluationDirectionEnum  Direction;
  EvaluationInputEnum      Input;
  std::vector<std::string> Parameters;
  /** Adds its values. */
  std::function<void(PairMeasurement &, MetricValues &)> Compute;
};

using MetricEntries = std::vector<MetricEntry>;

/** All metrics, in the order in which they are listed. */
const MetricEntries &
MetricTable();

/** The metric of a name; null when there is none. */
const MetricEntry *
FindMetric(const std::string & name);

/** The groups of the table. */
void
AddErrorMetrics(MetricEntries & metrics);
void
AddPeakMetrics(MetricEntries & metrics);
void
AddLabelErrorMetrics(MetricEntries & metrics);
void
AddSimilarityMetrics(MetricEntries & metrics);
void
AddOverlapMetrics(MetricEntries & metrics);
void
AddSurfaceMetrics(MetricEntries & metrics);
void
AddDeviationMetrics(MetricEntries & metrics);
void
AddMRMetrics(MetricEntries & metrics);

/** The whole body, or a range of HU in it, as parts of names and of sentences. */
struct RegionName
{
  HounsfieldRegionEnum Region;
  const char *         Ending;
  const char *         Place;
};

extern const RegionName regionNames[4];

/** What a definition says of a region. */
template <typename TJson, typename TFilter>
void
DescribeRegion(TJson & definition, const TFilter * filter, HounsfieldRegionEnum region, const char * classedBy)
{
  definition["region"] = std::string(classedBy) + " within the closed interval";
  definition["interval-hu"] = { filter->GetRegionLowerBound(region), filter->GetRegionUpperBound(region) };
  definition["images-clipped-to-hu"] = { filter->GetWindowMinimum(), filter->GetWindowMaximum() };
}

/** The HU to which images are clipped; null when they are not. */
template <typename TJson>
TJson
ClipInterval(double lower, double upper)
{
  if (std::isinf(lower) && std::isinf(upper))
  {
    return nullptr;
  }
  return { NumberToJSON<TJson>(lower), NumberToJSON<TJson>(upper) };
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
