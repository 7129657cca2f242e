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
#include "itkDICOMSeriesReader.h"

#include "itkDICOMSeriesCatalogInternals.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkFilterThreading.h"

#include "itkMetaDataObject.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <utility>

namespace itk
{
namespace
{
using SyntheticCTDetail::DICOMGrid;
using SyntheticCTDetail::DICOMImageFile;
using SyntheticCTDetail::DICOMRemarks;
using SyntheticCTDetail::DICOMSlice;
using SyntheticCTDetail::DICOMStack;
using SyntheticCTDetail::Fail;

/** Frames of one file that one thread decodes, for which the file is opened once. */
constexpr size_t framesAtOnce = 8;

/** More volumes of a series are not listed in a message. */
constexpr size_t longestList = 12;

void
Decode(const DICOMSlice &              slice,
       SyntheticCTDetail::DICOMBytes & bytes,
       float *                         values,
       std::vector<std::string> &      messages)
{
  slice.File->Pixels.DecodeFrame(bytes, slice.Frame, slice.Slope, slice.Intercept, values, messages);
}

/** \class VoxelComparison
 * \brief Whether slices have the same voxels. Each slice is decoded once to be told from most others, and again where
 * it cannot be. */
class VoxelComparison
{
public:
  bool
  operator()(const DICOMSlice & left, const DICOMSlice & right)
  {
    return this->GetHash(left) == this->GetHash(right) && Voxels(left) == Voxels(right);
  }

private:
  static std::string
  Voxels(const DICOMSlice & slice)
  {
    const size_t             pixels = size_t{ slice.File->Pixels.GetColumns() } * slice.File->Pixels.GetRows();
    std::vector<float>       values(pixels);
    std::vector<std::string> ignored;
    Decode(slice, *slice.File->File->Open(), values.data(), ignored);
    return std::string(reinterpret_cast<const char *>(values.data()), pixels * sizeof(float));
  }

  size_t
  GetHash(const DICOMSlice & slice)
  {
    const auto key = std::make_pair(slice.File, slice.Frame);
    auto       found = m_Hashes.find(key);
    if (found == m_Hashes.end())
    {
      found = m_Hashes.emplace(key, std::hash<std::string>()(Voxels(slice))).first;
    }
    return found->second;
  }

  std::map<std::pair<const DICOMImageFile *, unsigned int>, size_t> m_Hashes;
};

} // namespace

struct DICOMSeriesReader::Internals
{
  std::vector<std::unique_ptr<DICOMImageFile>> Files;
  DICOMStack                                   Stack;
  DICOMRemarks                                 Remarks;
};

DICOMSeriesReader::DICOMSeriesReader()
  : m_Catalog(DICOMSeriesCatalog::New())
  , m_Internals(std::make_unique<Internals>())
{}

DICOMSeriesReader::~DICOMSeriesReader() = default;

void
DICOMSeriesReader::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  if (m_Path.empty())
  {
    itkSyntheticCTExceptionMacro("Path is empty but should be a folder or a file.");
  }
}

void
DICOMSeriesReader::SetPath(const std::string & path)
{
  if (path != m_Path || m_CatalogIsGiven)
  {
    m_Path = path;
    m_Catalog = DICOMSeriesCatalog::New();
    m_CatalogIsGiven = false;
    this->Modified();
  }
}

void
DICOMSeriesReader::SetCatalog(DICOMSeriesCatalog * catalog)
{
  if (catalog == nullptr)
  {
    itkSyntheticCTExceptionMacro("The catalog is null.");
  }
  m_Path = catalog->GetPath();
  m_Catalog = catalog;
  m_CatalogIsGiven = true;
  this->Modified();
}

void
DICOMSeriesReader::GenerateOutputInformation()
{
  m_Internals = std::make_unique<Internals>();
  m_Remarks.clear();
  if (!m_CatalogIsGiven)
  {
    m_Catalog->Scan(m_Path);
  }
  const auto &       entry = m_Catalog->m_Internals->GetSeries(m_Catalog->FindSeries(m_Series));
  const unsigned int volumeOfText = m_Catalog->FindVolume(m_Series);
  const unsigned int volume = volumeOfText > 0 ? volumeOfText : m_Volume;
  DICOMRemarks &     remarks = m_Internals->Remarks;
  for (const auto & problem : m_Catalog->m_Internals->Problems)
  {
    if (problem.SeriesUID.empty() || problem.SeriesUID == entry.UID)
    {
      Fail(problem.FileName + ": " + problem.Text);
    }
    // What is damaged may be the UID itself.
    remarks.Add(problem.FileName, problem.Text + "; it is of another series by its UID, and was left out");
  }

  for (const auto * const file : entry.ColourFiles)
  {
    remarks.Add(file->GetFileName(), "a colour image, which was left out of the volume");
  }
  for (const auto * const file : entry.Files)
  {
    m_Internals->Files.push_back(std::make_unique<DICOMImageFile>(*file));
  }
  auto stacks = SyntheticCTDetail::DivideIntoStacks(
    SyntheticCTDetail::CollectSlices(m_Internals->Files, remarks), m_Path, VoxelComparison(), remarks);
  if (volume > stacks.size())
  {
    Fail(m_Path + ": volume " + std::to_string(volume) + " of the DICOM series was asked for, which has " +
         std::to_string(stacks.size()));
  }
  if (volume == 0 && stacks.size() > 1)
  {
    std::string list;
    for (size_t i = 0; i < stacks.size() && i < longestList; ++i)
    {
      list += (i > 0 ? "; " : "") + std::to_string(i + 1) + ": " + stacks[i].Label + " (" +
              std::to_string(stacks[i].Slices.size()) + (stacks[i].Slices.size() == 1 ? " slice" : " slices") + ", " +
              stacks[i].Slices.front().GetName() + ')';
    }
    if (stacks.size() > longestList)
    {
      list += "; and " + std::to_string(stacks.size() - longestList) + " more";
    }
    Fail(m_Path + ": the DICOM series holds " + std::to_string(stacks.size()) +
         " volumes of different positions or contrasts, of which one has to be chosen by its number after a colon, "
         "such as "
         "'" +
         m_Series + ":1': " + list);
  }
  m_Internals->Stack = std::move(stacks[volume == 0 ? 0 : volume - 1]);
  const DICOMGrid grid = SyntheticCTDetail::ArrangeStack(m_Internals->Stack, m_Path, remarks);

  ImageType * const output = this->GetOutput();
  output->SetLargestPossibleRegion(grid.Size);
  output->SetOrigin(grid.Origin);
  output->SetSpacing(grid.Spacing);
  output->SetDirection(grid.Direction);
  MetaDataDictionary & dictionary = output->GetMetaDataDictionary();
  EncapsulateMetaData<std::string>(dictionary, "0008|0060", entry.Modality);
  EncapsulateMetaData<std::string>(dictionary, "0008|103e", entry.Description);
  EncapsulateMetaData<std::string>(dictionary, "0020|000e", entry.UID);
  EncapsulateMetaData<std::string>(dictionary, SourceFileNameKey, this->GetSliceFileName(0));
  for (unsigned int i = 0; i < m_Catalog->GetNumberOfRemarks(); ++i)
  {
    m_Remarks.push_back(m_Catalog->GetRemark(i));
  }
  const auto lines = remarks.GetLines();
  m_Remarks.insert(m_Remarks.end(), lines.begin(), lines.end());
}

void
DICOMSeriesReader::EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

void
DICOMSeriesReader::GenerateData()
{
  ImageType * const output = this->GetOutput();
  output->SetBufferedRegion(output->GetLargestPossibleRegion());
  output->Allocate();
  const auto & slices = m_Internals->Stack.Slices;

  // Slices of one file, a few at a time.
  std::vector<size_t> order(slices.size());
  for (size_t i = 0; i < order.size(); ++i)
  {
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(), [&slices](size_t left, size_t right) {
    return slices[left].File->File->GetFileName() < slices[right].File->File->GetFileName();
  });
  std::vector<size_t> begins;
  for (size_t i = 0; i < order.size(); ++i)
  {
    const bool isNext =
      i == 0 || slices[order[i]].File != slices[order[i - 1]].File || i - begins.back() == framesAtOnce;
    if (isNext)
    {
      begins.push_back(i);
    }
  }
  begins.push_back(order.size());

  const auto                            size = output->GetLargestPossibleRegion().GetSize();
  const size_t                          pixels = size[0] * size[1];
  float * const                         buffer = output->GetBufferPointer();
  std::vector<std::vector<std::string>> messages(slices.size());
  // ITK's threads lose what is thrown; and the first of several errors should be the same one each time.
  std::vector<std::exception_ptr> errors(begins.size() - 1);
  SyntheticCTDetail::ParallelizeArray(this, begins.size() - 1, 1.0F, [&](SizeValueType task) {
    try
    {
      const auto bytes = slices[order[begins[task]]].File->File->Open();
      for (size_t i = begins[task]; i < begins[task + 1]; ++i)
      {
        Decode(slices[order[i]], *bytes, buffer + order[i] * pixels, messages[order[i]]);
      }
    }
    catch (...)
    {
      errors[task] = std::current_exception();
    }
  });
  SyntheticCTDetail::ThrowIfAborted(this);
  for (const std::exception_ptr & error : errors)
  {
    if (error)
    {
      std::rethrow_exception(error);
    }
  }

  DICOMRemarks heard;
  for (size_t i = 0; i < slices.size(); ++i)
  {
    for (const std::string & message : messages[i])
    {
      heard.Add(slices[i].GetName(), "GDCM says: " + message);
    }
  }
  const auto lines = heard.GetLines();
  m_Remarks.insert(m_Remarks.end(), lines.begin(), lines.end());
}

unsigned int
DICOMSeriesReader::GetNumberOfSlices() const
{
  return static_cast<unsigned int>(m_Internals->Stack.Slices.size());
}

std::string
DICOMSeriesReader::GetSliceFileName(unsigned int slice) const
{
  if (slice >= m_Internals->Stack.Slices.size())
  {
    itkSyntheticCTExceptionMacro("There is no slice " << slice << ": there are " << m_Internals->Stack.Slices.size());
  }
  return m_Internals->Stack.Slices[slice].File->File->GetFileName();
}

unsigned int
DICOMSeriesReader::GetNumberOfRemarks() const
{
  return static_cast<unsigned int>(m_Remarks.size());
}

std::string
DICOMSeriesReader::GetRemark(unsigned int index) const
{
  if (index >= m_Remarks.size())
  {
    itkSyntheticCTExceptionMacro("There is no remark " << index << ": there are " << m_Remarks.size());
  }
  return m_Remarks[index];
}

void
DICOMSeriesReader::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "Path: " << m_Path << std::endl;
  os << indent << "Series: " << m_Series << std::endl;
  os << indent << "Volume: " << m_Volume << std::endl;
  os << indent << "CatalogIsGiven: " << (m_CatalogIsGiven ? "On" : "Off") << std::endl;
  os << indent << "Catalog:" << std::endl;
  m_Catalog->Print(os, indent.GetNextIndent());
  os << indent << "Slices: " << m_Internals->Stack.Slices.size() << std::endl;
  os << indent << "Remarks:" << std::endl;
  for (const std::string & remark : m_Remarks)
  {
    os << indent.GetNextIndent() << remark << std::endl;
  }
}

} // namespace itk
