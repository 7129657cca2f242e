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
#include "itkNetworkModelCard.h"

#include "itkMacro.h"

#include "gtest/gtest.h"

#include <sstream>

namespace
{
const std::string cardText = R"({
  "version": 1, "name": "n", "description": "d",
  "network": { "type": "light-unet", "in-channels": 1, "out-channels": 1, "base-channels": 8, "levels": 3 },
  "inputs": [ { "name": "mr", "modality": "MR", "intensity": { "transform": "percentile", "lower": 1, "upper": 99.9,
                "output-minimum": -1, "output-maximum": 1 } },
              { "name": "t2", "modality": "MR", "intensity": { "transform": "z-score" } } ],
  "preprocessing": { "bias-correction": true, "spacing": [1, 1.5, 2], "orientation": "LPS", "mask": "body" },
  "outputs": [ { "name": "sct", "kind": "hounsfield", "range": [0, 1], "hounsfield": [-1000, 3000] },
               { "name": "bone", "kind": "probability" } ],
  "inference": { "plane": "axial", "patch-size": [192, 224], "overlap": 0.25, "blending": "gaussian", "batch": 4,
                 "padding": null },
  "provenance": { "training-data": "phantoms" }, "license": "Apache-2.0", "x-mine": { "a": [1, 2] } })";

std::string
Replaced(const std::string & what, const std::string & with)
{
  std::string text = cardText;
  const auto  position = text.find(what);
  EXPECT_NE(position, std::string::npos) << what;
  return text.replace(position, what.size(), with);
}

std::string
ErrorOf(const std::string & text)
{
  try
  {
    itk::NetworkModelCard::FromJSON(text);
  }
  catch (const itk::ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}
} // namespace

TEST(NetworkModelCard, ReadsEveryField)
{
  const auto card = itk::NetworkModelCard::FromJSON(cardText);
  EXPECT_EQ(card.Name, "n");
  EXPECT_EQ(card.Description, "d");
  ASSERT_TRUE(card.Net.has_value());
  EXPECT_EQ(card.Net->Type, "light-unet");
  EXPECT_EQ(card.Net->BaseChannels, 8u);
  EXPECT_EQ(card.Net->Levels, 3u);
  ASSERT_EQ(card.Inputs.size(), 2u);
  EXPECT_EQ(card.Inputs[0].Transform, itk::IntensityTransformEnum::Percentile);
  EXPECT_EQ(card.Inputs[0].Upper, 99.9);
  EXPECT_EQ(card.Inputs[1].Transform, itk::IntensityTransformEnum::ZScore);
  EXPECT_TRUE(card.Preprocess.BiasCorrection);
  EXPECT_EQ(card.Preprocess.Spacing.value()[1], 1.5);
  EXPECT_EQ(card.Preprocess.Orientation, "LPS");
  EXPECT_EQ(card.Preprocess.Mask, itk::PreprocessingMaskEnum::Body);
  ASSERT_EQ(card.Outputs.size(), 2u);
  EXPECT_EQ(card.Outputs[0].Hounsfield[1], 3000.0);
  EXPECT_EQ(card.Outputs[1].Kind, itk::OutputKindEnum::BoneProbability);
  EXPECT_EQ(card.Infer.PatchSize, (std::vector<unsigned int>{ 192, 224 }));
  EXPECT_EQ(card.Infer.Overlap, (std::vector<double>{ 0.25 }));
  EXPECT_EQ(card.Infer.GaussianScale, 0.125);
  EXPECT_EQ(card.Infer.Blending, itk::BlendingEnum::Gaussian);
  EXPECT_EQ(card.Infer.Batch, 4u);
  EXPECT_EQ(card.Infer.PaddingRule, itk::PaddingRuleEnum::Minimum);
  EXPECT_FALSE(card.Inputs[1].KeepOutsideMask);
  EXPECT_EQ(card.Infer.Tiles, itk::TileRuleEnum::Interval);
  EXPECT_EQ(card.Infer.Slices, 1u);
  EXPECT_TRUE(card.Infer.Mirror.empty());
  EXPECT_EQ(card.Infer.Combine, itk::CombinationEnum::Mean);
  EXPECT_TRUE(card.Infer.Scale.empty());
  EXPECT_EQ(card.License, "Apache-2.0");
}

TEST(NetworkModelCard, ReadsTheOptionalKeysOfInference)
{
  const auto card = itk::NetworkModelCard::FromJSON(
    Replaced("\"padding\": null",
             "\"padding\": null, \"tiles\": \"even\", \"slices\": 3, \"mirror\": [1, 0], "
             "\"combination\": \"median\", \"scale\": [0.5, 2]"));
  EXPECT_EQ(card.Infer.Tiles, itk::TileRuleEnum::Even);
  EXPECT_EQ(card.Infer.Slices, 3u);
  EXPECT_EQ(card.Infer.Mirror, (std::vector<unsigned int>{ 1, 0 }));
  EXPECT_EQ(card.Infer.Combine, itk::CombinationEnum::Median);
  EXPECT_EQ(card.Infer.Scale, (std::vector<double>{ 0.5, 2.0 }));
  EXPECT_EQ(itk::NetworkModelCard::FromJSON(card.ToJSON()).ToJSON(), card.ToJSON());
}

TEST(NetworkModelCard, ReadsWhatDiffersFromAxisToAxisAndAroundTheImage)
{
  const auto read = [](const std::string & key, const std::string & text) {
    const auto card = itk::NetworkModelCard::FromJSON(Replaced(key, text));
    EXPECT_EQ(itk::NetworkModelCard::FromJSON(card.ToJSON()).ToJSON(), card.ToJSON());
    return card.Infer;
  };
  EXPECT_EQ(read("\"overlap\": 0.25", "\"overlap\": [0.5, 0]").Overlap, (std::vector<double>{ 0.5, 0.0 }));
  EXPECT_EQ(read("\"batch\": 4", "\"batch\": 4, \"gaussian-scale\": 0.25").GaussianScale, 0.25);
  const auto constant = read("\"padding\": null", "\"padding\": -1.5");
  EXPECT_EQ(constant.PaddingRule, itk::PaddingRuleEnum::Constant);
  EXPECT_EQ(constant.PaddingValue, -1.5);
  EXPECT_EQ(read("\"padding\": null", "\"padding\": \"replicate\"").PaddingRule, itk::PaddingRuleEnum::Replicate);
  // Cards are written as they were before there were these choices, unless one of them is made.
  const std::string text = itk::NetworkModelCard::FromJSON(cardText).ToJSON();
  EXPECT_NE(text.find("\"overlap\": 0.25"), std::string::npos);
  EXPECT_NE(text.find("\"padding\": null"), std::string::npos);
  EXPECT_EQ(text.find("gaussian-scale"), std::string::npos);
  EXPECT_EQ(text.find("keep-outside-mask"), std::string::npos);
}

TEST(NetworkModelCard, ReadsTheConstantsOfEachTransform)
{
  const std::string transform = "\"transform\": \"z-score\"";
  const auto        read = [&](const std::string & intensity) {
    const auto card = itk::NetworkModelCard::FromJSON(Replaced(transform, intensity));
    EXPECT_EQ(itk::NetworkModelCard::FromJSON(card.ToJSON()).ToJSON(), card.ToJSON());
    return card.Inputs[1];
  };
  const auto foreground = read(R"("transform": "ct-foreground", "lower": -900, "upper": 1300.5, "mean": 60,
                                  "standard-deviation": 320)");
  EXPECT_EQ(foreground.Transform, itk::IntensityTransformEnum::CTForeground);
  EXPECT_EQ(foreground.Lower, -900.0);
  EXPECT_EQ(foreground.Upper, 1300.5);
  EXPECT_EQ(foreground.Mean, 60.0);
  EXPECT_EQ(foreground.StandardDeviation, 320.0);

  const auto window = read(R"("transform": "eight-bit", "lower": -500, "upper": 1500, "slice-by-slice": false,
                              "output-minimum": 0, "output-maximum": 255)");
  EXPECT_EQ(window.Transform, itk::IntensityTransformEnum::EightBit);
  EXPECT_FALSE(window.OwnRange);
  EXPECT_EQ(window.Lower, -500.0);
  EXPECT_EQ(window.OutputMaximum, 255.0);

  const auto own = read(R"("transform": "eight-bit", "lower": null, "upper": null, "slice-by-slice": true,
                           "output-minimum": 0, "output-maximum": 1)");
  EXPECT_TRUE(own.OwnRange);
  EXPECT_TRUE(own.SliceBySlice);

  EXPECT_TRUE(read(R"("transform": "z-score", "keep-outside-mask": true)").KeepOutsideMask);
  EXPECT_FALSE(read(R"("transform": "z-score", "keep-outside-mask": false)").KeepOutsideMask);

  const std::string foregroundEnd = R"("transform": "ct-foreground", "lower": 0, "upper": 1, "mean": 0)";
  const std::string range = R"(, "output-minimum": 0, "output-maximum": 1)";
  const std::vector<std::array<std::string, 2>> cases{
    { foregroundEnd, "'inputs[1].intensity.standard-deviation' is missing" },
    { foregroundEnd + R"(, "standard-deviation": 0)", "'inputs[1].intensity.standard-deviation' should be" },
    { R"("transform": "ct-foreground", "lower": 1, "upper": 1)", "'inputs[1].intensity.upper'" },
    { R"("transform": "eight-bit", "lower": null, "upper": 1, "slice-by-slice": false)" + range,
      "'inputs[1].intensity.lower'" },
    { R"("transform": "eight-bit", "lower": 0, "upper": 1, "slice-by-slice": true)" + range,
      "'inputs[1].intensity.slice-by-slice' should be false where 'lower'" },
    { R"("transform": "eight-bit", "lower": 0, "upper": 1)" + range, "'inputs[1].intensity.slice-by-slice'" },
    { R"("transform": "z-score", "keep-outside-mask": 1)", "'inputs[1].intensity.keep-outside-mask' should be" },
    { R"("transform": "none", "keep-outside-mask": true)", "'inputs[1].intensity.keep-outside-mask' is not a known" },
    { R"("transform": "z-score", "lower": 0)", "'inputs[1].intensity.lower' is not a known key" },
  };
  for (const auto & wrong : cases)
  {
    const std::string error = ErrorOf(Replaced(transform, wrong[0]));
    EXPECT_NE(error.find(wrong[1]), std::string::npos) << wrong[0] << " gave: " << error;
  }
}

TEST(NetworkModelCard, SlicesOfTheirOwnRangeNeedAPlane)
{
  auto card = itk::NetworkModelCard::FromJSON(cardText);
  card.Inputs[1].Transform = itk::IntensityTransformEnum::EightBit;
  card.Inputs[1].OwnRange = true;
  card.Inputs[1].SliceBySlice = true;
  EXPECT_EQ(ErrorOf(card.ToJSON()), "");
  card.Infer.Plane = itk::InferencePlaneEnum::Orthogonal;
  EXPECT_NE(ErrorOf(card.ToJSON()).find("'inputs[1].intensity.slice-by-slice' should be false where the plane"),
            std::string::npos);
}

TEST(NetworkModelCard, LabelsHaveNoHounsfieldUnits)
{
  const auto card = itk::NetworkModelCard::FromJSON(Replaced("\"kind\": \"probability\"", "\"kind\": \"label\""));
  EXPECT_EQ(card.Outputs[1].Kind, itk::OutputKindEnum::Label);
  EXPECT_FALSE(card.Outputs[1].HasHounsfieldRange());
  EXPECT_TRUE(card.Outputs[0].HasHounsfieldRange());
  EXPECT_EQ(itk::NetworkModelCard::FromJSON(card.ToJSON()).ToJSON(), card.ToJSON());
}

TEST(NetworkModelCard, WritesWhatItReads)
{
  const std::string once = itk::NetworkModelCard::FromJSON(cardText).ToJSON();
  EXPECT_EQ(itk::NetworkModelCard::FromJSON(once).ToJSON(), once);
  EXPECT_NE(once.find("x-mine"), std::string::npos);
  EXPECT_NE(once.find("phantoms"), std::string::npos);
}

TEST(NetworkModelCard, NamesTheKeyThatIsWrong)
{
  const std::vector<std::array<std::string, 3>> cases{
    { "\"version\": 1", "\"version\": 2", "'version'" },
    { "\"name\": \"n\", ", "", "'name' is missing" },
    { "\"description\": \"d\"", "\"description\": 3", "'description'" },
    { "\"levels\": 3", "\"levels\": 0", "'network.levels'" },
    { "\"levels\": 3", "\"levels\": 3, \"depth\": 3", "'network.depth' is not a known key" },
    { "\"base-channels\": 8", "\"base-channels\": 8.5", "'network.base-channels'" },
    { "\"transform\": \"z-score\"", "\"transform\": \"zscore\"", "'inputs[1].intensity.transform'" },
    { "\"upper\": 99.9", "\"upper\": 1", "'inputs[0].intensity.upper'" },
    { "\"output-maximum\": 1 ", "\"output-maximum\": -1 ", "'inputs[0].intensity.output-maximum'" },
    { "\"bias-correction\": true", "\"bias-correction\": 1", "'preprocessing.bias-correction'" },
    { "[1, 1.5, 2]", "[1, -1, 2]", "'preprocessing.spacing'" },
    { "[1, 1.5, 2]", "[1, 2]", "'preprocessing.spacing'" },
    { "\"LPS\"", "\"LRS\"", "'preprocessing.orientation'" },
    { "\"mask\": \"body\"", "\"mask\": \"otsu\"", "'preprocessing.mask'" },
    { "\"range\": [0, 1]", "\"range\": [1, 0]", "'outputs[0].range'" },
    { "\"hounsfield\": [-1000, 3000]", "\"hounsfield\": [-1000]", "'outputs[0].hounsfield'" },
    { "\"kind\": \"probability\"", "\"kind\": \"bone\"", "'outputs[1].kind'" },
    { "[192, 224]", "[192, 224, 1]", "'inference.patch-size'" },
    { "[192, 224]", "[192, -4]", "'inference.patch-size[1]'" },
    { "\"overlap\": 0.25", "\"overlap\": 1.0", "'inference.overlap'" },
    { "\"overlap\": 0.25", "\"overlap\": \"half\"", "'inference.overlap' should be in [0, 1)" },
    { "\"overlap\": 0.25", "\"overlap\": [0.5]", "'inference.overlap' should be a number, or an array of 2" },
    { "\"overlap\": 0.25", "\"overlap\": []", "'inference.overlap' should be a number, or an array of 2" },
    { "\"overlap\": 0.25", "\"overlap\": [0.5, 1.0]", "'inference.overlap' should be in [0, 1)" },
    { "\"batch\": 4", "\"batch\": 4, \"gaussian-scale\": 0", "'inference.gaussian-scale'" },
    { "\"batch\": 4", "\"batch\": 4, \"gaussian-scale\": \"wide\"", "'inference.gaussian-scale'" },
    { "\"blending\": \"gaussian\"", "\"blending\": \"mean\"", "'inference.blending'" },
    { "\"batch\": 4", "\"batch\": 0", "'inference.batch'" },
    { "\"padding\": null", "\"padding\": \"min\"", "'inference.padding' should be a number, null or 'replicate'" },
    { "\"plane\": \"axial\"", "\"plane\": \"oblique\"", "'inference.plane'" },
    { "\"batch\": 4", "\"batch\": 4, \"tiles\": \"odd\"", "'inference.tiles'" },
    { "\"batch\": 4", "\"batch\": 4, \"slices\": 2", "'inference.slices'" },
    { "\"batch\": 4", "\"batch\": 4, \"mirror\": [2]", "'inference.mirror'" },
    { "\"batch\": 4", "\"batch\": 4, \"mirror\": [1, 1]", "'inference.mirror'" },
    { "\"batch\": 4", "\"batch\": 4, \"combination\": \"mode\"", "'inference.combination'" },
    { "\"batch\": 4", "\"batch\": 4, \"scale\": [1]", "'inference.scale'" },
    { "\"batch\": 4", "\"batch\": 4, \"scale\": [1, 0]", "'inference.scale'" },
    { "{ \"training-data\": \"phantoms\" }", "\"phantoms\"", "'provenance'" },
    { "\"x-mine\"", "\"mine\"", "'mine' is not a known key" },
  };
  for (const auto & wrong : cases)
  {
    const std::string error = ErrorOf(Replaced(wrong[0], wrong[1]));
    EXPECT_NE(error.find(wrong[2]), std::string::npos) << wrong[1] << " gave: " << error;
  }
  EXPECT_NE(ErrorOf("{").find("not JSON"), std::string::npos);
  EXPECT_NE(ErrorOf("[]").find("should be an object"), std::string::npos);
}

TEST(NetworkModelCard, EnumsPrintTheirNames)
{
  std::ostringstream out;
  out << itk::BlendingEnum::Gaussian << ' ' << itk::InferencePlaneEnum::Volume << ' '
      << itk::PreprocessingMaskEnum::ConvexHull << ' ' << itk::OutputKindEnum::BoneHounsfield << ' '
      << itk::IntensityTransformEnum::ZScore << ' ' << itk::TileRuleEnum::Even << ' ' << itk::CombinationEnum::Median;
  EXPECT_EQ(out.str(),
            "gaussian volume "
            "convex-hull bone-hounsfield "
            "z-score even "
            "median");
}

TEST(NetworkModelCard, TheExampleIsACard)
{
  const auto        example = itk::NetworkModelCard::GetExample();
  const std::string text = example.ToJSON();
  EXPECT_EQ(itk::NetworkModelCard::FromJSON(text).ToJSON(), text);
  EXPECT_EQ(example.Inputs.size(), 1u);
  EXPECT_EQ(example.Outputs.size(), 1u);
  EXPECT_EQ(example.Outputs[0].Kind, itk::OutputKindEnum::Hounsfield);
}
