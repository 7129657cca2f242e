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
#include "itkCommand.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkNetworkInferenceTestUtilities.h"
#include "itkTestData.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

using namespace itk::NetworkInferenceTest;

TEST(NetworkInferenceImageFilterOptions, PadsSmallImagesWithTheMinimumOrTheGivenValue)
{
  // The network returns, everywhere in the window, the sum of the window; the image has one slice of 3 x 2 in 5 x 5.
  const auto image = MakeImage({ { 3, 2, 1 } });
  image->FillBuffer(4.0f);
  image->SetPixel(image->GetBufferedRegion().GetIndex(), -2.0f);
  auto filter = MakeFilter(MakeModel("def forward(self, x):\n  return torch.zeros_like(x) + x.sum()"), image, { 5, 5 });
  filter->Update();
  const auto index = image->GetBufferedRegion().GetIndex();
  EXPECT_FLOAT_EQ(filter->GetOutput()->GetPixel(index), 5 * 4.0f - 2.0f + 19 * -2.0f);
  EXPECT_EQ(filter->GetPaddingRule(), itk::PaddingRuleEnum::Minimum);
  filter->SetPaddingValue(10.0);
  EXPECT_EQ(filter->GetPaddingRule(), itk::PaddingRuleEnum::Constant);
  filter->Update();
  EXPECT_FLOAT_EQ(filter->GetOutput()->GetPixel(index), 5 * 4.0f - 2.0f + 19 * 10.0f);

  // The smaller half of the padding lies before the image: 1 of 3 rows, 1 of 2 columns.
  auto ramped = MakeFilter(MakeModel(ramp), image, { 5, 5 });
  ramped->Update();
  EXPECT_FLOAT_EQ(ramped->GetOutput()->GetPixel(index), -2.0f + 1.0f + 100.0f);
}

TEST(NetworkInferenceImageFilterOptions, MirroringAveragesAllFlips)
{
  // The ramp adds column + 100 row; flipped back, also (3 - column) and 100 (2 - row): 1.5 and 100 on the average.
  const auto image = MakeImage({ { 4, 3, 2 } });
  auto       filter = MakeFilter(MakeModel(ramp), image, { 4, 3 });
  const auto expect = [&](const std::vector<unsigned int> & axes, const auto & added) {
    filter->SetMirrorAxes(axes);
    filter->Update();
    const auto start = image->GetBufferedRegion().GetIndex();
    for (itk::ImageRegionIteratorWithIndex<ImageType> it(filter->GetOutput(), image->GetBufferedRegion());
         !it.IsAtEnd();
         ++it)
    {
      const auto  index = it.GetIndex() - start;
      const float expected = image->GetPixel(it.GetIndex()) + added(index[0], index[1]);
      ASSERT_NEAR(it.Get(), expected, 1e-3) << index;
    }
  };
  expect({}, [](const auto column, const auto row) { return static_cast<float>(column + 100 * row); });
  expect({ 0 }, [](const auto, const auto row) { return static_cast<float>(1.5 + 100.0 * static_cast<double>(row)); });
  expect({ 1 }, [](const auto column, const auto) { return static_cast<float>(column + 100); });
  expect({ 0, 1 }, [](const auto, const auto) { return 101.5f; });
}

TEST(NetworkInferenceImageFilterOptions, EnsemblesHaveMeanMedianAndSpread)
{
  const auto image = MakeImage({ { 9, 7, 3 } });
  auto       filter = MakeFilter(MakeModel("def forward(self, x):\n  return [x, -x]"), image, { 5, 4 });
  filter->AddModel(MakeModel("def forward(self, x):\n  return [6 * x, x]"));
  filter->AddModel(MakeModel("def forward(self, x):\n  return [2 * x, -x]"));
  EXPECT_EQ(filter->GetNumberOfModels(), 3u);
  filter->SetNumberOfNetworkOutputs(2);
  filter->ComputeUncertaintyOn();
  EXPECT_EQ(filter->GetNumberOfIndexedOutputs(), 4u);
  const auto expect = [&](const unsigned int output, const double value, const double deviation) {
    for (itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      const double x = it.Get();
      ASSERT_NEAR(filter->GetOutput(output)->GetPixel(it.GetIndex()), value * x, 1e-5 * std::abs(x));
      ASSERT_NEAR(
        filter->GetUncertaintyOutput(output)->GetPixel(it.GetIndex()), deviation * std::abs(x), 1e-5 * std::abs(x));
    }
  };
  filter->Update();
  // 1, 6 and 2 have the mean 3 and the population variance (4 + 9 + 1) / 3.
  expect(0, 3.0, std::sqrt(14.0 / 3.0));
  expect(1, -1.0 / 3.0, std::sqrt(8.0) / 3.0);
  filter->SetCombination(itk::CombinationEnum::Median);
  filter->Update();
  expect(0, 2.0, std::sqrt(14.0 / 3.0));
  expect(1, -1.0, std::sqrt(8.0) / 3.0);

  filter->ComputeUncertaintyOff();
  EXPECT_EQ(filter->GetNumberOfIndexedOutputs(), 2u);
  EXPECT_ERROR(filter->GetUncertaintyOutput(), "ComputeUncertainty is off");
  filter->SetModel(MakeModel(identity));
  EXPECT_EQ(filter->GetNumberOfModels(), 1u);
  EXPECT_ERROR(filter->GetNthModel(1), "There is no model 1");
  EXPECT_ERROR(filter->AddModel(nullptr), "no model");
}

TEST(NetworkInferenceImageFilterOptions, NetworksMayChangeTheGrid)
{
  const auto image = MakeImage({ { 12, 8, 3 } });
  auto       mask = FilterType::MaskImageType::New();
  mask->CopyInformation(image);
  mask->SetRegions(image->GetBufferedRegion());
  mask->Allocate(true);
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    mask->SetPixel(it.GetIndex(), it.Get() > 0.0f);
  }
  // Columns are doubled, rows are halved: each output voxel is the mean of two rows.
  const auto model = MakeModel("def forward(self, x):\n"
                               "  y = (x[:, :, 0::2] + x[:, :, 1::2]) / 2\n"
                               "  return torch.stack([y, y], 4).flatten(3)");
  for (const bool hasMask : { false, true })
  {
    auto filter = MakeFilter(model, image, { 5, 4 });
    filter->SetOutputScale({ 2.0, 0.5 });
    filter->SetOverlap(0.3);
    if (hasMask)
    {
      filter->SetMaskImage(mask);
      filter->SetBackgroundValue(-5000.0);
    }
    filter->Update();
    const ImageType * const output = filter->GetOutput();
    EXPECT_EQ(output->GetLargestPossibleRegion().GetSize(), (ImageType::SizeType{ { 24, 4, 3 } }));
    EXPECT_DOUBLE_EQ(output->GetSpacing()[0], image->GetSpacing()[0] / 2);
    EXPECT_DOUBLE_EQ(output->GetSpacing()[1], image->GetSpacing()[1] * 2);
    EXPECT_DOUBLE_EQ(output->GetSpacing()[2], image->GetSpacing()[2]);
    const auto start = image->GetLargestPossibleRegion().GetIndex();
    for (itk::ImageRegionConstIterator<ImageType> it(output, output->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      // The voxel in the input that holds the centre of this one; the rows of a pair meet at it.
      const auto           index = it.GetIndex();
      ImageType::PointType center;
      output->TransformIndexToPhysicalPoint(index, center);
      itk::ContinuousIndex<double, 3> position;
      ASSERT_TRUE(image->TransformPhysicalPointToContinuousIndex(center, position));
      ImageType::IndexType upper{ { start[0] + index[0] / 2, start[1] + 2 * index[1], index[2] } };
      ASSERT_NEAR(position[0], static_cast<double>(upper[0]) + (index[0] % 2 == 0 ? -0.25 : 0.25), 1e-9);
      ASSERT_NEAR(position[1], static_cast<double>(upper[1]) + 0.5, 1e-9);
      ASSERT_NEAR(position[2], static_cast<double>(upper[2]), 1e-9);
      auto lower = upper;
      ++lower[1];
      const float mean = (image->GetPixel(upper) + image->GetPixel(lower)) / 2;
      ASSERT_NEAR(it.Get(), hasMask && mask->GetPixel(lower) == 0 ? -5000.0f : mean, 2e-3);
    }
  }

  auto wrong = MakeFilter(MakeModel(identity), image, { 5, 4 });
  wrong->SetOutputScale({ 2.0, 0.5 });
  EXPECT_ERROR(wrong->Update(), "1x1x4x5");
  wrong->SetOutputScale({ 0.5, 0.5 });
  EXPECT_ERROR(wrong->Update(), "multiples of 2");
  wrong->SetOutputScale({ 0.5 });
  EXPECT_ERROR(wrong->Update(), "OutputScale is [ 0.5 ] but should be 2 numbers");
  wrong->SetOutputScale({ 1.0, -1.0 });
  EXPECT_ERROR(wrong->Update(), "should be positive");
  wrong->SetOutputScale({ 2.0, 2.0 });
  wrong->SetPlane(Plane::Orthogonal);
  EXPECT_ERROR(wrong->Update(), "1 for Plane orthogonal");
}

TEST(NetworkInferenceImageFilterOptions, OutputsHaveNames)
{
  auto filter = MakeFilter(MakeModel("def forward(self, x):\n  return {'b': 2 * x, 'a': x}"), nullptr, { 4, 4 });
  filter->SetNumberOfNetworkOutputs(2);
  EXPECT_EQ(filter->GetNetworkOutputName(1), "output1");
  filter->SetNetworkOutputNames({ "one", "two" });
  EXPECT_EQ(filter->GetNetworkOutputName(1), "two");
  EXPECT_EQ(filter->GetNetworkOutput("two"), filter->GetOutput(1));
  EXPECT_ERROR(filter->GetNetworkOutput("three"), "There is no network output 'three'");
  EXPECT_ERROR(filter->GetNetworkOutputName(2), "There is no network output 2");
  EXPECT_ERROR(filter->SetNetworkOutputNames({ "one" }), "1 names were given for 2");
  const auto image = MakeImage({ { 4, 4, 1 } });
  filter->SetInput(image);
  filter->Update();
  const auto index = image->GetBufferedRegion().GetIndex();
  EXPECT_EQ(filter->GetNetworkOutput("one")->GetPixel(index), image->GetPixel(index));
  EXPECT_EQ(filter->GetNetworkOutput("two")->GetPixel(index), 2 * image->GetPixel(index));
}

TEST(NetworkInferenceImageFilterOptions, HalfPrecisionIsAddedUpInFull)
{
  // Weights at the corners are a thousandth: sums in half precision would lose the value there. 1 + 1/128 is exact in
  // bfloat16.
  const auto image = MakeImage({ { 20, 20, 2 } });
  image->FillBuffer(1.0f + 1.0f / 128.0f);
  const auto model = MakeModel(identity);
  model->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  for (const bool onDevice : { false, true })
  {
    auto filter = MakeFilter(model, image, { 8, 8 });
    filter->SetOverlap(0.75);
    filter->SetStitchOnDevice(onDevice);
    filter->Update();
    ExpectSame(filter->GetOutput(), image, 1e-7);
  }
}

TEST(NetworkInferenceImageFilterOptions, TakesItsParametersFromTheCard)
{
  itk::NetworkModelCard card;
  card.Name = "test";
  card.Inputs.resize(2);
  card.Outputs.resize(2);
  card.Infer.Plane = Plane::Coronal;
  card.Infer.PatchSize = { 6, 4 };
  card.Infer.Overlap = { 0.5, 0.25 };
  card.Infer.GaussianScale = 0.2;
  card.Infer.Blending = Blending::Constant;
  card.Infer.Batch = 3;
  card.Infer.PaddingRule = itk::PaddingRuleEnum::Constant;
  card.Infer.PaddingValue = -7.0;
  card.Infer.Tiles = itk::TileRuleEnum::Even;
  card.Infer.Slices = 1;
  card.Infer.Mirror = { 1 };
  card.Infer.Combine = itk::CombinationEnum::Median;
  card.Infer.Scale = { 1.0, 1.0 };
  card.Outputs[0].Name = "first";
  card.Outputs[1].Name = "second";
  const auto model = MakeModel(identity);
  model->SetCard(card);
  const auto image = MakeImage({ { 5, 4, 3 } });
  auto       filter = FilterType::New();
  filter->SetModel(model);
  EXPECT_EQ(filter->GetNumberOfNetworkOutputs(), 2u);
  ASSERT_NE(filter->GetOutput(1), nullptr);
  EXPECT_EQ(filter->GetPlane(), Plane::Coronal);
  EXPECT_EQ(filter->GetPatchSize(), (std::vector<unsigned int>{ 6, 4 }));
  EXPECT_EQ(filter->GetOverlap(), (std::vector<double>{ 0.5, 0.25 }));
  EXPECT_EQ(filter->GetGaussianScale(), 0.2);
  EXPECT_EQ(filter->GetBlending(), Blending::Constant);
  EXPECT_EQ(filter->GetBatchSize(), 3u);
  EXPECT_EQ(filter->GetPaddingValue(), -7.0);
  EXPECT_EQ(filter->GetPaddingRule(), itk::PaddingRuleEnum::Constant);
  EXPECT_EQ(filter->GetTileRule(), itk::TileRuleEnum::Even);
  EXPECT_EQ(filter->GetNumberOfSlices(), 1u);
  EXPECT_EQ(filter->GetMirrorAxes(), (std::vector<unsigned int>{ 1 }));
  EXPECT_EQ(filter->GetCombination(), itk::CombinationEnum::Median);
  EXPECT_EQ(filter->GetOutputScale(), (std::vector<double>{ 1.0, 1.0 }));
  EXPECT_EQ(filter->GetNetworkOutputName(1), "second");

  filter->SetInput(0, image);
  EXPECT_ERROR(filter->Update(), "1 inputs where the model card");
  filter->SetInput(1, image);
  filter->Update();
  ExpectSame(filter->GetOutput(1), image, 1e-6);

  filter->SetNumberOfNetworkOutputs(1);
  EXPECT_ERROR(filter->Update(), "NumberOfNetworkOutputs is 1 where the model card");
}

TEST(NetworkInferenceImageFilterOptions, RefusesInputsOnOtherGrids)
{
  const auto model = MakeModel("def forward(self, x):\n  return x[:, 0:1]");
  const auto image = MakeImage({ { 6, 5, 4 } });
  const auto errorWith = [&](const std::function<void(ImageType &)> & change, const ImageType::SizeType & size) {
    const auto other = MakeImage(size);
    change(*other);
    auto filter = MakeFilter(model, image, { 4, 4 });
    filter->SetInput(1, other);
    return ErrorOf([&] { filter->Update(); });
  };
  const ImageType::SizeType size{ { 6, 5, 4 } };
  EXPECT_EQ(errorWith([](ImageType &) {}, size), "");
  const auto expect = [](const std::string & error, const std::string & part) {
    EXPECT_NE(error.find("Input 1 lies on another grid than input 0: " + part), std::string::npos) << error;
  };
  expect(errorWith([](ImageType &) {}, { { 6, 5, 3 } }), "size");
  expect(errorWith(
           [](ImageType & other) {
             const double spacing[] = { 0.7, 1.1, 2.31 };
             other.SetSpacing(spacing);
           },
           size),
         "spacing");
  expect(errorWith(
           [](ImageType & other) {
             const double origin[] = { -31.0, 17.0, 5.6 };
             other.SetOrigin(origin);
           },
           size),
         "origin");
  expect(errorWith(
           [](ImageType & other) {
             ImageType::DirectionType direction;
             direction.SetIdentity();
             other.SetDirection(direction);
           },
           size),
         "direction");
  expect(errorWith(
           [](ImageType & other) {
             other.SetRegions(ImageType::SizeType{ { 6, 5, 4 } });
           },
           size),
         "start index");
}

TEST(NetworkInferenceImageFilterOptions, RefusesBadParameters)
{
  const auto model = MakeModel(identity);
  const auto image = MakeImage({ { 6, 5, 4 } });
  EXPECT_ERROR(MakeFilter(nullptr, image, { 4, 4 })->Update(), "Model is not set");
  EXPECT_ERROR(MakeFilter(itk::NetworkModel::New(), image, { 4, 4 })->Update(), "The model has no network");
  EXPECT_THROW(MakeFilter(model, nullptr, { 4, 4 })->Update(), itk::ExceptionObject);
  EXPECT_ERROR(MakeFilter(model, image, {})->Update(), "PatchSize is [ ] but should be 2 numbers");
  EXPECT_ERROR(MakeFilter(model, image, { 4, 0 })->Update(), "PatchSize is [ 4 0 ]");
  EXPECT_ERROR(
    MakeFilter(model, image, { 4, 4, 4 })->Update(),
    "PatchSize is [ 4 4 4 ] but should be 2 numbers of at least 1 for Plane axial; for a network of blocks call "
    "SetPlane(InferencePlaneEnum::Volume)");

  auto filter = MakeFilter(model, image, { 4, 4 });
  EXPECT_ERROR(filter->SetNumberOfNetworkOutputs(0), "NumberOfNetworkOutputs is 0");
  for (const double overlap : { -0.1, 1.0, std::nan("") })
  {
    filter->SetOverlap(overlap);
    EXPECT_ERROR(filter->Update(), "Overlap is ");
  }
  filter->SetOverlap({ 0.5, 1.0 });
  EXPECT_ERROR(filter->Update(), "Overlap is [ 0.5 1 ]");
  filter->SetOverlap({ 0.5, 0.5, 0.5 });
  EXPECT_ERROR(filter->Update(), "or 2 for Plane axial");
  filter->SetOverlap(FilterType::OverlapType{});
  EXPECT_ERROR(filter->Update(), "Overlap is [ ]");
  filter->SetOverlap(0.5);
  for (const double scale : { 0.0, -1.0, std::nan("") })
  {
    filter->SetGaussianScale(scale);
    EXPECT_ERROR(filter->Update(), "GaussianScale is ");
  }
  filter->SetGaussianScale(0.125);
  EXPECT_ERROR(filter->GetWindowCountOutput(), "ComputeWindowCount is off");
  filter->SetBatchSize(0);
  EXPECT_ERROR(filter->Update(), "BatchSize is 0");
  filter->SetBatchSize(2);
  filter->SetNumberOfSlices(2);
  EXPECT_ERROR(filter->Update(), "NumberOfSlices is 2");
  filter->SetNumberOfSlices(1);
  for (const auto & axes : { std::vector<unsigned int>{ 2 }, { 0, 0 } })
  {
    filter->SetMirrorAxes(axes);
    EXPECT_ERROR(filter->Update(), "MirrorAxes is [ ");
  }
  filter->SetMirrorAxes({});
  filter->ComputeUncertaintyOn();
  EXPECT_ERROR(filter->Update(), "ComputeUncertainty is on");
  filter->ComputeUncertaintyOff();
  filter->StitchOnDeviceOn();
  filter->SetBlending(Blending::Median);
  EXPECT_ERROR(filter->Update(), "StitchOnDevice is on");
  filter->StitchOnDeviceOff();
  filter->SetPlane(Plane::Volume);
  EXPECT_ERROR(filter->Update(), "PatchSize is [ 4 4 ] but should be 3 numbers");
  EXPECT_ERROR(filter->Update(), "call SetPlane(InferencePlaneEnum::Axial)");
  filter->SetPlane(Plane::Axial);
  filter->SetNumberOfNetworkOutputs(2);
  EXPECT_ERROR(filter->Update(), "returns 1 channels where 2 are declared");
  filter->SetNumberOfNetworkOutputs(1);
  filter->SetInput(2, image);
  EXPECT_ERROR(filter->Update(), "Input 1 is not set");
  filter->SetInput(1, image);
  EXPECT_ERROR(filter->Update(), "returns 3 channels where 1 are declared");

  EXPECT_ERROR(MakeFilter(model, MakeImage({ { 6, 0, 4 } }), { 4, 4 })->Update(), "empty");
}

TEST(NetworkInferenceImageFilterOptions, ReportsProgressAndAborts)
{
  const auto         image = MakeImage({ { 8, 8, 10 } });
  auto               filter = MakeFilter(MakeModel(identity), image, { 8, 8 });
  std::vector<float> reported;
  auto               command = itk::CStyleCommand::New();
  command->SetClientData(&reported);
  command->SetCallback([](itk::Object * caller, const itk::EventObject &, void * data) {
    static_cast<std::vector<float> *>(data)->push_back(static_cast<itk::ProcessObject *>(caller)->GetProgress());
  });
  filter->AddObserver(itk::ProgressEvent(), command);
  filter->Update();
  EXPECT_GE(reported.size(), 10u);
  EXPECT_TRUE(std::is_sorted(reported.begin(), reported.end()));
  EXPECT_FLOAT_EQ(reported.back(), 1.0f);

  auto abort = itk::CStyleCommand::New();
  abort->SetCallback([](itk::Object * caller, const itk::EventObject &, void *) {
    auto * const process = static_cast<itk::ProcessObject *>(caller);
    if (process->GetProgress() > 0.25f)
    {
      process->AbortGenerateDataOn();
    }
  });
  filter->RemoveAllObservers();
  filter->AddObserver(itk::ProgressEvent(), abort);
  filter->SetBatchSize(2);
  EXPECT_THROW(filter->Update(), itk::ProcessAborted);

  // The filter can run again.
  filter->RemoveAllObservers();
  filter->SetAbortGenerateData(false);
  filter->Update();
  ExpectSame(filter->GetOutput(), image, 0.0);
}

TEST(NetworkInferenceImageFilterOptions, RunsAgainWhenTheModelChanges)
{
  const auto image = MakeImage({ { 6, 5, 2 } });
  const auto model = MakeModel(identity);
  auto       filter = MakeFilter(model, image, { 6, 5 });
  filter->Update();
  model->DefineFromSource("def forward(self, x):\n  return x * 0 + 3");
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel(image->GetBufferedRegion().GetIndex()), 3.0f);
}

TEST(NetworkInferenceImageFilterOptions, RunsANetworkOfOthers)
{
  const std::string path = itk::TestUtilities::SharedData("torchscript_models/M730_1_Layers.pt");
  if (!std::filesystem::exists(path))
  {
    GTEST_SKIP() << path << " is not there";
  }
  auto model = itk::NetworkModel::New();
  model->Load(path);
  const auto image = MakeImage({ { 12, 10, 8 } });
  auto       filter = MakeFilter(model, image, { 12, 10, 8 });
  filter->SetPlane(Plane::Volume);
  filter->SetNumberOfNetworkOutputs(32);
  filter->SetNumberOfWorkUnits(1);
  filter->Update();
  itk::NetworkModel::OutputGroupsType groups;
  model->Forward(image->GetBufferPointer(), { 1, 1, 8, 10, 12 }, 1, groups);
  const size_t voxels = image->GetBufferedRegion().GetNumberOfPixels();
  for (unsigned int channel = 0; channel < 32; ++channel)
  {
    const float * const values = filter->GetOutput(channel)->GetBufferPointer();
    EXPECT_EQ(std::vector<float>(values, values + voxels),
              std::vector<float>(groups[0].Values.begin() + static_cast<std::ptrdiff_t>(channel * voxels),
                                 groups[0].Values.begin() + static_cast<std::ptrdiff_t>((channel + 1) * voxels)));
  }
}

TEST(NetworkInferenceImageFilterOptions, PrintsItsMembers)
{
  auto               filter = MakeFilter(MakeModel(identity), nullptr, { 6, 5 });
  std::ostringstream out;
  filter->Print(out);
  for (const char * const member : { "Models: 1",
                                     "NumberOfNetworkOutputs: 1",
                                     "NetworkOutputNames: [ ]",
                                     "Combination: mean",
                                     "ComputeUncertainty: Off",
                                     "BackgroundValue: 0",
                                     "Plane: axial",
                                     "PatchSize: [ 6 5 ]",
                                     "Overlap: [ 0.25 ]",
                                     "ComputeWindowCount: Off",
                                     "GaussianScale: 0.125",
                                     "TileRule: interval",
                                     "Blending: gaussian",
                                     "NumberOfSlices: 1",
                                     "MirrorAxes: [ ]",
                                     "OutputScale: [ ]",
                                     "StitchOnDevice: Off",
                                     "BatchSize: 1",
                                     "PaddingValue: 0",
                                     "PaddingRule: minimum" })
  {
    EXPECT_NE(out.str().find(member), std::string::npos) << member;
  }
}

TEST(NetworkInferenceImageFilterOptions, NetworksOfBlocksAreToldOfThePlane)
{
  // The filter is left at its default plane.
  const auto model = MakeModel("def forward(self, x):\n  return torch.conv3d(x, torch.ones(1, 1, 3, 3, 3), padding=1)");
  const auto image = MakeImage({ { 6, 6, 6 } });
  auto       filter = MakeFilter(model, image, { 4, 4 });
  filter->SetBatchSize(2);
  EXPECT_ERROR(filter->Update(),
               "it was given slices, because Plane is axial: for a network of blocks call "
               "SetPlane(InferencePlaneEnum::Volume)");
  filter->SetPlane(Plane::Volume);
  filter->SetPatchSize({ 4, 4, 4 });
  filter->Update();
}

TEST(NetworkInferenceImageFilterOptions, PadsWithTheNearestVoxel)
{
  // The network returns its neighbour on one side, so that the border of the image shows the padding.
  const auto image = MakeImage({ { 3, 2, 2 } });
  const auto start = image->GetBufferedRegion().GetIndex();
  const auto expectShift = [&](FilterType * filter, const unsigned int axis, const int step) {
    filter->SetPaddingRule(itk::PaddingRuleEnum::Replicate);
    filter->Update();
    for (itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      auto index = it.GetIndex();
      index[axis] = std::clamp<itk::IndexValueType>(
        index[axis] + step,
        start[axis],
        start[axis] + static_cast<itk::IndexValueType>(image->GetBufferedRegion().GetSize(axis)) - 1);
      ASSERT_EQ(filter->GetOutput()->GetPixel(it.GetIndex()), image->GetPixel(index)) << it.GetIndex();
    }
  };
  // The last axis of a tensor is the first of the image.
  for (const int step : { -1, 1 })
  {
    for (unsigned int axis = 0; axis < 2; ++axis)
    {
      const auto model = MakeModel("def forward(self, x):\n  return torch.roll(x, " + std::to_string(-step) + ", " +
                                   std::to_string(3 - axis) + ")");
      expectShift(MakeFilter(model, image, { 7, 6 }), axis, step);
    }
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      const auto model = MakeModel("def forward(self, x):\n  return torch.roll(x, " + std::to_string(-step) + ", " +
                                   std::to_string(4 - axis) + ")");
      auto       filter = MakeFilter(model, image, { 7, 6, 5 });
      filter->SetPlane(Plane::Volume);
      expectShift(filter, axis, step);
    }
  }

  // The sum over the window, by hand: columns 1 2 3 become 1 1 2 3 3 in a window of five.
  const auto small = MakeImage({ { 3, 1, 1 } });
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(small, small->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    it.Set(static_cast<float>(it.GetIndex()[0] - start[0] + 1));
  }
  auto sum = MakeFilter(MakeModel("def forward(self, x):\n  return torch.zeros_like(x) + x.sum()"), small, { 5, 1 });
  sum->SetPaddingRule(itk::PaddingRuleEnum::Replicate);
  sum->Update();
  EXPECT_EQ(sum->GetOutput()->GetPixel(start), 10.0f);
}

TEST(NetworkInferenceImageFilterOptions, OverlapAndWeightsMayBeChosen)
{
  // The ramp in windows of 4 at 0 and 2 along columns, and of 2 at 0, 1 and 2 along rows or, without overlap, at 0
  // and 2.
  const auto image = MakeImage({ { 6, 4, 1 } });
  image->FillBuffer(0.0f);
  auto filter = MakeFilter(MakeModel(ramp), image, { 4, 2 });
  filter->SetOverlap({ 0.5, 0.0 });
  filter->SetGaussianScale(0.25);
  filter->Update();
  // Standard deviation 1: weights exp(-1.125) and exp(-0.125).
  const double outer = std::exp(-1.125);
  const double inner = std::exp(-0.125);
  const double column[] = { 0, 1, (inner * 2 + outer * 0) / (inner + outer), (outer * 3 + inner * 1) / (inner + outer),
                            2, 3 };
  const double row[] = { 0, 100, 0, 100 };
  const auto   start = image->GetBufferedRegion().GetIndex();
  for (const bool onDevice : { false, true })
  {
    filter->SetStitchOnDevice(onDevice);
    filter->Update();
    for (itk::ImageRegionIteratorWithIndex<ImageType> it(filter->GetOutput(), image->GetBufferedRegion());
         !it.IsAtEnd();
         ++it)
    {
      const auto index = it.GetIndex() - start;
      ASSERT_NEAR(it.Get(), column[index[0]] + row[index[1]], 1e-4) << index;
    }
  }
}

TEST(NetworkInferenceImageFilterOptions, CountsTheWindowsOfEachVoxel)
{
  const auto image = MakeImage({ { 10, 5, 3 } });
  auto       filter = MakeFilter(MakeModel(identity), image, { 4, 5 });
  EXPECT_FALSE(filter->GetComputeWindowCount());
  filter->ComputeWindowCountOn();
  EXPECT_EQ(filter->GetNumberOfIndexedOutputs(), 1u);
  filter->Update();
  // Windows of 4 at 0, 3 and 6.
  const float counts[] = { 1, 1, 1, 2, 1, 1, 2, 1, 1, 1 };
  const auto  start = image->GetBufferedRegion().GetIndex();
  EXPECT_EQ(filter->GetWindowCountOutput()->GetLargestPossibleRegion(), image->GetLargestPossibleRegion());
  EXPECT_EQ(filter->GetWindowCountOutput()->GetOrigin(), image->GetOrigin());
  const auto expect = [&](const ImageType * output, const auto & expected) {
    for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(output, output->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      ASSERT_EQ(it.Get(), expected(it.GetIndex() - start)) << it.GetIndex();
    }
  };
  expect(filter->GetWindowCountOutput(), [&](const auto & index) { return counts[index[0]]; });

  // Only slices that are asked for, and windows that are run: with a mask in the first columns, the first window.
  auto mask = FilterType::MaskImageType::New();
  mask->CopyInformation(image);
  mask->SetRegions(image->GetBufferedRegion());
  mask->Allocate(true);
  for (itk::ImageRegionIteratorWithIndex<FilterType::MaskImageType> it(mask, mask->GetBufferedRegion()); !it.IsAtEnd();
       ++it)
  {
    it.Set(it.GetIndex()[0] - start[0] < 2);
  }
  filter->SetMaskImage(mask);
  auto region = image->GetLargestPossibleRegion();
  region.SetIndex(2, region.GetIndex(2) + 1);
  region.SetSize(2, 1);
  filter->UpdateOutputInformation();
  filter->GetWindowCountOutput()->SetRequestedRegion(region);
  filter->GetWindowCountOutput()->Update();
  EXPECT_EQ(filter->GetWindowCountOutput()->GetBufferedRegion(), region);
  expect(filter->GetWindowCountOutput(), [](const auto & index) { return index[0] < 4 ? 1.0f : 0.0f; });

  // All planes together: three windows at most, one of each plane.
  filter->SetMaskImage(nullptr);
  filter->SetPlane(Plane::Orthogonal);
  filter->SetPatchSize({ 10, 10 });
  filter->GetOutput()->SetRequestedRegionToLargestPossibleRegion();
  filter->Update();
  expect(filter->GetWindowCountOutput(), [](const auto &) { return 3.0f; });

  // On the grid of the network's output.
  filter->SetPlane(Plane::Axial);
  filter->SetModel(MakeModel("def forward(self, x):\n  return x[:, :, :, 0::2]"));
  filter->SetPatchSize({ 4, 5 });
  filter->SetOutputScale({ 0.5, 1.0 });
  filter->SetOverlap(0.5);
  filter->UpdateLargestPossibleRegion();
  EXPECT_EQ(filter->GetWindowCountOutput()->GetSpacing()[0], 2 * image->GetSpacing()[0]);
  const float halved[] = { 1, 2, 2, 2, 1 };
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(filter->GetWindowCountOutput(),
                                                            filter->GetWindowCountOutput()->GetBufferedRegion());
       !it.IsAtEnd();
       ++it)
  {
    ASSERT_EQ(it.Get(), halved[it.GetIndex()[0]]);
  }

  filter->ComputeWindowCountOff();
  EXPECT_ERROR(filter->GetWindowCountOutput(), "ComputeWindowCount is off");
  filter->Update();
}
