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
#ifndef itkByteSource_h
#define itkByteSource_h

#include "files/itkVolumeHeader.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** The bytes of a run of voxels, one after another, unpacked. Throws an ExceptionObject whose line begins with the
 * file's name when the file cannot be read or its stream is damaged. */
class ByteSource
{
public:
  /** \param segment Where to read; its number of voxels does not matter here.
   * \param bytes How many bytes the run has, which places a run that ends with its file. */
  ByteSource(const VoxelSegment & segment, uint64_t bytes);
  ~ByteSource();
  ByteSource(const ByteSource &) = delete;
  ByteSource &
  operator=(const ByteSource &) = delete;

  /** As many bytes as there are, up to `count`. */
  size_t
  Read(char * buffer, size_t count);

  /** No more bytes than these can come, as far as the file's size tells. */
  uint64_t
  GetLimit() const;

  /** Reads to the end, where a stream has its check sum; how many bytes there were. */
  uint64_t
  Drain();

private:
  struct Stream;

  [[noreturn]] void
  FailDamaged(const char * what) const;
  size_t
  ReadFile(char * buffer, size_t count);
  void
  SkipBytes(uint64_t count);

  std::string m_Name;
  std::FILE * m_File{ nullptr };
  /** Bytes of the file that are left for this source. */
  uint64_t                m_Left{ 0 };
  bool                    m_IsPacked{ false };
  std::unique_ptr<Stream> m_Stream;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
