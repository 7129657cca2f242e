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
#include "itkLandmarkList.h"

#include "common/itkDelimitedTable.h"
#include "SyntheticCTDetail/itkExceptionText.h"
#include "SyntheticCTDetail/itkPlainText.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

namespace itk
{
namespace
{
using Json = nlohmann::json;
using PointType = LandmarkList::PointType;
using SyntheticCTDetail::Fail;
using SyntheticCTDetail::LowerCase;
using SyntheticCTDetail::TableLine;
using SyntheticCTDetail::Trimmed;

bool
EndsWith(const std::string & text, const std::string & end)
{
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/** Whether a text is one finite number. */
bool
ParseFinite(const std::string & text, double & number)
{
  return SyntheticCTDetail::ParseNumber(text, number) && std::isfinite(number);
}

/** Whether points are in RAS. */
bool
IsRAS(const std::string & coordinateSystem, const std::string & where)
{
  const std::string system = LowerCase(coordinateSystem);
  if (system != "lps" && system != "ras" && system != "1" && system != "0")
  {
    Fail(where + ": the coordinate system is '" + coordinateSystem + "', should be LPS (1) or RAS (0)");
  }
  return system == "ras" || system == "0";
}

PointType
ToLPS(PointType point, bool isRAS)
{
  if (isRAS)
  {
    point[0] = -point[0];
    point[1] = -point[1];
  }
  return point;
}

std::string
AtLine(const std::string & fileName, const TableLine & line)
{
  return fileName + ", line " + std::to_string(line.Number);
}

/** Which columns of a table are which; -1 for those that are not there. */
struct Columns
{
  int  Position[3]{ -1, -1, -1 };
  int  Label{ -1 };
  int  Defined{ -1 };
  bool IsRAS{ false };

  bool
  HasPosition() const
  {
    return Position[0] >= 0 && Position[1] >= 0 && Position[2] >= 0;
  }
};

/** The field of a column; empty when the line ends before. */
std::string
FieldAt(const TableLine & line, int column)
{
  return column >= 0 && static_cast<size_t>(column) < line.Fields.size() ? line.Fields[column] : "";
}

PointType
PointOf(const TableLine & line, const Columns & columns, const std::string & fileName)
{
  PointType point;
  for (int d = 0; d < 3; ++d)
  {
    const std::string field = FieldAt(line, columns.Position[d]);
    if (!ParseFinite(field, point[d]))
    {
      Fail(AtLine(fileName, line) + ": '" + field + "' should be a finite number, coordinate " + std::to_string(d + 1) +
           " in mm");
    }
  }
  return ToLPS(point, columns.IsRAS);
}

/** The columns of a list of names; without a position when it has none of the three triples. */
Columns
ColumnsByName(const std::vector<std::string> & names)
{
  const auto columnOf = [&names](const std::string & name) {
    const auto at = std::find_if(
      names.begin(), names.end(), [&](const std::string & field) { return LowerCase(Trimmed(field)) == name; });
    return at == names.end() ? -1 : static_cast<int>(at - names.begin());
  };
  Columns columns;
  for (const char * const axes : { "xyz", "lps", "ras" })
  {
    for (int d = 0; d < 3; ++d)
    {
      columns.Position[d] = columnOf(std::string(1, axes[d]));
    }
    columns.IsRAS = axes[0] == 'r';
    if (columns.HasPosition())
    {
      break;
    }
  }
  columns.Label = columnOf("label");
  if (columns.Label < 0)
  {
    columns.Label = columnOf("name");
  }
  columns.Defined = columnOf("defined");
  return columns;
}

/** The columns of a table without names, by its first line. */
Columns
ColumnsByFields(const TableLine & line, const std::string & fileName)
{
  constexpr int position = 3;
  const auto    isNumber = [&line](int column) {
    double number = 0.0;
    return ParseFinite(FieldAt(line, column), number);
  };
  const auto count = static_cast<int>(line.Fields.size());
  Columns    columns;
  int        first = 0;
  if (count == position + 1)
  {
    const bool isLabelFirst = !isNumber(0);
    const bool isLabelLast = !isNumber(position);
    if (isLabelFirst == isLabelLast)
    {
      Fail(AtLine(fileName, line) +
           ": which of the four columns is the label? Name them in the first line, such as label,x,y,z");
    }
    first = isLabelFirst ? 1 : 0;
    columns.Label = isLabelFirst ? 0 : position;
  }
  else if (count != position)
  {
    Fail(AtLine(fileName, line) + ": has " + std::to_string(count) +
         " columns, should have x,y,z in mm, or these and a label, or their names");
  }
  for (int d = 0; d < position; ++d)
  {
    columns.Position[d] = first + d;
  }
  return columns;
}

/** The value of a comment such as `# CoordinateSystem = LPS`; false when the line is another. */
bool
ReadComment(const TableLine & line, const std::string & key, std::string & value)
{
  const std::string text = line.Fields.front();
  const size_t      equals = text.find('=');
  if (text.front() != '#' || equals == std::string::npos ||
      LowerCase(Trimmed(text.substr(1, equals - 1))) != LowerCase(key))
  {
    return false;
  }
  value = Trimmed(text.substr(equals + 1));
  return true;
}

bool
IsComment(const TableLine & line)
{
  return !line.Fields.front().empty() && line.Fields.front().front() == '#';
}

/** The position of a control point. */
PointType
PointOf(const Json & controlPoint, const std::string & where)
{
  const auto position = controlPoint.find("position");
  const bool isTriple = position != controlPoint.end() && position->is_array() && position->size() == 3 &&
                        std::all_of(position->begin(), position->end(), [](const Json & number) {
                          return number.is_number() && std::isfinite(number.get<double>());
                        });
  if (!isTriple)
  {
    Fail(where + ": 'position' should be three finite numbers");
  }
  PointType point;
  for (int d = 0; d < 3; ++d)
  {
    point[d] = (*position)[d].get<double>();
  }
  return point;
}

/** The text of a key that may be missing; numbers count as texts. */
std::string
TextAt(const Json & object, const char * key, const std::string & missing, const std::string & where)
{
  const auto value = object.find(key);
  if (value == object.end())
  {
    return missing;
  }
  if (!value->is_string() && !value->is_number())
  {
    Fail(where + ": '" + key + "' should be a text");
  }
  return value->is_string() ? value->get<std::string>() : value->dump();
}

/** Throws when coordinates are not in mm. A coded entry is a list that begins with its code. */
void
VerifyUnits(const Json & markup, const std::string & where)
{
  const auto units = markup.find("coordinateUnits");
  if (units == markup.end())
  {
    return;
  }
  const Json & code = units->is_array() && !units->empty() ? units->front() : *units;
  if (code != "mm")
  {
    Fail(where + ": 'coordinateUnits' is " + code.dump() + ", should be \"mm\"");
  }
}

} // namespace

LandmarkList::Pointer
LandmarkList::Read(const std::string & fileName)
{
  auto              list = New();
  const std::string name = LowerCase(fileName);
  if (EndsWith(name, ".json"))
  {
    list->ReadMarkups(fileName);
  }
  else if (EndsWith(name, ".fcsv"))
  {
    list->ReadFiducials(fileName);
  }
  else if (EndsWith(name, ".csv") || EndsWith(name, ".tsv") || EndsWith(name, ".txt"))
  {
    list->ReadTable(fileName);
  }
  else
  {
    Fail(fileName + ": a file of landmarks should be .mrk.json, .fcsv, .csv, .tsv or .txt");
  }
  if (list->GetNumberOfLandmarks() == 0)
  {
    Fail(fileName + ": has no landmark that is defined");
  }
  return list;
}

void
LandmarkList::ReadMarkups(const std::string & fileName)
{
  std::ifstream file(fileName, std::ios::binary);
  if (!file)
  {
    Fail(fileName + ": no such file, or not readable");
  }
  Json root;
  try
  {
    root = Json::parse(file);
  }
  catch (const Json::exception & error)
  {
    Fail(fileName + ": is no JSON: " + error.what());
  }
  if (!root.is_object() || !root.contains("markups") || !root["markups"].is_array())
  {
    Fail(fileName + ": has no list 'markups', so it is no file of markups");
  }
  size_t markupNumber = 0;
  for (const Json & markup : root["markups"])
  {
    const std::string ofMarkup = fileName + ", markup " + std::to_string(++markupNumber);
    if (!markup.is_object() || !markup.contains("controlPoints") || !markup["controlPoints"].is_array())
    {
      Fail(ofMarkup + ": has no list 'controlPoints'");
    }
    VerifyUnits(markup, ofMarkup);
    const bool isRAS = IsRAS(TextAt(markup, "coordinateSystem", "LPS", ofMarkup), ofMarkup);
    size_t     pointNumber = 0;
    for (const Json & controlPoint : markup["controlPoints"])
    {
      const std::string where = ofMarkup + ", control point " + std::to_string(++pointNumber);
      if (!controlPoint.is_object())
      {
        Fail(where + ": should be an object with a 'position'");
      }
      const std::string label = TextAt(controlPoint, "label", "", where);
      const std::string status = TextAt(controlPoint, "positionStatus", "defined", where);
      if (status != "defined")
      {
        this->LeaveOut(where, label, status);
        continue;
      }
      this->AddLandmark(ToLPS(PointOf(controlPoint, where), isRAS), label);
    }
  }
}

void
LandmarkList::ReadFiducials(const std::string & fileName)
{
  // By their places in version 4, which a line of names may change.
  Columns     columns = ColumnsByName({ "id", "x", "y", "z", "ow", "ox", "oy", "oz", "vis", "sel", "lock", "label" });
  std::string system;
  for (const TableLine & line : SyntheticCTDetail::ReadDelimitedTable(fileName, { "x", "y", "z", "label" }))
  {
    std::string value;
    if (ReadComment(line, "CoordinateSystem", system))
    {
      columns.IsRAS = IsRAS(system, AtLine(fileName, line));
    }
    else if (ReadComment(line, "columns", value))
    {
      std::vector<std::string> names = line.Fields;
      names.front() = value;
      const bool isRAS = columns.IsRAS;
      columns = ColumnsByName(names);
      columns.IsRAS = isRAS;
      if (!columns.HasPosition())
      {
        Fail(AtLine(fileName, line) + ": names no columns x, y and z");
      }
    }
    else if (!IsComment(line))
    {
      if (system.empty() && m_Points.empty())
      {
        columns.IsRAS = true;
        m_Remarks.push_back(fileName + ": does not say its coordinate system; RAS is taken, as 3D Slicer does");
      }
      this->AddLandmark(PointOf(line, columns, fileName), FieldAt(line, columns.Label));
    }
  }
}

void
LandmarkList::ReadTable(const std::string & fileName)
{
  const auto isExpected = [](const std::string & field) {
    double number = 0.0;
    return ParseFinite(field, number) ||
           std::set<std::string>{ "x", "y", "z", "l", "p", "s", "r", "a" }.count(LowerCase(field)) > 0;
  };
  Columns columns;
  for (const TableLine & line : SyntheticCTDetail::ReadDelimitedTable(fileName, isExpected))
  {
    if (IsComment(line))
    {
      continue;
    }
    if (!columns.HasPosition())
    {
      columns = ColumnsByName(line.Fields);
      if (columns.HasPosition())
      {
        continue;
      }
      columns = ColumnsByFields(line, fileName);
    }
    const std::string label = FieldAt(line, columns.Label);
    const std::string defined = LowerCase(FieldAt(line, columns.Defined));
    if (defined == "0" || defined == "false")
    {
      this->LeaveOut(AtLine(fileName, line), label, "undefined");
      continue;
    }
    this->AddLandmark(PointOf(line, columns, fileName), label);
  }
}

void
LandmarkList::LeaveOut(const std::string & where, const std::string & label, const std::string & status)
{
  m_Remarks.push_back(where + ": the position of '" + label + "' is " + status + ", it is left out");
}

void
LandmarkList::AddLandmark(const PointType & point, const std::string & label)
{
  if (!std::isfinite(point[0]) || !std::isfinite(point[1]) || !std::isfinite(point[2]))
  {
    itkSyntheticCTExceptionMacro("Landmark '" << label << "' is at " << point
                                              << " and should be at finite coordinates");
  }
  m_Points.push_back(point);
  m_Labels.push_back(label);
  this->Modified();
}

void
LandmarkList::Clear()
{
  m_Points.clear();
  m_Labels.clear();
  m_Remarks.clear();
  this->Modified();
}

const LandmarkList::PointType &
LandmarkList::GetPoint(SizeValueType index) const
{
  if (index >= m_Points.size())
  {
    itkSyntheticCTExceptionMacro("There is no landmark " << index << ", only " << m_Points.size());
  }
  return m_Points[index];
}

const std::string &
LandmarkList::GetLabel(SizeValueType index) const
{
  if (index >= m_Labels.size())
  {
    itkSyntheticCTExceptionMacro("There is no landmark " << index << ", only " << m_Labels.size());
  }
  return m_Labels[index];
}

const std::string &
LandmarkList::GetRemark(SizeValueType index) const
{
  if (index >= m_Remarks.size())
  {
    itkSyntheticCTExceptionMacro("There is no remark " << index << ", only " << m_Remarks.size());
  }
  return m_Remarks[index];
}

void
LandmarkList::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Landmarks:";
  for (size_t i = 0; i < m_Points.size(); ++i)
  {
    os << (i == 0 ? " " : "; ") << m_Labels[i] << ' ' << m_Points[i];
  }
  os << std::endl;
  os << indent << "Remarks:";
  for (size_t i = 0; i < m_Remarks.size(); ++i)
  {
    os << (i == 0 ? " " : "; ") << m_Remarks[i];
  }
  os << std::endl;
}

} // namespace itk
