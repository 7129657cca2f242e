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
#ifndef itkNetworkGraph_h
#define itkNetworkGraph_h

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

// Reading the graphs of TorchScript, whose nodes are its operations and whose values go from one to the next.

bool
IsKind(const torch::jit::Node * node, const std::string & kind);

bool
IsOneOf(const torch::jit::Node * node, const std::set<std::string> & kinds);

/** What a value is when it is a constant; nothing when it is none, and from the next ones on when it is of another
 * type.
 */
std::optional<c10::IValue>
ConstantOf(const torch::jit::Value * value);

std::optional<int64_t>
IntegerOf(const torch::jit::Value * value);

std::optional<bool>
BooleanOf(const torch::jit::Value * value);

std::optional<double>
NumberOf(const torch::jit::Value * value);

/** A constant list, or a list made of constants. */
std::optional<std::vector<int64_t>>
IntegersOf(const torch::jit::Value * value);

/** All nodes, those inside of branches and loops too. */
std::vector<torch::jit::Node *>
NodesOf(torch::jit::Graph & graph);

/** Calls `function(graph)` for every method of a network and of its parts. */
void
ForEachGraph(const torch::jit::Module & module, const std::function<void(torch::jit::Graph &)> & function);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
