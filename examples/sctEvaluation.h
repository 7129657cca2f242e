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
#ifndef sctEvaluation_h
#define sctEvaluation_h

// The images of one case, and the filters that measure them.

#include "sctCommandLine.h"
#include "sctFiles.h"
#include "sctProgress.h"
#include "sctMetricValue.h"

#include "itkImageErrorMeasuresImageFilter.h"
#include "itkMaskedStructuralSimilarityImageFilter.h"
#include "itkSignedSurfaceDeviationMeshFilter.h"
#include "itkSurfaceDistanceMeasuresImageFilter.h"
#include "itkThresholdOverlapMeasuresImageFilter.h"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace sct
{

using ErrorMeasuresType = itk::ImageErrorMeasuresImageFilter<VolumeType, VolumeType, MaskType, LabelImageType>;
using SimilarityType = itk::MaskedStructuralSimilarityImageFilter<VolumeType>;
using OverlapType = itk::ThresholdOverlapMeasuresImageFilter<VolumeType>;
using BodyOverlapType = itk::ThresholdOverlapMeasuresImageFilter<MaskType>;
using SurfaceType = itk::SurfaceDistanceMeasuresImageFilter<LabelImageType>;
using DeviationType = itk::SignedSurfaceDeviationMeshFilter<LabelImageType>;
using PeakDefinition = itk::PeakSignalToNoiseRatioDefinitionEnum;

/** A segmentation network, for structures that nobody has segmented by hand. */
class Segmenter
{
public:
  Segmenter() = default;
  Segmenter(const Segmenter &) = delete;
  Segmenter &
  operator=(const Segmenter &) = delete;
  virtual ~Segmenter() = default;

  /** The labels of a CT in HU. Several threads may call it; they take turns. */
  virtual LabelImageType::Pointer
  Segment(const VolumeType * image) = 0;

  /** The names of the labels, from 0, the background, on. */
  virtual const std::vector<std::string> &
  GetNames() const = 0;

  /** The file of the network. */
  virtual const std::string &
  GetFileName() const = 0;
};

struct MetricSettings
{
  /** L of the PSNR that has it from the user, in HU. */
  double DataRange{ 4000.0 };
  /** By how many voxels masks are dilated inside axial slices. */
  unsigned int MaskDilation{ 0 };
  /** Bone is what has at least as many HU. */
  double BoneThreshold{ 250.0 };
  /** First, last and step of the curve of Dice against HU. */
  std::array<double, 3> DiceThresholds{ { 250.0, 1250.0, 100.0 } };
  /** Of the normalized surface Dice, in mm. */
  double SurfaceTolerance{ 2.0 };
  /** The labels of segmentations that are measured; none for all that a case has. */
  std::vector<unsigned short> Labels;
  /** For the structures; null without one. */
  std::shared_ptr<Segmenter> Network;
};

struct MetricImages
{
  VolumeType::Pointer Reference;
  VolumeType::Pointer Synthetic;
  /** The body; null for the whole image. */
  MaskType::Pointer Mask;
  /** What was segmented by others; null when it was not. */
  LabelImageType::Pointer ReferenceSegmentation;
  LabelImageType::Pointer SyntheticSegmentation;
};

/** Where the structures come from whose surfaces are measured. */
enum class StructureSource
{
  Bone,
  Given,
  Network
};

/** The images of one case, and the filters that have run on them: each runs once, and only when it is needed. */
class Evaluation
{
public:
  Evaluation(const MetricImages & images, const MetricSettings & settings);

  const MetricSettings &
  GetSettings() const
  {
    return m_Settings;
  }

  /** What counts as the body, in words. */
  std::string
  GetBody() const;

  /** Whether every voxel of both images is a finite number, outside the mask too. */
  bool
  IsFinite() const
  {
    return m_IsFinite;
  }

  /** Whether there are structures of a source. */
  bool
  Has(StructureSource source) const;

  /** Errors of voxels; in the whole image whatever the mask, and per axial slice, when asked for. */
  const ErrorMeasuresType *
  GetErrors(PeakDefinition definition = PeakDefinition::Unclipped, bool inWholeImage = false, bool perSlice = false);

  /** Errors of voxels per label of the reference's segmentation. */
  const ErrorMeasuresType *
  GetLabelErrors();

  /** SSIM over the body, over the whole image whatever the mask, or (Masked3D) over a range of HU inside the body. */
  const SimilarityType *
  GetSimilarity(itk::StructuralSimilarityEnum variant, bool inWholeImage = false);
  const SimilarityType *
  GetRegionSimilarity(itk::HounsfieldRegionEnum region);

  /** Overlap at the thresholds of the curve and of the regions; at the grey levels of a bone window; of both bodies. */
  const OverlapType *
  GetOverlap();
  const OverlapType *
  GetGreyLevelOverlap();
  const BodyOverlapType *
  GetBodyOverlap();

  /** The surfaces of structures. Throws when there are none. */
  const SurfaceType *
  GetSurfaces(StructureSource source, itk::SurfaceDistanceDefinitionEnum definition);

  /** The signed deviation of the bone's surface; with its mesh when asked for at the first call. */
  DeviationType *
  GetDeviation(bool withMesh = false);

private:
  struct Structures
  {
    LabelImageType::Pointer     Reference;
    LabelImageType::Pointer     Synthetic;
    std::vector<unsigned short> Labels;
  };

  const Structures &
  GetStructures(StructureSource source);

  /** Where an image lies between two values, inside the body. */
  template <typename TMask>
  typename TMask::Pointer
  Between(const VolumeType * image, double lower, double upper) const;

  template <typename TFilter>
  void
  SetImages(TFilter * filter, const MaskType * mask) const;

  MetricImages   m_Images;
  MetricSettings m_Settings;
  bool           m_IsFinite;

  std::map<std::tuple<PeakDefinition, bool, bool>, ErrorMeasuresType::Pointer>                   m_Errors;
  ErrorMeasuresType::Pointer                                                                     m_LabelErrors;
  std::map<std::pair<itk::StructuralSimilarityEnum, bool>, SimilarityType::Pointer>              m_Similarities;
  std::map<itk::HounsfieldRegionEnum, SimilarityType::Pointer>                                   m_RegionSimilarities;
  OverlapType::Pointer                                                                           m_Overlap;
  OverlapType::Pointer                                                                           m_GreyLevelOverlap;
  BodyOverlapType::Pointer                                                                       m_BodyOverlap;
  std::map<StructureSource, Structures>                                                          m_Structures;
  std::map<std::pair<StructureSource, itk::SurfaceDistanceDefinitionEnum>, SurfaceType::Pointer> m_Surfaces;
  DeviationType::Pointer                                                                         m_Deviation;
};

} // namespace sct

#endif
