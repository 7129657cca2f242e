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
#include "itkNetworkModelTestUtilities.h"
#include "itkTestData.h"

#include "gtest/gtest.h"

#include <cmath>
#include <string>
#include <vector>

namespace
{
using namespace itk::TestUtilities;

using NetworkModelRobustness = NetworkModelTest;
} // namespace

TEST_F(NetworkModelRobustness, ReadsACardFromAFile)
{
  auto              model = MakeModel("return x");
  const std::string card = itk::NetworkModelCard::GetExample().ToJSON();
  const std::string path = WriteFile("card.json", card);
  const auto        time = model->GetMTime();
  model->ReadCard(path);
  EXPECT_GT(model->GetMTime(), time);
  EXPECT_EQ(model->GetCardAsJSON(), card);

  const auto expect = [&](const std::string & file, const std::string & part) {
    ExpectError([&] { model->ReadCard(file); }, { "Card file '" + file + "'", part });
    EXPECT_EQ(model->GetCardAsJSON(), card);
  };
  expect(PathOf("missing.json"), "does not exist");
  expect(m_Folder.string(), "is not a file");
  expect(WriteFile("empty.json", ""), "is empty");
  expect(WriteFile("text.json", "a text\nof two lines"), "not JSON");
  std::string text = card;
  text.replace(text.find("\"overlap\""), 9, "\"overlay\"");
  expect(WriteFile("key.json", text), "'inference.overlap' is missing");
}

TEST_F(NetworkModelRobustness, RemarksNameNetworksInTrainingMode)
{
  const auto remarksOf = [](const std::string & source) {
    auto model = itk::NetworkModel::New();
    model->DefineFromSource(source);
    std::vector<std::string> remarks;
    for (unsigned int i = 0; i < model->GetNumberOfRemarks(); ++i)
    {
      remarks.push_back(model->GetRemark(i));
    }
    ExpectError([&] { model->GetRemark(model->GetNumberOfRemarks()); }, { "There is no remark" });
    return remarks;
  };
  const std::string statistics = "torch.zeros([1]), torch.ones([1])";
  const auto        batchNorm = [](const std::string & own, const std::string & training) {
    return "def forward(self, x):\n  return torch.batch_norm(x, None, None, " + own + ", " + training +
           ", 0.1, 1e-5, False)";
  };
  // Dropout directly, in place, in a branch, and in another method.
  for (const std::string & source : std::vector<std::string>{
         "def forward(self, x):\n  return torch.dropout(x, 0.5, True)",
         "def forward(self, x):\n  y = x + 1\n  return torch.feature_dropout_(y, 0.1, True)",
         "def forward(self, x):\n  if bool(x.sum() > 0):\n    x = torch.alpha_dropout(x, 0.5, True)\n  return x",
         "def part(self, x):\n  return torch.dropout(x, 0.5, True)\ndef forward(self, x):\n  return self.part(x)" })
  {
    const auto remarks = remarksOf(source);
    ASSERT_EQ(remarks.size(), 1u) << source;
    EXPECT_EQ(remarks[0].find("Model: "), 0u) << remarks[0];
    EXPECT_NE(remarks[0].find("training mode (1 x "), std::string::npos) << remarks[0];
    EXPECT_NE(remarks[0].find("dropout)"), std::string::npos) << remarks[0];
    EXPECT_EQ(remarks[0].find('\n'), std::string::npos) << remarks[0];
  }
  ASSERT_EQ(remarksOf(batchNorm(statistics, "True")).size(), 1u);
  EXPECT_NE(remarksOf(batchNorm(statistics, "True"))[0].find("1 x batch_norm"), std::string::npos);

  // What is the same in evaluation: no dropout, that of nothing, statistics of the image, and those of training.
  for (const std::string & source : std::vector<std::string>{
         "def forward(self, x):\n  return x",
         "def forward(self, x):\n  return torch.dropout(x, 0.5, False)",
         "def forward(self, x):\n  return torch.dropout(x, 0.0, True)",
         "def forward(self, x):\n  return torch.instance_norm(x, None, None, None, None, True, 0.1, 1e-5, False)",
         batchNorm("None, None", "True"),
         batchNorm(statistics, "False") })
  {
    EXPECT_TRUE(remarksOf(source).empty()) << source;
  }

  // A file is named.
  auto model = MakeModel("return torch.dropout(x, 0.5, True)");
  model->Save(PathOf("dropout.pt"));
  model->Load(PathOf("dropout.pt"));
  ASSERT_EQ(model->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(model->GetRemark(0).find("Model file '" + PathOf("dropout.pt") + "': "), 0u) << model->GetRemark(0);
  MakeModel("return x")->Save(PathOf("plain.pt"));
  model->Load(PathOf("plain.pt"));
  EXPECT_EQ(model->GetNumberOfRemarks(), 0u);
}

TEST_F(NetworkModelRobustness, CountsValuesThatAreNotFinite)
{
  // A zero in the first window, and in the second a zero and a negative number.
  const auto model = MakeModel("return torch.cat([1 / x, x, torch.sqrt(x)], 1)");
  // More values than are looked at at once.
  const size_t number = 100 * 70;
  Floats       input(2 * number, 1.0f);
  input[17] = 0.0f;
  input[number] = 0.0f;
  input[2 * number - 1] = -4.0f;
  const Shape shape{ 2, 1, 100, 70 };
  for (const bool kept : { false, true })
  {
    itk::NetworkModel::PassOptions options;
    options.KeepOnDevice = kept;
    const auto pass = model->Start(input.data(), shape, options);
    ExpectError([&] { pass->GetNumberOfNonFiniteValues(0); }, { "call Wait() before" });
    ExpectError([&] { pass->CopyChannel(0, 0); }, { "call Wait() before" });
    pass->Wait();
    EXPECT_EQ(pass->GetNumberOfNonFiniteValues(0), 1u);
    EXPECT_EQ(pass->GetNumberOfNonFiniteValues(1), 2u);
    ExpectError([&] { pass->GetNumberOfNonFiniteValues(2); }, { "there is no window 2, only 2" });
    EXPECT_EQ(pass->CopyChannel(1, 1), Floats(input.begin() + number, input.end()));
    ExpectError([&] { pass->CopyChannel(2, 0); }, { "there is no window 2, only 2" });
    ExpectError([&] { pass->CopyChannel(0, 3); }, { "there is no channel 3, only 3" });
  }
}

TEST_F(NetworkModelRobustness, RunsWeightsOfEveryFloatingPointType)
{
  // Types 5, 7 and 15 of TorchScript are half, double and bfloat16. Weights of theirs meet images of float32, of their
  // own type, and each other; the image has more digits than half or bfloat16.
  const auto weight = [](const int type, const std::string & value) {
    return "torch.full([1, 1, 1, 1], " + value + ", dtype=" + std::to_string(type) + ")";
  };
  const Floats input{ 1.0f, 2.0f + 0x1p-20f };
  const Floats expected{ 3.0f, 6.0f + 3 * 0x1p-20f };
  const Shape  shape{ 1, 1, 1, 2 };
  for (const int type : { 5, 7, 15 })
  {
    for (const std::string & image : { std::string("x"), "x.to(" + std::to_string(type) + ")" })
    {
      SCOPED_TRACE(image + " and weights of type " + std::to_string(type));
      auto model = MakeModel("return torch.conv2d(" + image + ", " + weight(type, "3.0") + ")");
      model->Save(PathOf("typed.pt"));
      for (const bool custom : { true, false })
      {
        model->SetUseCustomKernels(custom);
        const Floats found = Outputs(model, input, shape)[0].Values;
        EXPECT_EQ(Outputs(model, input, shape)[0].Values, found);
        // Where LibTorch computes in half or bfloat16 what asks for it in its code, that is how it runs.
        EXPECT_NEAR(found[0], expected[0], 0.0f);
        EXPECT_NEAR(found[1], expected[1], image == "x" || type == 7 ? 0.0f : 0.05f);
        // A file is read again to be converted.
        model->Load(PathOf("typed.pt"));
      }
    }
  }
  const auto mixed = MakeModel("return torch.conv2d(torch.conv2d(torch.conv2d(x, " + weight(5, "3.0") + "), " +
                               weight(7, "2.0") + "), " + weight(15, "0.5") + ")");
  EXPECT_EQ(Outputs(mixed, input, shape)[0].Values, expected);
  mixed->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  EXPECT_EQ(Outputs(mixed, input, shape)[0].Values, (Floats{ 3.0f, 6.0f }));

  // A network that runs in float64 keeps it: it may need the digits.
  const auto wide = MakeModel("return torch.conv2d(x.to(7) + 1e-12, " + weight(7, "1e12") + ") - 1e12 * x.to(7)");
  EXPECT_NEAR(Outputs(wide, { 1.0f }, { 1, 1, 1, 1 })[0].Values[0], 1.0f, 1e-3f);

  // An error that has nothing to do with types is that of the network, time after time.
  const auto wrong = MakeModel("return torch.conv2d(x, torch.ones([1, 3, 1, 1], dtype=5))");
  ExpectError([&] { Outputs(wrong, input, shape); }, { "3 channels" });
  ExpectError([&] { Outputs(wrong, input, shape); }, { "3 channels" });
}

TEST_F(NetworkModelRobustness, CustomKernelsCanBeTurnedOff)
{
  auto model = itk::NetworkModel::New();
  model->Load(ExampleModel());
  EXPECT_TRUE(model->GetUseCustomKernels());
  const Shape shape{ 1, 1, 32, 48 };
  Floats      input(32 * 48);
  for (size_t i = 0; i < input.size(); ++i)
  {
    input[i] = std::sin(0.1f * static_cast<float>(i));
  }
  const Floats custom = Outputs(model, input, shape)[0].Values;
  auto         time = model->GetMTime();
  model->UseCustomKernelsOff();
  EXPECT_GT(model->GetMTime(), time);
  const Floats plain = Outputs(model, input, shape)[0].Values;
  EXPECT_NE(custom, plain) << "the kernels were the same";
  for (size_t i = 0; i < plain.size(); ++i)
  {
    ASSERT_NEAR(custom[i], plain[i], 1e-4f);
  }
  time = model->GetMTime();
  model->UseCustomKernelsOff();
  EXPECT_EQ(model->GetMTime(), time);
  model->UseCustomKernelsOn();
  EXPECT_EQ(Outputs(model, input, shape)[0].Values, custom);
}

TEST_F(NetworkModelRobustness, CanBeUsedAfterAnError)
{
  for (const bool custom : { true, false })
  {
    const auto model = MakeModel("assert bool(x.sum() < 100), 'too much'\n  "
                                 "return torch.conv2d(x, torch.ones([1, 1, 1, 1]))");
    model->SetUseCustomKernels(custom);
    EXPECT_EQ(Outputs(model, { 5 }, { 1, 1, 1, 1 })[0].Values, Floats{ 5 });
    ExpectError([&] { Outputs(model, { 500 }, { 1, 1, 1, 1 }); }, { "too much" });
    EXPECT_EQ(Outputs(model, { 7 }, { 1, 1, 1, 1 })[0].Values, Floats{ 7 });
  }
  // The first pass of all may be the one that fails.
  const auto model = MakeModel("assert bool(x.sum() < 100), 'too much'\n  return x.to(5)");
  ExpectError([&] { Outputs(model, { 500 }, { 1, 1, 1, 1 }); }, { "too much" });
  EXPECT_EQ(Outputs(model, { 7 }, { 1, 1, 1, 1 })[0].Values, Floats{ 7 });
}

TEST_F(NetworkModelRobustness, ExplainsNetworksThatWantAnotherDevice)
{
  auto       model = MakeModel("return x + torch.zeros([1], device=torch.device('cuda:0'))");
  const auto run = [&] { Outputs(model, { 1 }, { 1, 1, 1, 1 }); };
  bool       hasCUDA = true;
  try
  {
    model->SetDevice("cuda");
    model->SetDevice("cpu");
  }
  catch (const itk::ExceptionObject &)
  {
    hasCUDA = false;
  }
  ExpectError(run, { hasCUDA ? "a device of its own" : "asks for CUDA", "export the network on the CPU" });
  EXPECT_LT(ErrorOf(run).size(), 400u) << ErrorOf(run);
}
