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
#include "itkEvaluationCohort.h"

#include "itkCohortTestUtilities.h"

#include <sstream>

namespace
{
using itk::TestUtilities::ErrorOf;

class EvaluationCohort : public itk::TestUtilities::FolderTest
{
protected:
  itk::EvaluationCohort::Pointer
  Read(const std::string & folder, const std::string & results) const
  {
    auto cohort = itk::EvaluationCohort::New();
    cohort->ReadFolder(this->Path(folder));
    cohort->ReadResults(this->Path(results));
    return cohort;
  }
};

} // namespace

TEST_F(EvaluationCohort, ResultsAreFound)
{
  for (const char * const file : { "data/b/ct.nii.gz",
                                   "data/b/mask.nii.gz",
                                   "data/b/segmentation.mha",
                                   "data/b/mr.nii.gz",
                                   "data/a/ct.mha",
                                   "data/c/ct.mha",
                                   "data/d/ct.mha",
                                   "data/d/ct.nii.gz",
                                   "data/e/ct.mha",
                                   "data/f/mr.mha",
                                   "data/overview/picture.png",
                                   "results/a/sct.mha",
                                   "results/b.nii.gz",
                                   "results/b-segmentation.nii.gz",
                                   "results/e.mha",
                                   "results/e/sct.nii.gz" })
  {
    this->Write(file);
  }
  const auto cohort = this->Read("data", "results");
  ASSERT_EQ(cohort->GetNumberOfCases(), 5u);
  EXPECT_EQ(cohort->GetCaseName(0), "a");
  EXPECT_EQ(cohort->GetReference(0), this->Path("data/a/ct.mha"));
  EXPECT_EQ(cohort->GetSynthetic(0), this->Path("results/a/sct.mha"));
  EXPECT_EQ(cohort->GetMask(0), "");
  EXPECT_EQ(cohort->GetCaseError(0), "");
  EXPECT_EQ(cohort->GetCaseName(1), "b");
  EXPECT_EQ(cohort->GetSynthetic(1), this->Path("results/b.nii.gz"));
  EXPECT_EQ(cohort->GetMask(1), this->Path("data/b/mask.nii.gz"));
  EXPECT_EQ(cohort->GetReferenceSegmentation(1), this->Path("data/b/segmentation.mha"));
  EXPECT_EQ(cohort->GetSyntheticSegmentation(1), this->Path("results/b-segmentation.nii.gz"));
  EXPECT_EQ(cohort->GetMR(0), "");
  EXPECT_EQ(cohort->GetMR(1), this->Path("data/b/mr.nii.gz"));
  EXPECT_EQ(cohort->GetCaseError(2).find("no result: neither " + this->Path("results/c/sct") + " nor " +
                                         this->Path("results/c") + " with"),
            0u)
    << cohort->GetCaseError(2);
  EXPECT_NE(cohort->GetCaseError(3).find("are both there"), std::string::npos) << cohort->GetCaseError(3);
  EXPECT_NE(cohort->GetCaseError(4).find("are both there"), std::string::npos) << cohort->GetCaseError(4);
  EXPECT_EQ(cohort->GetResults(), this->Path("results"));
  ASSERT_GE(cohort->GetNumberOfRemarks(), 2u);
  EXPECT_EQ(cohort->GetRemark(0), this->Path("data") + ": folders without ct are passed over: f, overview");
  EXPECT_EQ(cohort->GetRemark(1), this->Path("data") + ": no mask in a, c, e, unlike the other case");

  // Another method.
  this->Write("others/a.mha");
  this->Write("others/e.mha");
  const auto others = itk::EvaluationCohort::New();
  others->CopyReferences(cohort);
  EXPECT_EQ(others->GetNumberOfRemarks(), 0u);
  others->ReadResults(this->Path("others"));
  ASSERT_EQ(others->GetNumberOfCases(), 5u);
  EXPECT_EQ(others->GetSynthetic(0), this->Path("others/a.mha"));
  EXPECT_EQ(others->GetReference(0), cohort->GetReference(0));
  EXPECT_NE(others->GetCaseError(1), "");
  EXPECT_EQ(others->GetSyntheticSegmentation(1), "");
  EXPECT_EQ(others->GetCaseError(3), cohort->GetCaseError(3));
  EXPECT_EQ(others->GetSynthetic(4), this->Path("others/e.mha"));
  EXPECT_EQ(others->GetCaseError(4), "");

  // The same as a table.
  others->ReadResults(
    this->Write("others.csv", "synthetic;case;synthetic-segmentation\nx.mha;a;x-seg.mha\ny.mha;z;\n"));
  EXPECT_EQ(others->GetSynthetic(0), this->Path("x.mha"));
  EXPECT_EQ(others->GetSyntheticSegmentation(0), this->Path("x-seg.mha"));
  EXPECT_EQ(others->GetCaseError(1), "no result: " + this->Path("others.csv") + " does not have this case");
  EXPECT_EQ(ErrorOf([&] { others->ReadResults(this->Path("missing")); }),
            this->Path("missing") + ": no such file or folder");
  EXPECT_EQ(ErrorOf([&] { others->ReadResults(this->Write("bad.csv", "case,reference\n")); }),
            this->Path("bad.csv") + ", line 1: there is no column 'synthetic'");
}

TEST_F(EvaluationCohort, ResultsMayLieAsTheCases)
{
  for (const char * const file : { "Task1/brain/1BA001/ct.nii.gz",
                                   "Task1/brain/1BA002/ct.nii.gz",
                                   "Task1/pelvis/1PA001/ct.nii.gz",
                                   "results/brain/1BA001/sct.nii.gz",
                                   "results/1BA002.mha",
                                   "results/pelvis/1PA001.mha",
                                   "results/pelvis/1PA001-segmentation.mha" })
  {
    this->Write(file);
  }
  const auto cohort = this->Read("Task1", "results");
  ASSERT_EQ(cohort->GetNumberOfCases(), 3u);
  EXPECT_EQ(cohort->GetSynthetic(0), this->Path("results/brain/1BA001/sct.nii.gz"));
  EXPECT_EQ(cohort->GetSynthetic(1), this->Path("results/1BA002.mha"));
  EXPECT_EQ(cohort->GetSynthetic(2), this->Path("results/pelvis/1PA001.mha"));
  EXPECT_EQ(cohort->GetSyntheticSegmentation(2), this->Path("results/pelvis/1PA001-segmentation.mha"));
}

TEST_F(EvaluationCohort, TableHasItsColumns)
{
  const auto        cohort = itk::EvaluationCohort::New();
  const std::string table = this->Write(
    "segmented.csv", "case,reference,synthetic,reference-segmentation,synthetic-segmentation,mr\na,r,s,rs,ss,m");
  cohort->ReadTable(table);
  EXPECT_EQ(cohort->GetReferenceSegmentation(0), this->Path("rs"));
  EXPECT_EQ(cohort->GetSyntheticSegmentation(0), this->Path("ss"));
  EXPECT_EQ(cohort->GetMR(0), this->Path("m"));
  EXPECT_EQ(cohort->GetResults(), table);
  EXPECT_EQ(ErrorOf([&] { cohort->ReadTable(this->Write("t.csv", "case,reference\na,b\n")); }),
            this->Path("t.csv") + ", line 1: there is no column 'synthetic'");
  EXPECT_NE(ErrorOf([&] {
              cohort->ReadTable(this->Write("t.csv", "case,reference,synthetic,maks\n"));
            }).find("is none of case, reference, synthetic, mask, reference-segmentation, synthetic-segmentation, mr;"),
            std::string::npos);
  std::ostringstream text;
  cohort->Print(text);
  EXPECT_NE(text.str().find("Results:"), std::string::npos);
}
