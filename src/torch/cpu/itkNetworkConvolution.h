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
#ifndef itkNetworkConvolution_h
#define itkNetworkConvolution_h

#include "itkNetworkKernels.h"
#include "itkNetworkMemory.h"

#include <torch/custom_class.h>
#include <torch/types.h>

#include <array>
#include <memory>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Threads of NetworkConvolution and NetworkMaximumPooling, in the whole process; 0, the default, is as many as
 * LibTorch is set to. */
void
SetNetworkThreads(unsigned int number);

/** \class NetworkConvolution
 * \brief A 2D or 3D convolution with all that follows it up to the next: normalisation, activation, interleaving.
 *
 * Runs on the CPU in float32, on images that lie channels last, and gives such an image. The inputs count as joined
 * along their channels, so that a U-Net's skip connection is never copied. Then come, in this order: the bias, instance
 * normalisation (mean and biased variance of each image and channel, summed up in double), and y = x or slope x.
 *
 * A convolution of stride 1 whose kernel is 3x3 in the plane uses Winograd's F(4x4, 3x3) in the plane, and directly
 * along the slices; any other is a sum over its taps. A transposed convolution of stride s is s convolutions per axis
 * on the small grid, whose results interleave; none of them multiplies by the zeros between the pixels.
 *
 * Winograd's sums differ from the direct ones by about 1e-6 of the values, and an infinity or NaN reaches the whole
 * tile of 4x4 that it touches.
 *
 * The result has the same bits for any number of threads.
 *
 * \ingroup SyntheticCT
 */
class NetworkConvolution : public torch::CustomClassHolder
{
public:
  using AxesType = std::array<int64_t, 3>;

  /** What a convolution of LibTorch is described by; along slices, rows and columns. Of a 2D one the first axis is as
   * here. */
  struct Description
  {
    /** [out, in, kernel...], or [in, out, kernel...] of a transposed one. */
    at::Tensor Weight;
    /** One per output channel, or not defined. */
    at::Tensor Bias;
    AxesType   Stride{ { 1, 1, 1 } };
    /** Zeros before and after the image. */
    AxesType PaddingBefore{ { 0, 0, 0 } };
    AxesType PaddingAfter{ { 0, 0, 0 } };
    AxesType Dilation{ { 1, 1, 1 } };
    bool     Transposed{ false };
    AxesType OutputPadding{ { 0, 0, 0 } };
    /** Interleave groups of n^2 channels to an image n times as large, as pixel_shuffle; 1 leaves the channels. */
    int64_t Shuffle{ 1 };

    bool       Normalise{ false };
    at::Tensor Scale;
    at::Tensor Shift;
    double     Epsilon{ 1e-5 };
    float      Slope{ 1.0F };
  };

  /** \param memory where the results come from.
   *  \param kernels those that compute; they have to outlive this. */
  NetworkConvolution(const Description &            description,
                     std::shared_ptr<NetworkMemory> memory,
                     const NetworkKernels &         kernels = GetNetworkKernels());

  /** \param inputs float32, on the CPU, of one grid and batch, whose channels add up to the weights'. */
  at::Tensor
  Run(const std::vector<at::Tensor> & inputs) const;

private:
  /** One element of the kernel: which input pixel it takes, relative to the output pixel's place in the input. */
  struct Tap
  {
    AxesType Offset;
    /** [in, out] */
    at::Tensor Weight;
  };

  /** The taps of those output pixels that lie at Place within each group of Factor pixels. */
  struct Phase
  {
    AxesType         Place;
    std::vector<Tap> Taps;
    /** Panels of weights: [panel][tap][input channel][channel of the panel]. */
    NetworkBuffer Panels;
  };

  /** One run: geometry, inputs and output. */
  struct Pass;

  void
  DescribeConvolution(const Description & description, const at::Tensor & weight);

  void
  DescribeTransposed(const Description & description, const at::Tensor & weight);

  void
  PackPhases();

  void
  PackWinograd(const at::Tensor & weight);

  void
  RunDirect(Pass & pass) const;

  void
  RunWinograd(Pass & pass) const;

  void
  Normalise(Pass & pass) const;

  const NetworkKernels &         m_Kernels;
  std::shared_ptr<NetworkMemory> m_Memory;
  int64_t                        m_Dimension;
  int64_t                        m_InputChannels;
  int64_t                        m_OutputChannels;
  int64_t                        m_Panels;

  AxesType m_Stride;
  AxesType m_Factor{ { 1, 1, 1 } };
  AxesType m_Kernel;
  AxesType m_PaddingBefore;
  /** Added to the size of the input before it is divided by the stride; of a transposed one, after it was multiplied.
   */
  AxesType m_Reach;
  bool     m_Transposed;

  std::vector<Phase> m_Phases;
  /** [panel][position][slice of the kernel][input channel][channel of the panel]; empty when not by Winograd. */
  NetworkBuffer m_WinogradPanels;

  /** As many as the panels hold. */
  std::vector<float> m_Bias;
  bool               m_Normalise;
  std::vector<float> m_Scale;
  std::vector<float> m_Shift;
  double             m_Epsilon;
  float              m_Slope;
};

/** \class NetworkMaximumPooling
 * \brief Maximum over blocks of pixels that do not overlap, of 2D or 3D float32 images on the CPU, channels last.
 *
 * \ingroup SyntheticCT
 */
class NetworkMaximumPooling : public torch::CustomClassHolder
{
public:
  /** \param kernel size of a block along every axis of the image. */
  NetworkMaximumPooling(std::vector<int64_t>           kernel,
                        std::shared_ptr<NetworkMemory> memory,
                        const NetworkKernels &         kernels = GetNetworkKernels());

  at::Tensor
  Run(const at::Tensor & input) const;

private:
  std::vector<int64_t>           m_Kernel;
  std::shared_ptr<NetworkMemory> m_Memory;
  const NetworkKernels &         m_Kernels;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
