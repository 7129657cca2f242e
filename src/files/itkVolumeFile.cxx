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
#include "files/itkVolumeFile.h"

#include "files/itkByteSource.h"
#include "files/itkHeaderText.h"
#include "files/itkVolumeHeader.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkPlainText.h"
#include "SyntheticCTDetail/itkExceptionText.h"
#include "SyntheticCTDetail/itkVolumeFileFormat.h"

#include "itkByteSwapper.h"
#include "itkImageFileReader.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>
#include <limits>
#include <mutex>
#include <new>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
using ImageType = VolumeReader::ImageType;
using Component = VolumeHeader::ComponentEnum;
using Encoding = VolumeHeader::EncodingEnum;

/** Reads the header of one of the formats that are decoded here; false when the file is of another. */
bool
ReadHeader(const std::string & path, VolumeHeader & header)
{
  const std::string end = GetLowerCaseEnd(path);
  const bool        isNIfTI =
    end == ".nii" || end == ".nii.gz" || end == ".hdr" || end == ".hdr.gz" || end == ".img" || end == ".img.gz";
  const bool isMetaImage = end == ".mha" || end == ".mhd";
  const bool isNRRD = end == ".nrrd" || end == ".nhdr";
  if (!isNIfTI && !isMetaImage && !isNRRD)
  {
    return false;
  }
  if (std::filesystem::file_size(path) == 0)
  {
    Fail(path + ": the file is empty");
  }
  header = isNIfTI ? ReadNIfTIHeader(path) : isMetaImage ? ReadMetaImageHeader(path) : ReadNRRDHeader(path);
  VerifyGeometry(header, path);
  return true;
}

/** Takes the stored bytes of some voxels and gives their values. */
template <typename TStored>
void
ConvertVoxels(const VolumeHeader & header, const char * bytes, size_t count, float * voxels)
{
  for (size_t i = 0; i < count; ++i)
  {
    TStored stored;
    std::memcpy(&stored, bytes + i * sizeof(TStored), sizeof(TStored));
    if (header.IsBigEndian)
    {
      ByteSwapper<TStored>::SwapFromSystemToBigEndian(&stored);
    }
    else
    {
      ByteSwapper<TStored>::SwapFromSystemToLittleEndian(&stored);
    }
    if (!header.IsScaled)
    {
      voxels[i] = static_cast<float>(stored);
    }
    else
    {
      // As ITK has it: integers become single precision before they are scaled.
      const double value = std::numeric_limits<TStored>::is_integer ? static_cast<double>(static_cast<float>(stored))
                                                                    : static_cast<double>(stored);
      double       scaled = value * header.Slope;
      scaled += header.Intercept;
      voxels[i] = static_cast<float>(scaled);
    }
  }
}

void
ConvertVoxels(const VolumeHeader & header, const char * bytes, size_t count, float * voxels)
{
  switch (header.Component)
  {
    case Component::Int8:
      return ConvertVoxels<int8_t>(header, bytes, count, voxels);
    case Component::UInt8:
      return ConvertVoxels<uint8_t>(header, bytes, count, voxels);
    case Component::Int16:
      return ConvertVoxels<int16_t>(header, bytes, count, voxels);
    case Component::UInt16:
      return ConvertVoxels<uint16_t>(header, bytes, count, voxels);
    case Component::Int32:
      return ConvertVoxels<int32_t>(header, bytes, count, voxels);
    case Component::UInt32:
      return ConvertVoxels<uint32_t>(header, bytes, count, voxels);
    case Component::Int64:
      return ConvertVoxels<int64_t>(header, bytes, count, voxels);
    case Component::UInt64:
      return ConvertVoxels<uint64_t>(header, bytes, count, voxels);
    case Component::Float32:
      return ConvertVoxels<float>(header, bytes, count, voxels);
    case Component::Float64:
      return ConvertVoxels<double>(header, bytes, count, voxels);
  }
}

/** Gives one voxel after another of text or hexadecimal digits, or as many as are asked for of binary data. */
class VoxelSource
{
public:
  VoxelSource(const VolumeHeader & header, const VoxelSegment & segment)
    : m_Header(header)
    , m_Size(GetComponentSize(header.Component))
    , m_Source(segment, segment.Voxels * m_Size)
  {
    // What a voxel needs at least: its bytes, two digits for each, or a digit and a blank.
    const uint64_t limit = m_Source.GetLimit();
    const uint64_t possible = header.Encoding == Encoding::Binary        ? limit / m_Size
                              : header.Encoding == Encoding::Hexadecimal ? limit / (2 * uint64_t{ m_Size })
                                                                         : limit / 2 + 1;
    if (possible < segment.Voxels)
    {
      this->FailShort(segment, possible);
    }
  }

  /** Reads all voxels of the segment; `voxels` may be null. Returns how many bytes are left after them. */
  uint64_t
  Read(const VoxelSegment & segment, float * voxels)
  {
    constexpr size_t   chunk = size_t{ 1 } << 16;
    std::vector<char>  bytes(chunk * m_Size);
    std::vector<float> values(voxels ? 0 : chunk);
    for (uint64_t done = 0; done < segment.Voxels;)
    {
      const auto   wanted = static_cast<size_t>(std::min<uint64_t>(chunk, segment.Voxels - done));
      float *      to = voxels ? voxels + done : values.data();
      const size_t found = m_Header.Encoding == Encoding::Text
                             ? this->ReadText(wanted, to, segment)
                             : this->ReadBytes(bytes.data(), wanted * m_Size, segment);
      if (m_Header.Encoding != Encoding::Text && voxels)
      {
        ConvertVoxels(m_Header, bytes.data(), found / m_Size, to);
      }
      const size_t voxelsFound = m_Header.Encoding == Encoding::Text ? found : found / m_Size;
      done += voxelsFound;
      if (voxelsFound < wanted)
      {
        this->FailShort(segment, done);
      }
    }
    return m_Header.Encoding == Encoding::Binary ? m_Source.Drain() : this->CountLetters();
  }

private:
  [[noreturn]] static void
  FailShort(const VoxelSegment & segment, uint64_t count)
  {
    Fail(segment.File + ": cannot be read: it is truncated: it has no more than " + std::to_string(count) + " of " +
         std::to_string(segment.Voxels) + " voxels");
  }

  size_t
  ReadBytes(char * bytes, size_t count, const VoxelSegment & segment)
  {
    if (m_Header.Encoding == Encoding::Binary)
    {
      return m_Source.Read(bytes, count);
    }
    for (size_t i = 0; i < count; ++i)
    {
      int value = 0;
      for (int digit = 0; digit < 2; ++digit)
      {
        int letter = this->NextLetter();
        while (letter >= 0 && std::isspace(letter) != 0)
        {
          letter = this->NextLetter();
        }
        if (letter < 0)
        {
          return i;
        }
        if (std::isxdigit(letter) == 0)
        {
          Fail(segment.File + ": cannot be read: its voxels should be hexadecimal digits");
        }
        value = 16 * value + (std::isdigit(letter) != 0 ? letter - '0' : std::tolower(letter) - 'a' + 10);
      }
      bytes[i] = static_cast<char>(value);
    }
    return count;
  }

  size_t
  ReadText(size_t count, float * voxels, const VoxelSegment & segment)
  {
    const auto isBlank = [](int letter) { return std::isspace(letter) != 0 || letter == ','; };
    for (size_t i = 0; i < count; ++i)
    {
      std::string word;
      int         letter = this->NextLetter();
      while (letter >= 0 && isBlank(letter))
      {
        letter = this->NextLetter();
      }
      for (; letter >= 0 && !isBlank(letter) && word.size() < 64; letter = this->NextLetter())
      {
        word.push_back(static_cast<char>(letter));
      }
      double number = 0.0;
      if (word.empty())
      {
        return i;
      }
      if (!ParseNumber(word, number))
      {
        Fail(segment.File + ": cannot be read: '" + word + "' among its voxels is no number");
      }
      voxels[i] = static_cast<float>(number);
    }
    return count;
  }

  int
  NextLetter()
  {
    if (m_Position == m_Letters.size())
    {
      m_Letters.resize(size_t{ 1 } << 16);
      m_Letters.resize(m_Source.Read(m_Letters.data(), m_Letters.size()));
      m_Position = 0;
      if (m_Letters.empty())
      {
        return -1;
      }
    }
    return static_cast<unsigned char>(m_Letters[m_Position++]);
  }

  /** Of what is left, blanks do not count. */
  uint64_t
  CountLetters()
  {
    uint64_t count = 0;
    for (int letter = this->NextLetter(); letter >= 0; letter = this->NextLetter())
    {
      count += std::isspace(letter) != 0 ? 0 : 1;
    }
    return count;
  }

  const VolumeHeader & m_Header;
  unsigned int         m_Size;
  ByteSource           m_Source;
  std::vector<char>    m_Letters;
  size_t               m_Position{ 0 };
};

/** Opens each run of voxels in turn; what goes wrong is said of the volume's own path. */
template <typename TWork>
void
ForEachSegment(const VolumeHeader & header, const std::string & path, const TWork & work)
{
  for (const VoxelSegment & segment : header.Segments)
  {
    try
    {
      VoxelSource source(header, segment);
      work(segment, source);
    }
    catch (const ExceptionObject & error)
    {
      const std::string text = error.GetDescription();
      Fail(segment.File == path ? text : path + ": cannot be read: " + text);
    }
  }
}

/** Reads the voxels of all segments; `voxels` may be null. */
void
ReadVoxels(VolumeHeader & header, const std::string & path, float * voxels)
{
  uint64_t done = 0;
  uint64_t left = 0;
  ForEachSegment(header, path, [&](const VoxelSegment & segment, VoxelSource & source) {
    left += source.Read(segment, voxels ? voxels + done : nullptr);
    done += segment.Voxels;
  });
  if (left == 0)
  {
    return;
  }
  const bool isStream = header.Segments.front().Packing == VoxelSegment::PackingEnum::Stream;
  if (isStream)
  {
    Fail(path + ": cannot be read: its compressed data hold " + std::to_string(left) +
         " bytes more than its size tells of");
  }
  header.Remarks.push_back("has " + std::to_string(left) + " bytes after its last voxel, which were not read");
}

/** Throws when a reader does not fill the memory that it is given, which several of ITK's do in silence with files that
 * are truncated: what was there before stays, and is another thing the second time. */
void
VerifyFilled(ImageIOBase * io, const std::string & path)
{
  const auto bytes = static_cast<size_t>(io->GetImageSizeInBytes());
  const auto read = [&](char filling) {
    std::vector<char> voxels;
    try
    {
      voxels.assign(bytes, filling);
    }
    catch (const std::bad_alloc &)
    {
      Fail(path + ": cannot be read: its header tells of " + std::to_string(bytes) +
           " bytes of voxels, which do not fit into memory");
    }
    ImageIORegion region(io->GetNumberOfDimensions());
    for (unsigned int i = 0; i < io->GetNumberOfDimensions(); ++i)
    {
      region.SetSize(i, io->GetDimensions(i));
    }
    io->SetIORegion(region);
    io->Read(voxels.data());
    return voxels;
  };
  const std::vector<char> first = read('\x55');
  io->ReadImageInformation();
  const std::vector<char> second = read('\xaa');
  size_t                  missing = 0;
  for (size_t i = 0; i < bytes; ++i)
  {
    missing += first[i] != second[i] ? 1 : 0;
  }
  if (missing > 0)
  {
    Fail(path + ": cannot be read: it is truncated: it does not have " + std::to_string(missing) + " of the " +
         std::to_string(bytes) + " bytes of its voxels");
  }
  io->ReadImageInformation();
}

/** Files of other formats, by the ImageIO that ITK's factories offer. */
ImageType::Pointer
ReadOtherFile(const std::string & path)
{
  // The libraries of some formats are not made for several threads.
  static std::mutex                 mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  const ImageIOBase::Pointer io = ImageIOFactory::CreateImageIO(path.c_str(), ImageIOFactory::IOFileModeEnum::ReadMode);
  if (!io)
  {
    Fail(path + ": not an image of a format that can be read");
  }
  io->SetFileName(path);
  io->ReadImageInformation();
  if (io->GetNumberOfComponents() != 1)
  {
    Fail(path + ": has " + std::to_string(io->GetNumberOfComponents()) + " components per voxel, should have 1");
  }
  VolumeHeader         header;
  std::vector<int64_t> dimensions;
  for (unsigned int i = 0; i < io->GetNumberOfDimensions(); ++i)
  {
    dimensions.push_back(static_cast<int64_t>(io->GetDimensions(i)));
  }
  SetSize(header, dimensions, path);
  VerifyFilled(io, path);
  auto reader = ImageFileReader<ImageType>::New();
  reader->SetImageIO(io);
  reader->SetFileName(path);
  reader->Update();
  return reader->GetOutput();
}

} // namespace

ImageType::Pointer
ReadVolumeFile(const std::string & path, std::vector<std::string> & remarks)
{
  VolumeHeader header;
  if (!ReadHeader(path, header))
  {
    try
    {
      return ReadOtherFile(path);
    }
    catch (const ExceptionObject & error)
    {
      const std::string text = error.GetDescription();
      Fail(text.rfind(path + ": ", 0) == 0 ? text : path + ": cannot be read: " + ExceptionText(error));
    }
  }

  // Before memory is asked for, the files are seen to be long enough.
  ForEachSegment(header, path, [](const VoxelSegment &, VoxelSource &) {});
  auto                     image = ImageType::New();
  ImageType::SizeType      size;
  ImageType::SpacingType   spacing;
  ImageType::PointType     origin;
  ImageType::DirectionType direction;
  for (unsigned int i = 0; i < 3; ++i)
  {
    size[i] = static_cast<SizeValueType>(header.Size[i]);
    spacing[i] = header.Spacing[i];
    origin[i] = header.Origin[i];
    for (unsigned int j = 0; j < 3; ++j)
    {
      direction[i][j] = header.Direction[i][j];
    }
  }
  image->SetRegions(size);
  image->SetSpacing(spacing);
  image->SetOrigin(origin);
  image->SetDirection(direction);
  image->Allocate();
  ReadVoxels(header, path, image->GetBufferPointer());
  remarks.insert(remarks.end(), header.Remarks.begin(), header.Remarks.end());
  return image;
}

void
VerifyVolumeFile(const std::string & path)
{
  VolumeHeader header;
  if (ReadHeader(path, header))
  {
    ReadVoxels(header, path, nullptr);
  }
}

std::vector<std::string>
DataFilesOf(const std::string & path)
{
  std::vector<std::string> files;
  const std::string        end = GetLowerCaseEnd(path);
  std::error_code          error;
  if (!std::filesystem::is_regular_file(path, error))
  {
    return files;
  }
  try
  {
    VolumeHeader header;
    if (ReadHeader(path, header))
    {
      for (const VoxelSegment & segment : header.Segments)
      {
        files.push_back(segment.File);
      }
    }
  }
  catch (const ExceptionObject &)
  {
    // What is wrong with an input is said when it is read.
    files.clear();
  }
  return files;
}

} // namespace SyntheticCTDetail
} // namespace itk
