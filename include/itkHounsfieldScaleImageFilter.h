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
#ifndef itkHounsfieldScaleImageFilter_h
#define itkHounsfieldScaleImageFilter_h

#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

namespace itk
{

/** \class HounsfieldScaleImageFilter
 * \brief Maps a window of Hounsfield units linearly to the range of a network, and back.
 *
 * \f[ y = r_0 + \frac{x - h_0}{h_1 - h_0}\,(r_1 - r_0) \f]
 *
 * with the window \f$[h_0, h_1]\f$ = [WindowMinimum, WindowMaximum] in HU and the range \f$[r_0, r_1]\f$ =
 * [OutputMinimum, OutputMaximum]. With Inverse on, the range is mapped back to HU. With Clip on, results outside the
 * target interval take its nearer end. NaN stays NaN. Integer outputs are rounded and saturate; they take NaN as 0.
 *
 * Works on any requested region, so it streams.
 *
 * \tparam TInputImage  scalar image of any dimension
 * \tparam TOutputImage scalar image of the same dimension
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = Image<float, TInputImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT HounsfieldScaleImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(HounsfieldScaleImageFilter);

  using Self = HounsfieldScaleImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(HounsfieldScaleImageFilter);

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using OutputPixelType = typename TOutputImage::PixelType;
  using OutputImageRegionType = typename TOutputImage::RegionType;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** The window in HU, WindowMinimum < WindowMaximum. Defaults -1000 and 3000. */
  itkSetMacro(WindowMinimum, double);
  itkGetConstMacro(WindowMinimum, double);
  itkSetMacro(WindowMaximum, double);
  itkGetConstMacro(WindowMaximum, double);

  /** The range of the network, OutputMinimum < OutputMaximum. Defaults -1 and 1. */
  itkSetMacro(OutputMinimum, double);
  itkGetConstMacro(OutputMinimum, double);
  itkSetMacro(OutputMaximum, double);
  itkGetConstMacro(OutputMaximum, double);

  /** Take results outside the target interval to its nearer end. Default on. */
  itkSetMacro(Clip, bool);
  itkGetConstMacro(Clip, bool);
  itkBooleanMacro(Clip);

  /** Map the range back to HU. Default off. */
  itkSetMacro(Inverse, bool);
  itkGetConstMacro(Inverse, bool);
  itkBooleanMacro(Inverse);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TOutputImage::ImageDimension>));
  itkConceptMacro(InputConvertibleToDoubleCheck, (Concept::Convertible<typename TInputImage::PixelType, double>));
  itkConceptMacro(OutputConvertibleFromDoubleCheck, (Concept::Convertible<double, OutputPixelType>));
#endif

protected:
  HounsfieldScaleImageFilter() = default;
  ~HounsfieldScaleImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  double m_WindowMinimum{ -1000.0 };
  double m_WindowMaximum{ 3000.0 };
  double m_OutputMinimum{ -1.0 };
  double m_OutputMaximum{ 1.0 };
  bool   m_Clip{ true };
  bool   m_Inverse{ false };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkHounsfieldScaleImageFilter.hxx"
#endif

#endif
