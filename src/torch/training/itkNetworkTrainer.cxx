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
#include "itkNetworkTrainerInternals.h"
#include "itkNetworkTrainerLoop.h"
#include "itkTrainingScopes.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkSameGridVerification.h"
#include "session/itkTorchDevice.h"
#include "session/itkTorchSession.h"

#include <torch/script.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace itk
{
using namespace SyntheticCTDetail;
namespace
{
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

NetworkTrainer::NetworkTrainer()
  : m_Internals(std::make_unique<Internals>())
{}

NetworkTrainer::~NetworkTrainer() = default;

void
NetworkTrainer::SetCard(const NetworkModelCard & card)
{
  if (m_Internals->NumberOfCases > 0)
  {
    itkSyntheticCTExceptionMacro("The model card can't change once cases are added; ClearCases() forgets them");
  }
  if (!card.Net)
  {
    itkSyntheticCTExceptionMacro("The model card '" << card.Name << "' has no 'network' to train");
  }
  if (card.Net->InputChannels != card.Inputs.size() || card.Net->OutputChannels != card.Outputs.size())
  {
    itkSyntheticCTExceptionMacro("The model card's network has "
                                 << card.Net->InputChannels << " channels in and " << card.Net->OutputChannels
                                 << " out, but the card has " << card.Inputs.size() << " inputs and "
                                 << card.Outputs.size() << " outputs");
  }
  if (card.Infer.Plane == InferencePlaneEnum::Orthogonal || card.Infer.Slices != 1 || !card.Infer.Scale.empty())
  {
    itkSyntheticCTExceptionMacro("The model card '"
                                 << card.Name
                                 << "' asks for three planes, neighbouring slices or another grid, which can't "
                                    "be trained yet: train in one plane and change the card afterwards");
  }
  if (card.Infer.PaddingRule == PaddingRuleEnum::Replicate)
  {
    itkSyntheticCTExceptionMacro("The model card '"
                                 << card.Name
                                 << "' asks for replicated padding, with which nothing can be trained yet: train "
                                    "with a number or null and change the card afterwards");
  }
  TorchCall("Model card", [this, &card]() {
    const TorchSession   session(this->GetNumberOfWorkUnits());
    const GeneratorState generator(m_Seed);
    const auto           network = CreateNetwork(*card.Net);
    if (card.Infer.PatchSize.size() != network->GetImageDimension())
    {
      itkSyntheticCTExceptionMacro("A network of type '" << card.Net->Type << "' takes patches of "
                                                         << network->GetImageDimension() << " sides, not "
                                                         << card.Infer.PatchSize.size());
    }
    for (const unsigned int side : card.Infer.PatchSize)
    {
      if (side < 1 || side % network->GetSizeMultiple() != 0)
      {
        itkSyntheticCTExceptionMacro("Patch side " << side << " should be a multiple of " << network->GetSizeMultiple()
                                                   << " for a network of type '" << card.Net->Type << "' with "
                                                   << card.Net->Levels << " levels");
      }
    }
    const auto networkRange = network->GetOutputRange();
    for (const auto & output : card.Outputs)
    {
      if (output.HasHounsfieldRange() && (output.Range[0] < networkRange[0] || output.Range[1] > networkRange[1]))
      {
        itkSyntheticCTExceptionMacro("Output '" << output.Name << "' has the range [" << output.Range[0] << ", "
                                                << output.Range[1] << "] but a network of type '" << card.Net->Type
                                                << "' gives [" << networkRange[0] << ", " << networkRange[1] << "]");
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
    itkSyntheticCTExceptionMacro("No model card is set");
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
    itkSyntheticCTExceptionMacro("No model card is set");
  }
  if (images.size() != card.Inputs.size() || targets.size() != card.Outputs.size())
  {
    itkSyntheticCTExceptionMacro("A case of " << images.size() << " images and " << targets.size()
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
          itkSyntheticCTExceptionMacro(name << "' is missing or only partly in memory");
        }
        const std::string difference = GridDifference<3>(*images.front(), *image);
        if (!difference.empty())
        {
          itkSyntheticCTExceptionMacro(name << "' has another grid than the first image of its case: " << difference);
        }
        channels.push_back(TensorOf(image));
        if (!torch::isfinite(channels.back()).all().item<bool>())
        {
          itkSyntheticCTExceptionMacro(name << "' has voxels that are not finite");
        }
      }
    }
    torch::Tensor maskTensor;
    if (mask)
    {
      const std::string difference = GridDifference<3>(*images.front(), *mask);
      if (!difference.empty() || mask->GetBufferedRegion() != mask->GetLargestPossibleRegion())
      {
        itkSyntheticCTExceptionMacro("The mask has another grid than the first image of its case: " << difference);
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
    itkSyntheticCTExceptionMacro("No model card is set");
  }
  TorchCall("Weights of '" + fileName + "' can't be taken", [this, &fileName]() {
    const TorchSession       session(this->GetNumberOfWorkUnits());
    const torch::jit::Module script = torch::jit::load(fileName, torch::kCPU);
    NetworkWeights           weights;
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
      itkSyntheticCTExceptionMacro(name << " is " << value << " but should be " << range);
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
    itkSyntheticCTExceptionMacro("No model card is set");
  }
  if (!m_Internals->TrainingCases)
  {
    itkSyntheticCTExceptionMacro("There are no training cases");
  }
  if (m_MaximumGamma > 0.0 || m_MaximumGain > 0.0 || m_MaximumNoise > 0.0)
  {
    for (const auto & input : m_Internals->Card.Inputs)
    {
      if (!input.HasOutputRange())
      {
        itkSyntheticCTExceptionMacro("Gamma, gain and noise need inputs with a range; input '"
                                     << input.Name << "' of the card has none");
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
NetworkTrainer::SelectSamples()
{
  TrainingSampler & sampler = *m_Internals->TrainingCases;
  sampler.SelectSamples(m_MinimumMaskShare);
  sampler.SetAugmentation(
    { m_FlipProbability, m_MaximumRotation, m_MaximumScaling, m_MaximumGamma, m_MaximumGain, m_MaximumNoise });
  m_NumberOfTrainingSamples = sampler.GetNumberOfSamples();
  if (m_NumberOfTrainingSamples == 0)
  {
    itkSyntheticCTExceptionMacro("No slice of the training cases has at least " << m_MinimumMaskShare
                                                                                << " of it in the mask");
  }
  m_NumberOfValidationSamples = 0;
  if (m_Internals->ValidationCases)
  {
    m_Internals->ValidationCases->SelectSamples(m_MinimumMaskShare);
    m_NumberOfValidationSamples = m_Internals->ValidationCases->GetNumberOfSamples();
    if (m_NumberOfValidationSamples == 0)
    {
      itkSyntheticCTExceptionMacro("No slice of the validation cases has at least " << m_MinimumMaskShare
                                                                                    << " of it in the mask");
    }
  }
}

void
NetworkTrainer::GenerateData()
{
  const auto start = Loop::Clock::now();
  m_Epochs.clear();
  m_Internals->BestWeights.clear();
  m_StopReason = TrainingStopReasonEnum::None;
  this->SelectSamples();
  Loop loop(this, TorchDeviceFrom(m_Device), start);
  loop.Run();
}

void
NetworkTrainer::Save(const std::string & fileName) const
{
  if (m_Internals->BestWeights.empty())
  {
    itkSyntheticCTExceptionMacro("There are no trained weights to write to '" << fileName << "'");
  }
  SyntheticCTDetail::AtomicOutput output(fileName);
  TorchCall("'" + fileName + "' can't be written", [this, &output]() {
    const TorchSession                session(this->GetNumberOfWorkUnits());
    const GeneratorState              generator(m_Seed);
    const NetworkModelCard::Network & description = m_Internals->GetDescription();
    const auto                        network = CreateNetwork(description);
    SetWeights(*network, m_Internals->BestWeights);
    const torch::jit::ExtraFilesMap extraFiles{ { NetworkModelCard::FileName, m_Internals->Card.ToJSON() } };
    TraceNetwork(*network, description).save(output.GetTemporaryName(), extraFiles);
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
    itkSyntheticCTExceptionMacro("Epoch " << epoch << " is not among the " << m_Epochs.size() << " finished ones");
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
    itkSyntheticCTExceptionMacro("No epoch is finished");
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
  if (m_Internals->BestWeights.empty())
  {
    os << indent << "BestEpoch: (none)" << std::endl;
    os << indent << "BestValidationLoss: (none)" << std::endl;
  }
  else
  {
    os << indent << "BestEpoch: " << this->GetBestEpoch() << std::endl;
    os << indent << "BestValidationLoss: " << this->GetBestValidationLoss() << std::endl;
  }
}

} // namespace itk
