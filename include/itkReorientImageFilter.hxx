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
#ifndef itkReorientImageFilter_hxx
#define itkReorientImageFilter_hxx

#include "itkReorientImageFilter.h"

#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"

#include <algorithm>
#include <array>

namespace itk
{

template <typename TImage>
void
ReorientImageFilter<TImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (!OrientationCode::IsValid(m_Orientation))
  {
    itkSyntheticCTExceptionMacro(
      "Orientation is '" << m_Orientation << "' and should be one letter each of R or L, A or P, I or S, such as LPS");
  }
}

template <typename TImage>
void
ReorientImageFilter<TImage>::GenerateOutputInformation()
{
  const TImage *                 input = this->GetInput();
  TImage *                       output = this->GetOutput();
  OrientationCode::DirectionType direction;
  for (unsigned int r = 0; r < ImageDimension; ++r)
  {
    for (unsigned int c = 0; c < ImageDimension; ++c)
    {
      direction[r][c] = input->GetDirection()[r][c];
    }
  }
  m_OriginalOrientation = OrientationCode::FromDirection(direction);
  output->CopyInformation(input);
  if (m_OriginalOrientation == m_Orientation)
  {
    return;
  }
  const auto                     rearrangement = OrientationCode::Rearrange(m_OriginalOrientation, m_Orientation);
  const auto                     region = input->GetLargestPossibleRegion();
  typename TImage::SizeType      size;
  typename TImage::SpacingType   spacing;
  typename TImage::DirectionType axes;
  typename TImage::IndexType     first;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    const unsigned int from = rearrangement.Axis[d];
    const bool         flip = rearrangement.Flip[d];
    size[d] = region.GetSize(from);
    spacing[d] = input->GetSpacing()[from];
    first[from] = flip ? region.GetUpperIndex()[from] : region.GetIndex(from);
    for (unsigned int r = 0; r < ImageDimension; ++r)
    {
      // Never a negative zero.
      axes[r][d] = flip ? 0.0 - input->GetDirection()[r][from] : input->GetDirection()[r][from];
    }
  }
  typename TImage::PointType origin;
  input->TransformIndexToPhysicalPoint(first, origin);
  output->SetLargestPossibleRegion(size);
  output->SetSpacing(spacing);
  output->SetDirection(axes);
  output->SetOrigin(origin);
}

template <typename TImage>
void
ReorientImageFilter<TImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
}

template <typename TImage>
void
ReorientImageFilter<TImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TImage>
void
ReorientImageFilter<TImage>::GenerateData()
{
  this->AllocateOutputs();
  const TImage *             input = this->GetInput();
  TImage *                   output = this->GetOutput();
  const auto                 rearrangement = OrientationCode::Rearrange(m_OriginalOrientation, m_Orientation);
  const auto                 size = output->GetLargestPossibleRegion().GetSize();
  typename TImage::IndexType first = input->GetLargestPossibleRegion().GetIndex();
  std::array<OffsetValueType, ImageDimension> inStride{};
  std::array<OffsetValueType, ImageDimension> outStride{};
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    const unsigned int from = rearrangement.Axis[d];
    const bool         flip = rearrangement.Flip[d];
    first[from] = flip ? input->GetLargestPossibleRegion().GetUpperIndex()[from] : first[from];
    inStride[d] = flip ? -input->GetOffsetTable()[from] : input->GetOffsetTable()[from];
    outStride[d] = output->GetOffsetTable()[d];
  }
  const PixelType * const in = input->GetBufferPointer() + input->ComputeOffset(first);
  PixelType * const       out = output->GetBufferPointer();

  const auto axis = static_cast<unsigned int>(std::find(rearrangement.Axis.begin(), rearrangement.Axis.end(), 0u) -
                                              rearrangement.Axis.begin());
  if (axis == 0)
  {
    // The rows of the input are rows of the output.
    SyntheticCTDetail::ParallelizeArray(this, size[2], 1.0F, [&](SizeValueType k) {
      for (SizeValueType j = 0; j < size[1]; ++j)
      {
        const auto              z = static_cast<OffsetValueType>(k);
        const auto              y = static_cast<OffsetValueType>(j);
        const auto              length = static_cast<OffsetValueType>(size[0]);
        const PixelType * const from = in + z * inStride[2] + y * inStride[1];
        PixelType * const       to = out + z * outStride[2] + y * outStride[1];
        if (inStride[0] > 0)
        {
          std::copy_n(from, length, to);
        }
        else
        {
          std::reverse_copy(from - (length - 1), from + 1, to);
        }
      }
    });
    return;
  }

  // Rows of the input lie along `axis` of the output: planes of it and of the output's rows are transposed, in squares
  // that stay in the cache.
  const unsigned int      other = axis == 1 ? 2 : 1;
  constexpr SizeValueType side = 32;
  SyntheticCTDetail::ParallelizeArray(this, size[other], 1.0F, [&](SizeValueType plane) {
    const PixelType * const inPlane = in + static_cast<OffsetValueType>(plane) * inStride[other];
    PixelType * const       outPlane = out + static_cast<OffsetValueType>(plane) * outStride[other];
    for (SizeValueType v0 = 0; v0 < size[axis]; v0 += side)
    {
      const SizeValueType v1 = std::min(v0 + side, size[axis]);
      for (SizeValueType u0 = 0; u0 < size[0]; u0 += side)
      {
        const SizeValueType u1 = std::min(u0 + side, size[0]);
        for (SizeValueType v = v0; v < v1; ++v)
        {
          const PixelType * const from = inPlane + static_cast<OffsetValueType>(v) * inStride[axis];
          PixelType * const       to = outPlane + static_cast<OffsetValueType>(v) * outStride[axis];
          for (SizeValueType u = u0; u < u1; ++u)
          {
            to[u] = from[static_cast<OffsetValueType>(u) * inStride[0]];
          }
        }
      }
    }
  });
}

template <typename TImage>
void
ReorientImageFilter<TImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Orientation: " << m_Orientation << std::endl;
  os << indent << "OriginalOrientation: " << m_OriginalOrientation << std::endl;
}

} // namespace itk

#endif
