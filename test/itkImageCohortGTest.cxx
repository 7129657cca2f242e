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
#include "itkImageCohort.h"

#include "itkCohortTestUtilities.h"

#include <sstream>

namespace
{
using itk::TestUtilities::ErrorOf;

class ImageCohort : public itk::TestUtilities::FolderTest
{
protected:
  /** What a training looks for. */
  static itk::ImageCohort::Pointer
  Cohort()
  {
    auto cohort = itk::ImageCohort::New();
    cohort->AddFile("mr", "mr", true);
    cohort->AddFile("ct", "ct", true);
    cohort->AddFile("mask", "mask", false);
    return cohort;
  }

  /** The files of a case. */
  void
  WriteCase(const std::string & folder, const std::string & ending = ".nii.gz") const
  {
    for (const char * const name : { "/mr", "/ct", "/mask" })
    {
      this->Write(folder + name + ending);
    }
  }

  itk::ImageCohort::Pointer
  Read(const std::string & folder) const
  {
    auto cohort = Cohort();
    cohort->Read(this->Path(folder));
    return cohort;
  }

  static std::string
  NamesOf(const itk::ImageCohort * cohort)
  {
    std::string names;
    for (itk::SizeValueType i = 0; i < cohort->GetNumberOfCases(); ++i)
    {
      names += (i == 0 ? "" : " ") + cohort->GetCaseName(i);
    }
    return names;
  }
};

} // namespace

TEST_F(ImageCohort, FolderIsSearched)
{
  this->WriteCase("brain/1BA005", ".nii.gz");
  this->WriteCase("brain/1BA001", ".MHA");
  this->WriteCase("brain/1BB002", ".Nii.Gz");
  this->Write("brain/overview/1_brain_train.xlsx");
  this->Write("brain/overview/1BA001_train.png");
  this->Write("brain/__MACOSX/ct.mha");
  this->Write("brain/.cache/ct.mha");
  this->Write("brain/readme.txt");
  this->Write("brain/ct-list/ct.txt");
  const auto cohort = this->Read("brain");
  EXPECT_EQ(NamesOf(cohort), "1BA001 1BA005 1BB002");
  EXPECT_EQ(cohort->GetFileName(0, "mr"), this->Path("brain/1BA001/mr.MHA"));
  EXPECT_EQ(cohort->GetFileName(1, "ct"), this->Path("brain/1BA005/ct.nii.gz"));
  EXPECT_EQ(cohort->GetFileName(2, "mask"), this->Path("brain/1BB002/mask.Nii.Gz"));
  EXPECT_EQ(cohort->GetCaseError(0), "");
  EXPECT_EQ(cohort->GetSource(), this->Path("brain"));
  ASSERT_EQ(cohort->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(cohort->GetRemark(0),
            this->Path("brain") + ": folders without mr and ct are passed over: .cache, __MACOSX, ct-list, overview");
}

TEST_F(ImageCohort, LayoutsOfSynthRADAreKnown)
{
  for (const char * const folder : { "Task1/brain/1BA001", "Task1/brain/1BA005", "Task1/pelvis/1PA001" })
  {
    this->WriteCase(folder);
  }
  this->Write("Task1/brain/overview/1BA001_train.png");
  this->Write("Task1/documents/licence/licence.txt");
  // The parent of both anatomies, the parent of that, and one anatomy.
  auto cohort = this->Read("Task1");
  EXPECT_EQ(NamesOf(cohort), "1BA001 1BA005 1PA001");
  EXPECT_EQ(cohort->GetFileName(2, "ct"), this->Path("Task1/pelvis/1PA001/ct.nii.gz"));
  ASSERT_EQ(cohort->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(cohort->GetRemark(0),
            this->Path("Task1") + ": folders without mr and ct are passed over: brain/overview, documents");
  cohort = this->Read("");
  EXPECT_EQ(NamesOf(cohort), "1BA001 1BA005 1PA001");
  EXPECT_EQ(NamesOf(this->Read("Task1/brain")), "1BA001 1BA005");

  // SynthRAD2025, with its two tasks.
  this->WriteCase("2025/task1/AB/1ABA001", ".mha");
  this->WriteCase("2025/task2/HN/2HNA001", ".mha");
  EXPECT_EQ(NamesOf(this->Read("2025")), "1ABA001 2HNA001");

  // Cases next to each other are all that there is, whatever lies deeper.
  this->WriteCase("flat/a");
  this->WriteCase("flat/old/b");
  cohort = this->Read("flat");
  EXPECT_EQ(NamesOf(cohort), "a");
  EXPECT_EQ(cohort->GetRemark(0), this->Path("flat") + ": folders without mr and ct are passed over: old");
}

TEST_F(ImageCohort, BadFoldersAreRefused)
{
  EXPECT_EQ(ErrorOf([&] { this->Read("missing"); }), this->Path("missing") + ": no such file or folder");
  EXPECT_EQ(ErrorOf([&] { Cohort()->ReadFolder(this->Path("missing")); }), this->Path("missing") + ": no such folder");
  this->Write("empty/a/readme.txt");
  EXPECT_EQ(ErrorOf([&] { this->Read("empty"); }),
            this->Path("empty") + ": has no case: no folder with mr and ct (.nii.gz, .nii, .mha, .mhd or .nrrd)");
  this->WriteCase("one");
  EXPECT_EQ(ErrorOf([&] { this->Read("one"); }),
            this->Path("one") + ": is the folder of one case, should be the folder that holds those of all");
  this->WriteCase("twice/AB/1ABA001");
  this->WriteCase("twice/HN/1ABA001");
  EXPECT_EQ(ErrorOf([&] { this->Read("twice"); }),
            this->Path("twice") + ": two cases have the name '1ABA001': AB/1ABA001 and HN/1ABA001");
}

TEST_F(ImageCohort, CasesMayHaveErrors)
{
  this->WriteCase("data/a");
  this->Write("data/a/ct.mha");
  this->Write("data/b/mr.mha");
  this->WriteCase("data/c");
  this->Write("data/d/mask.mha");
  const auto cohort = this->Read("data");
  EXPECT_EQ(NamesOf(cohort), "a b c");
  EXPECT_EQ(cohort->GetCaseError(0),
            this->Path("data/a/ct.mha") + " and " + this->Path("data/a/ct.nii.gz") + " are both there, should be one");
  EXPECT_EQ(cohort->GetFileName(0, "mr"), "");
  EXPECT_EQ(cohort->GetCaseError(1), this->Path("data/b") + ": has no image 'ct' (.nii.gz, .nii, .mha, .mhd or .nrrd)");
  EXPECT_EQ(cohort->GetCaseError(2), "");
  EXPECT_EQ(cohort->GetRemark(0), this->Path("data") + ": folders without mr and ct are passed over: d");
}

TEST_F(ImageCohort, OneMissingMaskIsSaid)
{
  for (const char * const name : { "data/a", "data/b", "data/c" })
  {
    this->WriteCase(name);
  }
  EXPECT_EQ(this->Read("data")->GetNumberOfRemarks(), 0u);
  std::filesystem::remove(this->Path("data/b/mask.nii.gz"));
  auto cohort = this->Read("data");
  ASSERT_EQ(cohort->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(cohort->GetRemark(0), this->Path("data") + ": no mask in b, unlike the other 2 cases");
  EXPECT_EQ(cohort->GetCaseError(1), "");
  std::filesystem::remove(this->Path("data/a/mask.nii.gz"));
  EXPECT_EQ(this->Read("data")->GetRemark(0), this->Path("data") + ": no mask in a, b, unlike the other case");
  std::filesystem::remove(this->Path("data/c/mask.nii.gz"));
  EXPECT_EQ(this->Read("data")->GetNumberOfRemarks(), 0u);

  const std::string table = this->Write("table.csv", "case,mr,ct,mask\na,m,c,k\nb,m,c,\n");
  cohort = Cohort();
  cohort->Read(table);
  ASSERT_EQ(cohort->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(cohort->GetRemark(0), table + ": no mask in b, unlike the other case");
}

TEST_F(ImageCohort, TableIsRead)
{
  const auto cohort = Cohort();
  cohort->Read(this->Write("table.csv",
                           "\xEF\xBB\xBF"
                           "mask, case,x-site,ct,mr\r\n"
                           "\r\n"
                           "m.mha,one,A,s.mha,r.mha\r\n"
                           ",\"two, \"\"2\"\"\",, /absolute/s.mha , \"sub/r, 1.mha\" \r\n"));
  EXPECT_EQ(NamesOf(cohort), "one two, \"2\"");
  EXPECT_EQ(cohort->GetFileName(0, "mr"), this->Path("r.mha"));
  EXPECT_EQ(cohort->GetFileName(0, "ct"), this->Path("s.mha"));
  EXPECT_EQ(cohort->GetFileName(0, "mask"), this->Path("m.mha"));
  EXPECT_EQ(cohort->GetFileName(1, "mr"), this->Path("sub/r, 1.mha"));
  EXPECT_EQ(cohort->GetFileName(1, "ct"), "/absolute/s.mha");
  EXPECT_EQ(cohort->GetFileName(1, "mask"), "");
}

// What spreadsheets save: other separators, carriage returns alone, empty lines and columns at the end, fields of
// several lines, a line that names the separator.
TEST_F(ImageCohort, TablesOfSpreadsheetsAreRead)
{
  for (const char * const text :
       { "case,mr,ct,mask\na,m,c,k\nb,n,d,\n",
         "case;mr;ct;mask\r\na;m;c;k\r\nb;n;d;\r\n",
         "\xEF\xBB\xBF"
         "case;mr;ct;mask\na;m;c;k\nb;n;d\n",
         "case\tmr\tct\tmask\na\tm\tc\tk\nb\tn\td\t\n",
         "case,mr,ct,mask\ra,m,c,k\rb,n,d,\r",
         "case,mr,ct,mask,,\na,m,c,k,,\nb,n,d,,,\n,,,,,\n\n",
         "sep=;\r\ncase;mr;ct;mask\r\na;m;c;k\r\nb;n;d;\r\n;;;\r\n",
         "sep=,\ncase,mr,ct,mask\na,m,c,k\nb,n,d,",
         "case,mr,ct,mask,x-note\na,m,c,k,\"two\nlines; \"\"one\"\" note\"\nb,n,d,,\n",
         "\"case\";\"mr\";\"ct\";\"mask\"\n\"a\";\"m\";\"c\";\"k\"\n\"b\";\"n\";\"d\";\"\"\n" })
  {
    const auto cohort = Cohort();
    cohort->ReadTable(this->Write("table.csv", text));
    EXPECT_EQ(NamesOf(cohort), "a b") << text;
    EXPECT_EQ(cohort->GetFileName(0, "mask"), this->Path("k")) << text;
    EXPECT_EQ(cohort->GetFileName(1, "mr"), this->Path("n")) << text;
    EXPECT_EQ(cohort->GetFileName(1, "ct"), this->Path("d")) << text;
    EXPECT_EQ(cohort->GetFileName(1, "mask"), "") << text;
  }
  // A comma in a path of a table with semicolons.
  const auto cohort = Cohort();
  cohort->ReadTable(this->Write("table.csv", "case;mr;ct\na;m, 1.mha;c\n"));
  EXPECT_EQ(cohort->GetFileName(0, "mr"), this->Path("m, 1.mha"));
}

TEST_F(ImageCohort, BadTablesAreRefused)
{
  const struct
  {
    std::string  Text;
    const char * Message;
  } tables[] = {
    { "", "has no line of column names" },
    { "\n;;\n", "has no line of column names" },
    { "case,mr,ct\n", "has no case" },
    { "case;mr;ct\n;;\n", "has no case" },
    { "case,mr\na,b\n", "line 1: there is no column 'ct'" },
    { "mr,ct\na,b\n", "line 1: there is no column 'case'" },
    { "case:mr:ct\n", "line 1: the column 'case:mr:ct' is none of case, mr, ct, mask; columns of your own begin" },
    { "case,mr,ct,maks\n", "line 1: the column 'maks' is none of" },
    { "case,mr,,ct\na,b,,c\n", "line 1: the column '' is none of" },
    { "case,mr,ct,mask,mask\n", "line 1: there are two columns 'mask'" },
    { "case,mr,ct\na,b\n", "line 2: has 2 fields, and the first line has 3" },
    { "case,mr,ct\r\r\na,b,c,d\r", "line 3: has 4 fields, and the first line has 3" },
    { "case,mr,ct\n,b,c\n", "line 2: the case has no name" },
    { "case,mr,ct\na/b,b,c\n", "line 2: the case 'a/b' should have a name without /" },
    { "case,mr,ct\n..,b,c\n", "line 2: the case '..' should have a name" },
    { "case,mr,ct\na,,c\n", "line 2: the case 'a' has no mr" },
    { "case,mr,ct\na,b,\n", "line 2: the case 'a' has no ct" },
    { "case,mr,ct\na,b,c\na,d,e\n", "line 3: the case 'a' is listed twice" },
    { "case,mr,ct,x-note\na,b,c,\"1\n2\"\na,d,e,\n", "line 4: the case 'a' is listed twice" },
    { "case,mr,ct\n\"a,b,c\nd,e,f\n", "line 2: a quote is not closed" },
    { "case,mr,ct\n\"a\"b,b,c\n", "line 2: text after a closing quote" },
    { std::string("case,mr,ct\na,\0", 14), "line 2: is no text" },
    { "PK\x03\x04 and so on", "is the workbook of a spreadsheet, should be text; save it as CSV" },
    { std::string("\xFF\xFE"
                  "c\0a\0",
                  6),
      "is text in UTF-16, should be in UTF-8; save it as CSV in UTF-8" },
  };
  for (const auto & table : tables)
  {
    const std::string path = this->Write("table.csv", table.Text);
    const std::string message = ErrorOf([&] { Cohort()->ReadTable(path); });
    EXPECT_EQ(message.rfind(path, 0), 0u) << message;
    EXPECT_NE(message.find(table.Message), std::string::npos) << message << " instead of " << table.Message;
  }
  EXPECT_NE(ErrorOf([&] { Cohort()->ReadTable(this->Path("missing.csv")); }).find("missing.csv: no such file"),
            std::string::npos);
  EXPECT_NE(ErrorOf([&] { Cohort()->ReadTable(this->Path("")); }).find("is a folder"), std::string::npos);
}

TEST_F(ImageCohort, BadUseIsRefused)
{
  const auto cohort = Cohort();
  EXPECT_EQ(ErrorOf([&] { cohort->AddFile("ct", "other", false); }), "the column 'ct' is looked for already");
  for (const char * const name : { "", "case", "x-ct" })
  {
    EXPECT_EQ(ErrorOf([&] { cohort->AddFile(name, "ct", false); }),
              std::string("'") + name + "' cannot be a column of files");
  }
  EXPECT_EQ(ErrorOf([&] { cohort->GetCaseName(0); }), "there is no case 0, only 0");
  EXPECT_EQ(ErrorOf([&] { cohort->GetRemark(0); }), "there is no remark 0, only 0");
  this->WriteCase("data/a");
  cohort->Read(this->Path("data"));
  EXPECT_EQ(ErrorOf([&] { cohort->GetFileName(0, "pet"); }), "no files of a column 'pet' are looked for");
  std::ostringstream text;
  cohort->Print(text);
  EXPECT_NE(text.str().find("FileKinds: mr (mr, required) ct (ct, required) mask (mask)"), std::string::npos)
    << text.str();
  EXPECT_NE(text.str().find("a: '" + this->Path("data/a/mr.nii.gz") + '\''), std::string::npos) << text.str();
}
