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
#include "itkSignedSurfaceDeviationMeshFilter.h"

#include "itkImageFilterTestUtilities.h"
#include "itkMeshFileReader.h"
#include "itkMeshFileWriter.h"
#include "itkSurfaceDistanceTestUtilities.h"
#include "itkVTKPolyDataMeshIO.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

namespace
{

using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeImage;
using itk::TestUtilities::MakeObliqueImage;
using itk::TestUtilities::Random;

using MaskType = itk::Image<unsigned char, 3>;
using MeshType = itk::Mesh<double, 3>;
using FilterType = itk::SignedSurfaceDeviationMeshFilter<MaskType, MaskType, MeshType>;
using IndexType = MaskType::IndexType;
using SizeType = MaskType::SizeType;
using PointType = itk::Point<double, 3>;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

/** Inside for indices from first to last along every axis. */
std::function<int(const IndexType &)>
Cube(long first, long last)
{
  return [=](const IndexType & i) {
    bool inside = true;
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      inside = inside && i[axis] >= first && i[axis] <= last;
    }
    return inside ? 1 : 0;
  };
}

constexpr SizeType cubeSize{ { 20, 20, 20 } };

FilterType::Pointer
Deviations(MaskType * reference, MaskType * synthetic)
{
  auto filter = FilterType::New();
  filter->SetReferenceImage(reference);
  filter->SetSyntheticImage(synthetic);
  filter->Update();
  return filter;
}

std::vector<double>
StatisticsOf(const FilterType * filter)
{
  return { static_cast<double>(filter->GetNumberOfPoints()),
           filter->GetMeanDeviation(),
           filter->GetStandardDeviation(),
           filter->GetMinimumDeviation(),
           filter->GetMaximumDeviation(),
           filter->GetLowerQuartile(),
           filter->GetMedian(),
           filter->GetUpperQuartile(),
           filter->GetInterquartileRange(),
           filter->GetShareWithinBounds() };
}

std::array<itk::IdentifierType, 3>
TriangleOf(MeshType * mesh, itk::IdentifierType number)
{
  MeshType::CellAutoPointer cell;
  EXPECT_TRUE(mesh->GetCell(number, cell));
  EXPECT_EQ(cell->GetNumberOfPoints(), 3u);
  std::array<itk::IdentifierType, 3> points{};
  std::copy(cell->PointIdsBegin(), cell->PointIdsEnd(), points.begin());
  return points;
}

PointType
PointOf(MeshType * mesh, itk::IdentifierType number)
{
  PointType point;
  point.CastFrom(mesh->GetPoint(number));
  return point;
}

/** Positive when the triangles turn counterclockwise as seen from outside. */
double
VolumeOf(MeshType * mesh)
{
  double volume = 0.0;
  for (itk::IdentifierType number = 0; number < mesh->GetNumberOfCells(); ++number)
  {
    const auto triangle = TriangleOf(mesh, number);
    const auto a = PointOf(mesh, triangle[0]).GetVectorFromOrigin();
    const auto b = PointOf(mesh, triangle[1]).GetVectorFromOrigin();
    const auto c = PointOf(mesh, triangle[2]).GetVectorFromOrigin();
    volume += a * itk::CrossProduct(b, c) / 6.0;
  }
  return volume;
}

/** Every edge belongs to one triangle in one direction and to another one in the other. */
void
ExpectClosed(MeshType * mesh)
{
  std::map<std::pair<itk::IdentifierType, itk::IdentifierType>, int> balance;
  for (itk::IdentifierType number = 0; number < mesh->GetNumberOfCells(); ++number)
  {
    const auto triangle = TriangleOf(mesh, number);
    for (unsigned int i = 0; i < 3; ++i)
    {
      const auto a = triangle[i];
      const auto b = triangle[(i + 1) % 3];
      ASSERT_LT(a, mesh->GetNumberOfPoints());
      balance[std::minmax(a, b)] += a < b ? 1 : -1;
    }
  }
  for (const auto & edge : balance)
  {
    ASSERT_EQ(edge.second, 0);
  }
}

} // namespace

TEST(SignedSurfaceDeviationMeshFilter, PositiveOutsideNegativeInside)
{
  // Two voxels larger all around: every point of the reference has the same way to go.
  const auto small = MakeImage<MaskType>(cubeSize, Cube(5, 12));
  const auto large = MakeImage<MaskType>(cubeSize, Cube(3, 14));
  const auto outward = Deviations(small, large);
  EXPECT_EQ(outward->GetNumberOfPoints(), 9u * 9u * 9u - 7u * 7u * 7u);
  EXPECT_EQ(outward->GetMinimumDeviation(), 2.0);
  EXPECT_EQ(outward->GetMaximumDeviation(), 2.0);
  EXPECT_EQ(outward->GetMeanDeviation(), 2.0);
  EXPECT_EQ(outward->GetStandardDeviation(), 0.0);
  EXPECT_EQ(outward->GetInterquartileRange(), 0.0);
  // The interval is closed.
  EXPECT_EQ(outward->GetShareWithinBounds(), 1.0);

  // The other way round; the corners are farthest away.
  const auto inward = Deviations(large, small);
  EXPECT_EQ(inward->GetMaximumDeviation(), -2.0);
  EXPECT_DOUBLE_EQ(inward->GetMinimumDeviation(), -std::sqrt(12.0));
  EXPECT_EQ(inward->GetUpperQuartile(), -2.0);

  // Moved: ahead at one end, behind at the other.
  const auto moved = MakeImage<MaskType>(cubeSize, [](const IndexType & i) {
    return Cube(5, 12)({ { i[0] - 3, i[1], i[2] } });
  });
  const auto shift = Deviations(small, moved);
  EXPECT_EQ(shift->GetMinimumDeviation(), -3.0);
  EXPECT_EQ(shift->GetMaximumDeviation(), 3.0);
  EXPECT_EQ(shift->GetMedian(), 0.0);
}

TEST(SignedSurfaceDeviationMeshFilter, Statistics)
{
  // A voxel 3 and 4 steps away: the eight corners have deviations of -sqrt(13), -sqrt(18), -sqrt(20) and -5, each
  // twice.
  const auto   reference = MakeImage<MaskType>(cubeSize, Cube(5, 5));
  const auto   synthetic = MakeImage<MaskType>(cubeSize, [](const IndexType & i) {
    return i == IndexType{ { 8, 9, 5 } } ? 1 : 0;
  });
  const double d[] = { -5.0, -std::sqrt(20.0), -std::sqrt(18.0), -std::sqrt(13.0) };
  const auto   filter = Deviations(reference, synthetic);
  const double mean = (d[0] + d[1] + d[2] + d[3]) / 4.0;
  double       variance = 0.0;
  for (const double value : d)
  {
    variance += (value - mean) * (value - mean) / 4.0;
  }
  EXPECT_EQ(filter->GetNumberOfPoints(), 8u);
  EXPECT_DOUBLE_EQ(filter->GetMeanDeviation(), mean);
  EXPECT_DOUBLE_EQ(filter->GetStandardDeviation(), std::sqrt(variance));
  EXPECT_DOUBLE_EQ(filter->GetMinimumDeviation(), d[0]);
  EXPECT_DOUBLE_EQ(filter->GetMaximumDeviation(), d[3]);
  // numpy.percentile's ranks 1.75, 3.5 and 5.25.
  EXPECT_DOUBLE_EQ(filter->GetLowerQuartile(), d[0] + 0.75 * (d[1] - d[0]));
  EXPECT_DOUBLE_EQ(filter->GetMedian(), 0.5 * (d[1] + d[2]));
  EXPECT_DOUBLE_EQ(filter->GetUpperQuartile(), d[2] + 0.25 * (d[3] - d[2]));
  EXPECT_DOUBLE_EQ(filter->GetInterquartileRange(), filter->GetUpperQuartile() - filter->GetLowerQuartile());
  EXPECT_EQ(filter->GetShareWithinBounds(), 0.0);

  filter->SetLowerBound(-4.5);
  filter->SetUpperBound(-4.0);
  filter->Update();
  EXPECT_EQ(filter->GetShareWithinBounds(), 0.5);
}

TEST(SignedSurfaceDeviationMeshFilter, ReferenceValues)
{
  // NumPy 2.4.6 and SciPy 1.17.1: distances by ndimage.distance_transform_edt, on the neighbourhoods of
  // surface-distance 0.1 with its areas, and on boundaries by ndimage.binary_erosion. Points, mean, SD, quartiles,
  // share.
  const struct
  {
    unsigned char                      label;
    itk::SurfaceDistanceDefinitionEnum definition;
    bool                               byArea;
    std::array<double, 7>              statistics;
  } expected[] = { { 1,
                     itk::SurfaceDistanceDefinitionEnum::Surfel,
                     true,
                     { { 851, -0.07362202491715165, 1.0460759450981856, 0.0, 0.0, 0.7, 0.9219351410495631 } } },
                   { 1,
                     itk::SurfaceDistanceDefinitionEnum::Surfel,
                     false,
                     { { 851, -0.06194408445493508, 1.1810413128146502, -0.7, 0.0, 0.7, 0.8777908343125734 } } },
                   { 1,
                     itk::SurfaceDistanceDefinitionEnum::Voxel,
                     false,
                     { { 436, -0.05989201357545493, 1.392028455865481, -1.3, 0.0, 0.7, 0.8302752293577982 } } },
                   { 2,
                     itk::SurfaceDistanceDefinitionEnum::Surfel,
                     true,
                     { { 758, -0.6533574532203715, 0.7366898760688501, -1.3, -0.7, 0.0, 0.9369250606513957 } } },
                   { 2,
                     itk::SurfaceDistanceDefinitionEnum::Voxel,
                     true,
                     { { 624, -0.7897495581382116, 0.854427080224228, -1.3, -0.7, 0.0, 0.8846153846153846 } } } };
  namespace Surfaces = itk::TestUtilities::SurfaceDistance;
  for (const auto & values : expected)
  {
    SCOPED_TRACE(values.statistics[1]);
    auto filter = FilterType::New();
    filter->SetReferenceImage(Surfaces::Volume(Surfaces::ReferenceLabel));
    filter->SetSyntheticImage(Surfaces::Volume(Surfaces::SyntheticLabel));
    filter->MergeLabelsOff();
    filter->SetLabel(values.label);
    filter->SetDefinition(values.definition);
    filter->SetWeighByArea(values.byArea);
    filter->Update();
    const std::array<double, 7> found{ { static_cast<double>(filter->GetNumberOfPoints()),
                                         filter->GetMeanDeviation(),
                                         filter->GetStandardDeviation(),
                                         filter->GetLowerQuartile(),
                                         filter->GetMedian(),
                                         filter->GetUpperQuartile(),
                                         filter->GetShareWithinBounds() } };
    for (size_t i = 0; i < found.size(); ++i)
    {
      EXPECT_NEAR(found[i], values.statistics[i], 1e-12 * std::abs(values.statistics[i])) << i;
    }
    // The mesh has a point for each, with the deviation as its value.
    ASSERT_EQ(filter->GetOutput()->GetNumberOfPoints(), filter->GetNumberOfPoints());
    const bool isSurfel = values.definition == itk::SurfaceDistanceDefinitionEnum::Surfel;
    EXPECT_EQ(filter->GetOutput()->GetNumberOfCells() > 0, isSurfel);
    double largest = -infinity;
    for (auto it = filter->GetOutput()->GetPointData()->Begin(); it != filter->GetOutput()->GetPointData()->End(); ++it)
    {
      largest = std::max(largest, static_cast<double>(it.Value()));
    }
    EXPECT_EQ(largest, filter->GetMaximumDeviation());
  }
}

TEST(SignedSurfaceDeviationMeshFilter, BoundaryVoxels)
{
  // Their centres are the points; voxels 2 along each axis outside have a distance of whole voxels.
  const auto   reference = MakeImage<MaskType>(cubeSize, Cube(5, 5));
  const auto   synthetic = MakeImage<MaskType>(cubeSize, Cube(3, 7));
  const double spacing[] = { 2.0, 1.0, 3.0 };
  reference->SetSpacing(spacing);
  synthetic->SetSpacing(spacing);
  auto filter = FilterType::New();
  filter->SetReferenceImage(reference);
  filter->SetSyntheticImage(synthetic);
  filter->SetDefinition(itk::SurfaceDistanceDefinitionEnum::Voxel);
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfPoints(), 1u);
  EXPECT_EQ(filter->GetMeanDeviation(), 2.0);
  const auto point = filter->GetOutput()->GetPoint(0);
  EXPECT_EQ(point[0], 10.0);
  EXPECT_EQ(point[1], 5.0);
  EXPECT_EQ(point[2], 15.0);

  // The other way the surface lies inside.
  filter->SetReferenceImage(synthetic);
  filter->SetSyntheticImage(reference);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfPoints(), 125u - 27u);
  EXPECT_EQ(filter->GetMaximumDeviation(), -2.0);
}

TEST(SignedSurfaceDeviationMeshFilter, WeightsOfEmptyStructures)
{
  const auto full = MakeImage<MaskType>(cubeSize, Cube(5, 12));
  const auto empty = MakeImage<MaskType>(cubeSize, [](const IndexType &) { return 0; });
  auto       filter = FilterType::New();
  filter->SetReferenceImage(full);
  filter->SetSyntheticImage(empty);
  filter->WeighByAreaOn();
  filter->Update();
  EXPECT_EQ(filter->GetMeanDeviation(), -infinity);
  EXPECT_EQ(filter->GetMedian(), -infinity);
  EXPECT_TRUE(std::isnan(filter->GetStandardDeviation()));
  EXPECT_EQ(filter->GetShareWithinBounds(), 0.0);
  filter->SetReferenceImage(empty);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfPoints(), 0u);
  EXPECT_TRUE(std::isnan(filter->GetMeanDeviation()));
}

TEST(SignedSurfaceDeviationMeshFilter, ARoundedSpacingDoesNotLeaveTheBounds)
{
  const auto reference = MakeImage<MaskType>(cubeSize, Cube(5, 12));
  const auto synthetic = MakeImage<MaskType>(cubeSize, Cube(3, 14));
  // A little more than 1 mm, as a file may store it.
  reference->SetSpacing(MaskType::SpacingType(1.00000002));
  synthetic->SetSpacing(MaskType::SpacingType(1.00000002));
  const auto filter = Deviations(reference, synthetic);
  EXPECT_GT(filter->GetMinimumDeviation(), 2.0);
  EXPECT_EQ(filter->GetShareWithinBounds(), 1.0);
}

TEST(SignedSurfaceDeviationMeshFilter, DistancesAreThoseOfTheSurfaceMeasures)
{
  Random     random(3);
  const auto noise = [&](const IndexType & i) { return random() < (i[0] < 12 ? 0.8 : 0.1) ? 1 : 0; };
  const auto reference = MakeImage<MaskType>({ { 30, 14, 9 } }, noise);
  const auto synthetic = MakeImage<MaskType>({ { 30, 14, 9 } }, noise);
  const auto filter = Deviations(reference, synthetic);

  auto measures = itk::SurfaceDistanceMeasuresImageFilter<MaskType>::New();
  measures->SetReferenceImage(reference);
  measures->SetSyntheticImage(synthetic);
  measures->Update();
  const auto back = Deviations(synthetic, reference);
  const auto largest = [](const FilterType * one) {
    return std::max(one->GetMaximumDeviation(), -one->GetMinimumDeviation());
  };
  EXPECT_EQ(std::max(largest(filter), largest(back)), measures->GetHausdorffDistance(1));
}

TEST(SignedSurfaceDeviationMeshFilter, Label)
{
  const auto two = MakeImage<MaskType>(cubeSize, [](const IndexType & i) {
    return Cube(1, 3)(i) != 0 ? 1 : Cube(6, 11)(i) != 0 ? 2 : 0;
  });
  const auto moved = MakeImage<MaskType>(cubeSize, [](const IndexType & i) {
    return Cube(1, 3)(i) != 0 ? 1 : Cube(6, 12)(i) != 0 ? 2 : 0;
  });
  auto       filter = FilterType::New();
  filter->SetReferenceImage(two);
  filter->SetSyntheticImage(moved);
  filter->MergeLabelsOff();
  filter->SetLabel(2);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfPoints(), 7u * 7u * 7u - 5u * 5u * 5u);
  EXPECT_EQ(filter->GetMaximumDeviation(), 1.0);
  filter->SetLabel(1);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfPoints(), 4u * 4u * 4u - 2u * 2u * 2u);
  EXPECT_EQ(filter->GetMaximumDeviation(), 0.0);
  // All that is not zero.
  filter->SetLabel(0);
  filter->MergeLabelsOn();
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfPoints(), 7u * 7u * 7u - 5u * 5u * 5u + 56u);
}

TEST(SignedSurfaceDeviationMeshFilter, OneOrBothEmpty)
{
  const auto full = MakeImage<MaskType>(cubeSize, Cube(5, 12));
  const auto empty = MakeImage<MaskType>(cubeSize, [](const IndexType &) { return 0; });

  auto filter = Deviations(full, empty);
  EXPECT_EQ(filter->GetNumberOfPoints(), 386u);
  for (const double value : { filter->GetMeanDeviation(),
                              filter->GetMinimumDeviation(),
                              filter->GetMaximumDeviation(),
                              filter->GetLowerQuartile(),
                              filter->GetMedian(),
                              filter->GetUpperQuartile() })
  {
    EXPECT_EQ(value, -infinity);
  }
  EXPECT_TRUE(std::isnan(filter->GetStandardDeviation()));
  EXPECT_TRUE(std::isnan(filter->GetInterquartileRange()));
  EXPECT_EQ(filter->GetShareWithinBounds(), 0.0);

  for (MaskType * const synthetic : { full.GetPointer(), empty.GetPointer() })
  {
    // Nothing of a run before is left.
    filter->SetReferenceImage(empty);
    filter->SetSyntheticImage(synthetic);
    filter->Update();
    const auto statistics = StatisticsOf(filter);
    EXPECT_EQ(statistics[0], 0.0);
    EXPECT_TRUE(std::all_of(statistics.begin() + 1, statistics.end(), [](double value) { return std::isnan(value); }));
    EXPECT_EQ(filter->GetOutput()->GetNumberOfPoints(), 0u);
    EXPECT_EQ(filter->GetOutput()->GetNumberOfCells(), 0u);
  }
}

TEST(SignedSurfaceDeviationMeshFilter, MeshOfACube)
{
  const auto reference = MakeImage<MaskType>(cubeSize, Cube(5, 12));
  const auto synthetic = MakeImage<MaskType>(cubeSize, [](const IndexType & i) {
    return Cube(5, 12)({ { i[0] - 3, i[1], i[2] } });
  });
  const auto filter = Deviations(reference, synthetic);
  MeshType * mesh = filter->GetOutput();
  const auto points = mesh->GetNumberOfPoints();
  const auto triangles = mesh->GetNumberOfCells();
  EXPECT_EQ(points, filter->GetNumberOfPoints());
  EXPECT_EQ(triangles, 6u * 8u * 8u * 2u);
  ExpectClosed(mesh);
  // Euler: V - E + F = 2 with 3 F = 2 E.
  EXPECT_EQ(2 * points, 4 + triangles);
  // 8 x 8 x 8 voxels, but edges and corners are cut: those of the mesh lie a quarter and a sixth of a voxel inside.
  const double volume = VolumeOf(mesh);
  EXPECT_LT(volume, 512.0);
  EXPECT_GT(volume, 480.0);

  double largest = -infinity;
  double smallest = infinity;
  for (itk::IdentifierType number = 0; number < points; ++number)
  {
    const PointType point = PointOf(mesh, number);
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      EXPECT_GE(point[axis], 4.5);
      EXPECT_LE(point[axis], 12.5);
    }
    double deviation = 0.0;
    ASSERT_TRUE(mesh->GetPointData(number, &deviation));
    largest = std::max(largest, deviation);
    smallest = std::min(smallest, deviation);
    // The inner points of the faces across the first axis.
    const bool isInner = point[1] > 5.0 && point[1] < 12.0 && point[2] > 5.0 && point[2] < 12.0;
    if (isInner)
    {
      EXPECT_TRUE(point[0] == 4.5 || point[0] == 12.5);
      EXPECT_EQ(deviation < 0.0, point[0] == 4.5);
      EXPECT_EQ(deviation > 0.0, point[0] == 12.5);
    }
  }
  EXPECT_EQ(largest, filter->GetMaximumDeviation());
  EXPECT_EQ(smallest, filter->GetMinimumDeviation());
}

TEST(SignedSurfaceDeviationMeshFilter, MeshesAreClosedAndFaceOutward)
{
  // Noise has voxels that touch along edges and at corners, and fills the image up to its border.
  Random     random(5);
  const auto noise = [&](const IndexType &) { return random() < 0.6 ? 1 : 0; };
  const auto reference = MakeImage<MaskType>({ { 11, 9, 10 } }, noise);
  const auto filter = Deviations(reference, reference);
  ExpectClosed(filter->GetOutput());
  EXPECT_EQ(filter->GetMaximumDeviation(), 0.0);

  // A mirror image does not turn the mesh inside out.
  for (const double sign : { 1.0, -1.0 })
  {
    const auto              cube = MakeImage<MaskType>(cubeSize, Cube(5, 12));
    MaskType::DirectionType direction;
    direction.SetIdentity();
    direction(1, 1) = sign;
    cube->SetDirection(direction);
    EXPECT_GT(VolumeOf(Deviations(cube, cube)->GetOutput()), 480.0);
  }
}

TEST(SignedSurfaceDeviationMeshFilter, MeshLiesInPhysicalSpace)
{
  const SizeType size{ { 12, 10, 9 } };
  const auto shape = [](const IndexType & i) { return i[0] > 1 && i[1] > 3 && i[2] > 6 && i[0] + i[1] < 12 ? 1 : 0; };
  const auto oblique = MakeObliqueImage<MaskType>(size, shape);
  const auto filter = Deviations(oblique, oblique);

  // The same voxels on a plain grid.
  const auto plain = MakeImage<MaskType>(size, [&](const IndexType & i) {
    return shape({ { i[0] - 2, i[1] + 1, i[2] + 4 } });
  });
  const auto plainFilter = Deviations(plain, plain);
  const auto count = filter->GetNumberOfPoints();
  ASSERT_GT(count, 100u);
  ASSERT_EQ(count, plainFilter->GetNumberOfPoints());
  for (itk::IdentifierType number = 0; number < count; ++number)
  {
    auto index = PointOf(plainFilter->GetOutput(), number);
    index[0] += -2.0;
    index[1] += 1.0;
    index[2] += 4.0;
    PointType expected;
    oblique->TransformContinuousIndexToPhysicalPoint(itk::ContinuousIndex<double, 3>(index.GetDataPointer()), expected);
    // Points of a mesh are single precision.
    EXPECT_LT(PointOf(filter->GetOutput(), number).EuclideanDistanceTo(expected), 1e-4);
  }
}

TEST(SignedSurfaceDeviationMeshFilter, WritesAndReadsVTK)
{
  const auto filter =
    Deviations(MakeImage<MaskType>(cubeSize, Cube(5, 12)), MakeImage<MaskType>(cubeSize, Cube(4, 14)));
  const std::string name = testing::TempDir() + "SignedSurfaceDeviationMeshFilter.vtk";
  auto              writer = itk::MeshFileWriter<MeshType>::New();
  writer->SetMeshIO(itk::VTKPolyDataMeshIO::New());
  writer->SetInput(filter->GetOutput());
  writer->SetFileName(name);
  writer->Update();
  auto reader = itk::MeshFileReader<MeshType>::New();
  reader->SetMeshIO(itk::VTKPolyDataMeshIO::New());
  reader->SetFileName(name);
  reader->Update();
  std::remove(name.c_str());

  MeshType * written = filter->GetOutput();
  MeshType * read = reader->GetOutput();
  ASSERT_EQ(read->GetNumberOfPoints(), written->GetNumberOfPoints());
  ASSERT_EQ(read->GetNumberOfCells(), written->GetNumberOfCells());
  for (itk::IdentifierType number = 0; number < read->GetNumberOfPoints(); ++number)
  {
    double before = 0.0;
    double after = 1.0;
    ASSERT_TRUE(written->GetPointData(number, &before));
    ASSERT_TRUE(read->GetPointData(number, &after));
    EXPECT_NEAR(after, before, 1e-5);
    EXPECT_LT(PointOf(read, number).EuclideanDistanceTo(PointOf(written, number)), 1e-4);
  }
}

TEST(SignedSurfaceDeviationMeshFilter, WithoutMesh)
{
  const auto filter =
    Deviations(MakeImage<MaskType>(cubeSize, Cube(5, 12)), MakeImage<MaskType>(cubeSize, Cube(4, 14)));
  const auto statistics = StatisticsOf(filter);
  filter->ComputeMeshOff();
  filter->Update();
  EXPECT_EQ(StatisticsOf(filter), statistics);
  EXPECT_EQ(filter->GetOutput()->GetNumberOfPoints(), 0u);
  EXPECT_EQ(filter->GetOutput()->GetNumberOfCells(), 0u);
}

TEST(SignedSurfaceDeviationMeshFilter, SameBitsForAnyNumberOfThreads)
{
  Random     random(11);
  const auto noise = [&](const IndexType & i) { return random() < (i[2] < 12 ? 0.8 : 0.1) ? 1 : 0; };
  const auto reference = MakeImage<MaskType>({ { 14, 15, 30 } }, noise);
  const auto synthetic = MakeImage<MaskType>({ { 14, 15, 30 } }, noise);
  const auto measure = [&](unsigned int workUnits) {
    auto filter = FilterType::New();
    filter->SetReferenceImage(reference);
    filter->SetSyntheticImage(synthetic);
    filter->SetNumberOfWorkUnits(workUnits);
    filter->Update();
    auto values = StatisticsOf(filter);
    for (itk::IdentifierType number = 0; number < filter->GetNumberOfPoints(); ++number)
    {
      double deviation = 0.0;
      filter->GetOutput()->GetPointData(number, &deviation);
      values.push_back(deviation);
    }
    return values;
  };
  const auto expected = measure(1);
  for (const unsigned int workUnits : { 2u, 3u, 7u })
  {
    const auto values = measure(workUnits);
    ASSERT_EQ(values.size(), expected.size());
    EXPECT_EQ(std::memcmp(values.data(), expected.data(), values.size() * sizeof(double)), 0);
  }
}

TEST(SignedSurfaceDeviationMeshFilter, RefusesBadInput)
{
  const auto cube = MakeImage<MaskType>(cubeSize, Cube(5, 12));
  auto       filter = FilterType::New();
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetReferenceImage(cube);
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetSyntheticImage(MakeImage<MaskType>({ { 20, 20, 19 } }, Cube(5, 12)));
  ExpectError([&] { filter->Update(); }, "SyntheticImage has another grid");
  filter->SetSyntheticImage(cube);

  filter->SetLowerBound(3.0);
  ExpectError([&] { filter->Update(); }, "LowerBound is 3");
  filter->SetLowerBound(notANumber);
  ExpectError([&] { filter->Update(); }, "LowerBound is nan");
  filter->SetLowerBound(-2.0);
  filter->SetUpperBound(notANumber);
  ExpectError([&] { filter->Update(); }, "UpperBound, which is nan");
  filter->SetUpperBound(2.0);
  EXPECT_NO_THROW(filter->Update());
  filter->SetReferenceImage(MakeImage<MaskType>({ { 0, 20, 20 } }, Cube(5, 12)));
  ExpectError([&] { filter->Update(); }, "no voxels");

  using FloatType = itk::Image<float, 3>;
  const auto image = MakeImage<FloatType>(cubeSize, Cube(5, 12));
  auto       floats = itk::SignedSurfaceDeviationMeshFilter<FloatType>::New();
  floats->SetReferenceImage(image);
  floats->SetSyntheticImage(image);
  floats->SetLabel(static_cast<float>(notANumber));
  ExpectError([&] { floats->Update(); }, "Label is nan");
  floats->SetLabel(2.0f);
  ExpectError([&] { floats->Update(); }, "Label is 2 but should be 0 while MergeLabels is on");
  floats->MergeLabelsOff();
  EXPECT_NO_THROW(floats->Update());
  image->SetPixel({ { 1, 2, 3 } }, 0.25f);
  image->Modified();
  ExpectError([&] { floats->Update(); }, "ReferenceImage has a voxel of 0.25 but labels are whole numbers");
  floats->SetLabel(0.0f);
  ExpectError([&] { floats->Update(); }, "Label is 0, which is the background");
  floats->MergeLabelsOn();
  EXPECT_NO_THROW(floats->Update());
  image->SetPixel({ { 1, 2, 3 } }, static_cast<float>(notANumber));
  image->Modified();
  ExpectError([&] { floats->Update(); }, "ReferenceImage has a voxel that is NaN or infinite");
}

TEST(SignedSurfaceDeviationMeshFilter, Prints)
{
  auto filter = FilterType::New();
  filter->SetLabel(7);
  std::ostringstream text;
  filter->Print(text);
  EXPECT_NE(text.str().find("Label: 7"), std::string::npos);
  EXPECT_NE(text.str().find("UpperBound: 2"), std::string::npos);
  EXPECT_NE(text.str().find("MergeLabels: On"), std::string::npos);
  EXPECT_NE(text.str().find("Definition: Surfel"), std::string::npos);
  EXPECT_NE(text.str().find("WeighByArea: Off"), std::string::npos);
}
