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
#include "itkNetworkGraph.h"

#include <torch/csrc/jit/ir/constants.h>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
void
CollectNodes(torch::jit::Block * block, std::vector<torch::jit::Node *> & nodes)
{
  for (torch::jit::Node * node : block->nodes())
  {
    nodes.push_back(node);
    for (torch::jit::Block * inner : node->blocks())
    {
      CollectNodes(inner, nodes);
    }
  }
}
} // namespace

bool
IsKind(const torch::jit::Node * node, const std::string & kind)
{
  return node->kind().toQualString() == kind;
}

bool
IsOneOf(const torch::jit::Node * node, const std::set<std::string> & kinds)
{
  return kinds.count(node->kind().toQualString()) > 0;
}

std::optional<c10::IValue>
ConstantOf(const torch::jit::Value * value)
{
  const auto constant = torch::jit::toIValue(value);
  return constant ? std::optional<c10::IValue>(*constant) : std::nullopt;
}

std::optional<int64_t>
IntegerOf(const torch::jit::Value * value)
{
  const auto constant = ConstantOf(value);
  return constant && constant->isInt() ? std::optional<int64_t>(constant->toInt()) : std::nullopt;
}

std::optional<bool>
BooleanOf(const torch::jit::Value * value)
{
  const auto constant = ConstantOf(value);
  return constant && constant->isBool() ? std::optional<bool>(constant->toBool()) : std::nullopt;
}

std::optional<double>
NumberOf(const torch::jit::Value * value)
{
  const auto constant = ConstantOf(value);
  return constant && constant->isScalar() ? std::optional<double>(constant->toScalar().toDouble()) : std::nullopt;
}

std::optional<std::vector<int64_t>>
IntegersOf(const torch::jit::Value * value)
{
  if (const auto constant = ConstantOf(value))
  {
    return constant->isIntList() ? std::optional<std::vector<int64_t>>(constant->toIntVector()) : std::nullopt;
  }
  if (!IsKind(value->node(), "prim::ListConstruct"))
  {
    return std::nullopt;
  }
  std::vector<int64_t> integers;
  for (const torch::jit::Value * element : value->node()->inputs())
  {
    const auto integer = IntegerOf(element);
    if (!integer)
    {
      return std::nullopt;
    }
    integers.push_back(*integer);
  }
  return integers;
}

std::vector<torch::jit::Node *>
NodesOf(torch::jit::Graph & graph)
{
  std::vector<torch::jit::Node *> nodes;
  CollectNodes(graph.block(), nodes);
  return nodes;
}

void
ForEachGraph(const torch::jit::Module & module, const std::function<void(torch::jit::Graph &)> & function)
{
  for (const torch::jit::Module & part : module.modules())
  {
    for (const torch::jit::Method & method : part.get_methods())
    {
      function(*method.graph());
    }
  }
}

} // namespace SyntheticCTDetail
} // namespace itk
