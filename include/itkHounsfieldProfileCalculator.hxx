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
#ifndef itkHounsfieldProfileCalculator_hxx
#define itkHounsfieldProfileCalculator_hxx

#include "itkHounsfieldProfileCalculator.h"

#include "itkLinearInterpolateImageFunction.h"

#include <cmath>
#include <limits>

namespace itk
{

template <typename TImage>
HounsfieldProfileCalculator<TImage>::HounsfieldProfileCalculator()
{
  m_StartPoint.Fill(0.0);
  m_EndPoint.Fill(0.0);
}

template <typename TImage>
void
HounsfieldProfileCalculator<TImage>::AddImage(const ImageType * image)
{
  if (image == nullptr)
  {
    itkSyntheticCTExceptionMacro("The image to be added is missing.");
  }
  m_Images.emplace_back(image);
  this->Modified();
}

template <typename TImage>
void
HounsfieldProfileCalculator<TImage>::ClearImages()
{
  m_Images.clear();
  this->Modified();
}

template <typename TImage>
void
HounsfieldProfileCalculator<TImage>::Compute()
{
  m_HasResults = false;
  if (m_Images.empty())
  {
    itkSyntheticCTExceptionMacro("There is no image.");
  }
  if (!(m_Step > 0.0 && std::isfinite(m_Step)))
  {
    itkSyntheticCTExceptionMacro("Step is " << m_Step << " but should be finite and larger than 0.");
  }
  const double length = m_StartPoint.EuclideanDistanceTo(m_EndPoint);
  if (!std::isfinite(length))
  {
    itkSyntheticCTExceptionMacro("The line runs from " << m_StartPoint << " to " << m_EndPoint
                                                       << " but should have ends that are finite.");
  }
  constexpr double limit = 1e7;
  if (!(length / m_Step < limit))
  {
    itkSyntheticCTExceptionMacro("Step is " << m_Step << " on a line of " << length << " mm, which would be more than "
                                            << limit << " points.");
  }
  const auto count = static_cast<size_t>(length / m_Step + 1e-6) + 1;

  m_Distances.resize(count);
  m_Points.resize(count);
  m_Values.assign(m_Images.size(), std::vector<double>(count, std::numeric_limits<double>::quiet_NaN()));
  for (size_t i = 0; i < count; ++i)
  {
    m_Distances[i] = static_cast<double>(i) * m_Step;
    m_Points[i] = m_StartPoint;
    if (i != 0)
    {
      m_Points[i] += (m_EndPoint - m_StartPoint) * (m_Distances[i] / length);
    }
  }

  auto interpolator = LinearInterpolateImageFunction<ImageType, double>::New();
  for (size_t image = 0; image < m_Images.size(); ++image)
  {
    interpolator->SetInputImage(m_Images[image]);
    for (size_t i = 0; i < count; ++i)
    {
      ContinuousIndex<double, ImageType::ImageDimension> position;
      // The return value speaks of the largest possible region.
      (void)m_Images[image]->TransformPhysicalPointToContinuousIndex(m_Points[i], position);
      if (interpolator->IsInsideBuffer(position))
      {
        m_Values[image][i] = static_cast<double>(interpolator->EvaluateAtContinuousIndex(position));
      }
    }
  }
  m_HasResults = true;
}

template <typename TImage>
void
HounsfieldProfileCalculator<TImage>::VerifyResults() const
{
  if (!m_HasResults)
  {
    itkSyntheticCTExceptionMacro("there are no results: Compute() should be called before they are asked for.");
  }
}

template <typename TImage>
void
HounsfieldProfileCalculator<TImage>::VerifyPoint(SizeValueType point) const
{
  this->VerifyResults();
  if (point >= m_Points.size())
  {
    itkSyntheticCTExceptionMacro("There is no point " << point << ": the last Compute() took " << m_Points.size()
                                                      << '.');
  }
}

template <typename TImage>
double
HounsfieldProfileCalculator<TImage>::GetDistance(SizeValueType point) const
{
  this->VerifyPoint(point);
  return m_Distances[point];
}

template <typename TImage>
auto
HounsfieldProfileCalculator<TImage>::GetPoint(SizeValueType point) const -> PointType
{
  this->VerifyPoint(point);
  return m_Points[point];
}

template <typename TImage>
double
HounsfieldProfileCalculator<TImage>::GetValue(SizeValueType image, SizeValueType point) const
{
  this->VerifyPoint(point);
  if (image >= m_Values.size())
  {
    itkSyntheticCTExceptionMacro("There is no image " << image << ": the last Compute() had " << m_Values.size()
                                                      << '.');
  }
  return m_Values[image][point];
}

template <typename TImage>
void
HounsfieldProfileCalculator<TImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "NumberOfImages: " << this->GetNumberOfImages() << std::endl;
  os << indent << "StartPoint: " << m_StartPoint << std::endl;
  os << indent << "EndPoint: " << m_EndPoint << std::endl;
  os << indent << "Step: " << m_Step << std::endl;
  os << indent << "HasResults: " << (m_HasResults ? "Yes" : "No") << std::endl;
  os << indent << "NumberOfPoints: " << m_Points.size() << std::endl;
}

} // namespace itk

#endif
