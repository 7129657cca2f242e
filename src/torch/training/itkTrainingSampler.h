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
#ifndef itkTrainingSampler_h
#define itkTrainingSampler_h

#include "itkNetworkModelCard.h"

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Samples side by side: [batch, channels, ...] each, the mask with one channel of 0 and 1. */
struct TrainingBatch
{
  torch::Tensor Images;
  torch::Tensor Targets;
  torch::Tensor Masks;
};

/** Random changes of training samples, the same for image and target where geometry is concerned. Zero turns one off.
 */
struct TrainingAugmentation
{
  /** Probability of mirroring left and right; nothing is mirrored in sagittal slices, which have neither. */
  double FlipProbability{ 0.0 };
  /** Degrees; drawn from [-r, r]. */
  double MaximumRotation{ 0.0 };
  /** Share; the magnification is drawn from [1 - s, 1 + s]. */
  double MaximumScaling{ 0.0 };
  /** The exponent is drawn log-uniformly from [1 / (1 + g), 1 + g] and acts on the input's range mapped to [0, 1]. */
  double MaximumGamma{ 0.0 };
  /** The factor is drawn from [1 - g, 1 + g] and acts on the input's range mapped to [0, 1]. */
  double MaximumGain{ 0.0 };
  /** The standard deviation of Gaussian noise, as a share of the input's range, is drawn from [0, n]. */
  double MaximumNoise{ 0.0 };
};

/** \class TrainingSampler
 * \brief Where training samples come from. Training on 3D patches would take another class derived from this one.
 *
 * \ingroup SyntheticCT
 */
class TrainingSampler
{
public:
  virtual ~TrainingSampler() = default;

  /** How the axes of the image's array lie in the patient: 0, 1, 2 for x, y, z of the array. */
  struct Axes
  {
    /** Across the slices. */
    unsigned int Slice{ 2 };
    /** From left to right. */
    unsigned int LeftRight{ 0 };
  };

  /** \param images  [channels, z, y, x] float, as the network takes them.
   *  \param targets [outputs, z, y, x] float, as the network gives them.
   *  \param mask    [z, y, x], non-zero inside; undefined counts every voxel.
   *  \param axes    How the arrays lie in the patient.
   *  \return Number of samples that could be taken from the case: those with any voxel inside the mask. */
  virtual size_t
  AddCase(const torch::Tensor & images,
          const torch::Tensor & targets,
          const torch::Tensor & mask,
          const Axes &          axes) = 0;

  /** Leave out samples of which a smaller share lies inside the mask. */
  virtual void
  SelectSamples(double minimumMaskShare) = 0;

  virtual void
  SetAugmentation(const TrainingAugmentation & augmentation) = 0;

  virtual size_t
  GetNumberOfSamples() const = 0;

  /** Samples in the order of their indices, without anything random. */
  virtual TrainingBatch
  GetBatch(const std::vector<size_t> & indices) const = 0;

  /** The same, with random windows and augmentation that follow from the seed and from each sample's index alone. */
  virtual TrainingBatch
  GetRandomBatch(const std::vector<size_t> & indices, uint64_t seed) const = 0;
};

/** \class PairedSliceSampler
 * \brief Paired 2D slices cut from volumes.
 *
 * SelectSamples() has to be called after the last case is added. A side of the slice that is longer
 * than the patch is cropped, at random or (GetBatch) in its middle; a shorter one is padded, half of the difference
 * (integer) before, with the padding value for images, the air value for targets and 0 for the mask. Rotation, scaling
 * and mirroring act about the middle of the window, in voxels, by bilinear interpolation (mask: at least one half);
 * they use what lies beside the window before padding is needed.
 *
 * Volumes are kept as 16-bit integers over the range of each channel, 2 bytes per voxel and channel and 1 for the mask:
 * the error is at most 1/131070 of the range (0.03 HU of 4000).
 *
 * \ingroup SyntheticCT
 */
class PairedSliceSampler : public TrainingSampler
{
public:
  struct Parameters
  {
    /** Along the first and the second axis of the slice, in the order of the image's axes. */
    std::array<int64_t, 2> PatchSize{ { 224, 224 } };
    /** Padding value of the images; without one, the minimum of each volume's channel. */
    std::optional<double> Padding;
    /** Padding value of each target channel. */
    std::vector<double> Air;
    /** Range of each image channel, where it has one: for gamma, gain and noise, after which values are clipped to it.
     */
    std::vector<std::optional<std::array<double, 2>>> InputRanges;
  };

  explicit PairedSliceSampler(Parameters parameters);

  size_t
  AddCase(const torch::Tensor & images,
          const torch::Tensor & targets,
          const torch::Tensor & mask,
          const Axes &          axes) override;

  void
  SelectSamples(double minimumMaskShare) override;

  void
  SetAugmentation(const TrainingAugmentation & augmentation) override
  {
    m_Augmentation = augmentation;
  }

  size_t
  GetNumberOfSamples() const override
  {
    return m_Samples.size();
  }

  TrainingBatch
  GetBatch(const std::vector<size_t> & indices) const override;

  TrainingBatch
  GetRandomBatch(const std::vector<size_t> & indices, uint64_t seed) const override;

private:
  /** Channels of one case, [channels, slices, rows, columns] of 16-bit integers q with value Offset + Scale q. */
  struct PackedVolume
  {
    torch::Tensor Voxels;
    torch::Tensor Offset;
    torch::Tensor Scale;

    /** One slice, [channels, rows, columns]. */
    torch::Tensor
    GetSlice(int64_t slice) const;
  };

  struct Case
  {
    PackedVolume  Images;
    PackedVolume  Targets;
    torch::Tensor Mask;
    /** [channels, 1, 1], images first. */
    torch::Tensor Padding;
    /** Share of each slice inside the mask. */
    std::vector<double> MaskShares;
    /** Axis of the tensor [channels, rows, columns] that runs from left to right; 0 when it is across the slices. */
    int64_t MirrorAxis;
  };

  struct Sample
  {
    size_t  Case;
    int64_t Slice;
  };

  class RandomNumbers;

  static PackedVolume
  Pack(const torch::Tensor & volume);

  /** The window of one sample as [images + targets + mask, rows, columns]. */
  torch::Tensor
  GetWindow(const Sample & sample, RandomNumbers * random) const;

  void
  ChangeIntensities(torch::Tensor images, RandomNumbers & random) const;

  TrainingBatch
  MakeBatch(const std::vector<torch::Tensor> & windows) const;

  Parameters           m_Parameters;
  TrainingAugmentation m_Augmentation;
  std::vector<Case>    m_Cases;
  std::vector<Sample>  m_Samples;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
