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

#include "SyntheticCTDetail/itkRunComponents.h"

#include "itkImageFilterTestUtilities.h"

#include <array>
#include <vector>

using namespace itk::TestUtilities;
using itk::SyntheticCTDetail::ByteGrid;

namespace
{
using Position = std::array<int, 3>;

/** A grid of random bytes in memory of its own, in some order of the axes. */
struct RandomGrid
{
  std::vector<unsigned char> Bytes;
  ByteGrid                   Grid;

  RandomGrid(const std::array<itk::SizeValueType, 3> & size, uint32_t seed, double share)
    : Bytes(size[0] * size[1] * size[2])
  {
    Random random(seed);
    for (auto & byte : Bytes)
    {
      byte = random() < share ? 1 : 0;
    }
    // The axis of the rows is the slowest in memory every other time.
    Grid = { Bytes.data(), size, { { 1, size[0], size[0] * size[1] } } };
    if (seed % 2 == 1)
    {
      Grid.Stride = { { size[1] * size[2], size[2], 1 } };
    }
  }

  unsigned char
  At(const Position & p) const
  {
    return Bytes[p[0] * Grid.Stride[0] + p[1] * Grid.Stride[1] + p[2] * Grid.Stride[2]];
  }

  bool
  Has(const Position & p) const
  {
    for (unsigned int d = 0; d < 3; ++d)
    {
      if (p[d] < 0 || p[d] >= static_cast<int>(Grid.Size[d]))
      {
        return false;
      }
    }
    return true;
  }

  std::vector<Position>
  Positions() const
  {
    std::vector<Position> all;
    for (int k = 0; k < static_cast<int>(Grid.Size[2]); ++k)
    {
      for (int j = 0; j < static_cast<int>(Grid.Size[1]); ++j)
      {
        for (int i = 0; i < static_cast<int>(Grid.Size[0]); ++i)
        {
          all.push_back({ { i, j, k } });
        }
      }
    }
    return all;
  }

  /** Everything that can be reached from a position through the faces of elements that are as it is. */
  std::vector<Position>
  Flood(const Position & from) const
  {
    std::vector<Position> reached{ from };
    std::vector<char>     seen(Bytes.size(), 0);
    const auto            number = [this](const Position & p) {
      return p[0] + Grid.Size[0] * (p[1] + Grid.Size[1] * static_cast<itk::SizeValueType>(p[2]));
    };
    seen[number(from)] = 1;
    for (size_t next = 0; next < reached.size(); ++next)
    {
      for (unsigned int d = 0; d < 3; ++d)
      {
        for (const int step : { -1, 1 })
        {
          Position p = reached[next];
          p[d] += step;
          if (this->Has(p) && this->At(p) == this->At(from) && seen[number(p)] == 0)
          {
            seen[number(p)] = 1;
            reached.push_back(p);
          }
        }
      }
    }
    return reached;
  }
};

const std::array<itk::SizeValueType, 3> sizes[] = { { { 9, 8, 7 } }, { { 14, 11, 1 } }, { { 1, 6, 5 } } };
} // namespace

TEST(RunComponents, LargestComponentOfRandomGrids)
{
  for (const auto & size : sizes)
  {
    for (uint32_t seed = 1; seed <= 20; ++seed)
    {
      const RandomGrid before(size, seed, 0.35);
      RandomGrid       after(size, seed, 0.35);
      itk::SyntheticCTDetail::KeepLargestComponent(after.Grid);
      // The first of the largest: positions are in the order of the rows.
      std::vector<Position> largest;
      for (const auto & position : before.Positions())
      {
        if (before.At(position) != 0)
        {
          const auto component = before.Flood(position);
          largest = component.size() > largest.size() ? component : largest;
        }
      }
      ASSERT_FALSE(largest.empty());
      size_t kept = 0;
      for (const auto & position : before.Positions())
      {
        kept += after.At(position);
      }
      EXPECT_EQ(kept, largest.size());
      for (const auto & position : largest)
      {
        ASSERT_EQ(after.At(position), 1) << "seed " << seed;
      }
    }
  }
}

TEST(RunComponents, HolesOfRandomGrids)
{
  size_t filled = 0;
  for (const auto & size : sizes)
  {
    for (uint32_t seed = 1; seed <= 20; ++seed)
    {
      const RandomGrid before(size, seed, 0.6);
      RandomGrid       after(size, seed, 0.6);
      itk::SyntheticCTDetail::FillHoles(after.Grid);
      for (const auto & position : before.Positions())
      {
        bool inside = before.At(position) != 0;
        if (!inside)
        {
          inside = true;
          for (const auto & p : before.Flood(position))
          {
            for (unsigned int d = 0; d < (size[2] > 1 ? 3u : 2u); ++d)
            {
              inside = inside && p[d] != 0 && p[d] + 1 != static_cast<int>(size[d]);
            }
          }
          filled += inside ? 1 : 0;
        }
        ASSERT_EQ(after.At(position), inside ? 1 : 0) << "seed " << seed;
      }
    }
  }
  EXPECT_GT(filled, 20u);
}

TEST(RunComponents, NothingAndEverything)
{
  std::vector<unsigned char> bytes(24, 0);
  const ByteGrid             grid{ bytes.data(), { { 4, 3, 2 } }, { { 1, 4, 12 } } };
  itk::SyntheticCTDetail::KeepLargestComponent(grid);
  itk::SyntheticCTDetail::FillHoles(grid);
  EXPECT_EQ(bytes, std::vector<unsigned char>(24, 0));
  bytes.assign(24, 1);
  itk::SyntheticCTDetail::KeepLargestComponent(grid);
  itk::SyntheticCTDetail::FillHoles(grid);
  EXPECT_EQ(bytes, std::vector<unsigned char>(24, 1));
}
