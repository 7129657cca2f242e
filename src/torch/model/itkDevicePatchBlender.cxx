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
#include "itkDevicePatchBlender.h"

#include "itkNetworkModelInternals.h"
#include "session/itkTorchDevice.h"
#include "session/itkTorchSession.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>

namespace itk
{
using namespace SyntheticCTDetail;
namespace
{
/** As in PatchBlender: sums begin at -0, which leaves every number that is added to it as it is, -0 included. */
constexpr double EmptySum = -0.0;

/** Tensors have their axes the other way round. */
NetworkModel::ShapeType
Reversed(const PatchGrid::SizesType & sizes)
{
  return NetworkModel::ShapeType(sizes.rbegin(), sizes.rend());
}
} // namespace

struct DevicePatchBlender::Internals
{
  explicit Internals(const PatchGrid & grid)
    : Grid(grid)
  {}

  void
  ThrowUnlessDue(size_t tile) const;

  /** Add values of shape (K, ...) to the sums of the channels from \c firstChannel on, or, with no values, the weights
   * to their sums. */
  void
  Add(size_t tile, const at::Tensor & values, size_t firstChannel);

  /** A window has been added or skipped: send the layers that this finished on their way to the host. */
  void
  FinishTile();

  PatchGrid   Grid;
  std::string What;
  size_t      Channels{ 0 };
  size_t      LayerVoxels{ 1 };
  size_t      SlabLayers{ 0 };
  /** On the device, in double; layer p is at p modulo SlabLayers. Weights have the shape of a window. */
  at::Tensor Weights;
  /** (layers, ...) */
  at::Tensor WeightSums;
  /** (channels, layers, ...) */
  at::Tensor Sums;

  size_t NextTile{ 0 };
  size_t FirstLayer{ 0 };
  size_t FinishedLayers{ 0 };

  /** On the host: (channels, layers, ...) in float32 from layer FirstFetched on. */
  at::Tensor                Fetched;
  size_t                    FirstFetched{ 0 };
  std::optional<c10::Event> FetchDone;
};

void
DevicePatchBlender::Internals::ThrowUnlessDue(const size_t tile) const
{
  if (tile != NextTile || tile >= Grid.GetNumberOfTiles())
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: tile " << tile << " was added where tile " << NextTile << " of "
                             << Grid.GetNumberOfTiles() << " is due");
  }
  if (FirstLayer < FinishedLayers)
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: layer " << FirstLayer
                             << " is finished and should be released first");
  }
}

void
DevicePatchBlender::Internals::Add(const size_t tile, const at::Tensor & values, const size_t firstChannel)
{
  // The part of the window inside the image.
  const auto start = Grid.GetTileStart(tile);
  const auto dimension = static_cast<int64_t>(Grid.GetDimension());
  at::Tensor weights = Weights;
  at::Tensor source = values;
  at::Tensor target =
    values.defined() ? Sums.narrow(0, static_cast<int64_t>(firstChannel), values.size(0)) : WeightSums;
  // Axes of the grid counted from a tensor's end are those of all the tensors here.
  for (int64_t axis = 0; axis < dimension; ++axis)
  {
    const auto    size = static_cast<int64_t>(Grid.GetImageSize()[static_cast<size_t>(axis)]);
    const auto    patch = static_cast<int64_t>(Grid.GetPatchSize()[static_cast<size_t>(axis)]);
    const int64_t first = start[static_cast<size_t>(axis)];
    const int64_t begin = std::max<int64_t>(0, -first);
    const int64_t count = std::min(patch, size - first) - begin;
    weights = weights.narrow(-1 - axis, begin, count);
    if (source.defined())
    {
      source = source.narrow(-1 - axis, begin, count);
    }
    if (axis + 1 < dimension)
    {
      target = target.narrow(-1 - axis, first + begin, count);
    }
  }

  // The slab is a ring: the window's layers are one piece of it, or two.
  const auto    slabLayers = static_cast<int64_t>(SlabLayers);
  const int64_t layers = weights.size(-dimension);
  const int64_t ringStart = std::max<int64_t>(0, start.back()) % slabLayers;
  const int64_t untilEnd = std::min(layers, slabLayers - ringStart);
  const auto    addPiece = [&](const int64_t layer, const int64_t place, const int64_t count) {
    const at::Tensor piece = target.narrow(-dimension, place, count);
    const at::Tensor pieceWeights = weights.narrow(-dimension, layer, count);
    if (source.defined())
    {
      piece.addcmul_(source.narrow(-dimension, layer, count).to(at::kDouble), pieceWeights);
    }
    else
    {
      piece.add_(pieceWeights);
    }
  };
  addPiece(0, ringStart, untilEnd);
  if (untilEnd < layers)
  {
    addPiece(untilEnd, 0, layers - untilEnd);
  }
}

void
DevicePatchBlender::Internals::FinishTile()
{
  ++NextTile;
  // The layers before the first that the next window reaches are finished.
  FinishedLayers = NextTile == Grid.GetNumberOfTiles()
                     ? Grid.GetImageSize().back()
                     : static_cast<size_t>(std::max<int64_t>(0, Grid.GetTileStart(NextTile).back()));
  if (FinishedLayers == FirstLayer)
  {
    return;
  }

  // Out of the ring in one or two pieces, which begin anew.
  const auto              slabLayers = static_cast<int64_t>(SlabLayers);
  const auto              count = static_cast<int64_t>(FinishedLayers - FirstLayer);
  const int64_t           ringStart = static_cast<int64_t>(FirstLayer) % slabLayers;
  std::vector<at::Tensor> pieces;
  for (int64_t done = 0; done < count;)
  {
    const int64_t    place = (ringStart + done) % slabLayers;
    const int64_t    length = std::min(count - done, slabLayers - place);
    const at::Tensor sums = Sums.narrow(1, place, length);
    const at::Tensor weightSums = WeightSums.narrow(0, place, length);
    pieces.push_back((sums / weightSums).to(at::kFloat));
    sums.fill_(EmptySum);
    weightSums.zero_();
    done += length;
  }
  const at::Tensor finished = pieces.size() == 1 ? pieces.front() : at::cat(pieces, 1);
  FirstFetched = FirstLayer;
  if (finished.is_cpu())
  {
    Fetched = finished;
    return;
  }
  Fetched = at::empty(finished.sizes(), at::TensorOptions().dtype(at::kFloat).pinned_memory(true));
  Fetched.copy_(finished, /* non_blocking = */ true);
  FetchDone.emplace(finished.device().type());
  FetchDone->record(c10::impl::VirtualGuardImpl(finished.device().type()).getStream(finished.device()));
}

DevicePatchBlender::DevicePatchBlender(const NetworkModel & model,
                                       const PatchGrid &    grid,
                                       const BlendingEnum   blending,
                                       const size_t         channels,
                                       const double         gaussianScale)
  : m_Internals(std::make_unique<Internals>(grid))
{
  if (grid.GetNumberOfTiles() == 0)
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: the grid has no tiles");
  }
  if (channels == 0)
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: the number of channels is 0 but should be at least 1");
  }
  if (blending != BlendingEnum::Constant && blending != BlendingEnum::Gaussian &&
      blending != BlendingEnum::NNUNetGaussian)
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: Blending is " << blending
                             << " but should be constant, gaussian or nnunet-gaussian");
  }

  Internals & own = *m_Internals;
  own.What = std::string("DevicePatchBlender on device ") + model.GetDevice();
  own.Channels = channels;
  const auto imageShape = Reversed(grid.GetImageSize());
  for (size_t axis = 1; axis < imageShape.size(); ++axis)
  {
    own.LayerVoxels *= static_cast<size_t>(imageShape[axis]);
  }
  own.SlabLayers = std::min(grid.GetImageSize().back(), grid.GetPatchSize().back());

  const TorchSession       session;
  const c10::InferenceMode noAutograd;
  TorchCall(own.What, [&] {
    const auto              options = at::TensorOptions(TorchDeviceFrom(model.GetDevice())).dtype(at::kDouble);
    std::vector<float>      weights = PatchBlender::MakeWeights(grid.GetPatchSize(), blending, gaussianScale);
    NetworkModel::ShapeType slabShape = imageShape;
    slabShape.front() = static_cast<int64_t>(own.SlabLayers);
    own.Weights = at::from_blob(weights.data(), Reversed(grid.GetPatchSize()), at::kFloat).to(options);
    own.WeightSums = at::zeros(slabShape, options);
    slabShape.insert(slabShape.begin(), static_cast<int64_t>(channels));
    own.Sums = at::full(slabShape, EmptySum, options);
  });
}

DevicePatchBlender::~DevicePatchBlender() = default;

void
DevicePatchBlender::AddTile(const size_t tile, const NetworkModel::Pass & pass, const size_t window)
{
  Internals & own = *m_Internals;
  own.ThrowUnlessDue(tile);
  if (pass.GetNumberOfChannels() != own.Channels)
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: a tile has " << pass.GetNumberOfChannels() << " channels where "
                             << own.Channels << " are expected");
  }
  const auto windowShape = Reversed(own.Grid.GetPatchSize());
  if (pass.GetGrid() != windowShape)
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: a tile has the grid " << ShapeText(pass.GetGrid()) << " where "
                             << ShapeText(windowShape) << " is expected");
  }
  if (window >= pass.GetNumberOfWindows())
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: there is no window " << window << " in the pass, only "
                             << pass.GetNumberOfWindows());
  }

  const TorchSession       session;
  const c10::InferenceMode noAutograd;
  TorchCall(own.What, [&] {
    if (pass.m_Internals->Done && !pass.m_Internals->KeptOnDevice)
    {
      WaitFor(*pass.m_Internals->Done);
    }
    own.Add(tile, at::Tensor(), 0);
    size_t firstChannel = 0;
    for (const auto & head : pass.m_Internals->Heads)
    {
      own.Add(tile, head.Values[static_cast<int64_t>(window)].to(own.Sums.device()), firstChannel);
      firstChannel += static_cast<size_t>(head.Values.size(1));
    }
    own.FinishTile();
  });
}

void
DevicePatchBlender::SkipTile(const size_t tile)
{
  m_Internals->ThrowUnlessDue(tile);
  const TorchSession       session;
  const c10::InferenceMode noAutograd;
  TorchCall(m_Internals->What, [this] { m_Internals->FinishTile(); });
}

bool
DevicePatchBlender::HasFinishedLayer() const
{
  return m_Internals->FirstLayer < m_Internals->FinishedLayers;
}

size_t
DevicePatchBlender::GetLayerPosition() const
{
  return m_Internals->FirstLayer;
}

size_t
DevicePatchBlender::GetNumberOfLayerVoxels() const
{
  return m_Internals->LayerVoxels;
}

void
DevicePatchBlender::GetLayer(const size_t channel, float * const buffer) const
{
  const Internals & own = *m_Internals;
  if (!this->HasFinishedLayer())
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: no layer is finished");
  }
  if (channel >= own.Channels)
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: there is no channel " << channel << ", only " << own.Channels);
  }
  if (own.FetchDone)
  {
    TorchCall(own.What, [&own] { WaitFor(*own.FetchDone); });
  }
  const auto layer = static_cast<int64_t>(own.FirstLayer - own.FirstFetched);
  const auto offset = static_cast<int64_t>(channel) * own.Fetched.stride(0) + layer * own.Fetched.stride(1);
  std::copy_n(own.Fetched.data_ptr<float>() + offset, own.LayerVoxels, buffer);
}

void
DevicePatchBlender::ReleaseLayer()
{
  if (!this->HasFinishedLayer())
  {
    itkGenericExceptionMacro(<< "DevicePatchBlender: no layer is finished");
  }
  ++m_Internals->FirstLayer;
  if (!this->HasFinishedLayer())
  {
    m_Internals->Fetched = at::Tensor();
    m_Internals->FetchDone.reset();
  }
}

void
DevicePatchBlender::Restart()
{
  Internals &              own = *m_Internals;
  const TorchSession       session;
  const c10::InferenceMode noAutograd;
  TorchCall(own.What, [&own] {
    own.WeightSums.zero_();
    own.Sums.fill_(EmptySum);
  });
  own.NextTile = 0;
  own.FirstLayer = 0;
  own.FinishedLayers = 0;
  own.Fetched = at::Tensor();
  own.FetchDone.reset();
}

} // namespace itk
