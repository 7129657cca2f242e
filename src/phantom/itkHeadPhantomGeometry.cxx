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
#include "itkHeadPhantomGeometry.h"

#include "itkMacro.h"

namespace itk
{
namespace SyntheticCTDetail
{
namespace HeadPhantom
{

void
Primitive::Bound(float margin)
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

void
Group::Bound(float margin)
{
  if (m_All.size() > Capacity)
  {
    itkGenericExceptionMacro("The head phantom has " << m_All.size() << " primitives of one kind; at most " << Capacity
                                                     << " are provided for.");
  }
  for (auto & primitive : m_All)
  {
    primitive.Bound(margin);
  }
}

size_t
Group::Near(const V3 & lower, const V3 & upper, const Primitive ** out) const
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

Primitive
Ellipsoid(const V3 & center, const V3 & semiAxes, double turnX, double turnY, double turnZ)
{
  Primitive p = Box(center, semiAxes, 0.0F, turnX, turnY, turnZ);
  p.Form = Primitive::Kind::Ellipsoid;
  p.S = { 1.0F / semiAxes.x, 1.0F / semiAxes.y, 1.0F / semiAxes.z };
  return p;
}

Primitive
Box(const V3 & center, const V3 & half, float rounding, double turnX, double turnY, double turnZ)
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
Capsule(const V3 & a, const V3 & b, float ra, float rb)
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
Made(Primitive primitive, Tissue material, Structure part, float wall, float cell)
{
  primitive.Material = material;
  primitive.Part = part;
  primitive.Wall = wall;
  primitive.Cell = cell;
  return primitive;
}

void
Chain(Group &                    group,
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

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk
