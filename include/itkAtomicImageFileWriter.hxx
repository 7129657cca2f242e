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
#ifndef itkAtomicImageFileWriter_hxx
#define itkAtomicImageFileWriter_hxx

#include "itkAtomicImageFileWriter.h"

#include "SyntheticCTDetail/itkVolumeFileFormat.h"

namespace itk
{

template <typename TInputImage>
AtomicImageFileWriter<TInputImage>::AtomicImageFileWriter()
{
  this->UseCompressionOn();
}

template <typename TInputImage>
void
AtomicImageFileWriter<TInputImage>::Write()
{
  const std::string                         path = this->GetFileName();
  const SyntheticCTDetail::VolumeFileFormat format(path);
  SyntheticCTDetail::AtomicOutput           output(path, format.GetKind(), format.GetTemporaryEnd());
  this->SetImageIO(format.CreateImageIO(output.GetTemporaryName()));
  this->SetFileName(output.GetTemporaryName());
  try
  {
    Superclass::Write();
    format.VerifyFile(output.GetTemporaryName());
  }
  catch (const ProcessAborted &)
  {
    this->SetFileName(path);
    throw;
  }
  catch (const ExceptionObject & error)
  {
    this->SetFileName(path);
    SyntheticCTDetail::Fail(path + ": cannot be written: " + error.GetDescription());
  }
  this->SetFileName(path);
  output.Commit();
}

} // namespace itk

#endif
