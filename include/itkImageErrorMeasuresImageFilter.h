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

#include "SyntheticCTExport.h"
#include "itkImage.h"
#include "itkImageSink.h"
#include "itkSyntheticCTMacro.h"

#include <array>
#include <iosfwd>
#include <vector>

namespace itk
{

/** \class ImageErrorMeasuresImageFilterEnums
 * \brief The regions over which ImageErrorMeasuresImageFilter reports its measures.
 * \ingroup SyntheticCT */
class ImageErrorMeasuresImageFilterEnums
{
public:
  /** Body is the mask, or the whole image when there is no mask. The others are the voxels of the body whose
   * reference value lies between the two bounds of the region. */
  enum class HounsfieldRegion : uint8_t
  {
    Body,
    Air,
    SoftTissue,
    Bone
  };
};

using HounsfieldRegionEnum = ImageErrorMeasuresImageFilterEnums::HounsfieldRegion;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, HounsfieldRegionEnum value);

/** \class ImageErrorMeasuresImageFilter
 * \brief Voxelwise errors of a synthetic CT against its reference, over the body and per range of Hounsfield units.
 *
 * With reference \f$y\f$, synthetic image \f$x\f$ and the \f$N\f$ voxels of a region:
 *
 * | measure | formula | unit |
 * |---|---|---|
 * | mean error ME | \f$\frac{1}{N}\sum (x-y)\f$ | HU |
 * | mean absolute error MAE | \f$\frac{1}{N}\sum \lvert x-y\rvert\f$ | HU |
 * | mean squared error MSE | \f$\frac{1}{N}\sum (x-y)^2\f$ | HU^2 |
 * | root mean squared error RMSE | \f$\sqrt{MSE}\f$ | HU |
 * | peak signal-to-noise ratio PSNR | \f$10\log_{10}(L^2/MSE)\f$ | dB |
 * | Pearson correlation R | \f$\frac{\sum (x-\bar x)(y-\bar y)}
 *                            {\sqrt{\sum (x-\bar x)^2\sum (y-\bar y)^2}}\f$ | 1 |
 * | weighted MAE of a region \f$k\f$ and the rest of the body \f$k'\f$ |
 *   \f$\frac{N_{k'}}{N}MAE_k + \frac{N_k}{N}MAE_{k'}\f$ | HU |
 *
 * **Regions.** HounsfieldRegionEnum::Body is every voxel whose mask value is not zero, or every voxel when no mask is
 * set; images are taken as they are. Air, soft tissue and bone are classed by the reference inside the body after both
 * images have been clipped to [ClipMinimum, ClipMaximum], so that padding such as -1024 or -2048 is air, and their
 * measures are those of the clipped images. The intervals are closed: with the default bounds (air [-1000, -400], soft
 * tissue [-250, 250], bone [250, 3000]) a voxel of exactly 250 belongs to two regions, and one between -400 and -250 to
 * none. GetNumberOfVoxels() tells how many voxels each region has.
 *
 * **Edge cases.** A region without voxels has N = 0 and every measure NaN. Identical images have a PSNR of +infinity.
 * The correlation of a constant image is NaN. Voxels outside the mask are never read, so that a NaN there does not
 * matter; a NaN inside the mask makes the body's measures NaN, and belongs to no region when it is in the reference.
 * The weighted MAE is NaN when the region or the rest of the body is empty.
 *
 * **Numbers.** Sums are taken in double per slice of the last axis and reduced in slice order: the result has the same
 * bits for any number of threads and of stream divisions. The second moments are taken in two passes over short runs of
 * voxels (first their mean, then the squares of the deviations) and joined by the pairwise update of Chan, Golub and
 * LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979; so the correlation is
 * that of a two-pass computation although the inputs are read only once and may be streamed.
 *
 * **Memory.** With SetNumberOfStreamDivisions() the inputs are asked for in that many slabs of whole slices. Beside
 * them the filter keeps four sets of sums per slice.
 *
 * Inputs that do not lie on the same grid are an error: nothing is resampled.
 *
 * The regions are those of the RoI multi-task network of Kaushik et al. for MR-only radiation therapy planning.
 *
 * \ingroup SyntheticCT
 */
template <typename TReferenceImage,
          typename TSyntheticImage = TReferenceImage,
          typename TMaskImage = Image<unsigned char, TReferenceImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT ImageErrorMeasuresImageFilter : public ImageSink<TReferenceImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ImageErrorMeasuresImageFilter);

  using Self = ImageErrorMeasuresImageFilter;
  using Superclass = ImageSink<TReferenceImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(ImageErrorMeasuresImageFilter);

  using ReferenceImageType = TReferenceImage;
  using SyntheticImageType = TSyntheticImage;
  using MaskImageType = TMaskImage;
  using RegionType = typename ReferenceImageType::RegionType;

  static constexpr unsigned int ImageDimension = ReferenceImageType::ImageDimension;

  /** The true image, in HU. It is the primary input. */
  itkSetInputMacro(ReferenceImage, ReferenceImageType);
  itkGetInputMacro(ReferenceImage, ReferenceImageType);

  /** The image to be judged, in HU, on the grid of the reference. */
  itkSetInputMacro(SyntheticImage, SyntheticImageType);
  itkGetInputMacro(SyntheticImage, SyntheticImageType);

  /** The body: voxels that are not zero count. On the grid of the reference. Without a mask every voxel counts. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** The data range L of the PSNR, in HU, larger than 0. There is no default, because the PSNR of the same pair of
   * images shifts with it: until it has been set it is 0, and GetPeakSignalToNoiseRatio() throws. */
  itkSetMacro(DataRange, double);
  itkGetConstMacro(DataRange, double);

  /** The interval in HU to which both images are clipped for the regions air, soft tissue and bone. Default
   * [-1000, 3000]; the minimum is the smaller. */
  itkSetMacro(ClipMinimum, double);
  itkGetConstMacro(ClipMinimum, double);
  itkSetMacro(ClipMaximum, double);
  itkGetConstMacro(ClipMaximum, double);

  /** The closed interval in HU of the reference values that make up a region; lower is not larger than upper. Defaults:
   * air [-1000, -400], soft tissue [-250, 250], bone [250, 3000]. The body has no bounds: naming it throws. */
  void
  SetRegionBounds(HounsfieldRegionEnum region, double lower, double upper);
  double
  GetRegionLowerBound(HounsfieldRegionEnum region) const;
  double
  GetRegionUpperBound(HounsfieldRegionEnum region) const;

  /** The number of slabs in which the inputs are asked for, 1 by default, at most one per slice of the last axis. */
  void
  SetNumberOfStreamDivisions(const unsigned int n) override
  {
    Superclass::SetNumberOfStreamDivisions(n);
  }
  unsigned int
  GetNumberOfStreamDivisions() const override
  {
    return Superclass::GetNumberOfStreamDivisions();
  }

  /** The measures, valid after Update(). Before it they are those of an empty region. */
  SizeValueType
  GetNumberOfVoxels(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  double
  GetMeanError(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  double
  GetMeanAbsoluteError(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  double
  GetMeanSquaredError(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  double
  GetRootMeanSquaredError(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;
  double
  GetPearsonCorrelation(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;

  /** Throws when DataRange has not been set. */
  double
  GetPeakSignalToNoiseRatio(HounsfieldRegionEnum region = HounsfieldRegionEnum::Body) const;

  /** The weighted MAE of a region and the rest of the body, on the clipped images. The body itself has no rest: naming
   * it throws. */
  double
  GetWeightedMeanAbsoluteError(HounsfieldRegionEnum region) const;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionSyntheticCheck,
                  (Concept::SameDimension<ImageDimension, SyntheticImageType::ImageDimension>));
  itkConceptMacro(SameDimensionMaskCheck, (Concept::SameDimension<ImageDimension, MaskImageType::ImageDimension>));
  itkConceptMacro(ReferenceConvertibleToDoubleCheck,
                  (Concept::Convertible<typename ReferenceImageType::PixelType, double>));
  itkConceptMacro(SyntheticConvertibleToDoubleCheck,
                  (Concept::Convertible<typename SyntheticImageType::PixelType, double>));
  itkConceptMacro(MaskEqualityComparableCheck, (Concept::EqualityComparable<typename MaskImageType::PixelType>));
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

  unsigned int
  GetNumberOfInputRequestedRegions() override;

  void
  BeforeStreamedGenerateData() override;

  void
  StreamedGenerateData(unsigned int inputRequestedRegionNumber) override;

  /** Takes the sums of one slice. */
  void
  ThreadedStreamedGenerateData(const RegionType & sliceRegion) override;

  void
  AfterStreamedGenerateData() override;

private:
  static constexpr size_t NumberOfRegions = 4;

  struct Bounds
  {
    double Lower;
    double Upper;
  };

  /** Sums and central moments of a set of voxels. */
  struct Sums
  {
    SizeValueType Count{ 0 };
    double        Error{ 0.0 };
    double        AbsoluteError{ 0.0 };
    double        SquaredError{ 0.0 };
    double        ReferenceMean{ 0.0 };
    double        SyntheticMean{ 0.0 };
    double        ReferenceMoment{ 0.0 };
    double        SyntheticMoment{ 0.0 };
    double        JointMoment{ 0.0 };

    void
    Join(const Sums & other);
  };

  /** Collects the voxels of a region, and turns them into sums whenever a run is full. */
  class Run
  {
  public:
    void
    Add(double reference, double synthetic)
    {
      m_Reference[m_Count] = reference;
      m_Synthetic[m_Count] = synthetic;
      if (++m_Count == m_Reference.size())
      {
        this->Flush();
      }
    }

    /** The sums of all that was added. */
    const Sums &
    Finish()
    {
      this->Flush();
      return m_Sums;
    }

  private:
    void
    Flush();

    /** Short enough for the runs of all regions to stay in the first cache. */
    std::array<double, 512> m_Reference;
    std::array<double, 512> m_Synthetic;
    size_t                  m_Count{ 0 };
    Sums                    m_Sums;
  };

  /** The sums of the regions, and the absolute error of the clipped images over the body. */
  struct SliceSums
  {
    std::array<Sums, NumberOfRegions> Regions{};
    double                            ClippedAbsoluteError{ 0.0 };
  };

  const Sums &
  SumsOf(HounsfieldRegionEnum region) const;

  size_t
  BoundedIndexOf(HounsfieldRegionEnum region) const;

  double m_DataRange{ 0.0 };
  double m_ClipMinimum{ -1000.0 };
  double m_ClipMaximum{ 3000.0 };

  /** Air, soft tissue, bone. */
  std::array<Bounds, NumberOfRegions - 1> m_Bounds{ { { -1000.0, -400.0 }, { -250.0, 250.0 }, { 250.0, 3000.0 } } };

  std::vector<SliceSums> m_Slices;
  SliceSums              m_Total;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkImageErrorMeasuresImageFilter.hxx"
#endif

#endif
