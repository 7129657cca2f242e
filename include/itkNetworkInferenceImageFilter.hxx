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
#ifndef itkNetworkInferenceImageFilter_hxx
#define itkNetworkInferenceImageFilter_hxx

#include "itkAnatomicalPlane.h"
#include "itkImageScanlineConstIterator.h"
#include "itkNetworkInferenceImageFilter.h"
#include "itkPatchBlender.h"
#include "itkProgressReporter.h"
#include "itkSameGridVerification.h"

#include <algorithm>
#include <limits>
#include <mutex>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetModel(const NetworkModel * const model)
{
  m_Model = model;
  if (model && model->HasCard())
  {
    const NetworkModelCard & card = model->GetCard();
    this->SetNumberOfRequiredInputs(static_cast<DataObject::DataObjectPointerArraySizeType>(card.Inputs.size()));
    this->SetNumberOfNetworkOutputs(static_cast<unsigned int>(card.Outputs.size()));
    m_Plane = card.Infer.Plane;
    m_PatchSize = card.Infer.PatchSize;
    m_Overlap = card.Infer.Overlap;
    m_Blending = card.Infer.Blending;
    m_BatchSize = card.Infer.Batch;
    m_UsePaddingValue = card.Infer.Padding.has_value();
    m_PaddingValue = card.Infer.Padding.value_or(0.0);
  }
  else
  {
    this->SetNumberOfRequiredInputs(1);
  }
  this->Modified();
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetNumberOfNetworkOutputs(const unsigned int number)
{
  if (number == 0)
  {
    itkExceptionMacro(<< "NumberOfNetworkOutputs is 0 but should be at least 1");
  }
  if (number == this->GetNumberOfIndexedOutputs())
  {
    return;
  }
  const auto former = this->GetNumberOfIndexedOutputs();
  this->SetNumberOfIndexedOutputs(number);
  this->SetNumberOfRequiredOutputs(number);
  for (auto i = former; i < number; ++i)
  {
    this->SetNthOutput(i, this->MakeOutput(i));
  }
  this->Modified();
}

template <typename TInputImage, typename TOutputImage>
unsigned int
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetNumberOfNetworkOutputs() const
{
  return static_cast<unsigned int>(this->GetNumberOfIndexedOutputs());
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetPatchSize(const PatchSizeType & patchSize)
{
  if (patchSize != m_PatchSize)
  {
    m_PatchSize = patchSize;
    this->Modified();
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetPaddingValue(const double value)
{
  // Written so that NaN counts as equal to itself.
  if (!m_UsePaddingValue || !(value == m_PaddingValue || (value != value && m_PaddingValue != m_PaddingValue)))
  {
    m_PaddingValue = value;
    m_UsePaddingValue = true;
    this->Modified();
  }
}

template <typename TInputImage, typename TOutputImage>
ModifiedTimeType
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetMTime() const
{
  const ModifiedTimeType own = Superclass::GetMTime();
  return m_Model ? std::max(own, m_Model->GetMTime()) : own;
}

template <typename TInputImage, typename TOutputImage>
unsigned int
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetSliceAxis() const
{
  return AnatomicalSliceAxis(m_Plane, this->GetInput()->GetDirection());
}

template <typename TInputImage, typename TOutputImage>
std::vector<unsigned int>
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetWindowAxes() const
{
  const unsigned int        sliceAxis = this->GetSliceAxis();
  std::vector<unsigned int> axes;
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    if (axis != sliceAxis)
    {
      axes.push_back(axis);
    }
  }
  return axes;
}

template <typename TInputImage, typename TOutputImage>
PatchGrid
NetworkInferenceImageFilter<TInputImage, TOutputImage>::MakeGrid() const
{
  const auto           imageSize = this->GetInput()->GetLargestPossibleRegion().GetSize();
  PatchGrid::SizesType sizes;
  for (const unsigned int axis : this->GetWindowAxes())
  {
    sizes.push_back(imageSize[axis]);
  }
  return PatchGrid(sizes, PatchGrid::SizesType(m_PatchSize.begin(), m_PatchSize.end()), m_Overlap);
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  if (!m_Model || !m_Model->IsLoaded())
  {
    itkExceptionMacro(<< (m_Model ? "The model has no network" : "Model is not set"));
  }
  if (m_Model->HasCard())
  {
    const NetworkModelCard & card = m_Model->GetCard();
    if (this->GetNumberOfIndexedInputs() != card.Inputs.size())
    {
      itkExceptionMacro(<< "There are " << this->GetNumberOfIndexedInputs() << " inputs where the model card of '"
                        << m_Model->GetFileName() << "' names " << card.Inputs.size());
    }
    if (this->GetNumberOfIndexedOutputs() != card.Outputs.size())
    {
      itkExceptionMacro(<< "NumberOfNetworkOutputs is " << this->GetNumberOfIndexedOutputs()
                        << " where the model card of '" << m_Model->GetFileName() << "' names " << card.Outputs.size());
    }
  }
  Superclass::VerifyPreconditions();
  for (DataObject::DataObjectPointerArraySizeType i = 0; i < this->GetNumberOfIndexedInputs(); ++i)
  {
    if (this->GetInput(static_cast<unsigned int>(i)) == nullptr)
    {
      itkExceptionMacro(<< "Input " << i << " is not set, but a later one is");
    }
  }

  const size_t windowDimension = m_Plane == InferencePlaneEnum::Volume ? ImageDimension : 2;
  bool         valid = m_PatchSize.size() == windowDimension;
  for (const unsigned int size : m_PatchSize)
  {
    valid = valid && size > 0;
  }
  if (!valid)
  {
    std::ostringstream text;
    for (const unsigned int size : m_PatchSize)
    {
      text << " " << size;
    }
    itkExceptionMacro(<< "PatchSize is [" << text.str() << " ] but should be " << windowDimension
                      << " numbers of at least 1 for Plane " << m_Plane);
  }
  if (!(m_Overlap >= 0.0 && m_Overlap < 1.0))
  {
    itkExceptionMacro(<< "Overlap is " << m_Overlap << " but should be in [0, 1)");
  }
  if (m_BatchSize == 0)
  {
    itkExceptionMacro(<< "BatchSize is 0 but should be at least 1");
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::VerifyInputInformation() const
{
  // Not the superclass's: it accepts images of different sizes.
  const InputImageType * const first = this->GetInput();
  for (unsigned int i = 1; i < this->GetNumberOfIndexedInputs(); ++i)
  {
    const std::string difference = GridDifference<ImageDimension>(
      *first, *this->GetInput(i), this->GetCoordinateTolerance(), this->GetDirectionTolerance());
    if (!difference.empty())
    {
      itkExceptionMacro(<< "Input " << i << " lies on another grid than input 0: " << difference);
    }
  }
  if (first->GetLargestPossibleRegion().GetNumberOfPixels() == 0)
  {
    itkExceptionMacro(<< "The input is empty: its size is " << first->GetLargestPossibleRegion().GetSize());
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::EnlargeOutputRequestedRegion(DataObject * const output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  auto * const image = dynamic_cast<OutputImageType *>(output);
  if (image)
  {
    RegionType         region = image->GetLargestPossibleRegion();
    const unsigned int sliceAxis = this->GetSliceAxis();
    if (sliceAxis < ImageDimension)
    {
      region.SetIndex(sliceAxis, image->GetRequestedRegion().GetIndex(sliceAxis));
      region.SetSize(sliceAxis, image->GetRequestedRegion().GetSize(sliceAxis));
    }
    image->SetRequestedRegion(region);
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  const bool needsMinimum = !m_UsePaddingValue && this->MakeGrid().NeedsPadding();
  for (unsigned int i = 0; i < this->GetNumberOfIndexedInputs(); ++i)
  {
    auto * const input = const_cast<InputImageType *>(this->GetInput(i));
    input->SetRequestedRegion(needsMinimum ? input->GetLargestPossibleRegion()
                                           : this->GetOutput()->GetRequestedRegion());
  }
}

template <typename TInputImage, typename TOutputImage>
std::vector<float>
NetworkInferenceImageFilter<TInputImage, TOutputImage>::ComputePadding(const PatchGrid & grid)
{
  std::vector<float> padding(this->GetNumberOfIndexedInputs(), static_cast<float>(m_PaddingValue));
  if (m_UsePaddingValue || !grid.NeedsPadding())
  {
    return padding;
  }
  for (unsigned int i = 0; i < padding.size(); ++i)
  {
    const InputImageType * const input = this->GetInput(i);
    float                        minimum = std::numeric_limits<float>::max();
    std::mutex                   mutex;
    this->GetMultiThreader()->template ParallelizeImageRegion<ImageDimension>(
      input->GetLargestPossibleRegion(),
      [input, &minimum, &mutex](const typename InputImageType::RegionType & region) {
        float regionMinimum = std::numeric_limits<float>::max();
        for (ImageScanlineConstIterator<InputImageType> it(input, region); !it.IsAtEnd(); it.NextLine())
        {
          for (; !it.IsAtEndOfLine(); ++it)
          {
            regionMinimum = std::min(regionMinimum, static_cast<float>(it.Get()));
          }
        }
        const std::lock_guard<std::mutex> lock(mutex);
        minimum = std::min(minimum, regionMinimum);
      },
      nullptr);
    padding[i] = minimum;
  }
  return padding;
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::CopyWindow(const InputImageType &       image,
                                                                   const IndexValueType         sliceIndex,
                                                                   const PatchGrid &            grid,
                                                                   const PatchGrid::StartType & start,
                                                                   const float                  padding,
                                                                   float *                      target) const
{
  const std::vector<unsigned int>              axes = this->GetWindowAxes();
  typename InputImageType::IndexType           origin = image.GetLargestPossibleRegion().GetIndex();
  std::array<int64_t, WindowDimension>         size{ { 1, 1, 1 } };
  std::array<int64_t, WindowDimension>         first{ { 0, 0, 0 } };
  std::array<int64_t, WindowDimension>         patch{ { 1, 1, 1 } };
  std::array<OffsetValueType, WindowDimension> stride{ { 0, 0, 0 } };
  for (size_t i = 0; i < axes.size(); ++i)
  {
    size[i] = static_cast<int64_t>(grid.GetImageSize()[i]);
    first[i] = start[i];
    patch[i] = static_cast<int64_t>(grid.GetPatchSize()[i]);
    stride[i] = image.GetOffsetTable()[axes[i]];
  }
  const unsigned int sliceAxis = this->GetSliceAxis();
  if (sliceAxis < ImageDimension)
  {
    origin[sliceAxis] = sliceIndex;
  }
  const InputPixelType * const pixels = image.GetBufferPointer() + image.ComputeOffset(origin);

  const int64_t begin = std::max<int64_t>(0, -first[0]);
  const int64_t end = std::min(patch[0], size[0] - first[0]);
  for (int64_t k = 0; k < patch[2]; ++k)
  {
    const int64_t z = first[2] + k;
    for (int64_t j = 0; j < patch[1]; ++j, target += patch[0])
    {
      const int64_t y = first[1] + j;
      if (z < 0 || z >= size[2] || y < 0 || y >= size[1])
      {
        std::fill_n(target, patch[0], padding);
        continue;
      }
      std::fill(target, target + begin, padding);
      const InputPixelType * const row = pixels + z * stride[2] + y * stride[1];
      for (int64_t i = begin; i < end; ++i)
      {
        target[i] = static_cast<float>(row[(first[0] + i) * stride[0]]);
      }
      std::fill(target + end, target + patch[0], padding);
    }
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::CopyLayer(const std::vector<float> & layer,
                                                                  const size_t               position,
                                                                  const IndexValueType       sliceIndex,
                                                                  OutputImageType &          image) const
{
  const std::vector<unsigned int> axes = this->GetWindowAxes();
  const auto                      largest = image.GetLargestPossibleRegion();
  auto                            origin = largest.GetIndex();
  const unsigned int              sliceAxis = this->GetSliceAxis();
  if (sliceAxis < ImageDimension)
  {
    origin[sliceAxis] = sliceIndex;
  }
  // A layer lies along all window axes but the last.
  origin[axes.back()] += static_cast<IndexValueType>(position);
  OutputPixelType * const pixels = image.GetBufferPointer() + image.ComputeOffset(origin);
  const SizeValueType     columns = largest.GetSize(axes[0]);
  const SizeValueType     rows = axes.size() > 2 ? largest.GetSize(axes[1]) : 1;
  const OffsetValueType   columnStride = image.GetOffsetTable()[axes[0]];
  const OffsetValueType   rowStride = axes.size() > 2 ? image.GetOffsetTable()[axes[1]] : 0;
  const float *           source = layer.data();
  for (SizeValueType j = 0; j < rows; ++j)
  {
    OutputPixelType * const row = pixels + static_cast<OffsetValueType>(j) * rowStride;
    for (SizeValueType i = 0; i < columns; ++i, ++source)
    {
      row[static_cast<OffsetValueType>(i) * columnStride] = static_cast<OutputPixelType>(*source);
    }
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  this->AllocateOutputs();
  const RegionType region = this->GetOutput()->GetRequestedRegion();
  if (region.GetNumberOfPixels() == 0)
  {
    return;
  }

  const unsigned int   sliceAxis = this->GetSliceAxis();
  const bool           hasSlices = sliceAxis < ImageDimension;
  const SizeValueType  slices = hasSlices ? region.GetSize(sliceAxis) : 1;
  const IndexValueType firstSlice = hasSlices ? region.GetIndex(sliceAxis) : 0;

  const PatchGrid    grid = this->MakeGrid();
  const auto         inputs = static_cast<unsigned int>(this->GetNumberOfIndexedInputs());
  const unsigned int outputs = this->GetNumberOfNetworkOutputs();
  const auto         padding = this->ComputePadding(grid);
  const size_t       patchVoxels = grid.GetNumberOfPatchVoxels();
  const size_t       tiles = grid.GetNumberOfTiles();
  const size_t       windows = slices * tiles;
  const size_t       batchSize = std::min<size_t>(m_BatchSize, windows);
  const size_t       batches = (windows + batchSize - 1) / batchSize;
  const unsigned int threads = std::max(
    1u, std::min<unsigned int>(this->GetNumberOfWorkUnits(), this->GetMultiThreader()->GetMaximumNumberOfThreads()));

  // (N, C, [D,] H, W)
  NetworkModel::ShapeType shape{ 0, static_cast<int64_t>(inputs) };
  for (auto axis = m_PatchSize.rbegin(); axis != m_PatchSize.rend(); ++axis)
  {
    shape.push_back(static_cast<int64_t>(*axis));
  }

  PatchBlender                   blender(grid, m_Blending, outputs);
  std::vector<float>             batch(batchSize * inputs * patchVoxels);
  std::vector<float>             layer(blender.GetNumberOfLayerVoxels());
  NetworkModel::OutputGroupsType groups;
  std::vector<const float *>     channels(outputs);
  ProgressReporter               progress(this, 0, batches, batches);

  for (size_t firstWindow = 0; firstWindow < windows; firstWindow += batchSize)
  {
    const size_t count = std::min(batchSize, windows - firstWindow);
    for (size_t n = 0; n < count; ++n)
    {
      const size_t window = firstWindow + n;
      const auto   sliceIndex = firstSlice + static_cast<IndexValueType>(window / tiles);
      const auto   start = grid.GetTileStart(window % tiles);
      for (unsigned int c = 0; c < inputs; ++c)
      {
        this->CopyWindow(
          *this->GetInput(c), sliceIndex, grid, start, padding[c], batch.data() + (n * inputs + c) * patchVoxels);
      }
    }

    shape[0] = static_cast<int64_t>(count);
    m_Model->Forward(batch.data(), shape, threads, groups);

    size_t returned = 0;
    for (const auto & group : groups)
    {
      returned += static_cast<size_t>(group.Shape[1]);
    }
    if (returned != outputs)
    {
      itkExceptionMacro(<< "The network of model '" << m_Model->GetFileName() << "' returns " << returned
                        << " channels where " << outputs << " are declared");
    }

    for (size_t n = 0; n < count; ++n)
    {
      size_t channel = 0;
      for (const auto & group : groups)
      {
        const auto groupChannels = static_cast<size_t>(group.Shape[1]);
        for (size_t c = 0; c < groupChannels; ++c)
        {
          channels[channel++] = group.Values.data() + (n * groupChannels + c) * patchVoxels;
        }
      }

      const size_t window = firstWindow + n;
      const auto   sliceIndex = firstSlice + static_cast<IndexValueType>(window / tiles);
      if (window % tiles == 0)
      {
        blender.Restart();
      }
      blender.AddTile(window % tiles, channels);
      for (; blender.HasFinishedLayer(); blender.ReleaseLayer())
      {
        for (unsigned int c = 0; c < outputs; ++c)
        {
          blender.GetLayer(c, layer.data());
          this->CopyLayer(layer, blender.GetLayerPosition(), sliceIndex, *this->GetOutput(c));
        }
      }
    }
    progress.CompletedPixel();
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  itkPrintSelfObjectMacro(Model);
  os << indent << "NumberOfNetworkOutputs: " << this->GetNumberOfNetworkOutputs() << std::endl;
  os << indent << "Plane: " << m_Plane << std::endl;
  os << indent << "PatchSize: [";
  for (const unsigned int size : m_PatchSize)
  {
    os << " " << size;
  }
  os << " ]" << std::endl;
  os << indent << "Overlap: " << m_Overlap << std::endl;
  os << indent << "Blending: " << m_Blending << std::endl;
  os << indent << "BatchSize: " << m_BatchSize << std::endl;
  os << indent << "PaddingValue: " << m_PaddingValue << std::endl;
  os << indent << "UsePaddingValue: " << (m_UsePaddingValue ? "On" : "Off") << std::endl;
}

} // namespace itk

#endif
