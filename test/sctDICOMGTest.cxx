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
// The programs' reading and writing of DICOM: what goes out comes in again where it was, with its patient and study.

#include "sctFiles.h"
#include "sctDICOM.h"

#include "itkGDCMImageIO.h"
#include "itkImageFileWriter.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkMetaDataObject.h"
#include "itkRegionOfInterestImageFilter.h"

#include "gtest/gtest.h"

#include <cmath>
#include <filesystem>

#include <unistd.h>

namespace
{
namespace fs = std::filesystem;
using ImageType = itk::Image<short, 3>;

/** A folder that goes with the test. */
class DICOM : public ::testing::Test
{
protected:
  void
  SetUp() override
  {
    m_Folder = fs::temp_directory_path() / ("sctDICOMGTest-" + std::to_string(getpid()));
    fs::remove_all(m_Folder);
    fs::create_directories(m_Folder / "mr");
    this->WriteSeries(m_Folder / "mr");
  }

  void
  TearDown() override
  {
    fs::remove_all(m_Folder);
  }

  std::string
  Path(const std::string & name) const
  {
    return (m_Folder / name).string();
  }

  /** An oblique MR series of five slices. */
  void
  WriteSeries(const fs::path & folder)
  {
    m_Image = ImageType::New();
    m_Image->SetRegions(ImageType::SizeType{ { 12, 10, 5 } });
    ImageType::SpacingType spacing;
    spacing[0] = 0.75;
    spacing[1] = 1.25;
    spacing[2] = 2.5;
    m_Image->SetSpacing(spacing);
    ImageType::PointType origin;
    origin[0] = -31.5;
    origin[1] = 17.25;
    origin[2] = 103.0;
    m_Image->SetOrigin(origin);
    ImageType::DirectionType direction;
    direction.SetIdentity();
    direction[1][1] = direction[2][2] = std::cos(0.3);
    direction[2][1] = std::sin(0.3);
    direction[1][2] = -std::sin(0.3);
    m_Image->SetDirection(direction);
    m_Image->Allocate();
    itk::ImageRegionIteratorWithIndex<ImageType> it(m_Image, m_Image->GetBufferedRegion());
    for (; !it.IsAtEnd(); ++it)
    {
      const auto index = it.GetIndex();
      it.Set(static_cast<short>(-1000 + 300 * index[2] + 20 * index[1] + index[0]));
    }

    itk::MetaDataDictionary dictionary;
    const auto              set = [&dictionary](const std::string & tag, const std::string & value) {
      itk::EncapsulateMetaData<std::string>(dictionary, tag, value);
    };
    set("0008|0060", "MR");
    set("0008|0016", "1.2.840.10008.5.1.4.1.1.4");
    set("0010|0010", "Phantom^Head");
    set("0010|0020", "P1");
    set("0020|000d", "1.2.826.0.1.3680043.2.1125.1");
    set("0020|000e", "1.2.826.0.1.3680043.2.1125.2");
    set("0020|0052", "1.2.826.0.1.3680043.2.1125.3");
    for (unsigned int slice = 0; slice < 5; ++slice)
    {
      auto region = m_Image->GetLargestPossibleRegion();
      region.SetIndex(2, slice);
      region.SetSize(2, 1);
      auto extract = itk::RegionOfInterestImageFilter<ImageType, ImageType>::New();
      extract->SetInput(m_Image);
      extract->SetRegionOfInterest(region);
      set("0020|0013", std::to_string(slice + 1));
      set("0008|0018", "1.2.826.0.1.3680043.2.1125.4." + std::to_string(slice + 1));
      auto io = itk::GDCMImageIO::New();
      io->SetMetaDataDictionary(dictionary);
      io->KeepOriginalUIDOn();
      auto writer = itk::ImageFileWriter<ImageType>::New();
      writer->SetInput(extract->GetOutput());
      writer->SetImageIO(io);
      writer->UseInputMetaDataDictionaryOff();
      // Names in another order than the slices.
      writer->SetFileName((folder / ("image" + std::to_string(9 - slice) + ".dcm")).string());
      writer->Update();
    }
  }

  static std::string
  Tag(const std::string & folder, const std::string & tag)
  {
    auto io = itk::GDCMImageIO::New();
    for (const auto & entry : fs::directory_iterator(folder))
    {
      io->SetFileName(entry.path().string());
      break;
    }
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

  void
  ExpectTheImage(const sct::VolumeType * volume) const
  {
    ASSERT_EQ(volume->GetLargestPossibleRegion(), m_Image->GetLargestPossibleRegion());
    for (unsigned int i = 0; i < 3; ++i)
    {
      EXPECT_NEAR(volume->GetOrigin()[i], m_Image->GetOrigin()[i], 1e-4);
      EXPECT_NEAR(volume->GetSpacing()[i], m_Image->GetSpacing()[i], 1e-4);
      for (unsigned int j = 0; j < 3; ++j)
      {
        EXPECT_NEAR(volume->GetDirection()[i][j], m_Image->GetDirection()[i][j], 1e-5);
      }
    }
    itk::ImageRegionConstIterator<ImageType>       expected(m_Image, m_Image->GetBufferedRegion());
    itk::ImageRegionConstIterator<sct::VolumeType> actual(volume, m_Image->GetBufferedRegion());
    for (; !expected.IsAtEnd(); ++expected, ++actual)
    {
      ASSERT_EQ(actual.Get(), expected.Get()) << expected.GetIndex();
    }
  }

  fs::path           m_Folder;
  ImageType::Pointer m_Image;
};
} // namespace

TEST_F(DICOM, SlicesAreReadInTheOrderOfTheirPositions)
{
  this->ExpectTheImage(sct::ReadVolume(this->Path("mr")));
}

TEST_F(DICOM, SyntheticCTComesBackInHounsfieldUnitsWhereItWas)
{
  sct::WriteDICOMSeries(m_Image, this->Path("ct"), this->Path("mr"));
  this->ExpectTheImage(sct::ReadVolume(this->Path("ct")));

  for (const char * const kept : { "0010|0010", "0010|0020", "0020|000d", "0020|0052" })
  {
    EXPECT_EQ(Tag(this->Path("ct"), kept), Tag(this->Path("mr"), kept)) << kept;
    EXPECT_NE(Tag(this->Path("ct"), kept), "") << kept;
  }
  EXPECT_NE(Tag(this->Path("ct"), "0020|000e"), Tag(this->Path("mr"), "0020|000e"));
  EXPECT_EQ(Tag(this->Path("ct"), "0008|0060"), "CT");
  EXPECT_EQ(Tag(this->Path("ct"), "0008|0016"), "1.2.840.10008.5.1.4.1.1.2");
  EXPECT_EQ(Tag(this->Path("ct"), "0008|0008").substr(0, 17), "DERIVED\\SECONDARY");
  EXPECT_EQ(Tag(this->Path("ct"), "0028|1054"), "HU");
}

TEST_F(DICOM, ASeriesNeverReplacesAnything)
{
  fs::create_directories(this->Path("taken"));
  EXPECT_THROW(sct::WriteDICOMSeries(m_Image, this->Path("taken"), this->Path("mr")), std::exception);
  EXPECT_TRUE(fs::is_empty(this->Path("taken")));
  EXPECT_THROW(sct::WriteDICOMSeries(m_Image, this->Path("new"), this->Path("taken")), std::exception);
  EXPECT_FALSE(fs::exists(this->Path("new")));
}

TEST_F(DICOM, TwoSeriesInAFolderAreRefused)
{
  sct::WriteDICOMSeries(m_Image, this->Path("ct"), this->Path("mr"));
  for (const auto & entry : fs::directory_iterator(this->Path("ct")))
  {
    fs::copy(entry.path(), fs::path(this->Path("mr")) / entry.path().filename());
  }
  EXPECT_THROW(sct::ReadVolume(this->Path("mr")), itk::ExceptionObject);
}
