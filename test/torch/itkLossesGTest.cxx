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
#include "losses/itkLosses.h"

#include "itkMacro.h"

#include <torch/torch.h>

#include "gtest/gtest.h"

#include <limits>

namespace
{
torch::Tensor
MakeRandom(const std::vector<int64_t> & shape, uint64_t seed)
{
  torch::manual_seed(seed);
  return torch::randn(shape, torch::kDouble);
}

/** Gradient of a loss against central differences, voxel by voxel. */
void
ExpectGradient(const itk::SyntheticCTDetail::TrainingLoss & loss, const torch::Tensor & mask)
{
  const auto target = MakeRandom({ 2, 2, 3, 4 }, 1);
  const auto prediction = MakeRandom({ 2, 2, 3, 4 }, 2).set_requires_grad(true);
  loss.Compute(prediction, target, mask).backward();
  const auto gradient = prediction.grad().reshape(-1);

  const torch::NoGradGuard noGradient;
  constexpr double         step = 1e-6;
  for (int64_t i = 0; i < gradient.numel(); ++i)
  {
    auto changed = prediction.detach().clone();
    changed.view(-1)[i] += step;
    const auto above = loss.Compute(changed, target, mask).item<double>();
    changed.view(-1)[i] -= 2.0 * step;
    const auto below = loss.Compute(changed, target, mask).item<double>();
    EXPECT_NEAR(gradient[i].item<double>(), (above - below) / (2.0 * step), 1e-8) << i;
  }
}
} // namespace

TEST(Losses, GradientsAreThoseOfFiniteDifferences)
{
  const auto mask = (MakeRandom({ 2, 1, 3, 4 }, 3) > 0.0).to(torch::kFloat);
  for (const std::string & name : itk::SyntheticCTDetail::GetTrainingLossNames())
  {
    SCOPED_TRACE(name);
    const auto loss = itk::SyntheticCTDetail::CreateTrainingLoss(name);
    ExpectGradient(*loss, torch::Tensor());
    ExpectGradient(*loss, mask);
  }
}

TEST(Losses, MeanAbsoluteErrorInClosedForm)
{
  const auto loss = itk::SyntheticCTDetail::CreateTrainingLoss("l1");
  const auto prediction = torch::tensor({ 1.0, 2.0, 4.0, 8.0 }).view({ 1, 1, 2, 2 });
  const auto target = torch::tensor({ 2.0, 2.0, 1.0, 0.0 }).view({ 1, 1, 2, 2 });
  EXPECT_DOUBLE_EQ(loss->Compute(prediction, target, {}).item<double>(), 3.0);
  const auto mask = torch::tensor({ 1.0, 0.0, 1.0, 0.0 }).view({ 1, 1, 2, 2 });
  EXPECT_DOUBLE_EQ(loss->Compute(prediction, target, mask).item<double>(), 2.0);

  // One mask for all channels: the mean is over voxels and channels.
  const auto twice = torch::cat({ prediction, prediction }, 1);
  EXPECT_DOUBLE_EQ(loss->Compute(twice, torch::cat({ target, prediction }, 1), mask).item<double>(), 1.0);
}

TEST(Losses, OutsideTheMaskNothingMatters)
{
  const auto loss = itk::SyntheticCTDetail::CreateTrainingLoss("l1");
  auto       prediction = torch::tensor({ 1.0, 5.0 }).view({ 1, 1, 1, 2 }).set_requires_grad(true);
  const auto target = torch::tensor({ 3.0, std::numeric_limits<double>::quiet_NaN() }).view({ 1, 1, 1, 2 });
  const auto mask = torch::tensor({ 1.0, 0.0 }).view({ 1, 1, 1, 2 });
  const auto value = loss->Compute(prediction, target, mask);
  EXPECT_DOUBLE_EQ(value.item<double>(), 2.0);
  value.backward();
  EXPECT_TRUE(torch::equal(prediction.grad().view(-1), torch::tensor({ -1.0, 0.0 })));

  prediction.mutable_grad().zero_();
  const auto nothing = loss->Compute(prediction, target, torch::zeros_like(mask));
  EXPECT_EQ(nothing.item<double>(), 0.0);
  nothing.backward();
  EXPECT_EQ(prediction.grad().abs().sum().item<double>(), 0.0);
}

TEST(Losses, UnknownNameNamesTheKnownOnes)
{
  try
  {
    itk::SyntheticCTDetail::CreateTrainingLoss("l7");
    FAIL() << "no exception";
  }
  catch (const itk::ExceptionObject & error)
  {
    for (const std::string & name : itk::SyntheticCTDetail::GetTrainingLossNames())
    {
      EXPECT_NE(std::string(error.GetDescription()).find(name), std::string::npos);
    }
  }
}
