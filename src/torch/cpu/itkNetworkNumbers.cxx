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
#include "itkNetworkNumbers.h"

#include "itkNetworkGraph.h"

#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <optional>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

/** The type that a tensor is to have. */
at::ScalarType
TargetType(const at::Tensor & tensor, const at::ScalarType type, const NumberConversion conversion)
{
  const at::ScalarType own = tensor.scalar_type();
  const bool           isShort = own == at::kHalf || own == at::kBFloat16;
  const bool           converts =
    at::isFloatingType(own) && (conversion == NumberConversion::All || isShort || type != at::kFloat);
  return converts ? type : own;
}

/** The tensor that a node has as its constant, if it has one. */
std::optional<at::Tensor>
TensorOf(const Node * const node)
{
  if (node->kind() != c10::prim::Constant || node->outputs().size() != 1)
  {
    return std::nullopt;
  }
  const auto constant = ConstantOf(node->output());
  return constant && constant->isTensor() && constant->toTensor().defined()
           ? std::optional<at::Tensor>(constant->toTensor())
           : std::nullopt;
}

/** Inputs of a node that name a floating-point type other than \c type. */
std::vector<size_t>
InputsOfOtherTypes(const Node * const node, const at::ScalarType type)
{
  std::vector<size_t>              found;
  const auto * const               schema = node->maybeSchema();
  const std::vector<c10::Argument> none;
  const auto &                     arguments = schema ? schema->arguments() : none;
  for (size_t i = 0; i < std::min(arguments.size(), node->inputs().size()); ++i)
  {
    const auto number = arguments[i].name() == "dtype" ? IntegerOf(node->input(i)) : std::nullopt;
    if (number && *number >= 0 && *number < static_cast<int64_t>(at::ScalarType::NumOptions))
    {
      const auto named = static_cast<at::ScalarType>(*number);
      if (at::isFloatingType(named) && named != type)
      {
        found.push_back(i);
      }
    }
  }
  return found;
}
} // namespace

torch::jit::Module
CopyNetwork(const torch::jit::Module & module,
            const c10::Device          device,
            const at::ScalarType       type,
            const NumberConversion     conversion)
{
  const auto stays = [&](const at::Tensor & tensor) {
    return tensor.device() == device && tensor.scalar_type() == TargetType(tensor, type, conversion);
  };
  bool shared = true;
  for (const at::Tensor & parameter : module.parameters())
  {
    shared = shared && stays(parameter);
  }
  for (const at::Tensor & buffer : module.buffers())
  {
    shared = shared && stays(buffer);
  }

  torch::jit::Module copy = module.clone(/* inplace = */ shared);
  copy.eval();
  if (!shared)
  {
    for (at::Tensor parameter : copy.parameters())
    {
      parameter.set_data(parameter.detach().to(device, TargetType(parameter, type, conversion)));
    }
    for (at::Tensor buffer : copy.buffers())
    {
      buffer.set_data(buffer.detach().to(device, TargetType(buffer, type, conversion)));
    }
  }
  return copy;
}

void
ConvertConstants(torch::jit::Module &   module,
                 const c10::Device      device,
                 const at::ScalarType   type,
                 const NumberConversion conversion)
{
  const bool convertsAll = conversion == NumberConversion::All;
  ForEachGraph(module, [&](Graph & graph) {
    std::vector<Node *> replaced;
    for (Node * const node : NodesOf(graph))
    {
      const torch::jit::WithInsertPoint place(node);
      if (const auto tensor = TensorOf(node))
      {
        const at::Tensor converted =
          tensor->to(convertsAll ? device : tensor->device(), TargetType(*tensor, type, conversion));
        if (!converted.is_same(*tensor))
        {
          node->output()->replaceAllUsesWith(graph.insertConstant(converted));
          replaced.push_back(node);
        }
        continue;
      }
      for (const size_t input : convertsAll ? InputsOfOtherTypes(node, type) : std::vector<size_t>())
      {
        node->replaceInput(input, graph.insertConstant(static_cast<int64_t>(type)));
      }
    }
    // They would hold their tensors as long as the network lives.
    for (Node * const node : replaced)
    {
      node->destroy();
    }
  });
}

bool
HasNumbersOfOtherTypes(const torch::jit::Module & module, const c10::Device device, const at::ScalarType type)
{
  const auto isOther = [type](const at::Tensor & tensor) {
    return at::isFloatingType(tensor.scalar_type()) && tensor.scalar_type() != type;
  };
  for (const at::Tensor & parameter : module.parameters())
  {
    if (isOther(parameter))
    {
      return true;
    }
  }
  for (const at::Tensor & buffer : module.buffers())
  {
    if (isOther(buffer))
    {
      return true;
    }
  }
  bool found = false;
  ForEachGraph(module, [&](Graph & graph) {
    for (const Node * const node : NodesOf(graph))
    {
      const auto tensor = TensorOf(node);
      found = found || (tensor && (isOther(*tensor) || tensor->device() != device)) ||
              !InputsOfOtherTypes(node, type).empty();
    }
  });
  return found;
}

} // namespace SyntheticCTDetail
} // namespace itk
