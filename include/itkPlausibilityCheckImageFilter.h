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
#ifndef itkPlausibilityCheckImageFilter_h
#define itkPlausibilityCheckImageFilter_h

#include "SyntheticCTDetail/itkPlausibilityRules.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "itkImage.h"
#include "itkImageSink.h"

#include <string>
#include <vector>

namespace itk
{

/** \class PlausibilityCheckImageFilter
 * \brief Says what makes it doubtful that an image is the MR, or the CT in Hounsfield units, that it is taken for.
 *
 * A network or a measure gives numbers for any image: for a CT that was given as an MR, for values that are no HU, for
 * a head of 20 cm whose file says 0.2 mm. None of that is certainly an error, so none of it throws; the remarks are
 * there to be shown to whoever gave the image. An image of a patient in good order has none.
 *
 * It looks, in this order, for (see PlausibilityCheckImageFilterEnums::Remark):
 *
 * - a grid whose longest side is shorter than SmallestExtent or longer than LargestExtent;
 * - voxels that are NaN or infinite, after which nothing else is said of the values;
 * - an image that is constant;
 * - voxels far outside the others: with p the percentiles of the image, those above \f$p_{50} + 10\,s\f$ or below
 *   \f$p_{0.1} - 10\,s\f$ with \f$s = p_{99.9} - p_{50}\f$. Where an image has fewer than 3000 voxels, the percentiles
 *   are those that leave three voxels out instead of 0.1 %. In a CT, where metal is bright, those outside of -32768 and
 *   32768 HU, which the 16 bits of a CT do not hold, unless it is too bright as a whole, as below;
 * - in an MR, more than 1 % of the voxels below -200;
 * - in a CT, no voxel below -200 HU, with the likely reason: values scaled to a small range, values with an offset of
 *   1024, or no CT at all;
 * - in a CT, 99.9 % of the voxels below -200 HU, or more than 0.1 % above 10000 HU;
 * - values of which next to nothing lies in the range of ExpectedMinimum and ExpectedMaximum.
 *
 * With a mask only its voxels count, and the others may be NaN. For a CT give the whole image where there is one: a
 * mask of the brain has no air.
 *
 * The image is read whole, in about four passes; memory as for the percentiles, half a megabyte for each thread.
 *
 * Throws itk::ExceptionObject when the mask lies on another grid, when it or the image has no voxels, and for bad
 * parameters.
 *
 * \tparam TImage     scalar image of two or three dimensions
 * \tparam TMaskImage image of the same dimension
 *
 * \sa OrientationCheckImageFilter
 * \ingroup SyntheticCT
 */
template <typename TImage, typename TMaskImage = Image<unsigned char, TImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT PlausibilityCheckImageFilter : public ImageSink<TImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(PlausibilityCheckImageFilter);

  using Self = PlausibilityCheckImageFilter;
  using Superclass = ImageSink<TImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(PlausibilityCheckImageFilter);

  using ImageType = TImage;
  using MaskImageType = TMaskImage;
  using RegionType = typename TImage::RegionType;
  using ModalityEnum = ImageModalityEnum;
  using RemarkEnum = PlausibilityRemarkEnum;

  /** Optional mask on the grid of the image: voxels that are not zero count. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** What the image is taken for. Default Unknown, which leaves out what belongs to one modality. */
  itkSetEnumMacro(Modality, ModalityEnum);
  itkGetEnumMacro(Modality, ModalityEnum);

  /** The modality of a DICOM name, `MR` or `CT`; Unknown for any other. */
  void
  SetModalityByName(const std::string & name);

  /** What the remarks call the image, such as the name of its file. Default `the image`. */
  itkSetStringMacro(ImageName);
  itkGetStringMacro(ImageName);

  /** Sides in mm that the longest side of the grid should lie between: positive, and the first below the second.
   * Defaults 50 and 2000. */
  itkSetMacro(SmallestExtent, double);
  itkGetConstMacro(SmallestExtent, double);
  itkSetMacro(LargestExtent, double);
  itkGetConstMacro(LargestExtent, double);

  /** Values between which the part of the image that matters is expected, such as the window that a network was trained
   * with; the first is below the second. Only used when UseExpectedRange is on. Defaults 0, 1 and off. */
  itkSetMacro(ExpectedMinimum, double);
  itkGetConstMacro(ExpectedMinimum, double);
  itkSetMacro(ExpectedMaximum, double);
  itkGetConstMacro(ExpectedMaximum, double);
  itkSetMacro(UseExpectedRange, bool);
  itkGetConstMacro(UseExpectedRange, bool);
  itkBooleanMacro(UseExpectedRange);

  /** How many remarks the last Update() made. */
  unsigned int
  GetNumberOfRemarks() const
  {
    return static_cast<unsigned int>(m_Remarks.size());
  }

  /** One remark: a line without a full stop that begins with ImageName. Throws when there is none with that number. */
  const std::string &
  GetRemark(unsigned int number) const;

  /** What a remark is about. Throws as GetRemark(). */
  RemarkEnum
  GetRemarkKind(unsigned int number) const;

  /** Whether there is a remark of a kind. */
  bool
  HasRemark(RemarkEnum kind) const;

  /** The range of the voxels that count; valid after Update(), as is what follows, and 0 when one is not finite. */
  itkGetConstMacro(Minimum, double);
  itkGetConstMacro(Maximum, double);

  /** Voxels far outside the others, and the range of those others. */
  itkGetConstMacro(NumberOfOutliers, SizeValueType);
  itkGetConstMacro(OrdinaryMinimum, double);
  itkGetConstMacro(OrdinaryMaximum, double);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck, (Concept::SameDimension<TImage::ImageDimension, TMaskImage::ImageDimension>));
  itkConceptMacro(ConvertibleToDoubleCheck, (Concept::Convertible<typename TImage::PixelType, double>));
#endif

protected:
  PlausibilityCheckImageFilter();
  ~PlausibilityCheckImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  void
  StreamedGenerateData(unsigned int inputRequestedRegionNumber) override;

  /** Not used: the image is examined as a whole. */
  void
  ThreadedStreamedGenerateData(const RegionType &) override
  {}

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  const SyntheticCTDetail::PlausibilityRemark &
  RemarkOf(unsigned int number) const;

  ModalityEnum m_Modality{ ModalityEnum::Unknown };
  std::string  m_ImageName{ "the image" };
  double       m_SmallestExtent{ 50.0 };
  double       m_LargestExtent{ 2000.0 };
  double       m_ExpectedMinimum{ 0.0 };
  double       m_ExpectedMaximum{ 1.0 };
  bool         m_UseExpectedRange{ false };

  std::vector<SyntheticCTDetail::PlausibilityRemark> m_Remarks;
  double                                             m_Minimum{ 0.0 };
  double                                             m_Maximum{ 0.0 };
  SizeValueType                                      m_NumberOfOutliers{ 0 };
  double                                             m_OrdinaryMinimum{ 0.0 };
  double                                             m_OrdinaryMaximum{ 0.0 };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkPlausibilityCheckImageFilter.hxx"
#endif

#endif
