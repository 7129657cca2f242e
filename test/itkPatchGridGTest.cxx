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
#include "itkPatchGrid.h"

#include "itkMacro.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace
{
using Sizes = itk::PatchGrid::SizesType;
using Start = itk::PatchGrid::StartType;
} // namespace

TEST(PatchGrid, StartsWhereTheDefinitionSays)
{
  // Interval int(4 * (1 - 0.25)) = 3; the last window is moved back from 9 to 6.
  EXPECT_EQ(itk::PatchGrid({ 10 }, { 4 }, 0.25).GetAxisStarts(0), (Start{ 0, 3, 6 }));
  EXPECT_EQ(itk::PatchGrid({ 11 }, { 4 }, 0.25).GetAxisStarts(0), (Start{ 0, 3, 6, 7 }));
  EXPECT_EQ(itk::PatchGrid({ 8 }, { 4 }, 0.0).GetAxisStarts(0), (Start{ 0, 4 }));
  EXPECT_EQ(itk::PatchGrid({ 4 }, { 4 }, 0.5).GetAxisStarts(0), (Start{ 0 }));
  // An interval below one voxel is one voxel.
  EXPECT_EQ(itk::PatchGrid({ 6 }, { 3 }, 0.9).GetAxisStarts(0), (Start{ 0, 1, 2, 3 }));
  EXPECT_EQ(itk::PatchGrid({ 4 }, { 1 }, 0.0).GetAxisStarts(0), (Start{ 0, 1, 2, 3 }));
}

TEST(PatchGrid, CoversTheTailThatPeersLeaveOut)
{
  // Size 640, window 64, overlap of 8 voxels: an interval of 56 ends at 616 + 64 > 640.
  const auto starts = itk::PatchGrid({ 640 }, { 64 }, 8.0 / 64.0).GetAxisStarts(0);
  EXPECT_EQ(starts.size(), 12u);
  EXPECT_EQ(starts[10], 560);
  EXPECT_EQ(starts[11], 576);
}

TEST(PatchGrid, PadsSmallImagesWithTheSmallerHalfBefore)
{
  EXPECT_EQ(itk::PatchGrid({ 5 }, { 8 }, 0.5).GetAxisStarts(0), (Start{ -1 }));
  EXPECT_EQ(itk::PatchGrid({ 4 }, { 8 }, 0.5).GetAxisStarts(0), (Start{ -2 }));
  EXPECT_TRUE(itk::PatchGrid({ 9, 5 }, { 8, 8 }, 0.5).NeedsPadding());
  EXPECT_FALSE(itk::PatchGrid({ 9, 8 }, { 8, 8 }, 0.5).NeedsPadding());
}

TEST(PatchGrid, NumbersWindowsWithTheFirstAxisFastest)
{
  const itk::PatchGrid grid({ 6, 8, 2 }, { 4, 4, 3 }, 0.0);
  EXPECT_EQ(grid.GetDimension(), 3u);
  EXPECT_EQ(grid.GetNumberOfPatchVoxels(), 48u);
  ASSERT_EQ(grid.GetNumberOfTiles(), 4u);
  EXPECT_EQ(grid.GetTileStart(0), (Start{ 0, 0, 0 }));
  EXPECT_EQ(grid.GetTileStart(1), (Start{ 2, 0, 0 }));
  EXPECT_EQ(grid.GetTileStart(2), (Start{ 0, 4, 0 }));
  EXPECT_EQ(grid.GetTileStart(3), (Start{ 2, 4, 0 }));
  EXPECT_EQ(itk::PatchGrid().GetNumberOfTiles(), 0u);
}

TEST(PatchGrid, EvenTilesAreThoseOfNNUNet)
{
  const auto even = [](const size_t size, const size_t patch, const double overlap) {
    return itk::PatchGrid({ size }, { patch }, overlap, itk::TileRuleEnum::Even).GetAxisStarts(0);
  };
  // Reference: compute_steps_for_sliding_window of nnunetv2 2.8.1, tile_step_size = 1 - overlap.
  EXPECT_EQ(even(110, 64, 0.5), (Start{ 0, 23, 46 }));
  EXPECT_EQ(even(181, 96, 0.5), (Start{ 0, 42, 85 }));
  EXPECT_EQ(even(217, 96, 0.5), (Start{ 0, 40, 81, 121 }));
  EXPECT_EQ(even(96, 96, 0.5), (Start{ 0 }));
  // Halves are rounded to even: 2.5 to 2, 7.5 to 8.
  EXPECT_EQ(even(18, 8, 0.625), (Start{ 0, 2, 5, 8, 10 }));
  // A step below one voxel is one voxel.
  EXPECT_EQ(even(6, 3, 0.9), (Start{ 0, 1, 2, 3 }));
}

TEST(PatchGrid, ScalesWithTheNetwork)
{
  const itk::PatchGrid grid({ 20, 12 }, { 8, 16 }, 0.4, itk::TileRuleEnum::Interval, { 4, 1 });
  // int(8 * 0.6) = 4 and the border at 12; 16 is padded by 2 before.
  EXPECT_EQ(grid.GetAxisStarts(0), (Start{ 0, 4, 8, 12 }));
  const auto scaled = grid.GetScaled({ 0.25, 2.0 });
  EXPECT_EQ(scaled.GetImageSize(), (Sizes{ 5, 24 }));
  EXPECT_EQ(scaled.GetPatchSize(), (Sizes{ 2, 32 }));
  EXPECT_EQ(scaled.GetAxisStarts(0), (Start{ 0, 1, 2, 3 }));
  EXPECT_EQ(scaled.GetAxisStarts(1), (Start{ -4 }));
  EXPECT_EQ(scaled.GetNumberOfTiles(), grid.GetNumberOfTiles());
  // Starts that are no multiple are lowered: 0, 7, 8 to 0, 6, 8.
  EXPECT_EQ(itk::PatchGrid({ 18 }, { 10 }, 0.25, itk::TileRuleEnum::Interval, { 2 }).GetAxisStarts(0),
            (Start{ 0, 6, 8 }));
  EXPECT_EQ(itk::PatchGrid::GetAlignmentFor(1.0), 1u);
  EXPECT_EQ(itk::PatchGrid::GetAlignmentFor(2.0), 1u);
  EXPECT_EQ(itk::PatchGrid::GetAlignmentFor(0.5), 2u);
  EXPECT_EQ(itk::PatchGrid::GetAlignmentFor(1.0 / 3.0), 3u);
  EXPECT_EQ(itk::PatchGrid::GetAlignmentFor(1.5), 2u);
}

TEST(PatchGrid, CoversEveryVoxelForRandomSizes)
{
  std::mt19937                           random(7);
  std::uniform_int_distribution<size_t>  size(1, 70);
  std::uniform_real_distribution<double> overlap(0.0, 0.99);
  for (int repeat = 0; repeat < 2000; ++repeat)
  {
    const double         share = overlap(random);
    const size_t         multiple = 1 + static_cast<size_t>(repeat % 3);
    const size_t         imageSize = multiple * size(random);
    const size_t         patchSize = multiple * size(random);
    const auto           rule = repeat % 2 ? itk::TileRuleEnum::Even : itk::TileRuleEnum::Interval;
    const itk::PatchGrid grid({ imageSize }, { patchSize }, share, rule, { multiple });
    const Start &        starts = grid.GetAxisStarts(0);
    std::vector<int>     covered(imageSize, 0);
    for (const int64_t start : starts)
    {
      EXPECT_EQ(start % static_cast<int64_t>(multiple), 0);
      if (imageSize >= patchSize)
      {
        EXPECT_GE(start, 0);
        EXPECT_LE(start + static_cast<int64_t>(patchSize), static_cast<int64_t>(imageSize));
      }
      for (int64_t i = std::max<int64_t>(0, start);
           i < std::min<int64_t>(static_cast<int64_t>(imageSize), start + static_cast<int64_t>(patchSize));
           ++i)
      {
        ++covered[static_cast<size_t>(i)];
      }
    }
    EXPECT_GE(*std::min_element(covered.begin(), covered.end()), 1) << imageSize << " " << patchSize << " " << share;
    for (size_t i = 1; i < starts.size(); ++i)
    {
      EXPECT_LT(starts[i - 1], starts[i]);
    }
  }
}

TEST(PatchGrid, RefusesWhatIsNoGrid)
{
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(itk::PatchGrid({}, {}, 0.0), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 2, 2, 2, 2 }, { 1, 1, 1, 1 }, 0.0), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 2, 2 }, { 1 }, 0.0), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 0 }, { 1 }, 0.0), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 2 }, { 0 }, 0.0), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 2 }, { 1 }, 1.0), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 2 }, { 1 }, -0.1), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 2 }, { 1 }, nan), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 4 }, { 2 }, 0.0, itk::TileRuleEnum::Even, { 0 }), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 5 }, { 2 }, 0.0, itk::TileRuleEnum::Even, { 2 }), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 4 }, { 3 }, 0.0, itk::TileRuleEnum::Even, { 2 }), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 4 }, { 2 }, 0.0, itk::TileRuleEnum::Even, { 2, 2 }), itk::ExceptionObject);
  for (const double scale : { 0.0, -1.0, nan, 0.001, std::sqrt(2.0) })
  {
    EXPECT_THROW(itk::PatchGrid::GetAlignmentFor(scale), itk::ExceptionObject) << scale;
  }
  const itk::PatchGrid grid({ 4 }, { 2 }, 0.0);
  EXPECT_THROW(grid.GetScaled({ 0.3 }), itk::ExceptionObject);
  EXPECT_THROW(grid.GetScaled({ 1.0, 1.0 }), itk::ExceptionObject);
  EXPECT_THROW(grid.GetTileStart(2), itk::ExceptionObject);
  EXPECT_THROW(grid.GetAxisStarts(1), itk::ExceptionObject);
}
