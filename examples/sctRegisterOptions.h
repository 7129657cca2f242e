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
#ifndef sctRegisterOptions_h
#define sctRegisterOptions_h

// The options of sct-register.

#include "sctCommandLine.h"

#include "itkGridResampleImageFilter.h"
#include "itkLandmarkTransformCalculator.h"
#include "itkMultimodalImageRegistrationMethod.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sct
{

/** An image and the file that it is written to on the grid of the fixed one. */
using AppliedFiles = std::vector<std::pair<std::string, std::string>>;

struct RegisterOptions
{
  std::string Fixed;
  std::string Moving;
  std::string FixedMask;
  std::string MovingMask;

  /** Names of outputs that are not wanted are empty. */
  std::string  Output;
  std::string  Transform;
  std::string  Picture;
  AppliedFiles Applied;
  AppliedFiles AppliedLabels;

  bool   Translation{ false };
  bool   Rigid{ true };
  bool   Affine{ false };
  double MutualInformationWeight{ 1.0 };
  double CorrelationWeight{ 0.0 };

  itk::RegistrationInitializationEnum Initialization{ itk::RegistrationInitializationEnum::Bodies };
  std::string                         InitialTransform;
  /** Files of the fixed and of the moving landmarks; empty without. */
  std::string                        FixedLandmarks;
  std::string                        MovingLandmarks;
  itk::LandmarkTransformKindEnum     LandmarkTransformKind{ itk::LandmarkTransformKindEnum::Rigid };
  itk::GridResampleInterpolationEnum Interpolation{ itk::GridResampleInterpolationEnum::Linear };
  std::optional<double>              Background;
  CommonOptions                      Common;

  /** Whether the images are compared, and not just resampled by a given transform. */
  bool
  HasStage() const
  {
    return Translation || Rigid || Affine;
  }
};

/** Add all options, and the check of their usage. */
void
AddRegisterOptions(CLI::App & app, RegisterOptions & options);

} // namespace sct

#endif
