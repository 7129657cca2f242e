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
#ifndef itkMaskedStructuralSimilarityImageFilter_hxx
#define itkMaskedStructuralSimilarityImageFilter_hxx

#include "itkMaskedStructuralSimilarityImageFilter.h"

#include "itkMath.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkMeasureVerification.h"
#include "SyntheticCTDetail/itkPixelConversion.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>
#include <utility>

namespace itk
{

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::
  MaskedStructuralSimilarityImageFilter()
{
  this->SetPrimaryInputName("ReferenceImage");
  this->AddRequiredInputName("SyntheticImage", 1);
  this->AddOptionalInputName("MaskImage", 2);
  this->SetNthOutput(1, this->MakeOutput(1));
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
bool
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::IsIntensityFree()
  const
{
  return m_Variant != VariantEnum::SynthRAD2023 && m_Variant != VariantEnum::MultiScale;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::VerifyPreconditions()
  const
{
  Superclass::VerifyPreconditions();

  if (static_cast<unsigned int>(m_Variant) > static_cast<unsigned int>(VariantEnum::MultiScale))
  {
    itkSyntheticCTExceptionMacro(
      "Variant is " << m_Variant << " but should be Masked3D, Uniform7, Gaussian, SynthRAD2023 or MultiScale.");
  }
  this->VerifyIntensities();
  this->VerifyKernel();
  const auto verifyPositive = [this](const char * name, double value) {
    if (!(value > 0.0) || std::isinf(value))
    {
      itkSyntheticCTExceptionMacro(name << " is " << value << " but should be a number larger than 0.");
    }
  };
  verifyPositive("K1", m_K1);
  verifyPositive("K2", m_K2);
  verifyPositive("Epsilon", m_Epsilon);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::VerifyIntensities()
  const
{
  if (!(m_WindowMinimum < m_WindowMaximum) || !std::isfinite(m_WindowMaximum - m_WindowMinimum))
  {
    itkSyntheticCTExceptionMacro("WindowMinimum is " << m_WindowMinimum << " and WindowMaximum " << m_WindowMaximum
                                                     << " but they should be numbers and the minimum the smaller.");
  }
  if (!(m_OutputMinimum < m_OutputMaximum) || !std::isfinite(m_OutputMaximum - m_OutputMinimum))
  {
    itkSyntheticCTExceptionMacro("OutputMinimum is " << m_OutputMinimum << " and OutputMaximum " << m_OutputMaximum
                                                     << " but they should be numbers and the minimum the smaller.");
  }
  if (!(m_MultiScaleMinimum < m_MultiScaleMaximum) || !std::isfinite(m_MultiScaleMaximum - m_MultiScaleMinimum))
  {
    itkSyntheticCTExceptionMacro("MultiScaleMinimum is " << m_MultiScaleMinimum << " and MultiScaleMaximum "
                                                         << m_MultiScaleMaximum
                                                         << " but they should be numbers and the minimum the smaller.");
  }
  if (!(m_DataRange >= 0.0) || std::isinf(m_DataRange))
  {
    itkSyntheticCTExceptionMacro("DataRange is " << m_DataRange
                                                 << " but should be a number larger than 0, or 0 for that of the "
                                                 << "definition.");
  }
  if (!m_RescaleIntensity && this->IsIntensityFree())
  {
    if (m_DataRange == 0.0)
    {
      itkSyntheticCTExceptionMacro("DataRange should be set, such as to 4000, when RescaleIntensity is off.");
    }
    return;
  }
  const double range = m_OutputMaximum - m_OutputMinimum;
  if (this->IsIntensityFree() && m_DataRange != 0.0 && m_DataRange != range)
  {
    itkSyntheticCTExceptionMacro("DataRange is " << m_DataRange << " but the images are mapped to a range of " << range
                                                 << ": it should be left at 0, or RescaleIntensity be off.");
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::VerifyKernel() const
{
  if (m_KernelSize != 0 && (m_KernelSize < 3 || m_KernelSize > EngineType::LongestWindow || m_KernelSize % 2 == 0))
  {
    itkSyntheticCTExceptionMacro("KernelSize is " << m_KernelSize << " but should be an odd number from 3 to "
                                                  << EngineType::LongestWindow << ", or 0 for that of the variant.");
  }
  if (!(m_KernelSigma >= 0.0) || std::isinf(m_KernelSigma))
  {
    itkSyntheticCTExceptionMacro("KernelSigma is " << m_KernelSigma
                                                   << " but should be a number larger than 0, or 0 for 1.5.");
  }
  if (m_Covariance > StructuralSimilarityCovarianceEnum::Sample)
  {
    itkSyntheticCTExceptionMacro("Covariance is " << m_Covariance << " but should be OfVariant, Population or Sample.");
  }
  if (m_Variant == VariantEnum::SynthRAD2023 &&
      (m_KernelSize != 0 || m_Covariance != StructuralSimilarityCovarianceEnum::OfVariant))
  {
    itkSyntheticCTExceptionMacro("KernelSize is " << m_KernelSize << " and Covariance " << m_Covariance
                                                  << " but should be 0 and OfVariant: SynthRAD2023 has its own.");
  }
  if (m_KernelSigma != 0.0 && !this->IsGaussian())
  {
    itkSyntheticCTExceptionMacro("KernelSigma is " << m_KernelSigma << " but should be 0: the kernel of " << m_Variant
                                                   << " is a box.");
  }
  if (this->KernelSizeOfSettings() > EngineType::LongestWindow)
  {
    itkSyntheticCTExceptionMacro("KernelSigma is "
                                 << m_KernelSigma << ", whose kernel has " << this->KernelSizeOfSettings()
                                 << " voxels, but should be smaller, or KernelSize be set: it has at most "
                                 << EngineType::LongestWindow << '.');
  }
  if (m_LevelWeights.empty() || m_LevelWeights.size() > 10)
  {
    itkSyntheticCTExceptionMacro("LevelWeights has " << m_LevelWeights.size()
                                                     << " elements but should have from 1 to 10.");
  }
  for (const double weight : m_LevelWeights)
  {
    if (!(weight > 0.0) || std::isinf(weight))
    {
      itkSyntheticCTExceptionMacro("LevelWeights has " << weight << " but a weight should be a number larger than 0.");
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::
  VerifyInputInformation() const
{
  // Not the superclass's comparison: it leaves out the sizes, and its message has many lines.
  const auto & region = this->GetReferenceImage()->GetLargestPossibleRegion();
  if (region.GetNumberOfPixels() == 0)
  {
    itkSyntheticCTExceptionMacro("ReferenceImage has no voxels: its size is " << region.GetSize() << '.');
  }
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(
    this, this->GetReferenceImage(), this->GetSyntheticImage(), "SyntheticImage");
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(
    this, this->GetReferenceImage(), this->GetMaskImage(), "MaskImage");

  if (m_Variant == VariantEnum::Masked3D)
  {
    return;
  }
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    const SizeValueType size = region.GetSize(axis);
    const SizeValueType smallest = this->SmallestSize();
    if (size < smallest && m_Variant != VariantEnum::MultiScale)
    {
      itkSyntheticCTExceptionMacro("ReferenceImage has size " << region.GetSize() << " but the window of " << m_Variant
                                                              << " has " << smallest << " voxels per axis.");
    }
    if (size < smallest && smallest > EngineType::LongestPaddedGrid)
    {
      itkSyntheticCTExceptionMacro("ReferenceImage has size " << region.GetSize() << " but " << m_LevelWeights.size()
                                                              << " levels need " << smallest << " voxels per axis.");
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::
  GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetReferenceImage());
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetSyntheticImage());
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetMaskImage());
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::
  EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::UpdateOutputData(
  DataObject * output)
{
  const bool isMap = output == this->GetOutput();
  const bool isMade = isMap ? m_ComputeMap : m_ComputeWeights;
  if (!isMade && !m_IsUpdatedItself)
  {
    itkSyntheticCTExceptionMacro("the " << (isMap ? "map" : "image of weights") << " is asked for but has no voxels: "
                                        << (isMap ? "ComputeMap" : "ComputeWeights") << " should be on.");
  }
  if (isMade || m_ComputedTime < output->GetPipelineMTime())
  {
    Superclass::UpdateOutputData(output);
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::Update()
{
  m_IsUpdatedItself = true;
  try
  {
    Superclass::Update();
  }
  catch (...)
  {
    m_IsUpdatedItself = false;
    throw;
  }
  m_IsUpdatedItself = false;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::
  UpdateLargestPossibleRegion()
{
  m_IsUpdatedItself = true;
  try
  {
    Superclass::UpdateLargestPossibleRegion();
  }
  catch (...)
  {
    m_IsUpdatedItself = false;
    throw;
  }
  m_IsUpdatedItself = false;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
auto
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::GetWeights()
  -> OutputImageType *
{
  return this->GetOutput(1);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::SetLevelWeights(
  const std::vector<double> & weights)
{
  if (m_LevelWeights != weights)
  {
    m_LevelWeights = weights;
    this->Modified();
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::ComputeDefinition()
{
  if (this->IsIntensityFree())
  {
    const bool   clip = m_RescaleIntensity && m_Clip;
    const double infinity = std::numeric_limits<double>::infinity();
    const double range = m_OutputMaximum - m_OutputMinimum;
    m_IntensityScale = m_RescaleIntensity ? range / (m_WindowMaximum - m_WindowMinimum) : 1.0;
    m_IntensityOffset = m_RescaleIntensity ? m_OutputMinimum - m_WindowMinimum * m_IntensityScale : 0.0;
    m_UsedWindowMinimum = clip ? m_WindowMinimum : -infinity;
    m_UsedWindowMaximum = clip ? m_WindowMaximum : infinity;
    m_UsedDataRange = m_RescaleIntensity ? range : m_DataRange;
  }
  else
  {
    const bool multiScale = m_Variant == VariantEnum::MultiScale;
    m_UsedWindowMinimum = multiScale ? m_MultiScaleMinimum : -1024.0;
    m_UsedWindowMaximum = multiScale ? m_MultiScaleMaximum : 3000.0;
    m_IntensityScale = 1.0;
    m_IntensityOffset = -m_UsedWindowMinimum;
    m_UsedDataRange = m_UsedWindowMaximum - m_UsedWindowMinimum;
  }
  m_UsedKernelSigma = this->KernelSigmaOfSettings();
  m_UsedSampleCovariance = m_Covariance == StructuralSimilarityCovarianceEnum::OfVariant
                             ? m_Variant != VariantEnum::Masked3D
                             : m_Covariance == StructuralSimilarityCovarianceEnum::Sample;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
double
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::
  KernelSigmaOfSettings() const
{
  return !this->IsGaussian() ? 0.0 : m_KernelSigma > 0.0 ? m_KernelSigma : 1.5;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
SizeValueType
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::
  KernelSizeOfSettings() const
{
  if (m_KernelSize != 0)
  {
    return m_KernelSize;
  }
  // A sigma beyond all bounds must not overflow.
  const double radius = std::min(std::floor(3.5 * this->KernelSigmaOfSettings() + 0.5), 1e6);
  return this->IsGaussian() ? 2 * static_cast<SizeValueType>(radius) + 1 : 7;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
SizeValueType
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::SmallestSize() const
{
  const SizeValueType kernel = this->KernelSizeOfSettings();
  return m_Variant == VariantEnum::MultiScale ? ((kernel - 1) << (m_LevelWeights.size() - 1)) + 1 : kernel;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
std::vector<double>
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::ComputeKernel(
  SizeValueType size) const
{
  SizeValueType count = this->KernelSizeOfSettings();
  if (m_Variant == VariantEnum::Masked3D)
  {
    count = std::max<SizeValueType>(3, std::min<SizeValueType>(count, size));
    count -= count % 2 == 0 ? 1 : 0;
  }
  if (!this->IsGaussian())
  {
    return std::vector<double>(count, 1.0 / static_cast<double>(count));
  }
  const double        sigma = this->KernelSigmaOfSettings();
  std::vector<double> kernel(count);
  double              sum = 0.0;
  for (SizeValueType i = 0; i < count; ++i)
  {
    const double distance = static_cast<double>(i) - 0.5 * static_cast<double>(count - 1);
    kernel[i] = std::exp(-distance * distance / (2.0 * sigma * sigma));
    sum += kernel[i];
  }
  for (double & weight : kernel)
  {
    weight /= sum;
  }
  return kernel;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
auto
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::ComputeGrid(
  const SizeArray & size) const -> GridType
{
  const bool masked3D = m_Variant == VariantEnum::Masked3D;
  const bool pad = m_Variant == VariantEnum::MultiScale && m_LevelValues.empty();
  GridType   grid;
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    const std::vector<double> kernel = this->ComputeKernel(size[axis]);
    grid[axis] = EngineType::Axis(size[axis],
                                  pad ? std::max(size[axis], this->SmallestSize()) : size[axis],
                                  kernel,
                                  masked3D ? EngineType::Border::Zero : EngineType::Border::Mirror,
                                  masked3D ? 0 : kernel.size() / 2);
  }
  return grid;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::AddLevel(
  const EngineType::Sums & sums)
{
  const bool masked = this->GetMaskImage() != nullptr;
  // No voxels give 0/0, which is NaN as it should be.
  const double global = sums.Global / sums.GlobalWeight;
  m_LevelGlobalValues.push_back(global);
  m_LevelValues.push_back(masked ? sums.Masked / sums.MaskedWeight : global);
  if (m_LevelValues.size() == 1)
  {
    m_NumberOfVoxels = static_cast<SizeValueType>(masked ? sums.MaskedWeight : sums.GlobalWeight);
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
SizeValueType
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::CountVoxels()
{
  const MaskImageType * mask = this->GetMaskImage();
  const auto &          region = this->GetReferenceImage()->GetLargestPossibleRegion();
  if (!mask)
  {
    return region.GetNumberOfPixels();
  }
  std::vector<SizeValueType> counts(region.GetSize(ImageDimension - 1), 0);
  SyntheticCTDetail::ParallelizeSlices(this, region, 0.0F, [&](SizeValueType i, const auto & slice) {
    SizeValueType count = 0;
    SyntheticCTDetail::ForEachMaskedVoxel(mask, mask, slice, [&count](auto, const auto &) { ++count; });
    counts[i] = count;
  });
  return std::accumulate(counts.begin(), counts.end(), SizeValueType{ 0 });
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
auto
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::ComputeFormula()
  const -> EngineType::Formula
{
  const bool          masked3D = m_Variant == VariantEnum::Masked3D;
  const double        c1 = m_K1 * m_UsedDataRange;
  const double        c2 = m_K2 * m_UsedDataRange;
  EngineType::Formula formula;
  formula.C1 = c1 * c1;
  formula.C2 = c2 * c2;
  formula.CovarianceFactor = 1.0;
  if (m_UsedSampleCovariance)
  {
    double voxels = 1.0;
    for (const SizeValueType length : m_UsedKernelSize)
    {
      voxels *= static_cast<double>(length);
    }
    formula.CovarianceFactor = voxels / (voxels - 1.0);
  }
  formula.Masked = masked3D ? !m_WeightedMean : this->GetMaskImage() != nullptr;
  formula.Weighted = masked3D;
  formula.Epsilon = m_Epsilon;
  formula.MapEpsilon = masked3D && m_EpsilonInMap ? m_Epsilon : 0.0;
  formula.Exponent = 1.0;
  formula.NonNegative = m_Variant == VariantEnum::MultiScale;
  return formula;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
auto
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::IndexFrom(
  const IndexType & start, SizeValueType x, SizeValueType y, SizeValueType z) -> IndexType
{
  const SizeArray position{ { x, y, z } };
  IndexType       index = start;
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    index[axis] += static_cast<IndexValueType>(position[axis]);
  }
  return index;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
auto
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::MakeReader(
  const MaskImageType * mask) const -> EngineType::ReadFunction
{
  const ReferenceImageType * reference = this->GetReferenceImage();
  const SyntheticImageType * synthetic = this->GetSyntheticImage();
  const IndexType            start = reference->GetLargestPossibleRegion().GetIndex();
  // NaN stays where it is: what is outside the mask is replaced later, whatever it is.
  return [start, reference, synthetic, mask](SizeValueType x,
                                             SizeValueType y,
                                             SizeValueType z,
                                             SizeValueType count,
                                             double *      referenceRow,
                                             double *      syntheticRow,
                                             double *      insideRow) {
    const auto index = IndexFrom(start, x, y, z);
    const auto readRow = [&index, count](const auto * image, double * row, const auto & convert) {
      const auto * const pixels = image->GetBufferPointer() + image->ComputeOffset(index);
      for (SizeValueType i = 0; i < count; ++i)
      {
        row[i] = convert(pixels[i]);
      }
#if defined(__GNUC__)
      // The next row is wanted next, and those of so many slices are beyond what a processor foresees.
      constexpr SizeValueType step = 64 / sizeof(*pixels);
      for (SizeValueType i = 0; i < count; i += step)
      {
        __builtin_prefetch(pixels + image->GetOffsetTable()[1] + i);
      }
#endif
    };
    const auto toDouble = [](auto pixel) { return static_cast<double>(pixel); };
    if (referenceRow)
    {
      readRow(reference, referenceRow, toDouble);
    }
    if (syntheticRow)
    {
      readRow(synthetic, syntheticRow, toDouble);
    }
    if (insideRow && !mask)
    {
      std::fill(insideRow, insideRow + count, 1.0);
    }
    else if (insideRow)
    {
      readRow(mask, insideRow, [](auto pixel) {
        return Math::NotExactlyEquals(pixel, NumericTraits<decltype(pixel)>::ZeroValue()) ? 1.0 : 0.0;
      });
    }
  };
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
auto
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::MakeWriter(
  OutputImageType * output, const GridType & grid, const SizeArray & size) const -> EngineType::WriteFunction
{
  output->SetBufferedRegion(output->GetRequestedRegion());
  output->Allocate();
  SizeArray before{};
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    before[axis] = (grid[axis].Size - size[axis]) / 2;
  }
  const IndexType start = output->GetLargestPossibleRegion().GetIndex();
  return [start, before, size, output](
           SizeValueType x, SizeValueType y, SizeValueType z, SizeValueType count, const double * values) {
    // The grid can be larger than the image.
    if (y < before[1] || y >= before[1] + size[1] || z < before[2] || z >= before[2] + size[2])
    {
      return;
    }
    const SizeValueType begin = std::max(x, before[0]);
    const SizeValueType end = std::min(x + count, before[0] + size[0]);
    if (begin < end)
    {
      const auto index = IndexFrom(start, begin - before[0], y - before[1], z - before[2]);
      auto *     pixels = output->GetBufferPointer() + output->ComputeOffset(index);
      std::transform(values + (begin - x), values + (end - x), pixels, [](double value) {
        return static_cast<typename OutputImageType::PixelType>(value);
      });
    }
  };
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::ComputeRemarks()
{
  m_Remarks.clear();
  const auto add = [this](const std::string & remark) {
    m_Remarks.push_back(remark);
    if (m_WarnOfRemarks)
    {
      itkSyntheticCTWarningMacro(remark);
    }
  };
  if (!this->IsIntensityFree() && m_DataRange != 0.0 && m_DataRange != m_UsedDataRange)
  {
    std::ostringstream remark;
    remark << "DataRange is " << m_DataRange << " but not used: " << m_Variant << " has its own, " << m_UsedDataRange;
    add(remark.str());
  }
  if (this->IsIntensityFree() && !m_RescaleIntensity)
  {
    return;
  }
  const auto &                   region = this->GetReferenceImage()->GetLargestPossibleRegion();
  SyntheticCTDetail::ValueSurvey reference;
  SyntheticCTDetail::ValueSurvey synthetic;
  SyntheticCTDetail::SurveyValues(this->GetReferenceImage(), this->GetMaskImage(), region, reference);
  SyntheticCTDetail::SurveyValues(this->GetSyntheticImage(), this->GetMaskImage(), region, synthetic);
  const std::string remark = SyntheticCTDetail::NormalizedImagesRemark(reference, synthetic);
  if (!remark.empty())
  {
    add(remark);
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::RunMasked3D(
  const GridType &                  grid,
  const EngineType::Mapping &       mapping,
  const EngineType::WriteFunction & write,
  const EngineType::WriteFunction & writeWeights)
{
  // The shares of the progress add up to less than 1: a sum that rounding takes beyond it would begin at 0 again.
  const EngineType      engine(this);
  const auto            formula = this->ComputeFormula();
  const MaskImageType * mask = this->GetMaskImage();
  const bool            both = mask != nullptr && m_ComputeGlobal;
  const float           weight = both ? 0.49F : 0.98F;
  const auto            valueOf = [](const EngineType::Sums & sums) { return sums.Masked / sums.MaskedWeight; };
  const double          value =
    valueOf(engine.ComputeSimilarity(grid, mapping, formula, this->MakeReader(mask), write, writeWeights, weight));
  double global = mask ? std::numeric_limits<double>::quiet_NaN() : value;
  if (both)
  {
    global =
      valueOf(engine.ComputeSimilarity(grid, mapping, formula, this->MakeReader(nullptr), nullptr, nullptr, weight));
  }
  m_NumberOfVoxels = this->CountVoxels();
  m_LevelValues.push_back(m_NumberOfVoxels > 0 ? value : std::numeric_limits<double>::quiet_NaN());
  m_LevelGlobalValues.push_back(global);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::RunMultiScale(
  GridType                          grid,
  EngineType::Mapping               mapping,
  const EngineType::WriteFunction & write,
  const EngineType::WriteFunction & writeWeights)
{
  constexpr double          infinity = std::numeric_limits<double>::infinity();
  const EngineType          engine(this);
  auto                      formula = this->ComputeFormula();
  const std::array<bool, 3> halved{ { true, true, ImageDimension == 3 } };
  EngineType::ReadFunction  read = this->MakeReader(this->GetMaskImage());
  EngineType::Volume        volume;
  float                     progress = 0.7F;
  for (size_t level = 0; level < m_UsedLevelWeights.size(); ++level)
  {
    const bool isFirst = level == 0;
    formula.Exponent = m_UsedLevelWeights[level];
    this->AddLevel(engine.ComputeSimilarity(
      grid, mapping, formula, read, isFirst ? write : nullptr, isFirst ? writeWeights : nullptr, progress));
    if (level + 1 < m_UsedLevelWeights.size())
    {
      volume = engine.Halve(grid, halved, mapping, read, 0.2F * progress);
      read = volume.GetReadFunction();
      grid = this->ComputeGrid(volume.Size);
      mapping = { -infinity, infinity, 1.0, 0.0, false };
      progress *= 0.125F;
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::GenerateData()
{
  m_HasResults = false;
  this->ComputeDefinition();
  m_LevelValues.clear();
  m_LevelGlobalValues.clear();
  const bool multiScale = m_Variant == VariantEnum::MultiScale;
  m_UsedLevelWeights = multiScale ? m_LevelWeights : std::vector<double>{ 1.0 };
  m_StructuralSimilarity = std::numeric_limits<double>::quiet_NaN();
  m_GlobalStructuralSimilarity = std::numeric_limits<double>::quiet_NaN();
  m_NumberOfVoxels = 0;
  SizeArray size{ { 1, 1, 1 } };
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    size[axis] = this->GetReferenceImage()->GetLargestPossibleRegion().GetSize(axis);
    m_UsedKernelSize[axis] = this->ComputeKernel(size[axis]).size();
  }
  this->ComputeRemarks();

  const GridType            grid = this->ComputeGrid(size);
  EngineType::WriteFunction write;
  EngineType::WriteFunction writeWeights;
  if (m_ComputeMap)
  {
    write = this->MakeWriter(this->GetOutput(), grid, size);
  }
  if (m_ComputeWeights)
  {
    writeWeights = this->MakeWriter(this->GetWeights(), grid, size);
  }
  const MaskImageType *     mask = this->GetMaskImage();
  const bool                masked3D = m_Variant == VariantEnum::Masked3D;
  const EngineType::Mapping mapping{ m_UsedWindowMinimum,
                                     m_UsedWindowMaximum,
                                     m_IntensityScale,
                                     m_IntensityOffset,
                                     masked3D || (mask && !this->IsIntensityFree()) };
  if (masked3D)
  {
    this->RunMasked3D(grid, mapping, write, writeWeights);
  }
  else if (multiScale)
  {
    this->RunMultiScale(grid, mapping, write, writeWeights);
  }
  else
  {
    this->AddLevel(EngineType(this).ComputeSimilarity(
      grid, mapping, this->ComputeFormula(), this->MakeReader(mask), write, writeWeights, 0.98F));
  }

  const auto productOf = [](const std::vector<double> & values) {
    double product = 1.0;
    for (const double value : values)
    {
      product *= std::clamp(value, 0.0, 1.0);
    }
    return product;
  };
  m_StructuralSimilarity = multiScale ? productOf(m_LevelValues) : m_LevelValues[0];
  m_GlobalStructuralSimilarity = multiScale ? productOf(m_LevelGlobalValues) : m_LevelGlobalValues[0];
  this->UpdateProgress(1.0F);
  m_ComputedTime = this->GetOutput()->GetPipelineMTime();
  m_HasResults = true;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::VerifyResults() const
{
  if (!m_HasResults)
  {
    itkSyntheticCTExceptionMacro("there are no results: Update() should be called before they are asked for.");
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
const std::string &
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::GetRemark(
  SizeValueType i) const
{
  this->VerifyResults();
  if (i >= m_Remarks.size())
  {
    itkSyntheticCTExceptionMacro("there is no remark with index " << i << ": there are " << m_Remarks.size() << '.');
  }
  return m_Remarks[i];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
double
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::
  GetLevelStructuralSimilarity(unsigned int level) const
{
  return this->ElementOf(m_LevelValues, level);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
double
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::
  GetLevelGlobalStructuralSimilarity(unsigned int level) const
{
  return this->ElementOf(m_LevelGlobalValues, level);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
double
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::GetLevelWeight(
  unsigned int level) const
{
  return this->ElementOf(m_UsedLevelWeights, level);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
double
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::ElementOf(
  const std::vector<double> & values, unsigned int level) const
{
  this->VerifyResults();
  if (level >= values.size())
  {
    itkSyntheticCTExceptionMacro("There is no level " << level << ": the number of levels is " << values.size() << '.');
  }
  return values[level];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
SizeValueType
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::GetUsedKernelSize(
  unsigned int axis) const
{
  this->VerifyResults();
  if (axis >= ImageDimension)
  {
    itkSyntheticCTExceptionMacro("There is no axis " << axis << ": the images have " << ImageDimension << " axes.");
  }
  return m_UsedKernelSize[axis];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::PrintSelf(
  std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "Variant: " << m_Variant << std::endl;
  os << indent << "RescaleIntensity: " << (m_RescaleIntensity ? "On" : "Off") << std::endl;
  os << indent << "WindowMinimum: " << m_WindowMinimum << std::endl;
  os << indent << "WindowMaximum: " << m_WindowMaximum << std::endl;
  os << indent << "OutputMinimum: " << m_OutputMinimum << std::endl;
  os << indent << "OutputMaximum: " << m_OutputMaximum << std::endl;
  os << indent << "Clip: " << (m_Clip ? "On" : "Off") << std::endl;
  os << indent << "DataRange: " << m_DataRange << std::endl;
  os << indent << "K1: " << m_K1 << std::endl;
  os << indent << "K2: " << m_K2 << std::endl;
  os << indent << "Epsilon: " << m_Epsilon << std::endl;
  os << indent << "EpsilonInMap: " << (m_EpsilonInMap ? "On" : "Off") << std::endl;
  os << indent << "ComputeGlobal: " << (m_ComputeGlobal ? "On" : "Off") << std::endl;
  os << indent << "ComputeMap: " << (m_ComputeMap ? "On" : "Off") << std::endl;
  os << indent << "ComputeWeights: " << (m_ComputeWeights ? "On" : "Off") << std::endl;
  os << indent << "WeightedMean: " << (m_WeightedMean ? "On" : "Off") << std::endl;
  os << indent << "KernelSize: " << m_KernelSize << std::endl;
  os << indent << "KernelSigma: " << m_KernelSigma << std::endl;
  os << indent << "Covariance: " << m_Covariance << std::endl;
  os << indent << "LevelWeights:";
  for (const double weight : m_LevelWeights)
  {
    os << ' ' << weight;
  }
  os << std::endl;
  os << indent << "MultiScaleMinimum: " << m_MultiScaleMinimum << std::endl;
  os << indent << "MultiScaleMaximum: " << m_MultiScaleMaximum << std::endl;
  os << indent << "WarnOfRemarks: " << (m_WarnOfRemarks ? "On" : "Off") << std::endl;
  os << indent << "HasResults: " << (m_HasResults ? "Yes" : "No") << std::endl;
  if (!m_HasResults)
  {
    return;
  }
  os << indent << "NumberOfRemarks: " << m_Remarks.size() << std::endl;
  for (const std::string & remark : m_Remarks)
  {
    os << indent << "Remark: " << remark << std::endl;
  }
  os << indent << "StructuralSimilarity: " << m_StructuralSimilarity << std::endl;
  os << indent << "GlobalStructuralSimilarity: " << m_GlobalStructuralSimilarity << std::endl;
  os << indent << "NumberOfVoxels: " << m_NumberOfVoxels << std::endl;
  os << indent << "NumberOfLevels: " << m_LevelValues.size() << std::endl;
  for (size_t level = 0; level < m_LevelValues.size(); ++level)
  {
    os << indent << "Level " << level << ": " << m_LevelValues[level] << ", global " << m_LevelGlobalValues[level]
       << std::endl;
  }
  os << indent << "IntensityScale: " << m_IntensityScale << std::endl;
  os << indent << "IntensityOffset: " << m_IntensityOffset << std::endl;
  os << indent << "UsedWindowMinimum: " << m_UsedWindowMinimum << std::endl;
  os << indent << "UsedWindowMaximum: " << m_UsedWindowMaximum << std::endl;
  os << indent << "UsedDataRange: " << m_UsedDataRange << std::endl;
  os << indent << "UsedKernelSize:";
  for (const SizeValueType size : m_UsedKernelSize)
  {
    os << ' ' << size;
  }
  os << std::endl;
  os << indent << "UsedKernelSigma: " << m_UsedKernelSigma << std::endl;
  os << indent << "UsedSampleCovariance: " << (m_UsedSampleCovariance ? "On" : "Off") << std::endl;
}

} // namespace itk

#endif
