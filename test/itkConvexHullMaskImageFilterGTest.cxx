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
#include "itkConvexHullMaskImageFilter.h"

#include "itkImageFilterTestUtilities.h"

#include <functional>
#include <vector>

using namespace itk::TestUtilities;

namespace
{
using Mask3D = itk::Image<unsigned char, 3>;
using Mask2D = itk::Image<unsigned char, 2>;
using Filter3D = itk::ConvexHullMaskImageFilter<Mask3D>;

template <typename TMask>
typename TMask::Pointer
Hull(const TMask * mask, bool bySlice = false, unsigned int axis = 2)
{
  auto filter = itk::ConvexHullMaskImageFilter<TMask>::New();
  filter->SetInput(mask);
  filter->SetSliceBySlice(bySlice);
  if (bySlice)
  {
    filter->SetSliceAxis(axis);
  }
  filter->Update();
  typename TMask::Pointer hull = filter->GetOutput();
  hull->DisconnectPipeline();
  return hull;
}

std::vector<Mask3D::IndexType>
Voxels(const Mask3D * mask)
{
  std::vector<Mask3D::IndexType> voxels;
  for (itk::ImageRegionConstIteratorWithIndex<Mask3D> it(mask, mask->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    if (it.Get() != 0)
    {
      voxels.push_back(it.GetIndex());
    }
  }
  return voxels;
}

/** Whether a voxel lies in all half-spaces that hold all points and have three of them on their border: in the hull,
 * when the points are not flat. */
bool
InAllHalfSpaces(const std::vector<Mask3D::IndexType> & points, const Mask3D::IndexType & p)
{
  for (size_t a = 0; a < points.size(); ++a)
  {
    for (size_t b = a + 1; b < points.size(); ++b)
    {
      for (size_t c = b + 1; c < points.size(); ++c)
      {
        const auto ab = points[b] - points[a];
        const auto ac = points[c] - points[a];
        const long n[3] = { ab[1] * ac[2] - ab[2] * ac[1],
                            ab[2] * ac[0] - ab[0] * ac[2],
                            ab[0] * ac[1] - ab[1] * ac[0] };
        if (n[0] == 0 && n[1] == 0 && n[2] == 0)
        {
          continue;
        }
        const auto height = [&](const Mask3D::IndexType & q) {
          const auto d = q - points[a];
          return n[0] * d[0] + n[1] * d[1] + n[2] * d[2];
        };
        bool above = false;
        bool below = false;
        for (const auto & q : points)
        {
          above = above || height(q) > 0;
          below = below || height(q) < 0;
        }
        if ((!above && height(p) > 0) || (!below && height(p) < 0))
        {
          return false;
        }
      }
    }
  }
  return true;
}
} // namespace

TEST(ConvexHullMaskImageFilter, AgreesWithBruteForceIn3D)
{
  Random random(11);
  for (unsigned int trial = 0; trial < 40; ++trial)
  {
    // Few points give slim hulls with few inner voxels, more give fat ones with many coplanar points.
    const double share = trial % 2 == 0 ? 0.02 : 0.05;
    const auto mask = MakeObliqueImage<Mask3D>({ { 9, 8, 7 } }, [&](const auto &) { return random() < share ? 1 : 0; });
    const auto points = Voxels(mask);
    const auto hull = Hull(mask.GetPointer());
    ASSERT_GE(points.size(), 4u);
    for (itk::ImageRegionConstIteratorWithIndex<Mask3D> it(hull, hull->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      ASSERT_EQ(it.Get() != 0, InAllHalfSpaces(points, it.GetIndex())) << it.GetIndex() << " in trial " << trial;
    }
  }
}

TEST(ConvexHullMaskImageFilter, ABoxAndABallAreTheirOwnHulls)
{
  const auto box = MakeImage<Mask3D>({ { 20, 18, 16 } }, [](const auto & i) {
    return i[0] > 2 && i[0] < 15 && i[1] > 0 && i[1] < 17 && i[2] > 4 && i[2] < 9 ? 1 : 0;
  });
  ExpectSameVoxels<Mask3D>(box, Hull(box.GetPointer()));
  const auto ball = MakeImage<Mask3D>({ { 41, 41, 41 } }, [](const auto & i) {
    const auto x = i[0] - 20;
    const auto y = i[1] - 20;
    const auto z = i[2] - 20;
    return x * x + y * y + z * z <= 19 * 19 ? 1 : 0;
  });
  ExpectSameVoxels<Mask3D>(ball, Hull(ball.GetPointer()));
  // Its shell, and its octants' corners of the box, are enough.
  const auto shell = MakeImage<Mask3D>({ { 41, 41, 41 } }, [](const auto & i) {
    const auto x = i[0] - 20;
    const auto y = i[1] - 20;
    const auto z = i[2] - 20;
    const auto r = x * x + y * y + z * z;
    return r <= 19 * 19 && r > 17 * 17 ? 1 : 0;
  });
  ExpectSameVoxels<Mask3D>(ball, Hull(shell.GetPointer()));
}

TEST(ConvexHullMaskImageFilter, ContainsTheMaskAndIsItsOwnHull)
{
  Random     random(5);
  const auto mask =
    MakeObliqueImage<Mask3D>({ { 25, 31, 28 } }, [&](const auto &) { return random() < 0.001 ? 1 : 0; });
  const auto hull = Hull(mask.GetPointer());
  for (const auto & index : Voxels(mask))
  {
    ASSERT_EQ(hull->GetPixel(index), 1);
  }
  EXPECT_GT(Voxels(hull).size(), 20 * Voxels(mask).size());
  ExpectSameVoxels<Mask3D>(hull, Hull(hull.GetPointer()));
  ExpectSameGrid(mask.GetPointer(), hull.GetPointer());
}

TEST(ConvexHullMaskImageFilter, PointsAndLines)
{
  const auto at = [](const std::vector<Mask3D::IndexType> & voxels) {
    auto mask = MakeImage<Mask3D>({ { 13, 13, 13 } }, [](const auto &) { return 0; });
    for (const auto & index : voxels)
    {
      mask->SetPixel(index, 1);
    }
    return mask;
  };
  ExpectSameVoxels<Mask3D>(at({ { { 3, 4, 5 } } }), Hull(at({ { { 3, 4, 5 } } }).GetPointer()));
  // (0, 12, 3) to (8, 0, 7) has its greatest common divisor 4.
  ExpectSameVoxels<Mask3D>(at({ { { 0, 12, 3 } }, { { 2, 9, 4 } }, { { 4, 6, 5 } }, { { 6, 3, 6 } }, { { 8, 0, 7 } } }),
                           Hull(at({ { { 0, 12, 3 } }, { { 8, 0, 7 } } }).GetPointer()));
  // Two neighbours with nothing between them.
  ExpectSameVoxels<Mask3D>(at({ { { 0, 0, 0 } }, { { 12, 11, 7 } } }),
                           Hull(at({ { { 0, 0, 0 } }, { { 12, 11, 7 } } }).GetPointer()));
}

// A flat mask in a slanted plane: of the triangle's voxels those in the plane, x + y + z = 12.
TEST(ConvexHullMaskImageFilter, FlatMasks)
{
  const auto corners = MakeImage<Mask3D>({ { 13, 13, 13 } }, [](const auto & i) {
    return (i[0] == 12 && i[1] == 0 && i[2] == 0) || (i[0] == 0 && i[1] == 12 && i[2] == 0) ||
               (i[0] == 0 && i[1] == 0 && i[2] == 12)
             ? 1
             : 0;
  });
  const auto triangle =
    MakeImage<Mask3D>({ { 13, 13, 13 } }, [](const auto & i) { return i[0] + i[1] + i[2] == 12 ? 1 : 0; });
  ExpectSameVoxels<Mask3D>(triangle, Hull(corners.GetPointer()));

  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    const auto cross = MakeImage<Mask3D>({ { 9, 9, 9 } }, [axis](const auto & i) {
      const auto u = i[(axis + 1) % 3] - 4;
      const auto v = i[(axis + 2) % 3] - 4;
      return i[axis] == 5 && (u == 0 || v == 0) ? 1 : 0;
    });
    const auto diamond = MakeImage<Mask3D>({ { 9, 9, 9 } }, [axis](const auto & i) {
      return i[axis] == 5 && std::abs(i[(axis + 1) % 3] - 4) + std::abs(i[(axis + 2) % 3] - 4) <= 4 ? 1 : 0;
    });
    ExpectSameVoxels<Mask3D>(diamond, Hull(cross.GetPointer()));
  }
}

TEST(ConvexHullMaskImageFilter, EmptyMaskAndOneSlice)
{
  const auto empty = MakeImage<Mask3D>({ { 4, 4, 4 } }, [](const auto &) { return 0; });
  ExpectSameVoxels<Mask3D>(empty, Hull(empty.GetPointer()));
  ExpectSameVoxels<Mask3D>(empty, Hull(empty.GetPointer(), true));
  const auto corners =
    MakeImage<Mask3D>({ { 4, 4, 1 } }, [](const auto & i) { return i[0] % 3 == 0 && i[1] % 3 == 0; });
  const auto full = MakeImage<Mask3D>({ { 4, 4, 1 } }, [](const auto &) { return 1; });
  ExpectSameVoxels<Mask3D>(full, Hull(corners.GetPointer()));
}

// A slice of a volume on its own is the hull of the image in 2D.
TEST(ConvexHullMaskImageFilter, SlicesAreTheHullsOfImagesIn2D)
{
  Random     random(23);
  const auto mask = MakeObliqueImage<Mask3D>({ { 8, 9, 10 } }, [&](const auto &) { return random() < 0.06 ? 1 : 0; });
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    const auto               hull = Hull(mask.GetPointer(), true, axis);
    const unsigned int       u = axis == 0 ? 1 : 0;
    const unsigned int       v = axis == 2 ? 1 : 2;
    const Mask3D::RegionType region = mask->GetLargestPossibleRegion();
    for (itk::SizeValueType s = 0; s < region.GetSize(axis); ++s)
    {
      const auto index = [&](const Mask2D::IndexType & i) {
        Mask3D::IndexType full = region.GetIndex();
        full[axis] += s;
        full[u] += i[0];
        full[v] += i[1];
        return full;
      };
      const Mask2D::SizeType size{ { region.GetSize(u), region.GetSize(v) } };
      const auto             slice = MakeImage<Mask2D>(size, [&](const auto & i) { return mask->GetPixel(index(i)); });
      const auto expected = MakeImage<Mask2D>(size, [&](const auto & i) { return hull->GetPixel(index(i)); });
      ExpectSameVoxels<Mask2D>(expected, Hull(slice.GetPointer()));
    }
  }
}

// In 2D: a voxel is in when it is left of, or on, every line between two points that has all others on its left.
TEST(ConvexHullMaskImageFilter, AgreesWithBruteForceIn2D)
{
  Random random(2);
  for (unsigned int trial = 0; trial < 40; ++trial)
  {
    std::vector<Mask2D::IndexType> points;
    const auto                     mask = MakeImage<Mask2D>({ { 15, 12 } }, [&](const auto & i) {
      const bool inside = random() < 0.05;
      if (inside)
      {
        points.push_back(i);
      }
      return inside ? 1 : 0;
    });
    ASSERT_GE(points.size(), 3u);
    const auto hull = Hull(mask.GetPointer());
    for (itk::ImageRegionConstIteratorWithIndex<Mask2D> it(hull, hull->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      const auto side = [](const Mask2D::IndexType & a, const Mask2D::IndexType & b, const Mask2D::IndexType & p) {
        return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
      };
      bool inside = true;
      for (const auto & a : points)
      {
        for (const auto & b : points)
        {
          bool supporting = a != b;
          for (const auto & q : points)
          {
            supporting = supporting && side(a, b, q) >= 0;
          }
          inside = inside && (!supporting || side(a, b, it.GetIndex()) >= 0);
        }
      }
      ASSERT_EQ(it.Get() != 0, inside) << it.GetIndex() << " in trial " << trial;
    }
  }
}

TEST(ConvexHullMaskImageFilter, ValuesAndTypes)
{
  auto filter = itk::ConvexHullMaskImageFilter<itk::Image<float, 2>, itk::Image<short, 2>>::New();
  filter->SetInput(
    MakeImage<itk::Image<float, 2>>({ { 5, 1 } }, [](const auto & i) { return i[0] % 2 == 1 ? 0.5 : 0; }));
  filter->SetInsideValue(-7);
  filter->SetOutsideValue(9);
  filter->Update();
  const short expected[] = { 9, -7, -7, -7, 9 };
  for (int i = 0; i < 5; ++i)
  {
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { i, 0 } }), expected[i]);
  }
}

TEST(ConvexHullMaskImageFilter, RefusesBadInput)
{
  auto filter = Filter3D::New();
  filter->SetInput(MakeImage<Mask3D>({ { 4, 4, 4 } }, [](const auto &) { return 1; }));
  filter->SetSliceAxis(3);
  ExpectError([&] { filter->Update(); }, "SliceAxis is 3");
  filter->SetSliceAxis(0);
  filter->SetOutsideValue(1);
  ExpectError([&] { filter->Update(); }, "InsideValue and OutsideValue are both 1");
  filter->SetOutsideValue(0);
  filter->SetInput(MakeImage<Mask3D>({ { 8193, 1, 1 } }, [](const auto &) { return 1; }));
  ExpectError([&] { filter->Update(); }, "at most 8192");
}

TEST(ConvexHullMaskImageFilter, SameBitsForAnyNumberOfThreads)
{
  for (const bool bySlice : { false, true })
  {
    ExpectSameForAnyNumberOfThreads([bySlice] {
      Random random(5);
      auto   filter = Filter3D::New();
      filter->SetInput(
        MakeObliqueImage<Mask3D>({ { 25, 31, 28 } }, [&](const auto &) { return random() < 0.005 ? 1 : 0; }));
      filter->SetSliceBySlice(bySlice);
      return filter;
    });
  }
}
