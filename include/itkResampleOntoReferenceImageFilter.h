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
#ifndef itkResampleOntoReferenceImageFilter_h
#define itkResampleOntoReferenceImageFilter_h

#include "itkGridResampleImageFilter.h"

namespace itk
{

/** \class ResampleOntoReferenceImageFilter
 * \brief Resamples an image onto the grid of another.
 *
 * Size, start index, origin, spacing and direction of the output are those of ReferenceImage, whose voxels are not
 * used. With a Transform, which takes points of the reference to points of the input as every registration of ITK gives
 * it, the input is moved first. GridResampleImageFilter says how values are found, and that voxels are copied where
 * both grids coincide and there is no transform.
 *
 * Throws itk::ExceptionObject when there is no reference.
 *
 * \tparam TInputImage  scalar image
 * \tparam TOutputImage scalar image of the same dimension
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = TInputImage>
class ITK_TEMPLATE_EXPORT ResampleOntoReferenceImageFilter : public GridResampleImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ResampleOntoReferenceImageFilter);

  using Self = ResampleOntoReferenceImageFilter;
  using Superclass = GridResampleImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(ResampleOntoReferenceImageFilter);

  using ReferenceImageType = ImageBase<TInputImage::ImageDimension>;

  /** The image whose grid the output gets, of any pixel type. Required. */
  itkSetInputMacro(ReferenceImage, ReferenceImageType);
  itkGetInputMacro(ReferenceImage, ReferenceImageType);

  using TransformType = typename Superclass::TransformType;

  /** From points of the reference to points of the input. Default none. */
  itkSetConstObjectMacro(Transform, TransformType);
  itkGetConstObjectMacro(Transform, TransformType);

protected:
  ResampleOntoReferenceImageFilter();
  ~ResampleOntoReferenceImageFilter() override = default;

  /** Input and reference may have different grids. */
  void
  VerifyInputInformation() const override;

  void
  GenerateOutputInformation() override;

  const TransformType *
  GetPointTransform() const override
  {
    return m_Transform;
  }

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  typename TransformType::ConstPointer m_Transform;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkResampleOntoReferenceImageFilter.hxx"
#endif

#endif
