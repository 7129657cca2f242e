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
#ifndef itkCropToMaskImageFilter_hxx
#define itkCropToMaskImageFilter_hxx

#include "itkCropToMaskImageFilter.h"

#include "itkImageAlgorithm.h"
#include "itkSyntheticCTFilterUtilities.h"

#include <algorithm>
#include <vector>

namespace itk
{

template <typename TInputImage, typename TMaskImage>
CropToMaskImageFilter<TInputImage, TMaskImage>::CropToMaskImageFilter()
{
  this->AddRequiredInputName("MaskImage");
  m_Margin.Fill(0);
}

template <typename TInputImage, typename TMaskImage>
void
CropToMaskImageFilter<TInputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_SliceAxis >= ImageDimension)
  {
    itkExceptionMacro("SliceAxis is " << m_SliceAxis << " and should be less than " << ImageDimension);
  }
}

template <typename TInputImage, typename TMaskImage>
void
CropToMaskImageFilter<TInputImage, TMaskImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, this->GetInput(), this->GetMaskImage(), "MaskImage");
}

template <typename TInputImage, typename TMaskImage>
auto
CropToMaskImageFilter<TInputImage, TMaskImage>::BoundingBox() const -> RegionType
{
  const MaskImageType * mask = this->GetMaskImage();
  const RegionType      region = mask->GetLargestPossibleRegion();
  using IndexType = typename RegionType::IndexType;

  // Lower and upper corner of what each slice has; a slice without mask keeps them the wrong way round.
  const IndexType        first = region.GetIndex();
  const IndexType        last = region.GetUpperIndex();
  std::vector<IndexType> lower(region.GetSize(ImageDimension - 1), last);
  std::vector<IndexType> upper(lower.size(), first);
  std::vector<char>      found(lower.size(), 0);
  // This runs before the filter's own update, so it does not report progress.
  auto threader = MultiThreaderBase::New();
  threader->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
  threader->ParallelizeArray(
    0,
    lower.size(),
    [&](SizeValueType s) {
      SyntheticCTDetail::ForEachMaskedVoxel(mask,
                                            mask,
                                            SyntheticCTDetail::SliceOfRegion(region, ImageDimension - 1, s),
                                            [&](const auto &, const auto & position) {
                                              const IndexType index = position();
                                              found[s] = 1;
                                              for (unsigned int d = 0; d < ImageDimension; ++d)
                                              {
                                                lower[s][d] = std::min(lower[s][d], index[d]);
                                                upper[s][d] = std::max(upper[s][d], index[d]);
                                              }
                                            });
    },
    nullptr);
  if (std::none_of(found.begin(), found.end(), [](char f) { return f != 0; }))
  {
    itkExceptionMacro("MaskImage has no voxel that is not zero");
  }
  IndexType low = last;
  IndexType high = first;
  for (size_t s = 0; s < lower.size(); ++s)
  {
    if (found[s] != 0)
    {
      for (unsigned int d = 0; d < ImageDimension; ++d)
      {
        low[d] = std::min(low[d], lower[s][d]);
        high[d] = std::max(high[d], upper[s][d]);
      }
    }
  }
  RegionType box;
  box.SetIndex(low);
  box.SetUpperIndex(high);
  return box;
}

template <typename TInputImage, typename TMaskImage>
void
CropToMaskImageFilter<TInputImage, TMaskImage>::GenerateOutputInformation()
{
  Superclass::GenerateOutputInformation();
  const InputImageType * input = this->GetInput();
  auto *                 mask = const_cast<MaskImageType *>(this->GetMaskImage());
  mask->SetRequestedRegionToLargestPossibleRegion();
  mask->PropagateRequestedRegion();
  mask->UpdateOutputData();

  RegionType crop = this->BoundingBox();
  crop.PadByRadius(m_Margin);
  if (m_Shape == ShapeEnum::Box)
  {
    crop.Crop(input->GetLargestPossibleRegion());
  }
  else
  {
    const auto    isSide = [this](unsigned int d) { return m_Shape == ShapeEnum::Cube || d != m_SliceAxis; };
    SizeValueType side = 0;
    for (unsigned int d = 0; d < ImageDimension; ++d)
    {
      side = isSide(d) ? std::max(side, crop.GetSize(d)) : side;
    }
    for (unsigned int d = 0; d < ImageDimension; ++d)
    {
      if (isSide(d))
      {
        crop.SetIndex(d, crop.GetIndex(d) - static_cast<IndexValueType>((side - crop.GetSize(d)) / 2));
        crop.SetSize(d, side);
      }
      else
      {
        const IndexValueType first = input->GetLargestPossibleRegion().GetIndex(d);
        const IndexValueType last = input->GetLargestPossibleRegion().GetUpperIndex()[d];
        const IndexValueType from = std::max(crop.GetIndex(d), first);
        const IndexValueType to = std::min(crop.GetUpperIndex()[d], last);
        crop.SetIndex(d, from);
        crop.SetSize(d, static_cast<SizeValueType>(to - from + 1));
      }
    }
  }
  m_CropRegion = crop;

  typename InputImageType::PointType origin;
  input->TransformIndexToPhysicalPoint(crop.GetIndex(), origin);
  InputImageType * output = this->GetOutput();
  output->SetOrigin(origin);
  output->SetLargestPossibleRegion(RegionType(crop.GetSize()));
}

template <typename TInputImage, typename TMaskImage>
void
CropToMaskImageFilter<TInputImage, TMaskImage>::GenerateInputRequestedRegion()
{
  // Not the superclass's, which would ask for the output's region, whose indices are others.
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetMaskImage());
  auto *     input = const_cast<InputImageType *>(this->GetInput());
  RegionType region = this->GetOutput()->GetRequestedRegion();
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    region.SetIndex(d, region.GetIndex(d) + m_CropRegion.GetIndex(d));
  }
  // Padding alone needs nothing, but something has to be asked for.
  if (!region.Crop(input->GetLargestPossibleRegion()))
  {
    region = RegionType(input->GetLargestPossibleRegion().GetIndex(), SizeType::Filled(1));
  }
  input->SetRequestedRegion(region);
}

template <typename TInputImage, typename TMaskImage>
void
CropToMaskImageFilter<TInputImage, TMaskImage>::GenerateData()
{
  this->AllocateOutputs();
  const InputImageType * input = this->GetInput();
  InputImageType *       output = this->GetOutput();
  output->FillBuffer(m_PaddingValue);

  RegionType from = output->GetRequestedRegion();
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    from.SetIndex(d, from.GetIndex(d) + m_CropRegion.GetIndex(d));
  }
  if (from.Crop(input->GetLargestPossibleRegion()))
  {
    RegionType to = from;
    for (unsigned int d = 0; d < ImageDimension; ++d)
    {
      to.SetIndex(d, from.GetIndex(d) - m_CropRegion.GetIndex(d));
    }
    ImageAlgorithm::Copy(input, output, from, to);
  }
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TMaskImage>
void
CropToMaskImageFilter<TInputImage, TMaskImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Shape: " << m_Shape << std::endl;
  os << indent << "Margin: " << m_Margin << std::endl;
  os << indent << "SliceAxis: " << m_SliceAxis << std::endl;
  os << indent << "PaddingValue: " << static_cast<typename NumericTraits<PixelType>::PrintType>(m_PaddingValue)
     << std::endl;
  os << indent << "CropRegion: " << m_CropRegion << std::endl;
}

} // namespace itk

#endif
