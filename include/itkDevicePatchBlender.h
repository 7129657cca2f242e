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
#ifndef itkDevicePatchBlender_h
#define itkDevicePatchBlender_h

#include "itkNetworkModel.h"
#include "itkPatchBlender.h"
#include "itkPatchGrid.h"

#include <cstddef>
#include <memory>

namespace itk
{

/** \class DevicePatchBlender
 * \brief Joins the overlapping windows of a PatchGrid as PatchBlender does, on the device of the network.
 *
 * Windows come from passes whose values stay on the device (`NetworkModel::PassOptions::KeepOnDevice`), so only
 * finished layers travel to the host: each voxel once, instead of once for each window that holds it.
 *
 * The formula, the weights, the order of the sums and their type (double) are those of PatchBlender, and so are the
 * results, bit for bit. A voxel that no added window holds is NaN. Memory on the device is (channels + 1) doubles for
 * each voxel of the slab that one window spans along the last axis, and while layers finish once more a float for each
 * of their values there and on the host.
 *
 * \code
 * options.KeepOnDevice = true;
 * for (size_t tile = 0; tile < grid.GetNumberOfTiles(); ++tile)
 * {
 *   blender.AddTile(tile, *model->Start(window(tile), shape, options), 0);
 *   for (; blender.HasFinishedLayer(); blender.ReleaseLayer())
 *   {
 *     blender.GetLayer(channel, buffer); // the values at position blender.GetLayerPosition()
 *   }
 * }
 * \endcode
 *
 * Errors are thrown as itk::ExceptionObject.
 *
 * \ingroup SyntheticCT
 */
class SyntheticCTTorch_EXPORT DevicePatchBlender
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(DevicePatchBlender);

  /** \param model    whose device the sums live on; a later NetworkModel::SetDevice() does not move them.
   * \param grid     the windows; it must have at least one.
   * \param blending how they are weighted: constant, gaussian or nnunet-gaussian; there is no median here.
   * \param channels number of images that are joined side by side, at least 1.
   * \param gaussianScale standard deviation of the Gaussian weights as a share of the window, positive.
   *
   * Throws for any other value, and when the device has not enough memory. */
  DevicePatchBlender(const NetworkModel & model,
                     const PatchGrid &    grid,
                     BlendingEnum         blending,
                     size_t               channels,
                     double               gaussianScale = PatchBlender::DefaultGaussianScale);

  ~DevicePatchBlender();

#if !defined(ITK_WRAPPING_PARSER)
  /** Add window \c window of a pass. Voxels in the padding are left out. There is no need to wait for the pass.
   *
   * Throws when the windows do not come in the order of the grid, the pass has another number of channels, another grid
   * or no such window, or finished layers have not been released. */
  void
  AddTile(size_t tile, const NetworkModel::Pass & pass, size_t window);
#endif

  /** Go past a window without adding its values. Throws as AddTile() does. */
  void
  SkipTile(size_t tile);

  /** Whether there is a layer that all its windows have been added to. */
  bool
  HasFinishedLayer() const;

  /** Position of the finished layer along the last axis; layers come in rising order. */
  size_t
  GetLayerPosition() const;

  /** Voxels of a layer. */
  size_t
  GetNumberOfLayerVoxels() const;

  /** Write the finished layer of a channel to \c buffer, which has room for GetNumberOfLayerVoxels(). Waits for the
   * device. Throws when no layer is finished or there is no such channel. */
  void
  GetLayer(size_t channel, float * buffer) const;

  /** Release the finished layer. Throws when no layer is finished. */
  void
  ReleaseLayer();

  /** Begin a new image on the same grid. */
  void
  Restart();

private:
  /** The LibTorch side. */
  struct Internals;

  std::unique_ptr<Internals> m_Internals;
};

} // namespace itk

#endif
