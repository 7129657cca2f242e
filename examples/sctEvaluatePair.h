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
#ifndef sctEvaluatePair_h
#define sctEvaluatePair_h

#include "sctEvaluation.h"

#include <array>
#include <string>
#include <vector>

namespace sct
{

/** What is evaluated and what is written; names of outputs that are not wanted are empty. */
struct PairOptions
{
  std::string Reference;
  std::string Synthetic;
  std::string Mask;
  std::string ReferenceSegmentation;
  std::string SyntheticSegmentation;
  std::string MR;

  std::string           Picture;
  std::array<double, 2> Window{ { -500.0, 1300.0 } };
  double                DifferenceWindow{ 300.0 };
  std::string           Note;

  std::string Difference;
  std::string SimilarityMap;
  std::string DeviationMesh;
  std::string Histogram;
  std::string JointHistogram;

  /** A line as ParseLine() takes it, and the table of the HU along it. */
  std::string Line;
  double      Step{ 1.0 };
  std::string Profile;
};

/** Evaluate one pair: the metrics that are named, or without a name all errors of voxels, as a table per region. */
void
EvaluatePair(const PairOptions &              options,
             const std::vector<std::string> & metrics,
             const MetricSettings &           settings,
             const CommonOptions &            common);

} // namespace sct

#endif
