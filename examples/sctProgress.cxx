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
#include "sctProgress.h"

#include "itkCommand.h"

#include <algorithm>
#include <cstdio>
#include <exception>

#include <unistd.h>

namespace sct
{

StageProgress::StageProgress(std::string title, itk::ProcessObject * filter)
  : m_Title(std::move(title))
  , m_Filter(filter)
  , m_IsTerminal(isatty(STDERR_FILENO) != 0)
  , m_UncaughtExceptions(std::uncaught_exceptions())
  , m_Start(std::chrono::steady_clock::now())
{
  if (m_Filter)
  {
    m_Tag = m_Filter->AddObserver(itk::ProgressEvent(),
                                  [this](const itk::EventObject &) { this->Show(m_Filter->GetProgress()); });
  }
  this->Show(0.0);
}

void
StageProgress::Say(const std::string & line)
{
  std::fprintf(stderr, "%s%s\n", m_IsTerminal ? ("\r" + std::string(80, ' ') + "\r").c_str() : "", line.c_str());
  m_LastPercent = -1;
}

void
StageProgress::Show(double share)
{
  const int percent = static_cast<int>(100.0 * std::min(1.0, std::max(0.0, share)));
  if (!m_IsTerminal || percent == m_LastPercent)
  {
    return;
  }
  m_LastPercent = percent;
  const int         width = 30;
  const std::string bar(static_cast<size_t>(width * percent / 100), '#');
  std::fprintf(stderr, "\r%-32s [%-30s] %3d %%", m_Title.c_str(), bar.c_str(), percent);
  std::fflush(stderr);
}

StageProgress::~StageProgress()
{
  if (m_Filter)
  {
    m_Filter->RemoveObserver(m_Tag);
  }
  if (std::uncaught_exceptions() > m_UncaughtExceptions)
  {
    if (m_IsTerminal)
    {
      std::fprintf(stderr, "\r%80s\r", "");
    }
    return;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - m_Start;
  std::fprintf(stderr, "%s%-32s %6.1f s%30s\n", m_IsTerminal ? "\r" : "", m_Title.c_str(), seconds.count(), "");
}

} // namespace sct
