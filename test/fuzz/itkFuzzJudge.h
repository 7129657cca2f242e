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
#ifndef itkFuzzJudge_h
#define itkFuzzJudge_h

#include "itkFuzzReading.h"

#include <string>

namespace itk
{
namespace FuzzTest
{

/** One file of a folder and what became of its bytes. */
struct Damage
{
  std::string Name;
  std::string Before;
  std::string After;
  /** Nothing but voxels was damaged. */
  bool OnlyVoxels;
};

/** What is wrong with a reading of a damaged folder; empty when nothing is. `outcome` is what it counts as. */
std::string
Judge(const std::filesystem::path & folder,
      const Reading &               right,
      const Reading &               reading,
      const Damage &                damage,
      std::string &                 outcome);

} // namespace FuzzTest
} // namespace itk

#endif
