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
#ifndef itkNetworkTrainerInternals_h
#define itkNetworkTrainerInternals_h

#include "itkNetworkTrainer.h"

#include "losses/itkLosses.h"
#include "networks/itkNetworkArchitectures.h"
#include "networks/itkNetworkExport.h"
#include "itkTrainingSampler.h"

#include <torch/types.h>

#include <memory>

namespace itk
{

/** What a trainer holds of LibTorch. */
class NetworkTrainer::Internals
{
public:
  NetworkModelCard                                    Card;
  std::unique_ptr<SyntheticCTDetail::TrainingSampler> TrainingCases;
  std::unique_ptr<SyntheticCTDetail::TrainingSampler> ValidationCases;
  SizeValueType                                       NumberOfCases{ 0 };
  SyntheticCTDetail::NetworkWeights                   LoadedWeights;
  SyntheticCTDetail::NetworkWeights                   BestWeights;
  unsigned int                                        BestEpoch{ 0 };

  const NetworkModelCard::Network &
  GetDescription() const
  {
    return *Card.Net;
  }

  std::unique_ptr<SyntheticCTDetail::TrainingSampler>
  MakeSampler() const;

  struct Validation
  {
    double Loss;
    double Error;
  };

  /** Loss, and error in HU inside the mask, of all validation samples. */
  Validation
  Validate(SyntheticCTDetail::NetworkArchitecture & network,
           const SyntheticCTDetail::TrainingLoss &  loss,
           bool                                     useMask,
           size_t                                   batchSize,
           unsigned int                             numberOfThreads,
           const torch::Device &                    device,
           const ProcessObject &                    process) const;

  /** On the device, and in the memory layout in which convolutions run fastest. */
  static SyntheticCTDetail::TrainingBatch
  ToDevice(SyntheticCTDetail::TrainingBatch batch, const torch::Device & device);
};

} // namespace itk

#endif
