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
#ifndef itkInPlaneDilateMaskImageFilter_h
#define itkInPlaneDilateMaskImageFilter_h

#include "itkAnatomicalPlane.h"
#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

namespace itk
{

/** \class InPlaneDilateMaskImageFilter
 * \brief Widens a mask by a number of voxels inside the slices of an anatomical plane.
 *
 * A voxel is inside when a non-zero voxel of its slice is at most Radius voxels away along each of the slice's two
 * axes: dilation by a square of 2 Radius + 1 voxels, which is what max-pooling does. Two voxels inside axial slices is
 * the margin that NGF Pix2Pix (Belmir 2025) gives the mask of the head against errors of registration. Slices do not
 * affect each other, and what lies outside the image counts as zero. For a disk in millimetres see
 * BodyMaskImageFilter::SetDilationRadius.
 *
 * The slices are the patient's, whatever the order of the array: they lie across the axis that AnatomicalSliceAxis()
 * finds in the direction of the image. In two dimensions the image is its only slice.
 *
 * The window is put together from pieces of 1, 2, 4, ... voxels, so the cost grows with the logarithm of the radius.
 * The filter streams. The result does not depend on the number of threads.
 *
 * \tparam TInputImage  image of two or three dimensions whose non-zero voxels count
 * \tparam TOutputImage scalar image of the same dimension
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = TInputImage>
class ITK_TEMPLATE_EXPORT InPlaneDilateMaskImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(InPlaneDilateMaskImageFilter);

  using Self = InPlaneDilateMaskImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(InPlaneDilateMaskImageFilter);

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using OutputPixelType = typename TOutputImage::PixelType;
  using OutputImageRegionType = typename TOutputImage::RegionType;
  using PlaneEnum = InferencePlaneEnum;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** How far the mask grows, in voxels; default 2. 0 leaves it as it is. */
  itkSetMacro(Radius, SizeValueType);
  itkGetConstMacro(Radius, SizeValueType);

  /** The slices: Axial (default), Coronal or Sagittal. Not used in 2D. */
  itkSetEnumMacro(Plane, PlaneEnum);
  itkGetEnumMacro(Plane, PlaneEnum);

  /** Values of the output; defaults 1 and 0. */
  itkSetMacro(InsideValue, OutputPixelType);
  itkGetConstMacro(InsideValue, OutputPixelType);
  itkSetMacro(OutsideValue, OutputPixelType);
  itkGetConstMacro(OutsideValue, OutputPixelType);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TOutputImage::ImageDimension>));
#endif
  static_assert(ImageDimension == 2 || ImageDimension == 3, "InPlaneDilateMaskImageFilter takes images in 2D and 3D");

protected:
  InPlaneDilateMaskImageFilter();
  ~InPlaneDilateMaskImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  GenerateInputRequestedRegion() override;

  void
  DynamicThreadedGenerateData(const OutputImageRegionType & region) override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** The part of the input that a part of the output depends on, which may reach beyond the image. */
  OutputImageRegionType
  Widened(OutputImageRegionType region) const;

  /** Dilates what fits into the cache. */
  void
  Dilate(const OutputImageRegionType & region) const;

  SizeValueType   m_Radius{ 2 };
  PlaneEnum       m_Plane{ PlaneEnum::Axial };
  OutputPixelType m_InsideValue{ NumericTraits<OutputPixelType>::OneValue() };
  OutputPixelType m_OutsideValue{ NumericTraits<OutputPixelType>::ZeroValue() };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkInPlaneDilateMaskImageFilter.hxx"
#endif

#endif
