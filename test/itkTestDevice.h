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
#ifndef itkTestDevice_h
#define itkTestDevice_h

#include "itkMacro.h"
#include "itkNetworkModel.h"

#include "gtest/gtest.h"

#include <cstdlib>
#include <string>

namespace itk
{
namespace TestUtilities
{

/** The device of the tests of a GPU: cuda, or what the environment variable SYNTHETICCT_TEST_DEVICE names. With cpu
 * these tests run, and say something about themselves, where there is no GPU. */
inline std::string
TestDevice()
{
  const char * const device = std::getenv("SYNTHETICCT_TEST_DEVICE");
  return device ? device : "cuda";
}

/** Why nothing can run on that device; empty when it can. */
inline std::string
ProblemWithTestDevice()
{
  try
  {
    NetworkModel::New()->SetDevice(TestDevice());
  }
  catch (const ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}

} // namespace TestUtilities
} // namespace itk

/** Leaves a test that needs the device where it is not, and says so. */
#define SKIP_WITHOUT_TEST_DEVICE()                                                                                     \
  const std::string problemWithDevice = itk::TestUtilities::ProblemWithTestDevice();                                   \
  if (!problemWithDevice.empty())                                                                                      \
  {                                                                                                                    \
    GTEST_SKIP() << problemWithDevice;                                                                                 \
  }                                                                                                                    \
  static_assert(true, "a semicolon follows")

#endif
