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
#ifndef itkHeadPhantomImageSource_h
#define itkHeadPhantomImageSource_h

#include "itkHeadPhantomAnatomy.h"
#include "itkHeadPhantomContrast.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "itkContinuousIndex.h"
#include "itkGenerateImageSource.h"
#include "itkImage.h"

#include <array>
#include <vector>

namespace itk
{

/** \class HeadPhantomImageSource
 * \brief A random human head as MR, CT, contrast-enhanced CT, virtual non-contrast CT and labels on one grid.
 *
 * The anatomy (HeadPhantomAnatomy) is a function of physical space drawn by `Seed`; the MR signals, the bias field and
 * the noise (HeadPhantomContrast) are drawn by `ContrastSeed`. Each voxel takes the tissue at its centre. Voxels that
 * touch another tissue (gray and white matter count as one, and so do the soft tissues outside of the skull) take the
 * mean of `Supersampling`^3 points of their extent instead, which gives partial volumes to MR and CT. Then
 *
 * \f$ MR = | (h_{MR} * s) e^{b B(x)} + \sigma (n_1 + i n_2) |, \quad CT = h_{CT} * \mu + \sigma_{CT} n_3 \f$
 *
 * with s the tissue's signal (white matter is 1000 in T1), h Gaussians of the given width, b the strength of the bias
 * field B in [-1, 1], n normal noise, and \f$\mu\f$ the tissue's HU. In the contrast-enhanced CT the vessels gain about
 * 250 HU, mucosa, glands and dura 40 to 60 HU, muscle and brain less. The virtual non-contrast CT is what dual-energy
 * decomposition makes of it: without the agent, and with bone above 100 HU lowered to
 * 100 + `VirtualNonContrastBoneFactor` (HU - 100), because some of bone's calcium is taken for iodine.
 *
 * The grid is that of GenerateImageSource (size, spacing, origin and direction, or a reference image), so oblique,
 * sagittal and padded grids show the same head. The frame is LPS in mm with the origin in the middle of the head. The
 * default grid is 181 x 217 x 181 voxels of 1 mm around it. CenterGrid() moves any other grid there.
 *
 * | output | type | content |
 * |---|---|---|
 * | 0 | TOutputImage | MR |
 * | 1 | TOutputImage | CT in HU |
 * | 2 | TOutputImage | contrast-enhanced CT in HU, when ComputeContrastPair is on |
 * | 3 | TOutputImage | virtual non-contrast CT in HU, when ComputeContrastPair is on |
 * | 4 | unsigned char | tissue, HeadPhantomEnums::Tissue |
 * | 5 | unsigned char | structure, HeadPhantomEnums::Structure |
 * | 6 | unsigned char | bone: 1 in cortical bone, marrow and teeth |
 * | 7 | unsigned char | body: 1 in the head, its air spaces included |
 *
 * Every voxel is a pure function of the parameters, so results are the same bits for any number of threads. The whole
 * grid is always computed. Throws when a parameter is out of its range.
 *
 * \tparam TOutputImage a three-dimensional image of a scalar signed type; values are rounded for integers
 *
 * \ingroup SyntheticCT
 */
template <typename TOutputImage = Image<float, 3>>
class ITK_TEMPLATE_EXPORT HeadPhantomImageSource : public GenerateImageSource<TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(HeadPhantomImageSource);

  using Self = HeadPhantomImageSource;
  using Superclass = GenerateImageSource<TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(HeadPhantomImageSource);

  static constexpr unsigned int ImageDimension = TOutputImage::ImageDimension;

  using OutputImageType = TOutputImage;
  using OutputPixelType = typename OutputImageType::PixelType;
  using RegionType = typename OutputImageType::RegionType;
  using PointType = typename OutputImageType::PointType;
  using IndexType = typename OutputImageType::IndexType;
  using LabelImageType = Image<unsigned char, ImageDimension>;
  using ExtentType = FixedArray<double, ImageDimension>;
  using DataObjectPointer = typename Superclass::DataObjectPointer;
  using DataObjectPointerArraySizeType = typename Superclass::DataObjectPointerArraySizeType;
  using ContrastEnum = HeadPhantomContrastEnum;

  /** Seed of the anatomy. Default 1. */
  itkSetMacro(Seed, SizeValueType);
  itkGetConstMacro(Seed, SizeValueType);

  /** Seed of the MR contrast, the bias field and the noise; 0 derives it from Seed. Default 0. */
  itkSetMacro(ContrastSeed, SizeValueType);
  itkGetConstMacro(ContrastSeed, SizeValueType);

  /** Weighting of the MR: T1, T2, proton density, or signals drawn at random. Default T1. */
  itkSetEnumMacro(Contrast, ContrastEnum);
  itkGetEnumMacro(Contrast, ContrastEnum);

  /** Draw sizes and shapes of the anatomy by the seed, or take the middle of every range. Default on. */
  itkSetMacro(RandomizeAnatomy, bool);
  itkGetConstMacro(RandomizeAnatomy, bool);
  itkBooleanMacro(RandomizeAnatomy);

  /** Turn the head by up to 8 degrees and move it by up to 6 mm. Default on. */
  itkSetMacro(RandomizePose, bool);
  itkGetConstMacro(RandomizePose, bool);
  itkBooleanMacro(RandomizePose);

  /** Draw the signal of each tissue from its range, or take the middle. Default on. */
  itkSetMacro(RandomizeContrast, bool);
  itkGetConstMacro(RandomizeContrast, bool);
  itkBooleanMacro(RandomizeContrast);

  /** Strength b of the bias field exp(b B). 0 is no bias, 0.2 a gain between 0.82 and 1.22. In [0, 2], default 0.15. */
  itkSetMacro(BiasFieldStrength, double);
  itkGetConstMacro(BiasFieldStrength, double);

  /** Standard deviation of the MR's complex noise as a share of white matter's T1 signal. In [0, 1], default 0.02. */
  itkSetMacro(NoiseLevel, double);
  itkGetConstMacro(NoiseLevel, double);

  /** Full width at half maximum of the MR's point spread in mm. In [0, 20], default 1. */
  itkSetMacro(Resolution, double);
  itkGetConstMacro(Resolution, double);

  /** Full width at half maximum of the CTs' point spread in mm. In [0, 20], default 0.8. */
  itkSetMacro(CTResolution, double);
  itkGetConstMacro(CTResolution, double);

  /** Standard deviation of the CTs' noise in HU. In [0, 1000], default 6. */
  itkSetMacro(CTNoise, double);
  itkGetConstMacro(CTNoise, double);

  /** Slope of bone above 100 HU in the virtual non-contrast CT. In [0, 1], default 0.6. */
  itkSetMacro(VirtualNonContrastBoneFactor, double);
  itkGetConstMacro(VirtualNonContrastBoneFactor, double);

  /** Points along each axis of voxels that touch another tissue; 1 takes the centre only. In [1, 3], default 2. */
  itkSetMacro(Supersampling, unsigned int);
  itkGetConstMacro(Supersampling, unsigned int);

  /** Extent in mm over which such a voxel is averaged along each axis; 0 is the spacing. Slices that are thinner than
   * their distance set the last number. At least 0, default 0. */
  itkSetMacro(SampleExtent, ExtentType);
  itkGetConstReferenceMacro(SampleExtent, ExtentType);

  /** Compute outputs 2 and 3. They are empty when off. Default on. */
  itkSetMacro(ComputeContrastPair, bool);
  itkGetConstMacro(ComputeContrastPair, bool);
  itkBooleanMacro(ComputeContrastPair);

  /** Move the origin so that the middle of the grid is at 0. */
  void
  CenterGrid();

  OutputImageType *
  GetMR();
  OutputImageType *
  GetCT();
  OutputImageType *
  GetContrastCT();
  OutputImageType *
  GetVirtualNonContrastCT();
  LabelImageType *
  GetTissueLabels();
  LabelImageType *
  GetStructureLabels();
  LabelImageType *
  GetBoneMask();
  LabelImageType *
  GetBodyMask();

  using Superclass::MakeOutput;
  DataObjectPointer
  MakeOutput(DataObjectPointerArraySizeType index) override;

#ifdef ITK_USE_CONCEPT_CHECKING
  static_assert(ImageDimension == 3, "A head has three dimensions.");
  itkConceptMacro(OutputIsSignedCheck, (Concept::Signed<OutputPixelType>));
#endif

protected:
  HeadPhantomImageSource();
  ~HeadPhantomImageSource() override = default;

  void
  VerifyPreconditions() const override;
  void
  GenerateOutputInformation() override;
  void
  EnlargeOutputRequestedRegion(DataObject * output) override;
  void
  GenerateData() override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  using RealImageType = Image<float, ImageDimension>;

  /** Points that share one list of primitives: of a voxel's parts, and of a row, where they lie further apart. */
  static constexpr size_t Capacity = HeadPhantomAnatomy::MaximumNumberOfPoints;
  static constexpr size_t Batch = Capacity / 2;

  LabelImageType *
  GetLabels(DataObjectPointerArraySizeType index);
  typename RealImageType::Pointer
  NewRealImage();
  typename RealImageType::Pointer
  Blur(typename RealImageType::Pointer image, double width) const;

  /** Samples of the anatomy, before the point spread, the bias field and the noise. */
  struct Volumes
  {
    typename RealImageType::Pointer MR;
    typename RealImageType::Pointer CT;
    /** HU that the contrast agent adds; nullptr without the contrast pair. */
    typename RealImageType::Pointer Enhancement;
  };
  using ShiftType = std::array<double, ImageDimension>;
  using KindsType = std::array<unsigned char, HeadPhantomEnums::NumberOfTissues>;

  /** Voxels of a row that touch another tissue, with the points over which they are averaged. */
  struct MixedVoxels
  {
    std::array<double, 3 * Capacity>      Points;
    std::array<OffsetValueType, Capacity> Voxels;
    size_t                                Count{ 0 };
  };

  void
  AllocateOutputs();
  /** Physical point of an index, as HeadPhantomAnatomy takes it. */
  void
  ToPoint(const ContinuousIndex<double, ImageDimension> & index, double * point) const;
  /** Sample every voxel at its centre, and set the labels. */
  void
  SampleCentres(const HeadPhantomAnatomy & anatomy, const HeadPhantomContrast & contrast, const Volumes & volumes);
  /** Where the points of a mixed voxel lie, in voxels from its centre. */
  std::vector<ShiftType>
  ComputeShifts() const;
  /** For each tissue, the one that it counts as where voxels are mixed. */
  static KindsType
  ComputeKinds();
  /** Sample voxels that touch another tissue once more, over their extent. */
  void
  SamplePartialVolumes(const HeadPhantomAnatomy &  anatomy,
                       const HeadPhantomContrast & contrast,
                       const Volumes &             volumes);
  /** Average the voxels and forget them. */
  static void
  Average(MixedVoxels &               mixed,
          size_t                      pointsPerVoxel,
          const HeadPhantomAnatomy &  anatomy,
          const HeadPhantomContrast & contrast,
          const Volumes &             volumes);
  /** Bias field and noise, and the rounding to the pixel type. */
  void
  WriteImages(const HeadPhantomContrast & contrast, const Volumes & volumes);
  static OutputPixelType
  ToPixel(double value);

  SizeValueType m_Seed{ 1 };
  SizeValueType m_ContrastSeed{ 0 };
  ContrastEnum  m_Contrast{ ContrastEnum::T1 };
  bool          m_RandomizeAnatomy{ true };
  bool          m_RandomizePose{ true };
  bool          m_RandomizeContrast{ true };
  double        m_BiasFieldStrength{ 0.15 };
  double        m_NoiseLevel{ 0.02 };
  double        m_Resolution{ 1.0 };
  double        m_CTResolution{ 0.8 };
  double        m_CTNoise{ 6.0 };
  double        m_VirtualNonContrastBoneFactor{ 0.6 };
  unsigned int  m_Supersampling{ 2 };
  ExtentType    m_SampleExtent;
  bool          m_ComputeContrastPair{ true };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkHeadPhantomImageSource.hxx"
#endif

#endif
