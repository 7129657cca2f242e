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

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace itk
{
namespace FuzzTest
{

/** What became of something that was read: refused with a line, or taken. */
struct Reading
{
  bool        IsRefused{ false };
  std::string Line;
  /** What was said aloud, one line each, without the folder's own path. */
  std::vector<std::string> Remarks;
  /** Size, spacing, origin and direction of a volume. */
  std::vector<double> Grid;
  /** Every value of a text, in a form of its own. */
  std::string Text;
  /** A number made of the bits of all voxels, or of everything that a network returned. */
  std::uint64_t Voxels{ 0 };
};

/** Write one small folder for each thing that is read into a folder: the files of one format, of one series, ... What
 * such a folder holds is said by its name up to the first hyphen, see KindOf(). Throws when one cannot be written. */
void
MakeCorpus(const std::filesystem::path & corpus);

/** The kind of a folder of the corpus: `image`, `dicom`, `table`, `card`, `labels` or `model`. */
std::string
KindOf(const std::filesystem::path & folder);

/** Whether this build can read folders of a kind. */
bool
CanRead(const std::string & kind);

/** Read a folder of the corpus with what is made for its kind. An ExceptionObject is a refusal; nothing else should
 * ever be thrown, and is not caught. */
Reading
Read(const std::filesystem::path & folder);

/** Where the voxels of an undamaged file begin, so that damage from there on may change nothing but voxels; the size of
 * the file when a check sum guards them, or when it has none. */
size_t
BeginOfVoxels(const std::filesystem::path & file, const std::string & bytes);

} // namespace FuzzTest
} // namespace itk

#endif
