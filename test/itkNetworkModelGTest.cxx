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
#include "itkMultiThreaderBase.h"
#include "itkNetworkModelTestUtilities.h"
#include "itkTestData.h"
#include "itkTestDevice.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <sstream>
#include <utility>

namespace
{
using namespace itk::TestUtilities;

using NetworkModel = NetworkModelTest;

/** The first channel of the first window, mirrored. */
Floats
Mirrored(const itk::NetworkModel *         model,
         const Floats &                    input,
         const Shape &                     shape,
         const std::vector<unsigned int> & axes)
{
  itk::NetworkModel::PassOptions options;
  options.MirrorAxes = axes;
  const auto pass = model->Start(input.data(), shape, options);
  pass->Wait();
  return ChannelOf(*pass, 0, 0);
}
} // namespace

TEST_F(NetworkModel, RunsTwoAndThreeDimensionalBatches)
{
  const auto   model = MakeModel("return 2 * x + 1");
  const Floats input{ 1, 2, 3, 4, 5, 6, 7, 8 };
  for (const Shape & shape : { Shape{ 2, 1, 2, 2 }, Shape{ 1, 2, 1, 2, 2 } })
  {
    const Groups outputs = Outputs(model, input, shape);
    ASSERT_EQ(outputs.size(), 1u);
    EXPECT_EQ(outputs[0].Shape, shape);
    EXPECT_EQ(outputs[0].Values, (Floats{ 3, 5, 7, 9, 11, 13, 15, 17 }));
    EXPECT_EQ(outputs[0].Name, "");
  }
}

TEST_F(NetworkModel, ReadsEveryFormOfOutput)
{
  const Floats input{ 1, 2 };
  const Shape  shape{ 1, 1, 1, 2 };
  Groups       outputs = Outputs(MakeModel("return x, [x + 1, torch.cat([x, -x], 1)]"), input, shape);
  ASSERT_EQ(outputs.size(), 3u);
  EXPECT_EQ(outputs[0].Values, (Floats{ 1, 2 }));
  EXPECT_EQ(outputs[1].Values, (Floats{ 2, 3 }));
  EXPECT_EQ(outputs[2].Values, (Floats{ 1, 2, -1, -2 }));
  EXPECT_EQ(outputs[2].Shape, (Shape{ 1, 2, 1, 2 }));

  outputs = Outputs(MakeModel("return {'sct': x, 'bone': 2 * x}"), input, shape);
  ASSERT_EQ(outputs.size(), 2u);
  EXPECT_EQ(outputs[0].Name, "bone");
  EXPECT_EQ(outputs[0].Values, (Floats{ 2, 4 }));
  EXPECT_EQ(outputs[1].Name, "sct");
}

TEST_F(NetworkModel, ConvertsEveryRealType)
{
  // TorchScript numbers its types: uint8, int16, int32, int64, half, double, bfloat16.
  for (const int type : { 0, 2, 3, 4, 5, 7, 15 })
  {
    const Groups outputs =
      Outputs(MakeModel("return (x * 3).to(" + std::to_string(type) + ")"), { 1, 2 }, { 1, 1, 1, 2 });
    EXPECT_EQ(outputs[0].Values, (Floats{ 3, 6 })) << type;
  }
  EXPECT_EQ(Outputs(MakeModel("return x > 0"), { 1, -2 }, { 1, 1, 1, 2 })[0].Values, (Floats{ 1, 0 }));
  // Not contiguous.
  EXPECT_EQ(Outputs(MakeModel("return x.transpose(2, 3)"), { 1, 2, 3, 4 }, { 1, 1, 2, 2 })[0].Values,
            (Floats{ 1, 3, 2, 4 }));
}

TEST_F(NetworkModel, LeavesTheInputAloneAndHandsOnWhatIsNotFinite)
{
  const Floats input{ -1, 2 };
  EXPECT_EQ(Outputs(MakeModel("return x.relu_()"), input, { 1, 1, 1, 2 })[0].Values, (Floats{ 0, 2 }));
  EXPECT_EQ(input, (Floats{ -1, 2 }));
  const Groups outputs = Outputs(MakeModel("return x / 0"), input, { 1, 1, 1, 2 });
  EXPECT_EQ(outputs[0].Values[1], std::numeric_limits<float>::infinity());
}

TEST_F(NetworkModel, SavesAndLoads)
{
  auto model = MakeModel("return x - 1");
  EXPECT_TRUE(model->IsLoaded());
  EXPECT_FALSE(model->HasCard());
  EXPECT_EQ(model->GetNumberOfParameters(), 0u);
  model->Save(PathOf("plain.pt"));
  model->SetCard(MakeCard(1, 1));
  model->Save(PathOf("card.pt"));
  EXPECT_EQ(CountFiles(), 2u) << "something unfinished was left";

  auto read = itk::NetworkModel::New();
  EXPECT_FALSE(read->IsLoaded());
  read->Load(PathOf("card.pt"));
  EXPECT_TRUE(read->IsLoaded());
  EXPECT_EQ(std::string(read->GetFileName()), PathOf("card.pt"));
  ASSERT_TRUE(read->HasCard());
  EXPECT_EQ(read->GetCardAsJSON(), MakeCard(1, 1).ToJSON());
  EXPECT_EQ(read->GetCard().Name, "test");
  EXPECT_EQ(Outputs(read, { 5 }, { 1, 1, 1, 1 })[0].Values, Floats{ 4 });

  read->Load(PathOf("plain.pt"));
  EXPECT_FALSE(read->HasCard());
  EXPECT_EQ(read->GetCardAsJSON(), "");
  EXPECT_THROW(read->GetCard(), itk::ExceptionObject);

  // A model file can be written again, and its card replaced.
  read->SetCardFromJSON(MakeCard(1, 1).ToJSON());
  read->Save(PathOf("plain.pt"));
  auto again = itk::NetworkModel::New();
  again->Load(PathOf("plain.pt"));
  EXPECT_TRUE(again->HasCard());
  again->RemoveCard();
  EXPECT_FALSE(again->HasCard());
}

TEST_F(NetworkModel, ReadsItsFileAgainWhenItHasTo)
{
  const std::string path = this->PathOf("model.pt");
  auto              model = MakeModel("return 2.0 * x + 0.001");
  const auto        answer = [&] { return Outputs(model, { 1.0f }, { 1, 1, 1, 1 })[0].Values; };
  model->Save(path);
  const Floats plain = answer();
  model->Load(path);
  EXPECT_EQ(answer(), plain);
  // In another precision, to be prepared anew: 2.001 becomes 2.
  model->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  EXPECT_EQ(answer(), Floats{ 2.0f });
  // Its own file may be written.
  model->SetCard(MakeCard(1, 1));
  model->Save(path);
  model->SetPrecision(itk::NetworkPrecisionEnum::Float32);
  EXPECT_EQ(answer(), plain);
  EXPECT_EQ(model->GetNumberOfParameters(), 0u);

  // Another file under the name is noticed, and so is none; what is prepared still runs.
  MakeModel("return 2.0 * x + 0.001 + 0.0 * x * x * x")->Save(path);
  EXPECT_EQ(answer(), plain);
  EXPECT_TRUE(model->IsLoaded());
  ExpectError([&] { model->Save(this->PathOf("copy.pt")); }, { "has changed since it was loaded" });
  std::filesystem::remove(path);
  model->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  ExpectError([&] { answer(); }, { "is needed again" });
  EXPECT_EQ(this->CountFiles(), 0u);
}

TEST_F(NetworkModel, ChangesCountAsModifications)
{
  auto model = itk::NetworkModel::New();
  auto time = model->GetMTime();
  model->DefineFromSource("def forward(self, x):\n  return x");
  EXPECT_GT(model->GetMTime(), time);
  time = model->GetMTime();
  model->SetCard(MakeCard(1, 1));
  EXPECT_GT(model->GetMTime(), time);
  time = model->GetMTime();
  model->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  EXPECT_GT(model->GetMTime(), time);
  time = model->GetMTime();
  model->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  EXPECT_EQ(model->GetMTime(), time);
  model->RemoveCard();
  EXPECT_GT(model->GetMTime(), time);
}

TEST_F(NetworkModel, NamesTheFileThatIsNoModel)
{
  auto       model = MakeModel("return x");
  const auto expect = [&](const std::string & file, const std::string & part) {
    ExpectError([&] { model->Load(file); }, { "Model file '" + file + "'", part });
  };
  expect(PathOf("missing.pt"), "does not exist");
  expect(m_Folder.string(), "is a folder");
  expect(WriteFile("empty.pt", ""), "is empty");
  expect(WriteFile("text.pt", "a text that is no model"), "is not a TorchScript file");

  // The smallest zip archive: one with nothing in it; and one whose only entry is the empty file "a".
  expect(WriteFile("nothing.zip", std::string("PK\x05\x06", 4) + std::string(18, '\0')), "is not a TorchScript file");
  const std::string header(std::string("\x0a\0\0\0\0\0\0\0\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 26));
  const std::string central(
    std::string("\x0a\0\x0a\0\0\0\0\0\0\0\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0", 34) +
    std::string(8, '\0'));
  const std::string end(std::string("\0\0\0\0\1\0\1\0\x2f\0\0\0\x1f\0\0\0\0\0", 18));
  expect(WriteFile("other.zip", "PK\x03\x04" + header + "a" + "PK\x01\x02" + central + "a" + "PK\x05\x06" + end),
         "is truncated, damaged, or not TorchScript");

  model->Save(PathOf("whole.pt"));
  const std::string whole = ReadFile(PathOf("whole.pt"));
  for (const size_t length : { size_t{ 3 }, size_t{ 10 }, whole.size() / 2, whole.size() - 1 })
  {
    expect(WriteFile("truncated.pt", whole.substr(0, length)),
           length < 4 ? "is not a TorchScript file" : "is truncated");
  }

  // None of these changed the model.
  EXPECT_EQ(Outputs(model, { 5 }, { 1, 1, 1, 1 })[0].Values, Floats{ 5 });
  EXPECT_STREQ(model->GetFileName(), "");
}

TEST_F(NetworkModel, NamesTheCardThatIsWrong)
{
  auto model = MakeModel("return x");
  auto card = MakeCard(1, 1);
  card.Infer.Overlap = { 1.25 };
  model->SetCard(card);
  model->Save(PathOf("bad.pt"));
  auto read = itk::NetworkModel::New();
  ExpectError([&] { read->Load(PathOf("bad.pt")); }, { PathOf("bad.pt"), "inference.overlap" });
  EXPECT_FALSE(read->IsLoaded());

  ExpectError([&] { model->SetCardFromJSON("{}"); }, { "version" });
  EXPECT_EQ(model->GetCardAsJSON(), card.ToJSON());
}

TEST_F(NetworkModel, NamesWhatCannotBeWritten)
{
  ExpectError([&] { itk::NetworkModel::New()->Save(PathOf("a.pt")); }, { "There is no network" });
  const auto model = MakeModel("return x");
  ExpectError([&] { model->Save(PathOf("no/such/folder.pt")); }, { PathOf("no/such/folder.pt"), "cannot be written" });
  // A folder of that name is in the way.
  std::filesystem::create_directories(m_Folder / "folder" / "in");
  ExpectError([&] { model->Save(PathOf("folder")); }, { PathOf("folder"), "cannot be written: it is a folder" });
  EXPECT_EQ(CountFiles(), 1u) << "something unfinished was left";
}

TEST_F(NetworkModel, RefusesSourceThatIsNoNetwork)
{
  auto model = MakeModel("return 3 * x");
  ExpectError([&] { model->DefineFromSource("def forward(self, x):\n  return y"); }, { "TorchScript source", "y" });
  ExpectError([&] { model->DefineFromSource("x = ("); }, { "TorchScript source" });
  ExpectError([&] { model->DefineFromSource("def backward(self, x):\n  return x"); }, { "no method 'forward'" });
  ExpectError([&] { model->DefineFromSource(""); }, { "no method 'forward'" });
  EXPECT_EQ(Outputs(model, { 5 }, { 1, 1, 1, 1 })[0].Values, Floats{ 15 });
}

TEST_F(NetworkModel, RefusesDevicesThatAreNotThere)
{
  const auto model = MakeModel("return x");
  for (const char * const name : { "", "gpu", "CPU", "cpu:0", "cuda:", "cuda:x", "cuda:-1", "cuda0", "cuda:1 " })
  {
    ExpectError([&] { model->SetDevice(name); }, { "device '" + std::string(name) + "' is not known" });
  }
  // No machine has so many.
  ExpectError([&] { model->SetDevice("cuda:120"); }, { "device 'cuda:120' is not available" });
  EXPECT_STREQ(model->GetDevice(), "cpu");
  model->SetDevice("cpu");
  EXPECT_EQ(Outputs(model, { 5 }, { 1, 1, 1, 1 })[0].Values, Floats{ 5 });
}

TEST_F(NetworkModel, NamesWhatIsWrongWithAForwardPass)
{
  const Floats input(16, 1.0f);
  const Shape  shape{ 1, 1, 4, 4 };
  const auto   expect = [&](const std::string & body, const std::vector<std::string> & parts) {
    auto model = MakeModel(body);
    model->Save(PathOf("model.pt"));
    model->Load(PathOf("model.pt"));
    std::vector<std::string> all{ "Model file '" + PathOf("model.pt") + "' on device cpu, input 1x1x4x4: " };
    all.insert(all.end(), parts.begin(), parts.end());
    ExpectError([&] { Outputs(model, input, shape); }, all);
  };
  expect("return torch.conv2d(x, torch.ones([1, 3, 3, 3]))", { "3 channels" });
  expect("assert x.size(1) == 2, 'two are due'\n  return x", { "two are due" });
  expect("return x.size(0)", { "returns Int where a tensor" });
  expect("return x, 'text'", { "returns String where a tensor" });
  expect("return {1: x}", { "keys are not strings" });
  expect("a : List[Tensor] = []\n  return a", { "returns no tensor" });
  expect("return x.sum()", { "of shape () where 1xKx4x4 is expected" });
  expect("return x.unsqueeze(0)", { "of shape 1x1x1x4x4 where 1xKx4x4 is expected" });
  expect("return torch.cat([x, x])", { "of shape 2x1x4x4 where 1xKx4x4 is expected" });
  expect("return x[:, :, :2]", { "of shape 1x1x2x4 where 1xKx4x4 is expected" });
  expect("return x[:, :0]", { "of shape 1x0x4x4 where 1xKx4x4 is expected" });
  expect("return torch.complex(x, x)", { "of type ComplexFloat where real numbers are expected" });

  Groups outputs;
  ExpectError([&] { itk::NetworkModel::New()->Forward(input.data(), shape, 1, outputs); }, { "There is no network" });
  const auto model = MakeModel("return x");
  for (const Shape & bad : { Shape{ 1, 4, 4 }, Shape{ 1, 0, 4, 4 }, Shape{ 1, 1, 1, 1, 4, 4 }, Shape{} })
  {
    ExpectError([&] { Outputs(model, input, bad); }, { "the input should have 4 axes (N, C, H, W) or 5" });
  }
}

TEST_F(NetworkModel, HoldsTheNetworkToItsCard)
{
  auto model = MakeModel("return x");
  model->SetCard(MakeCard(2, 2));
  const Floats input(32, 1.0f);
  EXPECT_EQ(Outputs(model, input, { 1, 2, 4, 4 }).size(), 1u);
  ExpectError(
    [&] {
      Outputs(model, input, { 1, 1, 4, 4 });
    },
    { "input 1x1x4x4", "the model card asks for 2 channels" });
  model->SetCard(MakeCard(2, 3));
  ExpectError([&] { Outputs(model, input, { 1, 2, 4, 4 }); }, { "returns 2 channels where the model card names 3" });
}

TEST_F(NetworkModel, RunsNetworksOfOthers)
{
  const std::string path = itk::TestUtilities::SharedData("torchscript_models/M730_1_Layers.pt");
  if (!std::filesystem::exists(path))
  {
    GTEST_SKIP() << path << " is not there";
  }
  auto model = itk::NetworkModel::New();
  model->Load(path);
  EXPECT_FALSE(model->HasCard());
  // The number that the file's source names.
  EXPECT_EQ(model->GetNumberOfParameters(), 28704u);
  Floats input(8 * 10 * 12);
  for (size_t i = 0; i < input.size(); ++i)
  {
    input[i] = static_cast<float>(i % 17);
  }
  const Groups outputs = Outputs(model, input, { 1, 1, 8, 10, 12 });
  ASSERT_EQ(outputs.size(), 1u);
  EXPECT_EQ(outputs[0].Shape, (Shape{ 1, 32, 8, 10, 12 }));
  EXPECT_EQ(Outputs(model, input, { 1, 1, 8, 10, 12 })[0].Values, outputs[0].Values) << "not the same bits again";
  ExpectError([&] { Outputs(model, input, { 1, 2, 4, 10, 12 }); }, { path, "input 1x2x4x10x12" });

  // Half of the file.
  const std::string whole = ReadFile(path);
  WriteFile("half.pt", whole.substr(0, whole.size() / 2));
  ExpectError([&] { model->Load(PathOf("half.pt")); }, { PathOf("half.pt"), "is truncated" });
}

TEST_F(NetworkModel, StartsAPassAndHandsOutItsChannels)
{
  auto        model = MakeModel("return {'sct': x.transpose(2, 3).transpose(2, 3), 'bone': torch.cat([2 * x, -x], 1)}");
  Floats      input{ 1, 2, 3, 4, 5, 6, 7, 8 };
  const Shape shape{ 2, 1, 2, 2 };
  const auto  pass = model->Start(input.data(), shape, {});
  // The pass has what it needs.
  std::fill(input.begin(), input.end(), 0.0f);
  model = nullptr;
  pass->Wait();
  EXPECT_EQ(pass->GetNumberOfWindows(), 2u);
  ASSERT_EQ(pass->GetNumberOfChannels(), 3u);
  EXPECT_EQ(pass->GetGrid(), (Shape{ 2, 2 }));
  EXPECT_EQ(pass->GetChannelName(0), "bone");
  EXPECT_EQ(pass->GetChannelName(1), "bone");
  EXPECT_EQ(pass->GetChannelName(2), "sct");
  EXPECT_EQ(ChannelOf(*pass, 0, 0), (Floats{ 2, 4, 6, 8 }));
  EXPECT_EQ(ChannelOf(*pass, 0, 1), (Floats{ -1, -2, -3, -4 }));
  EXPECT_EQ(ChannelOf(*pass, 0, 2), (Floats{ 1, 2, 3, 4 }));
  EXPECT_EQ(ChannelOf(*pass, 1, 0), (Floats{ 10, 12, 14, 16 }));
  EXPECT_EQ(ChannelOf(*pass, 1, 2), (Floats{ 5, 6, 7, 8 }));
  // Always the same place, and no copy made by asking.
  EXPECT_EQ(pass->GetChannel(1, 2), pass->GetChannel(1, 2));
  EXPECT_EQ(pass->GetChannel(0, 1), pass->GetChannel(0, 0) + 4);

  ExpectError([&] { pass->GetChannel(2, 0); }, { "there is no window 2, only 2" });
  ExpectError([&] { pass->GetChannel(0, 3); }, { "there is no channel 3, only 3" });
  ExpectError([&] { pass->GetChannelName(3); }, { "there is no channel 3, only 3" });
}

TEST_F(NetworkModel, MakesChannelsContiguous)
{
  // Values of a channel lie apart in what these return: other axes first, every second column, one value for all.
  const Floats input{ 1, 2, 3, 4 };
  const Shape  shape{ 1, 1, 2, 2 };
  const auto   channel = [&](const std::string & body, const size_t c) {
    const auto pass = MakeModel(body)->Start(input.data(), shape, {});
    pass->Wait();
    return ChannelOf(*pass, 0, c);
  };
  EXPECT_EQ(channel("return torch.stack([x, 2 * x], 4)[:, 0].permute(0, 3, 1, 2)", 1), (Floats{ 2, 4, 6, 8 }));
  EXPECT_EQ(channel("return torch.repeat_interleave(x, 2, 3)[:, :, :, ::2]", 0), input);
  EXPECT_EQ(channel("return torch.ones([1, 1, 1, 1]).expand(1, 3, 2, 2)", 2), (Floats{ 1, 1, 1, 1 }));
}

TEST_F(NetworkModel, RefusesToHandOutValuesTooEarlyOrFromTheDevice)
{
  const auto  model = MakeModel("return x");
  const float input = 5;
  const auto  pass = model->Start(&input, { 1, 1, 1, 1 }, {});
  ExpectError([&] { pass->GetChannel(0, 0); }, { "on device cpu, input 1x1x1x1", "call Wait() before" });
  itk::NetworkModel::PassOptions options;
  options.KeepOnDevice = true;
  const auto kept = model->Start(&input, { 1, 1, 1, 1 }, options);
  kept->Wait();
  ExpectError([&] { kept->GetChannel(0, 0); }, { "the values were kept on the device" });
}

TEST_F(NetworkModel, MirrorsWindows)
{
  // What depends on the place alone is averaged over the mirrored places, and what is in the image stays there.
  const auto   model = MakeModel("return 0.5 * x + torch.arange(x[0].numel()).view(x[0].size())");
  const Floats input{ 8, 16, 32, 64, 128, 256 };
  const Shape  shape{ 1, 1, 2, 3 };
  EXPECT_EQ(Mirrored(model, input, shape, {}), (Floats{ 4, 9, 18, 35, 68, 133 }));
  // The mean of the places in a row; in a column; in both.
  EXPECT_EQ(Mirrored(model, input, shape, { 0 }), (Floats{ 5, 9, 17, 36, 68, 132 }));
  EXPECT_EQ(Mirrored(model, input, shape, { 1 }), (Floats{ 5.5, 10.5, 19.5, 33.5, 66.5, 131.5 }));
  const Floats both{ 6.5, 10.5, 18.5, 34.5, 66.5, 130.5 };
  EXPECT_EQ(Mirrored(model, input, shape, { 0, 1 }), both);
  EXPECT_EQ(Mirrored(model, input, shape, { 1, 0 }), both);
  // The slowest of three axes.
  EXPECT_EQ(Mirrored(model, input, { 1, 1, 3, 1, 2 }, { 2 }), (Floats{ 6, 11, 18, 35, 66, 131 }));
}

TEST_F(NetworkModel, MirrorsInTheOrderThatIsDocumented)
{
  // Rounds differently in another order.
  const auto   model = MakeModel("return torch.sin(torch.cumsum(torch.cumsum(x, 3), 2)) * 1.1");
  const Shape  shape{ 1, 1, 3, 4 };
  std::mt19937 random(3);
  Floats       input(12);
  std::generate(input.begin(), input.end(), [&] { return static_cast<float>(random() % 1000) / 997; });
  const auto flipped = [](const Floats & values, const bool columns, const bool rows) {
    Floats result(values.size());
    for (size_t j = 0; j < 3; ++j)
    {
      for (size_t i = 0; i < 4; ++i)
      {
        result[j * 4 + i] = values[(rows ? 2 - j : j) * 4 + (columns ? 3 - i : i)];
      }
    }
    return result;
  };
  Floats expected(12, 0.0f);
  for (const auto & [columns, rows] : { std::pair{ false, false }, { false, true }, { true, false }, { true, true } })
  {
    const Floats output = flipped(Outputs(model, flipped(input, columns, rows), shape)[0].Values, columns, rows);
    std::transform(expected.begin(), expected.end(), output.begin(), expected.begin(), std::plus<float>());
  }
  for (float & value : expected)
  {
    value /= 4;
  }
  EXPECT_EQ(Mirrored(model, input, shape, { 1, 0 }), expected);
}

TEST_F(NetworkModel, MirrorsNetworksThatComputeInPlace)
{
  EXPECT_EQ(Mirrored(MakeModel("return x.add_(1)"), { 1, 2 }, { 1, 1, 1, 2 }, { 0 }), (Floats{ 2, 3 }));
  EXPECT_EQ(Mirrored(MakeModel("return x > 1"), { 1, 2 }, { 1, 1, 1, 2 }, { 0 }), (Floats{ 0, 1 }));
}

TEST_F(NetworkModel, NamesWhatCannotBeMirrored)
{
  const auto model = MakeModel("return x");
  const auto expect =
    [](const itk::NetworkModel * network, const std::vector<unsigned int> & axes, const std::string & part) {
      ExpectError([&] { Mirrored(network, { 1, 2 }, { 1, 1, 1, 2 }, axes); }, { "input 1x1x1x2: ", part });
    };
  expect(model, { 2 }, "MirrorAxes has axis 2 but the window has axes 0 to 1 only");
  expect(model, { 0, 1, 0 }, "MirrorAxes has axis 0 more than once");
  expect(MakeModel("return [x, x] if bool(x[0, 0, 0, 0] > 1) else [x]"), { 0 }, "another number of tensors");
  expect(
    MakeModel("return torch.cat([x, x], 1) if bool(x[0, 0, 0, 0] > 1) else x"), { 0 }, "another number of channels");
}

TEST_F(NetworkModel, TakesTheGridThatIsDeclared)
{
  const auto                     model = MakeModel("return x[:, :, ::2, 1:]");
  const Floats                   input{ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  itk::NetworkModel::PassOptions options;
  options.OutputGrid = { 2, 2 };
  const auto pass = model->Start(input.data(), { 1, 1, 4, 3 }, options);
  pass->Wait();
  EXPECT_EQ(pass->GetGrid(), (Shape{ 2, 2 }));
  EXPECT_EQ(ChannelOf(*pass, 0, 0), (Floats{ 2, 3, 8, 9 }));

  const auto expect = [&](const Shape & grid, const std::string & part) {
    options.OutputGrid = grid;
    ExpectError([&] { model->Start(input.data(), { 1, 1, 4, 3 }, options); }, { "input 1x1x4x3: ", part });
  };
  expect({ 4, 2 }, "of shape 1x1x2x2 where 1xKx4x2 is expected");
  expect({}, "of shape 1x1x2x2 where 1xKx4x3 is expected");
  expect({ 2 }, "OutputGrid is 2 but should be 2 sizes of at least 1");
  expect({ 2, 0 }, "OutputGrid is 2x0 but should be 2 sizes of at least 1");
}

TEST_F(NetworkModel, RefusesAPassWithoutThreads)
{
  ExpectError(
    [&] {
      Groups      outputs;
      const float input = 1;
      MakeModel("return x")->Forward(&input, { 1, 1, 1, 1 }, 0, outputs);
    },
    { "Threads is 0 but should be at least 1" });
}

TEST_F(NetworkModel, RunsWhereEveryThreadOfThePoolWaitsForAPass)
{
  auto model = itk::NetworkModel::New();
  model->Load(itk::TestUtilities::ExampleModel());
  const Shape  shape{ 1, 1, 32, 32 };
  const Floats input(32 * 32, 0.5f);
  Groups       expected;
  model->Forward(input.data(), shape, 1, expected);

  // More cases than threads: those of the pool are all busy, and other cases come before what the passes ask of it.
  const itk::ThreadIdType numberOfCases = 4 * itk::MultiThreaderBase::GetGlobalDefaultNumberOfThreads();
  std::vector<Groups>     outputs(numberOfCases);
  const auto              threader = itk::MultiThreaderBase::New();
  threader->SetNumberOfWorkUnits(numberOfCases);
  threader->ParallelizeArray(
    0, numberOfCases, [&](itk::SizeValueType i) { model->Forward(input.data(), shape, 2, outputs[i]); }, nullptr);
  for (const Groups & output : outputs)
  {
    ASSERT_EQ(output.size(), 1u);
    EXPECT_EQ(output[0].Values, expected[0].Values);
  }
}

TEST_F(NetworkModel, ComputesInTheChosenPrecision)
{
  using Precision = itk::NetworkPrecisionEnum;
  // Halfway between neighbours of 8 and of 11 significant bits, which round to even.
  const Floats input{ 1 + 0x1p-8f, 1 + 0x1p-11f };
  const auto   model = MakeModel("return x");
  EXPECT_EQ(model->GetPrecision(), Precision::Float32);
  const auto outputs = [&](const Precision precision) {
    model->SetPrecision(precision);
    EXPECT_EQ(model->GetPrecision(), precision);
    return Outputs(model, input, { 1, 1, 1, 2 })[0].Values;
  };
  EXPECT_EQ(outputs(Precision::BFloat16), (Floats{ 1, 1 }));
  EXPECT_EQ(outputs(Precision::Float16), (Floats{ 1 + 0x1p-8f, 1 }));
  EXPECT_EQ(outputs(Precision::Float32), input);

  // The mean over mirrored windows is of float32 numbers: 1 + 2^-8 again.
  const auto ramp = MakeModel("return x + torch.arange(2).to(x.dtype) / 128");
  ramp->SetPrecision(Precision::BFloat16);
  EXPECT_EQ(Mirrored(ramp, { 1, 1 }, { 1, 1, 1, 2 }, { 0 }), (Floats{ 1 + 0x1p-8f, 1 + 0x1p-8f }));
}

TEST_F(NetworkModel, ConvertsWeightsButNotThoseThatAreSaved)
{
  auto model = itk::NetworkModel::New();
  model->Load(itk::TestUtilities::ExampleModel());
  const auto  parameters = model->GetNumberOfParameters();
  const Shape shape{ 1, 1, 32, 32 };
  Floats      input(32 * 32);
  for (size_t i = 0; i < input.size(); ++i)
  {
    input[i] = static_cast<float>(i % 29) / 14 - 1;
  }
  const Floats plain = Outputs(model, input, shape)[0].Values;
  model->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  const Floats low = Outputs(model, input, shape)[0].Values;
  EXPECT_NE(low, plain);
  double largest = 0;
  double difference = 0;
  for (size_t i = 0; i < plain.size(); ++i)
  {
    largest = std::max<double>(largest, std::abs(plain[i]));
    difference = std::max<double>(difference, std::abs(plain[i] - low[i]));
  }
  // 8 significant bits through some twenty layers.
  EXPECT_LT(difference, 0.1 * largest);

  EXPECT_EQ(model->GetNumberOfParameters(), parameters);
  model->Save(PathOf("again.pt"));
  model->SetPrecision(itk::NetworkPrecisionEnum::Float32);
  EXPECT_EQ(Outputs(model, input, shape)[0].Values, plain);
  model->Load(PathOf("again.pt"));
  EXPECT_EQ(Outputs(model, input, shape)[0].Values, plain);
}

TEST_F(NetworkModel, NamesThePrecisionThatIsNotThere)
{
  const auto model = MakeModel("return torch.geqrf(x)[0]");
  model->SetPrecision(itk::NetworkPrecisionEnum::Float16);
  ExpectError(
    [&] {
      Outputs(model, { 5 }, { 1, 1, 1, 1 });
    },
    { "Model on device cpu in float16, input 1x1x1x1: LibTorch ",
      "can't compute this network in float16 on this device; choose float32: ",
      "not implemented for 'Half'" });
  std::ostringstream names;
  names << itk::NetworkPrecisionEnum::Float32 << " " << itk::NetworkPrecisionEnum::BFloat16 << " "
        << itk::NetworkPrecisionEnum::Float16;
  EXPECT_EQ(names.str(),
            "Float32 BFloat16 "
            "Float16");
}

TEST_F(NetworkModel, SaysWhichSettingNeedsLessMemory)
{
  // More than the addresses that a program has.
  const auto   model = MakeModel("return x + torch.zeros([35184372088832])");
  const Floats input(64, 1.0f);
  ExpectError(
    [&] {
      Outputs(model, input, { 4, 1, 2, 4 });
    },
    { "Model on device cpu, input 4x1x2x4: not enough memory for a batch of 4 windows of 2x4",
      "a batch of 2 needs half of it" });
  ExpectError([&] { Outputs(model, input, { 3, 1, 2, 4 }); }, { "a batch of 3 windows", "a batch of 1 needs" });
  ExpectError(
    [&] {
      Outputs(model, input, { 1, 1, 2, 2, 4 });
    },
    { "not enough memory for one window of 2x2x4; a smaller window needs less" });
  // The model is as good as before.
  const auto other = MakeModel("return x + 1");
  EXPECT_EQ(Outputs(other, { 5 }, { 1, 1, 1, 1 })[0].Values, Floats{ 6 });
}

TEST_F(NetworkModel, RunsOnAGPU)
{
  SKIP_WITHOUT_TEST_DEVICE();
  // Exact in float32 on any device.
  const auto model = MakeModel("return {'b': 2 * x + 1, 'a': torch.stack([x, -x], 4)[:, 0].permute(0, 3, 1, 2)}");
  model->SetDevice(itk::TestUtilities::TestDevice());
  const Shape shape{ 2, 1, 300, 500 };
  const auto  batch = [](const int number) {
    Floats values(2 * 300 * 500);
    std::iota(values.begin(), values.end(), static_cast<float>(number));
    return values;
  };
  // Several on their way at once, from a buffer that is used again at once.
  Floats                                                input;
  std::vector<std::unique_ptr<itk::NetworkModel::Pass>> passes;
  for (int number = 0; number < 5; ++number)
  {
    input = batch(number);
    itk::NetworkModel::PassOptions options;
    options.MirrorAxes = { 0 };
    passes.push_back(model->Start(input.data(), shape, options));
    std::fill(input.begin(), input.end(), 0.0f);
  }
  for (int number = 0; number < 5; ++number)
  {
    auto & pass = *passes[static_cast<size_t>(number)];
    pass.Wait();
    Floats expected = batch(number);
    expected.erase(expected.begin(), expected.begin() + 300 * 500);
    EXPECT_EQ(ChannelOf(pass, 1, 0), expected);
    std::transform(expected.begin(), expected.end(), expected.begin(), [](const float x) { return 2 * x + 1; });
    EXPECT_EQ(ChannelOf(pass, 1, 2), expected);
  }
}

#ifdef SYNTHETICCT_HAS_AOTINDUCTOR
TEST_F(NetworkModel, RunsCompiledPackages)
{
  // Only PyTorch makes packages; that of the same version as LibTorch.
  const std::string script = WriteFile("make.py", R"(
import sys, torch
if torch.__version__.split('+')[0] != sys.argv[2]:
  sys.exit('PyTorch is ' + torch.__version__)
class Network(torch.nn.Module):
  def __init__(self, heads):
    super().__init__()
    self.factor = torch.nn.Parameter(torch.tensor([3.0]))
    self.heads = heads
  def forward(self, x):
    if self.heads == 'dictionary':
      return {'sct': self.factor * x, 'bone': torch.cat([x + 1, x - 1], 1)}
    if self.heads == 'tuple':
      return x + 1, [self.factor * x]
    return self.factor * x
for heads in ('dictionary', 'tuple', 'tensor'):
  metadata = {}
  if heads == 'dictionary':
    metadata['synthetic_ct.json'] = open(sys.argv[1] + '/card.json').read()
  if heads == 'tuple':
    metadata['synthetic_ct.json'] = '{}'
  example = torch.ones(2, 1, 4, 4)
  windows = {'x': {0: torch.export.Dim('windows', min=1, max=64)}}
  program = torch.export.export(Network(heads).eval(), (example,), dynamic_shapes=windows)
  torch._inductor.aoti_compile_and_package(
    program, package_path=sys.argv[1] + '/' + heads + '.pt2',
    inductor_configs={'aot_inductor.metadata': metadata})
)");
  WriteFile("card.json", MakeCard(1, 3).ToJSON());
  const std::string log = PathOf("log.txt");
  // Single quotes, because a folder's name may have blanks.
  const std::string command =
    "python3 '" + script + "' '" + m_Folder.string() + "' " SYNTHETICCT_TORCH_VERSION " > '" + log + "' 2>&1";
  if (std::system(command.c_str()) != 0)
  {
    GTEST_SKIP() << "python3 can't make a package for LibTorch " SYNTHETICCT_TORCH_VERSION ": " << ReadFile(log);
  }

  auto model = itk::NetworkModel::New();
  model->Load(PathOf("dictionary.pt2"));
  EXPECT_TRUE(model->IsLoaded());
  EXPECT_EQ(model->GetCardAsJSON(), MakeCard(1, 3).ToJSON());
  Floats input(48);
  std::iota(input.begin(), input.end(), 0.0f);
  Groups outputs = Outputs(model, input, { 3, 1, 4, 4 });
  ASSERT_EQ(outputs.size(), 2u);
  EXPECT_EQ(outputs[0].Name, "bone");
  EXPECT_EQ(outputs[0].Shape, (Shape{ 3, 2, 4, 4 }));
  EXPECT_EQ(outputs[0].Values[16], -1);
  EXPECT_EQ(outputs[0].Values[95], 46);
  EXPECT_EQ(outputs[1].Name, "sct");
  EXPECT_EQ(outputs[1].Values[47], 141);
  // 3 x is the same however it is mirrored.
  const auto pass = [&] {
    itk::NetworkModel::PassOptions options;
    options.MirrorAxes = { 0, 1 };
    return model->Start(input.data(), { 3, 1, 4, 4 }, options);
  }();
  pass->Wait();
  EXPECT_EQ(ChannelOf(*pass, 2, 2), Floats(outputs[1].Values.begin() + 32, outputs[1].Values.end()));

  const std::string what = "Model file '" + PathOf("dictionary.pt2") + "'";
  ExpectError([&] { model->Save(PathOf("copy.pt")); }, { what, "AOTInductor package", "can't be written" });
  ExpectError([&] { model->GetNumberOfParameters(); }, { what, "AOTInductor package", "number of weights" });
  model->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  ExpectError([&] { Outputs(model, input, { 3, 1, 4, 4 }); }, { what, "in bfloat16", "Precision should be Float32" });
  model->SetPrecision(itk::NetworkPrecisionEnum::Float32);

  // A card with an error leaves the model as it was.
  ExpectError([&] { model->Load(PathOf("tuple.pt2")); }, { "tuple.pt2", "version" });
  EXPECT_EQ(Outputs(model, input, { 1, 1, 4, 4 }).size(), 2u);

  model->Load(PathOf("tensor.pt2"));
  EXPECT_FALSE(model->HasCard());
  outputs = Outputs(model, input, { 1, 1, 4, 4 });
  ASSERT_EQ(outputs.size(), 1u);
  EXPECT_EQ(outputs[0].Name, "");
  EXPECT_EQ(outputs[0].Values[15], 45);
}
#endif

TEST_F(NetworkModel, NamesThePackageThatCannotBeRun)
{
  auto              model = MakeModel("return 3 * x");
  const std::string file = PathOf("network.pt2");
  const auto        expect = [&](const std::string & part) {
    ExpectError([&] { model->Load(file); }, { "Model file '" + file + "'", part });
  };
  expect("does not exist");
  WriteFile("network.pt2", "a text that is no package");
  expect("is not an AOTInductor package");
  // An archive, but of TorchScript.
  model->Save(PathOf("network.pt"));
  std::filesystem::rename(PathOf("network.pt"), file);
#ifdef SYNTHETICCT_HAS_AOTINDUCTOR
  expect("can't be run as an AOTInductor package: ");
#else
  expect("can't be run as an AOTInductor package: this LibTorch " SYNTHETICCT_TORCH_VERSION);
#endif
  EXPECT_EQ(Outputs(model, { 5 }, { 1, 1, 1, 1 })[0].Values, Floats{ 15 });
}

TEST_F(NetworkModel, PrintsItsMembers)
{
  auto model = MakeModel("return x");
  model->SetCard(MakeCard(1, 1));
  std::ostringstream out;
  model->Print(out);
  for (const char * const member : { "FileName: ",
                                     "Device: cpu",
                                     "Precision: Float32",
                                     "UseCustomKernels: On",
                                     "Loaded: On",
                                     "Card: test",
                                     "Remarks: 0" })
  {
    EXPECT_NE(out.str().find(member), std::string::npos) << member;
  }
}
