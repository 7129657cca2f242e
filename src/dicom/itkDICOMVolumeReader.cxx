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
#include "itkDICOMVolumeReader.h"

#include "itkDICOMSeriesReader.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"

#include <filesystem>
#include <set>
#include <utility>

namespace itk
{

DICOMVolumeReader::DICOMVolumeReader() = default;
DICOMVolumeReader::~DICOMVolumeReader() = default;

void
DICOMVolumeReader::AddSeries(const std::string & text)
{
  m_Series.push_back(text);
  this->Modified();
}

void
DICOMVolumeReader::ClearSeries()
{
  m_Series.clear();
  this->Modified();
}

unsigned int
DICOMVolumeReader::GetNumberOfSeries() const
{
  return static_cast<unsigned int>(m_Series.size());
}

std::string
DICOMVolumeReader::GetSeries(unsigned int index) const
{
  if (index >= m_Series.size())
  {
    itkSyntheticCTExceptionMacro("There is no series " << index << ": there are " << m_Series.size());
  }
  return m_Series[index];
}

/** The text that means a series of what is at a path. */
std::string
DICOMVolumeReader::ChooseSeries(const DICOMSeriesCatalog * catalog, const std::string & path)
{
  std::set<std::pair<unsigned int, unsigned int>> choices;
  std::string                                     chosen;
  for (const std::string & text : m_Series)
  {
    if (catalog->HasSeries(text))
    {
      choices.emplace(catalog->FindSeries(text), catalog->FindVolume(text));
      chosen = text;
    }
  }
  if (choices.size() > 1)
  {
    SyntheticCTDetail::Fail(catalog->GetPath() +
                            ": several of the DICOM series that were asked for are here; name one");
  }
  if (choices.empty() && !m_Series.empty())
  {
    if (catalog->GetNumberOfSeries() != 1)
    {
      // None of the texts fits, which finding it will say.
      return m_Series.front();
    }
    this->AddRemark(path,
                    catalog->GetPath() +
                      ": its only DICOM series is none of those asked for, and was read: " + catalog->GetSummary(0));
  }
  return chosen;
}

bool
DICOMVolumeReader::IsDICOM(const std::string & path)
{
  std::error_code error;
  return std::filesystem::is_directory(path, error) || DICOMSeriesCatalog::IsDICOM(path);
}

auto
DICOMVolumeReader::ReadPath(const std::string & path) -> ImageType::Pointer
{
  if (!IsDICOM(path))
  {
    return Superclass::ReadPath(path);
  }
  auto reader = DICOMSeriesReader::New();
  auto catalog = DICOMSeriesCatalog::New();
  catalog->Scan(path);
  reader->SetCatalog(catalog);
  reader->SetSeries(this->ChooseSeries(catalog, path));
  reader->Update();
  for (unsigned int i = 0; i < reader->GetNumberOfRemarks(); ++i)
  {
    this->AddRemark(path, reader->GetRemark(i));
  }
  const ImageType::Pointer image = reader->GetOutput();
  image->DisconnectPipeline();
  return image;
}

void
DICOMVolumeReader::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "Series:" << std::endl;
  for (const std::string & text : m_Series)
  {
    os << indent.GetNextIndent() << text << std::endl;
  }
}

} // namespace itk
