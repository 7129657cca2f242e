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
#include "itkHounsfieldScaleImageFilter.h"

#include "itkImageFilterTestUtilities.h"
#include "itkIntensityWindowingImageFilter.h"

#include <limits>

using namespace itk::TestUtilities;

namespace
{
using Image2D = itk::Image<float, 2>;
using Image3D = itk::Image<double, 3>;
using ShortImage = itk::Image<short, 3>;
using Filter3D = itk::HounsfieldScaleImageFilter<Image3D, Image3D>;

const double notANumber = std::numeric_limits<double>::quiet_NaN();

Image3D::Pointer
ReferenceImage()
{
  Random random(7);
  return MakeObliqueImage<Image3D>({ { 9, 8, 7 } }, [&](const auto &) { return random() * 6000.0 - 2000.0; });
}
} // namespace

TEST(HounsfieldScaleImageFilter, ClosedForm)
{
  const double hounsfield[] = { -1000.0, 3000.0, 1000.0, 0.0, -1024.0, 3071.0 };
  const float  clamped[] = { -1.0F, 1.0F, 0.0F, -0.5F, -1.0F, 1.0F };
  const float  linear[] = { -1.0F, 1.0F, 0.0F, -0.5F, -1.012F, 1.0355F };
  auto         filter = itk::HounsfieldScaleImageFilter<ShortImage>::New();
  filter->SetInput(MakeImage<ShortImage>({ { 6, 1, 1 } }, [&](const auto & i) { return hounsfield[i[0]]; }));
  filter->Update();
  for (int i = 0; i < 6; ++i)
  {
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { i, 0, 0 } }), clamped[i]);
  }
  filter->ClipOff();
  filter->Update();
  for (int i = 0; i < 6; ++i)
  {
    EXPECT_FLOAT_EQ(filter->GetOutput()->GetPixel({ { i, 0, 0 } }), linear[i]);
  }
}

TEST(HounsfieldScaleImageFilter, OtherWindowAndRangeIn2D)
{
  const auto image = MakeObliqueImage<Image2D>({ { 3, 2 } }, [](const auto & i) { return 100.0F * i[0]; });
  auto       filter = itk::HounsfieldScaleImageFilter<Image2D>::New();
  filter->SetInput(image);
  filter->SetWindowMinimum(-200.0);
  filter->SetWindowMaximum(200.0);
  filter->SetOutputMinimum(0.0);
  filter->SetOutputMaximum(1.0);
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { -2, 1 } }), 0.0F);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { -1, 2 } }), 0.25F);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 0, 2 } }), 0.5F);
  ExpectSameGrid(image.GetPointer(), filter->GetOutput());
}

TEST(HounsfieldScaleImageFilter, AgreesWithIntensityWindowing)
{
  auto ours = Filter3D::New();
  ours->SetInput(ReferenceImage());
  ours->Update();
  auto itks = itk::IntensityWindowingImageFilter<Image3D, Image3D>::New();
  itks->SetInput(ReferenceImage());
  itks->SetWindowMinimum(-1000.0);
  itks->SetWindowMaximum(3000.0);
  itks->SetOutputMinimum(-1.0);
  itks->SetOutputMaximum(1.0);
  itks->Update();
  const auto                             region = ours->GetOutput()->GetBufferedRegion();
  itk::ImageRegionConstIterator<Image3D> a(ours->GetOutput(), region);
  itk::ImageRegionConstIterator<Image3D> b(itks->GetOutput(), region);
  for (; !a.IsAtEnd(); ++a, ++b)
  {
    ASSERT_NEAR(a.Get(), b.Get(), 1e-14);
  }
}

TEST(HounsfieldScaleImageFilter, InverseUndoes)
{
  auto forward = Filter3D::New();
  forward->SetInput(ReferenceImage());
  forward->ClipOff();
  auto back = Filter3D::New();
  back->SetInput(forward->GetOutput());
  back->ClipOff();
  back->InverseOn();
  back->Update();
  const auto                             reference = ReferenceImage();
  itk::ImageRegionConstIterator<Image3D> expected(reference, reference->GetBufferedRegion());
  itk::ImageRegionConstIterator<Image3D> actual(back->GetOutput(), reference->GetBufferedRegion());
  for (; !expected.IsAtEnd(); ++expected, ++actual)
  {
    ASSERT_NEAR(actual.Get(), expected.Get(), 1e-9);
  }
}

TEST(HounsfieldScaleImageFilter, InverseClipsAndRoundsToShort)
{
  const double values[] = { -1.0, 1.0, 0.0, -1.5, 1.5, notANumber, 0.00026 };
  const short  expected[] = { -1000, 3000, 1000, -1000, 3000, 0, 1001 };
  auto         filter = itk::HounsfieldScaleImageFilter<Image3D, ShortImage>::New();
  filter->SetInput(MakeImage<Image3D>({ { 7, 1, 1 } }, [&](const auto & i) { return values[i[0]]; }));
  filter->InverseOn();
  filter->Update();
  for (int i = 0; i < 7; ++i)
  {
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { i, 0, 0 } }), expected[i]) << i;
  }
}

// Every HU of the window comes back through float, which is what a network computes in.
TEST(HounsfieldScaleImageFilter, EveryHounsfieldUnitSurvivesFloat)
{
  const auto image = MakeImage<ShortImage>({ { 4001, 1, 1 } }, [](const auto & i) { return i[0] - 1000; });
  auto       forward = itk::HounsfieldScaleImageFilter<ShortImage>::New();
  forward->SetInput(image);
  auto back = itk::HounsfieldScaleImageFilter<itk::Image<float, 3>, ShortImage>::New();
  back->SetInput(forward->GetOutput());
  back->InverseOn();
  back->Update();
  ExpectSameVoxels(image.GetPointer(), back->GetOutput());
}

TEST(HounsfieldScaleImageFilter, NaNStaysNaN)
{
  auto filter = Filter3D::New();
  filter->SetInput(MakeImage<Image3D>({ { 1, 1, 1 } }, [](const auto &) { return notANumber; }));
  filter->Update();
  EXPECT_TRUE(std::isnan(filter->GetOutput()->GetPixel({ { 0, 0, 0 } })));
}

TEST(HounsfieldScaleImageFilter, RefusesBadParameters)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  filter->SetWindowMaximum(-1000.0);
  ExpectError([&] { filter->Update(); }, "WindowMinimum is -1000 and WindowMaximum is -1000");
  filter->SetWindowMaximum(3000.0);
  filter->SetWindowMinimum(notANumber);
  ExpectError([&] { filter->Update(); }, "WindowMinimum is nan");
  filter->SetWindowMinimum(-1000.0);
  filter->SetOutputMinimum(2.0);
  ExpectError([&] { filter->Update(); }, "OutputMinimum is 2 and OutputMaximum is 1");
  filter->SetOutputMinimum(-1.0);
  filter->SetOutputMaximum(std::numeric_limits<double>::infinity());
  ExpectError([&] { filter->Update(); }, "OutputMaximum is inf");
}

TEST(HounsfieldScaleImageFilter, SameBitsForAnyNumberOfThreads)
{
  ExpectSameForAnyNumberOfThreads([] {
    auto filter = Filter3D::New();
    filter->SetInput(ReferenceImage());
    return filter;
  });
}
