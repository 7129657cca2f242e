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
#include "itkVolumeReader.h"

#include "files/itkVolumeFile.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkExceptionText.h"

#include "itkImageAlgorithm.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <sstream>

namespace itk
{
namespace
{

/** An image of another type on the same grid, filled voxel by voxel. */
template <typename TImage, typename TConvert>
typename TImage::Pointer
Convert(const VolumeReader::ImageType * image, const TConvert & convert)
{
  auto converted = TImage::New();
  converted->CopyInformation(image);
  converted->SetRegions(image->GetBufferedRegion());
  converted->Allocate();
  const float * const                voxels = image->GetBufferPointer();
  typename TImage::PixelType * const others = converted->GetBufferPointer();
  const SizeValueType                count = image->GetBufferedRegion().GetNumberOfPixels();
  for (SizeValueType i = 0; i < count; ++i)
  {
    others[i] = convert(voxels[i], i);
  }
  return converted;
}

std::string
IndexText(const VolumeReader::ImageType * image, SizeValueType offset)
{
  std::ostringstream text;
  text << image->ComputeIndex(static_cast<OffsetValueType>(offset));
  return text.str();
}

} // namespace

VolumeReader::VolumeReader() = default;
VolumeReader::~VolumeReader() = default;

auto
VolumeReader::Read(const std::string & path) -> ImageType::Pointer
{
  std::error_code error;
  if (!std::filesystem::exists(path, error))
  {
    SyntheticCTDetail::Fail(path + ": no such file or folder");
  }
  return this->ReadPath(path);
}

auto
VolumeReader::ReadPath(const std::string & path) -> ImageType::Pointer
{
  if (std::filesystem::is_directory(path))
  {
    SyntheticCTDetail::Fail(path + ": is a folder, should be an image file");
  }
  std::vector<std::string> remarks;
  const ImageType::Pointer image = SyntheticCTDetail::ReadVolumeFile(path, remarks);
  for (const std::string & remark : remarks)
  {
    this->AddRemark(path, path + ": " + remark);
  }
  return image;
}

auto
VolumeReader::ReadMask(const std::string & path) -> MaskType::Pointer
{
  const ImageType::Pointer image = this->Read(path);
  SizeValueType            numberInside = 0;
  SizeValueType            numberWithoutValue = 0;
  auto                     mask = Convert<MaskType>(image, [&](float value, SizeValueType) -> unsigned char {
    const bool isFinite = std::isfinite(value);
    const bool isInside = isFinite && value != 0.0F;
    numberWithoutValue += isFinite ? 0 : 1;
    numberInside += isInside ? 1 : 0;
    return isInside ? 1 : 0;
  });
  if (numberInside == 0)
  {
    SyntheticCTDetail::Fail(path + ": the mask is empty");
  }
  if (numberWithoutValue > 0)
  {
    this->AddRemark(path,
                    path + ": " + std::to_string(numberWithoutValue) +
                      " voxels of the mask are no finite numbers and count as outside");
  }
  return mask;
}

auto
VolumeReader::ReadLabels(const std::string & path) -> LabelImageType::Pointer
{
  const ImageType::Pointer image = this->Read(path);
  return Convert<LabelImageType>(image, [&](float value, SizeValueType offset) -> unsigned short {
    // Written so that NaN is none.
    if (!(value >= 0.0F && value <= 65535.0F && value == std::floor(value)))
    {
      std::ostringstream text;
      text << path << ": voxel " << IndexText(image, offset) << " is " << value
           << " and should be a label, a whole number from 0 to 65535";
      SyntheticCTDetail::Fail(text.str());
    }
    return static_cast<unsigned short>(value);
  });
}

void
VolumeReader::VerifyVoxels(const ImageType * image, const std::string & path, const MaskType * mask)
{
  const float * const         voxels = image->GetBufferPointer();
  const unsigned char * const inside = mask ? mask->GetBufferPointer() : nullptr;
  const SizeValueType         count = image->GetBufferedRegion().GetNumberOfPixels();
  bool                        isConstant = true;
  for (SizeValueType i = 0; i < count; ++i)
  {
    if (!std::isfinite(voxels[i]) && !(inside && inside[i] == 0))
    {
      SyntheticCTDetail::Fail(path + ": voxel " + IndexText(image, i) + (mask ? ", inside the mask," : "") +
                              " is not a finite number");
    }
    isConstant = isConstant && voxels[i] == voxels[0];
  }
  if (isConstant)
  {
    SyntheticCTDetail::Fail(path + ": every voxel has the same value");
  }
}

unsigned int
VolumeReader::GetNumberOfRemarks() const
{
  const std::lock_guard<std::mutex> lock(m_Mutex);
  return static_cast<unsigned int>(m_Remarks.size());
}

std::string
VolumeReader::GetRemark(unsigned int index) const
{
  const std::lock_guard<std::mutex> lock(m_Mutex);
  if (index >= m_Remarks.size())
  {
    itkSyntheticCTExceptionMacro("There is no remark " << index << ": there are " << m_Remarks.size());
  }
  return m_Remarks[index].Line;
}

void
VolumeReader::ClearRemarks()
{
  const std::lock_guard<std::mutex> lock(m_Mutex);
  m_Remarks.clear();
}

void
VolumeReader::AddRemark(const std::string & path, const std::string & line)
{
  const std::lock_guard<std::mutex> lock(m_Mutex);
  m_Remarks.push_back({ path, SyntheticCTDetail::OneLine(line) });
}

std::vector<std::string>
VolumeReader::GetRemarksOn(const std::string & path) const
{
  const std::lock_guard<std::mutex> lock(m_Mutex);
  std::vector<std::string>          lines;
  for (const Remark & remark : m_Remarks)
  {
    if (remark.Path == path && std::find(lines.begin(), lines.end(), remark.Line) == lines.end())
    {
      lines.push_back(remark.Line);
    }
  }
  return lines;
}

void
VolumeReader::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  const std::lock_guard<std::mutex> lock(m_Mutex);
  os << indent << "Remarks:" << std::endl;
  for (const Remark & remark : m_Remarks)
  {
    os << indent.GetNextIndent() << remark.Line << std::endl;
  }
}

} // namespace itk
