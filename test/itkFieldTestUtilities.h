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
#ifndef itkFieldTestUtilities_h
#define itkFieldTestUtilities_h

#include "itkImage.h"
#include "itkImageRegionConstIteratorWithIndex.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace itk
{
namespace TestUtilities
{

/** |a / b - 1| over the mask, in rising order. */
inline std::vector<double>
RelativeDifferences(const Image<float, 3> * a, const Image<float, 3> * b, const Image<unsigned char, 3> * mask)
{
  std::vector<double> differences;
  for (itk::ImageRegionConstIteratorWithIndex<Image<unsigned char, 3>> it(mask, mask->GetBufferedRegion());
       !it.IsAtEnd();
       ++it)
  {
    if (it.Get() != 0)
    {
      differences.push_back(
        std::abs(static_cast<double>(a->GetPixel(it.GetIndex())) / b->GetPixel(it.GetIndex()) - 1.0));
    }
  }
  std::sort(differences.begin(), differences.end());
  return differences;
}

inline double
Percentile99(const std::vector<double> & sorted)
{
  return sorted[sorted.size() * 99 / 100];
}

} // namespace TestUtilities
} // namespace itk

#endif
