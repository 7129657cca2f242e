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
#include "itkHounsfieldProfileCalculator.h"

#include "itkImageFilterTestUtilities.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

namespace
{

using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeImage;
using itk::TestUtilities::MakeObliqueImage;
using ImageType = itk::Image<float, 3>;
using CalculatorType = itk::HounsfieldProfileCalculator<ImageType>;

CalculatorType::PointType
Point(double x, double y, double z)
{
  CalculatorType::PointType point;
  point[0] = x;
  point[1] = y;
  point[2] = z;
  return point;
}

ImageType::Pointer
Ramp()
{
  return MakeImage<ImageType>({ { 11, 5, 5 } }, [](const auto & index) { return 100.0 * index[0] + 7.0 * index[1]; });
}

} // namespace

TEST(HounsfieldProfileCalculator, FollowsALinearImage)
{
  auto calculator = CalculatorType::New();
  calculator->AddImage(Ramp());
  calculator->SetStartPoint(Point(1, 1, 2));
  calculator->SetEndPoint(Point(9, 3, 2));
  calculator->SetStep(0.25);
  calculator->Compute();
  const double length = std::sqrt(64.0 + 4.0);
  ASSERT_EQ(calculator->GetNumberOfPoints(), static_cast<size_t>(length / 0.25) + 1);
  for (size_t i = 0; i < calculator->GetNumberOfPoints(); ++i)
  {
    const double distance = 0.25 * static_cast<double>(i);
    EXPECT_EQ(calculator->GetDistance(i), distance);
    EXPECT_NEAR(calculator->GetPoint(i).EuclideanDistanceTo(Point(1, 1, 2)), distance, 1e-12);
    EXPECT_NEAR(
      calculator->GetValue(0, i), 100.0 * (1 + 8 * distance / length) + 7.0 * (1 + 2 * distance / length), 1e-4);
  }
}

TEST(HounsfieldProfileCalculator, EveryImageHasItsOwnGrid)
{
  // The same linear function of the position, sampled on an oblique grid and on a straight one.
  const auto function = [](const CalculatorType::PointType & point) {
    return 3.0 * point[0] - 2.0 * point[1] + 5.0 * point[2] + 11.0;
  };
  const auto sample = [&](ImageType * image) {
    for (itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetLargestPossibleRegion()); !it.IsAtEnd(); ++it)
    {
      CalculatorType::PointType point;
      image->TransformIndexToPhysicalPoint(it.GetIndex(), point);
      it.Set(static_cast<float>(function(point)));
    }
  };
  auto oblique = MakeObliqueImage<ImageType>({ { 20, 20, 20 } }, [](const auto &) { return 0; });
  sample(oblique);
  // Around the middle of the oblique one.
  auto                      index = oblique->GetLargestPossibleRegion().GetIndex();
  CalculatorType::PointType middle;
  for (unsigned int d = 0; d < 3; ++d)
  {
    index[d] += 10;
  }
  oblique->TransformIndexToPhysicalPoint(index, middle);
  auto straight = MakeImage<ImageType>({ { 9, 9, 9 } }, [](const auto &) { return 0; });
  straight->SetOrigin(middle - (Point(4, 4, 4) - Point(0, 0, 0)));
  sample(straight);

  auto calculator = CalculatorType::New();
  calculator->AddImage(oblique);
  calculator->AddImage(straight);
  calculator->SetStartPoint(middle - (Point(2, 1, 0.5) - Point(0, 0, 0)));
  calculator->SetEndPoint(middle + (Point(2, 1, 0.5) - Point(0, 0, 0)));
  calculator->SetStep(0.1);
  calculator->Compute();
  ASSERT_EQ(calculator->GetNumberOfImages(), 2u);
  ASSERT_EQ(calculator->GetNumberOfPoints(), 46u);
  for (size_t i = 0; i < 46; ++i)
  {
    const double expected = function(calculator->GetPoint(i));
    EXPECT_NEAR(calculator->GetValue(0, i), expected, 1e-3);
    EXPECT_NEAR(calculator->GetValue(1, i), expected, 1e-3);
  }
}

TEST(HounsfieldProfileCalculator, OutsideIsNaN)
{
  auto calculator = CalculatorType::New();
  calculator->AddImage(Ramp());
  calculator->SetStartPoint(Point(-1, 0, 0));
  calculator->SetEndPoint(Point(12, 0, 0));
  calculator->SetStep(0.25);
  calculator->Compute();
  ASSERT_EQ(calculator->GetNumberOfPoints(), 53u);
  for (size_t i = 0; i < 53; ++i)
  {
    const double x = calculator->GetPoint(i)[0];
    // Half a voxel around the outermost centres takes their value.
    if (x < -0.5 || x > 10.5)
    {
      EXPECT_TRUE(std::isnan(calculator->GetValue(0, i))) << x;
    }
    else if (x > -0.5 && x < 10.5)
    {
      EXPECT_NEAR(calculator->GetValue(0, i), 100.0 * std::min(std::max(x, 0.0), 10.0), 1e-4) << x;
    }
  }
}

TEST(HounsfieldProfileCalculator, EndsAndSteps)
{
  auto calculator = CalculatorType::New();
  calculator->AddImage(Ramp());
  // 0.3 / 0.1 is less than 3 in double.
  calculator->SetEndPoint(Point(0.3, 0, 0));
  calculator->SetStep(0.1);
  calculator->Compute();
  EXPECT_EQ(calculator->GetNumberOfPoints(), 4u);
  EXPECT_NEAR(calculator->GetValue(0, 3), 30.0, 1e-4);
  // The end is not a multiple of the step.
  calculator->SetStep(0.2);
  calculator->Compute();
  EXPECT_EQ(calculator->GetNumberOfPoints(), 2u);
  // A point.
  calculator->SetEndPoint(Point(0, 0, 0));
  calculator->Compute();
  ASSERT_EQ(calculator->GetNumberOfPoints(), 1u);
  EXPECT_EQ(calculator->GetValue(0, 0), 0.0);
  EXPECT_EQ(calculator->GetDistance(0), 0.0);
}

TEST(HounsfieldProfileCalculator, RefusesBadInput)
{
  auto calculator = CalculatorType::New();
  ExpectError([&] { calculator->Compute(); }, "no image");
  ExpectError([&] { calculator->AddImage(nullptr); }, "missing");
  calculator->AddImage(Ramp());
  calculator->SetEndPoint(Point(1, 0, 0));
  for (const double step :
       { 0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN() })
  {
    calculator->SetStep(step);
    ExpectError([&] { calculator->Compute(); }, "Step is");
  }
  calculator->SetStep(1e-9);
  ExpectError([&] { calculator->Compute(); }, "points");
  calculator->SetStep(1);
  ExpectError([&] { calculator->GetDistance(0); }, "there are no results");
  calculator->Compute();
  ExpectError([&] { calculator->GetPoint(2); }, "no point 2");
  ExpectError([&] { calculator->GetValue(0, 2); }, "no point 2");
  ExpectError([&] { calculator->GetValue(1, 0); }, "no image 1");
  calculator->SetStartPoint(Point(std::numeric_limits<double>::quiet_NaN(), 0, 0));
  ExpectError([&] { calculator->Compute(); }, "finite");
  // What fails leaves no results of before.
  ExpectError([&] { calculator->GetNumberOfPoints(); }, "there are no results");
  calculator->SetStartPoint(Point(0, 0, 0));
  calculator->SetEndPoint(Point(0, std::numeric_limits<double>::infinity(), 0));
  ExpectError([&] { calculator->Compute(); }, "finite");
  calculator->ClearImages();
  EXPECT_EQ(calculator->GetNumberOfImages(), 0u);
}

TEST(HounsfieldProfileCalculator, Prints)
{
  auto calculator = CalculatorType::New();
  calculator->SetStep(0.5);
  std::ostringstream text;
  calculator->Print(text);
  EXPECT_NE(text.str().find("Step: 0.5"), std::string::npos);
  EXPECT_NE(text.str().find("NumberOfImages: 0"), std::string::npos);
}
