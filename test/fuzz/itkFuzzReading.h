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
#ifndef itkFuzzReading_h
#define itkFuzzReading_h

#include <filesystem>
#include <string>

namespace itk
{
namespace FuzzTest
{

/** What became of a file that was read: refused with a line, or taken. */
struct Reading
{
  bool        IsRefused{ false };
  std::string Line;
  /** The shape of what was read: size, spacing, origin and direction of a volume; every value of a text. */
  std::string Shape;
  /** A number of all voxels' bits; 0 for a text. */
  std::uint64_t Voxels{ 0 };
};

/** Fill an empty folder with one small file, or folder of files, of everything that is read. */
void
MakeCorpus(const std::filesystem::path & folder);

/** Whether a file of the corpus is read by something, and not only part of another one. */
bool
IsRead(const std::filesystem::path & path);

/** Read a file, or a folder, with what is made for its kind. Whatever is thrown is a refusal. */
Reading
Read(const std::filesystem::path & path);

/** Where the voxels of an undamaged file begin when nothing in its format could tell that they were damaged; the size
 * of the file otherwise. */
size_t
BeginOfVoxels(const std::filesystem::path & path, const std::string & bytes);

} // namespace FuzzTest
} // namespace itk

#endif
