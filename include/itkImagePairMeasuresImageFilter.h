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
#ifndef itkImagePairMeasuresImageFilter_h
#define itkImagePairMeasuresImageFilter_h

#include "SyntheticCTExport.h"
#include "itkImage.h"
#include "itkImageSink.h"
#include "SyntheticCTDetail/itkMeasureVerification.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"
#include "SyntheticCTDetail/itkValueClassifier.h"

#include <array>
#include <iosfwd>
#include <string>
#include <vector>

namespace itk
{

/** \class ImagePairMeasuresImageFilterEnums
 * \brief The regions over which measures of a synthetic CT are reported.
 * \ingroup SyntheticCT */
class ImagePairMeasuresImageFilterEnums
{
public:
  /** Body is the mask, or the whole image when there is no mask. The others are the voxels of the body whose value lies
   * between the two bounds of the region. */
  enum class HounsfieldRegion : uint8_t
  {
    Body,
    Air,
    SoftTissue,
    Bone
  };
};

using HounsfieldRegionEnum = ImagePairMeasuresImageFilterEnums::HounsfieldRegion;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, HounsfieldRegionEnum value);

/** \class ImagePairMeasuresImageFilter
 * \brief What filters that measure a synthetic CT against its reference share: inputs, regions, streaming.
 *
 * **Regions.** HounsfieldRegionEnum::Body is every voxel whose mask value is not zero, or every voxel when no mask is
 * set. Air, soft tissue and bone are parts of the body, classed by a value that has been clipped to [WindowMinimum,
 * WindowMaximum], so that padding such as -1024 or -2048 is air. The intervals are closed: with the default bounds (air
 * [-1000, -400], soft tissue [-250, 250], bone [250, 3000]) a voxel of exactly 250 belongs to two regions, and one
 * between -400 and -250 to none; NaN belongs to none. The regions are those of the RoI multi-task network of Kaushik et
 * al. for MR-only radiation therapy planning.
 *
 * Voxels outside the mask do not matter, whatever they are. Inputs that do not lie on the same grid are an error:
 * nothing is resampled.
 *
 * **Results** are those of the last Update() that succeeded, whatever was set after it. Before it there are none,
 * and every getter of a result throws; NaN is a measure that has no value. Images that look as if they had been
 * normalized to [-1, 1] or [0, 1], where measures in HU make no sense, are measured all the same, with a warning that
 * GetRemark() repeats; images of integers are taken for HU.
 *
 * With SetNumberOfStreamDivisions() the inputs are asked for in that many slabs of whole slices of the last axis.
 * Results have the same bits for any number of threads and of stream divisions.
 *
 * \ingroup SyntheticCT
 */
template <typename TReferenceImage,
          typename TSyntheticImage = TReferenceImage,
          typename TMaskImage = Image<unsigned char, TReferenceImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT ImagePairMeasuresImageFilter : public ImageSink<TReferenceImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ImagePairMeasuresImageFilter);

  using Self = ImagePairMeasuresImageFilter;
  using Superclass = ImageSink<TReferenceImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkOverrideGetNameOfClassMacro(ImagePairMeasuresImageFilter);

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

  /** The interval in HU to which values are clipped before they are classed as air, soft tissue and bone. Default
   * [-1000, 3000]; the minimum is the smaller. */
  itkSetMacro(WindowMinimum, double);
  itkGetConstMacro(WindowMinimum, double);
  itkSetMacro(WindowMaximum, double);
  itkGetConstMacro(WindowMaximum, double);

  /** The closed interval in HU that makes up a region; lower is not larger than upper. Defaults: air [-1000, -400],
   * soft tissue [-250, 250], bone [250, 3000]. The body has no bounds: naming it throws. */
  void
  SetRegionBounds(HounsfieldRegionEnum region, double lower, double upper);
  double
  GetRegionLowerBound(HounsfieldRegionEnum region) const;
  double
  GetRegionUpperBound(HounsfieldRegionEnum region) const;

  /** Whether remarks are shown as ITK warnings too, when they are found. Default on; off for a caller that shows them
   * itself. */
  itkSetMacro(WarnOfRemarks, bool);
  itkGetConstMacro(WarnOfRemarks, bool);
  itkBooleanMacro(WarnOfRemarks);

  /** What the last Update() found doubtful, in one line each. An index that is too large throws. */
  SizeValueType
  GetNumberOfRemarks() const;
  const std::string &
  GetRemark(SizeValueType i) const;

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
  static constexpr size_t NumberOfRegions = 4;

  struct Bounds
  {
    double Lower;
    double Upper;
  };

  ImagePairMeasuresImageFilter();
  ~ImagePairMeasuresImageFilter() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  unsigned int
  GetNumberOfInputRequestedRegions() override;

  /** Forgets the results of the run before. */
  void
  BeforeStreamedGenerateData() override;

  /** Calls ThreadedStreamedGenerateData() for every slice of the last axis, each in one thread. */
  void
  StreamedGenerateData(unsigned int inputRequestedRegionNumber) override;

  /** Throws when the filter was asked to stop, and else says what is doubtful. To be called before anything else; from
   * then on there are results. */
  void
  AfterStreamedGenerateData() override;

  /** Whether there are results; and a check that throws when there are none. */
  bool
  HasResults() const
  {
    return m_HasResults;
  }
  void
  VerifyResults() const;

  /** Keeps a remark for GetRemark(), and warns if WarnOfRemarks is on. */
  void
  AddRemark(const std::string & remark);

  /** Whether the images should be in HU for what is measured. */
  virtual bool
  NeedsHounsfieldUnits() const
  {
    return true;
  }

  /** The slab of an input requested region. */
  RegionType
  GetSlab(unsigned int inputRequestedRegionNumber);

  /** The number of a slice of the last axis. */
  size_t
  NumberOfSlice(const RegionType & sliceRegion) const
  {
    const auto first = this->GetReferenceImage()->GetLargestPossibleRegion().GetIndex(ImageDimension - 1);
    return static_cast<size_t>(sliceRegion.GetIndex(ImageDimension - 1) - first);
  }

  /** The index of a region in lists of all four. Throws when there is no such region. */
  size_t
  IndexOf(HounsfieldRegionEnum region) const;

  /** The index of a region in lists of the three that have bounds. Throws for any other. */
  size_t
  BoundedIndexOf(HounsfieldRegionEnum region) const;

  /** Air, soft tissue, bone. */
  const std::array<Bounds, NumberOfRegions - 1> &
  GetBounds() const
  {
    return m_Bounds;
  }

  /** Air, soft tissue and bone as intervals of values that have not been clipped. Their cuts are appended to a list. */
  std::vector<SyntheticCTDetail::ClippedInterval>
  MakeRegionIntervals(std::vector<double> & cuts) const;

private:
  double                                  m_WindowMinimum{ -1000.0 };
  double                                  m_WindowMaximum{ 3000.0 };
  std::array<Bounds, NumberOfRegions - 1> m_Bounds{ { { -1000.0, -400.0 }, { -250.0, 250.0 }, { 250.0, 3000.0 } } };

  bool                           m_WarnOfRemarks{ true };
  bool                           m_HasResults{ false };
  SyntheticCTDetail::ValueSurvey m_ReferenceSurvey;
  SyntheticCTDetail::ValueSurvey m_SyntheticSurvey;
  std::vector<std::string>       m_Remarks;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkImagePairMeasuresImageFilter.hxx"
#endif

#endif
