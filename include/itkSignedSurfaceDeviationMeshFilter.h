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
#ifndef itkSignedSurfaceDeviationMeshFilter_h
#define itkSignedSurfaceDeviationMeshFilter_h

#include "itkMesh.h"
#include "itkMeshSource.h"
#include "itkSurfaceDistanceMeasuresImageFilter.h"
#include "SyntheticCTDetail/itkSegmentationSurface.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <array>
#include <limits>
#include <type_traits>
#include <vector>

namespace itk
{

/** \class SignedSurfaceDeviationMeshFilter
 * \brief How far the surface of a segmented structure lies from where it should, outward or inward: statistics, and the
 * reference's surface as a mesh that carries the deviation at each of its points.
 *
 * This is how Light U-Net's authors judge synthetic CT for three-dimensional models and surgical planning (S. Bambach
 * and M.-L. Ho, "Deep Learning for Synthetic CT from Bone MRI in the Head and Neck", AJNR 2022): for every point of the
 * reference's surface the spatial deviation of the nearest point of the test surface, its mean, range, standard
 * deviation and interquartile range over all points, and the share of them inside the clinical tolerance of 2 mm.
 *
 * The points are the surface elements of SurfaceDistanceMeasuresImageFilter's definition Surfel: the corners of voxels
 * around which some voxels belong to the structure and some do not. The deviation of a point is the distance in mm to
 * the nearest such point of the other image; it is **positive where the synthetic surface lies outside the reference**,
 * which is where the reference's point lies inside the synthetic structure, negative where that lies inside the
 * reference, and 0 where the two meet. The sign is ours, the paper states none. Every point counts the same, unless
 * WeighByArea is on. With the definition Voxel the points are the boundary voxels of both structures instead.
 *
 * **Mesh.** One point per surface element, in physical coordinates (origin and direction included), two triangles for
 * every face between a voxel of the structure and one outside it; the corners of a triangle turn counterclockwise when
 * seen from outside. Points are moved to the mean of the middles between unlike voxels around them (the surface nets of
 * S. F. F. Gibson, "Constrained elastic surface nets", MICCAI 1998, without relaxation), by at most half a voxel per
 * axis, so that the mesh has no steps along oblique surfaces; the deviation stays that of the voxel corner. What lies
 * beyond the border of the image is outside, so the mesh is closed. MeshFileWriter writes it with the deviations as
 * scalars of the points, for instance as VTK, which viewers show as a colour map. With the definition Voxel the points
 * are the centres of the voxels, and there are no triangles.
 *
 * **Results** are those of the last Update() that succeeded. Before it there are none, and every getter of a result
 * throws.
 *
 * **Edge cases.** A reference without the structure has no points: the statistics are NaN, the mesh is empty. When only
 * the synthetic image lacks it, every deviation is -infinity, since every point lies outside; mean, quartiles and range
 * are that too, the standard deviation and the interquartile range are NaN, and the share is 0 (1 if LowerBound is
 * -infinity).
 *
 * **Numbers.** The standard deviation is that of the population. Quartiles are interpolated linearly; by area they are
 * the smallest deviation that is not exceeded on that share of the surface, as the percentiles of
 * SurfaceDistanceMeasuresImageFilter. Distances are
 * exact, in double. The result has the same bits for any number of threads.
 *
 * Throws itk::ExceptionObject when the images do not lie on the same grid, have no voxels, or have a voxel that is NaN
 * or infinite, when MergeLabels is off and a voxel is no whole number, and for bad parameters.
 *
 * \tparam TReferenceImage scalar image of three dimensions
 * \tparam TSyntheticImage scalar image of three dimensions
 * \tparam TOutputMesh     mesh of three dimensions, float or double per point
 *
 * \ingroup SyntheticCT
 */
template <typename TReferenceImage,
          typename TSyntheticImage = TReferenceImage,
          typename TOutputMesh = Mesh<float, TReferenceImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT SignedSurfaceDeviationMeshFilter : public MeshSource<TOutputMesh>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(SignedSurfaceDeviationMeshFilter);

  using Self = SignedSurfaceDeviationMeshFilter;
  using Superclass = MeshSource<TOutputMesh>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(SignedSurfaceDeviationMeshFilter);

  using ReferenceImageType = TReferenceImage;
  using SyntheticImageType = TSyntheticImage;
  using OutputMeshType = TOutputMesh;
  /** The common type of the pixels of both images, which holds all of both. */
  using LabelType = std::common_type_t<typename ReferenceImageType::PixelType, typename SyntheticImageType::PixelType>;

  static constexpr unsigned int ImageDimension = ReferenceImageType::ImageDimension;

  /** The true segmentation: labels, or a mask. It is the primary input. */
  itkSetInputMacro(ReferenceImage, ReferenceImageType);
  itkGetInputMacro(ReferenceImage, ReferenceImageType);

  /** The segmentation to be judged, on the grid of the reference. */
  itkSetInputMacro(SyntheticImage, SyntheticImageType);
  itkGetInputMacro(SyntheticImage, SyntheticImageType);

  /** Take all voxels that are not zero for one structure, as in every mask. Default on; Label is to be 0 then. */
  itkSetMacro(MergeLabels, bool);
  itkGetConstMacro(MergeLabels, bool);
  itkBooleanMacro(MergeLabels);

  /** The label of the structure when MergeLabels is off; not 0, which is the background. Default 0. */
  itkSetMacro(Label, LabelType);
  itkGetConstMacro(Label, LabelType);

  /** What the surface of a structure is; default Surfel. */
  itkSetEnumMacro(Definition, SurfaceDistanceDefinitionEnum);
  itkGetEnumMacro(Definition, SurfaceDistanceDefinitionEnum);

  /** Let a point count by the area of the surface around it, in all statistics but the range and the number of points.
   * Default off. Boundary voxels have no area: with the definition Voxel it has no effect. */
  itkSetMacro(WeighByArea, bool);
  itkGetConstMacro(WeighByArea, bool);
  itkBooleanMacro(WeighByArea);

  /** The closed interval of GetShareWithinBounds(), in mm; default [-2, 2], as in the paper. A millionth of a
   * millimetre beyond it still counts, so that the rounding of a spacing does not. */
  itkSetMacro(LowerBound, double);
  itkGetConstMacro(LowerBound, double);
  itkSetMacro(UpperBound, double);
  itkGetConstMacro(UpperBound, double);

  /** Make the mesh; default on. Off, the output is an empty mesh, and the statistics come faster. */
  itkSetMacro(ComputeMesh, bool);
  itkGetConstMacro(ComputeMesh, bool);
  itkBooleanMacro(ComputeMesh);

  /** The statistics; in mm, but for the number of points, and the share, from 0 to 1. */
  SizeValueType
  GetNumberOfPoints() const
  {
    return this->GetResults().NumberOfPoints;
  }
  double
  GetMeanDeviation() const
  {
    return this->GetResults().MeanDeviation;
  }
  double
  GetStandardDeviation() const
  {
    return this->GetResults().StandardDeviation;
  }
  double
  GetMinimumDeviation() const
  {
    return this->GetResults().MinimumDeviation;
  }
  double
  GetMaximumDeviation() const
  {
    return this->GetResults().MaximumDeviation;
  }
  double
  GetLowerQuartile() const
  {
    return this->GetResults().LowerQuartile;
  }
  double
  GetMedian() const
  {
    return this->GetResults().Median;
  }
  double
  GetUpperQuartile() const
  {
    return this->GetResults().UpperQuartile;
  }
  double
  GetShareWithinBounds() const
  {
    return this->GetResults().ShareWithinBounds;
  }
  double
  GetInterquartileRange() const
  {
    return this->GetResults().UpperQuartile - this->GetResults().LowerQuartile;
  }

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck, (Concept::SameDimension<ImageDimension, SyntheticImageType::ImageDimension>));
  itkConceptMacro(ReferenceConvertibleToDoubleCheck,
                  (Concept::Convertible<typename ReferenceImageType::PixelType, double>));
  itkConceptMacro(SyntheticConvertibleToDoubleCheck,
                  (Concept::Convertible<typename SyntheticImageType::PixelType, double>));
#endif
  static_assert(SyntheticCTDetail::HoldsEveryLabel<LabelType, typename ReferenceImageType::PixelType> &&
                  SyntheticCTDetail::HoldsEveryLabel<LabelType, typename SyntheticImageType::PixelType>,
                "SignedSurfaceDeviationMeshFilter takes images whose common pixel type holds the labels of both");
  static_assert(ImageDimension == 3 && TOutputMesh::PointDimension == 3,
                "SignedSurfaceDeviationMeshFilter takes images in 3D and gives meshes in 3D");

protected:
  SignedSurfaceDeviationMeshFilter();
  ~SignedSurfaceDeviationMeshFilter() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  /** A mesh has nothing to take over from an image. */
  void
  GenerateOutputInformation() override
  {}

  void
  GenerateData() override;

private:
  static constexpr double NotANumber = std::numeric_limits<double>::quiet_NaN();

  struct Results
  {
    SizeValueType NumberOfPoints{ 0 };
    double        MeanDeviation{ NotANumber };
    double        StandardDeviation{ NotANumber };
    double        MinimumDeviation{ NotANumber };
    double        MaximumDeviation{ NotANumber };
    double        LowerQuartile{ NotANumber };
    double        Median{ NotANumber };
    double        UpperQuartile{ NotANumber };
    double        ShareWithinBounds{ NotANumber };
  };

  /** Throws when there are none. */
  const Results &
  GetResults() const;

  /** Statistics of the deviations of all points, of which each counts the same. */
  void
  ComputeStatistics(std::vector<double> deviations);

  /** The same, with weights. */
  void
  ComputeWeightedStatistics(const std::vector<double> & deviations, const std::vector<double> & weights);

  /** Whether a deviation lies within the bounds. */
  bool
  IsWithinBounds(double deviation) const
  {
    constexpr double margin = 1e-6;
    return deviation >= m_LowerBound - margin && deviation <= m_UpperBound + margin;
  }

  /** Points and triangles of a surface that lies in a box of the reference. */
  void
  FillMesh(const SyntheticCTDetail::SegmentationSurface & surface,
           const SyntheticCTDetail::SegmentationBox &     box,
           const std::vector<double> &                    deviations);

  using ElementsType = std::vector<SyntheticCTDetail::SurfaceElement>;
  using TrianglesType = std::vector<std::array<typename OutputMeshType::PointIdentifier, 3>>;

  /** The triangles between the corners of a surface. */
  TrianglesType
  MakeTriangles(const ElementsType & elements, const SyntheticCTDetail::SegmentationBox & box) const;

  bool                          m_MergeLabels{ true };
  LabelType                     m_Label{};
  SurfaceDistanceDefinitionEnum m_Definition{ SurfaceDistanceDefinitionEnum::Surfel };
  bool                          m_WeighByArea{ false };
  double                        m_LowerBound{ -2.0 };
  double                        m_UpperBound{ 2.0 };
  bool                          m_ComputeMesh{ true };

  bool    m_HasResults{ false };
  Results m_Results;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkSignedSurfaceDeviationMeshFilter.hxx"
#endif

#endif
