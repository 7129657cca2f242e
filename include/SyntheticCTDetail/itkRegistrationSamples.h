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
#ifndef itkRegistrationSamples_h
#define itkRegistrationSamples_h

#include "SyntheticCTDetail/itkRegistrationVolume.h"

namespace itk
{
namespace SyntheticCTDetail
{

/** Grey levels of a volume for a joint histogram: values from Lower to Upper, clipped to them, go to bins
 * [2, NumberOfBins - 3], which leaves room for the kernel. */
struct SyntheticCT_EXPORT HistogramScale
{
  float Lower{ 0.0F };
  float Upper{ 1.0F };
  int   NumberOfBins{ 64 };

  float
  operator()(float value) const
  {
    const float clipped = value < Lower ? Lower : (value > Upper ? Upper : value);
    return 2.0F + (clipped - Lower) / (Upper - Lower) * static_cast<float>(NumberOfBins - 5);
  }

  /** From quantiles of the valid voxels. */
  static HistogramScale
  Of(const RegistrationVolume & volume, double lowerQuantile, double upperQuantile, int numberOfBins);
};

/** Voxels of the fixed volume at which the volumes are compared: points in mm relative to Center, and grey levels. */
struct SyntheticCT_EXPORT RegistrationSamples
{
  std::array<double, 3> Center{ 0, 0, 0 };
  std::vector<float>    X;
  std::vector<float>    Y;
  std::vector<float>    Z;
  std::vector<float>    Level;
  /** Mean of (1, x, y, z)' (1, x, y, z) over the samples: says how far a map moves them. */
  std::array<std::array<double, 4>, 4> Moments{};

  size_t
  Count() const
  {
    return X.size();
  }

  /** About `count` points of the volume, and not more than it has cells of eight voxels. In each of as many blocks of
   * equal size one point is drawn, in the order of the voxels; the level there is interpolated. So no lattice of voxels
   * is compared with another, whose noise would draw the result to whole voxels. */
  static RegistrationSamples
  Draw(ProcessObject *            filter,
       const RegistrationVolume & volume,
       const HistogramScale &     scale,
       size_t                     count,
       uint64_t                   seed);

  /** Deals the levels out anew, so that they have nothing to do with the points. */
  void
  ShuffleLevels(uint64_t seed);

  /** Root of the mean squared distance, in mm, by which a map whose matrix and offset differ by those of `change` moves
   * a sample. */
  double
  RootMeanSquareDistance(const LinearMap & change) const;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
