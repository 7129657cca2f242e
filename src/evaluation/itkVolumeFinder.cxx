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
#include "evaluation/itkVolumeFinder.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkPlainText.h"

#include <algorithm>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
namespace fs = std::filesystem;

const char * const endings[] = { ".nii.gz", ".nii", ".mha", ".mhd", ".nrrd" };

} // namespace

const std::vector<std::string> &
VolumeFinder::ListFiles(const fs::path & folder)
{
  const auto known = m_Files.find(folder);
  if (known != m_Files.end())
  {
    return known->second;
  }
  std::vector<std::string> & files = m_Files[folder];
  std::error_code            error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
  {
    std::error_code typeError;
    if (entry->is_regular_file(typeError))
    {
      files.push_back(entry->path().filename().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string>
VolumeFinder::FindAll(const std::vector<fs::path> & stems)
{
  std::vector<std::string> found;
  for (const fs::path & stem : stems)
  {
    const std::string name = stem.filename().string();
    for (const std::string & file : this->ListFiles(stem.parent_path()))
    {
      if (file.size() <= name.size() || file.compare(0, name.size(), name) != 0)
      {
        continue;
      }
      const std::string ending = LowerCase(file.substr(name.size()));
      if (std::any_of(std::begin(endings), std::end(endings), [&](const char * each) { return ending == each; }))
      {
        found.push_back((stem.parent_path() / file).string());
      }
    }
  }
  return found;
}

std::string
VolumeFinder::Find(const std::vector<fs::path> & stems)
{
  const std::vector<std::string> found = this->FindAll(stems);
  if (found.size() > 1)
  {
    Fail(found[0] + " and " + found[1] + " are both there, should be one");
  }
  return found.empty() ? "" : found.front();
}

std::vector<std::string>
VolumeFinder::ListFolders(const fs::path & folder)
{
  std::vector<std::string> folders;
  std::error_code          error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
  {
    std::error_code typeError;
    if (entry->is_directory(typeError))
    {
      folders.push_back(entry->path().filename().string());
    }
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::string
VolumeFinder::GetEndings()
{
  std::string  text;
  const size_t count = std::end(endings) - std::begin(endings);
  for (size_t i = 0; i < count; ++i)
  {
    text += std::string(i == 0 ? "" : i + 1 == count ? " or " : ", ") + endings[i];
  }
  return text;
}

} // namespace SyntheticCTDetail
} // namespace itk
