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
// itkFuzzReaders CORPUS SECONDS [SEED [MUTATIONS [KIND...]]]: damages small files of every kind that the module reads,
// reads what is left, and fails when that crashes, hangs, takes a lot of memory, is refused with a puzzle, or gives
// something else without a word.
//
// CORPUS is a folder of folders with one readable thing each; those of MakeCorpus() are written into it, and what else
// is there, of the same kinds, takes part. The run ends after SECONDS, or after MUTATIONS when they are given. Of the
// kinds (image, dicom, table, card, labels, model) those that are named take part, or all.
//
// What comes of a damaged file has to be one of
// - refused: in one line that names the file or the folder;
// - equal to what the undamaged one gives;
// - said in a remark, whatever it is;
// - a volume on the same grid with other voxels;
// - another grid that is written once in the file, in a field that says something else which is as valid: no reader can
//   know. Judge() has the list of these fields. A text (table, card, list of labels) that says something else is taken
//   at its word in the same way.
// Everything is read twice, over memory that held different things, so that voxels that nobody wrote are seen (with the
// address sanitizer, once). What failed is kept in CORPUS-failures.

#include "itkFuzzJudge.h"
#include "itkFuzzMutator.h"
#include "itkFuzzReading.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{
namespace fs = std::filesystem;
using itk::FuzzTest::Reading;

constexpr unsigned int secondsPerFile = 10;
constexpr long         mostKilobytes = 1L << 20;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool hasSanitizer = true;
#else
constexpr bool hasSanitizer = false;
#endif

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

/** A reading as a text of fields, each of which ends in a zero. */
std::string
Packed(const Reading & reading)
{
  std::string text = std::to_string(reading.IsRefused) + '\0' + reading.Line + '\0' + reading.Text + '\0' +
                     std::to_string(reading.Voxels) + '\0' + std::to_string(reading.Grid.size()) + '\0';
  for (const double number : reading.Grid)
  {
    std::array<char, 64> digits;
    std::snprintf(digits.data(), digits.size(), "%.17g", number);
    text += std::string(digits.data()) + '\0';
  }
  for (const std::string & remark : reading.Remarks)
  {
    text += remark + '\0';
  }
  return text;
}

Reading
Unpacked(const std::string & text)
{
  std::vector<std::string> fields;
  for (size_t begin = 0; begin < text.size(); begin = text.find('\0', begin) + 1)
  {
    fields.push_back(text.substr(begin, text.find('\0', begin) - begin));
  }
  Reading reading;
  reading.IsRefused = fields.at(0) == "1";
  reading.Line = fields.at(1);
  reading.Text = fields.at(2);
  reading.Voxels = std::stoull(fields.at(3));
  const size_t count = std::stoul(fields.at(4));
  for (size_t i = 5; i < fields.size(); ++i)
  {
    if (i < 5 + count)
    {
      reading.Grid.push_back(std::stod(fields[i]));
    }
    else
    {
      reading.Remarks.push_back(fields[i]);
    }
  }
  return reading;
}

/** Works in a process of its own, which ends with a status, and takes the text that it sends. Says what is wrong with
 * the way in which it ended; empty when nothing is. */
std::string
RunApart(const std::function<int(std::string &)> & work, std::string & text)
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
    std::string sent;
    int         status = 4;
    try
    {
      status = work(sent);
    }
    catch (const std::exception & error)
    {
      std::cout << error.what() << std::endl;
    }
    for (size_t done = 0; done < sent.size();)
    {
      const ssize_t count = write(ends[1], sent.data() + done, sent.size() - done);
      if (count <= 0)
      {
        _exit(3);
      }
      done += static_cast<size_t>(count);
    }
    _exit(status);
  }
  close(ends[1]);
  std::array<char, 4096> buffer;
  for (ssize_t count = 1; count > 0;)
  {
    count = read(ends[0], buffer.data(), buffer.size());
    text.append(buffer.data(), static_cast<size_t>(std::max<ssize_t>(count, 0)));
  }
  close(ends[0]);
  int           status = 0;
  struct rusage usage;
  wait4(child, &status, 0, &usage);
  if (WIFSIGNALED(status))
  {
    return WTERMSIG(status) == SIGALRM ? "hangs" : "dies of signal " + std::to_string(WTERMSIG(status));
  }
  if (WEXITSTATUS(status) != 0)
  {
    return WEXITSTATUS(status) == 2 ? "differs when it is read twice"
                                    : "ends with status " + std::to_string(WEXITSTATUS(status));
  }
  return usage.ru_maxrss > mostKilobytes ? "takes " + std::to_string(usage.ru_maxrss / 1024) + " MiB" : "";
}

std::string
ReadApart(const fs::path & folder, Reading & reading)
{
  std::string       text;
  const std::string problem = RunApart(
    [&folder](std::string & sent) {
      alarm(secondsPerFile);
      mallopt(M_PERTURB, 0x55);
      sent = Packed(itk::FuzzTest::Read(folder));
      mallopt(M_PERTURB, 0xaa);
      return hasSanitizer || Packed(itk::FuzzTest::Read(folder)) == sent ? 0 : 2;
    },
    text);
  if (problem.empty())
  {
    reading = Unpacked(text);
  }
  return problem;
}

/** One folder of the corpus. */
struct Item
{
  fs::path              Folder;
  std::vector<fs::path> Parts;
  Reading               Right;
};

void
CopyTo(const fs::path & folder, const fs::path & copy)
{
  fs::remove_all(copy);
  fs::create_directories(copy.parent_path());
  fs::copy(folder, copy, fs::copy_options::recursive);
}

std::map<std::string, std::vector<Item>>
ReadCorpus(const fs::path & corpus, const fs::path & work, const std::set<std::string> & kinds)
{
  std::set<fs::path> folders;
  for (const auto & entry : fs::directory_iterator(corpus))
  {
    const std::string kind = itk::FuzzTest::KindOf(entry.path());
    if (itk::FuzzTest::CanRead(kind) && (kinds.empty() || kinds.count(kind) > 0))
    {
      folders.insert(entry.path());
    }
  }
  std::map<std::string, std::vector<Item>> items;
  for (const fs::path & folder : folders)
  {
    Item item;
    item.Folder = folder;
    for (const auto & entry : fs::directory_iterator(folder))
    {
      item.Parts.push_back(entry.path());
    }
    std::sort(item.Parts.begin(), item.Parts.end());
    const fs::path copy = work / folder.filename();
    CopyTo(folder, copy);
    const std::string problem = ReadApart(copy, item.Right);
    if (!problem.empty() || item.Right.IsRefused)
    {
      throw std::runtime_error(folder.string() + ": undamaged: " + problem + item.Right.Line);
    }
    items[itk::FuzzTest::KindOf(folder)].push_back(item);
  }
  return items;
}

/** Damages one file of an item and reads what is left, in a copy. Says what is wrong. */
std::string
Try(const Item & item, const fs::path & copy, itk::FuzzTest::Mutator & mutator, std::string & outcome)
{
  CopyTo(item.Folder, copy);
  const fs::path        part = item.Parts[mutator.Below(item.Parts.size())];
  itk::FuzzTest::Damage damage;
  damage.Name = part.filename().string();
  damage.Before = BytesOf(part);
  damage.After = mutator.Mutate(damage.Before);
  WriteBytes(copy / part.filename(), damage.After);
  const size_t common = std::min(damage.Before.size(), damage.After.size());
  const auto   first = std::mismatch(
    damage.Before.begin(), damage.Before.begin() + static_cast<std::ptrdiff_t>(common), damage.After.begin());
  damage.OnlyVoxels =
    static_cast<size_t>(first.first - damage.Before.begin()) >= itk::FuzzTest::BeginOfVoxels(part, damage.Before);
  Reading           reading;
  const std::string problem = ReadApart(copy, reading);
  return problem.empty() ? itk::FuzzTest::Judge(copy, item.Right, reading, damage, outcome) : problem;
}

int
Run(const fs::path & corpus, double seconds, unsigned int seed, size_t mutations, const std::set<std::string> & named)
{
  fs::create_directories(corpus);
  std::string       none;
  const std::string problem = RunApart(
    [&corpus](std::string &) {
      itk::FuzzTest::MakeCorpus(corpus);
      return 0;
    },
    none);
  if (!problem.empty())
  {
    throw std::runtime_error("the corpus cannot be made: it " + problem);
  }
  const fs::path work = fs::temp_directory_path() / ("itkFuzzReaders-" + std::to_string(getpid()));
  const fs::path failures = corpus.string() + "-failures";
  const auto     items = ReadCorpus(corpus, work, named);
  // Models take long: they have a part of the others' share.
  constexpr size_t         share = 8;
  std::vector<std::string> kinds;
  for (const auto & entry : items)
  {
    kinds.insert(kinds.end(), entry.first == "model" && items.size() > 1 ? 1 : share, entry.first);
  }

  itk::FuzzTest::Mutator                               mutator(seed);
  std::map<std::string, std::map<std::string, size_t>> outcomes;
  size_t                                               done = 0;
  size_t                                               failed = 0;
  const auto                                           start = std::chrono::steady_clock::now();
  const auto                                           elapsed = [start] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  for (; !kinds.empty() && (mutations == 0 || done < mutations) && elapsed() < seconds; ++done)
  {
    const std::string kind = kinds[mutator.Below(kinds.size())];
    const auto &      choices = items.at(kind);
    const Item &      item = choices[mutator.Below(choices.size())];
    const fs::path    copy = work / item.Folder.filename();
    std::string       outcome = "failed";
    const std::string wrong = Try(item, copy, mutator, outcome);
    if (!wrong.empty())
    {
      ++failed;
      outcome = "failed";
      const fs::path kept = failures / (std::to_string(seed) + '-' + std::to_string(done)) / item.Folder.filename();
      CopyTo(copy, kept);
      std::cout << kept.string() << ": " << wrong << std::endl;
    }
    ++outcomes[kind][outcome];
  }
  fs::remove_all(work);

  for (const auto & kind : outcomes)
  {
    size_t all = 0;
    for (const auto & entry : kind.second)
    {
      all += entry.second;
    }
    std::cout << kind.first << ": " << all << " mutations of " << items.at(kind.first).size() << " folders";
    for (const auto & entry : kind.second)
    {
      std::cout << "; " << entry.first << ": " << entry.second;
    }
    std::cout << std::endl;
  }
  std::cout << done << " mutations with seed " << seed << ", " << failed << " failed" << std::endl;
  return failed > 0 || done == 0 ? 1 : 0;
}
} // namespace

int
main(int argc, char * argv[])
{
  if (argc < 3)
  {
    std::cerr << "itkFuzzReaders CORPUS SECONDS [SEED [MUTATIONS [KIND...]]]" << std::endl;
    return 2;
  }
  try
  {
    return Run(argv[1],
               std::stod(argv[2]),
               argc > 3 ? static_cast<unsigned int>(std::stoul(argv[3])) : 1,
               argc > 4 ? std::stoul(argv[4]) : 0,
               std::set<std::string>(argv + std::min(argc, 5), argv + argc));
  }
  catch (const std::exception & error)
  {
    std::cerr << "itkFuzzReaders: " << error.what() << std::endl;
    return 1;
  }
}
