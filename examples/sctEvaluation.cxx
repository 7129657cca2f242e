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
#include "sctEvaluation.h"

#include "itkBinaryThresholdImageFilter.h"
#include "itkBodyMaskImageFilter.h"
#include "itkMaskImageFilter.h"

#include <limits>
#include <stdexcept>

namespace sct
{

Evaluation::Evaluation(const MetricImages & images, const MetricSettings & settings)
  : m_Images(images)
  , m_Settings(settings)
  , m_IsFinite(sct::IsFinite(images.Reference) && sct::IsFinite(images.Synthetic))
{}

std::string
Evaluation::GetBody() const
{
  if (!m_Images.Mask)
  {
    return "whole image";
  }
  return m_Settings.MaskDilation == 0
           ? "mask"
           : "mask dilated by " + std::to_string(m_Settings.MaskDilation) + " voxels inside axial slices";
}

bool
Evaluation::Has(StructureSource source) const
{
  switch (source)
  {
    case StructureSource::Given:
      return m_Images.ReferenceSegmentation && m_Images.SyntheticSegmentation;
    case StructureSource::Network:
      return m_Settings.Network != nullptr;
    default:
      return true;
  }
}

template <typename TFilter>
void
Evaluation::SetImages(TFilter * filter, const MaskType * mask) const
{
  filter->SetReferenceImage(m_Images.Reference);
  filter->SetSyntheticImage(m_Images.Synthetic);
  filter->SetMaskImage(mask);
}

const ErrorMeasuresType *
Evaluation::GetErrors(PeakDefinition definition, bool inWholeImage, bool perSlice)
{
  ErrorMeasuresType::Pointer & filter = m_Errors[{ definition, inWholeImage, perSlice }];
  if (!filter)
  {
    filter = ErrorMeasuresType::New();
    this->SetImages(filter.GetPointer(), inWholeImage ? nullptr : m_Images.Mask.GetPointer());
    filter->SetPeakSignalToNoiseRatioDefinition(definition);
    if (definition == PeakDefinition::Unclipped)
    {
      filter->SetDataRange(m_Settings.DataRange);
    }
    filter->SetComputeSlices(perSlice);
    filter->Update();
  }
  return filter;
}

const ErrorMeasuresType *
Evaluation::GetLabelErrors()
{
  if (!m_LabelErrors)
  {
    if (!m_Images.ReferenceSegmentation)
    {
      throw std::runtime_error("errors per label need a segmentation of the reference");
    }
    m_LabelErrors = ErrorMeasuresType::New();
    this->SetImages(m_LabelErrors.GetPointer(), m_Images.Mask.GetPointer());
    m_LabelErrors->SetLabelImage(m_Images.ReferenceSegmentation);
    m_LabelErrors->SetLabels(m_Settings.Labels);
    m_LabelErrors->SetDataRange(m_Settings.DataRange);
    m_LabelErrors->Update();
  }
  return m_LabelErrors;
}

const SimilarityType *
Evaluation::GetSimilarity(itk::StructuralSimilarityEnum variant, bool inWholeImage)
{
  // Only Masked3D needs a run of its own for the whole image.
  const bool                isOwnRun = inWholeImage && variant == itk::StructuralSimilarityEnum::Masked3D;
  SimilarityType::Pointer & filter = m_Similarities[{ variant, isOwnRun }];
  if (!filter)
  {
    filter = SimilarityType::New();
    this->SetImages(filter.GetPointer(), isOwnRun ? nullptr : m_Images.Mask.GetPointer());
    filter->SetVariant(variant);
    filter->ComputeGlobalOff();
    filter->Update();
  }
  return filter;
}

const SimilarityType *
Evaluation::GetRegionSimilarity(itk::HounsfieldRegionEnum region)
{
  SimilarityType::Pointer & filter = m_RegionSimilarities[region];
  if (!filter)
  {
    // The clipping of the classes makes the first and the last interval open to what lies beyond it.
    const auto   bounds = OverlapType::New();
    const double lower = bounds->GetRegionLowerBound(region);
    const double upper = bounds->GetRegionUpperBound(region);
    const double infinity = std::numeric_limits<double>::infinity();
    filter = SimilarityType::New();
    this->SetImages(filter.GetPointer(),
                    this->Between<MaskType>(m_Images.Reference,
                                            lower <= bounds->GetWindowMinimum() ? -infinity : lower,
                                            upper >= bounds->GetWindowMaximum() ? infinity : upper));
    filter->ComputeGlobalOff();
    filter->Update();
  }
  return filter;
}

const OverlapType *
Evaluation::GetOverlap()
{
  if (!m_Overlap)
  {
    m_Overlap = OverlapType::New();
    this->SetImages(m_Overlap.GetPointer(), m_Images.Mask.GetPointer());
    m_Overlap->SetThresholdsInSteps(
      m_Settings.DiceThresholds[0], m_Settings.DiceThresholds[1], m_Settings.DiceThresholds[2]);
    m_Overlap->Update();
  }
  return m_Overlap;
}

const OverlapType *
Evaluation::GetGreyLevelOverlap()
{
  if (!m_GreyLevelOverlap)
  {
    m_GreyLevelOverlap = OverlapType::New();
    this->SetImages(m_GreyLevelOverlap.GetPointer(), m_Images.Mask.GetPointer());
    m_GreyLevelOverlap->SetGreyLevelThresholds();
    m_GreyLevelOverlap->Update();
  }
  return m_GreyLevelOverlap;
}

const BodyOverlapType *
Evaluation::GetBodyOverlap()
{
  if (!m_BodyOverlap)
  {
    const auto bodyOf = [](const VolumeType * image) {
      auto filter = itk::BodyMaskImageFilter<VolumeType, MaskType>::New();
      filter->SetInput(image);
      filter->AutomaticThresholdOff();
      filter->SetThreshold(-400.0);
      filter->Update();
      return MaskType::Pointer(filter->GetOutput());
    };
    m_BodyOverlap = BodyOverlapType::New();
    m_BodyOverlap->SetReferenceImage(bodyOf(m_Images.Reference));
    m_BodyOverlap->SetSyntheticImage(bodyOf(m_Images.Synthetic));
    m_BodyOverlap->SetThresholds({ 1.0 });
    m_BodyOverlap->Update();
  }
  return m_BodyOverlap;
}

template <typename TMask>
typename TMask::Pointer
Evaluation::Between(const VolumeType * image, double lower, double upper) const
{
  auto threshold = itk::BinaryThresholdImageFilter<VolumeType, TMask>::New();
  threshold->SetInput(image);
  threshold->SetLowerThreshold(static_cast<float>(lower));
  threshold->SetUpperThreshold(static_cast<float>(upper));
  threshold->SetInsideValue(1);
  threshold->SetOutsideValue(0);
  if (!m_Images.Mask)
  {
    threshold->Update();
    return threshold->GetOutput();
  }
  auto mask = itk::MaskImageFilter<TMask, MaskType>::New();
  mask->SetInput(threshold->GetOutput());
  mask->SetMaskImage(m_Images.Mask);
  mask->Update();
  return mask->GetOutput();
}

const Evaluation::Structures &
Evaluation::GetStructures(StructureSource source)
{
  Structures & structures = m_Structures[source];
  if (structures.Reference)
  {
    return structures;
  }
  switch (source)
  {
    case StructureSource::Given:
      if (!this->Has(source))
      {
        throw std::runtime_error("metrics of labels need segmentations of the reference and of the synthetic CT");
      }
      structures = { m_Images.ReferenceSegmentation, m_Images.SyntheticSegmentation, m_Settings.Labels };
      break;
    case StructureSource::Network:
      if (!this->Has(source))
      {
        throw std::runtime_error("metrics of structures need a segmentation network (--segmenter)");
      }
      if (!m_IsFinite)
      {
        throw std::runtime_error("a segmentation network needs finite numbers in every voxel, outside the mask too");
      }
      structures.Reference = m_Settings.Network->Segment(m_Images.Reference);
      structures.Synthetic = m_Settings.Network->Segment(m_Images.Synthetic);
      // The first is the background.
      for (size_t label = 1; label < m_Settings.Network->GetNames().size(); ++label)
      {
        structures.Labels.push_back(static_cast<unsigned short>(label));
      }
      break;
    default:
    {
      const double infinity = std::numeric_limits<double>::infinity();
      structures.Reference = this->Between<LabelImageType>(m_Images.Reference, m_Settings.BoneThreshold, infinity);
      structures.Synthetic = this->Between<LabelImageType>(m_Images.Synthetic, m_Settings.BoneThreshold, infinity);
      structures.Labels = { 1 };
    }
  }
  return structures;
}

const SurfaceType *
Evaluation::GetSurfaces(StructureSource source, itk::SurfaceDistanceDefinitionEnum definition)
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
    filter->SetTolerances({ m_Settings.SurfaceTolerance });
    filter->Update();
  }
  return filter;
}

DeviationType *
Evaluation::GetDeviation(bool withMesh)
{
  if (!m_Deviation)
  {
    const Structures & structures = this->GetStructures(StructureSource::Bone);
    m_Deviation = DeviationType::New();
    m_Deviation->SetReferenceImage(structures.Reference);
    m_Deviation->SetSyntheticImage(structures.Synthetic);
    m_Deviation->SetComputeMesh(withMesh);
    m_Deviation->Update();
  }
  return m_Deviation;
}

} // namespace sct
