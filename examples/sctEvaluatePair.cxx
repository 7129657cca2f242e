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
#include "sctEvaluatePair.h"

#include "sctEvaluateCohort.h"
#include "sctMetrics.h"
#include "sctPairOutputs.h"
#include "sctPicture.h"

#include "itkSubtractImageFilter.h"
#ifdef SCT_HAS_PICTURES
#  include "itkSlicePictureWriter.h"
#endif

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace sct
{
namespace
{

using Region = itk::HounsfieldRegionEnum;

const struct
{
  Region       Which;
  const char * Title;
} regions[] = {
  { Region::Body, "body" }, { Region::Air, "air" }, { Region::SoftTissue, "soft tissue" }, { Region::Bone, "bone" }
};

/** The table of errors per region. */
void
PrintTable(const ErrorMeasuresType * measures, const PairOptions & options)
{
  std::printf("%s against %s\n", options.Synthetic.c_str(), options.Reference.c_str());
  std::printf("%s; errors are synthetic - reference; PSNR for a data range of %g HU\n\n",
              options.Mask.empty() ? "whole image" : ("inside " + options.Mask).c_str(),
              measures->GetDataRange());
  std::printf(
    "%-12s %-14s %10s %9s %9s %9s %9s %8s\n", "region", "HU", "voxels", "ME/HU", "MAE/HU", "RMSE/HU", "PSNR/dB", "R");
  for (const auto & region : regions)
  {
    std::array<char, 32> interval{ "all" };
    if (region.Which != Region::Body)
    {
      std::snprintf(interval.data(),
                    interval.size(),
                    "[%g, %g]",
                    measures->GetRegionLowerBound(region.Which),
                    measures->GetRegionUpperBound(region.Which));
    }
    std::printf("%-12s %-14s %10llu %9.2f %9.2f %9.2f %9.2f %8.4f\n",
                region.Title,
                interval.data(),
                static_cast<unsigned long long>(measures->GetNumberOfVoxels(region.Which)),
                measures->GetMeanError(region.Which),
                measures->GetMeanAbsoluteError(region.Which),
                measures->GetRootMeanSquaredError(region.Which),
                measures->GetPeakSignalToNoiseRatio(region.Which),
                measures->GetPearsonCorrelation(region.Which));
  }
  std::fflush(stdout);
}

#ifdef SCT_HAS_PICTURES
void
WritePicture(const MetricImages & images,
             const VolumeType *   mr,
             const VolumeType *   difference,
             const PairOptions &  options)
{
  auto writer = itk::SlicePictureWriter::New();
  if (mr)
  {
    const auto window = AutomaticWindow(mr);
    writer->AddColumn(mr, "MR", window[0], window[1], "");
  }
  writer->AddColumn(images.Reference, "Reference CT", options.Window[0], options.Window[1], "HU");
  writer->AddColumn(images.Synthetic, "Synthetic CT", options.Window[0], options.Window[1], "HU");
  writer->AddColumn(difference,
                    "Synthetic - reference",
                    -options.DifferenceWindow,
                    options.DifferenceWindow,
                    "HU",
                    itk::SlicePictureColorsEnum::Difference);
  writer->SetMaskImage(images.Mask);
  writer->SetNote(options.Note);
  writer->SetFileName(options.Picture);
  const StageProgress progress("Picture", writer);
  writer->Write();
}
#endif

/** One line for each metric. */
void
PrintMetrics(const std::vector<MetricValue> & values)
{
  size_t width = 0;
  for (const MetricValue & value : values)
  {
    width = std::max(width, value.Key.size());
  }
  for (const MetricValue & value : values)
  {
    const std::string unit = value.Unit == "1" ? "" : ' ' + value.Unit;
    std::printf("%-*s %12.6g%s\n", static_cast<int>(width), value.Key.c_str(), value.Value, unit.c_str());
  }
  std::fflush(stdout);
}

} // namespace

void
EvaluatePair(const PairOptions &              options,
             const std::vector<std::string> & metrics,
             const MetricSettings &           settings,
             const CommonOptions &            common)
{
  const std::vector<std::string> inputs{ options.Reference,
                                         options.Synthetic,
                                         options.Mask,
                                         options.ReferenceSegmentation,
                                         options.SyntheticSegmentation,
                                         options.MR,
                                         settings.Network ? settings.Network->GetFileName() : "" };
  CheckOutputs(inputs,
               { { options.Picture, OutputKind::File },
                 { options.Difference, OutputKind::Volume },
                 { options.SimilarityMap, OutputKind::Volume },
                 { options.DeviationMesh, OutputKind::File },
                 { options.Histogram, OutputKind::File },
                 { options.JointHistogram, OutputKind::File },
                 { options.Profile, OutputKind::File },
                 { common.JSONFile, OutputKind::File } });
#ifndef SCT_HAS_PICTURES
  if (!options.Picture.empty())
  {
    throw std::runtime_error(options.Picture + ": this program was built without VTK and draws no pictures");
  }
#endif

  const CohortCase entry{ "pair",
                          options.Reference,
                          options.Synthetic,
                          options.Mask,
                          options.ReferenceSegmentation,
                          options.SyntheticSegmentation,
                          "" };
  // Without a name: the metrics of the table.
  const bool         isTable = metrics.empty();
  const auto         names = isTable ? ResolveMetrics({}, {}) : metrics;
  const Json         head = ReportHead(entry, names, settings);
  const MetricImages images = ReadCase(entry, settings);
  const auto         mr = options.MR.empty() ? nullptr : ReadVolume(options.MR);
  Evaluation         evaluation(images, settings);

  if (!options.Difference.empty() || !options.Picture.empty())
  {
    auto subtract = itk::SubtractImageFilter<VolumeType>::New();
    subtract->SetInput1(images.Synthetic);
    subtract->SetInput2(images.Reference);
    subtract->Update();
    if (!options.Difference.empty())
    {
      WriteVolume(subtract->GetOutput(), options.Difference);
    }
#ifdef SCT_HAS_PICTURES
    if (!options.Picture.empty())
    {
      WritePicture(images, mr, subtract->GetOutput(), options);
    }
#endif
  }
  if (!options.SimilarityMap.empty())
  {
    WriteSimilarityMap(images, options.SimilarityMap);
  }
  if (!options.DeviationMesh.empty())
  {
    WriteDeviationMesh(evaluation, options.DeviationMesh);
  }
  if (!options.Histogram.empty())
  {
    WriteHistogram(images, options.Histogram);
  }
  if (!options.JointHistogram.empty())
  {
    WriteJointHistogram(images, options.JointHistogram);
  }
  if (!options.Profile.empty())
  {
    WriteProfile(images, mr, ParseLine(options.Line), options.Step, options.Profile);
  }

  std::vector<MetricValue> values;
  {
    const StageProgress progress("Metrics");
    values = ComputeMetrics(names, evaluation);
  }
  if (!common.JSONFile.empty())
  {
    WriteText(CaseReport(head, values).dump(2), common.JSONFile);
  }
  // The standard output is one report, not two.
  if (common.JSONFile == "-")
  {
    return;
  }
  if (isTable)
  {
    PrintTable(evaluation.GetErrors(), options);
  }
  else
  {
    PrintMetrics(values);
  }
}

} // namespace sct
