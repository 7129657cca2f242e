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
#include "itkDevicePatchBlender.h"

#include "itkPatchBlender.h"
#include "itkTestDevice.h"

#include "gtest/gtest.h"

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>

namespace
{
using Floats = std::vector<float>;
using Sizes = itk::PatchGrid::SizesType;
using Blending = itk::BlendingEnum;

std::string
ErrorOf(const std::function<void()> & work)
{
  try
  {
    work();
  }
  catch (const itk::ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}

/** One line that has the part. */
void
ExpectError(const std::function<void()> & work, const std::string & part)
{
  const std::string error = ErrorOf(work);
  EXPECT_NE(error.find("DevicePatchBlender: " + part), std::string::npos) << part << " is not in: " << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << "the error has several lines: " << error;
}

itk::NetworkModel::Pointer
MakeModel(const std::string & body)
{
  auto model = itk::NetworkModel::New();
  model->DefineFromSource("def forward(self, x):\n  " + body);
  return model;
}

/** Two heads of three channels, whose values are of any size. */
itk::NetworkModel::Pointer
MakeThreeChannels()
{
  return MakeModel("return x, [torch.cat([1e3 * torch.sin(5 * x), -1e-3 * x], 1)]");
}

/** Random windows in a batch. */
Floats
MakeWindows(const itk::PatchGrid & grid, const size_t windows)
{
  std::mt19937 random(5);
  Floats       values(windows * grid.GetNumberOfPatchVoxels());
  for (float & value : values)
  {
    value = static_cast<float>(random()) / 4e9f - 0.5f;
  }
  return values;
}

std::unique_ptr<itk::NetworkModel::Pass>
Start(const itk::NetworkModel * model, const itk::PatchGrid & grid, const Floats & windows, const bool keepOnDevice)
{
  itk::NetworkModel::PassOptions options;
  options.KeepOnDevice = keepOnDevice;
  itk::NetworkModel::ShapeType shape{ static_cast<int64_t>(windows.size() / grid.GetNumberOfPatchVoxels()), 1 };
  const auto                   patchSize = grid.GetPatchSize();
  shape.insert(shape.end(), patchSize.rbegin(), patchSize.rend());
  return model->Start(windows.data(), shape, options);
}

/** All layers of all channels of a new image; \c addTile adds a tile, or skips it. */
template <typename TBlender>
Floats
Blend(TBlender &                          blender,
      const itk::PatchGrid &              grid,
      const size_t                        channels,
      const std::function<void(size_t)> & addTile)
{
  const size_t layers = grid.GetImageSize().back();
  const size_t layerVoxels = blender.GetNumberOfLayerVoxels();
  Floats       image(channels * layers * layerVoxels);
  size_t       next = 0;
  blender.Restart();
  for (size_t tile = 0; tile < grid.GetNumberOfTiles(); ++tile)
  {
    addTile(tile);
    for (; blender.HasFinishedLayer(); blender.ReleaseLayer())
    {
      EXPECT_EQ(blender.GetLayerPosition(), next++);
      for (size_t channel = 0; channel < channels; ++channel)
      {
        blender.GetLayer(channel, image.data() + (channel * layers + blender.GetLayerPosition()) * layerVoxels);
      }
    }
  }
  EXPECT_EQ(next, layers);
  return image;
}

void
ExpectTheBitsOfPatchBlender(const itk::NetworkModel * model)
{
  struct Case
  {
    Sizes  Image;
    Sizes  Patch;
    double Overlap;
  };
  // Windows that fit, that overlap several times, that lie in the padding, and slabs that begin anywhere in their ring.
  for (const Case & each : { Case{ { 8, 6 }, { 4, 3 }, 0.0 },
                             Case{ { 9, 11 }, { 4, 5 }, 0.75 },
                             Case{ { 3, 4 }, { 5, 9 }, 0.5 },
                             Case{ { 7, 5, 13 }, { 4, 5, 6 }, 0.6 },
                             Case{ { 5, 9, 4 }, { 8, 4, 7 }, 0.25 } })
  {
    const itk::PatchGrid grid(each.Image, each.Patch, each.Overlap);
    const size_t         tiles = grid.GetNumberOfTiles();
    const Floats         windows = MakeWindows(grid, tiles);
    const auto           onHost = Start(model, grid, windows, false);
    const auto           onDevice = Start(model, grid, windows, true);
    onHost->Wait();
    for (const Blending blending : { Blending::Constant, Blending::Gaussian })
    {
      const double            scale = each.Overlap > 0.5 ? 0.25 : itk::PatchBlender::DefaultGaussianScale;
      itk::PatchBlender       expected(grid, blending, 3, scale);
      itk::DevicePatchBlender blender(*model, grid, blending, 3, scale);
      EXPECT_EQ(blender.GetNumberOfLayerVoxels(), expected.GetNumberOfLayerVoxels());
      const Floats image = Blend(expected, grid, 3, [&](const size_t tile) {
        expected.AddTile(tile,
                         { onHost->GetChannel(tile, 0), onHost->GetChannel(tile, 1), onHost->GetChannel(tile, 2) });
      });
      // Again on the same blender, and from values that are not on the device.
      for (const auto * const pass : { onDevice.get(), onDevice.get(), onHost.get() })
      {
        EXPECT_EQ(Blend(blender, grid, 3, [&](const size_t tile) { blender.AddTile(tile, *pass, tile); }), image);
      }
    }
  }
}
} // namespace

TEST(DevicePatchBlender, GivesTheBitsOfPatchBlender)
{
  ExpectTheBitsOfPatchBlender(MakeThreeChannels());
}

TEST(DevicePatchBlender, GivesTheBitsOfPatchBlenderOnAGPU)
{
  SKIP_WITHOUT_TEST_DEVICE();
  const auto model = MakeThreeChannels();
  model->SetDevice(itk::TestUtilities::TestDevice());
  ExpectTheBitsOfPatchBlender(model);
}

TEST(DevicePatchBlender, BeginsAnewInTheMiddle)
{
  const auto           model = MakeThreeChannels();
  const itk::PatchGrid grid({ 6, 10 }, { 4, 4 }, 0.5);
  const Floats         windows = MakeWindows(grid, grid.GetNumberOfTiles());
  const auto           pass = Start(model, grid, windows, true);
  const auto           add = [&](itk::DevicePatchBlender & blender) {
    return Blend(blender, grid, 3, [&](const size_t tile) { blender.AddTile(tile, *pass, tile); });
  };
  itk::DevicePatchBlender blender(*model, grid, Blending::Gaussian, 3);
  itk::DevicePatchBlender disturbed(*model, grid, Blending::Gaussian, 3);
  for (size_t tile = 0; tile < 2; ++tile)
  {
    disturbed.AddTile(tile, *pass, tile);
  }
  EXPECT_TRUE(disturbed.HasFinishedLayer());
  EXPECT_EQ(add(disturbed), add(blender));
}

TEST(DevicePatchBlender, PassesWindowsThatAreSkipped)
{
  // Windows 0, 1 and 2 of four voxels at the columns 0, 2 and 4 of one row, of which the second is skipped.
  const auto              model = MakeModel("return x");
  const itk::PatchGrid    grid({ 8, 1 }, { 4, 1 }, 0.5);
  const Floats            windows{ 1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400 };
  const auto              pass = Start(model, grid, windows, true);
  itk::DevicePatchBlender blender(*model, grid, Blending::Constant, 1);
  const auto              without = [&](const size_t skipped) {
    return Blend(blender, grid, 1, [&](const size_t tile) {
      tile == skipped ? blender.SkipTile(tile) : blender.AddTile(tile, *pass, tile);
    });
  };
  EXPECT_EQ(without(3), (Floats{ 1, 2, 6.5, 12, 65, 120, 300, 400 }));
  EXPECT_EQ(without(1), (Floats{ 1, 2, 3, 4, 100, 200, 300, 400 }));
  const Floats last = without(2);
  EXPECT_EQ(Floats(last.begin(), last.begin() + 6), (Floats{ 1, 2, 6.5, 12, 30, 40 }));
  EXPECT_TRUE(std::isnan(last[6]));
  EXPECT_TRUE(std::isnan(last[7]));

  // All of them.
  for (const float value : Blend(blender, grid, 1, [&](const size_t tile) { blender.SkipTile(tile); }))
  {
    EXPECT_TRUE(std::isnan(value));
  }
}

TEST(DevicePatchBlender, HandsOnWhatIsNotFinite)
{
  const auto              model = MakeModel("return x / 0");
  const itk::PatchGrid    grid({ 2, 1 }, { 2, 1 }, 0.0);
  const auto              pass = Start(model, grid, { 1, -1 }, true);
  itk::DevicePatchBlender blender(*model, grid, Blending::Gaussian, 1);
  const Floats image = Blend(blender, grid, 1, [&](const size_t tile) { blender.AddTile(tile, *pass, tile); });
  EXPECT_EQ(image[0], std::numeric_limits<float>::infinity());
  EXPECT_EQ(image[1], -std::numeric_limits<float>::infinity());
}

TEST(DevicePatchBlender, NamesWhatIsWrong)
{
  const auto           model = MakeModel("return x");
  const itk::PatchGrid grid({ 4, 4 }, { 2, 2 }, 0.0);
  const auto           make = [&](const itk::PatchGrid & theGrid, const Blending blending, const size_t channels) {
    return itk::DevicePatchBlender(*model, theGrid, blending, channels).GetNumberOfLayerVoxels();
  };
  ExpectError([&] { make(itk::PatchGrid(), Blending::Constant, 1); }, "the grid has no tiles");
  ExpectError([&] { make(grid, Blending::Constant, 0); }, "the number of channels is 0");
  ExpectError([&] { make(grid, Blending::Median, 1); }, "Blending is ");

  const auto              pass = Start(model, grid, MakeWindows(grid, 4), true);
  itk::DevicePatchBlender blender(*model, grid, Blending::Constant, 1);
  float                   layer[4];
  ExpectError([&] { blender.AddTile(1, *pass, 1); }, "tile 1 was added where tile 0 of 4 is due");
  ExpectError([&] { blender.SkipTile(2); }, "tile 2 was added where tile 0 of 4 is due");
  ExpectError([&] { blender.AddTile(0, *pass, 4); }, "there is no window 4 in the pass, only 4");
  ExpectError([&] { blender.AddTile(0, *Start(MakeThreeChannels(), grid, MakeWindows(grid, 1), true), 0); },
              "a tile has 3 channels where 1 are expected");
  const itk::PatchGrid other({ 4, 4 }, { 3, 2 }, 0.0);
  ExpectError([&] { blender.AddTile(0, *Start(model, other, MakeWindows(other, 1), true), 0); },
              "a tile has the grid 2x3 where 2x2 is expected");
  EXPECT_FALSE(blender.HasFinishedLayer());
  ExpectError([&] { blender.GetLayer(0, layer); }, "no layer is finished");
  ExpectError([&] { blender.ReleaseLayer(); }, "no layer is finished");

  blender.AddTile(0, *pass, 0);
  blender.AddTile(1, *pass, 1);
  ASSERT_TRUE(blender.HasFinishedLayer());
  ExpectError([&] { blender.AddTile(2, *pass, 2); }, "layer 0 is finished and should be released first");
  ExpectError([&] { blender.SkipTile(2); }, "layer 0 is finished and should be released first");
  ExpectError([&] { blender.GetLayer(1, layer); }, "there is no channel 1, only 1");
  blender.ReleaseLayer();
  blender.ReleaseLayer();
  blender.AddTile(2, *pass, 2);
  blender.AddTile(3, *pass, 3);
  blender.ReleaseLayer();
  blender.ReleaseLayer();
  ExpectError([&] { blender.AddTile(4, *pass, 3); }, "tile 4 was added where tile 4 of 4 is due");
}
