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
#ifndef itkMaskedStructuralSimilarityImageFilter_h
#define itkMaskedStructuralSimilarityImageFilter_h

#include "SyntheticCTExport.h"
#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "SyntheticCTDetail/itkStructuralSimilarityEngine.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <array>
#include <iosfwd>
#include <limits>
#include <string>
#include <vector>

namespace itk
{

/** \class MaskedStructuralSimilarityImageFilterEnums
 * \brief The choices of MaskedStructuralSimilarityImageFilter.
 * \ingroup SyntheticCT */
class MaskedStructuralSimilarityImageFilterEnums
{
public:
  /** The definitions of the structural similarity. */
  enum class StructuralSimilarity : uint8_t
  {
    Masked3D,
    Uniform7,
    Gaussian,
    SynthRAD2023,
    MultiScale
  };

  /** Variances and covariance under a window: those of the variant, those of its weights, or the same times N/(N-1) for
   * the N voxels of the window. */
  enum class Covariance : uint8_t
  {
    OfVariant,
    Population,
    Sample
  };
};

using StructuralSimilarityEnum = MaskedStructuralSimilarityImageFilterEnums::StructuralSimilarity;
using StructuralSimilarityCovarianceEnum = MaskedStructuralSimilarityImageFilterEnums::Covariance;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, StructuralSimilarityEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, StructuralSimilarityCovarianceEnum value);

/** \class MaskedStructuralSimilarityImageFilter
 * \brief Structural similarity (SSIM) of a synthetic CT and its reference, over the whole image and over the body.
 *
 * With means \f$\mu\f$, variances \f$\sigma^2\f$ and the covariance \f$\sigma_{xy}\f$ under a window around the voxel
 * (Z. Wang, A.C. Bovik, H.R. Sheikh, E.P. Simoncelli, "Image quality assessment: from error visibility to structural
 * similarity", IEEE Transactions on Image Processing 13, 2004)
 *
 * \f[ S = \frac{(2\mu_x\mu_y + C_1)(2\sigma_{xy} + C_2)}{(\mu_x^2 + \mu_y^2 + C_1)(\sigma_x^2 + \sigma_y^2 + C_2)},
 *     \quad C_1 = (K_1 L)^2, \quad C_2 = (K_2 L)^2 . \f]
 *
 * The SSIM of the same pair depends on the offset of the intensities, on the data range L, on the window, which is
 * called kernel below, and on the kind of covariance: GetIntensityScale(), GetIntensityOffset(),
 * GetUsedWindowMinimum(), GetUsedWindowMaximum(), GetUsedDataRange(), GetUsedKernelSize(), GetUsedKernelSigma() and
 * GetUsedSampleCovariance() tell, after the run, what belongs beside the value.
 *
 * | variant | intensities in HU | window | covariance | where the map counts |
 * |---|---|---|---|---|
 * | Masked3D (default) | [-1000, 3000] to [-1, 1], L = 2 | Gaussian | of the window's weights | everywhere, weights W |
 * | Uniform7 | [-1000, 3000] to [-1, 1], L = 2 | box | sample, N = 7 per axis | but for a border of 3 |
 * | Gaussian | [-1000, 3000] to [-1, 1], L = 2 | Gaussian | sample, N = 11 per axis | but for a border of 5 |
 * | SynthRAD2023 | [-1024, 3000] to [0, 4024], L = 4024 | box | sample, N = 7 per axis | but for a border of 3 |
 * | MultiScale | [-1024, 3071] to [0, 4095], L = 4095 | box | sample, N = 7 per axis | but for a border of 3, each
 * level |
 *
 * All of them clip to the interval of HU. The Gaussian has sigma 1.5 and 11 voxels per axis, the box 7. Sample
 * covariance (and variance) is that of the window's weights times N/(N-1), with N the voxels of the window.
 *
 * **Other kernels.** KernelSize, KernelSigma and Covariance give all variants but SynthRAD2023 another kernel. With the
 * population covariance, Uniform7 and Gaussian are structural_similarity() of scikit-image with
 * `use_sample_covariance=False`, and Gaussian is the SSIM of MONAI's SSIMMetric.
 *
 * **Masked3D** is Algorithm 1 of the NGF Pix2Pix report (Belmir 2025). With the window \f$K\f$ (sum 1; per axis
 * max(3, min(11, size)) voxels, one less when that is even, and likewise for another KernelSize), zeros beyond the
 * image, and the mask \f$M\f$: \f$W = K * M + \epsilon\f$, \f$\mu_x = (K * xM)/W\f$, \f$\sigma_x^2 = (K * x^2M)/W -
 * \mu_x^2\f$ and so on; \f$\epsilon\f$ is added to the denominator of S too (line 21 of the algorithm;
 * EpsilonInMapOff() for its equation 2.7); the value is \f$\sum SW / \sum W\f$, or with WeightedMeanOff() the mean of S
 * over the voxels of the mask. The global value is that of \f$M = 1\f$. Voxels outside the mask are read for the global
 * value only, see ComputeGlobal.
 *
 * **Uniform7** and **Gaussian** are structural_similarity() of scikit-image with its defaults, and with
 * `gaussian_weights=True` (truncated at 3.5 sigma). Both values are means of the same map: the global one over the
 * whole image without the border, the other over the voxels of the mask there. Windows reach beyond the mask, so voxels
 * outside it count.
 *
 * **SynthRAD2023** is the SSIM of that challenge: voxels outside the mask are set to -1024 HU in both images, also for
 * the global value.
 *
 * **MultiScale** is the MS-SSIM of SynthRAD2025 (repository SynthRAD2025/evaluation, image_metrics.py, commit 17cac47b;
 * after Z. Wang, E.P. Simoncelli, A.C. Bovik, "Multiscale structural similarity for image quality assessment", Asilomar
 * 2003). Voxels outside the mask are set to the lower end of its interval of HU; axes shorter than 97 voxels are padded
 * to 97 with edge values, floor((97 - n) / 2) of them before; 97 is the smallest number that leaves a window at the
 * last level, and differs for other kernels and numbers of levels. At each of five levels the map is \f$(l\,c\,s)^w\f$
 * of luminance \f$l\f$, contrast \f$c\f$ and structure \f$s\f$ (with \f$C_3 = C_2/2\f$, where \f$c\,s\f$ is the second
 * factor of S), negative factors taken as 0, w = 0.0448, 0.2856, 0.3001, 0.2363, 0.1333. The luminance has the weight
 * of its level at every level, not at the last alone as in Wang's formula: that is what those metrics compute. Images
 * go to the next level as averages of 2 voxels per axis, \f$(x_{2i-1} + x_{2i})/2\f$ with 0 before the first, and the
 * mask as every second voxel. The value is the product of the levels' means, each clipped to [0, 1].
 *
 * LevelWeights, MultiScaleMinimum and MultiScaleMaximum give it other levels and another interval of HU.
 *
 * SynthRAD2023 and MultiScale have their intensities by definition: WindowMinimum, WindowMaximum, OutputMinimum,
 * OutputMaximum, Clip and RescaleIntensity do not change them.
 *
 * **Results** are those of the last Update() that succeeded, whatever was set after it. Before it there are none,
 * and every getter of a result throws; NaN is an SSIM that has no value. Images that look as if they had been
 * normalized already are measured all the same, with a warning that GetRemark() repeats. The output has voxels only
 * when ComputeMap is on; otherwise what follows in a pipeline gets an error. The same holds for the weights.
 *
 * **Edge cases.** A mask without voxels where the map counts: NaN. Identical images: 1, except for Masked3D with
 * EpsilonInMap on, whose map stays below 1 where the images are near 0 and do not vary. Where the images are constant
 * the SSIM is that of their means alone. NaN in voxels that are read makes every window around it, and so the values,
 * NaN. Infinities do too where nothing is clipped; else they are clipped as any number. A window larger than the image
 * is an error, except for Masked3D, whose window adapts, and MultiScale, which pads.
 *
 * **Numbers.** Moments are in double, of sum and difference of the two images; the values have the same bits for any
 * number of threads, and whatever vector instructions the processor has (those of MultiScale as far as the C library's
 * pow() has).
 *
 * **Memory.** The inputs are needed whole. Beside them and the map a thread keeps about 1 MB, whatever the size of the
 * image; MultiScale keeps the coarser levels, 2.5 bytes per voxel.
 *
 * Inputs that do not lie on the same grid are an error: nothing is resampled.
 *
 * \tparam TReferenceImage scalar image of two or three dimensions
 * \tparam TSyntheticImage scalar image of the same dimension
 * \tparam TMaskImage image of the same dimension whose non-zero voxels count
 * \tparam TOutputImage image of the same dimension for the map
 *
 * \ingroup SyntheticCT
 */
template <typename TReferenceImage,
          typename TSyntheticImage = TReferenceImage,
          typename TMaskImage = Image<unsigned char, TReferenceImage::ImageDimension>,
          typename TOutputImage = Image<float, TReferenceImage::ImageDimension>>
class ITK_TEMPLATE_EXPORT MaskedStructuralSimilarityImageFilter
  : public ImageToImageFilter<TReferenceImage, TOutputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(MaskedStructuralSimilarityImageFilter);

  using Self = MaskedStructuralSimilarityImageFilter;
  using Superclass = ImageToImageFilter<TReferenceImage, TOutputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(MaskedStructuralSimilarityImageFilter);

  using ReferenceImageType = TReferenceImage;
  using SyntheticImageType = TSyntheticImage;
  using MaskImageType = TMaskImage;
  using OutputImageType = TOutputImage;
  using VariantEnum = StructuralSimilarityEnum;

  static constexpr unsigned int ImageDimension = ReferenceImageType::ImageDimension;

  /** The true image, in HU. It is the primary input. */
  itkSetInputMacro(ReferenceImage, ReferenceImageType);
  itkGetInputMacro(ReferenceImage, ReferenceImageType);

  /** The image to be judged, in HU, on the grid of the reference. */
  itkSetInputMacro(SyntheticImage, SyntheticImageType);
  itkGetInputMacro(SyntheticImage, SyntheticImageType);

  /** The body: voxels that are not zero count. On the grid of the reference. Without a mask every voxel counts. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** The definition; default Masked3D. */
  itkSetEnumMacro(Variant, VariantEnum);
  itkGetEnumMacro(Variant, VariantEnum);

  /** Whether HU are mapped before anything else (default), or the images are taken as they are; DataRange must be set
   * for the latter. */
  itkSetMacro(RescaleIntensity, bool);
  itkGetConstMacro(RescaleIntensity, bool);
  itkBooleanMacro(RescaleIntensity);

  /** The window in HU that is mapped to [OutputMinimum, OutputMaximum]. Default [-1000, 3000]; the minimum is the
   * smaller. */
  itkSetMacro(WindowMinimum, double);
  itkGetConstMacro(WindowMinimum, double);
  itkSetMacro(WindowMaximum, double);
  itkGetConstMacro(WindowMaximum, double);

  /** The interval that the window is mapped to. Default [-1, 1]; the minimum is the smaller. */
  itkSetMacro(OutputMinimum, double);
  itkGetConstMacro(OutputMinimum, double);
  itkSetMacro(OutputMaximum, double);
  itkGetConstMacro(OutputMaximum, double);

  /** Whether the images are clipped to the window when they are mapped; default on. */
  itkSetMacro(Clip, bool);
  itkGetConstMacro(Clip, bool);
  itkBooleanMacro(Clip);

  /** The data range L. The default 0 is that of the definition: OutputMaximum - OutputMinimum, where Update() throws
   * for another, or the width of the interval of HU of SynthRAD2023 and MultiScale, which use no other and warn of one.
   * Only images that are taken as they are, with RescaleIntensityOff(), have none, and need a number larger than 0. */
  itkSetMacro(DataRange, double);
  itkGetConstMacro(DataRange, double);

  /** The constants of C1 and C2, larger than 0. Defaults 0.01 and 0.03. */
  itkSetMacro(K1, double);
  itkGetConstMacro(K1, double);
  itkSetMacro(K2, double);
  itkGetConstMacro(K2, double);

  /** The epsilon of Masked3D, larger than 0. Default 1e-8. */
  itkSetMacro(Epsilon, double);
  itkGetConstMacro(Epsilon, double);

  /** Whether the epsilon of Masked3D stands in the denominator of the map too. Default on. */
  itkSetMacro(EpsilonInMap, bool);
  itkGetConstMacro(EpsilonInMap, bool);
  itkBooleanMacro(EpsilonInMap);

  /** Whether the value of Masked3D is the mean of the map under the weights W. Default on; off, it is the plain mean
   * over the voxels of the mask. The other variants take plain means. */
  itkSetMacro(WeightedMean, bool);
  itkGetConstMacro(WeightedMean, bool);
  itkBooleanMacro(WeightedMean);

  /** Voxels of the kernel along each axis: an odd number from 3 to 65. Default 0, which is that of the variant, or with
   * a KernelSigma that of a Gaussian truncated at 3.5 sigma, \f$2\lfloor 3.5\sigma + 1/2\rfloor + 1\f$. */
  itkSetMacro(KernelSize, SizeValueType);
  itkGetConstMacro(KernelSize, SizeValueType);

  /** Sigma of the Gaussian of Masked3D and Gaussian in voxels. Default 0, which is 1.5. */
  itkSetMacro(KernelSigma, double);
  itkGetConstMacro(KernelSigma, double);

  /** The kind of variances and covariance; default OfVariant. */
  itkSetEnumMacro(Covariance, StructuralSimilarityCovarianceEnum);
  itkGetEnumMacro(Covariance, StructuralSimilarityCovarianceEnum);

  /** The exponents w of MultiScale, one per level, the finest first; from 1 to 10 numbers larger than 0. Default those
   * five of SynthRAD2025. An image too small for so many levels is padded up to 128 voxels, and an error beyond. */
  void
  SetLevelWeights(const std::vector<double> & weights);
  itkGetConstReferenceMacro(LevelWeights, std::vector<double>);

  /** The interval in HU of MultiScale, whose width is its L. Default [-1024, 3071]; the minimum is the smaller. */
  itkSetMacro(MultiScaleMinimum, double);
  itkGetConstMacro(MultiScaleMinimum, double);
  itkSetMacro(MultiScaleMaximum, double);
  itkGetConstMacro(MultiScaleMaximum, double);

  /** Whether Masked3D with a mask computes the global value too, which needs a run of its own and reads the voxels
   * outside the mask. The other variants have it as a by-product. Default on; when off it is NaN. */
  itkSetMacro(ComputeGlobal, bool);
  itkGetConstMacro(ComputeGlobal, bool);
  itkBooleanMacro(ComputeGlobal);

  /** Whether the output is the map of S at every voxel; default off, and then the output has no voxels. With a mask the
   * map of Masked3D is that of the masked windows. Within reach of the border the images are mirrored there
   * (d c b a | a b c d | d c b a), as in scikit-image. The map of MultiScale is that of the first level. */
  itkSetMacro(ComputeMap, bool);
  itkGetConstMacro(ComputeMap, bool);
  itkBooleanMacro(ComputeMap);

  /** Whether there is a second output, GetWeights(): the weights of the map in its mean. That is W for Masked3D,
   * and 1 or 0 otherwise, for the voxels that count. Default off. With MultiScale it is that of the first level. */
  itkSetMacro(ComputeWeights, bool);
  itkGetConstMacro(ComputeWeights, bool);
  itkBooleanMacro(ComputeWeights);
  OutputImageType *
  GetWeights();

  /** Whether remarks are shown as ITK warnings too, when they are found. Default on; off for a caller that shows them
   * itself. */
  itkSetMacro(WarnOfRemarks, bool);
  itkGetConstMacro(WarnOfRemarks, bool);
  itkBooleanMacro(WarnOfRemarks);

  /** What the last Update() found doubtful, in one line each. An index that is too large throws. */
  SizeValueType
  GetNumberOfRemarks() const
  {
    this->VerifyResults();
    return static_cast<SizeValueType>(m_Remarks.size());
  }
  const std::string &
  GetRemark(SizeValueType i) const;

  /** The SSIM over the mask, or over the whole image when there is none. */
  double
  GetStructuralSimilarity() const
  {
    this->VerifyResults();
    return m_StructuralSimilarity;
  }

  /** The SSIM over the whole image. */
  double
  GetGlobalStructuralSimilarity() const
  {
    this->VerifyResults();
    return m_GlobalStructuralSimilarity;
  }

  /** The number of voxels of the mask, or of the image, where the map counts (MultiScale: at the first level, padding
   * included). */
  SizeValueType
  GetNumberOfVoxels() const
  {
    this->VerifyResults();
    return m_NumberOfVoxels;
  }

  /** As many as LevelWeights for MultiScale, 1 for the others. */
  unsigned int
  GetNumberOfLevels() const
  {
    this->VerifyResults();
    return static_cast<unsigned int>(m_LevelValues.size());
  }

  /** The mean of the map over the mask, or over the whole image, of one level; not clipped. Level 0 is the finest. A
   * level that is not there throws. */
  double
  GetLevelStructuralSimilarity(unsigned int level) const;
  double
  GetLevelGlobalStructuralSimilarity(unsigned int level) const;

  /** The exponent w of the map of one level, 1 except for MultiScale. A level that is not there throws. */
  double
  GetLevelWeight(unsigned int level) const;

  /** The mapped intensity is GetIntensityScale() * HU + GetIntensityOffset(), after clipping to
   * [GetUsedWindowMinimum(), GetUsedWindowMaximum()] (infinite when nothing is clipped). */
  double
  GetIntensityScale() const
  {
    this->VerifyResults();
    return m_IntensityScale;
  }
  double
  GetIntensityOffset() const
  {
    this->VerifyResults();
    return m_IntensityOffset;
  }
  double
  GetUsedWindowMinimum() const
  {
    this->VerifyResults();
    return m_UsedWindowMinimum;
  }
  double
  GetUsedWindowMaximum() const
  {
    this->VerifyResults();
    return m_UsedWindowMaximum;
  }

  /** The data range L that was used. */
  double
  GetUsedDataRange() const
  {
    this->VerifyResults();
    return m_UsedDataRange;
  }

  /** Voxels of the kernel along an axis; an axis that is not there throws. */
  SizeValueType
  GetUsedKernelSize(unsigned int axis) const;

  /** Sigma of the kernel in voxels, 0 for a box. */
  double
  GetUsedKernelSigma() const
  {
    this->VerifyResults();
    return m_UsedKernelSigma;
  }

  /** Whether variances and covariance were multiplied by N/(N-1). */
  bool
  GetUsedSampleCovariance() const
  {
    this->VerifyResults();
    return m_UsedSampleCovariance;
  }

  /** Update() of this filter works without voxels in the outputs; filters that follow in a pipeline need them. */
  void
  Update() override;
  void
  UpdateLargestPossibleRegion() override;

#ifdef ITK_USE_CONCEPT_CHECKING
  itkConceptMacro(SameDimensionSyntheticCheck,
                  (Concept::SameDimension<ImageDimension, SyntheticImageType::ImageDimension>));
  itkConceptMacro(SameDimensionMaskCheck, (Concept::SameDimension<ImageDimension, MaskImageType::ImageDimension>));
  itkConceptMacro(SameDimensionOutputCheck, (Concept::SameDimension<ImageDimension, OutputImageType::ImageDimension>));
  itkConceptMacro(ReferenceConvertibleToDoubleCheck,
                  (Concept::Convertible<typename ReferenceImageType::PixelType, double>));
  itkConceptMacro(SyntheticConvertibleToDoubleCheck,
                  (Concept::Convertible<typename SyntheticImageType::PixelType, double>));
  itkConceptMacro(MaskEqualityComparableCheck, (Concept::EqualityComparable<typename MaskImageType::PixelType>));
#endif
  static_assert(ImageDimension == 2 || ImageDimension == 3,
                "MaskedStructuralSimilarityImageFilter takes images in 2D and 3D");

protected:
  MaskedStructuralSimilarityImageFilter();
  ~MaskedStructuralSimilarityImageFilter() override = default;

  void
  VerifyPreconditions() const override;

  void
  VerifyInputInformation() const override;

  void
  GenerateInputRequestedRegion() override;

  void
  EnlargeOutputRequestedRegion(DataObject * output) override;

  void
  UpdateOutputData(DataObject * output) override;

  void
  GenerateData() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  using EngineType = SyntheticCTDetail::StructuralSimilarityEngine;
  using GridType = EngineType::Grid;

  using IndexType = typename ReferenceImageType::IndexType;
  using SizeArray = std::array<SizeValueType, 3>;

  /** The variants that leave intensities and L to the settings. */
  bool
  IsIntensityFree() const;

  /** The variants whose kernel is a Gaussian. */
  bool
  IsGaussian() const
  {
    return m_Variant == VariantEnum::Masked3D || m_Variant == VariantEnum::Gaussian;
  }

  /** Sigma of the kernel, 0 for a box; its voxels along an axis that is long enough; the voxels that an axis needs for
   * all levels. */
  double
  KernelSigmaOfSettings() const;
  SizeValueType
  KernelSizeOfSettings() const;
  SizeValueType
  SmallestSize() const;

  void
  VerifyIntensities() const;
  void
  VerifyKernel() const;

  /** Sets what the getters tell about intensities, L and covariance. */
  void
  ComputeDefinition();

  /** The weights of the kernel along an axis of that many voxels; their sum is 1. */
  std::vector<double>
  ComputeKernel(SizeValueType size) const;

  /** The grid of a level whose images have that size. */
  GridType
  ComputeGrid(const SizeArray & size) const;

  EngineType::Formula
  ComputeFormula() const;

  /** The index of the voxel at a position counted from a start. */
  static IndexType
  IndexFrom(const IndexType & start, SizeValueType x, SizeValueType y, SizeValueType z);

  /** Reads the images, and a mask, which may be missing. */
  EngineType::ReadFunction
  MakeReader(const MaskImageType * mask) const;

  /** Allocates an output and writes into it what the grid has on the image. */
  EngineType::WriteFunction
  MakeWriter(OutputImageType * output, const GridType & grid, const SizeArray & size) const;

  /** Looks whether the images are in HU, where they should be. */
  void
  ComputeRemarks();

  /** The runs of the variants. */
  void
  RunMasked3D(const GridType &                  grid,
              const EngineType::Mapping &       mapping,
              const EngineType::WriteFunction & write,
              const EngineType::WriteFunction & writeWeights);
  void
  RunMultiScale(GridType                          grid,
                EngineType::Mapping               mapping,
                const EngineType::WriteFunction & write,
                const EngineType::WriteFunction & writeWeights);

  /** Puts the values of one level into the lists. */
  void
  AddLevel(const EngineType::Sums & sums);

  /** The number of voxels of the mask, or of the image. */
  SizeValueType
  CountVoxels();

  /** Throws when there are no results. */
  void
  VerifyResults() const;

  /** The element of a level; throws when there is none. */
  double
  ElementOf(const std::vector<double> & values, unsigned int level) const;

  VariantEnum m_Variant{ VariantEnum::Masked3D };
  bool        m_RescaleIntensity{ true };
  double      m_WindowMinimum{ -1000.0 };
  double      m_WindowMaximum{ 3000.0 };
  double      m_OutputMinimum{ -1.0 };
  double      m_OutputMaximum{ 1.0 };
  bool        m_Clip{ true };
  double      m_DataRange{ 0.0 };
  double      m_K1{ 0.01 };
  double      m_K2{ 0.03 };
  double      m_Epsilon{ 1e-8 };
  bool        m_EpsilonInMap{ true };
  bool        m_WeightedMean{ true };
  bool        m_ComputeGlobal{ true };
  bool        m_ComputeMap{ false };
  bool        m_ComputeWeights{ false };
  bool        m_WarnOfRemarks{ true };

  SizeValueType                      m_KernelSize{ 0 };
  double                             m_KernelSigma{ 0.0 };
  StructuralSimilarityCovarianceEnum m_Covariance{ StructuralSimilarityCovarianceEnum::OfVariant };
  std::vector<double>                m_LevelWeights{ 0.0448, 0.2856, 0.3001, 0.2363, 0.1333 };
  double                             m_MultiScaleMinimum{ -1024.0 };
  double                             m_MultiScaleMaximum{ 3071.0 };

  // Results.
  bool                                      m_HasResults{ false };
  std::vector<std::string>                  m_Remarks;
  double                                    m_StructuralSimilarity{ std::numeric_limits<double>::quiet_NaN() };
  double                                    m_GlobalStructuralSimilarity{ std::numeric_limits<double>::quiet_NaN() };
  SizeValueType                             m_NumberOfVoxels{ 0 };
  std::vector<double>                       m_LevelValues;
  std::vector<double>                       m_LevelGlobalValues;
  std::vector<double>                       m_UsedLevelWeights;
  double                                    m_IntensityScale{ 1.0 };
  double                                    m_IntensityOffset{ 0.0 };
  double                                    m_UsedWindowMinimum{ -std::numeric_limits<double>::infinity() };
  double                                    m_UsedWindowMaximum{ std::numeric_limits<double>::infinity() };
  double                                    m_UsedDataRange{ 0.0 };
  double                                    m_UsedKernelSigma{ 0.0 };
  bool                                      m_UsedSampleCovariance{ false };
  std::array<SizeValueType, ImageDimension> m_UsedKernelSize{};

  /** Without the map the output has no voxels, which to the pipeline looks as if they still had to be made. */
  ModifiedTimeType m_ComputedTime{ 0 };
  /** Whether it is this filter that is updated, and not one that follows it. */
  bool m_IsUpdatedItself{ false };
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkMaskedStructuralSimilarityImageFilter.hxx"
#endif

#endif
