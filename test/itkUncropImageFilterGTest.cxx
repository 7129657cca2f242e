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
#include "itkUncropImageFilter.h"

#include "itkCropToMaskImageFilter.h"
#include "itkImageFilterTestUtilities.h"
#include "itkStreamingImageFilter.h"

using namespace itk::TestUtilities;

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::UncropImageFilter<ImageType>;
using ShapeEnum = itk::CropShapeEnum;

const ImageType::SizeType imageSize{ { 12, 9, 8 } };

ImageType::Pointer
Noise()
{
  Random random(31);
  return MakeObliqueImage<ImageType>(imageSize, [&](const auto &) { return random(); });
}

MaskType::Pointer
Mask()
{
  return MakeObliqueImage<MaskType>(
    imageSize, [](const auto & i) { return i[0] > 0 && i[0] < 5 && i[1] < 6 && i[2] > 6 ? 1 : 0; });
}

ImageType::Pointer
Crop(const ImageType * image, ShapeEnum shape)
{
  auto crop = itk::CropToMaskImageFilter<ImageType, MaskType>::New();
  crop->SetInput(image);
  crop->SetMaskImage(Mask());
  crop->SetShape(shape);
  crop->SetMargin({ { 1, 2, 1 } });
  crop->Update();
  ImageType::Pointer part = crop->GetOutput();
  part->DisconnectPipeline();
  return part;
}
} // namespace

TEST(UncropImageFilter, IsTheInverseOfCropping)
{
  const auto image = Noise();
  for (const auto shape : { ShapeEnum::Box, ShapeEnum::Square, ShapeEnum::Cube })
  {
    const auto part = Crop(image, shape);
    auto       filter = FilterType::New();
    filter->SetInput(part);
    filter->SetReferenceImage(Mask());
    filter->SetFillValue(-3.0F);
    filter->Update();
    ExpectSameGrid(image.GetPointer(), filter->GetOutput());

    // What was in the part is the image again, and the part of the result is the part.
    itk::SizeValueType restored = 0;
    for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(filter->GetOutput(),
                                                              filter->GetOutput()->GetBufferedRegion());
         !it.IsAtEnd();
         ++it)
    {
      ImageType::PointType point;
      image->TransformIndexToPhysicalPoint(it.GetIndex(), point);
      ImageType::IndexType index;
      const bool           inside = part->TransformPhysicalPointToIndex(point, index);
      restored += inside ? 1 : 0;
      ASSERT_EQ(it.Get(), inside ? image->GetPixel(it.GetIndex()) : -3.0F);
    }
    EXPECT_GT(restored, 0u);
    EXPECT_LT(restored, image->GetBufferedRegion().GetNumberOfPixels());
    ExpectSameVoxels<ImageType>(part, Crop(filter->GetOutput(), shape));
  }
}

TEST(UncropImageFilter, StreamsAndAsksForNoMoreThanItNeeds)
{
  const auto image = Noise();
  for (const auto shape : { ShapeEnum::Box, ShapeEnum::Cube })
  {
    const auto part = Crop(image, shape);
    auto       filter = FilterType::New();
    filter->SetInput(part);
    filter->SetReferenceImage(image);
    filter->SetFillValue(2.0F);
    filter->Update();
    ImageType::Pointer whole = filter->GetOutput();
    whole->DisconnectPipeline();
    auto stream = itk::StreamingImageFilter<ImageType, ImageType>::New();
    stream->SetInput(filter->GetOutput());
    stream->SetNumberOfStreamDivisions(8);
    stream->Update();
    ExpectSameVoxels<ImageType>(whole, stream->GetOutput());
  }
  // The box with its margin is [0, 5] x [1, 7] x [6, 11].
  const auto part = Crop(image, ShapeEnum::Box);
  auto       filter = FilterType::New();
  filter->SetInput(part);
  filter->SetReferenceImage(image);
  filter->UpdateOutputInformation();
  filter->GetOutput()->SetRequestedRegion(ImageType::RegionType({ { -1, 2, 7 } }, { { 4, 1, 2 } }));
  filter->GetOutput()->PropagateRequestedRegion();
  EXPECT_EQ(part->GetRequestedRegion(), ImageType::RegionType({ { 0, 1, 1 } }, { { 3, 1, 2 } }));
}

// A header in single precision moves the origin a little.
TEST(UncropImageFilter, SurvivesARoundedHeader)
{
  const auto image = Noise();
  const auto part = Crop(image, ShapeEnum::Box);
  auto       origin = part->GetOrigin();
  origin[0] += 0.003;
  part->SetOrigin(origin);
  auto filter = FilterType::New();
  filter->SetInput(part);
  filter->SetReferenceImage(image);
  filter->Update();
  ExpectSameVoxels<ImageType>(Crop(filter->GetOutput(), ShapeEnum::Box), Crop(image, ShapeEnum::Box));
}

TEST(UncropImageFilter, APartElsewhereLeavesTheFill)
{
  using Line = itk::Image<unsigned char, 2>;
  auto            part = MakeImage<Line>({ { 2, 1 } }, [](const auto &) { return 1; });
  Line::PointType origin;
  origin[0] = 50.0;
  origin[1] = 0.0;
  part->SetOrigin(origin);
  auto filter = itk::UncropImageFilter<Line>::New();
  filter->SetInput(part);
  filter->SetReferenceImage(MakeImage<Line>({ { 4, 1 } }, [](const auto &) { return 5; }));
  filter->SetFillValue(9);
  filter->Update();
  ExpectSameVoxels(MakeImage<Line>({ { 4, 1 } }, [](const auto &) { return 9; }).GetPointer(), filter->GetOutput());
}

TEST(UncropImageFilter, RefusesAnotherGrid)
{
  const auto image = Noise();
  auto       filter = FilterType::New();
  filter->SetInput(Crop(image, ShapeEnum::Box));
  ExpectError([&] { filter->Update(); }, "ReferenceImage");

  auto half = Noise();
  auto origin = half->GetOrigin();
  origin[1] += 0.4;
  half->SetOrigin(origin);
  filter->SetReferenceImage(half);
  ExpectError([&] { filter->Update(); }, "do not coincide with those of ReferenceImage");

  auto coarse = Noise();
  auto spacing = coarse->GetSpacing();
  spacing[2] *= 2.0;
  coarse->SetSpacing(spacing);
  filter->SetReferenceImage(coarse);
  ExpectError([&] { filter->Update(); }, "do not coincide with those of ReferenceImage");

  auto turned = Noise();
  turned->SetDirection(ObliqueDirection<3>() * ObliqueDirection<3>());
  filter->SetReferenceImage(turned);
  ExpectError([&] { filter->Update(); }, "do not coincide with those of ReferenceImage");
}

TEST(UncropImageFilter, SameBitsForAnyNumberOfThreads)
{
  const auto image = Noise();
  ExpectSameForAnyNumberOfThreads([&] {
    auto filter = FilterType::New();
    filter->SetInput(Crop(image, ShapeEnum::Cube));
    filter->SetReferenceImage(image);
    return filter;
  });
}
