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
#ifndef itkIntensityNormalizationImageFilter_h
#define itkIntensityNormalizationImageFilter_h

#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

namespace itk
{

/** \class IntensityNormalizationImageFilter
 * \brief Base of the filters that map every voxel by a few constants, which they compute from the image or are given.
 *
 * With ComputeConstants on, the constants are computed from the voxels whose mask is not zero, or from the whole image
 * without a mask, whatever region of the output is asked for; they can be read after the run. With ComputeConstants
 * off, they are taken as they were set, which applies those of another image or of a training set, and the output can
 * be streamed. With Inverse on as well, the map is undone. All voxels are mapped, inside the mask or not, unless
 * KeepOutsideMask is on: then those whose mask is zero keep the value that they have in the input, as nnU-Net leaves
 * them when it normalises by the foreground alone.
 *
 * Throws itk::ExceptionObject when Inverse and ComputeConstants are both on, when the mask has another grid than the
 * image, and, when constants are computed, when the mask is empty and when a voxel inside it is NaN or infinite
 * (outside it does not matter).
 *
 * \tparam TInputImage  scalar image of any dimension
 * \tparam TOutputImage scalar image of the same dimension
 * \tparam TMaskImage   image of the same dimension whose non-zero voxels count
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage,
          typename TOutputImage = Image<float, TInputImage::ImageDimension>,
          typename TMaskImage = Image<unsigned char, TInputImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT IntensityNormalizationImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(IntensityNormalizationImageFilter);

  using Self = IntensityNormalizationImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkOverrideGetNameOfClassMacro(IntensityNormalizationImageFilter);

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using MaskImageType = TMaskImage;
  using InputPixelType = typename TInputImage::PixelType;
  using OutputPixelType = typename TOutputImage::PixelType;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** Optional mask: the voxels that are not zero give the constants. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** Compute the constants from the image (default), or use those that were set. */
  itkSetMacro(ComputeConstants, bool);
  itkGetConstMacro(ComputeConstants, bool);
  itkBooleanMacro(ComputeConstants);

  /** Leave the voxels outside the mask as they are in the input, converted to the output's pixel type: rounded, and to
   * the nearest value that an integer type has. Without a mask there are none. Default off: they are mapped as those
   * inside. */
  itkSetMacro(KeepOutsideMask, bool);
  itkGetConstMacro(KeepOutsideMask, bool);
  itkBooleanMacro(KeepOutsideMask);

  /** Undo the transform; needs ComputeConstants off. Default off. */
  itkSetMacro(Inverse, bool);
  itkGetConstMacro(Inverse, bool);
  itkBooleanMacro(Inverse);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TOutputImage::ImageDimension>));
  itkConceptMacro(SameMaskDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TMaskImage::ImageDimension>));
  itkConceptMacro(InputConvertibleToDoubleCheck, (Concept::Convertible<InputPixelType, double>));
  itkConceptMacro(OutputConvertibleFromDoubleCheck, (Concept::Convertible<double, OutputPixelType>));
#endif

protected:
  IntensityNormalizationImageFilter();
  ~IntensityNormalizationImageFilter() override = default;

  /** Sets the constants from the input and the mask. False, after a warning, when the whole output is to be zero
   * instead of what ApplyConstants() would give. */
  virtual bool
  EstimateConstants(float progressWeight) = 0;

  /** Writes the requested region of the output. */
  virtual void
  ApplyConstants(float progressWeight) = 0;

  /** Writes `function(voxel)`, from double to double, for every voxel of the requested region. */
  template <typename TFunction>
  void
  TransformVoxels(float progressWeight, const TFunction & function);

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  void
  GenerateInputRequestedRegion() override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** Copies the voxels of the requested region whose mask is zero from the input. */
  void
  RestoreOutsideMask();

  bool m_ComputeConstants{ true };
  bool m_KeepOutsideMask{ false };
  bool m_Inverse{ false };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkIntensityNormalizationImageFilter.hxx"
#endif

#endif
