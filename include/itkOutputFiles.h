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
#ifndef itkOutputFiles_h
#define itkOutputFiles_h

#include "itkObject.h"
#include "itkObjectFactory.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTExport.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace itk
{

/** \class OutputFilesEnums
 * \brief Enums of OutputFiles.
 * \ingroup SyntheticCT */
class OutputFilesEnums
{
public:
  /** \class Kind
   * \brief What an output is.
   * \ingroup SyntheticCT */
  enum class Kind : uint8_t
  {
    /** A file of any name; `-` is the standard output and passes. */
    File,
    /** A volume in Hounsfield units: 16 bits with a sign or real numbers on a 3D grid of any orientation. */
    Volume,
    /** A folder that does not exist yet. */
    NewFolder,
    /** A folder into which files are written; it may exist, and is created when it does not. */
    Folder
  };
};
using OutputFilesKindEnum = OutputFilesEnums::Kind;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, OutputFilesKindEnum value);

/** \class OutputFiles
 * \brief Decides whether the outputs of a run can be written, before anything is computed.
 *
 * Give it the inputs, then the outputs. AddOutput() throws an ExceptionObject with one line, which begins with the
 * name, when
 * - the name of a volume is not that of a format that keeps HU and orientation (.nii, .nii.gz, .hdr, .img, .img.gz,
 *   .mha, .mhd, .nrrd, .nhdr, or another that ITK's factories can write), or one on which readers stumble;
 * - the name belongs to an input, by whatever link, or to another output; a format of two files counts with both;
 * - its folder does not exist or may not be written to;
 * - a folder is there where a file is to be written, or the other way round, or the name ends in a slash;
 * - a new folder exists already.
 *
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT OutputFiles : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(OutputFiles);

  using Self = OutputFiles;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(OutputFiles);

  /** A file or folder that must not be overwritten. The data files of a volume's header count with it. An empty name is
   * skipped. */
  void
  AddInput(const std::string & path);

  /** An output. An empty name is skipped. Throws as described above. */
  void
  AddOutput(const std::string & path, OutputFilesKindEnum kind = OutputFilesKindEnum::File);

  /** Whether a name says that it is an image's, of a format that can be written or not. Every other name, and one with
   * a slash at its end, may be a folder's. */
  static bool
  HasImageName(const std::string & path);

protected:
  OutputFiles();
  ~OutputFiles() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  std::vector<std::string> m_Inputs;
  /** Full names of all files that the outputs consist of. */
  std::set<std::string> m_Outputs;
};

} // namespace itk

#endif
