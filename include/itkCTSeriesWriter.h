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
#ifndef itkCTSeriesWriter_h
#define itkCTSeriesWriter_h

#include "SyntheticCTDICOMExport.h"

#include "itkImage.h"
#include "itkProcessObject.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <string>

namespace itk
{

/** \class CTSeriesWriter
 * \brief Writes a synthetic CT in HU as a DICOM CT series into a new folder, one file per slice.
 *
 * Patient, study and frame of reference are those of a DICOM file of the series that the CT was computed from, so that
 * a planning system keeps both together; series, instances, modality and the rescale to HU are new. The series says of
 * itself that it is derived, and not for clinical use. Files are named CT0001.dcm and so on, from the first slice of
 * the image to the last; values are stored with a Rescale Intercept of -1024.
 *
 * The folder is written under a hidden temporary name beside its own and renamed when it is complete. Throws an
 * ExceptionObject when the folder exists already, when it cannot be written or when the source is no DICOM file.
 *
 * \ingroup SyntheticCT */
class SyntheticCTDICOM_EXPORT CTSeriesWriter : public ProcessObject
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(CTSeriesWriter);

  using Self = CTSeriesWriter;
  using Superclass = ProcessObject;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(CTSeriesWriter);

  using ImageType = Image<short, 3>;

  using Superclass::SetInput;
  /** The CT in HU. */
  void
  SetInput(const ImageType * image);
  const ImageType *
  GetInput() const;

  /** The folder, which must not exist; its parent must. A slash at the end does not matter. */
  itkSetStringMacro(Directory);
  itkGetStringMacro(Directory);

  /** A DICOM file of the series from which the CT was computed, such as DICOMSeriesReader::GetSliceFileName(0). */
  itkSetStringMacro(SourceFileName);
  itkGetStringMacro(SourceFileName);

  /** Write the series; brings the input up to date first. */
  void
  Write();
  void
  Update() override
  {
    this->Write();
  }

protected:
  CTSeriesWriter();
  ~CTSeriesWriter() override;

  void
  VerifyPreconditions() const override;
  void
  GenerateData() override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  std::string m_Directory;
  std::string m_SourceFileName;
};

} // namespace itk

#endif
