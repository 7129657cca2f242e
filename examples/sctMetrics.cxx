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

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace sct
{
namespace
{

using Region = itk::HounsfieldRegionEnum;
using Similarity = itk::StructuralSimilarityEnum;
using SurfaceDefinition = itk::SurfaceDistanceDefinitionEnum;
using Values = std::vector<MetricValue>;

/** A metric, or a group of them, that goes by one name. */
struct Metric
{
  std::string                                 Name;
  std::string                                 Meaning;
  std::function<void(Evaluation &, Values &)> Compute;
  /** The structures that it needs; bone is always there. */
  StructureSource Source{ StructureSource::Bone };
};

using Metrics = std::vector<Metric>;

/** JSON has no infinite bounds. */
Json
Interval(double lower, double upper)
{
  if (std::isinf(lower) && std::isinf(upper))
  {
    return nullptr;
  }
  return { NumberToJson(lower), NumberToJson(upper) };
}

/** The whole body, or a range of HU in it. */
struct RegionName
{
  Region       Which;
  const char * Ending;
  const char * Place;
};

const RegionName regions[] = { { Region::Body, "", "the body" },
                               { Region::Air, "-air", "air" },
                               { Region::SoftTissue, "-soft-tissue", "soft tissue" },
                               { Region::Bone, "-bone", "bone" } };

template <typename TFilter>
void
DescribeRegion(Json & definition, const TFilter * filter, Region region, const char * classedBy)
{
  definition["region"] = std::string(classedBy) + " within the closed interval";
  definition["interval-hu"] = { filter->GetRegionLowerBound(region), filter->GetRegionUpperBound(region) };
  definition["images-clipped-to-hu"] = { filter->GetWindowMinimum(), filter->GetWindowMaximum() };
}

// Errors of voxels.

struct ErrorMeasure
{
  const char *          Name;
  const char *          Meaning;
  const char *          Unit;
  Better                Direction;
  itk::ErrorMeasureEnum Which;
  /** Why it is undefined or infinite where there are voxels. */
  const char * Reason;
};

const ErrorMeasure errorMeasures[] = {
  { "me", "mean error", "HU", Better::NearZero, itk::ErrorMeasureEnum::MeanError, "" },
  { "mae", "mean absolute error", "HU", Better::Lower, itk::ErrorMeasureEnum::MeanAbsoluteError, "" },
  { "mse", "mean squared error", "HU^2", Better::Lower, itk::ErrorMeasureEnum::MeanSquaredError, "" },
  { "rmse", "root mean squared error", "HU", Better::Lower, itk::ErrorMeasureEnum::RootMeanSquaredError, "" },
  { "psnr",
    "peak signal-to-noise ratio (L: --data-range)",
    "dB",
    Better::Higher,
    itk::ErrorMeasureEnum::PeakSignalToNoiseRatio,
    "the images are identical there" },
  { "pearson-r",
    "Pearson correlation",
    "1",
    Better::Higher,
    itk::ErrorMeasureEnum::PearsonCorrelation,
    "one of the images is constant there" }
};

/** What the definitions of all errors of voxels say; the PSNR has more. */
Json
ErrorDefinition(Evaluation & evaluation, const ErrorMeasuresType * filter, const ErrorMeasure & measure)
{
  Json definition{ { "error", "synthetic - reference" }, { "body", evaluation.GetBody() } };
  if (measure.Which == itk::ErrorMeasureEnum::PeakSignalToNoiseRatio)
  {
    definition["data-range-hu"] = filter->GetPeakDataRange();
    definition["images-clipped-to-hu"] = Interval(filter->GetPeakWindowMinimum(), filter->GetPeakWindowMaximum());
  }
  else
  {
    definition["images-clipped-to-hu"] = nullptr;
  }
  return definition;
}

void
AddErrorMetrics(Metrics & metrics)
{
  for (const ErrorMeasure & measure : errorMeasures)
  {
    for (const RegionName & region : regions)
    {
      const std::string key = std::string(measure.Name) + region.Ending;
      metrics.push_back({ key,
                          std::string(measure.Meaning) + " in " + region.Place,
                          [&measure, &region, key](Evaluation & evaluation, Values & values) {
                            const ErrorMeasuresType * const filter = evaluation.GetErrors();
                            const auto                      numberOfVoxels = filter->GetNumberOfVoxels(region.Which);
                            Json                            definition = ErrorDefinition(evaluation, filter, measure);
                            if (region.Which != Region::Body)
                            {
                              DescribeRegion(definition, filter, region.Which, "reference inside the body");
                            }
                            values.push_back({ key,
                                               filter->GetMeasure(measure.Which, region.Which),
                                               measure.Unit,
                                               measure.Direction,
                                               definition,
                                               { { "voxels", numberOfVoxels } },
                                               numberOfVoxels == 0 ? "no voxel in this region" : measure.Reason });
                          } });
    }
  }
  for (const RegionName & region : regions)
  {
    // The body itself has no rest.
    if (region.Which == Region::Body)
    {
      continue;
    }
    const std::string key = std::string("wmae") + region.Ending;
    metrics.push_back({ key,
                        std::string("weighted mean absolute error of the rest of the body and ") + region.Place,
                        [&region, key](Evaluation & evaluation, Values & values) {
                          const ErrorMeasuresType * const filter = evaluation.GetErrors();
                          const auto                      numberOfVoxels = filter->GetNumberOfVoxels(region.Which);
                          Json definition{ { "error", "synthetic - reference" }, { "body", evaluation.GetBody() } };
                          DescribeRegion(definition, filter, region.Which, "reference inside the body");
                          values.push_back(
                            { key,
                              filter->GetWeightedMeanAbsoluteError(region.Which),
                              "HU",
                              Better::Lower,
                              definition,
                              { { "voxels", numberOfVoxels }, { "body-voxels", filter->GetNumberOfVoxels() } },
                              "no voxel in this region, or in the rest of the body" });
                        } });
  }
}

/** PSNR by other definitions. */
void
AddPeakMetrics(Metrics & metrics)
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
      { peak.Name, peak.Meaning, [&peak](Evaluation & evaluation, Values & values) {
         const auto                      measure = itk::ErrorMeasureEnum::PeakSignalToNoiseRatio;
         const ErrorMeasuresType * const filter =
           evaluation.GetErrors(peak.Definition, peak.InWholeImage, peak.PerSlice);
         MetricValue value{ peak.Name,
                            peak.PerSlice ? filter->GetSliceMean(measure) : filter->GetMeasure(measure),
                            "dB",
                            Better::Higher,
                            { { "body", peak.InWholeImage ? std::string("whole image") : evaluation.GetBody() },
                              { "mean-squared-error", peak.Where },
                              { "data-range-hu", filter->GetPeakDataRange() },
                              { "images-clipped-to-hu",
                                Interval(filter->GetPeakWindowMinimum(), filter->GetPeakWindowMaximum()) } },
                            { { "voxels", filter->GetNumberOfVoxels() } },
                            "the images are identical there" };
         if (peak.PerSlice)
         {
           value.Sizes["slices"] = filter->GetNumberOfDefinedSlices(measure);
           value.Reason = "the images are identical in every slice";
         }
         values.push_back(value);
       } });
  }
}

/** Errors of voxels per label of the reference's segmentation. */
void
AddLabelErrorMetrics(Metrics & metrics)
{
  for (const ErrorMeasure & measure : errorMeasures)
  {
    const std::string name = measure.Name;
    metrics.push_back({ name + "-labels",
                        std::string(measure.Meaning) + " in each label of the reference's segmentation",
                        [&measure, name](Evaluation & evaluation, Values & values) {
                          const ErrorMeasuresType * const filter = evaluation.GetLabelErrors();
                          for (itk::SizeValueType i = 0; i < filter->GetNumberOfLabels(); ++i)
                          {
                            Json definition = ErrorDefinition(evaluation, filter, measure);
                            definition["region"] = "label of the reference's segmentation, inside the body";
                            const auto label = filter->GetNthLabel(i);
                            definition["label"] = label;
                            values.push_back({ name + "-label-" + std::to_string(label),
                                               filter->GetLabelMeasure(label, measure.Which),
                                               measure.Unit,
                                               measure.Direction,
                                               definition,
                                               { { "voxels", filter->GetLabelNumberOfVoxels(label) } },
                                               filter->GetLabelNumberOfVoxels(label) == 0 ? "no voxel of this label"
                                                                                          : measure.Reason });
                          }
                        },
                        StructureSource::Given });
  }
}

// Structural similarity.

Json
SimilarityDefinition(const SimilarityType * filter)
{
  Json window = Json::array();
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    window.push_back(filter->GetUsedKernelSize(axis));
  }
  return { { "images-clipped-to-hu", Interval(filter->GetUsedWindowMinimum(), filter->GetUsedWindowMaximum()) },
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

MetricValue
SimilarityValue(const std::string & key, double value, const SimilarityType * filter, const std::string & body)
{
  Json definition = SimilarityDefinition(filter);
  definition["body"] = body;
  if (filter->GetVariant() == Similarity::Masked3D)
  {
    definition["epsilon"] = filter->GetEpsilon();
    definition["epsilon-in-map"] = filter->GetEpsilonInMap();
    definition["pooled"] = "weighted by the smoothed body";
  }
  else
  {
    definition["pooled"] = "mean over the body without the border of the window";
  }
  if (filter->GetVariant() == Similarity::SynthRAD2023 || filter->GetVariant() == Similarity::MultiScale)
  {
    definition["hu-outside-mask"] = filter->GetUsedWindowMinimum();
  }
  if (filter->GetVariant() == Similarity::MultiScale)
  {
    definition["level-exponents"] = Json::array();
    for (unsigned int level = 0; level < filter->GetNumberOfLevels(); ++level)
    {
      definition["level-exponents"].push_back(filter->GetLevelWeight(level));
    }
    definition["levels"] = "product of the means of (luminance * contrast * structure)^exponent; next level by means "
                           "of 2 voxels per axis; axes shorter than 97 voxels padded with edge values";
  }
  return { key,
           value,
           "1",
           Better::Higher,
           definition,
           { { "voxels", filter->GetNumberOfVoxels() } },
           "no voxel of the body where the map counts" };
}

void
AddSimilarityMetrics(Metrics & metrics)
{
  static const struct
  {
    const char * Name;
    const char * Meaning;
    Similarity   Variant;
  } similarities[] = {
    { "ssim", "SSIM of NGF Pix2Pix: masked windows in 3D, [-1000, 3000] HU to [-1, 1]", Similarity::Masked3D },
    { "ssim-uniform7", "SSIM of scikit-image by default, [-1000, 3000] HU to [-1, 1]", Similarity::Uniform7 },
    { "ssim-gaussian",
      "SSIM of scikit-image with Gaussian weights, [-1000, 3000] HU to [-1, 1]",
      Similarity::Gaussian },
    { "ssim-synthrad2023", "SSIM of SynthRAD2023", Similarity::SynthRAD2023 },
    { "ms-ssim", "multi-scale SSIM of SynthRAD2025", Similarity::MultiScale }
  };
  for (const auto & similarity : similarities)
  {
    metrics.push_back({ similarity.Name,
                        std::string(similarity.Meaning) + ", in the body",
                        [&similarity](Evaluation & evaluation, Values & values) {
                          const SimilarityType * const filter = evaluation.GetSimilarity(similarity.Variant);
                          values.push_back(SimilarityValue(
                            similarity.Name, filter->GetStructuralSimilarity(), filter, evaluation.GetBody()));
                        } });
    const std::string key = std::string(similarity.Name) + "-global";
    const bool        isOwnRun = similarity.Variant == Similarity::Masked3D;
    metrics.push_back(
      { key,
        std::string("the same over the whole image") +
          (similarity.Variant == Similarity::SynthRAD2023 || similarity.Variant == Similarity::MultiScale
             ? ", set to -1024 HU outside the mask"
             : ""),
        [&similarity, key, isOwnRun](Evaluation & evaluation, Values & values) {
          const SimilarityType * const filter = evaluation.GetSimilarity(similarity.Variant, true);
          MetricValue                  value =
            SimilarityValue(key,
                            isOwnRun ? filter->GetStructuralSimilarity() : filter->GetGlobalStructuralSimilarity(),
                            filter,
                            "whole image");
          value.Sizes = Json::object();
          values.push_back(value);
        } });
  }
  for (const RegionName & region : regions)
  {
    if (region.Which == Region::Body)
    {
      continue;
    }
    const std::string key = std::string("ssim") + region.Ending;
    metrics.push_back({ key,
                        std::string("SSIM with the mask of the reference's ") + region.Place + " inside the body",
                        [&region, key](Evaluation & evaluation, Values & values) {
                          const SimilarityType * const filter = evaluation.GetRegionSimilarity(region.Which);
                          const auto                   bounds = OverlapType::New();
                          MetricValue                  value =
                            SimilarityValue(key, filter->GetStructuralSimilarity(), filter, evaluation.GetBody());
                          value.Definition["region"] = "reference inside the body within the closed interval";
                          value.Definition["interval-hu"] = { bounds->GetRegionLowerBound(region.Which),
                                                              bounds->GetRegionUpperBound(region.Which) };
                          value.Reason = "no voxel in this region";
                          values.push_back(value);
                        } });
  }
}

// Overlap of what lies above thresholds and in ranges of HU.

struct OverlapMeasure
{
  const char * Name;
  const char * Meaning;
  double (OverlapType::*OfRegion)(Region) const;
  double (OverlapType::*Mean)() const;
};

const OverlapMeasure overlapMeasures[] = {
  { "dice", "Dice coefficient", &OverlapType::GetRegionDice, &OverlapType::GetMeanDice },
  { "precision", "precision", &OverlapType::GetRegionPrecision, &OverlapType::GetMeanPrecision },
  { "recall", "recall", &OverlapType::GetRegionRecall, &OverlapType::GetMeanRecall }
};

Json
OverlapSizes(itk::SizeValueType reference, itk::SizeValueType synthetic, itk::SizeValueType common)
{
  return { { "reference-voxels", reference }, { "synthetic-voxels", synthetic }, { "common-voxels", common } };
}

void
AddOverlapMetrics(Metrics & metrics)
{
  const char * const bothEmpty = "no voxel in either image";
  for (const OverlapMeasure & measure : overlapMeasures)
  {
    for (const RegionName & region : regions)
    {
      if (region.Which == Region::Body)
      {
        continue;
      }
      const std::string key = std::string(measure.Name) + region.Ending;
      metrics.push_back(
        { key,
          std::string(measure.Meaning) + " of " + region.Place + ", by the HU of each image inside the body",
          [&measure, &region, key, bothEmpty](Evaluation & evaluation, Values & values) {
            const OverlapType * const filter = evaluation.GetOverlap();
            Json                      definition{ { "body", evaluation.GetBody() } };
            DescribeRegion(definition, filter, region.Which, "each image inside the body");
            values.push_back({ key,
                               (filter->*measure.OfRegion)(region.Which),
                               "1",
                               Better::Higher,
                               definition,
                               OverlapSizes(filter->GetRegionNumberOfReferenceVoxels(region.Which),
                                            filter->GetRegionNumberOfSyntheticVoxels(region.Which),
                                            filter->GetRegionNumberOfCommonVoxels(region.Which)),
                               bothEmpty });
          } });
    }
    const std::string key = std::string("grey-") + measure.Name;
    metrics.push_back({ key,
                        std::string("bone ") + measure.Meaning +
                          " of Light U-Net: mean over grey levels of 40 % to 70 % of the window 500 +- 1000 HU",
                        [&measure, key, bothEmpty](Evaluation & evaluation, Values & values) {
                          const OverlapType * const filter = evaluation.GetGreyLevelOverlap();
                          values.push_back({ key,
                                             (filter->*measure.Mean)(),
                                             "1",
                                             Better::Higher,
                                             { { "body", evaluation.GetBody() },
                                               { "sets", "voxels of at least the threshold" },
                                               { "window-level-hu", 500.0 },
                                               { "window-width-hu", 2000.0 },
                                               { "thresholds-hu", filter->GetThresholds() },
                                               { "mean", "over the thresholds that a voxel of either image reaches" } },
                                             { { "thresholds", filter->GetNumberOfDefinedThresholds() } },
                                             bothEmpty });
                        } });
  }
  metrics.push_back(
    { "dice-body",
      "Dice coefficient of the bodies of both images: above -400 HU, closed, largest component, holes filled",
      [bothEmpty](Evaluation & evaluation, Values & values) {
        const BodyOverlapType * const filter = evaluation.GetBodyOverlap();
        values.push_back(
          { "dice-body",
            filter->GetDice(0),
            "1",
            Better::Higher,
            { { "sets",
                "the body in each whole image: above the threshold, closed, largest component (by faces), holes of the "
                "slices of all three axes filled" },
              { "threshold-hu", -400.0 },
              { "closing-radius-mm", 5.0 } },
            OverlapSizes(filter->GetNumberOfReferenceVoxels(0),
                         filter->GetNumberOfSyntheticVoxels(0),
                         filter->GetNumberOfCommonVoxels(0)),
            bothEmpty });
      } });
  metrics.push_back({ "dice-curve",
                      "Dice coefficient of what has at least as many HU as each of --dice-thresholds",
                      [bothEmpty](Evaluation & evaluation, Values & values) {
                        const OverlapType * const filter = evaluation.GetOverlap();
                        for (itk::SizeValueType i = 0; i < filter->GetNumberOfThresholds(); ++i)
                        {
                          const Json  threshold = filter->GetThreshold(i);
                          std::string ending = threshold.dump();
                          if (ending.size() > 2 && ending.compare(ending.size() - 2, 2, ".0") == 0)
                          {
                            ending.erase(ending.size() - 2);
                          }
                          values.push_back({ "dice-curve:" + ending,
                                             filter->GetDice(i),
                                             "1",
                                             Better::Higher,
                                             { { "body", evaluation.GetBody() },
                                               { "sets", "voxels of at least the threshold" },
                                               { "threshold-hu", threshold } },
                                             OverlapSizes(filter->GetNumberOfReferenceVoxels(i),
                                                          filter->GetNumberOfSyntheticVoxels(i),
                                                          filter->GetNumberOfCommonVoxels(i)),
                                             bothEmpty });
                        }
                      } });
}

// Surfaces of structures.

struct SurfaceMeasure
{
  const char *      Name;
  const char *      Meaning;
  const char *      Unit;
  Better            Direction;
  SurfaceDefinition Definition;
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
  { "dice", "Dice coefficient", "1", Better::Higher, SurfaceDefinition::Surfel, GetVolumeDice },
  { "nsd",
    "normalized surface Dice at --surface-tolerance",
    "1",
    Better::Higher,
    SurfaceDefinition::Surfel,
    GetSurfaceDice },
  { "hd", "Hausdorff distance", "mm", Better::Lower, SurfaceDefinition::Surfel, GetHausdorff },
  { "hd95",
    "95th percentile of the Hausdorff distance",
    "mm",
    Better::Lower,
    SurfaceDefinition::Surfel,
    GetHausdorff95 },
  { "assd", "average symmetric surface distance", "mm", Better::Lower, SurfaceDefinition::Surfel, GetMeanDistance },
  { "nsd-voxel",
    "normalized surface Dice as MONAI has it (boundary voxels)",
    "1",
    Better::Higher,
    SurfaceDefinition::Voxel,
    GetSurfaceDice },
  { "hd-voxel",
    "Hausdorff distance as MONAI has it (boundary voxels)",
    "mm",
    Better::Lower,
    SurfaceDefinition::Voxel,
    GetHausdorff },
  { "hd95-voxel",
    "95th percentile of the Hausdorff distance as MONAI has it (boundary voxels)",
    "mm",
    Better::Lower,
    SurfaceDefinition::Voxel,
    GetHausdorff95 },
  { "assd-voxel",
    "average symmetric surface distance as MONAI has it (boundary voxels)",
    "mm",
    Better::Lower,
    SurfaceDefinition::Voxel,
    GetMeanDistance }
};

Json
SurfaceDefinitionToJson(const SurfaceMeasure & measure, const SurfaceType * filter)
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
                   const std::string &    group,
                   StructureSource        source,
                   Evaluation &           evaluation,
                   Values &               values)
{
  const SurfaceType * const filter = evaluation.GetSurfaces(source, measure.Definition);
  const std::string         name = measure.Name;
  Json                      definition = SurfaceDefinitionToJson(measure, filter);
  definition["segmentation"] =
    source == StructureSource::Network ? evaluation.GetSettings().Network->GetFileName() : "given";
  double             sum = 0.0;
  itk::SizeValueType count = 0;
  Values             each;
  for (itk::SizeValueType i = 0; i < filter->GetNumberOfLabels(); ++i)
  {
    const auto   label = filter->GetNthLabel(i);
    const double value = measure.Get(filter, label);
    if (filter->GetReferenceNumberOfVoxels(label) > 0)
    {
      sum += value;
      ++count;
    }
    const std::string ending =
      source == StructureSource::Network ? evaluation.GetSettings().Network->GetNames()[label] : std::to_string(label);
    Json definitionOfOne = definition;
    definitionOfOne["label"] = label;
    each.push_back({ name + "-" + group + "-" + ending,
                     value,
                     measure.Unit,
                     measure.Direction,
                     definitionOfOne,
                     SurfaceSizes(filter, label),
                     SurfaceReason(filter, label) });
  }
  definition["mean"] = "over the structures that the reference has";
  definition["labels"] = evaluation.GetSettings().Labels.empty() || source == StructureSource::Network
                           ? Json("all")
                           : Json(evaluation.GetSettings().Labels);
  values.push_back({ name + "-" + group + "s-mean",
                     count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN(),
                     measure.Unit,
                     measure.Direction,
                     definition,
                     { { "structures", count } },
                     count > 0 ? "the synthetic image does not have one of the structures"
                               : "the reference has none of the structures" });
  values.insert(values.end(), each.begin(), each.end());
}

void
AddSurfaceMetrics(Metrics & metrics)
{
  for (const SurfaceMeasure & measure : surfaceMeasures)
  {
    const std::string name = measure.Name;
    const std::string meaning = measure.Meaning;
    // The Dice coefficient of bone is among those of ranges of HU.
    if (measure.Get != GetVolumeDice)
    {
      metrics.push_back({ name + "-bone",
                          meaning + " of bone: at least --bone-threshold inside the body",
                          [&measure, name](Evaluation & evaluation, Values & values) {
                            const SurfaceType * const filter =
                              evaluation.GetSurfaces(StructureSource::Bone, measure.Definition);
                            Json definition = SurfaceDefinitionToJson(measure, filter);
                            definition["body"] = evaluation.GetBody();
                            definition["threshold-hu"] = evaluation.GetSettings().BoneThreshold;
                            values.push_back({ name + "-bone",
                                               measure.Get(filter, filter->GetNthLabel(0)),
                                               measure.Unit,
                                               measure.Direction,
                                               definition,
                                               SurfaceSizes(filter, filter->GetNthLabel(0)),
                                               SurfaceReason(filter, filter->GetNthLabel(0)) });
                          } });
    }
    metrics.push_back({ name + "-labels",
                        meaning + " of each label of given segmentations, and the mean over those of the reference",
                        [&measure](Evaluation & evaluation, Values & values) {
                          AddStructureValues(measure, "label", StructureSource::Given, evaluation, values);
                        },
                        StructureSource::Given });
    metrics.push_back({ name + "-structures",
                        meaning + " of each structure that --segmenter finds in both images, and the mean",
                        [&measure](Evaluation & evaluation, Values & values) {
                          AddStructureValues(measure, "structure", StructureSource::Network, evaluation, values);
                        },
                        StructureSource::Network });
  }
}

/** The signed deviation of the bone's surface. */
void
AddDeviationMetrics(Metrics & metrics)
{
  static const struct
  {
    const char * Key;
    const char * Unit;
    Better       Direction;
    double (DeviationType::*Get)() const;
  } figures[] = { { "deviation-mean", "mm", Better::NearZero, &DeviationType::GetMeanDeviation },
                  { "deviation-minimum", "mm", Better::NearZero, &DeviationType::GetMinimumDeviation },
                  { "deviation-maximum", "mm", Better::NearZero, &DeviationType::GetMaximumDeviation },
                  { "deviation-sd", "mm", Better::Lower, &DeviationType::GetStandardDeviation },
                  { "deviation-iqr", "mm", Better::Lower, &DeviationType::GetInterquartileRange },
                  { "deviation-share-within", "1", Better::Higher, &DeviationType::GetShareWithinBounds } };
  metrics.push_back(
    { "deviation",
      "signed deviation of the bone's surface (at least --bone-threshold inside the body), positive outward: mean, "
      "range, SD, IQR, and the share within 2 mm",
      [](Evaluation & evaluation, Values & values) {
        const DeviationType * const filter = evaluation.GetDeviation();
        for (const auto & figure : figures)
        {
          MetricValue value{ figure.Key,
                             (filter->*figure.Get)(),
                             figure.Unit,
                             figure.Direction,
                             { { "body", evaluation.GetBody() },
                               { "threshold-hu", evaluation.GetSettings().BoneThreshold },
                               { "sign", "positive where the synthetic surface lies outside the reference" } },
                             { { "surface-points", filter->GetNumberOfPoints() } },
                             filter->GetNumberOfPoints() == 0 ? "the reference has no bone"
                                                              : "the synthetic image has no bone" };
          if (figure.Get == &DeviationType::GetShareWithinBounds)
          {
            value.Definition["closed-interval-mm"] = { filter->GetLowerBound(), filter->GetUpperBound() };
          }
          values.push_back(value);
        }
      } });
}

const Metrics &
AllMetrics()
{
  static const Metrics metrics = [] {
    Metrics all;
    AddErrorMetrics(all);
    AddPeakMetrics(all);
    AddLabelErrorMetrics(all);
    AddSimilarityMetrics(all);
    AddOverlapMetrics(all);
    AddSurfaceMetrics(all);
    AddDeviationMetrics(all);
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
  static const std::vector<Preset> presets = [] {
    Metrics errors;
    AddErrorMetrics(errors);
    std::vector<std::string> errorNames;
    for (const Metric & metric : errors)
    {
      errorNames.push_back(metric.Name);
    }
    return std::vector<Preset>{
      { "errors", "all errors of voxels (the default)", errorNames },
      { "synthrad2023",
        "image metrics of the SynthRAD2023 challenge, inside the mask",
        { "mae", "psnr-synthrad2023", "ssim-synthrad2023" } },
      { "synthrad2025",
        "metrics of the SynthRAD2025 challenge, inside the mask; Dice and HD95 (MONAI) of the labels of the anatomy "
        "(--labels) where segmentations are given, or of structures by --segmenter",
        { "mae",
          "psnr-synthrad2025",
          "ms-ssim",
          "dice-labels?",
          "hd95-voxel-labels?",
          "dice-structures?",
          "hd95-voxel-structures?" } },
      { "roi-multitask",
        "Kaushik et al. 2022: MAE and Dice per region, Dice against HU",
        { "mae",
          "mae-air",
          "mae-soft-tissue",
          "mae-bone",
          "dice-body",
          "dice-air",
          "dice-soft-tissue",
          "dice-bone",
          "dice-curve" } },
      { "light-unet",
        "Bambach and Ho 2022: errors, bone overlap over grey levels, signed deviation of the bone's surface",
        { "pearson-r", "mae", "mse", "grey-precision", "grey-recall", "grey-dice", "deviation" } },
      { "ngf-pix2pix",
        "Belmir 2025: PSNR in the whole image and with the background set (mean over axial slices) and inside the "
        "mask, SSIM in the whole image and masked, Dice of the skull (bone by its HU, and "
        "segmentations given or by --segmenter); their masks are dilated (--dilate-mask 2)",
        { "psnr-global-slices",
          "psnr-background-set-slices",
          "psnr",
          "ssim-global",
          "ssim",
          "dice-bone",
          "dice-labels?",
          "dice-structures?" } },
      { "afp",
        "Longuefosse et al. 2024: MAE, SSIM, Dice and NSD of segmentations (given, or by --segmenter); their tolerance "
        "is 1.2 mm for lungs and 2 mm for the pelvis",
        { "mae", "ssim", "dice-labels?", "nsd-labels?", "dice-structures?", "nsd-structures?" } },
      { "region-specific",
        "Ki et al. 2026: SSIM and PSNR in bone and in soft tissue, here by HU (theirs are a segmentation of bones and "
        "the "
        "rest); --profile and --difference make their pictures",
        { "ssim-bone", "psnr-bone", "ssim-soft-tissue", "psnr-soft-tissue" } }
    };
  }();
  return presets;
}

/** The classes of TotalSegmentator that SynthRAD2025 measures, per anatomy: segmentation_metrics.py of its evaluation
 * at commit 921b42bb. */
struct LabelList
{
  const char *             Name;
  std::vector<std::string> Labels;
};

const std::vector<LabelList> &
AllLabelLists()
{
  static const std::vector<LabelList> lists{
    { "synthrad2025-ab", { "2", "3", "5", "6", "10-14", "26-50", "79", "92-115", "116" } },
    { "synthrad2025-hn", { "26-50", "79", "90", "91" } },
    { "synthrad2025-th", { "5", "6", "10-14", "26-50", "79", "92-115", "116" } }
  };
  return lists;
}

template <typename TList>
auto
FindByName(const TList & list, const std::string & name)
{
  return std::find_if(list.begin(), list.end(), [&](const auto & each) { return each.Name == name; });
}

/** A name without the ? that makes it optional. */
std::string
WithoutMark(const std::string & name)
{
  return !name.empty() && name.back() == '?' ? name.substr(0, name.size() - 1) : name;
}

/** One number of a label; 0 when it is none. */
unsigned long
ParseLabel(const std::string & text)
{
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos)
  {
    return 0;
  }
  const unsigned long label = std::stoul(text);
  return label <= std::numeric_limits<unsigned short>::max() ? label : 0;
}

} // namespace

std::vector<std::string>
ResolveMetrics(const std::vector<std::string> & presets, const std::vector<std::string> & metrics)
{
  std::vector<std::string> resolved;
  const auto               add = [&](const std::string & name) {
    const auto same = std::find_if(resolved.begin(), resolved.end(), [&](const std::string & each) {
      return WithoutMark(each) == WithoutMark(name);
    });
    if (same == resolved.end())
    {
      resolved.push_back(name);
    }
    else if (name == WithoutMark(name))
    {
      // What is asked for once without a condition is.
      *same = name;
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
    if (FindByName(AllMetrics(), WithoutMark(name)) == AllMetrics().end())
    {
      throw std::runtime_error("there is no metric '" + name + "'; --list-metrics names them");
    }
    add(name);
  }
  return resolved;
}

bool
NeedStructures(const std::vector<std::string> & metrics)
{
  return std::any_of(metrics.begin(), metrics.end(), [](const std::string & name) {
    return FindByName(AllMetrics(), WithoutMark(name))->Source == StructureSource::Network;
  });
}

std::string
DescribeMetrics()
{
  std::string text = "Presets:\n";
  const auto  addLine = [&](std::string name, const std::string & meaning) {
    name.resize(std::max<size_t>(name.size() + 1, 28), ' ');
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
  text += "Metrics (one that ends in ? is taken only where a case has the segmentations that it needs):\n";
  for (const Metric & metric : AllMetrics())
  {
    addLine(metric.Name, metric.Meaning);
  }
  text += "Lists of labels:\n";
  for (const LabelList & list : AllLabelLists())
  {
    std::string labels;
    for (const std::string & label : list.Labels)
    {
      labels += (labels.empty() ? "" : ",") + label;
    }
    addLine(list.Name, labels);
  }
  text.pop_back();
  return text;
}

std::vector<unsigned short>
ResolveLabels(const std::vector<std::string> & names)
{
  std::vector<unsigned short> labels;
  const auto                  add = [&](const std::string & name) {
    const size_t        dash = name.find('-');
    const unsigned long first = ParseLabel(name.substr(0, dash));
    const unsigned long last = dash == std::string::npos ? first : ParseLabel(name.substr(dash + 1));
    if (first == 0 || last < first)
    {
      throw std::runtime_error("'" + name +
                               "' is no label from 1 to 65535, no range of them such as 26-50, and no list");
    }
    for (unsigned long label = first; label <= last; ++label)
    {
      if (std::find(labels.begin(), labels.end(), label) == labels.end())
      {
        labels.push_back(static_cast<unsigned short>(label));
      }
    }
  };
  for (const std::string & name : names)
  {
    const auto list = FindByName(AllLabelLists(), name);
    if (list != AllLabelLists().end())
    {
      std::for_each(list->Labels.begin(), list->Labels.end(), add);
    }
    else
    {
      add(name);
    }
  }
  return labels;
}

Json
SettingsToJson(const std::vector<std::string> & metrics, const MetricSettings & settings)
{
  return { { "metrics", metrics },
           { "data-range-hu", settings.DataRange },
           { "mask-dilation-voxels", settings.MaskDilation },
           { "bone-threshold-hu", settings.BoneThreshold },
           { "dice-thresholds-hu", settings.DiceThresholds },
           { "surface-tolerance-mm", settings.SurfaceTolerance },
           { "labels", settings.Labels.empty() ? Json("all") : Json(settings.Labels) },
           { "segmenter", settings.Network ? Json(settings.Network->GetFileName()) : Json(nullptr) } };
}

std::vector<MetricValue>
ComputeMetrics(const std::vector<std::string> & metrics, Evaluation & evaluation)
{
  Values values;
  for (const std::string & name : metrics)
  {
    const Metric & metric = *FindByName(AllMetrics(), WithoutMark(name));
    if (name == metric.Name || evaluation.Has(metric.Source))
    {
      metric.Compute(evaluation, values);
    }
  }
  if (!evaluation.IsFinite())
  {
    // Some metrics look at voxels outside the mask too, in their windows or by their definition.
    for (MetricValue & value : values)
    {
      if (std::isnan(value.Value))
      {
        value.Reason += std::string(value.Reason.empty() ? "" : ", or ") + "voxels outside the mask are not finite";
      }
    }
  }
  return values;
}

} // namespace sct
