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
#include "SyntheticCTDetail/itkLinearPyramidRegistration.h"

#include "SyntheticCTDetail/itkFilterThreading.h"
#include "itkMath.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

/** Maps of whole points, and maps of points relative to a center. */
LinearMap
RelativeTo(const std::array<double, 3> & center, const LinearMap & map)
{
  LinearMap result = map;
  result.Offset = map(center);
  return result;
}

LinearMap
AbsoluteFrom(const std::array<double, 3> & center, const LinearMap & map)
{
  LinearMap result = map;
  result.Offset = { 0.0, 0.0, 0.0 };
  const std::array<double, 3> moved = result(center);
  for (int d = 0; d < 3; ++d)
  {
    result.Offset[d] = map.Offset[d] - moved[d];
  }
  return result;
}

/** What a level is compared by. */
struct Level
{
  RegistrationVolume  Fixed;
  RegistrationVolume  Moving;
  HistogramScale      FixedScale;
  HistogramScale      MovingScale;
  RegistrationSamples Samples;

  Level(ProcessObject *               filter,
        const RegistrationVolume &    fixed,
        const RegistrationVolume &    moving,
        const LinearPyramidSettings & settings,
        double                        spacing,
        int                           bins,
        size_t                        samples)
    : Fixed(fixed.ReducedTo(filter, spacing))
    , Moving(moving.ReducedTo(filter, spacing))
    , FixedScale(HistogramScale::Of(Fixed, settings.LowerQuantile, settings.UpperQuantile, bins))
    , MovingScale(HistogramScale::Of(Moving, settings.LowerQuantile, settings.UpperQuantile, bins))
    , Samples(RegistrationSamples::Draw(filter, Fixed, FixedScale, samples, settings.Seed))
  {}

  SimilarityMetric
  Metric(const SimilarityWeights & weights) const
  {
    return { Samples, Moving, FixedScale, MovingScale, weights };
  }
};

// Of the search for a pose: as few samples and bins as tell heads apart.
constexpr size_t searchSamples = 6000;
constexpr int    searchBins = 32;
constexpr size_t mostRefined = 64;

/** Normalized mutual information does not depend on how much of the volumes overlaps as long as that is not little. */
double
ScoreOf(const SimilarityValue & similarity, double leastOverlap)
{
  return similarity.Overlap < leastOverlap
           ? 0.0
           : (similarity.NormalizedMutualInformation - 1.0) * std::sqrt(similarity.Overlap);
}

LinearMap
BestPose(ProcessObject * filter, const Level & level, const LinearPyramidSettings & settings)
{
  std::vector<LinearMap> starts;
  for (const auto & rotation : settings.Rotations)
  {
    LinearMap turn;
    turn.Matrix = rotation;
    const std::array<double, 3> moved = turn(settings.FixedPivot);
    for (int d = 0; d < 3; ++d)
    {
      turn.Offset[d] = settings.FixedPivot[d] - moved[d];
    }
    starts.push_back(RelativeTo(level.Samples.Center, settings.Start.After(turn)));
  }

  // Poses in parallel, each on one thread.
  std::vector<double> scores(starts.size());
  constexpr size_t    parts = 32;
  ParallelizeArray(filter, parts, 0.0F, [&](SizeValueType part) {
    SimilarityMetric metric = level.Metric(SimilarityWeights());
    for (size_t i = part; i < starts.size(); i += parts)
    {
      scores[i] = ScoreOf(metric.Evaluate(nullptr, starts[i]), settings.LeastOverlap);
    }
  });
  std::vector<size_t> order(starts.size());
  std::iota(order.begin(), order.end(), size_t{ 0 });
  std::stable_sort(order.begin(), order.end(), [&scores](size_t a, size_t b) { return scores[a] > scores[b]; });
  order.resize(std::min(order.size(), mostRefined));

  const LinearFreedom freedom = settings.Rigid || settings.Affine ? LinearFreedom::Rigid : LinearFreedom::Translation;
  std::vector<LinearResult> results(order.size());
  ParallelizeArray(filter, order.size(), 0.0F, [&](SizeValueType i) {
    SimilarityMetric metric = level.Metric(SimilarityWeights());
    results[i] =
      MaximizeSimilarity(nullptr, metric, level.Samples, freedom, starts[order[i]], 0.2, settings.LeastOverlap, 15);
  });
  size_t best = 0;
  for (size_t i = 1; i < results.size(); ++i)
  {
    if (ScoreOf(results[i].Similarity, settings.LeastOverlap) >
        ScoreOf(results[best].Similarity, settings.LeastOverlap))
    {
      best = i;
    }
  }
  return AbsoluteFrom(level.Samples.Center, results[best].Map);
}

/** Weights by which mutual information and correlation count as much as the settings say where they start. */
SimilarityWeights
BalancedWeights(const SimilarityWeights & weights, const SimilarityValue & start)
{
  SimilarityWeights result = weights;
  if (weights.MutualInformation != 0.0 && weights.Correlation != 0.0)
  {
    constexpr double least = 1e-3;
    result.MutualInformation /= std::max(start.MutualInformation, least);
    result.Correlation /= std::max(std::abs(start.Correlation), least);
  }
  return result;
}

} // namespace

std::vector<std::array<std::array<double, 3>, 3>>
RotationsAround(double angle)
{
  std::vector<std::array<std::array<double, 3>, 3>> rotations;
  for (int z = -1; z <= 1; ++z)
  {
    for (int y = -1; y <= 1; ++y)
    {
      for (int x = -1; x <= 1; ++x)
      {
        rotations.push_back(RotationOf({ x * angle, y * angle, z * angle }));
      }
    }
  }
  return rotations;
}

std::vector<std::array<std::array<double, 3>, 3>>
RotationsEverywhere(size_t count)
{
  // The paper's two constants: the square root of 2, and the root of psi^4 = psi + 4.
  const double                                      phi = std::sqrt(2.0);
  constexpr double                                  psi = 1.533751168755204288118041;
  std::vector<std::array<std::array<double, 3>, 3>> rotations(count);
  for (size_t i = 0; i < count; ++i)
  {
    const double s = static_cast<double>(i) + 0.5;
    const double t = s / static_cast<double>(count);
    const double alpha = 2.0 * Math::pi * s / phi;
    const double beta = 2.0 * Math::pi * s / psi;
    const double x = std::sqrt(t) * std::sin(alpha);
    const double y = std::sqrt(t) * std::cos(alpha);
    const double z = std::sqrt(1.0 - t) * std::sin(beta);
    const double w = std::sqrt(1.0 - t) * std::cos(beta);
    rotations[i] = { { { 1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y) },
                       { 2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x) },
                       { 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y) } } };
  }
  return rotations;
}

LinearPyramidResult
RegisterByLinearPyramid(ProcessObject *               filter,
                        const RegistrationVolume &    fixed,
                        const RegistrationVolume &    moving,
                        const LinearPyramidSettings & settings,
                        float                         progressWeight)
{
  // Steps of the progress: the search counts like a level.
  const float         share = progressWeight / static_cast<float>(settings.Spacings.size() + 1);
  LinearPyramidResult result;
  result.Map = settings.Start;
  if (!settings.Rotations.empty())
  {
    const Level level(filter, fixed, moving, settings, settings.Spacings.front(), searchBins, searchSamples);
    result.Map = BestPose(filter, level, settings);
  }
  filter->UpdateProgress(filter->GetProgress() + share);

  for (size_t i = 0; i < settings.Spacings.size(); ++i)
  {
    const double spacing = settings.Spacings[i];
    const Level  level(
      filter, fixed, moving, settings, spacing, settings.NumberOfHistogramBins, settings.NumberOfSamples);
    const bool       last = i + 1 == settings.Spacings.size();
    LinearMap        map = RelativeTo(level.Samples.Center, result.Map);
    SimilarityMetric metric = level.Metric(settings.Weights);
    metric.SetWeights(BalancedWeights(settings.Weights, metric.Evaluate(filter, map)));
    // A hundredth of a voxel of the level; the last one as far as it goes.
    const double tolerance = last ? 0.002 * spacing : 0.01 * spacing;
    for (const auto & [wanted, freedom] : { std::make_pair(settings.Translation, LinearFreedom::Translation),
                                            std::make_pair(settings.Rigid, LinearFreedom::Rigid),
                                            std::make_pair(settings.Affine, LinearFreedom::Affine) })
    {
      if (wanted)
      {
        const LinearResult stage =
          MaximizeSimilarity(filter, metric, level.Samples, freedom, map, tolerance, settings.LeastOverlap, 50);
        map = stage.Map;
        result.Iterations += stage.Iterations;
        ThrowIfAborted(filter);
      }
    }
    result.Map = AbsoluteFrom(level.Samples.Center, map);
    if (last)
    {
      result.Similarity = metric.Evaluate(filter, map);
      RegistrationSamples shuffled = level.Samples;
      shuffled.ShuffleLevels(settings.Seed);
      SimilarityMetric reference(shuffled, level.Moving, level.FixedScale, level.MovingScale, settings.Weights);
      result.ShuffledSimilarity = reference.Evaluate(filter, map);
    }
    filter->UpdateProgress(filter->GetProgress() + share);
  }
  return result;
}

} // namespace SyntheticCTDetail
} // namespace itk
