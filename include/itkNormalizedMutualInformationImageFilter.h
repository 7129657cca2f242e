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
#ifndef itkNormalizedMutualInformationImageFilter_h
#define itkNormalizedMutualInformationImageFilter_h

#include "itkImage.h"
#include "itkImageSink.h"
#include "SyntheticCTDetail/itkCounterPool.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"
#include "SyntheticCTDetail/itkValueClassifier.h"

#include <vector>

namespace itk
{

/** \class NormalizedMutualInformationImageFilter
 * \brief How much a CT and an MR of one body say about each other: a measure of a synthetic CT that needs no true CT.
 *
 * With the entropies \f$H = -\sum_i p_i \ln p_i\f$ of the histogram of each image and of their joint histogram
 *
 * \f[ NMI = \frac{H(CT) + H(MR)}{H(CT, MR)} \f]
 *
 * (C. Studholme, D.L.G. Hill, D.J. Hawkes, "An overlap invariant entropy measure of 3D medical image alignment",
 * Pattern Recognition 32:71-86, 1999, doi:10.1016/S0031-3203(98)00091-0). It is 1 when neither image says anything
 * about the other, and 2 when each determines the other.
 *
 * The voxels that count are those of the mask. CT values are clipped to [WindowMinimum, WindowMaximum], MR values to
 * the interval between two of their percentiles, interpolated linearly. NumberOfBins bins of the same width divide
 * either interval, each with its lower end, and the last with both.
 *
 * Only values with the same bins and the same mask compare.
 *
 * Counts are whole numbers and entropies are summed in the order of the bins, so that results have the same bits for
 * any number of threads. The inputs are read whole; memory beside them is one counter per pair of bins for every
 * thread.
 *
 * Results are those of the last Update() that succeeded; before it there are none, and their getters throw. Without a
 * voxel in the mask, or with both images constant, the NMI is NaN. Throws itk::ExceptionObject for a parameter out of
 * its range, inputs on different grids, and a voxel in the mask that is NaN, or infinite in the MR.
 *
 * \ingroup SyntheticCT
 */
template <typename TCTImage,
          typename TMRImage = TCTImage,
          typename TMaskImage = Image<unsigned char, TCTImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT NormalizedMutualInformationImageFilter : public ImageSink<TCTImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(NormalizedMutualInformationImageFilter);

  using Self = NormalizedMutualInformationImageFilter;
  using Superclass = ImageSink<TCTImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(NormalizedMutualInformationImageFilter);

  using CTImageType = TCTImage;
  using MRImageType = TMRImage;
  using MaskImageType = TMaskImage;
  using RegionType = typename CTImageType::RegionType;

  static constexpr unsigned int ImageDimension = CTImageType::ImageDimension;

  /** The CT, synthetic or true, in HU. It is the primary input. */
  itkSetInputMacro(CTImage, CTImageType);
  itkGetInputMacro(CTImage, CTImageType);

  /** The MR, on the grid of the CT. */
  itkSetInputMacro(MRImage, MRImageType);
  itkGetInputMacro(MRImage, MRImageType);

  /** The body: voxels that are not zero count. On the grid of the CT. Without a mask every voxel counts. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** The interval in HU to which the CT is clipped; the minimum is the smaller. Default [-1000, 3000]. */
  itkSetMacro(WindowMinimum, double);
  itkGetConstMacro(WindowMinimum, double);
  itkSetMacro(WindowMaximum, double);
  itkGetConstMacro(WindowMaximum, double);

  /** The percentiles inside the mask to which the MR is clipped, ascending and in [0, 100]. Default 1 and 99.9. */
  itkSetMacro(LowerPercentile, double);
  itkGetConstMacro(LowerPercentile, double);
  itkSetMacro(UpperPercentile, double);
  itkGetConstMacro(UpperPercentile, double);

  /** The bins of either image, from 2 to 1024. Default 64. */
  itkSetMacro(NumberOfBins, unsigned int);
  itkGetConstMacro(NumberOfBins, unsigned int);

  /** Results: the voxels that count, entropies in nats. */
  SizeValueType
  GetNumberOfVoxels() const
  {
    this->VerifyResults();
    return m_NumberOfVoxels;
  }
  double
  GetCTEntropy() const
  {
    this->VerifyResults();
    return m_CTEntropy;
  }
  double
  GetMREntropy() const
  {
    this->VerifyResults();
    return m_MREntropy;
  }
  double
  GetJointEntropy() const
  {
    this->VerifyResults();
    return m_JointEntropy;
  }

  /** H(CT) + H(MR) - H(CT, MR), in nats. */
  double
  GetMutualInformation() const
  {
    this->VerifyResults();
    return m_CTEntropy + m_MREntropy - m_JointEntropy;
  }

  double
  GetNormalizedMutualInformation() const;

  /** The values of the MR at the percentiles. NaN without a voxel. */
  double
  GetUsedMRMinimum() const
  {
    this->VerifyResults();
    return m_UsedMRMinimum;
  }
  double
  GetUsedMRMaximum() const
  {
    this->VerifyResults();
    return m_UsedMRMaximum;
  }

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionMRCheck, (Concept::SameDimension<ImageDimension, MRImageType::ImageDimension>));
  itkConceptMacro(SameDimensionMaskCheck, (Concept::SameDimension<ImageDimension, MaskImageType::ImageDimension>));
  itkConceptMacro(CTConvertibleToDoubleCheck, (Concept::Convertible<typename CTImageType::PixelType, double>));
  itkConceptMacro(MRConvertibleToDoubleCheck, (Concept::Convertible<typename MRImageType::PixelType, double>));
  itkConceptMacro(MaskEqualityComparableCheck, (Concept::EqualityComparable<typename MaskImageType::PixelType>));
#endif

protected:
  NormalizedMutualInformationImageFilter();
  ~NormalizedMutualInformationImageFilter() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  /** The percentiles need the whole MR. */
  unsigned int
  GetNumberOfInputRequestedRegions() override
  {
    return 1;
  }

  void
  BeforeStreamedGenerateData() override;

  void
  StreamedGenerateData(unsigned int inputRequestedRegionNumber) override;

  /** Throws when the filter was asked to stop. */
  void
  AfterStreamedGenerateData() override;

  /** Not used: slices are counted by StreamedGenerateData(). */
  void
  ThreadedStreamedGenerateData(const RegionType &) override
  {}

private:
  using CountersType = SyntheticCTDetail::CounterPool::CountersType;

  /** How many voxels each pair of bins has, those of the MR fastest. */
  CountersType
  CountPairs();

  static double
  EntropyOf(const CountersType & counts, SizeValueType sum);

  void
  VerifyResults() const;

  double       m_WindowMinimum{ -1000.0 };
  double       m_WindowMaximum{ 3000.0 };
  double       m_LowerPercentile{ 1.0 };
  double       m_UpperPercentile{ 99.9 };
  unsigned int m_NumberOfBins{ 64 };

  bool          m_HasResults{ false };
  SizeValueType m_NumberOfVoxels{ 0 };
  double        m_CTEntropy{ 0.0 };
  double        m_MREntropy{ 0.0 };
  double        m_JointEntropy{ 0.0 };
  double        m_UsedMRMinimum{ 0.0 };
  double        m_UsedMRMaximum{ 0.0 };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkNormalizedMutualInformationImageFilter.hxx"
#endif

#endif
