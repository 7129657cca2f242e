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

#include "itkGaussianOperator.h"
#include "itkImageScanlineConstIterator.h"
#include "itkImageScanlineIterator.h"
#include "itkNeighborhoodOperatorImageFilter.h"
#include "itkTotalProgressReporter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

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
      itkSyntheticCTExceptionMacro(name << " is " << value << " and must be between " << lower << " and " << upper
                                        << '.');
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
    itkSyntheticCTExceptionMacro("UseReferenceImage is on and no ReferenceImage is set.");
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
HeadPhantomImageSource<TOutputImage>::AllocateOutputs()
{
  for (DataObjectPointerArraySizeType i = 0; i < 8; ++i)
  {
    auto * output = dynamic_cast<ImageBase<ImageDimension> *>(this->ProcessObject::GetOutput(i));
    output->SetBufferedRegion((i == 2 || i == 3) && !m_ComputeContrastPair ? RegionType()
                                                                           : output->GetLargestPossibleRegion());
    output->Allocate();
  }
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::ToPoint(const ContinuousIndex<double, ImageDimension> & index,
                                              double *                                        point) const
{
  PointType p;
  this->GetOutput()->TransformContinuousIndexToPhysicalPoint(index, p);
  for (unsigned int i = 0; i < ImageDimension; ++i)
  {
    point[i] = p[i];
  }
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::SampleCentres(const HeadPhantomAnatomy &  anatomy,
                                                    const HeadPhantomContrast & contrast,
                                                    const Volumes &             volumes)
{
  using Sample = HeadPhantomAnatomy::Sample;
  LabelImageType * const tissues = this->GetTissueLabels();
  unsigned char * const  structures = this->GetStructureLabels()->GetBufferPointer();
  unsigned char * const  bone = this->GetBoneMask()->GetBufferPointer();
  unsigned char * const  body = this->GetBodyMask()->GetBufferPointer();
  float * const          mr = volumes.MR->GetBufferPointer();
  float * const          ct = volumes.CT->GetBufferPointer();
  float * const          enhancement = volumes.Enhancement ? volumes.Enhancement->GetBufferPointer() : nullptr;
  const RegionType       region = tissues->GetLargestPossibleRegion();
  // A few neighbours of a row at a time.
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
            this->ToPoint(index, points.data() + 3 * i);
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
            structures[voxel] = static_cast<unsigned char>(sample.Structure);
            bone[voxel] = isBone ? 1 : 0;
            body[voxel] = sample.Tissue != HeadPhantomTissueEnum::Air ? 1 : 0;
            mr[voxel] = contrast.Signal(sample);
            ct[voxel] = sample.HU;
            if (enhancement != nullptr)
            {
              enhancement[voxel] = sample.Enhancement;
            }
          }
        }
        progress.Completed(length);
      }
    },
    nullptr);
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::ComputeShifts() const -> std::vector<ShiftType>
{
  const size_t           side = m_Supersampling;
  std::vector<ShiftType> shifts;
  for (size_t i = 0; i < side * side * side; ++i)
  {
    const std::array<size_t, ImageDimension> cell{ { i % side, (i / side) % side, i / (side * side) } };
    ShiftType                                shift;
    for (unsigned int axis = 0; axis < ImageDimension; ++axis)
    {
      const double extent =
        m_SampleExtent[axis] > 0.0 ? m_SampleExtent[axis] / this->GetOutput()->GetSpacing()[axis] : 1.0;
      shift[axis] = extent * ((static_cast<double>(cell[axis]) + 0.5) / static_cast<double>(side) - 0.5);
    }
    shifts.push_back(shift);
  }
  return shifts;
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::ComputeKinds() -> KindsType
{
  // Between tissues of like density, and between gray and white matter, the point spread does what partial volumes
  // would.
  KindsType kinds{};
  for (unsigned char i = 0; i < kinds.size(); ++i)
  {
    kinds[i] = i;
  }
  kinds[static_cast<size_t>(HeadPhantomTissueEnum::WhiteMatter)] =
    static_cast<unsigned char>(HeadPhantomTissueEnum::GrayMatter);
  for (const auto soft : { HeadPhantomTissueEnum::Muscle,
                           HeadPhantomTissueEnum::Skin,
                           HeadPhantomTissueEnum::Cartilage,
                           HeadPhantomTissueEnum::Gland,
                           HeadPhantomTissueEnum::Disc })
  {
    kinds[static_cast<size_t>(soft)] = static_cast<unsigned char>(HeadPhantomTissueEnum::Fat);
  }
  return kinds;
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::Average(MixedVoxels &               mixed,
                                              size_t                      pointsPerVoxel,
                                              const HeadPhantomAnatomy &  anatomy,
                                              const HeadPhantomContrast & contrast,
                                              const Volumes &             volumes)
{
  using Sample = HeadPhantomAnatomy::Sample;
  std::array<Sample, Self::Capacity> samples;
  anatomy.Evaluate(mixed.Points.data(), mixed.Count * pointsPerVoxel, samples.data());
  const double share = 1.0 / static_cast<double>(pointsPerVoxel);
  for (size_t v = 0; v < mixed.Count; ++v)
  {
    double signal = 0.0;
    double hu = 0.0;
    double agent = 0.0;
    for (size_t i = 0; i < pointsPerVoxel; ++i)
    {
      const Sample & sample = samples[v * pointsPerVoxel + i];
      signal += contrast.Signal(sample);
      hu += sample.HU;
      agent += sample.Enhancement;
    }
    const OffsetValueType voxel = mixed.Voxels[v];
    volumes.MR->GetBufferPointer()[voxel] = static_cast<float>(signal * share);
    volumes.CT->GetBufferPointer()[voxel] = static_cast<float>(hu * share);
    if (volumes.Enhancement)
    {
      volumes.Enhancement->GetBufferPointer()[voxel] = static_cast<float>(agent * share);
    }
  }
  mixed.Count = 0;
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::SamplePartialVolumes(const HeadPhantomAnatomy &  anatomy,
                                                           const HeadPhantomContrast & contrast,
                                                           const Volumes &             volumes)
{
  const auto                   shifts = this->ComputeShifts();
  const auto                   kinds = Self::ComputeKinds();
  const size_t                 together = Self::Capacity / shifts.size();
  const LabelImageType * const tissues = this->GetTissueLabels();
  const RegionType             region = tissues->GetLargestPossibleRegion();
  const OffsetValueType *      strides = tissues->GetOffsetTable();

  const auto isMixed = [&](const IndexType & index, const unsigned char * label) {
    const auto differ = [&kinds](unsigned char a, unsigned char b) { return kinds[a] != kinds[b]; };
    for (unsigned int axis = 0; axis < ImageDimension; ++axis)
    {
      const IndexValueType position = index[axis] - region.GetIndex(axis);
      if ((position > 0 && differ(label[-strides[axis]], *label)) ||
          (position + 1 < static_cast<IndexValueType>(region.GetSize(axis)) && differ(label[strides[axis]], *label)))
      {
        return true;
      }
    }
    return false;
  };
  this->GetMultiThreader()->template ParallelizeImageRegion<ImageDimension>(
    region,
    [&](const RegionType & part) {
      TotalProgressReporter                      progress(this, region.GetNumberOfPixels(), 100, 0.5F);
      MixedVoxels                                mixed;
      ImageScanlineConstIterator<LabelImageType> row(tissues, part);
      const auto                                 length = part.GetSize(0);
      for (; !row.IsAtEnd(); row.NextLine())
      {
        IndexType             index = row.GetIndex();
        const OffsetValueType first = tissues->ComputeOffset(index);
        const IndexValueType  begin = index[0];
        for (SizeValueType x = 0; x < length; ++x)
        {
          index[0] = begin + static_cast<IndexValueType>(x);
          const OffsetValueType voxel = first + static_cast<OffsetValueType>(x);
          if (!isMixed(index, tissues->GetBufferPointer() + voxel))
          {
            continue;
          }
          for (size_t i = 0; i < shifts.size(); ++i)
          {
            ContinuousIndex<double, ImageDimension> at(index);
            for (unsigned int axis = 0; axis < ImageDimension; ++axis)
            {
              at[axis] += shifts[i][axis];
            }
            this->ToPoint(at, mixed.Points.data() + 3 * (mixed.Count * shifts.size() + i));
          }
          mixed.Voxels[mixed.Count++] = voxel;
          if (mixed.Count == together)
          {
            Self::Average(mixed, shifts.size(), anatomy, contrast, volumes);
          }
        }
        // Voxels of different rows are too far apart to share their lists of primitives.
        if (mixed.Count > 0)
        {
          Self::Average(mixed, shifts.size(), anatomy, contrast, volumes);
        }
        progress.Completed(length);
      }
    },
    nullptr);
}

template <typename TOutputImage>
auto
HeadPhantomImageSource<TOutputImage>::ToPixel(double value) -> OutputPixelType
{
  if (std::is_integral<OutputPixelType>::value)
  {
    const double lower = static_cast<double>(std::numeric_limits<OutputPixelType>::lowest());
    const double upper = static_cast<double>(std::numeric_limits<OutputPixelType>::max());
    return static_cast<OutputPixelType>(std::floor(std::min(std::max(value, lower), upper) + 0.5));
  }
  return static_cast<OutputPixelType>(value);
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::WriteImages(const HeadPhantomContrast & contrast, const Volumes & volumes)
{
  const OutputImageType * const grid = this->GetMR();
  const LabelImageType * const  tissues = this->GetTissueLabels();
  const RegionType              region = grid->GetLargestPossibleRegion();
  const double                  deviation = 1000.0 * m_NoiseLevel;
  const float * const           mr = volumes.MR->GetBufferPointer();
  const float * const           ct = volumes.CT->GetBufferPointer();
  const float * const           enhancement = volumes.Enhancement ? volumes.Enhancement->GetBufferPointer() : nullptr;
  OutputPixelType * const       mrOut = this->GetMR()->GetBufferPointer();
  OutputPixelType * const       ctOut = this->GetCT()->GetBufferPointer();
  OutputPixelType * const contrastOut = enhancement != nullptr ? this->GetContrastCT()->GetBufferPointer() : nullptr;
  OutputPixelType * const virtualOut =
    enhancement != nullptr ? this->GetVirtualNonContrastCT()->GetBufferPointer() : nullptr;
  this->GetMultiThreader()->template ParallelizeImageRegion<ImageDimension>(
    region,
    [&](const RegionType & part) {
      TotalProgressReporter                      progress(this, region.GetNumberOfPixels(), 100, 0.1F);
      std::vector<double>                        bias(region.GetSize(0));
      ImageScanlineConstIterator<LabelImageType> row(tissues, part);
      const auto                                 length = part.GetSize(0);
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
          double                signal = mr[voxel];
          if (m_BiasFieldStrength > 0.0)
          {
            signal *= std::exp(m_BiasFieldStrength * rowBias[x]);
          }
          if (deviation > 0.0)
          {
            signal = contrast.Rician(static_cast<float>(signal), deviation, number);
          }
          mrOut[voxel] = Self::ToPixel(signal);

          const double hu = ct[voxel];
          // The noise of the CT belongs to the anatomy's seed: another contrast of the MR leaves the CT as it is.
          std::array<double, 2> normal{ { 0.0, 0.0 } };
          std::array<double, 2> twin{ { 0.0, 0.0 } };
          if (m_CTNoise > 0.0)
          {
            normal = HeadPhantomContrast::Normal(m_Seed, number);
          }
          ctOut[voxel] = Self::ToPixel(hu + m_CTNoise * normal[0]);
          if (contrastOut != nullptr)
          {
            if (m_CTNoise > 0.0)
            {
              twin = HeadPhantomContrast::Normal(~static_cast<uint64_t>(m_Seed), number);
            }
            const double lowered = hu > 100.0 ? 100.0 + m_VirtualNonContrastBoneFactor * (hu - 100.0) : hu;
            contrastOut[voxel] = Self::ToPixel(hu + enhancement[voxel] + m_CTNoise * normal[1]);
            virtualOut[voxel] = Self::ToPixel(lowered + m_CTNoise * twin[0]);
          }
        }
        progress.Completed(length);
      }
    },
    nullptr);
}

template <typename TOutputImage>
void
HeadPhantomImageSource<TOutputImage>::GenerateData()
{
  this->AllocateOutputs();
  this->GetMultiThreader()->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());

  const HeadPhantomAnatomy  anatomy(m_Seed, m_RandomizeAnatomy, m_RandomizePose);
  const HeadPhantomContrast contrast(
    m_ContrastSeed == 0 ? m_Seed ^ 0x9E3779B97F4A7C15ULL : m_ContrastSeed, m_Contrast, m_RandomizeContrast);
  Volumes volumes;
  volumes.MR = this->NewRealImage();
  volumes.CT = this->NewRealImage();
  if (m_ComputeContrastPair)
  {
    volumes.Enhancement = this->NewRealImage();
  }
  this->SampleCentres(anatomy, contrast, volumes);
  if (m_Supersampling > 1)
  {
    this->SamplePartialVolumes(anatomy, contrast, volumes);
  }
  volumes.MR = this->Blur(volumes.MR, m_Resolution);
  volumes.CT = this->Blur(volumes.CT, m_CTResolution);
  if (volumes.Enhancement)
  {
    volumes.Enhancement = this->Blur(volumes.Enhancement, m_CTResolution);
  }
  this->WriteImages(contrast, volumes);
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
