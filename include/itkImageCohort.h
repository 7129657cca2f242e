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
#ifndef itkImageCohort_h
#define itkImageCohort_h

#include "itkIntTypes.h"
#include "itkObject.h"
#include "itkObjectFactory.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTExport.h"

#include <string>
#include <vector>

namespace itk
{

/** \class ImageCohort
 * \brief The cases of a cohort: which files belong to which case, found in folders or read from a table.
 *
 * \code
 * auto cohort = itk::ImageCohort::New();
 * cohort->AddFile("mr", "mr", true);
 * cohort->AddFile("ct", "ct", true);
 * cohort->AddFile("mask", "mask", false);
 * cohort->Read("Task1");
 * \endcode
 *
 * **Folders.** A case is a folder, named as the case, with volumes of certain names: `ct.nii.gz` and so on, in any of
 * the formats .nii.gz, .nii, .mha, .mhd and .nrrd, in upper or lower case. The cases lie next to each other in the
 * given folder, or all in folders below it: `1BA001/ct.nii.gz` in the folder `Task1/brain`, `brain/1BA001/ct.nii.gz` in
 * `Task1`, and so on, down to four levels. The folders of the first level that has a case are looked at. One that has
 * none of the required volumes is passed over, and so is one whose name begins with a dot; a remark names them. One
 * that has some of the required volumes, and not all, is a case with an error, and so is one that has the same volume
 * in two files. Two cases of the same name are an error of the whole cohort. Cases are in the order of their names.
 *
 * **Tables.** A line of column names, then a line for each case. Fields are separated by commas, semicolons or
 * tabulators and quoted as in RFC 4180 where needed; lines end in any of the usual ways; a byte-order mark, empty lines
 * and empty columns at the end do not count: what spreadsheets save as CSV. The column `case` is the name; columns
 * whose names begin with `x-` are free for any use. Paths are relative to the folder of the table. Any other table is
 * an error that names the line; whether the files exist is found when they are read.
 *
 * A volume that some cases have, and not all, leaves a remark.
 *
 * Errors are itk::ExceptionObject with one line, which begins with the folder or table. An index that is too large
 * throws.
 *
 * \sa EvaluationCohort
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT ImageCohort : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ImageCohort);

  using Self = ImageCohort;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(ImageCohort);

  /** Say what is looked for.
   * \param column The name of the column in tables, by which GetFileName() knows the file too.
   * \param volume The name of the volume in a folder, without its ending; empty when it lies elsewhere.
   * \param isRequired Whether every case has to have it. */
  void
  AddFile(const std::string & column, const std::string & volume, bool isRequired);

  /** Find the cases of a folder. */
  void
  ReadFolder(const std::string & folder);

  /** Read a table of cases. */
  void
  ReadTable(const std::string & path);

  /** Reads a folder or a table, whichever the path is. */
  void
  Read(const std::string & path);

  SizeValueType
  GetNumberOfCases() const;

  std::string
  GetCaseName(SizeValueType index) const;

  /** What is known to be wrong with the case; empty when nothing is. */
  std::string
  GetCaseError(SizeValueType index) const;

  /** The file of a case; empty when it does not have it. Throws when nothing of this column is looked for. */
  std::string
  GetFileName(SizeValueType index, const std::string & column) const;

  /** What was doubtful: lines that begin with the folder or table. */
  SizeValueType
  GetNumberOfRemarks() const;
  std::string
  GetRemark(SizeValueType index) const;

  /** The folder or table that was read. */
  itkGetStringMacro(Source);

protected:
  ImageCohort() = default;
  ~ImageCohort() override = default;

  /** What is looked for. */
  struct FileKind
  {
    std::string Column;
    std::string Volume;
    bool        IsRequired;
  };

  struct Case
  {
    std::string Name;
    /** The folder of the case, relative to that of the cohort; empty for a table. */
    std::string RelativePath;
    /** One for each kind of file. */
    std::vector<std::string> Files;
    std::string              Error;
  };

  const std::vector<FileKind> &
  GetFileKinds() const
  {
    return m_FileKinds;
  }

  /** The number of a column. Throws when there is none. */
  size_t
  GetColumn(const std::string & column) const;

  /** The cases of a table that has to have some of the columns. */
  std::vector<Case>
  ParseTable(const std::string & path, const std::vector<std::string> & required) const;

  Case &
  GetCase(SizeValueType index);
  const Case &
  GetCase(SizeValueType index) const;

  void
  SetCases(std::vector<Case> cases, const std::string & source);

  void
  AddRemark(const std::string & line);

  /** Add a remark when some cases have the file of a column and others lack it. */
  void
  RemarkMissingFiles(size_t column);

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  std::vector<FileKind>    m_FileKinds;
  std::vector<Case>        m_Cases;
  std::vector<std::string> m_Remarks;
  std::string              m_Source;
};

} // namespace itk

#endif
