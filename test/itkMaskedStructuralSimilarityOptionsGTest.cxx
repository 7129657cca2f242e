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
#include "itkStructuralSimilarityTestUtilities.h"

#include "itkImageRegionConstIterator.h"
#include "itkShiftScaleImageFilter.h"

#include <cmath>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace
{
using namespace itk::TestUtilities::StructuralSimilarity;
using itk::TestUtilities::ExpectError;
using itk::TestUtilities::ExpectSameVoxels;
using itk::TestUtilities::MakeImage;
using Covariance = itk::StructuralSimilarityCovarianceEnum;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
} // namespace

// The values of this test: NumPy 2.4.6, SciPy 1.17.1, scikit-image 0.26.0 on arrays of double:
// skimage.metrics.structural_similarity(full=True) with win_size, sigma and use_sample_covariance, cropped by
// skimage.util.crop.
TEST(MaskedStructuralSimilarityOptions, ScikitImage)
{
  const struct
  {
    Variant            variant;
    itk::SizeValueType size;
    double             sigma;
    Covariance         covariance;
    double             global;
    double             masked;
    itk::SizeValueType voxels;
  } expected[] = { { Variant::Uniform7, 0, 0.0, Covariance::Population, 0.8044368044555226, 0.804500280537258, 2690 },
                   { Variant::Uniform7, 7, 0.0, Covariance::Sample, 0.8043160936241127, 0.8043796604288701, 2690 },
                   { Variant::Uniform7, 5, 0.0, Covariance::OfVariant, 0.7596551878898273, 0.7596172886446212, 3866 },
                   { Variant::Uniform7, 9, 0.0, Covariance::Population, 0.843049539695301, 0.8430757476359796, 1703 },
                   { Variant::Uniform7, 13, 0.0, Covariance::OfVariant, 0.89791799237907, 0.8979046131710664, 491 },
                   { Variant::Gaussian, 0, 0.0, Covariance::Population, 0.7697367962847645, 0.7696947099240544, 980 },
                   { Variant::Gaussian, 0, 1.0, Covariance::OfVariant, 0.7333014377390811, 0.7333444341070414, 1703 },
                   { Variant::Gaussian, 0, 2.0, Covariance::Population, 0.8076772571025718, 0.8076288273285934, 191 } };
  for (const auto & values : expected)
  {
    SCOPED_TRACE(values.global);
    const auto filter = MakeFilter(values.variant, smallSize);
    filter->SetKernelSize(values.size);
    filter->SetKernelSigma(values.sigma);
    filter->SetCovariance(values.covariance);
    filter->Update();
    EXPECT_NEAR(filter->GetGlobalStructuralSimilarity(), values.global, 1e-13);
    EXPECT_NEAR(filter->GetStructuralSimilarity(), values.masked, 1e-13);
    EXPECT_EQ(filter->GetNumberOfVoxels(), values.voxels);
    EXPECT_EQ(filter->GetUsedSampleCovariance(), values.covariance != Covariance::Population);
  }
}

TEST(MaskedStructuralSimilarityOptions, MONAI)
{
  // MONAI 1.3.2 on PyTorch 1.13, compute_ssim_and_cs() with its conversion to float made one to double; as it is,
  // SSIMMetric gives 0.76974845 and 0.73229700.
  const auto filter = MakeFilter(Variant::Gaussian, smallSize);
  filter->SetCovariance(Covariance::Population);
  filter->Update();
  EXPECT_NEAR(filter->GetGlobalStructuralSimilarity(), 0.7697367962847695, 1e-13);
  filter->SetKernelSize(7);
  filter->SetKernelSigma(1.0);
  filter->Update();
  EXPECT_NEAR(filter->GetGlobalStructuralSimilarity(), 0.7322963399838315, 1e-13);
  const auto box = MakeFilter(Variant::Uniform7, smallSize);
  box->SetCovariance(Covariance::Population);
  box->Update();
  EXPECT_NEAR(box->GetGlobalStructuralSimilarity(), 0.8044368044555128, 1e-13);
}

TEST(MaskedStructuralSimilarityOptions, Masked3D)
{
  // Algorithm 1 with scipy.ndimage.convolve1d(mode='constant'), SciPy 1.17.1.
  const auto values = [](const std::function<void(FilterType *)> & set) {
    const auto filter = MakeFilter(Variant::Masked3D, smallSize);
    set(filter);
    filter->Update();
    return std::vector<double>{ filter->GetStructuralSimilarity(), filter->GetGlobalStructuralSimilarity() };
  };
  auto found = values([](FilterType * filter) { filter->WeightedMeanOff(); });
  EXPECT_NEAR(found[0], 0.7601688543024312, 1e-13);
  EXPECT_NEAR(found[1], 0.7611201153172089, 1e-13);
  found = values([](FilterType * filter) {
    filter->SetKernelSize(7);
    filter->SetKernelSigma(1.0);
  });
  EXPECT_NEAR(found[0], 0.728649516892996, 1e-13);
  EXPECT_NEAR(found[1], 0.7311380360614785, 1e-13);
  found = values([](FilterType * filter) { filter->SetCovariance(Covariance::Sample); });
  EXPECT_NEAR(found[0], 0.7600863105492304, 1e-13);
  EXPECT_NEAR(found[1], 0.7623889842156248, 1e-13);
  found = values([](FilterType * filter) {
    filter->SetKernelSize(15);
    filter->SetKernelSigma(2.0);
  });
  EXPECT_NEAR(found[0], 0.7915283239136542, 1e-13);
  EXPECT_NEAR(found[1], 0.7946086091120119, 1e-13);

  // Without a mask the plain mean is that over all voxels.
  const auto whole = MakeFilter(Variant::Masked3D, smallSize);
  whole->SetMaskImage(nullptr);
  whole->WeightedMeanOff();
  whole->Update();
  EXPECT_NEAR(whole->GetStructuralSimilarity(), 0.7611201153172089, 1e-13);
}

// The weights are those of the mean of the map.
TEST(MaskedStructuralSimilarityOptions, Weights)
{
  using DoubleType = itk::Image<double, 3>;
  for (const Variant variant : { Variant::Masked3D, Variant::Uniform7, Variant::Gaussian, Variant::SynthRAD2023 })
  {
    for (const bool isMasked : { true, false })
    {
      for (const bool isWeighted : { true, false })
      {
        SCOPED_TRACE(variant);
        auto filter = itk::MaskedStructuralSimilarityImageFilter<ImageType, ImageType, MaskType, DoubleType>::New();
        filter->SetReferenceImage(MakeReference<ImageType>(smallSize));
        filter->SetSyntheticImage(MakeSynthetic<ImageType>(smallSize));
        if (isMasked)
        {
          filter->SetMaskImage(MakeMask<MaskType>(smallSize));
        }
        filter->SetVariant(variant);
        filter->SetWeightedMean(isWeighted);
        filter->ComputeMapOn();
        filter->ComputeWeightsOn();
        filter->Update();
        itk::ImageRegionConstIterator<DoubleType> map(filter->GetOutput(), filter->GetOutput()->GetBufferedRegion());
        itk::ImageRegionConstIterator<DoubleType> weight(filter->GetWeights(),
                                                         filter->GetWeights()->GetBufferedRegion());
        double                                    sum = 0.0;
        double                                    total = 0.0;
        for (; !map.IsAtEnd(); ++map, ++weight)
        {
          sum += map.Get() * weight.Get();
          total += weight.Get();
        }
        EXPECT_NEAR(sum / total, filter->GetStructuralSimilarity(), 1e-13);
        if (variant != Variant::Masked3D || !isWeighted)
        {
          EXPECT_EQ(total, static_cast<double>(filter->GetNumberOfVoxels()));
        }
        else if (isMasked)
        {
          // SciPy, as above.
          EXPECT_NEAR(filter->GetWeights()->GetPixel({ { 3, 2, 0 } }), 0.1282494893851859, 1e-15);
          EXPECT_NEAR(filter->GetWeights()->GetPixel({ { 11, 10, 16 } }), 0.5696357333373286, 1e-15);
          EXPECT_NEAR(filter->GetWeights()->GetPixel({ { 0, 0, 0 } }), 0.0004963949942754796, 1e-15);
        }
      }
    }
  }
}

TEST(MaskedStructuralSimilarityOptions, WeightsAloneAndLevels)
{
  const auto filter = MakeFilter(Variant::Masked3D, smallSize);
  filter->ComputeWeightsOn();
  filter->Update();
  const auto value = filter->GetStructuralSimilarity();
  EXPECT_EQ(filter->GetOutput()->GetBufferedRegion().GetNumberOfPixels(), 0u);
  EXPECT_EQ(filter->GetWeights()->GetBufferedRegion().GetSize(), smallSize);
  filter->ComputeMapOn();
  filter->Update();
  EXPECT_EQ(filter->GetStructuralSimilarity(), value);

  // Of the first level, without its padding.
  const auto levels = MakeFilter(Variant::MultiScale, smallSize);
  levels->ComputeWeightsOn();
  levels->Update();
  double total = 0.0;
  for (itk::ImageRegionConstIterator<ImageType> it(levels->GetWeights(), levels->GetWeights()->GetBufferedRegion());
       !it.IsAtEnd();
       ++it)
  {
    EXPECT_TRUE(it.Get() == 0.0f || it.Get() == 1.0f);
    total += static_cast<double>(it.Get());
  }
  EXPECT_GT(total, 0.0);
}

// After the metrics of SynthRAD2025 (commit 17cac47b), with uniform_filter of SciPy 1.17.1.
TEST(MaskedStructuralSimilarityOptions, Levels)
{
  const auto filter = MakeFilter(Variant::MultiScale, { { 60, 101, 30 } });
  filter->SetLevelWeights({ 0.2, 0.3, 0.5 });
  filter->SetMultiScaleMinimum(-1000);
  filter->SetMultiScaleMaximum(2000);
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLevels(), 3u);
  EXPECT_EQ(filter->GetUsedDataRange(), 3000.0);
  EXPECT_EQ(filter->GetUsedWindowMinimum(), -1000.0);
  EXPECT_EQ(filter->GetIntensityOffset(), 1000.0);
  EXPECT_NEAR(filter->GetStructuralSimilarity(), 0.9655635288142439, 1e-12);
  EXPECT_NEAR(filter->GetGlobalStructuralSimilarity(), 0.9680112545439027, 1e-12);
  const double masked[] = { 0.980053348390708, 0.9908801472590607, 0.9942829891014259 };
  const double global[] = { 0.9821661175418352, 0.9912233468142789, 0.9943148739841788 };
  for (unsigned int level = 0; level < 3; ++level)
  {
    EXPECT_NEAR(filter->GetLevelStructuralSimilarity(level), masked[level], 1e-12);
    EXPECT_NEAR(filter->GetLevelGlobalStructuralSimilarity(level), global[level], 1e-12);
  }

  const auto one = MakeFilter(Variant::MultiScale, { { 60, 101, 30 } });
  one->SetLevelWeights({ 1.0 });
  one->Update();
  EXPECT_NEAR(one->GetStructuralSimilarity(), 0.923429235469974, 1e-12);
  EXPECT_NEAR(one->GetGlobalStructuralSimilarity(), 0.9315690185307918, 1e-12);

  one->SetLevelWeights({ 0.1, 0.2, 0.3, 0.4 });
  one->SetKernelSize(5);
  one->SetCovariance(Covariance::Population);
  one->Update();
  EXPECT_NEAR(one->GetStructuralSimilarity(), 0.9786198671437697, 1e-12);
  EXPECT_NEAR(one->GetGlobalStructuralSimilarity(), 0.9805439830756626, 1e-12);

  // A single level sees negative factors as 0, too.
  const auto checkers = [](int sign) {
    return MakeImage<ImageType>({ { 12, 12, 12 } }, [sign](const ImageType::IndexType & i) {
      return 1000.0 + ((i[0] + i[1] + i[2]) % 2 == 0 ? sign : -sign) * 900.0;
    });
  };
  const auto opposite = MakeFilter(Variant::MultiScale, checkers(1), checkers(-1), nullptr);
  opposite->SetLevelWeights({ 1.0 });
  opposite->Update();
  EXPECT_EQ(opposite->GetStructuralSimilarity(), 0.0);
}

TEST(MaskedStructuralSimilarityOptions, AMapThatWasNotAskedForIsOneClearError)
{
  const auto filter = MakeFilter(Variant::Uniform7, smallSize);
  auto       next = itk::ShiftScaleImageFilter<ImageType, ImageType>::New();
  next->SetInput(filter->GetOutput());
  ExpectError([&] { next->Update(); }, "the map is asked for but has no voxels: ComputeMap should be on.");
  next->ResetPipeline();
  filter->ComputeMapOn();
  next->Update();
  ExpectSameVoxels(next->GetOutput(), filter->GetOutput());

  auto weights = itk::ShiftScaleImageFilter<ImageType, ImageType>::New();
  weights->SetInput(filter->GetWeights());
  ExpectError([&] { weights->Update(); }, "the image of weights is asked for but has no voxels: ComputeWeights should");
  // The values alone need neither.
  filter->ComputeMapOff();
  EXPECT_NO_THROW(filter->Update());
  EXPECT_NO_THROW(filter->UpdateLargestPossibleRegion());
}

TEST(MaskedStructuralSimilarityOptions, BadParameters)
{
  const auto bad = [](Variant variant, const std::function<void(FilterType *)> & set, const std::string & words) {
    const auto filter = MakeFilter(variant, smallSize);
    set(filter);
    ExpectError([&] { filter->Update(); }, words);
  };
  for (const itk::SizeValueType size : { 1, 2, 8, 67 })
  {
    bad(
      Variant::Uniform7, [=](FilterType * f) { f->SetKernelSize(size); }, "KernelSize is " + std::to_string(size));
  }
  for (const double sigma : { -1.0, notANumber, std::numeric_limits<double>::infinity() })
  {
    bad(
      Variant::Gaussian, [=](FilterType * f) { f->SetKernelSigma(sigma); }, "KernelSigma is");
  }
  bad(
    Variant::Gaussian, [](FilterType * f) { f->SetKernelSigma(1e300); }, "whose kernel has 2000001 voxels");
  bad(
    Variant::Uniform7, [](FilterType * f) { f->SetKernelSigma(2.0); }, "the kernel of Uniform7 is a box");
  bad(
    Variant::SynthRAD2023, [](FilterType * f) { f->SetKernelSize(5); }, "SynthRAD2023 has its own");
  bad(
    Variant::SynthRAD2023, [](FilterType * f) { f->SetCovariance(Covariance::Sample); }, "SynthRAD2023 has its own");
  bad(
    Variant::Gaussian, [](FilterType * f) { f->SetCovariance(static_cast<Covariance>(3)); }, "Covariance is INVALID");
  bad(
    Variant::Gaussian, [](FilterType * f) { f->SetKernelSize(19); }, "but the window of Gaussian has 19 voxels");
  bad(
    Variant::MultiScale, [](FilterType * f) { f->SetLevelWeights({}); }, "LevelWeights has 0 elements");
  bad(
    Variant::MultiScale, [](FilterType * f) { f->SetLevelWeights(std::vector<double>(11, 1.0)); }, "has 11 elements");
  for (const double weight : { 0.0, -1.0, notANumber, std::numeric_limits<double>::infinity() })
  {
    bad(
      Variant::MultiScale,
      [=](FilterType * f) {
        f->SetLevelWeights({ 0.5, weight });
      },
      "a weight should be");
  }
  bad(
    Variant::MultiScale,
    [](FilterType * f) {
      f->SetLevelWeights({ 1.0, 1.0, 1.0, 1.0, 1.0, 1.0 });
    },
    "but 6 levels need 193 voxels per axis");
  for (const double value : { 3071.0, notANumber, std::numeric_limits<double>::infinity() })
  {
    bad(
      Variant::MultiScale, [=](FilterType * f) { f->SetMultiScaleMinimum(value); }, "MultiScaleMinimum is");
    bad(
      Variant::MultiScale, [=](FilterType * f) { f->SetMultiScaleMaximum(-value); }, "MultiScaleMaximum");
  }
}

TEST(MaskedStructuralSimilarityOptions, Prints)
{
  const auto filter = MakeFilter(Variant::Masked3D, smallSize);
  for (const bool hasResults : { false, true })
  {
    std::ostringstream text;
    filter->Print(text);
    for (const char * const word : { "ComputeWeights: Off",
                                     "WeightedMean: On",
                                     "KernelSize: 0",
                                     "KernelSigma: 0",
                                     "Covariance: OfVariant",
                                     "LevelWeights: 0.0448 0.2856 0.3001 0.2363 0.1333",
                                     "MultiScaleMinimum: -1024",
                                     "MultiScaleMaximum: 3071" })
    {
      EXPECT_NE(text.str().find(word), std::string::npos) << word;
    }
    EXPECT_EQ(text.str().find("UsedKernelSigma: 1.5") != std::string::npos, hasResults);
    filter->Update();
  }
  std::ostringstream text;
  text << Covariance::Population << ' ' << Covariance::Sample;
  EXPECT_EQ(text.str(), "Population Sample");
}
