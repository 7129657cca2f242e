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
#include "itkResampleToSpacingImageFilter.h"

#include "itkDiscreteGaussianImageFilter.h"
#include "itkImageFilterTestUtilities.h"
#include "itkResampleImageFilter.h"

#include <limits>
#include <sstream>

using namespace itk::TestUtilities;

namespace
{
using FloatImage = itk::Image<float, 3>;
using ShortImage = itk::Image<short, 3>;
using FilterType = itk::ResampleToSpacingImageFilter<FloatImage>;
using InterpolationEnum = itk::GridResampleInterpolationEnum;

FloatImage::SpacingType
Spacing(double x, double y, double z)
{
  FloatImage::SpacingType spacing;
  spacing[0] = x;
  spacing[1] = y;
  spacing[2] = z;
  return spacing;
}

/** A plane in physical space, which linear interpolation gives back. */
double
Plane(const FloatImage::PointType & p)
{
  return 2.0 * p[0] - 3.0 * p[1] + 0.5 * p[2] + 7.0;
}

/** Spacings 0.75, 1.25, 1.75. */
FloatImage::Pointer
ObliquePlane()
{
  auto image = MakeObliqueImage<FloatImage>({ { 12, 10, 9 } }, [](const auto &) { return 0.0F; });
  for (itk::ImageRegionIteratorWithIndex<FloatImage> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    FloatImage::PointType point;
    image->TransformIndexToPhysicalPoint(it.GetIndex(), point);
    it.Set(static_cast<float>(Plane(point)));
  }
  return image;
}

FloatImage::Pointer
Noise(const FloatImage::SizeType & size)
{
  Random random(3);
  return MakeObliqueImage<FloatImage>(size, [&](const auto &) { return random(); });
}

/** Physical position of a corner of the extent: the outer faces of the voxels. */
template <typename TImage>
FloatImage::PointType
ExtentCorner(const TImage * image, bool upper)
{
  itk::ContinuousIndex<double, 3> index;
  for (unsigned int d = 0; d < 3; ++d)
  {
    const auto region = image->GetLargestPossibleRegion();
    index[d] = region.GetIndex(d) - 0.5 + (upper ? region.GetSize(d) : 0);
  }
  FloatImage::PointType point;
  image->TransformContinuousIndexToPhysicalPoint(index, point);
  return point;
}
} // namespace

TEST(ResampleToSpacingImageFilter, KeepsTheExtentAndTheDirection)
{
  const auto image = ObliquePlane(); // extent 9, 12.5, 15.75 mm
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->SetOutputSpacing(Spacing(0.5, 2.5, 1.75));
  filter->UpdateOutputInformation();
  const FloatImage::SizeType exact{ { 18, 5, 9 } };
  EXPECT_EQ(filter->GetOutput()->GetLargestPossibleRegion().GetSize(), exact);
  EXPECT_EQ(filter->GetOutput()->GetDirection(), image->GetDirection());
  for (const bool upper : { false, true })
  {
    EXPECT_LT(ExtentCorner(image.GetPointer(), upper).EuclideanDistanceTo(ExtentCorner(filter->GetOutput(), upper)),
              1e-12);
  }

  // 9 / 2 and 12.5 / 3 are not whole: rounded up, with the surplus on both sides.
  filter->SetOutputSpacing(Spacing(2.0, 3.0, 0.0));
  filter->UpdateOutputInformation();
  const FloatImage::SizeType up{ { 5, 5, 9 } };
  EXPECT_EQ(filter->GetOutput()->GetLargestPossibleRegion().GetSize(), up);
  const auto centre = [](const FloatImage * grid) {
    const auto lower = ExtentCorner(grid, false);
    return lower + (ExtentCorner(grid, true) - lower) * 0.5;
  };
  EXPECT_LT(centre(image).EuclideanDistanceTo(centre(filter->GetOutput())), 1e-12);
}

TEST(ResampleToSpacingImageFilter, ARoundedSpacingAddsNoVoxel)
{
  auto image = FloatImage::New();
  image->SetRegions(FloatImage::SizeType{ { 500, 2, 2 } });
  image->SetSpacing(Spacing(0.60000002, 1.0, 1.0));
  image->Allocate(true);
  auto filter = FilterType::New();
  filter->SetInput(image);
  filter->SetOutputSpacing(Spacing(1.0, 1.0, 1.0));
  filter->UpdateOutputInformation();
  EXPECT_EQ(filter->GetOutput()->GetLargestPossibleRegion().GetSize(0), 300u);
  // Never less than a voxel.
  filter->SetOutputSpacing(Spacing(1000.0, 1.0, 1.0));
  filter->UpdateOutputInformation();
  EXPECT_EQ(filter->GetOutput()->GetLargestPossibleRegion().GetSize(0), 1u);
}

TEST(ResampleToSpacingImageFilter, LinearAndBSplineReproduceAPlane)
{
  for (const auto interpolation : { InterpolationEnum::Linear, InterpolationEnum::BSpline })
  {
    auto filter = FilterType::New();
    filter->SetInput(ObliquePlane());
    filter->SetOutputSpacing(Spacing(0.5, 0.5, 0.5));
    filter->SetInterpolation(interpolation);
    filter->SetDefaultPixelValue(-1e6F);
    filter->Update();
    const FloatImage * output = filter->GetOutput();
    double             largest = 0.0;
    for (itk::ImageRegionConstIteratorWithIndex<FloatImage> it(output, output->GetBufferedRegion()); !it.IsAtEnd();
         ++it)
    {
      // No voxel of the output lies outside the input, but those beyond the outer centres are extrapolated.
      ASSERT_GT(it.Get(), -1e5F);
      FloatImage::PointType point;
      output->TransformIndexToPhysicalPoint(it.GetIndex(), point);
      itk::ContinuousIndex<double, 3> position;
      filter->GetInput()->TransformPhysicalPointToContinuousIndex(point, position);
      bool inner = true;
      for (unsigned int d = 0; d < 3; ++d)
      {
        // The mirrored border of the spline reaches some voxels in.
        const double border = interpolation == InterpolationEnum::BSpline ? 3.0 : 0.0;
        const auto   region = filter->GetInput()->GetLargestPossibleRegion();
        inner =
          inner && position[d] >= region.GetIndex(d) + border && position[d] <= region.GetUpperIndex()[d] - border;
      }
      if (inner)
      {
        largest = std::max(largest, std::abs(it.Get() - Plane(point)));
      }
    }
    EXPECT_LT(largest, interpolation == InterpolationEnum::BSpline ? 0.05 : 1e-4) << interpolation;
  }
}

TEST(ResampleToSpacingImageFilter, SameSpacingIsTheSameBits)
{
  auto image = Noise({ { 7, 6, 5 } });
  image->SetPixel({ { 0, 3, 5 } }, std::numeric_limits<float>::infinity());
  for (const auto interpolation : { InterpolationEnum::Nearest, InterpolationEnum::Linear, InterpolationEnum::BSpline })
  {
    for (const auto & spacing : { Spacing(0.0, 0.0, 0.0), Spacing(0.75, 1.25 + 1e-7, 1.75) })
    {
      auto filter = FilterType::New();
      filter->SetInput(image);
      filter->SetOutputSpacing(spacing);
      filter->SetInterpolation(interpolation);
      filter->Update();
      ExpectSameVoxels(image.GetPointer(), filter->GetOutput());
      ExpectSameGrid(image.GetPointer(), filter->GetOutput());
    }
  }
}

TEST(ResampleToSpacingImageFilter, NearestKeepsLabels)
{
  auto filter = itk::ResampleToSpacingImageFilter<ShortImage>::New();
  filter->SetInput(MakeImage<ShortImage>({ { 4, 4, 4 } }, [](const auto & i) { return i[0] < 2 ? 3 : 1000; }));
  filter->SetInterpolation(InterpolationEnum::Nearest);
  filter->SetOutputSpacing(Spacing(0.5, 2.0, 1.0));
  filter->Update();
  const ShortImage * output = filter->GetOutput();
  for (itk::ImageRegionConstIteratorWithIndex<ShortImage> it(output, output->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    ASSERT_EQ(it.Get(), it.GetIndex()[0] < 4 ? 3 : 1000);
  }
}

TEST(ResampleToSpacingImageFilter, IntegersAreRounded)
{
  // Halves the spacing of 0, 3: the values between are 0.75 and 2.25.
  auto filter = itk::ResampleToSpacingImageFilter<ShortImage>::New();
  filter->SetInput(MakeImage<ShortImage>({ { 2, 1, 1 } }, [](const auto & i) { return -3 * i[0]; }));
  filter->SetOutputSpacing(Spacing(0.5, 0.0, 0.0));
  filter->Update();
  const short expected[] = { 0, -1, -2, -3 };
  for (int i = 0; i < 4; ++i)
  {
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { i, 0, 0 } }), expected[i]);
  }
}

// The response to an impulse is Lindeberg's kernel exp(-t) I_n(t), here with the Bessel function of the standard
// library.
TEST(ResampleToSpacingImageFilter, AntiAliasSmoothsByTheDifferenceOfTheVoxels)
{
  using Line = itk::Image<float, 2>;
  // 303 voxels of 1 mm, to 3 mm: the output's centres are every third input centre, so that the kernel is seen itself.
  auto filter = itk::ResampleToSpacingImageFilter<Line>::New();
  filter->SetInput(MakeImage<Line>({ { 303, 2 } }, [](const auto & i) { return i[0] == 151 ? 3.0F : 0.0F; }));
  Line::SpacingType spacing;
  spacing[0] = 3.0;
  spacing[1] = 1.0;
  filter->SetOutputSpacing(spacing);
  filter->Update();
  const double variance = (9.0 - 1.0) / (8.0 * std::log(2.0));
  for (int i = 0; i < 101; ++i)
  {
    const double expected = 3.0 * std::exp(-variance) * std::cyl_bessel_i(3.0 * std::abs(i - 50), variance);
    EXPECT_NEAR(filter->GetOutput()->GetPixel({ { i, 0 } }), expected, 1e-5);
  }

  filter->AntiAliasOff();
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 50, 0 } }), 3.0F);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 49, 0 } }), 0.0F);
}

// The same by ITK's filters, one after the other.
TEST(ResampleToSpacingImageFilter, AgreesWithITKInside)
{
  const auto image = Noise({ { 24, 20, 16 } });
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->SetOutputSpacing(Spacing(1.6, 1.25, 3.0));
  filter->Update();

  using GaussianType = itk::DiscreteGaussianImageFilter<FloatImage, FloatImage>;
  GaussianType::ArrayType variance;
  variance[0] = (1.6 * 1.6 - 0.75 * 0.75) / (8.0 * std::log(2.0));
  variance[1] = 0.0;
  variance[2] = (3.0 * 3.0 - 1.75 * 1.75) / (8.0 * std::log(2.0));
  auto gaussian = GaussianType::New();
  gaussian->SetInput(image);
  gaussian->SetVariance(variance);
  gaussian->SetMaximumError(1e-6);
  gaussian->Update();
  auto resample = itk::ResampleImageFilter<FloatImage, FloatImage>::New();
  resample->SetInput(gaussian->GetOutput());
  resample->SetOutputParametersFromImage(filter->GetOutput());
  resample->Update();
  itk::ImageRegionConstIterator<FloatImage> ours(filter->GetOutput(), filter->GetOutput()->GetBufferedRegion());
  itk::ImageRegionConstIterator<FloatImage> theirs(resample->GetOutput(), filter->GetOutput()->GetBufferedRegion());
  for (; !ours.IsAtEnd(); ++ours, ++theirs)
  {
    ASSERT_NEAR(ours.Get(), theirs.Get(), 1e-5);
  }
}

TEST(ResampleToSpacingImageFilter, AntiAliasLeavesFinerAxesAlone)
{
  const auto image = Noise({ { 6, 6, 6 } });
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->SetOutputSpacing(Spacing(0.5, 1.25, 1.0));
  filter->Update();
  auto without = FilterType::New();
  without->SetInput(image);
  without->SetOutputSpacing(Spacing(0.5, 1.25, 1.0));
  without->AntiAliasOff();
  without->Update();
  ExpectSameVoxels(filter->GetOutput(), without->GetOutput());
}

TEST(ResampleToSpacingImageFilter, RefusesABadSpacing)
{
  auto filter = FilterType::New();
  filter->SetInput(Noise({ { 3, 3, 3 } }));
  filter->SetOutputSpacing(Spacing(1.0, -1.0, 1.0));
  ExpectError([&] { filter->Update(); }, "OutputSpacing is [1, -1, 1]");
  filter->SetOutputSpacing(Spacing(1.0, 1.0, std::numeric_limits<double>::quiet_NaN()));
  ExpectError([&] { filter->Update(); }, "OutputSpacing is [1, 1, nan]");
}

TEST(ResampleToSpacingImageFilter, SameBitsForAnyNumberOfThreads)
{
  for (const auto interpolation : { InterpolationEnum::Nearest, InterpolationEnum::Linear, InterpolationEnum::BSpline })
  {
    ExpectSameForAnyNumberOfThreads([interpolation] {
      auto filter = FilterType::New();
      filter->SetInput(Noise({ { 17, 16, 15 } }));
      filter->SetOutputSpacing(Spacing(1.1, 0.9, 2.3));
      filter->SetInterpolation(interpolation);
      return filter;
    });
  }
}

TEST(ResampleToSpacingImageFilter, EnumsPrintTheirNames)
{
  std::ostringstream out;
  out << InterpolationEnum::Nearest << ' ' << InterpolationEnum::Linear << ' ' << InterpolationEnum::BSpline;
  EXPECT_EQ(out.str(),
            "Nearest "
            "Linear "
            "BSpline");
}
