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
#include "common/itkDelimitedTable.h"

#include "SyntheticCTDetail/itkExceptionText.h"
#include "itkMacro.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
namespace fs = std::filesystem;

bool
StartsWith(const std::string & text, const std::string & start)
{
  return text.compare(0, start.size(), start) == 0;
}

/** The text of a file, without a byte-order mark. */
std::string
ReadText(const std::string & path)
{
  if (fs::is_directory(path))
  {
    Fail(path + ": is a folder, should be a table");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file)
  {
    Fail(path + ": no such file, or not readable");
  }
  std::string text{ std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>() };
  if (file.bad())
  {
    Fail(path + ": cannot be read");
  }
  // An .xlsx or .ods is a ZIP archive, an .xls a compound file.
  if (StartsWith(text, "PK\x03\x04") || StartsWith(text, "\xD0\xCF\x11\xE0"))
  {
    Fail(path + ": is the workbook of a spreadsheet, should be text; save it as CSV");
  }
  if (StartsWith(text, "\xFF\xFE") || StartsWith(text, "\xFE\xFF"))
  {
    Fail(path + ": is text in UTF-16, should be in UTF-8; save it as CSV in UTF-8");
  }
  const size_t zero = text.find('\0');
  if (zero != std::string::npos)
  {
    Fail(path + ", line " + std::to_string(1 + std::count(text.begin(), text.begin() + zero, '\n')) + ": is no text");
  }
  if (StartsWith(text, "\xEF\xBB\xBF"))
  {
    text.erase(0, 3);
  }
  return text;
}

/** Takes a text line by line into fields. */
class LineParser
{
public:
  LineParser(const std::string & text, const std::string & path, size_t position, size_t number, char separator)
    : m_Text(text)
    , m_Path(path)
    , m_Position(position)
    , m_Number(number)
    , m_Separator(separator)
  {}

  bool
  IsAtEnd() const
  {
    return m_Position >= m_Text.size();
  }

  TableLine
  Next()
  {
    TableLine line{ m_Number, {} };
    for (;;)
    {
      this->SkipBlanks();
      line.Fields.push_back(this->Is('"') ? this->Quoted() : this->Plain());
      if (!this->Is(m_Separator))
      {
        break;
      }
      ++m_Position;
    }
    this->EndLine();
    return line;
  }

private:
  bool
  Is(char letter) const
  {
    return !this->IsAtEnd() && m_Text[m_Position] == letter;
  }

  bool
  IsLineEnd() const
  {
    return this->IsAtEnd() || this->Is('\n') || this->Is('\r');
  }

  void
  SkipBlanks()
  {
    while (!this->Is(m_Separator) && (this->Is(' ') || this->Is('\t')))
    {
      ++m_Position;
    }
  }

  /** Steps over the end of a line: a line feed, a carriage return, or both. */
  void
  EndLine()
  {
    if (this->IsAtEnd())
    {
      return;
    }
    const bool isReturn = this->Is('\r');
    ++m_Position;
    if (isReturn && this->Is('\n'))
    {
      ++m_Position;
    }
    ++m_Number;
  }

  std::string
  Plain()
  {
    const size_t begin = m_Position;
    while (!this->IsLineEnd() && !this->Is(m_Separator))
    {
      ++m_Position;
    }
    const std::string field = m_Text.substr(begin, m_Position - begin);
    return field.substr(0, field.find_last_not_of(" \t") + 1);
  }

  std::string
  Quoted()
  {
    const std::string where = m_Path + ", line " + std::to_string(m_Number);
    std::string       field;
    for (++m_Position;; ++m_Position)
    {
      if (this->IsAtEnd())
      {
        Fail(where + ": a quote is not closed");
      }
      if (this->Is('"'))
      {
        ++m_Position;
        // Two quotes are one of the text.
        if (!this->Is('"'))
        {
          break;
        }
      }
      m_Number += this->Is('\n') ? 1 : 0;
      field += m_Text[m_Position];
    }
    this->SkipBlanks();
    if (!this->IsLineEnd() && !this->Is(m_Separator))
    {
      Fail(where + ": text after a closing quote");
    }
    return field;
  }

  const std::string & m_Text;
  const std::string & m_Path;
  size_t              m_Position;
  size_t              m_Number;
  char                m_Separator;
};

/** Whether a line has nothing but separators, of whatever kind. */
bool
IsEmpty(const TableLine & line)
{
  return std::all_of(line.Fields.begin(), line.Fields.end(), [](const std::string & field) {
    return field.find_first_not_of(",;\t ") == std::string::npos;
  });
}

/** How many fields as expected the first line has by a separator. */
size_t
CountExpected(LineParser parser, const std::function<bool(const std::string &)> & isExpected)
{
  TableLine line{ 0, {} };
  try
  {
    while (!parser.IsAtEnd() && IsEmpty(line))
    {
      line = parser.Next();
    }
  }
  catch (const ExceptionObject &)
  {
    // By another separator a quote may end in the middle of a field.
    return 0;
  }
  return static_cast<size_t>(std::count_if(line.Fields.begin(), line.Fields.end(), isExpected));
}

} // namespace

std::vector<TableLine>
ReadDelimitedTable(const std::string & path, const std::vector<std::string> & knownNames)
{
  return ReadDelimitedTable(path, [&knownNames](const std::string & field) {
    return std::find(knownNames.begin(), knownNames.end(), field) != knownNames.end();
  });
}

std::vector<TableLine>
ReadDelimitedTable(const std::string & path, const std::function<bool(const std::string &)> & isExpected)
{
  const std::string text = ReadText(path);

  // Excel says the separator in a line of its own.
  size_t      position = 0;
  size_t      number = 1;
  std::string separators = ",;\t";
  if (text.size() > 4 && StartsWith(text, "sep=") && (text.size() == 5 || text[5] == '\r' || text[5] == '\n'))
  {
    separators = text[4];
    position = text.compare(5, 2, "\r\n") == 0 ? 7 : std::min<size_t>(6, text.size());
    number = 2;
  }

  char   separator = separators.front();
  size_t most = 0;
  for (const char candidate : separators)
  {
    const size_t count = CountExpected(LineParser(text, path, position, number, candidate), isExpected);
    if (count > most)
    {
      most = count;
      separator = candidate;
    }
  }

  std::vector<TableLine> lines;
  for (LineParser parser(text, path, position, number, separator); !parser.IsAtEnd();)
  {
    TableLine line = parser.Next();
    if (!IsEmpty(line))
    {
      lines.push_back(std::move(line));
    }
  }
  return lines;
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

} // namespace SyntheticCTDetail
} // namespace itk
