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
// sct-info: what a model file is, in words or as JSON.

#include "sctCommandLine.h"
#include "sctFiles.h"

#include "itkNetworkModel.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace
{
template <typename TEnum>
std::string
NameOf(const TEnum value)
{
  std::ostringstream text;
  text << value;
  return text.str();
}

void
PrintLine(const std::string & title, const std::string & text)
{
  std::cout << std::left << std::setw(16) << title << text << std::endl;
}

template <typename TNumbers>
std::string
TextOf(const TNumbers & numbers, const std::string & separator)
{
  std::ostringstream text;
  for (size_t i = 0; i < numbers.size(); ++i)
  {
    text << (i ? separator : "") << numbers[i];
  }
  return text.str();
}

std::string
IntensityTextOf(const itk::NetworkModelCard::Input & input)
{
  std::ostringstream text;
  text << NameOf(input.Transform);
  if (input.OwnRange)
  {
    text << " of its own range" << (input.SliceBySlice ? " in each slice" : "");
  }
  else if (input.HasOutputRange() || input.Transform == itk::IntensityTransformEnum::CTForeground)
  {
    const bool isPercentile = input.Transform == itk::IntensityTransformEnum::Percentile;
    text << " [" << input.Lower << ", " << input.Upper << (isPercentile ? "] %" : "] HU");
  }
  if (input.HasOutputRange())
  {
    text << " to [" << input.OutputMinimum << ", " << input.OutputMaximum << "]";
  }
  if (input.Transform == itk::IntensityTransformEnum::CTForeground)
  {
    text << ", mean " << input.Mean << " HU, standard deviation " << input.StandardDeviation << " HU";
  }
  if (input.KeepOutsideMask)
  {
    text << ", unchanged outside the mask";
  }
  return text.str();
}

void
PrintCard(const itk::NetworkModelCard & card)
{
  PrintLine("name", card.Name);
  PrintLine("description", card.Description);
  if (card.Net)
  {
    PrintLine("network",
              card.Net->Type + ", " + std::to_string(card.Net->InputChannels) + " channels in, " +
                std::to_string(card.Net->OutputChannels) + " out, " + std::to_string(card.Net->BaseChannels) +
                " at the first of " + std::to_string(card.Net->Levels) + " levels");
  }
  for (const auto & input : card.Inputs)
  {
    PrintLine("input", input.Name + " (" + input.Modality + "), intensities: " + IntensityTextOf(input));
  }
  const auto & preprocess = card.Preprocess;
  PrintLine(
    "preprocessing",
    std::string("bias correction: ") + (preprocess.BiasCorrection ? "N4" : "none") + ", spacing: " +
      (preprocess.Spacing ? TextOf(*preprocess.Spacing, " x ") + " mm" : std::string("the image's own")) +
      ", orientation: " + (preprocess.Orientation.empty() ? std::string("the image's own") : preprocess.Orientation) +
      ", mask: " + NameOf(preprocess.Mask));
  for (const auto & output : card.Outputs)
  {
    std::string text = output.Name + ": " + NameOf(output.Kind);
    if (output.HasHounsfieldRange())
    {
      text += ", [" + TextOf(output.Range, ", ") + "] is [" + TextOf(output.Hounsfield, ", ") + "] HU";
    }
    PrintLine("output", text);
  }
  std::ostringstream inference;
  inference << "plane: " << NameOf(card.Infer.Plane) << ", window: " << TextOf(card.Infer.PatchSize, " x ")
            << ", overlap: " << TextOf(card.Infer.Overlap, " x ") << ", blending: " << NameOf(card.Infer.Blending);
  if (card.Infer.GaussianScale != itk::PatchBlender::DefaultGaussianScale)
  {
    inference << " of scale " << card.Infer.GaussianScale;
  }
  inference << ", batch: " << card.Infer.Batch << ", padding: ";
  switch (card.Infer.PaddingRule)
  {
    case itk::PaddingRuleEnum::Constant:
      inference << card.Infer.PaddingValue;
      break;
    case itk::PaddingRuleEnum::Replicate:
      inference << "the nearest voxel";
      break;
    default:
      inference << "the input's minimum";
  }
  PrintLine("inference", inference.str());
  const auto provenance = nlohmann::ordered_json::parse(card.Provenance);
  for (const auto & item : provenance.items())
  {
    PrintLine("provenance",
              item.key() + ": " + (item.value().is_string() ? item.value().get<std::string>() : item.value().dump()));
  }
  PrintLine("license", card.License);
  const auto extensions = nlohmann::ordered_json::parse(card.Extensions);
  for (const auto & item : extensions.items())
  {
    PrintLine(item.key(), item.value().dump());
  }
}
} // namespace

int
main(int argc, char * argv[])
{
  CLI::App app{ "Prints what a model file is: its model card, its size and its number of parameters." };
  app.name("sct-info");
  app.footer("Example:\n  sct-info --model head.pt\n  sct-info --card-example >card.json");

  std::string        modelFile;
  sct::CommonOptions options;
  bool               printsExample = false;
  auto * const       modelOption =
    app.add_option("--model", modelFile, "Model: a TorchScript file, with or without a model card");
  modelOption->type_name("FILE");
  app
    .add_flag("--card-example",
              printsExample,
              "Print a model card to start from, which sct-generate --card takes with a model that has none")
    ->excludes(modelOption);
  app.callback([&]() {
    if (modelFile.empty() && !printsExample)
    {
      throw CLI::RequiredError("--model or --card-example");
    }
  });
  sct::AddCommonOptions(app, options, false);

  return sct::Run(app, argc, argv, options, [&]() {
    sct::CheckOutputs({ modelFile }, { { options.JSONFile, sct::OutputKind::File } });
    if (printsExample)
    {
      sct::WriteText(itk::NetworkModelCard::GetExample().ToJSON(), options.JSONFile.empty() ? "-" : options.JSONFile);
      return;
    }

    auto model = itk::NetworkModel::New();
    model->Load(modelFile);
    const auto               bytes = std::filesystem::file_size(modelFile);
    std::vector<std::string> remarks;
    for (unsigned int i = 0; i < model->GetNumberOfRemarks(); ++i)
    {
      remarks.push_back(model->GetRemark(i));
      std::cerr << "warning: " + remarks.back() + '\n';
    }

    if (!options.JSONFile.empty())
    {
      const nlohmann::ordered_json report{
        { "program", "sct-info" },
        { "model", modelFile },
        { "bytes", bytes },
        { "parameters", model->GetNumberOfParameters() },
        { "card", nlohmann::ordered_json::parse(model->HasCard() ? model->GetCardAsJSON() : "null") },
        { "warnings", remarks }
      };
      sct::WriteText(report.dump(2), options.JSONFile);
      if (options.JSONFile == "-")
      {
        return;
      }
    }

    PrintLine("file", modelFile + " (" + std::to_string(bytes) + " bytes)");
    PrintLine("parameters", std::to_string(model->GetNumberOfParameters()));
    if (model->HasCard())
    {
      PrintCard(model->GetCard());
    }
    else
    {
      PrintLine("card",
                std::string("none (") + itk::NetworkModelCard::FileName +
                  " in the archive); sct-generate takes one with --card, and --card-example prints one");
    }
  });
}
