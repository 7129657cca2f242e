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
#include "itkTrainingSampler.h"

#include "itkMacro.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
constexpr double pi = 3.14159265358979323846;

/** The 16-bit integers that a range is spread over. */
constexpr double smallestCode = -32767.0;
constexpr double numberOfSteps = 65534.0;
} // namespace

/** Numbers that depend on the seed and the sample alone, whatever the order in which samples are drawn. */
class PairedSliceSampler::RandomNumbers
{
public:
  RandomNumbers(uint64_t seed, uint64_t index)
    : m_Generator(Mix(seed + Mix(index + 1)))
  {}

  /** In [lower, upper). */
  double
  Uniform(double lower, double upper)
  {
    return lower + (upper - lower) * static_cast<double>(m_Generator() >> 11) * 0x1.0p-53;
  }

  /** In {0, ..., largest}. */
  int64_t
  Integer(int64_t largest)
  {
    return static_cast<int64_t>(this->Uniform(0.0, static_cast<double>(largest) + 1.0));
  }

  at::Generator
  MakeTorchGenerator()
  {
    return at::make_generator<at::CPUGeneratorImpl>(m_Generator());
  }

private:
  /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014), which spreads neighbouring seeds. */
  static uint64_t
  Mix(uint64_t value)
  {
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
  }

  std::mt19937_64 m_Generator;
};

PairedSliceSampler::PairedSliceSampler(Parameters parameters)
  : m_Parameters(std::move(parameters))
{
  if (m_Parameters.PatchSize[0] < 1 || m_Parameters.PatchSize[1] < 1)
  {
    itkGenericExceptionMacro("Patch size " << m_Parameters.PatchSize[0] << " x " << m_Parameters.PatchSize[1]
                                           << " should be positive");
  }
}

PairedSliceSampler::PackedVolume
PairedSliceSampler::Pack(const torch::Tensor & volume)
{
  const torch::Tensor flat = volume.reshape({ volume.size(0), -1 });
  const torch::Tensor minimum = std::get<0>(flat.min(1));
  const torch::Tensor maximum = std::get<0>(flat.max(1));
  PackedVolume        packed;
  // A constant channel keeps its value: every code is the smallest.
  packed.Scale = ((maximum - minimum) / numberOfSteps).clamp_min(std::numeric_limits<float>::min()).view({ -1, 1, 1 });
  packed.Offset = minimum.view({ -1, 1, 1 }) - smallestCode * packed.Scale;
  packed.Voxels = torch::empty(volume.sizes(), torch::kShort);
  for (int64_t slice = 0; slice < volume.size(1); ++slice)
  {
    packed.Voxels.select(1, slice).copy_(((volume.select(1, slice) - packed.Offset) / packed.Scale).round_());
  }
  return packed;
}

torch::Tensor
PairedSliceSampler::PackedVolume::GetSlice(int64_t slice) const
{
  return Voxels.select(1, slice).to(torch::kFloat).mul_(Scale).add_(Offset);
}

size_t
PairedSliceSampler::AddCase(const torch::Tensor & images,
                            const torch::Tensor & targets,
                            const torch::Tensor & mask,
                            const Axes &          axes)
{
  const torch::NoGradGuard noGradient;
  if (images.dim() != 4 || targets.dim() != 4 || images.sizes().slice(1) != targets.sizes().slice(1) ||
      (mask.defined() && mask.sizes() != images.sizes().slice(1)))
  {
    itkGenericExceptionMacro("Images, targets and mask of a training case should have one grid");
  }
  if (targets.size(0) != static_cast<int64_t>(m_Parameters.Air.size()) ||
      images.size(0) != static_cast<int64_t>(m_Parameters.InputRanges.size()))
  {
    itkGenericExceptionMacro("A training case has " << images.size(0) << " images and " << targets.size(0)
                                                    << " targets but " << m_Parameters.InputRanges.size() << " and "
                                                    << m_Parameters.Air.size() << " are expected");
  }

  // Tensors are [z, y, x]; slices come first, their own axes keep their order.
  const int64_t axis = 2 - static_cast<int64_t>(axes.Slice);
  Case          newCase;
  newCase.Images = Pack(images.movedim(1 + axis, 1).contiguous());
  newCase.Targets = Pack(targets.movedim(1 + axis, 1).contiguous());
  newCase.Mask =
    (mask.defined() ? mask != 0 : torch::ones(images.sizes().slice(1), torch::kBool)).movedim(axis, 0).contiguous();

  std::vector<torch::Tensor> padding;
  for (int64_t channel = 0; channel < images.size(0); ++channel)
  {
    padding.push_back(m_Parameters.Padding ? torch::full({ 1, 1 }, *m_Parameters.Padding, torch::kFloat)
                                           : images[channel].min().to(torch::kFloat).view({ 1, 1 }));
  }
  for (const double air : m_Parameters.Air)
  {
    padding.push_back(torch::full({ 1, 1 }, air, torch::kFloat));
  }
  padding.push_back(torch::zeros({ 1, 1 }));
  newCase.Padding = torch::stack(padding);

  const torch::Tensor share = newCase.Mask.to(torch::kDouble).mean(torch::IntArrayRef{ 1, 2 }).contiguous();
  newCase.MaskShares.assign(share.data_ptr<double>(), share.data_ptr<double>() + share.numel());
  // The smaller of the two array axes within the slice is the tensor's last.
  const unsigned int firstAxis = axes.Slice == 0 ? 1 : 0;
  newCase.MirrorAxis = axes.LeftRight == axes.Slice ? 0 : axes.LeftRight == firstAxis ? 2 : 1;

  const auto number = static_cast<size_t>(std::count_if(
    newCase.MaskShares.begin(), newCase.MaskShares.end(), [](const double value) { return value > 0.0; }));
  m_Cases.push_back(std::move(newCase));
  return number;
}

void
PairedSliceSampler::SelectSamples(double minimumMaskShare)
{
  m_Samples.clear();
  for (size_t i = 0; i < m_Cases.size(); ++i)
  {
    const auto & shares = m_Cases[i].MaskShares;
    for (size_t slice = 0; slice < shares.size(); ++slice)
    {
      if (shares[slice] >= minimumMaskShare)
      {
        m_Samples.push_back({ i, static_cast<int64_t>(slice) });
      }
    }
  }
}

torch::Tensor
PairedSliceSampler::GetWindow(const Sample & sample, RandomNumbers * random) const
{
  const Case &  volume = m_Cases[sample.Case];
  torch::Tensor slice = torch::cat({ volume.Images.GetSlice(sample.Slice),
                                     volume.Targets.GetSlice(sample.Slice),
                                     volume.Mask[sample.Slice].to(torch::kFloat).unsqueeze(0) });

  // What lies outside becomes 0 while the window is cut.
  slice.sub_(volume.Padding);

  // First and second axis of the slice, as in the patch size; the tensor's last axis is the first.
  const std::array<int64_t, 2> size{ { slice.size(2), slice.size(1) } };
  std::array<int64_t, 2>       start{};
  for (unsigned int i = 0; i < 2; ++i)
  {
    const int64_t difference = m_Parameters.PatchSize[i] - size[i];
    start[i] = difference >= 0 ? -(difference / 2) : random ? random->Integer(-difference) : (-difference) / 2;
  }

  const TrainingAugmentation & augmentation = m_Augmentation;
  torch::Tensor                window;
  if (random && (augmentation.MaximumRotation > 0.0 || augmentation.MaximumScaling > 0.0))
  {
    const double angle = random->Uniform(-augmentation.MaximumRotation, augmentation.MaximumRotation) * pi / 180.0;
    const double magnification = 1.0 + random->Uniform(-augmentation.MaximumScaling, augmentation.MaximumScaling);
    const double cosine = std::cos(angle) / magnification;
    const double sine = std::sin(angle) / magnification;
    const double matrix[2][2]{ { cosine, -sine }, { sine, cosine } };
    // affine_grid counts from -1 to 1 over the window (columns of theta) and over the slice (rows).
    torch::Tensor theta = torch::empty({ 1, 2, 3 });
    auto          element = theta.accessor<float, 3>();
    for (int row = 0; row < 2; ++row)
    {
      const double slicePixel = 2.0 / static_cast<double>(size[row]);
      for (int column = 0; column < 2; ++column)
      {
        element[0][row][column] = static_cast<float>(
          matrix[row][column] * static_cast<double>(m_Parameters.PatchSize[column]) / 2.0 * slicePixel);
      }
      const double centre = static_cast<double>(start[row]) + static_cast<double>(m_Parameters.PatchSize[row]) / 2.0;
      element[0][row][2] = static_cast<float>(centre * slicePixel - 1.0);
    }
    namespace F = torch::nn::functional;
    const torch::Tensor grid =
      F::affine_grid(theta, { 1, slice.size(0), m_Parameters.PatchSize[1], m_Parameters.PatchSize[0] }, false);
    window = F::grid_sample(
               slice.unsqueeze(0), grid, F::GridSampleFuncOptions().padding_mode(torch::kZeros).align_corners(false))
               .squeeze(0);
  }
  else
  {
    // Negative padding crops.
    window = torch::constant_pad_nd(slice,
                                    { -start[0],
                                      m_Parameters.PatchSize[0] - size[0] + start[0],
                                      -start[1],
                                      m_Parameters.PatchSize[1] - size[1] + start[1] });
  }
  window.add_(volume.Padding);

  if (random)
  {
    if (augmentation.FlipProbability > 0.0 && volume.MirrorAxis != 0 &&
        random->Uniform(0.0, 1.0) < augmentation.FlipProbability)
    {
      window = window.flip({ volume.MirrorAxis });
    }
    this->ChangeIntensities(window.narrow(0, 0, volume.Images.Voxels.size(0)), *random);
  }
  return window;
}

void
PairedSliceSampler::ChangeIntensities(torch::Tensor images, RandomNumbers & random) const
{
  const TrainingAugmentation & augmentation = m_Augmentation;
  if (!(augmentation.MaximumGamma > 0.0 || augmentation.MaximumGain > 0.0 || augmentation.MaximumNoise > 0.0))
  {
    return;
  }
  for (int64_t channel = 0; channel < images.size(0); ++channel)
  {
    const auto & range = m_Parameters.InputRanges[channel];
    if (!range)
    {
      continue;
    }
    const double  width = (*range)[1] - (*range)[0];
    torch::Tensor image = images[channel];
    image.sub_((*range)[0]).div_(width).clamp_(0.0, 1.0);
    if (augmentation.MaximumGamma > 0.0)
    {
      const double largest = std::log1p(augmentation.MaximumGamma);
      image.pow_(std::exp(random.Uniform(-largest, largest)));
    }
    if (augmentation.MaximumGain > 0.0)
    {
      image.mul_(1.0 + random.Uniform(-augmentation.MaximumGain, augmentation.MaximumGain));
    }
    if (augmentation.MaximumNoise > 0.0)
    {
      const double sigma = random.Uniform(0.0, augmentation.MaximumNoise);
      image.add_(torch::randn(image.sizes(), random.MakeTorchGenerator()), sigma);
    }
    image.clamp_(0.0, 1.0).mul_(width).add_((*range)[0]);
  }
}

TrainingBatch
PairedSliceSampler::MakeBatch(const std::vector<torch::Tensor> & windows) const
{
  const auto          numberOfImages = static_cast<int64_t>(m_Parameters.InputRanges.size());
  const auto          numberOfTargets = static_cast<int64_t>(m_Parameters.Air.size());
  const torch::Tensor all = torch::stack(windows);
  return { all.narrow(1, 0, numberOfImages).contiguous(),
           all.narrow(1, numberOfImages, numberOfTargets).contiguous(),
           all.narrow(1, numberOfImages + numberOfTargets, 1).ge(0.5).to(torch::kFloat) };
}

TrainingBatch
PairedSliceSampler::GetBatch(const std::vector<size_t> & indices) const
{
  const torch::NoGradGuard   noGradient;
  std::vector<torch::Tensor> windows;
  for (const size_t index : indices)
  {
    windows.push_back(this->GetWindow(m_Samples.at(index), nullptr));
  }
  return this->MakeBatch(windows);
}

TrainingBatch
PairedSliceSampler::GetRandomBatch(const std::vector<size_t> & indices, uint64_t seed) const
{
  const torch::NoGradGuard   noGradient;
  std::vector<torch::Tensor> windows;
  for (const size_t index : indices)
  {
    RandomNumbers random(seed, index);
    windows.push_back(this->GetWindow(m_Samples.at(index), &random));
  }
  return this->MakeBatch(windows);
}

} // namespace SyntheticCTDetail
} // namespace itk
