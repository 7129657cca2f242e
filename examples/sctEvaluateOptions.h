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
#ifndef sctEvaluateOptions_h
#define sctEvaluateOptions_h

// The options of sct-evaluate.

#include "sctCommandLine.h"

#include "itkEvaluationSettings.h"
#include "itkPoint.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace sct
{

using LineType = std::array<itk::Point<double, 3>, 2>;

/** One pair: what is evaluated and what is written; names of outputs that are not wanted are empty. */
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

struct CohortOptions
{
  /** A table, or a folder with the folder of the results. */
  std::string Table;
  std::string Folder;
  std::string Results;
  /** Results of a second method; empty without one. */
  std::string  Compare;
  std::string  Output;
  unsigned int Jobs{ 1 };
  unsigned int NumberOfResamples{ 10000 };
  uint64_t     Seed{ 1 };
  unsigned int NumberOfWorstCases{ 5 };
};

struct EvaluateOptions
{
  PairOptions   Pair;
  CohortOptions Cohort;
  CommonOptions Common;

  std::vector<std::string>         Presets;
  std::vector<std::string>         Metrics;
  std::vector<std::string>         Labels;
  std::string                      Segmenter;
  std::string                      SegmenterCard;
  bool                             ListsMetrics{ false };
  double                           DataRange{ 4000.0 };
  unsigned int                     MaskDilation{ 0 };
  double                           BoneThreshold{ 250.0 };
  std::array<double, 3>            DiceThresholds{ { 250.0, 1250.0, 100.0 } };
  double                           SurfaceTolerance{ 2.0 };
  itk::EvaluationSettings::Pointer Settings{ itk::EvaluationSettings::New() };
};

/** Add all options, and the check of their usage, which fills in the settings. */
void
AddEvaluateOptions(CLI::App & app, EvaluateOptions & options, bool runsNetworks);

/** All names of presets, metrics and lists of labels with what they mean, for the user. */
std::string
DescribeMetrics();

/** The two ends of `x,y,z:x,y,z`, physical coordinates in mm. Throws when the text is not so. */
LineType
ParseLine(const std::string & text);

} // namespace sct

#endif
