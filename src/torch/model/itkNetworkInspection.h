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
#ifndef itkNetworkInspection_h
#define itkNetworkInspection_h

#include <torch/csrc/jit/api/module.h>

#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** What is doubtful about a network in evaluation mode, in its code as it will run: lines without a full stop. So far,
 * operations that were fixed in training mode when the network was traced or frozen. */
std::vector<std::string>
InspectNetwork(const torch::jit::Module & module);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
