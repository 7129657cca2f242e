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
#include "itkReorientImageFilter.h"

#include "itkFlipImageFilter.h"
#include "itkImageFilterTestUtilities.h"
#include "itkPermuteAxesImageFilter.h"

using namespace itk::TestUtilities;

namespace
{
using ImageType = itk::Image<short, 3>;
using FilterType = itk::ReorientImageFilter<ImageType>;

ImageType::Pointer
ObliqueImage()
{
  return MakeObliqueImage<ImageType>({ { 4, 3, 5 } },
                                     [](const auto & i) { return 100 * (i[0] + 2) + 10 * (i[1] - 1) + (i[2] - 4); });
}
} // namespace

TEST(ReorientImageFilter, VoxelsKeepValueAndPosition)
{
  const auto image = ObliqueImage();
  for (const char * code : { "LPS", "RAS", "PSL", "IAR", "SLP", "ASR" })
  {
    auto filter = FilterType::New();
    filter->SetInput(image);
    filter->SetOrientation(code);
    filter->Update();
    EXPECT_STREQ(filter->GetOriginalOrientation(), "LPS");
    const ImageType * output = filter->GetOutput();
    EXPECT_EQ(itk::OrientationCode::FromDirection(output->GetDirection()), code);
    EXPECT_EQ(output->GetBufferedRegion().GetNumberOfPixels(), 60u);
    for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(output, output->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      ImageType::PointType point;
      output->TransformIndexToPhysicalPoint(it.GetIndex(), point);
      ImageType::IndexType index;
      ASSERT_TRUE(image->TransformPhysicalPointToIndex(point, index));
      ASSERT_EQ(it.Get(), image->GetPixel(index)) << code;
      ImageType::PointType same;
      image->TransformIndexToPhysicalPoint(index, same);
      ASSERT_LT(point.EuclideanDistanceTo(same), 1e-12);
    }
  }
}

// All 48 orders, with rows longer than the squares in which they are transposed.
TEST(ReorientImageFilter, IsPermutationAndFlip)
{
  const auto image =
    MakeImage<ImageType>({ { 37, 33, 35 } }, [](const auto & i) { return 1000 * i[2] + 37 * i[1] + i[0]; });
  unsigned int      codes = 0;
  const std::string letters = "LRPASI";
  for (unsigned int i = 0; i < 216; ++i)
  {
    const std::string code{ letters[i % 6], letters[i / 6 % 6], letters[i / 36] };
    if (!itk::OrientationCode::IsValid(code))
    {
      continue;
    }
    ++codes;
    const auto rearrangement = itk::OrientationCode::Rearrange("LPS", code);
    auto       permute = itk::PermuteAxesImageFilter<ImageType>::New();
    auto       flip = itk::FlipImageFilter<ImageType>::New();
    itk::PermuteAxesImageFilter<ImageType>::PermuteOrderArrayType order;
    itk::FlipImageFilter<ImageType>::FlipAxesArrayType            axes;
    for (unsigned int d = 0; d < 3; ++d)
    {
      order[d] = rearrangement.Axis[d];
      axes[d] = rearrangement.Flip[d];
    }
    permute->SetInput(image);
    permute->SetOrder(order);
    flip->SetInput(permute->GetOutput());
    flip->SetFlipAxes(axes);
    flip->FlipAboutOriginOff();
    flip->Update();
    auto filter = FilterType::New();
    filter->SetInput(image);
    filter->SetOrientation(code);
    filter->Update();
    ExpectSameGrid(flip->GetOutput(), filter->GetOutput());
    ExpectSameVoxels(flip->GetOutput(), filter->GetOutput());
  }
  EXPECT_EQ(codes, 48u);
}

TEST(ReorientImageFilter, BackIsExact)
{
  const auto image = ObliqueImage();
  auto       there = FilterType::New();
  there->SetInput(image);
  there->SetOrientation("SAR");
  there->UpdateOutputInformation();
  auto back = FilterType::New();
  back->SetInput(there->GetOutput());
  back->SetOrientation(there->GetOriginalOrientation());
  back->Update();
  // The start index is 0 now, and the origin is where the first voxel was.
  ImageType * output = back->GetOutput();
  EXPECT_EQ(image->GetDirection(), output->GetDirection());
  EXPECT_EQ(image->GetSpacing(), output->GetSpacing());
  ImageType::PointType first;
  image->TransformIndexToPhysicalPoint(image->GetLargestPossibleRegion().GetIndex(), first);
  EXPECT_LT(first.EuclideanDistanceTo(output->GetOrigin()), 1e-12);
  output->SetRegions(image->GetLargestPossibleRegion());
  ExpectSameVoxels<ImageType>(image, output);
}

TEST(ReorientImageFilter, SameOrderChangesNothing)
{
  const auto image = ObliqueImage();
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->Update();
  ExpectSameVoxels(image.GetPointer(), filter->GetOutput());
  ExpectSameGrid(image.GetPointer(), filter->GetOutput());
  // The input is still there.
  EXPECT_EQ(image->GetBufferedRegion().GetNumberOfPixels(), 60u);
}

TEST(ReorientImageFilter, OutputIsKnownBeforeTheRun)
{
  auto filter = FilterType::New();
  filter->SetInput(ObliqueImage());
  filter->SetOrientation("PSL");
  filter->UpdateOutputInformation();
  const ImageType::SizeType expected{ { 3, 5, 4 } };
  EXPECT_EQ(filter->GetOutput()->GetLargestPossibleRegion().GetSize(), expected);
}

TEST(ReorientImageFilter, RefusesABadCode)
{
  auto filter = FilterType::New();
  filter->SetInput(ObliqueImage());
  filter->SetOrientation("LRS");
  ExpectError([&] { filter->Update(); }, "Orientation is 'LRS'");
}

TEST(ReorientImageFilter, SameBitsForAnyNumberOfThreads)
{
  ExpectSameForAnyNumberOfThreads([] {
    auto filter = FilterType::New();
    filter->SetInput(ObliqueImage());
    filter->SetOrientation("IPR");
    return filter;
  });
}
