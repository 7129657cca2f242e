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
#include "itkPlausibilityCheckImageFilter.h"

#include "itkImageFilterTestUtilities.h"

#include "gtest/gtest.h"

#include <cmath>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::PlausibilityCheckImageFilter<ImageType>;
using Modality = itk::ImageModalityEnum;
using Remark = itk::PlausibilityRemarkEnum;
using itk::TestUtilities::ExpectError;

const std::vector<Remark> allRemarks{ Remark::Extent,   Remark::NotFinite, Remark::Constant, Remark::Outliers,
                                      Remark::Negative, Remark::Scaled,    Remark::Offset,   Remark::NoAir,
                                      Remark::OnlyAir,  Remark::TooBright, Remark::Range };

/** A ball with a shell in air, 60 mm wide: the values of air, inside, and shell. */
ImageType::Pointer
Ball(const float air, const float inside, const float shell)
{
  return itk::TestUtilities::MakeImage<ImageType>({ { 60, 30, 20 } }, [=](const ImageType::IndexType & index) {
    const double x = (static_cast<double>(index[0]) - 29.5) / 24.0;
    const double y = (static_cast<double>(index[1]) - 14.5) / 12.0;
    const double z = (static_cast<double>(index[2]) - 9.5) / 8.0;
    const double radius = std::sqrt(x * x + y * y + z * z);
    // A little texture, so that no tissue is constant.
    const auto texture = static_cast<float>((index[0] + 3 * index[1] + 7 * index[2]) % 11) * 0.01F * (shell - inside);
    return radius < 0.85 ? inside + texture : radius < 1.0 ? shell : air;
  });
}

ImageType::Pointer
MR()
{
  return Ball(3.0F, 300.0F, 600.0F);
}

ImageType::Pointer
CT()
{
  return Ball(-1000.0F, 20.0F, 1200.0F);
}

ImageType::Pointer
Changed(ImageType::Pointer image, const std::function<float(float)> & change)
{
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    it.Set(change(it.Get()));
  }
  return image;
}

FilterType::Pointer
Checked(const ImageType * image, const Modality modality, const MaskType * mask = nullptr)
{
  auto filter = FilterType::New();
  filter->SetInput(image);
  filter->SetModality(modality);
  filter->SetImageName("head.mha");
  filter->SetMaskImage(mask);
  filter->Update();
  return filter;
}

/** There is one remark, of that kind, a line that begins with the image's name and has all the words. */
void
ExpectRemark(const FilterType * filter, const Remark kind, const std::vector<std::string> & words)
{
  ASSERT_EQ(filter->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(filter->GetRemarkKind(0), kind);
  for (const Remark any : allRemarks)
  {
    EXPECT_EQ(filter->HasRemark(any), any == kind) << any;
  }
  const std::string text = filter->GetRemark(0);
  EXPECT_EQ(text.find("head.mha "), 0u) << text;
  EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  for (const std::string & word : words)
  {
    EXPECT_NE(text.find(word), std::string::npos) << "'" << word << "' is not in: " << text;
  }
}
} // namespace

TEST(PlausibilityCheckImageFilter, HasNothingToSayOfImagesInGoodOrder)
{
  for (const Modality modality : { Modality::Unknown, Modality::MR })
  {
    const auto filter = Checked(MR(), modality);
    EXPECT_EQ(filter->GetNumberOfRemarks(), 0u);
    EXPECT_EQ(filter->GetMinimum(), 3.0);
    EXPECT_EQ(filter->GetMaximum(), 600.0);
    EXPECT_EQ(filter->GetOrdinaryMinimum(), 3.0);
    EXPECT_EQ(filter->GetOrdinaryMaximum(), 600.0);
  }
  EXPECT_EQ(Checked(CT(), Modality::CT)->GetNumberOfRemarks(), 0u);
  EXPECT_EQ(Checked(CT(), Modality::Unknown)->GetNumberOfRemarks(), 0u);
  // Padding below air, a bright filling, an MR in any unit, and one with a few negative values from a resampling.
  EXPECT_EQ(
    Checked(Changed(CT(), [](float v) { return v == -1000.0F ? -3024.0F : v; }), Modality::CT)->GetNumberOfRemarks(),
    0u);
  auto metal = CT();
  metal->SetPixel({ { 30, 15, 10 } }, 30000.0F);
  EXPECT_EQ(Checked(metal, Modality::CT)->GetNumberOfRemarks(), 0u);
  EXPECT_EQ(Checked(Changed(MR(), [](float v) { return v * 1e-6F; }), Modality::MR)->GetNumberOfRemarks(), 0u);
  EXPECT_EQ(Checked(Changed(MR(), [](float v) { return v * 1e6F; }), Modality::MR)->GetNumberOfRemarks(), 0u);
  auto rings = MR();
  rings->SetPixel({ { 0, 0, 0 } }, -250.0F);
  EXPECT_EQ(Checked(rings, Modality::MR)->GetNumberOfRemarks(), 0u);
}

TEST(PlausibilityCheckImageFilter, VoxelSizesShouldBeInMillimetres)
{
  auto metres = MR();
  metres->SetSpacing(ImageType::SpacingType(0.001));
  ExpectRemark(Checked(metres, Modality::MR), Remark::Extent, { "0.06 mm", "too short" });
  auto micrometres = CT();
  micrometres->SetSpacing(ImageType::SpacingType(1000.0));
  ExpectRemark(Checked(micrometres, Modality::CT), Remark::Extent, { "60000 mm", "too long" });
  // The longest side counts; the ends belong to what is allowed.
  auto filter = Checked(MR(), Modality::MR);
  filter->SetSmallestExtent(60.0);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfRemarks(), 0u);
  filter->SetSmallestExtent(60.5);
  filter->Update();
  ExpectRemark(filter, Remark::Extent, { "60 mm" });
  filter->SetSmallestExtent(10.0);
  filter->SetLargestExtent(59.5);
  filter->Update();
  ExpectRemark(filter, Remark::Extent, { "60 mm", "too long" });
}

TEST(PlausibilityCheckImageFilter, ConstantImagesAreNamed)
{
  for (const Modality modality : { Modality::Unknown, Modality::MR, Modality::CT })
  {
    ExpectRemark(Checked(Changed(MR(), [](float) { return -7.5F; }), modality), Remark::Constant, { "-7.5" });
  }
}

TEST(PlausibilityCheckImageFilter, FindsVoxelsFarOutsideTheOthers)
{
  auto hot = MR();
  hot->SetPixel({ { 30, 15, 10 } }, 600000.0F);
  auto filter = Checked(hot, Modality::MR);
  ExpectRemark(filter, Remark::Outliers, { "1 voxel ", "600000", "between 3 and 600" });
  EXPECT_EQ(filter->GetNumberOfOutliers(), 1u);
  EXPECT_EQ(filter->GetMaximum(), 600000.0);
  EXPECT_EQ(filter->GetOrdinaryMaximum(), 600.0);
  EXPECT_EQ(filter->GetOrdinaryMinimum(), 3.0);

  // An integer that has wrapped, and one that is bright but no outlier: the limits are ten times 0.6 of the range.
  hot->SetPixel({ { 30, 15, 10 } }, -32768.0F);
  hot->SetPixel({ { 31, 15, 10 } }, 5000.0F);
  filter = Checked(hot, Modality::Unknown);
  ExpectRemark(filter, Remark::Outliers, { "1 voxel ", "-32768", "between 3 and 5000" });

  // In a small image too, where 0.1 % is less than a voxel.
  auto small = itk::TestUtilities::MakeImage<ImageType>(
    { { 8, 8, 8 } }, [](const ImageType::IndexType & index) { return 10.0 * static_cast<double>(index[0]); });
  small->SetSpacing(ImageType::SpacingType(10.0));
  EXPECT_EQ(Checked(small, Modality::MR)->GetNumberOfRemarks(), 0u);
  small->SetPixel({ { 1, 2, 3 } }, 1e6F);
  small->SetPixel({ { 1, 2, 4 } }, 2e6F);
  filter = Checked(small, Modality::MR);
  ExpectRemark(filter, Remark::Outliers, { "2 voxels ", "2e+06", "between 0 and 70" });
}

TEST(PlausibilityCheckImageFilter, NoScannerHasSuchValuesInACT)
{
  // Metal may be as bright as 16 bits allow, and padding as low.
  const ImageType::Pointer image = CT();
  image->SetPixel({ { 30, 15, 10 } }, 32767.0F);
  image->SetPixel({ { 0, 0, 0 } }, -32768.0F);
  EXPECT_EQ(Checked(image, Modality::CT)->GetNumberOfRemarks(), 0u);

  image->SetPixel({ { 30, 15, 10 } }, 40000.0F);
  ExpectRemark(Checked(image, Modality::CT), Remark::Outliers, { "1 voxel ", "40000", "between -32768 and 1200" });
  image->SetPixel({ { 30, 15, 10 } }, 1e6F);
  ExpectRemark(Checked(image, Modality::CT), Remark::Outliers, { "1 voxel ", "1e+06", "between -32768 and 1200" });
  image->SetPixel({ { 30, 15, 10 } }, 0.0F);
  image->SetPixel({ { 0, 0, 0 } }, -1e6F);
  ExpectRemark(Checked(image, Modality::CT), Remark::Outliers, { "1 voxel ", "-1e+06", "between -1000 and 1200" });

  // Many of them are no exceptions.
  const auto bright = Changed(CT(), [](const float value) { return value > 0.0F ? 1000.0F * value : value; });
  ExpectRemark(Checked(bright, Modality::CT), Remark::TooBright, { "above 10000" });
}

TEST(PlausibilityCheckImageFilter, ACTIsNoMR)
{
  const auto filter = Checked(CT(), Modality::MR);
  ExpectRemark(filter, Remark::Negative, { "taken for an MR", "% of its voxels are below -200", "is it a CT?" });
}

TEST(PlausibilityCheckImageFilter, ValuesThatAreNoHounsfieldUnits)
{
  ExpectRemark(Checked(MR(), Modality::CT), Remark::NoAir, { "from 3 to 600", "none below -200 HU", "is it an MR" });
  ExpectRemark(Checked(Changed(CT(), [](float v) { return (v + 1000.0F) / 4000.0F; }), Modality::CT),
               Remark::Scaled,
               { "from 0 to 0.55", "scale them back" });
  ExpectRemark(Checked(Changed(CT(), [](float v) { return (v + 1000.0F) / 2000.0F - 1.0F; }), Modality::CT),
               Remark::Scaled,
               { "from -1 to 0.1" });
  for (const float offset : { 1000.0F, 1024.0F })
  {
    ExpectRemark(
      Checked(Changed(CT(), [=](float v) { return v + offset; }), Modality::CT), Remark::Offset, { "offset of 1024" });
  }
  ExpectRemark(Checked(Ball(-1024.0F, -1000.0F, -950.0F), Modality::CT), Remark::OnlyAir, { "nothing but air" });
  ExpectRemark(Checked(Changed(CT(), [](float v) { return v * 20.0F; }), Modality::CT), Remark::TooBright, { "24000" });
}

TEST(PlausibilityCheckImageFilter, ValuesShouldLieInTheExpectedRange)
{
  auto filter = Checked(MR(), Modality::MR);
  filter->SetExpectedMinimum(-1000.0);
  filter->SetExpectedMaximum(3000.0);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfRemarks(), 0u);
  filter->UseExpectedRangeOn();
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfRemarks(), 0u);
  // Nothing of it, and less than a hundredth.
  filter->SetExpectedMinimum(700.0);
  filter->Update();
  ExpectRemark(filter, Remark::Range, { "from 3 to 600", "expects 700 to 3000" });
  filter->SetExpectedMinimum(0.0);
  filter->SetExpectedMaximum(60000.0);
  filter->Update();
  ExpectRemark(filter, Remark::Range, { "expects 0 to 60000" });
  // The reason says enough.
  auto scaled = Checked(Changed(CT(), [](float v) { return (v + 1000.0F) / 4000.0F; }), Modality::CT);
  scaled->SetExpectedMinimum(-1000.0);
  scaled->SetExpectedMaximum(3000.0);
  scaled->UseExpectedRangeOn();
  scaled->Update();
  ExpectRemark(scaled, Remark::Scaled, {});
}

TEST(PlausibilityCheckImageFilter, OnlyTheMaskCounts)
{
  const auto image = Ball(-1000.0F, 20.0F, 600.0F);
  const auto mask = MaskType::New();
  mask->CopyInformation(image);
  mask->SetRegions(image->GetLargestPossibleRegion());
  mask->Allocate();
  mask->FillBuffer(1);
  const itk::Index<3> corner{ { 0, 0, 0 } };
  image->SetPixel(corner, std::numeric_limits<float>::quiet_NaN());
  ExpectRemark(Checked(image, Modality::CT, mask), Remark::NotFinite, { "NaN or infinite" });
  EXPECT_EQ(Checked(image, Modality::CT, mask)->GetMaximum(), 0.0);
  mask->SetPixel(corner, 0);
  EXPECT_EQ(Checked(image, Modality::CT, mask)->GetNumberOfRemarks(), 0u);
  for (itk::ImageRegionIteratorWithIndex<MaskType> it(mask, mask->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    it.Set(image->GetPixel(it.GetIndex()) > -500.0F ? 2 : 0);
  }
  ExpectRemark(Checked(image, Modality::CT, mask), Remark::NoAir, { "from 20 to 600" });
}

TEST(PlausibilityCheckImageFilter, TakesItsModalityByName)
{
  auto filter = FilterType::New();
  EXPECT_EQ(filter->GetModality(), Modality::Unknown);
  filter->SetModalityByName("MR");
  EXPECT_EQ(filter->GetModality(), Modality::MR);
  filter->SetModalityByName("CT");
  EXPECT_EQ(filter->GetModality(), Modality::CT);
  filter->SetModalityByName("PT");
  EXPECT_EQ(filter->GetModality(), Modality::Unknown);
}

TEST(PlausibilityCheckImageFilter, RemarksDoNotDependOnThreadsAndAreThoseOfTheLastRun)
{
  auto hot = MR();
  hot->SetPixel({ { 30, 15, 10 } }, 600000.0F);
  auto filter = FilterType::New();
  filter->SetInput(hot);
  std::string text;
  for (const unsigned int threads : { 1u, 3u, 8u })
  {
    filter->SetNumberOfWorkUnits(threads);
    filter->Modified();
    filter->Update();
    ASSERT_EQ(filter->GetNumberOfRemarks(), 1u);
    EXPECT_TRUE(text.empty() || text == filter->GetRemark(0));
    text = filter->GetRemark(0);
    EXPECT_EQ(text.find("the image has 1 voxel"), 0u) << text;
  }
  filter->SetInput(MR());
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfRemarks(), 0u);
  EXPECT_EQ(filter->GetNumberOfOutliers(), 0u);
}

TEST(PlausibilityCheckImageFilter, TakesIntegersAndSlices)
{
  using SliceType = itk::Image<short, 2>;
  const auto slice = itk::TestUtilities::MakeImage<SliceType>(
    { { 200, 100 } }, [](const SliceType::IndexType & index) { return index[0] < 50 ? -1000 : 10 + index[1]; });
  auto filter = itk::PlausibilityCheckImageFilter<SliceType>::New();
  filter->SetInput(slice);
  filter->SetModality(Modality::CT);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfRemarks(), 0u);
  EXPECT_EQ(filter->GetMinimum(), -1000.0);
  filter->SetModality(Modality::MR);
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(filter->GetRemarkKind(0), Remark::Negative);
}

TEST(PlausibilityCheckImageFilter, RefusesBadParametersAndInputs)
{
  auto filter = FilterType::New();
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetInput(MR());
  ExpectError([&] { filter->GetRemark(0); }, "There is no remark 0, only 0");
  ExpectError([&] { filter->GetRemarkKind(3); }, "There is no remark 3, only 0");
  const double notANumber = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : { 0.0, -1.0, 2000.0, notANumber })
  {
    filter->SetSmallestExtent(bad);
    ExpectError([&] { filter->Update(); }, "SmallestExtent is ");
  }
  filter->SetSmallestExtent(50.0);
  for (const double bad : { 50.0, -1.0, notANumber })
  {
    filter->SetLargestExtent(bad);
    ExpectError([&] { filter->Update(); }, "LargestExtent is ");
  }
  filter->SetLargestExtent(2000.0);
  filter->SetExpectedMinimum(1.0);
  filter->Update();
  filter->UseExpectedRangeOn();
  ExpectError([&] { filter->Update(); }, "ExpectedMinimum is 1 and ExpectedMaximum is 1");
  filter->UseExpectedRangeOff();

  auto mask = MaskType::New();
  mask->SetRegions(MaskType::SizeType{ { 60, 30, 19 } });
  mask->Allocate(true);
  filter->SetMaskImage(mask);
  ExpectError([&] { filter->Update(); }, "the mask has another grid than the image");
  mask = MaskType::New();
  mask->SetRegions(MaskType::SizeType{ { 60, 30, 20 } });
  mask->Allocate(true);
  filter->SetMaskImage(mask);
  ExpectError([&] { filter->Update(); }, "MaskImage has no voxel that is not zero");
}

TEST(PlausibilityCheckImageFilter, PrintsItsMembers)
{
  auto hot = MR();
  hot->SetPixel({ { 30, 15, 10 } }, 600000.0F);
  std::ostringstream out;
  Checked(hot, Modality::MR)->Print(out);
  for (const char * const member : { "Modality: MR",
                                     "ImageName: head.mha",
                                     "SmallestExtent: 50",
                                     "LargestExtent: 2000",
                                     "ExpectedMinimum: 0",
                                     "ExpectedMaximum: 1",
                                     "UseExpectedRange: Off",
                                     "Remarks: 1",
                                     "Minimum: 3",
                                     "Maximum: 600000",
                                     "NumberOfOutliers: 1",
                                     "OrdinaryMinimum: 3",
                                     "OrdinaryMaximum: 600" })
  {
    EXPECT_NE(out.str().find(member), std::string::npos) << member;
  }
  std::ostringstream names;
  for (const Remark remark : allRemarks)
  {
    names << remark << " ";
  }
  EXPECT_EQ(names.str(), "Extent NotFinite Constant Outliers Negative Scaled Offset NoAir OnlyAir TooBright Range ");
  names.str("");
  names << Modality::Unknown << Modality::MR << Modality::CT << static_cast<Modality>(99) << static_cast<Remark>(99);
  EXPECT_EQ(names.str(), "UnknownMRCTINVALID VALUEINVALID VALUE");
}
