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
#include "sctDICOM.h"

#include "itkSyntheticCTImageFilter.h"

#include <nlohmann/json.hpp>

#include <filesystem>

int
main(int argc, char * argv[])
{
  CLI::App app{
    "Computes a synthetic CT in Hounsfield units from MR, as the model's card says. Not a medical device."
  };
  app.name("sct-generate");
  app.footer("Example:\n  sct-generate --input mr.nii.gz --model head.pt --output sct.nii.gz\n"
             "  sct-generate --input dicom-mr/ --model head.pt --output dicom-sct/");

  std::vector<std::string> inputFiles;
  std::string              modelFile;
  std::string              maskFile;
  std::string              outputFile;
  sct::CommonOptions       options;
  app.add_option("--input", inputFiles, "Images in the order of the model card: files, or folders with a DICOM series")
    ->required()
    ->type_name("PATH");
  app.add_option("--model", modelFile, "Model: a TorchScript file with its model card")->required()->type_name("FILE");
  app.add_option("--output", outputFile, "Synthetic CT: a volume file, or a new folder for a DICOM series")
    ->required()
    ->type_name("PATH");
  app.add_option("--mask", maskFile, "Body mask on the grid of the input, instead of the model card's")
    ->type_name("PATH");
  sct::AddCommonOptions(app, options, true);

  return sct::Run(app, argc, argv, options, [&]() {
    using FilterType = itk::SyntheticCTImageFilter<sct::VolumeType>;

    const bool               writesDICOM = !sct::HasImageFileName(outputFile);
    std::vector<std::string> allInputs = inputFiles;
    allInputs.insert(allInputs.end(), { modelFile, maskFile });
    sct::CheckOutput(outputFile, allInputs);
    sct::CheckOutput(options.JSONFile, allInputs);
    if (writesDICOM && !std::filesystem::is_directory(inputFiles.front()))
    {
      throw std::runtime_error(outputFile + ": not the name of an image file (such as sct.nii.gz), and a DICOM series "
                                            "can be written only when the input is one");
    }

    auto model = itk::NetworkModel::New();
    model->SetDevice(options.Device);
    model->Load(modelFile);

    auto filter = FilterType::New();
    filter->SetModel(model);
    const sct::VolumeType::Pointer first = sct::ReadVolume(inputFiles.front());
    filter->SetInput(first);
    for (unsigned int i = 1; i < inputFiles.size(); ++i)
    {
      const sct::VolumeType::Pointer image = sct::ReadVolume(inputFiles[i]);
      sct::CheckSameGrid(first, inputFiles.front(), image, inputFiles[i]);
      filter->SetInput(i, image);
    }
    if (!maskFile.empty())
    {
      const sct::MaskType::Pointer mask = sct::ReadMask(maskFile);
      sct::CheckSameGrid(first, inputFiles.front(), mask, maskFile);
      filter->SetMaskImage(mask);
    }
    {
      sct::StageProgress progress("Synthetic CT", filter);
      filter->Update();
    }

    const auto * const output = filter->GetOutput();
    if (writesDICOM)
    {
      sct::WriteDICOMSeries(output, outputFile, inputFiles.front());
    }
    else
    {
      sct::WriteVolume(output, outputFile);
    }
    if (!options.JSONFile.empty())
    {
      const auto             size = output->GetLargestPossibleRegion().GetSize();
      const auto             spacing = output->GetSpacing();
      nlohmann::ordered_json report{
        { "program", "sct-generate" },
        { "input", inputFiles },
        { "model", { { "file", modelFile }, { "name", model->GetCard().Name } } },
        { "mask", maskFile.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(maskFile) },
        { "output", outputFile },
        { "unit", "HU" },
        { "size", { size[0], size[1], size[2] } },
        { "spacing-mm", { spacing[0], spacing[1], spacing[2] } },
        { "device", options.Device }
      };
      sct::WriteText(report.dump(2), options.JSONFile);
    }
  });
}
