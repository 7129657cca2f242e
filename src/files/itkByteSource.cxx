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
#include "files/itkByteSource.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>

#include <itk_zlib.h>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
constexpr size_t packedBufferSize = size_t{ 1 } << 17;
/** Deflate packs no better than this. */
constexpr uint64_t greatestRatio = 1032;
} // namespace

struct ByteSource::Stream
{
  Stream()
    : Packed(packedBufferSize)
  {
    // Either wrapper, zlib's or gzip's.
    if (inflateInit2(&State, 15 + 32) != Z_OK)
    {
      Fail("zlib cannot be started");
    }
  }
  ~Stream()
  {
    inflateEnd(&State);
  }
  Stream(const Stream &) = delete;
  Stream &
  operator=(const Stream &) = delete;

  z_stream          State{};
  std::vector<char> Packed;
  bool              IsAtEnd{ false };
};

ByteSource::ByteSource(const VoxelSegment & segment, uint64_t bytes)
  : m_Name(segment.File)
{
  std::error_code error;
  const uint64_t  size = std::filesystem::file_size(m_Name, error);
  if (error || !std::filesystem::is_regular_file(m_Name, error))
  {
    Fail(m_Name + ": cannot be read: " + (error ? error.message() : "it is no file"));
  }
  uint64_t offset = segment.Offset;
  if (segment.IsAtEnd)
  {
    offset = size >= bytes ? size - bytes : size;
  }
  m_File = std::fopen(m_Name.c_str(), "rb");
  if (!m_File)
  {
    Fail(m_Name + ": cannot be read: " + std::strerror(errno));
  }
  m_Left = size > offset ? size - offset : 0;

  // What follows may throw, and then the destructor does not run.
  try
  {
    if (m_Left > 0 && fseeko(m_File, static_cast<off_t>(offset), SEEK_SET) != 0)
    {
      this->FailDamaged("it ends before its voxels begin");
    }
    if (segment.PackedSize > 0)
    {
      if (m_Left < segment.PackedSize)
      {
        this->FailDamaged("it is truncated");
      }
      m_Left = segment.PackedSize;
    }
    m_IsPacked = segment.Packing == VoxelSegment::PackingEnum::Stream;
    if (segment.Packing == VoxelSegment::PackingEnum::StreamOrNone)
    {
      unsigned char magic[2] = { 0, 0 };
      const size_t  found = std::fread(magic, 1, 2, m_File);
      m_IsPacked = found == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
      std::fseek(m_File, -static_cast<long>(found), SEEK_CUR);
    }
    if (m_IsPacked)
    {
      m_Stream = std::make_unique<Stream>();
    }
    this->SkipBytes(segment.Skip);
  }
  catch (...)
  {
    std::fclose(m_File);
    throw;
  }
}

ByteSource::~ByteSource()
{
  std::fclose(m_File);
}

void
ByteSource::FailDamaged(const char * what) const
{
  Fail(m_Name + ": cannot be read: " + what);
}

size_t
ByteSource::ReadFile(char * buffer, size_t count)
{
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(count, m_Left));
  const size_t found = wanted > 0 ? std::fread(buffer, 1, wanted, m_File) : 0;
  if (found < wanted)
  {
    this->FailDamaged(std::ferror(m_File) != 0 ? std::strerror(errno) : "it became shorter while it was read");
  }
  m_Left -= found;
  return found;
}

size_t
ByteSource::Read(char * buffer, size_t count)
{
  if (!m_IsPacked)
  {
    return this->ReadFile(buffer, count);
  }
  z_stream & state = m_Stream->State;
  size_t     given = 0;
  while (given < count && !m_Stream->IsAtEnd)
  {
    if (state.avail_in == 0)
    {
      state.next_in = reinterpret_cast<Bytef *>(m_Stream->Packed.data());
      state.avail_in = static_cast<uInt>(this->ReadFile(m_Stream->Packed.data(), m_Stream->Packed.size()));
      if (state.avail_in == 0)
      {
        this->FailDamaged("its compressed data are truncated");
      }
    }
    const auto room = static_cast<uInt>(std::min<size_t>(count - given, std::numeric_limits<uInt>::max()));
    state.next_out = reinterpret_cast<Bytef *>(buffer + given);
    state.avail_out = room;
    const int status = inflate(&state, Z_NO_FLUSH);
    given += room - state.avail_out;
    if (status == Z_STREAM_END)
    {
      // A gzip file may have several streams, one after another.
      if (state.avail_in < 2 && m_Left > 0)
      {
        char * const start = m_Stream->Packed.data();
        std::memmove(start, state.next_in, state.avail_in);
        state.next_in = reinterpret_cast<Bytef *>(start);
        state.avail_in +=
          static_cast<uInt>(this->ReadFile(start + state.avail_in, m_Stream->Packed.size() - state.avail_in));
      }
      m_Stream->IsAtEnd = !(state.avail_in >= 2 && state.next_in[0] == 0x1f && state.next_in[1] == 0x8b);
      if (!m_Stream->IsAtEnd)
      {
        inflateReset(&state);
      }
    }
    else if (status != Z_OK && status != Z_BUF_ERROR)
    {
      this->FailDamaged("its compressed data are damaged");
    }
  }
  return given;
}

void
ByteSource::SkipBytes(uint64_t count)
{
  std::vector<char> buffer(static_cast<size_t>(std::min<uint64_t>(count, packedBufferSize)));
  while (count > 0)
  {
    const size_t found = this->Read(buffer.data(), static_cast<size_t>(std::min<uint64_t>(count, buffer.size())));
    if (found == 0)
    {
      this->FailDamaged("it ends before its voxels begin");
    }
    count -= found;
  }
}

uint64_t
ByteSource::GetLimit() const
{
  if (!m_IsPacked)
  {
    return m_Left;
  }
  const uint64_t packed = m_Left + m_Stream->State.avail_in;
  return packed > std::numeric_limits<uint64_t>::max() / greatestRatio - 1 ? std::numeric_limits<uint64_t>::max()
                                                                           : (packed + 1) * greatestRatio;
}

uint64_t
ByteSource::Drain()
{
  if (!m_IsPacked)
  {
    const uint64_t left = m_Left;
    m_Left = 0;
    return left;
  }
  std::vector<char> buffer(packedBufferSize);
  uint64_t          count = 0;
  for (size_t found = 1; found > 0; count += found)
  {
    found = this->Read(buffer.data(), buffer.size());
  }
  return count;
}

} // namespace SyntheticCTDetail
} // namespace itk
