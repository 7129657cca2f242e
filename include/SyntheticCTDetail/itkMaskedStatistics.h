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
#ifndef itkMaskedStatistics_h
#define itkMaskedStatistics_h

#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkPixelConversion.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Throws unless two parameters of a filter are percentiles, ascending. */
inline void
VerifyPercentiles(const ProcessObject * filter, double lower, double upper)
{
  if (!(lower >= 0.0 && lower < upper && upper <= 100.0))
  {
    itkSyntheticCTObjectExceptionMacro(filter,
                                       "LowerPercentile is " << lower << " and UpperPercentile is " << upper
                                                             << ", and they should be ascending and in [0, 100]");
  }
}

/** Throws unless two parameters of a filter are a mean and a standard deviation (which may be 0 if it is not divided
 * by). */
inline void
VerifyMeanAndDeviation(const ProcessObject * filter, double mean, double deviation, bool mayBeZero)
{
  if (!std::isfinite(mean))
  {
    itkSyntheticCTObjectExceptionMacro(filter, "Mean is " << mean << " and should be a finite number");
  }
  if (!std::isfinite(deviation) || deviation < 0.0 || (deviation == 0.0 && !mayBeZero))
  {
    itkSyntheticCTObjectExceptionMacro(filter, "StandardDeviation is " << deviation << " and should be more than 0");
  }
}

/** Calls `function(voxels, count)` for runs of voxels of a region whose mask is not zero, or of all without a mask, in
 * the order of the image. How voxels are cut into runs depends on the region, the mask and nothing else. */
template <typename TImage, typename TMaskImage, typename TFunction>
void
ForEachMaskedRun(const TImage *                      image,
                 const TMaskImage *                  mask,
                 const typename TImage::RegionType & region,
                 TFunction &&                        function)
{
  using PixelType = typename TImage::PixelType;
  const size_t length = region.GetSize(0);
  // Runs fit into the first cache, so that they can be read more than once.
  constexpr size_t limit = 1024;
  // Lines of fewer voxels are gathered.
  constexpr size_t                   shortLine = 32;
  ImageScanlineConstIterator<TImage> it(image, region);
  if (mask == nullptr && length >= shortLine)
  {
    for (; !it.IsAtEnd(); it.NextLine())
    {
      const PixelType * const line = &it.Value();
      for (size_t begin = 0; begin < length; begin += limit)
      {
        function(line + begin, std::min(limit, length - begin));
      }
    }
    return;
  }
  std::array<PixelType, 2 * limit> run;
  size_t                           count = 0;
  const auto                       flushFrom = [&](size_t smallest) {
    if (count >= smallest)
    {
      function(static_cast<const PixelType *>(run.data()), count);
      count = 0;
    }
  };
  if (mask == nullptr)
  {
    for (; !it.IsAtEnd(); it.NextLine())
    {
      std::copy_n(&it.Value(), length, run.begin() + static_cast<std::ptrdiff_t>(count));
      count += length;
      flushFrom(limit);
    }
  }
  else
  {
    ImageScanlineConstIterator<TMaskImage> maskIt(mask, region);
    for (; !it.IsAtEnd(); it.NextLine(), maskIt.NextLine())
    {
      const PixelType * const                      line = &it.Value();
      const typename TMaskImage::PixelType * const maskLine = &maskIt.Value();
      for (size_t begin = 0; begin < length; begin += limit)
      {
        const size_t end = std::min(begin + limit, length);
        for (size_t i = begin; i < end; ++i)
        {
          // Every voxel is written, and the next one overwrites those that do not count: cheaper than a branch.
          run[count] = line[i];
          count += maskLine[i] != NumericTraits<typename TMaskImage::PixelType>::ZeroValue() ? 1 : 0;
        }
        flushFrom(limit);
      }
    }
  }
  flushFrom(1);
}

/** How many voxels there are, and between which values. */
struct VoxelRange
{
  SizeValueType Count{ 0 };
  double        Minimum{ std::numeric_limits<double>::infinity() };
  double        Maximum{ -std::numeric_limits<double>::infinity() };
  /** Whether no voxel is NaN or infinite; without that the other two say nothing. */
  bool IsFinite{ true };

  /** Adds one voxel. */
  void
  Take(double value)
  {
    ++Count;
    Minimum = std::min(Minimum, value);
    Maximum = std::max(Maximum, value);
    IsFinite = IsFinite && std::isfinite(value);
  }

  void
  Join(const VoxelRange & other)
  {
    Count += other.Count;
    Minimum = std::min(Minimum, other.Minimum);
    Maximum = std::max(Maximum, other.Maximum);
    IsFinite = IsFinite && other.IsFinite;
  }
};

/** Range, mean, and sum of the squared deviations from the mean. */
struct VoxelMoments
{
  VoxelRange Range;
  double     Mean{ 0.0 };
  double     SquaredDeviations{ 0.0 };

  bool
  AreOfConstant() const
  {
    return Range.Minimum == Range.Maximum;
  }

  /** That of the population. */
  double
  StandardDeviation() const
  {
    return std::sqrt(SquaredDeviations / static_cast<double>(Range.Count));
  }

  /** The moments of both sets of voxels (T.F. Chan, G.H. Golub, R.J. LeVeque, "Algorithms for computing the sample
   * variance: analysis and recommendations", The American Statistician 37, 1983). */
  void
  Join(const VoxelMoments & other)
  {
    if (other.Range.Count == 0)
    {
      return;
    }
    if (Range.Count == 0)
    {
      *this = other;
      return;
    }
    const auto   ours = static_cast<double>(Range.Count);
    const auto   theirs = static_cast<double>(other.Range.Count);
    const double share = theirs / (ours + theirs);
    const double shift = other.Mean - Mean;
    Mean += shift * share;
    SquaredDeviations += other.SquaredDeviations + shift * shift * ours * share;
    Range.Join(other.Range);
  }
};

// Several running results instead of one let the compiler use vector instructions. Their order is fixed by the position
// of a voxel in its run.
constexpr size_t NumberOfLanes = 8;

/** The range of a run of at least one voxel. */
template <typename TPixel>
VoxelRange
RangeOfRun(const TPixel * voxels, size_t count)
{
  std::array<TPixel, NumberOfLanes> low;
  std::array<TPixel, NumberOfLanes> high;
  low.fill(voxels[0]);
  high.fill(voxels[0]);
  // A finite number minus itself is 0; NaN and infinities give NaN, which stays.
  std::array<TPixel, NumberOfLanes> zero{};
  const auto                        take = [&](size_t lane, TPixel value) {
    low[lane] = value < low[lane] ? value : low[lane];
    high[lane] = value > high[lane] ? value : high[lane];
    if constexpr (std::is_floating_point_v<TPixel>)
    {
      zero[lane] += value - value;
    }
  };
  size_t i = 0;
  for (; i + NumberOfLanes <= count; i += NumberOfLanes)
  {
    for (size_t lane = 0; lane < NumberOfLanes; ++lane)
    {
      take(lane, voxels[i + lane]);
    }
  }
  for (; i < count; ++i)
  {
    take(0, voxels[i]);
  }
  VoxelRange range;
  range.Count = count;
  for (size_t lane = 0; lane < NumberOfLanes; ++lane)
  {
    range.Minimum = std::min(range.Minimum, static_cast<double>(low[lane]));
    range.Maximum = std::max(range.Maximum, static_cast<double>(high[lane]));
    range.IsFinite = range.IsFinite && zero[lane] == TPixel{};
  }
  return range;
}

/** The moments of a run of at least one voxel, in two passes. */
template <typename TPixel>
VoxelMoments
MomentsOfRun(const TPixel * voxels, size_t count)
{
  using Lanes = std::array<double, NumberOfLanes>;
  const auto sumOf = [voxels, count](auto && function) {
    Lanes  lanes{};
    size_t i = 0;
    for (; i + NumberOfLanes <= count; i += NumberOfLanes)
    {
      for (size_t lane = 0; lane < NumberOfLanes; ++lane)
      {
        lanes[lane] += function(static_cast<double>(voxels[i + lane]));
      }
    }
    for (; i < count; ++i)
    {
      lanes[0] += function(static_cast<double>(voxels[i]));
    }
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
  };

  VoxelMoments moments;
  moments.Range = RangeOfRun(voxels, count);
  // Deviations from the first voxel add up to exactly zero where the image is constant.
  const auto   first = static_cast<double>(voxels[0]);
  const double mean = first + sumOf([first](double value) { return value - first; }) / static_cast<double>(count);
  moments.Mean = mean;
  moments.SquaredDeviations = sumOf([mean](double value) { return (value - mean) * (value - mean); });
  return moments;
}

/** Throws an exception that names the first voxel, inside the mask if there is one, that is NaN or infinite. */
template <typename TImage, typename TMaskImage>
void
ThrowForFirstVoxelThatIsNotFinite(const ProcessObject * filter, const TImage * image, const TMaskImage * mask)
{
  ForEachMaskedVoxel(image, mask, image->GetLargestPossibleRegion(), [&](auto pixel, const auto & index) {
    if (!IsFinite(pixel))
    {
      itkSyntheticCTObjectExceptionMacro(filter,
                                         "The voxel at index " << index() << " is " << pixel
                                                               << (mask ? ", inside the mask," : "")
                                                               << " and should be a finite number");
    }
  });
}

/** Joins what `ofRun(voxels, count)` says of every run of a region, per slice and in slice order, so that the result
 * has the same bits for any number of threads. */
template <typename TResult, typename TImage, typename TMaskImage, typename TFunction>
TResult
JoinRuns(ProcessObject *                     filter,
         const TImage *                      image,
         const TMaskImage *                  mask,
         const typename TImage::RegionType & region,
         float                               progressWeight,
         const TFunction &                   ofRun)
{
  std::vector<TResult> slices(region.GetSize(TImage::ImageDimension - 1));
  ParallelizeSlices(filter, region, progressWeight, [&](SizeValueType s, const auto & slice) {
    TResult result;
    ForEachMaskedRun(image, mask, slice, [&](const auto * voxels, size_t count) { result.Join(ofRun(voxels, count)); });
    slices[s] = result;
  });
  TResult all;
  for (const TResult & slice : slices)
  {
    all.Join(slice);
  }
  return all;
}

/** Throws when there are no voxels, or one of them is NaN or infinite. */
template <typename TImage, typename TMaskImage>
void
VerifyVoxels(const ProcessObject * filter, const TImage * image, const TMaskImage * mask, const VoxelRange & range)
{
  if (range.Count == 0)
  {
    itkSyntheticCTObjectExceptionMacro(filter,
                                       (mask ? "MaskImage has no voxel that is not zero" : "The image has no voxels"));
  }
  if (!range.IsFinite)
  {
    ThrowForFirstVoxelThatIsNotFinite(filter, image, mask);
  }
}

/** The moments of the voxels of an image whose mask is not zero, or of all without a mask. Throws when there are none,
 * and when one is NaN or infinite. */
template <typename TImage, typename TMaskImage>
VoxelMoments
ComputeMoments(ProcessObject * filter, const TImage * image, const TMaskImage * mask, float progressWeight)
{
  const VoxelMoments moments = JoinRuns<VoxelMoments>(
    filter, image, mask, image->GetLargestPossibleRegion(), progressWeight, [](const auto * voxels, size_t count) {
      return MomentsOfRun(voxels, count);
    });
  VerifyVoxels(filter, image, mask, moments.Range);
  return moments;
}

/** The range of the voxels of an image whose mask is not zero, or of all without a mask. Throws as ComputeMoments. */
template <typename TImage, typename TMaskImage>
VoxelRange
ComputeRange(ProcessObject * filter, const TImage * image, const TMaskImage * mask, float progressWeight)
{
  const VoxelRange range = JoinRuns<VoxelRange>(
    filter, image, mask, image->GetLargestPossibleRegion(), progressWeight, [](const auto * voxels, size_t count) {
      return RangeOfRun(voxels, count);
    });
  VerifyVoxels(filter, image, mask, range);
  return range;
}

/** Pixels as unsigned integers of the same size in the same order, and back. The two zeros of a floating-point type
 * have one key, that of +0. */
template <typename TPixel>
struct OrderedKey
{
  static_assert(std::is_arithmetic_v<TPixel> && sizeof(TPixel) <= 8, "The pixel has to be a number of up to 64 bits");

  static constexpr unsigned int NumberOfBits = 8 * sizeof(TPixel);

  using KeyType = std::conditional_t<
    sizeof(TPixel) == 1,
    uint8_t,
    std::conditional_t<sizeof(TPixel) == 2, uint16_t, std::conditional_t<sizeof(TPixel) == 4, uint32_t, uint64_t>>>;

  static constexpr KeyType SignBit = static_cast<KeyType>(KeyType{ 1 } << (NumberOfBits - 1));

  static KeyType
  FromPixel(TPixel pixel)
  {
    KeyType bits;
    if constexpr (std::is_floating_point_v<TPixel>)
    {
      pixel += TPixel{};
      std::memcpy(&bits, &pixel, sizeof(bits));
      // A negative number has its bits inverted, so that larger magnitudes come first.
      const KeyType mask = static_cast<KeyType>(-(bits >> (NumberOfBits - 1))) | SignBit;
      return bits ^ mask;
    }
    else
    {
      bits = static_cast<KeyType>(pixel);
      return std::is_signed_v<TPixel> ? static_cast<KeyType>(bits ^ SignBit) : bits;
    }
  }

  static TPixel
  ToPixel(KeyType key)
  {
    if constexpr (std::is_floating_point_v<TPixel>)
    {
      const KeyType bits = (key & SignBit) != 0 ? key ^ SignBit : static_cast<KeyType>(~key);
      TPixel        pixel;
      std::memcpy(&pixel, &bits, sizeof(pixel));
      return pixel;
    }
    else
    {
      return static_cast<TPixel>(std::is_signed_v<TPixel> ? static_cast<KeyType>(key ^ SignBit) : key);
    }
  }
};

/** Calls `count(pixel, counters)` for every voxel whose mask is not zero, or for all without a mask, with counters that
 * each thread has to itself, and gives their sums. */
template <typename TImage, typename TMaskImage, typename TFunction>
std::vector<SizeValueType>
CountVoxels(ProcessObject *    filter,
            const TImage *     image,
            const TMaskImage * mask,
            size_t             numberOfCounters,
            float              progressWeight,
            const TFunction &  count)
{
  using Counts = std::vector<SizeValueType>;
  const auto          region = image->GetLargestPossibleRegion();
  const SizeValueType numberOfSlices = region.GetSize(TImage::ImageDimension - 1);
  const SizeValueType numberOfParts =
    std::max<SizeValueType>(1, std::min<SizeValueType>(filter->GetNumberOfWorkUnits(), numberOfSlices));
  const float sliceWeight = progressWeight / static_cast<float>(std::max<SizeValueType>(1, numberOfSlices));

  std::vector<Counts> parts(numberOfParts);
  ParallelizeArray(filter, numberOfParts, 0.0F, [&](SizeValueType part) {
    Counts              counts(numberOfCounters);
    const SizeValueType end = numberOfSlices * (part + 1) / numberOfParts;
    for (SizeValueType s = numberOfSlices * part / numberOfParts; s < end; ++s)
    {
      ThrowIfAborted(filter);
      ForEachMaskedRun(
        image, mask, SliceOfRegion(region, TImage::ImageDimension - 1, s), [&](const auto * voxels, size_t length) {
          for (size_t i = 0; i < length; ++i)
          {
            count(voxels[i], counts.data());
          }
        });
      filter->IncrementProgress(sliceWeight);
    }
    parts[part] = std::move(counts);
  });
  for (size_t part = 1; part < parts.size(); ++part)
  {
    std::transform(parts[0].begin(), parts[0].end(), parts[part].begin(), parts[0].begin(), std::plus<SizeValueType>());
  }
  return std::move(parts[0]);
}

/** Exact, linearly interpolated percentiles, p in [0, 100], of the voxels of an image whose mask is not zero, or of all
 * without a mask: the value at the position (N - 1) p / 100 of the N sorted voxels. The interpolation starts from the
 * nearer of the two neighbours, as NumPy's does, so that the result never leaves the interval between them.
 *
 * Nothing is sorted or copied. Each pass over the image counts the next 16 bits of the voxels that agree with a sought
 * value in the bits before, which is one pass for pixels of up to 16 bits, two for float and four for double. Counts
 * are whole numbers, so the result does not depend on the number of threads. A thread needs up to half a megabyte for
 * each of the (at most two) neighbours of a percentile.
 *
 * Throws when there are no voxels, and when one is NaN or infinite. */
template <typename TImage, typename TMaskImage>
std::vector<double>
ComputePercentiles(ProcessObject *             filter,
                   const TImage *              image,
                   const TMaskImage *          mask,
                   const std::vector<double> & percentiles,
                   float                       progressWeight)
{
  using Key = OrderedKey<typename TImage::PixelType>;
  using KeyType = typename Key::KeyType;
  constexpr unsigned int digitBits = std::min(16u, Key::NumberOfBits);
  constexpr size_t       numberOfDigits = size_t{ 1 } << digitBits;
  constexpr unsigned int numberOfPasses = Key::NumberOfBits / digitBits;
  const float            passWeight = progressWeight / static_cast<float>(numberOfPasses);

  // The first pass also tells how many voxels there are, and whether all are finite.
  constexpr unsigned int firstShift = Key::NumberOfBits - digitBits;
  auto counts = CountVoxels(filter, image, mask, numberOfDigits, passWeight, [=](auto pixel, SizeValueType * counters) {
    ++counters[static_cast<size_t>(Key::FromPixel(pixel) >> firstShift)];
  });
  SizeValueType numberOfVoxels = 0;
  bool          isFinite = true;
  for (size_t digit = 0; digit < numberOfDigits; ++digit)
  {
    numberOfVoxels += counts[digit];
    // The exponent, which tells them apart, is among the first 16 bits.
    isFinite =
      isFinite && (counts[digit] == 0 || IsFinite(Key::ToPixel(static_cast<KeyType>(KeyType(digit) << firstShift))));
  }
  VoxelRange range;
  range.Count = numberOfVoxels;
  range.IsFinite = isFinite;
  VerifyVoxels(filter, image, mask, range);

  struct Sought
  {
    SizeValueType Rank;   // among the voxels that agree in the bits of Prefix
    KeyType       Prefix; // the bits that are known, at the end
    size_t        Group;  // which of the distinct prefixes
  };
  std::vector<Sought> sought;
  std::vector<double> fractions;
  for (const double percentile : percentiles)
  {
    const double        position = static_cast<double>(numberOfVoxels - 1) * (percentile / 100.0);
    const SizeValueType below = std::min(static_cast<SizeValueType>(position), numberOfVoxels - 1);
    fractions.push_back(position - static_cast<double>(below));
    sought.push_back({ below, 0, 0 });
    sought.push_back({ std::min(below + 1, numberOfVoxels - 1), 0, 0 });
  }

  for (unsigned int pass = 0;; ++pass)
  {
    for (Sought & value : sought)
    {
      const SizeValueType * const counters = counts.data() + value.Group * numberOfDigits;
      size_t                      digit = 0;
      for (; value.Rank >= counters[digit]; ++digit)
      {
        value.Rank -= counters[digit];
      }
      value.Prefix = static_cast<KeyType>((pass == 0 ? uint64_t{ 0 } : uint64_t{ value.Prefix } << digitBits) | digit);
    }
    if (pass + 1 == numberOfPasses)
    {
      break;
    }
    std::vector<KeyType> prefixes;
    for (Sought & value : sought)
    {
      const auto found = std::find(prefixes.begin(), prefixes.end(), value.Prefix);
      value.Group = static_cast<size_t>(found - prefixes.begin());
      if (found == prefixes.end())
      {
        prefixes.push_back(value.Prefix);
      }
    }
    const unsigned int shift = Key::NumberOfBits - (pass + 2) * digitBits;
    counts = CountVoxels(
      filter, image, mask, prefixes.size() * numberOfDigits, passWeight, [&](auto pixel, SizeValueType * counters) {
        const KeyType key = Key::FromPixel(pixel);
        const auto    prefix = static_cast<KeyType>(uint64_t{ key } >> (shift + digitBits));
        for (size_t group = 0; group < prefixes.size(); ++group)
        {
          if (prefix == prefixes[group])
          {
            ++counters[group * numberOfDigits + ((key >> shift) & (numberOfDigits - 1))];
          }
        }
      });
  }

  std::vector<double> results;
  for (size_t i = 0; i < percentiles.size(); ++i)
  {
    const auto   lower = static_cast<double>(Key::ToPixel(sought[2 * i].Prefix));
    const auto   upper = static_cast<double>(Key::ToPixel(sought[2 * i + 1].Prefix));
    const double difference = upper - lower;
    results.push_back(fractions[i] <= 0.0  ? lower
                      : fractions[i] < 0.5 ? lower + difference * fractions[i]
                                           : upper - difference * (1.0 - fractions[i]));
  }
  return results;
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
