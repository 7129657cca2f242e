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
#include "evaluation/itkCaseReport.h"

#include "itkEvaluationSettings.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;

/** What tells that a file or a folder of files is still the same, without reading it. */
Json
StampOf(const std::string & path)
{
  if (path.empty())
  {
    return nullptr;
  }
  if (!fs::exists(path))
  {
    Fail(path + ": no such file or folder");
  }
  uintmax_t  bytes = 0;
  auto       modified = fs::last_write_time(path);
  const auto add = [&](const fs::path & each) {
    bytes += fs::file_size(each);
    modified = std::max(modified, fs::last_write_time(each));
  };
  const fs::path    file(path);
  const std::string ending = file.extension().string();
  if (fs::is_directory(file))
  {
    for (const fs::directory_entry & each : fs::directory_iterator(file))
    {
      if (each.is_regular_file())
      {
        add(each.path());
      }
    }
  }
  else if (ending == ".mhd" || ending == ".nhdr" || ending == ".hdr" || ending == ".img")
  {
    // The voxels lie in a file of the same name with another ending.
    for (const fs::directory_entry & each : fs::directory_iterator(fs::absolute(file).parent_path()))
    {
      if (each.is_regular_file() && each.path().stem() == file.stem())
      {
        add(each.path());
      }
    }
  }
  else
  {
    add(file);
  }
  return { { "path", fs::absolute(path).lexically_normal().string() },
           { "bytes", bytes },
           { "modified", modified.time_since_epoch().count() } };
}

/** What finds the structures is the file of a network with that of a card, or has a name of another kind. */
Json
SegmenterStamp(const std::string & name)
{
  return name.empty() || fs::exists(name) ? StampOf(name) : Json(name);
}

} // namespace

std::string
ReportOrigin()
{
  // The reports are those of this program, whoever makes them.
  return Json{ { "program", "sct-evaluate" }, { "version", SYNTHETICCT_VERSION }, { "format", reportFormat } }.dump();
}

std::string
StampFiles(const CaseFiles & files)
{
  return Json{
    { "reference", StampOf(files.Reference) },
    { "synthetic", StampOf(files.Synthetic) },
    { "mask", StampOf(files.Mask) },
    { "reference-segmentation", StampOf(files.ReferenceLabels) },
    { "synthetic-segmentation", StampOf(files.SyntheticLabels) },
    { "mr", StampOf(files.MR) }
  }.dump();
}

std::string
ReportHead(const std::string & name, const std::string & stamps, const EvaluationSettings & settings)
{
  Json head = Json::parse(ReportOrigin());
  head["case"] = name;
  head["inputs"] = Json::parse(stamps);
  head["inputs"]["segmenter"] = SegmenterStamp(settings.GetSegmenterName());
  head["inputs"]["segmenter-card"] = SegmenterStamp(settings.GetSegmenterCardName());
  head["settings"] = Json::parse(settings.GetJSON());
  return head.dump();
}

std::string
CaseReport(const std::string & head, const MetricValues & values, const std::vector<std::string> & remarks)
{
  Json report = Json::parse(head);
  report["warnings"] = remarks;
  report["metrics"] = Json::parse(ValuesToJSON(values));
  return report.dump(2);
}

bool
TakeReport(const std::string &        path,
           const std::string &        head,
           MetricValues &             values,
           std::vector<std::string> & remarks)
{
  std::ifstream file(path);
  if (!file)
  {
    return false;
  }
  try
  {
    const Json report = Json::parse(file);
    const Json wanted = Json::parse(head);
    for (const auto & item : wanted.items())
    {
      if (report.at(item.key()) != item.value())
      {
        return false;
      }
    }
    auto warnings = report.at("warnings").get<std::vector<std::string>>();
    values = ValuesFromJSON(report.at("metrics").dump());
    remarks = std::move(warnings);
    return true;
  }
  catch (const std::exception &)
  {
    // Not a report of ours, or not a whole one: it is made again.
    return false;
  }
}

} // namespace SyntheticCTDetail
} // namespace itk
