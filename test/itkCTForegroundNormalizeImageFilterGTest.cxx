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
#include "itkCTForegroundNormalizeImageFilter.h"

#include "itkIntensityFilterTestUtilities.h"

#include <algorithm>

using namespace itk::TestUtilities;

namespace
{
using ShortImage = itk::Image<short, 3>;
using Filter3D = itk::CTForegroundNormalizeImageFilter<Image3D, Image3D>;

template <typename TFilter>
void
SetConstants(TFilter * filter, double mean, double deviation, double lower, double upper)
{
  filter->ComputeConstantsOff();
  filter->SetMean(mean);
  filter->SetStandardDeviation(deviation);
  filter->SetClipMinimum(lower);
  filter->SetClipMaximum(upper);
}
} // namespace

// Reference values: numpy 2.4.6, mean(), std() and percentile() of the same numbers, and (clip(x, l, u) - m) / s, which
// is nnU-Net's CTNormalization.
TEST(CTForegroundNormalizeImageFilter, AgreesWithNumPy)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  filter->Update();
  EXPECT_NEAR(filter->GetMean(), 303.4563427879697, 1e-10);
  EXPECT_NEAR(filter->GetStandardDeviation(), 281.6118691086265, 1e-10);
  EXPECT_NEAR(filter->GetClipMinimum(), -196.16903871297836, 1e-10);
  EXPECT_NEAR(filter->GetClipMaximum(), 793.5184314846992, 1e-10);

  filter->SetMaskImage(EveryThird());
  filter->Update();
  EXPECT_NEAR(filter->GetMean(), 277.5104675974165, 1e-10);
  EXPECT_NEAR(filter->GetStandardDeviation(), 268.7298980156255, 1e-10);
  EXPECT_NEAR(filter->GetClipMinimum(), -195.27859896421432, 1e-10);
  EXPECT_NEAR(filter->GetClipMaximum(), 781.736099421978, 1e-10);
  const double * const voxels = filter->GetOutput()->GetBufferPointer();
  EXPECT_NEAR(voxels[0], -1.7009934550126662, 1e-12);
  EXPECT_NEAR(voxels[1], -1.715338233262757, 1e-12);
  EXPECT_NEAR(voxels[100], -1.1076272499485578, 1e-12);
  EXPECT_NEAR(voxels[209], 0.8781636943921589, 1e-12);
  EXPECT_NEAR(*std::min_element(voxels, voxels + 210), -1.7593467271518115, 1e-12);
  EXPECT_NEAR(*std::max_element(voxels, voxels + 210), 1.876328743276801, 1e-12);
  ExpectSameGrid(filter->GetInput(), filter->GetOutput());
}

TEST(CTForegroundNormalizeImageFilter, AppliesGivenConstants)
{
  const short hounsfield[] = { -1000, -100, 0, 60, 260, 500, 3000 };
  const float expected[] = { -2.0F, -2.0F, -1.0F, -0.4F, 1.6F, 2.0F, 2.0F };
  auto        filter = itk::CTForegroundNormalizeImageFilter<ShortImage>::New();
  filter->SetInput(MakeImage<ShortImage>({ { 7, 1, 1 } }, [&](const auto & i) { return hounsfield[i[0]]; }));
  SetConstants(filter.GetPointer(), 100.0, 100.0, -100.0, 300.0);
  filter->Update();
  for (int i = 0; i < 7; ++i)
  {
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { i, 0, 0 } }), expected[i]) << i;
  }
  EXPECT_EQ(filter->GetMean(), 100.0);
}

TEST(CTForegroundNormalizeImageFilter, InverseUndoesWhatWasNotClipped)
{
  auto forward = Filter3D::New();
  forward->SetInput(ReferenceImage());
  forward->SetLowerPercentile(10.0);
  forward->SetUpperPercentile(90.0);
  forward->Update();
  auto back = Filter3D::New();
  back->SetInput(forward->GetOutput());
  SetConstants(back.GetPointer(),
               forward->GetMean(),
               forward->GetStandardDeviation(),
               forward->GetClipMinimum(),
               forward->GetClipMaximum());
  back->InverseOn();
  back->Update();
  const auto                             reference = ReferenceImage();
  itk::ImageRegionConstIterator<Image3D> in(reference, reference->GetBufferedRegion());
  itk::ImageRegionConstIterator<Image3D> actual(back->GetOutput(), reference->GetBufferedRegion());
  for (; !in.IsAtEnd(); ++in, ++actual)
  {
    // numpy 2.4.6, percentile() of the same numbers.
    ASSERT_NEAR(actual.Get(), std::min(std::max(in.Get(), -87.9953444), 696.27660513), 1e-7);
  }
}

TEST(CTForegroundNormalizeImageFilter, ConstantImageGivesZerosAndComesBack)
{
  auto filter = Filter3D::New();
  filter->SetInput(MakeImage<Image3D>({ { 3, 4, 5 } }, [](const auto &) { return 0.1; }));
  filter->Update();
  EXPECT_EQ(filter->GetMean(), 0.1);
  EXPECT_EQ(filter->GetStandardDeviation(), 0.0);
  ExpectSameVoxels(MakeImage<Image3D>({ { 3, 4, 5 } }, [](const auto &) { return 0.0; }).GetPointer(),
                   filter->GetOutput());
  auto back = Filter3D::New();
  back->SetInput(filter->GetOutput());
  SetConstants(back.GetPointer(), 0.1, 0.0, 0.1, 0.1);
  back->InverseOn();
  back->Update();
  ExpectSameVoxels(filter->GetInput(), back->GetOutput());
}

TEST(CTForegroundNormalizeImageFilter, RefusesBadInput)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  const double percentiles[][2] = { { -1.0, 50.0 }, { 50.0, 100.1 }, { 60.0, 50.0 }, { notANumber, 50.0 } };
  for (const auto & pair : percentiles)
  {
    filter->SetLowerPercentile(pair[0]);
    filter->SetUpperPercentile(pair[1]);
    ExpectError([&] { filter->Update(); }, "LowerPercentile is ");
  }
  filter->SetLowerPercentile(0.5);
  filter->SetUpperPercentile(99.5);

  // There are no defaults.
  filter->ComputeConstantsOff();
  ExpectError([&] { filter->Update(); }, "Mean is nan");
  filter->SetMean(0.0);
  ExpectError([&] { filter->Update(); }, "StandardDeviation is nan");
  filter->SetStandardDeviation(0.0);
  ExpectError([&] { filter->Update(); }, "StandardDeviation is 0 and should be more than 0");
  filter->SetStandardDeviation(1.0);
  ExpectError([&] { filter->Update(); }, "ClipMinimum is nan");
  filter->SetClipMinimum(1.0);
  filter->SetClipMaximum(0.0);
  ExpectError([&] { filter->Update(); }, "ClipMinimum is 1 and ClipMaximum is 0");
}
