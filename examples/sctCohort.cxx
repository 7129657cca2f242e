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
#include "sctCohort.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

namespace sct
{
namespace
{
namespace fs = std::filesystem;

[[noreturn]] void
Fail(const std::string & message)
{
  throw std::runtime_error(message);
}

/** The columns of a table and where they go. */
const struct
{
  const char * Name;
  std::string CohortCase::*Member;
  bool                     IsPath;
} columns[] = { { "case", &CohortCase::Name, false },
                { "reference", &CohortCase::Reference, true },
                { "synthetic", &CohortCase::Synthetic, true },
                { "mask", &CohortCase::Mask, true },
                { "reference-segmentation", &CohortCase::ReferenceSegmentation, true },
                { "synthetic-segmentation", &CohortCase::SyntheticSegmentation, true } };

std::string
Trimmed(const std::string & text)
{
  const auto begin = text.find_first_not_of(" \t\r");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

/** The fields of one line. Blanks around a field that is not quoted do not count. */
std::vector<std::string>
SplitLine(const std::string & line, const std::string & where)
{
  std::vector<std::string> fields;
  for (size_t position = 0;;)
  {
    std::string  field;
    const size_t begin = line.find_first_not_of(" \t", position);
    if (begin != std::string::npos && line[begin] == '"')
    {
      size_t quote = begin + 1;
      for (;; ++quote)
      {
        const size_t end = line.find('"', quote);
        if (end == std::string::npos)
        {
          Fail(where + ": a quote is not closed");
        }
        field += line.substr(quote, end - quote);
        quote = end + 1;
        // Two quotes are one of the text.
        if (quote >= line.size() || line[quote] != '"')
        {
          break;
        }
        field += '"';
      }
      position = line.find(',', quote);
      if (!Trimmed(line.substr(quote, position == std::string::npos ? position : position - quote)).empty())
      {
        Fail(where + ": text after a closing quote");
      }
    }
    else
    {
      const size_t end = line.find(',', position);
      field = Trimmed(line.substr(position, end == std::string::npos ? end : end - position));
      position = end;
    }
    fields.push_back(field);
    if (position == std::string::npos)
    {
      return fields;
    }
    ++position;
  }
}

/** A case's report is a file of its name. */
void
CheckName(const std::string & name, const std::string & where)
{
  if (name.empty())
  {
    Fail(where + ": the case has no name");
  }
  if (name.front() == '.' || name.find_first_of("/\\") != std::string::npos)
  {
    Fail(where + ": the case '" + name + "' should have a name without / and \\ that does not begin with a point");
  }
}

std::vector<CohortCase>
ReadTable(const std::string & path, const std::vector<std::string> & required)
{
  if (fs::is_directory(path))
  {
    Fail(path + ": is a folder, should be a table of cases");
  }
  std::ifstream file(path);
  if (!file)
  {
    Fail(path + ": no such file, or not readable");
  }
  const fs::path folder = fs::path(path).parent_path();

  std::vector<CohortCase>                cases;
  std::set<std::string>                  names;
  std::vector<std::string>               header;
  std::vector<std::string CohortCase::*> members;
  std::vector<bool>                      isPath;
  size_t                                 number = 0;
  for (std::string line; std::getline(file, line);)
  {
    ++number;
    const std::string where = path + ", line " + std::to_string(number);
    // Some spreadsheets mark their text as UTF-8 with three bytes.
    if (number == 1 && line.compare(0, 3, "\xEF\xBB\xBF") == 0)
    {
      line.erase(0, 3);
    }
    if (Trimmed(line).empty())
    {
      continue;
    }
    if (line.find('\0') != std::string::npos)
    {
      Fail(where + ": is no text");
    }
    const std::vector<std::string> fields = SplitLine(Trimmed(line), where);
    if (header.empty())
    {
      header = fields;
      for (const std::string & name : header)
      {
        std::string CohortCase::*member = nullptr;
        bool                     isPathHere = false;
        std::string              known;
        for (const auto & column : columns)
        {
          known += std::string(known.empty() ? "" : ", ") + column.Name;
          if (name == column.Name)
          {
            member = column.Member;
            isPathHere = column.IsPath;
          }
        }
        if (!member && name.rfind("x-", 0) != 0)
        {
          Fail(where + ": the column '" + name + "' is none of " + known + "; columns of your own begin with x-");
        }
        if (std::count(header.begin(), header.end(), name) > 1)
        {
          Fail(where + ": there are two columns '" + name + "'");
        }
        members.push_back(member);
        isPath.push_back(isPathHere);
      }
      for (const std::string & name : required)
      {
        if (std::count(header.begin(), header.end(), name) == 0)
        {
          Fail(where + ": there is no column '" + name + "'");
        }
      }
      continue;
    }
    if (fields.size() != header.size())
    {
      Fail(where + ": has " + std::to_string(fields.size()) + " fields, and the first line has " +
           std::to_string(header.size()));
    }
    CohortCase entry;
    for (size_t i = 0; i < fields.size(); ++i)
    {
      if (members[i] && !fields[i].empty())
      {
        entry.*members[i] = isPath[i] ? (folder / fields[i]).string() : fields[i];
      }
    }
    CheckName(entry.Name, where);
    for (const auto & column : columns)
    {
      if (std::count(required.begin(), required.end(), column.Name) > 0 && (entry.*column.Member).empty())
      {
        Fail(where + ": the case '" + entry.Name + "' has no " + column.Name);
      }
    }
    if (!names.insert(entry.Name).second)
    {
      Fail(where + ": the case '" + entry.Name + "' is there twice");
    }
    cases.push_back(entry);
  }
  if (file.bad())
  {
    Fail(path + ": cannot be read after line " + std::to_string(number));
  }
  if (header.empty())
  {
    Fail(path + ": has no line of column names");
  }
  if (cases.empty())
  {
    Fail(path + ": has no case");
  }
  return cases;
}

/** The one file that is there under one of several names with either ending; empty without one. */
std::string
FindVolume(const std::vector<fs::path> & stems)
{
  std::vector<std::string> found;
  for (const fs::path & stem : stems)
  {
    for (const char * const ending : { ".nii.gz", ".mha" })
    {
      const std::string path = stem.string() + ending;
      if (fs::is_regular_file(path))
      {
        found.push_back(path);
      }
    }
  }
  if (found.size() > 1)
  {
    Fail(found[0] + " and " + found[1] + " are both there, should be one");
  }
  return found.empty() ? "" : found.front();
}

/** Fill in the synthetic CT of a case and its segmentation. */
void
FindResult(CohortCase & entry, const fs::path & results)
{
  const fs::path folder = results / entry.Name;
  try
  {
    entry.Synthetic = FindVolume({ folder / "sct", folder });
    if (entry.Synthetic.empty())
    {
      Fail("no result: neither " + (folder / "sct").string() + " nor " + folder.string() + " with .nii.gz or .mha");
    }
    entry.SyntheticSegmentation = FindVolume({ folder / "segmentation", folder.string() + "-segmentation" });
  }
  catch (const std::exception & error)
  {
    entry.Error = error.what();
  }
}

void
CheckFolder(const std::string & path)
{
  if (!fs::is_directory(path))
  {
    Fail(path + ": no such folder");
  }
}

} // namespace

std::vector<CohortCase>
ReadCohortTable(const std::string & path)
{
  return ReadTable(path, { "case", "reference", "synthetic" });
}

std::vector<CohortCase>
FindCohort(const std::string & folder, const std::string & results)
{
  CheckFolder(folder);
  CheckFolder(results);
  std::vector<CohortCase> cases;
  for (const fs::directory_entry & entry : fs::directory_iterator(folder))
  {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() || name.front() == '.')
    {
      continue;
    }
    CohortCase found;
    found.Name = name;
    try
    {
      found.Reference = FindVolume({ entry.path() / "ct" });
      if (found.Reference.empty())
      {
        continue;
      }
      found.Mask = FindVolume({ entry.path() / "mask" });
      found.ReferenceSegmentation = FindVolume({ entry.path() / "segmentation" });
      FindResult(found, results);
    }
    catch (const std::exception & error)
    {
      found.Reference.clear();
      found.Error = error.what();
    }
    cases.push_back(found);
  }
  if (cases.empty())
  {
    Fail(folder + ": has no case: no subfolder with ct.nii.gz or ct.mha");
  }
  std::sort(cases.begin(), cases.end(), [](const CohortCase & a, const CohortCase & b) { return a.Name < b.Name; });
  return cases;
}

std::vector<CohortCase>
ReplaceResults(const std::vector<CohortCase> & cases, const std::string & results)
{
  std::vector<CohortCase> replaced = cases;
  std::vector<CohortCase> table;
  const bool              isFolder = fs::is_directory(results);
  if (!isFolder)
  {
    table = ReadTable(results, { "case", "synthetic" });
  }
  for (CohortCase & entry : replaced)
  {
    // A case whose reference is in doubt has no result of any method.
    if (entry.Reference.empty())
    {
      continue;
    }
    entry.Synthetic.clear();
    entry.SyntheticSegmentation.clear();
    entry.Error.clear();
    if (isFolder)
    {
      FindResult(entry, results);
      continue;
    }
    const auto row =
      std::find_if(table.begin(), table.end(), [&](const CohortCase & each) { return each.Name == entry.Name; });
    if (row == table.end())
    {
      entry.Error = "no result: " + results + " does not have this case";
      continue;
    }
    entry.Synthetic = row->Synthetic;
    entry.SyntheticSegmentation = row->SyntheticSegmentation;
  }
  return replaced;
}

std::string
QuotedField(const std::string & text)
{
  if (text.find_first_of(",\"\r\n") == std::string::npos)
  {
    return text;
  }
  std::string quoted = "\"";
  for (const char letter : text)
  {
    quoted += letter;
    if (letter == '"')
    {
      quoted += letter;
    }
  }
  return quoted + '"';
}

} // namespace sct
