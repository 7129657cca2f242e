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
#include "itkPatchBlender.h"

#include "itkMacro.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace
{
using Blending = itk::BlendingEnum;

/** Run a blender over windows that \c value(channel, tile, position in the window, position in the image) fills; the
 * image position is -1 in the padding. */
template <typename TValue>
std::vector<std::vector<float>>
Blend(itk::PatchBlender & blender, const itk::PatchGrid & grid, const size_t channels, const TValue & value)
{
  const size_t                    dimension = grid.GetDimension();
  std::vector<std::vector<float>> image(channels);
  std::vector<float>              layer(blender.GetNumberOfLayerVoxels());
  for (size_t tile = 0; tile < grid.GetNumberOfTiles(); ++tile)
  {
    const auto                      start = grid.GetTileStart(tile);
    std::vector<std::vector<float>> patch(channels);
    for (size_t i = 0; i < grid.GetNumberOfPatchVoxels(); ++i)
    {
      size_t  rest = i;
      int64_t position = 0;
      int64_t stride = 1;
      for (size_t axis = 0; axis < dimension; ++axis)
      {
        const auto size = static_cast<int64_t>(grid.GetImageSize()[axis]);
        const auto at = start[axis] + static_cast<int64_t>(rest % grid.GetPatchSize()[axis]);
        rest /= grid.GetPatchSize()[axis];
        position = position < 0 || at < 0 || at >= size ? -1 : position + at * stride;
        stride *= size;
      }
      for (size_t channel = 0; channel < channels; ++channel)
      {
        patch[channel].push_back(value(channel, tile, i, position));
      }
    }
    std::vector<const float *> pointers;
    for (const auto & each : patch)
    {
      pointers.push_back(each.data());
    }
    blender.AddTile(tile, pointers);
    for (; blender.HasFinishedLayer(); blender.ReleaseLayer())
    {
      for (size_t channel = 0; channel < channels; ++channel)
      {
        EXPECT_EQ(blender.GetLayerPosition() * layer.size(), image[channel].size());
        blender.GetLayer(channel, layer.data());
        image[channel].insert(image[channel].end(), layer.begin(), layer.end());
      }
    }
  }
  return image;
}
} // namespace

TEST(PatchBlender, WeightsAreThoseOfTheDefinition)
{
  EXPECT_EQ(itk::PatchBlender::MakeWeights({ 3, 2 }, Blending::Constant), std::vector<float>(6, 1.0f));

  const auto weights = itk::PatchBlender::MakeWeights({ 8, 5 }, Blending::Gaussian);
  ASSERT_EQ(weights.size(), 40u);
  // Standard deviations 1 and 0.625; voxel (3, 2) lies half a voxel and none off the centre.
  EXPECT_FLOAT_EQ(weights[2 * 8 + 3], std::exp(-0.125f));
  EXPECT_FLOAT_EQ(weights[2 * 8 + 2], std::exp(-1.125f));
  EXPECT_FLOAT_EQ(weights[1 * 8 + 4], std::exp(-0.125f - 1.0f / (2.0f * 0.390625f)));
  // The corner would be exp(-6.125 - 5.12) = 1.3e-5.
  EXPECT_EQ(weights[0], 1e-3f);
  for (size_t j = 0; j < 5; ++j)
  {
    for (size_t i = 0; i < 8; ++i)
    {
      EXPECT_EQ(weights[j * 8 + i], weights[(4 - j) * 8 + 7 - i]) << "not symmetric at " << i << ", " << j;
    }
  }
}

TEST(PatchBlender, NNUNetWeightsAreThoseOfTheirFilteredImpulse)
{
  // Reference: compute_gaussian((8, 5), sigma_scale=1/8) of nnunetv2 2.8.1 (SciPy's gaussian_filter of an impulse at
  // size // 2), divided by its maximum; a product of exp(-(i - n / 2)^2 / (2 (n / 8)^2)) in closed form.
  const auto weights = itk::PatchBlender::MakeWeights({ 8, 5 }, Blending::NNUNetGaussian);
  ASSERT_EQ(weights.size(), 40u);
  EXPECT_EQ(weights[2 * 8 + 4], 1.0f);
  EXPECT_FLOAT_EQ(weights[2 * 8 + 3], std::exp(-0.5f));
  EXPECT_FLOAT_EQ(weights[2 * 8 + 0], std::exp(-8.0f));
  EXPECT_FLOAT_EQ(weights[2 * 8 + 7], std::exp(-4.5f));
  EXPECT_FLOAT_EQ(weights[1 * 8 + 4], std::exp(-1.28f));
  EXPECT_FLOAT_EQ(weights[0], std::exp(-8.0f - 5.12f));
}

TEST(PatchBlender, WeightsMayBeWiderOrNarrower)
{
  // MONAI's sigma_scale: standard deviation 2 for 8 voxels, half a voxel from the centre to voxel 3.
  const auto wide = itk::PatchBlender::MakeWeights({ 8 }, Blending::Gaussian, 0.25);
  EXPECT_FLOAT_EQ(wide[3], std::exp(-0.03125f));
  EXPECT_FLOAT_EQ(wide[0], std::exp(-1.53125f));
  EXPECT_EQ(itk::PatchBlender::MakeWeights({ 8 }, Blending::Gaussian, 0.125),
            itk::PatchBlender::MakeWeights({ 8 }, Blending::Gaussian));
  // Without a floor, a narrow Gaussian is too small for a float away from its centre: as in nnU-Net, the smallest of
  // the positive weights is there instead. Standard deviation 0.08 voxels: exp(-78.1) beside the centre.
  const auto narrow = itk::PatchBlender::MakeWeights({ 8 }, Blending::NNUNetGaussian, 0.01);
  EXPECT_EQ(narrow[4], 1.0f);
  EXPECT_FLOAT_EQ(narrow[3], static_cast<float>(std::exp(-78.125)));
  EXPECT_EQ(narrow[0], narrow[3]);
  EXPECT_EQ(narrow[7], narrow[3]);
  EXPECT_EQ(itk::PatchBlender::MakeWeights({ 4 }, Blending::Gaussian, 0.001), std::vector<float>(4, 1e-3f));

  const itk::PatchGrid grid({ 6 }, { 4 }, 0.5);
  itk::PatchBlender    blender(grid, Blending::Gaussian, 1, 0.25);
  const auto           value = [](size_t, const size_t tile, size_t, int64_t) { return tile == 0 ? 1.0f : 3.0f; };
  // Standard deviation 1: weights exp(-1.125) at the ends and exp(-0.125) inside.
  const double outer = std::exp(-1.125);
  const double inner = std::exp(-0.125);
  EXPECT_FLOAT_EQ(Blend(blender, grid, 1, value)[0][2], static_cast<float>((inner * 1 + outer * 3) / (inner + outer)));
}

TEST(PatchBlender, WindowOfOneVoxelWeighsOne)
{
  EXPECT_EQ(itk::PatchBlender::MakeWeights({ 1 }, Blending::Gaussian), std::vector<float>{ 1.0f });
  EXPECT_EQ(itk::PatchBlender::MakeWeights({ 1 }, Blending::NNUNetGaussian), std::vector<float>{ 1.0f });
  EXPECT_EQ(itk::PatchBlender::MakeWeights({ 1, 2 }, Blending::Median), (std::vector<float>{ 1.0f, 1.0f }));
  const auto flat = itk::PatchBlender::MakeWeights({ 4, 1 }, Blending::Gaussian);
  EXPECT_EQ(flat, itk::PatchBlender::MakeWeights({ 4 }, Blending::Gaussian));
}

TEST(PatchBlender, WeightsOfAnyWindowArePositiveAndAtMostOne)
{
  for (unsigned int n = 1; n < 300; ++n)
  {
    for (const float weight : itk::PatchBlender::MakeWeights({ n }, Blending::Gaussian))
    {
      EXPECT_GE(weight, 1e-3f);
      EXPECT_LE(weight, 1.0f);
    }
  }
}

TEST(PatchBlender, GivesTheWeightedMeanComputedByHand)
{
  // Windows of 4 at 0 and 2 on 6 voxels; the first says 1, the second 3.
  const itk::PatchGrid grid({ 6 }, { 4 }, 0.5);
  ASSERT_EQ(grid.GetNumberOfTiles(), 2u);
  const auto value = [](size_t, const size_t tile, size_t, int64_t) { return tile == 0 ? 1.0f : 3.0f; };

  itk::PatchBlender constant(grid, Blending::Constant, 1);
  EXPECT_EQ(Blend(constant, grid, 1, value)[0], (std::vector<float>{ 1, 1, 2, 2, 3, 3 }));

  itk::PatchBlender gaussian(grid, Blending::Gaussian, 1);
  const auto        blended = Blend(gaussian, grid, 1, value)[0];
  // Standard deviation 0.5: weights exp(-4.5) at the ends and exp(-0.5) inside.
  const double outer = std::exp(-4.5);
  const double inner = std::exp(-0.5);
  EXPECT_EQ(blended[1], 1.0f);
  EXPECT_FLOAT_EQ(blended[2], static_cast<float>((inner * 1 + outer * 3) / (inner + outer)));
  EXPECT_FLOAT_EQ(blended[3], static_cast<float>((outer * 1 + inner * 3) / (inner + outer)));
  EXPECT_EQ(blended[4], 3.0f);
}

TEST(PatchBlender, MedianIsTheTrueMedian)
{
  // Windows of 4 with an interval of 1 on 7 voxels; window n says values[n]. The first voxel has one value, the second
  // two, and so on. Of an even number, peers take the lower of the middle two, or leave out zeros.
  const itk::PatchGrid grid({ 7 }, { 4 }, 0.75);
  ASSERT_EQ(grid.GetNumberOfTiles(), 4u);
  const float       values[] = { 0.0f, 8.0f, 0.0f, 3.0f };
  const auto        value = [&](size_t, const size_t tile, size_t, int64_t) { return values[tile]; };
  itk::PatchBlender median(grid, Blending::Median, 1);
  EXPECT_EQ(Blend(median, grid, 1, value)[0], (std::vector<float>{ 0.0f, 4.0f, 0.0f, 1.5f, 3.0f, 1.5f, 3.0f }));
  median.Restart();
  EXPECT_EQ(Blend(median, grid, 1, value)[0], (std::vector<float>{ 0.0f, 4.0f, 0.0f, 1.5f, 3.0f, 1.5f, 3.0f }));

  // One value that is no number makes the voxels that it belongs to none.
  const auto        withNaN = [](size_t, const size_t tile, size_t, int64_t) { return tile == 0 ? NAN : 1.0f; };
  itk::PatchBlender another(grid, Blending::Median, 1);
  const auto        blended = Blend(another, grid, 1, withNaN)[0];
  for (size_t i = 0; i < 7; ++i)
  {
    EXPECT_EQ(std::isnan(blended[i]), i < 4) << i;
  }
}

TEST(PatchBlender, MedianAgreesWithSortingForRandomGrids)
{
  std::mt19937                                random(5);
  std::uniform_int_distribution<unsigned int> size(1, 11);
  std::uniform_real_distribution<double>      overlap(0.0, 0.9);
  std::uniform_real_distribution<float>       number(-5.0f, 5.0f);
  for (int repeat = 0; repeat < 100; ++repeat)
  {
    const itk::PatchGrid grid(
      { size(random), size(random), size(random) }, { size(random), size(random), size(random) }, overlap(random));
    itk::PatchBlender               blender(grid, Blending::Median, 2);
    std::vector<std::vector<float>> collected(size_t{ 2 } * grid.GetImageSize()[0] * grid.GetImageSize()[1] *
                                              grid.GetImageSize()[2]);
    const size_t                    voxels = collected.size() / 2;
    const auto image = Blend(blender, grid, 2, [&](const size_t channel, size_t, size_t, const int64_t position) {
      const float value = number(random);
      if (position >= 0)
      {
        collected[channel * voxels + static_cast<size_t>(position)].push_back(value);
      }
      return value;
    });
    for (size_t i = 0; i < collected.size(); ++i)
    {
      auto & sorted = collected[i];
      std::sort(sorted.begin(), sorted.end());
      const double expected =
        (static_cast<double>(sorted[(sorted.size() - 1) / 2]) + static_cast<double>(sorted[sorted.size() / 2])) / 2;
      ASSERT_EQ(image[i / voxels][i % voxels], static_cast<float>(expected));
    }
  }
}

TEST(PatchBlender, SkippedWindowsLeaveNaN)
{
  // Windows of 4 at 0, 2 and 4 on 8 voxels.
  const itk::PatchGrid grid({ 8 }, { 4 }, 0.5);
  ASSERT_EQ(grid.GetNumberOfTiles(), 3u);
  for (const auto blending : { Blending::Constant, Blending::Gaussian, Blending::NNUNetGaussian, Blending::Median })
  {
    itk::PatchBlender        blender(grid, blending, 1);
    const std::vector<float> values(4, 2.0f);
    std::vector<float>       image;
    for (size_t tile = 0; tile < 3; ++tile)
    {
      if (tile == 2)
      {
        blender.AddTile(tile, { values.data() });
      }
      else
      {
        blender.SkipTile(tile);
      }
      for (; blender.HasFinishedLayer(); blender.ReleaseLayer())
      {
        image.push_back(0.0f);
        blender.GetLayer(0, &image.back());
      }
    }
    ASSERT_EQ(image.size(), 8u);
    for (size_t i = 0; i < 8; ++i)
    {
      EXPECT_EQ(std::isnan(image[i]), i < 4) << i;
      EXPECT_TRUE(i < 4 || image[i] == 2.0f) << i;
    }
    EXPECT_THROW(blender.SkipTile(3), itk::ExceptionObject);
  }
}

TEST(PatchBlender, IdentityAndExactnessForRandomGrids)
{
  std::mt19937                                random(11);
  std::uniform_int_distribution<unsigned int> size(1, 14);
  std::uniform_int_distribution<size_t>       dimensions(1, 3);
  std::uniform_real_distribution<double>      overlap(0.0, 0.95);
  std::uniform_real_distribution<float>       number(-2000.0f, 3000.0f);
  for (int repeat = 0; repeat < 300; ++repeat)
  {
    itk::PatchGrid::SizesType imageSize;
    itk::PatchGrid::SizesType patchSize;
    size_t                    voxels = 1;
    for (size_t axis = 0, count = dimensions(random); axis < count; ++axis)
    {
      imageSize.push_back(size(random));
      patchSize.push_back(size(random));
      voxels *= imageSize.back();
    }
    const auto           blending = static_cast<Blending>(repeat % 4);
    const auto           rule = repeat % 8 < 4 ? itk::TileRuleEnum::Interval : itk::TileRuleEnum::Even;
    const itk::PatchGrid grid(imageSize, patchSize, overlap(random), rule);

    std::vector<std::vector<float>> truth(2);
    for (auto & channel : truth)
    {
      for (size_t i = 0; i < voxels; ++i)
      {
        channel.push_back(number(random));
      }
    }
    std::vector<int>  covered(voxels, 0);
    itk::PatchBlender blender(grid, blending, 2);
    const auto        identity = [&](const size_t channel, size_t, size_t, const int64_t position) {
      if (position < 0)
      {
        return 1e30f;
      }
      covered[static_cast<size_t>(position)] += channel == 0;
      return truth[channel][static_cast<size_t>(position)];
    };
    const auto image = Blend(blender, grid, 2, identity);
    for (size_t channel = 0; channel < 2; ++channel)
    {
      ASSERT_EQ(image[channel].size(), voxels);
      for (size_t i = 0; i < voxels; ++i)
      {
        ASSERT_GE(covered[i], 1);
        const float expected = truth[channel][i];
        ASSERT_NEAR(image[channel][i], expected, 1e-6 * std::abs(expected));
        if (covered[i] == 1)
        {
          ASSERT_EQ(image[channel][i], expected);
        }
      }
    }

    // A second image on the same blender is not touched by the first.
    blender.Restart();
    EXPECT_EQ(Blend(blender, grid, 2, identity), image);
  }
}

TEST(PatchBlender, OneWindowIsHandedOnBitForBit)
{
  const itk::PatchGrid     grid({ 7 }, { 7 }, 0.0);
  itk::PatchBlender        blender(grid, Blending::Gaussian, 1);
  const std::vector<float> special{ -0.0f, 0.0f, 1e-45f, -3e38f, INFINITY, -INFINITY, 1.0f / 3.0f };
  const auto image = Blend(blender, grid, 1, [&](size_t, size_t, const size_t i, int64_t) { return special[i]; })[0];
  EXPECT_EQ(std::memcmp(image.data(), special.data(), special.size() * sizeof(float)), 0);
}

TEST(PatchBlender, MemoryIsThatOfTheSlab)
{
  // All layers together would take 160 gigabytes.
  const itk::PatchGrid grid({ 100, 100, 1000000 }, { 8, 8, 8 }, 0.0);
  itk::PatchBlender    blender(grid, Blending::Gaussian, 1);
  EXPECT_EQ(blender.GetNumberOfLayerVoxels(), 10000u);
  const std::vector<float> values(grid.GetNumberOfPatchVoxels(), 3.0f);
  for (size_t tile = 0; tile < 13 * 13; ++tile)
  {
    EXPECT_FALSE(blender.HasFinishedLayer());
    blender.AddTile(tile, { values.data() });
  }
  std::vector<float> layer(blender.GetNumberOfLayerVoxels());
  for (size_t position = 0; position < 8; ++position, blender.ReleaseLayer())
  {
    ASSERT_TRUE(blender.HasFinishedLayer());
    EXPECT_EQ(blender.GetLayerPosition(), position);
    blender.GetLayer(0, layer.data());
    EXPECT_EQ(layer, std::vector<float>(layer.size(), 3.0f));
  }
  EXPECT_FALSE(blender.HasFinishedLayer());
  // A double for each channel and voxel of eight layers.
  EXPECT_EQ(blender.GetNumberOfSlabBytes(), 8u * 10000u * 8u);
  // At most 3 x 2 x 3 windows hold a voxel: three times as many floats, and a count, for each voxel of eight layers.
  const itk::PatchGrid overlapping({ 100, 11, 1000000 }, { 8, 8, 8 }, 0.3);
  EXPECT_EQ(itk::PatchBlender(overlapping, Blending::Median, 3).GetNumberOfSlabBytes(),
            8u * 1100u * (3u * 18u * 4u + 2u));
}

TEST(PatchBlender, RefusesWrongUse)
{
  const itk::PatchGrid grid({ 6 }, { 4 }, 0.5);
  EXPECT_THROW(itk::PatchBlender(itk::PatchGrid(), Blending::Constant, 1), itk::ExceptionObject);
  EXPECT_THROW(itk::PatchBlender(grid, Blending::Constant, 0), itk::ExceptionObject);
  for (const double scale : { 0.0, -0.125, std::nan(""), std::numeric_limits<double>::infinity() })
  {
    EXPECT_THROW(itk::PatchBlender(grid, Blending::Gaussian, 1, scale), itk::ExceptionObject) << scale;
  }

  itk::PatchBlender  blender(grid, Blending::Constant, 1);
  std::vector<float> values(4);
  float              layer = 0.0f;
  EXPECT_THROW(blender.AddTile(1, { values.data() }), itk::ExceptionObject);
  EXPECT_THROW(blender.AddTile(0, { values.data(), values.data() }), itk::ExceptionObject);
  EXPECT_THROW(blender.GetLayer(0, &layer), itk::ExceptionObject);
  EXPECT_THROW(blender.ReleaseLayer(), itk::ExceptionObject);
  blender.AddTile(0, { values.data() });
  EXPECT_THROW(blender.AddTile(1, { values.data() }), itk::ExceptionObject) << "finished layers were not released";
  EXPECT_THROW(blender.GetLayer(1, &layer), itk::ExceptionObject);
  for (; blender.HasFinishedLayer(); blender.ReleaseLayer())
  {}
  blender.AddTile(1, { values.data() });
  for (; blender.HasFinishedLayer(); blender.ReleaseLayer())
  {}
  EXPECT_THROW(blender.AddTile(2, { values.data() }), itk::ExceptionObject);
}
