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
#ifndef itkHeadPhantomRandom_h
#define itkHeadPhantomRandom_h

#include <cstdint>

namespace itk
{
namespace SyntheticCTDetail
{
namespace HeadPhantom
{

/** A 64-bit mix in which every input bit reaches every output bit (the finaliser of SplitMix64, Steele, Lea and Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014). */
inline uint64_t
Hash(uint64_t v)
{
  v += 0x9E3779B97F4A7C15ULL;
  v = (v ^ (v >> 30)) * 0xBF58476D1CE4E5B9ULL;
  v = (v ^ (v >> 27)) * 0x94D049BB133111EBULL;
  return v ^ (v >> 31);
}

/** A hash of a lattice point. */
inline uint32_t
LatticeHash(int32_t x, int32_t y, int32_t z, uint32_t seed)
{
  uint32_t h = seed ^ (static_cast<uint32_t>(x) * 0x8DA6B343U) ^ (static_cast<uint32_t>(y) * 0xD8163841U) ^
               (static_cast<uint32_t>(z) * 0xCB1AB31FU);
  h = (h ^ (h >> 16)) * 0x7FEB352DU;
  h = (h ^ (h >> 15)) * 0x846CA68BU;
  return h ^ (h >> 16);
}

/** Uniform in (0, 1] from a hash. */
inline double
ToUnit(uint64_t hash)
{
  return (static_cast<double>(hash >> 11) + 1.0) * (1.0 / 9007199254740992.0);
}

/** Random numbers in a fixed order. */
class Sequence
{
public:
  explicit Sequence(uint64_t seed)
    : m_State(Hash(seed))
  {}
  uint64_t
  Next()
  {
    m_State += 0x9E3779B97F4A7C15ULL;
    return Hash(m_State);
  }
  double
  Uniform(double lower, double upper)
  {
    return lower + (upper - lower) * ToUnit(Next());
  }

private:
  uint64_t m_State;
};

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk

#endif
