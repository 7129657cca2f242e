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
#ifndef itkPlausibilityCheckImageFilter_hxx
#define itkPlausibilityCheckImageFilter_hxx

#include "itkPlausibilityCheckImageFilter.h"

#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkMaskedStatistics.h"

#include <algorithm>

namespace itk
{

template <typename TImage, typename TMaskImage>
PlausibilityCheckImageFilter<TImage, TMaskImage>::PlausibilityCheckImageFilter()
{
  this->AddOptionalInputName("MaskImage");
}

template <typename TImage, typename TMaskImage>
void
PlausibilityCheckImageFilter<TImage, TMaskImage>::SetModalityByName(const std::string & name)
{
  this->SetModality(name == "MR" ? ModalityEnum::MR : name == "CT" ? ModalityEnum::CT : ModalityEnum::Unknown);
}

template <typename TImage, typename TMaskImage>
auto
PlausibilityCheckImageFilter<TImage, TMaskImage>::RemarkOf(const unsigned int number) const
  -> const SyntheticCTDetail::PlausibilityRemark &
{
  if (number >= m_Remarks.size())
  {
    itkSyntheticCTExceptionMacro("There is no remark " << number << ", only " << m_Remarks.size());
  }
  return m_Remarks[number];
}

template <typename TImage, typename TMaskImage>
const std::string &
PlausibilityCheckImageFilter<TImage, TMaskImage>::GetRemark(const unsigned int number) const
{
  return this->RemarkOf(number).Text;
}

template <typename TImage, typename TMaskImage>
auto
PlausibilityCheckImageFilter<TImage, TMaskImage>::GetRemarkKind(const unsigned int number) const -> RemarkEnum
{
  return this->RemarkOf(number).Kind;
}

template <typename TImage, typename TMaskImage>
bool
PlausibilityCheckImageFilter<TImage, TMaskImage>::HasRemark(const RemarkEnum kind) const
{
  return std::any_of(m_Remarks.begin(), m_Remarks.end(), [kind](const auto & remark) { return remark.Kind == kind; });
}

template <typename TImage, typename TMaskImage>
void
PlausibilityCheckImageFilter<TImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  SyntheticCTDetail::VerifyRange(this, "SmallestExtent", m_SmallestExtent, "LargestExtent", m_LargestExtent);
  if (m_SmallestExtent <= 0.0)
  {
    itkSyntheticCTExceptionMacro("SmallestExtent is " << m_SmallestExtent
                                                      << " and should be a length in mm, more than 0");
  }
  if (m_UseExpectedRange)
  {
    SyntheticCTDetail::VerifyRange(this, "ExpectedMinimum", m_ExpectedMinimum, "ExpectedMaximum", m_ExpectedMaximum);
  }
}

template <typename TImage, typename TMaskImage>
void
PlausibilityCheckImageFilter<TImage, TMaskImage>::VerifyInputInformation() const
{
  // Not the superclass's: it accepts images of different sizes.
  SyntheticCTDetail::VerifySameGrid<Self, TImage::ImageDimension>(
    this, this->GetInput(), this->GetMaskImage(), "the mask");
}

template <typename TImage, typename TMaskImage>
void
PlausibilityCheckImageFilter<TImage, TMaskImage>::StreamedGenerateData(unsigned int)
{
  using SyntheticCTDetail::PlausibilityCounts;
  m_Remarks.clear();
  const TImage * const     image = this->GetInput();
  const TMaskImage * const mask = this->GetMaskImage();
  const RegionType         region = image->GetLargestPossibleRegion();

  SyntheticCTDetail::PlausibilityFacts facts;
  facts.Name = m_ImageName;
  facts.Modality = m_Modality;
  for (unsigned int d = 0; d < TImage::ImageDimension; ++d)
  {
    facts.Extent = std::max(facts.Extent, image->GetSpacing()[d] * static_cast<double>(region.GetSize(d)));
  }
  facts.SmallestExtent = m_SmallestExtent;
  facts.LargestExtent = m_LargestExtent;
  facts.HasExpectedRange = m_UseExpectedRange;
  facts.ExpectedMinimum = m_ExpectedMinimum;
  facts.ExpectedMaximum = m_ExpectedMaximum;

  m_NumberOfOutliers = 0;
  m_OrdinaryMinimum = 0.0;
  m_OrdinaryMaximum = 0.0;
  m_Minimum = 0.0;
  m_Maximum = 0.0;
  const auto range = SyntheticCTDetail::JoinRuns<SyntheticCTDetail::VoxelRange>(
    this, image, mask, region, 0.2F, [](const auto * const voxels, const size_t count) {
      return SyntheticCTDetail::RangeOfRun(voxels, count);
    });
  if (range.Count == 0)
  {
    itkSyntheticCTExceptionMacro((mask ? "MaskImage has no voxel that is not zero" : "The image has no voxels"));
  }
  facts.IsFinite = range.IsFinite;
  if (!range.IsFinite)
  {
    m_Remarks = SyntheticCTDetail::FindPlausibilityRemarks(facts);
    return;
  }
  facts.Minimum = range.Minimum;
  facts.Maximum = range.Maximum;

  if (m_Modality == ModalityEnum::CT)
  {
    facts.Counts.LowerLimit = -PlausibilityCounts::LargestHounsfield;
    facts.Counts.UpperLimit = PlausibilityCounts::LargestHounsfield;
  }
  else
  {
    // At least three voxels are left out, so that one of them is none of the rest.
    const double tail = std::max(0.1, 300.0 / static_cast<double>(range.Count));
    const auto   values = SyntheticCTDetail::ComputePercentiles(
      this, image, mask, { std::min(tail, 50.0), 50.0, std::max(100.0 - tail, 50.0) }, 0.4F);
    const double spread = values[2] - values[1];
    if (spread > 0.0)
    {
      facts.Counts.LowerLimit = values[0] - 10.0 * spread;
      facts.Counts.UpperLimit = values[1] + 10.0 * spread;
    }
  }
  const PlausibilityCounts nothing = facts.Counts;
  const auto               ofRun = [nothing](const auto * const voxels, const size_t count) {
    PlausibilityCounts counts = nothing;
    for (size_t i = 0; i < count; ++i)
    {
      counts.Take(static_cast<double>(voxels[i]));
    }
    return counts;
  };
  facts.Counts.Join(SyntheticCTDetail::JoinRuns<PlausibilityCounts>(this, image, mask, region, 0.4F, ofRun));

  m_Minimum = range.Minimum;
  m_Maximum = range.Maximum;
  m_NumberOfOutliers = facts.Counts.Outliers;
  m_OrdinaryMinimum = facts.Counts.OrdinaryMinimum;
  m_OrdinaryMaximum = facts.Counts.OrdinaryMaximum;
  m_Remarks = SyntheticCTDetail::FindPlausibilityRemarks(facts);
}

template <typename TImage, typename TMaskImage>
void
PlausibilityCheckImageFilter<TImage, TMaskImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Modality: " << m_Modality << std::endl;
  os << indent << "ImageName: " << m_ImageName << std::endl;
  os << indent << "SmallestExtent: " << m_SmallestExtent << std::endl;
  os << indent << "LargestExtent: " << m_LargestExtent << std::endl;
  os << indent << "ExpectedMinimum: " << m_ExpectedMinimum << std::endl;
  os << indent << "ExpectedMaximum: " << m_ExpectedMaximum << std::endl;
  os << indent << "UseExpectedRange: " << (m_UseExpectedRange ? "On" : "Off") << std::endl;
  os << indent << "Remarks: " << m_Remarks.size() << std::endl;
  os << indent << "Minimum: " << m_Minimum << std::endl;
  os << indent << "Maximum: " << m_Maximum << std::endl;
  os << indent << "NumberOfOutliers: " << m_NumberOfOutliers << std::endl;
  os << indent << "OrdinaryMinimum: " << m_OrdinaryMinimum << std::endl;
  os << indent << "OrdinaryMaximum: " << m_OrdinaryMaximum << std::endl;
}

} // namespace itk

#endif
