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
#ifndef itkGridResampleImageFilter_hxx
#define itkGridResampleImageFilter_hxx

#include "itkGridResampleImageFilter.h"

#include "itkBSplineInterpolateImageFunction.h"
#include "itkCastImageFilter.h"
#include "SyntheticCTDetail/itkDiscreteGaussianSmoothing.h"
#include "itkImageAlgorithm.h"
#include "itkImageScanlineIterator.h"
#include "itkLinearInterpolateImageFunction.h"
#include "itkNearestNeighborInterpolateImageFunction.h"
#include "itkResampleImageFilter.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkPixelConversion.h"

#include <cmath>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
void
GridResampleImageFilter<TInputImage, TOutputImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
}

template <typename TInputImage, typename TOutputImage>
void
GridResampleImageFilter<TInputImage, TOutputImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TInputImage, typename TOutputImage>
auto
GridResampleImageFilter<TInputImage, TOutputImage>::StepsInInput() const
  -> Matrix<double, ImageDimension, ImageDimension>
{
  const OutputImageType *                        output = this->GetOutput();
  Matrix<double, ImageDimension, ImageDimension> steps;
  for (unsigned int k = 0; k < ImageDimension; ++k)
  {
    for (unsigned int r = 0; r < ImageDimension; ++r)
    {
      steps(r, k) = output->GetDirection()[r][k] * output->GetSpacing()[k];
    }
  }
  const TransformType * transform = this->GetPointTransform();
  if (transform == nullptr)
  {
    return steps;
  }
  const auto                              region = output->GetLargestPossibleRegion();
  ContinuousIndex<double, ImageDimension> index;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    index[d] = region.GetIndex(d) + (static_cast<double>(region.GetSize(d)) - 1.0) / 2.0;
  }
  const auto center = output->template TransformContinuousIndexToPhysicalPoint<double>(index);
  const auto moved = transform->TransformPoint(center);
  for (unsigned int k = 0; k < ImageDimension; ++k)
  {
    auto next = center;
    for (unsigned int r = 0; r < ImageDimension; ++r)
    {
      next[r] += steps(r, k);
    }
    next = transform->TransformPoint(next);
    for (unsigned int r = 0; r < ImageDimension; ++r)
    {
      steps(r, k) = next[r] - moved[r];
    }
  }
  return steps;
}

template <typename TInputImage, typename TOutputImage>
bool
GridResampleImageFilter<TInputImage, TOutputImage>::CopyCoincidingVoxels()
{
  if (this->GetPointTransform() != nullptr)
  {
    return false;
  }
  const InputImageType *              input = this->GetInput();
  OutputImageType *                   output = this->GetOutput();
  const auto                          region = output->GetLargestPossibleRegion();
  typename InputImageType::OffsetType offset;
  if (!SyntheticCTDetail::VoxelsCoincide<ImageDimension>(output, input, 1e-3, offset))
  {
    return false;
  }

  output->FillBuffer(m_DefaultPixelValue);
  auto from = region;
  from.SetIndex(region.GetIndex() + offset);
  if (!from.Crop(input->GetLargestPossibleRegion()))
  {
    return true;
  }
  auto to = from;
  to.SetIndex(from.GetIndex() - offset);
  if constexpr (std::is_same_v<InputPixelType, OutputPixelType>)
  {
    ImageAlgorithm::Copy(input, output, from, to);
  }
  else
  {
    ImageScanlineConstIterator<InputImageType> in(input, from);
    ImageScanlineIterator<OutputImageType>     out(output, to);
    for (; !in.IsAtEnd(); in.NextLine(), out.NextLine())
    {
      for (; !in.IsAtEndOfLine(); ++in, ++out)
      {
        out.Set(SyntheticCTDetail::PixelFromReal<OutputPixelType>(static_cast<double>(in.Get())));
      }
    }
  }
  return true;
}

template <typename TInputImage, typename TOutputImage>
auto
GridResampleImageFilter<TInputImage, TOutputImage>::SmoothInput(float progressWeight) -> typename RealImageType::Pointer
{
  const InputImageType * input = this->GetInput();
  auto                   image = InputImageType::New();
  image->Graft(input);

  using CastType = CastImageFilter<InputImageType, RealImageType>;
  auto cast = CastType::New();
  cast->SetInput(image);
  cast->InPlaceOff();
  SyntheticCTDetail::UpdateInside(this, cast.GetPointer(), 0.25F * progressWeight);
  typename RealImageType::Pointer real = cast->GetOutput();
  real->DisconnectPipeline();
  if (!m_AntiAlias)
  {
    this->IncrementProgress(0.75F * progressWeight);
    return real;
  }

  const auto steps = this->StepsInInput();
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    double squaredSpacing = 0.0;
    for (unsigned int k = 0; k < ImageDimension; ++k)
    {
      double along = 0.0;
      for (unsigned int r = 0; r < ImageDimension; ++r)
      {
        along += input->GetDirection()[r][d] * steps(r, k);
      }
      squaredSpacing += along * along;
    }
    const double old = input->GetSpacing()[d];
    const float  axisWeight = 0.75F * progressWeight / ImageDimension;
    // Rounding must not smooth an axis whose spacing stays.
    if (squaredSpacing > old * old * (1.0 + 1e-6))
    {
      const double variance = (squaredSpacing - old * old) / (8.0 * std::log(2.0));
      SyntheticCTDetail::SmoothAlongAxis(this, real.GetPointer(), d, variance / (old * old), axisWeight);
    }
    else
    {
      this->IncrementProgress(axisWeight);
    }
  }
  return real;
}

template <typename TInputImage, typename TOutputImage>
template <typename TResampled>
void
GridResampleImageFilter<TInputImage, TOutputImage>::Convert(TResampled * resampled, float progressWeight)
{
  if constexpr (std::is_same_v<TResampled, OutputImageType>)
  {
    this->GraftOutput(resampled);
    return;
  }
  OutputImageType * output = this->GetOutput();
  SyntheticCTDetail::ParallelizeSlices(
    this, output->GetRequestedRegion(), progressWeight, [&](SizeValueType, const auto & slice) {
      ImageScanlineConstIterator<TResampled> in(resampled, slice);
      ImageScanlineIterator<OutputImageType> out(output, slice);
      for (; !in.IsAtEnd(); in.NextLine(), out.NextLine())
      {
        for (; !in.IsAtEndOfLine(); ++in, ++out)
        {
          out.Set(SyntheticCTDetail::PixelFromReal<OutputPixelType>(static_cast<double>(in.Get())));
        }
      }
    });
}

template <typename TInputImage, typename TOutputImage>
void
GridResampleImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  this->AllocateOutputs();
  if (this->CopyCoincidingVoxels())
  {
    this->UpdateProgress(1.0F);
    return;
  }

  if (m_Interpolation == InterpolationEnum::Nearest)
  {
    auto image = InputImageType::New();
    image->Graft(this->GetInput());
    // Integers keep their values, and real numbers are not shortened.
    using NearestType = ResampleImageFilter<
      InputImageType,
      Image<std::conditional_t<std::is_integral_v<InputPixelType>, InputPixelType, RealType>, ImageDimension>>;
    auto resample = NearestType::New();
    resample->SetInput(image);
    if (this->GetPointTransform() != nullptr)
    {
      resample->SetTransform(this->GetPointTransform());
    }
    resample->SetOutputParametersFromImage(this->GetOutput());
    resample->SetInterpolator(NearestNeighborInterpolateImageFunction<InputImageType>::New());
    resample->SetDefaultPixelValue(
      SyntheticCTDetail::PixelFromReal<typename NearestType::PixelType>(static_cast<double>(m_DefaultPixelValue)));
    SyntheticCTDetail::UpdateInside(this, resample.GetPointer(), 0.9F);
    this->Convert(resample->GetOutput(), 0.1F);
    this->UpdateProgress(1.0F);
    return;
  }

  const auto real = this->SmoothInput(0.4F);
  using ResampleType = ResampleImageFilter<RealImageType, RealImageType>;
  auto resample = ResampleType::New();
  resample->SetInput(real);
  if (this->GetPointTransform() != nullptr)
  {
    resample->SetTransform(this->GetPointTransform());
  }
  resample->SetOutputParametersFromImage(this->GetOutput());
  resample->SetDefaultPixelValue(static_cast<RealType>(m_DefaultPixelValue));
  if (m_Interpolation == InterpolationEnum::BSpline)
  {
    auto interpolator = BSplineInterpolateImageFunction<RealImageType, double, RealType>::New();
    interpolator->SetSplineOrder(3);
    resample->SetInterpolator(interpolator);
  }
  else
  {
    resample->SetInterpolator(LinearInterpolateImageFunction<RealImageType>::New());
  }
  SyntheticCTDetail::UpdateInside(this, resample.GetPointer(), 0.5F);
  this->Convert(resample->GetOutput(), 0.1F);
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage>
void
GridResampleImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Interpolation: " << m_Interpolation << std::endl;
  os << indent << "AntiAlias: " << (m_AntiAlias ? "On" : "Off") << std::endl;
  os << indent << "DefaultPixelValue: " << +m_DefaultPixelValue << std::endl;
}

} // namespace itk

#endif
