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
#include "itkNetworkTrainerLoop.h"

#include "itkTrainingScopes.h"
#include "session/itkTorchSession.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace itk
{
using namespace SyntheticCTDetail;
namespace
{
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double pi = 3.14159265358979323846;
} // namespace

NetworkTrainer::Loop::Loop(NetworkTrainer * trainer, const torch::Device & device, Clock::time_point start)
  : m_Trainer(trainer)
  , m_Internals(*trainer->m_Internals)
  , m_Device(device)
  , m_NumberOfThreads(trainer->GetNumberOfWorkUnits())
  , m_Start(start)
  , m_SamplesPerEpoch(trainer->m_SamplesPerEpoch > 0 ? trainer->m_SamplesPerEpoch : trainer->m_NumberOfTrainingSamples)
  , m_BatchesPerEpoch((m_SamplesPerEpoch + trainer->m_BatchSize - 1) / trainer->m_BatchSize)
  , m_Loss(CreateTrainingLoss(trainer->m_Loss))
  , m_Network(this->MakeNetwork())
  , m_Optimizer(m_Network->parameters(), torch::optim::AdamOptions(trainer->m_LearningRate))
  , m_ShuffleGenerator(trainer->m_Seed)
{}

std::shared_ptr<NetworkArchitecture>
NetworkTrainer::Loop::MakeNetwork() const
{
  std::shared_ptr<NetworkArchitecture> network;
  {
    const TorchSession   session(m_NumberOfThreads);
    const GeneratorState generator(m_Trainer->m_Seed);
    network = CreateNetwork(m_Internals.GetDescription());
  }
  if (!m_Internals.LoadedWeights.empty())
  {
    SetWeights(*network, m_Internals.LoadedWeights);
  }
  network->to(m_Device);
  for (torch::Tensor & parameter : network->parameters())
  {
    if (parameter.dim() == 4)
    {
      parameter.set_data(parameter.data().contiguous(at::MemoryFormat::ChannelsLast));
    }
  }
  network->train();
  return network;
}

double
NetworkTrainer::Loop::GetElapsedTime() const
{
  return std::chrono::duration<double>(Clock::now() - m_Start).count();
}

bool
NetworkTrainer::Loop::IsTimeOver() const
{
  return m_Trainer->m_MaximumTime > 0.0 && this->GetElapsedTime() >= m_Trainer->m_MaximumTime;
}

size_t
NetworkTrainer::Loop::NextSample()
{
  if (m_Queue.empty())
  {
    m_Queue.resize(m_Trainer->m_NumberOfTrainingSamples);
    std::iota(m_Queue.begin(), m_Queue.end(), size_t{ 0 });
    for (size_t i = m_Queue.size(); i > 1; --i)
    {
      std::swap(m_Queue[i - 1], m_Queue[m_ShuffleGenerator() % i]);
    }
  }
  const size_t sample = m_Queue.back();
  m_Queue.pop_back();
  return sample;
}

void
NetworkTrainer::Loop::ThrowIfAborted() const
{
  if (m_Trainer->GetAbortGenerateData())
  {
    throw ProcessAborted(__FILE__, __LINE__);
  }
}

double
NetworkTrainer::Loop::TrainBatch(const std::vector<size_t> & indices, unsigned int epoch, double share)
{
  const TorchSession   session(m_NumberOfThreads);
  const FlushDenormals flushDenormals;
  // A seed of its own for every epoch, far from those of other trainings.
  const uint64_t      seed = m_Trainer->m_Seed * 0x9e3779b97f4a7c15u + epoch;
  const TrainingBatch batch = Internals::ToDevice(m_Internals.TrainingCases->GetRandomBatch(indices, seed), m_Device);
  const double        lowest = m_Trainer->m_FinalLearningRateShare;
  const double        rate = m_Trainer->m_LearningRate * (lowest + (1.0 - lowest) * 0.5 * (1.0 + std::cos(pi * share)));
  for (auto & group : m_Optimizer.param_groups())
  {
    static_cast<torch::optim::AdamOptions &>(group.options()).lr(rate);
  }
  m_Optimizer.zero_grad();
  torch::Tensor prediction;
  {
    const MixedPrecision mixedPrecision(m_Trainer->m_UseMixedPrecision, m_Device);
    prediction = m_Network->Forward(batch.Images);
  }
  const torch::Tensor loss = m_Loss->Compute(
    prediction.to(torch::kFloat), batch.Targets, m_Trainer->m_UseMaskInLoss ? batch.Masks : torch::Tensor());
  loss.backward();
  m_Optimizer.step();

  const auto value = loss.item<double>();
  if (!std::isfinite(value))
  {
    itkGenericExceptionMacro("NetworkTrainer: The training loss is " << value << " in epoch " << epoch
                                                                     << "; a smaller learning rate may help");
  }
  return value;
}

double
NetworkTrainer::Loop::TrainEpoch(unsigned int epoch)
{
  double lossSum = 0.0;
  size_t numberOfSamples = 0;
  for (size_t batchIndex = 0; batchIndex < m_BatchesPerEpoch; ++batchIndex)
  {
    const double stepShare = static_cast<double>(epoch * m_BatchesPerEpoch + batchIndex) /
                             static_cast<double>(m_Trainer->m_NumberOfEpochs * m_BatchesPerEpoch);
    const double timeShare = m_Trainer->m_MaximumTime > 0.0 ? this->GetElapsedTime() / m_Trainer->m_MaximumTime : 0.0;
    if (timeShare >= 1.0 && batchIndex > 0)
    {
      m_Trainer->m_StopReason = TrainingStopReasonEnum::Time;
      break;
    }
    const double share = std::max(stepShare, timeShare);
    m_Trainer->UpdateProgress(static_cast<float>(share));
    this->ThrowIfAborted();

    const size_t        batchSize = m_Trainer->m_BatchSize;
    std::vector<size_t> indices(std::min(batchSize, m_SamplesPerEpoch - batchIndex * batchSize));
    std::generate(indices.begin(), indices.end(), [this]() { return this->NextSample(); });
    lossSum += this->TrainBatch(indices, epoch, share) * static_cast<double>(indices.size());
    numberOfSamples += indices.size();
  }
  return lossSum / static_cast<double>(numberOfSamples);
}

bool
NetworkTrainer::Loop::Validate(unsigned int epoch, EpochRecord & record)
{
  if (m_Trainer->m_NumberOfValidationSamples == 0)
  {
    return true;
  }
  TrainingStopReasonEnum & stopReason = m_Trainer->m_StopReason;
  if ((epoch + 1) % m_Trainer->m_ValidationInterval != 0 && stopReason == TrainingStopReasonEnum::None)
  {
    return false;
  }
  const auto validation = m_Internals.Validate(
    *m_Network, *m_Loss, m_Trainer->m_UseMaskInLoss, m_Trainer->m_BatchSize, m_NumberOfThreads, m_Device, *m_Trainer);
  record.ValidationLoss = validation.Loss;
  record.ValidationError = validation.Error;
  const bool isBest = validation.Loss < m_BestLoss || m_Internals.BestWeights.empty();
  if (isBest)
  {
    m_BestLoss = validation.Loss;
    m_ValidationsWithoutProgress = 0;
  }
  else if (++m_ValidationsWithoutProgress == m_Trainer->m_Patience && stopReason == TrainingStopReasonEnum::None)
  {
    stopReason = TrainingStopReasonEnum::Patience;
  }
  return isBest;
}

void
NetworkTrainer::Loop::KeepWeights(unsigned int epoch)
{
  const TorchSession session(m_NumberOfThreads);
  m_Internals.BestWeights = WeightsOf(*m_Network);
  m_Internals.BestEpoch = epoch;
}

void
NetworkTrainer::Loop::Run()
{
  TrainingStopReasonEnum & stopReason = m_Trainer->m_StopReason;
  for (unsigned int epoch = 0; stopReason == TrainingStopReasonEnum::None; ++epoch)
  {
    EpochRecord record{ this->TrainEpoch(epoch), notANumber, notANumber, 0.0 };
    if (epoch + 1 >= m_Trainer->m_NumberOfEpochs && stopReason == TrainingStopReasonEnum::None)
    {
      stopReason = TrainingStopReasonEnum::Epochs;
    }
    else if (this->IsTimeOver())
    {
      stopReason = TrainingStopReasonEnum::Time;
    }
    const bool isBest = this->Validate(epoch, record);
    if (isBest)
    {
      this->KeepWeights(epoch);
    }
    record.ElapsedTime = this->GetElapsedTime();
    // Validation takes time too; but the last epoch is never left without one.
    if (stopReason == TrainingStopReasonEnum::None && m_Trainer->m_MaximumTime > 0.0 &&
        record.ElapsedTime >= m_Trainer->m_MaximumTime &&
        (m_Trainer->m_NumberOfValidationSamples == 0 || std::isfinite(record.ValidationLoss)))
    {
      stopReason = TrainingStopReasonEnum::Time;
    }
    m_Trainer->m_Epochs.push_back(record);
    if (isBest && !m_Trainer->m_CheckpointFileName.empty())
    {
      m_Trainer->Save(m_Trainer->m_CheckpointFileName);
    }
    m_Trainer->InvokeEvent(IterationEvent());
    this->ThrowIfAborted();
  }
}

} // namespace itk
