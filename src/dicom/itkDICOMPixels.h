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
#ifndef itkDICOMPixels_h
#define itkDICOMPixels_h

#include "itkDICOMFile.h"

#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class DICOMPixels
 * \brief The frames of one file: what their header promises, and their values.
 *
 * Native and RLE data are decoded here, because both have to be measured to be trusted; the streams of the JPEG family
 * by GDCM's codecs, after their heads have been compared with the file's header.
 *
 * What is wrong is thrown as an ExceptionObject with one line that begins with the name of the file. */
class DICOMPixels
{
public:
  /** Throws when the header describes no scalar image that can be decoded here, or when there are fewer pixel data than
   * it promises. Reads the heads of the fragments, but no more. */
  explicit DICOMPixels(const DICOMFile & file);

  unsigned int
  GetColumns() const
  {
    return m_Columns;
  }
  unsigned int
  GetRows() const
  {
    return m_Rows;
  }
  unsigned int
  GetNumberOfFrames() const
  {
    return m_NumberOfFrames;
  }

  /** MONOCHROME1, MONOCHROME2 or nothing. */
  const std::string &
  GetPhotometricInterpretation() const
  {
    return m_PhotometricInterpretation;
  }

  /** What a header says that is not as the standard has it, but does no harm; empty when nothing. */
  const std::string &
  GetRemark() const
  {
    return m_Remark;
  }

  /** Decodes one frame into GetColumns() x GetRows() values, `slope` * stored + `intercept`, computed in double. What
   * GDCM says while it decodes is added to `messages`. Several threads may decode at once, with bytes of their own.
   *
   * \param bytes What DICOMFile::Open() gave. */
  void
  DecodeFrame(DICOMBytes &               bytes,
              unsigned int               frame,
              double                     slope,
              double                     intercept,
              float *                    values,
              std::vector<std::string> & messages) const;

private:
  using Buffer = std::vector<unsigned char>;

  [[noreturn]] void
  FailWith(const std::string & text) const;
  void
  ReadHeader();
  void
  VerifyNative();
  void
  AssignFragments();
  void
  VerifyFirstFrame() const;
  Buffer
  ReadCodedFrame(DICOMBytes & bytes, unsigned int frame) const;
  Buffer
  DecodeRLE(const Buffer & coded, unsigned int frame) const;
  Buffer
  DecodeStream(Buffer && coded, unsigned int frame, unsigned int & bits, std::vector<std::string> & messages) const;
  std::string
  FrameText(unsigned int frame) const;

  struct StreamHead;
  StreamHead
  ReadStreamHead(const Buffer & coded, unsigned int frame) const;

  const DICOMFile & m_File;
  DICOMFile::Coding m_Coding;
  unsigned int      m_Columns{ 0 };
  unsigned int      m_Rows{ 0 };
  unsigned int      m_NumberOfFrames{ 1 };
  unsigned int      m_BitsAllocated{ 0 };
  unsigned int      m_BitsStored{ 0 };
  unsigned int      m_HighBit{ 0 };
  bool              m_IsSigned{ false };
  std::string       m_PhotometricInterpretation;
  std::string       m_Remark;
  /** Which fragments each coded frame has: from the n-th on, up to that of the next frame. */
  std::vector<size_t> m_FirstFragments;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
