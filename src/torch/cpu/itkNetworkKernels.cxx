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
#include "itkNetworkKernels.h"

#include "common/itkInstructionSets.h"

#if defined(__GNUC__) && !defined(__clang__)
// Vectors are never arguments of a function that is not inlined.
#  pragma GCC diagnostic ignored "-Wpsabi"
#endif

// 12 of 16 registers hold sums.
#define SYNTHETIC_CT_LANES 4
#define SYNTHETIC_CT_ROWS 6
#define SYNTHETIC_CT_VECTORS 2
#define SYNTHETIC_CT_KERNELS NetworkKernelsBaseline
#define SYNTHETIC_CT_KERNELS_NAME "baseline"
#include "itkNetworkKernelsBody.h"

namespace itk
{
namespace SyntheticCTDetail
{
#ifdef SYNTHETIC_CT_HAS_AVX_KERNELS
namespace NetworkKernelsAVX2
{
extern const NetworkKernels kernels;
}
namespace NetworkKernelsAVX512
{
extern const NetworkKernels kernels;
}
#endif

const std::vector<const NetworkKernels *> &
GetSupportedNetworkKernels()
{
#ifdef SYNTHETIC_CT_HAS_AVX_KERNELS
  static const auto supported = FindSupportedKernels(
    &NetworkKernelsAVX512::kernels, &NetworkKernelsAVX2::kernels, &NetworkKernelsBaseline::kernels);
#else
  static const auto supported =
    FindSupportedKernels<NetworkKernels>(nullptr, nullptr, &NetworkKernelsBaseline::kernels);
#endif
  return supported;
}

const NetworkKernels &
GetNetworkKernels()
{
  return *GetSupportedNetworkKernels().front();
}

void
TransformWinogradWeights(const double kernel[3], double transformed[6])
{
  // Row i is (1, p, p^2) / product of (p - other points), for the points p = 0, +-a, +-b and infinity.
  constexpr double a2 = 0.5;
  constexpr double b2 = 2.0;
  constexpr double a = 0.70710678118654752440;
  constexpr double b = 1.41421356237309504880;
  constexpr double scaleA = 2.0 * a2 * (a2 - b2);
  constexpr double scaleB = 2.0 * b2 * (b2 - a2);
  transformed[0] = kernel[0] / (a2 * b2);
  transformed[1] = (kernel[0] + a * kernel[1] + a2 * kernel[2]) / scaleA;
  transformed[2] = (kernel[0] - a * kernel[1] + a2 * kernel[2]) / scaleA;
  transformed[3] = (kernel[0] + b * kernel[1] + b2 * kernel[2]) / scaleB;
  transformed[4] = (kernel[0] - b * kernel[1] + b2 * kernel[2]) / scaleB;
  transformed[5] = kernel[2];
}

} // namespace SyntheticCTDetail
} // namespace itk
