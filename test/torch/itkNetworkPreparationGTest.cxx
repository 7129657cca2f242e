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
#include "cpu/itkNetworkConvolution.h"
#include "cpu/itkNetworkPreparation.h"

#include "itkTestData.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/torch.h>

#include "gtest/gtest.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace
{
using namespace itk::SyntheticCTDetail;

using Description = itk::SyntheticCTDetail::NetworkConvolution::Description;
using Parameters = std::map<std::string, at::Tensor>;

/** Largest difference, relative to the range of the first. */
double
Difference(const at::Tensor & expected, const at::Tensor & found)
{
  EXPECT_EQ(expected.sizes(), found.sizes());
  const at::Tensor reference = expected.to(at::kDouble);
  const double     range = (reference.max() - reference.min()).item<double>();
  return (reference - found.to(at::kDouble)).abs().max().item<double>() / (range > 0.0 ? range : 1.0);
}

void
FlattenTensors(const c10::IValue & value, std::vector<at::Tensor> & tensors)
{
  if (value.isTensor())
  {
    tensors.push_back(value.toTensor());
  }
  else if (value.isTuple())
  {
    for (const c10::IValue & element : value.toTupleRef().elements())
    {
      FlattenTensors(element, tensors);
    }
  }
  else if (value.isList())
  {
    for (const c10::IValue & element : value.toListRef())
    {
      FlattenTensors(element, tensors);
    }
  }
}

/** What a network returns, run as NetworkModel does. */
std::vector<at::Tensor>
Answers(torch::jit::Module & network, const at::Tensor & input)
{
  const c10::InferenceMode                     noAutograd;
  const torch::jit::GraphOptimizerEnabledGuard noProfiling(false);
  std::vector<at::Tensor>                      tensors;
  FlattenTensors(network.forward({ input.clone() }), tensors);
  return tensors;
}

torch::jit::Module
Define(const std::string & source, const Parameters & parameters)
{
  torch::jit::Module network("network");
  for (const auto & parameter : parameters)
  {
    network.register_parameter(parameter.first, parameter.second, false);
  }
  network.define(source + "\n");
  network.eval();
  return network;
}

/** How often our convolutions stand in what runs. */
size_t
NumberOfOurConvolutions(const torch::jit::Module & network)
{
  const std::string text = network.get_method("forward").graph()->toString();
  size_t            number = 0;
  for (size_t at = text.find("synthetic_ct::convolution("); at != std::string::npos;
       at = text.find("synthetic_ct::convolution(", at + 1))
  {
    ++number;
  }
  return number;
}

/** The prepared network gives the answer of the plain one, with the same bits each time. Returns it, to be looked at.
 */
torch::jit::Module
ExpectSameAnswer(const torch::jit::Module & network, const at::Tensor & input, double tolerance = 1e-5)
{
  torch::jit::Module      plain = network;
  torch::jit::Module      prepared = itk::SyntheticCTDetail::PrepareNetwork(network, at::kCPU, at::kFloat);
  const auto              expected = Answers(plain, input);
  std::vector<at::Tensor> first = Answers(prepared, input);
  EXPECT_EQ(expected.size(), first.size());
  EXPECT_GT(first.size(), 0u);
  const std::vector<at::Tensor> second = Answers(prepared, input);
  for (size_t i = 0; i < std::min(expected.size(), first.size()); ++i)
  {
    EXPECT_LT(Difference(expected[i], first[i]), tolerance) << "output " << i;
    EXPECT_TRUE(at::equal(first[i], second[i])) << "output " << i;
  }
  return prepared;
}

/** nnU-Net's plain U-Net in small: three levels of two convolutions, instance normalisation, LeakyReLU. */
torch::jit::Module
PlainUNet(int64_t base)
{
  torch::manual_seed(3);
  Parameters parameters;
  const auto block = [&](const std::string & name, int64_t inputs, int64_t outputs, int64_t stride) {
    const std::string number = std::to_string(stride);
    int64_t           channels = inputs;
    std::string       source;
    for (const std::string & part : { name + "a", name + "b" })
    {
      parameters[part + "_weight"] = at::randn({ outputs, channels, 3, 3, 3 }) / std::sqrt(27.0 * channels);
      parameters[part + "_bias"] = at::randn({ outputs });
      parameters[part + "_scale"] = at::rand({ outputs }) + 0.5;
      parameters[part + "_shift"] = at::randn({ outputs });
      const std::string step = part == name + "a" ? number : "1";
      source += "  x = torch.conv3d(x, self." + part + "_weight, self." + part + "_bias, [" + step + ", " + step +
                ", " + step + "], [1, 1, 1])\n  x = torch.instance_norm(x, self." + part + "_scale, self." + part +
                "_shift, None, None, True, 0.1, 1e-5, True)\n  x = torch.leaky_relu_(x, 0.01)\n";
      channels = outputs;
    }
    return source;
  };
  const auto up = [&](const std::string & name, int64_t inputs, int64_t outputs, const std::string & skip) {
    parameters[name + "_weight"] = at::randn({ inputs, outputs, 2, 2, 2 }) / std::sqrt(1.0 * inputs);
    parameters[name + "_bias"] = at::randn({ outputs });
    return "  x = torch.conv_transpose3d(x, self." + name + "_weight, self." + name +
           "_bias, [2, 2, 2])\n  x = torch.cat([x, " + skip + "], 1)\n";
  };
  std::string source = "def forward(self, x):\n";
  source += block("e0", 1, base, 1) + "  s0 = x\n";
  source += block("e1", base, 2 * base, 2) + "  s1 = x\n";
  source += block("e2", 2 * base, 4 * base, 2);
  source += up("u1", 4 * base, 2 * base, "s1") + block("d1", 4 * base, 2 * base, 1);
  source += up("u0", 2 * base, base, "s0") + block("d0", 2 * base, base, 1);
  parameters["out_weight"] = at::randn({ 2, base, 1, 1, 1 });
  parameters["out_bias"] = at::randn({ 2 });
  source += "  return torch.conv3d(x, self.out_weight, self.out_bias)";
  return Define(source, parameters);
}

/** A convolution by LibTorch in double, as described. */
at::Tensor
Reference(const Description & description, const std::vector<at::Tensor> & inputs)
{
  const auto dimension = static_cast<size_t>(description.Weight.dim() - 2);
  const auto axes = [dimension](const itk::SyntheticCTDetail::NetworkConvolution::AxesType & all) {
    return std::vector<int64_t>(all.end() - static_cast<ptrdiff_t>(dimension), all.end());
  };
  std::vector<at::Tensor> wide;
  for (const at::Tensor & input : inputs)
  {
    wide.push_back(input.to(at::kDouble));
  }
  at::Tensor           image = at::cat(wide, 1);
  std::vector<int64_t> padding(dimension, 0);
  if (description.Transposed)
  {
    padding = axes(description.PaddingBefore);
  }
  else
  {
    std::vector<int64_t> pad;
    for (size_t axis = 3; axis-- > 3 - dimension;)
    {
      pad.push_back(description.PaddingBefore[axis]);
      pad.push_back(description.PaddingAfter[axis]);
    }
    image = at::constant_pad_nd(image, pad, 0);
  }
  at::Tensor result = at::convolution(image,
                                      description.Weight.to(at::kDouble),
                                      description.Bias.defined() ? description.Bias.to(at::kDouble) : at::Tensor(),
                                      axes(description.Stride),
                                      padding,
                                      axes(description.Dilation),
                                      description.Transposed,
                                      axes(description.OutputPadding),
                                      1);
  if (description.Shuffle > 1)
  {
    result = at::pixel_shuffle(result, description.Shuffle);
  }
  if (description.Normalise)
  {
    result = at::instance_norm(result,
                               description.Scale.defined() ? description.Scale.to(at::kDouble) : at::Tensor(),
                               description.Shift.defined() ? description.Shift.to(at::kDouble) : at::Tensor(),
                               {},
                               {},
                               true,
                               0.1,
                               description.Epsilon,
                               false);
  }
  return at::leaky_relu(result, static_cast<double>(description.Slope));
}

/** Run with every set of kernels that this machine has, and compare with LibTorch in double. */
void
ExpectReference(const Description & description, const std::vector<at::Tensor> & inputs, const std::string & what)
{
  const at::Tensor expected = Reference(description, inputs);
  for (const itk::SyntheticCTDetail::NetworkKernels * const kernels :
       itk::SyntheticCTDetail::GetSupportedNetworkKernels())
  {
    const auto operation = c10::make_intrusive<itk::SyntheticCTDetail::NetworkConvolution>(
      description, std::make_shared<itk::SyntheticCTDetail::NetworkMemory>(), *kernels);
    EXPECT_LT(Difference(expected, operation->Run(inputs)), 2e-6) << what << ", " << kernels->Name;
  }
}

Description
Convolution(const std::vector<int64_t> & weightSizes)
{
  Description description;
  int64_t     fan = 1;
  for (size_t i = 1; i < weightSizes.size(); ++i)
  {
    fan *= weightSizes[i];
  }
  description.Weight = at::randn(weightSizes) / std::sqrt(static_cast<double>(fan));
  description.Bias = at::randn({ weightSizes[0] });
  return description;
}
} // namespace

TEST(NetworkPreparation, TheWinogradMatrixIsThatOfItsPoints)
{
  // A kernel (1, 0, 0), evaluated as polynomial, is 1 everywhere; (0, 0, 1) is p^2. Divided by the product of the
  // distances to the other points.
  const double points[5] = { 0.0, std::sqrt(0.5), -std::sqrt(0.5), std::sqrt(2.0), -std::sqrt(2.0) };
  for (int element = 0; element < 3; ++element)
  {
    const double kernel[3] = { element == 0 ? 1.0 : 0.0, element == 1 ? 1.0 : 0.0, element == 2 ? 1.0 : 0.0 };
    double       transformed[6];
    itk::SyntheticCTDetail::TransformWinogradWeights(kernel, transformed);
    for (int i = 0; i < 5; ++i)
    {
      double distances = 1.0;
      for (int j = 0; j < 5; ++j)
      {
        distances *= i == j ? 1.0 : points[i] - points[j];
      }
      EXPECT_NEAR(transformed[i], std::pow(points[i], element) / distances, 1e-15);
    }
    EXPECT_EQ(transformed[5], kernel[2]);
  }
}

TEST(NetworkPreparation, TheCompilersOwnKernelsAreAlwaysThere)
{
  ASSERT_FALSE(itk::SyntheticCTDetail::GetSupportedNetworkKernels().empty());
  EXPECT_EQ(&itk::SyntheticCTDetail::GetNetworkKernels(), itk::SyntheticCTDetail::GetSupportedNetworkKernels().front());
  EXPECT_STREQ(itk::SyntheticCTDetail::GetSupportedNetworkKernels().back()->Name, "baseline");
}

TEST(NetworkPreparation, ConvolutionsByWinogradAreThoseOfLibTorch)
{
  torch::manual_seed(1);
  // Tiles that fit and that do not, channels that fill vectors and that do not, more than one block of tiles.
  for (const int64_t inputs : { 16, 19, 48 })
  {
    for (const int64_t outputs : { 5, 32, 45 })
    {
      for (const auto & size : std::vector<std::vector<int64_t>>{ { 8, 8 }, { 3, 5 }, { 41, 30 } })
      {
        Description description = Convolution({ outputs, inputs, 3, 3 });
        description.PaddingBefore = description.PaddingAfter = { { 0, 1, 1 } };
        ExpectReference(description, { at::randn({ 2, inputs, size[0], size[1] }) }, "2D");
      }
    }
  }
  for (const auto & size : std::vector<std::vector<int64_t>>{ { 6, 6, 6 }, { 1, 9, 4 }, { 3, 24, 22 } })
  {
    for (const int64_t slices : { 1, 3 })
    {
      Description description = Convolution({ 20, 24, slices, 3, 3 });
      description.PaddingBefore = description.PaddingAfter = { { slices / 2, 1, 1 } };
      ExpectReference(description, { at::randn({ 2, 24, size[0], size[1], size[2] }) }, "3D");
    }
  }
}

TEST(NetworkPreparation, AnyPaddingGoes)
{
  torch::manual_seed(2);
  for (const int64_t channels : { 3, 16 })
  {
    Description none = Convolution({ 8, channels, 3, 3, 3 });
    ExpectReference(none, { at::randn({ 1, channels, 5, 7, 9 }) }, "none");
    Description uneven = Convolution({ 8, channels, 3, 3, 3 });
    uneven.PaddingBefore = { { 0, 2, 1 } };
    uneven.PaddingAfter = { { 2, 0, 3 } };
    ExpectReference(uneven, { at::randn({ 1, channels, 5, 7, 9 }) }, "uneven");
    Description wide = Convolution({ 8, channels, 3, 3, 3 });
    wide.PaddingBefore = wide.PaddingAfter = { { 5, 4, 6 } };
    ExpectReference(wide, { at::randn({ 1, channels, 2, 3, 2 }) }, "wide");
  }
}

TEST(NetworkPreparation, ConvolutionsByTapsAreThoseOfLibTorch)
{
  torch::manual_seed(4);
  for (const int64_t channels : { 1, 7, 20 })
  {
    Description strided = Convolution({ 33, channels, 3, 3, 3 });
    strided.Stride = { { 2, 1, 2 } };
    strided.PaddingBefore = strided.PaddingAfter = { { 1, 1, 1 } };
    ExpectReference(strided, { at::randn({ 2, channels, 6, 7, 13 }) }, "strided");

    Description dilated = Convolution({ 4, channels, 3, 3 });
    dilated.Dilation = { { 1, 2, 3 } };
    dilated.PaddingBefore = dilated.PaddingAfter = { { 0, 2, 3 } };
    ExpectReference(dilated, { at::randn({ 1, channels, 11, 10 }) }, "dilated");

    Description pointwise = Convolution({ 3, channels, 1, 1 });
    pointwise.Bias.reset();
    ExpectReference(pointwise, { at::randn({ 3, channels, 30, 31 }) }, "1x1");

    Description large = Convolution({ 17, channels, 5, 7 });
    large.PaddingBefore = large.PaddingAfter = { { 0, 2, 3 } };
    ExpectReference(large, { at::randn({ 1, channels, 16, 9 }) }, "5x7");
  }
}

TEST(NetworkPreparation, TransposedConvolutionsAreThoseOfLibTorch)
{
  torch::manual_seed(5);
  for (const int64_t channels : { 3, 18 })
  {
    for (const int64_t kernel : { 1, 2, 3, 4 })
    {
      for (const int64_t stride : { 1, 2, 3 })
      {
        Description description = Convolution({ channels, 6, kernel, kernel });
        description.Bias = at::randn({ 6 });
        description.Transposed = true;
        description.Stride = { { 1, stride, stride } };
        description.PaddingBefore = { { 0, kernel / 2, 0 } };
        description.OutputPadding = { { 0, stride - 1, 0 } };
        ExpectReference(description,
                        { at::randn({ 2, channels, 5, 8 }) },
                        "kernel " + std::to_string(kernel) + ", stride " + std::to_string(stride));
      }
    }
    Description volume = Convolution({ channels, 9, 2, 2, 2 });
    volume.Bias.reset();
    volume.Transposed = true;
    volume.Stride = { { 2, 2, 2 } };
    ExpectReference(volume, { at::randn({ 1, channels, 3, 4, 5 }) }, "3D");
  }
}

TEST(NetworkPreparation, ShuffledConvolutionsAreThoseOfLibTorch)
{
  torch::manual_seed(6);
  for (const int64_t factor : { 2, 3 })
  {
    Description description = Convolution({ 5 * factor * factor, 18, 2, 2 });
    description.Shuffle = factor;
    description.PaddingAfter = { { 0, 1, 1 } };
    // A tap that is zero in one phase alone.
    description.Weight.slice(0, 1, c10::nullopt, factor * factor).select(2, 0).zero_();
    ExpectReference(description, { at::randn({ 2, 18, 6, 7 }) }, "factor " + std::to_string(factor));
    description.Bias.reset();
    ExpectReference(description, { at::randn({ 1, 18, 3, 2 }) }, "without bias");
  }
}

TEST(NetworkPreparation, NormalisationAndActivationFollow)
{
  torch::manual_seed(7);
  for (const float slope : { 0.0F, 0.01F, 1.0F })
  {
    for (const int64_t stride : { 1, 2 })
    {
      Description description = Convolution({ 21, 16, 3, 3, 3 });
      description.Stride = { { stride, stride, stride } };
      description.PaddingBefore = description.PaddingAfter = { { 1, 1, 1 } };
      description.Slope = slope;
      ExpectReference(description, { at::randn({ 2, 16, 5, 18, 20 }) }, "activation");
      description.Normalise = true;
      description.Epsilon = 1e-3;
      ExpectReference(description, { at::randn({ 2, 16, 5, 18, 20 }) }, "normalisation");
      description.Scale = at::rand({ 21 }) + 0.5;
      description.Shift = at::randn({ 21 });
      // A mean that is large against the deviation costs digits where sums are not taken in double.
      description.Bias = at::randn({ 21 }) + 100.0;
      ExpectReference(description, { at::randn({ 2, 16, 5, 18, 20 }) }, "scale, shift and mean");
    }
  }
}

TEST(NetworkPreparation, ReLUKeepsInfinityAndNaNWhatTheyAre)
{
  constexpr float infinity = std::numeric_limits<float>::infinity();
  Description     description;
  description.Weight = at::ones({ 1, 1, 1, 1 });
  description.Slope = 0.0F;
  const auto operation = c10::make_intrusive<itk::SyntheticCTDetail::NetworkConvolution>(
    description, std::make_shared<itk::SyntheticCTDetail::NetworkMemory>());
  const at::Tensor input =
    torch::tensor({ -infinity, infinity, std::numeric_limits<float>::quiet_NaN(), -2.0F, 3.0F }).view({ 1, 1, 1, 5 });
  const at::Tensor output = operation->Run({ input }).contiguous().view({ 5 });
  EXPECT_EQ(output[0].item<float>(), 0.0F);
  EXPECT_EQ(output[1].item<float>(), infinity);
  EXPECT_TRUE(std::isnan(output[2].item<float>()));
  EXPECT_EQ(output[3].item<float>(), 0.0F);
  EXPECT_EQ(output[4].item<float>(), 3.0F);
}

TEST(NetworkPreparation, SeveralInputsCountAsJoined)
{
  torch::manual_seed(8);
  for (const int64_t stride : { 1, 2 })
  {
    Description description = Convolution({ 12, 30, 3, 3 });
    description.Stride = { { 1, stride, stride } };
    description.PaddingBefore = description.PaddingAfter = { { 0, 1, 1 } };
    ExpectReference(description,
                    { at::randn({ 2, 7, 9, 10 }), at::randn({ 2, 16, 9, 10 }), at::randn({ 2, 7, 9, 10 }) },
                    "stride " + std::to_string(stride));
  }
}

TEST(NetworkPreparation, MaximumPoolingIsThatOfLibTorch)
{
  torch::manual_seed(9);
  for (const itk::SyntheticCTDetail::NetworkKernels * const kernels :
       itk::SyntheticCTDetail::GetSupportedNetworkKernels())
  {
    const auto memory = std::make_shared<itk::SyntheticCTDetail::NetworkMemory>();
    at::Tensor image = at::randn({ 2, 19, 7, 9 });
    image[0][3][2][2] = std::numeric_limits<float>::quiet_NaN();
    image[1][18][5][7] = -std::numeric_limits<float>::infinity();
    const auto plane = c10::make_intrusive<itk::SyntheticCTDetail::NetworkMaximumPooling>(
      std::vector<int64_t>{ 2, 3 }, memory, *kernels);
    const at::Tensor expected = at::max_pool2d(image, { 2, 3 });
    const at::Tensor found = plane->Run(image);
    EXPECT_TRUE(at::isnan(found[0][3][1][0]).item<bool>()) << kernels->Name;
    EXPECT_TRUE(at::equal(at::nan_to_num(found), at::nan_to_num(expected))) << kernels->Name;

    const at::Tensor volume = at::randn({ 1, 32, 4, 6, 5 });
    const auto       block = c10::make_intrusive<itk::SyntheticCTDetail::NetworkMaximumPooling>(
      std::vector<int64_t>{ 2, 2, 2 }, memory, *kernels);
    EXPECT_TRUE(at::equal(block->Run(volume), at::max_pool3d(volume, { 2, 2, 2 }))) << kernels->Name;
    EXPECT_THROW(block->Run(volume.narrow(2, 0, 1)), c10::Error);
    EXPECT_THROW(block->Run(image), c10::Error);
  }
}

TEST(NetworkPreparation, ConvolutionsRefuseWhatTheyCanNotTake)
{
  Description description = Convolution({ 4, 16, 3, 3 });
  const auto  operation = c10::make_intrusive<itk::SyntheticCTDetail::NetworkConvolution>(
    description, std::make_shared<itk::SyntheticCTDetail::NetworkMemory>());
  EXPECT_NO_THROW(operation->Run({ at::zeros({ 1, 16, 8, 8 }) }));
  EXPECT_THROW(operation->Run({ at::zeros({ 1, 15, 8, 8 }) }), c10::Error);
  EXPECT_THROW(operation->Run({ at::zeros({ 1, 16, 2, 8 }) }), c10::Error);
  EXPECT_THROW(operation->Run({ at::zeros({ 16, 8, 8 }) }), c10::Error);
  EXPECT_THROW(operation->Run({ at::zeros({ 1, 16, 8, 8 }, at::kDouble) }), c10::Error);
  EXPECT_THROW(operation->Run({ at::zeros({ 1, 8, 8, 8 }), at::zeros({ 1, 8, 8, 9 }) }), c10::Error);
  EXPECT_THROW(operation->Run({ at::zeros({ 1, 8, 8, 8 }), at::zeros({ 2, 8, 8, 8 }) }), c10::Error);
}

TEST(NetworkPreparation, BitsDoNotDependOnThreads)
{
  torch::manual_seed(10);
  torch::jit::Module prepared = itk::SyntheticCTDetail::PrepareNetwork(PlainUNet(16), at::kCPU, at::kFloat);
  const at::Tensor   input = at::randn({ 2, 1, 24, 20, 28 });
  const int          threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor expected = Answers(prepared, input)[0];
  for (const int number : { 2, 3, 5 })
  {
    at::set_num_threads(number);
    EXPECT_TRUE(at::equal(expected, Answers(prepared, input)[0])) << number << " threads";
  }
  at::set_num_threads(threads);
}

TEST(NetworkPreparation, MemoryIsUsedAgainButNotWhileAnImageLives)
{
  const auto              memory = std::make_shared<itk::SyntheticCTDetail::NetworkMemory>();
  const at::Tensor        kept = memory->Allocate({ 1, 2, 16, 16 });
  std::vector<at::Tensor> images{ memory->Allocate({ 1, 64, 32, 32 }) };
  const void * const      large = images[0].data_ptr<float>();
  EXPECT_TRUE(images[0].is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_NE(kept.data_ptr<float>(), large);
  images.clear();
  // Four small ones lie where the large one was; once they are gone it fits again.
  for (int i = 0; i < 4; ++i)
  {
    images.push_back(memory->Allocate({ 1, 16, 4, 16, 16 }));
    images.back().fill_(i);
    EXPECT_TRUE(images.back().is_contiguous(at::MemoryFormat::ChannelsLast3d));
  }
  EXPECT_EQ(images[0].data_ptr<float>(), large);
  for (int i = 0; i < 4; ++i)
  {
    EXPECT_TRUE((images[static_cast<size_t>(i)] == i).all().item<bool>());
  }
  for (const size_t i : { 1, 3, 0, 2 })
  {
    images[i].reset();
  }
  EXPECT_EQ(memory->Allocate({ 1, 64, 32, 32 }).data_ptr<float>(), large);
}

TEST(NetworkPreparation, TheCallersModesDoNotMatter)
{
  torch::manual_seed(18);
  torch::jit::Module network = torch::jit::load(itk::TestUtilities::ExampleModel());
  network.eval();
  const at::Tensor                             input = at::randn({ 1, 1, 32, 48 });
  const c10::InferenceMode                     noAutograd;
  const torch::jit::GraphOptimizerEnabledGuard noProfiling(false);
  const torch::jit::Module                     prepared = ExpectSameAnswer(network, input, 1e-4);
  EXPECT_EQ(NumberOfOurConvolutions(prepared), 23u);
  EXPECT_TRUE(itk::SyntheticCTDetail::GoesByOurKernels(prepared));
}

TEST(NetworkPreparation, ResultsOutliveTheNetworkAndTheNextPass)
{
  torch::manual_seed(11);
  torch::jit::Module plain = PlainUNet(8);
  const at::Tensor   input = at::randn({ 1, 1, 8, 8, 8 });
  at::Tensor         first;
  at::Tensor         copy;
  {
    torch::jit::Module prepared = itk::SyntheticCTDetail::PrepareNetwork(plain, at::kCPU, at::kFloat);
    first = Answers(prepared, input)[0];
    copy = first.clone();
    Answers(prepared, at::randn({ 1, 1, 8, 8, 8 }));
  }
  EXPECT_TRUE(at::equal(first, copy));
}

TEST(NetworkPreparation, PlainUNetGivesTheSameAnswer)
{
  torch::manual_seed(12);
  const torch::jit::Module prepared = ExpectSameAnswer(PlainUNet(16), at::randn({ 2, 1, 16, 24, 20 }), 1e-4);
  EXPECT_EQ(NumberOfOurConvolutions(prepared), 13u);
  EXPECT_TRUE(itk::SyntheticCTDetail::GoesByOurKernels(prepared));
  const std::string text = prepared.get_method("forward").graph()->toString();
  for (const std::string gone : { "aten::cat", "aten::instance_norm", "aten::leaky_relu", "aten::conv" })
  {
    EXPECT_EQ(text.find(gone), std::string::npos) << gone;
  }
}

TEST(NetworkPreparation, TheShippedLightUNetGivesTheSameAnswer)
{
  torch::manual_seed(13);
  torch::jit::Module network = torch::jit::load(itk::TestUtilities::ExampleModel());
  network.eval();
  const torch::jit::Module prepared = ExpectSameAnswer(network, at::randn({ 2, 1, 96, 80 }), 1e-4);
  EXPECT_EQ(NumberOfOurConvolutions(prepared), 23u);
  EXPECT_TRUE(itk::SyntheticCTDetail::GoesByOurKernels(prepared));
  const std::string text = prepared.get_method("forward").graph()->toString();
  for (const std::string gone : { "aten::cat", "aten::batch_norm", "aten::relu", "aten::max_pool", "aten::pixel" })
  {
    EXPECT_EQ(text.find(gone), std::string::npos) << gone;
  }
}

TEST(NetworkPreparation, RealFilesGiveTheSameAnswer)
{
  for (const std::string name : { "ImpactToyModel.pt", "ImpactToyModelDown.pt", "M730_1_Layers.pt", "R1D2_2D.pt" })
  {
    const std::string path = itk::TestUtilities::SharedData("torchscript_models/" + name);
    if (!std::filesystem::exists(path))
    {
      GTEST_SKIP() << path << " is not there";
    }
    torch::manual_seed(14);
    torch::jit::Module network = torch::jit::load(path);
    network.eval();
    SCOPED_TRACE(name);
    // As NetworkModel does.
    const torch::jit::GraphOptimizerEnabledGuard noProfiling(false);
    ExpectSameAnswer(
      network, name == "R1D2_2D.pt" ? at::randn({ 1, 1, 40, 44 }) : at::randn({ 1, 1, 20, 24, 18 }), 1e-4);
  }
}

TEST(NetworkPreparation, WithoutOurKernelsTheBitsAreThoseOfLibTorch)
{
  torch::manual_seed(19);
  torch::jit::Module network = torch::jit::load(itk::TestUtilities::ExampleModel());
  network.eval();
  const at::Tensor   input = at::randn({ 1, 1, 32, 48 });
  PreparationOptions options;
  options.UseCustomKernels = false;
  torch::jit::Module prepared = PrepareNetwork(network, at::kCPU, at::kFloat, options);
  EXPECT_EQ(NumberOfOurConvolutions(prepared), 0u);
  EXPECT_FALSE(GoesByOurKernels(prepared));
  EXPECT_TRUE(at::equal(Answers(network, input)[0], Answers(prepared, input)[0]));
}

TEST(NetworkPreparation, WeightsOfOtherTypesAreConverted)
{
  torch::manual_seed(20);
  const at::Tensor w = at::randn({ 8, 1, 3, 3 });
  const at::Tensor v = at::randn({ 4, 8, 3, 3 });
  const at::Tensor input = at::randn({ 1, 1, 12, 10 });
  for (const at::ScalarType first : { at::kHalf, at::kBFloat16, at::kDouble, at::kFloat })
  {
    for (const at::ScalarType second : { at::kHalf, at::kFloat })
    {
      SCOPED_TRACE(std::string(c10::toString(first)) + " and " + c10::toString(second));
      const torch::jit::Module network =
        Define("def forward(self, x):\n  return torch.conv2d(torch.conv2d(x, self.w), self.v)",
               { { "w", w.to(first) }, { "v", v.to(second) } });
      const at::Tensor expected =
        at::conv2d(at::conv2d(input, w.to(first).to(at::kFloat)), v.to(second).to(at::kFloat));
      const bool fits = first == at::kFloat || first == at::kHalf || first == at::kBFloat16;
      // A frozen file has its weights as constants in its code.
      for (const bool isFrozen : { false, true })
      {
        const torch::jit::Module file = isFrozen ? torch::jit::freeze(network) : network;
        EXPECT_EQ(HasNumbersOfOtherTypes(file, at::kCPU, at::kFloat), first != at::kFloat || second != at::kFloat);
        for (const bool custom : { true, false })
        {
          PreparationOptions options;
          options.UseCustomKernels = custom;
          options.Conversion = fits ? NumberConversion::Shorter : NumberConversion::All;
          torch::jit::Module prepared = PrepareNetwork(file, at::kCPU, at::kFloat, options);
          EXPECT_LT(Difference(expected, Answers(prepared, input)[0]), 1e-5);
          EXPECT_EQ(NumberOfOurConvolutions(prepared), custom ? 2u : 0u);
          EXPECT_FALSE(HasNumbersOfOtherTypes(prepared, at::kCPU, at::kFloat));
        }
        // The network itself stays as it was.
        EXPECT_EQ(HasNumbersOfOtherTypes(file, at::kCPU, at::kFloat), first != at::kFloat || second != at::kFloat);
      }
    }
  }
}

TEST(NetworkPreparation, TypesInTheCodeAreConvertedWithTheWeights)
{
  torch::manual_seed(21);
  const at::Tensor w = at::randn({ 8, 1, 3, 3 });
  const at::Tensor input = at::randn({ 1, 1, 12, 10 });
  // 5 is half, 3 and 4 are integers that have to stay.
  const torch::jit::Module network =
    Define("def forward(self, x):\n  y = torch.conv2d(x.to(5), self.w)\n  n = torch.arange(4, dtype=4)\n"
           "  return y + torch.ones([1], dtype=5) + n.sum().to(3)",
           { { "w", w.to(at::kHalf) } });
  const at::Tensor expected = at::conv2d(input, w.to(at::kHalf).to(at::kFloat)) + 7;
  for (const bool custom : { true, false })
  {
    PreparationOptions options;
    options.UseCustomKernels = custom;
    options.Conversion = NumberConversion::All;
    torch::jit::Module prepared = PrepareNetwork(network, at::kCPU, at::kFloat, options);
    const at::Tensor   found = Answers(prepared, input)[0];
    EXPECT_EQ(found.scalar_type(), at::kFloat);
    EXPECT_LT(Difference(expected, found), 1e-5);
  }
}

TEST(NetworkPreparation, WhatIsNotKnownRunsAsItWas)
{
  torch::manual_seed(15);
  const Parameters parameters{ { "w", at::randn({ 16, 16, 3, 3 }) / 12.0 },
                               { "v", at::randn({ 16, 16, 1, 1 }) / 4.0 },
                               { "g", at::randn({ 16, 4, 3, 3 }) / 6.0 },
                               { "b", at::randn({ 16 }) } };
  const at::Tensor input = at::randn({ 2, 16, 12, 8 });
  const auto       body = [&](const std::string & lines, size_t convolutions) {
    SCOPED_TRACE(lines);
    const auto prepared = ExpectSameAnswer(Define("def forward(self, x):\n" + lines, parameters), input);
    EXPECT_EQ(NumberOfOurConvolutions(prepared), convolutions);
    // A convolution with groups stays LibTorch's.
    EXPECT_EQ(itk::SyntheticCTDetail::GoesByOurKernels(prepared),
              convolutions > 0 && lines.find("self.g") == std::string::npos);
  };
  // A view asks for memory in order.
  body("  y = torch.conv2d(x, self.w, self.b, [1, 1], [1, 1])\n  return y.view(2, 4, 4, 96) * 2", 1);
  // One result, used twice: the activation belongs to one of them.
  body("  y = torch.conv2d(x, self.w, self.b, [1, 1], [1, 1])\n  return torch.relu(y) + y.mean()", 1);
  // The list that is joined is used elsewhere as well, and along another axis.
  body("  y = torch.conv2d(x, self.w)\n  return torch.conv2d(torch.cat([y, y], 2), self.v)", 2);
  // What was joined is changed before it is used: [y, y + 1], not [y + 1, y + 1].
  body("  y = torch.conv2d(x, self.v)\n  z = torch.cat([y.narrow(1, 0, 8), y.narrow(1, 8, 8)], 1)\n"
       "  y.add_(1.0)\n  return torch.conv2d(z, self.v) + y",
       2);
  // What changes in place is seen under both names.
  body("  y = torch.conv2d(x, self.v)\n  z = torch.relu_(y)\n  z.add_(1.0)\n  return y * 2 + z", 1);
  // Groups, padding in words, and a mode of padding that is not zeros.
  body("  return torch.conv2d(x, self.g, self.b, [1, 1], [1, 1], [1, 1], 4)", 0);
  body("  return torch.conv2d(x, self.w, self.b, [1, 1], 'same')", 0);
  body("  return torch.conv2d(torch.pad(x, [1, 1, 1, 1], 'reflect'), self.w, self.b)", 1);
  // Padding with another number, and a crop.
  body("  return torch.conv2d(torch.constant_pad_nd(x, [1, 1, 1, 1], 2.0), self.w, self.b)", 1);
  body("  return torch.conv2d(torch.constant_pad_nd(x, [-1, -1, 0, 0], 0.0), self.w, self.b)", 1);
  // Weights that are not constant.
  body("  return torch.conv2d(x, self.w * x.mean(), self.b)", 0);
  // The path depends on the numbers.
  body("  y = torch.conv2d(x, self.v)\n  if bool(y.sum() > 1e9):\n    y = y.view(2, -1, 8, 12)\n  else:\n"
       "    y = torch.relu(torch.conv2d(y, self.w))\n  return y",
       2);
  // Pooling that overlaps, and that does not.
  body("  return torch.max_pool2d(torch.conv2d(x, self.v), [3, 3], [2, 2])", 1);
  body("  return torch.max_pool2d(torch.conv2d(x, self.v), [2, 2])", 1);
  // Sizes of what is taken over.
  body("  y = torch.conv2d(x, self.v)\n  n = y.size(2) * y.dim()\n  y = torch.relu(y)\n  return y * n", 1);
  // Several results.
  body("  y = torch.conv2d(x, self.v)\n  return [y, torch.sigmoid(y), y.flatten(1)]", 1);
}

TEST(NetworkPreparation, ANetworkThatCanNotBeFrozenRunsAsItIs)
{
  torch::manual_seed(16);
  torch::jit::Module network("network");
  network.register_parameter("w", at::randn({ 4, 4, 3, 3 }), false);
  network.register_attribute("count", c10::IntType::get(), 0);
  network.define("def forward(self, x):\n  self.count += 1\n  return torch.conv2d(x, self.w) * self.count\n");
  network.eval();
  torch::jit::Module prepared = itk::SyntheticCTDetail::PrepareNetwork(network, at::kCPU, at::kFloat);
  const at::Tensor   input = at::randn({ 1, 4, 8, 8 });
  const at::Tensor   once = Answers(prepared, input)[0];
  const at::Tensor   twice = Answers(prepared, input)[0];
  EXPECT_LT(Difference(at::conv2d(input, network.attr("w").toTensor()), once), 1e-6);
  EXPECT_LT(Difference(once * 2, twice), 1e-6);
  // The network itself has not counted.
  EXPECT_EQ(network.attr("count").toInt(), 0);
}

TEST(NetworkPreparation, OurKernelsStayOffOnAGPU)
{
  if (!torch::cuda::is_available())
  {
    GTEST_SKIP() << "LibTorch finds no CUDA device";
  }
  torch::jit::Module network = PlainUNet(8);
  torch::jit::Module prepared = itk::SyntheticCTDetail::PrepareNetwork(network, at::kCUDA, at::kFloat);
  EXPECT_EQ(NumberOfOurConvolutions(prepared), 0u);
  EXPECT_FALSE(itk::SyntheticCTDetail::GoesByOurKernels(prepared));
  const at::Tensor input = at::randn({ 1, 1, 16, 24, 20 });
  const auto       expected = Answers(network, input);
  const auto       found = Answers(prepared, input.to(at::kCUDA));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found.front().is_cuda());
  EXPECT_LT(Difference(expected.front(), found.front().cpu()), 5e-3);
}

TEST(NetworkPreparation, OtherTypesReplaceTheWeightsOfTheCopyAlone)
{
  torch::manual_seed(17);
  torch::jit::Module network = torch::jit::load(itk::TestUtilities::ExampleModel());
  network.eval();
  const at::Tensor   input = at::randn({ 1, 1, 32, 48 });
  const at::Tensor   before = Answers(network, input)[0];
  torch::jit::Module half = itk::SyntheticCTDetail::PrepareNetwork(network, at::kCPU, at::kBFloat16);
  const at::Tensor   found = Answers(half, input.to(at::kBFloat16))[0];
  EXPECT_EQ(found.scalar_type(), at::kBFloat16);
  EXPECT_EQ(NumberOfOurConvolutions(half), 0u);
  // Eight bits of mantissa, through 23 layers.
  EXPECT_LT(Difference(before, found), 0.1);
  for (const at::Tensor & parameter : network.parameters())
  {
    EXPECT_EQ(parameter.scalar_type(), at::kFloat);
  }
  EXPECT_TRUE(at::equal(before, Answers(network, input)[0]));
}
