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
#ifndef itkAnatomicalPlane_h
#define itkAnatomicalPlane_h

#include "SyntheticCTExport.h"

#include <cmath>
#include <cstdint>
#include <iosfwd>

namespace itk
{

/** \class AnatomicalPlaneEnums
 * \brief The planes in which slices of a volume are taken.
 * \ingroup SyntheticCT */
class AnatomicalPlaneEnums
{
public:
  /** What a window of the network is: a slice in one of the three anatomical planes, a block of the volume, or slices
   * in all three planes one after the other, whose results are combined (2.5D). */
  enum class Plane : uint8_t
  {
    Axial,
    Coronal,
    Sagittal,
    Volume,
    Orthogonal
  };
};

using InferencePlaneEnum = AnatomicalPlaneEnums::Plane;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, InferencePlaneEnum value);

/** The axis of an image's array that runs across the slices of an anatomical plane: the one closest to the patient's
 * superior-inferior axis for axial slices, anterior-posterior for coronal, and left-right for sagittal ones. The first
 * such axis when several are equally close.
 *
 * \param plane     axial, coronal or sagittal. For any other plane, there is no such axis and the result is the number
 *                  of axes.
 * \param direction of the image, whose column a is the unit vector of array axis a in ITK's LPS coordinates. A
 *                  direction of two axes has no slices either.
 *
 * \ingroup SyntheticCT */
template <typename TDirection>
unsigned int
AnatomicalSliceAxis(const InferencePlaneEnum plane, const TDirection & direction)
{
  constexpr unsigned int dimension = TDirection::ColumnDimensions;
  // Sagittal slices lie across the first patient axis, coronal across the second, axial across the third.
  const unsigned int patientAxis = plane == InferencePlaneEnum::Axial      ? 2
                                   : plane == InferencePlaneEnum::Coronal  ? 1
                                   : plane == InferencePlaneEnum::Sagittal ? 0
                                                                           : dimension;
  if (dimension != 3 || patientAxis >= dimension)
  {
    return dimension;
  }
  unsigned int closest = 0;
  for (unsigned int axis = 1; axis < dimension; ++axis)
  {
    if (std::abs(direction(patientAxis, axis)) > std::abs(direction(patientAxis, closest)))
    {
      closest = axis;
    }
  }
  return closest;
}

} // namespace itk

#endif
