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
#ifndef itkLogBiasFieldEstimator_h
#define itkLogBiasFieldEstimator_h

#include "SyntheticCTExport.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace itk
{
/** What FastN4BiasFieldCorrectionImageFilter computes with, apart from pixel types. Not part of the public interface.
 */
namespace SyntheticCTDetail
{

/** A uniform B-spline along one axis at a row of places: the spline at place i is the sum over k < Support of
 * `Weights[i * Support + k]` times control point `First[i] + k`. */
struct BSplineBasis
{
  size_t              Support{ 1 };
  size_t              ControlPoints{ 1 };
  std::vector<size_t> First;
  std::vector<double> Weights;
};

/** The basis of an order and a number of spans at places in spans from the start of the domain. Places outside of the
 * domain are moved to its end. A spline of order 0 is constant on each span. */
extern SyntheticCT_EXPORT BSplineBasis
MakeBSplineBasis(unsigned int order, size_t spans, const std::vector<double> & places);

/** The control points (first axis fastest) of the same spline with twice as many spans along one axis, where n points
 * become 2 n - order. */
extern SyntheticCT_EXPORT std::vector<double>
                          RefineBSpline(const std::vector<double> & lattice,
                                        std::array<size_t, 3> &     controlPoints,
                                        size_t                      axis,
                                        unsigned int                order);

/** \class SeparableBSpline
 * \brief A tensor product of B-splines at the voxels of a grid.
 *
 * The axes are summed over one after the other: the first once for the whole grid, the last once for a slice and the
 * second for each row, which leaves Support multiplications for each voxel, over contiguous numbers.
 *
 * \tparam T type of the sums after the first axis
 *
 * \ingroup SyntheticCT
 */
template <typename T>
class SeparableBSpline
{
public:
  /** \param lattice control points, first axis fastest; \param bases one for each axis, which must outlive this. */
  SeparableBSpline(const std::vector<double> & lattice, const std::array<BSplineBasis, 3> & bases)
    : m_Bases(bases)
    , m_Width(bases[0].First.size())
    , m_Lines(bases[1].ControlPoints * bases[2].ControlPoints * m_Width)
  {
    const BSplineBasis & basis = bases[0];
    for (size_t line = 0; line < bases[1].ControlPoints * bases[2].ControlPoints; ++line)
    {
      const double * in = lattice.data() + line * basis.ControlPoints;
      for (size_t i = 0; i < m_Width; ++i)
      {
        double sum = 0.0;
        for (size_t k = 0; k < basis.Support; ++k)
        {
          sum += basis.Weights[i * basis.Support + k] * in[basis.First[i] + k];
        }
        m_Lines[line * m_Width + i] = static_cast<T>(sum);
      }
    }
  }

  /** What the rows of slice k are made of. */
  std::vector<T>
  MakeSlice(size_t k) const
  {
    const size_t         count = m_Bases[1].ControlPoints * m_Width;
    const BSplineBasis & basis = m_Bases[2];
    std::vector<T>       lines(count, T{});
    for (size_t c = 0; c < basis.Support; ++c)
    {
      const T   weight = static_cast<T>(basis.Weights[k * basis.Support + c]);
      const T * in = m_Lines.data() + (basis.First[k] + c) * count;
      for (size_t i = 0; i < count; ++i)
      {
        lines[i] += weight * in[i];
      }
    }
    return lines;
  }

  /** The voxels [begin, begin + length) of row j of a slice. */
  void
  EvaluateRow(const std::vector<T> & slice, size_t j, size_t begin, size_t length, T * values) const
  {
    const BSplineBasis & basis = m_Bases[1];
    const T *            lines = slice.data() + basis.First[j] * m_Width + begin;
    const double *       weights = basis.Weights.data() + j * basis.Support;
    switch (basis.Support)
    {
      case 1:
        this->SumLines<1>(lines, weights, length, values);
        break;
      case 2:
        this->SumLines<2>(lines, weights, length, values);
        break;
      case 3:
        this->SumLines<3>(lines, weights, length, values);
        break;
      default:
        this->SumLines<4>(lines, weights, length, values);
        break;
    }
  }

private:
  template <size_t VSupport>
  void
  SumLines(const T * lines, const double * weights, size_t length, T * values) const
  {
    std::array<T, VSupport> w;
    for (size_t k = 0; k < VSupport; ++k)
    {
      w[k] = static_cast<T>(weights[k]);
    }
    for (size_t i = 0; i < length; ++i)
    {
      T sum = w[0] * lines[i];
      for (size_t k = 1; k < VSupport; ++k)
      {
        sum += w[k] * lines[k * m_Width + i];
      }
      values[i] = sum;
    }
  }

  const std::array<BSplineBasis, 3> & m_Bases;
  size_t                              m_Width;
  std::vector<T>                      m_Lines;
};

/** \f$e^{-x}\f$ for a row of numbers between -700 and 700, to a relative error of 3e-10 (1 exactly for 0). */
extern SyntheticCT_EXPORT void
ExponentialOfNegative(const double * x, size_t length, double * values);

/** The sharpened value of each bin of a histogram: the mean of the true log values of the voxels that were observed in
 * that bin. See LogBiasFieldEstimator.
 *
 * \param histogram counts, of any scale; at least two bins
 * \param first     value of the first bin
 * \param width     difference of neighbouring bins, more than 0
 * \param fullWidthAtHalfMaximum of the Gaussian that blurred the histogram, in the unit of width
 * \param noise     of the Wiener filter */
extern SyntheticCT_EXPORT std::vector<double>
                          SharpenHistogram(
                            const std::vector<double> & histogram, double first, double width, double fullWidthAtHalfMaximum, double noise);

/** \class LogBiasFieldEstimator
 * \brief N4's estimation of a log bias field from the log intensities of the voxels that take part.
 *
 * With the log intensity v of each voxel and a field b that starts at 0, an iteration does the following
 * (N.J. Tustison et al., "N4ITK: improved N3 bias correction", IEEE Transactions on Medical Imaging 29, 2010, after
 * J.G. Sled, A.P. Zijdenbos and A.C. Evans, IEEE Transactions on Medical Imaging 17, 1998), the constants as in
 * itk::N4BiasFieldCorrectionImageFilter:
 *
 * -# The histogram V of u = v - b over n bins from the smallest u to the largest, each voxel shared linearly between
 *    two bins, is padded with zeros on both sides to the power of two that is at least 2 n.
 * -# With the Gaussian F of the given full width at half maximum, the Wiener filter gives
 *    \f$\hat U = \hat V \hat F / (\hat F^2 + noise)\f$, and negative U become 0.
 * -# \f$E(n) = \sum_m F(n - m) U(m) x_m / \sum_m F(n - m) U(m)\f$ with the values \f$x_m\f$ of the bins is the expected
 *    true value of what was observed as \f$x_n\f$, linear between bins.
 * -# The residual r = u - E(u) is approximated by a B-spline (S. Lee, G. Wolberg and S.Y. Shin, "Scattered data
 *    interpolation with multilevel B-splines", IEEE Transactions on Visualization and Computer Graphics 3, 1997):
 * control point c becomes \f$\sum w\, r\, t_c^3 / \sum_{c'} t_{c'}^2\f$ over \f$\sum w\, t_c^2\f$, where the outer sums
 * go over the voxels with their confidence w and \f$t_c\f$ is the point's weight at the voxel.
 * -# The control points are added to those of b.
 *
 * A level ends after its iterations, or once the coefficient of variation of the ratio between successive fields,
 * \f$e^{-\Delta b}\f$, is not more than the threshold. Then the number of spans is doubled, without changing b, along
 * every axis whose number of levels plus 1 is at least the level counted from 0. That is ITK's rule: numbers of levels
 * that differ between the axes by three or less make no difference. (Where they differ by more, ITK's refinement
 * changes the field, because it takes an axis that stays for one that is refined; here the field stays.)
 *
 * **Why it is fast.** On a grid \f$t_c\f$ is a product of one number for each axis, and so are \f$t_c^3\f$ and
 * \f$\sum t^2\f$. The sums over a voxel's 64 control points factor: each voxel meets the 4 of the second axis, each
 * row's sums the 4 of the last axis, and the first axis comes last, once for all. The denominator changes with the
 * level only. Each iteration walks three times over the voxels: u with its range and the convergence measure, the
 * histogram, and the residual with its sums. Voxels that take no part are not stored.
 *
 * **When a level ends.** ITK's filter follows mean and variance of the ratio from voxel to voxel in floats. After some
 * ten thousand voxels a further one changes the mean by less than a float's last digit, so the mean stays that of the
 * first slices and the measure comes out too large: on Colin27 with a threshold of 0.001 that is worth one of 95
 * iterations with 66 000 voxels and eight of 102 with 520 000. To end where ITK's filter ends, the exact measure, which
 * is found together with u, is replaced by one of floats, voxel after voxel, where it comes near the threshold.
 *
 * **Digits.** u, r and what is summed over a slice are floats, control points, histogram and what is summed over slices
 * doubles (ITK has floats throughout). u is found afresh from v and b, so nothing piles up over the iterations. A
 * voxel's place between two bins is rounded to 1/65536, as in ITK, whose float has no more digits there.
 *
 * What is summed over voxels is summed slice by slice and then in the order of slices, so that results are the same
 * bits for any number of threads.
 *
 * \ingroup SyntheticCT
 */
class SyntheticCT_EXPORT LogBiasFieldEstimator
{
public:
  /** The samples of the grid along an axis, and the spline on them. */
  struct Axis
  {
    /** Number of samples. */
    size_t Samples{ 1 };
    /** Order of the B-spline, 1 to 3, or 0 for an axis with one sample. */
    unsigned int Order{ 0 };
    /** Spans of the coarsest level. */
    size_t Spans{ 1 };
    /** Place of sample 0, in spans of the coarsest level from the start of the domain, and distance of samples. */
    double First{ 0.0 };
    double Step{ 1.0 };
    /** Number of levels. */
    unsigned int Levels{ 1 };
  };
  using AxesType = std::array<Axis, 3>;

  struct Parameters
  {
    size_t                    HistogramBins{ 200 };
    double                    WienerFilterNoise{ 0.01 };
    double                    FullWidthAtHalfMaximum{ 0.15 };
    std::vector<unsigned int> Iterations{ 50 };
    double                    ConvergenceThreshold{ 0.001 };
  };

  /** More bins do not fit into the fixed-point numbers that a voxel's place in the histogram is held in. */
  static constexpr size_t MaximumHistogramBins = 32767;

  /** Calls the function for every number below the first argument, on any threads. */
  using LoopType = std::function<void(size_t, const std::function<void(size_t)> &)>;

  /** The voxels of a slice that take part. */
  class Slice
  {
  public:
    /** The next voxel, in the order of rows j and columns i. With weights, every voxel of every slice needs one. */
    void
    Add(size_t j, size_t i, float logarithm)
    {
      if (m_Runs.empty() || m_Runs.back().Row != j || m_Runs.back().Begin + m_Runs.back().Length != i)
      {
        m_Runs.push_back({ j, i, 0 });
      }
      ++m_Runs.back().Length;
      m_Logarithms.push_back(logarithm);
    }
    void
    Add(size_t j, size_t i, float logarithm, float weight)
    {
      this->Add(j, i, logarithm);
      m_Weights.push_back(weight);
    }

  private:
    friend class LogBiasFieldEstimator;

    struct Run
    {
      size_t Row;
      size_t Begin;
      size_t Length;
    };
    std::vector<Run>   m_Runs;
    std::vector<float> m_Logarithms;
    std::vector<float> m_Weights;
    /** u, the logarithms without the field. */
    std::vector<float> m_Flat;
    float              m_Minimum{ std::numeric_limits<float>::max() };
    float              m_Maximum{ std::numeric_limits<float>::lowest() };
    /** Sums over e^-d - 1 and its square, with the last change d of the field. */
    double m_RatioSum{ 0.0 };
    double m_RatioSquares{ 0.0 };
    /** For each bin, number of voxels and sum of their places between it and the next, in 1/65536. */
    std::vector<uint64_t> m_Counts;
    std::vector<uint64_t> m_Offsets;
  };

  LogBiasFieldEstimator(const AxesType & axes, const Parameters & parameters);

  /** Slice k along the last axis, to be filled before Estimate(). Slices may be filled by different threads. */
  Slice &
  GetSlice(size_t k)
  {
    return m_Slices[k];
  }

  /** Voxels that take part. */
  size_t
  GetNumberOfVoxels() const;

  /** Finds the field, which is 0 before. To be called once. `afterIteration` is called after each iteration and may
   * throw to stop. */
  void
  Estimate(const LoopType & loop, const std::function<void()> & afterIteration);

  /** Control points of the log field, first axis fastest. */
  const std::vector<double> &
  GetLattice() const
  {
    return m_Lattice;
  }

  /** Their number along each axis. */
  const std::array<size_t, 3> &
  GetControlPoints() const
  {
    return m_ControlPoints;
  }

  /** The level at work, from 0. */
  unsigned int
  GetLevel() const
  {
    return m_Level;
  }

  /** Iterations that this level has done. */
  unsigned int
  GetIteration() const
  {
    return m_Iteration;
  }

  /** The convergence measure after the last iteration. */
  double
  GetConvergence() const
  {
    return m_Convergence;
  }

private:
  /** Finds u from the field, its range, and the convergence measure of the last change of the field. */
  void
  UpdateFlat(const LoopType & loop, const std::vector<double> & change);

  /** The convergence measure as ITK's filter computes it; see the class. */
  double
  MeasureConvergenceInFloats(const std::vector<double> & change) const;

  /** Residual of each bin and its step to the next. */
  struct Residual
  {
    float Value;
    float Step;
  };
  std::vector<Residual>
  FindResiduals(const LoopType & loop);

  /** Sums over the voxels, for each control point, of the product of the given weights of the axes (as in BSplineBasis)
   * with the voxel's weight, and with its residual when there are residuals. */
  std::vector<double>
  SumOverVoxels(const LoopType &                           loop,
                const std::array<std::vector<double>, 3> & axisWeights,
                const std::vector<Residual> *              residuals);

  /** Factor from u less its minimum to places in the histogram, in 1/65536 bins. */
  float
  GetPlaceScale() const;

  AxesType                    m_Axes;
  Parameters                  m_Parameters;
  std::vector<Slice>          m_Slices;
  std::array<BSplineBasis, 3> m_Bases;
  std::array<size_t, 3>       m_ControlPoints{ { 1, 1, 1 } };
  std::vector<double>         m_Lattice;
  unsigned int                m_Level{ 0 };
  unsigned int                m_Iteration{ 0 };
  double                      m_Convergence{ 0.0 };
  float                       m_Minimum{ 0.0F };
  float                       m_Maximum{ 0.0F };
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
