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
// sct-generate: an MR (or CT) and a model in, a synthetic CT in Hounsfield units out.

#include "sctCommandLine.h"
#include "sctFiles.h"
#include "sctModel.h"
#include "sctProgress.h"

#include "itkCTSeriesWriter.h"
#include "itkDICOMSeriesReader.h"
#include "itkDICOMVolumeReader.h"
#include "itkMetaDataObject.h"
#include "itkSyntheticCTImageFilter.h"

#include <nlohmann/json.hpp>

namespace
{
using FilterType = itk::SyntheticCTImageFilter<sct::VolumeType>;

struct Options
{
  std::vector<std::string> Inputs;
  std::vector<std::string> Models;
  std::string              Card;
  std::string              Mask;
  std::string              Output;
  std::string              Uncertainty;
  std::vector<unsigned>    MirrorAxes;
  unsigned int             BatchSize{ 0 };
  std::string              Precision{ "float32" };
  bool                     UsesLibTorchKernels{ false };
  sct::CommonOptions       Common;
};

void
AddOptions(CLI::App & app, Options & options)
{
  app
    .add_option(
      "--input", options.Inputs, "Images in the order of the model card: files, or folders with a DICOM series")
    ->required()
    ->type_name("PATH");
  app
    .add_option("--model",
                options.Models,
                "Model: a TorchScript file with its model card; several make an ensemble, which the first one's card "
                "describes")
    ->required()
    ->type_name("FILE");
  app
    .add_option("--card",
                options.Card,
                "Model card as a JSON file, for models that have none or instead of theirs (sct-info --card-example "
                "prints one to start from)")
    ->type_name("FILE");
  app.add_option("--output", options.Output, "Synthetic CT: a volume file, or a new folder for a DICOM series")
    ->required()
    ->type_name("PATH");
  app.add_option("--mask", options.Mask, "Body mask on the grid of the input, instead of the model card's")
    ->type_name("PATH");
  app
    .add_option(
      "--uncertainty", options.Uncertainty, "Standard deviation in HU over an ensemble or three planes: a volume file")
    ->type_name("FILE");
  app
    .add_option("--mirror", options.MirrorAxes, "Axes of the window (0, 1, 2) along which mirrored windows are run too")
    ->type_name("AXIS");
  app.add_option("--batch", options.BatchSize, "Windows per forward pass, instead of the model card's")
    ->check(CLI::Range(1u, 1u << 20))
    ->type_name("N");
  app.add_option("--precision", options.Precision, "Numbers the network computes in")
    ->check(CLI::IsMember({ "float32", "bfloat16", "float16" }))
    ->capture_default_str()
    ->type_name("NAME");
  app.add_flag("--libtorch-kernels",
               options.UsesLibTorchKernels,
               "Compute with LibTorch's own operations alone, without this toolkit's faster ones for the CPU");
  sct::AddCommonOptions(app, options.Common, true);
  sct::AddSeriesOption(app);
}

/** Whether the output is a DICOM series. Throws when any of the outputs can't be written. */
bool
DecideOutputs(const Options & options)
{
  const bool               writesDICOM = !itk::OutputFiles::HasImageName(options.Output);
  std::vector<std::string> inputs = options.Inputs;
  inputs.insert(inputs.end(), options.Models.begin(), options.Models.end());
  inputs.push_back(options.Mask);
  inputs.push_back(options.Card);
  if (writesDICOM && !itk::DICOMVolumeReader::IsDICOM(options.Inputs.front()))
  {
    throw std::runtime_error(options.Output + ": not the name of an image file (such as sct.nii.gz), and a DICOM "
                                              "series can be written only when the input is one");
  }
  sct::CheckOutputs(inputs,
                    { { options.Output, writesDICOM ? sct::OutputKind::NewFolder : sct::OutputKind::Volume },
                      { options.Uncertainty, sct::OutputKind::Volume },
                      { options.Common.JSONFile, sct::OutputKind::File } });
  return writesDICOM;
}

itk::NetworkModel::Pointer
LoadModel(const std::string & file, const Options & options)
{
  auto model = itk::NetworkModel::New();
  model->SetDevice(options.Common.Device);
  model->SetPrecision(options.Precision == "bfloat16"  ? itk::NetworkPrecisionEnum::BFloat16
                      : options.Precision == "float16" ? itk::NetworkPrecisionEnum::Float16
                                                       : itk::NetworkPrecisionEnum::Float32);
  model->SetUseCustomKernels(!options.UsesLibTorchKernels);
  sct::LoadModel(model, file, options.Card);
  return model;
}

/** Gives the filter its images and its mask. Returns the first image. */
sct::VolumeType::Pointer
ReadInputs(FilterType * filter, const Options & options)
{
  const sct::VolumeType::Pointer first = sct::ReadVolume(options.Inputs.front());
  filter->SetInput(first);
  for (unsigned int i = 1; i < options.Inputs.size(); ++i)
  {
    const sct::VolumeType::Pointer image = sct::ReadVolume(options.Inputs[i]);
    sct::TakeGrid(first, options.Inputs.front(), image, options.Inputs[i]);
    filter->SetInput(i, image);
  }
  if (!options.Mask.empty())
  {
    const sct::MaskType::Pointer mask = sct::ReadMask(options.Mask);
    sct::TakeGrid(first, options.Inputs.front(), mask, options.Mask);
    filter->SetMaskImage(mask);
  }
  return first;
}

void
WriteSeries(const FilterType::OutputImageType * image, const std::string & folder, const sct::VolumeType * input)
{
  std::string source;
  itk::ExposeMetaData<std::string>(input->GetMetaDataDictionary(), itk::DICOMSeriesReader::SourceFileNameKey, source);
  auto writer = itk::CTSeriesWriter::New();
  writer->SetInput(image);
  writer->SetDirectory(folder);
  writer->SetSourceFileName(source);
  writer->Update();
}

void
WriteReport(const FilterType * filter, const Options & options, const std::vector<std::string> & remarks)
{
  const auto * const           output = filter->GetOutput();
  const auto                   size = output->GetLargestPossibleRegion().GetSize();
  const auto                   spacing = output->GetSpacing();
  const nlohmann::ordered_json report{
    { "program", "sct-generate" },
    { "input", options.Inputs },
    { "model", { { "files", options.Models }, { "name", filter->GetModel()->GetCard().Name } } },
    { "mask", options.Mask.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(options.Mask) },
    { "output", options.Output },
    { "unit", "HU" },
    { "size", { size[0], size[1], size[2] } },
    { "spacing-mm", { spacing[0], spacing[1], spacing[2] } },
    { "device", options.Common.Device },
    { "warnings", remarks }
  };
  sct::WriteText(report.dump(2), options.Common.JSONFile);
}

void
Generate(const Options & options)
{
  const bool writesDICOM = DecideOutputs(options);
  auto       filter = FilterType::New();
  for (const std::string & file : options.Models)
  {
    filter->AddModel(LoadModel(file, options));
  }
  filter->SetComputeUncertainty(!options.Uncertainty.empty());
  filter->SetMirrorAxes(options.MirrorAxes);
  filter->SetBatchSize(options.BatchSize);
  const sct::VolumeType::Pointer first = ReadInputs(filter, options);

  std::vector<std::string> remarks = sct::GetSaidRemarks();
  {
    sct::StageProgress progress("Synthetic CT", filter);
    filter->Update();
    for (unsigned int i = 0; i < filter->GetNumberOfRemarks(); ++i)
    {
      remarks.push_back(filter->GetRemark(i));
      progress.Say("warning: " + remarks.back());
    }
  }

  if (writesDICOM)
  {
    WriteSeries(filter->GetOutput(), options.Output, first);
  }
  else
  {
    sct::WriteVolume(filter->GetOutput(), options.Output);
  }
  if (!options.Uncertainty.empty())
  {
    sct::WriteVolume(filter->GetUncertaintyOutput(), options.Uncertainty);
  }
  if (!options.Common.JSONFile.empty())
  {
    WriteReport(filter, options, remarks);
  }
}
} // namespace

int
main(int argc, char * argv[])
{
  CLI::App app{
    "Computes a synthetic CT in Hounsfield units from MR, as the model's card says. Not a medical device."
  };
  app.name("sct-generate");
  app.footer("Example:\n  sct-generate --input mr.nii.gz --model head.pt --output sct.nii.gz\n"
             "  sct-generate --input dicom-mr/ --model head.pt --output dicom-sct/\n"
             "  sct-generate --input mr.nii.gz --model a.pt b.pt c.pt --output sct.nii.gz --uncertainty sd.nii.gz");
  Options options;
  AddOptions(app, options);
  return sct::Run(app, argc, argv, options.Common, [&options] { Generate(options); });
}
