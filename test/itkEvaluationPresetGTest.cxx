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
#include "itkEvaluationPreset.h"

#include "itkCohortTestUtilities.h"
#include "itkEvaluationMetric.h"

namespace
{
using itk::TestUtilities::ErrorOf;
using Labels = std::vector<unsigned short>;
} // namespace

TEST(EvaluationPreset, TableIsMadeOfMetrics)
{
  for (const char * const name : { "errors",
                                   "synthrad2023",
                                   "synthrad2025",
                                   "roi-multitask",
                                   "light-unet",
                                   "ngf-pix2pix",
                                   "afp",
                                   "region-specific",
                                   "mr-agreement" })
  {
    ASSERT_TRUE(itk::EvaluationPreset::Has(name));
    const auto preset = itk::EvaluationPreset::GetIndex(name);
    EXPECT_EQ(itk::EvaluationPreset::GetName(preset), name);
    EXPECT_FALSE(itk::EvaluationPreset::GetMeaning(preset).empty());
    EXPECT_GE(itk::EvaluationPreset::GetNumberOfMetrics(preset), 3u);
    for (itk::SizeValueType i = 0; i < itk::EvaluationPreset::GetNumberOfMetrics(preset); ++i)
    {
      const auto metric = itk::EvaluationMetric::GetIndex(itk::EvaluationPreset::GetMetric(preset, i));
      // What a case may lack is optional, and nothing else is.
      EXPECT_EQ(itk::EvaluationPreset::GetIsOptional(preset, i),
                itk::EvaluationMetric::GetInput(metric) != itk::EvaluationInputEnum::Images);
    }
  }
  EXPECT_EQ(itk::EvaluationPreset::GetNumberOfPresets(), 9u);
  EXPECT_EQ(ErrorOf([] { itk::EvaluationPreset::GetIndex("mae"); }), "there is no preset 'mae'");
  EXPECT_EQ(ErrorOf([] { itk::EvaluationPreset::GetName(9); }), "there is no preset 9, only those from 0 to 8");
  EXPECT_EQ(ErrorOf([] { itk::EvaluationPreset::GetMetric(1, 3); }),
            "the preset 'synthrad2023' has no metric 3, only those from 0 to 2");
}

TEST(EvaluationPreset, ListsOfLabels)
{
  using List = itk::EvaluationLabelList;
  EXPECT_EQ(List::GetNumberOfLists(), 3u);
  EXPECT_EQ(List::GetName(1), "synthrad2025-hn");
  EXPECT_EQ(List::GetText(1), "26-50,79,90,91");
  EXPECT_EQ(ErrorOf([] { List::GetText(3); }), "there is no list of labels 3, only those from 0 to 2");

  EXPECT_EQ(List::GetLabels({}), Labels());
  EXPECT_EQ(List::GetLabels({ "3", "5-7", "6", "65535" }), (Labels{ 3, 5, 6, 7, 65535 }));
  const Labels head = List::GetLabels({ "synthrad2025-hn" });
  EXPECT_EQ(head.size(), 28u);
  EXPECT_EQ(head.front(), 26);
  EXPECT_EQ(head.back(), 91);
  EXPECT_EQ(List::GetLabels({ "synthrad2025-ab" }).size(), 4u + 5u + 25u + 1u + 24u + 1u);
  EXPECT_EQ(List::GetLabels({ "synthrad2025-th" }).size(), 2u + 5u + 25u + 1u + 24u + 1u);
  for (const char * const bad : { "", "0", "-", "7-", "-7", "7-5", "65536", "1.5", "bone", "1-2-3", "99999999999" })
  {
    EXPECT_NE(ErrorOf([&] { List::GetLabels({ bad }); }).find(std::string("'") + bad + "' is no label"),
              std::string::npos)
      << bad;
  }
}
