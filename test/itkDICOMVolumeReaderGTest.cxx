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
#include "itkDICOMVolumeReader.h"

#include "itkDICOMSeriesReader.h"
#include "itkDICOMTestUtilities.h"
#include "itkImageFileWriter.h"
#include "itkMetaDataObject.h"

namespace
{
using namespace dicomtest;
using ReaderType = itk::DICOMVolumeReader;

class DICOMVolumeReader : public DICOMTest
{
protected:
  /** Two series of one volume each in a folder. */
  std::string
  SaveTwo()
  {
    const std::string path = this->Save("two", m_Volume.GetSeries());
    auto              others = m_Volume.GetSeries();
    for (size_t i = 0; i < others.size(); ++i)
    {
      others[i].Text(0x0008103e, "LO", "T2 head").Number(0x7fe00010, "OW", std::vector<std::uint32_t>(42, 3 + i));
      WriteDICOM(path + "/other" + std::to_string(i), others[i]);
    }
    return path;
  }

  Volume m_Volume;
};
} // namespace

TEST_F(DICOMVolumeReader, ReadsFoldersSingleFilesAndOtherFormats)
{
  auto              reader = ReaderType::New();
  const std::string folder = this->Save("mr", m_Volume.GetSeries());
  const auto        image = reader->Read(folder);
  m_Volume.Expect(image.GetPointer());
  std::string source;
  itk::ExposeMetaData<std::string>(image->GetMetaDataDictionary(), itk::DICOMSeriesReader::SourceFileNameKey, source);
  EXPECT_EQ(source, folder + '/' + NameOf(0));
  m_Volume.Expect(reader->Read(folder + '/').GetPointer());

  WriteDICOM(this->Path("enhanced"), m_Volume.GetEnhanced({ 4, 1, 0, 2, 3 }));
  m_Volume.Expect(reader->Read(this->Path("enhanced")).GetPointer());
  EXPECT_TRUE(ReaderType::IsDICOM(this->Path("enhanced")));
  EXPECT_TRUE(ReaderType::IsDICOM(folder));

  auto writer = itk::ImageFileWriter<ReaderType::ImageType>::New();
  writer->SetInput(image);
  writer->SetFileName(this->Path("mr.mha"));
  writer->Update();
  m_Volume.Expect(reader->Read(this->Path("mr.mha")).GetPointer());
  EXPECT_FALSE(ReaderType::IsDICOM(this->Path("mr.mha")));
  EXPECT_EQ(reader->GetNumberOfRemarks(), 0U);
}

TEST_F(DICOMVolumeReader, PassesRemarksOn)
{
  auto slices = m_Volume.GetSeries();
  slices.push_back(slices[1]);
  auto reader = ReaderType::New();
  reader->Read(this->Save("copy", slices));
  ASSERT_EQ(reader->GetNumberOfRemarks(), 1U);
  EXPECT_NE(reader->GetRemark(0).find("counts once"), std::string::npos);
  EXPECT_THROW(reader->Read(this->Path("nothing")), itk::ExceptionObject);
}

TEST_F(DICOMVolumeReader, ChoosesAmongSeries)
{
  const std::string two = this->SaveTwo();
  const std::string one = this->Save("one", m_Volume.GetSeries());
  auto              reader = ReaderType::New();
  EXPECT_THROW(reader->Read(two), itk::ExceptionObject);

  reader->AddSeries("T2 head");
  EXPECT_EQ(reader->Read(two)->GetPixel({ { 0, 0, 0 } }), 3.0F);
  // The only series is read, and it is said that it is another one.
  m_Volume.Expect(reader->Read(one).GetPointer());
  ASSERT_EQ(reader->GetNumberOfRemarks(), 1U);
  EXPECT_NE(reader->GetRemark(0).find("none of those asked for"), std::string::npos);
  EXPECT_EQ(reader->GetRemarksOn(one).size(), 1U);
  reader->ClearRemarks();

  // One for each of two folders.
  reader->AddSeries("T9");
  EXPECT_EQ(reader->Read(two)->GetPixel({ { 0, 0, 0 } }), 3.0F);
  EXPECT_EQ(reader->GetNumberOfSeries(), 2U);
  EXPECT_EQ(reader->GetSeries(1), "T9");
  EXPECT_THROW(reader->GetSeries(2), itk::ExceptionObject);
  reader->AddSeries("T1 head");
  EXPECT_NE(ErrorOf([&] { reader->Read(two); }).find("several of the DICOM series"), std::string::npos);
  reader->ClearSeries();
  reader->AddSeries("T9");
  EXPECT_NE(ErrorOf([&] { reader->Read(two); }).find("no DICOM series 'T9'"), std::string::npos);

  std::ostringstream text;
  reader->Print(text);
  for (const char * const member : { "Series:", "T9", "Remarks:" })
  {
    EXPECT_NE(text.str().find(member), std::string::npos) << member;
  }
}
