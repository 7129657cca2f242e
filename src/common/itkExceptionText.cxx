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
#include "SyntheticCTDetail/itkExceptionText.h"

#include "itkMacro.h"

#include <regex>

namespace itk
{
namespace SyntheticCTDetail
{

std::string
ExceptionText(const std::exception & error)
{
  const auto * const itkError = dynamic_cast<const ExceptionObject *>(&error);
  std::string        text = itkError ? itkError->GetDescription() : error.what();
  if (itkError)
  {
    // What itkSyntheticCTExceptionMacro() throws begins with the class that its location begins with.
    const std::string location = itkError->GetLocation();
    const std::string start = "itk::ERROR: " + location.substr(0, location.find("::")) + ": ";
    if (text.compare(0, start.size(), start) == 0)
    {
      text.erase(0, start.size());
    }
  }

  static const std::regex object("(ITK ERROR|itk::ERROR): (\\w+\\(0x[0-9a-f]+\\): )?");
  static const std::regex address(" ?\\(0x[0-9a-f]+\\)");
  static const std::regex scopes("itk::(\\w+::)+");
  text = std::regex_replace(text, object, "");
  text = std::regex_replace(text, address, "");
  text = std::regex_replace(text, scopes, "");
  std::string line;
  for (const char letter : OneLine(text))
  {
    if (letter != ' ' || (!line.empty() && line.back() != ' '))
    {
      line += letter;
    }
  }
  while (!line.empty() && line.back() == ' ')
  {
    line.pop_back();
  }
  return line;
}

std::string
OneLine(const std::string & text)
{
  std::string line = text;
  for (size_t i = 0; i < line.size(); ++i)
  {
    char & letter = line[i];
    // What ISO 2022 changes character sets by, as in names of DICOM.
    if (letter == '\x1b' && i + 1 < line.size() && std::string("$()-.").find(line[i + 1]) != std::string::npos)
    {
      continue;
    }
    const bool isBlank = letter == '\n' || letter == '\r' || letter == '\t';
    const bool isControl = (letter >= '\0' && letter < ' ') || letter == '\x7f';
    letter = isBlank ? ' ' : isControl ? '?' : letter;
  }
  return line;
}

void
Fail(const std::string & message)
{
  ExceptionObject error(__FILE__, __LINE__);
  error.SetDescription(OneLine(message));
  throw error;
}

} // namespace SyntheticCTDetail
} // namespace itk
