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
#include "itkBodyMaskImageFilter.h"

#include "itkImageFileReader.h"
#include "itkImageFilterTestUtilities.h"
#include "itkOtsuThresholdImageFilter.h"
#include "itkTestData.h"

#include <fstream>
#include <functional>
#include <limits>
#include <sstream>

using namespace itk::TestUtilities;

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::BodyMaskImageFilter<ImageType>;
using HoleFillingEnum = itk::BodyMaskHoleFillingEnum;

const ImageType::SizeType imageSize{ { 32, 30, 28 } };

using Predicate = std::function<bool(const ImageType::IndexType &)>;

/** 100 where the predicate holds, 10 elsewhere. */
ImageType::Pointer
Image(const Predicate & isTissue)
{
  return MakeImage<ImageType>(imageSize, [&](const auto & i) { return isTissue(i) ? 100.0F : 10.0F; });
}

MaskType::Pointer
Expected(const Predicate & isInside)
{
  return MakeImage<MaskType>(imageSize, [&](const auto & i) { return isInside(i) ? 1 : 0; });
}

/** Without closing, so that the closed forms are those of the other steps. */
FilterType::Pointer
Filter(const ImageType * image, HoleFillingEnum holes)
{
  auto filter = FilterType::New();
  filter->SetInput(image);
  filter->SetClosingRadius(0.0);
  filter->SetHoleFilling(holes);
  return filter;
}

void
ExpectMask(FilterType * filter, const Predicate & isInside)
{
  filter->Update();
  ExpectSameVoxels<MaskType>(Expected(isInside), filter->GetOutput());
}

bool
InBox(const ImageType::IndexType & i, int from, int to)
{
  return i[0] >= from && i[0] <= to && i[1] >= from && i[1] <= to && i[2] >= from && i[2] <= to;
}
} // namespace

TEST(BodyMaskImageFilter, ThresholdIsOtsus)
{
  Random     random(9);
  const auto image = MakeObliqueImage<ImageType>(
    imageSize, [&](const auto & i) { return i[0] + i[1] < 20 ? 900.0 + 200.0 * random() : 150.0 * random(); });
  auto otsu = itk::OtsuThresholdImageFilter<ImageType, MaskType>::New();
  otsu->SetInput(image);
  otsu->SetNumberOfHistogramBins(256);
  otsu->Update();
  auto filter = FilterType::New();
  filter->SetInput(image);
  filter->Update();
  // The histograms of the two end a hundredth of a bin apart.
  EXPECT_NEAR(filter->GetThreshold(), otsu->GetThreshold(), 0.1);
  EXPECT_GT(filter->GetThreshold(), 100.0);
  EXPECT_LT(filter->GetThreshold(), 900.0);
}

TEST(BodyMaskImageFilter, LargestComponentByFaces)
{
  // The smaller box touches the larger by an edge only.
  const auto image = Image([](const auto & i) {
    return InBox(i, 5, 14) || (i[0] >= 15 && i[0] <= 18 && i[1] >= 15 && i[1] <= 18 && i[2] >= 8 && i[2] <= 10) ||
           InBox(i, 24, 26);
  });
  for (const auto holes : { HoleFillingEnum::None, HoleFillingEnum::AllSlices })
  {
    ExpectMask(Filter(image, holes), [](const auto & i) { return InBox(i, 5, 14); });
  }
}

TEST(BodyMaskImageFilter, HolesOfTheVolumeAndOfSlices)
{
  // A shell with a cavity, and a channel along the last axis from the cavity to the outside.
  const auto inCavity = [](const auto & i) { return InBox(i, 10, 18); };
  const auto inChannel = [](const auto & i) { return i[0] == 14 && i[1] == 14 && i[2] > 18 && i[2] <= 24; };
  const auto closed = Image([&](const auto & i) { return InBox(i, 5, 24) && !inCavity(i); });
  const auto open = Image([&](const auto & i) { return InBox(i, 5, 24) && !inCavity(i) && !inChannel(i); });
  const auto box = [](const auto & i) { return InBox(i, 5, 24); };

  ExpectMask(Filter(closed, HoleFillingEnum::None), [&](const auto & i) { return box(i) && !inCavity(i); });
  ExpectMask(Filter(closed, HoleFillingEnum::Volume), box);
  ExpectMask(Filter(closed, HoleFillingEnum::Slices), box);
  ExpectMask(Filter(closed, HoleFillingEnum::AllSlices), box);

  ExpectMask(Filter(open, HoleFillingEnum::Volume),
             [&](const auto & i) { return box(i) && !inCavity(i) && !inChannel(i); });
  ExpectMask(Filter(open, HoleFillingEnum::AllSlices), box);
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    auto filter = Filter(open, HoleFillingEnum::Slices);
    filter->SetSliceAxis(axis);
    // Across the channel all of it is enclosed; along it, the slice in which it lies is open.
    ExpectMask(
      filter, [&](const auto & i) { return box(i) && (axis == 2 || i[axis] != 14 || !(inCavity(i) || inChannel(i))); });
  }
}

TEST(BodyMaskImageFilter, HolesNextToTheBorderStayOpen)
{
  const auto image = Image([](const auto & i) { return i[2] > 3 && !(i[0] < 4 && i[1] < 4 && i[2] < 10); });
  ExpectMask(Filter(image, HoleFillingEnum::AllSlices),
             [](const auto & i) { return i[2] > 3 && !(i[0] < 4 && i[1] < 4 && i[2] < 10); });
}

TEST(BodyMaskImageFilter, ClosingBridgesAGapInMillimetres)
{
  // Two boxes with 4 voxels of 0.5 mm between them, none of which is further than 1 mm from a box.
  const auto isTissue = [](const auto & i) {
    return i[1] > 3 && i[1] < 26 && i[2] > 3 && i[2] < 24 && ((i[0] > 2 && i[0] < 16) || (i[0] > 19 && i[0] < 29));
  };
  auto                   image = Image(isTissue);
  ImageType::SpacingType spacing;
  spacing[0] = 0.5;
  spacing[1] = 1.0;
  spacing[2] = 2.0;
  image->SetSpacing(spacing);
  auto filter = Filter(image, HoleFillingEnum::None);
  filter->SetClosingRadius(0.9);
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 17, 15, 15 } }), 0);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 22, 15, 15 } }), 0);
  filter->SetClosingRadius(1.0);
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 17, 15, 15 } }), 1);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 22, 15, 15 } }), 1);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 1, 15, 15 } }), 0);
}

TEST(BodyMaskImageFilter, DilationInsideTheSlices)
{
  const auto image = Image([](const auto & i) { return i[0] == 15 && i[1] == 15 && i[2] == 15; });
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    auto filter = Filter(image, HoleFillingEnum::AllSlices);
    filter->SetDilationRadius(3.0);
    filter->SetSliceAxis(axis);
    ExpectMask(filter, [axis](const auto & i) {
      const auto u = i[(axis + 1) % 3] - 15;
      const auto v = i[(axis + 2) % 3] - 15;
      return i[axis] == 15 && u * u + v * v <= 9;
    });
  }
}

// Each slice is the mask of the slice as an image of its own.
TEST(BodyMaskImageFilter, SliceBySliceIsTheFilterIn2D)
{
  using Slice = itk::Image<float, 2>;
  Random                 random(23);
  const auto             image = MakeImage<ImageType>(imageSize, [&](const auto & i) {
    const bool large = (i[0] - 12) * (i[0] - 12) + (i[1] - 14) * (i[1] - 14) < 60 + 3 * i[2];
    const bool small = i[0] > 24 && i[1] > 20 && i[2] > 10;
    return (large || small ? 60.0 + 2.0 * i[2] : 5.0) + 60.0 * random();
  });
  ImageType::SpacingType spacing;
  spacing[0] = 0.8;
  spacing[1] = 1.0;
  spacing[2] = 1.3;
  image->SetSpacing(spacing);
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    const unsigned int u = axis == 0 ? 1 : 0;
    const unsigned int v = axis == 2 ? 1 : 2;
    for (const auto holes : { HoleFillingEnum::None, HoleFillingEnum::Volume, HoleFillingEnum::AllSlices })
    {
      auto filter = FilterType::New();
      filter->SetInput(image);
      filter->SetClosingRadius(1.7);
      filter->SetHoleFilling(holes);
      filter->SetDilationRadius(1.0);
      filter->SetSliceAxis(axis);
      filter->SliceBySliceOn();
      filter->ThresholdBySliceOn();
      filter->SetThreshold(-7.0);
      filter->Update();
      ASSERT_EQ(filter->GetSliceThresholds().size(), imageSize[axis]);
      // Not touched.
      EXPECT_EQ(filter->GetThreshold(), -7.0);
      for (itk::SizeValueType s = 0; s < imageSize[axis]; ++s)
      {
        const auto at = [&](const Slice::IndexType & i) {
          ImageType::IndexType index;
          index[u] = i[0];
          index[v] = i[1];
          index[axis] = static_cast<itk::IndexValueType>(s);
          return index;
        };
        auto slice =
          MakeImage<Slice>({ { imageSize[u], imageSize[v] } }, [&](const auto & i) { return image->GetPixel(at(i)); });
        Slice::SpacingType sliceSpacing;
        sliceSpacing[0] = spacing[u];
        sliceSpacing[1] = spacing[v];
        slice->SetSpacing(sliceSpacing);
        auto single = itk::BodyMaskImageFilter<Slice>::New();
        single->SetInput(slice);
        single->SetClosingRadius(1.7);
        single->SetHoleFilling(holes);
        single->SetDilationRadius(1.0);
        single->Update();
        ASSERT_EQ(filter->GetSliceThresholds()[s], single->GetThreshold());
        for (itk::ImageRegionConstIteratorWithIndex<itk::Image<unsigned char, 2>> it(
               single->GetOutput(), single->GetOutput()->GetBufferedRegion());
             !it.IsAtEnd();
             ++it)
        {
          ASSERT_EQ(filter->GetOutput()->GetPixel(at(it.GetIndex())), it.Get()) << "axis " << axis << " slice " << s;
        }
      }
    }
  }
}

TEST(BodyMaskImageFilter, SliceBySliceKeepsTheThresholdOfTheVolume)
{
  // Slices beyond 19 are empty but for a little noise, in which the threshold of the volume sees nothing.
  const auto isTissue = [](const auto & i) { return i[0] > 4 && i[0] < 20 && i[1] > 5 && i[2] <= 19; };
  const auto image =
    MakeImage<ImageType>(imageSize, [&](const auto & i) { return (isTissue(i) ? 100.0 : 10.0) + (i[0] + i[1]) % 2; });
  auto filter = Filter(image, HoleFillingEnum::AllSlices);
  filter->SliceBySliceOn();
  ExpectMask(filter, isTissue);
  EXPECT_TRUE(filter->GetSliceThresholds().empty());
  // A threshold for each slice finds a component there: the lie that the documentation warns of.
  filter->ThresholdBySliceOn();
  filter->Update();
  EXPECT_LT(filter->GetSliceThresholds()[25], 12.0);
  itk::SizeValueType inside = 0;
  for (itk::ImageRegionConstIteratorWithIndex<MaskType> it(filter->GetOutput(),
                                                           MaskType::RegionType({ { 0, 0, 20 } }, { { 32, 30, 8 } }));
       !it.IsAtEnd();
       ++it)
  {
    inside += it.Get();
  }
  EXPECT_GE(inside, 8u);
}

TEST(BodyMaskImageFilter, AConstantSliceHasNoTissue)
{
  const auto image = Image([](const auto & i) { return i[2] != 7 && InBox(i, 5, 14); });
  auto       filter = Filter(image, HoleFillingEnum::None);
  filter->SliceBySliceOn();
  filter->ThresholdBySliceOn();
  ExpectMask(filter, [](const auto & i) { return i[2] != 7 && InBox(i, 5, 14); });
  EXPECT_EQ(filter->GetSliceThresholds()[7], 10.0);
}

TEST(BodyMaskImageFilter, FixedThresholdIsExclusive)
{
  const auto image = Image([](const auto & i) { return InBox(i, 5, 20); });
  auto       filter = Filter(image, HoleFillingEnum::None);
  filter->AutomaticThresholdOff();
  filter->SetThreshold(99.5);
  ExpectMask(filter, [](const auto & i) { return InBox(i, 5, 20); });
  filter->SetThreshold(9.0);
  ExpectMask(filter, [](const auto &) { return true; });
  filter->SetThreshold(100.0);
  ExpectMask(filter, [](const auto &) { return false; });
  EXPECT_EQ(filter->GetThreshold(), 100.0);
}

TEST(BodyMaskImageFilter, ConstantImageGivesAnEmptyMask)
{
  const auto image = Image([](const auto &) { return true; });
  auto       filter = FilterType::New();
  filter->SetInput(image);
  ExpectMask(filter, [](const auto &) { return false; });
  EXPECT_EQ(filter->GetThreshold(), 100.0);
  // With a threshold that it exceeds it is all body.
  filter->AutomaticThresholdOff();
  filter->SetThreshold(0.0);
  ExpectMask(filter, [](const auto &) { return true; });
}

TEST(BodyMaskImageFilter, In2DWithValuesAndGeometry)
{
  using ShortImage = itk::Image<short, 2>;
  const auto image = MakeObliqueImage<ShortImage>({ { 20, 18 } }, [](const auto & i) {
    const auto x = i[0] - 8;
    const auto y = i[1] - 9;
    const auto r = x * x + y * y;
    return r <= 49 && r > 16 ? 40 : -1000;
  });
  for (const auto holes : { HoleFillingEnum::Volume, HoleFillingEnum::Slices, HoleFillingEnum::AllSlices })
  {
    auto filter = itk::BodyMaskImageFilter<ShortImage, ShortImage>::New();
    filter->SetInput(image);
    filter->SetClosingRadius(0.0);
    filter->SetHoleFilling(holes);
    filter->SetInsideValue(7);
    filter->SetOutsideValue(-7);
    filter->Update();
    ExpectSameGrid(image.GetPointer(), filter->GetOutput());
    for (itk::ImageRegionConstIteratorWithIndex<ShortImage> it(filter->GetOutput(),
                                                               filter->GetOutput()->GetBufferedRegion());
         !it.IsAtEnd();
         ++it)
    {
      const auto x = it.GetIndex()[0] - 8;
      const auto y = it.GetIndex()[1] - 9;
      ASSERT_EQ(it.Get(), x * x + y * y <= 49 ? 7 : -7);
    }
    filter->SetDilationRadius(0.8); // one voxel of 0.75 mm along the first axis, none of 1.25 mm along the second
    filter->Update();
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { 16, 9 } }), 7);
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { 8, 17 } }), -7);
  }
}

TEST(BodyMaskImageFilter, GeometryIsKept)
{
  const auto image =
    MakeObliqueImage<ImageType>(imageSize, [](const auto & i) { return i[0] < 10 && i[1] < 9 ? 1 : 0; });
  auto filter = FilterType::New();
  filter->SetInput(image);
  filter->Update();
  ExpectSameGrid(image.GetPointer(), filter->GetOutput());
}

TEST(BodyMaskImageFilter, RefusesBadInput)
{
  const float notANumber = std::numeric_limits<float>::quiet_NaN();
  const auto  image = Image([](const auto & i) { return InBox(i, 5, 20); });
  const auto  make = [&] {
    auto filter = FilterType::New();
    filter->SetInput(image);
    return filter;
  };
  auto filter = make();
  filter->AutomaticThresholdOff();
  filter->SetThreshold(notANumber);
  ExpectError([&] { filter->Update(); }, "Threshold is nan");
  filter = make();
  filter->SetNumberOfHistogramBins(1);
  ExpectError([&] { filter->Update(); }, "NumberOfHistogramBins is 1");
  filter = make();
  filter->SetClosingRadius(-1.0);
  ExpectError([&] { filter->Update(); }, "ClosingRadius is -1");
  filter = make();
  filter->SetDilationRadius(std::numeric_limits<double>::infinity());
  ExpectError([&] { filter->Update(); }, "DilationRadius is inf");
  filter = make();
  filter->SetSliceAxis(3);
  ExpectError([&] { filter->Update(); }, "SliceAxis is 3");
  filter = make();
  filter->SetInsideValue(0);
  ExpectError([&] { filter->Update(); }, "InsideValue and OutsideValue are both 0");
  image->SetPixel({ { 1, 2, 3 } }, notANumber);
  filter = make();
  ExpectError([&] { filter->Update(); }, "[1, 2, 3] is nan and should be a finite number");
}

TEST(BodyMaskImageFilter, SameBitsForAnyNumberOfThreads)
{
  ExpectSameForAnyNumberOfThreads([] {
    Random random(51);
    auto   filter = FilterType::New();
    filter->SetInput(MakeObliqueImage<ImageType>(imageSize, [&](const auto & i) {
      return (i[0] - 12) * (i[0] - 12) + (i[1] - 15) * (i[1] - 15) < 100 ? 60.0 + 80.0 * random() : 70.0 * random();
    }));
    filter->SetClosingRadius(2.0);
    filter->SetDilationRadius(1.5);
    return filter;
  });
  ExpectSameForAnyNumberOfThreads([] {
    Random random(52);
    auto   filter = FilterType::New();
    filter->SetInput(MakeObliqueImage<ImageType>(imageSize, [&](const auto &) { return random(); }));
    filter->SetClosingRadius(1.0);
    filter->SliceBySliceOn();
    filter->ThresholdBySliceOn();
    filter->SetSliceAxis(1);
    return filter;
  });
}

TEST(BodyMaskImageFilter, EnumsPrintTheirNames)
{
  std::ostringstream out;
  out << HoleFillingEnum::None << ' ' << HoleFillingEnum::Volume << ' ' << HoleFillingEnum::Slices << ' '
      << HoleFillingEnum::AllSlices;
  EXPECT_EQ(out.str(),
            "None Volume "
            "Slices AllSlices");
}

// The CT of a head: the air of the maxillary sinuses and of the mouth is inside, the headrest is not.
TEST(BodyMaskImageFilter, HeadWithItsSinuses)
{
  const std::string name = itk::TestUtilities::SharedData("ct_fullhead_vtk/FullHead.mha");
  if (!std::ifstream(name))
  {
    GTEST_SKIP() << "There is no " << name;
  }
  const auto image = itk::ReadImage<itk::Image<short, 3>>(name);
  auto       filter = itk::BodyMaskImageFilter<itk::Image<short, 3>>::New();
  filter->SetInput(image);
  filter->Update();
  const MaskType *   mask = filter->GetOutput();
  itk::SizeValueType airInside = 0;
  itk::SizeValueType inside = 0;
  for (itk::ImageRegionConstIteratorWithIndex<MaskType> it(mask, mask->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    inside += it.Get();
    airInside += it.Get() != 0 && image->GetPixel(it.GetIndex()) < filter->GetThreshold() ? 1 : 0;
  }
  const double litres = inside * 0.9375 * 0.9375 * 1.5 * 1e-6;
  EXPECT_GT(litres, 2.0);
  EXPECT_LT(litres, 5.0);
  EXPECT_GT(airInside * 0.9375 * 0.9375 * 1.5 * 1e-3, 60.0);
  // Found in the picture: both maxillary sinuses, and the air beside the head.
  for (const itk::Index<3> & sinus : { itk::Index<3>{ { 87, 70, 31 } }, itk::Index<3>{ { 165, 70, 31 } } })
  {
    EXPECT_LT(image->GetPixel(sinus), filter->GetThreshold());
    EXPECT_EQ(mask->GetPixel(sinus), 1);
  }
  EXPECT_EQ(mask->GetPixel({ { 10, 128, 31 } }), 0);
}
