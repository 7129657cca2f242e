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
#include "sctFiles.h"

#include "itkDICOMVolumeReader.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkSameGridVerification.h"

#include <algorithm>
#include <cmath>
#include <iostream>

namespace sct
{
namespace
{
using itk::SyntheticCTDetail::Fail;

/** The --series of the program. */
std::vector<std::string> chosenSeries;

std::vector<std::string> saidRemarks;

} // namespace

void
AddSeriesOption(CLI::App & app)
{
  app
    .add_option("--series",
                chosenSeries,
                "Which DICOM series is read from folders that hold several: its UID, the beginning of its UID or its "
                "description; with :N at the end, the N-th volume of a series that holds several")
    ->type_name("TEXT");
}

itk::VolumeReader::Pointer
NewVolumeReader()
{
  auto reader = itk::DICOMVolumeReader::New();
  for (const std::string & text : chosenSeries)
  {
    reader->AddSeries(text);
  }
  return reader.GetPointer();
}

void
SayRemarks(itk::VolumeReader * reader)
{
  for (unsigned int i = 0; i < reader->GetNumberOfRemarks(); ++i)
  {
    const std::string remark = reader->GetRemark(i);
    // One file may be read twice.
    if (std::find(saidRemarks.begin(), saidRemarks.end(), remark) == saidRemarks.end())
    {
      saidRemarks.push_back(remark);
      std::cerr << "warning: " + remark + '\n';
    }
  }
  reader->ClearRemarks();
}

const std::vector<std::string> &
GetSaidRemarks()
{
  return saidRemarks;
}

VolumeType::Pointer
ReadVolume(const std::string & path)
{
  const VolumeType::Pointer image = ReadUncheckedVolume(path);
  itk::VolumeReader::VerifyVoxels(image, path, nullptr);
  return image;
}

VolumeType::Pointer
ReadUncheckedVolume(const std::string & path)
{
  const itk::VolumeReader::Pointer reader = NewVolumeReader();
  const VolumeType::Pointer        image = reader->Read(path);
  SayRemarks(reader);
  return image;
}

bool
IsFinite(const VolumeType * image)
{
  const float * const begin = image->GetBufferPointer();
  return std::all_of(
    begin, begin + image->GetBufferedRegion().GetNumberOfPixels(), [](float voxel) { return std::isfinite(voxel); });
}

MaskType::Pointer
ReadMask(const std::string & path)
{
  const itk::VolumeReader::Pointer reader = NewVolumeReader();
  const MaskType::Pointer          mask = reader->ReadMask(path);
  SayRemarks(reader);
  return mask;
}

LabelImageType::Pointer
ReadLabels(const std::string & path)
{
  const itk::VolumeReader::Pointer reader = NewVolumeReader();
  const LabelImageType::Pointer    labels = reader->ReadLabels(path);
  SayRemarks(reader);
  return labels;
}

void
TakeGrid(const VolumeType *  reference,
         const std::string & referencePath,
         itk::ImageBase<3> * image,
         const std::string & path)
{
  const std::string difference = itk::GridDifference<3>(*reference, *image);
  if (!difference.empty())
  {
    Fail(path + ": is not on the grid of " + referencePath + ": " + difference + "; resample it onto that grid first");
  }
  image->CopyInformation(reference);
}

void
WriteText(const std::string & text, const std::string & path)
{
  if (path == "-")
  {
    std::cout << text << std::endl;
    if (!std::cout)
    {
      Fail("the standard output cannot be written: the disk may be full");
    }
    return;
  }
  itk::SyntheticCTDetail::WriteText(text, path);
}

void
CheckOutputs(const std::vector<std::string> & inputs, const std::vector<std::pair<std::string, OutputKind>> & outputs)
{
  auto files = itk::OutputFiles::New();
  for (const std::string & input : inputs)
  {
    files->AddInput(input);
  }
  for (const auto & output : outputs)
  {
    files->AddOutput(output.first, output.second);
  }
}

} // namespace sct
