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
#ifndef itkNetworkKernels_h
#define itkNetworkKernels_h

#include <cstdint>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** What happens to the values of a convolution on their way to memory: the bias is added, then either the activation is
 * applied, or sums are taken for a normalisation that follows. All pointers are those of one panel of channels. */
struct ConvolutionFinish
{
  /** As many as a panel is wide. */
  const float * Bias{ nullptr };
  /** Channels of the panel that exist; what the panel is padded with is not written. */
  int64_t Channels{ 0 };
  /** Negative values are multiplied by it: 1 is no activation, 0 is ReLU. */
  float Slope{ 1.0F };
  /** Sum and sum of squares per channel are added to these, unless they are null. */
  double * Sums{ nullptr };
  double * Squares{ nullptr };
};

/** \class NetworkKernels
 * \brief The innermost loops of the forward pass, for one instruction set.
 *
 * Images lie channels last. The weights of a convolution lie in panels: Width output channels side by side, for one
 * input channel after the other. Every function computes an element in the same order wherever it stands, so results
 * depend neither on how work is cut into pieces nor on the number of threads. They do differ in the last digits from
 * one instruction set to the next.
 *
 * The Winograd transforms are those of F(4x4, 3x3) (Lavin & Gray, "Fast algorithms for convolutional neural networks",
 * CVPR 2016): a tile of 6x6 pixels in, 36 products per pair of channels, a tile of 4x4 pixels out, where the direct
 * sum takes 144. The points are 0, +-1/sqrt(2), +-sqrt(2) and infinity rather than 0, +-1, +-2 and infinity, since the
 * transforms are then better scaled and lose fewer digits.
 *
 * \ingroup SyntheticCT
 */
struct NetworkKernels
{
  const char * Name;
  /** Most rows that Multiply takes at once. */
  int64_t Rows;
  /** Output channels of a panel. */
  int64_t Width;

  /** result[r][o] = sum over segments s and k of rows[s * count + r][offset + k] * panel[s * length + k][o], for r
   * below \c count, which is in [1, Rows]. Rows of the result are \c stride apart. */
  void (*Multiply)(int64_t               count,
                   const float * const * rows,
                   int64_t               offset,
                   int64_t               segments,
                   int64_t               length,
                   const float *         panel,
                   float *               result,
                   int64_t               stride);

  /** 36 pixels of \c channels channels to the 36 positions, which are \c stride apart. */
  void (*TransformInput)(const float * const * pixels, int64_t channels, float * target, int64_t stride);

  /** 36 positions of one panel, \c stride apart, to 16 pixels; a pixel whose pointer is null is not written. */
  void (*TransformOutput)(const float *             products,
                          int64_t                   stride,
                          const ConvolutionFinish & finish,
                          float * const *           pixels);

  /** One pixel of one panel, as a direct convolution finishes. */
  void (*FinishPixel)(const float * values, const ConvolutionFinish & finish, float * pixel);

  /** pixels[i] = activation(pixels[i] * scale + shift) for \c count pixels, in place. */
  void (*ScaleShift)(
    float * pixels, int64_t count, int64_t channels, const float * scale, const float * shift, float slope);

  /** Per channel the largest of \c count pixels; NaN when one of them is. */
  void (*Maximum)(const float * const * pixels, int64_t count, int64_t channels, float * target);
};

/** The kernels that this machine can run, fastest first: those for AVX-512 and for AVX2 with FMA on x86-64, and those
 * of the compiler's own instruction set, which are always there. */
const std::vector<const NetworkKernels *> &
GetSupportedNetworkKernels();

/** The fastest of them. */
const NetworkKernels &
GetNetworkKernels();

/** The 6x3 matrix that takes three kernel elements to the six points. */
void
TransformWinogradWeights(const double kernel[3], double transformed[6]);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
