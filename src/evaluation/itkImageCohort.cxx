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
#include "itkImageCohort.h"

#include "common/itkDelimitedTable.h"
#include "evaluation/itkVolumeFinder.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkExceptionText.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

namespace itk
{
namespace
{
namespace fs = std::filesystem;

using SyntheticCTDetail::Fail;
using SyntheticCTDetail::VolumeFinder;

/** How far below the folder of a cohort its cases may lie. */
constexpr unsigned int numberOfLevels = 4;

/** Names one after the other, the last ones of many only counted. */
std::string
ListOf(const std::vector<std::string> & names)
{
  constexpr size_t most = 8;
  std::string      text;
  for (size_t i = 0; i < std::min(most, names.size()); ++i)
  {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > most ? text + " and " + std::to_string(names.size() - most) + " more" : text;
}

/** A case's report is a file of its name. */
void
VerifyName(const std::string & name, const std::string & where)
{
  if (name.empty())
  {
    Fail(where + ": the case has no name");
  }
  if (name.front() == '.' || name.find_first_of("/\\") != std::string::npos)
  {
    Fail(where + ": the case '" + name + "' should have a name without / and \\ that does not begin with a dot");
  }
}

/** Folders that systems and programs leave everywhere. */
bool
IsHidden(const std::string & name)
{
  return name.front() == '.' || name == "__MACOSX";
}

/** The folders of cases below a folder, relative to it: those of the first level that has any. What is passed over on
 * this level is named, and what is hidden above it. */
std::vector<fs::path>
FindCaseFolders(const fs::path &                              folder,
                const std::function<bool(const fs::path &)> & isCase,
                std::vector<std::string> &                    passedOver)
{
  std::vector<fs::path>    cases;
  std::vector<fs::path>    level{ fs::path() };
  std::vector<std::string> hidden;
  for (unsigned int depth = 0; depth < numberOfLevels && cases.empty(); ++depth)
  {
    std::vector<fs::path> nextLevel;
    passedOver = hidden;
    for (const fs::path & parent : level)
    {
      std::vector<std::string> others;
      const size_t             numberOfCases = cases.size();
      for (const std::string & name : VolumeFinder::ListFolders(folder / parent))
      {
        const fs::path path = parent / name;
        if (!IsHidden(name) && isCase(folder / path))
        {
          cases.push_back(path);
          continue;
        }
        others.push_back(path.string());
        if (IsHidden(name))
        {
          hidden.push_back(path.string());
        }
        else
        {
          nextLevel.push_back(path);
        }
      }
      // A folder without any case is named, and not all that is in it.
      if (cases.size() == numberOfCases && !parent.empty())
      {
        others = { parent.string() };
      }
      passedOver.insert(passedOver.end(), others.begin(), others.end());
    }
    level = std::move(nextLevel);
  }
  return cases;
}

} // namespace

void
ImageCohort::AddFile(const std::string & column, const std::string & volume, bool isRequired)
{
  if (column.empty() || column == "case" || column.rfind("x-", 0) == 0)
  {
    Fail("'" + column + "' cannot be a column of files");
  }
  for (const FileKind & kind : m_FileKinds)
  {
    if (kind.Column == column)
    {
      Fail("the column '" + column + "' is looked for already");
    }
  }
  m_FileKinds.push_back({ column, volume, isRequired });
  this->Modified();
}

void
ImageCohort::ReadFolder(const std::string & folder)
{
  if (!fs::is_directory(folder))
  {
    Fail(folder + ": no such folder");
  }
  VolumeFinder finder;
  std::string  required;
  for (const FileKind & kind : m_FileKinds)
  {
    if (kind.IsRequired && !kind.Volume.empty())
    {
      required += (required.empty() ? "" : " and ") + kind.Volume;
    }
  }
  const auto hasAnyRequired = [&](const fs::path & path) {
    return std::any_of(m_FileKinds.begin(), m_FileKinds.end(), [&](const FileKind & kind) {
      return kind.IsRequired && !kind.Volume.empty() && !finder.FindAll({ path / kind.Volume }).empty();
    });
  };
  std::vector<std::string> passedOver;
  std::vector<fs::path>    paths = FindCaseFolders(folder, hasAnyRequired, passedOver);
  if (paths.empty())
  {
    Fail(folder + (hasAnyRequired(folder)
                     ? ": is the folder of one case, should be the folder that holds those of all"
                     : ": has no case: no folder with " + required + " (" + VolumeFinder::GetEndings() + ")"));
  }
  std::sort(paths.begin(), paths.end(), [](const fs::path & a, const fs::path & b) {
    return a.filename().string() < b.filename().string();
  });

  std::vector<Case> cases;
  for (const fs::path & path : paths)
  {
    Case entry{ path.filename().string(), path.string(), std::vector<std::string>(m_FileKinds.size()), "" };
    if (!cases.empty() && cases.back().Name == entry.Name)
    {
      Fail(folder + ": two cases have the name '" + entry.Name + "': " + cases.back().RelativePath + " and " +
           entry.RelativePath);
    }
    const fs::path caseFolder = folder / path;
    try
    {
      for (size_t i = 0; i < m_FileKinds.size(); ++i)
      {
        const FileKind & kind = m_FileKinds[i];
        if (kind.Volume.empty())
        {
          continue;
        }
        entry.Files[i] = finder.Find({ caseFolder / kind.Volume });
        if (kind.IsRequired && entry.Files[i].empty())
        {
          Fail(caseFolder.string() + ": has no image '" + kind.Volume + "' (" + VolumeFinder::GetEndings() + ")");
        }
      }
    }
    catch (const ExceptionObject & error)
    {
      entry.Files.assign(m_FileKinds.size(), "");
      entry.Error = error.GetDescription();
    }
    cases.push_back(std::move(entry));
  }
  this->SetCases(std::move(cases), folder);
  if (!passedOver.empty())
  {
    this->AddRemark(folder + ": folders without " + required + " are passed over: " + ListOf(passedOver));
  }
  for (size_t i = 0; i < m_FileKinds.size(); ++i)
  {
    this->RemarkMissingFiles(i);
  }
}

std::vector<ImageCohort::Case>
ImageCohort::ParseTable(const std::string & path, const std::vector<std::string> & required) const
{
  std::vector<std::string> known{ "case" };
  for (const FileKind & kind : m_FileKinds)
  {
    known.push_back(kind.Column);
  }
  std::string knownText;
  for (const std::string & name : known)
  {
    knownText += (knownText.empty() ? "" : ", ") + name;
  }

  const std::vector<SyntheticCTDetail::TableLine> lines = SyntheticCTDetail::ReadDelimitedTable(path, known);
  if (lines.empty())
  {
    Fail(path + ": has no line of column names");
  }
  std::vector<std::string> header = lines.front().Fields;
  const std::string        headerLine = path + ", line " + std::to_string(lines.front().Number);
  while (header.back().empty())
  {
    header.pop_back();
  }
  for (const std::string & name : header)
  {
    if (std::count(known.begin(), known.end(), name) == 0 && name.rfind("x-", 0) != 0)
    {
      Fail(headerLine + ": the column '" + name + "' is none of " + knownText + "; columns of your own begin with x-");
    }
    if (std::count(header.begin(), header.end(), name) > 1)
    {
      Fail(headerLine + ": there are two columns '" + name + "'");
    }
  }
  for (const std::string & name : required)
  {
    if (std::count(header.begin(), header.end(), name) == 0)
    {
      Fail(headerLine + ": there is no column '" + name + "'");
    }
  }

  const fs::path        folder = fs::path(path).parent_path();
  std::vector<Case>     cases;
  std::set<std::string> names;
  for (size_t i = 1; i < lines.size(); ++i)
  {
    const std::string        where = path + ", line " + std::to_string(lines[i].Number);
    std::vector<std::string> fields = lines[i].Fields;
    while (fields.size() > header.size() && fields.back().empty())
    {
      fields.pop_back();
    }
    // Spreadsheets may leave out what is empty at the end of a line.
    const bool isCut =
      std::any_of(header.begin() + std::min(fields.size(), header.size()), header.end(), [&](const std::string & name) {
        return std::count(required.begin(), required.end(), name) > 0;
      });
    if (isCut || fields.size() > header.size())
    {
      Fail(where + ": has " + std::to_string(fields.size()) + " fields, and the first line has " +
           std::to_string(header.size()));
    }
    fields.resize(header.size());

    Case entry{ "", "", std::vector<std::string>(m_FileKinds.size()), "" };
    for (size_t column = 0; column < header.size(); ++column)
    {
      if (header[column] == "case")
      {
        entry.Name = fields[column];
      }
      else if (!fields[column].empty() && header[column].rfind("x-", 0) != 0)
      {
        entry.Files[this->GetColumn(header[column])] = (folder / fields[column]).string();
      }
    }
    VerifyName(entry.Name, where);
    for (const std::string & name : required)
    {
      if (name != "case" && entry.Files[this->GetColumn(name)].empty())
      {
        Fail(where + ": the case '" + entry.Name + "' has no " + name);
      }
    }
    if (!names.insert(entry.Name).second)
    {
      Fail(where + ": the case '" + entry.Name + "' is listed twice");
    }
    cases.push_back(std::move(entry));
  }
  if (cases.empty())
  {
    Fail(path + ": has no case");
  }
  return cases;
}

void
ImageCohort::ReadTable(const std::string & path)
{
  std::vector<std::string> required{ "case" };
  for (const FileKind & kind : m_FileKinds)
  {
    if (kind.IsRequired)
    {
      required.push_back(kind.Column);
    }
  }
  this->SetCases(this->ParseTable(path, required), path);
  for (size_t i = 0; i < m_FileKinds.size(); ++i)
  {
    this->RemarkMissingFiles(i);
  }
}

void
ImageCohort::Read(const std::string & path)
{
  if (!fs::exists(path))
  {
    Fail(path + ": no such file or folder");
  }
  if (fs::is_directory(path))
  {
    this->ReadFolder(path);
  }
  else
  {
    this->ReadTable(path);
  }
}

void
ImageCohort::SetCases(std::vector<Case> cases, const std::string & source)
{
  m_Cases = std::move(cases);
  m_Source = source;
  m_Remarks.clear();
  this->Modified();
}

void
ImageCohort::AddRemark(const std::string & line)
{
  m_Remarks.push_back(SyntheticCTDetail::OneLine(line));
}

void
ImageCohort::RemarkMissingFiles(size_t column)
{
  std::vector<std::string> without;
  size_t                   count = 0;
  for (const Case & entry : m_Cases)
  {
    // A case with an error may have lost more than its error says.
    if (entry.Error.empty())
    {
      ++count;
      if (entry.Files[column].empty())
      {
        without.push_back(entry.Name);
      }
    }
  }
  if (!without.empty() && without.size() < count)
  {
    const size_t others = count - without.size();
    m_Remarks.push_back(m_Source + ": no " + m_FileKinds[column].Column + " in " + ListOf(without) +
                        ", unlike the other " + (others == 1 ? "case" : std::to_string(others) + " cases"));
  }
}

size_t
ImageCohort::GetColumn(const std::string & column) const
{
  const auto kind =
    std::find_if(m_FileKinds.begin(), m_FileKinds.end(), [&](const FileKind & each) { return each.Column == column; });
  if (kind == m_FileKinds.end())
  {
    Fail("no files of a column '" + column + "' are looked for");
  }
  return static_cast<size_t>(kind - m_FileKinds.begin());
}

ImageCohort::Case &
ImageCohort::GetCase(SizeValueType index)
{
  return const_cast<Case &>(const_cast<const Self *>(this)->GetCase(index));
}

const ImageCohort::Case &
ImageCohort::GetCase(SizeValueType index) const
{
  if (index >= m_Cases.size())
  {
    Fail("there is no case " + std::to_string(index) + ", only " + std::to_string(m_Cases.size()));
  }
  return m_Cases[index];
}

SizeValueType
ImageCohort::GetNumberOfCases() const
{
  return m_Cases.size();
}

std::string
ImageCohort::GetCaseName(SizeValueType index) const
{
  return this->GetCase(index).Name;
}

std::string
ImageCohort::GetCaseError(SizeValueType index) const
{
  return this->GetCase(index).Error;
}

std::string
ImageCohort::GetFileName(SizeValueType index, const std::string & column) const
{
  return this->GetCase(index).Files[this->GetColumn(column)];
}

SizeValueType
ImageCohort::GetNumberOfRemarks() const
{
  return m_Remarks.size();
}

std::string
ImageCohort::GetRemark(SizeValueType index) const
{
  if (index >= m_Remarks.size())
  {
    Fail("there is no remark " + std::to_string(index) + ", only " + std::to_string(m_Remarks.size()));
  }
  return m_Remarks[index];
}

void
ImageCohort::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Source: " << m_Source << std::endl;
  os << indent << "FileKinds:";
  for (const FileKind & kind : m_FileKinds)
  {
    os << ' ' << kind.Column << " (" << kind.Volume << (kind.IsRequired ? ", required)" : ")");
  }
  os << std::endl;
  os << indent << "Cases: " << m_Cases.size() << std::endl;
  for (const Case & entry : m_Cases)
  {
    os << indent.GetNextIndent() << entry.Name << ':';
    for (const std::string & file : entry.Files)
    {
      os << " '" << file << '\'';
    }
    os << ' ' << entry.Error << std::endl;
  }
  os << indent << "Remarks: " << m_Remarks.size() << std::endl;
  for (const std::string & remark : m_Remarks)
  {
    os << indent.GetNextIndent() << remark << std::endl;
  }
}

} // namespace itk
