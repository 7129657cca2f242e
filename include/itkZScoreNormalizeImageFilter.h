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
#ifndef itkZScoreNormalizeImageFilter_h
#define itkZScoreNormalizeImageFilter_h

#include "itkIntensityNormalizationImageFilter.h"

namespace itk
{

/** \class ZScoreNormalizeImageFilter
 * \brief Shifts and scales an image to mean 0 and standard deviation 1 inside a mask, and back.
 *
 * \f[ y = \frac{x - \mu}{\sigma}, \qquad
 *     \mu = \frac{1}{N}\sum_{i \in M} x_i, \qquad
 *     \sigma = \sqrt{\frac{1}{N}\sum_{i \in M} (x_i - \mu)^2} \f]
 *
 * \f$\mu\f$ and the population standard deviation \f$\sigma\f$ are taken over the voxels whose mask is not zero, or
 * over the whole image without a mask, and are applied to every voxel, unless KeepOutsideMask is on. Sums are
 * accumulated in double: in two passes over short runs of voxels, which are then joined in the order of the image (T.F.
 * Chan, G.H. Golub, R.J. LeVeque, "Algorithms for computing the sample variance: analysis and recommendations", The
 * American Statistician 37, 1983). So the result has the same bits for any number of threads. They can be read after
 * the run.
 *
 * With ComputeConstants off, Mean and StandardDeviation are taken as they were set; this applies the constants of
 * another image, or of a training set. With Inverse on as well, the filter computes \f$x = \sigma y + \mu\f$.
 *
 * An image that is constant inside the mask gives zeros everywhere and a warning. Throws as
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
class ITK_TEMPLATE_EXPORT ZScoreNormalizeImageFilter
  : public IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ZScoreNormalizeImageFilter);

  using Self = ZScoreNormalizeImageFilter;
  using Superclass = IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(ZScoreNormalizeImageFilter);

  /** Mean in units of the image: set by the run when ComputeConstants is on, else a parameter. Any finite number;
   * default 0. */
  itkSetMacro(Mean, double);
  itkGetConstMacro(Mean, double);

  /** Population standard deviation in units of the image: set by the run when ComputeConstants is on, else a parameter.
   * More than 0 (or 0 when Inverse is on, which gives the constant image back); default 1. */
  itkSetMacro(StandardDeviation, double);
  itkGetConstMacro(StandardDeviation, double);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(OutputIsFloatingPointCheck, (Concept::IsFloatingPoint<typename TOutputImage::PixelType>));
#endif

protected:
  ZScoreNormalizeImageFilter() = default;
  ~ZScoreNormalizeImageFilter() override = default;

  bool
  EstimateConstants(float progressWeight) override;

  void
  ApplyConstants(float progressWeight) override;

  void
  VerifyPreconditions() const override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  double m_Mean{ 0.0 };
  double m_StandardDeviation{ 1.0 };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkZScoreNormalizeImageFilter.hxx"
#endif

#endif
