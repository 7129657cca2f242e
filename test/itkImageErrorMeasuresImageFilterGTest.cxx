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
#include "itkImageErrorMeasuresTestUtilities.h"

#include "itkShiftScaleImageFilter.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace
{

using namespace itk::TestUtilities::ErrorMeasures;
using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeNumberedImage;
using itk::TestUtilities::MakeRow;
using itk::TestUtilities::MaskValue;
using itk::TestUtilities::ReferenceValue;
using itk::TestUtilities::SyntheticValue;
using itk::TestUtilities::volumeSize;

} // namespace

TEST(ImageErrorMeasuresImageFilter, ClosedForm)
{
  // Errors 10, -20, 30, 0.
  const auto filter = MeasureRows({ 0, 100, 200, 300 }, { 10, 80, 230, 300 });
  EXPECT_EQ(filter->GetNumberOfVoxels(), 4u);
  EXPECT_DOUBLE_EQ(filter->GetMeanError(), 5.0);
  EXPECT_DOUBLE_EQ(filter->GetMeanAbsoluteError(), 15.0);
  EXPECT_DOUBLE_EQ(filter->GetMeanSquaredError(), 350.0);
  EXPECT_DOUBLE_EQ(filter->GetRootMeanSquaredError(), std::sqrt(350.0));
  EXPECT_DOUBLE_EQ(filter->GetPeakSignalToNoiseRatio(), 10.0 * std::log10(4000.0 * 4000.0 / 350.0));
  // Deviations (-150, -50, 50, 150) and (-145, -75, 75, 145).
  EXPECT_NEAR(filter->GetPearsonCorrelation(), 51000.0 / std::sqrt(50000.0 * 53300.0), 1e-15);
}

TEST(ImageErrorMeasuresImageFilter, ReferenceValues)
{
  // NumPy 2.4.6, SciPy 1.17.1 (stats.pearsonr), scikit-image 0.26.0 (metrics.peak_signal_noise_ratio) in double:
  // N, ME, MAE, MSE, RMSE, PSNR for L = 4000, R.
  const struct
  {
    Region        region;
    unsigned long count;
    double        values[6];
    double        weighted;
  } expected[] = { { Region::Body,
                     3845,
                     { 10.041742522756827,
                       50.61885565669701,
                       3450.2295838751625,
                       58.73865493757209,
                       36.66271987961575,
                       0.9989155273991261 },
                     0.0 },
                   { Region::Air,
                     714,
                     { 9.68767507002801,
                       38.515406162464984,
                       2580.408263305322,
                       50.797719075814044,
                       37.92431558679705,
                       0.9700334772193991 },
                     40.46184612128112 },
                   { Region::SoftTissue,
                     446,
                     { 9.404708520179373,
                       50.62892376681614,
                       3467.340246636771,
                       58.88412559117076,
                       36.64123522024485,
                       0.9284023227646735 },
                     50.15942596837394 },
                   { Region::Bone,
                     2551,
                     { 9.200705605644846,
                       48.62328498627989,
                       3289.671697373579,
                       57.35565968039753,
                       36.86967424260179,
                       0.997621082632988 },
                     45.523367089736276 } };

  const auto filter = VolumeFilter();
  filter->Update();
  for (const auto & row : expected)
  {
    EXPECT_EQ(filter->GetNumberOfVoxels(row.region), row.count);
    const double values[] = { filter->GetMeanError(row.region),
                              filter->GetMeanAbsoluteError(row.region),
                              filter->GetMeanSquaredError(row.region),
                              filter->GetRootMeanSquaredError(row.region),
                              filter->GetPeakSignalToNoiseRatio(row.region),
                              filter->GetPearsonCorrelation(row.region) };
    for (size_t i = 0; i < 6; ++i)
    {
      EXPECT_NEAR(values[i], row.values[i], 1e-12 * std::abs(row.values[i])) << row.region << " measure " << i;
    }
    if (row.region != Region::Body)
    {
      EXPECT_NEAR(filter->GetWeightedMeanAbsoluteError(row.region), row.weighted, 1e-12 * row.weighted);
    }
  }

  filter->SetMaskImage(nullptr);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 4807u);
  EXPECT_NEAR(filter->GetMeanError(), 10.001560224672353, 1e-11);
  EXPECT_NEAR(filter->GetPearsonCorrelation(), 0.998915393459279, 1e-12);
}

TEST(ImageErrorMeasuresImageFilter, RegionsAreClosedIntervalsOfTheClippedReference)
{
  //                                 air                 none         soft     both  bone        clipped to 3000
  const std::vector<double> reference{ -2048, -1000, -400, -399.5, -250.5, -250, 0, 250, 250.5, 3000, 3500 };
  std::vector<double>       synthetic(reference);
  synthetic[0] = -1024; // Padding of another kind is no error.
  synthetic[10] = 2900;
  const auto filter = MeasureRows(reference, synthetic);

  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Body), 11u);
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Air), 3u);
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::SoftTissue), 3u);
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Bone), 4u);
  EXPECT_EQ(filter->GetMeanAbsoluteError(Region::Air), 0.0);
  EXPECT_EQ(filter->GetMeanError(Region::Bone), -25.0);
  // The body is not clipped.
  EXPECT_DOUBLE_EQ(filter->GetMeanError(Region::Body), (1024.0 - 600.0) / 11.0);

  filter->SetRegionBounds(Region::Bone, 3000, 3000);
  filter->SetWindowMaximum(3100);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Bone), 1u);
  EXPECT_EQ(filter->GetRegionLowerBound(Region::Bone), 3000.0);
  EXPECT_EQ(filter->GetRegionUpperBound(Region::Bone), 3000.0);

  filter->SetWindowMinimum(-2048);
  filter->SetRegionBounds(Region::Air, -2048, -1024);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Air), 1u);
  EXPECT_EQ(filter->GetMeanError(Region::Air), 1024.0);
}

TEST(ImageErrorMeasuresImageFilter, WeightedMeanAbsoluteErrorSwapsTheShares)
{
  // Bone: 1 of 4 voxels with error 40; rest: errors 4, 8, 0, mean 4.
  const auto filter = MeasureRows({ 1000, 0, 0, 0 }, { 1040, 4, -8, 0 });
  EXPECT_DOUBLE_EQ(filter->GetWeightedMeanAbsoluteError(Region::Bone), 0.75 * 40.0 + 0.25 * 4.0);
  // No air: undefined.
  EXPECT_TRUE(std::isnan(filter->GetWeightedMeanAbsoluteError(Region::Air)));
  // Nothing but soft tissue: undefined.
  EXPECT_TRUE(std::isnan(MeasureRows({ 0, 1 }, { 1, 2 })->GetWeightedMeanAbsoluteError(Region::SoftTissue)));
}

TEST(ImageErrorMeasuresImageFilter, WeightedMeanAbsoluteErrorKeepsTheDigitsOfASmallRest)
{
  // All voxels but one are bone, and its error is 4e-14 of the sum of theirs.
  constexpr size_t    count = 300000;
  constexpr float     error = 1.1e-5F;
  std::vector<double> reference(count, 1000.0);
  std::vector<double> synthetic(count, 2000.1);
  reference.push_back(0.0);
  synthetic.push_back(error);
  const auto   filter = MeasureRows(reference, synthetic);
  const double ofBone = filter->GetMeanAbsoluteError(Region::Bone);
  const double expected = (ofBone + count * static_cast<double>(error)) / (count + 1.0);
  EXPECT_NEAR(filter->GetWeightedMeanAbsoluteError(Region::Bone), expected, 1e-14 * expected);
}

TEST(ImageErrorMeasuresImageFilter, IdenticalImages)
{
  const auto filter = MeasureRows({ -1000, 40, 1000 }, { -1000, 40, 1000 });
  EXPECT_EQ(filter->GetMeanAbsoluteError(), 0.0);
  EXPECT_EQ(filter->GetPeakSignalToNoiseRatio(), infinity);
  EXPECT_NEAR(filter->GetPearsonCorrelation(), 1.0, 1e-15);
  EXPECT_LE(filter->GetPearsonCorrelation(), 1.0);
}

TEST(ImageErrorMeasuresImageFilter, EmptyMask)
{
  const auto filter = MeasureRows({ 1, 2, 3 }, { 4, 5, 7 }, { 0, 0, 0 });
  for (const Region region : allRegions)
  {
    EXPECT_EQ(filter->GetNumberOfVoxels(region), 0u);
    EXPECT_TRUE(std::isnan(filter->GetMeanError(region)));
    EXPECT_TRUE(std::isnan(filter->GetMeanAbsoluteError(region)));
    EXPECT_TRUE(std::isnan(filter->GetMeanSquaredError(region)));
    EXPECT_TRUE(std::isnan(filter->GetRootMeanSquaredError(region)));
    EXPECT_TRUE(std::isnan(filter->GetPeakSignalToNoiseRatio(region)));
    EXPECT_TRUE(std::isnan(filter->GetPearsonCorrelation(region)));
  }
}

TEST(ImageErrorMeasuresImageFilter, StandardDeviationOfTheError)
{
  // NumPy 2.4.6, std(ddof=0); regions on the clipped images.
  const auto filter = VolumeFilter();
  filter->ComputeSlicesOn();
  filter->Update();
  EXPECT_NEAR(filter->GetErrorStandardDeviation(), 57.87394051714312, 1e-11);
  EXPECT_NEAR(filter->GetErrorStandardDeviation(Region::Air), 49.865390954477434, 1e-11);
  EXPECT_NEAR(filter->GetErrorStandardDeviation(Region::SoftTissue), 58.12823500061942, 1e-11);
  EXPECT_NEAR(filter->GetErrorStandardDeviation(Region::Bone), 56.61288469714147, 1e-11);
  EXPECT_NEAR(filter->GetSliceMean(Measure::ErrorStandardDeviation), 57.870753366184175, 1e-11);

  EXPECT_TRUE(std::isnan(MeasureRows({ 1, 2 }, { 3, 5 }, { 0, 0 })->GetErrorStandardDeviation()));
  EXPECT_EQ(MeasureRows({ 5 }, { 7 })->GetErrorStandardDeviation(), 0.0);
  EXPECT_DOUBLE_EQ(MeasureRows({ 0, 0, 0, 0 }, { 1, -1, 3, 1 })->GetErrorStandardDeviation(), std::sqrt(2.0));

  // A constant error has none, however large it is and however the images vary.
  using DoubleImageType = itk::Image<double, 3>;
  const DoubleImageType::SizeType size{ { 37, 41, 7 } };
  for (const double offset : { 0.1, 1e3, 1e9 })
  {
    for (const double slope : { 0.0, 1e-3, 1.0 })
    {
      auto       constant = itk::ImageErrorMeasuresImageFilter<DoubleImageType>::New();
      const auto reference = [=](size_t i) { return slope * ReferenceValue(i); };
      constant->SetReferenceImage(MakeNumberedImage<DoubleImageType>(size, reference));
      constant->SetSyntheticImage(
        MakeNumberedImage<DoubleImageType>(size, [=](size_t i) { return reference(i) + offset; }));
      constant->Update();
      EXPECT_LT(constant->GetErrorStandardDeviation(), 1e-6 * std::max(1.0, offset * 1e-3)) << offset << ' ' << slope;
    }
  }
}

TEST(ImageErrorMeasuresImageFilter, NoCorrelationWithAConstant)
{
  // 0.1 has no exact sum: a mean that is off by one rounding would give a correlation.
  using DoubleImageType = itk::Image<double, 3>;
  const DoubleImageType::SizeType size{ { 37, 41, 7 } };
  auto                            filter = itk::ImageErrorMeasuresImageFilter<DoubleImageType>::New();
  filter->SetReferenceImage(MakeNumberedImage<DoubleImageType>(size, [](size_t) { return 0.1; }));
  filter->SetSyntheticImage(MakeNumberedImage<DoubleImageType>(size, ReferenceValue));
  filter->Update();
  EXPECT_TRUE(std::isnan(filter->GetPearsonCorrelation()));

  EXPECT_TRUE(std::isnan(MeasureRows({ 5 }, { 7 })->GetPearsonCorrelation()));
}

TEST(ImageErrorMeasuresImageFilter, CorrelationKeepsItsDigitsFarFromZero)
{
  // A one-pass sum of squares would lose all digits of a deviation of 1 at an offset of 1e9.
  using DoubleImageType = itk::Image<double, 3>;
  const DoubleImageType::SizeType size{ { 8, 8, 64 } };
  auto                            filter = itk::ImageErrorMeasuresImageFilter<DoubleImageType>::New();
  filter->SetReferenceImage(
    MakeNumberedImage<DoubleImageType>(size, [](size_t i) { return 1e9 + (i % 2 == 0 ? 1.0 : -1.0); }));
  filter->SetSyntheticImage(MakeNumberedImage<DoubleImageType>(size, [](size_t i) { return i % 4 < 2 ? 1.0 : -1.0; }));
  filter->Update();
  EXPECT_NEAR(filter->GetPearsonCorrelation(), 0.0, 1e-12);
  filter->SetSyntheticImage(MakeNumberedImage<DoubleImageType>(size, [](size_t i) { return i % 2 == 0 ? -3.0 : 3.0; }));
  filter->Update();
  EXPECT_NEAR(filter->GetPearsonCorrelation(), -1.0, 1e-12);
}

TEST(ImageErrorMeasuresImageFilter, NaNOutsideTheMaskDoesNotMatter)
{
  const auto filter = MeasureRows({ 0, notANumber, 100, 7 }, { 10, 5, 80, notANumber }, { 1, 0, 255, 0 });
  EXPECT_EQ(filter->GetNumberOfVoxels(), 2u);
  EXPECT_DOUBLE_EQ(filter->GetMeanError(), -5.0);
  EXPECT_DOUBLE_EQ(filter->GetMeanAbsoluteError(), 15.0);
  EXPECT_NEAR(filter->GetPearsonCorrelation(), 1.0, 1e-15);
}

TEST(ImageErrorMeasuresImageFilter, WhateverIsNotZeroIsInTheMask)
{
  // Stretches of nothing, of everything and of both, with values of which some have only one bit.
  const auto maskOf = [](size_t i) {
    const double values[] = { 0, 1, 128, 255, 254, 127 };
    return i % 190 < 60 ? values[i * 7 % 6] : i % 190 < 120 ? values[1 + i * 7 % 5] : 0.0;
  };
  const auto filter = VolumeFilter();
  filter->SetMaskImage(MakeNumberedImage<MaskType>(volumeSize, maskOf));
  filter->Update();

  using FloatMaskType = itk::Image<float, 3>;
  auto other = itk::ImageErrorMeasuresImageFilter<ImageType, ImageType, FloatMaskType>::New();
  other->SetReferenceImage(filter->GetReferenceImage());
  other->SetSyntheticImage(filter->GetSyntheticImage());
  other->SetMaskImage(
    MakeNumberedImage<FloatMaskType>(volumeSize, [&](size_t i) { return maskOf(i) == 0 ? 0.0 : -0.5; }));
  other->Update();

  size_t count = 0;
  double error = 0.0;
  for (size_t i = 0; i < 19 * 23 * 11; ++i)
  {
    count += maskOf(i) != 0 ? 1 : 0;
    error += maskOf(i) != 0 ? SyntheticValue(i) - ReferenceValue(i) : 0.0;
  }
  EXPECT_EQ(filter->GetNumberOfVoxels(), count);
  EXPECT_NEAR(filter->GetMeanError(), error / static_cast<double>(count), 1e-12);
  for (const Region region : allRegions)
  {
    for (const Measure measure : { Measure::MeanSquaredError, Measure::PearsonCorrelation })
    {
      EXPECT_EQ(filter->GetMeasure(measure, region), other->GetMeasure(measure, region));
    }
  }
}

TEST(ImageErrorMeasuresImageFilter, NaNAmongManyBelongsToNoRegion)
{
  // 64 voxels of soft tissue with one NaN, in the reference or in the synthetic image.
  std::vector<double> reference(64, 30.0);
  std::vector<double> synthetic(64, 40.0);
  reference[21] = notANumber;
  auto filter = MeasureRows(reference, synthetic);
  EXPECT_EQ(filter->GetNumberOfVoxels(), 64u);
  EXPECT_TRUE(std::isnan(filter->GetMeanError()));
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::SoftTissue), 63u);
  EXPECT_EQ(filter->GetMeanError(Region::SoftTissue), 10.0);
  reference[21] = 30.0;
  synthetic[21] = notANumber;
  filter = MeasureRows(reference, synthetic);
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::SoftTissue), 64u);
  EXPECT_TRUE(std::isnan(filter->GetMeanError(Region::SoftTissue)));
}

TEST(ImageErrorMeasuresImageFilter, RegionsMayBeUnbounded)
{
  std::vector<double> reference(40, 10.0);
  reference[5] = notANumber;
  reference[20] = infinity;
  reference[21] = -infinity;
  const auto filter = MeasureRows(reference, std::vector<double>(40, 10.0));
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Air), 1u);
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::SoftTissue), 37u);
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Bone), 1u);
  EXPECT_EQ(filter->GetMeanError(Region::Air), 1010.0);
  EXPECT_EQ(filter->GetMeanError(Region::Bone), -2990.0);
  // NaN is in no interval, however wide.
  filter->SetWindowMinimum(-infinity);
  filter->SetWindowMaximum(infinity);
  for (const Region region : { Region::Air, Region::SoftTissue, Region::Bone })
  {
    filter->SetRegionBounds(region, -infinity, infinity);
  }
  filter->Update();
  for (const Region region : { Region::Air, Region::SoftTissue, Region::Bone })
  {
    EXPECT_EQ(filter->GetNumberOfVoxels(region), 39u) << region;
  }
}

TEST(ImageErrorMeasuresImageFilter, NaNInsideTheMaskIsNotHidden)
{
  const auto filter = MeasureRows({ 0, notANumber, 100 }, { 10, 5, 80 }, { 1, 1, 1 });
  EXPECT_EQ(filter->GetNumberOfVoxels(), 3u);
  EXPECT_TRUE(std::isnan(filter->GetMeanError()));
  EXPECT_TRUE(std::isnan(filter->GetPearsonCorrelation()));
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::SoftTissue), 2u);
  EXPECT_DOUBLE_EQ(filter->GetMeanError(Region::SoftTissue), -5.0);
}

TEST(ImageErrorMeasuresImageFilter, SameBitsForAnyNumberOfThreadsAndDivisions)
{
  for (const Plane plane : { Plane::Axial, Plane::Coronal, Plane::Sagittal })
  {
    const auto filter = VolumeFilter();
    filter->SetLabelImage(MakeNumberedImage<MaskType>(volumeSize, LabelValue));
    filter->SetPeakSignalToNoiseRatioDefinition(Definition::SynthRAD2023);
    filter->SetDataRange(0);
    filter->ComputeSlicesOn();
    filter->SetSlicePlane(plane);
    filter->SetNumberOfWorkUnits(1);
    filter->Update();
    const auto expected = AllMeasures(filter);
    for (const unsigned int workUnits : { 2u, 3u, 7u, 64u })
    {
      for (const unsigned int divisions : { 1u, 2u, 5u, 11u, 100u })
      {
        filter->SetNumberOfWorkUnits(workUnits);
        filter->SetNumberOfStreamDivisions(divisions);
        filter->Update();
        ExpectSameBits(AllMeasures(filter), expected);
      }
    }
  }
}

TEST(ImageErrorMeasuresImageFilter, WithoutRegionsTheBodyIsTheSame)
{
  const auto filter = VolumeFilter();
  filter->ComputeSlicesOn();
  filter->SetSlicePlane(Plane::Coronal);
  filter->Update();
  const auto bare = VolumeFilter();
  bare->ComputeSlicesOn();
  bare->SetSlicePlane(Plane::Coronal);
  bare->ComputeRegionsOff();
  bare->Update();
  EXPECT_EQ(bare->GetNumberOfVoxels(), 3845u);
  for (const Measure measure : allMeasures)
  {
    // Voxels are joined in another order.
    EXPECT_NEAR(bare->GetMeasure(measure), filter->GetMeasure(measure), 1e-13 * filter->GetMeasure(measure));
    EXPECT_NEAR(bare->GetSliceMean(measure), filter->GetSliceMean(measure), 1e-12 * filter->GetSliceMean(measure));
  }
  EXPECT_EQ(bare->GetNumberOfVoxels(Region::Bone), 0u);
  EXPECT_TRUE(std::isnan(bare->GetMeanError(Region::Bone)));
  EXPECT_TRUE(std::isnan(bare->GetWeightedMeanAbsoluteError(Region::Bone)));
}

TEST(ImageErrorMeasuresImageFilter, DefinitionsOfThePeakSignalToNoiseRatio)
{
  // scikit-image 0.26.0 (metrics.peak_signal_noise_ratio) on the images clipped, masked or set to the background by
  // NumPy 2.4.6; for BackgroundSet in units of [-1, 1] with a data range of 2.
  const auto filter = VolumeFilter();
  filter->SetDataRange(0);
  filter->ComputeSlicesOn();
  const auto measure = [&](Definition definition) {
    filter->SetPeakSignalToNoiseRatioDefinition(definition);
    filter->Update();
    return filter->GetPeakSignalToNoiseRatio();
  };
  EXPECT_NEAR(measure(Definition::SynthRAD2023), 37.036016949711204, 1e-11);
  EXPECT_EQ(filter->GetPeakDataRange(), 4024.0);
  EXPECT_EQ(filter->GetPeakWindowMinimum(), -1024.0);
  EXPECT_EQ(filter->GetPeakWindowMaximum(), 3000.0);
  // Nothing else is clipped.
  EXPECT_NEAR(filter->GetMeanAbsoluteError(), 50.61885565669701, 1e-10);
  EXPECT_NEAR(filter->GetMeanSquaredError(), 3450.2295838751625, 1e-8);

  EXPECT_NEAR(measure(Definition::SynthRAD2025), 37.109619050963325, 1e-11);
  EXPECT_EQ(filter->GetPeakDataRange(), 4095.0);
  EXPECT_EQ(filter->GetPeakWindowMaximum(), 3071.0);

  EXPECT_NEAR(measure(Definition::BackgroundSet), 37.98034703517017, 1e-11);
  EXPECT_NEAR(filter->GetSliceMean(Measure::PeakSignalToNoiseRatio), 37.98052066912698, 1e-11);
  EXPECT_EQ(filter->GetPeakDataRange(), 4000.0);
  EXPECT_EQ(filter->GetPeakWindowMinimum(), -1000.0);
  // A slice without voxels in the mask has no PSNR.
  filter->SetMaskImage(
    MakeNumberedImage<MaskType>(volumeSize, [](size_t i) { return i / (19 * 23) == 4 ? 0 : MaskValue(i); }));
  filter->Update();
  EXPECT_TRUE(std::isnan(filter->GetSliceMeasure(4, Measure::PeakSignalToNoiseRatio)));
  EXPECT_NEAR(filter->GetSliceMean(Measure::PeakSignalToNoiseRatio), 37.97773714354372, 1e-11);

  // Regions of the reference have no background.
  const double bone = filter->GetPeakSignalToNoiseRatio(Region::Bone);
  filter->SetDataRange(4000);
  measure(Definition::Unclipped);
  EXPECT_NEAR(filter->GetPeakSignalToNoiseRatio(Region::Bone), bone, 1e-12);
  EXPECT_EQ(filter->GetPeakWindowMinimum(), -infinity);
  EXPECT_EQ(filter->GetPeakWindowMaximum(), infinity);
  EXPECT_EQ(filter->GetPeakDataRange(), 4000.0);

  // Identical in what is clipped; and an empty mask.
  filter->SetReferenceImage(MakeNumberedImage<ImageType>(volumeSize, [](size_t) { return 4000; }));
  filter->SetSyntheticImage(MakeNumberedImage<ImageType>(volumeSize, [](size_t) { return 5000; }));
  for (const auto definition : { Definition::SynthRAD2023, Definition::SynthRAD2025, Definition::BackgroundSet })
  {
    EXPECT_EQ(measure(definition), infinity);
    EXPECT_EQ(filter->GetMeanAbsoluteError(), 1000.0);
  }
  filter->SetMaskImage(MakeNumberedImage<MaskType>(volumeSize, [](size_t) { return 0; }));
  EXPECT_TRUE(std::isnan(measure(Definition::BackgroundSet)));
}

TEST(ImageErrorMeasuresImageFilter, AnImageOfOneSliceIsNotDivided)
{
  const auto measure = [](unsigned int divisions) {
    const ImageType::SizeType size{ { 101, 103, 1 } };
    auto                      filter = FilterType::New();
    filter->SetReferenceImage(MakeNumberedImage<ImageType>(size, ReferenceValue));
    filter->SetSyntheticImage(MakeNumberedImage<ImageType>(size, SyntheticValue));
    filter->SetNumberOfStreamDivisions(divisions);
    filter->SetDataRange(4000);
    filter->Update();
    return AllMeasures(filter);
  };
  const auto whole = measure(1);
  EXPECT_EQ(whole[0], 101.0 * 103.0);
  ExpectSameBits(measure(7), whole);
}

TEST(ImageErrorMeasuresImageFilter, StreamsItsInputs)
{
  const auto filter = VolumeFilter();
  // A filter that computes only what is asked for.
  auto upstream = itk::ShiftScaleImageFilter<ImageType, ImageType>::New();
  upstream->SetInput(filter->GetReferenceImage());
  unsigned int numberOfExecutions = 0;
  size_t       largestNumberOfVoxels = 0;
  upstream->AddObserver(itk::EndEvent(), [&](const itk::EventObject &) {
    ++numberOfExecutions;
    largestNumberOfVoxels =
      std::max<size_t>(largestNumberOfVoxels, upstream->GetOutput()->GetBufferedRegion().GetNumberOfPixels());
  });
  filter->ComputeSlicesOn();
  filter->SetSlicePlane(Plane::Sagittal);
  filter->Update();
  const auto expected = AllMeasures(filter);
  filter->SetReferenceImage(upstream->GetOutput());
  filter->SetNumberOfStreamDivisions(4);
  filter->Update();
  EXPECT_EQ(numberOfExecutions, 4u);
  // 11 slices in 4 slabs.
  EXPECT_EQ(largestNumberOfVoxels, 3u * 19u * 23u);
  EXPECT_EQ(filter->GetNumberOfVoxels(), 3845u);
  ExpectSameBits(AllMeasures(filter), expected);
}

TEST(ImageErrorMeasuresImageFilter, StopsWhenAskedTo)
{
  const auto filter = VolumeFilter();
  filter->Update();
  const auto expected = AllMeasures(filter);
  // Before anything has been measured, within a slab, after the first, and at the end.
  filter->SetNumberOfWorkUnits(1);
  filter->SetNumberOfStreamDivisions(2);
  for (const float progress : { 0.0F, 0.3F, 0.5F, 1.0F })
  {
    const auto tag = filter->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
      if (filter->GetProgress() >= progress)
      {
        filter->AbortGenerateDataOn();
      }
    });
    EXPECT_THROW(filter->Update(), itk::ProcessAborted) << progress;
    filter->RemoveObserver(tag);
    filter->Update();
    ExpectSameBits(AllMeasures(filter), expected);
  }
}

TEST(ImageErrorMeasuresImageFilter, OtherPixelTypesAndDimensions)
{
  using ShortType = itk::Image<short, 2>;
  using MaskType2 = itk::Image<float, 2>;
  auto filter = itk::ImageErrorMeasuresImageFilter<ShortType, itk::Image<float, 2>, MaskType2>::New();
  filter->SetReferenceImage(MakeRow<ShortType>({ -32768, 0, 100 }));
  filter->SetSyntheticImage(MakeRow<itk::Image<float, 2>>({ 32767, 0.5, 99 }));
  filter->SetMaskImage(MakeRow<MaskType2>({ -1, 0.25, 0 }));
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 2u);
  EXPECT_DOUBLE_EQ(filter->GetMeanError(), (65535.0 + 0.5) / 2.0);
}

TEST(ImageErrorMeasuresImageFilter, ObliqueImagesWhoseIndexDoesNotBeginAtZero)
{
  const auto filter = VolumeFilter();
  const auto oblique = itk::TestUtilities::ObliqueVolumeFilter<FilterType>();
  oblique->SetDataRange(4000);
  oblique->SetNumberOfStreamDivisions(3);
  filter->ComputeSlicesOn();
  oblique->ComputeSlicesOn();
  for (const Plane plane : { Plane::Axial, Plane::Coronal, Plane::Sagittal })
  {
    filter->SetSlicePlane(plane);
    filter->Update();
    oblique->SetSlicePlane(plane);
    oblique->Update();
    ExpectSameBits(AllMeasures(oblique), AllMeasures(filter));
  }
}
