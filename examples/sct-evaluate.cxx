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
// sct-evaluate: a synthetic CT against its reference, as a table, a report and a picture.

#include "sctCommandLine.h"
#include "sctPicture.h"

#include "itkImageErrorMeasuresImageFilter.h"
#include "itkSubtractImageFilter.h"
#ifdef SCT_HAS_PICTURES
#  include "itkSlicePictureWriter.h"
#endif

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <iostream>

namespace
{

using Json = nlohmann::ordered_json;
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
  double                DataRange{ 4000.0 };
  std::array<double, 2> Window{ { -500.0, 1300.0 } };
  double                DifferenceWindow{ 300.0 };
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
  if (std::isfinite(value))
  {
    return { { "value", value }, { "unit", unit } };
  }
  const char * const text = std::isnan(value) ? "NaN" : value > 0.0 ? "Infinity" : "-Infinity";
  return { { "value", text }, { "unit", unit }, { "reason", reason } };
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
WritePicture(const sct::VolumeType * reference,
             const sct::VolumeType * synthetic,
             const sct::VolumeType * difference,
             const sct::MaskType *   mask,
             const Options &         options)
{
  auto writer = itk::SlicePictureWriter::New();
  if (!options.MR.empty())
  {
    const auto mr = sct::ReadVolume(options.MR);
    const auto window = sct::AutomaticWindow(mr);
    writer->AddColumn(mr, "MR", window[0], window[1], "");
  }
  writer->AddColumn(reference, "Reference CT", options.Window[0], options.Window[1], "HU");
  writer->AddColumn(synthetic, "Synthetic CT", options.Window[0], options.Window[1], "HU");
  writer->AddColumn(difference,
                    "Synthetic - reference",
                    -options.DifferenceWindow,
                    options.DifferenceWindow,
                    "HU",
                    itk::SlicePictureColorsEnum::Difference);
  writer->SetMaskImage(mask);
  writer->SetNote(options.Note);
  writer->SetFileName(options.Picture);
  const sct::StageProgress progress("Picture", writer);
  writer->Write();
}
#endif

void
Work(const Options & options, const sct::CommonOptions & common)
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

  const auto             reference = sct::ReadVolume(options.Reference);
  const auto             synthetic = sct::ReadVolume(options.Synthetic);
  sct::MaskType::Pointer mask;
  sct::CheckSameGrid(reference, options.Reference, synthetic, options.Synthetic);
  if (!options.Mask.empty())
  {
    mask = sct::ReadMask(options.Mask);
    sct::CheckSameGrid(reference, options.Reference, mask, options.Mask);
  }

  auto measures = MeasuresType::New();
  measures->SetReferenceImage(reference);
  measures->SetSyntheticImage(synthetic);
  measures->SetMaskImage(mask);
  measures->SetDataRange(options.DataRange);
  {
    const sct::StageProgress progress("Error measures", measures);
    measures->Update();
  }

  if (!options.Difference.empty() || !options.Picture.empty())
  {
    auto subtract = itk::SubtractImageFilter<sct::VolumeType>::New();
    subtract->SetInput1(synthetic);
    subtract->SetInput2(reference);
    subtract->Update();
    if (!options.Difference.empty())
    {
      sct::WriteVolume(subtract->GetOutput(), options.Difference);
    }
#ifdef SCT_HAS_PICTURES
    if (!options.Picture.empty())
    {
      WritePicture(reference, synthetic, subtract->GetOutput(), mask, options);
    }
#endif
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

} // namespace

int
main(int argc, char * argv[])
{
  CLI::App app{ "Measures the errors of a synthetic CT against its reference, over a mask and per range of Hounsfield "
                "units. Inputs are volume files or folders with a DICOM series, on one grid." };
  app.name("sct-evaluate");
  app.footer("Example:\n  sct-evaluate --reference ct.nii.gz --synthetic sct.nii.gz --mask mask.nii.gz \\\n"
             "    --mr mr.nii.gz --picture comparison.png --json report.json");

  Options            options;
  sct::CommonOptions common;
  app.add_option("--reference", options.Reference, "True CT in HU")->required()->type_name("PATH");
  app.add_option("--synthetic", options.Synthetic, "Synthetic CT in HU")->required()->type_name("PATH");
  app.add_option("--mask", options.Mask, "Body: voxels that are not zero count (default: all voxels)")
    ->type_name("PATH");
  app.add_option("--data-range", options.DataRange, "Data range L of the PSNR in HU")
    ->capture_default_str()
    ->check(CLI::PositiveNumber)
    ->type_name("HU");
  app.add_option("--difference", options.Difference, "Write synthetic - reference in HU to FILE")->type_name("FILE");
  app.add_option("--picture", options.Picture, "Write slices of all volumes as a PNG to FILE")
    ->check(sct::CheckPictureName)
    ->type_name("FILE");
  app.add_option("--mr", options.MR, "MR for a column of the picture, on any grid")->type_name("PATH");
  app.add_option("--window", options.Window, "HU shown as black and white in the picture")
    ->capture_default_str()
    ->type_name("HU");
  app.add_option("--difference-window", options.DifferenceWindow, "HU shown as full red, and negative as full blue")
    ->capture_default_str()
    ->check(CLI::PositiveNumber)
    ->type_name("HU");
  app.add_option("--note", options.Note, "A line below the picture")->type_name("TEXT");
  sct::AddCommonOptions(app, common, false);

  return sct::Run(app, argc, argv, common, [&] { Work(options, common); });
}
