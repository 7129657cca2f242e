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

#include "sctEvaluateCohort.h"
#include "sctEvaluatePair.h"
#include "sctMetrics.h"
#include "sctPairOutputs.h"
#include "sctPicture.h"
#include "sctSegmenter.h"

#include <cstdio>
#include <stdexcept>

#ifdef SCT_HAS_TORCH
constexpr bool runsNetworks = true;
#else
constexpr bool runsNetworks = false;
#endif

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
             "    FOLDER/case/ct.{nii.gz,mha}; mask.{nii.gz,mha} and segmentation.{nii.gz,mha} when there are\n"
             "    RESULTS/case/sct.{nii.gz,mha} or RESULTS/case.{nii.gz,mha}; RESULTS/case/segmentation.{nii.gz,mha} "
             "or\n    RESULTS/case-segmentation.{nii.gz,mha} when there are\n"
             "Example of a cohort, as a table with a line of names, then a line for each case; paths are relative to "
             "it:\n"
             "  sct-evaluate --cases cohort.csv --preset synthrad2025 --output evaluation --jobs 4\n"
             "    case,reference,synthetic,mask,reference-segmentation,synthetic-segmentation (the last three when "
             "there are)\n"
             "The output folder has a report for each case, metrics.csv, and summary.json with mean, SD, median, IQR, "
             "95 % interval\nof the mean and the worst cases; a case that fails is named there, and the exit status is "
             "1.");

  sct::PairOptions         pairOptions;
  sct::CohortOptions       cohortOptions;
  sct::MetricSettings      settings;
  sct::CommonOptions       common;
  std::vector<std::string> presets;
  std::vector<std::string> metrics;
  std::vector<std::string> labels;
  std::string              segmenter;
  bool                     listsMetrics = false;

  const auto checkLine = [](const std::string & text) {
    try
    {
      sct::ParseLine(text);
    }
    catch (const std::exception & error)
    {
      return std::string(error.what());
    }
    return std::string();
  };
  const auto checkMeshName = [](const std::string & name) {
    const std::string ending = ".vtk";
    return name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0
             ? std::string()
             : "'" + name + "' should end in .vtk";
  };

  auto * const pair = app.add_option_group("One pair");
  auto * const reference = pair->add_option("--reference", pairOptions.Reference, "True CT in HU")->type_name("PATH");
  auto * const synthetic =
    pair->add_option("--synthetic", pairOptions.Synthetic, "Synthetic CT in HU")->type_name("PATH");
  pair->add_option("--mask", pairOptions.Mask, "Body: voxels that are not zero count (default: all voxels)")
    ->type_name("PATH");
  pair->add_option("--difference", pairOptions.Difference, "Write synthetic - reference in HU to FILE")
    ->type_name("FILE");
  pair->add_option("--reference-segmentation", pairOptions.ReferenceSegmentation, "Labels of structures in the true CT")
    ->type_name("PATH");
  pair->add_option("--synthetic-segmentation", pairOptions.SyntheticSegmentation, "The same in the synthetic CT")
    ->type_name("PATH");
  pair->add_option("--ssim-map", pairOptions.SimilarityMap, "Write the map of the masked SSIM to FILE")
    ->type_name("FILE");
  pair
    ->add_option("--deviation-mesh",
                 pairOptions.DeviationMesh,
                 "Write the surface of the reference's bone to FILE, with the signed deviation at each point in mm")
    ->check(checkMeshName)
    ->type_name("FILE.vtk");
  pair->add_option("--histogram", pairOptions.Histogram, "Write how many voxels have which HU, per region, to FILE")
    ->type_name("FILE.csv");
  pair
    ->add_option("--joint-histogram",
                 pairOptions.JointHistogram,
                 "Write how many voxels of the body have which pair of HU to FILE")
    ->type_name("FILE.csv");
  auto * const profile =
    pair
      ->add_option("--profile",
                   pairOptions.Line,
                   "A line, x,y,z:x,y,z in mm toward the patient's left, back and head (LPS), for the next option")
      ->check(checkLine)
      ->type_name("POINTS");
  auto * const profileTable =
    pair
      ->add_option("--profile-table", pairOptions.Profile, "Write the HU along the line to FILE, and the MR with --mr")
      ->type_name("FILE.csv");
  pair->add_option("--profile-step", pairOptions.Step, "Distance of the points along the line")
    ->capture_default_str()
    ->check(sct::CheckFinite)
    ->check(CLI::PositiveNumber)
    ->type_name("MM");
  pair->add_option("--picture", pairOptions.Picture, "Write slices of all volumes as a PNG to FILE")
    ->check(sct::CheckPictureName)
    ->type_name("FILE");
  pair->add_option("--mr", pairOptions.MR, "MR for a column of the picture and of the profile, on any grid")
    ->type_name("PATH");
  pair->add_option("--window", pairOptions.Window, "HU shown as black and white in the picture")
    ->capture_default_str()
    ->delimiter(',')
    ->check(sct::CheckFinite)
    ->type_name("HU");
  pair
    ->add_option("--difference-window", pairOptions.DifferenceWindow, "HU shown as full red, and negative as full blue")
    ->capture_default_str()
    ->check(sct::CheckFinite)
    ->check(CLI::PositiveNumber)
    ->type_name("HU");
  pair->add_option("--note", pairOptions.Note, "A line below the picture")->type_name("TEXT");

  auto * const cohort = app.add_option_group("A cohort");
  auto * const table = cohort->add_option("--cases", cohortOptions.Table, "Table of cases (CSV)")->type_name("FILE");
  auto * const folder =
    cohort->add_option("--cohort", cohortOptions.Folder, "Folder with a subfolder for each case")->type_name("FOLDER");
  auto * const results =
    cohort->add_option("--results", cohortOptions.Results, "Folder with the synthetic CTs of --cohort")
      ->type_name("FOLDER");
  auto * const output =
    cohort
      ->add_option("--output",
                   cohortOptions.Output,
                   "Where reports, table and summary go. Cases whose report is there already, from the same files and "
                   "with the same settings, are not evaluated again")
      ->type_name("FOLDER");
  cohort
    ->add_option("--compare",
                 cohortOptions.Compare,
                 "Results of another method for the same cases: a folder as of --results, or a table with the columns "
                 "case and synthetic; they are compared by the Wilcoxon signed-rank test")
    ->type_name("PATH");
  cohort
    ->add_option("--jobs", cohortOptions.Jobs, "Cases at a time, within --threads. Each needs about 20 bytes per voxel")
    ->capture_default_str()
    ->check(CLI::Range(1, 1024))
    ->type_name("N");
  cohort->add_option("--resamples", cohortOptions.Summary.NumberOfResamples, "Samples drawn by the bootstrap")
    ->capture_default_str()
    ->check(CLI::Range(1, 10000000))
    ->type_name("N");
  cohort->add_option("--seed", cohortOptions.Summary.Seed, "Where the draws of the bootstrap start")
    ->capture_default_str()
    ->check(sct::CheckNotNegative)
    ->type_name("N");
  cohort->add_option("--worst", cohortOptions.Summary.NumberOfWorstCases, "Worst cases that the summary names")
    ->capture_default_str()
    ->type_name("N");

  app.add_option("--preset", presets, "What a challenge or a paper reports; several are separated by commas")
    ->delimiter(',')
    ->type_name("NAME");
  app.add_option("--metrics", metrics, "Metrics by name, separated by commas, in addition to those of presets")
    ->delimiter(',')
    ->type_name("NAME");
  app.add_flag("--list-metrics", listsMetrics, "Print the names of all presets and metrics, and what they mean");
  app.add_option("--dilate-mask", settings.MaskDilation, "Dilate masks by so many voxels inside axial slices")
    ->capture_default_str()
    ->check(CLI::Range(0, 1000))
    ->type_name("N");
  app
    .add_option("--bone-threshold", settings.BoneThreshold, "Bone, whose surface is measured, has at least so many HU")
    ->capture_default_str()
    ->check(sct::CheckFinite)
    ->type_name("HU");
  app
    .add_option("--dice-thresholds",
                settings.DiceThresholds,
                "First, last and step of the thresholds for the curve of Dice against HU")
    ->capture_default_str()
    ->delimiter(',')
    ->check(sct::CheckFinite)
    ->type_name("HU");
  app.add_option("--surface-tolerance", settings.SurfaceTolerance, "Tolerance of the normalized surface Dice")
    ->capture_default_str()
    ->check(sct::CheckNotNegative)
    ->type_name("MM");
  app
    .add_option("--labels",
                labels,
                "Labels of given segmentations that are measured: numbers, ranges such as 26-50, or a list that "
                "--list-metrics names, separated by commas (default: all)")
    ->delimiter(',')
    ->type_name("LABEL");
  app.add_option("--segmenter", segmenter, "Model file of a segmentation network, which finds structures in both CTs")
    ->type_name("FILE");
  app.add_option("--data-range", settings.DataRange, "Data range L of the metric psnr in HU")
    ->capture_default_str()
    ->check(sct::CheckFinite)
    ->check(CLI::PositiveNumber)
    ->type_name("HU");
  sct::AddCommonOptions(app, common, runsNetworks);
  sct::AddSeriesOption(app);

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
    if (listsMetrics)
    {
      return;
    }
    try
    {
      const std::vector<std::string> names = sct::ResolveMetrics(presets, metrics);
      if (!segmenter.empty() && !sct::NeedStructures(names))
      {
        throw std::runtime_error("--segmenter is for metrics of structures, such as those of --preset afp or "
                                 "--metrics dice-structures");
      }
      settings.Labels = sct::ResolveLabels(labels);
      const auto & thresholds = settings.DiceThresholds;
      sct::OverlapType::New()->SetThresholdsInSteps(thresholds[0], thresholds[1], thresholds[2]);
    }
    catch (const std::exception & error)
    {
      throw CLI::ValidationError(sct::OneLine(error));
    }
    if (count(cohort) == 0)
    {
      require(reference);
      require(synthetic);
      if (profile->count() != profileTable->count())
      {
        throw CLI::ValidationError("--profile and --profile-table go together");
      }
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

  return sct::Run(app, argc, argv, common, [&] {
    if (listsMetrics)
    {
      std::printf("%s\n", sct::DescribeMetrics().c_str());
      return;
    }
    if (!segmenter.empty())
    {
      settings.Network = sct::LoadSegmenter(segmenter, common.Device);
    }
    if (cohortOptions.Output.empty())
    {
      // Without a name, a pair has its table of regions.
      const bool isNamed = !presets.empty() || !metrics.empty();
      sct::EvaluatePair(
        pairOptions, isNamed ? sct::ResolveMetrics(presets, metrics) : std::vector<std::string>{}, settings, common);
    }
    else
    {
      sct::EvaluateCohort(cohortOptions, sct::ResolveMetrics(presets, metrics), settings, common);
    }
  });
}
