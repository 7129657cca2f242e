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

#include "itkImageFileReader.h"
#include "itkImageFileWriter.h"
#include "itkMetaImageIO.h"
#include "itkNrrdImageIO.h"

#include <cmath>
#include <limits>

namespace
{
using ReaderType = itk::VolumeReader;
using ImageType = ReaderType::ImageType;
using itk::TestUtilities::BytesOf;
using itk::TestUtilities::Deflated;
using itk::TestUtilities::ErrorOf;
using itk::TestUtilities::NIfTIFields;
using itk::TestUtilities::Ramp;

constexpr float  notANumber = std::numeric_limits<float>::quiet_NaN();
constexpr size_t numberOfVoxels = 24;

class VolumeReader : public itk::TestUtilities::FilesTest
{
protected:
  /** What reading a file throws. */
  static std::string
  ErrorOfFile(const std::string & path)
  {
    return ErrorOf([&] { ReaderType::New()->Read(path); });
  }

  /** A file is refused in one line that begins with its path and has the words. */
  static void
  ExpectRefused(const std::string & path, const std::string & words)
  {
    const std::string error = ErrorOfFile(path);
    EXPECT_EQ(error.rfind(path + ": ", 0), 0u) << path << " gave: " << error;
    EXPECT_NE(error.find(words), std::string::npos) << error << " should have: " << words;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }

  /** Reads a file, with what it leaves as remarks in lines. */
  static ImageType::Pointer
  Read(const std::string & path, std::string * remarks = nullptr)
  {
    auto        reader = ReaderType::New();
    const auto  image = reader->Read(path);
    std::string text;
    for (unsigned int i = 0; i < reader->GetNumberOfRemarks(); ++i)
    {
      EXPECT_EQ(reader->GetRemark(i).rfind(path + ": ", 0), 0u) << reader->GetRemark(i);
      text += reader->GetRemark(i).substr(path.size() + 2) + '\n';
    }
    if (remarks)
    {
      *remarks = text;
    }
    else
    {
      EXPECT_EQ(text, "") << path;
    }
    return image;
  }

  /** A file is read, bit by bit, as ITK reads it. */
  static void
  ExpectAsITK(const std::string & path)
  {
    SCOPED_TRACE(path);
    const auto image = Read(path);
    const auto expected = itk::ReadImage<ImageType>(path);
    ASSERT_EQ(image->GetBufferedRegion(), expected->GetBufferedRegion());
    const size_t bytes = image->GetBufferedRegion().GetNumberOfPixels() * sizeof(float);
    EXPECT_EQ(std::memcmp(image->GetBufferPointer(), expected->GetBufferPointer(), bytes), 0);
    EXPECT_EQ(image->GetSpacing(), expected->GetSpacing());
    EXPECT_EQ(image->GetOrigin(), expected->GetOrigin());
    for (unsigned int i = 0; i < 9; ++i)
    {
      EXPECT_NEAR(image->GetDirection()(i / 3, i % 3), expected->GetDirection()(i / 3, i % 3), 1e-12) << i;
    }
  }

  std::string
  WriteNIfTI(const NIfTIFields & fields, const std::string & name = "volume.nii") const
  {
    return this->Write(name, fields.GetBytes() + Ramp<int16_t>(numberOfVoxels, fields.IsBigEndian));
  }

  /** A MetaImage of 4 x 3 x 2 voxels; `more` are lines of its header. */
  std::string
  WriteMetaImage(const std::string & name,
                 const std::string & more,
                 const std::string & data,
                 const std::string & dataFile = "LOCAL") const
  {
    return this->Write(name,
                       "ObjectType = Image\nNDims = 3\nTransformMatrix = 1 0 0 0 1 0 0 0 1\n" + more +
                         "Offset = 1.5 -2 3\nElementSpacing = 2 2 3\nDimSize = 4 3 2\nElementDataFile = " + dataFile +
                         "\n" + data);
  }

  /** An NRRD of 4 x 3 x 2 voxels. */
  std::string
  WriteNRRD(const std::string & name, const std::string & more, const std::string & data) const
  {
    return this->Write(name,
                       "NRRD0004\n# a comment\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 3 2\n"
                       "space directions: (2,0,0) (0,2,0) (0,0,3)\nspace origin: (1.5,-2,3)\n" +
                         more + data);
  }

  /** The voxels are 0, 1, 2, ... */
  static void
  ExpectRamp(const ImageType * image)
  {
    ASSERT_EQ(image->GetBufferedRegion().GetNumberOfPixels(), numberOfVoxels);
    for (size_t i = 0; i < numberOfVoxels; ++i)
    {
      EXPECT_EQ(image->GetBufferPointer()[i], static_cast<float>(i));
    }
  }
};

template <typename T>
std::string
ManyValues(bool isBigEndian)
{
  std::string bytes;
  for (size_t i = 0; i < numberOfVoxels; ++i)
  {
    // Over the whole range of the type, and not only whole numbers where there are others.
    const double share = static_cast<double>(i) / (numberOfVoxels - 1);
    const bool   isInteger = std::numeric_limits<T>::is_integer;
    const double lowest = isInteger ? static_cast<double>(std::numeric_limits<T>::lowest()) : -3e5;
    const double highest = isInteger ? static_cast<double>(std::numeric_limits<T>::max()) * 0.99 : 4e5;
    bytes += BytesOf(static_cast<T>(lowest + share * (highest - lowest)), isBigEndian);
  }
  return bytes;
}

struct TypeCase
{
  int16_t      Code;
  int16_t      Bits;
  const char * MetaImageName;
  const char * NRRDName;
  std::string (*Values)(bool);
};

const TypeCase typeCases[] = {
  { 2, 8, "MET_UCHAR", "uint8", ManyValues<uint8_t> },
  { 4, 16, "MET_SHORT", "short", ManyValues<int16_t> },
  { 8, 32, "MET_INT", "int", ManyValues<int32_t> },
  { 16, 32, "MET_FLOAT", "float", ManyValues<float> },
  { 64, 64, "MET_DOUBLE", "double", ManyValues<double> },
  { 256, 8, "MET_CHAR", "int8", ManyValues<int8_t> },
  { 512, 16, "MET_USHORT", "unsigned short", ManyValues<uint16_t> },
  { 768, 32, "MET_UINT", "uint32_t", ManyValues<uint32_t> },
  { 1024, 64, "MET_LONG_LONG", "long long int", ManyValues<int64_t> },
  { 1280, 64, "MET_ULONG_LONG", "unsigned long long", ManyValues<uint64_t> },
};

// ---------------------------------------------------------------------------------------------------- What is read

TEST_F(VolumeReader, NIfTIOfEveryTypeAndScaleAsITK)
{
  const std::array<float, 2> scales[] = { { { 1, 0 } },         { { 2, -10 } },
                                          { { 0.37F, 11.5F } }, { { -1, 0 } },
                                          { { 0, 0 } },         { { 1e-3F, -1024 } },
                                          { { 1, -1024 } },     { { notANumber, notANumber } } };
  for (const TypeCase & type : typeCases)
  {
    for (const bool isBigEndian : { false, true })
    {
      for (const auto & scale : scales)
      {
        NIfTIFields fields;
        fields.DataType = type.Code;
        fields.BitsPerVoxel = type.Bits;
        fields.Slope = scale[0];
        fields.Intercept = scale[1];
        fields.IsBigEndian = isBigEndian;
        const std::string bytes = fields.GetBytes() + type.Values(isBigEndian);
        ExpectAsITK(this->Write("volume.nii", bytes));
        ExpectAsITK(this->Write("volume.nii.gz", Deflated(bytes, 31)));
      }
    }
  }
}

TEST_F(VolumeReader, NIfTIScaleByItsDefinition)
{
  NIfTIFields fields;
  fields.Slope = 2;
  fields.Intercept = -10;
  const auto image = Read(this->WriteNIfTI(fields));
  for (size_t i = 0; i < numberOfVoxels; ++i)
  {
    EXPECT_EQ(image->GetBufferPointer()[i], 2.0F * static_cast<float>(i) - 10.0F);
  }
  EXPECT_EQ(image->GetOrigin()[0], -36.0);
  EXPECT_EQ(image->GetOrigin()[1], -40.0);
  EXPECT_EQ(image->GetOrigin()[2], -18.0);
  EXPECT_EQ(image->GetSpacing()[2], 3.0);

  // Without a slope there is no intercept either.
  fields.Slope = 0;
  std::string remarks;
  ExpectRamp(Read(this->WriteNIfTI(fields), &remarks));
  EXPECT_NE(remarks.find("scl_inter of -10 was not applied"), std::string::npos) << remarks;
}

TEST_F(VolumeReader, NIfTIOfEveryOrientationAsITK)
{
  const unsigned int permutations[6][3] = {
    { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 }
  };
  for (const auto & permutation : permutations)
  {
    for (unsigned int signs = 0; signs < 8; ++signs)
    {
      NIfTIFields fields;
      fields.SForm.fill(0.0F);
      for (unsigned int axis = 0; axis < 3; ++axis)
      {
        const float sign = (signs >> axis & 1u) != 0 ? -1.0F : 1.0F;
        fields.SForm[4 * permutation[axis] + axis] = sign * fields.PixDim[axis + 1];
        fields.SForm[4 * axis + 3] = 10.25F * static_cast<float>(axis + 1);
      }
      fields.QFormCode = 0;
      ExpectAsITK(this->WriteNIfTI(fields));
    }
  }
}

TEST_F(VolumeReader, NIfTIWithQFormAsITK)
{
  for (int i = 0; i < 40; ++i)
  {
    NIfTIFields fields;
    fields.SFormCode = 0;
    fields.PixDim = { { i % 2 == 0 ? 1.0F : -1.0F, 0.9765625F, 0.7F, 3.3F, 1, 1, 1, 1 } };
    const auto b = static_cast<float>(0.6 * std::sin(1.3 * i));
    const auto c = static_cast<float>(0.5 * std::cos(2.1 * i));
    const auto d = static_cast<float>(0.4 * std::sin(0.7 * i + 1.0));
    fields.QForm = { { b, c, d, -11.25F * static_cast<float>(i), 7.1F, 0.3F * static_cast<float>(i) } };
    ExpectAsITK(this->WriteNIfTI(fields));
  }
  // Half a turn, where the quaternion's real part is 0 and rounding must not matter.
  NIfTIFields half;
  half.SFormCode = 0;
  half.QForm = { { 0.70710678F, 0.70710678F, 0, 1, 2, 3 } };
  ExpectAsITK(this->WriteNIfTI(half));
}

TEST_F(VolumeReader, NIfTIInTwoFilesAndPlainFilesNamedGz)
{
  NIfTIFields fields;
  fields.Magic = "ni1";
  fields.VoxelOffset = 0;
  const std::string header = fields.GetBytes().substr(0, 348);
  const std::string voxels = Ramp<int16_t>(numberOfVoxels);
  this->Write("pair.hdr", header);
  this->Write("pair.img", voxels);
  ExpectRamp(Read(this->Path("pair.hdr")));
  ExpectRamp(Read(this->Path("pair.img")));
  ExpectAsITK(this->Path("pair.hdr"));
  this->Write("packed.hdr", header);
  this->Write("packed.img.gz", Deflated(voxels, 31));
  ExpectRamp(Read(this->Path("packed.hdr")));
  ExpectRamp(Read(this->Path("packed.img.gz")));
  ExpectRamp(Read(this->Write("plain.nii.gz", NIfTIFields().GetBytes() + voxels)));
  // As pigz and bgzip write it: several streams, one after another.
  const std::string bytes = NIfTIFields().GetBytes() + voxels;
  ExpectRamp(Read(this->Write("pieces.nii.gz", Deflated(bytes.substr(0, 100), 31) + Deflated(bytes.substr(100), 31))));
  ExpectRamp(Read(this->Write("UPPER.NII.GZ", Deflated(bytes, 31))));

  std::filesystem::remove(this->Path("pair.img"));
  ExpectRefused(this->Path("pair.hdr"), "pair.img, do not exist");
  std::filesystem::remove(this->Path("packed.hdr"));
  ExpectRefused(this->Path("packed.img.gz"), "packed.hdr does not exist");
}

TEST_F(VolumeReader, NIfTI2)
{
  for (const bool isBigEndian : { false, true })
  {
    std::string header(544, '\0');
    const auto  put = [&](size_t offset, const std::string & text) { header.replace(offset, text.size(), text); };
    put(0, BytesOf(int32_t{ 540 }, isBigEndian));
    put(4, "n+2");
    put(12, BytesOf(int16_t{ 4 }, isBigEndian));
    put(14, BytesOf(int16_t{ 16 }, isBigEndian));
    const int64_t dim[] = { 3, 4, 3, 2, 1, 1, 1, 1 };
    const double  pixdim[] = { 1, 0.7, 0.8, 0.9 };
    const double  rows[] = { -0.7, 0, 0, 1.1, 0, -0.8, 0, 2.2, 0, 0, 0.9, 3.3 };
    for (size_t i = 0; i < 8; ++i)
    {
      put(16 + 8 * i, BytesOf(dim[i], isBigEndian));
    }
    for (size_t i = 0; i < 4; ++i)
    {
      put(104 + 8 * i, BytesOf(pixdim[i], isBigEndian));
    }
    for (size_t i = 0; i < 12; ++i)
    {
      put(400 + 8 * i, BytesOf(rows[i], isBigEndian));
    }
    put(168, BytesOf(int64_t{ 544 }, isBigEndian));
    put(176, BytesOf(1.0, isBigEndian));
    put(348, BytesOf(int32_t{ 1 }, isBigEndian));
    const auto image = Read(this->Write("second.nii", header + Ramp<int16_t>(numberOfVoxels, isBigEndian)));
    ExpectRamp(image);
    EXPECT_EQ(image->GetSpacing()[0], 0.7);
    EXPECT_EQ(image->GetOrigin()[1], -2.2);
    EXPECT_NEAR(image->GetDirection()(0, 0), 1.0, 1e-15);
  }
}

TEST_F(VolumeReader, Analyze)
{
  NIfTIFields fields;
  fields.Magic = "";
  fields.VoxelOffset = 0;
  fields.PixDim[0] = 0;
  this->Write("old.hdr", fields.GetBytes().substr(0, 348));
  this->Write("old.img", Ramp<int16_t>(numberOfVoxels));
  std::string remarks;
  const auto  image = Read(this->Path("old.hdr"), &remarks);
  ExpectRamp(image);
  EXPECT_EQ(image->GetSpacing()[2], 3.0);
  EXPECT_NE(remarks.find("Analyze"), std::string::npos) << remarks;
}

TEST_F(VolumeReader, MetaImageOfEveryTypeAsITK)
{
  for (const TypeCase & type : typeCases)
  {
    for (const bool isBigEndian : { false, true })
    {
      const std::string header = std::string("ElementType = ") + type.MetaImageName +
                                 "\nBinaryDataByteOrderMSB = " + (isBigEndian ? "True" : "False") +
                                 "\nTransformMatrix = 0 1 0 -1 0 0 0 0 1\nBinaryData = True\n";
      const std::string voxels = type.Values(isBigEndian);
      const std::string packed = Deflated(voxels, 15);
      const std::string size = "CompressedDataSize = " + std::to_string(packed.size()) + "\n";
      ExpectAsITK(this->WriteMetaImage("local.mha", header, voxels));
      ExpectAsITK(this->WriteMetaImage("packed.mha", header + "CompressedData = True\n" + size, packed));
      this->Write("voxels.raw", voxels);
      ExpectAsITK(this->WriteMetaImage("beside.mhd", header, "", "voxels.raw"));
      this->Write("voxels.zraw", packed);
      ExpectAsITK(this->WriteMetaImage("packed.mhd", header + "CompressedData = True\n" + size, "", "voxels.zraw"));
      this->Write("after.raw", std::string(37, 'x') + voxels);
      ExpectAsITK(this->WriteMetaImage("after.mhd", header + "HeaderSize = -1\n", "", "after.raw"));
      ExpectAsITK(this->WriteMetaImage("skip.mhd", header + "HeaderSize = 37\n", "", "after.raw"));
    }
  }
}

TEST_F(VolumeReader, MetaImageInManyWays)
{
  const std::string header = "ElementType = MET_SHORT\nBinaryDataByteOrderMSB = False\n";
  const std::string voxels = Ramp<int16_t>(numberOfVoxels);
  this->Write("1.raw", voxels.substr(0, 24));
  this->Write("2.raw", voxels.substr(24));
  ExpectRamp(Read(this->WriteMetaImage("list.mhd", header, "1.raw\n2.raw\n", "LIST")));
  ExpectRamp(Read(this->WriteMetaImage("crlf.mhd", header, "1.raw\r\n2.raw\r\n", "LIST 2\r")));
  ExpectRamp(Read(this->WriteMetaImage("pattern.mhd", header, "", "%d.raw 1 2 1")));
  // Without the size the stream goes on to the end of the file.
  ExpectRamp(Read(this->WriteMetaImage("stream.mha", header + "CompressedData = True\n", Deflated(voxels, 15))));
  ExpectRamp(Read(this->WriteMetaImage("gzip.mha", header + "CompressedData = True\n", Deflated(voxels, 31))));
  this->Write("packed.raw.gz", Deflated(voxels, 31));
  ExpectRamp(Read(this->WriteMetaImage("fallback.mhd", header, "", "packed.raw")));
  std::string text;
  for (size_t i = 0; i < numberOfVoxels; ++i)
  {
    text += std::to_string(i) + (i % 10 == 9 ? "\n" : " ");
  }
  ExpectRamp(Read(this->WriteMetaImage("text.mha", header + "BinaryData = False\n", text)));
  ExpectRefused(this->WriteMetaImage("text.mha", header + "BinaryData = False\n", text.substr(0, 20)), "truncated");

  std::string remarks;
  ExpectRamp(Read(this->WriteMetaImage("more.mha", header, voxels + "123"), &remarks));
  EXPECT_EQ(remarks, "has 3 bytes after its last voxel, which were not read\n");
  ExpectRamp(Read(this->WriteMetaImage("long.mhd", header, "1.raw\n2.raw\n1.raw\n", "LIST"), &remarks));
  EXPECT_NE(remarks.find("names 3 files; only the first 2"), std::string::npos) << remarks;
}

TEST_F(VolumeReader, NRRDOfEveryTypeAsITK)
{
  for (const TypeCase & type : typeCases)
  {
    for (const bool isBigEndian : { false, true })
    {
      const std::string header =
        std::string("type: ") + type.NRRDName + "\nendian: " + (isBigEndian ? "big" : "little") + "\n";
      const std::string voxels = type.Values(isBigEndian);
      ExpectAsITK(this->WriteNRRD("raw.nrrd", header + "encoding: raw\n\n", voxels));
      ExpectAsITK(this->WriteNRRD("gzip.nrrd", header + "encoding: gzip\n\n", Deflated(voxels, 31)));
      this->Write("voxels.raw", voxels);
      ExpectAsITK(this->WriteNRRD("raw.nhdr", header + "encoding: raw\ndata file: voxels.raw\n", ""));
      this->Write("voxels.raw.gz", Deflated(voxels, 31));
      ExpectAsITK(this->WriteNRRD("gzip.nhdr", header + "encoding: gz\ndata file: voxels.raw.gz\n", ""));
      this->Write("more.raw", std::string(5, '\n') + voxels);
      ExpectAsITK(this->WriteNRRD("skip.nhdr", header + "encoding: raw\nbyte skip: 5\ndata file: more.raw\n", ""));
      ExpectAsITK(this->WriteNRRD("line.nhdr", header + "encoding: raw\nline skip: 5\ndata file: more.raw\n", ""));
      ExpectAsITK(this->WriteNRRD("end.nhdr", header + "encoding: raw\nbyteskip: -1\ndatafile: more.raw\n", ""));
    }
  }
}

TEST_F(VolumeReader, NRRDInManyWays)
{
  const std::string header = "type: short\nendian: little\n";
  const std::string voxels = Ramp<int16_t>(numberOfVoxels);
  this->Write("1.raw", voxels.substr(0, 24));
  this->Write("2.raw", voxels.substr(24));
  ExpectRamp(Read(this->WriteNRRD("list.nhdr", header + "encoding: raw\ndata file: LIST\n", "1.raw\n2.raw\n")));
  ExpectRamp(Read(this->WriteNRRD("pattern.nhdr", header + "encoding: raw\ndata file: %d.raw 1 2 1\n", "")));
  std::string text;
  std::string digits;
  for (size_t i = 0; i < numberOfVoxels; ++i)
  {
    text += std::to_string(i) + ' ';
    const char letters[] = "0123456789abcdef";
    digits += std::string() + letters[i / 16] + letters[i % 16] + "00\n";
  }
  ExpectRamp(Read(this->WriteNRRD("text.nrrd", "type: short\nencoding: text\n\n", text)));
  ExpectRamp(Read(this->WriteNRRD("hex.nrrd", header + "encoding: hex\n\n", digits)));

  ExpectRefused(this->WriteNRRD("list.nhdr", header + "encoding: raw\ndata file: LIST\n", "1.raw\n"), "cannot be read");
  ExpectRefused(this->WriteNRRD("missing.nhdr", header + "encoding: raw\ndata file: LIST\n", "1.raw\n3.raw\n"),
                "3.raw");
  ExpectRefused(this->WriteNRRD("bzip2.nrrd", header + "encoding: bzip2\n\n", voxels), "bzip2");
  ExpectRefused(this->WriteNRRD("block.nrrd", "type: block\nencoding: raw\n\n", voxels), "block");
  ExpectRefused(this->WriteNRRD("order.nrrd", "type: short\nencoding: raw\n\n", voxels), "endian");
  ExpectRefused(this->WriteNRRD("hex.nrrd", header + "encoding: hex\n\n", digits.substr(0, 60)), "truncated");
  std::string remarks;
  const auto  inSpace = [&](const std::string & space) {
    return this->Write("space.nrrd",
                       "NRRD0004\ndimension: 3\n" + space + "sizes: 4 3 2\n" + header + "encoding: raw\n\n" + voxels);
  };
  ExpectRamp(Read(inSpace(""), &remarks));
  EXPECT_NE(remarks.find("has no field 'space'"), std::string::npos) << remarks;
  EXPECT_NE(
    remarks.find(
      "its header has no 'space origin' and no 'space directions' and no 'spacings'; taken were a first voxel at "
      "0, axes that run to the left, backwards and upwards (LPS), voxels of 1 mm"),
    std::string::npos)
    << remarks;
  const std::string known = "space: LPS\nspace directions: (2,0,0) (0,2,0) (0,0,3)\n";
  Read(inSpace(known + "space origin: (1,2,3)\n"), &remarks);
  EXPECT_EQ(remarks, "");
  EXPECT_EQ(Read(inSpace(known), &remarks)->GetOrigin()[2], 0.0);
  EXPECT_EQ(remarks, "its header has no 'space origin'; taken were a first voxel at 0\n");
  ExpectRamp(Read(inSpace("space: scanner-xyz\n"), &remarks));
  EXPECT_NE(remarks.find("is 'scanner-xyz', which is not that of a patient"), std::string::npos) << remarks;
  // The first two axes of RAS run the other way.
  const auto image = Read(inSpace("space: RAS\nspace directions: (2,0,0) (0,2,0) (0,0,3)\nspace origin: (1,2,3)\n"));
  EXPECT_EQ(image->GetOrigin()[0], -1.0);
  EXPECT_EQ(image->GetDirection()(1, 1), -1.0);
  EXPECT_EQ(image->GetDirection()(2, 2), 1.0);
  ExpectRefused(this->Write("other.nrrd", "P5\n4 3\n255\n"), "does not begin as an NRRD");
}

TEST_F(VolumeReader, WhatIsNoNumberStays)
{
  NIfTIFields fields;
  fields.DataType = 16;
  fields.BitsPerVoxel = 32;
  const float values[] = {
    1.0F, notANumber, std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()
  };
  std::string voxels;
  for (size_t i = 0; i < numberOfVoxels; ++i)
  {
    voxels += BytesOf(values[i % 4]);
  }
  const std::string bytes = fields.GetBytes() + voxels;
  const std::string paths[] = {
    this->Write("volume.nii", bytes),
    this->Write("volume.nii.gz", Deflated(bytes, 31)),
    this->WriteMetaImage("volume.mha", "ElementType = MET_FLOAT\nBinaryDataByteOrderMSB = False\n", voxels),
    this->WriteNRRD("volume.nrrd", "type: float\nendian: little\nencoding: raw\n\n", voxels)
  };
  for (const std::string & path : paths)
  {
    SCOPED_TRACE(path);
    const auto image = Read(path);
    EXPECT_EQ(image->GetBufferPointer()[0], 1.0F);
    EXPECT_TRUE(std::isnan(image->GetBufferPointer()[1]));
    EXPECT_EQ(image->GetBufferPointer()[2], values[2]);
    EXPECT_EQ(image->GetBufferPointer()[3], values[3]);

    const std::string error = ErrorOf([&] { ReaderType::VerifyVoxels(image, path, nullptr); });
    EXPECT_EQ(error, path + ": voxel [1, 0, 0] is not a finite number");
    // Only what is inside of a mask matters.
    auto mask = ReaderType::MaskType::New();
    mask->SetRegions(image->GetBufferedRegion());
    mask->Allocate();
    for (size_t i = 0; i < numberOfVoxels; ++i)
    {
      mask->GetBufferPointer()[i] = i % 4 == 0 ? 1 : 0;
    }
    EXPECT_EQ(ErrorOf([&] { ReaderType::VerifyVoxels(image, path, mask); }), "");
    mask->GetBufferPointer()[2] = 1;
    EXPECT_NE(ErrorOf([&] { ReaderType::VerifyVoxels(image, path, mask); }).find("[2, 0, 0], inside the mask, is not"),
              std::string::npos);
  }
}

TEST_F(VolumeReader, ConstantVolumesAreRefusedOnRequest)
{
  const auto image = Read(this->WriteNIfTI(NIfTIFields()));
  EXPECT_EQ(ErrorOf([&] { ReaderType::VerifyVoxels(image, "x", nullptr); }), "");
  image->FillBuffer(7.0F);
  EXPECT_EQ(ErrorOf([&] { ReaderType::VerifyVoxels(image, "x", nullptr); }), "x: every voxel has the same value");
}

// ------------------------------------------------------------------------------------------------ Masks and labels

TEST_F(VolumeReader, Masks)
{
  NIfTIFields fields;
  fields.DataType = 16;
  fields.BitsPerVoxel = 32;
  std::string voxels = Ramp<float>(numberOfVoxels, false, 0.25);
  auto        reader = ReaderType::New();
  auto        mask = reader->ReadMask(this->Write("mask.nii", fields.GetBytes() + voxels));
  EXPECT_EQ(mask->GetBufferPointer()[0], 0);
  EXPECT_EQ(mask->GetBufferPointer()[1], 1);
  EXPECT_EQ(mask->GetBufferPointer()[23], 1);
  EXPECT_EQ(reader->GetNumberOfRemarks(), 0u);

  // As some programs mark what is outside.
  voxels.replace(4, 4, BytesOf(notANumber));
  mask = reader->ReadMask(this->Write("nan.nii", fields.GetBytes() + voxels));
  EXPECT_EQ(mask->GetBufferPointer()[1], 0);
  ASSERT_EQ(reader->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(reader->GetRemark(0),
            this->Path("nan.nii") + ": 1 voxels of the mask are no finite numbers and count as outside");
  EXPECT_NE(ErrorOf([&] { reader->GetRemark(1); }), "");
  // Each once, however often the file is read.
  reader->ReadMask(this->Path("nan.nii"));
  EXPECT_EQ(reader->GetNumberOfRemarks(), 2u);
  EXPECT_EQ(reader->GetRemarksOn(this->Path("nan.nii")), std::vector<std::string>{ reader->GetRemark(0) });
  EXPECT_TRUE(reader->GetRemarksOn(this->Path("mask.nii")).empty());
  reader->ClearRemarks();
  EXPECT_EQ(reader->GetNumberOfRemarks(), 0u);

  const std::string empty = this->Write("empty.nii", fields.GetBytes() + std::string(96, '\0'));
  EXPECT_EQ(ErrorOf([&] { reader->ReadMask(empty); }), empty + ": the mask is empty");
}

TEST_F(VolumeReader, Labels)
{
  auto       reader = ReaderType::New();
  const auto labels = reader->ReadLabels(this->WriteNIfTI(NIfTIFields()));
  EXPECT_EQ(labels->GetBufferPointer()[23], 23);
  NIfTIFields fields;
  fields.DataType = 16;
  fields.BitsPerVoxel = 32;
  for (const float bad : { 0.5F, -1.0F, 65536.0F, notANumber })
  {
    std::string voxels = Ramp<float>(numberOfVoxels);
    voxels.replace(8, 4, BytesOf(bad));
    const std::string path = this->Write("labels.nii", fields.GetBytes() + voxels);
    EXPECT_NE(ErrorOf([&] { reader->ReadLabels(path); }).find("voxel [2, 0, 0] is "), std::string::npos);
  }
}

// ------------------------------------------------------------------------------------------------- What is damaged

/** Every shorter file is refused, and so is every one with another byte in its compressed part. */
TEST_F(VolumeReader, TruncatedAndDamagedFiles)
{
  const std::string voxels = Ramp<int16_t>(numberOfVoxels);
  const std::string nifti = NIfTIFields().GetBytes() + voxels;
  const std::string meta = "ElementType = MET_SHORT\nBinaryDataByteOrderMSB = False\n";
  const std::string packed = Deflated(voxels, 15);
  const std::string nrrd = "type: short\nendian: little\n";
  struct Case
  {
    std::string Path;
    size_t      PackedSize;
  };
  const Case cases[] = {
    { this->Write("volume.nii", nifti), 0 },
    { this->Write("volume.nii.gz", Deflated(nifti, 31)), Deflated(nifti, 31).size() },
    { this->WriteMetaImage("volume.mha", meta, voxels), 0 },
    { this->WriteMetaImage("packed.mha",
                           meta + "CompressedData = True\nCompressedDataSize = " + std::to_string(packed.size()) + "\n",
                           packed),
      packed.size() },
    { this->WriteMetaImage("stream.mha", meta + "CompressedData = True\n", packed), packed.size() },
    { this->WriteNRRD("volume.nrrd", nrrd + "encoding: raw\n\n", voxels), 0 },
    { this->WriteNRRD("packed.nrrd", nrrd + "encoding: gzip\n\n", Deflated(voxels, 31)), Deflated(voxels, 31).size() },
  };
  for (const Case & each : cases)
  {
    SCOPED_TRACE(each.Path);
    const std::string bytes = ReadBytes(each.Path);
    const auto        original = Read(each.Path);
    const std::string name = "cut-" + std::filesystem::path(each.Path).filename().string();
    for (size_t length = 0; length < bytes.size(); ++length)
    {
      const std::string cut = this->Write(name, bytes.substr(0, length));
      const std::string error = ErrorOfFile(cut);
      EXPECT_EQ(error.rfind(cut + ": ", 0), 0u) << "cut to " << length << ": " << error;
    }
    for (size_t i = bytes.size() - each.PackedSize; i < bytes.size(); ++i)
    {
      std::string other = bytes;
      other[i] = static_cast<char>(other[i] ^ 0x55);
      // Some bytes of gzip's header mean nothing; then the voxels are the same.
      const std::string  path = this->Write(name, other);
      std::string        remarks;
      ImageType::Pointer image;
      const std::string  error = ErrorOf([&] { image = Read(path, &remarks); });
      if (image)
      {
        EXPECT_EQ(std::memcmp(image->GetBufferPointer(), original->GetBufferPointer(), numberOfVoxels * 4), 0) << i;
        EXPECT_EQ(image->GetOrigin(), original->GetOrigin()) << i;
      }
      else
      {
        EXPECT_EQ(error.rfind(path + ": ", 0), 0u) << error;
      }
    }
  }
}

TEST_F(VolumeReader, HeadersThatTellOfOtherVoxels)
{
  const std::string voxels = Ramp<int16_t>(numberOfVoxels);
  const std::string meta = "ElementType = MET_SHORT\nBinaryDataByteOrderMSB = False\n";
  const std::string packed = Deflated(voxels, 15);
  ExpectRefused(this->WriteMetaImage("short.mha", meta + "CompressedData = True\n", Deflated(voxels.substr(2), 15)),
                "23 of 24 voxels");
  ExpectRefused(this->WriteMetaImage("long.mha", meta + "CompressedData = True\n", Deflated(voxels + "ab", 15)),
                "2 bytes more");
  ExpectRefused(this->WriteMetaImage("size.mha", meta + "CompressedData = True\nCompressedDataSize = 9999\n", packed),
                "truncated");
  ExpectRefused(this->WriteMetaImage("few.mhd", meta, "1.raw\n", "LIST"), "names 1 files, should name 2");
  ExpectRefused(this->WriteMetaImage("gone.mhd", meta, "", "gone.raw"), "gone.raw");
  ExpectRefused(this->WriteMetaImage("printf.mhd", meta, "", "%s%n.raw 1 2 1"), "%s%n.raw");
  this->Write("half.raw", voxels.substr(24));
  ExpectRefused(this->WriteMetaImage("half.mhd", meta, "", "half.raw"), "12 of 24 voxels");
  ExpectRefused(this->WriteMetaImage("end.mhd", meta + "HeaderSize = -1\n", "", "half.raw"), "of 24 voxels");
  ExpectRefused(this->WriteMetaImage("header.mhd", meta + "HeaderSize = -7\n", "", "half.raw"), "HeaderSize");
  ExpectRefused(this->WriteMetaImage("channels.mha", meta + "ElementNumberOfChannels = 3\n", voxels), "3 components");
  ExpectRefused(this->WriteMetaImage("type.mha", "ElementType = MET_OTHER\n", voxels), "MET_OTHER");
  const auto withSize = [&](const std::string & dimension, const std::string & size) {
    return this->Write(
      "dims.mha", "NDims = " + dimension + "\nDimSize = " + size + "\n" + meta + "ElementDataFile = LOCAL\n" + voxels);
  };
  ExpectRefused(withSize("3", "4 3"), "DimSize has 2 numbers");
  ExpectRefused(withSize("3", "4 3 0"), "size along axis 2 is 0");
  ExpectRefused(withSize("3", "4 3 -2"), "is -2");
  ExpectRefused(withSize("3", "4 3 x"), "'x'");
  ExpectRefused(withSize("3", "2000000000 2000000000 2000000000"), "more voxels than can be");
  ExpectRefused(withSize("3", "2000000 2000 2000"), "truncated");
  ExpectRefused(withSize("2", "4 6"), "2D image, should be 3D");
  ExpectRefused(withSize("4", "4 3 1 2"), "4D image, should be 3D");
  ExpectRefused(withSize("40", "4 3 2"), "NDims is 40");
  ExpectRefused(this->Write("nothing.mha", "NDims = 3\n"), "no DimSize");
  ExpectRefused(this->Write("empty.mha", ""), "empty");
  ExpectRefused(this->Write("image.xyz", "anything"), "not an image");
  ExpectRefused(this->Path("no.nii"), "no such file");
  ExpectRefused(m_Folder.string(), "is a folder");

  std::string remarks;
  const auto  fourth = Read(withSize("4", "4 3 2 1"), &remarks);
  ExpectRamp(fourth);

  const auto withNIfTI = [&](auto && change) {
    NIfTIFields fields;
    change(fields);
    return this->WriteNIfTI(fields);
  };
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.Dim[0] = 4, f.Dim[4] = 2; }), "4D image, should be 3D");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.Dim[3] = 0; }), "size along axis 2 is 0");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.Dim[1] = -4; }), "size along axis 0 is -4");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.Dim[3] = 3; }), "24 of 36 voxels");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.DataType = 128, f.BitsPerVoxel = 24; }), "RGB");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.DataType = 32, f.BitsPerVoxel = 64; }), "complex");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.DataType = 1536, f.BitsPerVoxel = 128; }), "data type 1536");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.VoxelOffset = 100; }), "vox_offset is 100");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.VoxelOffset = notANumber; }), "vox_offset");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.VoxelOffset = 1e9F; }), "ends before its voxels begin");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.Magic = ""; }), "not that of a file with this extension");
  ExpectRefused(withNIfTI([](NIfTIFields & f) { f.Magic = "ni1"; }), "not that of a file with this extension");
  ExpectRamp(Read(withNIfTI([](NIfTIFields & f) { f.Dim = { { 7, 4, 3, 2, 1, 1, 1, 1 } }; })));
  ExpectRamp(Read(withNIfTI([](NIfTIFields & f) { f.Dim = { { 5, 4, 3, 2, 0, 0, 0, 0 } }; })));
  ExpectRamp(Read(withNIfTI([](NIfTIFields & f) { f.BitsPerVoxel = 0; }), &remarks));
  EXPECT_NE(remarks.find("0 bits per voxel"), std::string::npos) << remarks;
  ExpectRamp(Read(withNIfTI([](NIfTIFields & f) { f.VoxelOffset = 0; }), &remarks));
  EXPECT_NE(remarks.find("vox_offset is 0"), std::string::npos) << remarks;
}

// ------------------------------------------------------------------------------------------------------- Geometry

TEST_F(VolumeReader, SFormAndQFormThatDisagree)
{
  NIfTIFields fields;
  fields.SFormCode = 2;
  fields.QForm[3] = 66;
  std::string remarks;
  auto        image = Read(this->WriteNIfTI(fields), &remarks);
  EXPECT_EQ(remarks, "its sform and its qform differ, by 30 mm at the farthest corner; the qform was taken\n");
  EXPECT_EQ(image->GetOrigin()[0], -66.0);
  // The transform of the scanner goes first.
  fields.SFormCode = 1;
  image = Read(this->WriteNIfTI(fields), &remarks);
  EXPECT_NE(remarks.find("the sform was taken"), std::string::npos) << remarks;
  EXPECT_EQ(image->GetOrigin()[0], -36.0);
  // Rounding in single precision is no disagreement: a hundredth of a voxel is where it begins.
  fields.QForm[3] = 36.015F;
  Read(this->WriteNIfTI(fields));
  fields.QForm[3] = 36.025F;
  Read(this->WriteNIfTI(fields), &remarks);
  EXPECT_NE(remarks.find("differ, by 0.025"), std::string::npos) << remarks;
}

TEST_F(VolumeReader, TransformsThatAreNoNumbers)
{
  NIfTIFields fields;
  fields.SForm.fill(notANumber);
  std::string remarks;
  const auto  image = Read(this->WriteNIfTI(fields), &remarks);
  EXPECT_EQ(remarks, "its sform holds NaN or infinity; the qform was taken\n");
  EXPECT_EQ(image->GetOrigin()[0], -36.0);
  EXPECT_NEAR(image->GetDirection()(0, 0), 1.0, 1e-7);

  fields.QFormCode = 0;
  ExpectRefused(this->WriteNIfTI(fields), "its sform holds NaN or infinity, and it has no qform");
  fields.QFormCode = 1;
  fields.QForm[0] = notANumber;
  ExpectRefused(this->WriteNIfTI(fields), "its sform holds NaN");
  fields = NIfTIFields();
  fields.QForm[1] = std::numeric_limits<float>::infinity();
  fields.SFormCode = 2;
  Read(this->WriteNIfTI(fields), &remarks);
  EXPECT_EQ(remarks, "its qform holds NaN or infinity; the sform was taken\n");
  fields.SForm.fill(0.0F);
  ExpectRefused(this->WriteNIfTI(fields), "singular");
}

TEST_F(VolumeReader, NeitherSFormNorQForm)
{
  NIfTIFields fields;
  fields.SFormCode = 0;
  fields.QFormCode = 0;
  std::string remarks;
  const auto  image = Read(this->WriteNIfTI(fields), &remarks);
  EXPECT_EQ(remarks.rfind("has neither an sform nor a qform", 0), 0u) << remarks;
  EXPECT_EQ(image->GetSpacing()[2], 3.0);
  EXPECT_EQ(image->GetOrigin()[2], 0.0);
  EXPECT_EQ(image->GetDirection()(0, 0), 1.0);
}

TEST_F(VolumeReader, VoxelSizesOfNIfTI)
{
  const auto with = [&](float z, auto && change) {
    NIfTIFields fields;
    fields.PixDim[3] = z;
    change(fields);
    return this->WriteNIfTI(fields);
  };
  const auto  none = [](NIfTIFields &) {};
  const auto  noSForm = [](NIfTIFields & f) { f.SFormCode = 0; };
  const auto  noQForm = [](NIfTIFields & f) { f.QFormCode = 0; };
  std::string remarks;
  auto        image = Read(with(-3, noSForm), &remarks);
  EXPECT_EQ(remarks, "its pixdim is negative (2 x 2 x -3); the sign was ignored\n");
  EXPECT_EQ(image->GetSpacing()[2], 3.0);
  ExpectRefused(with(0, noSForm), "its voxel size (pixdim) is 2 x 2 x 0");
  ExpectRefused(with(notANumber, noSForm), "its voxel size (pixdim) is 2 x 2 x nan");
  for (const float bad : { 0.0F, notANumber })
  {
    image = Read(with(bad, none), &remarks);
    EXPECT_EQ(image->GetSpacing()[2], 3.0);
    EXPECT_NE(remarks.find("that of the sform was taken: 2 x 2 x 3 mm"), std::string::npos) << remarks;
  }
  ExpectRefused(with(2.5F, noQForm), "its sform has voxels of 2 x 2 x 3 mm and its pixdim says 2 x 2 x 2.5");

  // Directions without the voxel size.
  image = Read(with(3,
                    [](NIfTIFields & f) {
                      f.QFormCode = 0;
                      f.SForm = { { -1, 0, 0, 36, 0, -1, 0, 40, 0, 0, 1, -18 } };
                    }),
               &remarks);
  EXPECT_NE(remarks.find("that of pixdim was put in: 2 x 2 x 3 mm"), std::string::npos) << remarks;
  EXPECT_EQ(image->GetSpacing()[0], 2.0);
  EXPECT_EQ(image->GetOrigin()[0], -36.0);
  EXPECT_EQ(image->GetDirection()(0, 0), 1.0);

  // Other units than millimetres.
  for (const bool isMetre : { true, false })
  {
    NIfTIFields fields;
    const float scale = isMetre ? 1e-3F : 1e3F;
    fields.Units = isMetre ? 1 : 3;
    for (size_t i = 1; i < 4; ++i)
    {
      fields.PixDim[i] *= scale;
      fields.QForm[2 + i] *= scale;
    }
    fields.SFormCode = 0;
    image = Read(this->WriteNIfTI(fields), &remarks);
    EXPECT_NE(remarks.find(isMetre ? "in metres" : "in micrometres"), std::string::npos) << remarks;
    EXPECT_NEAR(image->GetSpacing()[2], 3.0, 1e-6);
    EXPECT_NEAR(image->GetOrigin()[1], -40.0, 1e-5);
  }
  // A size that no head has, in whatever format.
  Read(with(3, [](NIfTIFields & f) { f.Units = 1; }), &remarks);
  EXPECT_NE(remarks.find("given in another unit"), std::string::npos) << remarks;
  Read(this->WriteMetaImage("unit.mha", "ElementType = MET_UCHAR\n", std::string(numberOfVoxels, 'a')));
}

TEST_F(VolumeReader, AxesThatAreNotAtRightAngles)
{
  // The y axis leans by an angle, whose sine is the shear.
  const auto leaning = [&](double shear) {
    NIfTIFields fields;
    fields.QFormCode = 0;
    const auto cosine = static_cast<float>(2.0 * std::sqrt(1.0 - shear * shear));
    fields.SForm = { { 2, 0, 0, 0, 0, cosine, 0, 0, 0, static_cast<float>(2.0 * shear), 3, 0 } };
    return this->WriteNIfTI(fields);
  };
  Read(leaning(5e-5));
  std::string remarks;
  const auto  image = Read(leaning(1e-3), &remarks);
  EXPECT_EQ(remarks.rfind("its axes are not quite at right angles, by 0.0572", 0), 0u) << remarks;
  const auto product = image->GetDirection().GetVnlMatrix() * image->GetDirection().GetTranspose();
  EXPECT_TRUE(product.is_identity(1e-12));
  // The nearest matrix turns both axes by half of the angle.
  EXPECT_NEAR(std::abs(image->GetDirection()(2, 1)), 0.5e-3, 1e-6);
  EXPECT_NEAR(std::abs(image->GetDirection()(1, 2)), 0.5e-3, 1e-6);
  ExpectRefused(leaning(0.28734789), "not at right angles, by 16.69");

  const auto meta = [&](const std::string & matrix) {
    return this->WriteMetaImage(
      "direction.mha", "ElementType = MET_UCHAR\nTransformMatrix = " + matrix + "\n", std::string(numberOfVoxels, 'a'));
  };
  Read(meta("1 0 0 0 0.999999 0.00001 0 -0.00001 1"));
  ExpectRefused(meta("1 0 0 0 0.98 0.2 0 0 1"), "not at right angles");
  ExpectRefused(meta("2 0 0 0 2 0 0 0 3"), "a length other than 1");
  ExpectRefused(meta("1 0 0 0 nan 0 0 0 1"), "no finite numbers");
  ExpectRefused(meta("1 0 0 0 1 0"), "TransformMatrix has 6 numbers");
}

TEST_F(VolumeReader, SpacingAndOriginOfMetaImage)
{
  const auto with = [&](const std::string & spacing, const std::string & offset) {
    return this->Write("grid.mha",
                       "NDims = 3\nDimSize = 4 3 2\nElementType = MET_UCHAR\n" + spacing + offset +
                         "TransformMatrix = 1 0 0 0 1 0 0 0 1\nElementDataFile = LOCAL\n" +
                         std::string(numberOfVoxels, 'a'));
  };
  ExpectRefused(with("ElementSpacing = 1 1 0\n", ""), "voxels of 1, 1, 0 mm");
  ExpectRefused(with("ElementSpacing = 1 1 -1\n", ""), "voxels of 1, 1, -1 mm");
  ExpectRefused(with("ElementSpacing = 1 1 nan\n", ""), "voxels of 1, 1, nan mm");
  ExpectRefused(with("ElementSpacing = 1 1 1\n", "Offset = 0 0 inf\n"), "first voxel at 0, 0, inf");
  std::string remarks;
  EXPECT_EQ(Read(with("", ""), &remarks)->GetSpacing()[0], 1.0);
  EXPECT_EQ(remarks, "its header has no ElementSpacing and no Offset; taken were voxels of 1 mm, a first voxel at 0\n");
  EXPECT_EQ(Read(with("ElementSize = 2 2 4\n", "Position = 1 2 3\n"))->GetSpacing()[2], 4.0);
  const std::string offset = "Offset = 1 2 3\n";
  Read(with("DistanceUnits = mm\nElementSpacing = 1 1 1\n", offset));
  Read(with("DistanceUnits = cm\nElementSpacing = 1 1 1\n", offset), &remarks);
  EXPECT_EQ(remarks, "its DistanceUnits are 'cm'; its numbers were taken as mm\n");
  Read(with("ElementSpacing = 0.001 0.001 0.001\n", ""), &remarks);
  EXPECT_NE(remarks.find("given in another unit"), std::string::npos) << remarks;

  // Lists that a blank has made longer, and keys that are not there: never 0 or 1 in silence.
  EXPECT_EQ(Read(with("ElementSpacing = 1 5 2 2.5\n", offset), &remarks)->GetSpacing()[1], 5.0);
  EXPECT_EQ(remarks, "its ElementSpacing has 4 numbers; the first 3 were taken\n");
  const std::string start = "NDims = 3\nDimSize = 4 3 2 1\nElementType = MET_UCHAR\nElementSpacing = 1 1 1\n" + offset;
  const std::string end = "ElementDataFile = LOCAL\n" + std::string(numberOfVoxels, 'a');
  EXPECT_TRUE(Read(this->Write("plain.mha", start + "Transf?rmMatrix = 0 1 0 1 0 0 0 0 1\n" + end), &remarks)
                ->GetDirection()
                .GetVnlMatrix()
                .is_identity());
  EXPECT_EQ(
    remarks,
    "its DimSize has 4 numbers; the first 3 were taken\nits header has no TransformMatrix; taken were axes that "
    "run to the left, backwards and upwards (LPS)\n");
}

TEST_F(VolumeReader, MessagesQuoteNoControlCharacters)
{
  ExpectRefused(this->WriteMetaImage("type.mha", "ElementType = MET_\x7f\x01\tOTHER\n", ""), "'MET_?? OTHER'");
  std::string remarks;
  Read(this->WriteMetaImage(
         "unit.mha", "ElementType = MET_UCHAR\nDistanceUnits = c\x1b[m\n", std::string(numberOfVoxels, 'a')),
       &remarks);
  EXPECT_EQ(remarks, "its DistanceUnits are 'c?[m'; its numbers were taken as mm\n");
}

TEST(VolumeReaderClass, PrintsItsRemarks)
{
  std::ostringstream text;
  ReaderType::New()->Print(text);
  EXPECT_NE(text.str().find("Remarks:"), std::string::npos);
}

} // namespace
