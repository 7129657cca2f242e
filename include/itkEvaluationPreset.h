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
#ifndef itkEvaluationPreset_h
#define itkEvaluationPreset_h

#include "itkIntTypes.h"

#include "SyntheticCTExport.h"

#include <string>
#include <vector>

namespace itk
{

/** \class EvaluationPreset
 * \brief The table of the lists of metrics that challenges and papers report.
 *
 * A metric of a preset may be optional: it is taken only where a case has the segmentations that it needs.
 *
 * An index that is too large and a name that is not in the table throw itk::ExceptionObject.
 *
 * \sa EvaluationMetric EvaluationSettings
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT EvaluationPreset
{
public:
  static SizeValueType
  GetNumberOfPresets();

  static std::string
  GetName(SizeValueType index);

  /** One line for the user, with the source. */
  static std::string
  GetMeaning(SizeValueType index);

  static SizeValueType
  GetNumberOfMetrics(SizeValueType index);

  static std::string
  GetMetric(SizeValueType index, SizeValueType metric);

  static bool
  GetIsOptional(SizeValueType index, SizeValueType metric);

  static bool
  Has(const std::string & name);

  static SizeValueType
  GetIndex(const std::string & name);
};

/** \class EvaluationLabelList
 * \brief The table of the lists of labels that challenges measure.
 *
 * The labels are classes of TotalSegmentator per anatomy: `segmentation_metrics.py` of the SynthRAD2025 evaluation at
 * commit 921b42bb.
 *
 * \sa EvaluationSettings
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT EvaluationLabelList
{
public:
  static SizeValueType
  GetNumberOfLists();

  static std::string
  GetName(SizeValueType index);

  /** Numbers and ranges, such as `2,3,10-14`. */
  static std::string
  GetText(SizeValueType index);

  /** The labels that a user names: numbers from 1 to 65535, ranges such as `26-50`, and names of lists, each label
   * once, in the order in which they are named. Throws itk::ExceptionObject for anything else. */
  static std::vector<unsigned short>
  GetLabels(const std::vector<std::string> & names);
};

} // namespace itk

#endif
