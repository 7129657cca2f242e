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

#include "files/itkByteSource.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkSameGridVerification.h"
#include "SyntheticCTDetail/itkVolumeFileFormat.h"

#include "itkByteSwapper.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <sstream>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
namespace fs = std::filesystem;
using Component = VolumeHeader::ComponentEnum;

constexpr size_t sizeOfNIfTI1 = 348;
constexpr size_t sizeOfNIfTI2 = 540;

/** The fields of either version's header that matter here. */
struct Fields
{
  bool                   IsAnalyze{ false };
  bool                   IsOneFile{ false };
  bool                   IsBigEndian{ false };
  int64_t                Dim[8]{};
  int64_t                DataType{ 0 };
  int64_t                BitsPerVoxel{ 0 };
  double                 PixDim[8]{};
  double                 VoxelOffset{ 0.0 };
  double                 Slope{ 0.0 };
  double                 Intercept{ 0.0 };
  int64_t                Units{ 0 };
  int64_t                QFormCode{ 0 };
  int64_t                SFormCode{ 0 };
  double                 Quaternion[3]{};
  double                 QOffset[3]{};
  std::array<double, 12> SRows{ {} };
};

/** Numbers at given places of a header in either byte order. */
class HeaderBytes
{
public:
  HeaderBytes(const std::vector<char> & bytes, bool isBigEndian)
    : m_Bytes(bytes)
    , m_IsBigEndian(isBigEndian)
  {}

  template <typename T>
  T
  Get(size_t offset) const
  {
    T value;
    std::memcpy(&value, m_Bytes.data() + offset, sizeof(T));
    if (m_IsBigEndian)
    {
      ByteSwapper<T>::SwapFromSystemToBigEndian(&value);
    }
    else
    {
      ByteSwapper<T>::SwapFromSystemToLittleEndian(&value);
    }
    return value;
  }

private:
  const std::vector<char> & m_Bytes;
  bool                      m_IsBigEndian;
};

/** The counterpart of a header or an image in two files: the first of the names that exists, else the first. */
std::string
Counterpart(const std::string & path, const std::string & lowerCaseEnd, const std::string & wantedEnd)
{
  const std::string stem = path.substr(0, path.size() - lowerCaseEnd.size());
  std::string       upperCaseEnd = wantedEnd;
  std::transform(upperCaseEnd.begin(), upperCaseEnd.end(), upperCaseEnd.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  std::error_code error;
  for (const std::string & end : { wantedEnd, wantedEnd + ".gz", upperCaseEnd, upperCaseEnd + ".GZ" })
  {
    if (fs::exists(stem + end, error))
    {
      return stem + end;
    }
  }
  return stem + wantedEnd;
}

std::vector<char>
ReadHeaderBytes(const std::string & file)
{
  VoxelSegment segment;
  segment.File = file;
  segment.Packing = VoxelSegment::PackingEnum::StreamOrNone;
  ByteSource        source(segment, 0);
  std::vector<char> bytes(sizeOfNIfTI2);
  bytes.resize(source.Read(bytes.data(), bytes.size()));
  return bytes;
}

Fields
ReadFields1(const std::vector<char> & bytes, const std::string & path)
{
  Fields     fields;
  const auto dim0 = HeaderBytes(bytes, false).Get<int16_t>(40);
  fields.IsBigEndian = dim0 < 1 || dim0 > 7;
  const HeaderBytes header(bytes, fields.IsBigEndian);
  const auto        size = header.Get<int32_t>(0);
  const std::string magic(bytes.data() + 344, 3);
  fields.IsOneFile = magic == "n+1";
  fields.IsAnalyze = magic != "n+1" && magic != "ni1";
  if (size != static_cast<int32_t>(sizeOfNIfTI1) || header.Get<int16_t>(40) < 1 || header.Get<int16_t>(40) > 7)
  {
    Fail(path + ": cannot be read: it has no header of NIfTI");
  }
  for (size_t i = 0; i < 8; ++i)
  {
    fields.Dim[i] = header.Get<int16_t>(40 + 2 * i);
    fields.PixDim[i] = static_cast<double>(header.Get<float>(76 + 4 * i));
  }
  fields.DataType = header.Get<int16_t>(70);
  fields.BitsPerVoxel = header.Get<int16_t>(72);
  fields.VoxelOffset = static_cast<double>(header.Get<float>(108));
  fields.Slope = static_cast<double>(header.Get<float>(112));
  fields.Intercept = static_cast<double>(header.Get<float>(116));
  if (fields.IsAnalyze)
  {
    return fields;
  }
  fields.Units = static_cast<unsigned char>(bytes[123]);
  fields.QFormCode = header.Get<int16_t>(252);
  fields.SFormCode = header.Get<int16_t>(254);
  for (size_t i = 0; i < 3; ++i)
  {
    fields.Quaternion[i] = static_cast<double>(header.Get<float>(256 + 4 * i));
    fields.QOffset[i] = static_cast<double>(header.Get<float>(268 + 4 * i));
  }
  for (size_t i = 0; i < 12; ++i)
  {
    fields.SRows[i] = static_cast<double>(header.Get<float>(280 + 4 * i));
  }
  return fields;
}

Fields
ReadFields2(const std::vector<char> & bytes, const std::string & path)
{
  Fields fields;
  fields.IsBigEndian = HeaderBytes(bytes, false).Get<int32_t>(0) != static_cast<int32_t>(sizeOfNIfTI2);
  const HeaderBytes header(bytes, fields.IsBigEndian);
  const std::string magic(bytes.data() + 4, 3);
  fields.IsOneFile = magic == "n+2";
  if (magic != "n+2" && magic != "ni2")
  {
    Fail(path + ": cannot be read: it has no header of NIfTI");
  }
  for (size_t i = 0; i < 8; ++i)
  {
    fields.Dim[i] = header.Get<int64_t>(16 + 8 * i);
    fields.PixDim[i] = header.Get<double>(104 + 8 * i);
  }
  if (fields.Dim[0] < 1 || fields.Dim[0] > 7)
  {
    Fail(path + ": cannot be read: its header tells of " + std::to_string(fields.Dim[0]) + " dimensions");
  }
  fields.DataType = header.Get<int16_t>(12);
  fields.BitsPerVoxel = header.Get<int16_t>(14);
  fields.VoxelOffset = static_cast<double>(header.Get<int64_t>(168));
  fields.Slope = header.Get<double>(176);
  fields.Intercept = header.Get<double>(184);
  fields.Units = header.Get<int32_t>(500);
  fields.QFormCode = header.Get<int32_t>(344);
  fields.SFormCode = header.Get<int32_t>(348);
  for (size_t i = 0; i < 3; ++i)
  {
    fields.Quaternion[i] = header.Get<double>(352 + 8 * i);
    fields.QOffset[i] = header.Get<double>(376 + 8 * i);
  }
  for (size_t i = 0; i < 12; ++i)
  {
    fields.SRows[i] = header.Get<double>(400 + 8 * i);
  }
  return fields;
}

void
SetComponent(VolumeHeader & header, const Fields & fields, const std::string & path)
{
  struct Type
  {
    int64_t   Code;
    Component Value;
  };
  constexpr Type types[] = { { 2, Component::UInt8 },    { 4, Component::Int16 },    { 8, Component::Int32 },
                             { 16, Component::Float32 }, { 64, Component::Float64 }, { 256, Component::Int8 },
                             { 512, Component::UInt16 }, { 768, Component::UInt32 }, { 1024, Component::Int64 },
                             { 1280, Component::UInt64 } };
  const auto     type = std::find_if(
    std::begin(types), std::end(types), [&fields](const Type & each) { return each.Code == fields.DataType; });
  if (type == std::end(types))
  {
    const std::string name = fields.DataType == 128    ? "RGB"
                             : fields.DataType == 2304 ? "RGBA"
                             : fields.DataType == 32 || fields.DataType == 1792 || fields.DataType == 2048
                               ? "complex"
                               : "another type than those of 8 to 64 bits";
    Fail(path + ": its voxels are " + name + " (NIfTI data type " + std::to_string(fields.DataType) +
         "), should be scalar: one number per voxel");
  }
  header.Component = type->Value;
  header.IsBigEndian = fields.IsBigEndian;
  const auto bits = static_cast<int64_t>(8 * GetComponentSize(header.Component));
  if (fields.BitsPerVoxel != bits)
  {
    header.Remarks.push_back("its header tells of " + std::to_string(fields.BitsPerVoxel) +
                             " bits per voxel, where its data type has " + std::to_string(bits) +
                             "; the data type was believed");
  }
}

void
SetScale(VolumeHeader & header, const Fields & fields)
{
  std::ostringstream text;
  if (fields.IsAnalyze)
  {
    if (std::isfinite(fields.Slope) && fields.Slope != 0.0 && fields.Slope != 1.0)
    {
      text << "is an Analyze file with a scale factor of " << fields.Slope << " (SPM's), which was not applied";
      header.Remarks.push_back(text.str());
    }
    return;
  }
  // "If the scl_slope field is nonzero, then each voxel value should be scaled." Some programs write NaN for "none".
  if (!std::isfinite(fields.Slope) || fields.Slope == 0.0)
  {
    if (std::isfinite(fields.Intercept) && fields.Intercept != 0.0)
    {
      text << "its scl_slope is " << fields.Slope << ", so that its scl_inter of " << fields.Intercept
           << " was not applied either";
      header.Remarks.push_back(text.str());
    }
    return;
  }
  header.Slope = fields.Slope;
  header.Intercept = fields.Intercept;
  if (!std::isfinite(fields.Intercept))
  {
    text << "its scl_inter is " << fields.Intercept << "; 0 was taken";
    header.Remarks.push_back(text.str());
    header.Intercept = 0.0;
  }
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  header.IsScaled = std::abs(header.Slope - 1.0) > epsilon || std::abs(header.Intercept) > epsilon;
}

/** Index to RAS millimetres: three rows of four, in single precision where NIfTI-1 has it. */
using Affine = std::array<double, 12>;

bool
IsFinite(const Affine & affine)
{
  return std::all_of(affine.begin(), affine.end(), [](double value) { return std::isfinite(value); });
}

double
Determinant(const Affine & a)
{
  return a[0] * (a[5] * a[10] - a[6] * a[9]) - a[1] * (a[4] * a[10] - a[6] * a[8]) + a[2] * (a[4] * a[9] - a[5] * a[8]);
}

/** Length of a column: the voxel size that an affine transform has. */
double
ColumnLength(const Affine & a, size_t column)
{
  return std::sqrt(a[column] * a[column] + a[4 + column] * a[4 + column] + a[8 + column] * a[8 + column]);
}

/** The transform of the qform, as in the NIfTI-1 standard's method 2, rounded as the NIfTI library rounds it. */
Affine
QFormAffine(const Fields & fields, const std::array<double, 3> & spacing)
{
  double       b = fields.Quaternion[0];
  double       c = fields.Quaternion[1];
  double       d = fields.Quaternion[2];
  double       a = 1.0 - (b * b + c * c + d * d);
  const double qfac = fields.PixDim[0] < 0.0 ? -1.0 : 1.0;
  if (a < 1e-7)
  {
    // A turn of 180 degrees, to single precision.
    a = 1.0 / std::sqrt(b * b + c * c + d * d);
    b *= a;
    c *= a;
    d *= a;
    a = 0.0;
  }
  else
  {
    a = std::sqrt(a);
  }
  const double rotation[3][3] = {
    { a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c) },
    { 2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b) },
    { 2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - c * c - b * b },
  };
  Affine affine;
  for (size_t row = 0; row < 3; ++row)
  {
    for (size_t column = 0; column < 3; ++column)
    {
      const double scale = column == 2 ? spacing[column] * qfac : spacing[column];
      // Volatile, since GCC 12 takes the two conversions away where it computes two columns at once.
      const volatile float rounded = static_cast<float>(rotation[row][column] * scale);
      affine[4 * row + column] = static_cast<double>(rounded);
    }
    affine[4 * row + 3] = fields.QOffset[row];
  }
  return affine;
}

/** How far the corners of the volume are apart under two transforms, at most. */
double
FarthestCorner(const Affine & first, const Affine & second, const std::array<uint64_t, 3> & size)
{
  double farthest = 0.0;
  for (unsigned int corner = 0; corner < 8; ++corner)
  {
    double square = 0.0;
    for (size_t row = 0; row < 3; ++row)
    {
      double difference = first[4 * row + 3] - second[4 * row + 3];
      for (size_t column = 0; column < 3; ++column)
      {
        const double index = (corner >> column & 1u) != 0 ? static_cast<double>(size[column] - 1) : 0.0;
        difference += (first[4 * row + column] - second[4 * row + column]) * index;
      }
      square += difference * difference;
    }
    farthest = std::max(farthest, std::sqrt(square));
  }
  return farthest;
}

/** Whether the columns of a transform are at right angles, to the tolerance at which ITK takes an sform. */
bool
HasRightAngles(const Affine & a, double & angleInDegrees)
{
  double sine = 0.0;
  for (size_t i = 0; i < 3; ++i)
  {
    for (size_t j = i + 1; j < 3; ++j)
    {
      const double product = a[i] * a[j] + a[4 + i] * a[4 + j] + a[8 + i] * a[8 + j];
      sine = std::max(sine, std::abs(product) / (ColumnLength(a, i) * ColumnLength(a, j)));
    }
  }
  angleInDegrees = std::asin(std::min(1.0, sine)) * 57.295779513082323;
  return sine <= 1e-4;
}

/** Whether two transforms are the same as far as single precision goes, as ITK has it. */
bool
AreEqual(const Affine & first, const Affine & second)
{
  double offset = 0.0;
  double largest = 0.0;
  for (size_t i = 0; i < first.size(); ++i)
  {
    const double difference = std::abs(first[i] - second[i]);
    offset += i % 4 == 3 ? difference : 0.0;
    largest = i % 4 == 3 ? largest : std::max(largest, difference);
  }
  return largest <= 1e-5 && offset <= 1e-7;
}

/** Chooses between the sform and the qform, and says what is doubtful about it. */
class NIfTIGeometry
{
public:
  NIfTIGeometry(VolumeHeader & header, const Fields & fields, const std::string & path)
    : m_Header(header)
    , m_Fields(fields)
    , m_Path(path)
  {}

  void
  Set()
  {
    this->SetPixelSize();
    m_HasSForm = m_Fields.SFormCode > 0;
    m_HasQForm = m_Fields.QFormCode > 0;
    if (!m_HasSForm && !m_HasQForm)
    {
      this->SetWithoutTransform();
      return;
    }
    this->DropUnusable();
    this->SetTransform(this->PrefersSForm());
    this->SetUnit();
  }

private:
  void
  Remark(const std::string & text)
  {
    m_Header.Remarks.push_back(text);
  }

  static std::string
  SizeText(double x, double y, double z)
  {
    std::ostringstream text;
    text << x << " x " << y << " x " << z;
    return text.str();
  }

  /** The voxel size of pixdim, and whether it is of use. */
  void
  SetPixelSize()
  {
    bool isNegative = false;
    for (size_t i = 0; i < 3; ++i)
    {
      const double size = m_Fields.PixDim[i + 1];
      m_HasPixelSize = m_HasPixelSize && std::isfinite(size) && size != 0.0;
      isNegative = isNegative || size < 0.0;
      m_Spacing[i] = std::abs(size);
    }
    m_PixDimText = SizeText(m_Fields.PixDim[1], m_Fields.PixDim[2], m_Fields.PixDim[3]);
    if (isNegative && m_HasPixelSize)
    {
      this->Remark("its pixdim is negative (" + m_PixDimText + "); the sign was ignored");
    }
  }

  void
  SetWithoutTransform()
  {
    if (!m_HasPixelSize)
    {
      Fail(m_Path + ": its voxel size (pixdim) is " + m_PixDimText + ", should be finite and not 0");
    }
    m_Header.Spacing = m_Spacing;
    this->Remark(std::string(m_Fields.IsAnalyze ? "is an Analyze 7.5 file" : "has neither an sform nor a qform") +
                 ", so that its position and orientation are not known; its axes were taken to run to the left, "
                 "backwards and upwards (LPS) from 0");
    this->SetUnit();
  }

  /** A transform that holds NaN, or has no volume, is none. */
  void
  DropUnusable()
  {
    m_SForm = m_Fields.SRows;
    const bool sformIsFinite = IsFinite(m_SForm);
    const bool sformIsUsable = m_HasSForm && sformIsFinite && std::abs(Determinant(m_SForm)) > 0.0;
    if (m_HasSForm && sformIsUsable && !m_HasPixelSize)
    {
      // Without pixdim the qform has no scale.
      for (size_t i = 0; i < 3; ++i)
      {
        m_Spacing[i] = ColumnLength(m_SForm, i);
      }
      this->Remark("its voxel size (pixdim) is " + m_PixDimText +
                   "; that of the sform was taken: " + SizeText(m_Spacing[0], m_Spacing[1], m_Spacing[2]) + " mm");
      m_HasQForm = false;
    }
    else if (!m_HasPixelSize)
    {
      Fail(m_Path + ": its voxel size (pixdim) is " + m_PixDimText + ", should be finite and not 0");
    }
    const bool qformIsUsable = m_HasQForm &&
                               std::all_of(std::begin(m_Fields.Quaternion),
                                           std::end(m_Fields.Quaternion),
                                           [](double value) { return std::isfinite(value); }) &&
                               std::all_of(std::begin(m_Fields.QOffset), std::end(m_Fields.QOffset), [](double value) {
                                 return std::isfinite(value);
                               });
    const char * const bad = sformIsFinite ? "is singular" : "holds NaN or infinity";
    if (m_HasSForm && !sformIsUsable)
    {
      if (!qformIsUsable)
      {
        Fail(m_Path + ": its sform " + bad +
             (m_HasQForm ? ", and so does its qform; one has to be set" : ", and it has no qform; one has to be set"));
      }
      this->Remark(std::string("its sform ") + bad + "; the qform was taken");
    }
    if (m_HasQForm && !qformIsUsable)
    {
      if (!sformIsUsable)
      {
        Fail(m_Path + ": its qform holds NaN or infinity, and it has no sform; one has to be set");
      }
      this->Remark("its qform holds NaN or infinity; the sform was taken");
    }
    m_HasSForm = sformIsUsable;
    m_HasQForm = qformIsUsable;
    if (m_HasQForm)
    {
      m_QForm = QFormAffine(m_Fields, m_Spacing);
    }
  }

  /** The rule of ITK's NiftiImageIO. An sform counts when its columns are at right angles and have the lengths of
   * pixdim. */
  bool
  PrefersSForm()
  {
    if (!m_HasSForm)
    {
      return false;
    }
    bool         hasLengths = true;
    const double lengths[3] = { ColumnLength(m_SForm, 0), ColumnLength(m_SForm, 1), ColumnLength(m_SForm, 2) };
    for (size_t i = 0; i < 3; ++i)
    {
      hasLengths = hasLengths && std::abs(lengths[i] - m_Spacing[i]) <= 1e-3;
    }
    double     angle = 0.0;
    const bool hasRightAngles = HasRightAngles(m_SForm, angle);
    if (m_HasQForm)
    {
      return AreEqual(m_SForm, m_QForm) || (hasLengths && hasRightAngles && m_Fields.SFormCode == 1);
    }

    // The sform is all there is.
    const bool isCosines =
      std::all_of(std::begin(lengths), std::end(lengths), [](double length) { return std::abs(length - 1.0) <= 1e-3; });
    if (!hasLengths && isCosines)
    {
      for (size_t column = 0; column < 3; ++column)
      {
        for (size_t row = 0; row < 3; ++row)
        {
          m_SForm[4 * row + column] *= m_Spacing[column];
        }
      }
      this->Remark("its sform holds directions without the voxel size; that of pixdim was put in: " + m_PixDimText +
                   " mm");
      return true;
    }
    // A shear makes an axis longer too, and is said when the directions are looked at.
    constexpr double noShear = 0.1;
    for (size_t i = 0; i < 3; ++i)
    {
      if (angle <= noShear && std::abs(lengths[i] - m_Spacing[i]) > 1e-3 * std::max(1.0, m_Spacing[i]))
      {
        Fail(m_Path + ": its sform has voxels of " + SizeText(lengths[0], lengths[1], lengths[2]) +
             " mm and its pixdim says " + m_PixDimText + "; correct the one that is wrong");
      }
    }
    return true;
  }

  /** Origin and directions in LPS. */
  void
  SetTransform(bool takesSForm)
  {
    if (m_HasSForm && m_HasQForm)
    {
      const double difference = FarthestCorner(m_SForm, m_QForm, m_Header.Size);
      if (difference > SameGridTolerance * *std::min_element(m_Spacing.begin(), m_Spacing.end()))
      {
        std::ostringstream text;
        text << "its sform and its qform differ, by " << difference << " mm at the farthest corner; the "
             << (takesSForm ? "sform" : "qform") << " was taken";
        this->Remark(text.str());
      }
    }
    const Affine & affine = takesSForm ? m_SForm : m_QForm;
    for (size_t row = 0; row < 3; ++row)
    {
      const double sign = row < 2 ? -1.0 : 1.0;
      m_Header.Origin[row] = sign * affine[4 * row + 3];
      for (size_t column = 0; column < 3; ++column)
      {
        m_Header.Direction[row][column] = sign * affine[4 * row + column];
      }
    }
    for (size_t column = 0; column < 3; ++column)
    {
      double square = 0.0;
      for (size_t row = 0; row < 3; ++row)
      {
        square += m_Header.Direction[row][column] * m_Header.Direction[row][column];
      }
      const double length = std::sqrt(square);
      for (size_t row = 0; row < 3; ++row)
      {
        m_Header.Direction[row][column] /= length;
      }
    }
    m_Header.Spacing = m_Spacing;
    if (takesSForm)
    {
      this->RemarkOnVoxelSize();
    }
  }

  /** Directions come from the sform and the voxel size from pixdim: the two may not quite belong together. */
  void
  RemarkOnVoxelSize()
  {
    Affine scaled = m_SForm;
    for (size_t column = 0; column < 3; ++column)
    {
      const double factor = m_Spacing[column] / ColumnLength(m_SForm, column);
      for (size_t row = 0; row < 3; ++row)
      {
        scaled[4 * row + column] *= factor;
      }
    }
    const double difference = FarthestCorner(m_SForm, scaled, m_Header.Size);
    if (difference > SameGridTolerance * *std::min_element(m_Spacing.begin(), m_Spacing.end()))
    {
      std::ostringstream text;
      text << "the voxels of its sform and of its pixdim differ in size, by " << difference
           << " mm at the farthest corner; those of pixdim were taken";
      this->Remark(text.str());
    }
  }

  /** Metres and micrometres become millimetres. */
  void
  SetUnit()
  {
    const int64_t unit = m_Fields.Units & 7;
    if (unit != 1 && unit != 3)
    {
      return;
    }
    const double scale = unit == 1 ? 1e3 : 1e-3;
    for (size_t i = 0; i < 3; ++i)
    {
      m_Header.Spacing[i] *= scale;
      m_Header.Origin[i] *= scale;
    }
    this->Remark(std::string("its header is in ") + (unit == 1 ? "metres" : "micrometres") +
                 "; converted to voxels of " + SizeText(m_Header.Spacing[0], m_Header.Spacing[1], m_Header.Spacing[2]) +
                 " mm");
  }

  VolumeHeader &        m_Header;
  const Fields &        m_Fields;
  const std::string &   m_Path;
  std::array<double, 3> m_Spacing{ { 1.0, 1.0, 1.0 } };
  std::string           m_PixDimText;
  bool                  m_HasPixelSize{ true };
  bool                  m_HasSForm{ false };
  bool                  m_HasQForm{ false };
  Affine                m_SForm{ {} };
  Affine                m_QForm{ {} };
};

/** Where the voxels of a single file begin. */
uint64_t
OneFileOffset(VolumeHeader & header, const Fields & fields, uint64_t sizeOfHeader, const std::string & path)
{
  // Four bytes after the header say whether extensions follow.
  const auto smallest = static_cast<double>(sizeOfHeader + 4);
  if (fields.VoxelOffset == 0.0)
  {
    header.Remarks.push_back("its vox_offset is 0; voxels were taken to begin at " + std::to_string(sizeOfHeader + 4) +
                             ", after the header");
    return sizeOfHeader + 4;
  }
  if (!(fields.VoxelOffset >= smallest && fields.VoxelOffset <= 1e15 &&
        fields.VoxelOffset == std::floor(fields.VoxelOffset)))
  {
    std::ostringstream text;
    text << path << ": cannot be read: its vox_offset is " << fields.VoxelOffset << ", should be a whole number of "
         << smallest << " or more";
    Fail(text.str());
  }
  return static_cast<uint64_t>(fields.VoxelOffset);
}

} // namespace

VolumeHeader
ReadNIfTIHeader(const std::string & path)
{
  const std::string end = GetLowerCaseEnd(path);
  const bool        isNamedOneFile = end == ".nii" || end == ".nii.gz";
  const bool        isImageName = end == ".img" || end == ".img.gz";
  const std::string headerFile = isImageName ? Counterpart(path, end, ".hdr") : path;
  std::error_code   error;
  if (!fs::exists(headerFile, error))
  {
    Fail(path + ": cannot be read: its header " + headerFile + " does not exist");
  }
  const std::vector<char> bytes = ReadHeaderBytes(headerFile);
  if (bytes.size() < sizeOfNIfTI1)
  {
    Fail(path + ": cannot be read: " + (bytes.empty() ? "the file is empty" : "its header is truncated"));
  }
  const std::string version2(bytes.data() + 4, 3);
  const bool        isVersion2 = bytes.size() == sizeOfNIfTI2 && (version2 == "n+2" || version2 == "ni2");
  const Fields      fields = isVersion2 ? ReadFields2(bytes, path) : ReadFields1(bytes, path);
  if (isNamedOneFile != fields.IsOneFile)
  {
    Fail(path + ": cannot be read: its header is not that of a file with this extension");
  }

  VolumeHeader         header;
  std::vector<int64_t> dimensions;
  for (int64_t i = 1; i <= fields.Dim[0]; ++i)
  {
    // Writers that know three dimensions leave 0 in the others.
    dimensions.push_back(i > 3 && fields.Dim[i] == 0 ? 1 : fields.Dim[i]);
  }
  SetSize(header, dimensions, path);
  SetComponent(header, fields, path);
  SetScale(header, fields);
  NIfTIGeometry(header, fields, path).Set();

  VoxelSegment segment;
  segment.Packing = VoxelSegment::PackingEnum::StreamOrNone;
  segment.Voxels = CountVoxels(header, path);
  if (fields.IsOneFile)
  {
    segment.File = path;
    segment.Skip = OneFileOffset(header, fields, isVersion2 ? sizeOfNIfTI2 : sizeOfNIfTI1, path);
  }
  else
  {
    segment.File = isImageName ? path : Counterpart(path, end, ".img");
    if (!fs::exists(segment.File, error))
    {
      Fail(path + ": cannot be read: its voxels, " + segment.File + ", do not exist");
    }
    if (!(fields.VoxelOffset >= 0.0 && fields.VoxelOffset <= 1e15 &&
          fields.VoxelOffset == std::floor(fields.VoxelOffset)))
    {
      Fail(path + ": cannot be read: its vox_offset is no whole number");
    }
    segment.Skip = static_cast<uint64_t>(fields.VoxelOffset);
  }
  header.Segments.push_back(segment);
  return header;
}

} // namespace SyntheticCTDetail
} // namespace itk
