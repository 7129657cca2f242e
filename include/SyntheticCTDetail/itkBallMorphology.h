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
#ifndef itkBallMorphology_h
#define itkBallMorphology_h

#include "itkImage.h"
#include "SyntheticCTDetail/itkFilterThreading.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Dilates a binary array (0 and 1, first axis fastest) by a ball: a voxel becomes 1 when the centre of a voxel that is
 * 1 lies within `radius` of its own. The ball is flat along `flatAxis` (pass VDimension for none). What lies outside
 * the array is 0.
 *
 * The squared distance is minimised along one axis after the other within the reach of the ball; this is exact, and
 * costs 2r+1 operations per voxel and axis, where a structuring element costs the number of its voxels. The result does
 * not depend on the number of threads. */
template <unsigned int VDimension>
void
DilateByBall(ProcessObject *                                filter,
             std::vector<unsigned char> &                   mask,
             const Size<VDimension> &                       size,
             const Vector<SpacePrecisionType, VDimension> & spacing,
             double                                         radius,
             unsigned int                                   flatAxis,
             float                                          progressWeight)
{
  // A radius that is a whole number of voxels reaches them whatever the last digit of the spacing is.
  const double squaredRadius = radius * radius * (1.0 + 1e-6);
  const float  far = std::numeric_limits<float>::max();

  std::vector<float> distance(mask.size());
  std::vector<float> next(mask.size());
  std::transform(mask.begin(), mask.end(), distance.begin(), [=](unsigned char m) { return m != 0 ? 0.0F : far; });

  SizeValueType stride = 1;
  for (unsigned int axis = 0; axis < VDimension; stride *= size[axis], ++axis)
  {
    const auto           count = static_cast<IndexValueType>(size[axis]);
    const IndexValueType reach =
      axis == flatAxis
        ? 0
        : std::min<IndexValueType>(static_cast<IndexValueType>(std::sqrt(squaredRadius) / spacing[axis]), count - 1);
    if (reach == 0)
    {
      filter->IncrementProgress(progressWeight / VDimension);
      continue;
    }
    std::vector<float> cost(static_cast<size_t>(reach) + 1);
    for (size_t k = 0; k < cost.size(); ++k)
    {
      const double step = static_cast<double>(k) * spacing[axis];
      cost[k] = static_cast<float>(step * step);
    }

    ParallelizeAlongAxis<VDimension>(
      filter, size, axis, progressWeight / VDimension, [&](SizeValueType line, SizeValueType i, SizeValueType length) {
        float *    out = next.data() + line + i * stride;
        const auto position = static_cast<IndexValueType>(i);
        const auto to = std::min<IndexValueType>(position + reach, count - 1);
        std::fill_n(out, length, far);
        for (auto n = std::max<IndexValueType>(position - reach, 0); n <= to; ++n)
        {
          const float * in = distance.data() + line + static_cast<SizeValueType>(n) * stride;
          const float   c = cost[static_cast<size_t>(std::abs(n - position))];
          for (SizeValueType j = 0; j < length; ++j)
          {
            out[j] = std::min(out[j], in[j] + c);
          }
        }
      });
    distance.swap(next);
  }
  const auto limit = static_cast<float>(squaredRadius);
  std::transform(distance.begin(), distance.end(), mask.begin(), [=](float d) -> unsigned char { return d <= limit; });
}

/** Closes a binary image (0 and 1) by a ball, flat along `flatAxis`: dilation, then erosion, in space without borders,
 * so that the border of the image attracts nothing and takes nothing away. See DilateByBall. */
template <unsigned int VDimension>
void
CloseByBall(ProcessObject *                    filter,
            Image<unsigned char, VDimension> * image,
            double                             radius,
            unsigned int                       flatAxis,
            float                              progressWeight)
{
  const auto       region = image->GetBufferedRegion();
  const auto       size = region.GetSize();
  Size<VDimension> margin;
  Size<VDimension> padded;
  SizeValueType    total = 1;
  for (unsigned int d = 0; d < VDimension; ++d)
  {
    margin[d] = d == flatAxis ? 0 : static_cast<SizeValueType>(radius * (1.0 + 1e-6) / image->GetSpacing()[d]) + 1;
    padded[d] = size[d] + 2 * margin[d];
    total *= padded[d];
  }
  std::vector<unsigned char> mask(total, 0);
  const auto                 copyLines = [&](const auto & copy) {
    const SizeValueType lines = region.GetNumberOfPixels() / size[0];
    for (SizeValueType line = 0; line < lines; ++line)
    {
      SizeValueType rest = line;
      SizeValueType offset = margin[0];
      SizeValueType stride = padded[0];
      for (unsigned int d = 1; d < VDimension; ++d)
      {
        offset += (rest % size[d] + margin[d]) * stride;
        rest /= size[d];
        stride *= padded[d];
      }
      copy(image->GetBufferPointer() + line * size[0], mask.data() + offset);
    }
  };
  const auto invert = [&mask] {
    std::transform(mask.begin(), mask.end(), mask.begin(), [](unsigned char m) -> unsigned char { return m == 0; });
  };
  copyLines([&](const unsigned char * in, unsigned char * out) { std::copy_n(in, size[0], out); });
  DilateByBall<VDimension>(filter, mask, padded, image->GetSpacing(), radius, flatAxis, 0.5F * progressWeight);
  invert();
  DilateByBall<VDimension>(filter, mask, padded, image->GetSpacing(), radius, flatAxis, 0.5F * progressWeight);
  invert();
  copyLines([&](unsigned char * in, const unsigned char * out) { std::copy_n(out, size[0], in); });
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
