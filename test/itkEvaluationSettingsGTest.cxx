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
#include "itkEvaluationSettings.h"

#include "itkCohortTestUtilities.h"

#include <algorithm>
#include <limits>
#include <sstream>

namespace
{
using itk::TestUtilities::ErrorOf;
using Names = std::vector<std::string>;

std::vector<std::string>
MetricsOf(const itk::EvaluationSettings * settings)
{
  std::vector<std::string> names;
  for (itk::SizeValueType i = 0; i < settings->GetNumberOfMetrics(); ++i)
  {
    names.push_back(settings->GetMetric(i) + (settings->GetIsOptional(i) ? "?" : ""));
  }
  return names;
}

} // namespace

TEST(EvaluationSettings, MetricsAreChosen)
{
  auto        settings = itk::EvaluationSettings::New();
  const Names errors = MetricsOf(settings);
  EXPECT_EQ(errors.size(), 27u);
  EXPECT_NE(std::find(errors.begin(), errors.end(), "wmae-bone"), errors.end());
  EXPECT_EQ(std::find(errors.begin(), errors.end(), "wmae"), errors.end());

  settings->AddMetric("psnr");
  settings->AddMetric("mae");
  settings->AddMetric("psnr");
  EXPECT_EQ(MetricsOf(settings), (Names{ "psnr", "mae" }));
  settings->AddPreset("synthrad2023");
  EXPECT_EQ(MetricsOf(settings), (Names{ "psnr", "mae", "psnr-synthrad2023", "ssim-synthrad2023" }));
  EXPECT_EQ(ErrorOf([&] { settings->GetMetric(4); }), "there is no chosen metric 4, only those from 0 to 3");
  EXPECT_EQ(ErrorOf([&] { settings->AddMetric("maze"); }), "there is no metric 'maze'");
  EXPECT_EQ(ErrorOf([&] { settings->AddMetric("mae?"); }), "there is no metric 'mae?'");
  EXPECT_EQ(ErrorOf([&] { settings->AddPreset("mae"); }), "there is no preset 'mae'");

  // What is asked for once without a condition is.
  settings->ClearMetrics();
  settings->AddMetric("dice-labels", true);
  EXPECT_EQ(MetricsOf(settings), Names{ "dice-labels?" });
  settings->AddMetric("dice-labels");
  EXPECT_EQ(MetricsOf(settings), Names{ "dice-labels" });
  settings->AddMetric("dice-labels", true);
  EXPECT_EQ(MetricsOf(settings), Names{ "dice-labels" });

  EXPECT_FALSE(settings->NeedsStructures());
  settings->AddPreset("afp");
  EXPECT_TRUE(settings->NeedsStructures());
  settings->ClearMetrics();
  EXPECT_EQ(MetricsOf(settings), errors);
  settings->AddPreset("errors");
  EXPECT_EQ(MetricsOf(settings), errors);
}

TEST(EvaluationSettings, BadValuesAreRefused)
{
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const struct
  {
    std::function<void(itk::EvaluationSettings *)> Set;
    const char *                                   Message;
  } bad[] = {
    { [](auto * s) { s->SetDataRange(0.0); }, "DataRange is 0 and should be finite and larger than 0" },
    { [=](auto * s) { s->SetDataRange(infinity); }, "DataRange is Infinity" },
    { [=](auto * s) { s->SetBoneThreshold(nan); }, "BoneThreshold is NaN and should be a finite number" },
    { [=](auto * s) { s->SetFirstDiceThreshold(nan); }, "FirstDiceThreshold is NaN" },
    { [=](auto * s) { s->SetLastDiceThreshold(-infinity); }, "LastDiceThreshold is -Infinity" },
    { [=](auto * s) { s->SetDiceThresholdStep(infinity); }, "DiceThresholdStep is Infinity" },
    { [](auto * s) { s->SetDiceThresholdStep(0.0); }, "in steps of 0" },
    { [](auto * s) { s->SetSurfaceTolerance(-1.0); }, "SurfaceTolerance is -1 and should be finite and at least 0" },
  };
  for (const auto & each : bad)
  {
    auto settings = itk::EvaluationSettings::New();
    EXPECT_EQ(ErrorOf([&] { settings->VerifyValues(); }), "");
    each.Set(settings);
    EXPECT_NE(ErrorOf([&] { settings->VerifyValues(); }).find(each.Message), std::string::npos) << each.Message;
  }
}

TEST(EvaluationSettings, AreAReportAndAreModified)
{
  auto settings = itk::EvaluationSettings::New();
  settings->AddMetric("mae");
  settings->AddMetric("dice-labels", true);
  settings->SetLabels({ 3, 1 });
  EXPECT_EQ(settings->GetJSON(),
            R"({"metrics":["mae","dice-labels?"],"data-range-hu":4000.0,"mask-dilation-voxels":0,)"
            R"("bone-threshold-hu":250.0,"dice-thresholds-hu":[250.0,1250.0,100.0],"surface-tolerance-mm":2.0,)"
            R"("labels":[3,1],"segmenter":null,"segmenter-card":null})");
  auto time = settings->GetMTime();
  settings->SetLabels({ 3, 1 });
  EXPECT_EQ(settings->GetMTime(), time);
  settings->SetLabels({});
  EXPECT_GT(settings->GetMTime(), time);
  time = settings->GetMTime();
  settings->SetStructureNames({ "background", "bone" });
  EXPECT_GT(settings->GetMTime(), time);
  std::ostringstream text;
  settings->Print(text);
  for (const char * const part : { "Metrics: mae dice-labels (optional)", "StructureNames: 'background' 'bone'" })
  {
    EXPECT_NE(text.str().find(part), std::string::npos) << text.str();
  }
}
