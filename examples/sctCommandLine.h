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
#ifndef sctCommandLine_h
#define sctCommandLine_h

// What the programs share: options and errors.

#include <CLI/CLI.hpp>

#include <exception>
#include <functional>
#include <string>

namespace sct
{

/** Options with the same name and meaning in every program. */
struct CommonOptions
{
  /** 0: as many as the machine has. */
  unsigned int Threads{ 0 };
  std::string  Device{ "cpu" };
  /** Name of the report; `-` is the standard output. */
  std::string JSONFile;
};

/** Add --threads and --json, and --device for programs that run a network. */
void
AddCommonOptions(CLI::App & app, CommonOptions & options, bool withDevice);

/** Parse, set the number of threads, work. Bad usage gives 2 and what is wrong; whatever is thrown by the work gives 1
 * and one line on the standard error. */
int
Run(CLI::App & app, int argc, char ** argv, const CommonOptions & options, const std::function<void()> & work);

/** What an exception says, as one line. */
std::string
OneLine(const std::exception & error);

/** For CLI::Option::check(): what is wrong with a number that has to be finite, or finite and not negative; empty when
 * nothing is. CLI11's own checks let NaN pass. */
std::string
CheckFinite(const std::string & text);
std::string
CheckNotNegative(const std::string & text);

} // namespace sct

#endif
