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
#ifndef itkNetworkPackage_h
#define itkNetworkPackage_h

#include "itkMacro.h"

#include <ATen/core/ivalue.h>
#include <ATen/core/Tensor.h>

#include <memory>
#include <string>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class NetworkPackage
 * \brief An AOTInductor package: a network as machine code, made by `torch._inductor.aoti_compile_and_package`.
 * \ingroup SyntheticCT
 */
class NetworkPackage
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(NetworkPackage);

  virtual ~NetworkPackage() = default;

  /** The model card as JSON text; empty when the package has none. */
  virtual std::string
  GetCard() const = 0;

  /** Kind of device that the package was compiled for: `cpu` or `cuda`. */
  virtual std::string
  GetDeviceType() const = 0;

  /** What the network returns, as its Python source does: a tensor, or tuples, lists and dictionaries of tensors. */
  virtual c10::IValue
  Forward(const at::Tensor & batch) = 0;

protected:
  NetworkPackage() = default;
};

/** Whether a file is a package by its name, which ends in `.pt2`. */
bool
IsNetworkPackage(const std::string & fileName);

/** Throws std::exception when the file is no package, and when this LibTorch can't run packages. */
std::unique_ptr<NetworkPackage>
LoadNetworkPackage(const std::string & fileName);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
