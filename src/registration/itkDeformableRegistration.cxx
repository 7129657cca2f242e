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
#include "SyntheticCTDetail/itkDeformableRegistration.h"

#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkRegistrationSamples.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

constexpr float notValid = -1.0F;

/** Interpolates a volume of grey levels, of which none is negative, at places given in voxels. */
class LevelSampler
{
public:
  LevelSampler(const RegistrationVolume & volume, const HistogramScale & scale)
    : m_Size(volume.Size)
    , m_Levels(volume.NumberOfVoxels())
  {
    for (size_t i = 0; i < m_Levels.size(); ++i)
    {
      m_Levels[i] = volume.Valid.empty() || volume.Valid[i] != 0 ? scale(volume.Values[i]) : notValid;
    }
  }

  /** Up to `margin` voxels beyond the outer ones the level is theirs; farther, and near a voxel that is not valid, it
   * is not valid. */
  float
  operator()(std::array<float, 3> at, float margin) const
  {
    std::array<int, 3>   index{};
    std::array<float, 3> weight{};
    for (int d = 0; d < 3; ++d)
    {
      const float last = static_cast<float>(m_Size[d] - 1);
      if (!(at[d] >= -margin && at[d] <= last + margin))
      {
        return notValid;
      }
      at[d] = std::min(std::max(at[d], 0.0F), last);
      index[d] = std::min(static_cast<int>(at[d]), std::max(m_Size[d] - 2, 0));
      weight[d] = at[d] - static_cast<float>(index[d]);
    }
    const ptrdiff_t width = m_Size[0];
    const ptrdiff_t plane = width * m_Size[1];
    const ptrdiff_t stepX = m_Size[0] > 1 ? 1 : 0;
    const ptrdiff_t stepY = m_Size[1] > 1 ? width : 0;
    const ptrdiff_t stepZ = m_Size[2] > 1 ? plane : 0;
    const float *   corner = m_Levels.data() + index[0] + index[1] * width + index[2] * plane;
    const auto      alongX = [&](const float * a) { return a[0] + weight[0] * (a[stepX] - a[0]); };
    const auto      inPlane = [&](const float * a) {
      const float near = alongX(a);
      return near + weight[1] * (alongX(a + stepY) - near);
    };
    const float least = std::min({ corner[0],
                                   corner[stepX],
                                   corner[stepY],
                                   corner[stepX + stepY],
                                   corner[stepZ],
                                   corner[stepX + stepZ],
                                   corner[stepY + stepZ],
                                   corner[stepX + stepY + stepZ] });
    if (least < 0.0F)
    {
      return notValid;
    }
    const float near = inPlane(corner);
    return near + weight[2] * (inPlane(corner + stepZ) - near);
  }

private:
  std::array<int, 3> m_Size;
  std::vector<float> m_Levels;
};

/** A volume in whose Gaussian blur, of half a spacing, the lattice of its voxels and their noise leave no trace on a
 * grid of that spacing. Blocks alone would: what lies between two is an average of both, less noisy than either, and
 * would be preferred. */
RegistrationVolume
SmoothedFor(ProcessObject * filter, const RegistrationVolume & volume, double spacing)
{
  RegistrationVolume    result = volume.ReducedTo(filter, 0.5 * spacing);
  std::array<double, 3> sigma{};
  for (int d = 0; d < 3; ++d)
  {
    sigma[d] = std::max(0.5 * spacing / result.Spacing(d), 0.3);
  }
  if (result.Valid.empty())
  {
    SmoothVolume(filter, result.Values, result.Size, sigma);
    return result;
  }
  std::vector<float> share(result.NumberOfVoxels());
  for (size_t i = 0; i < share.size(); ++i)
  {
    share[i] = static_cast<float>(result.Valid[i]);
    // What is not valid may be NaN.
    result.Values[i] = result.Valid[i] != 0 ? result.Values[i] : 0.0F;
  }
  SmoothVolume(filter, result.Values, result.Size, sigma);
  SmoothVolume(filter, share, result.Size, sigma);
  for (size_t i = 0; i < share.size(); ++i)
  {
    result.Values[i] = result.Valid[i] != 0 ? result.Values[i] / share[i] : 0.0F;
  }
  return result;
}

std::array<float, 3>
ToFloat(const std::array<double, 3> & values)
{
  return { static_cast<float>(values[0]), static_cast<float>(values[1]), static_cast<float>(values[2]) };
}

/** The levels of both volumes at the points of a grid, and the forces that they exert on its points. */
class DeformableLevel
{
public:
  DeformableLevel(ProcessObject *            filter,
                  const RegistrationVolume & fixed,
                  const RegistrationVolume & moving,
                  const DeformableSettings & settings,
                  double                     spacing);

  const std::array<int, 3> &
  GetSize() const
  {
    return m_Size;
  }
  const std::array<double, 3> &
  GetSpacing() const
  {
    return m_Spacing;
  }
  const LinearMap &
  GetIndexToPoint() const
  {
    return m_IndexToPoint;
  }

  /** Mutual information in nats under a deformation; keeps what Update() needs. */
  double
  Evaluate(ProcessObject * filter, const DisplacementField & field);

  /** The step from the deformation of the last Evaluate(). */
  DisplacementField
  Update(ProcessObject * filter);

private:
  double
  SummarizeHistogram();
  void
  AccumulateNormalEquations(size_t slice, std::array<std::vector<float>, 9> & sums) const;

  const DeformableSettings & m_Settings;
  int                        m_Bins;
  std::array<int, 3>         m_Size{};
  std::array<double, 3>      m_Spacing{};
  LinearMap                  m_IndexToPoint;
  LinearMap                  m_IndexToMoving;
  RegistrationVolume         m_ReducedMoving;
  LevelSampler               m_Moving;
  std::vector<float>         m_FixedLevel;
  std::vector<float>         m_WarpedLevel;
  // By fixed and moving bin.
  std::vector<double> m_Joint;
  std::vector<float>  m_Slope;
  // By fixed bin.
  std::vector<float> m_Curvature;
};

DeformableLevel::DeformableLevel(ProcessObject *            filter,
                                 const RegistrationVolume & fixed,
                                 const RegistrationVolume & moving,
                                 const DeformableSettings & settings,
                                 double                     spacing)
  : m_Settings(settings)
  , m_Bins(settings.NumberOfHistogramBins)
  , m_ReducedMoving(SmoothedFor(filter, moving, spacing))
  , m_Moving(m_ReducedMoving,
             HistogramScale::Of(m_ReducedMoving, settings.LowerQuantile, settings.UpperQuantile, m_Bins))
  , m_Joint(static_cast<size_t>(m_Bins) * m_Bins)
  , m_Slope(m_Joint.size())
  , m_Curvature(m_Bins)
{
  LinearMap toFixed;
  for (int d = 0; d < 3; ++d)
  {
    // The outer points of the grid are those of the volume, so that grids of all levels have the same extent.
    const double extent = fixed.Spacing(d) * (fixed.Size[d] - 1);
    m_Size[d] = std::max(4, static_cast<int>(std::ceil(extent / spacing)) + 1);
    m_Size[d] = std::min(m_Size[d], fixed.Size[d]);
    m_Spacing[d] = extent / (m_Size[d] - 1);
    toFixed.Matrix[d][d] = (fixed.Size[d] - 1.0) / (m_Size[d] - 1.0);
  }
  m_IndexToPoint = fixed.IndexToPoint.After(toFixed);
  m_IndexToMoving = m_ReducedMoving.IndexToPoint.Inverse().After(settings.Start).After(m_IndexToPoint);

  const RegistrationVolume reduced = SmoothedFor(filter, fixed, spacing);
  const LevelSampler       sampler(reduced,
                             HistogramScale::Of(reduced, settings.LowerQuantile, settings.UpperQuantile, m_Bins));
  const LinearMap          toReduced = reduced.IndexToPoint.Inverse().After(m_IndexToPoint);
  const size_t             plane = static_cast<size_t>(m_Size[0]) * m_Size[1];
  m_FixedLevel.resize(plane * m_Size[2]);
  m_WarpedLevel.resize(m_FixedLevel.size());
  ParallelizeArray(filter, m_Size[2], 0.0F, [&](SizeValueType slice) {
    size_t i = slice * plane;
    for (int y = 0; y < m_Size[1]; ++y)
    {
      for (int x = 0; x < m_Size[0]; ++x, ++i)
      {
        // Blocks end before the outer points of the grid.
        constexpr float block = 2.0F;
        m_FixedLevel[i] = sampler(
          ToFloat(toReduced({ static_cast<double>(x), static_cast<double>(y), static_cast<double>(slice) })), block);
      }
    }
  });
}

double
DeformableLevel::Evaluate(ProcessObject * filter, const DisplacementField & field)
{
  constexpr size_t   parts = 16;
  std::vector<float> histograms(parts * m_Joint.size(), 0.0F);
  const size_t       plane = static_cast<size_t>(m_Size[0]) * m_Size[1];
  const auto         matrix = [this](int r, int c) { return static_cast<float>(m_IndexToMoving.Matrix[r][c]); };
  const auto         offset = ToFloat(m_IndexToMoving.Offset);
  ParallelizeArray(filter, parts, 0.0F, [&](SizeValueType part) {
    float * joint = histograms.data() + part * m_Joint.size();
    for (size_t slice = m_Size[2] * part / parts; slice < m_Size[2] * (part + 1) / parts; ++slice)
    {
      size_t i = slice * plane;
      for (int y = 0; y < m_Size[1]; ++y)
      {
        for (int x = 0; x < m_Size[0]; ++x, ++i)
        {
          const std::array<float, 3> at{ x + field.Values[0][i] / static_cast<float>(m_Spacing[0]),
                                         y + field.Values[1][i] / static_cast<float>(m_Spacing[1]),
                                         slice + field.Values[2][i] / static_cast<float>(m_Spacing[2]) };
          std::array<float, 3>       place{};
          for (int r = 0; r < 3; ++r)
          {
            place[r] = offset[r] + matrix(r, 0) * at[0] + matrix(r, 1) * at[1] + matrix(r, 2) * at[2];
          }
          constexpr float halfVoxel = 0.5F;
          const float     level = m_Moving(place, halfVoxel);
          m_WarpedLevel[i] = level;
          if (level >= 0.0F && m_FixedLevel[i] >= 0.0F)
          {
            const int   bin = static_cast<int>(level);
            const float weight = level - static_cast<float>(bin);
            float *     cell = joint + static_cast<int>(m_FixedLevel[i] + 0.5F) * m_Bins + bin;
            cell[0] += 1.0F - weight;
            cell[1] += weight;
          }
        }
      }
    }
  });
  std::fill(m_Joint.begin(), m_Joint.end(), 0.0);
  for (size_t part = 0; part < parts; ++part)
  {
    for (size_t cell = 0; cell < m_Joint.size(); ++cell)
    {
      m_Joint[cell] += histograms[part * m_Joint.size() + cell];
    }
  }
  return this->SummarizeHistogram();
}

double
DeformableLevel::SummarizeHistogram()
{
  // Cubic B-spline of both levels; the outer bins are empty.
  const auto smooth = [this](ptrdiff_t step) {
    std::vector<double> result(m_Joint.size(), 0.0);
    for (int f = 1; f + 1 < m_Bins; ++f)
    {
      for (int m = 1; m + 1 < m_Bins; ++m)
      {
        const double * cell = m_Joint.data() + static_cast<size_t>(f) * m_Bins + m;
        result[static_cast<size_t>(f) * m_Bins + m] = (cell[-step] + 4.0 * cell[0] + cell[step]) / 6.0;
      }
    }
    m_Joint.swap(result);
  };
  smooth(1);
  smooth(m_Bins);

  // A tenth of a voxel in each cell keeps the logarithm finite where there are none.
  constexpr double    least = 0.1;
  std::vector<double> fixedSum(m_Bins, 0.0);
  std::vector<double> movingSum(m_Bins, 0.0);
  double              total = 0.0;
  for (int f = 0; f < m_Bins; ++f)
  {
    for (int m = 0; m < m_Bins; ++m)
    {
      const double count = m_Joint[static_cast<size_t>(f) * m_Bins + m];
      fixedSum[f] += count;
      movingSum[m] += count;
      total += count;
    }
  }
  double              information = 0.0;
  std::vector<double> score(m_Bins);
  for (int f = 0; f < m_Bins; ++f)
  {
    const double * row = m_Joint.data() + static_cast<size_t>(f) * m_Bins;
    float *        slope = m_Slope.data() + static_cast<size_t>(f) * m_Bins;
    for (int m = 0; m < m_Bins; ++m)
    {
      score[m] = std::log((row[m] + least) / (movingSum[m] + m_Bins * least));
      if (row[m] > 0.0)
      {
        information += row[m] / total * std::log(row[m] * total / (fixedSum[f] * movingSum[m]));
      }
    }
    double fisher = 0.0;
    slope[0] = 0.0F;
    slope[m_Bins - 1] = 0.0F;
    for (int m = 1; m + 1 < m_Bins; ++m)
    {
      slope[m] = static_cast<float>(0.5 * (score[m + 1] - score[m - 1]));
      fisher += row[m] * slope[m] * slope[m];
    }
    m_Curvature[f] = fixedSum[f] > 0.0 ? static_cast<float>(fisher / fixedSum[f]) : 0.0F;
  }
  return information;
}

void
DeformableLevel::AccumulateNormalEquations(size_t slice, std::array<std::vector<float>, 9> & sums) const
{
  const std::array<ptrdiff_t, 3> stride{ 1, m_Size[0], static_cast<ptrdiff_t>(m_Size[0]) * m_Size[1] };
  const std::array<float, 3>     half{ static_cast<float>(0.5 / m_Spacing[0]),
                                   static_cast<float>(0.5 / m_Spacing[1]),
                                   static_cast<float>(0.5 / m_Spacing[2]) };
  if (slice == 0 || slice + 1 == static_cast<size_t>(m_Size[2]))
  {
    return;
  }
  for (int y = 1; y + 1 < m_Size[1]; ++y)
  {
    size_t i = slice * stride[2] + y * stride[1] + 1;
    for (int x = 1; x + 1 < m_Size[0]; ++x, ++i)
    {
      const float * level = m_WarpedLevel.data() + i;
      const float   least = std::min({ level[0],
                                       level[-1],
                                       level[1],
                                       level[-stride[1]],
                                       level[stride[1]],
                                       level[-stride[2]],
                                       level[stride[2]],
                                       m_FixedLevel[i] });
      if (least < 0.0F)
      {
        continue;
      }
      const float   gx = (level[1] - level[-1]) * half[0];
      const float   gy = (level[stride[1]] - level[-stride[1]]) * half[1];
      const float   gz = (level[stride[2]] - level[-stride[2]]) * half[2];
      const int     f = static_cast<int>(m_FixedLevel[i] + 0.5F);
      const int     m = static_cast<int>(level[0]);
      const float * slopes = m_Slope.data() + static_cast<size_t>(f) * m_Bins + m;
      const float   slope = slopes[0] + (level[0] - static_cast<float>(m)) * (slopes[1] - slopes[0]);
      const float   curvature = m_Curvature[f];
      sums[0][i] = slope * gx;
      sums[1][i] = slope * gy;
      sums[2][i] = slope * gz;
      sums[3][i] = curvature * gx * gx;
      sums[4][i] = curvature * gy * gy;
      sums[5][i] = curvature * gz * gz;
      sums[6][i] = curvature * gx * gy;
      sums[7][i] = curvature * gx * gz;
      sums[8][i] = curvature * gy * gz;
    }
  }
}

DisplacementField
DeformableLevel::Update(ProcessObject * filter)
{
  // The force, and the upper triangle of the curvature.
  std::array<std::vector<float>, 9> sums;
  for (auto & sum : sums)
  {
    sum.assign(m_FixedLevel.size(), 0.0F);
  }
  std::vector<double> traces(m_Size[2], 0.0);
  const size_t        plane = static_cast<size_t>(m_Size[0]) * m_Size[1];
  ParallelizeArray(filter, m_Size[2], 0.0F, [&](SizeValueType slice) {
    this->AccumulateNormalEquations(slice, sums);
    for (size_t i = slice * plane; i < (slice + 1) * plane; ++i)
    {
      traces[slice] += sums[3][i] + sums[4][i] + sums[5][i];
    }
  });
  double trace = 0.0;
  for (const double part : traces)
  {
    trace += part;
  }
  const float damping =
    static_cast<float>(std::max(m_Settings.Damping * trace / (3.0 * static_cast<double>(m_FixedLevel.size())), 1e-12));
  const double window = m_Settings.WindowSigma;
  for (auto & sum : sums)
  {
    SmoothVolume(filter, sum, m_Size, { window, window, window });
  }

  DisplacementField update(m_Size, m_Spacing);
  ParallelizeArray(filter, m_Size[2], 0.0F, [&](SizeValueType slice) {
    for (size_t i = slice * plane; i < (slice + 1) * plane; ++i)
    {
      const float xx = sums[3][i] + damping;
      const float yy = sums[4][i] + damping;
      const float zz = sums[5][i] + damping;
      const float xy = sums[6][i];
      const float xz = sums[7][i];
      const float yz = sums[8][i];
      const float cxx = yy * zz - yz * yz;
      const float cxy = xz * yz - xy * zz;
      const float cxz = xy * yz - xz * yy;
      const float scale = 1.0F / (xx * cxx + xy * cxy + xz * cxz);
      const float bx = sums[0][i] * scale;
      const float by = sums[1][i] * scale;
      const float bz = sums[2][i] * scale;
      update.Values[0][i] = cxx * bx + cxy * by + cxz * bz;
      update.Values[1][i] = cxy * bx + (xx * zz - xz * xz) * by + (xy * xz - xx * yz) * bz;
      update.Values[2][i] = cxz * bx + (xy * xz - xx * yz) * by + (xx * yy - xy * xy) * bz;
    }
  });
  return update;
}

/** The smoothed field after an update, of which as many halves are taken as it needs to keep the Jacobian; none when a
 * thousandth of it would still be too much. */
std::optional<DisplacementField>
StepWithoutFolds(ProcessObject *            filter,
                 const DisplacementField &  field,
                 DisplacementField &        update,
                 const DeformableSettings & settings)
{
  constexpr int mostHalvings = 10;
  for (int halving = 0; halving <= mostHalvings; ++halving)
  {
    DisplacementField next = field.After(filter, update);
    next.Smooth(filter, settings.FieldSigma);
    if (next.JacobianRange(filter)[0] >= settings.LeastJacobian)
    {
      return next;
    }
    update.Scale(filter, 0.5F);
  }
  return std::nullopt;
}

} // namespace

float
SoftTissueLevel(float hounsfield)
{
  constexpr float center = 30.0F;
  constexpr float width = 60.0F;
  return std::asinh((hounsfield - center) / width);
}

DeformableResult
RegisterByDeformation(ProcessObject *            filter,
                      const RegistrationVolume & fixed,
                      const RegistrationVolume & moving,
                      const DeformableSettings & settings,
                      float                      progressWeight)
{
  const float       share = progressWeight / static_cast<float>(settings.Spacings.size() + 1);
  DisplacementField field({ 2, 2, 2 }, { 1.0, 1.0, 1.0 });
  LinearMap         indexToPoint;
  unsigned int      iterations = 0;
  for (const double spacing : settings.Spacings)
  {
    DeformableLevel level(filter, fixed, moving, settings, spacing);
    field = field.OnGrid(filter, level.GetSize());
    field.Spacing = level.GetSpacing();
    indexToPoint = level.GetIndexToPoint();
    double value = level.Evaluate(filter, field);
    for (unsigned int iteration = 0; iteration < settings.MostIterations; ++iteration)
    {
      ThrowIfAborted(filter);
      ++iterations;
      DisplacementField update = level.Update(filter);
      update.Smooth(filter, settings.UpdateSigma);
      const double coarsest = *std::max_element(update.Spacing.begin(), update.Spacing.end());
      const double longest = update.LargestDisplacement(filter);
      if (longest > coarsest)
      {
        update.Scale(filter, static_cast<float>(coarsest / longest));
      }
      auto moved = StepWithoutFolds(filter, field, update, settings);
      if (!moved)
      {
        break;
      }
      const double nextValue = level.Evaluate(filter, *moved);
      if (nextValue <= value)
      {
        break;
      }
      const bool converged = nextValue - value < 1e-4 * value;
      field = std::move(*moved);
      value = nextValue;
      if (converged)
      {
        break;
      }
    }
    filter->UpdateProgress(filter->GetProgress() + share);
  }
  DisplacementField inverse = field.Inverse(filter, 0.01);
  const auto        range = field.JacobianRange(filter);
  const double      inconsistency = field.MeanInconsistency(filter, inverse);
  filter->UpdateProgress(filter->GetProgress() + share);
  return { std::move(field), std::move(inverse), indexToPoint, range, inconsistency, iterations };
}

} // namespace SyntheticCTDetail
} // namespace itk
