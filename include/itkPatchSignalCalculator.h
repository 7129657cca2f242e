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
#ifndef itkPatchSignalCalculator_h
#define itkPatchSignalCalculator_h

#include "itkAnatomicalPlane.h"
#include "itkImage.h"
#include "itkObject.h"
#include "itkPatchGrid.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <array>
#include <vector>

namespace itk
{

/** \class PatchSignalCalculator
 * \brief Finds the slices or patches of an image that have too little signal to learn from.
 *
 * The share of signal of a patch is the number of its voxels above Threshold, divided by the number of all its voxels;
 * those of a window that reaches beyond the image (padding) have no signal. A patch is accepted when its share is at
 * least MinimumShare. With a mask as the image and a threshold of 0 it is the share of the mask.
 *
 * What a patch is:
 * - Without a PatchGrid, each slice of Plane, in the order of the array. An image of two dimensions is its only slice.
 * - With a PatchGrid of as many axes as the image, each of its windows, in its order.
 * - With a PatchGrid of two axes and an image of three, each of its windows in each slice of Plane: the windows of the
 *   first slice, then those of the second. The grid's axes are those of the slice in the order of the array.
 *
 * The slices are the patient's, whatever the order of the array: they lie across the axis that AnatomicalSliceAxis()
 * finds in the direction of the image.
 *
 * The default of MinimumShare is the rule by which NGF Pix2Pix (Belmir 2025) drops empty slices: at least 1000 voxels
 * above the threshold in patches of 256 x 256. Any rule "at least n of N voxels" is the share `n / N` computed in
 * double.
 *
 * Windows that overlap cost little more than others: counts are kept as running sums, one axis after the other. NaN is
 * no signal. The result does not depend on the number of threads.
 *
 * \tparam TImage scalar image of two or three dimensions
 *
 * \ingroup SyntheticCT
 */
template <typename TImage>
class ITK_TEMPLATE_EXPORT PatchSignalCalculator : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(PatchSignalCalculator);

  using Self = PatchSignalCalculator;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(PatchSignalCalculator);

  using ImageType = TImage;
  using PixelType = typename TImage::PixelType;
  using RegionType = typename TImage::RegionType;
  using PlaneEnum = InferencePlaneEnum;
  using PatchNumbersType = std::vector<SizeValueType>;

  static constexpr unsigned int ImageDimension = TImage::ImageDimension;

  /** The image, which has to be up to date. Required. */
  itkSetConstObjectMacro(Image, ImageType);
  itkGetConstObjectMacro(Image, ImageType);

  /** Voxels above it are signal, in units of the image; default 0. Not NaN. */
  itkSetMacro(Threshold, double);
  itkGetConstMacro(Threshold, double);

  /** The smallest share of signal in a patch that is accepted, in [0, 1]; default 1000 / 65536. */
  itkSetMacro(MinimumShare, double);
  itkGetConstMacro(MinimumShare, double);

  /** The slices: Axial (default), Coronal or Sagittal. Not used in 2D, and not with a PatchGrid of three axes. */
  itkSetEnumMacro(Plane, PlaneEnum);
  itkGetEnumMacro(Plane, PlaneEnum);

  /** The windows; default a grid without axes, which stands for whole slices. */
  void
  SetPatchGrid(const PatchGrid & grid)
  {
    m_PatchGrid = grid;
    this->Modified();
  }
  itkGetConstReferenceMacro(PatchGrid, PatchGrid);

  /** Counts. Throws itk::ExceptionObject without an image, for a parameter out of its range, and for a grid of another
   * size than the image. */
  void
  Compute();

  /** Results of the last Compute(). Those of one patch throw itk::ExceptionObject when there is no such patch. */
  SizeValueType
  GetNumberOfPatches() const
  {
    return static_cast<SizeValueType>(m_Counts.size());
  }

  /** Voxels above the threshold. */
  SizeValueType
  GetNumberOfSignalVoxels(SizeValueType patch) const;

  /** Voxels above the threshold divided by all voxels of the patch. */
  double
  GetSignalShare(SizeValueType patch) const;

  /** Whether the share is at least MinimumShare. */
  bool
  IsAccepted(SizeValueType patch) const;

  /** The voxels of a patch in indices of the image, beyond which it may reach. */
  RegionType
  GetPatchRegion(SizeValueType patch) const;

  /** The numbers of all patches that are not accepted, rising. */
  PatchNumbersType
  GetRejectedPatches() const;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(ConvertibleToDoubleCheck, (Concept::Convertible<PixelType, double>));
#endif
  static_assert(ImageDimension == 2 || ImageDimension == 3, "PatchSignalCalculator takes images in 2D and 3D");

protected:
  PatchSignalCalculator() = default;
  ~PatchSignalCalculator() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** Where windows start along an axis, counted from the start of the image, and how long they are. */
  struct Windows
  {
    std::vector<int64_t> Starts{ 0 };
    int64_t              Length{ 1 };
  };

  /** Throws for a parameter or a grid that does not fit. */
  void
  VerifyParameters() const;

  /** Fills m_Windows and m_Order. */
  void
  PlaceWindows();

  /** Throws when there is no such patch. */
  void
  VerifyPatch(SizeValueType patch) const;

  /** Sums of `count` rows of `length` values in each window of rows. `running` is memory to work in. */
  static void
  SumWindows(const SizeValueType *        values,
             SizeValueType                count,
             SizeValueType                length,
             const Windows &              windows,
             std::vector<SizeValueType> & running,
             SizeValueType *              sums);

  typename ImageType::ConstPointer m_Image;
  double                           m_Threshold{ 0.0 };
  double                           m_MinimumShare{ 1000.0 / 65536.0 };
  PlaneEnum                        m_Plane{ PlaneEnum::Axial };
  PatchGrid                        m_PatchGrid;

  // What was computed: windows along the axes of the array, the axes from the fastest in the numbers of the patches to
  // the slowest, the start of the image, and the signal of every patch.
  std::array<Windows, 3>      m_Windows;
  std::array<unsigned int, 3> m_Order{ { 0, 1, 2 } };
  RegionType                  m_ImageRegion;
  std::vector<SizeValueType>  m_Counts;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkPatchSignalCalculator.hxx"
#endif

#endif
