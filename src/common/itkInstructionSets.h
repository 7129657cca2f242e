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
#ifndef itkInstructionSets_h
#define itkInstructionSets_h

#include <vector>

// Kernels for AVX2 and AVX-512 exist where the compiler knows how to make them.
#if defined(__x86_64__) && defined(__GNUC__)
#  define SYNTHETIC_CT_HAS_AVX_KERNELS
#endif

namespace itk
{
namespace SyntheticCTDetail
{

/** The sets of inner loops that this machine can run, fastest first, of sets that were compiled from the same source
 * for AVX-512 (F, BW, DQ and VL, which every processor for servers with AVX-512 has), for AVX2 with FMA, and for the
 * compiler's own instruction set, which every machine can run. Those that do not exist are null. */
template <typename TKernels>
std::vector<const TKernels *>
FindSupportedKernels([[maybe_unused]] const TKernels * const avx512,
                     [[maybe_unused]] const TKernels * const avx2,
                     const TKernels * const                  baseline)
{
  std::vector<const TKernels *> found;
#ifdef SYNTHETIC_CT_HAS_AVX_KERNELS
  const bool hasAVX2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx512 && hasAVX2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
  {
    found.push_back(avx512);
  }
  if (avx2 && hasAVX2)
  {
    found.push_back(avx2);
  }
#endif
  found.push_back(baseline);
  return found;
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
