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
#ifndef itkSurfaceDistanceTestUtilities_h
#define itkSurfaceDistanceTestUtilities_h

// Segmentations and helpers for tests of surface distances.

#include "itkSurfaceDistanceMeasuresImageFilter.h"

#include "itkImageFilterTestUtilities.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace itk
{
namespace TestUtilities
{
namespace SurfaceDistance
{

using MaskType = Image<unsigned char, 3>;
using FilterType = SurfaceDistanceMeasuresImageFilter<MaskType>;
using IndexType = MaskType::IndexType;
using SizeType = MaskType::SizeType;
using Definition = SurfaceDistanceDefinitionEnum;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr Definition definitions[] = { Definition::Surfel, Definition::Voxel };

// The segmentations of the reference values below: integer arithmetic that any language repeats.
constexpr SizeType volumeSize{ { 23, 19, 17 } };
constexpr double   volumeSpacing[] = { 1.3, 0.7, 2.5 };

inline int
SquareOf(IndexValueType value)
{
  return static_cast<int>(value * value);
}

inline int
NumberOf(const IndexType & i)
{
  return static_cast<int>((i[2] * 19 + i[1]) * 23 + i[0]);
}

inline int
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

inline int
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

inline MaskType::Pointer
Volume(int (*labelOf)(const IndexType &))
{
  auto image = MakeImage<MaskType>(volumeSize, labelOf);
  image->SetSpacing(volumeSpacing);
  return image;
}

inline FilterType::Pointer
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
MeasuresOf(const TFilter * filter, typename TFilter::LabelType label)
{
  std::vector<double> measures{ filter->GetDiceCoefficient(label),
                                filter->GetReferenceSurfaceArea(label),
                                filter->GetSyntheticSurfaceArea(label),
                                filter->GetHausdorffDistance(label),
                                filter->GetAverageSymmetricSurfaceDistance(label),
                                filter->GetMeanDistanceFromReference(label),
                                filter->GetMeanDistanceFromSynthetic(label) };
  for (const double percentile : filter->GetPercentiles())
  {
    measures.push_back(filter->GetHausdorffDistanceAtPercentile(label, percentile));
  }
  for (const double tolerance : filter->GetTolerances())
  {
    measures.push_back(filter->GetNormalizedSurfaceDice(label, tolerance));
  }
  return measures;
}

template <typename TFilter>
std::vector<double>
AllMeasures(const TFilter * filter)
{
  std::vector<double> all;
  for (SizeValueType i = 0; i < filter->GetNumberOfLabels(); ++i)
  {
    const auto measures = MeasuresOf(filter, filter->GetNthLabel(i));
    all.insert(all.end(), measures.begin(), measures.end());
  }
  return all;
}

inline void
ExpectClose(const std::vector<double> & values, const std::vector<double> & expected, double tolerance)
{
  ASSERT_EQ(values.size(), expected.size());
  for (size_t i = 0; i < values.size(); ++i)
  {
    EXPECT_NEAR(values[i], expected[i], tolerance * std::abs(expected[i])) << "measure " << i;
  }
}

inline void
ExpectSameBits(const std::vector<double> & a, const std::vector<double> & b)
{
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0);
}

inline bool
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

inline MaskType::Pointer
Box(const SizeType & size, const IndexType & first, const IndexType & last)
{
  return MakeImage<MaskType>(size, [&](const IndexType & i) { return IsIn(i, first, last) ? 1 : 0; });
}

inline FilterType::Pointer
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

} // namespace SurfaceDistance
} // namespace TestUtilities
} // namespace itk

#endif
