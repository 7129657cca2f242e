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
#include "SyntheticCTDetail/itkDeformableRegistration.h"

#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "itkMath.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>

namespace
{

using namespace itk::SyntheticCTDetail;

/** Lends its threads. */
class Worker : public itk::ImageToImageFilter<itk::Image<float, 3>, itk::Image<float, 3>>
{
public:
  using Self = Worker;
  using Pointer = itk::SmartPointer<Self>;
  itkNewMacro(Self);
};

using PointType = std::array<double, 3>;

template <typename TFunction>
RegistrationVolume
NewVolume(const std::array<int, 3> & size, const PointType & spacing, const TFunction & function)
{
  RegistrationVolume volume;
  volume.Size = size;
  for (int d = 0; d < 3; ++d)
  {
    volume.IndexToPoint.Matrix[d][d] = spacing[d];
    volume.IndexToPoint.Offset[d] = -spacing[d] * (size[d] - 1) / 2.0;
  }
  for (int z = 0; z < size[2]; ++z)
  {
    for (int y = 0; y < size[1]; ++y)
    {
      for (int x = 0; x < size[0]; ++x)
      {
        volume.Values.push_back(static_cast<float>(
          function(volume.IndexToPoint({ static_cast<double>(x), static_cast<double>(y), static_cast<double>(z) }))));
      }
    }
  }
  return volume;
}

/** Something with structure everywhere, from -1 to 1. */
double
Pattern(const PointType & p)
{
  return 0.4 * std::sin(p[0] / 7.0) * std::cos(p[1] / 8.0 + 0.5) + 0.3 * std::cos(p[2] / 6.0 + 0.05 * p[0]) +
         0.3 * std::sin((p[0] + p[1] - p[2]) / 9.0);
}

/** A displacement of up to 5 mm along each axis, in mm. */
PointType
Warp(const PointType & p)
{
  const double bump = 5.0 * std::exp(-(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]) / (2.0 * 22.0 * 22.0));
  return { bump, -0.8 * bump, 0.6 * bump };
}

/** The point that the warp takes to p. */
PointType
Unwarp(const PointType & p)
{
  PointType x = p;
  for (int i = 0; i < 50; ++i)
  {
    const PointType u = Warp(x);
    x = { p[0] - u[0], p[1] - u[1], p[2] - u[2] };
  }
  return x;
}

/** Another contrast: neither rising nor falling with the first. */
double
OtherContrast(double value)
{
  return 100.0 * (value - 0.3) * (value - 0.3) + 20.0 * value;
}

RegistrationVolume
NewFixed()
{
  return NewVolume({ 60, 64, 56 }, { 2.0, 2.0, 2.0 }, [](const PointType & p) { return 100.0 * Pattern(p); });
}

RegistrationVolume
NewMoving()
{
  return NewVolume(
    { 78, 84, 48 }, { 1.7, 1.7, 2.6 }, [](const PointType & p) { return OtherContrast(Pattern(Unwarp(p))); });
}

DeformableSettings
NewSettings()
{
  DeformableSettings settings;
  settings.Spacings = { 8.0, 4.0, 2.0 };
  return settings;
}

/** Mean distance in mm between the displacements found and those of the warp, within 40 mm of the middle. */
double
MeanError(const DeformableResult & result)
{
  const DisplacementField & field = result.Field;
  double                    sum = 0.0;
  size_t                    count = 0;
  size_t                    i = 0;
  for (int z = 0; z < field.Size[2]; ++z)
  {
    for (int y = 0; y < field.Size[1]; ++y)
    {
      for (int x = 0; x < field.Size[0]; ++x, ++i)
      {
        const PointType p =
          result.IndexToPoint({ static_cast<double>(x), static_cast<double>(y), static_cast<double>(z) });
        if (p[0] * p[0] + p[1] * p[1] + p[2] * p[2] < 40.0 * 40.0)
        {
          const PointType truth = Warp(p);
          sum +=
            std::hypot(field.Values[0][i] - truth[0], field.Values[1][i] - truth[1], field.Values[2][i] - truth[2]);
          ++count;
        }
      }
    }
  }
  return sum / static_cast<double>(count);
}

} // namespace

TEST(DeformableRegistration, FindsAWarpBetweenTwoContrasts)
{
  const auto       worker = Worker::New();
  const auto       result = RegisterByDeformation(worker, NewFixed(), NewMoving(), NewSettings(), 1.0F);
  DeformableResult none = result;
  for (auto & values : none.Field.Values)
  {
    std::fill(values.begin(), values.end(), 0.0F);
  }
  EXPECT_LT(MeanError(result), 0.2 * MeanError(none));
  EXPECT_GT(result.JacobianRange[0], 0.1);
  EXPECT_EQ(result.JacobianRange, result.Field.JacobianRange(worker));
  EXPECT_LT(result.MeanInconsistency, 0.2);
  EXPECT_GT(result.Iterations, 3u);
  EXPECT_NEAR(worker->GetProgress(), 1.0, 1e-4);
}

TEST(DeformableRegistration, FollowsTheLinearMapBeforeIt)
{
  // The moving volume is elsewhere, and turned by a quarter about z.
  const auto         worker = Worker::New();
  DeformableSettings settings = NewSettings();
  settings.Start.Matrix = { { { 0, -1, 0 }, { 1, 0, 0 }, { 0, 0, 1 } } };
  settings.Start.Offset = { 100.0, -50.0, 30.0 };
  RegistrationVolume moving = NewMoving();
  const auto         straight = RegisterByDeformation(worker, NewFixed(), moving, NewSettings(), 0.5F);
  moving.IndexToPoint = settings.Start.After(moving.IndexToPoint);
  const auto turned = RegisterByDeformation(worker, NewFixed(), moving, settings, 0.5F);
  EXPECT_NEAR(MeanError(turned), MeanError(straight), 0.01);
}

TEST(DeformableRegistration, WhatIsNotValidTakesNoPart)
{
  const auto         worker = Worker::New();
  RegistrationVolume moving = NewMoving();
  moving.Valid.assign(moving.NumberOfVoxels(), 1);
  for (size_t i = 0; i < moving.NumberOfVoxels(); ++i)
  {
    if (i % moving.Size[0] < 12)
    {
      moving.Valid[i] = 0;
      moving.Values[i] = std::nanf("");
    }
  }
  const auto result = RegisterByDeformation(worker, NewFixed(), moving, NewSettings(), 1.0F);
  EXPECT_LT(MeanError(result), 1.0);
  EXPECT_GT(result.JacobianRange[0], 0.1);
}

TEST(DeformableRegistration, SameBitsForAnyNumberOfThreads)
{
  const auto one = Worker::New();
  one->SetNumberOfWorkUnits(1);
  const auto five = Worker::New();
  five->SetNumberOfWorkUnits(5);
  DeformableSettings settings = NewSettings();
  settings.Spacings = { 8.0, 4.0 };
  const auto first = RegisterByDeformation(one, NewFixed(), NewMoving(), settings, 1.0F);
  const auto second = RegisterByDeformation(five, NewFixed(), NewMoving(), settings, 1.0F);
  EXPECT_EQ(first.Field.Values, second.Field.Values);
  EXPECT_EQ(first.Inverse.Values, second.Inverse.Values);
  EXPECT_EQ(first.Iterations, second.Iterations);
}

TEST(DeformableRegistration, StopsWhenAskedTo)
{
  const auto worker = Worker::New();
  worker->AbortGenerateDataOn();
  EXPECT_THROW(RegisterByDeformation(worker, NewFixed(), NewMoving(), NewSettings(), 1.0F), itk::ProcessAborted);
}

TEST(DeformableRegistration, SoftTissueGetsTheLevels)
{
  EXPECT_FLOAT_EQ(SoftTissueLevel(30.0F), 0.0F);
  EXPECT_NEAR(SoftTissueLevel(90.0F), std::log(1.0 + std::sqrt(2.0)), 1e-5);
  EXPECT_NEAR(SoftTissueLevel(-30.0F), -std::log(1.0 + std::sqrt(2.0)), 1e-5);
  // A brain has a tenth of the levels rather than a fiftieth of the HU.
  const float all = SoftTissueLevel(1500.0F) - SoftTissueLevel(-1000.0F);
  EXPECT_GT(SoftTissueLevel(60.0F) - SoftTissueLevel(10.0F), 0.1F * all);
}
