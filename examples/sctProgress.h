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
#ifndef sctProgress_h
#define sctProgress_h

#include "itkProcessObject.h"

#include <chrono>
#include <string>

namespace sct
{

/** \class StageProgress
 * \brief Shows the progress of one stage: a bar on a terminal, a plain line when it ends elsewhere.
 *
 * The stage ends with the life of the object. */
class StageProgress
{
public:
  /** \param filter Whose ProgressEvents are shown; may be null for a stage without a filter. */
  explicit StageProgress(std::string title, itk::ProcessObject * filter = nullptr);
  ~StageProgress();
  StageProgress(const StageProgress &) = delete;
  StageProgress &
  operator=(const StageProgress &) = delete;

  /** A line on the standard error, which does not run into the bar. */
  void
  Say(const std::string & line);

  /** Share of the stage that is done, in [0, 1]. */
  void
  Show(double share);

private:
  std::string                           m_Title;
  itk::ProcessObject::Pointer           m_Filter;
  unsigned long                         m_Tag{ 0 };
  bool                                  m_IsTerminal{ false };
  int                                   m_LastPercent{ -1 };
  int                                   m_UncaughtExceptions{ 0 };
  std::chrono::steady_clock::time_point m_Start;
};

} // namespace sct

#endif
