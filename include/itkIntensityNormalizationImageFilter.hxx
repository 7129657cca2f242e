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
#ifndef itkIntensityNormalizationImageFilter_hxx
#define itkIntensityNormalizationImageFilter_hxx

#include "itkIntensityNormalizationImageFilter.h"

#include "itkImageScanlineConstIterator.h"
#include "itkImageScanlineIterator.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkPixelConversion.h"
#include "SyntheticCTDetail/itkVoxelTransform.h"

namespace itk
{

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::IntensityNormalizationImageFilter()
{
  this->AddOptionalInputName("MaskImage");
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_ComputeConstants && m_Inverse)
  {
    itkSyntheticCTExceptionMacro(
      "Inverse needs the constants that the image was normalised with: set them, and ComputeConstants "
      "off");
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, this->GetInput(), this->GetMaskImage(), "MaskImage");
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  if (m_ComputeConstants)
  {
    SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
    SyntheticCTDetail::RequestLargestPossibleRegion(this->GetMaskImage());
  }
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::GenerateData()
{
  this->AllocateOutputs();
  // About what it takes.
  const float estimationWeight = m_ComputeConstants ? 0.7F : 0.0F;
  if (!m_ComputeConstants || this->EstimateConstants(estimationWeight))
  {
    this->ApplyConstants(1.0F - estimationWeight);
  }
  else
  {
    this->GetOutput()->FillBuffer(OutputPixelType{});
  }
  if (m_KeepOutsideMask && this->GetMaskImage())
  {
    this->RestoreOutsideMask();
  }
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::RestoreOutsideMask()
{
  const InputImageType * const input = this->GetInput();
  const MaskImageType * const  mask = this->GetMaskImage();
  OutputImageType * const      output = this->GetOutput();
  this->GetMultiThreader()->template ParallelizeImageRegion<ImageDimension>(
    output->GetRequestedRegion(),
    [=](const typename OutputImageType::RegionType & region) {
      ImageScanlineConstIterator<InputImageType> from(input, region);
      ImageScanlineConstIterator<MaskImageType>  inside(mask, region);
      ImageScanlineIterator<OutputImageType>     to(output, region);
      for (; !to.IsAtEnd(); from.NextLine(), inside.NextLine(), to.NextLine())
      {
        for (; !to.IsAtEndOfLine(); ++from, ++inside, ++to)
        {
          if (inside.Get() == NumericTraits<typename MaskImageType::PixelType>::ZeroValue())
          {
            to.Set(SyntheticCTDetail::PixelFromReal<OutputPixelType>(static_cast<double>(from.Get())));
          }
        }
      }
    },
    nullptr);
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
template <typename TFunction>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::TransformVoxels(float progressWeight,
                                                                                          const TFunction & function)
{
  OutputImageType * output = this->GetOutput();
  SyntheticCTDetail::TransformVoxels(
    this, this->GetInput(), output, output->GetRequestedRegion(), progressWeight, function);
}

template <typename TInputImage, typename TOutputImage, typename TMaskImage>
void
IntensityNormalizationImageFilter<TInputImage, TOutputImage, TMaskImage>::PrintSelf(std::ostream & os,
                                                                                    Indent         indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "ComputeConstants: " << (m_ComputeConstants ? "On" : "Off") << std::endl;
  os << indent << "KeepOutsideMask: " << (m_KeepOutsideMask ? "On" : "Off") << std::endl;
  os << indent << "Inverse: " << (m_Inverse ? "On" : "Off") << std::endl;
}

} // namespace itk

#endif
