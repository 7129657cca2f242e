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
#include "itkNetworkArchitectures.h"

#include "itkMacro.h"

#include <cmath>
#include <functional>
#include <map>
#include <sstream>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
using Creator = std::function<std::shared_ptr<NetworkArchitecture>(const NetworkModelCard::Network &)>;

// The one place where a network gets its name.
const std::map<std::string, Creator> &
Registry()
{
  static const std::map<std::string, Creator> registry{
    { "light-unet",
      [](const NetworkModelCard::Network & description) { return std::make_shared<LightUNet>(description); } },
  };
  return registry;
}

// 2^10 is the largest factor by which an image can sensibly be halved; it also keeps channel numbers within range.
constexpr unsigned int maximumLevels = 10;
} // namespace

int64_t
NetworkArchitecture::GetNumberOfParameters() const
{
  int64_t number = 0;
  for (const torch::Tensor & parameter : this->parameters())
  {
    number += parameter.numel();
  }
  return number;
}

std::vector<std::string>
GetNetworkTypes()
{
  std::vector<std::string> types;
  for (const auto & entry : Registry())
  {
    types.push_back(entry.first);
  }
  return types;
}

std::shared_ptr<NetworkArchitecture>
CreateNetwork(const NetworkModelCard::Network & description)
{
  const auto found = Registry().find(description.Type);
  if (found == Registry().end())
  {
    std::string known;
    for (const std::string & type : GetNetworkTypes())
    {
      known += (known.empty() ? "" : ", ") + type;
    }
    itkGenericExceptionMacro("Network type '" << description.Type << "' is unknown; the known ones are: " << known);
  }
  return found->second(description);
}

torch::Tensor
ConvTransposeByTwo(const torch::nn::ConvTranspose2d & layer, const torch::Tensor & input)
{
  const int64_t inputChannels = layer->options.in_channels();
  const int64_t outputChannels = layer->options.out_channels();
  torch::Tensor weight = torch::constant_pad_nd(layer->weight, { 0, 1, 0, 1 });
  for (const int64_t axis : { 2, 3 })
  {
    // Two phases of two taps: w[1], 0; w[2], w[0].
    weight = torch::cat(
      { weight.narrow(axis, 1, 1), weight.narrow(axis, 3, 1), weight.narrow(axis, 2, 1), weight.narrow(axis, 0, 1) },
      axis);
  }
  weight = weight.reshape({ inputChannels, outputChannels, 2, 2, 2, 2 })
             .permute({ 1, 2, 4, 0, 3, 5 })
             .reshape({ 4 * outputChannels, inputChannels, 2, 2 });
  const torch::Tensor bias = layer->bias.unsqueeze(1).expand({ outputChannels, 4 }).reshape({ 4 * outputChannels });
  return torch::pixel_shuffle(torch::conv2d(torch::constant_pad_nd(input, { 0, 1, 0, 1 }), weight, bias), 2);
}

LightUNet::LightUNet(const NetworkModelCard::Network & description)
  : m_Levels(description.Levels)
  , m_InputChannels(description.InputChannels)
{
  if (description.InputChannels < 1 || description.OutputChannels < 1 || description.BaseChannels < 1 ||
      description.Levels < 1 || description.Levels > maximumLevels)
  {
    itkGenericExceptionMacro("light-unet: in-channels "
                             << description.InputChannels << ", out-channels " << description.OutputChannels
                             << ", base-channels " << description.BaseChannels << " should be at least 1, and levels "
                             << description.Levels << " should be in [1, " << maximumLevels << "]");
  }

  int64_t channels = description.BaseChannels;
  int64_t previous = description.InputChannels;
  for (unsigned int level = 0; level < m_Levels; ++level)
  {
    m_Encoder.push_back(this->AddBlock("encoder" + std::to_string(level), previous, channels));
    previous = channels;
    channels *= 2;
  }
  m_Bottom = this->AddBlock("bottom", previous, channels);
  for (unsigned int level = m_Levels; level-- > 0;)
  {
    const std::string suffix = std::to_string(level);
    m_Up.push_back(this->register_module(
      "up" + suffix,
      torch::nn::ConvTranspose2d(
        torch::nn::ConvTranspose2dOptions(channels, channels / 2, 3).stride(2).padding(1).output_padding(1))));
    m_Decoder.push_back(this->AddBlock("decoder" + suffix, channels, channels / 2));
    channels /= 2;
  }
  m_Output = this->register_module(
    "output", torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, description.OutputChannels, 1)));

  const torch::NoGradGuard noGradient;
  for (torch::nn::ConvTranspose2d & up : m_Up)
  {
    // Each output of a transposed convolution of stride 2 sums 9/4 of the kernel's elements per channel on average.
    const double fanIn = static_cast<double>(up->options.in_channels()) * 9.0 / 4.0;
    up->weight.normal_(0.0, std::sqrt(1.0 / fanIn));
    up->bias.zero_();
  }
  torch::nn::init::xavier_normal_(m_Output->weight);
  m_Output->bias.zero_();
}

torch::nn::Sequential
LightUNet::AddBlock(const std::string & name, int64_t inputChannels, int64_t outputChannels)
{
  torch::nn::Sequential block;
  for (const int64_t channels : { inputChannels, outputChannels })
  {
    torch::nn::Conv2d convolution(torch::nn::Conv2dOptions(channels, outputChannels, 3).padding(1).bias(false));
    torch::nn::init::kaiming_normal_(convolution->weight, 0.0, torch::kFanIn, torch::kReLU);
    block->push_back(convolution);
    block->push_back(torch::nn::BatchNorm2d(outputChannels));
    block->push_back(torch::nn::ReLU(torch::nn::ReLUOptions().inplace(true)));
  }
  return this->register_module(name, block);
}

torch::Tensor
LightUNet::Forward(torch::Tensor input)
{
  const int64_t multiple = this->GetSizeMultiple();
  if (input.dim() != 4 || input.size(1) != m_InputChannels || input.size(2) % multiple != 0 ||
      input.size(3) % multiple != 0)
  {
    std::ostringstream sizes;
    sizes << input.sizes();
    itkGenericExceptionMacro("light-unet: the input is " << sizes.str() << " but should be [batch, " << m_InputChannels
                                                         << ", rows, columns] with rows and columns multiples of "
                                                         << multiple);
  }

  std::vector<torch::Tensor> features;
  for (torch::nn::Sequential & block : m_Encoder)
  {
    features.push_back(block->forward(input));
    input = torch::max_pool2d(features.back(), 2);
  }
  input = m_Bottom->forward(input);
  for (size_t i = 0; i < m_Up.size(); ++i)
  {
    input = m_Decoder[i]->forward(torch::cat({ features.back(), ConvTransposeByTwo(m_Up[i], input) }, 1));
    features.pop_back();
  }
  return torch::sigmoid(m_Output->forward(input));
}

} // namespace SyntheticCTDetail
} // namespace itk
