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
#include "itkNetworkModel.h"

#include "gtest/gtest.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <random>

namespace
{
using Shape = itk::NetworkModel::ShapeType;
using Groups = itk::NetworkModel::OutputGroupsType;
using Floats = std::vector<float>;

/** A folder of its own for each test, removed at the end. */
class NetworkModel : public ::testing::Test
{
protected:
  void
  SetUp() override
  {
    m_Folder = std::filesystem::temp_directory_path() / ("NetworkModel-" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(m_Folder);
  }

  void
  TearDown() override
  {
    std::filesystem::remove_all(m_Folder);
  }

  std::string
  PathOf(const std::string & name) const
  {
    return (m_Folder / name).string();
  }

  std::string
  WriteFile(const std::string & name, const std::string & content) const
  {
    std::ofstream(PathOf(name), std::ios::binary) << content;
    return PathOf(name);
  }

  static std::string
  ReadFile(const std::string & path)
  {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }

  size_t
  CountFiles() const
  {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(m_Folder), {}));
  }

  std::filesystem::path m_Folder;
};

itk::NetworkModel::Pointer
MakeModel(const std::string & body)
{
  auto model = itk::NetworkModel::New();
  model->DefineFromSource("def forward(self, x):\n  " + body);
  return model;
}

itk::NetworkModelCard
MakeCard(const size_t inputs, const size_t outputs)
{
  itk::NetworkModelCard card;
  card.Name = "test";
  card.Inputs.resize(inputs);
  for (auto & input : card.Inputs)
  {
    input.Name = "mr";
    input.Modality = "MR";
  }
  card.Outputs.resize(outputs);
  for (auto & output : card.Outputs)
  {
    output.Name = "sct";
  }
  card.Infer.PatchSize = { 4, 4 };
  return card;
}

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

/** One line that has all the parts. */
void
ExpectError(const std::function<void()> & work, const std::vector<std::string> & parts)
{
  const std::string error = ErrorOf(work);
  for (const std::string & part : parts)
  {
    EXPECT_NE(error.find(part), std::string::npos) << "'" << part << "' is not in the error: " << error;
  }
  EXPECT_EQ(error.find('\n'), std::string::npos) << "the error has several lines: " << error;
}

Groups
Outputs(const itk::NetworkModel * model, const Floats & input, const Shape & shape)
{
  Groups outputs;
  model->Forward(input.data(), shape, 1, outputs);
  return outputs;
}

std::string
SharedModel(const std::string & name)
{
  const char * const folder = std::getenv("SYNTHETICCT_SHARED_DATA");
  return std::string(folder ? folder : SYNTHETICCT_SHARED_DATA_DEFAULT) + "/torchscript_models/" + name;
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
  card.Infer.Overlap = 1.25;
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
  ExpectError([&] { model->Save(PathOf("no/such/folder.pt")); }, { PathOf("no/such/folder.pt"), "can't be created" });
  // A folder of that name is in the way.
  std::filesystem::create_directories(m_Folder / "folder" / "in");
  ExpectError([&] { model->Save(PathOf("folder")); }, { PathOf("folder"), "can't be written" });
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
  const std::string path = SharedModel("M730_1_Layers.pt");
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

TEST_F(NetworkModel, PrintsItsMembers)
{
  auto model = MakeModel("return x");
  model->SetCard(MakeCard(1, 1));
  std::ostringstream out;
  model->Print(out);
  for (const char * const member : { "FileName: ", "Device: cpu", "Loaded: On", "Card: test" })
  {
    EXPECT_NE(out.str().find(member), std::string::npos) << member;
  }
}
