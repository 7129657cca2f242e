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
#ifndef itkResampleToSpacingImageFilter_h
#define itkResampleToSpacingImageFilter_h

#include "itkGridResampleImageFilter.h"

namespace itk
{

/** \class ResampleToSpacingImageFilter
 * \brief Resamples an image to another spacing over the same physical extent.
 *
 * The extent of an image reaches from the outer face of its first voxel to that of its last: \f$N s\f$ mm along an axis
 * of N voxels of spacing s. The output has \f$n = \lceil N s / s' \rceil\f$ voxels of the new spacing \f$s'\f$, at
 * least one, and the same centre, so it covers the input and reaches beyond it by less than half a voxel on each side;
 * what is beyond by less than a thousandth of a voxel does not count. All voxel centres lie inside the input. The
 * direction stays, and the start index is 0.
 *
 * An axis whose spacing stays (to a millionth) keeps its voxels; when this is so for all axes, the output is the input,
 * bit for bit, with its start index. GridResampleImageFilter says how values are found.
 *
 * ResampleOntoReferenceImageFilter with the original image as reference is the way back.
 *
 * \tparam TInputImage  scalar image
 * \tparam TOutputImage scalar image of the same dimension
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = TInputImage>
class ITK_TEMPLATE_EXPORT ResampleToSpacingImageFilter : public GridResampleImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ResampleToSpacingImageFilter);

  using Self = ResampleToSpacingImageFilter;
  using Superclass = GridResampleImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(ResampleToSpacingImageFilter);

  using SpacingType = typename TOutputImage::SpacingType;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** The new spacing in mm, more than 0 along each axis; 0 keeps the axis as it is. Default 0. */
  itkSetMacro(OutputSpacing, SpacingType);
  itkGetConstReferenceMacro(OutputSpacing, SpacingType);

protected:
  ResampleToSpacingImageFilter();
  ~ResampleToSpacingImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  GenerateOutputInformation() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  SpacingType m_OutputSpacing;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkResampleToSpacingImageFilter.hxx"
#endif

#endif
