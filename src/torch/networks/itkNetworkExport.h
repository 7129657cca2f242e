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
#ifndef itkNetworkExport_h
#define itkNetworkExport_h

#include "itkNetworkArchitectures.h"

#include <torch/script.h>

#include <map>
#include <string>

namespace itk
{
namespace SyntheticCTDetail
{

/** Parameters and buffers by name. */
using NetworkWeights = std::map<std::string, torch::Tensor>;

/** Copies of all parameters and buffers, on the CPU. */
NetworkWeights
WeightsOf(const NetworkArchitecture & network);

/** Throws std::runtime_error when names or sizes are not the network's. */
void
SetWeights(NetworkArchitecture & network, const NetworkWeights & weights);

/** The network, set to evaluation mode, as TorchScript. It has to be on the CPU. */
torch::jit::Module
TraceNetwork(NetworkArchitecture & network, const NetworkModelCard::Network & description);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
