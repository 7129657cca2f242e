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
#ifndef itkPlainText_h
#define itkPlainText_h

#include "SyntheticCTExport.h"

#include <string>

namespace itk
{
namespace SyntheticCTDetail
{

/** With small letters in place of the capitals of ASCII. */
SyntheticCT_EXPORT std::string
                   LowerCase(std::string text);

/** Without blanks, ends of lines and zeros at both ends. */
SyntheticCT_EXPORT std::string
                   Trimmed(const std::string & text);

/** A number of C's locale, which may be nan or inf; false when the text is none, or more than one. */
SyntheticCT_EXPORT bool
ParseNumber(const std::string & text, double & number);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
