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
// The loops of itkStructuralSimilarityKernels.h, included by one file per instruction set. That file sets the
// instruction set and the namespace SYNTHETIC_CT_KERNELS. Nothing of the standard library is called that a compiler
// could leave as a function of its own: it would be shared with code for machines without that instruction set.

#if defined(__clang__)
#  define SYNTHETIC_CT_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#  define SYNTHETIC_CT_INDEPENDENT _Pragma("GCC ivdep")
#else
#  define SYNTHETIC_CT_INDEPENDENT
#endif
#if defined(__GNUC__)
#  define SYNTHETIC_CT_INLINE inline __attribute__((always_inline))
#else
#  define SYNTHETIC_CT_INLINE inline
#endif

namespace itk
{
namespace SyntheticCTDetail
{
namespace SYNTHETIC_CT_KERNELS
{
namespace
{
constexpr size_t lanes = StructuralSimilarityLanes;

void
Map(double * values, const double * inside, size_t count, const StructuralSimilarityEngine::Mapping & mapping)
{
  const double minimum = mapping.Minimum;
  const double maximum = mapping.Maximum;
  const double scale = mapping.Scale;
  const double offset = mapping.Offset;
  // Comparisons that keep NaN.
  SYNTHETIC_CT_INDEPENDENT
  for (size_t i = 0; i < count; ++i)
  {
    double value = values[i];
    value = value < minimum ? minimum : value;
    value = value > maximum ? maximum : value;
    values[i] = scale * value + offset;
  }
  if (inside)
  {
    SYNTHETIC_CT_INDEPENDENT
    for (size_t i = 0; i < count; ++i)
    {
      values[i] = inside[i] != 0.0 ? values[i] : 0.0;
    }
  }
}

void
Combine(const double * reference, const double * synthetic, size_t count, double * const * fields)
{
  double * const sums = fields[0];
  double * const differences = fields[1];
  double * const squaredSums = fields[2];
  double * const squaredDifferences = fields[3];
  SYNTHETIC_CT_INDEPENDENT
  for (size_t i = 0; i < count; ++i)
  {
    const double sum = synthetic[i] + reference[i];
    const double difference = synthetic[i] - reference[i];
    sums[i] = sum;
    differences[i] = difference;
    squaredSums[i] = sum * sum;
    squaredDifferences[i] = difference * difference;
  }
}

/** A list of numbers that a compiler sees, so that it unrolls. */
template <size_t... Numbers>
struct Sequence
{};
template <size_t Count, size_t... Numbers>
struct MakeSequence : MakeSequence<Count - 1, Count - 1, Numbers...>
{};
template <size_t... Numbers>
struct MakeSequence<0, Numbers...>
{
  using Type = Sequence<Numbers...>;
};

template <size_t... Tap>
SYNTHETIC_CT_INLINE double
SumOf(const double * const * rows, const double * weights, size_t i, Sequence<Tap...>)
{
  double sum = 0.0;
  ((sum += weights[Tap] * rows[Tap][i]), ...);
  return sum;
}

template <size_t Taps, size_t... Output>
void
SumRowsOf(
  const double * const * rows, const double * weights, size_t count, double * const * results, Sequence<Output...>)
{
  constexpr size_t numberOfRows = Taps + sizeof...(Output) - 1;
  const double *   in[numberOfRows];
  double           w[Taps];
  for (size_t k = 0; k < numberOfRows; ++k)
  {
    in[k] = rows[k];
  }
  for (size_t k = 0; k < Taps; ++k)
  {
    w[k] = weights[k];
  }
  double * const out[] = { results[Output]... };
  SYNTHETIC_CT_INDEPENDENT
  for (size_t i = 0; i < count; ++i)
  {
    ((out[Output][i] = SumOf(in + Output, w, i, typename MakeSequence<Taps>::Type())), ...);
  }
}

template <size_t Taps>
void
SumRowsOf(const double * const * rows, const double * weights, size_t outputs, size_t count, double * const * results)
{
  size_t first = 0;
  for (; first + 4 <= outputs; first += 4)
  {
    SumRowsOf<Taps>(rows + first, weights, count, results + first, MakeSequence<4>::Type());
  }
  for (; first < outputs; ++first)
  {
    SumRowsOf<Taps>(rows + first, weights, count, results + first, MakeSequence<1>::Type());
  }
}

/** The same for any number of weights. */
void
SumManyRows(const double * const * rows,
            const double *         weights,
            size_t                 taps,
            size_t                 outputs,
            size_t                 count,
            double * const *       results)
{
  for (size_t output = 0; output < outputs; ++output)
  {
    double * const result = results[output];
    for (size_t k = 0; k < taps; ++k)
    {
      const double * const row = rows[output + k];
      const double         weight = weights[k];
      const bool           isFirst = k == 0;
      SYNTHETIC_CT_INDEPENDENT
      for (size_t i = 0; i < count; ++i)
      {
        result[i] = (isFirst ? 0.0 : result[i]) + weight * row[i];
      }
    }
  }
}

void
SumRows(const double * const * rows,
        const double *         weights,
        size_t                 taps,
        size_t                 outputs,
        size_t                 count,
        double * const *       results)
{
  switch (taps)
  {
    case 1:
      return SumRowsOf<1>(rows, weights, outputs, count, results);
    case 3:
      return SumRowsOf<3>(rows, weights, outputs, count, results);
    case 5:
      return SumRowsOf<5>(rows, weights, outputs, count, results);
    case 7:
      return SumRowsOf<7>(rows, weights, outputs, count, results);
    case 9:
      return SumRowsOf<9>(rows, weights, outputs, count, results);
    case 11:
      return SumRowsOf<11>(rows, weights, outputs, count, results);
    default:
      return SumManyRows(rows, weights, taps, outputs, count, results);
  }
}

template <size_t Taps, size_t... Tap>
SYNTHETIC_CT_INLINE void
SumNeighboursOf(const double * row, const double * weights, size_t count, double * result, Sequence<Tap...>)
{
  const double w[] = { weights[Tap]... };
  SYNTHETIC_CT_INDEPENDENT
  for (size_t i = 0; i < count; ++i)
  {
    double sum = 0.0;
    ((sum += w[Tap] * row[i + Tap]), ...);
    result[i] = sum;
  }
}

/** The same for any number of weights. */
void
SumManyNeighbours(const double * row, const double * weights, size_t taps, size_t count, double * result)
{
  for (size_t k = 0; k < taps; ++k)
  {
    const double weight = weights[k];
    const bool   isFirst = k == 0;
    SYNTHETIC_CT_INDEPENDENT
    for (size_t i = 0; i < count; ++i)
    {
      result[i] = (isFirst ? 0.0 : result[i]) + weight * row[i + k];
    }
  }
}

void
SumNeighbours(const double * row, const double * weights, size_t taps, size_t count, double * result)
{
  switch (taps)
  {
    case 1:
      return SumNeighboursOf<1>(row, weights, count, result, MakeSequence<1>::Type());
    case 3:
      return SumNeighboursOf<3>(row, weights, count, result, MakeSequence<3>::Type());
    case 5:
      return SumNeighboursOf<5>(row, weights, count, result, MakeSequence<5>::Type());
    case 7:
      return SumNeighboursOf<7>(row, weights, count, result, MakeSequence<7>::Type());
    case 9:
      return SumNeighboursOf<9>(row, weights, count, result, MakeSequence<9>::Type());
    case 11:
      return SumNeighboursOf<11>(row, weights, count, result, MakeSequence<11>::Type());
    default:
      return SumManyNeighbours(row, weights, taps, count, result);
  }
}

/** The sum of a row, in lanes whose order is fixed. */
SYNTHETIC_CT_INLINE double
SumOfRow(const double * values, size_t count)
{
  double sums[lanes] = {};
  for (size_t i = 0; i < count; i += lanes)
  {
    for (size_t lane = 0; lane < lanes; ++lane)
    {
      sums[lane] += values[i + lane];
    }
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

template <bool Weighted>
SYNTHETIC_CT_INLINE void
MapOf(const double * const * fields, const StructuralSimilarityEngine::Formula & formula, size_t count, double * map)
{
  const double * const sums = fields[0];
  const double * const differences = fields[1];
  const double * const squaredSums = fields[2];
  const double * const squaredDifferences = fields[3];
  const double * const weights = Weighted ? fields[4] : nullptr;
  const double         c1 = formula.C1;
  const double         c2 = formula.C2;
  const double         half = 0.5 * formula.CovarianceFactor;
  const double         epsilon = formula.Epsilon;
  const double         mapEpsilon = formula.MapEpsilon;
  const double         lowest = formula.Exponent != 1.0 || formula.NonNegative ? 0.0 : -HUGE_VAL;
  SYNTHETIC_CT_INDEPENDENT
  for (size_t i = 0; i < count; ++i)
  {
    const double scale = Weighted ? 1.0 / (weights[i] + epsilon) : 1.0;
    const double sum = sums[i] * scale;
    const double difference = differences[i] * scale;
    const double squaredSum = sum * sum;
    const double squaredDifference = difference * difference;
    const double sumVariance = squaredSums[i] * scale - squaredSum;
    const double differenceVariance = squaredDifferences[i] * scale - squaredDifference;
    double       luminance = 0.5 * (squaredSum - squaredDifference) + c1;
    double       structure = half * (sumVariance - differenceVariance) + c2;
    luminance = luminance < lowest ? lowest : luminance;
    structure = structure < lowest ? lowest : structure;
    const double denominator =
      (0.5 * (squaredSum + squaredDifference) + c1) * (half * (sumVariance + differenceVariance) + c2) + mapEpsilon;
    map[i] = luminance * structure / denominator;
  }
}

void
Similarity(double * const *                            fields,
           const StructuralSimilarityEngine::Formula & formula,
           const double *                              counts,
           const double *                              inside,
           size_t                                      count,
           double *                                    map,
           StructuralSimilarityEngine::Sums &          sums)
{
  // The fields are not needed once there is the map. What does not count can be NaN, and is left out, not multiplied.
  double * const values = fields[0];
  double * const weights = fields[1];
  if (formula.Weighted)
  {
    MapOf<true>(fields, formula, count, map);
    const double * const support = fields[4];
    const double         epsilon = formula.Epsilon;
    if (inside)
    {
      SYNTHETIC_CT_INDEPENDENT
      for (size_t i = 0; i < count; ++i)
      {
        weights[i] = counts[i] * inside[i];
        values[i] = weights[i] != 0.0 ? map[i] : 0.0;
      }
    }
    else
    {
      SYNTHETIC_CT_INDEPENDENT
      for (size_t i = 0; i < count; ++i)
      {
        const double weight = support[i] + epsilon;
        values[i] = counts[i] != 0.0 ? map[i] * weight : 0.0;
        weights[i] = counts[i] != 0.0 ? weight : 0.0;
      }
    }
    sums.Masked += SumOfRow(values, count);
    sums.MaskedWeight += SumOfRow(weights, count);
    return;
  }
  MapOf<false>(fields, formula, count, map);
  if (formula.Exponent != 1.0)
  {
    for (size_t i = 0; i < count; ++i)
    {
      // Most of the surroundings are exactly 1.
      map[i] = map[i] == 1.0 ? 1.0 : std::pow(map[i], formula.Exponent);
    }
  }
  SYNTHETIC_CT_INDEPENDENT
  for (size_t i = 0; i < count; ++i)
  {
    values[i] = counts[i] != 0.0 ? map[i] : 0.0;
  }
  sums.Global += SumOfRow(values, count);
  sums.GlobalWeight += SumOfRow(counts, count);
  if (inside)
  {
    SYNTHETIC_CT_INDEPENDENT
    for (size_t i = 0; i < count; ++i)
    {
      weights[i] = counts[i] * inside[i];
      values[i] = weights[i] != 0.0 ? map[i] : 0.0;
    }
    sums.Masked += SumOfRow(values, count);
    sums.MaskedWeight += SumOfRow(weights, count);
  }
}

} // namespace

const StructuralSimilarityKernels kernels = {
  SYNTHETIC_CT_KERNELS_NAME, Map, Combine, SumRows, SumNeighbours, Similarity
};

} // namespace SYNTHETIC_CT_KERNELS
} // namespace SyntheticCTDetail
} // namespace itk
