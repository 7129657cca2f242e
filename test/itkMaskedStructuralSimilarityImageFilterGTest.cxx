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

#include "itkCommand.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace
{
using namespace itk::TestUtilities;
using namespace itk::TestUtilities::StructuralSimilarity;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

const Variant allVariants[] = {
  Variant::Masked3D, Variant::Uniform7, Variant::Gaussian, Variant::SynthRAD2023, Variant::MultiScale
};

double
Luminance(double x, double y, double c1)
{
  return (2.0 * x * y + c1) / (x * x + y * y + c1);
}

} // namespace

// The values of this and the next two tests: NumPy 2.4.6, SciPy 1.17.1, scikit-image 0.26.0 on arrays of double.
// Uniform7, Gaussian and SynthRAD2023 by skimage.metrics.structural_similarity(full=True), cropped by
// skimage.util.arraycrop.crop; Masked3D by Algorithm 1 with scipy.ndimage.convolve1d(mode='constant').
TEST(MaskedStructuralSimilarityImageFilter, ReferenceValues)
{
  const struct
  {
    Variant       variant;
    double        masked;
    double        global;
    unsigned long count;
    double        first;
    double        inside;
  } expected[] = {
    { Variant::Masked3D, 0.7601331169111769, 0.7624351016154371, 6058, notANumber, notANumber },
    { Variant::Uniform7, 0.8043796604288691, 0.8043160936241117, 2690, 0.8498744525844308, 0.7805685699841707 },
    { Variant::Gaussian, 0.7696511372218233, 0.7696932323430634, 980, 0.9206213168658516, 0.7125812627648931 },
    { Variant::SynthRAD2023, 0.946072008858412, 0.9461853864983616, 2690, 1.0, 0.9812685085154099 },
  };
  for (const auto & values : expected)
  {
    SCOPED_TRACE(values.variant);
    const auto filter = MakeFilter(values.variant, smallSize);
    filter->ComputeMapOn();
    filter->Update();
    EXPECT_NEAR(filter->GetStructuralSimilarity(), values.masked, 1e-13);
    EXPECT_NEAR(filter->GetGlobalStructuralSimilarity(), values.global, 1e-13);
    EXPECT_EQ(filter->GetNumberOfVoxels(), values.count);
    ASSERT_EQ(filter->GetNumberOfLevels(), 1u);
    EXPECT_EQ(filter->GetLevelStructuralSimilarity(0), filter->GetStructuralSimilarity());
    EXPECT_EQ(filter->GetLevelGlobalStructuralSimilarity(0), filter->GetGlobalStructuralSimilarity());
    if (values.variant != Variant::Masked3D)
    {
      EXPECT_NEAR(filter->GetOutput()->GetPixel({ { 0, 0, 0 } }), values.first, 1e-7);
      EXPECT_NEAR(filter->GetOutput()->GetPixel({ { 20, 20, 0 } }), values.inside, 1e-7);
    }
    else
    {
      EXPECT_NEAR(filter->GetOutput()->GetPixel({ { 3, 2, 0 } }), 0.6412680420787429, 1e-7);
      EXPECT_NEAR(filter->GetOutput()->GetPixel({ { 11, 10, 16 } }), 0.7728486229898567, 1e-7);
    }
  }

  const auto filter = MakeFilter(Variant::Masked3D, smallSize);
  filter->EpsilonInMapOff();
  filter->Update();
  EXPECT_NEAR(filter->GetStructuralSimilarity(), 0.7601344163407919, 1e-13);
  EXPECT_NEAR(filter->GetGlobalStructuralSimilarity(), 0.7624365423228113, 1e-13);
  filter->EpsilonInMapOn();
  filter->SetEpsilon(1e-3);
  filter->Update();
  EXPECT_NEAR(filter->GetStructuralSimilarity(), 0.6736472162196652, 1e-13);
  EXPECT_NEAR(filter->GetGlobalStructuralSimilarity(), 0.667823804624372, 1e-13);

  const auto hounsfield = MakeFilter(Variant::Uniform7, smallSize);
  hounsfield->RescaleIntensityOff();
  hounsfield->SetDataRange(4000);
  hounsfield->Update();
  EXPECT_NEAR(hounsfield->GetStructuralSimilarity(), 0.715559745691856, 1e-13);
  EXPECT_NEAR(hounsfield->GetGlobalStructuralSimilarity(), 0.715731498705588, 1e-13);
}

TEST(MaskedStructuralSimilarityImageFilter, ReferenceValuesOfSlices)
{
  using SliceType = itk::Image<float, 2>;
  const struct
  {
    Variant       variant;
    double        masked;
    double        global;
    unsigned long count;
  } expected[] = {
    { Variant::Uniform7, 0.7871046029193677, 0.7858197488471673, 245 },
    { Variant::Gaussian, 0.7614404562261391, 0.7621900956830168, 140 },
    { Variant::SynthRAD2023, 0.9189327763379118, 0.9172022366825417, 245 },
    { Variant::MultiScale, 0.9855154309345179, 0.9956803972681777, 978 },
  };
  for (const auto & values : expected)
  {
    SCOPED_TRACE(values.variant);
    const auto filter = MakeFilter<SliceType>(values.variant, { { 24, 21 } });
    filter->Update();
    EXPECT_NEAR(filter->GetStructuralSimilarity(), values.masked, 1e-12);
    EXPECT_NEAR(filter->GetGlobalStructuralSimilarity(), values.global, 1e-12);
    EXPECT_EQ(filter->GetNumberOfVoxels(), values.count);
    EXPECT_EQ(filter->GetUsedKernelSize(1), values.variant == Variant::Gaussian ? 11u : 7u);
  }

  // In two dimensions the window has two axes.
  const auto slice = MakeFilter<SliceType>(Variant::Masked3D, { { 24, 21 } });
  slice->Update();
  EXPECT_NEAR(slice->GetStructuralSimilarity(), 0.7498155094978854, 1e-13);
  EXPECT_NEAR(slice->GetGlobalStructuralSimilarity(), 0.7509822691726881, 1e-13);
  EXPECT_EQ(slice->GetNumberOfVoxels(), 356u);

  // An image of one slice keeps a window of three.
  const auto oneSlice = MakeFilter(Variant::Masked3D, { { 24, 21, 1 } });
  oneSlice->Update();
  EXPECT_NEAR(oneSlice->GetStructuralSimilarity(), 0.7498159036620726, 1e-13);
  EXPECT_NEAR(oneSlice->GetGlobalStructuralSimilarity(), 0.750982559487122, 1e-13);
  EXPECT_EQ(oneSlice->GetUsedKernelSize(0), 11u);
  EXPECT_EQ(oneSlice->GetUsedKernelSize(2), 3u);
}

// After the metrics of SynthRAD2025 (commit 17cac47b), with uniform_filter and fftconvolve of SciPy.
TEST(MaskedStructuralSimilarityImageFilter, ReferenceValuesOfMultiScale)
{
  // Two axes are padded, an odd number of voxels on one.
  const auto filter = MakeFilter(Variant::MultiScale, { { 60, 101, 30 } });
  filter->Update();
  EXPECT_NEAR(filter->GetStructuralSimilarity(), 0.9840732610976067, 1e-12);
  EXPECT_NEAR(filter->GetGlobalStructuralSimilarity(), 0.988541249856883, 1e-12);
  const double masked[] = {
    0.9963012561656369, 0.9917497217757362, 0.9969035080477534, 0.9992227441665529, 0.9998140402106921
  };
  const double global[] = {
    0.997750631370748, 0.9943620918074693, 0.9973368218173447, 0.9992338574216915, 0.9998140402106921
  };
  ASSERT_EQ(filter->GetNumberOfLevels(), 5u);
  // Of Z. Wang, E.P. Simoncelli, A.C. Bovik, 2003, section 3.2.
  const double weights[] = { 0.0448, 0.2856, 0.3001, 0.2363, 0.1333 };
  for (unsigned int level = 0; level < 5; ++level)
  {
    EXPECT_EQ(filter->GetLevelWeight(level), weights[level]);
    EXPECT_NEAR(filter->GetLevelStructuralSimilarity(level), masked[level], 1e-12);
    EXPECT_NEAR(filter->GetLevelGlobalStructuralSimilarity(level), global[level], 1e-12);
  }

  // No axis is padded.
  const auto large = MakeFilter(Variant::MultiScale, { { 101, 130, 99 } });
  large->Update();
  EXPECT_NEAR(large->GetStructuralSimilarity(), 0.9922131689815742, 1e-12);
  EXPECT_NEAR(large->GetGlobalStructuralSimilarity(), 0.992858697109551, 1e-12);
}

TEST(MaskedStructuralSimilarityImageFilter, ConstantImages)
{
  // Nothing but the luminance is left.
  const ImageType::SizeType size{ { 13, 12, 11 } };
  for (const Variant variant : allVariants)
  {
    SCOPED_TRACE(variant);
    const auto filter = MakeFilter(variant, MakeConstant(size, 200.0), MakeConstant(size, 1000.0), nullptr);
    filter->ComputeMapOn();
    filter->Update();
    if (variant == Variant::SynthRAD2023)
    {
      EXPECT_NEAR(filter->GetStructuralSimilarity(), Luminance(1224.0, 2024.0, 40.24 * 40.24), 1e-12);
    }
    else if (variant == Variant::MultiScale)
    {
      EXPECT_NEAR(
        filter->GetLevelStructuralSimilarity(0), std::pow(Luminance(1224.0, 2024.0, 40.95 * 40.95), 0.0448), 1e-12);
    }
    else
    {
      // -0.4 and 0.
      const double expected = Luminance(-0.4, 0.0, 0.0004);
      // The epsilon of Masked3D takes part in a denominator of 0.1604 * 0.0036.
      const double tolerance = variant == Variant::Masked3D ? 2e-5 * expected : 1e-12;
      EXPECT_NEAR(filter->GetStructuralSimilarity(), expected, tolerance);
    }
    EXPECT_EQ(filter->GetStructuralSimilarity(), filter->GetGlobalStructuralSimilarity());
    EXPECT_NEAR(filter->GetOutput()->GetPixel({ { 6, 6, 5 } }), filter->GetLevelStructuralSimilarity(0), 1e-6);
  }
}

// One image rises along one axis, the other along another: no covariance, and the variances are those of the window.
TEST(MaskedStructuralSimilarityImageFilter, Ramps)
{
  const ImageType::SizeType size{ { 19, 17, 15 } };
  const double              slopes[] = { 13.0, 9.0 };
  const auto                ramps = [&](unsigned int axis) {
    return MakeImage<ImageType>(size, [&, axis](const auto & index) { return 50.0 + slopes[axis] * index[axis]; });
  };
  const double c1 = 40.0 * 40.0;
  const double c2 = 120.0 * 120.0;
  for (const Variant variant : { Variant::Uniform7, Variant::Gaussian, Variant::Masked3D })
  {
    SCOPED_TRACE(variant);
    const int reach = variant == Variant::Uniform7 ? 3 : 5;
    double    weights = 0.0;
    double    variance = 0.0;
    for (int i = -reach; i <= reach; ++i)
    {
      const double weight = variant == Variant::Uniform7 ? 1.0 : std::exp(-i * i / 4.5);
      weights += weight;
      variance += weight * i * i;
    }
    const double voxels = std::pow(2 * reach + 1, 3);
    variance *= (variant == Variant::Masked3D ? 1.0 : voxels / (voxels - 1.0)) / weights;
    const double sumOfVariances = variance * (slopes[0] * slopes[0] + slopes[1] * slopes[1]);

    const auto filter = MakeFilter(variant, ramps(0), ramps(1), nullptr);
    filter->RescaleIntensityOff();
    filter->SetDataRange(4000.0);
    filter->ComputeMapOn();
    filter->Update();
    double                                       sum = 0.0;
    double                                       count = 0.0;
    itk::ImageRegionIteratorWithIndex<ImageType> it(filter->GetOutput(), filter->GetOutput()->GetBufferedRegion());
    for (; !it.IsAtEnd(); ++it)
    {
      const auto index = it.GetIndex();
      bool       isInterior = true;
      for (unsigned int axis = 0; axis < 3; ++axis)
      {
        isInterior = isInterior && index[axis] >= reach && index[axis] + reach < static_cast<int>(size[axis]);
      }
      if (isInterior)
      {
        const double value =
          Luminance(50.0 + slopes[0] * index[0], 50.0 + slopes[1] * index[1], c1) * c2 / (sumOfVariances + c2);
        EXPECT_NEAR(it.Get(), value, 1e-7);
        sum += value;
        ++count;
      }
    }
    if (variant != Variant::Masked3D)
    {
      EXPECT_NEAR(filter->GetStructuralSimilarity(), sum / count, 1e-12);
    }
  }
}

TEST(MaskedStructuralSimilarityImageFilter, IdenticalImages)
{
  for (const Variant variant : allVariants)
  {
    SCOPED_TRACE(variant);
    const auto reference = MakeReference<ImageType>(smallSize);
    const auto filter = MakeFilter(variant, reference, reference, MakeMask<MaskType>(smallSize));
    if (variant == Variant::Masked3D)
    {
      filter->Update();
      EXPECT_LT(filter->GetStructuralSimilarity(), 1.0);
      EXPECT_GT(filter->GetStructuralSimilarity(), 1.0 - 1e-5);
      filter->EpsilonInMapOff();
    }
    filter->Update();
    EXPECT_EQ(filter->GetStructuralSimilarity(), 1.0);
    EXPECT_EQ(filter->GetGlobalStructuralSimilarity(), 1.0);
  }
}

TEST(MaskedStructuralSimilarityImageFilter, ExchangedImages)
{
  for (const Variant variant : allVariants)
  {
    SCOPED_TRACE(variant);
    const auto filter = MakeFilter(variant, smallSize);
    filter->Update();
    const auto exchanged = MakeFilter(
      variant, MakeSynthetic<ImageType>(smallSize), MakeReference<ImageType>(smallSize), MakeMask<MaskType>(smallSize));
    exchanged->Update();
    ExpectSameBits(AllValues(filter), AllValues(exchanged));
  }
}

// What a position is in a row, a slice or a block does not matter: the axes are worked on in different ways.
TEST(MaskedStructuralSimilarityImageFilter, ExchangedAxes)
{
  const ImageType::SizeType size{ { 131, 18, 25 } };
  const ImageType::SizeType exchangedSize{ { 25, 18, 131 } };
  const auto exchanged = [](const auto & index) { return ImageType::IndexType{ { index[2], index[1], index[0] } }; };
  for (const Variant variant : allVariants)
  {
    SCOPED_TRACE(variant);
    const auto filter = MakeFilter(variant, size);
    filter->ComputeMapOn();
    filter->Update();
    const auto other = MakeFilter(
      variant,
      MakeImage<ImageType>(exchangedSize, [&](const auto & index) { return ReferenceValue(exchanged(index)); }),
      MakeImage<ImageType>(exchangedSize, [&](const auto & index) { return SyntheticValue(exchanged(index)); }),
      MakeImage<MaskType>(exchangedSize, [&](const auto & index) { return IsInside(exchanged(index), size) ? 1 : 0; }));
    other->ComputeMapOn();
    other->Update();
    EXPECT_NEAR(filter->GetStructuralSimilarity(), other->GetStructuralSimilarity(), 1e-12);
    EXPECT_NEAR(filter->GetGlobalStructuralSimilarity(), other->GetGlobalStructuralSimilarity(), 1e-12);
    itk::ImageRegionIteratorWithIndex<ImageType> it(other->GetOutput(), other->GetOutput()->GetBufferedRegion());
    for (; !it.IsAtEnd(); ++it)
    {
      ASSERT_NEAR(it.Get(), filter->GetOutput()->GetPixel(exchanged(it.GetIndex())), 1e-6) << it.GetIndex();
    }
  }
}

TEST(MaskedStructuralSimilarityImageFilter, NaNOutsideMask)
{
  const auto mask = MakeMask<MaskType>(smallSize);
  const auto hide = [&mask](const ImageType::Pointer & image, float value) {
    itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion());
    for (; !it.IsAtEnd(); ++it)
    {
      if (mask->GetPixel(it.GetIndex()) == 0)
      {
        it.Set(value);
      }
    }
    return image;
  };
  for (const Variant variant : { Variant::Masked3D, Variant::SynthRAD2023, Variant::MultiScale })
  {
    SCOPED_TRACE(variant);
    const auto filter = MakeFilter(variant, smallSize);
    filter->Update();
    const float values[] = { std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 77.0F };
    for (const float value : values)
    {
      const auto hidden = MakeFilter(variant,
                                     hide(MakeReference<ImageType>(smallSize), value),
                                     hide(MakeSynthetic<ImageType>(smallSize), value),
                                     mask);
      hidden->Update();
      EXPECT_EQ(hidden->GetStructuralSimilarity(), filter->GetStructuralSimilarity());
      if (variant != Variant::Masked3D)
      {
        ExpectSameBits(AllValues(hidden), AllValues(filter));
      }
    }
  }

  // The global value of Masked3D is that of all voxels.
  const auto unmasked = MakeFilter(Variant::Masked3D, smallSize);
  unmasked->SetMaskImage(nullptr);
  unmasked->Update();
  const auto filter = MakeFilter(Variant::Masked3D, smallSize);
  filter->Update();
  EXPECT_EQ(filter->GetGlobalStructuralSimilarity(), unmasked->GetStructuralSimilarity());
  EXPECT_EQ(unmasked->GetGlobalStructuralSimilarity(), unmasked->GetStructuralSimilarity());
  EXPECT_EQ(unmasked->GetNumberOfVoxels(), 24u * 21u * 17u);
  const double masked = filter->GetStructuralSimilarity();
  filter->ComputeGlobalOff();
  filter->Update();
  EXPECT_EQ(filter->GetStructuralSimilarity(), masked);
  EXPECT_TRUE(std::isnan(filter->GetGlobalStructuralSimilarity()));
}

TEST(MaskedStructuralSimilarityImageFilter, NaNInsideMask)
{
  for (const Variant variant : allVariants)
  {
    SCOPED_TRACE(variant);
    const auto synthetic = MakeSynthetic<ImageType>(smallSize);
    synthetic->SetPixel({ { 12, 11, 8 } }, std::numeric_limits<float>::quiet_NaN());
    const auto mask = MakeMask<MaskType>(smallSize);
    mask->SetPixel({ { 12, 11, 8 } }, 1);
    const auto filter = MakeFilter(variant, MakeReference<ImageType>(smallSize), synthetic, mask);
    filter->Update();
    EXPECT_TRUE(std::isnan(filter->GetStructuralSimilarity()));
    EXPECT_TRUE(std::isnan(filter->GetGlobalStructuralSimilarity()));
  }
}

TEST(MaskedStructuralSimilarityImageFilter, Infinities)
{
  for (const Variant variant : allVariants)
  {
    SCOPED_TRACE(variant);
    const auto with = [variant](double value) {
      const auto filter = MakeFilter(variant, smallSize);
      filter->SetMaskImage(nullptr);
      const_cast<ImageType *>(filter->GetSyntheticImage())
        ->SetPixel({ { 12, 11, 8 } }, static_cast<ImageType::PixelType>(value));
      return filter;
    };
    const auto infinite = with(-std::numeric_limits<double>::infinity());
    infinite->Update();
    const auto low = with(-5000.0);
    low->Update();
    ExpectSameBits(AllValues(infinite), AllValues(low));
    EXPECT_FALSE(std::isnan(infinite->GetStructuralSimilarity()));
    if (variant != Variant::SynthRAD2023 && variant != Variant::MultiScale)
    {
      infinite->ClipOff();
      infinite->Update();
      EXPECT_TRUE(std::isnan(infinite->GetStructuralSimilarity()));
    }
  }
}

TEST(MaskedStructuralSimilarityImageFilter, EmptyMask)
{
  const auto empty = MakeImage<MaskType>(smallSize, [](const auto &) { return 0; });
  for (const Variant variant : allVariants)
  {
    SCOPED_TRACE(variant);
    const auto filter =
      MakeFilter(variant, MakeReference<ImageType>(smallSize), MakeSynthetic<ImageType>(smallSize), empty);
    filter->Update();
    EXPECT_TRUE(std::isnan(filter->GetStructuralSimilarity()));
    EXPECT_FALSE(std::isnan(filter->GetGlobalStructuralSimilarity()));
    EXPECT_EQ(filter->GetNumberOfVoxels(), 0u);
  }

  // In the border the map does not count.
  const auto corner = MakeImage<MaskType>(
    smallSize, [](const auto & index) { return index[0] < 3 && index[1] < 3 && index[2] < 3 ? 1 : 0; });
  for (const Variant variant : { Variant::Masked3D, Variant::Uniform7, Variant::Gaussian, Variant::SynthRAD2023 })
  {
    SCOPED_TRACE(variant);
    const auto filter =
      MakeFilter(variant, MakeReference<ImageType>(smallSize), MakeSynthetic<ImageType>(smallSize), corner);
    filter->Update();
    const bool masked3D = variant == Variant::Masked3D;
    EXPECT_EQ(std::isnan(filter->GetStructuralSimilarity()), !masked3D);
    EXPECT_EQ(filter->GetNumberOfVoxels(), masked3D ? 27u : 0u);
  }
}

// The value is the mean of the map where it counts.
TEST(MaskedStructuralSimilarityImageFilter, MeanOfMap)
{
  using DoubleType = itk::Image<double, 3>;
  for (const Variant variant : { Variant::Uniform7, Variant::Gaussian, Variant::SynthRAD2023 })
  {
    SCOPED_TRACE(variant);
    const int border = variant == Variant::Gaussian ? 5 : 3;
    auto      filter = itk::MaskedStructuralSimilarityImageFilter<ImageType, ImageType, MaskType, DoubleType>::New();
    filter->SetReferenceImage(MakeReference<ImageType>(smallSize));
    filter->SetSyntheticImage(MakeSynthetic<ImageType>(smallSize));
    filter->SetMaskImage(MakeMask<MaskType>(smallSize));
    filter->SetVariant(variant);
    filter->ComputeMapOn();
    filter->Update();
    double                                        sum = 0.0;
    double                                        count = 0.0;
    itk::ImageRegionIteratorWithIndex<DoubleType> it(filter->GetOutput(), filter->GetOutput()->GetBufferedRegion());
    for (; !it.IsAtEnd(); ++it)
    {
      const auto index = it.GetIndex();
      bool       counts = IsInside(index, smallSize);
      for (unsigned int axis = 0; axis < 3; ++axis)
      {
        counts = counts && index[axis] >= border && index[axis] + border < static_cast<int>(smallSize[axis]);
      }
      sum += counts ? it.Get() : 0.0;
      count += counts ? 1.0 : 0.0;
    }
    EXPECT_NEAR(filter->GetStructuralSimilarity(), sum / count, 1e-14);
    EXPECT_EQ(filter->GetNumberOfVoxels(), count);
  }
}

TEST(MaskedStructuralSimilarityImageFilter, SameBitsForAnyNumberOfThreads)
{
  // More than one block along the row and across the slices.
  const ImageType::SizeType size{ { 150, 23, 21 } };
  for (const Variant variant : allVariants)
  {
    SCOPED_TRACE(variant);
    const auto make = [&](unsigned int workUnits) {
      const auto filter = MakeFilter(variant, size);
      filter->ComputeMapOn();
      filter->SetNumberOfWorkUnits(workUnits);
      filter->Update();
      return filter;
    };
    const auto one = make(1);
    for (const unsigned int workUnits : { 2, 3, 7 })
    {
      const auto several = make(workUnits);
      ExpectSameBits(AllValues(one), AllValues(several));
      ExpectSameVoxels(one->GetOutput(), several->GetOutput());
    }
    // The map changes nothing either.
    const auto without = MakeFilter(variant, size);
    without->Update();
    ExpectSameBits(AllValues(one), AllValues(without));
  }
}

TEST(MaskedStructuralSimilarityImageFilter, PixelTypesAndGrids)
{
  using ShortType = itk::Image<short, 3>;
  using WideMaskType = itk::Image<double, 3>;
  for (const Variant variant : allVariants)
  {
    SCOPED_TRACE(variant);
    const auto floats = MakeFilter(variant, smallSize);
    floats->ComputeMapOn();
    floats->Update();

    // The same voxels on an oblique grid whose indices do not start at 0.
    const auto at = [](const auto & index) {
      return ImageType::IndexType{ { index[0] + 2, index[1] - 1, index[2] - 4 } };
    };
    auto filter = itk::MaskedStructuralSimilarityImageFilter<ShortType, ImageType, WideMaskType>::New();
    filter->SetReferenceImage(
      MakeObliqueImage<ShortType>(smallSize, [&](const auto & index) { return ReferenceValue(at(index)); }));
    filter->SetSyntheticImage(
      MakeObliqueImage<ImageType>(smallSize, [&](const auto & index) { return SyntheticValue(at(index)); }));
    filter->SetMaskImage(MakeObliqueImage<WideMaskType>(
      smallSize, [&](const auto & index) { return IsInside(at(index), smallSize) ? -0.25 : 0.0; }));
    filter->SetVariant(variant);
    filter->ComputeMapOn();
    filter->Update();
    EXPECT_EQ(filter->GetStructuralSimilarity(), floats->GetStructuralSimilarity());
    EXPECT_EQ(filter->GetGlobalStructuralSimilarity(), floats->GetGlobalStructuralSimilarity());
    ExpectSameGrid(filter->GetOutput(), filter->GetReferenceImage());
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { 5, 9, 12 } }), floats->GetOutput()->GetPixel({ { 7, 8, 8 } }));
  }
}

// One processor's figures are another's, to the last bit.
TEST(MaskedStructuralSimilarityImageFilter, InstructionSets)
{
  using Engine = itk::SyntheticCTDetail::StructuralSimilarityEngine;
  const std::array<itk::SizeValueType, 3> size{ { 150, 23, 17 } };
  Engine::Volume                          volume;
  volume.Size = size;
  Random random(5);
  for (itk::SizeValueType i = 0; i < size[0] * size[1] * size[2]; ++i)
  {
    volume.Reference.push_back(random());
    volume.Synthetic.push_back(volume.Reference.back() + 0.3 * random());
    volume.Inside.push_back(random() > 0.3 ? 1 : 0);
  }
  const auto   names = Engine::GetKernelNames();
  const double infinity = std::numeric_limits<double>::infinity();
  auto         filter = FilterType::New();
  for (const size_t taps : { 1, 3, 5, 7, 9, 11, 13, 17 })
  {
    SCOPED_TRACE(taps);
    std::vector<double> window;
    for (size_t i = 0; i < taps; ++i)
    {
      window.push_back((1.0 + 0.125 * static_cast<double>(i % 3)) / static_cast<double>(taps));
    }
    Engine::Grid grid;
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      grid[axis] = Engine::Axis(size[axis], size[axis], window, Engine::Border::Mirror, taps / 2);
    }
    const Engine::Mapping mapping{ -infinity, infinity, 2.0, -1.0, true };
    const Engine::Formula formulas[] = { { 0.01, 0.02, 1.5, true, false, 0.0, 0.0, 1.0, false },
                                         { 0.01, 0.02, 1.0, true, false, 0.0, 0.0, 0.3, true },
                                         { 0.01, 0.02, 1.0, false, true, 1e-3, 1e-4, 1.0, false },
                                         { 0.01, 0.02, 1.0, true, true, 1e-3, 1e-4, 1.0, false } };
    for (const Engine::Formula & formula : formulas)
    {
      const auto expected =
        Engine(filter, names.size() - 1)
          .ComputeSimilarity(
            grid, mapping, formula, volume.GetReadFunction(), Engine::WriteFunction(), Engine::WriteFunction(), 0.0F);
      EXPECT_GT(expected.MaskedWeight, 0.0);
      for (size_t kernels = 0; kernels + 1 < names.size(); ++kernels)
      {
        SCOPED_TRACE(names[kernels]);
        const auto sums =
          Engine(filter, kernels)
            .ComputeSimilarity(
              grid, mapping, formula, volume.GetReadFunction(), Engine::WriteFunction(), Engine::WriteFunction(), 0.0F);
        ExpectSameBits({ sums.Global, sums.GlobalWeight, sums.Masked, sums.MaskedWeight },
                       { expected.Global, expected.GlobalWeight, expected.Masked, expected.MaskedWeight });
      }
    }
  }
}

TEST(MaskedStructuralSimilarityImageFilter, Definition)
{
  const auto filter = MakeFilter(Variant::Masked3D, { { 24, 8, 2 } });
  filter->Update();
  EXPECT_DOUBLE_EQ(filter->GetIntensityScale(), 2.0 / 4000.0);
  EXPECT_DOUBLE_EQ(filter->GetIntensityOffset(), -0.5);
  EXPECT_EQ(filter->GetUsedWindowMinimum(), -1000.0);
  EXPECT_EQ(filter->GetUsedWindowMaximum(), 3000.0);
  EXPECT_EQ(filter->GetUsedDataRange(), 2.0);
  EXPECT_EQ(filter->GetUsedKernelSize(0), 11u);
  EXPECT_EQ(filter->GetUsedKernelSize(1), 7u);
  EXPECT_EQ(filter->GetUsedKernelSize(2), 3u);
  EXPECT_EQ(filter->GetUsedKernelSigma(), 1.5);
  EXPECT_FALSE(filter->GetUsedSampleCovariance());
  ExpectError([&] { filter->GetUsedKernelSize(3); }, "There is no axis 3: the images have 3 axes.");
  ExpectError([&] { filter->GetLevelStructuralSimilarity(1); }, "There is no level 1: the number of levels is 1.");
  ExpectError([&] { filter->GetLevelGlobalStructuralSimilarity(2); }, "There is no level 2");

  const auto challenge = MakeFilter(Variant::SynthRAD2023, smallSize);
  challenge->SetWindowMinimum(0);
  challenge->RescaleIntensityOff();
  challenge->SetDataRange(7);
  challenge->Update();
  EXPECT_NEAR(challenge->GetStructuralSimilarity(), 0.946072008858412, 1e-13);
  EXPECT_EQ(challenge->GetIntensityScale(), 1.0);
  EXPECT_EQ(challenge->GetIntensityOffset(), 1024.0);
  EXPECT_EQ(challenge->GetUsedWindowMinimum(), -1024.0);
  EXPECT_EQ(challenge->GetUsedWindowMaximum(), 3000.0);
  EXPECT_EQ(challenge->GetUsedDataRange(), 4024.0);
  ASSERT_EQ(challenge->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(challenge->GetRemark(0), "DataRange is 7 but not used: SynthRAD2023 has its own, 4024");
  EXPECT_EQ(challenge->GetUsedKernelSize(2), 7u);
  EXPECT_EQ(challenge->GetUsedKernelSigma(), 0.0);
  EXPECT_TRUE(challenge->GetUsedSampleCovariance());
  challenge->SetVariant(Variant::MultiScale);
  challenge->Update();
  EXPECT_EQ(challenge->GetUsedWindowMaximum(), 3071.0);
  EXPECT_EQ(challenge->GetUsedDataRange(), 4095.0);

  const auto free = MakeFilter(Variant::Gaussian, smallSize);
  free->RescaleIntensityOff();
  free->SetDataRange(4000.0);
  free->Update();
  EXPECT_EQ(free->GetIntensityScale(), 1.0);
  EXPECT_EQ(free->GetIntensityOffset(), 0.0);
  EXPECT_EQ(free->GetUsedWindowMinimum(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(free->GetUsedWindowMaximum(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(free->GetUsedDataRange(), 4000.0);
  EXPECT_EQ(free->GetUsedKernelSize(2), 11u);
  EXPECT_TRUE(free->GetUsedSampleCovariance());

  std::ostringstream text;
  free->Print(text);
  EXPECT_NE(text.str().find("Variant: Gaussian"), std::string::npos);
  EXPECT_NE(text.str().find("UsedDataRange: 4000"), std::string::npos);
}

TEST(MaskedStructuralSimilarityImageFilter, IntensitySettings)
{
  // The same mapping in two ways: beforehand, and by the filter. All numbers are exact in binary.
  const auto half = [](const auto & value) {
    return MakeImage<ImageType>(smallSize, [&](const auto & index) { return 0.5 * value(index) + 100.0; });
  };
  const auto plain = MakeFilter(Variant::Uniform7,
                                half([](const auto & index) { return ReferenceValue(index); }),
                                half([](const auto & index) { return SyntheticValue(index); }),
                                MakeMask<MaskType>(smallSize));
  plain->RescaleIntensityOff();
  plain->SetDataRange(2048);
  plain->Update();
  const auto mapped = MakeFilter(Variant::Uniform7, smallSize);
  mapped->SetWindowMinimum(0.0);
  mapped->SetWindowMaximum(4096.0);
  mapped->SetOutputMinimum(100.0);
  mapped->SetOutputMaximum(2148.0);
  mapped->ClipOff();
  mapped->Update();
  ExpectSameBits(AllValues(plain), AllValues(mapped));

  // Clipping beforehand, and by the filter.
  const auto clipped = [](const auto & value) {
    return MakeImage<ImageType>(smallSize,
                                [&](const auto & index) { return std::min(std::max(value(index), -256.0), 256.0); });
  };
  const auto outside = MakeFilter(Variant::Uniform7, smallSize);
  outside->SetWindowMinimum(-256.0);
  outside->SetWindowMaximum(256.0);
  outside->Update();
  const auto inside = MakeFilter(Variant::Uniform7,
                                 clipped([](const auto & index) { return ReferenceValue(index); }),
                                 clipped([](const auto & index) { return SyntheticValue(index); }),
                                 MakeMask<MaskType>(smallSize));
  inside->SetWindowMinimum(-256.0);
  inside->SetWindowMaximum(256.0);
  inside->ClipOff();
  inside->Update();
  ExpectSameBits(AllValues(outside), AllValues(inside));
  outside->ClipOff();
  outside->Update();
  EXPECT_NE(outside->GetStructuralSimilarity(), inside->GetStructuralSimilarity());

  // The constants act as L does.
  mapped->SetK1(0.02);
  mapped->SetK2(0.06);
  mapped->Update();
  plain->SetDataRange(4096);
  plain->Update();
  EXPECT_DOUBLE_EQ(mapped->GetStructuralSimilarity(), plain->GetStructuralSimilarity());
  // L is that of the range that images are mapped to, and no other.
  mapped->SetDataRange(2048.0);
  EXPECT_NO_THROW(mapped->Update());
  mapped->SetDataRange(4096.0);
  ExpectError([&] { mapped->Update(); }, "DataRange is 4096 but the images are mapped to a range of 2048");
}

TEST(MaskedStructuralSimilarityImageFilter, ComputesOnce)
{
  const auto   filter = MakeFilter(Variant::Uniform7, smallSize);
  unsigned int runs = 0;
  filter->AddObserver(itk::StartEvent(), [&runs](const itk::EventObject &) { ++runs; });
  filter->Update();
  filter->Update();
  EXPECT_EQ(runs, 1u);
  EXPECT_EQ(filter->GetOutput()->GetBufferedRegion().GetNumberOfPixels(), 0u);
  filter->SetVariant(Variant::Gaussian);
  filter->Update();
  EXPECT_EQ(runs, 2u);
  EXPECT_NEAR(filter->GetStructuralSimilarity(), 0.7696511372218233, 1e-13);
  filter->ComputeMapOn();
  filter->Update();
  filter->Update();
  EXPECT_EQ(runs, 3u);
  EXPECT_EQ(filter->GetOutput()->GetBufferedRegion().GetSize(), smallSize);
  EXPECT_NEAR(filter->GetProgress(), 1.0, 1e-3);
  const_cast<ImageType *>(filter->GetSyntheticImage())->Modified();
  filter->ComputeMapOff();
  filter->Update();
  EXPECT_EQ(runs, 4u);
}

TEST(MaskedStructuralSimilarityImageFilter, BadParameters)
{
  const auto expectError = [](const std::function<void(FilterType *)> & set, const std::string & words) {
    const auto filter = MakeFilter(Variant::Uniform7, smallSize);
    set(filter);
    ExpectError([&] { filter->Update(); }, words);
  };
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value : { 0.0, -1.0, notANumber, infinity })
  {
    expectError([=](FilterType * filter) { filter->SetK1(value); }, "K1 is");
    expectError([=](FilterType * filter) { filter->SetK2(value); }, "K2 is");
    expectError([=](FilterType * filter) { filter->SetEpsilon(value); }, "Epsilon is");
  }
  for (const double value : { -1.0, notANumber, infinity })
  {
    expectError([=](FilterType * filter) { filter->SetDataRange(value); }, "DataRange is");
  }
  expectError([](FilterType * filter) { filter->RescaleIntensityOff(); }, "DataRange should be set");
  for (const double value : { 3000.0, notANumber, infinity })
  {
    expectError([=](FilterType * filter) { filter->SetWindowMinimum(value); }, "WindowMinimum is");
    expectError([=](FilterType * filter) { filter->SetWindowMaximum(-value); }, "WindowMaximum");
    expectError([=](FilterType * filter) { filter->SetOutputMinimum(value); }, "OutputMinimum is");
    expectError([=](FilterType * filter) { filter->SetOutputMaximum(-value); }, "OutputMaximum");
  }
  expectError([](FilterType * filter) { filter->SetVariant(static_cast<Variant>(5)); }, "Variant is");
}

TEST(MaskedStructuralSimilarityImageFilter, BadInputs)
{
  const auto missing = FilterType::New();
  missing->SetReferenceImage(MakeReference<ImageType>(smallSize));
  ExpectError([&] { missing->Update(); }, "SyntheticImage");

  const ImageType::SizeType other{ { 24, 21, 16 } };
  const auto                synthetic = MakeFilter(Variant::Masked3D, smallSize);
  synthetic->SetSyntheticImage(MakeSynthetic<ImageType>(other));
  ExpectError([&] { synthetic->Update(); }, "SyntheticImage has another grid than the image: size [24, 21, 16]");
  const auto mask = MakeFilter(Variant::Masked3D, smallSize);
  mask->SetMaskImage(MakeMask<MaskType>(other));
  ExpectError([&] { mask->Update(); }, "MaskImage has another grid than the image: size [24, 21, 16]");

  const auto   shifted = MakeFilter(Variant::Masked3D, smallSize);
  auto         image = MakeSynthetic<ImageType>(smallSize);
  const double spacing[] = { 1.0, 1.0, 1.5 };
  image->SetSpacing(spacing);
  shifted->SetSyntheticImage(image);
  ExpectError([&] { shifted->Update(); }, "SyntheticImage has another grid than the image: spacing [1, 1, 1.5]");

  const auto none = MakeFilter(Variant::Masked3D, { { 0, 4, 4 } });
  ExpectError([&] { none->Update(); }, "ReferenceImage has no voxels");

  // The window has to fit, but for the variants that adapt or pad.
  for (const Variant variant : { Variant::Uniform7, Variant::SynthRAD2023, Variant::Gaussian })
  {
    SCOPED_TRACE(variant);
    const itk::SizeValueType window = variant == Variant::Gaussian ? 11 : 7;
    const auto               fits = MakeFilter(variant, { { window, window, window } });
    fits->Update();
    EXPECT_FALSE(std::isnan(fits->GetGlobalStructuralSimilarity()));
    const auto tooSmall = MakeFilter(variant, { { 20, 20, window - 1 } });
    ExpectError([&] { tooSmall->Update(); }, "but the window of");
  }
  for (const Variant variant : { Variant::Masked3D, Variant::MultiScale })
  {
    SCOPED_TRACE(variant);
    const auto single =
      MakeFilter(variant, MakeConstant({ { 1, 1, 1 } }, 5), MakeConstant({ { 1, 1, 1 } }, 6), nullptr);
    single->Update();
    EXPECT_NEAR(single->GetStructuralSimilarity(), 1.0, 1e-3);
  }
}
