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
#include "itkSyntheticCTFusionImageFilter.h"

#include "itkImageFilterTestUtilities.h"

#include "gtest/gtest.h"

#include <limits>
#include <sstream>

namespace
{
using namespace itk::TestUtilities;
using HeadImage = itk::Image<float, 3>;
using MaskImage = itk::Image<unsigned char, 3>;
using CTImage = itk::Image<short, 3>;
using FilterType = itk::SyntheticCTFusionImageFilter<HeadImage, HeadImage>;

/** A row of voxels, one per case. */
template <typename TImage = HeadImage>
typename TImage::Pointer
Row(const std::vector<typename TImage::PixelType> & values)
{
  return MakeObliqueImage<TImage>({ { values.size(), 1, 1 } }, [&](const itk::Index<3> & index) {
    return values[static_cast<size_t>(index[0] + 2)];
  });
}

template <typename TImage>
std::vector<typename TImage::PixelType>
ValuesOf(const TImage * row)
{
  const auto * const begin = row->GetBufferPointer();
  return { begin, begin + row->GetBufferedRegion().GetNumberOfPixels() };
}

template <typename TFilter>
typename TFilter::Pointer
MakeFilter(const HeadImage * hounsfield, const HeadImage * probability, const HeadImage * bone)
{
  auto filter = TFilter::New();
  filter->SetHounsfieldImage(hounsfield);
  filter->SetBoneProbabilityImage(probability);
  filter->SetBoneHounsfieldImage(bone);
  return filter;
}

const std::vector<float> hounsfieldRow{ 40.0f, 40.0f, -1500.0f, 3500.0f, 40.0f, 40.0f, 40.0f };
const std::vector<float> probabilityRow{ 0.49f, 0.5f, 0.0f, 0.1f, 1.0f, 0.9f, 0.9f };
const std::vector<float> boneRow{ 900.0f, 900.0f, 900.0f, 900.0f, 100.0f, 4000.0f, 1200.25f };
} // namespace

TEST(SyntheticCTFusionImageFilter, FollowsTheDefinition)
{
  auto filter = MakeFilter<FilterType>(Row(hounsfieldRow), Row(probabilityRow), Row(boneRow));
  filter->Update();
  EXPECT_EQ(ValuesOf(filter->GetOutput()),
            (std::vector<float>{ 40.0f, 900.0f, -1000.0f, 3000.0f, 250.0f, 3000.0f, 1200.25f }));
  ExpectSameGrid(filter->GetOutput(), filter->GetHounsfieldImage());

  filter->SetMaskImage(Row<MaskImage>({ 1, 0, 1, 0, 7, 1, 1 }));
  filter->Update();
  EXPECT_EQ(ValuesOf(filter->GetOutput()),
            (std::vector<float>{ 40.0f, -1000.0f, -1000.0f, -1000.0f, 250.0f, 3000.0f, 1200.25f }));

  filter->SetMaskImage(nullptr);
  filter->Update();
  EXPECT_EQ(ValuesOf(filter->GetOutput())[1], 900.0f);
}

TEST(SyntheticCTFusionImageFilter, EveryParameterCounts)
{
  auto filter = MakeFilter<FilterType>(Row(hounsfieldRow), Row(probabilityRow), Row(boneRow));
  filter->SetMaskImage(Row<MaskImage>({ 1, 1, 1, 1, 1, 1, 0 }));
  filter->SetProbabilityThreshold(0.05);
  filter->SetClipMinimum(-1024.0);
  filter->SetClipMaximum(10.0);
  filter->SetBoneMinimum(200.0);
  filter->SetBoneMaximum(3071.0);
  filter->SetAirValue(-1024.0);
  filter->Update();
  EXPECT_EQ(ValuesOf(filter->GetOutput()),
            (std::vector<float>{ 900.0f, 900.0f, -1024.0f, 900.0f, 200.0f, 3071.0f, -1024.0f }));
  filter->SetProbabilityThreshold(2.0);
  filter->Update();
  EXPECT_EQ(ValuesOf(filter->GetOutput())[0], 10.0f);
}

TEST(SyntheticCTFusionImageFilter, RoundsForIntegersAndKnowsNaN)
{
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto  hounsfield = Row({ 40.6f, -0.4f, nan, 7.0f });
  const auto  probability = Row({ 0.0f, 0.0f, 0.0f, nan });
  const auto  bone = Row({ 900.0f, 900.0f, 900.0f, 900.0f });
  auto integers = MakeFilter<itk::SyntheticCTFusionImageFilter<HeadImage, CTImage>>(hounsfield, probability, bone);
  integers->Update();
  EXPECT_EQ(ValuesOf(integers->GetOutput()), (std::vector<short>{ 41, 0, 0, 7 }));

  auto reals = MakeFilter<FilterType>(hounsfield, probability, bone);
  reals->Update();
  const auto values = ValuesOf(reals->GetOutput());
  EXPECT_TRUE(std::isnan(values[2]));
  EXPECT_EQ(values[3], 7.0f);
}

TEST(SyntheticCTFusionImageFilter, SameBitsForAnyNumberOfThreads)
{
  Random     random(5);
  const auto noise = [&](const itk::Index<3> &) { return 3000.0 * random() - 1000.0; };
  const auto hounsfield = MakeObliqueImage<HeadImage>({ { 17, 19, 13 } }, noise);
  const auto bone = MakeObliqueImage<HeadImage>({ { 17, 19, 13 } }, noise);
  const auto probability =
    MakeObliqueImage<HeadImage>({ { 17, 19, 13 } }, [&](const itk::Index<3> &) { return random(); });
  const auto mask =
    MakeObliqueImage<MaskImage>({ { 17, 19, 13 } }, [&](const itk::Index<3> &) { return random() > 0.3 ? 1 : 0; });
  std::vector<float> first;
  for (const unsigned int workUnits : { 1u, 2u, 7u })
  {
    auto filter = MakeFilter<FilterType>(hounsfield, probability, bone);
    filter->SetMaskImage(mask);
    filter->SetNumberOfWorkUnits(workUnits);
    filter->Update();
    const auto values = ValuesOf(filter->GetOutput());
    if (first.empty())
    {
      first = values;
    }
    EXPECT_EQ(values, first);
  }
  // Every voxel is one of the three cases.
  for (size_t i = 0; i < first.size(); ++i)
  {
    const float expected = mask->GetBufferPointer()[i] == 0             ? -1000.0f
                           : probability->GetBufferPointer()[i] >= 0.5f ? std::max(250.0f, bone->GetBufferPointer()[i])
                                                                        : hounsfield->GetBufferPointer()[i];
    ASSERT_EQ(first[i], expected);
  }
}

TEST(SyntheticCTFusionImageFilter, RefusesOtherGrids)
{
  const auto row = Row(hounsfieldRow);
  const auto shorter = Row({ 1.0f, 2.0f });
  EXPECT_THROW(MakeFilter<FilterType>(row, shorter, row)->Update(), itk::ExceptionObject);
  EXPECT_THROW(MakeFilter<FilterType>(row, row, shorter)->Update(), itk::ExceptionObject);
  auto       filter = MakeFilter<FilterType>(row, row, row);
  const auto mask = Row<MaskImage>({ 1, 1, 1, 1, 1, 1, 1 });
  filter->SetMaskImage(mask);
  EXPECT_NO_THROW(filter->Update());
  const double spacing[] = { 1.0, 1.0, 1.0 };
  mask->SetSpacing(spacing);
  try
  {
    filter->Update();
    FAIL() << "a mask of another spacing was accepted";
  }
  catch (const itk::ExceptionObject & error)
  {
    EXPECT_NE(std::string(error.GetDescription()).find("MaskImage lies on another grid than HounsfieldImage: spacing"),
              std::string::npos)
      << error.GetDescription();
  }
}

TEST(SyntheticCTFusionImageFilter, RefusesBadParametersAndMissingImages)
{
  const auto row = Row(hounsfieldRow);
  EXPECT_THROW(MakeFilter<FilterType>(nullptr, row, row)->Update(), itk::ExceptionObject);
  EXPECT_THROW(MakeFilter<FilterType>(row, nullptr, row)->Update(), itk::ExceptionObject);
  EXPECT_THROW(MakeFilter<FilterType>(row, row, nullptr)->Update(), itk::ExceptionObject);
  auto filter = MakeFilter<FilterType>(row, row, row);
  filter->SetProbabilityThreshold(std::nan(""));
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetProbabilityThreshold(0.5);
  filter->SetClipMinimum(3001.0);
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetClipMinimum(-1000.0);
  filter->SetClipMaximum(std::nan(""));
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetClipMaximum(3000.0);
  filter->SetBoneMinimum(3001.0);
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetBoneMinimum(250.0);
  filter->SetBoneMaximum(std::nan(""));
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetBoneMaximum(3000.0);
  EXPECT_NO_THROW(filter->Update());
}

TEST(SyntheticCTFusionImageFilter, PrintsItsMembers)
{
  std::ostringstream out;
  FilterType::New()->Print(out);
  for (const char * const member : { "ProbabilityThreshold: 0.5",
                                     "ClipMinimum: -1000",
                                     "ClipMaximum: 3000",
                                     "BoneMinimum: 250",
                                     "BoneMaximum: 3000",
                                     "AirValue: -1000" })
  {
    EXPECT_NE(out.str().find(member), std::string::npos) << member;
  }
}
