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

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

namespace itk
{
namespace SyntheticCTDetail
{
/** Two grids are the same when no corner of one is farther than this from the same corner of the other, in voxels:
 * more than single precision and the digits of text formats lose, and too little to matter. */
constexpr double SameGridTolerance = 0.01;
} // namespace SyntheticCTDetail

/** How the grid of \c image differs from that of \c reference; empty when they are the same.
 *
 * Sizes and start indices must be equal, and no corner may be farther than \c tolerance voxels of the reference from
 * the same corner of the other. The text has enough digits to see the difference, and how many voxels it makes.
 *
 * \ingroup SyntheticCT */
template <unsigned int VDimension>
std::string
GridDifference(const ImageBase<VDimension> & reference,
               const ImageBase<VDimension> & image,
               const double                  tolerance = SyntheticCTDetail::SameGridTolerance)
{
  const auto &       referenceRegion = reference.GetLargestPossibleRegion();
  const auto &       region = image.GetLargestPossibleRegion();
  std::ostringstream text;
  text.precision(10);
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

  // How far corners are apart, in voxels of the reference; each of the three on its own tells which one to name.
  double     farthest = 0.0;
  bool       isNumber = true;
  const auto length = [&reference](const typename ImageBase<VDimension>::PointType::VectorType & difference) {
    double square = 0.0;
    for (unsigned int axis = 0; axis < VDimension; ++axis)
    {
      double along = 0.0;
      for (unsigned int row = 0; row < VDimension; ++row)
      {
        along += reference.GetDirection()(row, axis) * difference[row];
      }
      along /= reference.GetSpacing()[axis];
      square += along * along;
    }
    return std::sqrt(square);
  };
  for (unsigned int corner = 0; corner < 1u << VDimension; ++corner)
  {
    auto index = region.GetIndex();
    for (unsigned int axis = 0; axis < VDimension; ++axis)
    {
      const auto size = static_cast<IndexValueType>(region.GetSize(axis));
      index[axis] += (corner >> axis & 1u) != 0 ? std::max<IndexValueType>(size - 1, 0) : 0;
    }
    typename ImageBase<VDimension>::PointType there;
    typename ImageBase<VDimension>::PointType here;
    reference.TransformIndexToPhysicalPoint(index, there);
    image.TransformIndexToPhysicalPoint(index, here);
    const double distance = length(here - there);
    isNumber = isNumber && std::isfinite(distance);
    farthest = std::max(farthest, distance);
  }
  if (isNumber && farthest <= tolerance)
  {
    return "";
  }

  double spacingPart = 0.0;
  for (unsigned int axis = 0; axis < VDimension; ++axis)
  {
    const double extent = static_cast<double>(region.GetSize(axis)) - 1.0;
    spacingPart = std::max(
      spacingPart, std::abs((image.GetSpacing()[axis] / reference.GetSpacing()[axis] - 1.0) * std::max(1.0, extent)));
  }
  const double originPart = length(image.GetOrigin() - reference.GetOrigin());
  if (!(spacingPart <= tolerance))
  {
    text << "spacing " << image.GetSpacing() << " instead of " << reference.GetSpacing();
  }
  else if (!(originPart <= tolerance))
  {
    text << "origin " << image.GetOrigin() << " instead of " << reference.GetOrigin();
  }
  else
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
  }
  text.precision(3);
  text << " (" << farthest << " voxels at the farthest corner)";
  return text.str();
}

} // namespace itk

#endif
