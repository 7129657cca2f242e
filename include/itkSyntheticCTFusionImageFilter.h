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
#ifndef itkSyntheticCTFusionImageFilter_h
#define itkSyntheticCTFusionImageFilter_h

#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

namespace itk
{

/** \class SyntheticCTFusionImageFilter
 * \brief Makes one synthetic CT of the three heads of a multi-task network.
 *
 * For each voxel, with the global head g and the bone head b in HU and the probability p of bone:
 *
 *   - p >= ProbabilityThreshold: b, clipped to [BoneMinimum, BoneMaximum];
 *   - elsewhere: g, clipped to [ClipMinimum, ClipMaximum];
 *   - where there is a mask and it is zero: AirValue.
 *
 * A probability of NaN counts as no bone; a head of NaN gives NaN. Pixels of an integer type are rounded to the
 * nearest, saturate at the ends of their range, and take NaN as 0.
 *
 * All images must lie on the same grid: size, start index, origin, spacing and direction; another grid is an error. The
 * filter is threaded and streams. Throws when an image but the mask is missing, when a range is empty, or when the
 * threshold is not a number.
 *
 * Definition: "Synthetic CT from three heads" of this toolkit, after the region-of-interest multi-task network.
 *
 * \tparam TInputImage  scalar image of the three heads.
 * \tparam TOutputImage scalar image of the synthetic CT.
 * \tparam TMaskImage   image of the body mask.
 *
 * \sa NetworkInferenceImageFilter, HounsfieldScaleImageFilter
 * \ingroup SyntheticCT
 */
template <typename TInputImage,
          typename TOutputImage = TInputImage,
          typename TMaskImage = Image<unsigned char, TInputImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT SyntheticCTFusionImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(SyntheticCTFusionImageFilter);

  using Self = SyntheticCTFusionImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(SyntheticCTFusionImageFilter);

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using MaskImageType = TMaskImage;
  using OutputPixelType = typename TOutputImage::PixelType;
  using OutputImageRegionType = typename Superclass::OutputImageRegionType;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** The global head, in HU. It is the filter's first input. */
  void
  SetHounsfieldImage(const InputImageType * image);
  const InputImageType *
  GetHounsfieldImage() const;

  /** The probability of bone, in [0, 1]. */
  itkSetInputMacro(BoneProbabilityImage, InputImageType);
  itkGetInputMacro(BoneProbabilityImage, InputImageType);

  /** The bone head, in HU. */
  itkSetInputMacro(BoneHounsfieldImage, InputImageType);
  itkGetInputMacro(BoneHounsfieldImage, InputImageType);

  /** Optional body mask. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** Smallest probability that counts as bone. Default 0.5. */
  itkSetMacro(ProbabilityThreshold, double);
  itkGetConstMacro(ProbabilityThreshold, double);

  /** Range of the global head in HU. Default [-1000, 3000]. */
  itkSetMacro(ClipMinimum, double);
  itkGetConstMacro(ClipMinimum, double);
  itkSetMacro(ClipMaximum, double);
  itkGetConstMacro(ClipMaximum, double);

  /** Range of the bone head in HU. Default [250, 3000]. */
  itkSetMacro(BoneMinimum, double);
  itkGetConstMacro(BoneMinimum, double);
  itkSetMacro(BoneMaximum, double);
  itkGetConstMacro(BoneMaximum, double);

  /** Value outside the mask in HU. Default -1000. */
  itkSetMacro(AirValue, double);
  itkGetConstMacro(AirValue, double);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TOutputImage::ImageDimension>));
  itkConceptMacro(SameMaskDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TMaskImage::ImageDimension>));
  itkConceptMacro(InputConvertibleToDoubleCheck, (Concept::Convertible<typename TInputImage::PixelType, double>));
#endif

protected:
  SyntheticCTFusionImageFilter();
  ~SyntheticCTFusionImageFilter() override = default;

  void
  VerifyPreconditions() const override;
  void
  VerifyInputInformation() const override;
  void
  DynamicThreadedGenerateData(const OutputImageRegionType & region) override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  double m_ProbabilityThreshold{ 0.5 };
  double m_ClipMinimum{ -1000.0 };
  double m_ClipMaximum{ 3000.0 };
  double m_BoneMinimum{ 250.0 };
  double m_BoneMaximum{ 3000.0 };
  double m_AirValue{ -1000.0 };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkSyntheticCTFusionImageFilter.hxx"
#endif

#endif
