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
#ifndef itkNetworkPipelineImageFilter_h
#define itkNetworkPipelineImageFilter_h

#include "itkImageToImageFilter.h"
#include "itkNetworkInferenceImageFilter.h"
#include "itkNetworkModel.h"
#include "itkProgressAccumulator.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <string>
#include <vector>

namespace itk
{

/** \class NetworkPipelineImageFilter
 * \brief What the filters that run a network as its model card says share, from images to images on the same grid.
 *
 * It holds the networks and the settings, brings the inputs to the grid and the intensities of the card
 * (SyntheticCTPreprocessImageFilter), runs the network (NetworkInferenceImageFilter), and brings images back onto the
 * grid of the input. What is made of the network's outputs is up to the subclass.
 *
 * Several inputs (the channels of the network, in the order of the card) must lie on one grid, and so must the mask; an
 * image on another grid is an error, never resampled in silence. Only windows that touch the mask are run, when there
 * is one.
 *
 * Ensembles: with AddModel() several networks are run on the same preprocessed images, those of the first card, and
 * combined as NetworkInferenceImageFilter does.
 *
 * The whole images are computed at once: the largest memory is that of the preprocessed inputs, of the network's
 * outputs and of the result, all outputs of networks as 32-bit floats.
 *
 * Whatever decides the result runs the filter again when it has changed: its own settings, and those of the networks,
 * such as device, precision and card.
 *
 * What makes an input doubtful for the card, such as a CT where an MR is expected, and what is doubtful about the
 * networks is a remark; see GetRemark().
 *
 * Throws when a network returns values that are not finite (see NetworkInferenceImageFilter), when no model is set,
 * when a model has no card, when the cards of an ensemble name other outputs, when the number of inputs is not the
 * card's, and whatever the stages throw.
 *
 * \tparam TInputImage  Scalar 3D image.
 * \tparam TOutputImage Scalar 3D image.
 *
 * \sa SyntheticCTImageFilter NetworkSegmentationImageFilter
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage>
class ITK_TEMPLATE_EXPORT NetworkPipelineImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(NetworkPipelineImageFilter);

  using Self = NetworkPipelineImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using MaskImageType = Image<unsigned char, 3>;

  static_assert(TInputImage::ImageDimension == 3 && TOutputImage::ImageDimension == 3, "Images are volumes.");

  itkOverrideGetNameOfClassMacro(NetworkPipelineImageFilter);

  /** The network, whose card says how many inputs there are. */
  void
  SetModel(NetworkModel * model);
  itkGetModifiableObjectMacro(Model, NetworkModel);

  /** A further member of an ensemble. Its card must name the same outputs, in kind, range and HU, as the first. */
  void
  AddModel(NetworkModel * model);
  unsigned int
  GetNumberOfModels() const;

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

  /** What the last Update() found doubtful: lines without a full stop. GetRemark() throws when there is none with
   * that number. */
  unsigned int
  GetNumberOfRemarks() const
  {
    return static_cast<unsigned int>(m_Remarks.size());
  }
  const std::string &
  GetRemark(unsigned int number) const;

  /** Changes of the networks, such as their device or card, count. */
  ModifiedTimeType
  GetMTime() const override;

protected:
  using RealImageType = Image<float, 3>;
  using InferenceType = NetworkInferenceImageFilter<RealImageType, RealImageType>;

  NetworkPipelineImageFilter();
  ~NetworkPipelineImageFilter() override = default;

  void
  VerifyPreconditions() const override;
  void
  GenerateInputRequestedRegion() override;
  void
  EnlargeOutputRequestedRegion(DataObject * output) override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

  /** Throws when the outputs of the card are not those that the subclass needs. */
  virtual void
  VerifyCard(const NetworkModelCard & card) const = 0;

  const NetworkModelCard &
  GetCard() const
  {
    return m_Model->GetCard();
  }

  /** The network after its run, the grid that it ran on, and the mask on that grid, if there is one. */
  struct NetworkRun
  {
    InferenceType::Pointer      Inference;
    RealImageType::ConstPointer Grid;
    MaskImageType::ConstPointer Mask;
  };

  /** Preprocess and run the network, which takes 0.9 of the progress. */
  NetworkRun
  RunNetwork(bool computeUncertainty, ProgressAccumulator * progress);

  /** An image on a grid: as it is when it is there already, else resampled. */
  RealImageType::Pointer
  OntoGrid(RealImageType * image, const RealImageType * grid) const;

  /** From the network's grid back onto that of the input: orientation by permuting and flipping, spacing by linear
   * interpolation, or by nearest neighbour for masks. Without a change of grid the voxels stay as they are. */
  template <typename TImage, typename TNetworkImage>
  typename TImage::Pointer
  BackToInput(const TNetworkImage *      image,
              typename TImage::PixelType outsideValue,
              ProgressAccumulator *      progress,
              float                      weight) const;

private:
  NetworkModel::Pointer              m_Model;
  std::vector<NetworkModel::Pointer> m_FurtherModels;
  AxesType                           m_MirrorAxes;
  unsigned int                       m_BatchSize{ 0 };
  std::vector<std::string>           m_Remarks;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkNetworkPipelineImageFilter.hxx"
#endif

#if !defined(ITK_WRAPPING_PARSER)
namespace itk
{
/* Compiled in the library, so that whoever uses the filter for volumes of float need not. */
extern template class SyntheticCTTorch_EXPORT NetworkPipelineImageFilter<Image<float, 3>, Image<short, 3>>;
extern template class SyntheticCTTorch_EXPORT NetworkPipelineImageFilter<Image<float, 3>, Image<unsigned char, 3>>;
} // namespace itk
#endif

#endif
