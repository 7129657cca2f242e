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
#ifndef itkNetworkSegmentationImageFilter_h
#define itkNetworkSegmentationImageFilter_h

#include "itkNetworkPipelineImageFilter.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

namespace itk
{

/** \class NetworkSegmentationImageFilter
 * \brief Image in, label map out: the whole chain of a segmentation network that a model card describes.
 *
 * The card's outputs are all of kind `label`: output i is the score of label i, a probability or a logit, and output 0
 * is the background. The stages are
 *
 * 1. SyntheticCTPreprocessImageFilter and NetworkInferenceImageFilter, as the card says;
 * 2. each score back onto the grid of the input, by linear interpolation where the grids differ;
 * 3. for each voxel the label with the largest score, the lowest of these labels when scores are equal; background
 *    outside the mask, when the card or the user gives one, and where the network's grid does not reach.
 *
 * Spacing, origin, direction and size of the output are those of the input.
 *
 * Segmentations of a true and of a synthetic CT by the same network, compared by
 * SurfaceDistanceMeasuresImageFilter, say how much of the anatomy the synthetic CT has kept: the evaluation of
 * A. Longuefosse et al., "Anatomical feature-prioritized loss for enhanced MR to CT translation", 2024.
 *
 * Inputs, masks, ensembles, memory and errors are those of NetworkPipelineImageFilter; the scores go back to the
 * input's grid one by one. Also throws when an output of the card is of another kind, when there are fewer than two,
 * and when the pixel type of the output cannot hold the labels.
 *
 * \tparam TInputImage  Scalar 3D image.
 * \tparam TOutputImage 3D image of an integer type.
 *
 * \sa NetworkModelCard NetworkInferenceImageFilter
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = Image<unsigned char, 3>>
class ITK_TEMPLATE_EXPORT NetworkSegmentationImageFilter : public NetworkPipelineImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(NetworkSegmentationImageFilter);

  using Self = NetworkSegmentationImageFilter;
  using Superclass = NetworkPipelineImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  using typename Superclass::MaskImageType;
  using typename Superclass::OutputImageType;
  using OutputPixelType = typename TOutputImage::PixelType;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(NetworkSegmentationImageFilter);

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(OutputIsIntegerCheck, (Concept::IsInteger<OutputPixelType>));
#endif

protected:
  using typename Superclass::RealImageType;

  NetworkSegmentationImageFilter() = default;
  ~NetworkSegmentationImageFilter() override = default;

  void
  VerifyCard(const NetworkModelCard & card) const override;
  void
  GenerateData() override;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkNetworkSegmentationImageFilter.hxx"
#endif

#if !defined(ITK_WRAPPING_PARSER)
namespace itk
{
/* Compiled in the library, so that whoever uses the filter for volumes of float need not. */
extern template class SyntheticCTTorch_EXPORT NetworkSegmentationImageFilter<Image<float, 3>, Image<unsigned char, 3>>;
} // namespace itk
#endif

#endif
