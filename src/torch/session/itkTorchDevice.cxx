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
#include "itkTorchDevice.h"

#include <torch/cuda.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace itk
{
namespace SyntheticCTDetail
{

c10::Device
TorchDeviceFrom(const std::string & name)
{
  if (name == "cpu")
  {
    return c10::Device(c10::kCPU);
  }
  const std::string cuda = "cuda";
  const std::string number = name.size() > cuda.size() + 1 ? name.substr(cuda.size() + 1) : "";
  const bool        isNumber =
    !number.empty() && number.size() < 4 &&
    std::all_of(number.begin(), number.end(), [](const unsigned char c) { return std::isdigit(c); });
  if (name != cuda && !(name.compare(0, cuda.size() + 1, cuda + ":") == 0 && isNumber))
  {
    throw std::runtime_error("device '" + name + "' is not known: it should be cpu, cuda or cuda:n");
  }
  const size_t count = torch::cuda::is_available() ? torch::cuda::device_count() : 0;
  const int    index = number.empty() ? 0 : std::stoi(number);
  if (static_cast<size_t>(index) >= count)
  {
    throw std::runtime_error("device '" + name + "' is not available: LibTorch finds " + std::to_string(count) +
                             " CUDA devices here");
  }
  return number.empty() ? c10::Device(c10::kCUDA) : c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index));
}

} // namespace SyntheticCTDetail
} // namespace itk
