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

#include "itkMacro.h"

#include <algorithm>
#include <cmath>

namespace itk
{
namespace
{
// Rows are the axes of ITK's physical space; the first letter is the positive direction.
constexpr char letters[3][2] = { { 'L', 'R' }, { 'P', 'A' }, { 'S', 'I' } };

/** The physical axis of a letter, or 3. */
unsigned int
PhysicalAxis(char letter)
{
  for (unsigned int row = 0; row < 3; ++row)
  {
    if (letter == letters[row][0] || letter == letters[row][1])
    {
      return row;
    }
  }
  return 3;
}
} // namespace

bool
OrientationCode::IsValid(const std::string & code)
{
  if (code.size() != 3)
  {
    return false;
  }
  std::array<bool, 4> seen{};
  for (const char letter : code)
  {
    seen[PhysicalAxis(letter)] = true;
  }
  return seen[0] && seen[1] && seen[2];
}

std::string
OrientationCode::FromDirection(const DirectionType & direction)
{
  // The second term, which is too small to outweigh a real difference, decides between equally close choices by the
  // plane in which an axis is slanted. It does not change when axes are exchanged or turned round, so that the choice
  // stays the same after a rearrangement.
  const auto closeness = [&direction](unsigned int row, unsigned int column) {
    const double slant = direction[(row + 1) % 3][column] * direction[row][column];
    return std::abs(direction[row][column]) + 1e-6 * slant * (row + 1.0);
  };
  std::array<unsigned int, 3> rows{ { 0, 1, 2 } };
  std::array<unsigned int, 3> best = rows;
  double                      largest = -1.0;
  do
  {
    const double sum = closeness(rows[0], 0) + closeness(rows[1], 1) + closeness(rows[2], 2);
    if (sum > largest)
    {
      largest = sum;
      best = rows;
    }
  } while (std::next_permutation(rows.begin(), rows.end()));

  std::string code;
  for (unsigned int column = 0; column < 3; ++column)
  {
    code += letters[best[column]][direction[best[column]][column] < 0.0 ? 1 : 0];
  }
  return code;
}

OrientationCode::DirectionType
OrientationCode::ToDirection(const std::string & code)
{
  if (!IsValid(code))
  {
    itkGenericExceptionMacro(<< "The orientation is '" << code
                             << "' and should be one letter each of R or L, A or P, I or S, such as LPS");
  }
  DirectionType direction;
  direction.Fill(0.0);
  for (unsigned int column = 0; column < 3; ++column)
  {
    const unsigned int row = PhysicalAxis(code[column]);
    direction[row][column] = code[column] == letters[row][0] ? 1.0 : -1.0;
  }
  return direction;
}

OrientationCode::Rearrangement
OrientationCode::Rearrange(const std::string & from, const std::string & to)
{
  const DirectionType input = ToDirection(from);
  const DirectionType output = ToDirection(to);
  Rearrangement       result{};
  for (unsigned int i = 0; i < 3; ++i)
  {
    const unsigned int row = PhysicalAxis(to[i]);
    for (unsigned int j = 0; j < 3; ++j)
    {
      if (input[row][j] != 0.0)
      {
        result.Axis[i] = j;
        result.Flip[i] = input[row][j] != output[row][i];
      }
    }
  }
  return result;
}

} // namespace itk
