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
#ifndef sctCommandLine_h
#define sctCommandLine_h

// What the programs share: options, input, output, progress and errors.

#include "itkImage.h"
#include "itkProcessObject.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace sct
{

using VolumeType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using LabelImageType = itk::Image<unsigned short, 3>;

/** Options with the same name and meaning in every program. */
struct CommonOptions
{
  /** 0: as many as the machine has. */
  unsigned int Threads{ 0 };
  std::string  Device{ "cpu" };
  /** Name of the report; `-` is the standard output. */
  std::string JSONFile;
};

/** Add --threads and --json, and --device for programs that run a network. */
void
AddCommonOptions(CLI::App & app, CommonOptions & options, bool withDevice);

/** Parse, set the number of threads, work. Bad usage gives 2 and what is wrong; whatever is thrown by the work gives 1
 * and one line on the standard error. */
int
Run(CLI::App & app, int argc, char ** argv, const CommonOptions & options, const std::function<void()> & work);

/** What an exception says, as one line. */
std::string
OneLine(const std::exception & error);

/** Read a scalar volume from a file of any format that ITK knows, or from a folder with one DICOM series. Throws when
 * it cannot be read, is not 3D, is empty, has NaN or infinite voxels, or is constant. Several threads may read at once.
 */
VolumeType::Pointer
ReadVolume(const std::string & path);

/** The same for a volume of which only the voxels inside a mask have to be finite numbers: CheckVoxels() throws when
 * they are not, or when the volume is constant. With no mask (null) every voxel has to be finite. */
VolumeType::Pointer
ReadUncheckedVolume(const std::string & path);
void
CheckVoxels(const VolumeType * image, const std::string & path, const MaskType * mask);

/** Whether every voxel is a finite number. */
bool
IsFinite(const VolumeType * image);

/** Read a mask: 1 where the file's voxel is not zero, 0 elsewhere. Constant masks pass as long as they are not empty.
 */
MaskType::Pointer
ReadMask(const std::string & path);

/** Read a segmentation. Throws when a voxel is no whole number from 0 to 65535. */
LabelImageType::Pointer
ReadLabels(const std::string & path);

/** Throw, naming both files and what differs, when an image is not on the grid of the reference. */
void
CheckSameGrid(const VolumeType *        reference,
              const std::string &       referencePath,
              const itk::ImageBase<3> * image,
              const std::string &       path);

/** Write a volume through a temporary file in the same folder, so that the name never holds half a file. The format
 * follows from the name. */
template <typename TImage>
void
WriteVolume(const TImage * image, const std::string & path);

/** Write a text through a temporary file in the same folder; `-` is the standard output. */
void
WriteText(const std::string & text, const std::string & path);

/** For CLI::Option::check(): what is wrong with a number that has to be finite, or finite and not negative; empty when
 * nothing is. CLI11's own checks let NaN pass. */
std::string
CheckFinite(const std::string & text);
std::string
CheckNotNegative(const std::string & text);

/** Whether a name ends as an image file of a format that ITK can write does. */
bool
HasImageFileName(const std::string & path);

/** Throw when an output would overwrite one of the inputs (empty names are skipped), or when its folder is missing. */
void
CheckOutput(const std::string & output, const std::vector<std::string> & inputs);

/** \class StageProgress
 * \brief Shows the progress of one stage: a bar on a terminal, a plain line when it ends elsewhere.
 *
 * The stage ends with the life of the object. */
class StageProgress
{
public:
  /** \param filter Whose ProgressEvents are shown; may be null for a stage without a filter. */
  explicit StageProgress(std::string title, itk::ProcessObject * filter = nullptr);
  ~StageProgress();
  StageProgress(const StageProgress &) = delete;
  StageProgress &
  operator=(const StageProgress &) = delete;

  /** A line on the standard error, which does not run into the bar. */
  void
  Say(const std::string & line);

  /** Share of the stage that is done, in [0, 1]. */
  void
  Show(double share);

private:
  std::string                           m_Title;
  itk::ProcessObject::Pointer           m_Filter;
  unsigned long                         m_Tag{ 0 };
  bool                                  m_IsTerminal{ false };
  int                                   m_LastPercent{ -1 };
  int                                   m_UncaughtExceptions{ 0 };
  std::chrono::steady_clock::time_point m_Start;
};

} // namespace sct

#include "sctCommandLine.hxx"

#endif
