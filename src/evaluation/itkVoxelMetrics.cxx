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
using ErrorMeasuresType = PairMeasurement::ErrorMeasuresType;
using PeakDefinition = PairMeasurement::PeakDefinition;

struct ErrorMeasure
{
  const char *            Name;
  const char *            Meaning;
  const char *            Unit;
  EvaluationDirectionEnum Direction;
  ErrorMeasureEnum        Which;
  /** Why it is undefined or infinite where there are voxels. */
  const char * Reason;
};

const ErrorMeasure errorMeasures[] = {
  { "me", "mean error", "HU", EvaluationDirectionEnum::NearZero, ErrorMeasureEnum::MeanError, "" },
  { "mae", "mean absolute error", "HU", EvaluationDirectionEnum::Lower, ErrorMeasureEnum::MeanAbsoluteError, "" },
  { "mse", "mean squared error", "HU^2", EvaluationDirectionEnum::Lower, ErrorMeasureEnum::MeanSquaredError, "" },
  { "rmse",
    "root mean squared error",
    "HU",
    EvaluationDirectionEnum::Lower,
    ErrorMeasureEnum::RootMeanSquaredError,
    "" },
  { "psnr",
    "peak signal-to-noise ratio (L: the data range)",
    "dB",
    EvaluationDirectionEnum::Higher,
    ErrorMeasureEnum::PeakSignalToNoiseRatio,
    "the images are identical there" },
  { "pearson-r",
    "Pearson correlation",
    "1",
    EvaluationDirectionEnum::Higher,
    ErrorMeasureEnum::PearsonCorrelation,
    "one of the images is constant there" }
};

/** What the definitions of all errors of voxels say; the PSNR has more. */
Json
ErrorDefinition(PairMeasurement & measurement, const ErrorMeasuresType * filter, const ErrorMeasure & measure)
{
  Json definition{ { "error", "synthetic - reference" }, { "body", measurement.GetBody() } };
  if (measure.Which == ErrorMeasureEnum::PeakSignalToNoiseRatio)
  {
    definition["data-range-hu"] = filter->GetPeakDataRange();
    definition["images-clipped-to-hu"] =
      ClipInterval<Json>(filter->GetPeakWindowMinimum(), filter->GetPeakWindowMaximum());
  }
  else
  {
    definition["images-clipped-to-hu"] = nullptr;
  }
  return definition;
}

/** The settings on which a measure depends. */
std::vector<std::string>
ParametersOf(const ErrorMeasure & measure)
{
  return measure.Which == ErrorMeasureEnum::PeakSignalToNoiseRatio ? std::vector<std::string>{ "data-range-hu" }
                                                                   : std::vector<std::string>{};
}

} // namespace

const RegionName regionNames[4] = { { HounsfieldRegionEnum::Body, "", "the body" },
                                    { HounsfieldRegionEnum::Air, "-air", "air" },
                                    { HounsfieldRegionEnum::SoftTissue, "-soft-tissue", "soft tissue" },
                                    { HounsfieldRegionEnum::Bone, "-bone", "bone" } };

void
AddErrorMetrics(MetricEntries & metrics)
{
  for (const ErrorMeasure & measure : errorMeasures)
  {
    for (const RegionName & region : regionNames)
    {
      const std::string name = std::string(measure.Name) + region.Ending;
      metrics.push_back({ name,
                          std::string(measure.Meaning) + " in " + region.Place,
                          measure.Unit,
                          measure.Direction,
                          EvaluationInputEnum::Images,
                          ParametersOf(measure),
                          [&measure, &region, name](PairMeasurement & measurement, MetricValues & values) {
                            const ErrorMeasuresType * const filter = measurement.GetErrors();
                            const auto                      numberOfVoxels = filter->GetNumberOfVoxels(region.Region);
                            Json                            definition = ErrorDefinition(measurement, filter, measure);
                            if (region.Region != HounsfieldRegionEnum::Body)
                            {
                              DescribeRegion(definition, filter, region.Region, "reference inside the body");
                            }
                            values.push_back(
                              MakeMetricValue<Json>(name,
                                                    filter->GetMeasure(measure.Which, region.Region),
                                                    measure.Unit,
                                                    measure.Direction,
                                                    definition,
                                                    { { "voxels", numberOfVoxels } },
                                                    numberOfVoxels == 0 ? "no voxel in this region" : measure.Reason));
                          } });
    }
  }
  for (const RegionName & region : regionNames)
  {
    // The body itself has no rest.
    if (region.Region == HounsfieldRegionEnum::Body)
    {
      continue;
    }
    const std::string name = std::string("wmae") + region.Ending;
    metrics.push_back({ name,
                        std::string("weighted mean absolute error of the rest of the body and ") + region.Place,
                        "HU",
                        EvaluationDirectionEnum::Lower,
                        EvaluationInputEnum::Images,
                        {},
                        [&region, name](PairMeasurement & measurement, MetricValues & values) {
                          const ErrorMeasuresType * const filter = measurement.GetErrors();
                          const auto                      numberOfVoxels = filter->GetNumberOfVoxels(region.Region);
                          Json definition{ { "error", "synthetic - reference" }, { "body", measurement.GetBody() } };
                          DescribeRegion(definition, filter, region.Region, "reference inside the body");
                          values.push_back(MakeMetricValue<Json>(
                            name,
                            filter->GetWeightedMeanAbsoluteError(region.Region),
                            "HU",
                            EvaluationDirectionEnum::Lower,
                            definition,
                            { { "voxels", numberOfVoxels }, { "body-voxels", filter->GetNumberOfVoxels() } },
                            "no voxel in this region, or in the rest of the body"));
                        } });
  }
}

/** PSNR by other definitions. */
void
AddPeakMetrics(MetricEntries & metrics)
{
  static const struct
  {
    const char *   Name;
    const char *   Meaning;
    PeakDefinition Definition;
    bool           InWholeImage;
    bool           PerSlice;
    const char *   Where;
  } peaks[] = { { "psnr-synthrad2023",
                  "PSNR of SynthRAD2023: clipped to [-1024, 3000] HU, L = 4024, inside the mask",
                  PeakDefinition::SynthRAD2023,
                  false,
                  false,
                  "inside the body" },
                { "psnr-synthrad2025",
                  "PSNR of SynthRAD2025: clipped to [-1024, 3071] HU, L = 4095, inside the mask",
                  PeakDefinition::SynthRAD2025,
                  false,
                  false,
                  "inside the body" },
                { "psnr-global",
                  "PSNR of NGF Pix2Pix: clipped to [-1000, 3000] HU, L = 4000, in the whole image",
                  PeakDefinition::BackgroundSet,
                  true,
                  false,
                  "in the whole image" },
                { "psnr-global-slices",
                  "the same per axial slice; the mean over the slices",
                  PeakDefinition::BackgroundSet,
                  true,
                  true,
                  "in each axial slice; mean over the slices where it is finite" },
                { "psnr-background-set",
                  "PSNR of NGF Pix2Pix, experiment 4: the same with both images set to -1000 HU outside the mask",
                  PeakDefinition::BackgroundSet,
                  false,
                  false,
                  "in the whole image, both images set to the lower end outside the body" },
                { "psnr-background-set-slices",
                  "the same per axial slice; the mean over the slices",
                  PeakDefinition::BackgroundSet,
                  false,
                  true,
                  "in each axial slice, both images set to the lower end outside the body; mean over the slices where "
                  "it is finite" } };
  for (const auto & peak : peaks)
  {
    metrics.push_back(
      { peak.Name,
        peak.Meaning,
        "dB",
        EvaluationDirectionEnum::Higher,
        EvaluationInputEnum::Images,
        {},
        [&peak](PairMeasurement & measurement, MetricValues & values) {
          const auto                      measure = ErrorMeasureEnum::PeakSignalToNoiseRatio;
          const ErrorMeasuresType * const filter =
            measurement.GetErrors(peak.Definition, peak.InWholeImage, peak.PerSlice);
          Json sizes{ { "voxels", filter->GetNumberOfVoxels() } };
          if (peak.PerSlice)
          {
            sizes["slices"] = filter->GetNumberOfDefinedSlices(measure);
          }
          values.push_back(MakeMetricValue<Json>(
            peak.Name,
            peak.PerSlice ? filter->GetSliceMean(measure) : filter->GetMeasure(measure),
            "dB",
            EvaluationDirectionEnum::Higher,
            { { "body", peak.InWholeImage ? std::string("whole image") : measurement.GetBody() },
              { "mean-squared-error", peak.Where },
              { "data-range-hu", filter->GetPeakDataRange() },
              { "images-clipped-to-hu",
                ClipInterval<Json>(filter->GetPeakWindowMinimum(), filter->GetPeakWindowMaximum()) } },
            sizes,
            peak.PerSlice ? "the images are identical in every slice" : "the images are identical there"));
        } });
  }
}

/** Errors of voxels per label of the reference's segmentation. */
void
AddLabelErrorMetrics(MetricEntries & metrics)
{
  for (const ErrorMeasure & measure : errorMeasures)
  {
    const std::string        name = measure.Name;
    std::vector<std::string> parameters = ParametersOf(measure);
    parameters.emplace_back("labels");
    metrics.push_back({ name + "-labels",
                        std::string(measure.Meaning) + " in each label of the reference's segmentation",
                        measure.Unit,
                        measure.Direction,
                        EvaluationInputEnum::Segmentations,
                        parameters,
                        [&measure, name](PairMeasurement & measurement, MetricValues & values) {
                          const ErrorMeasuresType * const filter = measurement.GetLabelErrors();
                          for (SizeValueType i = 0; i < filter->GetNumberOfLabels(); ++i)
                          {
                            const auto label = filter->GetNthLabel(i);
                            const auto numberOfVoxels = filter->GetLabelNumberOfVoxels(label);
                            Json       definition = ErrorDefinition(measurement, filter, measure);
                            definition["region"] = "label of the reference's segmentation, inside the body";
                            definition["label"] = label;
                            values.push_back(
                              MakeMetricValue<Json>(name + "-label-" + std::to_string(label),
                                                    filter->GetLabelMeasure(label, measure.Which),
                                                    measure.Unit,
                                                    measure.Direction,
                                                    definition,
                                                    { { "voxels", numberOfVoxels } },
                                                    numberOfVoxels == 0 ? "no voxel of this label" : measure.Reason));
                          }
                        } });
  }
}

} // namespace SyntheticCTDetail
} // namespace itk
