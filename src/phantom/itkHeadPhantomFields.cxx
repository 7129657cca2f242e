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
#include "itkHeadPhantomFields.h"

#include <algorithm>
#include <cmath>

namespace itk
{
namespace SyntheticCTDetail
{
namespace HeadPhantom
{

namespace
{
/** Random numbers in [-1, 1] on a periodic lattice: a look-up is faster than eight hashes. */
class NoiseTable
{
public:
  static constexpr int32_t Size = 32;
  static constexpr int32_t Mask = Size - 1;
  NoiseTable()
  {
    uint64_t index = 0;
    for (auto & value : m_Values)
    {
      value = static_cast<float>(2.0 * ToUnit(Hash(index++)) - 1.0);
    }
  }
  const float *
  Row(int32_t y, int32_t z) const
  {
    return m_Values.data() + ((z & Mask) * Size + (y & Mask)) * Size;
  }

private:
  std::array<float, static_cast<size_t>(Size) * Size * Size> m_Values;
};
} // namespace

float
ValueNoise(const V3 & p, uint32_t seed)
{
  static const NoiseTable table;
  const uint32_t          shift = LatticeHash(0, 0, 0, seed);
  const float             fx = std::floor(p.x);
  const float             fy = std::floor(p.y);
  const float             fz = std::floor(p.z);
  const auto              ix = static_cast<int32_t>(fx) + static_cast<int32_t>(shift & 31U);
  const auto              iy = static_cast<int32_t>(fy) + static_cast<int32_t>((shift >> 5) & 31U);
  const auto              iz = static_cast<int32_t>(fz) + static_cast<int32_t>((shift >> 10) & 31U);
  const auto              fade = [](float t) { return t * t * (3.0F - 2.0F * t); };
  const float             wx = fade(p.x - fx);
  const float             wy = fade(p.y - fy);
  const float             wz = fade(p.z - fz);
  const auto              mix = [](float a, float b, float w) { return a + w * (b - a); };
  const int32_t           x0 = ix & NoiseTable::Mask;
  const int32_t           x1 = (ix + 1) & NoiseTable::Mask;
  const float * const     r00 = table.Row(iy, iz);
  const float * const     r10 = table.Row(iy + 1, iz);
  const float * const     r01 = table.Row(iy, iz + 1);
  const float * const     r11 = table.Row(iy + 1, iz + 1);
  return mix(mix(mix(r00[x0], r00[x1], wx), mix(r10[x0], r10[x1], wx), wy),
             mix(mix(r01[x0], r01[x1], wx), mix(r11[x0], r11[x1], wx), wy),
             wz);
}

float
FoamWallDistance(const V3 & p, uint32_t seed)
{
  const auto ix = static_cast<int32_t>(std::floor(p.x));
  const auto iy = static_cast<int32_t>(std::floor(p.y));
  const auto iz = static_cast<int32_t>(std::floor(p.z));
  float      first = 1e9F;
  float      second = 1e9F;
  for (int dz = -1; dz <= 1; ++dz)
  {
    for (int dy = -1; dy <= 1; ++dy)
    {
      for (int dx = -1; dx <= 1; ++dx)
      {
        const uint32_t h = LatticeHash(ix + dx, iy + dy, iz + dz, seed);
        const V3       c{ ix + dx + static_cast<float>(h & 1023U) / 1024.0F,
                    iy + dy + static_cast<float>((h >> 10) & 1023U) / 1024.0F,
                    iz + dz + static_cast<float>((h >> 20) & 1023U) / 1024.0F };
        const float    d = Dot(p - c, p - c);
        if (d < first)
        {
          second = first;
          first = d;
        }
        else if (d < second)
        {
          second = d;
        }
      }
    }
  }
  return 0.5F * (std::sqrt(second) - std::sqrt(first));
}

void
WaveField::Draw(Sequence & random, float wavelength)
{
  for (size_t i = 0; i < m_K.size(); ++i)
  {
    // Directions spread evenly and turned at random.
    const float z = static_cast<float>(random.Uniform(-1.0, 1.0));
    const float a = static_cast<float>(random.Uniform(0.0, 6.2831853));
    const float r = std::sqrt(1.0F - z * z);
    const float k = 6.2831853F / (wavelength * static_cast<float>(random.Uniform(0.85, 1.15)));
    m_K[i] = { k * r * std::cos(a), k * r * std::sin(a), k * z };
    m_Phase[i] = static_cast<float>(random.Uniform(0.0, 6.2831853));
  }
}

float
WaveField::SheetDistance(const V3 & p) const
{
  float value = 0.0F;
  V3    gradient;
  for (size_t i = 0; i < m_K.size(); ++i)
  {
    const float phase = Dot(m_K[i], p) + m_Phase[i];
    const float s = std::sin(phase);
    const float c = std::cos(phase);
    value += s;
    gradient = gradient + c * m_K[i];
  }
  // The floor keeps the distance small near the saddles of the field.
  return value / std::sqrt(Dot(gradient, gradient) + 0.25F * Dot(m_K[0], m_K[0]));
}

void
Warp::Draw(Sequence & random, float amplitude)
{
  struct Wave
  {
    V3    k;
    float phase;
    float amplitude;
  };
  std::array<std::vector<Wave>, 3> waves;
  for (auto & component : waves)
  {
    for (int i = 0; i < 10; ++i)
    {
      // Six long waves give the shape of the head, four short ones its irregularities.
      const bool  isLong = i < 6;
      const float wavelength = static_cast<float>(isLong ? random.Uniform(90.0, 220.0) : random.Uniform(35.0, 60.0));
      const float z = static_cast<float>(random.Uniform(-1.0, 1.0));
      const float a = static_cast<float>(random.Uniform(0.0, 6.2831853));
      const float r = std::sqrt(1.0F - z * z);
      const float k = 6.2831853F / wavelength;
      component.push_back({ { k * r * std::cos(a), k * r * std::sin(a), k * z },
                            static_cast<float>(random.Uniform(0.0, 6.2831853)),
                            amplitude * static_cast<float>(random.Uniform(0.5, 1.0)) * (isLong ? 0.55F : 0.13F) });
    }
  }
  m_Lattice.resize(static_cast<size_t>(Count) * Count * Count);
  size_t index = 0;
  for (int k = 0; k < Count; ++k)
  {
    for (int j = 0; j < Count; ++j)
    {
      for (int i = 0; i < Count; ++i, ++index)
      {
        const V3             p{ Start + Step * i, Start + Step * j, Start + Step * k };
        std::array<float, 3> d{};
        for (size_t c = 0; c < 3; ++c)
        {
          for (const auto & wave : waves[c])
          {
            d[c] += wave.amplitude * std::sin(Dot(wave.k, p) + wave.phase);
          }
        }
        m_Lattice[index] = { d[0], d[1], d[2] };
      }
    }
  }
}

V3
Warp::operator()(const V3 & p) const
{
  const float last = static_cast<float>(Count) - 1.001F;
  const float x = Clamp((p.x - Start) / Step, 0.0F, last);
  const float y = Clamp((p.y - Start) / Step, 0.0F, last);
  const float z = Clamp((p.z - Start) / Step, 0.0F, last);
  const int   i = static_cast<int>(x);
  const int   j = static_cast<int>(y);
  const int   k = static_cast<int>(z);
  const float u = x - i;
  const float v = y - j;
  const float w = z - k;
  const V3 *  n = m_Lattice.data() + (static_cast<size_t>(k) * Count + j) * Count + i;
  const auto  mix = [](const V3 & a, const V3 & b, float t) { return a + t * (b - a); };
  const V3    c00 = mix(n[0], n[1], u);
  const V3    c10 = mix(n[Count], n[Count + 1], u);
  const V3 *  m = n + static_cast<ptrdiff_t>(Count) * Count;
  const V3    c01 = mix(m[0], m[1], u);
  const V3    c11 = mix(m[Count], m[Count + 1], u);
  return mix(mix(c00, c10, v), mix(c01, c11, v), w);
}

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk
