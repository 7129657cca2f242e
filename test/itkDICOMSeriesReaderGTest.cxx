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
#include "itkDICOMSeriesReader.h"

#include "itkDICOMTestUtilities.h"
#include "itkTestData.h"

#include "itkGDCMImageIO.h"
#include "itkGDCMSeriesFileNames.h"
#include "itkImageSeriesReader.h"
#include "itkMetaDataObject.h"
#include "itk_zlib.h"

#include <gdcmImageChangeTransferSyntax.h>
#include <gdcmImageReader.h>
#include <gdcmImageWriter.h>

#include <algorithm>
#include <cstring>

namespace
{
using namespace dicomtest;
using ReaderType = itk::DICOMSeriesReader;
using ImageType = ReaderType::ImageType;

class DICOMSeriesReader : public DICOMTest
{
protected:
  /** Reads a path; leaves the reader for its remarks. */
  ImageType *
  Read(const std::string & path, const std::string & series = "")
  {
    m_Reader = ReaderType::New();
    m_Reader->SetPath(path);
    m_Reader->SetSeries(series);
    m_Reader->Update();
    return m_Reader->GetOutput();
  }

  std::string
  ErrorOfReading(const std::string & path, const std::string & series = "")
  {
    return ErrorOf([&] { this->Read(path, series); });
  }

  void
  ExpectError(const std::string & path, const std::string & name, const std::string & words)
  {
    const std::string error = this->ErrorOfReading(path);
    EXPECT_EQ(error.rfind(name.empty() ? path : path + '/' + name, 0), 0U) << error;
    EXPECT_NE(error.find(words), std::string::npos) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }

  void
  ExpectRemark(const std::string & words)
  {
    std::string all;
    for (unsigned int i = 0; i < m_Reader->GetNumberOfRemarks(); ++i)
    {
      all += m_Reader->GetRemark(i) + '\n';
    }
    EXPECT_NE(all.find(words), std::string::npos) << all;
  }

  /** Has GDCM code the pixel data of a file anew. */
  static void
  Recode(const std::string & fileName, gdcm::TransferSyntax::TSType transferSyntax)
  {
    gdcm::ImageReader reader;
    reader.SetFileName(fileName.c_str());
    ASSERT_TRUE(reader.Read());
    gdcm::ImageChangeTransferSyntax change;
    change.SetTransferSyntax(transferSyntax);
    change.SetInput(reader.GetImage());
    ASSERT_TRUE(change.Change());
    gdcm::ImageWriter writer;
    writer.SetFileName(fileName.c_str());
    writer.SetFile(reader.GetFile());
    writer.SetImage(change.GetOutput());
    ASSERT_TRUE(writer.Write());
  }

  Volume              m_Volume;
  ReaderType::Pointer m_Reader;
};

/** A head-first oblique grid whose cosines are no short numbers. */
Volume
ObliqueVolume()
{
  Volume       volume;
  const double c = std::cos(0.3);
  const double s = std::sin(0.3);
  volume.Orientation = { { 1, 0, 0, 0, c, s } };
  return volume;
}
} // namespace

TEST_F(DICOMSeriesReader, PutsSlicesInTheOrderOfTheirPositions)
{
  m_Volume.Expect(this->Read(this->Save("mr", m_Volume.GetSeries())));
  EXPECT_EQ(m_Reader->GetNumberOfRemarks(), 0U);
  ASSERT_EQ(m_Reader->GetNumberOfSlices(), 5U);
  EXPECT_EQ(m_Reader->GetSliceFileName(2), this->Path("mr/" + NameOf(2)));
  EXPECT_THROW(m_Reader->GetSliceFileName(5), itk::ExceptionObject);
  EXPECT_THROW(m_Reader->GetRemark(0), itk::ExceptionObject);

  auto descending = m_Volume.GetSeries();
  std::reverse(descending.begin(), descending.end());
  for (size_t i = 0; i < descending.size(); ++i)
  {
    descending[i].Text(0x00200013, "IS", std::to_string(i + 1));
  }
  m_Volume.Expect(this->Read(this->Save("descending", descending)));

  std::string text;
  itk::ExposeMetaData<std::string>(m_Reader->GetOutput()->GetMetaDataDictionary(), "0008|0060", text);
  EXPECT_EQ(text, "MR");
}

TEST_F(DICOMSeriesReader, ReadsEveryOrientation)
{
  const std::array<double, 6> orientations[] = { { { 1, 0, 0, 0, 0, -1 } },
                                                 { { 0, 1, 0, 0, 0, -1 } },
                                                 { { -1, 0, 0, 0, -1, 0 } },
                                                 { { 0, 0, 1, 1, 0, 0 } },
                                                 ObliqueVolume().Orientation };
  for (const auto & orientation : orientations)
  {
    m_Volume.Orientation = orientation;
    m_Volume.Expect(this->Read(this->Save(NewUID(), m_Volume.GetSeries())));
  }
}

// An independent reading of the same files: what was right before this class was written stays the same bits.
TEST_F(DICOMSeriesReader, GivesTheSameBitsAsITKWhereThatIsRight)
{
  Volume volume = ObliqueVolume();
  auto   slices = volume.GetSeries();
  for (auto & slice : slices)
  {
    slice.Text(0x00281053, "DS", "0.0123456789").Text(0x00281052, "DS", "-1024.3");
  }
  const std::string path = this->Save("oblique", slices);
  auto              names = itk::GDCMSeriesFileNames::New();
  names->SetDirectory(path);
  auto reference = itk::ImageSeriesReader<ImageType>::New();
  reference->SetImageIO(itk::GDCMImageIO::New());
  reference->SetFileNames(names->GetInputFileNames());
  reference->Update();

  const ImageType * const image = this->Read(path);
  EXPECT_EQ(image->GetOrigin(), reference->GetOutput()->GetOrigin());
  EXPECT_EQ(image->GetSpacing(), reference->GetOutput()->GetSpacing());
  EXPECT_EQ(image->GetDirection(), reference->GetOutput()->GetDirection());
  ASSERT_EQ(image->GetLargestPossibleRegion(), reference->GetOutput()->GetLargestPossibleRegion());
  EXPECT_EQ(std::memcmp(image->GetBufferPointer(),
                        reference->GetOutput()->GetBufferPointer(),
                        image->GetLargestPossibleRegion().GetNumberOfPixels() * sizeof(float)),
            0);
}

TEST_F(DICOMSeriesReader, ReadsNativeTransferSyntaxes)
{
  for (const char * const syntax : { implicitLittleEndian, explicitLittleEndian, explicitBigEndian })
  {
    m_Volume.Expect(this->Read(this->Save(syntax, m_Volume.GetSeries(), syntax)));
  }
  // Deflated: the data set without zlib's head.
  const std::string deflated = "1.2.840.10008.1.2.1.99";
  const auto        slices = m_Volume.GetSeries();
  fs::create_directories(this->Path("deflated"));
  for (size_t i = 0; i < slices.size(); ++i)
  {
    std::string plain = Encoder(false, false).Encode(slices[i]);
    std::string packed(plain.size() + 100, '\0');
    z_stream    stream{};
    ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef *>(&plain[0]);
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef *>(&packed[0]);
    stream.avail_out = static_cast<uInt>(packed.size());
    ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    WriteBytes(this->Path("deflated/" + NameOf(i)), FileHead(slices[i], deflated) + packed);
  }
  m_Volume.Expect(this->Read(this->Path("deflated")));
  const std::string whole = ReadBytes(this->Path("deflated/" + NameOf(2)));
  WriteBytes(this->Path("deflated/" + NameOf(2)), whole.substr(0, whole.size() - 20));
  this->ExpectError(this->Path("deflated"), NameOf(2), "truncated");
}

TEST_F(DICOMSeriesReader, ReadsCompressedTransferSyntaxesAndSeesWhenTheyAreCut)
{
  const std::pair<gdcm::TransferSyntax::TSType, const char *> syntaxes[] = {
    { gdcm::TransferSyntax::RLELossless, "rle" },
    { gdcm::TransferSyntax::JPEGLosslessProcess14_1, "jpeg" },
    { gdcm::TransferSyntax::JPEG2000Lossless, "jpeg2000" },
    { gdcm::TransferSyntax::JPEGLSLossless, "jpeg-ls" }
  };
  Volume volume;
  volume.Columns = 40;
  volume.Rows = 36;
  volume.Stored = [](unsigned int i, unsigned int j, unsigned int k) {
    return static_cast<int>(300 * k + (i * i + 3 * j) % 257);
  };
  for (const auto & syntax : syntaxes)
  {
    auto slices = volume.GetSeries();
    for (auto & slice : slices)
    {
      slice.Number(0x00280103, "US", { 0 });
    }
    const std::string path = this->Save(syntax.second, slices);
    for (size_t i = 0; i < slices.size(); ++i)
    {
      Recode(path + '/' + NameOf(i), syntax.first);
    }
    SCOPED_TRACE(syntax.second);
    volume.Expect(this->Read(path));
    EXPECT_EQ(m_Reader->GetNumberOfRemarks(), 0U);

    const std::string name = path + '/' + NameOf(3);
    const std::string whole = ReadBytes(name);
    // Cut as by a copy that was stopped, and with the lengths mended as by a writer that was.
    WriteBytes(name, whole.substr(0, whole.size() - 200));
    this->ExpectError(path, NameOf(3), "truncated");
    std::string  mended = whole;
    const size_t fragment =
      whole.find(std::string("\xfe\xff\x00\xe0", 4), whole.find(std::string("\xe0\x7f\x10\x00", 4)) + 20);
    ASSERT_NE(fragment, std::string::npos);
    std::uint32_t length = 0;
    std::memcpy(&length, &mended[fragment + 4], 4);
    length = (length / 2) & ~1U;
    std::memcpy(&mended[fragment + 4], &length, 4);
    mended = mended.substr(0, fragment + 8 + length) + whole.substr(whole.size() - 8);
    WriteBytes(name, mended);
    this->ExpectError(path, NameOf(3), "truncated");
  }
}

// A slice that is not recognised any more makes the volume shorter, or its slices twice as far apart: never in silence.
TEST_F(DICOMSeriesReader, SaysWhichFilesMayHaveBeenSlices)
{
  const auto        slices = m_Volume.GetSeries();
  const std::string path = this->Save("mr", slices);
  const std::string last = path + '/' + NameOf(4);
  const std::string whole = ReadBytes(last);
  const auto        expectFour = [&] {
    EXPECT_EQ(this->Read(path)->GetLargestPossibleRegion().GetSize(2), 4U);
    ASSERT_EQ(m_Reader->GetNumberOfRemarks(), 1U);
    EXPECT_EQ(m_Reader->GetRemark(0).rfind(last + ": ", 0), 0U) << m_Reader->GetRemark(0);
  };
  WriteBytes(last, std::string(500, 'x'));
  expectFour();
  this->ExpectRemark("is named as the files of a series, but is no DICOM file; it was left out");
  WriteBytes(last, "");
  expectFour();
  this->ExpectRemark("is empty; it was left out");

  auto object = slices.back();
  object.Text(0x00080060, "CS", "PR");
  WriteDICOM(last, object);
  expectFour();
  this->ExpectRemark("is no image (PR); it was left out");

  auto other = slices.back();
  other.Text(0x0020000e, "UI", NewUID());
  WriteDICOM(last, other);
  const std::string bytes = ReadBytes(last);
  WriteBytes(last, bytes.substr(0, bytes.find(std::string("\x28\x00\x30\x00", 4)) + 10));
  expectFour();
  this->ExpectRemark("it is of another series by its UID, and was left out");

  // What is no slice by its name or its UID stays unsaid.
  WriteBytes(last, whole);
  WriteBytes(this->Path("mr/README"), "notes");
  object.Text(0x0020000e, "UI", NewUID());
  WriteDICOM(this->Path("mr/raw"), object);
  m_Volume.Expect(this->Read(path));
  EXPECT_EQ(m_Reader->GetNumberOfRemarks(), 0U);
}

TEST_F(DICOMSeriesReader, ReadsSignedAndUnsignedPixelsOfEveryDepth)
{
  struct Depth
  {
    unsigned int Allocated, Stored;
    bool         IsSigned;
    int          Offset;
  };
  for (const Depth & depth : { Depth{ 8, 8, false, 0 },
                               Depth{ 16, 12, true, -700 },
                               Depth{ 16, 16, false, 60000 },
                               Depth{ 32, 32, true, -70000 } })
  {
    m_Volume.Stored = [&depth](unsigned int i, unsigned int j, unsigned int k) {
      return static_cast<int>(10 * k + 5 * j + i) + depth.Offset;
    };
    for (const char * const syntax : { explicitLittleEndian, explicitBigEndian })
    {
      auto slices = m_Volume.GetSeries();
      for (unsigned int k = 0; k < slices.size(); ++k)
      {
        slices[k].Number(0x00280100, "US", { depth.Allocated }).Number(0x00280101, "US", { depth.Stored });
        slices[k].Number(0x00280102, "US", { depth.Stored - 1 }).Number(0x00280103, "US", { depth.IsSigned ? 1U : 0U });
        std::vector<std::uint32_t> pixels = m_Volume.GetPixels(k);
        if (depth.Stored == 12)
        {
          // Unused bits are left 0.
          std::transform(pixels.begin(), pixels.end(), pixels.begin(), [](std::uint32_t p) { return p & 0xfff; });
        }
        if (depth.Allocated == 32)
        {
          // A word has two halves, of which the byte order decides the first.
          std::vector<std::uint32_t> halves;
          for (const std::uint32_t pixel : pixels)
          {
            const bool isBig = syntax == explicitBigEndian;
            halves.push_back(isBig ? pixel >> 16 : pixel & 0xffff);
            halves.push_back(isBig ? pixel & 0xffff : pixel >> 16);
          }
          pixels = halves;
        }
        slices[k].Number(0x7fe00010, depth.Allocated == 8 ? "OB" : "OW", pixels);
      }
      SCOPED_TRACE(depth.Stored);
      m_Volume.Expect(this->Read(this->Save(NewUID(), slices, syntax)));
    }
  }
}

TEST_F(DICOMSeriesReader, ScalesEachSliceWithItsOwnSlope)
{
  auto slices = m_Volume.GetSeries();
  for (size_t k = 0; k < slices.size(); ++k)
  {
    slices[k].Text(0x00281053, "DS", Decimals({ 0.25 + 0.5 * k })).Text(0x00281052, "DS", Decimals({ 3.0 * k - 7.0 }));
  }
  m_Volume.Expect(this->Read(this->Save("pet", slices)), [this](unsigned int i, unsigned int j, unsigned int k) {
    return static_cast<float>((0.25 + 0.5 * k) * m_Volume.Stored(i, j, k) + 3.0 * k - 7.0);
  });

  slices[1].Text(0x00281053, "DS", "0");
  this->Read(this->Save("zero", slices));
  this->ExpectRemark("Rescale Slope is 0");
}

TEST_F(DICOMSeriesReader, KeepsTheStoredValuesOfMonochrome1)
{
  auto slices = m_Volume.GetSeries();
  for (auto & slice : slices)
  {
    slice.Text(0x00280004, "CS", "MONOCHROME1");
  }
  m_Volume.Expect(this->Read(this->Save("mono", slices)));
  this->ExpectRemark("and 4 others: MONOCHROME1");
}

TEST_F(DICOMSeriesReader, ReadsEnhancedObjectsInTheOrderOfPositions)
{
  const std::vector<unsigned int> order{ 3, 0, 4, 2, 1 };
  for (const bool isOpen : { false, true })
  {
    const DataSet enhanced = m_Volume.GetEnhanced(order);
    Encoder       encoder(false, false);
    encoder.HasUndefinedLengths = isOpen;
    const std::string folder = isOpen ? "open" : "closed";
    fs::create_directories(this->Path(folder));
    WriteBytes(this->Path(folder + "/E"), FileHead(enhanced, explicitLittleEndian) + encoder.Encode(enhanced));
    m_Volume.Expect(this->Read(this->Path(folder)));
    EXPECT_EQ(m_Reader->GetNumberOfRemarks(), 0U);
    // The file itself is a series too.
    m_Volume.Expect(this->Read(this->Path(folder + "/E")));
  }
  fs::create_directories(this->Path("implicit"));
  WriteDICOM(this->Path("implicit/E"), m_Volume.GetEnhanced(order), implicitLittleEndian);
  m_Volume.Expect(this->Read(this->Path("implicit")));
}

TEST_F(DICOMSeriesReader, ScalesEachFrameWithItsOwnSlope)
{
  DataSet enhanced = m_Volume.GetEnhanced({ 0, 1, 2, 3, 4 });
  auto &  frames = enhanced.Elements[0x52009230].Items;
  for (size_t k = 0; k < frames.size(); ++k)
  {
    frames[k].Sequence(0x00289145,
                       { DataSet().Text(0x00281052, "DS", "5").Text(0x00281053, "DS", Decimals({ 1.0 + k })) });
  }
  fs::create_directories(this->Path("scaled"));
  WriteDICOM(this->Path("scaled/E"), enhanced);
  m_Volume.Expect(this->Read(this->Path("scaled")), [this](unsigned int i, unsigned int j, unsigned int k) {
    return (1.0 + k) * m_Volume.Stored(i, j, k) + 5.0;
  });

  frames.pop_back();
  WriteDICOM(this->Path("scaled/E"), enhanced);
  this->ExpectError(this->Path("scaled"), "E", "5 frames, but the position of 4");
}

TEST_F(DICOMSeriesReader, DividesStacksOfAnEnhancedObject)
{
  // Two echoes of each position in one file.
  DataSet enhanced = m_Volume.GetEnhanced({ 0, 1, 2, 3, 4, 0, 1, 2, 3, 4 });
  auto &  frames = enhanced.Elements[0x52009230].Items;
  auto &  pixels = enhanced.Elements[0x7fe00010].Numbers;
  for (size_t f = 0; f < frames.size(); ++f)
  {
    // Binary doubles: 10 and 20 ms.
    frames[f].Sequence(0x00189114, { DataSet().Number(0x00189082, "FD", { 0, f < 5 ? 0x40240000U : 0x40340000U }) });
  }
  std::transform(pixels.begin() + pixels.size() / 2,
                 pixels.end(),
                 pixels.begin() + pixels.size() / 2,
                 [](std::uint32_t p) { return p + 7; });
  fs::create_directories(this->Path("echoes"));
  WriteDICOM(this->Path("echoes/E"), enhanced);
  const std::string error = this->ErrorOfReading(this->Path("echoes"));
  EXPECT_NE(error.find("2 volumes"), std::string::npos) << error;
  EXPECT_NE(error.find("effective echo time 20 ms (5 slices"), std::string::npos) << error;
  m_Volume.Expect(this->Read(this->Path("echoes"), ":1"));
  m_Volume.Expect(this->Read(this->Path("echoes"), "T1 head:2"),
                  [this](unsigned int i, unsigned int j, unsigned int k) { return m_Volume.Stored(i, j, k) + 7.0; });
  m_Reader->SetSeries("");
  m_Reader->SetVolume(2);
  m_Reader->Update();
  EXPECT_EQ(m_Reader->GetOutput()->GetPixel({ { 0, 0, 0 } }), m_Volume.Stored(0, 0, 0) + 7.0F);
  EXPECT_NE(this->ErrorOfReading(this->Path("echoes"), ":3"), "");
}

TEST_F(DICOMSeriesReader, DividesVolumesInOneSeries)
{
  struct Kind
  {
    std::uint32_t Tag;
    const char *  VR;
    const char *  First;
    const char *  Second;
    const char *  Label;
  };
  for (const Kind & kind : { Kind{ 0x00180081, "DS", "2.46", "4.92", "echo time 4.92 ms" },
                             Kind{ 0x00200100, "IS", "1", "2", "temporal position 2" },
                             Kind{ 0x00180010, "LO", "none yet", "Gadolinium", "contrast agent Gadolinium" },
                             Kind{ 0x0019100c, "IS", "0", "1000", "b-value (Siemens) 1000" },
                             Kind{ 0x00080008, "CS", "ORIGINAL\\PRIMARY\\M", "ORIGINAL\\PRIMARY\\P", "PRIMARY\\P" } })
  {
    auto slices = m_Volume.GetSeries();
    auto others = slices;
    for (size_t k = 0; k < slices.size(); ++k)
    {
      slices[k].Text(kind.Tag, kind.VR, kind.First);
      others[k].Text(kind.Tag, kind.VR, kind.Second).Text(0x00080018, "UI", NewUID());
      auto & numbers = others[k].Elements[0x7fe00010].Numbers;
      std::transform(numbers.begin(), numbers.end(), numbers.begin(), [](std::uint32_t p) { return p + 11; });
    }
    slices.insert(slices.end(), others.begin(), others.end());
    const std::string path = this->Save(NewUID(), slices);
    const std::string error = this->ErrorOfReading(path);
    EXPECT_NE(error.find("holds 2 volumes"), std::string::npos) << error;
    EXPECT_NE(error.find(kind.Label), std::string::npos) << error;
    // Which is the first depends on the names of the files.
    float sum = 0.0F;
    for (const char * const number : { ":1", ":2" })
    {
      const float added = this->Read(path, number)->GetPixel({ { 0, 0, 0 } }) - m_Volume.Stored(0, 0, 0);
      m_Volume.Expect(m_Reader->GetOutput(),
                      [&](unsigned int i, unsigned int j, unsigned int k) { return m_Volume.Stored(i, j, k) + added; });
      sum += added;
    }
    EXPECT_EQ(sum, 11.0F);
  }
}

TEST_F(DICOMSeriesReader, AnEchoOfFewerSlicesIsNotPartOfTheOther)
{
  auto slices = m_Volume.GetSeries();
  for (size_t k = 0; k < slices.size(); ++k)
  {
    // Echo times that scanners round are one echo.
    slices[k].Text(0x00180081, "DS", k == 4 ? "80" : k % 2 == 0 ? "20.01" : "20");
  }
  const std::string error = this->ErrorOfReading(this->Save("echo", slices));
  EXPECT_NE(error.find("holds 2 volumes"), std::string::npos) << error;
}

TEST_F(DICOMSeriesReader, LeavesLocalizersOut)
{
  auto   slices = m_Volume.GetSeries();
  Volume sagittal = m_Volume;
  sagittal.Orientation = { { 0, 1, 0, 0, 0, -1 } };
  auto localizer = sagittal.GetSeries().front();
  for (const std::uint32_t tag : { 0x0020000dU, 0x0020000eU, 0x00200052U })
  {
    localizer.Elements[tag] = slices.front().Elements[tag];
  }
  localizer.Text(0x00080008, "CS", "ORIGINAL\\PRIMARY\\LOCALIZER");
  slices.push_back(localizer);
  m_Volume.Expect(this->Read(this->Save("localizer", slices)));
  this->ExpectRemark("a localizer, which was left out");

  // Without the word, nothing tells which is which.
  slices.back().Text(0x00080008, "CS", "ORIGINAL\\PRIMARY\\SAGITTAL");
  const std::string error = this->ErrorOfReading(this->Save("other", slices));
  EXPECT_NE(error.find("sagittal"), std::string::npos) << error;
  EXPECT_NE(error.find("axial"), std::string::npos) << error;
}

TEST_F(DICOMSeriesReader, SeesMissingAndUnevenSlices)
{
  auto slices = m_Volume.GetSeries();
  slices.erase(slices.begin() + 2);
  this->ExpectError(this->Save("missing", slices), "", "slices are missing: 5 mm from");

  slices = m_Volume.GetSeries();
  const auto place = [&](size_t slice, double number) {
    const auto position = m_Volume.GetPosition(number);
    slices[slice].Text(0x00200032, "DS", Decimals({ position.begin(), position.end() }));
  };
  place(4, 4.3);
  this->ExpectError(this->Save("uneven", slices), "", "slices are unevenly spaced: 3.25 mm from");
  // Less than 1 % of the distance.
  place(4, 4.009);
  this->Read(this->Save("nearly", slices));
  EXPECT_NEAR(m_Reader->GetOutput()->GetSpacing()[2], 2.5 * 4.009 / 4.0, 1e-6);
  // Written distances do not matter, wherever they come from.
  slices = m_Volume.GetSeries();
  for (auto & slice : slices)
  {
    slice.Text(0x00180088, "DS", "-3").Text(0x00180050, "DS", "0");
  }
  m_Volume.Expect(this->Read(this->Save("negative", slices)));
}

TEST_F(DICOMSeriesReader, SeesATiltedGantryAndStrayedSlices)
{
  auto       slices = m_Volume.GetSeries();
  const auto shift = [&](size_t slice, double x) {
    auto position = m_Volume.GetPosition(static_cast<double>(slice));
    position[1] += x;
    slices[slice].Text(0x00200032, "DS", Decimals({ position.begin(), position.end() }));
  };
  for (size_t k = 0; k < slices.size(); ++k)
  {
    shift(k, 0.2 * static_cast<double>(k));
  }
  this->ExpectError(this->Save("tilt", slices), "", "0.8 mm from the first to the last (4.57392 degrees)");

  slices = m_Volume.GetSeries();
  shift(2, 0.4);
  this->ExpectError(this->Save("strayed", slices), NameOf(2), "lies 0.4 mm beside");
  shift(2, 0.005);
  this->Read(this->Save("within", slices));
}

TEST_F(DICOMSeriesReader, CosinesOfFewDigitsExplainASmallTilt)
{
  Volume volume = ObliqueVolume();
  auto   slices = volume.GetSeries();
  for (auto & slice : slices)
  {
    slice.Text(0x00200037, "DS", "1.000\\0.000\\0.000\\0.000\\0.955\\0.296");
  }
  // cos 0.3 is 0.9553, sin 0.3 is 0.2955: over 10 mm that is 0.006 mm.
  volume.Spacing[2] = 40.0;
  slices = volume.GetSeries();
  for (auto & slice : slices)
  {
    slice.Text(0x00200037, "DS", "1.000\\0.000\\0.000\\0.000\\0.955\\0.296");
  }
  this->Read(this->Save("digits", slices));
  this->ExpectRemark("few digits");
}

TEST_F(DICOMSeriesReader, CountsCopiesOnceAndRefusesContradictions)
{
  auto slices = m_Volume.GetSeries();
  slices.push_back(slices[2]);
  m_Volume.Expect(this->Read(this->Save("copy", slices)));
  this->ExpectRemark("it counts once");

  slices.back().Elements[0x7fe00010].Numbers[5] += 1;
  slices.back().Text(0x00080018, "UI", NewUID());
  const std::string error = this->ErrorOfReading(this->Save("contradiction", slices));
  EXPECT_NE(error.find("lies at the same position as"), std::string::npos) << error;
}

TEST_F(DICOMSeriesReader, RefusesWhatHasNoPlace)
{
  const auto without = [&](const char * folder, std::uint32_t tag, const std::string & words) {
    auto slices = m_Volume.GetSeries();
    slices[3].Remove(tag);
    this->ExpectError(this->Save(folder, slices), NameOf(3), words);
  };
  without("position", 0x00200032, "no Image Position (Patient)");
  without("orientation", 0x00200037, "no Image Orientation (Patient)");
  without("spacing", 0x00280030, "no Pixel Spacing");

  const auto with = [&](const char * folder, std::uint32_t tag, const std::string & text, const std::string & words) {
    auto slices = m_Volume.GetSeries();
    slices[3].Text(tag, "DS", text);
    this->ExpectError(this->Save(folder, slices), NameOf(3), words);
  };
  with("nan", 0x00200032, "nan\\0\\0", "no Image Position (Patient)");
  with("zero", 0x00280030, "0\\1", "Pixel Spacing is 0\\1");
  with("negative", 0x00280030, "1\\-1", "Pixel Spacing is 1\\-1");
  with("parallel", 0x00200037, "1\\0\\0\\1\\0\\0", "right angles");
  with("nothing", 0x00200037, "0\\0\\0\\0\\1\\0", "right angles");

  auto slices = m_Volume.GetSeries();
  slices[3].Remove(0x00280030).Text(0x00181164, "DS", "0.5\\0.5");
  this->ExpectError(this->Save("detector", slices), NameOf(3), "Imager Pixel Spacing");
  slices = m_Volume.GetSeries();
  slices[3].Text(0x00080008, "CS", "ORIGINAL\\PRIMARY\\M\\MOSAIC");
  this->ExpectError(this->Save("mosaic", slices), NameOf(3), "mosaic");
  slices = m_Volume.GetSeries();
  slices[3].Text(0x00280008, "IS", "2").Number(0x7fe00010, "OW", std::vector<std::uint32_t>(84));
  this->ExpectError(this->Save("frames", slices), NameOf(3), "2 frames, but the position of 0");
  this->ExpectError(
    this->Save("single", { m_Volume.GetSeries()[0] }), "", "a DICOM series of 1 slice, should be a volume");
}

TEST_F(DICOMSeriesReader, RefusesSlicesOfTwo)
{
  const auto with = [&](const char * folder, std::uint32_t tag, const std::string & words) {
    auto slices = m_Volume.GetSeries();
    slices[3].Text(tag, "LO", "1.2.3");
    const std::string error = this->ErrorOfReading(this->Save(folder, slices));
    EXPECT_NE(error.find(words), std::string::npos) << error;
    EXPECT_NE(error.find(NameOf(3)), std::string::npos) << error;
  };
  with("patient", 0x00100020, "another patient");
  with("study", 0x0020000d, "another study");
  with("frame", 0x00200052, "another frame of reference");
}

TEST_F(DICOMSeriesReader, RefusesDamagedFilesByName)
{
  auto              slices = m_Volume.GetSeries();
  const std::string path = this->Save("cut", slices);
  const std::string name = path + '/' + NameOf(1);
  const std::string whole = ReadBytes(name);
  // Within the pixels, within the header, after a whole attribute of the header.
  WriteBytes(name, whole.substr(0, whole.size() - 30));
  this->ExpectError(path, NameOf(1), "is truncated: 54 bytes of pixel data, should be 84 (7 x 6 of 16 bits)");
  WriteBytes(name, whole.substr(0, 500));
  this->ExpectError(path, NameOf(1), "truncated");
  slices[1].Remove(0x7fe00010);
  WriteDICOM(name, slices[1]);
  this->ExpectError(path, NameOf(1), "no pixel data");
  fs::remove(name);
  fs::create_symlink("nowhere", name);
  this->ExpectError(path, NameOf(1), "cannot be opened");
  fs::remove(name);
  WriteBytes(name, whole);
  m_Volume.Expect(this->Read(path));

  slices = m_Volume.GetSeries();
  slices[0].Number(0x00280100, "US", { 12 });
  this->ExpectError(this->Save("bits", slices), NameOf(0), "has 12 bits per pixel");
  slices[0].Number(0x00280100, "US", { 16 }).Number(0x00280010, "US", { 0 });
  this->ExpectError(this->Save("matrix", slices), NameOf(0), "matrix is 7 x 0");
  const std::string video = this->Save("video", m_Volume.GetSeries());
  std::string       bytes = ReadBytes(video + '/' + NameOf(0));
  const size_t      length = bytes.size();
  bytes.replace(bytes.find("1.2.840.10008.1.2.1", 200), 19, "1.2.840.10008.1.2.9");
  ASSERT_EQ(bytes.size(), length);
  WriteBytes(video + '/' + NameOf(0), bytes);
  // Native pixels are read whatever their transfer syntax is called.
  m_Volume.Expect(this->Read(video));
}

TEST_F(DICOMSeriesReader, MutatedFilesNeitherCrashNorGiveAnotherGrid)
{
  const std::string path = this->Save("mutated", m_Volume.GetSeries());
  const std::string name = path + '/' + NameOf(2);
  const std::string whole = ReadBytes(name);
  std::uint32_t     random = 12345;
  unsigned int      refused = 0;
  for (int round = 0; round < 400; ++round)
  {
    std::string bytes = whole;
    random = random * 1664525U + 1013904223U;
    const size_t position = 132 + (random >> 8) % (bytes.size() - 132);
    random = random * 1664525U + 1013904223U;
    bytes[position] = static_cast<char>(random >> 16);
    WriteBytes(name, bytes);
    const std::string error = ErrorOf([&] {
      const ImageType * const image = this->Read(path);
      ASSERT_EQ(image->GetLargestPossibleRegion().GetSize(0), 7U);
      ASSERT_EQ(image->GetLargestPossibleRegion().GetSize(2), 5U);
      ASSERT_NEAR(image->GetSpacing()[2], 2.5, 0.03);
    });
    refused += error.empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 20U);
}

TEST_F(DICOMSeriesReader, RefusesBadSettingsAndPrintsItself)
{
  auto reader = ReaderType::New();
  EXPECT_THROW(reader->Update(), itk::ExceptionObject);
  EXPECT_THROW(reader->SetCatalog(nullptr), itk::ExceptionObject);
  this->ExpectError(this->Path("nothing"), "", "no such file or folder");
  fs::create_directories(this->Path("empty"));
  this->ExpectError(this->Path("empty"), "", "no DICOM series");

  reader->SetPath(this->Save("mr", m_Volume.GetSeries()));
  reader->SetVolume(1);
  reader->SetSeries("T1 head");
  reader->Update();
  std::ostringstream text;
  reader->Print(text);
  for (const char * const member :
       { "Path: ", "Series: T1 head", "Volume: 1", "CatalogIsGiven: Off", "Catalog:", "Remarks:" })
  {
    EXPECT_NE(text.str().find(member), std::string::npos) << member;
  }
}

TEST_F(DICOMSeriesReader, ReadsARealHeadCT)
{
  const std::string path = itk::TestUtilities::SharedData("ct_sinus_dicom_camitk/dicom");
  if (!fs::exists(path))
  {
    GTEST_SKIP() << path << " is not there";
  }
  auto names = itk::GDCMSeriesFileNames::New();
  names->SetDirectory(path);
  auto reference = itk::ImageSeriesReader<ImageType>::New();
  reference->SetImageIO(itk::GDCMImageIO::New());
  reference->SetFileNames(names->GetInputFileNames());
  reference->Update();
  const ImageType * const image = this->Read(path);
  EXPECT_EQ(image->GetOrigin(), reference->GetOutput()->GetOrigin());
  EXPECT_EQ(image->GetSpacing(), reference->GetOutput()->GetSpacing());
  EXPECT_EQ(image->GetDirection(), reference->GetOutput()->GetDirection());
  ASSERT_EQ(image->GetLargestPossibleRegion(), reference->GetOutput()->GetLargestPossibleRegion());
  EXPECT_EQ(std::memcmp(image->GetBufferPointer(),
                        reference->GetOutput()->GetBufferPointer(),
                        image->GetLargestPossibleRegion().GetNumberOfPixels() * sizeof(float)),
            0);
}
