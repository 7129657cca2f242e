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
  static const std::vector<const StructuralSimilarityKernels *> supported = [] {
    std::vector<const StructuralSimilarityKernels *> found;
#if defined(__x86_64__) && defined(__GNUC__)
    const bool fused = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (fused && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    {
      found.push_back(&StructuralSimilarityAVX512::kernels);
    }
    if (fused)
    {
      found.push_back(&StructuralSimilarityAVX2::kernels);
    }
#endif
    found.push_back(&StructuralSimilarityBaseline::kernels);
    return found;
  }();
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
  const SizeValueType                 numberOfFields = formula.Weighted ? 5 : 4;
  const std::array<SizeValueType, 3>  radius{ { grid[0].GetRadius(), grid[1].GetRadius(), grid[2].GetRadius() } };
  const std::array<SizeValueType, 3>  taps{ { grid[0].Window.size(), grid[1].Window.size(), grid[2].Window.size() } };

  // One set per slice and tile, joined in their order, so that the threads do not matter.
  std::vector<Sums> partial(grid[2].Size * tiles);

  ParallelizeArray(m_Filter, blocks * tiles, progressWeight, [&](SizeValueType task) {
    const SizeValueType tile = task % tiles;
    const SizeValueType x0 = tile * tileWidth;
    const SizeValueType z0 = task / tiles * slicesAtOnce;
    const SizeValueType width = std::min(tileWidth, grid[0].Size - x0);
    const SizeValueType slices = std::min(slicesAtOnce, grid[2].Size - z0);
    const auto          isCounted = [](const Axis & axis, SizeValueType i) { return i >= axis.Begin && i < axis.End; };
    const auto isSliceWanted = [&](SizeValueType k) { return write || writeWeights || isCounted(grid[2], z0 + k); };

    const SizeValueType readWidth = width + 2 * radius[0];
    const SizeValueType mapWidth = RoundUp(width);
    const SizeValueType stride = mapWidth + RoundUp(2 * radius[0]);
    const SizeValueType inputSlices = slices + 2 * radius[2];
    const SizeValueType ringRows = rowsAtOnce + 2 * radius[1];

    // Arrays of rows that hold the fields one after the other.
    const SizeValueType       set = numberOfFields * stride;
    std::vector<double>       input(inputSlices * set, 0.0);
    std::vector<double>       ring(ringRows * slices * set, 0.0);
    std::vector<double>       filtered(rowsAtOnce * set, 0.0);
    std::vector<double>       moments(numberOfFields * mapWidth, 0.0);
    std::vector<double>       reference(stride, 0.0);
    std::vector<double>       synthetic(stride, 0.0);
    std::vector<double>       map(mapWidth, 0.0);
    std::vector<double>       inside(mapWidth, 0.0);
    std::vector<double>       counts(mapWidth, 0.0);
    const std::vector<double> none(mapWidth, 0.0);
    for (SizeValueType i = 0; i < width; ++i)
    {
      counts[i] = isCounted(grid[0], x0 + i) ? 1.0 : 0.0;
    }

    RowReader                                                    reader(grid, mapping, kernels, read);
    std::array<const double *, slicesAtOnce + longestWindow - 1> rows{};
    std::array<double *, std::max(slicesAtOnce, rowsAtOnce)>     results{};
    std::array<double *, 5>                                      fields{};

    // Rows that hold nothing but zeros, as far outside the mask, are not summed up.
    std::vector<bool> isInputZero(inputSlices, true);
    std::vector<bool> isSlotZero(ringRows, true);

    SizeValueType done = 0;
    for (SizeValueType y = 0; y < grid[1].Size + 2 * radius[1]; ++y)
    {
      bool isZero = true;
      for (SizeValueType k = 0; k < inputSlices; ++k)
      {
        double * const row = input.data() + k * set;
        for (SizeValueType f = 0; f < numberOfFields; ++f)
        {
          fields[f] = row + f * stride;
        }
        if (reader.Read(
              x0, y, z0 + k, readWidth, reference.data(), synthetic.data(), formula.Weighted ? fields[4] : nullptr))
        {
          kernels.Combine(reference.data(), synthetic.data(), stride, fields.data());
          isInputZero[k] = false;
        }
        else if (!isInputZero[k])
        {
          std::fill(row, row + set, 0.0);
          isInputZero[k] = true;
        }
        isZero = isZero && isInputZero[k];
      }
      double * const slot = ring.data() + y % ringRows * slices * set;
      if (isZero && !isSlotZero[y % ringRows])
      {
        std::fill(slot, slot + slices * set, 0.0);
      }
      isSlotZero[y % ringRows] = isZero;
      for (SizeValueType f = 0; f < numberOfFields && !isZero; ++f)
      {
        for (SizeValueType k = 0; k < inputSlices; ++k)
        {
          rows[k] = input.data() + k * set + f * stride;
        }
        for (SizeValueType k = 0; k < slices; ++k)
        {
          results[k] = slot + k * set + f * stride;
        }
        kernels.SumRows(rows.data(), grid[2].Window.data(), taps[2], slices, stride, results.data());
      }

      // As many rows of results as the ring has the surroundings of.
      const SizeValueType ready = y < 2 * radius[1] ? 0 : y + 1 - 2 * radius[1];
      if (ready - done < rowsAtOnce && ready < grid[1].Size)
      {
        continue;
      }
      const bool isRingZero = std::find(isSlotZero.begin(), isSlotZero.end(), false) == isSlotZero.end();
      for (SizeValueType k = 0; k < slices; ++k)
      {
        if (!isSliceWanted(k))
        {
          continue;
        }
        for (SizeValueType f = 0; f < numberOfFields && !isRingZero; ++f)
        {
          for (SizeValueType j = 0; j < ready - done + 2 * radius[1]; ++j)
          {
            rows[j] = ring.data() + ((done + j) % ringRows * slices + k) * set + f * stride;
          }
          for (SizeValueType j = 0; j < ready - done; ++j)
          {
            results[j] = filtered.data() + j * set + f * stride;
          }
          kernels.SumRows(rows.data(), grid[1].Window.data(), taps[1], ready - done, stride, results.data());
        }
        for (SizeValueType j = 0; j < ready - done; ++j)
        {
          const bool counted = isCounted(grid[1], done + j) && isCounted(grid[2], z0 + k);
          if (!write && !writeWeights && !counted)
          {
            continue;
          }
          for (SizeValueType f = 0; f < numberOfFields; ++f)
          {
            fields[f] = moments.data() + f * mapWidth;
            if (isRingZero)
            {
              std::fill(fields[f], fields[f] + mapWidth, 0.0);
            }
            else
            {
              kernels.SumNeighbours(
                filtered.data() + j * set + f * stride, grid[0].Window.data(), taps[0], mapWidth, fields[f]);
            }
          }
          if (formula.Masked)
          {
            reader.Read(
              x0 + radius[0], done + j + radius[1], z0 + k + radius[2], width, nullptr, nullptr, inside.data());
          }
          kernels.Similarity(fields.data(),
                             formula,
                             counted ? counts.data() : none.data(),
                             formula.Masked ? inside.data() : nullptr,
                             mapWidth,
                             map.data(),
                             partial[(z0 + k) * tiles + tile]);
          if (write)
          {
            write(x0, done + j, z0 + k, width, map.data());
          }
          if (writeWeights)
          {
            // Similarity() leaves them in the second field, unless nothing but the border decides.
            const double * const plain = counted ? counts.data() : none.data();
            writeWeights(x0, done + j, z0 + k, width, formula.Weighted || formula.Masked ? fields[1] : plain);
          }
        }
      }
      done = ready;
    }
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
