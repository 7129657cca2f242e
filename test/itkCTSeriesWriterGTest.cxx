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
#include "itkCTSeriesWriter.h"

#include "itkDICOMSeriesReader.h"
#include "itkDICOMTestUtilities.h"
#include "itkGDCMImageIO.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkMetaDataObject.h"

#include <limits>

namespace
{
using namespace dicomtest;
using WriterType = itk::CTSeriesWriter;

class CTSeriesWriter : public DICOMTest
{
protected:
  void
  SetUp() override
  {
    DICOMTest::SetUp();
    const double c = std::cos(0.3);
    m_Volume.Orientation = { { 1, 0, 0, 0, c, std::sin(0.3) } };
    this->Save("mr", m_Volume.GetSeries());
    m_Reader = itk::DICOMSeriesReader::New();
    m_Reader->SetPath(this->Path("mr"));
    m_Reader->Update();

    m_Image = WriterType::ImageType::New();
    m_Image->CopyInformation(m_Reader->GetOutput());
    m_Image->SetRegions(m_Reader->GetOutput()->GetLargestPossibleRegion());
    m_Image->Allocate();
    itk::ImageRegionIteratorWithIndex<WriterType::ImageType> it(m_Image, m_Image->GetBufferedRegion());
    for (; !it.IsAtEnd(); ++it)
    {
      it.Set(static_cast<short>(m_Reader->GetOutput()->GetPixel(it.GetIndex())));
    }
  }

  void
  Write(const std::string & folder)
  {
    auto writer = WriterType::New();
    writer->SetInput(m_Image);
    writer->SetDirectory(folder);
    writer->SetSourceFileName(m_Reader->GetSliceFileName(0));
    writer->Update();
  }

  static std::string
  Tag(const std::string & fileName, const std::string & tag)
  {
    auto io = itk::GDCMImageIO::New();
    io->SetFileName(fileName);
    io->ReadImageInformation();
    std::string value;
    itk::ExposeMetaData<std::string>(io->GetMetaDataDictionary(), tag, value);
    // DICOM pads to even lengths.
    while (!value.empty() && (value.back() == ' ' || value.back() == '\0'))
    {
      value.pop_back();
    }
    return value;
  }

  Volume                          m_Volume;
  itk::DICOMSeriesReader::Pointer m_Reader;
  WriterType::ImageType::Pointer  m_Image;
};
} // namespace

TEST_F(CTSeriesWriter, SyntheticCTComesBackInHounsfieldUnitsWhereItWas)
{
  m_Image->SetPixel({ { 1, 2, 3 } }, -1024);
  m_Image->SetPixel({ { 2, 2, 3 } }, 3071);
  this->Write(this->Path("ct"));
  auto reader = itk::DICOMSeriesReader::New();
  reader->SetPath(this->Path("ct"));
  reader->Update();
  EXPECT_EQ(reader->GetNumberOfRemarks(), 0U);
  m_Volume.Expect(reader->GetOutput(), [this](unsigned int i, unsigned int j, unsigned int k) {
    return m_Image->GetPixel({ { i, j, k } });
  });

  const std::string source = m_Reader->GetSliceFileName(0);
  const std::string ct = this->Path("ct/CT0001.dcm");
  for (const char * const kept : { "0010|0010", "0010|0020", "0020|000d", "0020|0052", "0008|0020" })
  {
    EXPECT_EQ(Tag(ct, kept), Tag(source, kept)) << kept;
    EXPECT_NE(Tag(ct, kept), "") << kept;
  }
  EXPECT_NE(Tag(ct, "0020|000e"), Tag(source, "0020|000e"));
  EXPECT_NE(Tag(ct, "0020|000e"), "");
  EXPECT_EQ(Tag(ct, "0008|0060"), "CT");
  EXPECT_EQ(Tag(ct, "0008|0016"), "1.2.840.10008.5.1.4.1.1.2");
  EXPECT_EQ(Tag(ct, "0008|0008").substr(0, 17), "DERIVED\\SECONDARY");
  EXPECT_EQ(Tag(ct, "0028|1052"), "-1024");
  EXPECT_EQ(Tag(ct, "0028|1054"), "HU");
}

TEST_F(CTSeriesWriter, ASlashAtTheEndDoesNotMatter)
{
  this->Write(this->Path("ct") + '/');
  EXPECT_EQ(std::distance(fs::directory_iterator(this->Path("ct")), fs::directory_iterator()), 5);
  // Nothing but the two series is left in their folder.
  EXPECT_EQ(std::distance(fs::directory_iterator(m_Folder), fs::directory_iterator()), 2);
}

TEST_F(CTSeriesWriter, NeverReplacesAnything)
{
  fs::create_directories(this->Path("taken"));
  EXPECT_NE(ErrorOf([&] { this->Write(this->Path("taken")); }).find("exists already"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(this->Path("taken")));
  EXPECT_THROW(this->Write(this->Path("missing/ct")), itk::ExceptionObject);
  EXPECT_FALSE(fs::exists(this->Path("missing")));
}

TEST_F(CTSeriesWriter, AnAbortedSeriesLeavesNothing)
{
  auto writer = WriterType::New();
  writer->SetInput(m_Image);
  writer->SetDirectory(this->Path("ct"));
  writer->SetSourceFileName(m_Reader->GetSliceFileName(0));
  writer->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    if (writer->GetProgress() > 0.5F)
    {
      writer->AbortGenerateDataOn();
    }
  });
  EXPECT_THROW(writer->Update(), itk::ProcessAborted);
  EXPECT_EQ(std::distance(fs::directory_iterator(m_Folder), fs::directory_iterator()), 1);
}

TEST_F(CTSeriesWriter, RefusesBadSettingsAndPrintsItself)
{
  auto writer = WriterType::New();
  EXPECT_THROW(writer->Update(), itk::ExceptionObject);
  writer->SetInput(m_Image);
  EXPECT_EQ(writer->GetInput(), m_Image.GetPointer());
  EXPECT_THROW(writer->Update(), itk::ExceptionObject);
  writer->SetDirectory(this->Path("ct"));
  EXPECT_THROW(writer->Update(), itk::ExceptionObject);
  WriteBytes(this->Path("text"), "text");
  writer->SetSourceFileName(this->Path("text"));
  EXPECT_EQ(ErrorOf([&] { writer->Update(); }).rfind(this->Path("text"), 0), 0U);
  EXPECT_FALSE(fs::exists(this->Path("ct")));

  std::ostringstream text;
  writer->Print(text);
  EXPECT_NE(text.str().find("Directory: " + this->Path("ct")), std::string::npos);
  EXPECT_NE(text.str().find("SourceFileName: " + this->Path("text")), std::string::npos);
}
