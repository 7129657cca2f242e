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
#include "sctRegisterOptions.h"

#include "sctFiles.h"
#include "sctPicture.h"
#include "sctTransformFiles.h"

#include <algorithm>
#include <map>

namespace sct
{
namespace
{

using Texts = std::vector<std::string>;
using Initialization = itk::RegistrationInitializationEnum;

void
AddInputs(CLI::App & app, RegisterOptions & options)
{
  app.add_option("--fixed", options.Fixed, "Image whose grid the outputs get")->required()->type_name("PATH");
  app.add_option("--moving", options.Moving, "Image that is moved")->required()->type_name("PATH");
  app
    .add_option(
      "--fixed-mask", options.FixedMask, "Voxels of the fixed image that are compared, not zero (default: all)")
    ->type_name("PATH");
  app.add_option("--moving-mask", options.MovingMask, "The same of the moving image")->type_name("PATH");
}

void
AddOutputs(CLI::App & app, RegisterOptions & options)
{
  app.add_option("--output", options.Output, "Write the moving image on the grid of the fixed one to FILE")
    ->type_name("FILE");
  app
    .add_option("--transform",
                options.Transform,
                "Write the transform from fixed to moving points (LPS, mm) to FILE, for ITK, 3D Slicer and ANTs")
    ->check(CheckTransformName)
    ->type_name("FILE.{h5,tfm,txt}");
  app
    .add_option("--apply",
                options.Applied,
                "Bring another image of the moving scan along, and write it to FILE; may be given again")
    ->type_name("IMAGE FILE");
  app
    .add_option("--apply-labels",
                options.AppliedLabels,
                "The same for a label image or a mask, whose values are kept as they are")
    ->type_name("LABELS FILE");
  app
    .add_option(
      "--picture", options.Picture, "Write both images, a checkerboard of them, and the edges of one on the other")
    ->check(CheckPictureName)
    ->type_name("FILE.png");
}

void
AddMethod(CLI::App & app, RegisterOptions & options)
{
  app
    .add_option_function<Texts>(
      "--stages",
      [&options](const Texts & names) {
        options.Translation = options.Rigid = options.Affine = false;
        for (const std::string & name : names)
        {
          options.Translation = options.Translation || name == "translation";
          options.Rigid = options.Rigid || name == "rigid";
          options.Affine = options.Affine || name == "affine";
        }
        if (options.HasStage() && names.size() > 1 && std::count(names.begin(), names.end(), "none") > 0)
        {
          throw CLI::ValidationError("--stages: none goes with no other");
        }
      },
      "What the images are registered by, always in this order: translation, rigid and affine, separated by commas; or "
      "none, when landmarks or a given transform are all (default: rigid)")
    ->delimiter(',')
    ->check(CLI::IsMember({ "translation", "rigid", "affine", "none" }))
    ->type_name("NAME");
  app
    .add_option_function<std::string>(
      "--metric",
      [&options](const std::string & name) {
        options.MutualInformationWeight = name == "cc" ? 0.0 : 1.0;
        options.CorrelationWeight = name == "mi" ? 0.0 : 1.0;
      },
      "What is maximised: mi, mutual information (default); cc, correlation, for scans of one contrast; mi+cc, both")
    ->check(CLI::IsMember({ "mi", "cc", "mi+cc" }))
    ->type_name("NAME");
  static const std::map<std::string, Initialization> initializations{ { "bodies", Initialization::Bodies },
                                                                      { "search", Initialization::Search },
                                                                      { "geometry", Initialization::Geometry },
                                                                      { "identity", Initialization::Transform } };
  app
    .add_option_function<std::string>(
      "--initialization",
      [&options](const std::string & name) { options.Initialization = initializations.at(name); },
      "Where the registration starts: bodies, with their centres put onto each other and rotations by up to 25 degrees "
      "tried (default); search, with all rotations, for unknown poses; geometry, with the centres of the images put "
      "onto each other; identity, as the scanners say")
    ->check(CLI::IsMember({ "bodies", "search", "geometry", "identity" }))
    ->type_name("NAME");
  app
    .add_option("--initial-transform",
                options.InitialTransform,
                "Start from a linear transform from fixed to moving points, instead of --initialization")
    ->type_name("FILE");
  app
    .add_option_function<Texts>(
      "--landmarks",
      [&options](const Texts & files) {
        options.FixedLandmarks = files[0];
        options.MovingLandmarks = files[1];
      },
      "Start from landmarks of both images, instead: .mrk.json or .fcsv of 3D Slicer, or .csv with x,y,z in mm (LPS) "
      "and a label. Those of the same label are pairs, without labels those of the same place in the list")
    ->expected(2)
    ->type_name("FIXED MOVING");
  static const std::map<std::string, itk::LandmarkTransformKindEnum> kinds{
    { "rigid", itk::LandmarkTransformKindEnum::Rigid }, { "affine", itk::LandmarkTransformKindEnum::Affine }
  };
  app
    .add_option_function<std::string>(
      "--landmark-transform",
      [&options](const std::string & name) { options.LandmarkTransformKind = kinds.at(name); },
      "What is computed from the landmarks: rigid (default) or affine")
    ->check(CLI::IsMember({ "rigid", "affine" }))
    ->type_name("NAME");
}

void
AddResampling(CLI::App & app, RegisterOptions & options)
{
  static const std::map<std::string, itk::GridResampleInterpolationEnum> interpolations{
    { "nearest", itk::GridResampleInterpolationEnum::Nearest },
    { "linear", itk::GridResampleInterpolationEnum::Linear },
    { "bspline", itk::GridResampleInterpolationEnum::BSpline }
  };
  app
    .add_option_function<std::string>(
      "--interpolation",
      [&options](const std::string & name) { options.Interpolation = interpolations.at(name); },
      "How values of images are found between voxels: nearest, linear (default) or bspline")
    ->check(CLI::IsMember({ "nearest", "linear", "bspline" }))
    ->type_name("NAME");
  app
    .add_option(
      "--background", options.Background, "Value outside the image that is moved (default: its smallest; labels: 0)")
    ->check(CheckFinite)
    ->type_name("VALUE");
}

/** What goes together. */
void
CheckUsage(const CLI::App & app, const RegisterOptions & options)
{
  const auto given = [&app](const char * name) { return app.count(name) > 0; };
  if (!given("--output") && !given("--transform"))
  {
    throw CLI::ValidationError("--output, --transform or both are required");
  }
  if (given("--initialization") + given("--initial-transform") + given("--landmarks") > 1)
  {
    throw CLI::ValidationError("--initialization, --initial-transform and --landmarks exclude each other");
  }
  if (given("--landmark-transform") && !given("--landmarks"))
  {
    throw CLI::ValidationError("--landmark-transform is for --landmarks, which are missing");
  }
  if (!options.HasStage())
  {
    if (!given("--initial-transform") && !given("--landmarks"))
    {
      throw CLI::ValidationError("--stages none needs --landmarks or --initial-transform");
    }
    for (const char * const name : { "--metric", "--fixed-mask", "--moving-mask" })
    {
      if (given(name))
      {
        throw CLI::ValidationError(std::string(name) + " means nothing with --stages none");
      }
    }
  }
}

} // namespace

void
AddRegisterOptions(CLI::App & app, RegisterOptions & options)
{
  app.footer(
    "Examples:\n"
    "  sct-register --fixed mr.nii.gz --moving dicom-ct/ --output ct.nii.gz --transform mr-to-ct.tfm \\\n"
    "    --apply-labels bones.nii.gz bones-on-mr.nii.gz --picture check.png\n"
    "  sct-register --fixed mr.nii.gz --moving ct.nii.gz --stages none --landmarks mr.mrk.json ct.mrk.json \\\n"
    "    --landmark-transform affine --output ct-on-mr.nii.gz --json residuals.json");
  AddInputs(app, options);
  AddOutputs(app, options);
  AddMethod(app, options);
  AddResampling(app, options);
  AddCommonOptions(app, options.Common, false);
  AddSeriesOption(app);
  app.callback([&app, &options] { CheckUsage(app, options); });
}

} // namespace sct
