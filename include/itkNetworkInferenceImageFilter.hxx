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
#include "itkDevicePatchBlender.h"
#include "itkImageScanlineConstIterator.h"
#include "itkNetworkInferenceImageFilter.h"
#include "itkPatchBlender.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkMaskedStatistics.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <memory>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
class NetworkInferenceImageFilter<TInputImage, TOutputImage>::Stitcher
{
public:
  Stitcher(const NetworkModel & model,
           const PatchGrid &    grid,
           const BlendingEnum   blending,
           const size_t         channels,
           const bool           onDevice)
    : m_Channels(channels)
  {
    if (onDevice)
    {
      m_OnDevice = std::make_unique<DevicePatchBlender>(model, grid, blending, channels);
    }
    else
    {
      m_OnHost = std::make_unique<PatchBlender>(grid, blending, channels);
    }
  }

  void
  AddTile(const size_t tile, NetworkModel::Pass & pass, const size_t window)
  {
    if (m_OnDevice)
    {
      m_OnDevice->AddTile(tile, pass, window);
      return;
    }
    for (size_t channel = 0; channel < m_Channels.size(); ++channel)
    {
      m_Channels[channel] = pass.GetChannel(window, channel);
    }
    m_OnHost->AddTile(tile, m_Channels);
  }

  void
  SkipTile(const size_t tile)
  {
    m_OnDevice ? m_OnDevice->SkipTile(tile) : m_OnHost->SkipTile(tile);
  }

  void
  Restart()
  {
    m_OnDevice ? m_OnDevice->Restart() : m_OnHost->Restart();
  }

  bool
  HasFinishedLayer() const
  {
    return m_OnDevice ? m_OnDevice->HasFinishedLayer() : m_OnHost->HasFinishedLayer();
  }

  size_t
  GetLayerPosition() const
  {
    return m_OnDevice ? m_OnDevice->GetLayerPosition() : m_OnHost->GetLayerPosition();
  }

  void
  GetLayer(const size_t channel, float * const buffer) const
  {
    m_OnDevice ? m_OnDevice->GetLayer(channel, buffer) : m_OnHost->GetLayer(channel, buffer);
  }

  void
  ReleaseLayer()
  {
    m_OnDevice ? m_OnDevice->ReleaseLayer() : m_OnHost->ReleaseLayer();
  }

private:
  std::vector<const float *>          m_Channels;
  std::unique_ptr<PatchBlender>       m_OnHost;
  std::unique_ptr<DevicePatchBlender> m_OnDevice;
};

template <typename TInputImage, typename TOutputImage>
struct NetworkInferenceImageFilter<TInputImage, TOutputImage>::Batch
{
  WindowsType        Windows;
  std::vector<float> Values;
  /** One for each model. */
  std::vector<std::unique_ptr<NetworkModel::Pass>> Passes;
};

template <typename TInputImage, typename TOutputImage>
NetworkInferenceImageFilter<TInputImage, TOutputImage>::NetworkInferenceImageFilter()
{
  this->AddOptionalInputName("MaskImage");
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetModel(const NetworkModel * const model)
{
  m_Models.clear();
  if (model)
  {
    m_Models.emplace_back(model);
  }
  m_NetworkOutputNames.clear();
  if (model && model->HasCard())
  {
    const NetworkModelCard & card = model->GetCard();
    this->SetNumberOfRequiredInputs(static_cast<DataObject::DataObjectPointerArraySizeType>(card.Inputs.size()));
    this->SetNumberOfNetworkOutputs(static_cast<unsigned int>(card.Outputs.size()));
    for (const auto & output : card.Outputs)
    {
      m_NetworkOutputNames.push_back(output.Name);
    }
    m_Plane = card.Infer.Plane;
    m_PatchSize = card.Infer.PatchSize;
    m_Overlap = card.Infer.Overlap;
    m_TileRule = card.Infer.Tiles;
    m_Blending = card.Infer.Blending;
    m_NumberOfSlices = card.Infer.Slices;
    m_MirrorAxes = card.Infer.Mirror;
    m_Combination = card.Infer.Combine;
    m_OutputScale = card.Infer.Scale;
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
const NetworkModel *
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetModel() const
{
  return m_Models.empty() ? nullptr : m_Models.front().GetPointer();
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::AddModel(const NetworkModel * const model)
{
  if (model == nullptr)
  {
    itkExceptionMacro(<< "AddModel() was given no model");
  }
  if (m_Models.empty())
  {
    this->SetModel(model);
    return;
  }
  m_Models.emplace_back(model);
  this->Modified();
}

template <typename TInputImage, typename TOutputImage>
unsigned int
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetNumberOfModels() const
{
  return static_cast<unsigned int>(m_Models.size());
}

template <typename TInputImage, typename TOutputImage>
const NetworkModel *
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetNthModel(const unsigned int number) const
{
  if (number >= m_Models.size())
  {
    itkExceptionMacro(<< "There is no model " << number << ", only " << m_Models.size());
  }
  return m_Models[number];
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetNumberOfNetworkOutputs(const unsigned int number)
{
  if (number == 0)
  {
    itkExceptionMacro(<< "NumberOfNetworkOutputs is 0 but should be at least 1");
  }
  const unsigned int total = m_ComputeUncertainty ? 2 * number : number;
  if (number == m_NumberOfNetworkOutputs && total == this->GetNumberOfIndexedOutputs())
  {
    return;
  }
  if (number != m_NumberOfNetworkOutputs)
  {
    m_NumberOfNetworkOutputs = number;
    m_NetworkOutputNames.clear();
  }
  const auto former = this->GetNumberOfIndexedOutputs();
  this->SetNumberOfIndexedOutputs(total);
  this->SetNumberOfRequiredOutputs(total);
  for (auto i = former; i < total; ++i)
  {
    this->SetNthOutput(i, this->MakeOutput(i));
  }
  this->Modified();
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetNetworkOutputNames(const std::vector<std::string> & names)
{
  if (names.size() != m_NumberOfNetworkOutputs)
  {
    itkExceptionMacro(<< names.size() << " names were given for " << m_NumberOfNetworkOutputs << " network outputs");
  }
  m_NetworkOutputNames = names;
  this->Modified();
}

template <typename TInputImage, typename TOutputImage>
std::string
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetNetworkOutputName(const unsigned int number) const
{
  if (number >= m_NumberOfNetworkOutputs)
  {
    itkExceptionMacro(<< "There is no network output " << number << ", only " << m_NumberOfNetworkOutputs);
  }
  return m_NetworkOutputNames.empty() ? "output" + std::to_string(number) : m_NetworkOutputNames[number];
}

template <typename TInputImage, typename TOutputImage>
TOutputImage *
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetNetworkOutput(const std::string & name)
{
  for (unsigned int i = 0; i < m_NumberOfNetworkOutputs; ++i)
  {
    if (this->GetNetworkOutputName(i) == name)
    {
      return this->GetOutput(i);
    }
  }
  itkExceptionMacro(<< "There is no network output '" << name << "'");
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetComputeUncertainty(const bool compute)
{
  if (compute != m_ComputeUncertainty)
  {
    m_ComputeUncertainty = compute;
    this->SetNumberOfNetworkOutputs(m_NumberOfNetworkOutputs);
  }
}

template <typename TInputImage, typename TOutputImage>
TOutputImage *
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetUncertaintyOutput(const unsigned int number)
{
  if (!m_ComputeUncertainty || number >= m_NumberOfNetworkOutputs)
  {
    itkExceptionMacro(<< "There is no uncertainty of output " << number << ": ComputeUncertainty is "
                      << (m_ComputeUncertainty ? "on" : "off") << " and there are " << m_NumberOfNetworkOutputs
                      << " network outputs");
  }
  return this->GetOutput(m_NumberOfNetworkOutputs + number);
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
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetMirrorAxes(const AxesType & axes)
{
  if (axes != m_MirrorAxes)
  {
    m_MirrorAxes = axes;
    this->Modified();
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetOutputScale(const ScaleType & scale)
{
  if (scale != m_OutputScale)
  {
    m_OutputScale = scale;
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
  ModifiedTimeType latest = Superclass::GetMTime();
  for (const auto & model : m_Models)
  {
    latest = std::max(latest, model->GetMTime());
  }
  return latest;
}

template <typename TInputImage, typename TOutputImage>
std::vector<InferencePlaneEnum>
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetPlanes() const
{
  if (m_Plane == InferencePlaneEnum::Orthogonal && ImageDimension == 3)
  {
    return { InferencePlaneEnum::Axial, InferencePlaneEnum::Coronal, InferencePlaneEnum::Sagittal };
  }
  return { m_Plane };
}

template <typename TInputImage, typename TOutputImage>
size_t
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetWindowDimension() const
{
  return m_Plane == InferencePlaneEnum::Volume ? ImageDimension : 2;
}

template <typename TInputImage, typename TOutputImage>
auto
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetScale() const -> ScaleType
{
  return m_OutputScale.empty() ? ScaleType(this->GetWindowDimension(), 1.0) : m_OutputScale;
}

template <typename TInputImage, typename TOutputImage>
auto
NetworkInferenceImageFilter<TInputImage, TOutputImage>::MakeLayout(const InferencePlaneEnum plane) const -> Layout
{
  Layout layout;
  layout.SliceAxis = AnatomicalSliceAxis(plane, this->GetInput()->GetDirection());
  const auto           imageSize = this->GetInput()->GetLargestPossibleRegion().GetSize();
  PatchGrid::SizesType sizes;
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    if (axis != layout.SliceAxis)
    {
      layout.Axes.push_back(axis);
      sizes.push_back(imageSize[axis]);
    }
  }
  const ScaleType      scale = this->GetScale();
  PatchGrid::SizesType alignment;
  for (const double factor : scale)
  {
    alignment.push_back(PatchGrid::GetAlignmentFor(factor));
  }
  layout.Grid =
    PatchGrid(sizes, PatchGrid::SizesType(m_PatchSize.begin(), m_PatchSize.end()), m_Overlap, m_TileRule, alignment);
  layout.OutputGrid = layout.Grid.GetScaled(scale);
  layout.LayerVoxels = 1;
  for (size_t i = 0; i < scale.size(); ++i)
  {
    const size_t                 size = layout.OutputGrid.GetImageSize()[i];
    std::vector<OffsetValueType> positions;
    for (size_t voxel = 0; voxel < size; ++voxel)
    {
      positions.push_back(static_cast<OffsetValueType>((static_cast<double>(voxel) + 0.5) / scale[i]));
    }
    layout.InputPositions.push_back(std::move(positions));
    layout.LayerVoxels *= i + 1 < scale.size() ? size : 1;
  }
  return layout;
}

template <typename TInputImage, typename TOutputImage>
std::pair<IndexValueType, SizeValueType>
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SlicesOf(const Layout & layout, const RegionType & region)
{
  if (layout.SliceAxis < ImageDimension)
  {
    return { region.GetIndex(layout.SliceAxis), region.GetSize(layout.SliceAxis) };
  }
  return { 0, 1 };
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  if (m_Models.empty())
  {
    itkExceptionMacro(<< "Model is not set");
  }
  for (const auto & model : m_Models)
  {
    if (!model->IsLoaded())
    {
      itkExceptionMacro(<< "The model has no network");
    }
    if (!model->HasCard())
    {
      continue;
    }
    const NetworkModelCard & card = model->GetCard();
    if (this->GetNumberOfIndexedInputs() != card.Inputs.size())
    {
      itkExceptionMacro(<< "There are " << this->GetNumberOfIndexedInputs() << " inputs where the model card of '"
                        << model->GetFileName() << "' names " << card.Inputs.size());
    }
    if (m_NumberOfNetworkOutputs != card.Outputs.size())
    {
      itkExceptionMacro(<< "NumberOfNetworkOutputs is " << m_NumberOfNetworkOutputs << " where the model card of '"
                        << model->GetFileName() << "' names " << card.Outputs.size());
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

  const size_t windowDimension = this->GetWindowDimension();
  const auto   listOf = [](const auto & values) {
    std::ostringstream text;
    for (const auto value : values)
    {
      text << " " << value;
    }
    return "[" + text.str() + " ]";
  };
  if (m_PatchSize.size() != windowDimension || std::count(m_PatchSize.begin(), m_PatchSize.end(), 0u) != 0)
  {
    itkExceptionMacro(<< "PatchSize is " << listOf(m_PatchSize) << " but should be " << windowDimension
                      << " numbers of at least 1 for Plane " << m_Plane
                      << (m_PatchSize.size() == 3 && windowDimension == 2
                            ? "; for a network of blocks call SetPlane(InferencePlaneEnum::Volume)"
                            : ""));
  }
  if (!(m_Overlap >= 0.0 && m_Overlap < 1.0))
  {
    itkExceptionMacro(<< "Overlap is " << m_Overlap << " but should be in [0, 1)");
  }
  if (m_BatchSize == 0)
  {
    itkExceptionMacro(<< "BatchSize is 0 but should be at least 1");
  }
  const bool hasSlices = windowDimension < ImageDimension;
  if (m_NumberOfSlices % 2 == 0 || (!hasSlices && m_NumberOfSlices != 1))
  {
    itkExceptionMacro(<< "NumberOfSlices is " << m_NumberOfSlices << " but should be odd, and 1 where there are none");
  }
  for (const unsigned int axis : m_MirrorAxes)
  {
    if (axis >= windowDimension || std::count(m_MirrorAxes.begin(), m_MirrorAxes.end(), axis) != 1)
    {
      itkExceptionMacro(<< "MirrorAxes is " << listOf(m_MirrorAxes) << " but should be different axes below "
                        << windowDimension);
    }
  }
  if (!m_OutputScale.empty() && m_OutputScale.size() != windowDimension)
  {
    itkExceptionMacro(<< "OutputScale is " << listOf(m_OutputScale) << " but should be " << windowDimension
                      << " numbers for Plane " << m_Plane);
  }
  for (const double factor : m_OutputScale)
  {
    if (!(factor > 0.0) || (this->GetPlanes().size() > 1 && factor != 1.0))
    {
      itkExceptionMacro(<< "OutputScale is " << listOf(m_OutputScale)
                        << " but should be positive, and 1 for Plane orthogonal");
    }
  }
  if (m_ComputeUncertainty && m_Models.size() * this->GetPlanes().size() < 2)
  {
    itkExceptionMacro(<< "ComputeUncertainty is on, which takes several models or Plane orthogonal");
  }
  if (m_StitchOnDevice && m_Blending == BlendingEnum::Median)
  {
    itkExceptionMacro(<< "StitchOnDevice is on, but the median is taken on the CPU only");
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
      *first, *this->GetInput(i), std::max(SyntheticCTDetail::SameGridTolerance, this->GetCoordinateTolerance()));
    if (!difference.empty())
    {
      itkExceptionMacro(<< "Input " << i << " lies on another grid than input 0: " << difference);
    }
  }
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, first, this->GetMaskImage(), "the mask");
  if (first->GetLargestPossibleRegion().GetNumberOfPixels() == 0)
  {
    itkExceptionMacro(<< "The input is empty: its size is " << first->GetLargestPossibleRegion().GetSize());
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GenerateOutputInformation()
{
  Superclass::GenerateOutputInformation();
  const ScaleType scale = this->GetScale();
  if (std::all_of(scale.begin(), scale.end(), [](const double factor) { return factor == 1.0; }))
  {
    return;
  }
  // The outermost faces of both grids coincide.
  const InputImageType * const            input = this->GetInput();
  const Layout                            layout = this->MakeLayout(m_Plane);
  auto                                    region = input->GetLargestPossibleRegion();
  auto                                    spacing = input->GetSpacing();
  ContinuousIndex<double, ImageDimension> firstVoxel;
  firstVoxel.Fill(0.0);
  for (size_t i = 0; i < layout.Axes.size(); ++i)
  {
    const unsigned int axis = layout.Axes[i];
    firstVoxel[axis] = static_cast<double>(region.GetIndex(axis)) + 0.5 / scale[i] - 0.5;
    spacing[axis] /= scale[i];
    region.SetIndex(axis, 0);
    region.SetSize(axis, layout.OutputGrid.GetImageSize()[i]);
  }
  typename InputImageType::PointType origin;
  input->TransformContinuousIndexToPhysicalPoint(firstVoxel, origin);
  for (unsigned int i = 0; i < this->GetNumberOfIndexedOutputs(); ++i)
  {
    OutputImageType * const output = this->GetOutput(i);
    output->SetLargestPossibleRegion(region);
    output->SetSpacing(spacing);
    output->SetOrigin(origin);
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
    const unsigned int sliceAxis =
      this->GetPlanes().size() == 1 ? this->MakeLayout(m_Plane).SliceAxis : static_cast<unsigned int>(ImageDimension);
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
  const auto planes = this->GetPlanes();
  auto       region = this->GetInput()->GetLargestPossibleRegion();
  bool       needsAll = planes.size() > 1;
  auto       maskRegion = region;
  for (const InferencePlaneEnum plane : planes)
  {
    const Layout layout = this->MakeLayout(plane);
    needsAll = needsAll || (!m_UsePaddingValue && layout.Grid.NeedsPadding());
    if (layout.SliceAxis < ImageDimension)
    {
      const auto slices = SlicesOf(layout, this->GetOutput()->GetRequestedRegion());
      maskRegion.SetIndex(layout.SliceAxis, slices.first);
      maskRegion.SetSize(layout.SliceAxis, slices.second);
    }
  }
  if (!needsAll)
  {
    auto widened = maskRegion;
    for (unsigned int axis = 0; axis < ImageDimension; ++axis)
    {
      widened.SetIndex(axis, maskRegion.GetIndex(axis) - static_cast<IndexValueType>(m_NumberOfSlices / 2));
      widened.SetSize(axis, maskRegion.GetSize(axis) + m_NumberOfSlices - 1);
    }
    widened.Crop(region);
    region = widened;
  }
  for (unsigned int i = 0; i < this->GetNumberOfIndexedInputs(); ++i)
  {
    const_cast<InputImageType *>(this->GetInput(i))->SetRequestedRegion(region);
  }
  if (this->GetMaskImage())
  {
    const_cast<MaskImageType *>(this->GetMaskImage())
      ->SetRequestedRegion(planes.size() > 1 ? this->GetMaskImage()->GetLargestPossibleRegion() : maskRegion);
  }
}

template <typename TInputImage, typename TOutputImage>
std::vector<float>
NetworkInferenceImageFilter<TInputImage, TOutputImage>::ComputePadding()
{
  std::vector<float> padding(this->GetNumberOfIndexedInputs(), static_cast<float>(m_PaddingValue));
  bool               needed = false;
  for (const InferencePlaneEnum plane : this->GetPlanes())
  {
    needed = needed || this->MakeLayout(plane).Grid.NeedsPadding();
  }
  if (m_UsePaddingValue || !needed)
  {
    return padding;
  }
  for (unsigned int i = 0; i < padding.size(); ++i)
  {
    padding[i] = static_cast<float>(
      SyntheticCTDetail::ComputeRange(this, this->GetInput(i), static_cast<const MaskImageType *>(nullptr), 0.0F)
        .Minimum);
  }
  return padding;
}

template <typename TInputImage, typename TOutputImage>
auto
NetworkInferenceImageFilter<TInputImage, TOutputImage>::FindWindows(const Layout & layout) const -> WindowsType
{
  const auto                  slices = SlicesOf(layout, this->GetOutput()->GetRequestedRegion());
  const size_t                tiles = layout.Grid.GetNumberOfTiles();
  const MaskImageType * const mask = this->GetMaskImage();
  WindowsType                 windows;
  for (size_t window = 0; window < slices.second * tiles; ++window)
  {
    bool touches = mask == nullptr;
    if (mask)
    {
      const auto                       largest = mask->GetLargestPossibleRegion();
      typename TInputImage::RegionType region = largest;
      const auto                       start = layout.Grid.GetTileStart(window % tiles);
      for (size_t i = 0; i < layout.Axes.size(); ++i)
      {
        region.SetIndex(layout.Axes[i], largest.GetIndex(layout.Axes[i]) + start[i]);
        region.SetSize(layout.Axes[i], layout.Grid.GetPatchSize()[i]);
      }
      if (layout.SliceAxis < ImageDimension)
      {
        region.SetIndex(layout.SliceAxis, slices.first + static_cast<IndexValueType>(window / tiles));
        region.SetSize(layout.SliceAxis, 1);
      }
      region.Crop(largest);
      for (ImageScanlineConstIterator<MaskImageType> it(mask, region); !touches && !it.IsAtEnd(); it.NextLine())
      {
        for (; !touches && !it.IsAtEndOfLine(); ++it)
        {
          touches = it.Get() != 0;
        }
      }
    }
    if (touches)
    {
      windows.push_back(window);
    }
  }
  return windows;
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::CopyWindow(const InputImageType &       image,
                                                                   const Layout &               layout,
                                                                   const IndexValueType         sliceIndex,
                                                                   const PatchGrid::StartType & start,
                                                                   const float                  padding,
                                                                   float *                      target)
{
  const PatchGrid &                                   grid = layout.Grid;
  typename InputImageType::IndexType                  origin = image.GetLargestPossibleRegion().GetIndex();
  std::array<int64_t, LargestWindowDimension>         size{ { 1, 1, 1 } };
  std::array<int64_t, LargestWindowDimension>         first{ { 0, 0, 0 } };
  std::array<int64_t, LargestWindowDimension>         patch{ { 1, 1, 1 } };
  std::array<OffsetValueType, LargestWindowDimension> stride{ { 0, 0, 0 } };
  for (size_t i = 0; i < layout.Axes.size(); ++i)
  {
    size[i] = static_cast<int64_t>(grid.GetImageSize()[i]);
    first[i] = start[i];
    patch[i] = static_cast<int64_t>(grid.GetPatchSize()[i]);
    stride[i] = image.GetOffsetTable()[layout.Axes[i]];
  }
  if (layout.SliceAxis < ImageDimension)
  {
    origin[layout.SliceAxis] = sliceIndex;
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
NetworkInferenceImageFilter<TInputImage, TOutputImage>::FillBatch(const Layout &             layout,
                                                                  const std::vector<float> & padding,
                                                                  Batch &                    batch) const
{
  const size_t         tiles = layout.Grid.GetNumberOfTiles();
  const size_t         patchVoxels = layout.Grid.GetNumberOfPatchVoxels();
  const IndexValueType firstRequested = SlicesOf(layout, this->GetOutput()->GetRequestedRegion()).first;
  const auto           existing = SlicesOf(layout, this->GetInput()->GetLargestPossibleRegion());
  const IndexValueType lastExisting = existing.first + static_cast<IndexValueType>(existing.second) - 1;
  const auto           half = static_cast<IndexValueType>(m_NumberOfSlices / 2);

  batch.Values.resize(batch.Windows.size() * padding.size() * m_NumberOfSlices * patchVoxels);
  float * target = batch.Values.data();
  for (const size_t window : batch.Windows)
  {
    const auto slice = firstRequested + static_cast<IndexValueType>(window / tiles);
    const auto start = layout.Grid.GetTileStart(window % tiles);
    for (unsigned int c = 0; c < padding.size(); ++c)
    {
      for (IndexValueType neighbor = slice - half; neighbor <= slice + half; ++neighbor, target += patchVoxels)
      {
        const IndexValueType nearest = std::min(std::max(neighbor, existing.first), lastExisting);
        CopyWindow(*this->GetInput(c), layout, nearest, start, padding[c], target);
      }
    }
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::VerifyWindow(const Layout &             layout,
                                                                     const NetworkModel &       model,
                                                                     const NetworkModel::Pass & pass,
                                                                     const size_t               number,
                                                                     const size_t               window) const
{
  const size_t tiles = layout.Grid.GetNumberOfTiles();
  const auto   start = layout.OutputGrid.GetTileStart(window % tiles);
  const auto & size = layout.OutputGrid.GetImageSize();
  const auto & patch = layout.OutputGrid.GetPatchSize();
  auto         corner = this->GetInput()->GetLargestPossibleRegion().GetIndex();
  auto         slice = SlicesOf(layout, this->GetOutput()->GetRequestedRegion()).first;
  slice += static_cast<IndexValueType>(window / tiles);
  if (layout.SliceAxis < ImageDimension)
  {
    corner[layout.SliceAxis] = slice;
  }
  const MaskImageType * const mask = this->GetMaskImage();

  // What lies around the image or outside the mask is dropped, whatever it is.
  const auto counts = [&](size_t position) {
    auto index = corner;
    for (size_t i = 0; i < patch.size(); ++i)
    {
      const auto voxel = start[i] + static_cast<int64_t>(position % patch[i]);
      position /= patch[i];
      if (voxel < 0 || voxel >= static_cast<int64_t>(size[i]))
      {
        return false;
      }
      index[layout.Axes[i]] += layout.InputPositions[i][static_cast<size_t>(voxel)];
    }
    return mask == nullptr || mask->GetPixel(index) != 0;
  };
  size_t found = 0;
  for (size_t channel = 0; channel < pass.GetNumberOfChannels(); ++channel)
  {
    // The logarithm of a probability of 0 is a score too.
    const bool isScore = model.HasCard() && model.GetCard().Outputs[channel].Kind == OutputKindEnum::Label;
    const auto values = pass.CopyChannel(number, channel);
    for (size_t i = 0; i < values.size(); ++i)
    {
      const bool isBad =
        !std::isfinite(values[i]) && !(isScore && values[i] == -std::numeric_limits<float>::infinity());
      found += isBad && counts(i) ? 1 : 0;
    }
  }
  if (found > 0)
  {
    const auto inputStart = layout.Grid.GetTileStart(window % tiles);
    for (size_t i = 0; i < layout.Axes.size(); ++i)
    {
      corner[layout.Axes[i]] += inputStart[i];
    }
    itkExceptionMacro(<< "The network of model '" << model.GetFileName() << "' returns " << found
                      << " values that are NaN or infinite for the window that begins at index " << corner
                      << (model.GetPrecision() == NetworkPrecisionEnum::Float16
                            ? "; the numbers of float16 end at 65504, those of bfloat16 and float32 do not"
                            : ""));
  }
}

template <typename TInputImage, typename TOutputImage>
template <typename TEmit>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::RunPlane(const Layout &             layout,
                                                                 const WindowsType &        windows,
                                                                 const std::vector<float> & padding,
                                                                 ProgressReporter &         progress,
                                                                 const TEmit &              emit)
{
  const size_t outputs = m_NumberOfNetworkOutputs;
  const size_t tiles = layout.Grid.GetNumberOfTiles();
  const auto   slices = SlicesOf(layout, this->GetOutput()->GetRequestedRegion());

  NetworkModel::PassOptions options;
  options.Threads = std::max(
    1u, std::min<unsigned int>(this->GetNumberOfWorkUnits(), this->GetMultiThreader()->GetMaximumNumberOfThreads()));
  options.MirrorAxes = m_MirrorAxes;
  options.KeepOnDevice = m_StitchOnDevice;
  const auto & outputPatch = layout.OutputGrid.GetPatchSize();
  options.OutputGrid.assign(outputPatch.rbegin(), outputPatch.rend());
  // (N, C, [D,] H, W)
  NetworkModel::ShapeType shape{ 0, static_cast<int64_t>(padding.size() * m_NumberOfSlices) };
  shape.insert(shape.end(), m_PatchSize.rbegin(), m_PatchSize.rend());

  std::vector<Stitcher>           stitchers;
  std::vector<std::vector<float>> buffers;
  std::vector<const float *>      layers;
  bool                            onCPU = true;
  for (const auto & model : m_Models)
  {
    onCPU = onCPU && model->GetDevice() == std::string("cpu");
    stitchers.emplace_back(*model, layout.OutputGrid, m_Blending, outputs, m_StitchOnDevice);
  }
  for (size_t i = 0; i < stitchers.size() * outputs; ++i)
  {
    buffers.emplace_back(layout.LayerVoxels);
    layers.push_back(buffers.back().data());
  }

  // Every window is due in its order; those that were not run are skipped.
  size_t     due = 0;
  const auto finishLayers = [&] {
    const auto sliceIndex = slices.first + static_cast<IndexValueType>(due / tiles);
    while (stitchers.front().HasFinishedLayer())
    {
      const size_t position = stitchers.front().GetLayerPosition();
      for (size_t i = 0; i < layers.size(); ++i)
      {
        stitchers[i / outputs].GetLayer(i % outputs, buffers[i].data());
      }
      emit(layers, position, sliceIndex);
      for (Stitcher & stitcher : stitchers)
      {
        stitcher.ReleaseLayer();
      }
    }
  };
  const auto forEachStitcher = [&](const auto & add) {
    for (size_t m = 0; m < stitchers.size(); ++m)
    {
      if (due % tiles == 0)
      {
        stitchers[m].Restart();
      }
      add(m);
    }
    finishLayers();
    ++due;
  };
  const auto skipBefore = [&](const size_t window) {
    while (due < window)
    {
      forEachStitcher([&](const size_t m) { stitchers[m].SkipTile(due % tiles); });
    }
  };

  // On another device than the CPU, the next batch is on its way while one is awaited.
  const size_t      mostInFlight = onCPU ? 1 : 2;
  std::deque<Batch> inFlight;
  const auto        finishBatch = [&] {
    Batch & batch = inFlight.front();
    for (size_t m = 0; m < batch.Passes.size(); ++m)
    {
      NetworkModel::Pass & pass = *batch.Passes[m];
      pass.Wait();
      if (pass.GetNumberOfChannels() != outputs)
      {
        itkExceptionMacro(<< "The network of model '" << m_Models[m]->GetFileName() << "' returns "
                          << pass.GetNumberOfChannels() << " channels where " << outputs << " are declared");
      }
      for (size_t n = 0; n < batch.Windows.size(); ++n)
      {
        if (pass.GetNumberOfNonFiniteValues(n) > 0)
        {
          this->VerifyWindow(layout, *m_Models[m], pass, n, batch.Windows[n]);
        }
      }
    }
    for (size_t n = 0; n < batch.Windows.size(); ++n)
    {
      skipBefore(batch.Windows[n]);
      forEachStitcher([&](const size_t m) { stitchers[m].AddTile(due % tiles, *batch.Passes[m], n); });
    }
    inFlight.pop_front();
    progress.CompletedPixel();
  };

  for (size_t first = 0; first < windows.size(); first += m_BatchSize)
  {
    Batch        batch;
    const size_t last = std::min(windows.size(), first + m_BatchSize);
    batch.Windows = WindowsType(windows.begin() + static_cast<std::ptrdiff_t>(first),
                                windows.begin() + static_cast<std::ptrdiff_t>(last));
    this->FillBatch(layout, padding, batch);
    shape[0] = static_cast<int64_t>(batch.Windows.size());
    for (const auto & model : m_Models)
    {
      batch.Passes.push_back(model->Start(batch.Values.data(), shape, options));
    }
    batch.Values = std::vector<float>();
    inFlight.push_back(std::move(batch));
    if (inFlight.size() == mostInFlight)
    {
      finishBatch();
    }
  }
  while (!inFlight.empty())
  {
    finishBatch();
  }
  skipBefore(slices.second * tiles);
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::Combine(const float * const * const results,
                                                                const size_t                count,
                                                                const size_t                number,
                                                                float * const               combined,
                                                                float * const               deviations) const
{
  std::vector<double> values(count);
  for (size_t i = 0; i < number; ++i)
  {
    double sum = 0.0;
    bool   isNaN = false;
    for (size_t r = 0; r < count; ++r)
    {
      values[r] = static_cast<double>(results[r][i]);
      sum += values[r];
      isNaN = isNaN || std::isnan(values[r]);
    }
    const double mean = sum / static_cast<double>(count);
    if (deviations)
    {
      double squares = 0.0;
      for (const double value : values)
      {
        squares += (value - mean) * (value - mean);
      }
      deviations[i] = static_cast<float>(std::sqrt(squares / static_cast<double>(count)));
    }
    double result = mean;
    if (m_Combination == CombinationEnum::Median && !isNaN)
    {
      std::sort(values.begin(), values.end());
      result = (values[(count - 1) / 2] + values[count / 2]) / 2.0;
    }
    combined[i] = static_cast<float>(result);
  }
}

template <typename TInputImage, typename TOutputImage>
template <typename TImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::CopyLayer(const float *        layer,
                                                                  const Layout &       layout,
                                                                  const size_t         position,
                                                                  const IndexValueType sliceIndex,
                                                                  TImage &             image) const
{
  // A layer lies along all window axes but the last: along columns, and for blocks along rows.
  const auto &       axes = layout.Axes;
  const auto         largest = image.GetLargestPossibleRegion();
  auto               origin = largest.GetIndex();
  const bool         isVolume = axes.size() > 2;
  const unsigned int rowAxis = axes[isVolume ? 1 : 0];
  if (layout.SliceAxis < ImageDimension)
  {
    origin[layout.SliceAxis] = sliceIndex;
  }
  origin[axes.back()] += static_cast<IndexValueType>(position);
  auto * const          pixels = image.GetBufferPointer() + image.ComputeOffset(origin);
  const SizeValueType   columns = largest.GetSize(axes[0]);
  const SizeValueType   rows = isVolume ? largest.GetSize(rowAxis) : 1;
  const OffsetValueType columnStride = image.GetOffsetTable()[axes[0]];
  const OffsetValueType rowStride = image.GetOffsetTable()[rowAxis];

  const MaskImageType * const mask = this->GetMaskImage();
  const auto                  background = static_cast<typename TImage::PixelType>(m_BackgroundValue);
  for (SizeValueType j = 0; j < rows; ++j, layer += columns)
  {
    auto * const row = pixels + static_cast<OffsetValueType>(j) * rowStride;
    for (SizeValueType i = 0; i < columns; ++i)
    {
      row[static_cast<OffsetValueType>(i) * columnStride] = static_cast<typename TImage::PixelType>(layer[i]);
    }
    if (mask)
    {
      auto maskIndex = mask->GetLargestPossibleRegion().GetIndex();
      if (layout.SliceAxis < ImageDimension)
      {
        maskIndex[layout.SliceAxis] = sliceIndex;
      }
      maskIndex[axes.back()] += layout.InputPositions.back()[position];
      if (isVolume)
      {
        maskIndex[rowAxis] += layout.InputPositions[1][j];
      }
      const unsigned char * const maskRow = mask->GetBufferPointer() + mask->ComputeOffset(maskIndex);
      const OffsetValueType       maskStride = mask->GetOffsetTable()[axes[0]];
      for (SizeValueType i = 0; i < columns; ++i)
      {
        if (maskRow[layout.InputPositions[0][i] * maskStride] == 0)
        {
          row[static_cast<OffsetValueType>(i) * columnStride] = background;
        }
      }
    }
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::CombinePlanes(
  const std::vector<typename VolumeType::Pointer> & volumes)
{
  // Each output has as many volumes as there are planes and models, `outputs` apart.
  const size_t     outputs = m_NumberOfNetworkOutputs;
  const size_t     count = volumes.size() / outputs;
  const RegionType region = this->GetOutput()->GetRequestedRegion();
  SyntheticCTDetail::ParallelizeSlices(this, region, 0.0F, [&](SizeValueType, const RegionType & slice) {
    const auto                 number = static_cast<size_t>(slice.GetNumberOfPixels());
    std::vector<float>         combined(number);
    std::vector<float>         deviations(m_ComputeUncertainty ? number : 0);
    std::vector<const float *> results(count);
    for (size_t c = 0; c < outputs; ++c)
    {
      for (size_t r = 0; r < count; ++r)
      {
        const VolumeType & volume = *volumes[r * outputs + c];
        results[r] = volume.GetBufferPointer() + volume.ComputeOffset(slice.GetIndex());
      }
      this->Combine(results.data(), count, number, combined.data(), m_ComputeUncertainty ? deviations.data() : nullptr);
      const auto write = [&slice](const std::vector<float> & values, OutputImageType & image) {
        auto * const pixels = image.GetBufferPointer() + image.ComputeOffset(slice.GetIndex());
        std::transform(
          values.begin(), values.end(), pixels, [](const float value) { return static_cast<OutputPixelType>(value); });
      };
      write(combined, *this->GetOutput(static_cast<unsigned int>(c)));
      if (m_ComputeUncertainty)
      {
        write(deviations, *this->GetOutput(static_cast<unsigned int>(outputs + c)));
      }
    }
  });
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

  std::vector<Layout>      layouts;
  std::vector<WindowsType> windows;
  size_t                   batches = 0;
  for (const InferencePlaneEnum plane : this->GetPlanes())
  {
    layouts.push_back(this->MakeLayout(plane));
    windows.push_back(this->FindWindows(layouts.back()));
    batches += (windows.back().size() + m_BatchSize - 1) / m_BatchSize;
  }
  const auto       outputs = static_cast<unsigned int>(m_NumberOfNetworkOutputs);
  const size_t     models = m_Models.size();
  const auto       padding = this->ComputePadding();
  ProgressReporter progress(this, 0, batches, batches);

  if (layouts.size() > 1)
  {
    std::vector<typename VolumeType::Pointer> volumes;
    for (size_t p = 0; p < layouts.size(); ++p)
    {
      for (size_t i = 0; i < models * outputs; ++i)
      {
        volumes.push_back(VolumeType::New());
        volumes.back()->CopyInformation(this->GetOutput());
        volumes.back()->SetBufferedRegion(region);
        volumes.back()->Allocate();
      }
      this->RunPlane(
        layouts[p],
        windows[p],
        padding,
        progress,
        [&](const std::vector<const float *> & layers, const size_t position, const IndexValueType sliceIndex) {
          for (size_t i = 0; i < layers.size(); ++i)
          {
            this->CopyLayer(layers[i], layouts[p], position, sliceIndex, *volumes[p * layers.size() + i]);
          }
        });
    }
    this->CombinePlanes(volumes);
    return;
  }

  const size_t               layerVoxels = layouts.front().LayerVoxels;
  std::vector<float>         combined(layerVoxels);
  std::vector<float>         deviations(layerVoxels);
  std::vector<const float *> results(models);
  this->RunPlane(
    layouts.front(),
    windows.front(),
    padding,
    progress,
    [&](const std::vector<const float *> & layers, const size_t position, const IndexValueType sliceIndex) {
      for (unsigned int c = 0; c < outputs; ++c)
      {
        if (models == 1)
        {
          this->CopyLayer(layers[c], layouts.front(), position, sliceIndex, *this->GetOutput(c));
          continue;
        }
        for (size_t m = 0; m < models; ++m)
        {
          results[m] = layers[m * outputs + c];
        }
        this->Combine(results.data(), models, layerVoxels, combined.data(), deviations.data());
        this->CopyLayer(combined.data(), layouts.front(), position, sliceIndex, *this->GetOutput(c));
        if (m_ComputeUncertainty)
        {
          this->CopyLayer(deviations.data(), layouts.front(), position, sliceIndex, *this->GetOutput(outputs + c));
        }
      }
    });
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  const auto printList = [&](const char * const name, const auto & values) {
    os << indent << name << ": [";
    for (const auto & value : values)
    {
      os << " " << value;
    }
    os << " ]" << std::endl;
  };
  os << indent << "Models: " << m_Models.size() << std::endl;
  for (const auto & model : m_Models)
  {
    model->Print(os, indent.GetNextIndent());
  }
  os << indent << "NumberOfNetworkOutputs: " << m_NumberOfNetworkOutputs << std::endl;
  printList("NetworkOutputNames", m_NetworkOutputNames);
  os << indent << "Combination: " << m_Combination << std::endl;
  os << indent << "ComputeUncertainty: " << (m_ComputeUncertainty ? "On" : "Off") << std::endl;
  os << indent << "BackgroundValue: " << m_BackgroundValue << std::endl;
  os << indent << "Plane: " << m_Plane << std::endl;
  printList("PatchSize", m_PatchSize);
  os << indent << "Overlap: " << m_Overlap << std::endl;
  os << indent << "TileRule: " << m_TileRule << std::endl;
  os << indent << "Blending: " << m_Blending << std::endl;
  os << indent << "NumberOfSlices: " << m_NumberOfSlices << std::endl;
  printList("MirrorAxes", m_MirrorAxes);
  printList("OutputScale", m_OutputScale);
  os << indent << "StitchOnDevice: " << (m_StitchOnDevice ? "On" : "Off") << std::endl;
  os << indent << "BatchSize: " << m_BatchSize << std::endl;
  os << indent << "PaddingValue: " << m_PaddingValue << std::endl;
  os << indent << "UsePaddingValue: " << (m_UsePaddingValue ? "On" : "Off") << std::endl;
}

} // namespace itk

#endif
