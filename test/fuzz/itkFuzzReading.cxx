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
#include "itkFuzzReading.h"

#include "itkDICOMVolumeReader.h"
#include "itkEvaluationCohort.h"
#include "itkEvaluationPreset.h"
#include "itkNetworkModelCard.h"
#include "SyntheticCTDetail/itkExceptionText.h"
#ifdef SYNTHETICCT_HAS_TORCH
#  include "itkNetworkModel.h"
#endif

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace itk
{
namespace FuzzTest
{
namespace
{
namespace fs = std::filesystem;

bool
EndsWith(const std::string & text, const std::string & end)
{
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string
BytesOf(const fs::path & path)
{
  std::ifstream stream(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

/** FNV-1a. */
std::uint64_t
NumberOf(const void * data, size_t size, std::uint64_t number = 14695981039346656037u)
{
  const auto * const bytes = static_cast<const unsigned char *>(data);
  for (size_t i = 0; i < size; ++i)
  {
    number = (number ^ bytes[i]) * 1099511628211u;
  }
  return number;
}

template <typename TReader>
void
TakeRemarks(const TReader & reader, Reading & reading)
{
  for (unsigned int i = 0; i < reader->GetNumberOfRemarks(); ++i)
  {
    reading.Remarks.push_back(reader->GetRemark(i));
  }
}

/** The file of an image's folder by which it is read: the header where there are two. */
fs::path
FileToRead(const fs::path & folder)
{
  for (const auto & entry : fs::directory_iterator(folder))
  {
    const std::string name = entry.path().filename().string();
    for (const char * const end : { ".mha", ".mhd", ".nii", ".nii.gz", ".hdr", ".nrrd", ".nhdr" })
    {
      if (EndsWith(name, end))
      {
        return entry.path();
      }
    }
  }
  throw std::runtime_error(folder.string() + ": has no image");
}

void
ReadVolume(const fs::path & path, Reading & reading)
{
  const auto reader = DICOMVolumeReader::New();
  const auto image = reader->Read(path.string());
  TakeRemarks(reader, reading);
  for (unsigned int i = 0; i < 3; ++i)
  {
    reading.Grid.push_back(static_cast<double>(image->GetLargestPossibleRegion().GetSize(i)));
  }
  for (unsigned int i = 0; i < 3; ++i)
  {
    reading.Grid.push_back(image->GetSpacing()[i]);
  }
  for (unsigned int i = 0; i < 3; ++i)
  {
    reading.Grid.push_back(image->GetOrigin()[i]);
  }
  for (unsigned int i = 0; i < 9; ++i)
  {
    reading.Grid.push_back(image->GetDirection()(i / 3, i % 3));
  }
  reading.Voxels = NumberOf(image->GetBufferPointer(), image->GetBufferedRegion().GetNumberOfPixels() * sizeof(float));
}

/** A cohort whose folder has a table of everything, `cohort.csv`, and one of the results of another method. */
void
ReadTables(const fs::path & folder, Reading & reading)
{
  const auto cohort = EvaluationCohort::New();
  cohort->ReadTable((folder / "cohort.csv").string());
  const auto others = EvaluationCohort::New();
  others->CopyReferences(cohort);
  others->ReadResults((folder / "results.csv").string());
  std::ostringstream text;
  for (const auto & each : { cohort, others })
  {
    TakeRemarks(each, reading);
    for (SizeValueType i = 0; i < each->GetNumberOfCases(); ++i)
    {
      // Paths are relative to the table's folder, which moves.
      for (const std::string & file : { each->GetReference(i),
                                        each->GetSynthetic(i),
                                        each->GetMask(i),
                                        each->GetReferenceSegmentation(i),
                                        each->GetSyntheticSegmentation(i) })
      {
        text << (file.empty() ? file : fs::path(file).lexically_relative(folder).string()) << '|';
      }
      text << each->GetCaseName(i) << '|' << each->GetCaseError(i) << '\n';
      if (!each->GetCaseError(i).empty())
      {
        reading.Remarks.push_back(each->GetCaseError(i));
      }
    }
  }
  reading.Text = text.str();
}

void
ReadLabels(const fs::path & path, Reading & reading)
{
  std::istringstream       words(BytesOf(path));
  std::vector<std::string> names;
  for (std::string name; std::getline(words, name, ',');)
  {
    names.push_back(name);
  }
  for (const unsigned short label : EvaluationLabelList::GetLabels(names))
  {
    reading.Text += std::to_string(label) + ',';
  }
}

#ifdef SYNTHETICCT_HAS_TORCH
void
ReadModel(const fs::path & path, Reading & reading)
{
  const auto model = NetworkModel::New();
  model->Load(path.string());
  TakeRemarks(model, reading);
  reading.Text = model->GetCardAsJSON();
  constexpr size_t   size = 32;
  std::vector<float> input(size * size);
  for (size_t i = 0; i < input.size(); ++i)
  {
    input[i] = static_cast<float>(i % 7) / 7.0F;
  }
  NetworkModel::OutputGroupsType outputs;
  model->Forward(input.data(), { 1, 1, size, size }, 1, outputs);
  reading.Voxels = NumberOf(nullptr, 0);
  for (const auto & output : outputs)
  {
    reading.Voxels = NumberOf(output.Values.data(), output.Values.size() * sizeof(float), reading.Voxels);
  }
}
#endif
} // namespace

std::string
KindOf(const fs::path & folder)
{
  const std::string name = folder.filename().string();
  return name.substr(0, name.find('-'));
}

bool
CanRead(const std::string & kind)
{
#ifndef SYNTHETICCT_HAS_TORCH
  if (kind == "model")
  {
    return false;
  }
#endif
  const auto kinds = { "image", "dicom", "table", "card", "labels", "model" };
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

Reading
Read(const fs::path & folder)
{
  Reading           reading;
  const std::string kind = KindOf(folder);
  try
  {
    if (kind == "image")
    {
      ReadVolume(FileToRead(folder), reading);
    }
    else if (kind == "dicom")
    {
      ReadVolume(folder, reading);
    }
    else if (kind == "table")
    {
      ReadTables(folder, reading);
    }
    else if (kind == "labels")
    {
      ReadLabels(folder / "labels.txt", reading);
    }
    else if (kind == "card")
    {
      reading.Text = NetworkModelCard::FromJSON(BytesOf(folder / "card.json")).ToJSON();
    }
#ifdef SYNTHETICCT_HAS_TORCH
    else if (kind == "model")
    {
      ReadModel(folder / "model.pt", reading);
    }
#endif
  }
  catch (const ExceptionObject & error)
  {
    reading = Reading();
    reading.IsRefused = true;
    // What programs print.
    reading.Line = SyntheticCTDetail::ExceptionText(error);
  }
  return reading;
}

size_t
BeginOfVoxels(const fs::path & file, const std::string & bytes)
{
  const std::string name = file.filename().string();
  const std::string folder = file.parent_path().filename().string();
  if (KindOf(folder) == "dicom")
  {
    // Behind the tag of the pixel data in either byte order. A deflated data set has none that could be seen.
    const std::string little("\xe0\x7f\x10\x00", 4);
    const std::string big("\x7f\xe0\x00\x10", 4);
    const size_t      tag = bytes.find(folder == "dicom-big-endian" ? big : little);
    return tag == std::string::npos ? bytes.size() : std::min(bytes.size(), tag + 12);
  }
  // A check sum guards what is compressed.
  if (KindOf(folder) != "image" || folder.find("compressed") != std::string::npos || EndsWith(name, "gz"))
  {
    return bytes.size();
  }
  if (EndsWith(name, ".raw") || EndsWith(name, ".img"))
  {
    return 0;
  }
  const std::string local = "ElementDataFile = LOCAL\n";
  if (EndsWith(name, ".mha") && bytes.find(local) != std::string::npos)
  {
    return bytes.find(local) + local.size();
  }
  if (EndsWith(name, ".nrrd") && bytes.find("\n\n") != std::string::npos)
  {
    return bytes.find("\n\n") + 2;
  }
  return EndsWith(name, ".nii") ? 352 : bytes.size();
}

} // namespace FuzzTest
} // namespace itk
