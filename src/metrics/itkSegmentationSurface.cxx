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
#include "SyntheticCTDetail/itkSegmentationSurface.h"

#include <bitset>
#include <cmath>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

/** The position of the lowest bit that is set. */
inline unsigned int
LowestBit(uint64_t word)
{
#if defined(__GNUC__) || defined(__clang__)
  return static_cast<unsigned int>(__builtin_ctzll(word));
#else
  return static_cast<unsigned int>(std::bitset<64>((word & (~word + 1)) - 1).count());
#endif
}

/** The position of the highest bit that is set. */
inline unsigned int
HighestBit(uint64_t word)
{
#if defined(__GNUC__) || defined(__clang__)
  return 63u - static_cast<unsigned int>(__builtin_clzll(word));
#else
  for (unsigned int shift = 1; shift < 64; shift *= 2)
  {
    word |= word >> shift;
  }
  return static_cast<unsigned int>(std::bitset<64>(word).count()) - 1;
#endif
}

inline SizeValueType
CountBits(uint64_t word)
{
  return std::bitset<64>(word).count();
}

/** The area of one piece: voxels of a neighbourhood, connected by faces, four at most. `faces` are the areas of a
 * voxel's faces across the three axes. */
double
AreaOfPiece(unsigned int piece, const std::array<double, 3> & faces)
{
  // The area of a triangle or a pair of them whose normal has these components on a grid of unit spacing.
  const auto area = [&faces](double x, double y, double z) {
    return std::sqrt(x * faces[0] * (x * faces[0]) + y * faces[1] * (y * faces[1]) + z * faces[2] * (z * faces[2]));
  };
  const auto across = [&area](unsigned int axis, double length) {
    return area(axis == 0 ? length : 0.0, axis == 1 ? length : 0.0, axis == 2 ? length : 0.0);
  };
  const auto along = [&area](unsigned int axis, double length) {
    return area(axis == 0 ? 0.0 : length, axis == 1 ? 0.0 : length, axis == 2 ? 0.0 : length);
  };
  const double corner = area(0.125, 0.125, 0.125);

  // Pairs of voxels with a face in common, by the axis across that face, and how many of them each voxel is in.
  std::array<unsigned int, 3> pairs{};
  std::array<unsigned int, 8> neighbours{};
  for (unsigned int voxel = 0; voxel < 8; ++voxel)
  {
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      const unsigned int other = voxel ^ 1u << axis;
      if ((piece >> voxel & 1u) != 0 && (piece >> other & 1u) != 0)
      {
        pairs[axis] += voxel < other ? 1 : 0;
        ++neighbours[voxel];
      }
    }
  }
  const auto without = static_cast<unsigned int>(std::find(pairs.begin(), pairs.end(), 0u) - pairs.begin());
  switch (CountBits(piece))
  {
    case 1:
      return corner;
    case 2:
      // Two triangles that are parallel to the pair's edge.
      return 2.0 * along(static_cast<unsigned int>(std::find(pairs.begin(), pairs.end(), 1u) - pairs.begin()), 0.25);
    case 3:
      // An L: half of a face, and what is cut off beside it.
      return across(without, 0.5) + 3.0 * corner;
    default:
      if (without < 3)
      {
        // One side.
        return across(without, 1.0);
      }
      if (std::find(neighbours.begin(), neighbours.end(), 3u) != neighbours.end())
      {
        // A voxel and its three neighbours: a hexagon.
        return 6.0 * corner;
      }
      // A path of three steps, one along each axis.
      double sum = 4.0 * corner;
      for (unsigned int axis = 0; axis < 3; ++axis)
      {
        // The step in the middle joins the two voxels that have two neighbours.
        bool isMiddle = false;
        for (unsigned int voxel = 0; voxel < 8; ++voxel)
        {
          isMiddle = isMiddle || (neighbours[voxel] == 2 && neighbours[voxel ^ 1u << axis] == 2);
        }
        sum += isMiddle ? 0.0 : along(axis, 0.25);
      }
      return sum;
  }
}

} // namespace

std::array<double, 256>
ComputeSurfaceElementAreas(const std::array<double, 3> & spacing, bool planar)
{
  const std::array<double, 3> faces{ { spacing[1] * spacing[2], spacing[0] * spacing[2], spacing[0] * spacing[1] } };

  std::array<double, 256> areas{};
  for (unsigned int code = 0; code < 256; ++code)
  {
    if (planar)
    {
      // The contour through the middles: a diagonal around one pixel, a line beside two, two diagonals around two that
      // lie across. Codes of contours have both layers alike.
      const unsigned int pixels = code % 16;
      const double       diagonal = 0.5 * std::sqrt(spacing[0] * spacing[0] + spacing[1] * spacing[1]);
      const bool         lineAlongX = pixels == 3 || pixels == 12;
      const bool         lineAlongY = pixels == 5 || pixels == 10;
      const bool         across = pixels == 6 || pixels == 9;
      const bool         none = pixels == 0 || pixels == 15;
      areas[code] = none ? 0.0 : lineAlongX ? spacing[0] : lineAlongY ? spacing[1] : across ? 2.0 * diagonal : diagonal;
      continue;
    }
    unsigned int rest = CountBits(code) <= 4 ? code : code ^ 255u;
    while (rest != 0)
    {
      // Grows a piece from one voxel.
      unsigned int piece = rest & (~rest + 1);
      for (unsigned int before = 0; piece != before;)
      {
        before = piece;
        const unsigned int shifted = (piece & 0x55u) << 1 | (piece & 0xaau) >> 1 | (piece & 0x33u) << 2 |
                                     (piece & 0xccu) >> 2 | (piece & 0x0fu) << 4 | (piece & 0xf0u) >> 4;
        piece |= shifted & rest;
      }
      areas[code] += AreaOfPiece(piece, faces);
      rest &= ~piece;
    }
  }
  return areas;
}

SegmentationSurface::SegmentationSurface(const std::array<SizeValueType, 3> & size,
                                         const std::array<double, 3> &        spacing,
                                         Kind                                 kind,
                                         bool                                 planar)
  : m_Size(size)
  , m_ElementSize(size)
  , m_Kind(kind)
  , m_Planar(planar)
  // One bit more than there are voxels, because there is one corner more.
  , m_WordsPerRow(size[0] / 64 + 1)
  , m_Voxels(m_WordsPerRow * size[1] * size[2], 0)
  , m_Nothing(m_WordsPerRow, 0)
{
  if (kind == Kind::Corners)
  {
    for (unsigned int axis = 0; axis < (planar ? 2 : 3); ++axis)
    {
      ++m_ElementSize[axis];
    }
  }
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    m_Squares[axis].resize(m_ElementSize[axis]);
    for (SizeValueType i = 0; i < m_ElementSize[axis]; ++i)
    {
      const double distance = static_cast<double>(i) * spacing[axis];
      m_Squares[axis][i] = distance * distance;
    }
  }
  m_Elements.resize((m_WordsPerRow + 2) * m_ElementSize[1] * m_ElementSize[2], 0);

  // A word that has the position itself at bit 32 reaches 31 elements beyond and 32 before it.
  constexpr int reach = 6;
  const auto    squareOf = [&spacing](unsigned int axis, int steps) {
    const double distance = steps * spacing[axis];
    return distance * distance;
  };
  m_NearSquare = std::min({ squareOf(0, 32), squareOf(1, reach + 1), squareOf(2, reach + 1) });
  for (int z = -reach; z <= reach; ++z)
  {
    for (int y = -reach; y <= reach; ++y)
    {
      const double square = squareOf(1, y) + squareOf(2, z);
      if (square < m_NearSquare)
      {
        m_NearRows.push_back({ square, y, z });
      }
    }
  }
  std::sort(
    m_NearRows.begin(), m_NearRows.end(), [](const NearRow & a, const NearRow & b) { return a.Square < b.Square; });

  m_Slabs.resize((m_ElementSize[2] + SlabThickness - 1) / SlabThickness);

  std::array<SizeValueType, 3> levelSize = m_ElementSize;
  do
  {
    for (SizeValueType & length : levelSize)
    {
      length = (length + 3) / 4;
    }
    m_Levels.push_back({ levelSize, std::vector<uint64_t>(levelSize[0] * levelSize[1] * levelSize[2], 0) });
  } while (m_Levels.back().Words.size() > 1);
}

SizeValueType
SegmentationSurface::CountVoxels() const
{
  SizeValueType count = 0;
  for (const uint64_t word : m_Voxels)
  {
    count += CountBits(word);
  }
  return count;
}

SizeValueType
SegmentationSurface::CountCommonVoxels(const SegmentationSurface & other) const
{
  SizeValueType count = 0;
  for (size_t i = 0; i < m_Voxels.size(); ++i)
  {
    count += CountBits(m_Voxels[i] & other.m_Voxels[i]);
  }
  return count;
}

void
SegmentationSurface::FindCorners(SizeValueType y, SizeValueType z, std::vector<SurfaceElement> & elements)
{
  // The four rows around a row of corners. The row before the first one has a number too large to exist.
  const uint64_t * const rows[4] = { this->RowOrNothing(y - 1, m_Planar ? z : z - 1),
                                     this->RowOrNothing(y, m_Planar ? z : z - 1),
                                     this->RowOrNothing(y - 1, z),
                                     this->RowOrNothing(y, z) };

  uint64_t carries[4] = { 0, 0, 0, 0 };
  for (SizeValueType word = 0; word < m_WordsPerRow; ++word)
  {
    // The voxels after and before each corner.
    uint64_t after[4];
    uint64_t before[4];
    uint64_t any = 0;
    uint64_t all = ~any;
    for (unsigned int row = 0; row < 4; ++row)
    {
      after[row] = rows[row][word];
      before[row] = after[row] << 1 | carries[row];
      carries[row] = after[row] >> 63;
      any |= after[row] | before[row];
      all &= after[row] & before[row];
    }
    uint64_t mixed = any & ~all;
    this->RowOfElements(y, z)[word + 1] = mixed;
    for (; mixed != 0; mixed &= mixed - 1)
    {
      const unsigned int bit = LowestBit(mixed);
      unsigned int       code = 0;
      for (unsigned int row = 0; row < 4; ++row)
      {
        code |= static_cast<unsigned int>((before[row] >> bit & 1u) | (after[row] >> bit & 1u) << 1) << 2 * row;
      }
      elements.push_back(
        { { { static_cast<uint32_t>(word * 64 + bit), static_cast<uint32_t>(y), static_cast<uint32_t>(z) } },
          static_cast<uint8_t>(code) });
    }
  }
}

void
SegmentationSurface::FindBoundaryVoxels(SizeValueType y, SizeValueType z, std::vector<SurfaceElement> & elements)
{
  const uint64_t * const row = this->RowOfVoxels(y, z);
  const uint64_t * const neighbours[4] = { this->RowOrNothing(y - 1, z),
                                           this->RowOrNothing(y + 1, z),
                                           m_Planar ? row : this->RowOrNothing(y, z - 1),
                                           m_Planar ? row : this->RowOrNothing(y, z + 1) };
  for (SizeValueType word = 0; word < m_WordsPerRow; ++word)
  {
    const uint64_t before = row[word] << 1 | (word > 0 ? row[word - 1] >> 63 : 0);
    const uint64_t after = row[word] >> 1 | (word + 1 < m_WordsPerRow ? row[word + 1] << 63 : 0);
    uint64_t       interior = before & after;
    for (const uint64_t * const neighbour : neighbours)
    {
      interior &= neighbour[word];
    }
    uint64_t boundary = row[word] & ~interior;
    this->RowOfElements(y, z)[word + 1] = boundary;
    for (; boundary != 0; boundary &= boundary - 1)
    {
      elements.push_back({ { { static_cast<uint32_t>(word * 64 + LowestBit(boundary)),
                               static_cast<uint32_t>(y),
                               static_cast<uint32_t>(z) } },
                           0 });
    }
  }
}

void
SegmentationSurface::FindElements(SizeValueType slab)
{
  std::vector<SurfaceElement> & elements = m_Slabs[slab];
  const SizeValueType           end = std::min((slab + 1) * SlabThickness, m_ElementSize[2]);
  for (SizeValueType z = slab * SlabThickness; z < end; ++z)
  {
    for (SizeValueType y = 0; y < m_ElementSize[1]; ++y)
    {
      if (m_Kind == Kind::Corners)
      {
        this->FindCorners(y, z, elements);
      }
      else
      {
        this->FindBoundaryVoxels(y, z, elements);
      }
    }
  }
  // A slab is as thick as a block, so that no two of them write to the same word.
  static_assert(SlabThickness == 4, "Blocks are 4x4x4");
  for (const SurfaceElement & element : elements)
  {
    m_Levels[0].Set(element.Position[0], element.Position[1], element.Position[2]);
  }
}

void
SegmentationSurface::Connect()
{
  for (size_t level = 1; level < m_Levels.size(); ++level)
  {
    const Level & below = m_Levels[level - 1];
    size_t        word = 0;
    for (SizeValueType z = 0; z < below.Size[2]; ++z)
    {
      for (SizeValueType y = 0; y < below.Size[1]; ++y)
      {
        for (SizeValueType x = 0; x < below.Size[0]; ++x)
        {
          if (below.Words[word++] != 0)
          {
            m_Levels[level].Set(x, y, z);
          }
        }
      }
    }
  }
  m_NumberOfElements = 0;
  for (const auto & slab : m_Slabs)
  {
    m_NumberOfElements += slab.size();
  }
}

double
SegmentationSurface::Search::SquaredDistanceBetween(const PositionType & one, const PositionType & other) const
{
  std::array<double, 3> squares;
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    squares[axis] =
      m_Surface.m_Squares[axis][one[axis] > other[axis] ? one[axis] - other[axis] : other[axis] - one[axis]];
  }
  // Every square of a distance is summed in this order, so that it is the same wherever it is found.
  return squares[0] + (squares[1] + squares[2]);
}

double
SegmentationSurface::Search::SquaredDistanceFrom(const PositionType & position)
{
  m_Position = position;
  Guess &    guess = m_Guesses[position[0] / GuessLength];
  const bool hasGuess = guess.Distance < std::numeric_limits<double>::infinity();
  const auto guessed =
    hasGuess ? this->SquaredDistanceBetween(position, guess.Nearest) : std::numeric_limits<double>::infinity();

  // By the triangle inequality nothing is near when the distance of the point before was longer than the near distance
  // and the way from there together.
  const bool isNothingNear =
    hasGuess && guess.Distance > (std::sqrt(m_Surface.m_NearSquare) +
                                  std::sqrt(this->SquaredDistanceBetween(position, guess.Position))) *
                                   (1.0 + 1e-9);
  m_SquaredDistance = std::min(guessed, m_Surface.m_NearSquare);
  m_Nearest = guess.Nearest;
  if (!isNothingNear)
  {
    this->SearchRows();
  }
  if (m_SquaredDistance >= m_Surface.m_NearSquare)
  {
    m_SquaredDistance = guessed;
    this->Descend(m_Surface.m_Levels.size() - 1, { { 0, 0, 0 } });
  }
  guess = { position, m_Nearest, std::sqrt(m_SquaredDistance) };
  return m_SquaredDistance;
}

void
SegmentationSurface::Search::SearchRows()
{
  const SizeValueType x = m_Position[0];
  // From 32 elements before the position on.
  const SizeValueType  word = (x + 32) / 64;
  const unsigned int   shift = static_cast<unsigned int>((x + 32) % 64);
  const double * const squares = m_Surface.m_Squares[0].data();
  for (const NearRow & near : m_Surface.m_NearRows)
  {
    if (near.Square >= m_SquaredDistance)
    {
      break;
    }
    // Rows before the first wrap around to numbers that are too large.
    const SizeValueType y = m_Position[1] + static_cast<SizeValueType>(near.Y);
    const SizeValueType z = m_Position[2] + static_cast<SizeValueType>(near.Z);
    if (y >= m_Surface.m_ElementSize[1] || z >= m_Surface.m_ElementSize[2])
    {
      continue;
    }
    const uint64_t * const row = m_Surface.RowOfElements(y, z) + word;
    const uint64_t         around = row[0] >> shift | row[1] << 1 << (63 - shift);
    if (around == 0)
    {
      continue;
    }
    const uint64_t      after = around >> 32;
    const uint64_t      before = around & 0xffffffffu;
    const SizeValueType distanceAfter = after != 0 ? LowestBit(after) : 64;
    const SizeValueType distanceBefore = before != 0 ? 32 - HighestBit(before) : 64;
    const SizeValueType distance = std::min(distanceAfter, distanceBefore);
    const double        square = squares[distance] + near.Square;
    if (square < m_SquaredDistance)
    {
      m_SquaredDistance = square;
      m_Nearest = { { static_cast<uint32_t>(distanceAfter <= distanceBefore ? x + distance : x - distance),
                      static_cast<uint32_t>(y),
                      static_cast<uint32_t>(z) } };
    }
  }
}

void
SegmentationSurface::Search::Descend(size_t level, const PositionType & block)
{
  const uint64_t word = m_Surface.m_Levels[level].WordOf(block[0], block[1], block[2]);

  // What each step along each axis adds to the square of the smallest distance. Rounding keeps the order of sums of the
  // same three numbers, so that no block is left out whose elements could be nearer than the nearest so far.
  const unsigned int shift = static_cast<unsigned int>(2 * level);
  double             squares[3][4];
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    const auto &        table = m_Surface.m_Squares[axis];
    const SizeValueType position = m_Position[axis];
    for (unsigned int i = 0; i < 4; ++i)
    {
      const SizeValueType first = (static_cast<SizeValueType>(block[axis]) * 4 + i) << shift;
      const SizeValueType last = first + (SizeValueType{ 1 } << shift) - 1;
      const SizeValueType distance = position < first ? first - position : position > last ? position - last : 0;
      // Beyond the box is nothing to be found.
      squares[axis][i] = distance < table.size() ? table[distance] : std::numeric_limits<double>::infinity();
    }
  }
  const auto child = [&block](unsigned int x, unsigned int row) {
    return PositionType{ { block[0] * 4 + x, block[1] * 4 + row % 4, block[2] * 4 + row / 4 } };
  };

  if (level == 0)
  {
    // The four bits along the first axis at a time: the smallest square among them, for each of their sixteen patterns.
    double smallest[16];
    smallest[0] = std::numeric_limits<double>::infinity();
    for (unsigned int pattern = 1; pattern < 16; ++pattern)
    {
      smallest[pattern] = std::min(smallest[pattern & (pattern - 1)], squares[0][LowestBit(pattern)]);
    }
    for (unsigned int row = 0; row < 16; ++row)
    {
      const auto   pattern = static_cast<unsigned int>(word >> 4 * row & 15u);
      const double square = smallest[pattern] + (squares[1][row % 4] + squares[2][row / 4]);
      if (square < m_SquaredDistance)
      {
        unsigned int x = LowestBit(pattern);
        while ((pattern >> x & 1u) == 0 || squares[0][x] != smallest[pattern])
        {
          ++x;
        }
        m_SquaredDistance = square;
        m_Nearest = child(x, row);
      }
    }
    return;
  }

  // The nearest blocks first, so that they rule out others.
  struct Block
  {
    double       Square;
    unsigned int Bit;
  };
  Block  blocks[64];
  size_t count = 0;
  for (uint64_t rest = word; rest != 0; rest &= rest - 1)
  {
    const unsigned int bit = LowestBit(rest);
    const double       square = squares[0][bit % 4] + (squares[1][bit / 4 % 4] + squares[2][bit / 16]);
    if (square < m_SquaredDistance)
    {
      size_t i = count++;
      for (; i > 0 && blocks[i - 1].Square > square; --i)
      {
        blocks[i] = blocks[i - 1];
      }
      blocks[i] = { square, bit };
    }
  }
  for (size_t i = 0; i < count && blocks[i].Square < m_SquaredDistance; ++i)
  {
    this->Descend(level - 1, child(blocks[i].Bit % 4, blocks[i].Bit / 4));
  }
}

void
DistanceProfile::Sort()
{
  if (m_Entries.empty())
  {
    return;
  }
  // Stable, so that the order in which equal distances are joined is the one in which they were added.
  std::stable_sort(m_Entries.begin(), m_Entries.end(), [](const Entry & a, const Entry & b) {
    return a.SquaredDistance < b.SquaredDistance;
  });
  size_t last = 0;
  for (size_t i = 1; i < m_Entries.size(); ++i)
  {
    if (m_Entries[i].SquaredDistance > m_Entries[last].SquaredDistance)
    {
      m_Entries[++last] = m_Entries[i];
    }
    else
    {
      m_Entries[last].Amount += m_Entries[i].Amount;
    }
  }
  m_Entries.resize(last + 1);
}

double
DistanceProfile::GetAmount() const
{
  double amount = 0.0;
  for (const Entry & entry : m_Entries)
  {
    amount += entry.Amount;
  }
  return amount;
}

double
DistanceProfile::GetAmountWithin(double distance) const
{
  double amount = 0.0;
  for (const Entry & entry : m_Entries)
  {
    amount += std::sqrt(entry.SquaredDistance) <= distance ? entry.Amount : 0.0;
  }
  return amount;
}

double
DistanceProfile::GetSum() const
{
  double sum = 0.0;
  for (const Entry & entry : m_Entries)
  {
    sum += std::sqrt(entry.SquaredDistance) * entry.Amount;
  }
  return sum;
}

double
DistanceProfile::GetMaximum() const
{
  return std::sqrt(m_Entries.back().SquaredDistance);
}

double
DistanceProfile::GetQuantile(double share) const
{
  // A share that is reached but for the rounding of the sums is reached.
  const double wanted = share * this->GetAmount() * (1.0 - 1e-12);
  double       amount = 0.0;
  for (const Entry & entry : m_Entries)
  {
    amount += entry.Amount;
    if (amount >= wanted)
    {
      return std::sqrt(entry.SquaredDistance);
    }
  }
  return this->GetMaximum();
}

double
DistanceProfile::GetInterpolatedQuantile(double share) const
{
  const double rank = share * (this->GetAmount() - 1.0);
  const double lower = std::floor(rank);
  double       amount = 0.0;
  for (size_t i = 0; i < m_Entries.size(); ++i)
  {
    amount += m_Entries[i].Amount;
    if (amount > lower)
    {
      const double value = std::sqrt(m_Entries[i].SquaredDistance);
      const bool   isNextLarger = amount < lower + 1.5 && i + 1 < m_Entries.size();
      const double next = isNextLarger ? std::sqrt(m_Entries[i + 1].SquaredDistance) : value;
      return value + (next - value) * (rank - lower);
    }
  }
  return this->GetMaximum();
}

} // namespace SyntheticCTDetail
} // namespace itk
