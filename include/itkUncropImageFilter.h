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
#ifndef itkUncropImageFilter_h
#define itkUncropImageFilter_h

#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

namespace itk
{

/** \class UncropImageFilter
 * \brief Puts a part that was cut out of an image back where it was, on the whole grid.
 *
 * The output has the grid of ReferenceImage. Where it lies is found from the physical position of the part, so it may
 * have gone through a file in between. Voxels of the part are copied, those that lie outside the reference (padding of
 * CropToMaskImageFilter) are left out, and the rest takes FillValue.
 *
 * Throws itk::ExceptionObject when the voxels of part and reference do not coincide to a hundredth of a voxel: another
 * spacing or direction, or an offset that is not whole. ResampleOntoReferenceImageFilter interpolates in that case. The
 * filter streams.
 *
 * \tparam TImage image of any pixel type
 *
 * \ingroup SyntheticCT
 */
template <typename TImage>
class ITK_TEMPLATE_EXPORT UncropImageFilter : public ImageToImageFilter<TImage, TImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(UncropImageFilter);

  using Self = UncropImageFilter;
  using Superclass = ImageToImageFilter<TImage, TImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(UncropImageFilter);

  using ImageType = TImage;
  using PixelType = typename TImage::PixelType;
  using RegionType = typename TImage::RegionType;
  using ReferenceImageType = ImageBase<TImage::ImageDimension>;

  static constexpr unsigned int ImageDimension = TImage::ImageDimension;

  /** The image that the part was cut out of, of any pixel type: only its grid is used. Required. */
  itkSetInputMacro(ReferenceImage, ReferenceImageType);
  itkGetInputMacro(ReferenceImage, ReferenceImageType);

  /** Value of the voxels that the part does not have; default 0. */
  itkSetMacro(FillValue, PixelType);
  itkGetConstReferenceMacro(FillValue, PixelType);

protected:
  UncropImageFilter();
  ~UncropImageFilter() override = default;

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
  using OffsetType = typename TImage::OffsetType;

  /** What is added to an index of the output for the index of the same voxel in the input. */
  OffsetType
  OffsetToInput() const;

  PixelType m_FillValue{};
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkUncropImageFilter.hxx"
#endif

#endif
