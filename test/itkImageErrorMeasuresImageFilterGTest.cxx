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
#include "itkImageErrorMeasuresImageFilter.h"

#include "itkImagePairTestUtilities.h"
#include "itkRegionOfInterestImageFilter.h"
#include "itkShiftScaleImageFilter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

namespace
{

using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeNumberedImage;
using itk::TestUtilities::MakeRow;
using itk::TestUtilities::MaskValue;
using itk::TestUtilities::ReferenceValue;
using itk::TestUtilities::SyntheticValue;
using itk::TestUtilities::volumeSize;
using ImageType = itk::TestUtilities::PairImageType;
using MaskType = itk::TestUtilities::PairMaskType;
using FilterType = itk::ImageErrorMeasuresImageFilter<ImageType>;
using Region = itk::HounsfieldRegionEnum;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

using Measure = itk::ErrorMeasureEnum;
using Definition = itk::PeakSignalToNoiseRatioDefinitionEnum;
using Plane = itk::InferencePlaneEnum;

const Measure allMeasures[] = { Measure::MeanError,
                                Measure::MeanAbsoluteError,
                                Measure::MeanSquaredError,
                                Measure::RootMeanSquaredError,
                                Measure::PeakSignalToNoiseRatio,
                                Measure::PearsonCorrelation };

const Region allRegions[] = { Region::Body, Region::Air, Region::SoftTissue, Region::Bone };

FilterType::Pointer
MeasureRows(const std::vector<double> & reference,
            const std::vector<double> & synthetic,
            const std::vector<double> & mask = {})
{
  auto filter = itk::TestUtilities::RowFilter<FilterType>(reference, synthetic, mask);
  filter->SetDataRange(4000);
  filter->Update();
  return filter;
}

FilterType::Pointer
VolumeFilter()
{
  auto filter = itk::TestUtilities::VolumeFilter<FilterType>();
  filter->SetDataRange(4000);
  return filter;
}

double
LabelValue(size_t i)
{
  return static_cast<double>(i / 7 % 4);
}

/** Everything that the filter tells, of all regions, labels and slices. */
std::vector<double>
AllMeasures(const FilterType * filter)
{
  std::vector<double> measures;
  for (const Region region : allRegions)
  {
    measures.push_back(static_cast<double>(filter->GetNumberOfVoxels(region)));
    for (const Measure measure : allMeasures)
    {
      measures.push_back(filter->GetMeasure(measure, region));
      for (size_t slice = 0; slice < filter->GetNumberOfSlices(); ++slice)
      {
        measures.push_back(filter->GetSliceMeasure(slice, measure, region));
      }
    }
    if (region != Region::Body)
    {
      measures.push_back(filter->GetWeightedMeanAbsoluteError(region));
    }
  }
  for (size_t label = 0; label < filter->GetNumberOfLabels(); ++label)
  {
    measures.push_back(filter->GetLabel(label));
    for (const Measure measure : allMeasures)
    {
      measures.push_back(filter->GetLabelMeasure(label, measure));
    }
  }
  return measures;
}

void
ExpectSameBits(const std::vector<double> & a, const std::vector<double> & b)
{
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0);
}

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

TEST(ImageErrorMeasuresImageFilter, Labels)
{
  // NumPy 2.4.6, SciPy 1.17.1, scikit-image 0.26.0: N, ME, MAE, MSE, RMSE, PSNR for L = 4000, R.
  const double expected[3][7] = { { 963,
                                    10.15368639667705,
                                    50.53894080996885,
                                    3443.242471443406,
                                    58.6791485235037,
                                    36.67152376070312,
                                    0.9989199921824764 },
                                  { 961,
                                    9.810613943808534,
                                    50.64620187304891,
                                    3447.9729448491157,
                                    58.71944264763687,
                                    36.665561332610324,
                                    0.9989165822119274 },
                                  { 958,
                                    9.278705636743215,
                                    50.626304801670145,
                                    3441.01617954071,
                                    58.66017541348398,
                                    36.67433267992352,
                                    0.9989102909234654 } };
  const auto   filter = VolumeFilter();
  EXPECT_EQ(filter->GetNumberOfLabels(), 0u);
  filter->SetLabelImage(MakeNumberedImage<MaskType>(volumeSize, LabelValue));
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 3u);
  for (size_t label = 0; label < 3; ++label)
  {
    EXPECT_EQ(filter->GetLabel(label), label + 1);
    EXPECT_EQ(static_cast<double>(filter->GetLabelNumberOfVoxels(label)), expected[label][0]);
    for (size_t i = 0; i < 6; ++i)
    {
      const double value = expected[label][i + 1];
      EXPECT_NEAR(filter->GetLabelMeasure(label, allMeasures[i]), value, 1e-12 * value) << allMeasures[i];
    }
  }

  // A list is kept as it is, and may name the background and what is not there.
  filter->SetLabels({ 9, 2, 0 });
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 3u);
  EXPECT_EQ(filter->GetLabel(0), 9);
  EXPECT_EQ(filter->GetLabelNumberOfVoxels(0), 0u);
  EXPECT_TRUE(std::isnan(filter->GetLabelMeasure(0, Measure::MeanAbsoluteError)));
  EXPECT_EQ(filter->GetLabelNumberOfVoxels(1), 961u);
  EXPECT_NEAR(filter->GetLabelMeasure(1, Measure::MeanError), expected[1][1], 1e-11);
  EXPECT_EQ(filter->GetLabelNumberOfVoxels(2), 963u);
  EXPECT_NEAR(filter->GetLabelMeasure(2, Measure::MeanError), 10.919522326064381, 1e-11);

  // One label everywhere is the body, whatever the definition of the PSNR.
  filter->SetLabels({});
  filter->SetLabelImage(MakeNumberedImage<MaskType>(volumeSize, [](size_t) { return 7; }));
  filter->SetPeakSignalToNoiseRatioDefinition(Definition::SynthRAD2025);
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 1u);
  for (const Measure measure : allMeasures)
  {
    EXPECT_NEAR(filter->GetLabelMeasure(0, measure), filter->GetMeasure(measure), 1e-12 * filter->GetMeasure(measure));
  }
}

TEST(ImageErrorMeasuresImageFilter, LabelsCountInsideTheMaskOnly)
{
  auto filter = FilterType::New();
  filter->SetReferenceImage(MakeRow<ImageType>({ 0, notANumber, 100, 7 }));
  filter->SetSyntheticImage(MakeRow<ImageType>({ 10, 5, 80, notANumber }));
  filter->SetMaskImage(MakeRow<MaskType>({ 1, 0, 1, 0 }));
  filter->SetLabelImage(MakeRow<MaskType>({ 4, 4, 2, 3 }));
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 2u);
  EXPECT_EQ(filter->GetLabel(0), 2);
  EXPECT_EQ(filter->GetLabelMeasure(0, Measure::MeanError), -20.0);
  EXPECT_EQ(filter->GetLabel(1), 4);
  EXPECT_EQ(filter->GetLabelMeasure(1, Measure::MeanError), 10.0);
}

TEST(ImageErrorMeasuresImageFilter, SlicesAndTheirMean)
{
  // NumPy 2.4.6, SciPy 1.17.1, scikit-image 0.26.0: means over the slices that have voxels, where the axial slice 4 has
  // none; measures as above.
  const struct
  {
    Plane         plane;
    unsigned int  axis;
    unsigned long defined;
    double        means[6];
  } expected[] = { { Plane::Axial,
                     2,
                     10,
                     { 10.018875562832582,
                       50.62228366762178,
                       3449.4892449856734,
                       58.73207309659538,
                       36.66373456774252,
                       0.9989168930354735 } },
                   { Plane::Coronal,
                     1,
                     23,
                     { 10.020444045920712,
                       50.62139784093936,
                       3449.3952749599575,
                       58.7275500153458,
                       36.66495406546135,
                       0.9989149962347948 } },
                   { Plane::Sagittal,
                     0,
                     19,
                     { 10.020883866854438,
                       50.622747861809366,
                       3449.5409837311804,
                       58.73108188725055,
                       36.66409285108294,
                       0.998890893285122 } } };

  const auto filter = VolumeFilter();
  const auto sliceOf = [](size_t i) { return i / (19 * 23); };
  filter->SetMaskImage(
    MakeNumberedImage<MaskType>(volumeSize, [&](size_t i) { return sliceOf(i) == 4 ? 0 : MaskValue(i); }));
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfSlices(), 0u);
  EXPECT_TRUE(std::isnan(filter->GetSliceMean(Measure::MeanError)));

  filter->ComputeSlicesOn();
  for (const auto & row : expected)
  {
    filter->SetSlicePlane(row.plane);
    filter->Update();
    ASSERT_EQ(filter->GetNumberOfSlices(), volumeSize[row.axis]);
    for (size_t i = 0; i < 6; ++i)
    {
      EXPECT_EQ(filter->GetNumberOfDefinedSlices(allMeasures[i]), row.defined);
      EXPECT_NEAR(filter->GetSliceMean(allMeasures[i]), row.means[i], 1e-12 * row.means[i])
        << row.plane << ' ' << allMeasures[i];
    }

    // Each slice is what it would be alone.
    for (size_t slice = 0; slice < volumeSize[row.axis]; ++slice)
    {
      const auto alone = FilterType::New();
      auto       region = filter->GetReferenceImage()->GetLargestPossibleRegion();
      region.SetIndex(row.axis, static_cast<itk::IndexValueType>(slice));
      region.SetSize(row.axis, 1);
      const auto take = [&region](const auto * image) {
        using TImage = std::remove_const_t<std::remove_pointer_t<decltype(image)>>;
        auto extract = itk::RegionOfInterestImageFilter<TImage, TImage>::New();
        extract->SetInput(image);
        extract->SetRegionOfInterest(region);
        extract->Update();
        return typename TImage::Pointer(extract->GetOutput());
      };
      alone->SetReferenceImage(take(filter->GetReferenceImage()));
      alone->SetSyntheticImage(take(filter->GetSyntheticImage()));
      alone->SetMaskImage(take(filter->GetMaskImage()));
      alone->SetDataRange(4000);
      alone->Update();
      for (const Region part : allRegions)
      {
        ASSERT_EQ(filter->GetSliceNumberOfVoxels(slice, part), alone->GetNumberOfVoxels(part));
        for (const Measure measure : allMeasures)
        {
          const double value = alone->GetMeasure(measure, part);
          const double inSlices = filter->GetSliceMeasure(slice, measure, part);
          EXPECT_TRUE(std::isnan(value) ? std::isnan(inSlices)
                                        : std::abs(inSlices - value) <= 1e-11 * std::abs(value) + 1e-11)
            << row.plane << ' ' << slice << ' ' << measure << ' ' << part << ' ' << inSlices << ' ' << value;
        }
      }
    }
  }
}

TEST(ImageErrorMeasuresImageFilter, SlicesAreThePatients)
{
  // The first axis of the array runs from foot to head.
  const auto filter = VolumeFilter();
  const auto turn = [](const itk::ImageBase<3> * image) {
    itk::ImageBase<3>::DirectionType direction;
    direction.Fill(0.0);
    direction(2, 0) = 1.0;
    direction(0, 1) = 1.0;
    direction(1, 2) = 1.0;
    const_cast<itk::ImageBase<3> *>(image)->SetDirection(direction);
  };
  turn(filter->GetReferenceImage());
  turn(filter->GetSyntheticImage());
  turn(filter->GetMaskImage());
  filter->ComputeSlicesOn();
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfSlices(), 19u);
  filter->SetSlicePlane(Plane::Coronal);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfSlices(), 11u);

  // Two axes: one slice.
  using FlatType = itk::Image<float, 2>;
  auto flat = itk::ImageErrorMeasuresImageFilter<FlatType>::New();
  flat->SetReferenceImage(MakeNumberedImage<FlatType>({ { 5, 4 } }, ReferenceValue));
  flat->SetSyntheticImage(MakeNumberedImage<FlatType>({ { 5, 4 } }, SyntheticValue));
  flat->ComputeSlicesOn();
  flat->Update();
  ASSERT_EQ(flat->GetNumberOfSlices(), 1u);
  EXPECT_EQ(flat->GetSliceMeasure(0, Measure::MeanAbsoluteError), flat->GetMeanAbsoluteError());
  EXPECT_EQ(flat->GetSliceMean(Measure::PearsonCorrelation), flat->GetPearsonCorrelation());
}

TEST(ImageErrorMeasuresImageFilter, SlicesOfNarrowImages)
{
  // Sagittal slices of images that are so narrow that a few lines are read together.
  for (const size_t width : { 1u, 3u, 16u })
  {
    const ImageType::SizeType size{ { width, 5, 4 } };
    auto                      filter = FilterType::New();
    filter->SetReferenceImage(MakeNumberedImage<ImageType>(size, ReferenceValue));
    filter->SetSyntheticImage(MakeNumberedImage<ImageType>(
      size, [width](size_t i) { return ReferenceValue(i) + static_cast<double>(i % width) - 5.0; }));
    filter->SetMaskImage(MakeNumberedImage<MaskType>(size, [width](size_t i) { return i / width != 7 ? 1 : 0; }));
    filter->ComputeSlicesOn();
    filter->SetSlicePlane(Plane::Sagittal);
    filter->Update();
    ASSERT_EQ(filter->GetNumberOfSlices(), width);
    for (size_t slice = 0; slice < width; ++slice)
    {
      EXPECT_EQ(filter->GetSliceNumberOfVoxels(slice), 19u);
      EXPECT_EQ(filter->GetSliceMeasure(slice, Measure::MeanError), static_cast<double>(slice) - 5.0);
    }
  }
}

TEST(ImageErrorMeasuresImageFilter, MeanOverSlicesLeavesOutWhatIsNotDefined)
{
  // Three axial slices of two voxels: identical, constant, and neither.
  const std::vector<double> reference{ 1, 2, 5, 5, 10, 20 };
  const std::vector<double> synthetic{ 1, 2, 6, 8, 10, 24 };
  auto                      filter = FilterType::New();
  filter->SetReferenceImage(MakeNumberedImage<ImageType>({ { 2, 1, 3 } }, [&](size_t i) { return reference[i]; }));
  filter->SetSyntheticImage(MakeNumberedImage<ImageType>({ { 2, 1, 3 } }, [&](size_t i) { return synthetic[i]; }));
  filter->SetDataRange(100);
  filter->ComputeSlicesOn();
  filter->Update();
  EXPECT_EQ(filter->GetSliceMeasure(0, Measure::PeakSignalToNoiseRatio), infinity);
  EXPECT_EQ(filter->GetNumberOfDefinedSlices(Measure::PeakSignalToNoiseRatio), 2u);
  EXPECT_DOUBLE_EQ(filter->GetSliceMean(Measure::PeakSignalToNoiseRatio),
                   (10 * std::log10(1e4 / 5.0) + 10 * std::log10(1e4 / 8.0)) / 2.0);
  EXPECT_EQ(filter->GetNumberOfDefinedSlices(Measure::PearsonCorrelation), 2u);
  EXPECT_NEAR(filter->GetSliceMean(Measure::PearsonCorrelation), 1.0, 1e-15);
  EXPECT_DOUBLE_EQ(filter->GetSliceMean(Measure::MeanAbsoluteError), (0.0 + 2.0 + 2.0) / 3.0);
  EXPECT_EQ(filter->GetNumberOfDefinedSlices(Measure::MeanError, Region::Bone), 0u);
  EXPECT_TRUE(std::isnan(filter->GetSliceMean(Measure::MeanError, Region::Bone)));
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

TEST(ImageErrorMeasuresImageFilter, RefusesOtherGrids)
{
  const auto size = ImageType::SizeType{ { 4, 5, 6 } };
  const auto image = MakeNumberedImage<ImageType>(size, ReferenceValue);
  const auto filterWith = [&](ImageType * synthetic, MaskType * mask) {
    auto filter = FilterType::New();
    filter->SetReferenceImage(image);
    filter->SetSyntheticImage(synthetic);
    filter->SetMaskImage(mask);
    return filter;
  };

  const double shifted[] = { 0.0, 0.0, 0.5 };
  const double stretched[] = { 1.0, 1.0, 1.01 };

  auto other = MakeNumberedImage<ImageType>({ { 4, 6, 5 } }, ReferenceValue);
  ExpectError([&] { filterWith(other, nullptr)->Update(); },
              "SyntheticImage has another grid than the image: size [4, 6, 5]");

  other = MakeNumberedImage<ImageType>(size, ReferenceValue);
  other->SetOrigin(shifted);
  ExpectError([&] { filterWith(other, nullptr)->Update(); }, "SyntheticImage has another grid than the image: origin");

  other = MakeNumberedImage<ImageType>(size, ReferenceValue);
  other->SetSpacing(stretched);
  ExpectError([&] { filterWith(other, nullptr)->Update(); }, "SyntheticImage has another grid than the image: spacing");

  other = MakeNumberedImage<ImageType>(size, ReferenceValue);
  ImageType::DirectionType direction;
  direction.SetIdentity();
  direction(0, 0) = -1;
  other->SetDirection(direction);
  ExpectError([&] { filterWith(other, nullptr)->Update(); },
              "SyntheticImage has another grid than the image: direction");

  auto mask = MakeNumberedImage<MaskType>({ { 4, 5, 5 } }, MaskValue);
  ExpectError([&] { filterWith(image, mask)->Update(); }, "MaskImage has another grid than the image: size");

  const auto labelled = filterWith(image, nullptr);
  labelled->SetLabelImage(mask);
  ExpectError([&] { labelled->Update(); }, "LabelImage has another grid than the image: size");

  mask = MakeNumberedImage<MaskType>(size, MaskValue);
  mask->SetOrigin(shifted);
  ExpectError([&] { filterWith(image, mask)->Update(); }, "MaskImage has another grid than the image: origin");
  labelled->SetLabelImage(mask);
  ExpectError([&] { labelled->Update(); }, "LabelImage has another grid than the image: origin");

  EXPECT_NO_THROW(filterWith(image, MakeNumberedImage<MaskType>(size, MaskValue))->Update());
}

TEST(ImageErrorMeasuresImageFilter, RefusesBadInput)
{
  auto filter = FilterType::New();
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetReferenceImage(MakeRow<ImageType>({ 1, 2 }));
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);

  const auto bad = [](const std::function<void(FilterType *)> & change, const std::string & words) {
    const auto volumeFilter = VolumeFilter();
    change(volumeFilter);
    ExpectError([&] { volumeFilter->Update(); }, words);
  };
  bad([](FilterType * f) { f->SetDataRange(-1); }, "DataRange is -1");
  bad([](FilterType * f) { f->SetDataRange(notANumber); }, "DataRange is nan");
  bad([](FilterType * f) { f->SetDataRange(infinity); }, "DataRange is inf");
  bad([](FilterType * f) { f->SetWindowMinimum(3000); }, "WindowMinimum is 3000");
  bad([](FilterType * f) { f->SetWindowMinimum(notANumber); }, "WindowMinimum is nan");
  bad([](FilterType * f) { f->SetWindowMaximum(-1000); }, "WindowMinimum is -1000");
  bad([](FilterType * f) { f->SetWindowMaximum(notANumber); }, "WindowMaximum, which is nan");
  bad([](FilterType * f) { f->SetRegionBounds(Region::Air, -400, -401); }, "[-400, -401]");
  bad([](FilterType * f) { f->SetRegionBounds(Region::Bone, notANumber, 0); }, "[nan, 0]");
  bad(
    [](FilterType * f) {
      f->SetReferenceImage(MakeNumberedImage<ImageType>({ { 0, 2, 2 } }, ReferenceValue));
    },
    "no voxels");

  bad([](FilterType * f) { f->SetLabels({ 1 }); }, "no LabelImage");
  bad(
    [](FilterType * f) {
      f->SetLabelImage(MakeNumberedImage<MaskType>(volumeSize, LabelValue));
      f->SetLabels({ 3, 1, 3 });
    },
    "the label 3 more than once");
  bad([](FilterType * f) { f->SetSlicePlane(Plane::Volume); }, "SlicePlane is");
  bad([](FilterType * f) { f->SetPeakSignalToNoiseRatioDefinition(static_cast<Definition>(4)); },
      "PeakSignalToNoiseRatioDefinition is");
  EXPECT_THROW(filter->GetMeasure(static_cast<Measure>(6)), itk::ExceptionObject);
  ExpectError([&] { filter->GetLabel(0); }, "no label with index 0");
  ExpectError([&] { filter->GetLabelMeasure(0, Measure::MeanError); }, "no label with index 0");
  ExpectError([&] { filter->GetSliceMeasure(0, Measure::MeanError); }, "no slice 0");
  ExpectError([&] { filter->GetSliceNumberOfVoxels(0); }, "no slice 0");

  EXPECT_THROW(filter->SetRegionBounds(Region::Body, 0, 1), itk::ExceptionObject);
  EXPECT_THROW(filter->GetRegionLowerBound(Region::Body), itk::ExceptionObject);
  EXPECT_THROW(filter->GetRegionUpperBound(static_cast<Region>(4)), itk::ExceptionObject);
  EXPECT_THROW(filter->GetMeanError(static_cast<Region>(4)), itk::ExceptionObject);
  EXPECT_THROW(filter->GetWeightedMeanAbsoluteError(Region::Body), itk::ExceptionObject);
}

TEST(ImageErrorMeasuresImageFilter, TheDataRangeMustBeStated)
{
  const auto filter = VolumeFilter();
  filter->SetDataRange(0);
  filter->Update();
  EXPECT_NEAR(filter->GetMeanAbsoluteError(), 50.61885565669701, 1e-10);
  ExpectError([&] { filter->GetPeakSignalToNoiseRatio(); }, "DataRange is 0");
}

TEST(ImageErrorMeasuresImageFilter, Prints)
{
  std::ostringstream text;
  VolumeFilter()->Print(text);
  for (const char * word : { "DataRange: 4000",
                             "ComputeRegions: 1",
                             "ComputeSlices: 0",
                             "WindowMinimum: -1000",
                             "WindowMaximum: 3000",
                             "SoftTissue: [-250, 250]" })
  {
    EXPECT_NE(text.str().find(word), std::string::npos) << word;
  }
  text.str("");
  text << Region::SoftTissue << ' ' << static_cast<Region>(9);
  EXPECT_EQ(text.str(),
            "SoftTissue "
            "INVALID VALUE");
  text.str("");
  text << Measure::PearsonCorrelation << ' ' << Definition::BackgroundSet;
  EXPECT_EQ(text.str(),
            "PearsonCorrelation "
            "BackgroundSet");
}
