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
// itkFuzzReaders CORPUS SECONDS [SEED [MUTATIONS]]: damages small files of every kind that the module reads, reads what
// is left, and fails when that crashes, hangs, is refused with a puzzle, or gives a volume that the file does not hold.
//
// CORPUS is a folder of folders with one readable file (and its data file) each; it is filled first when it is missing
// or empty. The run ends after SECONDS, or after MUTATIONS when they are given. A damaged file has to be refused in one
// line that names it; or give what the undamaged one gives; or, where only voxels were damaged and nothing in the
// format could tell, differ in voxels alone. A header whose damage says something else that is valid, such as another
// spacing, is taken at its word: such readings are counted. Everything is read twice, over memory that held different
// things, so that voxels that nobody wrote are seen. What failed is kept in CORPUS-failures.

#include "itkFuzzReading.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <vector>

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{
namespace fs = std::filesystem;
using itk::FuzzTest::Reading;

constexpr unsigned int secondsPerFile = 10;

std::string
BytesOf(const fs::path & path)
{
  std::ifstream stream(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

void
WriteBytes(const fs::path & path, const std::string & bytes)
{
  std::ofstream stream(path, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

class Mutator
{
public:
  explicit Mutator(unsigned int seed)
    : m_Random(seed)
  {}

  /** A number in [0, count). */
  size_t
  Below(size_t count)
  {
    return std::uniform_int_distribution<size_t>(0, count - 1)(m_Random);
  }

  /** Damages one to three places. */
  std::string
  Mutate(std::string bytes)
  {
    for (size_t i = this->Below(3) + 1; i > 0 && !bytes.empty(); --i)
    {
      this->MutatePlace(bytes);
    }
    return bytes;
  }

private:
  void
  MutatePlace(std::string & bytes)
  {
    // Half of the places are where headers are.
    const size_t place = this->Below(this->Below(2) == 0 ? std::min<size_t>(bytes.size(), 512) : bytes.size());
    const size_t length = std::min<size_t>(this->Below(32) + 1, bytes.size() - place);
    switch (this->Below(9))
    {
      case 0: // one bit
        bytes[place] = static_cast<char>(bytes[place] ^ (1 << this->Below(8)));
        break;
      case 1: // any byte
        bytes[place] = static_cast<char>(this->Below(256));
        break;
      case 2: // numbers at the ends of their range
        bytes.replace(
          place, std::min<size_t>(length, 4), std::min<size_t>(length, 4), "\0\xff\x7f\x80"[this->Below(4)]);
        break;
      case 3: // cut off
        bytes.resize(place);
        break;
      case 4: // taken out
        bytes.erase(place, length);
        break;
      case 5: // written twice
        bytes.insert(place, bytes.substr(place, length));
        break;
      case 6: // what belongs elsewhere
      {
        const std::string part = bytes.substr(this->Below(bytes.size()), length);
        bytes.replace(place, part.size(), part);
        break;
      }
      case 7: // another digit, or none
      {
        const size_t digit = bytes.find_first_of("0123456789", place);
        if (digit != std::string::npos)
        {
          bytes[digit] = "09-.e "[this->Below(6)];
        }
        break;
      }
      default: // something behind the end
        bytes.append(this->Below(64) + 1, static_cast<char>(this->Below(256)));
    }
  }

  std::mt19937 m_Random;
};

void
Send(int pipe, const Reading & reading)
{
  std::string text = (reading.IsRefused ? "refused" : "read") + std::string(1, '\0') + reading.Line + '\0' +
                     reading.Shape + '\0' + std::to_string(reading.Voxels) + '\0';
  for (size_t sent = 0; sent < text.size();)
  {
    const ssize_t count = write(pipe, text.data() + sent, text.size() - sent);
    if (count <= 0)
    {
      _exit(3);
    }
    sent += static_cast<size_t>(count);
  }
}

/** Reads twice in a process of its own, after one fork, and says what is wrong with the way in which it ended; empty
 * when nothing is. */
std::string
ReadApart(const fs::path & path, Reading & reading)
{
  int ends[2];
  if (pipe(ends) != 0)
  {
    throw std::runtime_error("no pipe");
  }
  const pid_t child = fork();
  if (child == 0)
  {
    close(ends[0]);
    alarm(secondsPerFile);
    mallopt(M_PERTURB, 0x55);
    const Reading first = itk::FuzzTest::Read(path);
    mallopt(M_PERTURB, 0xaa);
    const Reading second = itk::FuzzTest::Read(path);
    if (first.IsRefused != second.IsRefused || first.Shape != second.Shape || first.Voxels != second.Voxels)
    {
      _exit(2);
    }
    Send(ends[1], second);
    _exit(0);
  }
  close(ends[1]);
  std::string            text;
  std::array<char, 4096> buffer;
  for (ssize_t count = 1; count > 0;)
  {
    count = read(ends[0], buffer.data(), buffer.size());
    text.append(buffer.data(), static_cast<size_t>(std::max<ssize_t>(count, 0)));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status))
  {
    return WTERMSIG(status) == SIGALRM ? "hangs" : "dies of signal " + std::to_string(WTERMSIG(status));
  }
  if (WEXITSTATUS(status) != 0)
  {
    return WEXITSTATUS(status) == 2 ? "differs when it is read twice"
                                    : "ends with status " + std::to_string(WEXITSTATUS(status));
  }
  std::vector<std::string> fields;
  for (size_t begin = 0; begin < text.size(); begin = text.find('\0', begin) + 1)
  {
    fields.push_back(text.substr(begin, text.find('\0', begin) - begin));
  }
  reading.IsRefused = fields.at(0) == "refused";
  reading.Line = fields.at(1);
  reading.Shape = fields.at(2);
  reading.Voxels = std::stoull(fields.at(3));
  return "";
}

/** Whether a refusal is one line that names what it is about. */
bool
IsClear(const Reading & reading, const fs::path & path)
{
  const bool isCard = path.extension() == ".json";
  return !reading.Line.empty() && reading.Line.size() < 600 && reading.Line.find('\n') == std::string::npos &&
         reading.Line.find("(0x") == std::string::npos &&
         (isCard || reading.Line.find(path.filename().string()) != std::string::npos);
}

/** One folder of the corpus. */
struct Item
{
  fs::path              Folder;
  fs::path              File;
  std::vector<fs::path> Parts;
  Reading               Right;
};

std::vector<Item>
ReadCorpus(const fs::path & corpus)
{
  std::set<fs::path> folders;
  for (const auto & entry : fs::directory_iterator(corpus))
  {
    folders.insert(entry.path());
  }
  std::vector<Item> items;
  for (const fs::path & folder : folders)
  {
    Item item;
    item.Folder = folder;
    for (const auto & entry : fs::directory_iterator(folder))
    {
      item.Parts.push_back(entry.path());
      if (itk::FuzzTest::IsRead(entry.path()))
      {
        item.File = entry.path();
      }
    }
    std::sort(item.Parts.begin(), item.Parts.end());
    const std::string problem = item.File.empty() ? "nothing in it is read" : ReadApart(item.File, item.Right);
    if (!problem.empty() || item.Right.IsRefused)
    {
      throw std::runtime_error(folder.string() + ": undamaged: " + problem + item.Right.Line);
    }
    items.push_back(item);
  }
  return items;
}

/** What is wrong with a reading of a damaged file; empty when nothing is. \c outcome is what it counts as. */
std::string
Judge(const Item & item, const fs::path & file, const Reading & reading, bool onlyVoxels, std::string & outcome)
{
  if (reading.IsRefused)
  {
    outcome = "refused";
    return IsClear(reading, file) ? "" : "is refused with: " + reading.Line;
  }
  if (reading.Shape != item.Right.Shape)
  {
    outcome = "another header, taken at its word";
    return onlyVoxels ? "only voxels were damaged, and the grid is " + reading.Shape : "";
  }
  outcome = reading.Voxels == item.Right.Voxels ? "equal"
            : onlyVoxels                        ? "other voxels"
                                                : "another header, taken at its word";
  return "";
}

int
Run(const fs::path & corpus, double seconds, unsigned int seed, size_t mutations)
{
  if (!fs::exists(corpus) || fs::is_empty(corpus))
  {
    fs::create_directories(corpus);
    itk::FuzzTest::MakeCorpus(corpus);
  }
  const std::vector<Item> items = ReadCorpus(corpus);
  const fs::path          work = fs::temp_directory_path() / ("itkFuzzReaders-" + std::to_string(getpid()));
  const fs::path          failures = corpus.string() + "-failures";
  Mutator                 mutator(seed);

  std::map<std::string, size_t> outcomes;
  size_t                        done = 0;
  size_t                        failed = 0;
  const auto                    start = std::chrono::steady_clock::now();
  const auto                    elapsed = [start] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  for (; (mutations == 0 || done < mutations) && elapsed() < seconds; ++done)
  {
    const Item & item = items[mutator.Below(items.size())];
    fs::remove_all(work);
    fs::copy(item.Folder, work, fs::copy_options::recursive);
    const fs::path    part = item.Parts[mutator.Below(item.Parts.size())];
    const std::string bytes = BytesOf(part);
    const std::string damaged = mutator.Mutate(bytes);
    WriteBytes(work / part.filename(), damaged);

    const size_t common = std::min(bytes.size(), damaged.size());
    const auto   first =
      std::mismatch(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(common), damaged.begin());
    const bool onlyVoxels =
      static_cast<size_t>(first.first - bytes.begin()) >= itk::FuzzTest::BeginOfVoxels(part, bytes);
    const fs::path file = work / item.File.filename();
    Reading        reading;
    std::string    outcome = "failed";
    std::string    problem = ReadApart(file, reading);
    if (problem.empty())
    {
      problem = Judge(item, file, reading, onlyVoxels, outcome);
    }
    if (!problem.empty())
    {
      ++failed;
      const fs::path kept =
        failures / (std::to_string(seed) + '-' + std::to_string(done) + '-' + item.Folder.filename().string());
      fs::create_directories(failures);
      fs::remove_all(kept);
      fs::copy(work, kept, fs::copy_options::recursive);
      std::cout << kept.string() << ": " << problem << std::endl;
    }
    ++outcomes[outcome];
  }
  fs::remove_all(work);

  std::cout << done << " mutations of " << items.size() << " files with seed " << seed << " in " << elapsed() << " s";
  for (const auto & entry : outcomes)
  {
    std::cout << "; " << entry.first << ": " << entry.second;
  }
  std::cout << std::endl;
  return failed > 0 || done == 0 ? 1 : 0;
}
} // namespace

int
main(int argc, char * argv[])
{
  if (argc < 3 || argc > 5)
  {
    std::cerr << "itkFuzzReaders CORPUS SECONDS [SEED [MUTATIONS]]" << std::endl;
    return 2;
  }
  try
  {
    return Run(argv[1],
               std::stod(argv[2]),
               argc > 3 ? static_cast<unsigned int>(std::stoul(argv[3])) : 1,
               argc > 4 ? std::stoul(argv[4]) : 0);
  }
  catch (const std::exception & error)
  {
    std::cerr << "itkFuzzReaders: " << error.what() << std::endl;
    return 1;
  }
}
