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
#include "itkPatchBlender.h"
#include "itkPatchGrid.h"
#include "itkProgressReporter.h"
#include "SyntheticCTDetail/itkWindowRun.h"

#include <string>
#include <utility>
#include <vector>

namespace itk
{

/** \class NetworkInferenceImageFilter
 * \brief Runs a network over one or several images, window by window, and joins the windows.
 *
 * Each input image is one channel of the network, in the order of SetInput(0, ...), SetInput(1, ...), and so on. All
 * inputs must lie on the same grid. Each channel that the network returns is one scalar output image, with the
 * network's own values: no scaling to Hounsfield units is done here.
 *
 * The number of outputs is known before Update(), so that further filters can be connected first: SetModel() takes it,
 * and the names of the outputs, from the model card, and without a card SetNumberOfNetworkOutputs() and
 * SetNetworkOutputNames() declare them. A network that returns another number is an error.
 *
 * Windows. With Plane axial, coronal or sagittal, a two-dimensional network, with tensors (N, C, H, W), is run slice by
 * slice. The plane is the patient's: slices are taken across the array axis that AnatomicalSliceAxis() finds in the
 * direction matrix, whatever the order of storage. The two remaining array axes keep their order: the first of them is
 * the network's last, fastest axis W, the second is H. With Plane orthogonal the network is run in all three planes and
 * their three results are combined (2.5D). With Plane volume, windows are blocks and tensors are
 * (N, C, D, H, W) = (N, C, z, y, x) of the array. Slices are not turned or mirrored: bring the image to the orientation
 * that the network was trained on first. An image of two dimensions is one slice, whatever the plane.
 *
 * With NumberOfSlices k, the channels of input c are c k ... c k + k - 1: the slice itself in the middle and its
 * neighbours on both sides in rising order of their index. Beyond the volume its first or last slice is repeated.
 *
 * Windows are placed by PatchGrid, joined by PatchBlender, and passed to the network BatchSize at a time; batches run
 * on from one slice to the next, and the last one may be shorter. Where one window alone holds a voxel, the output is
 * the network's own value, bit for bit. A value that is NaN or infinite, inside the image and the mask, is an error
 * that says how many of them the window has and where it begins; but a score of a label, by the model card, may be
 * minus infinity, which is the logarithm of a probability of 0.
 *
 * An image that is smaller than the window is padded symmetrically, as PaddingRule says: with each input's own minimum,
 * with PaddingValue, or with the nearest voxel.
 *
 * Mirroring. With MirrorAxes, each window is run for all combinations of flips along these axes, and the mean of the
 * results, each flipped back, is taken (test-time augmentation). Ensembles: every model that AddModel() adds is run on
 * the same windows, and the results are combined voxel by voxel, after the windows were joined. With
 * ComputeUncertainty, GetUncertaintyOutput() is the population standard deviation over all combined results, models and
 * planes.
 *
 * Window count. With ComputeWindowCount, GetWindowCountOutput() says how many windows were run that hold a voxel, over
 * all planes; it does not grow with models and mirroring.
 *
 * Mask. With a mask image, windows without a voxel of it are not run, and voxels outside of it become BackgroundValue.
 * Inside, the result is that without the mask, up to the last digits that depend on what shares a batch.
 *
 * Grid. A network that returns OutputScale voxels for each of its input, along the axes of the window, gives outputs
 * with that many times the voxels and the same extent: spacing and origin are set so.
 *
 * Memory beside the inputs and outputs: one batch of windows and what the network needs for it (two batches on a device
 * other than the CPU, so that copying and computing overlap), and one slab of PatchBlender for each model, that is
 * a double for each output and voxel of a slice (PatchSize[1] rows of it), or of PatchSize[2] slices for blocks; for
 * the median a float for each window that can hold the voxel instead. It does not grow with the number of windows, and
 * no copy of the volume is made; with Plane orthogonal, three volumes of 32-bit floats are held for each output and
 * model. The filter streams along the axis across the slices: only the slices of the requested region are computed.
 *
 * Devices. The network runs on the device and in the precision of its NetworkModel; everything is added up in float32
 * or better. Windows are joined on the CPU, or with StitchOnDevice on the model's device.
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

  using MaskImageType = Image<unsigned char, TInputImage::ImageDimension>;

  /** Voxels of a window along each of its axes, fastest first. */
  using PatchSizeType = PatchGrid::SizesType;

  /** Overlap of windows along each of their axes, or one number for all. */
  using OverlapType = PatchGrid::OverlapType;

  /** Axes of a window, 0 being its first. */
  using AxesType = std::vector<unsigned int>;

  /** Voxels of the output for one of the input, along each axis of a window. */
  using ScaleType = std::vector<double>;

  /** The network; it replaces all models that were set before. When it has a model card, the number of inputs and
   * outputs, the names of the outputs, and everything about planes, windows, tiles, blending, batch, padding, slices,
   * mirroring, combination and scale become those of the card; all but the numbers of inputs and outputs can be changed
   * afterwards. A card that is given to the model later is not read. */
  void
  SetModel(const NetworkModel * model);
  const NetworkModel *
  GetModel() const;

  /** A further member of an ensemble, with as many inputs and outputs as the first; its card has no further effect. */
  void
  AddModel(const NetworkModel * model);
  unsigned int
  GetNumberOfModels() const;
  /** Throws when there is no such model. */
  const NetworkModel *
  GetNthModel(unsigned int number) const;

  /** Number of channels that the network returns; at least 1, default 1. This many outputs of this filter are
   * the network's. Set by SetModel() when the model has a card. Throws for 0. */
  void
  SetNumberOfNetworkOutputs(unsigned int number);
  itkGetConstMacro(NumberOfNetworkOutputs, unsigned int);

  /** Names of the network's outputs, in their order: those of the card, or as declared here, or else `output0`,
   * `output1`, ... Throws when there are not as many names as outputs. */
  void
  SetNetworkOutputNames(const std::vector<std::string> & names);
  std::string
  GetNetworkOutputName(unsigned int number) const;

  /** The output of that name. Throws when there is none. */
  OutputImageType *
  GetNetworkOutput(const std::string & name);

  /** How the results of several models and planes are combined. Default: mean. */
  itkSetEnumMacro(Combination, CombinationEnum);
  itkGetEnumMacro(Combination, CombinationEnum);

  /** Whether the spread of the combined results is computed. It takes at least two of them. Default: off. */
  void
  SetComputeUncertainty(bool compute);
  itkGetConstMacro(ComputeUncertainty, bool);
  itkBooleanMacro(ComputeUncertainty);

  /** Standard deviation of a network output. Throws unless ComputeUncertainty is on. */
  OutputImageType *
  GetUncertaintyOutput(unsigned int number = 0);

  /** Whether the windows that hold each voxel are counted. Default: off. */
  void
  SetComputeWindowCount(bool compute);
  itkGetConstMacro(ComputeWindowCount, bool);
  itkBooleanMacro(ComputeWindowCount);

  /** How many windows were run that hold a voxel of the outputs, inside the mask or not. Throws unless
   * ComputeWindowCount is on. */
  OutputImageType *
  GetWindowCountOutput();

  /** Where to compute: voxels that are not zero. On the grid of the inputs. Default: everywhere. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** Value of voxels outside the mask, in all outputs. Default: 0. */
  itkSetMacro(BackgroundValue, double);
  itkGetConstMacro(BackgroundValue, double);

  /** What a window is: a slice in one or all of the anatomical planes, or a block of the volume. Default: axial. */
  itkSetEnumMacro(Plane, InferencePlaneEnum);
  itkGetEnumMacro(Plane, InferencePlaneEnum);

  /** Voxels of a window: two numbers for a slice (along the first and second of its array axes), as many as the image
   * has dimensions for Plane volume; each at least 1. No default: without a card it must be set. */
  void
  SetPatchSize(const PatchSizeType & patchSize);
  itkGetConstReferenceMacro(PatchSize, PatchSizeType);

  /** Share of the window that neighbouring windows have in common, in [0, 1): one number for all axes of the window, or
   * one for each. Default: 0.25. */
  void
  SetOverlap(const OverlapType & overlap);
  void
  SetOverlap(double overlap)
  {
    this->SetOverlap(OverlapType{ overlap });
  }
  itkGetConstReferenceMacro(Overlap, OverlapType);

  /** Where the windows lie. Default: interval. */
  itkSetEnumMacro(TileRule, TileRuleEnum);
  itkGetEnumMacro(TileRule, TileRuleEnum);

  /** How overlapping windows are joined. Default: Gaussian. */
  itkSetEnumMacro(Blending, BlendingEnum);
  itkGetEnumMacro(Blending, BlendingEnum);

  /** Standard deviation of the Gaussian weights as a share of the window, larger than 0. Default: 0.125. */
  itkSetMacro(GaussianScale, double);
  itkGetConstMacro(GaussianScale, double);

  /** Neighbouring slices that make the channels of one input; odd, and 1 for blocks. Default: 1. */
  itkSetMacro(NumberOfSlices, unsigned int);
  itkGetConstMacro(NumberOfSlices, unsigned int);

  /** Axes of the window along which mirrored windows are run too, each at most once. Default: none. */
  void
  SetMirrorAxes(const AxesType & axes);
  itkGetConstReferenceMacro(MirrorAxes, AxesType);

  /** Voxels of the network's output for one of its input, along each axis of the window: positive fractions whose
   * denominators divide image and window. Empty means 1, the default, and is all that Plane orthogonal takes. */
  void
  SetOutputScale(const ScaleType & scale);
  itkGetConstReferenceMacro(OutputScale, ScaleType);

  /** Whether windows are joined on the device of the network; else on the CPU. Not for the median. Default: off. */
  itkSetMacro(StitchOnDevice, bool);
  itkGetConstMacro(StitchOnDevice, bool);
  itkBooleanMacro(StitchOnDevice);

  /** Windows per forward pass, at least 1. Default: 1. */
  itkSetMacro(BatchSize, unsigned int);
  itkGetConstMacro(BatchSize, unsigned int);

  /** What lies around an image that is smaller than the window: the minimum of each input, which is the default,
   * PaddingValue everywhere, or the nearest voxel of the input. */
  itkSetEnumMacro(PaddingRule, PaddingRuleEnum);
  itkGetEnumMacro(PaddingRule, PaddingRuleEnum);

  /** Value around an image that is smaller than the window, in the range of the network's input. Setting it makes
   * PaddingRule constant. */
  void
  SetPaddingValue(double value);
  itkGetConstMacro(PaddingValue, double);

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
  NetworkInferenceImageFilter();
  ~NetworkInferenceImageFilter() override = default;

  /** Throws for a parameter out of its range, and for a number of inputs or outputs that is not the card's. */
  void
  VerifyPreconditions() const override;

  /** Throws when an input or the mask lies on another grid than the first input. */
  void
  VerifyInputInformation() const override;

  /** The grid of the inputs, scaled by OutputScale. */
  void
  GenerateOutputInformation() override;

  /** Whole slices, or the whole volume, are computed. */
  void
  EnlargeOutputRequestedRegion(DataObject * output) override;

  /** Of each input, the slices that are computed and their neighbours; all of it when its minimum is needed. */
  void
  GenerateInputRequestedRegion() override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  static_assert(TInputImage::ImageDimension == 2 || TInputImage::ImageDimension == 3,
                "The image has two or three dimensions");

  /** Windows have two or three axes; a missing one has one voxel. */
  static constexpr unsigned int LargestWindowDimension = 3;

  using VolumeType = Image<float, TInputImage::ImageDimension>;

  using Layout = SyntheticCTDetail::WindowLayout;

  SyntheticCTDetail::InferenceSettings
  GetSettings() const;

  Layout
  MakeLayout(InferencePlaneEnum plane) const;

  /** Slices of a region: the first, and their number; 0 and 1 for a volume. */
  static std::pair<IndexValueType, SizeValueType>
  SlicesOf(const Layout & layout, const RegionType & region);

  /** The voxels of the mask in memory. */
  SyntheticCTDetail::MaskView
  ViewMask(const Layout & layout) const;

  /** What lies around each input that is smaller than the window, when it is one value. */
  std::vector<float>
  ComputePadding();

  /** Copy the window that starts at \c start in slice \c sliceIndex to \c target, contiguous, first axis fastest. */
  void
  CopyWindow(const InputImageType &       image,
             const Layout &               layout,
             IndexValueType               sliceIndex,
             const PatchGrid::StartType & start,
             float                        padding,
             float *                      target) const;

  /** Copy a window with all its channels. */
  void
  FillWindow(const Layout & layout, const std::vector<float> & padding, size_t window, float * values) const;

  /** What is to be run in a plane. */
  SyntheticCTDetail::WindowRun
  PrepareRun(InferencePlaneEnum plane) const;

  /** Count the windows that are run in a plane. */
  void
  AddWindowCounts(const SyntheticCTDetail::WindowRun & run);

  /** Copy the finished layers of the only plane to the outputs, those of several models combined. */
  void
  TakeLayer(const std::vector<const float *> & layers,
            const Layout &                     layout,
            size_t                             position,
            IndexValueType                     sliceIndex);

  /** Copy a finished layer to an image; voxels outside the mask become the background. */
  template <typename TImage>
  void
  CopyLayer(
    const float * layer, const Layout & layout, size_t position, IndexValueType sliceIndex, TImage & image) const;

  /** Combine the volumes of three planes. */
  void
  CombinePlanes(const std::vector<typename VolumeType::Pointer> & volumes);

  std::vector<NetworkModel::ConstPointer> m_Models;
  unsigned int                            m_NumberOfNetworkOutputs{ 1 };
  std::vector<std::string>                m_NetworkOutputNames;
  CombinationEnum                         m_Combination{ CombinationEnum::Mean };
  bool                                    m_ComputeUncertainty{ false };
  bool                                    m_ComputeWindowCount{ false };
  double                                  m_BackgroundValue{ 0.0 };
  InferencePlaneEnum                      m_Plane{ InferencePlaneEnum::Axial };
  PatchSizeType                           m_PatchSize;
  OverlapType                             m_Overlap{ 0.25 };
  TileRuleEnum                            m_TileRule{ TileRuleEnum::Interval };
  BlendingEnum                            m_Blending{ BlendingEnum::Gaussian };
  double                                  m_GaussianScale{ PatchBlender::DefaultGaussianScale };
  unsigned int                            m_NumberOfSlices{ 1 };
  AxesType                                m_MirrorAxes;
  ScaleType                               m_OutputScale;
  bool                                    m_StitchOnDevice{ false };
  unsigned int                            m_BatchSize{ 1 };
  double                                  m_PaddingValue{ 0.0 };
  PaddingRuleEnum                         m_PaddingRule{ PaddingRuleEnum::Minimum };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkNetworkInferenceImageFilter.hxx"
#endif

#if !defined(ITK_WRAPPING_PARSER)
namespace itk
{
/* Compiled in the library, so that whoever uses the filter for volumes of float need not. */
extern template class SyntheticCTTorch_EXPORT NetworkInferenceImageFilter<Image<float, 3>, Image<float, 3>>;
} // namespace itk
#endif

#endif
