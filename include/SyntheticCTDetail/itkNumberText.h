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
#ifndef itkNumberText_h
#define itkNumberText_h

#include <cmath>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>

namespace itk
{
namespace SyntheticCTDetail
{

/** The name of NaN, Infinity or -Infinity in every report, table and listing. */
inline std::string
NonFiniteText(double value)
{
  return std::isnan(value) ? "NaN" : value > 0.0 ? "Infinity" : "-Infinity";
}

/** A number as `printf` writes it by a format of one `double`, such as `%.5g`; NaN and infinities by their names. */
inline std::string
FormatNumber(const char * format, double value)
{
  if (!std::isfinite(value))
  {
    return NonFiniteText(value);
  }
  // A double has 309 digits before its point at most.
  char text[400];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

/** A number for JSON, which has no NaN and no infinities: those are strings. A template, so that a header need not
 * know the library. */
template <typename TJson>
TJson
NumberToJSON(double value)
{
  if (std::isfinite(value))
  {
    return value;
  }
  return NonFiniteText(value);
}

/** The number of NumberToJSON(). Throws what is derived from std::exception for anything else. */
template <typename TJson>
double
NumberFromJSON(const TJson & json)
{
  if (json.is_number())
  {
    return json.template get<double>();
  }
  const auto text = json.template get<std::string>();
  if (text == "NaN")
  {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (text == "Infinity" || text == "-Infinity")
  {
    return text.front() == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  }
  throw std::runtime_error("'" + text + "' is no number");
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
