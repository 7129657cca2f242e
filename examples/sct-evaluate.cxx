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

#include "sctEvaluateOptions.h"
#include "sctFiles.h"
#include "sctPairOutputs.h"
#include "sctProgress.h"
#include "sctSegmenter.h"

#include "itkCohortEvaluation.h"
#include "itkCommand.h"

#include <cstdio>
#include <set>
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
                      options.Segmenter },
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
    reader, pair.Reference, pair.Synthetic, pair.Mask, pair.ReferenceSegmentation, pair.SyntheticSegmentation);
  sct::SayRemarks(reader);
  if (!pair.MR.empty())
  {
    evaluation->SetMRImage(sct::ReadVolume(pair.MR));
  }
  sct::WritePairOutputs(evaluation, pair);
  {
    const sct::StageProgress progress("Metrics", evaluation);
    if (segmenter)
    {
      evaluation->Segment(segmenter);
    }
    evaluation->Update();
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

itk::EvaluationCohort::Pointer
ReadCohort(const sct::CohortOptions & options)
{
  auto cohort = itk::EvaluationCohort::New();
  if (options.Table.empty())
  {
    cohort->ReadFolder(options.Folder);
    cohort->ReadResults(options.Results);
  }
  else
  {
    cohort->ReadTable(options.Table);
  }
  return cohort;
}

void
EvaluateCohort(const sct::EvaluateOptions & options, SegmentationFilterType * segmenter)
{
  const sct::CohortOptions & cohort = options.Cohort;
  auto                       evaluation = itk::CohortEvaluation::New();
  const auto                 cases = ReadCohort(cohort);
  evaluation->SetCohort(cases);
  if (!cohort.Compare.empty())
  {
    auto compared = itk::EvaluationCohort::New();
    compared->CopyReferences(cases);
    compared->ReadResults(cohort.Compare);
    evaluation->SetComparedCohort(compared);
  }
  sct::CheckOutputs({ cohort.Table, cohort.Compare },
                    { { options.Common.JSONFile, OutputKind::File }, { cohort.Output, OutputKind::Folder } });
  const auto reader = sct::NewVolumeReader();
  evaluation->SetSettings(options.Settings);
  evaluation->SetReader(reader);
  evaluation->SetSegmentationFilter(segmenter);
  evaluation->SetOutputFolder(cohort.Output);
  evaluation->SetNumberOfJobs(cohort.Jobs);
  evaluation->SetNumberOfResamples(cohort.NumberOfResamples);
  evaluation->SetSeed(cohort.Seed);
  evaluation->SetNumberOfWorstCases(cohort.NumberOfWorstCases);
  {
    sct::StageProgress progress("Cases", evaluation);
    for (const itk::EvaluationCohort * const each : { cases.GetPointer(), evaluation->GetComparedCohort() })
    {
      for (itk::SizeValueType i = 0; each && i < each->GetNumberOfRemarks(); ++i)
      {
        progress.Say("warning: " + each->GetRemark(i));
      }
    }
    unsigned int          numberOfRemarks = 0;
    itk::SizeValueType    numberOfFailures = 0;
    std::set<std::string> said;
    evaluation->AddObserver(itk::IterationEvent(), [&](const itk::EventObject &) {
      for (; numberOfRemarks < reader->GetNumberOfRemarks(); ++numberOfRemarks)
      {
        // Both methods read the same references.
        const std::string remark = reader->GetRemark(numberOfRemarks);
        if (said.insert(remark).second)
        {
          progress.Say("warning: " + remark);
        }
      }
      for (; numberOfFailures < evaluation->GetNumberOfFailures(); ++numberOfFailures)
      {
        progress.Say("sct-evaluate: " + evaluation->GetFailedCaseName(numberOfFailures) + ": " +
                     evaluation->GetFailure(numberOfFailures));
      }
    });
    evaluation->Update();
  }
  if (!options.Common.JSONFile.empty())
  {
    sct::WriteText(evaluation->GetJSON(), options.Common.JSONFile);
  }
  const auto total = evaluation->GetNumberOfEvaluations();
  const auto taken = evaluation->GetNumberOfTakenReports();
  const auto failed = evaluation->GetNumberOfFailures();
  // The standard output is one report, not two.
  if (options.Common.JSONFile != "-")
  {
    std::printf("%llu evaluations: %llu made now, %llu taken from earlier runs, %llu failed\n\n%s",
                static_cast<unsigned long long>(total),
                static_cast<unsigned long long>(total - taken - failed),
                static_cast<unsigned long long>(taken),
                static_cast<unsigned long long>(failed),
                evaluation->GetText().c_str());
    std::fflush(stdout);
  }
  if (failed > 0)
  {
    throw std::runtime_error(std::to_string(failed) + " of " + std::to_string(total) + " evaluations failed; " +
                             cohort.Output + "/summary.json names them");
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
      segmenter = sct::LoadSegmenter(options.Segmenter, options.Common.Device, options.Settings);
    }
    (options.Cohort.Output.empty() ? EvaluatePair : EvaluateCohort)(options, segmenter);
  });
}
