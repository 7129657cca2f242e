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
#include "sctDICOM.h"

#include "itkGDCMImageIO.h"
#include "itkGDCMSeriesFileNames.h"
#include "itkImageFileWriter.h"
#include "itkMetaDataObject.h"
#include "itkRegionOfInterestImageFilter.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"

#include <gdcmUIDGenerator.h>

#include <iomanip>
#include <sstream>

namespace sct
{
namespace
{
using itk::SyntheticCTDetail::AtomicOutput;

/** What stays the same in a series derived from another: patient, study, frame of reference. */
constexpr const char * keptTags[] = {
  "0008|0005", // specific character set
  "0008|0020", // study date
  "0008|0030", // study time
  "0008|0050", // accession number
  "0008|0090", // referring physician's name
  "0008|1030", // study description
  "0010|0010", // patient's name
  "0010|0020", // patient ID
  "0010|0030", // patient's birth date
  "0010|0040", // patient's sex
  "0010|1010", // patient's age
  "0018|5100", // patient position
  "0020|000d", // study instance UID
  "0020|0010", // study ID
  "0020|0052", // frame of reference UID
  "0020|1040", // position reference indicator
};

std::string
Number(double value)
{
  // A DICOM decimal string has at most 16 characters.
  std::ostringstream text;
  text << std::setprecision(9) << value;
  return text.str();
}

itk::MetaDataDictionary
DictionaryOf(const std::string & folder)
{
  auto names = itk::GDCMSeriesFileNames::New();
  names->SetUseSeriesDetails(true);
  names->SetDirectory(folder);
  const auto & series = names->GetSeriesUIDs();
  if (series.empty())
  {
    throw std::runtime_error(folder + ": no DICOM series in this folder");
  }
  auto io = itk::GDCMImageIO::New();
  io->SetFileName(names->GetFileNames(series.front()).front());
  io->ReadImageInformation();
  return io->GetMetaDataDictionary();
}

} // namespace

void
WriteDICOMSeries(const itk::Image<short, 3> * image, const std::string & folder, const std::string & sourceFolder)
{
  using ImageType = itk::Image<short, 3>;

  const itk::MetaDataDictionary source = DictionaryOf(sourceFolder);

  itk::MetaDataDictionary dictionary;
  const auto              set = [&dictionary](const char * tag, const std::string & value) {
    itk::EncapsulateMetaData<std::string>(dictionary, tag, value);
  };
  for (const char * const tag : keptTags)
  {
    std::string value;
    if (itk::ExposeMetaData<std::string>(source, tag, value))
    {
      set(tag, value);
    }
  }
  gdcm::UIDGenerator uids;
  set("0008|0008", "DERIVED\\SECONDARY\\AXIAL");
  set("0008|0016", "1.2.840.10008.5.1.4.1.1.2"); // CT image storage
  set("0008|0060", "CT");
  set("0008|0070", "SyntheticCT");
  set("0008|103e", "Synthetic CT, not for clinical use");
  set("0008|2111", "Synthetic CT computed by SyntheticCT");
  set("0018|0060", "");
  set("0020|000e", uids.Generate());
  set("0020|0011", "1");
  const auto & spacing = image->GetSpacing();
  set("0018|0050", Number(spacing[2]));
  set("0018|0088", Number(spacing[2]));
  set("0028|1052", "-1024");
  set("0028|1053", "1");
  set("0028|1054", "HU");
  set("0028|1050", "40");
  set("0028|1051", "400");

  AtomicOutput                output(folder, AtomicOutput::KindEnum::Folder);
  const ImageType::RegionType region = image->GetLargestPossibleRegion();
  for (itk::SizeValueType slice = 0; slice < region.GetSize(2); ++slice)
  {
    ImageType::RegionType sliceRegion = region;
    sliceRegion.SetIndex(2, region.GetIndex(2) + static_cast<itk::IndexValueType>(slice));
    sliceRegion.SetSize(2, 1);
    auto extract = itk::RegionOfInterestImageFilter<ImageType, ImageType>::New();
    extract->SetInput(image);
    extract->SetRegionOfInterest(sliceRegion);
    extract->Update();

    set("0008|0018", uids.Generate());
    set("0020|0013", std::to_string(slice + 1));
    auto io = itk::GDCMImageIO::New();
    io->SetMetaDataDictionary(dictionary);
    io->KeepOriginalUIDOn();

    std::ostringstream name;
    name << "CT" << std::setw(4) << std::setfill('0') << slice + 1 << ".dcm";
    auto writer = itk::ImageFileWriter<ImageType>::New();
    writer->SetInput(extract->GetOutput());
    writer->SetImageIO(io);
    writer->UseInputMetaDataDictionaryOff();
    writer->SetFileName(output.GetTemporaryName() + '/' + name.str());
    writer->Update();
  }
  output.Commit();
}

} // namespace sct
