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
#ifndef itkImageErrorMeasuresImageFilter_h
#define itkImageErrorMeasuresImageFilter_h

#include "itkAnatomicalPlane.h"
#include "SyntheticCTDetail/itkErrorMeasureAccumulator.h"
#include "itkImagePairMeasuresImageFilter.h"

#include <map>
#include <vector>

namespace itk
{

/** \class ImageErrorMeasuresImageFilterEnums
 * \brief The measures of ImageErrorMeasuresImageFilter, and what is meant by a PSNR.
 * \ingroup SyntheticCT */
class ImageErrorMeasuresImageFilterEnums
{
public:
  enum class ErrorMeasure : uint8_t
  {
    MeanError,
    MeanAbsoluteError,
    MeanSquaredError,
    RootMeanSquaredError,
    PeakSignalToNoiseRatio,
    PearsonCorrelation,
    ErrorStandardDeviation
  };

  /** See ImageErrorMeasuresImageFilter. */
  enum class PeakSignalToNoiseRatioDefinition : uint8_t
  {
    Unclipped,
    SynthRAD2023,
    SynthRAD2025,
    BackgroundSet
  };
};

using ErrorMeasureEnum = ImageErrorMeasuresImageFilterEnums::ErrorMeasure;
using PeakSignalToNoiseRatioDefinitionEnum = ImageErrorMeasuresImageFilterEnums::PeakSignalToNoiseRatioDefinition;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, ErrorMeasureEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, PeakSignalToNoiseRatioDefinitionEnum value);

/** \class ImageErrorMeasuresImageFilter
 * \brief Voxelwise errors of a synthetic CT against its reference: over the body, per range of Hounsfield units, per
 * label and per slice.
 *
 * With reference \f$y\f$, synthetic image \f$x\f$ and the \f$N\f$ voxels of a region:
 *
 * | measure | formula | unit |
 * |---|---|---|
 * | mean error ME | \f$\frac{1}{N}\sum (x-y)\f$ | HU |
 * | mean absolute error MAE | \f$\frac{1}{N}\sum \lvert x-y\rvert\f$ | HU |
 * | mean squared error MSE | \f$\frac{1}{N}\sum (x-y)^2\f$ | HU^2 |
 * | standard deviation of the error, of the population | \f$\sqrt{MSE - ME^2}\f$ | HU |
 * | root mean squared error RMSE | \f$\sqrt{MSE}\f$ | HU |
 * | peak signal-to-noise ratio PSNR | \f$10\log_{10}(L^2/MSE)\f$ | dB |
 * | Pearson correlation R | \f$\frac{\sum (x-\bar x)(y-\bar y)}
 *                            {\sqrt{\sum (x-\bar x)^2\sum (y-\bar y)^2}}\f$ | 1 |
 * | weighted MAE of a region or label \f$k\f$ and the rest of the body \f$k'\f$ |
 *   \f$\frac{N_{k'}}{N}MAE_k + \frac{N_k}{N}MAE_{k'}\f$ | HU |
 *
 * **Regions.** In the body (see ImagePairMeasuresImageFilter) images are taken as they are. Air, soft tissue and bone
 * are classed by the reference after both images have been clipped to [WindowMinimum, WindowMaximum], and their
 * measures are those of the clipped images. GetNumberOfVoxels() tells how many voxels each region has.
 *
 * **Labels.** With a LabelImage, the voxels of the body that carry the same label are one more region, whose images are
 * taken as they are. Without a list every label that is not zero and has a voxel in the body is measured.
 *
 * **Slices.** With ComputeSlices on, every measure is also taken of each slice of an anatomical plane, whatever the
 * order of the array: slices lie across the axis that AnatomicalSliceAxis() finds, and are numbered in the order of the
 * array. GetSliceMean() averages a measure over the slices (the validation PSNR of NGF Pix2Pix, Belmir 2025, is such a
 * mean). Only slices where the measure is a finite number count: empty and constant ones (NaN) and the infinite PSNR of
 * identical ones are left out, and GetNumberOfDefinedSlices() tells how many are left. An image that does not have
 * three axes counts as a single slice.
 *
 * **Definitions of the PSNR.** The other measures do not depend on them. DataRange is 0 unless it is set, which means
 * the L of the definition; a definition that has its own uses no other, and warns of one.
 * - Unclipped (default): the MSE above. It has no L of its own: DataRange states it, and without it there is no PSNR.
 * - SynthRAD2023: both images clipped to [-1024, 3000], L = 4024, as the metrics of that challenge.
 * - SynthRAD2025: both images clipped to [-1024, 3071], L = 4095, as the metrics of that challenge (image_metrics.py of
 *   its repository `evaluation`, commit 17cac47; copies in circulation still clip to 3000).
 * - BackgroundSet: both images clipped to [-1000, 3000], which NGF Pix2Pix maps to [-1, 1], L = 4000 (2 in its units);
 *   outside the mask both are set to the lower end, and the whole image, or slice, counts. Only the body has an
 *   outside: for other regions and labels the squared errors are averaged over their own voxels. Without voxels in the
 *   mask it is NaN.
 *
 * **Edge cases.** A region without voxels has N = 0 and every measure NaN. Identical images have a PSNR of +infinity.
 * The correlation of a constant image is NaN. The standard deviation follows from the squares or from the moments,
 * whichever lose fewer digits, so that a constant error has exactly 0. Voxels outside the mask do not matter, NaN or
 * not; a NaN inside the mask makes the body's measures NaN, and belongs to no region when it is in the reference. The
 * weighted MAE is NaN when the region or the rest of the body is empty.
 *
 * **Numbers.** Sums are taken in double per slice of the last axis and reduced in slice order: the result has the same
 * bits for any number of threads and of stream divisions. The second moments are taken in two passes over short runs of
 * voxels (first their mean, then the squares of the deviations) and joined by the pairwise update of Chan, Golub and
 * LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979; so the correlation is
 * that of a two-pass computation although the inputs are read only once (twice for slices that do not lie across the
 * last axis) and may be streamed.
 *
 * **Memory.** With SetNumberOfStreamDivisions() the inputs are asked for in that many slabs of whole slices. Beside
 * them the filter keeps four sets of sums per slice, and one per label and slice.
 *
 * \tparam TLabelImage image of integers
 *
 * \ingroup SyntheticCT
 */
template <typename TReferenceImage,
          typename TSyntheticImage = TReferenceImage,
          typename TMaskImage = Image<unsigned char, TReferenceImage::ImageDimension>,
          typename TLabelImage = Image<unsigned char, TReferenceImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT ImageErrorMeasuresImageFilter
  : public ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ImageErrorMeasuresImageFilter);

  using Self = ImageErrorMeasuresImageFilter;
  using Superclass = ImagePairMeasuresImageFilter<TReferenceImage, TSyntheticImage, TMaskImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(ImageErrorMeasuresImageFilter);

  using ReferenceImageType = TReferenceImage;
  using SyntheticImageType = TSyntheticImage;
  using MaskImageType = TMaskImage;
  using LabelImageType = TLabelImage;
  using LabelType = typename LabelImageType::PixelType;
  using LabelsType = std::vector<LabelType>;
  using RegionType = typename ReferenceImageType::RegionType;
  using PlaneEnum = InferencePlaneEnum;

  static constexpr unsigned int ImageDimension = ReferenceImageType::ImageDimension;

  /** Optional: parts of the body that are measured on their own, on the grid of the reference. */
  itkSetInputMacro(LabelImage, LabelImageType);
  itkGetInputMacro(LabelImage, LabelImageType);

  /** The labels that are measured, in this order, whether they have voxels or not; none twice. Default empty: those
   * that are found, rising. Needs a LabelImage. */
  void
  SetLabels(const LabelsType & labels)
  {
    if (m_Labels != labels)
    {
      m_Labels = labels;
      this->Modified();
    }
  }
  const LabelsType &
  GetLabels() const
  {
    return m_Labels;
  }

  /** Take the measures of air, soft tissue and bone too. Default on; off, they are those of an empty region, and the
   * filter is faster. */
  itkSetMacro(ComputeRegions, bool);
  itkGetConstMacro(ComputeRegions, bool);
  itkBooleanMacro(ComputeRegions);

  /** Take the measures of each slice too. Default off. */
  itkSetMacro(ComputeSlices, bool);
  itkGetConstMacro(ComputeSlices, bool);
  itkBooleanMacro(ComputeSlices);

  /** The slices: Axial (default), Coronal or Sagittal. */
  itkSetEnumMacro(SlicePlane, PlaneEnum);
  itkGetEnumMacro(SlicePlane, PlaneEnum);

  /** What is meant by the PSNR. Default Unclipped. */
  itkSetEnumMacro(PeakSignalToNoiseRatioDefinition, PeakSignalToNoiseRatioDefinitionEnum);
  itkGetEnumMacro(PeakSignalToNoiseRatioDefinition, PeakSignalToNoiseRatioDefinitionEnum);

  /** The data range L of the PSNR, in HU. The default 0 is that of the definition. The unclipped PSNR has none, because
   * it shifts with L: it needs a number larger than 0, without which asking for a PSNR throws. The others have their
   * own and do not use this one: GetRemark() says so when it is neither 0 nor theirs. */
  itkSetMacro(DataRange, double);
  itkGetConstMacro(DataRange, double);

  /** What the definition of the PSNR made of it: its data range L in HU, 0 when none was stated, and the interval in HU
   * to which both images were clipped, which is infinite for the unclipped one. These and the getters below are of the
   * last Update(), and throw before it. */
  double
  GetPeakDataRange() const;
  double
  GetPeakWindowMinimum() const;
  double
  GetPeakWindowMaximum() const;

  /** The measures. A PSNR throws when it is the unclipped one and DataRange was not set. */
  SizeValueType
  GetNumberOfVoxels(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  double
  GetMeasure(ErrorMeasureEnum measure, HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  double
  GetMeanError(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const
  {
    return this->GetMeasure(ErrorMeasureEnum::MeanError, region);
  }
  double
  GetMeanAbsoluteError(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const
  {
    return this->GetMeasure(ErrorMeasureEnum::MeanAbsoluteError, region);
  }
  double
  GetMeanSquaredError(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const
  {
    return this->GetMeasure(ErrorMeasureEnum::MeanSquaredError, region);
  }
  double
  GetRootMeanSquaredError(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const
  {
    return this->GetMeasure(ErrorMeasureEnum::RootMeanSquaredError, region);
  }
  double
  GetPearsonCorrelation(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const
  {
    return this->GetMeasure(ErrorMeasureEnum::PearsonCorrelation, region);
  }
  double
  GetErrorStandardDeviation(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const
  {
    return this->GetMeasure(ErrorMeasureEnum::ErrorStandardDeviation, region);
  }
  double
  GetPeakSignalToNoiseRatio(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const
  {
    return this->GetMeasure(ErrorMeasureEnum::PeakSignalToNoiseRatio, region);
  }

  /** The weighted MAE of a region and the rest of the body, on the clipped images. The body itself has no rest: naming
   * it throws. */
  double
  GetWeightedMeanAbsoluteError(HounsfieldRegionEnum region) const;

  /** The labels that were measured, in the order of the results; an index that is too large throws. */
  SizeValueType
  GetNumberOfLabels() const
  {
    this->VerifyResults();
    return static_cast<SizeValueType>(m_MeasuredLabels.size());
  }
  LabelType
  GetNthLabel(SizeValueType i) const;

  /** The measures of a label, by the label itself. When Labels names the labels, another one throws; when it is empty,
   * a label without a voxel in the body is an empty region. The weighted MAE is that of the label and the rest of the
   * body, on the images as they are. */
  SizeValueType
  GetLabelNumberOfVoxels(LabelType label) const;
  double
  GetLabelMeasure(LabelType label, ErrorMeasureEnum measure) const;
  double
  GetLabelWeightedMeanAbsoluteError(LabelType label) const;

  /** The slices that were measured; none with ComputeSlices off. The number of a slice that is too large throws. */
  SizeValueType
  GetNumberOfSlices() const
  {
    this->VerifyResults();
    return static_cast<SizeValueType>(m_Slices.size());
  }
  SizeValueType
  GetSliceNumberOfVoxels(SizeValueType slice, HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  double
  GetSliceMeasure(SizeValueType        slice,
                  ErrorMeasureEnum     measure,
                  HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;

  /** The slices where a measure is a finite number, and its mean over them; NaN when there are none. */
  SizeValueType
  GetNumberOfDefinedSlices(ErrorMeasureEnum measure, HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  double
  GetSliceMean(ErrorMeasureEnum measure, HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionLabelCheck, (Concept::SameDimension<ImageDimension, LabelImageType::ImageDimension>));
  itkConceptMacro(LabelIsIntegerCheck, (Concept::IsInteger<LabelType>));
#endif

protected:
  ImageErrorMeasuresImageFilter();
  ~ImageErrorMeasuresImageFilter() override = default;

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

  /** Takes the sums of one slice of the last axis. */
  void
  ThreadedStreamedGenerateData(const RegionType & sliceRegion) override;

  void
  AfterStreamedGenerateData() override;

  /** Not for an unclipped PSNR of a small L alone. */
  bool
  NeedsHounsfieldUnits() const override;

private:
  using Sums = SyntheticCTDetail::ErrorSums;
  using RegionSums = SyntheticCTDetail::RegionErrorSums;
  using Accumulator = SyntheticCTDetail::ErrorMeasureAccumulator;

  /** The sums of the labels that are measured, and the absolute error of the voxels of the body that carry none. */
  struct LabelSums
  {
    std::map<LabelType, Sums> Measured;
    double                    OtherAbsoluteError{ 0.0 };
    void
    Join(const LabelSums & other);
  };

  /** The clipping of the PSNR, its data range, and whether the background counts. */
  struct Peak
  {
    double Minimum;
    double Maximum;
    double DataRange;
    bool   WithBackground;
  };
  /** That of the settings. */
  Peak
  MakePeak() const;

  /** The sums of one slice of the last axis per label. */
  LabelSums
  MeasureLabels(const RegionType & sliceRegion) const;

  /** Adds a slab to the slices that do not lie across the last axis. */
  void
  MeasureSlices(const RegionType & slab);

  /** The measure of some sums; `numberOfAll` voxels are averaged over by the PSNR that counts the background. */
  double
  MeasureOf(const Sums & sums, ErrorMeasureEnum measure, SizeValueType numberOfAll) const;

  /** How many voxels a PSNR averages over that counts the background, of `numberOfAll` voxels and a region's own. */
  SizeValueType
  NumberOfPeakVoxels(HounsfieldRegionEnum region, const Sums & sums, SizeValueType numberOfAll) const;

  const Sums &
  SumsOfLabel(LabelType label) const;

  const Sums &
  SumsOfSlice(SizeValueType slice, HounsfieldRegionEnum region) const;

  LabelsType                           m_Labels;
  bool                                 m_ComputeRegions{ true };
  bool                                 m_ComputeSlices{ false };
  PlaneEnum                            m_SlicePlane{ PlaneEnum::Axial };
  PeakSignalToNoiseRatioDefinitionEnum m_PeakSignalToNoiseRatioDefinition{
    PeakSignalToNoiseRatioDefinitionEnum::Unclipped
  };
  double m_DataRange{ 0.0 };

  // While it runs.
  SyntheticCTDetail::ErrorMeasureRules m_Rules;
  unsigned int                         m_SliceAxis{ ImageDimension };
  std::vector<RegionSums>              m_ArraySlices;
  std::vector<LabelSums>               m_ArraySliceLabels;

  // Results.
  Peak                    m_Peak{};
  RegionSums              m_Total;
  SizeValueType           m_NumberOfImageVoxels{ 0 };
  std::vector<RegionSums> m_Slices;
  bool                    m_AreLabelsChosen{ false };
  LabelsType              m_MeasuredLabels;
  LabelSums               m_LabelSums;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkImageErrorMeasuresImageFilter.hxx"
#endif

#endif
