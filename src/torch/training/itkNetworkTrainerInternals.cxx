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
#include "itkNetworkTrainerInternals.h"

#include "itkTrainingScopes.h"
#include "session/itkTorchSession.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <vector>

namespace itk
{
using namespace SyntheticCTDetail;

std::unique_ptr<TrainingSampler>
NetworkTrainer::Internals::MakeSampler() const
{
  PairedSliceSampler::Parameters parameters;
  parameters.PatchSize = { { Card.Infer.PatchSize[0], Card.Infer.PatchSize[1] } };
  if (Card.Infer.PaddingRule == PaddingRuleEnum::Constant)
  {
    parameters.Padding = Card.Infer.PaddingValue;
  }
  for (const auto & output : Card.Outputs)
  {
    parameters.Air.push_back(output.HasHounsfieldRange() ? output.Range[0] : 0.0);
  }
  for (const auto & input : Card.Inputs)
  {
    if (input.HasOutputRange())
    {
      parameters.InputRanges.push_back(std::array<double, 2>{ { input.OutputMinimum, input.OutputMaximum } });
    }
    else
    {
      parameters.InputRanges.push_back({});
    }
  }
  return std::make_unique<PairedSliceSampler>(parameters);
}

auto
NetworkTrainer::Internals::Validate(NetworkArchitecture & network,
                                    const TrainingLoss &  loss,
                                    bool                  useMask,
                                    size_t                batchSize,
                                    unsigned int          numberOfThreads,
                                    const torch::Device & device,
                                    const ProcessObject & process) const -> Validation
{
  network.eval();
  double       lossSum = 0.0;
  double       errorSum = 0.0;
  double       voxels = 0.0;
  const size_t number = ValidationCases->GetNumberOfSamples();
  for (size_t first = 0; first < number; first += batchSize)
  {
    if (process.GetAbortGenerateData())
    {
      throw ProcessAborted(__FILE__, __LINE__);
    }
    const TorchSession       session(numberOfThreads);
    const FlushDenormals     flushDenormals;
    const torch::NoGradGuard noGradient;
    std::vector<size_t>      indices(std::min(batchSize, number - first));
    std::iota(indices.begin(), indices.end(), first);
    const TrainingBatch batch = ToDevice(ValidationCases->GetBatch(indices), device);
    const torch::Tensor prediction = network.Forward(batch.Images);
    lossSum += loss.Compute(prediction, batch.Targets, useMask ? batch.Masks : torch::Tensor()).item<double>() *
               static_cast<double>(indices.size());
    const torch::Tensor inside = batch.Masks.select(1, 0) != 0;
    const auto          count = inside.sum().item<double>();
    for (size_t i = 0; i < Card.Outputs.size(); ++i)
    {
      const auto & output = Card.Outputs[i];
      if (!output.HasHounsfieldRange())
      {
        continue;
      }
      const double        scale = (output.Hounsfield[1] - output.Hounsfield[0]) / (output.Range[1] - output.Range[0]);
      const auto          channel = static_cast<int64_t>(i);
      const torch::Tensor error = (prediction.select(1, channel) - batch.Targets.select(1, channel)).abs();
      errorSum += scale * error.masked_select(inside).sum(torch::kDouble).item<double>();
      voxels += count;
    }
  }
  network.train();
  return { lossSum / static_cast<double>(number),
           voxels > 0.0 ? errorSum / voxels : std::numeric_limits<double>::quiet_NaN() };
}

TrainingBatch
NetworkTrainer::Internals::ToDevice(TrainingBatch batch, const torch::Device & device)
{
  for (torch::Tensor * const tensor : { &batch.Images, &batch.Targets, &batch.Masks })
  {
    *tensor = tensor->to(device);
    if (tensor->dim() == 4)
    {
      *tensor = tensor->contiguous(at::MemoryFormat::ChannelsLast);
    }
  }
  return batch;
}

} // namespace itk
