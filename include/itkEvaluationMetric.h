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
#ifndef itkEvaluationMetric_h
#define itkEvaluationMetric_h

#include "itkIntTypes.h"

#include "SyntheticCTExport.h"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace itk
{

/** \class EvaluationMetricEnums
 * \brief What is known about a metric besides its name.
 * \ingroup SyntheticCT */
class EvaluationMetricEnums
{
public:
  /** Which values are good. It decides which cases of a cohort are the worst. */
  enum class Direction : uint8_t
  {
    Lower,
    Higher,
    NearZero
  };

  /** What a metric needs besides the two images: nothing, segmentations of both that were made by others, label images
   * of the structures that one segmentation method found in both, or the MR. */
  enum class Input : uint8_t
  {
    Images,
    Segmentations,
    Structures,
    MR
  };
};

using EvaluationDirectionEnum = EvaluationMetricEnums::Direction;
using EvaluationInputEnum = EvaluationMetricEnums::Input;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, EvaluationDirectionEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, EvaluationInputEnum value);

/** \class EvaluationMetric
 * \brief The table of all metrics by name: what each means, its unit, what it needs and on which settings it depends.
 *
 * A metric has one value, or several: one per label, threshold or figure. The names are those of `sct-evaluate
 * --metrics`. How exactly a value was computed (clipping, data range, windows, thresholds, tolerances) is in its
 * definition: ImagePairEvaluation::GetDefinition().
 *
 * An index that is too large and a name that is not in the table throw itk::ExceptionObject.
 *
 * \sa EvaluationPreset ImagePairEvaluation
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT EvaluationMetric
{
public:
  static SizeValueType
  GetNumberOfMetrics();

  static std::string
  GetName(SizeValueType index);

  /** One line for the user. */
  static std::string
  GetMeaning(SizeValueType index);

  /** Unit of the values, "1" for shares and coefficients. Of `deviation`, whose share has none, it is "mm". */
  static std::string
  GetUnit(SizeValueType index);

  static EvaluationDirectionEnum
  GetDirection(SizeValueType index);

  static EvaluationInputEnum
  GetInput(SizeValueType index);

  /** The settings that change the values, by the keys that they have in reports, such as `data-range-hu`; the dilation
   * of the mask, which changes all of them, is not named. */
  static const std::vector<std::string> &
  GetParameters(SizeValueType index);

  static bool
  Has(const std::string & name);

  static SizeValueType
  GetIndex(const std::string & name);
};

} // namespace itk

#endif
