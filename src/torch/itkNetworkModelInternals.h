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
#ifndef itkNetworkModelInternals_h
#define itkNetworkModelInternals_h

#include "itkNetworkModel.h"

#include <torch/csrc/jit/api/module.h>

#include <optional>

namespace itk
{

/** \class NetworkModel::Internals
 * \brief What a NetworkModel keeps of LibTorch.
 * \ingroup SyntheticCT
 */
struct NetworkModel::Internals
{
  /** In evaluation mode, on the model's device. */
  std::optional<torch::jit::Module> Module;
};

} // namespace itk

#endif
