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
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "itkEightBitScaleImageFilter.h"

#include "itkIntensityFilterTestUtilities.h"
#include "itkRescaleIntensityImageFilter.h"

#include <limits>
#include <vector>

using namespace itk::TestUtilities;

namespace
{
using ShortImage = itk::Image<short, 3>;
using ByteImage = itk::Image<unsigned char, 3>;
using Filter3D = itk::EightBitScaleImageFilter<Image3D>;

/** Compares the first voxels and the sum of all. */
void
ExpectGreys(const ByteImage * image, const std::vector<int> & first, int sum)
{
  const unsigned char * const greys = image->GetBufferPointer();
  for (size_t i = 0; i < first.size(); ++i)
  {
    EXPECT_EQ(static_cast<int>(greys[i]), first[i]) << i;
  }
  int actual = 0;
  for (int i = 0; i < 210; ++i)
  {
    actual += greys[i];
  }
  EXPECT_EQ(actual, sum);
}
} // namespace

// Reference values: numpy 2.4.6, floor(clip((x - min) * 255 / (max - min), 0, 255) + 0.5) of the same numbers.
TEST(EightBitScaleImageFilter, AgreesWithNumPy)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  filter->Update();
  EXPECT_EQ(filter->GetWindowMinimum(), -198.77631664276123);
  EXPECT_EQ(filter->GetWindowMaximum(), 799.9259114265442);
  ExpectGreys(filter->GetOutput(), { 5, 4, 138, 162, 232, 28, 126, 140 }, 26930);
  ExpectSameGrid(filter->GetInput(), filter->GetOutput());

  filter->SetMaskImage(EveryThird());
  filter->Update();
  EXPECT_EQ(filter->GetWindowMinimum(), -196.30260467529297);
  EXPECT_EQ(filter->GetWindowMaximum(), 790.1250004768372);
  ExpectGreys(filter->GetOutput(), { 4, 3, 139, 163, 234, 28, 127, 141 }, 27129);
}

TEST(EightBitScaleImageFilter, AgreesWithRescaleIntensity)
{
  auto ours = Filter3D::New();
  ours->SetInput(ReferenceImage());
  ours->Update();
  auto itks = itk::RescaleIntensityImageFilter<Image3D, Image3D>::New();
  itks->SetInput(ReferenceImage());
  itks->SetOutputMinimum(0.0);
  itks->SetOutputMaximum(255.0);
  itks->Update();
  const auto                               region = ours->GetOutput()->GetBufferedRegion();
  itk::ImageRegionConstIterator<ByteImage> a(ours->GetOutput(), region);
  itk::ImageRegionConstIterator<Image3D>   b(itks->GetOutput(), region);
  for (; !a.IsAtEnd(); ++a, ++b)
  {
    ASSERT_NEAR(static_cast<double>(a.Get()), b.Get(), 0.5 + 1e-9);
  }
}

TEST(EightBitScaleImageFilter, SlicesAgreeWithNumPy)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  filter->SliceBySliceOn();
  filter->Update();
  EXPECT_EQ(filter->GetSliceMinima().size(), 5u);
  EXPECT_EQ(filter->GetSliceMinima().front(), -192.9293990135193);
  EXPECT_EQ(filter->GetSliceMaxima().back(), 790.1250004768372);
  EXPECT_EQ(filter->GetWindowMinimum(), -198.77631664276123);
  EXPECT_EQ(filter->GetWindowMaximum(), 799.9259114265442);
  ExpectGreys(filter->GetOutput(), { 3, 2, 139, 162, 233, 27 }, 26930);
  filter->SetSliceAxis(1);
  filter->Update();
  EXPECT_EQ(filter->GetSliceMinima().size(), 6u);
  ExpectGreys(filter->GetOutput(), { 4, 3, 148, 174, 249, 29 }, 27081);
  filter->SetSliceAxis(0);
  filter->Update();
  EXPECT_EQ(filter->GetSliceMinima().size(), 7u);
  EXPECT_EQ(filter->GetSliceMinima().front(), -179.5973300933838);
  EXPECT_EQ(filter->GetSliceMaxima().back(), 793.6783313751221);
  ExpectGreys(filter->GetOutput(), { 0, 1, 140, 168, 230, 28 }, 26649);
}

TEST(EightBitScaleImageFilter, WindowRoundsHalvesUpExactly)
{
  // Level 500 and width 2000: from -500 to 1500 HU. 200 HU above the lower end are 25.5 grey values, exactly.
  const short hounsfield[] = { -3000, -500, -497, -496, -300, 500, 1100, 1500, 3000 };
  const int   expected[] = { 0, 0, 0, 1, 26, 128, 204, 255, 255 };
  auto        filter = itk::EightBitScaleImageFilter<ShortImage>::New();
  filter->SetInput(MakeImage<ShortImage>({ { 9, 1, 1 } }, [&](const auto & i) { return hounsfield[i[0]]; }));
  filter->ComputeConstantsOff();
  filter->SetWindowWidth(2000.0);
  filter->SetWindowLevel(500.0);
  EXPECT_EQ(filter->GetWindowMinimum(), -500.0);
  EXPECT_EQ(filter->GetWindowMaximum(), 1500.0);
  filter->Update();
  auto real = itk::EightBitScaleImageFilter<ShortImage, Image3D>::New();
  real->SetInput(filter->GetInput());
  real->ComputeConstantsOff();
  real->SetWindowWidth(2000.0);
  real->SetWindowLevel(500.0);
  real->Update();
  for (int i = 0; i < 9; ++i)
  {
    EXPECT_EQ(static_cast<int>(filter->GetOutput()->GetPixel({ { i, 0, 0 } })), expected[i]) << i;
    EXPECT_EQ(real->GetOutput()->GetPixel({ { i, 0, 0 } }), expected[i]) << i;
  }
}

TEST(EightBitScaleImageFilter, WidthAndLevelAreTheWindow)
{
  auto filter = itk::EightBitScaleImageFilter<Image3D>::New();
  EXPECT_EQ(filter->GetWindowWidth(), 4000.0);
  EXPECT_EQ(filter->GetWindowLevel(), 1000.0);
  filter->SetWindowLevel(500.0);
  EXPECT_EQ(filter->GetWindowWidth(), 4000.0);
  EXPECT_EQ(filter->GetWindowMinimum(), -1500.0);
  filter->SetWindowWidth(2000.0);
  EXPECT_EQ(filter->GetWindowLevel(), 500.0);
  EXPECT_EQ(filter->GetWindowMinimum(), -500.0);
  EXPECT_EQ(filter->GetWindowMaximum(), 1500.0);
  filter->SetWindowWidth(0.0);
  filter->SetInput(ReferenceImage());
  filter->ComputeConstantsOff();
  ExpectError([&] { filter->Update(); }, "WindowMinimum is 500 and WindowMaximum is 500");
}

TEST(EightBitScaleImageFilter, WhatIsKeptOutsideTheMaskSaturates)
{
  auto filter = itk::EightBitScaleImageFilter<Image3D>::New();
  auto image = MakeImage<Image3D>({ { 5, 1, 1 } }, [](const auto & index) { return 150.6 * index[0] - 100.0; });
  filter->SetInput(image);
  filter->SetMaskImage(MakeImage<Mask3D>({ { 5, 1, 1 } }, [](const auto & index) { return index[0] % 4 == 0; }));
  filter->KeepOutsideMaskOn();
  filter->Update();
  // -100 and 502.4 are inside and become the ends; 50.6, 201.2 and 351.8 are kept.
  const unsigned char expected[] = { 0, 51, 201, 255, 255 };
  for (itk::IndexValueType i = 0; i < 5; ++i)
  {
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { i, 0, 0 } }), expected[i]) << i;
  }
}

TEST(EightBitScaleImageFilter, InverseIsRightToHalfAGreyValue)
{
  auto forward = Filter3D::New();
  forward->SetInput(ReferenceImage());
  forward->Update();
  auto back = itk::EightBitScaleImageFilter<ByteImage, Image3D>::New();
  back->SetInput(forward->GetOutput());
  back->ComputeConstantsOff();
  back->InverseOn();
  back->SetWindowMinimum(forward->GetWindowMinimum());
  back->SetWindowMaximum(forward->GetWindowMaximum());
  back->Update();
  const double                           half = (forward->GetWindowMaximum() - forward->GetWindowMinimum()) / 510.0;
  double                                 largest = 0.0;
  const auto                             reference = ReferenceImage();
  itk::ImageRegionConstIterator<Image3D> in(reference, reference->GetBufferedRegion());
  itk::ImageRegionConstIterator<Image3D> out(back->GetOutput(), reference->GetBufferedRegion());
  for (; !in.IsAtEnd(); ++in, ++out)
  {
    largest = std::max(largest, std::abs(in.Get() - out.Get()));
  }
  EXPECT_LE(largest, half * (1.0 + 1e-12));
  EXPECT_GE(largest, 0.9 * half);

  // Every grey value comes back to itself.
  auto again = Filter3D::New();
  again->SetInput(back->GetOutput());
  again->ComputeConstantsOff();
  again->SetWindowMinimum(forward->GetWindowMinimum());
  again->SetWindowMaximum(forward->GetWindowMaximum());
  again->Update();
  ExpectSameVoxels(forward->GetOutput(), again->GetOutput());
}

TEST(EightBitScaleImageFilter, SlicesComeBackWithTheirRanges)
{
  // One of the slices is constant.
  Random     random(3);
  const auto image = MakeObliqueImage<Image3D>(
    { { 9, 8, 4 } }, [&](const auto & i) { return i[2] == 5 ? 17.0 : (i[2] + 1.0) * random(); });
  auto forward = Filter3D::New();
  forward->SetInput(image);
  forward->SliceBySliceOn();
  forward->Update();
  for (int x = -2; x < 7; ++x)
  {
    EXPECT_EQ(forward->GetOutput()->GetPixel({ { x, 3, 5 } }), 0);
  }
  auto back = itk::EightBitScaleImageFilter<ByteImage, Image3D>::New();
  back->SetInput(forward->GetOutput());
  back->ComputeConstantsOff();
  back->InverseOn();
  back->SliceBySliceOn();
  back->SetSliceRanges(forward->GetSliceMinima(), forward->GetSliceMaxima());
  back->Update();
  itk::ImageRegionConstIteratorWithIndex<Image3D> in(image, image->GetBufferedRegion());
  for (; !in.IsAtEnd(); ++in)
  {
    const auto   slice = static_cast<size_t>(in.GetIndex()[2] - 4);
    const double half = (forward->GetSliceMaxima()[slice] - forward->GetSliceMinima()[slice]) / 510.0;
    ASSERT_NEAR(back->GetOutput()->GetPixel(in.GetIndex()), in.Get(), half + 1e-12);
  }
}

// A slice alone is a volume, with and without a mask, across any axis.
TEST(EightBitScaleImageFilter, SlicesAreScaledAsVolumes)
{
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    for (const bool masked : { false, true })
    {
      auto filter = Filter3D::New();
      filter->SetInput(ReferenceImage());
      filter->SetMaskImage(masked ? EveryThird().GetPointer() : nullptr);
      filter->SliceBySliceOn();
      filter->SetSliceAxis(axis);
      filter->Update();
      const auto whole = ReferenceImage()->GetLargestPossibleRegion();
      for (itk::SizeValueType i = 0; i < whole.GetSize(axis); ++i)
      {
        const auto slice = itk::SyntheticCTDetail::SliceOfRegion(whole, axis, i);
        auto       inSlice = MakeObliqueImage<ByteImage>({ { 7, 6, 5 } }, [&](const auto & index) {
          return slice.IsInside(index) && (!masked || EveryThird()->GetPixel(index) != 0) ? 1 : 0;
        });
        auto       alone = Filter3D::New();
        alone->SetInput(ReferenceImage());
        alone->SetMaskImage(inSlice);
        alone->Update();
        EXPECT_EQ(filter->GetSliceMinima()[i], alone->GetWindowMinimum());
        EXPECT_EQ(filter->GetSliceMaxima()[i], alone->GetWindowMaximum());
        for (itk::ImageRegionConstIteratorWithIndex<ByteImage> it(filter->GetOutput(), slice); !it.IsAtEnd(); ++it)
        {
          ASSERT_EQ(it.Get(), alone->GetOutput()->GetPixel(it.GetIndex())) << it.GetIndex();
        }
      }
    }
  }
}

TEST(EightBitScaleImageFilter, SliceWithoutMaskGivesZeros)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  filter->SetMaskImage(MakeObliqueImage<ByteImage>({ { 7, 6, 5 } }, [](const auto & i) { return i[2] != 6; }));
  filter->SliceBySliceOn();
  filter->Update();
  EXPECT_EQ(filter->GetSliceMinima()[2], 0.0);
  EXPECT_EQ(filter->GetSliceMaxima()[2], 0.0);
  int sums[5] = {};
  for (itk::ImageRegionConstIteratorWithIndex<ByteImage> it(filter->GetOutput(),
                                                            filter->GetOutput()->GetBufferedRegion());
       !it.IsAtEnd();
       ++it)
  {
    sums[it.GetIndex()[2] - 4] += it.Get();
  }
  EXPECT_EQ(sums[2], 0);
  EXPECT_GT(sums[1], 1000);
  EXPECT_GT(sums[3], 1000);
}

TEST(EightBitScaleImageFilter, ConstantImageGivesZerosAndComesBack)
{
  auto filter = Filter3D::New();
  filter->SetInput(MakeImage<Image3D>({ { 3, 4, 5 } }, [](const auto &) { return 17.0; }));
  filter->Update();
  EXPECT_EQ(filter->GetWindowMinimum(), 17.0);
  EXPECT_EQ(filter->GetWindowMaximum(), 17.0);
  ExpectSameVoxels(MakeImage<ByteImage>({ { 3, 4, 5 } }, [](const auto &) { return 0; }).GetPointer(),
                   filter->GetOutput());
  auto back = itk::EightBitScaleImageFilter<ByteImage, Image3D>::New();
  back->SetInput(filter->GetOutput());
  back->ComputeConstantsOff();
  back->InverseOn();
  back->SetWindowMinimum(17.0);
  back->SetWindowMaximum(17.0);
  back->Update();
  ExpectSameVoxels(filter->GetInput(), back->GetOutput());
}

TEST(EightBitScaleImageFilter, NaNMattersInsideTheMaskOnly)
{
  auto image = ReferenceImage();
  image->SetPixel({ { -1, 1, 4 } }, notANumber); // the second voxel, which the mask leaves out
  auto filter = Filter3D::New();
  filter->SetInput(image);
  filter->SetMaskImage(EveryThird());
  filter->Update();
  EXPECT_EQ(filter->GetWindowMaximum(), 790.1250004768372);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { -1, 1, 4 } }), 0);
  auto real = itk::EightBitScaleImageFilter<Image3D, Image3D>::New();
  real->SetInput(image);
  real->SetMaskImage(EveryThird());
  real->Update();
  EXPECT_TRUE(std::isnan(real->GetOutput()->GetPixel({ { -1, 1, 4 } })));
  for (unsigned int axis = 0; axis < 4; ++axis)
  {
    filter->SetMaskImage(nullptr);
    filter->SetSliceBySlice(axis < 3);
    filter->SetSliceAxis(axis % 3);
    ExpectError([&] { filter->Update(); }, "[-1, 1, 4] is nan and should be a finite number");
  }
}

TEST(EightBitScaleImageFilter, RefusesBadInput)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  filter->SetSliceAxis(3);
  ExpectError([&] { filter->Update(); }, "SliceAxis is 3 and should be less than 3");
  filter->SetSliceAxis(2);
  filter->ComputeConstantsOff();
  filter->SetWindowMinimum(3000.0);
  ExpectError([&] { filter->Update(); }, "WindowMinimum is 3000 and WindowMaximum is 3000");
  filter->SetWindowMinimum(notANumber);
  ExpectError([&] { filter->Update(); }, "WindowMinimum is nan");
  filter->SetWindowMinimum(0.0);
  filter->SetWindowMaximum(std::numeric_limits<double>::infinity());
  ExpectError([&] { filter->Update(); }, "WindowMaximum is inf");
  filter->SliceBySliceOn();
  ExpectError([&] { filter->Update(); }, "0 minima and 0 maxima, and should have one for each of the 5 slices");
  filter->SetSliceRanges({ 0, 0, 0, 2, 0 }, { 1, 1, 1, 1, 1 });
  ExpectError([&] { filter->Update(); }, "Minimum of a slice is 2 and Maximum of a slice is 1");
  const double infinity = std::numeric_limits<double>::infinity();
  filter->SetSliceRanges({ 0, 0, 0, 0, infinity }, { 1, 1, 1, 1, infinity });
  ExpectError([&] { filter->Update(); }, "Minimum of a slice is inf");
}

TEST(EightBitScaleImageFilter, SameBitsForAnyNumberOfThreads)
{
  for (unsigned int axis = 0; axis < 4; ++axis)
  {
    ExpectSameForAnyNumberOfThreads([axis] {
      auto filter = Filter3D::New();
      filter->SetInput(ReferenceImage());
      filter->SetMaskImage(EveryThird());
      filter->SetSliceBySlice(axis < 3);
      filter->SetSliceAxis(axis % 3);
      return filter;
    });
  }
}

TEST(EightBitScaleImageFilter, RangesAreThoseOfTheWholeImageForAnyRequestedRegion)
{
  for (unsigned int axis = 0; axis < 4; ++axis)
  {
    auto whole = Filter3D::New();
    whole->SetInput(ReferenceImage());
    whole->SetSliceBySlice(axis < 3);
    whole->SetSliceAxis(axis % 3);
    whole->Update();
    auto                part = Filter3D::New();
    Image3D::RegionType region = ReferenceImage()->GetLargestPossibleRegion();
    region.SetIndex(axis % 3, region.GetIndex(axis % 3) + 2);
    region.SetSize(axis % 3, 2);
    part->SetInput(ReferenceImage());
    part->SetSliceBySlice(axis < 3);
    part->SetSliceAxis(axis % 3);
    part->GetOutput()->SetRequestedRegion(region);
    part->Update();
    EXPECT_EQ(part->GetOutput()->GetBufferedRegion(), region);
    for (itk::ImageRegionConstIteratorWithIndex<ByteImage> it(part->GetOutput(), region); !it.IsAtEnd(); ++it)
    {
      ASSERT_EQ(it.Get(), whole->GetOutput()->GetPixel(it.GetIndex()));
    }
  }
}
