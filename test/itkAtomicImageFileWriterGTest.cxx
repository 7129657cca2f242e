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
#include "itkAtomicImageFileWriter.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "itkFilesTestUtilities.h"
#include "itkMetaDataObject.h"
#include "itkVolumeReader.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>

namespace
{
using itk::SyntheticCTDetail::AtomicOutput;
using itk::TestUtilities::ErrorOf;
using Kind = AtomicOutput::KindEnum;
namespace fs = std::filesystem;

class AtomicImageFileWriter : public itk::TestUtilities::FilesTest
{
protected:
  /** Numbers that hardly compress, on an oblique grid of single precision. */
  template <typename TPixel>
  static typename itk::Image<TPixel, 3>::Pointer
  MakeImage(unsigned int size = 12)
  {
    using ImageType = itk::Image<TPixel, 3>;
    auto                         image = ImageType::New();
    typename ImageType::SizeType imageSize;
    imageSize.Fill(size);
    image->SetRegions(imageSize);
    const double spacing[] = { 0.5, 1.25, 2.0 };
    const double origin[] = { -12.5, 7.25, 100.0 };
    image->SetSpacing(spacing);
    image->SetOrigin(origin);
    typename ImageType::DirectionType direction;
    direction.SetIdentity();
    direction(0, 0) = direction(1, 1) = 0.8;
    direction(0, 1) = -0.6;
    direction(1, 0) = 0.6;
    image->SetDirection(direction);
    image->Allocate();
    uint32_t state = 1;
    for (unsigned int i = 0; i < size * size * size; ++i)
    {
      state = 1664525u * state + 1013904223u;
      image->GetBufferPointer()[i] = static_cast<TPixel>(static_cast<int>(state >> 20) - 1024);
    }
    return image;
  }

  template <typename TImage>
  static void
  Save(const TImage * image, const std::string & path)
  {
    auto writer = itk::AtomicImageFileWriter<TImage>::New();
    writer->SetInput(image);
    writer->SetFileName(path);
    writer->Update();
    EXPECT_EQ(std::string(writer->GetFileName()), path);
  }

  template <typename TPixel>
  void
  ExpectRoundTrip(const std::string & name)
  {
    SCOPED_TRACE(name);
    const auto image = MakeImage<TPixel>();
    Save(image.GetPointer(), this->Path(name));
    auto       reader = itk::VolumeReader::New();
    const auto read = reader->Read(this->Path(name));
    EXPECT_EQ(reader->GetNumberOfRemarks(), 0u);
    ASSERT_EQ(read->GetBufferedRegion(), image->GetBufferedRegion());
    for (unsigned int i = 0; i < image->GetBufferedRegion().GetNumberOfPixels(); ++i)
    {
      ASSERT_EQ(read->GetBufferPointer()[i], static_cast<float>(image->GetBufferPointer()[i])) << i;
    }
    EXPECT_TRUE(read->GetOrigin() == image->GetOrigin());
    EXPECT_TRUE(read->GetSpacing() == image->GetSpacing());
    for (unsigned int i = 0; i < 9; ++i)
    {
      EXPECT_NEAR(read->GetDirection()(i / 3, i % 3), image->GetDirection()(i / 3, i % 3), 1e-6);
    }
  }
};

TEST_F(AtomicImageFileWriter, EveryFormatComesBack)
{
  for (const char * const name : { "a.nii", "b.nii.gz", "c.mha", "d.nrrd", "E.NII", "F.NII.GZ", "with blank.nii.gz" })
  {
    this->ExpectRoundTrip<short>(name);
    this->ExpectRoundTrip<float>(name);
  }
  this->ExpectRoundTrip<unsigned char>("mask.nii.gz");
  this->ExpectRoundTrip<unsigned short>("labels.mha");
  EXPECT_EQ(this->Names().find(".partial"), std::string::npos) << this->Names();
}

TEST_F(AtomicImageFileWriter, FormatsOfTwoFiles)
{
  this->ExpectRoundTrip<short>("a.mhd");
  EXPECT_EQ(this->Names(), "a.mhd a.zraw");
  EXPECT_NE(ReadBytes(this->Path("a.mhd")).find("ElementDataFile = a.zraw"), std::string::npos);
  this->ExpectRoundTrip<float>("b.nhdr");
  EXPECT_EQ(this->Names(), "a.mhd a.zraw b.nhdr b.raw.gz");
  EXPECT_NE(ReadBytes(this->Path("b.nhdr")).find("data file: b.raw.gz"), std::string::npos);
  this->ExpectRoundTrip<short>("c.hdr");
  EXPECT_EQ(this->Names(), "a.mhd a.zraw b.nhdr b.raw.gz c.hdr c.img");
  this->ExpectRoundTrip<short>("d.img");
  this->ExpectRoundTrip<short>("e.img.gz");
  // Over what is there already.
  this->ExpectRoundTrip<float>("a.mhd");
  EXPECT_EQ(this->Names(), "a.mhd a.zraw b.nhdr b.raw.gz c.hdr c.img d.hdr d.img e.hdr.gz e.img.gz");
  EXPECT_EQ(fs::exists(this->Path("e.hdr.gz")), true);
}

/** Some readers take the sform (SPM, FSL, nibabel), others the qform: both have to be set, as coordinates of the
 * scanner, and to say the same. The qform by the formulas of the standard, nifti1.h, method 2. */
TEST_F(AtomicImageFileWriter, NIfTIHasBothForms)
{
  const auto image = MakeImage<short>();
  using DirectionType = itk::Image<short, 3>::DirectionType;
  DirectionType leftHanded;
  leftHanded.SetIdentity();
  leftHanded(0, 0) = -1.0;
  DirectionType sagittal;
  sagittal.Fill(0.0);
  sagittal(1, 0) = sagittal(0, 2) = 1.0;
  sagittal(2, 1) = -1.0;
  // What came with an input does not decide what holds of the output.
  for (const char * const key : { "qform_code", "sform_code" })
  {
    itk::EncapsulateMetaData<std::string>(image->GetMetaDataDictionary(), key, "0");
    itk::EncapsulateMetaData<std::string>(
      image->GetMetaDataDictionary(), std::string(key) + "_name", "NIFTI_XFORM_UNKNOWN");
  }
  for (const DirectionType & direction : { image->GetDirection(), leftHanded, sagittal })
  {
    image->SetDirection(direction);
    for (const char * const name : { "a.nii", "b.hdr" })
    {
      SCOPED_TRACE(name);
      Save(image.GetPointer(), this->Path(name));
      const std::string header = ReadBytes(this->Path(name));
      ASSERT_GE(header.size(), 348u);
      const auto at = [&header](size_t offset) {
        float value;
        std::memcpy(&value, &header[offset], sizeof(value));
        return static_cast<double>(value);
      };
      EXPECT_EQ(header.substr(252, 4), std::string("\1\0\1\0", 4));
      const double b = at(256);
      const double c = at(260);
      const double d = at(264);
      const double a = std::sqrt(std::max(0.0, 1.0 - b * b - c * c - d * d));
      const double rotation[3][3] = {
        { a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c) },
        { 2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b) },
        { 2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - b * b - c * c },
      };
      for (unsigned int row = 0; row < 3; ++row)
      {
        // NIfTI's x and y are the negative of ITK's.
        const double sign = row < 2 ? -1.0 : 1.0;
        for (unsigned int column = 0; column < 3; ++column)
        {
          const double expected = sign * direction(row, column) * image->GetSpacing()[column];
          const double handedness = column == 2 && at(76) < 0.0 ? -1.0 : 1.0;
          EXPECT_NEAR(at(280 + 16 * row + 4 * column), expected, 1e-6) << row << ' ' << column;
          EXPECT_NEAR(rotation[row][column] * handedness * at(80 + 4 * column), expected, 1e-5) << row << ' ' << column;
        }
        EXPECT_EQ(at(280 + 16 * row + 12), sign * image->GetOrigin()[row]);
        EXPECT_EQ(at(268 + 4 * row), sign * image->GetOrigin()[row]);
      }
    }
  }
}

TEST_F(AtomicImageFileWriter, BadNamesAreRefused)
{
  const auto image = MakeImage<short>(2);
  const auto expect = [&](const std::string & name, const std::string & words) {
    const std::string error = ErrorOf([&] { Save(image.GetPointer(), this->Path(name)); });
    EXPECT_EQ(error.rfind(this->Path(name) + ": ", 0), 0u) << error;
    EXPECT_NE(error.find(words), std::string::npos) << error;
  };
  expect("a.img.nii.gz", "use a.nii.gz");
  expect("a.hdr.nii", "use a.nii");
  expect("a.Nii.gz", "lower case only; use a.nii.gz");
  expect("a.MHA", "use a.mha");
  expect("a.png", "holds pictures");
  expect("a.jpg", "holds pictures");
  expect("a.gipl", "keeps no orientation");
  expect("a.nia", "hardly any program");
  expect("a.raw", "neither size nor type");
  expect("a.dcm", "written into a folder");
  expect("a.xyz", "not the name of an image file");
  expect("a", "not the name of an image file");
  expect("no/folder/a.nii", "No such file or directory");
  fs::create_directory(this->Path("folder.nii"));
  expect("folder.nii", "it is a folder");
  EXPECT_EQ(this->Names(), "folder.nii");
}

TEST_F(AtomicImageFileWriter, AFullDiskLeavesWhatWasThere)
{
  // The limit on a file's size stands for the end of the disk; the signal would end the process.
  const auto         image = MakeImage<float>(40);
  const char * const names[] = { "a.nii", "b.nii.gz", "c.mha", "d.nrrd", "e.mhd", "f.nhdr", "g.hdr" };
  for (const char * const name : names)
  {
    this->Write(name, "old");
  }
  struct rlimit old
  {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  struct rlimit limited = old;
  limited.rlim_cur = 20000;
  std::vector<std::string> errors;
  const auto               handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limited), 0);
  for (const char * const name : names)
  {
    errors.push_back(ErrorOf([&] { Save(image.GetPointer(), this->Path(name)); }));
  }
  const std::string textError =
    ErrorOf([&] { itk::SyntheticCTDetail::WriteText(std::string(30000, 'x'), this->Path("t")); });
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  for (size_t i = 0; i < errors.size(); ++i)
  {
    EXPECT_EQ(errors[i].rfind(this->Path(names[i]) + ": cannot be written: ", 0), 0u) << names[i] << ": " << errors[i];
    EXPECT_EQ(ReadBytes(this->Path(names[i])), "old") << names[i];
  }
  EXPECT_EQ(textError.rfind(this->Path("t") + ": cannot be written", 0), 0u) << textError;
  EXPECT_EQ(this->Names(), "a.nii b.nii.gz c.mha d.nrrd e.mhd f.nhdr g.hdr");
}

// ---------------------------------------------------------------------------------------------------- AtomicOutput

TEST_F(AtomicImageFileWriter, NothingIsThereBeforeCommit)
{
  const std::string path = this->Write("result", "old");
  {
    AtomicOutput output(path);
    std::ofstream(output.GetTemporaryName()) << "new";
    EXPECT_EQ(ReadBytes(path), "old");
    EXPECT_EQ(fs::path(output.GetTemporaryName()).filename().string().rfind(".partial-", 0), 0u);
    EXPECT_EQ(fs::path(output.GetTemporaryName()).parent_path(), m_Folder);
  }
  EXPECT_EQ(this->Names(), "result");
  {
    AtomicOutput output(path);
    std::ofstream(output.GetTemporaryName()) << "new";
    output.Commit();
  }
  EXPECT_EQ(ReadBytes(path), "new");
  EXPECT_EQ(this->Names(), "result");
}

TEST_F(AtomicImageFileWriter, Folders)
{
  {
    AtomicOutput output(this->Path("series/"), Kind::Folder);
    std::ofstream(output.GetTemporaryName() + "/1") << "one";
    EXPECT_FALSE(fs::exists(this->Path("series")));
    output.Commit();
  }
  EXPECT_EQ(ReadBytes(this->Path("series/1")), "one");
  AtomicOutput again(this->Path("series"), Kind::Folder);
  EXPECT_EQ(ErrorOf([&] { again.Commit(); }), this->Path("series") + ": cannot be written: it exists already");
  EXPECT_EQ(ReadBytes(this->Path("series/1")), "one");
}

TEST_F(AtomicImageFileWriter, LinksStay)
{
  this->Write("real", "old");
  fs::create_symlink("real", this->Path("link"));
  itk::SyntheticCTDetail::WriteText("new", this->Path("link"));
  EXPECT_TRUE(fs::is_symlink(this->Path("link")));
  EXPECT_EQ(ReadBytes(this->Path("real")), "new\n");
  itk::SyntheticCTDetail::WriteText("nothing", "/dev/null");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(AtomicImageFileWriter, LongNamesKeepTheirEnd)
{
  const std::string name = std::string(240, 'n') + ".nii.gz";
  this->ExpectRoundTrip<short>(name);
  EXPECT_EQ(this->Names(), name);
}

TEST_F(AtomicImageFileWriter, LeftoversOfAKilledProcessGoWithTheNextOne)
{
  for (const Kind kind : { Kind::File, Kind::Files, Kind::Folder })
  {
    const std::string path = this->Path("result.mhd");
    const pid_t       child = fork();
    if (child == 0)
    {
      AtomicOutput output(path, kind);
      std::ofstream(kind == Kind::Folder ? output.GetTemporaryName() + "/1" : output.GetTemporaryName()) << "half";
      std::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(this->Names().rfind(".partial-", 0), 0u) << this->Names();
    EXPECT_EQ(this->Names().find(' '), std::string::npos) << this->Names();
    // Another name's is left alone.
    {
      AtomicOutput other(this->Path("other.mhd"));
    }
    EXPECT_EQ(this->Names().rfind(".partial-", 0), 0u);
    {
      AtomicOutput output(path, kind);
      EXPECT_EQ(this->Names().find(' '), std::string::npos) << "Only the new one: " << this->Names();
    }
    EXPECT_EQ(this->Names(), "");
  }
}

TEST_F(AtomicImageFileWriter, WritersOfOneNameDoNotCollide)
{
  const std::string        path = this->Path("same.txt");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
  {
    threads.emplace_back([&path, i] {
      for (int k = 0; k < 20; ++k)
      {
        itk::SyntheticCTDetail::WriteText(std::string(10000, static_cast<char>('a' + i)), path);
      }
    });
  }
  for (std::thread & thread : threads)
  {
    thread.join();
  }
  const std::string text = ReadBytes(path);
  ASSERT_EQ(text.size(), 10001u);
  EXPECT_EQ(text.find_first_not_of(text[0]), 10000u);
  EXPECT_EQ(this->Names(), "same.txt");
}

} // namespace
