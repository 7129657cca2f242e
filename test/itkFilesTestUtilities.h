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
#ifndef itkFilesTestUtilities_h
#define itkFilesTestUtilities_h

#include "itkMacro.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <itk_zlib.h>
#include <unistd.h>

namespace itk
{
namespace TestUtilities
{

/** A folder of its own for each test, which is gone afterwards. */
class FilesTest : public ::testing::Test
{
protected:
  void
  SetUp() override
  {
    m_Folder =
      std::filesystem::temp_directory_path() / ("itkFilesTest-" + std::to_string(getpid()) + "-" +
                                                ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(m_Folder);
    std::filesystem::create_directories(m_Folder);
  }

  void
  TearDown() override
  {
    std::filesystem::remove_all(m_Folder);
  }

  std::string
  Path(const std::string & name) const
  {
    return (m_Folder / name).string();
  }

  std::string
  Write(const std::string & name, const std::string & bytes) const
  {
    std::ofstream(this->Path(name), std::ios::binary) << bytes;
    return this->Path(name);
  }

  static std::string
  ReadBytes(const std::string & path)
  {
    std::ifstream stream(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }

  /** The names in the folder, hidden ones included, in order and with blanks between. */
  std::string
  Names() const
  {
    std::vector<std::string> names;
    for (const auto & entry : std::filesystem::directory_iterator(m_Folder))
    {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string & name : names)
    {
      text += (text.empty() ? "" : " ") + name;
    }
    return text;
  }

  std::filesystem::path m_Folder;
};

/** The description of what a function throws; empty when it throws nothing. */
template <typename TFunction>
std::string
ErrorOf(TFunction && function)
{
  try
  {
    function();
  }
  catch (const ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}

/** The bytes of a number, swapped when the order is the big one. */
template <typename T>
std::string
BytesOf(T value, bool isBigEndian = false)
{
  std::string bytes(reinterpret_cast<const char *>(&value), sizeof(T));
  if (isBigEndian)
  {
    std::reverse(bytes.begin(), bytes.end());
  }
  return bytes;
}

/** windowBits as of deflateInit2: 15 for zlib, 31 for gzip. */
inline std::string
Deflated(const std::string & text, int windowBits)
{
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef *>(&packed[0]);
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/** What a NIfTI-1 header says; the default is a grid of 4 x 3 x 2 voxels of 2 x 2 x 3 mm whose axes run toward L, P
 * and S. */
struct NIfTIFields
{
  std::array<int16_t, 8> Dim{ { 3, 4, 3, 2, 1, 1, 1, 1 } };
  int16_t                DataType{ 4 };
  int16_t                BitsPerVoxel{ 16 };
  std::array<float, 8>   PixDim{ { 1, 2, 2, 3, 1, 1, 1, 1 } };
  float                  VoxelOffset{ 352 };
  float                  Slope{ 1 };
  float                  Intercept{ 0 };
  char                   Units{ 2 };
  int16_t                QFormCode{ 1 };
  int16_t                SFormCode{ 1 };
  /** b, c, d and the position of the first voxel. */
  std::array<float, 6>  QForm{ { 0, 0, 1, 36, 40, -18 } };
  std::array<float, 12> SForm{ { -2, 0, 0, 36, 0, -2, 0, 40, 0, 0, 3, -18 } };
  std::string           Magic{ "n+1" };
  bool                  IsBigEndian{ false };

  std::string
  GetBytes() const
  {
    std::string bytes(352, '\0');
    const auto  put = [&](size_t offset, const std::string & text) { bytes.replace(offset, text.size(), text); };
    put(0, BytesOf(int32_t{ 348 }, IsBigEndian));
    for (size_t i = 0; i < 8; ++i)
    {
      put(40 + 2 * i, BytesOf(Dim[i], IsBigEndian));
      put(76 + 4 * i, BytesOf(PixDim[i], IsBigEndian));
    }
    put(70, BytesOf(DataType, IsBigEndian));
    put(72, BytesOf(BitsPerVoxel, IsBigEndian));
    put(108, BytesOf(VoxelOffset, IsBigEndian));
    put(112, BytesOf(Slope, IsBigEndian));
    put(116, BytesOf(Intercept, IsBigEndian));
    bytes[123] = Units;
    put(252, BytesOf(QFormCode, IsBigEndian));
    put(254, BytesOf(SFormCode, IsBigEndian));
    for (size_t i = 0; i < 6; ++i)
    {
      put(256 + 4 * i, BytesOf(QForm[i], IsBigEndian));
    }
    for (size_t i = 0; i < 12; ++i)
    {
      put(280 + 4 * i, BytesOf(SForm[i], IsBigEndian));
    }
    put(344, Magic);
    return bytes;
  }
};

/** The bytes of the numbers 0, 1, 2, ... times a factor. */
template <typename T>
std::string
Ramp(size_t count, bool isBigEndian = false, double factor = 1.0)
{
  std::string bytes;
  for (size_t i = 0; i < count; ++i)
  {
    bytes += BytesOf(static_cast<T>(factor * static_cast<double>(i)), isBigEndian);
  }
  return bytes;
}

} // namespace TestUtilities
} // namespace itk

#endif
