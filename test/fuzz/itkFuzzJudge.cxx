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

#include "SyntheticCTDetail/itkExceptionText.h"
#include "SyntheticCTDetail/itkSameGridVerification.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

namespace itk
{
namespace FuzzTest
{
namespace
{
namespace fs = std::filesystem;

/** By how much of a voxel two grids may differ and still be the same one. */
constexpr double gridTolerance = SyntheticCTDetail::SameGridTolerance;

bool
IsOneLine(const std::string & line)
{
  return !line.empty() && line.size() < 600 && SyntheticCTDetail::OneLine(line) == line &&
         line.find("(0x") == std::string::npos;
}

/** Whether the corners of two volumes of equal size are at the same places. */
bool
AreEqual(const std::vector<double> & first, const std::vector<double> & second)
{
  if (first.size() != second.size() || !std::equal(first.begin(), first.begin() + 3 * !first.empty(), second.begin()))
  {
    return false;
  }
  for (unsigned int corner = 0; corner < 8 && !first.empty(); ++corner)
  {
    for (size_t row = 0; row < 3; ++row)
    {
      double difference = first[6 + row] - second[6 + row];
      for (size_t axis = 0; axis < 3; ++axis)
      {
        const double index = (corner >> axis & 1u) != 0 ? first[axis] - 1 : 0;
        difference +=
          index * (first[9 + 3 * row + axis] * first[3 + axis] - second[9 + 3 * row + axis] * second[3 + axis]);
      }
      if (!(std::abs(difference) <= gridTolerance * *std::min_element(second.begin() + 3, second.begin() + 6)))
      {
        return false;
      }
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

/** The part of a line before the separator of its format, and the words after it. */
struct Field
{
  std::string              Key;
  std::vector<std::string> Words;
};

std::vector<Field>
FieldsOf(const std::string & header)
{
  std::vector<Field> fields;
  std::istringstream lines(header);
  for (std::string line; std::getline(lines, line);)
  {
    const size_t separator = line.find_first_of("=:");
    if (separator != std::string::npos)
    {
      Field field;
      std::istringstream(line.substr(0, separator)) >> field.Key;
      // Vectors of NRRD are in parentheses.
      std::string text = line.substr(separator + 1);
      std::replace_if(
        text.begin(), text.end(), [](char letter) { return letter == ','; }, ' ');
      std::istringstream words(text);
      for (std::string word; words >> word;)
      {
        field.Words.push_back(word);
      }
      fields.push_back(field);
    }
  }
  return fields;
}

/** Whether every field of a header of text that makes the grid is still there, once, with as many numbers. */
bool
HasWholeFields(const Damage & damage)
{
  const auto after = FieldsOf(damage.After);
  for (const Field & field : FieldsOf(damage.Before))
  {
    static const std::set<std::string> ofGrid{ "NDims",   "TransformMatrix", "Offset", "ElementSpacing",
                                               "DimSize", "space",           "sizes",  "dimension" };
    const auto                         isSame = [&field](const Field & other) {
      return other.Key == field.Key && other.Words.size() == field.Words.size();
    };
    const auto hasKey = [&field](const Field & other) { return other.Key == field.Key; };
    if (ofGrid.count(field.Key) > 0 &&
        (std::none_of(after.begin(), after.end(), isSame) ||
         std::count_if(after.begin(), after.end(), hasKey) != (field.Key == "space" ? 3 : 1)))
    {
      return false;
    }
  }
  return true;
}

/** Whether two headers of NIfTI-1 differ in nothing but fields, of those that make the grid. */
bool
DifferOnlyIn(const Damage & damage, const std::vector<std::pair<size_t, size_t>> & fields)
{
  if (damage.After.size() < 348)
  {
    return false;
  }
  // dim, datatype to bitpix, pixdim, vox_offset, xyzt_units, qform_code to srow_z, magic.
  constexpr std::pair<size_t, size_t> ofGrid[] = { { 40, 56 },   { 70, 74 },   { 76, 108 },
                                                   { 108, 112 }, { 123, 124 }, { 252, 348 } };
  for (const auto & range : ofGrid)
  {
    for (size_t i = range.first; i < range.second; ++i)
    {
      const bool isOfFields = std::any_of(
        fields.begin(), fields.end(), [i](const auto & field) { return i >= field.first && i < field.second; });
      if (damage.Before[i] != damage.After[i] && !isOfFields)
      {
        return false;
      }
    }
  }
  return true;
}

/** Whether what makes the other grid is written once in the file, so that no reader could know what was there before:
 * - a number of a MetaImage or NRRD, whose header has every field with as many numbers as before;
 * - the quaternion, the position or the voxel size of a NIfTI file without an sform;
 * - the matrix of a NIfTI file without a qform. */
bool
IsWrittenOnce(const fs::path & folder, const Damage & damage)
{
  const fs::path    name(damage.Name);
  const std::string end = name.extension().string();
  if (end == ".mha" || end == ".mhd" || end == ".nrrd" || end == ".nhdr")
  {
    return HasWholeFields(damage);
  }
  if (folder.filename() == "image-qform")
  {
    return DifferOnlyIn(damage, { { 76, 92 }, { 256, 280 } });
  }
  return folder.filename() == "image-sform" && DifferOnlyIn(damage, { { 280, 328 } });
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
  else if (IsWrittenOnce(folder, damage))
  {
    outcome = "another grid, which is written once";
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
