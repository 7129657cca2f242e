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
#ifndef itkIntegerConvexHull_h
#define itkIntegerConvexHull_h

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Convex hulls of points with integer coordinates. With coordinates in [0, 2^13] every product fits in 64 bits, so
 * every decision is exact. */
using IntegerPoint2 = std::array<int64_t, 2>;
using IntegerPoint3 = std::array<int64_t, 3>;

inline int64_t
FloorDivide(int64_t a, int64_t b)
{
  const int64_t quotient = a / b;
  return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

inline int64_t
CeilDivide(int64_t a, int64_t b)
{
  return -FloorDivide(-a, b);
}

inline IntegerPoint3
Difference(const IntegerPoint3 & a, const IntegerPoint3 & b)
{
  return { { a[0] - b[0], a[1] - b[1], a[2] - b[2] } };
}

inline IntegerPoint3
Cross(const IntegerPoint3 & a, const IntegerPoint3 & b)
{
  return { { a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0] } };
}

inline int64_t
Dot(const IntegerPoint3 & a, const IntegerPoint3 & b)
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** The corners of the convex hull in counter-clockwise order, by Andrew's monotone chain. */
inline std::vector<IntegerPoint2>
ConvexPolygon(std::vector<IntegerPoint2> points)
{
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (points.size() < 3)
  {
    return points;
  }
  std::vector<IntegerPoint2> chain;
  const auto                 append = [&chain](const IntegerPoint2 & p, size_t first) {
    while (chain.size() >= first + 2)
    {
      const IntegerPoint2 & a = chain[chain.size() - 2];
      const IntegerPoint2 & b = chain.back();
      if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0)
      {
        break;
      }
      chain.pop_back();
    }
    chain.push_back(p);
  };
  for (const IntegerPoint2 & p : points)
  {
    append(p, 0);
  }
  const size_t upper = chain.size() - 1;
  for (auto p = points.rbegin() + 1; p != points.rend(); ++p)
  {
    append(*p, upper);
  }
  chain.pop_back();
  return chain;
}

/** The integers u for which (u, v) lies inside or on a convex polygon, as [first, last]; first > last when there is
 * none. */
inline std::pair<int64_t, int64_t>
PolygonRow(const std::vector<IntegerPoint2> & polygon, int64_t v)
{
  int64_t first = INT64_MAX;
  int64_t last = INT64_MIN;
  for (size_t i = 0; i < polygon.size(); ++i)
  {
    IntegerPoint2 a = polygon[i];
    IntegerPoint2 b = polygon[(i + 1) % polygon.size()];
    if (a[1] > b[1])
    {
      std::swap(a, b);
    }
    if (v < a[1] || v > b[1])
    {
      continue;
    }
    if (a[1] == b[1])
    {
      first = std::min({ first, a[0], b[0] });
      last = std::max({ last, a[0], b[0] });
      continue;
    }
    const int64_t numerator = (b[0] - a[0]) * (v - a[1]);
    const int64_t denominator = b[1] - a[1];
    first = std::min(first, a[0] + CeilDivide(numerator, denominator));
    last = std::max(last, a[0] + FloorDivide(numerator, denominator));
  }
  return { first, last };
}

/** A triangle of a hull: its inside is where Dot(Normal, p) <= Offset. */
struct HullFace
{
  std::array<size_t, 3> Vertices{};
  /** The face across the edge from vertex i to vertex i + 1. */
  std::array<size_t, 3> Neighbours{};
  IntegerPoint3         Normal{};
  int64_t               Offset{ 0 };
  /** Points that see this face and wait to be added. */
  std::vector<size_t> Outside;
  bool                Alive{ true };
};

/** Indices of points that span the affine hull of all: one more than its dimension, none for no points. */
inline std::vector<size_t>
SpanningPoints(const std::vector<IntegerPoint3> & points)
{
  std::vector<size_t> span;
  if (points.empty())
  {
    return span;
  }
  span.push_back(0);
  const auto add = [&](const auto & measure) {
    int64_t largest = 0;
    size_t  best = 0;
    for (size_t i = 0; i < points.size(); ++i)
    {
      const int64_t value = measure(Difference(points[i], points[0]));
      if (value > largest)
      {
        largest = value;
        best = i;
      }
    }
    if (largest > 0)
    {
      span.push_back(best);
    }
    return largest > 0;
  };
  if (!add([](const IntegerPoint3 & d) { return Dot(d, d); }))
  {
    return span;
  }
  const IntegerPoint3 first = Difference(points[span[1]], points[0]);
  if (!add([&](const IntegerPoint3 & d) {
        const IntegerPoint3 c = Cross(first, d);
        return Dot(c, c);
      }))
  {
    return span;
  }
  const IntegerPoint3 normal = Cross(first, Difference(points[span[2]], points[0]));
  add([&](const IntegerPoint3 & d) { return std::abs(Dot(normal, d)); });
  return span;
}

/** The faces of the convex hull of points that span a volume, with the four indices of SpanningPoints: quickhull (C.B.
 * Barber, D.P. Dobkin, H. Huhdanpaa, "The quickhull algorithm for convex hulls", ACM Transactions on Mathematical
 * Software 22, 1996). A point in the plane of a face does not see it; so what a point sees is the same as from a place
 * slightly nearer to the inside, from where no plane is met exactly, and is bounded by one simple cycle of edges. */
class ConvexPolytopeBuilder
{
public:
  ConvexPolytopeBuilder(const std::vector<IntegerPoint3> & points, const std::vector<size_t> & span)
    : m_Points(points)
    , m_FaceFrom(points.size(), 0)
  {
    this->AddTetrahedron(span);
    for (size_t p = 0; p < points.size(); ++p)
    {
      this->Assign(p, 0);
    }
  }

  std::vector<HullFace>
  Build()
  {
    // New faces are appended, so that this visits them too.
    for (size_t current = 0; current < m_Faces.size(); ++current)
    {
      if (m_Faces[current].Alive && !m_Faces[current].Outside.empty())
      {
        this->AddHighest(current);
      }
    }
    m_Faces.erase(std::remove_if(m_Faces.begin(), m_Faces.end(), [](const HullFace & face) { return !face.Alive; }),
                  m_Faces.end());
    return std::move(m_Faces);
  }

private:
  /** An edge of what a point sees, with the face beyond it. */
  struct HorizonEdge
  {
    size_t From;
    size_t To;
    size_t Face;
  };

  size_t
  AddFace(size_t a, size_t b, size_t c)
  {
    HullFace face;
    face.Vertices = { { a, b, c } };
    face.Normal = Cross(Difference(m_Points[b], m_Points[a]), Difference(m_Points[c], m_Points[a]));
    face.Offset = Dot(face.Normal, m_Points[a]);
    m_Faces.push_back(std::move(face));
    return m_Faces.size() - 1;
  }

  int64_t
  Height(const HullFace & face, size_t p) const
  {
    return Dot(face.Normal, m_Points[p]) - face.Offset;
  }

  void
  AddTetrahedron(const std::vector<size_t> & span)
  {
    std::array<size_t, 4> t{ { span[0], span[1], span[2], span[3] } };
    const IntegerPoint3   normal =
      Cross(Difference(m_Points[t[1]], m_Points[t[0]]), Difference(m_Points[t[2]], m_Points[t[0]]));
    if (Dot(normal, Difference(m_Points[t[3]], m_Points[t[0]])) > 0)
    {
      std::swap(t[1], t[2]);
    }
    // The fourth point is below the first face; each edge appears once in each direction.
    this->AddFace(t[0], t[1], t[2]);
    this->AddFace(t[1], t[0], t[3]);
    this->AddFace(t[2], t[1], t[3]);
    this->AddFace(t[0], t[2], t[3]);
    m_Faces[0].Neighbours = { { 1, 2, 3 } };
    m_Faces[1].Neighbours = { { 0, 3, 2 } };
    m_Faces[2].Neighbours = { { 0, 1, 3 } };
    m_Faces[3].Neighbours = { { 0, 2, 1 } };
  }

  /** Let a point wait at the first face, not before the given one, that it sees. */
  void
  Assign(size_t p, size_t firstFace)
  {
    for (size_t f = firstFace; f < m_Faces.size(); ++f)
    {
      if (this->Height(m_Faces[f], p) > 0)
      {
        m_Faces[f].Outside.push_back(p);
        return;
      }
    }
  }

  /** Add the highest of the points that wait at a face. */
  void
  AddHighest(size_t current)
  {
    const std::vector<size_t> & waiting = m_Faces[current].Outside;
    const size_t                apex = *std::max_element(waiting.begin(), waiting.end(), [&](size_t a, size_t b) {
      return this->Height(m_Faces[current], a) < this->Height(m_Faces[current], b);
    });
    std::vector<size_t>         visible{ current };
    const auto                  horizon = this->FindHorizon(apex, visible);
    const size_t                firstNew = m_Faces.size();
    this->AddCone(apex, horizon);
    for (const size_t gone : visible)
    {
      const std::vector<size_t> orphans = std::move(m_Faces[gone].Outside);
      m_Faces[gone].Outside.clear();
      for (const size_t p : orphans)
      {
        if (p != apex)
        {
          this->Assign(p, firstNew);
        }
      }
    }
  }

  /** Remove all faces that a point sees, beginning with the one that is in `visible`. */
  std::vector<HorizonEdge>
  FindHorizon(size_t apex, std::vector<size_t> & visible)
  {
    std::vector<HorizonEdge> horizon;
    m_Faces[visible.front()].Alive = false;
    for (size_t i = 0; i < visible.size(); ++i)
    {
      const HullFace & face = m_Faces[visible[i]];
      for (unsigned int e = 0; e < 3; ++e)
      {
        const size_t neighbour = face.Neighbours[e];
        if (!m_Faces[neighbour].Alive)
        {
          continue;
        }
        if (this->Height(m_Faces[neighbour], apex) > 0)
        {
          m_Faces[neighbour].Alive = false;
          visible.push_back(neighbour);
        }
        else
        {
          horizon.push_back({ face.Vertices[e], face.Vertices[(e + 1) % 3], neighbour });
        }
      }
    }
    return horizon;
  }

  /** Add the faces between a point and its horizon. */
  void
  AddCone(size_t apex, const std::vector<HorizonEdge> & horizon)
  {
    const size_t firstNew = m_Faces.size();
    for (const HorizonEdge & edge : horizon)
    {
      const size_t created = this->AddFace(edge.From, edge.To, apex);
      m_Faces[created].Neighbours[0] = edge.Face;
      m_FaceFrom[edge.From] = created;
      HullFace & kept = m_Faces[edge.Face];
      for (unsigned int e = 0; e < 3; ++e)
      {
        if (kept.Vertices[e] == edge.To && kept.Vertices[(e + 1) % 3] == edge.From)
        {
          kept.Neighbours[e] = created;
        }
      }
    }
    for (size_t created = firstNew; created < m_Faces.size(); ++created)
    {
      const size_t next = m_FaceFrom[m_Faces[created].Vertices[1]];
      m_Faces[created].Neighbours[1] = next;
      m_Faces[next].Neighbours[2] = created;
    }
  }

  const std::vector<IntegerPoint3> & m_Points;
  std::vector<HullFace>              m_Faces;
  /** For each point, the new face whose first edge starts there. */
  std::vector<size_t> m_FaceFrom;
};

/** The faces of the convex hull, as ConvexPolytopeBuilder finds them. */
inline std::vector<HullFace>
ConvexPolytope(const std::vector<IntegerPoint3> & points, const std::vector<size_t> & span)
{
  return ConvexPolytopeBuilder(points, span).Build();
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
