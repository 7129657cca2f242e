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
#include "itkNetworkModelInternals.h"

#include "cpu/itkNetworkConvolution.h"
#include "cpu/itkNetworkPreparation.h"
#include "session/itkTorchDevice.h"
#include "session/itkTorchSession.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/version.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <new>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace itk
{
using namespace SyntheticCTDetail;
namespace
{
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/** The tensors of what a network returned, with their names. */
void
CollectTensors(const c10::IValue & value, const std::string & name, NamedTensors & tensors)
{
  if (value.isTensor())
  {
    tensors.emplace_back(name, value.toTensor());
  }
  else if (value.isTuple())
  {
    for (const c10::IValue & element : value.toTupleRef().elements())
    {
      CollectTensors(element, name, tensors);
    }
  }
  else if (value.isList())
  {
    for (const c10::IValue & element : value.toListRef())
    {
      CollectTensors(element, name, tensors);
    }
  }
  else if (value.isGenericDict())
  {
    std::vector<std::pair<std::string, c10::IValue>> entries;
    for (const auto & entry : value.toGenericDict())
    {
      if (!entry.key().isString())
      {
        throw std::runtime_error("the network returns a dictionary whose keys are not strings");
      }
      entries.emplace_back(entry.key().toStringRef(), entry.value());
    }
    std::sort(
      entries.begin(), entries.end(), [](const auto & left, const auto & right) { return left.first < right.first; });
    for (const auto & entry : entries)
    {
      CollectTensors(entry.second, entry.first, tensors);
    }
  }
  else
  {
    throw std::runtime_error("the network returns " + value.tagKind() +
                             " where a tensor, or a tuple, list or dictionary of tensors, is expected");
  }
}

/** The tensors, or std::runtime_error when they are not maps of real numbers on the expected grid. */
NamedTensors
CheckedTensors(const c10::IValue & value, const int64_t windows, const NetworkModel::ShapeType & grid)
{
  NamedTensors tensors;
  CollectTensors(value, "", tensors);
  if (tensors.empty())
  {
    throw std::runtime_error("the network returns no tensor");
  }
  for (const auto & named : tensors)
  {
    const at::Tensor & tensor = named.second;
    if (!tensor.defined() || !(at::isFloatingType(tensor.scalar_type()) ||
                               at::isIntegralType(tensor.scalar_type(), /* includeBool = */ true)))
    {
      throw std::runtime_error(std::string("the network returns a tensor of type ") +
                               (tensor.defined() ? c10::toString(tensor.scalar_type()) : "None") +
                               " where real numbers are expected");
    }
    const auto sizes = tensor.sizes();
    if (sizes.size() != grid.size() + 2 || sizes[0] != windows || sizes[1] < 1 ||
        !std::equal(grid.begin(), grid.end(), sizes.begin() + 2))
    {
      throw std::runtime_error("the network returns a tensor of shape " + ShapeText(sizes) + " where " +
                               std::to_string(windows) + "xKx" + ShapeText(grid) + " is expected");
    }
  }
  return tensors;
}

at::ScalarType
TorchTypeOf(const NetworkPrecisionEnum precision)
{
  switch (precision)
  {
    case NetworkPrecisionEnum::BFloat16:
      return at::kBFloat16;
    case NetworkPrecisionEnum::Float16:
      return at::kHalf;
    default:
      return at::kFloat;
  }
}

const char *
NameOf(const NetworkPrecisionEnum precision)
{
  switch (precision)
  {
    case NetworkPrecisionEnum::BFloat16:
      return "bfloat16";
    case NetworkPrecisionEnum::Float16:
      return "float16";
    default:
      return "float32";
  }
}

bool
Contains(const std::string & text, const char * const part)
{
  return text.find(part) != std::string::npos;
}

/** How many values of each window are NaN or infinite, as int64 where the values are: contiguous float32 (N, ...). */
at::Tensor
CountNonFinite(const at::Tensor & values)
{
  if (!values.is_cpu())
  {
    return values.isfinite().logical_not().flatten(1).sum(1);
  }
  // Their exponents have all bits set, which the compiler compares a vector at a time.
  constexpr uint32_t  exponent = 0x7F800000U;
  constexpr int64_t   block = 4096;
  const at::Tensor    counts = at::zeros({ values.size(0) }, at::kLong);
  const int64_t       size = values.stride(0);
  const float * const numbers = values.data_ptr<float>();
  for (int64_t window = 0; window < values.size(0); ++window)
  {
    for (int64_t begin = 0; begin < size; begin += block)
    {
      const float * const first = numbers + window * size + begin;
      const int64_t       number = std::min(block, size - begin);
      uint32_t            found = 0;
      for (int64_t i = 0; i < number; ++i)
      {
        uint32_t bits = 0;
        std::memcpy(&bits, first + i, sizeof(bits));
        found += (bits & exponent) == exponent ? 1 : 0;
      }
      counts.data_ptr<int64_t>()[window] += found;
    }
  }
  return counts;
}

/** Whether memory ran out. Errors inside a TorchScript network arrive as text alone. */
bool
IsOutOfMemory(const std::exception & error)
{
  const std::string text = error.what();
  return dynamic_cast<const c10::OutOfMemoryError *>(&error) || dynamic_cast<const std::bad_alloc *>(&error) ||
         Contains(text, "out of memory") || Contains(text, "DefaultCPUAllocator: can't allocate memory") ||
         Contains(text, "DefaultCPUAllocator: not enough memory");
}

/** Do \c work; of errors that a setting mends, say which. */
template <typename TWork>
void
RunNetwork(const NetworkModel::ShapeType & shape,
           const c10::Device               device,
           const NetworkPrecisionEnum      precision,
           TWork &&                        work)
{
  try
  {
    work();
  }
  catch (const std::exception & error)
  {
    const std::string window = ShapeText(NetworkModel::ShapeType(shape.begin() + 2, shape.end()));
    if (IsOutOfMemory(error))
    {
      std::ostringstream text;
      text << "not enough memory for ";
      if (shape[0] > 1)
      {
        text << "a batch of " << shape[0] << " windows of " << window << "; a batch of " << shape[0] / 2
             << " needs half of it";
      }
      else
      {
        text << "one window of " << window << "; a smaller window needs less"
             << (device.is_cpu() ? "" : ", and the device cpu may have more");
      }
      throw std::runtime_error(text.str());
    }
    const std::string line = TorchErrorLine(error);
    if (precision != NetworkPrecisionEnum::Float32 && Contains(line, "not implemented for"))
    {
      throw std::runtime_error("LibTorch " TORCH_VERSION " can't compute this network in " +
                               std::string(NameOf(precision)) + " on this device; choose float32: " + line);
    }
    throw;
  }
}

/** What is wrong with the options, or an empty text. */
std::string
ProblemWith(const NetworkModel::PassOptions & options, const size_t axes)
{
  std::ostringstream text;
  if (options.Threads < 1)
  {
    text << "Threads is 0 but should be at least 1";
    return text.str();
  }
  for (const unsigned int axis : options.MirrorAxes)
  {
    if (axis >= axes)
    {
      text << "MirrorAxes has axis " << axis << " but the window has axes 0 to " << axes - 1 << " only";
      return text.str();
    }
    if (std::count(options.MirrorAxes.begin(), options.MirrorAxes.end(), axis) > 1)
    {
      text << "MirrorAxes has axis " << axis << " more than once";
      return text.str();
    }
  }
  const auto & grid = options.OutputGrid;
  if (!grid.empty() && (grid.size() != axes || *std::min_element(grid.begin(), grid.end()) < 1))
  {
    text << "OutputGrid is " << ShapeText(grid) << " but should be " << axes << " sizes of at least 1";
  }
  return text.str();
}
} // namespace

std::ostream &
operator<<(std::ostream & out, const NetworkPrecisionEnum value)
{
  switch (value)
  {
    case NetworkPrecisionEnum::Float32:
      return out << "Float32";
    case NetworkPrecisionEnum::BFloat16:
      return out << "BFloat16";
    case NetworkPrecisionEnum::Float16:
      return out << "Float16";
    default:
      return out << "INVALID VALUE FOR itk::NetworkModelEnums::Precision";
  }
}

void
WaitFor(const c10::Event & event)
{
  // LibTorch 1.13 has no call that waits for an event but not for the work queued after it.
  while (!event.query())
  {
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  }
}

NetworkModel::Pass::Pass(std::unique_ptr<Internals> internals)
  : m_Internals(std::move(internals))
{}

NetworkModel::Pass::~Pass() = default;

void
NetworkModel::Pass::Wait()
{
  if (m_Internals->Done)
  {
    TorchCall(m_Internals->What, [this] { WaitFor(*m_Internals->Done); });
  }
  m_Internals->Waited = true;
}

size_t
NetworkModel::Pass::GetNumberOfWindows() const
{
  return m_Internals->Windows;
}

size_t
NetworkModel::Pass::GetNumberOfChannels() const
{
  return m_Internals->Channels;
}

const std::string &
NetworkModel::Pass::GetChannelName(const size_t channel) const
{
  return m_Internals->FindChannel(channel).first->Name;
}

const NetworkModel::ShapeType &
NetworkModel::Pass::GetGrid() const
{
  return m_Internals->Grid;
}

const float *
NetworkModel::Pass::GetChannel(const size_t window, const size_t channel) const
{
  this->VerifyWindow(window);
  if (m_Internals->KeptOnDevice)
  {
    itkGenericExceptionMacro(<< m_Internals->What << ": the values were kept on the device");
  }
  const auto         found = m_Internals->FindChannel(channel);
  const at::Tensor & values = found.first->Values;
  return values.data_ptr<float>() + static_cast<int64_t>(window) * values.stride(0) + found.second * values.stride(1);
}

void
NetworkModel::Pass::VerifyWindow(const size_t window) const
{
  if (!m_Internals->Waited)
  {
    itkGenericExceptionMacro(<< m_Internals->What << ": call Wait() before the values are taken");
  }
  if (window >= m_Internals->Windows)
  {
    itkGenericExceptionMacro(<< m_Internals->What << ": there is no window " << window << ", only "
                             << m_Internals->Windows);
  }
}

std::vector<float>
NetworkModel::Pass::CopyChannel(const size_t window, const size_t channel) const
{
  this->VerifyWindow(window);
  const auto found = m_Internals->FindChannel(channel);
  return TorchCall(m_Internals->What, [&] {
    const TorchSession session;
    const at::Tensor   values =
      found.first->Values.select(0, static_cast<int64_t>(window)).select(0, found.second).to(at::kCPU).contiguous();
    return std::vector<float>(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
  });
}

size_t
NetworkModel::Pass::GetNumberOfNonFiniteValues(const size_t window) const
{
  this->VerifyWindow(window);
  return static_cast<size_t>(m_Internals->NonFiniteValues.data_ptr<int64_t>()[window]);
}

std::pair<const NetworkModel::Pass::Internals::Head *, int64_t>
NetworkModel::Pass::Internals::FindChannel(const size_t channel) const
{
  auto rest = static_cast<int64_t>(channel);
  for (const Head & head : Heads)
  {
    if (rest < head.Values.size(1))
    {
      return { &head, rest };
    }
    rest -= head.Values.size(1);
  }
  itkGenericExceptionMacro(<< What << ": there is no channel " << channel << ", only " << Channels);
}

void
NetworkModel::Internals::Prepare(const Target & target, const NumberConversion conversion)
{
  Prepared = PrepareNetwork(this->GetModule(), target.Device, target.Type, { target.UseCustomKernels, conversion });
  WantsOneThread = GoesByOurKernels(*Prepared);
  if (!File.empty())
  {
    Module.reset();
  }
}

c10::IValue
NetworkModel::Internals::Forward(const at::Tensor & batch)
{
  return Package ? Package->Forward(batch) : Prepared->forward({ batch });
}

std::vector<NetworkModel::Pass::Internals::Head>
NetworkModel::Internals::ForwardFlipped(const at::Tensor &           batch,
                                        const std::vector<int64_t> & axes,
                                        const ShapeType &            grid)
{
  // Flipping copies.
  const c10::IValue                  result = this->Forward(axes.empty() ? batch : batch.flip(axes));
  std::vector<Pass::Internals::Head> heads;
  for (const auto & named : CheckedTensors(result, batch.size(0), grid))
  {
    const at::Tensor values = named.second.to(at::kFloat);
    heads.push_back({ named.first, axes.empty() ? values : values.flip(axes) });
  }
  return heads;
}

std::vector<NetworkModel::Pass::Internals::Head>
NetworkModel::Internals::ForwardMirrored(const at::Tensor &                batch,
                                         const std::vector<unsigned int> & mirrorAxes,
                                         const ShapeType &                 grid)
{
  // A copy, because a network may compute in place and the values are needed again.
  std::vector<Pass::Internals::Head> sums = this->ForwardFlipped(mirrorAxes.empty() ? batch : batch.clone(), {}, grid);

  const size_t combinations = size_t{ 1 } << mirrorAxes.size();
  for (size_t combination = 1; combination < combinations; ++combination)
  {
    std::vector<int64_t> axes;
    for (size_t i = 0; i < mirrorAxes.size(); ++i)
    {
      if ((combination >> i) & 1)
      {
        axes.push_back(batch.dim() - 1 - static_cast<int64_t>(mirrorAxes[i]));
      }
    }
    const auto heads = this->ForwardFlipped(batch, axes, grid);
    if (heads.size() != sums.size())
    {
      throw std::runtime_error("the network returns another number of tensors for a mirrored window");
    }
    for (size_t i = 0; i < heads.size(); ++i)
    {
      if (heads[i].Values.sizes() != sums[i].Values.sizes())
      {
        throw std::runtime_error("the network returns another number of channels for a mirrored window");
      }
      // Not in place: the network may own the tensor.
      sums[i].Values = sums[i].Values + heads[i].Values;
    }
  }
  if (combinations > 1)
  {
    for (Pass::Internals::Head & sum : sums)
    {
      sum.Values = sum.Values / static_cast<double>(combinations);
    }
  }
  return sums;
}

void
NetworkModel::Internals::Compute(const float * const input,
                                 const ShapeType &   shape,
                                 const PassOptions & options,
                                 const Target &      target,
                                 Pass::Internals &   pass)
{
  // A copy, because the caller may change the values, and the network too. A device copies from pinned memory, and to
  // it, while this thread goes on.
  const bool       isQueued = !target.Device.is_cpu();
  const auto       hostOptions = at::TensorOptions().dtype(at::kFloat).pinned_memory(isQueued);
  const at::Tensor host = at::empty(shape, hostOptions);
  std::copy_n(input, host.numel(), host.data_ptr<float>());
  const at::Tensor batch = host.to(target.Device, at::kFloat, /* non_blocking = */ isQueued).to(target.Type);

  pass.Heads = this->ForwardMirrored(batch, options.MirrorAxes, pass.Grid);
  at::Tensor nonFinite;
  for (Pass::Internals::Head & head : pass.Heads)
  {
    head.Values = head.Values.contiguous();
    const at::Tensor found = CountNonFinite(head.Values);
    nonFinite = nonFinite.defined() ? nonFinite + found : found;
    if (isQueued && !pass.KeptOnDevice)
    {
      const at::Tensor copy = at::empty(head.Values.sizes(), hostOptions);
      copy.copy_(head.Values, /* non_blocking = */ true);
      head.Values = copy;
    }
  }
  pass.NonFiniteValues = nonFinite;
  if (isQueued)
  {
    pass.NonFiniteValues = at::empty(nonFinite.sizes(), hostOptions.dtype(at::kLong));
    pass.NonFiniteValues.copy_(nonFinite, /* non_blocking = */ true);
    pass.Done.emplace(target.Device.type());
    pass.Done->record(c10::impl::VirtualGuardImpl(target.Device.type()).getStream(batch.device()));
  }
}

void
NetworkModel::Internals::Run(const float * const input,
                             const ShapeType &   shape,
                             const PassOptions & options,
                             const Target &      target,
                             Pass::Internals &   pass)
{
  SetNetworkThreads(options.Threads);
  if (Package)
  {
    // A package does not say which device of a kind it runs on: it takes the first.
    const std::string compiledFor = Package->GetDeviceType();
    if (c10::DeviceTypeName(target.Device.type(), /* lower_case = */ true) != compiledFor || target.Device.index() > 0)
    {
      throw std::runtime_error("the AOTInductor package was compiled for device " + compiledFor);
    }
    this->Compute(input, shape, options, target, pass);
    return;
  }
  bool mayConvert = false;
  if (!Prepared)
  {
    // Read once, if it has to be read again.
    Module = this->GetModule();
    mayConvert = HasNumbersOfOtherTypes(*Module, target.Device, target.Type);
    this->Prepare(target, NumberConversion::Shorter);
  }
  try
  {
    this->Compute(input, shape, options, target, pass);
  }
  catch (const std::exception & error)
  {
    if (!mayConvert || IsOutOfMemory(error))
    {
      throw;
    }
    this->Prepare(target, NumberConversion::All);
    try
    {
      this->Compute(input, shape, options, target, pass);
    }
    catch (const std::exception &)
    {
      // It was not the numbers: the next pass begins anew.
      Prepared.reset();
      throw;
    }
  }
}

std::unique_ptr<NetworkModel::Pass>
NetworkModel::Start(const float * const input, const ShapeType & shape, const PassOptions & options) const
{
  this->ThrowUnlessLoaded();
  const bool        isPlain = m_Precision == NetworkPrecisionEnum::Float32;
  const std::string what = this->Described() + " on device " + m_Device +
                           (isPlain ? std::string() : std::string(" in ") + NameOf(m_Precision)) + ", input " +
                           ShapeText(shape);
  if (shape.size() < 4 || shape.size() > 5 || *std::min_element(shape.begin(), shape.end()) < 1)
  {
    itkSyntheticCTExceptionMacro(
      what << ": the input should have 4 axes (N, C, H, W) or 5 (N, C, D, H, W), none of them empty");
  }
  const size_t cardChannels = m_Card ? m_Card->Inputs.size() * m_Card->Infer.Slices : 0;
  if (m_Card && static_cast<size_t>(shape[1]) != cardChannels)
  {
    itkSyntheticCTExceptionMacro(what << ": the model card asks for " << cardChannels << " channels");
  }
  const std::string problem = ProblemWith(options, shape.size() - 2);
  if (!problem.empty())
  {
    itkSyntheticCTExceptionMacro(what << ": " << problem);
  }
  if (m_Internals->Package && !isPlain)
  {
    itkSyntheticCTExceptionMacro(what << ": an AOTInductor package computes in the precision that it was compiled in; "
                                      << "Precision should be Float32");
  }

  auto pass = std::make_unique<Pass::Internals>();
  pass->What = what;
  pass->Windows = static_cast<size_t>(shape[0]);
  pass->Grid = options.OutputGrid.empty() ? ShapeType(shape.begin() + 2, shape.end()) : options.OutputGrid;
  pass->KeptOnDevice = options.KeepOnDevice;

  const TorchSession                           session(m_Internals->WantsOneThread ? 1 : options.Threads);
  const c10::InferenceMode                     noAutograd;
  const torch::jit::GraphOptimizerEnabledGuard noProfiling(false);
  TorchCall(what, [&] {
    const Internals::Target target{ TorchDeviceFrom(m_Device), TorchTypeOf(m_Precision), m_UseCustomKernels };
    RunNetwork(shape, target.Device, m_Precision, [&] { m_Internals->Run(input, shape, options, target, *pass); });
  });
  for (const auto & head : pass->Heads)
  {
    pass->Channels += static_cast<size_t>(head.Values.size(1));
  }
  if (m_Card && pass->Channels != m_Card->Outputs.size())
  {
    itkSyntheticCTExceptionMacro(what << ": the network returns " << pass->Channels
                                      << " channels where the model card names " << m_Card->Outputs.size());
  }
  return std::unique_ptr<Pass>(new Pass(std::move(pass)));
}

void
NetworkModel::Forward(const float * const input,
                      const ShapeType &   shape,
                      const unsigned int  threads,
                      OutputGroupsType &  outputs) const
{
  PassOptions options;
  options.Threads = threads;
  const std::unique_ptr<Pass> pass = this->Start(input, shape, options);
  pass->Wait();

  OutputGroupsType groups;
  for (const Pass::Internals::Head & head : pass->m_Internals->Heads)
  {
    OutputGroup group;
    group.Name = head.Name;
    group.Shape.assign(head.Values.sizes().begin(), head.Values.sizes().end());
    group.Values.assign(head.Values.data_ptr<float>(), head.Values.data_ptr<float>() + head.Values.numel());
    groups.push_back(std::move(group));
  }
  outputs = std::move(groups);
}

} // namespace itk
