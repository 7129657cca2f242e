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
#ifndef itkMeasureVerification_h
#define itkMeasureVerification_h

#include "itkImage.h"
#include "itkMacro.h"
#include "SyntheticCTDetail/itkPairedRuns.h"

#include <sstream>
#include <string>
#include <type_traits>

namespace itk
{
/** What the classes of measures check of their inputs and of their state. Not part of the public interface. */
namespace SyntheticCTDetail
{

/** What is known of the values of an image that count. */
struct ValueSurvey
{
  /** Whether two of them differ. */
  bool Vary{ false };
  /** Whether one is farther from zero than any intensity of an image that was normalized to [-1, 1] or [0, 1]. */
  bool   IsBeyondNormalized{ false };
  bool   HasFirst{ false };
  double First{ 0.0 };

  /** Whether the image looks as if it were normalized instead of being in HU. */
  bool
  LooksNormalized() const
  {
    return Vary && !IsBeyondNormalized;
  }
};

/** Looks at the voxels of a region whose mask is not zero, or at all without a mask, until it knows that they are not
 * normalized: in CT the first ones tell. NaN and images of integers, which hold no normalized values, are passed over.
 */
template <typename TImage, typename TMask>
void
SurveyValues(const TImage * image, const TMask * mask, const typename TImage::RegionType & region, ValueSurvey & survey)
{
  using PixelType = typename TImage::PixelType;
  if constexpr (std::is_floating_point_v<PixelType>)
  {
    // A network's output may lie a little outside of its range.
    constexpr PixelType limit = 2;
    ForEachPiece(image, region, [&](const auto & index, size_t length) {
      const PixelType * const values = VoxelsFrom(image, index);
      const auto * const      inside = VoxelsFrom(mask, index);
      for (size_t i = 0; i < length && !survey.IsBeyondNormalized; ++i)
      {
        if ((inside != nullptr && inside[i] == typename TMask::PixelType{}) || values[i] != values[i])
        {
          continue;
        }
        const auto value = static_cast<double>(values[i]);
        survey.IsBeyondNormalized = values[i] < -limit || values[i] > limit;
        survey.Vary = survey.Vary || (survey.HasFirst && value != survey.First);
        survey.First = survey.HasFirst ? survey.First : value;
        survey.HasFirst = true;
      }
    });
  }
  else
  {
    survey.IsBeyondNormalized = true;
  }
}

/** What is to be said of two images that should be in HU; empty when there is nothing. */
inline std::string
NormalizedImagesRemark(const ValueSurvey & reference, const ValueSurvey & synthetic)
{
  if (!reference.LooksNormalized() && !synthetic.LooksNormalized())
  {
    return "";
  }
  const std::string which = !synthetic.LooksNormalized()   ? "ReferenceImage"
                            : !reference.LooksNormalized() ? "SyntheticImage"
                                                           : "ReferenceImage and SyntheticImage";
  return which +
         " should be in HU, but all values measured lie between -2 and 2, as if normalized to [-1, 1] or [0, 1]";
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
