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

#include "itkNetworkNumbers.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/types.h>

namespace itk
{
namespace SyntheticCTDetail
{

/** How a network is prepared. */
struct PreparationOptions
{
  /** Freeze the network and use our own kernels. Without, it runs as LibTorch runs it, operation by operation. */
  bool UseCustomKernels{ true };
  /** Which numbers are converted to the type that was asked for. */
  NumberConversion Conversion{ NumberConversion::Shorter };
};

/** What runs in place of a loaded network: in evaluation mode, frozen, with weights of \c type on \c device.
 *
 * Frozen means that weights are constants and that everything computed from constants alone is computed now: batch
 * normalisation goes into the convolution before it. On the CPU in float32, convolutions, transposed convolutions and
 * maximum pooling then run on our own kernels (NetworkConvolution), together with the instance normalisation, ReLU or
 * LeakyReLU, pixel_shuffle, zero padding and channel-wise joining around them; images stay channels last in between.
 * Whatever else a network does runs as it did. So does all of it when it can't be frozen.
 *
 * Our kernels may be deleted, and this with them but for the conversion of numbers, once LibTorch's own convolutions on
 * the CPU are as fast: itkNetworkInferenceBenchmark compares them.
 *
 * The result's forward takes contiguous tensors of \c type on \c device; what it returns may have any strides. It
 * differs from what the network itself returns by rounding, and not at all without our kernels. The network itself is
 * not changed. */
torch::jit::Module
PrepareNetwork(const torch::jit::Module & module,
               c10::Device                device,
               at::ScalarType             type,
               const PreparationOptions & options = {});

/** Whether all that takes long in a prepared network, its convolutions and matrix products, runs on our kernels.
 * LibTorch needs no threads then, and is better off without: those of OpenMP spin for a while after each operator, on
 * the cores that our kernels compute on. */
bool
GoesByOurKernels(const torch::jit::Module & prepared);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
