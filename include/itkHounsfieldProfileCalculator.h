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
#ifndef itkHounsfieldProfileCalculator_h
#define itkHounsfieldProfileCalculator_h

#include "itkConceptChecking.h"
#include "itkObject.h"
#include "itkObjectFactory.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <vector>

namespace itk
{

/** \class HounsfieldProfileCalculator
 * \brief Values of one or more images along a straight line between two points.
 *
 * The points of the profile lie at the distances 0, Step, 2 Step, ... from StartPoint, as far as EndPoint (a point
 * within a millionth of a step of it counts). Between voxels values are interpolated linearly. Each image has a grid of
 * its own; at a point outside an image, beyond half a voxel from its outermost voxel centres, its value is NaN.
 * StartPoint and EndPoint may be the same, which gives one point.
 *
 * Line profiles in HU beside difference maps are what Ki et al., 2026, show of virtual non-contrast CT.
 *
 * \ingroup SyntheticCT
 */
template <typename TImage>
class ITK_TEMPLATE_EXPORT HounsfieldProfileCalculator : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(HounsfieldProfileCalculator);

  using Self = HounsfieldProfileCalculator;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(HounsfieldProfileCalculator);

  using ImageType = TImage;
  using PointType = typename TImage::PointType;

  /** Adds an image, which has to be up to date when Compute() is called. At least one is required. */
  void
  AddImage(const ImageType * image);
  void
  ClearImages();
  SizeValueType
  GetNumberOfImages() const
  {
    return static_cast<SizeValueType>(m_Images.size());
  }

  /** The ends of the line in physical coordinates, mm. Default the origin. */
  itkSetMacro(StartPoint, PointType);
  itkGetConstReferenceMacro(StartPoint, PointType);
  itkSetMacro(EndPoint, PointType);
  itkGetConstReferenceMacro(EndPoint, PointType);

  /** The distance between neighbours in mm, larger than 0. Default 1. */
  itkSetMacro(Step, double);
  itkGetConstMacro(Step, double);

  /** Takes the profile. Throws itk::ExceptionObject without an image, when an end of the line is not finite, when Step
   * is not finite and larger than 0, and when there would be more than ten million points. */
  void
  Compute();

  /** Results of the last Compute(), whatever was set after it; before it the getters throw, as they do for an index
   * that is too large. Distances are those from StartPoint in mm. */
  SizeValueType
  GetNumberOfPoints() const
  {
    this->VerifyResults();
    return static_cast<SizeValueType>(m_Points.size());
  }
  double
  GetDistance(SizeValueType point) const;
  PointType
  GetPoint(SizeValueType point) const;
  /** The value of the image that was added as number `image`, from 0 on. */
  double
  GetValue(SizeValueType image, SizeValueType point) const;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(ConvertibleToDoubleCheck, (Concept::Convertible<typename ImageType::PixelType, double>));
#endif

protected:
  HounsfieldProfileCalculator();
  ~HounsfieldProfileCalculator() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** Throws when there are no results. */
  void
  VerifyResults() const;

  /** Throws when there is no such point. */
  void
  VerifyPoint(SizeValueType point) const;

  std::vector<typename ImageType::ConstPointer> m_Images;
  PointType                                     m_StartPoint;
  PointType                                     m_EndPoint;
  double                                        m_Step{ 1.0 };

  bool                             m_HasResults{ false };
  std::vector<double>              m_Distances;
  std::vector<PointType>           m_Points;
  std::vector<std::vector<double>> m_Values;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkHounsfieldProfileCalculator.hxx"
#endif

#endif
