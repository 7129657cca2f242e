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
#ifndef itkExceptionText_h
#define itkExceptionText_h

#include "itkMacro.h"

#include <exception>
#include <string>

namespace itk
{
namespace SyntheticCTDetail
{

/** What an exception says, as one line, without the class and the address that ITK puts before it. */
inline std::string
ExceptionText(const std::exception & error)
{
  const auto * const itkError = dynamic_cast<const ExceptionObject *>(&error);
  std::string        text = itkError ? itkError->GetDescription() : error.what();

  // "ITK ERROR: Class(address): "
  const std::string prefix = "ITK ERROR: ";
  if (text.rfind(prefix, 0) == 0)
  {
    text.erase(0, prefix.size());
    const auto address = text.find("(0x");
    const auto end = text.find("): ");
    if (address != std::string::npos && end != std::string::npos && address < end &&
        text.find(' ') == end + std::string("):").size())
    {
      text.erase(0, end + std::string("): ").size());
    }
  }
  std::string line;
  for (const char letter : text)
  {
    const bool isSpace = letter == '\n' || letter == '\r' || letter == '\t' || letter == ' ';
    if (!isSpace)
    {
      line += letter;
    }
    else if (!line.empty() && line.back() != ' ')
    {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ')
  {
    line.pop_back();
  }
  return line;
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
