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
#ifndef itkPlausibilityRules_h
#define itkPlausibilityRules_h

#include "SyntheticCTExport.h"

#include "itkIntTypes.h"

#include <algorithm>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <string>
#include <vector>

namespace itk
{

/** \class PlausibilityCheckImageFilterEnums
 * \brief What PlausibilityCheckImageFilter takes an image for, and what it may say of it.
 * \ingroup SyntheticCT */
class PlausibilityCheckImageFilterEnums
{
public:
  /** What an image is taken for. */
  enum class Modality : uint8_t
  {
    Unknown,
    MR,
    /** In HU. */
    CT
  };

  /** What a remark is about. */
  enum class Remark : uint8_t
  {
    /** The grid is too small or too large for a part of a patient: voxel sizes that are not in mm. */
    Extent,
    /** Voxels are NaN or infinite; nothing else is said of the values then. */
    NotFinite,
    /** All voxels have one value. */
    Constant,
    /** A few voxels lie far outside the others. */
    Outliers,
    /** An MR has values as low as those of a CT. */
    Negative,
    /** A CT has no air, because it is scaled to a small range. */
    Scaled,
    /** A CT has no air, because 1024 was added. */
    Offset,
    /** A CT has no air, for an unknown reason. */
    NoAir,
    /** A CT has nothing but air. */
    OnlyAir,
    /** A CT has more bright voxels than metal explains. */
    TooBright,
    /** The values are outside the expected range. */
    Range
  };
};

using ImageModalityEnum = PlausibilityCheckImageFilterEnums::Modality;
using PlausibilityRemarkEnum = PlausibilityCheckImageFilterEnums::Remark;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, ImageModalityEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, PlausibilityRemarkEnum value);

namespace SyntheticCTDetail
{

/** One remark of PlausibilityCheckImageFilter. */
struct PlausibilityRemark
{
  PlausibilityRemarkEnum Kind;
  std::string            Text;
};

/** Values that the rules ask about, and how many voxels lie between them. */
struct PlausibilityCounts
{
  // Where the air of a CT ends; where air and soft tissue lie with an offset of 1024, with next to nothing between.
  static constexpr double AirEnd = -200.0;
  static constexpr double OffsetAirBegin = -100.0;
  static constexpr double OffsetAirEnd = 150.0;
  static constexpr double OffsetTissueBegin = 850.0;
  static constexpr double OffsetTissueEnd = 1200.0;
  static constexpr double Brightest = 10000.0;
  // What 16 bits with a sign hold.
  static constexpr double LargestHounsfield = 32768.0;

  /** Beyond these are the outliers. */
  double LowerLimit{ -std::numeric_limits<double>::infinity() };
  double UpperLimit{ std::numeric_limits<double>::infinity() };

  SizeValueType Voxels{ 0 };
  SizeValueType Outliers{ 0 };
  double        OrdinaryMinimum{ std::numeric_limits<double>::infinity() };
  double        OrdinaryMaximum{ -std::numeric_limits<double>::infinity() };
  SizeValueType Air{ 0 };
  SizeValueType OffsetAir{ 0 };
  SizeValueType OffsetTissue{ 0 };
  SizeValueType OffsetBetween{ 0 };
  SizeValueType Bright{ 0 };

  /** Count one voxel. */
  void
  Take(const double value)
  {
    ++Voxels;
    if (value < LowerLimit || value > UpperLimit)
    {
      ++Outliers;
    }
    else
    {
      OrdinaryMinimum = std::min(OrdinaryMinimum, value);
      OrdinaryMaximum = std::max(OrdinaryMaximum, value);
    }
    Air += value < AirEnd ? 1 : 0;
    OffsetAir += value >= OffsetAirBegin && value <= OffsetAirEnd ? 1 : 0;
    OffsetTissue += value >= OffsetTissueBegin && value <= OffsetTissueEnd ? 1 : 0;
    OffsetBetween += value > OffsetAirEnd && value < OffsetTissueBegin ? 1 : 0;
    Bright += value > Brightest ? 1 : 0;
  }

  /** Add what was counted elsewhere. */
  void
  Join(const PlausibilityCounts & other)
  {
    Voxels += other.Voxels;
    Outliers += other.Outliers;
    OrdinaryMinimum = std::min(OrdinaryMinimum, other.OrdinaryMinimum);
    OrdinaryMaximum = std::max(OrdinaryMaximum, other.OrdinaryMaximum);
    Air += other.Air;
    OffsetAir += other.OffsetAir;
    OffsetTissue += other.OffsetTissue;
    OffsetBetween += other.OffsetBetween;
    Bright += other.Bright;
  }
};

/** What is known of an image. */
struct PlausibilityFacts
{
  std::string       Name;
  ImageModalityEnum Modality{ ImageModalityEnum::Unknown };
  /** The longest side of the grid and what it should lie between, in mm. */
  double Extent{ 0.0 };
  double SmallestExtent{ 0.0 };
  double LargestExtent{ 0.0 };
  bool   IsFinite{ true };
  double Minimum{ 0.0 };
  double Maximum{ 0.0 };
  bool   HasExpectedRange{ false };
  double ExpectedMinimum{ 0.0 };
  double ExpectedMaximum{ 0.0 };

  PlausibilityCounts Counts;
};

/** The rules of PlausibilityCheckImageFilter. */
SyntheticCT_EXPORT std::vector<PlausibilityRemark>
                   FindPlausibilityRemarks(const PlausibilityFacts & facts);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
