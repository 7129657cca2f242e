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
#include "itkTorchSession.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <iterator>
#include <sstream>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
std::recursive_mutex &
SessionMutex()
{
  static std::recursive_mutex mutex;
  return mutex;
}

bool
EndsWith(const std::string & text, const std::string & end)
{
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool
Contains(const std::string & text, const std::string & part)
{
  return text.find(part) != std::string::npos;
}

/** What stands between two parts of a text; empty when they do not stand there in this order. */
std::string
Between(const std::string & text, const std::string & before, const std::string & after)
{
  const auto begin = text.find(before);
  const auto end = begin == std::string::npos ? begin : text.find(after, begin + before.size());
  return end == std::string::npos ? std::string() : text.substr(begin + before.size(), end - begin - before.size());
}

/** Errors that LibTorch explains at length to whoever builds LibTorch, in words for whoever has a network. */
std::string
Explained(const std::string & line)
{
  const std::string advice = "; export the network on the CPU, without a device in its code";
  const std::string operation = Between(line, "Could not run '", "'");
  const std::string backend = Between(line, "from the '", "' backend");
  // A backend that is not there, of which LibTorch then lists all that are.
  const bool wantsCUDA = Contains(backend, "CUDA");
  if (!backend.empty() && !wantsCUDA)
  {
    return "LibTorch can't compute '" + operation + "' with tensors of the kind " + backend + " here";
  }
  static const char * const withoutCUDA[] = {
    "not compiled with CUDA", "Cannot initialize CUDA",     "not linked with support for cuda",
    "Found no NVIDIA driver", "No CUDA GPUs are available", "no CUDA-capable device",
    "on a CUDA device but"
  };
  if (wantsCUDA || std::any_of(std::begin(withoutCUDA), std::end(withoutCUDA), [&](const char * part) {
        return Contains(line, part);
      }))
  {
    return "the code of the network asks for CUDA" + (operation.empty() ? "" : " ('" + operation + "')") +
           ", which is not there" + advice;
  }
  if (Contains(line, "Expected all tensors to be on the same device"))
  {
    return "the code of the network puts tensors on a device of its own" + advice;
  }
  return line;
}

/** Not longer than a reader reads, and in one line. */
std::string
Shortened(std::string line)
{
  constexpr size_t longest = 300;
  std::replace_if(
    line.begin(), line.end(), [](const char letter) { return letter == '\r' || letter == '\t'; }, ' ');
  if (line.size() > longest)
  {
    line.erase(std::min(longest, line.rfind(' ', longest)));
    line += " ...";
  }
  while (!line.empty() && line.back() == ' ')
  {
    line.pop_back();
  }
  return line;
}
} // namespace

TorchSession::TorchSession()
  : m_Lock(SessionMutex())
{}

TorchSession::TorchSession(unsigned int numberOfThreads)
  : m_Lock(SessionMutex())
{
  const int threads = static_cast<int>(numberOfThreads);
  if (at::get_num_threads() != threads)
  {
    at::set_num_threads(threads);
  }
}

std::string
TorchErrorLine(const std::exception & error)
{
  const auto * const torchError = dynamic_cast<const c10::Error *>(&error);
  const std::string  text = torchError ? torchError->what_without_backtrace() : error.what();

  // An error inside a network comes as a traceback that ends with the kind of the error and what was wrong, such as
  // "RuntimeError: ..."; any other begins with what was wrong, after blank lines.
  std::istringstream lines(text);
  std::string        first;
  std::string        raised;
  for (std::string line; std::getline(lines, line);)
  {
    if (first.empty())
    {
      first = line;
    }
    const auto end = line.find(": ");
    const auto kind = line.substr(0, end);
    if (end != std::string::npos && kind.find(' ') == std::string::npos &&
        (EndsWith(kind, "Error") || EndsWith(kind, "Exception")))
    {
      raised = line.substr(end + 2);
    }
  }
  const std::string & line = raised.empty() ? first : raised;
  return Shortened(Explained(line.substr(0, line.find("Exception raised from"))));
}

} // namespace SyntheticCTDetail
} // namespace itk
