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
#ifndef itkTestData_h
#define itkTestData_h

#include <cstdlib>
#include <string>

namespace itk
{
namespace TestUtilities
{

/** The path of a file of the test data that is too large for the repository. The folder is that of the CMake variable
 * SyntheticCT_SHARED_DATA, or of the environment variable SYNTHETICCT_SHARED_DATA where that is set. The file need not
 * be there: a test that wants it skips, and says so. */
inline std::string
SharedData(const std::string & name)
{
  const char * const folder = std::getenv("SYNTHETICCT_SHARED_DATA");
  return std::string(folder ? folder : SYNTHETICCT_SHARED_DATA_DEFAULT) + "/" + name;
}

/** The model that comes with the module, or that of the environment variable SYNTHETICCT_EXAMPLE_MODEL where the tests
 * run without their repository. */
inline std::string
ExampleModel()
{
  const char * const file = std::getenv("SYNTHETICCT_EXAMPLE_MODEL");
  return file ? file : SYNTHETICCT_EXAMPLE_MODEL_DEFAULT;
}

} // namespace TestUtilities
} // namespace itk

#endif
