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
#ifndef itkPatchBlender_h
#define itkPatchBlender_h

#include "itkPatchGrid.h"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <vector>

namespace itk
{

/** \class PatchBlenderEnums
 * \brief How several results for one voxel are joined.
 * \ingroup SyntheticCT */
class PatchBlenderEnums
{
public:
  /** How overlapping windows are joined: see PatchBlender. */
  enum class Blending : uint8_t
  {
    Constant,
    Gaussian,
    NNUNetGaussian,
    Median
  };

  /** How several results for one voxel, from several planes or several networks, become one. */
  enum class Combination : uint8_t
  {
    Mean,
    Median
  };
};

using BlendingEnum = PatchBlenderEnums::Blending;
using CombinationEnum = PatchBlenderEnums::Combination;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, BlendingEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, CombinationEnum value);

/** \class PatchBlender
 * \brief Joins the overlapping windows of a PatchGrid into one image, layer by layer.
 *
 * Each voxel becomes `sum(w * v) / sum(w)` over the windows that hold it, where v is the window's value and w its
 * weight there, for a window of n voxels along an axis and voxel i of it:
 *   - constant: 1;
 *   - gaussian: the product over the axes of `exp(-(i - (n - 1) / 2)^2 / (2 (s n)^2))` with the scale s = 0.125 unless
 *     another is given, raised to at least the larger of the smallest of these products and 0.001. These are the
 * weights of MONAI, whose `sigma_scale` is s;
 *   - nnunet-gaussian: the same product about the voxel n / 2 (integer division) and without the floor, the weights of
 *     nnU-Net, which are not symmetric for an even n. Weights too small for a float become the smallest of the others;
 *   - median: no weights. The voxel becomes the median of its values, for an even number of them the mean of the middle
 *     two; a NaN among them makes it NaN.
 *
 * Sums are in double, whose 53 bits hold the product of two floats: a voxel that only one window holds gets the
 * window's own value, bit for bit. A voxel that no window holds, because all that do were skipped, becomes NaN.
 *
 * A layer is all voxels at one position along the last axis (a row of a slice, a slice of a volume). Windows are added
 * in the order of the grid; a layer is finished when no further window reaches it, and is then read and released.
 * Memory is that of the slab that one window spans along the last axis, that is for each voxel of `min(patch, image)`
 * layers one double, or for the median m floats, for each channel, and two bytes, where m is the largest number
 * of windows that hold one voxel; whatever the number of windows and layers. GetNumberOfSlabBytes() tells.
 *
 * \code
 * for (size_t tile = 0; tile < grid.GetNumberOfTiles(); ++tile)
 * {
 *   blender.AddTile(tile, values);
 *   for (; blender.HasFinishedLayer(); blender.ReleaseLayer())
 *   {
 *     blender.GetLayer(channel, buffer); // the values at position blender.GetLayerPosition()
 *   }
 * }
 * \endcode
 *
 * \ingroup SyntheticCT
 */
class SyntheticCT_EXPORT PatchBlender
{
public:
  /** \param grid     the windows; it must have at least one.
   * \param blending how they are weighted.
   * \param channels number of images that are joined side by side, at least 1.
   * \param gaussianScale standard deviation of the Gaussian weights as a share of the window, positive.
   *
   * Throws itk::ExceptionObject for an empty grid, no channels, or a scale that is not a positive number. */
  PatchBlender(const PatchGrid & grid,
               BlendingEnum      blending,
               size_t            channels,
               double            gaussianScale = DefaultGaussianScale);

  /** Standard deviation of the Gaussian weights as a share of the window, which is MONAI's and nnU-Net's. */
  static constexpr double DefaultGaussianScale = 0.125;

  /** Add the values of a window: for each channel, a pointer to contiguous voxels with the first axis fastest. Voxels
   * in the padding are left out.
   *
   * Throws itk::ExceptionObject when the windows do not come in order, the number of channels is another, or finished
   * layers have not been released. */
  void
  AddTile(size_t tile, const std::vector<const float *> & values);

  /** Leave out the window that comes next, because its values are not known. Throws as AddTile() does. */
  void
  SkipTile(size_t tile);

  /** Whether there is a layer that all its windows have been added to. */
  bool
  HasFinishedLayer() const
  {
    return m_FirstLayer < m_FinishedLayers;
  }

  /** Position of the finished layer along the last axis; layers come in rising order. */
  size_t
  GetLayerPosition() const
  {
    return m_FirstLayer;
  }

  /** Voxels of a layer. */
  size_t
  GetNumberOfLayerVoxels() const
  {
    return m_LayerVoxels;
  }

  /** Write the finished layer of a channel to \c buffer, which has room for GetNumberOfLayerVoxels(). Throws
   * itk::ExceptionObject when no layer is finished or there is no such channel. */
  void
  GetLayer(size_t channel, float * buffer) const;

  /** Release the finished layer. Throws itk::ExceptionObject when no layer is finished. */
  void
  ReleaseLayer();

  /** Begin a new image on the same grid. */
  void
  Restart();

  /** Memory that is held for the slab. */
  size_t
  GetNumberOfSlabBytes() const;

  /** Weights of a window of the given size, first axis fastest: see the class. The median's are 1. Throws
   * itk::ExceptionObject for a scale that is not a positive number. */
  static std::vector<float>
  MakeWeights(const PatchGrid::SizesType & patchSize,
              BlendingEnum                 blending,
              double                       gaussianScale = DefaultGaussianScale);

private:
  /** Runs of voxels that a window and the layers [first, last) of the image have in common: calls
   * `function(voxel of the window, voxel of the slab, number of voxels)`. */
  template <typename TFunction>
  void
  ForEachRow(size_t tile, size_t firstLayer, size_t lastLayer, const TFunction & function) const;

  /** Sums of the weights of the added windows at the finished layer. They are the same for all channels, and computed
   * when they are first asked for. */
  const std::vector<double> &
  GetWeightSums() const;

  /** Where a position along the last axis lies in the slab, in voxels. */
  size_t
  GetLayerOffset(size_t position) const
  {
    return position % m_SlabLayers * m_LayerVoxels;
  }

  void
  ThrowUnlessDue(size_t tile) const;
  void
  ThrowUnlessFinished() const;

  PatchGrid    m_Grid;
  BlendingEnum m_Blending;
  size_t       m_Channels;
  size_t       m_LayerVoxels{ 1 };
  size_t       m_SlabLayers{ 0 };
  /** Of the mean: weights of a window, and sums of values for each voxel of the slab, channel by channel. */
  std::vector<float>          m_Weights;
  std::vector<double>         m_Sums;
  std::vector<bool>           m_IsAdded;
  mutable std::vector<double> m_WeightSums;
  mutable bool                m_HasWeightSums{ false };
  /** Of the median: number of values at each voxel of the slab, and the values, channel by channel, first values
   * first. */
  size_t                m_MostValues{ 0 };
  std::vector<uint16_t> m_Counts;
  std::vector<float>    m_Values;
  size_t                m_NextTile{ 0 };
  size_t                m_FirstLayer{ 0 };
  size_t                m_FinishedLayers{ 0 };
};

} // namespace itk

#endif
