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
#ifndef itkHeadPhantomImageSource_hxx
#define itkHeadPhantomImageSource_hxx

#include "itkHeadPhantomImageSource.h"

#include "itkContinuousIndex.h"
#include "itkGaussianOperator.h"
#include "itkImageScanlineIterator.h"
#include "itkNeighborhoodOperatorImageFilter.h"
#include "itkTotalProgressReporter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

namespace itk
{

template <typename TOutputImage>
HeadPhantomImageSource<TOutputImage>::HeadPhantomImageSource()
{
  m_SampleExtent.Fill(0.0);
  this->SetNumberOfRequiredOutputs(1);
  for (DataObjectPointerArraySizeType i = 0; i < 8; ++i)
  {
    this->SetNthOutput(i, this->MakeOutput(i));
  }
  typename OutputImageType::SizeType size;
  size[0] = 181;
  size[1] = 217;
  size[2] = 181;
  this->SetSize(size);
  this->CenterGrid();
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::MakeOutput(DataObjectPointerArraySizeType index) -> DataObjectPointer
{
  if (index < 4)
  {
    return OutputImageType::New().GetPointer();
  }
  return LabelImageType::New().GetPointer();
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::CenterGrid()
{
  Vector<double, ImageDimension> half;
  for (unsigned int i = 0; i < ImageDimension; ++i)
  {
    const double last = static_cast<double>(this->GetSize()[i]) - 1.0;
    half[i] = (static_cast<double>(this->GetStartIndex()[i]) + 0.5 * last) * this->GetSpacing()[i];
  }
  const auto offset = this->GetDirection() * half;
  PointType  origin;
  for (unsigned int i = 0; i < ImageDimension; ++i)
  {
    origin[i] = -offset[i];
  }
  this->SetOrigin(origin);
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::GetMR() -> OutputImageType *
{
  return this->GetOutput(0);
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::GetCT() -> OutputImageType *
{
  return this->GetOutput(1);
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::GetContrastCT() -> OutputImageType *
{
  return this->GetOutput(2);
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::GetVirtualNonContrastCT() -> OutputImageType *
{
  return this->GetOutput(3);
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::GetLabels(DataObjectPointerArraySizeType index) -> LabelImageType *
{
  return dynamic_cast<LabelImageType *>(this->ProcessObject::GetOutput(index));
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::GetTissueLabels() -> LabelImageType *
{
  return this->GetLabels(4);
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::GetStructureLabels() -> LabelImageType *
{
  return this->GetLabels(5);
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::GetBoneMask() -> LabelImageType *
{
  return this->GetLabels(6);
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::GetBodyMask() -> LabelImageType *
{
  return this->GetLabels(7);
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  const auto check = [this](const char * name, double value, double lower, double upper) {
    // Not a number fails as well.
    if (!(value >= lower && value <= upper))
    {
      itkExceptionMacro(<< name << " is " << value << " and must be between " << lower << " and " << upper << '.');
    }
  };
  check("BiasFieldStrength", m_BiasFieldStrength, 0.0, 2.0);
  check("NoiseLevel", m_NoiseLevel, 0.0, 1.0);
  check("Resolution", m_Resolution, 0.0, 20.0);
  check("CTResolution", m_CTResolution, 0.0, 20.0);
  check("CTNoise", m_CTNoise, 0.0, 1000.0);
  check("VirtualNonContrastBoneFactor", m_VirtualNonContrastBoneFactor, 0.0, 1.0);
  check("Supersampling", m_Supersampling, 1.0, 3.0);
  check("Contrast", static_cast<double>(m_Contrast), 0.0, static_cast<double>(ContrastEnum::Random));
  for (unsigned int i = 0; i < ImageDimension; ++i)
  {
    check("SampleExtent", m_SampleExtent[i], 0.0, 1000.0);
    if (!this->GetUseReferenceImage())
    {
      check("Size", static_cast<double>(this->GetSize()[i]), 1.0, 65536.0);
      check("Spacing", this->GetSpacing()[i], 1e-3, 1e3);
    }
  }
  if (this->GetUseReferenceImage() && this->GetReferenceImage() == nullptr)
  {
    itkExceptionMacro("UseReferenceImage is on and no ReferenceImage is set.");
  }
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::GenerateOutputInformation()
{
  // The outputs are of two types, so the superclass's way of reaching all of them does not serve.
  const auto * reference = this->GetUseReferenceImage() ? this->GetReferenceImage() : nullptr;
  for (DataObjectPointerArraySizeType i = 0; i < this->GetNumberOfIndexedOutputs(); ++i)
  {
    auto * output = dynamic_cast<ImageBase<ImageDimension> *>(this->ProcessObject::GetOutput(i));
    if (output == nullptr)
    {
      continue;
    }
    if (reference != nullptr)
    {
      output->CopyInformation(reference);
      continue;
    }
    output->SetLargestPossibleRegion(RegionType(this->GetStartIndex(), this->GetSize()));
    output->SetSpacing(this->GetSpacing());
    output->SetOrigin(this->GetOrigin());
    output->SetDirection(this->GetDirection());
  }
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::NewRealImage() -> typename RealImageType::Pointer
{
  const auto image = RealImageType::New();
  image->CopyInformation(this->GetOutput(0));
  image->SetRegions(this->GetOutput(0)->GetLargestPossibleRegion());
  image->Allocate();
  return image;
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::Blur(typename RealImageType::Pointer image, double width) const ->
  typename RealImageType::Pointer
{
  const double sigma = width / (2.0 * std::sqrt(2.0 * std::log(2.0)));
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    const double voxels = sigma / image->GetSpacing()[axis];
    // Below this the kernel is a single one within its accuracy.
    if (voxels < 0.1)
    {
      continue;
    }
    GaussianOperator<float, ImageDimension> kernel;
    kernel.SetDirection(axis);
    kernel.SetVariance(voxels * voxels);
    kernel.SetMaximumError(0.005);
    kernel.SetMaximumKernelWidth(127);
    kernel.CreateDirectional();
    const auto filter = NeighborhoodOperatorImageFilter<RealImageType, RealImageType, float>::New();
    filter->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
    filter->SetOperator(kernel);
    filter->SetInput(image);
    filter->Update();
    image = filter->GetOutput();
    image->DisconnectPipeline();
  }
  return image;
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::GenerateData()
{
  using Sample = HeadPhantomAnatomy::Sample;

  for (DataObjectPointerArraySizeType i = 0; i < 8; ++i)
  {
    auto * output = dynamic_cast<ImageBase<ImageDimension> *>(this->ProcessObject::GetOutput(i));
    output->SetBufferedRegion((i == 2 || i == 3) && !m_ComputeContrastPair ? RegionType()
                                                                           : output->GetLargestPossibleRegion());
    output->Allocate();
  }

  const HeadPhantomAnatomy  anatomy(m_Seed, m_RandomizeAnatomy, m_RandomizePose);
  const HeadPhantomContrast contrast(
    m_ContrastSeed == 0 ? m_Seed ^ 0x9E3779B97F4A7C15ULL : m_ContrastSeed, m_Contrast, m_RandomizeContrast);

  OutputImageType * const grid = this->GetMR();
  const RegionType        region = grid->GetLargestPossibleRegion();
  LabelImageType * const  tissues = this->GetTissueLabels();
  LabelImageType * const  structures = this->GetStructureLabels();
  LabelImageType * const  bone = this->GetBoneMask();
  LabelImageType * const  body = this->GetBodyMask();

  auto mr = this->NewRealImage();
  auto ct = this->NewRealImage();
  auto enhancement = m_ComputeContrastPair ? this->NewRealImage() : nullptr;

  const auto physical = [grid](const ContinuousIndex<double, ImageDimension> & index, double * point) {
    PointType p;
    grid->TransformContinuousIndexToPhysicalPoint(index, p);
    for (unsigned int i = 0; i < ImageDimension; ++i)
    {
      point[i] = p[i];
    }
  };

  this->GetMultiThreader()->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());

  // 1. Every voxel's centre, a few neighbours of a row at a time.
  this->GetMultiThreader()->template ParallelizeImageRegion<ImageDimension>(
    region,
    [&](const RegionType & part) {
      TotalProgressReporter                 progress(this, region.GetNumberOfPixels(), 100, 0.4F);
      std::array<double, 3 * Self::Batch>   points;
      std::array<Sample, Self::Batch>       samples;
      ImageScanlineIterator<LabelImageType> row(tissues, part);
      const auto                            length = part.GetSize(0);
      for (; !row.IsAtEnd(); row.NextLine())
      {
        const IndexType       start = row.GetIndex();
        const OffsetValueType first = tissues->ComputeOffset(start);
        for (SizeValueType x = 0; x < length; x += Self::Batch)
        {
          const size_t                            count = std::min<SizeValueType>(Self::Batch, length - x);
          ContinuousIndex<double, ImageDimension> index(start);
          for (size_t i = 0; i < count; ++i)
          {
            index[0] = static_cast<double>(start[0]) + static_cast<double>(x + i);
            physical(index, points.data() + 3 * i);
          }
          anatomy.Evaluate(points.data(), count, samples.data());
          for (size_t i = 0; i < count; ++i)
          {
            const Sample &        sample = samples[i];
            const OffsetValueType voxel = first + static_cast<OffsetValueType>(x + i);
            const bool            isBone = sample.Tissue == HeadPhantomTissueEnum::CorticalBone ||
                                sample.Tissue == HeadPhantomTissueEnum::Marrow ||
                                sample.Tissue == HeadPhantomTissueEnum::Tooth;
            tissues->GetBufferPointer()[voxel] = static_cast<unsigned char>(sample.Tissue);
            structures->GetBufferPointer()[voxel] = static_cast<unsigned char>(sample.Structure);
            bone->GetBufferPointer()[voxel] = isBone ? 1 : 0;
            body->GetBufferPointer()[voxel] = sample.Tissue != HeadPhantomTissueEnum::Air ? 1 : 0;
            mr->GetBufferPointer()[voxel] = contrast.Signal(sample);
            ct->GetBufferPointer()[voxel] = sample.HU;
            if (enhancement)
            {
              enhancement->GetBufferPointer()[voxel] = sample.Enhancement;
            }
          }
        }
        progress.Completed(length);
      }
    },
    nullptr);

  // 2. Partial volumes.
  const size_t side = m_Supersampling;
  const size_t perVoxel = side * side * side;
  if (side > 1)
  {
    std::vector<std::array<double, ImageDimension>> shifts;
    for (size_t i = 0; i < perVoxel; ++i)
    {
      const std::array<size_t, ImageDimension> cell{ { i % side, (i / side) % side, i / (side * side) } };
      std::array<double, ImageDimension>       shift;
      for (unsigned int axis = 0; axis < ImageDimension; ++axis)
      {
        const double extent = m_SampleExtent[axis] > 0.0 ? m_SampleExtent[axis] / grid->GetSpacing()[axis] : 1.0;
        shift[axis] = extent * ((static_cast<double>(cell[axis]) + 0.5) / static_cast<double>(side) - 0.5);
      }
      shifts.push_back(shift);
    }
    // Between tissues of like density, and between gray and white matter, the point spread does what partial volumes
    // would.
    std::array<unsigned char, HeadPhantomEnums::NumberOfTissues> kind{};
    for (unsigned char i = 0; i < kind.size(); ++i)
    {
      kind[i] = i;
    }
    kind[static_cast<size_t>(HeadPhantomTissueEnum::WhiteMatter)] =
      static_cast<unsigned char>(HeadPhantomTissueEnum::GrayMatter);
    for (const auto soft : { HeadPhantomTissueEnum::Muscle,
                             HeadPhantomTissueEnum::Skin,
                             HeadPhantomTissueEnum::Cartilage,
                             HeadPhantomTissueEnum::Gland,
                             HeadPhantomTissueEnum::Disc })
    {
      kind[static_cast<size_t>(soft)] = static_cast<unsigned char>(HeadPhantomTissueEnum::Fat);
    }
    const auto              isMixed = [kind](unsigned char a, unsigned char b) { return kind[a] != kind[b]; };
    const size_t            together = Self::Capacity / perVoxel;
    const OffsetValueType * table = tissues->GetOffsetTable();
    this->GetMultiThreader()->template ParallelizeImageRegion<ImageDimension>(
      region,
      [&](const RegionType & part) {
        TotalProgressReporter                       progress(this, region.GetNumberOfPixels(), 100, 0.5F);
        std::array<double, 3 * Self::Capacity>      points;
        std::array<Sample, Self::Capacity>          samples;
        std::array<OffsetValueType, Self::Capacity> voxels;
        size_t                                      pending = 0;
        const auto                                  flush = [&]() {
          anatomy.Evaluate(points.data(), pending * perVoxel, samples.data());
          for (size_t v = 0; v < pending; ++v)
          {
            double signal = 0.0;
            double hu = 0.0;
            double agent = 0.0;
            for (size_t i = 0; i < perVoxel; ++i)
            {
              const Sample & sample = samples[v * perVoxel + i];
              signal += contrast.Signal(sample);
              hu += sample.HU;
              agent += sample.Enhancement;
            }
            const double share = 1.0 / static_cast<double>(perVoxel);
            mr->GetBufferPointer()[voxels[v]] = static_cast<float>(signal * share);
            ct->GetBufferPointer()[voxels[v]] = static_cast<float>(hu * share);
            if (enhancement)
            {
              enhancement->GetBufferPointer()[voxels[v]] = static_cast<float>(agent * share);
            }
          }
          pending = 0;
        };
        ImageScanlineIterator<LabelImageType> row(tissues, part);
        const auto                            length = part.GetSize(0);
        for (; !row.IsAtEnd(); row.NextLine())
        {
          IndexType             index = row.GetIndex();
          const OffsetValueType first = tissues->ComputeOffset(index);
          const IndexValueType  begin = index[0];
          for (SizeValueType x = 0; x < length; ++x)
          {
            index[0] = begin + static_cast<IndexValueType>(x);
            const OffsetValueType voxel = first + static_cast<OffsetValueType>(x);
            const unsigned char * label = tissues->GetBufferPointer() + voxel;
            bool                  mixed = false;
            for (unsigned int axis = 0; axis < ImageDimension && !mixed; ++axis)
            {
              const IndexValueType position = index[axis] - region.GetIndex(axis);
              mixed = (position > 0 && isMixed(label[-table[axis]], *label)) ||
                      (position + 1 < static_cast<IndexValueType>(region.GetSize(axis)) &&
                       isMixed(label[table[axis]], *label));
            }
            if (!mixed)
            {
              continue;
            }
            for (size_t i = 0; i < perVoxel; ++i)
            {
              ContinuousIndex<double, ImageDimension> at(index);
              for (unsigned int axis = 0; axis < ImageDimension; ++axis)
              {
                at[axis] += shifts[i][axis];
              }
              physical(at, points.data() + 3 * (pending * perVoxel + i));
            }
            voxels[pending++] = voxel;
            if (pending == together)
            {
              flush();
            }
          }
          // Voxels of different rows are too far apart to share their lists of primitives.
          if (pending > 0)
          {
            flush();
          }
          progress.Completed(length);
        }
      },
      nullptr);
  }

  mr = this->Blur(mr, m_Resolution);
  ct = this->Blur(ct, m_CTResolution);
  if (enhancement)
  {
    enhancement = this->Blur(enhancement, m_CTResolution);
  }

  // 3. Bias field and noise.
  const auto toPixel = [](double value) {
    if (std::is_integral<OutputPixelType>::value)
    {
      const double lower = static_cast<double>(std::numeric_limits<OutputPixelType>::lowest());
      const double upper = static_cast<double>(std::numeric_limits<OutputPixelType>::max());
      return static_cast<OutputPixelType>(std::floor(std::min(std::max(value, lower), upper) + 0.5));
    }
    return static_cast<OutputPixelType>(value);
  };
  const double            deviation = 1000.0 * m_NoiseLevel;
  OutputPixelType * const mrOut = grid->GetBufferPointer();
  OutputPixelType * const ctOut = this->GetCT()->GetBufferPointer();
  OutputPixelType * const contrastOut = enhancement ? this->GetContrastCT()->GetBufferPointer() : nullptr;
  OutputPixelType * const virtualOut = enhancement ? this->GetVirtualNonContrastCT()->GetBufferPointer() : nullptr;
  this->GetMultiThreader()->template ParallelizeImageRegion<ImageDimension>(
    region,
    [&](const RegionType & part) {
      TotalProgressReporter                 progress(this, region.GetNumberOfPixels(), 100, 0.1F);
      std::vector<double>                   bias(region.GetSize(0));
      ImageScanlineIterator<LabelImageType> row(tissues, part);
      const auto                            length = part.GetSize(0);
      for (; !row.IsAtEnd(); row.NextLine())
      {
        const IndexType       start = row.GetIndex();
        const OffsetValueType first = tissues->ComputeOffset(start);
        if (m_BiasFieldStrength > 0.0)
        {
          // Rows begin at the same voxel in every division of the grid, so that rounding is the same.
          IndexType origin = start;
          origin[0] = region.GetIndex(0);
          PointType from;
          PointType to;
          grid->TransformIndexToPhysicalPoint(origin, from);
          ++origin[0];
          grid->TransformIndexToPhysicalPoint(origin, to);
          const auto step = to - from;
          contrast.Bias(from.GetDataPointer(), step.GetDataPointer(), bias.size(), bias.data());
        }
        const double * const rowBias = bias.data() + (start[0] - region.GetIndex(0));
        for (SizeValueType x = 0; x < length; ++x)
        {
          const OffsetValueType voxel = first + static_cast<OffsetValueType>(x);
          const auto            number = static_cast<uint64_t>(voxel);
          double                signal = mr->GetBufferPointer()[voxel];
          if (m_BiasFieldStrength > 0.0)
          {
            signal *= std::exp(m_BiasFieldStrength * rowBias[x]);
          }
          if (deviation > 0.0)
          {
            signal = contrast.Rician(static_cast<float>(signal), deviation, number);
          }
          mrOut[voxel] = toPixel(signal);

          const double hu = ct->GetBufferPointer()[voxel];
          // The noise of the CT belongs to the anatomy's seed: another contrast of the MR leaves the CT as it is.
          std::array<double, 2> normal{ { 0.0, 0.0 } };
          std::array<double, 2> twin{ { 0.0, 0.0 } };
          if (m_CTNoise > 0.0)
          {
            normal = HeadPhantomContrast::Normal(m_Seed, number);
          }
          ctOut[voxel] = toPixel(hu + m_CTNoise * normal[0]);
          if (contrastOut != nullptr)
          {
            if (m_CTNoise > 0.0)
            {
              twin = HeadPhantomContrast::Normal(~static_cast<uint64_t>(m_Seed), number);
            }
            const double lowered = hu > 100.0 ? 100.0 + m_VirtualNonContrastBoneFactor * (hu - 100.0) : hu;
            contrastOut[voxel] = toPixel(hu + enhancement->GetBufferPointer()[voxel] + m_CTNoise * normal[1]);
            virtualOut[voxel] = toPixel(lowered + m_CTNoise * twin[0]);
          }
        }
        progress.Completed(length);
      }
    },
    nullptr);
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  const auto onOff = [](bool value) { return value ? "On" : "Off"; };
  os << indent << "Seed: " << m_Seed << std::endl;
  os << indent << "ContrastSeed: " << m_ContrastSeed << std::endl;
  os << indent << "Contrast: " << m_Contrast << std::endl;
  os << indent << "RandomizeAnatomy: " << onOff(m_RandomizeAnatomy) << std::endl;
  os << indent << "RandomizePose: " << onOff(m_RandomizePose) << std::endl;
  os << indent << "RandomizeContrast: " << onOff(m_RandomizeContrast) << std::endl;
  os << indent << "BiasFieldStrength: " << m_BiasFieldStrength << std::endl;
  os << indent << "NoiseLevel: " << m_NoiseLevel << std::endl;
  os << indent << "Resolution: " << m_Resolution << std::endl;
  os << indent << "CTResolution: " << m_CTResolution << std::endl;
  os << indent << "CTNoise: " << m_CTNoise << std::endl;
  os << indent << "VirtualNonContrastBoneFactor: " << m_VirtualNonContrastBoneFactor << std::endl;
  os << indent << "Supersampling: " << m_Supersampling << std::endl;
  os << indent << "SampleExtent: " << m_SampleExtent << std::endl;
  os << indent << "ComputeContrastPair: " << onOff(m_ComputeContrastPair) << std::endl;
}

} // namespace itk

#endif
