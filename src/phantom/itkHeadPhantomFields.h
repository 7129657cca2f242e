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
#ifndef itkHeadPhantomFields_h
#define itkHeadPhantomFields_h

#include "itkHeadPhantomGeometry.h"
#include "itkHeadPhantomRandom.h"

#include <array>
#include <cstdint>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{
namespace HeadPhantom
{

/** Value noise in [-1, 1] on a unit lattice of period 32; the seed shifts the lattice. */
float
ValueNoise(const V3 & p, uint32_t seed);

/** Value noise on a lattice of the given width in mm. */
inline float
Noise(const V3 & p, float wavelength, uint32_t seed)
{
  return ValueNoise((1.0F / wavelength) * p, seed);
}

/** Distance to the wall between the cells of a random foam of about unit cell size, at least 0. */
float
FoamWallDistance(const V3 & p, uint32_t seed);

/** A sum of waves of one wavelength and random directions: its zero set is a labyrinth of sheets half a wavelength
 * apart, like the sulci of the cortex. */
class WaveField
{
public:
  void
  Draw(Sequence & random, float wavelength);
  /** About the distance in mm to the nearest sheet, with the sign of the side. */
  float
  SheetDistance(const V3 & p) const;

private:
  std::array<V3, 10>    m_K;
  std::array<float, 10> m_Phase{};
};

/** A smooth random displacement on a lattice. */
class Warp
{
public:
  void
  Draw(Sequence & random, float amplitude);
  V3
  operator()(const V3 & p) const;

private:
  static constexpr int   Count = 36;
  static constexpr float Step = 9.0F;
  static constexpr float Start = -0.5F * Step * (Count - 1);
  std::vector<V3>        m_Lattice;
};

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk

#endif
