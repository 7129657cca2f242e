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
#include "itkZScoreNormalizeImageFilter.h"

#include "itkImageFilterTestUtilities.h"
#include "itkLabelStatisticsImageFilter.h"

#include <limits>

using namespace itk::TestUtilities;

namespace
{
using Image2D = itk::Image<double, 2>;
using Image3D = itk::Image<double, 3>;
using FloatImage = itk::Image<float, 3>;
using Mask2D = itk::Image<unsigned char, 2>;
using Mask3D = itk::Image<unsigned char, 3>;
using Filter3D = itk::ZScoreNormalizeImageFilter<Image3D, Image3D>;

const double notANumber = std::numeric_limits<double>::quiet_NaN();

/** The 210 values that the reference values below were computed from. */
Image3D::Pointer
ReferenceImage()
{
  Random random(12345);
  return MakeObliqueImage<Image3D>({ { 7, 6, 5 } }, [&](const auto &) { return random() * 1000.0 - 200.0; });
}

Mask3D::Pointer
EveryThird()
{
  unsigned int n = 0;
  return MakeObliqueImage<Mask3D>({ { 7, 6, 5 } }, [&](const auto &) { return n++ % 3 == 0 ? 200 : 0; });
}
} // namespace

// Reference values: numpy 1.24.2, mean() and std() of the same 210 numbers.
TEST(ZScoreNormalizeImageFilter, AgreesWithNumPy)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  filter->Update();
  EXPECT_NEAR(filter->GetMean(), 303.4563427879697, 1e-10);
  EXPECT_NEAR(filter->GetStandardDeviation(), 281.6118691086265, 1e-10);

  filter->SetMaskImage(EveryThird());
  filter->Update();
  EXPECT_NEAR(filter->GetMean(), 277.5104675974165, 1e-10);
  EXPECT_NEAR(filter->GetStandardDeviation(), 268.7298980156255, 1e-10);
}

// ITK divides the squares by one less than the number of voxels.
TEST(ZScoreNormalizeImageFilter, AgreesWithLabelStatistics)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  filter->SetMaskImage(EveryThird());
  filter->Update();
  auto statistics = itk::LabelStatisticsImageFilter<Image3D, Mask3D>::New();
  statistics->SetInput(ReferenceImage());
  statistics->SetLabelInput(EveryThird());
  statistics->Update();
  const auto count = static_cast<double>(statistics->GetCount(200));
  EXPECT_EQ(count, 70.0);
  EXPECT_NEAR(filter->GetMean(), statistics->GetMean(200), 1e-10);
  EXPECT_NEAR(filter->GetStandardDeviation(), statistics->GetSigma(200) * std::sqrt((count - 1.0) / count), 1e-10);
}

TEST(ZScoreNormalizeImageFilter, ClosedFormAndGeometryIn2D)
{
  // Mean 3, population variance 5: the values are 0, 2, 4, 6 inside the mask.
  const auto image = MakeObliqueImage<Image2D>({ { 5, 1 } }, [](const auto & i) { return 2.0 * (i[0] + 2); });
  const auto mask = MakeObliqueImage<Mask2D>({ { 5, 1 } }, [](const auto & i) { return i[0] < 2 ? 1 : 0; });
  auto       filter = itk::ZScoreNormalizeImageFilter<Image2D, Image2D>::New();
  filter->SetInput(image);
  filter->SetMaskImage(mask);
  filter->Update();
  EXPECT_EQ(filter->GetMean(), 3.0);
  EXPECT_DOUBLE_EQ(filter->GetStandardDeviation(), std::sqrt(5.0));
  ExpectSameGrid(image.GetPointer(), filter->GetOutput());
  // The voxel outside the mask is normalised too.
  EXPECT_DOUBLE_EQ(filter->GetOutput()->GetPixel({ { 2, 1 } }), 5.0 / std::sqrt(5.0));
}

TEST(ZScoreNormalizeImageFilter, ResultHasMeanZeroAndDeviationOne)
{
  auto first = Filter3D::New();
  first->SetInput(ReferenceImage());
  first->SetMaskImage(EveryThird());
  auto second = Filter3D::New();
  second->SetInput(first->GetOutput());
  second->SetMaskImage(EveryThird());
  second->Update();
  EXPECT_NEAR(second->GetMean(), 0.0, 1e-14);
  EXPECT_NEAR(second->GetStandardDeviation(), 1.0, 1e-14);
  ExpectSameGrid(ReferenceImage().GetPointer(), second->GetOutput());
}

TEST(ZScoreNormalizeImageFilter, InverseUndoes)
{
  auto forward = Filter3D::New();
  forward->SetInput(ReferenceImage());
  forward->Update();
  auto back = Filter3D::New();
  back->SetInput(forward->GetOutput());
  back->ComputeConstantsOff();
  back->InverseOn();
  back->SetMean(forward->GetMean());
  back->SetStandardDeviation(forward->GetStandardDeviation());
  back->Update();
  const auto                             reference = ReferenceImage();
  itk::ImageRegionConstIterator<Image3D> expected(reference, reference->GetBufferedRegion());
  itk::ImageRegionConstIterator<Image3D> actual(back->GetOutput(), reference->GetBufferedRegion());
  for (; !expected.IsAtEnd(); ++expected, ++actual)
  {
    ASSERT_NEAR(actual.Get(), expected.Get(), 1e-10);
  }
}

TEST(ZScoreNormalizeImageFilter, AppliesGivenConstants)
{
  auto filter = itk::ZScoreNormalizeImageFilter<itk::Image<short, 3>>::New();
  filter->SetInput(MakeImage<itk::Image<short, 3>>({ { 3, 2, 2 } }, [](const auto & i) { return 10 * i[0]; }));
  filter->ComputeConstantsOff();
  filter->SetMean(5.0);
  filter->SetStandardDeviation(2.0);
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 0, 1, 1 } }), -2.5F);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 2, 1, 1 } }), 7.5F);
  EXPECT_EQ(filter->GetMean(), 5.0);
}

TEST(ZScoreNormalizeImageFilter, ConstantImageGivesZeros)
{
  // 0.1 is not a sum's mean exactly, so the constant has to be noticed rather than computed.
  auto filter = itk::ZScoreNormalizeImageFilter<FloatImage>::New();
  filter->SetInput(MakeImage<FloatImage>({ { 4, 5, 6 } }, [](const auto &) { return 0.1F; }));
  filter->Update();
  EXPECT_EQ(filter->GetStandardDeviation(), 0.0);
  EXPECT_EQ(filter->GetMean(), static_cast<double>(0.1F));
  ExpectSameVoxels(MakeImage<FloatImage>({ { 4, 5, 6 } }, [](const auto &) { return 0.0F; }).GetPointer(),
                   filter->GetOutput());

  auto back = itk::ZScoreNormalizeImageFilter<FloatImage>::New();
  back->SetInput(filter->GetOutput());
  back->ComputeConstantsOff();
  back->InverseOn();
  back->SetMean(filter->GetMean());
  back->SetStandardDeviation(filter->GetStandardDeviation());
  back->Update();
  ExpectSameVoxels(filter->GetInput(), back->GetOutput());
}

TEST(ZScoreNormalizeImageFilter, NaNMattersInsideTheMaskOnly)
{
  auto image = ReferenceImage();
  image->SetPixel({ { -1, 1, 4 } }, notANumber); // the second voxel, which the mask leaves out
  auto filter = Filter3D::New();
  filter->SetInput(image);
  filter->SetMaskImage(EveryThird());
  filter->Update();
  EXPECT_NEAR(filter->GetMean(), 277.5104675974165, 1e-10);
  EXPECT_TRUE(std::isnan(filter->GetOutput()->GetPixel({ { -1, 1, 4 } })));

  filter->SetMaskImage(nullptr);
  ExpectError([&] { filter->Update(); }, "[-1, 1, 4] is nan and should be a finite number");

  image->SetPixel({ { -1, 1, 4 } }, 0.0);
  image->SetPixel({ { -2, 1, 4 } }, -std::numeric_limits<double>::infinity());
  image->Modified();
  filter->SetMaskImage(EveryThird());
  ExpectError([&] { filter->Update(); }, "[-2, 1, 4] is -inf, inside the mask, and should be a finite number");
}

TEST(ZScoreNormalizeImageFilter, RefusesBadInput)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
  filter->SetMaskImage(MakeObliqueImage<Mask3D>({ { 7, 6, 5 } }, [](const auto &) { return 0; }));
  ExpectError([&] { filter->Update(); }, "MaskImage has no voxel that is not zero");
  filter->SetMaskImage(MakeObliqueImage<Mask3D>({ { 7, 6, 4 } }, [](const auto &) { return 1; }));
  ExpectError([&] { filter->Update(); }, "MaskImage has another grid than the image: size [7, 6, 4]");
  auto shifted = EveryThird();
  shifted->SetOrigin(Image3D::PointType{});
  filter->SetMaskImage(shifted);
  ExpectError([&] { filter->Update(); }, "MaskImage has another grid than the image: origin [0, 0, 0]");

  filter->SetMaskImage(nullptr);
  filter->InverseOn();
  ExpectError([&] { filter->Update(); }, "Inverse needs");
  filter->InverseOff();
  filter->ComputeConstantsOff();
  for (const double deviation : { 0.0, -1.0, notANumber, std::numeric_limits<double>::infinity() })
  {
    filter->SetStandardDeviation(deviation);
    ExpectError([&] { filter->Update(); }, "StandardDeviation is ");
  }
  filter->SetStandardDeviation(1.0);
  filter->SetMean(notANumber);
  ExpectError([&] { filter->Update(); }, "Mean is nan");
}

TEST(ZScoreNormalizeImageFilter, SameBitsForAnyNumberOfThreads)
{
  ExpectSameForAnyNumberOfThreads([] {
    auto filter = Filter3D::New();
    filter->SetInput(ReferenceImage());
    filter->SetMaskImage(EveryThird());
    return filter;
  });
}

TEST(ZScoreNormalizeImageFilter, ConstantsAreThoseOfTheWholeImageForAnyRequestedRegion)
{
  auto                filter = Filter3D::New();
  const auto          image = ReferenceImage();
  Image3D::RegionType region = image->GetLargestPossibleRegion();
  region.SetSize(2, 1);
  filter->SetInput(image);
  filter->GetOutput()->SetRequestedRegion(region);
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetBufferedRegion(), region);
  EXPECT_NEAR(filter->GetMean(), 303.4563427879697, 1e-10);
}
