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
#include "itkFuzzJudge.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace itk
{
namespace FuzzTest
{
namespace
{
namespace fs = std::filesystem;

/** Single precision and the digits of text formats explain less than this, in voxels or in parts of a length. */
constexpr double gridTolerance = 1e-4;

bool
IsOneLine(const std::string & line)
{
  const bool isPrintable =
    std::none_of(line.begin(), line.end(), [](unsigned char letter) { return letter < ' ' || letter == 127; });
  return !line.empty() && line.size() < 600 && isPrintable && line.find("(0x") == std::string::npos;
}

bool
AreEqual(const std::vector<double> & first, const std::vector<double> & second)
{
  if (first.size() != second.size())
  {
    return false;
  }
  for (size_t i = 0; i < first.size(); ++i)
  {
    // Size, spacing, origin in voxels, directions.
    const double scale = i >= 3 && i < 9 ? second[3 + i % 3] : 1.0;
    if (!(std::abs(first[i] - second[i]) <= (i < 3 ? 0.0 : gridTolerance * scale)))
    {
      return false;
    }
  }
  return true;
}

bool
HasNewRemark(const Reading & right, const Reading & reading)
{
  return std::any_of(reading.Remarks.begin(), reading.Remarks.end(), [&right](const std::string & remark) {
    return std::find(right.Remarks.begin(), right.Remarks.end(), remark) == right.Remarks.end();
  });
}
} // namespace

std::string
Judge(
  const fs::path & folder, const Reading & right, const Reading & reading, const Damage & damage, std::string & outcome)
{
  const std::string kind = KindOf(folder);
  const bool        isVolume = kind == "image" || kind == "dicom";
  if (reading.IsRefused)
  {
    outcome = "refused";
    // Neither a card nor a list of labels knows its file.
    const bool hasName = kind == "card" || kind == "labels" || reading.Line.find(folder.string()) != std::string::npos;
    return IsOneLine(reading.Line) && hasName ? "" : "is refused with: " + reading.Line;
  }
  for (const std::string & remark : reading.Remarks)
  {
    if (!IsOneLine(remark))
    {
      return "is doubted with: " + remark;
    }
  }
  const bool isSame = AreEqual(reading.Grid, right.Grid) && reading.Text == right.Text;
  if (isSame && reading.Voxels == right.Voxels)
  {
    outcome = "equal";
  }
  else if (HasNewRemark(right, reading))
  {
    outcome = "said in a remark";
  }
  else if (isSame && isVolume)
  {
    outcome = "voxels alone";
  }
  else if (!isVolume && kind != "model")
  {
    outcome = "another text, taken at its word";
  }
  else
  {
    std::ostringstream text;
    for (const double number : reading.Grid)
    {
      text << ' ' << number;
    }
    return "is read in silence as:" + text.str() + reading.Text;
  }
  if (damage.OnlyVoxels && !isSame)
  {
    return "only voxels were damaged, and the grid is another one";
  }
  return "";
}

} // namespace FuzzTest
} // namespace itk
