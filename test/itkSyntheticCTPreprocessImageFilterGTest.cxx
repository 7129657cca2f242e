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
#include "itkSyntheticCTPreprocessImageFilter.h"

#include "itkImageFilterTestUtilities.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkOrientationCode.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::SyntheticCTPreprocessImageFilter<ImageType>;

/** A ball of 100 in a background of 1, stored from right to left, from front to back and upside down. */
ImageType::Pointer
Ball(double shift = 0.0)
{
  auto                image = ImageType::New();
  ImageType::SizeType size{ { 20, 24, 16 } };
  image->SetRegions(size);
  ImageType::SpacingType spacing;
  spacing[0] = 1.0;
  spacing[1] = 0.75;
  spacing[2] = 1.5;
  image->SetSpacing(spacing);
  ImageType::PointType origin;
  origin.Fill(shift);
  image->SetOrigin(origin);
  ImageType::DirectionType direction;
  direction.SetIdentity();
  direction[2][2] = -1.0;
  image->SetDirection(direction);
  image->Allocate();
  itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it)
  {
    double squared = 0.0;
    for (unsigned int d = 0; d < 3; ++d)
    {
      squared += std::pow((it.GetIndex()[d] - 0.5 * (size[d] - 1.0)) / (0.35 * size[d]), 2);
    }
    it.Set(squared < 1.0 ? 100.0F + static_cast<float>(it.GetIndex()[0]) : 1.0F);
  }
  return image;
}

itk::NetworkModelCard
Card(itk::IntensityTransformEnum transform, itk::PreprocessingMaskEnum mask)
{
  itk::NetworkModelCard card;
  card.Inputs.resize(1);
  card.Inputs[0].Modality = "MR";
  card.Inputs[0].Transform = transform;
  card.Inputs[0].Lower = transform == itk::IntensityTransformEnum::Hounsfield ? 0.0 : 1.0;
  card.Inputs[0].Upper = transform == itk::IntensityTransformEnum::Hounsfield ? 200.0 : 99.0;
  card.Preprocess.Mask = mask;
  return card;
}

FilterType::Pointer
FilterOf(const itk::NetworkModelCard & card, ImageType * image)
{
  auto filter = FilterType::New();
  filter->SetCard(card);
  filter->SetInput(image);
  return filter;
}

double
MeanInside(const ImageType * image, const MaskType * mask, double & squares)
{
  double                                   sum = 0.0;
  double                                   count = 0.0;
  itk::ImageRegionConstIterator<ImageType> it(image, image->GetBufferedRegion());
  itk::ImageRegionConstIterator<MaskType>  m(mask, mask->GetBufferedRegion());
  squares = 0.0;
  for (; !it.IsAtEnd(); ++it, ++m)
  {
    if (m.Get())
    {
      sum += it.Get();
      squares += it.Get() * it.Get();
      count += 1.0;
    }
  }
  squares /= count;
  return sum / count;
}
} // namespace

TEST(SyntheticCTPreprocessImageFilter, KnowsTheGridBeforeItRuns)
{
  auto card = Card(itk::IntensityTransformEnum::None, itk::PreprocessingMaskEnum::Body);
  card.Preprocess.Orientation = "RAS";
  card.Preprocess.Spacing = { { 1.5, 1.5, 1.0 } };
  const auto filter = FilterOf(card, Ball());
  filter->UpdateOutputInformation();
  const auto region = filter->GetOutput()->GetLargestPossibleRegion();
  const auto origin = filter->GetOutput()->GetOrigin();
  const auto direction = filter->GetOutput()->GetDirection();
  filter->Update();
  for (const itk::ImageBase<3> * const image : { static_cast<const itk::ImageBase<3> *>(filter->GetOutput()),
                                                 static_cast<const itk::ImageBase<3> *>(filter->GetMaskOutput()) })
  {
    EXPECT_EQ(image->GetLargestPossibleRegion(), region);
    EXPECT_EQ(image->GetOrigin(), origin);
    EXPECT_EQ(image->GetDirection(), direction);
    EXPECT_EQ(itk::OrientationCode::FromDirection(image->GetDirection()), "RAS");
    EXPECT_NEAR(image->GetSpacing()[0], 1.5, 1e-12);
    EXPECT_NEAR(image->GetSpacing()[2], 1.0, 1e-12);
  }
}

TEST(SyntheticCTPreprocessImageFilter, ASpacingOfZeroKeepsTheAxis)
{
  auto card = Card(itk::IntensityTransformEnum::None, itk::PreprocessingMaskEnum::None);
  card.Preprocess.Spacing = { { 2.0, 0.75, 0.0 } };
  const auto filter = FilterOf(card, Ball());
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetSpacing()[0], 2.0);
  EXPECT_EQ(filter->GetOutput()->GetSpacing()[1], 0.75);
  EXPECT_EQ(filter->GetOutput()->GetSpacing()[2], 1.5);
  EXPECT_EQ(filter->GetOutput()->GetLargestPossibleRegion().GetSize(2), 16u);
}

TEST(SyntheticCTPreprocessImageFilter, WithoutStagesTheImageStays)
{
  const auto image = Ball();
  const auto filter = FilterOf(Card(itk::IntensityTransformEnum::None, itk::PreprocessingMaskEnum::None), image);
  filter->Update();
  itk::ImageRegionConstIterator<ImageType> in(image, image->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> out(filter->GetOutput(), image->GetBufferedRegion());
  itk::ImageRegionConstIterator<MaskType>  mask(filter->GetMaskOutput(), image->GetBufferedRegion());
  for (; !in.IsAtEnd(); ++in, ++out, ++mask)
  {
    ASSERT_EQ(in.Get(), out.Get());
    ASSERT_EQ(mask.Get(), 1);
  }
}

TEST(SyntheticCTPreprocessImageFilter, ConstantsComeFromInsideTheMask)
{
  const auto filter = FilterOf(Card(itk::IntensityTransformEnum::ZScore, itk::PreprocessingMaskEnum::Body), Ball());
  filter->Update();
  double       squares = 0.0;
  const double mean = MeanInside(filter->GetOutput(), filter->GetMaskOutput(), squares);
  EXPECT_NEAR(mean, 0.0, 1e-5);
  EXPECT_NEAR(squares, 1.0, 1e-5);
}

TEST(SyntheticCTPreprocessImageFilter, ScalesHounsfieldUnitsAndPercentiles)
{
  const auto hounsfield =
    FilterOf(Card(itk::IntensityTransformEnum::Hounsfield, itk::PreprocessingMaskEnum::None), Ball());
  hounsfield->Update();
  EXPECT_NEAR(hounsfield->GetOutput()->GetPixel({ { 0, 0, 0 } }), 1.0 / 100.0 - 1.0, 1e-6);
  EXPECT_NEAR(hounsfield->GetOutput()->GetPixel({ { 10, 12, 8 } }), 110.0 / 100.0 - 1.0, 1e-6);

  const auto percentile =
    FilterOf(Card(itk::IntensityTransformEnum::Percentile, itk::PreprocessingMaskEnum::None), Ball());
  percentile->Update();
  // More than one in a hundred voxels is background, so that the lower percentile is 1.
  EXPECT_EQ(percentile->GetOutput()->GetPixel({ { 0, 0, 0 } }), -1.0F);
}

TEST(SyntheticCTPreprocessImageFilter, NormalisesByTheForegroundOfTheCard)
{
  auto card = Card(itk::IntensityTransformEnum::CTForeground, itk::PreprocessingMaskEnum::None);
  card.Inputs[0].Lower = 10.0;
  card.Inputs[0].Upper = 105.0;
  card.Inputs[0].Mean = 60.0;
  card.Inputs[0].StandardDeviation = 20.0;
  const auto filter = FilterOf(card, Ball());
  filter->Update();
  EXPECT_FLOAT_EQ(filter->GetOutput()->GetPixel({ { 0, 0, 0 } }), (10.0F - 60.0F) / 20.0F);
  EXPECT_FLOAT_EQ(filter->GetOutput()->GetPixel({ { 10, 12, 8 } }), (105.0F - 60.0F) / 20.0F);
  EXPECT_FLOAT_EQ(filter->GetOutput()->GetPixel({ { 4, 12, 8 } }), (104.0F - 60.0F) / 20.0F);
}

TEST(SyntheticCTPreprocessImageFilter, ScalesToTheGreyValuesOfEightBits)
{
  auto card = Card(itk::IntensityTransformEnum::EightBit, itk::PreprocessingMaskEnum::None);
  card.Inputs[0].Lower = 0.0;
  card.Inputs[0].Upper = 200.0;
  card.Inputs[0].OutputMinimum = 0.0;
  card.Inputs[0].OutputMaximum = 1.0;
  const auto window = FilterOf(card, Ball());
  window->Update();
  // 110 of 200 is the grey value 140.25, which is rounded.
  EXPECT_FLOAT_EQ(window->GetOutput()->GetPixel({ { 10, 12, 8 } }), 140.0F / 255.0F);

  card.Inputs[0].OwnRange = true;
  const auto own = FilterOf(card, Ball());
  own->Update();
  // From the background's 1 to the 116 of the ball's last column.
  EXPECT_EQ(own->GetOutput()->GetPixel({ { 0, 0, 0 } }), 0.0F);
  EXPECT_EQ(own->GetOutput()->GetPixel({ { 16, 12, 8 } }), 1.0F);
  EXPECT_FLOAT_EQ(own->GetOutput()->GetPixel({ { 10, 12, 8 } }), std::floor(255.0F * 109.0F / 115.0F + 0.5F) / 255.0F);

  // Each sagittal slice through the ball has its own brightest voxel.
  card.Inputs[0].SliceBySlice = true;
  card.Infer.Plane = itk::InferencePlaneEnum::Sagittal;
  const auto slices = FilterOf(card, Ball());
  slices->Update();
  for (itk::IndexValueType column = 4; column <= 15; ++column)
  {
    EXPECT_EQ(slices->GetOutput()->GetPixel({ { column, 12, 8 } }), 1.0F) << column;
    EXPECT_EQ(slices->GetOutput()->GetPixel({ { column, 0, 8 } }), 0.0F) << column;
  }
}

TEST(SyntheticCTPreprocessImageFilter, TheHullHoldsTheBodyAndTheUsersMaskReplacesBoth)
{
  const auto image = Ball();
  const auto body = FilterOf(Card(itk::IntensityTransformEnum::None, itk::PreprocessingMaskEnum::Body), image);
  const auto hull = FilterOf(Card(itk::IntensityTransformEnum::None, itk::PreprocessingMaskEnum::ConvexHull), image);
  body->Update();
  hull->Update();
  auto user = MaskType::New();
  user->CopyInformation(image);
  user->SetRegions(image->GetLargestPossibleRegion());
  user->Allocate();
  user->FillBuffer(0);
  user->SetPixel({ { 3, 3, 3 } }, 7);
  const auto masked = FilterOf(Card(itk::IntensityTransformEnum::None, itk::PreprocessingMaskEnum::Body), image);
  masked->SetMaskImage(user);
  masked->Update();

  itk::SizeValueType                      voxels = 0;
  itk::ImageRegionConstIterator<MaskType> b(body->GetMaskOutput(), image->GetBufferedRegion());
  itk::ImageRegionConstIterator<MaskType> h(hull->GetMaskOutput(), image->GetBufferedRegion());
  itk::ImageRegionConstIterator<MaskType> m(masked->GetMaskOutput(), image->GetBufferedRegion());
  itk::ImageRegionConstIterator<MaskType> u(user, image->GetBufferedRegion());
  for (; !b.IsAtEnd(); ++b, ++h, ++m, ++u)
  {
    EXPECT_TRUE(!b.Get() || h.Get());
    EXPECT_EQ(m.Get() != 0, u.Get() != 0);
    voxels += b.Get() ? 1 : 0;
  }
  EXPECT_GT(voxels, 100u);
}

TEST(SyntheticCTPreprocessImageFilter, OnlyMagneticResonanceIsBiasCorrected)
{
  auto card = Card(itk::IntensityTransformEnum::None, itk::PreprocessingMaskEnum::None);
  card.Preprocess.BiasCorrection = true;
  const auto image = Ball();
  const auto corrected = FilterOf(card, image);
  corrected->Update();
  card.Inputs[0].Modality = "CT";
  const auto untouched = FilterOf(card, image);
  untouched->Update();
  bool                                     hasChanged = false;
  itk::ImageRegionConstIterator<ImageType> in(image, image->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> mr(corrected->GetOutput(), image->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> ct(untouched->GetOutput(), image->GetBufferedRegion());
  for (; !in.IsAtEnd(); ++in, ++mr, ++ct)
  {
    ASSERT_EQ(in.Get(), ct.Get());
    hasChanged = hasChanged || in.Get() != mr.Get();
  }
  EXPECT_TRUE(hasChanged);
}

TEST(SyntheticCTPreprocessImageFilter, RefusesWhatDoesNotFit)
{
  auto bare = FilterType::New();
  bare->SetInput(Ball());
  EXPECT_THROW(bare->Update(), itk::ExceptionObject);

  auto card = Card(itk::IntensityTransformEnum::None, itk::PreprocessingMaskEnum::None);
  auto two = FilterOf(card, Ball());
  two->SetInput(1, Ball());
  EXPECT_THROW(two->Update(), itk::ExceptionObject);

  card.Inputs.push_back(card.Inputs[0]);
  auto shifted = FilterOf(card, Ball());
  shifted->SetInput(1, Ball(5.0));
  EXPECT_THROW(shifted->Update(), itk::ExceptionObject);

  card.Inputs.pop_back();
  auto masked = FilterOf(card, Ball());
  auto mask = MaskType::New();
  mask->SetRegions(Ball()->GetLargestPossibleRegion());
  mask->Allocate();
  mask->FillBuffer(1);
  masked->SetMaskImage(mask);
  EXPECT_THROW(masked->Update(), itk::ExceptionObject);

  // The same place, but fewer voxels.
  const auto ball = Ball();
  mask = MaskType::New();
  mask->CopyInformation(ball);
  mask->SetRegions(MaskType::SizeType{ { 20, 24, 15 } });
  mask->Allocate(true);
  auto smallMask = FilterOf(card, ball);
  smallMask->SetMaskImage(mask);
  itk::TestUtilities::ExpectError([&] { smallMask->Update(); }, "the mask has another grid than the image: size");
  card.Inputs.push_back(card.Inputs[0]);
  auto       smallChannel = FilterOf(card, ball);
  const auto channel = ImageType::New();
  channel->CopyInformation(ball);
  channel->SetRegions(MaskType::SizeType{ { 20, 24, 15 } });
  channel->Allocate(true);
  smallChannel->SetInput(1, channel);
  itk::TestUtilities::ExpectError([&] { smallChannel->Update(); }, "input 1 has another grid than the image: size");

  EXPECT_THROW(FilterType::New()->SetCardFromJSON("{}"), itk::ExceptionObject);
}

TEST(SyntheticCTPreprocessImageFilter, AHotVoxelChangesNothingElse)
{
  auto                card = Card(itk::IntensityTransformEnum::ZScore, itk::PreprocessingMaskEnum::Body);
  const itk::Index<3> place{ { 10, 12, 8 } };
  const auto          withVoxel = [&](const float value) {
    const auto image = Ball();
    image->SetPixel(place, value);
    const auto filter = FilterOf(card, image);
    filter->Update();
    EXPECT_EQ(image->GetPixel(place), value) << "the input was changed";
    return filter;
  };
  const auto expectRemark = [](const FilterType * const filter) {
    bool saysSo = false;
    for (unsigned int i = 0; i < filter->GetNumberOfRemarks(); ++i)
    {
      const std::string remark = filter->GetRemark(i);
      saysSo = saysSo || (remark.find("1 voxel far outside the others") != std::string::npos &&
                          remark.find("are set to the nearest of these") != std::string::npos);
    }
    EXPECT_TRUE(saysSo);
  };
  // A voxel that is a little brighter instead: the brightest of the others.
  const auto plain = withVoxel(116.0F);
  const auto hot = withVoxel(1e6F);
  expectRemark(hot);
  itk::TestUtilities::ExpectSameVoxels(plain->GetOutput(), hot->GetOutput());
  itk::TestUtilities::ExpectSameVoxels(plain->GetMaskOutput(), hot->GetMaskOutput());
  // As dark as the darkest of the others.
  const auto dark = withVoxel(1.0F);
  const auto wrapped = withVoxel(-32768.0F);
  expectRemark(wrapped);
  itk::TestUtilities::ExpectSameVoxels(dark->GetOutput(), wrapped->GetOutput());
  // A CT may have metal.
  card.Inputs[0].Modality = "CT";
  card.Inputs[0].Transform = itk::IntensityTransformEnum::None;
  const auto metal = Ball();
  metal->SetPixel(place, 30000.0F);
  const auto kept = FilterOf(card, metal);
  kept->Update();
  EXPECT_EQ(kept->GetOutput()->GetPixel(place), 30000.0F);
}

TEST(SyntheticCTPreprocessImageFilter, SaysWhatIsDoubtful)
{
  const auto remarks = [](FilterType * const filter) {
    filter->Update();
    std::string all;
    for (unsigned int i = 0; i < filter->GetNumberOfRemarks(); ++i)
    {
      EXPECT_EQ(filter->GetRemark(i).find('\n'), std::string::npos);
      all += filter->GetRemark(i) + "\n";
    }
    return all;
  };
  const auto image = Ball();
  image->SetSpacing(ImageType::SpacingType(4.0));
  auto card = Card(itk::IntensityTransformEnum::None, itk::PreprocessingMaskEnum::None);
  card.Inputs[0].Name = "t1";
  const auto filter = FilterOf(card, image);
  EXPECT_EQ(remarks(filter), "");
  itk::TestUtilities::ExpectError([&] { filter->GetRemark(0); }, "There is no remark 0, only 0");

  // They call an input by its title where it has one.
  const auto titled = FilterOf(card, image);
  EXPECT_EQ(titled->GetInputTitle(0), "input 0 (t1)");
  EXPECT_EQ(titled->GetInputTitle(7), "input 7");
  titled->SetInputTitle(0, "head.mha");
  EXPECT_EQ(titled->GetInputTitle(0), "head.mha");

  // A window that the values do not reach; the modality's own words come first.
  card.Inputs[0].Transform = itk::IntensityTransformEnum::Hounsfield;
  card.Inputs[0].Lower = 5000.0;
  card.Inputs[0].Upper = 9000.0;
  {
    const auto named = FilterOf(card, image);
    named->SetInputTitle(0, "head.mha");
    EXPECT_EQ(remarks(named).rfind("head.mha has values from 1 to 116 where the network expects 5000", 0), 0U);
  }
  EXPECT_NE(remarks(FilterOf(card, image)).find("input 0 (t1) has values from 1 to 116 where the network expects 5000"),
            std::string::npos);
  card.Inputs[0].Modality = "CT";
  EXPECT_NE(remarks(FilterOf(card, image)).find("input 0 (t1) has values from 1 to 116 and none below -200 HU"),
            std::string::npos);

  // A body of next to nothing: a speck of 18 of 7680 voxels, which are too many for outliers.
  const auto speck = Ball();
  speck->SetSpacing(ImageType::SpacingType(4.0));
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(speck, speck->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const auto index = it.GetIndex();
    const bool isInside = std::abs(index[0] - 10) < 2 && std::abs(index[1] - 12) < 2 && index[2] / 2 == 4;
    it.Set(isInside ? 20.0F : 0.01F * static_cast<float>((index[0] + index[1]) % 5));
  }
  const std::string text =
    remarks(FilterOf(Card(itk::IntensityTransformEnum::None, itk::PreprocessingMaskEnum::Body), speck));
  EXPECT_NE(text.find("the body mask of input 0 () holds"), std::string::npos) << text;
  EXPECT_NE(text.find("next to nothing"), std::string::npos) << text;
}

TEST(SyntheticCTPreprocessImageFilter, EveryStageReportsProgressAndCanBeAborted)
{
  auto card = Card(itk::IntensityTransformEnum::ZScore, itk::PreprocessingMaskEnum::ConvexHull);
  card.Preprocess.BiasCorrection = true;
  card.Preprocess.Orientation = "RAS";
  card.Preprocess.Spacing = { { 1.5, 1.5, 1.0 } };
  const auto         filter = FilterOf(card, Ball());
  std::vector<float> reported;
  float              abortAt = 2.0F;
  filter->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    reported.push_back(filter->GetProgress());
    if (filter->GetProgress() >= abortAt)
    {
      filter->AbortGenerateDataOn();
    }
  });
  filter->Update();
  for (size_t i = 1; i < reported.size(); ++i)
  {
    ASSERT_GE(reported[i], reported[i - 1]) << i;
  }
  EXPECT_FLOAT_EQ(reported.back(), 1.0F);
  // The bias correction, from 1/24 to 21/24 of the time, is not one step.
  const auto inside =
    std::count_if(reported.begin(), reported.end(), [](const float p) { return p > 0.1F && p < 0.8F; });
  EXPECT_GT(inside, 5);
  for (const float share : { 0.02F, 0.3F, 0.6F, 0.95F })
  {
    reported.clear();
    abortAt = share;
    filter->Modified();
    EXPECT_THROW(filter->Update(), itk::ProcessAborted) << share;
  }
  abortAt = 2.0F;
  filter->Update();
  EXPECT_FLOAT_EQ(filter->GetProgress(), 1.0F);
}
