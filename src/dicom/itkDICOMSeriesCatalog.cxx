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
#include "itkDICOMSeriesCatalog.h"

#include "itkDICOMSeriesCatalogInternals.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkPlainText.h"

#include "itkMultiThreaderBase.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <set>

namespace itk
{
namespace
{
namespace fs = std::filesystem;
using SyntheticCTDetail::DICOMDataSet;
using SyntheticCTDetail::DICOMFile;
using SyntheticCTDetail::DICOMTag;
using SyntheticCTDetail::Fail;
using SyntheticCTDetail::LowerCase;

constexpr DICOMTag modalityTag = 0x00080060;
constexpr DICOMTag descriptionTag = 0x0008103e;
constexpr DICOMTag seriesTag = 0x0020000e;

constexpr const char * objectWithoutPixels = "object without pixels";

/** More series are not listed in a message. */
constexpr size_t longestList = 12;

/** Objects that are no images of a volume, though some have pixels: SOP classes and how to call them. */
const std::map<std::string, std::string> &
OtherClasses()
{
  static const std::map<std::string, std::string> classes{
    { "1.2.840.10008.1.3.10", "DICOMDIR" },
    { "1.2.840.10008.5.1.4.1.1.30", "parametric map" },
    { "1.2.840.10008.5.1.4.1.1.66", "raw data object" },
    { "1.2.840.10008.5.1.4.1.1.66.1", "spatial registration" },
    { "1.2.840.10008.5.1.4.1.1.66.2", "fiducials object" },
    { "1.2.840.10008.5.1.4.1.1.66.3", "deformable registration" },
    { "1.2.840.10008.5.1.4.1.1.66.4", "segmentation" },
    { "1.2.840.10008.5.1.4.1.1.66.5", "surface segmentation" },
    { "1.2.840.10008.5.1.4.1.1.66.7", "label map" },
    { "1.2.840.10008.5.1.4.1.1.481.1", "RTIMAGE" },
    { "1.2.840.10008.5.1.4.1.1.481.2", "RTDOSE" },
    { "1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT" },
    { "1.2.840.10008.5.1.4.1.1.481.4", "RTRECORD" },
    { "1.2.840.10008.5.1.4.1.1.481.5", "RTPLAN" },
    { "1.2.840.10008.5.1.4.1.1.481.8", "RTPLAN" },
  };
  return classes;
}

/** Classes of slices and volumes: without pixels, such a file is not whole. */
bool
IsSliceClass(const std::string & sopClass)
{
  static const std::set<std::string> classes{
    "1.2.840.10008.5.1.4.1.1.2",   "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2",
    "1.2.840.10008.5.1.4.1.1.4",   "1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.4.4",
    "1.2.840.10008.5.1.4.1.1.128", "1.2.840.10008.5.1.4.1.1.130", "1.2.840.10008.5.1.4.1.1.128.1",
  };
  return classes.count(sopClass) > 0;
}

/** How to call an object that is no image; empty when it may be one. */
std::string
OtherName(const DICOMFile & file)
{
  const auto & classes = OtherClasses();
  const auto   found = classes.find(file.GetSOPClass());
  if (found != classes.end())
  {
    return found->second;
  }
  // Objects of a private class at least say their modality.
  static const std::set<std::string> modalities{ "RTDOSE", "RTIMAGE", "RTSTRUCT", "RTPLAN", "RTRECORD", "SEG",
                                                 "REG",    "PR",      "KO",       "SR",     "DOC",      "FID" };
  const std::string                  modality = file.GetDataSet().GetText(modalityTag);
  if (modalities.count(modality) > 0)
  {
    return modality;
  }
  const bool hasMatrix = file.GetDataSet().Has(0x00280010) && file.GetDataSet().Has(0x00280011);
  return file.GetState() != DICOMFile::State::Good || file.HasPixelData() || hasMatrix ||
             IsSliceClass(file.GetSOPClass())
           ? ""
         : modality.empty() ? objectWithoutPixels
                            : modality;
}

bool
IsInColour(const DICOMDataSet & header)
{
  const auto        samples = header.GetShorts(0x00280002);
  const std::string photometric = header.GetText(0x00280004);
  return (!samples.empty() && samples.front() > 1) || photometric == "PALETTE COLOR";
}

bool
IsNamedAsDICOM(const std::string & fileName)
{
  const std::string extension = LowerCase(fs::path(fileName).extension().string());
  return extension == ".dcm" || extension == ".dicom" || extension == ".ima";
}

/** A name with one # for every number in it: those of the files of a series have one such pattern, or few. */
std::string
PatternOf(const std::string & fileName)
{
  std::string pattern;
  for (const char letter : LowerCase(fs::path(fileName).filename().string()))
  {
    const bool isDigit = letter >= '0' && letter <= '9';
    if (!isDigit || pattern.empty() || pattern.back() != '#')
    {
      pattern += isDigit ? '#' : letter;
    }
  }
  return pattern;
}

/** The files of a folder, sorted; or the file itself. */
std::vector<std::string>
ListFiles(const std::string & path, bool isFolder)
{
  if (!isFolder)
  {
    return { path };
  }
  std::vector<std::string> names;
  std::error_code          error;
  for (fs::directory_iterator entry(path, error); !error && entry != fs::directory_iterator(); entry.increment(error))
  {
    // A link that leads nowhere stands for a file that is missing.
    std::error_code missing;
    const auto      status = fs::status(entry->path(), missing);
    if (fs::is_regular_file(status) || !fs::exists(status))
    {
      names.push_back(entry->path().string());
    }
  }
  if (error)
  {
    Fail(path + ": the folder cannot be read: " + error.message());
  }
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace

const DICOMSeriesCatalog::Internals::Series &
DICOMSeriesCatalog::Internals::GetSeries(unsigned int index) const
{
  if (index >= AllSeries.size())
  {
    Fail("There is no DICOM series " + std::to_string(index) + " in the catalog, which has " +
         std::to_string(AllSeries.size()));
  }
  return AllSeries[index];
}

/** Puts a file where it belongs. */
void
DICOMSeriesCatalog::Internals::Sort(std::unique_ptr<FileType> file)
{
  const DICOMDataSet & header = file->GetDataSet();
  const std::string    name = file->GetFileName();
  if (file->GetState() == DICOMFile::State::Other)
  {
    std::error_code error;
    const bool      isEmpty = fs::file_size(name, error) == 0;
    const bool      isNamed = IsNamedAsDICOM(name);
    PassedOverFiles.push_back({ name,
                                isEmpty   ? "is empty; it was left out"
                                : isNamed ? "is named as a DICOM file, but is none; it was left out"
                                          : "is named as the files of a series, but is no DICOM file; it was left out",
                                false,
                                "" });
    return;
  }
  const std::string uid = header.GetText(seriesTag);
  const std::string other = OtherName(*file);
  if (!other.empty())
  {
    ++Others[other];
    // Structures, plans and reports may belong to the series of the images, but have no pixels.
    if (file->HasPixelData() || other == objectWithoutPixels)
    {
      PassedOverFiles.push_back({ name, "is no image (" + other + "); it was left out", true, uid });
    }
    return;
  }
  if (file->GetState() == DICOMFile::State::Damaged)
  {
    Problems.push_back({ name, file->GetProblem(), uid });
    return;
  }
  if (!file->HasPixelData())
  {
    Problems.push_back({ name, "is truncated: it has no pixel data", uid });
    return;
  }
  auto found =
    std::find_if(AllSeries.begin(), AllSeries.end(), [&uid](const Series & series) { return series.UID == uid; });
  if (found == AllSeries.end())
  {
    AllSeries.emplace_back();
    found = AllSeries.end() - 1;
    found->UID = uid;
  }
  if (IsInColour(header))
  {
    found->ColourFiles.push_back(file.get());
  }
  else
  {
    if (found->Files.empty())
    {
      found->Modality = header.GetText(modalityTag);
      found->Description = header.GetText(descriptionTag);
    }
    const auto frames = header.GetDecimals(0x00280008);
    found->NumberOfImages +=
      frames.empty() || frames.front() < 1.0 || frames.front() > 1e7 ? 1U : static_cast<unsigned int>(frames.front());
    found->Files.push_back(file.get());
  }
  Files.push_back(std::move(file));
}

void
DICOMSeriesCatalog::Internals::RemarkOnPassedOver()
{
  std::set<std::string> patterns;
  std::set<std::string> uids{ "" };
  for (const auto & file : Files)
  {
    patterns.insert(PatternOf(file->GetFileName()));
    uids.insert(file->GetDataSet().GetText(seriesTag));
  }
  for (const PassedOver & file : PassedOverFiles)
  {
    const bool mayBeOfSeries = file.IsDICOM
                                 ? uids.count(file.SeriesUID) > 0
                                 : IsNamedAsDICOM(file.FileName) || patterns.count(PatternOf(file.FileName)) > 0;
    if (mayBeOfSeries)
    {
      Remarks.Add(file.FileName, file.Text);
    }
  }
}

std::vector<unsigned int>
DICOMSeriesCatalog::Internals::MatchSeries(const std::string & text) const
{
  std::vector<unsigned int> matches;
  const auto                collect = [&](const auto & fits) {
    for (unsigned int i = 0; i < AllSeries.size() && !text.empty(); ++i)
    {
      if (fits(AllSeries[i]))
      {
        matches.push_back(i);
      }
    }
    return !matches.empty();
  };
  if (text.empty())
  {
    for (unsigned int i = 0; i < AllSeries.size(); ++i)
    {
      matches.push_back(i);
    }
    return matches;
  }
  if (collect([&text](const Series & series) { return series.UID == text; }) ||
      collect([&text](const Series & series) { return series.Description == text; }) ||
      collect([&text](const Series & series) { return series.UID.compare(0, text.size(), text) == 0; }))
  {
    return matches;
  }
  const std::string lowerCase = LowerCase(text);
  collect([&lowerCase](const Series & series) { return LowerCase(series.Description) == lowerCase; });
  return matches;
}

auto
DICOMSeriesCatalog::Internals::Match(const std::string & text) const -> Choice
{
  Choice       choice{ this->MatchSeries(text) };
  const size_t colon = text.rfind(':');
  if (choice.Series.empty() && colon != std::string::npos)
  {
    const std::string number = text.substr(colon + 1);
    const bool        isNumber =
      !number.empty() && number.size() < 7 &&
      std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (isNumber && std::stoul(number) > 0)
    {
      choice.Series = this->MatchSeries(text.substr(0, colon));
      choice.Volume = static_cast<unsigned int>(std::stoul(number));
    }
  }
  return choice;
}

std::string
DICOMSeriesCatalog::Internals::GetOthers() const
{
  std::string text;
  for (const auto & other : Others)
  {
    text += (text.empty() ? "" : ", ") + std::to_string(other.second) + ' ' + other.first;
  }
  return text;
}

DICOMSeriesCatalog::DICOMSeriesCatalog()
  : m_Internals(std::make_unique<Internals>())
{}

DICOMSeriesCatalog::~DICOMSeriesCatalog() = default;

void
DICOMSeriesCatalog::Scan(const std::string & path)
{
  std::error_code error;
  auto            internals = std::make_unique<Internals>();
  internals->Path = path;
  internals->IsFolder = fs::is_directory(path, error);
  if (!fs::exists(path, error))
  {
    Fail(path + ": no such file or folder");
  }
  const std::vector<std::string>          names = ListFiles(path, internals->IsFolder);
  std::vector<std::unique_ptr<DICOMFile>> files(names.size());
  if (!names.empty())
  {
    MultiThreaderBase::New()->ParallelizeArray(
      0,
      names.size(),
      [&files, &names](SizeValueType i) { files[i] = std::make_unique<DICOMFile>(names[i]); },
      nullptr);
  }
  for (auto & file : files)
  {
    internals->Sort(std::move(file));
  }
  internals->RemarkOnPassedOver();
  // A series without any grey image is none of a volume.
  auto & all = internals->AllSeries;
  for (const auto & series : all)
  {
    if (series.Files.empty())
    {
      internals->Others["colour image"] += static_cast<unsigned int>(series.ColourFiles.size());
    }
  }
  all.erase(
    std::remove_if(all.begin(), all.end(), [](const Internals::Series & series) { return series.Files.empty(); }),
    all.end());
  m_Internals = std::move(internals);
  this->Modified();
}

std::string
DICOMSeriesCatalog::GetPath() const
{
  return m_Internals->Path;
}

unsigned int
DICOMSeriesCatalog::GetNumberOfSeries() const
{
  return static_cast<unsigned int>(m_Internals->AllSeries.size());
}

std::string
DICOMSeriesCatalog::GetSeriesUID(unsigned int series) const
{
  return m_Internals->GetSeries(series).UID;
}

std::string
DICOMSeriesCatalog::GetModality(unsigned int series) const
{
  return m_Internals->GetSeries(series).Modality;
}

std::string
DICOMSeriesCatalog::GetDescription(unsigned int series) const
{
  return m_Internals->GetSeries(series).Description;
}

unsigned int
DICOMSeriesCatalog::GetNumberOfImages(unsigned int series) const
{
  return m_Internals->GetSeries(series).NumberOfImages;
}

unsigned int
DICOMSeriesCatalog::GetNumberOfFiles(unsigned int series) const
{
  return static_cast<unsigned int>(m_Internals->GetSeries(series).Files.size());
}

std::string
DICOMSeriesCatalog::GetFileName(unsigned int series, unsigned int file) const
{
  const auto & files = m_Internals->GetSeries(series).Files;
  if (file >= files.size())
  {
    Fail("There is no file " + std::to_string(file) + " in the DICOM series, which has " +
         std::to_string(files.size()));
  }
  return files[file]->GetFileName();
}

std::string
DICOMSeriesCatalog::GetSummary(unsigned int series) const
{
  const auto &      entry = m_Internals->GetSeries(series);
  const std::string images = std::to_string(entry.NumberOfImages) + (entry.NumberOfImages == 1 ? " image" : " images");
  return (entry.Modality.empty() ? "" : entry.Modality + ' ') +
         (entry.Description.empty() ? "without a description" : "'" + entry.Description + "'") + " (" + images + ", " +
         (entry.UID.empty() ? "no UID" : entry.UID) + ')';
}

bool
DICOMSeriesCatalog::HasSeries(const std::string & text) const
{
  return m_Internals->Match(text).Series.size() == 1;
}

unsigned int
DICOMSeriesCatalog::FindSeries(const std::string & text) const
{
  const auto matches = m_Internals->Match(text).Series;
  if (matches.size() == 1)
  {
    return matches.front();
  }
  const std::string & path = m_Internals->Path;
  if (this->GetNumberOfSeries() == 0)
  {
    if (!m_Internals->Problems.empty())
    {
      Fail(this->GetProblem(0));
    }
    const std::string others = m_Internals->GetOthers();
    Fail(path + ": no DICOM series of images" + (m_Internals->IsFolder ? " in this folder" : "") +
         (others.empty() ? "" : ", but " + others));
  }
  std::string list;
  const auto  add = [&](unsigned int i) { list += (list.empty() ? "" : "; ") + this->GetSummary(i); };
  const bool  isListOfMatches = !matches.empty();
  const auto  count = isListOfMatches ? matches.size() : this->GetNumberOfSeries();
  for (unsigned int i = 0; i < count && i < longestList; ++i)
  {
    add(isListOfMatches ? matches[i] : i);
  }
  if (count > longestList)
  {
    list += "; and " + std::to_string(count - longestList) + " more";
  }
  if (text.empty())
  {
    Fail(path + ": " + std::to_string(count) +
         " DICOM series, of which one has to be chosen by its UID or description: " + list);
  }
  Fail(path + ": " + (isListOfMatches ? "several DICOM series" : "no DICOM series") + " '" + text + "'; there " +
       (count == 1 ? "is " : "are ") + list);
}

unsigned int
DICOMSeriesCatalog::FindVolume(const std::string & text) const
{
  return m_Internals->Match(text).Volume;
}

unsigned int
DICOMSeriesCatalog::GetNumberOfProblems() const
{
  return static_cast<unsigned int>(m_Internals->Problems.size());
}

std::string
DICOMSeriesCatalog::GetProblem(unsigned int index) const
{
  if (index >= m_Internals->Problems.size())
  {
    itkSyntheticCTExceptionMacro("There is no problem " << index << ": there are " << m_Internals->Problems.size());
  }
  const auto & problem = m_Internals->Problems[index];
  return problem.FileName + ": " + problem.Text;
}

unsigned int
DICOMSeriesCatalog::GetNumberOfRemarks() const
{
  return static_cast<unsigned int>(m_Internals->Remarks.GetLines().size());
}

std::string
DICOMSeriesCatalog::GetRemark(unsigned int index) const
{
  const auto lines = m_Internals->Remarks.GetLines();
  if (index >= lines.size())
  {
    itkSyntheticCTExceptionMacro("There is no remark " << index << ": there are " << lines.size());
  }
  return lines[index];
}

bool
DICOMSeriesCatalog::IsDICOM(const std::string & fileName)
{
  return DICOMFile::HasMagic(fileName) || DICOMFile(fileName).GetState() == DICOMFile::State::Good;
}

void
DICOMSeriesCatalog::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "Path: " << m_Internals->Path << std::endl;
  os << indent << "Series:" << std::endl;
  for (unsigned int i = 0; i < this->GetNumberOfSeries(); ++i)
  {
    os << indent.GetNextIndent() << this->GetSummary(i) << std::endl;
  }
  os << indent << "Others: " << m_Internals->GetOthers() << std::endl;
  os << indent << "Problems:" << std::endl;
  for (unsigned int i = 0; i < this->GetNumberOfProblems(); ++i)
  {
    os << indent.GetNextIndent() << this->GetProblem(i) << std::endl;
  }
  os << indent << "Remarks:" << std::endl;
  for (const std::string & remark : m_Internals->Remarks.GetLines())
  {
    os << indent.GetNextIndent() << remark << std::endl;
  }
}

} // namespace itk
