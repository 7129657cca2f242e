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
#ifndef itkIntensityFilterTestUtilities_h
#define itkIntensityFilterTestUtilities_h

#include "itkImageFilterTestUtilities.h"

#include <limits>

namespace itk
{
namespace TestUtilities
{

using Image3D = Image<double, 3>;
using Mask3D = Image<unsigned char, 3>;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

/** The 210 values that the reference values of the tests were computed from. */
inline Image3D::Pointer
ReferenceImage()
{
  Random random(12345);
  return MakeObliqueImage<Image3D>({ { 7, 6, 5 } }, [&](const auto &) { return random() * 1000.0 - 200.0; });
}

inline Mask3D::Pointer
EveryThird()
{
  unsigned int n = 0;
  return MakeObliqueImage<Mask3D>({ { 7, 6, 5 } }, [&](const auto &) { return n++ % 3 == 0 ? 200 : 0; });
}

} // namespace TestUtilities
} // namespace itk

#endif
