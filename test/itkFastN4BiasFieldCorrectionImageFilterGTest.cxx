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
#include "itkFastN4BiasFieldCorrectionImageFilter.h"

#include "itkImageFilterTestUtilities.h"
#include "itkN4BiasFieldCorrectionImageFilter.h"

#include <limits>

using namespace itk::TestUtilities;

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::FastN4BiasFieldCorrectionImageFilter<ImageType, MaskType>;
using ReferenceType = itk::N4BiasFieldCorrectionImageFilter<ImageType, MaskType, ImageType>;

const ImageType::SizeType imageSize{ { 26, 23, 21 } };

/** 1 inside an ellipsoid, 2 inside a smaller one, else 0. */
int
Tissue(const ImageType::IndexType & i)
{
  const double x = (i[0] + 2 - 12.5) / 12.0;
  const double y = (i[1] - 1 - 11.0) / 10.5;
  const double z = (i[2] - 4 - 10.0) / 9.5;
  const double r = x * x + y * y + z * z;
  return r > 1.0 ? 0 : r < 0.35 ? 2 : 1;
}

/** A smooth log field of a few tenths. */
double
LogBias(const ImageType::IndexType & i)
{
  const double x = (i[0] + 2 - 12.5) / 12.5;
  const double y = (i[1] - 1 - 11.0) / 11.0;
  const double z = (i[2] - 4 - 10.0) / 10.0;
  return 0.3 * x - 0.2 * y * y + 0.15 * z + 0.1 * x * z;
}

ImageType::Pointer
BiasedHead()
{
  Random random(77);
  return MakeObliqueImage<ImageType>(imageSize, [&](const auto & i) {
    const double noise = 1.0 + 0.04 * (random() - 0.5);
    return Tissue(i) == 0 ? 0.0 : (Tissue(i) == 1 ? 400.0 : 650.0) * noise * std::exp(LogBias(i));
  });
}

MaskType::Pointer
Positive(const ImageType * image)
{
  return MakeObliqueImage<MaskType>(imageSize, [&](const auto & i) { return image->GetPixel(i) > 0.0F ? 1 : 0; });
}

template <typename TFilter>
void
SetParameters(TFilter * filter)
{
  filter->SetNumberOfFittingLevels(2);
  typename TFilter::VariableSizeArrayType iterations(2);
  iterations[0] = 12;
  iterations[1] = 8;
  filter->SetMaximumNumberOfIterations(iterations);
  filter->SetConvergenceThreshold(0.0F);
}

/** Standard deviation of the difference between a log field and the truth over the tissue. */
double
FieldError(const ImageType * field)
{
  double n = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(field, field->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    if (Tissue(it.GetIndex()) != 0)
    {
      const double difference = it.Get() - LogBias(it.GetIndex());
      n += 1.0;
      sum += difference;
      squares += difference * difference;
    }
  }
  return std::sqrt(squares / n - sum * sum / (n * n));
}
} // namespace

TEST(FastN4BiasFieldCorrectionImageFilter, WithoutShrinkingItIsITKsFilter)
{
  const auto image = BiasedHead();
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->SetShrinkFactor(1);
  SetParameters(filter.GetPointer());
  filter->Update();

  auto reference = ReferenceType::New();
  reference->SetInput(image);
  reference->SetMaskImage(Positive(image));
  SetParameters(reference.GetPointer());
  reference->Update();

  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const float expected = reference->GetOutput()->GetPixel(it.GetIndex());
    ASSERT_NEAR(filter->GetOutput()->GetPixel(it.GetIndex()), expected, 1e-3 + 1e-4 * expected);
    if (it.Get() > 0.0F)
    {
      ASSERT_NEAR(filter->GetLogBiasField()->GetPixel(it.GetIndex()), std::log(it.Get() / expected), 1e-4);
    }
  }
}

// At the voxels that are kept, the field is what ITK's filter finds in an image of these voxels.
TEST(FastN4BiasFieldCorrectionImageFilter, FieldIsITKsAtTheKeptVoxels)
{
  const auto image = BiasedHead();
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->SetShrinkFactor(2);
  SetParameters(filter.GetPointer());
  filter->Update();

  // Of 26, 23, 21 voxels every second: 13 from 0, 12 from 0, 11 from 0.
  const auto index = [](const ImageType::IndexType & i) {
    return ImageType::IndexType{ { 2 * i[0] - 2, 2 * i[1] + 1, 2 * i[2] + 4 } };
  };
  const auto shrunken =
    MakeImage<ImageType>({ { 13, 12, 11 } }, [&](const auto & i) { return image->GetPixel(index(i)); });
  const auto mask =
    MakeImage<MaskType>({ { 13, 12, 11 } }, [&](const auto & i) { return shrunken->GetPixel(i) > 0.0F ? 1 : 0; });
  auto reference = ReferenceType::New();
  reference->SetInput(shrunken);
  reference->SetMaskImage(mask);
  SetParameters(reference.GetPointer());
  reference->Update();
  double largest = 0.0;
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(shrunken, shrunken->GetBufferedRegion()); !it.IsAtEnd();
       ++it)
  {
    if (it.Get() > 0.0F)
    {
      const double expected = std::log(it.Get() / reference->GetOutput()->GetPixel(it.GetIndex()));
      ASSERT_NEAR(filter->GetLogBiasField()->GetPixel(index(it.GetIndex())), expected, 2e-4);
      largest = std::max(largest, std::abs(expected));
    }
  }
  EXPECT_GT(largest, 0.1);
}

TEST(FastN4BiasFieldCorrectionImageFilter, FindsAKnownField)
{
  const auto flat = MakeObliqueImage<ImageType>(imageSize, [](const auto &) { return 0.0F; });
  for (const unsigned int shrink : { 1u, 2u, 3u })
  {
    auto filter = FilterType::New();
    filter->SetInput(BiasedHead());
    filter->SetShrinkFactor(shrink);
    SetParameters(filter.GetPointer());
    filter->Update();
    EXPECT_LT(FieldError(filter->GetLogBiasField()), 0.4 * FieldError(flat)) << shrink;
    ExpectSameGrid(filter->GetInput(), filter->GetOutput());
    ExpectSameGrid(filter->GetInput(), filter->GetLogBiasField());
  }
}

TEST(FastN4BiasFieldCorrectionImageFilter, OutputIsTheInputOverTheField)
{
  const auto image = BiasedHead();
  image->SetPixel({ { -2, 1, 4 } }, -50.0F); // outside the tissue
  for (const bool outside : { true, false })
  {
    auto filter = FilterType::New();
    filter->SetInput(image);
    filter->SetCorrectOutsideMask(outside);
    SetParameters(filter.GetPointer());
    filter->Update();
    for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      const bool   corrected = outside || it.Get() > 0.0F;
      const double expected =
        it.Get() /
        (corrected ? std::exp(static_cast<double>(filter->GetLogBiasField()->GetPixel(it.GetIndex()))) : 1.0);
      // The exponential's error can turn the last digit.
      ASSERT_FLOAT_EQ(filter->GetOutput()->GetPixel(it.GetIndex()), static_cast<float>(expected));
    }
  }
}

// What is outside the mask does not matter to the field.
TEST(FastN4BiasFieldCorrectionImageFilter, MaskLabelsAndConfidence)
{
  const auto image = BiasedHead();
  auto       spoilt = BiasedHead();
  auto       labels = MakeObliqueImage<MaskType>(imageSize, [](const auto & i) { return Tissue(i) == 1 ? 3 : 0; });
  auto confidence = MakeObliqueImage<ImageType>(imageSize, [](const auto & i) { return Tissue(i) == 1 ? 1.0F : 0.0F; });
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(spoilt, spoilt->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    if (Tissue(it.GetIndex()) != 1)
    {
      it.Set(it.GetIndex()[0] % 2 == 0 ? 1e5F : std::numeric_limits<float>::quiet_NaN());
      labels->SetPixel(it.GetIndex(), 4);
    }
  }
  const auto make = [] {
    auto filter = FilterType::New();
    filter->SetShrinkFactor(2);
    SetParameters(filter.GetPointer());
    return filter;
  };
  auto clean = make();
  clean->SetInput(image);
  clean->SetMaskImage(MakeObliqueImage<MaskType>(imageSize, [](const auto & i) { return Tissue(i) == 1 ? 3 : 0; }));
  clean->Update();
  auto byLabel = make();
  byLabel->SetInput(spoilt);
  byLabel->SetMaskImage(labels);
  byLabel->UseMaskLabelOn();
  byLabel->SetMaskLabel(3);
  byLabel->Update();
  ExpectSameVoxels(clean->GetLogBiasField(), byLabel->GetLogBiasField());
  auto byConfidence = make();
  byConfidence->SetInput(spoilt);
  byConfidence->SetConfidenceImage(confidence);
  byConfidence->Update();
  ExpectSameVoxels(clean->GetLogBiasField(), byConfidence->GetLogBiasField());
}

TEST(FastN4BiasFieldCorrectionImageFilter, In2DAndShort)
{
  using ShortImage = itk::Image<short, 2>;
  const auto image = MakeObliqueImage<ShortImage>({ { 40, 36 } }, [](const auto & i) {
    const double x = (i[0] - 18.0) / 18.0;
    const double y = (i[1] - 18.0) / 17.0;
    const double r = x * x + y * y;
    return r > 1.0 ? 0.0 : (r < 0.3 ? 900.0 : 500.0) * std::exp(0.3 * x);
  });
  auto       filter = itk::FastN4BiasFieldCorrectionImageFilter<ShortImage>::New();
  filter->SetInput(image);
  filter->SetShrinkFactor(2);
  filter->Update();
  ExpectSameGrid(image.GetPointer(), filter->GetOutput());
  const ShortImage::IndexType left{ { 3, 18 } };
  const ShortImage::IndexType right{ { 33, 18 } };
  const double                before = std::log(static_cast<double>(image->GetPixel(right)) / image->GetPixel(left));
  const double                after =
    std::log(static_cast<double>(filter->GetOutput()->GetPixel(right)) / filter->GetOutput()->GetPixel(left));
  EXPECT_GT(before, 0.4);
  EXPECT_LT(std::abs(after), 0.5 * before);
  const double expected = image->GetPixel(left) / std::exp(filter->GetLogBiasField()->GetPixel(left));
  EXPECT_EQ(filter->GetOutput()->GetPixel(left), std::floor(expected + 0.5));
}

TEST(FastN4BiasFieldCorrectionImageFilter, ThinAxesAreShrunkenLess)
{
  // With 5 voxels along the last axis a factor of 4 would leave 2; the axis keeps all 5 of them.
  auto   filter = FilterType::New();
  Random random(8);
  filter->SetShrinkFactor(4);
  filter->SetInput(MakeObliqueImage<ImageType>({ { 24, 24, 5 } }, [&](const auto & i) {
    return (i[0] + i[1] < 20 ? 100.0 : 200.0) * (1.0 + 0.1 * random()) * std::exp(0.1 * i[2]);
  }));
  filter->Update();
  // The field follows the last axis.
  const auto at = [&](int z) { return filter->GetLogBiasField()->GetPixel({ { 10, 10, z } }); };
  EXPECT_GT(at(8), at(6));
  EXPECT_GT(at(6), at(4));
}

TEST(FastN4BiasFieldCorrectionImageFilter, ConstantImageStays)
{
  const auto image = MakeImage<ImageType>({ { 8, 8, 8 } }, [](const auto & i) { return i[0] < 2 ? -1.0F : 42.0F; });
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->Update();
  ExpectSameVoxels<ImageType>(image, filter->GetOutput());
  ExpectSameVoxels<ImageType>(MakeImage<ImageType>({ { 8, 8, 8 } }, [](const auto &) { return 0.0F; }),
                              filter->GetLogBiasField());
}

TEST(FastN4BiasFieldCorrectionImageFilter, RefusesBadInput)
{
  const auto make = [] {
    auto filter = FilterType::New();
    filter->SetInput(BiasedHead());
    return filter;
  };
  const float notANumber = std::numeric_limits<float>::quiet_NaN();
  auto        filter = make();
  filter->SetShrinkFactor(0);
  ExpectError([&] { filter->Update(); }, "ShrinkFactor is 0");
  filter = make();
  filter->SetNumberOfHistogramBins(1);
  ExpectError([&] { filter->Update(); }, "NumberOfHistogramBins is 1");
  filter = make();
  filter->SetWienerFilterNoise(-0.1F);
  ExpectError([&] { filter->Update(); }, "WienerFilterNoise is -0.1");
  filter = make();
  filter->SetBiasFieldFullWidthAtHalfMaximum(0.0F);
  ExpectError([&] { filter->Update(); }, "BiasFieldFullWidthAtHalfMaximum is 0");
  filter = make();
  filter->SetSplineOrder(4);
  ExpectError([&] { filter->Update(); }, "SplineOrder is 4");
  filter = make();
  FilterType::ArrayType controlPoints;
  controlPoints.Fill(3);
  filter->SetNumberOfControlPoints(controlPoints);
  ExpectError([&] { filter->Update(); }, "NumberOfControlPoints is [3, 3, 3]");
  filter = make();
  filter->SetNumberOfFittingLevels(0);
  ExpectError([&] { filter->Update(); }, "NumberOfFittingLevels is [0, 0, 0]");
  filter = make();
  filter->SetNumberOfFittingLevels(3);
  ExpectError([&] { filter->Update(); }, "MaximumNumberOfIterations is [50] and should have 3 numbers");
  filter = make();
  filter->SetConvergenceThreshold(notANumber);
  ExpectError([&] { filter->Update(); }, "ConvergenceThreshold is nan");

  filter = make();
  filter->SetMaskImage(MakeObliqueImage<MaskType>({ { 26, 23, 20 } }, [](const auto &) { return 1; }));
  ExpectError([&] { filter->Update(); }, "MaskImage has another grid than the image: size [26, 23, 20]");
  filter = make();
  filter->SetConfidenceImage(MakeObliqueImage<ImageType>({ { 25, 23, 21 } }, [](const auto &) { return 1; }));
  ExpectError([&] { filter->Update(); }, "ConfidenceImage has another grid than the image: size [25, 23, 21]");
  filter = make();
  filter->SetMaskImage(MakeObliqueImage<MaskType>(imageSize, [](const auto & i) { return Tissue(i) == 0 ? 1 : 0; }));
  ExpectError([&] { filter->Update(); }, "No voxel inside the mask is positive");
  filter = make();
  filter->SetMaskImage(MakeObliqueImage<MaskType>(
    imageSize, [](const auto & i) { return i[0] == 10 && i[1] == 10 && (i[2] == 13 || i[2] == 14) ? 1 : 0; }));
  filter->SetShrinkFactor(5);
  ExpectError([&] { filter->Update(); }, "ShrinkFactor 5, which should be smaller");

  auto bad = BiasedHead();
  bad->SetPixel({ { 10, 10, 14 } }, notANumber);
  filter->SetInput(bad);
  filter->SetMaskImage(nullptr);
  ExpectError([&] { filter->Update(); }, "[10, 10, 14] is nan and should be a finite number");
  filter->SetInput(MakeImage<ImageType>({ { 8, 8, 1 } }, [](const auto & i) { return i[0]; }));
  ExpectError([&] { filter->Update(); }, "at least 2 voxels along each axis");
}

TEST(FastN4BiasFieldCorrectionImageFilter, ReportsProgressAndStops)
{
  auto filter = FilterType::New();
  filter->SetInput(BiasedHead());
  SetParameters(filter.GetPointer());
  float        last = 0.0F;
  unsigned int steps = 0;
  bool         ascending = true;
  filter->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    ascending = ascending && filter->GetProgress() >= last - 1e-6F;
    steps += filter->GetProgress() > last ? 1 : 0;
    last = filter->GetProgress();
  });
  filter->Update();
  EXPECT_TRUE(ascending);
  EXPECT_GT(steps, 20u);
  EXPECT_EQ(last, 1.0F);

  auto stopped = FilterType::New();
  stopped->SetInput(BiasedHead());
  SetParameters(stopped.GetPointer());
  stopped->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    if (stopped->GetProgress() > 0.3F)
    {
      stopped->AbortGenerateDataOn();
    }
  });
  EXPECT_THROW(stopped->Update(), itk::ProcessAborted);
  EXPECT_LT(stopped->GetProgress(), 0.5F);
}

TEST(FastN4BiasFieldCorrectionImageFilter, SameBitsForAnyNumberOfThreads)
{
  ExpectSameForAnyNumberOfThreads([] {
    auto filter = FilterType::New();
    filter->SetInput(BiasedHead());
    SetParameters(filter.GetPointer());
    return filter;
  });
}
