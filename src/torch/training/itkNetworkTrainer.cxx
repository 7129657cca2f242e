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
#include "itkNetworkTrainer.h"

#include "itkAnatomicalPlane.h"
#include "losses/itkLosses.h"
#include "networks/itkNetworkArchitectures.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkSameGridVerification.h"
#include "session/itkTorchDevice.h"
#include "session/itkTorchSession.h"
#include "itkTrainingSampler.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/script.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <sstream>
#include <stdexcept>

namespace itk
{
using namespace SyntheticCTDetail;
namespace
{
using WeightsType = std::map<std::string, torch::Tensor>;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double pi = 3.14159265358979323846;

/** Puts the process's generator back to where it was, so that training leaves no trace in other random numbers. */
class GeneratorState
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(GeneratorState);

  explicit GeneratorState(uint64_t seed)
    : m_Generator(at::detail::getDefaultCPUGenerator())
    , m_State(m_Generator.get_state())
  {
    m_Generator.set_current_seed(seed);
  }

  ~GeneratorState()
  {
    m_Generator.set_state(m_State);
  }

private:
  at::Generator m_Generator;
  torch::Tensor m_State;
};

/** Denormal numbers cost a CPU tens of cycles each and mean nothing here. */
class FlushDenormals
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(FlushDenormals);

  FlushDenormals()
  {
    at::globalContext().setFlushDenormal(true);
  }
  ~FlushDenormals()
  {
    at::globalContext().setFlushDenormal(false);
  }
};

/** Autocast to bfloat16 for as long as the object lives. */
class MixedPrecision
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(MixedPrecision);

  MixedPrecision(bool isOn, const torch::Device & device)
    : m_IsOn(isOn)
    , m_IsCUDA(device.is_cuda())
  {
    if (m_IsOn)
    {
      this->Set(true);
    }
  }

  ~MixedPrecision()
  {
    if (m_IsOn)
    {
      at::autocast::clear_cache();
      this->Set(false);
    }
  }

private:
  void
  Set(bool isOn) const
  {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    const auto type = m_IsCUDA ? at::kCUDA : at::kCPU;
    at::autocast::set_autocast_dtype(type, at::kBFloat16);
    at::autocast::set_autocast_enabled(type, isOn);
#else
    if (m_IsCUDA)
    {
      at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
      at::autocast::set_enabled(isOn);
    }
    else
    {
      at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
      at::autocast::set_cpu_enabled(isOn);
    }
#endif
  }

  bool m_IsOn;
  bool m_IsCUDA;
};

/** Copies of all parameters and buffers, on the CPU. */
WeightsType
WeightsOf(const NetworkArchitecture & network)
{
  WeightsType weights;
  for (const auto & entries : { network.named_parameters(), network.named_buffers() })
  {
    for (const auto & entry : entries)
    {
      weights[entry.key()] = entry.value().detach().to(torch::kCPU).contiguous().clone();
    }
  }
  return weights;
}

/** Throws when names or sizes are not the network's. */
void
SetWeights(NetworkArchitecture & network, const WeightsType & weights)
{
  const torch::NoGradGuard noGradient;
  size_t                   number = 0;
  for (auto entries : { network.named_parameters(), network.named_buffers() })
  {
    for (auto & entry : entries)
    {
      const auto found = weights.find(entry.key());
      if (found == weights.end())
      {
        throw std::runtime_error("the network's '" + entry.key() + "' is missing");
      }
      if (found->second.sizes() != entry.value().sizes())
      {
        std::ostringstream sizes;
        sizes << found->second.sizes() << " instead of " << entry.value().sizes();
        throw std::runtime_error("'" + entry.key() + "' is " + sizes.str());
      }
      entry.value().copy_(found->second);
      ++number;
    }
  }
  if (number != weights.size())
  {
    throw std::runtime_error("it has " + std::to_string(weights.size()) + " tensors but the network has " +
                             std::to_string(number));
  }
}

/** A TorchScript module with the same tree and the same tensors as a module of the C++ API. */
torch::jit::Module
ScriptModuleOf(const torch::nn::Module &                            module,
               const std::string &                                  name,
               const std::shared_ptr<torch::jit::CompilationUnit> & unit)
{
  torch::jit::Module script(c10::QualifiedName(name), unit, true);
  script.register_attribute("training", c10::BoolType::get(), false);
  for (const auto & entry : module.named_parameters(false))
  {
    script.register_parameter(entry.key(), entry.value(), false);
  }
  for (const auto & entry : module.named_buffers(false))
  {
    script.register_buffer(entry.key(), entry.value());
  }
  for (const auto & entry : module.named_children())
  {
    script.register_module(entry.key(), ScriptModuleOf(*entry.value(), name + "_" + entry.key(), unit));
  }
  return script;
}

/** The network, in evaluation mode on the CPU, as TorchScript. */
torch::jit::Module
Trace(NetworkArchitecture & network, const NetworkModelCard::Network & description)
{
  const torch::NoGradGuard noGradient;
  network.eval();
  for (torch::Tensor & parameter : network.parameters())
  {
    parameter.set_requires_grad(false);
  }

  // Sides that differ, so that nothing that depends on them can pass for the other one.
  std::vector<int64_t> shape{ 2, static_cast<int64_t>(description.InputChannels) };
  for (unsigned int axis = 0; axis < network.GetImageDimension(); ++axis)
  {
    shape.push_back(static_cast<int64_t>(network.GetSizeMultiple()) * (2 + axis));
  }

  auto               unit = std::make_shared<torch::jit::CompilationUnit>();
  torch::jit::Module script = ScriptModuleOf(network, "__torch__.SyntheticCT", unit);
  const auto         traced = torch::jit::tracer::trace(
    { torch::zeros(shape) },
    [&network](torch::jit::Stack inputs) -> torch::jit::Stack { return { network.Forward(inputs.at(0).toTensor()) }; },
    [](const torch::autograd::Variable &) { return ""; },
    true,
    false,
    &script,
    { "x" });
  torch::jit::Function * const forward =
    unit->create_function(c10::QualifiedName(*script.type()->name(), "forward"), traced.first->graph);
  script.type()->addMethod(forward);
  return script;
}

torch::Tensor
TensorOf(const NetworkTrainer::ImageType * image)
{
  const auto size = image->GetBufferedRegion().GetSize();
  return torch::from_blob(
    const_cast<float *>(image->GetBufferPointer()),
    { static_cast<int64_t>(size[2]), static_cast<int64_t>(size[1]), static_cast<int64_t>(size[0]) },
    torch::kFloat);
}

} // namespace

std::ostream &
operator<<(std::ostream & out, const TrainingStopReasonEnum value)
{
  return out << [value]() {
    switch (value)
    {
      case TrainingStopReasonEnum::None:
        return "None";
      case TrainingStopReasonEnum::Epochs:
        return "Epochs";
      case TrainingStopReasonEnum::Patience:
        return "Patience";
      case TrainingStopReasonEnum::Time:
        return "Time";
      default:
        return "INVALID VALUE FOR itk::NetworkTrainerEnums::StopReason";
    }
  }();
}

class NetworkTrainer::Internals
{
public:
  NetworkModelCard                 Card;
  std::unique_ptr<TrainingSampler> TrainingCases;
  std::unique_ptr<TrainingSampler> ValidationCases;
  SizeValueType                    NumberOfCases{ 0 };
  WeightsType                      LoadedWeights;
  WeightsType                      BestWeights;
  unsigned int                     BestEpoch{ 0 };

  const NetworkModelCard::Network &
  GetDescription() const
  {
    return *Card.Net;
  }

  std::unique_ptr<TrainingSampler>
  MakeSampler() const
  {
    PairedSliceSampler::Parameters parameters;
    parameters.PatchSize = { { Card.Infer.PatchSize[0], Card.Infer.PatchSize[1] } };
    if (Card.Infer.PaddingRule == PaddingRuleEnum::Constant)
    {
      parameters.Padding = Card.Infer.PaddingValue;
    }
    for (const auto & output : Card.Outputs)
    {
      parameters.Air.push_back(output.HasHounsfieldRange() ? output.Range[0] : 0.0);
    }
    for (const auto & input : Card.Inputs)
    {
      if (input.HasOutputRange())
      {
        parameters.InputRanges.push_back(std::array<double, 2>{ { input.OutputMinimum, input.OutputMaximum } });
      }
      else
      {
        parameters.InputRanges.push_back({});
      }
    }
    return std::make_unique<PairedSliceSampler>(parameters);
  }

  struct Validation
  {
    double Loss;
    double Error;
  };

  /** Loss, and error in HU inside the mask, of all validation samples. */
  Validation
  Validate(NetworkArchitecture & network,
           const TrainingLoss &  loss,
           bool                  useMask,
           size_t                batchSize,
           unsigned int          numberOfThreads,
           const torch::Device & device,
           const ProcessObject & process) const
  {
    network.eval();
    double       lossSum = 0.0;
    double       errorSum = 0.0;
    double       voxels = 0.0;
    const size_t number = ValidationCases->GetNumberOfSamples();
    for (size_t first = 0; first < number; first += batchSize)
    {
      if (process.GetAbortGenerateData())
      {
        throw ProcessAborted(__FILE__, __LINE__);
      }
      const TorchSession       session(numberOfThreads);
      const FlushDenormals     flushDenormals;
      const torch::NoGradGuard noGradient;
      std::vector<size_t>      indices(std::min(batchSize, number - first));
      std::iota(indices.begin(), indices.end(), first);
      const TrainingBatch batch = ToDevice(ValidationCases->GetBatch(indices), device);
      const torch::Tensor prediction = network.Forward(batch.Images);
      lossSum += loss.Compute(prediction, batch.Targets, useMask ? batch.Masks : torch::Tensor()).item<double>() *
                 static_cast<double>(indices.size());
      const torch::Tensor inside = batch.Masks.select(1, 0) != 0;
      const auto          count = inside.sum().item<double>();
      for (size_t i = 0; i < Card.Outputs.size(); ++i)
      {
        const auto & output = Card.Outputs[i];
        if (!output.HasHounsfieldRange())
        {
          continue;
        }
        const double        scale = (output.Hounsfield[1] - output.Hounsfield[0]) / (output.Range[1] - output.Range[0]);
        const auto          channel = static_cast<int64_t>(i);
        const torch::Tensor error = (prediction.select(1, channel) - batch.Targets.select(1, channel)).abs();
        errorSum += scale * error.masked_select(inside).sum(torch::kDouble).item<double>();
        voxels += count;
      }
    }
    network.train();
    return { lossSum / static_cast<double>(number), voxels > 0.0 ? errorSum / voxels : notANumber };
  }

  /** On the device, and in the memory layout in which convolutions run fastest. */
  static TrainingBatch
  ToDevice(TrainingBatch batch, const torch::Device & device)
  {
    for (torch::Tensor * const tensor : { &batch.Images, &batch.Targets, &batch.Masks })
    {
      *tensor = tensor->to(device);
      if (tensor->dim() == 4)
      {
        *tensor = tensor->contiguous(at::MemoryFormat::ChannelsLast);
      }
    }
    return batch;
  }
};

NetworkTrainer::NetworkTrainer()
  : m_Internals(std::make_unique<Internals>())
{}

NetworkTrainer::~NetworkTrainer() = default;

void
NetworkTrainer::SetCard(const NetworkModelCard & card)
{
  if (m_Internals->NumberOfCases > 0)
  {
    itkExceptionMacro("The model card can't change once cases are added; ClearCases() forgets them");
  }
  if (!card.Net)
  {
    itkExceptionMacro("The model card '" << card.Name << "' has no 'network' to train");
  }
  if (card.Net->InputChannels != card.Inputs.size() || card.Net->OutputChannels != card.Outputs.size())
  {
    itkExceptionMacro("The model card's network has " << card.Net->InputChannels << " channels in and "
                                                      << card.Net->OutputChannels << " out, but the card has "
                                                      << card.Inputs.size() << " inputs and " << card.Outputs.size()
                                                      << " outputs");
  }
  if (card.Infer.Plane == InferencePlaneEnum::Orthogonal || card.Infer.Slices != 1 || !card.Infer.Scale.empty())
  {
    itkExceptionMacro("The model card '" << card.Name
                                         << "' asks for three planes, neighbouring slices or another grid, which can't "
                                            "be trained yet: train in one plane and change the card afterwards");
  }
  if (card.Infer.PaddingRule == PaddingRuleEnum::Replicate)
  {
    itkExceptionMacro(
      "The model card '" << card.Name
                         << "' asks for replicated padding, with which nothing can be trained yet: train "
                            "with a number or null and change the card afterwards");
  }
  TorchCall("Model card", [this, &card]() {
    const TorchSession   session(this->GetNumberOfWorkUnits());
    const GeneratorState generator(m_Seed);
    const auto           network = CreateNetwork(*card.Net);
    if (card.Infer.PatchSize.size() != network->GetImageDimension())
    {
      itkExceptionMacro("A network of type '" << card.Net->Type << "' takes patches of " << network->GetImageDimension()
                                              << " sides, not " << card.Infer.PatchSize.size());
    }
    for (const unsigned int side : card.Infer.PatchSize)
    {
      if (side < 1 || side % network->GetSizeMultiple() != 0)
      {
        itkExceptionMacro("Patch side " << side << " should be a multiple of " << network->GetSizeMultiple()
                                        << " for a network of type '" << card.Net->Type << "' with " << card.Net->Levels
                                        << " levels");
      }
    }
    const auto networkRange = network->GetOutputRange();
    for (const auto & output : card.Outputs)
    {
      if (output.HasHounsfieldRange() && (output.Range[0] < networkRange[0] || output.Range[1] > networkRange[1]))
      {
        itkExceptionMacro("Output '" << output.Name << "' has the range [" << output.Range[0] << ", " << output.Range[1]
                                     << "] but a network of type '" << card.Net->Type << "' gives [" << networkRange[0]
                                     << ", " << networkRange[1] << "]");
      }
    }
  });
  m_Internals->Card = card;
  m_Internals->LoadedWeights.clear();
  m_Internals->BestWeights.clear();
  m_Epochs.clear();
  this->Modified();
}

const NetworkModelCard &
NetworkTrainer::GetCard() const
{
  return m_Internals->Card;
}

void
NetworkTrainer::SetLoss(const std::string & loss)
{
  CreateTrainingLoss(loss);
  if (m_Loss != loss)
  {
    m_Loss = loss;
    this->Modified();
  }
}

void
NetworkTrainer::SetDevice(const std::string & device)
{
  TorchCall("NetworkTrainer", [&] { TorchDeviceFrom(device); });
  if (m_Device != device)
  {
    m_Device = device;
    this->Modified();
  }
}

SizeValueType
NetworkTrainer::GetNumberOfParameters() const
{
  if (!m_Internals->Card.Net)
  {
    itkExceptionMacro("No model card is set");
  }
  return TorchCall("Network", [this]() {
    const TorchSession   session(this->GetNumberOfWorkUnits());
    const GeneratorState generator(m_Seed);
    return static_cast<SizeValueType>(CreateNetwork(m_Internals->GetDescription())->GetNumberOfParameters());
  });
}

SizeValueType
NetworkTrainer::AddTrainingCase(const ImageListType & images, const ImageListType & targets, const MaskImageType * mask)
{
  return this->AddCase(true, images, targets, mask);
}

SizeValueType
NetworkTrainer::AddValidationCase(const ImageListType & images,
                                  const ImageListType & targets,
                                  const MaskImageType * mask)
{
  return this->AddCase(false, images, targets, mask);
}

SizeValueType
NetworkTrainer::AddCase(bool                  isTraining,
                        const ImageListType & images,
                        const ImageListType & targets,
                        const MaskImageType * mask)
{
  const NetworkModelCard & card = m_Internals->Card;
  if (!card.Net)
  {
    itkExceptionMacro("No model card is set");
  }
  if (images.size() != card.Inputs.size() || targets.size() != card.Outputs.size())
  {
    itkExceptionMacro("A case of " << images.size() << " images and " << targets.size()
                                   << " targets should have as many as the model card has inputs ("
                                   << card.Inputs.size() << ") and outputs (" << card.Outputs.size() << ")");
  }

  const auto number = TorchCall("Case", [&]() {
    const TorchSession         session(this->GetNumberOfWorkUnits());
    std::vector<torch::Tensor> channels;
    for (const ImageListType * const list : { &images, &targets })
    {
      for (size_t i = 0; i < list->size(); ++i)
      {
        const ImageType * const image = (*list)[i];
        const std::string name = list == &images ? "Image '" + card.Inputs[i].Name : "Target '" + card.Outputs[i].Name;
        if (!image || image->GetBufferedRegion().GetNumberOfPixels() == 0 ||
            image->GetBufferedRegion() != image->GetLargestPossibleRegion())
        {
          itkExceptionMacro(<< name << "' is not there as a whole");
        }
        const std::string difference = GridDifference<3>(*images.front(), *image);
        if (!difference.empty())
        {
          itkExceptionMacro(<< name << "' has another grid than the first image of its case: " << difference);
        }
        channels.push_back(TensorOf(image));
        if (!torch::isfinite(channels.back()).all().item<bool>())
        {
          itkExceptionMacro(<< name << "' has voxels that are not finite");
        }
      }
    }
    torch::Tensor maskTensor;
    if (mask)
    {
      const std::string difference = GridDifference<3>(*images.front(), *mask);
      if (!difference.empty() || mask->GetBufferedRegion() != mask->GetLargestPossibleRegion())
      {
        itkExceptionMacro("The mask has another grid than the first image of its case: " << difference);
      }
      maskTensor =
        torch::from_blob(const_cast<unsigned char *>(mask->GetBufferPointer()), channels.front().sizes(), torch::kByte);
    }

    const auto &          direction = images.front()->GetDirection();
    TrainingSampler::Axes axes;
    axes.LeftRight = AnatomicalSliceAxis(InferencePlaneEnum::Sagittal, direction);
    axes.Slice = AnatomicalSliceAxis(card.Infer.Plane, direction);

    auto & sampler = isTraining ? m_Internals->TrainingCases : m_Internals->ValidationCases;
    if (!sampler)
    {
      sampler = m_Internals->MakeSampler();
    }
    const auto firstTarget = channels.begin() + static_cast<std::ptrdiff_t>(images.size());
    return sampler->AddCase(torch::stack(std::vector<torch::Tensor>(channels.begin(), firstTarget)),
                            torch::stack(std::vector<torch::Tensor>(firstTarget, channels.end())),
                            maskTensor,
                            axes);
  });
  ++m_Internals->NumberOfCases;
  this->Modified();
  return number;
}

void
NetworkTrainer::ClearCases()
{
  m_Internals->TrainingCases.reset();
  m_Internals->ValidationCases.reset();
  m_Internals->NumberOfCases = 0;
  this->Modified();
}

void
NetworkTrainer::LoadWeights(const std::string & fileName)
{
  if (!m_Internals->Card.Net)
  {
    itkExceptionMacro("No model card is set");
  }
  TorchCall("Weights of '" + fileName + "' can't be taken", [this, &fileName]() {
    const TorchSession       session(this->GetNumberOfWorkUnits());
    const torch::jit::Module script = torch::jit::load(fileName, torch::kCPU);
    WeightsType              weights;
    for (const auto & entry : script.named_parameters())
    {
      weights[entry.name] = entry.value.detach().clone();
    }
    for (const auto & entry : script.named_buffers())
    {
      weights[entry.name] = entry.value.detach().clone();
    }
    const GeneratorState generator(m_Seed);
    SetWeights(*CreateNetwork(m_Internals->GetDescription()), weights);
    m_Internals->LoadedWeights = weights;
  });
  this->Modified();
}

void
NetworkTrainer::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  const auto check = [this](bool isGood, const char * name, double value, const char * range) {
    if (!isGood)
    {
      itkExceptionMacro(<< name << " is " << value << " but should be " << range);
    }
  };
  check(m_NumberOfEpochs >= 1, "NumberOfEpochs", m_NumberOfEpochs, "at least 1");
  check(m_BatchSize >= 1, "BatchSize", m_BatchSize, "at least 1");
  check(m_LearningRate > 0.0 && std::isfinite(m_LearningRate), "LearningRate", m_LearningRate, "larger than 0");
  check(m_FinalLearningRateShare >= 0.0 && m_FinalLearningRateShare <= 1.0,
        "FinalLearningRateShare",
        m_FinalLearningRateShare,
        "in [0, 1]");
  check(m_MaximumTime >= 0.0, "MaximumTime", m_MaximumTime, "at least 0");
  check(m_ValidationInterval >= 1, "ValidationInterval", m_ValidationInterval, "at least 1");
  check(m_MinimumMaskShare >= 0.0 && m_MinimumMaskShare <= 1.0, "MinimumMaskShare", m_MinimumMaskShare, "in [0, 1]");
  check(m_FlipProbability >= 0.0 && m_FlipProbability <= 1.0, "FlipProbability", m_FlipProbability, "in [0, 1]");
  check(m_MaximumRotation >= 0.0 && m_MaximumRotation <= 180.0, "MaximumRotation", m_MaximumRotation, "in [0, 180]");
  check(m_MaximumScaling >= 0.0 && m_MaximumScaling < 1.0, "MaximumScaling", m_MaximumScaling, "in [0, 1)");
  check(m_MaximumGamma >= 0.0 && std::isfinite(m_MaximumGamma), "MaximumGamma", m_MaximumGamma, "at least 0");
  check(m_MaximumGain >= 0.0 && m_MaximumGain < 1.0, "MaximumGain", m_MaximumGain, "in [0, 1)");
  check(m_MaximumNoise >= 0.0 && m_MaximumNoise <= 1.0, "MaximumNoise", m_MaximumNoise, "in [0, 1]");
  if (!m_Internals->Card.Net)
  {
    itkExceptionMacro("No model card is set");
  }
  if (!m_Internals->TrainingCases)
  {
    itkExceptionMacro("There are no training cases");
  }
  if (m_MaximumGamma > 0.0 || m_MaximumGain > 0.0 || m_MaximumNoise > 0.0)
  {
    for (const auto & input : m_Internals->Card.Inputs)
    {
      if (!input.HasOutputRange())
      {
        itkExceptionMacro("Gamma, gain and noise need inputs with a range, which input '" << input.Name
                                                                                          << "' of the card has not");
      }
    }
  }
}

void
NetworkTrainer::Update()
{
  this->VerifyPreconditions();
  this->SetAbortGenerateData(false);
  this->UpdateProgress(0.0f);
  this->InvokeEvent(StartEvent());
  try
  {
    TorchCall("Training", [this]() { this->GenerateData(); });
  }
  catch (const ProcessAborted &)
  {
    this->InvokeEvent(AbortEvent());
    throw;
  }
  this->UpdateProgress(1.0f);
  this->InvokeEvent(EndEvent());
}

void
NetworkTrainer::GenerateData()
{
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto elapsed = [start]() { return std::chrono::duration<double>(Clock::now() - start).count(); };

  m_Epochs.clear();
  m_Internals->BestWeights.clear();
  m_StopReason = TrainingStopReasonEnum::None;

  TrainingSampler & sampler = *m_Internals->TrainingCases;
  sampler.SelectSamples(m_MinimumMaskShare);
  sampler.SetAugmentation(
    { m_FlipProbability, m_MaximumRotation, m_MaximumScaling, m_MaximumGamma, m_MaximumGain, m_MaximumNoise });
  m_NumberOfTrainingSamples = sampler.GetNumberOfSamples();
  if (m_NumberOfTrainingSamples == 0)
  {
    itkExceptionMacro("No slice of the training cases has at least " << m_MinimumMaskShare << " of it in the mask");
  }
  m_NumberOfValidationSamples = 0;
  if (m_Internals->ValidationCases)
  {
    m_Internals->ValidationCases->SelectSamples(m_MinimumMaskShare);
    m_NumberOfValidationSamples = m_Internals->ValidationCases->GetNumberOfSamples();
    if (m_NumberOfValidationSamples == 0)
    {
      itkExceptionMacro("No slice of the validation cases has at least " << m_MinimumMaskShare << " of it in the mask");
    }
  }

  const torch::Device                  device = TorchDeviceFrom(m_Device);
  const auto                           loss = CreateTrainingLoss(m_Loss);
  const unsigned int                   numberOfThreads = this->GetNumberOfWorkUnits();
  std::shared_ptr<NetworkArchitecture> network;
  {
    const TorchSession   session(numberOfThreads);
    const GeneratorState generator(m_Seed);
    network = CreateNetwork(m_Internals->GetDescription());
  }
  if (!m_Internals->LoadedWeights.empty())
  {
    SetWeights(*network, m_Internals->LoadedWeights);
  }
  network->to(device);
  for (torch::Tensor & parameter : network->parameters())
  {
    if (parameter.dim() == 4)
    {
      parameter.set_data(parameter.data().contiguous(at::MemoryFormat::ChannelsLast));
    }
  }
  network->train();
  torch::optim::Adam optimizer(network->parameters(), torch::optim::AdamOptions(m_LearningRate));

  const size_t samplesPerEpoch = m_SamplesPerEpoch > 0 ? m_SamplesPerEpoch : m_NumberOfTrainingSamples;
  const size_t batchesPerEpoch = (samplesPerEpoch + m_BatchSize - 1) / m_BatchSize;

  // Every sample comes once before any comes again.
  std::mt19937_64     shuffleGenerator(m_Seed);
  std::vector<size_t> queue;
  const auto          nextSample = [&]() {
    if (queue.empty())
    {
      queue.resize(m_NumberOfTrainingSamples);
      std::iota(queue.begin(), queue.end(), size_t{ 0 });
      for (size_t i = queue.size(); i > 1; --i)
      {
        std::swap(queue[i - 1], queue[shuffleGenerator() % i]);
      }
    }
    const size_t sample = queue.back();
    queue.pop_back();
    return sample;
  };

  double       bestLoss = std::numeric_limits<double>::infinity();
  unsigned int validationsWithoutProgress = 0;
  for (unsigned int epoch = 0; m_StopReason == TrainingStopReasonEnum::None; ++epoch)
  {
    double lossSum = 0.0;
    size_t numberOfSamples = 0;
    for (size_t batchIndex = 0; batchIndex < batchesPerEpoch; ++batchIndex)
    {
      const double stepShare = static_cast<double>(epoch * batchesPerEpoch + batchIndex) /
                               static_cast<double>(m_NumberOfEpochs * batchesPerEpoch);
      const double timeShare = m_MaximumTime > 0.0 ? elapsed() / m_MaximumTime : 0.0;
      if (timeShare >= 1.0 && batchIndex > 0)
      {
        m_StopReason = TrainingStopReasonEnum::Time;
        break;
      }
      const double share = std::max(stepShare, timeShare);
      this->UpdateProgress(static_cast<float>(share));
      if (this->GetAbortGenerateData())
      {
        throw ProcessAborted(__FILE__, __LINE__);
      }

      std::vector<size_t> indices(std::min<size_t>(m_BatchSize, samplesPerEpoch - batchIndex * m_BatchSize));
      std::generate(indices.begin(), indices.end(), nextSample);

      const TorchSession   session(numberOfThreads);
      const FlushDenormals flushDenormals;
      // A seed of its own for every epoch, far from those of other trainings.
      const TrainingBatch batch =
        Internals::ToDevice(sampler.GetRandomBatch(indices, m_Seed * 0x9e3779b97f4a7c15u + epoch), device);
      const double rate = m_LearningRate * (m_FinalLearningRateShare +
                                            (1.0 - m_FinalLearningRateShare) * 0.5 * (1.0 + std::cos(pi * share)));
      for (auto & group : optimizer.param_groups())
      {
        static_cast<torch::optim::AdamOptions &>(group.options()).lr(rate);
      }
      optimizer.zero_grad();
      torch::Tensor prediction;
      {
        const MixedPrecision mixedPrecision(m_UseMixedPrecision, device);
        prediction = network->Forward(batch.Images);
      }
      const torch::Tensor batchLoss =
        loss->Compute(prediction.to(torch::kFloat), batch.Targets, m_UseMaskInLoss ? batch.Masks : torch::Tensor());
      batchLoss.backward();
      optimizer.step();

      const auto value = batchLoss.item<double>();
      if (!std::isfinite(value))
      {
        itkExceptionMacro("The training loss is " << value << " in epoch " << epoch
                                                  << "; a smaller learning rate may help");
      }
      lossSum += value * static_cast<double>(indices.size());
      numberOfSamples += indices.size();
    }
    if (epoch + 1 >= m_NumberOfEpochs && m_StopReason == TrainingStopReasonEnum::None)
    {
      m_StopReason = TrainingStopReasonEnum::Epochs;
    }
    else if (m_MaximumTime > 0.0 && elapsed() >= m_MaximumTime)
    {
      m_StopReason = TrainingStopReasonEnum::Time;
    }

    EpochRecord record{ lossSum / static_cast<double>(numberOfSamples), notANumber, notANumber, 0.0 };
    bool        isBest = true;
    if (m_NumberOfValidationSamples > 0)
    {
      isBest = false;
      if ((epoch + 1) % m_ValidationInterval == 0 || m_StopReason != TrainingStopReasonEnum::None)
      {
        const auto validation =
          m_Internals->Validate(*network, *loss, m_UseMaskInLoss, m_BatchSize, numberOfThreads, device, *this);
        record.ValidationLoss = validation.Loss;
        record.ValidationError = validation.Error;
        isBest = validation.Loss < bestLoss || m_Internals->BestWeights.empty();
        if (isBest)
        {
          bestLoss = validation.Loss;
          validationsWithoutProgress = 0;
        }
        else if (++validationsWithoutProgress == m_Patience && m_StopReason == TrainingStopReasonEnum::None)
        {
          m_StopReason = TrainingStopReasonEnum::Patience;
        }
      }
    }
    if (isBest)
    {
      const TorchSession session(numberOfThreads);
      m_Internals->BestWeights = WeightsOf(*network);
      m_Internals->BestEpoch = epoch;
    }
    record.ElapsedTime = elapsed();
    // Validation takes time too; but the last epoch is never left without one.
    if (m_StopReason == TrainingStopReasonEnum::None && m_MaximumTime > 0.0 && record.ElapsedTime >= m_MaximumTime &&
        (m_NumberOfValidationSamples == 0 || std::isfinite(record.ValidationLoss)))
    {
      m_StopReason = TrainingStopReasonEnum::Time;
    }
    m_Epochs.push_back(record);
    if (isBest && !m_CheckpointFileName.empty())
    {
      this->Save(m_CheckpointFileName);
    }
    this->InvokeEvent(IterationEvent());
    if (this->GetAbortGenerateData())
    {
      throw ProcessAborted(__FILE__, __LINE__);
    }
  }
}

void
NetworkTrainer::Save(const std::string & fileName) const
{
  if (m_Internals->BestWeights.empty())
  {
    itkExceptionMacro("There are no trained weights to write to '" << fileName << "'");
  }
  SyntheticCTDetail::AtomicOutput output(fileName);
  TorchCall("'" + fileName + "' can't be written", [this, &output]() {
    const TorchSession                session(this->GetNumberOfWorkUnits());
    const GeneratorState              generator(m_Seed);
    const NetworkModelCard::Network & description = m_Internals->GetDescription();
    const auto                        network = CreateNetwork(description);
    SetWeights(*network, m_Internals->BestWeights);
    const torch::jit::ExtraFilesMap extraFiles{ { NetworkModelCard::FileName, m_Internals->Card.ToJSON() } };
    Trace(*network, description).save(output.GetTemporaryName(), extraFiles);
  });
  output.Commit();
}

unsigned int
NetworkTrainer::GetNumberOfFinishedEpochs() const
{
  return static_cast<unsigned int>(m_Epochs.size());
}

auto
NetworkTrainer::GetEpoch(unsigned int epoch) const -> const EpochRecord &
{
  if (epoch >= m_Epochs.size())
  {
    itkExceptionMacro("Epoch " << epoch << " is not among the " << m_Epochs.size() << " finished ones");
  }
  return m_Epochs[epoch];
}

double
NetworkTrainer::GetTrainingLoss(unsigned int epoch) const
{
  return this->GetEpoch(epoch).TrainingLoss;
}

double
NetworkTrainer::GetValidationLoss(unsigned int epoch) const
{
  return this->GetEpoch(epoch).ValidationLoss;
}

double
NetworkTrainer::GetValidationError(unsigned int epoch) const
{
  return this->GetEpoch(epoch).ValidationError;
}

double
NetworkTrainer::GetElapsedTime(unsigned int epoch) const
{
  return this->GetEpoch(epoch).ElapsedTime;
}

unsigned int
NetworkTrainer::GetBestEpoch() const
{
  if (m_Internals->BestWeights.empty())
  {
    itkExceptionMacro("No epoch is finished");
  }
  return m_Internals->BestEpoch;
}

double
NetworkTrainer::GetBestValidationLoss() const
{
  return this->GetValidationLoss(this->GetBestEpoch());
}

void
NetworkTrainer::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "Card: " << m_Internals->Card.Name << std::endl;
  os << indent << "NumberOfCases: " << m_Internals->NumberOfCases << std::endl;
  os << indent << "NumberOfEpochs: " << m_NumberOfEpochs << std::endl;
  os << indent << "SamplesPerEpoch: " << m_SamplesPerEpoch << std::endl;
  os << indent << "BatchSize: " << m_BatchSize << std::endl;
  os << indent << "LearningRate: " << m_LearningRate << std::endl;
  os << indent << "FinalLearningRateShare: " << m_FinalLearningRateShare << std::endl;
  os << indent << "Patience: " << m_Patience << std::endl;
  os << indent << "MaximumTime: " << m_MaximumTime << std::endl;
  os << indent << "ValidationInterval: " << m_ValidationInterval << std::endl;
  os << indent << "Loss: " << m_Loss << std::endl;
  os << indent << "UseMaskInLoss: " << m_UseMaskInLoss << std::endl;
  os << indent << "UseMixedPrecision: " << m_UseMixedPrecision << std::endl;
  os << indent << "Seed: " << m_Seed << std::endl;
  os << indent << "MinimumMaskShare: " << m_MinimumMaskShare << std::endl;
  os << indent << "FlipProbability: " << m_FlipProbability << std::endl;
  os << indent << "MaximumRotation: " << m_MaximumRotation << std::endl;
  os << indent << "MaximumScaling: " << m_MaximumScaling << std::endl;
  os << indent << "MaximumGamma: " << m_MaximumGamma << std::endl;
  os << indent << "MaximumGain: " << m_MaximumGain << std::endl;
  os << indent << "MaximumNoise: " << m_MaximumNoise << std::endl;
  os << indent << "Device: " << m_Device << std::endl;
  os << indent << "CheckpointFileName: " << m_CheckpointFileName << std::endl;
  os << indent << "StopReason: " << m_StopReason << std::endl;
  os << indent << "NumberOfTrainingSamples: " << m_NumberOfTrainingSamples << std::endl;
  os << indent << "NumberOfValidationSamples: " << m_NumberOfValidationSamples << std::endl;
  os << indent << "NumberOfFinishedEpochs: " << m_Epochs.size() << std::endl;
}

} // namespace itk
