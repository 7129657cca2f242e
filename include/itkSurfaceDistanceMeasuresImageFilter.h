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
#ifndef itkSurfaceDistanceMeasuresImageFilter_h
#define itkSurfaceDistanceMeasuresImageFilter_h

#include "SyntheticCTExport.h"
#include "itkImage.h"
#include "itkImageSink.h"
#include "SyntheticCTDetail/itkSegmentationSurface.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <iosfwd>
#include <type_traits>
#include <vector>

namespace itk
{

/** \class SurfaceDistanceMeasuresImageFilterEnums
 * \brief The choices of SurfaceDistanceMeasuresImageFilter.
 * \ingroup SyntheticCT */
class SurfaceDistanceMeasuresImageFilterEnums
{
public:
  /** What the surface of a structure is.
   * - Surfel: the corners of voxels around which some of the eight voxels (in 2D four) belong to the structure and some
   *   do not, each with the area (in 2D length) of the piece of surface in that neighbourhood.
   * - Voxel: the voxels of the structure that have a face (in 2D an edge) in common with a voxel outside it, or with
   *   the border of the image; all count the same. */
  enum class Definition : uint8_t
  {
    Surfel,
    Voxel
  };
};

using SurfaceDistanceDefinitionEnum = SurfaceDistanceMeasuresImageFilterEnums::Definition;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, SurfaceDistanceDefinitionEnum value);

/** \class SurfaceDistanceMeasuresImageFilter
 * \brief How far the surfaces of segmented structures lie apart: surface Dice, Hausdorff distance and its percentiles,
 * mean surface distance, and the Dice coefficient of the volumes; for every label.
 *
 * A structure has a surface in the reference, elements \f$i \in R\f$ with the areas \f$a_i\f$, and one in the synthetic
 * image, \f$j \in S\f$. \f$d_i\f$ is the distance in mm from an element to the nearest element of the other surface.
 *
 * | measure | formula | unit |
 * |---|---|---|
 * | normalized surface Dice NSD at the tolerance \f$t\f$ |
 *   \f$\left(\sum_{i \in R,\, d_i \le t'} a_i + \sum_{j \in S,\, d_j \le t'} a_j\right) \Big/
 *   \left(\sum_R a_i + \sum_S a_j\right)\f$, \f$t' = t + 10^{-6}\f$ mm | 1 |
 * | Hausdorff distance HD | \f$\max\left(\max_R d_i, \max_S d_j\right)\f$ | mm |
 * | percentile \f$p\f$ of it, such as HD95 | the larger of the percentiles of the \f$d_i\f$ and of the \f$d_j\f$ | mm |
 * | average symmetric surface distance ASSD | \f$\left(\sum_R a_i d_i + \sum_S a_j d_j\right) \Big/
 *   \left(\sum_R a_i + \sum_S a_j\right)\f$ | mm |
 * | mean of both directions | the mean of the two mean distances below | mm |
 * | share of a surface within the tolerance \f$t\f$ of the other |
 *   \f$\sum_{i \in R,\, d_i \le t'} a_i \Big/ \sum_R a_i\f$, and the same for \f$S\f$ | 1 |
 * | mean distance from one surface to the other | \f$\sum_R a_i d_i / \sum_R a_i\f$, and the same for \f$S\f$ | mm |
 * | Dice coefficient of the volumes | \f$2\,|R \cap S| / (|R| + |S|)\f$, in voxels | 1 |
 *
 * **Surfel**, the default, is the definition of S. Nikolov et al., "Deep learning to achieve clinically applicable
 * segmentation of head and neck anatomy for radiotherapy", 2018 (arXiv:1809.04430), and of its implementation, the
 * package `surface-distance` 0.1 (<https://github.com/google-deepmind/surface-distance>). The area is that of the
 * surface that marching cubes would put into the neighbourhood, through the middles between voxels, on the grid's own
 * spacing. The percentile weighs by area and does not interpolate: it is the smallest distance that is not exceeded on
 * p % of the surface's area. The added millionth of a millimetre in the tolerance is ours: a spacing stored as
 * 0.60000002 mm then does not push a distance of one voxel over a tolerance of 0.6 mm.
 *
 * **Voxel** has \f$a = 1\f$, and percentiles are interpolated linearly between the two nearest of the sorted distances
 * (at the rank \f$p/100\,(n-1)\f$, counted from 0). Its boundary is what is lost to an erosion by the voxel's six
 * neighbours (in 2D four); these boundaries, distances and percentiles are those of MONAI's
 * `compute_hausdorff_distance`, `compute_average_surface_distance` and `compute_surface_dice`. Its Hausdorff distance
 * can be larger than HausdorffDistanceImageFilter's, which takes the distances of all voxels of a structure to the
 * other structure, where a voxel inside has the distance 0.
 *
 * **Masks and labels.** With MergeLabels on, everything that is not zero is one structure, as in every mask of this
 * module, and its label is 0. Else every label is a structure, and the images should hold whole numbers; when Labels is
 * empty, no more than 1000 different ones, so that a CT taken for a segmentation is an error instead of a long wait.
 *
 * **Results** are those of the last Update() that succeeded. Before it there are none, and every getter of a result
 * throws.
 *
 * **Edge cases.** A structure that only one of the images has: every distance is +infinity, NSD, shares and Dice are 0.
 * One that neither has: everything is NaN, and areas and voxels are 0; when Labels is empty that is every label that
 * was not found, so that two empty images have measures too. What lies beyond the border of the image is outside of
 * every structure, so that a structure which touches the border has a surface there.
 *
 * **Grid.** Both images lie on the same grid; its spacing counts, its direction does not matter. An image in three
 * dimensions with one slice is a slab with two faces; an image in two dimensions has contours.
 *
 * **Numbers.** Distances are exact, in double. Sums are taken over slabs of four slices and joined in their order: the
 * result has the same bits for any number of threads.
 *
 * **Cost.** Each image is read once to find the labels and their boxes, and once more in the box of each label. Voxels
 * are kept as bits, so that a word holds 64 of them; nearest elements are looked for in the rows of bits around, and
 * what is far by descending a pyramid of occupied blocks of 4x4x4. Beside the images, a label needs about one byte per
 * voxel of its box (the one around both structures) and about 50 bytes per element of the two surfaces. Structures far
 * apart, or one deep inside the other, take longest.
 *
 * Throws itk::ExceptionObject when the images do not lie on the same grid, have no voxels, or have a voxel that is NaN
 * or infinite; when they hold no labels, see above; and for bad parameters, see the setters.
 *
 * \tparam TReferenceImage scalar image of two or three dimensions
 * \tparam TSyntheticImage scalar image of the same dimension
 *
 * \ingroup SyntheticCT
 */
template <typename TReferenceImage, typename TSyntheticImage = TReferenceImage>
class ITK_TEMPLATE_EXPORT SurfaceDistanceMeasuresImageFilter : public ImageSink<TReferenceImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(SurfaceDistanceMeasuresImageFilter);

  using Self = SurfaceDistanceMeasuresImageFilter;
  using Superclass = ImageSink<TReferenceImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(SurfaceDistanceMeasuresImageFilter);

  using ReferenceImageType = TReferenceImage;
  using SyntheticImageType = TSyntheticImage;
  using RegionType = typename ReferenceImageType::RegionType;
  using DefinitionEnum = SurfaceDistanceDefinitionEnum;

  /** The common type of the pixels of both images, which holds all of both: int and unsigned int have none that does,
   * nor have float and int. */
  using LabelType = std::common_type_t<typename ReferenceImageType::PixelType, typename SyntheticImageType::PixelType>;
  using LabelListType = std::vector<LabelType>;
  using RealListType = std::vector<double>;

  static constexpr unsigned int ImageDimension = ReferenceImageType::ImageDimension;

  /** The true segmentation: labels, or a mask. It is the primary input. */
  itkSetInputMacro(ReferenceImage, ReferenceImageType);
  itkGetInputMacro(ReferenceImage, ReferenceImageType);

  /** The segmentation to be judged, on the grid of the reference. */
  itkSetInputMacro(SyntheticImage, SyntheticImageType);
  itkGetInputMacro(SyntheticImage, SyntheticImageType);

  /** The labels to be measured, in the order of the results. None is 0, which is the background, and none comes twice;
   * one that neither image has is measured as an empty structure. When the list is empty, which is the default, every
   * label other than 0 that one of the images has is measured, in ascending order. */
  void
  SetLabels(const LabelListType & labels);
  itkGetConstReferenceMacro(Labels, LabelListType);

  /** Take all voxels that are not zero for one structure, whatever their labels. Default off; Labels is to be empty. */
  itkSetMacro(MergeLabels, bool);
  itkGetConstMacro(MergeLabels, bool);
  itkBooleanMacro(MergeLabels);

  /** What the surface of a structure is, see the enumeration; default Surfel. */
  itkSetEnumMacro(Definition, DefinitionEnum);
  itkGetEnumMacro(Definition, DefinitionEnum);

  /** The tolerances of the normalized surface Dice, in mm, finite and not negative; default 1, 2 and 3. */
  void
  SetTolerances(const RealListType & tolerances);
  itkGetConstReferenceMacro(Tolerances, RealListType);
  SizeValueType
  GetNumberOfTolerances() const
  {
    return static_cast<SizeValueType>(m_Tolerances.size());
  }
  double
  GetNthTolerance(SizeValueType i) const;

  /** The percentiles of the Hausdorff distance, from 0 to 100; default 95. */
  void
  SetPercentiles(const RealListType & percentiles);
  itkGetConstReferenceMacro(Percentiles, RealListType);
  SizeValueType
  GetNumberOfPercentiles() const
  {
    return static_cast<SizeValueType>(m_Percentiles.size());
  }
  double
  GetNthPercentile(SizeValueType i) const;

  /** The labels of the structures that were measured, in the order of the results: one, 0, with MergeLabels. An index
   * that is too large throws. */
  SizeValueType
  GetNumberOfLabels() const
  {
    this->VerifyResults();
    return static_cast<SizeValueType>(m_Results.size());
  }
  LabelType
  GetNthLabel(SizeValueType i) const;

  /** The measures of a structure, by its label, which is 0 with MergeLabels. When Labels named the labels, another one
   * throws; when it was empty, one that was not found is an empty structure.
   *
   * NSD at one of the Tolerances, in mm; another one throws. */
  double
  GetNormalizedSurfaceDice(LabelType label, double tolerance) const;

  /** The share of the area of one surface that lies within one of the Tolerances of the other. */
  double
  GetReferenceShareWithinTolerance(LabelType label, double tolerance) const;
  double
  GetSyntheticShareWithinTolerance(LabelType label, double tolerance) const;

  /** The Hausdorff distance, in mm. */
  double
  GetHausdorffDistance(LabelType label) const;

  /** The Hausdorff distance at one of the Percentiles, such as 95; in mm. Another one throws. */
  double
  GetHausdorffDistanceAtPercentile(LabelType label, double percentile) const;

  /** ASSD over both surfaces pooled, in mm. */
  double
  GetAverageSymmetricSurfaceDistance(LabelType label) const;

  /** The mean of the mean distances of both directions, in mm, where both surfaces weigh the same whatever their areas.
   */
  double
  GetMeanDistanceOfBothDirections(LabelType label) const;

  /** The mean distance from the reference's surface to the synthetic one, and back, in mm. */
  double
  GetMeanDistanceFromReference(LabelType label) const;
  double
  GetMeanDistanceFromSynthetic(LabelType label) const;

  /** The Dice coefficient of the volumes. */
  double
  GetDiceCoefficient(LabelType label) const;

  /** The area of a surface in mm^2 (in 2D its length in mm). With the definition Voxel: the number of its voxels. */
  double
  GetReferenceSurfaceArea(LabelType label) const;
  double
  GetSyntheticSurfaceArea(LabelType label) const;

  /** The voxels of a structure. */
  SizeValueType
  GetReferenceNumberOfVoxels(LabelType label) const;
  SizeValueType
  GetSyntheticNumberOfVoxels(LabelType label) const;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck, (Concept::SameDimension<ImageDimension, SyntheticImageType::ImageDimension>));
  itkConceptMacro(ReferenceConvertibleToDoubleCheck,
                  (Concept::Convertible<typename ReferenceImageType::PixelType, double>));
  itkConceptMacro(SyntheticConvertibleToDoubleCheck,
                  (Concept::Convertible<typename SyntheticImageType::PixelType, double>));
#endif
  static_assert(SyntheticCTDetail::HoldsEveryLabel<LabelType, typename ReferenceImageType::PixelType> &&
                  SyntheticCTDetail::HoldsEveryLabel<LabelType, typename SyntheticImageType::PixelType>,
                "SurfaceDistanceMeasuresImageFilter takes images whose common pixel type holds the labels of both");
  static_assert(ImageDimension == 2 || ImageDimension == 3,
                "SurfaceDistanceMeasuresImageFilter takes images in 2D and 3D");

protected:
  SurfaceDistanceMeasuresImageFilter();
  ~SurfaceDistanceMeasuresImageFilter() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  void
  BeforeStreamedGenerateData() override;

  void
  StreamedGenerateData(unsigned int inputRequestedRegionNumber) override;

  /** Throws when the filter was asked to stop before it began. */
  void
  AfterStreamedGenerateData() override;

  /** Not used: the work is not split by regions of voxels. */
  void
  ThreadedStreamedGenerateData(const RegionType &) override
  {}

private:
  struct Result
  {
    LabelType     Label{};
    SizeValueType ReferenceNumberOfVoxels{ 0 };
    SizeValueType SyntheticNumberOfVoxels{ 0 };
    double        Dice{ 0.0 };
    double        ReferenceArea{ 0.0 };
    double        SyntheticArea{ 0.0 };
    double        ReferenceMean{ 0.0 };
    double        SyntheticMean{ 0.0 };
    double        SymmetricMean{ 0.0 };
    double        Hausdorff{ 0.0 };
    /** In the order of the tolerances and percentiles of the run. */
    RealListType SurfaceDice;
    RealListType ReferenceShares;
    RealListType SyntheticShares;
    RealListType HausdorffAtPercentiles;
  };

  /** What a structure has that is missing in one of the images, or in both. */
  void
  FillMissing(Result & result) const;

  /** Measures one structure, whose voxels in both images lie in a box. */
  Result
  Measure(LabelType label, const SyntheticCTDetail::SegmentationBox & box, float progressWeight);

  void
  VerifyResults() const;

  const Result &
  ResultOf(LabelType label) const;

  /** The element of a list of results that belongs to a setting of the run, of which `name` is the name. */
  double
  ElementOf(const RealListType & results, const RealListType & settings, double setting, const char * name) const;

  /** The labels that are looked for in images without being told. */
  static constexpr SizeValueType MostLabels = 1000;

  LabelListType  m_Labels;
  bool           m_MergeLabels{ false };
  DefinitionEnum m_Definition{ DefinitionEnum::Surfel };
  RealListType   m_Tolerances{ 1.0, 2.0, 3.0 };
  RealListType   m_Percentiles{ 95.0 };

  // Results, and the settings of their run.
  bool                m_HasResults{ false };
  bool                m_AreLabelsFound{ false };
  RealListType        m_UsedTolerances;
  RealListType        m_UsedPercentiles;
  std::vector<Result> m_Results;
  /** What the labels have that are in neither image. */
  Result m_Missing;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkSurfaceDistanceMeasuresImageFilter.hxx"
#endif

#endif
