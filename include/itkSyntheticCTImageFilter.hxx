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
#include "itkNetworkInferenceImageFilter.h"
#include "itkOrientationCode.h"
#include "itkProgressAccumulator.h"
#include "itkReorientImageFilter.h"
#include "itkResampleOntoReferenceImageFilter.h"
#include "itkSyntheticCTFusionImageFilter.h"
#include "itkSyntheticCTPreprocessImageFilter.h"

namespace itk
{

template <typename TInputImage, typename TOutputImage>
SyntheticCTImageFilter<TInputImage, TOutputImage>::SyntheticCTImageFilter()
{
  this->AddOptionalInputName("MaskImage");
}

template <typename TInputImage, typename TOutputImage>
int
SyntheticCTImageFilter<TInputImage, TOutputImage>::FindOutput(OutputKindEnum kind) const
{
  const auto & outputs = m_Model->GetCard().Outputs;
  int          found = -1;
  for (size_t i = 0; i < outputs.size(); ++i)
  {
    if (outputs[i].Kind == kind)
    {
      if (found >= 0)
      {
        itkExceptionMacro("The model card has more than one output of kind " << kind << ".");
      }
      found = static_cast<int>(i);
    }
  }
  return found;
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::SetModel(NetworkModel * model)
{
  if (m_Model != model)
  {
    m_Model = model;
    if (m_Model && m_Model->HasCard())
    {
      this->SetNumberOfRequiredInputs(m_Model->GetCard().Inputs.size());
    }
    this->Modified();
  }
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  if (!m_Model)
  {
    itkExceptionMacro("No model is set.");
  }
  if (!m_Model->HasCard())
  {
    itkExceptionMacro("The model '" << m_Model->GetFileName()
                                    << "' has no model card; set one on it, or chain the stages by hand.");
  }
  const size_t numberOfInputs = m_Model->GetCard().Inputs.size();
  if (this->GetNumberOfIndexedInputs() != numberOfInputs)
  {
    itkExceptionMacro("The model card names " << numberOfInputs << " input images but "
                                              << this->GetNumberOfIndexedInputs() << " are given.");
  }
  const bool hasHounsfield = this->FindOutput(OutputKindEnum::Hounsfield) >= 0;
  const bool hasProbability = this->FindOutput(OutputKindEnum::BoneProbability) >= 0;
  const bool hasBone = this->FindOutput(OutputKindEnum::BoneHounsfield) >= 0;
  if (!hasHounsfield || hasProbability != hasBone)
  {
    itkExceptionMacro("The outputs of the model card do not make a synthetic CT: one of kind hounsfield is due, or one "
                      "each of the kinds hounsfield, probability and bone-hounsfield.");
  }
  Superclass::VerifyPreconditions();
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  for (const auto & name : this->GetInputNames())
  {
    if (DataObject * const input = this->ProcessObject::GetInput(name))
    {
      input->SetRequestedRegionToLargestPossibleRegion();
    }
  }
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  const NetworkModelCard & card = m_Model->GetCard();
  const auto               workUnits = this->GetNumberOfWorkUnits();

  auto progress = ProgressAccumulator::New();
  progress->SetMiniPipelineFilter(this);

  auto preprocess = SyntheticCTPreprocessImageFilter<InputImageType, RealImageType>::New();
  preprocess->SetCard(card);
  for (unsigned int i = 0; i < card.Inputs.size(); ++i)
  {
    preprocess->SetInput(i, this->GetInput(i));
  }
  preprocess->SetMaskImage(this->GetMaskImage());
  preprocess->SetNumberOfWorkUnits(workUnits);
  progress->RegisterInternalFilter(preprocess, 0.2F);

  auto inference = NetworkInferenceImageFilter<RealImageType, RealImageType>::New();
  inference->SetModel(m_Model);
  for (unsigned int i = 0; i < card.Inputs.size(); ++i)
  {
    inference->SetInput(i, preprocess->GetOutput(i));
  }
  inference->SetNumberOfWorkUnits(workUnits);
  progress->RegisterInternalFilter(inference, 0.75F);
  inference->Update();

  const auto toHounsfield = [&](int index) -> RealImageType::Pointer {
    const NetworkModelCard::Output & output = card.Outputs[index];

    auto scale = HounsfieldScaleImageFilter<RealImageType, RealImageType>::New();
    scale->SetInput(inference->GetOutput(index));
    scale->InverseOn();
    scale->ClampOn();
    scale->SetHounsfieldMinimum(output.Hounsfield[0]);
    scale->SetHounsfieldMaximum(output.Hounsfield[1]);
    scale->SetRangeMinimum(output.Range[0]);
    scale->SetRangeMaximum(output.Range[1]);
    scale->SetNumberOfWorkUnits(workUnits);
    scale->Update();
    return scale->GetOutput();
  };

  const bool                   hasMask = this->GetMaskImage() || card.Preprocess.Mask != PreprocessingMaskEnum::None;
  const MaskImageType * const  mask = hasMask ? preprocess->GetMaskOutput() : nullptr;
  const int                    globalHead = this->FindOutput(OutputKindEnum::Hounsfield);
  const int                    boneHead = this->FindOutput(OutputKindEnum::BoneHounsfield);
  const RealImageType::Pointer global = toHounsfield(globalHead);
  RealImageType::Pointer       result = global;
  if (boneHead >= 0)
  {
    auto fuse = SyntheticCTFusionImageFilter<RealImageType, RealImageType>::New();
    fuse->SetHounsfieldImage(global);
    fuse->SetBoneProbabilityImage(inference->GetOutput(this->FindOutput(OutputKindEnum::BoneProbability)));
    fuse->SetBoneHounsfieldImage(toHounsfield(boneHead));
    fuse->SetMaskImage(mask);
    fuse->SetAirValue(m_AirValue);
    fuse->SetNumberOfWorkUnits(workUnits);
    fuse->Update();
    result = fuse->GetOutput();
  }
  else if (mask)
  {
    auto air = MaskImageFilter<RealImageType, MaskImageType, RealImageType>::New();
    air->SetInput(global);
    air->SetMaskImage(mask);
    air->SetOutsideValue(static_cast<float>(m_AirValue));
    air->SetNumberOfWorkUnits(workUnits);
    air->Update();
    result = air->GetOutput();
  }

  if (!card.Preprocess.Orientation.empty())
  {
    auto reorient = ReorientImageFilter<RealImageType>::New();
    reorient->SetInput(result);
    reorient->SetOrientation(OrientationCode::FromDirection(this->GetInput()->GetDirection()));
    reorient->SetNumberOfWorkUnits(workUnits);
    reorient->Update();
    result = reorient->GetOutput();
  }
  auto back = ResampleOntoReferenceImageFilter<RealImageType, OutputImageType>::New();
  back->SetInput(result);
  back->SetReferenceImage(this->GetInput());
  back->SetDefaultPixelValue(static_cast<typename OutputImageType::PixelType>(m_AirValue));
  back->SetNumberOfWorkUnits(workUnits);
  progress->RegisterInternalFilter(back, 0.05F);
  back->Update();
  this->GraftOutput(back->GetOutput());
  // The way back may have changed the last digits of the geometry.
  this->GetOutput()->CopyInformation(this->GetInput());
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  itkPrintSelfObjectMacro(Model);
  os << indent << "AirValue: " << m_AirValue << std::endl;
}

} // namespace itk

#endif
