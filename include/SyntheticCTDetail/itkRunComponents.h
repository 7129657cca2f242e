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
#ifndef itkRunComponents_h
#define itkRunComponents_h

#include "itkIntTypes.h"

#include <algorithm>
#include <array>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Bytes of a volume, or of a slice of it when the last size is 1: element (i, j, k) lies at `First + i * Stride[0] + j
 * * Stride[1] + k * Stride[2]`. */
struct ByteGrid
{
  unsigned char *              First;
  std::array<SizeValueType, 3> Size;
  std::array<SizeValueType, 3> Stride;
};

/** Components, connected by faces, of the elements of a grid that are (or are not) zero. They are found from runs, the
 * unbroken pieces of rows: runs of neighbouring rows that overlap are joined in a forest of equivalences (the scan and
 * union of L. He, Y. Chao, K. Suzuki, "A run-based two-scan labeling algorithm", IEEE Transactions on Image Processing
 * 17, 2008). */
class RunComponents
{
public:
  struct Run
  {
    SizeValueType Begin;
    SizeValueType End;
    /** Number of the row, j + k * Size[1]. */
    SizeValueType Row;
  };

  /** \param nonZero whether elements that are not zero are connected, or those that are. */
  RunComponents(const ByteGrid & grid, bool nonZero)
    : m_Grid(grid)
  {
    const SizeValueType        rows = grid.Size[1] * grid.Size[2];
    std::vector<SizeValueType> firstOfRow(rows + 1, 0);
    for (SizeValueType row = 0; row < rows; ++row)
    {
      firstOfRow[row] = m_Runs.size();
      const unsigned char * const elements = this->RowOf(row);
      for (SizeValueType i = 0; i < grid.Size[0];)
      {
        while (i < grid.Size[0] && (elements[i * grid.Stride[0]] != 0) != nonZero)
        {
          ++i;
        }
        const SizeValueType begin = i;
        while (i < grid.Size[0] && (elements[i * grid.Stride[0]] != 0) == nonZero)
        {
          ++i;
        }
        if (begin < i)
        {
          m_Parent.push_back(m_Runs.size());
          m_Runs.push_back({ begin, i, row });
        }
      }
      firstOfRow[row + 1] = m_Runs.size();
      if (row % grid.Size[1] != 0)
      {
        this->Join(firstOfRow[row - 1], firstOfRow[row], firstOfRow[row], m_Runs.size());
      }
      if (row >= grid.Size[1])
      {
        const SizeValueType below = row - grid.Size[1];
        this->Join(firstOfRow[below], firstOfRow[below + 1], firstOfRow[row], m_Runs.size());
      }
    }
  }

  const std::vector<Run> &
  GetRuns() const
  {
    return m_Runs;
  }

  /** The component of a run: the number of its first run. */
  SizeValueType
  ComponentOf(SizeValueType run) const
  {
    while (m_Parent[run] != run)
    {
      run = m_Parent[run];
    }
    return run;
  }

  /** Gives all elements of a run a value. */
  void
  Fill(const Run & run, unsigned char value) const
  {
    unsigned char * const elements = this->RowOf(run.Row);
    for (SizeValueType i = run.Begin; i < run.End; ++i)
    {
      elements[i * m_Grid.Stride[0]] = value;
    }
  }

private:
  unsigned char *
  RowOf(SizeValueType row) const
  {
    return m_Grid.First + row % m_Grid.Size[1] * m_Grid.Stride[1] + row / m_Grid.Size[1] * m_Grid.Stride[2];
  }

  /** Joins the runs [a, aEnd) of a row with those [b, bEnd) of its neighbour that they overlap. */
  void
  Join(SizeValueType a, SizeValueType aEnd, SizeValueType b, SizeValueType bEnd)
  {
    while (a < aEnd && b < bEnd)
    {
      if (m_Runs[a].Begin < m_Runs[b].End && m_Runs[b].Begin < m_Runs[a].End)
      {
        const SizeValueType one = this->Root(a);
        const SizeValueType other = this->Root(b);
        m_Parent[std::max(one, other)] = std::min(one, other);
      }
      (m_Runs[a].End < m_Runs[b].End ? a : b) += 1;
    }
  }

  /** ComponentOf, shortening the path on its way. */
  SizeValueType
  Root(SizeValueType run)
  {
    while (m_Parent[run] != run)
    {
      m_Parent[run] = m_Parent[m_Parent[run]];
      run = m_Parent[run];
    }
    return run;
  }

  ByteGrid                   m_Grid;
  std::vector<Run>           m_Runs;
  std::vector<SizeValueType> m_Parent;
};

/** Sets all elements that are not zero to zero, except those of the largest component; of several equally large ones,
 * of the one that comes first. */
inline void
KeepLargestComponent(const ByteGrid & grid)
{
  const RunComponents        components(grid, true);
  const auto &               runs = components.GetRuns();
  std::vector<SizeValueType> sizes(runs.size(), 0);
  for (SizeValueType run = 0; run < runs.size(); ++run)
  {
    sizes[components.ComponentOf(run)] += runs[run].End - runs[run].Begin;
  }
  const auto largest = static_cast<SizeValueType>(std::max_element(sizes.begin(), sizes.end()) - sizes.begin());
  for (SizeValueType run = 0; run < runs.size(); ++run)
  {
    if (components.ComponentOf(run) != largest)
    {
      components.Fill(runs[run], 0);
    }
  }
}

/** Sets elements that are zero and not connected with the border of the grid to one. A grid of one slice is seen in two
 * dimensions. */
inline void
FillHoles(const ByteGrid & grid)
{
  const RunComponents components(grid, false);
  const auto &        runs = components.GetRuns();
  std::vector<char>   outside(runs.size(), 0);
  const auto          isFirstOrLast = [&grid](SizeValueType position, unsigned int axis) {
    return position == 0 || position + 1 == grid.Size[axis];
  };
  for (SizeValueType run = 0; run < runs.size(); ++run)
  {
    if (isFirstOrLast(runs[run].Begin, 0) || isFirstOrLast(runs[run].End - 1, 0) ||
        isFirstOrLast(runs[run].Row % grid.Size[1], 1) ||
        (grid.Size[2] > 1 && isFirstOrLast(runs[run].Row / grid.Size[1], 2)))
    {
      outside[components.ComponentOf(run)] = 1;
    }
  }
  for (SizeValueType run = 0; run < runs.size(); ++run)
  {
    if (outside[components.ComponentOf(run)] == 0)
    {
      components.Fill(runs[run], 1);
    }
  }
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
