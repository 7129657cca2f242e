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
#ifndef itkSyntheticCTPreprocessImageFilter_hxx
#define itkSyntheticCTPreprocessImageFilter_hxx

#include "itkSyntheticCTPreprocessImageFilter.h"

#include "itkAnatomicalPlane.h"
#include "itkBodyMaskImageFilter.h"
#include "itkCTForegroundNormalizeImageFilter.h"
#include "itkCastImageFilter.h"
#include "itkConvexHullMaskImageFilter.h"
#include "itkEightBitScaleImageFilter.h"
#include "itkFastN4BiasFieldCorrectionImageFilter.h"
#include "itkHounsfieldScaleImageFilter.h"
#include "itkPercentileRescaleImageFilter.h"
#include "itkReorientImageFilter.h"
#include "itkResampleToSpacingImageFilter.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "itkZScoreNormalizeImageFilter.h"

#include <algorithm>
#include <string>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::SyntheticCTPreprocessImageFilter()
{
  this->AddOptionalInputName("MaskImage");
  this->ProcessObject::SetOutput("MaskOutput", this->MakeOutput("MaskOutput"));
}

template <typename TInputImage, typename TOutputImage>
ProcessObject::DataObjectPointer
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::MakeOutput(
  const ProcessObject::DataObjectIdentifierType & name)
{
  if (name == "MaskOutput")
  {
    return MaskImageType::New().GetPointer();
  }
  return Superclass::MakeOutput(name);
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::GetMaskOutput() -> MaskImageType *
{
  return static_cast<MaskImageType *>(this->ProcessObject::GetOutput("MaskOutput"));
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::GetMaskOutput() const -> const MaskImageType *
{
  return static_cast<const MaskImageType *>(this->ProcessObject::GetOutput("MaskOutput"));
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::SetCard(const NetworkModelCard & card)
{
  m_Card = card;
  const auto numberOfInputs = static_cast<DataObjectPointerArraySizeType>(card.Inputs.size());
  this->SetNumberOfRequiredInputs(numberOfInputs);
  this->SetNumberOfIndexedOutputs(numberOfInputs);
  for (DataObjectPointerArraySizeType i = 0; i < numberOfInputs; ++i)
  {
    if (!this->ProcessObject::GetOutput(i))
    {
      this->SetNthOutput(i, OutputImageType::New());
    }
  }
  this->Modified();
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  if (m_Card.Inputs.empty())
  {
    itkExceptionMacro("No model card is set.");
  }
  if (this->GetNumberOfIndexedInputs() != m_Card.Inputs.size())
  {
    itkExceptionMacro("The model card names " << m_Card.Inputs.size() << " input images but "
                                              << this->GetNumberOfIndexedInputs() << " are given.");
  }
  Superclass::VerifyPreconditions();
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::VerifyInputInformation() const
{
  // Not the superclass's: it accepts images of different sizes.
  for (DataObjectPointerArraySizeType i = 1; i < this->GetNumberOfIndexedInputs(); ++i)
  {
    const std::string name = "input " + std::to_string(i);
    SyntheticCTDetail::VerifySameGrid<Self, 3>(this, this->GetInput(), this->GetInput(i), name.c_str());
  }
  SyntheticCTDetail::VerifySameGrid<Self, 3>(this, this->GetInput(), this->GetMaskImage(), "the mask");
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  for (DataObjectPointerArraySizeType i = 0; i < this->GetNumberOfIndexedInputs(); ++i)
  {
    if (auto * const input = const_cast<InputImageType *>(this->GetInput(i)))
    {
      input->SetRequestedRegionToLargestPossibleRegion();
    }
  }
  if (auto * const mask = const_cast<MaskImageType *>(this->GetMaskImage()))
  {
    mask->SetRequestedRegionToLargestPossibleRegion();
  }
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::GenerateOutputInformation()
{
  Superclass::GenerateOutputInformation();

  // The grid follows from the geometry alone: the stages work it out on an image without voxels.
  auto grid = OutputImageType::New();
  grid->CopyInformation(this->GetInput());
  auto              reorient = ReorientImageFilter<OutputImageType>::New();
  auto              resample = ResampleToSpacingImageFilter<OutputImageType>::New();
  OutputImageType * last = grid;
  if (!m_Card.Preprocess.Orientation.empty())
  {
    reorient->SetInput(last);
    reorient->SetOrientation(m_Card.Preprocess.Orientation);
    reorient->UpdateOutputInformation();
    last = reorient->GetOutput();
  }
  if (m_Card.Preprocess.Spacing)
  {
    resample->SetInput(last);
    resample->SetOutputSpacing(m_Card.Preprocess.Spacing->data());
    resample->UpdateOutputInformation();
    last = resample->GetOutput();
  }
  for (const auto & name : this->GetOutputNames())
  {
    this->ProcessObject::GetOutput(name)->CopyInformation(last);
  }
}

template <typename TInputImage, typename TOutputImage>
template <typename TImage>
typename TImage::Pointer
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::ToNetworkGrid(const TImage * image, bool isMask) const
{
  // On the grid of the first input to the last digit: small differences would grow with the resampling.
  auto aligned = TImage::New();
  aligned->Graft(image);
  aligned->CopyInformation(this->GetInput());
  typename TImage::ConstPointer result = aligned;
  if (!m_Card.Preprocess.Orientation.empty())
  {
    auto reorient = ReorientImageFilter<TImage>::New();
    reorient->SetInput(result);
    reorient->SetOrientation(m_Card.Preprocess.Orientation);
    reorient->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
    reorient->Update();
    result = reorient->GetOutput();
  }
  if (m_Card.Preprocess.Spacing)
  {
    auto resample = ResampleToSpacingImageFilter<TImage>::New();
    resample->SetInput(result);
    resample->SetOutputSpacing(m_Card.Preprocess.Spacing->data());
    resample->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
    if (isMask)
    {
      resample->SetInterpolation(GridResampleInterpolationEnum::Nearest);
    }
    resample->Update();
    result = resample->GetOutput();
  }
  return const_cast<TImage *>(result.GetPointer());
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::Normalize(const OutputImageType *         image,
                                                                       const MaskImageType *           mask,
                                                                       const NetworkModelCard::Input & input) const ->
  typename OutputImageType::Pointer
{
  switch (input.Transform)
  {
    case IntensityTransformEnum::ZScore:
    {
      auto filter = ZScoreNormalizeImageFilter<OutputImageType, OutputImageType, MaskImageType>::New();
      filter->SetInput(image);
      filter->SetMaskImage(mask);
      filter->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
      filter->Update();
      return filter->GetOutput();
    }
    case IntensityTransformEnum::Percentile:
    {
      auto filter = PercentileRescaleImageFilter<OutputImageType, OutputImageType, MaskImageType>::New();
      filter->SetInput(image);
      filter->SetMaskImage(mask);
      filter->SetLowerPercentile(input.Lower);
      filter->SetUpperPercentile(input.Upper);
      filter->SetOutputMinimum(input.OutputMinimum);
      filter->SetOutputMaximum(input.OutputMaximum);
      filter->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
      filter->Update();
      return filter->GetOutput();
    }
    case IntensityTransformEnum::Hounsfield:
    {
      auto filter = HounsfieldScaleImageFilter<OutputImageType, OutputImageType>::New();
      filter->SetInput(image);
      filter->SetHounsfieldMinimum(input.Lower);
      filter->SetHounsfieldMaximum(input.Upper);
      filter->SetRangeMinimum(input.OutputMinimum);
      filter->SetRangeMaximum(input.OutputMaximum);
      filter->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
      filter->Update();
      return filter->GetOutput();
    }
    case IntensityTransformEnum::CTForeground:
    {
      auto filter = CTForegroundNormalizeImageFilter<OutputImageType, OutputImageType, MaskImageType>::New();
      filter->SetInput(image);
      filter->ComputeConstantsOff();
      filter->SetLowerValue(input.Lower);
      filter->SetUpperValue(input.Upper);
      filter->SetMean(input.Mean);
      filter->SetStandardDeviation(input.StandardDeviation);
      filter->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
      filter->Update();
      return filter->GetOutput();
    }
    case IntensityTransformEnum::EightBit:
    {
      auto grey = EightBitScaleImageFilter<OutputImageType, MaskImageType, MaskImageType>::New();
      grey->SetInput(image);
      grey->SetComputeConstants(input.OwnRange);
      if (input.OwnRange)
      {
        grey->SetMaskImage(mask);
      }
      else
      {
        grey->SetMinimum(input.Lower);
        grey->SetMaximum(input.Upper);
      }
      if (input.SliceBySlice)
      {
        grey->SliceBySliceOn();
        grey->SetSliceAxis(AnatomicalSliceAxis(m_Card.Infer.Plane, image->GetDirection()));
      }
      grey->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
      auto scale = HounsfieldScaleImageFilter<MaskImageType, OutputImageType>::New();
      scale->SetInput(grey->GetOutput());
      scale->SetHounsfieldMinimum(0.0);
      scale->SetHounsfieldMaximum(255.0);
      scale->SetRangeMinimum(input.OutputMinimum);
      scale->SetRangeMaximum(input.OutputMaximum);
      scale->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
      scale->Update();
      return scale->GetOutput();
    }
    default:
      return const_cast<OutputImageType *>(image);
  }
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  const auto numberOfInputs = static_cast<unsigned int>(m_Card.Inputs.size());
  // One step per image and stage, so that progress moves and an abort is seen between stages.
  const unsigned int numberOfSteps = 2 * numberOfInputs + 1;
  unsigned int       step = 0;
  const auto         finishStep = [this, &step, numberOfSteps]() {
    this->UpdateProgress(static_cast<float>(++step) / static_cast<float>(numberOfSteps));
    SyntheticCTDetail::ThrowIfAborted(this);
  };

  std::vector<typename OutputImageType::Pointer> images;
  for (unsigned int i = 0; i < numberOfInputs; ++i)
  {
    auto cast = CastImageFilter<InputImageType, OutputImageType>::New();
    cast->SetInput(this->GetInput(i));
    cast->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
    cast->Update();
    typename OutputImageType::Pointer image = cast->GetOutput();
    if (m_Card.Preprocess.BiasCorrection && m_Card.Inputs[i].Modality == "MR")
    {
      Array<unsigned int> iterations(BiasCorrectionLevels);
      iterations.Fill(BiasCorrectionIterations);
      auto correct = FastN4BiasFieldCorrectionImageFilter<OutputImageType, MaskImageType, OutputImageType>::New();
      correct->SetInput(image);
      correct->SetMaskImage(this->GetMaskImage());
      correct->SetShrinkFactor(BiasCorrectionShrinkFactor);
      correct->SetNumberOfFittingLevels(BiasCorrectionLevels);
      correct->SetMaximumNumberOfIterations(iterations);
      correct->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
      correct->Update();
      image = correct->GetOutput();
    }
    images.push_back(this->ToNetworkGrid<OutputImageType>(image, false));
    finishStep();
  }

  typename MaskImageType::Pointer mask;
  if (this->GetMaskImage())
  {
    mask = this->ToNetworkGrid<MaskImageType>(this->GetMaskImage(), true);
  }
  else if (m_Card.Preprocess.Mask != PreprocessingMaskEnum::None)
  {
    auto body = BodyMaskImageFilter<OutputImageType, MaskImageType>::New();
    body->SetInput(images.front());
    body->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
    body->Update();
    mask = body->GetOutput();
    if (m_Card.Preprocess.Mask == PreprocessingMaskEnum::ConvexHull)
    {
      auto hull = ConvexHullMaskImageFilter<MaskImageType>::New();
      hull->SetInput(mask);
      hull->SliceBySliceOn();
      hull->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
      hull->Update();
      mask = hull->GetOutput();
    }
  }
  finishStep();

  for (unsigned int i = 0; i < numberOfInputs; ++i)
  {
    this->GraftNthOutput(i, this->Normalize(images[i], mask, m_Card.Inputs[i]));
    images[i] = nullptr;
    finishStep();
  }

  MaskImageType * const maskOutput = this->GetMaskOutput();
  if (mask)
  {
    maskOutput->Graft(mask);
  }
  else
  {
    maskOutput->SetBufferedRegion(maskOutput->GetRequestedRegion());
    maskOutput->Allocate();
    maskOutput->FillBuffer(1);
  }
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Card: " << m_Card.Name << std::endl;
}

} // namespace itk

#endif
