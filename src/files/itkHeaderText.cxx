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
#include "files/itkHeaderText.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkPlainText.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
/** Headers list one file for each slice at most. */
constexpr std::streamsize longestHeader = std::streamsize{ 1 } << 20;
} // namespace

std::string
ReadHeaderText(const std::string & path)
{
  std::ifstream stream(path, std::ios::binary);
  std::string   text(static_cast<size_t>(longestHeader), '\0');
  stream.read(&text[0], longestHeader);
  if (stream.bad() || (!stream && stream.gcount() == 0))
  {
    Fail(path + ": cannot be read: " + (stream.eof() ? "the file is empty" : "it cannot be opened"));
  }
  text.resize(static_cast<size_t>(stream.gcount()));
  return text;
}

std::vector<std::string>
SplitAtBlanks(const std::string & text)
{
  std::istringstream       stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;)
  {
    words.push_back(word);
  }
  return words;
}

std::vector<double>
ParseNumbers(const std::string & text, size_t count, const std::string & field, const std::string & path)
{
  std::vector<double> numbers;
  for (const std::string & word : SplitAtBlanks(text))
  {
    double number = 0.0;
    if (!ParseNumber(word, number))
    {
      Fail(path + ": cannot be read: '" + word.substr(0, 40) + "' in its " + field + " is no number");
    }
    numbers.push_back(number);
    if (numbers.size() == count)
    {
      break;
    }
  }
  if (numbers.size() < std::max<size_t>(count, 1))
  {
    Fail(path + ": cannot be read: its " + field + " has " + std::to_string(numbers.size()) + " numbers, should have " +
         std::to_string(std::max<size_t>(count, 1)));
  }
  return numbers;
}

std::vector<int64_t>
ParseIntegers(const std::string & text, size_t count, const std::string & field, const std::string & path)
{
  std::vector<int64_t> integers;
  for (const double number : ParseNumbers(text, count, field, path))
  {
    if (!(std::abs(number) <= 9e15 && number == std::floor(number)))
    {
      Fail(path + ": cannot be read: its " + field + " should be whole numbers");
    }
    integers.push_back(static_cast<int64_t>(number));
  }
  return integers;
}

std::string
FileOfPattern(const std::string & pattern, int64_t number, const std::string & path)
{
  // Only %d, %i and %u with zeros and a width, so that nothing else is ever given to printf.
  const size_t percent = pattern.find('%');
  size_t       end = percent + 1;
  while (percent != std::string::npos && end < pattern.size() && std::isdigit(static_cast<unsigned char>(pattern[end])))
  {
    ++end;
  }
  if (percent == std::string::npos || end >= pattern.size() ||
      std::string("diu").find(pattern[end]) == std::string::npos || end > percent + 5 ||
      pattern.find('%', end) != std::string::npos)
  {
    Fail(path + ": cannot be read: '" + pattern + "' should have one number such as %03d");
  }
  const std::string flags = pattern.substr(percent + 1, end - percent - 1);
  std::string       digits = std::to_string(std::abs(number));
  const std::string sign = number < 0 ? "-" : "";
  const size_t      width = flags.empty() ? 0 : static_cast<size_t>(std::stoul(flags));
  const bool        hasZeros = !flags.empty() && flags[0] == '0';
  if (digits.size() + sign.size() < width)
  {
    const std::string filling(width - digits.size() - sign.size(), hasZeros ? '0' : ' ');
    digits = hasZeros ? sign + filling + digits : filling + sign + digits;
  }
  else
  {
    digits = sign + digits;
  }
  return pattern.substr(0, percent) + digits + pattern.substr(end + 1);
}

} // namespace SyntheticCTDetail
} // namespace itk
