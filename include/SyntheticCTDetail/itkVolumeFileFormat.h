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
#ifndef itkVolumeFileFormat_h
#define itkVolumeFileFormat_h

#include "SyntheticCTDetail/itkAtomicOutput.h"

#include "itkImageIOBase.h"

#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class VolumeFileFormat
 * \brief How a volume is written to a file of a given name.
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT VolumeFileFormat
{
public:
  /** Throws an ExceptionObject that says which names are right when no volume in HU can be written to such a file. */
  explicit VolumeFileFormat(const std::string & path);

  /** Whether the format has one file or more. */
  AtomicOutput::KindEnum
  GetKind() const
  {
    return m_CompanionEnds.empty() ? AtomicOutput::KindEnum::File : AtomicOutput::KindEnum::Files;
  }

  /** How the hidden name of an AtomicOutput has to end. */
  std::string
  GetTemporaryEnd() const;

  /** Every file that the format may consist of, the given one first. */
  std::vector<std::string>
  GetFiles() const;

  /** Throws when nothing can write the format. */
  ImageIOBase::Pointer
  CreateImageIO(const std::string & fileName) const;

  /** Throws when a file of this format does not hold all of its voxels. */
  void
  VerifyFile(const std::string & fileName) const;

private:
  std::string m_Path;
  /** What the name ends with, in lower case. */
  std::string m_End;
  /** What may stand in its place in the names of the format's other files. */
  std::vector<std::string> m_CompanionEnds;
};

/** How a file's name ends, in lower case, with `.gz` and what is before it: `.nii.gz`. Empty without a dot. */
SyntheticCT_EXPORT std::string
                   GetLowerCaseEnd(const std::string & path);

/** Whether a name ends as those of images do, of formats that can hold a volume in HU or not. */
SyntheticCT_EXPORT bool
HasImageName(const std::string & path);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
