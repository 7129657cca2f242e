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
#ifndef itkPrintSelfTestUtilities_h
#define itkPrintSelfTestUtilities_h

#include "itkLightObject.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace itk
{
namespace TestUtilities
{

/** The file of a public class. */
inline std::filesystem::path
PublicHeader(const std::string & className)
{
  return std::filesystem::path(SYNTHETICCT_INCLUDE_DIR) / ("itk" + className + ".h");
}

/** The names of a class's settings and results, with those of its bases in this module. Settings are all that the
 * public part of its declaration has a macro of ITK for; results are its other getters without arguments. Not among
 * them are inputs and what a getter points to, which ITK prints itself, and reports as text. The layout of the headers
 * is clang-format's. */
struct PublicNames
{
  std::set<std::string> Settings;
  std::set<std::string> Results;

  explicit PublicNames(const std::string & className)
  {
    static const std::regex opening(
      "class (?:ITK_TEMPLATE_EXPORT |SyntheticCT\\w*_EXPORT )?(\\w+)(?: final)?(?: *:.*)?");
    static const std::regex base("(?:class .*|  ): public (\\w+).*");
    static const std::regex macro("  itk[SG]et(?!Input)\\w*Macro\\((\\w+).*");
    static const std::regex getter("  (\\S.*[ &])?Get(\\w+)\\(\\) const(?: = 0)?;?");
    static const std::regex report("\\w*(?:JSON|Text|Table)");

    std::ifstream stream(PublicHeader(className));
    std::string   line;
    std::string   before;
    bool          isInside = false;
    bool          isPublic = false;
    for (; std::getline(stream, line) && !(isInside && line == "};"); before = line)
    {
      std::smatch match;
      if (std::regex_match(line, match, opening) && match[1] == className)
      {
        isInside = true;
      }
      if (!isInside)
      {
        continue;
      }
      if (std::regex_match(line, match, base) && std::filesystem::exists(PublicHeader(match[1])))
      {
        PublicNames inherited(match[1]);
        Settings.merge(inherited.Settings);
        Results.merge(inherited.Results);
      }
      else if (line == "public:" || line == "protected:" || line == "private:")
      {
        isPublic = line == "public:";
      }
      else if (isPublic && std::regex_match(line, match, macro))
      {
        Settings.insert(match[1]);
      }
      else if (isPublic && std::regex_match(line, match, getter) && !std::regex_match(match[2].str(), report))
      {
        const std::string type = match[1].matched ? match[1].str() : before;
        // The trainer builds a network to count its weights.
        const bool isBuilt = className == "NetworkTrainer" && match[2] == "NumberOfParameters";
        if (!isBuilt && type.find('*') == std::string::npos && type.find("Pointer") == std::string::npos)
        {
          Results.insert(match[2]);
        }
      }
    }
    EXPECT_TRUE(isInside) << PublicHeader(className) << " declares no class " << className;
  }
};

/** What is wrong with what an object of a class printed, one line each: without a line "Name: value" of its own for a
 * setting or, unless there are no results yet, a result; or with an address, a C++ scope or a control character for a
 * value. The list may stand for the number of its entries. */
inline std::string
FaultsOfPrinted(const std::string & printed, const std::string & className)
{
  const PublicNames     expected(className);
  std::set<std::string> names = expected.Settings;
  if (printed.find("\n  HasResults: No\n") == std::string::npos)
  {
    names.insert(expected.Results.begin(), expected.Results.end());
  }
  static const std::regex notAValue("0x[0-9a-f]{4}|::|[[:cntrl:]]");
  static const std::regex number("NumberOf(\\w+)");
  std::string             faults;
  for (const auto & name : names)
  {
    std::smatch       match;
    const std::string list = std::regex_match(name, match, number) ? match[1].str() : name;
    if (!std::regex_search(printed, match, std::regex("\n  (?:" + name + '|' + list + "):([^\n]*)")))
    {
      faults += className + " does not print " + name + '\n';
    }
    else if (const std::string value = match[1]; std::regex_search(value, notAValue))
    {
      faults += className + " prints as " + name + value + '\n';
    }
  }
  return faults;
}

/** Expect of an object that Print() shows every setting and result that it has. */
inline void
ExpectEverythingPrinted(const LightObject & object)
{
  std::ostringstream text;
  ASSERT_NO_THROW(object.Print(text));
  EXPECT_EQ(FaultsOfPrinted(text.str(), object.GetNameOfClass()), "") << text.str();
}

} // namespace TestUtilities
} // namespace itk

#endif
