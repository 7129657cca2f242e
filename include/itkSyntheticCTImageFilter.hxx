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
#include "itkOrientationCode.h"
#include "itkReorientImageFilter.h"
#include "itkResampleOntoReferenceImageFilter.h"
#include "itkSyntheticCTFusionImageFilter.h"
#include "itkSyntheticCTPreprocessImageFilter.h"

#include <algorithm>
#include <limits>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
SyntheticCTImageFilter<TInputImage, TOutputImage>::SyntheticCTImageFilter()
{
  this->AddOptionalInputName("MaskImage");
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
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::AddModel(NetworkModel * const model)
{
  if (!model)
  {
    itkExceptionMacro("AddModel() was given no model.");
  }
  if (!m_Model)
  {
    this->SetModel(model);
    return;
  }
  m_FurtherModels.emplace_back(model);
  this->Modified();
}

template <typename TInputImage, typename TOutputImage>
unsigned int
SyntheticCTImageFilter<TInputImage, TOutputImage>::GetNumberOfModels() const
{
  return m_Model ? 1 + static_cast<unsigned int>(m_FurtherModels.size()) : 0;
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::SetMirrorAxes(const AxesType & axes)
{
  if (axes != m_MirrorAxes)
  {
    m_MirrorAxes = axes;
    this->Modified();
  }
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
  if (m_Model != model || !m_FurtherModels.empty())
  {
    m_Model = model;
    m_FurtherModels.clear();
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
  const auto & outputs = m_Model->GetCard().Outputs;
  for (const auto & model : m_FurtherModels)
  {
    const bool fits = model->HasCard() && std::equal(outputs.begin(),
                                                     outputs.end(),
                                                     model->GetCard().Outputs.begin(),
                                                     model->GetCard().Outputs.end(),
                                                     [](const auto & first, const auto & other) {
                                                       return first.Kind == other.Kind && first.Range == other.Range &&
                                                              first.Hounsfield == other.Hounsfield;
                                                     });
    if (!fits)
    {
      itkExceptionMacro("The card of the model '" << model->GetFileName() << "' does not name the same outputs as '"
                                                  << m_Model->GetFileName() << "'.");
    }
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
auto
SyntheticCTImageFilter<TInputImage, TOutputImage>::ToHounsfield(InferenceType * const       inference,
                                                                const RealImageType * const grid,
                                                                const int                   index,
                                                                const bool isSpread) const -> RealImageType::Pointer
{
  const NetworkModelCard::Output & output = m_Model->GetCard().Outputs[index];

  auto scale = HounsfieldScaleImageFilter<RealImageType, RealImageType>::New();
  scale->SetInput(isSpread ? inference->GetUncertaintyOutput(index) : inference->GetOutput(index));
  scale->InverseOn();
  scale->SetClamp(!isSpread);
  if (isSpread)
  {
    // A difference of values has the scale, but no offset.
    scale->SetHounsfieldMinimum(0.0);
    scale->SetHounsfieldMaximum(output.Hounsfield[1] - output.Hounsfield[0]);
    scale->SetRangeMinimum(0.0);
    scale->SetRangeMaximum(output.Range[1] - output.Range[0]);
  }
  else
  {
    scale->SetHounsfieldMinimum(output.Hounsfield[0]);
    scale->SetHounsfieldMaximum(output.Hounsfield[1]);
    scale->SetRangeMinimum(output.Range[0]);
    scale->SetRangeMaximum(output.Range[1]);
  }
  scale->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
  return this->OntoGrid(scale->GetOutput(), grid);
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTImageFilter<TInputImage, TOutputImage>::JoinHeads(InferenceType * const       inference,
                                                             const RealImageType * const grid,
                                                             const MaskImageType * const mask,
                                                             const bool isSpread) const -> RealImageType::Pointer
{
  const double                 outside = isSpread ? 0.0 : m_AirValue;
  const int                    boneHead = this->FindOutput(OutputKindEnum::BoneHounsfield);
  const RealImageType::Pointer global =
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
      fuse->SetHounsfieldMinimum(0.0);
      fuse->SetHounsfieldMaximum(std::numeric_limits<double>::infinity());
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
auto
SyntheticCTImageFilter<TInputImage, TOutputImage>::OntoGrid(RealImageType * const       image,
                                                            const RealImageType * const grid) const
  -> RealImageType::Pointer
{
  image->Update();
  if (GridDifference<3>(*image, *grid, this->GetCoordinateTolerance(), this->GetDirectionTolerance()).empty())
  {
    return image;
  }
  auto resample = ResampleOntoReferenceImageFilter<RealImageType, RealImageType>::New();
  resample->SetInput(image);
  resample->SetReferenceImage(grid);
  resample->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
  resample->Update();
  return resample->GetOutput();
}

template <typename TInputImage, typename TOutputImage>
template <typename TImage>
typename TImage::Pointer
SyntheticCTImageFilter<TInputImage, TOutputImage>::BackToInput(RealImageType *             image,
                                                               const double                outside,
                                                               ProgressAccumulator * const progress,
                                                               const float                 weight) const
{
  RealImageType::Pointer oriented = image;
  if (!m_Model->GetCard().Preprocess.Orientation.empty())
  {
    auto reorient = ReorientImageFilter<RealImageType>::New();
    reorient->SetInput(image);
    reorient->SetOrientation(OrientationCode::FromDirection(this->GetInput()->GetDirection()));
    reorient->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
    reorient->Update();
    oriented = reorient->GetOutput();
  }
  auto back = ResampleOntoReferenceImageFilter<RealImageType, TImage>::New();
  back->SetInput(oriented);
  back->SetReferenceImage(this->GetInput());
  back->SetDefaultPixelValue(static_cast<typename TImage::PixelType>(outside));
  back->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
  progress->RegisterInternalFilter(back, weight);
  back->Update();
  return back->GetOutput();
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
  preprocess->Update();
  const bool                  hasMask = this->GetMaskImage() || card.Preprocess.Mask != PreprocessingMaskEnum::None;
  const MaskImageType * const mask = hasMask ? preprocess->GetMaskOutput() : nullptr;

  auto inference = InferenceType::New();
  inference->SetModel(m_Model);
  for (const auto & model : m_FurtherModels)
  {
    inference->AddModel(model);
  }
  for (unsigned int i = 0; i < card.Inputs.size(); ++i)
  {
    inference->SetInput(i, preprocess->GetOutput(i));
  }
  const auto & scale = card.Infer.Scale;
  if (std::all_of(scale.begin(), scale.end(), [](const double factor) { return factor == 1.0; }))
  {
    // Outputs on another grid are resampled, which takes the values around the mask as well.
    inference->SetMaskImage(mask);
  }
  inference->SetComputeUncertainty(m_ComputeUncertainty);
  if (!m_MirrorAxes.empty())
  {
    inference->SetMirrorAxes(m_MirrorAxes);
  }
  if (m_BatchSize > 0)
  {
    inference->SetBatchSize(m_BatchSize);
  }
  inference->SetNumberOfWorkUnits(workUnits);
  progress->RegisterInternalFilter(inference, 0.7F);
  inference->Update();

  const RealImageType * const grid = preprocess->GetOutput(0);
  const auto                  result = this->template BackToInput<OutputImageType>(
    this->JoinHeads(inference, grid, mask, false), m_AirValue, progress, 0.05F);
  this->GraftOutput(result);
  // The way back may have changed the last digits of the geometry.
  this->GetOutput()->CopyInformation(this->GetInput());
  if (m_ComputeUncertainty)
  {
    const auto spread = this->template BackToInput<UncertaintyImageType>(
      this->JoinHeads(inference, grid, mask, true), 0.0, progress, 0.05F);
    this->GetUncertaintyOutput()->Graft(spread);
    this->GetUncertaintyOutput()->CopyInformation(this->GetInput());
  }
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  itkPrintSelfObjectMacro(Model);
  os << indent << "FurtherModels: " << m_FurtherModels.size() << std::endl;
  os << indent << "ComputeUncertainty: " << (m_ComputeUncertainty ? "On" : "Off") << std::endl;
  os << indent << "MirrorAxes: [";
  for (const unsigned int axis : m_MirrorAxes)
  {
    os << " " << axis;
  }
  os << " ]" << std::endl;
  os << indent << "BatchSize: " << m_BatchSize << std::endl;
  os << indent << "AirValue: " << m_AirValue << std::endl;
}

} // namespace itk

#endif
