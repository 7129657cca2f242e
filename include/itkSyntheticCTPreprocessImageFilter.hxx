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
#include "itkClampImageFilter.h"
#include "itkConvexHullMaskImageFilter.h"
#include "itkEightBitScaleImageFilter.h"
#include "itkFastN4BiasFieldCorrectionImageFilter.h"
#include "itkHounsfieldScaleImageFilter.h"
#include "itkPercentileRescaleImageFilter.h"
#include "itkPlausibilityCheckImageFilter.h"
#include "itkReorientImageFilter.h"
#include "itkResampleToSpacingImageFilter.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "itkZScoreNormalizeImageFilter.h"

#include <algorithm>
#include <sstream>
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
    itkSyntheticCTExceptionMacro("No model card is set.");
  }
  if (this->GetNumberOfIndexedInputs() != m_Card.Inputs.size())
  {
    itkSyntheticCTExceptionMacro("The model card names " << m_Card.Inputs.size() << " input images but "
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
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::SetInputTitle(const unsigned int  number,
                                                                           const std::string & title)
{
  if (number >= m_InputTitles.size())
  {
    m_InputTitles.resize(number + 1);
  }
  if (m_InputTitles[number] != title)
  {
    m_InputTitles[number] = title;
    this->Modified();
  }
}

template <typename TInputImage, typename TOutputImage>
std::string
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::GetInputTitle(const unsigned int number) const
{
  if (number < m_InputTitles.size() && !m_InputTitles[number].empty())
  {
    return m_InputTitles[number];
  }
  const std::string title = "input " + std::to_string(number);
  return number < m_Card.Inputs.size() ? title + " (" + m_Card.Inputs[number].Name + ")" : title;
}

template <typename TInputImage, typename TOutputImage>
const std::string &
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::GetRemark(const unsigned int number) const
{
  if (number >= m_Remarks.size())
  {
    itkSyntheticCTExceptionMacro("There is no remark " << number << ", only " << m_Remarks.size());
  }
  return m_Remarks[number];
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::TakeInput(const unsigned int number,
                                                                       const float        progressWeight) ->
  typename OutputImageType::Pointer
{
  const NetworkModelCard::Input & input = m_Card.Inputs[number];
  const bool                      hasWindow = input.Transform == IntensityTransformEnum::Hounsfield ||
                         input.Transform == IntensityTransformEnum::CTForeground ||
                         (input.Transform == IntensityTransformEnum::EightBit && !input.OwnRange);

  auto check = PlausibilityCheckImageFilter<InputImageType, MaskImageType>::New();
  check->SetInput(this->GetInput(number));
  check->SetModalityByName(input.Modality);
  check->SetImageName(this->GetInputTitle(number));
  if (hasWindow)
  {
    check->SetExpectedMinimum(input.Lower);
    check->SetExpectedMaximum(input.Upper);
    check->UseExpectedRangeOn();
  }
  SyntheticCTDetail::UpdateInside(this, check.GetPointer(), 0.5F * progressWeight);
  const bool isClamped = check->GetModality() == ImageModalityEnum::MR && check->GetNumberOfOutliers() > 0;
  for (unsigned int i = 0; i < check->GetNumberOfRemarks(); ++i)
  {
    const bool isOutliers = isClamped && check->GetRemarkKind(i) == PlausibilityRemarkEnum::Outliers;
    m_Remarks.push_back(check->GetRemark(i) + (isOutliers ? ", and are set to the nearest of these" : ""));
  }

  auto cast = CastImageFilter<InputImageType, OutputImageType>::New();
  cast->SetInput(this->GetInput(number));
  SyntheticCTDetail::UpdateInside(this, cast.GetPointer(), 0.25F * progressWeight);
  if (!isClamped)
  {
    this->UpdateProgress(this->GetProgress() + 0.25F * progressWeight);
    return cast->GetOutput();
  }
  using PixelType = typename OutputImageType::PixelType;
  auto clamp = ClampImageFilter<OutputImageType, OutputImageType>::New();
  clamp->SetInput(cast->GetOutput());
  clamp->SetBounds(static_cast<PixelType>(check->GetOrdinaryMinimum()),
                   static_cast<PixelType>(check->GetOrdinaryMaximum()));
  SyntheticCTDetail::UpdateInside(this, clamp.GetPointer(), 0.25F * progressWeight);
  return clamp->GetOutput();
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::CorrectBias(const OutputImageType * const image,
                                                                         const float progressWeight) ->
  typename OutputImageType::Pointer
{
  Array<unsigned int> iterations(BiasCorrectionLevels);
  iterations.Fill(BiasCorrectionIterations);
  auto correct = FastN4BiasFieldCorrectionImageFilter<OutputImageType, MaskImageType, OutputImageType>::New();
  correct->SetInput(image);
  correct->SetMaskImage(this->GetMaskImage());
  correct->SetShrinkFactor(BiasCorrectionShrinkFactor);
  correct->SetNumberOfFittingLevels(BiasCorrectionLevels);
  correct->SetMaximumNumberOfIterations(iterations);
  SyntheticCTDetail::UpdateInside(this, correct.GetPointer(), progressWeight);
  return correct->GetOutput();
}

template <typename TInputImage, typename TOutputImage>
template <typename TImage>
typename TImage::Pointer
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::ToNetworkGrid(const TImage * const image,
                                                                           const bool           isMask,
                                                                           const float          progressWeight)
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
    SyntheticCTDetail::UpdateInside(this, reorient.GetPointer(), 0.5F * progressWeight);
    result = reorient->GetOutput();
  }
  if (m_Card.Preprocess.Spacing)
  {
    auto resample = ResampleToSpacingImageFilter<TImage>::New();
    resample->SetInput(result);
    resample->SetOutputSpacing(m_Card.Preprocess.Spacing->data());
    if (isMask)
    {
      resample->SetInterpolation(GridResampleInterpolationEnum::Nearest);
    }
    SyntheticCTDetail::UpdateInside(this, resample.GetPointer(), 0.5F * progressWeight);
    result = resample->GetOutput();
  }
  return const_cast<TImage *>(result.GetPointer());
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::Normalize(const OutputImageType * const   image,
                                                                       const MaskImageType * const     mask,
                                                                       const NetworkModelCard::Input & input,
                                                                       const float progressWeight) ->
  typename OutputImageType::Pointer
{
  switch (input.Transform)
  {
    case IntensityTransformEnum::ZScore:
    {
      auto filter = ZScoreNormalizeImageFilter<OutputImageType, OutputImageType, MaskImageType>::New();
      filter->SetInput(image);
      filter->SetMaskImage(mask);
      filter->SetKeepOutsideMask(input.KeepOutsideMask);
      SyntheticCTDetail::UpdateInside(this, filter.GetPointer(), progressWeight);
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
      SyntheticCTDetail::UpdateInside(this, filter.GetPointer(), progressWeight);
      return filter->GetOutput();
    }
    case IntensityTransformEnum::Hounsfield:
    {
      auto filter = HounsfieldScaleImageFilter<OutputImageType, OutputImageType>::New();
      filter->SetInput(image);
      filter->SetWindowMinimum(input.Lower);
      filter->SetWindowMaximum(input.Upper);
      filter->SetOutputMinimum(input.OutputMinimum);
      filter->SetOutputMaximum(input.OutputMaximum);
      SyntheticCTDetail::UpdateInside(this, filter.GetPointer(), progressWeight);
      return filter->GetOutput();
    }
    case IntensityTransformEnum::CTForeground:
    {
      auto filter = CTForegroundNormalizeImageFilter<OutputImageType, OutputImageType, MaskImageType>::New();
      filter->SetInput(image);
      filter->ComputeConstantsOff();
      filter->SetClipMinimum(input.Lower);
      filter->SetClipMaximum(input.Upper);
      filter->SetMean(input.Mean);
      filter->SetStandardDeviation(input.StandardDeviation);
      SyntheticCTDetail::UpdateInside(this, filter.GetPointer(), progressWeight);
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
        grey->SetWindowMinimum(input.Lower);
        grey->SetWindowMaximum(input.Upper);
      }
      if (input.SliceBySlice)
      {
        grey->SliceBySliceOn();
        grey->SetSliceAxis(AnatomicalSliceAxis(m_Card.Infer.Plane, image->GetDirection()));
      }
      SyntheticCTDetail::UpdateInside(this, grey.GetPointer(), 0.5F * progressWeight);
      auto scale = HounsfieldScaleImageFilter<MaskImageType, OutputImageType>::New();
      scale->SetInput(grey->GetOutput());
      scale->SetWindowMinimum(0.0);
      scale->SetWindowMaximum(255.0);
      scale->SetOutputMinimum(input.OutputMinimum);
      scale->SetOutputMaximum(input.OutputMaximum);
      SyntheticCTDetail::UpdateInside(this, scale.GetPointer(), 0.5F * progressWeight);
      return scale->GetOutput();
    }
    default:
      return const_cast<OutputImageType *>(image);
  }
}

template <typename TInputImage, typename TOutputImage>
auto
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::MakeMask(const OutputImageType * const firstImage,
                                                                      const float                   progressWeight) ->
  typename MaskImageType::Pointer
{
  if (this->GetMaskImage())
  {
    return this->ToNetworkGrid<MaskImageType>(this->GetMaskImage(), true, progressWeight);
  }
  if (m_Card.Preprocess.Mask == PreprocessingMaskEnum::None)
  {
    return nullptr;
  }
  auto body = BodyMaskImageFilter<OutputImageType, MaskImageType>::New();
  body->SetInput(firstImage);
  SyntheticCTDetail::UpdateInside(this, body.GetPointer(), 0.5F * progressWeight);
  typename MaskImageType::Pointer mask = body->GetOutput();

  const auto                  voxels = mask->GetBufferedRegion().GetNumberOfPixels();
  const unsigned char * const first = mask->GetBufferPointer();
  const auto   inside = static_cast<double>(voxels) - static_cast<double>(std::count(first, first + voxels, 0));
  const double percent = 100.0 * inside / static_cast<double>(voxels);
  if (percent < 1.0)
  {
    std::ostringstream text;
    text.precision(2);
    text << "the body mask of " << this->GetInputTitle(0) << " holds " << percent
         << " % of the volume, which is next to nothing: a mask can be given";
    m_Remarks.push_back(text.str());
  }
  if (m_Card.Preprocess.Mask == PreprocessingMaskEnum::ConvexHull)
  {
    auto hull = ConvexHullMaskImageFilter<MaskImageType>::New();
    hull->SetInput(mask);
    hull->SliceBySliceOn();
    SyntheticCTDetail::UpdateInside(this, hull.GetPointer(), 0.5F * progressWeight);
    mask = hull->GetOutput();
  }
  return mask;
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  m_Remarks.clear();
  const auto numberOfInputs = static_cast<unsigned int>(m_Card.Inputs.size());

  // Shares of the time, of which a bias field correction takes most.
  const auto isCorrected = [this](const NetworkModelCard::Input & input) {
    return m_Card.Preprocess.BiasCorrection && input.Modality == "MR";
  };
  const auto  numberCorrected = std::count_if(m_Card.Inputs.begin(), m_Card.Inputs.end(), isCorrected);
  const float unit = 1.0F / (static_cast<float>(3 * numberOfInputs + 1) + 20.0F * static_cast<float>(numberCorrected));

  std::vector<typename OutputImageType::Pointer> images;
  for (unsigned int i = 0; i < numberOfInputs; ++i)
  {
    auto image = this->TakeInput(i, unit);
    if (isCorrected(m_Card.Inputs[i]))
    {
      image = this->CorrectBias(image, 20.0F * unit);
    }
    images.push_back(this->ToNetworkGrid<OutputImageType>(image, false, unit));
  }

  const typename MaskImageType::Pointer mask = this->MakeMask(images.front(), unit);

  for (unsigned int i = 0; i < numberOfInputs; ++i)
  {
    this->GraftNthOutput(i, this->Normalize(images[i], mask, m_Card.Inputs[i], unit));
    images[i] = nullptr;
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
  this->UpdateProgress(1.0F);
  SyntheticCTDetail::ThrowIfAborted(this);
}

template <typename TInputImage, typename TOutputImage>
void
SyntheticCTPreprocessImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Card: " << m_Card.Name << std::endl;
  for (unsigned int i = 0; i < m_InputTitles.size(); ++i)
  {
    os << indent << "InputTitle " << i << ": " << m_InputTitles[i] << std::endl;
  }
  os << indent << "Remarks: " << m_Remarks.size() << std::endl;
}

} // namespace itk

#endif
