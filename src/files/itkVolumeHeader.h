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
#ifndef itkVolumeHeader_h
#define itkVolumeHeader_h

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Where a run of voxels is. */
struct VoxelSegment
{
  std::string File;
  /** Bytes of the file before the run, or before the stream that holds it. */
  uint64_t Offset{ 0 };
  /** The run ends with the file, wherever it begins. */
  bool IsAtEnd{ false };
  /** Whether a zlib or gzip stream holds the run; a gzip file may turn out to be a plain one. */
  enum class PackingEnum
  {
    None,
    Stream,
    StreamOrNone
  } Packing{ PackingEnum::None };
  /** Bytes of the stream in the file; 0: all to the end. */
  uint64_t PackedSize{ 0 };
  /** Bytes before the run when the stream is unpacked. */
  uint64_t Skip{ 0 };
  /** Voxels of the run. */
  uint64_t Voxels{ 0 };
};

/** What the header of a volume says of its grid and of where its voxels are. */
struct VolumeHeader
{
  enum class ComponentEnum
  {
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float32,
    Float64
  };
  enum class EncodingEnum
  {
    Binary,
    Hexadecimal,
    Text
  };

  std::array<uint64_t, 3> Size{ { 0, 0, 0 } };
  std::array<double, 3>   Spacing{ { 1.0, 1.0, 1.0 } };
  std::array<double, 3>   Origin{ { 0.0, 0.0, 0.0 } };
  /** Direction[row][column]; a column is the direction of an axis in LPS. */
  std::array<std::array<double, 3>, 3> Direction{
    { { { 1.0, 0.0, 0.0 } }, { { 0.0, 1.0, 0.0 } }, { { 0.0, 0.0, 1.0 } } }
  };

  ComponentEnum Component{ ComponentEnum::Int16 };
  EncodingEnum  Encoding{ EncodingEnum::Binary };
  bool          IsBigEndian{ false };
  /** A voxel is slope * stored + intercept when IsScaled. */
  bool   IsScaled{ false };
  double Slope{ 1.0 };
  double Intercept{ 0.0 };

  std::vector<VoxelSegment> Segments;
  std::vector<std::string>  Remarks;
};

/** What a header does not say, and what is taken instead. */
class MissingFields
{
public:
  void
  Add(const std::string & field, const std::string & taken)
  {
    m_Fields += (m_Fields.empty() ? "" : " and no ") + field;
    m_Taken += (m_Taken.empty() ? "" : ", ") + taken;
  }

  /** Says it in one remark, when something is missing. */
  void
  AddRemark(VolumeHeader & header) const
  {
    if (!m_Fields.empty())
    {
      header.Remarks.push_back("its header has no " + m_Fields + "; taken were " + m_Taken);
    }
  }

private:
  std::string m_Fields;
  std::string m_Taken;
};

unsigned int
GetComponentSize(VolumeHeader::ComponentEnum component);

/** The product of the sizes. Throws when it is 0 or more than 64 bits of bytes can count. */
uint64_t
CountVoxels(const VolumeHeader & header, const std::string & path);

/** Sets the size from all dimensions of a file. Throws unless it is a 3D image (further dimensions of 1 are none). */
void
SetSize(VolumeHeader & header, const std::vector<int64_t> & dimensions, const std::string & path);

/** Throws when spacing or origin is not usable, or when the axes are not at right angles; leaves remarks. */
void
VerifyGeometry(VolumeHeader & header, const std::string & path);

/** The name of a file that a header in the same folder names. */
std::string
BesideHeader(const std::string & path, const std::string & name);

/** The headers of the three formats. They throw an ExceptionObject whose line begins with the path. */
VolumeHeader
ReadNIfTIHeader(const std::string & path);
VolumeHeader
ReadMetaImageHeader(const std::string & path);
VolumeHeader
ReadNRRDHeader(const std::string & path);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
