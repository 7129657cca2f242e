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

namespace itk
{
namespace
{
std::recursive_mutex &
SessionMutex()
{
  static std::recursive_mutex mutex;
  return mutex;
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

  // An error inside a TorchScript file comes as a traceback whose last line says what went wrong.
  const std::string marker = "RuntimeError: ";
  const auto        last = text.rfind(marker);
  std::string       line = last == std::string::npos ? text : text.substr(last + marker.size());
  line = line.substr(0, line.find('\n'));
  return line.substr(0, line.find("Exception raised from"));
}

} // namespace itk
