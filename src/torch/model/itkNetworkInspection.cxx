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
#include "itkNetworkInspection.h"

#include "cpu/itkNetworkGraph.h"

#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <algorithm>
#include <map>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
/** The constant that a node has for an argument of that name; nothing when it has no such argument, or no constant. */
std::optional<c10::IValue>
ArgumentOf(const torch::jit::Node * const node, const std::string & name)
{
  const auto * const schema = node->maybeSchema();
  const auto         position = schema ? schema->argumentIndexWithName(name) : c10::nullopt;
  return position && static_cast<size_t>(*position) < node->inputs().size()
           ? ConstantOf(node->input(static_cast<size_t>(*position)))
           : std::nullopt;
}

/** Whether an operation behaves as in training although the network is in evaluation mode. */
bool
IsTraining(const torch::jit::Node * const node)
{
  const auto isTrue = [node](const char * const name) {
    const auto argument = ArgumentOf(node, name);
    return argument && argument->isBool() && argument->toBool();
  };
  if (!isTrue("train") && !isTrue("training"))
  {
    return false;
  }
  // Dropout of nothing, and a normalisation that has learned no statistics: these are the same in evaluation.
  for (const char * const name : { "p", "dropout" })
  {
    const auto share = ArgumentOf(node, name);
    if (share && share->isDouble() && share->toDouble() == 0.0)
    {
      return false;
    }
  }
  const auto mean = ArgumentOf(node, "running_mean");
  return !(mean && mean->isNone());
}
} // namespace

std::vector<std::string>
InspectNetwork(const torch::jit::Module & module)
{
  const auto graph = module.get_method("forward").graph()->copy();
  torch::jit::Inline(*graph);

  std::map<std::string, size_t> found;
  for (const torch::jit::Node * const node : NodesOf(*graph))
  {
    if (IsTraining(node))
    {
      std::string name = node->kind().toUnqualString();
      name.erase(std::find_if_not(name.rbegin(), name.rend(), [](const char c) { return c == '_'; }).base(),
                 name.end());
      ++found[name];
    }
  }
  if (found.empty())
  {
    return {};
  }
  std::string operations;
  for (const auto & entry : found)
  {
    operations += (operations.empty() ? "" : ", ") + std::to_string(entry.second) + " x " + entry.first;
  }
  return { "the network was traced or frozen in training mode (" + operations +
           "), so that its results are random or depend on what shares a batch; export it again after eval()" };
}

} // namespace SyntheticCTDetail
} // namespace itk
