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
#ifndef itkCohortTestUtilities_h
#define itkCohortTestUtilities_h

#include "itkMacro.h"

#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <unistd.h>

namespace itk
{
namespace TestUtilities
{

/** What an itk::ExceptionObject says; empty without one. */
inline std::string
ErrorOf(const std::function<void()> & function)
{
  try
  {
    function();
  }
  catch (const ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}

/** A folder that goes with the test. */
class FolderTest : public ::testing::Test
{
protected:
  void
  SetUp() override
  {
    const auto * const info = ::testing::UnitTest::GetInstance()->current_test_info();
    m_Folder = std::filesystem::temp_directory_path() /
               (std::string(info->test_suite_name()) + '-' + info->name() + '-' + std::to_string(getpid()));
    std::filesystem::remove_all(m_Folder);
    std::filesystem::create_directories(m_Folder);
  }

  void
  TearDown() override
  {
    std::filesystem::remove_all(m_Folder);
  }

  std::string
  Path(const std::string & name) const
  {
    return (m_Folder / name).string();
  }

  std::string
  Write(const std::string & name, const std::string & text = "") const
  {
    const std::filesystem::path path = m_Folder / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  std::filesystem::path m_Folder;
};

} // namespace TestUtilities
} // namespace itk

#endif
