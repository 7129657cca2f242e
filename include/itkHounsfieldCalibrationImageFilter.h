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
#ifndef itkHounsfieldCalibrationImageFilter_h
#define itkHounsfieldCalibrationImageFilter_h

#include "itkHounsfieldCalibration.h"
#include "itkImage.h"
#include "itkImageToImageFilter.h"

namespace itk
{

/** \class HounsfieldCalibrationImageFilter
 * \brief Converts Hounsfield units to another quantity by a calibration curve.
 *
 * Relative electron density for dose calculation, and linear attenuation coefficients at 511 keV for the attenuation
 * correction of PET, are two defaults of HounsfieldCalibration; any other curve comes from a file:
 *
 * \code
 * auto filter = itk::HounsfieldCalibrationImageFilter<itk::Image<short, 3>>::New();
 * filter->SetInput(ct);
 * filter->SetCalibration(itk::HounsfieldCalibration::ElectronDensity());
 * \endcode
 *
 * The curve is evaluated in double. NaN stays NaN. Works on any requested region, so it streams. Throws
 * itk::ExceptionObject when there is no curve or it has no points.
 *
 * \tparam TInputImage  scalar image of any dimension, in HU
 * \tparam TOutputImage image of the same dimension with a floating-point pixel, in units of the curve
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = Image<float, TInputImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT HounsfieldCalibrationImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(HounsfieldCalibrationImageFilter);

  using Self = HounsfieldCalibrationImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(HounsfieldCalibrationImageFilter);

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using OutputPixelType = typename TOutputImage::PixelType;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** The curve; none by default. */
  itkSetConstObjectMacro(Calibration, HounsfieldCalibration);
  itkGetConstObjectMacro(Calibration, HounsfieldCalibration);

  /** Later than the last change of the curve, too. */
  ModifiedTimeType
  GetMTime() const override;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TOutputImage::ImageDimension>));
  itkConceptMacro(InputConvertibleToDoubleCheck, (Concept::Convertible<typename TInputImage::PixelType, double>));
  itkConceptMacro(OutputIsFloatingPointCheck, (Concept::IsFloatingPoint<OutputPixelType>));
#endif

protected:
  HounsfieldCalibrationImageFilter() = default;
  ~HounsfieldCalibrationImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  HounsfieldCalibration::ConstPointer m_Calibration;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkHounsfieldCalibrationImageFilter.hxx"
#endif

#endif
