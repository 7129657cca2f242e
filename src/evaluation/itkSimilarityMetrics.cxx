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
using SimilarityType = PairMeasurement::SimilarityType;

/** What intensities and windows are. */
Json
WindowDefinition(const SimilarityType * filter)
{
  Json window = Json::array();
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    window.push_back(filter->GetUsedKernelSize(axis));
  }
  return { { "images-clipped-to-hu",
             ClipInterval<Json>(filter->GetUsedWindowMinimum(), filter->GetUsedWindowMaximum()) },
           { "intensity-scale", filter->GetIntensityScale() },
           { "intensity-offset", filter->GetIntensityOffset() },
           { "data-range", filter->GetUsedDataRange() },
           { "window-voxels", window },
           { "window", filter->GetUsedKernelSigma() > 0.0 ? "Gaussian" : "box" },
           { "window-sigma-voxels", filter->GetUsedKernelSigma() },
           { "covariance", filter->GetUsedSampleCovariance() ? "sample" : "population" },
           { "k1", filter->GetK1() },
           { "k2", filter->GetK2() } };
}

/** What else the definition of one value says. */
Json
SimilarityDefinition(const SimilarityType * filter, const std::string & body)
{
  Json definition = WindowDefinition(filter);
  definition["body"] = body;
  if (filter->GetVariant() == StructuralSimilarityEnum::Masked3D)
  {
    definition["epsilon"] = filter->GetEpsilon();
    definition["epsilon-in-map"] = filter->GetEpsilonInMap();
    definition["pooled"] = "weighted by the smoothed body";
  }
  else
  {
    definition["pooled"] = "mean over the body without the border of the window";
  }
  if (filter->GetVariant() == StructuralSimilarityEnum::SynthRAD2023 ||
      filter->GetVariant() == StructuralSimilarityEnum::MultiScale)
  {
    definition["hu-outside-mask"] = filter->GetUsedWindowMinimum();
  }
  if (filter->GetVariant() == StructuralSimilarityEnum::MultiScale)
  {
    definition["level-exponents"] = Json::array();
    for (unsigned int level = 0; level < filter->GetNumberOfLevels(); ++level)
    {
      definition["level-exponents"].push_back(filter->GetLevelWeight(level));
    }
    definition["levels"] = "product of the means of (luminance * contrast * structure)^exponent; next level by means "
                           "of 2 voxels per axis; axes shorter than 97 voxels padded with edge values";
  }
  return definition;
}

MetricValue
SimilarityValue(const std::string & name,
                double              value,
                const Json &        definition,
                const Json &        sizes,
                const std::string & reason = "no voxel of the body where the map counts")
{
  return MakeMetricValue<Json>(name, value, "1", EvaluationDirectionEnum::Higher, definition, sizes, reason);
}

Json
BodySize(const SimilarityType * filter)
{
  return { { "voxels", filter->GetNumberOfVoxels() } };
}

const struct
{
  const char *             Name;
  const char *             Meaning;
  StructuralSimilarityEnum Variant;
} similarities[] = { { "ssim",
                       "SSIM of NGF Pix2Pix: masked windows in 3D, [-1000, 3000] HU to [-1, 1]",
                       StructuralSimilarityEnum::Masked3D },
                     { "ssim-uniform7",
                       "SSIM of scikit-image by default, [-1000, 3000] HU to [-1, 1]",
                       StructuralSimilarityEnum::Uniform7 },
                     { "ssim-gaussian",
                       "SSIM of scikit-image with Gaussian weights, [-1000, 3000] HU to [-1, 1]",
                       StructuralSimilarityEnum::Gaussian },
                     { "ssim-synthrad2023", "SSIM of SynthRAD2023", StructuralSimilarityEnum::SynthRAD2023 },
                     { "ms-ssim", "multi-scale SSIM of SynthRAD2025", StructuralSimilarityEnum::MultiScale } };

/** The SSIM of a range of HU inside the body. */
MetricEntry
RegionSimilarityMetric(const RegionName & region)
{
  const std::string name = std::string("ssim") + region.Ending;
  return { name,
           std::string("SSIM with the mask of the reference's ") + region.Place + " inside the body",
           "1",
           EvaluationDirectionEnum::Higher,
           EvaluationInputEnum::Images,
           {},
           [&region, name](PairMeasurement & measurement, MetricValues & values) {
             const SimilarityType * const filter = measurement.GetRegionSimilarity(region.Region);
             const auto                   bounds = PairMeasurement::OverlapType::New();
             Json                         definition = SimilarityDefinition(filter, measurement.GetBody());
             definition["region"] = "reference inside the body within the closed interval";
             definition["interval-hu"] = { bounds->GetRegionLowerBound(region.Region),
                                           bounds->GetRegionUpperBound(region.Region) };
             values.push_back(SimilarityValue(
               name, filter->GetStructuralSimilarity(), definition, BodySize(filter), "no voxel in this region"));
           } };
}

} // namespace

void
AddSimilarityMetrics(MetricEntries & metrics)
{
  for (const auto & similarity : similarities)
  {
    metrics.push_back({ similarity.Name,
                        std::string(similarity.Meaning) + ", in the body",
                        "1",
                        EvaluationDirectionEnum::Higher,
                        EvaluationInputEnum::Images,
                        {},
                        [&similarity](PairMeasurement & measurement, MetricValues & values) {
                          const SimilarityType * const filter = measurement.GetSimilarity(similarity.Variant);
                          values.push_back(SimilarityValue(similarity.Name,
                                                           filter->GetStructuralSimilarity(),
                                                           SimilarityDefinition(filter, measurement.GetBody()),
                                                           BodySize(filter)));
                        } });
    const std::string name = std::string(similarity.Name) + "-global";
    const bool        isOwnRun = similarity.Variant == StructuralSimilarityEnum::Masked3D;
    const bool        setsBackground = similarity.Variant == StructuralSimilarityEnum::SynthRAD2023 ||
                                similarity.Variant == StructuralSimilarityEnum::MultiScale;
    metrics.push_back(
      { name,
        std::string("the same over the whole image") + (setsBackground ? ", set to -1024 HU outside the mask" : ""),
        "1",
        EvaluationDirectionEnum::Higher,
        EvaluationInputEnum::Images,
        {},
        [&similarity, name, isOwnRun](PairMeasurement & measurement, MetricValues & values) {
          const SimilarityType * const filter = measurement.GetSimilarity(similarity.Variant, true);
          values.push_back(
            SimilarityValue(name,
                            isOwnRun ? filter->GetStructuralSimilarity() : filter->GetGlobalStructuralSimilarity(),
                            SimilarityDefinition(filter, "whole image"),
                            Json::object()));
        } });
  }
  for (const RegionName & region : regionNames)
  {
    if (region.Region != HounsfieldRegionEnum::Body)
    {
      metrics.push_back(RegionSimilarityMetric(region));
    }
  }
}

void
AddMRMetrics(MetricEntries & metrics)
{
  for (const bool ofReference : { false, true })
  {
    const std::string name = ofReference ? "nmi-reference" : "nmi";
    metrics.push_back(
      { name,
        ofReference ? "the same of the reference CT and the MR, which the synthetic CT's compares with"
                    : "normalized mutual information (Studholme) of the synthetic CT and the MR, in the body: 1 to 2",
        "1",
        EvaluationDirectionEnum::Higher,
        EvaluationInputEnum::MR,
        {},
        [name, ofReference](PairMeasurement & measurement, MetricValues & values) {
          const auto * const filter = measurement.GetMutualInformation(ofReference);
          const Json         definition{
            { "body", measurement.GetBody() },
            { "images-clipped-to-hu", ClipInterval<Json>(filter->GetWindowMinimum(), filter->GetWindowMaximum()) },
            { "mr-clipped-to-percentiles", { filter->GetLowerPercentile(), filter->GetUpperPercentile() } },
            { "bins", filter->GetNumberOfBins() }
          };
          values.push_back(MakeMetricValue<Json>(name,
                                                 filter->GetNormalizedMutualInformation(),
                                                 "1",
                                                 EvaluationDirectionEnum::Higher,
                                                 definition,
                                                 { { "voxels", filter->GetNumberOfVoxels() } },
                                                 "no voxel in the body, or both images constant in it"));
        } });
  }
}

} // namespace SyntheticCTDetail
} // namespace itk
