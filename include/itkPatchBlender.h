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

#include "itkNetworkModelCard.h"
#include "itkPatchGrid.h"

#include <cstddef>
#include <vector>

namespace itk
{

/** \class PatchBlender
 * \brief Joins the overlapping windows of a PatchGrid into one image, layer by layer.
 *
 * Each voxel becomes `sum(w * v) / sum(w)` over the windows that hold it, where v is the window's value and w its
 * weight there:
 *   - constant: 1;
 *   - gaussian: the product over the axes of `exp(-(i - (n - 1) / 2)^2 / (2 (s n)^2))`, where i is the voxel of a
 * window of n and s is 0.125, raised to at least the larger of the smallest of these products and 0.001.
 *
 * Sums are in double, whose 53 bits hold the product of two floats: a voxel that only one window holds gets the
 * window's own value, bit for bit.
 *
 * A layer is all voxels at one position along the last axis (a row of a slice, a slice of a volume). Windows are added
 * in the order of the grid; a layer is finished when no further window reaches it, and is then taken and given up.
 * Memory is that of the slab that one window spans along the last axis: (channels + 1) doubles for each voxel of
 * `min(patch, image)` layers, whatever the number of windows and layers.
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
   *
   * Throws itk::ExceptionObject for an empty grid or no channels. */
  PatchBlender(const PatchGrid & grid, BlendingEnum blending, size_t channels);

  /** Add the values of a window: for each channel, a pointer to contiguous voxels with the first axis fastest. Voxels
   * in the padding are left out.
   *
   * Throws itk::ExceptionObject when the windows do not come in order, the number of channels is another, or finished
   * layers have not been released. */
  void
  AddTile(size_t tile, const std::vector<const float *> & values);

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

  /** Give up the finished layer. Throws itk::ExceptionObject when no layer is finished. */
  void
  ReleaseLayer();

  /** Begin a new image on the same grid. */
  void
  Restart();

  /** Weights of a window, first axis fastest. */
  const std::vector<float> &
  GetWeights() const
  {
    return m_Weights;
  }

  /** Weights of a window of the given size: see the class. */
  static std::vector<float>
  MakeWeights(const PatchGrid::SizesType & patchSize, BlendingEnum blending);

private:
  PatchGrid           m_Grid;
  size_t              m_Channels;
  size_t              m_LayerVoxels{ 1 };
  size_t              m_SlabLayers{ 0 };
  std::vector<float>  m_Weights;
  std::vector<double> m_WeightSums;
  std::vector<double> m_Sums;
  size_t              m_NextTile{ 0 };
  size_t              m_FirstLayer{ 0 };
  size_t              m_FinishedLayers{ 0 };
};

} // namespace itk

#endif
