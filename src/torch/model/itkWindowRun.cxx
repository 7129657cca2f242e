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
#include "SyntheticCTDetail/itkWindowRun.h"

#include "itkDevicePatchBlender.h"
#include "itkPatchBlender.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <memory>
#include <sstream>
#include <utility>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
/** Joins the windows of one model, where it was asked to. */
class Stitcher
{
public:
  Stitcher(const NetworkModel & model, const PatchGrid & grid, const InferenceSettings & settings, size_t channels)
    : m_Channels(channels)
  {
    if (settings.StitchOnDevice)
    {
      m_OnDevice =
        std::make_unique<DevicePatchBlender>(model, grid, settings.Blending, channels, settings.GaussianScale);
    }
    else
    {
      m_OnHost = std::make_unique<PatchBlender>(grid, settings.Blending, channels, settings.GaussianScale);
    }
  }

  void
  AddTile(const size_t tile, const NetworkModel::Pass & pass, const size_t window)
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

/** Throw when a network has returned values that are not finite for a window, inside the image and the mask; \c number
 * is that of the window in its pass. */
void
VerifyWindow(const WindowRun &          run,
             const NetworkModel &       model,
             const NetworkModel::Pass & pass,
             const size_t               number,
             const size_t               window)
{
  const WindowLayout & layout = run.Layout;
  const size_t         tiles = layout.Grid.GetNumberOfTiles();
  const auto           start = layout.OutputGrid.GetTileStart(window % tiles);
  const auto           size = layout.OutputGrid.GetImageSize();
  const auto           patch = layout.OutputGrid.GetPatchSize();
  const auto           slice = static_cast<OffsetValueType>(window / tiles);

  // What lies around the image or outside the mask is dropped, whatever it is.
  const auto counts = [&](size_t position) {
    OffsetValueType offset = run.Mask.Origin + (layout.HasSlices ? slice * run.Mask.Stride[layout.SliceAxis] : 0);
    for (size_t i = 0; i < patch.size(); ++i)
    {
      const auto voxel = start[i] + static_cast<int64_t>(position % patch[i]);
      position /= patch[i];
      if (voxel < 0 || voxel >= static_cast<int64_t>(size[i]))
      {
        return false;
      }
      offset += layout.InputPositions[i][static_cast<size_t>(voxel)] * run.Mask.Stride[layout.Axes[i]];
    }
    return run.Mask.Buffer == nullptr || run.Mask.Buffer[offset] != 0;
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
  if (found == 0)
  {
    return;
  }
  auto       corner = run.FirstIndex;
  const auto inputStart = layout.Grid.GetTileStart(window % tiles);
  for (size_t i = 0; i < layout.Axes.size(); ++i)
  {
    corner[layout.Axes[i]] += inputStart[i];
  }
  if (layout.HasSlices)
  {
    corner[layout.SliceAxis] += slice;
  }
  std::ostringstream index;
  for (size_t axis = 0; axis < corner.size(); ++axis)
  {
    index << (axis == 0 ? "[" : ", ") << corner[axis];
  }
  itkGenericExceptionMacro(<< "NetworkInferenceImageFilter: The network of model '" << model.GetFileName()
                           << "' returns " << found
                           << " values that are NaN or infinite for the window that begins at index " << index.str()
                           << ']'
                           << (model.GetPrecision() == NetworkPrecisionEnum::Float16
                                 ? "; the numbers of float16 end at 65504, those of bfloat16 and float32 do not"
                                 : ""));
}

/** Windows on their way through the models. */
struct Batch
{
  WindowsType        Windows;
  std::vector<float> Values;
  /** One for each model. */
  std::vector<std::unique_ptr<NetworkModel::Pass>> Passes;
};

/** What changes while windows are run. */
class Progress
{
public:
  explicit Progress(const WindowRun & run);

  /** Start the networks on windows from \c first on. */
  void
  StartBatch(size_t first);

  /** Wait for the oldest batch and join its windows. */
  void
  FinishBatch();

  /** Pass over the windows before this one that were not run. */
  void
  SkipBefore(size_t window);

  /** Whether another batch should be started before the oldest is awaited. */
  bool
  HasRoom() const
  {
    return m_InFlight.size() < m_MostInFlight;
  }

  bool
  IsRunning() const
  {
    return !m_InFlight.empty();
  }

private:
  /** Add or skip the window that is due with \c add(model), and hand over the layers that it finished. */
  template <typename TAdd>
  void
  PassWindow(const TAdd & add);

  void
  HandOverLayers();

  const WindowRun &               m_Run;
  const size_t                    m_Tiles;
  NetworkModel::PassOptions       m_Options;
  NetworkModel::ShapeType         m_Shape;
  std::vector<Stitcher>           m_Stitchers;
  std::vector<std::vector<float>> m_Buffers;
  std::vector<const float *>      m_Layers;
  std::deque<Batch>               m_InFlight;
  size_t                          m_MostInFlight{ 1 };
  /** Every window is due in its order, whether it is run or not. */
  size_t m_Due{ 0 };
};

Progress::Progress(const WindowRun & run)
  : m_Run(run)
  , m_Tiles(run.Layout.Grid.GetNumberOfTiles())
{
  const InferenceSettings & settings = run.Settings;
  m_Options.Threads = run.Threads;
  m_Options.MirrorAxes = settings.MirrorAxes;
  m_Options.KeepOnDevice = settings.StitchOnDevice;
  const auto outputPatch = run.Layout.OutputGrid.GetPatchSize();
  m_Options.OutputGrid.assign(outputPatch.rbegin(), outputPatch.rend());
  // (N, C, [D,] H, W)
  m_Shape = { 0, static_cast<int64_t>(run.NumberOfInputs * settings.NumberOfSlices) };
  m_Shape.insert(m_Shape.end(), settings.PatchSize.rbegin(), settings.PatchSize.rend());
  for (const auto & model : run.Models)
  {
    // On another device than the CPU, the next batch is on its way while one is awaited.
    m_MostInFlight = model->GetDevice() == std::string("cpu") ? m_MostInFlight : 2;
    m_Stitchers.emplace_back(*model, run.Layout.OutputGrid, settings, run.NumberOfOutputs);
  }
  for (size_t i = 0; i < m_Stitchers.size() * run.NumberOfOutputs; ++i)
  {
    m_Buffers.emplace_back(run.Layout.LayerVoxels);
    m_Layers.push_back(m_Buffers.back().data());
  }
}

void
Progress::StartBatch(const size_t first)
{
  Batch        batch;
  const size_t last = std::min<size_t>(m_Run.Windows.size(), first + m_Run.Settings.BatchSize);
  batch.Windows.assign(m_Run.Windows.begin() + static_cast<std::ptrdiff_t>(first),
                       m_Run.Windows.begin() + static_cast<std::ptrdiff_t>(last));
  const size_t windowValues = static_cast<size_t>(m_Shape[1]) * m_Run.Layout.Grid.GetNumberOfPatchVoxels();
  batch.Values.resize(batch.Windows.size() * windowValues);
  for (size_t n = 0; n < batch.Windows.size(); ++n)
  {
    m_Run.FillWindow(batch.Windows[n], batch.Values.data() + n * windowValues);
  }
  m_Shape[0] = static_cast<int64_t>(batch.Windows.size());
  for (const auto & model : m_Run.Models)
  {
    try
    {
      batch.Passes.push_back(model->Start(batch.Values.data(), m_Shape, m_Options));
    }
    catch (ExceptionObject & error)
    {
      // A network without a card that was never run may well be one of blocks, left at the default plane.
      if (first == 0 && m_Run.Layout.HasSlices && !model->HasCard())
      {
        std::ostringstream text;
        text << error.GetDescription() << "; it was given slices, because Plane is " << m_Run.Settings.Plane
             << ": for a network of blocks call SetPlane(InferencePlaneEnum::Volume)";
        error.SetDescription(text.str());
      }
      throw;
    }
  }
  batch.Values = std::vector<float>();
  m_InFlight.push_back(std::move(batch));
}

void
Progress::FinishBatch()
{
  const Batch & batch = m_InFlight.front();
  for (size_t m = 0; m < batch.Passes.size(); ++m)
  {
    NetworkModel::Pass & pass = *batch.Passes[m];
    const NetworkModel & model = *m_Run.Models[m];
    pass.Wait();
    if (pass.GetNumberOfChannels() != m_Run.NumberOfOutputs)
    {
      itkGenericExceptionMacro(<< "NetworkInferenceImageFilter: The network of model '" << model.GetFileName()
                               << "' returns " << pass.GetNumberOfChannels() << " channels where "
                               << m_Run.NumberOfOutputs << " are declared");
    }
    for (size_t n = 0; n < batch.Windows.size(); ++n)
    {
      if (pass.GetNumberOfNonFiniteValues(n) > 0)
      {
        VerifyWindow(m_Run, model, pass, n, batch.Windows[n]);
      }
    }
  }
  for (size_t n = 0; n < batch.Windows.size(); ++n)
  {
    this->SkipBefore(batch.Windows[n]);
    this->PassWindow([&](const size_t m) { m_Stitchers[m].AddTile(m_Due % m_Tiles, *batch.Passes[m], n); });
  }
  m_InFlight.pop_front();
  m_Run.FinishBatch();
}

void
Progress::SkipBefore(const size_t window)
{
  while (m_Due < window)
  {
    this->PassWindow([this](const size_t m) { m_Stitchers[m].SkipTile(m_Due % m_Tiles); });
  }
}

template <typename TAdd>
void
Progress::PassWindow(const TAdd & add)
{
  for (size_t m = 0; m < m_Stitchers.size(); ++m)
  {
    if (m_Due % m_Tiles == 0)
    {
      m_Stitchers[m].Restart();
    }
    add(m);
  }
  this->HandOverLayers();
  ++m_Due;
}

void
Progress::HandOverLayers()
{
  const size_t outputs = m_Run.NumberOfOutputs;
  while (m_Stitchers.front().HasFinishedLayer())
  {
    for (size_t i = 0; i < m_Layers.size(); ++i)
    {
      m_Stitchers[i / outputs].GetLayer(i % outputs, m_Buffers[i].data());
    }
    m_Run.TakeLayer(m_Layers, m_Stitchers.front().GetLayerPosition(), m_Due / m_Tiles);
    for (Stitcher & stitcher : m_Stitchers)
    {
      stitcher.ReleaseLayer();
    }
  }
}
} // namespace

void
WindowRun::Execute() const
{
  Progress progress(*this);
  for (size_t first = 0; first < Windows.size(); first += Settings.BatchSize)
  {
    progress.StartBatch(first);
    if (!progress.HasRoom())
    {
      progress.FinishBatch();
    }
  }
  while (progress.IsRunning())
  {
    progress.FinishBatch();
  }
  progress.SkipBefore(NumberOfSlices * Layout.Grid.GetNumberOfTiles());
}

} // namespace SyntheticCTDetail
} // namespace itk
