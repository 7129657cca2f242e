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

#include "itkImageToImageFilter.h"
#include "itkNetworkInferenceImageFilter.h"
#include "itkNetworkModel.h"
#include "itkProgressAccumulator.h"
#include "itkSyntheticCTMacro.h"

#include <vector>

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
 * Several inputs (the channels of the network, in the order of the card) must lie on one grid, and so must the mask; an
 * image on another grid is an error, never resampled in silence.
 *
 * A virtual non-contrast CT is made in the same way by a network whose input and output are CT.
 *
 * Only windows that touch the mask are run, when there is one.
 *
 * Ensembles: with AddModel() several networks are run on the same preprocessed images, those of the first card, and
 * combined as NetworkInferenceImageFilter does. With ComputeUncertainty, GetUncertaintyOutput() is the standard
 * deviation over them in HU: for three heads that of the head that was taken; 0 outside the mask.
 *
 * The whole images are computed at once: the largest memory is that of the preprocessed inputs, of the network's
 * outputs and of the result, all as 32-bit floats.
 *
 * Throws when no model is set, when the model has no card, when the card's outputs do not make a synthetic CT, and
 * whatever the stages throw.
 *
 * \tparam TInputImage  Scalar 3D image.
 * \tparam TOutputImage Scalar 3D image; short by default, which is what a CT is stored as.
 *
 * \sa NetworkModelCard NetworkInferenceImageFilter
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = Image<short, 3>>
class ITK_TEMPLATE_EXPORT SyntheticCTImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(SyntheticCTImageFilter);

  using Self = SyntheticCTImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using MaskImageType = Image<unsigned char, 3>;

  static_assert(TInputImage::ImageDimension == 3 && TOutputImage::ImageDimension == 3, "Images are volumes.");

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(SyntheticCTImageFilter);

  /** The network and its card. Fixes the number of inputs. */
  void
  SetModel(NetworkModel * model);
  itkGetModifiableObjectMacro(Model, NetworkModel);

  /** A further member of an ensemble. Its card must name the same outputs, in kind, range and HU, as the first. */
  void
  AddModel(NetworkModel * model);
  unsigned int
  GetNumberOfModels() const;

  /** Whether the spread of an ensemble, or of the three planes, is computed. Default: off. */
  itkSetMacro(ComputeUncertainty, bool);
  itkGetConstMacro(ComputeUncertainty, bool);
  itkBooleanMacro(ComputeUncertainty);

  using UncertaintyImageType = Image<float, 3>;

  /** Standard deviation in HU, on the grid of the input. Empty unless ComputeUncertainty is on. */
  UncertaintyImageType *
  GetUncertaintyOutput();

  /** Axes of the window along which mirrored windows are run too: see NetworkInferenceImageFilter. Unless empty, the
   * default, they take the place of the card's. */
  using AxesType = std::vector<unsigned int>;
  void
  SetMirrorAxes(const AxesType & axes);
  itkGetConstReferenceMacro(MirrorAxes, AxesType);

  /** Optional mask on the grid of the inputs, taken instead of the card's. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** Windows per forward pass; 0, the default, takes the card's. */
  itkSetMacro(BatchSize, unsigned int);
  itkGetConstMacro(BatchSize, unsigned int);

  /** Value in HU outside the mask. Default -1000. */
  itkSetMacro(AirValue, double);
  itkGetConstMacro(AirValue, double);

protected:
  SyntheticCTImageFilter();
  ~SyntheticCTImageFilter() override = default;

  void
  VerifyPreconditions() const override;
  void
  GenerateInputRequestedRegion() override;
  void
  EnlargeOutputRequestedRegion(DataObject * output) override;
  void
  GenerateData() override;
  using DataObjectPointerArraySizeType = DataObject::DataObjectPointerArraySizeType;
  using Superclass::MakeOutput;
  DataObject::Pointer
  MakeOutput(DataObjectPointerArraySizeType index) override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  using RealImageType = Image<float, 3>;
  using InferenceType = NetworkInferenceImageFilter<RealImageType, RealImageType>;

  /** Index of the card's only output of a kind; throws when there are several, -1 when there is none. */
  int
  FindOutput(OutputKindEnum kind) const;

  /** An output of the network in HU, or its spread, on the preprocessed grid. */
  RealImageType::Pointer
  ToHounsfield(InferenceType * inference, const RealImageType * grid, int index, bool isSpread) const;

  /** An image on a grid: as it is when it is there already, else resampled. */
  RealImageType::Pointer
  OntoGrid(RealImageType * image, const RealImageType * grid) const;

  /** The heads as one image; the spread of the one that was taken. */
  RealImageType::Pointer
  JoinHeads(InferenceType * inference, const RealImageType * grid, const MaskImageType * mask, bool isSpread) const;

  /** Back onto the grid of the input. */
  template <typename TImage>
  typename TImage::Pointer
  BackToInput(RealImageType * image, double outsideValue, ProgressAccumulator * progress, float weight) const;

  NetworkModel::Pointer              m_Model;
  std::vector<NetworkModel::Pointer> m_FurtherModels;
  bool                               m_ComputeUncertainty{ false };
  AxesType                           m_MirrorAxes;
  unsigned int                       m_BatchSize{ 0 };
  double                             m_AirValue{ -1000.0 };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkSyntheticCTImageFilter.hxx"
#endif

#endif
