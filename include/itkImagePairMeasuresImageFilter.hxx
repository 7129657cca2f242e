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
#ifndef itkImagePairMeasuresImageFilter_hxx
#define itkImagePairMeasuresImageFilter_hxx

#include "itkImagePairMeasuresImageFilter.h"

#include "itkMath.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"

namespace itk
{

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::ImagePairMeasuresImageFilter()
{
  this->SetPrimaryInputName("ReferenceImage");
  this->AddRequiredInputName("SyntheticImage", 1);
  this->AddOptionalInputName("MaskImage", 2);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
size_t
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::IndexOf(HounsfieldRegionEnum region) const
{
  const auto index = static_cast<size_t>(region);
  if (index >= NumberOfRegions)
  {
    itkSyntheticCTExceptionMacro("The region is " << region << " but should be body, air, soft tissue or bone.");
  }
  return index;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
size_t
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::BoundedIndexOf(
  HounsfieldRegionEnum region) const
{
  const auto index = static_cast<size_t>(region);
  if (region == HounsfieldRegionEnum::Body || index >= NumberOfRegions)
  {
    itkSyntheticCTExceptionMacro("The region is " << region << " but should be air, soft tissue or bone.");
  }
  return index - 1;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::SetRegionBounds(HounsfieldRegionEnum region,
                                                                                            double               lower,
                                                                                            double               upper)
{
  Bounds & bounds = m_Bounds[this->BoundedIndexOf(region)];
  if (Math::NotExactlyEquals(bounds.Lower, lower) || Math::NotExactlyEquals(bounds.Upper, upper))
  {
    bounds = { lower, upper };
    this->Modified();
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetRegionLowerBound(
  HounsfieldRegionEnum region) const
{
  return m_Bounds[this->BoundedIndexOf(region)].Lower;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
double
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetRegionUpperBound(
  HounsfieldRegionEnum region) const
{
  return m_Bounds[this->BoundedIndexOf(region)].Upper;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  if (!(m_WindowMinimum < m_WindowMaximum))
  {
    itkSyntheticCTExceptionMacro("WindowMinimum is " << m_WindowMinimum
                                                     << " but should be smaller than WindowMaximum, which is "
                                                     << m_WindowMaximum << '.');
  }
  for (size_t i = 0; i < m_Bounds.size(); ++i)
  {
    if (!(m_Bounds[i].Lower <= m_Bounds[i].Upper))
    {
      itkSyntheticCTExceptionMacro("The bounds of " << static_cast<HounsfieldRegionEnum>(i + 1) << " are ["
                                                    << m_Bounds[i].Lower << ", " << m_Bounds[i].Upper
                                                    << "] but the lower should not be the larger.");
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::VerifyInputInformation() const
{
  // Instead of the superclass, which compares origins, spacings and directions, but not sizes.
  const ReferenceImageType * const reference = this->GetReferenceImage();
  const RegionType &               region = reference->GetLargestPossibleRegion();
  if (region.GetNumberOfPixels() == 0)
  {
    itkSyntheticCTExceptionMacro("ReferenceImage has no voxels: its size is " << region.GetSize() << '.');
  }
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, reference, this->GetSyntheticImage(), "SyntheticImage");
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, reference, this->GetMaskImage(), "MaskImage");
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
unsigned int
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetNumberOfInputRequestedRegions()
{
  // Only whole slices: an image of one slice is not divided.
  const auto & size = this->GetReferenceImage()->GetLargestPossibleRegion().GetSize();
  return size[ImageDimension - 1] == 1 ? 1 : Superclass::GetNumberOfInputRequestedRegions();
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
auto
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetSlab(
  unsigned int inputRequestedRegionNumber) -> RegionType
{
  RegionType region = this->GetReferenceImage()->GetLargestPossibleRegion();
  this->GetRegionSplitter()->GetSplit(inputRequestedRegionNumber, this->GetNumberOfInputRequestedRegions(), region);
  return region;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::StreamedGenerateData(
  unsigned int inputRequestedRegionNumber)
{
  if (this->NeedsHounsfieldUnits())
  {
    const RegionType slab = this->GetSlab(inputRequestedRegionNumber);
    SyntheticCTDetail::SurveyValues(this->GetReferenceImage(), this->GetMaskImage(), slab, m_ReferenceSurvey);
    SyntheticCTDetail::SurveyValues(this->GetSyntheticImage(), this->GetMaskImage(), slab, m_SyntheticSurvey);
  }
  const float progress = 1.0F / static_cast<float>(this->GetNumberOfInputRequestedRegions());
  SyntheticCTDetail::ParallelizeSlices(
    this, this->GetSlab(inputRequestedRegionNumber), progress, [this](SizeValueType, const RegionType & slice) {
      this->ThreadedStreamedGenerateData(slice);
    });
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::AfterStreamedGenerateData()
{
  Superclass::AfterStreamedGenerateData();
  // A filter that has been asked to stop leaves out slabs: what it has is not the result.
  if (this->GetAbortGenerateData())
  {
    this->InvokeEvent(AbortEvent());
    this->ResetPipeline();
    this->RestoreInputReleaseDataFlags();
    SyntheticCTDetail::ThrowIfAborted(this);
  }
  const std::string remark = SyntheticCTDetail::NormalizedImagesRemark(m_ReferenceSurvey, m_SyntheticSurvey);
  if (!remark.empty())
  {
    this->AddRemark(remark);
  }
  m_HasResults = true;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::AddRemark(const std::string & remark)
{
  m_Remarks.push_back(remark);
  if (m_WarnOfRemarks)
  {
    itkSyntheticCTWarningMacro(remark);
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::BeforeStreamedGenerateData()
{
  Superclass::BeforeStreamedGenerateData();
  m_HasResults = false;
  m_ReferenceSurvey = SyntheticCTDetail::ValueSurvey{};
  m_SyntheticSurvey = SyntheticCTDetail::ValueSurvey{};
  m_Remarks.clear();
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::VerifyResults() const
{
  if (!m_HasResults)
  {
    itkSyntheticCTExceptionMacro("there are no results: Update() should be called before they are asked for.");
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
SizeValueType
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetNumberOfRemarks() const
{
  this->VerifyResults();
  return static_cast<SizeValueType>(m_Remarks.size());
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
const std::string &
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::GetRemark(SizeValueType i) const
{
  this->VerifyResults();
  if (i >= m_Remarks.size())
  {
    itkSyntheticCTExceptionMacro("there is no remark with index " << i << ": there are " << m_Remarks.size() << '.');
  }
  return m_Remarks[i];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
std::vector<SyntheticCTDetail::ClippedInterval>
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::MakeRegionIntervals(
  std::vector<double> & cuts) const
{
  std::vector<SyntheticCTDetail::ClippedInterval> intervals;
  for (const auto & bounds : m_Bounds)
  {
    intervals.emplace_back(bounds.Lower, bounds.Upper, m_WindowMinimum, m_WindowMaximum);
    intervals.back().AppendCuts(cuts);
  }
  return intervals;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage>
void
ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>::PrintSelf(std::ostream & os,
                                                                                      Indent         indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "WindowMinimum: " << m_WindowMinimum << std::endl;
  os << indent << "WindowMaximum: " << m_WindowMaximum << std::endl;
  for (size_t i = 0; i < m_Bounds.size(); ++i)
  {
    os << indent << "Bounds of " << static_cast<HounsfieldRegionEnum>(i + 1) << ": [" << m_Bounds[i].Lower << ", "
       << m_Bounds[i].Upper << ']' << std::endl;
  }
  os << indent << "WarnOfRemarks: " << (m_WarnOfRemarks ? "On" : "Off") << std::endl;
  os << indent << "HasResults: " << (m_HasResults ? "Yes" : "No") << std::endl;
  if (!m_HasResults)
  {
    return;
  }
  os << indent << "NumberOfRemarks: " << m_Remarks.size() << std::endl;
  for (const std::string & remark : m_Remarks)
  {
    os << indent << "Remark: " << remark << std::endl;
  }
}

} // namespace itk

#endif
