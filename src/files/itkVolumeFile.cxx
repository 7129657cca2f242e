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
#include "files/itkVolumeFile.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"

#include "itkImageFileReader.h"

#include <filesystem>
#include <mutex>

namespace itk
{
namespace SyntheticCTDetail
{

VolumeReader::ImageType::Pointer
ReadVolumeFile(const std::string & path, std::vector<std::string> &)
{
  if (std::filesystem::file_size(path) == 0)
  {
    Fail(path + ": the file is empty");
  }
  // The libraries of some formats are not made for several threads.
  static std::mutex                 mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  try
  {
    const ImageIOBase::Pointer io =
      ImageIOFactory::CreateImageIO(path.c_str(), ImageIOFactory::IOFileModeEnum::ReadMode);
    if (!io)
    {
      Fail(path + ": not an image of a format that can be read");
    }
    io->SetFileName(path);
    io->ReadImageInformation();
    if (io->GetNumberOfComponents() != 1)
    {
      Fail(path + ": has " + std::to_string(io->GetNumberOfComponents()) + " components per voxel, should have 1");
    }
    unsigned int dimension = io->GetNumberOfDimensions();
    while (dimension > 1 && io->GetDimensions(dimension - 1) == 1)
    {
      --dimension;
    }
    if (dimension != 3)
    {
      Fail(path + ": is a " + std::to_string(dimension) + "D image, should be 3D");
    }
    auto reader = ImageFileReader<VolumeReader::ImageType>::New();
    reader->SetImageIO(io);
    reader->SetFileName(path);
    reader->Update();
    const VolumeReader::ImageType::Pointer image = reader->GetOutput();
    if (image->GetBufferedRegion().GetNumberOfPixels() == 0)
    {
      Fail(path + ": has no voxels");
    }
    return image;
  }
  catch (const ExceptionObject & error)
  {
    const std::string text = error.GetDescription();
    Fail(text.rfind(path + ": ", 0) == 0 ? text : path + ": cannot be read: " + text);
  }
}

void
VerifyVolumeFile(const std::string &)
{}

std::vector<std::string>
DataFilesOf(const std::string &)
{
  return {};
}

} // namespace SyntheticCTDetail
} // namespace itk
