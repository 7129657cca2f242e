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
#ifndef itkPairMeasurement_h
#define itkPairMeasurement_h

#include "itkEvaluationMetric.h"
#include "itkEvaluationSettings.h"
#include "itkImageErrorMeasuresImageFilter.h"
#include "itkMaskedStructuralSimilarityImageFilter.h"
#include "itkNormalizedMutualInformationImageFilter.h"
#include "itkSignedSurfaceDeviationMeshFilter.h"
#include "itkSurfaceDistanceMeasuresImageFilter.h"
#include "itkThresholdOverlapMeasuresImageFilter.h"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** The images of one case; those that it does not have are null. */
struct PairImages
{
  using ImageType = Image<float, 3>;
  using MaskType = Image<unsigned char, 3>;
  using LabelImageType = Image<unsigned short, 3>;

  ImageType::ConstPointer Reference;
  ImageType::ConstPointer Synthetic;
  /** The body, dilated as the settings say; null for the whole image. */
  MaskType::ConstPointer Mask;
  /** What was segmented by others. */
  LabelImageType::ConstPointer ReferenceLabels;
  LabelImageType::ConstPointer SyntheticLabels;
  /** What one segmentation method found in both. */
  LabelImageType::ConstPointer ReferenceStructures;
  LabelImageType::ConstPointer SyntheticStructures;
  ImageType::ConstPointer      MR;
};

/** Where the structures come from whose surfaces are measured. */
enum class StructureSource
{
  Bone,
  Segmentations,
  Structures
};

/** The filters that have run on the images of one case: each runs once, and only when it is needed. */
class PairMeasurement
{
public:
  using ImageType = PairImages::ImageType;
  using MaskType = PairImages::MaskType;
  using LabelImageType = PairImages::LabelImageType;
  using ErrorMeasuresType = ImageErrorMeasuresImageFilter<ImageType, ImageType, MaskType, LabelImageType>;
  using SimilarityType = MaskedStructuralSimilarityImageFilter<ImageType>;
  using OverlapType = ThresholdOverlapMeasuresImageFilter<ImageType>;
  using BodyOverlapType = ThresholdOverlapMeasuresImageFilter<MaskType>;
  using SurfaceType = SurfaceDistanceMeasuresImageFilter<LabelImageType>;
  using DeviationType = SignedSurfaceDeviationMeshFilter<LabelImageType>;
  using MutualInformationType = NormalizedMutualInformationImageFilter<ImageType>;
  using PeakDefinition = PeakSignalToNoiseRatioDefinitionEnum;

  /** \param process Whose abort flag stops the filters; may be null. Both outlive this object. */
  PairMeasurement(PairImages images, const EvaluationSettings & settings, ProcessObject * process = nullptr);

  const EvaluationSettings &
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

  /** Whether the images that a metric needs are there. */
  bool
  Has(EvaluationInputEnum input) const;

  /** Errors of voxels; in the whole image whatever the mask, and per axial slice, when asked for. */
  const ErrorMeasuresType *
  GetErrors(PeakDefinition definition = PeakDefinition::Unclipped, bool inWholeImage = false, bool perSlice = false);

  /** Errors of voxels per label of the reference's segmentation. */
  const ErrorMeasuresType *
  GetLabelErrors();

  /** SSIM over the body, over the whole image whatever the mask, or (Masked3D) over a range of HU inside the body. */
  const SimilarityType *
  GetSimilarity(StructuralSimilarityEnum variant, bool inWholeImage = false);
  const SimilarityType *
  GetRegionSimilarity(HounsfieldRegionEnum region);

  /** Overlap at the thresholds of the curve and of the regions; at the grey levels of a bone window; of both bodies. */
  const OverlapType *
  GetOverlap();
  const OverlapType *
  GetGreyLevelOverlap();
  const BodyOverlapType *
  GetBodyOverlap();

  /** The surfaces of structures. Throws when there are none. */
  const SurfaceType *
  GetSurfaces(StructureSource source, SurfaceDistanceDefinitionEnum definition);

  /** The signed deviation of the bone's surface; with its mesh when asked for at the first call. */
  DeviationType *
  GetDeviation(bool withMesh = false);

  /** What the MR and the synthetic CT, or the reference, say about each other. Throws when there is no MR. */
  const MutualInformationType *
  GetMutualInformation(bool ofReference);

  /** What the filters found doubtful, each once. They call the images ReferenceImage and SyntheticImage. */
  const std::vector<std::string> &
  GetRemarks() const
  {
    return m_Remarks;
  }

private:
  struct Structures
  {
    LabelImageType::ConstPointer Reference;
    LabelImageType::ConstPointer Synthetic;
    std::vector<unsigned short>  Labels;
  };

  const Structures &
  GetStructures(StructureSource source);

  /** Where an image lies between two values, inside the body. */
  template <typename TMask>
  typename TMask::ConstPointer
  Between(const ImageType * image, double lower, double upper) const;

  template <typename TFilter>
  void
  SetImages(TFilter * filter, const MaskType * mask) const;

  /** Update a filter, which stops when the process is asked to. */
  void
  Run(ProcessObject * filter) const;

  /** The same for a filter that makes remarks, which are kept. */
  template <typename TFilter>
  void
  RunMeasure(TFilter * filter);

  PairImages                 m_Images;
  const EvaluationSettings & m_Settings;
  ProcessObject *            m_Process;
  bool                       m_IsFinite;
  std::vector<std::string>   m_Remarks;

  std::map<std::tuple<PeakDefinition, bool, bool>, ErrorMeasuresType::Pointer>              m_Errors;
  ErrorMeasuresType::Pointer                                                                m_LabelErrors;
  std::map<std::pair<StructuralSimilarityEnum, bool>, SimilarityType::Pointer>              m_Similarities;
  std::map<HounsfieldRegionEnum, SimilarityType::Pointer>                                   m_RegionSimilarities;
  OverlapType::Pointer                                                                      m_Overlap;
  OverlapType::Pointer                                                                      m_GreyLevelOverlap;
  BodyOverlapType::Pointer                                                                  m_BodyOverlap;
  std::map<StructureSource, Structures>                                                     m_Structures;
  std::map<std::pair<StructureSource, SurfaceDistanceDefinitionEnum>, SurfaceType::Pointer> m_Surfaces;
  DeviationType::Pointer                                                                    m_Deviation;
  std::map<bool, MutualInformationType::Pointer>                                            m_MutualInformation;
};

/** Whether every voxel is a finite number. */
bool
AreVoxelsFinite(const PairImages::ImageType * image);

} // namespace SyntheticCTDetail

// Compiled once, in itkPairMeasurement.cxx: they are large.
extern template class ImageErrorMeasuresImageFilter<SyntheticCTDetail::PairImages::ImageType,
                                                    SyntheticCTDetail::PairImages::ImageType,
                                                    SyntheticCTDetail::PairImages::MaskType,
                                                    SyntheticCTDetail::PairImages::LabelImageType>;
extern template class MaskedStructuralSimilarityImageFilter<SyntheticCTDetail::PairImages::ImageType>;
extern template class ThresholdOverlapMeasuresImageFilter<SyntheticCTDetail::PairImages::ImageType>;
extern template class ThresholdOverlapMeasuresImageFilter<SyntheticCTDetail::PairImages::MaskType>;
extern template class SurfaceDistanceMeasuresImageFilter<SyntheticCTDetail::PairImages::LabelImageType>;
extern template class SignedSurfaceDeviationMeshFilter<SyntheticCTDetail::PairImages::LabelImageType>;

} // namespace itk

#endif
