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
#include "SyntheticCTDetail/itkLinearPyramidRegistration.h"

#include "itkImageFilterTestUtilities.h"
#include "itkImageToImageFilter.h"

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

/** The values of a function of a point, on voxels of 2 x 2 x 3 mm around the origin. */
template <typename TFunction>
RegistrationVolume
NewVolume(const std::array<int, 3> & size, const TFunction & function)
{
  RegistrationVolume          volume;
  const std::array<double, 3> spacing{ 2.0, 2.0, 3.0 };
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
        const auto point =
          volume.IndexToPoint({ static_cast<double>(x), static_cast<double>(y), static_cast<double>(z) });
        volume.Values.push_back(static_cast<float>(function(point)));
      }
    }
  }
  return volume;
}

double
Pattern(const std::array<double, 3> & p)
{
  return 100.0 * std::sin(p[0] / 9.0) * std::cos(p[1] / 11.0 + 0.5) + 60.0 * std::cos(p[2] / 7.0);
}

LinearMap
SomeMap()
{
  LinearMap map;
  map.Matrix = { { { 1.02, 0.05, -0.03 }, { -0.04, 0.97, 0.06 }, { 0.02, -0.05, 1.01 } } };
  map.Offset = { 1.5, -2.0, 2.5 };
  return map;
}

} // namespace

TEST(LinearRegistration, MapsComposeAndInvert)
{
  const LinearMap             map = SomeMap();
  const std::array<double, 3> point{ 3.0, -5.0, 7.0 };
  const auto                  there = map(point);
  EXPECT_NEAR(there[0], 1.02 * 3.0 + 0.05 * -5.0 - 0.03 * 7.0 + 1.5, 1e-12);
  const auto back = map.Inverse()(there);
  const auto same = map.Inverse().After(map)(point);
  for (int d = 0; d < 3; ++d)
  {
    EXPECT_NEAR(back[d], point[d], 1e-12);
    EXPECT_NEAR(same[d], point[d], 1e-12);
  }
}

TEST(LinearRegistration, StretchesAreThoseBetweenTwoRotations)
{
  LinearMap first;
  LinearMap stretch;
  LinearMap last;
  first.Matrix = RotationOf({ 0.3, -0.8, 1.1 });
  stretch.Matrix = { { { 1.1, 0, 0 }, { 0, -1.3, 0 }, { 0, 0, 0.7 } } };
  last.Matrix = RotationOf({ -1.5, 0.2, 0.4 });
  const auto stretches = last.After(stretch).After(first).GetStretches();
  EXPECT_NEAR(stretches[0], 0.7, 1e-12);
  EXPECT_NEAR(stretches[1], 1.3, 1e-12);
  EXPECT_NEAR(first.GetStretches()[0], 1.0, 1e-12);
}

TEST(LinearRegistration, RotationsAreRodrigues)
{
  // A third of a turn about the diagonal exchanges the axes.
  const double angle = 2.0 * itk::Math::pi / 3.0 / std::sqrt(3.0);
  const auto   third = RotationOf({ angle, angle, angle });
  const int    expected[3][3] = { { 0, 0, 1 }, { 1, 0, 0 }, { 0, 1, 0 } };
  for (int r = 0; r < 3; ++r)
  {
    for (int c = 0; c < 3; ++c)
    {
      EXPECT_NEAR(third[r][c], expected[r][c], 1e-12);
    }
  }
  const auto little = RotationOf({ 0.0, 0.0, 1e-6 });
  EXPECT_NEAR(little[1][0], 1e-6, 1e-15);
  EXPECT_NEAR(little[0][1], -1e-6, 1e-15);
  EXPECT_NEAR(little[0][0], 1.0, 1e-12);

  // No rotation is farther from its nearest start than the spirals of 600 leave room for.
  const auto spread = RotationsEverywhere(600);
  double     farthest = 0.0;
  for (const auto & rotation : RotationsEverywhere(37))
  {
    double nearest = 180.0;
    for (const auto & other : spread)
    {
      double trace = 0.0;
      for (int r = 0; r < 3; ++r)
      {
        for (int c = 0; c < 3; ++c)
        {
          trace += rotation[r][c] * other[r][c];
        }
      }
      nearest = std::min(nearest, std::acos(std::min(1.0, (trace - 1.0) / 2.0)) / itk::Math::pi_over_180);
    }
    farthest = std::max(farthest, nearest);
  }
  EXPECT_GT(farthest, 5.0);
  EXPECT_LT(farthest, 35.0);
}

TEST(LinearRegistration, BlocksAreMeansOfWhatIsValid)
{
  auto               worker = Worker::New();
  RegistrationVolume volume = NewVolume({ 5, 4, 4 }, [](const auto & p) { return p[0] + 10.0 * p[1] + 100.0 * p[2]; });
  const auto         reduced = volume.Reduced(worker, { 2, 2, 4 });
  ASSERT_EQ(reduced.Size, (std::array<int, 3>{ 2, 2, 1 }));
  for (int i = 0; i < 4; ++i)
  {
    const auto p = reduced.IndexToPoint({ static_cast<double>(i % 2), static_cast<double>(i / 2), 0.0 });
    EXPECT_NEAR(reduced.Values[i], p[0] + 10.0 * p[1] + 100.0 * p[2], 1e-4);
  }
  volume.Valid.assign(volume.NumberOfVoxels(), 0);
  volume.Values.assign(volume.NumberOfVoxels(), std::nanf(""));
  volume.Valid[0] = 1;
  volume.Values[0] = 42.0F;
  const auto masked = volume.Reduced(worker, { 2, 2, 4 });
  EXPECT_EQ(masked.Values[0], 42.0F);
  EXPECT_EQ(masked.Valid, (std::vector<uint8_t>{ 1, 0, 0, 0 }));
  EXPECT_EQ(volume.ReducedTo(worker, 6.0).Size, (std::array<int, 3>{ 5, 4, 4 }));
}

TEST(LinearRegistration, MutualInformationOfLevelsThatAreKnown)
{
  // Two levels, each half of the volume; the moving levels are those of the fixed one, or have nothing to do with them.
  auto           worker = Worker::New();
  const auto     halves = NewVolume({ 200, 40, 40 }, [](const auto & p) { return p[0] < 0.0 ? 0.0 : 1.0; });
  const auto     others = NewVolume({ 200, 40, 40 }, [](const auto & p) { return p[1] < 0.0 ? 0.0 : 1.0; });
  HistogramScale scale;
  const auto     samples = RegistrationSamples::Draw(worker, halves, scale, 40000, 1);
  EXPECT_NEAR(static_cast<double>(samples.Count()), 40000.0, 2000.0);

  // The kernel of a level on a bin spreads it over three, by 1/6, 2/3 and 1/6. About one sample in 200 lies between
  // both halves and takes a level in between.
  const double     spread = -(2.0 / 3.0 * std::log(2.0 / 3.0) + 1.0 / 3.0 * std::log(1.0 / 6.0));
  SimilarityMetric same(samples, halves, scale, scale, SimilarityWeights());
  const auto       equal = same.Evaluate(worker, LinearMap());
  EXPECT_NEAR(equal.MutualInformation, std::log(2.0), 0.05);
  EXPECT_NEAR(
    equal.NormalizedMutualInformation, (std::log(2.0) + std::log(2.0) + spread) / (std::log(2.0) + spread), 0.05);
  EXPECT_NEAR(equal.Overlap, 1.0, 1e-3);

  SimilarityMetric crossed(samples, others, scale, scale, SimilarityWeights{ 1.0, 1.0 });
  const auto       independent = crossed.Evaluate(worker, LinearMap());
  EXPECT_NEAR(independent.MutualInformation, 0.0, 0.01);
  EXPECT_NEAR(independent.NormalizedMutualInformation, 1.0, 0.01);
  EXPECT_NEAR(independent.Correlation, 0.0, 0.01);

  // Half of the samples leave the volume.
  LinearMap away;
  away.Offset = { 200.0, 0.0, 0.0 };
  EXPECT_NEAR(same.Evaluate(worker, away).Overlap, 0.5, 0.03);
  away.Offset = { 2000.0, 0.0, 0.0 };
  const auto nothing = same.Evaluate(worker, away);
  EXPECT_EQ(nothing.Overlap, 0.0);
  EXPECT_EQ(nothing.MutualInformation, 0.0);
  EXPECT_EQ(nothing.NormalizedMutualInformation, 1.0);
}

TEST(LinearRegistration, GradientIsThatOfFiniteDifferences)
{
  auto       worker = Worker::New();
  const auto fixed = NewVolume({ 30, 32, 24 }, [](const auto & p) { return Pattern(p); });
  // Another contrast, in a volume so large that no sample leaves it, which would make the value jump.
  const auto moving = NewVolume({ 50, 52, 44 }, [](const auto & p) { return std::abs(Pattern(p) - 30.0); });
  const auto fixedScale = HistogramScale::Of(fixed, 0.0, 1.0, 32);
  const auto movingScale = HistogramScale::Of(moving, 0.0, 1.0, 32);
  const auto samples = RegistrationSamples::Draw(worker, fixed, fixedScale, 20000, 5);
  for (const SimilarityWeights & weights :
       { SimilarityWeights{ 1.0, 0.0 }, SimilarityWeights{ 0.0, 1.0 }, SimilarityWeights{ 0.7, 0.4 } })
  {
    SimilarityMetric metric(samples, moving, fixedScale, movingScale, weights);
    const LinearMap  map = SomeMap();
    metric.Evaluate(worker, map);
    const SimilarityDerivatives derivatives = metric.Differentiate(worker);
    for (int element = 0; element < 12; ++element)
    {
      const int    row = element / 4;
      const int    column = element % 4;
      const double step = column == 0 ? 2e-2 : 1e-3;
      const auto   valueAt = [&](double change) {
        LinearMap near = map;
        (column == 0 ? near.Offset[row] : near.Matrix[row][column - 1]) += change;
        return metric.Evaluate(worker, near).Value;
      };
      const double difference = (valueAt(step) - valueAt(-step)) / (2.0 * step);
      const double unit = column == 0 ? 1.0 : 20.0;
      EXPECT_NEAR(derivatives.Gradient[element] / unit, difference / unit, 2e-4) << element;
      for (int other = 0; other < 12; ++other)
      {
        EXPECT_NEAR(derivatives.Curvature[element][other],
                    derivatives.Curvature[other][element],
                    1e-9 * std::abs(derivatives.Curvature[element][element]) + 1e-12);
      }
      EXPECT_GT(derivatives.Curvature[element][element], 0.0);
    }
  }
}

TEST(LinearRegistration, FindsAMapToAThousandthOfAVoxel)
{
  auto       worker = Worker::New();
  const auto truth = SomeMap();
  const auto fixed = NewVolume({ 40, 40, 30 }, [](const auto & p) { return Pattern(p); });
  const auto moving = NewVolume(
    { 60, 60, 50 }, [inverse = truth.Inverse()](const auto & p) { return std::exp(Pattern(inverse(p)) / 80.0); });
  LinearPyramidSettings settings;
  settings.Affine = true;
  settings.Spacings = { 6.0, 3.0 };
  const auto result = RegisterByLinearPyramid(worker, fixed, moving, settings, 1.0F);
  for (int r = 0; r < 3; ++r)
  {
    EXPECT_NEAR(result.Map.Offset[r], truth.Offset[r], 0.02);
    for (int c = 0; c < 3; ++c)
    {
      EXPECT_NEAR(result.Map.Matrix[r][c], truth.Matrix[r][c], 5e-4);
    }
  }
  EXPECT_GT(result.Iterations, 2u);
  EXPECT_LT(result.ShuffledSimilarity.NormalizedMutualInformation - 1.0,
            0.1 * (result.Similarity.NormalizedMutualInformation - 1.0));
}
