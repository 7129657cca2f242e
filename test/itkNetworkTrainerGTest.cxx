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
#include "itkNetworkTrainer.h"

#include "itkImageFilterTestUtilities.h"
#include "itkNetworkModel.h"

#include "itkCommand.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

namespace
{
using ImageType = itk::NetworkTrainer::ImageType;
using MaskType = itk::NetworkTrainer::MaskImageType;
namespace fs = std::filesystem;

constexpr unsigned int side = 16;
constexpr unsigned int depth = 4;

/** A folder of its own for each test, gone when the test is over. */
class Folder
{
public:
  Folder()
    : m_Path(fs::path(testing::TempDir()) /
             (std::string("NetworkTrainer-") + testing::UnitTest::GetInstance()->current_test_info()->name()))
  {
    fs::remove_all(m_Path);
    fs::create_directories(m_Path);
  }
  ~Folder()
  {
    fs::remove_all(m_Path);
  }

  std::string
  operator/(const std::string & name) const
  {
    return (m_Path / name).string();
  }

  size_t
  GetNumberOfFiles() const
  {
    return static_cast<size_t>(std::distance(fs::directory_iterator(m_Path), fs::directory_iterator()));
  }

private:
  fs::path m_Path;
};

itk::NetworkModelCard
MakeCard()
{
  itk::NetworkModelCard card;
  card.Name = "tiny";
  card.Description = "for tests";
  card.Net = itk::NetworkModelCard::Network{ "light-unet", 1, 1, 4, 2 };
  itk::NetworkModelCard::Input input;
  input.Name = "mr";
  input.Modality = "MR";
  input.Transform = itk::IntensityTransformEnum::Percentile;
  input.Lower = 1.0;
  input.Upper = 99.0;
  card.Inputs = { input };
  itk::NetworkModelCard::Output output;
  output.Name = "sct";
  output.Range = { { 0.0, 1.0 } };
  card.Outputs = { output };
  card.Infer.PatchSize = { side, side };
  card.Infer.PaddingRule = itk::PaddingRuleEnum::Constant;
  card.Infer.PaddingValue = -1.0;
  card.License = "Apache-2.0";
  return card;
}

/** Blocks of random brightness: what a network of any receptive field can learn to map voxel by voxel. */
ImageType::Pointer
MakeInput(unsigned int seed)
{
  return itk::TestUtilities::MakeImage<ImageType>(
    { { side, side, depth } }, [seed](const ImageType::IndexType & index) {
      itk::TestUtilities::Random random(
        static_cast<uint32_t>(seed * 1000 + (index[0] / 4) * 100 + (index[1] / 4) * 10 + index[2]));
      random();
      return 2.0 * random() - 1.0;
    });
}

ImageType::Pointer
MakeTarget(const ImageType * input)
{
  return itk::TestUtilities::MakeImage<ImageType>(
    { { side, side, depth } },
    [input](const ImageType::IndexType & index) { return 0.5 - 0.4 * input->GetPixel(index); });
}

itk::NetworkTrainer::Pointer
MakeTrainer(bool withValidation = true)
{
  auto trainer = itk::NetworkTrainer::New();
  trainer->SetNumberOfWorkUnits(1);
  trainer->SetCard(MakeCard());
  trainer->SetSeed(7);
  trainer->SetNumberOfEpochs(2);
  trainer->SetBatchSize(4);
  trainer->SetLearningRate(0.01);
  for (unsigned int seed = 1; seed <= 2; ++seed)
  {
    const auto input = MakeInput(seed);
    trainer->AddTrainingCase(input, MakeTarget(input), nullptr);
  }
  if (withValidation)
  {
    const auto input = MakeInput(3);
    trainer->AddValidationCase(input, MakeTarget(input), nullptr);
  }
  return trainer;
}

/** What a model file gives for a fixed input. */
std::vector<float>
RunModel(const std::string & fileName, int64_t rows, int64_t columns)
{
  auto model = itk::NetworkModel::New();
  model->Load(fileName);
  std::vector<float>         input(static_cast<size_t>(2 * rows * columns));
  itk::TestUtilities::Random random(5);
  std::generate(input.begin(), input.end(), [&random]() { return static_cast<float>(2.0 * random() - 1.0); });
  itk::NetworkModel::OutputGroupsType outputs;
  model->Forward(input.data(), { 2, 1, rows, columns }, 1, outputs);
  EXPECT_EQ(outputs.size(), 1u);
  EXPECT_EQ(outputs.front().Shape, (itk::NetworkModel::ShapeType{ 2, 1, rows, columns }));
  return outputs.front().Values;
}

template <typename TWork>
std::string
ErrorOf(TWork && work)
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

void
ExpectError(const std::string & error, const std::string & part)
{
  EXPECT_NE(error.find(part), std::string::npos) << "'" << part << "' is not in: " << error;
}
} // namespace

TEST(NetworkTrainer, LearnsAMappingOfVoxels)
{
  auto trainer = MakeTrainer();
  trainer->SetNumberOfEpochs(60);
  trainer->SetPatience(0);
  trainer->SetFinalLearningRateShare(0.01);
  trainer->Update();

  // The best constant leaves 0.2: the mean absolute deviation of a uniform target over [0.1, 0.9].
  EXPECT_EQ(trainer->GetNumberOfFinishedEpochs(), 60u);
  EXPECT_GT(trainer->GetTrainingLoss(0), 0.1);
  EXPECT_LT(trainer->GetTrainingLoss(59), 0.03);
  EXPECT_LT(trainer->GetBestValidationLoss(), 0.05);
  EXPECT_EQ(trainer->GetStopReason(), itk::TrainingStopReasonEnum::Epochs);
  EXPECT_EQ(trainer->GetNumberOfTrainingSamples(), 2u * depth);
  EXPECT_EQ(trainer->GetNumberOfValidationSamples(), 1u * depth);

  double smallest = std::numeric_limits<double>::infinity();
  for (unsigned int epoch = 0; epoch < 60; ++epoch)
  {
    smallest = std::min(smallest, trainer->GetValidationLoss(epoch));
    // Without masks L1 is the error, up to the 4000 HU that the range stands for.
    EXPECT_NEAR(trainer->GetValidationError(epoch), 4000.0 * trainer->GetValidationLoss(epoch), 0.01);
  }
  EXPECT_EQ(trainer->GetBestValidationLoss(), smallest);
  EXPECT_EQ(trainer->GetValidationLoss(trainer->GetBestEpoch()), smallest);
}

TEST(NetworkTrainer, SameSeedSameBits)
{
  const Folder folder;
  for (const char * const name : { "a.pt", "b.pt", "c.pt" })
  {
    auto trainer = MakeTrainer();
    trainer->SetSeed(name[0] == 'c' ? 8 : 7);
    trainer->SetFlipProbability(0.5);
    trainer->SetMaximumRotation(10.0);
    trainer->SetMaximumScaling(0.1);
    trainer->SetMaximumGamma(0.2);
    trainer->SetMaximumGain(0.1);
    trainer->SetMaximumNoise(0.05);
    trainer->Update();
    trainer->Save(folder / name);
  }
  const auto a = RunModel(folder / "a.pt", 16, 16);
  EXPECT_EQ(a, RunModel(folder / "b.pt", 16, 16));
  EXPECT_NE(a, RunModel(folder / "c.pt", 16, 16));
}

TEST(NetworkTrainer, SavesAModelOfAnySizeWithItsCard)
{
  const Folder folder;
  auto         trainer = MakeTrainer();
  EXPECT_THROW(trainer->Save(folder / "early.pt"), itk::ExceptionObject);
  EXPECT_THROW(trainer->GetBestEpoch(), itk::ExceptionObject);
  trainer->Update();
  trainer->Save(folder / "model.pt");
  EXPECT_EQ(folder.GetNumberOfFiles(), 1u);

  auto model = itk::NetworkModel::New();
  model->Load(folder / "model.pt");
  EXPECT_EQ(model->GetCardAsJSON(), trainer->GetCard().ToJSON());
  EXPECT_EQ(model->GetNumberOfParameters(), trainer->GetNumberOfParameters());

  for (const auto & size : { std::array<int64_t, 2>{ { 16, 16 } }, { { 32, 8 } }, { { 4, 20 } } })
  {
    const auto values = RunModel(folder / "model.pt", size[0], size[1]);
    EXPECT_GE(*std::min_element(values.begin(), values.end()), 0.0f);
    EXPECT_LE(*std::max_element(values.begin(), values.end()), 1.0f);
    EXPECT_LT(*std::min_element(values.begin(), values.end()), *std::max_element(values.begin(), values.end()));
  }

  // The middle of a large uniform image does not depend on the size of the image: nothing of the trace's own size is
  // baked in.
  std::vector<float> values[2];
  for (const int64_t length : { 64, 96 })
  {
    const std::vector<float>            input(static_cast<size_t>(length * length), 0.25f);
    itk::NetworkModel::OutputGroupsType outputs;
    model->Forward(input.data(), { 1, 1, length, length }, 1, outputs);
    values[length == 96].push_back(outputs[0].Values[static_cast<size_t>(length * length / 2 + length / 2)]);
  }
  EXPECT_NEAR(values[0][0], values[1][0], 1e-5);

  EXPECT_THROW(trainer->Save(folder / "missing/model.pt"), itk::ExceptionObject);
  EXPECT_THROW(trainer->Save(""), itk::ExceptionObject);
  fs::create_directory(folder / "folder.pt");
  EXPECT_THROW(trainer->Save(folder / "folder.pt"), itk::ExceptionObject);
  EXPECT_EQ(folder.GetNumberOfFiles(), 2u);
}

TEST(NetworkTrainer, ContinuesFromAModel)
{
  const Folder folder;
  auto         trainer = MakeTrainer();
  trainer->SetNumberOfEpochs(20);
  trainer->SetPatience(0);
  trainer->Update();
  trainer->Save(folder / "model.pt");

  // A step this small changes nothing that validation could see.
  auto further = MakeTrainer();
  further->SetNumberOfEpochs(1);
  further->SetLearningRate(1e-30);
  further->LoadWeights(folder / "model.pt");
  further->Update();
  EXPECT_LT(further->GetTrainingLoss(0), 0.7 * trainer->GetTrainingLoss(0));

  std::ofstream(folder / "text.pt") << "not a model";
  ExpectError(ErrorOf([&]() { further->LoadWeights(folder / "text.pt"); }), "text.pt");
  ExpectError(ErrorOf([&]() { further->LoadWeights(folder / "missing.pt"); }), "missing.pt");
  auto card = MakeCard();
  card.Net->BaseChannels = 8;
  auto other = itk::NetworkTrainer::New();
  EXPECT_THROW(other->LoadWeights(folder / "model.pt"), itk::ExceptionObject);
  other->SetCard(card);
  ExpectError(ErrorOf([&]() { other->LoadWeights(folder / "model.pt"); }), "instead of");
  card.Net->BaseChannels = 4;
  card.Net->Levels = 3;
  card.Infer.PatchSize = { 32, 32 };
  other->SetCard(card);
  ExpectError(ErrorOf([&]() { other->LoadWeights(folder / "model.pt"); }), "is missing");
}

TEST(NetworkTrainer, StopsWhenPatienceIsOver)
{
  // Weights that don't move: the first validation stays the best, up to the running statistics.
  auto trainer = MakeTrainer();
  trainer->SetNumberOfEpochs(1000);
  trainer->SetLearningRate(1e-30);
  trainer->SetPatience(3);
  trainer->Update();
  EXPECT_EQ(trainer->GetStopReason(), itk::TrainingStopReasonEnum::Patience);
  EXPECT_EQ(trainer->GetNumberOfFinishedEpochs(), trainer->GetBestEpoch() + 4);
}

TEST(NetworkTrainer, StopsWhenTimeIsOverAndStillValidates)
{
  auto trainer = MakeTrainer();
  trainer->SetNumberOfEpochs(1000000);
  trainer->SetPatience(0);
  trainer->SetValidationInterval(1000000);
  trainer->SetMaximumTime(0.2);
  trainer->Update();
  EXPECT_EQ(trainer->GetStopReason(), itk::TrainingStopReasonEnum::Time);
  const unsigned int last = trainer->GetNumberOfFinishedEpochs() - 1;
  EXPECT_TRUE(std::isfinite(trainer->GetValidationLoss(last)));
  EXPECT_EQ(trainer->GetBestEpoch(), last);
  EXPECT_GE(trainer->GetElapsedTime(last), 0.2);
}

TEST(NetworkTrainer, ValidatesAtItsInterval)
{
  auto trainer = MakeTrainer();
  trainer->SetNumberOfEpochs(5);
  trainer->SetValidationInterval(2);
  trainer->Update();
  for (unsigned int epoch = 0; epoch < 5; ++epoch)
  {
    EXPECT_EQ(std::isfinite(trainer->GetValidationLoss(epoch)), epoch == 1 || epoch == 3 || epoch == 4) << epoch;
  }
  EXPECT_THROW(trainer->GetTrainingLoss(5), itk::ExceptionObject);

  auto without = MakeTrainer(false);
  without->Update();
  EXPECT_EQ(without->GetBestEpoch(), 1u);
  EXPECT_TRUE(std::isnan(without->GetBestValidationLoss()));
  EXPECT_EQ(without->GetNumberOfValidationSamples(), 0u);
}

TEST(NetworkTrainer, RaisesEventsAndStopsWhenAborted)
{
  const Folder folder;
  auto         trainer = MakeTrainer();
  trainer->SetNumberOfEpochs(10);
  trainer->SetCheckpointFileName(folder / "model.pt");
  unsigned int iterations = 0;
  unsigned int aborts = 0;
  float        progress = 0.0f;
  trainer->AddObserver(itk::IterationEvent(), [&](const itk::EventObject &) {
    if (++iterations == 2)
    {
      trainer->AbortGenerateDataOn();
    }
  });
  trainer->AddObserver(itk::AbortEvent(), [&](const itk::EventObject &) { ++aborts; });
  trainer->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    EXPECT_GE(trainer->GetProgress(), progress);
    progress = trainer->GetProgress();
  });
  EXPECT_THROW(trainer->Update(), itk::ProcessAborted);
  EXPECT_EQ(iterations, 2u);
  EXPECT_EQ(aborts, 1u);
  EXPECT_GT(progress, 0.0f);
  EXPECT_LT(progress, 0.3f);
  EXPECT_EQ(trainer->GetStopReason(), itk::TrainingStopReasonEnum::None);

  // The checkpoint is whole, there is nothing beside it, and it holds what is kept in memory.
  EXPECT_EQ(folder.GetNumberOfFiles(), 1u);
  trainer->Save(folder / "again.pt");
  EXPECT_EQ(RunModel(folder / "model.pt", 16, 16), RunModel(folder / "again.pt", 16, 16));

  // It can be run again, to the end.
  progress = 0.0f;
  trainer->SetNumberOfEpochs(1);
  iterations = 10;
  trainer->Update();
  EXPECT_EQ(iterations, 11u);
  EXPECT_EQ(progress, 1.0f);
}

TEST(NetworkTrainer, EpochsTakeTurnsThroughTheSlices)
{
  auto trainer = MakeTrainer();
  trainer->SetSamplesPerEpoch(3);
  trainer->SetBatchSize(2);
  unsigned int batches = 0;
  trainer->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) { ++batches; });
  trainer->Update();
  // Two epochs of a full and a half batch; one event before the first and one after the last.
  EXPECT_EQ(batches, 2u * 2u + 2u);
}

TEST(NetworkTrainer, OnlyTheMaskCountsWhenAsked)
{
  // Outside the mask the target is noise that nothing can learn.
  const auto                 input = MakeInput(1);
  const auto                 target = MakeTarget(input);
  auto                       mask = itk::TestUtilities::MakeImage<MaskType>({ { side, side, depth } },
                                                      [](const MaskType::IndexType & index) { return index[0] < 8; });
  itk::TestUtilities::Random random(9);
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(target, target->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    it.Set(mask->GetPixel(it.GetIndex()) ? it.Get() : (random() < 0.5 ? 0.0f : 1.0f));
  }
  double errors[2];
  for (const bool useMask : { false, true })
  {
    auto trainer = itk::NetworkTrainer::New();
    trainer->SetNumberOfWorkUnits(1);
    trainer->SetCard(MakeCard());
    trainer->SetNumberOfEpochs(40);
    trainer->SetBatchSize(4);
    trainer->SetLearningRate(0.01);
    trainer->SetPatience(0);
    trainer->SetUseMaskInLoss(useMask);
    trainer->AddTrainingCase(input, target, mask);
    trainer->AddValidationCase(input, target, mask);
    trainer->Update();
    const unsigned int last = trainer->GetNumberOfFinishedEpochs() - 1;
    // The error is inside the mask either way; the loss only when asked.
    const double scaled = trainer->GetValidationError(last) / 4000.0;
    if (useMask)
    {
      EXPECT_NEAR(trainer->GetValidationLoss(last), scaled, 1e-5);
    }
    else
    {
      EXPECT_GT(trainer->GetValidationLoss(last), scaled + 0.05);
    }
    errors[useMask] = trainer->GetTrainingLoss(last);
  }
  EXPECT_LT(errors[1], 0.5 * errors[0]);
}

TEST(NetworkTrainer, LeavesOutSlicesWithoutMask)
{
  const auto input = MakeInput(1);
  const auto mask =
    itk::TestUtilities::MakeImage<MaskType>({ { side, side, depth } }, [](const MaskType::IndexType & index) {
      return index[2] == 1 || (index[2] == 2 && index[0] < 8);
    });
  auto trainer = MakeTrainer(false);
  trainer->ClearCases();
  EXPECT_EQ(trainer->AddTrainingCase(input, MakeTarget(input), mask), 2u);
  trainer->SetMinimumMaskShare(0.5);
  trainer->Update();
  EXPECT_EQ(trainer->GetNumberOfTrainingSamples(), 2u);
  trainer->SetMinimumMaskShare(0.51);
  trainer->Update();
  EXPECT_EQ(trainer->GetNumberOfTrainingSamples(), 1u);

  const auto empty =
    itk::TestUtilities::MakeImage<MaskType>({ { side, side, depth } }, [](const MaskType::IndexType &) { return 0; });
  trainer->ClearCases();
  trainer->AddTrainingCase(input, MakeTarget(input), empty);
  EXPECT_THROW(trainer->Update(), itk::ExceptionObject);
}

TEST(NetworkTrainer, MixedPrecisionLearnsToo)
{
  auto trainer = MakeTrainer();
  trainer->SetNumberOfEpochs(30);
  trainer->SetPatience(0);
  trainer->UseMixedPrecisionOn();
  trainer->Update();
  EXPECT_LT(trainer->GetTrainingLoss(29), 0.5 * trainer->GetTrainingLoss(0));
}

TEST(NetworkTrainer, RefusesCards)
{
  auto       trainer = itk::NetworkTrainer::New();
  const auto set = [&trainer](const itk::NetworkModelCard & card) {
    return ErrorOf([&]() { trainer->SetCard(card); });
  };
  auto card = MakeCard();
  card.Net.reset();
  ExpectError(set(card), "'network'");
  card = MakeCard();
  card.Net->Type = "heavy-unet";
  ExpectError(set(card), "light-unet");
  card = MakeCard();
  card.Net->InputChannels = 2;
  ExpectError(set(card), "2 channels in");
  card = MakeCard();
  card.Outputs.push_back(card.Outputs[0]);
  ExpectError(set(card), "2 outputs");
  card = MakeCard();
  card.Net->Levels = 11;
  ExpectError(set(card), "levels 11");
  card = MakeCard();
  card.Infer.PatchSize = { side, 18 };
  ExpectError(set(card), "18");
  card = MakeCard();
  card.Infer.PatchSize = { side, side, side };
  card.Infer.Plane = itk::InferencePlaneEnum::Volume;
  ExpectError(set(card), "3");
  card = MakeCard();
  card.Infer.Plane = itk::InferencePlaneEnum::Orthogonal;
  ExpectError(set(card), "three planes");
  card = MakeCard();
  card.Infer.Slices = 3;
  ExpectError(set(card), "neighbouring slices");
  card = MakeCard();
  card.Infer.Scale = { 2.0, 2.0 };
  ExpectError(set(card), "another grid");
  card = MakeCard();
  card.Outputs[0].Range = { { -1.0, 1.0 } };
  ExpectError(set(card), "[-1, 1]");

  trainer = MakeTrainer();
  ExpectError(set(MakeCard()), "ClearCases");
  trainer->ClearCases();
  EXPECT_EQ(set(MakeCard()), "");
  trainer->SetCardFromJSON(MakeCard().ToJSON());
  EXPECT_EQ(trainer->GetCard().ToJSON(), MakeCard().ToJSON());
}

TEST(NetworkTrainer, RefusesCases)
{
  auto       trainer = itk::NetworkTrainer::New();
  const auto input = MakeInput(1);
  const auto target = MakeTarget(input);
  EXPECT_THROW(trainer->AddTrainingCase(input, target, nullptr), itk::ExceptionObject);
  EXPECT_THROW(trainer->GetNumberOfParameters(), itk::ExceptionObject);
  trainer->SetCard(MakeCard());
  ExpectError(ErrorOf([&]() { trainer->Update(); }), "no training cases");
  ExpectError(ErrorOf([&]() { trainer->AddTrainingCase({ input, input }, { target }, nullptr); }), "2 images");
  ExpectError(ErrorOf([&]() { trainer->AddValidationCase({ input }, itk::NetworkTrainer::ImageListType(), nullptr); }),
              "0 targets");
  ExpectError(ErrorOf([&]() { trainer->AddTrainingCase(nullptr, target, nullptr); }), "'mr'");
  ExpectError(ErrorOf([&]() { trainer->AddTrainingCase(input, ImageType::New(), nullptr); }), "'sct'");

  const auto   moved = MakeTarget(input);
  const double origin[3]{ 0.0, 0.1, 0.0 };
  moved->SetOrigin(origin);
  ExpectError(ErrorOf([&]() { trainer->AddTrainingCase(input, moved, nullptr); }), "origin");
  auto mask = itk::TestUtilities::MakeImage<MaskType>({ { side, side, depth + 1 } },
                                                      [](const MaskType::IndexType &) { return 1; });
  ExpectError(ErrorOf([&]() { trainer->AddTrainingCase(input, target, mask); }), "mask");
  const auto broken = MakeTarget(input);
  broken->SetPixel({ { 1, 2, 3 } }, std::numeric_limits<float>::quiet_NaN());
  ExpectError(ErrorOf([&]() { trainer->AddTrainingCase(input, broken, nullptr); }), "finite");
}

TEST(NetworkTrainer, RefusesParameters)
{
  using Trainer = itk::NetworkTrainer;
  constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
  const auto       expect = [](void (*set)(Trainer *), const std::string & name) {
    auto trainer = MakeTrainer();
    ExpectError(ErrorOf([&]() {
                  set(trainer);
                  trainer->Update();
                }),
                name);
  };
  expect([](Trainer * t) { t->SetNumberOfEpochs(0); }, "NumberOfEpochs is 0");
  expect([](Trainer * t) { t->SetBatchSize(0); }, "BatchSize is 0");
  expect([](Trainer * t) { t->SetLearningRate(0.0); }, "LearningRate is 0");
  expect([](Trainer * t) { t->SetLearningRate(notANumber); }, "LearningRate is nan");
  expect([](Trainer * t) { t->SetFinalLearningRateShare(1.5); }, "FinalLearningRateShare is 1.5");
  expect([](Trainer * t) { t->SetMaximumTime(-1.0); }, "MaximumTime is -1");
  expect([](Trainer * t) { t->SetValidationInterval(0); }, "ValidationInterval is 0");
  expect([](Trainer * t) { t->SetMinimumMaskShare(-0.1); }, "MinimumMaskShare is -0.1");
  expect([](Trainer * t) { t->SetFlipProbability(1.1); }, "FlipProbability is 1.1");
  expect([](Trainer * t) { t->SetMaximumRotation(181.0); }, "MaximumRotation is 181");
  expect([](Trainer * t) { t->SetMaximumScaling(1.0); }, "MaximumScaling is 1");
  expect([](Trainer * t) { t->SetMaximumGamma(-0.5); }, "MaximumGamma is -0.5");
  expect([](Trainer * t) { t->SetMaximumGain(1.0); }, "MaximumGain is 1");
  expect([](Trainer * t) { t->SetMaximumNoise(2.0); }, "MaximumNoise is 2");
  expect([](Trainer * t) { t->SetLoss("l7"); }, "l1");
  expect([](Trainer * t) { t->SetDevice("abacus"); }, "abacus");
  expect([](Trainer * t) { t->SetDevice("cuda:999"); }, "cuda:999");

  auto card = MakeCard();
  card.Inputs[0].Transform = itk::IntensityTransformEnum::ZScore;
  auto trainer = MakeTrainer();
  trainer->ClearCases();
  trainer->SetCard(card);
  const auto input = MakeInput(1);
  trainer->AddTrainingCase(input, MakeTarget(input), nullptr);
  trainer->SetMaximumNoise(0.1);
  ExpectError(ErrorOf([&]() { trainer->Update(); }), "'mr'");
}

TEST(NetworkTrainer, Prints)
{
  std::ostringstream out;
  MakeTrainer()->Print(out);
  for (const char * const name : { "Card: tiny", "LearningRate: 0.01", "Seed: 7", "StopReason: None" })
  {
    EXPECT_NE(out.str().find(name), std::string::npos) << name;
  }
  out.str("");
  out << itk::TrainingStopReasonEnum::None << ' ' << itk::TrainingStopReasonEnum::Epochs << ' '
      << itk::TrainingStopReasonEnum::Patience << ' ' << itk::TrainingStopReasonEnum::Time;
  EXPECT_EQ(out.str(),
            "None Epochs "
            "Patience Time");
}
