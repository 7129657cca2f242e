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
#ifndef itkGridResampleImageFilter_h
#define itkGridResampleImageFilter_h

#include "SyntheticCTExport.h"
#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "itkTransform.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <iosfwd>
#include <type_traits>

namespace itk
{

/** \class GridResampleImageFilterEnums
 * \brief The choices of the filters that resample.
 * \ingroup SyntheticCT */
class GridResampleImageFilterEnums
{
public:
  /** How a value between voxels is found: the nearest voxel's, multilinear, or by cubic B-splines. */
  enum class Interpolation : uint8_t
  {
    Nearest,
    Linear,
    BSpline
  };
};

using GridResampleInterpolationEnum = GridResampleImageFilterEnums::Interpolation;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, GridResampleInterpolationEnum value);

/** \class GridResampleImageFilter
 * \brief What ResampleToSpacingImageFilter and ResampleOntoReferenceImageFilter share: the step from one grid to
 * another.
 *
 * The work is itk::ResampleImageFilter's. In addition:
 * - When the voxels of both grids coincide (same directions and spacings, and an offset of whole voxels, all to a
 *   thousandth of a voxel) they are copied: the values are the same bits, whatever the interpolation.
 * - With AntiAlias on and an interpolation other than Nearest, the image is first smoothed along the axes where the new
 *   grid is coarser, by a Gaussian of the full width at half maximum that turns the old voxel into the new one,
 *   \f$\sigma = \sqrt{s_\mathrm{new}^2 - s_\mathrm{old}^2} / (2\sqrt{2 \ln 2})\f$ in mm (M.J. Cardoso et al., "Scale
 *   factor point spread function matching: beyond aliasing in image resampling", MICCAI 2015). The kernel is the
 *   discrete Gaussian (T. Lindeberg, "Scale-space for discrete signals", IEEE PAMI 12, 1990), which has this variance
 *   also where it is narrower than a voxel; the border is replicated. Between grids that are
 *   rotated against each other, \f$s_\mathrm{new}\f$ along an old axis is \f$\sqrt{\sum_k (\cos_k s_k)^2}\f$ over the
 *   new axes, as a transform maps them at the center of the new grid.
 * - Integer outputs are rounded and saturate, where itk::ResampleImageFilter truncates.
 *
 * Voxels whose centre lies outside the input (beyond the outer faces of its voxels) take DefaultPixelValue. The whole
 * input is needed. The result does not depend on the number of threads.
 *
 * \tparam TInputImage  scalar image
 * \tparam TOutputImage scalar image of the same dimension
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = TInputImage>
class ITK_TEMPLATE_EXPORT GridResampleImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(GridResampleImageFilter);

  using Self = GridResampleImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkOverrideGetNameOfClassMacro(GridResampleImageFilter);

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using InputPixelType = typename TInputImage::PixelType;
  using OutputPixelType = typename TOutputImage::PixelType;
  using InterpolationEnum = GridResampleInterpolationEnum;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** The interpolation; default Linear. Nearest for labels and masks. */
  itkSetEnumMacro(Interpolation, InterpolationEnum);
  itkGetEnumMacro(Interpolation, InterpolationEnum);

  /** Smooth before the image is sampled more coarsely. Default on; without effect for Nearest. */
  itkSetMacro(AntiAlias, bool);
  itkGetConstMacro(AntiAlias, bool);
  itkBooleanMacro(AntiAlias);

  /** Value of voxels outside the input; default 0. */
  itkSetMacro(DefaultPixelValue, OutputPixelType);
  itkGetConstMacro(DefaultPixelValue, OutputPixelType);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TOutputImage::ImageDimension>));
  itkConceptMacro(InputConvertibleToDoubleCheck, (Concept::Convertible<InputPixelType, double>));
#endif

protected:
  using TransformType = Transform<double, ImageDimension, ImageDimension>;

  GridResampleImageFilter() = default;
  ~GridResampleImageFilter() override = default;

  /** From points of the output to points of the input; null: they are the same. */
  virtual const TransformType *
  GetPointTransform() const
  {
    return nullptr;
  }

  void
  GenerateInputRequestedRegion() override;

  void
  EnlargeOutputRequestedRegion(DataObject * output) override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** Interpolation is done in float where that holds every value of both pixel types. */
  template <typename TPixel>
  static constexpr bool FitsFloat = std::is_same_v<TPixel, float> ||
                                    (std::is_integral_v<TPixel> && sizeof(TPixel) <= 2);
  using RealType = std::conditional_t<FitsFloat<InputPixelType> && FitsFloat<OutputPixelType>, float, double>;
  using RealImageType = Image<RealType, ImageDimension>;

  /** The steps between neighbours of the output, along its axes, as vectors in the space of the input. */
  Matrix<double, ImageDimension, ImageDimension>
  StepsInInput() const;

  /** Copies the voxels when those of both grids coincide; false when they don't. */
  bool
  CopyCoincidingVoxels();

  /** The input, smoothed where the output is coarser. */
  typename RealImageType::Pointer
  SmoothInput(float progressWeight);

  /** Makes a resampled image the output. */
  template <typename TResampled>
  void
  Convert(TResampled * resampled, float progressWeight);

  InterpolationEnum m_Interpolation{ InterpolationEnum::Linear };
  bool              m_AntiAlias{ true };
  OutputPixelType   m_DefaultPixelValue{ NumericTraits<OutputPixelType>::ZeroValue() };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkGridResampleImageFilter.hxx"
#endif

#endif
