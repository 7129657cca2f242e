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
#ifndef itkSyntheticCTFusionImageFilter_hxx
#define itkSyntheticCTFusionImageFilter_hxx

#include "itkSyntheticCTFusionImageFilter.h"

#include "itkImageScanlineConstIterator.h"
#include "itkImageScanlineIterator.h"
#include "SyntheticCTDetail/itkSameGridVerification.h"
#include "SyntheticCTDetail/itkPixelConversion.h"
#include "itkTotalProgressReporter.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace itk
{

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
SyntheticCTFusionImageFilter<TInputImage, TOutputImage, TMaskImage>::SyntheticCTFusionImageFilter()
{
  this->AddRequiredInputName("BoneProbabilityImage");
  this->AddRequiredInputName("BoneHounsfieldImage");
  this->AddOptionalInputName("MaskImage");
  this->DynamicMultiThreadingOn();
  this->ThreaderUpdateProgressOff();
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
SyntheticCTFusionImageFilter<TInputImage, TOutputImage, TMaskImage>::SetHounsfieldImage(const InputImageType * image)
{
  this->SetInput(image);
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
auto
SyntheticCTFusionImageFilter<TInputImage, TOutputImage, TMaskImage>::GetHounsfieldImage() const
  -> const InputImageType *
{
  return this->GetInput();
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
SyntheticCTFusionImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (std::isnan(m_ProbabilityThreshold))
  {
    itkSyntheticCTExceptionMacro("ProbabilityThreshold is NaN but should be a number");
  }
  // Written so that NaN is an error.
  if (!(m_ClipMinimum <= m_ClipMaximum))
  {
    itkSyntheticCTExceptionMacro("ClipMinimum is " << m_ClipMinimum << " but should be at most ClipMaximum, "
                                                   << m_ClipMaximum);
  }
  if (!(m_BoneMinimum <= m_BoneMaximum))
  {
    itkSyntheticCTExceptionMacro("BoneMinimum is " << m_BoneMinimum << " but should be at most BoneMaximum, "
                                                   << m_BoneMaximum);
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
SyntheticCTFusionImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyInputInformation() const
{
  // Not the superclass's: it accepts images of different sizes.
  using GridType = ImageBase<ImageDimension>;
  const std::pair<const char *, const GridType *> images[] = {
    { "BoneProbabilityImage", this->GetBoneProbabilityImage() },
    { "BoneHounsfieldImage", this->GetBoneHounsfieldImage() },
    { "MaskImage", this->GetMaskImage() }
  };
  for (const auto & image : images)
  {
    const std::string difference =
      image.second
        ? GridDifference<ImageDimension>(*this->GetHounsfieldImage(),
                                         *image.second,
                                         std::max(SyntheticCTDetail::SameGridTolerance, this->GetCoordinateTolerance()))
        : std::string();
    if (!difference.empty())
    {
      itkSyntheticCTExceptionMacro(image.first << " lies on another grid than HounsfieldImage: " << difference);
    }
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
SyntheticCTFusionImageFilter<TInputImage, TOutputImage, TMaskImage>::DynamicThreadedGenerateData(
  const OutputImageRegionType & region)
{
  using InputIterator = ImageScanlineConstIterator<InputImageType>;
  using MaskIterator = ImageScanlineConstIterator<MaskImageType>;

  const MaskImageType * const            mask = this->GetMaskImage();
  InputIterator                          hounsfield(this->GetHounsfieldImage(), region);
  InputIterator                          probability(this->GetBoneProbabilityImage(), region);
  InputIterator                          bone(this->GetBoneHounsfieldImage(), region);
  MaskIterator                           inside = mask ? MaskIterator(mask, region) : MaskIterator();
  ImageScanlineIterator<OutputImageType> output(this->GetOutput(), region);
  TotalProgressReporter                  progress(this, this->GetOutput()->GetRequestedRegion().GetNumberOfPixels());

  for (; !output.IsAtEnd(); output.NextLine())
  {
    for (; !output.IsAtEndOfLine(); ++output, ++hounsfield, ++probability, ++bone)
    {
      double value = m_AirValue;
      if (!mask || inside.Get() != NumericTraits<typename MaskImageType::PixelType>::ZeroValue())
      {
        value = static_cast<double>(probability.Get()) >= m_ProbabilityThreshold
                  ? std::clamp(static_cast<double>(bone.Get()), m_BoneMinimum, m_BoneMaximum)
                  : std::clamp(static_cast<double>(hounsfield.Get()), m_ClipMinimum, m_ClipMaximum);
      }
      output.Set(SyntheticCTDetail::PixelFromReal<OutputPixelType>(value));
      if (mask)
      {
        ++inside;
      }
    }
    hounsfield.NextLine();
    probability.NextLine();
    bone.NextLine();
    if (mask)
    {
      inside.NextLine();
    }
    progress.Completed(region.GetSize(0));
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
SyntheticCTFusionImageFilter<TInputImage, TOutputImage, TMaskImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "ProbabilityThreshold: " << m_ProbabilityThreshold << std::endl;
  os << indent << "ClipMinimum: " << m_ClipMinimum << std::endl;
  os << indent << "ClipMaximum: " << m_ClipMaximum << std::endl;
  os << indent << "BoneMinimum: " << m_BoneMinimum << std::endl;
  os << indent << "BoneMaximum: " << m_BoneMaximum << std::endl;
  os << indent << "AirValue: " << m_AirValue << std::endl;
}

} // namespace itk

#endif
