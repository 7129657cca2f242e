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
#ifndef sctCommandLine_hxx
#define sctCommandLine_hxx

#include "itkImageFileWriter.h"

namespace sct
{

/** A name beside the final one, with the same extension so that the format stays the same. It is removed unless it is
 * committed. */
class TemporaryFile
{
public:
  explicit TemporaryFile(std::string path);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &
  operator=(const TemporaryFile &) = delete;

  const std::string &
  GetName() const
  {
    return m_Name;
  }

  /** Give the file its final name. */
  void
  Commit();

private:
  std::string m_Path;
  std::string m_Name;
};

template <typename TImage>
void
WriteVolume(const TImage * image, const std::string & path)
{
  TemporaryFile file(path);
  auto          writer = itk::ImageFileWriter<TImage>::New();
  writer->SetInput(image);
  writer->SetFileName(file.GetName());
  writer->UseCompressionOn();
  writer->Update();
  file.Commit();
}

} // namespace sct

#endif
