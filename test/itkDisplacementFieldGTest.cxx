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
#include "SyntheticCTDetail/itkDisplacementField.h"

#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "itkMath.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>

namespace
{

using itk::SyntheticCTDetail::DisplacementField;
using itk::SyntheticCTDetail::SmoothVolume;

/** Lends its threads. */
class Worker : public itk::ImageToImageFilter<itk::Image<float, 3>, itk::Image<float, 3>>
{
public:
  using Self = Worker;
  using Pointer = itk::SmartPointer<Self>;
  itkNewMacro(Self);
};

constexpr std::array<int, 3>    gridSize{ 24, 30, 20 };
constexpr std::array<double, 3> gridSpacing{ 2.0, 1.5, 3.0 };

/** A field whose displacements in mm are those of a function of the point in mm. */
template <typename TFunction>
DisplacementField
NewField(const TFunction & function, const std::array<int, 3> & size = gridSize)
{
  std::array<double, 3> spacing{};
  for (int d = 0; d < 3; ++d)
  {
    spacing[d] = gridSpacing[d] * (gridSize[d] - 1) / (size[d] - 1);
  }
  DisplacementField field(size, spacing);
  size_t            i = 0;
  for (int z = 0; z < size[2]; ++z)
  {
    for (int y = 0; y < size[1]; ++y)
    {
      for (int x = 0; x < size[0]; ++x, ++i)
      {
        const std::array<double, 3> u = function({ x * spacing[0], y * spacing[1], z * spacing[2] });
        for (int d = 0; d < 3; ++d)
        {
          field.Values[d][i] = static_cast<float>(u[d]);
        }
      }
    }
  }
  return field;
}

/** Displacements up to `amplitude` mm along each axis, which vanish at the border of the grid. */
DisplacementField
NewWave(double amplitude)
{
  return NewField([amplitude](const std::array<double, 3> & p) {
    double bump = amplitude;
    for (int d = 0; d < 3; ++d)
    {
      bump *= std::sin(itk::Math::pi * p[d] / (gridSpacing[d] * (gridSize[d] - 1)));
    }
    return std::array<double, 3>{ bump, -0.7 * bump, 0.5 * bump };
  });
}

size_t
NumberOf(int x, int y, int z)
{
  return x + gridSize[0] * (y + static_cast<size_t>(gridSize[1]) * z);
}

} // namespace

TEST(DisplacementField, ComposesLinearFieldsExactly)
{
  const auto worker = Worker::New();
  const auto shift = NewField([](const std::array<double, 3> &) { return std::array<double, 3>{ 1.0, -0.5, 2.0 }; });
  const auto stretch = NewField([](const std::array<double, 3> & p) {
    return std::array<double, 3>{ 0.1 * p[0], 0.05 * p[2], -0.2 * p[1] };
  });
  const auto both = stretch.After(worker, shift);
  // The displacement is that of the shift, and that of the stretch where the shift leads to.
  const std::array<int, 3>    index{ 7, 9, 4 };
  const std::array<double, 3> moved{ 7 * 2.0 + 1.0, 9 * 1.5 - 0.5, 4 * 3.0 + 2.0 };
  const size_t                i = NumberOf(index[0], index[1], index[2]);
  EXPECT_NEAR(both.Values[0][i], 1.0 + 0.1 * moved[0], 1e-5);
  EXPECT_NEAR(both.Values[1][i], -0.5 + 0.05 * moved[2], 1e-5);
  EXPECT_NEAR(both.Values[2][i], 2.0 - 0.2 * moved[1], 1e-5);
  // Beyond the border the displacement is that of the border.
  const auto toBorder = NewField([](const std::array<double, 3> &) {
    return std::array<double, 3>{ 1000.0, 0.0, 0.0 };
  });
  EXPECT_NEAR(stretch.After(worker, toBorder).Values[0][i], 1000.0 + 0.1 * 2.0 * (gridSize[0] - 1), 1e-3);
}

TEST(DisplacementField, KeepsItsShapeOnOtherGrids)
{
  const auto worker = Worker::New();
  const auto linear = [](const std::array<double, 3> & p) {
    return std::array<double, 3>{ 0.1 * p[0] - 0.02 * p[1], 0.05 * p[2], 1.0 - 0.2 * p[1] };
  };
  const std::array<int, 3> finer{ 37, 44, 50 };
  const auto               found = NewField(linear).OnGrid(worker, finer);
  const auto               expected = NewField(linear, finer);
  EXPECT_EQ(found.Size, finer);
  for (int d = 0; d < 3; ++d)
  {
    EXPECT_NEAR(found.Spacing[d], expected.Spacing[d], 1e-12);
    for (size_t i = 0; i < found.NumberOfPoints(); ++i)
    {
      ASSERT_NEAR(found.Values[d][i], expected.Values[d][i], 1e-4) << i;
    }
  }
}

TEST(DisplacementField, JacobianOfALinearMapIsItsDeterminant)
{
  const auto worker = Worker::New();
  const auto field = NewField([](const std::array<double, 3> & p) {
    return std::array<double, 3>{ 0.1 * p[0] + 0.3 * p[1], 0.2 * p[1] - 0.1 * p[2], 0.4 * p[0] - 0.25 * p[2] };
  });
  // | 1.1 0.3 0 ; 0 1.2 -0.1 ; 0.4 0 0.75 |
  const double determinant = 1.1 * (1.2 * 0.75) - 0.3 * (0.1 * 0.4);
  const auto   range = field.JacobianRange(worker);
  EXPECT_NEAR(range[0], determinant, 1e-4);
  EXPECT_NEAR(range[1], determinant, 1e-4);
}

TEST(DisplacementField, JacobianSeesASingleFold)
{
  const auto        worker = Worker::New();
  DisplacementField field(gridSize, gridSpacing);
  EXPECT_EQ(field.JacobianRange(worker)[0], 1.0);
  // One point goes past its neighbour. Central differences at the point itself see nothing of it.
  field.Values[0][NumberOf(10, 12, 8)] = 3.0F;
  EXPECT_NEAR(field.JacobianRange(worker)[0], 1.0 - 3.0 / 2.0, 1e-6);
  EXPECT_NEAR(field.JacobianRange(worker)[1], 1.0 + 3.0 / 2.0, 1e-6);
  EXPECT_NEAR(field.LargestDisplacement(worker), 3.0, 1e-6);
  field.Scale(worker, 0.5F);
  EXPECT_NEAR(field.JacobianRange(worker)[0], 1.0 - 1.5 / 2.0, 1e-6);
  // At the corner of the grid there is one cell.
  DisplacementField corner(gridSize, gridSpacing);
  corner.Values[2][NumberOf(gridSize[0] - 1, gridSize[1] - 1, gridSize[2] - 1)] = -6.0F;
  EXPECT_NEAR(corner.JacobianRange(worker)[0], 1.0 - 6.0 / 3.0, 1e-6);
}

TEST(DisplacementField, InverseUndoesTheMap)
{
  const auto worker = Worker::New();
  const auto field = NewWave(6.0);
  ASSERT_GT(field.JacobianRange(worker)[0], 0.1);
  const auto inverse = field.Inverse(worker, 0.001);
  EXPECT_LT(field.MeanInconsistency(worker, inverse), 0.001);
  // The other way round interpolation between the grid points counts.
  EXPECT_LT(inverse.MeanInconsistency(worker, field), 0.1);
  // Without an inverse the map misses by its displacement.
  const DisplacementField none(gridSize, gridSpacing);
  EXPECT_GT(field.MeanInconsistency(worker, none), 1.0);
  const auto shift = NewField([](const std::array<double, 3> &) { return std::array<double, 3>{ 1.0, -0.5, 2.0 }; });
  const auto back = shift.Inverse(worker, 1e-5);
  for (size_t i = 0; i < back.NumberOfPoints(); ++i)
  {
    ASSERT_NEAR(back.Values[0][i], -1.0, 1e-5);
    ASSERT_NEAR(back.Values[1][i], 0.5, 1e-5);
    ASSERT_NEAR(back.Values[2][i], -2.0, 1e-5);
  }
}

TEST(DisplacementField, SmoothingIsThatOfAGaussian)
{
  const auto         worker = Worker::New();
  std::vector<float> volume(static_cast<size_t>(gridSize[0]) * gridSize[1] * gridSize[2], 0.0F);
  const size_t       middle = NumberOf(12, 15, 10);
  volume[middle] = 1.0F;
  SmoothVolume(worker, volume, gridSize, { 1.0, 2.0, 1.5 });
  double sum = 0.0;
  for (const float value : volume)
  {
    sum += value;
  }
  EXPECT_NEAR(sum, 1.0, 1e-5);
  EXPECT_NEAR(volume[middle + 2] / volume[middle], std::exp(-0.5 * 4.0), 1e-5);
  EXPECT_NEAR(volume[NumberOf(12, 18, 10)] / volume[middle], std::exp(-0.5 * 9.0 / 4.0), 1e-5);
  EXPECT_NEAR(volume[NumberOf(12, 15, 7)] / volume[middle], std::exp(-0.5 * 9.0 / 2.25), 1e-5);
  // What is constant stays so, up to the border.
  std::fill(volume.begin(), volume.end(), 7.0F);
  SmoothVolume(worker, volume, gridSize, { 3.0, 2.0, 9.0 });
  const auto range = std::minmax_element(volume.begin(), volume.end());
  EXPECT_NEAR(*range.first, 7.0, 1e-5);
  EXPECT_NEAR(*range.second, 7.0, 1e-5);
}

TEST(DisplacementField, SameBitsForAnyNumberOfThreads)
{
  const auto one = Worker::New();
  one->SetNumberOfWorkUnits(1);
  const auto five = Worker::New();
  five->SetNumberOfWorkUnits(5);
  const auto work = [](Worker * worker) {
    auto field = NewWave(6.0).After(worker, NewWave(2.0));
    field.Smooth(worker, 1.3);
    return field.Inverse(worker, 0.01);
  };
  const auto first = work(one);
  const auto second = work(five);
  EXPECT_EQ(first.Values, second.Values);
  EXPECT_EQ(first.JacobianRange(one), second.JacobianRange(five));
  EXPECT_EQ(first.MeanInconsistency(one, first), second.MeanInconsistency(five, second));
  EXPECT_GT(first.LargestDisplacement(one), 1.0);
}

TEST(DisplacementField, StopsWhenAskedTo)
{
  const auto worker = Worker::New();
  auto       field = NewWave(1.0);
  worker->AbortGenerateDataOn();
  EXPECT_THROW(field.Smooth(worker, 1.0), itk::ProcessAborted);
  EXPECT_THROW(field.Inverse(worker, 0.01), itk::ProcessAborted);
}
