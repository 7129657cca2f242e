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
#include "itkOrientationCode.h"

#include "itkImageFilterTestUtilities.h"
#include "itkReorientImageFilter.h"

#include <algorithm>
#include <vector>

using namespace itk::TestUtilities;
using itk::OrientationCode;

namespace
{
using DirectionType = OrientationCode::DirectionType;

std::vector<std::string>
AllCodes()
{
  std::vector<std::string> codes;
  std::string              axes = "LPS";
  std::sort(axes.begin(), axes.end());
  const auto opposite = [](char c) { return c == 'L' ? 'R' : c == 'P' ? 'A' : 'I'; };
  do
  {
    for (unsigned int flips = 0; flips < 8; ++flips)
    {
      std::string code = axes;
      for (unsigned int i = 0; i < 3; ++i)
      {
        code[i] = (flips >> i & 1u) != 0 ? opposite(code[i]) : code[i];
      }
      codes.push_back(code);
    }
  } while (std::next_permutation(axes.begin(), axes.end()));
  return codes;
}
} // namespace

TEST(OrientationCode, IdentityIsLPS)
{
  DirectionType identity;
  identity.SetIdentity();
  EXPECT_EQ(OrientationCode::FromDirection(identity), "LPS");
  EXPECT_EQ(OrientationCode::ToDirection("LPS"), identity);
  // NIfTI's RAS+ has the first two axes turned round.
  DirectionType ras;
  ras.SetIdentity();
  ras[0][0] = -1.0;
  ras[1][1] = -1.0;
  EXPECT_EQ(OrientationCode::FromDirection(ras), "RAS");
  // Columns are the axes: a sagittal volume whose axes run to the back, to the top and to the left.
  DirectionType psl;
  psl.Fill(0.0);
  psl[1][0] = 1.0;
  psl[2][1] = 1.0;
  psl[0][2] = 1.0;
  EXPECT_EQ(OrientationCode::FromDirection(psl), "PSL");
}

TEST(OrientationCode, EveryCodeIsItsDirections)
{
  const auto codes = AllCodes();
  EXPECT_EQ(codes.size(), 48u);
  for (const std::string & code : codes)
  {
    EXPECT_TRUE(OrientationCode::IsValid(code));
    EXPECT_EQ(OrientationCode::FromDirection(OrientationCode::ToDirection(code)), code);
  }
}

TEST(OrientationCode, RefusesOtherCodes)
{
  for (const char * code : { "", "LP", "LPSS", "LRS", "lps", "LPX", "LLL" })
  {
    EXPECT_FALSE(OrientationCode::IsValid(code)) << code;
    EXPECT_THROW(OrientationCode::ToDirection(code), itk::ExceptionObject) << code;
    EXPECT_THROW(OrientationCode::Rearrange("LPS", code), itk::ExceptionObject) << code;
    EXPECT_THROW(OrientationCode::Rearrange(code, "LPS"), itk::ExceptionObject) << code;
  }
}

TEST(OrientationCode, RearrangementTakesAxesToAxes)
{
  for (const std::string & from : AllCodes())
  {
    for (const std::string & to : AllCodes())
    {
      const auto          rearrangement = OrientationCode::Rearrange(from, to);
      const DirectionType input = OrientationCode::ToDirection(from);
      DirectionType       output;
      for (unsigned int i = 0; i < 3; ++i)
      {
        for (unsigned int r = 0; r < 3; ++r)
        {
          output[r][i] = (rearrangement.Flip[i] ? -1.0 : 1.0) * input[r][rearrangement.Axis[i]];
        }
      }
      ASSERT_EQ(OrientationCode::FromDirection(output), to) << from;
    }
  }
}

TEST(OrientationCode, ObliqueDirectionsGoToTheClosestAxes)
{
  EXPECT_EQ(OrientationCode::FromDirection(ObliqueDirection<3>()), "LPS");
  for (const std::string & code : AllCodes())
  {
    EXPECT_EQ(OrientationCode::FromDirection(ObliqueDirection<3>() * OrientationCode::ToDirection(code)), code);
  }
}

// At 45 degrees two choices are equally close. Whichever is taken, a rearranged image has the code that was asked for.
TEST(OrientationCode, TiesAreTheSameAfterARearrangement)
{
  const double c = std::sqrt(0.5);
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    for (const double sign : { -1.0, 1.0 })
    {
      DirectionType rotation;
      rotation.SetIdentity();
      const unsigned int a = (axis + 1) % 3;
      const unsigned int b = (axis + 2) % 3;
      rotation[a][a] = c;
      rotation[b][b] = c;
      rotation[a][b] = -sign * c;
      rotation[b][a] = sign * c;
      const std::string from = OrientationCode::FromDirection(rotation);
      for (const std::string & to : AllCodes())
      {
        const auto    rearrangement = OrientationCode::Rearrange(from, to);
        DirectionType output;
        for (unsigned int i = 0; i < 3; ++i)
        {
          for (unsigned int r = 0; r < 3; ++r)
          {
            output[r][i] = (rearrangement.Flip[i] ? -1.0 : 1.0) * rotation[r][rearrangement.Axis[i]];
          }
        }
        EXPECT_EQ(OrientationCode::FromDirection(output), to) << from;
      }
    }
  }
}
