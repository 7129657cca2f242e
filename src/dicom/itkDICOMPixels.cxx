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
#include "itkDICOMPixels.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"

#include <gdcmFragment.h>
#include <gdcmJPEG2000Codec.h>
#include <gdcmJPEGCodec.h>
#include <gdcmJPEGLSCodec.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <mutex>
#include <sstream>

namespace itk
{
namespace SyntheticCTDetail
{

/** What the head of a stream of the JPEG family says of the frame. */
struct DICOMPixels::StreamHead
{
  unsigned int Columns{ 0 };
  unsigned int Rows{ 0 };
  unsigned int Components{ 0 };
  unsigned int Bits{ 0 };
  bool         IsSigned{ false };
  /** Where the codestream begins, and where what GDCM needs of it resumes after the head. */
  size_t Begin{ 0 };
  size_t Scan{ 0 };
  /** The head without what is of no use to a decoder (comments, application data). */
  Buffer Head;
};

namespace
{

/** Frames of larger images are none of a scanner, and would not fit into memory. */
constexpr std::uint64_t mostPixelsOfFrame = std::uint64_t{ 1 } << 30;

unsigned int
BigEndian(const std::vector<unsigned char> & bytes, size_t position, unsigned int count)
{
  unsigned int value = 0;
  for (unsigned int i = 0; i < count; ++i)
  {
    value = value << 8 | bytes[position + i];
  }
  return value;
}

/** \class HeardTrace
 * \brief Catches what GDCM prints while it lives, for one thread at a time: GDCM has one stream for all. */
class HeardTrace
{
public:
  HeardTrace()
    : m_Lock(GetMutex())
    , m_HadWarnings(gdcm::Trace::GetWarningFlag())
    , m_HadErrors(gdcm::Trace::GetErrorFlag())
    , m_Debug(gdcm::Trace::GetDebugStream())
    , m_Warning(gdcm::Trace::GetWarningStream())
    , m_Error(gdcm::Trace::GetErrorStream())
  {
    gdcm::Trace::SetStream(m_Text);
    gdcm::Trace::WarningOn();
    gdcm::Trace::ErrorOn();
  }

  ~HeardTrace()
  {
    gdcm::Trace::SetDebugStream(m_Debug);
    gdcm::Trace::SetWarningStream(m_Warning);
    gdcm::Trace::SetErrorStream(m_Error);
    gdcm::Trace::SetWarning(m_HadWarnings);
    gdcm::Trace::SetError(m_HadErrors);
  }

  HeardTrace(const HeardTrace &) = delete;
  HeardTrace &
  operator=(const HeardTrace &) = delete;

  /** What was said, without the places in GDCM's source where it was said. */
  std::vector<std::string>
  GetMessages() const
  {
    std::vector<std::string> messages;
    std::istringstream       lines(m_Text.str());
    for (std::string line; std::getline(lines, line);)
    {
      const bool isPlace = line.find(": In ") != std::string::npos && line.find(", line ") != std::string::npos;
      if (!line.empty() && !isPlace)
      {
        messages.push_back(line);
      }
    }
    return messages;
  }

private:
  static std::mutex &
  GetMutex()
  {
    static std::mutex mutex;
    return mutex;
  }

  std::lock_guard<std::mutex> m_Lock;
  std::ostringstream          m_Text;
  bool                        m_HadWarnings;
  bool                        m_HadErrors;
  std::ostream &              m_Debug;
  std::ostream &              m_Warning;
  std::ostream &              m_Error;
};

} // namespace

DICOMPixels::DICOMPixels(const DICOMFile & file)
  : m_File(file)
  , m_Coding(file.GetCoding())
{
  this->ReadHeader();
  if (m_Coding == DICOMFile::Coding::Native)
  {
    this->VerifyNative();
  }
  else
  {
    this->AssignFragments();
    this->VerifyFirstFrame();
  }
}

void
DICOMPixels::FailWith(const std::string & text) const
{
  Fail(m_File.GetFileName() + ": " + text);
}

std::string
DICOMPixels::FrameText(unsigned int frame) const
{
  return m_NumberOfFrames > 1 ? "frame " + std::to_string(frame + 1) + ": " : "";
}

void
DICOMPixels::ReadHeader()
{
  const DICOMDataSet & header = m_File.GetDataSet();
  const auto           number = [&header](DICOMTag tag, unsigned int otherwise) {
    const auto numbers = header.GetShorts(tag);
    return numbers.empty() ? otherwise : numbers.front();
  };
  if (m_Coding == DICOMFile::Coding::Unknown)
  {
    this->FailWith("its pixel data are coded in a way (transfer syntax " + m_File.GetTransferSyntax() +
                   ") that cannot be read here; convert the series to another transfer syntax");
  }
  m_Columns = number(0x00280011, 0);
  m_Rows = number(0x00280010, 0);
  if (m_Columns == 0 || m_Rows == 0 || std::uint64_t{ m_Columns } * m_Rows > mostPixelsOfFrame)
  {
    this->FailWith("the matrix is " + std::to_string(m_Columns) + " x " + std::to_string(m_Rows) +
                   ", which is none of an image");
  }
  const auto frames = header.GetDecimals(0x00280008);
  if (!frames.empty() && frames.front() > 1.0)
  {
    if (frames.front() > 1e7)
    {
      this->FailWith("has " + header.GetText(0x00280008) + " frames, which is none of an image");
    }
    m_NumberOfFrames = static_cast<unsigned int>(frames.front());
  }

  m_PhotometricInterpretation = header.GetText(0x00280004);
  const unsigned int samples = number(0x00280002, 1);
  if (samples != 1 || (!m_PhotometricInterpretation.empty() && m_PhotometricInterpretation != "MONOCHROME1" &&
                       m_PhotometricInterpretation != "MONOCHROME2"))
  {
    this->FailWith("is a colour image (photometric interpretation " + m_PhotometricInterpretation + ", " +
                   std::to_string(samples) + " samples per pixel), should be MONOCHROME2 with 1");
  }
  m_BitsAllocated = number(0x00280100, 16);
  m_BitsStored = number(0x00280101, m_BitsAllocated);
  m_HighBit = number(0x00280102, m_BitsStored - 1);
  m_IsSigned = number(0x00280103, 0) == 1;
  if (m_BitsAllocated != 8 && m_BitsAllocated != 16 && m_BitsAllocated != 32)
  {
    this->FailWith("has " + std::to_string(m_BitsAllocated) + " bits per pixel, should be 8, 16 or 32");
  }
  if (m_BitsStored == 0 || m_BitsStored > m_BitsAllocated || m_HighBit >= m_BitsAllocated ||
      m_HighBit + 1 < m_BitsStored)
  {
    m_Remark = std::to_string(m_BitsStored) + " bits stored up to bit " + std::to_string(m_HighBit) +
               " do not fit into " + std::to_string(m_BitsAllocated) + " allocated ones; all of those were taken";
    m_BitsStored = m_BitsAllocated;
    m_HighBit = m_BitsAllocated - 1;
  }
}

void
DICOMPixels::VerifyNative()
{
  const std::uint64_t needed = std::uint64_t{ m_Columns } * m_Rows * m_NumberOfFrames * (m_BitsAllocated / 8);
  const std::uint64_t there = m_File.GetFragments().empty() ? 0 : m_File.GetFragments().front().Length;
  if (there < needed)
  {
    std::ostringstream text;
    text << "is truncated: " << there << " bytes of pixel data, should be " << needed << " (" << m_Columns << " x "
         << m_Rows;
    if (m_NumberOfFrames > 1)
    {
      text << " x " << m_NumberOfFrames << " frames";
    }
    text << " of " << m_BitsAllocated << " bits)";
    this->FailWith(text.str());
  }
  // One more byte makes the length even.
  if (there > needed + 1 && m_Remark.empty())
  {
    m_Remark = "has " + std::to_string(there - needed) +
               " bytes of pixel data more than its matrix asks for, which were left out";
  }
}

/** Which fragments belong to which frame: one each, or all to one; else the offset table tells. */
void
DICOMPixels::AssignFragments()
{
  const auto & fragments = m_File.GetFragments();
  if (fragments.size() < m_NumberOfFrames)
  {
    this->FailWith("is truncated: " + std::to_string(fragments.size()) + " fragments of pixel data for " +
                   std::to_string(m_NumberOfFrames) + " frames");
  }
  if (m_NumberOfFrames == 1)
  {
    m_FirstFragments = { 0 };
  }
  else if (fragments.size() == m_NumberOfFrames)
  {
    for (size_t i = 0; i < fragments.size(); ++i)
    {
      m_FirstFragments.push_back(i);
    }
  }
  else
  {
    // Offsets count from the first fragment's item on, whose head has eight bytes.
    for (const std::uint32_t offset : m_File.GetFrameOffsets())
    {
      const std::uint64_t position = fragments.front().Offset + offset;
      const auto          found = std::find_if(
        fragments.begin(), fragments.end(), [position](const auto & fragment) { return fragment.Offset == position; });
      if (found != fragments.end())
      {
        m_FirstFragments.push_back(static_cast<size_t>(found - fragments.begin()));
      }
    }
    if (m_FirstFragments.size() != m_NumberOfFrames || m_FirstFragments.front() != 0 ||
        !std::is_sorted(m_FirstFragments.begin(), m_FirstFragments.end()))
    {
      this->FailWith("has " + std::to_string(fragments.size()) + " fragments of pixel data for " +
                     std::to_string(m_NumberOfFrames) + " frames and no table that tells which belong together");
    }
  }
  m_FirstFragments.push_back(fragments.size());
}

/** Throws before memory is asked for that a matrix out of a damaged header would take. */
void
DICOMPixels::VerifyFirstFrame() const
{
  if (m_Coding != DICOMFile::Coding::RLE)
  {
    this->ReadStreamHead(this->ReadCodedFrame(*m_File.Open(), 0), 0);
    return;
  }
  std::uint64_t there = 0;
  for (const DICOMFile::Fragment & fragment : m_File.GetFragments())
  {
    there += fragment.Length;
  }
  // Two bytes make at most 128.
  if (std::uint64_t{ m_Columns } * m_Rows * m_NumberOfFrames * (m_BitsAllocated / 8) > there * 64)
  {
    this->FailWith("is truncated: " + std::to_string(there) + " bytes of RLE data cannot hold its " +
                   std::to_string(m_Columns) + " x " + std::to_string(m_Rows) + " pixels");
  }
}

auto
DICOMPixels::ReadCodedFrame(DICOMBytes & bytes, unsigned int frame) const -> Buffer
{
  Buffer       coded;
  const auto & fragments = m_File.GetFragments();
  for (size_t i = m_FirstFragments[frame]; i < m_FirstFragments[frame + 1]; ++i)
  {
    const size_t before = coded.size();
    coded.resize(before + static_cast<size_t>(fragments[i].Length));
    if (fragments[i].Length > 0 &&
        !bytes.Read(fragments[i].Offset, coded.data() + before, static_cast<size_t>(fragments[i].Length)))
    {
      this->FailWith("cannot be read");
    }
  }
  return coded;
}

/** RLE as in part 5 of the standard, annex G: a head of sixteen numbers, then one segment for each byte of a pixel, the
 * highest first, each packed as runs and literals. */
auto
DICOMPixels::DecodeRLE(const Buffer & coded, unsigned int frame) const -> Buffer
{
  const size_t pixels = size_t{ m_Columns } * m_Rows;
  const size_t bytesPerPixel = m_BitsAllocated / 8;
  const auto   number = [&coded](size_t i) {
    return std::uint32_t{ coded[4 * i] } | std::uint32_t{ coded[4 * i + 1] } << 8 |
           std::uint32_t{ coded[4 * i + 2] } << 16 | std::uint32_t{ coded[4 * i + 3] } << 24;
  };
  const std::string damaged = this->FrameText(frame) + "its RLE data are truncated or damaged";
  if (coded.size() < 64 || number(0) != bytesPerPixel)
  {
    this->FailWith(damaged);
  }
  Buffer decoded(pixels * bytesPerPixel);
  for (size_t segment = 0; segment < bytesPerPixel; ++segment)
  {
    size_t       position = number(1 + segment);
    const size_t end = segment + 1 < bytesPerPixel ? number(2 + segment) : coded.size();
    if (position < 64 || end > coded.size() || position > end)
    {
      this->FailWith(damaged);
    }
    // Little-endian: the highest byte comes last.
    unsigned char * const to = decoded.data() + (bytesPerPixel - 1 - segment);
    size_t                pixel = 0;
    while (pixel < pixels)
    {
      if (position >= end)
      {
        this->FailWith(damaged);
      }
      const int    control = static_cast<signed char>(coded[position++]);
      const bool   isRun = control < 0;
      const size_t length = isRun ? static_cast<size_t>(1 - control) : static_cast<size_t>(control + 1);
      if (control == -128)
      {
        continue;
      }
      if (position + (isRun ? 1 : length) > end || length > pixels - pixel)
      {
        this->FailWith(damaged);
      }
      for (size_t i = 0; i < length; ++i, ++pixel)
      {
        to[pixel * bytesPerPixel] = coded[position + (isRun ? 0 : i)];
      }
      position += isRun ? 1 : length;
    }
  }
  return decoded;
}

/** Reads the head of a codestream up to its first scan and compares it with the file's header, so that a decoder meets
 * nothing that it was not told of. */
auto
DICOMPixels::ReadStreamHead(const Buffer & coded, unsigned int frame) const -> StreamHead
{
  StreamHead        head;
  const std::string damaged = this->FrameText(frame) + "its compressed pixel data are truncated or damaged";
  if (m_Coding == DICOMFile::Coding::JPEG2000)
  {
    // The codestream, also where it lies in boxes, begins with these two markers.
    const unsigned char start[] = { 0xff, 0x4f, 0xff, 0x51 };
    const auto          found = std::search(coded.begin(), coded.end(), std::begin(start), std::end(start));
    head.Begin = static_cast<size_t>(found - coded.begin());
    if (coded.end() - found < 45 || BigEndian(coded, head.Begin + 40, 2) == 0)
    {
      this->FailWith(damaged);
    }
    head.Columns = BigEndian(coded, head.Begin + 8, 4) - BigEndian(coded, head.Begin + 16, 4);
    head.Rows = BigEndian(coded, head.Begin + 12, 4) - BigEndian(coded, head.Begin + 20, 4);
    head.Components = BigEndian(coded, head.Begin + 40, 2);
    const unsigned int depth = coded[head.Begin + 42];
    head.Bits = (depth & 0x7f) + 1;
    head.IsSigned = (depth & 0x80) != 0;
    const bool isSubsampled = coded[head.Begin + 43] != 1 || coded[head.Begin + 44] != 1;
    if (isSubsampled)
    {
      this->FailWith(damaged);
    }
  }
  else
  {
    size_t position = 2;
    if (coded.size() < 4 || coded[0] != 0xff || coded[1] != 0xd8)
    {
      this->FailWith(damaged);
    }
    head.Head = { 0xff, 0xd8 };
    for (bool isScan = false; !isScan;)
    {
      while (position + 1 < coded.size() && coded[position] == 0xff && coded[position + 1] == 0xff)
      {
        ++position;
      }
      if (position + 4 > coded.size() || coded[position] != 0xff)
      {
        this->FailWith(damaged);
      }
      const unsigned int marker = coded[position + 1];
      const size_t       end = position + 2 + BigEndian(coded, position + 2, 2);
      // Markers of frames, but for those between them that are none.
      const bool isFrame =
        marker == 0xf7 || (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc);
      // Markers that stand alone, without a length, belong between scans.
      const bool isAlone = marker >= 0xd0 && marker <= 0xd9;
      if (end > coded.size() || end < position + 4 || marker < 0xc0 || isAlone || (isFrame && end < position + 10))
      {
        this->FailWith(damaged);
      }
      if (isFrame)
      {
        head.Bits = coded[position + 4];
        head.Rows = BigEndian(coded, position + 5, 2);
        head.Columns = BigEndian(coded, position + 7, 2);
        head.Components = coded[position + 9];
      }
      const bool isOfUse = marker != 0xfe && !(marker >= 0xe0 && marker <= 0xef);
      if (isOfUse)
      {
        head.Head.insert(head.Head.end(), coded.begin() + position, coded.begin() + end);
      }
      isScan = marker == 0xda;
      position = end;
    }
    head.Scan = position;
  }
  if (head.Columns != m_Columns || head.Rows != m_Rows || head.Components != 1)
  {
    std::ostringstream text;
    text << this->FrameText(frame) << "its compressed pixel data are " << head.Columns << " x " << head.Rows << " with "
         << head.Components << " components, but its header says " << m_Columns << " x " << m_Rows << " with 1";
    this->FailWith(text.str());
  }
  if (head.Bits == 0 || head.Bits > 16)
  {
    this->FailWith(this->FrameText(frame) + "its compressed pixel data have " + std::to_string(head.Bits) +
                   " bits, should be 16 at most");
  }
  return head;
}

auto
DICOMPixels::DecodeStream(Buffer &&                  coded,
                          unsigned int               frame,
                          unsigned int &             bits,
                          std::vector<std::string> & messages) const -> Buffer
{
  const StreamHead head = this->ReadStreamHead(coded, frame);
  bits = head.Bits;
  // Without its end, a decoder fills up what is missing. No coded byte looks like the end's marker.
  const unsigned char endMarker[] = { 0xff, 0xd9 };
  const auto end = std::find_end(coded.begin() + head.Scan, coded.end(), std::begin(endMarker), std::end(endMarker));
  if (end == coded.end())
  {
    this->FailWith(this->FrameText(frame) + "its compressed pixel data are truncated: their end is missing");
  }
  Buffer stream = head.Head;
  stream.insert(stream.end(), coded.begin() + std::max(head.Begin, head.Scan), end + 2);
  coded.clear();

  const size_t       bytesPerPixel = bits > 8 ? 2 : 1;
  gdcm::PixelFormat  format(1,
                           static_cast<unsigned short>(8 * bytesPerPixel),
                           static_cast<unsigned short>(bits),
                           static_cast<unsigned short>(bits - 1),
                           head.IsSigned ? 1 : 0);
  const unsigned int dimensions[3] = { m_Columns, m_Rows, 1 };
  gdcm::Fragment     fragment;
  fragment.SetByteValue(reinterpret_cast<const char *>(stream.data()), static_cast<std::uint32_t>(stream.size()));
  auto fragments = gdcm::SequenceOfFragments::New();
  fragments->AddFragment(fragment);
  gdcm::DataElement in(gdcm::Tag(0x7fe0, 0x0010));
  in.SetValue(*fragments);
  gdcm::DataElement out;

  const auto decode = [&](auto && codec) {
    codec.SetNumberOfDimensions(2);
    codec.SetDimensions(dimensions);
    codec.SetPlanarConfiguration(0);
    codec.SetPhotometricInterpretation(gdcm::PhotometricInterpretation::MONOCHROME2);
    codec.SetNeedOverlayCleanup(false);
    // Last: it makes the codec of JPEG choose one of its three, which takes over what it has been told before.
    codec.SetPixelFormat(format);
    return codec.Decode(in, out);
  };
  bool                     isDecoded = false;
  std::vector<std::string> heard;
  {
    const HeardTrace trace;
    try
    {
      isDecoded = m_Coding == DICOMFile::Coding::JPEG     ? decode(gdcm::JPEGCodec())
                  : m_Coding == DICOMFile::Coding::JPEGLS ? decode(gdcm::JPEGLSCodec())
                                                          : decode(gdcm::JPEG2000Codec());
    }
    catch (const std::exception & error)
    {
      heard.emplace_back(error.what());
    }
    const auto said = trace.GetMessages();
    heard.insert(heard.end(), said.begin(), said.end());
  }
  const gdcm::ByteValue * const decoded = isDecoded ? out.GetByteValue() : nullptr;
  const size_t                  needed = size_t{ m_Columns } * m_Rows * bytesPerPixel;
  if (!decoded || decoded->GetLength() < needed)
  {
    this->FailWith(this->FrameText(frame) + "its compressed pixel data are damaged" +
                   (heard.empty() ? "" : ": " + heard.back()));
  }
  messages.insert(messages.end(), heard.begin(), heard.end());
  const auto * const begin = reinterpret_cast<const unsigned char *>(decoded->GetPointer());
  return Buffer(begin, begin + needed);
}

void
DICOMPixels::DecodeFrame(DICOMBytes &               bytes,
                         unsigned int               frame,
                         double                     slope,
                         double                     intercept,
                         float *                    values,
                         std::vector<std::string> & messages) const
{
  const size_t pixels = size_t{ m_Columns } * m_Rows;
  unsigned int bytesPerPixel = m_BitsAllocated / 8;
  unsigned int bitsStored = m_BitsStored;
  unsigned int shift = m_HighBit + 1 - m_BitsStored;
  bool         isBigEndian = false;
  size_t       exchanged = 0;
  Buffer       raw;
  if (m_Coding == DICOMFile::Coding::Native)
  {
    raw.resize(pixels * bytesPerPixel + 1);
    const std::uint64_t begin = std::uint64_t{ frame } * pixels * bytesPerPixel;
    // Two pixels of eight bits in a big-endian word have changed places, over the borders of frames too.
    const bool isInWords = m_File.HasPixelWords() && bytesPerPixel == 1;
    exchanged = isInWords ? 1 : 0;
    isBigEndian = m_File.HasBigEndianPixels();
    const auto & place = m_File.GetFragments().front();
    const auto   count = static_cast<size_t>(
      std::min<std::uint64_t>(place.Length - begin, pixels * bytesPerPixel + (isInWords ? pixels % 2 : 0)));
    if (isInWords && (begin % 2 != 0 || count < pixels + pixels % 2))
    {
      this->FailWith("8-bit pixels in big-endian words, of which a frame has an odd number, cannot be read");
    }
    if (!bytes.Read(place.Offset + begin, raw.data(), count))
    {
      this->FailWith("cannot be read");
    }
  }
  else if (m_Coding == DICOMFile::Coding::RLE)
  {
    raw = this->DecodeRLE(this->ReadCodedFrame(bytes, frame), frame);
  }
  else
  {
    unsigned int bits = 0;
    raw = this->DecodeStream(this->ReadCodedFrame(bytes, frame), frame, bits, messages);
    bytesPerPixel = bits > 8 ? 2 : 1;
    // The stream's word counts where it has fewer bits than the header says.
    bitsStored = std::min(bitsStored, bits);
    shift = 0;
    const std::uint16_t one = 1;
    unsigned char       lowest = 0;
    std::memcpy(&lowest, &one, 1);
    isBigEndian = lowest == 0;
  }

  const std::uint32_t mask = bitsStored == 32 ? 0xffffffffU : (1U << bitsStored) - 1U;
  const std::uint32_t signBit = m_IsSigned ? 1U << (bitsStored - 1) : 0U;
  const bool          isScaled = slope != 1.0 || intercept != 0.0;
  for (size_t i = 0; i < pixels; ++i)
  {
    std::uint32_t word = 0;
    if (bytesPerPixel == 1)
    {
      word = raw[i ^ exchanged];
    }
    else
    {
      for (unsigned int b = 0; b < bytesPerPixel; ++b)
      {
        word = word << 8 | raw[i * bytesPerPixel + (isBigEndian ? b : bytesPerPixel - 1 - b)];
      }
    }
    word = (word >> shift) & mask;
    const std::int64_t stored = static_cast<std::int64_t>(word) -
                                ((word & signBit) != 0 ? static_cast<std::int64_t>(mask) + 1 : std::int64_t{ 0 });
    values[i] =
      isScaled ? static_cast<float>(slope * static_cast<double>(stored) + intercept) : static_cast<float>(stored);
  }
}

} // namespace SyntheticCTDetail
} // namespace itk
