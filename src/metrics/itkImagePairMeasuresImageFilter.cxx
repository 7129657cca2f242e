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
#include "itkImagePairMeasuresImageFilter.h"

#include <ostream>

namespace itk
{

std::ostream &
operator<<(std::ostream & out, const HounsfieldRegionEnum value)
{
  const char * name = [value] {
    switch (value)
    {
      case HounsfieldRegionEnum::Body:
        return "Body";
      case HounsfieldRegionEnum::Air:
        return "Air";
      case HounsfieldRegionEnum::SoftTissue:
        return "SoftTissue";
      case HounsfieldRegionEnum::Bone:
        return "Bone";
      default:
        return "INVALID VALUE";
    }
  }();
  return out << name;
}

} // namespace itk
