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
// The loops of itkNetworkKernels.h, included by one file per instruction set. That file sets the instruction set, the
// namespace SYNTHETIC_CT_KERNELS, how many numbers a register holds, and how many rows and vectors fill the registers.
// Nothing of the standard library is called: what a compiler does not inline would be shared with code for machines
// without that instruction set.

namespace itk
{
namespace SyntheticCTDetail
{
namespace SYNTHETIC_CT_KERNELS
{
namespace
{
constexpr int64_t lanes = SYNTHETIC_CT_LANES;
constexpr int64_t width = lanes * SYNTHETIC_CT_VECTORS;

// Loads and stores need no alignment.
typedef float  Vector __attribute__((vector_size(4 * SYNTHETIC_CT_LANES), aligned(4), may_alias));
typedef double DoubleVector __attribute__((vector_size(8 * SYNTHETIC_CT_LANES), aligned(8), may_alias));

#define SYNTHETIC_CT_INLINE inline __attribute__((always_inline))

SYNTHETIC_CT_INLINE void
Load(Vector & vector, const float * source, int64_t count)
{
  if (count >= lanes)
  {
    vector = *reinterpret_cast<const Vector *>(source);
    return;
  }
  float values[lanes] = {};
  for (int64_t i = 0; i < count; ++i)
  {
    values[i] = source[i];
  }
  vector = *reinterpret_cast<const Vector *>(values);
}

SYNTHETIC_CT_INLINE void
Store(const Vector & vector, float * target, int64_t count)
{
  if (count >= lanes)
  {
    *reinterpret_cast<Vector *>(target) = vector;
    return;
  }
  for (int64_t i = 0; i < count; ++i)
  {
    target[i] = vector[i];
  }
}

SYNTHETIC_CT_INLINE void
Activate(Vector & vector, float slope)
{
  // Not slope * x for ReLU: it would make NaN of minus infinity.
  const Vector zero = {};
  const Vector below = slope == 0.0F ? zero : vector * slope;
  vector = vector < zero ? below : vector;
}

template <int Rows>
void
MultiplyRows(const float * const * rows,
             int64_t               offset,
             int64_t               segments,
             int64_t               length,
             const float *         panel,
             float *               result,
             int64_t               stride)
{
  Vector sums[Rows][SYNTHETIC_CT_VECTORS] = {};
  for (int64_t segment = 0; segment < segments; ++segment, rows += Rows)
  {
    const float * row[Rows];
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
    {
      row[r] = rows[r] + offset;
    }
    for (int64_t k = 0; k < length; ++k, panel += width)
    {
      const Vector * const weights = reinterpret_cast<const Vector *>(panel);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r)
      {
        const float value = row[r][k];
#pragma GCC unroll 4
        for (int v = 0; v < SYNTHETIC_CT_VECTORS; ++v)
        {
          sums[r][v] += value * weights[v];
        }
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r)
  {
#pragma GCC unroll 4
    for (int v = 0; v < SYNTHETIC_CT_VECTORS; ++v)
    {
      *reinterpret_cast<Vector *>(result + r * stride + v * lanes) = sums[r][v];
    }
  }
}

template <int Rows>
void
Multiply(int64_t               count,
         const float * const * rows,
         int64_t               offset,
         int64_t               segments,
         int64_t               length,
         const float *         panel,
         float *               result,
         int64_t               stride)
{
  if (count == Rows)
  {
    MultiplyRows<Rows>(rows, offset, segments, length, panel, result, stride);
  }
  else if constexpr (Rows > 1)
  {
    Multiply<Rows - 1>(count, rows, offset, segments, length, panel, result, stride);
  }
}

// The squares of the points a and b, and the points themselves.
constexpr float a2 = 0.5F;
constexpr float b2 = 2.0F;
constexpr float a1 = 0.70710678118654752F;
constexpr float b1 = 1.41421356237309505F;

SYNTHETIC_CT_INLINE void
TransformSix(const Vector * d, int64_t step, Vector * t, int64_t stride)
{
  const Vector evenA = d[4 * step] - b2 * d[2 * step];
  const Vector oddA = a1 * (d[3 * step] - b2 * d[step]);
  const Vector evenB = d[4 * step] - a2 * d[2 * step];
  const Vector oddB = b1 * (d[3 * step] - a2 * d[step]);
  t[0] = a2 * b2 * d[0] + (d[4 * step] - (a2 + b2) * d[2 * step]);
  t[stride] = evenA + oddA;
  t[2 * stride] = evenA - oddA;
  t[3 * stride] = evenB + oddB;
  t[4 * stride] = evenB - oddB;
  t[5 * stride] = a2 * b2 * d[step] + (d[5 * step] - (a2 + b2) * d[3 * step]);
}

SYNTHETIC_CT_INLINE void
TransformFour(const Vector * m, int64_t step, Vector * y, int64_t stride)
{
  const Vector sumA = m[step] + m[2 * step];
  const Vector differenceA = m[step] - m[2 * step];
  const Vector sumB = m[3 * step] + m[4 * step];
  const Vector differenceB = m[3 * step] - m[4 * step];
  y[0] = m[0] + (sumA + sumB);
  y[stride] = a1 * differenceA + b1 * differenceB;
  y[2 * stride] = a2 * sumA + b2 * sumB;
  y[3 * stride] = m[5 * step] + (a1 * a2 * differenceA + b1 * b2 * differenceB);
}

void
TransformInput(const float * const * pixels, int64_t channels, float * target, int64_t stride)
{
  for (int64_t channel = 0; channel < channels; channel += lanes)
  {
    const int64_t count = channels - channel;
    Vector        columns[36];
#pragma GCC unroll 6
    for (int column = 0; column < 6; ++column)
    {
      Vector column6[6];
#pragma GCC unroll 6
      for (int row = 0; row < 6; ++row)
      {
        Load(column6[row], pixels[6 * row + column] + channel, count);
      }
      TransformSix(column6, 1, columns + column, 6);
    }
#pragma GCC unroll 6
    for (int row = 0; row < 6; ++row)
    {
      Vector transformed[6];
      TransformSix(columns + 6 * row, 1, transformed, 1);
#pragma GCC unroll 6
      for (int column = 0; column < 6; ++column)
      {
        Store(transformed[column], target + (6 * row + column) * stride + channel, count);
      }
    }
  }
}

SYNTHETIC_CT_INLINE void
FinishVector(Vector value, const ConvolutionFinish & finish, int64_t channel, float * pixel)
{
  value += *reinterpret_cast<const Vector *>(finish.Bias + channel);
  if (finish.Sums)
  {
    const DoubleVector wide = __builtin_convertvector(value, DoubleVector);
    *reinterpret_cast<DoubleVector *>(finish.Sums + channel) += wide;
    *reinterpret_cast<DoubleVector *>(finish.Squares + channel) += wide * wide;
  }
  else if (finish.Slope != 1.0F)
  {
    Activate(value, finish.Slope);
  }
  Store(value, pixel + channel, finish.Channels - channel);
}

void
TransformOutput(const float * products, int64_t stride, const ConvolutionFinish & finish, float * const * pixels)
{
  for (int64_t channel = 0; channel < finish.Channels; channel += lanes)
  {
    Vector columns[24];
#pragma GCC unroll 6
    for (int column = 0; column < 6; ++column)
    {
      Vector column6[6];
#pragma GCC unroll 6
      for (int row = 0; row < 6; ++row)
      {
        column6[row] = *reinterpret_cast<const Vector *>(products + (6 * row + column) * stride + channel);
      }
      TransformFour(column6, 1, columns + column, 6);
    }
    for (int row = 0; row < 4; ++row)
    {
      Vector line[4];
      TransformFour(columns + 6 * row, 1, line, 1);
#pragma GCC unroll 4
      for (int column = 0; column < 4; ++column)
      {
        if (pixels[4 * row + column])
        {
          FinishVector(line[column], finish, channel, pixels[4 * row + column]);
        }
      }
    }
  }
}

void
FinishPixel(const float * values, const ConvolutionFinish & finish, float * pixel)
{
  for (int64_t channel = 0; channel < finish.Channels; channel += lanes)
  {
    FinishVector(*reinterpret_cast<const Vector *>(values + channel), finish, channel, pixel);
  }
}

void
ScaleShift(float * pixels, int64_t count, int64_t channels, const float * scale, const float * shift, float slope)
{
  for (int64_t i = 0; i < count; ++i, pixels += channels)
  {
    for (int64_t channel = 0; channel < channels; channel += lanes)
    {
      const int64_t rest = channels - channel;
      Vector        value;
      Vector        factor;
      Vector        offset;
      Load(value, pixels + channel, rest);
      Load(factor, scale + channel, rest);
      Load(offset, shift + channel, rest);
      value = value * factor + offset;
      if (slope != 1.0F)
      {
        Activate(value, slope);
      }
      Store(value, pixels + channel, rest);
    }
  }
}

void
Maximum(const float * const * pixels, int64_t count, int64_t channels, float * target)
{
  for (int64_t channel = 0; channel < channels; channel += lanes)
  {
    const int64_t rest = channels - channel;
    Vector        largest;
    Load(largest, pixels[0] + channel, rest);
    for (int64_t i = 1; i < count; ++i)
    {
      Vector value;
      Load(value, pixels[i] + channel, rest);
      // NaN compares false: it stays where it is, and it is taken when it comes.
      largest = largest >= value ? largest : (largest != largest ? largest : value);
    }
    Store(largest, target + channel, rest);
  }
}
} // namespace

extern const NetworkKernels kernels = { SYNTHETIC_CT_KERNELS_NAME,
                                        SYNTHETIC_CT_ROWS,
                                        width,
                                        Multiply<SYNTHETIC_CT_ROWS>,
                                        TransformInput,
                                        TransformOutput,
                                        FinishPixel,
                                        ScaleShift,
                                        Maximum };

} // namespace SYNTHETIC_CT_KERNELS
} // namespace SyntheticCTDetail
} // namespace itk
