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
#ifndef itkCTForegroundNormalizeImageFilter_h
#define itkCTForegroundNormalizeImageFilter_h

#include "itkIntensityNormalizationImageFilter.h"

#include <limits>

namespace itk
{

/** \class CTForegroundNormalizeImageFilter
 * \brief Normalises a CT by four numbers of the foreground, as nnU-Net does, and back.
 *
 * \f[ y = \frac{\min(\max(x, q_l), q_u) - \mu}{\sigma} \f]
 *
 * \f$\mu\f$ and \f$\sigma\f$ are the mean and the population standard deviation of the **unclipped** intensities of the
 * foreground, \f$q_l\f$ and \f$q_u\f$ their LowerPercentile and UpperPercentile (0.5 and 99.5 by default; exact and
 * linearly interpolated as in PercentileRescaleImageFilter). All voxels are mapped unless KeepOutsideMask is on (F.
 * Isensee et al., "nnU-Net: a self-configuring method for deep learning-based biomedical image segmentation", Nature
 * Methods 18:203-211, 2021).
 *
 * The numbers belong to a training set and are stored with the model: with ComputeConstants off, the filter applies
 * them as they were set. With ComputeConstants on, it computes them from the voxels whose mask is not zero, or from the
 * whole image without a mask. They can be read after the run.
 *
 * With Inverse on (and ComputeConstants off) the filter computes \f$x = \sigma y + \mu\f$; what was clipped stays
 * clipped.
 *
 * An image that is constant inside the mask gives zeros everywhere and a warning. NaN stays NaN. Throws as
 * IntensityNormalizationImageFilter.
 *
 * \tparam TInputImage  scalar image of any dimension
 * \tparam TOutputImage image of the same dimension with a floating-point pixel
 * \tparam TMaskImage   image of the same dimension whose non-zero voxels count
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage,
          typename TOutputImage = Image<float, TInputImage::ImageDimension>,
          typename TMaskImage = Image<unsigned char, TInputImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT CTForegroundNormalizeImageFilter
  : public IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(CTForegroundNormalizeImageFilter);

  using Self = CTForegroundNormalizeImageFilter;
  using Superclass = IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(CTForegroundNormalizeImageFilter);

  /** Percentiles in percent, 0 <= LowerPercentile < UpperPercentile <= 100. Defaults 0.5 and 99.5. */
  itkSetMacro(LowerPercentile, double);
  itkGetConstMacro(LowerPercentile, double);
  itkSetMacro(UpperPercentile, double);
  itkGetConstMacro(UpperPercentile, double);

  /** Mean of the foreground in HU: set by the run when ComputeConstants is on, else a parameter without a default. */
  itkSetMacro(Mean, double);
  itkGetConstMacro(Mean, double);

  /** Population standard deviation of the foreground in HU: set by the run when ComputeConstants is on, else a
   * parameter without a default. More than 0 (or 0 when Inverse is on, which gives the constant image back). */
  itkSetMacro(StandardDeviation, double);
  itkGetConstMacro(StandardDeviation, double);

  /** The values at the two percentiles in HU, between which the image is clipped: set by the run when ComputeConstants
   * is on, else parameters without defaults, ClipMinimum <= ClipMaximum. */
  itkSetMacro(ClipMinimum, double);
  itkGetConstMacro(ClipMinimum, double);
  itkSetMacro(ClipMaximum, double);
  itkGetConstMacro(ClipMaximum, double);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(OutputIsFloatingPointCheck, (Concept::IsFloatingPoint<typename TOutputImage::PixelType>));
#endif

protected:
  CTForegroundNormalizeImageFilter() = default;
  ~CTForegroundNormalizeImageFilter() override = default;

  bool
  EstimateConstants(float progressWeight) override;

  void
  ApplyConstants(float progressWeight) override;

  void
  VerifyPreconditions() const override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  // Nobody could guess them, and a wrong guess would be hard to notice.
  static constexpr double NotSet = std::numeric_limits<double>::quiet_NaN();

  double m_LowerPercentile{ 0.5 };
  double m_UpperPercentile{ 99.5 };
  double m_Mean{ NotSet };
  double m_StandardDeviation{ NotSet };
  double m_ClipMinimum{ NotSet };
  double m_ClipMaximum{ NotSet };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkCTForegroundNormalizeImageFilter.hxx"
#endif

#endif
