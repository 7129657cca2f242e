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
#ifndef itkNetworkInferenceImageFilter_h
#define itkNetworkInferenceImageFilter_h

#include "itkImageToImageFilter.h"
#include "itkNetworkModel.h"
#include "itkPatchGrid.h"

#include <array>
#include <vector>

namespace itk
{

/** \class NetworkInferenceImageFilter
 * \brief Runs a network over one or several images, window by window, and joins the windows.
 *
 * Each input image is one channel of the network, in the order of SetInput(0, ...), SetInput(1, ...), and so on. All
 * inputs must lie on the same grid. Each channel that the network returns is one scalar output image on that grid, with
 * the network's own values: no scaling to Hounsfield units is done here.
 *
 * The number of outputs is known before Update(), so that further filters can be connected first: SetModel() takes it
 * from the model card, and without a card SetNumberOfNetworkOutputs() declares it. A network that returns another
 * number is an error.
 *
 * Windows. With Plane axial, coronal or sagittal, a two-dimensional network, with tensors (N, C, H, W), is run slice by
 * slice. The plane is the patient's: slices are taken across the array axis that AnatomicalSliceAxis() finds in the
 * direction matrix, whatever the order of storage. The two remaining array axes keep their order: the first of them is
 * the network's last, fastest axis W, the second is H. With Plane volume, windows are blocks and tensors are
 * (N, C, D, H, W) = (N, C, z, y, x) of the array. Slices are not turned or mirrored: bring the image to the orientation
 * that the network was trained on first. An image of two dimensions is one slice, whatever the plane.
 *
 * Windows are placed by PatchGrid, joined by PatchBlender, and passed to the network BatchSize at a time; batches run
 * on from one slice to the next, and the last one may be shorter. Where one window alone holds a voxel, the output is
 * the network's own value, bit for bit. Values that are not finite are handed on.
 *
 * An image that is smaller than the window is padded symmetrically, with PaddingValue when it is set, else with each
 * input's own minimum.
 *
 * Memory beside the inputs and outputs: one batch of windows and what the network needs for it, and one slab of
 * PatchBlender, that is (outputs + 1) doubles for the voxels of a slice (PatchSize[1] rows of it), or of PatchSize[2]
 * slices for blocks. It does not grow with the number of windows, and no copy of the volume is made. The filter streams
 * along the axis across the slices: only the slices of the requested region are computed.
 *
 * Threads. LibTorch computes with as many threads as the filter has work units, but no more than the multi-threader's
 * maximum number of threads. For the same batch size and threads, results are the same bits from run to run; for
 * others, convolutions may differ in the last digits. Progress is reported after each batch, and the filter can be
 * aborted between batches.
 *
 * \tparam TInputImage  scalar image of two or three dimensions.
 * \tparam TOutputImage scalar image of floating-point pixels and the same dimension.
 *
 * \sa NetworkModel, PatchGrid, PatchBlender
 * \ingroup SyntheticCT
 */
template <typename TInputImage, typename TOutputImage = TInputImage>
class ITK_TEMPLATE_EXPORT NetworkInferenceImageFilter : public ImageToImageFilter<TInputImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(NetworkInferenceImageFilter);

  using Self = NetworkInferenceImageFilter;
  using Superclass = ImageToImageFilter<TInputImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(NetworkInferenceImageFilter);

  using InputImageType = TInputImage;
  using OutputImageType = TOutputImage;
  using InputPixelType = typename TInputImage::PixelType;
  using OutputPixelType = typename TOutputImage::PixelType;
  using RegionType = typename TOutputImage::RegionType;

  static constexpr unsigned int ImageDimension = TInputImage::ImageDimension;

  /** Voxels of a window along each of its axes, fastest first. */
  using PatchSizeType = std::vector<unsigned int>;

  /** The network. When it has a model card, the number of inputs and outputs, the plane, the patch size, the overlap,
   * the blending, the batch size and the padding value become those of the card; all but the numbers of inputs and
   * outputs can be changed afterwards. A card that is given to the model later is not read. */
  void
  SetModel(const NetworkModel * model);
  itkGetConstObjectMacro(Model, NetworkModel);

  /** Number of channels that the network returns, which is the number of outputs of this filter; at least 1, default 1.
   * Set by SetModel() when the model has a card. Throws for 0. */
  void
  SetNumberOfNetworkOutputs(unsigned int number);
  unsigned int
  GetNumberOfNetworkOutputs() const;

  /** What a window is: a slice in an anatomical plane, or a block of the volume. Default: axial. */
  itkSetEnumMacro(Plane, InferencePlaneEnum);
  itkGetEnumMacro(Plane, InferencePlaneEnum);

  /** Voxels of a window: two numbers for a slice (along the first and second of its array axes), as many as the image
   * has dimensions for Plane volume; each at least 1. No default: without a card it must be set. */
  void
  SetPatchSize(const PatchSizeType & patchSize);
  itkGetConstReferenceMacro(PatchSize, PatchSizeType);

  /** Share of the window that neighbouring windows have in common, in [0, 1). Default: 0.25. */
  itkSetMacro(Overlap, double);
  itkGetConstMacro(Overlap, double);

  /** How overlapping windows are weighted. Default: Gaussian. */
  itkSetEnumMacro(Blending, BlendingEnum);
  itkGetEnumMacro(Blending, BlendingEnum);

  /** Windows per forward pass, at least 1. Default: 1. */
  itkSetMacro(BatchSize, unsigned int);
  itkGetConstMacro(BatchSize, unsigned int);

  /** Value around an image that is smaller than the window, in the range of the network's input. Setting it turns
   * UsePaddingValue on. With UsePaddingValue off, the default, each input is padded with its own minimum. */
  void
  SetPaddingValue(double value);
  itkGetConstMacro(PaddingValue, double);
  itkSetMacro(UsePaddingValue, bool);
  itkGetConstMacro(UsePaddingValue, bool);
  itkBooleanMacro(UsePaddingValue);

  /** Changes of the model, such as its device, run the filter again. */
  ModifiedTimeType
  GetMTime() const override;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionCheck,
                  (Concept::SameDimension<TInputImage::ImageDimension, TOutputImage::ImageDimension>));
  itkConceptMacro(InputConvertibleToFloatCheck, (Concept::Convertible<InputPixelType, float>));
  itkConceptMacro(OutputIsFloatingPointCheck, (Concept::IsFloatingPoint<OutputPixelType>));
#endif

protected:
  NetworkInferenceImageFilter() = default;
  ~NetworkInferenceImageFilter() override = default;

  /** Throws for a parameter out of its range, and for a number of inputs or outputs that is not the card's. */
  void
  VerifyPreconditions() const override;

  /** Throws when an input lies on another grid than the first. */
  void
  VerifyInputInformation() const override;

  /** Whole slices, or the whole volume, are computed. */
  void
  EnlargeOutputRequestedRegion(DataObject * output) override;

  /** Of each input, what of the output is computed; all of it when its minimum is needed. */
  void
  GenerateInputRequestedRegion() override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  static_assert(TInputImage::ImageDimension == 2 || TInputImage::ImageDimension == 3,
                "The image has two or three dimensions");

  /** Windows have one to three axes; a missing one has one voxel. */
  static constexpr unsigned int WindowDimension = 3;

  /** Array axis across the slices; ImageDimension when there is none. */
  unsigned int
  GetSliceAxis() const;

  /** Array axes along which a window lies, rising. */
  std::vector<unsigned int>
  GetWindowAxes() const;

  /** The windows of one slice, or of the volume. */
  PatchGrid
  MakeGrid() const;

  /** What lies around each input that is smaller than the window. */
  std::vector<float>
  ComputePadding(const PatchGrid & grid);

  /** Copy the window that starts at \c start in slice \c sliceIndex to \c target, contiguous, first axis fastest. */
  void
  CopyWindow(const InputImageType &       image,
             IndexValueType               sliceIndex,
             const PatchGrid &            grid,
             const PatchGrid::StartType & start,
             float                        padding,
             float *                      target) const;

  /** Copy a finished layer to an output. */
  void
  CopyLayer(const std::vector<float> & layer,
            size_t                     position,
            IndexValueType             sliceIndex,
            OutputImageType &          image) const;

  NetworkModel::ConstPointer m_Model;
  InferencePlaneEnum         m_Plane{ InferencePlaneEnum::Axial };
  PatchSizeType              m_PatchSize;
  double                     m_Overlap{ 0.25 };
  BlendingEnum               m_Blending{ BlendingEnum::Gaussian };
  unsigned int               m_BatchSize{ 1 };
  double                     m_PaddingValue{ 0.0 };
  bool                       m_UsePaddingValue{ false };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkNetworkInferenceImageFilter.hxx"
#endif

#endif
