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
#ifndef itkWindowRun_h
#define itkWindowRun_h

#include "itkNetworkModel.h"
#include "SyntheticCTDetail/itkInferenceSettings.h"
#include "SyntheticCTTorchExport.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** The windows of one plane on their way through one or several networks, whatever the type of the images: batches are
 * filled, run and joined, and finished layers are handed over. */
struct SyntheticCTTorch_EXPORT WindowRun
{
  /** The networks, and how many images each takes and returns. */
  std::vector<NetworkModel::ConstPointer> Models;
  size_t                                  NumberOfInputs{ 1 };
  size_t                                  NumberOfOutputs{ 1 };

  InferenceSettings Settings;
  WindowLayout      Layout;
  /** The windows that are run, out of those of this many slices. */
  WindowsType Windows;
  size_t      NumberOfSlices{ 1 };
  MaskView    Mask;
  /** Index of the first voxel of the first of the slices, for messages. */
  std::vector<IndexValueType> FirstIndex;
  /** Threads of LibTorch. */
  unsigned int Threads{ 1 };

  /** Writes the voxels of a window for all channels of the network, contiguous, first axis fastest. */
  std::function<void(size_t window, float * values)> FillWindow;
  /** Gets each finished layer, at its position along the last axis of the window in a slice: one pointer for each model
   * and output, the outputs of the first model first. */
  std::function<void(const std::vector<const float *> & layers, size_t position, size_t slice)> TakeLayer;
  /** Called after each batch; may throw to stop. */
  std::function<void()> FinishBatch;

  /** Throws itk::ExceptionObject when a network can't be run, returns another number of channels, or returns values
   * that are NaN or infinite inside the image and the mask. */
  void
  Execute() const;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
