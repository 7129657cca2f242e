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
#include "itkNetworkConvolution.h"

#include "itkThreadPool.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
// Pixels of a direct convolution, and rows of a Winograd product, that a thread keeps in its caches at a time.
constexpr int64_t pixelsPerBlock = 48;
constexpr int64_t rowsPerBlock = 24;
// Pieces of one image whose sums for the normalisation are kept apart, so that they do not depend on the threads.
constexpr int64_t maximumPieces = 256;
// With fewer input channels than this, the taps of a pixel are gathered first: loops over channels would be too short.
constexpr int64_t fewestChannels = 16;
// Winograd's weights take four times as much memory as the kernel's. Where they would take more than this, images are
// small: there is little to gain, and reading the weights takes as long as multiplying by them.
constexpr int64_t maximumWinogradWeights = int64_t{ 1 } << 22;

std::atomic<unsigned int> networkThreads{ 0 };

int64_t
NumberOfThreads()
{
  const unsigned int number = networkThreads;
  return number > 0 ? static_cast<int64_t>(number) : at::get_num_threads();
}

/** Memory of the calling thread, for one operator at a time. A thread keeps as much as it needed at most: taken anew
 * each time, blocks of all sizes would leave the heap in pieces. */
float *
ThreadMemory(size_t size)
{
  thread_local NetworkBuffer buffer;
  thread_local size_t        capacity = 0;
  if (capacity < size)
  {
    buffer = NetworkBuffer();
    buffer = NetworkBuffer(size);
    capacity = size;
  }
  return buffer.Get();
}

/** Have threads of ITK's pool call a task, up to that many times. What is in the queue may run already, so that no
 * error may leave here: whoever waits for the tasks has to do without those that are missing. */
void
HelpWith(const std::function<void()> & task, int64_t times)
{
  try
  {
    const auto pool = ThreadPool::GetInstance();
    {
      // Several networks may run at a time, and the pool does not guard its number of threads.
      static std::mutex                 mutex;
      const std::lock_guard<std::mutex> lock(mutex);
      const auto                        wanted = static_cast<ThreadIdType>(times);
      if (pool->GetMaximumNumberOfThreads() < wanted)
      {
        pool->AddThreads(wanted - pool->GetMaximumNumberOfThreads());
      }
    }
    for (int64_t i = 0; i < times; ++i)
    {
      pool->AddWork(task);
    }
  }
  catch (const std::exception &)
  {}
}

/** Share out [0, count) among the threads: calls `function(begin, end)` for each share. By the threads of ITK's pool,
 * because LibTorch's own belong to whichever OpenMP it was built with. The caller takes shares like everybody else and
 * waits only for those that have been begun: a pool whose threads are all busy, perhaps waiting for this very pass,
 * holds nothing up. */
template <typename TFunction>
void
ParallelFor(int64_t count, const TFunction & function)
{
  const int64_t shares = std::min(count, NumberOfThreads());
  if (shares < 2)
  {
    function(0, count);
    return;
  }

  struct State
  {
    std::atomic<int64_t>    NextShare{ 0 };
    std::mutex              Mutex;
    std::condition_variable Condition;
    int64_t                 SharesDone{ 0 };
    std::exception_ptr      Error;
  };
  // Tasks that the pool comes to late outlive this call: they own the state, and find that no share is left.
  const auto state = std::make_shared<State>();
  const auto takeShares = [state, shares, count, &function] {
    for (int64_t i = state->NextShare++; i < shares; i = state->NextShare++)
    {
      std::exception_ptr error;
      try
      {
        function(count * i / shares, count * (i + 1) / shares);
      }
      catch (...)
      {
        error = std::current_exception();
      }
      const std::lock_guard<std::mutex> lock(state->Mutex);
      if (error)
      {
        state->Error = error;
      }
      if (++state->SharesDone == shares)
      {
        state->Condition.notify_one();
      }
    }
  };

  HelpWith(takeShares, shares - 1);
  takeShares();
  std::unique_lock<std::mutex> lock(state->Mutex);
  state->Condition.wait(lock, [&state, shares] { return state->SharesDone == shares; });
  if (state->Error)
  {
    std::rethrow_exception(state->Error);
  }
}

int64_t
RoundedUp(int64_t value, int64_t multiple)
{
  return (value + multiple - 1) / multiple * multiple;
}

at::MemoryFormat
ChannelsLast(int64_t dimension)
{
  return dimension == 2 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::ChannelsLast3d;
}

/** Sizes along slices, rows and columns; a 2D image is one slice. */
NetworkConvolution::AxesType
GridOf(const at::Tensor & image)
{
  return { { image.dim() == 5 ? image.size(2) : 1, image.size(-2), image.size(-1) } };
}

int64_t
Product(const NetworkConvolution::AxesType & sizes)
{
  return sizes[0] * sizes[1] * sizes[2];
}

std::vector<float>
ToVector(const at::Tensor & tensor, int64_t size, float rest)
{
  std::vector<float> values(static_cast<size_t>(size), rest);
  if (tensor.defined())
  {
    const at::Tensor numbers = tensor.to(at::kCPU, at::kFloat).contiguous();
    std::copy_n(numbers.data_ptr<float>(), numbers.numel(), values.begin());
  }
  return values;
}

/** Sums over pieces of the image and over channels, for the normalisation. */
class PieceSums
{
public:
  PieceSums(bool needed, int64_t pieces, int64_t channels)
    : m_Channels(channels)
    , m_Values(needed ? static_cast<size_t>(2 * pieces * channels) : 0, 0.0)
  {}

  double *
  Sums(int64_t piece, int64_t channel)
  {
    return m_Values.empty() ? nullptr : m_Values.data() + 2 * piece * m_Channels + channel;
  }

  double *
  Squares(int64_t piece, int64_t channel)
  {
    return m_Values.empty() ? nullptr : this->Sums(piece, channel) + m_Channels;
  }

private:
  int64_t             m_Channels;
  std::vector<double> m_Values;
};

/** Tiles of 4x4 pixels that a thread works on: Count of them from First on, in blocks of Block, in rows of Columns. */
struct TileRange
{
  int64_t First;
  int64_t Count;
  int64_t Block;
  int64_t Columns;
};

/** The tiles of one slice of an image, transformed for Winograd's products; zeros for a slice that does not exist. */
template <typename TPass>
void
TransformSlice(const NetworkKernels &               kernels,
               const NetworkConvolution::AxesType & padding,
               const int64_t                        channels,
               const TPass &                        pass,
               const int64_t                        image,
               const int64_t                        slice,
               const TileRange &                    tiles,
               const float * const                  zeros,
               float * const                        slot)
{
  if (slice < 0 || slice >= pass.InputGrid[0])
  {
    std::fill_n(slot, 36 * tiles.Block * channels, 0.0F);
    return;
  }
  int64_t firstChannel = 0;
  for (const auto & source : pass.Sources)
  {
    const int64_t       plane = (image * pass.InputGrid[0] + slice) * pass.InputGrid[1];
    const float * const data = source.Data + plane * pass.InputGrid[2] * source.Channels;
    for (int64_t t = 0; t < tiles.Count; ++t)
    {
      const int64_t row = (tiles.First + t) / tiles.Columns * 4 - padding[1];
      const int64_t column = (tiles.First + t) % tiles.Columns * 4 - padding[2];
      const float * corners[36];
      for (int64_t i = 0; i < 36; ++i)
      {
        const int64_t y = row + i / 6;
        const int64_t x = column + i % 6;
        const bool    exists = y >= 0 && y < pass.InputGrid[1] && x >= 0 && x < pass.InputGrid[2];
        corners[i] = exists ? data + (y * pass.InputGrid[2] + x) * source.Channels : zeros;
      }
      kernels.TransformInput(corners, source.Channels, slot + t * channels + firstChannel, tiles.Block * channels);
    }
    firstChannel += source.Channels;
  }
}
} // namespace

void
SetNetworkThreads(const unsigned int number)
{
  networkThreads = number;
}

struct NetworkConvolution::Pass
{
  struct Source
  {
    const float * Data;
    int64_t       Channels;
  };

  std::vector<Source> Sources;
  int64_t             Images;
  AxesType            InputGrid;
  /** Where the convolution is computed: the output's grid without its interleaving. */
  AxesType Grid;
  AxesType OutputGrid;
  float *  Output;
  /** Pieces in which each image is summed up. */
  int64_t                    Pieces;
  std::unique_ptr<PieceSums> Sums;
};

NetworkConvolution::NetworkConvolution(const Description &            description,
                                       std::shared_ptr<NetworkMemory> memory,
                                       const NetworkKernels &         kernels)
  : m_Kernels(kernels)
  , m_Memory(std::move(memory))
  , m_Dimension(description.Weight.dim() - 2)
  , m_Stride(description.Stride)
  , m_PaddingBefore(description.PaddingBefore)
  , m_Transposed(description.Transposed)
  , m_Normalise(description.Normalise)
  , m_Epsilon(description.Epsilon)
  , m_Slope(description.Slope)
{
  at::Tensor weight = description.Weight.detach().to(at::kCPU, at::kFloat);
  weight = (m_Transposed ? weight.transpose(0, 1) : weight).contiguous();
  if (m_Dimension == 2)
  {
    weight = weight.unsqueeze(2);
  }
  m_InputChannels = weight.size(1);
  m_OutputChannels = weight.size(0) / (description.Shuffle * description.Shuffle);
  m_Kernel = { { weight.size(2), weight.size(3), weight.size(4) } };
  m_Panels = RoundedUp(m_OutputChannels, m_Kernels.Width) / m_Kernels.Width;

  bool winograd = !m_Transposed && description.Shuffle == 1 && m_PaddingBefore[0] <= m_Kernel[0] && m_Kernel[1] == 3 &&
                  m_Kernel[2] == 3 && m_InputChannels >= fewestChannels && m_OutputChannels > 4 &&
                  36 * m_Kernel[0] * m_InputChannels * m_OutputChannels <= maximumWinogradWeights;
  for (size_t axis = 0; axis < 3; ++axis)
  {
    winograd = winograd && m_Stride[axis] == 1 && description.Dilation[axis] == 1;
  }
  if (m_Transposed)
  {
    this->DescribeTransposed(description, weight);
  }
  else
  {
    this->DescribeConvolution(description, weight);
  }
  if (winograd)
  {
    m_Phases.clear();
    this->PackWinograd(weight);
  }
  else
  {
    this->PackPhases();
  }

  const int64_t padded = m_Panels * m_Kernels.Width;
  if (description.Shuffle > 1)
  {
    // One bias per channel and place; the places are phases here, each with its own.
    const at::Tensor bias = description.Bias.defined() ? description.Bias : at::zeros({ weight.size(0) });
    m_Bias = ToVector(
      at::constant_pad_nd(bias.reshape({ m_OutputChannels, -1 }).t().contiguous(), { 0, padded - m_OutputChannels }),
      padded * static_cast<int64_t>(m_Phases.size()),
      0.0F);
  }
  else
  {
    // The normalisation takes away what is the same everywhere; adding it first would cost digits.
    m_Bias = ToVector(m_Normalise ? at::Tensor() : description.Bias, padded, 0.0F);
    for (size_t phase = 1; phase < m_Phases.size(); ++phase)
    {
      m_Bias.insert(m_Bias.end(), m_Bias.begin(), m_Bias.begin() + padded);
    }
  }
  m_Scale = ToVector(description.Scale, m_OutputChannels, 1.0F);
  m_Shift = ToVector(description.Shift, m_OutputChannels, 0.0F);
}

void
NetworkConvolution::DescribeConvolution(const Description & description, const at::Tensor & weight)
{
  for (size_t axis = 0; axis < 3; ++axis)
  {
    m_Reach[axis] = description.PaddingBefore[axis] + description.PaddingAfter[axis] -
                    description.Dilation[axis] * (m_Kernel[axis] - 1) - 1;
  }
  m_Factor = { { 1, description.Shuffle, description.Shuffle } };
  for (int64_t place = 0; place < description.Shuffle * description.Shuffle; ++place)
  {
    Phase phase{ { { 0, place / description.Shuffle, place % description.Shuffle } }, {}, {} };
    for (int64_t z = 0; z < m_Kernel[0]; ++z)
    {
      for (int64_t y = 0; y < m_Kernel[1]; ++y)
      {
        for (int64_t x = 0; x < m_Kernel[2]; ++x)
        {
          const at::Tensor element = weight.select(4, x).select(3, y).select(2, z);
          Tap              tap;
          tap.Weight =
            element.slice(0, place, c10::nullopt, description.Shuffle * description.Shuffle).t().contiguous();
          const AxesType index{ { z, y, x } };
          for (size_t axis = 0; axis < 3; ++axis)
          {
            tap.Offset[axis] = index[axis] * description.Dilation[axis] - description.PaddingBefore[axis];
          }
          // A transposed convolution written as convolution and pixel_shuffle has taps that are zero.
          if (description.Shuffle == 1 || tap.Weight.count_nonzero().item<int64_t>() > 0)
          {
            phase.Taps.push_back(tap);
          }
        }
      }
    }
    m_Phases.push_back(std::move(phase));
  }
}

void
NetworkConvolution::DescribeTransposed(const Description & description, const at::Tensor & weight)
{
  // Output pixel o takes element k of the kernel from input pixel i where o = stride * i - padding + dilation * k.
  const AxesType & stride = description.Stride;
  m_Factor = stride;
  m_Stride = { { 1, 1, 1 } };
  for (size_t axis = 0; axis < 3; ++axis)
  {
    m_Reach[axis] = description.Dilation[axis] * (m_Kernel[axis] - 1) + 1 + description.OutputPadding[axis] -
                    stride[axis] - 2 * description.PaddingBefore[axis];
  }
  for (int64_t place = 0; place < Product(stride); ++place)
  {
    Phase phase{ { { place / (stride[1] * stride[2]), place / stride[2] % stride[1], place % stride[2] } }, {}, {} };
    for (int64_t z = 0; z < m_Kernel[0]; ++z)
    {
      for (int64_t y = 0; y < m_Kernel[1]; ++y)
      {
        for (int64_t x = 0; x < m_Kernel[2]; ++x)
        {
          const AxesType index{ { z, y, x } };
          Tap            tap;
          bool           lands = true;
          for (size_t axis = 0; axis < 3; ++axis)
          {
            const int64_t distance =
              phase.Place[axis] + description.PaddingBefore[axis] - description.Dilation[axis] * index[axis];
            lands = lands && distance % stride[axis] == 0;
            tap.Offset[axis] = distance / stride[axis];
          }
          if (lands)
          {
            tap.Weight = weight.select(4, x).select(3, y).select(2, z).t().contiguous();
            phase.Taps.push_back(tap);
          }
        }
      }
    }
    m_Phases.push_back(std::move(phase));
  }
}

void
NetworkConvolution::PackPhases()
{
  const int64_t width = m_Kernels.Width;
  for (Phase & phase : m_Phases)
  {
    const int64_t length = static_cast<int64_t>(phase.Taps.size()) * m_InputChannels;
    const auto    size = static_cast<size_t>(m_Panels * length * width);
    phase.Panels = NetworkBuffer(size);
    std::fill_n(phase.Panels.Get(), size, 0.0F);
    for (size_t t = 0; t < phase.Taps.size(); ++t)
    {
      const float * weight = phase.Taps[t].Weight.data_ptr<float>();
      for (int64_t in = 0; in < m_InputChannels; ++in)
      {
        for (int64_t out = 0; out < m_OutputChannels; ++out, ++weight)
        {
          const int64_t row = out / width * length + static_cast<int64_t>(t) * m_InputChannels + in;
          phase.Panels.Get()[row * width + out % width] = *weight;
        }
      }
      phase.Taps[t].Weight.reset();
    }
  }
}

void
NetworkConvolution::PackWinograd(const at::Tensor & weight)
{
  const int64_t width = m_Kernels.Width;
  const int64_t slices = m_Kernel[0];
  const auto    size = static_cast<size_t>(m_Panels * 36 * slices * m_InputChannels * width);
  m_WinogradPanels = NetworkBuffer(size);
  std::fill_n(m_WinogradPanels.Get(), size, 0.0F);
  ParallelFor(m_OutputChannels, [&](int64_t begin, int64_t end) {
    const float * element = weight.data_ptr<float>() + begin * m_InputChannels * slices * 9;
    for (int64_t out = begin; out < end; ++out)
    {
      float * const panel = m_WinogradPanels.Get() + out / width * 36 * slices * m_InputChannels * width + out % width;
      for (int64_t in = 0; in < m_InputChannels; ++in)
      {
        for (int64_t slice = 0; slice < slices; ++slice, element += 9)
        {
          double columns[3][6];
          for (int column = 0; column < 3; ++column)
          {
            const double kernel[3] = { element[column], element[3 + column], element[6 + column] };
            TransformWinogradWeights(kernel, columns[column]);
          }
          for (int64_t row = 0; row < 6; ++row)
          {
            const double kernel[3] = { columns[0][row], columns[1][row], columns[2][row] };
            double       transformed[6];
            TransformWinogradWeights(kernel, transformed);
            for (int64_t column = 0; column < 6; ++column)
            {
              const int64_t position = (6 * row + column) * slices + slice;
              panel[(position * m_InputChannels + in) * width] = static_cast<float>(transformed[column]);
            }
          }
        }
      }
    }
  });
}

at::Tensor
NetworkConvolution::Run(const std::vector<at::Tensor> & inputs) const
{
  std::vector<at::Tensor> images;
  int64_t                 channels = 0;
  for (const at::Tensor & input : inputs)
  {
    TORCH_CHECK(input.dim() == m_Dimension + 2 && input.scalar_type() == at::kFloat && input.is_cpu(),
                "a convolution of ",
                m_Dimension,
                "D float32 images was given a tensor of ",
                input.dim(),
                " axes and type ",
                input.scalar_type());
    TORCH_CHECK(input.size(0) == inputs[0].size(0) && GridOf(input) == GridOf(inputs[0]),
                "images of different sizes are joined: ",
                input.sizes(),
                " and ",
                inputs[0].sizes());
    channels += input.size(1);
    images.push_back(input.contiguous(ChannelsLast(m_Dimension)));
  }
  TORCH_CHECK(
    channels == m_InputChannels, "a convolution of ", m_InputChannels, " channels was given an image of ", channels);
  if (images.size() > 1 && !m_WinogradPanels.Get())
  {
    images = { at::cat(images, 1).contiguous(ChannelsLast(m_Dimension)) };
  }

  Pass pass;
  pass.Images = images[0].size(0);
  pass.InputGrid = GridOf(images[0]);
  for (const at::Tensor & image : images)
  {
    pass.Sources.push_back({ image.data_ptr<float>(), image.size(1) });
  }
  for (size_t axis = 0; axis < 3; ++axis)
  {
    const int64_t size = pass.InputGrid[axis];
    if (m_Transposed)
    {
      pass.OutputGrid[axis] = size * m_Factor[axis] + m_Reach[axis];
      pass.Grid[axis] = RoundedUp(pass.OutputGrid[axis], m_Factor[axis]) / m_Factor[axis];
    }
    else
    {
      pass.Grid[axis] = size + m_Reach[axis] < 0 ? 0 : (size + m_Reach[axis]) / m_Stride[axis] + 1;
      pass.OutputGrid[axis] = pass.Grid[axis] * m_Factor[axis];
    }
    TORCH_CHECK(pass.OutputGrid[axis] > 0, "an image of ", images[0].sizes(), " is too small for a convolution");
  }
  std::vector<int64_t> sizes{ pass.Images, m_OutputChannels };
  sizes.insert(sizes.end(), pass.OutputGrid.end() - m_Dimension, pass.OutputGrid.end());
  const at::Tensor output = m_Memory->Allocate(sizes);
  pass.Output = output.data_ptr<float>();

  if (!m_WinogradPanels.Get())
  {
    this->RunDirect(pass);
  }
  else
  {
    this->RunWinograd(pass);
  }
  if (m_Normalise)
  {
    this->Normalise(pass);
  }
  return output;
}

void
NetworkConvolution::RunDirect(Pass & pass) const
{
  const int64_t pixels = Product(pass.Grid);
  const int64_t channels = m_InputChannels;
  const int64_t rows = m_Kernels.Rows;
  const int64_t width = m_Kernels.Width;
  const int64_t piece = std::max(pixelsPerBlock, RoundedUp((pixels + maximumPieces - 1) / maximumPieces, rows));
  pass.Pieces = (pixels + piece - 1) / piece;
  pass.Sums = std::make_unique<PieceSums>(m_Normalise, pass.Images * pass.Pieces, m_Panels * width);
  size_t mostTaps = 1;
  for (const Phase & phase : m_Phases)
  {
    mostTaps = std::max(mostTaps, phase.Taps.size());
  }
  const bool gather = channels < fewestChannels;

  ParallelFor(pass.Images * pass.Pieces, [&](int64_t begin, int64_t end) {
    const std::vector<float>   zeros(static_cast<size_t>(channels), 0.0F);
    std::vector<const float *> sources(static_cast<size_t>(RoundedUp(pixelsPerBlock, rows)) * mostTaps);
    std::vector<float>         gathered(gather ? static_cast<size_t>(pixelsPerBlock * channels) * mostTaps : 0);
    std::vector<float *>       targets(static_cast<size_t>(pixelsPerBlock));
    std::vector<float>         products(static_cast<size_t>(rows * width));

    for (int64_t task = begin; task < end; ++task)
    {
      const int64_t       image = task / pass.Pieces;
      const float * const input = pass.Sources[0].Data + image * Product(pass.InputGrid) * channels;
      float * const       output = pass.Output + image * Product(pass.OutputGrid) * m_OutputChannels;
      const int64_t       last = std::min(pixels, (task % pass.Pieces + 1) * piece);
      for (int64_t first = task % pass.Pieces * piece; first < last; first += pixelsPerBlock)
      {
        const int64_t count = std::min(pixelsPerBlock, last - first);
        for (size_t p = 0; p < m_Phases.size(); ++p)
        {
          const Phase & phase = m_Phases[p];
          const auto    taps = static_cast<int64_t>(phase.Taps.size());
          for (int64_t i = 0; i < count; ++i)
          {
            const int64_t  pixel = first + i;
            const AxesType index{
              { pixel / (pass.Grid[1] * pass.Grid[2]), pixel / pass.Grid[2] % pass.Grid[1], pixel % pass.Grid[2] }
            };
            int64_t target = 0;
            bool    inside = true;
            for (size_t axis = 0; axis < 3; ++axis)
            {
              const int64_t place = index[axis] * m_Factor[axis] + phase.Place[axis];
              inside = inside && place < pass.OutputGrid[axis];
              target = target * pass.OutputGrid[axis] + place;
            }
            targets[static_cast<size_t>(i)] = inside ? output + target * m_OutputChannels : nullptr;
            for (int64_t t = 0; t < taps; ++t)
            {
              const Tap & tap = phase.Taps[static_cast<size_t>(t)];
              int64_t     source = 0;
              bool        exists = true;
              for (size_t axis = 0; axis < 3; ++axis)
              {
                const int64_t place = index[axis] * m_Stride[axis] + tap.Offset[axis];
                exists = exists && place >= 0 && place < pass.InputGrid[axis];
                source = source * pass.InputGrid[axis] + place;
              }
              const float * const values = exists ? input + source * channels : zeros.data();
              if (gather)
              {
                std::copy_n(values, channels, gathered.data() + (i * taps + t) * channels);
              }
              else
              {
                const int64_t group = i / rows * rows;
                const int64_t groupRows = std::min(rows, count - group);
                sources[static_cast<size_t>(group * taps + t * groupRows + i - group)] = values;
              }
            }
            if (gather)
            {
              sources[static_cast<size_t>(i)] = gathered.data() + i * taps * channels;
            }
          }
          for (int64_t panel = 0; panel < m_Panels; ++panel)
          {
            ConvolutionFinish finish;
            finish.Bias = m_Bias.data() + (static_cast<int64_t>(p) * m_Panels + panel) * width;
            finish.Channels = std::min(width, m_OutputChannels - panel * width);
            finish.Slope = m_Slope;
            finish.Sums = pass.Sums->Sums(task, panel * width);
            finish.Squares = pass.Sums->Squares(task, panel * width);
            const float * const weights = phase.Panels.Get() + panel * taps * channels * width;
            for (int64_t group = 0; group < count; group += rows)
            {
              const int64_t groupRows = std::min(rows, count - group);
              if (gather)
              {
                m_Kernels.Multiply(
                  groupRows, sources.data() + group, 0, 1, taps * channels, weights, products.data(), width);
              }
              else
              {
                m_Kernels.Multiply(
                  groupRows, sources.data() + group * taps, 0, taps, channels, weights, products.data(), width);
              }
              for (int64_t row = 0; row < groupRows; ++row)
              {
                float * const target = targets[static_cast<size_t>(group + row)];
                if (target)
                {
                  m_Kernels.FinishPixel(products.data() + row * width, finish, target + panel * width);
                }
              }
            }
          }
        }
      }
    }
  });
}

void
NetworkConvolution::RunWinograd(Pass & pass) const
{
  const int64_t channels = m_InputChannels;
  const int64_t width = m_Kernels.Width;
  const int64_t kernelSlices = m_Kernel[0];
  const int64_t tileColumns = (pass.Grid[2] + 3) / 4;
  const int64_t tiles = (pass.Grid[1] + 3) / 4 * tileColumns;
  const int64_t blockTiles = std::min(tiles, rowsPerBlock);
  // Where a plane has few tiles, several slices are multiplied at once.
  const int64_t blockSlices = std::min(pass.Grid[0], (rowsPerBlock + blockTiles - 1) / blockTiles);
  const int64_t slots = blockSlices + kernelSlices - 1;
  pass.Pieces = (tiles + blockTiles - 1) / blockTiles;
  pass.Sums = std::make_unique<PieceSums>(m_Normalise, pass.Images * pass.Pieces, m_Panels * width);

  // Few pieces: several threads share one, each for its own panels.
  const int64_t threads = NumberOfThreads();
  const int64_t shares =
    std::min(m_Panels, std::max<int64_t>(1, threads > 1 ? 4 * threads / (pass.Images * pass.Pieces) : 1));

  ParallelFor(pass.Images * pass.Pieces * shares, [&](int64_t begin, int64_t end) {
    const std::vector<float>   zeros(static_cast<size_t>(channels), 0.0F);
    const int64_t              slotSize = 36 * blockTiles * channels;
    const int64_t              blockRows = blockTiles * blockSlices;
    const int64_t              products = 36 * blockRows * width;
    float * const              transformed = ThreadMemory(static_cast<size_t>(slots * slotSize + products));
    float * const              product = transformed + slots * slotSize;
    std::vector<const float *> rows(static_cast<size_t>(blockRows * kernelSlices));
    std::vector<float *>       pixels(static_cast<size_t>(16 * blockRows));

    for (int64_t task = begin; task < end; ++task)
    {
      const int64_t share = task % shares;
      const int64_t piece = task / shares;
      const int64_t image = piece / pass.Pieces;
      const int64_t firstTile = piece % pass.Pieces * blockTiles;
      const int64_t countTiles = std::min(blockTiles, tiles - firstTile);
      float * const output = pass.Output + image * Product(pass.OutputGrid) * m_OutputChannels;

      const TileRange tiled{ firstTile, countTiles, blockTiles, tileColumns };
      int64_t         nextSlice = -m_PaddingBefore[0];
      for (int64_t firstSlice = 0; firstSlice < pass.Grid[0]; firstSlice += blockSlices)
      {
        const int64_t countSlices = std::min(blockSlices, pass.Grid[0] - firstSlice);
        for (; nextSlice < firstSlice + countSlices + kernelSlices - 1 - m_PaddingBefore[0]; ++nextSlice)
        {
          float * const slot = transformed + (nextSlice + slots) % slots * slotSize;
          TransformSlice(m_Kernels, m_PaddingBefore, channels, pass, image, nextSlice, tiled, zeros.data(), slot);
        }
        const int64_t countRows = countSlices * countTiles;
        for (int64_t row = 0; row < countRows; ++row)
        {
          const int64_t slice = firstSlice + row / countTiles;
          const int64_t tile = row % countTiles;
          const int64_t group = row / m_Kernels.Rows * m_Kernels.Rows;
          const int64_t groupRows = std::min(m_Kernels.Rows, countRows - group);
          for (int64_t k = 0; k < kernelSlices; ++k)
          {
            const int64_t slot = (slice - m_PaddingBefore[0] + k + slots) % slots;
            rows[static_cast<size_t>(group * kernelSlices + k * groupRows + row - group)] =
              transformed + slot * slotSize + tile * channels;
          }
          for (int64_t i = 0; i < 16; ++i)
          {
            const int64_t y = (firstTile + tile) / tileColumns * 4 + i / 4;
            const int64_t x = (firstTile + tile) % tileColumns * 4 + i % 4;
            pixels[static_cast<size_t>(16 * row + i)] =
              y < pass.Grid[1] && x < pass.Grid[2]
                ? output + ((slice * pass.Grid[1] + y) * pass.Grid[2] + x) * m_OutputChannels
                : nullptr;
          }
        }
        for (int64_t panel = share; panel < m_Panels; panel += shares)
        {
          for (int64_t position = 0; position < 36; ++position)
          {
            const float * const weights =
              m_WinogradPanels.Get() + (panel * 36 + position) * kernelSlices * channels * width;
            for (int64_t group = 0; group < countRows; group += m_Kernels.Rows)
            {
              m_Kernels.Multiply(std::min(m_Kernels.Rows, countRows - group),
                                 rows.data() + group * kernelSlices,
                                 position * blockTiles * channels,
                                 kernelSlices,
                                 channels,
                                 weights,
                                 product + (position * blockRows + group) * width,
                                 width);
            }
          }
          ConvolutionFinish finish;
          finish.Bias = m_Bias.data() + panel * width;
          finish.Channels = std::min(width, m_OutputChannels - panel * width);
          finish.Slope = m_Slope;
          finish.Sums = pass.Sums->Sums(piece, panel * width);
          finish.Squares = pass.Sums->Squares(piece, panel * width);
          for (int64_t row = 0; row < countRows; ++row)
          {
            float * targets[16];
            for (size_t i = 0; i < 16; ++i)
            {
              float * const pixel = pixels[static_cast<size_t>(16 * row) + i];
              targets[i] = pixel ? pixel + panel * width : nullptr;
            }
            m_Kernels.TransformOutput(product + row * width, blockRows * width, finish, targets);
          }
        }
      }
    }
  });
}

void
NetworkConvolution::Normalise(Pass & pass) const
{
  const int64_t      pixels = Product(pass.OutputGrid);
  std::vector<float> scale(static_cast<size_t>(pass.Images * m_OutputChannels));
  std::vector<float> shift(scale.size());
  for (int64_t image = 0; image < pass.Images; ++image)
  {
    for (int64_t channel = 0; channel < m_OutputChannels; ++channel)
    {
      double sum = 0.0;
      double squares = 0.0;
      for (int64_t piece = image * pass.Pieces; piece < (image + 1) * pass.Pieces; ++piece)
      {
        sum += *pass.Sums->Sums(piece, channel);
        squares += *pass.Sums->Squares(piece, channel);
      }
      const auto   c = static_cast<size_t>(channel);
      const double mean = sum / static_cast<double>(pixels);
      const double variance = std::max(0.0, squares / static_cast<double>(pixels) - mean * mean);
      const double factor = static_cast<double>(m_Scale[c]) / std::sqrt(variance + m_Epsilon);
      scale[static_cast<size_t>(image * m_OutputChannels) + c] = static_cast<float>(factor);
      shift[static_cast<size_t>(image * m_OutputChannels) + c] =
        static_cast<float>(static_cast<double>(m_Shift[c]) - mean * factor);
    }
  }
  constexpr int64_t pixelsPerTask = 1024;
  const int64_t     tasks = (pixels + pixelsPerTask - 1) / pixelsPerTask;
  ParallelFor(pass.Images * tasks, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task)
    {
      const int64_t image = task / tasks;
      const int64_t first = task % tasks * pixelsPerTask;
      m_Kernels.ScaleShift(pass.Output + (image * pixels + first) * m_OutputChannels,
                           std::min(pixelsPerTask, pixels - first),
                           m_OutputChannels,
                           scale.data() + image * m_OutputChannels,
                           shift.data() + image * m_OutputChannels,
                           m_Slope);
    }
  });
}

NetworkMaximumPooling::NetworkMaximumPooling(std::vector<int64_t>           kernel,
                                             std::shared_ptr<NetworkMemory> memory,
                                             const NetworkKernels &         kernels)
  : m_Kernel(std::move(kernel))
  , m_Memory(std::move(memory))
  , m_Kernels(kernels)
{}

at::Tensor
NetworkMaximumPooling::Run(const at::Tensor & input) const
{
  const auto dimension = static_cast<int64_t>(m_Kernel.size());
  TORCH_CHECK(input.dim() == dimension + 2 && input.scalar_type() == at::kFloat && input.is_cpu(),
              "a maximum over ",
              dimension,
              "D float32 images was given a tensor of ",
              input.dim(),
              " axes and type ",
              input.scalar_type());
  const at::Tensor                   image = input.contiguous(ChannelsLast(dimension));
  const NetworkConvolution::AxesType grid = GridOf(image);
  NetworkConvolution::AxesType       block{ { 1, 1, 1 } };
  std::copy(m_Kernel.begin(), m_Kernel.end(), block.end() - dimension);
  NetworkConvolution::AxesType target;
  for (size_t axis = 0; axis < 3; ++axis)
  {
    target[axis] = grid[axis] / block[axis];
    TORCH_CHECK(target[axis] > 0, "an image of ", image.sizes(), " is too small for a maximum over blocks");
  }
  const int64_t        channels = image.size(1);
  std::vector<int64_t> sizes{ image.size(0), channels };
  sizes.insert(sizes.end(), target.end() - dimension, target.end());
  const at::Tensor    output = m_Memory->Allocate(sizes);
  const float * const source = image.data_ptr<float>();
  float * const       values = output.data_ptr<float>();
  ParallelFor(image.size(0) * target[0] * target[1], [&](int64_t begin, int64_t end) {
    std::vector<const float *> pixels(static_cast<size_t>(Product(block)));
    for (int64_t line = begin; line < end; ++line)
    {
      const int64_t slice = line / target[1];
      const int64_t corner =
        ((slice / target[0] * grid[0] + slice % target[0] * block[0]) * grid[1] + line % target[1] * block[1]) *
        grid[2];
      for (int64_t column = 0; column < target[2]; ++column)
      {
        size_t n = 0;
        for (int64_t z = 0; z < block[0]; ++z)
        {
          for (int64_t y = 0; y < block[1]; ++y)
          {
            for (int64_t x = 0; x < block[2]; ++x)
            {
              pixels[n++] = source + (corner + (z * grid[1] + y) * grid[2] + column * block[2] + x) * channels;
            }
          }
        }
        m_Kernels.Maximum(pixels.data(), Product(block), channels, values + (line * target[2] + column) * channels);
      }
    }
  });
  return output;
}

} // namespace SyntheticCTDetail
} // namespace itk
