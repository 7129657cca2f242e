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
#ifndef itkFilterVerification_h
#define itkFilterVerification_h

#include "SyntheticCTDetail/itkSameGridVerification.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "itkImageBase.h"
#include "itkMath.h"
#include "itkProcessObject.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace itk
{
/** What the filters of this module check of their inputs and parameters. Not part of the public interface. */
namespace SyntheticCTDetail
{

/** Throws when a second input of a filter has another grid than the first, regions included. `filter` is an
 * ImageToImageFilter or an ImageSink, whose CoordinateTolerance counts where it is greater than SameGridTolerance. */
template <typename TFilter, unsigned int VDimension>
void
VerifySameGrid(const TFilter *               filter,
               const ImageBase<VDimension> * input,
               const ImageBase<VDimension> * other,
               const char *                  otherName)
{
  if (input && other)
  {
    const std::string difference =
      GridDifference(*input, *other, std::max(SameGridTolerance, filter->GetCoordinateTolerance()));
    if (!difference.empty())
    {
      itkSyntheticCTObjectExceptionMacro(filter, otherName << " has another grid than the image: " << difference);
    }
  }
}

/** Throws unless two parameters of a filter are finite and the first is less than the second (or equal, if it may). */
inline void
VerifyRange(const ProcessObject * filter,
            const char *          lowerName,
            double                lower,
            const char *          upperName,
            double                upper,
            bool                  mayBeEqual = false)
{
  if (!std::isfinite(lower) || !std::isfinite(upper) || lower > upper || (lower == upper && !mayBeEqual))
  {
    itkSyntheticCTObjectExceptionMacro(
      filter,
      lowerName << " is " << lower << " and " << upperName << " is " << upper << ", and the first should "
                << (mayBeEqual ? "not be more than" : "be less than") << " the second");
  }
}

/** Whether the voxel centres of a grid are voxel centres of another, to a tolerance in voxels: same directions and
 * spacings, and an offset of whole voxels. Index i of the grid is then index i + offset of the other. */
template <unsigned int VDimension>
bool
VoxelsCoincide(const ImageBase<VDimension> * grid,
               const ImageBase<VDimension> * other,
               double                        tolerance,
               Offset<VDimension> &          offset)
{
  // Both grids are affine, so what holds at the corners holds between them.
  const auto region = grid->GetLargestPossibleRegion();
  for (unsigned int corner = 0; corner < 1u << VDimension; ++corner)
  {
    auto index = region.GetIndex();
    for (unsigned int d = 0; d < VDimension; ++d)
    {
      index[d] += (corner >> d & 1u) != 0 ? static_cast<IndexValueType>(region.GetSize(d)) - 1 : 0;
    }
    typename ImageBase<VDimension>::PointType point;
    grid->TransformIndexToPhysicalPoint(index, point);
    ContinuousIndex<double, VDimension> position;
    // The return value says whether it is inside, which does not matter here.
    (void)other->TransformPhysicalPointToContinuousIndex(point, position);
    for (unsigned int d = 0; d < VDimension; ++d)
    {
      const double difference = position[d] - static_cast<double>(index[d]);
      if (corner == 0)
      {
        offset[d] = Math::Round<OffsetValueType>(difference);
      }
      if (!(std::abs(difference - static_cast<double>(offset[d])) <= tolerance))
      {
        return false;
      }
    }
  }
  return true;
}

/** Asks an input for all of its voxels. */
template <typename TImage>
void
RequestLargestPossibleRegion(const TImage * image)
{
  if (image)
  {
    const_cast<TImage *>(image)->SetRequestedRegionToLargestPossibleRegion();
  }
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
