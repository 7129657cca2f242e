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
// sct-train: paired cases and a recipe in, a model with its card out.

#include "sctCommandLine.h"
#include "sctFiles.h"
#include "sctProgress.h"

#include "itkCommand.h"
#include "itkImageCohort.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIterator.h"
#include "itkMath.h"
#include "itkNetworkTrainer.h"
#include "itkSyntheticCTPreprocessImageFilter.h"
#include "SyntheticCTDetail/itkNumberText.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <sstream>

namespace
{
using Json = nlohmann::ordered_json;
using itk::SyntheticCTDetail::FormatNumber;

const std::string sectionName = "x-training";

/** The training section of a recipe. What it does not say keeps the value that is written here. */
struct Recipe
{
  itk::NetworkModelCard Card;

  unsigned int Epochs{ 50 };
  unsigned int SamplesPerEpoch{ 0 };
  unsigned int Batch{ 16 };
  double       LearningRate{ 0.001 };
  double       FinalLearningRateShare{ 1.0 };
  unsigned int Patience{ 5 };
  double       TimeLimitMinutes{ 0.0 };
  unsigned int ValidationInterval{ 1 };
  double       ValidationShare{ 0.1 };
  std::string  Loss{ "l1" };
  bool         MaskInLoss{ false };
  bool         MixedPrecision{ false };
  double       MinimumMaskShare{ 0.01 };
  unsigned int Seed{ 0 };
  /** Whether a case's own mask file replaces the mask of the card. */
  bool   CaseMasks{ true };
  double FlipProbability{ 0.0 };
  double RotationDegrees{ 0.0 };
  double Scaling{ 0.0 };
  double Gamma{ 0.0 };
  double Gain{ 0.0 };
  double Noise{ 0.0 };
};

/** Takes the members of a JSON object one by one; errors name the key, and what nobody took is unknown. */
class SectionReader
{
public:
  SectionReader(const Json & section, std::string path)
    : m_Section(section)
    , m_Path(std::move(path))
  {
    if (!m_Section.is_object())
    {
      throw std::runtime_error("'" + m_Path + "' should be an object");
    }
  }

  void
  Take(const std::string & key, double & value, double smallest, double largest)
  {
    if (const Json * const found = this->Find(key))
    {
      if (!found->is_number() || found->get<double>() < smallest || found->get<double>() > largest)
      {
        std::ostringstream range;
        range << "should be a number in [" << smallest << ", " << largest << "]";
        this->Fail(key, range.str());
      }
      value = found->get<double>();
    }
  }

  void
  Take(const std::string & key, unsigned int & value, unsigned int smallest)
  {
    if (const Json * const found = this->Find(key))
    {
      if (!found->is_number_integer() || found->get<double>() < smallest || found->get<double>() > 2e9)
      {
        this->Fail(key, "should be a whole number of at least " + std::to_string(smallest));
      }
      value = found->get<unsigned int>();
    }
  }

  void
  Take(const std::string & key, bool & value)
  {
    if (const Json * const found = this->Find(key))
    {
      if (!found->is_boolean())
      {
        this->Fail(key, "should be true or false");
      }
      value = found->get<bool>();
    }
  }

  void
  Take(const std::string & key, std::string & value)
  {
    if (const Json * const found = this->Find(key))
    {
      if (!found->is_string())
      {
        this->Fail(key, "should be a string");
      }
      value = found->get<std::string>();
    }
  }

  const Json *
  Find(const std::string & key)
  {
    m_Known.insert(key);
    const auto found = m_Section.find(key);
    return found == m_Section.end() ? nullptr : &*found;
  }

  void
  Finish() const
  {
    for (const auto & item : m_Section.items())
    {
      if (m_Known.count(item.key()) == 0)
      {
        this->Fail(item.key(), "is not a known key");
      }
    }
  }

private:
  [[noreturn]] void
  Fail(const std::string & key, const std::string & problem) const
  {
    throw std::runtime_error("'" + m_Path + "." + key + "' " + problem);
  }

  const Json &          m_Section;
  std::string           m_Path;
  std::set<std::string> m_Known;
};

Recipe
ReadRecipe(const std::string & fileName)
{
  std::ifstream     stream(fileName);
  std::stringstream text;
  text << stream.rdbuf();
  if (!stream)
  {
    throw std::runtime_error(fileName + ": cannot be read");
  }
  try
  {
    constexpr double infinity = std::numeric_limits<double>::max();
    Recipe           recipe;
    recipe.Card = itk::NetworkModelCard::FromJSON(text.str());
    const Json extensions = Json::parse(recipe.Card.Extensions);
    if (!extensions.contains(sectionName))
    {
      throw std::runtime_error("'" + sectionName + "' is missing");
    }
    SectionReader reader(extensions[sectionName], sectionName);
    reader.Take("epochs", recipe.Epochs, 1);
    reader.Take("samples-per-epoch", recipe.SamplesPerEpoch, 0);
    reader.Take("batch", recipe.Batch, 1);
    reader.Take("learning-rate", recipe.LearningRate, std::numeric_limits<double>::min(), infinity);
    reader.Take("final-learning-rate-share", recipe.FinalLearningRateShare, 0.0, 1.0);
    reader.Take("patience", recipe.Patience, 0);
    reader.Take("time-limit-minutes", recipe.TimeLimitMinutes, 0.0, infinity);
    reader.Take("validation-interval", recipe.ValidationInterval, 1);
    reader.Take("validation-share", recipe.ValidationShare, 0.0, 0.9);
    reader.Take("loss", recipe.Loss);
    reader.Take("mask-in-loss", recipe.MaskInLoss);
    reader.Take("mixed-precision", recipe.MixedPrecision);
    reader.Take("minimum-mask-share", recipe.MinimumMaskShare, 0.0, 1.0);
    reader.Take("seed", recipe.Seed, 0);
    reader.Take("case-masks", recipe.CaseMasks);
    if (const Json * const section = reader.Find("augmentation"))
    {
      SectionReader augmentation(*section, sectionName + ".augmentation");
      augmentation.Take("flip-probability", recipe.FlipProbability, 0.0, 1.0);
      augmentation.Take("rotation-degrees", recipe.RotationDegrees, 0.0, 180.0);
      augmentation.Take("scaling", recipe.Scaling, 0.0, 0.99);
      augmentation.Take("gamma", recipe.Gamma, 0.0, infinity);
      augmentation.Take("gain", recipe.Gain, 0.0, 0.99);
      augmentation.Take("noise", recipe.Noise, 0.0, 1.0);
      augmentation.Finish();
    }
    reader.Finish();
    for (const auto & output : recipe.Card.Outputs)
    {
      if (output.Kind != itk::OutputKindEnum::Hounsfield)
      {
        throw std::runtime_error("output '" + output.Name +
                                 "': only outputs of the kind 'hounsfield' can be trained "
                                 "from a CT");
      }
    }
    return recipe;
  }
  catch (const std::exception & error)
  {
    throw std::runtime_error(fileName + ": " + sct::OneLine(error));
  }
}

/** The cases of a folder or a table, with the images that the card names. What is doubtful is said. */
itk::ImageCohort::Pointer
FindCases(const std::string & path, const itk::NetworkModelCard & card)
{
  auto cohort = itk::ImageCohort::New();
  for (const auto & input : card.Inputs)
  {
    cohort->AddFile(input.Name, input.Name, true);
  }
  cohort->AddFile("ct", "ct", true);
  cohort->AddFile("mask", "mask", false);
  cohort->Read(path);
  for (itk::SizeValueType i = 0; i < cohort->GetNumberOfRemarks(); ++i)
  {
    std::fprintf(stderr, "warning: %s\n", cohort->GetRemark(i).c_str());
  }
  // Without one of its cases the cohort is another.
  for (itk::SizeValueType i = 0; i < cohort->GetNumberOfCases(); ++i)
  {
    if (!cohort->GetCaseError(i).empty())
    {
      throw std::runtime_error(cohort->GetCaseError(i));
    }
  }
  return cohort;
}

/** Preprocess a case and give it to the trainer. The CT goes through the same filter as one more input, whose
 * intensity transform is the scale of the output.
 * \return What is doubtful about its images, each once: the CT is an input for each output. */
std::vector<std::string>
AddCase(itk::NetworkTrainer *    trainer,
        const itk::ImageCohort * cohort,
        itk::SizeValueType       index,
        const Recipe &           recipe,
        bool                     isTraining)
{
  const unsigned int    numberOfInputs = static_cast<unsigned int>(recipe.Card.Inputs.size());
  itk::NetworkModelCard card = recipe.Card;
  for (const auto & output : recipe.Card.Outputs)
  {
    itk::NetworkModelCard::Input target;
    target.Name = output.Name;
    target.Modality = "CT";
    target.Transform = itk::IntensityTransformEnum::Hounsfield;
    target.Lower = output.Hounsfield[0];
    target.Upper = output.Hounsfield[1];
    target.OutputMinimum = output.Range[0];
    target.OutputMaximum = output.Range[1];
    card.Inputs.push_back(target);
  }

  auto preprocess = itk::SyntheticCTPreprocessImageFilter<sct::VolumeType>::New();
  preprocess->SetCard(card);
  for (unsigned int i = 0; i < card.Inputs.size(); ++i)
  {
    const std::string file = cohort->GetFileName(index, i < numberOfInputs ? card.Inputs[i].Name : "ct");
    preprocess->SetInput(i, sct::ReadVolume(file));
    preprocess->SetInputTitle(i, file);
  }
  const std::string maskFile = cohort->GetFileName(index, "mask");
  if (recipe.CaseMasks && !maskFile.empty())
  {
    preprocess->SetMaskImage(sct::ReadMask(maskFile));
  }
  preprocess->Update();

  const sct::MaskType * const        mask = preprocess->GetMaskOutput();
  itk::NetworkTrainer::ImageListType images;
  itk::NetworkTrainer::ImageListType targets;
  for (unsigned int i = 0; i < card.Inputs.size(); ++i)
  {
    sct::VolumeType::Pointer image = preprocess->GetOutput(i);
    if (i < numberOfInputs)
    {
      images.push_back(image);
      continue;
    }
    // The couch, the head rest and whatever else the MR can't show is air.
    itk::ImageRegionConstIterator<sct::MaskType> inside(mask, mask->GetBufferedRegion());
    for (itk::ImageRegionIterator<sct::VolumeType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it, ++inside)
    {
      if (inside.Get() == 0)
      {
        it.Set(static_cast<float>(recipe.Card.Outputs[i - numberOfInputs].Range[0]));
      }
    }
    targets.push_back(image);
  }
  if (isTraining)
  {
    trainer->AddTrainingCase(images, targets, mask);
  }
  else
  {
    trainer->AddValidationCase(images, targets, mask);
  }
  std::vector<std::string> remarks;
  for (unsigned int i = 0; i < preprocess->GetNumberOfRemarks(); ++i)
  {
    const std::string & remark = preprocess->GetRemark(i);
    if (std::find(remarks.begin(), remarks.end(), remark) == remarks.end())
    {
      remarks.push_back(remark);
    }
  }
  return remarks;
}

std::string
ClockTime(double seconds)
{
  const auto whole = static_cast<long>(seconds);
  char       text[32];
  std::snprintf(text, sizeof(text), "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  return text;
}

/** A number of an epoch, and why it is none. */
void
AddNumber(Json & report, const std::string & name, double value, const char * reason)
{
  report[name] = itk::SyntheticCTDetail::NumberToJSON<Json>(value);
  if (!std::isfinite(value))
  {
    report[name + "-reason"] = reason;
  }
}

const char *
NameOf(itk::TrainingStopReasonEnum reason)
{
  switch (reason)
  {
    case itk::TrainingStopReasonEnum::Epochs:
      return "all epochs are done";
    case itk::TrainingStopReasonEnum::Patience:
      return "the validation loss no longer falls";
    case itk::TrainingStopReasonEnum::Time:
      return "the time is over";
    default:
      return "not finished";
  }
}

struct Options
{
  std::string                 Data;
  std::string                 RecipeFile;
  std::string                 Output;
  std::string                 Weights;
  std::optional<unsigned int> Epochs;
  std::optional<unsigned int> Seed;
  std::optional<double>       TimeLimit;
  sct::CommonOptions          Common;
};

void
AddOptions(CLI::App & app, Options & options)
{
  app.add_option("--data", options.Data, "Folder with one folder per case, or a table of cases")
    ->required()
    ->type_name("DATA");
  app.add_option("--recipe", options.RecipeFile, "Model card with the training section")
    ->required()
    ->type_name("RECIPE");
  app.add_option("--output", options.Output, "Model file; holds the best weights so far while training runs")
    ->required()
    ->type_name("FILE");
  app.add_option("--weights", options.Weights, "Begin with the weights of this model file")->type_name("FILE");
  app.add_option("--epochs", options.Epochs, "Largest number of epochs, instead of the recipe's")
    ->check(CLI::Range(1u, 1000000u))
    ->type_name("N");
  app.add_option("--time-limit", options.TimeLimit, "Train for at most so many minutes, instead of the recipe's")
    ->check(CLI::PositiveNumber)
    ->type_name("MIN");
  app.add_option("--seed", options.Seed, "Seed of every random number, instead of the recipe's")->type_name("N");
  sct::AddCommonOptions(app, options.Common, true);
  sct::AddSeriesOption(app);
}

/** The cases of the cohort in the order of the seed. The first ones are for validation: whole cases are held back, so
 * that no patient is on both sides. */
struct Split
{
  std::vector<itk::SizeValueType> Cases;
  size_t                          NumberOfValidationCases{ 0 };
};

Split
SplitCases(const itk::ImageCohort * cohort, const Recipe & recipe, const std::string & data)
{
  Split split;
  split.Cases.resize(cohort->GetNumberOfCases());
  std::iota(split.Cases.begin(), split.Cases.end(), 0);
  std::mt19937 generator(recipe.Seed);
  for (size_t i = split.Cases.size(); i > 1; --i)
  {
    std::swap(split.Cases[i - 1], split.Cases[generator() % i]);
  }
  const double wanted = recipe.ValidationShare * static_cast<double>(split.Cases.size());
  if (wanted > 0.0)
  {
    split.NumberOfValidationCases = std::max<size_t>(1, static_cast<size_t>(itk::Math::Round<long>(wanted)));
  }
  if (split.NumberOfValidationCases >= split.Cases.size())
  {
    throw std::runtime_error(data + ": has " + std::to_string(split.Cases.size()) +
                             " cases, too few to train on some and validate on others");
  }
  return split;
}

itk::NetworkTrainer::Pointer
MakeTrainer(const Recipe & recipe, const Options & options)
{
  auto trainer = itk::NetworkTrainer::New();
  trainer->SetSeed(recipe.Seed);
  trainer->SetCard(recipe.Card);
  trainer->SetNumberOfEpochs(recipe.Epochs);
  trainer->SetSamplesPerEpoch(recipe.SamplesPerEpoch);
  trainer->SetBatchSize(recipe.Batch);
  trainer->SetLearningRate(recipe.LearningRate);
  trainer->SetFinalLearningRateShare(recipe.FinalLearningRateShare);
  trainer->SetPatience(recipe.Patience);
  trainer->SetMaximumTime(60.0 * recipe.TimeLimitMinutes);
  trainer->SetValidationInterval(recipe.ValidationInterval);
  trainer->SetLoss(recipe.Loss);
  trainer->SetUseMaskInLoss(recipe.MaskInLoss);
  trainer->SetUseMixedPrecision(recipe.MixedPrecision);
  trainer->SetMinimumMaskShare(recipe.MinimumMaskShare);
  trainer->SetFlipProbability(recipe.FlipProbability);
  trainer->SetMaximumRotation(recipe.RotationDegrees);
  trainer->SetMaximumScaling(recipe.Scaling);
  trainer->SetMaximumGamma(recipe.Gamma);
  trainer->SetMaximumGain(recipe.Gain);
  trainer->SetMaximumNoise(recipe.Noise);
  trainer->SetDevice(options.Common.Device);
  trainer->SetCheckpointFileName(options.Output);
  if (!options.Weights.empty())
  {
    trainer->LoadWeights(options.Weights);
  }
  return trainer;
}

/** Read all cases.
 * \return What is doubtful about them, which is said too. */
std::vector<std::string>
AddCases(itk::NetworkTrainer * trainer, const itk::ImageCohort * cohort, const Split & split, const Recipe & recipe)
{
  std::vector<std::string> remarks;
  for (itk::SizeValueType i = 0; i < cohort->GetNumberOfRemarks(); ++i)
  {
    remarks.push_back(cohort->GetRemark(i));
  }
  sct::StageProgress progress("Reading " + std::to_string(split.Cases.size()) + " cases");
  for (size_t i = 0; i < split.Cases.size(); ++i)
  {
    try
    {
      for (const std::string & remark :
           AddCase(trainer, cohort, split.Cases[i], recipe, i >= split.NumberOfValidationCases))
      {
        remarks.push_back("case '" + cohort->GetCaseName(split.Cases[i]) + "': " + remark);
        progress.Say("warning: " + remarks.back());
      }
    }
    catch (const std::exception & error)
    {
      throw std::runtime_error("Case '" + cohort->GetCaseName(split.Cases[i]) + "': " + sct::OneLine(error));
    }
    progress.Show(static_cast<double>(i + 1) / static_cast<double>(split.Cases.size()));
  }
  const auto & ofFiles = sct::GetSaidRemarks();
  remarks.insert(remarks.begin(), ofFiles.begin(), ofFiles.end());
  return remarks;
}

void
PrintEpoch(const itk::NetworkTrainer * trainer, unsigned int numberOfEpochs)
{
  const unsigned int epoch = trainer->GetNumberOfFinishedEpochs() - 1;
  std::fprintf(stderr,
               "epoch %u/%u  train %s  validation %s  MAE %s HU  %s%s\n",
               epoch + 1,
               numberOfEpochs,
               FormatNumber("%.5f", trainer->GetTrainingLoss(epoch)).c_str(),
               FormatNumber("%.5f", trainer->GetValidationLoss(epoch)).c_str(),
               FormatNumber("%.1f", trainer->GetValidationError(epoch)).c_str(),
               ClockTime(trainer->GetElapsedTime(epoch)).c_str(),
               trainer->GetBestEpoch() == epoch ? "  best" : "");
}

void
WriteReport(const itk::NetworkTrainer *      trainer,
            const Split &                    split,
            const Options &                  options,
            const std::vector<std::string> & remarks)
{
  Json epochReports = Json::array();
  for (unsigned int epoch = 0; epoch < trainer->GetNumberOfFinishedEpochs(); ++epoch)
  {
    Json               epochReport{ { "epoch", epoch + 1 } };
    const char * const notValidated = "no validation after this epoch, or the network gave no finite numbers";
    AddNumber(epochReport, "training-loss", trainer->GetTrainingLoss(epoch), "the loss is not a finite number");
    AddNumber(epochReport, "validation-loss", trainer->GetValidationLoss(epoch), notValidated);
    AddNumber(epochReport, "validation-mae-hu", trainer->GetValidationError(epoch), notValidated);
    epochReport["seconds"] = trainer->GetElapsedTime(epoch);
    epochReports.push_back(epochReport);
  }
  const Json report{ { "program", "sct-train" },
                     { "data", options.Data },
                     { "recipe", options.RecipeFile },
                     { "output", options.Output },
                     { "parameters", trainer->GetNumberOfParameters() },
                     { "training-cases", split.Cases.size() - split.NumberOfValidationCases },
                     { "validation-cases", split.NumberOfValidationCases },
                     { "training-slices", trainer->GetNumberOfTrainingSamples() },
                     { "validation-slices", trainer->GetNumberOfValidationSamples() },
                     { "best-epoch", trainer->GetBestEpoch() + 1 },
                     { "stopped-because", NameOf(trainer->GetStopReason()) },
                     { "warnings", remarks },
                     { "epochs", epochReports } };
  sct::WriteText(report.dump(2), options.Common.JSONFile);
}

void
Train(const Options & options)
{
  sct::CheckOutputs({ options.RecipeFile, options.Weights },
                    { { options.Output, sct::OutputKind::File }, { options.Common.JSONFile, sct::OutputKind::File } });
  Recipe recipe = ReadRecipe(options.RecipeFile);
  recipe.Epochs = options.Epochs.value_or(recipe.Epochs);
  recipe.Seed = options.Seed.value_or(recipe.Seed);
  recipe.TimeLimitMinutes = options.TimeLimit.value_or(recipe.TimeLimitMinutes);

  const itk::ImageCohort::Pointer cohort = FindCases(options.Data, recipe.Card);
  const Split                     split = SplitCases(cohort, recipe, options.Data);

  Json provenance = Json::parse(recipe.Card.Provenance);
  provenance["training-cases"] = std::to_string(split.Cases.size() - split.NumberOfValidationCases);
  provenance["validation-cases"] = std::to_string(split.NumberOfValidationCases);
  provenance["seed"] = std::to_string(recipe.Seed);
  recipe.Card.Provenance = provenance.dump();

  const itk::NetworkTrainer::Pointer trainer = MakeTrainer(recipe, options);
  const std::vector<std::string>     remarks = AddCases(trainer, cohort, split, recipe);
  trainer->AddObserver(itk::IterationEvent(), [&](const itk::EventObject &) { PrintEpoch(trainer, recipe.Epochs); });
  {
    sct::StageProgress progress("Training", trainer);
    trainer->Update();
  }
  trainer->Save(options.Output);

  const unsigned int best = trainer->GetBestEpoch();
  std::fprintf(stderr,
               "%s: best epoch %u, MAE %s HU inside the mask; stopped because %s\n",
               options.Output.c_str(),
               best + 1,
               FormatNumber("%.1f", trainer->GetValidationError(best)).c_str(),
               NameOf(trainer->GetStopReason()));
  if (!options.Common.JSONFile.empty())
  {
    WriteReport(trainer, split, options, remarks);
  }
}
} // namespace

int
main(int argc, char * argv[])
{
  CLI::App app{
    "Trains a network on paired images and writes it as a model file with its card. DATA has one folder per "
    "case, or folders of them, with the images that the card names (such as mr.nii.gz), ct.nii.gz and, if there is "
    "one, mask.nii.gz, all on one grid; or it is a table (CSV) with these columns and `case`. RECIPE is a model card "
    "with a section \"" +
    sectionName + "\"."
  };
  app.name("sct-train");
  app.footer("Example:\n  sct-train --data cohort/ --recipe recipe.json --output head.pt --time-limit 60");
  Options options;
  AddOptions(app, options);
  return sct::Run(app, argc, argv, options.Common, [&options] { Train(options); });
}
