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
#ifndef itkDICOMFile_h
#define itkDICOMFile_h

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Group and element of an attribute in one number: 0x00280010 is (0028,0010). */
using DICOMTag = std::uint32_t;

/** The tag as DICOM writes it, such as "(0028,0010)". */
std::string
TagText(DICOMTag tag);

/** \class DICOMDataSet
 * \brief The attributes of a data set or of an item in it: what a series is judged by, not the voxels.
 *
 * The type of a value is the caller's, because implicit transfer syntaxes do not name it. */
class DICOMDataSet
{
public:
  struct Element
  {
    DICOMTag                  Tag{ 0 };
    bool                      IsBigEndian{ false };
    std::string               Value;
    std::vector<DICOMDataSet> Items;
  };

  /** Whether the attribute is there with a value. */
  bool
  Has(DICOMTag tag) const;

  /** Whether the attribute is there, with a value or without. */
  bool
  IsThere(DICOMTag tag) const;

  /** The text without the blanks and zeros around it; empty where there is none. */
  std::string
  GetText(DICOMTag tag) const;

  /** One of the values of a text, which backslashes separate. */
  std::string
  GetText(DICOMTag tag, size_t index) const;

  /** Numbers written as text (DS and IS). Empty where there are none or one cannot be read. */
  std::vector<double>
  GetDecimals(DICOMTag tag) const;

  /** Binary numbers: US, UL and FD. Empty where there are none. */
  std::vector<unsigned int>
  GetShorts(DICOMTag tag) const;
  std::vector<std::uint32_t>
  GetLongs(DICOMTag tag) const;
  std::vector<double>
  GetDoubles(DICOMTag tag) const;

  /** The items of a sequence; none where it is not there. */
  const std::vector<DICOMDataSet> &
  GetItems(DICOMTag tag) const;

  const std::vector<Element> &
  GetElements() const
  {
    return m_Elements;
  }

  void
  Add(Element && element)
  {
    m_Elements.push_back(std::move(element));
  }

private:
  const Element *
  Find(DICOMTag tag) const;

  std::vector<Element> m_Elements;
};

/** \class DICOMBytes
 * \brief The bytes of a file, or of what a deflated one holds. */
class DICOMBytes
{
public:
  virtual ~DICOMBytes() = default;

  /** `count` bytes from `offset` on; false when they are not all there. */
  virtual bool
  Read(std::uint64_t offset, void * to, size_t count) = 0;

  std::uint64_t
  GetSize() const
  {
    return m_Size;
  }

protected:
  std::uint64_t m_Size{ 0 };
};

/** \class DICOMFile
 * \brief One file: its attributes, and where its pixel data lie.
 *
 * Written here rather than left to GDCM because a series has to be judged by what exactly its files hold: lengths that
 * reach beyond the end of the file are an error, the pixel data are found without being read, several files are read
 * at once, and nothing that a damaged file says may end the program, as the assertions in a distribution's GDCM do. */
class DICOMFile
{
public:
  enum class State
  {
    /** Something else than DICOM. */
    Other,
    /** DICOM that cannot be relied on: GetProblem() says why. */
    Damaged,
    Good
  };

  /** How the pixel data are coded. */
  enum class Coding
  {
    Native,
    RLE,
    JPEG,
    JPEGLS,
    JPEG2000,
    Unknown
  };

  struct Fragment
  {
    std::uint64_t Offset;
    std::uint64_t Length;
  };

  /** Looks at a file. Does not throw: what is wrong is in GetState() and GetProblem(). */
  explicit DICOMFile(std::string fileName);

  const std::string &
  GetFileName() const
  {
    return m_FileName;
  }
  State
  GetState() const
  {
    return m_State;
  }
  const std::string &
  GetProblem() const
  {
    return m_Problem;
  }
  const DICOMDataSet &
  GetDataSet() const
  {
    return m_DataSet;
  }

  /** From the data set or, where it is missing there, from the head of the file. */
  std::string
  GetSOPClass() const;

  const std::string &
  GetTransferSyntax() const
  {
    return m_TransferSyntax;
  }
  Coding
  GetCoding() const;

  bool
  HasPixelData() const
  {
    return m_HasPixelData;
  }

  /** Whether the words of native pixel data have their high byte first. */
  bool
  HasBigEndianPixels() const
  {
    return m_HasBigEndianPixels;
  }
  /** Whether 8-bit pixels lie in 16-bit words. */
  bool
  HasPixelWords() const
  {
    return m_HasPixelWords;
  }

  /** One for native pixel data. The offset table of encapsulated ones is left out. */
  const std::vector<Fragment> &
  GetFragments() const
  {
    return m_Fragments;
  }
  /** The offset table of encapsulated pixel data: of each frame, from the first fragment's item on. May be empty. */
  const std::vector<std::uint32_t> &
  GetFrameOffsets() const
  {
    return m_FrameOffsets;
  }

  /** The bytes in which GetFragments() lie. Throws when they cannot be read. */
  std::unique_ptr<DICOMBytes>
  Open() const;

  /** Whether a file begins as DICOM does. */
  static bool
  HasMagic(const std::string & fileName);

private:
  void
  Parse();
  void
  ParseFileMeta(DICOMBytes & bytes, std::uint64_t & position);

  std::string                m_FileName;
  State                      m_State{ State::Other };
  std::string                m_Problem;
  DICOMDataSet               m_Meta;
  DICOMDataSet               m_DataSet;
  std::string                m_TransferSyntax;
  std::uint64_t              m_DeflatedOffset{ 0 };
  bool                       m_HasPixelData{ false };
  bool                       m_HasBigEndianPixels{ false };
  bool                       m_HasPixelWords{ false };
  bool                       m_IsEncapsulated{ false };
  std::vector<Fragment>      m_Fragments;
  std::vector<std::uint32_t> m_FrameOffsets;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
