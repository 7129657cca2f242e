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
#ifndef sctRegistration_h
#define sctRegistration_h

#include "sctFiles.h"
#include "sctRegisterOptions.h"
#include "sctTransformFiles.h"

#include <string>
#include <vector>

namespace sct
{

/** What sct-register finds out. */
struct Registration
{
  /** From fixed to moving points; an AffineTransform when it is linear. */
  TransformType::ConstPointer Transform;
  std::vector<std::string>    Remarks;
  /** What is to be said of it: a JSON object. */
  std::string Report;
};

/** Find the transform from landmarks, a given transform or the images, as the options say. Remarks are said when they
 * are found. The files of the options but for both images are read here. */
Registration
RegisterImages(const RegisterOptions & options, const VolumeType * fixed, const VolumeType * moving);

/** The share of the grid that a transform takes into an image, looked at in every fourth voxel along each axis. */
double
CoverageOf(const itk::ImageBase<3> * image, const VolumeType * grid, const TransformType * transform);

/** Throw when nothing of an image falls onto the grid; when less than `least` of the grid is covered, say so and keep
 * the remark. */
void
VerifyCoverage(double                     coverage,
               double                     least,
               const std::string &        path,
               const std::string &        gridPath,
               std::vector<std::string> & remarks);

} // namespace sct

#endif
