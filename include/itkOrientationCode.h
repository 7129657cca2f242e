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
#ifndef itkOrientationCode_h
#define itkOrientationCode_h

#include "SyntheticCTExport.h"

#include "itkMatrix.h"

#include <array>
#include <string>

namespace itk
{

/** \class OrientationCode
 * \brief Three-letter codes for the order in which a volume is stored.
 *
 * The letters name the anatomical directions **toward** which the first, second and third axis of the array run: R or
 * L, A or P, I or S. `LPS` is ITK's physical space, so an image whose direction matrix is the identity is `LPS`;
 * NIfTI's `RAS+` is `RAS` here. Other software, ITK 5.2's itk::SpatialOrientation included, names the directions from
 * which the axes come; there the same image is `RAI`.
 *
 * \ingroup SyntheticCT
 */
class SyntheticCT_EXPORT OrientationCode
{
public:
  using DirectionType = Matrix<double, 3, 3>;

  /** How the axes of one order come from those of another: output axis i is input axis Axis[i], turned round when
   * Flip[i]. */
  struct Rearrangement
  {
    std::array<unsigned int, 3> Axis;
    std::array<bool, 3>         Flip;
  };

  /** Whether a code has one letter of each pair. */
  static bool
  IsValid(const std::string & code);

  /** The code of the closest order without obliqueness: each axis is given to one anatomical direction such that the
   * sum of the cosines is largest. An image that is rearranged to a code has this code afterwards, also when it is
   * rotated by 45 degrees, so that two choices are equally close. */
  static std::string
  FromDirection(const DirectionType & direction);

  /** The direction matrix, of entries 0, 1 and -1, of a code. Throws itk::ExceptionObject when it is not valid. */
  static DirectionType
  ToDirection(const std::string & code);

  /** What makes an image of one code into one of another. Throws itk::ExceptionObject when one is not valid. */
  static Rearrangement
  Rearrange(const std::string & from, const std::string & to);
};

} // namespace itk

#endif
