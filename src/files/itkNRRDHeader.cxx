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
#include "files/itkVolumeHeader.h"

#include "files/itkHeaderText.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkPlainText.h"

#include "itkNrrdImageIO.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <set>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
using Component = VolumeHeader::ComponentEnum;
using Encoding = VolumeHeader::EncodingEnum;

/** What the header says of the voxels; the geometry is read by ITK. */
struct NRRDFields
{
  std::map<std::string, std::string> Values;
  /** Lines after `data file: LIST`. */
  std::vector<std::string> ListedFiles;
  /** Bytes of the header, the empty line included. */
  size_t End{ 0 };
};

NRRDFields
ParseFields(const std::string & text, const std::string & path)
{
  if (text.compare(0, 7, "NRRD000") != 0)
  {
    Fail(path + ": cannot be read: it does not begin as an NRRD does");
  }
  NRRDFields fields;
  bool       isList = false;
  size_t     position = std::min(text.find('\n'), text.size() - 1) + 1;
  while (position < text.size())
  {
    const size_t end = std::min(text.find('\n', position), text.size());
    std::string  line = text.substr(position, end - position);
    position = std::min(end + 1, text.size());
    if (!line.empty() && line.back() == '\r')
    {
      line.pop_back();
    }
    if (isList)
    {
      if (!Trimmed(line).empty())
      {
        fields.ListedFiles.push_back(Trimmed(line));
      }
      continue;
    }
    if (line.empty())
    {
      break;
    }
    const size_t separator = line.find(": ");
    if (line[0] == '#' || separator == std::string::npos || line.find(":=") < separator)
    {
      continue;
    }
    std::string key = LowerCase(line.substr(0, separator));
    key.erase(std::remove(key.begin(), key.end(), ' '), key.end());
    fields.Values[key] = Trimmed(line.substr(separator + 2));
    isList = key == "datafile" && fields.Values[key].compare(0, 4, "LIST") == 0;
  }
  fields.End = position;
  for (const char * const required : { "type", "dimension", "sizes", "encoding" })
  {
    if (fields.Values.count(required) == 0)
    {
      Fail(path + ": cannot be read: its header has no field '" + required + "'");
    }
  }
  return fields;
}

void
SetComponent(VolumeHeader & header, NRRDFields & fields, const std::string & path)
{
  static const std::map<std::string, Component> types{
    { "signed char", Component::Int8 },
    { "int8", Component::Int8 },
    { "int8_t", Component::Int8 },
    { "uchar", Component::UInt8 },
    { "unsigned char", Component::UInt8 },
    { "uint8", Component::UInt8 },
    { "uint8_t", Component::UInt8 },
    { "short", Component::Int16 },
    { "short int", Component::Int16 },
    { "signed short", Component::Int16 },
    { "signed short int", Component::Int16 },
    { "int16", Component::Int16 },
    { "int16_t", Component::Int16 },
    { "ushort", Component::UInt16 },
    { "unsigned short", Component::UInt16 },
    { "unsigned short int", Component::UInt16 },
    { "uint16", Component::UInt16 },
    { "uint16_t", Component::UInt16 },
    { "int", Component::Int32 },
    { "signed int", Component::Int32 },
    { "int32", Component::Int32 },
    { "int32_t", Component::Int32 },
    { "uint", Component::UInt32 },
    { "unsigned int", Component::UInt32 },
    { "uint32", Component::UInt32 },
    { "uint32_t", Component::UInt32 },
    { "longlong", Component::Int64 },
    { "long long", Component::Int64 },
    { "long long int", Component::Int64 },
    { "signed long long", Component::Int64 },
    { "signed long long int", Component::Int64 },
    { "int64", Component::Int64 },
    { "int64_t", Component::Int64 },
    { "ulonglong", Component::UInt64 },
    { "unsigned long long", Component::UInt64 },
    { "unsigned long long int", Component::UInt64 },
    { "uint64", Component::UInt64 },
    { "uint64_t", Component::UInt64 },
    { "float", Component::Float32 },
    { "double", Component::Float64 },
  };
  const auto type = types.find(LowerCase(fields.Values["type"]));
  if (type == types.end())
  {
    Fail(path + ": cannot be read: '" + fields.Values["type"] + "' is no type of a scalar image");
  }
  header.Component = type->second;

  const std::string encoding = LowerCase(fields.Values["encoding"]);
  if (encoding == "bz2" || encoding == "bzip2")
  {
    Fail(path + ": cannot be read: its encoding is bzip2, should be gzip, raw, hex or text");
  }
  const bool isText = encoding == "txt" || encoding == "text" || encoding == "ascii";
  if (encoding != "raw" && encoding != "gz" && encoding != "gzip" && encoding != "hex" && !isText)
  {
    Fail(path + ": cannot be read: '" + encoding + "' is no encoding of NRRD");
  }
  header.Encoding = isText ? Encoding::Text : encoding == "hex" ? Encoding::Hexadecimal : Encoding::Binary;

  const std::string endian = LowerCase(fields.Values["endian"]);
  header.IsBigEndian = endian == "big";
  if (header.Encoding != Encoding::Text && GetComponentSize(header.Component) > 1 && endian != "big" &&
      endian != "little")
  {
    Fail(path + ": cannot be read: its field 'endian' is '" + endian + "', should be little or big");
  }
}

/** Size, voxel size, origin and directions, by ITK. */
void
SetGeometry(VolumeHeader & header, const std::string & path)
{
  // The library keeps its errors in one place for all threads.
  static std::mutex                 mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto                        io = NrrdImageIO::New();
  io->SetFileName(path);
  try
  {
    io->ReadImageInformation();
  }
  catch (const ExceptionObject & error)
  {
    // The library's last line says what was wrong, after the names of its functions.
    std::string  text = Trimmed(error.GetDescription());
    const size_t line = text.rfind('\n');
    text = line == std::string::npos ? text : text.substr(line + 1);
    const size_t function = text.find(": ");
    text = Trimmed(function != std::string::npos && text.find("rrd") < function ? text.substr(function + 2) : text);
    // It may quote a line of any length.
    constexpr size_t longest = 200;
    Fail(path + ": cannot be read: " + (text.size() > longest ? text.substr(0, longest) + "..." : text));
  }
  if (io->GetNumberOfComponents() != 1)
  {
    Fail(path + ": has " + std::to_string(io->GetNumberOfComponents()) + " components per voxel, should have 1");
  }
  std::vector<int64_t> sizes;
  for (unsigned int i = 0; i < io->GetNumberOfDimensions(); ++i)
  {
    sizes.push_back(static_cast<int64_t>(io->GetDimensions(i)));
  }
  SetSize(header, sizes, path);
  for (unsigned int column = 0; column < 3; ++column)
  {
    header.Spacing[column] = io->GetSpacing(column);
    header.Origin[column] = io->GetOrigin(column);
    for (unsigned int row = 0; row < 3; ++row)
    {
      header.Direction[row][column] = io->GetDirection(column)[row];
    }
  }
}

/** ITK turns three spaces of a patient into its own, and takes every other as it is. */
void
RemarkOnSpace(VolumeHeader & header, NRRDFields & fields)
{
  static const std::set<std::string> known{ "right-anterior-superior", "ras", "left-anterior-superior", "las",
                                            "left-posterior-superior", "lps" };
  const std::string                  space = LowerCase(fields.Values["space"]);
  if (known.count(space) == 0)
  {
    header.Remarks.push_back(
      (space.empty() ? "has no field 'space'" : "its space is '" + space + "', which is not that of a patient") +
      std::string("; its axes were taken as those of LPS"));
  }
}

/** ITK fills in what the header does not say of position, directions and voxel sizes. */
void
RemarkOnMissingGeometry(VolumeHeader & header, const NRRDFields & fields)
{
  MissingFields missing;
  if (fields.Values.count("spaceorigin") == 0)
  {
    missing.Add("'space origin'", "a first voxel at 0");
  }
  if (fields.Values.count("spacedirections") == 0)
  {
    missing.Add("'space directions'", "axes that run to the left, backwards and upwards (LPS)");
    if (fields.Values.count("spacings") == 0)
    {
      missing.Add("'spacings'", "voxels of 1 mm");
    }
  }
  missing.AddRemark(header);
}

/** Bytes of a number of lines at some place of a file. */
uint64_t
LengthOfLines(const std::string & file, uint64_t offset, int64_t lines, const std::string & path)
{
  const std::string text = ReadHeaderText(file);
  uint64_t          position = offset;
  for (int64_t i = 0; i < lines; ++i)
  {
    const size_t end = text.find('\n', static_cast<size_t>(position));
    if (end == std::string::npos)
    {
      Fail(path + ": cannot be read: " + file + " has fewer lines than are to be skipped");
    }
    position = end + 1;
  }
  return position - offset;
}

/** The files of a detached header, and over how many axes each one goes. */
std::vector<std::string>
DataFiles(const VolumeHeader & header, NRRDFields & fields, const std::string & path)
{
  const std::string              value = fields.Values["datafile"];
  const std::vector<std::string> words = SplitAtBlanks(value);
  const bool                     isList = value.compare(0, 4, "LIST") == 0;
  const bool                     isPattern = !isList && value.find('%') != std::string::npos;
  if (!isList && !isPattern)
  {
    return { value };
  }
  // "LIST [axes]" and "pattern first last step [axes]"
  const size_t         firstNumber = 1;
  std::vector<int64_t> numbers;
  for (size_t i = firstNumber; i < words.size(); ++i)
  {
    numbers.push_back(ParseIntegers(words[i], 1, "data file", path).front());
  }
  const size_t  place = isList ? 0 : 3;
  const int64_t axes = numbers.size() > place ? numbers[place] : 2;
  if (axes < 1 || axes > 3 || (isPattern && (numbers.size() < 3 || numbers[2] == 0)))
  {
    Fail(path + ": cannot be read: its data files, '" + value + "', are not those of a 3D image");
  }
  uint64_t wanted = 1;
  for (size_t axis = static_cast<size_t>(axes); axis < 3; ++axis)
  {
    wanted *= header.Size[axis];
  }
  std::vector<std::string> files = fields.ListedFiles;
  if (isPattern)
  {
    for (int64_t number = numbers[0];
         files.size() <= wanted && (numbers[2] > 0 ? number <= numbers[1] : number >= numbers[1]);
         number += numbers[2])
    {
      files.push_back(FileOfPattern(words[0], number, path));
    }
  }
  if (files.size() != wanted)
  {
    Fail(path + ": cannot be read: its header names " + std::to_string(files.size()) + " files, should name " +
         std::to_string(wanted));
  }
  return files;
}

} // namespace

VolumeHeader
ReadNRRDHeader(const std::string & path)
{
  NRRDFields   fields = ParseFields(ReadHeaderText(path), path);
  VolumeHeader header;
  SetComponent(header, fields, path);
  SetGeometry(header, path);
  RemarkOnSpace(header, fields);
  RemarkOnMissingGeometry(header, fields);
  const uint64_t voxels = CountVoxels(header, path);

  const auto integer = [&fields, &path](const char * key) {
    return fields.Values.count(key) > 0 ? ParseIntegers(fields.Values[key], 1, key, path).front() : 0;
  };
  const int64_t lineSkip = integer("lineskip");
  const int64_t byteSkip = integer("byteskip");
  const bool    isPacked = LowerCase(fields.Values["encoding"]).compare(0, 2, "gz") == 0;
  if (lineSkip < 0 || byteSkip < -1 || (byteSkip < 0 && (isPacked || header.Encoding != Encoding::Binary)))
  {
    Fail(path + ": cannot be read: its line skip of " + std::to_string(lineSkip) + " and byte skip of " +
         std::to_string(byteSkip) + " are not supported");
  }
  const bool isDetached = fields.Values.count("datafile") > 0;
  for (const std::string & file : isDetached ? DataFiles(header, fields, path) : std::vector<std::string>{ path })
  {
    VoxelSegment segment;
    segment.File = isDetached ? BesideHeader(path, file) : path;
    segment.Offset = isDetached ? 0 : fields.End;
    segment.Offset += lineSkip > 0 ? LengthOfLines(segment.File, segment.Offset, lineSkip, path) : 0;
    segment.Packing = isPacked ? VoxelSegment::PackingEnum::Stream : VoxelSegment::PackingEnum::None;
    segment.IsAtEnd = byteSkip == -1;
    segment.Skip = static_cast<uint64_t>(std::max<int64_t>(0, byteSkip));
    header.Segments.push_back(segment);
  }
  for (VoxelSegment & segment : header.Segments)
  {
    segment.Voxels = voxels / header.Segments.size();
  }
  return header;
}

} // namespace SyntheticCTDetail
} // namespace itk
