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
#ifndef itkNetworkSegmentationImageFilter_hxx
#define itkNetworkSegmentationImageFilter_hxx

#include "itkNetworkSegmentationImageFilter.h"

#include "SyntheticCTDetail/itkFilterThreading.h"

#include <limits>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
void
NetworkSegmentationImageFilter<TInputImage, TOutputImage>::VerifyCard(const NetworkModelCard & card) const
{
  for (const auto & output : card.Outputs)
  {
    if (output.Kind != OutputKindEnum::Label)
    {
      itkSyntheticCTExceptionMacro("Output '" << output.Name << "' of the model card is of kind " << output.Kind
                                              << " but every output of a segmentation should be of kind label.");
    }
  }
  if (card.Outputs.size() < 2)
  {
    itkSyntheticCTExceptionMacro(
      "The model card has one output but a segmentation needs one for the background and one for each "
      "structure.");
  }
  const auto largest = static_cast<uint64_t>(std::numeric_limits<OutputPixelType>::max());
  if (card.Outputs.size() - 1 > largest)
  {
    itkSyntheticCTExceptionMacro("The model card has labels up to "
                                 << card.Outputs.size() - 1 << " but the pixels of the output hold no more than "
                                 << largest << '.');
  }
}

template <typename TInputImage, typename TOutputImage>
void
NetworkSegmentationImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  auto progress = ProgressAccumulator::New();
  progress->SetMiniPipelineFilter(this);

  const auto  run = this->RunNetwork(false, progress);
  const auto  numberOfLabels = static_cast<unsigned int>(this->GetCard().Outputs.size());
  const float weight = 0.1F / static_cast<float>(numberOfLabels);

  // The user's mask lies on the grid of the input already.
  typename MaskImageType::ConstPointer mask = this->GetMaskImage();
  if (!mask && run.Mask)
  {
    mask = this->template BackToInput<MaskImageType>(run.Mask.GetPointer(), 0, progress, 0.0F);
  }

  this->AllocateOutputs();
  TOutputImage * const labels = this->GetOutput();
  labels->FillBuffer(0);
  const SizeValueType numberOfVoxels = labels->GetBufferedRegion().GetNumberOfPixels();
  const SizeValueType slice = numberOfVoxels / labels->GetBufferedRegion().GetSize(2);

  typename RealImageType::Pointer best;
  for (unsigned int label = 0; label < numberOfLabels; ++label)
  {
    const auto score =
      this->template BackToInput<RealImageType>(this->OntoGrid(run.Inference->GetOutput(label), run.Grid).GetPointer(),
                                                NumericTraits<float>::NonpositiveMin(),
                                                progress,
                                                weight);
    if (label == 0)
    {
      best = score;
      continue;
    }
    SyntheticCTDetail::ParallelizeSlices(
      this, labels->GetBufferedRegion(), 0.0F, [&](SizeValueType i, const typename TOutputImage::RegionType &) {
        const float * const         challenger = score->GetBufferPointer() + i * slice;
        const unsigned char * const inside = mask ? mask->GetBufferPointer() + i * slice : nullptr;
        float * const               champion = best->GetBufferPointer() + i * slice;
        OutputPixelType * const     winner = labels->GetBufferPointer() + i * slice;
        for (SizeValueType voxel = 0; voxel < slice; ++voxel)
        {
          if (challenger[voxel] > champion[voxel] && (inside == nullptr || inside[voxel] != 0))
          {
            champion[voxel] = challenger[voxel];
            winner[voxel] = static_cast<OutputPixelType>(label);
          }
        }
      });
  }
}

} // namespace itk

#endif
