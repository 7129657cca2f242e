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
#ifndef itkInPlaneDilateMaskImageFilter_hxx
#define itkInPlaneDilateMaskImageFilter_hxx

#include "itkInPlaneDilateMaskImageFilter.h"

#include "SyntheticCTDetail/itkFilterThreading.h"

#include <algorithm>
#include <vector>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
InPlaneDilateMaskImageFilter<TInputImage, TOutputImage>::InPlaneDilateMaskImageFilter()
{
  this->DynamicMultiThreadingOn();
}

template <typename TInputImage, typename TOutputImage>
void
InPlaneDilateMaskImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_Plane != PlaneEnum::Axial && m_Plane != PlaneEnum::Coronal && m_Plane != PlaneEnum::Sagittal)
  {
    itkSyntheticCTExceptionMacro("Plane is " << m_Plane << " and should be Axial, Coronal or Sagittal");
  }
  if (m_InsideValue == m_OutsideValue)
  {
    itkSyntheticCTExceptionMacro("InsideValue and OutsideValue are both " << +m_InsideValue << " and should differ");
  }
}

template <typename TInputImage, typename TOutputImage>
auto
InPlaneDilateMaskImageFilter<TInputImage, TOutputImage>::Widened(OutputImageRegionType region) const
  -> OutputImageRegionType
{
  const InputImageType *          input = this->GetInput();
  const unsigned int              sliceAxis = AnatomicalSliceAxis(m_Plane, input->GetDirection());
  const auto                      whole = input->GetLargestPossibleRegion();
  typename TOutputImage::SizeType reach;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    // No voxel is further away than the image is large. In 2D there is no slice axis.
    reach[d] = ImageDimension == 3 && d == sliceAxis ? 0 : std::min(m_Radius, whole.GetSize(d));
  }
  region.PadByRadius(reach);
  return region;
}

template <typename TInputImage, typename TOutputImage>
void
InPlaneDilateMaskImageFilter<TInputImage, TOutputImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  auto * input = const_cast<InputImageType *>(this->GetInput());
  auto   region = this->Widened(this->GetOutput()->GetRequestedRegion());
  region.Crop(input->GetLargestPossibleRegion());
  input->SetRequestedRegion(region);
}

template <typename TInputImage, typename TOutputImage>
void
InPlaneDilateMaskImageFilter<TInputImage, TOutputImage>::DynamicThreadedGenerateData(
  const OutputImageRegionType & region)
{
  const unsigned int sliceAxis = AnatomicalSliceAxis(m_Plane, this->GetInput()->GetDirection());
  // Slices across the first axis have no rows that are contiguous in memory, so they are done together.
  if (ImageDimension == 2 || sliceAxis == 0)
  {
    this->Dilate(region);
    return;
  }
  for (SizeValueType slice = 0; slice < region.GetSize(sliceAxis); ++slice)
  {
    this->Dilate(SyntheticCTDetail::SliceOfRegion(region, sliceAxis, slice));
  }
}

template <typename TInputImage, typename TOutputImage>
void
InPlaneDilateMaskImageFilter<TInputImage, TOutputImage>::Dilate(const OutputImageRegionType & region) const
{
  const InputImageType *      input = this->GetInput();
  auto *                      output = const_cast<OutputImageType *>(this->GetOutput());
  const OutputImageRegionType wide = this->Widened(region);
  OutputImageRegionType       present = wide;
  present.Crop(input->GetLargestPossibleRegion());

  // Calls a function with the first index of every row of a region, and where it lies in the array of `wide`.
  const auto forEachRow = [&wide](const OutputImageRegionType & rows, const auto & function) {
    const SizeValueType count = rows.GetNumberOfPixels() / rows.GetSize(0);
    for (SizeValueType row = 0; row < count; ++row)
    {
      auto          index = rows.GetIndex();
      SizeValueType rest = row;
      for (unsigned int d = 1; d < ImageDimension; ++d)
      {
        index[d] += static_cast<IndexValueType>(rest % rows.GetSize(d));
        rest /= rows.GetSize(d);
      }
      SizeValueType offset = 0;
      for (unsigned int d = ImageDimension; d-- > 0;)
      {
        offset = offset * wide.GetSize(d) + static_cast<SizeValueType>(index[d] - wide.GetIndex(d));
      }
      function(index, offset);
    }
  };

  std::vector<unsigned char> mask(wide.GetNumberOfPixels(), 0);
  forEachRow(present, [&](const auto & index, SizeValueType offset) {
    const auto * in = input->GetBufferPointer() + input->ComputeOffset(index);
    std::transform(in, in + present.GetSize(0), mask.data() + offset, [](auto pixel) -> unsigned char {
      return pixel != NumericTraits<typename InputImageType::PixelType>::ZeroValue();
    });
  });

  // Afterwards a place holds what the window that begins there has. Windows of 1, 2, 4, ... voxels are joined to their
  // neighbours until the whole window is there; the last two may overlap.
  std::vector<unsigned char> row(wide.GetSize(0));
  SizeValueType              stride = 1;
  for (unsigned int d = 0; d < ImageDimension; stride *= wide.GetSize(d), ++d)
  {
    const SizeValueType count = wide.GetSize(d);
    const SizeValueType window = count - region.GetSize(d) + 1;
    const SizeValueType block = stride * count;
    for (SizeValueType begin = 0; begin < mask.size(); begin += block)
    {
      unsigned char * const first = mask.data() + begin;
      for (SizeValueType length = 1; length < window;)
      {
        const SizeValueType step = std::min(length, window - length);
        length += step;
        const SizeValueType joined = (count - step) * stride;
        if (d == 0)
        {
          std::copy_n(first, count, row.data());
          std::transform(row.data(), row.data() + joined, row.data() + step, first, [](auto a, auto b) {
            return static_cast<unsigned char>(a | b);
          });
          continue;
        }
        for (SizeValueType at = 0; at < joined; at += stride)
        {
          unsigned char * const       here = first + at;
          const unsigned char * const there = here + step * stride;
          for (SizeValueType i = 0; i < stride; ++i)
          {
            here[i] = static_cast<unsigned char>(here[i] | there[i]);
          }
        }
      }
    }
  }

  const SizeValueType length = region.GetSize(0);
  const auto          first = wide.GetIndex();
  const auto          shift = region.GetIndex() - first;
  SizeValueType       back = 0;
  for (unsigned int d = ImageDimension; d-- > 0;)
  {
    back = back * wide.GetSize(d) + static_cast<SizeValueType>(shift[d]);
  }
  forEachRow(region, [&](const auto & index, SizeValueType offset) {
    // The window of a voxel begins as far before it as the region was widened.
    const unsigned char * in = mask.data() + (offset - back);
    OutputPixelType *     out = output->GetBufferPointer() + output->ComputeOffset(index);
    std::transform(in, in + length, out, [this](unsigned char m) { return m != 0 ? m_InsideValue : m_OutsideValue; });
  });
}

template <typename TInputImage, typename TOutputImage>
void
InPlaneDilateMaskImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Radius: " << m_Radius << std::endl;
  os << indent << "Plane: " << m_Plane << std::endl;
  os << indent << "InsideValue: " << +m_InsideValue << std::endl;
  os << indent << "OutsideValue: " << +m_OutsideValue << std::endl;
}

} // namespace itk

#endif
