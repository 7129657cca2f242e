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
#ifndef itkNetworkArchitectures_h
#define itkNetworkArchitectures_h

#include "itkNetworkModelCard.h"

#include <torch/nn.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class NetworkArchitecture
 * \brief Base of the networks that this toolkit can build and train itself.
 *
 * A new network is a class below this one and one line in the registry of itkNetworkArchitectures.cxx.
 *
 * \ingroup SyntheticCT
 */
class NetworkArchitecture : public torch::nn::Module
{
public:
  /** \param input [batch, channels, rows, columns] of a 2D network, [batch, channels, slices, rows, columns] of a 3D
   * one. */
  virtual torch::Tensor
  Forward(torch::Tensor input) = 0;

  /** Every side of the input has to be a multiple of this. */
  virtual unsigned int
  GetSizeMultiple() const = 0;

  /** Dimension of the images that the network takes, 2 or 3. */
  virtual unsigned int
  GetImageDimension() const = 0;

  /** The values that an output channel can take. */
  virtual std::array<double, 2>
  GetOutputRange() const = 0;

  /** Number of trainable parameters. */
  int64_t
  GetNumberOfParameters() const;
};

/** The registered names, sorted. */
std::vector<std::string>
GetNetworkTypes();

/** Build a network with fresh weights, drawn from torch's current generator. Throws itk::ExceptionObject on a type that
 * is not registered and on sizes that it can't have. */
std::shared_ptr<NetworkArchitecture>
CreateNetwork(const NetworkModelCard::Network & description);

/** The transposed 3x3 convolution of stride 2 with padding 1 and output padding 1, which doubles the grid.
 *
 * Along one axis, with kernel w, output 2m is w[1] x[m], and output 2m + 1 is w[2] x[m] + w[0] x[m + 1]. So the four
 * phases of the output are channels of one 2x2 convolution on the small grid, which are then interleaved. LibTorch
 * before 2.0 computes its own transposed convolution on the CPU by plain matrix products, several times slower. */
torch::Tensor
ConvTransposeByTwo(const torch::nn::ConvTranspose2d & layer, const torch::Tensor & input);

/** \class LightUNet
 * \brief Light U-Net of Bambach & Ho (2022): the shape of the original U-Net with fewer filters.
 *
 * With base b and L levels, encoder level l = 0..L-1 has two 3x3 convolutions of b 2^l filters, then 2x2 maximum
 * pooling; the bottom has two of b 2^L. Each decoder level doubles the grid by a transposed 3x3 convolution of stride 2
 * (padding 1, output padding 1, so that sizes mirror the encoder's and nothing is cropped), joins the encoder's
 * features, and has two 3x3 convolutions. Every 3x3 convolution is followed by batch normalisation and ReLU, and so
 * has no bias of its own; the transposed ones have a bias and, as in the original, nothing after them. A 1x1
 * convolution and a sigmoid give values in (0, 1). Base 16 with 4 levels has 2.16 million parameters (the paper: "about
 * 2 million"; its filter numbers are not stated). Convolution weights are drawn by He's rule for ReLU, the last one by
 * Glorot's.
 *
 * Every side of the input has to be a multiple of 2^L; Forward throws itk::ExceptionObject that names the sizes.
 *
 * \ingroup SyntheticCT
 */
class LightUNet : public NetworkArchitecture
{
public:
  explicit LightUNet(const NetworkModelCard::Network & description);

  torch::Tensor
  Forward(torch::Tensor input) override;

  unsigned int
  GetSizeMultiple() const override
  {
    return 1u << m_Levels;
  }

  unsigned int
  GetImageDimension() const override
  {
    return 2;
  }

  std::array<double, 2>
  GetOutputRange() const override
  {
    return { { 0.0, 1.0 } };
  }

private:
  torch::nn::Sequential
  AddBlock(const std::string & name, int64_t inputChannels, int64_t outputChannels);

  unsigned int                            m_Levels;
  int64_t                                 m_InputChannels;
  std::vector<torch::nn::Sequential>      m_Encoder;
  torch::nn::Sequential                   m_Bottom{ nullptr };
  std::vector<torch::nn::ConvTranspose2d> m_Up;
  std::vector<torch::nn::Sequential>      m_Decoder;
  torch::nn::Conv2d                       m_Output{ nullptr };
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
