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
#ifndef itkSyntheticCTPreprocessImageFilter_h
#define itkSyntheticCTPreprocessImageFilter_h

#include "itkImageToImageFilter.h"
#include "itkNetworkModelCard.h"

#include <string>
#include <vector>
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

namespace itk
{

/** \class SyntheticCTPreprocessImageFilter
 * \brief Brings images to the grid and the intensities that a network was trained on, as its model card says.
 *
 * Training and inference both go through this filter, so that a network sees at work what it saw when it learned. The
 * stages are, in this order and each only if the card names it:
 *
 * 1. bias field correction of the inputs whose modality is MR (FastN4BiasFieldCorrectionImageFilter on every
 *    fourth voxel along each axis, with four levels, which makes 4, 5, 7 and 11 control points along each axis, of at
 *    most 50 iterations each, its other parameters at their defaults), from inside the user's mask when there is one;
 * 2. orientation: axes permuted and flipped, never interpolated (ReorientImageFilter);
 * 3. spacing: linear interpolation onto a grid over the same extent (ResampleToSpacingImageFilter), all of whose
 *    voxel centres lie inside the image;
 * 4. body mask, from the first input (BodyMaskImageFilter, and ConvexHullMaskImageFilter, slice by slice along the
 *    third axis, for `convex-hull`), unless the user gives a mask;
 * 5. intensity transform of each input, its constants from the card or from inside the mask
 *    (ZScoreNormalizeImageFilter, PercentileRescaleImageFilter, HounsfieldScaleImageFilter,
 *    CTForegroundNormalizeImageFilter, EightBitScaleImageFilter).
 *
 * Before all that each input is looked at (PlausibilityCheckImageFilter): what makes it doubtful that it is the
 * modality of the card is a remark, and so is a body mask of next to nothing (less than a hundredth of the volume).
 * Voxels of an MR that lie far outside the others, such as a single one that is a thousand times as bright, decide over
 * every stage; they are set to the nearest value of the others, which is a remark too. Remarks stop
 * nothing; the caller shows them.
 *
 * Inputs are in the order of the card, all on one grid; a mask on another grid is an error. Output i is the network's
 * input i. The mask output lies on the network's grid: 0 outside, and inside 1 or what the user's mask has there; it is
 * 1 everywhere when neither the card nor the user gives a mask.
 *
 * The whole images are computed at once. Progress is that of the stages, and an abort is seen inside of them. Throws
 * when the number of inputs is not the card's, and whatever the stages throw.
 *
 * \tparam TInputImage  Scalar 3D image, MR in any unit or CT in HU.
 * \tparam TOutputImage Scalar 3D image of a floating-point type.
 *
 * \sa NetworkModelCard SyntheticCTImageFilter
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = Image<float, 3>>
class ITK_TEMPLATE_EXPORT SyntheticCTPreprocessImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(SyntheticCTPreprocessImageFilter);

  using Self = SyntheticCTPreprocessImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using MaskImageType = Image<unsigned char, 3>;
  using DataObjectPointerArraySizeType = ProcessObject::DataObjectPointerArraySizeType;

  static_assert(TInputImage::ImageDimension == 3 && TOutputImage::ImageDimension == 3, "Images are volumes.");

  /** Levels of the bias field correction, and the most iterations of each. */
  static constexpr unsigned int BiasCorrectionLevels = 4;
  static constexpr unsigned int BiasCorrectionIterations = 50;
  static constexpr unsigned int BiasCorrectionShrinkFactor = 4;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(SyntheticCTPreprocessImageFilter);

  /** What to do. Fixes the number of inputs and outputs. */
  void
  SetCard(const NetworkModelCard & card);
  const NetworkModelCard &
  GetCard() const
  {
    return m_Card;
  }

  /** The card as the text of its JSON file. */
  void
  SetCardFromJSON(const std::string & text)
  {
    this->SetCard(NetworkModelCard::FromJSON(text));
  }

  /** What remarks call an input, such as the name of its file. Without a title, or with an empty one, an input is
   * called by its number and its name on the card. */
  void
  SetInputTitle(unsigned int number, const std::string & title);
  std::string
  GetInputTitle(unsigned int number) const;

  /** Optional mask on the grid of the inputs, taken instead of the card's. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** The mask on the network's grid. */
  MaskImageType *
  GetMaskOutput();
  const MaskImageType *
  GetMaskOutput() const;

  /** What the last Update() found doubtful about the inputs: lines without a full stop. GetRemark() throws when there
   * is none with that number. */
  unsigned int
  GetNumberOfRemarks() const
  {
    return static_cast<unsigned int>(m_Remarks.size());
  }
  const std::string &
  GetRemark(unsigned int number) const;

  using Superclass::MakeOutput;
  ProcessObject::DataObjectPointer
  MakeOutput(const ProcessObject::DataObjectIdentifierType & name) override;

protected:
  SyntheticCTPreprocessImageFilter();
  ~SyntheticCTPreprocessImageFilter() override = default;

  void
  VerifyPreconditions() const override;
  void
  VerifyInputInformation() const override;
  void
  GenerateOutputInformation() override;
  void
  GenerateInputRequestedRegion() override;
  void
  EnlargeOutputRequestedRegion(DataObject * output) override;
  void
  GenerateData() override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** An input as it is worked on: looked at, and without voxels far outside the others. */
  typename OutputImageType::Pointer
  TakeInput(unsigned int number, float progressWeight);

  /** Bias field correction. */
  typename OutputImageType::Pointer
  CorrectBias(const OutputImageType * image, float progressWeight);

  /** Orientation and spacing of one image; the interpolator is nearest neighbour for masks. */
  template <typename TImage>
  typename TImage::Pointer
  ToNetworkGrid(const TImage * image, bool isMask, float progressWeight);

  /** The mask of the user or the card on the network's grid; null when there is none. */
  typename MaskImageType::Pointer
  MakeMask(const OutputImageType * firstImage, float progressWeight);

  typename OutputImageType::Pointer
  Normalize(const OutputImageType *         image,
            const MaskImageType *           mask,
            const NetworkModelCard::Input & input,
            float                           progressWeight);

  NetworkModelCard         m_Card;
  std::vector<std::string> m_InputTitles;
  std::vector<std::string> m_Remarks;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkSyntheticCTPreprocessImageFilter.hxx"
#endif

#if !defined(ITK_WRAPPING_PARSER)
namespace itk
{
/* Compiled in the library, so that whoever uses the filter for volumes of float need not. */
extern template class SyntheticCT_EXPORT SyntheticCTPreprocessImageFilter<Image<float, 3>, Image<float, 3>>;
} // namespace itk
#endif

#endif
