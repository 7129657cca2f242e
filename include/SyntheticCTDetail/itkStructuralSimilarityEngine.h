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
#ifndef itkStructuralSimilarityEngine_h
#define itkStructuralSimilarityEngine_h

#include "SyntheticCTExport.h"
#include "itkIntTypes.h"
#include "itkProcessObject.h"

#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class StructuralSimilarityEngine
 * \brief What MaskedStructuralSimilarityImageFilter computes with, whatever the types of its images. Not part of the
 * public interface.
 *
 * Windows are separable. Rows of the two images come in as double and are mapped; the sum s and the difference d of the
 * images have four moments, the means of s, d, s^2 and d^2, from which the SSIM follows:
 * \f$2\mu_x\mu_y = (\mu_s^2 - \mu_d^2)/2\f$, \f$\mu_x^2 + \mu_y^2 = (\mu_s^2 + \mu_d^2)/2\f$, and the same for the
 * variances. So identical images give exactly 1.
 *
 * The moments are summed along the last axis first, for a few slices at once, then along the second axis from rows that
 * are kept in a ring, then along the row; blocks are so small that all of it stays in the cache of a processor. No
 * value depends on where a block begins.
 *
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT StructuralSimilarityEngine
{
public:
  /** Stands for a position where the image is taken as 0. */
  static constexpr SizeValueType NoVoxel = std::numeric_limits<SizeValueType>::max();

  /** Weights that a window may have. */
  static constexpr SizeValueType LongestWindow = 65;

  /** Positions that a grid may have that is larger than its image. */
  static constexpr SizeValueType LongestPaddedGrid = 128;

  /** What lies beyond the image: zeros, or its mirror image (d c b a | a b c d | d c b a). */
  enum class Border
  {
    Zero,
    Mirror
  };

  /** One axis of the grid on which windows slide. */
  struct Axis
  {
    /** \param size positions of the image
     * \param gridSize positions of the grid, at least `size`; the image lies in the middle (the odd one comes after)
     *   and its first and last values are repeated outside it; then it has at most LongestPaddedGrid
     * \param window odd number of weights, at most LongestWindow
     * \param border what lies beyond the grid
     * \param crop positions at both ends of the grid where the map does not count */
    Axis(SizeValueType size, SizeValueType gridSize, std::vector<double> window, Border border, SizeValueType crop);

    /** An axis of one position. */
    Axis()
      : Axis(1, 1, { 1.0 }, Border::Zero, 0)
    {}

    SizeValueType
    GetRadius() const
    {
      return Window.size() / 2;
    }

    SizeValueType       Size;
    std::vector<double> Window;
    /** The position in the image for those from -radius to Size - 1 + radius of the grid, or NoVoxel. */
    std::vector<SizeValueType> Source;
    /** Those of these positions that are the image's own. */
    SizeValueType ImageBegin;
    SizeValueType ImageEnd;
    /** The map counts from Begin to before End. */
    SizeValueType Begin;
    SizeValueType End;
  };

  using Grid = std::array<Axis, 3>;

  /** The mapped intensity is Scale * v + Offset after clipping v to [Minimum, Maximum]. */
  struct Mapping
  {
    double Minimum;
    double Maximum;
    double Scale;
    double Offset;
    /** Mapped intensities outside the mask are 0. */
    bool FillOutside;
  };

  struct Formula
  {
    double C1;
    double C2;
    /** Of variances and covariance. */
    double CovarianceFactor;
    /** Whether the map is summed over the mask too; when Weighted, over the mask without weights instead. */
    bool Masked;
    /** Whether moments are divided by the mean of the mask under the window plus Epsilon, which are the weights of the
     * mean of the map too unless it is Masked. */
    bool   Weighted;
    double Epsilon;
    /** Added to the denominator of the map. */
    double MapEpsilon;
    /** When it is not 1, negative factors are taken as 0 and the map is raised to it. */
    double Exponent;
    /** Whether negative factors are taken as 0 in any case. */
    bool NonNegative;
  };

  /** Sums of the map, and the number of voxels or their weight. When Weighted, those over the mask only. */
  struct Sums
  {
    double Global{ 0.0 };
    double GlobalWeight{ 0.0 };
    double Masked{ 0.0 };
    double MaskedWeight{ 0.0 };
  };

  /** Reads `count` voxels from (x, y, z) of the image on: the two images, and 1 or 0 for inside or outside the mask. A
   * pointer may be null. */
  using ReadFunction = std::function<void(SizeValueType x,
                                          SizeValueType y,
                                          SizeValueType z,
                                          SizeValueType count,
                                          double *      reference,
                                          double *      synthetic,
                                          double *      inside)>;

  /** Takes `count` values of the map, or the weights of its mean, from (x, y, z) of the grid on. */
  using WriteFunction =
    std::function<void(SizeValueType x, SizeValueType y, SizeValueType z, SizeValueType count, const double * values)>;

  /** A pair of images in memory. */
  struct Volume
  {
    std::array<SizeValueType, 3> Size{ { 0, 0, 0 } };
    std::vector<double>          Reference;
    std::vector<double>          Synthetic;
    std::vector<unsigned char>   Inside;

    ReadFunction
    GetReadFunction() const;
  };

  /** \param filter whose threads do the work and whose progress is counted
   * \param kernels which of GetKernelNames() does the work */
  explicit StructuralSimilarityEngine(ProcessObject * filter, size_t kernels = 0)
    : m_Filter(filter)
    , m_Kernels(kernels)
  {}

  /** The inner loops that run on this processor, by the instructions that they use; the fastest first. */
  static std::vector<std::string>
  GetKernelNames();

  /** The map and its sums.
   * \param write empty when the map is not wanted
   * \param writeWeights empty when the weights with which it counts are not wanted */
  Sums
  ComputeSimilarity(const Grid &          grid,
                    const Mapping &       mapping,
                    const Formula &       formula,
                    const ReadFunction &  read,
                    const WriteFunction & write,
                    const WriteFunction & writeWeights,
                    float                 progressWeight) const;

  /** The mapped images at half the resolution of a grid: averages of two voxels along each axis that `halve` names,
   * \f$(x_{2i-1} + x_{2i})/2\f$ with 0 before the first; and every second voxel of the mask. */
  Volume
  Halve(const Grid &                grid,
        const std::array<bool, 3> & halve,
        const Mapping &             mapping,
        const ReadFunction &        read,
        float                       progressWeight) const;

private:
  ProcessObject * m_Filter;
  size_t          m_Kernels;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
