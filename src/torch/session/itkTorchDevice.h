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
#ifndef itkTorchDevice_h
#define itkTorchDevice_h

#include <c10/core/Device.h>

#include <string>

namespace itk
{
namespace SyntheticCTDetail
{

/** The device of a name: `cpu`, `cuda` or `cuda:n`. Throws std::runtime_error, with what would be right, for any other
 * name and for a device that this machine or this build of LibTorch does not have. */
c10::Device
TorchDeviceFrom(const std::string & name);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
