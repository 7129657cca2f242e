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
#ifndef itkBodyMaskImageFilter_h
#define itkBodyMaskImageFilter_h

#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTExport.h"
#include "SyntheticCTDetail/itkRunComponents.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <iosfwd>
#include <vector>

namespace itk
{

/** \class BodyMaskImageFilterEnums
 * \brief The choices of BodyMaskImageFilter.
 * \ingroup SyntheticCT */
class BodyMaskImageFilterEnums
{
public:
  /** Which enclosed background belongs to the body.
   * - None: nothing.
   * - Volume: what cannot be reached from the border of the image in any direction.
   * - Slices: what cannot be reached from the border of its slice, in the slices along SliceAxis.
   * - AllSlices: the same in the slices along the first axis, then along the second, then along the third.
   *
   * Paths lead through the faces of voxels. */
  enum class HoleFilling : uint8_t
  {
    None,
    Volume,
    Slices,
    AllSlices
  };
};

using BodyMaskHoleFillingEnum = BodyMaskImageFilterEnums::HoleFilling;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, BodyMaskHoleFillingEnum value);

/** \class BodyMaskImageFilter
 * \brief Finds the body in an MR or a CT image.
 *
 * -# Threshold: a voxel above it is tissue. By default the threshold is Otsu's (N. Otsu, "A threshold selection method
 *    from gray-level histograms", IEEE Transactions on Systems, Man, and Cybernetics 9, 1979), from a histogram of
 *    NumberOfHistogramBins bins between the image's minimum and maximum: the upper edge of the last bin of the lower
 *    class. It can be read after the run. For a CT whose padding lies far below air (-2048, -3024) a fixed threshold,
 *    say -400 HU, is the safe choice.
 * -# Closing by a ball of ClosingRadius (mm), which bridges nostrils, ear canals and noise. It is exact on anisotropic
 *    grids and not disturbed by the border of the image.
 * -# The largest component (voxels connected by a face) is kept.
 * -# Holes are filled, see HoleFilling. With AllSlices, the default, air that opens to the outside by narrow ways only
 *    (the sinuses and the nose, the mouth) ends up inside, because in one of the three directions the slice encloses
 *    it. Every hole of the volume is a hole of its slices, so this includes Volume.
 * -# Dilation by a disk of DilationRadius (mm) inside the slices along SliceAxis.
 *
 * With SliceBySlice on, the slices along SliceAxis are independent: the closing is by a disk, each slice keeps
 * its own largest component, and its own holes are filled unless HoleFilling is None. The threshold stays that of the
 * volume, because a slice without body has none to be found; ThresholdBySlice finds one for each slice nevertheless.
 * With both on, each slice has the mask that it would have as an image in two dimensions, which suits systems whose
 * images are slices, such as Light U-Net (Bambach & Ho 2022).
 *
 * In two dimensions the image is its only slice, so that Volume, Slices and AllSlices are the same, and the disk of the
 * dilation is the image's.
 *
 * An image that is constant, or has no voxel above the threshold, gives an empty mask and a warning. Throws
 * itk::ExceptionObject when a voxel is NaN or infinite. The result does not depend on the number of threads. The run
 * needs about 10 bytes per voxel besides input and output. Of several largest components the first in memory is kept.
 *
 * \tparam TInputImage  scalar image of two or three dimensions
 * \tparam TOutputImage scalar image of the same dimension
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = Image<unsigned char, TInputImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT BodyMaskImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(BodyMaskImageFilter);

  using Self = BodyMaskImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(BodyMaskImageFilter);

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using OutputPixelType = typename TOutputImage::PixelType;
  using HoleFillingEnum = BodyMaskHoleFillingEnum;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** Find the threshold by Otsu's method (default), or use the one that was set. */
  itkSetMacro(AutomaticThreshold, bool);
  itkGetConstMacro(AutomaticThreshold, bool);
  itkBooleanMacro(AutomaticThreshold);

  /** Voxels above it are tissue, in units of the image: set by the run when AutomaticThreshold is on, else a parameter.
   * Any finite number; default 0. */
  itkSetMacro(Threshold, double);
  itkGetConstMacro(Threshold, double);

  /** With AutomaticThreshold: find a threshold for each slice along SliceAxis, from its own histogram, and leave
   * Threshold as it is. A slice that is constant has no tissue. Default off; without effect in 2D. */
  itkSetMacro(ThresholdBySlice, bool);
  itkGetConstMacro(ThresholdBySlice, bool);
  itkBooleanMacro(ThresholdBySlice);

  /** The thresholds of the last run with ThresholdBySlice and AutomaticThreshold, slice after slice; else empty. */
  itkGetConstReferenceMacro(SliceThresholds, std::vector<double>);

  /** Close, keep the largest component and fill holes in each slice along SliceAxis on its own. Default off; without
   * effect in 2D. */
  itkSetMacro(SliceBySlice, bool);
  itkGetConstMacro(SliceBySlice, bool);
  itkBooleanMacro(SliceBySlice);

  /** Bins of the histogram for Otsu's method, at least 2; default 256. */
  itkSetMacro(NumberOfHistogramBins, unsigned int);
  itkGetConstMacro(NumberOfHistogramBins, unsigned int);

  /** Radius of the closing in mm, 0 for none; default 5. */
  itkSetMacro(ClosingRadius, double);
  itkGetConstMacro(ClosingRadius, double);

  /** Which holes are filled; default AllSlices. */
  itkSetEnumMacro(HoleFilling, HoleFillingEnum);
  itkGetEnumMacro(HoleFilling, HoleFillingEnum);

  /** Radius of the dilation inside the slices in mm, 0 for none (default). */
  itkSetMacro(DilationRadius, double);
  itkGetConstMacro(DilationRadius, double);

  /** Array axis across which the slices lie, 0, 1 or 2; default the last. Not used in 2D. */
  itkSetMacro(SliceAxis, unsigned int);
  itkGetConstMacro(SliceAxis, unsigned int);

  /** Values of the mask; defaults 1 and 0. */
  itkSetMacro(InsideValue, OutputPixelType);
  itkGetConstMacro(InsideValue, OutputPixelType);
  itkSetMacro(OutsideValue, OutputPixelType);
  itkGetConstMacro(OutsideValue, OutputPixelType);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TOutputImage::ImageDimension>));
  itkConceptMacro(InputConvertibleToDoubleCheck, (Concept::Convertible<typename TInputImage::PixelType, double>));
#endif
  static_assert(ImageDimension == 2 || ImageDimension == 3, "BodyMaskImageFilter takes images in 2D and 3D");

protected:
  BodyMaskImageFilter() = default;
  ~BodyMaskImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  GenerateInputRequestedRegion() override;

  void
  EnlargeOutputRequestedRegion(DataObject * output) override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  using WorkImageType = Image<unsigned char, ImageDimension>;

  /** The threshold of each slice along an axis; infinity where nothing varies and so nothing is tissue. Sets Threshold
   * or SliceThresholds where they are to be found. */
  std::vector<double>
  ComputeThresholds(unsigned int axis, float progressWeight);

  /** Otsu's threshold of a histogram between two values. */
  static double
  OtsuThreshold(const std::vector<SizeValueType> & counts, double minimum, double maximum);

  /** The bytes of a work image, or of its i-th slice across an axis. */
  static SyntheticCTDetail::ByteGrid
  GridOf(WorkImageType * image);
  static SyntheticCTDetail::ByteGrid
  GridOfSlice(WorkImageType * image, unsigned int axis, SizeValueType slice);

  bool                m_AutomaticThreshold{ true };
  double              m_Threshold{ 0.0 };
  bool                m_ThresholdBySlice{ false };
  std::vector<double> m_SliceThresholds;
  bool                m_SliceBySlice{ false };
  unsigned int        m_NumberOfHistogramBins{ 256 };
  double              m_ClosingRadius{ 5.0 };
  HoleFillingEnum     m_HoleFilling{ HoleFillingEnum::AllSlices };
  double              m_DilationRadius{ 0.0 };
  unsigned int        m_SliceAxis{ ImageDimension - 1 };
  OutputPixelType     m_InsideValue{ NumericTraits<OutputPixelType>::OneValue() };
  OutputPixelType     m_OutsideValue{ NumericTraits<OutputPixelType>::ZeroValue() };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkBodyMaskImageFilter.hxx"
#endif

#endif
