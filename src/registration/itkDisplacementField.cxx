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
#include "SyntheticCTDetail/itkDisplacementField.h"

#include "SyntheticCTDetail/itkFilterThreading.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

using Vector3 = std::array<float, 3>;

/** Interpolates the displacement at a place given in grid spacings. */
class FieldSampler
{
public:
  explicit FieldSampler(const DisplacementField & field)
    : m_X(field.Values[0].data())
    , m_Y(field.Values[1].data())
    , m_Z(field.Values[2].data())
  {
    ptrdiff_t stride = 1;
    for (int d = 0; d < 3; ++d)
    {
      m_Last[d] = static_cast<float>(field.Size[d] - 1);
      m_LastCell[d] = std::max(field.Size[d] - 2, 0);
      m_Stride[d] = field.Size[d] > 1 ? stride : 0;
      m_Line[d] = stride;
      stride *= field.Size[d];
    }
  }

  Vector3
  operator()(float x, float y, float z) const
  {
    x = std::min(std::max(x, 0.0F), m_Last[0]);
    y = std::min(std::max(y, 0.0F), m_Last[1]);
    z = std::min(std::max(z, 0.0F), m_Last[2]);
    const int       ix = std::min(static_cast<int>(x), m_LastCell[0]);
    const int       iy = std::min(static_cast<int>(y), m_LastCell[1]);
    const int       iz = std::min(static_cast<int>(z), m_LastCell[2]);
    const float     wx = x - static_cast<float>(ix);
    const float     wy = y - static_cast<float>(iy);
    const float     wz = z - static_cast<float>(iz);
    const ptrdiff_t at = ix + iy * m_Line[1] + iz * m_Line[2];
    const float     w00 = (1.0F - wy) * (1.0F - wz);
    const float     w10 = wy * (1.0F - wz);
    const float     w01 = (1.0F - wy) * wz;
    const float     w11 = wy * wz;
    const auto      interpolate = [&](const float * values) {
      const float * a = values + at;
      const float * b = a + m_Stride[1];
      const float * c = a + m_Stride[2];
      const float * d = b + m_Stride[2];
      const float   left = w00 * *a + w10 * *b + w01 * *c + w11 * *d;
      const float   right = w00 * a[m_Stride[0]] + w10 * b[m_Stride[0]] + w01 * c[m_Stride[0]] + w11 * d[m_Stride[0]];
      return left + wx * (right - left);
    };
    return { interpolate(m_X), interpolate(m_Y), interpolate(m_Z) };
  }

private:
  const float *            m_X;
  const float *            m_Y;
  const float *            m_Z;
  std::array<float, 3>     m_Last{};
  std::array<int, 3>       m_LastCell{};
  std::array<ptrdiff_t, 3> m_Stride{};
  std::array<ptrdiff_t, 3> m_Line{};
};

/** Calls function(x, y, z, number) for the grid points of a slice in their order. */
template <typename TFunction>
void
ForEachPoint(const std::array<int, 3> & size, SizeValueType slice, const TFunction & function)
{
  size_t number = slice * size[0] * size[1];
  for (int y = 0; y < size[1]; ++y)
  {
    for (int x = 0; x < size[0]; ++x, ++number)
    {
      function(static_cast<float>(x), static_cast<float>(y), static_cast<float>(slice), number);
    }
  }
}

Vector3
InverseOf(const std::array<double, 3> & spacing)
{
  return { static_cast<float>(1.0 / spacing[0]),
           static_cast<float>(1.0 / spacing[1]),
           static_cast<float>(1.0 / spacing[2]) };
}

/** Half of a kernel whose weights sum up to 1: element i is the weight of neighbours at a distance of i. */
std::vector<float>
GaussianWeights(double sigma)
{
  const int          radius = std::max(1, static_cast<int>(std::ceil(3.0 * sigma)));
  std::vector<float> weights(radius + 1);
  double             sum = 0.0;
  for (int i = 0; i <= radius; ++i)
  {
    const double weight = std::exp(-0.5 * i * i / (sigma * sigma));
    weights[i] = static_cast<float>(weight);
    sum += i == 0 ? weight : 2.0 * weight;
  }
  for (float & weight : weights)
  {
    weight /= static_cast<float>(sum);
  }
  return weights;
}

/** Weighted sum of rows around row `center` of `count` rows, of which the first is at `rows`. */
void
SumRows(const float *              rows,
        ptrdiff_t                  stride,
        int                        count,
        int                        center,
        const std::vector<float> & weights,
        size_t                     length,
        float *                    sum)
{
  const float * middle = rows + center * stride;
  for (size_t i = 0; i < length; ++i)
  {
    sum[i] = weights[0] * middle[i];
  }
  for (int k = 1; k < static_cast<int>(weights.size()); ++k)
  {
    const float * before = rows + std::max(center - k, 0) * stride;
    const float * after = rows + std::min(center + k, count - 1) * stride;
    const float   weight = weights[k];
    for (size_t i = 0; i < length; ++i)
    {
      sum[i] += weight * (before[i] + after[i]);
    }
  }
}

} // namespace

void
SmoothVolume(ProcessObject *               filter,
             std::vector<float> &          values,
             const std::array<int, 3> &    size,
             const std::array<double, 3> & sigma)
{
  const std::vector<float> weights = GaussianWeights(sigma[0]);
  const std::vector<float> weightsY = GaussianWeights(sigma[1]);
  const std::vector<float> weightsZ = GaussianWeights(sigma[2]);
  const size_t             radius = weights.size() - 1;
  const size_t             width = size[0];
  const size_t             plane = width * size[1];
  ParallelizeArray(filter, size[2], 0.0F, [&](SizeValueType slice) {
    std::vector<float> padded(width + 2 * radius);
    std::vector<float> rows(plane);
    float *            first = values.data() + slice * plane;
    for (int y = 0; y < size[1]; ++y)
    {
      const float * row = first + y * width;
      std::fill_n(padded.begin(), radius, row[0]);
      std::copy_n(row, width, padded.begin() + radius);
      std::fill_n(padded.begin() + radius + width, radius, row[width - 1]);
      float * sum = rows.data() + y * width;
      for (size_t i = 0; i < width; ++i)
      {
        sum[i] = weights[0] * padded[radius + i];
      }
      for (size_t k = 1; k <= radius; ++k)
      {
        const float * before = padded.data() + radius - k;
        const float * after = padded.data() + radius + k;
        for (size_t i = 0; i < width; ++i)
        {
          sum[i] += weights[k] * (before[i] + after[i]);
        }
      }
    }
    for (int y = 0; y < size[1]; ++y)
    {
      SumRows(rows.data(), width, size[1], y, weightsY, width, first + y * width);
    }
  });
  ParallelizeArray(filter, size[1], 0.0F, [&](SizeValueType y) {
    std::vector<float> rows(width * size[2]);
    for (int z = 0; z < size[2]; ++z)
    {
      std::copy_n(values.data() + z * plane + y * width, width, rows.data() + z * width);
    }
    for (int z = 0; z < size[2]; ++z)
    {
      SumRows(rows.data(), width, size[2], z, weightsZ, width, values.data() + z * plane + y * width);
    }
  });
}

DisplacementField::DisplacementField(const std::array<int, 3> & size, const std::array<double, 3> & spacing)
  : Size(size)
  , Spacing(spacing)
{
  for (auto & values : Values)
  {
    values.assign(static_cast<size_t>(size[0]) * size[1] * size[2], 0.0F);
  }
}

DisplacementField
DisplacementField::After(ProcessObject * filter, const DisplacementField & inner) const
{
  DisplacementField  result(Size, Spacing);
  const FieldSampler sampler(*this);
  const Vector3      scale = InverseOf(Spacing);
  ParallelizeArray(filter, Size[2], 0.0F, [&](SizeValueType slice) {
    ForEachPoint(Size, slice, [&](float x, float y, float z, size_t i) {
      const Vector3 v{ inner.Values[0][i], inner.Values[1][i], inner.Values[2][i] };
      const Vector3 u = sampler(x + v[0] * scale[0], y + v[1] * scale[1], z + v[2] * scale[2]);
      for (int d = 0; d < 3; ++d)
      {
        result.Values[d][i] = v[d] + u[d];
      }
    });
  });
  return result;
}

DisplacementField
DisplacementField::OnGrid(ProcessObject * filter, const std::array<int, 3> & size) const
{
  std::array<double, 3> spacing{};
  Vector3               ratio{};
  for (int d = 0; d < 3; ++d)
  {
    ratio[d] = static_cast<float>(Size[d] - 1) / static_cast<float>(size[d] - 1);
    spacing[d] = Spacing[d] * (Size[d] - 1) / (size[d] - 1);
  }
  DisplacementField  result(size, spacing);
  const FieldSampler sampler(*this);
  ParallelizeArray(filter, size[2], 0.0F, [&](SizeValueType slice) {
    ForEachPoint(size, slice, [&](float x, float y, float z, size_t i) {
      const Vector3 u = sampler(x * ratio[0], y * ratio[1], z * ratio[2]);
      for (int d = 0; d < 3; ++d)
      {
        result.Values[d][i] = u[d];
      }
    });
  });
  return result;
}

void
DisplacementField::Smooth(ProcessObject * filter, double sigma)
{
  for (auto & values : Values)
  {
    SmoothVolume(filter, values, Size, { sigma, sigma, sigma });
  }
}

void
DisplacementField::Scale(ProcessObject * filter, float factor)
{
  const size_t plane = static_cast<size_t>(Size[0]) * Size[1];
  ParallelizeArray(filter, Size[2], 0.0F, [&](SizeValueType slice) {
    for (auto & values : Values)
    {
      for (size_t i = slice * plane; i < (slice + 1) * plane; ++i)
      {
        values[i] *= factor;
      }
    }
  });
}

std::array<double, 2>
DisplacementField::JacobianRange(ProcessObject * filter) const
{
  const Vector3                     scale = InverseOf(Spacing);
  const std::array<ptrdiff_t, 3>    stride{ 1, Size[0], static_cast<ptrdiff_t>(Size[0]) * Size[1] };
  std::vector<std::array<float, 2>> ranges(Size[2]);
  ParallelizeArray(filter, Size[2], 0.0F, [&](SizeValueType slice) {
    std::array<float, 2> range{ std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest() };
    ForEachPoint(Size, slice, [&](float x, float y, float z, size_t i) {
      // Derivatives to the neighbours before and after: a corner of each cell around the point takes one per axis.
      const std::array<int, 3>              index{ static_cast<int>(x), static_cast<int>(y), static_cast<int>(z) };
      std::array<std::array<Vector3, 2>, 3> derivatives{};
      std::array<std::array<bool, 2>, 3>    exists{};
      for (int d = 0; d < 3; ++d)
      {
        exists[d] = { index[d] > 0, index[d] + 1 < Size[d] };
        for (int c = 0; c < 3; ++c)
        {
          const float * value = Values[c].data() + i;
          const float   one = c == d ? 1.0F : 0.0F;
          derivatives[d][0][c] = exists[d][0] ? one + (value[0] - value[-stride[d]]) * scale[d] : 0.0F;
          derivatives[d][1][c] = exists[d][1] ? one + (value[stride[d]] - value[0]) * scale[d] : 0.0F;
        }
      }
      for (int corner = 0; corner < 8; ++corner)
      {
        const int sx = corner & 1;
        const int sy = corner >> 1 & 1;
        const int sz = corner >> 2;
        if (exists[0][sx] && exists[1][sy] && exists[2][sz])
        {
          const Vector3 & a = derivatives[0][sx];
          const Vector3 & b = derivatives[1][sy];
          const Vector3 & c = derivatives[2][sz];
          const float     determinant = a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) +
                                    a[2] * (b[0] * c[1] - b[1] * c[0]);
          range = { std::min(range[0], determinant), std::max(range[1], determinant) };
        }
      }
    });
    ranges[slice] = range;
  });
  std::array<double, 2> all{ ranges[0][0], ranges[0][1] };
  for (const auto & range : ranges)
  {
    all = { std::min<double>(all[0], range[0]), std::max<double>(all[1], range[1]) };
  }
  return all;
}

double
DisplacementField::LargestDisplacement(ProcessObject * filter) const
{
  std::vector<float> largest(Size[2], 0.0F);
  ParallelizeArray(filter, Size[2], 0.0F, [&](SizeValueType slice) {
    ForEachPoint(Size, slice, [&](float, float, float, size_t i) {
      const float squared = Values[0][i] * Values[0][i] + Values[1][i] * Values[1][i] + Values[2][i] * Values[2][i];
      largest[slice] = std::max(largest[slice], squared);
    });
  });
  return std::sqrt(*std::max_element(largest.begin(), largest.end()));
}

DisplacementField
DisplacementField::Inverse(ProcessObject * filter, double tolerance) const
{
  DisplacementField  result(Size, Spacing);
  const FieldSampler sampler(*this);
  const Vector3      scale = InverseOf(Spacing);
  constexpr int      mostIterations = 100;
  const float        enough = static_cast<float>(tolerance * tolerance);
  ParallelizeArray(filter, Size[2], 0.0F, [&](SizeValueType slice) {
    ForEachPoint(Size, slice, [&](float x, float y, float z, size_t i) {
      Vector3 v{};
      float   before = std::numeric_limits<float>::max();
      float   step = 1.0F;
      for (int iteration = 0; iteration < mostIterations; ++iteration)
      {
        const Vector3 u = sampler(x + v[0] * scale[0], y + v[1] * scale[1], z + v[2] * scale[2]);
        const Vector3 residual{ v[0] + u[0], v[1] + u[1], v[2] + u[2] };
        const float   now = residual[0] * residual[0] + residual[1] * residual[1] + residual[2] * residual[2];
        if (now <= enough)
        {
          break;
        }
        step = now >= before ? 0.5F * step : step;
        before = now;
        for (int d = 0; d < 3; ++d)
        {
          v[d] -= step * residual[d];
        }
      }
      for (int d = 0; d < 3; ++d)
      {
        result.Values[d][i] = v[d];
      }
    });
  });
  return result;
}

double
DisplacementField::MeanInconsistency(ProcessObject * filter, const DisplacementField & inverse) const
{
  const FieldSampler  sampler(*this);
  const Vector3       scale = InverseOf(Spacing);
  std::vector<double> sums(Size[2], 0.0);
  std::vector<size_t> counts(Size[2], 0);
  ParallelizeArray(filter, Size[2], 0.0F, [&](SizeValueType slice) {
    ForEachPoint(Size, slice, [&](float x, float y, float z, size_t i) {
      const Vector3 v{ inverse.Values[0][i], inverse.Values[1][i], inverse.Values[2][i] };
      const Vector3 at{ x + v[0] * scale[0], y + v[1] * scale[1], z + v[2] * scale[2] };
      for (int d = 0; d < 3; ++d)
      {
        if (at[d] < 0.0F || at[d] > static_cast<float>(Size[d] - 1))
        {
          return;
        }
      }
      const Vector3 u = sampler(at[0], at[1], at[2]);
      double        squared = 0.0;
      for (int d = 0; d < 3; ++d)
      {
        squared += (v[d] + u[d]) * (v[d] + u[d]);
      }
      sums[slice] += std::sqrt(squared);
      ++counts[slice];
    });
  });
  const size_t count = std::accumulate(counts.begin(), counts.end(), size_t{ 0 });
  return count == 0 ? 0.0 : std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(count);
}

} // namespace SyntheticCTDetail
} // namespace itk
