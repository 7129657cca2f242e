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
#include "itkDICOMSeriesCatalog.h"

#include "itkDICOMTestUtilities.h"

namespace
{
using namespace dicomtest;
using CatalogType = itk::DICOMSeriesCatalog;

class DICOMSeriesCatalog : public DICOMTest
{
protected:
  /** A planning export: MR, CT with a name in kanji, a dose, structures, a colour picture and files that are not DICOM.
   */
  std::string
  SaveExport()
  {
    Volume     volume;
    auto       mr = volume.GetSeries();
    const auto path = this->Save("export", mr);
    Volume     larger;
    larger.Slices = 3;
    auto ct = larger.GetSeries();
    for (size_t i = 0; i < ct.size(); ++i)
    {
      ct[i].Text(0x00080005, "CS", "\\ISO 2022 IR 87").Text(0x00080060, "CS", "CT");
      ct[i].Text(0x0008103e, "LO", "\x1b$B;3ED\x1b(B axial");
      WriteDICOM(path + "/CT" + std::to_string(i) + ".dcm", ct[i]);
    }
    m_UIDs = { mr[0].Elements[0x0020000e].Text, ct[0].Elements[0x0020000e].Text };

    DataSet dose = volume.GetEnhanced({ 0, 1, 2 });
    dose.Text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.481.2").Text(0x00080060, "CS", "RTDOSE");
    dose.Text(0x0020000e, "UI", NewUID());
    WriteDICOM(path + "/dose", dose);
    DataSet structures = mr[0];
    structures.Remove(0x7fe00010).Remove(0x00280010).Remove(0x00280011);
    structures.Text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.481.3").Text(0x00080060, "CS", "RTSTRUCT");
    WriteDICOM(path + "/structures", structures);
    DataSet colour = mr[0];
    colour.Number(0x00280002, "US", { 3 }).Text(0x00280004, "CS", "RGB").Text(0x0020000e, "UI", NewUID());
    WriteDICOM(path + "/colour", colour);
    DataSet directory = structures;
    directory.Text(0x00080016, "UI", "1.2.840.10008.1.3.10");
    WriteDICOM(path + "/DICOMDIR", directory);
    WriteBytes(path + "/README", "Some text.");
    WriteBytes(path + "/.thumbnail", std::string(300, '\0'));
    fs::create_directories(path + "/more");
    WriteDICOM(path + "/more/MR", Volume().GetSeries()[0]);
    return path;
  }

  std::array<std::string, 2> m_UIDs;
};
} // namespace

TEST_F(DICOMSeriesCatalog, ListsSeriesOfImagesAndNothingElse)
{
  auto catalog = CatalogType::New();
  catalog->Scan(this->SaveExport());
  ASSERT_EQ(catalog->GetNumberOfSeries(), 2U);
  EXPECT_EQ(catalog->GetPath(), this->Path("export"));
  EXPECT_EQ(catalog->GetNumberOfProblems(), 0U);
  EXPECT_EQ(catalog->GetNumberOfRemarks(), 0U);
  // CT0.dcm comes before IM103.
  EXPECT_EQ(catalog->GetSeriesUID(0), m_UIDs[1]);
  EXPECT_EQ(catalog->GetModality(0), "CT");
  EXPECT_EQ(catalog->GetDescription(0), "\x1b$B;3ED\x1b(B axial");
  EXPECT_EQ(catalog->GetNumberOfImages(0), 3U);
  EXPECT_EQ(catalog->GetNumberOfFiles(0), 3U);
  EXPECT_EQ(catalog->GetFileName(0, 1), this->Path("export/CT1.dcm"));
  EXPECT_EQ(catalog->GetSummary(1), "MR 'T1 head' (5 images, " + m_UIDs[0] + ")");

  EXPECT_THROW(catalog->GetSeriesUID(2), itk::ExceptionObject);
  EXPECT_THROW(catalog->GetFileName(0, 3), itk::ExceptionObject);
  EXPECT_THROW(catalog->GetProblem(0), itk::ExceptionObject);
  EXPECT_THROW(catalog->GetRemark(0), itk::ExceptionObject);
}

TEST_F(DICOMSeriesCatalog, FindsSeriesByUIDAndDescription)
{
  auto catalog = CatalogType::New();
  catalog->Scan(this->SaveExport());
  EXPECT_EQ(catalog->FindSeries(m_UIDs[0]), 1U);
  EXPECT_EQ(catalog->FindSeries("T1 head"), 1U);
  EXPECT_EQ(catalog->FindSeries("t1 HEAD"), 1U);
  EXPECT_EQ(catalog->FindSeries("T1 head:2"), 1U);
  EXPECT_EQ(catalog->FindVolume("T1 head:2"), 2U);
  EXPECT_EQ(catalog->FindVolume("T1 head"), 0U);
  EXPECT_EQ(catalog->FindSeries(m_UIDs[1].substr(0, m_UIDs[1].size())), 0U);
  EXPECT_TRUE(catalog->HasSeries("T1 head:1"));
  EXPECT_FALSE(catalog->HasSeries("T1 head:0"));
  EXPECT_FALSE(catalog->HasSeries("T2"));
  EXPECT_FALSE(catalog->HasSeries(""));

  const auto        error = [&](const std::string & text) { return ErrorOf([&] { catalog->FindSeries(text); }); };
  const std::string list = catalog->GetSummary(0) + "; " + catalog->GetSummary(1);
  EXPECT_EQ(error(""),
            this->Path("export") +
              ": 2 DICOM series, of which one has to be chosen by its UID or description: " + list);
  EXPECT_EQ(error("T2"), this->Path("export") + ": no DICOM series 'T2'; there are " + list);
  // Both begin so.
  EXPECT_EQ(error("1.2.826"), this->Path("export") + ": several DICOM series '1.2.826'; there are " + list);
}

TEST_F(DICOMSeriesCatalog, SaysWhatIsThereInsteadOfImages)
{
  auto catalog = CatalogType::New();
  this->SaveExport();
  catalog->Scan(this->Path("export/dose"));
  EXPECT_EQ(ErrorOf([&] { catalog->FindSeries(""); }),
            this->Path("export/dose") + ": no DICOM series of images, but 1 RTDOSE");
  catalog->Scan(this->Path("export/colour"));
  EXPECT_EQ(ErrorOf([&] { catalog->FindSeries(""); }),
            this->Path("export/colour") + ": no DICOM series of images, but 1 colour image");
  catalog->Scan(this->Path("export/README"));
  EXPECT_EQ(ErrorOf([&] { catalog->FindSeries(""); }), this->Path("export/README") + ": no DICOM series of images");
  EXPECT_THROW(catalog->Scan(this->Path("nothing")), itk::ExceptionObject);
}

TEST_F(DICOMSeriesCatalog, NamesDamagedFiles)
{
  const std::string path = this->Save("damaged", Volume().GetSeries());
  const std::string whole = ReadBytes(path + '/' + NameOf(0));
  WriteBytes(path + "/cut", whole.substr(0, 350));
  WriteBytes(path + "/empty.dcm", "");
  WriteBytes(path + "/text.DCM", "text");
  auto catalog = CatalogType::New();
  catalog->Scan(path);
  EXPECT_EQ(catalog->GetNumberOfSeries(), 1U);
  ASSERT_EQ(catalog->GetNumberOfProblems(), 1U);
  EXPECT_EQ(catalog->GetProblem(0).rfind(path + "/cut: is truncated", 0), 0U) << catalog->GetProblem(0);
  ASSERT_EQ(catalog->GetNumberOfRemarks(), 2U);
  EXPECT_EQ(catalog->GetRemark(0), path + "/empty.dcm: is empty; it was left out");
  EXPECT_EQ(catalog->GetRemark(1), path + "/text.DCM: is named as a DICOM file, but is none; it was left out");

  std::ostringstream text;
  catalog->Print(text);
  for (const char * const member : { "Path: ", "Series:", "MR 'T1 head'", "Others: ", "Problems:", "Remarks:" })
  {
    EXPECT_NE(text.str().find(member), std::string::npos) << member;
  }
}

TEST_F(DICOMSeriesCatalog, KnowsDICOMByItsContent)
{
  const std::string path = this->Save("mr", Volume().GetSeries());
  EXPECT_TRUE(CatalogType::IsDICOM(path + '/' + NameOf(0)));
  // Without the preamble, as old files are.
  const std::string whole = ReadBytes(path + '/' + NameOf(0));
  WriteBytes(this->Path("old"), whole.substr(132));
  EXPECT_TRUE(CatalogType::IsDICOM(this->Path("old")));
  WriteBytes(this->Path("text.dcm"), "text");
  EXPECT_FALSE(CatalogType::IsDICOM(this->Path("text.dcm")));
  EXPECT_FALSE(CatalogType::IsDICOM(this->Path("nothing")));
  // Begins like a data set, but goes on otherwise.
  WriteBytes(this->Path("other"), std::string("\x08\0\x16\0UI\x20\0", 8) + "x");
  EXPECT_FALSE(CatalogType::IsDICOM(this->Path("other")));
}
