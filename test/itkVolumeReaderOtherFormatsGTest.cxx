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
#include "itkVolumeReader.h"

#include "itkFilesTestUtilities.h"

#include "itkImageIOBase.h"
#include "itkObjectFactoryBase.h"
#include "itkVersion.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

namespace
{
/** \class StubImageIO
 * \brief Reads a format of bytes, 4 x 3 x 2 of them, as several of ITK's readers do: of a file that is too short it
 * takes what is there, and says nothing. */
class StubImageIO : public itk::ImageIOBase
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(StubImageIO);
  using Self = StubImageIO;
  using Superclass = itk::ImageIOBase;
  using Pointer = itk::SmartPointer<Self>;
  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(StubImageIO);

  bool
  CanReadFile(const char * name) override
  {
    return std::filesystem::path(name).extension() == ".stub";
  }
  void
  ReadImageInformation() override
  {
    this->SetNumberOfDimensions(3);
    for (unsigned int i = 0; i < 3; ++i)
    {
      this->SetDimensions(i, 4 - i);
      this->SetSpacing(i, 1.0);
      this->SetOrigin(i, 0.0);
    }
    this->SetNumberOfComponents(1);
    this->SetPixelType(itk::CommonEnums::IOPixel::SCALAR);
    this->SetComponentType(itk::CommonEnums::IOComponent::UCHAR);
    if (std::filesystem::file_size(this->GetFileName()) == 1)
    {
      itkExceptionMacro("Nothing\nin it");
    }
  }
  void
  Read(void * buffer) override
  {
    std::ifstream(this->GetFileName(), std::ios::binary).read(static_cast<char *>(buffer), 24);
  }
  bool
  CanWriteFile(const char *) override
  {
    return false;
  }
  void
  WriteImageInformation() override
  {}
  void
  Write(const void *) override
  {}

protected:
  StubImageIO() = default;
  ~StubImageIO() override = default;
};

class StubFactory : public itk::ObjectFactoryBase
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(StubFactory);
  using Self = StubFactory;
  using Superclass = itk::ObjectFactoryBase;
  using Pointer = itk::SmartPointer<Self>;
  itkFactorylessNewMacro(Self);
  itkOverrideGetNameOfClassMacro(StubFactory);

  const char *
  GetITKSourceVersion() const override
  {
    return ITK_SOURCE_VERSION;
  }
  const char *
  GetDescription() const override
  {
    return "stub";
  }

protected:
  StubFactory()
  {
    this->RegisterOverride(
      "itkImageIOBase", "StubImageIO", "stub", true, itk::CreateObjectFunction<StubImageIO>::New());
  }
  ~StubFactory() override = default;
};

class VolumeReaderOtherFormats : public itk::TestUtilities::FilesTest
{
protected:
  void
  SetUp() override
  {
    FilesTest::SetUp();
    m_Factory = StubFactory::New();
    itk::ObjectFactoryBase::RegisterFactory(m_Factory);
  }
  void
  TearDown() override
  {
    itk::ObjectFactoryBase::UnRegisterFactory(m_Factory);
    FilesTest::TearDown();
  }

  StubFactory::Pointer m_Factory;
};
} // namespace

TEST_F(VolumeReaderOtherFormats, TakeNoVoxelsThatAreNotInTheFile)
{
  const std::string bytes = itk::TestUtilities::Ramp<unsigned char>(24);
  const auto        errorOf = [&](size_t size) {
    const std::string path = this->Write("volume.stub", bytes.substr(0, size));
    const std::string error = itk::TestUtilities::ErrorOf([&] { itk::VolumeReader::New()->Read(path); });
    EXPECT_EQ(error.rfind(path + ": cannot be read: ", 0), 0U) << error;
    return error.substr(std::min(error.size(), path.size() + 18));
  };
  EXPECT_EQ(errorOf(23), "it is truncated: it does not have 1 of the 24 bytes of its voxels");
  EXPECT_EQ(errorOf(12), "it is truncated: it does not have 12 of the 24 bytes of its voxels");
  // A reader's own error becomes one line without the address of its object.
  EXPECT_EQ(errorOf(1), "Nothing in it");

  const auto image = itk::VolumeReader::New()->Read(this->Write("volume.stub", bytes));
  for (size_t i = 0; i < bytes.size(); ++i)
  {
    EXPECT_EQ(image->GetBufferPointer()[i], static_cast<float>(i));
  }
}
