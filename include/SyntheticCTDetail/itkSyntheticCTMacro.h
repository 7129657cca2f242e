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
#ifndef itkSyntheticCTMacro_h
#define itkSyntheticCTMacro_h

#include "itkMacro.h"

#include <sstream>
#include <string>

// ITK 5.2 and 5.3 have only itkTypeMacro.
#ifndef itkOverrideGetNameOfClassMacro
#  define itkOverrideGetNameOfClassMacro(thisClass)                                                                    \
    const char * GetNameOfClass() const override                                                                       \
    {                                                                                                                  \
      return #thisClass;                                                                                               \
    }
#endif

/** Throws what is wrong with an object, as "itk::ERROR: ClassName: message". itkExceptionMacro() adds the object's
 * address, which tells a user nothing and is another one in each run. The location names the class too, by which
 * ExceptionText() takes it off again and leaves a message that begins with the name of a file alone. */
#define itkSyntheticCTObjectExceptionMacro(object, x)                                                                  \
  {                                                                                                                    \
    const std::string  nameOfClass = (object)->GetNameOfClass();                                                       \
    std::ostringstream message;                                                                                        \
    message << "itk::ERROR: " << nameOfClass << ": " << x;                                                             \
    throw ::itk::ExceptionObject(__FILE__, __LINE__, message.str(), nameOfClass + "::" + __func__);                    \
  }                                                                                                                    \
  static_assert(true, "The macro needs a semicolon after it.")

#define itkSyntheticCTExceptionMacro(x) itkSyntheticCTObjectExceptionMacro(this, x)

/** Warns in the same way, in one line, where itkWarningMacro() would. */
#define itkSyntheticCTWarningMacro(x)                                                                                  \
  if (this->GetGlobalWarningDisplay())                                                                                 \
  {                                                                                                                    \
    std::ostringstream warning;                                                                                        \
    warning << "WARNING: " << this->GetNameOfClass() << ": " << x << '\n';                                             \
    ::itk::OutputWindowDisplayWarningText(warning.str().c_str());                                                      \
  }                                                                                                                    \
  static_assert(true, "The macro needs a semicolon after it.")

#endif
