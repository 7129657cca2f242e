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
#ifndef itkSyntheticCTImageFilter_h
#define itkSyntheticCTImageFilter_h

#include "itkNetworkPipelineImageFilter.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

namespace itk
{

/** \class SyntheticCTImageFilter
 * \brief MR in, synthetic CT in Hounsfield units out: the whole chain that a model card describes.
 *
 * The stages, each of which can be had on its own, are
 *
 * 1. SyntheticCTPreprocessImageFilter: bias field, orientation, spacing, mask, intensities;
 * 2. NetworkInferenceImageFilter with the plane, window, overlap, blending and batch of the card;
 * 3. each output that is in HU from the network's range to HU (HounsfieldScaleImageFilter, inverse), clipped to the
 *    card's range;
 * 4. one synthetic CT: the card's only output of kind `hounsfield`, or SyntheticCTFusionImageFilter when the card has
 *    one output of each of the kinds `hounsfield`, `probability` and `bone-hounsfield`; air outside the mask when the
 *    card or the user gives one;
 * 5. back onto the grid of the input: orientation by permuting and flipping, spacing by linear interpolation, air where
 *    the network's grid does not reach.
 *
 * Spacing, origin, direction and size of the output are those of the input, oblique ones too. Pixels of an integer type
 * are rounded to the nearest.
 *
 * A virtual non-contrast CT is made in the same way by a network whose input and output are CT.
 *
 * With ComputeUncertainty, GetUncertaintyOutput() is the standard deviation over the networks of an ensemble in HU: for
 * three heads that of the head that was taken; 0 outside the mask.
 *
 * Inputs, masks, ensembles, memory and errors are those of NetworkPipelineImageFilter. Also throws when the
 * card's outputs do not make a synthetic CT.
 *
 * \tparam TInputImage  Scalar 3D image.
 * \tparam TOutputImage Scalar 3D image; short by default, which is what a CT is stored as.
 *
 * \sa NetworkModelCard NetworkInferenceImageFilter
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = Image<short, 3>>
class ITK_TEMPLATE_EXPORT SyntheticCTImageFilter : public NetworkPipelineImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(SyntheticCTImageFilter);

  using Self = SyntheticCTImageFilter;
  using Superclass = NetworkPipelineImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  using typename Superclass::MaskImageType;
  using typename Superclass::OutputImageType;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(SyntheticCTImageFilter);

  /** Whether the spread of an ensemble, or of the three planes, is computed. Default: off. */
  itkSetMacro(ComputeUncertainty, bool);
  itkGetConstMacro(ComputeUncertainty, bool);
  itkBooleanMacro(ComputeUncertainty);

  using UncertaintyImageType = Image<float, 3>;

  /** Standard deviation in HU, on the grid of the input. Empty unless ComputeUncertainty is on. */
  UncertaintyImageType *
  GetUncertaintyOutput();

  /** Value in HU outside the mask. Default -1000. */
  itkSetMacro(AirValue, double);
  itkGetConstMacro(AirValue, double);

protected:
  using typename Superclass::InferenceType;
  using typename Superclass::RealImageType;

  SyntheticCTImageFilter();
  ~SyntheticCTImageFilter() override = default;

  void
  VerifyCard(const NetworkModelCard & card) const override;
  void
  GenerateData() override;
  using DataObjectPointerArraySizeType = DataObject::DataObjectPointerArraySizeType;
  using Superclass::MakeOutput;
  DataObject::Pointer
  MakeOutput(DataObjectPointerArraySizeType index) override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** Index of the card's only output of a kind; throws when there are several, -1 when there is none. */
  int
  FindOutput(OutputKindEnum kind) const;

  /** An output of the network in HU, or its spread, on the preprocessed grid. */
  typename RealImageType::Pointer
  ToHounsfield(InferenceType * inference, const RealImageType * grid, int index, bool isSpread) const;

  /** The heads as one image; the spread of the one that was taken. */
  typename RealImageType::Pointer
  JoinHeads(InferenceType * inference, const RealImageType * grid, const MaskImageType * mask, bool isSpread) const;

  bool   m_ComputeUncertainty{ false };
  double m_AirValue{ -1000.0 };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkSyntheticCTImageFilter.hxx"
#endif

#if !defined(ITK_WRAPPING_PARSER)
namespace itk
{
/* Compiled in the library, so that whoever uses the filter for volumes of float need not. */
extern template class SyntheticCTTorch_EXPORT SyntheticCTImageFilter<Image<float, 3>, Image<short, 3>>;
} // namespace itk
#endif

#endif
