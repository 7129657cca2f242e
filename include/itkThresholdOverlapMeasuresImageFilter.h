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
#ifndef itkThresholdOverlapMeasuresImageFilter_h
#define itkThresholdOverlapMeasuresImageFilter_h

#include "SyntheticCTDetail/itkCounterPool.h"
#include "itkImagePairMeasuresImageFilter.h"
#include "SyntheticCTDetail/itkValueClassifier.h"

#include <vector>

namespace itk
{

/** \class ThresholdOverlapMeasuresImageFilter
 * \brief Overlap of what a synthetic CT and its reference have above thresholds, and in ranges, of Hounsfield units.
 *
 * With the sets \f$R\f$ of the reference and \f$S\f$ of the synthetic image, both inside the mask:
 *
 * | measure | formula |
 * |---|---|
 * | Dice | \f$2\lvert R\cap S\rvert / (\lvert R\rvert + \lvert S\rvert)\f$ |
 * | precision | \f$\lvert R\cap S\rvert / \lvert S\rvert\f$ |
 * | recall | \f$\lvert R\cap S\rvert / \lvert R\rvert\f$ |
 *
 * All are NaN when both sets are empty, and 0 when one of them is.
 *
 * **Thresholds.** The sets are the voxels whose value is not smaller than a threshold. A list of thresholds gives the
 * curve of Dice against HU of the RoI multi-task network (Kaushik et al., 2022). SetGreyLevelThresholds() gives the
 * bone precision, recall and Dice of Bambach and Ho, "Deep learning for synthetic CT from bone MRI in the head and
 * neck", 2022: averages over thresholds that are shares of the 8-bit grey range of a window, read by GetMeanDice(),
 * GetMeanPrecision() and GetMeanRecall(), which take the mean of the values at the thresholds where they are defined.
 *
 * **Regions.** Air, soft tissue and bone are the voxels of each image whose own clipped value lies between the bounds
 * (see ImagePairMeasuresImageFilter).
 *
 * Voxels outside the mask do not matter; a NaN inside it is in no set. The inputs are read once, whatever the number of
 * thresholds; counts are whole numbers, and so the same for any number of threads. Memory: a few counters per
 * threshold and thread.
 *
 * \ingroup SyntheticCT
 */
template <typename TReferenceImage,
          typename TSyntheticImage = TReferenceImage,
          typename TMaskImage = Image<unsigned char, TReferenceImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT ThresholdOverlapMeasuresImageFilter
  : public ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ThresholdOverlapMeasuresImageFilter);

  using Self = ThresholdOverlapMeasuresImageFilter;
  using Superclass = ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(ThresholdOverlapMeasuresImageFilter);

  using ReferenceImageType = TReferenceImage;
  using SyntheticImageType = TSyntheticImage;
  using MaskImageType = TMaskImage;
  using RegionType = typename ReferenceImageType::RegionType;
  using ThresholdsType = std::vector<double>;

  /** The thresholds in HU, finite numbers in any order; results come in the same. Default none. They replace
   * thresholds by grey level. */
  void
  SetThresholds(const ThresholdsType & thresholds);

  /** The thresholds in HU that the settings give; GetThreshold() has those of the run. */
  ThresholdsType
  GetThresholds() const;

  /** Thresholds from `first` in steps of `step` > 0 to at most `last` (a threshold within a millionth of a step of it
   * counts), all in HU; at most 100000. */
  void
  SetThresholdsInSteps(double first, double last, double step);

  /** Thresholds that are shares of the grey range of an 8-bit image over the grey window, in steps as above; defaults
   * 40 % to 70 % in steps of 5 %. A grey value is \f$g = \lfloor 255 (v - (level - width/2)) / width + 1/2 \rfloor\f$,
   * as EightBitScaleImageFilter has it, and \f$g \ge 255 s\f$ says the same as \f$v \ge level - width/2 + width (\lceil
   * 255 s\rceil - 1/2) / 255\f$, which is the threshold in HU for a share \f$s\f$ in (0, 1]. They replace
   * thresholds in HU. */
  void
  SetGreyLevelThresholds(double first = 0.4, double last = 0.7, double step = 0.05);

  /** The grey window in HU of thresholds by grey level, whether it is set before them or after them: its middle, and
   * its width, which is larger than 0. Defaults 500 and 2000. */
  itkSetMacro(GreyWindowLevel, double);
  itkGetConstMacro(GreyWindowLevel, double);
  itkSetMacro(GreyWindowWidth, double);
  itkGetConstMacro(GreyWindowWidth, double);

  /** The thresholds, and the voxels inside the mask of the reference, of the synthetic image and of both whose value is
   * not smaller. These and the getters below are of the last Update(), and throw before it; an index that is too
   * large throws. */
  SizeValueType
  GetNumberOfThresholds() const
  {
    this->VerifyResults();
    return static_cast<SizeValueType>(m_Counts.size());
  }
  double
  GetThreshold(SizeValueType i) const;
  SizeValueType
  GetNumberOfReferenceVoxels(SizeValueType i) const
  {
    return this->CountsOfThreshold(i).Reference;
  }
  SizeValueType
  GetNumberOfSyntheticVoxels(SizeValueType i) const
  {
    return this->CountsOfThreshold(i).Synthetic;
  }
  SizeValueType
  GetNumberOfCommonVoxels(SizeValueType i) const
  {
    return this->CountsOfThreshold(i).Common;
  }

  /** The measures at a threshold. */
  double
  GetDice(SizeValueType i) const
  {
    return this->CountsOfThreshold(i).GetDice();
  }
  double
  GetPrecision(SizeValueType i) const
  {
    return this->CountsOfThreshold(i).GetPrecision();
  }
  double
  GetRecall(SizeValueType i) const
  {
    return this->CountsOfThreshold(i).GetRecall();
  }

  /** The thresholds that at least one voxel reaches, where the measures are defined, and the mean of each measure over
   * them; NaN when there are none. */
  SizeValueType
  GetNumberOfDefinedThresholds() const;
  double
  GetMeanDice() const;
  double
  GetMeanPrecision() const;
  double
  GetMeanRecall() const;

  /** The voxels of the mask. */
  SizeValueType
  GetNumberOfVoxels() const
  {
    this->VerifyResults();
    return m_NumberOfVoxels;
  }

  /** Air, soft tissue or bone: the voxels of each image and of both, and the measures. Naming the body throws. */
  SizeValueType
  GetRegionNumberOfReferenceVoxels(HounsfieldRegionEnum region) const
  {
    return this->CountsOfRegion(region).Reference;
  }
  SizeValueType
  GetRegionNumberOfSyntheticVoxels(HounsfieldRegionEnum region) const
  {
    return this->CountsOfRegion(region).Synthetic;
  }
  SizeValueType
  GetRegionNumberOfCommonVoxels(HounsfieldRegionEnum region) const
  {
    return this->CountsOfRegion(region).Common;
  }
  double
  GetRegionDice(HounsfieldRegionEnum region) const
  {
    return this->CountsOfRegion(region).GetDice();
  }
  double
  GetRegionPrecision(HounsfieldRegionEnum region) const
  {
    return this->CountsOfRegion(region).GetPrecision();
  }
  double
  GetRegionRecall(HounsfieldRegionEnum region) const
  {
    return this->CountsOfRegion(region).GetRecall();
  }

protected:
  ThresholdOverlapMeasuresImageFilter() = default;
  ~ThresholdOverlapMeasuresImageFilter() override = default;

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

  /** How many voxels two sets have. */
  struct Counts
  {
    double        Threshold{ 0.0 };
    SizeValueType Reference{ 0 };
    SizeValueType Synthetic{ 0 };
    SizeValueType Common{ 0 };

    /** `part` of `whole`, with the rules for empty sets. */
    double
    Share(SizeValueType part, SizeValueType whole) const;

    double
    GetDice() const
    {
      return this->Share(2 * Common, Reference + Synthetic);
    }
    double
    GetPrecision() const
    {
      return this->Share(Common, Synthetic);
    }
    double
    GetRecall() const
    {
      return this->Share(Common, Reference);
    }
  };

  /** The numbers from `first` to `last`. Throws when there is no such list. */
  ThresholdsType
  NumbersInSteps(double first, double last, double step) const;

  const Counts &
  CountsOfThreshold(SizeValueType i) const;

  const Counts &
  CountsOfRegion(HounsfieldRegionEnum region) const
  {
    this->VerifyResults();
    return m_RegionCounts[this->BoundedIndexOf(region)];
  }

  double
  MeanOf(double (Counts::*measure)() const) const;

  // In HU, or the shares of a grey range; one of the lists is empty.
  ThresholdsType m_Thresholds;
  ThresholdsType m_GreyShares;
  double         m_GreyWindowLevel{ 500.0 };
  double         m_GreyWindowWidth{ 2000.0 };

  // While it runs. One classifier has the cuts of the thresholds and of the regions; each of its classes is one of the
  // regions' own. Counters: voxels per class, for the reference, for the synthetic image and for the smaller of the two
  // classes; then per pair of classes of the regions.
  SyntheticCTDetail::ValueClassifier              m_Classifier;
  SyntheticCTDetail::ValueClassifier              m_RegionClassifier;
  std::vector<ClassType>                          m_RegionClasses;
  std::vector<SyntheticCTDetail::ClippedInterval> m_Intervals;
  SyntheticCTDetail::CounterPool                  m_Counters;

  // Results.
  std::vector<Counts>                                 m_Counts;
  std::array<Counts, Superclass::NumberOfRegions - 1> m_RegionCounts{};
  SizeValueType                                       m_NumberOfVoxels{ 0 };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkThresholdOverlapMeasuresImageFilter.hxx"
#endif

#endif
