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
#ifndef itkNetworkNumbers_h
#define itkNetworkNumbers_h

#include <torch/csrc/jit/api/module.h>
#include <torch/types.h>

namespace itk
{
namespace SyntheticCTDetail
{

/** Which of a network's floating-point numbers are brought to the type that was asked for. */
enum class NumberConversion
{
  /** Those that have fewer digits, so that nothing is computed in less than what was asked for; all of them when that
   * is not float32. Code that names a type itself, and numbers of float64, are left to the network, which may know why.
   */
  Shorter,
  /** All of them, with the types that the code names, so that all fit together. */
  All
};

/** A copy of a network in evaluation mode with its weights on \c device and in \c type as far as the conversion says.
 * It shares the weights that stay as they are. */
torch::jit::Module
CopyNetwork(const torch::jit::Module & module, c10::Device device, at::ScalarType type, NumberConversion conversion);

/** Convert the constants in the code of a network, such as the weights of one that was frozen before it was saved. With
 * NumberConversion::All they go to the device as well, and operations that name a floating-point type, such as
 * `x.half()`, name \c type instead. */
void
ConvertConstants(torch::jit::Module & module, c10::Device device, at::ScalarType type, NumberConversion conversion);

/** Whether NumberConversion::All makes another network than NumberConversion::Shorter. */
bool
HasNumbersOfOtherTypes(const torch::jit::Module & module, c10::Device device, at::ScalarType type);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
