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
#ifndef itkNetworkTrainerLoop_h
#define itkNetworkTrainerLoop_h

#include "itkNetworkTrainerInternals.h"

#include <torch/optim.h>

#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <random>
#include <vector>

namespace itk
{

/** One training, from the first epoch to the last. */
class NetworkTrainer::Loop
{
public:
  using Clock = std::chrono::steady_clock;

  /** \param start from when on time is counted */
  Loop(NetworkTrainer * trainer, const torch::Device & device, Clock::time_point start);

  void
  Run();

private:
  /** The network to train, with the loaded weights if there are any, on the device. */
  std::shared_ptr<SyntheticCTDetail::NetworkArchitecture>
  MakeNetwork() const;

  /** Seconds since the start. */
  double
  GetElapsedTime() const;

  bool
  IsTimeOver() const;

  /** Every sample comes once before any comes again. */
  size_t
  NextSample();

  void
  ThrowIfAborted() const;

  /** The mean loss of an epoch, which ends early when the time is over. */
  double
  TrainEpoch(unsigned int epoch);

  /** The loss of a batch.
   * \param share how much of the training is done, from 0 to 1 */
  double
  TrainBatch(const std::vector<size_t> & indices, unsigned int epoch, double share);

  /** Validate when it is time to, and say whether the network is the best so far. */
  bool
  Validate(unsigned int epoch, EpochRecord & record);

  void
  KeepWeights(unsigned int epoch);

  NetworkTrainer * const                                  m_Trainer;
  Internals &                                             m_Internals;
  const torch::Device                                     m_Device;
  const unsigned int                                      m_NumberOfThreads;
  const Clock::time_point                                 m_Start;
  const size_t                                            m_SamplesPerEpoch;
  const size_t                                            m_BatchesPerEpoch;
  std::unique_ptr<SyntheticCTDetail::TrainingLoss>        m_Loss;
  std::shared_ptr<SyntheticCTDetail::NetworkArchitecture> m_Network;
  torch::optim::Adam                                      m_Optimizer;
  std::mt19937_64                                         m_ShuffleGenerator;
  std::vector<size_t>                                     m_Queue;
  double                                                  m_BestLoss{ std::numeric_limits<double>::infinity() };
  unsigned int                                            m_ValidationsWithoutProgress{ 0 };
};

} // namespace itk

#endif
