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
#include "itkCropToMaskImageFilter.h"

#include "itkImageFilterTestUtilities.h"
#include "itkShiftScaleImageFilter.h"

#include <sstream>

using namespace itk::TestUtilities;

namespace
{
using ImageType = itk::Image<short, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::CropToMaskImageFilter<ImageType, MaskType>;
using ShapeEnum = itk::CropShapeEnum;

// Indices -2..9, 1..9, 4..11.
const ImageType::SizeType imageSize{ { 12, 9, 8 } };

ImageType::Pointer
ObliqueImage()
{
  return MakeObliqueImage<ImageType>(imageSize, [](const auto & i) { return 100 * i[0] + 10 * i[1] + i[2]; });
}

/** Two voxels whose box is [1, 4] x [3, 4] x [5, 10]. */
MaskType::Pointer
ObliqueMask()
{
  return MakeObliqueImage<MaskType>(imageSize, [](const auto & i) {
    return (i[0] == 1 && i[1] == 4 && i[2] == 5) || (i[0] == 4 && i[1] == 3 && i[2] == 10) ? 9 : 0;
  });
}

ImageType::RegionType
Region(const ImageType::IndexType & index, const ImageType::SizeType & size)
{
  return ImageType::RegionType(index, size);
}

/** Every voxel of the output is the input's at its physical position, or padding outside. */
void
ExpectCropped(const FilterType * filter, short padding)
{
  const ImageType * output = filter->GetOutput();
  const ImageType * input = filter->GetInput();
  EXPECT_EQ(output->GetBufferedRegion(), ImageType::RegionType(filter->GetCropRegion().GetSize()));
  EXPECT_EQ(output->GetSpacing(), input->GetSpacing());
  EXPECT_EQ(output->GetDirection(), input->GetDirection());
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(output, output->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    ImageType::PointType point;
    output->TransformIndexToPhysicalPoint(it.GetIndex(), point);
    ImageType::IndexType index;
    const bool           inside = input->TransformPhysicalPointToIndex(point, index);
    ASSERT_EQ(it.Get(), inside ? input->GetPixel(index) : padding) << it.GetIndex();
  }
}
} // namespace

TEST(CropToMaskImageFilter, Box)
{
  auto filter = FilterType::New();
  filter->SetInput(ObliqueImage());
  filter->SetMaskImage(ObliqueMask());
  filter->Update();
  EXPECT_EQ(filter->GetCropRegion(), Region({ { 1, 3, 5 } }, { { 4, 2, 6 } }));
  ExpectCropped(filter, 0);
}

// Sparse masks, with rows longer than the blocks in which they are looked at.
TEST(CropToMaskImageFilter, BoxOfRandomMasks)
{
  const ImageType::SizeType size{ { 200, 6, 5 } };
  for (uint32_t seed = 1; seed <= 40; ++seed)
  {
    Random     random(seed);
    const auto mask = MakeObliqueImage<MaskType>(size, [&](const auto &) { return random() < 0.0008 ? 1 : 0; });
    ImageType::IndexType lower = mask->GetLargestPossibleRegion().GetUpperIndex();
    ImageType::IndexType upper = mask->GetLargestPossibleRegion().GetIndex();
    itk::SizeValueType   count = 0;
    for (itk::ImageRegionConstIteratorWithIndex<MaskType> it(mask, mask->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      for (unsigned int d = 0; it.Get() != 0 && d < 3; ++d)
      {
        lower[d] = std::min(lower[d], it.GetIndex()[d]);
        upper[d] = std::max(upper[d], it.GetIndex()[d]);
      }
      count += it.Get();
    }
    if (count == 0)
    {
      continue;
    }
    auto filter = FilterType::New();
    filter->SetInput(MakeObliqueImage<ImageType>(size, [](const auto & i) { return i[0]; }));
    filter->SetMaskImage(mask);
    filter->UpdateOutputInformation();
    EXPECT_EQ(filter->GetCropRegion().GetIndex(), lower) << seed;
    EXPECT_EQ(filter->GetCropRegion().GetUpperIndex(), upper) << seed;
  }
}

TEST(CropToMaskImageFilter, MarginOfABoxEndsAtTheBorder)
{
  auto filter = FilterType::New();
  filter->SetInput(ObliqueImage());
  filter->SetMaskImage(ObliqueMask());
  filter->SetMargin({ { 2, 3, 2 } });
  filter->Update();
  EXPECT_EQ(filter->GetCropRegion(), Region({ { -1, 1, 4 } }, { { 8, 7, 8 } }));
  ExpectCropped(filter, 0);
}

TEST(CropToMaskImageFilter, SquarePerAxis)
{
  auto filter = FilterType::New();
  filter->SetInput(ObliqueImage());
  filter->SetMaskImage(ObliqueMask());
  filter->SetShape(ShapeEnum::Square);
  filter->SetPaddingValue(-1000);
  filter->UpdateLargestPossibleRegion();
  // 4 x 2 becomes 4 x 4, one voxel before and one after.
  EXPECT_EQ(filter->GetCropRegion(), Region({ { 1, 2, 5 } }, { { 4, 4, 6 } }));
  ExpectCropped(filter, -1000);

  // 2 x 6 becomes 6 x 6.
  filter->SetSliceAxis(0);
  filter->UpdateLargestPossibleRegion();
  EXPECT_EQ(filter->GetCropRegion(), Region({ { 1, 1, 5 } }, { { 4, 6, 6 } }));
  ExpectCropped(filter, -1000);

  // With the margin it is 6 x 12 x 10: the square is 10 x 10, and the slice axis ends at the border.
  filter->SetSliceAxis(1);
  filter->SetMargin({ { 1, 5, 2 } });
  filter->UpdateLargestPossibleRegion();
  EXPECT_EQ(filter->GetCropRegion(), Region({ { -2, 1, 3 } }, { { 10, 9, 10 } }));
  ExpectCropped(filter, -1000);
}

TEST(CropToMaskImageFilter, CubeWithTheOddVoxelAtTheEnd)
{
  auto filter = FilterType::New();
  filter->SetInput(ObliqueImage());
  filter->SetMaskImage(ObliqueMask());
  filter->SetShape(ShapeEnum::Cube);
  filter->SetMargin({ { 0, 0, 1 } });
  filter->SetPaddingValue(7);
  filter->UpdateLargestPossibleRegion();
  // 4 x 2 x 8 becomes 8 x 8 x 8.
  EXPECT_EQ(filter->GetCropRegion(), Region({ { -1, 0, 4 } }, { { 8, 8, 8 } }));
  ExpectCropped(filter, 7);

  auto mask = MakeObliqueImage<MaskType>(imageSize, [](const auto & i) { return i[1] == 3 && i[2] == 5 && i[0] > 7; });
  filter->SetMaskImage(mask);
  filter->SetMargin({ { 0, 1, 1 } });
  filter->UpdateLargestPossibleRegion();
  // 2 x 3 x 3 becomes 3 x 3 x 3, and index 10 is outside.
  EXPECT_EQ(filter->GetCropRegion(), Region({ { 8, 2, 4 } }, { { 3, 3, 3 } }));
  ExpectCropped(filter, 7);
}

TEST(CropToMaskImageFilter, In2D)
{
  using Image2D = itk::Image<float, 2>;
  using Mask2D = itk::Image<unsigned char, 2>;
  auto filter = itk::CropToMaskImageFilter<Image2D, Mask2D>::New();
  filter->SetInput(MakeImage<Image2D>({ { 6, 5 } }, [](const auto & i) { return 10 * i[0] + i[1]; }));
  filter->SetMaskImage(
    MakeImage<Mask2D>({ { 6, 5 } }, [](const auto & i) { return i[0] == 2 && i[1] > 0 && i[1] < 4; }));
  filter->SetShape(ShapeEnum::Cube);
  filter->Update();
  EXPECT_EQ(filter->GetCropRegion(), Image2D::RegionType({ { 1, 1 } }, { { 3, 3 } }));
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 0, 2 } }), 13.0F);
}

TEST(CropToMaskImageFilter, SizeIsKnownBeforeTheRunAndFollowsTheMask)
{
  auto maker = itk::ShiftScaleImageFilter<MaskType, MaskType>::New();
  maker->SetInput(ObliqueMask());
  auto filter = FilterType::New();
  filter->SetInput(ObliqueImage());
  filter->SetMaskImage(maker->GetOutput());
  filter->UpdateOutputInformation();
  const ImageType::SizeType first{ { 4, 2, 6 } };
  EXPECT_EQ(filter->GetOutput()->GetLargestPossibleRegion().GetSize(), first);
  maker->SetShift(1.0);
  filter->UpdateOutputInformation();
  EXPECT_EQ(filter->GetOutput()->GetLargestPossibleRegion().GetSize(), imageSize);
}

TEST(CropToMaskImageFilter, RequestedRegions)
{
  auto whole = FilterType::New();
  whole->SetInput(ObliqueImage());
  whole->SetMaskImage(ObliqueMask());
  whole->SetShape(ShapeEnum::Cube);
  whole->SetMargin({ { 0, 0, 3 } });
  whole->SetPaddingValue(-1);
  whole->Update();
  auto part = FilterType::New();
  part->SetInput(ObliqueImage());
  part->SetMaskImage(ObliqueMask());
  part->SetShape(ShapeEnum::Cube);
  part->SetMargin({ { 0, 0, 3 } });
  part->SetPaddingValue(-1);
  // The second is padding only.
  for (const auto & region : { Region({ { 1, 3, 2 } }, { { 4, 4, 5 } }), Region({ { 0, 0, 0 } }, { { 12, 12, 1 } }) })
  {
    part->UpdateOutputInformation();
    part->GetOutput()->SetRequestedRegion(region);
    part->Update();
    for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(part->GetOutput(), region); !it.IsAtEnd(); ++it)
    {
      ASSERT_EQ(it.Get(), whole->GetOutput()->GetPixel(it.GetIndex()));
    }
  }
}

TEST(CropToMaskImageFilter, RefusesBadInput)
{
  auto filter = FilterType::New();
  filter->SetInput(ObliqueImage());
  ExpectError([&] { filter->Update(); }, "MaskImage");
  filter->SetMaskImage(MakeObliqueImage<MaskType>(imageSize, [](const auto &) { return 0; }));
  ExpectError([&] { filter->Update(); }, "MaskImage has no voxel that is not zero");
  filter->SetMaskImage(MakeObliqueImage<MaskType>({ { 12, 9, 7 } }, [](const auto &) { return 1; }));
  ExpectError([&] { filter->Update(); }, "MaskImage has another grid than the image: size [12, 9, 7]");
  filter->SetMaskImage(ObliqueMask());
  filter->SetSliceAxis(3);
  ExpectError([&] { filter->Update(); }, "SliceAxis is 3");
}

TEST(CropToMaskImageFilter, EnumsPrintTheirNames)
{
  std::ostringstream out;
  out << ShapeEnum::Box << ' ' << ShapeEnum::Square << ' ' << ShapeEnum::Cube;
  EXPECT_EQ(out.str(),
            "Box Square "
            "Cube");
}

TEST(CropToMaskImageFilter, SameBitsForAnyNumberOfThreads)
{
  ExpectSameForAnyNumberOfThreads([] {
    auto filter = FilterType::New();
    filter->SetInput(ObliqueImage());
    filter->SetMaskImage(ObliqueMask());
    return filter;
  });
}
