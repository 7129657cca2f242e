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
#ifndef itkEightBitScaleImageFilter_h
#define itkEightBitScaleImageFilter_h

#include "itkIntensityNormalizationImageFilter.h"

#include <vector>

namespace itk
{

/** \class EightBitScaleImageFilter
 * \brief Brings an image to the 256 grey values of 8 bits, and back.
 *
 * \f[ y = \left\lfloor 255\,\frac{x - x_0}{x_1 - x_0} + \frac{1}{2} \right\rfloor \f]
 *
 * clipped to [0, 255]. \f$[x_0, x_1]\f$ = [WindowMinimum, WindowMaximum] is the image's own range with ComputeConstants
 * on, as is usual for MR: the smallest and the largest voxel whose mask is not zero, or of the whole image without a
 * mask. With ComputeConstants off it is a window that is set, as is usual for CT. All voxels are mapped, inside the
 * mask or not, unless KeepOutsideMask is on. What is within 1e-11 of a half is rounded up too, so that whole numbers in
 * a window of whole numbers are rounded as in exact arithmetic.
 *
 * With SliceBySlice on, every slice across SliceAxis has a range of its own. The ranges can be read after the run.
 *
 * With Inverse on (and ComputeConstants off) the filter computes \f$x = x_0 + y\,(x_1 - x_0) / 255\f$. What lay in the
 * range comes back to within half a grey value, (x_1 - x_0) / 510. The output should then have a type that holds it.
 *
 * A constant image gives zeros and a warning; a constant slice gives zeros without one. A slice without voxels
 * in the mask has the range [0, 0], and gives zeros too. Integer outputs of the inverse are rounded and saturate. NaN
 * becomes 0 in integers and stays NaN in others. Throws as IntensityNormalizationImageFilter.
 *
 * \tparam TInputImage  scalar image of any dimension
 * \tparam TOutputImage scalar image of the same dimension
 * \tparam TMaskImage   image of the same dimension whose non-zero voxels count
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage,
          typename TOutputImage = Image<unsigned char, TInputImage::ImageDimension>,
          typename TMaskImage = Image<unsigned char, TInputImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT EightBitScaleImageFilter
  : public IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(EightBitScaleImageFilter);

  using Self = EightBitScaleImageFilter;
  using Superclass = IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(EightBitScaleImageFilter);

  using typename Superclass::InputImageType;
  using typename Superclass::MaskImageType;
  using typename Superclass::OutputImageType;
  using typename Superclass::OutputPixelType;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** The range in units of the image: set by the run when ComputeConstants is on (with SliceBySlice on, that of all
   * slices together), else parameters with WindowMinimum < WindowMaximum (or WindowMinimum <= WindowMaximum when
   * Inverse is on). Defaults -1000 and 3000. */
  itkSetMacro(WindowMinimum, double);
  itkGetConstMacro(WindowMinimum, double);
  itkSetMacro(WindowMaximum, double);
  itkGetConstMacro(WindowMaximum, double);

  /** The same range as the width of a window and the level at its middle, as they are used for CT. Each setter leaves
   * the other of the two as it is. */
  void
  SetWindowWidth(double width)
  {
    this->SetWindow(width, this->GetWindowLevel());
  }
  double
  GetWindowWidth() const
  {
    return m_WindowMaximum - m_WindowMinimum;
  }
  void
  SetWindowLevel(double level)
  {
    this->SetWindow(this->GetWindowWidth(), level);
  }
  double
  GetWindowLevel() const
  {
    return 0.5 * (m_WindowMinimum + m_WindowMaximum);
  }

  /** One range per slice instead of one for the volume. Default off. */
  itkSetMacro(SliceBySlice, bool);
  itkGetConstMacro(SliceBySlice, bool);
  itkBooleanMacro(SliceBySlice);

  /** Array axis across which the slices lie; default the last. */
  itkSetMacro(SliceAxis, unsigned int);
  itkGetConstMacro(SliceAxis, unsigned int);

  /** The ranges of all slices of the image, used with SliceBySlice on: set by the run when ComputeConstants is on, else
   * parameters, minimum <= maximum for each. */
  void
  SetSliceRanges(const std::vector<double> & minima, const std::vector<double> & maxima);
  const std::vector<double> &
  GetSliceMinima() const
  {
    return m_SliceMinima;
  }
  const std::vector<double> &
  GetSliceMaxima() const
  {
    return m_SliceMaxima;
  }

protected:
  EightBitScaleImageFilter() = default;
  ~EightBitScaleImageFilter() override = default;

  bool
  EstimateConstants(float progressWeight) override;

  void
  ApplyConstants(float progressWeight) override;

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  void
  SetWindow(double width, double level)
  {
    this->SetWindowMinimum(level - 0.5 * width);
    this->SetWindowMaximum(level + 0.5 * width);
  }

  /** Sets the ranges from the image. */
  void
  ComputeSliceRanges(float progressWeight);

  /** The transform of the voxels that have one range. */
  template <bool VInverse>
  struct Map
  {
    Map(double minimum, double maximum)
      : Minimum(minimum)
      , Scale(VInverse            ? maximum - minimum
              : maximum > minimum ? 255.0 / (maximum - minimum)
                                  : 0.0)
    {}

    double
    operator()(double value) const;

    double Minimum;
    double Scale;
  };

  /** Maps all voxels of the output by the ranges. */
  template <bool VInverse>
  void
  MapVoxels(float progressWeight);

  /** Whether neighbours in memory are in different slices, so that it is better not to visit the slices one by one. */
  bool
  LinesCrossSlices() const
  {
    return ImageDimension > 1 && m_SliceAxis == 0;
  }

  bool                m_SliceBySlice{ false };
  unsigned int        m_SliceAxis{ ImageDimension - 1 };
  double              m_WindowMinimum{ -1000.0 };
  double              m_WindowMaximum{ 3000.0 };
  std::vector<double> m_SliceMinima;
  std::vector<double> m_SliceMaxima;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkEightBitScaleImageFilter.hxx"
#endif

#endif
