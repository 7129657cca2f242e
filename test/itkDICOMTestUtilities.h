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
#ifndef itkDICOMTestUtilities_h
#define itkDICOMTestUtilities_h

// Writes DICOM files of every kind that a reader may meet, right ones and wrong ones. The values are known, so that
// what is read can be compared without another reader.

#include "itkImage.h"
#include "itkImageRegionConstIteratorWithIndex.h"

#include "gtest/gtest.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace dicomtest
{
namespace fs = std::filesystem;

constexpr const char * mrStorage = "1.2.840.10008.5.1.4.1.1.4";
constexpr const char * enhancedMRStorage = "1.2.840.10008.5.1.4.1.1.4.1";
constexpr const char * implicitLittleEndian = "1.2.840.10008.1.2";
constexpr const char * explicitLittleEndian = "1.2.840.10008.1.2.1";
constexpr const char * explicitBigEndian = "1.2.840.10008.1.2.2";

/** Part of a UID that no other test or process has. */
inline std::string
NewUID()
{
  static int count = 0;
  return "1.2.826.0.1.3680043.10.9999." + std::to_string(getpid()) + '.' + std::to_string(++count);
}

struct DataSet;

/** A value is a text, binary numbers, or the items of a sequence. */
struct Value
{
  std::string                VR;
  std::string                Text;
  std::vector<std::uint32_t> Numbers;
  std::vector<DataSet>       Items;
};

struct DataSet
{
  std::map<std::uint32_t, Value> Elements;

  DataSet &
  Text(std::uint32_t tag, const std::string & vr, const std::string & text)
  {
    Elements[tag] = Value{ vr, text, {}, {} };
    return *this;
  }
  DataSet &
  Number(std::uint32_t tag, const std::string & vr, std::vector<std::uint32_t> numbers)
  {
    Elements[tag] = Value{ vr, "", std::move(numbers), {} };
    return *this;
  }
  DataSet &
  Sequence(std::uint32_t tag, std::vector<DataSet> items)
  {
    Elements[tag] = Value{ "SQ", "", {}, std::move(items) };
    return *this;
  }
  DataSet &
  Remove(std::uint32_t tag)
  {
    Elements.erase(tag);
    return *this;
  }
};

inline std::string
Decimals(const std::vector<double> & numbers)
{
  std::ostringstream text;
  text.precision(10);
  for (size_t i = 0; i < numbers.size(); ++i)
  {
    text << (i > 0 ? "\\" : "") << numbers[i];
  }
  return text.str();
}

/** \class Encoder
 * \brief Writes data sets in one of the three forms. */
class Encoder
{
public:
  Encoder(bool isImplicit, bool isBigEndian)
    : m_IsImplicit(isImplicit)
    , m_IsBigEndian(isBigEndian)
  {}

  /** Sequences and items without a length, which a delimiter ends. */
  bool HasUndefinedLengths{ false };

  std::string
  Encode(const DataSet & dataSet) const
  {
    std::string bytes;
    for (const auto & element : dataSet.Elements)
    {
      bytes += this->Encode(element.first, element.second);
    }
    return bytes;
  }

  std::string
  Number(std::uint32_t value, unsigned int bytes) const
  {
    std::string text(bytes, '\0');
    for (unsigned int i = 0; i < bytes; ++i)
    {
      text[m_IsBigEndian ? bytes - 1 - i : i] = static_cast<char>(value >> (8 * i) & 0xff);
    }
    return text;
  }

  std::string
  Encode(std::uint32_t tag, const Value & value) const
  {
    std::string body = value.Text;
    bool        isOpen = false;
    if (value.VR == "SQ")
    {
      isOpen = HasUndefinedLengths;
      for (const DataSet & item : value.Items)
      {
        const std::string content = this->Encode(item);
        body += this->Tag(0xfffee000) +
                this->Number(isOpen ? 0xffffffff : static_cast<std::uint32_t>(content.size()), 4) + content;
        if (isOpen)
        {
          body += this->Tag(0xfffee00d) + this->Number(0, 4);
        }
      }
      if (isOpen)
      {
        body += this->Tag(0xfffee0dd) + this->Number(0, 4);
      }
    }
    for (const std::uint32_t number : value.Numbers)
    {
      body += this->Number(number, value.VR == "US" || value.VR == "OW" ? 2 : value.VR == "OB" ? 1 : 4);
    }
    if (body.size() % 2 == 1)
    {
      body += value.VR == "UI" || value.VR == "OB" ? '\0' : ' ';
    }
    const bool isLong = value.VR == "OB" || value.VR == "OW" || value.VR == "SQ" || value.VR == "UN";
    const auto length = isOpen ? 0xffffffff : static_cast<std::uint32_t>(body.size());
    return this->Tag(tag) + (m_IsImplicit ? "" : value.VR) + (isLong && !m_IsImplicit ? std::string(2, '\0') : "") +
           this->Number(length, isLong || m_IsImplicit ? 4 : 2) + body;
  }

  std::string
  Tag(std::uint32_t tag) const
  {
    return this->Number(tag >> 16, 2) + this->Number(tag & 0xffff, 2);
  }

private:
  bool m_IsImplicit;
  bool m_IsBigEndian;
};

inline void
WriteBytes(const fs::path & path, const std::string & bytes)
{
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string
ReadBytes(const fs::path & path)
{
  std::ifstream     stream(path, std::ios::binary);
  std::stringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

/** The preamble and the group of the file itself. */
inline std::string
FileHead(const DataSet & dataSet, const std::string & transferSyntax)
{
  const Encoder encoder(false, false);
  DataSet       meta;
  meta.Number(0x00020001, "OB", { 0, 1 });
  meta.Text(0x00020002, "UI", dataSet.Elements.at(0x00080016).Text);
  meta.Text(0x00020003, "UI", dataSet.Elements.at(0x00080018).Text);
  meta.Text(0x00020010, "UI", transferSyntax);
  meta.Text(0x00020012, "UI", "1.2.826.0.1.3680043.10.9999");
  const std::string group = encoder.Encode(meta);
  DataSet           length;
  length.Number(0x00020000, "UL", { static_cast<std::uint32_t>(group.size()) });
  return std::string(128, '\0') + "DICM" + encoder.Encode(length) + group;
}

inline void
WriteDICOM(const fs::path & path, const DataSet & dataSet, const std::string & transferSyntax = explicitLittleEndian)
{
  const Encoder encoder(transferSyntax == implicitLittleEndian, transferSyntax == explicitBigEndian);
  WriteBytes(path, FileHead(dataSet, transferSyntax) + encoder.Encode(dataSet));
}

/** A small volume on any grid. */
struct Volume
{
  unsigned int          Columns{ 7 };
  unsigned int          Rows{ 6 };
  unsigned int          Slices{ 5 };
  std::array<double, 3> Spacing{ { 0.75, 1.25, 2.5 } };
  std::array<double, 3> Origin{ { -31.5, 17.25, 103.0 } };
  std::array<double, 6> Orientation{ { 1, 0, 0, 0, 1, 0 } };

  /** Stored values; every voxel is unlike its neighbours. */
  std::function<int(unsigned int, unsigned int, unsigned int)> Stored =
    [](unsigned int i, unsigned int j, unsigned int k) { return static_cast<int>(300 * k + 20 * j + i) - 500; };

  std::array<double, 3>
  GetNormal() const
  {
    const auto & o = Orientation;
    return { { o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3] } };
  }

  std::array<double, 3>
  GetPosition(double slice) const
  {
    std::array<double, 3> position = Origin;
    for (unsigned int i = 0; i < 3; ++i)
    {
      position[i] += this->GetNormal()[i] * Spacing[2] * slice;
    }
    return position;
  }

  std::vector<std::uint32_t>
  GetPixels(unsigned int slice) const
  {
    std::vector<std::uint32_t> pixels;
    for (unsigned int j = 0; j < Rows; ++j)
    {
      for (unsigned int i = 0; i < Columns; ++i)
      {
        pixels.push_back(static_cast<std::uint32_t>(Stored(i, j, slice)));
      }
    }
    return pixels;
  }

  /** The slices as MR in files of their own. */
  std::vector<DataSet>
  GetSeries() const
  {
    std::vector<DataSet> slices;
    const std::string    study = NewUID();
    const std::string    series = NewUID();
    const std::string    frame = NewUID();
    for (unsigned int k = 0; k < Slices; ++k)
    {
      DataSet    slice;
      const auto position = this->GetPosition(k);
      slice.Text(0x00080005, "CS", "ISO_IR 192").Text(0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL");
      slice.Text(0x00080016, "UI", mrStorage).Text(0x00080018, "UI", NewUID());
      slice.Text(0x00080020, "DA", "20260101").Text(0x00080060, "CS", "MR");
      slice.Text(0x0008103e, "LO", "T1 head");
      slice.Text(0x00100010, "PN", "Test^One").Text(0x00100020, "LO", "T1");
      slice.Text(0x00180050, "DS", "1").Text(0x00180081, "DS", "3");
      slice.Text(0x0020000d, "UI", study).Text(0x0020000e, "UI", series).Text(0x00200052, "UI", frame);
      slice.Text(0x00200013, "IS", std::to_string(k + 1));
      slice.Text(0x00200032, "DS", Decimals({ position.begin(), position.end() }));
      slice.Text(0x00200037, "DS", Decimals({ Orientation.begin(), Orientation.end() }));
      slice.Number(0x00280002, "US", { 1 }).Text(0x00280004, "CS", "MONOCHROME2");
      slice.Number(0x00280010, "US", { Rows }).Number(0x00280011, "US", { Columns });
      slice.Text(0x00280030, "DS", Decimals({ Spacing[1], Spacing[0] }));
      slice.Number(0x00280100, "US", { 16 }).Number(0x00280101, "US", { 16 });
      slice.Number(0x00280102, "US", { 15 }).Number(0x00280103, "US", { 1 });
      slice.Number(0x7fe00010, "OW", this->GetPixels(k));
      slices.push_back(slice);
    }
    return slices;
  }

  /** The volume as one enhanced MR. `order`: the slice of each frame. */
  DataSet
  GetEnhanced(const std::vector<unsigned int> & order) const
  {
    DataSet enhanced = this->GetSeries().front();
    for (const std::uint32_t tag : { 0x00180050U, 0x00180081U, 0x00200032U, 0x00200037U, 0x00280030U })
    {
      enhanced.Remove(tag);
    }
    enhanced.Text(0x00080016, "UI", enhancedMRStorage);
    enhanced.Text(0x00280008, "IS", std::to_string(order.size()));
    DataSet shared;
    shared.Sequence(0x00289110, { DataSet().Text(0x00280030, "DS", Decimals({ Spacing[1], Spacing[0] })) });
    shared.Sequence(0x00209116,
                    { DataSet().Text(0x00200037, "DS", Decimals({ Orientation.begin(), Orientation.end() })) });
    enhanced.Sequence(0x52009229, { shared });
    std::vector<DataSet>       frames;
    std::vector<std::uint32_t> pixels;
    for (const unsigned int k : order)
    {
      const auto position = this->GetPosition(k);
      DataSet    frame;
      frame.Sequence(0x00209111, { DataSet().Text(0x00209056, "SH", "1").Number(0x00209157, "UL", { 1, k + 1 }) });
      frame.Sequence(0x00209113, { DataSet().Text(0x00200032, "DS", Decimals({ position.begin(), position.end() })) });
      frames.push_back(frame);
      const auto plane = this->GetPixels(k);
      pixels.insert(pixels.end(), plane.begin(), plane.end());
    }
    enhanced.Sequence(0x52009230, frames);
    enhanced.Number(0x7fe00010, "OW", pixels);
    return enhanced;
  }

  /** Expects an image to have this grid and `expected(i, j, k)` in every voxel. */
  template <typename TImage>
  void
  Expect(const TImage * image, const std::function<double(unsigned int, unsigned int, unsigned int)> & expected) const
  {
    const auto size = image->GetLargestPossibleRegion().GetSize();
    ASSERT_EQ(size[0], Columns);
    ASSERT_EQ(size[1], Rows);
    ASSERT_EQ(size[2], Slices);
    for (unsigned int i = 0; i < 3; ++i)
    {
      EXPECT_NEAR(image->GetSpacing()[i], Spacing[i], 1e-6);
      EXPECT_NEAR(image->GetOrigin()[i], Origin[i], 1e-6);
      EXPECT_NEAR(image->GetDirection()[i][0], Orientation[i], 1e-6);
      EXPECT_NEAR(image->GetDirection()[i][1], Orientation[3 + i], 1e-6);
      EXPECT_NEAR(image->GetDirection()[i][2], this->GetNormal()[i], 1e-6);
    }
    itk::ImageRegionConstIteratorWithIndex<TImage> it(image, image->GetBufferedRegion());
    for (; !it.IsAtEnd(); ++it)
    {
      const auto index = it.GetIndex();
      ASSERT_EQ(static_cast<double>(it.Get()),
                expected(static_cast<unsigned int>(index[0]),
                         static_cast<unsigned int>(index[1]),
                         static_cast<unsigned int>(index[2])))
        << index;
    }
  }

  template <typename TImage>
  void
  Expect(const TImage * image) const
  {
    this->Expect(image,
                 [this](unsigned int i, unsigned int j, unsigned int k) -> double { return this->Stored(i, j, k); });
  }
};

/** A folder that goes with the test. */
class DICOMTest : public ::testing::Test
{
protected:
  void
  SetUp() override
  {
    m_Folder = fs::temp_directory_path() / ("SyntheticCTDICOM-" + std::to_string(getpid()));
    fs::remove_all(m_Folder);
    fs::create_directories(m_Folder);
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

  /** Slices under names in another order than theirs. */
  std::string
  Save(const std::string &          folder,
       const std::vector<DataSet> & slices,
       const std::string &          transferSyntax = explicitLittleEndian) const
  {
    fs::create_directories(m_Folder / folder);
    for (size_t i = 0; i < slices.size(); ++i)
    {
      WriteDICOM(m_Folder / folder / NameOf(i), slices[i], transferSyntax);
    }
    return this->Path(folder);
  }

  static std::string
  NameOf(size_t slice)
  {
    return "IM" + std::to_string((slice * 7 + 3) % 101 + 100);
  }

  fs::path m_Folder;
};

/** What a call throws; empty when it does not. */
inline std::string
ErrorOf(const std::function<void()> & call)
{
  try
  {
    call();
  }
  catch (const itk::ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}

} // namespace dicomtest

#endif
