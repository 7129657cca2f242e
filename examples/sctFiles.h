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
#ifndef sctFiles_h
#define sctFiles_h

// How the programs read and write: the module's classes, with what is doubtful said on the standard error.

#include "itkAtomicImageFileWriter.h"
#include "itkOutputFiles.h"
#include "itkVolumeReader.h"

#include <CLI/CLI.hpp>

#include <string>
#include <utility>
#include <vector>

namespace sct
{

using VolumeType = itk::VolumeReader::ImageType;
using MaskType = itk::VolumeReader::MaskType;
using LabelImageType = itk::VolumeReader::LabelImageType;
using OutputKind = itk::OutputFilesKindEnum;

/** Add --series, for programs that read volumes: which DICOM series NewVolumeReader() and the functions below read. */
void
AddSeriesOption(CLI::App & app);

/** A reader of volume files and of DICOM. */
itk::VolumeReader::Pointer
NewVolumeReader();

/** Say what a reader found doubtful, one line for each remark, unless it was said before, and clear its remarks. The
 * functions below do it for the files that they read. */
void
SayRemarks(itk::VolumeReader * reader);

/** What SayRemarks() has said so far, for the report of the program. */
const std::vector<std::string> &
GetSaidRemarks();

/** Read a scalar volume. Throws when it cannot be read, has NaN or infinite voxels, or is constant. */
VolumeType::Pointer
ReadVolume(const std::string & path);

/** The same for a volume of which only the voxels inside a mask have to be finite numbers, which
 * itk::VolumeReader::VerifyVoxels() checks. */
VolumeType::Pointer
ReadUncheckedVolume(const std::string & path);

/** Whether every voxel is a finite number. */
bool
IsFinite(const VolumeType * image);

/** Read a mask: 1 where the file's voxel is not zero, 0 elsewhere. Throws when it is empty. */
MaskType::Pointer
ReadMask(const std::string & path);

/** Read a segmentation. Throws when a voxel is no whole number from 0 to 65535. */
LabelImageType::Pointer
ReadLabels(const std::string & path);

/** Throw, naming both files and what differs, when an image is not on the grid of the reference; give it the
 * reference's grid otherwise. */
void
TakeGrid(const VolumeType *  reference,
         const std::string & referencePath,
         itk::ImageBase<3> * image,
         const std::string & path);

/** Write a volume; the format follows from the name. */
template <typename TImage>
void
WriteVolume(const TImage * image, const std::string & path)
{
  auto writer = itk::AtomicImageFileWriter<TImage>::New();
  writer->SetInput(image);
  writer->SetFileName(path);
  writer->Update();
}

/** Write a text; `-` is the standard output. */
void
WriteText(const std::string & text, const std::string & path);

/** Throw, before anything is computed, when one of the outputs cannot be written or would overwrite an input or another
 * output. Empty names are skipped. */
void
CheckOutputs(const std::vector<std::string> & inputs, const std::vector<std::pair<std::string, OutputKind>> & outputs);

} // namespace sct

#endif
