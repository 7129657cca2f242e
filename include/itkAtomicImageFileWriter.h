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
#ifndef itkAtomicImageFileWriter_h
#define itkAtomicImageFileWriter_h

#include "itkImageFileWriter.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

namespace itk
{

/** \class AtomicImageFileWriter
 * \brief An ImageFileWriter whose file is complete or not there.
 *
 * The file is written under a hidden name in the same folder, read back as far as needed to see that every voxel is in
 * it, and renamed when the disk has it. Of formats with two files (.mhd, .nhdr, .hdr and .img) both take their names
 * in this way, the header last, which points to the final name of the other. When writing fails, because the disk is
 * full for instance, or the process is killed, the final name holds what it held before (of two files: nothing that
 * can be read).
 *
 * The format follows from the name; it has to be one that OutputFiles takes for a volume. Voxels are compressed unless
 * UseCompressionOff() is called.
 *
 * Update() throws an ExceptionObject with one line that begins with the file's name.
 *
 * \ingroup SyntheticCT */
template <typename TInputImage>
class ITK_TEMPLATE_EXPORT AtomicImageFileWriter : public ImageFileWriter<TInputImage>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(AtomicImageFileWriter);

  using Self = AtomicImageFileWriter;
  using Superclass = ImageFileWriter<TInputImage>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(AtomicImageFileWriter);

  void
  Write() override;

protected:
  AtomicImageFileWriter();
  ~AtomicImageFileWriter() override = default;
};

} // namespace itk

#ifndef ITK_MANUAL_INSTANTIATION
#  include "itkAtomicImageFileWriter.hxx"
#endif

#endif
