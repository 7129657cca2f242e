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
#ifndef itkStructuralSimilarityKernels_h
#define itkStructuralSimilarityKernels_h

#include "SyntheticCTDetail/itkStructuralSimilarityEngine.h"

namespace itk
{
namespace SyntheticCTDetail
{

/** The inner loops of StructuralSimilarityEngine for one instruction set. Numbers of elements are multiples of
 * `StructuralSimilarityLanes`. All of them give the same bits: sums are taken in the same order, and the compiler is
 * told not to fuse multiplications and additions. */
struct StructuralSimilarityKernels
{
  const char * Name;

  /** Maps values in place; `inside` is null when nothing is to be filled. */
  void (*Map)(double *                                    values,
              const double *                              inside,
              size_t                                      count,
              const StructuralSimilarityEngine::Mapping & mapping);

  /** Sum, difference and their squares. */
  void (*Combine)(const double * reference, const double * synthetic, size_t count, double * const * fields);

  /** Weighted sums of `taps` rows each, for `outputs` results of which every one begins a row after the one before. */
  void (*SumRows)(const double * const * rows,
                  const double *         weights,
                  size_t                 taps,
                  size_t                 outputs,
                  size_t                 count,
                  double * const *       results);

  /** Weighted sums of `taps` neighbours in a row, of which the result's own position is the first. */
  void (*SumNeighbours)(const double * row, const double * weights, size_t taps, size_t count, double * result);

  /** The map of a row, and its sums where `counts` and `inside` are not 0. `inside` is null when there is no mask, and
   * when the formula is weighted unless its mean is not. The fields are overwritten; where the formula is weighted or
   * there is a mask, the second is left with the weights of the mean. */
  void (*Similarity)(double * const *                            fields,
                     const StructuralSimilarityEngine::Formula & formula,
                     const double *                              counts,
                     const double *                              inside,
                     size_t                                      count,
                     double *                                    map,
                     StructuralSimilarityEngine::Sums &          sums);
};

constexpr size_t StructuralSimilarityLanes = 8;

namespace StructuralSimilarityBaseline
{
extern const StructuralSimilarityKernels kernels;
}
namespace StructuralSimilarityAVX2
{
extern const StructuralSimilarityKernels kernels;
}
namespace StructuralSimilarityAVX512
{
extern const StructuralSimilarityKernels kernels;
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
