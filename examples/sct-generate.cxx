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
#include "sctProgress.h"

#include "itkCTSeriesWriter.h"
#include "itkDICOMSeriesReader.h"
#include "itkDICOMVolumeReader.h"
#include "itkMetaDataObject.h"
#include "itkSyntheticCTImageFilter.h"

#include <nlohmann/json.hpp>

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

  std::vector<std::string> inputFiles;
  std::vector<std::string> modelFiles;
  std::string              maskFile;
  std::string              outputFile;
  std::string              uncertaintyFile;
  std::vector<unsigned>    mirrorAxes;
  unsigned int             batchSize = 0;
  std::string              cardFile;
  std::string              precisionName{ "float32" };
  bool                     usesLibTorchKernels = false;
  sct::CommonOptions       options;
  app.add_option("--input", inputFiles, "Images in the order of the model card: files, or folders with a DICOM series")
    ->required()
    ->type_name("PATH");
  app
    .add_option("--model",
                modelFiles,
                "Model: a TorchScript file with its model card; several make an ensemble, which the first one's card "
                "describes")
    ->required()
    ->type_name("FILE");
  app
    .add_option("--card",
                cardFile,
                "Model card as a JSON file, for models that have none or instead of theirs (sct-info --card-example "
                "prints one to start from)")
    ->type_name("FILE");
  app.add_option("--output", outputFile, "Synthetic CT: a volume file, or a new folder for a DICOM series")
    ->required()
    ->type_name("PATH");
  app.add_option("--mask", maskFile, "Body mask on the grid of the input, instead of the model card's")
    ->type_name("PATH");
  app
    .add_option(
      "--uncertainty", uncertaintyFile, "Standard deviation in HU over an ensemble or three planes: a volume file")
    ->type_name("FILE");
  app.add_option("--mirror", mirrorAxes, "Axes of the window (0, 1, 2) along which mirrored windows are run too")
    ->type_name("AXIS");
  app.add_option("--batch", batchSize, "Windows per forward pass, instead of the model card's")
    ->check(CLI::Range(1u, 1u << 20))
    ->type_name("N");
  app.add_option("--precision", precisionName, "Numbers the network computes in")
    ->check(CLI::IsMember({ "float32", "bfloat16", "float16" }))
    ->capture_default_str()
    ->type_name("NAME");
  app.add_flag("--libtorch-kernels",
               usesLibTorchKernels,
               "Compute with LibTorch's own operations alone, without this toolkit's faster ones for the CPU");
  sct::AddCommonOptions(app, options, true);
  sct::AddSeriesOption(app);

  return sct::Run(app, argc, argv, options, [&]() {
    using FilterType = itk::SyntheticCTImageFilter<sct::VolumeType>;

    const bool               writesDICOM = !itk::OutputFiles::HasImageName(outputFile);
    std::vector<std::string> allInputs = inputFiles;
    allInputs.insert(allInputs.end(), modelFiles.begin(), modelFiles.end());
    allInputs.push_back(maskFile);
    allInputs.push_back(cardFile);
    if (writesDICOM && !itk::DICOMVolumeReader::IsDICOM(inputFiles.front()))
    {
      throw std::runtime_error(outputFile + ": not the name of an image file (such as sct.nii.gz), and a DICOM series "
                                            "can be written only when the input is one");
    }
    sct::CheckOutputs(allInputs,
                      { { outputFile, writesDICOM ? sct::OutputKind::NewFolder : sct::OutputKind::Volume },
                        { uncertaintyFile, sct::OutputKind::Volume },
                        { options.JSONFile, sct::OutputKind::File } });

    const itk::NetworkPrecisionEnum precision = precisionName == "bfloat16"  ? itk::NetworkPrecisionEnum::BFloat16
                                                : precisionName == "float16" ? itk::NetworkPrecisionEnum::Float16
                                                                             : itk::NetworkPrecisionEnum::Float32;

    auto filter = FilterType::New();
    for (const std::string & modelFile : modelFiles)
    {
      auto model = itk::NetworkModel::New();
      model->SetDevice(options.Device);
      model->SetPrecision(precision);
      model->SetUseCustomKernels(!usesLibTorchKernels);
      model->Load(modelFile);
      if (!cardFile.empty())
      {
        model->ReadCard(cardFile);
      }
      if (!model->HasCard())
      {
        throw std::runtime_error(modelFile + ": has no model card (" + itk::NetworkModelCard::FileName +
                                 " in its archive); give one with --card FILE (sct-info --card-example prints one to "
                                 "start from)");
      }
      filter->AddModel(model);
    }
    filter->SetComputeUncertainty(!uncertaintyFile.empty());
    filter->SetMirrorAxes(mirrorAxes);
    filter->SetBatchSize(batchSize);
    const sct::VolumeType::Pointer first = sct::ReadVolume(inputFiles.front());
    filter->SetInput(first);
    for (unsigned int i = 1; i < inputFiles.size(); ++i)
    {
      const sct::VolumeType::Pointer image = sct::ReadVolume(inputFiles[i]);
      sct::TakeGrid(first, inputFiles.front(), image, inputFiles[i]);
      filter->SetInput(i, image);
    }
    if (!maskFile.empty())
    {
      const sct::MaskType::Pointer mask = sct::ReadMask(maskFile);
      sct::TakeGrid(first, inputFiles.front(), mask, maskFile);
      filter->SetMaskImage(mask);
    }
    std::vector<std::string> remarks;
    {
      sct::StageProgress progress("Synthetic CT", filter);
      filter->Update();
      for (unsigned int i = 0; i < filter->GetNumberOfRemarks(); ++i)
      {
        remarks.push_back(filter->GetRemark(i));
        progress.Say("warning: " + remarks.back());
      }
    }

    const auto * const output = filter->GetOutput();
    if (writesDICOM)
    {
      std::string source;
      itk::ExposeMetaData<std::string>(
        first->GetMetaDataDictionary(), itk::DICOMSeriesReader::SourceFileNameKey, source);
      auto writer = itk::CTSeriesWriter::New();
      writer->SetInput(output);
      writer->SetDirectory(outputFile);
      writer->SetSourceFileName(source);
      writer->Update();
    }
    else
    {
      sct::WriteVolume(output, outputFile);
    }
    if (!uncertaintyFile.empty())
    {
      sct::WriteVolume(filter->GetUncertaintyOutput(), uncertaintyFile);
    }
    if (!options.JSONFile.empty())
    {
      const auto             size = output->GetLargestPossibleRegion().GetSize();
      const auto             spacing = output->GetSpacing();
      nlohmann::ordered_json report{
        { "program", "sct-generate" },
        { "input", inputFiles },
        { "model", { { "files", modelFiles }, { "name", filter->GetModel()->GetCard().Name } } },
        { "mask", maskFile.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(maskFile) },
        { "output", outputFile },
        { "unit", "HU" },
        { "size", { size[0], size[1], size[2] } },
        { "spacing-mm", { spacing[0], spacing[1], spacing[2] } },
        { "device", options.Device },
        { "warnings", remarks }
      };
      sct::WriteText(report.dump(2), options.JSONFile);
    }
  });
}
