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
// sct-phantom: a cohort of random heads as MR and CT pairs.

#include "sctCommandLine.h"
#include "sctFiles.h"
#include "sctProgress.h"

#include "itkHeadPhantomImageSource.h"
#include "itkHeadPhantomContrast.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace
{

// White matter is 1000 and HU are integers, so 16 bits hold both.
using SourceType = itk::HeadPhantomImageSource<itk::Image<short, 3>>;

struct Options
{
  std::string           Output;
  unsigned int          Cases{ 1 };
  uint64_t              Seed{ 1 };
  std::vector<uint64_t> Size{ 181, 217, 181 };
  std::vector<double>   Spacing{ 1.0, 1.0, 1.0 };
  double                SliceThickness{ 0.0 };
  std::string           Contrast{ "t1" };
  std::vector<double>   Bias{ 0.0, 0.35 };
  std::vector<double>   Noise{ 0.0, 0.06 };
  std::vector<double>   Resolution{ 0.6, 1.8 };
  double                CTNoise{ 0.0 };
  unsigned int          Supersampling{ 2 };
  bool                  All{ false };
};

std::string
CaseName(unsigned int number)
{
  std::array<char, 32> name;
  std::snprintf(name.data(), name.size(), "case_%04u", number);
  return name.data();
}

/** A number of a range, drawn by a seed and the purpose that it is for. */
double
Draw(const std::vector<double> & range, uint64_t seed, uint64_t purpose)
{
  return range[0] + (range[1] - range[0]) * itk::HeadPhantomContrast::Uniform(seed, purpose);
}

void
Work(const Options & options, const sct::CommonOptions & common)
{
  namespace fs = std::filesystem;
  const std::map<std::string, itk::HeadPhantomContrastEnum> contrasts{
    { "t1", itk::HeadPhantomContrastEnum::T1 },
    { "t2", itk::HeadPhantomContrastEnum::T2 },
    { "pd", itk::HeadPhantomContrastEnum::ProtonDensity },
    { "random", itk::HeadPhantomContrastEnum::Random }
  };
  sct::CheckOutputs({}, { { options.Output, sct::OutputKind::Folder }, { common.JSONFile, sct::OutputKind::File } });
  nlohmann::ordered_json report;
  report["cases"] = nlohmann::ordered_json::array();
  for (unsigned int number = 1; number <= options.Cases; ++number)
  {
    const std::string name = CaseName(number);
    const fs::path    folder = fs::path(options.Output) / name;
    fs::create_directories(folder);

    const uint64_t                           seed = options.Seed + number - 1;
    const auto                               source = SourceType::New();
    SourceType::SizeType                     size;
    SourceType::OutputImageType::SpacingType spacing;
    SourceType::ExtentType                   extent;
    extent.Fill(0.0);
    for (unsigned int i = 0; i < 3; ++i)
    {
      size[i] = options.Size[i];
      spacing[i] = options.Spacing[i];
    }
    extent[2] = options.SliceThickness;
    source->SetSize(size);
    source->SetSpacing(spacing);
    source->CenterGrid();
    source->SetSampleExtent(extent);
    source->SetSeed(seed);
    source->SetContrast(contrasts.at(options.Contrast));
    source->SetBiasFieldStrength(Draw(options.Bias, seed, 1));
    source->SetNoiseLevel(Draw(options.Noise, seed, 2));
    source->SetResolution(Draw(options.Resolution, seed, 3));
    source->SetCTNoise(options.CTNoise);
    source->SetSupersampling(options.Supersampling);
    source->SetComputeContrastPair(options.All);
    {
      const sct::StageProgress progress(
        name + " (" + std::to_string(number) + " of " + std::to_string(options.Cases) + ")", source);
      source->Update();
    }
    const auto path = [&](const char * file) { return (folder / (std::string(file) + ".nii.gz")).string(); };
    sct::WriteVolume(source->GetMR(), path("mr"));
    sct::WriteVolume(source->GetCT(), path("ct"));
    sct::WriteVolume(source->GetBodyMask(), path("mask"));
    if (options.All)
    {
      sct::WriteVolume(source->GetContrastCT(), path("ct_contrast"));
      sct::WriteVolume(source->GetVirtualNonContrastCT(), path("ct_vnc"));
      sct::WriteVolume(source->GetTissueLabels(), path("tissues"));
      sct::WriteVolume(source->GetStructureLabels(), path("structures"));
      sct::WriteVolume(source->GetBoneMask(), path("bone"));
    }
    report["cases"].push_back({ { "name", name },
                                { "seed", seed },
                                { "bias-field-strength", source->GetBiasFieldStrength() },
                                { "noise-level", source->GetNoiseLevel() },
                                { "resolution-mm", source->GetResolution() } });
  }
  if (!common.JSONFile.empty())
  {
    sct::WriteText(report.dump(2) + "\n", common.JSONFile);
  }
}

} // namespace

int
main(int argc, char ** argv)
{
  CLI::App           app("Makes random head phantoms: pairs of an MR and a CT in HU with a mask of the head.\n"
                         "Writes OUTPUT/case_0001/{mr,ct,mask}.nii.gz and so on. The same seeds give the same files.\n"
                         "Example: sct-phantom --output cohort --cases 200 --size 190 220 60 --spacing 1 1 3 "
                         "--slice-thickness 1");
  Options            options;
  sct::CommonOptions common;
  app.add_option("--output", options.Output, "Folder of the cohort.")->required();
  app.add_option("--cases", options.Cases, "Number of heads.")->capture_default_str()->check(CLI::Range(1U, 9999U));
  app.add_option("--seed", options.Seed, "Seed of the first head; the next take the numbers after it.")
    ->capture_default_str();
  app.add_option("--size", options.Size, "Voxels along x, y and z.")
    ->capture_default_str()
    ->expected(3)
    ->check(CLI::Range(1U, 4096U));
  app.add_option("--spacing", options.Spacing, "Voxel size in mm; the grid is centred on the head.")
    ->capture_default_str()
    ->expected(3)
    ->check(CLI::PositiveNumber);
  app.add_option("--slice-thickness", options.SliceThickness, "Thickness of a slice in mm, 0: the spacing.")
    ->capture_default_str()
    ->check(CLI::NonNegativeNumber);
  app.add_option("--contrast", options.Contrast, "Weighting of the MR.")
    ->capture_default_str()
    ->check(CLI::IsMember({ "t1", "t2", "pd", "random" }));
  app.add_option("--bias", options.Bias, "Range of the bias field's strength.")
    ->capture_default_str()
    ->expected(2)
    ->check(CLI::Range(0.0, 2.0));
  app.add_option("--noise", options.Noise, "Range of the MR's noise as a share of white matter.")
    ->capture_default_str()
    ->expected(2)
    ->check(CLI::Range(0.0, 1.0));
  app.add_option("--resolution", options.Resolution, "Range of the MR's point spread (FWHM) in mm.")
    ->capture_default_str()
    ->expected(2)
    ->check(CLI::Range(0.0, 20.0));
  app.add_option("--ct-noise", options.CTNoise, "Standard deviation of the CT's noise in HU.")
    ->capture_default_str()
    ->check(CLI::Range(0.0, 1000.0));
  app.add_option("--supersampling", options.Supersampling, "Points per axis of voxels between tissues, 1 to 3.")
    ->capture_default_str()
    ->check(CLI::Range(1U, 3U));
  app.add_flag("--all", options.All, "Write contrast-enhanced and virtual non-contrast CT, labels and bone as well.");
  sct::AddCommonOptions(app, common, false);
  app.parse_complete_callback([&] {
    const auto check = [](const char * name, const std::vector<double> & range) {
      if (range.front() > range.back())
      {
        throw CLI::ValidationError(name, "the lower bound of the range comes first");
      }
    };
    check("--bias", options.Bias);
    check("--noise", options.Noise);
    check("--resolution", options.Resolution);
  });
  return sct::Run(app, argc, argv, common, [&] { Work(options, common); });
}
