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
#ifndef itkPercentileRescaleImageFilter_h
#define itkPercentileRescaleImageFilter_h

#include "itkIntensityNormalizationImageFilter.h"

namespace itk
{

/** \class PercentileRescaleImageFilter
 * \brief Maps two percentiles of an image linearly to the ends of a range, and back.
 *
 * \f[ y = a + \frac{x - q_l}{q_u - q_l}\,(b - a) \f]
 *
 * where \f$q_l\f$ and \f$q_u\f$ are the LowerPercentile and the UpperPercentile of the voxels whose mask is not zero,
 * or of the whole image without a mask, and [a, b] is [OutputMinimum, OutputMaximum]. With Clip on, what lies outside
 * [a, b] takes its nearer end. All voxels are mapped, inside the mask or not, unless KeepOutsideMask is
 * on.
 *
 * Percentiles are exact and linearly interpolated (definition 7 of Hyndman and Fan, "Sample quantiles in statistical
 * packages", The American Statistician 50, 1996; the default of NumPy): for N sorted values \f$v_0 \dots v_{N-1}\f$ and
 * the position \f$h = (N - 1)\,p / 100\f$ it is
 * \f$v_{\lfloor h \rfloor} + (h - \lfloor h \rfloor)(v_{\lfloor h \rfloor + 1} - v_{\lfloor h \rfloor})\f$. They are
 * found by counting 16 bits of the voxels at a time, from the highest to the lowest (one pass over the image for pixels
 * of up to 16 bits, two for float, four for double), without sorting or copying; a thread needs up to 2 MB for its
 * counts. They can be read after the run.
 *
 * With ComputeConstants off, WindowMinimum and WindowMaximum are taken as they were set. With Inverse on as well, the
 * filter maps [OutputMinimum, OutputMaximum] back to [WindowMinimum, WindowMaximum] (what was clipped stays clipped).
 *
 * An image whose two percentiles are equal, a constant image above all, gives zeros everywhere and a warning. Integer
 * outputs are rounded and saturate; they take NaN as 0. Throws as IntensityNormalizationImageFilter.
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
class ITK_TEMPLATE_EXPORT PercentileRescaleImageFilter
  : public IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(PercentileRescaleImageFilter);

  using Self = PercentileRescaleImageFilter;
  using Superclass = IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(PercentileRescaleImageFilter);

  /** Percentiles in percent, 0 <= LowerPercentile < UpperPercentile <= 100. Defaults 1 and 99.9. */
  itkSetMacro(LowerPercentile, double);
  itkGetConstMacro(LowerPercentile, double);
  itkSetMacro(UpperPercentile, double);
  itkGetConstMacro(UpperPercentile, double);

  /** The range that the percentiles are mapped to, OutputMinimum < OutputMaximum. Defaults -1 and 1. */
  itkSetMacro(OutputMinimum, double);
  itkGetConstMacro(OutputMinimum, double);
  itkSetMacro(OutputMaximum, double);
  itkGetConstMacro(OutputMaximum, double);

  /** Take values outside the range to its nearer end. Default on. */
  itkSetMacro(Clip, bool);
  itkGetConstMacro(Clip, bool);
  itkBooleanMacro(Clip);

  /** The values at the two percentiles in units of the image: set by the run when ComputeConstants is on, else
   * parameters with WindowMinimum < WindowMaximum. Defaults 0 and 1. */
  itkSetMacro(WindowMinimum, double);
  itkGetConstMacro(WindowMinimum, double);
  itkSetMacro(WindowMaximum, double);
  itkGetConstMacro(WindowMaximum, double);

protected:
  PercentileRescaleImageFilter() = default;
  ~PercentileRescaleImageFilter() override = default;

  bool
  EstimateConstants(float progressWeight) override;

  void
  ApplyConstants(float progressWeight) override;

  void
  VerifyPreconditions() const override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  bool   m_Clip{ true };
  double m_LowerPercentile{ 1.0 };
  double m_UpperPercentile{ 99.9 };
  double m_OutputMinimum{ -1.0 };
  double m_OutputMaximum{ 1.0 };
  double m_WindowMinimum{ 0.0 };
  double m_WindowMaximum{ 1.0 };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkPercentileRescaleImageFilter.hxx"
#endif

#endif
