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
#ifndef itkVolumeFinder_h
#define itkVolumeFinder_h

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class VolumeFinder
 * \brief Finds the files of volumes by their names without the ending. Every folder is listed once. */
class VolumeFinder
{
public:
  /** All files that are there under one of several names, each a path without its ending. */
  std::vector<std::string>
  FindAll(const std::vector<std::filesystem::path> & stems);

  /** The one file of FindAll(); empty without one. Throws when there are several. */
  std::string
  Find(const std::vector<std::filesystem::path> & stems);

  /** The folders in a folder by name, in the order of their names. */
  static std::vector<std::string>
  ListFolders(const std::filesystem::path & folder);

  /** The endings that are known, for messages. */
  static std::string
  GetEndings();

private:
  /** The names of the files in a folder; none when it cannot be read. */
  const std::vector<std::string> &
  ListFiles(const std::filesystem::path & folder);

  std::map<std::filesystem::path, std::vector<std::string>> m_Files;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
