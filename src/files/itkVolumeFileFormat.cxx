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
#include "SyntheticCTDetail/itkVolumeFileFormat.h"

#include "files/itkVolumeFile.h"
#include "SyntheticCTDetail/itkPlainText.h"

#include "itkImageIOFactory.h"
#include "itkMetaImageIO.h"
#include "itkNiftiImageIO.h"
#include "itkNrrdImageIO.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
namespace fs = std::filesystem;

/** A format in which a volume keeps HU and orientation. */
struct Format
{
  const char *             End;
  bool                     IsNIfTI;
  std::vector<std::string> CompanionEnds;
};

const std::vector<Format> &
GetFormats()
{
  static const std::vector<Format> formats{
    { ".nii", true, {} },
    { ".nii.gz", true, {} },
    { ".hdr", true, { ".img" } },
    { ".img", true, { ".hdr" } },
    { ".hdr.gz", true, { ".img.gz" } },
    { ".img.gz", true, { ".hdr.gz" } },
    { ".mha", false, {} },
    { ".mhd", false, { ".raw", ".zraw" } },
    { ".nrrd", false, {} },
    { ".nhdr", false, { ".raw", ".raw.gz" } },
  };
  return formats;
}

/** Formats of images that lose HU, the third dimension or the orientation, and what they lose. */
struct UnsuitableFormat
{
  const char * End;
  const char * Reason;
};

constexpr UnsuitableFormat unsuitableFormats[] = {
  { ".bmp", "holds pictures, not volumes in HU" },
  { ".dcm", "a DICOM series is written into a folder" },
  { ".dicom", "a DICOM series is written into a folder" },
  { ".gif", "holds pictures, not volumes in HU" },
  { ".gipl", "keeps no orientation" },
  { ".gipl.gz", "keeps no orientation" },
  { ".jp2", "holds pictures, not volumes in HU" },
  { ".jpeg", "holds pictures, not volumes in HU" },
  { ".jpg", "holds pictures, not volumes in HU" },
  { ".lsm", "keeps no orientation" },
  { ".mrc", "keeps no orientation" },
  { ".nia", "is read by hardly any program" },
  { ".pic", "holds pictures, not volumes in HU" },
  { ".png", "holds pictures, not volumes in HU" },
  { ".raw", "keeps neither size nor type" },
  { ".tif", "keeps no orientation" },
  { ".tiff", "keeps no orientation" },
  { ".vtk", "keeps no orientation" },
  { ".zraw", "keeps neither size nor type" },
};

const UnsuitableFormat *
FindUnsuitable(const std::string & end)
{
  const auto found = std::find_if(std::begin(unsuitableFormats),
                                  std::end(unsuitableFormats),
                                  [&end](const UnsuitableFormat & format) { return end == format.End; });
  return found == std::end(unsuitableFormats) ? nullptr : found;
}

} // namespace

std::string
GetLowerCaseEnd(const std::string & path)
{
  const std::string name = LowerCase(fs::path(path).filename().string());
  const std::string end = fs::path(name).extension().string();
  return end == ".gz" ? fs::path(fs::path(name).stem()).extension().string() + end : end;
}

bool
HasImageName(const std::string & path)
{
  const std::string end = GetLowerCaseEnd(path);
  const auto &      formats = GetFormats();
  return FindUnsuitable(end) ||
         std::any_of(formats.begin(), formats.end(), [&end](const Format & format) { return end == format.End; }) ||
         ImageIOFactory::CreateImageIO(path.c_str(), ImageIOFactory::IOFileModeEnum::WriteMode);
}

VolumeFileFormat::VolumeFileFormat(const std::string & path)
  : m_Path(path)
  , m_End(GetLowerCaseEnd(path))
{
  const std::string proposal = "; volumes are written as .nii.gz, .nii, .mha, .nrrd, .mhd, .nhdr or .hdr";
  if (const UnsuitableFormat * const unsuitable = FindUnsuitable(m_End))
  {
    Fail(path + ": " + m_End + ' ' + unsuitable->Reason + proposal);
  }
  const auto & formats = GetFormats();
  const auto   format =
    std::find_if(formats.begin(), formats.end(), [this](const Format & each) { return m_End == each.End; });
  if (format == formats.end())
  {
    if (!ImageIOFactory::CreateImageIO(path.c_str(), ImageIOFactory::IOFileModeEnum::WriteMode))
    {
      Fail(path + ": not the name of an image file" + proposal);
    }
    return;
  }
  m_CompanionEnds = format->CompanionEnds;

  // What other programs do not find again: readers of NIfTI know lower and upper case, but not both mixed; of the other
  // formats, lower case only.
  const std::string name = fs::path(path).filename().string();
  const std::string end = name.substr(name.size() - m_End.size());
  const std::string stem = name.substr(0, name.size() - m_End.size());
  std::string       upperCaseEnd = m_End;
  std::transform(upperCaseEnd.begin(), upperCaseEnd.end(), upperCaseEnd.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  const bool mayBeUpperCase = format->IsNIfTI && m_CompanionEnds.empty();
  if (end != m_End && !(mayBeUpperCase && end == upperCaseEnd))
  {
    Fail(path + ": other programs read this format by a name in lower case only; use " + stem + m_End);
  }
  const std::string inner = GetLowerCaseEnd(stem);
  if (format->IsNIfTI && (inner == ".nii" || inner == ".hdr" || inner == ".img" || inner == ".nii.gz"))
  {
    Fail(path + ": has two extensions of NIfTI, on which readers stumble; use " +
         stem.substr(0, stem.size() - inner.size()) + m_End);
  }
  if (stem.empty())
  {
    Fail(path + ": the name has nothing before its extension");
  }
}

std::string
VolumeFileFormat::GetTemporaryEnd() const
{
  const std::string name = fs::path(m_Path).filename().string();
  return name.substr(0, name.size() - m_End.size()) + m_End;
}

std::vector<std::string>
VolumeFileFormat::GetFiles() const
{
  std::vector<std::string> files{ m_Path };
  const std::string        stem = m_Path.substr(0, m_Path.size() - m_End.size());
  for (const std::string & end : m_CompanionEnds)
  {
    files.push_back(stem + end);
  }
  return files;
}

ImageIOBase::Pointer
VolumeFileFormat::CreateImageIO(const std::string & fileName) const
{
  const auto & formats = GetFormats();
  const auto   format =
    std::find_if(formats.begin(), formats.end(), [this](const Format & each) { return m_End == each.End; });
  if (format == formats.end())
  {
    return ImageIOFactory::CreateImageIO(fileName.c_str(), ImageIOFactory::IOFileModeEnum::WriteMode);
  }
  if (format->IsNIfTI)
  {
    return NiftiImageIO::New().GetPointer();
  }
  if (m_End == ".mha" || m_End == ".mhd")
  {
    return MetaImageIO::New().GetPointer();
  }
  return NrrdImageIO::New().GetPointer();
}

void
VolumeFileFormat::VerifyFile(const std::string & fileName) const
{
  std::error_code error;
  if (fs::file_size(fileName, error) == 0 || error)
  {
    Fail("the file is empty; the disk may be full");
  }
  VerifyVolumeFile(fileName);
}

} // namespace SyntheticCTDetail
} // namespace itk
