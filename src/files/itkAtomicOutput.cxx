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
#include "SyntheticCTDetail/itkAtomicOutput.h"

#include "itkMacro.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
namespace fs = std::filesystem;

constexpr const char * hiddenPrefix = ".partial-";
/** What file systems allow. */
constexpr size_t longestName = 255;

fs::path
FolderOf(const fs::path & path)
{
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/** Whether a name is `.partial-<digits>-<digits>-<end>`. */
bool
IsHiddenNameOf(const std::string & name, const std::string & end)
{
  const std::string prefix = hiddenPrefix;
  size_t            position = prefix.size();
  if (name.compare(0, prefix.size(), prefix) != 0)
  {
    return false;
  }
  for (int i = 0; i < 2; ++i)
  {
    const size_t start = position;
    while (position < name.size() && std::isdigit(static_cast<unsigned char>(name[position])) != 0)
    {
      ++position;
    }
    if (position == start || position == name.size() || name[position] != '-')
    {
      return false;
    }
    ++position;
  }
  return name.compare(position, std::string::npos, end) == 0;
}

/** Opens a file or folder and takes its lock. -1 when another holds it or when it is gone; where locks are not to be
 * had, a descriptor without one, and `isLocked` is false. */
int
OpenLocked(const std::string & path, bool & isLocked)
{
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0)
  {
    return -1;
  }
  isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  const bool  isBusy = !isLocked && errno == EWOULDBLOCK;
  struct stat mine
  {};
  struct stat named
  {};
  if (isBusy || fstat(descriptor, &mine) != 0 || lstat(path.c_str(), &named) != 0 || mine.st_ino != named.st_ino ||
      mine.st_dev != named.st_dev)
  {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

/** Removes what processes that are gone have left of outputs of the same name. */
void
RemoveLeftovers(const fs::path & folder, const std::string & end)
{
  std::error_code          error;
  std::vector<std::string> leftovers;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error))
  {
    if (IsHiddenNameOf(entry->path().filename().string(), end))
    {
      leftovers.push_back(entry->path().string());
    }
  }
  for (const std::string & leftover : leftovers)
  {
    bool      isLocked = false;
    const int descriptor = OpenLocked(leftover, isLocked);
    if (descriptor >= 0)
    {
      if (isLocked)
      {
        fs::remove_all(leftover, error);
      }
      close(descriptor);
    }
  }
}

/** Waits until the disk has a file or the names in a folder; the reason when it never will. */
std::string
Synchronize(const fs::path & path)
{
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
  {
    return std::strerror(errno);
  }
  // Some file systems know no fsync, which is no failure.
  const int         status = fsync(descriptor);
  const bool        failed = status != 0 && errno != EINVAL && errno != ENOTSUP && errno != ENOSYS;
  const std::string reason = failed ? std::strerror(errno) : "";
  close(descriptor);
  return reason;
}

} // namespace

AtomicOutput::AtomicOutput(const std::string & path, KindEnum kind, const std::string & temporaryEnd)
  : m_GivenPath(path)
  , m_Kind(kind)
{
  fs::path final(path);
  if (!final.has_filename())
  {
    final = final.parent_path();
  }
  std::error_code error;
  if (kind != KindEnum::Folder && fs::is_symlink(final, error))
  {
    const fs::path resolved = fs::weakly_canonical(final, error);
    final = error ? final : resolved;
  }
  m_Path = final.string();
  if (kind != KindEnum::Folder && (path.empty() || fs::is_directory(final, error)))
  {
    Fail(m_GivenPath + ": cannot be written: " + (path.empty() ? "the name is empty" : "it is a folder"));
  }
  this->Create(temporaryEnd.empty() ? final.filename().string() : temporaryEnd);
}

void
AtomicOutput::Create(const std::string & end)
{
  static std::atomic<unsigned long> counter{ 0 };

  const fs::path folder = FolderOf(m_Path);
  // Two numbers of at most 20 digits; what follows keeps its end, by which writers choose their format.
  const size_t      longestEnd = longestName - std::strlen(hiddenPrefix) - 42;
  const std::string shortEnd = end.size() > longestEnd ? end.substr(end.size() - longestEnd) : end;
  RemoveLeftovers(folder, shortEnd);
  for (int attempt = 0; m_Lock < 0; ++attempt)
  {
    if (attempt == 100)
    {
      Fail(m_GivenPath + ": cannot be written: the hidden file " + m_HiddenPath + " cannot be opened again");
    }
    const std::string name = hiddenPrefix + std::to_string(getpid()) + '-' + std::to_string(counter++) + '-' + shortEnd;
    m_HiddenPath = (folder / name).string();
    bool created = false;
    if (m_Kind == KindEnum::File)
    {
      const int descriptor = open(m_HiddenPath.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      created = descriptor >= 0;
      if (created)
      {
        close(descriptor);
      }
    }
    else
    {
      created = mkdir(m_HiddenPath.c_str(), 0777) == 0;
    }
    if (!created && errno != EEXIST)
    {
      Fail(m_GivenPath + ": cannot be written: " + std::strerror(errno));
    }
    if (created)
    {
      // Another process may have taken it for a leftover before it was locked; then the next number is tried.
      bool isLocked = false;
      m_Lock = OpenLocked(m_HiddenPath, isLocked);
    }
  }
  m_TemporaryName =
    m_Kind == KindEnum::Files ? (fs::path(m_HiddenPath) / fs::path(m_Path).filename()).string() : m_HiddenPath;
}

AtomicOutput::~AtomicOutput()
{
  std::error_code error;
  if (!m_HiddenPath.empty())
  {
    fs::remove_all(m_HiddenPath, error);
  }
  if (m_Lock >= 0)
  {
    close(m_Lock);
  }
}

void
AtomicOutput::Commit()
{
  const fs::path    folder = FolderOf(m_Path);
  const std::string cannot = m_GivenPath + ": cannot be written: ";
  const auto        check = [&cannot](const std::string & reason) {
    if (!reason.empty())
    {
      Fail(cannot + reason);
    }
  };
  const auto rename = [&check](const fs::path & from, const fs::path & to) {
    std::error_code error;
    fs::rename(from, to, error);
    check(error ? error.message() : "");
  };

  std::vector<fs::path> files;
  if (m_Kind == KindEnum::File)
  {
    files.emplace_back(m_HiddenPath);
  }
  else
  {
    std::error_code error;
    for (const auto & entry : fs::directory_iterator(m_HiddenPath, error))
    {
      files.push_back(entry.path());
    }
    check(error ? error.message() : "");
  }
  for (const fs::path & file : files)
  {
    check(Synchronize(file));
  }

  if (m_Kind == KindEnum::File)
  {
    rename(m_HiddenPath, m_Path);
  }
  else if (m_Kind == KindEnum::Folder)
  {
    check(Synchronize(m_HiddenPath));
    std::error_code error;
    check(fs::exists(m_Path, error) ? "it exists already" : "");
    rename(m_HiddenPath, m_Path);
  }
  else
  {
    check(std::count(files.begin(), files.end(), fs::path(m_TemporaryName)) == 1 ? "" : "the writer made no such file");
    // At no time does a header stand beside data that are not its own.
    std::error_code error;
    fs::remove(m_Path, error);
    check(error ? error.message() : "");
    for (const fs::path & file : files)
    {
      if (file != m_TemporaryName)
      {
        rename(file, folder / file.filename());
      }
    }
    check(Synchronize(folder));
    rename(m_TemporaryName, m_Path);
    fs::remove(m_HiddenPath, error);
  }
  check(Synchronize(folder));
  m_HiddenPath.clear();
}

void
WriteText(const std::string & text, const std::string & path)
{
  std::error_code error;
  const auto      status = fs::status(path, error);
  const bool      isSpecial = fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
  const auto      write = [&](const std::string & name) {
    std::ofstream stream(name, std::ios::binary);
    stream << text << '\n';
    stream.close();
    if (!stream)
    {
      Fail(path + ": cannot be written: " + std::strerror(errno));
    }
  };
  if (isSpecial)
  {
    write(path);
    return;
  }
  AtomicOutput output(path);
  write(output.GetTemporaryName());
  output.Commit();
}

} // namespace SyntheticCTDetail
} // namespace itk
