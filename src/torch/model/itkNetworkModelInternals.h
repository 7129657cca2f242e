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
#ifndef itkNetworkModelInternals_h
#define itkNetworkModelInternals_h

#include "itkNetworkModel.h"
#include "itkNetworkPackage.h"
#include "cpu/itkNetworkNumbers.h"

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>
#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace itk
{

struct NetworkModel::Pass::Internals
{
  /** One tensor that the network returned. */
  struct Head
  {
    /** Key of the dictionary, or empty. */
    std::string Name;
    /** (N, K, ...) in float32, contiguous. */
    at::Tensor Values;
  };

  /** The head that has an output channel, and which of the head's channels it is. */
  std::pair<const Head *, int64_t>
  FindChannel(size_t channel) const;

  /** For messages. */
  std::string       What;
  std::vector<Head> Heads;
  size_t            Windows{ 0 };
  size_t            Channels{ 0 };
  ShapeType         Grid;
  bool              KeptOnDevice{ false };
  bool              Waited{ false };
  /** Recorded after the last work of this pass; none on the CPU. */
  std::optional<c10::Event> Done;
  /** For each window, the values that are NaN or infinite: int64 on the CPU, valid once the pass is done. */
  at::Tensor NonFiniteValues;
};

/** What NetworkModel, its passes and DevicePatchBlender share. There is a module or a package, not both. */
struct NetworkModel::Internals
{
  /** As it was loaded: in evaluation mode, on the CPU. Once it is prepared it is given up, with its weights, when there
   * is a file to read it from again. */
  std::optional<torch::jit::Module> Module;

  /** The file, empty when there is none, and what tells that it is still the same. */
  std::string                     File;
  std::filesystem::file_time_type FileTime;
  std::uintmax_t                  FileSize{ 0 };

  /** Weights of the module. */
  size_t NumberOfParameters{ 0 };

  /** Take a module that was just read or made, from a file unless its name is empty. */
  void
  SetModule(const torch::jit::Module & module, const std::string & file);

  /** The module; read again when it was given up. Throws std::runtime_error when its file has changed. */
  torch::jit::Module
  GetModule() const;

  /** Note what the file looks like now. */
  void
  NoteFile();

  /** Compiled network. */
  std::unique_ptr<SyntheticCTDetail::NetworkPackage> Package;

  /** What is doubtful about the module. */
  std::vector<std::string> Remarks;

  /** What a network is made ready for. */
  struct Target
  {
    c10::Device    Device;
    at::ScalarType Type;
    bool           UseCustomKernels;
  };

  /** The module, made ready for the model's settings by the first pass. */
  std::optional<torch::jit::Module> Prepared;

  /** Whether LibTorch's own threads are not wanted: see GoesByOurKernels(). */
  bool WantsOneThread{ false };

  /** Make the module ready to run. */
  void
  Prepare(const Target & target, SyntheticCTDetail::NumberConversion conversion);

  /** One pass of what was made ready. */
  c10::IValue
  Forward(const at::Tensor & batch);

  /** One pass of the batch flipped along these axes of the tensor; the result is flipped back and in float32. */
  std::vector<Pass::Internals::Head>
  ForwardFlipped(const at::Tensor & batch, const std::vector<int64_t> & axes, const ShapeType & grid);

  /** The mean over all flips along these axes of the window: see PassOptions. */
  std::vector<Pass::Internals::Head>
  ForwardMirrored(const at::Tensor & batch, const std::vector<unsigned int> & mirrorAxes, const ShapeType & grid);

  /** Run a batch on what was made ready, and fill in the heads of \c pass and its event. */
  void
  Compute(const float *       input,
          const ShapeType &   shape,
          const PassOptions & options,
          const Target &      target,
          Pass::Internals &   pass);

  /** Make ready what is not, and compute; a network that does not run because its numbers are of several types is made
   * ready once more, with all of them converted. */
  void
  Run(const float *       input,
      const ShapeType &   shape,
      const PassOptions & options,
      const Target &      target,
      Pass::Internals &   pass);
};

/** Wait until the device has reached an event. */
void
WaitFor(const c10::Event & event);

/** `4x1x96x96`; `()` when there are no sizes. */
template <typename TSizes>
std::string
ShapeText(const TSizes & sizes)
{
  std::string text;
  for (const auto size : sizes)
  {
    text += (text.empty() ? "" : "x") + std::to_string(size);
  }
  return text.empty() ? "()" : text;
}

} // namespace itk

#endif
