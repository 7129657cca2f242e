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
#include "sctEvaluateOptions.h"

#include "sctFiles.h"
#include "sctPicture.h"

#include "itkEvaluationMetric.h"
#include "itkEvaluationPreset.h"

#include <algorithm>
#include <cmath>
#include <locale>
#include <sstream>
#include <stdexcept>

namespace sct
{
namespace
{

std::string
CheckLine(const std::string & text)
{
  try
  {
    ParseLine(text);
  }
  catch (const std::exception & error)
  {
    return error.what();
  }
  return "";
}

std::string
CheckMeshName(const std::string & name)
{
  const std::string ending = ".vtk";
  return name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0
           ? ""
           : "'" + name + "' should end in .vtk";
}

void
AddPairImages(CLI::Option_group * group, PairOptions & options)
{
  group->add_option("--reference", options.Reference, "True CT in HU")->type_name("PATH");
  group->add_option("--synthetic", options.Synthetic, "Synthetic CT in HU")->type_name("PATH");
  group->add_option("--mask", options.Mask, "Body: voxels that are not zero count (default: all voxels)")
    ->type_name("PATH");
  group->add_option("--difference", options.Difference, "Write synthetic - reference in HU to FILE")->type_name("FILE");
  group->add_option("--reference-segmentation", options.ReferenceSegmentation, "Labels of structures in the true CT")
    ->type_name("PATH");
  group->add_option("--synthetic-segmentation", options.SyntheticSegmentation, "The same in the synthetic CT")
    ->type_name("PATH");
}

void
AddPairOutputs(CLI::Option_group * group, PairOptions & options)
{
  group->add_option("--ssim-map", options.SimilarityMap, "Write the map of the masked SSIM to FILE")->type_name("FILE");
  group
    ->add_option("--deviation-mesh",
                 options.DeviationMesh,
                 "Write the surface of the reference's bone to FILE, with the signed deviation at each point in mm")
    ->check(CheckMeshName)
    ->type_name("FILE.vtk");
  group->add_option("--histogram", options.Histogram, "Write how many voxels have which HU, per region, to FILE")
    ->type_name("FILE.csv");
  group
    ->add_option(
      "--joint-histogram", options.JointHistogram, "Write how many voxels of the body have which pair of HU to FILE")
    ->type_name("FILE.csv");
  group
    ->add_option("--profile",
                 options.Line,
                 "A line, x,y,z:x,y,z in mm toward the patient's left, back and head (LPS), for the next option")
    ->check(CheckLine)
    ->type_name("POINTS");
  group->add_option("--profile-table", options.Profile, "Write the HU along the line to FILE, and the MR with --mr")
    ->type_name("FILE.csv");
  group->add_option("--profile-step", options.Step, "Distance of the points along the line")
    ->capture_default_str()
    ->check(CheckFinite)
    ->check(CLI::PositiveNumber)
    ->type_name("MM");
  group->add_option("--picture", options.Picture, "Write slices of all volumes as a PNG to FILE")
    ->check(CheckPictureName)
    ->type_name("FILE");
  group
    ->add_option("--mr",
                 options.MR,
                 "MR for a column of the picture and of the profile, on any grid, and for metrics of the MR, such as "
                 "nmi, on that of the reference")
    ->type_name("PATH");
  group->add_option("--window", options.Window, "HU shown as black and white in the picture")
    ->capture_default_str()
    ->delimiter(',')
    ->check(CheckFinite)
    ->type_name("HU");
  group->add_option("--difference-window", options.DifferenceWindow, "HU shown as full red, and negative as full blue")
    ->capture_default_str()
    ->check(CheckFinite)
    ->check(CLI::PositiveNumber)
    ->type_name("HU");
  group->add_option("--note", options.Note, "A line below the picture")->type_name("TEXT");
}

void
AddCohortOptions(CLI::Option_group * group, CohortOptions & options)
{
  group->add_option("--cases", options.Table, "Table of cases (CSV)")->type_name("FILE");
  group
    ->add_option("--cohort",
                 options.Folder,
                 "Folder with a subfolder for each case, or with folders of them, such as Task1/brain/1BA001")
    ->type_name("FOLDER");
  group->add_option("--results", options.Results, "Folder with the synthetic CTs of --cohort")->type_name("FOLDER");
  group
    ->add_option("--output",
                 options.Output,
                 "Where reports, table and summary go. Cases whose report is there already, from the same files and "
                 "with the same settings, are not evaluated again")
    ->type_name("FOLDER");
  group
    ->add_option("--compare",
                 options.Compare,
                 "Results of another method for the same cases: a folder as of --results, or a table with the columns "
                 "case and synthetic; they are compared by the Wilcoxon signed-rank test")
    ->type_name("PATH");
  group->add_option("--jobs", options.Jobs, "Cases at a time, within --threads. Each needs about 20 bytes per voxel")
    ->capture_default_str()
    ->check(CLI::Range(1, 1024))
    ->type_name("N");
  group->add_option("--resamples", options.NumberOfResamples, "Samples drawn by the bootstrap")
    ->capture_default_str()
    ->check(CLI::Range(1, 10000000))
    ->type_name("N");
  group->add_option("--seed", options.Seed, "Where the draws of the bootstrap start")
    ->capture_default_str()
    ->check(CheckNotNegative)
    ->type_name("N");
  group->add_option("--worst", options.NumberOfWorstCases, "Worst cases that the summary names")
    ->capture_default_str()
    ->type_name("N");
}

void
AddMetricOptions(CLI::App & app, EvaluateOptions & options)
{
  app.add_option("--preset", options.Presets, "What a challenge or a paper reports; several are separated by commas")
    ->delimiter(',')
    ->type_name("NAME");
  app
    .add_option("--metrics",
                options.Metrics,
                "Metrics by name, separated by commas, in addition to those of presets; one that ends in ? is taken "
                "only where a case has what it needs")
    ->delimiter(',')
    ->type_name("NAME");
  app.add_flag(
    "--list-metrics", options.ListsMetrics, "Print the names of all presets and metrics, and what they mean");
  app.add_option("--dilate-mask", options.MaskDilation, "Dilate masks by so many voxels inside axial slices")
    ->capture_default_str()
    ->check(CLI::Range(0, 1000))
    ->type_name("N");
  app.add_option("--bone-threshold", options.BoneThreshold, "Bone, whose surface is measured, has at least so many HU")
    ->capture_default_str()
    ->check(CheckFinite)
    ->type_name("HU");
  app
    .add_option("--dice-thresholds",
                options.DiceThresholds,
                "First, last and step of the thresholds for the curve of Dice against HU")
    ->capture_default_str()
    ->delimiter(',')
    ->check(CheckFinite)
    ->type_name("HU");
  app.add_option("--surface-tolerance", options.SurfaceTolerance, "Tolerance of the normalized surface Dice")
    ->capture_default_str()
    ->check(CheckNotNegative)
    ->type_name("MM");
  app
    .add_option("--labels",
                options.Labels,
                "Labels of given segmentations that are measured: numbers, ranges such as 26-50, or a list that "
                "--list-metrics names, separated by commas (default: all)")
    ->delimiter(',')
    ->type_name("LABEL");
  app
    .add_option(
      "--segmenter", options.Segmenter, "Model file of a segmentation network, which finds structures in both CTs")
    ->type_name("FILE");
  app
    .add_option("--card",
                options.SegmenterCard,
                "Model card as a JSON file, for a segmenter that has none or instead of its own (sct-info "
                "--card-example prints one to start from)")
    ->type_name("FILE");
  app.add_option("--data-range", options.DataRange, "Data range L of the metric psnr in HU")
    ->capture_default_str()
    ->check(CheckFinite)
    ->check(CLI::PositiveNumber)
    ->type_name("HU");
}

/** Fill in the settings from the options. */
void
FillSettings(EvaluateOptions & options)
{
  itk::EvaluationSettings * const settings = options.Settings;
  const auto                      named = [](const auto & add) {
    try
    {
      add();
    }
    catch (const std::exception & error)
    {
      throw std::runtime_error(OneLine(error) + "; --list-metrics names them");
    }
  };
  for (const std::string & name : options.Presets)
  {
    named([&] { settings->AddPreset(name); });
  }
  for (const std::string & name : options.Metrics)
  {
    const bool isOptional = !name.empty() && name.back() == '?';
    named([&] { settings->AddMetric(name.substr(0, name.size() - (isOptional ? 1 : 0)), isOptional); });
  }
  settings->SetLabels(itk::EvaluationLabelList::GetLabels(options.Labels));
  settings->SetDataRange(options.DataRange);
  settings->SetMaskDilation(options.MaskDilation);
  settings->SetBoneThreshold(options.BoneThreshold);
  settings->SetFirstDiceThreshold(options.DiceThresholds[0]);
  settings->SetLastDiceThreshold(options.DiceThresholds[1]);
  settings->SetDiceThresholdStep(options.DiceThresholds[2]);
  settings->SetSurfaceTolerance(options.SurfaceTolerance);
  settings->VerifyValues();
  if (!options.SegmenterCard.empty() && options.Segmenter.empty())
  {
    throw std::runtime_error("--card is for the model of --segmenter, which is missing");
  }
  if (!options.Segmenter.empty() && !settings->NeedsStructures())
  {
    throw std::runtime_error("--segmenter is for metrics of structures, such as those of --preset afp or "
                             "--metrics dice-structures");
  }
}

/** Either a pair, a table or a folder, whole and alone. */
void
CheckUsage(const CLI::Option_group * pair, const CLI::Option_group * cohort)
{
  const auto count = [](const CLI::App * group) {
    size_t number = 0;
    for (const CLI::Option * const option : group->get_options())
    {
      number += option->count();
    }
    return number;
  };
  const auto require = [](const CLI::App * group, const char * name) {
    if (group->count(name) == 0)
    {
      throw CLI::RequiredError(name);
    }
  };
  if (count(cohort) == 0)
  {
    require(pair, "--reference");
    require(pair, "--synthetic");
    if (pair->count("--profile") != pair->count("--profile-table"))
    {
      throw CLI::ValidationError("--profile and --profile-table go together");
    }
    return;
  }
  if (count(pair) > 0)
  {
    throw CLI::ValidationError("options of one pair and of a cohort do not go together");
  }
  if (cohort->count("--cases") + cohort->count("--cohort") != 1)
  {
    throw CLI::ValidationError("a cohort is given by --cases or by --cohort, and by one of them");
  }
  if (cohort->count("--cohort") != cohort->count("--results"))
  {
    throw CLI::ValidationError("--cohort and --results go together");
  }
  require(cohort, "--output");
}

} // namespace

void
AddEvaluateOptions(CLI::App & app, EvaluateOptions & options, bool runsNetworks)
{
  app.footer("Example:\n  sct-evaluate --reference ct.nii.gz --synthetic sct.nii.gz --mask mask.nii.gz \\\n"
             "    --mr mr.nii.gz --picture comparison.png --json report.json\n"
             "Example of a cohort, in the layout of SynthRAD:\n"
             "  sct-evaluate --cohort FOLDER --results RESULTS --compare OTHER_RESULTS --output evaluation\n"
             "    FOLDER/case/ct.{nii.gz,mha,...}; mask, segmentation and mr in the same formats when there are; the "
             "folders of\n    cases may lie deeper, as in Task1/brain/1BA001\n"
             "    RESULTS/case/sct.{nii.gz,mha,...} or RESULTS/case.{nii.gz,mha,...}; RESULTS/case/segmentation or\n"
             "    RESULTS/case-segmentation in the same formats when there are\n"
             "Example of a cohort, as a table with a line of names, then a line for each case; paths are relative to "
             "it:\n"
             "  sct-evaluate --cases cohort.csv --preset synthrad2025 --output evaluation --jobs 4\n"
             "    case,reference,synthetic,mask,reference-segmentation,synthetic-segmentation,mr (the last four when "
             "there are)\n"
             "The output folder has a report for each case, metrics.csv, and summary.json with mean, SD, median, IQR, "
             "95 % interval\nof the mean and the worst cases; a case that fails is named there, and the exit status is "
             "1.");
  auto * const pair = app.add_option_group("One pair");
  AddPairImages(pair, options.Pair);
  AddPairOutputs(pair, options.Pair);
  auto * const cohort = app.add_option_group("A cohort");
  AddCohortOptions(cohort, options.Cohort);
  AddMetricOptions(app, options);
  AddCommonOptions(app, options.Common, runsNetworks);
  AddSeriesOption(app);
  app.callback([&options, pair, cohort] {
    if (options.ListsMetrics)
    {
      return;
    }
    try
    {
      FillSettings(options);
    }
    catch (const std::exception & error)
    {
      throw CLI::ValidationError(OneLine(error));
    }
    CheckUsage(pair, cohort);
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
  for (itk::SizeValueType i = 0; i < itk::EvaluationPreset::GetNumberOfPresets(); ++i)
  {
    std::string list;
    for (itk::SizeValueType j = 0; j < itk::EvaluationPreset::GetNumberOfMetrics(i); ++j)
    {
      list += (list.empty() ? "" : ",") + itk::EvaluationPreset::GetMetric(i, j) +
              (itk::EvaluationPreset::GetIsOptional(i, j) ? "?" : "");
    }
    addLine(itk::EvaluationPreset::GetName(i), itk::EvaluationPreset::GetMeaning(i) + ": " + list);
  }
  text += "Metrics (one that ends in ? is taken only where a case has the segmentations or the MR that it needs):\n";
  for (itk::SizeValueType i = 0; i < itk::EvaluationMetric::GetNumberOfMetrics(); ++i)
  {
    addLine(itk::EvaluationMetric::GetName(i), itk::EvaluationMetric::GetMeaning(i));
  }
  text += "Lists of labels:\n";
  for (itk::SizeValueType i = 0; i < itk::EvaluationLabelList::GetNumberOfLists(); ++i)
  {
    addLine(itk::EvaluationLabelList::GetName(i), itk::EvaluationLabelList::GetText(i));
  }
  text.pop_back();
  return text;
}

LineType
ParseLine(const std::string & text)
{
  const auto         fail = [&] { throw std::runtime_error("'" + text + "' should be two points in mm, x,y,z:x,y,z"); };
  LineType           line;
  std::istringstream stream(text);
  stream.imbue(std::locale::classic());
  for (unsigned int i = 0; i < 6; ++i)
  {
    double number = 0.0;
    stream >> number;
    line[i / 3][i % 3] = number;
    const char separator = i == 2 ? ':' : ',';
    if (!stream || !std::isfinite(number) || (i < 5 && stream.get() != separator))
    {
      fail();
    }
  }
  if (stream.peek() != std::istringstream::traits_type::eof())
  {
    fail();
  }
  return line;
}

} // namespace sct
