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
#include "itkEvaluationMetric.h"

#include "itkCohortTestUtilities.h"

#include <set>
#include <sstream>

namespace
{
using itk::TestUtilities::ErrorOf;
using Names = std::vector<std::string>;
} // namespace

TEST(EvaluationMetric, TableSaysWhatEachIs)
{
  std::set<std::string> names;
  EXPECT_GT(itk::EvaluationMetric::GetNumberOfMetrics(), 80u);
  for (itk::SizeValueType i = 0; i < itk::EvaluationMetric::GetNumberOfMetrics(); ++i)
  {
    const std::string name = itk::EvaluationMetric::GetName(i);
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_FALSE(itk::EvaluationMetric::GetMeaning(i).empty()) << name;
    EXPECT_FALSE(itk::EvaluationMetric::GetUnit(i).empty()) << name;
    EXPECT_TRUE(itk::EvaluationMetric::Has(name));
    EXPECT_EQ(itk::EvaluationMetric::GetIndex(name), i);
  }
  const auto indexOf = itk::EvaluationMetric::GetIndex;
  EXPECT_EQ(itk::EvaluationMetric::GetUnit(indexOf("mse-bone")), "HU^2");
  EXPECT_EQ(itk::EvaluationMetric::GetDirection(indexOf("me")), itk::EvaluationDirectionEnum::NearZero);
  EXPECT_EQ(itk::EvaluationMetric::GetDirection(indexOf("hd95-bone")), itk::EvaluationDirectionEnum::Lower);
  EXPECT_EQ(itk::EvaluationMetric::GetDirection(indexOf("ms-ssim")), itk::EvaluationDirectionEnum::Higher);
  EXPECT_EQ(itk::EvaluationMetric::GetInput(indexOf("mae")), itk::EvaluationInputEnum::Images);
  EXPECT_EQ(itk::EvaluationMetric::GetInput(indexOf("mae-labels")), itk::EvaluationInputEnum::Segmentations);
  EXPECT_EQ(itk::EvaluationMetric::GetInput(indexOf("hd-structures")), itk::EvaluationInputEnum::Structures);
  EXPECT_EQ(itk::EvaluationMetric::GetInput(indexOf("nmi")), itk::EvaluationInputEnum::MR);
  EXPECT_EQ(itk::EvaluationMetric::GetDirection(indexOf("nmi-reference")), itk::EvaluationDirectionEnum::Higher);
  EXPECT_EQ(itk::EvaluationMetric::GetParameters(indexOf("mae")), Names());
  EXPECT_EQ(itk::EvaluationMetric::GetParameters(indexOf("psnr-labels")), (Names{ "data-range-hu", "labels" }));
  EXPECT_EQ(itk::EvaluationMetric::GetParameters(indexOf("nsd-voxel-bone")),
            (Names{ "surface-tolerance-mm", "bone-threshold-hu" }));
  EXPECT_EQ(itk::EvaluationMetric::GetParameters(indexOf("dice-curve")), Names{ "dice-thresholds-hu" });

  EXPECT_FALSE(itk::EvaluationMetric::Has("maze"));
  EXPECT_EQ(ErrorOf([] { itk::EvaluationMetric::GetIndex("maze"); }), "there is no metric 'maze'");
  EXPECT_NE(ErrorOf([] { itk::EvaluationMetric::GetName(1000); }).find("there is no metric 1000, only those from 0 to"),
            std::string::npos);
  std::ostringstream text;
  text << itk::EvaluationDirectionEnum::NearZero << ' ' << itk::EvaluationInputEnum::Structures << ' '
       << itk::EvaluationInputEnum::MR;
  EXPECT_EQ(text.str(), "NearZero Structures MR");
}
