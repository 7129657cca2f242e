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
#include "SyntheticCTDetail/itkPlainText.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <locale>
#include <sstream>

namespace itk
{
namespace SyntheticCTDetail
{

std::string
LowerCase(std::string text)
{
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return text;
}

std::string
Trimmed(const std::string & text)
{
  const auto isBlank = [](unsigned char letter) { return std::isspace(letter) != 0 || letter == '\0'; };
  auto       begin = text.begin();
  auto       end = text.end();
  while (begin != end && isBlank(*begin))
  {
    ++begin;
  }
  while (end != begin && isBlank(*(end - 1)))
  {
    --end;
  }
  return std::string(begin, end);
}

bool
ParseNumber(const std::string & text, double & number)
{
  std::istringstream stream(text);
  stream.imbue(std::locale::classic());
  if (stream >> number && stream.peek() == std::char_traits<char>::eof())
  {
    return true;
  }
  const std::string lower = LowerCase(text);
  const bool        isNegative = !lower.empty() && lower[0] == '-';
  const auto        word = lower.substr(!lower.empty() && (lower[0] == '-' || lower[0] == '+') ? 1 : 0);
  const bool        isNaN = word == "nan";
  if (!isNaN && word != "inf" && word != "infinity")
  {
    return false;
  }
  number = isNaN ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  number = isNegative ? -number : number;
  return true;
}

} // namespace SyntheticCTDetail
} // namespace itk
