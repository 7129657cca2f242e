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
#ifndef itkDICOMSeriesCatalog_h
#define itkDICOMSeriesCatalog_h

#include "SyntheticCTDICOMExport.h"

#include "itkObject.h"
#include "itkObjectFactory.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <memory>
#include <string>

namespace itk
{

class DICOMSeriesReader;

/** \class DICOMSeriesCatalog
 * \brief Which DICOM series of images a folder holds.
 *
 * Scan() looks at every file of the folder (subfolders are not entered), or at one file, whatever its name. Files
 * belong to one series when they share the Series Instance UID. Only objects with grey pixels count: a dose
 * (RTDOSE), structures, plans, segmentations, reports, presentation states, colour images, a DICOMDIR and files that
 * are not DICOM do not. One file may be a series, when it is an enhanced (multi-frame) object.
 *
 * Series are in the order of their first files, which are sorted by name. Texts are as in the files, in the character
 * set that those name.
 *
 * Headers are read, pixel data are not; several files at once.
 *
 * \ingroup SyntheticCT */
class SyntheticCTDICOM_EXPORT DICOMSeriesCatalog : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(DICOMSeriesCatalog);

  using Self = DICOMSeriesCatalog;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(DICOMSeriesCatalog);

  /** Looks at a folder or a file. Throws an ExceptionObject when there is none of that name. Damaged files do not
   * throw here; see GetProblem(). */
  void
  Scan(const std::string & path);

  /** What was given to Scan(). */
  std::string
  GetPath() const;

  unsigned int
  GetNumberOfSeries() const;

  /** The Series Instance UID (0020,000e). This and the others throw when there is no such series. */
  std::string
  GetSeriesUID(unsigned int series) const;

  /** The modality (0008,0060), such as MR or CT. */
  std::string
  GetModality(unsigned int series) const;

  /** The series description (0008,103e); may be empty. */
  std::string
  GetDescription(unsigned int series) const;

  /** How many images: files, or frames where a file has several. */
  unsigned int
  GetNumberOfImages(unsigned int series) const;

  unsigned int
  GetNumberOfFiles(unsigned int series) const;

  /** The files in the order of their names. */
  std::string
  GetFileName(unsigned int series, unsigned int file) const;

  /** Modality, description, number of images and UID in one line, to choose from. */
  std::string
  GetSummary(unsigned int series) const;

  /** The number of the series that a text means: its UID, its whole description, the beginning of its UID, or its
   * description without regard to upper and lower case; the first of these that fits any counts. An empty text means
   * the only series. When nothing fits, a colon and a number at the end are the number of a volume in the series, from
   * 1 on, and what is before them means the series. Throws, with the list of series, when none or several fit. */
  unsigned int
  FindSeries(const std::string & text) const;

  /** The number of the volume at the end of such a text; 0 when there is none. */
  unsigned int
  FindVolume(const std::string & text) const;

  /** Whether a text means one series, so that FindSeries() does not throw. */
  bool
  HasSeries(const std::string & text) const;

  /** Files that are DICOM, but damaged, or that could not be read, and may belong to a series of images. */
  unsigned int
  GetNumberOfProblems() const;

  /** One line that begins with the file. */
  std::string
  GetProblem(unsigned int index) const;

  /** What is doubtful but no obstacle, one line each: a file that is named as DICOM, or as the files of a series, and
   * is not; an object with pixels that is no image, and has the UID of a series, or none. */
  unsigned int
  GetNumberOfRemarks() const;
  std::string
  GetRemark(unsigned int index) const;

  /** Whether a file is DICOM, by its content. */
  static bool
  IsDICOM(const std::string & fileName);

protected:
  DICOMSeriesCatalog();
  ~DICOMSeriesCatalog() override;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  friend class DICOMSeriesReader;

  struct Internals;

  std::unique_ptr<Internals> m_Internals;
};

} // namespace itk

#endif
