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
#ifndef itkSimilarityMetric_h
#define itkSimilarityMetric_h

#include "SyntheticCTDetail/itkRegistrationSamples.h"

namespace itk
{
namespace SyntheticCTDetail
{

/** Similarity of two volumes under a linear map, and its derivatives. */
struct SyntheticCT_EXPORT SimilarityValue
{
  /** What is maximised: the weighted sum. */
  double Value{ 0.0 };
  /** Mutual information in nats, Studholme's normalised mutual information, and correlation coefficient. */
  double MutualInformation{ 0.0 };
  double NormalizedMutualInformation{ 1.0 };
  double Correlation{ 0.0 };
  /** Samples that the map takes into the moving volume, as a share of all. */
  double Overlap{ 0.0 };
};

/** Derivatives of the value by the elements of the map that takes (1, x, y, z), relative to the center of the samples,
 * to points of the moving volume: element 4 r + c belongs to row r. The matrix is that of Gauss and Newton, positive
 * semidefinite: the moving levels of samples of the same fixed level are taken for normally distributed. */
struct SimilarityDerivatives
{
  std::array<double, 12>                 Gradient{};
  std::array<std::array<double, 12>, 12> Curvature{};
};

/** Weights of mutual information and of the correlation coefficient in the value. */
struct SimilarityWeights
{
  double MutualInformation{ 1.0 };
  double Correlation{ 0.0 };
};

/** Computes the similarity of samples of the fixed volume with the moving volume, of which it holds a copy as grey
 * levels. Mutual information is that of Mattes et al. (IEEE TMI 22:120, 2003): cubic B-splines as kernel of the moving
 * levels, the nearest bin for the fixed ones. Samples are worked on in blocks of a fixed number, whose sums are added
 * in their order: the same bits for any number of threads. One object serves one thread at a time, which may be one of
 * a filter's; with a filter it uses all of them. */
class SyntheticCT_EXPORT SimilarityMetric
{
public:
  SimilarityMetric(const RegistrationSamples & samples,
                   const RegistrationVolume &  moving,
                   const HistogramScale &      fixedScale,
                   const HistogramScale &      movingScale,
                   const SimilarityWeights &   weights);

  void
  SetWeights(const SimilarityWeights & weights)
  {
    m_Weights = weights;
  }

  /** Similarity under a map from points, relative to the center of the samples, to points of the moving volume. Without
   * a filter on the calling thread. */
  SimilarityValue
  Evaluate(ProcessObject * filter, const LinearMap & map);

  /** Derivatives at the map of the last Evaluate(). */
  SimilarityDerivatives
  Differentiate(ProcessObject * filter);

private:
  /** Sums over some of the samples. */
  struct Block
  {
    std::vector<float>    Histogram;
    size_t                Count{ 0 };
    std::array<double, 5> Moments{};
    std::array<float, 12> Gradient{};
    std::array<float, 96> Curvature{};
  };

  void
  EvaluateBlock(Block & block, size_t begin, size_t end, const LinearMap & toIndex);
  void
  DifferentiateBlock(Block & block, size_t begin, size_t end) const;
  SimilarityValue
  Summarize();
  template <typename TFunction>
  void
  ForEachBlock(ProcessObject * filter, const TFunction & function);

  const RegistrationSamples & m_Samples;
  const RegistrationVolume &  m_Moving;
  std::vector<float>          m_MovingLevels;
  int                         m_FixedBins;
  int                         m_MovingBins;
  SimilarityWeights           m_Weights;
  LinearMap                   m_PointToIndex;

  // Of the last Evaluate(): one element a sample. A level below zero: outside the moving volume.
  std::vector<float>  m_Level;
  std::vector<float>  m_GradientX;
  std::vector<float>  m_GradientY;
  std::vector<float>  m_GradientZ;
  std::vector<Block>  m_Blocks;
  std::vector<double> m_Joint;
  // By fixed bin and moving bin: derivative of the value by the kernel's weight; by fixed bin: curvature.
  std::vector<float> m_Slope;
  std::vector<float> m_Curvature;
  // The derivative of the correlation by a moving level is linear in both levels; so are these the factors of one, the
  // fixed level and the moving level, and the curvature.
  std::array<float, 3> m_CorrelationSlope{};
  float                m_CorrelationCurvature{ 0.0F };
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
