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
#include "networks/itkNetworkArchitectures.h"

#include "itkMacro.h"

#include <torch/torch.h>

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <sstream>

namespace
{
using Description = itk::NetworkModelCard::Network;

std::string
ErrorOf(const std::function<void()> & work)
{
  try
  {
    work();
  }
  catch (const itk::ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}

/** Counted by hand from the description of the network. */
int64_t
NumberOfParameters(int64_t inputs, int64_t outputs, int64_t base, int64_t levels)
{
  // Two bias-free 3x3 convolutions, each with a scale and a shift for every channel.
  const auto block = [](int64_t from, int64_t to) { return 9 * from * to + 9 * to * to + 4 * to; };
  int64_t    number = block(inputs, base);
  for (int64_t level = 1; level <= levels; ++level)
  {
    const int64_t coarse = base << level;
    const int64_t fine = coarse / 2;
    number += block(fine, coarse);      // down
    number += 9 * coarse * fine + fine; // transposed convolution with bias
    number += block(coarse, fine);      // up, on both halves
  }
  return number + base * outputs + outputs; // 1x1
}
} // namespace

TEST(NetworkArchitectures, LightUNetHasTheParametersOfItsDescription)
{
  // About the 2 million of Bambach & Ho.
  EXPECT_EQ(itk::SyntheticCTDetail::CreateNetwork(Description{ "light-unet", 1, 1, 16, 4 })->GetNumberOfParameters(),
            2159889);
  EXPECT_EQ(NumberOfParameters(1, 1, 16, 4), 2159889);
  for (const auto & description : { Description{ "light-unet", 2, 3, 5, 3 }, Description{ "light-unet", 1, 1, 8, 1 } })
  {
    EXPECT_EQ(itk::SyntheticCTDetail::CreateNetwork(description)->GetNumberOfParameters(),
              NumberOfParameters(
                description.InputChannels, description.OutputChannels, description.BaseChannels, description.Levels));
  }
}

TEST(NetworkArchitectures, TransposedConvolutionIsTorchsOwn)
{
  torch::manual_seed(3);
  torch::nn::ConvTranspose2d layer(torch::nn::ConvTranspose2dOptions(5, 3, 3).stride(2).padding(1).output_padding(1));
  layer->to(torch::kDouble);
  for (const int64_t rows : { 1, 4, 7 })
  {
    auto       ours = torch::randn({ 2, 5, rows, 6 }, torch::kDouble).set_requires_grad(true);
    auto       theirs = ours.detach().clone().set_requires_grad(true);
    const auto a = itk::SyntheticCTDetail::ConvTransposeByTwo(layer, ours);
    const auto b = layer->forward(theirs);
    ASSERT_EQ(a.sizes(), (std::vector<int64_t>{ 2, 3, 2 * rows, 12 }));
    EXPECT_LT((a - b).abs().max().item<double>(), 1e-14);

    const auto weight = torch::randn_like(a);
    layer->zero_grad();
    (a * weight).sum().backward();
    const auto weightGradient = layer->weight.grad().clone();
    const auto biasGradient = layer->bias.grad().clone();
    layer->zero_grad();
    (b * weight).sum().backward();
    EXPECT_LT((ours.grad() - theirs.grad()).abs().max().item<double>(), 1e-13);
    EXPECT_LT((weightGradient - layer->weight.grad()).abs().max().item<double>(), 1e-12);
    EXPECT_LT((biasGradient - layer->bias.grad()).abs().max().item<double>(), 1e-12);
  }
}

TEST(NetworkArchitectures, WeightsAreHesAndActivationsKeepTheirSize)
{
  torch::manual_seed(4);
  const auto network = itk::SyntheticCTDetail::CreateNetwork(Description{ "light-unet", 1, 1, 16, 4 });
  for (const auto & entry : network->named_parameters())
  {
    const auto & value = entry.value();
    if (value.dim() == 4 && value.size(2) == 3 && entry.key().rfind("up", 0) != 0)
    {
      const double expected = std::sqrt(2.0 / (9.0 * static_cast<double>(value.size(1))));
      // The standard deviation of n normal numbers is known to 1 / sqrt(2 n).
      EXPECT_NEAR(value.std().item<double>() / expected, 1.0, 4.0 / std::sqrt(2.0 * value.numel())) << entry.key();
    }
  }
}

TEST(NetworkArchitectures, GivesValuesOfItsRangeOnEveryGoodGrid)
{
  torch::manual_seed(5);
  const auto network = itk::SyntheticCTDetail::CreateNetwork(Description{ "light-unet", 2, 3, 4, 2 });
  EXPECT_EQ(network->GetSizeMultiple(), 4u);
  EXPECT_EQ(network->GetImageDimension(), 2u);
  for (const bool training : { true, false })
  {
    network->train(training);
    const auto output = network->Forward(torch::randn({ 2, 2, 12, 20 }));
    EXPECT_EQ(output.sizes(), (std::vector<int64_t>{ 2, 3, 12, 20 }));
    EXPECT_GE(output.min().item<double>(), network->GetOutputRange()[0]);
    EXPECT_LE(output.max().item<double>(), network->GetOutputRange()[1]);
  }
}

TEST(NetworkArchitectures, EveryParameterLearns)
{
  torch::manual_seed(6);
  const auto network = itk::SyntheticCTDetail::CreateNetwork(Description{ "light-unet", 1, 1, 4, 3 });
  network->Forward(torch::randn({ 4, 1, 16, 16 })).square().sum().backward();
  for (const auto & entry : network->named_parameters())
  {
    ASSERT_TRUE(entry.value().grad().defined()) << entry.key();
    EXPECT_GT(entry.value().grad().abs().max().item<double>(), 0.0) << entry.key();
  }
}

TEST(NetworkArchitectures, RefusesWhatItCannotBe)
{
  EXPECT_NE(ErrorOf([]() {
              itk::SyntheticCTDetail::CreateNetwork(Description{ "unet", 1, 1, 4, 2 });
            }).find("light-unet"),
            std::string::npos);
  for (const auto & description : { Description{ "light-unet", 0, 1, 4, 2 },
                                    Description{ "light-unet", 1, 0, 4, 2 },
                                    Description{ "light-unet", 1, 1, 0, 2 },
                                    Description{ "light-unet", 1, 1, 4, 0 },
                                    Description{ "light-unet", 1, 1, 4, 11 } })
  {
    EXPECT_NE(ErrorOf([&]() { itk::SyntheticCTDetail::CreateNetwork(description); }), "");
  }
  const auto network = itk::SyntheticCTDetail::CreateNetwork(Description{ "light-unet", 1, 1, 4, 2 });
  for (const auto & shape :
       { std::vector<int64_t>{ 1, 1, 8, 10 }, { 1, 1, 6, 8 }, { 1, 2, 8, 8 }, { 1, 8, 8 }, { 1, 1, 8, 8, 8 } })
  {
    const std::string  error = ErrorOf([&]() { network->Forward(torch::zeros(shape)); });
    std::ostringstream sizes;
    sizes << torch::IntArrayRef(shape);
    EXPECT_NE(error.find(sizes.str()), std::string::npos) << error;
    EXPECT_NE(error.find("multiples of 4"), std::string::npos) << error;
  }
}
