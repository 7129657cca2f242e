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
#ifndef itkReorientImageFilter_h
#define itkReorientImageFilter_h

#include "itkImageToImageFilter.h"
#include "itkOrientationCode.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <string>

namespace itk
{

/** \class ReorientImageFilter
 * \brief Stores a volume in another order of its axes, given as a three-letter code.
 *
 * Axes are exchanged and reversed in one pass, with the result of itk::PermuteAxesImageFilter and
 * itk::FlipImageFilter one after the other. Origin and direction follow: every voxel keeps its value and its physical
 * position, so an oblique image stays as oblique as it is, and the way back is exact. The start index of the output is
 * 0, unless the order stays and with it the image. The letters of the code name the direction toward which an axis
 * runs; see OrientationCode. For an oblique image they are those of the closest order.
 *
 * OriginalOrientation can be read once the output information is known. A second filter with this code brings the
 * image back.
 *
 * Throws itk::ExceptionObject when the code is not valid. Needs the whole image.
 *
 * \tparam TImage image of three dimensions
 *
 * \ingroup SyntheticCT
 */
template <typename TImage>
class ITK_TEMPLATE_EXPORT ReorientImageFilter : public ImageToImageFilter<TImage, TImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ReorientImageFilter);

  using Self = ReorientImageFilter;
  using Superclass = ImageToImageFilter<TImage, TImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(ReorientImageFilter);

  using ImageType = TImage;
  using PixelType = typename TImage::PixelType;

  static constexpr unsigned int ImageDimension = TImage::ImageDimension;

  /** The order of the output, one letter each of R or L, A or P, I or S; default LPS. */
  itkSetStringMacro(Orientation);
  itkGetStringMacro(Orientation);

  /** The order of the input. Known after UpdateOutputInformation; empty before. */
  itkGetStringMacro(OriginalOrientation);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(ThreeDimensionsCheck, (Concept::SameDimension<TImage::ImageDimension, 3>));
#endif

protected:
  ReorientImageFilter() = default;
  ~ReorientImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  GenerateOutputInformation() override;

  void
  GenerateInputRequestedRegion() override;

  void
  EnlargeOutputRequestedRegion(DataObject * output) override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  std::string m_Orientation{ "LPS" };
  std::string m_OriginalOrientation;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkReorientImageFilter.hxx"
#endif

#endif
