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
#include "itkOutputFiles.h"

#include "files/itkVolumeFile.h"
#include "SyntheticCTDetail/itkVolumeFileFormat.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <unistd.h>

namespace itk
{
namespace
{
namespace fs = std::filesystem;
using SyntheticCTDetail::Fail;

/** One name for each file or folder, whether it exists or not. */
fs::path
FullName(const std::string & path)
{
  std::error_code error;
  fs::path        full = fs::weakly_canonical(fs::absolute(path), error);
  if (error)
  {
    full = fs::absolute(path).lexically_normal();
  }
  return full.has_filename() ? full : full.parent_path();
}

/** Throws when no file can be made in a folder. */
void
VerifyFolder(const fs::path & folder, const std::string & output)
{
  std::error_code error;
  if (!fs::exists(folder, error))
  {
    Fail(output + ": the folder " + folder.string() + " does not exist");
  }
  if (!fs::is_directory(folder, error))
  {
    Fail(output + ": " + folder.string() + " is a file, should be a folder");
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0)
  {
    Fail(output + ": the folder " + folder.string() + " cannot be written to: " + std::strerror(errno));
  }
}

} // namespace

OutputFiles::OutputFiles() = default;
OutputFiles::~OutputFiles() = default;

void
OutputFiles::AddInput(const std::string & path)
{
  if (path.empty())
  {
    return;
  }
  m_Inputs.push_back(path);
  for (const std::string & file : SyntheticCTDetail::DataFilesOf(path))
  {
    m_Inputs.push_back(file);
  }
}

void
OutputFiles::AddOutput(const std::string & path, OutputFilesKindEnum kind)
{
  const bool isFile = kind == OutputFilesKindEnum::File || kind == OutputFilesKindEnum::Volume;
  if (path.empty() || (kind == OutputFilesKindEnum::File && path == "-"))
  {
    return;
  }
  if (isFile && !fs::path(path).has_filename())
  {
    Fail(path + ": ends in a slash, which names a folder; should be the name of a file");
  }
  const std::vector<std::string> files = kind == OutputFilesKindEnum::Volume
                                           ? SyntheticCTDetail::VolumeFileFormat(path).GetFiles()
                                           : std::vector<std::string>{ path };

  std::error_code error;
  const fs::path  full = FullName(path);
  const auto      status = fs::status(full, error);
  if (isFile && fs::is_directory(status))
  {
    Fail(path + ": is a folder, should be the name of a file");
  }
  if (kind == OutputFilesKindEnum::Volume && fs::exists(status) && !fs::is_regular_file(status))
  {
    Fail(path + ": is no file that can be replaced");
  }
  if (kind == OutputFilesKindEnum::NewFolder && fs::exists(status))
  {
    Fail(path + ": exists already, should be the name of a new folder");
  }
  if (kind == OutputFilesKindEnum::Folder && fs::exists(status))
  {
    VerifyFolder(full, path);
  }
  else if (kind == OutputFilesKindEnum::Folder)
  {
    // Folders on the way to it are made too.
    fs::path existing = full;
    while (existing.has_relative_path() && !fs::exists(existing, error))
    {
      existing = existing.parent_path();
    }
    VerifyFolder(existing, path);
  }
  else
  {
    VerifyFolder(full.parent_path(), path);
  }

  std::set<std::string> names;
  for (const std::string & file : files)
  {
    for (const std::string & input : m_Inputs)
    {
      if (fs::exists(file, error) && fs::equivalent(input, file, error) && !fs::is_directory(file, error))
      {
        Fail(path + ": " + (file == path ? "" : "its file " + file + ' ') + "is an input and would be overwritten");
      }
    }
    const std::string name = FullName(file).string();
    if (kind != OutputFilesKindEnum::Folder && m_Outputs.count(name) > 0)
    {
      Fail(path + ": " + (file == path ? "" : "its file " + file + ' ') + "is another output too");
    }
    names.insert(name);
  }
  if (kind != OutputFilesKindEnum::Folder)
  {
    m_Outputs.insert(names.begin(), names.end());
  }
}

bool
OutputFiles::HasImageName(const std::string & path)
{
  return fs::path(path).has_filename() && SyntheticCTDetail::HasImageName(path);
}

void
OutputFiles::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "Inputs:" << std::endl;
  for (const std::string & input : m_Inputs)
  {
    os << indent.GetNextIndent() << input << std::endl;
  }
  os << indent << "Outputs:" << std::endl;
  for (const std::string & output : m_Outputs)
  {
    os << indent.GetNextIndent() << output << std::endl;
  }
}

std::ostream &
operator<<(std::ostream & out, OutputFilesKindEnum value)
{
  switch (value)
  {
    case OutputFilesKindEnum::File:
      return out << "file";
    case OutputFilesKindEnum::Volume:
      return out << "volume";
    case OutputFilesKindEnum::NewFolder:
      return out << "new folder";
    case OutputFilesKindEnum::Folder:
      return out << "folder";
  }
  return out << "invalid";
}

} // namespace itk
