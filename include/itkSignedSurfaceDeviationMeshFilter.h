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
#include "SyntheticCTDetail/itkSegmentationSurface.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

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
 * reference, and 0 where the two meet. The sign is ours, the paper states none. Every point counts the same.
 *
 * **Mesh.** One point per surface element, in physical coordinates (origin and direction included), two triangles for
 * every face between a voxel of the structure and one outside it; the corners of a triangle turn counterclockwise when
 * seen from outside. Points are moved to the mean of the middles between unlike voxels around them (the surface nets of
 * S. F. F. Gibson, "Constrained elastic surface nets", MICCAI 1998, without relaxation), by at most half a voxel per
 * axis, so that the mesh has no steps along oblique surfaces; the deviation stays that of the voxel corner. What lies
 * beyond the border of the image is outside, so the mesh is closed. MeshFileWriter writes it with the deviations as
 * scalars of the points, for instance as VTK, which viewers show as a colour map.
 *
 * **Edge cases.** A reference without the structure has no points: the statistics are NaN, the mesh is empty. When only
 * the synthetic image lacks it, every deviation is -infinity, since every point lies outside; mean, quartiles and range
 * are that too, the standard deviation and the interquartile range are NaN, and the share is 0 (1 if LowerBound is
 * -infinity).
 *
 * **Numbers.** The standard deviation is that of the population, quartiles are interpolated linearly. Distances are
 * exact, in double. The result has the same bits for any number of threads.
 *
 * Throws itk::ExceptionObject when the images do not lie on the same grid, have no voxels, or have a voxel that is NaN
 * or infinite, and when LowerBound is larger than UpperBound.
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

  /** The label of the structure; 0, the default, takes all voxels that are not zero for one structure. */
  itkSetMacro(Label, LabelType);
  itkGetConstMacro(Label, LabelType);

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

  /** The statistics, valid after Update(); in mm, but for the number of points, and the share, from 0 to 1. */
  itkGetConstMacro(NumberOfPoints, SizeValueType);
  itkGetConstMacro(MeanDeviation, double);
  itkGetConstMacro(StandardDeviation, double);
  itkGetConstMacro(MinimumDeviation, double);
  itkGetConstMacro(MaximumDeviation, double);
  itkGetConstMacro(LowerQuartile, double);
  itkGetConstMacro(Median, double);
  itkGetConstMacro(UpperQuartile, double);
  itkGetConstMacro(ShareWithinBounds, double);

  double
  GetInterquartileRange() const
  {
    return m_UpperQuartile - m_LowerQuartile;
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
  /** Statistics of the deviations of all points. */
  void
  ComputeStatistics(std::vector<double> deviations);

  /** Points and triangles of a surface that lies in a box of the reference. */
  void
  FillMesh(const SyntheticCTDetail::SegmentationSurface & surface,
           const SyntheticCTDetail::SegmentationBox &     box,
           const std::vector<double> &                    deviations);

  LabelType m_Label{};
  double    m_LowerBound{ -2.0 };
  double    m_UpperBound{ 2.0 };
  bool      m_ComputeMesh{ true };

  static constexpr double NotANumber = std::numeric_limits<double>::quiet_NaN();

  SizeValueType m_NumberOfPoints{ 0 };
  double        m_MeanDeviation{ NotANumber };
  double        m_StandardDeviation{ NotANumber };
  double        m_MinimumDeviation{ NotANumber };
  double        m_MaximumDeviation{ NotANumber };
  double        m_LowerQuartile{ NotANumber };
  double        m_Median{ NotANumber };
  double        m_UpperQuartile{ NotANumber };
  double        m_ShareWithinBounds{ NotANumber };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkSignedSurfaceDeviationMeshFilter.hxx"
#endif

#endif
