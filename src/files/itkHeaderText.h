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
#ifndef itkHeaderText_h
#define itkHeaderText_h

#include <cstdint>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** The first bytes of a file, in which a header of text has to end. Throws when it cannot be read. */
std::string
ReadHeaderText(const std::string & path);

std::vector<std::string>
SplitAtBlanks(const std::string & text);

/** The numbers of a list; throws and names the field when there are fewer than `count` (0: any) or one is none. */
std::vector<double>
ParseNumbers(const std::string & text, size_t count, const std::string & field, const std::string & path);
std::vector<int64_t>
ParseIntegers(const std::string & text, size_t count, const std::string & field, const std::string & path);

/** The files that a printf pattern with one integer, such as `slice%03d.raw`, names. Throws when it is another. */
std::string
FileOfPattern(const std::string & pattern, int64_t number, const std::string & path);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
