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
#include "itkNetworkPreparation.h"

#include <ATen/ATen.h>

namespace itk
{
namespace
{
/** Numbers of batches and the like keep their type. */
void
Convert(at::Tensor tensor, const at::ScalarType type)
{
  if (tensor.is_floating_point())
  {
    tensor.set_data(tensor.to(type));
  }
}
} // namespace

torch::jit::Module
PrepareNetwork(const torch::jit::Module & module, const c10::Device device, const at::ScalarType type)
{
  torch::jit::Module prepared = module.deepcopy();
  prepared.eval();
  prepared.to(device);
  for (const at::Tensor & parameter : prepared.parameters())
  {
    Convert(parameter, type);
  }
  for (const at::Tensor & buffer : prepared.buffers())
  {
    Convert(buffer, type);
  }
  return prepared;
}

} // namespace itk
