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
#ifndef itkConvexHullMaskImageFilter_h
#define itkConvexHullMaskImageFilter_h

#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTDetail/itkIntegerConvexHull.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <vector>

namespace itk
{

/** \class ConvexHullMaskImageFilter
 * \brief The smallest convex set that contains a mask.
 *
 * A voxel belongs to the hull when its centre lies inside or on the convex hull of the centres of the mask's voxels
 * (the non-zero ones), in three dimensions, or with SliceBySlice on in each slice along SliceAxis on its own; a slice
 * without mask stays empty. The hull contains the mask, and the hull of a hull is itself.
 *
 * The hull is computed in array coordinates, which changes nothing, because the map to physical space is affine. They
 * are integers, so every decision is exact, and flat, straight and single-voxel masks need no tolerance. In 3D the hull
 * of the candidates, which are the corners of the hulls of all slices, is found by quickhull (C.B. Barber, D.P. Dobkin,
 * H. Huhdanpaa, "The quickhull algorithm for convex hulls", ACM Transactions on Mathematical Software 22, 1996); then
 * each row of voxels is cut with the faces over it. In 2D it is the monotone chain (A.M. Andrew, "Another efficient
 * algorithm for convex hulls in two dimensions", Information Processing Letters 9, 1979).
 *
 * An empty mask gives an empty hull. Throws itk::ExceptionObject when the image has more than 8192 voxels along an axis
 * (beyond that the integers would overflow). The result does not depend on the number of threads.
 *
 * \tparam TInputImage  image of two or three dimensions whose non-zero voxels count
 * \tparam TOutputImage scalar image of the same dimension
 *
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = TInputImage>
class ITK_TEMPLATE_EXPORT ConvexHullMaskImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ConvexHullMaskImageFilter);

  using Self = ConvexHullMaskImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(ConvexHullMaskImageFilter);

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using OutputPixelType = typename TOutputImage::PixelType;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** One hull per slice instead of one for the volume. Default off; without effect in 2D. */
  itkSetMacro(SliceBySlice, bool);
  itkGetConstMacro(SliceBySlice, bool);
  itkBooleanMacro(SliceBySlice);

  /** Array axis across which the slices lie, 0, 1 or 2; default the last. */
  itkSetMacro(SliceAxis, unsigned int);
  itkGetConstMacro(SliceAxis, unsigned int);

  /** Values of the output; defaults 1 and 0. */
  itkSetMacro(InsideValue, OutputPixelType);
  itkGetConstMacro(InsideValue, OutputPixelType);
  itkSetMacro(OutsideValue, OutputPixelType);
  itkGetConstMacro(OutsideValue, OutputPixelType);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TOutputImage::ImageDimension>));
#endif
  static_assert(ImageDimension == 2 || ImageDimension == 3, "ConvexHullMaskImageFilter takes images in 2D and 3D");

protected:
  ConvexHullMaskImageFilter() = default;
  ~ConvexHullMaskImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  void
  GenerateInputRequestedRegion() override;

  void
  EnlargeOutputRequestedRegion(DataObject * output) override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  using Point2Type = SyntheticCTDetail::IntegerPoint2;
  using Point3Type = SyntheticCTDetail::IntegerPoint3;

  /** Number of voxels along three axes; one along the third in 2D. */
  SizeValueType
  SizeAlong(unsigned int axis) const;

  /** The corners of the hull of the mask in a slice across an axis, in the other two coordinates. */
  std::vector<Point2Type>
  SliceCorners(unsigned int axis, SizeValueType slice) const;

  /** Makes the row [first, last] along an axis inside. Coordinates count from the start of the image. */
  void
  FillRow(Point3Type point, unsigned int axis, int64_t first, int64_t last);

  /** The hull of the corners of the slices across the third axis. */
  void
  FillVolume(const std::vector<std::vector<Point2Type>> & corners, float progressWeight);

  bool            m_SliceBySlice{ false };
  unsigned int    m_SliceAxis{ ImageDimension - 1 };
  OutputPixelType m_InsideValue{ NumericTraits<OutputPixelType>::OneValue() };
  OutputPixelType m_OutsideValue{ NumericTraits<OutputPixelType>::ZeroValue() };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkConvexHullMaskImageFilter.hxx"
#endif

#endif
