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
#ifndef itkResampleToSpacingImageFilter_hxx
#define itkResampleToSpacingImageFilter_hxx

#include "itkResampleToSpacingImageFilter.h"

#include <algorithm>
#include <cmath>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
ResampleToSpacingImageFilter<TInputImage, TOutputImage>::ResampleToSpacingImageFilter()
{
  m_OutputSpacing.Fill(0.0);
}

template <typename TInputImage, typename TOutputImage>
void
ResampleToSpacingImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    if (!std::isfinite(m_OutputSpacing[d]) || m_OutputSpacing[d] < 0.0)
    {
      itkSyntheticCTExceptionMacro(
        "OutputSpacing is " << m_OutputSpacing << " and should be more than 0 along each axis (mm), or 0 to keep it");
    }
  }
}

template <typename TInputImage, typename TOutputImage>
void
ResampleToSpacingImageFilter<TInputImage, TOutputImage>::GenerateOutputInformation()
{
  Superclass::GenerateOutputInformation();
  const TInputImage * input = this->GetInput();
  const auto          inputRegion = input->GetLargestPossibleRegion();
  const SpacingType   inputSpacing = input->GetSpacing();

  SpacingType                             spacing = inputSpacing;
  typename TOutputImage::SizeType         size = inputRegion.GetSize();
  ContinuousIndex<double, ImageDimension> first;
  bool                                    same = true;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    const auto count = static_cast<double>(inputRegion.GetSize(d));
    if (m_OutputSpacing[d] != 0.0 && std::abs(m_OutputSpacing[d] - inputSpacing[d]) > 1e-6 * inputSpacing[d])
    {
      same = false;
      spacing[d] = m_OutputSpacing[d];
      size[d] = static_cast<SizeValueType>(std::max(std::ceil(count * inputSpacing[d] / spacing[d] - 1e-3), 1.0));
    }
    const double centre = static_cast<double>(inputRegion.GetIndex(d)) + 0.5 * (count - 1.0);
    first[d] = centre - 0.5 * static_cast<double>(size[d] - 1) * spacing[d] / inputSpacing[d];
  }
  if (same)
  {
    return;
  }
  typename TOutputImage::PointType origin;
  input->TransformContinuousIndexToPhysicalPoint(first, origin);
  TOutputImage * output = this->GetOutput();
  output->SetSpacing(spacing);
  output->SetOrigin(origin);
  output->SetLargestPossibleRegion(typename TOutputImage::RegionType(size));
}

template <typename TInputImage, typename TOutputImage>
void
ResampleToSpacingImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "OutputSpacing: " << m_OutputSpacing << std::endl;
}

} // namespace itk

#endif
