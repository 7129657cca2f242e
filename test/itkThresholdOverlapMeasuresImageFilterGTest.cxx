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
#include "itkThresholdOverlapMeasuresImageFilter.h"

#include "itkEightBitScaleImageFilter.h"
#include "itkImagePairTestUtilities.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

namespace
{

using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeNumberedImage;
using itk::TestUtilities::MakeRow;
using itk::TestUtilities::ObliqueVolumeFilter;
using itk::TestUtilities::RowFilter;
using itk::TestUtilities::VolumeFilter;
using itk::TestUtilities::volumeSize;
using ImageType = itk::TestUtilities::PairImageType;
using MaskType = itk::TestUtilities::PairMaskType;
using FilterType = itk::ThresholdOverlapMeasuresImageFilter<ImageType>;
using Region = itk::HounsfieldRegionEnum;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/** Everything that the filter counts. */
template <typename TPointer>
std::vector<itk::SizeValueType>
AllCounts(const TPointer & filter)
{
  std::vector<itk::SizeValueType> counts{ filter->GetNumberOfVoxels() };
  for (size_t i = 0; i < filter->GetNumberOfThresholds(); ++i)
  {
    counts.push_back(filter->GetNumberOfReferenceVoxels(i));
    counts.push_back(filter->GetNumberOfSyntheticVoxels(i));
    counts.push_back(filter->GetNumberOfCommonVoxels(i));
  }
  for (const Region region : { Region::Air, Region::SoftTissue, Region::Bone })
  {
    counts.push_back(filter->GetRegionNumberOfReferenceVoxels(region));
    counts.push_back(filter->GetRegionNumberOfSyntheticVoxels(region));
    counts.push_back(filter->GetRegionNumberOfCommonVoxels(region));
  }
  return counts;
}

} // namespace

TEST(ThresholdOverlapMeasuresImageFilter, ClosedForm)
{
  const auto filter = RowFilter<FilterType>({ 100, 200, 300, 400 }, { 200, 199, 301, 100 });
  filter->SetThresholds({ 200, 100, 300.5, 401 });
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 4u);
  ASSERT_EQ(filter->GetNumberOfThresholds(), 4u);
  // 200: reference 200, 300, 400; synthetic 200, 301; common only the third voxel.
  EXPECT_EQ(filter->GetThreshold(0), 200.0);
  EXPECT_EQ(filter->GetNumberOfReferenceVoxels(0), 3u);
  EXPECT_EQ(filter->GetNumberOfSyntheticVoxels(0), 2u);
  EXPECT_EQ(filter->GetNumberOfCommonVoxels(0), 1u);
  EXPECT_DOUBLE_EQ(filter->GetDice(0), 0.4);
  EXPECT_DOUBLE_EQ(filter->GetPrecision(0), 0.5);
  EXPECT_DOUBLE_EQ(filter->GetRecall(0), 1.0 / 3.0);
  // 100: all.
  EXPECT_EQ(filter->GetDice(1), 1.0);
  // 300.5: no common voxel.
  EXPECT_EQ(filter->GetNumberOfReferenceVoxels(2), 1u);
  EXPECT_EQ(filter->GetNumberOfSyntheticVoxels(2), 1u);
  EXPECT_EQ(filter->GetDice(2), 0.0);
  // 401: none.
  EXPECT_TRUE(std::isnan(filter->GetDice(3)));
  EXPECT_EQ(filter->GetNumberOfDefinedThresholds(), 3u);
  EXPECT_DOUBLE_EQ(filter->GetMeanDice(), (0.4 + 1.0 + 0.0) / 3.0);
  EXPECT_DOUBLE_EQ(filter->GetMeanPrecision(), (0.5 + 1.0 + 0.0) / 3.0);
  EXPECT_DOUBLE_EQ(filter->GetMeanRecall(), (1.0 / 3.0 + 1.0 + 0.0) / 3.0);
}

TEST(ThresholdOverlapMeasuresImageFilter, ReferenceValues)
{
  // NumPy 2.4.6 counts; f1_score, precision_score and recall_score of scikit-learn 1.9.1.
  const struct
  {
    double        threshold;
    unsigned long reference;
    unsigned long synthetic;
    unsigned long common;
    double        measures[3];
  } expected[] = { { -1500, 3845, 3845, 3845, { 1.0, 1.0, 1.0 } },
                   { -200.5, 2952, 2960, 2933, { 0.9922192151556157, 0.9908783783783783, 0.9935636856368564 } },
                   { 250, 2551, 2563, 2536, { 0.9917872506843958, 0.9894654701521655, 0.9941199529596236 } },
                   { 2999.5, 92, 102, 74, { 0.7628865979381443, 0.7254901960784313, 0.8043478260869565 } },
                   { 3100, 1, 28, 0, { 0.0, 0.0, 0.0 } },
                   { 5000, 0, 0, 0, { notANumber, notANumber, notANumber } } };

  const auto          filter = VolumeFilter<FilterType>();
  std::vector<double> thresholds;
  for (const auto & row : expected)
  {
    thresholds.push_back(row.threshold);
  }
  filter->SetThresholds(thresholds);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 3845u);
  for (size_t i = 0; i < thresholds.size(); ++i)
  {
    EXPECT_EQ(filter->GetNumberOfReferenceVoxels(i), expected[i].reference);
    EXPECT_EQ(filter->GetNumberOfSyntheticVoxels(i), expected[i].synthetic);
    EXPECT_EQ(filter->GetNumberOfCommonVoxels(i), expected[i].common);
    const double measures[] = { filter->GetDice(i), filter->GetPrecision(i), filter->GetRecall(i) };
    for (size_t k = 0; k < 3; ++k)
    {
      if (std::isnan(expected[i].measures[k]))
      {
        EXPECT_TRUE(std::isnan(measures[k]));
      }
      else
      {
        EXPECT_NEAR(measures[k], expected[i].measures[k], 1e-15);
      }
    }
  }
}

TEST(ThresholdOverlapMeasuresImageFilter, ManyThresholdsAreCountedAsOne)
{
  // Against a plain comparison of every voxel with every threshold, evenly spread and not.
  const auto filter = VolumeFilter<FilterType>();
  for (const bool even : { true, false })
  {
    if (even)
    {
      filter->SetThresholdsInSteps(-1300, 3200, 12.5);
      ASSERT_EQ(filter->GetThresholds().size(), 361u);
      EXPECT_EQ(filter->GetThresholds()[360], 3200.0);
    }
    else
    {
      std::vector<double> thresholds{ -1e300, 1e300, 0.1, 0.1 };
      for (int i = 0; i < 100; ++i)
      {
        thresholds.push_back(3.0 + 0.25 * i);
        thresholds.push_back(-std::exp(0.08 * i));
      }
      filter->SetThresholds(thresholds);
    }
    filter->Update();
    const auto reference = filter->GetReferenceImage();
    const auto synthetic = filter->GetSyntheticImage();
    const auto mask = filter->GetMaskImage();
    for (size_t t = 0; t < filter->GetNumberOfThresholds(); ++t)
    {
      const double       threshold = filter->GetThreshold(t);
      itk::SizeValueType counts[3] = { 0, 0, 0 };
      for (size_t i = 0; i < 19 * 23 * 11; ++i)
      {
        const bool inside = mask->GetBufferPointer()[i] != 0;
        const bool inReference = inside && static_cast<double>(reference->GetBufferPointer()[i]) >= threshold;
        const bool inSynthetic = inside && static_cast<double>(synthetic->GetBufferPointer()[i]) >= threshold;
        counts[0] += inReference ? 1 : 0;
        counts[1] += inSynthetic ? 1 : 0;
        counts[2] += inReference && inSynthetic ? 1 : 0;
      }
      ASSERT_EQ(filter->GetNumberOfReferenceVoxels(t), counts[0]) << threshold;
      ASSERT_EQ(filter->GetNumberOfSyntheticVoxels(t), counts[1]) << threshold;
      ASSERT_EQ(filter->GetNumberOfCommonVoxels(t), counts[2]) << threshold;
    }
  }
}

TEST(ThresholdOverlapMeasuresImageFilter, AsManyThresholdsAsThereMayBe)
{
  const auto filter = RowFilter<FilterType>({ 100, 2000, 50000 }, { 100, 50000, 2000 });
  filter->SetThresholdsInSteps(1, 100000, 1);
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfThresholds(), 100000u);
  EXPECT_EQ(filter->GetDice(99), 1.0);
  EXPECT_DOUBLE_EQ(filter->GetDice(100), 1.0);
  EXPECT_EQ(filter->GetNumberOfReferenceVoxels(100), 2u);
  EXPECT_EQ(filter->GetNumberOfCommonVoxels(2000), 0u);
  EXPECT_EQ(filter->GetNumberOfSyntheticVoxels(49999), 1u);
  EXPECT_EQ(filter->GetNumberOfSyntheticVoxels(50000), 0u);
  EXPECT_EQ(filter->GetNumberOfDefinedThresholds(), 50000u);
  EXPECT_DOUBLE_EQ(filter->GetMeanDice(), 2000.0 / 50000.0);
}

TEST(ThresholdOverlapMeasuresImageFilter, ThresholdsMayCrowd)
{
  // Some lie much closer together than the rest, and values at either end of the numbers.
  const std::vector<double> thresholds{ 0.0, 1e-7, 2e-7, 3e-7, 4e-7, 1000.0, 1e30 };
  const std::vector<double> values{ -infinity, -1.0, 0.0, 1.5e-7, 3e-7, 5e-7, 999.0, 1000.0, 2e30, infinity };
  std::vector<double>       reversed(values.rbegin(), values.rend());
  const auto                filter = RowFilter<FilterType>(values, reversed);
  filter->SetThresholds(thresholds);
  filter->Update();
  const auto reached = [](double value, double threshold) { return static_cast<float>(value) >= threshold; };
  for (size_t i = 0; i < thresholds.size(); ++i)
  {
    itk::SizeValueType reference = 0;
    itk::SizeValueType common = 0;
    for (size_t k = 0; k < values.size(); ++k)
    {
      reference += reached(values[k], thresholds[i]);
      common += reached(values[k], thresholds[i]) && reached(reversed[k], thresholds[i]);
    }
    EXPECT_EQ(filter->GetNumberOfReferenceVoxels(i), reference) << thresholds[i];
    EXPECT_EQ(filter->GetNumberOfSyntheticVoxels(i), reference) << thresholds[i];
    EXPECT_EQ(filter->GetNumberOfCommonVoxels(i), common) << thresholds[i];
  }
}

TEST(ThresholdOverlapMeasuresImageFilter, GreyLevelsAreThoseOfTheEightBitImages)
{
  // NumPy 2.4.6, on 8-bit images of the window [-500, 1500] HU; means over 40, 45, ..., 70 % of 255.
  const auto filter = VolumeFilter<FilterType>();
  filter->SetGreyLevelThresholds();
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfThresholds(), 7u);
  EXPECT_EQ(filter->GetNumberOfDefinedThresholds(), 7u);
  EXPECT_NEAR(filter->GetMeanDice(), 0.9897291722136174, 1e-15);
  EXPECT_NEAR(filter->GetMeanPrecision(), 0.9874337427979659, 1e-15);
  EXPECT_NEAR(filter->GetMeanRecall(), 0.9920354483037279, 1e-15);
  EXPECT_NEAR(filter->GetDice(0), 0.990657920890479, 1e-15);
  EXPECT_NEAR(filter->GetDice(6), 0.9891166793216907, 1e-15);

  // Setting what is set already changes nothing.
  const auto time = filter->GetMTime();
  filter->SetGreyLevelThresholds();
  EXPECT_EQ(filter->GetMTime(), time);

  // Through the filter that makes such images, for another window.
  filter->SetGreyLevelThresholds(0.1, 1.0, 0.1);
  filter->SetGreyWindowLevel(300);
  filter->SetGreyWindowWidth(1600);
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfThresholds(), 10u);
  const auto thresholds = filter->GetThresholds();
  ASSERT_EQ(thresholds.size(), 10u);
  // 25.5 of 255 rounds to 26: -500 + 1600 * 25.5 / 255.
  EXPECT_DOUBLE_EQ(thresholds[0], -340.0);
  using GreyType = itk::Image<unsigned char, 3>;
  const auto greyOf = [](const ImageType * image) {
    auto scale = itk::EightBitScaleImageFilter<ImageType>::New();
    scale->SetInput(image);
    scale->ComputeConstantsOff();
    scale->SetWindowWidth(1600);
    scale->SetWindowLevel(300);
    scale->Update();
    return GreyType::Pointer(scale->GetOutput());
  };
  auto grey = itk::ThresholdOverlapMeasuresImageFilter<GreyType>::New();
  grey->SetReferenceImage(greyOf(filter->GetReferenceImage()));
  grey->SetSyntheticImage(greyOf(filter->GetSyntheticImage()));
  grey->SetMaskImage(filter->GetMaskImage());
  grey->SetThresholds({ 25.5, 51, 76.5, 102, 127.5, 153, 178.5, 204, 229.5, 255 });
  grey->Update();
  for (size_t i = 0; i < 10; ++i)
  {
    EXPECT_EQ(filter->GetNumberOfReferenceVoxels(i), grey->GetNumberOfReferenceVoxels(i)) << i;
    EXPECT_EQ(filter->GetNumberOfSyntheticVoxels(i), grey->GetNumberOfSyntheticVoxels(i)) << i;
    EXPECT_EQ(filter->GetNumberOfCommonVoxels(i), grey->GetNumberOfCommonVoxels(i)) << i;
  }
}

TEST(ThresholdOverlapMeasuresImageFilter, Regions)
{
  // NumPy 2.4.6, on images clipped to [-1000, 3000].
  const struct
  {
    Region        region;
    unsigned long reference;
    unsigned long synthetic;
    unsigned long common;
    double        measures[3];
  } expected[] = {
    { Region::Air, 714, 701, 686, { 0.9696113074204947, 0.978601997146933, 0.9607843137254902 } },
    { Region::SoftTissue, 446, 442, 400, { 0.9009009009009009, 0.9049773755656109, 0.8968609865470852 } },
    { Region::Bone, 2551, 2563, 2536, { 0.9917872506843958, 0.9894654701521655, 0.9941199529596236 } }
  };
  const auto filter = VolumeFilter<FilterType>();
  filter->Update();
  for (const auto & row : expected)
  {
    EXPECT_EQ(filter->GetRegionNumberOfReferenceVoxels(row.region), row.reference);
    EXPECT_EQ(filter->GetRegionNumberOfSyntheticVoxels(row.region), row.synthetic);
    EXPECT_EQ(filter->GetRegionNumberOfCommonVoxels(row.region), row.common);
    EXPECT_NEAR(filter->GetRegionDice(row.region), row.measures[0], 1e-15);
    EXPECT_NEAR(filter->GetRegionPrecision(row.region), row.measures[1], 1e-15);
    EXPECT_NEAR(filter->GetRegionRecall(row.region), row.measures[2], 1e-15);
  }
}

TEST(ThresholdOverlapMeasuresImageFilter, RegionsAreClosedIntervalsOfClippedValues)
{
  const std::vector<double> values{
    -infinity, -2048, -1000, -400, -399.5, -250.5, -250, 0, 250, 250.5, 3000, infinity
  };
  const auto filter = RowFilter<FilterType>(values, values);
  const auto count = [&](Region region) {
    filter->Update();
    EXPECT_EQ(filter->GetRegionNumberOfCommonVoxels(region), filter->GetRegionNumberOfReferenceVoxels(region));
    return filter->GetRegionNumberOfReferenceVoxels(region);
  };
  EXPECT_EQ(count(Region::Air), 4u);
  EXPECT_EQ(count(Region::SoftTissue), 3u);
  EXPECT_EQ(count(Region::Bone), 4u);

  filter->SetRegionBounds(Region::Bone, 250.25, 2999);
  EXPECT_EQ(count(Region::Bone), 1u);
  filter->SetRegionBounds(Region::Bone, 3000, 3000);
  EXPECT_EQ(count(Region::Bone), 2u);
  filter->SetRegionBounds(Region::Bone, 3000.5, 4000);
  EXPECT_EQ(count(Region::Bone), 0u);
  filter->SetRegionBounds(Region::Air, -4000, -1000.5);
  EXPECT_EQ(count(Region::Air), 0u);
  filter->SetRegionBounds(Region::Air, -infinity, infinity);
  EXPECT_EQ(count(Region::Air), 12u);
  filter->SetWindowMinimum(0);
  filter->SetRegionBounds(Region::SoftTissue, -10, 0);
  EXPECT_EQ(count(Region::SoftTissue), 8u);
}

TEST(ThresholdOverlapMeasuresImageFilter, EmptySets)
{
  const auto filter = RowFilter<FilterType>({ 0, 500 }, { 0, 100 });
  filter->SetThresholds({ 250, 600, -100 });
  filter->Update();
  // One empty: 0, the precision too.
  EXPECT_EQ(filter->GetDice(0), 0.0);
  EXPECT_EQ(filter->GetPrecision(0), 0.0);
  EXPECT_EQ(filter->GetRecall(0), 0.0);
  // Both empty: not defined.
  EXPECT_TRUE(std::isnan(filter->GetDice(1)));
  EXPECT_TRUE(std::isnan(filter->GetPrecision(1)));
  EXPECT_TRUE(std::isnan(filter->GetRecall(1)));
  EXPECT_EQ(filter->GetMeanDice(), 0.5);
  EXPECT_EQ(filter->GetRegionDice(Region::Bone), 0.0);
  EXPECT_TRUE(std::isnan(filter->GetRegionDice(Region::Air)));

  filter->SetMaskImage(MakeRow<MaskType>({ 0, 0 }));
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 0u);
  EXPECT_TRUE(std::isnan(filter->GetDice(2)));
  EXPECT_EQ(filter->GetNumberOfDefinedThresholds(), 0u);
  EXPECT_TRUE(std::isnan(filter->GetMeanDice()));
  EXPECT_TRUE(std::isnan(filter->GetMeanPrecision()));
  EXPECT_TRUE(std::isnan(filter->GetMeanRecall()));
}

TEST(ThresholdOverlapMeasuresImageFilter, NaN)
{
  // Outside the mask it does not matter, inside it is in no set.
  const auto filter =
    RowFilter<FilterType>({ notANumber, 300, notANumber, 300 }, { 300, notANumber, 300, 300 }, { 1, 1, 0, 1 });
  filter->SetThresholds({ -5000, 200 });
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 3u);
  for (size_t i = 0; i < 2; ++i)
  {
    EXPECT_EQ(filter->GetNumberOfReferenceVoxels(i), 2u);
    EXPECT_EQ(filter->GetNumberOfSyntheticVoxels(i), 2u);
    EXPECT_EQ(filter->GetNumberOfCommonVoxels(i), 1u);
  }
  filter->SetRegionBounds(Region::Air, -infinity, infinity);
  filter->Update();
  EXPECT_EQ(filter->GetRegionNumberOfReferenceVoxels(Region::Air), 2u);
  EXPECT_EQ(filter->GetRegionNumberOfCommonVoxels(Region::Air), 1u);
}

TEST(ThresholdOverlapMeasuresImageFilter, IdenticalAndConstantImages)
{
  const auto filter = RowFilter<FilterType>({ 300, 300, 300 }, { 300, 300, 300 });
  filter->SetThresholds({ 299, 300, 301 });
  filter->Update();
  EXPECT_EQ(filter->GetDice(0), 1.0);
  EXPECT_EQ(filter->GetDice(1), 1.0);
  EXPECT_TRUE(std::isnan(filter->GetDice(2)));
  EXPECT_EQ(filter->GetRegionDice(Region::Bone), 1.0);
}

TEST(ThresholdOverlapMeasuresImageFilter, SameForAnyNumberOfThreadsAndDivisions)
{
  const auto filter = VolumeFilter<FilterType>();
  filter->SetThresholdsInSteps(-1000, 3000, 100);
  filter->SetNumberOfWorkUnits(1);
  filter->Update();
  const auto expected = AllCounts(filter);
  for (const unsigned int workUnits : { 2u, 3u, 7u })
  {
    for (const unsigned int divisions : { 1u, 4u, 100u })
    {
      filter->SetNumberOfWorkUnits(workUnits);
      filter->SetNumberOfStreamDivisions(divisions);
      filter->Modified();
      filter->Update();
      EXPECT_EQ(AllCounts(filter), expected);
    }
  }
}

TEST(ThresholdOverlapMeasuresImageFilter, ObliqueAndFlatImages)
{
  const auto countsOf = [](const auto & filter) {
    filter->SetThresholdsInSteps(-1000, 3000, 100);
    filter->SetNumberOfStreamDivisions(3);
    filter->Update();
    return AllCounts(filter);
  };
  const auto expected = countsOf(VolumeFilter<FilterType>());
  EXPECT_EQ(countsOf(ObliqueVolumeFilter<FilterType>()), expected);

  // The same voxels in two axes.
  using FlatType = itk::Image<float, 2>;
  using FlatMaskType = itk::Image<unsigned char, 2>;
  const FlatType::SizeType size{ { volumeSize[0], volumeSize[1] * volumeSize[2] } };
  auto                     flat = itk::ThresholdOverlapMeasuresImageFilter<FlatType>::New();
  flat->SetReferenceImage(MakeNumberedImage<FlatType>(size, itk::TestUtilities::ReferenceValue));
  flat->SetSyntheticImage(MakeNumberedImage<FlatType>(size, itk::TestUtilities::SyntheticValue));
  flat->SetMaskImage(MakeNumberedImage<FlatMaskType>(size, itk::TestUtilities::MaskValue));
  EXPECT_EQ(countsOf(flat), expected);
}

TEST(ThresholdOverlapMeasuresImageFilter, RefusesBadInput)
{
  const auto filter = VolumeFilter<FilterType>();
  filter->Update();
  ExpectError([&] { filter->GetDice(0); }, "no threshold with index 0");
  ExpectError([&] { filter->GetThreshold(0); }, "no threshold with index 0");
  ExpectError([&] { filter->GetRegionDice(Region::Body); }, "should be air, soft tissue or bone");
  ExpectError([&] { filter->SetThresholdsInSteps(notANumber, 1, 1); }, "from nan");
  ExpectError([&] { filter->SetThresholdsInSteps(2, 1, 1); }, "from 2 to 1");
  ExpectError([&] { filter->SetThresholdsInSteps(0, 1, 0); }, "steps of 0");
  ExpectError([&] { filter->SetThresholdsInSteps(0, infinity, 1); }, "to inf");
  ExpectError([&] { filter->SetThresholdsInSteps(0, 1, infinity); }, "steps of inf");
  ExpectError([&] { filter->SetThresholdsInSteps(0, 1, 1e-9); }, "at most 100000");
  ExpectError([&] { filter->SetGreyLevelThresholds(0.0); }, "[0, 0.7]");
  ExpectError([&] { filter->SetGreyLevelThresholds(0.4, 1.1); }, "[0.4, 1.1]");
  ExpectError([&] { filter->SetGreyLevelThresholds(0.4, 0.7, -1); }, "steps of -1");
  // A window among the shares is not one.
  ExpectError([&] { filter->SetGreyLevelThresholds(500, 2000, 0.05); }, "[500, 2000]");
  filter->SetGreyWindowLevel(notANumber);
  ExpectError([&] { filter->Update(); }, "GreyWindowLevel is nan");
  filter->SetGreyWindowLevel(500);
  for (const double width : { 0.0, -1.0, notANumber, infinity })
  {
    filter->SetGreyWindowWidth(width);
    ExpectError([&] { filter->Update(); }, "and GreyWindowWidth");
  }
  filter->SetGreyWindowWidth(2000);
  filter->SetThresholds({ 1, notANumber });
  ExpectError([&] { filter->Update(); }, "threshold is nan");
  filter->SetThresholds({ infinity });
  ExpectError([&] { filter->Update(); }, "threshold is inf");
  filter->SetThresholds({});
  filter->SetWindowMinimum(3000);
  ExpectError([&] { filter->Update(); }, "WindowMinimum is 3000");
  filter->SetWindowMinimum(-1000);
  filter->SetSyntheticImage(MakeRow<ImageType>({ 1, 2 }));
  ExpectError([&] { filter->Update(); }, "SyntheticImage has another grid than the image: size");
}

TEST(ThresholdOverlapMeasuresImageFilter, Prints)
{
  const auto filter = VolumeFilter<FilterType>();
  filter->SetThresholds({ 250, 600 });
  filter->Update();
  std::ostringstream text;
  filter->Print(text);
  EXPECT_NE(text.str().find("Thresholds: 250 600"), std::string::npos);
  EXPECT_NE(text.str().find("NumberOfVoxels: 3845"), std::string::npos);
  EXPECT_NE(text.str().find("GreyWindowLevel: 500"), std::string::npos);
  EXPECT_NE(text.str().find("GreyWindowWidth: 2000"), std::string::npos);
  filter->SetGreyLevelThresholds(0.5, 1.0, 0.25);
  filter->Print(text);
  EXPECT_NE(text.str().find("GreyShares: 0.5 0.75 1"), std::string::npos);
}
