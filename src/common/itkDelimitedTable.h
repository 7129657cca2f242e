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
#ifndef itkDelimitedTable_h
#define itkDelimitedTable_h

#include <functional>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** One line of a table. Quoted fields may span several lines of the file; the number is that of the first. */
struct TableLine
{
  size_t                   Number;
  std::vector<std::string> Fields;
};

/** The lines of a table as spreadsheets save it: fields separated by commas, semicolons or tabulators, quoted as in
 * RFC 4180, without the blanks around them. Lines end with a line feed, a carriage return or both. A byte-order mark of
 * UTF-8, a first line such as `sep=;`, and lines without any text do not count. The separator is the one by which the
 * first line has the most of the known names. Throws an itk::ExceptionObject that names the file and the line. */
std::vector<TableLine>
ReadDelimitedTable(const std::string & path, const std::vector<std::string> & knownNames);

/** The same for a table whose first line may have no names: the separator is the one by which it has the most fields
 * that are as expected. */
std::vector<TableLine>
ReadDelimitedTable(const std::string & path, const std::function<bool(const std::string &)> & isExpected);

/** A field as RFC 4180 quotes it. */
std::string
QuotedField(const std::string & text);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
