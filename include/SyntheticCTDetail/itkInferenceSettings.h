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
#ifndef itkInferenceSettings_h
#define itkInferenceSettings_h

#include "itkAnatomicalPlane.h"
#include "itkIntTypes.h"
#include "itkPatchBlender.h"
#include "itkPatchGrid.h"
#include "SyntheticCTExport.h"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace itk
{
/** What NetworkInferenceImageFilter does whatever the type of its images. Not part of the public interface. */
namespace SyntheticCTDetail
{

/** How the windows of one plane lie in the array of an image. */
struct WindowLayout
{
  /** Array axis across the slices; the number of array axes when there is none. */
  unsigned int SliceAxis{ 0 };
  /** Whether there are slices. */
  bool HasSlices{ false };
  /** Array axes along which a window lies, rising. */
  std::vector<unsigned int> Axes;
  /** The windows of one slice, or of the volume, in the input and in the output. */
  PatchGrid Grid;
  PatchGrid OutputGrid;
  /** For each axis of a window, the voxel of the input in which each voxel of the output lies. */
  std::vector<std::vector<OffsetValueType>> InputPositions;
  /** Voxels of a layer of the output: all window axes but the last. */
  size_t LayerVoxels{ 1 };
};

/** The settings that decide where windows lie and how they are run. */
struct SyntheticCT_EXPORT InferenceSettings
{
  unsigned int              ImageDimension{ 3 };
  InferencePlaneEnum        Plane{ InferencePlaneEnum::Axial };
  PatchGrid::SizesType      PatchSize;
  PatchGrid::OverlapType    Overlap;
  TileRuleEnum              TileRule{ TileRuleEnum::Interval };
  BlendingEnum              Blending{ BlendingEnum::Gaussian };
  double                    GaussianScale{ PatchBlender::DefaultGaussianScale };
  unsigned int              NumberOfSlices{ 1 };
  std::vector<unsigned int> MirrorAxes;
  std::vector<double>       OutputScale;
  bool                      StitchOnDevice{ false };
  unsigned int              BatchSize{ 1 };

  /** The planes in which slices are taken; one, or three. */
  std::vector<InferencePlaneEnum>
  GetPlanes() const;

  /** Axes of a window. */
  size_t
  GetWindowDimension() const;

  /** OutputScale with its default. */
  std::vector<double>
  GetScale() const;

  /** The first setting that is out of its range, with what it should be; empty when there is none. */
  std::string
  WhatIsWrong() const;

  /** The windows on an image of that size, first array axis first. Throws as PatchGrid does. */
  WindowLayout
  MakeLayout(unsigned int sliceAxis, const PatchGrid::SizesType & imageSize) const;
};

/** The voxels of a mask in memory, by their position from the first voxel of the first slice that is run. */
struct MaskView
{
  const unsigned char *          Buffer{ nullptr };
  OffsetValueType                Origin{ 0 };
  std::array<OffsetValueType, 3> Stride{ { 0, 0, 0 } };
};

/** Windows that are run, by slice x tiles + tile, where slice 0 is the first that is run. */
using WindowsType = std::vector<size_t>;

/** The windows of a number of slices that hold a voxel of the mask; all when there is none. */
SyntheticCT_EXPORT WindowsType
FindWindows(const WindowLayout & layout, size_t slices, const MaskView & mask);

/** Combine the values of `count` results at `number` voxels, and their population standard deviation when `deviations`
 * is given. */
SyntheticCT_EXPORT void
CombineResults(const float * const * results,
               size_t                count,
               size_t                number,
               CombinationEnum       combination,
               float *               combined,
               float *               deviations);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
