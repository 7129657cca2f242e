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
  return line.substr(0, line.find("Exception raised from"));
}

} // namespace SyntheticCTDetail
} // namespace itk
