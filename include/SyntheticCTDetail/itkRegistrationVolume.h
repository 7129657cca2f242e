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
#ifndef itkRegistrationVolume_h
#define itkRegistrationVolume_h

#include "SyntheticCTExport.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace itk
{
class ProcessObject;

namespace SyntheticCTDetail
{

/** y = Matrix x + Offset, in three dimensions. */
struct SyntheticCT_EXPORT LinearMap
{
  std::array<std::array<double, 3>, 3> Matrix{ { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
  std::array<double, 3>                Offset{ 0, 0, 0 };

  std::array<double, 3>
  operator()(const std::array<double, 3> & x) const;

  /** The map that applies `inner` first. */
  LinearMap
  After(const LinearMap & inner) const;

  LinearMap
  Inverse() const;

  /** By how much lengths change along the directions where they change least and most: the smallest and the largest
   * singular value of the matrix. */
  std::array<double, 2>
  GetStretches() const;
};

/** A volume as registration works with it: voxels in single precision, first axis fastest, with the map from their
 * indices to points in mm. Voxels outside the mask, or without a finite value, are not valid and take no part. */
struct SyntheticCT_EXPORT RegistrationVolume
{
  std::array<int, 3> Size{ 0, 0, 0 };
  LinearMap          IndexToPoint;
  std::vector<float> Values;
  /** 1 where a voxel is valid; empty when all are. */
  std::vector<uint8_t> Valid;

  size_t
  NumberOfVoxels() const
  {
    return Values.size();
  }

  /** Distance of neighbours along an axis, in mm. */
  double
  Spacing(int axis) const;

  /** The point between the outer voxels. */
  std::array<double, 3>
  Center() const;

  /** Means of blocks of so many voxels along each axis, at their centres. A block that is not complete is left out; one
   * with no valid voxel is not valid. On the threads of the filter. */
  RegistrationVolume
  Reduced(ProcessObject * filter, const std::array<int, 3> & factors) const;

  /** Reduced() as far as no block is longer than `spacing` mm along any axis. */
  RegistrationVolume
  ReducedTo(ProcessObject * filter, double spacing) const;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
