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

#include "itkPatchSignalCalculator.h"

#include "itkImageFilterTestUtilities.h"

#include <limits>
#include <sstream>

using namespace itk::TestUtilities;

namespace
{
using ImageType = itk::Image<float, 3>;
using CalculatorType = itk::PatchSignalCalculator<ImageType>;
using Plane = itk::InferencePlaneEnum;
using Numbers = CalculatorType::PatchNumbersType;

const ImageType::SizeType imageSize{ { 9, 7, 6 } };

ImageType::Pointer
Noise()
{
  Random random(77);
  return MakeObliqueImage<ImageType>(imageSize, [&](const auto &) { return random(); });
}

/** Every patch, counted one voxel after the other. */
template <typename TCalculator>
void
ExpectCounts(const TCalculator * calculator)
{
  using Image = typename TCalculator::ImageType;
  const auto * image = calculator->GetImage();
  for (itk::SizeValueType patch = 0; patch < calculator->GetNumberOfPatches(); ++patch)
  {
    const auto         region = calculator->GetPatchRegion(patch);
    itk::SizeValueType count = 0;
    for (itk::ImageRegionConstIteratorWithIndex<Image> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      count += region.IsInside(it.GetIndex()) && it.Get() > calculator->GetThreshold() ? 1 : 0;
    }
    const double share = static_cast<double>(count) / static_cast<double>(region.GetNumberOfPixels());
    ASSERT_EQ(calculator->GetNumberOfSignalVoxels(patch), count) << patch;
    ASSERT_EQ(calculator->GetSignalShare(patch), share) << patch;
    ASSERT_EQ(calculator->IsAccepted(patch), share >= calculator->GetMinimumShare()) << patch;
  }
}
} // namespace

TEST(PatchSignalCalculator, SharesOfSlices)
{
  // Slice z of 8 x 5 voxels has 4 z of them.
  const auto image =
    MakeImage<ImageType>({ { 8, 5, 6 } }, [](const auto & i) { return 8 * i[1] + i[0] < 4 * i[2] ? 1 : 0; });
  auto calculator = CalculatorType::New();
  calculator->SetImage(image);
  calculator->SetMinimumShare(0.3);
  calculator->Compute();
  ASSERT_EQ(calculator->GetNumberOfPatches(), 6u);
  for (unsigned int z = 0; z < 6; ++z)
  {
    EXPECT_EQ(calculator->GetNumberOfSignalVoxels(z), 4 * z);
    EXPECT_DOUBLE_EQ(calculator->GetSignalShare(z), 0.1 * z);
    EXPECT_EQ(calculator->GetPatchRegion(z), ImageType::RegionType({ { 0, 0, z } }, { { 8, 5, 1 } }));
  }
  // 12 / 40 is 0.3, and that is enough.
  EXPECT_EQ(calculator->GetRejectedPatches(), (Numbers{ 0, 1, 2 }));
  calculator->SetMinimumShare(0.3000001);
  EXPECT_EQ(calculator->GetRejectedPatches(), (Numbers{ 0, 1, 2, 3 }));
  calculator->SetMinimumShare(0.0);
  EXPECT_EQ(calculator->GetRejectedPatches(), Numbers{});
}

// Belmir 2025: at least 1000 voxels in a patch of 256 x 256.
TEST(PatchSignalCalculator, TheDefaultIsThePapersRule)
{
  using Image2D = itk::Image<short, 2>;
  for (const int signal : { 999, 1000 })
  {
    auto calculator = itk::PatchSignalCalculator<Image2D>::New();
    calculator->SetImage(
      MakeImage<Image2D>({ { 256, 256 } }, [signal](const auto & i) { return 256 * i[1] + i[0] < signal ? 7 : 0; }));
    calculator->Compute();
    ASSERT_EQ(calculator->GetNumberOfPatches(), 1u);
    EXPECT_EQ(calculator->GetNumberOfSignalVoxels(0), static_cast<itk::SizeValueType>(signal));
    EXPECT_EQ(calculator->IsAccepted(0), signal == 1000);
  }
}

TEST(PatchSignalCalculator, SlicesOfThePatientsPlanes)
{
  const auto image = Noise();
  // Toward the feet, the left and the back.
  ImageType::DirectionType direction;
  direction.Fill(0.0);
  direction[2][0] = -1.0;
  direction[0][1] = 1.0;
  direction[1][2] = 1.0;
  image->SetDirection(direction);
  for (const auto & plane :
       { std::make_pair(Plane::Axial, 0u), std::make_pair(Plane::Sagittal, 1u), std::make_pair(Plane::Coronal, 2u) })
  {
    auto calculator = CalculatorType::New();
    calculator->SetImage(image);
    calculator->SetThreshold(0.6);
    calculator->SetMinimumShare(0.4);
    calculator->SetPlane(plane.first);
    calculator->Compute();
    ASSERT_EQ(calculator->GetNumberOfPatches(), imageSize[plane.second]);
    for (itk::SizeValueType patch = 0; patch < calculator->GetNumberOfPatches(); ++patch)
    {
      auto expected = image->GetLargestPossibleRegion();
      expected.SetIndex(plane.second, expected.GetIndex(plane.second) + static_cast<itk::IndexValueType>(patch));
      expected.SetSize(plane.second, 1);
      EXPECT_EQ(calculator->GetPatchRegion(patch), expected);
    }
    ExpectCounts(calculator.GetPointer());
  }
}

TEST(PatchSignalCalculator, WindowsOfTheVolumeWithPadding)
{
  const auto           image = Noise();
  const itk::PatchGrid grid({ 9, 7, 6 }, { 4, 10, 3 }, 0.5);
  ASSERT_TRUE(grid.NeedsPadding());
  auto calculator = CalculatorType::New();
  calculator->SetImage(image);
  calculator->SetThreshold(0.7);
  calculator->SetMinimumShare(0.22);
  calculator->SetPatchGrid(grid);
  calculator->Compute();
  ASSERT_EQ(calculator->GetNumberOfPatches(), grid.GetNumberOfTiles());
  for (size_t tile = 0; tile < grid.GetNumberOfTiles(); ++tile)
  {
    const auto region = calculator->GetPatchRegion(tile);
    for (unsigned int d = 0; d < 3; ++d)
    {
      EXPECT_EQ(region.GetIndex(d), image->GetLargestPossibleRegion().GetIndex(d) + grid.GetTileStart(tile)[d]);
      EXPECT_EQ(region.GetSize(d), grid.GetPatchSize()[d]);
    }
  }
  ExpectCounts(calculator.GetPointer());
  EXPECT_GT(calculator->GetRejectedPatches().size(), 0u);
  EXPECT_LT(calculator->GetRejectedPatches().size(), grid.GetNumberOfTiles());
}

TEST(PatchSignalCalculator, WindowsInEverySlice)
{
  const auto image = Noise();
  // Slices across the middle axis of the array; the grid's axes are the first and the last.
  const itk::PatchGrid grid({ 9, 6 }, { 4, 2 }, 0.25);
  auto                 calculator = CalculatorType::New();
  calculator->SetImage(image);
  calculator->SetThreshold(0.5);
  calculator->SetPatchGrid(grid);
  calculator->SetPlane(Plane::Coronal);
  calculator->Compute();
  ASSERT_EQ(calculator->GetNumberOfPatches(), 7 * grid.GetNumberOfTiles());
  for (itk::SizeValueType patch = 0; patch < calculator->GetNumberOfPatches(); ++patch)
  {
    const auto                  start = grid.GetTileStart(patch % grid.GetNumberOfTiles());
    const auto                  slice = static_cast<itk::IndexValueType>(patch / grid.GetNumberOfTiles());
    const ImageType::RegionType expected({ { start[0] - 2, slice + 1, start[1] + 4 } }, { { 4, 1, 2 } });
    EXPECT_EQ(calculator->GetPatchRegion(patch), expected);
  }
  ExpectCounts(calculator.GetPointer());
}

TEST(PatchSignalCalculator, WindowsIn2D)
{
  using Image2D = itk::Image<short, 2>;
  Random random(5);
  auto   calculator = itk::PatchSignalCalculator<Image2D>::New();
  calculator->SetImage(MakeObliqueImage<Image2D>({ { 11, 8 } }, [&](const auto &) { return 100.0 * random(); }));
  calculator->SetThreshold(60.0);
  calculator->SetPatchGrid(itk::PatchGrid({ 11, 8 }, { 4, 3 }, 0.5, itk::TileRuleEnum::Even));
  calculator->Compute();
  EXPECT_GT(calculator->GetNumberOfPatches(), 10u);
  ExpectCounts(calculator.GetPointer());
}

TEST(PatchSignalCalculator, NotANumberIsNoSignal)
{
  auto image = MakeImage<ImageType>({ { 4, 4, 1 } }, [](const auto &) { return 1; });
  image->SetPixel({ { 1, 2, 0 } }, std::numeric_limits<float>::quiet_NaN());
  auto calculator = CalculatorType::New();
  calculator->SetImage(image);
  calculator->Compute();
  EXPECT_EQ(calculator->GetNumberOfSignalVoxels(0), 15u);
}

TEST(PatchSignalCalculator, RefusesBadInput)
{
  auto calculator = CalculatorType::New();
  ExpectError([&] { calculator->Compute(); }, "There is no Image");
  calculator->SetImage(Noise());
  ExpectError([&] { (void)calculator->GetSignalShare(0); }, "There is no patch 0");
  calculator->SetThreshold(std::numeric_limits<double>::quiet_NaN());
  ExpectError([&] { calculator->Compute(); }, "Threshold is nan");
  calculator->SetThreshold(0.0);
  for (const double share : { -0.1, 1.1, std::numeric_limits<double>::quiet_NaN() })
  {
    calculator->SetMinimumShare(share);
    ExpectError([&] { calculator->Compute(); }, "MinimumShare is ");
  }
  calculator->SetMinimumShare(0.5);
  calculator->SetPlane(Plane::Volume);
  ExpectError([&] { calculator->Compute(); }, "and should be Axial, Coronal or Sagittal");
  calculator->SetPlane(Plane::Axial);
  calculator->SetPatchGrid(itk::PatchGrid({ 9 }, { 4 }, 0.5));
  ExpectError([&] { calculator->Compute(); }, "PatchGrid has 1 axes");
  calculator->SetPatchGrid(itk::PatchGrid({ 9, 6 }, { 4, 4 }, 0.5));
  ExpectError([&] { calculator->Compute(); }, "PatchGrid is for 6 voxels along its axis 1 and should be for 7");
  calculator->SetPatchGrid({});
  calculator->Compute();
  EXPECT_EQ(calculator->GetNumberOfPatches(), 6u);
  ExpectError([&] { (void)calculator->IsAccepted(6); }, "There is no patch 6: the last Compute() found 6");
  ExpectError([&] { (void)calculator->GetNumberOfSignalVoxels(6); }, "There is no patch 6");
  ExpectError([&] { (void)calculator->GetPatchRegion(6); }, "There is no patch 6");
}

TEST(PatchSignalCalculator, PrintsItsParameters)
{
  auto calculator = CalculatorType::New();
  calculator->SetThreshold(12.5);
  std::ostringstream text;
  calculator->Print(text);
  EXPECT_NE(text.str().find("Threshold: 12.5"), std::string::npos);
}
