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

#include <algorithm>
#include <filesystem>
#include <map>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
namespace fs = std::filesystem;
using Component = VolumeHeader::ComponentEnum;
using Packing = VoxelSegment::PackingEnum;

/** The fields of a header, up to the one that ends it. */
class MetaImageFields
{
public:
  MetaImageFields(const std::string & text, const std::string & path)
    : m_Path(path)
  {
    size_t position = 0;
    while (position < text.size() && m_Fields.count("ElementDataFile") == 0)
    {
      const size_t      end = std::min(text.find('\n', position), text.size());
      const std::string line = text.substr(position, end - position);
      position = std::min(end + 1, text.size());
      const size_t separator = line.find_first_of("=:");
      if (separator != std::string::npos)
      {
        m_Fields[Trimmed(line.substr(0, separator))] = Trimmed(line.substr(separator + 1));
      }
    }
    m_End = position;
    for (const char * const required : { "NDims", "DimSize", "ElementType", "ElementDataFile" })
    {
      if (m_Fields.count(required) == 0)
      {
        Fail(path + ": cannot be read: its header has no " + required);
      }
    }
  }

  /** Bytes of the header. */
  size_t
  GetEnd() const
  {
    return m_End;
  }

  bool
  Has(const std::string & key) const
  {
    return m_Fields.count(key) > 0;
  }

  std::string
  GetText(const std::string & key) const
  {
    const auto found = m_Fields.find(key);
    return found == m_Fields.end() ? "" : found->second;
  }

  bool
  GetFlag(const std::string & key, bool otherwise) const
  {
    const std::string text = this->GetText(key);
    return this->Has(key) ? !text.empty() && std::string("Tt1").find(text[0]) != std::string::npos : otherwise;
  }

  std::vector<double>
  GetNumbers(const std::string & key, size_t count) const
  {
    return ParseNumbers(this->GetText(key), count, key, m_Path);
  }

  std::vector<int64_t>
  GetIntegers(const std::string & key, size_t count) const
  {
    return ParseIntegers(this->GetText(key), count, key, m_Path);
  }

  int64_t
  GetInteger(const std::string & key, int64_t otherwise) const
  {
    return this->Has(key) ? this->GetIntegers(key, 1).front() : otherwise;
  }

private:
  const std::string &                m_Path;
  std::map<std::string, std::string> m_Fields;
  size_t                             m_End{ 0 };
};

void
SetComponent(VolumeHeader & header, const MetaImageFields & fields, const std::string & path)
{
  static const std::map<std::string, Component> types{
    { "MET_CHAR", Component::Int8 },       { "MET_ASCII_CHAR", Component::Int8 },   { "MET_UCHAR", Component::UInt8 },
    { "MET_SHORT", Component::Int16 },     { "MET_USHORT", Component::UInt16 },     { "MET_INT", Component::Int32 },
    { "MET_UINT", Component::UInt32 },     { "MET_LONG", Component::Int32 },        { "MET_ULONG", Component::UInt32 },
    { "MET_LONG_LONG", Component::Int64 }, { "MET_ULONG_LONG", Component::UInt64 }, { "MET_FLOAT", Component::Float32 },
    { "MET_DOUBLE", Component::Float64 },
  };
  const std::string suffix = "_ARRAY";
  std::string       name = fields.GetText("ElementType");
  if (name.size() > suffix.size() && name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0)
  {
    name.resize(name.size() - suffix.size());
  }
  const auto type = types.find(name);
  if (type == types.end())
  {
    Fail(path + ": cannot be read: '" + name + "' is no ElementType of a scalar image");
  }
  header.Component = type->second;
  const int64_t channels = fields.GetInteger("ElementNumberOfChannels", 1);
  if (channels != 1)
  {
    Fail(path + ": has " + std::to_string(channels) + " components per voxel, should have 1");
  }
  header.IsBigEndian = fields.GetFlag("BinaryDataByteOrderMSB", fields.GetFlag("ElementByteOrderMSB", false));
  const double slope = fields.Has("ElementToIntensityFunctionSlope")
                         ? fields.GetNumbers("ElementToIntensityFunctionSlope", 1).front()
                         : 1.0;
  const double offset = fields.Has("ElementToIntensityFunctionOffset")
                          ? fields.GetNumbers("ElementToIntensityFunctionOffset", 1).front()
                          : 0.0;
  if (slope != 1.0 || offset != 0.0)
  {
    header.Remarks.push_back("its ElementToIntensityFunctionSlope and Offset were not applied");
  }
}

/** The numbers of a list, of which there may be more than belong to it. */
std::vector<double>
GetList(VolumeHeader & header, const MetaImageFields & fields, const std::string & key, size_t count)
{
  const size_t found = SplitAtBlanks(fields.GetText(key)).size();
  if (found > count)
  {
    header.Remarks.push_back("its " + key + " has " + std::to_string(found) + " numbers; the first " +
                             std::to_string(count) + " were taken");
  }
  return fields.GetNumbers(key, count);
}

void
SetGeometry(VolumeHeader & header, const MetaImageFields & fields, size_t dimension)
{
  MissingFields      missing;
  const char * const spacing = fields.Has("ElementSpacing") ? "ElementSpacing" : "ElementSize";
  if (fields.Has(spacing))
  {
    const std::vector<double> numbers = GetList(header, fields, spacing, dimension);
    std::copy_n(numbers.begin(), 3, header.Spacing.begin());
  }
  else
  {
    missing.Add("ElementSpacing", "voxels of 1 mm");
  }
  // The names that MetaIO knows; the last one that is there counts.
  bool hasOrigin = false;
  for (const char * const key : { "Position", "Offset", "Origin", "ImagePosition" })
  {
    if (fields.Has(key))
    {
      const std::vector<double> numbers = GetList(header, fields, key, dimension);
      std::copy_n(numbers.begin(), 3, header.Origin.begin());
      hasOrigin = true;
    }
  }
  if (!hasOrigin)
  {
    missing.Add("Offset", "a first voxel at 0");
  }
  bool hasDirection = false;
  for (const char * const key : { "Orientation", "Rotation", "TransformMatrix" })
  {
    if (fields.Has(key))
    {
      const std::vector<double> numbers = GetList(header, fields, key, dimension * dimension);
      for (size_t row = 0; row < 3; ++row)
      {
        for (size_t column = 0; column < 3; ++column)
        {
          header.Direction[row][column] = numbers[column * dimension + row];
        }
      }
      hasDirection = true;
    }
  }
  if (!hasDirection)
  {
    missing.Add("TransformMatrix", "axes that run to the left, backwards and upwards (LPS)");
  }
  missing.AddRemark(header);
  const std::string unit = fields.GetText("DistanceUnits");
  if (!unit.empty() && unit != "mm" && unit != "?")
  {
    header.Remarks.push_back("its DistanceUnits are '" + unit + "'; its numbers were taken as mm");
  }
}

/** The files that the lines after the header name. */
std::vector<std::string>
ListedFiles(const std::string & text, size_t position)
{
  std::vector<std::string> files;
  while (position < text.size())
  {
    const size_t      end = std::min(text.find('\n', position), text.size());
    const std::string name = Trimmed(text.substr(position, end - position));
    position = end + 1;
    if (!name.empty())
    {
      files.push_back(name);
    }
  }
  return files;
}

/** The files that `pattern first last step` names. */
std::vector<std::string>
PatternFiles(const std::string & text, uint64_t slices, const std::string & path)
{
  // The pattern may have blanks; the numbers are at the end.
  std::vector<std::string> words = SplitAtBlanks(text);
  std::vector<int64_t>     numbers;
  double                   number = 0.0;
  while (words.size() > 1 && numbers.size() < 3 && ParseNumber(words.back(), number))
  {
    numbers.insert(numbers.begin(), ParseIntegers(words.back(), 1, "ElementDataFile", path).front());
    words.pop_back();
  }
  std::string pattern = words.front();
  for (size_t i = 1; i < words.size(); ++i)
  {
    pattern += ' ' + words[i];
  }
  const int64_t            first = numbers.empty() ? 1 : numbers[0];
  const int64_t            step = numbers.size() < 3 ? 1 : numbers[2];
  std::vector<std::string> files;
  for (uint64_t i = 0; i < slices; ++i)
  {
    const int64_t each = first + static_cast<int64_t>(i) * step;
    if (step == 0 || (numbers.size() > 1 && (step > 0 ? each > numbers[1] : each < numbers[1])))
    {
      break;
    }
    files.push_back(FileOfPattern(pattern, each, path));
  }
  return files;
}

/** One segment for each file of a list. */
void
SetListedSegments(VolumeHeader &                   header,
                  const VoxelSegment &             common,
                  const std::vector<std::string> & files,
                  uint64_t                         wanted,
                  const std::string &              path)
{
  if (files.size() < wanted)
  {
    Fail(path + ": cannot be read: its header names " + std::to_string(files.size()) + " files, should name " +
         std::to_string(wanted));
  }
  if (files.size() > wanted)
  {
    header.Remarks.push_back("its header names " + std::to_string(files.size()) + " files; only the first " +
                             std::to_string(wanted) + " belong to its size");
  }
  for (uint64_t i = 0; i < wanted; ++i)
  {
    VoxelSegment segment = common;
    segment.File = BesideHeader(path, files[i]);
    segment.Voxels = CountVoxels(header, path) / wanted;
    header.Segments.push_back(segment);
  }
}

} // namespace

VolumeHeader
ReadMetaImageHeader(const std::string & path)
{
  const std::string     text = ReadHeaderText(path);
  const MetaImageFields fields(text, path);
  VolumeHeader          header;
  const int64_t         dimension = fields.GetInteger("NDims", 0);
  if (dimension < 1 || dimension > 10)
  {
    Fail(path + ": cannot be read: its NDims is " + std::to_string(dimension) + ", should be 3");
  }
  GetList(header, fields, "DimSize", static_cast<size_t>(dimension));
  SetSize(header, fields.GetIntegers("DimSize", static_cast<size_t>(dimension)), path);
  SetComponent(header, fields, path);
  SetGeometry(header, fields, static_cast<size_t>(dimension));
  const uint64_t voxels = CountVoxels(header, path);
  if (!fields.GetFlag("BinaryData", true))
  {
    header.Encoding = VolumeHeader::EncodingEnum::Text;
  }

  VoxelSegment  common;
  const int64_t headerSize = fields.GetInteger("HeaderSize", 0);
  if (headerSize < -1)
  {
    Fail(path + ": cannot be read: its HeaderSize is " + std::to_string(headerSize) + ", should be -1 or more");
  }
  common.IsAtEnd = headerSize == -1;
  common.Offset = headerSize > 0 ? static_cast<uint64_t>(headerSize) : 0;
  if (header.Encoding == VolumeHeader::EncodingEnum::Binary && fields.GetFlag("CompressedData", false))
  {
    common.Packing = Packing::Stream;
    // Where it is missing the stream goes on to the end of its file.
    common.PackedSize = static_cast<uint64_t>(std::max<int64_t>(0, fields.GetInteger("CompressedDataSize", 0)));
    common.IsAtEnd = false;
  }

  const std::string dataFile = fields.GetText("ElementDataFile");
  if (dataFile.empty())
  {
    Fail(path + ": cannot be read: its ElementDataFile is empty, should be LOCAL or the name of a file");
  }
  if (dataFile == "LOCAL" || dataFile == "Local" || dataFile == "local")
  {
    VoxelSegment segment = common;
    segment.File = path;
    segment.Offset = headerSize > 0 ? common.Offset : fields.GetEnd();
    segment.Voxels = voxels;
    header.Segments.push_back(segment);
  }
  else if (dataFile.compare(0, 4, "LIST") == 0)
  {
    const std::vector<std::string> words = SplitAtBlanks(dataFile);
    int64_t                        fileDimension = 2;
    if (words.size() > 1)
    {
      fileDimension = ParseIntegers(words[1], 1, "ElementDataFile", path).front();
    }
    if (fileDimension < 1 || fileDimension > 3)
    {
      fileDimension = 2;
    }
    uint64_t wanted = 1;
    for (size_t axis = static_cast<size_t>(fileDimension); axis < 3; ++axis)
    {
      wanted *= header.Size[axis];
    }
    SetListedSegments(header, common, ListedFiles(text, fields.GetEnd()), wanted, path);
  }
  else if (dataFile.find('%') != std::string::npos)
  {
    SetListedSegments(header, common, PatternFiles(dataFile, header.Size[2], path), header.Size[2], path);
  }
  else
  {
    VoxelSegment segment = common;
    segment.File = BesideHeader(path, dataFile);
    std::error_code error;
    if (!fs::exists(segment.File, error) && fs::exists(segment.File + ".gz", error))
    {
      segment.File += ".gz";
      segment.Packing = Packing::Stream;
      segment.PackedSize = 0;
      segment.IsAtEnd = false;
    }
    segment.Voxels = voxels;
    header.Segments.push_back(segment);
  }
  return header;
}

} // namespace SyntheticCTDetail
} // namespace itk
