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
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"
#include "SyntheticCTTorchExport.h"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace itk
{

/** \class NetworkModelEnums
 * \brief The choices that a network model has.
 * \ingroup SyntheticCT */
class NetworkModelEnums
{
public:
  /** The type of the numbers that the network computes in. */
  enum class Precision : uint8_t
  {
    /** 24 significant bits. Convolutions on a GPU may take 11 of them (TF32) unless NVIDIA_TF32_OVERRIDE=0 is set. */
    Float32,
    /** 8 significant bits and the range of Float32. */
    BFloat16,
    /** 11 significant bits, up to 65504. */
    Float16
  };
};

using NetworkPrecisionEnum = NetworkModelEnums::Precision;

extern SyntheticCTTorch_EXPORT std::ostream &
                               operator<<(std::ostream & out, NetworkPrecisionEnum value);

class DevicePatchBlender;

/** \class NetworkModel
 * \brief A trained network: its weights, the device it runs on, and its model card.
 *
 * The network is a TorchScript module whose method `forward` takes one tensor: a batch of windows with one channel per
 * input image, of shape (N, C, H, W) or (N, C, D, H, W). It returns maps of the same batch and grid, in any of these
 * forms:
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
 * A file whose name ends in `.pt2` is an AOTInductor package, a network that PyTorch compiled to machine code
 * (`torch._inductor.aoti_compile_and_package`). LibTorch 2.6 and later can run it; see Load().
 *
 * The module runs in evaluation mode, without autograd, and without the profiling optimiser of TorchScript, so that the
 * first pass and later passes compute the same bits. It is prepared for its device and precision at the first pass, and
 * stays prepared. Forward passes of the whole process are serialised, because LibTorch's number of threads belongs to
 * the process. Output values that are not finite are counted and passed on as they are. Once a network from a file is
 * prepared, its weights are held in their prepared form alone; Save(), and a pass on another device or in another
 * precision, read the file again and throw when it is no longer there or has changed.
 *
 * Weights of any floating-point type run. Those of float16 and bfloat16 are converted to the precision that is asked
 * for, and so are, when the network can't be run otherwise, those of float64 and the types that its code names.
 *
 * LibTorch stays inside this class: its headers are not needed to use a network, and whatever it throws becomes an
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

  /** How a batch is run. */
  struct PassOptions
  {
    /** Number of threads for operations on the CPU, at least 1. */
    unsigned int Threads{ 1 };
    /** Axes of the window along which it is mirrored, each at most once; 0 is the last, fastest axis of the tensor.
     * With k axes the network runs on all 2^k combinations of flips of the input, each result is flipped back, and the
     * mean of them is returned. The mean is of float32 numbers, summed in the order 0, 1, ... 2^k - 1, where bit i says
     * whether the i-th axis named here is flipped. */
    std::vector<unsigned int> MirrorAxes;
    /** Spatial sizes of what the network returns, slowest axis first; empty when they are those of the input. */
    ShapeType OutputGrid;
    /** Leave the result on the device, where only DevicePatchBlender reads it. */
    bool KeepOnDevice{ false };
  };

#if !defined(ITK_WRAPPING_PARSER)
  /** \class Pass
   * \brief A batch on its way through the network.
   *
   * Start() makes it. It owns its values, and outlives changes of the model. One thread at a time.
   *
   * \ingroup SyntheticCT
   */
  class SyntheticCTTorch_EXPORT Pass
  {
  public:
    ITK_DISALLOW_COPY_AND_MOVE(Pass);

    ~Pass();

    /** Wait until the values are there. Throws what went wrong on the device since Start(). */
    void
    Wait();

    /** N of what the network returned. */
    size_t
    GetNumberOfWindows() const;

    /** Output channels of all tensors together. */
    size_t
    GetNumberOfChannels() const;

    /** Key of the dictionary entry that a channel is in; empty unless the network returned a dictionary. Throws when
     * there is no such channel. */
    const std::string &
    GetChannelName(size_t channel) const;

    /** Spatial sizes of the output, slowest axis first. */
    const ShapeType &
    GetGrid() const;

    /** The voxels of one channel of one window, contiguous, last axis fastest. They stay where they are as long as
     * this object. Throws before Wait(), when the values were kept on the device, and when there is no such window or
     * channel. */
    const float *
    GetChannel(size_t window, size_t channel) const;

    /** The same values as a copy, wherever they are. Throws before Wait(), and when there is no such window or channel.
     */
    std::vector<float>
    CopyChannel(size_t window, size_t channel) const;

    /** How many values of a window, in all channels, are NaN or infinite. Throws before Wait(), and when there is no
     * such window. */
    size_t
    GetNumberOfNonFiniteValues(size_t window) const;

  private:
    friend class NetworkModel;
    friend class DevicePatchBlender;

    /** The LibTorch side. */
    struct Internals;

    explicit Pass(std::unique_ptr<Internals> internals);

    /** Throw unless there is such a window, whose values are known. */
    void
    VerifyWindow(size_t window) const;

    std::unique_ptr<Internals> m_Internals;
  };
#endif

  /** Read a TorchScript file or an AOTInductor package and, where the archive has one, its model card.
   *
   * The model is unchanged when this throws: for a file that is missing, empty, truncated, not TorchScript, has no
   * `forward`, or has a card with an error in it (the message names file and key).
   *
   * A file whose name ends in `.pt2` is read as an AOTInductor package. Its card is the entry `synthetic_ct.json` of
   * the package's metadata (`aot_inductor.metadata` of the options it was made with). A package is machine code: load
   * only what you trust. It runs on the kind of device, in the precision, and, unless axes were declared dynamic, on
   * the batch and window that it was compiled for. LibTorch does not check these sizes beforehand, and reads beyond the
   * end of a batch that is too small; a result of another shape is an error. A package is not written by Save() and
   * does not tell its number of weights. Where LibTorch is older than 2.6, or built without such packages, a `.pt2`
   * file is an error. */
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
   * it is complete. Throws when there is no network, when it is an AOTInductor package, or when the file can't be
   * written. */
  void
  Save(const std::string & fileName) const;

  /** Whether there is a network to run. */
  bool
  IsLoaded() const;

  /** File that was loaded; empty for a network that was not loaded from a file. */
  itkGetStringMacro(FileName);

  /** Number of weights of the network, buffers such as running means not included. Throws when there is no network, or
   * when it is an AOTInductor package. */
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

  /** Set the model card from JSON text. Throws, naming the key, when the text is not a card; the card is then
   * unchanged. */
  void
  SetCardFromJSON(const std::string & text);

  /** Set the model card from a file of JSON text, such as one that began as NetworkModelCard::GetExample(). Throws,
   * naming the file and the key, when it can't be read or is not a card; the card is then unchanged. */
  void
  ReadCard(const std::string & fileName);

  /** What is doubtful about the network that was loaded: lines without a full stop that begin with the file. There is
   * one for a network that was traced or frozen in training mode, with dropout that is never turned off, or with batch
   * normalisation that takes the statistics of the batch instead of those that it has learned. GetRemark() throws when
   * there is none with that number. */
  unsigned int
  GetNumberOfRemarks() const;
  const std::string &
  GetRemark(unsigned int number) const;

  /** Device on which the network runs: `cpu` (the default), `cuda` or `cuda:n`. Throws when the name is none of these,
   * or this machine or this build of LibTorch has no such device. */
  void
  SetDevice(const std::string & device);
  itkGetStringMacro(Device);

  /** Precision that the network computes in; Float32 by default. What the network returns is converted to float32
   * before anything is added up. BFloat16 and Float16 pay off where the device has units for them; a precision that
   * LibTorch can't compute the network in on the device throws at the first pass. */
  void
  SetPrecision(NetworkPrecisionEnum precision);
  itkGetEnumMacro(Precision, NetworkPrecisionEnum);

  /** Whether this module's own kernels compute what they can: convolutions (by Winograd's method where it pays),
   * transposed convolutions and pooling, in float32 on the CPU, in a network that has been frozen and rewritten for
   * them. Results differ from LibTorch's in the last digits. Without, the network runs as it was loaded, operation by
   * operation, and gives LibTorch's own bits. Default: on. */
  void
  SetUseCustomKernels(bool use);
  itkGetConstMacro(UseCustomKernels, bool);
  itkBooleanMacro(UseCustomKernels);

#if !defined(ITK_WRAPPING_PARSER)
  /** Start running the network on a batch.
   *
   * \param input   values of the batch, contiguous, last axis fastest. They are copied before this returns.
   * \param shape   (N, C, H, W) or (N, C, D, H, W), each at least 1. C must be the number of the
   *                inputs of the card, times its slices.
   * \param options how the batch is run.
   *
   * On the CPU this computes. On another device it queues the copy there, the network, and the copy back, so that the
   * caller can prepare the next batch before Pass::Wait(). Passes that one thread starts run in that order.
   *
   * Throws when there is no network, when an option or the shape is not as described, when the network throws, and when
   * what it returns is not made of real tensors of the input's rank and batch and the expected grid, or has not as many
   * channels as the card has outputs. When memory runs out, the message says which setting would need less. */
  std::unique_ptr<Pass>
  Start(const float * input, const ShapeType & shape, const PassOptions & options) const;
#endif

  /** Run the network on a batch, and wait for it: Start() and Pass::Wait().
   *
   * \param input   values of the batch, contiguous, last axis fastest; they are not changed.
   * \param shape   (N, C, H, W) or (N, C, D, H, W), each at least 1. C must be the number of the
   *                inputs of the card, times its slices.
   * \param threads number of threads for operations on the CPU, at least 1.
   * \param outputs what the network returned, converted to float from any real type. Unchanged when this throws.
   *
   * Throws as Start() does. */
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

  /** Throw when there is no network, or a package, about which \c remark says what it can't do. */
  void
  ThrowUnlessModule(const char * remark) const;

  std::unique_ptr<Internals>        m_Internals;
  std::unique_ptr<NetworkModelCard> m_Card;
  std::string                       m_FileName;
  std::string                       m_Device{ "cpu" };
  NetworkPrecisionEnum              m_Precision{ NetworkPrecisionEnum::Float32 };
  bool                              m_UseCustomKernels{ true };
};

} // namespace itk

#endif
