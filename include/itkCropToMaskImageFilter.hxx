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

#include "SyntheticCTDetail/itkPaddedCopy.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"

#include <algorithm>
#include <vector>

namespace itk
{

template <typename TInputImage, typename TMaskImage>
CropToMaskImageFilter<TInputImage, TMaskImage>::CropToMaskImageFilter()
{
  this->AddRequiredInputName("MaskImage");
  this->DynamicMultiThreadingOn();
  m_Margin.Fill(0);
}

template <typename TInputImage, typename TMaskImage>
void
CropToMaskImageFilter<TInputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_SliceAxis >= ImageDimension)
  {
    itkSyntheticCTExceptionMacro("SliceAxis is " << m_SliceAxis << " and should be less than " << ImageDimension);
  }
}

template <typename TInputImage, typename TMaskImage>
void
CropToMaskImageFilter<TInputImage, TMaskImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, this->GetInput(), this->GetMaskImage(), "MaskImage");
}

template <typename TInputImage, typename TMaskImage>
bool
CropToMaskImageFilter<TInputImage, TMaskImage>::AnyInside(const MaskPixelType * from, SizeValueType count)
{
  // A byte, not a bool, so that several are done at a time.
  unsigned char any = 0;
  for (SizeValueType i = 0; i < count; ++i)
  {
    any = static_cast<unsigned char>(any | (IsInside(from[i]) ? 1 : 0));
  }
  return any != 0;
}

template <typename TInputImage, typename TMaskImage>
SizeValueType
CropToMaskImageFilter<TInputImage, TMaskImage>::FirstInside(const MaskPixelType * row, SizeValueType length)
{
  for (SizeValueType begin = 0; begin < length; begin += RowBlock)
  {
    const SizeValueType count = std::min(RowBlock, length - begin);
    if (AnyInside(row + begin, count))
    {
      return static_cast<SizeValueType>(std::find_if(row + begin, row + begin + count, IsInside) - row);
    }
  }
  return length;
}

template <typename TInputImage, typename TMaskImage>
SizeValueType
CropToMaskImageFilter<TInputImage, TMaskImage>::EndInside(const MaskPixelType * row, SizeValueType length)
{
  while (length > 0)
  {
    const SizeValueType count = std::min(RowBlock, length);
    if (AnyInside(row + length - count, count))
    {
      while (!IsInside(row[length - 1]))
      {
        --length;
      }
      return length;
    }
    length -= count;
  }
  return length;
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
  const SizeValueType    length = region.GetSize(0);
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
      const RegionType    slice = SyntheticCTDetail::SliceOfRegion(region, ImageDimension - 1, s);
      const SizeValueType rows = slice.GetNumberOfPixels() / length;
      for (SizeValueType r = 0; r < rows; ++r)
      {
        IndexType     index = slice.GetIndex();
        SizeValueType rest = r;
        for (unsigned int d = 1; d < ImageDimension; ++d)
        {
          index[d] += static_cast<IndexValueType>(rest % slice.GetSize(d));
          rest /= slice.GetSize(d);
        }
        const auto * row = mask->GetBufferPointer() + mask->ComputeOffset(index);
        // Once rows are known, only what reaches beyond them matters.
        bool extends = found[s] == 0;
        for (unsigned int d = 1; d < ImageDimension; ++d)
        {
          extends = extends || index[d] < lower[s][d] || index[d] > upper[s][d];
        }
        const auto begin = found[s] == 0 ? length : static_cast<SizeValueType>(lower[s][0] - first[0]);
        const auto end = found[s] == 0 ? 0 : static_cast<SizeValueType>(upper[s][0] - first[0] + 1);
        const bool inBetween = extends && begin < end && FirstInside(row + begin, end - begin) < end - begin;
        const auto before = FirstInside(row, begin);
        const auto after = end + EndInside(row + end, length - end);
        if (!inBetween && before == begin && after == end)
        {
          continue;
        }
        // In the first such row of a slice, both have looked at the whole of it.
        found[s] = 1;
        lower[s][0] = first[0] + static_cast<IndexValueType>(before);
        upper[s][0] = first[0] + static_cast<IndexValueType>(after) - 1;
        for (unsigned int d = 1; d < ImageDimension; ++d)
        {
          lower[s][d] = std::min(lower[s][d], index[d]);
          upper[s][d] = std::max(upper[s][d], index[d]);
        }
      }
    },
    nullptr);
  if (std::none_of(found.begin(), found.end(), [](char f) { return f != 0; }))
  {
    itkSyntheticCTExceptionMacro("MaskImage has no voxel that is not zero");
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
CropToMaskImageFilter<TInputImage, TMaskImage>::DynamicThreadedGenerateData(const RegionType & region)
{
  typename InputImageType::OffsetType offset;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    offset[d] = m_CropRegion.GetIndex(d);
  }
  SyntheticCTDetail::CopyWithPadding(this->GetInput(), this->GetOutput(), region, offset, m_PaddingValue);
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
  os << indent << "CropRegion: " << m_CropRegion.GetIndex() << ' ' << m_CropRegion.GetSize() << std::endl;
}

} // namespace itk

#endif
