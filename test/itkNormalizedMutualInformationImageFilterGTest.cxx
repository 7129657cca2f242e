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
#include "itkNormalizedMutualInformationImageFilter.h"

#include "itkImagePairTestUtilities.h"

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace
{
using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeNumberedImage;
using itk::TestUtilities::MakeObliqueImage;
using itk::TestUtilities::MakeRow;
using itk::TestUtilities::MaskValue;
using itk::TestUtilities::ReferenceValue;
using itk::TestUtilities::volumeSize;
using ImageType = itk::TestUtilities::PairImageType;
using MaskType = itk::TestUtilities::PairMaskType;
using FilterType = itk::NormalizedMutualInformationImageFilter<ImageType>;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/** Depends on the CT, which is ReferenceValue(), and on the position. */
double
MRValue(size_t i)
{
  return std::abs(static_cast<double>(i * 7919 % 4301) - 2000.0) * 0.5 + static_cast<double>(i * 104729 % 401) * 0.25;
}

FilterType::Pointer
NewVolumeFilter()
{
  auto filter = FilterType::New();
  filter->SetCTImage(MakeNumberedImage<ImageType>(volumeSize, ReferenceValue));
  filter->SetMRImage(MakeNumberedImage<ImageType>(volumeSize, MRValue));
  filter->SetMaskImage(MakeNumberedImage<MaskType>(volumeSize, MaskValue));
  return filter;
}

/** Images of one line; the MR keeps its whole range. */
FilterType::Pointer
NewRowFilter(const std::vector<double> & ct, const std::vector<double> & mr, const std::vector<double> & mask = {})
{
  auto filter = FilterType::New();
  filter->SetCTImage(MakeRow<ImageType>(ct));
  filter->SetMRImage(MakeRow<ImageType>(mr));
  if (!mask.empty())
  {
    filter->SetMaskImage(MakeRow<MaskType>(mask));
  }
  filter->SetLowerPercentile(0.0);
  filter->SetUpperPercentile(100.0);
  return filter;
}

} // namespace

// With k equally frequent values every entropy of an image and its function is ln k.
TEST(NormalizedMutualInformationImageFilter, ImagesThatDetermineEachOtherHaveTwo)
{
  for (const int count : { 2, 3, 10, 64 })
  {
    std::vector<double> ct;
    std::vector<double> mr;
    for (int i = 0; i < 7 * count; ++i)
    {
      const int value = i % count;
      ct.push_back(-1000.0 + 62.5 * value);
      // Another order of the same values.
      mr.push_back(100.0 + (count - 1 - value) * 5.0);
    }
    const auto filter = NewRowFilter(ct, mr);
    filter->Update();
    EXPECT_NEAR(filter->GetNormalizedMutualInformation(), 2.0, 1e-14);
    for (const double entropy :
         { filter->GetCTEntropy(), filter->GetMREntropy(), filter->GetJointEntropy(), filter->GetMutualInformation() })
    {
      EXPECT_NEAR(entropy, std::log(count), 1e-14);
    }
    filter->SetMRImage(filter->GetCTImage());
    filter->Update();
    EXPECT_NEAR(filter->GetNormalizedMutualInformation(), 2.0, 1e-14);
  }
}

TEST(NormalizedMutualInformationImageFilter, IndependentImagesHaveOne)
{
  std::vector<double> ct;
  std::vector<double> mr;
  for (int i = 0; i < 4 * 5; ++i)
  {
    ct.push_back(1000.0 * (i % 4) - 500.0);
    mr.push_back(20.0 * (i / 4));
  }
  auto filter = NewRowFilter(ct, mr);
  filter->Update();
  EXPECT_NEAR(filter->GetNormalizedMutualInformation(), 1.0, 1e-14);
  EXPECT_NEAR(filter->GetMutualInformation(), 0.0, 1e-14);
  EXPECT_NEAR(filter->GetJointEntropy(), std::log(20.0), 1e-14);

  // A constant image says nothing either; the clipping of the MR may make it one.
  filter = NewRowFilter({ 0.0, 100.0, 200.0, 300.0 }, { 7.0, 7.0, 7.0, 7.0 });
  filter->Update();
  EXPECT_EQ(filter->GetNormalizedMutualInformation(), 1.0);
  filter = NewRowFilter({ 0.0, 100.0, 200.0, 300.0, 400.0 }, { 1.0, 7.0, 7.0, 7.0, 9.0 });
  filter->SetLowerPercentile(40.0);
  filter->SetUpperPercentile(60.0);
  filter->Update();
  EXPECT_EQ(filter->GetUsedMRMinimum(), 7.0);
  EXPECT_EQ(filter->GetUsedMRMaximum(), 7.0);
  EXPECT_EQ(filter->GetMREntropy(), 0.0);
  EXPECT_EQ(filter->GetNormalizedMutualInformation(), 1.0);
}

TEST(NormalizedMutualInformationImageFilter, WithoutVoxelsOrVariationThereIsNone)
{
  auto filter = NewRowFilter({ 0.0, 100.0 }, { 1.0, 2.0 }, { 0.0, 0.0 });
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 0u);
  EXPECT_TRUE(std::isnan(filter->GetNormalizedMutualInformation()));
  EXPECT_TRUE(std::isnan(filter->GetUsedMRMinimum()));
  EXPECT_TRUE(std::isnan(filter->GetUsedMRMaximum()));

  // Both below the window.
  filter = NewRowFilter({ -1024.0, -2048.0 }, { 3.0, 3.0 });
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 2u);
  EXPECT_TRUE(std::isnan(filter->GetNormalizedMutualInformation()));
}

// NumPy 2.4.6: percentile() and histogram2d() of the clipped values.
TEST(NormalizedMutualInformationImageFilter, ReferenceValues)
{
  const auto filter = NewVolumeFilter();
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 3845u);
  EXPECT_DOUBLE_EQ(filter->GetUsedMRMinimum(), 46.459999999999994);
  EXPECT_DOUBLE_EQ(filter->GetUsedMRMaximum(), 1219.5390000000002);
  EXPECT_NEAR(filter->GetCTEntropy(), 4.106881765946487, 1e-12);
  EXPECT_NEAR(filter->GetMREntropy(), 4.131949469258631, 1e-12);
  EXPECT_NEAR(filter->GetJointEntropy(), 5.903465607352921, 1e-12);
  EXPECT_NEAR(filter->GetNormalizedMutualInformation(), 1.395592315290774, 1e-12);

  filter->SetMaskImage(nullptr);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 4807u);
  EXPECT_NEAR(filter->GetNormalizedMutualInformation(), 1.393756390561602, 1e-12);

  filter->SetMaskImage(MakeNumberedImage<MaskType>(volumeSize, MaskValue));
  filter->SetNumberOfBins(16);
  filter->SetLowerPercentile(5.0);
  filter->SetUpperPercentile(95.0);
  filter->SetWindowMinimum(-200.0);
  filter->SetWindowMaximum(800.0);
  filter->Update();
  EXPECT_DOUBLE_EQ(filter->GetUsedMRMinimum(), 105.05000000000001);
  EXPECT_DOUBLE_EQ(filter->GetUsedMRMaximum(), 1092.1999999999998);
  EXPECT_NEAR(filter->GetCTEntropy(), 1.535728796324012, 1e-12);
  EXPECT_NEAR(filter->GetMREntropy(), 2.750096896024527, 1e-12);
  EXPECT_NEAR(filter->GetJointEntropy(), 3.7225579310141166, 1e-12);
  EXPECT_NEAR(filter->GetNormalizedMutualInformation(), 1.151312020329251, 1e-12);
}

TEST(NormalizedMutualInformationImageFilter, SameBitsForAnyNumberOfThreadsAndAnyGeometry)
{
  const auto filter = NewVolumeFilter();
  filter->SetNumberOfWorkUnits(1);
  filter->Update();
  const double value = filter->GetNormalizedMutualInformation();
  for (const unsigned int threads : { 2u, 5u, 16u })
  {
    filter->SetNumberOfWorkUnits(threads);
    filter->Modified();
    filter->Update();
    EXPECT_EQ(filter->GetNormalizedMutualInformation(), value);
  }
  size_t     number = 0;
  const auto oblique = [&number](auto * image, const auto & valueOf) {
    using Type = std::remove_pointer_t<decltype(image)>;
    number = 0;
    return MakeObliqueImage<Type>(volumeSize, [&](const auto &) { return valueOf(number++); });
  };
  filter->SetCTImage(oblique(static_cast<ImageType *>(nullptr), ReferenceValue));
  filter->SetMRImage(oblique(static_cast<ImageType *>(nullptr), MRValue));
  filter->SetMaskImage(oblique(static_cast<MaskType *>(nullptr), MaskValue));
  filter->Update();
  EXPECT_EQ(filter->GetNormalizedMutualInformation(), value);
}

TEST(NormalizedMutualInformationImageFilter, TakesOtherPixels)
{
  using ShortImageType = itk::Image<short, 3>;
  using ByteImageType = itk::Image<unsigned char, 3>;
  auto filter = itk::NormalizedMutualInformationImageFilter<ShortImageType, ByteImageType, ByteImageType>::New();
  filter->SetCTImage(MakeRow<ShortImageType>({ -1000.0, 500.0, -1000.0, 500.0 }));
  filter->SetMRImage(MakeRow<ByteImageType>({ 200.0, 5.0, 200.0, 5.0 }));
  filter->Update();
  EXPECT_NEAR(filter->GetNormalizedMutualInformation(), 2.0, 1e-14);
}

TEST(NormalizedMutualInformationImageFilter, WhatIsOutsideTheMaskDoesNotMatter)
{
  const auto filter = NewRowFilter(
    { 0.0, notANumber, 500.0, 0.0, 500.0 }, { 1.0, notANumber, 2.0, 1.0, 2.0 }, { 1.0, 0.0, 1.0, 3.0, 1.0 });
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 4u);
  EXPECT_NEAR(filter->GetNormalizedMutualInformation(), 2.0, 1e-14);
}

TEST(NormalizedMutualInformationImageFilter, BadInputIsRefused)
{
  const auto fails = [](const std::function<void(FilterType *)> & spoil, const char * words) {
    const auto filter = NewVolumeFilter();
    filter->Update();
    spoil(filter);
    ExpectError([&] { filter->Update(); }, words);
  };
  fails([](FilterType * f) { f->SetMRImage(nullptr); }, "MRImage");
  fails([](FilterType * f) { f->SetCTImage(nullptr); }, "CTImage");
  fails([](FilterType * f) { f->SetNumberOfBins(1); }, "NumberOfBins is 1 but should be from 2 to 1024");
  fails([](FilterType * f) { f->SetNumberOfBins(1025); }, "NumberOfBins is 1025");
  fails([](FilterType * f) { f->SetWindowMaximum(-1000.0); }, "WindowMinimum is -1000 but should be smaller");
  fails([](FilterType * f) { f->SetWindowMinimum(notANumber); }, "WindowMinimum is nan");
  fails([](FilterType * f) { f->SetWindowMaximum(infinity); }, "which is inf, and both should be finite");
  fails([](FilterType * f) { f->SetLowerPercentile(-1.0); }, "LowerPercentile is -1");
  fails([](FilterType * f) { f->SetUpperPercentile(1.0); }, "UpperPercentile is 1");
  fails([](FilterType * f) { f->SetUpperPercentile(notANumber); }, "UpperPercentile is nan");
  fails([](FilterType * f) { f->SetMRImage(MakeRow<ImageType>({ 1.0, 2.0 })); }, "MRImage has another grid");
  fails([](FilterType * f) { f->SetMaskImage(MakeRow<MaskType>({ 1.0, 2.0 })); }, "MaskImage has another grid");

  ExpectError(
    [] {
      NewRowFilter({ 0.0, notANumber, notANumber }, { 1.0, 2.0, 3.0 })->Update();
    },
    "CTImage has 2 voxels that are NaN, and should have numbers there");
  ExpectError(
    [] {
      NewRowFilter({ 0.0, notANumber, 1.0 }, { 1.0, 2.0, 3.0 }, { 1.0, 1.0, 0.0 })->Update();
    },
    "CTImage has 1 voxels that are NaN inside the mask");
  ExpectError([] { NewRowFilter({ 0.0, 1.0, 2.0 }, { 1.0, notANumber, 3.0 })->Update(); }, "is nan");
  ExpectError([] { NewRowFilter({ 0.0, 1.0, 2.0 }, { 1.0, infinity, 3.0 })->Update(); }, "is inf");
}

TEST(NormalizedMutualInformationImageFilter, ResultsAreOfTheLastRun)
{
  const auto                               filter = NewVolumeFilter();
  const std::vector<std::function<void()>> getters{
    [&] { filter->GetNumberOfVoxels(); },    [&] { filter->GetCTEntropy(); },
    [&] { filter->GetMREntropy(); },         [&] { filter->GetJointEntropy(); },
    [&] { filter->GetMutualInformation(); }, [&] { filter->GetNormalizedMutualInformation(); },
    [&] { filter->GetUsedMRMinimum(); },     [&] { filter->GetUsedMRMaximum(); }
  };
  const auto expectNoResults = [&] {
    for (const auto & getter : getters)
    {
      ExpectError(getter, "there are no results");
    }
  };
  expectNoResults();
  float      last = -1.0F;
  const auto tag = filter->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    EXPECT_GE(filter->GetProgress(), last);
    last = filter->GetProgress();
  });
  filter->Update();
  EXPECT_EQ(last, 1.0F);
  filter->RemoveObserver(tag);
  const double value = filter->GetNormalizedMutualInformation();
  filter->SetNumberOfBins(8);
  EXPECT_EQ(filter->GetNormalizedMutualInformation(), value);

  filter->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) { filter->AbortGenerateDataOn(); });
  EXPECT_THROW(filter->Update(), itk::ProcessAborted);
  expectNoResults();
}
