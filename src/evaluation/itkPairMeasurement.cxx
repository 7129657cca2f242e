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
#include "evaluation/itkPairMeasurement.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "itkBinaryThresholdImageFilter.h"
#include "itkBodyMaskImageFilter.h"
#include "itkCommand.h"
#include "itkMaskImageFilter.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace itk
{
namespace SyntheticCTDetail
{

PairMeasurement::PairMeasurement(PairImages images, const EvaluationSettings & settings, ProcessObject * process)
  : m_Images(std::move(images))
  , m_Settings(settings)
  , m_Process(process)
  , m_IsFinite(AreVoxelsFinite(m_Images.Reference) && AreVoxelsFinite(m_Images.Synthetic))
{}

std::string
PairMeasurement::GetBody() const
{
  if (!m_Images.Mask)
  {
    return "whole image";
  }
  return m_Settings.GetMaskDilation() == 0
           ? "mask"
           : "mask dilated by " + std::to_string(m_Settings.GetMaskDilation()) + " voxels inside axial slices";
}

bool
PairMeasurement::Has(EvaluationInputEnum input) const
{
  switch (input)
  {
    case EvaluationInputEnum::Segmentations:
      return m_Images.ReferenceLabels && m_Images.SyntheticLabels;
    case EvaluationInputEnum::Structures:
      return m_Images.ReferenceStructures && m_Images.SyntheticStructures;
    case EvaluationInputEnum::MR:
      return m_Images.MR;
    default:
      return true;
  }
}

template <typename TFilter>
void
PairMeasurement::SetImages(TFilter * filter, const MaskType * mask) const
{
  filter->SetReferenceImage(m_Images.Reference);
  filter->SetSyntheticImage(m_Images.Synthetic);
  filter->SetMaskImage(mask);
}

void
PairMeasurement::Run(ProcessObject * filter) const
{
  if (!m_Process)
  {
    filter->Update();
    return;
  }
  const auto tag = filter->AddObserver(ProgressEvent(), [this, filter](const EventObject &) {
    if (m_Process->GetAbortGenerateData())
    {
      filter->AbortGenerateDataOn();
    }
  });
  filter->Update();
  filter->RemoveObserver(tag);
}

template <typename TFilter>
void
PairMeasurement::RunMeasure(TFilter * filter)
{
  filter->WarnOfRemarksOff();
  this->Run(filter);
  for (SizeValueType i = 0; i < filter->GetNumberOfRemarks(); ++i)
  {
    const std::string & remark = filter->GetRemark(i);
    if (std::find(m_Remarks.begin(), m_Remarks.end(), remark) == m_Remarks.end())
    {
      m_Remarks.push_back(remark);
    }
  }
}

const PairMeasurement::ErrorMeasuresType *
PairMeasurement::GetErrors(PeakDefinition definition, bool inWholeImage, bool perSlice)
{
  ErrorMeasuresType::Pointer & filter = m_Errors[{ definition, inWholeImage, perSlice }];
  if (!filter)
  {
    filter = ErrorMeasuresType::New();
    this->SetImages(filter.GetPointer(), inWholeImage ? nullptr : m_Images.Mask.GetPointer());
    filter->SetPeakSignalToNoiseRatioDefinition(definition);
    // The other definitions have one of their own.
    if (definition == PeakDefinition::Unclipped)
    {
      filter->SetDataRange(m_Settings.GetDataRange());
    }
    filter->SetComputeSlices(perSlice);
    this->RunMeasure(filter.GetPointer());
  }
  return filter;
}

const PairMeasurement::ErrorMeasuresType *
PairMeasurement::GetLabelErrors()
{
  if (!m_LabelErrors)
  {
    if (!m_Images.ReferenceLabels)
    {
      Fail("errors per label need a segmentation of the reference");
    }
    m_LabelErrors = ErrorMeasuresType::New();
    this->SetImages(m_LabelErrors.GetPointer(), m_Images.Mask.GetPointer());
    m_LabelErrors->SetLabelImage(m_Images.ReferenceLabels);
    m_LabelErrors->SetLabels(m_Settings.GetLabels());
    m_LabelErrors->SetDataRange(m_Settings.GetDataRange());
    this->RunMeasure(m_LabelErrors.GetPointer());
  }
  return m_LabelErrors;
}

const PairMeasurement::SimilarityType *
PairMeasurement::GetSimilarity(StructuralSimilarityEnum variant, bool inWholeImage)
{
  // Only Masked3D needs a run of its own for the whole image.
  const bool                isOwnRun = inWholeImage && variant == StructuralSimilarityEnum::Masked3D;
  SimilarityType::Pointer & filter = m_Similarities[{ variant, isOwnRun }];
  if (!filter)
  {
    filter = SimilarityType::New();
    this->SetImages(filter.GetPointer(), isOwnRun ? nullptr : m_Images.Mask.GetPointer());
    filter->SetVariant(variant);
    filter->ComputeGlobalOff();
    this->RunMeasure(filter.GetPointer());
  }
  return filter;
}

const PairMeasurement::SimilarityType *
PairMeasurement::GetRegionSimilarity(HounsfieldRegionEnum region)
{
  SimilarityType::Pointer & filter = m_RegionSimilarities[region];
  if (!filter)
  {
    // The clipping of the classes makes the first and the last interval open to what lies beyond it.
    const auto     bounds = OverlapType::New();
    const double   lower = bounds->GetRegionLowerBound(region);
    const double   upper = bounds->GetRegionUpperBound(region);
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    filter = SimilarityType::New();
    this->SetImages(filter.GetPointer(),
                    this->Between<MaskType>(m_Images.Reference,
                                            lower <= bounds->GetWindowMinimum() ? -infinity : lower,
                                            upper >= bounds->GetWindowMaximum() ? infinity : upper));
    filter->ComputeGlobalOff();
    this->RunMeasure(filter.GetPointer());
  }
  return filter;
}

const PairMeasurement::OverlapType *
PairMeasurement::GetOverlap()
{
  if (!m_Overlap)
  {
    m_Overlap = OverlapType::New();
    this->SetImages(m_Overlap.GetPointer(), m_Images.Mask.GetPointer());
    m_Overlap->SetThresholdsInSteps(
      m_Settings.GetFirstDiceThreshold(), m_Settings.GetLastDiceThreshold(), m_Settings.GetDiceThresholdStep());
    this->RunMeasure(m_Overlap.GetPointer());
  }
  return m_Overlap;
}

const PairMeasurement::OverlapType *
PairMeasurement::GetGreyLevelOverlap()
{
  if (!m_GreyLevelOverlap)
  {
    m_GreyLevelOverlap = OverlapType::New();
    this->SetImages(m_GreyLevelOverlap.GetPointer(), m_Images.Mask.GetPointer());
    m_GreyLevelOverlap->SetGreyLevelThresholds();
    this->RunMeasure(m_GreyLevelOverlap.GetPointer());
  }
  return m_GreyLevelOverlap;
}

const PairMeasurement::BodyOverlapType *
PairMeasurement::GetBodyOverlap()
{
  if (!m_BodyOverlap)
  {
    const auto bodyOf = [this](const ImageType * image) {
      auto filter = BodyMaskImageFilter<ImageType, MaskType>::New();
      filter->SetInput(image);
      filter->AutomaticThresholdOff();
      filter->SetThreshold(-400.0);
      this->Run(filter);
      return MaskType::Pointer(filter->GetOutput());
    };
    m_BodyOverlap = BodyOverlapType::New();
    m_BodyOverlap->SetReferenceImage(bodyOf(m_Images.Reference));
    m_BodyOverlap->SetSyntheticImage(bodyOf(m_Images.Synthetic));
    m_BodyOverlap->SetThresholds({ 1.0 });
    this->RunMeasure(m_BodyOverlap.GetPointer());
  }
  return m_BodyOverlap;
}

template <typename TMask>
typename TMask::ConstPointer
PairMeasurement::Between(const ImageType * image, double lower, double upper) const
{
  auto threshold = BinaryThresholdImageFilter<ImageType, TMask>::New();
  threshold->SetInput(image);
  threshold->SetLowerThreshold(static_cast<float>(lower));
  threshold->SetUpperThreshold(static_cast<float>(upper));
  threshold->SetInsideValue(1);
  threshold->SetOutsideValue(0);
  if (!m_Images.Mask)
  {
    threshold->Update();
    return typename TMask::ConstPointer(threshold->GetOutput());
  }
  auto mask = MaskImageFilter<TMask, MaskType>::New();
  mask->SetInput(threshold->GetOutput());
  mask->SetMaskImage(m_Images.Mask);
  mask->Update();
  return typename TMask::ConstPointer(mask->GetOutput());
}

const PairMeasurement::Structures &
PairMeasurement::GetStructures(StructureSource source)
{
  Structures & structures = m_Structures[source];
  if (structures.Reference)
  {
    return structures;
  }
  switch (source)
  {
    case StructureSource::Segmentations:
      if (!this->Has(EvaluationInputEnum::Segmentations))
      {
        Fail("metrics of labels need segmentations of the reference and of the synthetic CT");
      }
      structures = { m_Images.ReferenceLabels, m_Images.SyntheticLabels, m_Settings.GetLabels() };
      break;
    case StructureSource::Structures:
      if (!this->Has(EvaluationInputEnum::Structures))
      {
        Fail("metrics of structures need a segmentation network that finds them in both images");
      }
      structures = { m_Images.ReferenceStructures, m_Images.SyntheticStructures, {} };
      // The first is the background.
      for (size_t label = 1; label < m_Settings.GetStructureNames().size(); ++label)
      {
        structures.Labels.push_back(static_cast<unsigned short>(label));
      }
      break;
    default:
    {
      constexpr auto infinity = std::numeric_limits<double>::infinity();
      const double   threshold = m_Settings.GetBoneThreshold();
      structures.Reference = this->Between<LabelImageType>(m_Images.Reference, threshold, infinity);
      structures.Synthetic = this->Between<LabelImageType>(m_Images.Synthetic, threshold, infinity);
      structures.Labels = { 1 };
    }
  }
  return structures;
}

const PairMeasurement::SurfaceType *
PairMeasurement::GetSurfaces(StructureSource source, SurfaceDistanceDefinitionEnum definition)
{
  SurfaceType::Pointer & filter = m_Surfaces[{ source, definition }];
  if (!filter)
  {
    const Structures & structures = this->GetStructures(source);
    filter = SurfaceType::New();
    filter->SetReferenceImage(structures.Reference);
    filter->SetSyntheticImage(structures.Synthetic);
    filter->SetLabels(structures.Labels);
    filter->SetDefinition(definition);
    filter->SetTolerances({ m_Settings.GetSurfaceTolerance() });
    this->Run(filter);
  }
  return filter;
}

PairMeasurement::DeviationType *
PairMeasurement::GetDeviation(bool withMesh)
{
  if (!m_Deviation)
  {
    const Structures & structures = this->GetStructures(StructureSource::Bone);
    m_Deviation = DeviationType::New();
    m_Deviation->SetReferenceImage(structures.Reference);
    m_Deviation->SetSyntheticImage(structures.Synthetic);
    m_Deviation->SetComputeMesh(withMesh);
    this->Run(m_Deviation);
  }
  return m_Deviation;
}

const PairMeasurement::MutualInformationType *
PairMeasurement::GetMutualInformation(bool ofReference)
{
  MutualInformationType::Pointer & filter = m_MutualInformation[ofReference];
  if (!filter)
  {
    if (!this->Has(EvaluationInputEnum::MR))
    {
      Fail("the normalized mutual information needs the MR");
    }
    filter = MutualInformationType::New();
    filter->SetCTImage(ofReference ? m_Images.Reference : m_Images.Synthetic);
    filter->SetMRImage(m_Images.MR);
    filter->SetMaskImage(m_Images.Mask);
    this->Run(filter);
  }
  return filter;
}

bool
AreVoxelsFinite(const PairImages::ImageType * image)
{
  const float * const begin = image->GetBufferPointer();
  return std::all_of(
    begin, begin + image->GetBufferedRegion().GetNumberOfPixels(), [](float voxel) { return std::isfinite(voxel); });
}

} // namespace SyntheticCTDetail

template class ImageErrorMeasuresImageFilter<SyntheticCTDetail::PairImages::ImageType,
                                             SyntheticCTDetail::PairImages::ImageType,
                                             SyntheticCTDetail::PairImages::MaskType,
                                             SyntheticCTDetail::PairImages::LabelImageType>;
template class MaskedStructuralSimilarityImageFilter<SyntheticCTDetail::PairImages::ImageType>;
template class ThresholdOverlapMeasuresImageFilter<SyntheticCTDetail::PairImages::ImageType>;
template class ThresholdOverlapMeasuresImageFilter<SyntheticCTDetail::PairImages::MaskType>;
template class SurfaceDistanceMeasuresImageFilter<SyntheticCTDetail::PairImages::LabelImageType>;
template class SignedSurfaceDeviationMeshFilter<SyntheticCTDetail::PairImages::LabelImageType>;

} // namespace itk
