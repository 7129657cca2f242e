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
// What sct-evaluate makes of cohorts: which files are a case, and what is said of all of them.

#include "sctCohort.h"
#include "sctCohortReport.h"
#include "sctEvaluateCohort.h"
#include "sctMetrics.h"

#include "gtest/gtest.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include <unistd.h>

namespace
{
namespace fs = std::filesystem;
using sct::Better;
using sct::CaseResult;
using sct::CohortCase;
using sct::Json;
using sct::MetricValue;

const double notANumber = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

/** What an exception says; empty without one. */
template <typename TFunction>
std::string
MessageOf(TFunction function)
{
  try
  {
    function();
  }
  catch (const std::exception & error)
  {
    return error.what();
  }
  return "";
}

MetricValue
Value(const std::string & key, double value, Better direction = Better::Lower)
{
  return { key, value, "HU", direction, { { "body", "mask" } }, { { "voxels", 7 } }, "a reason" };
}

/** A folder that goes with the test. */
class Cohort : public ::testing::Test
{
protected:
  void
  SetUp() override
  {
    m_Folder = fs::temp_directory_path() / ("sctCohortGTest-" + std::to_string(getpid()));
    fs::remove_all(m_Folder);
    fs::create_directories(m_Folder);
  }

  void
  TearDown() override
  {
    fs::remove_all(m_Folder);
  }

  std::string
  Write(const std::string & name, const std::string & text = "") const
  {
    const fs::path path = m_Folder / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  std::string
  Path(const std::string & name) const
  {
    return (m_Folder / name).string();
  }

  fs::path m_Folder;
};

} // namespace

TEST_F(Cohort, TableIsRead)
{
  const auto cases = sct::ReadCohortTable(Write("table.csv",
                                                "\xEF\xBB\xBF"
                                                "mask, case,x-site,synthetic,reference\r\n"
                                                "\r\n"
                                                "m.mha,one,A,s.mha,r.mha\r\n"
                                                ",\"two, \"\"2\"\"\",, /absolute/s.mha , \"sub/r, 1.mha\" \r\n"));
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[0].Name, "one");
  EXPECT_EQ(cases[0].Reference, Path("r.mha"));
  EXPECT_EQ(cases[0].Synthetic, Path("s.mha"));
  EXPECT_EQ(cases[0].Mask, Path("m.mha"));
  EXPECT_EQ(cases[0].ReferenceSegmentation, "");
  EXPECT_EQ(cases[1].Name, "two, \"2\"");
  EXPECT_EQ(cases[1].Reference, Path("sub/r, 1.mha"));
  EXPECT_EQ(cases[1].Synthetic, "/absolute/s.mha");
  EXPECT_EQ(cases[1].Mask, "");

  const auto segmented = sct::ReadCohortTable(
    Write("segmented.csv", "case,reference,synthetic,reference-segmentation,synthetic-segmentation\na,r,s,rs,ss"));
  EXPECT_EQ(segmented[0].ReferenceSegmentation, Path("rs"));
  EXPECT_EQ(segmented[0].SyntheticSegmentation, Path("ss"));
}

TEST_F(Cohort, BadTablesAreRefused)
{
  const struct
  {
    const char * Text;
    const char * Message;
  } tables[] = {
    { "", "has no line of column names" },
    { "case,reference,synthetic\n", "has no case" },
    { "case,reference\na,b\n", "line 1: there is no column 'synthetic'" },
    { "case;reference;synthetic\n", "line 1: the column 'case;reference;synthetic' is none of case, reference" },
    { "case,reference,synthetic,maks\n", "line 1: the column 'maks' is none of" },
    { "case,reference,synthetic,mask,mask\n", "line 1: there are two columns 'mask'" },
    { "case,reference,synthetic\na,b\n", "line 2: has 2 fields, and the first line has 3" },
    { "case,reference,synthetic\n\na,b,c,d\n", "line 3: has 4 fields" },
    { "case,reference,synthetic\n,b,c\n", "line 2: the case has no name" },
    { "case,reference,synthetic\na/b,b,c\n", "line 2: the case 'a/b' should have a name without /" },
    { "case,reference,synthetic\n..,b,c\n", "line 2: the case '..' should have a name" },
    { "case,reference,synthetic\na,,c\n", "line 2: the case 'a' has no reference" },
    { "case,reference,synthetic\na,b,\n", "line 2: the case 'a' has no synthetic" },
    { "case,reference,synthetic\na,b,c\na,d,e\n", "line 3: the case 'a' is there twice" },
    { "case,reference,synthetic\n\"a,b,c\n", "line 2: a quote is not closed" },
    { "case,reference,synthetic\n\"a\"b,b,c\n", "line 2: text after a closing quote" },
  };
  for (const auto & table : tables)
  {
    const std::string path = Write("table.csv", table.Text);
    const std::string message = MessageOf([&] { sct::ReadCohortTable(path); });
    EXPECT_EQ(message.rfind(path, 0), 0u) << message;
    EXPECT_NE(message.find(table.Message), std::string::npos) << message << " instead of " << table.Message;
  }
  const std::string binary = Write("table.csv", std::string("case,\0", 6));
  EXPECT_NE(MessageOf([&] { sct::ReadCohortTable(binary); }).find("is no text"), std::string::npos);
  EXPECT_NE(MessageOf([&] { sct::ReadCohortTable(Path("missing.csv")); }).find("missing.csv: no such file"),
            std::string::npos);
  EXPECT_NE(MessageOf([&] { sct::ReadCohortTable(Path("")); }).find("is a folder"), std::string::npos);
}

TEST_F(Cohort, FolderIsSearched)
{
  for (const char * const file : { "data/b/ct.nii.gz",
                                   "data/b/mask.nii.gz",
                                   "data/b/segmentation.mha",
                                   "data/a/ct.mha",
                                   "data/c/ct.mha",
                                   "data/d/ct.mha",
                                   "data/d/ct.nii.gz",
                                   "data/e/ct.mha",
                                   "data/overview/picture.png",
                                   "data/.hidden/ct.mha",
                                   "data/readme.txt",
                                   "results/a/sct.mha",
                                   "results/b.nii.gz",
                                   "results/b-segmentation.nii.gz",
                                   "results/e.mha",
                                   "results/e/sct.nii.gz" })
  {
    Write(file);
  }
  const auto cases = sct::FindCohort(Path("data"), Path("results"));
  ASSERT_EQ(cases.size(), 5u);
  EXPECT_EQ(cases[0].Name, "a");
  EXPECT_EQ(cases[0].Reference, Path("data/a/ct.mha"));
  EXPECT_EQ(cases[0].Synthetic, Path("results/a/sct.mha"));
  EXPECT_EQ(cases[0].Mask, "");
  EXPECT_EQ(cases[0].Error, "");
  EXPECT_EQ(cases[1].Name, "b");
  EXPECT_EQ(cases[1].Synthetic, Path("results/b.nii.gz"));
  EXPECT_EQ(cases[1].Mask, Path("data/b/mask.nii.gz"));
  EXPECT_EQ(cases[1].ReferenceSegmentation, Path("data/b/segmentation.mha"));
  EXPECT_EQ(cases[1].SyntheticSegmentation, Path("results/b-segmentation.nii.gz"));
  EXPECT_EQ(cases[2].Error.find("no result: neither " + Path("results/c/sct")), 0u) << cases[2].Error;
  EXPECT_NE(cases[3].Error.find("are both there"), std::string::npos) << cases[3].Error;
  EXPECT_NE(cases[4].Error.find("are both there"), std::string::npos) << cases[4].Error;

  EXPECT_NE(MessageOf([&] { sct::FindCohort(Path("results"), Path("results")); }).find("has no case"),
            std::string::npos);
  EXPECT_NE(MessageOf([&] { sct::FindCohort(Path("missing"), Path("results")); }).find("missing: no such folder"),
            std::string::npos);
  EXPECT_NE(MessageOf([&] { sct::FindCohort(Path("data"), Path("missing")); }).find("missing: no such folder"),
            std::string::npos);

  // Another method.
  Write("others/a.mha");
  Write("others/e.mha");
  const auto others = sct::ReplaceResults(cases, Path("others"));
  ASSERT_EQ(others.size(), cases.size());
  EXPECT_EQ(others[0].Synthetic, Path("others/a.mha"));
  EXPECT_EQ(others[0].Reference, cases[0].Reference);
  EXPECT_NE(others[1].Error, "");
  EXPECT_EQ(others[1].SyntheticSegmentation, "");
  EXPECT_EQ(others[3].Error, cases[3].Error);
  EXPECT_EQ(others[4].Synthetic, Path("others/e.mha"));
  EXPECT_EQ(others[4].Error, "");

  const auto listed = sct::ReplaceResults(
    cases, Write("others.csv", "synthetic,case,synthetic-segmentation\nx.mha,a,x-seg.mha\ny.mha,z,\n"));
  EXPECT_EQ(listed[0].Synthetic, Path("x.mha"));
  EXPECT_EQ(listed[0].SyntheticSegmentation, Path("x-seg.mha"));
  EXPECT_NE(listed[1].Error.find("does not have this case"), std::string::npos);
  EXPECT_NE(MessageOf([&] { sct::ReplaceResults(cases, Path("missing")); }).find("missing: no such file"),
            std::string::npos);
}

TEST(CohortReport, NumbersGoThroughJSON)
{
  for (const double number : { 0.1, -1e300, 1.0 / 3.0, infinity, -infinity })
  {
    EXPECT_EQ(sct::NumberFromJson(Json::parse(sct::NumberToJson(number).dump())), number);
  }
  EXPECT_TRUE(std::isnan(sct::NumberFromJson(sct::NumberToJson(notANumber))));
  EXPECT_EQ(sct::NumberToJson(-infinity), Json("-Infinity"));
  EXPECT_THROW(sct::NumberFromJson(Json("many")), std::exception);
  EXPECT_THROW(sct::NumberFromJson(Json(nullptr)), std::exception);
}

TEST(CohortReport, ValuesGoThroughJSON)
{
  const Json json = sct::ToJson(Value("mae", infinity, Better::NearZero));
  EXPECT_EQ(json.at("value"), Json("Infinity"));
  EXPECT_EQ(json.at("reason"), Json("a reason"));
  EXPECT_FALSE(sct::ToJson(Value("mae", 1.0)).contains("reason"));
  const Json report = sct::CaseReport({ { "case", "a" } }, { Value("mae", infinity, Better::NearZero) });
  EXPECT_EQ(report.at("case"), Json("a"));
  const auto values = sct::ValuesOf(report);
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0].Key, "mae");
  EXPECT_EQ(values[0].Value, infinity);
  EXPECT_EQ(values[0].Unit, "HU");
  EXPECT_EQ(values[0].Direction, Better::NearZero);
  EXPECT_EQ(values[0].Definition.at("body"), Json("mask"));
  EXPECT_EQ(values[0].Sizes.at("voxels"), Json(7));
}

TEST(CohortReport, MetricsHaveNames)
{
  using Names = std::vector<std::string>;
  EXPECT_EQ(sct::ResolveMetrics({}, { "psnr", "mae", "psnr" }), (Names{ "psnr", "mae" }));
  const Names all = sct::ResolveMetrics({}, {});
  EXPECT_EQ(sct::ResolveMetrics({ "errors" }, { "mae" }), all);
  EXPECT_NE(std::find(all.begin(), all.end(), "wmae-bone"), all.end());
  EXPECT_EQ(std::find(all.begin(), all.end(), "wmae"), all.end());
  EXPECT_EQ(MessageOf([] { sct::ResolveMetrics({}, { "maze" }); }),
            "there is no metric 'maze'; --list-metrics names them");
  EXPECT_EQ(MessageOf([] { sct::ResolveMetrics({ "mae" }, {}); }),
            "there is no preset 'mae'; --list-metrics names them");
  for (const std::string & name : all)
  {
    EXPECT_NE(sct::DescribeMetrics().find("\n  " + name + ' '), std::string::npos) << name;
  }
}

TEST(CohortReport, TableHasALineForEachCase)
{
  const std::vector<CaseResult> results{ { "a,1", { Value("mae", 0.5), Value("psnr", infinity) }, "" },
                                         { "b", {}, "wrong" },
                                         { "c", { Value("psnr", notANumber), Value("r", -2.0) }, "" } };
  EXPECT_EQ(sct::CohortTable(results),
            "case,status,mae,psnr,r\n"
            "\"a,1\",ok,0.5,Infinity,\n"
            "b,failed,,,\n"
            "c,ok,,NaN,-2.0");
}

TEST(CohortReport, SummaryHasItsFiguresAndWorstCases)
{
  const std::vector<CaseResult> results{
    { "a", { Value("mae", 1.0), Value("me", -3.0, Better::NearZero), Value("r", 0.2, Better::Higher) }, "" },
    { "b", { Value("mae", 4.0), Value("me", 2.0, Better::NearZero), Value("r", 0.1, Better::Higher) }, "" },
    { "c", { Value("mae", 4.0), Value("me", 1.0, Better::NearZero), Value("r", notANumber, Better::Higher) }, "" },
    { "d", {}, "failed" }
  };
  sct::SummarySettings settings;
  settings.NumberOfWorstCases = 2;
  const Json summary = sct::SummariseCohort(results, settings);
  const Json mae = summary.at("mae");
  EXPECT_EQ(mae.at("n"), Json(3));
  EXPECT_EQ(mae.at("mean"), Json(3.0));
  EXPECT_DOUBLE_EQ(mae.at("sd").get<double>(), std::sqrt(3.0));
  EXPECT_EQ(mae.at("median"), Json(4.0));
  EXPECT_EQ(mae.at("first-quartile"), Json(2.5));
  EXPECT_EQ(mae.at("iqr"), Json(1.5));
  EXPECT_EQ(mae.at("minimum"), Json(1.0));
  EXPECT_EQ(mae.at("maximum"), Json(4.0));
  EXPECT_EQ(mae.at("mean-95-percent-interval"), (Json{ 1.0, 4.0 }));
  EXPECT_EQ(mae.at("definition"), (Json{ { "body", "mask" } }));
  EXPECT_FALSE(mae.contains("reason"));
  const auto worst = [&](const char * key) {
    std::string names;
    for (const Json & entry : summary.at(key).at("worst"))
    {
      names += entry.at("case").get<std::string>();
    }
    return names;
  };
  EXPECT_EQ(worst("mae"), "bc");
  EXPECT_EQ(worst("me"), "ab");
  EXPECT_EQ(worst("r"), "ba");
  EXPECT_EQ(summary.at("r").at("n"), Json(2));
  EXPECT_EQ(summary.at("r").at("undefined"), Json(1));
}

TEST(CohortReport, SummarySaysWhyAFigureIsNoNumber)
{
  const std::vector<CaseResult> results{
    { "a", { Value("one", 1.0), Value("none", notANumber), Value("infinite", infinity) }, "" },
    { "b", { Value("none", notANumber), Value("infinite", 2.0) }, "" }
  };
  const Json summary = sct::SummariseCohort(results, {});
  EXPECT_EQ(summary.at("one").at("mean"), Json(1.0));
  EXPECT_EQ(summary.at("one").at("sd"), Json("NaN"));
  EXPECT_EQ(summary.at("one").at("reason"), Json("one value has no spread"));
  EXPECT_EQ(summary.at("none").at("mean"), Json("NaN"));
  EXPECT_EQ(summary.at("none").at("reason"), Json("no case has a value"));
  EXPECT_EQ(summary.at("infinite").at("mean"), Json("Infinity"));
  EXPECT_EQ(summary.at("infinite").at("minimum"), Json(2.0));
  EXPECT_EQ(summary.at("infinite").at("reason"), Json("1 of 2 values are infinite"));
  EXPECT_EQ(summary.at("infinite").at("worst")[0].at("case"), Json("a"));
}

TEST(CohortReport, DefinitionsThatDifferAreNotOne)
{
  std::vector<CaseResult> results{ { "a", { Value("mae", 1.0) }, "" }, { "b", { Value("mae", 2.0) }, "" } };
  results[1].Values[0].Definition["body"] = "whole image";
  EXPECT_TRUE(sct::SummariseCohort(results, {}).at("mae").at("definition").is_string());
}

TEST(CohortReport, ComparisonPairsTheCases)
{
  const std::vector<CaseResult> first{ { "a", { Value("mae", 1.0), Value("psnr", infinity), Value("x", 1.0) }, "" },
                                       { "b", { Value("mae", 2.0), Value("psnr", 5.0) }, "" },
                                       { "c", { Value("mae", 3.0), Value("psnr", 5.0) }, "" },
                                       { "d", {}, "failed" } };
  const std::vector<CaseResult> second{ { "a", { Value("mae", 2.0), Value("psnr", infinity) }, "" },
                                        { "b", { Value("mae", 4.0), Value("psnr", notANumber) }, "" },
                                        { "c", { Value("mae", 6.0), Value("psnr", 2.0) }, "" },
                                        { "d", { Value("mae", 9.0) }, "" } };
  const Json                    comparison = sct::CompareCohorts(first, second, {});
  EXPECT_FALSE(comparison.contains("x"));
  const Json mae = comparison.at("mae");
  EXPECT_EQ(mae.at("pairs"), Json(3));
  EXPECT_EQ(mae.at("mean-difference"), Json(-2.0));
  EXPECT_EQ(mae.at("median-difference"), Json(-2.0));
  EXPECT_EQ(mae.at("mean-difference-95-percent-interval"), (Json{ -3.0, -1.0 }));
  // All three on one side: 2 / 2^3.
  EXPECT_EQ(mae.at("p-value"), Json(0.25));
  EXPECT_EQ(mae.at("p-value-by"), Json("exact distribution"));
  EXPECT_EQ(mae.at("negative-rank-sum"), Json(6.0));
  const Json psnr = comparison.at("psnr");
  EXPECT_EQ(psnr.at("pairs"), Json(2));
  EXPECT_EQ(psnr.at("undefined"), Json(1));
  EXPECT_EQ(psnr.at("without-difference"), Json(1));
  EXPECT_EQ(psnr.at("mean-difference"), Json(1.5));

  // The texts name every metric.
  const std::string text = sct::ComparisonText(comparison) + sct::SummaryText(sct::SummariseCohort(first, {}));
  for (const char * const part : { "first - second", "mae/HU", "psnr/HU", "x/HU", "0.25", "Infinity" })
  {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
}

TEST(CohortReport, TextsAreAligned)
{
  MetricValue share = Value("a-metric-whose-name-has-more-than-24-letters", 0.25);
  share.Unit = "1";
  const std::vector<CaseResult> results{ { "a", { Value("mae", 123.456), share, Value("none", notANumber) }, "" },
                                         { "b", { Value("mae", infinity), share, Value("none", notANumber) }, "" } };
  const std::string             left = "Metrics that no case has a value of: 1\n";
  std::string                   text = sct::SummaryText(sct::SummariseCohort(results, {}));
  ASSERT_GE(text.size(), left.size());
  EXPECT_EQ(text.substr(text.size() - left.size()), left);
  text.erase(text.size() - left.size());
  text += sct::ComparisonText(sct::CompareCohorts(results, results, {}));
  EXPECT_EQ(text.find("none"), std::string::npos) << text;
  EXPECT_EQ(text.find("letters/1"), std::string::npos) << text;

  std::vector<std::string> lines;
  std::istringstream       stream(text);
  for (std::string line; std::getline(stream, line);)
  {
    lines.push_back(line);
  }
  ASSERT_EQ(lines.size(), 6u) << text;
  for (size_t i = 0; i < lines.size(); ++i)
  {
    EXPECT_EQ(lines[i].size(), lines[i / 3 * 3].size()) << text;
  }
}
