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
#include "itkMultimodalImageRegistrationMethod.h"

#include <ostream>

namespace itk
{

std::ostream &
operator<<(std::ostream & out, RegistrationInitializationEnum value)
{
  switch (value)
  {
    case RegistrationInitializationEnum::Bodies:
      return out << "Bodies";
    case RegistrationInitializationEnum::Search:
      return out << "Search";
    case RegistrationInitializationEnum::Geometry:
      return out << "Geometry";
    case RegistrationInitializationEnum::Transform:
      return out << "Transform";
  }
  return out << "INVALID VALUE";
}

} // namespace itk
