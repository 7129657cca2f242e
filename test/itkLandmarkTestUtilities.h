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
#ifndef itkLandmarkTestUtilities_h
#define itkLandmarkTestUtilities_h

#include "itkPoint.h"

namespace itk
{
namespace TestUtilities
{

inline Point<double, 3>
PointAt(double x, double y, double z)
{
  const double coordinates[] = { x, y, z };
  return Point<double, 3>(coordinates);
}

inline Vector<double, 3>
VectorOf(double x, double y, double z)
{
  const double components[] = { x, y, z };
  return Vector<double, 3>(components);
}

} // namespace TestUtilities
} // namespace itk

#endif
