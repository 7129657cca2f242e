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
#ifndef itkAtomicOutput_h
#define itkAtomicOutput_h

#include "SyntheticCTDetail/itkExceptionText.h"

#include "SyntheticCTExport.h"

#include <string>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class AtomicOutput
 * \brief An output that takes its final name only when it is complete.
 *
 * What is written goes to a hidden name in the same folder, `.partial-<process>-<number>-<name>`, and takes the final
 * name in Commit(), after the disk has it. Until then the final name holds what it held before. Without Commit() the
 * destructor removes what was written; what a killed process leaves is removed by the next one that writes the same
 * name. Several processes and threads may write the same name: the last to commit wins.
 *
 * The object holds a lock (flock) on its hidden file or folder, which ends with the process however that ends; that is
 * how a leftover is told from the file of another process that is still writing, on this computer or on another one.
 * A symbolic link at the final name stays, and the file that it points to is replaced.
 *
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT AtomicOutput
{
public:
  enum class KindEnum
  {
    /** One file: write to GetTemporaryName(). */
    File,
    /** A header and its data files: write the header to GetTemporaryName(), and the others beside it under their final
     * names. The data files take their places first and the header last; an old header is removed before. */
    Files,
    /** A new folder: write into GetTemporaryName(). Throws when the folder exists in Commit(). */
    Folder
  };

  /** Creates the hidden file or folder.
   *
   * \param path The final name; a folder may have a slash at its end.
   * \param kind What is written.
   * \param temporaryEnd How the hidden name of a File ends, when not as the final one: some writers choose their format
   * by it.
   *
   * Throws an ExceptionObject with one line that begins with the final name when it cannot be created. */
  explicit AtomicOutput(const std::string & path,
                        KindEnum            kind = KindEnum::File,
                        const std::string & temporaryEnd = "");
  ~AtomicOutput();
  AtomicOutput(const AtomicOutput &) = delete;
  AtomicOutput &
  operator=(const AtomicOutput &) = delete;

  /** Where to write. */
  const std::string &
  GetTemporaryName() const
  {
    return m_TemporaryName;
  }

  /** Gives what was written its final name. Throws an ExceptionObject with one line that begins with the final name
   * when something is not written; the final name is then as before. */
  void
  Commit();

private:
  void
  Create(const std::string & end);

  /** As given, for messages. */
  std::string m_GivenPath;
  /** With links resolved, without a slash at the end. */
  std::string m_Path;
  KindEnum    m_Kind;
  /** The hidden file or folder. */
  std::string m_HiddenPath;
  std::string m_TemporaryName;
  /** The descriptor that holds the lock. */
  int m_Lock{ -1 };
};

/** Writes a text and a line feed through an AtomicOutput. A name of something that is no file, such as `/dev/stdout`,
 * is written to directly. Throws an ExceptionObject when it cannot be written. */
SyntheticCT_EXPORT void
WriteText(const std::string & text, const std::string & path);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
