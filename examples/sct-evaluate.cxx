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
// sct-evaluate: a synthetic CT against its reference, as a table, a report and a picture; or those of a cohort.

#include "sctCommandLine.h"
#include "sctEvaluateCohort.h"
#include "sctPicture.h"

#include "itkImageErrorMeasuresImageFilter.h"
#include "itkSubtractImageFilter.h"
#ifdef SCT_HAS_PICTURES
#  include "itkSlicePictureWriter.h"
#endif

#include <cmath>
#include <cstdio>
#include <iostream>

namespace
{

using sct::Json;
using MeasuresType = itk::ImageErrorMeasuresImageFilter<sct::VolumeType>;
using Region = itk::HounsfieldRegionEnum;

struct Options
{
  std::string           Reference;
  std::string           Synthetic;
  std::string           Mask;
  std::string           MR;
  std::string           Picture;
  std::string           Difference;
  std::string           Note;
  std::array<double, 2> Window{ { -500.0, 1300.0 } };
  double                DifferenceWindow{ 300.0 };

  /** Which measures; none for the table of errors of one pair. */
  std::vector<std::string> Presets;
  std::vector<std::string> Metrics;
  bool                     ListsMetrics{ false };
  sct::MetricSettings      Settings;
  sct::CohortOptions       Cohort;

  bool
  IsCohort() const
  {
    return !Cohort.Table.empty() || !Cohort.Folder.empty();
  }
};

const struct
{
  Region       Which;
  const char * Title;
  const char * Key;
} regions[] = { { Region::Body, "body", "body" },
                { Region::Air, "air", "air" },
                { Region::SoftTissue, "soft tissue", "soft-tissue" },
                { Region::Bone, "bone", "bone" } };

/** A number with its unit; what JSON has no number for is a text with a reason. */
Json
Measure(double value, const char * unit, const char * reason)
{
  Json measure{ { "value", sct::NumberToJson(value) }, { "unit", unit } };
  if (!std::isfinite(value))
  {
    measure["reason"] = reason;
  }
  return measure;
}

Json
Report(const MeasuresType * measures, const Options & options)
{
  Json report{
    { "program", "sct-evaluate" },        { "reference", options.Reference },
    { "synthetic", options.Synthetic },   { "mask", options.Mask.empty() ? Json(nullptr) : Json(options.Mask) },
    { "error", "synthetic - reference" }, { "regions", Json::object() }
  };
  for (const auto & region : regions)
  {
    const bool         isBody = region.Which == Region::Body;
    const bool         isEmpty = measures->GetNumberOfVoxels(region.Which) == 0;
    const char * const empty = "no voxel in this region";
    Json               entry;
    entry["classed-by"] = isBody ? (options.Mask.empty() ? "whole image" : "mask") : "reference inside the body";
    if (!isBody)
    {
      entry["interval-hu"] = { measures->GetRegionLowerBound(region.Which),
                               measures->GetRegionUpperBound(region.Which) };
    }
    entry["images-clipped-to-hu"] =
      isBody ? Json(nullptr) : Json{ measures->GetClipMinimum(), measures->GetClipMaximum() };
    entry["voxels"] = measures->GetNumberOfVoxels(region.Which);
    entry["me"] = Measure(measures->GetMeanError(region.Which), "HU", empty);
    entry["mae"] = Measure(measures->GetMeanAbsoluteError(region.Which), "HU", empty);
    entry["mse"] = Measure(measures->GetMeanSquaredError(region.Which), "HU^2", empty);
    entry["rmse"] = Measure(measures->GetRootMeanSquaredError(region.Which), "HU", empty);
    entry["psnr"] = Measure(measures->GetPeakSignalToNoiseRatio(region.Which),
                            "dB",
                            isEmpty ? empty : "the images are identical in this region");
    entry["psnr"]["data-range-hu"] = measures->GetDataRange();
    entry["pearson-r"] = Measure(measures->GetPearsonCorrelation(region.Which),
                                 "1",
                                 isEmpty ? empty : "one of the images is constant in this region");
    if (!isBody)
    {
      entry["wmae"] = Measure(measures->GetWeightedMeanAbsoluteError(region.Which),
                              "HU",
                              isEmpty ? empty : "no voxel in the rest of the body");
    }
    report["regions"][region.Key] = entry;
  }
  return report;
}

void
PrintTable(const MeasuresType * measures, const Options & options)
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
WritePicture(const sct::MetricImages & images, const sct::VolumeType * difference, const Options & options)
{
  auto writer = itk::SlicePictureWriter::New();
  if (!options.MR.empty())
  {
    const auto mr = sct::ReadVolume(options.MR);
    const auto window = sct::AutomaticWindow(mr);
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
  const sct::StageProgress progress("Picture", writer);
  writer->Write();
}
#endif

/** The metrics that were asked for, one line each. */
void
PrintMetrics(const std::vector<sct::MetricValue> & values)
{
  for (const sct::MetricValue & value : values)
  {
    std::printf("%-24s %12.6g %s\n", value.Key.c_str(), value.Value, value.Unit == "1" ? "" : value.Unit.c_str());
  }
  std::fflush(stdout);
}

void
EvaluatePair(const Options & options, const sct::CommonOptions & common)
{
  const std::vector<std::string> inputs{ options.Reference, options.Synthetic, options.Mask, options.MR };
  sct::CheckOutput(options.Picture, inputs);
  sct::CheckOutput(options.Difference, inputs);
  sct::CheckOutput(common.JSONFile, inputs);
#ifndef SCT_HAS_PICTURES
  if (!options.Picture.empty())
  {
    throw std::runtime_error(options.Picture + ": this program was built without VTK and draws no pictures");
  }
#endif

  const sct::CohortCase   entry{ "pair", options.Reference, options.Synthetic, options.Mask, "", "", "" };
  const sct::MetricImages images = sct::ReadCase(entry);

  if (!options.Difference.empty() || !options.Picture.empty())
  {
    auto subtract = itk::SubtractImageFilter<sct::VolumeType>::New();
    subtract->SetInput1(images.Synthetic);
    subtract->SetInput2(images.Reference);
    subtract->Update();
    if (!options.Difference.empty())
    {
      sct::WriteVolume(subtract->GetOutput(), options.Difference);
    }
#ifdef SCT_HAS_PICTURES
    if (!options.Picture.empty())
    {
      WritePicture(images, subtract->GetOutput(), options);
    }
#endif
  }

  if (!options.Presets.empty() || !options.Metrics.empty())
  {
    const auto names = sct::ResolveMetrics(options.Presets, options.Metrics);
    const auto values = sct::ComputeMetrics(names, images, options.Settings);
    if (!common.JSONFile.empty())
    {
      sct::WriteText(sct::CaseReport(sct::ReportHead(entry, names, options.Settings), values).dump(2), common.JSONFile);
    }
    if (common.JSONFile != "-")
    {
      PrintMetrics(values);
    }
    return;
  }

  auto measures = MeasuresType::New();
  measures->SetReferenceImage(images.Reference);
  measures->SetSyntheticImage(images.Synthetic);
  measures->SetMaskImage(images.Mask);
  measures->SetDataRange(options.Settings.DataRange);
  {
    const sct::StageProgress progress("Error measures", measures);
    measures->Update();
  }
  if (!common.JSONFile.empty())
  {
    sct::WriteText(Report(measures, options).dump(2), common.JSONFile);
  }
  // The standard output is one report, not two.
  if (common.JSONFile != "-")
  {
    PrintTable(measures, options);
  }
}

void
Work(const Options & options, const sct::CommonOptions & common)
{
  if (options.ListsMetrics)
  {
    std::printf("%s\n", sct::DescribeMetrics().c_str());
  }
  else if (options.IsCohort())
  {
    sct::EvaluateCohort(
      options.Cohort, sct::ResolveMetrics(options.Presets, options.Metrics), options.Settings, common);
  }
  else
  {
    EvaluatePair(options, common);
  }
}

} // namespace

int
main(int argc, char * argv[])
{
  CLI::App app{ "Measures the errors of a synthetic CT against its reference, over a mask and per range of Hounsfield "
                "units; of one pair, or of a cohort with its statistics and a comparison of two methods. Inputs are "
                "volume files or folders with a DICOM series, on one grid." };
  app.name("sct-evaluate");
  app.footer("Example:\n  sct-evaluate --reference ct.nii.gz --synthetic sct.nii.gz --mask mask.nii.gz \\\n"
             "    --mr mr.nii.gz --picture comparison.png --json report.json\n"
             "Example of a cohort, in the layout of SynthRAD:\n"
             "  sct-evaluate --cohort FOLDER --results RESULTS --compare OTHER_RESULTS --output evaluation\n"
             "    FOLDER/case/ct.{nii.gz,mha}, and mask.{nii.gz,mha} beside it when there is one\n"
             "    RESULTS/case/sct.{nii.gz,mha} or RESULTS/case.{nii.gz,mha}\n"
             "Example of a cohort, as a table with a line of names, then a line for each case; paths are relative to "
             "it:\n"
             "  sct-evaluate --cases cohort.csv --metrics mae,psnr,mae-bone --output evaluation --jobs 4\n"
             "    case,reference,synthetic,mask");

  Options            options;
  sct::CommonOptions common;

  auto * const pair = app.add_option_group("One pair");
  auto * const reference = pair->add_option("--reference", options.Reference, "True CT in HU")->type_name("PATH");
  auto * const synthetic = pair->add_option("--synthetic", options.Synthetic, "Synthetic CT in HU")->type_name("PATH");
  pair->add_option("--mask", options.Mask, "Body: voxels that are not zero count (default: all voxels)")
    ->type_name("PATH");
  pair->add_option("--difference", options.Difference, "Write synthetic - reference in HU to FILE")->type_name("FILE");
  pair->add_option("--picture", options.Picture, "Write slices of all volumes as a PNG to FILE")
    ->check(sct::CheckPictureName)
    ->type_name("FILE");
  pair->add_option("--mr", options.MR, "MR for a column of the picture, on any grid")->type_name("PATH");
  pair->add_option("--window", options.Window, "HU shown as black and white in the picture")
    ->capture_default_str()
    ->type_name("HU");
  pair->add_option("--difference-window", options.DifferenceWindow, "HU shown as full red, and negative as full blue")
    ->capture_default_str()
    ->check(CLI::PositiveNumber)
    ->type_name("HU");
  pair->add_option("--note", options.Note, "A line below the picture")->type_name("TEXT");

  auto * const cohort = app.add_option_group("A cohort");
  auto * const table = cohort->add_option("--cases", options.Cohort.Table, "Table of cases (CSV)")->type_name("FILE");
  auto * const folder =
    cohort->add_option("--cohort", options.Cohort.Folder, "Folder with a subfolder for each case")->type_name("FOLDER");
  auto * const results =
    cohort->add_option("--results", options.Cohort.Results, "Folder with the synthetic CTs of --cohort")
      ->type_name("FOLDER");
  auto * const output =
    cohort
      ->add_option("--output",
                   options.Cohort.Output,
                   "Where reports, table and summary go. Cases whose report is there already, from the same files and "
                   "with the same settings, are not evaluated again")
      ->type_name("FOLDER");
  cohort
    ->add_option("--compare",
                 options.Cohort.Compare,
                 "Results of another method for the same cases: a folder as of --results, or a table with the columns "
                 "case and synthetic; they are compared by the Wilcoxon signed-rank test")
    ->type_name("PATH");
  cohort
    ->add_option(
      "--jobs", options.Cohort.Jobs, "Cases at a time, within --threads. Each needs the memory of its images")
    ->capture_default_str()
    ->check(CLI::Range(1, 1024))
    ->type_name("N");
  cohort->add_option("--resamples", options.Cohort.Summary.NumberOfResamples, "Samples drawn by the bootstrap")
    ->capture_default_str()
    ->check(CLI::Range(1, 10000000))
    ->type_name("N");
  cohort->add_option("--seed", options.Cohort.Summary.Seed, "Where the draws of the bootstrap start")
    ->capture_default_str()
    ->type_name("N");
  cohort->add_option("--worst", options.Cohort.Summary.NumberOfWorstCases, "Worst cases that the summary names")
    ->capture_default_str()
    ->type_name("N");

  app.add_option("--preset", options.Presets, "What a challenge or a paper reports; several are separated by commas")
    ->delimiter(',')
    ->type_name("NAME");
  app.add_option("--metrics", options.Metrics, "Metrics by name, separated by commas, in addition to those of presets")
    ->delimiter(',')
    ->type_name("NAME");
  app.add_flag(
    "--list-metrics", options.ListsMetrics, "Print the names of all presets and metrics, and what they mean");
  app.add_option("--data-range", options.Settings.DataRange, "Data range L of the PSNR in HU")
    ->capture_default_str()
    ->check(CLI::PositiveNumber)
    ->type_name("HU");
  sct::AddCommonOptions(app, common, false);

  // Either a pair, a table or a folder, whole and alone.
  app.callback([&] {
    const auto count = [](const CLI::App * group) {
      size_t number = 0;
      for (const CLI::Option * const option : group->get_options())
      {
        number += option->count();
      }
      return number;
    };
    const auto require = [](const CLI::Option * option) {
      if (option->count() == 0)
      {
        throw CLI::RequiredError(option->get_name());
      }
    };
    if (options.ListsMetrics)
    {
      return;
    }
    try
    {
      sct::ResolveMetrics(options.Presets, options.Metrics);
    }
    catch (const std::exception & error)
    {
      throw CLI::ValidationError(error.what());
    }
    if (count(cohort) == 0)
    {
      require(reference);
      require(synthetic);
      return;
    }
    if (count(pair) > 0)
    {
      throw CLI::ValidationError("options of one pair and of a cohort do not go together");
    }
    if (table->count() + folder->count() != 1)
    {
      throw CLI::ValidationError("a cohort is given by --cases or by --cohort, and by one of them");
    }
    if (folder->count() != results->count())
    {
      throw CLI::ValidationError("--cohort and --results go together");
    }
    require(output);
  });

  return sct::Run(app, argc, argv, common, [&] { Work(options, common); });
}
