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
#include "itkHeadPhantomAnatomy.h"

#include "itkHeadPhantomRandom.h"

#include "itkMacro.h"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <vector>

namespace itk
{
namespace
{
using Tissue = HeadPhantomTissueEnum;
using Structure = HeadPhantomStructureEnum;
using HeadPhantomRandom::Hash;
using HeadPhantomRandom::Sequence;

struct V3
{
  float x{ 0.0F };
  float y{ 0.0F };
  float z{ 0.0F };
};

inline V3
operator+(const V3 & a, const V3 & b)
{
  return { a.x + b.x, a.y + b.y, a.z + b.z };
}
inline V3
operator-(const V3 & a, const V3 & b)
{
  return { a.x - b.x, a.y - b.y, a.z - b.z };
}
inline V3
operator*(float s, const V3 & a)
{
  return { s * a.x, s * a.y, s * a.z };
}
inline float
Dot(const V3 & a, const V3 & b)
{
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline float
Length(const V3 & a)
{
  return std::sqrt(Dot(a, a));
}
inline float
Clamp(float v, float lower, float upper)
{
  return std::min(std::max(v, lower), upper);
}
/** 0 below a, 1 above b, smooth between. */
inline float
SmoothStep(float a, float b, float v)
{
  const float t = Clamp((v - a) / (b - a), 0.0F, 1.0F);
  return t * t * (3.0F - 2.0F * t);
}
/** Minimum with a fillet of about k mm. */
inline float
SmoothMin(float a, float b, float k)
{
  const float h = std::max(k - std::abs(a - b), 0.0F) / k;
  return std::min(a, b) - 0.25F * k * h * h;
}
inline float
SmoothMax(float a, float b, float k)
{
  return -SmoothMin(-a, -b, k);
}

/** Signed distance of an axis-aligned ellipsoid, exact on the surface and first-order near it. */
inline float
EllipsoidDistance(const V3 & p, const V3 & inverse)
{
  const V3    u{ p.x * inverse.x, p.y * inverse.y, p.z * inverse.z };
  const V3    v{ u.x * inverse.x, u.y * inverse.y, u.z * inverse.z };
  const float k0 = Length(u);
  const float k1 = Length(v);
  return k1 > 1e-6F ? k0 * (k0 - 1.0F) / k1 : -1.0F / std::max({ inverse.x, inverse.y, inverse.z });
}

inline float
CapsuleDistance(const V3 & p, const V3 & a, const V3 & b, float ra, float rb)
{
  const V3    pa = p - a;
  const V3    ba = b - a;
  const float h = Clamp(Dot(pa, ba) / std::max(Dot(ba, ba), 1e-6F), 0.0F, 1.0F);
  return Length(pa - h * ba) - (ra + h * (rb - ra));
}

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
      value = static_cast<float>(2.0 * HeadPhantomRandom::ToUnit(Hash(index++)) - 1.0);
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

/** Value noise in [-1, 1] on a unit lattice of period 32; the seed shifts the lattice. */
float
ValueNoise(const V3 & p, uint32_t seed)
{
  static const NoiseTable table;
  const uint32_t          shift = HeadPhantomRandom::LatticeHash(0, 0, 0, seed);
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

inline float
Noise(const V3 & p, float wavelength, uint32_t seed)
{
  return ValueNoise((1.0F / wavelength) * p, seed);
}

/** Distance to the wall between the cells of a random foam of about unit cell size, at least 0. */
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
        const uint32_t h = HeadPhantomRandom::LatticeHash(ix + dx, iy + dy, iz + dz, seed);
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

/** A sum of waves of one wavelength and random directions: its zero set is a labyrinth of sheets half a wavelength
 * apart, like the sulci of the cortex. */
class WaveField
{
public:
  void
  Draw(Sequence & random, float wavelength)
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
  /** About the distance in mm to the nearest sheet, with the sign of the side. */
  float
  SheetDistance(const V3 & p) const
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

private:
  std::array<V3, 10>    m_K;
  std::array<float, 10> m_Phase{};
};

/** A smooth random displacement on a lattice. */
class Warp
{
public:
  void
  Draw(Sequence & random, float amplitude)
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
  operator()(const V3 & p) const
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

private:
  static constexpr int   Count = 36;
  static constexpr float Step = 9.0F;
  static constexpr float Start = -0.5F * Step * (Count - 1);
  std::vector<V3>        m_Lattice;
};

/** An ellipsoid, a tapered capsule or a rounded box, with what it is made of. */
struct Primitive
{
  enum class Kind : uint8_t
  {
    Ellipsoid,
    Capsule,
    Box
  };
  Kind Form{ Kind::Ellipsoid };
  V3   A;
  V3   B;
  /** Radii of a capsule; the first is the rounding of a box. */
  float RA{ 0.0F };
  float RB{ 0.0F };
  /** Inverse semi-axes of an ellipsoid, half sizes of a box. */
  V3 S;
  /** Rows of the rotation into the primitive's frame. */
  std::array<V3, 3> R{ { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
  Tissue            Material{ Tissue::Air };
  Structure         Part{ Structure::Background };
  /** Thickness of the wall around an air space, or of the cortex of a bone, in mm. */
  float Wall{ 0.0F };
  /** Edge length of the cells of an air space in mm, 0 for one space. */
  float Cell{ 0.0F };
  V3    Lower;
  V3    Upper;

  float
  Distance(const V3 & p) const
  {
    switch (Form)
    {
      case Kind::Capsule:
        return CapsuleDistance(p, A, B, RA, RB);
      case Kind::Box:
      {
        const V3    d = p - A;
        const V3    q{ std::abs(Dot(R[0], d)) - S.x + RA,
                    std::abs(Dot(R[1], d)) - S.y + RA,
                    std::abs(Dot(R[2], d)) - S.z + RA };
        const V3    o{ std::max(q.x, 0.0F), std::max(q.y, 0.0F), std::max(q.z, 0.0F) };
        const float inside = std::min(std::max({ q.x, q.y, q.z }), 0.0F);
        return Length(o) + inside - RA;
      }
      default:
      {
        const V3 d = p - A;
        return EllipsoidDistance({ Dot(R[0], d), Dot(R[1], d), Dot(R[2], d) }, S);
      }
    }
  }

  void
  Bound(float margin)
  {
    if (Form == Kind::Capsule)
    {
      const float r = std::max(RA, RB) + margin;
      Lower = { std::min(A.x, B.x) - r, std::min(A.y, B.y) - r, std::min(A.z, B.z) - r };
      Upper = { std::max(A.x, B.x) + r, std::max(A.y, B.y) + r, std::max(A.z, B.z) + r };
      return;
    }
    const V3   s = Form == Kind::Box ? S : V3{ 1.0F / S.x, 1.0F / S.y, 1.0F / S.z };
    const auto extent = [&](float a, float b, float c) {
      return Form == Kind::Box ? std::abs(a) * s.x + std::abs(b) * s.y + std::abs(c) * s.z
                               : std::sqrt(a * a * s.x * s.x + b * b * s.y * s.y + c * c * s.z * s.z);
    };
    const V3 e{ extent(R[0].x, R[1].x, R[2].x) + margin,
                extent(R[0].y, R[1].y, R[2].y) + margin,
                extent(R[0].z, R[1].z, R[2].z) + margin };
    Lower = A - e;
    Upper = A + e;
  }
};

using Primitives = std::vector<Primitive>;

/** Primitives of one purpose, and those of them that are near the points at hand. */
class Group
{
public:
  static constexpr size_t Capacity = 256;

  Primitive &
  Add(const Primitive & primitive)
  {
    m_All.push_back(primitive);
    return m_All.back();
  }
  void
  Bound(float margin)
  {
    if (m_All.size() > Capacity)
    {
      itkGenericExceptionMacro("The head phantom has " << m_All.size() << " primitives of one kind; at most "
                                                       << Capacity << " are provided for.");
    }
    for (auto & primitive : m_All)
    {
      primitive.Bound(margin);
    }
  }
  /** Those whose box meets [lower, upper], in order. */
  size_t
  Near(const V3 & lower, const V3 & upper, const Primitive ** out) const
  {
    size_t count = 0;
    for (const auto & primitive : m_All)
    {
      if (primitive.Lower.x <= upper.x && primitive.Upper.x >= lower.x && primitive.Lower.y <= upper.y &&
          primitive.Upper.y >= lower.y && primitive.Lower.z <= upper.z && primitive.Upper.z >= lower.z)
      {
        out[count++] = &primitive;
      }
    }
    return count;
  }

private:
  Primitives m_All;
};

/** Primitives near a few neighbouring points. */
struct Candidates
{
  static constexpr size_t                 Capacity = Group::Capacity;
  std::array<const Primitive *, Capacity> List;
  size_t                                  Count{ 0 };

  void
  Collect(const Group & group, const V3 & lower, const V3 & upper)
  {
    Count = group.Near(lower, upper, List.data());
  }
  const Primitive * const *
  begin() const
  {
    return List.data();
  }
  const Primitive * const *
  end() const
  {
    return List.data() + Count;
  }
};

} // namespace

/** The drawn sizes and the functions that classify a point. */
class HeadPhantomAnatomy::Implementation
{
public:
  Implementation(uint64_t seed, bool randomizeAnatomy, bool randomizePose);

  void
  Evaluate(const double * points, size_t number, Sample * samples) const;

private:
  struct Near
  {
    Candidates Skin;
    Candidates Bone;
    Candidates Air;
    Candidates Lining;
    Candidates Teeth;
    Candidates Soft;
    Candidates Vessel;
    Candidates Ventricle;
    Candidates Nuclei;
  };

  double
  U(double lower, double upper)
  {
    // The number is drawn in either case, so that switching one choice off leaves the others as they are.
    const double v = m_Random.Uniform(0.0, 1.0);
    return lower + (upper - lower) * (m_Randomize ? v : 0.5);
  }
  float
  F(double lower, double upper)
  {
    return static_cast<float>(this->U(lower, upper));
  }
  bool
  Happens(double probability)
  {
    const double v = m_Random.Uniform(0.0, 1.0);
    return (m_Randomize ? v : 0.5) < probability;
  }
  /** A landmark, moved at random by up to mm along each axis. */
  V3
  At(double x, double y, double z, double mm = 1.0)
  {
    return { static_cast<float>(x + U(-mm, mm)),
             static_cast<float>(y + U(-mm, mm)),
             static_cast<float>(z + U(-mm, mm)) };
  }

  static Primitive
  Ellipsoid(const V3 & center, const V3 & semiAxes, double turnX = 0.0, double turnY = 0.0, double turnZ = 0.0);
  static Primitive
  Box(const V3 & center, const V3 & half, float rounding, double turnX = 0.0, double turnY = 0.0, double turnZ = 0.0);
  static Primitive
  Capsule(const V3 & a, const V3 & b, float ra, float rb);
  static Primitive
  Made(Primitive primitive, Tissue material, Structure part, float wall = 0.0F, float cell = 0.0F);
  void
  Chain(Group &                    group,
        const std::vector<V3> &    points,
        const std::vector<float> & radii,
        Tissue                     material,
        Structure                  part,
        float                      wall = 0.0F);

  void
  DrawSkull();
  void
  DrawSkin();
  void
  DrawFace();
  void
  DrawJaws();
  void
  DrawSkullBase();
  void
  DrawNeck();
  void
  DrawAir();
  void
  DrawSoftTissue();
  void
  DrawBrain();
  void
  DrawVessels();

  float
  CavityDistance(const V3 & q) const;
  float
  CalvariaThickness(const V3 & q) const;
  float
  ScalpThickness(const V3 & q) const;
  void
  Classify(const V3 & q, const Near & near, Sample & sample) const;
  bool
  Intracranial(const V3 & q, float depth, const Near & near, Sample & sample) const;
  void
  Cerebrum(const V3 & q, float depth, const Near & near, Sample & sample) const;
  void
  SoftTissue(
    const V3 & q, float depth, float toBone, float toCavity, float uneven, const Near & near, Sample & sample) const;
  void
  Set(Sample & sample, Tissue tissue, Structure structure, const V3 & q) const;

  Sequence m_Random;
  bool     m_Randomize;
  uint32_t m_Noise{ 0 };

  std::array<V3, 3> m_Rotation{ { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
  V3                m_Translation;
  V3                m_InverseScale;
  Warp              m_Warp;

  // Cranial cavity.
  V3                       m_Vault;
  float                    m_VaultWidth{ 0 };
  float                    m_VaultFront{ 0 };
  float                    m_VaultBack{ 0 };
  float                    m_VaultTop{ 0 };
  float                    m_VaultPower{ 2 };
  float                    m_OrbitRoof{ 0 };
  float                    m_Cribriform{ 0 };
  float                    m_Thickness{ 0 };
  float                    m_Squama{ 0 };
  float                    m_Table{ 0 };
  float                    m_BaseThickness{ 0 };
  float                    m_Fat{ 0 };
  float                    m_NeckFat{ 0 };
  float                    m_SkinThickness{ 0 };
  std::array<Primitive, 2> m_MiddleFossa;
  std::array<Primitive, 2> m_Petrous;
  Primitive                m_PosteriorFossa;
  Primitive                m_Sella;
  Primitive                m_Dorsum;
  Primitive                m_Canal;
  Primitive                m_Magnum;

  std::array<Primitive, 2> m_Orbit;

  // Brain.
  float     m_Subarachnoid{ 0 };
  float     m_Sulcus{ 0 };
  float     m_Ribbon{ 0 };
  float     m_SulcusDepth{ 0 };
  float     m_Folia{ 0 };
  float     m_FalxWobble{ 0 };
  float     m_Tentorium{ 0 };
  WaveField m_Cortex;
  Primitive m_Midbrain;
  Primitive m_Pons;
  Primitive m_Medulla;
  Primitive m_Cord;
  Primitive m_Suprasellar;
  Primitive m_Callosum;

  // HU of this head's bone.
  float m_CorticalHU{ 0 };
  float m_MarrowHU{ 0 };
  float m_FatHU{ 0 };
  float m_MuscleShare{ 0 };
  float m_FatPlane{ 0 };
  float m_MucosaThickness{ 0 };
  float m_SeptumDeviation{ 0 };
  float m_SeptumPhase{ 0 };

  Group m_Skin;
  Group m_Bone;
  Group m_Air;
  Group m_Lining;
  Group m_Teeth;
  Group m_Soft;
  Group m_Vessel;
  Group m_Ventricle;
  Group m_Nuclei;
};

Primitive
HeadPhantomAnatomy::Implementation::Ellipsoid(
  const V3 & center, const V3 & semiAxes, double turnX, double turnY, double turnZ)
{
  Primitive p = Box(center, semiAxes, 0.0F, turnX, turnY, turnZ);
  p.Form = Primitive::Kind::Ellipsoid;
  p.S = { 1.0F / semiAxes.x, 1.0F / semiAxes.y, 1.0F / semiAxes.z };
  return p;
}

Primitive
HeadPhantomAnatomy::Implementation::Box(
  const V3 & center, const V3 & half, float rounding, double turnX, double turnY, double turnZ)
{
  Primitive p;
  p.Form = Primitive::Kind::Box;
  p.A = center;
  p.S = half;
  p.RA = rounding;
  constexpr double degree = 0.017453292519943295;
  const double     cx = std::cos(turnX * degree);
  const double     sx = std::sin(turnX * degree);
  const double     cy = std::cos(turnY * degree);
  const double     sy = std::sin(turnY * degree);
  const double     cz = std::cos(turnZ * degree);
  const double     sz = std::sin(turnZ * degree);
  // Columns of Rz Ry Rx are the axes of the primitive, so they are the rows into its frame.
  const auto v = [](double x, double y, double z) {
    return V3{ static_cast<float>(x), static_cast<float>(y), static_cast<float>(z) };
  };
  p.R[0] = v(cz * cy, sz * cy, -sy);
  p.R[1] = v(cz * sy * sx - sz * cx, sz * sy * sx + cz * cx, cy * sx);
  p.R[2] = v(cz * sy * cx + sz * sx, sz * sy * cx - cz * sx, cy * cx);
  return p;
}

Primitive
HeadPhantomAnatomy::Implementation::Capsule(const V3 & a, const V3 & b, float ra, float rb)
{
  Primitive p;
  p.Form = Primitive::Kind::Capsule;
  p.A = a;
  p.B = b;
  p.RA = ra;
  p.RB = rb;
  return p;
}

Primitive
HeadPhantomAnatomy::Implementation::Made(Primitive primitive, Tissue material, Structure part, float wall, float cell)
{
  primitive.Material = material;
  primitive.Part = part;
  primitive.Wall = wall;
  primitive.Cell = cell;
  return primitive;
}

void
HeadPhantomAnatomy::Implementation::Chain(Group &                    group,
                                          const std::vector<V3> &    points,
                                          const std::vector<float> & radii,
                                          Tissue                     material,
                                          Structure                  part,
                                          float                      wall)
{
  for (size_t i = 0; i + 1 < points.size(); ++i)
  {
    const float ra = radii[std::min(i, radii.size() - 1)];
    const float rb = radii[std::min(i + 1, radii.size() - 1)];
    group.Add(Made(Capsule(points[i], points[i + 1], ra, rb), material, part, wall));
  }
}

HeadPhantomAnatomy::Implementation::Implementation(uint64_t seed, bool randomizeAnatomy, bool randomizePose)
  : m_Random(seed)
  , m_Randomize(randomizeAnatomy)
{
  m_Noise = static_cast<uint32_t>(Hash(seed ^ 0x5EEDULL));

  const std::array<double, 6> pose{ m_Random.Uniform(-1, 1), m_Random.Uniform(-1, 1), m_Random.Uniform(-1, 1),
                                    m_Random.Uniform(-1, 1), m_Random.Uniform(-1, 1), m_Random.Uniform(-1, 1) };
  // Of a point of the default grid's middle, which lies above and behind the ear canals.
  m_Translation = { 0.0F, -14.0F, 36.0F };
  if (randomizePose)
  {
    const Primitive turned = Box({}, { 1, 1, 1 }, 0.0F, 8.0 * pose[0], 5.0 * pose[1], 8.0 * pose[2]);
    m_Rotation = turned.R;
    m_Translation =
      m_Translation +
      V3{ static_cast<float>(6.0 * pose[3]), static_cast<float>(6.0 * pose[4]), static_cast<float>(6.0 * pose[5]) };
  }
  // Adult heads differ by about 5 % (one standard deviation 3.5 %) along each axis.
  const float size = this->F(0.94, 1.09);
  m_InverseScale = { 1.0F / (size * this->F(0.95, 1.05)),
                     1.0F / (size * this->F(0.95, 1.05)),
                     1.0F / (size * this->F(0.95, 1.05)) };
  m_Warp.Draw(m_Random, randomizeAnatomy ? 2.9F : 0.0F);

  this->DrawSkull();
  this->DrawSkin();
  this->DrawFace();
  this->DrawJaws();
  this->DrawSkullBase();
  this->DrawNeck();
  this->DrawAir();
  this->DrawSoftTissue();
  this->DrawBrain();
  this->DrawVessels();

  m_Skin.Bound(21.0F);
  m_Bone.Bound(6.0F);
  m_Air.Bound(5.0F);
  m_Lining.Bound(3.0F);
  m_Teeth.Bound(1.0F);
  m_Soft.Bound(3.0F);
  m_Vessel.Bound(1.0F);
  m_Ventricle.Bound(3.0F);
  m_Nuclei.Bound(1.0F);
}

void
HeadPhantomAnatomy::Implementation::DrawSkull()
{
  // Inner table: 136 x 170 mm at its widest, 114 mm above the ear canals.
  m_Vault = this->At(0, -12, 36, 1.5);
  m_VaultWidth = this->F(63.5, 69.5);
  m_VaultFront = this->F(82, 89);
  m_VaultBack = this->F(75, 83);
  m_VaultTop = this->F(71, 80);
  m_VaultPower = this->F(2.05, 2.55);
  m_OrbitRoof = this->F(22, 26);
  m_Cribriform = this->F(8, 13);
  m_Thickness = this->F(4.8, 8.5);
  m_Squama = this->F(0.35, 0.6);
  m_Table = this->F(1.3, 2.4);
  m_BaseThickness = this->F(2.2, 3.6);
  m_Fat = this->F(1.0, 5.5);
  m_NeckFat = this->F(3.0, 12.0);
  m_SkinThickness = this->F(1.4, 2.4);
  m_CorticalHU = this->F(1250, 1700);
  m_MarrowHU = this->F(350, 850);
  m_FatHU = this->F(-112, -92);
  m_MuscleShare = this->F(0.4, 0.75);
  m_FatPlane = this->F(0.3, 1.1);
  m_MucosaThickness = this->F(0.5, 1.8);
  m_SeptumDeviation = this->F(-2.5, 2.5);
  m_SeptumPhase = this->F(0.0, 6.28);
  for (int side = 0; side < 2; ++side)
  {
    const double s = side == 0 ? -1.0 : 1.0;
    m_MiddleFossa[side] = Ellipsoid(
      this->At(s * 38, -29, 19, 1.5), { this->F(22, 25), this->F(25, 29), this->F(22.5, 26.5) }, 0, 0, s * 14);
    m_Petrous[side] = Capsule(this->At(s * 17, -17, 1), this->At(s * 54, 8, 2), this->F(7, 8.5), this->F(9, 11));
  }
  m_PosteriorFossa = Ellipsoid(this->At(0, 28, 12, 1.0), { this->F(52, 58), this->F(38, 42), this->F(29, 34) });
  m_Sella = Ellipsoid(this->At(0, -33, 13, 0.7), { this->F(6, 8), this->F(4.5, 6), this->F(4.5, 6) });
  m_Dorsum = Ellipsoid({ 0, -25.5F, 9 }, { 9, 2.8F, 8 }, -15);
  m_Magnum = Ellipsoid(this->At(0, 20, -19, 0.7), { this->F(13, 16), this->F(16, 19), 15 });
  m_Canal = Capsule({ 0, 20, -18 }, { 0, 25, -140 }, this->F(10, 12), this->F(8, 10));
  for (int side = 0; side < 2; ++side)
  {
    const float s = side == 0 ? -1.0F : 1.0F;
    m_Orbit[side] = Capsule(this->At(s * 15, -50, 7, 0.7), this->At(s * 31.5F, -82, 6, 0.9), 4.0F, this->F(17, 19));
  }
}

void
HeadPhantomAnatomy::Implementation::DrawSkin()
{
  const auto add = [this](const Primitive & p, Structure part = Structure::Face) {
    m_Skin.Add(Made(p, Tissue::Skin, part));
  };
  const float fat = 0.5F * (m_Fat - 4.0F);
  add(Ellipsoid(this->At(0, -50, -26, 1.0), { this->F(60, 65) + fat, this->F(50, 53), this->F(54, 60) }));
  add(Ellipsoid(this->At(0, -50, -78, 1.5), { this->F(46, 52) + fat, this->F(45, 49), this->F(38, 44) }));
  add(Ellipsoid(this->At(0, -78, -2, 1.0), { this->F(54, 57), this->F(28, 30), 30 }));
  const float chin = this->F(-4, 4);
  add(Ellipsoid(this->At(0, -88 + chin, -104, 1.0), { 18, this->F(11, 14), 13 }));
  // Nose.
  const float nose = this->F(-4, 4);
  const V3    tip = this->At(0, -112 - nose, -34, 2.0);
  add(Capsule(this->At(0, -98, 8), tip, this->F(6, 8), this->F(7.5, 9.5)));
  for (const double s : { -1.0, 1.0 })
  {
    add(Ellipsoid(this->At(s * this->F(8.5, 11), -104, -39), { 7.5F, 12, 8 }));
    // Cheek bones, lateral orbital rims and lids, temporalis, masseter and parotid.
    add(Ellipsoid(this->At(s * 44, -66, -18), { 20, 25, 24 }));
    add(Ellipsoid(this->At(s * 32, -83, 6), { 19, 17, 18 }));
    add(Ellipsoid(this->At(s * 55, -36, 16), { this->F(14, 18), 40, 48 }));
    add(Ellipsoid(this->At(s * 48, -24, -46), { this->F(16, 20) + fat, 30, 40 }));
    // Mastoid and the skin behind the ear.
    add(Ellipsoid(this->At(s * 52, 14, -14), { 18, 26, 34 }), Structure::Scalp);
    // Auricle: helix and lobe, lying back against the head.
    const float flare = this->F(14, 34);
    add(Ellipsoid(this->At(s * (73 + 0.12 * flare), 11, 4, 2.0),
                  { this->F(2.6, 3.6), this->F(15, 18), this->F(27, 33) },
                  -12,
                  s * 4,
                  -s * flare),
        Structure::Ear);
    add(Capsule(this->At(s * 66, 2, 0), this->At(s * 72, 5, 1), 10.0F, 9.0F), Structure::Ear);
  }
  // Lips.
  const float lips = this->F(-2, 3);
  add(Ellipsoid(this->At(0, -99 - lips, -63), { 22, 7, 6.0F }));
  add(Ellipsoid(this->At(0, -97 - lips, -74), { 20, 7, 6.5F }));
  // Neck.
  const float broad = this->F(-5, 5) + fat;
  add(Capsule(this->At(0, 18, -20, 2), this->At(0, 26, -170, 4), 56.0F + broad, 55.0F + broad), Structure::Neck);
  add(Capsule(this->At(-12, -14, -60, 2), this->At(-10, -4, -170, 3), 38.0F + broad, 44.0F + broad), Structure::Neck);
  add(Capsule(this->At(12, -14, -60, 2), this->At(10, -4, -170, 3), 38.0F + broad, 44.0F + broad), Structure::Neck);
}

void
HeadPhantomAnatomy::Implementation::DrawFace()
{
  const auto bone = [this](const Primitive & p, float cortex, Structure part = Structure::FacialBone) {
    m_Bone.Add(Made(p, Tissue::CorticalBone, part, cortex));
  };
  for (const double s : { -1.0, 1.0 })
  {
    const V3 nasion = this->At(s * 9, -96, 17);
    const V3 brow = this->At(s * 31, -95, 25);
    const V3 frontozygomatic = this->At(s * 48, -82, 15);
    const V3 lateral = this->At(s * 49, -78, 0);
    const V3 malar = this->At(s * 45, -82, -14);
    const V3 infraorbital = this->At(s * 29, -89, -13);
    const V3 lacrimal = this->At(s * 13, -92, -6);
    // Rim of the orbit.
    this->Chain(m_Bone,
                { nasion, brow, frontozygomatic, lateral, malar, infraorbital, lacrimal, nasion },
                { 4.5F, 4.0F, 4.5F, 3.6F, 4.0F, 2.6F, 2.4F, 3.5F },
                Tissue::CorticalBone,
                Structure::FacialBone,
                1.6F);
    // Frontal process of the maxilla and nasal bone.
    this->Chain(m_Bone,
                { this->At(s * 13, -91, -36), this->At(s * 9, -97, -16), this->At(s * 5, -99, 8) },
                { 2.4F, 2.2F, 3.0F },
                Tissue::CorticalBone,
                Structure::FacialBone,
                1.5F);
    bone(Capsule(this->At(s * 2.5, -100, 8, 0.5), this->At(s * 3.5, -107, -14, 0.7), 2.4F, 1.3F), 2.5F);
    bone(Box(this->At(s * 8, -97.5, -7, 0.5), { 1.2F, 8, 12 }, 1.0F, 8, 0, -s * 37), 2.5F);
    // Zygoma and its arch.
    bone(Ellipsoid(this->At(s * 46, -77, -17), { 8, 8, 11 }, 0, 0, s * 30), 1.8F);
    const float arch = this->F(60, 64);
    this->Chain(m_Bone,
                { this->At(s * 50, -70, -15),
                  this->At(s * (arch - 2), -52, -13),
                  this->At(s * arch, -34, -10),
                  this->At(s * (arch - 3), -14, -4),
                  this->At(s * 56, -2, 2) },
                { 3.4F, 2.8F, 2.6F, 3.0F, 3.5F },
                Tissue::CorticalBone,
                Structure::FacialBone,
                1.4F);
    bone(Capsule(malar, this->At(s * 33, -68, -42), 3.8F, 3.6F), 1.5F);
    // Lateral wall of the orbit, which is the front of the middle fossa.
    bone(Box(this->At(s * 38.5, -66, 5, 0.7), { this->F(1.2, 2.0), 18, 15 }, 1.0F, 0, 0, s * 37), 1.2F);
    // Pterygoid plates.
    bone(Capsule(this->At(s * 13, -44, -8), this->At(s * 14, -41, -38), 2.2F, 1.4F), 1.1F);
    bone(Capsule(this->At(s * 16, -43, -10), this->At(s * 21, -38, -36), 2.2F, 1.2F), 1.1F);
  }
  // Glabella.
  bone(Ellipsoid(this->At(0, -97, 14), { 14, 6, 11 }), 1.8F);
}

void
HeadPhantomAnatomy::Implementation::DrawJaws()
{
  const auto bone = [this](const Primitive & p, float cortex, Structure part) {
    m_Bone.Add(Made(p, Tissue::CorticalBone, part, cortex));
  };
  // Dental arches: the middle of each tooth from the incisors to the third molar, beside and behind the first.
  const float                 front = this->F(-95, -91);
  const float                 width = this->F(27.0, 31.0);
  const float                 upperEdge = this->F(-71, -68);
  const std::array<double, 8> tooth{ 4.2, 11.3, 17.2, 21.2, 23.8, 26.2, 28.2, 29.4 };
  const std::array<double, 8> behind{ 0.0, 2.2, 6.5, 12.5, 19.0, 27.5, 37.0, 45.5 };
  const std::array<double, 8> crown{ 3.9, 3.3, 3.7, 3.4, 3.5, 4.8, 4.7, 4.2 };
  const double                scale = width / 29.8;
  const bool                  restored = this->Happens(0.15);
  for (const double s : { -1.0, 1.0 })
  {
    std::vector<V3> upper;
    std::vector<V3> lower;
    for (size_t i = 0; i < tooth.size(); ++i)
    {
      const double x = tooth[i] * scale;
      const double yu = front + behind[i] * scale;
      const double yl = yu + 2.5;
      upper.push_back(this->At(s * x * 0.97, yu + 1.5, upperEdge + 17, 0.4));
      lower.push_back(this->At(s * x * 0.93, yl + 1.0, upperEdge - 17, 0.4));
      const bool  molar = i > 4;
      const float r = static_cast<float>(crown[i] * scale);
      const bool  wisdom = i == 7;
      for (const bool isUpper : { true, false })
      {
        const bool  missing = this->Happens(wisdom ? 0.5 : 0.05);
        const float tall = static_cast<float>(molar ? this->F(3.6, 4.2) : this->F(4.6, 5.4));
        const float jitter = this->F(-0.5, 0.5);
        const float metal = restored && molar && this->Happens(0.4) ? 1.0F : 0.0F;
        if (missing)
        {
          continue;
        }
        const double d = isUpper ? 1.0 : -1.0;
        const V3     c{ static_cast<float>(s * x * (isUpper ? 1.0 : 0.94)),
                    static_cast<float>(isUpper ? yu : yl),
                    upperEdge + static_cast<float>(d * (tall + 0.4)) + jitter };
        const V3     apex{ c.x * 0.93F, c.y + 2.0F, c.z + static_cast<float>(d) * (molar ? 13.0F : 16.0F) };
        m_Teeth.Add(
          Made(Ellipsoid(c, { r, molar ? r * 1.08F : r * 0.9F, tall }), Tissue::Tooth, Structure::Teeth, 1.2F + metal));
        m_Teeth.Add(Made(Capsule({ c.x, c.y, c.z + static_cast<float>(d) * 2.0F }, apex, r * 0.78F, r * 0.32F),
                         Tissue::Tooth,
                         Structure::Teeth,
                         0.0F));
      }
    }
    // Alveolar process of the maxilla.
    this->Chain(m_Bone,
                upper,
                { 6.2F, 6.0F, 5.8F, 5.8F, 6.2F, 6.6F, 6.8F, 6.0F },
                Tissue::CorticalBone,
                Structure::FacialBone,
                1.3F);
    this->Chain(m_Bone,
                { this->At(s * 4, front + 4, upperEdge + 24),
                  this->At(s * 16, front + 10, upperEdge + 25),
                  this->At(s * 26, -64, upperEdge + 25) },
                { 4.5F, 4.5F, 4.0F },
                Tissue::CorticalBone,
                Structure::FacialBone,
                1.3F);
    // Mandible: alveolar process, body, ramus, coronoid process, neck and head.
    this->Chain(m_Bone,
                lower,
                { 5.0F, 5.0F, 5.0F, 5.2F, 5.6F, 6.0F, 6.2F, 6.0F },
                Tissue::CorticalBone,
                Structure::Mandible,
                1.8F);
    const float gonion = this->F(40, 46);
    const V3    angle = this->At(s * gonion, -15, -70, 2.0);
    this->Chain(m_Bone,
                { this->At(s * 3, -88, -104, 0.5),
                  this->At(s * 14, -84, -103, 1.0),
                  this->At(s * 27, -68, -97, 1.0),
                  this->At(s * 37, -46, -88, 1.0),
                  angle },
                { 6.5F, 6.5F, 6.0F, 6.0F, 5.0F },
                Tissue::CorticalBone,
                Structure::Mandible,
                2.6F);
    const V3 condyle = this->At(s * 50, -15, -7);
    bone(Ellipsoid(condyle, { 9, 4, 4 }, 0, 0, s * -15), 1.2F, Structure::Mandible);
    bone(Capsule(condyle, this->At(s * 48, -14, -22), 3.6F, 3.4F), 1.6F, Structure::Mandible);
    bone(Capsule(this->At(s * 48, -14, -22), this->At(s * 46, -16, -40), 3.4F, 3.2F), 1.6F, Structure::Mandible);
    bone(Capsule(this->At(s * 47, -41, -19), this->At(s * 45.5, -38, -45), 1.8F, 3.0F), 1.6F, Structure::Mandible);
    bone(Box(this->At(s * 45.5, -27, -51), { 3.6F, this->F(14, 16.5), 22 }, 3.0F, -8, s * 7, 0),
         1.7F,
         Structure::Mandible);
    bone(Capsule(this->At(s * 44, -38, -60), this->At(s * 36, -50, -80), 4.5F, 5.5F), 1.8F, Structure::Mandible);
  }
  // Hard palate.
  const float palate = this->F(-44, -41);
  bone(Ellipsoid({ 0, -68, palate }, { 25, 25, 2.6F }), 1.2F, Structure::FacialBone);
}

void
HeadPhantomAnatomy::Implementation::DrawSkullBase()
{
  const auto bone = [this](const Primitive & p, float cortex) {
    m_Bone.Add(Made(p, Tissue::CorticalBone, Structure::SkullBase, cortex));
  };
  // Body of the sphenoid and clivus.
  bone(Ellipsoid(this->At(0, -36, 0), { 17, 15, 11 }), 1.3F);
  bone(Box(this->At(0, -13, -5.5, 0.5), { this->F(11, 13), this->F(4.5, 6), 17 }, 4.0F, 51), 1.4F);
  bone(m_Dorsum, 1.2F);
  for (int side = 0; side < 2; ++side)
  {
    const double s = side == 0 ? -1.0 : 1.0;
    bone(m_Petrous[side], 3.0F);
    // Where the squama, the mastoid and the root of the zygomatic arch meet.
    bone(Ellipsoid(this->At(s * 61, 4, 11), { 6, 20, 14 }), 1.6F);
    bone(Ellipsoid(this->At(s * 53, 15, -8), { 11, 16, this->F(18, 23) }), 1.5F);
    bone(Ellipsoid(this->At(s * 51, -12, 1), { 10, 9, 4 }), 1.5F);
    bone(Capsule(this->At(s * 41, 1, -14), this->At(s * 36, -8, -42), 2.2F, 1.0F), 2.0F);
    bone(Ellipsoid(this->At(s * 17, 8, -21), { 6.5F, 10, 6 }, 0, 0, -s * 25), 1.3F);
    // Greater wing below the temporal fossa, root of the pterygoid process, underside of the petrous part and jugular
    // process.
    bone(Ellipsoid(this->At(s * 35, -38, -4), { 17, 14, this->F(3.2, 4.6) }), 1.3F);
    bone(Ellipsoid(this->At(s * 14, -42, -7), { 7, 6, 7 }), 1.3F);
    bone(Ellipsoid(this->At(s * 35, -5, -6), { 16, 9, this->F(5, 7) }, 0, 0, s * 25), 1.8F);
    bone(Ellipsoid(this->At(s * 30, 15, -15), { 12, 10, 5 }), 1.5F);
  }
  bone(Ellipsoid(this->At(0, 70, 4, 1.5), { 9, 5, 8 }), 2.0F);
  // Crista galli.
  bone(Capsule({ 0, -84, 12 }, { 0, -78, 18 }, 2.0F, 1.0F), 1.5F);
}

void
HeadPhantomAnatomy::Implementation::DrawNeck()
{
  const auto bone = [this](const Primitive & p, float cortex) {
    m_Bone.Add(Made(p, Tissue::CorticalBone, Structure::Vertebrae, cortex));
  };
  // Atlas.
  for (const double s : { -1.0, 1.0 })
  {
    bone(Ellipsoid(this->At(s * 19, 9, -35), { 8, 9, 7.5F }), 1.4F);
    bone(Capsule(this->At(s * 25, 10, -35), this->At(s * 38, 12, -37), 4.0F, 3.4F), 1.2F);
    bone(Capsule(this->At(s * 14, 0, -34), { 0, -5.5F, -34 }, 3.2F, 3.6F), 1.4F);
    bone(Capsule(this->At(s * 20, 16, -35), this->At(s * 13, 33, -35), 3.0F, 3.0F), 1.3F);
    bone(Capsule(this->At(s * 13, 33, -35), { 0, 38, -35 }, 3.0F, 3.8F), 1.3F);
  }
  // Axis and the vertebrae below it.
  const float pitch = this->F(17, 20);
  bone(Capsule({ 0, 4, -52 }, { 0, 3, -29 }, 6.0F, 4.6F), 1.3F);
  for (int level = 0; level < 7; ++level)
  {
    const float z = -54.0F - pitch * static_cast<float>(level);
    const float y = 6.0F + 1.2F * static_cast<float>(level);
    bone(Box({ 0, y, z }, { 9.5F, 8.0F, 0.5F * pitch - 2.6F }, 3.0F), 1.2F);
    m_Soft.Add(Made(Box({ 0, y + 0.6F, z - 0.5F * pitch }, { 9.0F, 7.5F, 2.6F }, 2.0F), Tissue::Disc, Structure::Neck));
    for (const float s : { -1.0F, 1.0F })
    {
      bone(Ellipsoid({ s * 17, y + 6, z - 1 }, { 7.5F, 7, 6.5F }), 1.2F);
      bone(Capsule({ s * 15, y + 12, z - 2 }, { 0, y + 31, z - 4 }, 2.8F, 3.2F), 1.3F);
      bone(Capsule({ 0, y + 31, z - 4 }, { s * 3, y + (level == 0 ? 43.0F : 40.0F), z - 9 }, 3.4F, 2.8F), 1.3F);
      bone(Capsule({ s * 17, y + 2, z - 1 }, { s * 26, y - 2, z - 2 }, 3.0F, 2.4F), 1.1F);
    }
  }
}

void
HeadPhantomAnatomy::Implementation::DrawAir()
{
  const auto air = [this](const Primitive & p, Structure part, float wall, float cell = 0.0F) {
    m_Air.Add(Made(p, Tissue::InnerAir, part, wall, cell));
  };
  const auto lining = [this](const Primitive & p, Structure part, Tissue tissue = Tissue::Mucosa) {
    m_Lining.Add(Made(p, tissue, part));
  };
  for (int side = 0; side < 2; ++side)
  {
    const double s = side == 0 ? -1.0 : 1.0;
    // Maxillary sinus, with thickened mucosa on the floor of some.
    const V3    antrum = this->At(s * 29, -68, -21, 1.5);
    const V3    semi{ this->F(13, 17), this->F(16, 20), this->F(15, 19.5) };
    const float swollen = this->Happens(0.3) ? this->F(1, 9) : 0.0F;
    if (swollen > 0.0F)
    {
      lining(Ellipsoid({ antrum.x, antrum.y + 3, antrum.z - semi.z }, { semi.x, semi.y, swollen }),
             Structure::MaxillarySinus);
    }
    air(Ellipsoid(antrum, semi, 0, s * 12, s * 14), Structure::MaxillarySinus, this->F(1.0, 1.8));
    air(Ellipsoid({ antrum.x * 0.93F, antrum.y + 7, antrum.z + 3 }, { semi.x * 0.75F, semi.y * 0.75F, semi.z * 0.75F }),
        Structure::MaxillarySinus,
        1.3F);
    // Ethmoid cells.
    air(Box(this->At(s * 7.5, -66, 4, 0.5), { this->F(4.5, 6), 19, this->F(8, 10) }, 4.4F, -4, s * 8, s * 7),
        Structure::EthmoidSinus,
        0.9F,
        this->F(8, 11));
    // Sphenoid sinus: its two halves are rarely alike.
    const bool hasSphenoid = this->Happens(0.92);
    const V3   sphenoid = this->At(s * 7.5, -38, 1, 1.5);
    const V3   sphenoidSemi{ this->F(6, 11), this->F(8, 13), this->F(6, 9.5) };
    if (hasSphenoid)
    {
      air(Ellipsoid(sphenoid, sphenoidSemi), Structure::SphenoidSinus, 1.2F);
    }
    // Frontal sinus: from absent to wide.
    const bool  hasFrontal = this->Happens(0.85);
    const float reach = this->F(5, 15);
    const float high = this->F(6, 16);
    const float deep = this->F(3, 5.5);
    if (hasFrontal)
    {
      air(
        Ellipsoid(this->At(s * (1.5 + 0.85 * reach), -98, 15 + 0.7 * high, 0.7), { reach, deep, high }, -18, 0, s * 12),
        Structure::FrontalSinus,
        1.8F,
        this->F(15, 24));
    }
    // Nasal cavity: a bony space whose sides are filled by the turbinates.
    const float half = this->F(5.6, 7.2);
    air(Box(this->At(s * (half + 1.4), -70, -26, 0.4), { half, 29, 14 }, 4.0F, 0, s * -6, 0),
        Structure::NasalCavity,
        1.0F);
    air(Box(this->At(s * 4.6, -70, -9, 0.3), { this->F(2.2, 3.2), 26, 11 }, 2.0F), Structure::NasalCavity, 0.9F);
    air(Capsule(this->At(s * 6, -98, -32, 0.5), this->At(s * 6.5, -106, -46, 0.7), 4.0F, 4.2F),
        Structure::NasalCavity,
        0.0F);
    const float inferior = this->F(4.6, 6.8);
    const float middle = this->F(3.6, 5.6);
    m_Lining.Add(Made(Ellipsoid(this->At(s * 9.5, -68, -31, 0.8), { inferior, 27, this->F(8.5, 12) }),
                      Tissue::Mucosa,
                      Structure::NasalCavity,
                      1.0F));
    m_Lining.Add(Made(Ellipsoid(this->At(s * 7.5, -64, -13, 0.8), { middle, 22, this->F(7, 10) }),
                      Tissue::Mucosa,
                      Structure::NasalCavity,
                      0.8F));
    // Ear canal, middle ear and mastoid cells.
    air(Capsule(this->At(s * 75, 3, 0), this->At(s * 60, 0, 0, 0.7), 4.8F, 3.2F), Structure::EarCanal, 0.0F);
    air(Capsule(this->At(s * 60, 0, 0, 0.7), this->At(s * 46, -3, 2), 3.4F, 2.8F), Structure::EarCanal, 1.5F);
    air(Ellipsoid(this->At(s * 43, -3, 3), { 3, 5, 6 }), Structure::MastoidCells, 1.0F);
    const float grade = this->F(0.6, 1.15);
    air(Ellipsoid(this->At(s * 53, 14, -4), { 8.5F * grade, 14 * grade, 18 * grade }),
        Structure::MastoidCells,
        0.8F,
        this->F(6, 9));
    air(Ellipsoid(this->At(s * 48, 8, 8), { 7 * grade, 8 * grade, 5 * grade }),
        Structure::MastoidCells,
        0.8F,
        this->F(4, 6));
  }
  // Pharynx.
  const float narrow = this->F(0.7, 1.2);
  air(Ellipsoid(this->At(0, -32, -24), { 14 * narrow, 9 * narrow, 14 }), Structure::Airway, 0.0F);
  air(Box(this->At(0, -40, -24), { 11, 8, 11 }, 4.0F), Structure::Airway, 0.0F);
  air(Ellipsoid(this->At(0, -24, -52, 1.5), { 11 * narrow, 5 * narrow, 18 }), Structure::Airway, 0.0F);
  air(Capsule(this->At(0, -20, -66, 1.5), this->At(0, -16, -120, 2), 7.0F * narrow, 8.0F * narrow),
      Structure::Airway,
      0.0F);
  // A breath of air above the tongue of some.
  const float oralGap = this->F(-3.0, 5.0);
  if (oralGap > 0.8F)
  {
    air(Ellipsoid(this->At(0, -66, -50), { 16, 22, oralGap }), Structure::OralCavity, 0.0F);
  }
}

void
HeadPhantomAnatomy::Implementation::DrawSoftTissue()
{
  const auto add = [this](const Primitive & p, Tissue tissue, Structure part) { m_Soft.Add(Made(p, tissue, part)); };
  for (int side = 0; side < 2; ++side)
  {
    const double s = side == 0 ? -1.0 : 1.0;
    // Orbit: the eye, its lens, the optic nerve and the four straight muscles in fat.
    const V3    eye = this->At(s * 31.5, -83, 6, 1.0);
    const float r = this->F(11.5, 12.8);
    const V3    apex = m_Orbit[side].A;
    add(Ellipsoid({ eye.x, eye.y - r + 4.4F, eye.z }, { 4.6F, 2.0F, 4.6F }), Tissue::Lens, Structure::Eye);
    add(Ellipsoid(eye, { r - 1.1F, r - 1.1F, r - 1.1F }), Tissue::Vitreous, Structure::Eye);
    add(Ellipsoid(eye, { r, r, r }), Tissue::Dura, Structure::Eye);
    const V3 back{ eye.x - static_cast<float>(s) * 3.0F, eye.y + r, eye.z };
    add(Capsule(back, apex, 2.0F, 2.0F), Tissue::WhiteMatter, Structure::OpticNerve);
    const float off = r + 0.5F;
    add(Capsule({ eye.x + off, eye.y + 2, eye.z }, apex, 1.8F, 2.2F), Tissue::Muscle, Structure::Orbit);
    add(Capsule({ eye.x - off, eye.y + 2, eye.z }, apex, 1.8F, 2.2F), Tissue::Muscle, Structure::Orbit);
    add(Capsule({ eye.x, eye.y + 3, eye.z + off }, { apex.x, apex.y, apex.z + 2 }, 1.9F, 2.2F),
        Tissue::Muscle,
        Structure::Orbit);
    add(Capsule({ eye.x, eye.y + 3, eye.z - off }, { apex.x, apex.y, apex.z - 2 }, 1.9F, 2.2F),
        Tissue::Muscle,
        Structure::Orbit);
    add(Ellipsoid(this->At(s * 43, -82, 14), { 3, 6, 5 }), Tissue::Gland, Structure::Orbit);
    add(m_Orbit[side], Tissue::Fat, Structure::Orbit);
    // Muscles of mastication.
    const float bulk = this->F(0.85, 1.15);
    add(Ellipsoid(this->At(s * 58, -34, 24), { 10.5F * bulk, 36, 44 }), Tissue::Muscle, Structure::MasticatoryMuscle);
    add(Ellipsoid(this->At(s * 52, -42, -8), { 6.5F * bulk, 17, 26 }), Tissue::Muscle, Structure::MasticatoryMuscle);
    add(Ellipsoid(this->At(s * 53, -34, -48), { 7.5F * bulk, 18, 34 }, 15, s * 6, 0),
        Tissue::Muscle,
        Structure::MasticatoryMuscle);
    add(Ellipsoid(this->At(s * 33, -30, -46), { 6.0F * bulk, 14, 26 }, 0, -s * 14, 0),
        Tissue::Muscle,
        Structure::MasticatoryMuscle);
    add(Ellipsoid(this->At(s * 34, -30, -16), { 13, 16, 8.5F * bulk }, 0, 0, -s * 30),
        Tissue::Muscle,
        Structure::MasticatoryMuscle);
    // The fat of the cheek and beside the pharynx.
    add(Ellipsoid(this->At(s * 40, -60, -36), { 8, 12, 18 }), Tissue::Fat, Structure::Face);
    add(Ellipsoid(this->At(s * 24, -24, -40), { 5, 10, 22 }), Tissue::Fat, Structure::Face);
    // Glands.
    add(Ellipsoid(this->At(s * 56, -6, -40), { this->F(8, 11), this->F(12, 15), this->F(20, 27) }),
        Tissue::Gland,
        Structure::Parotid);
    add(Ellipsoid(this->At(s * 30, -38, -98, 2), { 9, 14, 11 }), Tissue::Gland, Structure::SalivaryGland);
    // Muscles of the face and the neck.
    add(Ellipsoid(this->At(s * 38, -70, -54), { 3.0F, 24, 16 }, 0, 0, s * 30), Tissue::Muscle, Structure::Face);
    add(Capsule(this->At(s * 56, 20, -24), this->At(s * 38, 0, -140), 9.0F * bulk, 11.0F * bulk),
        Tissue::Muscle,
        Structure::NeckMuscle);
    add(Capsule(this->At(s * 18, 46, -16), this->At(s * 20, 52, -140), 15.0F * bulk, 17.0F * bulk),
        Tissue::Muscle,
        Structure::NeckMuscle);
    add(Capsule(this->At(s * 40, 36, -26), this->At(s * 32, 40, -140), 13.0F * bulk, 14.0F * bulk),
        Tissue::Muscle,
        Structure::NeckMuscle);
    add(Capsule(this->At(s * 12, 56, -8), this->At(s * 14, 62, -140), 9.0F * bulk, 11.0F * bulk),
        Tissue::Muscle,
        Structure::NeckMuscle);
    add(Ellipsoid(this->At(s * 22, 26, -32), { 13, 13, 8 }), Tissue::Muscle, Structure::NeckMuscle);
    add(Capsule(this->At(s * 8, -10, -26), this->At(s * 10, -4, -140), 6.0F, 7.0F),
        Tissue::Muscle,
        Structure::NeckMuscle);
    add(Capsule(this->At(s * 34, 14, -44), this->At(s * 34, 18, -140), 8.0F, 10.0F),
        Tissue::Muscle,
        Structure::NeckMuscle);
    // Pharyngeal wall and soft palate.
    add(
      Capsule(this->At(s * 15, -26, -34), this->At(s * 14, -20, -110), 4.0F, 5.0F), Tissue::Mucosa, Structure::Airway);
  }
  add(Ellipsoid(this->At(0, -40, -50), { 16, 10, 4 }, 30), Tissue::Mucosa, Structure::OralCavity);
  add(Ellipsoid(this->At(0, -26, -10), { 16, 8, 7 }), Tissue::Mucosa, Structure::Airway);
  add(Ellipsoid(this->At(0, -57, -72), { 23, 34, this->F(20, 24) }), Tissue::Muscle, Structure::Tongue);
  add(Ellipsoid(this->At(0, -60, -98), { 24, 26, 7 }), Tissue::Muscle, Structure::Tongue);
  // Lips and gums.
  add(Ellipsoid(this->At(0, -97, -68), { 24, 6, 13 }), Tissue::Muscle, Structure::Face);
  // The cartilage of the nose.
  add(Capsule(this->At(0, -104, -10), this->At(0, -108, -32), 2.0F, 3.0F), Tissue::Cartilage, Structure::Face);
}

void
HeadPhantomAnatomy::Implementation::DrawBrain()
{
  m_Subarachnoid = this->F(0.8, 3.2);
  m_Sulcus = this->F(0.5, 1.5);
  m_Ribbon = this->F(2.5, 3.4);
  m_SulcusDepth = this->F(12, 18);
  m_Folia = this->F(3.6, 5.0);
  m_FalxWobble = this->F(-1.5, 1.5);
  m_Tentorium = this->F(-2, 2);
  m_Cortex.Draw(m_Random, this->F(21, 27));
  const float wide = this->F(0.7, 1.7);
  m_Midbrain = Ellipsoid({ 0, -6, 34 }, { 16, 12, 16 });
  m_Pons = Ellipsoid(this->At(0, -6, 14, 0.7), { 16, 12.5F, 14 });
  m_Medulla = Capsule({ 0, -1, 4 }, { 0, 17, -22 }, 8.5F, 6.5F);
  m_Cord = Capsule({ 0, 17, -22 }, { 0, 25, -140 }, 6.2F, 5.6F);
  m_Suprasellar = Ellipsoid(this->At(0, -27, 22, 0.7), { 12, 11, 8 });
  const auto csf = [this](const Primitive & p) {
    m_Ventricle.Add(Made(p, Tissue::CerebrospinalFluid, Structure::Ventricles));
  };
  for (const double s : { -1.0, 1.0 })
  {
    const float w = wide * this->F(0.8, 1.2);
    // Lateral ventricle: frontal horn, body, atrium, occipital and temporal horns.
    const V3 horn = this->At(s * 9, -46, 47);
    const V3 monro = this->At(s * 8, -22, 55);
    const V3 body = this->At(s * 12, 4, 60);
    const V3 atrium = this->At(s * 24, 26, 48, 1.5);
    const V3 temporal = this->At(s * 32, -6, 22, 1.5);
    csf(Ellipsoid({ horn.x, horn.y + 6, horn.z }, { 4.0F + 2.5F * w, 15, 5.0F + 3.0F * w }, -25, s * 25, s * 12));
    csf(Capsule(monro, body, 3.0F + 2.2F * w, 3.2F + 2.4F * w));
    csf(Capsule(body, atrium, 3.2F + 2.4F * w, 4.0F + 3.0F * w));
    csf(Capsule(atrium, this->At(s * 24, 46, 44, 2), 3.5F + 2.5F * w, 1.5F + 1.0F * w));
    csf(Capsule(atrium, temporal, 2.5F + 1.5F * w, 1.0F + 1.0F * w));
    const auto gray = [this](const Primitive & p) {
      m_Nuclei.Add(Made(p, Tissue::GrayMatter, Structure::BasalGanglia));
    };
    gray(Ellipsoid(this->At(s * 15, -42, 48), { 5, 13, 8 }, -20, 0, s * 15));
    gray(Capsule(this->At(s * 15, -34, 54), this->At(s * 20, 0, 58), 4.0F, 2.2F));
    gray(Ellipsoid(this->At(s * 26, -30, 38), { 6.5F, 16, 10 }, 0, 0, s * 12));
    gray(Ellipsoid(this->At(s * 11, -6, 42), { 8.5F, 14, 9 }, 0, 0, s * 25));
  }
  csf(Box(this->At(0, -14, 38, 0.7), { 1.2F + 1.6F * wide, 14, 11 }, 1.0F));
  csf(Ellipsoid(this->At(0, 11, 8, 0.7), { 4.0F + 2.5F * wide, 5, 11 }, 25));
  m_Callosum = Ellipsoid({ 0, -14, 46 }, { 18, 36, 20 });
}

void
HeadPhantomAnatomy::Implementation::DrawVessels()
{
  const auto chain = [this](const std::vector<V3> & points, const std::vector<float> & radii, Tissue tissue) {
    this->Chain(m_Vessel, points, radii, tissue, Structure::Vessel);
  };
  for (const double s : { -1.0, 1.0 })
  {
    const V3 siphon = this->At(s * 12, -32, 9);
    chain({ this->At(s * 26, -6, -140, 2),
            this->At(s * 27, -8, -70, 2),
            this->At(s * 24, -7, -24),
            this->At(s * 23, -8, -6),
            this->At(s * 13, -20, 0),
            siphon,
            this->At(s * 12, -30, 20) },
          { 3.4F, 3.2F, 2.4F, 2.4F, 2.4F, 2.4F, 1.8F },
          Tissue::Artery);
    chain({ this->At(s * 12, -30, 20), this->At(s * 28, -34, 22), this->At(s * 42, -30, 28) },
          { 1.6F, 1.4F, 1.0F },
          Tissue::Artery);
    chain({ this->At(s * 30, 8, -80, 2),
            this->At(s * 26, 12, -48),
            this->At(s * 26, 12, -34),
            this->At(s * 12, 16, -24),
            this->At(s * 1.5, -6, -4) },
          { 1.9F, 1.9F, 1.9F, 1.8F, 1.6F },
          Tissue::Artery);
    chain({ this->At(s * 44, -10, -10), this->At(s * 42, -14, -50), this->At(s * 30, -16, -90) },
          { 1.2F, 1.6F, 2.2F },
          Tissue::Artery);
    chain({ this->At(s * 60, -18, -20), this->At(s * 66, -16, 10), this->At(s * 68, -30, 50) },
          { 1.1F, 1.0F, 0.8F },
          Tissue::Artery);
    // Internal auditory canal and vestibule, which are full of fluid.
    m_Vessel.Add(Made(Capsule(this->At(s * 11, -3, 6), this->At(s * 24, -4, 4, 0.5), 2.6F, 2.0F),
                      Tissue::CerebrospinalFluid,
                      Structure::InnerEar));
    m_Vessel.Add(Made(
      Ellipsoid(this->At(s * 27, -4, 4, 0.5), { 4.0F, 2.4F, 2.6F }), Tissue::CerebrospinalFluid, Structure::InnerEar));
    const float wide = this->F(0.7, 1.25);
    chain({ this->At(s * 33, 0, -140, 2), this->At(s * 33, 0, -60, 2), this->At(s * 29, 4, -18) },
          { 5.0F * wide, 4.5F * wide, 4.0F * wide },
          Tissue::Vein);
    chain({ this->At(s * 29, 6, -12),
            this->At(s * 42, 20, -4),
            this->At(s * 50, 30, 8),
            this->At(s * 38, 52, 12),
            this->At(0, 65, 14) },
          { 4.0F * wide, 3.6F * wide, 3.4F * wide, 3.2F * wide, 3.4F },
          Tissue::Vein);
  }
  chain({ { 0, -7, -6 }, { 0, -20, 24 } }, { 1.9F, 1.7F }, Tissue::Artery);
}

float
HeadPhantomAnatomy::Implementation::CavityDistance(const V3 & q) const
{
  // Far below the skull base only the order of magnitude matters, as it does in the depth of the hemispheres.
  if (q.z < -50.0F)
  {
    return -25.0F - q.z;
  }
  const V3    u = q - m_Vault;
  const float below = 62.0F;
  const float x = std::abs(u.x) / m_VaultWidth;
  const float y = std::abs(u.y) / (u.y < 0.0F ? m_VaultFront : m_VaultBack);
  const float z = std::abs(u.z) / (u.z < 0.0F ? below : m_VaultTop);
  const float n2 = x * x + y * y + z * z;
  if (n2 < 0.3F && q.z > 50.0F)
  {
    return -(1.0F - std::sqrt(n2)) * m_VaultWidth;
  }
  const float n = m_VaultPower;
  const float r = std::pow(std::pow(x, n) + std::pow(y, n) + std::pow(z, n), 1.0F / n);
  const float vault = r > 1e-3F ? Length(u) * (1.0F - 1.0F / r) : -60.0F;

  // The floor of the anterior fossa lies on the roofs of the orbits, and sinks to the cribriform plate between them.
  const float ax = std::abs(q.x);
  const float along = Clamp((-q.y - 43.0F) / 9.0F, 0.0F, 1.0F);
  const float across = Clamp((ax - 4.0F) / 15.0F, 0.0F, 1.0F);
  const float anterior = along * along * (3.0F - 2.0F * along);
  const float rise = m_OrbitRoof - m_Cribriform;
  const float roof = m_Cribriform + rise * across * across * (3.0F - 2.0F * across);
  // The height over a slope is more than the distance to it.
  const float slopeX = anterior * rise * 6.0F * across * (1.0F - across) / 15.0F;
  const float slopeY = (roof - 8.0F) * 6.0F * along * (1.0F - along) / 9.0F;
  const float floor = (8.0F + anterior * (roof - 8.0F) - q.z) / std::sqrt(1.0F + slopeX * slopeX + slopeY * slopeY);
  float       d = SmoothMax(vault, floor, 6.0F);
  if (q.z < 60.0F)
  {
    d = SmoothMin(d, m_MiddleFossa[q.x < 0.0F ? 0 : 1].Distance(q), 8.0F);
    d = SmoothMin(d, m_PosteriorFossa.Distance(q), 8.0F);
    d = SmoothMin(d, m_Sella.Distance(q), 3.0F);
    d = SmoothMax(d, -m_Petrous[q.x < 0.0F ? 0 : 1].Distance(q), 4.0F);
    d = SmoothMax(d, -m_Dorsum.Distance(q), 2.0F);
  }
  return d;
}

float
HeadPhantomAnatomy::Implementation::CalvariaThickness(const V3 & q) const
{
  const float ax = std::abs(q.x);
  // The squama of the temporal bone is thin, the occiput and the middle of the frontal bone are thick.
  const float temporal = SmoothStep(46.0F, 62.0F, ax) * SmoothStep(62.0F, 40.0F, q.z) * SmoothStep(38.0F, 14.0F, q.y);
  const float occiput = SmoothStep(36.0F, 64.0F, q.y) * SmoothStep(50.0F, 15.0F, q.z);
  const float frontal = SmoothStep(78.0F, 94.0F, -q.y);
  float       t = m_Thickness * (1.0F - m_Squama * temporal + 0.25F * occiput + 0.2F * frontal);
  t *= 1.0F + 0.15F * Noise(q, 32.0F, m_Noise + 1U);
  const float base = 1.0F - SmoothStep(8.0F, 26.0F, q.z + 0.25F * std::max(0.0F, q.y));
  const float roof = SmoothStep(50.0F, 58.0F, -q.y) * SmoothStep(88.0F, 80.0F, -q.y) * SmoothStep(30.0F, 25.0F, q.z);
  return t + std::max(base, roof) * (m_BaseThickness - t);
}

float
HeadPhantomAnatomy::Implementation::ScalpThickness(const V3 & q) const
{
  return m_SkinThickness + m_Fat * (0.8F + 0.2F * Noise(q, 45.0F, m_Noise + 2U)) + 1.2F +
         2.0F * SmoothStep(45.0F, 75.0F, q.y);
}

void
HeadPhantomAnatomy::Implementation::Set(Sample & sample, Tissue tissue, Structure structure, const V3 & q) const
{
  struct Property
  {
    float mean;
    float deviation;
    float enhancement;
    float grain;
  };
  // HU, its texture, what contrast agent adds, and the size of the texture's grains in mm.
  static constexpr std::array<Property, HeadPhantomEnums::NumberOfTissues> table{
    { { -1000, 0, 0, 0 }, { 8, 2, 0, 6 },    { 38, 3, 9, 6 },     { 29, 2, 4, 8 },     { -102, 14, 0, 4 },
      { 56, 12, 12, 4 },  { 35, 25, 10, 3 }, { 1450, 250, 0, 4 }, { 450, 260, 12, 4 }, { 1500, 150, 0, 3 },
      { -1000, 0, 0, 0 }, { 10, 2, 0, 6 },   { 95, 5, 0, 6 },     { 42, 3, 260, 6 },   { 46, 3, 220, 6 },
      { 90, 20, 5, 5 },   { 38, 12, 50, 5 }, { 15, 22, 40, 4 },   { 58, 8, 60, 6 },    { 85, 10, 0, 5 } }
  };
  const auto index = static_cast<size_t>(tissue);
  sample.Tissue = tissue;
  sample.Structure = structure;
  const Property & property = table[index];
  float            mean = property.mean;
  switch (tissue)
  {
    case Tissue::CorticalBone:
      mean = m_CorticalHU;
      break;
    case Tissue::Marrow:
      mean =
        structure == Structure::Vertebrae
          ? 0.65F * m_MarrowHU
          : (structure == Structure::Mandible || structure == Structure::FacialBone ? 0.55F * m_MarrowHU : m_MarrowHU);
      break;
    case Tissue::Fat:
      mean = m_FatHU;
      break;
    default:
      break;
  }
  sample.Texture =
    property.grain > 0.0F ? Noise(q, property.grain, m_Noise + 64U + static_cast<uint32_t>(index)) : 0.0F;
  sample.HU = mean + property.deviation * sample.Texture;
  sample.Enhancement = property.enhancement;
}

void
HeadPhantomAnatomy::Implementation::Cerebrum(const V3 & q, float depth, const Near & near, Sample & sample) const
{
  float brain = depth - m_Subarachnoid * (1.0F + 0.4F * Noise(q, 24.0F, m_Noise + 3U)) *
                          (0.55F + 0.45F * SmoothStep(10.0F, 45.0F, q.z));
  const float ax = std::abs(q.x);

  const float core = m_Callosum.Distance(q);
  const float wobble = m_FalxWobble * std::sin(0.03F * (q.y + q.z));
  const float side = std::abs(q.x - wobble);
  if (core > 0.0F && side < 12.0F)
  {
    if (side < 0.6F && core > 5.0F && (q.z > 40.0F || std::abs(q.y + 14.0F) > 36.0F))
    {
      this->Set(sample, Tissue::Dura, Structure::Cerebrum, q);
      return;
    }
    brain = std::min(brain, std::max(side - 1.4F, -core));
  }
  // Lateral fissure and the island behind it.
  if (ax > 30.0F && q.y > -52.0F && q.y < 26.0F && q.z > 0.0F && q.z < 75.0F)
  {
    const float center = 27.0F + 0.3F * (q.y + 45.0F) + 4.0F * Noise(q, 22.0F, m_Noise + 14U);
    const float off = std::abs(q.z - center);
    const float ends = std::max(-48.0F - q.y, q.y - 22.0F);
    const float cleft = std::max({ off - 1.2F, 35.0F - ax, ends });
    const float island =
      std::max({ std::abs(ax - 37.0F + 3.0F * Noise(q, 14.0F, m_Noise + 15U)) - 1.2F, off - 13.0F, ends + 6.0F });
    brain = std::min({ brain, cleft, island });
  }
  brain = std::min(brain, m_Suprasellar.Distance(q));

  float ventricle = 20.0F;
  for (const Primitive * primitive : near.Ventricle)
  {
    ventricle = std::min(ventricle, primitive->Distance(q));
  }
  if (ventricle < 0.0F)
  {
    this->Set(sample, Tissue::CerebrospinalFluid, Structure::Ventricles, q);
    return;
  }
  for (const Primitive * primitive : near.Nuclei)
  {
    if (primitive->Distance(q) < 0.0F)
    {
      this->Set(sample, Tissue::GrayMatter, Structure::BasalGanglia, q);
      return;
    }
  }
  if (brain < 0.0F)
  {
    this->Set(sample, Tissue::CerebrospinalFluid, Structure::SubarachnoidSpace, q);
    return;
  }
  float cortex = brain;
  if (brain < m_SulcusDepth + 6.0F && ventricle > 3.0F)
  {
    // The folds run toward the surface: the field changes slowly along the radius.
    const V3    u = q - V3{ 0.0F, -14.0F, 42.0F };
    const float x = u.x / 66.0F;
    const float y = u.y / 84.0F;
    const float z = u.z / 72.0F;
    const float r = std::sqrt(x * x + y * y + z * z);
    V3          p = (1.0F / (0.3F + 0.7F * r)) * u;
    // The two hemispheres are not mirror images of each other.
    p.x += q.x < wobble ? 0.0F : 400.0F;
    const float sheet = std::abs(m_Cortex.SheetDistance(p));
    const float width = std::max(0.0F, m_Sulcus * (1.0F - brain / m_SulcusDepth));
    cortex = std::min(cortex, sheet - width + 1.3F * std::max(0.0F, brain - m_SulcusDepth));
    if (cortex < 0.0F)
    {
      this->Set(sample, Tissue::CerebrospinalFluid, Structure::SubarachnoidSpace, q);
      return;
    }
  }
  this->Set(sample, cortex < m_Ribbon ? Tissue::GrayMatter : Tissue::WhiteMatter, Structure::Cerebrum, q);
}

bool
HeadPhantomAnatomy::Implementation::Intracranial(const V3 & q, float depth, const Near & near, Sample & sample) const
{
  const float ax = std::abs(q.x);
  for (const Primitive * primitive : near.Vessel)
  {
    if (primitive->Distance(q) < 0.0F)
    {
      this->Set(sample, primitive->Material, primitive->Part, q);
      return true;
    }
  }
  // Superior sagittal sinus.
  if (depth < 7.0F && q.z > 14.0F && (q.y > -60.0F || q.z > 60.0F) && ax < 5.0F * (1.0F - depth / 7.5F))
  {
    this->Set(sample, Tissue::Vein, Structure::Vessel, q);
    return true;
  }
  if (depth < 0.7F)
  {
    this->Set(sample, Tissue::Dura, Structure::SubarachnoidSpace, q);
    return true;
  }
  const float stem =
    SmoothMin(m_Midbrain.Distance(q), SmoothMin(m_Pons.Distance(q), m_Medulla.Distance(q), 5.0F), 5.0F);
  const float tent =
    13.0F + m_Tentorium + 25.0F * std::exp(-q.x * q.x / 700.0F) * (1.0F - Clamp((q.y - 4.0F) / 60.0F, 0.0F, 1.0F));
  const bool posterior = q.z < tent && q.y > -22.0F + 0.67F * std::max(0.0F, ax - 14.0F);
  if (stem < 0.0F && q.z < tent + 10.0F)
  {
    this->Set(sample, Tissue::WhiteMatter, Structure::Brainstem, q);
    return true;
  }
  if (!posterior)
  {
    if (stem < 2.5F && q.z < tent + 10.0F && q.z < 34.0F)
    {
      this->Set(sample, Tissue::CerebrospinalFluid, Structure::SubarachnoidSpace, q);
      return true;
    }
    float inner = depth;
    if (q.y > -2.0F)
    {
      if (q.z < tent + 1.0F)
      {
        this->Set(sample, Tissue::Dura, Structure::SubarachnoidSpace, q);
        return true;
      }
      inner = std::min(inner, 0.9F * (q.z - tent));
    }
    this->Cerebrum(q, inner, near, sample);
    return true;
  }
  if (q.y > -2.0F && q.z > tent - 1.0F)
  {
    this->Set(sample, Tissue::Dura, Structure::SubarachnoidSpace, q);
    return true;
  }
  for (const Primitive * primitive : near.Ventricle)
  {
    if (primitive->Distance(q) < 0.0F)
    {
      this->Set(sample, Tissue::CerebrospinalFluid, Structure::Ventricles, q);
      return true;
    }
  }
  const float front = q.y - 4.0F + 0.25F * std::max(0.0F, ax - 14.0F);
  const float basal = depth - m_Subarachnoid - 4.0F * SmoothStep(-8.0F, -18.0F, q.z) * SmoothStep(18.0F, 4.0F, ax);
  const float cerebellum = std::min({ basal, 0.9F * (tent - q.z) - 1.5F, 0.9F * front, stem - 0.5F });
  if (cerebellum < 0.0F)
  {
    const bool peduncle = ax > 8.0F && ax < 22.0F && q.y > -8.0F && q.z > 4.0F && q.z < 22.0F && depth > 6.0F;
    this->Set(sample,
              peduncle ? Tissue::WhiteMatter : Tissue::CerebrospinalFluid,
              peduncle ? Structure::Cerebellum : Structure::SubarachnoidSpace,
              q);
    return true;
  }
  const float layer =
    (cerebellum + 0.25F * ax + 3.0F * Noise(q, 14.0F, m_Noise + 4U) + 1.0F * Noise(q, 5.0F, m_Noise + 13U)) / m_Folia;
  const float phase = std::abs(layer - std::floor(layer) - 0.5F) * 2.0F;
  Tissue      tissue = Tissue::GrayMatter;
  if (cerebellum > 14.0F || (cerebellum > 4.0F && phase > 0.72F))
  {
    tissue = Tissue::WhiteMatter;
  }
  else if (cerebellum < 7.0F && cerebellum > 1.0F && phase < 0.14F)
  {
    tissue = Tissue::CerebrospinalFluid;
  }
  this->Set(sample, tissue, Structure::Cerebellum, q);
  return true;
}

void
HeadPhantomAnatomy::Implementation::SoftTissue(
  const V3 & q, float depth, float toBone, float toCavity, float uneven, const Near & near, Sample & sample) const
{
  const bool scalp = toCavity < 22.0F && q.z > 8.0F && toCavity < m_Thickness + 14.0F;
  Structure  part = scalp ? Structure::Scalp : (q.z < -60.0F || q.y > 20.0F ? Structure::Neck : Structure::Face);
  if (std::abs(q.x) > 76.0F && std::abs(q.y) < 40.0F)
  {
    // The auricle is cartilage under thin skin.
    this->Set(sample, depth > 1.0F ? Tissue::Cartilage : Tissue::Skin, Structure::Ear, q);
    return;
  }
  if (depth < m_SkinThickness)
  {
    this->Set(sample, Tissue::Skin, part, q);
    return;
  }
  float fat = m_Fat * (0.8F + 0.2F * Noise(q, 45.0F, m_Noise + 2U));
  fat *= 1.0F + 0.9F * SmoothStep(-5.0F, -30.0F, q.z) * SmoothStep(-10.0F, -50.0F, q.y);
  fat += m_NeckFat * SmoothStep(30.0F, 64.0F, q.y) * SmoothStep(0.0F, -30.0F, q.z);
  // Eyelids, nose and lips have hardly any fat.
  fat *= 1.0F - 0.8F * SmoothStep(82.0F, 96.0F, -q.y) * SmoothStep(30.0F, 14.0F, q.z);
  const bool superficial = depth < m_SkinThickness + fat;
  for (const Primitive * primitive : near.Soft)
  {
    const bool orbital = primitive->Part == Structure::Orbit || primitive->Part == Structure::Eye ||
                         primitive->Part == Structure::OpticNerve || primitive->Material == Tissue::Cartilage;
    if (superficial && !orbital)
    {
      continue;
    }
    const bool bundle = primitive->Part == Structure::NeckMuscle || primitive->Part == Structure::MasticatoryMuscle ||
                        primitive->Part == Structure::Tongue;
    const float d = primitive->Distance(q) + (orbital ? 0.0F : 2.0F * uneven);
    if (d < 0.0F)
    {
      // Fat lies between muscles and between the bundles of a muscle.
      const bool marbled =
        bundle && (d > -m_FatPlane * (0.4F + 2.0F * Noise(q, 9.0F, m_Noise + 16U)) ||
                   std::abs(Noise({ q.x, q.y, 0.4F * q.z }, 12.0F, m_Noise + 5U)) < 0.11F * m_FatPlane);
      this->Set(sample, marbled ? Tissue::Fat : primitive->Material, primitive->Part, q);
      return;
    }
  }
  if (superficial)
  {
    const bool fibrous = Noise(q, 3.5F, m_Noise + 6U) > 0.82F;
    this->Set(sample, fibrous ? Tissue::Muscle : Tissue::Fat, part, q);
    return;
  }
  if (scalp)
  {
    this->Set(sample, toBone < 0.6F ? Tissue::Dura : Tissue::Muscle, part, q);
    return;
  }
  const float mix = 0.6F * Noise(q, 11.0F, m_Noise + 7U) + 0.4F * Noise(q, 5.0F, m_Noise + 8U);
  this->Set(sample, mix > 0.7F * (m_MuscleShare - 0.5F) ? Tissue::Fat : Tissue::Muscle, part, q);
}

void
HeadPhantomAnatomy::Implementation::Classify(const V3 & q, const Near & near, Sample & sample) const
{
  sample = Sample{};
  if (near.Skin.Count == 0)
  {
    // Well outside of the scalp nothing has to be computed.
    const V3    u = q - m_Vault;
    const float x = u.x / (m_VaultWidth + 30.0F);
    const float y = u.y / ((u.y < 0.0F ? m_VaultFront : m_VaultBack) + 30.0F);
    const float z = u.z / ((u.z < 0.0F ? 62.0F : m_VaultTop) + 30.0F);
    if (x * x + y * y + z * z > 1.35F)
    {
      return;
    }
  }
  const float cavity = this->CavityDistance(q);
  const float canal = q.z < -2.0F ? std::min(m_Canal.Distance(q), m_Magnum.Distance(q)) : 1.0F;
  if (cavity < 0.0F && canal > 0.0F)
  {
    this->Intracranial(q, -cavity, near, sample);
    return;
  }
  if (canal < 0.0F)
  {
    const float cord = SmoothMin(m_Cord.Distance(q), m_Medulla.Distance(q), 4.0F);
    if (cord < 0.0F)
    {
      this->Set(sample, Tissue::WhiteMatter, q.z > -24.0F ? Structure::Brainstem : Structure::SpinalCord, q);
    }
    else if (cavity < 0.0F)
    {
      this->Intracranial(q, std::max(-cavity, 2.0F), near, sample);
    }
    else
    {
      this->Set(sample,
                canal > -1.2F ? Tissue::Fat : Tissue::CerebrospinalFluid,
                canal > -1.2F ? Structure::Neck : Structure::SubarachnoidSpace,
                q);
    }
    return;
  }

  // Bone: the shell around the cavity joined with everything else.
  const float thickness = this->CalvariaThickness(q);
  float       skin = cavity - thickness - this->ScalpThickness(q);
  if (q.z < 4.0F)
  {
    // Below the skull base the shell is not what the skin follows.
    skin += 0.25F * (4.0F - q.z);
  }
  for (const Primitive * primitive : near.Skin)
  {
    const float d = primitive->Distance(q);
    skin = SmoothMin(
      skin, d, primitive->Part == Structure::Ear ? 3.0F : (primitive->Part == Structure::Neck ? 20.0F : 10.0F));
  }
  if (skin > 0.0F)
  {
    return;
  }

  // Organs are not made of ellipsoids: their surfaces are uneven by up to a millimetre or so.
  const float uneven = near.Bone.Count + near.Air.Count + near.Soft.Count > 0
                         ? 0.65F * Noise(q, 15.0F, m_Noise + 11U) + 0.35F * Noise(q, 6.0F, m_Noise + 12U)
                         : 0.0F;
  float       bone = 1e3F;
  float       wall = 1.4F;
  Structure   part = Structure::SkullBase;
  bool        petrous = false;
  float       nearest = 1e3F;
  for (const Primitive * primitive : near.Bone)
  {
    const float d = primitive->Distance(q);
    if (d < nearest)
    {
      nearest = d;
      wall = primitive->Wall;
      part = primitive->Part;
      petrous = primitive->Wall > 2.9F;
    }
    bone = SmoothMin(bone, d, 4.0F);
  }
  bone += 0.8F * uneven;
  const float shell = cavity - thickness;
  if (shell < nearest)
  {
    wall = m_Table;
    petrous = false;
    part = q.z > 16.0F + 0.1F * q.y || (q.y > 40.0F && q.z > -6.0F) ? Structure::Calvaria : Structure::SkullBase;
  }
  bone = SmoothMin(bone, shell, 3.0F);
  const auto setBone = [&](Tissue tissue) {
    this->Set(sample, tissue, part, q);
    if (petrous && tissue == Tissue::CorticalBone)
    {
      sample.HU += 250.0F;
    }
  };
  const bool innerTable = cavity < 1.4F;

  for (const Primitive * primitive : near.Teeth)
  {
    const float d = primitive->Distance(q);
    if (d < 0.0F)
    {
      this->Set(sample, Tissue::Tooth, Structure::Teeth, q);
      if (primitive->Wall > 2.0F && d > -1.6F)
      {
        // A ceramic or amalgam filling.
        sample.HU = 3000.0F;
      }
      else if (primitive->Wall > 0.0F && d > -primitive->Wall)
      {
        sample.HU = 2600.0F + 300.0F * sample.Texture;
      }
      return;
    }
  }

  if (!innerTable)
  {
    // The septum of the nose is hardly ever straight.
    V3 n = q;
    if (std::abs(q.x) < 16.0F && q.y < -36.0F && q.z < 14.0F && q.z > -46.0F)
    {
      const float share = 1.0F - q.x * q.x / 256.0F;
      n.x += m_SeptumDeviation * share * std::sin(0.08F * q.y + 0.07F * q.z + m_SeptumPhase);
    }
    const Primitive * space = nullptr;
    float             air = 1e3F;
    float             roomWall = 0.0F;
    for (const Primitive * primitive : near.Air)
    {
      // Only spaces with walls are uneven: the ear canal and the nostrils stay open.
      const float d = primitive->Distance(n) + (primitive->Wall > 0.0F ? 2.2F * uneven : 0.0F);
      if (d < air)
      {
        air = d;
        space = primitive;
      }
      if (d < primitive->Wall)
      {
        roomWall = std::max(roomWall, primitive->Wall - d);
      }
    }
    if (space != nullptr && air < 0.0F && skin < (space->Wall > 0.0F ? -2.0F : 0.0F))
    {
      for (const Primitive * primitive : near.Lining)
      {
        const float d = primitive->Distance(n) + 1.2F * uneven;
        if (d < 0.0F)
        {
          if (primitive->Wall > 0.0F && d < -0.75F / std::max({ primitive->S.x, 0.2F }))
          {
            part = Structure::NasalCavity;
            this->Set(sample, Tissue::CorticalBone, part, q);
            sample.HU = 450.0F;
            return;
          }
          this->Set(sample, Tissue::Mucosa, space->Part, q);
          return;
        }
      }
      if (space->Part == Structure::NasalCavity && air > -m_MucosaThickness)
      {
        this->Set(sample, Tissue::Mucosa, space->Part, q);
        return;
      }
      if (space->Cell > 0.0F)
      {
        const float septum = space->Cell * FoamWallDistance((1.0F / space->Cell) * q, m_Noise + 9U);
        if (septum < 0.55F)
        {
          this->Set(sample, Tissue::CorticalBone, space->Part, q);
          sample.HU = space->Part == Structure::EthmoidSinus ? 250.0F : 700.0F;
          return;
        }
      }
      this->Set(sample, Tissue::InnerAir, space->Part, q);
      return;
    }
    if (roomWall > 0.0F && q.y > -98.0F)
    {
      if (bone > 0.0F)
      {
        part = Structure::FacialBone;
      }
      this->Set(sample, Tissue::CorticalBone, part, q);
      if (bone > 0.0F)
      {
        // The paper-thin walls of the sinuses are less than a voxel of compact bone.
        sample.HU = 0.6F * sample.HU;
      }
      return;
    }
  }

  for (const Primitive * primitive : near.Vessel)
  {
    if (primitive->Distance(q) < 0.0F)
    {
      this->Set(sample, primitive->Material, primitive->Part, q);
      return;
    }
  }

  const float orbit = m_Orbit[q.x < 0.0F ? 0 : 1].Distance(q);
  if (!innerTable)
  {
    if (orbit < 0.0F)
    {
      this->SoftTissue(q, -skin, 1.0F, cavity, uneven, near, sample);
      return;
    }
    if (orbit < 1.2F && q.y > -84.0F && q.y < -52.0F && bone > 0.0F)
    {
      this->Set(sample, Tissue::CorticalBone, Structure::FacialBone, q);
      sample.HU = 0.65F * sample.HU;
      return;
    }
  }
  if (bone < 0.0F || innerTable)
  {
    // Tables of uneven thickness leave the marrow in patches.
    wall *= 1.0F + 0.45F * Noise(q, 13.0F, m_Noise + 10U);
    const bool cortical = -bone < wall || cavity < 0.8F * wall;
    setBone(cortical ? Tissue::CorticalBone : Tissue::Marrow);
    return;
  }
  this->SoftTissue(q, -skin, bone, cavity, uneven, near, sample);
}

void
HeadPhantomAnatomy::Implementation::Evaluate(const double * points, size_t number, Sample * samples) const
{
  std::array<V3, MaximumNumberOfPoints> q;
  V3                                    lower{ 1e9F, 1e9F, 1e9F };
  V3                                    upper{ -1e9F, -1e9F, -1e9F };
  for (size_t i = 0; i < number; ++i)
  {
    const V3 p{ static_cast<float>(points[3 * i]),
                static_cast<float>(points[3 * i + 1]),
                static_cast<float>(points[3 * i + 2]) };
    V3       c{ Dot(m_Rotation[0], p) * m_InverseScale.x + m_Translation.x,
          Dot(m_Rotation[1], p) * m_InverseScale.y + m_Translation.y,
          Dot(m_Rotation[2], p) * m_InverseScale.z + m_Translation.z };
    c = c + m_Warp(c);
    q[i] = c;
    lower = { std::min(lower.x, c.x), std::min(lower.y, c.y), std::min(lower.z, c.z) };
    upper = { std::max(upper.x, c.x), std::max(upper.y, c.y), std::max(upper.z, c.z) };
  }
  if (upper.z < -170.0F || lower.z > 150.0F || upper.y < -150.0F || lower.y > 120.0F || upper.x < -110.0F ||
      lower.x > 110.0F)
  {
    std::fill(samples, samples + number, Sample{});
    return;
  }
  Near near;
  near.Skin.Collect(m_Skin, lower, upper);
  near.Bone.Collect(m_Bone, lower, upper);
  near.Air.Collect(m_Air, lower, upper);
  near.Lining.Collect(m_Lining, lower, upper);
  near.Teeth.Collect(m_Teeth, lower, upper);
  near.Soft.Collect(m_Soft, lower, upper);
  near.Vessel.Collect(m_Vessel, lower, upper);
  near.Ventricle.Collect(m_Ventricle, lower, upper);
  near.Nuclei.Collect(m_Nuclei, lower, upper);
  for (size_t i = 0; i < number; ++i)
  {
    this->Classify(q[i], near, samples[i]);
  }
}

HeadPhantomAnatomy::HeadPhantomAnatomy(uint64_t seed, bool randomizeAnatomy, bool randomizePose)
  : m_Implementation(std::make_unique<Implementation>(seed, randomizeAnatomy, randomizePose))
{}

HeadPhantomAnatomy::~HeadPhantomAnatomy() = default;

void
HeadPhantomAnatomy::Evaluate(const double * points, size_t number, Sample * samples) const
{
  if (number > MaximumNumberOfPoints)
  {
    itkGenericExceptionMacro("HeadPhantomAnatomy evaluates at most " << MaximumNumberOfPoints << " points at once, not "
                                                                     << number << '.');
  }
  m_Implementation->Evaluate(points, number, samples);
}

namespace
{
template <size_t VCount>
std::ostream &
PrintName(std::ostream & out, const std::array<const char *, VCount> & names, size_t index)
{
  return out << (index < VCount ? names[index] : "INVALID VALUE");
}
} // namespace

std::ostream &
operator<<(std::ostream & out, HeadPhantomTissueEnum value)
{
  static const std::array<const char *, HeadPhantomEnums::NumberOfTissues> names{ { "Air",        "CerebrospinalFluid",
                                                                                    "GrayMatter", "WhiteMatter",
                                                                                    "Fat",        "Muscle",
                                                                                    "Skin",       "CorticalBone",
                                                                                    "Marrow",     "Tooth",
                                                                                    "InnerAir",   "Vitreous",
                                                                                    "Lens",       "Artery",
                                                                                    "Vein",       "Cartilage",
                                                                                    "Mucosa",     "Gland",
                                                                                    "Dura",       "Disc" } };
  return PrintName(out, names, static_cast<size_t>(value));
}

std::ostream &
operator<<(std::ostream & out, HeadPhantomStructureEnum value)
{
  static const std::array<const char *, 37> names{
    { "Background",        "Scalp",         "Face",           "Neck",        "Calvaria",
      "SkullBase",         "FacialBone",    "Mandible",       "Teeth",       "Vertebrae",
      "Cerebrum",          "Cerebellum",    "Brainstem",      "SpinalCord",  "Ventricles",
      "SubarachnoidSpace", "Eye",           "OpticNerve",     "Orbit",       "FrontalSinus",
      "EthmoidSinus",      "SphenoidSinus", "MaxillarySinus", "NasalCavity", "MastoidCells",
      "EarCanal",          "Airway",        "OralCavity",     "Tongue",      "Parotid",
      "MasticatoryMuscle", "NeckMuscle",    "Vessel",         "Ear",         "InnerEar",
      "SalivaryGland",     "BasalGanglia" }
  };
  return PrintName(out, names, static_cast<size_t>(value));
}

std::ostream &
operator<<(std::ostream & out, HeadPhantomContrastEnum value)
{
  static const std::array<const char *, 4> names{ { "T1", "T2", "ProtonDensity", "Random" } };
  return PrintName(out, names, static_cast<size_t>(value));
}

} // namespace itk
