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

#include "itkByteSwapper.h"
#include "itkCohortTestUtilities.h"
#include "itkCommand.h"
#include "itkMultiThreaderBase.h"

#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <cmath>
#include <iterator>
#include <limits>
#include <sstream>
#include <thread>

namespace
{
namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;
using itk::TestUtilities::ErrorOf;

const double notANumber = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

/** Cohorts of small volumes whose errors are known. */
class CohortEvaluation : public itk::TestUtilities::FolderTest
{
protected:
  /** A volume of 4 x 4 x 4 voxels with HU of its own in each, all larger by a number. */
  std::string
  WriteVolume(const std::string & name, double offset, unsigned int size = 4) const
  {
    std::ostringstream text;
    text << "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = "
         << (itk::ByteSwapper<float>::SystemIsBigEndian() ? "True" : "False") << "\nDimSize = " << size << ' ' << size
         << ' ' << size << "\nElementType = MET_FLOAT\nElementDataFile = LOCAL\n";
    for (unsigned int i = 0; i < size * size * size; ++i)
    {
      const auto voxel = static_cast<float>(10.0 * i + offset);
      text.write(reinterpret_cast<const char *>(&voxel), sizeof(voxel));
    }
    return this->Write(name, text.str());
  }

  /** A cohort with an error for each case, named a, b, c and so on; of NaN, the synthetic CT is missing. */
  itk::EvaluationCohort::Pointer
  Cohort(const std::vector<double> & errors, const std::string & results = "results") const
  {
    for (size_t i = 0; i < errors.size(); ++i)
    {
      const std::string name(1, static_cast<char>('a' + i));
      this->WriteVolume("data/" + name + "/ct.mha", 0.0);
      if (!std::isnan(errors[i]))
      {
        this->WriteVolume(results + '/' + name + ".mha", errors[i]);
      }
    }
    auto cohort = itk::EvaluationCohort::New();
    cohort->ReadFolder(this->Path("data"));
    cohort->ReadResults(this->Path(results));
    return cohort;
  }

  static itk::CohortEvaluation::Pointer
  Evaluation(itk::EvaluationCohort * cohort, const std::vector<std::string> & metrics)
  {
    auto evaluation = itk::CohortEvaluation::New();
    evaluation->SetCohort(cohort);
    for (const std::string & name : metrics)
    {
      evaluation->GetModifiableSettings()->AddMetric(name);
    }
    return evaluation;
  }

  std::string
  TextOf(const std::string & name) const
  {
    std::ifstream file(this->Path(name));
    return { std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>() };
  }
};

/** The worst cases of a metric, one after the other. */
std::string
WorstOf(const Json & summary, const char * metric)
{
  std::string names;
  for (const Json & entry : summary.at("metrics").at(metric).at("worst"))
  {
    names += entry.at("case").get<std::string>();
  }
  return names;
}

} // namespace

TEST_F(CohortEvaluation, SummaryHasItsFiguresAndWorstCases)
{
  const auto evaluation = Evaluation(this->Cohort({ 1.0, 4.0, -4.0, notANumber }), { "mae", "me", "psnr" });
  evaluation->SetNumberOfWorstCases(2);
  evaluation->Update();
  EXPECT_EQ(evaluation->GetNumberOfEvaluations(), 4u);
  EXPECT_EQ(evaluation->GetNumberOfTakenReports(), 0u);
  ASSERT_EQ(evaluation->GetNumberOfFailures(), 1u);
  EXPECT_EQ(evaluation->GetFailedCaseName(0), "d");
  EXPECT_EQ(evaluation->GetFailure(0).rfind("no result: neither ", 0), 0u);

  ASSERT_EQ(evaluation->GetNumberOfCases(), 4u);
  EXPECT_EQ(evaluation->GetCaseName(1), "b");
  EXPECT_EQ(evaluation->GetCaseError(1), "");
  EXPECT_EQ(evaluation->GetCaseError(3), evaluation->GetFailure(0));
  ASSERT_EQ(evaluation->GetNumberOfMetrics(), 3u);
  EXPECT_EQ(evaluation->GetMetricName(1), "me");
  EXPECT_EQ(evaluation->GetMetricUnit(1), "HU");
  EXPECT_EQ(evaluation->GetMetricUnit(2), "dB");
  EXPECT_TRUE(evaluation->HasValue(2, 1));
  EXPECT_EQ(evaluation->GetValue(2, 1), -4.0);
  EXPECT_FALSE(evaluation->HasValue(3, 1));
  EXPECT_TRUE(std::isnan(evaluation->GetValue(3, 1)));
  EXPECT_EQ(evaluation->GetStatistics(0)->GetMean(), 3.0);
  EXPECT_EQ(evaluation->GetTest(0), nullptr);
  EXPECT_EQ(evaluation->GetDifferenceStatistics(0), nullptr);

  const Json summary = Json::parse(evaluation->GetJSON());
  EXPECT_EQ(summary.at("cases"), Json(4));
  EXPECT_EQ(summary.at("failed")[0].at("case"), Json("d"));
  EXPECT_EQ(summary.at("results"), Json(this->Path("results")));
  const Json & mae = summary.at("metrics").at("mae");
  EXPECT_EQ(mae.at("n"), Json(3));
  EXPECT_EQ(mae.at("mean"), Json(3.0));
  EXPECT_DOUBLE_EQ(mae.at("sd").get<double>(), std::sqrt(3.0));
  EXPECT_EQ(mae.at("median"), Json(4.0));
  EXPECT_EQ(mae.at("first-quartile"), Json(2.5));
  EXPECT_EQ(mae.at("iqr"), Json(1.5));
  EXPECT_EQ(mae.at("minimum"), Json(1.0));
  EXPECT_EQ(mae.at("maximum"), Json(4.0));
  EXPECT_EQ(mae.at("mean-95-percent-interval"), (Json{ 1.0, 4.0 }));
  EXPECT_EQ(mae.at("definition").at("body"), Json("whole image"));
  EXPECT_FALSE(mae.contains("reason"));
  // Lower, near zero, higher.
  EXPECT_EQ(WorstOf(summary, "mae"), "bc");
  EXPECT_EQ(WorstOf(summary, "me"), "bc");
  EXPECT_EQ(WorstOf(summary, "psnr"), "bc");

  EXPECT_EQ(evaluation->GetTable().rfind("case,status,mae,me,psnr\na,ok,1.0,1.0,", 0), 0u) << evaluation->GetTable();
  EXPECT_NE(evaluation->GetTable().find("\nd,failed,,,"), std::string::npos);
  EXPECT_EQ(evaluation->GetComparedTable(), "case,status");

  EXPECT_EQ(ErrorOf([&] { evaluation->GetCaseName(4); }), "there is no result 4, only 4 of the last Update()");
  EXPECT_EQ(ErrorOf([&] { evaluation->GetMetricName(3); }), "there is no metric 3, only 3 of the last Update()");
  EXPECT_EQ(ErrorOf([&] { evaluation->GetFailure(1); }), "there is no failure 1, only 1");
  EXPECT_EQ(ErrorOf([&] { evaluation->GetComparedValue(0, 0); }), "there is no result 0, only 0 of the last Update()");
}

TEST_F(CohortEvaluation, RemarksHaveTheNamesOfTheirCases)
{
  // The volumes have no position, are 4 mm long and have no air, which all cases are told, also those that are taken
  // from reports.
  const auto cohort = this->Cohort({ 1.0, 2.0 });
  for (const itk::SizeValueType numberOfTakenReports : { 0u, 2u })
  {
    const auto evaluation = Evaluation(cohort, { "mae" });
    evaluation->SetOutputFolder(this->Path("remarks"));
    itk::SizeValueType numberOnTheWay = 0;
    evaluation->AddObserver(itk::IterationEvent(), [&](const itk::EventObject &) {
      numberOnTheWay = std::max(numberOnTheWay, evaluation->GetNumberOfRemarks());
    });
    evaluation->Update();
    EXPECT_EQ(evaluation->GetNumberOfTakenReports(), numberOfTakenReports);
    ASSERT_EQ(evaluation->GetNumberOfRemarks(), 12u);
    EXPECT_EQ(numberOnTheWay, 12u);
    const Json warnings = Json::parse(evaluation->GetJSON()).at("warnings");
    ASSERT_EQ(warnings.size(), 12u);
    // The reader's come first.
    const std::array<const char *, 6> beginnings{
      { ": its header has no ElementSpacing and no Offset and no TransformMatrix; ",
        ": its header has no ElementSpacing and no Offset and no TransformMatrix; ",
        " is 4 mm long",
        " has values from ",
        " is 4 mm long",
        " has values from " }
    };
    for (itk::SizeValueType i = 0; i < 12; ++i)
    {
      const std::string name = i < 6 ? "a" : "b";
      const bool        isReference = i % 6 == 0 || i % 6 == 2 || i % 6 == 3;
      const std::string file = this->Path(isReference ? "data/" + name + "/ct.mha" : "results/" + name + ".mha");
      EXPECT_EQ(evaluation->GetRemarkCaseName(i), name);
      EXPECT_EQ(evaluation->GetRemark(i).rfind(file + beginnings[i % 6], 0), 0u) << evaluation->GetRemark(i);
      EXPECT_EQ(warnings[i].at("case"), Json(name));
      EXPECT_EQ(warnings[i].at("warning"), Json(evaluation->GetRemark(i)));
    }
    EXPECT_EQ(ErrorOf([&] { evaluation->GetRemark(12); }), "there is no remark 12, only 12");
    EXPECT_EQ(ErrorOf([&] { evaluation->GetRemarkCaseName(12); }), "there is no remark 12, only 12");
  }
}

TEST_F(CohortEvaluation, AnotherCardOfTheSegmenterMakesAnotherReport)
{
  const auto cohort = this->Cohort({ 1.0, 2.0 });
  const auto numberOfTakenReports = [&](const std::string & card) {
    const auto evaluation = Evaluation(cohort, { "mae" });
    evaluation->GetModifiableSettings()->SetSegmenterName("thresholds");
    evaluation->GetModifiableSettings()->SetSegmenterCardName(card);
    evaluation->SetOutputFolder(this->Path("cards"));
    evaluation->Update();
    const Json report = Json::parse(this->TextOf("cards/cases/a.json"));
    EXPECT_EQ(report.at("settings").at("segmenter-card"), card.empty() ? Json(nullptr) : Json(card));
    return evaluation->GetNumberOfTakenReports();
  };
  const std::string card = this->Write("card.json", "{}");
  EXPECT_EQ(numberOfTakenReports(""), 0u);
  EXPECT_EQ(numberOfTakenReports(card), 0u);
  EXPECT_EQ(numberOfTakenReports(card), 2u);
  // Another file under the same name.
  this->Write("card.json", "{ }");
  EXPECT_EQ(numberOfTakenReports(card), 0u);
  EXPECT_EQ(numberOfTakenReports(""), 0u);
}

TEST_F(CohortEvaluation, SummarySaysWhyAFigureIsNoNumber)
{
  const auto evaluation = Evaluation(this->Cohort({ 0.0, 4.0 }), { "psnr", "me-air" });
  evaluation->Update();
  const Json summary = Json::parse(evaluation->GetJSON()).at("metrics");
  EXPECT_EQ(summary.at("psnr").at("mean"), Json("Infinity"));
  EXPECT_EQ(summary.at("psnr").at("infinite"), Json(1));
  EXPECT_EQ(summary.at("psnr").at("reason"), Json("1 of 2 values are infinite"));
  EXPECT_EQ(summary.at("psnr").at("worst")[0].at("case"), Json("b"));
  // No voxel is as low as air.
  EXPECT_EQ(summary.at("me-air").at("n"), Json(0));
  EXPECT_EQ(summary.at("me-air").at("undefined"), Json(2));
  EXPECT_EQ(summary.at("me-air").at("mean"), Json("NaN"));
  EXPECT_EQ(summary.at("me-air").at("reason"), Json("no case has a value"));
  EXPECT_NE(evaluation->GetTable().find("\na,ok,Infinity,NaN\n"), std::string::npos) << evaluation->GetTable();
  const std::string text = evaluation->GetText();
  EXPECT_NE(text.find("\nMetrics that no case has a value of: 1\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("me-air"), std::string::npos) << text;
  EXPECT_NE(text.find("Infinity"), std::string::npos) << text;

  const auto one = Evaluation(this->Cohort({ 1.0 }, "one"), { "mae" });
  one->Update();
  const Json mae = Json::parse(one->GetJSON()).at("metrics").at("mae");
  EXPECT_EQ(mae.at("n"), Json(1));
  EXPECT_EQ(mae.at("sd"), Json("NaN"));
  EXPECT_EQ(mae.at("reason"), Json("one value has no spread"));
}

TEST_F(CohortEvaluation, DefinitionsThatDifferAreNotOne)
{
  this->Cohort({ 1.0, 2.0 });
  this->WriteVolume("data/b/mask.mha", 1.0);
  const auto cohort = this->Cohort({ 1.0, 2.0 });
  EXPECT_EQ(cohort->GetRemark(0), this->Path("data") + ": no mask in a, unlike the other case");
  const auto evaluation = Evaluation(cohort, { "mae" });
  evaluation->Update();
  EXPECT_EQ(Json::parse(evaluation->GetJSON()).at("metrics").at("mae").at("definition"),
            Json("not the same for all cases: see their reports"));
}

TEST_F(CohortEvaluation, ComparisonPairsTheCases)
{
  const auto first = this->Cohort({ 1.0, 2.0, 3.0, notANumber, 0.0 }, "first");
  const auto second = itk::EvaluationCohort::New();
  second->CopyReferences(first);
  this->Cohort({ 2.0, 4.0, 6.0, 9.0, notANumber }, "second");
  second->ReadResults(this->Path("second"));
  const auto evaluation = Evaluation(first, { "mae", "psnr" });
  evaluation->SetComparedCohort(second);
  evaluation->Update();
  EXPECT_EQ(evaluation->GetNumberOfEvaluations(), 10u);
  EXPECT_EQ(evaluation->GetNumberOfFailures(), 2u);
  EXPECT_EQ(evaluation->GetComparedValue(3, 0), 9.0);
  EXPECT_TRUE(evaluation->HasComparedValue(3, 0));
  EXPECT_NE(evaluation->GetComparedCaseError(4), "");

  const Json summary = Json::parse(evaluation->GetJSON());
  const Json mae = summary.at("comparison").at("metrics").at("mae");
  EXPECT_EQ(mae.at("pairs"), Json(3));
  EXPECT_EQ(mae.at("mean-difference"), Json(-2.0));
  EXPECT_EQ(mae.at("median-difference"), Json(-2.0));
  EXPECT_EQ(mae.at("mean-difference-95-percent-interval"), (Json{ -3.0, -1.0 }));
  // All three on one side: 2 / 2^3.
  EXPECT_EQ(mae.at("p-value"), Json(0.25));
  EXPECT_EQ(mae.at("p-value-by"), Json("exact distribution"));
  EXPECT_EQ(mae.at("negative-rank-sum"), Json(6.0));
  EXPECT_EQ(evaluation->GetTest(0)->GetPValue(), 0.25);
  EXPECT_EQ(evaluation->GetDifferenceStatistics(0)->GetMean(), -2.0);
  EXPECT_EQ(summary.at("compared").at("metrics").at("mae").at("n"), Json(4));
  EXPECT_EQ(summary.at("compared").at("results"), Json(this->Path("second")));

  const std::string text = evaluation->GetText();
  for (const char * const part : { "first: ", "\nsecond: ", "\nfirst - second", "mae/HU", "psnr/dB", "0.25" })
  {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
  // Every table is aligned: its lines are as long as its first.
  std::istringstream stream(text);
  size_t             length = 0;
  for (std::string line; std::getline(stream, line);)
  {
    if (line.rfind("metric ", 0) == 0 || line.rfind("first - second ", 0) == 0)
    {
      length = line.size();
    }
    if (line.rfind("mae/HU", 0) == 0)
    {
      EXPECT_EQ(line.size(), length) << text;
    }
  }
}

TEST_F(CohortEvaluation, SameValuesForAnyNumberOfJobs)
{
  const auto cohort = this->Cohort({ 1.0, notANumber, 3.0, 0.5, 7.0, 2.0, 4.0 });
  const auto alone = Evaluation(cohort, {});
  alone->Update();
  const auto threads = itk::MultiThreaderBase::GetGlobalDefaultNumberOfThreads();
  itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(4);
  const auto together = Evaluation(cohort, {});
  together->SetNumberOfJobs(3);
  const auto                caller = std::this_thread::get_id();
  std::atomic<unsigned int> numberOfEvents{ 0 };
  together->AddObserver(itk::IterationEvent(), [&](const itk::EventObject &) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    ++numberOfEvents;
  });
  together->Update();
  EXPECT_EQ(itk::MultiThreaderBase::GetGlobalDefaultNumberOfThreads(), 4u);
  itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(threads);
  EXPECT_EQ(numberOfEvents, 7u);
  EXPECT_EQ(together->GetProgress(), 1.0F);
  EXPECT_EQ(together->GetJSON(), alone->GetJSON());
  EXPECT_EQ(together->GetTable(), alone->GetTable());
}

TEST_F(CohortEvaluation, ReportsAreTakenUp)
{
  const auto cohort = this->Cohort({ 1.0, 2.0, 3.0 });
  const auto evaluation = Evaluation(cohort, { "mae", "psnr" });
  evaluation->SetOutputFolder(this->Path("out/put"));
  evaluation->Update();
  EXPECT_EQ(evaluation->GetNumberOfTakenReports(), 0u);
  EXPECT_EQ(this->TextOf("out/put/summary.json"), evaluation->GetJSON() + '\n');
  EXPECT_EQ(this->TextOf("out/put/metrics.csv"), evaluation->GetTable() + '\n');
  EXPECT_FALSE(fs::exists(this->Path("out/put/compared-cases")));
  const std::string report = this->TextOf("out/put/cases/b.json");
  auto              pair = itk::ImagePairEvaluation::New();
  pair->SetSettings(evaluation->GetModifiableSettings());
  pair->SetCaseName("b");
  pair->ReadImages(evaluation->GetModifiableReader(), cohort->GetReference(1), cohort->GetSynthetic(1));
  pair->Update();
  EXPECT_EQ(report, pair->GetJSON() + '\n');

  const std::string summary = evaluation->GetJSON();
  evaluation->Update();
  EXPECT_EQ(evaluation->GetNumberOfTakenReports(), 3u);
  EXPECT_EQ(evaluation->GetJSON(), summary);

  // Half a report, another file, another setting.
  this->Write("out/put/cases/b.json", report.substr(0, 300));
  evaluation->Update();
  EXPECT_EQ(evaluation->GetNumberOfTakenReports(), 2u);
  EXPECT_EQ(this->TextOf("out/put/cases/b.json"), report);
  this->WriteVolume("results/c.mha", 30.5);
  evaluation->Update();
  EXPECT_EQ(evaluation->GetNumberOfTakenReports(), 2u);
  EXPECT_EQ(evaluation->GetValue(2, 0), 30.5);
  evaluation->GetModifiableSettings()->SetDataRange(2000.0);
  evaluation->Update();
  EXPECT_EQ(evaluation->GetNumberOfTakenReports(), 0u);

  // A case that fails has no report of before, and a run that is aborted no summary.
  this->Write("results/c.mha", "no image");
  evaluation->Update();
  EXPECT_EQ(evaluation->GetNumberOfFailures(), 1u);
  EXPECT_FALSE(fs::exists(this->Path("out/put/cases/c.json")));
  evaluation->AddObserver(itk::IterationEvent(), [&](const itk::EventObject &) { evaluation->AbortGenerateDataOn(); });
  EXPECT_THROW(evaluation->Update(), itk::ProcessAborted);
  EXPECT_FALSE(fs::exists(this->Path("out/put/summary.json")));
  EXPECT_EQ(evaluation->GetNumberOfCases(), 0u);
}

TEST_F(CohortEvaluation, MRsAreReadForTheirMetrics)
{
  this->WriteVolume("data/a/mr.mha", 5.0);
  this->Write("data/b/mr.mha", "no image");
  const auto cohort = this->Cohort({ 1.0, 2.0, 3.0 });
  const auto evaluation = Evaluation(cohort, { "mae" });
  evaluation->SetOutputFolder(this->Path("output"));
  evaluation->Update();
  // Without a metric of the MR it is not even looked at.
  EXPECT_EQ(evaluation->GetNumberOfFailures(), 0u);
  EXPECT_EQ(Json::parse(this->TextOf("output/cases/a.json")).at("inputs").at("mr"), Json(nullptr));

  evaluation->GetModifiableSettings()->AddMetric("nmi", true);
  evaluation->Update();
  ASSERT_EQ(evaluation->GetNumberOfFailures(), 1u);
  EXPECT_EQ(evaluation->GetFailedCaseName(0), "b");
  EXPECT_EQ(evaluation->GetFailure(0).rfind(this->Path("data/b/mr.mha"), 0), 0u) << evaluation->GetFailure(0);
  const Json report = Json::parse(this->TextOf("output/cases/a.json"));
  EXPECT_EQ(report.at("inputs").at("mr").at("path"), Json(this->Path("data/a/mr.mha")));
  EXPECT_GT(report.at("metrics").at("nmi").at("value").get<double>(), 1.0);
  // A case without an MR has no value.
  EXPECT_FALSE(Json::parse(this->TextOf("output/cases/c.json")).at("metrics").contains("nmi"));

  // Another MR makes another report.
  this->WriteVolume("data/b/mr.mha", 5.0);
  evaluation->Update();
  EXPECT_EQ(evaluation->GetNumberOfFailures(), 0u);
  EXPECT_EQ(evaluation->GetNumberOfTakenReports(), 2u);
}

TEST_F(CohortEvaluation, FailuresAreNamed)
{
  this->Cohort({ 1.0, 2.0, 3.0 });
  this->WriteVolume("results/a.mha", 1.0, 5);
  this->Write("results/c.mha", "no image");
  const auto evaluation = Evaluation(this->Cohort({ notANumber, 2.0, notANumber }), { "mae" });
  evaluation->Update();
  ASSERT_EQ(evaluation->GetNumberOfFailures(), 2u);
  EXPECT_EQ(evaluation->GetFailedCaseName(0), "a");
  EXPECT_EQ(evaluation->GetFailure(0).rfind(this->Path("results/a.mha") + ": is not on the grid of " +
                                              this->Path("data/a/ct.mha") + ": size [5, 5, 5]",
                                            0),
            0u)
    << evaluation->GetFailure(0);
  EXPECT_EQ(evaluation->GetFailedCaseName(1), "c");
  EXPECT_EQ(evaluation->GetFailure(1).rfind(this->Path("results/c.mha") + ": ", 0), 0u) << evaluation->GetFailure(1);
  EXPECT_EQ(evaluation->GetValue(1, 0), 2.0);
}

TEST_F(CohortEvaluation, BadInputIsRefused)
{
  const auto cohort = this->Cohort({ 1.0, 2.0 });
  auto       evaluation = itk::CohortEvaluation::New();
  EXPECT_EQ(ErrorOf([&] { evaluation->GetJSON(); }), "there is no summary before Update()");
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "Cohort is not set");
  evaluation->SetCohort(itk::EvaluationCohort::New());
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "Cohort has no case");
  evaluation->SetCohort(cohort);
  evaluation->SetReader(nullptr);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "Reader is not set");
  evaluation->SetReader(itk::VolumeReader::New());
  evaluation->SetSettings(nullptr);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "Settings is not set");
  evaluation->SetSettings(itk::EvaluationSettings::New());
  evaluation->SetNumberOfJobs(0);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "NumberOfJobs is 0 and should be at least 1");
  evaluation->SetNumberOfJobs(1);
  evaluation->SetNumberOfResamples(0);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "NumberOfResamples is 0 and should be at least 1");
  evaluation->SetNumberOfResamples(10);
  evaluation->GetModifiableSettings()->SetDataRange(infinity);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "DataRange is Infinity and should be finite and larger than 0");
  evaluation->GetModifiableSettings()->SetDataRange(4000.0);

  const std::string table =
    this->Write("out/metrics.csv", "case,reference,synthetic\na,../data/a/ct.mha,../results/a.mha\n");
  const auto listed = itk::EvaluationCohort::New();
  listed->ReadTable(table);
  evaluation->SetComparedCohort(listed);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }),
            "ComparedCohort should have the cases of Cohort, in the same order");
  evaluation->SetComparedCohort(nullptr);
  evaluation->SetCohort(listed);
  evaluation->SetOutputFolder(this->Path("out"));
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), table + ": is an input and would be overwritten");
  EXPECT_TRUE(fs::exists(table));
  evaluation->SetOutputFolder(table);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }).rfind(table + "/cases: cannot be made: ", 0), 0u);

  std::ostringstream text;
  evaluation->Print(text);
  for (const char * const part : { "NumberOfJobs: 1", "NumberOfResamples: 10", "Seed: 1", "NumberOfWorstCases: 5" })
  {
    EXPECT_NE(text.str().find(part), std::string::npos) << text.str();
  }
}
