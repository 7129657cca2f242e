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
#ifndef itkVolumeFile_h
#define itkVolumeFile_h

#include "itkVolumeReader.h"

#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Reads a file as VolumeReader promises; remarks are without the path. */
VolumeReader::ImageType::Pointer
ReadVolumeFile(const std::string & path, std::vector<std::string> & remarks);

/** Throws when a file of a format that is decoded here does not hold all of its voxels; others pass. */
void
VerifyVolumeFile(const std::string & path);

/** The files that hold the voxels of a volume, or none when the path is not a header that names them. */
std::vector<std::string>
DataFilesOf(const std::string & path);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
