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
#include "itkNetworkExport.h"

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/torch.h>

#include <memory>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

namespace
{
/** A TorchScript module with the same tree and the same tensors as a module of the C++ API. */
torch::jit::Module
ScriptModuleOf(const torch::nn::Module &                            module,
               const std::string &                                  name,
               const std::shared_ptr<torch::jit::CompilationUnit> & unit)
{
  torch::jit::Module script(c10::QualifiedName(name), unit, true);
  script.register_attribute("training", c10::BoolType::get(), false);
  for (const auto & entry : module.named_parameters(false))
  {
    script.register_parameter(entry.key(), entry.value(), false);
  }
  for (const auto & entry : module.named_buffers(false))
  {
    script.register_buffer(entry.key(), entry.value());
  }
  for (const auto & entry : module.named_children())
  {
    script.register_module(entry.key(), ScriptModuleOf(*entry.value(), name + "_" + entry.key(), unit));
  }
  return script;
}
} // namespace

NetworkWeights
WeightsOf(const NetworkArchitecture & network)
{
  NetworkWeights weights;
  for (const auto & entries : { network.named_parameters(), network.named_buffers() })
  {
    for (const auto & entry : entries)
    {
      weights[entry.key()] = entry.value().detach().to(torch::kCPU).contiguous().clone();
    }
  }
  return weights;
}

void
SetWeights(NetworkArchitecture & network, const NetworkWeights & weights)
{
  const torch::NoGradGuard noGradient;
  size_t                   number = 0;
  for (auto entries : { network.named_parameters(), network.named_buffers() })
  {
    for (auto & entry : entries)
    {
      const auto found = weights.find(entry.key());
      if (found == weights.end())
      {
        throw std::runtime_error("the network's '" + entry.key() + "' is missing");
      }
      if (found->second.sizes() != entry.value().sizes())
      {
        std::ostringstream sizes;
        sizes << found->second.sizes() << " instead of " << entry.value().sizes();
        throw std::runtime_error("'" + entry.key() + "' is " + sizes.str());
      }
      entry.value().copy_(found->second);
      ++number;
    }
  }
  if (number != weights.size())
  {
    throw std::runtime_error("it has " + std::to_string(weights.size()) + " tensors but the network has " +
                             std::to_string(number));
  }
}

torch::jit::Module
TraceNetwork(NetworkArchitecture & network, const NetworkModelCard::Network & description)
{
  const torch::NoGradGuard noGradient;
  network.eval();
  for (torch::Tensor & parameter : network.parameters())
  {
    parameter.set_requires_grad(false);
  }

  // Sides that differ, so that nothing that depends on them can pass for the other one.
  std::vector<int64_t> shape{ 2, static_cast<int64_t>(description.InputChannels) };
  for (unsigned int axis = 0; axis < network.GetImageDimension(); ++axis)
  {
    shape.push_back(static_cast<int64_t>(network.GetSizeMultiple()) * (2 + axis));
  }

  auto               unit = std::make_shared<torch::jit::CompilationUnit>();
  torch::jit::Module script = ScriptModuleOf(network, "__torch__.SyntheticCT", unit);
  const auto         traced = torch::jit::tracer::trace(
    { torch::zeros(shape) },
    [&network](torch::jit::Stack inputs) -> torch::jit::Stack { return { network.Forward(inputs.at(0).toTensor()) }; },
    [](const torch::autograd::Variable &) { return ""; },
    true,
    false,
    &script,
    { "x" });
  torch::jit::Function * const forward =
    unit->create_function(c10::QualifiedName(*script.type()->name(), "forward"), traced.first->graph);
  script.type()->addMethod(forward);
  return script;
}

} // namespace SyntheticCTDetail
} // namespace itk
