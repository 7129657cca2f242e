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
#ifndef itkNetworkPreparation_h
#define itkNetworkPreparation_h

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>
#include <torch/csrc/jit/api/module.h>

namespace itk
{

/** A copy of a TorchScript network that is ready to run: in evaluation mode, on \c device, with weights of type \c
 * type. Its `forward` takes a contiguous tensor of that type on that device. */
torch::jit::Module
PrepareNetwork(const torch::jit::Module & module, c10::Device device, at::ScalarType type);

} // namespace itk

#endif
