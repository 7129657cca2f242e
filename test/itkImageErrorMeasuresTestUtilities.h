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
#ifndef itkImageErrorMeasuresTestUtilities_h
#define itkImageErrorMeasuresTestUtilities_h

// Filters and helpers for tests of error measures.

#include "itkImageErrorMeasuresImageFilter.h"

#include "itkImagePairTestUtilities.h"

#include <cstring>
#include <limits>
#include <vector>

namespace itk
{
namespace TestUtilities
{
namespace ErrorMeasures
{

using ImageType = PairImageType;
using MaskType = PairMaskType;
using FilterType = ImageErrorMeasuresImageFilter<ImageType>;
using Region = HounsfieldRegionEnum;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

using Measure = ErrorMeasureEnum;
using Definition = PeakSignalToNoiseRatioDefinitionEnum;
using Plane = InferencePlaneEnum;

constexpr Measure allMeasures[] = { Measure::MeanError,
                                    Measure::MeanAbsoluteError,
                                    Measure::MeanSquaredError,
                                    Measure::RootMeanSquaredError,
                                    Measure::PeakSignalToNoiseRatio,
                                    Measure::PearsonCorrelation,
                                    Measure::ErrorStandardDeviation };

constexpr Region allRegions[] = { Region::Body, Region::Air, Region::SoftTissue, Region::Bone };

inline FilterType::Pointer
MeasureRows(const std::vector<double> & reference,
            const std::vector<double> & synthetic,
            const std::vector<double> & mask = {})
{
  auto filter = TestUtilities::RowFilter<FilterType>(reference, synthetic, mask);
  filter->SetDataRange(4000);
  filter->Update();
  return filter;
}

inline FilterType::Pointer
VolumeFilter()
{
  auto filter = TestUtilities::VolumeFilter<FilterType>();
  filter->SetDataRange(4000);
  return filter;
}

inline double
LabelValue(size_t i)
{
  return static_cast<double>(i / 7 % 4);
}

/** Everything that the filter tells, of all regions, labels and slices. */
inline std::vector<double>
AllMeasures(const FilterType * filter)
{
  std::vector<double> measures;
  for (const Region region : allRegions)
  {
    measures.push_back(static_cast<double>(filter->GetNumberOfVoxels(region)));
    for (const Measure measure : allMeasures)
    {
      measures.push_back(filter->GetMeasure(measure, region));
      for (size_t slice = 0; slice < filter->GetNumberOfSlices(); ++slice)
      {
        measures.push_back(filter->GetSliceMeasure(slice, measure, region));
      }
    }
    if (region != Region::Body)
    {
      measures.push_back(filter->GetWeightedMeanAbsoluteError(region));
    }
  }
  for (size_t i = 0; i < filter->GetNumberOfLabels(); ++i)
  {
    const auto label = filter->GetNthLabel(i);
    measures.push_back(label);
    measures.push_back(filter->GetLabelWeightedMeanAbsoluteError(label));
    for (const Measure measure : allMeasures)
    {
      measures.push_back(filter->GetLabelMeasure(label, measure));
    }
  }
  return measures;
}

inline void
ExpectSameBits(const std::vector<double> & a, const std::vector<double> & b)
{
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0);
}

} // namespace ErrorMeasures
} // namespace TestUtilities
} // namespace itk

#endif
