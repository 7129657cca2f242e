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
#include "itkCohortEvaluation.h"

#include "evaluation/itkCaseReport.h"
#include "evaluation/itkCohortReport.h"
#include "itkMultiThreaderBase.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkExceptionText.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <limits>
#include <mutex>
#include <new>
#include <thread>

namespace itk
{
namespace
{
namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;
using SyntheticCTDetail::CaseResult;
using SyntheticCTDetail::CaseResults;
using SyntheticCTDetail::Fail;
using SyntheticCTDetail::MetricComparison;
using SyntheticCTDetail::MetricValue;

/** Lowers ITK's default number of threads, so that the threads of the jobs and those within them stay below it: a job
 * works along with ITK's. */
class SharedThreads
{
public:
  SharedThreads(unsigned int jobs, size_t numberOfTasks)
    : m_Former(MultiThreaderBase::GetGlobalDefaultNumberOfThreads())
    , m_NumberOfJobs(static_cast<unsigned int>(std::min<size_t>({ jobs, m_Former, numberOfTasks })))
  {
    if (m_NumberOfJobs > 1)
    {
      MultiThreaderBase::SetGlobalDefaultNumberOfThreads(std::max(1U, m_Former - m_NumberOfJobs));
    }
  }
  ~SharedThreads()
  {
    MultiThreaderBase::SetGlobalDefaultNumberOfThreads(m_Former);
  }
  SharedThreads(const SharedThreads &) = delete;
  SharedThreads &
  operator=(const SharedThreads &) = delete;

  unsigned int
  GetNumberOfJobs() const
  {
    return m_NumberOfJobs;
  }

private:
  ThreadIdType m_Former;
  unsigned int m_NumberOfJobs;
};

/** Runs numbered tasks in threads of its own and says which are done in the thread of the caller. */
class TaskRunner
{
public:
  /** \param run Is called for every task, by any thread; does not throw.
   * \param finish Is called for every task that is done, by the caller's thread; false ends the run. */
  TaskRunner(std::function<void(size_t)> run, std::function<bool(size_t)> finish)
    : m_Run(std::move(run))
    , m_Finish(std::move(finish))
  {}

  void
  Run(size_t numberOfTasks, unsigned int jobs)
  {
    m_NumberOfTasks = numberOfTasks;
    if (jobs < 2)
    {
      for (size_t task = 0; task < numberOfTasks; ++task)
      {
        m_Run(task);
        if (!m_Finish(task))
        {
          return;
        }
      }
      return;
    }
    std::vector<std::thread> threads;
    for (unsigned int job = 0; job < jobs; ++job)
    {
      threads.emplace_back([this] { this->Work(); });
    }
    // What an observer throws ends the run, but not before the threads have.
    std::exception_ptr thrown;
    for (size_t i = 0; i < numberOfTasks && !thrown; ++i)
    {
      std::unique_lock<std::mutex> lock(m_Mutex);
      m_SomethingIsDone.wait(lock, [this] { return !m_Done.empty(); });
      const size_t task = m_Done.front();
      m_Done.pop_front();
      lock.unlock();
      bool goesOn = false;
      try
      {
        goesOn = m_Finish(task);
      }
      catch (...)
      {
        thrown = std::current_exception();
      }
      if (!goesOn)
      {
        lock.lock();
        m_Next = m_NumberOfTasks;
        break;
      }
    }
    for (std::thread & thread : threads)
    {
      thread.join();
    }
    if (thrown)
    {
      std::rethrow_exception(thrown);
    }
  }

private:
  void
  Work()
  {
    for (;;)
    {
      size_t task = 0;
      {
        const std::lock_guard<std::mutex> lock(m_Mutex);
        if (m_Next >= m_NumberOfTasks)
        {
          return;
        }
        task = m_Next++;
      }
      m_Run(task);
      const std::lock_guard<std::mutex> lock(m_Mutex);
      m_Done.push_back(task);
      m_SomethingIsDone.notify_one();
    }
  }

  std::function<void(size_t)> m_Run;
  std::function<bool(size_t)> m_Finish;
  std::mutex                  m_Mutex;
  std::condition_variable     m_SomethingIsDone;
  std::deque<size_t>          m_Done;
  size_t                      m_Next{ 0 };
  size_t                      m_NumberOfTasks{ 0 };
};

Json
FailuresOf(const CaseResults & results)
{
  Json failures = Json::array();
  for (const CaseResult & result : results)
  {
    if (!result.Error.empty())
    {
      failures.push_back({ { "case", result.Name }, { "error", result.Error } });
    }
  }
  return failures;
}

/** Those on the cohort, which belong to no case, and those on each case. */
Json
RemarksOf(const EvaluationCohort * cohort, const CaseResults & results)
{
  Json remarks = Json::array();
  for (SizeValueType i = 0; i < cohort->GetNumberOfRemarks(); ++i)
  {
    remarks.push_back({ { "warning", cohort->GetRemark(i) } });
  }
  for (const CaseResult & result : results)
  {
    for (const std::string & remark : result.Remarks)
    {
      remarks.push_back({ { "case", result.Name }, { "warning", remark } });
    }
  }
  return remarks;
}

/** Throws when an output is one of the tables from which the cases were read. */
void
VerifyNoInput(const std::string & output, const std::string & input)
{
  std::error_code error;
  if (!input.empty() && fs::exists(output, error) && fs::equivalent(input, output, error))
  {
    Fail(output + ": is an input and would be overwritten");
  }
}

} // namespace

class CohortEvaluation::Internals
{
public:
  /** One evaluation of one case. */
  struct Task
  {
    const EvaluationCohort * Cohort;
    SizeValueType            Index;
    CaseResult *             Result;
    /** Empty when nothing is written. */
    std::string ReportFile;
    bool        IsTaken;
  };

  /** What is to be said of a case. */
  struct Message
  {
    std::string Case;
    std::string Text;
  };

  std::vector<Task>    Tasks;
  CaseResults          First;
  CaseResults          Second;
  std::vector<Message> Failures;
  std::vector<Message> Remarks;
  /** Jobs take turns. */
  std::mutex SegmentationMutex;

  /** Of the last Update(), when it was complete. */
  std::vector<std::string>               Names;
  std::vector<SampleStatistics::Pointer> Statistics;
  std::vector<MetricComparison>          Comparisons;
  std::string                            Summary;

  void
  Clear()
  {
    Tasks.clear();
    First.clear();
    Second.clear();
    Failures.clear();
    Remarks.clear();
    Names.clear();
    Statistics.clear();
    Comparisons.clear();
    Summary.clear();
  }

  /** Evaluate a case, or take its report. */
  void
  Evaluate(Task & task, CohortEvaluation * evaluation)
  {
    const EvaluationCohort & cohort = *task.Cohort;
    const std::string        error = cohort.GetCaseError(task.Index);
    if (!error.empty())
    {
      Fail(error);
    }
    const SyntheticCTDetail::CaseFiles files{ cohort.GetReference(task.Index),
                                              cohort.GetSynthetic(task.Index),
                                              cohort.GetMask(task.Index),
                                              cohort.GetReferenceSegmentation(task.Index),
                                              cohort.GetSyntheticSegmentation(task.Index),
                                              evaluation->m_Settings->NeedsMR() ? cohort.GetMR(task.Index) : "" };
    // Before the files are read, so that one that changes meanwhile is evaluated again by the next run.
    const std::string head = SyntheticCTDetail::ReportHead(
      task.Result->Name, SyntheticCTDetail::StampFiles(files), *evaluation->GetSettings());
    if (!task.ReportFile.empty() &&
        SyntheticCTDetail::TakeReport(task.ReportFile, head, task.Result->Values, task.Result->Remarks))
    {
      task.IsTaken = true;
      return;
    }
    auto pair = ImagePairEvaluation::New();
    pair->SetSettings(evaluation->m_Settings);
    pair->ReadImages(evaluation->m_Reader,
                     files.Reference,
                     files.Synthetic,
                     files.Mask,
                     files.ReferenceLabels,
                     files.SyntheticLabels,
                     files.MR);
    if (evaluation->m_SegmentationFilter)
    {
      const std::lock_guard<std::mutex> lock(SegmentationMutex);
      pair->Segment(evaluation->m_SegmentationFilter);
    }
    pair->Update();
    for (SizeValueType i = 0; i < pair->GetNumberOfValues(); ++i)
    {
      task.Result->Values.push_back({ pair->GetName(i),
                                      pair->GetValue(i),
                                      pair->GetUnit(i),
                                      pair->GetDirection(i),
                                      pair->GetDefinition(i),
                                      pair->GetSizes(i),
                                      pair->GetReason(i) });
    }
    for (SizeValueType i = 0; i < pair->GetNumberOfRemarks(); ++i)
    {
      task.Result->Remarks.push_back(pair->GetRemark(i));
    }
    if (!task.ReportFile.empty())
    {
      SyntheticCTDetail::WriteText(SyntheticCTDetail::CaseReport(head, task.Result->Values, task.Result->Remarks),
                                   task.ReportFile);
    }
  }

  /** The same; what is wrong becomes the error of the case. */
  void
  Run(Task & task, CohortEvaluation * evaluation)
  {
    try
    {
      this->Evaluate(task, evaluation);
    }
    catch (const std::bad_alloc &)
    {
      task.Result->Error = "not enough memory; fewer jobs need less";
    }
    catch (const std::exception & error)
    {
      task.Result->Error = SyntheticCTDetail::ExceptionText(error);
    }
    if (!task.Result->Error.empty())
    {
      task.Result->Values.clear();
      task.Result->Remarks.clear();
      if (!task.ReportFile.empty())
      {
        // A report of other files or settings must not pass for this case's.
        std::error_code error;
        fs::remove(task.ReportFile, error);
      }
    }
  }

  const CaseResult &
  At(const CaseResults & results, SizeValueType index) const
  {
    if (index >= results.size())
    {
      Fail("there is no result " + std::to_string(index) + ", only " + std::to_string(results.size()) +
           " of the last Update()");
    }
    return results[index];
  }

  /** A failure or a remark. */
  static const Message &
  MessageAt(const std::vector<Message> & messages, SizeValueType index, const char * kind)
  {
    if (index >= messages.size())
    {
      Fail(std::string("there is no ") + kind + ' ' + std::to_string(index) + ", only " +
           std::to_string(messages.size()));
    }
    return messages[index];
  }

  const std::string &
  NameAt(SizeValueType metric) const
  {
    if (metric >= Names.size())
    {
      Fail("there is no metric " + std::to_string(metric) + ", only " + std::to_string(Names.size()) +
           " of the last Update()");
    }
    return Names[metric];
  }

  const MetricValue *
  Find(const CaseResults & results, SizeValueType index, SizeValueType metric) const
  {
    return SyntheticCTDetail::FindValue(this->At(results, index).Values, this->NameAt(metric));
  }
};

CohortEvaluation::CohortEvaluation()
  : m_Settings(EvaluationSettings::New())
  , m_Reader(VolumeReader::New())
  , m_Internals(std::make_unique<Internals>())
{}

CohortEvaluation::~CohortEvaluation() = default;

void
CohortEvaluation::VerifyPreconditions() const
{
  const struct
  {
    const char *   Name;
    const Object * Value;
  } required[] = { { "Cohort", m_Cohort }, { "Settings", m_Settings }, { "Reader", m_Reader } };
  for (const auto & each : required)
  {
    if (!each.Value)
    {
      Fail(std::string(each.Name) + " is not set");
    }
  }
  m_Settings->VerifyValues();
  const SizeValueType count = m_Cohort->GetNumberOfCases();
  if (count == 0)
  {
    Fail("Cohort has no case");
  }
  if (m_NumberOfJobs == 0)
  {
    Fail("NumberOfJobs is 0 and should be at least 1");
  }
  if (m_NumberOfResamples == 0)
  {
    Fail("NumberOfResamples is 0 and should be at least 1");
  }
  if (m_ComparedCohort)
  {
    bool isSame = m_ComparedCohort->GetNumberOfCases() == count;
    for (SizeValueType i = 0; i < count && isSame; ++i)
    {
      isSame = m_ComparedCohort->GetCaseName(i) == m_Cohort->GetCaseName(i);
    }
    if (!isSame)
    {
      Fail("ComparedCohort should have the cases of Cohort, in the same order");
    }
  }
  Superclass::VerifyPreconditions();
}

void
CohortEvaluation::PrepareOutputFolder() const
{
  const fs::path  output(m_OutputFolder);
  std::error_code error;
  for (const char * const name : { "cases", "compared-cases" })
  {
    if (m_ComparedCohort || std::string(name) == "cases")
    {
      fs::create_directories(output / name, error);
      if (error)
      {
        Fail((output / name).string() + ": cannot be made: " + error.message());
      }
    }
  }
  // A summary is there only when it belongs to the reports beside it.
  for (const char * const name : { "summary.json", "metrics.csv", "compared-metrics.csv" })
  {
    const std::string file = (output / name).string();
    for (const EvaluationCohort * const cohort : { m_Cohort.GetPointer(), m_ComparedCohort.GetPointer() })
    {
      if (cohort)
      {
        VerifyNoInput(file, cohort->GetSource());
        VerifyNoInput(file, cohort->GetResults());
      }
    }
  }
  for (const char * const name : { "summary.json", "metrics.csv", "compared-metrics.csv" })
  {
    fs::remove(output / name, error);
    if (error)
    {
      Fail((output / name).string() + ": an earlier one cannot be removed: " + error.message());
    }
  }
}

void
CohortEvaluation::Update()
{
  this->SetAbortGenerateData(false);
  m_Internals->Clear();
  m_NumberOfEvaluations = 0;
  m_NumberOfTakenReports = 0;
  this->VerifyPreconditions();
  this->InvokeEvent(StartEvent());
  this->UpdateProgress(0.0F);
  try
  {
    this->GenerateData();
  }
  catch (...)
  {
    m_Internals->Clear();
    if (this->GetAbortGenerateData())
    {
      this->InvokeEvent(AbortEvent());
    }
    throw;
  }
  this->InvokeEvent(EndEvent());
}

void
CohortEvaluation::GenerateData()
{
  Internals &    internals = *m_Internals;
  const bool     isWritten = !m_OutputFolder.empty();
  const fs::path output(m_OutputFolder);
  if (isWritten)
  {
    this->PrepareOutputFolder();
  }
  for (SizeValueType i = 0; i < m_Cohort->GetNumberOfCases(); ++i)
  {
    internals.First.push_back({ m_Cohort->GetCaseName(i), {}, "", {} });
  }
  if (m_ComparedCohort)
  {
    internals.Second = internals.First;
  }
  const auto addTasks = [&](const EvaluationCohort * cohort, CaseResults & results, const char * folder) {
    for (SizeValueType i = 0; i < results.size(); ++i)
    {
      internals.Tasks.push_back(
        { cohort, i, &results[i], isWritten ? (output / folder / (results[i].Name + ".json")).string() : "", false });
    }
  };
  addTasks(m_Cohort, internals.First, "cases");
  addTasks(m_ComparedCohort, internals.Second, "compared-cases");
  m_NumberOfEvaluations = internals.Tasks.size();

  SizeValueType       numberOfDone = 0;
  const SharedThreads threads(m_NumberOfJobs, internals.Tasks.size());
  TaskRunner          runner([&](size_t task) { internals.Run(internals.Tasks[task], this); },
                    [&](size_t task) {
                      const Internals::Task & done = internals.Tasks[task];
                      m_NumberOfTakenReports += done.IsTaken ? 1 : 0;
                      if (!done.Result->Error.empty())
                      {
                        internals.Failures.push_back({ done.Result->Name, done.Result->Error });
                      }
                      for (const std::string & remark : done.Result->Remarks)
                      {
                        internals.Remarks.push_back({ done.Result->Name, remark });
                      }
                      ++numberOfDone;
                      this->InvokeEvent(IterationEvent());
                      this->UpdateProgress(static_cast<float>(numberOfDone) /
                                           static_cast<float>(m_NumberOfEvaluations));
                      return !this->GetAbortGenerateData();
                    });
  runner.Run(internals.Tasks.size(), threads.GetNumberOfJobs());
  if (this->GetAbortGenerateData())
  {
    throw ProcessAborted(__FILE__, __LINE__);
  }
  this->Summarise();
  if (isWritten)
  {
    SyntheticCTDetail::WriteText(this->GetTable(), (output / "metrics.csv").string());
    if (m_ComparedCohort)
    {
      SyntheticCTDetail::WriteText(this->GetComparedTable(), (output / "compared-metrics.csv").string());
    }
    SyntheticCTDetail::WriteText(internals.Summary, (output / "summary.json").string());
  }
}

void
CohortEvaluation::Summarise()
{
  Internals &                              internals = *m_Internals;
  const SyntheticCTDetail::SummarySettings settings{ m_NumberOfResamples, m_Seed, m_NumberOfWorstCases };
  internals.Names = SyntheticCTDetail::MetricNames(internals.First);
  const std::vector<std::string> comparedNames = SyntheticCTDetail::MetricNames(internals.Second);
  for (const std::string & name : internals.Names)
  {
    internals.Statistics.push_back(SyntheticCTDetail::StatisticsOf(internals.First, name, settings));
    const bool isCompared = std::find(comparedNames.begin(), comparedNames.end(), name) != comparedNames.end();
    internals.Comparisons.push_back(
      isCompared ? SyntheticCTDetail::CompareMetric(internals.First, internals.Second, name, settings)
                 : MetricComparison{});
  }

  Json summary = Json::parse(SyntheticCTDetail::ReportOrigin());
  summary["results"] = m_Cohort->GetResults();
  summary["settings"] = Json::parse(m_Settings->GetJSON());
  summary["statistics"] = {
    { "sd", "of the sample (n - 1)" },    { "quartiles", "interpolated linearly" },
    { "undefined values", "left out" },   { "interval", "95 % bootstrap percentile interval of the mean" },
    { "resamples", m_NumberOfResamples }, { "seed", m_Seed }
  };
  summary["cases"] = internals.First.size();
  summary["failed"] = FailuresOf(internals.First);
  summary["warnings"] = RemarksOf(m_Cohort, internals.First);
  summary["metrics"] = Json::parse(SyntheticCTDetail::SummariseCohort(internals.First, settings));
  if (m_ComparedCohort)
  {
    summary["compared"] = { { "results", m_ComparedCohort->GetResults() },
                            { "failed", FailuresOf(internals.Second) },
                            { "warnings", RemarksOf(m_ComparedCohort, internals.Second) },
                            { "metrics",
                              Json::parse(SyntheticCTDetail::SummariseCohort(internals.Second, settings)) } };
    summary["comparison"] = {
      { "differences", "first - second, the second being the compared results" },
      { "test", "Wilcoxon signed-rank, two-sided; pairs without difference left out" },
      { "p-values", "not corrected for the number of metrics" },
      { "metrics", Json::parse(SyntheticCTDetail::CompareCohorts(internals.First, internals.Second, settings)) }
    };
  }
  internals.Summary = summary.dump(2);
}

SizeValueType
CohortEvaluation::GetNumberOfFailures() const
{
  return m_Internals->Failures.size();
}

std::string
CohortEvaluation::GetFailedCaseName(SizeValueType index) const
{
  return Internals::MessageAt(m_Internals->Failures, index, "failure").Case;
}

std::string
CohortEvaluation::GetFailure(SizeValueType index) const
{
  return Internals::MessageAt(m_Internals->Failures, index, "failure").Text;
}

SizeValueType
CohortEvaluation::GetNumberOfRemarks() const
{
  return m_Internals->Remarks.size();
}

std::string
CohortEvaluation::GetRemarkCaseName(SizeValueType index) const
{
  return Internals::MessageAt(m_Internals->Remarks, index, "remark").Case;
}

std::string
CohortEvaluation::GetRemark(SizeValueType index) const
{
  return Internals::MessageAt(m_Internals->Remarks, index, "remark").Text;
}

SizeValueType
CohortEvaluation::GetNumberOfCases() const
{
  return m_Internals->First.size();
}

std::string
CohortEvaluation::GetCaseName(SizeValueType index) const
{
  return m_Internals->At(m_Internals->First, index).Name;
}

std::string
CohortEvaluation::GetCaseError(SizeValueType index) const
{
  return m_Internals->At(m_Internals->First, index).Error;
}

std::string
CohortEvaluation::GetComparedCaseError(SizeValueType index) const
{
  return m_Internals->At(m_Internals->Second, index).Error;
}

SizeValueType
CohortEvaluation::GetNumberOfMetrics() const
{
  return m_Internals->Names.size();
}

std::string
CohortEvaluation::GetMetricName(SizeValueType metric) const
{
  return m_Internals->NameAt(metric);
}

std::string
CohortEvaluation::GetMetricUnit(SizeValueType metric) const
{
  m_Internals->NameAt(metric);
  for (SizeValueType i = 0; i < m_Internals->First.size(); ++i)
  {
    if (const MetricValue * const value = m_Internals->Find(m_Internals->First, i, metric))
    {
      return value->Unit;
    }
  }
  return "";
}

bool
CohortEvaluation::HasValue(SizeValueType index, SizeValueType metric) const
{
  return m_Internals->Find(m_Internals->First, index, metric) != nullptr;
}

double
CohortEvaluation::GetValue(SizeValueType index, SizeValueType metric) const
{
  const MetricValue * const value = m_Internals->Find(m_Internals->First, index, metric);
  return value ? value->Value : std::numeric_limits<double>::quiet_NaN();
}

bool
CohortEvaluation::HasComparedValue(SizeValueType index, SizeValueType metric) const
{
  return m_Internals->Find(m_Internals->Second, index, metric) != nullptr;
}

double
CohortEvaluation::GetComparedValue(SizeValueType index, SizeValueType metric) const
{
  const MetricValue * const value = m_Internals->Find(m_Internals->Second, index, metric);
  return value ? value->Value : std::numeric_limits<double>::quiet_NaN();
}

const SampleStatistics *
CohortEvaluation::GetStatistics(SizeValueType metric) const
{
  m_Internals->NameAt(metric);
  return m_Internals->Statistics[metric];
}

const SampleStatistics *
CohortEvaluation::GetDifferenceStatistics(SizeValueType metric) const
{
  m_Internals->NameAt(metric);
  return m_Internals->Comparisons[metric].Differences;
}

const WilcoxonSignedRankTest *
CohortEvaluation::GetTest(SizeValueType metric) const
{
  m_Internals->NameAt(metric);
  return m_Internals->Comparisons[metric].Test;
}

std::string
CohortEvaluation::GetJSON() const
{
  if (m_Internals->Summary.empty())
  {
    Fail("there is no summary before Update()");
  }
  return m_Internals->Summary;
}

std::string
CohortEvaluation::GetTable() const
{
  return SyntheticCTDetail::CohortTable(m_Internals->First);
}

std::string
CohortEvaluation::GetComparedTable() const
{
  return SyntheticCTDetail::CohortTable(m_Internals->Second);
}

std::string
CohortEvaluation::GetText() const
{
  const Json summary = Json::parse(this->GetJSON());
  if (!summary.contains("compared"))
  {
    return SyntheticCTDetail::SummaryText(summary.at("metrics").dump());
  }
  const Json & compared = summary.at("compared");
  return "first: " + summary.at("results").get<std::string>() + '\n' +
         SyntheticCTDetail::SummaryText(summary.at("metrics").dump()) +
         "\nsecond: " + compared.at("results").get<std::string>() + '\n' +
         SyntheticCTDetail::SummaryText(compared.at("metrics").dump()) + '\n' +
         SyntheticCTDetail::ComparisonText(summary.at("comparison").at("metrics").dump());
}

void
CohortEvaluation::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  itkPrintSelfObjectMacro(Cohort);
  itkPrintSelfObjectMacro(ComparedCohort);
  itkPrintSelfObjectMacro(Settings);
  itkPrintSelfObjectMacro(Reader);
  itkPrintSelfObjectMacro(SegmentationFilter);
  os << indent << "OutputFolder: " << m_OutputFolder << std::endl;
  os << indent << "NumberOfJobs: " << m_NumberOfJobs << std::endl;
  os << indent << "NumberOfResamples: " << m_NumberOfResamples << std::endl;
  os << indent << "Seed: " << m_Seed << std::endl;
  os << indent << "NumberOfWorstCases: " << m_NumberOfWorstCases << std::endl;
  os << indent << "NumberOfEvaluations: " << m_NumberOfEvaluations << std::endl;
  os << indent << "NumberOfTakenReports: " << m_NumberOfTakenReports << std::endl;
  os << indent << "NumberOfCases: " << this->GetNumberOfCases() << std::endl;
  os << indent << "NumberOfMetrics: " << this->GetNumberOfMetrics() << std::endl;
  os << indent << "NumberOfFailures: " << this->GetNumberOfFailures() << std::endl;
  os << indent << "NumberOfRemarks: " << this->GetNumberOfRemarks() << std::endl;
}

} // namespace itk
