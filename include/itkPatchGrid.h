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
#ifndef itkPatchGrid_h
#define itkPatchGrid_h

#include "SyntheticCTExport.h"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <vector>

namespace itk
{

/** \class PatchGridEnums
 * \brief How windows are placed, and what they see beyond the image.
 * \ingroup SyntheticCT */
class PatchGridEnums
{
public:
  /** Where the windows lie: see PatchGrid. */
  enum class TileRule : uint8_t
  {
    Interval,
    Even
  };

  /** What lies around an image that is smaller than the window. */
  enum class PaddingRule : uint8_t
  {
    /** The smallest value of the image. */
    Minimum,
    /** A value that is given. */
    Constant,
    /** The nearest voxel of the image. */
    Replicate
  };
};

using TileRuleEnum = PatchGridEnums::TileRule;
using PaddingRuleEnum = PatchGridEnums::PaddingRule;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, TileRuleEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, PaddingRuleEnum value);

/** \class PatchGrid
 * \brief Where the windows of a network lie on an image of one to three axes.
 *
 * Along an axis of `size` voxels, with a window of `patch` voxels and an overlap `o` in [0, 1):
 *   - with the rule `Interval`, windows start at 0, d, 2d, ... with the interval `d = max(1, int(patch * (1 - o)))`
 *     computed in double, and the last window is moved back so that it ends at the border. These are the default tiles
 *     of `DEFINITIONS.md`, and those of MONAI's `sliding_window_inference`;
 *   - with the rule `Even`, windows start at `round(i * (size - patch) / n)` for i = 0 ... n, where
 *     `n = ceil((size - patch) / max(1, patch * s))`, the step s is 1 - o, and halves are rounded to even. These are
 * the tiles of nnU-Net (Isensee et al. 2021), except that they are never closer than one voxel. nnU-Net is given the
 *     step and not the overlap: when 1 - o is within rounding of a number of up to six decimals, s is the double
 * nearest to that number (0.2 for an overlap of 0.8, where `1 - 0.8` in double is a little less);
 *   - an image not larger than the window has one window. It starts at `-((patch - size) / 2)` (integer division): the
 *     image is padded symmetrically, with the smaller half before it.
 *
 * Either way every voxel lies in a window. Windows are numbered with the first axis fastest. The overlap may differ
 * from axis to axis.
 *
 * A network may return a grid of its own, with `scale` voxels for one of its input. GetScaled() is the grid of its
 * output. Its sizes and starts must be whole numbers, for which the starts can be kept to multiples of an alignment.
 *
 * \ingroup SyntheticCT
 */
class SyntheticCT_EXPORT PatchGrid
{
public:
  /** Voxels along each axis, first axis fastest. The network's filters and its card use the same type. */
  using SizesType = std::vector<unsigned int>;
  /** Overlap along each axis. */
  using OverlapType = std::vector<double>;
  /** Voxel where a window starts along each axis; negative in the padding. */
  using StartType = std::vector<int64_t>;

  /** No axes and no windows. */
  PatchGrid() = default;

  /** \param imageSize voxels of the image along each axis, first axis fastest; one to three axes, at least 1 each.
   * \param patchSize voxels of the window along the same axes, at least 1 each.
   * \param overlap   share of the window that neighbouring windows have in common, in [0, 1).
   * \param tileRule  where the windows lie.
   * \param alignment the starts along each axis are lowered to multiples of this, at least 1 each; empty means 1.
   *                  Image and window must be multiples of it too.
   *
   * Throws itk::ExceptionObject for any other value. */
  PatchGrid(const SizesType & imageSize,
            const SizesType & patchSize,
            double            overlap,
            TileRuleEnum      tileRule = TileRuleEnum::Interval,
            const SizesType & alignment = {});

  /** The same with an overlap for each axis; a single one stands for all axes. */
  PatchGrid(const SizesType &   imageSize,
            const SizesType &   patchSize,
            const OverlapType & overlap,
            TileRuleEnum        tileRule = TileRuleEnum::Interval,
            const SizesType &   alignment = {});

  /** The same windows on the grid that has `scale[axis]` voxels for one of this. Throws itk::ExceptionObject when a
   * size or start is no whole number there, or the number of axes is another. */
  PatchGrid
  GetScaled(const std::vector<double> & scale) const;

  /** The smallest alignment for which multiples of it are whole numbers after scaling. Throws itk::ExceptionObject for
   * a scale that is not positive, and for one that is not a fraction with a denominator of at most 64. */
  static unsigned int
  GetAlignmentFor(double scale);

  // Lists are returned by value: a reference would dangle in `for (auto start : PatchGrid(...).GetAxisStarts(0))`.
  SizesType
  GetImageSize() const
  {
    return m_ImageSize;
  }

  SizesType
  GetPatchSize() const
  {
    return m_PatchSize;
  }

  size_t
  GetDimension() const
  {
    return m_ImageSize.size();
  }

  /** Voxels of one window. */
  size_t
  GetNumberOfPatchVoxels() const;

  size_t
  GetNumberOfTiles() const
  {
    return m_NumberOfTiles;
  }

  /** Where window \c tile starts. Throws itk::ExceptionObject when there is no such window. */
  StartType
  GetTileStart(size_t tile) const;

  /** The starts along one axis, rising. Throws itk::ExceptionObject when there is no such axis. */
  StartType
  GetAxisStarts(size_t axis) const;

  /** For each voxel of the image along one axis, how many windows hold it there. A voxel of the image lies in as many
   * windows as the product of these numbers over the axes. Throws itk::ExceptionObject when there is no such axis. */
  SizesType
  GetAxisWindowCounts(size_t axis) const;

  /** Whether the image is smaller than the window along some axis, so that windows reach outside of it. */
  bool
  NeedsPadding() const;

private:
  SizesType              m_ImageSize;
  SizesType              m_PatchSize;
  std::vector<StartType> m_AxisStarts;
  size_t                 m_NumberOfTiles{ 0 };
};

} // namespace itk

#endif
