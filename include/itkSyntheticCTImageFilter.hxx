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
#ifndef itkSyntheticCTImageFilter_hxx
#define itkSyntheticCTImageFilter_hxx

#include "itkSyntheticCTImageFilter.h"

#include "itkHounsfieldScaleImageFilter.h"
#include "itkMaskImageFilter.h"
#include "itkSyntheticCTFusionImageFilter.h"

#include <limits>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
SyntheticCTImageFilter<TInputImage, TOutputImage>::SyntheticCTImageFilter()
{
  this->SetNumberOfRequiredOutputs(2);
  this->SetNthOutput(1, this->MakeOutput(1));
}

template <typename TInputImage, typename TOutputImage>
DataObject::Pointer
SyntheticCTImageFilter<TInputImage, TOutputImage>::MakeOutput(const DataObjectPointerArraySizeType index)
{
  return index == 1 ? DataObject::Pointer(UncertaintyImageType::New()) : Superclass::MakeOutput(index);
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTImageFilter<TInputImage, TOutputImage>::GetUncertaintyOutput() -> UncertaintyImageType *
{
  return dynamic_cast<UncertaintyImageType *>(this->ProcessObject::GetOutput(1));
}

template <typename TInputImage, typename TOutputImage>
int
SyntheticCTImageFilter<TInputImage, TOutputImage>::FindOutput(OutputKindEnum kind) const
{
  const auto & outputs = this->GetCard().Outputs;
  int          found = -1;
  for (size_t i = 0; i < outputs.size(); ++i)
  {
    if (outputs[i].Kind == kind)
    {
      if (found >= 0)
      {
        itkSyntheticCTExceptionMacro("The model card has more than one output of kind " << kind << ".");
      }
      found = static_cast<int>(i);
    }
  }
  return found;
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::VerifyCard(const NetworkModelCard &) const
{
  const bool hasHounsfield = this->FindOutput(OutputKindEnum::Hounsfield) >= 0;
  const bool hasProbability = this->FindOutput(OutputKindEnum::BoneProbability) >= 0;
  const bool hasBone = this->FindOutput(OutputKindEnum::BoneHounsfield) >= 0;
  if (!hasHounsfield || hasProbability != hasBone)
  {
    itkSyntheticCTExceptionMacro(
      "The outputs of the model card do not make a synthetic CT: one of kind hounsfield is expected, or one "
      "each of the kinds hounsfield, probability and bone-hounsfield.");
  }
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTImageFilter<TInputImage, TOutputImage>::ToHounsfield(InferenceType * const       inference,
                                                                const RealImageType * const grid,
                                                                const int                   index,
                                                                const bool                  isSpread) const ->
  typename RealImageType::Pointer
{
  const NetworkModelCard::Output & output = this->GetCard().Outputs[index];

  auto scale = HounsfieldScaleImageFilter<RealImageType, RealImageType>::New();
  scale->SetInput(isSpread ? inference->GetUncertaintyOutput(index) : inference->GetOutput(index));
  scale->InverseOn();
  scale->SetClip(!isSpread);
  if (isSpread)
  {
    // A difference of values has the scale, but no offset.
    scale->SetWindowMinimum(0.0);
    scale->SetWindowMaximum(output.Hounsfield[1] - output.Hounsfield[0]);
    scale->SetOutputMinimum(0.0);
    scale->SetOutputMaximum(output.Range[1] - output.Range[0]);
  }
  else
  {
    scale->SetWindowMinimum(output.Hounsfield[0]);
    scale->SetWindowMaximum(output.Hounsfield[1]);
    scale->SetOutputMinimum(output.Range[0]);
    scale->SetOutputMaximum(output.Range[1]);
  }
  scale->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
  return this->OntoGrid(scale->GetOutput(), grid);
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTImageFilter<TInputImage, TOutputImage>::JoinHeads(InferenceType * const       inference,
                                                             const RealImageType * const grid,
                                                             const MaskImageType * const mask,
                                                             const bool                  isSpread) const ->
  typename RealImageType::Pointer
{
  const double                          outside = isSpread ? 0.0 : m_AirValue;
  const int                             boneHead = this->FindOutput(OutputKindEnum::BoneHounsfield);
  const typename RealImageType::Pointer global =
    this->ToHounsfield(inference, grid, this->FindOutput(OutputKindEnum::Hounsfield), isSpread);
  if (boneHead >= 0)
  {
    auto fuse = SyntheticCTFusionImageFilter<RealImageType, RealImageType>::New();
    fuse->SetHounsfieldImage(global);
    fuse->SetBoneProbabilityImage(
      this->OntoGrid(inference->GetOutput(this->FindOutput(OutputKindEnum::BoneProbability)), grid));
    fuse->SetBoneHounsfieldImage(this->ToHounsfield(inference, grid, boneHead, isSpread));
    fuse->SetMaskImage(mask);
    fuse->SetAirValue(outside);
    if (isSpread)
    {
      // No clipping: a spread has no range.
      fuse->SetClipMinimum(0.0);
      fuse->SetClipMaximum(std::numeric_limits<double>::infinity());
      fuse->SetBoneMinimum(0.0);
      fuse->SetBoneMaximum(std::numeric_limits<double>::infinity());
    }
    fuse->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
    fuse->Update();
    return fuse->GetOutput();
  }
  if (!mask)
  {
    return global;
  }
  auto air = MaskImageFilter<RealImageType, MaskImageType, RealImageType>::New();
  air->SetInput(global);
  air->SetMaskImage(mask);
  air->SetOutsideValue(static_cast<float>(outside));
  air->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
  air->Update();
  return air->GetOutput();
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  auto progress = ProgressAccumulator::New();
  progress->SetMiniPipelineFilter(this);

  const auto run = this->RunNetwork(m_ComputeUncertainty, progress);
  const auto result =
    this->template BackToInput<OutputImageType>(this->JoinHeads(run.Inference, run.Grid, run.Mask, false).GetPointer(),
                                                static_cast<typename OutputImageType::PixelType>(m_AirValue),
                                                progress,
                                                0.05F);
  this->GraftOutput(result);
  if (m_ComputeUncertainty)
  {
    const auto spread = this->template BackToInput<UncertaintyImageType>(
      this->JoinHeads(run.Inference, run.Grid, run.Mask, true).GetPointer(), 0.0F, progress, 0.05F);
    this->GetUncertaintyOutput()->Graft(spread);
  }
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "ComputeUncertainty: " << (m_ComputeUncertainty ? "On" : "Off") << std::endl;
  os << indent << "AirValue: " << m_AirValue << std::endl;
}

} // namespace itk

#endif
