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
#include "sctCommandLine.h"

#include "itkMultiThreaderBase.h"
#include "SyntheticCTDetail/itkExceptionText.h"

#include <cmath>
#include <iostream>

namespace sct
{
void
AddCommonOptions(CLI::App & app, CommonOptions & options, bool withDevice)
{
  app.add_option("--threads", options.Threads, "Number of threads (default: as many as the machine has)")
    ->check(CLI::Range(1, 1024))
    ->type_name("N");
  if (withDevice)
  {
    app.add_option("--device", options.Device, "Where the network runs: cpu, cuda or cuda:N")
      ->capture_default_str()
      ->type_name("NAME");
  }
  app.add_option("--json", options.JSONFile, "Write a report in JSON to FILE, or to the standard output without FILE")
    ->expected(0, 1)
    ->default_str("-")
    ->type_name("FILE");
}

int
Run(CLI::App & app, int argc, char ** argv, const CommonOptions & options, const std::function<void()> & work)
{
  try
  {
    app.parse(argc, argv);
  }
  catch (const CLI::Success & success)
  {
    return app.exit(success);
  }
  catch (const CLI::ParseError & error)
  {
    std::cerr << app.get_name() << ": " << OneLine(error) << " (see --help)" << std::endl;
    return 2;
  }

  try
  {
    if (options.Threads > 0)
    {
      itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(options.Threads);
      itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(options.Threads);
    }
    work();
  }
  catch (const std::exception & error)
  {
    std::cerr << app.get_name() << ": " << OneLine(error) << std::endl;
    return 1;
  }
  return 0;
}

std::string
OneLine(const std::exception & error)
{
  return itk::SyntheticCTDetail::ExceptionText(error);
}

std::string
CheckFinite(const std::string & text)
{
  double number = 0.0;
  return CLI::detail::lexical_cast(text, number) && std::isfinite(number) ? ""
                                                                          : "'" + text + "' should be a finite number";
}

std::string
CheckNotNegative(const std::string & text)
{
  double number = 0.0;
  return CLI::detail::lexical_cast(text, number) && std::isfinite(number) && number >= 0.0
           ? ""
           : "'" + text + "' should be a finite number of at least 0";
}

} // namespace sct
