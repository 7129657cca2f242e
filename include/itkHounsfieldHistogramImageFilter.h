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
#ifndef itkHounsfieldHistogramImageFilter_h
#define itkHounsfieldHistogramImageFilter_h

#include "SyntheticCTDetail/itkCounterPool.h"
#include "itkImagePairMeasuresImageFilter.h"
#include "SyntheticCTDetail/itkValueClassifier.h"

#include <vector>

namespace itk
{

/** \class HounsfieldHistogramImageFilter
 * \brief Histograms of a synthetic CT and its reference per region, and their joint histogram.
 *
 * NumberOfBins bins of the same width divide [HistogramMinimum, HistogramMaximum]. Bin \f$i\f$ takes the values
 * \f$Minimum + i\,w \le v < Minimum + (i+1)\,w\f$, \f$w = (Maximum - Minimum) / NumberOfBins\f$, compared in double;
 * the last bin takes its upper end too, as in NumPy. Values outside, and NaN, are in no bin.
 *
 * For every region (see ImagePairMeasuresImageFilter) the voxels are those that the reference puts there, in both
 * images; values are counted as they are, clipped only for the classing. The joint histogram is over the body.
 *
 * Everything is counted in one pass over the inputs, for any number of stream divisions. Counts are whole numbers, and
 * so the same for any number of threads. ITK's ImageToHistogramFilter, MaskedImageToHistogramFilter and their
 * histograms of vectors give the same counts one region at a time; this is several times faster, because it does not
 * treat a voxel as a vector and a bin as an object. Memory: 16 counters per bin, and one per pair of bins for the joint
 * histogram, for every thread.
 *
 * \ingroup SyntheticCT
 */
template <typename TReferenceImage,
          typename TSyntheticImage = TReferenceImage,
          typename TMaskImage = Image<unsigned char, TReferenceImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT HounsfieldHistogramImageFilter
  : public ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(HounsfieldHistogramImageFilter);

  using Self = HounsfieldHistogramImageFilter;
  using Superclass = ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(HounsfieldHistogramImageFilter);

  using ReferenceImageType = TReferenceImage;
  using SyntheticImageType = TSyntheticImage;
  using MaskImageType = TMaskImage;
  using RegionType = typename ReferenceImageType::RegionType;

  /** The range of the bins in HU; the minimum is the smaller. Default [-1000, 3000]. */
  itkSetMacro(HistogramMinimum, double);
  itkGetConstMacro(HistogramMinimum, double);
  itkSetMacro(HistogramMaximum, double);
  itkGetConstMacro(HistogramMaximum, double);

  /** At least 1, at most a million, and at most 10000 for a joint histogram. Default 400, which is 10 HU per bin. */
  itkSetMacro(NumberOfBins, SizeValueType);
  itkGetConstMacro(NumberOfBins, SizeValueType);

  /** Count pairs of bins too. Default off. */
  itkSetMacro(ComputeJointHistogram, bool);
  itkGetConstMacro(ComputeJointHistogram, bool);
  itkBooleanMacro(ComputeJointHistogram);

  /** How many bins were counted, and the ends of one in HU. These and the getters below are of the last Update(), and
   * throw before it; a bin that does not exist throws too. */
  SizeValueType
  GetNumberOfComputedBins() const
  {
    this->VerifyResults();
    return m_NumberOfComputedBins;
  }
  double
  GetBinMinimum(SizeValueType bin) const;
  double
  GetBinMaximum(SizeValueType bin) const;

  /** The voxels of a region, in a bin or not. */
  SizeValueType
  GetNumberOfVoxels(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const
  {
    this->VerifyResults();
    return m_NumberOfVoxels[this->IndexOf(region)];
  }

  /** The voxels of a region whose value in an image lies in a bin. */
  SizeValueType
  GetReferenceFrequency(SizeValueType bin, HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  SizeValueType
  GetSyntheticFrequency(SizeValueType bin, HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;

  /** The voxels of a region whose value in an image lies in no bin. */
  SizeValueType
  GetReferenceFrequencyOutside(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  SizeValueType
  GetSyntheticFrequencyOutside(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;

  /** The voxels of the body whose reference value lies in one bin, and whose synthetic value in another. Throws when
   * the joint histogram has not been computed. */
  SizeValueType
  GetJointFrequency(SizeValueType referenceBin, SizeValueType syntheticBin) const;

protected:
  HounsfieldHistogramImageFilter() = default;
  ~HounsfieldHistogramImageFilter() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

  void
  VerifyPreconditions() const override;

  void
  BeforeStreamedGenerateData() override;

  /** Counts one slice. */
  void
  ThreadedStreamedGenerateData(const RegionType & sliceRegion) override;

  void
  AfterStreamedGenerateData() override;

private:
  using ClassType = SyntheticCTDetail::ValueClassifier::ClassType;

  /** The classes of values: NaN, below the bins, one per bin, and above. */
  size_t
  GetNumberOfBinClasses() const
  {
    return m_BinClassifier.GetNumberOfClasses();
  }

  /** Where a bin begins by the settings; the one after the last begins at the end. */
  double
  StartOf(SizeValueType bin) const;

  /** Throws when there is no result for such a bin. */
  void
  VerifyBin(SizeValueType bin) const;

  /** The position of a bin and a region in the result. */
  size_t
  PositionOf(SizeValueType bin, HounsfieldRegionEnum region) const;

  SizeValueType
  OutsideOf(const std::vector<SizeValueType> & frequencies, HounsfieldRegionEnum region) const;

  double        m_HistogramMinimum{ -1000.0 };
  double        m_HistogramMaximum{ 3000.0 };
  SizeValueType m_NumberOfBins{ 400 };
  bool          m_ComputeJointHistogram{ false };

  // While it runs. Counters: voxels per class of the regions and class of the bins (the latter fastest), for the
  // reference and for the synthetic image; then per pair of classes of the bins (the synthetic image's fastest).
  SyntheticCTDetail::ValueClassifier              m_BinClassifier;
  SyntheticCTDetail::ValueClassifier              m_RegionClassifier;
  std::vector<SyntheticCTDetail::ClippedInterval> m_Intervals;
  SyntheticCTDetail::CounterPool                  m_Counters;

  // Results: bins fastest, then regions; bins of the synthetic image fastest.
  std::array<SizeValueType, Superclass::NumberOfRegions> m_NumberOfVoxels{};
  SizeValueType                                          m_NumberOfComputedBins{ 0 };
  std::vector<double>                                    m_BinEnds;
  std::vector<SizeValueType>                             m_Reference;
  std::vector<SizeValueType>                             m_Synthetic;
  std::vector<SizeValueType>                             m_Joint;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkHounsfieldHistogramImageFilter.hxx"
#endif

#endif
