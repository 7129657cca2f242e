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

#ifdef SYNTHETIC_CT_HAS_AVX_KERNELS

#  if defined(__clang__)
#    pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#  else
#    pragma GCC            target("avx2,fma")
// Vectors are never arguments of a function that is not inlined.
#    pragma GCC diagnostic ignored "-Wpsabi"
#  endif
// 12 of 16 registers hold sums.
#  define SYNTHETIC_CT_LANES 8
#  define SYNTHETIC_CT_ROWS 6
#  define SYNTHETIC_CT_VECTORS 2
#  define SYNTHETIC_CT_KERNELS NetworkKernelsAVX2
#  define SYNTHETIC_CT_KERNELS_NAME "AVX2"
#  include "itkNetworkKernelsBody.h"
#  if defined(__clang__)
#    pragma clang attribute pop
#  endif

#endif
