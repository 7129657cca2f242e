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
#include "SyntheticCTDetail/itkStructuralSimilarityEngine.h"

#include "common/itkInstructionSets.h"
#include "itkStructuralSimilarityKernels.h"
#include "SyntheticCTDetail/itkFilterThreading.h"

#include <algorithm>
#include <utility>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
using Engine = StructuralSimilarityEngine;

/** Slices whose moments are summed at once, and rows likewise: what is read serves all of them. */
constexpr SizeValueType slicesAtOnce = 8;
constexpr SizeValueType rowsAtOnce = 4;
/** Positions of a row that are worked on at once. */
constexpr SizeValueType tileWidth = 128;
constexpr SizeValueType longestWindow = Engine::LongestWindow;

const std::vector<const StructuralSimilarityKernels *> &
GetSupportedKernels()
{
#ifdef SYNTHETIC_CT_HAS_AVX_KERNELS
  static const auto supported = FindSupportedKernels(
    &StructuralSimilarityAVX512::kernels, &StructuralSimilarityAVX2::kernels, &StructuralSimilarityBaseline::kernels);
#else
  static const auto supported =
    FindSupportedKernels<StructuralSimilarityKernels>(nullptr, nullptr, &StructuralSimilarityBaseline::kernels);
#endif
  return supported;
}

constexpr SizeValueType
RoundUp(SizeValueType count)
{
  return (count + StructuralSimilarityLanes - 1) / StructuralSimilarityLanes * StructuralSimilarityLanes;
}

/** Reads parts of the rows of a grid as mapped intensities. */
class RowReader
{
public:
  RowReader(const Engine::Grid &                grid,
            const Engine::Mapping &             mapping,
            const StructuralSimilarityKernels & kernels,
            const Engine::ReadFunction &        read)
    : m_Grid(grid)
    , m_Mapping(mapping)
    , m_Kernels(kernels)
    , m_Read(read)
    , m_Inside(RoundUp(tileWidth + longestWindow))
  {}

  /** Reads `count` positions from (x, y, z) on, which are counted from -radius on as those of Axis::Source. Zeros
   * follow up to the next multiple of the lanes. Any pointer may be null. False when all of the images, as far as they
   * are asked for, is known to be 0, and then nothing but `inside` is written. */
  bool
  Read(SizeValueType x,
       SizeValueType y,
       SizeValueType z,
       SizeValueType count,
       double *      reference,
       double *      synthetic,
       double *      inside)
  {
    const Engine::Axis &  axis = m_Grid[0];
    const SizeValueType * source = axis.Source.data() + x;
    const SizeValueType   sourceY = m_Grid[1].Source[y];
    const SizeValueType   sourceZ = m_Grid[2].Source[z];
    const SizeValueType   rounded = RoundUp(count);
    if (sourceY == Engine::NoVoxel || sourceZ == Engine::NoVoxel)
    {
      if (inside)
      {
        std::fill(inside, inside + rounded, 0.0);
      }
      return false;
    }

    // The part that lies on the image is read. What surrounds it is never farther away than the part is long, and
    // copied.
    const SizeValueType begin = std::max(axis.ImageBegin, x) - x;
    const SizeValueType length = std::min(axis.ImageEnd, x + count) - x - begin;
    const SizeValueType first = source[begin];
    const auto readInto = [&](double * values, double * referenceRow, double * syntheticRow, double * insideRow) {
      std::fill(values, values + begin, 0.0);
      std::fill(values + begin + length, values + rounded, 0.0);
      m_Read(first, sourceY, sourceZ, length, referenceRow, syntheticRow, insideRow);
    };
    const auto surround = [&](double * values) {
      const auto copy = [&](SizeValueType i) {
        values[i] = source[i] == Engine::NoVoxel ? 0.0 : values[begin + source[i] - first];
      };
      for (SizeValueType i = 0; i < begin; ++i)
      {
        copy(i);
      }
      for (SizeValueType i = begin + length; i < count; ++i)
      {
        copy(i);
      }
      std::fill(values + count, values + rounded, 0.0);
    };

    const bool     fill = m_Mapping.FillOutside && (reference || synthetic);
    double * const selection = inside ? inside : m_Inside.data();
    if (fill || inside)
    {
      readInto(selection, nullptr, nullptr, selection + begin);
      const bool any =
        std::any_of(selection + begin, selection + begin + length, [](double value) { return value != 0.0; });
      if (fill && !any)
      {
        std::fill(selection, selection + rounded, 0.0);
        return false;
      }
    }
    if (reference)
    {
      readInto(reference, reference + begin, nullptr, nullptr);
      m_Kernels.Map(reference, fill ? selection : nullptr, rounded, m_Mapping);
      surround(reference);
    }
    if (synthetic)
    {
      readInto(synthetic, nullptr, synthetic + begin, nullptr);
      m_Kernels.Map(synthetic, fill ? selection : nullptr, rounded, m_Mapping);
      surround(synthetic);
    }
    if (inside)
    {
      surround(inside);
    }
    return true;
  }

private:
  const Engine::Grid &                m_Grid;
  const Engine::Mapping &             m_Mapping;
  const StructuralSimilarityKernels & m_Kernels;
  const Engine::ReadFunction &        m_Read;
  std::vector<double>                 m_Inside;
};

/** A block of the map: a few slices of a part of each row, with the arrays that it needs. */
class SimilarityBlock
{
public:
  SimilarityBlock(const Engine::Grid &                grid,
                  const Engine::Mapping &             mapping,
                  const Engine::Formula &             formula,
                  const StructuralSimilarityKernels & kernels,
                  const Engine::ReadFunction &        read,
                  const Engine::WriteFunction &       write,
                  const Engine::WriteFunction &       writeWeights,
                  SizeValueType                       x0,
                  SizeValueType                       z0)
    : m_Grid(grid)
    , m_Formula(formula)
    , m_Kernels(kernels)
    , m_Write(write)
    , m_WriteWeights(writeWeights)
    , m_X0(x0)
    , m_Z0(z0)
    , m_Width(std::min(tileWidth, grid[0].Size - x0))
    , m_Slices(std::min(slicesAtOnce, grid[2].Size - z0))
    , m_NumberOfFields(formula.Weighted ? 5 : 4)
    , m_InputSlices(m_Slices + 2 * grid[2].GetRadius())
    , m_RingRows(rowsAtOnce + 2 * grid[1].GetRadius())
    , m_MapWidth(RoundUp(m_Width))
    , m_Stride(m_MapWidth + RoundUp(2 * grid[0].GetRadius()))
    , m_Set(m_NumberOfFields * m_Stride)
    , m_Reader(grid, mapping, kernels, read)
    , m_Input(m_InputSlices * m_Set, 0.0)
    , m_Ring(m_RingRows * m_Slices * m_Set, 0.0)
    , m_Filtered(rowsAtOnce * m_Set, 0.0)
    , m_Moments(m_NumberOfFields * m_MapWidth, 0.0)
    , m_Reference(m_Stride, 0.0)
    , m_Synthetic(m_Stride, 0.0)
    , m_Map(m_MapWidth, 0.0)
    , m_Inside(m_MapWidth, 0.0)
    , m_Counts(m_MapWidth, 0.0)
    , m_None(m_MapWidth, 0.0)
    , m_IsInputZero(m_InputSlices, true)
    , m_IsSlotZero(m_RingRows, true)
  {
    for (SizeValueType i = 0; i < m_Width; ++i)
    {
      m_Counts[i] = IsCounted(grid[0], x0 + i) ? 1.0 : 0.0;
    }
  }

  SizeValueType
  GetNumberOfSlices() const
  {
    return m_Slices;
  }

  /** \param sums those of each slice */
  void
  Compute(Engine::Sums * const * sums)
  {
    const SizeValueType radius = m_Grid[1].GetRadius();
    SizeValueType       done = 0;
    for (SizeValueType y = 0; y < m_Grid[1].Size + 2 * radius; ++y)
    {
      const bool isZero = this->ReadRow(y);
      this->SumAcrossSlices(y, isZero);
      // As many rows of results as the ring has the surroundings of.
      const SizeValueType ready = y < 2 * radius ? 0 : y + 1 - 2 * radius;
      if (ready - done < rowsAtOnce && ready < m_Grid[1].Size)
      {
        continue;
      }
      const bool isRingZero = std::find(m_IsSlotZero.begin(), m_IsSlotZero.end(), false) == m_IsSlotZero.end();
      for (SizeValueType k = 0; k < m_Slices; ++k)
      {
        if (!m_Write && !m_WriteWeights && !IsCounted(m_Grid[2], m_Z0 + k))
        {
          continue;
        }
        if (!isRingZero)
        {
          this->SumAcrossRows(k, done, ready - done);
        }
        for (SizeValueType j = 0; j < ready - done; ++j)
        {
          this->FinishRow(k, j, done + j, isRingZero, *sums[k]);
        }
      }
      done = ready;
    }
  }

private:
  static bool
  IsCounted(const Engine::Axis & axis, SizeValueType i)
  {
    return i >= axis.Begin && i < axis.End;
  }

  /** Read the fields of row y, counted from the border's first, in all slices. True when nothing but zeros is in them.
   */
  bool
  ReadRow(SizeValueType y)
  {
    const SizeValueType readWidth = m_Width + 2 * m_Grid[0].GetRadius();
    bool                isZero = true;
    for (SizeValueType k = 0; k < m_InputSlices; ++k)
    {
      double * const row = m_Input.data() + k * m_Set;
      for (SizeValueType f = 0; f < m_NumberOfFields; ++f)
      {
        m_Fields[f] = row + f * m_Stride;
      }
      if (m_Reader.Read(m_X0,
                        y,
                        m_Z0 + k,
                        readWidth,
                        m_Reference.data(),
                        m_Synthetic.data(),
                        m_Formula.Weighted ? m_Fields[4] : nullptr))
      {
        m_Kernels.Combine(m_Reference.data(), m_Synthetic.data(), m_Stride, m_Fields.data());
        m_IsInputZero[k] = false;
      }
      else if (!m_IsInputZero[k])
      {
        std::fill(row, row + m_Set, 0.0);
        m_IsInputZero[k] = true;
      }
      isZero = isZero && m_IsInputZero[k];
    }
    return isZero;
  }

  /** Sum the row that has been read along the last axis into its place in the ring. */
  void
  SumAcrossSlices(SizeValueType y, bool isZero)
  {
    const SizeValueType place = y % m_RingRows;
    double * const      slot = m_Ring.data() + place * m_Slices * m_Set;
    if (isZero && !m_IsSlotZero[place])
    {
      std::fill(slot, slot + m_Slices * m_Set, 0.0);
    }
    m_IsSlotZero[place] = isZero;
    const std::vector<double> & window = m_Grid[2].Window;
    for (SizeValueType f = 0; f < m_NumberOfFields && !isZero; ++f)
    {
      for (SizeValueType k = 0; k < m_InputSlices; ++k)
      {
        m_Rows[k] = m_Input.data() + k * m_Set + f * m_Stride;
      }
      for (SizeValueType k = 0; k < m_Slices; ++k)
      {
        m_Results[k] = slot + k * m_Set + f * m_Stride;
      }
      m_Kernels.SumRows(m_Rows.data(), window.data(), window.size(), m_Slices, m_Stride, m_Results.data());
    }
  }

  /** Sum the rows of a slice in the ring along the second axis, for `count` rows of results. */
  void
  SumAcrossRows(SizeValueType k, SizeValueType firstRow, SizeValueType count)
  {
    const std::vector<double> & window = m_Grid[1].Window;
    for (SizeValueType f = 0; f < m_NumberOfFields; ++f)
    {
      for (SizeValueType j = 0; j < count + 2 * m_Grid[1].GetRadius(); ++j)
      {
        m_Rows[j] = m_Ring.data() + ((firstRow + j) % m_RingRows * m_Slices + k) * m_Set + f * m_Stride;
      }
      for (SizeValueType j = 0; j < count; ++j)
      {
        m_Results[j] = m_Filtered.data() + j * m_Set + f * m_Stride;
      }
      m_Kernels.SumRows(m_Rows.data(), window.data(), window.size(), count, m_Stride, m_Results.data());
    }
  }

  /** Sum along the row, and put the map's values in it.
   * \param j the row among those of SumAcrossRows()
   * \param y the row of the grid */
  void
  FinishRow(SizeValueType k, SizeValueType j, SizeValueType y, bool isRingZero, Engine::Sums & sums)
  {
    const bool isCounted = IsCounted(m_Grid[1], y) && IsCounted(m_Grid[2], m_Z0 + k);
    if (!m_Write && !m_WriteWeights && !isCounted)
    {
      return;
    }
    const std::vector<double> & window = m_Grid[0].Window;
    for (SizeValueType f = 0; f < m_NumberOfFields; ++f)
    {
      m_Fields[f] = m_Moments.data() + f * m_MapWidth;
      if (isRingZero)
      {
        std::fill(m_Fields[f], m_Fields[f] + m_MapWidth, 0.0);
      }
      else
      {
        m_Kernels.SumNeighbours(
          m_Filtered.data() + j * m_Set + f * m_Stride, window.data(), window.size(), m_MapWidth, m_Fields[f]);
      }
    }
    if (m_Formula.Masked)
    {
      m_Reader.Read(m_X0 + m_Grid[0].GetRadius(),
                    y + m_Grid[1].GetRadius(),
                    m_Z0 + k + m_Grid[2].GetRadius(),
                    m_Width,
                    nullptr,
                    nullptr,
                    m_Inside.data());
    }
    const double * const counts = isCounted ? m_Counts.data() : m_None.data();
    m_Kernels.Similarity(
      m_Fields.data(), m_Formula, counts, m_Formula.Masked ? m_Inside.data() : nullptr, m_MapWidth, m_Map.data(), sums);
    if (m_Write)
    {
      m_Write(m_X0, y, m_Z0 + k, m_Width, m_Map.data());
    }
    if (m_WriteWeights)
    {
      // Similarity() leaves them in the second field, unless nothing but the border decides.
      m_WriteWeights(m_X0, y, m_Z0 + k, m_Width, m_Formula.Weighted || m_Formula.Masked ? m_Fields[1] : counts);
    }
  }

  const Engine::Grid &                m_Grid;
  const Engine::Formula &             m_Formula;
  const StructuralSimilarityKernels & m_Kernels;
  const Engine::WriteFunction &       m_Write;
  const Engine::WriteFunction &       m_WriteWeights;
  const SizeValueType                 m_X0;
  const SizeValueType                 m_Z0;
  const SizeValueType                 m_Width;
  const SizeValueType                 m_Slices;
  const SizeValueType                 m_NumberOfFields;
  const SizeValueType                 m_InputSlices;
  const SizeValueType                 m_RingRows;
  const SizeValueType                 m_MapWidth;
  const SizeValueType                 m_Stride;
  /** Length of a row of each field, one after the other. */
  const SizeValueType m_Set;
  RowReader           m_Reader;

  std::vector<double>       m_Input;
  std::vector<double>       m_Ring;
  std::vector<double>       m_Filtered;
  std::vector<double>       m_Moments;
  std::vector<double>       m_Reference;
  std::vector<double>       m_Synthetic;
  std::vector<double>       m_Map;
  std::vector<double>       m_Inside;
  std::vector<double>       m_Counts;
  const std::vector<double> m_None;
  /** Rows that hold nothing but zeros, as far outside the mask, are not summed up. */
  std::vector<bool> m_IsInputZero;
  std::vector<bool> m_IsSlotZero;

  std::array<const double *, slicesAtOnce + longestWindow - 1> m_Rows{};
  std::array<double *, std::max(slicesAtOnce, rowsAtOnce)>     m_Results{};
  std::array<double *, 5>                                      m_Fields{};
};
} // namespace

StructuralSimilarityEngine::Axis::Axis(
  SizeValueType size, SizeValueType gridSize, std::vector<double> window, Border border, SizeValueType crop)
  : Size(gridSize)
  , Window(std::move(window))
  , Begin(std::min(crop, gridSize))
  , End(std::max(Begin, gridSize - Begin))
{
  const auto radius = static_cast<OffsetValueType>(this->GetRadius());
  const auto count = static_cast<OffsetValueType>(gridSize);
  const auto before = static_cast<OffsetValueType>((gridSize - size) / 2);
  ImageBegin = static_cast<SizeValueType>(radius + before);
  ImageEnd = ImageBegin + size;
  for (OffsetValueType i = -radius; i < count + radius; ++i)
  {
    const bool outside = i < 0 || i >= count;
    if (outside && border == Border::Zero)
    {
      Source.push_back(NoVoxel);
      continue;
    }
    const OffsetValueType mirrored = i < 0 ? -1 - i : (i >= count ? 2 * count - 1 - i : i);
    Source.push_back(static_cast<SizeValueType>(
      std::min(std::max<OffsetValueType>(mirrored - before, 0), static_cast<OffsetValueType>(size) - 1)));
  }
}

auto
StructuralSimilarityEngine::Volume::GetReadFunction() const -> ReadFunction
{
  return [this](SizeValueType x,
                SizeValueType y,
                SizeValueType z,
                SizeValueType count,
                double *      reference,
                double *      synthetic,
                double *      inside) {
    const SizeValueType first = (z * Size[1] + y) * Size[0] + x;
    if (reference)
    {
      std::copy_n(Reference.data() + first, count, reference);
    }
    if (synthetic)
    {
      std::copy_n(Synthetic.data() + first, count, synthetic);
    }
    if (inside)
    {
      std::copy_n(Inside.data() + first, count, inside);
    }
  };
}

std::vector<std::string>
StructuralSimilarityEngine::GetKernelNames()
{
  std::vector<std::string> names;
  for (const StructuralSimilarityKernels * const kernels : GetSupportedKernels())
  {
    names.emplace_back(kernels->Name);
  }
  return names;
}

auto
StructuralSimilarityEngine::ComputeSimilarity(const Grid &          grid,
                                              const Mapping &       mapping,
                                              const Formula &       formula,
                                              const ReadFunction &  read,
                                              const WriteFunction & write,
                                              const WriteFunction & writeWeights,
                                              float                 progressWeight) const -> Sums
{
  const StructuralSimilarityKernels & kernels = *GetSupportedKernels()[m_Kernels];
  const SizeValueType                 tiles = (grid[0].Size + tileWidth - 1) / tileWidth;
  const SizeValueType                 blocks = (grid[2].Size + slicesAtOnce - 1) / slicesAtOnce;

  // One set per slice and tile, joined in their order, so that the threads do not matter.
  std::vector<Sums> partial(grid[2].Size * tiles);

  ParallelizeArray(m_Filter, blocks * tiles, progressWeight, [&](SizeValueType task) {
    const SizeValueType tile = task % tiles;
    const SizeValueType z0 = task / tiles * slicesAtOnce;
    SimilarityBlock     block(grid, mapping, formula, kernels, read, write, writeWeights, tile * tileWidth, z0);
    std::array<Sums *, slicesAtOnce> sums{};
    for (SizeValueType k = 0; k < block.GetNumberOfSlices(); ++k)
    {
      sums[k] = &partial[(z0 + k) * tiles + tile];
    }
    block.Compute(sums.data());
  });

  Sums total;
  for (const Sums & sums : partial)
  {
    total.Global += sums.Global;
    total.GlobalWeight += sums.GlobalWeight;
    total.Masked += sums.Masked;
    total.MaskedWeight += sums.MaskedWeight;
  }
  return total;
}

auto
StructuralSimilarityEngine::Halve(const Grid &                grid,
                                  const std::array<bool, 3> & halve,
                                  const Mapping &             mapping,
                                  const ReadFunction &        read,
                                  float                       progressWeight) const -> Volume
{
  const StructuralSimilarityKernels & kernels = *GetSupportedKernels()[m_Kernels];

  Volume volume;
  double scale = 1.0;
  for (unsigned int axis = 0; axis < 3; ++axis)
  {
    volume.Size[axis] = halve[axis] ? (grid[axis].Size + 1) / 2 : grid[axis].Size;
    scale *= halve[axis] ? 0.5 : 1.0;
  }
  const SizeValueType total = volume.Size[0] * volume.Size[1] * volume.Size[2];
  volume.Reference.resize(total);
  volume.Synthetic.resize(total);
  volume.Inside.resize(total);

  // The positions that one of the result is the mean of.
  const auto sourcesOf = [&halve](unsigned int axis, SizeValueType i) {
    return halve[axis] ? std::make_pair(i == 0 ? 0 : 2 * i - 1, 2 * i + 1) : std::make_pair(i, i + 1);
  };
  const SizeValueType stepX = halve[0] ? 2 : 1;
  const SizeValueType stepY = halve[1] ? 2 : 1;
  const SizeValueType stepZ = halve[2] ? 2 : 1;
  const SizeValueType padded = grid[0].Size + 1;

  ParallelizeArray(m_Filter, volume.Size[2], progressWeight, [&](SizeValueType z) {
    RowReader                          reader(grid, mapping, kernels, read);
    std::array<std::vector<double>, 3> part;
    part.fill(std::vector<double>(tileWidth));
    // Sums of rows, with the 0 before the first position.
    std::array<std::vector<double>, 2> sums;
    std::vector<double>                inside(grid[0].Size);
    for (SizeValueType y = 0; y < volume.Size[1]; ++y)
    {
      sums.fill(std::vector<double>(padded, 0.0));
      const auto rangeZ = sourcesOf(2, z);
      const auto rangeY = sourcesOf(1, y);
      for (SizeValueType sourceZ = rangeZ.first; sourceZ < std::min(rangeZ.second, grid[2].Size); ++sourceZ)
      {
        for (SizeValueType sourceY = rangeY.first; sourceY < std::min(rangeY.second, grid[1].Size); ++sourceY)
        {
          for (SizeValueType x = 0; x < grid[0].Size; x += tileWidth)
          {
            const SizeValueType count = std::min(tileWidth, grid[0].Size - x);
            const bool          any = reader.Read(x + grid[0].GetRadius(),
                                         sourceY + grid[1].GetRadius(),
                                         sourceZ + grid[2].GetRadius(),
                                         count,
                                         part[0].data(),
                                         part[1].data(),
                                         part[2].data());
            for (SizeValueType i = 0; i < count && any; ++i)
            {
              sums[0][x + i + 1] += part[0][i];
              sums[1][x + i + 1] += part[1][i];
            }
            if (sourceZ == z * stepZ && sourceY == y * stepY)
            {
              std::copy_n(part[2].data(), count, inside.data() + x);
            }
          }
        }
      }
      const SizeValueType row = (z * volume.Size[1] + y) * volume.Size[0];
      for (SizeValueType x = 0; x < volume.Size[0]; ++x)
      {
        const SizeValueType i = x * stepX;
        volume.Reference[row + x] = scale * (sums[0][i + 1] + (halve[0] ? sums[0][i] : 0.0));
        volume.Synthetic[row + x] = scale * (sums[1][i + 1] + (halve[0] ? sums[1][i] : 0.0));
        volume.Inside[row + x] = inside[i] != 0.0 ? 1 : 0;
      }
    }
  });
  return volume;
}

} // namespace SyntheticCTDetail
} // namespace itk
