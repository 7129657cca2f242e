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
#ifndef itkOrientationCheckImageFilter_h
#define itkOrientationCheckImageFilter_h

#include "SyntheticCTExport.h"
#include "itkFixedArray.h"
#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"
#include "itkVector.h"

#include <array>
#include <iosfwd>
#include <string>
#include <vector>

namespace itk
{

/** \class OrientationCheckImageFilterEnums
 * \brief The choices of OrientationCheckImageFilter.
 * \ingroup SyntheticCT */
class OrientationCheckImageFilterEnums
{
public:
  /** How alike two images are.
   * - MutualInformation: for images of any two modalities.
   * - Correlation: for images of the same contrast. */
  enum class Metric : uint8_t
  {
    MutualInformation,
    Correlation
  };
};

using OrientationCheckMetricEnum = OrientationCheckImageFilterEnums::Metric;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, OrientationCheckMetricEnum value);

/** \class OrientationCheckImageFilter
 * \brief Checks whether an image is oriented as a reference, by its header and by its content.
 *
 * **By the header.** Orientation and ReferenceOrientation are the codes of the two (see OrientationCode).
 * When they differ, output axis i of an image brought into the reference's order is axis AxisOrder[i] of this one,
 * reversed when AxisFlips[i] is set; ReorientImageFilter with ReferenceOrientation does it. This is harmless: every
 * voxel keeps its physical position. It is known after UpdateOutputInformation.
 *
 * **By the content.** A header may lie: after a conversion of files the voxels can be stored the other way round than
 * it says. The run compares the image with the reference where the headers say that they are, as it is and with its
 * content mirrored about the middle of its grid along each choice of its array axes, eight candidates in three
 * dimensions. Both are brought onto the reference's grid at SamplingSpacing, where what lies outside the image takes
 * its smallest value. Because a mirror about the middle of a grid also displaces the head, each candidate may be moved
 * by whole steps of SamplingSpacing, up to SearchRadius along each axis; its score is the best of them. ImpliedFlip is
 * the best candidate if its score exceeds that of the image as it is by more than MinimumImprovement, else nothing.
 *
 * The score of MutualInformation is \f$2 I(A, B) / (H(A) + H(B))\f$, in [0, 1], from a joint histogram with
 * NumberOfHistogramBins bins for each image between its 0.5th and 99.5th percentile; it rises and falls with the
 * normalised mutual information \f$(H(A) + H(B)) / H(A, B)\f$ of C. Studholme, D.L.G. Hill, D.J. Hawkes, "An overlap
 * invariant entropy measure of 3D medical image alignment", Pattern Recognition 32, 1999. That of Correlation is
 * Pearson's coefficient, in [-1, 1]. Both are 0 where an image does not vary.
 *
 * The two images should show about the same part of the body within SearchRadius. The left and right of a head are
 * much alike: look at the scores before you believe in a flip.
 *
 * With ApplyFlip on, the output is the image with its content mirrored by ImpliedFlip and its header as it was, so that
 * the header becomes true; otherwise it is the image itself. NGF Pix2Pix (Belmir 2025) flips its CTs in this way, by
 * comparing origins.
 *
 * Throws itk::ExceptionObject when there is no reference, for a parameter out of its range, and when an image has a
 * voxel that is NaN or infinite. Needs the whole of both images. The result does not depend on the number of threads.
 *
 * \tparam TInputImage     scalar image of three dimensions
 * \tparam TReferenceImage scalar image of three dimensions
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TReferenceImage = TInputImage>
class ITK_TEMPLATE_EXPORT OrientationCheckImageFilter : public ImageToImageFilter<TInputImage, TInputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(OrientationCheckImageFilter);

  using Self = OrientationCheckImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TInputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(OrientationCheckImageFilter);

  using InputImageType = TInputImage;
  using ReferenceImageType = TReferenceImage;
  using MetricEnum = OrientationCheckMetricEnum;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  using AxisOrderType = FixedArray<unsigned int, ImageDimension>;
  using FlipType = FixedArray<bool, ImageDimension>;
  using ShiftType = Vector<double, ImageDimension>;

  /** The image whose orientation is right. Required. */
  itkSetInputMacro(ReferenceImage, ReferenceImageType);
  itkGetInputMacro(ReferenceImage, ReferenceImageType);

  /** Mirror the content of the output by ImpliedFlip; default off. */
  itkSetMacro(ApplyFlip, bool);
  itkGetConstMacro(ApplyFlip, bool);
  itkBooleanMacro(ApplyFlip);

  /** How the images are compared; default MutualInformation. */
  itkSetEnumMacro(Metric, MetricEnum);
  itkGetEnumMacro(Metric, MetricEnum);

  /** Spacing of the grid on which they are compared in mm, more than 0; default 4. */
  itkSetMacro(SamplingSpacing, double);
  itkGetConstMacro(SamplingSpacing, double);

  /** How far a candidate may be moved along each axis in mm, 0 or more; default 12. The time grows with its cube. */
  itkSetMacro(SearchRadius, double);
  itkGetConstMacro(SearchRadius, double);

  /** Bins of either image for MutualInformation, from 2 to 256; default 32. */
  itkSetMacro(NumberOfHistogramBins, unsigned int);
  itkGetConstMacro(NumberOfHistogramBins, unsigned int);

  /** By how much the score of a flip has to exceed that of the image as it is, 0 or more; default 0.01. */
  itkSetMacro(MinimumImprovement, double);
  itkGetConstMacro(MinimumImprovement, double);

  /** The codes of both images, and whether they are the same. */
  itkGetStringMacro(Orientation);
  itkGetStringMacro(ReferenceOrientation);
  bool
  GetOrientationsAgree() const
  {
    return m_Orientation == m_ReferenceOrientation;
  }

  /** What brings the image into the reference's order. */
  itkGetConstReferenceMacro(AxisOrder, AxisOrderType);
  itkGetConstReferenceMacro(AxisFlips, FlipType);

  /** The array axes of the input along which its content is the wrong way round, as far as the last run could see. */
  itkGetConstReferenceMacro(ImpliedFlip, FlipType);

  /** The candidates. The first is the image as it is; candidate c is mirrored along axis d when bit d of c is set.
   * Their results, of the last run, throw itk::ExceptionObject when there is no such candidate or was no run. */
  static constexpr unsigned int NumberOfCandidates = 1u << ImageDimension;

  /** The best score that was found. */
  double
  GetCandidateScore(unsigned int candidate) const;

  /** By how much the mirrored content is moved for that score, in mm in physical space. */
  ShiftType
  GetCandidateShift(unsigned int candidate) const;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TReferenceImage::ImageDimension>));
  itkConceptMacro(ThreeDimensionsCheck, (Concept::SameDimension<TInputImage::ImageDimension, 3>));
#endif

protected:
  OrientationCheckImageFilter();
  ~OrientationCheckImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  void
  GenerateOutputInformation() override;

  void
  GenerateInputRequestedRegion() override;

  void
  EnlargeOutputRequestedRegion(DataObject * output) override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  using CoarseImageType = Image<float, ImageDimension>;
  using CoarsePointer = typename CoarseImageType::Pointer;

  /** What the score of two images needs from each: its voxels, minus their mean, and their bins. */
  struct Samples
  {
    Size<ImageDimension>       Grid;
    std::vector<float>         Values;
    std::vector<unsigned char> Bins;
  };

  struct Candidate
  {
    double    Score{ 0.0 };
    ShiftType Shift{ 0.0 };
  };

  /** An image at SamplingSpacing. */
  template <typename TImage>
  CoarsePointer
  Coarsen(const TImage * image, const char * name, float progressWeight);

  /** The same voxels, mirrored about the middle of the grid: only the header changes. */
  static CoarsePointer
  Mirror(const CoarseImageType * image, unsigned int candidate);

  /** The samples of an image, with bins between the two ends. */
  Samples
  Sample(const CoarseImageType * image, const std::array<float, 2> & ends) const;

  /** The 0.5th and the 99.5th percentile. */
  static std::array<float, 2>
  EndsOfBins(const CoarseImageType * image);

  /** How alike the reference and an image are, whose voxel `start` lies over the first of the reference. */
  double
  Score(const Samples & reference, const Samples & image, const Index<ImageDimension> & start) const;

  /** The output: the input, with its axes reversed where ApplyFlip says so. */
  void
  CopyOrFlip();

  bool         m_ApplyFlip{ false };
  MetricEnum   m_Metric{ MetricEnum::MutualInformation };
  double       m_SamplingSpacing{ 4.0 };
  double       m_SearchRadius{ 12.0 };
  unsigned int m_NumberOfHistogramBins{ 32 };
  double       m_MinimumImprovement{ 0.01 };

  std::string            m_Orientation;
  std::string            m_ReferenceOrientation;
  AxisOrderType          m_AxisOrder;
  FlipType               m_AxisFlips;
  FlipType               m_ImpliedFlip;
  std::vector<Candidate> m_Candidates;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkOrientationCheckImageFilter.hxx"
#endif

#endif
