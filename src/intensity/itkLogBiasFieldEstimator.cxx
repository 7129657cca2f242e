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
#include "SyntheticCTDetail/itkLogBiasFieldEstimator.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
/** Rows are worked on in parts of this length, whose intermediate results stay in the first cache. */
constexpr size_t PartLength = 512;
/** Sums over a row are kept in as many numbers, so that processors add several at once; they are added in order. */
constexpr size_t Lanes = 8;
/** A voxel's place in the histogram is a fixed-point number with so many binary digits after the point. */
constexpr unsigned int PlaceBits = 16;
constexpr int32_t      PlaceMask = (1 << PlaceBits) - 1;
constexpr float        PlaceUnit = static_cast<float>(1 << PlaceBits);
/** Count and sum of places of a bin share one 64-bit number until so many voxels have been counted. */
constexpr unsigned int OffsetBits = 40;
constexpr size_t       LargestCount = (size_t{ 1 } << (64 - OffsetBits)) - PartLength;
/** What the Wiener filter leaves of the histogram below this share of its peak is rounding. */
constexpr double SmallestShare = 1e-13;
/** The measure of convergence in floats is hardly ever smaller than the exact one, and is found where that is not
 * larger than this factor times the threshold. */
constexpr double FloatMargin = 1.25;

using PartType = std::array<float, PartLength>;

/** The places of voxels in the histogram; `top` is that of the largest value, which rounding could exceed. */
void
FindPlaces(const float * flat, size_t length, float minimum, float scale, float top, int32_t * places)
{
  for (size_t i = 0; i < length; ++i)
  {
    const float place = (flat[i] - minimum) * scale + 0.5F;
    places[i] = static_cast<int32_t>(place < top ? place : top);
  }
}

/** e^-x - 1 from its power series at x / 4 by two steps of doubling, e^2y - 1 = (e^y - 1)(e^y - 1 + 2), which keep the
 * relative error: below 1e-6 for |x| < 1.6, which the change of a field in one iteration hardly ever reaches. */
void
ExponentialLessOne(const float * x, size_t length, float * values)
{
  for (size_t i = 0; i < length; ++i)
  {
    const float y = x[i] * -0.25F;
    const float tail = 1.0F / 24.0F + y * (1.0F / 120.0F + y * (1.0F / 720.0F));
    const float half = y * (1.0F + y * (0.5F + y * (1.0F / 6.0F + y * tail)));
    const float m = half * (half + 2.0F);
    values[i] = m * (m + 2.0F);
  }
}

/** Range of u, and sums over the ratios less one and over their squares. */
struct RowSummary
{
  using LanesType = std::array<float, Lanes>;
  LanesType Minima;
  LanesType Maxima;
  LanesType Sums{};
  LanesType Squares{};

  RowSummary()
  {
    Minima.fill(std::numeric_limits<float>::max());
    Maxima.fill(std::numeric_limits<float>::lowest());
  }

  void
  Add(const float * flat, const float * ratios, size_t length)
  {
    // Copies on the stack can stay in registers.
    LanesType  minima = Minima;
    LanesType  maxima = Maxima;
    LanesType  sums = Sums;
    LanesType  squares = Squares;
    const auto add = [&](size_t i, size_t l) {
      minima[l] = flat[i] < minima[l] ? flat[i] : minima[l];
      maxima[l] = flat[i] > maxima[l] ? flat[i] : maxima[l];
      sums[l] += ratios[i];
      squares[l] += ratios[i] * ratios[i];
    };
    size_t i = 0;
    for (; i + Lanes <= length; i += Lanes)
    {
      for (size_t l = 0; l < Lanes; ++l)
      {
        add(i + l, l);
      }
    }
    for (size_t l = 0; i + l < length; ++l)
    {
      add(i + l, l);
    }
    Minima = minima;
    Maxima = maxima;
    Sums = sums;
    Squares = squares;
  }
};

/** The sum of all lanes, which are set to 0. */
double
TakeSum(RowSummary::LanesType & lanes)
{
  double sum = 0.0;
  for (float & lane : lanes)
  {
    sum += static_cast<double>(lane);
    lane = 0.0F;
  }
  return sum;
}

/** Adds a row, times one weight each, to VSupport successive lines. */
template <size_t VSupport>
void
AddToLines(const float * row, size_t length, const double * weights, float * lines, size_t width)
{
  std::array<float, VSupport> w;
  for (size_t k = 0; k < VSupport; ++k)
  {
    w[k] = static_cast<float>(weights[k]);
  }
  for (size_t i = 0; i < length; ++i)
  {
    const float value = row[i];
    for (size_t k = 0; k < VSupport; ++k)
    {
      lines[k * width + i] += w[k] * value;
    }
  }
}

/** Discrete Fourier transform of a length that is a power of two. */
class FourierTransform
{
public:
  explicit FourierTransform(size_t size)
    : m_Cosine(size / 2)
    , m_Sine(size / 2)
  {
    constexpr double pi = 3.14159265358979323846;
    for (size_t i = 0; i < size / 2; ++i)
    {
      const double angle = -2.0 * pi * static_cast<double>(i) / static_cast<double>(size);
      m_Cosine[i] = std::cos(angle);
      m_Sine[i] = std::sin(angle);
    }
  }

  /** Transforms in place. */
  void
  Apply(std::vector<double> & real, std::vector<double> & imaginary) const
  {
    const size_t size = real.size();
    for (size_t i = 1, reversed = 0; i < size; ++i)
    {
      size_t bit = size / 2;
      for (; (reversed & bit) != 0; bit /= 2)
      {
        reversed ^= bit;
      }
      reversed ^= bit;
      if (i < reversed)
      {
        std::swap(real[i], real[reversed]);
        std::swap(imaginary[i], imaginary[reversed]);
      }
    }
    for (size_t half = 1; half < size; half *= 2)
    {
      const size_t step = size / (2 * half);
      for (size_t begin = 0; begin < size; begin += 2 * half)
      {
        for (size_t i = 0; i < half; ++i)
        {
          const size_t a = begin + i;
          const size_t b = a + half;
          const double re = real[b] * m_Cosine[i * step] - imaginary[b] * m_Sine[i * step];
          const double im = real[b] * m_Sine[i * step] + imaginary[b] * m_Cosine[i * step];
          real[b] = real[a] - re;
          imaginary[b] = imaginary[a] - im;
          real[a] += re;
          imaginary[a] += im;
        }
      }
    }
  }

private:
  std::vector<double> m_Cosine;
  std::vector<double> m_Sine;
};
} // namespace

BSplineBasis
MakeBSplineBasis(unsigned int order, size_t spans, const std::vector<double> & places)
{
  BSplineBasis basis;
  basis.Support = order + 1;
  basis.ControlPoints = spans + order;
  basis.First.reserve(places.size());
  basis.Weights.reserve(places.size() * basis.Support);
  std::vector<double> weights(basis.Support);
  for (const double place : places)
  {
    const double inside = std::min(std::max(place, 0.0), static_cast<double>(spans));
    const double span = std::min(std::floor(inside), static_cast<double>(spans - 1));
    const double t = inside - span;
    basis.First.push_back(static_cast<size_t>(span));
    // The recursion of Cox and de Boor on uniform knots: weight j of degree k is (t + k - j) / k times weight j - 1,
    // plus (1 - t + j) / k times weight j, of degree k - 1.
    std::fill(weights.begin(), weights.end(), 0.0);
    weights[0] = 1.0;
    for (unsigned int k = 1; k <= order; ++k)
    {
      for (unsigned int j = k + 1; j-- > 0;)
      {
        const double before = j > 0 ? weights[j - 1] : 0.0;
        const double same = j < k ? weights[j] : 0.0;
        weights[j] = ((t + k - j) * before + (1.0 - t + j) * same) / k;
      }
    }
    basis.Weights.insert(basis.Weights.end(), weights.begin(), weights.end());
  }
  return basis;
}

std::vector<double>
RefineBSpline(const std::vector<double> & lattice,
              std::array<size_t, 3> &     controlPoints,
              size_t                      axis,
              unsigned int                order)
{
  // A basis function of order p is the sum over i of binomial(p + 1, i) / 2^p times the i-th of the p + 2 functions of
  // half the width that begin under it. The first p of the finer functions lie before the domain.
  std::vector<double> binomial{ 1.0 };
  for (unsigned int n = 0; n <= order; ++n)
  {
    binomial.push_back(0.0);
    for (size_t i = binomial.size() - 1; i > 0; --i)
    {
      binomial[i] += binomial[i - 1];
    }
  }
  const double scale = 1.0 / static_cast<double>(1u << order);
  size_t       stride = 1;
  for (size_t d = 0; d < axis; ++d)
  {
    stride *= controlPoints[d];
  }
  const size_t        coarse = controlPoints[axis];
  const size_t        fine = 2 * coarse - order;
  const size_t        blocks = lattice.size() / (stride * coarse);
  std::vector<double> refined(blocks * fine * stride, 0.0);
  for (size_t block = 0; block < blocks; ++block)
  {
    for (size_t k = 0; k < coarse; ++k)
    {
      for (size_t i = 0; i < binomial.size(); ++i)
      {
        const size_t shifted = 2 * k + i;
        if (shifted >= order && shifted - order < fine)
        {
          const double * in = lattice.data() + (block * coarse + k) * stride;
          double *       out = refined.data() + (block * fine + shifted - order) * stride;
          for (size_t n = 0; n < stride; ++n)
          {
            out[n] += scale * binomial[i] * in[n];
          }
        }
      }
    }
  }
  controlPoints[axis] = fine;
  return refined;
}

void
ExponentialOfNegative(const double * x, size_t length, double * values)
{
  // e^-x = 2^n e^r with n the nearest integer to -x / log 2, which adding 1.5 * 2^52 leaves in the lowest bits. The
  // series of e^r to r^8 leaves out less than 2.1e-10, since |r| <= log(2) / 2.
  constexpr double shift = 6755399441055744.0;
  constexpr double inverseLog2 = 1.4426950408889634;
  constexpr double log2High = 0.693147180369123816490;
  constexpr double log2Low = 1.90821492927058770002e-10;
  for (size_t i = 0; i < length; ++i)
  {
    const double shifted = shift - x[i] * inverseLog2;
    const double n = shifted - shift;
    const double r = (-x[i] - n * log2High) - n * log2Low;
    const double r2 = r * r;
    const double r4 = r2 * r2;
    const double low = (1.0 + r) + r2 * (0.5 + r * (1.0 / 6.0));
    const double high =
      (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0)) + r4 * (1.0 / 40320.0);
    uint64_t bits;
    std::memcpy(&bits, &shifted, sizeof(bits));
    bits = (bits + 1023) << 52;
    double power;
    std::memcpy(&power, &bits, sizeof(power));
    values[i] = (low + r4 * high) * power;
  }
}

std::vector<double>
SharpenHistogram(
  const std::vector<double> & histogram, double first, double width, double fullWidthAtHalfMaximum, double noise)
{
  const size_t bins = histogram.size();
  // ITK takes the logarithm in float, which makes it twice as long for some powers of two.
  const double exponent = std::ceil(static_cast<double>(std::log(static_cast<float>(bins))) / std::log(2.0)) + 1.0;
  const size_t size = size_t{ 1 } << static_cast<unsigned int>(exponent);
  const size_t before = (size - bins) / 2;

  // The Gaussian, which is even: values at distances up to half of the circle.
  const double        scaledWidth = fullWidthAtHalfMaximum / width;
  const double        steepness = 4.0 * std::log(2.0) / (scaledWidth * scaledWidth);
  const double        height = 2.0 * std::sqrt(std::log(2.0) / 3.14159265358979323846) / scaledWidth;
  std::vector<double> gaussian(size / 2 + 1);
  for (size_t n = 0; n < gaussian.size(); ++n)
  {
    gaussian[n] = height * std::exp(-steepness * static_cast<double>(n * n));
  }

  // Both transforms at once: that of the histogram is the Hermitian part of the result, that of the even Gaussian is
  // real and comes from its imaginary part. As a share of all voxels the histogram does not drown the Gaussian's
  // digits.
  double total = 0.0;
  for (const double count : histogram)
  {
    total += count;
  }
  std::vector<double> real(size, 0.0);
  std::vector<double> imaginary(size);
  for (size_t n = 0; n < bins; ++n)
  {
    real[n + before] = histogram[n] / total;
  }
  for (size_t n = 0; n < size; ++n)
  {
    imaginary[n] = gaussian[std::min(n, size - n)];
  }
  const FourierTransform transform(size);
  transform.Apply(real, imaginary);
  std::vector<double> sharpReal(size);
  std::vector<double> sharpImaginary(size);
  for (size_t n = 0; n < size; ++n)
  {
    const size_t mirrored = (size - n) % size;
    const double blur = 0.5 * (imaginary[n] + imaginary[mirrored]);
    const double power = blur * blur + noise;
    const double gain = power > 0.0 ? blur / power : 0.0;
    // Real and imaginary part swapped in and out make the forward transform an inverse one.
    sharpImaginary[n] = gain * 0.5 * (real[n] + real[mirrored]);
    sharpReal[n] = gain * 0.5 * (imaginary[n] - imaginary[mirrored]);
  }
  transform.Apply(sharpReal, sharpImaginary);

  const double peak = *std::max_element(sharpImaginary.begin(), sharpImaginary.end());
  for (double & share : sharpImaginary)
  {
    share = share > SmallestShare * peak ? share : 0.0;
  }

  // The means are taken directly: Fourier transforms would leave their rounding where both sums are next to nothing,
  // far from the histogram's peaks. Weights are relative to that of the nearest place, so that they cannot vanish, and
  // from d^2 - nearest^2 >= (d - nearest)^2 what is `tail` farther weighs less than e^-40.
  const auto          tail = static_cast<size_t>(std::min(std::sqrt(40.0 / steepness), static_cast<double>(size)));
  std::vector<double> sharpened(bins);
  for (size_t n = 0; n < bins; ++n)
  {
    // The places at a distance along the circle that a Fourier transform makes of the bins.
    const size_t here = n + before;
    const auto   atDistance = [&](size_t d, const auto & add) {
      add((here + d) % size);
      if (d != 0 && 2 * d != size)
      {
        add((here + size - d) % size);
      }
    };
    size_t nearest = 0;
    bool   found = false;
    while (!found)
    {
      atDistance(nearest, [&](size_t place) { found = found || sharpImaginary[place] > 0.0; });
      nearest += found ? 0 : 1;
    }
    double       numerator = 0.0;
    double       denominator = 0.0;
    const size_t last = std::min(nearest + tail, size / 2);
    for (size_t d = nearest; d <= last; ++d)
    {
      const double weight =
        nearest == 0 ? gaussian[d] / height : std::exp(-steepness * static_cast<double>((d - nearest) * (d + nearest)));
      atDistance(d, [&](size_t place) {
        numerator += weight * sharpImaginary[place] * (static_cast<double>(place) - static_cast<double>(here));
        denominator += weight * sharpImaginary[place];
      });
    }
    sharpened[n] = first + width * (static_cast<double>(n) + numerator / denominator);
  }
  return sharpened;
}

LogBiasFieldEstimator::LogBiasFieldEstimator(const AxesType & axes, const Parameters & parameters)
  : m_Axes(axes)
  , m_Parameters(parameters)
  , m_Slices(axes[2].Samples)
{
  for (size_t d = 0; d < 3; ++d)
  {
    m_ControlPoints[d] = m_Axes[d].Spans + m_Axes[d].Order;
  }
  m_Lattice.assign(m_ControlPoints[0] * m_ControlPoints[1] * m_ControlPoints[2], 0.0);
}

size_t
LogBiasFieldEstimator::GetNumberOfVoxels() const
{
  size_t voxels = 0;
  for (const Slice & slice : m_Slices)
  {
    voxels += slice.m_Logarithms.size();
  }
  return voxels;
}

void
LogBiasFieldEstimator::UpdateFlat(const LoopType & loop, const std::vector<double> & change)
{
  const SeparableBSpline<float> field(m_Lattice, m_Bases);
  const SeparableBSpline<float> step(change, m_Bases);
  loop(m_Slices.size(), [&](size_t k) {
    Slice &                  slice = m_Slices[k];
    const std::vector<float> fieldLines = field.MakeSlice(k);
    const std::vector<float> stepLines = step.MakeSlice(k);
    slice.m_Flat.resize(slice.m_Logarithms.size());
    slice.m_RatioSum = 0.0;
    slice.m_RatioSquares = 0.0;

    RowSummary    summary;
    PartType      values;
    PartType      ratios;
    const float * logarithms = slice.m_Logarithms.data();
    float *       flat = slice.m_Flat.data();
    for (const Slice::Run & run : slice.m_Runs)
    {
      for (size_t begin = 0; begin < run.Length; begin += PartLength)
      {
        const size_t length = std::min(PartLength, run.Length - begin);
        field.EvaluateRow(fieldLines, run.Row, run.Begin + begin, length, values.data());
        for (size_t i = 0; i < length; ++i)
        {
          flat[i] = logarithms[i] - values[i];
        }
        step.EvaluateRow(stepLines, run.Row, run.Begin + begin, length, values.data());
        ExponentialLessOne(values.data(), length, ratios.data());
        summary.Add(flat, ratios.data(), length);
        logarithms += length;
        flat += length;
      }
      slice.m_RatioSum += TakeSum(summary.Sums);
      slice.m_RatioSquares += TakeSum(summary.Squares);
    }
    slice.m_Minimum = *std::min_element(summary.Minima.begin(), summary.Minima.end());
    slice.m_Maximum = *std::max_element(summary.Maxima.begin(), summary.Maxima.end());
  });

  m_Minimum = std::numeric_limits<float>::max();
  m_Maximum = std::numeric_limits<float>::lowest();
  double sum = 0.0;
  double squares = 0.0;
  for (const Slice & slice : m_Slices)
  {
    m_Minimum = std::min(m_Minimum, slice.m_Minimum);
    m_Maximum = std::max(m_Maximum, slice.m_Maximum);
    sum += slice.m_RatioSum;
    squares += slice.m_RatioSquares;
  }
  const auto   n = static_cast<double>(this->GetNumberOfVoxels());
  const double mean = sum / n;
  m_Convergence = n > 1.0 ? std::sqrt(std::max(squares - sum * mean, 0.0) / (n - 1.0)) / (1.0 + mean) : 0.0;
}

double
LogBiasFieldEstimator::MeasureConvergenceInFloats(const std::vector<double> & change) const
{
  const SeparableBSpline<float> step(change, m_Bases);
  PartType                      values;
  PartType                      ratios;
  float                         mean = 0.0F;
  float                         squares = 0.0F;
  float                         count = 0.0F;
  for (size_t k = 0; k < m_Slices.size(); ++k)
  {
    const std::vector<float> lines = step.MakeSlice(k);
    for (const Slice::Run & run : m_Slices[k].m_Runs)
    {
      for (size_t begin = 0; begin < run.Length; begin += PartLength)
      {
        const size_t length = std::min(PartLength, run.Length - begin);
        step.EvaluateRow(lines, run.Row, run.Begin + begin, length, values.data());
        ExponentialLessOne(values.data(), length, ratios.data());
        for (size_t i = 0; i < length; ++i)
        {
          // B.P. Welford's running mean and sum of squares. Only what is kept from voxel to voxel is rounded to floats.
          const float ratio = 1.0F + ratios[i];
          count += 1.0F;
          const auto n = static_cast<double>(count);
          const auto deviation = static_cast<double>((ratio - mean) * (ratio - mean));
          squares = static_cast<float>(static_cast<double>(squares) + deviation * (n - 1.0) / n);
          mean = static_cast<float>(static_cast<double>(mean) * (1.0 - 1.0 / n) + static_cast<double>(ratio / count));
        }
      }
    }
  }
  return std::sqrt(static_cast<double>(squares) / (static_cast<double>(count) - 1.0)) / static_cast<double>(mean);
}

float
LogBiasFieldEstimator::GetPlaceScale() const
{
  return PlaceUnit * static_cast<float>(m_Parameters.HistogramBins - 1) / (m_Maximum - m_Minimum);
}

auto
LogBiasFieldEstimator::FindResiduals(const LoopType & loop) -> std::vector<Residual>
{
  const size_t bins = m_Parameters.HistogramBins;
  const float  scale = this->GetPlaceScale();
  const float  top = PlaceUnit * static_cast<float>(bins - 1);
  loop(m_Slices.size(), [&](size_t k) {
    Slice & slice = m_Slices[k];
    slice.m_Counts.assign(bins, 0);
    slice.m_Offsets.assign(bins, 0);
    // Neighbouring voxels are often in the same bin. Two histograms let them be counted at once.
    std::vector<uint64_t> even(bins, 0);
    std::vector<uint64_t> odd(bins, 0);
    const auto            flush = [&] {
      constexpr uint64_t mask = (uint64_t{ 1 } << OffsetBits) - 1;
      for (size_t n = 0; n < bins; ++n)
      {
        slice.m_Counts[n] += (even[n] >> OffsetBits) + (odd[n] >> OffsetBits);
        slice.m_Offsets[n] += (even[n] & mask) + (odd[n] & mask);
        even[n] = 0;
        odd[n] = 0;
      }
    };
    std::array<int32_t, PartLength> places;
    const size_t                    voxels = slice.m_Flat.size();
    size_t                          counted = 0;
    for (size_t begin = 0; begin < voxels; begin += PartLength)
    {
      const size_t length = std::min(PartLength, voxels - begin);
      FindPlaces(slice.m_Flat.data() + begin, length, m_Minimum, scale, top, places.data());
      const auto count = [&](std::vector<uint64_t> & histogram, int32_t place) {
        histogram[static_cast<size_t>(place >> PlaceBits)] +=
          (uint64_t{ 1 } << OffsetBits) + static_cast<uint64_t>(place & PlaceMask);
      };
      size_t i = 0;
      for (; i + 2 <= length; i += 2)
      {
        count(even, places[i]);
        count(odd, places[i + 1]);
      }
      if (i < length)
      {
        count(even, places[i]);
      }
      counted += length;
      if (counted > LargestCount)
      {
        flush();
        counted = 0;
      }
    }
    flush();
  });

  // Voxels at a place p between bins n and n + 1 add 1 - p to bin n and p to the next.
  std::vector<uint64_t> counts(bins, 0);
  std::vector<uint64_t> offsets(bins, 0);
  for (const Slice & slice : m_Slices)
  {
    for (size_t n = 0; n < bins; ++n)
    {
      counts[n] += slice.m_Counts[n];
      offsets[n] += slice.m_Offsets[n];
    }
  }
  std::vector<double> histogram(bins);
  for (size_t n = 0; n < bins; ++n)
  {
    const double stays =
      static_cast<double>(counts[n]) - static_cast<double>(offsets[n]) / static_cast<double>(PlaceUnit);
    const double comes = n > 0 ? static_cast<double>(offsets[n - 1]) / static_cast<double>(PlaceUnit) : 0.0;
    histogram[n] = stays + comes;
  }

  const double width =
    (static_cast<double>(m_Maximum) - static_cast<double>(m_Minimum)) / static_cast<double>(bins - 1);
  const std::vector<double> sharpened =
    SharpenHistogram(histogram, m_Minimum, width, m_Parameters.FullWidthAtHalfMaximum, m_Parameters.WienerFilterNoise);
  std::vector<Residual> residuals(bins);
  for (size_t n = 0; n < bins; ++n)
  {
    const double value = static_cast<double>(m_Minimum) + width * static_cast<double>(n) - sharpened[n];
    const double step = n + 1 < bins ? width - (sharpened[n + 1] - sharpened[n]) : 0.0;
    residuals[n] = { static_cast<float>(value), static_cast<float>(step / static_cast<double>(PlaceUnit)) };
  }
  return residuals;
}

std::vector<double>
LogBiasFieldEstimator::SumOverVoxels(const LoopType &                           loop,
                                     const std::array<std::vector<double>, 3> & axisWeights,
                                     const std::vector<Residual> *              residuals)
{
  const size_t width = m_Axes[0].Samples;
  const size_t rows = m_ControlPoints[1];
  const float  scale = residuals ? this->GetPlaceScale() : 0.0F;
  const float  top = PlaceUnit * static_cast<float>(m_Parameters.HistogramBins - 1);

  // Over the second axis, row by row of each slice.
  std::vector<std::vector<float>> slices(m_Slices.size());
  loop(m_Slices.size(), [&](size_t k) {
    const Slice &        slice = m_Slices[k];
    const BSplineBasis & basis = m_Bases[1];
    slices[k].assign(rows * width, 0.0F);
    std::array<int32_t, PartLength> places;
    PartType                        values;
    values.fill(1.0F);
    size_t done = 0;
    for (const Slice::Run & run : slice.m_Runs)
    {
      for (size_t begin = 0; begin < run.Length; begin += PartLength)
      {
        const size_t length = std::min(PartLength, run.Length - begin);
        if (residuals)
        {
          FindPlaces(slice.m_Flat.data() + done, length, m_Minimum, scale, top, places.data());
          for (size_t i = 0; i < length; ++i)
          {
            const Residual residual = (*residuals)[static_cast<size_t>(places[i] >> PlaceBits)];
            values[i] = residual.Value + residual.Step * static_cast<float>(places[i] & PlaceMask);
          }
        }
        if (!slice.m_Weights.empty())
        {
          const float * weights = slice.m_Weights.data() + done;
          for (size_t i = 0; i < length; ++i)
          {
            values[i] = residuals ? values[i] * weights[i] : weights[i];
          }
        }
        float *        lines = slices[k].data() + basis.First[run.Row] * width + run.Begin + begin;
        const double * weights = axisWeights[1].data() + run.Row * basis.Support;
        switch (basis.Support)
        {
          case 1:
            AddToLines<1>(values.data(), length, weights, lines, width);
            break;
          case 2:
            AddToLines<2>(values.data(), length, weights, lines, width);
            break;
          case 3:
            AddToLines<3>(values.data(), length, weights, lines, width);
            break;
          default:
            AddToLines<4>(values.data(), length, weights, lines, width);
            break;
        }
        done += length;
      }
    }
  });

  // Over the last axis, in the order of slices, and over the first.
  const BSplineBasis & columnBasis = m_Bases[0];
  const BSplineBasis & sliceBasis = m_Bases[2];
  std::vector<double>  sums(columnBasis.ControlPoints * rows * sliceBasis.ControlPoints, 0.0);
  loop(rows, [&](size_t row) {
    std::vector<double> lines(sliceBasis.ControlPoints * width, 0.0);
    for (size_t k = 0; k < slices.size(); ++k)
    {
      const float * in = slices[k].data() + row * width;
      for (size_t c = 0; c < sliceBasis.Support; ++c)
      {
        const double weight = axisWeights[2][k * sliceBasis.Support + c];
        double *     line = lines.data() + (sliceBasis.First[k] + c) * width;
        for (size_t i = 0; i < width; ++i)
        {
          line[i] += weight * static_cast<double>(in[i]);
        }
      }
    }
    for (size_t c = 0; c < sliceBasis.ControlPoints; ++c)
    {
      double * out = sums.data() + (c * rows + row) * columnBasis.ControlPoints;
      for (size_t i = 0; i < width; ++i)
      {
        for (size_t n = 0; n < columnBasis.Support; ++n)
        {
          out[columnBasis.First[i] + n] += axisWeights[0][i * columnBasis.Support + n] * lines[c * width + i];
        }
      }
    }
  });
  return sums;
}

void
LogBiasFieldEstimator::Estimate(const LoopType & loop, const std::function<void()> & afterIteration)
{
  const auto levels = static_cast<unsigned int>(m_Parameters.Iterations.size());
  for (m_Level = 0; m_Level < levels; ++m_Level)
  {
    // Weights of the sums: the squares of the basis functions, and their cubes over the sum of squares.
    std::array<std::vector<double>, 3> squares;
    std::array<std::vector<double>, 3> cubes;
    for (size_t d = 0; d < 3; ++d)
    {
      const Axis &        axis = m_Axes[d];
      const size_t        spans = m_ControlPoints[d] - axis.Order;
      const double        scale = static_cast<double>(spans) / static_cast<double>(axis.Spans);
      std::vector<double> places(axis.Samples);
      for (size_t i = 0; i < axis.Samples; ++i)
      {
        places[i] = scale * (axis.First + axis.Step * static_cast<double>(i));
      }
      m_Bases[d] = MakeBSplineBasis(axis.Order, spans, places);
      const size_t support = m_Bases[d].Support;
      for (size_t i = 0; i < axis.Samples; ++i)
      {
        const double * weights = m_Bases[d].Weights.data() + i * support;
        double         sum = 0.0;
        for (size_t n = 0; n < support; ++n)
        {
          sum += weights[n] * weights[n];
        }
        for (size_t n = 0; n < support; ++n)
        {
          squares[d].push_back(weights[n] * weights[n]);
          cubes[d].push_back(weights[n] * weights[n] * weights[n] / sum);
        }
      }
    }
    const std::vector<double> denominators = this->SumOverVoxels(loop, squares, nullptr);
    if (m_Level == 0)
    {
      this->UpdateFlat(loop, m_Lattice); // all 0
    }

    m_Convergence = std::numeric_limits<double>::max();
    for (m_Iteration = 0; m_Iteration < m_Parameters.Iterations[m_Level];)
    {
      if (!(m_Convergence > m_Parameters.ConvergenceThreshold))
      {
        break;
      }
      std::vector<double> change(m_Lattice.size(), 0.0);
      // Voxels that are all equal leave nothing to sharpen.
      if (m_Maximum > m_Minimum && std::isfinite(this->GetPlaceScale()))
      {
        const std::vector<Residual> residuals = this->FindResiduals(loop);
        change = this->SumOverVoxels(loop, cubes, &residuals);
        for (size_t c = 0; c < change.size(); ++c)
        {
          // A control point that no voxel sees stays.
          change[c] = denominators[c] > 0.0 ? change[c] / denominators[c] : 0.0;
          m_Lattice[c] += change[c];
        }
      }
      this->UpdateFlat(loop, change);
      if (m_Convergence > 0.0 && m_Convergence <= FloatMargin * m_Parameters.ConvergenceThreshold)
      {
        m_Convergence = this->MeasureConvergenceInFloats(change);
      }
      ++m_Iteration;
      afterIteration();
    }

    if (m_Level + 1 < levels)
    {
      for (size_t d = 0; d < 3; ++d)
      {
        if (m_Axes[d].Order > 0 && m_Axes[d].Levels + 1 >= m_Level)
        {
          m_Lattice = RefineBSpline(m_Lattice, m_ControlPoints, d, m_Axes[d].Order);
        }
      }
    }
  }
  m_Level = levels - 1;
}

} // namespace SyntheticCTDetail
} // namespace itk
