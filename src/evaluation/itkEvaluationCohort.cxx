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
#include "itkEvaluationCohort.h"

#include "evaluation/itkVolumeFinder.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"

#include <algorithm>
#include <filesystem>

namespace itk
{
namespace
{
namespace fs = std::filesystem;

using SyntheticCTDetail::Fail;
using SyntheticCTDetail::VolumeFinder;

} // namespace

EvaluationCohort::EvaluationCohort()
{
  this->AddFile("reference", "ct", true);
  this->AddFile("synthetic", "", true);
  this->AddFile("mask", "mask", false);
  this->AddFile("reference-segmentation", "segmentation", false);
  this->AddFile("synthetic-segmentation", "", false);
  this->AddFile("mr", "mr", false);
}

void
EvaluationCohort::CopyReferences(const EvaluationCohort * cohort)
{
  const size_t      synthetic = this->GetColumn("synthetic");
  const size_t      segmentation = this->GetColumn("synthetic-segmentation");
  std::vector<Case> cases;
  for (SizeValueType i = 0; i < cohort->GetNumberOfCases(); ++i)
  {
    Case entry = cohort->GetCase(i);
    entry.Files[synthetic].clear();
    entry.Files[segmentation].clear();
    // What is wrong with the reference is wrong whatever the method.
    if (!entry.Files[this->GetColumn("reference")].empty())
    {
      entry.Error.clear();
    }
    cases.push_back(std::move(entry));
  }
  this->SetCases(std::move(cases), cohort->GetSource());
  m_Results.clear();
}

void
EvaluationCohort::ReadResults(const std::string & path)
{
  if (!fs::exists(path))
  {
    Fail(path + ": no such file or folder");
  }
  const bool   isFolder = fs::is_directory(path);
  const auto   table = isFolder ? std::vector<Case>{} : this->ParseTable(path, { "case", "synthetic" });
  const size_t synthetic = this->GetColumn("synthetic");
  const size_t segmentation = this->GetColumn("synthetic-segmentation");
  VolumeFinder finder;
  for (SizeValueType i = 0; i < this->GetNumberOfCases(); ++i)
  {
    Case & entry = this->GetCase(i);
    if (entry.Files[this->GetColumn("reference")].empty())
    {
      continue;
    }
    entry.Error.clear();
    entry.Files[synthetic].clear();
    entry.Files[segmentation].clear();
    try
    {
      if (isFolder)
      {
        fs::path    stem = fs::path(path) / entry.Name;
        std::string file = finder.Find({ stem / "sct", stem });
        if (file.empty() && !entry.RelativePath.empty() && entry.RelativePath != entry.Name)
        {
          const fs::path nested = fs::path(path) / entry.RelativePath;
          file = finder.Find({ nested / "sct", nested });
          stem = file.empty() ? stem : nested;
        }
        if (file.empty())
        {
          Fail("no result: neither " + (stem / "sct").string() + " nor " + stem.string() + " with " +
               VolumeFinder::GetEndings());
        }
        entry.Files[synthetic] = file;
        entry.Files[segmentation] = finder.Find({ stem / "segmentation", stem.string() + "-segmentation" });
        continue;
      }
      const auto row =
        std::find_if(table.begin(), table.end(), [&](const Case & each) { return each.Name == entry.Name; });
      if (row == table.end())
      {
        Fail("no result: " + path + " does not have this case");
      }
      entry.Files[synthetic] = row->Files[synthetic];
      entry.Files[segmentation] = row->Files[segmentation];
    }
    catch (const ExceptionObject & error)
    {
      entry.Error = error.GetDescription();
    }
  }
  m_Results = path;
  this->RemarkMissingFiles(segmentation);
  this->Modified();
}

void
EvaluationCohort::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Results: " << m_Results << std::endl;
}

} // namespace itk
