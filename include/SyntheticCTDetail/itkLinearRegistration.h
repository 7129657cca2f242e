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
#ifndef itkLinearRegistration_h
#define itkLinearRegistration_h

#include "SyntheticCTDetail/itkSimilarityMetric.h"

namespace itk
{
namespace SyntheticCTDetail
{

/** Maps that a linear registration may return. */
enum class LinearFreedom
{
  Translation,
  Rigid,
  Affine
};

/** What an optimisation ends with. */
struct LinearResult
{
  /** From points relative to the center of the samples to points of the moving volume. */
  LinearMap       Map;
  SimilarityValue Similarity;
  unsigned int    Iterations{ 0 };
};

/** Maximises the similarity from a start, by the method of Levenberg and Marquardt, as Thevenaz and Unser (IEEE TIP
 * 9:2083, 2000) do for mutual information: every step is that of a positive semidefinite approximation of the second
 * derivatives, damped until it rises. Ends when a step moves the samples by less than `tolerance` mm (root mean
 * square). Steps that leave less than `leastOverlap` of the samples in the moving volume are not taken. */
SyntheticCT_EXPORT LinearResult
MaximizeSimilarity(ProcessObject *             filter,
                   SimilarityMetric &          metric,
                   const RegistrationSamples & samples,
                   LinearFreedom               freedom,
                   const LinearMap &           start,
                   double                      tolerance,
                   double                      leastOverlap,
                   unsigned int                mostIterations);

/** The rotation about an axis by its length in radians (Rodrigues). */
SyntheticCT_EXPORT std::array<std::array<double, 3>, 3>
                   RotationOf(const std::array<double, 3> & axis);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
