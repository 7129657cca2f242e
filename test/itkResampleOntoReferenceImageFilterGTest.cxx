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
#include "itkResampleOntoReferenceImageFilter.h"

#include "itkAffineTransform.h"
#include "itkImageAlgorithm.h"
#include "itkImageFilterTestUtilities.h"
#include "itkResampleToSpacingImageFilter.h"

#include <array>

using namespace itk::TestUtilities;

namespace
{
using FloatImage = itk::Image<float, 3>;
using ShortImage = itk::Image<short, 3>;
using FilterType = itk::ResampleOntoReferenceImageFilter<FloatImage>;
using InterpolationEnum = itk::GridResampleInterpolationEnum;

FloatImage::Pointer
Noise()
{
  Random random(3);
  return MakeObliqueImage<FloatImage>({ { 9, 8, 7 } }, [&](const auto &) { return random(); });
}

/** The part of the oblique grid that starts at an index and has a size, with index 0 at its start. */
ShortImage::Pointer
PartOfGrid(const ShortImage::IndexType & start, const ShortImage::SizeType & size)
{
  const auto            grid = Noise();
  ShortImage::PointType origin;
  grid->TransformIndexToPhysicalPoint(start, origin);
  auto part = ShortImage::New();
  part->SetRegions(size);
  part->SetSpacing(grid->GetSpacing());
  part->SetDirection(grid->GetDirection());
  part->SetOrigin(origin);
  part->Allocate(true);
  return part;
}
} // namespace

TEST(ResampleOntoReferenceImageFilter, TakesTheGridOfTheReference)
{
  auto reference = MakeObliqueImage<ShortImage>({ { 5, 9, 4 } }, [](const auto &) { return 1; });
  reference->SetDirection(ObliqueDirection<3>() * ObliqueDirection<3>());
  auto filter = FilterType::New();
  filter->SetInput(Noise());
  filter->SetReferenceImage(reference);
  filter->Update();
  ExpectSameGrid(reference.GetPointer(), filter->GetOutput());
  EXPECT_EQ(filter->GetOutput()->GetBufferedRegion(), reference->GetLargestPossibleRegion());
}

TEST(ResampleOntoReferenceImageFilter, SameGridIsTheSameBits)
{
  const auto image = Noise();
  for (const auto interpolation : { InterpolationEnum::Nearest, InterpolationEnum::Linear, InterpolationEnum::BSpline })
  {
    auto filter = FilterType::New();
    filter->SetInput(image);
    filter->SetReferenceImage(MakeObliqueImage<ShortImage>({ { 9, 8, 7 } }, [](const auto &) { return 1; }));
    filter->SetInterpolation(interpolation);
    filter->Update();
    ExpectSameVoxels(image.GetPointer(), filter->GetOutput());
  }
}

// A grid that is shifted by whole voxels crops and pads.
TEST(ResampleOntoReferenceImageFilter, CoincidingVoxelsAreCopied)
{
  const auto                  image = Noise(); // index -2..6, 1..8, 4..10
  const ShortImage::IndexType start{ { 4, 0, 5 } };
  auto                        filter = FilterType::New();
  filter->SetInput(image);
  filter->SetReferenceImage(PartOfGrid(start, { { 5, 3, 4 } }));
  filter->SetDefaultPixelValue(-7.0F);
  filter->SetInterpolation(InterpolationEnum::BSpline);
  filter->Update();
  const FloatImage * output = filter->GetOutput();
  for (itk::ImageRegionConstIteratorWithIndex<FloatImage> it(output, output->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const auto index = it.GetIndex() + (start - ShortImage::IndexType{ { 0, 0, 0 } });
    ASSERT_EQ(it.Get(), image->GetBufferedRegion().IsInside(index) ? image->GetPixel(index) : -7.0F);
  }
  // Nothing in common.
  filter->SetReferenceImage(PartOfGrid({ { 400, 0, 5 } }, { { 2, 2, 2 } }));
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 1, 1, 1 } }), -7.0F);
}

TEST(ResampleOntoReferenceImageFilter, CoincidingVoxelsAreRoundedToIntegers)
{
  auto filter = itk::ResampleOntoReferenceImageFilter<FloatImage, ShortImage>::New();
  filter->SetInput(MakeObliqueImage<FloatImage>({ { 4, 1, 1 } }, [](const auto & i) { return 0.6F * (i[0] + 2); }));
  filter->SetReferenceImage(MakeObliqueImage<ShortImage>({ { 4, 1, 1 } }, [](const auto &) { return 1; }));
  filter->Update();
  const short expected[] = { 0, 1, 1, 2 };
  for (int i = 0; i < 4; ++i)
  {
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { i - 2, 1, 4 } }), expected[i]);
  }
}

TEST(ResampleOntoReferenceImageFilter, OutsideTakesTheDefault)
{
  // Voxels of 1 mm from 0 to 3; the reference samples at -0.75, -0.25, 0.25 ...: the first is outside the voxels.
  using Line = itk::Image<float, 2>;
  auto filter = itk::ResampleOntoReferenceImageFilter<Line>::New();
  filter->SetInput(MakeImage<Line>({ { 4, 1 } }, [](const auto & i) { return 10.0F + i[0]; }));
  auto            reference = MakeImage<Line>({ { 3, 1 } }, [](const auto &) { return 0.0F; });
  Line::PointType origin;
  origin[0] = -0.75;
  origin[1] = 0.0;
  reference->SetOrigin(origin);
  Line::SpacingType spacing;
  spacing[0] = 0.5;
  spacing[1] = 1.0;
  reference->SetSpacing(spacing);
  filter->SetReferenceImage(reference);
  filter->SetDefaultPixelValue(-1000.0F);
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 0, 0 } }), -1000.0F);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 1, 0 } }), 10.0F);
  EXPECT_FLOAT_EQ(filter->GetOutput()->GetPixel({ { 2, 0 } }), 10.25F);
}

// To a finer spacing by nearest neighbour and back again gives the image itself: every old centre is in one new voxel.
TEST(ResampleOntoReferenceImageFilter, IsTheWayBackFromASpacing)
{
  const auto image = Noise();
  auto       there = itk::ResampleToSpacingImageFilter<FloatImage>::New();
  there->SetInput(image);
  there->SetInterpolation(InterpolationEnum::Nearest);
  FloatImage::SpacingType spacing;
  spacing.Fill(0.25);
  there->SetOutputSpacing(spacing);
  auto back = FilterType::New();
  back->SetInput(there->GetOutput());
  back->SetReferenceImage(image);
  back->SetInterpolation(InterpolationEnum::Nearest);
  back->Update();
  ExpectSameVoxels(image.GetPointer(), back->GetOutput());
  ExpectSameGrid(image.GetPointer(), back->GetOutput());
}

// A volume that is stored in another order is copied through axes that differ: the value at a position stays.
TEST(ResampleOntoReferenceImageFilter, ExchangedAxesAreNotSmoothed)
{
  const auto image =
    MakeImage<FloatImage>({ { 4, 5, 6 } }, [](const auto & i) { return i[0] + 10 * i[1] + 100 * i[2]; });
  auto reference = FloatImage::New();
  reference->SetRegions(FloatImage::SizeType{ { 5, 6, 4 } });
  FloatImage::DirectionType direction;
  direction.Fill(0.0);
  direction[1][0] = 1.0;
  direction[2][1] = 1.0;
  direction[0][2] = 1.0;
  reference->SetDirection(direction);
  auto filter = FilterType::New();
  filter->SetInput(image);
  filter->SetReferenceImage(reference);
  filter->Update();
  for (itk::ImageRegionConstIteratorWithIndex<FloatImage> it(filter->GetOutput(),
                                                             filter->GetOutput()->GetBufferedRegion());
       !it.IsAtEnd();
       ++it)
  {
    const auto i = it.GetIndex();
    ASSERT_NEAR(it.Get(), i[2] + 10 * i[0] + 100 * i[1], 1e-4);
  }
}

// An image that a transform finds elsewhere, and in another size, is the image with its grid moved and stretched back.
TEST(ResampleOntoReferenceImageFilter, TransformMovesTheGridOfTheInput)
{
  const auto image = Noise();
  auto       transform = itk::AffineTransform<double, 3>::New();
  transform->Scale(3.0);
  transform->Rotate3D(itk::Vector<double, 3>(std::array<double, 3>{ 1.0, -2.0, 0.5 }.data()), 0.4);
  transform->Translate(itk::Vector<double, 3>(std::array<double, 3>{ 4.0, -3.0, 6.0 }.data()));
  const auto inverse = transform->GetInverseTransform();
  auto       moved = FloatImage::New();
  moved->SetRegions(image->GetBufferedRegion());
  moved->SetSpacing(image->GetSpacing() / 3.0);
  moved->SetOrigin(inverse->TransformPoint(image->GetOrigin()));
  auto turn = itk::AffineTransform<double, 3>::New();
  turn->Rotate3D(itk::Vector<double, 3>(std::array<double, 3>{ 1.0, -2.0, 0.5 }.data()), -0.4);
  moved->SetDirection(turn->GetMatrix() * image->GetDirection());
  moved->Allocate();
  itk::ImageAlgorithm::Copy(
    image.GetPointer(), moved.GetPointer(), image->GetBufferedRegion(), image->GetBufferedRegion());

  // Around the middle of the moved image.
  const auto reference = MakeImage<ShortImage>({ { 8, 8, 8 } }, [](const auto &) { return 1; });
  auto       middle = image->GetBufferedRegion().GetIndex();
  for (unsigned int d = 0; d < 3; ++d)
  {
    middle[d] += static_cast<itk::IndexValueType>(image->GetBufferedRegion().GetSize(d) / 2);
  }
  reference->SetSpacing(moved->GetSpacing() * 1.7);
  const auto center = moved->TransformIndexToPhysicalPoint<double>(middle);
  reference->SetOrigin(center - reference->GetSpacing() * 3.5);
  for (const auto interpolation : { InterpolationEnum::Nearest, InterpolationEnum::Linear, InterpolationEnum::BSpline })
  {
    auto by = FilterType::New();
    by->SetInput(image);
    by->SetReferenceImage(reference);
    by->SetTransform(transform);
    by->SetInterpolation(interpolation);
    by->Update();
    auto expected = FilterType::New();
    expected->SetInput(moved);
    expected->SetReferenceImage(reference);
    expected->SetInterpolation(interpolation);
    expected->Update();
    itk::SizeValueType                        inside = 0;
    itk::ImageRegionConstIterator<FloatImage> a(by->GetOutput(), by->GetOutput()->GetBufferedRegion());
    itk::ImageRegionConstIterator<FloatImage> b(expected->GetOutput(), expected->GetOutput()->GetBufferedRegion());
    for (; !a.IsAtEnd(); ++a, ++b)
    {
      ASSERT_NEAR(a.Get(), b.Get(), 2e-3);
      inside += a.Get() != 0.0F ? 1 : 0;
    }
    EXPECT_GT(inside, 50u);
  }
}

TEST(ResampleOntoReferenceImageFilter, NeedsAReference)
{
  auto filter = FilterType::New();
  filter->SetInput(Noise());
  ExpectError([&] { filter->Update(); }, "ReferenceImage");
}

TEST(ResampleOntoReferenceImageFilter, SameBitsForAnyNumberOfThreads)
{
  for (const auto interpolation : { InterpolationEnum::Linear, InterpolationEnum::BSpline })
  {
    ExpectSameForAnyNumberOfThreads([interpolation] {
      auto reference = MakeObliqueImage<ShortImage>({ { 15, 19, 14 } }, [](const auto &) { return 1; });
      reference->SetDirection(ObliqueDirection<3>() * ObliqueDirection<3>());
      auto filter = FilterType::New();
      filter->SetInput(Noise());
      filter->SetReferenceImage(reference);
      filter->SetInterpolation(interpolation);
      return filter;
    });
  }
}
