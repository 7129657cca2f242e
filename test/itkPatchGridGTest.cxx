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
  const auto even = [](const unsigned int size, const unsigned int patch, const double overlap) {
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

TEST(PatchGrid, EvenTilesAreThoseOfNNUNetForTheOverlapsThatPeopleUse)
{
  const auto number = [](const unsigned int size, const unsigned int patch, const double overlap) {
    return itk::PatchGrid({ size }, { patch }, overlap, itk::TileRuleEnum::Even).GetNumberOfTiles();
  };
  // Reference: compute_steps_for_sliding_window of nnunetv2 2.8.1 with the steps 0.2 and 0.1. With the step 1 - overlap
  // computed in double there would be one window more.
  EXPECT_EQ(number(128, 64, 0.8), 6u);
  EXPECT_EQ(number(192, 64, 0.8), 11u);
  EXPECT_EQ(number(100, 20, 0.9), 41u);
  // An overlap may come from arithmetic itself.
  EXPECT_EQ(number(128, 64, 1.0 - 0.2), 6u);
  EXPECT_EQ(number(100, 20, 0.3 + 0.6), 41u);
  // No short decimal fraction is put in the place of what is none: steps of 1/3 and 2/3, and of 88 voxels of 96.
  EXPECT_EQ(number(39, 9, 2.0 / 3.0), 11u);
  EXPECT_EQ(number(39, 9, 1.0 / 3.0), 6u);
  EXPECT_EQ(number(536, 96, 8.0 / 96.0), 6u);

  // For every overlap: windows that a step of at least one voxel gives, and the sum of all starts, each multiplied by
  // 2 i + 1 and by a number of its grid, modulo 2^64. Both were computed with numpy by the expressions of that
  // function, which was called itself for five sizes of each window.
  struct Reference
  {
    unsigned int Step; // in twentieths
    uint64_t     Windows;
    uint64_t     Starts;
  };
  const Reference references[] = {
    { 1, 4796683, 8270488368414381ull }, { 2, 3365018, 5166271933372970ull }, { 3, 2492542, 3053555589320468ull },
    { 4, 1904344, 1732815246006907ull }, { 5, 1551680, 1119023371251099ull }, { 6, 1317793, 785101014688740ull },
    { 7, 1150307, 582500197456294ull },  { 8, 1024095, 449944191931660ull },  { 9, 926712, 359094347198957ull },
    { 10, 847560, 293222211937701ull },  { 11, 784438, 245026363738740ull },  { 12, 731049, 207829253906254ull },
    { 13, 686194, 178842342018588ull },  { 14, 647683, 155720192862701ull },  { 15, 613965, 136853375139895ull },
    { 16, 584937, 121519980469817ull },  { 17, 559323, 108740038914236ull },  { 18, 536313, 97925016595315ull },
    { 19, 515857, 88780567421168ull },   { 20, 496671, 80731895754009ull },
  };
  for (const Reference & reference : references)
  {
    const double step = reference.Step / 20.0;
    const double overlap = (20 - reference.Step) / 20.0;
    uint64_t     windows = 0;
    uint64_t     sum = 0;
    for (unsigned int patch = 8; patch <= 256; ++patch)
    {
      const double target = patch * step;
      for (unsigned int size = patch; size <= 512; ++size)
      {
        const auto starts = itk::PatchGrid({ size }, { patch }, overlap, itk::TileRuleEnum::Even).GetAxisStarts(0);
        if (target < 1.0)
        {
          // nnU-Net has several windows at each voxel then, and this grid one.
          ASSERT_EQ(starts.size(), size - patch + 1);
          continue;
        }
        ASSERT_EQ(starts.size(), static_cast<size_t>(std::ceil((size - patch) / target)) + 1)
          << patch << " of " << size << ", overlap " << overlap;
        windows += starts.size();
        uint64_t gridSum = 0;
        for (size_t i = 0; i < starts.size(); ++i)
        {
          gridSum += static_cast<uint64_t>(starts[i]) * (2 * i + 1);
        }
        sum += gridSum * (size * 131 + patch * 17 + reference.Step);
      }
    }
    EXPECT_EQ(windows, reference.Windows) << "overlap " << overlap;
    EXPECT_EQ(sum, reference.Starts) << "overlap " << overlap;
  }
}

TEST(PatchGrid, IntervalTilesAreThoseOfMONAI)
{
  // Reference: the rule of monai.inferers (1.5), scan_interval = int(roi * (1 - overlap)) or 1, as many windows as it
  // takes to reach the end, the last one moved back.
  for (unsigned int twentieth = 0; twentieth < 20; ++twentieth)
  {
    const double overlap = twentieth / 20.0;
    for (unsigned int patch = 8; patch <= 256; patch += 3)
    {
      const unsigned int interval = std::max(1u, static_cast<unsigned int>(patch * (1.0 - overlap)));
      for (unsigned int size = patch; size <= 512; size += 5)
      {
        Start expected;
        for (unsigned int position = 0;; position += interval)
        {
          expected.push_back(std::min(position, size - patch));
          if (position + patch >= size)
          {
            break;
          }
        }
        ASSERT_EQ(itk::PatchGrid({ size }, { patch }, overlap).GetAxisStarts(0), expected)
          << patch << " of " << size << ", overlap " << overlap;
      }
    }
  }
}

TEST(PatchGrid, OverlapMayDifferAlongTheAxes)
{
  const itk::PatchGrid grid({ 10, 10 }, { 4, 4 }, { 0.25, 0.5 });
  EXPECT_EQ(grid.GetAxisStarts(0), (Start{ 0, 3, 6 }));
  EXPECT_EQ(grid.GetAxisStarts(1), (Start{ 0, 2, 4, 6 }));
  const itk::PatchGrid even({ 10, 10 }, { 4, 4 }, { 0.0, 0.5 }, itk::TileRuleEnum::Even);
  EXPECT_EQ(even.GetAxisStarts(0), (Start{ 0, 3, 6 }));
  EXPECT_EQ(even.GetAxisStarts(1), (Start{ 0, 2, 4, 6 }));
  // One number stands for all axes.
  const itk::PatchGrid same({ 10, 11 }, { 4, 4 }, itk::PatchGrid::OverlapType{ 0.25 });
  EXPECT_EQ(same.GetAxisStarts(0), (Start{ 0, 3, 6 }));
  EXPECT_EQ(same.GetAxisStarts(1), (Start{ 0, 3, 6, 7 }));
}

TEST(PatchGrid, CountsTheWindowsOfAVoxel)
{
  // Windows of 4 at 0, 3 and 6, and one of 8 around 5.
  const itk::PatchGrid grid({ 10, 5 }, { 4, 8 }, 0.25);
  EXPECT_EQ(grid.GetAxisWindowCounts(0), (Sizes{ 1, 1, 1, 2, 1, 1, 2, 1, 1, 1 }));
  EXPECT_EQ(grid.GetAxisWindowCounts(1), Sizes(5, 1));
}

TEST(PatchGrid, GivesListsThatOutliveIt)
{
  Start seen;
  for (const auto start : itk::PatchGrid({ 10 }, { 4 }, 0.25).GetAxisStarts(0))
  {
    seen.push_back(start);
  }
  EXPECT_EQ(seen, (Start{ 0, 3, 6 }));
  for (const auto size : itk::PatchGrid({ 10 }, { 4 }, 0.25).GetImageSize())
  {
    EXPECT_EQ(size, 10u);
  }
  for (const auto size : itk::PatchGrid({ 10 }, { 4 }, 0.25).GetPatchSize())
  {
    EXPECT_EQ(size, 4u);
  }
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
  std::mt19937                                random(7);
  std::uniform_int_distribution<unsigned int> size(1, 70);
  std::uniform_real_distribution<double>      overlap(0.0, 0.99);
  for (int repeat = 0; repeat < 2000; ++repeat)
  {
    const double         share = overlap(random);
    const auto           multiple = 1 + static_cast<unsigned int>(repeat % 3);
    const unsigned int   imageSize = multiple * size(random);
    const unsigned int   patchSize = multiple * size(random);
    const auto           rule = repeat % 2 ? itk::TileRuleEnum::Even : itk::TileRuleEnum::Interval;
    const itk::PatchGrid grid({ imageSize }, { patchSize }, share, rule, { multiple });
    const Start          starts = grid.GetAxisStarts(0);
    Sizes                covered(imageSize, 0);
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
    EXPECT_EQ(grid.GetAxisWindowCounts(0), covered);
    EXPECT_GE(*std::min_element(covered.begin(), covered.end()), 1u) << imageSize << " " << patchSize << " " << share;
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
  EXPECT_THROW(itk::PatchGrid({ 2 }, { 1 }, { 0.0, 0.0 }), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 2, 2 }, { 1, 1 }, { 0.0, 1.0 }), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 2, 2, 2 }, { 1, 1, 1 }, { 0.0, 0.5 }), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchGrid({ 2 }, { 1 }, itk::PatchGrid::OverlapType{}), itk::ExceptionObject);
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
  EXPECT_THROW(grid.GetScaled({ 1e10 }), itk::ExceptionObject);
  EXPECT_THROW(grid.GetScaled({ 1e-10 }), itk::ExceptionObject);
  EXPECT_THROW(grid.GetAxisWindowCounts(1), itk::ExceptionObject);
  EXPECT_THROW(grid.GetTileStart(2), itk::ExceptionObject);
  EXPECT_THROW(grid.GetAxisStarts(1), itk::ExceptionObject);
}
