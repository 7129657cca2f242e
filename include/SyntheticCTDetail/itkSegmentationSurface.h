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
#ifndef itkSegmentationSurface_h
#define itkSegmentationSurface_h

#include "SyntheticCTExport.h"
#include "itkIntTypes.h"
#include "SyntheticCTDetail/itkSameGridVerification.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkPixelConversion.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** The voxels from First to Last, both included, counted from the start of an image. An image in two dimensions has one
 * slice. Empty at first. */
struct SegmentationBox
{
  using PositionType = std::array<SizeValueType, 3>;

  static constexpr SizeValueType Beyond = std::numeric_limits<SizeValueType>::max();

  PositionType First{ { Beyond, Beyond, Beyond } };
  PositionType Last{ { 0, 0, 0 } };

  bool
  IsEmpty() const
  {
    return First[0] > Last[0];
  }

  /** Number of voxels along an axis. */
  SizeValueType
  GetSize(unsigned int axis) const
  {
    return this->IsEmpty() ? 0 : Last[axis] - First[axis] + 1;
  }

  void
  Enclose(const SegmentationBox & other)
  {
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      First[axis] = std::min(First[axis], other.First[axis]);
      Last[axis] = std::max(Last[axis], other.Last[axis]);
    }
  }
};

/** One element of a surface. Bit dx + 2 dy + 4 dz of its code tells whether the voxel at that side of it belongs to the
 * structure; the code of a voxel of the boundary is 0. */
struct SurfaceElement
{
  using PositionType = std::array<uint32_t, 3>;

  PositionType Position;
  uint8_t      Code;
};

/** Area of the surface in a neighbourhood of 2x2x2 voxels (2x2 and length when planar) for each of its codes; mm^2 (mm)
 * for a spacing in mm.
 *
 * The figures are those of the tables in `surface-distance` 0.1 (DeepMind), which come from the marching cubes of W. E.
 * Lorensen and H. E. Cline, 1987, with the surface through the middles between unlike voxels. They follow from a rule:
 * of the voxels inside and the voxels outside, the fewer ones (four at most) are cut off, those that have a face in
 * common together; the pieces have the triangles given in the implementation. */
SyntheticCT_EXPORT std::array<double, 256>
                   ComputeSurfaceElementAreas(const std::array<double, 3> & spacing, bool planar);

/** The surface of one structure inside a box, and the search for its element nearest to a point.
 *
 * In this order: fill RowOfVoxels() of every row, FindElements() for every slab, Connect(), then search. Different rows
 * and slabs may be done by different threads.
 *
 * Voxels are bits. Elements are bits twice: in rows, 64 along the first axis in one word, and in a pyramid of blocks,
 * 4x4x4 of them in one word, where a bit of a word of the next level says whether a word of this one has any, and so on
 * up to a single word. What may be near is searched in the rows around, what is far in the pyramid. */
class SyntheticCT_EXPORT SegmentationSurface
{
public:
  enum class Kind : uint8_t
  {
    /** Elements are corners of voxels with voxels of both kinds around them. Corner i lies between voxels i - 1 and i.
     */
    Corners,
    /** Elements are voxels inside that have a face in common with one outside. */
    Voxels
  };

  using PositionType = SurfaceElement::PositionType;

  /** Slices per slab, which is what one thread does at a time. */
  static constexpr SizeValueType SlabThickness = 4;

  /** \param size    of the box, in voxels; outside of it is nothing of the structure
   *  \param spacing of the grid
   *  \param planar  whether the box is an image in two dimensions, which has contours; its third size is 1. */
  SegmentationSurface(const std::array<SizeValueType, 3> & size,
                      const std::array<double, 3> &        spacing,
                      Kind                                 kind,
                      bool                                 planar);

  /** The words of a row of voxels, all 0 at first: bit i % 64 of word i / 64 is voxel i. */
  uint64_t *
  RowOfVoxels(SizeValueType y, SizeValueType z)
  {
    return m_Voxels.data() + (z * m_Size[1] + y) * m_WordsPerRow;
  }
  const uint64_t *
  RowOfVoxels(SizeValueType y, SizeValueType z) const
  {
    return m_Voxels.data() + (z * m_Size[1] + y) * m_WordsPerRow;
  }

  bool
  IsInside(const PositionType & voxel) const
  {
    return (this->RowOfVoxels(voxel[1], voxel[2])[voxel[0] / 64] >> voxel[0] % 64 & 1u) != 0;
  }

  SizeValueType
  CountVoxels() const;

  /** Voxels that belong to both structures of the same box. */
  SizeValueType
  CountCommonVoxels(const SegmentationSurface & other) const;

  SizeValueType
  GetNumberOfSlabs() const
  {
    return m_Slabs.size();
  }

  void
  FindElements(SizeValueType slab);

  /** The elements of a slab, in the order of their positions, the first axis fastest. */
  const std::vector<SurfaceElement> &
  ElementsOf(SizeValueType slab) const
  {
    return m_Slabs[slab];
  }

  void
  Connect();

  SizeValueType
  GetNumberOfElements() const
  {
    return m_NumberOfElements;
  }

  /** Searches the nearest elements of many points, one after the other. It begins with elements that were nearest to
   * points before, so points in the order of positions are found fast; the distances do not depend on the order. */
  class SyntheticCT_EXPORT Search
  {
  public:
    explicit Search(const SegmentationSurface & surface)
      : m_Surface(surface)
      , m_Guesses(surface.m_ElementSize[0] / GuessLength + 1)
    {}

    /** The square of the distance to the nearest element, infinity when there are none. The position is one that an
     * element of the surface could have. */
    double
    SquaredDistanceFrom(const PositionType & position);

  private:
    /** The element that was nearest to the last point in a part of the rows. */
    struct Guess
    {
      PositionType Position;
      PositionType Nearest;
      double       Distance{ std::numeric_limits<double>::infinity() };
    };
    static constexpr SizeValueType GuessLength = 8;

    void
    SearchRows();

    void
    Descend(size_t level, const PositionType & block);

    double
    SquaredDistanceBetween(const PositionType & one, const PositionType & other) const;

    const SegmentationSurface & m_Surface;
    std::vector<Guess>          m_Guesses;
    PositionType                m_Position{};
    PositionType                m_Nearest{};
    double                      m_SquaredDistance{ 0.0 };
  };

private:
  /** One level of the pyramid. */
  struct Level
  {
    std::array<SizeValueType, 3> Size;
    std::vector<uint64_t>        Words;

    uint64_t &
    WordOf(SizeValueType x, SizeValueType y, SizeValueType z)
    {
      return Words[(z * Size[1] + y) * Size[0] + x];
    }
    uint64_t
    WordOf(SizeValueType x, SizeValueType y, SizeValueType z) const
    {
      return Words[(z * Size[1] + y) * Size[0] + x];
    }
    /** Sets the bit of something at a position of the level below. */
    void
    Set(SizeValueType x, SizeValueType y, SizeValueType z)
    {
      this->WordOf(x / 4, y / 4, z / 4) |= uint64_t{ 1 } << (x % 4 + y % 4 * 4 + z % 4 * 16);
    }
  };

  /** A row of voxels, or a row of zeros beside the box. */
  const uint64_t *
  RowOrNothing(SizeValueType y, SizeValueType z) const
  {
    return y < m_Size[1] && z < m_Size[2] ? this->RowOfVoxels(y, z) : m_Nothing.data();
  }

  /** The words of a row of elements: position x is bit x + 64, so that there are words before the first and after the
   * last. */
  uint64_t *
  RowOfElements(SizeValueType y, SizeValueType z)
  {
    return m_Elements.data() + (z * m_ElementSize[1] + y) * (m_WordsPerRow + 2);
  }
  const uint64_t *
  RowOfElements(SizeValueType y, SizeValueType z) const
  {
    return m_Elements.data() + (z * m_ElementSize[1] + y) * (m_WordsPerRow + 2);
  }

  void
  FindCorners(SizeValueType y, SizeValueType z, std::vector<SurfaceElement> & elements);

  void
  FindBoundaryVoxels(SizeValueType y, SizeValueType z, std::vector<SurfaceElement> & elements);

  /** A row of elements relative to another, and the square of their distance. */
  struct NearRow
  {
    double  Square;
    int32_t Y;
    int32_t Z;
  };

  std::array<SizeValueType, 3>             m_Size;
  std::array<SizeValueType, 3>             m_ElementSize;
  Kind                                     m_Kind;
  bool                                     m_Planar;
  SizeValueType                            m_WordsPerRow;
  std::vector<uint64_t>                    m_Voxels;
  std::vector<uint64_t>                    m_Nothing;
  std::vector<uint64_t>                    m_Elements;
  std::vector<std::vector<SurfaceElement>> m_Slabs;
  std::vector<Level>                       m_Levels;
  SizeValueType                            m_NumberOfElements{ 0 };

  /** The square of 0, 1, 2 ... elements' distance along each axis. */
  std::array<std::vector<double>, 3> m_Squares;

  /** The rows around a row, the nearest first: all those that are nearer than a distance, which is also shorter than
   * what a word of elements reaches to both sides. */
  std::vector<NearRow> m_NearRows;
  double               m_NearSquare{ 0.0 };
};

/** Distances and how much surface has each of them. */
class SyntheticCT_EXPORT DistanceProfile
{
public:
  void
  Reserve(SizeValueType count)
  {
    m_Entries.reserve(count);
  }

  /** Adds an amount of surface at a distance. */
  void
  Add(double squaredDistance, double amount)
  {
    m_Entries.push_back({ squaredDistance, amount });
  }

  /** Sorts by distance and joins what has the same one. */
  void
  Sort();

  /** Appends what another profile has. */
  void
  Append(const DistanceProfile & other)
  {
    m_Entries.insert(m_Entries.end(), other.m_Entries.begin(), other.m_Entries.end());
  }

  // What follows is for profiles that are sorted and not empty.

  double
  GetAmount() const;

  double
  GetAmountWithin(double distance) const;

  /** The sum of the distances times their amounts. */
  double
  GetSum() const;

  double
  GetMaximum() const;

  /** The smallest distance that is not exceeded by a share of the amount, from 0 to 1. */
  double
  GetQuantile(double share) const;

  /** The quantile of distances whose amounts are their numbers, interpolated linearly. */
  double
  GetInterpolatedQuantile(double share) const;

private:
  struct Entry
  {
    double SquaredDistance;
    double Amount;
  };

  std::vector<Entry> m_Entries;
};

/** Sets the bits of `words` whose pixels fulfil a predicate, of a row of `count` pixels. */
template <typename TPixel, typename TPredicate>
void
PackRow(const TPixel * pixels, SizeValueType count, const TPredicate & predicate, uint64_t * words)
{
  for (; count > 0; ++words)
  {
    const SizeValueType part = std::min<SizeValueType>(count, 64);
    unsigned char       bytes[64] = {};
    if (part == 64)
    {
      // A loop of known length, for vector instructions.
      for (unsigned int i = 0; i < 64; ++i)
      {
        bytes[i] = predicate(pixels[i]) ? 1 : 0;
      }
    }
    else
    {
      for (SizeValueType i = 0; i < part; ++i)
      {
        bytes[i] = predicate(pixels[i]) ? 1 : 0;
      }
    }
    uint64_t word = 0;
    for (unsigned int i = 0; i < 64; i += 8)
    {
      uint64_t eight = 0;
      for (unsigned int j = 0; j < 8; ++j)
      {
        eight |= static_cast<uint64_t>(bytes[i + j]) << 8 * j;
      }
      // The product has bit 8 j of the factor at bit 56 + j, and nothing else there.
      word |= (eight * 0x0102040810204080u >> 56) << i;
    }
    *words = word;
    pixels += part;
    count -= part;
  }
}

/** A row of the buffer of an image: position (y, z), counted from the start of its largest region. In two dimensions z
 * is 0. */
template <typename TImage>
const typename TImage::PixelType *
RowOfPixels(const TImage * image, SizeValueType y, SizeValueType z)
{
  auto index = image->GetLargestPossibleRegion().GetIndex();
  index[1] += static_cast<IndexValueType>(y);
  if constexpr (TImage::ImageDimension == 3)
  {
    index[2] += static_cast<IndexValueType>(z);
  }
  return image->GetBufferPointer() + image->ComputeOffset(index);
}

/** A label and the box around its voxels. */
template <typename TLabel>
struct LabelBox
{
  TLabel          Label;
  SegmentationBox Box;
};

/** Encloses a box in the one of its label. The list ascends and has every label once. */
template <typename TLabel>
void
EncloseInBoxOf(TLabel label, const SegmentationBox & box, std::vector<LabelBox<TLabel>> & boxes)
{
  auto it = std::lower_bound(
    boxes.begin(), boxes.end(), label, [](const LabelBox<TLabel> & one, TLabel other) { return one.Label < other; });
  if (it == boxes.end() || it->Label != label)
  {
    it = boxes.insert(it, { label, {} });
  }
  it->Box.Enclose(box);
}

/** Whether a label is a whole number. */
template <typename TPixel>
bool
IsWhole(TPixel value)
{
  if constexpr (std::is_floating_point_v<TPixel>)
  {
    return std::trunc(value) == value;
  }
  else
  {
    (void)value;
    return true;
  }
}

/** Adds the labels of an image, all but 0, and their boxes to a list as in EncloseInBoxOf. With `merge`, the label of
 * everything that is not zero is 0. Throws when a voxel is NaN or infinite, and without `merge` when one is not a whole
 * number or when there are more labels than `mostLabels`: then the image is none of labels. */
template <typename TLabel, typename TImage>
void
FindLabelBoxes(ProcessObject *                 filter,
               const TImage *                  image,
               const char *                    imageName,
               bool                            merge,
               SizeValueType                   mostLabels,
               float                           progressWeight,
               std::vector<LabelBox<TLabel>> & boxes)
{
  using PixelType = typename TImage::PixelType;
  const auto          size = image->GetLargestPossibleRegion().GetSize();
  const SizeValueType slices = TImage::ImageDimension == 3 ? size[TImage::ImageDimension - 1] : 1;

  std::vector<std::vector<LabelBox<TLabel>>> boxesOfSlices(slices);
  std::vector<char>                          hasBadVoxel(slices, 0);
  std::vector<PixelType>                     fractions(slices, PixelType{});
  ParallelizeArray(filter, slices, progressWeight, [&](SizeValueType z) {
    for (SizeValueType y = 0; y < size[1] && boxesOfSlices[z].size() <= mostLabels; ++y)
    {
      const PixelType * const row = RowOfPixels(image, y, z);
      for (SizeValueType x = 0; x < size[0];)
      {
        const PixelType         value = row[x];
        const SizeValueType     begin = x++;
        constexpr SizeValueType part = 32;
        for (bool same = true; same && x + part <= size[0];)
        {
          // Without a way out of the loop, and in bytes, for vector instructions.
          unsigned char different = 0;
          for (SizeValueType i = 0; i < part; ++i)
          {
            different |= static_cast<unsigned char>(row[x + i] != value);
          }
          same = different == 0;
          x += same ? part : 0;
        }
        while (x < size[0] && row[x] == value)
        {
          ++x;
        }
        if (!IsFinite(value))
        {
          hasBadVoxel[z] = 1;
        }
        else if (!merge && !IsWhole(value))
        {
          fractions[z] = value;
        }
        else if (value != PixelType{})
        {
          EncloseInBoxOf(merge ? TLabel{} : static_cast<TLabel>(value),
                         { { { begin, y, z } }, { { x - 1, y, z } } },
                         boxesOfSlices[z]);
        }
      }
    }
  });
  if (std::find(hasBadVoxel.begin(), hasBadVoxel.end(), 1) != hasBadVoxel.end())
  {
    itkSyntheticCTObjectExceptionMacro(filter, imageName << " has a voxel that is NaN or infinite");
  }
  const auto fraction =
    std::find_if(fractions.begin(), fractions.end(), [](PixelType value) { return value != PixelType{}; });
  if (fraction != fractions.end())
  {
    itkSyntheticCTObjectExceptionMacro(
      filter,
      imageName << " has a voxel of " << static_cast<double>(*fraction)
                << " but labels are whole numbers: it should be a segmentation, or MergeLabels be on");
  }
  for (const auto & boxesOfSlice : boxesOfSlices)
  {
    for (const auto & one : boxesOfSlice)
    {
      EncloseInBoxOf(one.Label, one.Box, boxes);
    }
    if (boxes.size() > mostLabels)
    {
      itkSyntheticCTObjectExceptionMacro(
        filter,
        imageName << " brings more than " << mostLabels
                  << " labels, as if it were no segmentation: it should be one, or Labels name those to be "
                     "measured");
    }
  }
}

/** Sets the voxels of a surface in slice z of its box: those of an image with a label, or with `merge` all that are not
 * zero. */
template <typename TLabel, typename TImage>
void
FillVoxels(const TImage *          image,
           TLabel                  label,
           bool                    merge,
           const SegmentationBox & box,
           SizeValueType           z,
           SegmentationSurface &   surface)
{
  using PixelType = typename TImage::PixelType;
  for (SizeValueType y = 0; y < box.GetSize(1); ++y)
  {
    const PixelType * const pixels = RowOfPixels(image, box.First[1] + y, box.First[2] + z) + box.First[0];
    uint64_t * const        words = surface.RowOfVoxels(y, z);
    if (merge)
    {
      PackRow(
        pixels, box.GetSize(0), [](PixelType pixel) { return pixel != PixelType{}; }, words);
    }
    else
    {
      PackRow(
        pixels, box.GetSize(0), [label](PixelType pixel) { return static_cast<TLabel>(pixel) == label; }, words);
    }
  }
}

/** Whether a type of labels has every value of a type of pixels, so that no two labels become one. */
template <typename TLabel, typename TPixel>
constexpr bool HoldsEveryLabel = std::numeric_limits<TLabel>::digits >= std::numeric_limits<TPixel>::digits &&
                                 (std::is_signed_v<TLabel> || !std::is_signed_v<TPixel>);

/** Throws when one of two segmentations has no voxels, or not the grid of the other. */
template <typename TReferenceImage, typename TSyntheticImage>
void
VerifySegmentations(const ProcessObject *   filter,
                    const TReferenceImage * reference,
                    const TSyntheticImage * synthetic,
                    double                  coordinateTolerance)
{
  if (reference->GetLargestPossibleRegion().GetNumberOfPixels() == 0)
  {
    itkSyntheticCTObjectExceptionMacro(
      filter, "ReferenceImage has no voxels: its size is " << reference->GetLargestPossibleRegion().GetSize());
  }
  const std::string difference =
    GridDifference(*reference, *synthetic, std::max(SameGridTolerance, coordinateTolerance));
  if (!difference.empty())
  {
    itkSyntheticCTObjectExceptionMacro(filter, "SyntheticImage has another grid than ReferenceImage: " << difference);
  }
}

/** The spacing of an image, positive, along three axes; 1 for an axis it does not have. */
template <typename TImage>
std::array<double, 3>
SpacingInThreeDimensions(const TImage * image)
{
  std::array<double, 3> spacing{ { 1.0, 1.0, 1.0 } };
  for (unsigned int axis = 0; axis < TImage::ImageDimension; ++axis)
  {
    spacing[axis] = std::abs(image->GetSpacing()[axis]);
  }
  return spacing;
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
