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

#include "SyntheticCTExport.h"

#include <exception>
#include <string>

namespace itk
{
namespace SyntheticCTDetail
{

/** What an exception says, as one line, without what ITK adds for its developers: the class and the address of the
 * object before what is wrong, and the scopes of an enumeration's name. */
SyntheticCT_EXPORT std::string
                   ExceptionText(const std::exception & error);

/** A message as one line that any terminal shows as it is: tabulators and ends of lines become blanks, and other
 * control characters, which a damaged file may hold where a message quotes it, question marks. Those by which ISO 2022
 * changes character sets, as in names of DICOM, stay. */
SyntheticCT_EXPORT std::string
                   OneLine(const std::string & text);

/** Throws an ExceptionObject whose description is the message and nothing else. */
[[noreturn]] SyntheticCT_EXPORT void
Fail(const std::string & message);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
