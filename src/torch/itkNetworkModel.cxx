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
#include "itkNetworkModel.h"

#include "itkNetworkPreparation.h"
#include "itkTorchSession.h"

#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/cuda.h>
#include <torch/types.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace itk
{

struct NetworkModel::Internals
{
  /** In evaluation mode, on the model's device. */
  std::optional<torch::jit::Module> Module;
  /** What runs in its place, made by the first pass. */
  std::optional<torch::jit::Module> Prepared;
};

namespace
{
template <typename TSizes>
std::string
ShapeText(const TSizes & sizes)
{
  std::ostringstream text;
  const char *       separator = "";
  for (const auto size : sizes)
  {
    text << separator << size;
    separator = "x";
  }
  return sizes.empty() ? "()" : text.str();
}

/** The tensors of what a network returned, with their names. */
void
CollectTensors(const c10::IValue &                               value,
               const std::string &                               name,
               std::vector<std::pair<std::string, at::Tensor>> & tensors)
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

c10::Device
DeviceFrom(const std::string & name)
{
  if (name == "cpu")
  {
    return c10::Device(c10::kCPU);
  }
  const std::string cuda = "cuda";
  const std::string number = name.size() > cuda.size() + 1 ? name.substr(cuda.size() + 1) : "";
  const bool        isNumber =
    !number.empty() && number.size() < 4 &&
    std::all_of(number.begin(), number.end(), [](const unsigned char c) { return std::isdigit(c); });
  if (name != cuda && !(name.compare(0, cuda.size() + 1, cuda + ":") == 0 && isNumber))
  {
    throw std::runtime_error("device '" + name + "' is not known: it should be cpu, cuda or cuda:n");
  }
  const size_t count = torch::cuda::is_available() ? torch::cuda::device_count() : 0;
  const int    index = number.empty() ? 0 : std::stoi(number);
  if (static_cast<size_t>(index) >= count)
  {
    throw std::runtime_error("device '" + name + "' is not available: LibTorch finds " + std::to_string(count) +
                             " CUDA devices here");
  }
  return number.empty() ? c10::Device(c10::kCUDA) : c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index));
}

void
ThrowUnlessForward(const torch::jit::Module & module)
{
  if (!module.find_method("forward"))
  {
    throw std::runtime_error("it has no method 'forward'");
  }
}

/** The text of an exception of ITK without what its macro put before it. */
std::string
TextOf(const ExceptionObject & error)
{
  const std::string text = error.GetDescription();
  const std::string prefix = "ERROR: ";
  const auto        position = text.find(prefix);
  return position == std::string::npos ? text : text.substr(position + prefix.size());
}

/** What speaks against \c fileName being a TorchScript archive, before LibTorch looks into it. */
std::string
ProblemWith(const std::string & fileName)
{
  std::error_code error;
  const auto      status = std::filesystem::status(fileName, error);
  if (!std::filesystem::exists(status))
  {
    return "does not exist";
  }
  if (std::filesystem::is_directory(status))
  {
    return "is a folder";
  }
  std::ifstream file(fileName, std::ios::binary);
  if (!file)
  {
    return "can't be opened for reading";
  }
  char magic[4] = {};
  file.read(magic, sizeof(magic));
  if (file.gcount() == 0)
  {
    return "is empty";
  }
  // A TorchScript file is a zip archive.
  if (file.gcount() < 4 || std::string(magic, 4) != "PK\x03\x04")
  {
    return "is not a TorchScript file: it is no zip archive";
  }
  return "";
}
} // namespace

NetworkModel::NetworkModel()
  : m_Internals(std::make_unique<Internals>())
{}

NetworkModel::~NetworkModel() = default;

std::string
NetworkModel::Described() const
{
  return m_FileName.empty() ? std::string("Model") : "Model file '" + m_FileName + "'";
}

void
NetworkModel::ThrowUnlessLoaded() const
{
  if (!m_Internals->Module)
  {
    itkExceptionMacro(<< "There is no network: call Load() or DefineFromSource() first");
  }
}

void
NetworkModel::Load(const std::string & fileName)
{
  const std::string what = "Model file '" + fileName + "'";
  const std::string problem = ProblemWith(fileName);
  if (!problem.empty())
  {
    itkExceptionMacro(<< what << " " << problem);
  }

  torch::jit::ExtraFilesMap         extraFiles{ { NetworkModelCard::FileName, "" } };
  std::optional<torch::jit::Module> module;
  {
    const TorchSession session;
    TorchCall(what + " is truncated, damaged, or not TorchScript",
              [&] { module = torch::jit::load(fileName, c10::Device(c10::kCPU), extraFiles); });
    TorchCall(what, [&] { ThrowUnlessForward(*module); });
    TorchCall(what + " on device " + m_Device, [&] {
      module->to(DeviceFrom(m_Device));
      module->eval();
    });
  }

  std::unique_ptr<NetworkModelCard> card;
  const std::string &               text = extraFiles[NetworkModelCard::FileName];
  if (!text.empty())
  {
    try
    {
      card = std::make_unique<NetworkModelCard>(NetworkModelCard::FromJSON(text));
    }
    catch (const ExceptionObject & error)
    {
      itkExceptionMacro(<< what << ": " << TextOf(error));
    }
  }

  m_Internals->Module = std::move(module);
  m_Internals->Prepared.reset();
  m_Card = std::move(card);
  m_FileName = fileName;
  this->Modified();
}

void
NetworkModel::DefineFromSource(const std::string & torchScriptSource)
{
  std::optional<torch::jit::Module> module;
  {
    const TorchSession session;
    TorchCall("TorchScript source", [&] {
      module.emplace("network");
      // The parser wants a newline at the end.
      module->define(torchScriptSource + "\n");
      ThrowUnlessForward(*module);
      module->to(DeviceFrom(m_Device));
      module->eval();
    });
  }
  m_Internals->Module = std::move(module);
  m_Internals->Prepared.reset();
  m_Card.reset();
  m_FileName.clear();
  this->Modified();
}

void
NetworkModel::Save(const std::string & fileName) const
{
  this->ThrowUnlessLoaded();
  const std::string         what = "Model file '" + fileName + "'";
  torch::jit::ExtraFilesMap extraFiles;
  if (m_Card)
  {
    extraFiles[NetworkModelCard::FileName] = m_Card->ToJSON();
  }

  const std::string unfinished = fileName + "." + std::to_string(std::random_device{}()) + ".partial";
  std::error_code   error;
  try
  {
    std::ofstream file(unfinished, std::ios::binary);
    if (!file)
    {
      itkExceptionMacro(<< what << " can't be created");
    }
    {
      const TorchSession session;
      TorchCall(what + " can't be written", [&] { m_Internals->Module->save(file, extraFiles); });
    }
    file.close();
    if (!file)
    {
      itkExceptionMacro(<< what << " can't be written: the disk may be full");
    }
    std::filesystem::rename(unfinished, fileName, error);
    if (error)
    {
      itkExceptionMacro(<< what << " can't be written: " << error.message());
    }
  }
  catch (const ExceptionObject &)
  {
    std::filesystem::remove(unfinished, error);
    throw;
  }
}

bool
NetworkModel::IsLoaded() const
{
  return m_Internals->Module.has_value();
}

SizeValueType
NetworkModel::GetNumberOfParameters() const
{
  this->ThrowUnlessLoaded();
  SizeValueType number = 0;
  for (const at::Tensor & parameter : m_Internals->Module->parameters())
  {
    number += static_cast<SizeValueType>(parameter.numel());
  }
  return number;
}

bool
NetworkModel::HasCard() const
{
  return m_Card != nullptr;
}

const NetworkModelCard &
NetworkModel::GetCard() const
{
  if (!m_Card)
  {
    itkExceptionMacro(<< this->Described() << " has no model card");
  }
  return *m_Card;
}

void
NetworkModel::SetCard(const NetworkModelCard & card)
{
  m_Card = std::make_unique<NetworkModelCard>(card);
  this->Modified();
}

void
NetworkModel::RemoveCard()
{
  if (m_Card)
  {
    m_Card.reset();
    this->Modified();
  }
}

std::string
NetworkModel::GetCardAsJSON() const
{
  return m_Card ? m_Card->ToJSON() : std::string();
}

void
NetworkModel::SetCardFromJSON(const std::string & text)
{
  this->SetCard(NetworkModelCard::FromJSON(text));
}

void
NetworkModel::SetDevice(const std::string & device)
{
  if (device == m_Device)
  {
    return;
  }
  const TorchSession session;
  TorchCall(this->Described(), [&] {
    const c10::Device torchDevice = DeviceFrom(device);
    if (m_Internals->Module)
    {
      m_Internals->Module->to(torchDevice);
      m_Internals->Prepared.reset();
    }
  });
  m_Device = device;
  this->Modified();
}

void
NetworkModel::Forward(const float *      input,
                      const ShapeType &  shape,
                      const unsigned int threads,
                      OutputGroupsType & outputs) const
{
  this->ThrowUnlessLoaded();
  const std::string what = this->Described() + " on device " + m_Device + ", input " + ShapeText(shape);
  if (shape.size() < 4 || shape.size() > 5 || *std::min_element(shape.begin(), shape.end()) < 1)
  {
    itkExceptionMacro(<< what
                      << ": the input should have 4 axes (N, C, H, W) or 5 (N, C, D, H, W), none of them empty");
  }
  if (m_Card && static_cast<size_t>(shape[1]) != m_Card->Inputs.size())
  {
    itkExceptionMacro(<< what << ": the model card asks for " << m_Card->Inputs.size() << " channels");
  }

  std::vector<std::pair<std::string, at::Tensor>> tensors;

  const TorchSession                           session(threads);
  if (!m_Internals->Prepared)
  {
    TorchCall(what, [&] {
      m_Internals->Prepared = PrepareNetwork(*m_Internals->Module, DeviceFrom(m_Device), at::kFloat);
    });
  }
  const c10::InferenceMode                     noAutograd;
  const torch::jit::GraphOptimizerEnabledGuard noProfiling(false);
  TorchCall(what, [&] {
    // A copy, because a network may compute in place.
    const at::Tensor batch = at::from_blob(const_cast<float *>(input), shape, at::kFloat)
                               .to(DeviceFrom(m_Device), at::kFloat, /* non_blocking = */ false, /* copy = */ true);
    CollectTensors(m_Internals->Prepared->forward({ batch }), "", tensors);
  });

  size_t           channels = 0;
  OutputGroupsType groups;
  for (const auto & named : tensors)
  {
    const at::Tensor & tensor = named.second;
    if (!tensor.defined() || !(at::isFloatingType(tensor.scalar_type()) ||
                               at::isIntegralType(tensor.scalar_type(), /* includeBool = */ true)))
    {
      itkExceptionMacro(<< what << ": the network returns a tensor of type "
                        << (tensor.defined() ? c10::toString(tensor.scalar_type()) : "None")
                        << " where real numbers are expected");
    }
    const auto sizes = tensor.sizes();
    bool       fits = sizes.size() == shape.size() && sizes[1] > 0;
    for (size_t axis = 0; fits && axis < shape.size(); ++axis)
    {
      fits = axis == 1 || sizes[axis] == shape[axis];
    }
    if (!fits)
    {
      ShapeType grid(shape.begin() + 2, shape.end());
      itkExceptionMacro(<< what << ": the network returns a tensor of shape " << ShapeText(sizes) << " where "
                        << shape[0] << "xKx" << ShapeText(grid) << " is expected");
    }
    channels += static_cast<size_t>(sizes[1]);

    OutputGroup group;
    group.Name = named.first;
    group.Shape.assign(sizes.begin(), sizes.end());
    TorchCall(what, [&] {
      const at::Tensor values = tensor.to(at::kCPU, at::kFloat).contiguous();
      group.Values.assign(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
    });
    groups.push_back(std::move(group));
  }
  if (groups.empty())
  {
    itkExceptionMacro(<< what << ": the network returns no tensor");
  }
  if (m_Card && channels != m_Card->Outputs.size())
  {
    itkExceptionMacro(<< what << ": the network returns " << channels << " channels where the model card names "
                      << m_Card->Outputs.size());
  }
  outputs = std::move(groups);
}

void
NetworkModel::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "FileName: " << m_FileName << std::endl;
  os << indent << "Device: " << m_Device << std::endl;
  os << indent << "Loaded: " << (this->IsLoaded() ? "On" : "Off") << std::endl;
  os << indent << "Card: " << (m_Card ? m_Card->Name : std::string("(none)")) << std::endl;
}

} // namespace itk
