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
#ifndef itkNetworkPipelineImageFilter_hxx
#define itkNetworkPipelineImageFilter_hxx

#include "itkNetworkPipelineImageFilter.h"

#include "itkOrientationCode.h"
#include "itkReorientImageFilter.h"
#include "itkResampleOntoReferenceImageFilter.h"
#include "itkSyntheticCTPreprocessImageFilter.h"

#include <algorithm>
#include <type_traits>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
NetworkPipelineImageFilter<TInputImage, TOutputImage>::NetworkPipelineImageFilter()
{
  this->AddOptionalInputName("MaskImage");
}

template <typename TInputImage, typename TOutputImage>
void
NetworkPipelineImageFilter<TInputImage, TOutputImage>::AddModel(NetworkModel * const model)
{
  if (!model)
  {
    itkSyntheticCTExceptionMacro("AddModel() was given no model.");
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
NetworkPipelineImageFilter<TInputImage, TOutputImage>::GetNumberOfModels() const
{
  return m_Model ? 1 + static_cast<unsigned int>(m_FurtherModels.size()) : 0;
}

template <typename TInputImage, typename TOutputImage>
void
NetworkPipelineImageFilter<TInputImage, TOutputImage>::SetMirrorAxes(const AxesType & axes)
{
  if (axes != m_MirrorAxes)
  {
    m_MirrorAxes = axes;
    this->Modified();
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkPipelineImageFilter<TInputImage, TOutputImage>::SetModel(NetworkModel * model)
{
  if (m_Model != model || !m_FurtherModels.empty())
  {
    m_Model = model;
    m_FurtherModels.clear();
    this->Modified();
  }
}

template <typename TInputImage, typename TOutputImage>
ModifiedTimeType
NetworkPipelineImageFilter<TInputImage, TOutputImage>::GetMTime() const
{
  ModifiedTimeType latest = Superclass::GetMTime();
  if (m_Model)
  {
    latest = std::max(latest, m_Model->GetMTime());
  }
  for (const auto & model : m_FurtherModels)
  {
    latest = std::max(latest, model->GetMTime());
  }
  return latest;
}

template <typename TInputImage, typename TOutputImage>
const std::string &
NetworkPipelineImageFilter<TInputImage, TOutputImage>::GetRemark(const unsigned int number) const
{
  if (number >= m_Remarks.size())
  {
    itkSyntheticCTExceptionMacro("There is no remark " << number << ", only " << m_Remarks.size());
  }
  return m_Remarks[number];
}

template <typename TInputImage, typename TOutputImage>
void
NetworkPipelineImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  if (!m_Model)
  {
    itkSyntheticCTExceptionMacro("No model is set.");
  }
  if (!m_Model->HasCard())
  {
    itkSyntheticCTExceptionMacro("The model '"
                                 << m_Model->GetFileName() << "' has no model card (" << NetworkModelCard::FileName
                                 << " in its archive); give it one with NetworkModel::ReadCard() or SetCard(), or "
                                    "chain the stages by hand.");
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
      itkSyntheticCTExceptionMacro("The card of the model '" << model->GetFileName()
                                                             << "' does not name the same outputs as '"
                                                             << m_Model->GetFileName() << "'.");
    }
  }
  const size_t numberOfInputs = m_Model->GetCard().Inputs.size();
  if (this->GetNumberOfIndexedInputs() != numberOfInputs)
  {
    itkSyntheticCTExceptionMacro("The model card names " << numberOfInputs << " input images but "
                                                         << this->GetNumberOfIndexedInputs() << " are given.");
  }
  for (unsigned int i = 0; i < numberOfInputs; ++i)
  {
    if (!this->GetInput(i))
    {
      itkSyntheticCTExceptionMacro("Input " << i << " (" << m_Model->GetCard().Inputs[i].Name << ") is not set.");
    }
  }
  this->VerifyCard(m_Model->GetCard());
  Superclass::VerifyPreconditions();
}

template <typename TInputImage, typename TOutputImage>
void
NetworkPipelineImageFilter<TInputImage, TOutputImage>::GenerateInputRequestedRegion()
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
NetworkPipelineImageFilter<TInputImage, TOutputImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TInputImage, typename TOutputImage>
auto
NetworkPipelineImageFilter<TInputImage, TOutputImage>::RunNetwork(const bool                  computeUncertainty,
                                                                  ProgressAccumulator * const progress) -> NetworkRun
{
  m_Remarks.clear();
  const auto takeRemarks = [this](const auto * const from) {
    for (unsigned int i = 0; i < from->GetNumberOfRemarks(); ++i)
    {
      m_Remarks.push_back(from->GetRemark(i));
    }
  };
  takeRemarks(m_Model.GetPointer());
  for (const auto & model : m_FurtherModels)
  {
    takeRemarks(model.GetPointer());
  }

  const NetworkModelCard & card = this->GetCard();
  const auto               workUnits = this->GetNumberOfWorkUnits();

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
  takeRemarks(preprocess.GetPointer());
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
  inference->SetComputeUncertainty(computeUncertainty);
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

  return { inference, preprocess->GetOutput(0), mask };
}

template <typename TInputImage, typename TOutputImage>
auto
NetworkPipelineImageFilter<TInputImage, TOutputImage>::OntoGrid(RealImageType * const       image,
                                                                const RealImageType * const grid) const
  -> RealImageType::Pointer
{
  image->Update();
  if (GridDifference<3>(*image, *grid, this->GetCoordinateTolerance()).empty())
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
template <typename TImage, typename TNetworkImage>
typename TImage::Pointer
NetworkPipelineImageFilter<TInputImage, TOutputImage>::BackToInput(const TNetworkImage * const      image,
                                                                   const typename TImage::PixelType outsideValue,
                                                                   ProgressAccumulator * const      progress,
                                                                   const float                      weight) const
{
  typename TNetworkImage::ConstPointer oriented = image;
  if (!this->GetCard().Preprocess.Orientation.empty())
  {
    auto reorient = ReorientImageFilter<TNetworkImage>::New();
    reorient->SetInput(image);
    reorient->SetOrientation(OrientationCode::FromDirection(this->GetInput()->GetDirection()));
    reorient->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
    reorient->Update();
    oriented = reorient->GetOutput();
  }
  auto back = ResampleOntoReferenceImageFilter<TNetworkImage, TImage>::New();
  back->SetInput(oriented);
  back->SetReferenceImage(this->GetInput());
  back->SetDefaultPixelValue(outsideValue);
  if (std::is_same<TNetworkImage, MaskImageType>::value)
  {
    back->SetInterpolation(GridResampleInterpolationEnum::Nearest);
  }
  back->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
  progress->RegisterInternalFilter(back, weight);
  back->Update();
  const typename TImage::Pointer result = back->GetOutput();
  // The way back may have changed the last digits of the geometry.
  result->CopyInformation(this->GetInput());
  return result;
}

template <typename TInputImage, typename TOutputImage>
void
NetworkPipelineImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  itkPrintSelfObjectMacro(Model);
  os << indent << "FurtherModels: " << m_FurtherModels.size() << std::endl;
  os << indent << "NumberOfModels: " << this->GetNumberOfModels() << std::endl;
  os << indent << "MirrorAxes: [";
  for (const unsigned int axis : m_MirrorAxes)
  {
    os << " " << axis;
  }
  os << " ]" << std::endl;
  os << indent << "BatchSize: " << m_BatchSize << std::endl;
  os << indent << "Remarks: " << m_Remarks.size() << std::endl;
}

} // namespace itk

#endif
