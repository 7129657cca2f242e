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
#ifndef itkDICOMVolumeReader_h
#define itkDICOMVolumeReader_h

#include "SyntheticCTDICOMExport.h"

#include "itkVolumeReader.h"

#include <string>
#include <vector>

namespace itk
{

class DICOMSeriesCatalog;

/** \class DICOMVolumeReader
 * \brief Reads volumes as VolumeReader does, and DICOM as DICOMSeriesReader: a folder with a series, or an enhanced
 * (multi-frame) object in one file. The image's meta-data dictionary holds what DICOMSeriesReader puts there.
 *
 * \ingroup SyntheticCT */
class SyntheticCTDICOM_EXPORT DICOMVolumeReader : public VolumeReader
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(DICOMVolumeReader);

  using Self = DICOMVolumeReader;
  using Superclass = VolumeReader;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(DICOMVolumeReader);

  /** Which series is read from folders that hold several, as in DICOMSeriesReader::SetSeries(). There may be several
   * texts for several folders: one of them has to mean a series of each. The only series of a folder is read in any
   * case, with a remark when it is none of those that were asked for. */
  void
  AddSeries(const std::string & text);
  void
  ClearSeries();
  unsigned int
  GetNumberOfSeries() const;
  std::string
  GetSeries(unsigned int index) const;

  /** Whether a path is a folder or a DICOM file. */
  static bool
  IsDICOM(const std::string & path);

protected:
  DICOMVolumeReader();
  ~DICOMVolumeReader() override;

  ImageType::Pointer
  ReadPath(const std::string & path) override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  std::string
  ChooseSeries(const DICOMSeriesCatalog * catalog, const std::string & path);

  std::vector<std::string> m_Series;
};

} // namespace itk

#endif
