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
#include "itkSurfaceDistanceTestUtilities.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace
{

using namespace itk::TestUtilities::SurfaceDistance;
using itk::TestUtilities::MakeImage;
using itk::TestUtilities::MakeObliqueImage;
using itk::TestUtilities::Random;

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
  ExpectClose(MeasuresOf(filter.GetPointer(), 1), expected[0], 1e-12);
  ExpectClose(MeasuresOf(filter.GetPointer(), 2), expected[1], 1e-12);
  EXPECT_EQ(filter->GetReferenceNumberOfVoxels(1), 975u);
  EXPECT_EQ(filter->GetSyntheticNumberOfVoxels(1), 1090u);

  filter->MergeLabelsOn();
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 1u);
  EXPECT_EQ(filter->GetNthLabel(0), 0);
  ExpectClose(MeasuresOf(filter.GetPointer(), 0), expected[2], 1e-12);
}

TEST(SurfaceDistanceMeasuresImageFilter, DirectionsApart)
{
  // surface-distance 0.1 on NumPy 2.4.6 and SciPy 1.17.1: compute_surface_overlap_at_tolerance() with 1e-6 added, and
  // the mean of the pair of compute_average_surface_distance().
  const double expected[2][9] = { { 0.5098212218689478,
                                    0.4610634396248152,
                                    0.6773135664794405,
                                    0.6763713676075157,
                                    0.6773135664794405,
                                    0.6763713676075157,
                                    0.9643922616148612,
                                    0.9708391638200169,
                                    0.6847726138907837 },
                                  { 0.4649926410681864,
                                    0.5391191732240869,
                                    0.6729425821363958,
                                    0.7622440581032991,
                                    0.6729425821363958,
                                    0.7622440581032991,
                                    0.9855684344291143,
                                    1.0,
                                    0.5684232422061617 } };
  const auto   filter = VolumeFilter();
  filter->Update();
  for (const unsigned char label : { 1, 2 })
  {
    const double * next = expected[label - 1];
    for (const double tolerance : filter->GetTolerances())
    {
      EXPECT_NEAR(filter->GetReferenceShareWithinTolerance(label, tolerance), *next++, 1e-12);
      EXPECT_NEAR(filter->GetSyntheticShareWithinTolerance(label, tolerance), *next++, 1e-12);
    }
    EXPECT_NEAR(filter->GetMeanDistanceOfBothDirections(label), *next, 1e-12);
  }
  // One that only one image has.
  EXPECT_EQ(filter->GetReferenceShareWithinTolerance(3, 1.0), 0.0);
  EXPECT_EQ(filter->GetSyntheticShareWithinTolerance(3, 1.0), 0.0);
  EXPECT_EQ(filter->GetMeanDistanceOfBothDirections(3), infinity);
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
  ExpectClose(MeasuresOf(filter.GetPointer(), 1), expected[0], 1e-12);
  ExpectClose(MeasuresOf(filter.GetPointer(), 2), expected[1], 1e-12);
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
  ExpectClose(MeasuresOf(filter.GetPointer(), 1), expectedSurfels, 1e-12);
  filter->SetDefinition(Definition::Voxel);
  filter->Update();
  ExpectClose(MeasuresOf(filter.GetPointer(), 1), expectedVoxels, 1e-12);
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
  EXPECT_DOUBLE_EQ(filter->GetHausdorffDistance(1), 5.0);
  EXPECT_NEAR(filter->GetAverageSymmetricSurfaceDistance(1), mean, 1e-14 * mean);
  EXPECT_NEAR(filter->GetMeanDistanceFromReference(1), mean, 1e-14 * mean);
  EXPECT_NEAR(filter->GetMeanDistanceFromSynthetic(1), mean, 1e-14 * mean);
  EXPECT_EQ(filter->GetDiceCoefficient(1), 0.0);
  // No interpolation: a share that is reached exactly takes the smaller distance.
  const size_t expected[] = { 0, 0, 1, 1, 2, 3, 3 };
  for (size_t i = 0; i < 7; ++i)
  {
    EXPECT_DOUBLE_EQ(filter->GetHausdorffDistanceAtPercentile(1, filter->GetNthPercentile(i)), distances[expected[i]])
      << i;
  }
  EXPECT_EQ(filter->GetNormalizedSurfaceDice(1, 3.6), 0.0);
  EXPECT_DOUBLE_EQ(filter->GetNormalizedSurfaceDice(1, distances[0]), 0.25);
  EXPECT_DOUBLE_EQ(filter->GetNormalizedSurfaceDice(1, 4.3), 0.5);
  EXPECT_DOUBLE_EQ(filter->GetNormalizedSurfaceDice(1, 5.0), 1.0);

  filter->SetDefinition(Definition::Voxel);
  filter->Update();
  for (const double value : { filter->GetHausdorffDistance(1),
                              filter->GetAverageSymmetricSurfaceDistance(1),
                              filter->GetHausdorffDistanceAtPercentile(1, 50.0) })
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
    EXPECT_DOUBLE_EQ(filter->GetHausdorffDistanceAtPercentile(1, filter->GetNthPercentile(i)), expected[i]);
  }
  EXPECT_DOUBLE_EQ(filter->GetAverageSymmetricSurfaceDistance(1), 10.0 / 6.0);
  EXPECT_DOUBLE_EQ(filter->GetMeanDistanceFromReference(1), 2.0);
  EXPECT_EQ(filter->GetMeanDistanceFromSynthetic(1), 0.0);
  EXPECT_DOUBLE_EQ(filter->GetDiceCoefficient(1), 2.0 / 6.0);
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
    EXPECT_NEAR(filter->GetHausdorffDistanceAtPercentile(1, filter->GetNthPercentile(i)), expected[i], 1e-15);
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
    EXPECT_EQ(filter->GetHausdorffDistanceAtPercentile(0, 95.0), 0.0);
    EXPECT_EQ(filter->GetAverageSymmetricSurfaceDistance(0), 0.0);
    EXPECT_EQ(filter->GetNormalizedSurfaceDice(0, 1.0), 1.0);
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
    EXPECT_EQ(filter->GetNormalizedSurfaceDice(1, 0.6), 1.0);
    EXPECT_LT(filter->GetNormalizedSurfaceDice(1, 0.59999), 1.0);
    EXPECT_DOUBLE_EQ(filter->GetHausdorffDistance(1), 0.60000002);
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
  EXPECT_EQ(filter->GetHausdorffDistance(1), 2.0);
  EXPECT_NEAR(filter->GetReferenceSurfaceArea(1), 10.0 + 4.0 * std::sqrt(0.5), 1e-12);
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
  ASSERT_GT(plain->GetHausdorffDistance(1), 0.0);
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
  for (const unsigned char label : { 1, 2 })
  {
    EXPECT_EQ(filter->GetMeanDistanceFromReference(label), swapped->GetMeanDistanceFromSynthetic(label));
    EXPECT_EQ(filter->GetReferenceSurfaceArea(label), swapped->GetSyntheticSurfaceArea(label));
    EXPECT_EQ(filter->GetHausdorffDistanceAtPercentile(label, 95.0),
              swapped->GetHausdorffDistanceAtPercentile(label, 95.0));
    EXPECT_EQ(filter->GetDiceCoefficient(label), swapped->GetDiceCoefficient(label));
  }
}
