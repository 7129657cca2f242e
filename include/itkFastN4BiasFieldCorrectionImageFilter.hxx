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
#ifndef itkFastN4BiasFieldCorrectionImageFilter_hxx
#define itkFastN4BiasFieldCorrectionImageFilter_hxx

#include "itkFastN4BiasFieldCorrectionImageFilter.h"

#include "itkImageRegionIteratorWithIndex.h"
#include "itkImageScanlineIterator.h"
#include "itkSyntheticCTFilterUtilities.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** The weights of the order + 1 control points of a span at a place t in [0, 1] of it, by the recursion of Cox and de
 * Boor on uniform knots. */
inline std::vector<double>
UniformBSplineWeights(unsigned int order, double t)
{
  std::vector<double> weights(order + 1, 0.0);
  weights[0] = 1.0;
  for (unsigned int k = 1; k <= order; ++k)
  {
    // Weight j of degree k is (t + k - j) / k times weight j - 1, plus (1 - t + j) / k times weight j, of degree k - 1.
    for (unsigned int j = k + 1; j-- > 0;)
    {
      const double before = j > 0 ? weights[j - 1] : 0.0;
      const double same = j < k ? weights[j] : 0.0;
      weights[j] = ((t + k - j) * before + (1.0 - t + j) * same) / k;
    }
  }
  return weights;
}

} // namespace SyntheticCTDetail

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::FastN4BiasFieldCorrectionImageFilter()
{
  this->AddOptionalInputName("MaskImage");
  this->AddOptionalInputName("ConfidenceImage");
  m_NumberOfControlPoints.Fill(4);
  m_NumberOfFittingLevels.Fill(1);
  m_MaximumNumberOfIterations.SetSize(1);
  m_MaximumNumberOfIterations.Fill(50);
  this->SetNumberOfRequiredOutputs(2);
  this->SetNthOutput(1, this->MakeOutput(1));
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
DataObject::Pointer
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::MakeOutput(
  DataObjectPointerArraySizeType index)
{
  if (index == 1)
  {
    return RealImageType::New().GetPointer();
  }
  return Superclass::MakeOutput(index);
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_ShrinkFactor < 1)
  {
    itkExceptionMacro("ShrinkFactor is " << m_ShrinkFactor << " and should be at least 1");
  }
  if (m_NumberOfHistogramBins < 2)
  {
    itkExceptionMacro("NumberOfHistogramBins is " << m_NumberOfHistogramBins << " and should be at least 2");
  }
  if (!std::isfinite(m_WienerFilterNoise) || m_WienerFilterNoise < 0.0F)
  {
    itkExceptionMacro("WienerFilterNoise is " << m_WienerFilterNoise << " and should be 0 or more");
  }
  if (!std::isfinite(m_BiasFieldFullWidthAtHalfMaximum) || m_BiasFieldFullWidthAtHalfMaximum <= 0.0F)
  {
    itkExceptionMacro("BiasFieldFullWidthAtHalfMaximum is " << m_BiasFieldFullWidthAtHalfMaximum
                                                            << " and should be more than 0");
  }
  if (m_SplineOrder < 1 || m_SplineOrder > 3)
  {
    itkExceptionMacro("SplineOrder is " << m_SplineOrder << " and should be 1, 2 or 3");
  }
  unsigned int levels = 0;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    if (m_NumberOfControlPoints[d] <= m_SplineOrder)
    {
      itkExceptionMacro("NumberOfControlPoints is " << m_NumberOfControlPoints
                                                    << " and should be more than SplineOrder (" << m_SplineOrder
                                                    << ") along each axis");
    }
    if (m_NumberOfFittingLevels[d] < 1)
    {
      itkExceptionMacro("NumberOfFittingLevels is " << m_NumberOfFittingLevels
                                                    << " and should be at least 1 along each axis");
    }
    levels = std::max(levels, m_NumberOfFittingLevels[d]);
  }
  if (m_MaximumNumberOfIterations.Size() != levels)
  {
    itkExceptionMacro("MaximumNumberOfIterations is " << m_MaximumNumberOfIterations << " and should have " << levels
                                                      << (levels == 1 ? " number" : " numbers")
                                                      << ", one for each fitting level");
  }
  if (!std::isfinite(m_ConvergenceThreshold) || m_ConvergenceThreshold < 0.0F)
  {
    itkExceptionMacro("ConvergenceThreshold is " << m_ConvergenceThreshold << " and should be 0 or more");
  }
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, this->GetInput(), this->GetMaskImage(), "MaskImage");
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(
    this, this->GetInput(), this->GetConfidenceImage(), "ConfidenceImage");
  const auto size = this->GetInput()->GetLargestPossibleRegion().GetSize();
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    if (size[d] < 2)
    {
      itkExceptionMacro("The image has the size " << size << " and should have at least 2 voxels along each axis");
    }
  }
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetMaskImage());
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetConfidenceImage());
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::EnlargeOutputRequestedRegion(
  DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
auto
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::MakeSampling() const -> Sampling
{
  // ITK's estimation divides by the number of voxels less one, and fits badly with two or three.
  constexpr SizeValueType fewest = 4;
  const auto              size = this->GetInput()->GetLargestPossibleRegion().GetSize();
  Sampling                sampling;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    SizeValueType factor = m_ShrinkFactor;
    while (factor > 1 && (size[d] - 1) / factor + 1 < fewest)
    {
      --factor;
    }
    sampling.Factor[d] = factor;
    sampling.Size[d] = (size[d] - 1) / factor + 1;
    sampling.First[d] = (size[d] - 1 - (sampling.Size[d] - 1) * factor) / 2;
  }
  return sampling;
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
auto
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::MakeMask(bool & constant,
                                                                                      float  progressWeight) ->
  typename ByteImageType::Pointer
{
  const InputImageType * input = this->GetInput();
  const MaskImageType *  mask = this->GetMaskImage();
  const RealImageType *  confidence = this->GetConfidenceImage();
  const auto             region = input->GetLargestPossibleRegion();
  using IndexType = typename InputImageType::IndexType;

  auto used = ByteImageType::New();
  used->CopyInformation(input);
  used->SetRegions(region);
  used->Allocate();

  struct SliceFindings
  {
    double                 Minimum{ std::numeric_limits<double>::max() };
    double                 Maximum{ std::numeric_limits<double>::lowest() };
    std::vector<IndexType> Bad;
  };
  std::vector<SliceFindings> slices(region.GetSize(ImageDimension - 1));
  SyntheticCTDetail::ParallelizeSlices(this, region, progressWeight, [&](SizeValueType s, const auto & slice) {
    SliceFindings                               findings;
    ImageRegionIteratorWithIndex<ByteImageType> out(used, slice);
    ImageRegionConstIterator<InputImageType>    in(input, slice);
    ImageRegionConstIterator<MaskImageType>     maskIt;
    ImageRegionConstIterator<RealImageType>     confidenceIt;
    if (mask)
    {
      maskIt = ImageRegionConstIterator<MaskImageType>(mask, slice);
    }
    if (confidence)
    {
      confidenceIt = ImageRegionConstIterator<RealImageType>(confidence, slice);
    }
    for (; !out.IsAtEnd(); ++out, ++in)
    {
      bool inside = true;
      if (mask)
      {
        const MaskPixelType label = maskIt.Get();
        inside = m_UseMaskLabel ? label == m_MaskLabel : label != NumericTraits<MaskPixelType>::ZeroValue();
        ++maskIt;
      }
      if (confidence)
      {
        inside = inside && confidenceIt.Get() > 0.0F;
        ++confidenceIt;
      }
      if (inside && !SyntheticCTDetail::IsFinite(in.Get()) && findings.Bad.empty())
      {
        findings.Bad.push_back(out.GetIndex());
      }
      const auto value = static_cast<double>(in.Get());
      inside = inside && value > 0.0;
      out.Set(inside ? 1 : 0);
      if (inside)
      {
        findings.Minimum = std::min(findings.Minimum, value);
        findings.Maximum = std::max(findings.Maximum, value);
      }
    }
    slices[s] = std::move(findings);
  });
  double minimum = std::numeric_limits<double>::max();
  double maximum = std::numeric_limits<double>::lowest();
  for (const SliceFindings & findings : slices)
  {
    if (!findings.Bad.empty())
    {
      itkExceptionMacro("The voxel at index " << findings.Bad[0] << " is " << input->GetPixel(findings.Bad[0])
                                              << (mask ? ", inside the mask," : "")
                                              << " and should be a finite number");
    }
    minimum = std::min(minimum, findings.Minimum);
    maximum = std::max(maximum, findings.Maximum);
  }
  if (minimum > maximum)
  {
    itkExceptionMacro("No voxel " << (mask ? "inside the mask " : "")
                                  << "is positive, so there is no log field to find");
  }
  constant = minimum == maximum;
  return used;
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
template <typename TShrunken, typename TFull>
typename TShrunken::Pointer
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::Shrink(const TFull *    image,
                                                                                    const Sampling & sampling) const
{
  auto                            shrunken = TShrunken::New();
  typename TShrunken::SpacingType spacing = image->GetSpacing();
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    spacing[d] *= static_cast<double>(sampling.Factor[d]);
  }
  shrunken->SetSpacing(spacing);
  shrunken->SetRegions(sampling.Size);
  shrunken->Allocate();
  const auto start = image->GetLargestPossibleRegion().GetIndex();
  for (ImageRegionIteratorWithIndex<TShrunken> it(shrunken, shrunken->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    typename TFull::IndexType index = start;
    for (unsigned int d = 0; d < ImageDimension; ++d)
    {
      index[d] += static_cast<IndexValueType>(sampling.First[d] + sampling.Factor[d] * it.GetIndex()[d]);
    }
    it.Set(static_cast<typename TShrunken::PixelType>(image->GetPixel(index)));
  }
  return shrunken;
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
auto
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::EstimateLattice(const ByteImageType * mask,
                                                                                             const Sampling & sampling,
                                                                                             float progressWeight) ->
  typename LatticeType::ConstPointer
{
  auto estimator = EstimatorType::New();
  estimator->SetInput(this->Shrink<RealImageType>(this->GetInput(), sampling));
  const auto shrunkenMask = this->Shrink<ByteImageType>(mask, sampling);
  estimator->SetMaskImage(shrunkenMask);
  if (std::none_of(shrunkenMask->GetBufferPointer(),
                   shrunkenMask->GetBufferPointer() + shrunkenMask->GetBufferedRegion().GetNumberOfPixels(),
                   [](unsigned char m) { return m != 0; }))
  {
    itkExceptionMacro("No voxel that takes part is left with ShrinkFactor " << m_ShrinkFactor
                                                                            << ", which should be smaller");
  }
  typename RealImageType::Pointer shrunkenConfidence;
  if (this->GetConfidenceImage())
  {
    shrunkenConfidence = this->Shrink<RealImageType>(this->GetConfidenceImage(), sampling);
    estimator->SetConfidenceImage(shrunkenConfidence);
  }
  estimator->SetNumberOfHistogramBins(m_NumberOfHistogramBins);
  estimator->SetWienerFilterNoise(m_WienerFilterNoise);
  estimator->SetBiasFieldFullWidthAtHalfMaximum(m_BiasFieldFullWidthAtHalfMaximum);
  estimator->SetSplineOrder(m_SplineOrder);
  estimator->SetNumberOfControlPoints(m_NumberOfControlPoints);
  estimator->SetNumberOfFittingLevels(m_NumberOfFittingLevels);
  estimator->SetMaximumNumberOfIterations(m_MaximumNumberOfIterations);
  estimator->SetConvergenceThreshold(m_ConvergenceThreshold);

  // ITK's filter reports iterations only, and does not look whether it should stop.
  const float start = this->GetProgress();
  const float iterations = std::max<float>(1.0F, static_cast<float>(m_MaximumNumberOfIterations.sum()));
  float       done = 0.0F;
  estimator->AddObserver(IterationEvent(), [&](const EventObject &) {
    done += 1.0F;
    this->UpdateProgress(start + progressWeight * done / iterations);
    SyntheticCTDetail::ThrowIfAborted(this);
  });
  estimator->Update();
  this->UpdateProgress(start + progressWeight);
  SyntheticCTDetail::ThrowIfAborted(this);
  return estimator->GetLogBiasFieldControlPointLattice();
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::EvaluateLattice(
  const LatticeType * lattice, const Sampling & sampling, float progressWeight)
{
  const auto   region = this->GetInput()->GetLargestPossibleRegion();
  const auto   controlPoints = lattice->GetLargestPossibleRegion().GetSize();
  const size_t support = m_SplineOrder + 1;

  // First control point and weights of each voxel along each axis.
  std::array<std::vector<size_t>, ImageDimension> first;
  std::array<std::vector<double>, ImageDimension> weights;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    const auto spans = static_cast<double>(controlPoints[d] - m_SplineOrder);
    const auto lastKept = static_cast<double>(sampling.Size[d] - 1);
    for (SizeValueType i = 0; i < region.GetSize(d); ++i)
    {
      const double kept =
        (static_cast<double>(i) - static_cast<double>(sampling.First[d])) / static_cast<double>(sampling.Factor[d]);
      const double place = std::min(std::max(kept, 0.0), lastKept) / lastKept * spans;
      const double span = std::min(std::floor(place), spans - 1.0);
      first[d].push_back(static_cast<size_t>(span));
      const auto w = SyntheticCTDetail::UniformBSplineWeights(m_SplineOrder, place - span);
      weights[d].insert(weights[d].end(), w.begin(), w.end());
    }
  }

  std::vector<double> values;
  values.reserve(lattice->GetLargestPossibleRegion().GetNumberOfPixels());
  for (ImageRegionConstIterator<LatticeType> it(lattice, lattice->GetLargestPossibleRegion()); !it.IsAtEnd(); ++it)
  {
    values.push_back(static_cast<double>(it.Get()[0]));
  }

  // The lattice without its last axis, at position i of that axis.
  const auto contract = [&](const std::vector<double> & from, unsigned int axis, SizeValueType i) {
    const size_t        rest = from.size() / controlPoints[axis];
    std::vector<double> to(rest, 0.0);
    for (size_t k = 0; k < support; ++k)
    {
      const double * in = from.data() + (first[axis][i] + k) * rest;
      const double   weight = weights[axis][i * support + k];
      for (size_t j = 0; j < rest; ++j)
      {
        to[j] += weight * in[j];
      }
    }
    return to;
  };

  RealType *          field = this->GetLogBiasField()->GetBufferPointer();
  const SizeValueType width = region.GetSize(0);
  const auto          evaluateRow = [&](const std::vector<double> & row, RealType * out) {
    for (SizeValueType i = 0; i < width; ++i)
    {
      double value = 0.0;
      for (size_t k = 0; k < support; ++k)
      {
        value += weights[0][i * support + k] * row[first[0][i] + k];
      }
      out[i] = static_cast<RealType>(value);
    }
  };
  SyntheticCTDetail::ParallelizeArray(
    this, region.GetSize(ImageDimension - 1), progressWeight, [&](SizeValueType slice) {
      const std::vector<double> plane = contract(values, ImageDimension - 1, slice);
      if constexpr (ImageDimension == 2)
      {
        evaluateRow(plane, field + slice * width);
      }
      else
      {
        const SizeValueType height = region.GetSize(1);
        for (SizeValueType j = 0; j < height; ++j)
        {
          evaluateRow(contract(plane, 1, j), field + (slice * height + j) * width);
        }
      }
    });
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::Correct(const ByteImageType * mask,
                                                                                     float progressWeight)
{
  const InputImageType * input = this->GetInput();
  OutputImageType *      output = this->GetOutput();
  const RealImageType *  field = this->GetLogBiasField();
  SyntheticCTDetail::ParallelizeSlices(
    this, output->GetLargestPossibleRegion(), progressWeight, [&](SizeValueType, const auto & slice) {
      ImageScanlineConstIterator<InputImageType> in(input, slice);
      ImageScanlineConstIterator<RealImageType>  log(field, slice);
      ImageScanlineConstIterator<ByteImageType>  used(mask, slice);
      ImageScanlineIterator<OutputImageType>     out(output, slice);
      for (; !in.IsAtEnd(); in.NextLine(), log.NextLine(), used.NextLine(), out.NextLine())
      {
        for (; !in.IsAtEndOfLine(); ++in, ++log, ++used, ++out)
        {
          const bool correct = m_CorrectOutsideMask || used.Get() != 0;
          const auto value = static_cast<double>(in.Get());
          out.Set(SyntheticCTDetail::PixelFromReal<OutputPixelType>(
            correct ? value / std::exp(static_cast<double>(log.Get())) : value));
        }
      }
    });
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::GenerateData()
{
  this->AllocateOutputs();
  bool       constant = false;
  const auto mask = this->MakeMask(constant, 0.05F);
  if (constant)
  {
    itkWarningMacro("The image is constant where it takes part, so there is no field to find");
    this->GetLogBiasField()->FillBuffer(0.0F);
  }
  else
  {
    const Sampling sampling = this->MakeSampling();
    const auto     lattice = this->EstimateLattice(mask, sampling, 0.85F);
    this->EvaluateLattice(lattice, sampling, 0.05F);
  }
  this->Correct(mask, 0.05F);
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TMaskImage, typename TOutputImage>
void
FastN4BiasFieldCorrectionImageFilter<TInputImage, TMaskImage, TOutputImage>::PrintSelf(std::ostream & os,
                                                                                       Indent         indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "MaskLabel: " << +m_MaskLabel << std::endl;
  os << indent << "UseMaskLabel: " << (m_UseMaskLabel ? "On" : "Off") << std::endl;
  os << indent << "ShrinkFactor: " << m_ShrinkFactor << std::endl;
  os << indent << "NumberOfHistogramBins: " << m_NumberOfHistogramBins << std::endl;
  os << indent << "WienerFilterNoise: " << m_WienerFilterNoise << std::endl;
  os << indent << "BiasFieldFullWidthAtHalfMaximum: " << m_BiasFieldFullWidthAtHalfMaximum << std::endl;
  os << indent << "SplineOrder: " << m_SplineOrder << std::endl;
  os << indent << "NumberOfControlPoints: " << m_NumberOfControlPoints << std::endl;
  os << indent << "NumberOfFittingLevels: " << m_NumberOfFittingLevels << std::endl;
  os << indent << "MaximumNumberOfIterations: " << m_MaximumNumberOfIterations << std::endl;
  os << indent << "ConvergenceThreshold: " << m_ConvergenceThreshold << std::endl;
  os << indent << "CorrectOutsideMask: " << (m_CorrectOutsideMask ? "On" : "Off") << std::endl;
}

} // namespace itk

#endif
