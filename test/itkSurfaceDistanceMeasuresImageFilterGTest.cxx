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
#include "itkSurfaceDistanceMeasuresImageFilter.h"

#include "itkImageFilterTestUtilities.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <sstream>
#include <vector>

namespace
{

using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeImage;
using itk::TestUtilities::MakeObliqueImage;
using itk::TestUtilities::Random;

using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::SurfaceDistanceMeasuresImageFilter<MaskType>;
using IndexType = MaskType::IndexType;
using SizeType = MaskType::SizeType;
using Definition = itk::SurfaceDistanceDefinitionEnum;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

const Definition definitions[] = { Definition::Surfel, Definition::Voxel };

// The segmentations of the reference values below: integer arithmetic that any language repeats.
constexpr SizeType volumeSize{ { 23, 19, 17 } };
const double       volumeSpacing[] = { 1.3, 0.7, 2.5 };

int
SquareOf(itk::IndexValueType value)
{
  return static_cast<int>(value * value);
}

int
NumberOf(const IndexType & i)
{
  return static_cast<int>((i[2] * 19 + i[1]) * 23 + i[0]);
}

int
ReferenceLabel(const IndexType & i)
{
  if (3 * SquareOf(i[0] - 8) + 4 * SquareOf(i[1] - 9) + 5 * SquareOf(i[2] - 8) < 150)
  {
    return NumberOf(i) * 7919 % 53 == 0 ? 0 : 1;
  }
  if (i[0] >= 17 && i[1] < 12)
  {
    return 2;
  }
  return i[0] < 3 && i[1] < 3 && i[2] < 3 ? 3 : 0;
}

int
SyntheticLabel(const IndexType & i)
{
  if (4 * SquareOf(i[0] - 9) + 3 * SquareOf(i[1] - 8) + 5 * SquareOf(i[2] - 9) < 160)
  {
    return NumberOf(i) * 104729 % 47 == 0 ? 0 : 1;
  }
  if (i[0] >= 18 && i[1] < 11 && i[2] > 0)
  {
    return 2;
  }
  return i[0] > 19 && i[1] > 16 && i[2] > 14 ? 4 : 0;
}

MaskType::Pointer
Volume(int (*labelOf)(const IndexType &))
{
  auto image = MakeImage<MaskType>(volumeSize, labelOf);
  image->SetSpacing(volumeSpacing);
  return image;
}

FilterType::Pointer
VolumeFilter()
{
  auto filter = FilterType::New();
  filter->SetReferenceImage(Volume(ReferenceLabel));
  filter->SetSyntheticImage(Volume(SyntheticLabel));
  filter->SetTolerances({ 0.0, 0.7, 1.0, 2.5 });
  filter->SetPercentiles({ 0.0, 25.0, 50.0, 95.0, 99.0 });
  return filter;
}

/** All measures of a structure, in the order of the reference values below. */
template <typename TFilter>
std::vector<double>
MeasuresOf(const TFilter * filter, itk::SizeValueType label)
{
  std::vector<double> measures{ filter->GetDiceCoefficient(label),
                                filter->GetReferenceSurfaceArea(label),
                                filter->GetSyntheticSurfaceArea(label),
                                filter->GetHausdorffDistance(label),
                                filter->GetAverageSymmetricSurfaceDistance(label),
                                filter->GetMeanDistanceFromReference(label),
                                filter->GetMeanDistanceFromSynthetic(label) };
  for (size_t i = 0; i < filter->GetPercentiles().size(); ++i)
  {
    measures.push_back(filter->GetHausdorffDistanceAtPercentile(label, i));
  }
  for (size_t i = 0; i < filter->GetTolerances().size(); ++i)
  {
    measures.push_back(filter->GetNormalizedSurfaceDice(label, i));
  }
  return measures;
}

template <typename TFilter>
std::vector<double>
AllMeasures(const TFilter * filter)
{
  std::vector<double> all;
  for (itk::SizeValueType label = 0; label < filter->GetNumberOfLabels(); ++label)
  {
    const auto measures = MeasuresOf(filter, label);
    all.insert(all.end(), measures.begin(), measures.end());
  }
  return all;
}

void
ExpectClose(const std::vector<double> & values, const std::vector<double> & expected, double tolerance)
{
  ASSERT_EQ(values.size(), expected.size());
  for (size_t i = 0; i < values.size(); ++i)
  {
    EXPECT_NEAR(values[i], expected[i], tolerance * std::abs(expected[i])) << "measure " << i;
  }
}

void
ExpectSameBits(const std::vector<double> & a, const std::vector<double> & b)
{
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0);
}

bool
IsIn(const IndexType & i, const IndexType & first, const IndexType & last)
{
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    if (i[axis] < first[axis] || i[axis] > last[axis])
    {
      return false;
    }
  }
  return true;
}

MaskType::Pointer
Box(const SizeType & size, const IndexType & first, const IndexType & last)
{
  return MakeImage<MaskType>(size, [&](const IndexType & i) { return IsIn(i, first, last) ? 1 : 0; });
}

FilterType::Pointer
Measured(MaskType * reference, MaskType * synthetic, Definition definition = Definition::Surfel)
{
  auto filter = FilterType::New();
  filter->SetReferenceImage(reference);
  filter->SetSyntheticImage(synthetic);
  filter->SetMergeLabels(true);
  filter->SetDefinition(definition);
  filter->Update();
  return filter;
}

/** A surface as positions in mm, by the words of the definition. */
std::vector<std::array<double, 3>>
NaiveSurface(const MaskType * mask, Definition definition)
{
  const auto region = mask->GetLargestPossibleRegion();
  const auto isInside = [&](const IndexType & i) { return region.IsInside(i) && mask->GetPixel(i) != 0; };
  const auto size = region.GetSize();
  const int  more = definition == Definition::Surfel ? 1 : 0;

  std::vector<std::array<double, 3>> surface;
  for (int z = 0; z < static_cast<int>(size[2]) + more; ++z)
  {
    for (int y = 0; y < static_cast<int>(size[1]) + more; ++y)
    {
      for (int x = 0; x < static_cast<int>(size[0]) + more; ++x)
      {
        int inside = 0;
        int around = 0;
        if (definition == Definition::Surfel)
        {
          for (int corner = 0; corner < 8; ++corner)
          {
            inside += isInside({ { x - corner % 2, y - corner / 2 % 2, z - corner / 4 } }) ? 1 : 0;
            ++around;
          }
        }
        else if (isInside({ { x, y, z } }))
        {
          for (unsigned int axis = 0; axis < 3; ++axis)
          {
            for (const int step : { -1, 1 })
            {
              IndexType neighbour{ { x, y, z } };
              neighbour[axis] += step;
              inside += isInside(neighbour) ? 1 : 0;
              ++around;
            }
          }
          // Without a neighbour inside it is boundary all the same.
          inside += 1;
          around += 1;
        }
        if (inside > 0 && inside < around)
        {
          surface.push_back({ { x * mask->GetSpacing()[0], y * mask->GetSpacing()[1], z * mask->GetSpacing()[2] } });
        }
      }
    }
  }
  return surface;
}

/** Distances from each point of a surface to another surface, ascending. */
std::vector<double>
NaiveDistances(const std::vector<std::array<double, 3>> & from, const std::vector<std::array<double, 3>> & to)
{
  std::vector<double> distances;
  for (const auto & one : from)
  {
    double square = infinity;
    for (const auto & other : to)
    {
      square = std::min(
        square, std::pow(one[0] - other[0], 2) + std::pow(one[1] - other[1], 2) + std::pow(one[2] - other[2], 2));
    }
    distances.push_back(std::sqrt(square));
  }
  std::sort(distances.begin(), distances.end());
  return distances;
}

} // namespace

TEST(SurfaceDistanceMeasuresImageFilter, ReferenceValuesOfSurfels)
{
  // surface-distance 0.1 (google-deepmind) on NumPy 2.4.6 and SciPy 1.17.1, with arrays [z, y, x], the spacing
  // (2.5, 0.7, 1.3) and tolerances with 1e-6 added; the percentile 100 for HD, and the pooled mean from its lists.
  const std::vector<double> expected[] = { { 0.7641646489104116,
                                             1126.7207463203076,
                                             1201.4523669727873,
                                             3.1464265445104544,
                                             0.6854088672613986,
                                             0.6649509108717089,
                                             0.7045943169098586,
                                             0.0,
                                             0.0,
                                             0.7,
                                             2.5,
                                             2.817800560721074,
                                             0.4846597969941893,
                                             0.6768273453052632,
                                             0.6768273453052632,
                                             0.967719181709334 },
                                           { 0.8365019011406845,
                                             1435.1643993733696,
                                             1168.7870744656548,
                                             2.903446228191595,
                                             0.5771117865782106,
                                             0.6533574532203716,
                                             0.48348903119195175,
                                             0.0,
                                             0.0,
                                             0.7,
                                             2.5,
                                             2.596150997149434,
                                             0.49826443339196885,
                                             0.7130256681268355,
                                             0.7130256681268355,
                                             0.9920460617862352 },
                                           { 0.7932509505703422,
                                             2649.121518802562,
                                             2419.0084822322005,
                                             14.158036587041297,
                                             0.8257159070000412,
                                             0.9695354960163312,
                                             0.6682151909476434,
                                             0.0,
                                             0.0,
                                             0.7,
                                             2.6,
                                             11.46516463030514,
                                             0.4786436641627705,
                                             0.677262711569036,
                                             0.677262711569036,
                                             0.9542489209611262 } };

  const auto filter = VolumeFilter();
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 4u);
  ExpectClose(MeasuresOf(filter.GetPointer(), 0), expected[0], 1e-12);
  ExpectClose(MeasuresOf(filter.GetPointer(), 1), expected[1], 1e-12);
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(0), 975u);
  EXPECT_EQ(filter->GetSyntheticNumberOfVoxels(0), 1090u);

  filter->MergeLabelsOn();
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 1u);
  EXPECT_EQ(filter->GetLabel(0), 0);
  ExpectClose(MeasuresOf(filter.GetPointer(), 0), expected[2], 1e-12);
}

TEST(SurfaceDistanceMeasuresImageFilter, ReferenceValuesOfVoxels)
{
  // NumPy 2.4.6 and SciPy 1.17.1: boundaries by ndimage.binary_erosion, distances by ndimage.distance_transform_edt,
  // percentiles by numpy.percentile. MONAI 1.3.2 gives the same in single precision, but for the percentile 0, which it
  // takes for 100.
  const std::vector<double> expected[] = { { 0.7641646489104116,
                                             436.0,
                                             482.0,
                                             3.1464265445104544,
                                             1.0603737223346816,
                                             1.0732863804417125,
                                             1.0486933925947117,
                                             0.0,
                                             0.7,
                                             1.3,
                                             2.6,
                                             2.872555686023296,
                                             0.25925925925925924,
                                             0.5130718954248366,
                                             0.5130718954248366,
                                             0.9270152505446623 },
                                           { 0.8365019011406845,
                                             624.0,
                                             502.0,
                                             2.903446228191595,
                                             0.6641240890570551,
                                             0.7897495581382116,
                                             0.5079681274900398,
                                             0.0,
                                             0.0,
                                             0.7,
                                             2.5,
                                             2.817800560721074,
                                             0.49733570159857904,
                                             0.6376554174067496,
                                             0.6376554174067496,
                                             0.9849023090586145 } };
  const auto                filter = VolumeFilter();
  filter->SetDefinition(Definition::Voxel);
  filter->Update();
  ExpectClose(MeasuresOf(filter.GetPointer(), 0), expected[0], 1e-12);
  ExpectClose(MeasuresOf(filter.GetPointer(), 1), expected[1], 1e-12);
}

TEST(SurfaceDistanceMeasuresImageFilter, ReferenceValuesInTwoDimensions)
{
  // As above, for label 1 in slice 8.
  const std::vector<double> expectedSurfels{ 0.8248175182481752,
                                             52.2826107325135,
                                             63.094469180700216,
                                             3.5,
                                             0.8728854343514099,
                                             0.7700425341179666,
                                             0.9581051911593894,
                                             0.0,
                                             0.0,
                                             0.7,
                                             2.6,
                                             3.5,
                                             0.3778930723085791,
                                             0.5767307043886518,
                                             0.5767307043886518,
                                             0.9424134292347945 };
  const std::vector<double> expectedVoxels{ 0.8248175182481752,
                                            40.0,
                                            57.0,
                                            2.95296461204668,
                                            1.0569135090400779,
                                            0.9756281716307406,
                                            1.1139558510817182,
                                            0.0,
                                            0.7,
                                            1.3,
                                            2.6925824035672523,
                                            2.8071505752982,
                                            0.24742268041237114,
                                            0.4536082474226804,
                                            0.4536082474226804,
                                            0.9381443298969072 };

  using SliceType = itk::Image<unsigned char, 2>;
  const auto slice = [](int (*labelOf)(const IndexType &)) {
    auto image = MakeImage<SliceType>({ { 23, 19 } }, [=](const SliceType::IndexType & i) {
      return labelOf({ { i[0], i[1], 8 } });
    });
    image->SetSpacing(volumeSpacing);
    return image;
  };
  auto filter = itk::SurfaceDistanceMeasuresImageFilter<SliceType>::New();
  filter->SetReferenceImage(slice(ReferenceLabel));
  filter->SetSyntheticImage(slice(SyntheticLabel));
  filter->SetLabels({ 1 });
  filter->SetTolerances({ 0.0, 0.7, 1.0, 2.5 });
  filter->SetPercentiles({ 0.0, 25.0, 50.0, 95.0, 99.0 });
  filter->Update();
  ExpectClose(MeasuresOf(filter.GetPointer(), 0), expectedSurfels, 1e-12);
  filter->SetDefinition(Definition::Voxel);
  filter->Update();
  ExpectClose(MeasuresOf(filter.GetPointer(), 0), expectedVoxels, 1e-12);
}

TEST(SurfaceDistanceMeasuresImageFilter, AreasOfNeighbourhoods)
{
  using itk::SyntheticCTDetail::ComputeSurfaceElementAreas;

  // create_table_neighbour_code_to_surface_area((2.5, 0.7, 1.3)) of surface-distance 0.1, whose first axis is our last.
  // Its codes number the voxels the other way round, which is the same neighbourhood reflected.
  const auto areas = ComputeSurfaceElementAreas({ { 1.3, 0.7, 2.5 } }, false);
  const struct
  {
    unsigned int Code;
    double       Area;
  } expected[] = { { 1, 0.4752154116819024 },  { 3, 1.687498148147132 },   { 6, 0.9504308233638048 },
                   { 7, 1.880646235045707 },   { 23, 2.8512924700914146 }, { 27, 3.3167781861183854 },
                   { 105, 1.9008616467276096 } };
  for (const auto & one : expected)
  {
    EXPECT_NEAR(areas[one.Code], one.Area, 1e-14 * one.Area) << one.Code;
  }
  // All 256.
  double sum = 0.0;
  double weightedSum = 0.0;
  for (unsigned int code = 0; code < 256; ++code)
  {
    sum += areas[code];
    weightedSum += (code + 1) * areas[code];
    // The surface is the same from both sides.
    EXPECT_EQ(areas[code], areas[255 - code]);
  }
  EXPECT_NEAR(sum, 515.3582780047534, 1e-13 * sum);
  EXPECT_NEAR(weightedSum, 66223.53872361079, 1e-13 * weightedSum);

  // Lengths around one and two pixels.
  const auto   lengths = ComputeSurfaceElementAreas({ { 3.0, 4.0, 1.0 } }, true);
  const double expectedLengths[] = { 0.0, 2.5, 2.5, 3.0, 2.5, 4.0, 5.0, 2.5, 2.5, 5.0, 4.0, 2.5, 3.0, 2.5, 2.5, 0.0 };
  for (unsigned int code = 0; code < 16; ++code)
  {
    EXPECT_DOUBLE_EQ(lengths[code * 17], expectedLengths[code]);
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, AreaOfABox)
{
  const double spacing[] = { 0.5, 0.75, 3.0 };
  const double faces[] = { 0.75 * 3.0, 0.5 * 3.0, 0.5 * 0.75 };
  const int    lengths[] = { 7, 5, 2 };
  const auto   box = Box({ { 12, 9, 5 } }, { { 2, 3, 1 } }, { { 8, 7, 2 } });
  box->SetSpacing(spacing);
  // Corners and edges are bevelled.
  double area = std::sqrt(faces[0] * faces[0] + faces[1] * faces[1] + faces[2] * faces[2]);
  for (unsigned int a = 0; a < 3; ++a)
  {
    const unsigned int b = (a + 1) % 3;
    const unsigned int c = (a + 2) % 3;
    area += 4 * (lengths[a] - 1) * 0.5 * std::hypot(faces[b], faces[c]);
    area += 2 * (lengths[b] - 1) * (lengths[c] - 1) * faces[a];
  }
  EXPECT_NEAR(Measured(box, box)->GetReferenceSurfaceArea(0), area, 1e-12 * area);
  // All voxels but the 5 x 3 x 0 interior ones.
  EXPECT_EQ(Measured(box, box, Definition::Voxel)->GetReferenceSurfaceArea(0), 70.0);
}

TEST(SurfaceDistanceMeasuresImageFilter, TwoVoxels)
{
  // The voxels lie 3 and 4 steps apart, so that the eight corners of one are (2 or 3, 3 or 4) steps from the other.
  const SizeType size{ { 70, 12, 7 } };
  const auto     reference = Box(size, { { 62, 2, 3 } }, { { 62, 2, 3 } });
  const auto     synthetic = Box(size, { { 65, 6, 3 } }, { { 65, 6, 3 } });
  const double   distances[] = { std::sqrt(13.0), std::sqrt(18.0), std::sqrt(20.0), 5.0 };
  auto           filter = FilterType::New();
  filter->SetReferenceImage(reference);
  filter->SetSyntheticImage(synthetic);
  filter->SetPercentiles({ 0.0, 25.0, 25.001, 50.0, 75.0, 75.001, 100.0 });
  filter->SetTolerances({ 3.6, distances[0], 4.3, 5.0 });
  filter->Update();
  const double mean = (distances[0] + distances[1] + distances[2] + distances[3]) / 4.0;
  EXPECT_DOUBLE_EQ(filter->GetHausdorffDistance(0), 5.0);
  EXPECT_NEAR(filter->GetAverageSymmetricSurfaceDistance(0), mean, 1e-14 * mean);
  EXPECT_NEAR(filter->GetMeanDistanceFromReference(0), mean, 1e-14 * mean);
  EXPECT_NEAR(filter->GetMeanDistanceFromSynthetic(0), mean, 1e-14 * mean);
  EXPECT_EQ(filter->GetDiceCoefficient(0), 0.0);
  // No interpolation: a share that is reached exactly takes the smaller distance.
  const size_t expected[] = { 0, 0, 1, 1, 2, 3, 3 };
  for (size_t i = 0; i < 7; ++i)
  {
    EXPECT_DOUBLE_EQ(filter->GetHausdorffDistanceAtPercentile(0, i), distances[expected[i]]) << i;
  }
  EXPECT_EQ(filter->GetNormalizedSurfaceDice(0, 0), 0.0);
  EXPECT_DOUBLE_EQ(filter->GetNormalizedSurfaceDice(0, 1), 0.25);
  EXPECT_DOUBLE_EQ(filter->GetNormalizedSurfaceDice(0, 2), 0.5);
  EXPECT_DOUBLE_EQ(filter->GetNormalizedSurfaceDice(0, 3), 1.0);

  filter->SetDefinition(Definition::Voxel);
  filter->Update();
  for (const double value : { filter->GetHausdorffDistance(0),
                              filter->GetAverageSymmetricSurfaceDistance(0),
                              filter->GetHausdorffDistanceAtPercentile(0, 3) })
  {
    EXPECT_EQ(value, 5.0);
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, PercentilesOfVoxelsAreInterpolated)
{
  // Distances 0, 1, 2, 3 and 4 from the reference's five voxels to the synthetic one, and 0 back.
  const SizeType size{ { 9, 3, 3 } };
  const auto     reference = Box(size, { { 2, 1, 1 } }, { { 6, 1, 1 } });
  const auto     synthetic = Box(size, { { 2, 1, 1 } }, { { 2, 1, 1 } });
  auto           filter = FilterType::New();
  filter->SetReferenceImage(reference);
  filter->SetSyntheticImage(synthetic);
  filter->SetDefinition(Definition::Voxel);
  filter->SetPercentiles({ 0.0, 10.0, 25.0, 95.0, 100.0 });
  filter->Update();
  const double expected[] = { 0.0, 0.4, 1.0, 3.8, 4.0 };
  for (size_t i = 0; i < 5; ++i)
  {
    EXPECT_DOUBLE_EQ(filter->GetHausdorffDistanceAtPercentile(0, i), expected[i]);
  }
  EXPECT_DOUBLE_EQ(filter->GetAverageSymmetricSurfaceDistance(0), 10.0 / 6.0);
  EXPECT_DOUBLE_EQ(filter->GetMeanDistanceFromReference(0), 2.0);
  EXPECT_EQ(filter->GetMeanDistanceFromSynthetic(0), 0.0);
  EXPECT_DOUBLE_EQ(filter->GetDiceCoefficient(0), 2.0 / 6.0);
}

TEST(SurfaceDistanceMeasuresImageFilter, EqualDistancesAreNotInterpolated)
{
  // Distances 0, 0, 1 and 1, so that ranks from 0 to 1 and from 2 to 3 lie between equal ones.
  const SizeType size{ { 6, 6, 1 } };
  auto           filter = FilterType::New();
  filter->SetReferenceImage(Box(size, { { 2, 1, 0 } }, { { 3, 2, 0 } }));
  filter->SetSyntheticImage(Box(size, { { 2, 1, 0 } }, { { 2, 2, 0 } }));
  filter->SetDefinition(Definition::Voxel);
  filter->SetPercentiles({ 10.0, 40.0, 50.0, 90.0 });
  filter->Update();
  const double expected[] = { 0.0, 0.2, 0.5, 1.0 };
  for (size_t i = 0; i < 4; ++i)
  {
    EXPECT_NEAR(filter->GetHausdorffDistanceAtPercentile(0, i), expected[i], 1e-15);
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, AShareReachedButForRoundingIsReached)
{
  // Ten equal pieces whose sums round.
  for (int step = 1; step < 20; ++step)
  {
    itk::SyntheticCTDetail::DistanceProfile profile;
    for (int piece = 10; piece > 0; --piece)
    {
      profile.Add(piece * piece, 0.01 * step);
    }
    profile.Sort();
    for (int piece = 1; piece <= 10; ++piece)
    {
      EXPECT_EQ(profile.GetQuantile(piece / 10.0), piece) << step;
      EXPECT_EQ(profile.GetQuantile(piece / 10.0 + 1e-9), std::min(piece + 1, 10)) << step;
    }
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, IdenticalStructures)
{
  for (const Definition definition : definitions)
  {
    const auto filter = Measured(Volume(ReferenceLabel), Volume(ReferenceLabel), definition);
    EXPECT_EQ(filter->GetHausdorffDistance(0), 0.0);
    EXPECT_EQ(filter->GetHausdorffDistanceAtPercentile(0, 0), 0.0);
    EXPECT_EQ(filter->GetAverageSymmetricSurfaceDistance(0), 0.0);
    EXPECT_EQ(filter->GetNormalizedSurfaceDice(0, 0), 1.0);
    EXPECT_EQ(filter->GetDiceCoefficient(0), 1.0);
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, ARoundedSpacingDoesNotPushADistanceOverATolerance)
{
  const double   spacing[] = { 0.60000002, 0.60000002, 3.0 };
  const SizeType size{ { 20, 10, 5 } };
  const auto     reference = Box(size, { { 3, 3, 1 } }, { { 12, 6, 3 } });
  const auto     synthetic = Box(size, { { 4, 3, 1 } }, { { 13, 6, 3 } });
  reference->SetSpacing(spacing);
  synthetic->SetSpacing(spacing);
  for (const Definition definition : definitions)
  {
    auto filter = FilterType::New();
    filter->SetReferenceImage(reference);
    filter->SetSyntheticImage(synthetic);
    filter->SetDefinition(definition);
    filter->SetTolerances({ 0.6, 0.59999 });
    filter->Update();
    EXPECT_EQ(filter->GetNormalizedSurfaceDice(0, 0), 1.0);
    EXPECT_LT(filter->GetNormalizedSurfaceDice(0, 1), 1.0);
    EXPECT_DOUBLE_EQ(filter->GetHausdorffDistance(0), 0.60000002);
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, SearchAgreesWithTryingAllPairs)
{
  // Blobs and single voxels, near and far, in boxes of several words, on grids of any shape.
  Random random(7);
  for (unsigned int run = 0; run < 24; ++run)
  {
    const SizeType size{ { static_cast<itk::SizeValueType>(1 + random() * (run % 3 == 0 ? 150 : 20)),
                           static_cast<itk::SizeValueType>(1 + random() * 20),
                           static_cast<itk::SizeValueType>(1 + random() * 14) } };
    const double   spacing[] = { 0.2 + 2.0 * random(), 0.2 + 2.0 * random(), 0.2 + 2.0 * random() };
    const double   share = std::array<double, 4>{ { 0.5, 0.9, 0.02, 0.002 } }[run % 4];
    const auto     noise = [&](const IndexType &) { return random() < share ? 1 : 0; };
    const auto     reference = MakeImage<MaskType>(size, noise);
    const auto     synthetic = MakeImage<MaskType>(size, noise);
    // Never empty.
    reference->SetPixel({ { 0, 0, 0 } }, 1);
    synthetic->SetPixel({ { static_cast<long>(size[0]) - 1, 0, static_cast<long>(size[2]) - 1 } }, 1);
    reference->SetSpacing(spacing);
    synthetic->SetSpacing(spacing);
    for (const Definition definition : definitions)
    {
      const auto filter = Measured(reference, synthetic, definition);
      const auto referenceSurface = NaiveSurface(reference, definition);
      const auto syntheticSurface = NaiveSurface(synthetic, definition);
      const auto there = NaiveDistances(referenceSurface, syntheticSurface);
      const auto back = NaiveDistances(syntheticSurface, referenceSurface);
      const auto hausdorff = std::max(there.back(), back.back());
      EXPECT_NEAR(filter->GetHausdorffDistance(0), hausdorff, 1e-12 * hausdorff) << "run " << run;
      if (definition == Definition::Voxel)
      {
        double sum = 0.0;
        for (const double distance : there)
        {
          sum += distance;
        }
        const double mean = sum / static_cast<double>(there.size());
        EXPECT_EQ(filter->GetReferenceSurfaceArea(0), static_cast<double>(there.size()));
        EXPECT_EQ(filter->GetSyntheticSurfaceArea(0), static_cast<double>(back.size()));
        EXPECT_NEAR(filter->GetMeanDistanceFromReference(0), mean, 1e-12 * mean) << "run " << run;
      }
    }
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, SearchAgreesFarAway)
{
  // A few voxels in a large box, so that all levels of the search are descended.
  Random random(19);
  for (unsigned int run = 0; run < 8; ++run)
  {
    const SizeType size{ { 90, 80, 70 } };
    const double   spacing[] = { 0.3 + random(), 0.3 + random(), 0.3 + random() };
    const auto     scattered = [&] {
      const auto mask = MakeImage<MaskType>(size, [](const IndexType &) { return 0; });
      for (unsigned int voxel = 0; voxel < 30; ++voxel)
      {
        mask->SetPixel(
          { { static_cast<long>(90 * random()), static_cast<long>(80 * random()), static_cast<long>(70 * random()) } },
          1);
      }
      mask->SetSpacing(spacing);
      return mask;
    };
    const auto reference = scattered();
    const auto synthetic = scattered();
    const auto filter = Measured(reference, synthetic, Definition::Voxel);
    const auto referenceSurface = NaiveSurface(reference, Definition::Voxel);
    const auto syntheticSurface = NaiveSurface(synthetic, Definition::Voxel);
    double     sum = 0.0;
    for (const auto & distances :
         { NaiveDistances(referenceSurface, syntheticSurface), NaiveDistances(syntheticSurface, referenceSurface) })
    {
      for (const double distance : distances)
      {
        sum += distance;
      }
    }
    const double mean = sum / static_cast<double>(referenceSurface.size() + syntheticSurface.size());
    EXPECT_NEAR(filter->GetAverageSymmetricSurfaceDistance(0), mean, 1e-12 * mean) << "run " << run;
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, SearchAlongAFineAxis)
{
  // 33 steps of 0.05 mm are nearer than one of 1.8 mm.
  const double spacing[] = { 0.05, 1.8, 1.8 };
  for (const long direction : { -1, 1 })
  {
    const auto reference = Box({ { 100, 3, 1 } }, { { 50, 1, 0 } }, { { 50, 1, 0 } });
    const auto synthetic = Box({ { 100, 3, 1 } }, { { 50, 0, 0 } }, { { 50, 0, 0 } });
    synthetic->SetPixel({ { 50 + 33 * direction, 1, 0 } }, 1);
    reference->SetSpacing(spacing);
    synthetic->SetSpacing(spacing);
    EXPECT_DOUBLE_EQ(Measured(reference, synthetic, Definition::Voxel)->GetMeanDistanceFromReference(0), 1.65);
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, OneOrBothEmpty)
{
  const SizeType size{ { 6, 7, 8 } };
  const auto     full = Box(size, { { 2, 2, 2 } }, { { 3, 3, 3 } });
  const auto     empty = MakeImage<MaskType>(size, [](const IndexType &) { return 0; });
  for (const Definition definition : definitions)
  {
    for (const bool isReferenceEmpty : { false, true })
    {
      const auto filter = Measured(isReferenceEmpty ? empty : full, isReferenceEmpty ? full : empty, definition);
      EXPECT_EQ(filter->GetHausdorffDistance(0), infinity);
      EXPECT_EQ(filter->GetHausdorffDistanceAtPercentile(0, 0), infinity);
      EXPECT_EQ(filter->GetAverageSymmetricSurfaceDistance(0), infinity);
      EXPECT_EQ(filter->GetMeanDistanceFromReference(0), infinity);
      EXPECT_EQ(filter->GetMeanDistanceFromSynthetic(0), infinity);
      EXPECT_EQ(filter->GetNormalizedSurfaceDice(0, 0), 0.0);
      EXPECT_EQ(filter->GetDiceCoefficient(0), 0.0);
      EXPECT_EQ(filter->GetReferenceNumberOfVoxels(0), isReferenceEmpty ? 0u : 8u);
      EXPECT_EQ(filter->GetReferenceSurfaceArea(0) == 0.0, isReferenceEmpty);
      EXPECT_EQ(filter->GetSyntheticSurfaceArea(0) == 0.0, !isReferenceEmpty);
    }

    const auto filter = Measured(empty, empty, definition);
    EXPECT_TRUE(std::isnan(filter->GetHausdorffDistance(0)));
    EXPECT_TRUE(std::isnan(filter->GetHausdorffDistanceAtPercentile(0, 0)));
    EXPECT_TRUE(std::isnan(filter->GetAverageSymmetricSurfaceDistance(0)));
    EXPECT_TRUE(std::isnan(filter->GetMeanDistanceFromReference(0)));
    EXPECT_TRUE(std::isnan(filter->GetMeanDistanceFromSynthetic(0)));
    EXPECT_TRUE(std::isnan(filter->GetNormalizedSurfaceDice(0, 0)));
    EXPECT_TRUE(std::isnan(filter->GetDiceCoefficient(0)));
    EXPECT_EQ(filter->GetReferenceSurfaceArea(0), 0.0);
    EXPECT_EQ(filter->GetSyntheticNumberOfVoxels(0), 0u);

    filter->MergeLabelsOff();
    filter->Update();
    EXPECT_EQ(filter->GetNumberOfLabels(), 0u);
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, BeyondTheBorderIsBackground)
{
  // The same structures with and without room around them; 64 and 65 voxels fill words of bits to the end.
  for (const itk::SizeValueType length : { 5u, 63u, 64u, 65u, 128u })
  {
    for (const Definition definition : definitions)
    {
      const long last = static_cast<long>(length) - 1;
      const auto tight = Measured(Box({ { length, 4, 3 } }, { { 0, 0, 0 } }, { { last, 3, 2 } }),
                                  Box({ { length, 4, 3 } }, { { 1, 0, 0 } }, { { last, 3, 1 } }),
                                  definition);
      const auto loose = Measured(Box({ { length + 7, 9, 8 } }, { { 3, 2, 4 } }, { { last + 3, 5, 6 } }),
                                  Box({ { length + 7, 9, 8 } }, { { 4, 2, 4 } }, { { last + 3, 5, 5 } }),
                                  definition);
      ExpectSameBits(AllMeasures(tight.GetPointer()), AllMeasures(loose.GetPointer()));
      EXPECT_EQ(tight->GetHausdorffDistance(0), std::sqrt(2.0));
    }
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, OneSlice)
{
  // A slab has two faces, a picture has a contour.
  const auto box = Box({ { 9, 8, 1 } }, { { 2, 2, 0 } }, { { 5, 4, 0 } });
  const auto moved = Box({ { 9, 8, 1 } }, { { 4, 2, 0 } }, { { 7, 4, 0 } });
  const auto slab = Measured(box, moved);
  EXPECT_EQ(slab->GetHausdorffDistance(0), 2.0);
  // 2 x 3 x 2 inner corners of the faces, 4 corners and 2 (3 + 2) edges, both twice.
  EXPECT_NEAR(slab->GetReferenceSurfaceArea(0), 12.0 + 8.0 * std::sqrt(3.0) / 8.0 + 20.0 * std::sqrt(0.5), 1e-12);

  using PictureType = itk::Image<unsigned char, 2>;
  const auto picture = [](long first) {
    return MakeImage<PictureType>({ { 9, 8 } }, [=](const PictureType::IndexType & i) {
      return i[0] >= first && i[0] <= first + 3 && i[1] >= 2 && i[1] <= 4 ? 1 : 0;
    });
  };
  auto filter = itk::SurfaceDistanceMeasuresImageFilter<PictureType>::New();
  filter->SetReferenceImage(picture(2));
  filter->SetSyntheticImage(picture(4));
  filter->Update();
  EXPECT_EQ(filter->GetHausdorffDistance(0), 2.0);
  EXPECT_NEAR(filter->GetReferenceSurfaceArea(0), 10.0 + 4.0 * std::sqrt(0.5), 1e-12);
}

TEST(SurfaceDistanceMeasuresImageFilter, Labels)
{
  const auto filter = VolumeFilter();
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 4u);
  for (itk::SizeValueType label = 0; label < 4; ++label)
  {
    EXPECT_EQ(filter->GetLabel(label), label + 1);
  }
  // One that only one image has.
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(2), 27u);
  EXPECT_EQ(filter->GetHausdorffDistance(2), infinity);
  EXPECT_EQ(filter->GetSyntheticNumberOfVoxels(3), 12u);
  EXPECT_EQ(filter->GetDiceCoefficient(3), 0.0);
  const auto second = MeasuresOf(filter.GetPointer(), 1);
  const auto first = MeasuresOf(filter.GetPointer(), 0);

  // In the order asked for, and one that is nowhere.
  filter->SetLabels({ 2, 9, 1 });
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 3u);
  EXPECT_EQ(filter->GetLabel(1), 9);
  ExpectSameBits(MeasuresOf(filter.GetPointer(), 0), second);
  ExpectSameBits(MeasuresOf(filter.GetPointer(), 2), first);
  EXPECT_TRUE(std::isnan(filter->GetHausdorffDistance(1)));
}

TEST(SurfaceDistanceMeasuresImageFilter, OtherPixelTypes)
{
  // Labels 1 and 2 become -7 and 300.
  using ShortType = itk::Image<short, 3>;
  using FloatType = itk::Image<float, 3>;
  const auto relabelled = [](int (*labelOf)(const IndexType &)) {
    return [=](const IndexType & i) {
      const int label = labelOf(i);
      return label == 1 ? -7 : label == 2 ? 300 : label;
    };
  };
  auto       filter = itk::SurfaceDistanceMeasuresImageFilter<ShortType, FloatType>::New();
  const auto reference = MakeImage<ShortType>(volumeSize, relabelled(ReferenceLabel));
  const auto synthetic = MakeImage<FloatType>(volumeSize, relabelled(SyntheticLabel));
  reference->SetSpacing(volumeSpacing);
  synthetic->SetSpacing(volumeSpacing);
  filter->SetReferenceImage(reference);
  filter->SetSyntheticImage(synthetic);
  filter->SetTolerances({ 0.0, 0.7, 1.0, 2.5 });
  filter->SetPercentiles({ 0.0, 25.0, 50.0, 95.0, 99.0 });
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 4u);
  EXPECT_EQ(filter->GetLabel(0), -7.0f);
  EXPECT_EQ(filter->GetLabel(3), 300.0f);

  const auto expected = VolumeFilter();
  expected->Update();
  ExpectSameBits(MeasuresOf(filter.GetPointer(), 0), MeasuresOf(expected.GetPointer(), 0));
  ExpectSameBits(MeasuresOf(filter.GetPointer(), 3), MeasuresOf(expected.GetPointer(), 1));

  // A part of a label is no label.
  filter->SetLabels({ 299.5f });
  filter->Update();
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(0), 0u);
}

TEST(SurfaceDistanceMeasuresImageFilter, HugeLabels)
{
  // Neighbours that double does not tell apart.
  using LabelImageType = itk::Image<long long, 3>;
  constexpr long long huge = std::numeric_limits<long long>::max();
  const auto          image = MakeImage<LabelImageType>({ { 9, 4, 4 } }, [](const IndexType & i) {
    return i[0] < 3 ? huge : i[0] < 5 ? huge - 1 : -huge - 1;
  });
  auto                filter = itk::SurfaceDistanceMeasuresImageFilter<LabelImageType>::New();
  filter->SetReferenceImage(image);
  filter->SetSyntheticImage(image);
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 3u);
  EXPECT_EQ(filter->GetLabel(0), -huge - 1);
  EXPECT_EQ(filter->GetLabel(1), huge - 1);
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(0), 64u);
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(1), 32u);
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(2), 48u);
  EXPECT_EQ(filter->GetHausdorffDistance(1), 0.0);
}

// A label type that lacks values of an image would take two labels for one, as -1 and 4294967295 in unsigned int.
TEST(SurfaceDistanceMeasuresImageFilter, LabelTypesHoldEveryLabel)
{
  using itk::SyntheticCTDetail::HoldsEveryLabel;
  EXPECT_TRUE((HoldsEveryLabel<short, short>));
  EXPECT_TRUE((HoldsEveryLabel<int, unsigned short>));
  EXPECT_TRUE((HoldsEveryLabel<float, unsigned short>));
  EXPECT_TRUE((HoldsEveryLabel<double, unsigned int>));
  EXPECT_FALSE((HoldsEveryLabel<unsigned int, int>));
  EXPECT_FALSE((HoldsEveryLabel<float, int>));
  EXPECT_FALSE((HoldsEveryLabel<double, long long>));
}

TEST(SurfaceDistanceMeasuresImageFilter, OnlyTheSpacingOfTheGridCounts)
{
  const SizeType size{ { 21, 18, 15 } };
  const auto     shifted = [](int (*labelOf)(const IndexType &)) {
    return [=](const IndexType & i) { return labelOf({ { i[0] + 2, i[1] - 1, i[2] - 4 } }); };
  };
  auto filter = FilterType::New();
  filter->SetReferenceImage(MakeObliqueImage<MaskType>(size, shifted(ReferenceLabel)));
  filter->SetSyntheticImage(MakeObliqueImage<MaskType>(size, shifted(SyntheticLabel)));
  filter->Update();

  // The oblique image's first index is (-2, 1, 4).
  auto       plain = FilterType::New();
  const auto reference = MakeImage<MaskType>(size, ReferenceLabel);
  const auto synthetic = MakeImage<MaskType>(size, SyntheticLabel);
  reference->SetSpacing(filter->GetReferenceImage()->GetSpacing());
  synthetic->SetSpacing(filter->GetReferenceImage()->GetSpacing());
  plain->SetReferenceImage(reference);
  plain->SetSyntheticImage(synthetic);
  plain->Update();
  ASSERT_GT(plain->GetHausdorffDistance(0), 0.0);
  ExpectSameBits(AllMeasures(filter.GetPointer()), AllMeasures(plain.GetPointer()));
}

TEST(SurfaceDistanceMeasuresImageFilter, SameBitsForAnyNumberOfThreads)
{
  for (const Definition definition : definitions)
  {
    const auto filter = VolumeFilter();
    filter->SetDefinition(definition);
    filter->SetNumberOfWorkUnits(1);
    filter->Update();
    const auto expected = AllMeasures(filter.GetPointer());
    for (const unsigned int workUnits : { 2u, 3u, 7u })
    {
      filter->SetNumberOfWorkUnits(workUnits);
      filter->Modified();
      filter->Update();
      ExpectSameBits(AllMeasures(filter.GetPointer()), expected);
    }
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, SwappedImagesSwapTheDirections)
{
  const auto filter = VolumeFilter();
  filter->Update();
  const auto swapped = VolumeFilter();
  swapped->SetReferenceImage(Volume(SyntheticLabel));
  swapped->SetSyntheticImage(Volume(ReferenceLabel));
  swapped->Update();
  for (itk::SizeValueType label = 0; label < 2; ++label)
  {
    EXPECT_EQ(filter->GetMeanDistanceFromReference(label), swapped->GetMeanDistanceFromSynthetic(label));
    EXPECT_EQ(filter->GetReferenceSurfaceArea(label), swapped->GetSyntheticSurfaceArea(label));
    EXPECT_EQ(filter->GetHausdorffDistanceAtPercentile(label, 3), swapped->GetHausdorffDistanceAtPercentile(label, 3));
    EXPECT_EQ(filter->GetDiceCoefficient(label), swapped->GetDiceCoefficient(label));
  }
}

TEST(SurfaceDistanceMeasuresImageFilter, RefusesBadInput)
{
  auto filter = FilterType::New();
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetReferenceImage(Volume(ReferenceLabel));
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);

  const auto bad = [](const std::function<void(FilterType *)> & change, const char * words) {
    const auto volumeFilter = VolumeFilter();
    change(volumeFilter);
    ExpectError([&] { volumeFilter->Update(); }, words);
  };
  bad([](FilterType * f) { f->SetTolerances({ 1.0, -0.5 }); }, "Tolerances has -0.5");
  bad([](FilterType * f) { f->SetTolerances({ notANumber }); }, "Tolerances has nan");
  bad([](FilterType * f) { f->SetTolerances({ infinity }); }, "Tolerances has inf");
  bad([](FilterType * f) { f->SetPercentiles({ 95.0, 100.5 }); }, "Percentiles has 100.5");
  bad([](FilterType * f) { f->SetPercentiles({ -1.0 }); }, "Percentiles has -1");
  bad([](FilterType * f) { f->SetPercentiles({ notANumber }); }, "Percentiles has nan");
  bad([](FilterType * f) { f->SetLabels({ 1, 0 }); }, "Labels has 0");
  bad([](FilterType * f) { f->SetLabels({ 1, 2, 1 }); }, "Labels has 1 twice");
  bad(
    [](FilterType * f) {
      f->SetLabels({ 1 });
      f->MergeLabelsOn();
    },
    "MergeLabels is on");

  const double stretched[] = { 1.3, 0.7, 2.6 };
  bad([&](FilterType * f) { f->SetSyntheticImage(MakeImage<MaskType>({ { 3, 4, 5 } }, SyntheticLabel)); }, "size");
  bad(
    [&](FilterType * f) {
      const auto image = Volume(SyntheticLabel);
      image->SetSpacing(stretched);
      f->SetSyntheticImage(image);
    },
    "spacing");
  bad([&](FilterType * f) { f->SetReferenceImage(MakeImage<MaskType>({ { 3, 0, 5 } }, ReferenceLabel)); }, "no voxels");

  using FloatType = itk::Image<float, 3>;
  auto       floats = itk::SurfaceDistanceMeasuresImageFilter<FloatType>::New();
  const auto image = MakeImage<FloatType>(volumeSize, ReferenceLabel);
  const auto broken = MakeImage<FloatType>(volumeSize, ReferenceLabel);
  floats->SetReferenceImage(image);
  floats->SetSyntheticImage(broken);
  for (const double value : { notANumber, infinity })
  {
    broken->SetPixel({ { 4, 5, 6 } }, static_cast<float>(value));
    broken->Modified();
    ExpectError([&] { floats->Update(); }, "SyntheticImage has a voxel that is NaN or infinite");
  }
  floats->SetSyntheticImage(image);
  floats->SetLabels({ static_cast<float>(notANumber) });
  ExpectError([&] { floats->Update(); }, "Labels has nan");
}

TEST(SurfaceDistanceMeasuresImageFilter, RefusesNumbersThatDoNotExist)
{
  const auto filter = VolumeFilter();
  ExpectError([&] { filter->GetHausdorffDistance(0); }, "no structure of the number 0");
  filter->Update();
  ExpectError([&] { filter->GetLabel(4); }, "no structure of the number 4");
  ExpectError([&] { filter->GetNormalizedSurfaceDice(0, 4); }, "no tolerance of the number 4");
  ExpectError([&] { filter->GetHausdorffDistanceAtPercentile(0, 5); }, "no percentile of the number 5");
}

TEST(SurfaceDistanceMeasuresImageFilter, Prints)
{
  const auto filter = VolumeFilter();
  filter->SetLabels({ 2 });
  std::ostringstream text;
  filter->Print(text);
  EXPECT_NE(text.str().find("Labels: 2"), std::string::npos);
  EXPECT_NE(text.str().find("Definition::Surfel"), std::string::npos);
  EXPECT_NE(text.str().find("Tolerances: 0 0.7 1 2.5"), std::string::npos);
}
