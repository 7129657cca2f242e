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
#ifndef itkHeadPhantomGeometry_h
#define itkHeadPhantomGeometry_h

#include "itkHeadPhantomAnatomy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{
namespace HeadPhantom
{

using Tissue = HeadPhantomTissueEnum;
using Structure = HeadPhantomStructureEnum;

/** A point or a vector in mm. Single precision is enough for a head and twice as fast as double. */
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

/** Signed distance of a capsule whose radius goes from ra at a to rb at b. */
inline float
CapsuleDistance(const V3 & p, const V3 & a, const V3 & b, float ra, float rb)
{
  const V3    pa = p - a;
  const V3    ba = b - a;
  const float h = Clamp(Dot(pa, ba) / std::max(Dot(ba, ba), 1e-6F), 0.0F, 1.0F);
  return Length(pa - h * ba) - (ra + h * (rb - ra));
}

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
  /** Box in which the primitive counts, set by Bound(). */
  V3 Lower;
  V3 Upper;

  /** Signed distance in mm, negative inside. */
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

  /** Set the box that holds every point within a margin in mm. */
  void
  Bound(float margin);
};

/** Primitives of one purpose. */
class Group
{
public:
  /** Largest number of primitives. */
  static constexpr size_t Capacity = 256;

  Primitive &
  Add(const Primitive & primitive)
  {
    m_All.push_back(primitive);
    return m_All.back();
  }
  /** Set the boxes of all primitives, with a margin in mm. */
  void
  Bound(float margin);
  /** Those whose box meets [lower, upper], in order. */
  size_t
  Near(const V3 & lower, const V3 & upper, const Primitive ** out) const;

private:
  std::vector<Primitive> m_All;
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

/** One T for each purpose that primitives serve. */
template <typename T>
struct Purposes
{
  T Skin;
  T Bone;
  T Air;
  T Lining;
  T Teeth;
  T Soft;
  T Vessel;
  T Ventricle;
  T Nuclei;
};

/** Turned about x, then y, then z, in degrees. */
Primitive
Ellipsoid(const V3 & center, const V3 & semiAxes, double turnX = 0.0, double turnY = 0.0, double turnZ = 0.0);
Primitive
Box(const V3 & center, const V3 & half, float rounding, double turnX = 0.0, double turnY = 0.0, double turnZ = 0.0);
Primitive
Capsule(const V3 & a, const V3 & b, float ra, float rb);
/** A primitive with its material. */
Primitive
Made(Primitive primitive, Tissue material, Structure part, float wall = 0.0F, float cell = 0.0F);
/** Add a chain of capsules through the points. Points beyond the radii take the last radius. */
void
Chain(Group &                    group,
      const std::vector<V3> &    points,
      const std::vector<float> & radii,
      Tissue                     material,
      Structure                  part,
      float                      wall = 0.0F);

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk

#endif
