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
#ifndef itkLinearPyramidRegistration_h
#define itkLinearPyramidRegistration_h

#include "SyntheticCTDetail/itkLinearRegistration.h"

#include <limits>

namespace itk
{
namespace SyntheticCTDetail
{

/** How a linear registration starts, and what it may do. */
struct LinearPyramidSettings
{
  /** Stages, each from where the one before ended. */
  bool Translation{ false };
  bool Rigid{ true };
  bool Affine{ false };

  /** The map from fixed to moving points at the start. Rotations about FixedPivot are applied before it. */
  LinearMap             Start;
  std::array<double, 3> FixedPivot{ 0, 0, 0 };
  /** Rotations to start from; the best after a coarse registration goes on. None: the start alone. */
  std::vector<std::array<std::array<double, 3>, 3>> Rotations;

  SimilarityWeights Weights;
  int               NumberOfHistogramBins{ 64 };
  size_t            NumberOfSamples{ 100000 };
  uint64_t          Seed{ 0 };
  double            LeastOverlap{ 0.2 };
  /** Edges of the blocks of the levels, in mm, falling. */
  std::vector<double> Spacings;
  /** Ends of the grey values of the histograms, as quantiles of the valid voxels. */
  double LowerQuantile{ 0.001 };
  double UpperQuantile{ 0.999 };
};

struct LinearPyramidResult
{
  /** From points of the fixed volume to points of the moving volume. */
  LinearMap       Map;
  SimilarityValue Similarity;
  /** The similarity of the same samples when the fixed levels are shuffled: what images that have nothing to do with
   * each other would have. */
  SimilarityValue ShuffledSimilarity;
  unsigned int    Iterations{ 0 };
};

/** Registers two volumes from the coarsest level to the finest, on the threads of the filter, of whose progress it
 * makes up `progressWeight`. Quantities of the result are those of the finest level. */
SyntheticCT_EXPORT LinearPyramidResult
RegisterByLinearPyramid(ProcessObject *               filter,
                        const RegistrationVolume &    fixed,
                        const RegistrationVolume &    moving,
                        const LinearPyramidSettings & settings,
                        float                         progressWeight);

/** Rotations by -angle, 0 and angle about each of the three axes: 27. */
SyntheticCT_EXPORT std::vector<std::array<std::array<double, 3>, 3>>
                   RotationsAround(double angle);

/** Rotations spread evenly over all there are: the super-Fibonacci spirals of M. Alexa (CVPR 2022). */
SyntheticCT_EXPORT std::vector<std::array<std::array<double, 3>, 3>>
                   RotationsEverywhere(size_t count);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
