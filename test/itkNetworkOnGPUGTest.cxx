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

// The network room on a GPU, beside the same on the CPU. See itkTestDevice.h for where the device comes from.

#include "itkHeadPhantomImageSource.h"
#include "itkImageFilterTestUtilities.h"
#include "itkImageRegionConstIterator.h"
#include "itkNetworkInferenceImageFilter.h"
#include "itkNetworkModel.h"
#include "itkNetworkTrainer.h"
#include "itkSyntheticCTImageFilter.h"
#include "itkTestData.h"
#include "itkTestDevice.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::NetworkInferenceImageFilter<ImageType, ImageType>;
using Plane = itk::InferencePlaneEnum;
using Precision = itk::NetworkPrecisionEnum;
using Floats = std::vector<float>;
using itk::TestUtilities::TestDevice;

/** Convolutions, a normalisation and an activation, with weights that are written in the source; in two dimensions or
 * three. */
itk::NetworkModel::Pointer
MakeConvolutions(const unsigned int dimension)
{
  const std::string kernel(dimension == 2 ? "3, 3" : "3, 3, 3");
  const std::string taps(dimension == 2 ? "144" : "432");
  const std::string convolution = "torch.conv" + std::to_string(dimension) + "d";
  auto              model = itk::NetworkModel::New();
  model->DefineFromSource("def forward(self, x):\n"
                          "  k = torch.linspace(-0.3, 0.4, " +
                          taps + ", device=x.device, dtype=x.dtype).view(16, 1, " + kernel +
                          ")\n"
                          "  l = torch.linspace(0.2, -0.2, " +
                          taps + ", device=x.device, dtype=x.dtype).view(1, 16, " + kernel +
                          ")\n"
                          "  y = torch.instance_norm(" +
                          convolution +
                          "(x, k, padding=1), None, None, None, None, True, 0.1, 1e-5, True)\n"
                          "  return " +
                          convolution + "(torch.relu(y), l, padding=1)");
  return model;
}

ImageType::Pointer
MakeImage(const ImageType::SizeType & size)
{
  std::mt19937                          random(3);
  std::uniform_real_distribution<float> number(-1.0f, 1.0f);
  return itk::TestUtilities::MakeImage<ImageType>(size, [&](const ImageType::IndexType &) { return number(random); });
}

Floats
ValuesOf(const ImageType * image)
{
  Floats values;
  for (itk::ImageRegionConstIterator<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    values.push_back(it.Get());
  }
  return values;
}

/** Largest difference, relative to the range of the first. */
double
Difference(const Floats & expected, const Floats & found)
{
  if (expected.size() != found.size() || expected.empty())
  {
    return std::numeric_limits<double>::infinity();
  }
  double largest = 0.0;
  for (size_t i = 0; i < expected.size(); ++i)
  {
    const double difference = std::abs(static_cast<double>(expected[i]) - static_cast<double>(found[i]));
    // Written so that NaN counts.
    largest = difference <= largest ? largest : difference;
  }
  const auto range = std::minmax_element(expected.begin(), expected.end());
  return largest / (static_cast<double>(*range.second) - static_cast<double>(*range.first));
}

/** Convolutions of float32 on a GPU may take 11 bits of their factors (TF32). */
constexpr double tolerance = 5e-3;

Floats
Forward(const itk::NetworkModel * model, const Floats & input, const itk::NetworkModel::ShapeType & shape)
{
  itk::NetworkModel::OutputGroupsType outputs;
  model->Forward(input.data(), shape, 2, outputs);
  return outputs.at(0).Values;
}

Floats
MakeBatch(const size_t size)
{
  std::mt19937                          random(5);
  std::uniform_real_distribution<float> number(-1.0f, 1.0f);
  Floats                                values(size);
  std::generate(values.begin(), values.end(), [&] { return number(random); });
  return values;
}
} // namespace

TEST(NetworkOnGPU, TheShippedModelGivesTheValuesOfTheCPU)
{
  SKIP_WITHOUT_TEST_DEVICE();
  auto model = itk::NetworkModel::New();
  model->Load(itk::TestUtilities::ExampleModel());
  const itk::NetworkModel::ShapeType shape{ 3, 1, 96, 64 };
  const Floats                       batch = MakeBatch(3 * 96 * 64);
  const Floats                       expected = Forward(model, batch, shape);

  model->SetDevice(TestDevice());
  const Floats found = Forward(model, batch, shape);
  EXPECT_LT(Difference(expected, found), tolerance);
  EXPECT_EQ(Forward(model, batch, shape), found);
  for (const Precision precision : { Precision::BFloat16, Precision::Float16 })
  {
    if (precision == Precision::Float16 && TestDevice() == "cpu")
    {
      // LibTorch 1.13 has no convolutions of it there.
      continue;
    }
    model->SetPrecision(precision);
    const Floats low = Forward(model, batch, shape);
    EXPECT_NE(low, found);
    EXPECT_LT(Difference(expected, low), 0.1) << precision;
  }

  // And back, as if nothing had been.
  model->SetPrecision(Precision::Float32);
  model->SetDevice("cpu");
  EXPECT_EQ(Forward(model, batch, shape), expected);
}

TEST(NetworkOnGPU, TheInferenceFilterGivesTheVolumeOfTheCPU)
{
  SKIP_WITHOUT_TEST_DEVICE();
  const ImageType::SizeType size{ { 25, 21, 17 } };
  const auto                image = MakeImage(size);
  const auto                mask = itk::TestUtilities::MakeImage<MaskType>(
    size, [](const MaskType::IndexType & i) { return i[0] > 8 && i[1] < 15 && i[2] > 3 && i[2] < 12 ? 1 : 0; });
  struct Case
  {
    const char *          Name;
    Plane                 Orientation;
    std::vector<unsigned> Window;
    std::vector<unsigned> Mirror;
    bool                  HasMask;
    unsigned int          Models;
  };
  for (const Case & each : { Case{ "slices", Plane::Axial, { 16, 12 }, {}, false, 1 },
                             Case{ "mirrored slices in a mask", Plane::Coronal, { 16, 16 }, { 0 }, true, 1 },
                             Case{ "an ensemble of three planes", Plane::Orthogonal, { 28, 28 }, {}, false, 2 },
                             Case{ "blocks in a mask", Plane::Volume, { 12, 16, 8 }, {}, true, 1 } })
  {
    SCOPED_TRACE(each.Name);
    const auto run = [&](const std::string & device, const bool stitchOnDevice) {
      auto filter = FilterType::New();
      for (unsigned int i = 0; i < each.Models; ++i)
      {
        const auto model = MakeConvolutions(each.Orientation == Plane::Volume ? 3 : 2);
        model->SetDevice(device);
        filter->AddModel(model);
      }
      filter->SetInput(image);
      filter->SetPlane(each.Orientation);
      filter->SetPatchSize({ each.Window.begin(), each.Window.end() });
      filter->SetMirrorAxes({ each.Mirror.begin(), each.Mirror.end() });
      filter->SetOverlap(0.5);
      filter->SetBatchSize(3);
      if (each.HasMask)
      {
        filter->SetMaskImage(mask);
        filter->SetBackgroundValue(-7.0);
      }
      filter->SetStitchOnDevice(stitchOnDevice);
      filter->Update();
      return ValuesOf(filter->GetOutput());
    };
    const Floats expected = run("cpu", false);
    const Floats onHost = run(TestDevice(), false);
    EXPECT_LT(Difference(expected, onHost), tolerance);
    EXPECT_EQ(std::count(onHost.begin(), onHost.end(), -7.0f), std::count(expected.begin(), expected.end(), -7.0f));
    // The sums are the same, in whichever memory.
    EXPECT_LT(Difference(onHost, run(TestDevice(), true)), 1e-6);
  }
}

TEST(NetworkOnGPU, TheFilterRunsAgainWhenTheDeviceChanges)
{
  SKIP_WITHOUT_TEST_DEVICE();
  const auto model = MakeConvolutions(2);
  auto       filter = FilterType::New();
  filter->SetModel(model);
  filter->SetInput(MakeImage({ { 20, 20, 3 } }));
  filter->SetPatchSize({ 20, 20 });
  filter->Update();
  const auto first = filter->GetOutput()->GetUpdateMTime();
  model->SetDevice(TestDevice());
  model->SetPrecision(Precision::BFloat16);
  filter->Update();
  EXPECT_GT(filter->GetOutput()->GetUpdateMTime(), first);
}

TEST(NetworkOnGPU, TheSyntheticCTIsThatOfTheCPU)
{
  SKIP_WITHOUT_TEST_DEVICE();
  const auto source = itk::HeadPhantomImageSource<ImageType>::New();
  source->SetSize({ { 48, 56, 40 } });
  const double spacing[] = { 4.0, 4.0, 4.0 };
  source->SetSpacing(spacing);
  source->CenterGrid();
  source->Update();
  const auto run = [&](const std::string & device) {
    auto model = itk::NetworkModel::New();
    model->Load(itk::TestUtilities::ExampleModel());
    model->SetDevice(device);
    auto filter = itk::SyntheticCTImageFilter<ImageType, ImageType>::New();
    filter->SetInput(source->GetMR());
    filter->SetModel(model);
    filter->Update();
    return ValuesOf(filter->GetOutput());
  };
  const Floats expected = run("cpu");
  const Floats found = run(TestDevice());
  ASSERT_EQ(expected.size(), found.size());
  double sum = 0.0;
  for (size_t i = 0; i < expected.size(); ++i)
  {
    sum += std::abs(static_cast<double>(expected[i]) - static_cast<double>(found[i]));
  }
  const double meanDifference = sum / static_cast<double>(expected.size());
  RecordProperty("MeanDifferenceInHU", std::to_string(meanDifference));
  // A network is off by tens.
  EXPECT_LT(meanDifference, 1.0);
}

TEST(NetworkOnGPU, SaysWhichSettingNeedsLessMemory)
{
  SKIP_WITHOUT_TEST_DEVICE();
  // More than any card or program has.
  auto model = itk::NetworkModel::New();
  model->DefineFromSource("def forward(self, x):\n  return x + torch.zeros([35184372088832], device=x.device)");
  model->SetDevice(TestDevice());
  const Floats batch(4 * 2 * 4, 1.0f);
  const auto   errorOf = [&](const itk::NetworkModel::ShapeType & shape) -> std::string {
    try
    {
      Forward(model, batch, shape);
    }
    catch (const itk::ExceptionObject & error)
    {
      return error.GetDescription();
    }
    return "";
  };
  const auto expect = [](const std::string & error, const std::string & part) {
    EXPECT_NE(error.find(part), std::string::npos) << part << " is not in: " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  };
  const std::string of = "on device " + TestDevice() + ", input ";
  expect(errorOf({ 4, 1, 2, 4 }), of + "4x1x2x4: not enough memory for a batch of 4 windows of 2x4; a batch of 2");
  expect(errorOf({ 1, 1, 2, 4 }), of + "1x1x2x4: not enough memory for one window of 2x4; a smaller window needs less");
  if (TestDevice() != "cpu")
  {
    expect(errorOf({ 1, 1, 2, 4 }), "the device cpu may have more");
  }

  // The device is as good as before.
  const auto other = MakeConvolutions(2);
  const auto expected = Forward(other, batch, { 4, 1, 2, 4 });
  other->SetDevice(TestDevice());
  EXPECT_LT(Difference(expected, Forward(other, batch, { 4, 1, 2, 4 })), tolerance);
}

TEST(NetworkOnGPU, ThreadsOfTheProgramTakeTurns)
{
  SKIP_WITHOUT_TEST_DEVICE();
  const itk::NetworkModel::ShapeType shape{ 2, 1, 64, 64 };
  const Floats                       batch = MakeBatch(2 * 64 * 64);
  const auto                         model = MakeConvolutions(2);
  model->SetDevice(TestDevice());
  const Floats             expected = Forward(model, batch, shape);
  std::vector<Floats>      found(4);
  std::vector<std::thread> threads;
  for (Floats & own : found)
  {
    threads.emplace_back([&] {
      for (int pass = 0; pass < 5; ++pass)
      {
        own = Forward(model, batch, shape);
      }
    });
  }
  for (std::thread & thread : threads)
  {
    thread.join();
  }
  for (const Floats & own : found)
  {
    EXPECT_EQ(own, expected);
  }
}

TEST(NetworkOnGPU, TrainsAnEpoch)
{
  SKIP_WITHOUT_TEST_DEVICE();
  constexpr unsigned int side = 16;
  itk::NetworkModelCard  card;
  card.Name = "tiny";
  card.Net = itk::NetworkModelCard::Network{ "light-unet", 1, 1, 4, 2 };
  itk::NetworkModelCard::Input input;
  input.Name = "mr";
  input.Modality = "MR";
  card.Inputs = { input };
  itk::NetworkModelCard::Output output;
  output.Name = "sct";
  output.Range = { { 0.0, 1.0 } };
  card.Outputs = { output };
  card.Infer.PatchSize = { side, side };

  const auto image = MakeImage({ { side, side, 8 } });
  const auto target = itk::TestUtilities::MakeImage<ImageType>(
    { { side, side, 8 } }, [&](const ImageType::IndexType & i) { return 0.5 - 0.4 * image->GetPixel(i); });
  const auto train = [&](const std::string & device, const bool mixed) {
    auto trainer = itk::NetworkTrainer::New();
    trainer->SetNumberOfWorkUnits(1);
    trainer->SetCard(card);
    trainer->SetSeed(7);
    trainer->SetNumberOfEpochs(1);
    trainer->SetBatchSize(4);
    trainer->SetLearningRate(0.01);
    trainer->SetUseMixedPrecision(mixed);
    trainer->SetDevice(device);
    trainer->AddTrainingCase(image, target, nullptr);
    trainer->AddValidationCase(image, target, nullptr);
    trainer->Update();
    return trainer;
  };
  const auto onCPU = train("cpu", false);
  const auto onDevice = train(TestDevice(), false);
  EXPECT_NEAR(onDevice->GetTrainingLoss(0), onCPU->GetTrainingLoss(0), 0.02 * onCPU->GetTrainingLoss(0));
  EXPECT_NEAR(onDevice->GetValidationLoss(0), onCPU->GetValidationLoss(0), 0.05 * onCPU->GetValidationLoss(0));
  EXPECT_NEAR(
    train(TestDevice(), true)->GetTrainingLoss(0), onCPU->GetTrainingLoss(0), 0.1 * onCPU->GetTrainingLoss(0));

  // What was trained there runs anywhere.
  const auto path = (std::filesystem::path(testing::TempDir()) / "NetworkOnGPU-TrainsAnEpoch.pt").string();
  onDevice->Save(path);
  auto model = itk::NetworkModel::New();
  model->Load(path);
  const Floats values = Forward(model, MakeBatch(side * side), { 1, 1, side, side });
  EXPECT_EQ(values.size(), side * side);
  EXPECT_TRUE(std::all_of(values.begin(), values.end(), [](const float x) { return x >= 0.0f && x <= 1.0f; }));
  std::filesystem::remove(path);
}
