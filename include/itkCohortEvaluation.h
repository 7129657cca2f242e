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
#ifndef itkCohortEvaluation_h
#define itkCohortEvaluation_h

#include "itkEvaluationCohort.h"
#include "itkEvaluationSettings.h"
#include "itkImagePairEvaluation.h"
#include "itkProcessObject.h"
#include "itkSampleStatistics.h"
#include "itkVolumeReader.h"
#include "itkWilcoxonSignedRankTest.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTExport.h"

#include <cstdint>
#include <memory>
#include <string>

namespace itk
{

/** \class CohortEvaluation
 * \brief Evaluates all cases of a cohort, with statistics, and compares two methods.
 *
 * \code
 * auto cohort = itk::EvaluationCohort::New();
 * cohort->ReadFolder("heads");
 * cohort->ReadResults("sct");
 * auto evaluation = itk::CohortEvaluation::New();
 * evaluation->SetCohort(cohort);
 * evaluation->GetModifiableSettings()->AddPreset("synthrad2023");
 * evaluation->SetOutputFolder("evaluation");
 * evaluation->Update();
 * std::cout << evaluation->GetText();
 * \endcode
 *
 * Every case is read by the reader and evaluated by ImagePairEvaluation. A case that fails does not stop the others;
 * after Update() it has an error and no values. Per metric, over the cases that have a defined value: mean, standard
 * deviation, quartiles, bootstrap interval of the mean (SampleStatistics) and the worst cases. With a second cohort of
 * the same cases, the results of another method, per metric that both have: the differences first - second of the same
 * cases, and the Wilcoxon signed-rank test of them.
 *
 * **Output folder.** With one, a report of every case is written as soon as it is done (`cases/NAME.json`, and
 * `compared-cases/NAME.json` for the second method), and at the end a table (`metrics.csv`, `compared-metrics.csv`) and
 * `summary.json`. A case whose report is there, made from the same files (by size and time of change) and with the same
 * settings, is taken from it: an interrupted run resumes where it stopped. Old table and summary are removed at
 * the start, and so is the report of a case that fails. Every file appears under its name only when it is complete.
 *
 * **Jobs.** Several cases are evaluated at a time by threads of their own; ITK's default number of threads is lowered
 * meanwhile, so that both together stay within it. Values are the same bits for any number of jobs and threads. Each
 * job needs about 20 bytes per voxel.
 *
 * Update() invokes a ProgressEvent and an IterationEvent in the calling thread after each case, and can be aborted
 * between cases, when it throws itk::ProcessAborted. Throws itk::ExceptionObject with one line when the cohort is
 * missing or empty, the second has other cases, a setting is bad, or the output folder cannot be written to or holds an
 * input under the name of an output.
 *
 * In reports, summaries and tables NaN and infinities are "NaN", "Infinity" and "-Infinity"; in JSON they are strings,
 * with a reason beside them.
 *
 * \sa EvaluationCohort ImagePairEvaluation SampleStatistics WilcoxonSignedRankTest
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT CohortEvaluation : public ProcessObject
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(CohortEvaluation);

  using Self = CohortEvaluation;
  using Superclass = ProcessObject;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(CohortEvaluation);

  using SegmentationFilterType = ImagePairEvaluation::SegmentationFilterType;

  /** The cases, with the results of a method. Required. */
  itkSetObjectMacro(Cohort, EvaluationCohort);
  itkGetModifiableObjectMacro(Cohort, EvaluationCohort);

  /** The same cases in the same order, with the results of another method. Null, the default, compares nothing. */
  itkSetObjectMacro(ComparedCohort, EvaluationCohort);
  itkGetModifiableObjectMacro(ComparedCohort, EvaluationCohort);

  /** The metrics, and the values on which they depend. Created with the evaluation. */
  itkSetObjectMacro(Settings, EvaluationSettings);
  itkGetModifiableObjectMacro(Settings, EvaluationSettings);

  /** The reader of the images. Created with the evaluation; one of a subclass reads more than files of volumes. It
   * keeps its remarks for the caller. */
  itkSetObjectMacro(Reader, VolumeReader);
  itkGetModifiableObjectMacro(Reader, VolumeReader);

  /** The filter that finds the structures in both images, for metrics of structures, such as a
   * NetworkSegmentationImageFilter. Jobs take turns. Null, the default, finds none. Its name and those of its labels
   * belong to the settings. */
  itkSetObjectMacro(SegmentationFilter, SegmentationFilterType);
  itkGetModifiableObjectMacro(SegmentationFilter, SegmentationFilterType);

  /** The folder of reports, table and summary, which is created if needed. Empty, the default: nothing is written. */
  itkSetStringMacro(OutputFolder);
  itkGetStringMacro(OutputFolder);

  /** How many cases are evaluated at a time, at least 1. Default 1. */
  itkSetMacro(NumberOfJobs, unsigned int);
  itkGetConstMacro(NumberOfJobs, unsigned int);

  /** The number of bootstrap samples, at least 1, and the seed of their draws. Defaults 10000 and 1. */
  itkSetMacro(NumberOfResamples, unsigned int);
  itkGetConstMacro(NumberOfResamples, unsigned int);
  itkSetMacro(Seed, uint64_t);
  itkGetConstMacro(Seed, uint64_t);

  /** How many of the worst cases the summary names. Default 5. */
  itkSetMacro(NumberOfWorstCases, unsigned int);
  itkGetConstMacro(NumberOfWorstCases, unsigned int);

  /** Evaluate all cases. */
  void
  Update() override;

  /** Evaluations of the last Update(): all, one for each case and method; those of them that were taken from reports of
   * earlier runs; and those that failed, in the order in which they did, each with the name of its case and what was
   * wrong. They may be asked for while it runs, in observers of its events. */
  itkGetConstMacro(NumberOfEvaluations, SizeValueType);
  itkGetConstMacro(NumberOfTakenReports, SizeValueType);
  SizeValueType
  GetNumberOfFailures() const;
  std::string
  GetFailedCaseName(SizeValueType index) const;
  std::string
  GetFailure(SizeValueType index) const;

  /** What was found doubtful, in the order in which the evaluations were done: the name of the case, and a line as of
   * ImagePairEvaluation::GetRemark(), from earlier runs too. They may be asked for while it runs, like the failures.
   * What two evaluations find in a file that both read, such as the reference of two methods, is there twice. */
  SizeValueType
  GetNumberOfRemarks() const;
  std::string
  GetRemarkCaseName(SizeValueType index) const;
  std::string
  GetRemark(SizeValueType index) const;

  /** The results of the last Update(). An index that is too large throws. Cases are those of the cohort. */
  SizeValueType
  GetNumberOfCases() const;
  std::string
  GetCaseName(SizeValueType index) const;
  /** What was wrong with a case, with the first and with the compared method; empty when nothing was. */
  std::string
  GetCaseError(SizeValueType index) const;
  std::string
  GetComparedCaseError(SizeValueType index) const;

  /** All values that any case has of the first method, in the order in which they first occur. */
  SizeValueType
  GetNumberOfMetrics() const;
  std::string
  GetMetricName(SizeValueType metric) const;
  std::string
  GetMetricUnit(SizeValueType metric) const;

  /** Whether a case has the value, and the value; NaN without one. Of the first and of the compared method. */
  bool
  HasValue(SizeValueType index, SizeValueType metric) const;
  double
  GetValue(SizeValueType index, SizeValueType metric) const;
  bool
  HasComparedValue(SizeValueType index, SizeValueType metric) const;
  double
  GetComparedValue(SizeValueType index, SizeValueType metric) const;

  /** Statistics of a metric over the cases; of the differences first - second; and the test of those. The last two are
   * null when nothing was compared or the compared method does not have the metric. */
  const SampleStatistics *
  GetStatistics(SizeValueType metric) const;
  const SampleStatistics *
  GetDifferenceStatistics(SizeValueType metric) const;
  const WilcoxonSignedRankTest *
  GetTest(SizeValueType metric) const;

  /** The summary: settings, failed cases, remarks (those on the cohort, and those on a case with its name), statistics,
   * worst cases, comparison. */
  std::string
  GetJSON() const;

  /** A line for each case, a column for each metric, as CSV; of the first and of the compared method. */
  std::string
  GetTable() const;
  std::string
  GetComparedTable() const;

  /** The statistics, and the comparison, as aligned lines of text, without metrics for which no case has a value. */
  std::string
  GetText() const;

protected:
  CohortEvaluation();
  ~CohortEvaluation() override;

  void
  VerifyPreconditions() const override;
  void
  GenerateData() override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** The evaluations and their results. */
  class Internals;

  /** Make the output folder; remove what an earlier run left there and what would not fit this one. */
  void
  PrepareOutputFolder() const;

  /** Make statistics, comparison and summary of the results. */
  void
  Summarise();

  EvaluationCohort::Pointer       m_Cohort;
  EvaluationCohort::Pointer       m_ComparedCohort;
  EvaluationSettings::Pointer     m_Settings;
  VolumeReader::Pointer           m_Reader;
  SegmentationFilterType::Pointer m_SegmentationFilter;
  std::string                     m_OutputFolder;
  unsigned int                    m_NumberOfJobs{ 1 };
  unsigned int                    m_NumberOfResamples{ 10000 };
  uint64_t                        m_Seed{ 1 };
  unsigned int                    m_NumberOfWorstCases{ 5 };
  SizeValueType                   m_NumberOfEvaluations{ 0 };
  SizeValueType                   m_NumberOfTakenReports{ 0 };
  std::unique_ptr<Internals>      m_Internals;
};

} // namespace itk

#endif
