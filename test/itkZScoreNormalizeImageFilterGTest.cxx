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

#include "itkIntensityFilterTestUtilities.h"
#include "itkLabelStatisticsImageFilter.h"

#include <limits>

using namespace itk::TestUtilities;

namespace
{
using Image2D = itk::Image<double, 2>;
using FloatImage = itk::Image<float, 3>;
using Mask2D = itk::Image<unsigned char, 2>;
using Filter3D = itk::ZScoreNormalizeImageFilter<Image3D, Image3D>;
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

TEST(ZScoreNormalizeImageFilter, RefusesBadInput)
{
  auto filter = Filter3D::New();
  filter->SetInput(ReferenceImage());
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
