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
#ifndef itkNetworkTrainer_h
#define itkNetworkTrainer_h

#include "itkImage.h"
#include "itkNetworkModelCard.h"
#include "itkProcessObject.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTTorchExport.h"

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace itk
{

/** \class NetworkTrainerEnums
 * \brief Enumerations of NetworkTrainer.
 * \ingroup SyntheticCT */
class NetworkTrainerEnums
{
public:
  /** Why training ended. */
  enum class StopReason : uint8_t
  {
    /** It has not ended. */
    None,
    /** All epochs are done. */
    Epochs,
    /** The validation loss did not fall for as many validations as patience allows. */
    Patience,
    /** The time limit has passed. */
    Time
  };
};

using TrainingStopReasonEnum = NetworkTrainerEnums::StopReason;

extern SyntheticCTTorch_EXPORT std::ostream &
                               operator<<(std::ostream & out, TrainingStopReasonEnum value);

/** \class NetworkTrainer
 * \brief Trains a network of this toolkit on paired volumes and writes it as a TorchScript file with its model card.
 *
 * The model card says which network, on which slices: `network`, `inference.plane`, `inference.patch-size`,
 * `inference.padding` and the ranges of inputs and outputs. Cases are added as the network sees them: input images
 * normalised as the card says, targets scaled from HU to the output range, all on one grid; they are packed to 16 bits
 * per voxel when they are added, and the images themselves are not kept.
 *
 * An epoch visits the slices (those with enough mask in them) in random order, each in a random window with random
 * changes, in batches. Weights move by Adam (beta 0.9 and 0.999, epsilon 1e-8). After every `ValidationInterval` epochs
 * the loss is computed on the validation cases, unchanged and in the middle window. The weights with the smallest
 * validation loss are kept and are those that Save() writes; without validation cases it is the last epoch's.
 *
 * Update() trains. It raises an IterationEvent after every epoch and a ProgressEvent after every batch, and ends early
 * when AbortGenerateData is set (AbortEvent, then itk::ProcessAborted is thrown; the best weights so far can still be
 * saved). Every Update() begins with fresh weights drawn from the seed, or with those of LoadWeights().
 *
 * The same seed, cases, parameters and number of work units on the same machine give the same bits, as long as no time
 * limit is set and the device is the CPU.
 *
 * Work units set LibTorch's threads. While a batch is computed, denormal numbers are flushed to zero in the thread that
 * calls Update().
 *
 * Light U-Net, paired slices, L1 and early stopping after 5 epochs follow Bambach & Ho, "Deep Learning for Synthetic
 * CT from Bone MRI in the Head and Neck", AJNR 43 (2022). Their batch size is 128 and their learning rate Adam's 0.001.
 *
 * \sa NetworkModelCard
 * \ingroup SyntheticCT
 */
class SyntheticCTTorch_EXPORT NetworkTrainer : public ProcessObject
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(NetworkTrainer);

  using Self = NetworkTrainer;
  using Superclass = ProcessObject;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  using ImageType = Image<float, 3>;
  using MaskImageType = Image<unsigned char, 3>;
  using ImageListType = std::vector<ImageType::Pointer>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(NetworkTrainer);

  /** What is trained. Throws when the card has no `network`, the network's type is not known, its numbers of channels
   * are not those of the inputs and outputs, its output can't have the range of an output, the patch size is not a
   * multiple of what the network needs, or cases have been added already. */
  void
  SetCard(const NetworkModelCard & card);
  const NetworkModelCard &
  GetCard() const;

  /** The card as the text of its JSON file. */
  void
  SetCardFromJSON(const std::string & text)
  {
    this->SetCard(NetworkModelCard::FromJSON(text));
  }

  /** Add a case to train on.
   * \param images  One for each input of the card.
   * \param targets One for each output of the card.
   * \param mask    Non-zero inside; null counts every voxel.
   * \return Number of slices that have any voxel inside the mask.
   * Throws on another number of images, on images of another grid than the first one, and on voxels that are not
   * finite. */
  SizeValueType
  AddTrainingCase(const ImageListType & images, const ImageListType & targets, const MaskImageType * mask);

  /** The same for a network of one input and one output. */
  SizeValueType
  AddTrainingCase(ImageType * image, ImageType * target, const MaskImageType * mask)
  {
    return this->AddTrainingCase(ImageListType{ image }, ImageListType{ target }, mask);
  }

  /** Add a case to validate on. */
  SizeValueType
  AddValidationCase(const ImageListType & images, const ImageListType & targets, const MaskImageType * mask);
  SizeValueType
  AddValidationCase(ImageType * image, ImageType * target, const MaskImageType * mask)
  {
    return this->AddValidationCase(ImageListType{ image }, ImageListType{ target }, mask);
  }

  /** Forget all cases. */
  void
  ClearCases();

  /** Largest number of epochs, at least 1. Default 50. */
  itkSetMacro(NumberOfEpochs, unsigned int);
  itkGetConstMacro(NumberOfEpochs, unsigned int);

  /** Slices of an epoch; 0, the default, takes each one once. With fewer, successive epochs work through all slices. */
  itkSetMacro(SamplesPerEpoch, SizeValueType);
  itkGetConstMacro(SamplesPerEpoch, SizeValueType);

  /** Slices per step, at least 1. Default 16. */
  itkSetMacro(BatchSize, unsigned int);
  itkGetConstMacro(BatchSize, unsigned int);

  /** Adam's step, larger than 0. Default 0.001. */
  itkSetMacro(LearningRate, double);
  itkGetConstMacro(LearningRate, double);

  /** Share of the learning rate that is left at the end, in [0, 1]. The rate follows half a cosine over all epochs, or
   * over the time limit when that is over first. Default 1: a constant rate. */
  itkSetMacro(FinalLearningRateShare, double);
  itkGetConstMacro(FinalLearningRateShare, double);

  /** Stop when this many validations in a row did not lower the validation loss; 0: never. Default 5. */
  itkSetMacro(Patience, unsigned int);
  itkGetConstMacro(Patience, unsigned int);

  /** Stop after this many seconds, at the end of a batch; then validate and keep the best. 0, the default, sets no
   * limit.
   */
  itkSetMacro(MaximumTime, double);
  itkGetConstMacro(MaximumTime, double);

  /** Epochs between validations, at least 1. Default 1. The last epoch is always validated. */
  itkSetMacro(ValidationInterval, unsigned int);
  itkGetConstMacro(ValidationInterval, unsigned int);

  /** Registered name of the loss. Default `l1`. Throws on another name. */
  void
  SetLoss(const std::string & loss);
  itkGetStringMacro(Loss);

  /** Whether only voxels inside the mask count in the loss. Default false: all of the slice counts, so the network also
   * learns that there is air around the patient. */
  itkSetMacro(UseMaskInLoss, bool);
  itkGetConstMacro(UseMaskInLoss, bool);
  itkBooleanMacro(UseMaskInLoss);

  /** Whether convolutions are computed in bfloat16 (LibTorch's autocast); weights, their updates and validation stay in
   * float. Faster on CPUs that have instructions for it. Default false. */
  itkSetMacro(UseMixedPrecision, bool);
  itkGetConstMacro(UseMixedPrecision, bool);
  itkBooleanMacro(UseMixedPrecision);

  /** The seed of every random number. Default 0. */
  itkSetMacro(Seed, uint64_t);
  itkGetConstMacro(Seed, uint64_t);

  /** Slices with a smaller share of voxels inside the mask are left out, in [0, 1]. Default 0.01. */
  itkSetMacro(MinimumMaskShare, double);
  itkGetConstMacro(MinimumMaskShare, double);

  /** Probability, in [0, 1], that a slice is mirrored left to right. Default 0. */
  itkSetMacro(FlipProbability, double);
  itkGetConstMacro(FlipProbability, double);

  /** Slices are rotated by up to this many degrees, in [0, 180]. Default 0. */
  itkSetMacro(MaximumRotation, double);
  itkGetConstMacro(MaximumRotation, double);

  /** Slices are magnified by 1 - s to 1 + s, s in [0, 1). Default 0. */
  itkSetMacro(MaximumScaling, double);
  itkGetConstMacro(MaximumScaling, double);

  /** Input intensities, mapped from their range to [0, 1], are raised to a power between 1 / (1 + g) and 1 + g, g at
   * least 0. Default 0. Needs inputs whose transform has a range (percentile or hounsfield), as the next two do. */
  itkSetMacro(MaximumGamma, double);
  itkGetConstMacro(MaximumGamma, double);

  /** Input intensities, mapped likewise, are multiplied by 1 - g to 1 + g, g in [0, 1). Default 0. */
  itkSetMacro(MaximumGain, double);
  itkGetConstMacro(MaximumGain, double);

  /** Gaussian noise is added to the input, its standard deviation between 0 and n of the input's range, n in [0, 1].
   * Default 0. */
  itkSetMacro(MaximumNoise, double);
  itkGetConstMacro(MaximumNoise, double);

  /** `cpu` (default), `cuda` or `cuda:n`. Throws on another name and when LibTorch has no such device. */
  void
  SetDevice(const std::string & device);
  itkGetStringMacro(Device);

  /** File that Save() writes whenever the validation loss has fallen; empty, the default, for none. */
  itkSetStringMacro(CheckpointFileName);
  itkGetStringMacro(CheckpointFileName);

  /** Begin with the weights of a TorchScript file whose tensors have the names and sizes of the card's network, such as
   * one that Save() wrote. Adam's moments start from zero. Throws when the file can't be read or names or sizes differ.
   */
  void
  LoadWeights(const std::string & fileName);

  /** Train. */
  void
  Update() override;

  /** Write the best weights as a TorchScript file with the card as its extra file. The network is traced in evaluation
   * mode; it takes slices of any size that is a multiple of what its type needs. The file appears under its name only
   * when it is complete. Throws before there are weights, and when the file can't be written. */
  void
  Save(const std::string & fileName) const;

  /** Epochs trained so far, including one that the time limit cut short. */
  unsigned int
  GetNumberOfFinishedEpochs() const;

  /** Mean loss of an epoch's batches while it was trained. Epochs count from 0; all of these throw on an epoch that is
   * not finished. */
  double
  GetTrainingLoss(unsigned int epoch) const;

  /** Loss on the validation cases after the epoch; NaN when there was no validation. */
  double
  GetValidationLoss(unsigned int epoch) const;

  /** Mean absolute error of the validation cases inside the mask, in HU, over all outputs in HU; NaN when there was no
   * validation. */
  double
  GetValidationError(unsigned int epoch) const;

  /** Seconds since the beginning of Update(), at the end of the epoch. */
  double
  GetElapsedTime(unsigned int epoch) const;

  /** The epoch whose weights are kept. Throws before there is one. */
  unsigned int
  GetBestEpoch() const;

  /** Smallest validation loss; NaN when there was no validation. Throws before there is an epoch. */
  double
  GetBestValidationLoss() const;

  itkGetConstMacro(StopReason, TrainingStopReasonEnum);

  /** Slices that Update() trained and validated on. */
  itkGetConstMacro(NumberOfTrainingSamples, SizeValueType);
  itkGetConstMacro(NumberOfValidationSamples, SizeValueType);

  /** Trainable parameters of the card's network. */
  SizeValueType
  GetNumberOfParameters() const;

protected:
  NetworkTrainer();
  ~NetworkTrainer() override;

  void
  VerifyPreconditions() const override;
  void
  GenerateData() override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  struct EpochRecord
  {
    double TrainingLoss;
    double ValidationLoss;
    double ValidationError;
    double ElapsedTime;
  };

  /** All that needs LibTorch. */
  class Internals;
  /** One training. */
  class Loop;

  /** Choose the slices of all cases that take part. */
  void
  SelectSamples();

  const EpochRecord &
  GetEpoch(unsigned int epoch) const;

  SizeValueType
  AddCase(bool isTraining, const ImageListType & images, const ImageListType & targets, const MaskImageType * mask);

  unsigned int           m_NumberOfEpochs{ 50 };
  SizeValueType          m_SamplesPerEpoch{ 0 };
  unsigned int           m_BatchSize{ 16 };
  double                 m_LearningRate{ 0.001 };
  double                 m_FinalLearningRateShare{ 1.0 };
  unsigned int           m_Patience{ 5 };
  double                 m_MaximumTime{ 0.0 };
  unsigned int           m_ValidationInterval{ 1 };
  std::string            m_Loss{ "l1" };
  bool                   m_UseMaskInLoss{ false };
  bool                   m_UseMixedPrecision{ false };
  uint64_t               m_Seed{ 0 };
  double                 m_MinimumMaskShare{ 0.01 };
  double                 m_FlipProbability{ 0.0 };
  double                 m_MaximumRotation{ 0.0 };
  double                 m_MaximumScaling{ 0.0 };
  double                 m_MaximumGamma{ 0.0 };
  double                 m_MaximumGain{ 0.0 };
  double                 m_MaximumNoise{ 0.0 };
  std::string            m_Device{ "cpu" };
  std::string            m_CheckpointFileName;
  TrainingStopReasonEnum m_StopReason{ TrainingStopReasonEnum::None };
  SizeValueType          m_NumberOfTrainingSamples{ 0 };
  SizeValueType          m_NumberOfValidationSamples{ 0 };

  std::vector<EpochRecord>   m_Epochs;
  std::unique_ptr<Internals> m_Internals;
};

} // namespace itk

#endif
