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
#ifndef itkMultimodalImageRegistrationMethod_h
#define itkMultimodalImageRegistrationMethod_h

#include "SyntheticCTExport.h"
#include "itkCompositeTransform.h"
#include "itkDataObjectDecorator.h"
#include "itkGridResampleImageFilter.h"
#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTDetail/itkLinearPyramidRegistration.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace itk
{

/** \class MultimodalImageRegistrationMethodEnums
 * \brief The choices of MultimodalImageRegistrationMethod.
 * \ingroup SyntheticCT */
class MultimodalImageRegistrationMethodEnums
{
public:
  /** From where a registration starts.
   * - Bodies: the center of mass of the moving body is put onto that of the fixed one, and 27 rotations, by up to 25
   *   degrees about each axis, are tried. Scans whose directions differ more may end in a wrong pose without a remark:
   *   Search is for them. So may scans of which one shows only an end of what the other shows: Transform is for them.
   * - Search: the same with 600 rotations spread over all there are, for scans in unknown poses.
   * - Geometry: the center of the moving image is put onto that of the fixed one.
   * - Transform: InitialTransform, or the identity when there is none. */
  enum class Initialization : uint8_t
  {
    Bodies,
    Search,
    Geometry,
    Transform
  };
};

using RegistrationInitializationEnum = MultimodalImageRegistrationMethodEnums::Initialization;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, RegistrationInitializationEnum value);

/** \class MultimodalImageRegistrationMethod
 * \brief Registers two volumes of one patient that show different contrasts, such as a CT and an MR scan.
 *
 * The output is the moving image on the grid of the fixed one; the second output is the transform, from points of the
 * fixed image to points of the moving one, as ITK resamples by it. Registering the CT onto the MR or the MR onto the CT
 * is a matter of which one is fixed.
 *
 * **What is maximised** is the mutual information of D. Mattes et al. ("PET-CT image registration in the chest using
 * free-form deformations", IEEE Transactions on Medical Imaging 22, 2003), with NumberOfHistogramBins bins for each
 * image, cubic B-splines as kernel of the moving values and the nearest bin for the fixed ones; or the correlation
 * coefficient; or the sum of both with weights, of which each is divided by its value at the start of a level, as in
 * the RoI multi-task system (Kaushik 2022). Voxels outside the moving image or a mask take no part.
 *
 * **How.** Translation, rigid and affine stages, those that are on, follow one another on every level of a pyramid. The
 * levels are blocks of voxels with edges of about 8, 4 and 2 times FinestSpacing and FinestSpacing itself; they follow
 * from the extent of the images in mm, not from their number of voxels. On each level points are drawn, one in each of
 * NumberOfSamples blocks, where the fixed image is interpolated, so that the noise of one lattice of voxels is never
 * compared with that of another. Steps are those of Levenberg and Marquardt, with an approximation of the second
 * derivatives, as P. Thevenaz and M. Unser ("Optimization of mutual information for multiresolution image
 * registration", IEEE Transactions on Image Processing 9, 2000) introduced them for this purpose.
 *
 * **Values.** An image with voxels below -500 is taken for a CT in HU, and clipped to [-1000, 3000], so that padding is
 * air. Histograms reach from the 0.1st to the 99.9th percentile.
 *
 * **Quality.** Beside the similarity at the end there is that of the same samples when the values of one image are
 * shuffled, and the share of the samples inside the moving image. GetRemark() says it, and so does an ITK warning, when
 * the result is doubtful: when that share is below a half, when the normalized mutual information exceeds 1 by less
 * than five times what it does for shuffled values, or when an affine stage was on and the transform makes lengths
 * shorter than 0.85 or longer than 1.15 times what they were. None of these shows every wrong pose of images that
 * belong together.
 *
 * Results, the transform and the output included, have the same bits for any number of threads.
 *
 * Throws itk::ExceptionObject when no stage is on, for a parameter out of its range, an image that is constant or has
 * less than four voxels along an axis, a voxel that is NaN or infinite inside the mask, a mask that is empty or on
 * another grid than its image, and when less than LeastOverlap of the samples lie in the moving image at the end.
 *
 * \tparam TFixedImage  scalar image of three dimensions
 * \tparam TMovingImage scalar image of three dimensions
 *
 * \ingroup SyntheticCT
 */
template <typename TFixedImage, typename TMovingImage = TFixedImage>
class ITK_TEMPLATE_EXPORT MultimodalImageRegistrationMethod : public ImageToImageFilter<TFixedImage, TMovingImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(MultimodalImageRegistrationMethod);

  using Self = MultimodalImageRegistrationMethod;
  using Superclass = ImageToImageFilter<TFixedImage, TMovingImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(MultimodalImageRegistrationMethod);

  static constexpr unsigned int ImageDimension = TFixedImage::ImageDimension;
  static_assert(ImageDimension == 3 && TMovingImage::ImageDimension == 3,
                "MultimodalImageRegistrationMethod takes images in 3D");

  using FixedImageType = TFixedImage;
  using MovingImageType = TMovingImage;
  using MaskImageType = Image<unsigned char, 3>;
  using MovingPixelType = typename TMovingImage::PixelType;
  using TransformType = Transform<double, 3, 3>;
  using CompositeTransformType = CompositeTransform<double, 3>;
  using DecoratedTransformType = DataObjectDecorator<CompositeTransformType>;
  using InitializationEnum = RegistrationInitializationEnum;
  using InterpolationEnum = GridResampleInterpolationEnum;
  using DataObjectPointerArraySizeType = ProcessObject::DataObjectPointerArraySizeType;

  /** The image whose grid the output gets. It is the primary input. */
  itkSetInputMacro(FixedImage, FixedImageType);
  itkGetInputMacro(FixedImage, FixedImageType);

  /** The image that is moved. Required. */
  itkSetInputMacro(MovingImage, MovingImageType);
  itkGetInputMacro(MovingImage, MovingImageType);

  /** Voxels that are not zero take part. On the grid of the image. */
  itkSetInputMacro(FixedMask, MaskImageType);
  itkGetInputMacro(FixedMask, MaskImageType);
  itkSetInputMacro(MovingMask, MaskImageType);
  itkGetInputMacro(MovingMask, MaskImageType);

  /** The stages. Default: rigid alone. */
  itkSetMacro(TranslationStage, bool);
  itkGetConstMacro(TranslationStage, bool);
  itkBooleanMacro(TranslationStage);
  itkSetMacro(RigidStage, bool);
  itkGetConstMacro(RigidStage, bool);
  itkBooleanMacro(RigidStage);
  itkSetMacro(AffineStage, bool);
  itkGetConstMacro(AffineStage, bool);
  itkBooleanMacro(AffineStage);

  /** From where the first stage starts; default Bodies. */
  itkSetEnumMacro(Initialization, InitializationEnum);
  itkGetEnumMacro(Initialization, InitializationEnum);

  /** The start for Initialization Transform, from fixed to moving points; a linear one. Default none. */
  itkSetConstObjectMacro(InitialTransform, TransformType);
  itkGetConstObjectMacro(InitialTransform, TransformType);

  /** Weights in what is maximised, not both 0, none negative; defaults 1 and 0. */
  itkSetMacro(MutualInformationWeight, double);
  itkGetConstMacro(MutualInformationWeight, double);
  itkSetMacro(CorrelationWeight, double);
  itkGetConstMacro(CorrelationWeight, double);

  /** Bins of either image in the joint histogram, from 8 to 256; default 64. */
  itkSetMacro(NumberOfHistogramBins, unsigned int);
  itkGetConstMacro(NumberOfHistogramBins, unsigned int);

  /** About so many points are compared on each level, at least 1000; default 100000. */
  itkSetMacro(NumberOfSamples, SizeValueType);
  itkGetConstMacro(NumberOfSamples, SizeValueType);

  /** Chooses the points; default 0. */
  itkSetMacro(Seed, SizeValueType);
  itkGetConstMacro(Seed, SizeValueType);

  /** Edge of the finest blocks that are compared, in mm; not negative. Default 0: a hundredth of the extent of the
   * fixed image (the cube root of its volume), about 2 mm for a head. No block is smaller than a voxel. */
  itkSetMacro(FinestSpacing, double);
  itkGetConstMacro(FinestSpacing, double);

  /** The smallest share of the samples that has to lie in the moving image, in [0, 1]; default 0.2. */
  itkSetMacro(LeastOverlap, double);
  itkGetConstMacro(LeastOverlap, double);

  /** Of the output, which ResampleOntoReferenceImageFilter makes, with its smoothing before a coarser grid and its
   * rounding; default Linear. */
  itkSetEnumMacro(Interpolation, InterpolationEnum);
  itkGetEnumMacro(Interpolation, InterpolationEnum);

  /** The value of voxels of the output that lie outside the moving image, when AutomaticBackground is off. Default 0.
   */
  itkSetMacro(BackgroundValue, MovingPixelType);
  itkGetConstMacro(BackgroundValue, MovingPixelType);

  /** Take the smallest finite voxel of the moving image as background value. Default on. */
  itkSetMacro(AutomaticBackground, bool);
  itkGetConstMacro(AutomaticBackground, bool);
  itkBooleanMacro(AutomaticBackground);

  /** The transform from fixed to moving points, as an output of the pipeline and by itself. */
  DecoratedTransformType *
  GetTransformOutput();
  const CompositeTransformType *
  GetTransform() const;

  /** \name Results
   * Those of the last Update(), of the finest level. Before it, and after one that failed, there are none: mutual
   * information and overlap are 0 then, and the normalized mutual information is 1.
   * @{ */

  /** Mutual information in nats. */
  double
  GetMutualInformation() const
  {
    return m_Similarity.MutualInformation;
  }

  /** (H(fixed) + H(moving)) / H(fixed, moving) (Studholme): 1 when they have nothing to do with each other. */
  double
  GetNormalizedMutualInformation() const
  {
    return m_Similarity.NormalizedMutualInformation;
  }

  /** The same when the values of the fixed image are shuffled. */
  double
  GetShuffledNormalizedMutualInformation() const
  {
    return m_ShuffledSimilarity.NormalizedMutualInformation;
  }

  /** Pearson's correlation coefficient; 0 unless CorrelationWeight is set. */
  double
  GetCorrelation() const
  {
    return m_Similarity.Correlation;
  }

  /** Share of the samples of the fixed image that lies in the moving image, in [0, 1]. */
  double
  GetOverlap() const
  {
    return m_Similarity.Overlap;
  }

  /** Steps of all stages on all levels, those included that were not taken. */
  itkGetConstMacro(NumberOfIterations, unsigned int);

  /** What makes the result doubtful, a line each. */
  unsigned int
  GetNumberOfRemarks() const
  {
    return static_cast<unsigned int>(m_Remarks.size());
  }

  /** Throws itk::ExceptionObject when there is none of that number. */
  const std::string &
  GetRemark(unsigned int number) const;
  /** @} */

  using Superclass::MakeOutput;
  DataObject::Pointer
  MakeOutput(DataObjectPointerArraySizeType index) override;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(FixedConvertibleToDoubleCheck, (Concept::Convertible<typename TFixedImage::PixelType, double>));
  itkConceptMacro(MovingConvertibleToDoubleCheck, (Concept::Convertible<MovingPixelType, double>));
#endif

protected:
  MultimodalImageRegistrationMethod();
  ~MultimodalImageRegistrationMethod() override = default;

  void
  VerifyPreconditions() const override;

  /** Fixed and moving image have different grids. */
  void
  VerifyInputInformation() const override;

  void
  GenerateInputRequestedRegion() override;

  void
  EnlargeOutputRequestedRegion(DataObject * output) override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** A copy for the registration; `what` names it in errors. */
  template <typename TImage>
  SyntheticCTDetail::RegistrationVolume
  VolumeOf(const TImage * image, const MaskImageType * mask, const char * what);

  /** Center of mass of the body. */
  std::array<double, 3>
  BodyCenter(const SyntheticCTDetail::RegistrationVolume & volume, const char * what);

  void
  SetUpStart(const SyntheticCTDetail::RegistrationVolume & fixed,
             const SyntheticCTDetail::RegistrationVolume & moving,
             SyntheticCTDetail::LinearPyramidSettings &    settings);

  static typename TransformType::Pointer
  TransformOf(const SyntheticCTDetail::LinearMap & map, const std::array<double, 3> & center);

  void
  Resample(const TransformType * transform);

  bool                                 m_TranslationStage{ false };
  bool                                 m_RigidStage{ true };
  bool                                 m_AffineStage{ false };
  InitializationEnum                   m_Initialization{ InitializationEnum::Bodies };
  typename TransformType::ConstPointer m_InitialTransform;
  double                               m_MutualInformationWeight{ 1.0 };
  double                               m_CorrelationWeight{ 0.0 };
  unsigned int                         m_NumberOfHistogramBins{ 64 };
  SizeValueType                        m_NumberOfSamples{ 100000 };
  SizeValueType                        m_Seed{ 0 };
  double                               m_FinestSpacing{ 0.0 };
  double                               m_LeastOverlap{ 0.2 };
  InterpolationEnum                    m_Interpolation{ InterpolationEnum::Linear };
  MovingPixelType                      m_BackgroundValue{};
  bool                                 m_AutomaticBackground{ true };

  SyntheticCTDetail::SimilarityValue m_Similarity;
  SyntheticCTDetail::SimilarityValue m_ShuffledSimilarity;
  unsigned int                       m_NumberOfIterations{ 0 };
  std::vector<std::string>           m_Remarks;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkMultimodalImageRegistrationMethod.hxx"
#endif

#endif
