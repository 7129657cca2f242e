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
#ifndef sctPairOutputs_h
#define sctPairOutputs_h

// What sct-evaluate writes of one pair beside its numbers.

#include "sctEvaluation.h"

#include <array>
#include <string>

namespace sct
{

/** The two ends of `x,y,z:x,y,z`, physical coordinates in mm. Throws when the text is not so. */
std::array<itk::Point<double, 3>, 2>
ParseLine(const std::string & text);

/** Write the HU along a line, from point to point in steps in mm: distance, position, reference, synthetic CT, and the
 * MR unless it is null. NaN outside an image. */
void
WriteProfile(const MetricImages &                         images,
             const VolumeType *                           mr,
             const std::array<itk::Point<double, 3>, 2> & line,
             double                                       step,
             const std::string &                          path);

/** Write how many voxels of either image lie in bins of 10 HU from -1000 to 3000, in the body and in each region; the
 * last line, whose bounds are NaN, has those outside of the bins. */
void
WriteHistogram(const MetricImages & images, const std::string & path);

/** Write how many voxels of the body lie in each pair of bins of 10 HU, pairs without a voxel left out. */
void
WriteJointHistogram(const MetricImages & images, const std::string & path);

/** Write the map of the masked SSIM in 3D. */
void
WriteSimilarityMap(const MetricImages & images, const std::string & path);

/** Write the surface of the reference's bone as a VTK mesh with the deviation of the synthetic CT's at each point. */
void
WriteDeviationMesh(Evaluation & evaluation, const std::string & path);

} // namespace sct

#endif
