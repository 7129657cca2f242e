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

#include "itkOrientationCheckImageFilter.h"

#include "itkHeadPhantomImageSource.h"
#include "itkImageFilterTestUtilities.h"
#include "itkReorientImageFilter.h"

#include <limits>
#include <sstream>

using namespace itk::TestUtilities;

namespace
{
using ImageType = itk::Image<float, 3>;
using ShortImageType = itk::Image<short, 3>;
using FilterType = itk::OrientationCheckImageFilter<ImageType>;
using MetricEnum = itk::OrientationCheckMetricEnum;

const ImageType::SizeType imageSize{ { 24, 20, 22 } };

/** Bright blobs, of which no mirror image is another. */
float
Blobs(double x, double y, double z)
{
  const auto blob = [&](double cx, double cy, double cz, double width) {
    return std::exp(-((x - cx) * (x - cx) + (y - cy) * (y - cy) + (z - cz) * (z - cz)) / (2.0 * width * width));
  };
  return static_cast<float>(100.0 * blob(8, 7, 8, 3) + 60.0 * blob(16, 13, 9, 2) + 40.0 * blob(10, 14, 16, 2.5));
}

ImageType::Pointer
Image()
{
  return MakeObliqueImage<ImageType>(imageSize,
                                     [](const auto & i) { return Blobs(i[0] + 2.0, i[1] - 1.0, i[2] - 4.0); });
}

/** The content of an image mirrored along the axes whose bits are set; the header stays. */
template <typename TImage>
typename TImage::Pointer
Mirrored(const TImage * image, unsigned int axes)
{
  const auto region = image->GetLargestPossibleRegion();
  auto       mirrored = TImage::New();
  mirrored->CopyInformation(image);
  mirrored->SetRegions(region);
  mirrored->Allocate();
  for (itk::ImageRegionIteratorWithIndex<TImage> it(mirrored, region); !it.IsAtEnd(); ++it)
  {
    auto from = it.GetIndex();
    for (unsigned int d = 0; d < 3; ++d)
    {
      if ((axes >> d & 1u) != 0)
      {
        from[d] = region.GetIndex(d) + region.GetUpperIndex()[d] - from[d];
      }
    }
    it.Set(image->GetPixel(from));
  }
  return mirrored;
}

FilterType::Pointer
Filter(const ImageType * image, const ImageType * reference)
{
  auto filter = FilterType::New();
  filter->SetInput(image);
  filter->SetReferenceImage(reference);
  filter->SetSamplingSpacing(1.5);
  filter->SetSearchRadius(1.5);
  return filter;
}

unsigned int
BitsOf(const itk::FixedArray<bool, 3> & flip)
{
  return (flip[0] ? 1u : 0u) + (flip[1] ? 2u : 0u) + (flip[2] ? 4u : 0u);
}
} // namespace

TEST(OrientationCheckImageFilter, ComparesTheCodesOfTheHeaders)
{
  const auto image = Image();
  auto       reorient = itk::ReorientImageFilter<ImageType>::New();
  reorient->SetInput(image);
  reorient->SetOrientation("SAL");
  reorient->Update();
  auto filter = Filter(image, reorient->GetOutput());
  filter->UpdateOutputInformation();
  EXPECT_STREQ(filter->GetOrientation(), "LPS");
  EXPECT_STREQ(filter->GetReferenceOrientation(), "SAL");
  EXPECT_FALSE(filter->GetOrientationsAgree());
  // S is the third axis, A the second the other way round, L the first.
  for (unsigned int d = 0; d < 3; ++d)
  {
    EXPECT_EQ(filter->GetAxisOrder()[d], 2 - d);
    EXPECT_EQ(filter->GetAxisFlips()[d], d == 1);
  }
  // Both have their voxels where their headers say.
  filter->Update();
  EXPECT_EQ(BitsOf(filter->GetImpliedFlip()), 0u);

  auto same = Filter(image, image);
  same->UpdateOutputInformation();
  EXPECT_TRUE(same->GetOrientationsAgree());
}

TEST(OrientationCheckImageFilter, FindsEveryFlipByEitherMetric)
{
  const auto reference = Image();
  for (const auto metric : { MetricEnum::MutualInformation, MetricEnum::Correlation })
  {
    for (unsigned int axes = 0; axes < 8; ++axes)
    {
      const auto image = Mirrored<ImageType>(reference, axes);
      auto       filter = Filter(image, reference);
      filter->SetMetric(metric);
      filter->ApplyFlipOn();
      filter->Update();
      ASSERT_EQ(BitsOf(filter->GetImpliedFlip()), axes) << metric;
      // The true candidate is the reference again.
      EXPECT_NEAR(filter->GetCandidateScore(axes), 1.0, 1e-6) << metric;
      EXPECT_LT(filter->GetCandidateShift(axes).GetNorm(), 1e-9);
      for (unsigned int candidate = 0; candidate < 8; ++candidate)
      {
        EXPECT_TRUE(candidate == axes || filter->GetCandidateScore(candidate) < 0.9) << metric << candidate;
      }
      ExpectSameGrid(reference.GetPointer(), filter->GetOutput());
      ExpectSameVoxels<ImageType>(reference, filter->GetOutput());
      // Otherwise it is only reported.
      filter->ApplyFlipOff();
      filter->Update();
      ASSERT_EQ(BitsOf(filter->GetImpliedFlip()), axes);
      ExpectSameVoxels<ImageType>(image, filter->GetOutput());
    }
  }
}

// The grid of the image is placed otherwise than the reference's, so that a mirror about its middle displaces the
// content; and it has another order.
TEST(OrientationCheckImageFilter, FindsAFlipOnAnotherGrid)
{
  const auto reference = MakeImage<ImageType>(imageSize, [](const auto & i) { return Blobs(i[0], i[1], i[2]); });
  // Begins 3 voxels later along the second axis, and ends where the reference does.
  const auto part =
    MakeImage<ImageType>({ { 24, 17, 22 } }, [](const auto & i) { return Blobs(i[0], i[1] + 3.0, i[2]); });
  ImageType::PointType origin;
  origin.Fill(0.0);
  origin[1] = 3.0;
  part->SetOrigin(origin);
  const auto wrong = Mirrored<ImageType>(part, 2);
  auto       reorient = itk::ReorientImageFilter<ImageType>::New();
  reorient->SetInput(wrong);
  reorient->SetOrientation("PSR");
  reorient->Update();
  auto filter = Filter(reorient->GetOutput(), reference);
  filter->SetSamplingSpacing(1.0);
  filter->SetSearchRadius(3.0);
  filter->ApplyFlipOn();
  filter->Update();
  // P is the first axis of the array.
  EXPECT_EQ(BitsOf(filter->GetImpliedFlip()), 1u);
  EXPECT_LT(filter->GetCandidateShift(1).GetNorm(), 1e-9);
  auto back = itk::ReorientImageFilter<ImageType>::New();
  back->SetInput(filter->GetOutput());
  back->Update();
  ExpectSameVoxels<ImageType>(part, back->GetOutput());

  // As if the file had been cut elsewhere: the content has to come 2 mm up and 1 mm to the right.
  wrong->SetOrigin(ImageType::PointType(std::array<double, 3>{ { 1.0, 3.0, -2.0 } }.data()));
  filter->SetInput(wrong);
  filter->Update();
  EXPECT_EQ(BitsOf(filter->GetImpliedFlip()), 2u);
  EXPECT_NEAR(filter->GetCandidateShift(2)[0], -1.0, 1e-9);
  EXPECT_NEAR(filter->GetCandidateShift(2)[1], 0.0, 1e-9);
  EXPECT_NEAR(filter->GetCandidateShift(2)[2], 2.0, 1e-9);
}

TEST(OrientationCheckImageFilter, NothingIsImpliedWhereNothingCanBeSeen)
{
  // The same on both sides of the first axis.
  const auto symmetric = MakeImage<ImageType>(
    imageSize, [](const auto & i) { return Blobs(i[0], i[1], i[2]) + Blobs(23.0 - i[0], i[1], i[2]); });
  auto filter = Filter(symmetric, symmetric);
  filter->SetMinimumImprovement(0.0);
  filter->Update();
  EXPECT_NEAR(filter->GetCandidateScore(1), filter->GetCandidateScore(0), 1e-9);
  EXPECT_EQ(filter->GetImpliedFlip()[1], false);
  EXPECT_EQ(filter->GetImpliedFlip()[2], false);

  const auto constant = MakeImage<ImageType>(imageSize, [](const auto &) { return 5; });
  for (const auto metric : { MetricEnum::MutualInformation, MetricEnum::Correlation })
  {
    auto nothing = Filter(constant, symmetric);
    nothing->SetMetric(metric);
    nothing->Update();
    EXPECT_EQ(BitsOf(nothing->GetImpliedFlip()), 0u);
    for (unsigned int candidate = 0; candidate < 8; ++candidate)
    {
      EXPECT_EQ(nothing->GetCandidateScore(candidate), 0.0);
      EXPECT_EQ(nothing->GetCandidateShift(candidate).GetNorm(), 0.0);
    }
  }
}

TEST(OrientationCheckImageFilter, AFlipHasToImproveTheScore)
{
  const auto reference = Image();
  auto       filter = Filter(Mirrored<ImageType>(reference, 4), reference);
  filter->Update();
  const double gain = filter->GetCandidateScore(4) - filter->GetCandidateScore(0);
  ASSERT_GT(gain, 0.1);
  filter->SetMinimumImprovement(gain + 1e-6);
  filter->Update();
  EXPECT_EQ(BitsOf(filter->GetImpliedFlip()), 0u);
  filter->SetMinimumImprovement(gain - 1e-6);
  filter->Update();
  EXPECT_EQ(BitsOf(filter->GetImpliedFlip()), 4u);
}

// Two uncorrelated bits in four equal parts have no mutual information, and those of an image with itself all of it:
// 2 I / (H + H) is 0 and 1. With bit B = A in three quarters of the image, I is ln 2 minus the entropy of (1/4, 3/4).
TEST(OrientationCheckImageFilter, TheScoreIsTheMutualInformation)
{
  const auto a = MakeImage<ImageType>({ { 8, 8, 8 } }, [](const auto & i) { return i[0] < 4 ? 1 : 0; });
  const auto check = [&](const ImageType * other, double expected) {
    auto filter = FilterType::New();
    filter->SetInput(other);
    filter->SetReferenceImage(a);
    filter->SetSamplingSpacing(1.0);
    filter->SetSearchRadius(0.0);
    filter->SetNumberOfHistogramBins(2);
    filter->Update();
    EXPECT_NEAR(filter->GetCandidateScore(0), expected, 1e-12);
  };
  check(a, 1.0);
  check(MakeImage<ImageType>({ { 8, 8, 8 } }, [](const auto & i) { return i[1] < 4 ? 1 : 0; }), 0.0);
  const double entropy = -0.25 * std::log(0.25) - 0.75 * std::log(0.75);
  check(MakeImage<ImageType>({ { 8, 8, 8 } }, [](const auto & i) { return (i[0] < 4) == (i[2] >= 2) ? 1 : 0; }),
        (std::log(2.0) - entropy) / std::log(2.0));
}

// Heads: the CT's content against the MR's, of another contrast.
TEST(OrientationCheckImageFilter, FindsTheFlipOfACTAgainstTheMR)
{
  auto source = itk::HeadPhantomImageSource<ShortImageType>::New();
  source->SetSize(ShortImageType::SizeType{ { 46, 55, 46 } });
  ShortImageType::SpacingType spacing;
  spacing.Fill(4.0);
  source->SetSpacing(spacing);
  source->SetComputeContrastPair(false);
  source->CenterGrid();
  source->Update();
  for (const unsigned int axes : { 0u, 1u, 2u, 4u, 7u })
  {
    auto filter = itk::OrientationCheckImageFilter<ShortImageType>::New();
    filter->SetInput(Mirrored<ShortImageType>(source->GetCT(), axes));
    filter->SetReferenceImage(source->GetMR());
    filter->Update();
    EXPECT_EQ(BitsOf(filter->GetImpliedFlip()), axes);
  }
}

TEST(OrientationCheckImageFilter, RefusesBadInput)
{
  const auto   image = Image();
  const double notANumber = std::numeric_limits<double>::quiet_NaN();
  const auto   make = [&] { return Filter(image, image); };
  auto         filter = FilterType::New();
  filter->SetInput(image);
  ExpectError([&] { filter->Update(); }, "ReferenceImage");
  for (const double spacing : { 0.0, -1.0, notANumber })
  {
    filter = make();
    filter->SetSamplingSpacing(spacing);
    ExpectError([&] { filter->Update(); }, "SamplingSpacing is ");
  }
  for (const double radius : { -1.0, notANumber })
  {
    filter = make();
    filter->SetSearchRadius(radius);
    ExpectError([&] { filter->Update(); }, "SearchRadius is ");
  }
  for (const unsigned int bins : { 1u, 257u })
  {
    filter = make();
    filter->SetNumberOfHistogramBins(bins);
    ExpectError([&] { filter->Update(); }, "NumberOfHistogramBins is " + std::to_string(bins));
  }
  for (const double improvement : { -0.1, notANumber })
  {
    filter = make();
    filter->SetMinimumImprovement(improvement);
    ExpectError([&] { filter->Update(); }, "MinimumImprovement is ");
  }
  filter = make();
  ExpectError([&] { (void)filter->GetCandidateScore(0); }, "There is no candidate 0: the last run had 0");
  filter->Update();
  ExpectError([&] { (void)filter->GetCandidateScore(8); }, "There is no candidate 8");
  ExpectError([&] { (void)filter->GetCandidateShift(8); }, "There is no candidate 8");

  const auto bad = Image();
  bad->SetPixel({ { 3, 4, 5 } }, std::numeric_limits<float>::quiet_NaN());
  filter = Filter(bad, image);
  ExpectError([&] { filter->Update(); }, "The image has a voxel that is not a finite number");
  filter = Filter(image, bad);
  ExpectError([&] { filter->Update(); }, "ReferenceImage has a voxel that is not a finite number");
}

TEST(OrientationCheckImageFilter, SameBitsForAnyNumberOfThreads)
{
  const auto reference = Image();
  const auto image = Mirrored<ImageType>(reference, 5);
  for (const auto metric : { MetricEnum::MutualInformation, MetricEnum::Correlation })
  {
    std::vector<double> scores;
    for (unsigned int threads = 1; threads <= 3; ++threads)
    {
      auto filter = Filter(image, reference);
      filter->SetMetric(metric);
      filter->ApplyFlipOn();
      filter->SetNumberOfWorkUnits(threads);
      filter->Update();
      ExpectSameVoxels<ImageType>(reference, filter->GetOutput());
      for (unsigned int candidate = 0; candidate < 8; ++candidate)
      {
        scores.push_back(filter->GetCandidateScore(candidate));
        EXPECT_EQ(scores.back(), scores[candidate]);
      }
    }
  }
}

TEST(OrientationCheckImageFilter, EnumsPrintTheirNames)
{
  std::ostringstream out;
  out << MetricEnum::MutualInformation << ' ' << MetricEnum::Correlation;
  EXPECT_EQ(out.str(),
            "MutualInformation "
            "Correlation");
}
