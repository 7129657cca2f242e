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
#include "SyntheticCTDetail/itkPixelConversion.h"

#include <algorithm>
#include <cmath>
#include <numeric>
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
    itkExceptionMacro("Variant is " << m_Variant
                                    << " but should be Masked3D, Uniform7, Gaussian, SynthRAD2023 or MultiScale.");
  }
  if (!(m_WindowMinimum < m_WindowMaximum) || !std::isfinite(m_WindowMaximum - m_WindowMinimum))
  {
    itkExceptionMacro("WindowMinimum is " << m_WindowMinimum << " and WindowMaximum " << m_WindowMaximum
                                          << " but they should be numbers and the minimum the smaller.");
  }
  if (!(m_OutputMinimum < m_OutputMaximum) || !std::isfinite(m_OutputMaximum - m_OutputMinimum))
  {
    itkExceptionMacro("OutputMinimum is " << m_OutputMinimum << " and OutputMaximum " << m_OutputMaximum
                                          << " but they should be numbers and the minimum the smaller.");
  }
  if (!(m_DataRange >= 0.0) || std::isinf(m_DataRange))
  {
    itkExceptionMacro("DataRange is " << m_DataRange << " but should be a number larger than 0, or 0 for that of the "
                                      << "mapped intensities.");
  }
  if (m_DataRange == 0.0 && !m_RescaleIntensity && this->IsIntensityFree())
  {
    itkExceptionMacro("DataRange should be set, such as to 4000, when RescaleIntensity is off.");
  }
  const auto verifyPositive = [this](const char * name, double value) {
    if (!(value > 0.0) || std::isinf(value))
    {
      itkExceptionMacro(<< name << " is " << value << " but should be a number larger than 0.");
    }
  };
  verifyPositive("K1", m_K1);
  verifyPositive("K2", m_K2);
  verifyPositive("Epsilon", m_Epsilon);
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
    itkExceptionMacro("ReferenceImage has no voxels: its size is " << region.GetSize() << '.');
  }
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(
    this, this->GetReferenceImage(), this->GetSyntheticImage(), "SyntheticImage");
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(
    this, this->GetReferenceImage(), this->GetMaskImage(), "MaskImage");

  if (m_Variant == VariantEnum::Masked3D || m_Variant == VariantEnum::MultiScale)
  {
    return;
  }
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    const SizeValueType window = this->ComputeWindow(region.GetSize(axis)).size();
    if (region.GetSize(axis) < window)
    {
      itkExceptionMacro("ReferenceImage has size " << region.GetSize() << " but the window of " << m_Variant << " has "
                                                   << window << " voxels per axis.");
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
  if (m_ComputeMap || m_ComputedTime < output->GetPipelineMTime())
  {
    Superclass::UpdateOutputData(output);
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
    m_UsedDataRange = m_DataRange > 0.0 ? m_DataRange : range;
  }
  else
  {
    m_IntensityScale = 1.0;
    m_IntensityOffset = 1024.0;
    m_UsedWindowMinimum = -1024.0;
    m_UsedWindowMaximum = m_Variant == VariantEnum::MultiScale ? 3071.0 : 3000.0;
    m_UsedDataRange = m_UsedWindowMaximum - m_UsedWindowMinimum;
  }
  m_UsedKernelSigma = m_Variant == VariantEnum::Masked3D || m_Variant == VariantEnum::Gaussian ? 1.5 : 0.0;
  m_UsedSampleCovariance = m_Variant != VariantEnum::Masked3D;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
std::vector<double>
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::ComputeWindow(
  SizeValueType size) const
{
  if (m_Variant != VariantEnum::Masked3D && m_Variant != VariantEnum::Gaussian)
  {
    return std::vector<double>(7, 1.0 / 7.0);
  }
  SizeValueType count = 11;
  if (m_Variant == VariantEnum::Masked3D)
  {
    count = std::max<SizeValueType>(3, std::min<SizeValueType>(count, size));
    count -= count % 2 == 0 ? 1 : 0;
  }
  const double        sigma = 1.5;
  std::vector<double> window(count);
  double              sum = 0.0;
  for (SizeValueType i = 0; i < count; ++i)
  {
    const double distance = static_cast<double>(i) - 0.5 * static_cast<double>(count - 1);
    window[i] = std::exp(-distance * distance / (2.0 * sigma * sigma));
    sum += window[i];
  }
  for (double & weight : window)
  {
    weight /= sum;
  }
  return window;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
auto
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::ComputeGrid(
  const std::array<SizeValueType, 3> & size) const -> GridType
{
  // From the 97th voxel on there are five levels of 7 or more.
  constexpr SizeValueType smallest = 97;
  const bool              masked3D = m_Variant == VariantEnum::Masked3D;
  GridType                grid;
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    const std::vector<double> window = this->ComputeWindow(size[axis]);
    const bool                pad = m_Variant == VariantEnum::MultiScale && m_LevelValues.empty();
    grid[axis] = EngineType::Axis(size[axis],
                                  pad ? std::max(size[axis], smallest) : size[axis],
                                  window,
                                  masked3D ? EngineType::Border::Zero : EngineType::Border::Mirror,
                                  masked3D ? 0 : window.size() / 2);
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
void
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::GenerateData()
{
  constexpr double           infinity = std::numeric_limits<double>::infinity();
  const ReferenceImageType * reference = this->GetReferenceImage();
  const SyntheticImageType * synthetic = this->GetSyntheticImage();
  const MaskImageType *      mask = this->GetMaskImage();
  const auto &               region = reference->GetLargestPossibleRegion();

  this->ComputeDefinition();
  m_LevelValues.clear();
  m_LevelGlobalValues.clear();
  m_LevelWeights.clear();
  m_StructuralSimilarity = std::numeric_limits<double>::quiet_NaN();
  m_GlobalStructuralSimilarity = std::numeric_limits<double>::quiet_NaN();
  m_NumberOfVoxels = 0;
  std::array<SizeValueType, 3> size{ { 1, 1, 1 } };
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    size[axis] = region.GetSize(axis);
    m_UsedKernelSize[axis] = this->ComputeWindow(size[axis]).size();
  }

  const auto indexOf = [&region](SizeValueType x, SizeValueType y, SizeValueType z) {
    const std::array<SizeValueType, 3>     position{ { x, y, z } };
    typename ReferenceImageType::IndexType index = region.GetIndex();
    for (unsigned int axis = 0; axis < ImageDimension; ++axis)
    {
      index[axis] += static_cast<IndexValueType>(position[axis]);
    }
    return index;
  };
  // NaN stays where it is: what is outside the mask is replaced later, whatever it is.
  const auto readerFor = [&](const MaskImageType * usedMask) -> EngineType::ReadFunction {
    return [=](SizeValueType x,
               SizeValueType y,
               SizeValueType z,
               SizeValueType count,
               double *      referenceRow,
               double *      syntheticRow,
               double *      insideRow) {
      const auto index = indexOf(x, y, z);
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
      if (insideRow && !usedMask)
      {
        std::fill(insideRow, insideRow + count, 1.0);
      }
      else if (insideRow)
      {
        readRow(usedMask, insideRow, [](auto pixel) {
          return Math::NotExactlyEquals(pixel, NumericTraits<decltype(pixel)>::ZeroValue()) ? 1.0 : 0.0;
        });
      }
    };
  };

  GridType                  grid = this->ComputeGrid(size);
  EngineType::WriteFunction write;
  if (m_ComputeMap)
  {
    this->AllocateOutputs();
    OutputImageType *            output = this->GetOutput();
    std::array<SizeValueType, 3> before{};
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      before[axis] = (grid[axis].Size - size[axis]) / 2;
    }
    write = [=](SizeValueType x, SizeValueType y, SizeValueType z, SizeValueType count, const double * values) {
      // The grid can be larger than the image.
      if (y < before[1] || y >= before[1] + size[1] || z < before[2] || z >= before[2] + size[2])
      {
        return;
      }
      const SizeValueType begin = std::max(x, before[0]);
      const SizeValueType end = std::min(x + count, before[0] + size[0]);
      if (begin < end)
      {
        const auto index = indexOf(begin - before[0], y - before[1], z - before[2]);
        auto *     pixels = output->GetBufferPointer() + output->ComputeOffset(index);
        std::transform(values + (begin - x), values + (end - x), pixels, [](double value) {
          return static_cast<typename OutputImageType::PixelType>(value);
        });
      }
    };
  }

  const bool          masked3D = m_Variant == VariantEnum::Masked3D;
  EngineType::Mapping mapping{ m_UsedWindowMinimum,
                               m_UsedWindowMaximum,
                               m_IntensityScale,
                               m_IntensityOffset,
                               masked3D || (mask && !this->IsIntensityFree()) };
  EngineType::Formula formula;
  const double        c1 = m_K1 * m_UsedDataRange;
  const double        c2 = m_K2 * m_UsedDataRange;
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
  formula.Masked = mask != nullptr && !masked3D;
  formula.Weighted = masked3D;
  formula.Epsilon = m_Epsilon;
  formula.MapEpsilon = masked3D && m_EpsilonInMap ? m_Epsilon : 0.0;
  formula.Exponent = 1.0;
  m_LevelWeights.assign(1, formula.Exponent);

  // The shares of the progress add up to less than 1: a sum that rounding takes beyond it would begin at 0 again.
  const EngineType engine(this);
  if (masked3D)
  {
    const bool   both = mask != nullptr && m_ComputeGlobal;
    const float  weight = both ? 0.49F : 0.98F;
    const auto   valueOf = [](const EngineType::Sums & sums) { return sums.Masked / sums.MaskedWeight; };
    const double value = valueOf(engine.ComputeSimilarity(grid, mapping, formula, readerFor(mask), write, weight));
    double       global = mask ? std::numeric_limits<double>::quiet_NaN() : value;
    if (both)
    {
      global = valueOf(engine.ComputeSimilarity(grid, mapping, formula, readerFor(nullptr), nullptr, weight));
    }
    m_NumberOfVoxels = this->CountVoxels();
    m_LevelValues.push_back(m_NumberOfVoxels > 0 ? value : std::numeric_limits<double>::quiet_NaN());
    m_LevelGlobalValues.push_back(global);
  }
  else if (m_Variant != VariantEnum::MultiScale)
  {
    this->AddLevel(engine.ComputeSimilarity(grid, mapping, formula, readerFor(mask), write, 0.98F));
  }
  else
  {
    m_LevelWeights = { 0.0448, 0.2856, 0.3001, 0.2363, 0.1333 };
    const std::array<bool, 3> halved{ { true, true, ImageDimension == 3 } };
    EngineType::ReadFunction  read = readerFor(mask);
    EngineType::Volume        volume;
    float                     progress = 0.7F;
    for (size_t level = 0; level < m_LevelWeights.size(); ++level)
    {
      formula.Exponent = m_LevelWeights[level];
      this->AddLevel(engine.ComputeSimilarity(grid, mapping, formula, read, level == 0 ? write : nullptr, progress));
      if (level + 1 < m_LevelWeights.size())
      {
        volume = engine.Halve(grid, halved, mapping, read, 0.2F * progress);
        read = volume.GetReadFunction();
        grid = this->ComputeGrid(volume.Size);
        mapping = { -infinity, infinity, 1.0, 0.0, false };
        progress *= 0.125F;
      }
    }
  }

  const auto productOf = [](const std::vector<double> & values) {
    double product = 1.0;
    for (const double value : values)
    {
      product *= std::clamp(value, 0.0, 1.0);
    }
    return product;
  };
  const bool multiScale = m_Variant == VariantEnum::MultiScale;
  m_StructuralSimilarity = multiScale ? productOf(m_LevelValues) : m_LevelValues[0];
  m_GlobalStructuralSimilarity = multiScale ? productOf(m_LevelGlobalValues) : m_LevelGlobalValues[0];
  this->UpdateProgress(1.0F);
  m_ComputedTime = this->GetOutput()->GetPipelineMTime();
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
  return this->ElementOf(m_LevelWeights, level);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
double
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::ElementOf(
  const std::vector<double> & values, unsigned int level) const
{
  if (level >= values.size())
  {
    itkExceptionMacro("There is no level " << level << ": the number of levels is " << values.size() << '.');
  }
  return values[level];
}

template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TOutputImage>
SizeValueType
MaskedStructuralSimilarityImageFilter<TReferenceImage, TSyntheticImage, TMaskImage, TOutputImage>::GetUsedKernelSize(
  unsigned int axis) const
{
  if (axis >= ImageDimension)
  {
    itkExceptionMacro("There is no axis " << axis << ": the images have " << ImageDimension << " axes.");
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
  os << indent << "StructuralSimilarity: " << m_StructuralSimilarity << std::endl;
  os << indent << "GlobalStructuralSimilarity: " << m_GlobalStructuralSimilarity << std::endl;
  os << indent << "NumberOfVoxels: " << m_NumberOfVoxels << std::endl;
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
