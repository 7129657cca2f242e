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
#include "itkCTSeriesWriter.h"

#include "itkDICOMFile.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkFilterThreading.h"

#include "itkGDCMImageIO.h"
#include "itkImageFileWriter.h"
#include "itkMetaDataObject.h"
#include "itkRegionOfInterestImageFilter.h"

#include <gdcmUIDGenerator.h>

#include <filesystem>
#include <iomanip>
#include <sstream>

namespace itk
{
namespace
{
namespace fs = std::filesystem;
using SyntheticCTDetail::AtomicOutput;
using SyntheticCTDetail::DICOMFile;
using SyntheticCTDetail::DICOMTag;
using SyntheticCTDetail::Fail;

/** What stays the same in a series derived from another: patient, study, frame of reference. */
constexpr DICOMTag keptTags[] = {
  0x00080005, // specific character set
  0x00080020, // study date
  0x00080030, // study time
  0x00080050, // accession number
  0x00080090, // referring physician's name
  0x00081030, // study description
  0x00100010, // patient's name
  0x00100020, // patient ID
  0x00100030, // patient's birth date
  0x00100040, // patient's sex
  0x00101010, // patient's age
  0x00185100, // patient position
  0x0020000d, // study instance UID
  0x00200010, // study ID
  0x00200052, // frame of reference UID
  0x00201040, // position reference indicator
};

/** A DICOM decimal string has at most 16 characters. */
std::string
NumberText(double value)
{
  std::ostringstream text;
  text << std::setprecision(9) << value;
  return text.str();
}

/** As ITK's dictionaries name it. */
std::string
KeyOf(DICOMTag tag)
{
  std::ostringstream key;
  key << std::hex << std::setfill('0') << std::setw(4) << (tag >> 16) << '|' << std::setw(4) << (tag & 0xffff);
  return key.str();
}

} // namespace

CTSeriesWriter::CTSeriesWriter()
{
  this->SetNumberOfRequiredInputs(1);
}

CTSeriesWriter::~CTSeriesWriter() = default;

void
CTSeriesWriter::SetInput(const ImageType * image)
{
  // Process objects are not const-correct.
  this->SetNthInput(0, const_cast<ImageType *>(image));
}

auto
CTSeriesWriter::GetInput() const -> const ImageType *
{
  return static_cast<const ImageType *>(this->GetPrimaryInput());
}

void
CTSeriesWriter::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  if (m_Directory.empty())
  {
    itkSyntheticCTExceptionMacro("Directory is empty but should be the name of a new folder.");
  }
  if (fs::exists(m_Directory))
  {
    Fail(m_Directory + ": exists already; a DICOM series is written into a new folder");
  }
  if (m_SourceFileName.empty())
  {
    itkSyntheticCTExceptionMacro(
      "SourceFileName is empty but should be a DICOM file of the series that the CT comes from.");
  }
}

void
CTSeriesWriter::Write()
{
  this->VerifyPreconditions();

  this->SetAbortGenerateData(false);
  this->UpdateProgress(0.0F);
  auto * const input = const_cast<ImageType *>(this->GetInput());
  input->UpdateOutputInformation();
  input->SetRequestedRegionToLargestPossibleRegion();
  input->PropagateRequestedRegion();
  input->UpdateOutputData();

  this->InvokeEvent(StartEvent());
  this->GenerateData();
  this->UpdateProgress(1.0F);
  this->InvokeEvent(EndEvent());
  this->ReleaseInputs();
}

void
CTSeriesWriter::GenerateData()
{
  const DICOMFile source(m_SourceFileName);
  if (source.GetState() != DICOMFile::State::Good)
  {
    Fail(m_SourceFileName + ": should be a DICOM file of the series that the CT comes from");
  }
  MetaDataDictionary dictionary;
  const auto         set = [&dictionary](const std::string & key, const std::string & value) {
    EncapsulateMetaData<std::string>(dictionary, key, value);
  };
  for (const DICOMTag tag : keptTags)
  {
    if (source.GetDataSet().IsThere(tag))
    {
      set(KeyOf(tag), source.GetDataSet().GetText(tag));
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
  const ImageType * const image = this->GetInput();
  const auto &            spacing = image->GetSpacing();
  set("0018|0050", NumberText(spacing[2]));
  set("0018|0088", NumberText(spacing[2]));
  set("0028|0002", "1");
  set("0028|0004", "MONOCHROME2");
  set("0028|1052", "-1024");
  set("0028|1053", "1");
  set("0028|1054", "HU");
  set("0028|1050", "40");
  set("0028|1051", "400");

  AtomicOutput                output(m_Directory, AtomicOutput::KindEnum::Folder);
  const ImageType::RegionType region = image->GetLargestPossibleRegion();
  const SizeValueType         numberOfSlices = region.GetSize(2);
  for (SizeValueType slice = 0; slice < numberOfSlices; ++slice)
  {
    SyntheticCTDetail::ThrowIfAborted(this);
    auto extract = RegionOfInterestImageFilter<ImageType, ImageType>::New();
    extract->SetInput(image);
    extract->SetRegionOfInterest(SyntheticCTDetail::SliceOfRegion(region, 2, slice));
    extract->Update();

    set("0008|0018", uids.Generate());
    set("0020|0013", std::to_string(slice + 1));
    auto io = GDCMImageIO::New();
    io->SetMetaDataDictionary(dictionary);
    io->KeepOriginalUIDOn();

    std::ostringstream name;
    name << "CT" << std::setw(4) << std::setfill('0') << slice + 1 << ".dcm";
    auto writer = ImageFileWriter<ImageType>::New();
    writer->SetInput(extract->GetOutput());
    writer->SetImageIO(io);
    writer->UseInputMetaDataDictionaryOff();
    writer->SetFileName((fs::path(output.GetTemporaryName()) / name.str()).string());
    writer->Update();
    this->UpdateProgress(static_cast<float>(slice + 1) / static_cast<float>(numberOfSlices));
  }
  output.Commit();
}

void
CTSeriesWriter::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "Directory: " << m_Directory << std::endl;
  os << indent << "SourceFileName: " << m_SourceFileName << std::endl;
}

} // namespace itk
