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
#include "itkMaskedStructuralSimilarityImageFilter.h"

#include <ostream>

namespace itk
{

std::ostream &
operator<<(std::ostream & out, const StructuralSimilarityEnum value)
{
  switch (value)
  {
    case StructuralSimilarityEnum::Masked3D:
      return out << "Masked3D";
    case StructuralSimilarityEnum::Uniform7:
      return out << "Uniform7";
    case StructuralSimilarityEnum::Gaussian:
      return out << "Gaussian";
    case StructuralSimilarityEnum::SynthRAD2023:
      return out << "SynthRAD2023";
    case StructuralSimilarityEnum::MultiScale:
      return out << "MultiScale";
  }
  return out << "INVALID VALUE";
}

std::ostream &
operator<<(std::ostream & out, const StructuralSimilarityCovarianceEnum value)
{
  switch (value)
  {
    case StructuralSimilarityCovarianceEnum::OfVariant:
      return out << "OfVariant";
    case StructuralSimilarityCovarianceEnum::Population:
      return out << "Population";
    case StructuralSimilarityCovarianceEnum::Sample:
      return out << "Sample";
  }
  return out << "INVALID VALUE";
}

} // namespace itk
