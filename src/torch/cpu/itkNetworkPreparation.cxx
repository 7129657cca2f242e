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
#include "itkNetworkPreparation.h"

#include "itkNetworkConvolution.h"
#include "itkNetworkGraph.h"
#include "itkNetworkNumbers.h"

#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/runtime/custom_operator.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#if defined(__GLIBC__)
#  include <malloc.h>
#endif

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

const char * const convolutionOperator = "synthetic_ct::convolution";
const char * const poolingOperator = "synthetic_ct::maximum_pooling";

// The operators by which a prepared graph calls us. They are known to TorchScript alone and have no gradient.
const auto convolutionClass = torch::class_<NetworkConvolution>("synthetic_ct", "Convolution");
const auto poolingClass = torch::class_<NetworkMaximumPooling>("synthetic_ct", "MaximumPooling");

[[maybe_unused]] const bool operatorsAreRegistered = [] {
  torch::jit::registerOperator(torch::jit::Operator(
    "synthetic_ct::convolution(__torch__.torch.classes.synthetic_ct.Convolution convolution, "
    "Tensor[] inputs) -> Tensor",
    [](torch::jit::Stack & stack) {
      const auto inputs = torch::jit::pop(stack).toTensorVector();
      const auto convolution = torch::jit::pop(stack).toCustomClass<NetworkConvolution>();
      torch::jit::push(stack, convolution->Run(inputs));
    },
    c10::AliasAnalysisKind::FROM_SCHEMA));
  torch::jit::registerOperator(torch::jit::Operator(
    "synthetic_ct::maximum_pooling(__torch__.torch.classes.synthetic_ct.MaximumPooling pooling, "
    "Tensor input) -> Tensor",
    [](torch::jit::Stack & stack) {
      const auto input = torch::jit::pop(stack).toTensor();
      const auto pooling = torch::jit::pop(stack).toCustomClass<NetworkMaximumPooling>();
      torch::jit::push(stack, pooling->Run(input));
    },
    c10::AliasAnalysisKind::FROM_SCHEMA));
  return true;
}();

// ---- Reading a graph ----

/** A constant float32 tensor on the CPU; an undefined one where there is None. */
std::optional<at::Tensor>
WeightOf(const Value * value)
{
  const auto constant = ConstantOf(value);
  if (constant && constant->isNone())
  {
    return at::Tensor();
  }
  if (constant && constant->isTensor() && constant->toTensor().scalar_type() == at::kFloat &&
      constant->toTensor().is_cpu())
  {
    return constant->toTensor();
  }
  return std::nullopt;
}

/** The one node that takes the numbers of \c value, as its first input; null when there is none or more. Asking for
 * the size is not taking the numbers. */
Node *
OnlyUser(const Value * value)
{
  Node * only = nullptr;
  for (const torch::jit::Use & use : value->uses())
  {
    if (IsOneOf(use.user, { "aten::size", "aten::dim" }))
    {
      continue;
    }
    if (only || use.offset != 0)
    {
      return nullptr;
    }
    only = use.user;
  }
  return only && only->owningBlock() == value->node()->owningBlock() ? only : nullptr;
}

/** Whether a node changes one of its inputs. Nodes without schema, such as prim::If, do not: the nodes within do. */
bool
ComputesInPlace(const Node * node)
{
  const auto * const schema = node->maybeSchema();
  return schema && schema->is_mutable();
}

// ---- Recognising ----

/** Axes of a 2D or 3D operator as slices, rows and columns. A list of one number counts for all. */
std::optional<NetworkConvolution::AxesType>
AxesOf(const Value * value, int64_t dimension, int64_t slices)
{
  auto integers = IntegersOf(value);
  if (integers && integers->size() == 1)
  {
    integers->resize(static_cast<size_t>(dimension), integers->front());
  }
  if (!integers || static_cast<int64_t>(integers->size()) != dimension)
  {
    return std::nullopt;
  }
  NetworkConvolution::AxesType axes{ { slices, slices, slices } };
  std::copy(integers->begin(), integers->end(), axes.end() - dimension);
  return axes;
}

/** The description of a convolution with constant weights; nothing for any other node, and for groups and padding given
 * in words. */
std::optional<NetworkConvolution::Description>
DescribeConvolution(const Node * node)
{
  const bool general = IsKind(node, "aten::_convolution") || IsKind(node, "aten::convolution");
  const bool plain = IsKind(node, "aten::conv2d") || IsKind(node, "aten::conv3d");
  const bool transposed = IsKind(node, "aten::conv_transpose2d") || IsKind(node, "aten::conv_transpose3d");
  if (!general && !plain && !transposed)
  {
    return std::nullopt;
  }
  // Weight, bias, stride and padding stand at the same place in all; after them:
  //   convolution      dilation, transposed, output padding, groups
  //   conv             dilation, groups
  //   conv_transpose   output padding, groups, dilation
  const auto weight = WeightOf(node->input(1));
  const auto bias = WeightOf(node->input(2));
  if (!weight || !weight->defined() || !bias || weight->dim() < 4 || weight->dim() > 5)
  {
    return std::nullopt;
  }
  const int64_t                   dimension = weight->dim() - 2;
  NetworkConvolution::Description description;
  description.Weight = *weight;
  description.Bias = *bias;
  const auto stride = AxesOf(node->input(3), dimension, 1);
  const auto padding = AxesOf(node->input(4), dimension, 0);
  const auto dilation = AxesOf(node->input(transposed ? 7 : 5), dimension, 1);
  const auto groups = IntegerOf(node->input(general ? 8 : 6));
  const auto isTransposed = general ? BooleanOf(node->input(6)) : std::optional<bool>(transposed);
  if (!stride || !padding || !dilation || groups != 1 || !isTransposed)
  {
    return std::nullopt;
  }
  description.Stride = *stride;
  description.PaddingBefore = *padding;
  description.PaddingAfter = *padding;
  description.Dilation = *dilation;
  description.Transposed = *isTransposed;
  if (description.Transposed)
  {
    const auto outputPadding = AxesOf(node->input(general ? 7 : 5), dimension, 0);
    if (!outputPadding)
    {
      return std::nullopt;
    }
    description.OutputPadding = *outputPadding;
  }
  return description;
}

/** Instance normalisation by the image's own statistics. */
bool
AddNormalisation(const Node * node, NetworkConvolution::Description & description)
{
  if (!IsKind(node, "aten::instance_norm") || BooleanOf(node->input(5)) != true)
  {
    return false;
  }
  // With running statistics the node would update them.
  const auto mean = ConstantOf(node->input(3));
  const auto variance = ConstantOf(node->input(4));
  const auto scale = WeightOf(node->input(1));
  const auto shift = WeightOf(node->input(2));
  const auto epsilon = NumberOf(node->input(7));
  if (!mean || !mean->isNone() || !variance || !variance->isNone() || !scale || !shift || !epsilon)
  {
    return false;
  }
  description.Normalise = true;
  description.Scale = *scale;
  description.Shift = *shift;
  description.Epsilon = *epsilon;
  return true;
}

/** ReLU and LeakyReLU. */
bool
AddActivation(const Node * node, NetworkConvolution::Description & description)
{
  if (IsOneOf(node, { "aten::relu", "aten::relu_" }))
  {
    description.Slope = 0.0F;
    return true;
  }
  if (IsOneOf(node, { "aten::leaky_relu", "aten::leaky_relu_" }))
  {
    if (const auto slope = NumberOf(node->input(1)))
    {
      description.Slope = static_cast<float>(*slope);
      return true;
    }
  }
  return false;
}

bool
AddShuffle(const Node * node, NetworkConvolution::Description & description)
{
  if (!IsKind(node, "aten::pixel_shuffle") || description.Transposed || description.Weight.dim() != 4)
  {
    return false;
  }
  const auto factor = IntegerOf(node->input(1));
  if (!factor || *factor < 1 || description.Weight.size(0) % (*factor * *factor) != 0)
  {
    return false;
  }
  description.Shuffle = *factor;
  return true;
}

/** Zeros around the rows and columns (and slices) of an image, as padding of the convolution that takes it. */
bool
AddPadding(const Node * node, NetworkConvolution::Description & description)
{
  const bool general = IsKind(node, "aten::pad");
  if (description.Transposed || (!general && !IsKind(node, "aten::constant_pad_nd")))
  {
    return false;
  }
  const size_t valueInput = general ? 3 : 2;
  const auto   value = ConstantOf(node->input(valueInput));
  const auto   number = NumberOf(node->input(valueInput));
  const auto   padding = IntegersOf(node->input(1));
  if (!value || !(value->isNone() || number == 0.0) || !padding || padding->size() % 2 != 0 ||
      static_cast<int64_t>(padding->size()) > 2 * (description.Weight.dim() - 2))
  {
    return false;
  }
  if (general)
  {
    const auto mode = ConstantOf(node->input(2));
    if (!mode || !mode->isString() || mode->toStringRef() != "constant")
    {
      return false;
    }
  }
  // Taking away pixels and putting zeros in their place is no padding.
  const auto negative = [](int64_t size) { return size < 0; };
  if (std::any_of(padding->begin(), padding->end(), negative))
  {
    return false;
  }
  for (size_t axis = 0; axis < padding->size() / 2; ++axis)
  {
    description.PaddingBefore[2 - axis] += (*padding)[2 * axis];
    description.PaddingAfter[2 - axis] += (*padding)[2 * axis + 1];
  }
  return true;
}

/** The images that a node joins along their channels; none when it does anything else. */
std::vector<Value *>
JoinedImages(const Node * node, int64_t dimension)
{
  if (!IsKind(node, "aten::cat") || !IsKind(node->input(0)->node(), "prim::ListConstruct"))
  {
    return {};
  }
  const auto axis = IntegerOf(node->input(1));
  if (axis != 1 && axis != -1 - dimension)
  {
    return {};
  }
  const auto images = node->input(0)->node()->inputs();
  return { images.begin(), images.end() };
}

// ---- Rewriting ----

/** A convolution and the nodes after it that it takes over, the last one's result being its own. */
struct Found
{
  Node *                          Convolution;
  Value *                         Result;
  NetworkConvolution::Description Description;
};

std::vector<Found>
FindConvolutions(Graph & graph)
{
  std::vector<Found> all;
  for (Node * node : NodesOf(graph))
  {
    auto description = DescribeConvolution(node);
    if (!description)
    {
      continue;
    }
    Found  found{ node, node->output(), *description };
    Node * next = OnlyUser(found.Result);
    if (next && AddShuffle(next, found.Description))
    {
      found.Result = next->output();
      next = OnlyUser(found.Result);
    }
    else if (next && AddNormalisation(next, found.Description))
    {
      found.Result = next->output();
      next = OnlyUser(found.Result);
    }
    if (next && AddActivation(next, found.Description))
    {
      found.Result = next->output();
    }
    all.push_back(found);
  }
  return all;
}

/** Sizes asked of what stood between the convolution and its result are asked of the result; a shuffle changes them. */
bool
SizesAreKept(const Found & found)
{
  if (found.Description.Shuffle == 1)
  {
    return true;
  }
  const Value * const between = found.Convolution->output();
  return between == found.Result || between->uses().size() == 1;
}

void
ReplaceConvolution(Graph &                                graph,
                   const Found &                          found,
                   bool                                   takesInputsLater,
                   const std::shared_ptr<NetworkMemory> & memory)
{
  NetworkConvolution::Description description = found.Description;
  std::vector<Value *>            images{ found.Convolution->input(0) };
  if (takesInputsLater)
  {
    if (AddPadding(images[0]->node(), description))
    {
      images = { images[0]->node()->input(0) };
    }
    const auto joined = JoinedImages(images[0]->node(), description.Weight.dim() - 2);
    if (!joined.empty())
    {
      images = joined;
    }
  }

  // Where the convolution stood, so that a node that asks for its size still comes after it.
  const torch::jit::WithInsertPoint place(found.Convolution);
  Value * const                     convolution =
    graph.insertConstant(c10::IValue(c10::make_intrusive<NetworkConvolution>(description, memory)));
  Node * const list = graph.insertNode(graph.createList(c10::TensorType::get(), images));
  Node * const node = graph.insertNode(
    graph.create(c10::Symbol::fromQualString(convolutionOperator), { convolution, list->output() }, 1));
  node->output()->setType(c10::TensorType::get());

  std::vector<Node *> replaced;
  Value *             value = found.Result;
  while (true)
  {
    replaced.push_back(value->node());
    value->replaceAllUsesWith(node->output());
    if (value->node() == found.Convolution)
    {
      break;
    }
    value = value->node()->input(0);
  }
  for (Node * const old : replaced)
  {
    // Once each, though a node may take the same one twice.
    const std::unordered_set<Value *> inputs(old->inputs().begin(), old->inputs().end());
    old->destroy();
    // Its weights go now, not after all others were made.
    for (Value * const input : inputs)
    {
      if (input->node()->kind() == c10::prim::Constant && !input->hasUses())
      {
        input->node()->destroy();
      }
    }
  }
}

/** Maximum pooling over blocks that do not overlap. */
void
ReplacePooling(Graph & graph, Node * node, const std::shared_ptr<NetworkMemory> & memory)
{
  const bool volume = IsKind(node, "aten::max_pool3d");
  if (!volume && !IsKind(node, "aten::max_pool2d"))
  {
    return;
  }
  const int64_t dimension = volume ? 3 : 2;
  const auto    kernel = AxesOf(node->input(1), dimension, 1);
  const auto    strides = IntegersOf(node->input(2));
  const auto    stride = strides && strides->empty() ? kernel : AxesOf(node->input(2), dimension, 1);
  const auto    padding = AxesOf(node->input(3), dimension, 0);
  const auto    dilation = AxesOf(node->input(4), dimension, 1);
  const auto    ceiling = BooleanOf(node->input(5));
  if (!kernel || stride != kernel || padding != NetworkConvolution::AxesType{ { 0, 0, 0 } } ||
      dilation != NetworkConvolution::AxesType{ { 1, 1, 1 } } || ceiling != false)
  {
    return;
  }
  const torch::jit::WithInsertPoint place(node);
  const std::vector<int64_t>        sizes(kernel->end() - dimension, kernel->end());
  Value * const                     operation =
    graph.insertConstant(c10::IValue(c10::make_intrusive<NetworkMaximumPooling>(sizes, memory)));
  Node * const pooling =
    graph.insertNode(graph.create(c10::Symbol::fromQualString(poolingOperator), { operation, node->input(0) }, 1));
  pooling->output()->setType(c10::TensorType::get());
  node->output()->replaceAllUsesWith(pooling->output());
  node->destroy();
}

/** Whether a node gives the same numbers for any strides of its inputs, and says nothing of strides itself. */
bool
IsIndifferentToStrides(const Node * node)
{
  // None of them gives its input again, or part of it: what comes out may be changed in place.
  static const std::set<std::string> indifferent{ "aten::_convolution",
                                                  "aten::add",
                                                  "aten::avg_pool2d",
                                                  "aten::avg_pool3d",
                                                  "aten::batch_norm",
                                                  "aten::cat",
                                                  "aten::clamp",
                                                  "aten::constant_pad_nd",
                                                  "aten::conv2d",
                                                  "aten::conv3d",
                                                  "aten::conv_transpose2d",
                                                  "aten::conv_transpose3d",
                                                  "aten::dim",
                                                  "aten::div",
                                                  "aten::elu",
                                                  "aten::gelu",
                                                  "aten::hardtanh",
                                                  "aten::instance_norm",
                                                  "aten::leaky_relu",
                                                  "aten::max_pool2d",
                                                  "aten::max_pool3d",
                                                  "aten::mul",
                                                  "aten::pad",
                                                  "aten::pixel_shuffle",
                                                  "aten::relu",
                                                  "aten::sigmoid",
                                                  "aten::silu",
                                                  "aten::size",
                                                  "aten::softmax",
                                                  "aten::sub",
                                                  "aten::tanh",
                                                  "aten::upsample_nearest2d",
                                                  "aten::upsample_nearest3d" };
  return IsKind(node, convolutionOperator) || IsKind(node, poolingOperator) || IsOneOf(node, indifferent);
}

/** Our operators return images in the layout channels last. Where every node that takes one is known to give the same
 * numbers for any strides, the layout is kept, and what comes out of that node may have it as well. Otherwise the image
 * is made contiguous at once, since other nodes may look at memory, or change it, and must then see the same image. */
void
ProtectStrides(Graph & graph)
{
  const auto isIndifferent = [&graph](const torch::jit::Use & use) {
    return use.user == graph.return_node() || IsIndifferentToStrides(use.user);
  };
  const auto isList = [](const Node * node) {
    return IsKind(node, "prim::ListConstruct") || IsKind(node, "prim::TupleConstruct");
  };
  std::unordered_set<const Value *> strided;
  for (Node * node : NodesOf(graph))
  {
    const bool ours = IsKind(node, convolutionOperator) || IsKind(node, poolingOperator);
    const bool takes = std::any_of(
      node->inputs().begin(), node->inputs().end(), [&](const Value * input) { return strided.count(input) > 0; });
    if (isList(node) && takes)
    {
      strided.insert(node->output());
    }
    if (isList(node) || !(ours || takes) || IsOneOf(node, { "aten::dim", "aten::size" }))
    {
      continue;
    }
    for (Value * const value : node->outputs())
    {
      const bool goesOn = std::all_of(value->uses().begin(), value->uses().end(), [&](const torch::jit::Use & use) {
        return isList(use.user)
                 ? std::all_of(use.user->output()->uses().begin(), use.user->output()->uses().end(), isIndifferent)
                 : isIndifferent(use);
      });
      if (goesOn)
      {
        strided.insert(value);
        continue;
      }
      const torch::jit::WithInsertPoint place(node->next());
      Value * const contiguous = graph.insert(c10::Symbol::fromQualString("aten::contiguous"), { value });
      value->replaceAllUsesAfterNodeWith(contiguous->node(), contiguous);
    }
  }
}

/** Put our operators into a frozen graph. */
void
UseOurKernels(Graph & graph)
{
  std::vector<Found>         convolutions = FindConvolutions(graph);
  std::unordered_set<Node *> takenOver;
  for (const Found & found : convolutions)
  {
    for (Value * value = found.Result; value->node() != found.Convolution; value = value->node()->input(0))
    {
      takenOver.insert(value->node());
    }
  }
  // What is joined or padded is read when the convolution runs, so nothing may change it in the meantime.
  const std::vector<Node *> nodes = NodesOf(graph);
  const bool                nothingChanges = std::none_of(
    nodes.begin(), nodes.end(), [&](Node * node) { return ComputesInPlace(node) && takenOver.count(node) == 0; });
  const auto memory = std::make_shared<NetworkMemory>();
  for (Found & found : convolutions)
  {
    if (SizesAreKept(found))
    {
      ReplaceConvolution(graph, found, nothingChanges, memory);
    }
    found.Description = {};
  }
  for (Node * node : NodesOf(graph))
  {
    ReplacePooling(graph, node, memory);
  }
  ProtectStrides(graph);
  torch::jit::EliminateDeadCode(graph.block());
  graph.lint();
}
} // namespace

torch::jit::Module
PrepareNetwork(const torch::jit::Module & module,
               const c10::Device          device,
               const at::ScalarType       type,
               const PreparationOptions & options)
{
  // What is made here outlives whatever mode the caller is in. Without the optimizer, methods are not inlined, and a
  // network is not frozen.
  const c10::InferenceMode                     noInference(false);
  const torch::jit::GraphOptimizerEnabledGuard withOptimizer(true);
  const at::NoGradGuard                        noGradient;
  const auto                                   convertedCopy = [&] {
    torch::jit::Module copy = CopyNetwork(module, device, type, options.Conversion);
    ConvertConstants(copy, device, type, options.Conversion);
    return copy;
  };
  torch::jit::Module copy = convertedCopy();
  if (options.UseCustomKernels)
  {
    try
    {
      torch::jit::Module frozen = torch::jit::freeze(copy);
      // Freezing brings in the functions that the network calls.
      ConvertConstants(frozen, device, type, options.Conversion);
      if (device.is_cpu() && type == at::kFloat)
      {
        UseOurKernels(*frozen.get_method("forward").graph());
      }
      copy = frozen;
    }
    catch (const std::exception &)
    {
      // A network that can't be frozen, such as one with attributes that it sets as it runs, is still a network.
      copy = convertedCopy();
    }
  }
#if defined(__GLIBC__)
  // Weights came and went several times; what they leave in pieces is about as much as the network itself.
  malloc_trim(0);
#endif
  return copy;
}

bool
GoesByOurKernels(const torch::jit::Module & prepared)
{
  static const std::vector<std::string> longWork{
    "conv", "mm", "matmul", "linear", "einsum", "attention", "lstm", "gru"
  };
  bool any = false;
  for (const Node * const node : NodesOf(*prepared.get_method("forward").graph()))
  {
    const std::string kind = node->kind().toQualString();
    if (kind == convolutionOperator)
    {
      any = true;
      continue;
    }
    const auto isIn = [&kind](const std::string & part) { return kind.find(part) != std::string::npos; };
    if (kind == "prim::CallMethod" || kind == "prim::CallFunction" ||
        (kind.rfind("aten::", 0) == 0 && std::any_of(longWork.begin(), longWork.end(), isIn)))
    {
      return false;
    }
  }
  return any;
}

} // namespace SyntheticCTDetail
} // namespace itk
