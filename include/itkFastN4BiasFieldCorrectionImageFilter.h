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
#ifndef itkFastN4BiasFieldCorrectionImageFilter_h
#define itkFastN4BiasFieldCorrectionImageFilter_h

#include "itkArray.h"
#include "itkFixedArray.h"
#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "itkN4BiasFieldCorrectionImageFilter.h"
#include "itkSyntheticCTMacro.h"

namespace itk
{

/** \class FastN4BiasFieldCorrectionImageFilter
 * \brief Removes the slow brightness variation of an MR image, which is estimated on a shrunken image.
 *
 * The model is \f$v = u\,e^{b}\f$ with a smooth log field b (N.J. Tustison et al., "N4ITK: improved N3 bias
 * correction", IEEE Transactions on Medical Imaging 29, 2010; J.G. Sled et al., 1998). Setters have the names, the
 * defaults and the meaning of itk::N4BiasFieldCorrectionImageFilter, to which the estimation is delegated for now.
 * Around it:
 *
 * -# Every ShrinkFactor-th voxel along each axis is kept, centred, and never fewer than four along an axis that has
 * them.
 * -# Voxels that are not positive take no part, besides those outside MaskImage and those without ConfidenceImage: they
 *    have no logarithm.
 * -# The B-spline control points that ITK finds are evaluated at every voxel of the full grid, separably and at its
 * true position in the shrunken grid (beyond the outer kept voxels the field stays constant).
 * -# Every voxel is divided by \f$e^{b}\f$, or with CorrectOutsideMask off only those that take part.
 *
 * The second output is the log field b. Integer outputs are rounded and saturate.
 *
 * An image that is constant where it takes part has no field to find: it is returned as it is, with a warning. Throws
 * itk::ExceptionObject when a voxel inside the mask is NaN or infinite, when no voxel takes part, when an axis has
 * fewer than two voxels, and when mask or confidence have another grid than the image. ITK's estimation adds up in the
 * order of its own threads, whose number is the default of the process (itk::MultiThreaderBase) and not this filter's;
 * the last digits depend on that number.
 *
 * \tparam TInputImage  scalar image of two or three dimensions
 * \tparam TMaskImage   image of the same dimension whose non-zero voxels count
 * \tparam TOutputImage scalar image of the same dimension
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage,
          typename TMaskImage = Image<unsigned char, TInputImage::ImageDimension>,
          typename TOutputImage = TInputImage>
class ITK_TEMPLATE_EXPORT FastN4BiasFieldCorrectionImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(FastN4BiasFieldCorrectionImageFilter);

  using Self = FastN4BiasFieldCorrectionImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(FastN4BiasFieldCorrectionImageFilter);

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  using InputImageType = TInputImage;
  using MaskImageType = TMaskImage;
  using MaskPixelType = typename MaskImageType::PixelType;
  using OutputImageType = TOutputImage;
  using OutputPixelType = typename TOutputImage::PixelType;
  using RealType = float;
  using RealImageType = Image<RealType, ImageDimension>;
  using VariableSizeArrayType = Array<unsigned int>;
  using ArrayType = FixedArray<unsigned int, ImageDimension>;
  using DataObjectPointerArraySizeType = ProcessObject::DataObjectPointerArraySizeType;

  /** Optional mask of the voxels that the field is estimated from. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** With UseMaskLabel on, only voxels of the mask that are MaskLabel count, else all that are not zero. Defaults off
   * and 1. */
  itkSetMacro(MaskLabel, MaskPixelType);
  itkGetConstMacro(MaskLabel, MaskPixelType);
  itkSetMacro(UseMaskLabel, bool);
  itkGetConstMacro(UseMaskLabel, bool);
  itkBooleanMacro(UseMaskLabel);

  /** Optional weights of the voxels in the fit; those of 0 take no part. */
  itkSetInputMacro(ConfidenceImage, RealImageType);
  itkGetInputMacro(ConfidenceImage, RealImageType);

  /** Every how many voxels one is kept along each axis, at least 1; default 4. */
  itkSetMacro(ShrinkFactor, unsigned int);
  itkGetConstMacro(ShrinkFactor, unsigned int);

  /** Bins of the histogram that is sharpened, at least 2; default 200. */
  itkSetMacro(NumberOfHistogramBins, unsigned int);
  itkGetConstMacro(NumberOfHistogramBins, unsigned int);

  /** Noise of the Wiener filter that sharpens the histogram, 0 or more; default 0.01. */
  itkSetMacro(WienerFilterNoise, RealType);
  itkGetConstMacro(WienerFilterNoise, RealType);

  /** Width of the Gaussian that is taken out of the histogram, in units of the log image, more than 0; default 0.15. */
  itkSetMacro(BiasFieldFullWidthAtHalfMaximum, RealType);
  itkGetConstMacro(BiasFieldFullWidthAtHalfMaximum, RealType);

  /** Order of the B-splines, 1 to 3; default 3. */
  itkSetMacro(SplineOrder, unsigned int);
  itkGetConstMacro(SplineOrder, unsigned int);

  /** Control points of the coarsest level along each axis, more than SplineOrder; default 4. */
  itkSetMacro(NumberOfControlPoints, ArrayType);
  itkGetConstMacro(NumberOfControlPoints, ArrayType);

  /** Levels along each axis, at least 1; each has twice as many spans as the one before. Default 1. */
  itkSetMacro(NumberOfFittingLevels, ArrayType);
  itkGetConstMacro(NumberOfFittingLevels, ArrayType);
  void
  SetNumberOfFittingLevels(unsigned int levels)
  {
    ArrayType array;
    array.Fill(levels);
    this->SetNumberOfFittingLevels(array);
  }

  /** Iterations of each level, as many numbers as there are levels; default 50. */
  itkSetMacro(MaximumNumberOfIterations, VariableSizeArrayType);
  itkGetConstMacro(MaximumNumberOfIterations, VariableSizeArrayType);

  /** A level ends when the coefficient of variation of the ratio between successive fields inside the mask is not more;
   * 0 or more, default 0.001. */
  itkSetMacro(ConvergenceThreshold, RealType);
  itkGetConstMacro(ConvergenceThreshold, RealType);

  /** Divide the voxels that take no part by the field as well. Default on. */
  itkSetMacro(CorrectOutsideMask, bool);
  itkGetConstMacro(CorrectOutsideMask, bool);
  itkBooleanMacro(CorrectOutsideMask);

  /** The log field on the grid of the input: the second output. */
  RealImageType *
  GetLogBiasField()
  {
    return dynamic_cast<RealImageType *>(this->ProcessObject::GetOutput(1));
  }

  using Superclass::MakeOutput;
  DataObject::Pointer
  MakeOutput(DataObjectPointerArraySizeType index) override;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TOutputImage::ImageDimension>));
  itkConceptMacro(SameMaskDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TMaskImage::ImageDimension>));
  itkConceptMacro(InputConvertibleToDoubleCheck, (Concept::Convertible<typename TInputImage::PixelType, double>));
#endif

protected:
  FastN4BiasFieldCorrectionImageFilter();
  ~FastN4BiasFieldCorrectionImageFilter() override = default;

  void
  VerifyPreconditions() const override;

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
  using ByteImageType = Image<unsigned char, ImageDimension>;
  using EstimatorType = N4BiasFieldCorrectionImageFilter<RealImageType, ByteImageType, RealImageType>;
  using LatticeType = typename EstimatorType::BiasFieldControlPointLatticeType;
  using SizeType = typename TInputImage::SizeType;

  /** Where a kept voxel lies: index k of the shrunken image is voxel First + k * Factor, counted from the start. */
  struct Sampling
  {
    SizeType First;
    SizeType Factor;
    SizeType Size;
  };

  Sampling
  MakeSampling() const;

  /** 1 where a voxel takes part, on the full grid. Sets `constant` when all of those are equal. */
  typename ByteImageType::Pointer
  MakeMask(bool & constant, float progressWeight);

  /** Every factor-th voxel of an image, in a shrunken image that starts at 0. */
  template <typename TShrunken, typename TFull>
  typename TShrunken::Pointer
  Shrink(const TFull * image, const Sampling & sampling) const;

  /** Runs ITK's estimation. */
  typename LatticeType::ConstPointer
  EstimateLattice(const ByteImageType * mask, const Sampling & sampling, float progressWeight);

  /** Evaluates the B-spline at every voxel. */
  void
  EvaluateLattice(const LatticeType * lattice, const Sampling & sampling, float progressWeight);

  /** Divides by the field. */
  void
  Correct(const ByteImageType * mask, float progressWeight);

  MaskPixelType         m_MaskLabel{ NumericTraits<MaskPixelType>::OneValue() };
  bool                  m_UseMaskLabel{ false };
  unsigned int          m_ShrinkFactor{ 4 };
  unsigned int          m_NumberOfHistogramBins{ 200 };
  RealType              m_WienerFilterNoise{ 0.01F };
  RealType              m_BiasFieldFullWidthAtHalfMaximum{ 0.15F };
  unsigned int          m_SplineOrder{ 3 };
  ArrayType             m_NumberOfControlPoints;
  ArrayType             m_NumberOfFittingLevels;
  VariableSizeArrayType m_MaximumNumberOfIterations;
  RealType              m_ConvergenceThreshold{ 0.001F };
  bool                  m_CorrectOutsideMask{ true };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkFastN4BiasFieldCorrectionImageFilter.hxx"
#endif

#endif
