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
#ifndef itkDeformableRegistration_h
#define itkDeformableRegistration_h

#include "SyntheticCTDetail/itkDisplacementField.h"
#include "SyntheticCTDetail/itkRegistrationVolume.h"

namespace itk
{
namespace SyntheticCTDetail
{

/** How a deformable registration starts, and what it may do. Sigmas are in spacings of the grid of a level. */
struct DeformableSettings
{
  /** The map from fixed to moving points that follows the deformation of the fixed points. */
  LinearMap Start;
  /** Largest distances of the grid points of the levels, in mm, falling. */
  std::vector<double> Spacings;
  unsigned int        MostIterations{ 30 };
  int                 NumberOfHistogramBins{ 64 };
  double              LowerQuantile{ 0.001 };
  double              UpperQuantile{ 0.999 };
  /** Of the window in which the voxels agree on a displacement. */
  double WindowSigma{ 5.0 };
  /** Of the smoothing of each update (as of a fluid), and of the field after it (as of an elastic body). */
  double UpdateSigma{ 2.0 };
  double FieldSigma{ 1.5 };
  /** Damping of a step, as a share of the mean curvature of the similarity. */
  double Damping{ 0.03 };
  /** No update leaves a Jacobian below this. */
  double LeastJacobian{ 0.1 };
};

struct DeformableResult
{
  /** From fixed points to the fixed points that Start takes to the moving ones, on the grid of the finest level, whose
   * outer points are those of the fixed volume; and the other way. */
  DisplacementField Field;
  DisplacementField Inverse;
  /** From indices of that grid to points. */
  LinearMap             IndexToPoint;
  std::array<double, 2> JacobianRange{ 1.0, 1.0 };
  /** In mm, over the grid. */
  double       MeanInconsistency{ 0.0 };
  unsigned int Iterations{ 0 };
};

/** A grey value that falls and rises with the HU of a CT, nearly in proportion within 60 HU around 30 and with their
 * logarithm beyond: histograms of it tell the tissues of a brain apart, which are less than 50 HU from one another
 * while bone and air are a thousand away. */
SyntheticCT_EXPORT float
SoftTissueLevel(float hounsfield);

/** Deforms the fixed grid until the mutual information of the volumes is largest, from the coarsest level to the
 * finest.
 *
 * The pointwise mutual information log p(f, m) / (p(f) p(m)) of the levels of a voxel, from a histogram smoothed by
 * cubic B-splines, is differentiated by the moving level (P. Rogelj et al., Computer Vision and Image Understanding
 * 90:112, 2003). Within a Gaussian window the step is that of Gauss and Newton (B. Lucas and T. Kanade, IJCAI 1981),
 * with the Fisher information of the fixed level as curvature. The update is smoothed and composed with the field (as
 * by T. Vercauteren et al., NeuroImage 45:S61, 2009), and the field is smoothed. A step after which its Jacobian would
 * be below the least one is halved until it is not; when that does not help, the level ends.
 *
 * On the threads of the filter, of whose progress it makes up `progressWeight`; the same bits for any number of them.
 */
SyntheticCT_EXPORT DeformableResult
RegisterByDeformation(ProcessObject *            filter,
                      const RegistrationVolume & fixed,
                      const RegistrationVolume & moving,
                      const DeformableSettings & settings,
                      float                      progressWeight);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
