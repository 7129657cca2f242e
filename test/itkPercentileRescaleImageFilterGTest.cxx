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
#include "itkPercentileRescaleImageFilter.h"

#include "itkIntensityFilterTestUtilities.h"

#include <limits>

using namespace itk::TestUtilities;

namespace
{
using ShortImage = itk::Image<short, 3>;
using Filter3D = itk::PercentileRescaleImageFilter<Image3D, Image3D>;
} // namespace

// Reference values: numpy 1.24.2, percentile() of the same 210 numbers.
TEST(PercentileRescaleImageFilter, AgreesWithNumPy)
{
  const double reference[][2] = { { 0.0, -198.77631664276123 }, { 1.0, -193.29801559448242 },
                                  { 2.5, -184.29107666015625 }, { 50.0, 305.5297017097473 },
                                  { 75.0, 532.771709561348 },   { 99.9, 798.6201671957971 },
                                  { 100.0, 799.9259114265442 } };
  auto         filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  for (unsigned int i = 0; i + 1 < 7; ++i)
  {
    filter->SetLowerPercentile(reference[i][0]);
    filter->SetUpperPercentile(reference[i + 1][0]);
    filter->Update();
    EXPECT_DOUBLE_EQ(filter->GetWindowMinimum(), reference[i][1]);
    EXPECT_DOUBLE_EQ(filter->GetWindowMaximum(), reference[i + 1][1]);
  }
  filter->SetLowerPercentile(1.0);
  filter->SetUpperPercentile(99.9);
  filter->SetMaskImage(EveryThird());
  filter->Update();
  EXPECT_DOUBLE_EQ(filter->GetWindowMinimum(), -194.25459325313568);
  EXPECT_DOUBLE_EQ(filter->GetWindowMaximum(), 788.4472202658656);
}

TEST(PercentileRescaleImageFilter, AgreesWithNumPyOnIntegers)
{
  Random random(12345);
  auto   filter = itk::PercentileRescaleImageFilter<ShortImage>::New();
  filter->SetInput(
    MakeImage<ShortImage>({ { 7, 6, 5 } }, [&](const auto &) { return std::floor(random() * 1000.0 - 200.0); }));
  filter->Update();
  EXPECT_DOUBLE_EQ(filter->GetWindowMinimum(), -193.91);
  EXPECT_DOUBLE_EQ(filter->GetWindowMaximum(), 797.746);
  filter->SetLowerPercentile(33.0);
  filter->Update();
  EXPECT_DOUBLE_EQ(filter->GetWindowMinimum(), 157.91);
}

TEST(PercentileRescaleImageFilter, ClosedFormAndGeometryIn2D)
{
  // 0 ... 10, so that the percentiles 10 and 90 are 1 and 9.
  using Image2D = itk::Image<float, 2>;
  const auto image = MakeObliqueImage<Image2D>({ { 11, 1 } }, [](const auto & i) { return i[0] + 2; });
  auto       filter = itk::PercentileRescaleImageFilter<Image2D, Image2D>::New();
  filter->SetInput(image);
  filter->SetLowerPercentile(10.0);
  filter->SetUpperPercentile(90.0);
  filter->SetOutputMinimum(0.0);
  filter->SetOutputMaximum(4.0);
  filter->Update();
  EXPECT_DOUBLE_EQ(filter->GetWindowMinimum(), 1.0);
  EXPECT_DOUBLE_EQ(filter->GetWindowMaximum(), 9.0);
  ExpectSameGrid(image.GetPointer(), filter->GetOutput());
  const auto at = [&](int value) { return filter->GetOutput()->GetPixel({ { value - 2, 1 } }); };
  EXPECT_FLOAT_EQ(at(1), 0.0F);
  EXPECT_FLOAT_EQ(at(5), 2.0F);
  EXPECT_FLOAT_EQ(at(9), 4.0F);
  EXPECT_FLOAT_EQ(at(0), 0.0F);
  EXPECT_FLOAT_EQ(at(10), 4.0F);
  filter->ClipOff();
  filter->Update();
  EXPECT_FLOAT_EQ(at(0), -0.5F);
  EXPECT_FLOAT_EQ(at(10), 4.5F);
}

TEST(PercentileRescaleImageFilter, InverseUndoes)
{
  auto forward = Filter3D::New();
  forward->SetInput(ReferenceImage());
  forward->ClipOff();
  forward->Update();
  auto back = Filter3D::New();
  back->SetInput(forward->GetOutput());
  back->ComputeConstantsOff();
  back->InverseOn();
  back->ClipOff();
  back->SetWindowMinimum(forward->GetWindowMinimum());
  back->SetWindowMaximum(forward->GetWindowMaximum());
  back->Update();
  const auto                             reference = ReferenceImage();
  itk::ImageRegionConstIterator<Image3D> expected(reference, reference->GetBufferedRegion());
  itk::ImageRegionConstIterator<Image3D> actual(back->GetOutput(), reference->GetBufferedRegion());
  for (; !expected.IsAtEnd(); ++expected, ++actual)
  {
    ASSERT_NEAR(actual.Get(), expected.Get(), 1e-10);
  }
}

TEST(PercentileRescaleImageFilter, IntegersRoundAndSaturate)
{
  auto filter = itk::PercentileRescaleImageFilter<Image3D, itk::Image<unsigned char, 3>>::New();
  filter->SetInput(MakeImage<Image3D>({ { 7, 1, 1 } }, [](const auto & i) {
    const double values[] = { 0.0, 0.4, 0.5, 254.5, 300.0, -7.0, std::numeric_limits<double>::quiet_NaN() };
    return values[i[0]];
  }));
  filter->ComputeConstantsOff();
  filter->SetWindowMinimum(0.0);
  filter->SetWindowMaximum(255.0);
  filter->SetOutputMinimum(0.0);
  filter->SetOutputMaximum(255.0);
  filter->ClipOff();
  filter->Update();
  const int expected[] = { 0, 0, 1, 255, 255, 0, 0 };
  for (int i = 0; i < 7; ++i)
  {
    EXPECT_EQ(static_cast<int>(filter->GetOutput()->GetPixel({ { i, 0, 0 } })), expected[i]) << i;
  }
}

TEST(PercentileRescaleImageFilter, ConstantImageGivesZeros)
{
  auto filter = Filter3D::New();
  filter->SetInput(MakeImage<Image3D>({ { 3, 4, 5 } }, [](const auto &) { return 17.0; }));
  filter->Update();
  EXPECT_EQ(filter->GetWindowMinimum(), 17.0);
  EXPECT_EQ(filter->GetWindowMaximum(), 17.0);
  ExpectSameVoxels(MakeImage<Image3D>({ { 3, 4, 5 } }, [](const auto &) { return 0.0; }).GetPointer(),
                   filter->GetOutput());
}

TEST(PercentileRescaleImageFilter, RefusesBadInput)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  const double percentiles[][2] = {
    { -1.0, 50.0 }, { 50.0, 100.1 }, { 50.0, 50.0 }, { 60.0, 50.0 }, { notANumber, 50.0 }
  };
  for (const auto & pair : percentiles)
  {
    filter->SetLowerPercentile(pair[0]);
    filter->SetUpperPercentile(pair[1]);
    ExpectError([&] { filter->Update(); }, "LowerPercentile is ");
  }
  filter->SetLowerPercentile(1.0);
  filter->SetUpperPercentile(99.0);
  filter->SetOutputMaximum(-1.0);
  ExpectError([&] { filter->Update(); }, "OutputMinimum is -1 and OutputMaximum is -1");
  filter->SetOutputMaximum(1.0);
  filter->ComputeConstantsOff();
  filter->SetWindowMinimum(2.0);
  filter->SetWindowMaximum(1.0);
  ExpectError([&] { filter->Update(); }, "WindowMinimum is 2 and WindowMaximum is 1");
}
