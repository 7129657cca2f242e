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
#ifndef itkDiscreteGaussianSmoothing_h
#define itkDiscreteGaussianSmoothing_h

#include "itkImage.h"
#include "SyntheticCTDetail/itkFilterThreading.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Half of the discrete Gaussian kernel of a variance t in voxels squared, \f$e^{-t} I_n(t)\f$ for n = 0, 1, ... up to
 * where the rest is less than 1e-6 of the whole, scaled to the sum 1 of the whole kernel.
 *
 * It is the inverse Fourier transform of \f$e^{t(\cos\theta - 1)}\f$, whose integral the trapezoidal rule finds to all
 * digits as soon as its points outnumber the kernel. */
inline std::vector<double>
DiscreteGaussianKernel(double t)
{
  constexpr double    pi = 3.14159265358979323846;
  const auto          points = 64 + 8 * static_cast<unsigned int>(std::ceil(8.0 * std::sqrt(t)));
  std::vector<double> kernel;
  double              sum = 0.0;
  while (sum < 1.0 - 1e-6 && kernel.size() < points / 2)
  {
    double value = 0.0;
    for (unsigned int k = 0; k < points; ++k)
    {
      const double angle = 2.0 * pi * k / points;
      value += std::exp(t * (std::cos(angle) - 1.0)) * std::cos(static_cast<double>(kernel.size()) * angle) / points;
    }
    sum += kernel.empty() ? value : 2.0 * value;
    kernel.push_back(value);
  }
  for (double & value : kernel)
  {
    value /= sum;
  }
  return kernel;
}

/** Smooths an image in place along one axis by a discrete Gaussian of a variance in voxels squared. Border voxels are
 * replicated. itk::DiscreteGaussianImageFilter gives the same more slowly. */
template <typename TImage>
void
SmoothAlongAxis(ProcessObject * filter, TImage * image, unsigned int axis, double variance, float progressWeight)
{
  using PixelType = typename TImage::PixelType;
  const auto                   size = image->GetBufferedRegion().GetSize();
  const SizeValueType          total = image->GetBufferedRegion().GetNumberOfPixels();
  const std::vector<double>    kernel = DiscreteGaussianKernel(variance);
  const auto                   reach = static_cast<IndexValueType>(kernel.size()) - 1;
  const auto                   count = static_cast<IndexValueType>(size[axis]);
  const std::vector<PixelType> source(image->GetBufferPointer(), image->GetBufferPointer() + total);
  SizeValueType                stride = 1;
  for (unsigned int d = 0; d < axis; ++d)
  {
    stride *= size[d];
  }
  ParallelizeAlongAxis<TImage::ImageDimension>(
    filter, size, axis, progressWeight, [&](SizeValueType line, SizeValueType i, SizeValueType length) {
      std::vector<double> sums(length, 0.0);
      for (IndexValueType k = -reach; k <= reach; ++k)
      {
        const auto        n = std::min(std::max<IndexValueType>(static_cast<IndexValueType>(i) + k, 0), count - 1);
        const PixelType * in = source.data() + line + static_cast<SizeValueType>(n) * stride;
        const double      weight = kernel[static_cast<size_t>(std::abs(k))];
        for (SizeValueType j = 0; j < length; ++j)
        {
          sums[j] += weight * static_cast<double>(in[j]);
        }
      }
      std::copy(sums.begin(), sums.end(), image->GetBufferPointer() + line + i * stride);
    });
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
