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
#include "itkEvaluationMetric.h"

#include "evaluation/itkMetricTable.h"
#include "evaluation/itkNamedTable.h"

#include <ostream>

namespace itk
{
namespace SyntheticCTDetail
{

const MetricEntries &
MetricTable()
{
  static const MetricEntries table = [] {
    MetricEntries all;
    AddErrorMetrics(all);
    AddPeakMetrics(all);
    AddLabelErrorMetrics(all);
    AddSimilarityMetrics(all);
    AddOverlapMetrics(all);
    AddSurfaceMetrics(all);
    AddDeviationMetrics(all);
    AddMRMetrics(all);
    return all;
  }();
  return table;
}

const MetricEntry *
FindMetric(const std::string & name)
{
  return FindEntry(MetricTable(), name);
}

} // namespace SyntheticCTDetail

namespace
{

const std::string absent = "there is no metric";

const SyntheticCTDetail::MetricEntry &
MetricAt(SizeValueType index)
{
  return SyntheticCTDetail::EntryAt(SyntheticCTDetail::MetricTable(), index, absent);
}

} // namespace

std::ostream &
operator<<(std::ostream & out, EvaluationDirectionEnum value)
{
  switch (value)
  {
    case EvaluationDirectionEnum::Lower:
      return out << "Lower";
    case EvaluationDirectionEnum::Higher:
      return out << "Higher";
    case EvaluationDirectionEnum::NearZero:
      return out << "NearZero";
    default:
      return out << "INVALID VALUE FOR EvaluationDirectionEnum";
  }
}

std::ostream &
operator<<(std::ostream & out, EvaluationInputEnum value)
{
  switch (value)
  {
    case EvaluationInputEnum::Images:
      return out << "Images";
    case EvaluationInputEnum::Segmentations:
      return out << "Segmentations";
    case EvaluationInputEnum::Structures:
      return out << "Structures";
    case EvaluationInputEnum::MR:
      return out << "MR";
    default:
      return out << "INVALID VALUE FOR EvaluationInputEnum";
  }
}

SizeValueType
EvaluationMetric::GetNumberOfMetrics()
{
  return SyntheticCTDetail::MetricTable().size();
}

std::string
EvaluationMetric::GetName(SizeValueType index)
{
  return MetricAt(index).Name;
}

std::string
EvaluationMetric::GetMeaning(SizeValueType index)
{
  return MetricAt(index).Meaning;
}

std::string
EvaluationMetric::GetUnit(SizeValueType index)
{
  return MetricAt(index).Unit;
}

EvaluationDirectionEnum
EvaluationMetric::GetDirection(SizeValueType index)
{
  return MetricAt(index).Direction;
}

EvaluationInputEnum
EvaluationMetric::GetInput(SizeValueType index)
{
  return MetricAt(index).Input;
}

const std::vector<std::string> &
EvaluationMetric::GetParameters(SizeValueType index)
{
  return MetricAt(index).Parameters;
}

bool
EvaluationMetric::Has(const std::string & name)
{
  return SyntheticCTDetail::FindMetric(name) != nullptr;
}

SizeValueType
EvaluationMetric::GetIndex(const std::string & name)
{
  return SyntheticCTDetail::IndexOfEntry(SyntheticCTDetail::MetricTable(), name, absent);
}

} // namespace itk
