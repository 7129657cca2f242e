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
#include "sctEvaluateCohort.h"

#include "itkInPlaneDilateMaskImageFilter.h"
#include "itkMultiThreaderBase.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>

namespace sct
{
namespace
{
namespace fs = std::filesystem;

/** Counts up whenever values of the same files and settings change. */
constexpr int reportFormat = 1;

/** What tells that a file or a folder of files is still the same, without reading it. */
Json
StampOf(const std::string & path)
{
  if (path.empty())
  {
    return nullptr;
  }
  if (!fs::exists(path))
  {
    throw std::runtime_error(path + ": no such file or folder");
  }
  uintmax_t  bytes = 0;
  auto       modified = fs::last_write_time(path);
  const auto add = [&](const fs::path & each) {
    bytes += fs::file_size(each);
    modified = std::max(modified, fs::last_write_time(each));
  };
  const fs::path    file(path);
  const std::string ending = file.extension().string();
  if (fs::is_directory(file))
  {
    for (const fs::directory_entry & each : fs::directory_iterator(file))
    {
      if (each.is_regular_file())
      {
        add(each.path());
      }
    }
  }
  else if (ending == ".mhd" || ending == ".nhdr" || ending == ".hdr" || ending == ".img")
  {
    // The voxels lie in a file of the same name with another ending.
    for (const fs::directory_entry & each : fs::directory_iterator(fs::absolute(file).parent_path()))
    {
      if (each.is_regular_file() && each.path().stem() == file.stem())
      {
        add(each.path());
      }
    }
  }
  else
  {
    add(file);
  }
  return { { "path", fs::absolute(path).lexically_normal().string() },
           { "bytes", bytes },
           { "modified", modified.time_since_epoch().count() } };
}

/** The values of a report that was made from the same files and settings; false when there is none, or half of one. */
bool
TakeFormerReport(const std::string & path, const Json & head, std::vector<MetricValue> & values)
{
  std::ifstream file(path);
  if (!file)
  {
    return false;
  }
  try
  {
    const Json report = Json::parse(file);
    for (const auto & item : head.items())
    {
      if (report.at(item.key()) != item.value())
      {
        return false;
      }
    }
    values = ValuesOf(report);
    return true;
  }
  catch (const std::exception &)
  {
    // Not a report of ours, or not a whole one: it is made again.
    return false;
  }
}

/** One evaluation of one case. */
struct Task
{
  const CohortCase * Case;
  CaseResult *       Result;
  std::string        ReportFile;
};

/** Runs the tasks, several at a time. */
class TaskRunner
{
public:
  TaskRunner(std::vector<Task> tasks, const std::vector<std::string> & metrics, const MetricSettings & settings)
    : m_Tasks(std::move(tasks))
    , m_Metrics(metrics)
    , m_Settings(settings)
    , m_Progress("Cases")
  {}

  void
  Run(unsigned int jobs)
  {
    std::vector<std::thread> threads;
    for (unsigned int job = 1; job < jobs; ++job)
    {
      threads.emplace_back([this] { this->Work(); });
    }
    this->Work();
    for (std::thread & thread : threads)
    {
      thread.join();
    }
  }

  size_t
  GetNumberOfFormerReports() const
  {
    return m_NumberOfFormerReports;
  }

private:
  void
  Work()
  {
    for (size_t next = m_Next++; next < m_Tasks.size(); next = m_Next++)
    {
      const Task & task = m_Tasks[next];
      try
      {
        this->Evaluate(task);
      }
      catch (const std::bad_alloc &)
      {
        task.Result->Error = "not enough memory; fewer --jobs need less";
      }
      catch (const std::exception & error)
      {
        task.Result->Error = OneLine(error);
      }
      const std::lock_guard<std::mutex> lock(m_Mutex);
      if (!task.Result->Error.empty())
      {
        // A report of other files or settings must not pass for this case's.
        std::error_code error;
        fs::remove(task.ReportFile, error);
        m_Progress.Say("sct-evaluate: " + task.Case->Name + ": " + task.Result->Error);
      }
      ++m_NumberOfDone;
      m_Progress.Show(static_cast<double>(m_NumberOfDone) / static_cast<double>(m_Tasks.size()));
    }
  }

  void
  Evaluate(const Task & task)
  {
    const CohortCase & entry = *task.Case;
    if (!entry.Error.empty())
    {
      throw std::runtime_error(entry.Error);
    }
    // Before the files are read, so that one that changes meanwhile is evaluated again by the next run.
    const Json head = ReportHead(entry, m_Metrics, m_Settings);
    if (TakeFormerReport(task.ReportFile, head, task.Result->Values))
    {
      ++m_NumberOfFormerReports;
      return;
    }
    Evaluation evaluation(ReadCase(entry, m_Settings), m_Settings);
    task.Result->Values = ComputeMetrics(m_Metrics, evaluation);
    WriteText(CaseReport(head, task.Result->Values).dump(2), task.ReportFile);
  }

  std::vector<Task>        m_Tasks;
  std::vector<std::string> m_Metrics;
  MetricSettings           m_Settings;
  std::atomic<size_t>      m_Next{ 0 };
  std::atomic<size_t>      m_NumberOfFormerReports{ 0 };
  std::mutex               m_Mutex;
  size_t                   m_NumberOfDone{ 0 };
  StageProgress            m_Progress;
};

/** How many tasks run at a time; and ITK's threads are set so that they and the tasks' own stay within the limit: a
 * task works along with ITK's. */
unsigned int
ShareThreads(unsigned int jobs, size_t numberOfTasks, unsigned int limit)
{
  const unsigned int threads = limit > 0 ? limit : itk::MultiThreaderBase::GetGlobalDefaultNumberOfThreads();
  const auto         used = static_cast<unsigned int>(std::min<size_t>({ jobs, threads, numberOfTasks }));
  if (used > 1)
  {
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(std::max(1U, threads - used));
  }
  return used;
}

Json
FailuresOf(const std::vector<CaseResult> & results)
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

} // namespace

Json
ReportHead(const CohortCase & entry, const std::vector<std::string> & metrics, const MetricSettings & settings)
{
  return { { "program", "sct-evaluate" },
           { "version", SCT_VERSION },
           { "format", reportFormat },
           { "case", entry.Name },
           { "inputs",
             { { "reference", StampOf(entry.Reference) },
               { "synthetic", StampOf(entry.Synthetic) },
               { "mask", StampOf(entry.Mask) },
               { "reference-segmentation", StampOf(entry.ReferenceSegmentation) },
               { "synthetic-segmentation", StampOf(entry.SyntheticSegmentation) },
               { "segmenter", StampOf(settings.Network ? settings.Network->GetFileName() : "") } } },
           { "settings", SettingsToJson(metrics, settings) } };
}

MetricImages
ReadCase(const CohortCase & entry, const MetricSettings & settings)
{
  MetricImages images;
  images.Reference = ReadUncheckedVolume(entry.Reference);
  images.Synthetic = ReadUncheckedVolume(entry.Synthetic);
  TakeGrid(images.Reference, entry.Reference, images.Synthetic, entry.Synthetic);
  if (!entry.Mask.empty())
  {
    images.Mask = ReadMask(entry.Mask);
    TakeGrid(images.Reference, entry.Reference, images.Mask, entry.Mask);
    if (settings.MaskDilation > 0)
    {
      auto dilate = itk::InPlaneDilateMaskImageFilter<MaskType>::New();
      dilate->SetInput(images.Mask);
      dilate->SetRadius(settings.MaskDilation);
      dilate->Update();
      images.Mask = dilate->GetOutput();
    }
  }
  itk::VolumeReader::VerifyVoxels(images.Reference, entry.Reference, images.Mask);
  itk::VolumeReader::VerifyVoxels(images.Synthetic, entry.Synthetic, images.Mask);
  const auto readLabels = [&](const std::string & path) {
    LabelImageType::Pointer labels;
    if (!path.empty())
    {
      labels = ReadLabels(path);
      TakeGrid(images.Reference, entry.Reference, labels, path);
    }
    return labels;
  };
  images.ReferenceSegmentation = readLabels(entry.ReferenceSegmentation);
  images.SyntheticSegmentation = readLabels(entry.SyntheticSegmentation);
  return images;
}

Json
CaseReport(const Json & head, const std::vector<MetricValue> & values)
{
  Json report = head;
  report["metrics"] = Json::object();
  for (const MetricValue & value : values)
  {
    report["metrics"][value.Key] = ToJson(value);
  }
  return report;
}

std::vector<MetricValue>
ValuesOf(const Json & report)
{
  std::vector<MetricValue> values;
  for (const auto & item : report.at("metrics").items())
  {
    values.push_back(MetricFromJson(item.key(), item.value()));
  }
  return values;
}

void
EvaluateCohort(const CohortOptions &            options,
               const std::vector<std::string> & metrics,
               const MetricSettings &           settings,
               const CommonOptions &            common)
{
  const std::vector<CohortCase> cases =
    options.Table.empty() ? FindCohort(options.Folder, options.Results) : ReadCohortTable(options.Table);
  const bool                    isComparison = !options.Compare.empty();
  const std::vector<CohortCase> others =
    isComparison ? ReplaceResults(cases, options.Compare) : std::vector<CohortCase>{};

  const fs::path                 output(options.Output);
  const std::vector<std::string> tables{ options.Table, options.Compare };
  const std::string              summaryFile = (output / "summary.json").string();
  const std::string              tableFile = (output / "metrics.csv").string();
  const std::string              otherTableFile = (output / "compared-metrics.csv").string();
  CheckOutputs(tables, { { common.JSONFile, OutputKind::File }, { options.Output, OutputKind::Folder } });
  fs::create_directories(output / "cases");
  CheckOutputs(tables,
               { { summaryFile, OutputKind::File },
                 { tableFile, OutputKind::File },
                 { otherTableFile, OutputKind::File },
                 { common.JSONFile, OutputKind::File } });
  // A summary is there only when it belongs to the reports beside it.
  for (const std::string & former : { summaryFile, tableFile, otherTableFile })
  {
    fs::remove(former);
  }

  std::vector<CaseResult> results;
  std::vector<CaseResult> otherResults;
  for (const CohortCase & entry : cases)
  {
    results.push_back({ entry.Name, {}, "" });
  }
  std::vector<Task> tasks;
  for (size_t i = 0; i < cases.size(); ++i)
  {
    tasks.push_back({ &cases[i], &results[i], (output / "cases" / (cases[i].Name + ".json")).string() });
  }
  if (isComparison)
  {
    otherResults = results;
    fs::create_directories(output / "compared-cases");
    for (size_t i = 0; i < others.size(); ++i)
    {
      tasks.push_back(
        { &others[i], &otherResults[i], (output / "compared-cases" / (others[i].Name + ".json")).string() });
    }
  }

  const unsigned int jobs = ShareThreads(options.Jobs, tasks.size(), common.Threads);
  size_t             numberOfFormerReports = 0;
  {
    TaskRunner runner(tasks, metrics, settings);
    runner.Run(jobs);
    numberOfFormerReports = runner.GetNumberOfFormerReports();
  }

  const std::string & resultsName = options.Table.empty() ? options.Results : options.Table;
  const Json          failures = FailuresOf(results);
  const Json          otherFailures = FailuresOf(otherResults);
  Json                summary{ { "program", "sct-evaluate" },
                { "version", SCT_VERSION },
                { "format", reportFormat },
                { "results", resultsName },
                { "settings", SettingsToJson(metrics, settings) },
                { "statistics",
                                 { { "sd", "of the sample (n - 1)" },
                                   { "quartiles", "interpolated linearly" },
                                   { "undefined values", "left out" },
                                   { "interval", "95 % bootstrap percentile interval of the mean" },
                                   { "resamples", options.Summary.NumberOfResamples },
                                   { "seed", options.Summary.Seed } } },
                { "cases", cases.size() },
                { "failed", failures },
                { "metrics", SummariseCohort(results, options.Summary) } };
  WriteText(CohortTable(results), tableFile);
  if (isComparison)
  {
    WriteText(CohortTable(otherResults), otherTableFile);
    summary["compared"] = { { "results", options.Compare },
                            { "failed", otherFailures },
                            { "metrics", SummariseCohort(otherResults, options.Summary) } };
    summary["comparison"] = { { "differences", "first - second, the second being the compared results" },
                              { "test", "Wilcoxon signed-rank, two-sided; pairs without difference left out" },
                              { "p-values", "not corrected for the number of metrics" },
                              { "metrics", CompareCohorts(results, otherResults, options.Summary) } };
  }
  WriteText(summary.dump(2), summaryFile);
  if (!common.JSONFile.empty())
  {
    WriteText(summary.dump(2), common.JSONFile);
  }
  const size_t numberOfFailures = failures.size() + otherFailures.size();
  // The standard output is one report, not two.
  if (common.JSONFile != "-")
  {
    std::printf("%zu evaluations: %zu made now, %zu taken from former runs, %zu failed\n\n",
                tasks.size(),
                tasks.size() - numberOfFormerReports - numberOfFailures,
                numberOfFormerReports,
                numberOfFailures);
    if (isComparison)
    {
      std::printf("first: %s\n", resultsName.c_str());
    }
    std::printf("%s", SummaryText(summary["metrics"]).c_str());
    if (isComparison)
    {
      std::printf("\nsecond: %s\n%s\n%s",
                  options.Compare.c_str(),
                  SummaryText(summary["compared"]["metrics"]).c_str(),
                  ComparisonText(summary["comparison"]["metrics"]).c_str());
    }
    std::fflush(stdout);
  }
  if (numberOfFailures > 0)
  {
    throw std::runtime_error(std::to_string(numberOfFailures) + " of " + std::to_string(tasks.size()) +
                             " evaluations failed; " + summaryFile + " names them");
  }
}

} // namespace sct
