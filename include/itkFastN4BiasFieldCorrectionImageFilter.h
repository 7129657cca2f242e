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
#include "SyntheticCTDetail/itkLogBiasFieldEstimator.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"
#include "itkTimeStamp.h"
#include "itkVector.h"

#include <array>
#include <vector>

namespace itk
{

/** \class FastN4BiasFieldCorrectionImageFilter
 * \brief Removes the slow brightness variation of an MR image: N4, computed along the axes of the grid.
 *
 * The model is \f$v = u\,e^{b}\f$ with a smooth log field b (N.J. Tustison et al., "N4ITK: improved N3 bias
 * correction", IEEE Transactions on Medical Imaging 29, 2010; J.G. Sled et al., 1998). Template parameters, setters,
 * defaults and their meaning are those of itk::N4BiasFieldCorrectionImageFilter, which this filter replaces by a
 * mere change of name: it finds the same field some two hundred times faster, because it knows that the voxels lie
 * on a grid (SyntheticCTDetail::LogBiasFieldEstimator says what is computed and how). Around the estimation:
 *
 * -# Every ShrinkFactor-th voxel along each axis is kept, centred, and never fewer than four along an axis that has
 *    them. TargetSpacing chooses the factor by mm instead, so that the field does not depend on the resolution.
 * -# Voxels that are not positive take no part, besides those outside MaskImage and those without ConfidenceImage: they
 *    have no logarithm. (ITK's filter uses their value in its place.)
 * -# The first control points lie NumberOfControlPoints along each axis between the first and the last kept voxel, or
 *    SplineDistance mm apart.
 * -# The B-spline is evaluated at every voxel of the full grid, at its true position among the kept voxels; beyond the
 *    outer of these the field stays constant.
 * -# Every voxel is divided by \f$e^{b}\f$, or with CorrectOutsideMask off only those that take part.
 *    RescaleIntensities then restores the range that the image had where it takes part.
 *
 * The second output is the log field b, the third, when ComputeBiasField is on, \f$e^{b}\f$. Integer outputs are
 * rounded and saturate. ITK's filter differs in details: its parameters and sums are floats, its field of a
 * second Update() starts from that of the first, and it moves the last voxel of each axis by 1/1000 of a voxel. ANTs'
 * N4BiasFieldCorrection (2.5.4), which runs ITK's filter, gives this field where it does not shrink; where it does, it
 * keeps other voxels and stretches their field over the whole image, by up to half the shrink factor.
 *
 * The whole input is always read. The outputs are made in the regions that are asked for, so they can be streamed; the
 * estimation is done once and kept until the filter or an input changes. Besides the outputs, memory is at most
 * 12 bytes for each kept voxel that takes part (20 with ConfidenceImage), and 4 bytes times control points along the
 * second axis for each pair of positions along first and last axis. Results are the same bits for any number of
 * threads.
 *
 * An image that is constant where it takes part has no field to find: it is returned as it is, with a warning. Throws
 * itk::ExceptionObject when a voxel inside the mask or its confidence is NaN or infinite, when no voxel takes part,
 * when an axis has fewer than two voxels, when mask or confidence have another grid than the image, and when a
 * parameter is out of its range. Invokes IterationEvent after every iteration.
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
  using OutputImageRegionType = typename Superclass::OutputImageRegionType;
  using RealType = float;
  using RealImageType = Image<RealType, ImageDimension>;
  using RealImagePointer = typename RealImageType::Pointer;
  using ScalarType = Vector<RealType, 1>;
  using BiasFieldControlPointLatticeType = Image<ScalarType, ImageDimension>;
  using VariableSizeArrayType = Array<unsigned int>;
  using ArrayType = FixedArray<unsigned int, ImageDimension>;
  using DataObjectPointerArraySizeType = ProcessObject::DataObjectPointerArraySizeType;

  /** The image, as SetInput(). */
  void
  SetInput1(const InputImageType * image)
  {
    this->SetInput(image);
  }

  /** Optional mask of the voxels that the field is estimated from. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);
  void
  SetInput2(const MaskImageType * mask)
  {
    this->SetMaskImage(mask);
  }

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
  void
  SetInput3(const RealImageType * image)
  {
    this->SetConfidenceImage(image);
  }

  /** One of this many voxels is kept along each axis; at least 1. Default 1, as ITK's filter has no such setting; 4
   * is usual for images of 1 mm. */
  itkSetMacro(ShrinkFactor, unsigned int);
  itkGetConstMacro(ShrinkFactor, unsigned int);

  /** If not 0, distance in mm that the kept voxels should have: along each axis the nearest whole number of voxels,
   * instead of ShrinkFactor. 0 or more, default 0. */
  itkSetMacro(TargetSpacing, double);
  itkGetConstMacro(TargetSpacing, double);

  /** If not 0, distance in mm of the coarsest level's control points along every axis, instead of
   * NumberOfControlPoints: the fewest spans that cover the image, centred on it. Not less than the distance of the kept
   * voxels, or 0; default 0. */
  itkSetMacro(SplineDistance, double);
  itkGetConstMacro(SplineDistance, double);

  /** Bins of the histogram that is sharpened, 2 to 32767; default 200. */
  itkSetMacro(NumberOfHistogramBins, unsigned int);
  itkGetConstMacro(NumberOfHistogramBins, unsigned int);

  /** Noise of the Wiener filter that sharpens the histogram, 0 or more; default 0.01. */
  itkSetMacro(WienerFilterNoise, RealType);
  itkGetConstMacro(WienerFilterNoise, RealType);

  /** Full width at half maximum of the Gaussian by which the histogram is deconvolved, in units of the log image, more
   * than 0; default 0.15. */
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

  /** A level ends when the coefficient of variation of the ratio between successive fields inside the mask is at most
   * this; 0 or more, default 0.001. */
  itkSetMacro(ConvergenceThreshold, RealType);
  itkGetConstMacro(ConvergenceThreshold, RealType);

  /** Divide the voxels that take no part by the field as well. Default on. */
  itkSetMacro(CorrectOutsideMask, bool);
  itkGetConstMacro(CorrectOutsideMask, bool);
  itkBooleanMacro(CorrectOutsideMask);

  /** Map the corrected voxels linearly so that the voxels that take part have the smallest and the largest value that
   * they had in the input: \f$(o - o_{min}) (i_{max} - i_{min}) / (o_{max} - o_{min}) + i_{min}\f$. Default off. */
  itkSetMacro(RescaleIntensities, bool);
  itkGetConstMacro(RescaleIntensities, bool);
  itkBooleanMacro(RescaleIntensities);

  /** Whether the third output is made. Default off. */
  itkSetMacro(ComputeBiasField, bool);
  itkGetConstMacro(ComputeBiasField, bool);
  itkBooleanMacro(ComputeBiasField);

  /** The log field on the grid of the input: the second output. */
  RealImageType *
  GetLogBiasField()
  {
    return dynamic_cast<RealImageType *>(this->ProcessObject::GetOutput(1));
  }

  /** The field on the grid of the input: the third output, empty when ComputeBiasField is off. */
  RealImageType *
  GetBiasField()
  {
    return dynamic_cast<RealImageType *>(this->ProcessObject::GetOutput(2));
  }

  /** The control points of the log field where they lie in space, as itk::BSplineControlPointImageFilter takes them.
   * Null before the first update. */
  itkGetConstObjectMacro(LogBiasFieldControlPointLattice, BiasFieldControlPointLatticeType);

  /** The log field of a lattice as GetLogBiasFieldControlPointLattice() gives it, at every voxel of the input. */
  RealImagePointer
  ReconstructBiasField(const BiasFieldControlPointLatticeType * lattice);

  /** The current level, counted from 0, and its iterations so far: for observers of IterationEvent. */
  itkGetConstMacro(CurrentLevel, unsigned int);
  itkGetConstMacro(ElapsedIterations, unsigned int);

  /** Coefficient of variation of the ratio between the last two fields. */
  itkGetConstMacro(CurrentConvergenceMeasurement, RealType);

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
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  using Estimator = SyntheticCTDetail::LogBiasFieldEstimator;
  using SizeType = typename TInputImage::SizeType;
  using IndexType = typename TInputImage::IndexType;

  /** Which voxels are kept, and where they lie in the B-spline's domain. */
  struct Sampling
  {
    /** Kept voxel k is voxel First + k * Factor, counted from the start of the image. */
    SizeType First;
    SizeType Factor;
    SizeType Size;
    /** The estimator's axes. In two dimensions its second has one sample, so that there are slices in any case. */
    Estimator::AxesType Axes;
  };

  static constexpr unsigned int
  EstimatorAxis(unsigned int axis)
  {
    return axis + 1 == ImageDimension ? 2 : axis;
  }

  Sampling
  MakeSampling() const;

  /** Where mask and confidence let voxels take part, in the row that starts at an index. */
  void
  FindInside(const IndexType & start, std::vector<unsigned char> & inside) const;

  /** What is found in the voxels of a slice that take part. */
  struct SliceFindings;

  /** Takes a row's voxels inside into the range, or the first one that is not finite into the findings. */
  void
  FindRange(const IndexType & start, const std::vector<unsigned char> & inside, SliceFindings & findings) const;

  /** Adds the logarithms of a row's kept voxels to a slice of the estimator. */
  void
  KeepVoxels(const IndexType &                  start,
             const std::vector<unsigned char> & inside,
             const Sampling &                   sampling,
             SizeValueType                      row,
             Estimator::Slice &                 kept) const;

  /** Fills the estimator with the logarithms of the kept voxels. False when all voxels that take part are equal. */
  bool
  CollectVoxels(const Sampling & sampling, Estimator & estimator, float progressWeight);

  /** Finds the field, or reports that the last one still holds. */
  void
  Estimate(float progressWeight);

  bool
  EstimateIsCurrent() const;

  /** Calls `function(start, field, factor)` for every row of a region, with the index of its first voxel, the log field
   * and what voxels are multiplied with to be corrected. */
  template <typename TFunction>
  void
  ForEachRow(const OutputImageRegionType & region, float progressWeight, const TFunction & function);

  /** Evaluates control points on a row of a region after another; see ForEachRow. */
  template <typename TFunction>
  void
  EvaluateLattice(const std::vector<double> &   lattice,
                  const std::array<size_t, 3> & controlPoints,
                  const OutputImageRegionType & region,
                  float                         progressWeight,
                  const TFunction &             function);

  /** The estimator's lattice as an image. */
  void
  MakeLatticeImage(const Sampling & sampling);

  MaskPixelType         m_MaskLabel{ NumericTraits<MaskPixelType>::OneValue() };
  bool                  m_UseMaskLabel{ false };
  unsigned int          m_ShrinkFactor{ 1 };
  double                m_TargetSpacing{ 0.0 };
  double                m_SplineDistance{ 0.0 };
  unsigned int          m_NumberOfHistogramBins{ 200 };
  RealType              m_WienerFilterNoise{ 0.01F };
  RealType              m_BiasFieldFullWidthAtHalfMaximum{ 0.15F };
  unsigned int          m_SplineOrder{ 3 };
  ArrayType             m_NumberOfControlPoints;
  ArrayType             m_NumberOfFittingLevels;
  VariableSizeArrayType m_MaximumNumberOfIterations;
  RealType              m_ConvergenceThreshold{ 0.001F };
  bool                  m_CorrectOutsideMask{ true };
  bool                  m_RescaleIntensities{ false };
  bool                  m_ComputeBiasField{ false };

  unsigned int m_CurrentLevel{ 0 };
  unsigned int m_ElapsedIterations{ 0 };
  RealType     m_CurrentConvergenceMeasurement{ 0.0F };

  /** The last estimate: control points, and the line that RescaleIntensities puts through corrected values. */
  std::vector<double>                                m_Lattice;
  std::array<size_t, 3>                              m_ControlPoints{ { 1, 1, 1 } };
  typename BiasFieldControlPointLatticeType::Pointer m_LogBiasFieldControlPointLattice;
  double                                             m_RescaleSlope{ 1.0 };
  double                                             m_RescaleOffset{ 0.0 };
  TimeStamp                                          m_EstimateTime;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkFastN4BiasFieldCorrectionImageFilter.hxx"
#endif

#endif
