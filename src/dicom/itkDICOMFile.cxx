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
#include "itkDICOMFile.h"

#include "itkMacro.h"
#include "itk_zlib.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

constexpr DICOMTag itemTag = 0xfffee000;
constexpr DICOMTag itemEndTag = 0xfffee00d;
constexpr DICOMTag sequenceEndTag = 0xfffee0dd;
constexpr DICOMTag pixelDataTag = 0x7fe00010;
constexpr DICOMTag transferSyntaxTag = 0x00020010;

constexpr std::uint32_t undefinedLength = 0xffffffff;

/** Longer values are none that a series is judged by. */
constexpr std::uint32_t longestKeptValue = 1 << 16;
/** No object of the standard nests deeper than a few. */
constexpr unsigned int deepestNesting = 32;

/** Lengths within a data set have 32 bits. */
constexpr std::uint64_t largestInflated = std::uint64_t{ 1 } << 32;

constexpr const char * implicitLittleEndian = "1.2.840.10008.1.2";
constexpr const char * explicitLittleEndian = "1.2.840.10008.1.2.1";
constexpr const char * deflatedLittleEndian = "1.2.840.10008.1.2.1.99";
constexpr const char * explicitBigEndian = "1.2.840.10008.1.2.2";
/** GE's own: implicit and little-endian, but for the pixel data. */
constexpr const char * privateBigEndianPixels = "1.2.840.113619.5.2";

/** Sequences whose items are kept: the functional groups of enhanced objects, shared and per frame, and the Modality
 * LUT. */
constexpr DICOMTag keptSequences[] = { 0x52009229, 0x52009230, 0x00283000 };

/** Private attributes that tell volumes of one series apart: the b-values of Siemens and GE. */
constexpr DICOMTag keptPrivateTags[] = { 0x0019100c, 0x00431039 };

class Damage : public std::runtime_error
{
public:
  using std::runtime_error::runtime_error;
};

class FileBytes : public DICOMBytes
{
public:
  explicit FileBytes(const std::string & fileName)
    : m_Stream(fileName, std::ios::binary)
  {
    m_Stream.seekg(0, std::ios::end);
    const auto size = m_Stream.tellg();
    if (!m_Stream || size < 0)
    {
      throw Damage("cannot be opened for reading");
    }
    m_Size = static_cast<std::uint64_t>(size);
  }

  bool
  Read(std::uint64_t offset, void * to, size_t count) override
  {
    if (offset > m_Size || count > m_Size - offset)
    {
      return false;
    }
    if (count > m_Window.size())
    {
      return this->ReadStream(offset, static_cast<char *>(to), count);
    }
    // Headers are many small values that lie next to each other.
    if (offset < m_WindowBegin || offset + count > m_WindowBegin + m_WindowLength)
    {
      m_WindowLength = 0;
      const auto length = static_cast<size_t>(std::min<std::uint64_t>(m_Window.size(), m_Size - offset));
      if (!this->ReadStream(offset, m_Window.data(), length))
      {
        return false;
      }
      m_WindowBegin = offset;
      m_WindowLength = length;
    }
    // An empty value has no memory to be copied to.
    if (count > 0)
    {
      std::memcpy(to, m_Window.data() + (offset - m_WindowBegin), count);
    }
    return true;
  }

private:
  bool
  ReadStream(std::uint64_t offset, char * to, size_t count)
  {
    m_Stream.clear();
    m_Stream.seekg(static_cast<std::streamoff>(offset));
    m_Stream.read(to, static_cast<std::streamsize>(count));
    return m_Stream.gcount() == static_cast<std::streamsize>(count);
  }

  std::ifstream     m_Stream;
  std::vector<char> m_Window = std::vector<char>(1 << 14);
  std::uint64_t     m_WindowBegin{ 0 };
  size_t            m_WindowLength{ 0 };
};

class MemoryBytes : public DICOMBytes
{
public:
  explicit MemoryBytes(std::vector<char> && bytes)
    : m_Bytes(std::move(bytes))
  {
    m_Size = m_Bytes.size();
  }

  bool
  Read(std::uint64_t offset, void * to, size_t count) override
  {
    if (offset > m_Size || count > m_Size - offset)
    {
      return false;
    }
    if (count > 0)
    {
      std::memcpy(to, m_Bytes.data() + offset, count);
    }
    return true;
  }

private:
  std::vector<char> m_Bytes;
};

/** What follows `offset` in a file, inflated. */
std::unique_ptr<DICOMBytes>
Inflate(DICOMBytes & bytes, std::uint64_t offset)
{
  std::vector<char> in(static_cast<size_t>(bytes.GetSize() - offset));
  bytes.Read(offset, in.data(), in.size());
  std::vector<char> out;
  z_stream          stream{};
  // Without zlib's own head and check sum.
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
  {
    throw Damage("its deflated data cannot be read");
  }
  stream.next_in = reinterpret_cast<Bytef *>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  std::vector<char> part(1 << 18);
  int               status = Z_OK;
  do
  {
    stream.next_out = reinterpret_cast<Bytef *>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    status = inflate(&stream, Z_NO_FLUSH);
    out.insert(out.end(), part.data(), part.data() + (part.size() - stream.avail_out));
    if (out.size() > largestInflated)
    {
      break;
    }
  } while (status == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0));
  inflateEnd(&stream);
  if (status != Z_STREAM_END)
  {
    throw Damage("its deflated data are truncated or damaged");
  }
  return std::make_unique<MemoryBytes>(std::move(out));
}

template <typename T>
T
Number(const char * bytes, bool isBigEndian)
{
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i)
  {
    const auto byte = static_cast<unsigned char>(bytes[isBigEndian ? i : sizeof(T) - 1 - i]);
    value = static_cast<T>((value << 8) | byte);
  }
  return value;
}

bool
IsVR(const char * letters)
{
  static const std::string known =
    "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI "
    "UL UN UR US UT UV ";
  const auto found = known.find(std::string(letters, 2) + ' ');
  return found != std::string::npos && found % 3 == 0;
}

/** Whether the length of a value has four bytes after two that are reserved. */
bool
HasLongLength(const std::string & vr)
{
  static const std::string known = "OB OD OF OL OV OW SQ SV UC UN UR UT UV ";
  return known.find(vr + ' ') != std::string::npos;
}

std::string
Trim(const std::string & text)
{
  const auto isPadding = [](unsigned char c) { return c == 0 || std::isspace(c) != 0; };
  auto       begin = text.begin();
  auto       end = text.end();
  while (begin != end && isPadding(*begin))
  {
    ++begin;
  }
  while (begin != end && isPadding(*(end - 1)))
  {
    --end;
  }
  return std::string(begin, end);
}

/** \class Parser
 * \brief Walks over a data set once. */
class Parser
{
public:
  struct Header
  {
    DICOMTag      Tag;
    std::string   VR;
    std::uint32_t Length;
  };

  /** What was met at the top of the data set where its pixel data begin. */
  struct PixelData
  {
    bool                             IsThere{ false };
    bool                             IsEncapsulated{ false };
    std::string                      VR;
    std::vector<DICOMFile::Fragment> Fragments;
    std::vector<std::uint32_t>       FrameOffsets;
  };

  Parser(DICOMBytes & bytes, bool isImplicit, bool isBigEndian)
    : m_Bytes(bytes)
    , m_IsImplicit(isImplicit)
    , m_IsBigEndian(isBigEndian)
  {}

  /** The elements up to the pixel data, or to the end of the file. */
  void
  ParseDataSet(std::uint64_t position, DICOMDataSet & dataSet, PixelData & pixels)
  {
    while (position < m_Bytes.GetSize())
    {
      const Header header = this->ReadHeader(position, m_Bytes.GetSize(), m_IsImplicit);
      if (header.Tag == pixelDataTag)
      {
        pixels.IsThere = true;
        pixels.VR = header.VR;
        this->ParsePixelData(position, header, pixels);
        return;
      }
      if (header.Tag == 0)
      {
        throw Damage("has nothing but zeros where an attribute should be");
      }
      this->ParseValue(position, m_Bytes.GetSize(), header, &dataSet, m_IsImplicit, 0);
    }
  }

  /** The file's own group, at its head; leaves the position at what follows. */
  void
  ParseGroupTwo(std::uint64_t & position, DICOMDataSet & dataSet)
  {
    char tag[2];
    while (m_Bytes.Read(position, tag, 2) && Number<std::uint16_t>(tag, false) == 2)
    {
      const Header header = this->ReadHeader(position, m_Bytes.GetSize(), false);
      this->ParseValue(position, m_Bytes.GetSize(), header, &dataSet, false, 0);
    }
  }

private:
  Header
  ReadHeader(std::uint64_t & position, std::uint64_t end, bool isImplicit)
  {
    char bytes[8];
    if (end - position < 8 || !m_Bytes.Read(position, bytes, 8))
    {
      throw Damage("is truncated: it ends within the head of an attribute");
    }
    Header header;
    header.Tag = static_cast<DICOMTag>(Number<std::uint16_t>(bytes, m_IsBigEndian)) << 16 |
                 Number<std::uint16_t>(bytes + 2, m_IsBigEndian);
    position += 8;
    const bool isDelimiter = header.Tag >> 16 == 0xfffe;
    // Some writers fall back to the implicit form in the middle of an explicit one.
    if (isDelimiter || isImplicit || !IsVR(bytes + 4))
    {
      header.Length = Number<std::uint32_t>(bytes + 4, m_IsBigEndian);
      return header;
    }
    header.VR.assign(bytes + 4, 2);
    if (!HasLongLength(header.VR))
    {
      header.Length = Number<std::uint16_t>(bytes + 6, m_IsBigEndian);
      return header;
    }
    if (end - position < 4 || !m_Bytes.Read(position, bytes, 4))
    {
      throw Damage("is truncated: it ends within the head of " + TagText(header.Tag));
    }
    position += 4;
    header.Length = Number<std::uint32_t>(bytes, m_IsBigEndian);
    return header;
  }

  /** Takes what follows the head of an attribute into the data set, which may be null, or passes over it. */
  void
  ParseValue(std::uint64_t & position,
             std::uint64_t   end,
             const Header &  header,
             DICOMDataSet *  dataSet,
             bool            isImplicit,
             unsigned int    depth)
  {
    const bool isKept = dataSet && IsKept(header.Tag);
    const bool mayKeepItems = isKept && IsPublic(header.Tag) && header.Tag != pixelDataTag &&
                              (depth > 0 || std::find(std::begin(keptSequences), std::end(keptSequences), header.Tag) !=
                                              std::end(keptSequences));
    DICOMDataSet::Element element;
    element.Tag = header.Tag;
    element.IsBigEndian = m_IsBigEndian;
    if (header.Length == undefinedLength)
    {
      // A sequence of unknown type is in the implicit form.
      this->ParseItems(position, end, element, isImplicit || header.VR == "UN", true, mayKeepItems, depth + 1);
      if (mayKeepItems)
      {
        dataSet->Add(std::move(element));
      }
      return;
    }
    if (header.Length > end - position)
    {
      throw Damage("is truncated or damaged: " + TagText(header.Tag) + " has " + std::to_string(header.Length) +
                   " bytes, of which " + std::to_string(end - position) + " are there");
    }
    const std::uint64_t valueEnd = position + header.Length;
    if (mayKeepItems && this->IsSequence(header, position, valueEnd))
    {
      this->ParseItems(position, valueEnd, element, isImplicit || header.VR == "UN", false, true, depth + 1);
      dataSet->Add(std::move(element));
    }
    else if (isKept && header.VR != "SQ" && header.Length <= longestKeptValue)
    {
      element.Value.resize(header.Length);
      if (header.Length > 0 && !m_Bytes.Read(position, &element.Value[0], header.Length))
      {
        throw Damage("cannot be read");
      }
      dataSet->Add(std::move(element));
    }
    position = valueEnd;
  }

  /** The implicit form does not say what is a sequence, but a sequence says so itself. */
  bool
  IsSequence(const Header & header, std::uint64_t position, std::uint64_t end)
  {
    if (!header.VR.empty() && header.VR != "UN")
    {
      return header.VR == "SQ";
    }
    char bytes[4];
    return end - position >= 8 && m_Bytes.Read(position, bytes, 4) &&
           (static_cast<DICOMTag>(Number<std::uint16_t>(bytes, m_IsBigEndian)) << 16 |
            Number<std::uint16_t>(bytes + 2, m_IsBigEndian)) == itemTag;
  }

  void
  ParseItems(std::uint64_t &         position,
             std::uint64_t           end,
             DICOMDataSet::Element & element,
             bool                    isImplicit,
             bool                    hasDelimiter,
             bool                    isKept,
             unsigned int            depth)
  {
    if (depth > deepestNesting)
    {
      throw Damage("has sequences within sequences to a depth of more than " + std::to_string(deepestNesting));
    }
    while (hasDelimiter || position < end)
    {
      const Header header = this->ReadHeader(position, end, isImplicit);
      if (hasDelimiter && header.Tag == sequenceEndTag)
      {
        return;
      }
      if (header.Tag != itemTag)
      {
        throw Damage("is damaged: " + TagText(header.Tag) + " where an item of " + TagText(element.Tag) + " should be");
      }
      const bool isOpen = header.Length == undefinedLength;
      if (!isOpen && header.Length > end - position)
      {
        throw Damage("is truncated: it ends within " + TagText(element.Tag));
      }
      const std::uint64_t itemEnd = isOpen ? end : position + header.Length;
      if (!isKept && !isOpen)
      {
        position = itemEnd;
        continue;
      }
      DICOMDataSet item;
      while (isOpen || position < itemEnd)
      {
        const Header inner = this->ReadHeader(position, itemEnd, isImplicit);
        if (isOpen && inner.Tag == itemEndTag)
        {
          break;
        }
        this->ParseValue(position, itemEnd, inner, isKept ? &item : nullptr, isImplicit, depth);
      }
      if (isKept)
      {
        element.Items.push_back(std::move(item));
      }
    }
  }

  void
  ParsePixelData(std::uint64_t position, const Header & header, PixelData & pixels)
  {
    if (header.Length != undefinedLength)
    {
      // Whether that is enough is for those to say who know the size of the image; here only what is there counts.
      pixels.Fragments.push_back({ position, std::min<std::uint64_t>(header.Length, m_Bytes.GetSize() - position) });
      return;
    }
    pixels.IsEncapsulated = true;
    for (bool isFirst = true;; isFirst = false)
    {
      // A file that stops after a whole fragment is one for the decoder to judge.
      if (position == m_Bytes.GetSize())
      {
        return;
      }
      const Header item = this->ReadHeader(position, m_Bytes.GetSize(), true);
      if (item.Tag == sequenceEndTag)
      {
        return;
      }
      if (item.Tag != itemTag)
      {
        throw Damage("is damaged: " + TagText(item.Tag) + " where a fragment of the pixel data should be");
      }
      if (item.Length > m_Bytes.GetSize() - position)
      {
        throw Damage("is truncated: a fragment of the pixel data has " + std::to_string(item.Length) +
                     " bytes, of which " + std::to_string(m_Bytes.GetSize() - position) + " are there");
      }
      if (isFirst)
      {
        std::vector<char> table(item.Length);
        m_Bytes.Read(position, table.data(), table.size());
        for (size_t i = 0; i + 4 <= table.size(); i += 4)
        {
          pixels.FrameOffsets.push_back(Number<std::uint32_t>(table.data() + i, m_IsBigEndian));
        }
      }
      else
      {
        pixels.Fragments.push_back({ position, item.Length });
      }
      position += item.Length;
    }
  }

  static bool
  IsPublic(DICOMTag tag)
  {
    return (tag >> 16) % 2 == 0;
  }

  static bool
  IsKept(DICOMTag tag)
  {
    return IsPublic(tag) ||
           std::find(std::begin(keptPrivateTags), std::end(keptPrivateTags), tag) != std::end(keptPrivateTags);
  }

  DICOMBytes & m_Bytes;
  bool         m_IsImplicit;
  bool         m_IsBigEndian;
};

} // namespace

std::string
TagText(DICOMTag tag)
{
  char text[16];
  std::snprintf(
    text, sizeof(text), "(%04x,%04x)", static_cast<unsigned int>(tag >> 16), static_cast<unsigned int>(tag & 0xffff));
  return text;
}

auto
DICOMDataSet::Find(DICOMTag tag) const -> const Element *
{
  const auto found =
    std::find_if(m_Elements.begin(), m_Elements.end(), [tag](const Element & element) { return element.Tag == tag; });
  return found == m_Elements.end() ? nullptr : &*found;
}

bool
DICOMDataSet::Has(DICOMTag tag) const
{
  const Element * const element = this->Find(tag);
  return element && (!element->Items.empty() || !Trim(element->Value).empty());
}

bool
DICOMDataSet::IsThere(DICOMTag tag) const
{
  return this->Find(tag) != nullptr;
}

std::string
DICOMDataSet::GetText(DICOMTag tag) const
{
  const Element * const element = this->Find(tag);
  return element ? Trim(element->Value) : "";
}

std::string
DICOMDataSet::GetText(DICOMTag tag, size_t index) const
{
  const std::string text = this->GetText(tag);
  size_t            begin = 0;
  for (; index > 0; --index)
  {
    begin = text.find('\\', begin);
    if (begin == std::string::npos)
    {
      return "";
    }
    ++begin;
  }
  return Trim(text.substr(begin, text.find('\\', begin) - begin));
}

std::vector<double>
DICOMDataSet::GetDecimals(DICOMTag tag) const
{
  std::vector<double> numbers;
  const std::string   text = this->GetText(tag);
  for (size_t begin = 0; !text.empty() && begin <= text.size();)
  {
    const size_t      end = std::min(text.find('\\', begin), text.size());
    const std::string number = Trim(text.substr(begin, end - begin));
    char *            stop = nullptr;
    const double      value = std::strtod(number.c_str(), &stop);
    if (number.empty() || *stop != '\0' || !std::isfinite(value))
    {
      return {};
    }
    numbers.push_back(value);
    begin = end + 1;
  }
  return numbers;
}

std::vector<unsigned int>
DICOMDataSet::GetShorts(DICOMTag tag) const
{
  std::vector<unsigned int> numbers;
  if (const Element * const element = this->Find(tag))
  {
    for (size_t i = 0; i + 2 <= element->Value.size(); i += 2)
    {
      numbers.push_back(Number<std::uint16_t>(element->Value.data() + i, element->IsBigEndian));
    }
  }
  return numbers;
}

std::vector<std::uint32_t>
DICOMDataSet::GetLongs(DICOMTag tag) const
{
  std::vector<std::uint32_t> numbers;
  if (const Element * const element = this->Find(tag))
  {
    for (size_t i = 0; i + 4 <= element->Value.size(); i += 4)
    {
      numbers.push_back(Number<std::uint32_t>(element->Value.data() + i, element->IsBigEndian));
    }
  }
  return numbers;
}

std::vector<double>
DICOMDataSet::GetDoubles(DICOMTag tag) const
{
  std::vector<double> numbers;
  if (const Element * const element = this->Find(tag))
  {
    for (size_t i = 0; i + 8 <= element->Value.size(); i += 8)
    {
      const auto bits = Number<std::uint64_t>(element->Value.data() + i, element->IsBigEndian);
      double     value = 0.0;
      std::memcpy(&value, &bits, sizeof(value));
      numbers.push_back(value);
    }
  }
  return numbers;
}

const std::vector<DICOMDataSet> &
DICOMDataSet::GetItems(DICOMTag tag) const
{
  static const std::vector<DICOMDataSet> none;
  const Element * const                  element = this->Find(tag);
  return element ? element->Items : none;
}

DICOMFile::DICOMFile(std::string fileName)
  : m_FileName(std::move(fileName))
{
  try
  {
    this->Parse();
  }
  catch (const Damage & damage)
  {
    m_State = State::Damaged;
    m_Problem = damage.what();
  }
  catch (const std::exception & error)
  {
    // Such as memory that is not to be had.
    m_State = State::Damaged;
    m_Problem = std::string("cannot be read: ") + error.what();
  }
}

bool
DICOMFile::HasMagic(const std::string & fileName)
{
  std::ifstream stream(fileName, std::ios::binary);
  char          bytes[132] = {};
  stream.read(bytes, sizeof(bytes));
  return (stream.gcount() == sizeof(bytes) && std::memcmp(bytes + 128, "DICM", 4) == 0) ||
         std::memcmp(bytes, "DICM", 4) == 0;
}

void
DICOMFile::Parse()
{
  FileBytes     file(m_FileName);
  char          magic[4] = {};
  std::uint64_t position = 0;
  bool          hasMagic = true;
  if (file.Read(128, magic, 4) && std::memcmp(magic, "DICM", 4) == 0)
  {
    position = 132;
  }
  else if (file.Read(0, magic, 4) && std::memcmp(magic, "DICM", 4) == 0)
  {
    position = 4;
  }
  else
  {
    // Without the preamble, a data set begins with one of these two groups and a length that fits.
    char bytes[8];
    if (!file.Read(0, bytes, 8) || bytes[1] != 0 || (bytes[0] != 2 && bytes[0] != 8) || bytes[3] != 0)
    {
      return;
    }
    hasMagic = false;
  }

  Parser::PixelData pixels;
  try
  {
    Parser(file, false, false).ParseGroupTwo(position, m_Meta);
    m_TransferSyntax = m_Meta.GetText(transferSyntaxTag);
    const bool isBigEndian = m_TransferSyntax == explicitBigEndian;
    m_HasBigEndianPixels = isBigEndian || m_TransferSyntax == privateBigEndianPixels;

    std::unique_ptr<DICOMBytes> inflated;
    DICOMBytes *                bytes = &file;
    if (m_TransferSyntax == deflatedLittleEndian)
    {
      m_DeflatedOffset = position;
      inflated = Inflate(file, position);
      bytes = inflated.get();
      position = 0;
    }
    // What is there counts more than what is said of it: writers have been known to mix up the two forms.
    char       head[8];
    const bool isImplicit = !(bytes->Read(position, head, 8) && IsVR(head + 4));
    if (m_TransferSyntax.empty())
    {
      m_TransferSyntax = isImplicit ? implicitLittleEndian : explicitLittleEndian;
    }
    Parser(*bytes, isImplicit, isBigEndian).ParseDataSet(position, m_DataSet, pixels);
  }
  catch (const Damage &)
  {
    if (hasMagic)
    {
      throw;
    }
    // Something else that happens to begin like a data set.
    m_DataSet = DICOMDataSet();
    return;
  }
  if (!hasMagic && !pixels.IsThere && this->GetSOPClass().empty())
  {
    return;
  }
  m_State = State::Good;
  m_HasPixelData = pixels.IsThere;
  m_IsEncapsulated = pixels.IsEncapsulated;
  m_HasPixelWords = pixels.VR == "OW" && m_HasBigEndianPixels;
  m_Fragments = std::move(pixels.Fragments);
  m_FrameOffsets = std::move(pixels.FrameOffsets);
}

std::string
DICOMFile::GetSOPClass() const
{
  const std::string sopClass = m_DataSet.GetText(0x00080016);
  return sopClass.empty() ? m_Meta.GetText(0x00020002) : sopClass;
}

auto
DICOMFile::GetCoding() const -> Coding
{
  if (!m_IsEncapsulated)
  {
    return Coding::Native;
  }
  const std::string stem = "1.2.840.10008.1.2.";
  const std::string kind =
    m_TransferSyntax.compare(0, stem.size(), stem) == 0 ? m_TransferSyntax.substr(stem.size()) : "";
  if (kind == "5")
  {
    return Coding::RLE;
  }
  if (kind == "4.80" || kind == "4.81")
  {
    return Coding::JPEGLS;
  }
  if (kind == "4.90" || kind == "4.91")
  {
    return Coding::JPEG2000;
  }
  if (kind == "4.50" || kind == "4.51" || kind == "4.57" || kind == "4.70")
  {
    return Coding::JPEG;
  }
  return Coding::Unknown;
}

std::unique_ptr<DICOMBytes>
DICOMFile::Open() const
{
  try
  {
    auto file = std::make_unique<FileBytes>(m_FileName);
    if (m_DeflatedOffset == 0)
    {
      return file;
    }
    return Inflate(*file, m_DeflatedOffset);
  }
  catch (const Damage & damage)
  {
    throw ExceptionObject(__FILE__, __LINE__, m_FileName + ": " + damage.what());
  }
}

} // namespace SyntheticCTDetail
} // namespace itk
