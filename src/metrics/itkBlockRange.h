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
#ifndef itkBlockRange_h
#define itkBlockRange_h

#include "SyntheticCTDetail/itkPairedRuns.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace itk
{
namespace SyntheticCTDetail
{

// Vectors are written out, because compilers make far slower code of arrays; the smallest that every processor of 64
// bits has leave all running sums of a loop in registers.
#if defined(__GNUC__)
typedef double Vector __attribute__((vector_size(2 * sizeof(double))));
#else
using Vector = double;
#endif
constexpr size_t vectorLength = sizeof(Vector) / sizeof(double);

/** The smallest and the largest of PairedRun::BlockLength values; false when there is NaN. */
inline bool
RangeOfBlock(const double * values, double & lowest, double & highest)
{
  Vector low;
  std::memcpy(&low, values, sizeof(Vector));
  Vector high = low;
  auto   isNaN = low != low;
  for (size_t i = vectorLength; i < PairedRun::BlockLength; i += vectorLength)
  {
    Vector value;
    std::memcpy(&value, values + i, sizeof(Vector));
    low = value < low ? value : low;
    high = value > high ? value : high;
    isNaN |= value != value;
  }
  std::array<double, vectorLength> lows;
  std::array<double, vectorLength> highs;
  std::memcpy(lows.data(), &low, sizeof(Vector));
  std::memcpy(highs.data(), &high, sizeof(Vector));
  lowest = *std::min_element(lows.begin(), lows.end());
  highest = *std::max_element(highs.begin(), highs.end());
  const decltype(isNaN) none{};
  return std::memcmp(&isNaN, &none, sizeof(none)) == 0;
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
