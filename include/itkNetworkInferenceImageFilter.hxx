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
#include "itkImageScanlineIterator.h"
#include "itkNetworkInferenceImageFilter.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkMaskedStatistics.h"
#include "SyntheticCTDetail/itkWindowRun.h"

#include <algorithm>
#include <array>

namespace itk
{

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
    m_GaussianScale = card.Infer.GaussianScale;
    m_TileRule = card.Infer.Tiles;
    m_Blending = card.Infer.Blending;
    m_NumberOfSlices = card.Infer.Slices;
    m_MirrorAxes = card.Infer.Mirror;
    m_Combination = card.Infer.Combine;
    m_OutputScale = card.Infer.Scale;
    m_BatchSize = card.Infer.Batch;
    m_PaddingRule = card.Infer.PaddingRule;
    m_PaddingValue = card.Infer.PaddingValue;
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
    itkSyntheticCTExceptionMacro("AddModel() was given no model");
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
    itkSyntheticCTExceptionMacro("There is no model " << number << ", only " << m_Models.size());
  }
  return m_Models[number];
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetNumberOfNetworkOutputs(const unsigned int number)
{
  if (number == 0)
  {
    itkSyntheticCTExceptionMacro("NumberOfNetworkOutputs is 0 but should be at least 1");
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
  const auto before = this->GetNumberOfIndexedOutputs();
  this->SetNumberOfIndexedOutputs(total);
  this->SetNumberOfRequiredOutputs(total);
  for (auto i = before; i < total; ++i)
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
    itkSyntheticCTExceptionMacro(names.size()
                                 << " names were given for " << m_NumberOfNetworkOutputs << " network outputs");
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
    itkSyntheticCTExceptionMacro("There is no network output " << number << ", only " << m_NumberOfNetworkOutputs);
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
  itkSyntheticCTExceptionMacro("There is no network output '" << name << "'");
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
    itkSyntheticCTExceptionMacro("There is no uncertainty of output "
                                 << number << ": ComputeUncertainty is " << (m_ComputeUncertainty ? "on" : "off")
                                 << " and there are " << m_NumberOfNetworkOutputs << " network outputs");
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
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetComputeWindowCount(const bool compute)
{
  if (compute == m_ComputeWindowCount)
  {
    return;
  }
  m_ComputeWindowCount = compute;
  if (compute)
  {
    this->SetOutput("WindowCount", this->MakeOutput("WindowCount"));
  }
  else
  {
    this->RemoveOutput("WindowCount");
  }
  this->Modified();
}

template <typename TInputImage, typename TOutputImage>
TOutputImage *
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetWindowCountOutput()
{
  if (!m_ComputeWindowCount)
  {
    itkSyntheticCTExceptionMacro("There is no output of window counts: ComputeWindowCount is off");
  }
  return static_cast<OutputImageType *>(this->ProcessObject::GetOutput("WindowCount"));
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SetOverlap(const OverlapType & overlap)
{
  if (overlap != m_Overlap)
  {
    m_Overlap = overlap;
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
  if (m_PaddingRule != PaddingRuleEnum::Constant ||
      !(value == m_PaddingValue || (value != value && m_PaddingValue != m_PaddingValue)))
  {
    m_PaddingValue = value;
    m_PaddingRule = PaddingRuleEnum::Constant;
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
SyntheticCTDetail::InferenceSettings
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GetSettings() const
{
  SyntheticCTDetail::InferenceSettings settings;
  settings.ImageDimension = ImageDimension;
  settings.Plane = m_Plane;
  settings.PatchSize = m_PatchSize;
  settings.Overlap = m_Overlap;
  settings.TileRule = m_TileRule;
  settings.Blending = m_Blending;
  settings.GaussianScale = m_GaussianScale;
  settings.NumberOfSlices = m_NumberOfSlices;
  settings.MirrorAxes = m_MirrorAxes;
  settings.OutputScale = m_OutputScale;
  settings.StitchOnDevice = m_StitchOnDevice;
  settings.BatchSize = m_BatchSize;
  return settings;
}

template <typename TInputImage, typename TOutputImage>
SyntheticCTDetail::WindowLayout
NetworkInferenceImageFilter<TInputImage, TOutputImage>::MakeLayout(const InferencePlaneEnum plane) const
{
  PatchGrid::SizesType size;
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    size.push_back(static_cast<unsigned int>(this->GetInput()->GetLargestPossibleRegion().GetSize(axis)));
  }
  return this->GetSettings().MakeLayout(AnatomicalSliceAxis(plane, this->GetInput()->GetDirection()), size);
}

template <typename TInputImage, typename TOutputImage>
std::pair<IndexValueType, SizeValueType>
NetworkInferenceImageFilter<TInputImage, TOutputImage>::SlicesOf(const Layout & layout, const RegionType & region)
{
  if (layout.HasSlices)
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
    itkSyntheticCTExceptionMacro("Model is not set");
  }
  for (const auto & model : m_Models)
  {
    if (!model->IsLoaded())
    {
      itkSyntheticCTExceptionMacro("The model has no network");
    }
    if (!model->HasCard())
    {
      continue;
    }
    const NetworkModelCard & card = model->GetCard();
    if (this->GetNumberOfIndexedInputs() != card.Inputs.size())
    {
      itkSyntheticCTExceptionMacro("There are " << this->GetNumberOfIndexedInputs()
                                                << " inputs where the model card of '" << model->GetFileName()
                                                << "' names " << card.Inputs.size());
    }
    if (m_NumberOfNetworkOutputs != card.Outputs.size())
    {
      itkSyntheticCTExceptionMacro("NumberOfNetworkOutputs is " << m_NumberOfNetworkOutputs
                                                                << " where the model card of '" << model->GetFileName()
                                                                << "' names " << card.Outputs.size());
    }
  }
  Superclass::VerifyPreconditions();
  for (DataObject::DataObjectPointerArraySizeType i = 0; i < this->GetNumberOfIndexedInputs(); ++i)
  {
    if (this->GetInput(static_cast<unsigned int>(i)) == nullptr)
    {
      itkSyntheticCTExceptionMacro("Input " << i << " is not set, but a later one is");
    }
  }

  const auto        settings = this->GetSettings();
  const std::string wrong = settings.WhatIsWrong();
  if (!wrong.empty())
  {
    itkSyntheticCTExceptionMacro(wrong);
  }
  if (m_ComputeUncertainty && m_Models.size() * settings.GetPlanes().size() < 2)
  {
    itkSyntheticCTExceptionMacro("ComputeUncertainty is on, which takes several models or Plane orthogonal");
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
      itkSyntheticCTExceptionMacro("Input " << i << " lies on another grid than input 0: " << difference);
    }
  }
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, first, this->GetMaskImage(), "the mask");
  if (first->GetLargestPossibleRegion().GetNumberOfPixels() == 0)
  {
    itkSyntheticCTExceptionMacro("The input is empty: its size is " << first->GetLargestPossibleRegion().GetSize());
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::GenerateOutputInformation()
{
  Superclass::GenerateOutputInformation();
  const ScaleType scale = this->GetSettings().GetScale();
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
  for (const auto & name : this->GetOutputNames())
  {
    auto * const output = static_cast<OutputImageType *>(this->ProcessObject::GetOutput(name));
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
    const unsigned int sliceAxis = this->GetSettings().GetPlanes().size() == 1
                                     ? this->MakeLayout(m_Plane).SliceAxis
                                     : static_cast<unsigned int>(ImageDimension);
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
  const auto planes = this->GetSettings().GetPlanes();
  auto       region = this->GetInput()->GetLargestPossibleRegion();
  bool       needsAll = planes.size() > 1;
  auto       maskRegion = region;
  for (const InferencePlaneEnum plane : planes)
  {
    const Layout layout = this->MakeLayout(plane);
    needsAll = needsAll || (m_PaddingRule == PaddingRuleEnum::Minimum && layout.Grid.NeedsPadding());
    if (layout.HasSlices)
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
  for (const InferencePlaneEnum plane : this->GetSettings().GetPlanes())
  {
    needed = needed || this->MakeLayout(plane).Grid.NeedsPadding();
  }
  if (m_PaddingRule != PaddingRuleEnum::Minimum || !needed)
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
SyntheticCTDetail::MaskView
NetworkInferenceImageFilter<TInputImage, TOutputImage>::ViewMask(const Layout & layout) const
{
  SyntheticCTDetail::MaskView view;
  const auto * const          mask = this->GetMaskImage();
  if (mask)
  {
    auto first = mask->GetLargestPossibleRegion().GetIndex();
    if (layout.HasSlices)
    {
      first[layout.SliceAxis] = SlicesOf(layout, this->GetOutput()->GetRequestedRegion()).first;
    }
    view.Buffer = mask->GetBufferPointer();
    view.Origin = mask->ComputeOffset(first);
    std::copy_n(mask->GetOffsetTable(), ImageDimension, view.Stride.begin());
  }
  return view;
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::CopyWindow(const InputImageType &       image,
                                                                   const Layout &               layout,
                                                                   const IndexValueType         sliceIndex,
                                                                   const PatchGrid::StartType & start,
                                                                   const float                  padding,
                                                                   float *                      target) const
{
  const auto                                          imageSize = layout.Grid.GetImageSize();
  const auto                                          patchSize = layout.Grid.GetPatchSize();
  typename InputImageType::IndexType                  origin = image.GetLargestPossibleRegion().GetIndex();
  std::array<int64_t, LargestWindowDimension>         size{ { 1, 1, 1 } };
  std::array<int64_t, LargestWindowDimension>         first{ { 0, 0, 0 } };
  std::array<int64_t, LargestWindowDimension>         patch{ { 1, 1, 1 } };
  std::array<OffsetValueType, LargestWindowDimension> stride{ { 0, 0, 0 } };
  for (size_t i = 0; i < layout.Axes.size(); ++i)
  {
    size[i] = static_cast<int64_t>(imageSize[i]);
    first[i] = start[i];
    patch[i] = static_cast<int64_t>(patchSize[i]);
    stride[i] = image.GetOffsetTable()[layout.Axes[i]];
  }
  if (layout.HasSlices)
  {
    origin[layout.SliceAxis] = sliceIndex;
  }
  const InputPixelType * const pixels = image.GetBufferPointer() + image.ComputeOffset(origin);

  const bool    replicates = m_PaddingRule == PaddingRuleEnum::Replicate;
  const int64_t begin = std::max<int64_t>(0, -first[0]);
  const int64_t end = std::min(patch[0], size[0] - first[0]);
  for (int64_t k = 0; k < patch[2]; ++k)
  {
    const int64_t z = std::clamp<int64_t>(first[2] + k, 0, size[2] - 1);
    for (int64_t j = 0; j < patch[1]; ++j, target += patch[0])
    {
      const int64_t y = std::clamp<int64_t>(first[1] + j, 0, size[1] - 1);
      if (!replicates && (z != first[2] + k || y != first[1] + j))
      {
        std::fill_n(target, patch[0], padding);
        continue;
      }
      const InputPixelType * const row = pixels + z * stride[2] + y * stride[1];
      for (int64_t i = begin; i < end; ++i)
      {
        target[i] = static_cast<float>(row[(first[0] + i) * stride[0]]);
      }
      std::fill(target, target + begin, replicates ? target[begin] : padding);
      std::fill(target + end, target + patch[0], replicates ? target[end - 1] : padding);
    }
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::FillWindow(const Layout &             layout,
                                                                   const std::vector<float> & padding,
                                                                   const size_t               window,
                                                                   float *                    values) const
{
  const size_t         tiles = layout.Grid.GetNumberOfTiles();
  const size_t         patchVoxels = layout.Grid.GetNumberOfPatchVoxels();
  const IndexValueType firstRequested = SlicesOf(layout, this->GetOutput()->GetRequestedRegion()).first;
  const auto           existing = SlicesOf(layout, this->GetInput()->GetLargestPossibleRegion());
  const IndexValueType lastExisting = existing.first + static_cast<IndexValueType>(existing.second) - 1;
  const auto           half = static_cast<IndexValueType>(m_NumberOfSlices / 2);
  const auto           slice = firstRequested + static_cast<IndexValueType>(window / tiles);
  const auto           start = layout.Grid.GetTileStart(window % tiles);
  for (unsigned int c = 0; c < padding.size(); ++c)
  {
    for (IndexValueType neighbor = slice - half; neighbor <= slice + half; ++neighbor, values += patchVoxels)
    {
      const IndexValueType nearest = std::min(std::max(neighbor, existing.first), lastExisting);
      this->CopyWindow(*this->GetInput(c), layout, nearest, start, padding[c], values);
    }
  }
}

template <typename TInputImage, typename TOutputImage>
SyntheticCTDetail::WindowRun
NetworkInferenceImageFilter<TInputImage, TOutputImage>::PrepareRun(const InferencePlaneEnum plane) const
{
  SyntheticCTDetail::WindowRun run;
  run.Layout = this->MakeLayout(plane);
  run.Mask = this->ViewMask(run.Layout);
  const auto slices = SlicesOf(run.Layout, this->GetOutput()->GetRequestedRegion());
  run.NumberOfSlices = slices.second;
  run.Windows = SyntheticCTDetail::FindWindows(run.Layout, run.NumberOfSlices, run.Mask);
  run.Models = m_Models;
  run.NumberOfInputs = this->GetNumberOfIndexedInputs();
  run.NumberOfOutputs = m_NumberOfNetworkOutputs;
  run.Settings = this->GetSettings();
  run.Threads = std::max(
    1u, std::min<unsigned int>(this->GetNumberOfWorkUnits(), this->GetMultiThreader()->GetMaximumNumberOfThreads()));
  auto first = this->GetInput()->GetLargestPossibleRegion().GetIndex();
  if (run.Layout.HasSlices)
  {
    first[run.Layout.SliceAxis] = slices.first;
  }
  for (unsigned int axis = 0; axis < ImageDimension; ++axis)
  {
    run.FirstIndex.push_back(first[axis]);
  }
  return run;
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::AddWindowCounts(const SyntheticCTDetail::WindowRun & run)
{
  OutputImageType * const image = this->GetWindowCountOutput();
  const Layout &          layout = run.Layout;
  const size_t            tiles = layout.OutputGrid.GetNumberOfTiles();
  const auto              patchSize = layout.OutputGrid.GetPatchSize();
  const auto              largest = image->GetLargestPossibleRegion();
  for (const size_t window : run.Windows)
  {
    RegionType region = largest;
    const auto start = layout.OutputGrid.GetTileStart(window % tiles);
    for (size_t i = 0; i < layout.Axes.size(); ++i)
    {
      region.SetIndex(layout.Axes[i], largest.GetIndex(layout.Axes[i]) + static_cast<IndexValueType>(start[i]));
      region.SetSize(layout.Axes[i], patchSize[i]);
    }
    if (layout.HasSlices)
    {
      region.SetIndex(layout.SliceAxis,
                      SlicesOf(layout, image->GetRequestedRegion()).first +
                        static_cast<IndexValueType>(window / tiles));
      region.SetSize(layout.SliceAxis, 1);
    }
    region.Crop(largest);
    for (ImageScanlineIterator<OutputImageType> it(image, region); !it.IsAtEnd(); it.NextLine())
    {
      for (; !it.IsAtEndOfLine(); ++it)
      {
        it.Set(it.Get() + OutputPixelType{ 1 });
      }
    }
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
  if (layout.HasSlices)
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
      if (layout.HasSlices)
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
      SyntheticCTDetail::CombineResults(results.data(),
                                        count,
                                        number,
                                        m_Combination,
                                        combined.data(),
                                        m_ComputeUncertainty ? deviations.data() : nullptr);
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

  std::vector<SyntheticCTDetail::WindowRun> runs;
  size_t                                    batches = 0;
  for (const InferencePlaneEnum plane : this->GetSettings().GetPlanes())
  {
    runs.push_back(this->PrepareRun(plane));
    batches += (runs.back().Windows.size() + m_BatchSize - 1) / m_BatchSize;
  }
  if (m_ComputeWindowCount)
  {
    this->GetWindowCountOutput()->FillBuffer(OutputPixelType{ 0 });
    for (const auto & run : runs)
    {
      this->AddWindowCounts(run);
    }
  }
  const size_t     outputs = m_NumberOfNetworkOutputs;
  const auto       padding = this->ComputePadding();
  ProgressReporter progress(this, 0, batches, batches);
  const bool       isOnePlane = runs.size() == 1;

  // With several planes, the results of each are kept until the last is there.
  std::vector<typename VolumeType::Pointer> volumes;
  for (auto & run : runs)
  {
    const size_t firstVolume = volumes.size();
    for (size_t i = 0; !isOnePlane && i < m_Models.size() * outputs; ++i)
    {
      volumes.push_back(VolumeType::New());
      volumes.back()->CopyInformation(this->GetOutput());
      volumes.back()->SetBufferedRegion(region);
      volumes.back()->Allocate();
    }
    const Layout & layout = run.Layout;
    const auto     firstSlice = SlicesOf(layout, region).first;
    run.FillWindow = [&](const size_t window, float * const values) {
      this->FillWindow(layout, padding, window, values);
    };
    run.FinishBatch = [&progress] { progress.CompletedPixel(); };
    run.TakeLayer = [&](const std::vector<const float *> & layers, const size_t position, const size_t slice) {
      const auto sliceIndex = firstSlice + static_cast<IndexValueType>(slice);
      if (isOnePlane)
      {
        this->TakeLayer(layers, layout, position, sliceIndex);
        return;
      }
      for (size_t i = 0; i < layers.size(); ++i)
      {
        this->CopyLayer(layers[i], layout, position, sliceIndex, *volumes[firstVolume + i]);
      }
    };
    run.Execute();
  }
  if (!isOnePlane)
  {
    this->CombinePlanes(volumes);
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkInferenceImageFilter<TInputImage, TOutputImage>::TakeLayer(const std::vector<const float *> & layers,
                                                                  const Layout &                     layout,
                                                                  const size_t                       position,
                                                                  const IndexValueType               sliceIndex)
{
  const auto                 outputs = m_NumberOfNetworkOutputs;
  const size_t               models = m_Models.size();
  std::vector<float>         combined(models == 1 ? 0 : layout.LayerVoxels);
  std::vector<float>         deviations(combined.size());
  std::vector<const float *> results(models);
  for (unsigned int c = 0; c < outputs; ++c)
  {
    if (models == 1)
    {
      this->CopyLayer(layers[c], layout, position, sliceIndex, *this->GetOutput(c));
      continue;
    }
    for (size_t m = 0; m < models; ++m)
    {
      results[m] = layers[m * outputs + c];
    }
    SyntheticCTDetail::CombineResults(
      results.data(), models, layout.LayerVoxels, m_Combination, combined.data(), deviations.data());
    this->CopyLayer(combined.data(), layout, position, sliceIndex, *this->GetOutput(c));
    if (m_ComputeUncertainty)
    {
      this->CopyLayer(deviations.data(), layout, position, sliceIndex, *this->GetOutput(outputs + c));
    }
  }
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
  os << indent << "ComputeWindowCount: " << (m_ComputeWindowCount ? "On" : "Off") << std::endl;
  os << indent << "BackgroundValue: " << m_BackgroundValue << std::endl;
  os << indent << "Plane: " << m_Plane << std::endl;
  printList("PatchSize", m_PatchSize);
  printList("Overlap", m_Overlap);
  os << indent << "TileRule: " << m_TileRule << std::endl;
  os << indent << "Blending: " << m_Blending << std::endl;
  os << indent << "GaussianScale: " << m_GaussianScale << std::endl;
  os << indent << "NumberOfSlices: " << m_NumberOfSlices << std::endl;
  printList("MirrorAxes", m_MirrorAxes);
  printList("OutputScale", m_OutputScale);
  os << indent << "StitchOnDevice: " << (m_StitchOnDevice ? "On" : "Off") << std::endl;
  os << indent << "BatchSize: " << m_BatchSize << std::endl;
  os << indent << "PaddingValue: " << m_PaddingValue << std::endl;
  os << indent << "PaddingRule: " << m_PaddingRule << std::endl;
}

} // namespace itk

#endif
