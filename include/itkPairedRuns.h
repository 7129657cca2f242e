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

#include "itkImageScanlineConstIterator.h"
#include "itkNumericTraits.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
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
    for (size_t i = 0; i < length; ++i)
    {
      m_Reference[m_Count + i] = static_cast<double>(reference[i]);
      m_Synthetic[m_Count + i] = static_cast<double>(synthetic[i]);
    }
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
      uint8_t    inside = 0;
      for (size_t i = 0; i < blockLength; ++i)
      {
        inside = static_cast<uint8_t>(inside + (isIn(i) ? 1 : 0));
      }
      if (inside == blockLength)
      {
        this->AddBlock(reference + begin, synthetic + begin, blockLength);
      }
      else if (inside != 0)
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
  std::array<double, Capacity> m_Reference;
  std::array<double, Capacity> m_Synthetic;
  size_t                       m_Count{ 0 };
};

/** Calls `function(index, length)` for the first index of every line of a region along the first axis. */
template <typename TImage, typename TFunction>
void
ForEachLine(const TImage * image, const typename TImage::RegionType & region, const TFunction & function)
{
  for (ImageScanlineConstIterator<TImage> it(image, region); !it.IsAtEnd(); it.NextLine())
  {
    function(it.GetIndex(), static_cast<size_t>(region.GetSize(0)));
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
  ForEachLine(reference, region, [&](const auto & index, size_t length) {
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
