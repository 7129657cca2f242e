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
#ifndef itkPairedRuns_h
#define itkPairedRuns_h

#include "itkIntTypes.h"
#include "itkNumericTraits.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace itk
{
namespace SyntheticCTDetail
{

/** Pairs of values of two images, gathered as double until there are enough for a vectorised loop. */
class PairedRun
{
public:
  /** Short enough for several runs to stay in the first cache. */
  static constexpr size_t Limit = 256;
  static constexpr size_t BlockLength = 16;
  static constexpr size_t Capacity = Limit + BlockLength;

  size_t
  GetCount() const
  {
    return m_Count;
  }
  const double *
  GetReference() const
  {
    return m_Reference.data();
  }
  const double *
  GetSynthetic() const
  {
    return m_Synthetic.data();
  }
  bool
  IsFull() const
  {
    return m_Count >= Limit;
  }
  void
  Clear()
  {
    m_Count = 0;
  }

  /** Adds at most BlockLength pairs to a run that is not full. TLength is size_t, or a constant that the compiler
   * unrolls by. */
  template <typename TReference, typename TSynthetic, typename TLength>
  void
  AddBlock(const TReference * reference, const TSynthetic * synthetic, TLength length)
  {
    Convert(reference, length, m_Reference.data() + m_Count);
    Convert(synthetic, length, m_Synthetic.data() + m_Count);
    m_Count += length;
  }

  /** Adds those of at most BlockLength pairs for which `isIn(i)` holds. */
  template <typename TReference, typename TSynthetic, typename TLength, typename TIsIn>
  void
  AddSomeOfBlock(const TReference * reference, const TSynthetic * synthetic, TLength length, const TIsIn & isIn)
  {
    // Every pair is written, and the next one overwrites those that do not count: cheaper than a branch.
    size_t count = m_Count;
    for (size_t i = 0; i < length; ++i)
    {
      m_Reference[count] = static_cast<double>(reference[i]);
      m_Synthetic[count] = static_cast<double>(synthetic[i]);
      count += isIn(i) ? 1 : 0;
    }
    m_Count = count;
  }

  /** Adds the pairs of a line whose mask is not zero, or all without a mask (nullptr), and calls `function(run)`
   * whenever the run is full, which has to clear it. */
  template <typename TReference, typename TSynthetic, typename TMask, typename TFunction>
  void
  AddLine(const TReference * reference,
          const TSynthetic * synthetic,
          const TMask *      mask,
          size_t             length,
          TFunction &&       function)
  {
    const auto add = [&](size_t begin, auto blockLength) {
      const auto isIn = [at = mask + begin](size_t i) { return at[i] != NumericTraits<TMask>::ZeroValue(); };
      const auto share = ShareOfMask(mask + begin, blockLength);
      if (share == Share::All)
      {
        this->AddBlock(reference + begin, synthetic + begin, blockLength);
      }
      else if (share == Share::Some)
      {
        this->AddSomeOfBlock(reference + begin, synthetic + begin, blockLength, isIn);
      }
    };
    using BlockLengthType = std::integral_constant<size_t, BlockLength>;
    for (size_t begin = 0; begin < length; begin += BlockLength)
    {
      const bool isWhole = begin + BlockLength <= length;
      if (mask == nullptr)
      {
        isWhole ? this->AddBlock(reference + begin, synthetic + begin, BlockLengthType{})
                : this->AddBlock(reference + begin, synthetic + begin, length - begin);
      }
      else
      {
        isWhole ? add(begin, BlockLengthType{}) : add(begin, length - begin);
      }
      if (this->IsFull())
      {
        function(*this);
      }
    }
  }

private:
  enum class Share
  {
    None,
    Some,
    All
  };

  /** How many of the voxels of a mask are not zero. */
  template <typename TMask, typename TLength>
  static Share
  ShareOfMask(const TMask * mask, TLength length)
  {
    if constexpr (std::is_integral_v<TMask> && sizeof(TMask) == 1 && !std::is_same_v<TLength, size_t>)
    {
      // Eight voxels at a time; TLength is a multiple of 8.
      constexpr uint64_t ones = 0x0101010101010101u;
      uint64_t           any = 0;
      uint64_t           zeros = 0;
      for (size_t i = 0; i < length; i += sizeof(uint64_t))
      {
        uint64_t eight;
        std::memcpy(&eight, mask + i, sizeof(eight));
        any |= eight;
        // The highest bits of bytes that are zero, and maybe of those above them.
        zeros |= (eight - ones) & ~eight & ones << 7;
      }
      return any == 0 ? Share::None : zeros == 0 ? Share::All : Share::Some;
    }
    else
    {
      size_t inside = 0;
      for (size_t i = 0; i < length; ++i)
      {
        inside += mask[i] != NumericTraits<TMask>::ZeroValue() ? 1 : 0;
      }
      return inside == 0 ? Share::None : inside == length ? Share::All : Share::Some;
    }
  }

  template <typename T, typename TLength>
  static void
  Convert(const T * values, TLength length, double * target)
  {
    // By way of an array of its own, because the compiler cannot know that `target` is not where the values are.
    std::array<double, BlockLength> converted;
    for (size_t i = 0; i < length; ++i)
    {
      converted[i] = static_cast<double>(values[i]);
    }
    std::copy_n(converted.begin(), size_t{ length }, target);
  }

  std::array<double, Capacity> m_Reference;
  std::array<double, Capacity> m_Synthetic;
  size_t                       m_Count{ 0 };
};

/** Calls `function(index, length)` for the voxels of a region in parts that are in one piece in memory, as long as they
 * can be: lines along the first axis, or whole slices where the region is as wide as the image. How the region is cut
 * depends on it and the size of the image alone, which has to be in memory across the axes that the region spans. */
template <typename TImage, typename TFunction>
void
ForEachPiece(const TImage * image, const typename TImage::RegionType & region, const TFunction & function)
{
  constexpr unsigned int dimension = TImage::ImageDimension;
  const auto &           whole = image->GetLargestPossibleRegion().GetSize();
  size_t                 length = region.GetSize(0);
  unsigned int           axis = 1;
  for (; axis < dimension && region.GetSize(axis - 1) == whole[axis - 1]; ++axis)
  {
    length *= region.GetSize(axis);
  }
  size_t count = 1;
  for (unsigned int d = axis; d < dimension; ++d)
  {
    count *= region.GetSize(d);
  }
  for (size_t piece = 0; piece < count; ++piece)
  {
    auto   index = region.GetIndex();
    size_t rest = piece;
    for (unsigned int d = axis; d < dimension; ++d)
    {
      index[d] += static_cast<IndexValueType>(rest % region.GetSize(d));
      rest /= region.GetSize(d);
    }
    function(index, length);
  }
}

/** The voxels from an index on; nullptr without an image. */
template <typename TImage>
const typename TImage::PixelType *
VoxelsFrom(const TImage * image, const typename TImage::IndexType & index)
{
  return image == nullptr ? nullptr : image->GetBufferPointer() + image->ComputeOffset(index);
}

/** Calls `function(run)` for runs of the pairs of a region whose mask is not zero, or of all without a mask. How pairs
 * are cut into runs depends on the region, the mask and nothing else. */
template <typename TReferenceImage, typename TSyntheticImage, typename TMaskImage, typename TFunction>
void
ForEachPairedRun(const TReferenceImage *                      reference,
                 const TSyntheticImage *                      synthetic,
                 const TMaskImage *                           mask,
                 const typename TReferenceImage::RegionType & region,
                 const TFunction &                            function)
{
  PairedRun  run;
  const auto flush = [&function](PairedRun & full) {
    function(static_cast<const PairedRun &>(full));
    full.Clear();
  };
  ForEachPiece(reference, region, [&](const auto & index, size_t length) {
    run.AddLine(VoxelsFrom(reference, index), VoxelsFrom(synthetic, index), VoxelsFrom(mask, index), length, flush);
  });
  if (run.GetCount() != 0)
  {
    flush(run);
  }
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
