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
#ifndef itkDisplacementField_h
#define itkDisplacementField_h

#include "SyntheticCTExport.h"

#include <array>
#include <cstddef>
#include <vector>

namespace itk
{
class ProcessObject;

namespace SyntheticCTDetail
{

/** Displacements on a regular grid, in mm along the axes of that grid, first axis fastest. Between grid points they are
 * interpolated linearly; beyond the outer ones they are those of the nearest point of the border. The map x -> x + u(x)
 * is called the map of the field. All work is done on the threads of a filter, and its results have the same bits for
 * any number of them. */
struct SyntheticCT_EXPORT DisplacementField
{
  using Components = std::array<std::vector<float>, 3>;

  std::array<int, 3>    Size{ 0, 0, 0 };
  std::array<double, 3> Spacing{ 1.0, 1.0, 1.0 };
  Components            Values;

  /** No displacement anywhere. */
  DisplacementField(const std::array<int, 3> & size, const std::array<double, 3> & spacing);

  size_t
  NumberOfPoints() const
  {
    return Values[0].size();
  }

  /** The field whose map applies that of `inner` first and then that of this one. Both have the same grid. */
  DisplacementField
  After(ProcessObject * filter, const DisplacementField & inner) const;

  /** On another grid between the same outer points. */
  DisplacementField
  OnGrid(ProcessObject * filter, const std::array<int, 3> & size) const;

  /** Convolution with a Gaussian of so many grid spacings (sigma), cut off at three of them. */
  void
  Smooth(ProcessObject * filter, double sigma);

  void
  Scale(ProcessObject * filter, float factor);

  /** Smallest and largest determinant of the Jacobian matrix of the map, over the eight corners of all cells of the
   * grid; in a cell whose corners are positive, the interpolated map does not fold along its edges. */
  std::array<double, 2>
  JacobianRange(ProcessObject * filter) const;

  /** Length of the longest displacement, in mm. */
  double
  LargestDisplacement(ProcessObject * filter) const;

  /** The field whose map undoes that of this one, by iteration at each point: v <- v - (v + u(x + v)), with shorter
   * steps where the residual grows (M. Chen et al., Medical Physics 35:81, 2008), until it is below `tolerance` mm. */
  DisplacementField
  Inverse(ProcessObject * filter, double tolerance) const;

  /** Mean distance in mm by which the map of this field after that of `inverse` misses where it started, over the grid
   * points that `inverse` keeps inside the grid. */
  double
  MeanInconsistency(ProcessObject * filter, const DisplacementField & inverse) const;
};

/** Convolution of a volume with a Gaussian whose sigma along each axis is given in voxels, cut off at three of them; at
 * the border the outer voxels are repeated. */
SyntheticCT_EXPORT void
SmoothVolume(ProcessObject *               filter,
             std::vector<float> &          values,
             const std::array<int, 3> &    size,
             const std::array<double, 3> & sigma);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
