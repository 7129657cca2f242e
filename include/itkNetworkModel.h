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
#ifndef itkNetworkModel_h
#define itkNetworkModel_h

#include "itkNetworkModelCard.h"
#include "itkObject.h"
#include "itkObjectFactory.h"
#include "itkSyntheticCTMacro.h"
#include "SyntheticCTTorchExport.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace itk
{

/** \class NetworkModel
 * \brief A trained network: its weights, the device it runs on, and its model card.
 *
 * The network is a TorchScript module whose method `forward` takes one tensor: a batch of windows with one channel per
 * input image, of shape (N, C, H, W) or (N, C, D, H, W). It returns float maps of the same batch and grid, in any of
 * these forms:
 *   - one tensor (N, K, ...);
 *   - a tuple or list of tensors;
 *   - a dictionary of tensors with string keys, taken in the alphabetical order of the keys.
 *
 * All channels of all tensors, in that order, are the network's output channels.
 *
 * A file is a TorchScript archive, with or without the extra file `synthetic_ct.json` (see NetworkModelCard). With a
 * card, the network's numbers of input and output channels must be those of the card. A network that has not been
 * loaded can be defined from TorchScript source by DefineFromSource(), which suits small arithmetic models.
 *
 * The module runs in evaluation mode, without autograd, and without the profiling optimiser of TorchScript, so that the
 * first pass and later passes compute the same bits. Forward passes of the whole process are serialised, because
 * LibTorch's number of threads belongs to the process. Output values that are not finite are handed on as they are.
 *
 * LibTorch stays behind this class: no header of it is needed to use a network, and whatever it throws becomes an
 * itk::ExceptionObject of one line that names the file, the device and the shapes.
 *
 * \ingroup SyntheticCT
 */
class SyntheticCTTorch_EXPORT NetworkModel : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(NetworkModel);

  using Self = NetworkModel;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(NetworkModel);

  /** Sizes of a tensor, slowest axis first. */
  using ShapeType = std::vector<int64_t>;

  /** One tensor that the network returned. */
  struct OutputGroup
  {
    /** Key of the dictionary; empty unless the network returns one. */
    std::string Name;
    /** (N, K, H, W) or (N, K, D, H, W). */
    ShapeType Shape;
    /** The values, contiguous, last axis fastest. */
    std::vector<float> Values;
  };
  using OutputGroupsType = std::vector<OutputGroup>;

  /** Read a TorchScript file and, where the archive has one, its model card.
   *
   * The model is unchanged when this throws: for a file that is missing, empty, truncated, not TorchScript, has no
   * `forward`, or has a card with an error in it (the message names file and key). */
  void
  Load(const std::string & fileName);

  /** Make a network from the TorchScript source of its `forward` (and of further methods that it calls), such as
   * `def forward(self, x): return 2.0 * x`. The card, if there was one, is removed.
   *
   * Throws with the compiler's message when the source is not TorchScript or has no `forward`; the model is then
   * unchanged. */
  void
  DefineFromSource(const std::string & torchScriptSource);

  /** Write the network, with its card when it has one, as a TorchScript file. The file appears under its name only when
   * it is complete. Throws when there is no network or the file can't be written. */
  void
  Save(const std::string & fileName) const;

  /** Whether there is a network to run. */
  bool
  IsLoaded() const;

  /** File that was loaded; empty for a network that was not loaded from a file. */
  itkGetStringMacro(FileName);

  /** Number of weights of the network, buffers such as running means not included. Throws when there is no network. */
  SizeValueType
  GetNumberOfParameters() const;

  /** The model card. GetCard() throws when there is none. */
  bool
  HasCard() const;
  const NetworkModelCard &
  GetCard() const;
  void
  SetCard(const NetworkModelCard & card);
  void
  RemoveCard();

  /** The model card as JSON text; empty when there is none. */
  std::string
  GetCardAsJSON() const;

  /** Set the model card from JSON text. Throws, naming the key, when the text is not a card. */
  void
  SetCardFromJSON(const std::string & text);

  /** Device on which the network runs: `cpu` (the default), `cuda` or `cuda:n`. Throws when the name is none of these,
   * or this machine or this build of LibTorch has no such device. */
  void
  SetDevice(const std::string & device);
  itkGetStringMacro(Device);

  /** Run the network on a batch.
   *
   * \param input   values of the batch, contiguous, last axis fastest; they are not changed.
   * \param shape   (N, C, H, W) or (N, C, D, H, W), each at least 1. C must be the number of the card's inputs.
   * \param threads number of threads for operations on the CPU, at least 1.
   * \param outputs what the network returned, converted to float from any real type.
   *
   * Throws when there is no network, when the network throws, and when what it returns is not made of real tensors of
   * the input's rank, batch and grid, or has not as many channels as the card has outputs. */
  void
  Forward(const float * input, const ShapeType & shape, unsigned int threads, OutputGroupsType & outputs) const;

protected:
  NetworkModel();
  ~NetworkModel() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** The LibTorch side. */
  struct Internals;

  /** `Model file 'x.pt'` or `Model`, for messages. */
  std::string
  Described() const;

  void
  ThrowUnlessLoaded() const;

  std::unique_ptr<Internals>        m_Internals;
  std::unique_ptr<NetworkModelCard> m_Card;
  std::string                       m_FileName;
  std::string                       m_Device{ "cpu" };
};

} // namespace itk

#endif
