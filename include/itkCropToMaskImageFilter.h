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
#ifndef itkCropToMaskImageFilter_h
#define itkCropToMaskImageFilter_h

#include "SyntheticCTExport.h"
#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <iosfwd>

namespace itk
{

/** \class CropToMaskImageFilterEnums
 * \brief The choices of CropToMaskImageFilter.
 * \ingroup SyntheticCT */
class CropToMaskImageFilterEnums
{
public:
  /** What is cut out.
   * - Box: the smallest box around the mask.
   * - Square: as many voxels along all axes but SliceAxis, along which it is the box.
   * - Cube: as many voxels along all axes. */
  enum class Shape : uint8_t
  {
    Box,
    Square,
    Cube
  };
};

using CropShapeEnum = CropToMaskImageFilterEnums::Shape;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, CropShapeEnum value);

/** \class CropToMaskImageFilter
 * \brief Cuts out the part of an image around a mask.
 *
 * The smallest box around the mask's non-zero voxels is widened by Margin voxels on both sides. As a Box it ends at the
 * border of the image. As a Square or a Cube it is then widened to its largest side (of the axes in question) about its
 * centre, an odd voxel added at the end; where it leaves the image, it is filled with PaddingValue. CropRegion, in the
 * indices of the input, can be read after UpdateOutputInformation or a run.
 *
 * The start index of the output is 0, and its origin is where that voxel lies, so every voxel keeps its physical
 * position. UncropImageFilter with the input as reference is the way back.
 *
 * The size of the output depends on the mask, so UpdateOutputInformation runs the pipeline that makes the mask. Throws
 * itk::ExceptionObject when there is no mask, when it is empty, and when it has another grid than the image.
 *
 * \tparam TInputImage image of any pixel type
 * \tparam TMaskImage  image of the same dimension whose non-zero voxels count
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TMaskImage = Image<unsigned char, TInputImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT CropToMaskImageFilter : public ImageToImageFilter<TInputImage, TInputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(CropToMaskImageFilter);

  using Self = CropToMaskImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TInputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(CropToMaskImageFilter);

  using InputImageType = TInputImage;
  using MaskImageType = TMaskImage;
  using PixelType = typename TInputImage::PixelType;
  using RegionType = typename TInputImage::RegionType;
  using SizeType = typename TInputImage::SizeType;
  using ShapeEnum = CropShapeEnum;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** The mask. Required. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** What is cut out; default Box. */
  itkSetEnumMacro(Shape, ShapeEnum);
  itkGetEnumMacro(Shape, ShapeEnum);

  /** Voxels that are added on both sides along each axis; default 0. */
  itkSetMacro(Margin, SizeType);
  itkGetConstReferenceMacro(Margin, SizeType);

  /** Array axis across which the squares lie; default the last. Only for Square. */
  itkSetMacro(SliceAxis, unsigned int);
  itkGetConstMacro(SliceAxis, unsigned int);

  /** Value of what lies outside the image; default 0. */
  itkSetMacro(PaddingValue, PixelType);
  itkGetConstReferenceMacro(PaddingValue, PixelType);

  /** What was cut out, in indices of the input; may reach beyond it. */
  itkGetConstReferenceMacro(CropRegion, RegionType);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameMaskDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TMaskImage::ImageDimension>));
#endif

protected:
  CropToMaskImageFilter();
  ~CropToMaskImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  void
  GenerateOutputInformation() override;

  void
  GenerateInputRequestedRegion() override;

  void
  DynamicThreadedGenerateData(const RegionType & region) override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  using MaskPixelType = typename MaskImageType::PixelType;

  /** Voxels of a row that are looked at as a whole first, which compilers turn into a few instructions. */
  static constexpr SizeValueType RowBlock = 64;

  static bool
  IsInside(MaskPixelType pixel)
  {
    return pixel != NumericTraits<MaskPixelType>::ZeroValue();
  }
  static bool
  AnyInside(const MaskPixelType * from, SizeValueType count);
  /** The first voxel of a piece of a row that is inside, or `length` without one. */
  static SizeValueType
  FirstInside(const MaskPixelType * row, SizeValueType length);
  /** One past the last voxel of a piece of a row that is inside, or 0 without one. */
  static SizeValueType
  EndInside(const MaskPixelType * row, SizeValueType length);

  /** The smallest region around the voxels of the mask. */
  RegionType
  BoundingBox() const;

  ShapeEnum    m_Shape{ ShapeEnum::Box };
  SizeType     m_Margin;
  unsigned int m_SliceAxis{ ImageDimension - 1 };
  PixelType    m_PaddingValue{};
  RegionType   m_CropRegion;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkCropToMaskImageFilter.hxx"
#endif

#endif
