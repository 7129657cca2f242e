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
// sct-evaluate: a synthetic CT against its reference, as a table, a report and a picture; or those of a cohort.

#include "sctCohort.h"
#include "sctEvaluateOptions.h"
#include "sctFiles.h"
#include "sctPairOutputs.h"
#include "sctProgress.h"
#include "sctSegmenter.h"

#include "itkImagePairEvaluation.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace
{

#ifdef SCT_HAS_TORCH
constexpr bool runsNetworks = true;
#else
constexpr bool runsNetworks = false;
#endif

using EvaluationType = itk::ImagePairEvaluation;
using SegmentationFilterType = EvaluationType::SegmentationFilterType;
using sct::OutputKind;

void
EvaluatePair(const sct::EvaluateOptions & options, SegmentationFilterType * segmenter)
{
  const sct::PairOptions & pair = options.Pair;
  sct::CheckOutputs({ pair.Reference,
                      pair.Synthetic,
                      pair.Mask,
                      pair.ReferenceSegmentation,
                      pair.SyntheticSegmentation,
                      pair.MR,
                      options.Segmenter,
                      options.SegmenterCard },
                    { { pair.Picture, OutputKind::File },
                      { pair.Difference, OutputKind::Volume },
                      { pair.SimilarityMap, OutputKind::Volume },
                      { pair.DeviationMesh, OutputKind::File },
                      { pair.Histogram, OutputKind::File },
                      { pair.JointHistogram, OutputKind::File },
                      { pair.Profile, OutputKind::File },
                      { options.Common.JSONFile, OutputKind::File } });
#ifndef SCT_HAS_PICTURES
  if (!pair.Picture.empty())
  {
    throw std::runtime_error(pair.Picture + ": this program was built without VTK and draws no pictures");
  }
#endif
  const auto reader = sct::NewVolumeReader();
  auto       evaluation = EvaluationType::New();
  evaluation->SetSettings(options.Settings);
  evaluation->ReadImages(
    reader, pair.Reference, pair.Synthetic, pair.Mask, pair.ReferenceSegmentation, pair.SyntheticSegmentation, pair.MR);
  sct::SayRemarks(reader);
  sct::WritePairOutputs(evaluation, pair);
  {
    sct::StageProgress progress("Metrics", evaluation);
    if (segmenter)
    {
      evaluation->Segment(segmenter);
    }
    evaluation->Update();
    // The reader's remarks belong to the evaluation too.
    const auto & said = sct::GetSaidRemarks();
    for (itk::SizeValueType i = 0; i < evaluation->GetNumberOfRemarks(); ++i)
    {
      const std::string & remark = evaluation->GetRemark(i);
      if (std::find(said.begin(), said.end(), remark) == said.end())
      {
        progress.Say("warning: " + remark);
      }
    }
  }
  if (!options.Common.JSONFile.empty())
  {
    sct::WriteText(evaluation->GetJSON(), options.Common.JSONFile);
  }
  // The standard output is one report, not two.
  if (options.Common.JSONFile != "-")
  {
    const bool isNamed = !options.Presets.empty() || !options.Metrics.empty();
    std::printf("%s", (isNamed ? evaluation->GetText() : evaluation->GetRegionText()).c_str());
    std::fflush(stdout);
  }
}

} // namespace

int
main(int argc, char * argv[])
{
  CLI::App app{ "Measures the errors of a synthetic CT against its reference, over a mask and per range of Hounsfield "
                "units; of one pair, or of a cohort with its statistics and a comparison of two methods. Inputs are "
                "volume files or folders with a DICOM series, on one grid." };
  app.name("sct-evaluate");
  sct::EvaluateOptions options;
  sct::AddEvaluateOptions(app, options, runsNetworks);
  return sct::Run(app, argc, argv, options.Common, [&] {
    if (options.ListsMetrics)
    {
      std::printf("%s\n", sct::DescribeMetrics().c_str());
      return;
    }
    SegmentationFilterType::Pointer segmenter;
    if (!options.Segmenter.empty())
    {
      segmenter = sct::LoadSegmenter(options.Segmenter, options.SegmenterCard, options.Common.Device, options.Settings);
    }
    (options.Cohort.Output.empty() ? EvaluatePair : sct::EvaluateCohort)(options, segmenter);
  });
}
