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
#include "sctCohort.h"

#include "sctFiles.h"
#include "sctProgress.h"

#include "itkCohortEvaluation.h"
#include "itkCommand.h"

#include <cstdio>
#include <set>
#include <stdexcept>

namespace sct
{
namespace
{

itk::EvaluationCohort::Pointer
ReadCohort(const CohortOptions & options)
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

} // namespace

void
EvaluateCohort(const EvaluateOptions & options, itk::ImagePairEvaluation::SegmentationFilterType * segmenter)
{
  const CohortOptions & cohort = options.Cohort;
  auto                  evaluation = itk::CohortEvaluation::New();
  const auto            cases = ReadCohort(cohort);
  evaluation->SetCohort(cases);
  if (!cohort.Compare.empty())
  {
    auto compared = itk::EvaluationCohort::New();
    compared->CopyReferences(cases);
    compared->ReadResults(cohort.Compare);
    evaluation->SetComparedCohort(compared);
  }
  CheckOutputs({ cohort.Table, cohort.Compare, options.Segmenter, options.SegmenterCard },
               { { options.Common.JSONFile, OutputKind::File }, { cohort.Output, OutputKind::Folder } });
  const auto reader = NewVolumeReader();
  evaluation->SetSettings(options.Settings);
  evaluation->SetReader(reader);
  evaluation->SetSegmentationFilter(segmenter);
  evaluation->SetOutputFolder(cohort.Output);
  evaluation->SetNumberOfJobs(cohort.Jobs);
  evaluation->SetNumberOfResamples(cohort.NumberOfResamples);
  evaluation->SetSeed(cohort.Seed);
  evaluation->SetNumberOfWorstCases(cohort.NumberOfWorstCases);
  {
    StageProgress progress("Cases", evaluation);
    for (const itk::EvaluationCohort * const each : { cases.GetPointer(), evaluation->GetComparedCohort() })
    {
      for (itk::SizeValueType i = 0; each && i < each->GetNumberOfRemarks(); ++i)
      {
        progress.Say("warning: " + each->GetRemark(i));
      }
    }
    unsigned int          numberOfReadRemarks = 0;
    itk::SizeValueType    numberOfRemarks = 0;
    itk::SizeValueType    numberOfFailures = 0;
    std::set<std::string> said;
    const auto            warn = [&](const std::string & remark) {
      // Both methods read the same references.
      if (said.insert(remark).second)
      {
        progress.Say("warning: " + remark);
      }
    };
    evaluation->AddObserver(itk::IterationEvent(), [&](const itk::EventObject &) {
      for (; numberOfReadRemarks < reader->GetNumberOfRemarks(); ++numberOfReadRemarks)
      {
        warn(reader->GetRemark(numberOfReadRemarks));
      }
      for (; numberOfRemarks < evaluation->GetNumberOfRemarks(); ++numberOfRemarks)
      {
        // The reader's remarks belong to their case too; those of a case whose report was taken are only here.
        const std::string remark = evaluation->GetRemark(numberOfRemarks);
        if (said.count(remark) == 0)
        {
          warn(evaluation->GetRemarkCaseName(numberOfRemarks) + ": " + remark);
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
    WriteText(evaluation->GetJSON(), options.Common.JSONFile);
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

} // namespace sct
