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

#include "itkImageRegionIterator.h"
#include "itkShiftScaleImageFilter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace
{

using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::ImageErrorMeasuresImageFilter<ImageType>;
using Region = itk::HounsfieldRegionEnum;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

const Region allRegions[] = { Region::Body, Region::Air, Region::SoftTissue, Region::Bone };

template <typename TImage>
typename TImage::Pointer
MakeImage(const typename TImage::SizeType & size, const std::function<double(size_t)> & valueOf)
{
  auto                        image = TImage::New();
  typename TImage::RegionType region;
  region.SetSize(size);
  image->SetRegions(region);
  image->Allocate();
  size_t i = 0;
  for (itk::ImageRegionIterator<TImage> it(image, region); !it.IsAtEnd(); ++it)
  {
    it.Set(static_cast<typename TImage::PixelType>(valueOf(i++)));
  }
  return image;
}

template <typename TImage>
typename TImage::Pointer
MakeRow(const std::vector<double> & values)
{
  typename TImage::SizeType size;
  size.Fill(1);
  size[0] = values.size();
  return MakeImage<TImage>(size, [&](size_t i) { return values[i]; });
}

FilterType::Pointer
MeasureRows(const std::vector<double> & reference,
            const std::vector<double> & synthetic,
            const std::vector<double> & mask = {})
{
  auto filter = FilterType::New();
  filter->SetReferenceImage(MakeRow<ImageType>(reference));
  filter->SetSyntheticImage(MakeRow<ImageType>(synthetic));
  if (!mask.empty())
  {
    filter->SetMaskImage(MakeRow<MaskType>(mask));
  }
  filter->SetDataRange(4000);
  filter->Update();
  return filter;
}

// The pseudo-random volumes of the reference values below, integer arithmetic that any language repeats.
constexpr ImageType::SizeType volumeSize{ { 19, 23, 11 } };

double
ReferenceValue(size_t i)
{
  return static_cast<double>(i * 7919 % 4301) - 1200.0;
}

double
SyntheticValue(size_t i)
{
  return ReferenceValue(i) + (static_cast<double>(i * 104729 % 401) - 180.0) * 0.5;
}

double
MaskValue(size_t i)
{
  return i * 31 % 5 != 0 ? 1 : 0;
}

FilterType::Pointer
VolumeFilter()
{
  auto filter = FilterType::New();
  filter->SetReferenceImage(MakeImage<ImageType>(volumeSize, ReferenceValue));
  filter->SetSyntheticImage(MakeImage<ImageType>(volumeSize, SyntheticValue));
  filter->SetMaskImage(MakeImage<MaskType>(volumeSize, MaskValue));
  filter->SetDataRange(4000);
  return filter;
}

std::vector<double>
AllMeasures(const FilterType * filter)
{
  std::vector<double> measures;
  for (const Region region : allRegions)
  {
    measures.push_back(static_cast<double>(filter->GetNumberOfVoxels(region)));
    measures.push_back(filter->GetMeanError(region));
    measures.push_back(filter->GetMeanAbsoluteError(region));
    measures.push_back(filter->GetMeanSquaredError(region));
    measures.push_back(filter->GetRootMeanSquaredError(region));
    measures.push_back(filter->GetPeakSignalToNoiseRatio(region));
    measures.push_back(filter->GetPearsonCorrelation(region));
    if (region != Region::Body)
    {
      measures.push_back(filter->GetWeightedMeanAbsoluteError(region));
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

void
ExpectErrorWith(const std::function<void()> & call, const std::string & words)
{
  try
  {
    call();
    FAIL() << "no exception, expected one with: " << words;
  }
  catch (const itk::ExceptionObject & error)
  {
    EXPECT_NE(std::string(error.GetDescription()).find(words), std::string::npos) << error.GetDescription();
  }
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
  filter->SetClipMaximum(3100);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Bone), 1u);
  EXPECT_EQ(filter->GetRegionLowerBound(Region::Bone), 3000.0);
  EXPECT_EQ(filter->GetRegionUpperBound(Region::Bone), 3000.0);

  filter->SetClipMinimum(-2048);
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
  filter->SetReferenceImage(MakeImage<DoubleImageType>(size, [](size_t) { return 0.1; }));
  filter->SetSyntheticImage(MakeImage<DoubleImageType>(size, ReferenceValue));
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
  filter->SetReferenceImage(MakeImage<DoubleImageType>(size, [](size_t i) { return 1e9 + (i % 2 == 0 ? 1.0 : -1.0); }));
  filter->SetSyntheticImage(MakeImage<DoubleImageType>(size, [](size_t i) { return i % 4 < 2 ? 1.0 : -1.0; }));
  filter->Update();
  EXPECT_NEAR(filter->GetPearsonCorrelation(), 0.0, 1e-12);
  filter->SetSyntheticImage(MakeImage<DoubleImageType>(size, [](size_t i) { return i % 2 == 0 ? -3.0 : 3.0; }));
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
  const auto filter = VolumeFilter();
  filter->SetNumberOfWorkUnits(1);
  filter->Update();
  const auto expected = AllMeasures(filter);
  for (const unsigned int workUnits : { 2u, 3u, 8u, 64u })
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

TEST(ImageErrorMeasuresImageFilter, AnImageOfOneSliceIsNotDivided)
{
  const auto measure = [](unsigned int divisions) {
    const ImageType::SizeType size{ { 101, 103, 1 } };
    auto                      filter = FilterType::New();
    filter->SetReferenceImage(MakeImage<ImageType>(size, ReferenceValue));
    filter->SetSyntheticImage(MakeImage<ImageType>(size, SyntheticValue));
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
  filter->SetReferenceImage(upstream->GetOutput());
  filter->SetNumberOfStreamDivisions(4);
  filter->Update();
  EXPECT_EQ(numberOfExecutions, 4u);
  // 11 slices in 4 slabs.
  EXPECT_EQ(largestNumberOfVoxels, 3u * 19u * 23u);
  EXPECT_EQ(filter->GetNumberOfVoxels(), 3845u);
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

TEST(ImageErrorMeasuresImageFilter, AnIndexThatDoesNotBeginAtZero)
{
  const auto filter = VolumeFilter();
  filter->Update();
  const auto expected = AllMeasures(filter);

  const auto moved = VolumeFilter();
  for (itk::ImageBase<3> * image :
       { static_cast<itk::ImageBase<3> *>(const_cast<ImageType *>(moved->GetReferenceImage())),
         static_cast<itk::ImageBase<3> *>(const_cast<ImageType *>(moved->GetSyntheticImage())),
         static_cast<itk::ImageBase<3> *>(const_cast<MaskType *>(moved->GetMaskImage())) })
  {
    auto region = image->GetLargestPossibleRegion();
    region.SetIndex({ { 3, -4, -5 } });
    image->SetRegions(region);
  }
  moved->SetNumberOfStreamDivisions(3);
  moved->Update();
  ExpectSameBits(AllMeasures(moved), expected);
}

TEST(ImageErrorMeasuresImageFilter, RefusesOtherGrids)
{
  const auto size = ImageType::SizeType{ { 4, 5, 6 } };
  const auto image = MakeImage<ImageType>(size, ReferenceValue);
  const auto filterWith = [&](ImageType * synthetic, MaskType * mask) {
    auto filter = FilterType::New();
    filter->SetReferenceImage(image);
    filter->SetSyntheticImage(synthetic);
    filter->SetMaskImage(mask);
    return filter;
  };

  const double shifted[] = { 0.0, 0.0, 0.5 };
  const double stretched[] = { 1.0, 1.0, 1.01 };

  auto other = MakeImage<ImageType>({ { 4, 6, 5 } }, ReferenceValue);
  ExpectErrorWith([&] { filterWith(other, nullptr)->Update(); }, "size [4, 6, 5]");

  other = MakeImage<ImageType>(size, ReferenceValue);
  other->SetOrigin(shifted);
  EXPECT_THROW(filterWith(other, nullptr)->Update(), itk::ExceptionObject);

  other = MakeImage<ImageType>(size, ReferenceValue);
  other->SetSpacing(stretched);
  EXPECT_THROW(filterWith(other, nullptr)->Update(), itk::ExceptionObject);

  other = MakeImage<ImageType>(size, ReferenceValue);
  ImageType::DirectionType direction;
  direction.SetIdentity();
  direction(0, 0) = -1;
  other->SetDirection(direction);
  EXPECT_THROW(filterWith(other, nullptr)->Update(), itk::ExceptionObject);

  auto mask = MakeImage<MaskType>({ { 4, 5, 5 } }, MaskValue);
  ExpectErrorWith([&] { filterWith(image, mask)->Update(); }, "MaskImage has index");

  mask = MakeImage<MaskType>(size, MaskValue);
  mask->SetOrigin(shifted);
  EXPECT_THROW(filterWith(image, mask)->Update(), itk::ExceptionObject);

  EXPECT_NO_THROW(filterWith(image, MakeImage<MaskType>(size, MaskValue))->Update());
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
    ExpectErrorWith([&] { volumeFilter->Update(); }, words);
  };
  bad([](FilterType * f) { f->SetDataRange(-1); }, "DataRange is -1");
  bad([](FilterType * f) { f->SetDataRange(notANumber); }, "DataRange is nan");
  bad([](FilterType * f) { f->SetDataRange(infinity); }, "DataRange is inf");
  bad([](FilterType * f) { f->SetClipMinimum(3000); }, "ClipMinimum is 3000");
  bad([](FilterType * f) { f->SetClipMinimum(notANumber); }, "ClipMinimum is nan");
  bad([](FilterType * f) { f->SetClipMaximum(-1000); }, "ClipMinimum is -1000");
  bad([](FilterType * f) { f->SetClipMaximum(notANumber); }, "ClipMaximum, which is nan");
  bad([](FilterType * f) { f->SetRegionBounds(Region::Air, -400, -401); }, "[-400, -401]");
  bad([](FilterType * f) { f->SetRegionBounds(Region::Bone, notANumber, 0); }, "[nan, 0]");
  bad([](FilterType * f) { f->SetReferenceImage(MakeImage<ImageType>({ { 0, 2, 2 } }, ReferenceValue)); }, "no voxels");

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
  ExpectErrorWith([&] { filter->GetPeakSignalToNoiseRatio(); }, "DataRange is 0");
}

TEST(ImageErrorMeasuresImageFilter, Prints)
{
  std::ostringstream text;
  VolumeFilter()->Print(text);
  for (const char * word : { "DataRange: 4000", "ClipMinimum: -1000", "ClipMaximum: 3000", "SoftTissue: [-250, 250]" })
  {
    EXPECT_NE(text.str().find(word), std::string::npos) << word;
  }
  text.str("");
  text << Region::SoftTissue << ' ' << static_cast<Region>(9);
  EXPECT_EQ(text.str(),
            "itk::ImagePairMeasuresImageFilterEnums::HounsfieldRegion::SoftTissue "
            "itk::ImagePairMeasuresImageFilterEnums::HounsfieldRegion::INVALID VALUE");
}
