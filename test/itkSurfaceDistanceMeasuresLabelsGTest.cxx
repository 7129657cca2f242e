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
#include "itkSurfaceDistanceTestUtilities.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <sstream>

namespace
{

using namespace itk::TestUtilities::SurfaceDistance;
using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeImage;

} // namespace

TEST(SurfaceDistanceMeasuresImageFilter, OneOrBothEmpty)
{
  const SizeType size{ { 6, 7, 8 } };
  const auto     full = Box(size, { { 2, 2, 2 } }, { { 3, 3, 3 } });
  const auto     empty = MakeImage<MaskType>(size, [](const IndexType &) { return 0; });
  for (const Definition definition : definitions)
  {
    for (const bool isReferenceEmpty : { false, true })
    {
      const auto filter = Measured(isReferenceEmpty ? empty : full, isReferenceEmpty ? full : empty, definition);
      EXPECT_EQ(filter->GetHausdorffDistance(0), infinity);
      EXPECT_EQ(filter->GetHausdorffDistanceAtPercentile(0, 95.0), infinity);
      EXPECT_EQ(filter->GetAverageSymmetricSurfaceDistance(0), infinity);
      EXPECT_EQ(filter->GetMeanDistanceFromReference(0), infinity);
      EXPECT_EQ(filter->GetMeanDistanceFromSynthetic(0), infinity);
      EXPECT_EQ(filter->GetNormalizedSurfaceDice(0, 1.0), 0.0);
      EXPECT_EQ(filter->GetDiceCoefficient(0), 0.0);
      EXPECT_EQ(filter->GetReferenceNumberOfVoxels(0), isReferenceEmpty ? 0u : 8u);
      EXPECT_EQ(filter->GetReferenceSurfaceArea(0) == 0.0, isReferenceEmpty);
      EXPECT_EQ(filter->GetSyntheticSurfaceArea(0) == 0.0, !isReferenceEmpty);
    }

    const auto filter = Measured(empty, empty, definition);
    EXPECT_TRUE(std::isnan(filter->GetHausdorffDistance(0)));
    EXPECT_TRUE(std::isnan(filter->GetHausdorffDistanceAtPercentile(0, 95.0)));
    EXPECT_TRUE(std::isnan(filter->GetAverageSymmetricSurfaceDistance(0)));
    EXPECT_TRUE(std::isnan(filter->GetMeanDistanceFromReference(0)));
    EXPECT_TRUE(std::isnan(filter->GetMeanDistanceFromSynthetic(0)));
    EXPECT_TRUE(std::isnan(filter->GetNormalizedSurfaceDice(0, 1.0)));
    EXPECT_TRUE(std::isnan(filter->GetDiceCoefficient(0)));
    EXPECT_EQ(filter->GetReferenceSurfaceArea(0), 0.0);
    EXPECT_EQ(filter->GetSyntheticNumberOfVoxels(0), 0u);

    filter->MergeLabelsOff();
    filter->Update();
    EXPECT_EQ(filter->GetNumberOfLabels(), 0u);
    // Without a list of labels, one that is in neither image is an empty structure.
    EXPECT_TRUE(std::isnan(filter->GetHausdorffDistance(1)));
    EXPECT_TRUE(std::isnan(filter->GetHausdorffDistanceAtPercentile(1, 95.0)));
    EXPECT_TRUE(std::isnan(filter->GetNormalizedSurfaceDice(1, 2.0)));
    EXPECT_TRUE(std::isnan(filter->GetReferenceShareWithinTolerance(1, 2.0)));
    EXPECT_TRUE(std::isnan(filter->GetMeanDistanceOfBothDirections(1)));
    EXPECT_TRUE(std::isnan(filter->GetDiceCoefficient(1)));
    EXPECT_EQ(filter->GetSyntheticSurfaceArea(1), 0.0);
    EXPECT_EQ(filter->GetReferenceNumberOfVoxels(1), 0u);
    ExpectError([&] { filter->GetHausdorffDistance(0); }, "The label 0 was not measured");
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, Labels)
{
  const auto filter = VolumeFilter();
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 4u);
  for (itk::SizeValueType i = 0; i < 4; ++i)
  {
    EXPECT_EQ(filter->GetNthLabel(i), i + 1);
  }
  // One that only one image has.
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(3), 27u);
  EXPECT_EQ(filter->GetHausdorffDistance(3), infinity);
  EXPECT_EQ(filter->GetSyntheticNumberOfVoxels(4), 12u);
  EXPECT_EQ(filter->GetDiceCoefficient(4), 0.0);
  const auto second = MeasuresOf(filter.GetPointer(), 2);
  const auto first = MeasuresOf(filter.GetPointer(), 1);

  // In the order asked for, and one that is nowhere.
  filter->SetLabels({ 2, 9, 1 });
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 3u);
  EXPECT_EQ(filter->GetNthLabel(1), 9);
  ExpectSameBits(MeasuresOf(filter.GetPointer(), 2), second);
  ExpectSameBits(MeasuresOf(filter.GetPointer(), 1), first);
  EXPECT_TRUE(std::isnan(filter->GetHausdorffDistance(9)));
  // By label, whatever its place in the list; what is not in the list has not been measured.
  ExpectError([&] { filter->GetHausdorffDistance(3); }, "The label 3 was not measured");
}

TEST(SurfaceDistanceMeasuresImageFilter, OtherPixelTypes)
{
  // Labels 1 and 2 become -7 and 300.
  using ShortType = itk::Image<short, 3>;
  using FloatType = itk::Image<float, 3>;
  const auto relabelled = [](int (*labelOf)(const IndexType &)) {
    return [=](const IndexType & i) {
      const int label = labelOf(i);
      return label == 1 ? -7 : label == 2 ? 300 : label;
    };
  };
  auto       filter = itk::SurfaceDistanceMeasuresImageFilter<ShortType, FloatType>::New();
  const auto reference = MakeImage<ShortType>(volumeSize, relabelled(ReferenceLabel));
  const auto synthetic = MakeImage<FloatType>(volumeSize, relabelled(SyntheticLabel));
  reference->SetSpacing(volumeSpacing);
  synthetic->SetSpacing(volumeSpacing);
  filter->SetReferenceImage(reference);
  filter->SetSyntheticImage(synthetic);
  filter->SetTolerances({ 0.0, 0.7, 1.0, 2.5 });
  filter->SetPercentiles({ 0.0, 25.0, 50.0, 95.0, 99.0 });
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 4u);
  EXPECT_EQ(filter->GetNthLabel(0), -7.0f);
  EXPECT_EQ(filter->GetNthLabel(3), 300.0f);

  const auto expected = VolumeFilter();
  expected->Update();
  ExpectSameBits(MeasuresOf(filter.GetPointer(), -7.0f), MeasuresOf(expected.GetPointer(), 1));
  ExpectSameBits(MeasuresOf(filter.GetPointer(), 300.0f), MeasuresOf(expected.GetPointer(), 2));

  // A part of a label is no label.
  filter->SetLabels({ 299.5f });
  filter->Update();
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(299.5f), 0u);
}

TEST(SurfaceDistanceMeasuresImageFilter, HugeLabels)
{
  // Neighbours that double does not tell apart.
  using LabelImageType = itk::Image<long long, 3>;
  constexpr long long huge = std::numeric_limits<long long>::max();
  const auto          image = MakeImage<LabelImageType>({ { 9, 4, 4 } }, [](const IndexType & i) {
    return i[0] < 3 ? huge : i[0] < 5 ? huge - 1 : -huge - 1;
  });
  auto                filter = itk::SurfaceDistanceMeasuresImageFilter<LabelImageType>::New();
  filter->SetReferenceImage(image);
  filter->SetSyntheticImage(image);
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 3u);
  EXPECT_EQ(filter->GetNthLabel(0), -huge - 1);
  EXPECT_EQ(filter->GetNthLabel(1), huge - 1);
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(-huge - 1), 64u);
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(huge - 1), 32u);
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(huge), 48u);
  EXPECT_EQ(filter->GetHausdorffDistance(huge - 1), 0.0);
}

// A label type that lacks values of an image would take two labels for one, as -1 and 4294967295 in unsigned int.
TEST(SurfaceDistanceMeasuresImageFilter, LabelTypesHoldEveryLabel)
{
  using itk::SyntheticCTDetail::HoldsEveryLabel;
  EXPECT_TRUE((HoldsEveryLabel<short, short>));
  EXPECT_TRUE((HoldsEveryLabel<int, unsigned short>));
  EXPECT_TRUE((HoldsEveryLabel<float, unsigned short>));
  EXPECT_TRUE((HoldsEveryLabel<double, unsigned int>));
  EXPECT_FALSE((HoldsEveryLabel<unsigned int, int>));
  EXPECT_FALSE((HoldsEveryLabel<float, int>));
  EXPECT_FALSE((HoldsEveryLabel<double, long long>));
}

TEST(SurfaceDistanceMeasuresImageFilter, RefusesBadInput)
{
  auto filter = FilterType::New();
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetReferenceImage(Volume(ReferenceLabel));
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);

  const auto bad = [](const std::function<void(FilterType *)> & change, const char * words) {
    const auto volumeFilter = VolumeFilter();
    change(volumeFilter);
    ExpectError([&] { volumeFilter->Update(); }, words);
  };
  bad([](FilterType * f) { f->SetTolerances({ 1.0, -0.5 }); }, "Tolerances has -0.5");
  bad([](FilterType * f) { f->SetTolerances({ notANumber }); }, "Tolerances has nan");
  bad([](FilterType * f) { f->SetTolerances({ infinity }); }, "Tolerances has inf");
  bad([](FilterType * f) { f->SetPercentiles({ 95.0, 100.5 }); }, "Percentiles has 100.5");
  bad([](FilterType * f) { f->SetPercentiles({ -1.0 }); }, "Percentiles has -1");
  bad([](FilterType * f) { f->SetPercentiles({ notANumber }); }, "Percentiles has nan");
  bad([](FilterType * f) { f->SetLabels({ 1, 0 }); }, "Labels has 0");
  bad([](FilterType * f) { f->SetLabels({ 1, 2, 1 }); }, "Labels has 1 twice");
  bad(
    [](FilterType * f) {
      f->SetLabels({ 1 });
      f->MergeLabelsOn();
    },
    "MergeLabels is on");

  const double stretched[] = { 1.3, 0.7, 2.6 };
  bad([&](FilterType * f) { f->SetSyntheticImage(MakeImage<MaskType>({ { 3, 4, 5 } }, SyntheticLabel)); }, "size");
  bad(
    [&](FilterType * f) {
      const auto image = Volume(SyntheticLabel);
      image->SetSpacing(stretched);
      f->SetSyntheticImage(image);
    },
    "spacing");
  bad([&](FilterType * f) { f->SetReferenceImage(MakeImage<MaskType>({ { 3, 0, 5 } }, ReferenceLabel)); }, "no voxels");

  using FloatType = itk::Image<float, 3>;
  auto       floats = itk::SurfaceDistanceMeasuresImageFilter<FloatType>::New();
  const auto image = MakeImage<FloatType>(volumeSize, ReferenceLabel);
  const auto broken = MakeImage<FloatType>(volumeSize, ReferenceLabel);
  floats->SetReferenceImage(image);
  floats->SetSyntheticImage(broken);
  for (const double value : { notANumber, infinity })
  {
    broken->SetPixel({ { 4, 5, 6 } }, static_cast<float>(value));
    broken->Modified();
    ExpectError([&] { floats->Update(); }, "SyntheticImage has a voxel that is NaN or infinite");
  }
  floats->SetSyntheticImage(image);
  floats->SetLabels({ static_cast<float>(notANumber) });
  ExpectError([&] { floats->Update(); }, "Labels has nan");
}

TEST(SurfaceDistanceMeasuresImageFilter, RefusesWhatWasNotMeasured)
{
  const auto filter = VolumeFilter();
  filter->SetNumberOfWorkUnits(1);
  for (int run = 0; run < 2; ++run)
  {
    ExpectError([&] { filter->GetNumberOfLabels(); }, "there are no results");
    ExpectError([&] { filter->GetNthLabel(0); }, "there are no results");
    ExpectError([&] { MeasuresOf(filter.GetPointer(), 1); }, "there are no results");
    // A run that is stopped has no results either.
    filter->Update();
    filter->GetHausdorffDistance(1);
    const auto tag =
      filter->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) { filter->AbortGenerateDataOn(); });
    filter->Modified();
    EXPECT_THROW(filter->Update(), itk::ProcessAborted);
    filter->RemoveObserver(tag);
  }
  filter->Update();
  ExpectError([&] { filter->GetNthLabel(4); }, "There is no label with index 4: the last Update() measured 4.");
  ExpectError([&] { filter->GetNormalizedSurfaceDice(1, 4.0); },
              "There are no results for 4: it was not one of Tolerances.");
  ExpectError([&] { filter->GetReferenceShareWithinTolerance(1, 0.6); }, "There are no results for 0.6");
  ExpectError([&] { filter->GetHausdorffDistanceAtPercentile(1, 5.0); }, "There are no results for 5");
  ExpectError([&] { filter->GetNthTolerance(4); }, "There is no element with index 4 in Tolerances, which has 4.");
  ExpectError([&] { filter->GetNthPercentile(5); }, "There is no element with index 5 in Percentiles");
  EXPECT_EQ(filter->GetNumberOfTolerances(), 4u);
  EXPECT_EQ(filter->GetNthTolerance(1), 0.7);
  EXPECT_EQ(filter->GetNumberOfPercentiles(), 5u);
  EXPECT_EQ(filter->GetNthPercentile(4), 99.0);

  // The results are those of the run, whatever is set after it.
  const double dice = filter->GetNormalizedSurfaceDice(1, 0.7);
  filter->SetTolerances({ 5.0 });
  filter->SetPercentiles({});
  filter->MergeLabelsOn();
  EXPECT_EQ(filter->GetNormalizedSurfaceDice(1, 0.7), dice);
  EXPECT_GT(filter->GetHausdorffDistanceAtPercentile(1, 99.0), 0.0);
  ExpectError([&] { filter->GetNormalizedSurfaceDice(1, 5.0); }, "There are no results for 5");
}

TEST(SurfaceDistanceMeasuresImageFilter, RefusesImagesThatAreNoSegmentations)
{
  using FloatType = itk::Image<float, 3>;
  using ShortType = itk::Image<short, 3>;
  // A synthetic CT beside a segmentation.
  auto floats = itk::SurfaceDistanceMeasuresImageFilter<ShortType, FloatType>::New();
  floats->SetReferenceImage(MakeImage<ShortType>(volumeSize, ReferenceLabel));
  floats->SetSyntheticImage(MakeImage<FloatType>(volumeSize, [](const IndexType & i) { return NumberOf(i) / 4.0; }));
  ExpectError([&] { floats->Update(); }, "SyntheticImage has a voxel of");
  ExpectError([&] { floats->Update(); }, "but labels are whole numbers");
  floats->SetLabels({ 1 });
  ExpectError([&] { floats->Update(); }, "but labels are whole numbers");
  // As a mask it is whatever is not zero.
  floats->SetLabels({});
  floats->MergeLabelsOn();
  EXPECT_NO_THROW(floats->Update());

  // As many labels as may be looked for, and one more.
  const auto numbered = [](int count) {
    auto       filter = itk::SurfaceDistanceMeasuresImageFilter<ShortType>::New();
    const auto image = MakeImage<ShortType>({ { 101, 10, 3 } }, [=](const ShortType::IndexType & i) {
      return std::min(static_cast<int>((i[2] * 10 + i[1]) * 101 + i[0]), count);
    });
    filter->SetReferenceImage(image);
    filter->SetSyntheticImage(image);
    return filter;
  };
  const auto most = numbered(1000);
  most->Update();
  EXPECT_EQ(most->GetNumberOfLabels(), 1000u);
  const auto more = numbered(1001);
  ExpectError([&] { more->Update(); }, "ReferenceImage brings more than 1000 labels, as if it were no segmentation");
  more->SetLabels({ 7 });
  more->Update();
  EXPECT_EQ(more->GetDiceCoefficient(7), 1.0);
}

TEST(SurfaceDistanceMeasuresImageFilter, Prints)
{
  const auto filter = VolumeFilter();
  filter->SetLabels({ 2 });
  std::ostringstream text;
  filter->Print(text);
  EXPECT_NE(text.str().find("Labels: 2"), std::string::npos);
  EXPECT_NE(text.str().find("Definition: Surfel"), std::string::npos);
  EXPECT_NE(text.str().find("Tolerances: 0 0.7 1 2.5"), std::string::npos);
}
