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
#include "training/itkTrainingSampler.h"

#include "itkMacro.h"

#include <torch/torch.h>

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace
{
using Axes = itk::SyntheticCTDetail::TrainingSampler::Axes;

constexpr double padding = -1.0;
constexpr double air = 0.25;

itk::SyntheticCTDetail::PairedSliceSampler::Parameters
MakeParameters(int64_t first, int64_t second)
{
  itk::SyntheticCTDetail::PairedSliceSampler::Parameters parameters;
  parameters.PatchSize = { { first, second } };
  parameters.Padding = padding;
  parameters.Air = { air };
  parameters.InputRanges = { std::array<double, 2>{ { -1.0, 1.0 } } };
  return parameters;
}

struct Volume
{
  torch::Tensor Images;
  torch::Tensor Targets;
  torch::Tensor Mask;
};

/** [1, z, y, x] of random numbers in [-1, 1] and [0, 1]. */
Volume
MakeVolume(int64_t z, int64_t y, int64_t x)
{
  torch::manual_seed(1);
  return { torch::rand({ 1, z, y, x }) * 2.0 - 1.0, torch::rand({ 1, z, y, x }), torch::rand({ z, y, x }) > 0.3 };
}

double
Difference(const torch::Tensor & a, const torch::Tensor & b)
{
  EXPECT_EQ(a.sizes(), b.sizes());
  return (a - b).abs().max().item<double>();
}

// Half a step of 65534 over [-1, 1], and float32.
constexpr double packing = 1.0 / 65534.0 + 1e-6;
} // namespace

TEST(TrainingSampler, CutsSlicesOfEveryPlane)
{
  const auto volume = MakeVolume(4, 5, 6);
  // Tensor axes of slice, rows and columns for array axes x, y, z across the slices.
  const int64_t tensorAxis[3]{ 2, 1, 0 };
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    const auto                                 image = volume.Images[0].movedim(tensorAxis[axis], 0);
    itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(image.size(2), image.size(1)));
    sampler.AddCase(volume.Images, volume.Targets, volume.Mask, Axes{ axis, 0 });
    sampler.SelectSamples(0.0);
    ASSERT_EQ(sampler.GetNumberOfSamples(), static_cast<size_t>(image.size(0)));
    const auto batch = sampler.GetBatch({ 2, 1 });
    EXPECT_LT(Difference(batch.Images[0][0], image[2]), packing);
    EXPECT_LT(Difference(batch.Images[1][0], image[1]), packing);
    EXPECT_LT(Difference(batch.Targets[0][0], volume.Targets[0].movedim(tensorAxis[axis], 0)[2]), packing);
    EXPECT_TRUE(torch::equal(batch.Masks[1][0], volume.Mask.movedim(tensorAxis[axis], 0)[1].to(torch::kFloat)));
  }
}

TEST(TrainingSampler, PadsHalfBeforeAndCropsTheMiddle)
{
  const auto                                 volume = MakeVolume(1, 5, 8);
  itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(5, 8));
  sampler.AddCase(volume.Images, volume.Targets, volume.Mask, Axes{ 2, 0 });
  sampler.SelectSamples(0.0);
  const auto batch = sampler.GetBatch({ 0 });
  // Columns: 8 to 5, cropped from 1. Rows: 5 to 8, one row before and two after.
  const auto middle = [](const torch::Tensor & tensor) { return tensor.narrow(0, 1, 5); };
  EXPECT_LT(Difference(middle(batch.Images[0][0]), volume.Images[0][0].narrow(1, 1, 5)), packing);
  EXPECT_LT(Difference(middle(batch.Targets[0][0]), volume.Targets[0][0].narrow(1, 1, 5)), packing);
  for (const int64_t row : { 0, 6, 7 })
  {
    EXPECT_TRUE(torch::equal(batch.Images[0][0][row], torch::full({ 5 }, padding)));
    EXPECT_TRUE(torch::equal(batch.Targets[0][0][row], torch::full({ 5 }, air)));
    EXPECT_TRUE(torch::equal(batch.Masks[0][0][row], torch::zeros({ 5 })));
  }

  auto parameters = MakeParameters(8, 8);
  parameters.Padding.reset();
  itk::SyntheticCTDetail::PairedSliceSampler unset(parameters);
  unset.AddCase(volume.Images, volume.Targets, {}, Axes{ 2, 0 });
  unset.SelectSamples(0.0);
  EXPECT_LT(Difference(unset.GetBatch({ 0 }).Images[0][0][0], volume.Images.min().expand({ 8 })), packing);
}

TEST(TrainingSampler, LeavesOutSlicesWithLittleMask)
{
  auto volume = MakeVolume(4, 2, 2);
  volume.Mask = torch::zeros({ 4, 2, 2 }, torch::kBool);
  volume.Mask[1].fill_(true);
  volume.Mask[3][0][0] = true;
  itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(2, 2));
  EXPECT_EQ(sampler.AddCase(volume.Images, volume.Targets, volume.Mask, Axes{ 2, 0 }), 2u);
  EXPECT_EQ(sampler.AddCase(volume.Images, volume.Targets, {}, Axes{ 2, 0 }), 4u);
  EXPECT_EQ(sampler.GetNumberOfSamples(), 0u);
  sampler.SelectSamples(0.0);
  EXPECT_EQ(sampler.GetNumberOfSamples(), 8u);
  sampler.SelectSamples(0.25);
  EXPECT_EQ(sampler.GetNumberOfSamples(), 6u);
  sampler.SelectSamples(0.26);
  ASSERT_EQ(sampler.GetNumberOfSamples(), 5u);
  EXPECT_LT(Difference(sampler.GetBatch({ 0 }).Images[0], volume.Images.select(1, 1)), packing);
}

TEST(TrainingSampler, MirrorsLeftAndRight)
{
  const auto volume = MakeVolume(3, 4, 5);
  for (const unsigned int leftRight : { 0u, 1u, 2u })
  {
    itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(5, 4));
    sampler.AddCase(volume.Images, volume.Targets, volume.Mask, Axes{ 2, leftRight });
    sampler.SelectSamples(0.0);
    sampler.SetAugmentation({ 1.0, 0, 0, 0, 0, 0 });
    const auto plain = sampler.GetBatch({ 0, 1, 2 });
    const auto random = sampler.GetRandomBatch({ 0, 1, 2 }, 7);
    // x is the last axis of the tensor; across the slices there is nothing to mirror.
    const auto mirrored = [leftRight](const torch::Tensor & tensor) {
      return leftRight == 2 ? tensor : tensor.flip({ leftRight == 0 ? 3 : 2 });
    };
    EXPECT_TRUE(torch::equal(random.Images, mirrored(plain.Images)));
    EXPECT_TRUE(torch::equal(random.Targets, mirrored(plain.Targets)));
    EXPECT_TRUE(torch::equal(random.Masks, mirrored(plain.Masks)));
  }
}

TEST(TrainingSampler, AnAlmostEmptyTurnChangesNothing)
{
  // The window by interpolation is the window by cropping and padding, also where its sides differ.
  const auto volume = MakeVolume(2, 9, 6);
  for (const auto & size : { std::array<int64_t, 2>{ { 6, 9 } }, { { 10, 14 } }, { { 7, 12 } } })
  {
    itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(size[0], size[1]));
    sampler.AddCase(volume.Images, volume.Targets, volume.Mask, Axes{ 2, 0 });
    sampler.SelectSamples(0.0);
    const auto plain = sampler.GetBatch({ 0, 1 });
    sampler.SetAugmentation({ 0.0, 1e-9, 1e-9, 0, 0, 0 });
    const auto random = sampler.GetRandomBatch({ 0, 1 }, 7);
    EXPECT_LT(Difference(random.Images, plain.Images), 1e-4);
    EXPECT_LT(Difference(random.Targets, plain.Targets), 1e-4);
    EXPECT_TRUE(torch::equal(random.Masks, plain.Masks));
  }
}

TEST(TrainingSampler, TurnsAndMagnifiesWithoutShear)
{
  // A round blob in the middle of a window whose sides differ stays round, whatever the angle, and its width tells
  // the magnification.
  constexpr double width = 6.0;
  const int64_t    rows = 64;
  const int64_t    columns = 48;
  const auto       y = (torch::arange(rows) - 0.5 * (rows - 1)).view({ -1, 1 });
  const auto       x = (torch::arange(columns) - 0.5 * (columns - 1)).view({ 1, -1 });
  const auto       blob = torch::exp(-(x * x + y * y) / (2.0 * width * width)).view({ 1, 1, rows, columns });
  itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(columns, rows));
  sampler.AddCase(2.0 * blob - 1.0, blob, {}, Axes{ 2, 0 });
  sampler.SelectSamples(0.0);

  sampler.SetAugmentation({ 0.0, 90.0, 0.0, 0, 0, 0 });
  for (uint64_t seed = 0; seed < 5; ++seed)
  {
    EXPECT_LT(Difference(sampler.GetRandomBatch({ 0 }, seed).Images, 2.0 * blob - 1.0), 0.02);
  }

  sampler.SetAugmentation({ 0.0, 0.0, 0.2, 0, 0, 0 });
  double smallest = 10.0;
  double largest = 0.0;
  for (uint64_t seed = 0; seed < 20; ++seed)
  {
    const auto   image = ((sampler.GetRandomBatch({ 0 }, seed).Images + 1.0) / 2.0)[0][0];
    const double mass = image.sum().item<double>();
    const double alongX = std::sqrt((image * x * x).sum().item<double>() / mass) / width;
    const double alongY = std::sqrt((image * y * y).sum().item<double>() / mass) / width;
    EXPECT_NEAR(alongX, alongY, 0.02);
    smallest = std::min(smallest, alongY);
    largest = std::max(largest, alongY);
  }
  EXPECT_GT(smallest, 0.79);
  EXPECT_LT(smallest, 0.9);
  EXPECT_GT(largest, 1.1);
  EXPECT_LT(largest, 1.22);
}

TEST(TrainingSampler, TurnsBothWaysByTheSameAngleForAll)
{
  // What is equal in image and target stays equal.
  torch::manual_seed(2);
  const auto target = torch::rand({ 1, 3, 12, 10 });
  const auto image = 2.0 * target - 1.0;
  auto       parameters = MakeParameters(8, 8);
  parameters.Air = { 0.0 };
  itk::SyntheticCTDetail::PairedSliceSampler sampler(parameters);
  sampler.AddCase(image, target, {}, Axes{ 2, 0 });
  sampler.SelectSamples(0.0);
  sampler.SetAugmentation({ 0.5, 20.0, 0.1, 0, 0, 0 });
  const auto batch = sampler.GetRandomBatch({ 0, 1, 2 }, 3);
  EXPECT_LT(Difference(batch.Images, 2.0 * batch.Targets - 1.0), 1e-4);
}

TEST(TrainingSampler, ChangesIntensitiesWithinTheRange)
{
  const auto                                 volume = MakeVolume(1, 64, 64);
  itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(64, 64));
  sampler.AddCase(volume.Images, volume.Targets, volume.Mask, Axes{ 2, 0 });
  sampler.SelectSamples(0.0);
  const auto plain = sampler.GetBatch({ 0 });
  const auto unit = (plain.Images + 1.0) / 2.0;

  for (uint64_t seed = 0; seed < 5; ++seed)
  {
    // A power: the quotient of logarithms is the same everywhere.
    sampler.SetAugmentation({ 0, 0, 0, 0.5, 0, 0 });
    auto       batch = sampler.GetRandomBatch({ 0 }, seed);
    const auto inside = (unit > 0.05) & (unit < 0.95);
    auto       quotient = (((batch.Images + 1.0) / 2.0).log() / unit.log()).masked_select(inside);
    EXPECT_LT(quotient.std().item<double>(), 1e-3);
    EXPECT_GE(quotient.mean().item<double>(), 1.0 / 1.5 - 1e-3);
    EXPECT_LE(quotient.mean().item<double>(), 1.5 + 1e-3);
    EXPECT_TRUE(torch::equal(batch.Targets, plain.Targets));
    EXPECT_TRUE(torch::equal(batch.Masks, plain.Masks));

    // A factor, up to the end of the range.
    sampler.SetAugmentation({ 0, 0, 0, 0, 0.25, 0 });
    batch = sampler.GetRandomBatch({ 0 }, seed);
    quotient = (((batch.Images + 1.0) / 2.0) / unit).masked_select((unit > 0.1) & (unit < 0.75));
    EXPECT_LT(quotient.std().item<double>(), 1e-3);
    EXPECT_GE(quotient.mean().item<double>(), 0.75 - 1e-3);
    EXPECT_LE(quotient.mean().item<double>(), 1.25 + 1e-3);
    EXPECT_LE(batch.Images.max().item<double>(), 1.0);

    sampler.SetAugmentation({ 0, 0, 0, 0, 0, 0.1 });
    batch = sampler.GetRandomBatch({ 0 }, seed);
    const auto noise = (batch.Images - plain.Images).masked_select((unit > 0.4) & (unit < 0.6)) / 2.0;
    EXPECT_NEAR(noise.mean().item<double>(), 0.0, 0.02);
    EXPECT_GT(noise.std().item<double>(), 0.0);
    EXPECT_LT(noise.std().item<double>(), 0.11);
    EXPECT_GE(batch.Images.min().item<double>(), -1.0);
  }
}

TEST(TrainingSampler, DrawsFollowFromSeedAndSampleAlone)
{
  const auto                                 volume = MakeVolume(4, 20, 20);
  itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(8, 8));
  sampler.AddCase(volume.Images, volume.Targets, volume.Mask, Axes{ 2, 0 });
  sampler.SelectSamples(0.0);
  sampler.SetAugmentation({ 0.5, 10.0, 0.1, 0.2, 0.1, 0.05 });
  const auto together = sampler.GetRandomBatch({ 3, 1, 2 }, 11);
  const auto alone = sampler.GetRandomBatch({ 1 }, 11);
  EXPECT_TRUE(torch::equal(together.Images[1], alone.Images[0]));
  EXPECT_TRUE(torch::equal(together.Targets[1], alone.Targets[0]));
  EXPECT_FALSE(torch::equal(sampler.GetRandomBatch({ 1 }, 12).Images, alone.Images));
}

TEST(TrainingSampler, RandomWindowsReachEveryCorner)
{
  // The value tells the place.
  const auto image = (torch::arange(12).view({ 1, 1, 3, 4 }) / 20.0).expand({ 1, 1, 3, 4 }).contiguous();
  itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(2, 2));
  sampler.AddCase(image, image, {}, Axes{ 2, 0 });
  sampler.SelectSamples(0.0);
  std::set<int64_t> corners;
  for (uint64_t seed = 0; seed < 200; ++seed)
  {
    const auto   window = sampler.GetRandomBatch({ 0 }, seed).Images[0][0];
    const double corner = 20.0 * window[0][0].item<double>();
    corners.insert(std::lround(corner));
    EXPECT_NEAR(20.0 * window[1][1].item<double>(), corner + 5.0, 1e-2);
  }
  EXPECT_EQ(corners, (std::set<int64_t>{ 0, 1, 2, 4, 5, 6 }));
}

TEST(TrainingSampler, KeepsAConstantChannel)
{
  itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(4, 4));
  sampler.AddCase(torch::full({ 1, 1, 4, 4 }, 0.3), torch::full({ 1, 1, 4, 4 }, 0.7), {}, Axes{ 2, 0 });
  sampler.SelectSamples(0.0);
  const auto batch = sampler.GetBatch({ 0 });
  EXPECT_LT(Difference(batch.Images, torch::full({ 1, 1, 4, 4 }, 0.3)), 1e-6);
  EXPECT_LT(Difference(batch.Targets, torch::full({ 1, 1, 4, 4 }, 0.7)), 1e-6);
}

TEST(TrainingSampler, RefusesWhatDoesNotFit)
{
  EXPECT_THROW(itk::SyntheticCTDetail::PairedSliceSampler(MakeParameters(0, 4)), itk::ExceptionObject);
  EXPECT_THROW(itk::SyntheticCTDetail::PairedSliceSampler(MakeParameters(4, -1)), itk::ExceptionObject);
  itk::SyntheticCTDetail::PairedSliceSampler sampler(MakeParameters(4, 4));
  const auto                                 volume = MakeVolume(2, 4, 4);
  const Axes                                 axes{ 2, 0 };
  EXPECT_THROW(sampler.AddCase(volume.Images, volume.Targets.narrow(1, 0, 1), {}, axes), itk::ExceptionObject);
  EXPECT_THROW(sampler.AddCase(volume.Images, volume.Targets, volume.Mask[0], axes), itk::ExceptionObject);
  EXPECT_THROW(sampler.AddCase(volume.Images[0], volume.Targets, {}, axes), itk::ExceptionObject);
  EXPECT_THROW(sampler.AddCase(torch::cat({ volume.Images, volume.Images }), volume.Targets, {}, axes),
               itk::ExceptionObject);
  EXPECT_THROW(sampler.AddCase(volume.Images, torch::cat({ volume.Targets, volume.Targets }), {}, axes),
               itk::ExceptionObject);
}
