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
#include "SyntheticCTDetail/itkPlausibilityRules.h"

#include <ostream>
#include <sstream>

namespace itk
{

std::ostream &
operator<<(std::ostream & out, const ImageModalityEnum value)
{
  switch (value)
  {
    case ImageModalityEnum::Unknown:
      return out << "Unknown";
    case ImageModalityEnum::MR:
      return out << "MR";
    case ImageModalityEnum::CT:
      return out << "CT";
    default:
      return out << "INVALID VALUE";
  }
}

std::ostream &
operator<<(std::ostream & out, const PlausibilityRemarkEnum value)
{
  switch (value)
  {
    case PlausibilityRemarkEnum::Extent:
      return out << "Extent";
    case PlausibilityRemarkEnum::NotFinite:
      return out << "NotFinite";
    case PlausibilityRemarkEnum::Constant:
      return out << "Constant";
    case PlausibilityRemarkEnum::Outliers:
      return out << "Outliers";
    case PlausibilityRemarkEnum::Negative:
      return out << "Negative";
    case PlausibilityRemarkEnum::Scaled:
      return out << "Scaled";
    case PlausibilityRemarkEnum::Offset:
      return out << "Offset";
    case PlausibilityRemarkEnum::NoAir:
      return out << "NoAir";
    case PlausibilityRemarkEnum::OnlyAir:
      return out << "OnlyAir";
    case PlausibilityRemarkEnum::TooBright:
      return out << "TooBright";
    case PlausibilityRemarkEnum::Range:
      return out << "Range";
    default:
      return out << "INVALID VALUE";
  }
}

namespace SyntheticCTDetail
{
namespace
{
/** Values of one image as text, to as many digits as it takes to recognise them. */
template <typename TValue>
std::string
TextOf(const TValue & value)
{
  std::ostringstream text;
  text << value;
  return text.str();
}

/** The remark about a CT without air. */
PlausibilityRemark
NoAir(const PlausibilityFacts & facts)
{
  const auto        voxels = static_cast<double>(facts.Counts.Voxels);
  const std::string range = "values from " + TextOf(facts.Minimum) + " to " + TextOf(facts.Maximum);
  if (facts.Minimum >= -10.0 && facts.Maximum <= 10.0)
  {
    return { PlausibilityRemarkEnum::Scaled,
             facts.Name + " has " + range + ", which are no Hounsfield units: scale them back first" };
  }
  if (facts.Minimum >= PlausibilityCounts::OffsetAirBegin &&
      static_cast<double>(facts.Counts.OffsetAir) >= 0.05 * voxels &&
      static_cast<double>(facts.Counts.OffsetTissue) >= 0.05 * voxels &&
      facts.Counts.OffsetTissue > facts.Counts.OffsetBetween)
  {
    return { PlausibilityRemarkEnum::Offset,
             facts.Name + " has " + range +
               " with air near 0 and tissue near 1024: are these Hounsfield units with an offset of 1024, which has to "
               "be taken away first?" };
  }
  return { PlausibilityRemarkEnum::NoAir,
           facts.Name + " has " + range +
             " and none below -200 HU, where air has -1000: is it an MR, or not in Hounsfield units?" };
}
} // namespace

std::vector<PlausibilityRemark>
FindPlausibilityRemarks(const PlausibilityFacts & facts)
{
  using Kind = PlausibilityRemarkEnum;
  std::vector<PlausibilityRemark> remarks;
  const PlausibilityCounts &      counts = facts.Counts;
  const auto                      voxels = static_cast<double>(counts.Voxels);
  const auto                      share = [voxels](const SizeValueType count) {
    std::ostringstream text;
    text.precision(2);
    text << 100.0 * static_cast<double>(count) / voxels << " %";
    return text.str();
  };

  if (facts.Extent < facts.SmallestExtent || facts.Extent > facts.LargestExtent)
  {
    remarks.push_back({ Kind::Extent,
                        facts.Name + " is " + TextOf(facts.Extent) + " mm long at its longest side, which is too " +
                          (facts.Extent < facts.SmallestExtent ? "short" : "long") +
                          " for a patient: is its voxel size in mm?" });
  }
  if (!facts.IsFinite)
  {
    remarks.push_back({ Kind::NotFinite, facts.Name + " has voxels that are NaN or infinite" });
    return remarks;
  }
  if (facts.Minimum == facts.Maximum)
  {
    remarks.push_back({ Kind::Constant, facts.Name + " has one value, " + TextOf(facts.Minimum) + ", in every voxel" });
    return remarks;
  }
  // Many bright voxels are no exceptions, but tell of the units.
  const bool isTooBright =
    facts.Modality == ImageModalityEnum::CT && static_cast<double>(counts.Bright) > 0.001 * voxels;
  if (counts.Outliers > 0 && !isTooBright)
  {
    remarks.push_back({ Kind::Outliers,
                        facts.Name + " has " + TextOf(counts.Outliers) + (counts.Outliers == 1 ? " voxel" : " voxels") +
                          " far outside the others: values from " + TextOf(facts.Minimum) + " to " +
                          TextOf(facts.Maximum) + " where the others lie between " + TextOf(counts.OrdinaryMinimum) +
                          " and " + TextOf(counts.OrdinaryMaximum) });
  }
  const auto air = static_cast<double>(counts.Air);
  if (facts.Modality == ImageModalityEnum::MR && air > 0.01 * voxels)
  {
    remarks.push_back({ Kind::Negative,
                        facts.Name + " is taken for an MR, but " + share(counts.Air) +
                          " of its voxels are below -200, down to " + TextOf(facts.Minimum) + ": is it a CT?" });
  }
  if (facts.Modality == ImageModalityEnum::CT)
  {
    if (counts.Air == 0)
    {
      remarks.push_back(NoAir(facts));
    }
    else if (air >= 0.999 * voxels)
    {
      remarks.push_back({ Kind::OnlyAir,
                          facts.Name + " has values below -200 HU in " + share(counts.Air) +
                            " of its voxels: there is nothing but air" });
    }
    if (isTooBright)
    {
      remarks.push_back({ Kind::TooBright,
                          facts.Name + " has values above 10000 in " + share(counts.Bright) + " of its voxels, up to " +
                            TextOf(facts.Maximum) + ": is it in Hounsfield units?" });
    }
  }
  const bool isExplained = std::any_of(remarks.begin(), remarks.end(), [](const PlausibilityRemark & remark) {
    return remark.Kind != Kind::Extent && remark.Kind != Kind::Outliers;
  });
  if (facts.HasExpectedRange && !isExplained)
  {
    const double overlap =
      std::min(facts.Maximum, facts.ExpectedMaximum) - std::max(facts.Minimum, facts.ExpectedMinimum);
    if (overlap < 0.01 * (facts.ExpectedMaximum - facts.ExpectedMinimum))
    {
      remarks.push_back({ Kind::Range,
                          facts.Name + " has values from " + TextOf(facts.Minimum) + " to " + TextOf(facts.Maximum) +
                            " where the network expects " + TextOf(facts.ExpectedMinimum) + " to " +
                            TextOf(facts.ExpectedMaximum) });
    }
  }
  return remarks;
}

} // namespace SyntheticCTDetail
} // namespace itk
