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

#include "itkNetworkInspection.h"
#include "session/itkTorchDevice.h"
#include "session/itkTorchSession.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/types.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace itk
{
using namespace SyntheticCTDetail;
namespace
{
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

/** The card in a text that came with a model; none for an empty text. */
std::unique_ptr<NetworkModelCard>
CardFrom(const std::string & text, const std::string & what)
{
  if (text.empty())
  {
    return nullptr;
  }
  try
  {
    return std::make_unique<NetworkModelCard>(NetworkModelCard::FromJSON(text));
  }
  catch (const ExceptionObject & error)
  {
    itkGenericExceptionMacro(<< what << ": " << TextOf(error));
  }
}

/** What speaks against \c fileName being a TorchScript archive or a package, before LibTorch looks into it. */
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
  // Both are zip archives.
  if (file.gcount() < 4 || std::string(magic, 4) != "PK\x03\x04")
  {
    return IsNetworkPackage(fileName) ? "is not an AOTInductor package: it is no zip archive"
                                      : "is not a TorchScript file: it is no zip archive";
  }
  return "";
}
} // namespace

void
NetworkModel::Internals::SetModule(const torch::jit::Module & module, const std::string & file)
{
  Module = module;
  Module->eval();
  for (const at::Tensor & parameter : module.parameters())
  {
    NumberOfParameters += static_cast<size_t>(parameter.numel());
  }
  File = file;
  this->NoteFile();
  for (const std::string & remark : InspectNetwork(module))
  {
    Remarks.push_back((file.empty() ? std::string("Model") : "Model file '" + file + "'") + ": " + remark);
  }
}

void
NetworkModel::Internals::NoteFile()
{
  std::error_code ignored;
  FileTime = std::filesystem::last_write_time(File, ignored);
  FileSize = std::filesystem::file_size(File, ignored);
}

torch::jit::Module
NetworkModel::Internals::GetModule() const
{
  if (Module)
  {
    return *Module;
  }
  std::error_code error;
  if (std::filesystem::last_write_time(File, error) != FileTime || error ||
      std::filesystem::file_size(File, error) != FileSize || error)
  {
    throw std::runtime_error("the file '" + File + "' is needed again, but is not there or has changed since it was " +
                             "loaded");
  }
  torch::jit::Module module = torch::jit::load(File, c10::Device(c10::kCPU));
  module.eval();
  return module;
}

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
  if (!this->IsLoaded())
  {
    itkSyntheticCTExceptionMacro("There is no network: call Load() or DefineFromSource() first");
  }
}

void
NetworkModel::ThrowUnlessModule(const char * const remark) const
{
  this->ThrowUnlessLoaded();
  if (m_Internals->Package)
  {
    itkSyntheticCTExceptionMacro(this->Described() << " is an AOTInductor package, compiled code, which " << remark);
  }
}

void
NetworkModel::Load(const std::string & fileName)
{
  const std::string what = "Model file '" + fileName + "'";
  const std::string problem = ProblemWith(fileName);
  if (!problem.empty())
  {
    itkSyntheticCTExceptionMacro(what << " " << problem);
  }

  auto                              internals = std::make_unique<Internals>();
  std::unique_ptr<NetworkModelCard> card;
  if (IsNetworkPackage(fileName))
  {
    {
      const TorchSession session;
      TorchCall(what + " can't be run as an AOTInductor package",
                [&] { internals->Package = LoadNetworkPackage(fileName); });
    }
    card = CardFrom(internals->Package->GetCard(), what);
  }
  else
  {
    torch::jit::ExtraFilesMap extraFiles{ { NetworkModelCard::FileName, "" } };
    {
      const TorchSession session;
      torch::jit::Module module;
      TorchCall(what + " is truncated, damaged, or not TorchScript",
                [&] { module = torch::jit::load(fileName, c10::Device(c10::kCPU), extraFiles); });
      TorchCall(what, [&] {
        ThrowUnlessForward(module);
        internals->SetModule(module, fileName);
      });
    }
    card = CardFrom(extraFiles[NetworkModelCard::FileName], what);
  }

  m_Internals = std::move(internals);
  m_Card = std::move(card);
  m_FileName = fileName;
  this->Modified();
}

void
NetworkModel::DefineFromSource(const std::string & torchScriptSource)
{
  auto internals = std::make_unique<Internals>();
  {
    const TorchSession session;
    TorchCall("TorchScript source", [&] {
      torch::jit::Module module("network");
      // The parser wants a newline at the end.
      module.define(torchScriptSource + "\n");
      ThrowUnlessForward(module);
      internals->SetModule(module, "");
    });
  }
  m_Internals = std::move(internals);
  m_Card.reset();
  m_FileName.clear();
  this->Modified();
}

void
NetworkModel::Save(const std::string & fileName) const
{
  this->ThrowUnlessModule("can't be written as TorchScript: copy the file itself");
  const std::string         what = "Model file '" + fileName + "'";
  torch::jit::ExtraFilesMap extraFiles;
  if (m_Card)
  {
    extraFiles[NetworkModelCard::FileName] = m_Card->ToJSON();
  }

  AtomicOutput  output(fileName);
  std::ofstream file(output.GetTemporaryName(), std::ios::binary);
  {
    const TorchSession session;
    TorchCall(what + " can't be written", [&] { m_Internals->GetModule().save(file, extraFiles); });
  }
  file.close();
  if (!file)
  {
    itkSyntheticCTExceptionMacro(what << " can't be written: the disk may be full");
  }
  output.Commit();
  std::error_code error;
  if (std::filesystem::equivalent(fileName, m_Internals->File, error))
  {
    m_Internals->NoteFile();
  }
}

bool
NetworkModel::IsLoaded() const
{
  return m_Internals->Module || !m_Internals->File.empty() || m_Internals->Package;
}

SizeValueType
NetworkModel::GetNumberOfParameters() const
{
  this->ThrowUnlessModule("does not tell its number of weights");
  return m_Internals->NumberOfParameters;
}

unsigned int
NetworkModel::GetNumberOfRemarks() const
{
  return static_cast<unsigned int>(m_Internals->Remarks.size());
}

const std::string &
NetworkModel::GetRemark(const unsigned int number) const
{
  if (number >= m_Internals->Remarks.size())
  {
    itkSyntheticCTExceptionMacro("There is no remark " << number << ", only " << m_Internals->Remarks.size());
  }
  return m_Internals->Remarks[number];
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
    itkSyntheticCTExceptionMacro(this->Described() << " has no model card");
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
NetworkModel::ReadCard(const std::string & fileName)
{
  const std::string what = "Card file '" + fileName + "'";
  std::error_code   error;
  if (!std::filesystem::is_regular_file(fileName, error))
  {
    itkSyntheticCTExceptionMacro(
      what << (std::filesystem::exists(fileName, error) ? " is not a file" : " does not exist"));
  }
  std::ifstream      file(fileName, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty())
  {
    itkSyntheticCTExceptionMacro(what << (file.is_open() ? " is empty" : " can't be opened for reading"));
  }
  m_Card = CardFrom(text.str(), what);
  this->Modified();
}

void
NetworkModel::SetDevice(const std::string & device)
{
  if (device == m_Device)
  {
    return;
  }
  const TorchSession session;
  TorchCall(this->Described(), [&] { TorchDeviceFrom(device); });
  m_Internals->Prepared.reset();
  m_Device = device;
  this->Modified();
}

void
NetworkModel::SetPrecision(const NetworkPrecisionEnum precision)
{
  if (precision == m_Precision)
  {
    return;
  }
  const TorchSession session;
  m_Internals->Prepared.reset();
  m_Precision = precision;
  this->Modified();
}

void
NetworkModel::SetUseCustomKernels(const bool use)
{
  if (use == m_UseCustomKernels)
  {
    return;
  }
  const TorchSession session;
  m_Internals->Prepared.reset();
  m_UseCustomKernels = use;
  this->Modified();
}

void
NetworkModel::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "FileName: " << m_FileName << std::endl;
  os << indent << "Device: " << m_Device << std::endl;
  os << indent << "Precision: " << m_Precision << std::endl;
  os << indent << "UseCustomKernels: " << (m_UseCustomKernels ? "On" : "Off") << std::endl;
  os << indent << "Loaded: " << (this->IsLoaded() ? "On" : "Off") << std::endl;
  os << indent << "Card: " << (m_Card ? m_Card->Name : std::string("(none)")) << std::endl;
  // An AOTInductor package does not tell.
  os << indent << "NumberOfParameters: ";
  if (this->IsLoaded() && !m_Internals->Package)
  {
    os << m_Internals->NumberOfParameters << std::endl;
  }
  else
  {
    os << "(unknown)" << std::endl;
  }
  os << indent << "Remarks: " << m_Internals->Remarks.size() << std::endl;
}

} // namespace itk
