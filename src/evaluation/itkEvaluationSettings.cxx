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
#include "itkEvaluationSettings.h"

#include "evaluation/itkMetricTable.h"
#include "itkEvaluationPreset.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace itk
{
namespace
{

const char * const defaultPreset = "errors";

[[noreturn]] void
FailOf(const char * name, double value, const char * should)
{
  std::ostringstream text;
  text << name << " is " << SyntheticCTDetail::FormatNumber("%.17g", value) << " and should be " << should;
  SyntheticCTDetail::Fail(text.str());
}

/** Whether one of the metrics needs an input. */
bool
NeedAny(const std::vector<std::string> & metrics, EvaluationInputEnum input)
{
  return std::any_of(metrics.begin(), metrics.end(), [input](const std::string & name) {
    return SyntheticCTDetail::FindMetric(name)->Input == input;
  });
}

void
VerifyFinite(const char * name, double value)
{
  if (!std::isfinite(value))
  {
    FailOf(name, value, "a finite number");
  }
}

} // namespace

void
EvaluationSettings::AddPreset(const std::string & name)
{
  const SizeValueType preset = EvaluationPreset::GetIndex(name);
  for (SizeValueType i = 0; i < EvaluationPreset::GetNumberOfMetrics(preset); ++i)
  {
    this->AddMetric(EvaluationPreset::GetMetric(preset, i), EvaluationPreset::GetIsOptional(preset, i));
  }
}

void
EvaluationSettings::AddMetric(const std::string & name, bool isOptional)
{
  // Throws when there is none of this name.
  EvaluationMetric::GetIndex(name);
  const auto same = std::find(m_MetricNames.begin(), m_MetricNames.end(), name);
  if (same == m_MetricNames.end())
  {
    m_MetricNames.push_back(name);
    m_OptionalFlags.push_back(isOptional);
  }
  else if (!isOptional)
  {
    // What is asked for once without a condition is.
    m_OptionalFlags[static_cast<size_t>(same - m_MetricNames.begin())] = false;
  }
  this->Modified();
}

void
EvaluationSettings::ClearMetrics()
{
  m_MetricNames.clear();
  m_OptionalFlags.clear();
  this->Modified();
}

SizeValueType
EvaluationSettings::GetNumberOfMetrics() const
{
  return m_MetricNames.empty() ? EvaluationPreset::GetNumberOfMetrics(EvaluationPreset::GetIndex(defaultPreset))
                               : m_MetricNames.size();
}

std::string
EvaluationSettings::GetMetric(SizeValueType index) const
{
  if (m_MetricNames.empty())
  {
    return EvaluationPreset::GetMetric(EvaluationPreset::GetIndex(defaultPreset), index);
  }
  if (index >= m_MetricNames.size())
  {
    SyntheticCTDetail::Fail("there is no chosen metric " + std::to_string(index) + ", only those from 0 to " +
                            std::to_string(m_MetricNames.size() - 1));
  }
  return m_MetricNames[index];
}

bool
EvaluationSettings::GetIsOptional(SizeValueType index) const
{
  // Throws when there is none.
  this->GetMetric(index);
  return !m_OptionalFlags.empty() && m_OptionalFlags[index];
}

bool
EvaluationSettings::NeedsStructures() const
{
  return NeedAny(m_MetricNames, EvaluationInputEnum::Structures);
}

bool
EvaluationSettings::NeedsMR() const
{
  return NeedAny(m_MetricNames, EvaluationInputEnum::MR);
}

void
EvaluationSettings::SetLabels(const std::vector<unsigned short> & labels)
{
  if (labels != m_Labels)
  {
    m_Labels = labels;
    this->Modified();
  }
}

void
EvaluationSettings::SetStructureNames(const std::vector<std::string> & names)
{
  if (names != m_StructureNames)
  {
    m_StructureNames = names;
    this->Modified();
  }
}

void
EvaluationSettings::VerifyValues() const
{
  if (!(std::isfinite(m_DataRange) && m_DataRange > 0.0))
  {
    FailOf("DataRange", m_DataRange, "finite and larger than 0");
  }
  VerifyFinite("BoneThreshold", m_BoneThreshold);
  VerifyFinite("FirstDiceThreshold", m_FirstDiceThreshold);
  VerifyFinite("LastDiceThreshold", m_LastDiceThreshold);
  VerifyFinite("DiceThresholdStep", m_DiceThresholdStep);
  // It knows how many thresholds are too many.
  SyntheticCTDetail::PairMeasurement::OverlapType::New()->SetThresholdsInSteps(
    m_FirstDiceThreshold, m_LastDiceThreshold, m_DiceThresholdStep);
  if (!(std::isfinite(m_SurfaceTolerance) && m_SurfaceTolerance >= 0.0))
  {
    FailOf("SurfaceTolerance", m_SurfaceTolerance, "finite and at least 0");
  }
}

std::string
EvaluationSettings::GetJSON() const
{
  using Json = nlohmann::ordered_json;
  Json metrics = Json::array();
  for (SizeValueType i = 0; i < this->GetNumberOfMetrics(); ++i)
  {
    metrics.push_back(this->GetMetric(i) + (this->GetIsOptional(i) ? "?" : ""));
  }
  return Json{
    { "metrics", metrics },
    { "data-range-hu", m_DataRange },
    { "mask-dilation-voxels", m_MaskDilation },
    { "bone-threshold-hu", m_BoneThreshold },
    { "dice-thresholds-hu", { m_FirstDiceThreshold, m_LastDiceThreshold, m_DiceThresholdStep } },
    { "surface-tolerance-mm", m_SurfaceTolerance },
    { "labels", m_Labels.empty() ? Json("all") : Json(m_Labels) },
    { "segmenter", m_SegmenterName.empty() ? Json(nullptr) : Json(m_SegmenterName) },
    { "segmenter-card", m_SegmenterCardName.empty() ? Json(nullptr) : Json(m_SegmenterCardName) }
  }.dump();
}

void
EvaluationSettings::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Metrics:";
  for (SizeValueType i = 0; i < this->GetNumberOfMetrics(); ++i)
  {
    os << ' ' << this->GetMetric(i) << (this->GetIsOptional(i) ? " (optional)" : "");
  }
  os << std::endl;
  os << indent << "DataRange: " << m_DataRange << std::endl;
  os << indent << "MaskDilation: " << m_MaskDilation << std::endl;
  os << indent << "BoneThreshold: " << m_BoneThreshold << std::endl;
  os << indent << "FirstDiceThreshold: " << m_FirstDiceThreshold << std::endl;
  os << indent << "LastDiceThreshold: " << m_LastDiceThreshold << std::endl;
  os << indent << "DiceThresholdStep: " << m_DiceThresholdStep << std::endl;
  os << indent << "SurfaceTolerance: " << m_SurfaceTolerance << std::endl;
  os << indent << "Labels:";
  for (const unsigned short label : m_Labels)
  {
    os << ' ' << label;
  }
  os << std::endl;
  os << indent << "SegmenterName: " << m_SegmenterName << std::endl;
  os << indent << "SegmenterCardName: " << m_SegmenterCardName << std::endl;
  os << indent << "StructureNames:";
  for (const std::string & name : m_StructureNames)
  {
    os << " '" << name << '\'';
  }
  os << std::endl;
}

} // namespace itk
