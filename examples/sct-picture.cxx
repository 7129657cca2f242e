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
// sct-picture: slices of volumes side by side, as a PNG.

#include "sctCommandLine.h"
#include "sctFiles.h"
#include "sctPicture.h"
#include "sctProgress.h"

#include "itkSlicePictureWriter.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace
{

using Json = nlohmann::ordered_json;

struct Column
{
  std::string                 File;
  std::string                 Title;
  std::optional<double>       Minimum;
  std::optional<double>       Maximum;
  std::string                 Unit;
  itk::SlicePictureColorsEnum Colors{ itk::SlicePictureColorsEnum::Grey };
};

/** FILE[:TITLE[:MIN:MAX[:UNIT][:difference]]] */
Column
ParseColumn(const std::string & text)
{
  std::vector<std::string> parts;
  std::istringstream       stream(text);
  for (std::string part; std::getline(stream, part, ':');)
  {
    parts.push_back(part);
  }
  Column column;
  if (parts.size() > 4 && parts.back() == "difference")
  {
    column.Colors = itk::SlicePictureColorsEnum::Difference;
    parts.pop_back();
  }
  if (parts.empty() || parts[0].empty() || parts.size() == 3 || parts.size() > 5)
  {
    throw CLI::ValidationError("--column",
                               "'" + text + "' should be FILE, FILE:TITLE or FILE:TITLE:MIN:MAX[:UNIT][:difference]");
  }
  const auto number = [&text](const std::string & part) -> std::optional<double> {
    if (part.empty())
    {
      return std::nullopt;
    }
    double value = 0.0;
    if (!CLI::detail::lexical_cast(part, value))
    {
      throw CLI::ValidationError("--column", "'" + text + "': '" + part + "' is not a number");
    }
    return value;
  };
  parts.resize(5);
  column.File = parts[0];
  column.Title = parts[1];
  column.Minimum = number(parts[2]);
  column.Maximum = number(parts[3]);
  column.Unit = parts[4];
  return column;
}

} // namespace

int
main(int argc, char * argv[])
{
  CLI::App app{ "Draws axial, coronal and sagittal slices of volumes side by side. Inputs are volume files or folders "
                "with a DICOM series, on any grid; the first or the mask decides what is shown." };
  app.name("sct-picture");
  app.footer("Example:\n  sct-picture --column mr.nii.gz:MR --column \"sct.nii.gz:Synthetic CT:-500:1300:HU\" \\\n"
             "    --column difference.nii.gz:Difference:-300:300:HU:difference --output picture.png");

  std::vector<std::string> columnTexts;
  std::string              outputFile;
  std::string              maskFile;
  std::vector<double>      point;
  std::string              note;
  unsigned int             columnWidth = 420;
  sct::CommonOptions       options;
  app
    .add_option("--column",
                columnTexts,
                "A column from left to right: FILE:TITLE:MIN:MAX:UNIT with the values shown as black and white; empty "
                "or left out, they follow from the volume. With :difference at the end it is blue, white and red")
    ->required()
    ->type_name("COLUMN");
  app.add_option("--output", outputFile, "Picture: a PNG file")
    ->required()
    ->check(sct::CheckPictureName)
    ->type_name("FILE");
  app.add_option("--mask", maskFile, "Mask on any grid: frames the picture and hides differences outside")
    ->type_name("PATH");
  app.add_option("--point", point, "Point that the slices go through, in mm, LPS (default: the centre)")
    ->expected(3)
    ->type_name("MM");
  app.add_option("--column-width", columnWidth, "Width of a column in pixels")
    ->capture_default_str()
    ->check(CLI::Range(100, 4000))
    ->type_name("N");
  app.add_option("--note", note, "A line below the picture")->type_name("TEXT");
  sct::AddCommonOptions(app, options, false);
  sct::AddSeriesOption(app);
  std::vector<Column> columns;
  app.callback([&] {
    for (const std::string & text : columnTexts)
    {
      columns.push_back(ParseColumn(text));
    }
  });

  return sct::Run(app, argc, argv, options, [&] {
    std::vector<std::string> inputs{ maskFile };
    for (const Column & column : columns)
    {
      inputs.push_back(column.File);
    }
    sct::CheckOutputs(inputs, { { outputFile, sct::OutputKind::File }, { options.JSONFile, sct::OutputKind::File } });

    auto writer = itk::SlicePictureWriter::New();
    Json report{ { "program", "sct-picture" }, { "output", outputFile }, { "columns", Json::array() } };
    for (const Column & column : columns)
    {
      const auto            volume = sct::ReadVolume(column.File);
      std::array<double, 2> window{ { 0.0, 0.0 } };
      if (!column.Minimum || !column.Maximum)
      {
        window = sct::AutomaticWindow(volume);
      }
      window = { { column.Minimum.value_or(window[0]), column.Maximum.value_or(window[1]) } };
      writer->AddColumn(volume, column.Title, window[0], window[1], column.Unit, column.Colors);
      report["columns"].push_back(
        { { "file", column.File }, { "title", column.Title }, { "window", window }, { "unit", column.Unit } });
    }
    if (!maskFile.empty())
    {
      writer->SetMaskImage(sct::ReadMask(maskFile));
    }
    if (!point.empty())
    {
      writer->SetPoint(itk::SlicePictureWriter::PointType(point.data()));
    }
    writer->SetColumnWidth(columnWidth);
    writer->SetNote(note);
    writer->SetFileName(outputFile);
    {
      const sct::StageProgress progress("Picture", writer);
      writer->Write();
    }
    if (!options.JSONFile.empty())
    {
      const auto & used = writer->GetPoint();
      report["point-mm-lps"] = { used[0], used[1], used[2] };
      sct::WriteText(report.dump(2), options.JSONFile);
    }
  });
}
