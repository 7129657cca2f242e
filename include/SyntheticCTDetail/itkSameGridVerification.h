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
#ifndef itkSameGridVerification_h
#define itkSameGridVerification_h

#include "itkImageBase.h"

#include <cmath>
#include <sstream>
#include <string>

namespace itk
{

/** In what the grid of \c image differs from that of \c reference; empty when they are the same.
 *
 * Sizes and start indices must be equal. Origins may differ by \c coordinateTolerance voxels of the reference, spacings
 * by the same share of the reference's, and elements of the direction matrix by \c directionTolerance, as in
 * ImageToImageFilter.
 *
 * \ingroup SyntheticCT */
template <unsigned int VDimension>
std::string
GridDifference(const ImageBase<VDimension> & reference,
               const ImageBase<VDimension> & image,
               const double                  coordinateTolerance,
               const double                  directionTolerance)
{
  const auto &       referenceRegion = reference.GetLargestPossibleRegion();
  const auto &       region = image.GetLargestPossibleRegion();
  std::ostringstream text;
  if (region.GetSize() != referenceRegion.GetSize())
  {
    text << "size " << region.GetSize() << " instead of " << referenceRegion.GetSize();
    return text.str();
  }
  if (region.GetIndex() != referenceRegion.GetIndex())
  {
    text << "start index " << region.GetIndex() << " instead of " << referenceRegion.GetIndex();
    return text.str();
  }
  for (unsigned int axis = 0; axis < VDimension; ++axis)
  {
    const double spacing = std::abs(static_cast<double>(reference.GetSpacing()[axis]));
    // Written so that NaN is a difference.
    if (!(std::abs(image.GetSpacing()[axis] - reference.GetSpacing()[axis]) <= coordinateTolerance * spacing))
    {
      text << "spacing " << image.GetSpacing() << " instead of " << reference.GetSpacing();
      return text.str();
    }
    if (!(std::abs(image.GetOrigin()[axis] - reference.GetOrigin()[axis]) <=
          coordinateTolerance * std::abs(static_cast<double>(reference.GetSpacing()[0]))))
    {
      text << "origin " << image.GetOrigin() << " instead of " << reference.GetOrigin();
      return text.str();
    }
    for (unsigned int row = 0; row < VDimension; ++row)
    {
      if (!(std::abs(image.GetDirection()(row, axis) - reference.GetDirection()(row, axis)) <= directionTolerance))
      {
        text << "direction";
        const char * separator = " ";
        for (const ImageBase<VDimension> * const each : { &image, &reference })
        {
          for (unsigned int i = 0; i < VDimension * VDimension; ++i)
          {
            text << separator << each->GetDirection()(i / VDimension, i % VDimension);
            separator = ", ";
          }
          separator = each == &image ? " instead of " : "";
        }
        return text.str();
      }
    }
  }
  return "";
}

} // namespace itk

#endif
