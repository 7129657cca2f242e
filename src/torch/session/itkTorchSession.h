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
#ifndef itkTorchSession_h
#define itkTorchSession_h

#include "itkMacro.h"

#include <c10/util/Exception.h>

#include <mutex>
#include <string>
#include <utility>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class TorchSession
 * \brief The one place through which LibTorch computes.
 *
 * LibTorch's number of intra-op threads belongs to the process. A session takes the process-wide lock and sets that
 * number. The number stays when the session ends: setting it builds LibTorch's pool of threads anew, which takes
 * milliseconds, so it is set only when it changes. Inter-op threads are never touched. Sessions of one thread nest.
 *
 * \ingroup SyntheticCT
 */
class TorchSession
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(TorchSession);

  /** Take the lock and leave the number of threads as it is. */
  TorchSession();

  /** \param numberOfThreads Intra-op threads, at least 1. */
  explicit TorchSession(unsigned int numberOfThreads);

private:
  std::unique_lock<std::recursive_mutex> m_Lock;
};

/** What an error of LibTorch says was wrong, as one line of a few hundred letters: without stack trace, source location
 * and traceback of TorchScript, and without the lists of what LibTorch was built with. */
std::string
TorchErrorLine(const std::exception & error);

/** Call \c work; whatever LibTorch throws leaves as an itk::ExceptionObject of one line that begins with \c what. */
template <typename TWork>
decltype(auto)
TorchCall(const std::string & what, TWork && work)
{
  try
  {
    return std::forward<TWork>(work)();
  }
  catch (const itk::ExceptionObject &)
  {
    throw;
  }
  catch (const std::exception & error)
  {
    itkGenericExceptionMacro(<< what << ": " << TorchErrorLine(error));
  }
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
