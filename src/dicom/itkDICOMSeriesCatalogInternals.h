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
#ifndef itkDICOMSeriesCatalogInternals_h
#define itkDICOMSeriesCatalogInternals_h

#include "itkDICOMFile.h"
#include "itkDICOMSeriesCatalog.h"
#include "itkDICOMStack.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace itk
{

struct DICOMSeriesCatalog::Internals
{
  using FileType = SyntheticCTDetail::DICOMFile;

  struct Series
  {
    std::string                   UID;
    std::string                   Modality;
    std::string                   Description;
    unsigned int                  NumberOfImages{ 0 };
    std::vector<const FileType *> Files;
    /** Images in colour that are part of the series. */
    std::vector<const FileType *> ColourFiles;
  };

  struct Problem
  {
    std::string FileName;
    std::string Text;
    /** Empty where it could not be read. */
    std::string SeriesUID;
  };

  /** Throws when there is no such series. */
  const Series &
  GetSeries(unsigned int index) const;

  /** The series that a text means, and the volume after its colon, or 0; see FindSeries(). */
  struct Choice
  {
    std::vector<unsigned int> Series;
    unsigned int              Volume{ 0 };
  };
  Choice
  Match(const std::string & text) const;
  std::vector<unsigned int>
  MatchSeries(const std::string & text) const;

  /** A file that is no image, and is not spoken of unless it may have been one of a series. */
  struct PassedOver
  {
    std::string FileName;
    std::string Text;
    bool        IsDICOM;
    /** Empty where there is none. */
    std::string SeriesUID;
  };

  /** Puts a file where it belongs. */
  void
  Sort(std::unique_ptr<FileType> file);

  /** Says which of the files that were passed over may have been damaged images of a series. */
  void
  RemarkOnPassedOver();

  /** What is here instead of images, for a message. */
  std::string
  GetOthers() const;

  std::string                            Path;
  bool                                   IsFolder{ true };
  std::vector<std::unique_ptr<FileType>> Files;
  std::vector<Series>                    AllSeries;
  std::vector<Problem>                   Problems;
  std::vector<PassedOver>                PassedOverFiles;
  std::map<std::string, unsigned int>    Others;
  SyntheticCTDetail::DICOMRemarks        Remarks;
};

} // namespace itk

#endif
