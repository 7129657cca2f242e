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
#include "itkLandmarkList.h"

#include "itkFilesTestUtilities.h"
#include "itkImageFilterTestUtilities.h"
#include "itkLandmarkTestUtilities.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace
{
using itk::LandmarkList;
using itk::TestUtilities::ErrorOf;
using itk::TestUtilities::ExpectError;
using itk::TestUtilities::PointAt;

class LandmarkListTest : public itk::TestUtilities::FilesTest
{};

/** One point as a control point of 3D Slicer. */
std::string
ControlPoint(const std::string & label, const std::string & position, const std::string & status = "defined")
{
  return R"({"id": "1", "label": ")" + label + R"(", "position": )" + position + R"(, "positionStatus": ")" + status +
         R"(", "selected": true})";
}

/** A file of one list of markups. */
std::string
Markups(const std::string & keys, const std::string & controlPoints)
{
  return R"({"markups": [{"type": "Fiducial", )" + keys + R"("controlPoints": [)" + controlPoints + "]}]}";
}

/** Expects the points (1, 2, 3) and (-40.5, 0, 6e1) in LPS, and these labels. */
void
ExpectTwoLandmarks(const LandmarkList * list, const std::string & first, const std::string & second)
{
  ASSERT_EQ(list->GetNumberOfLandmarks(), 2U);
  EXPECT_EQ(list->GetPoint(0), PointAt(1.0, 2.0, 3.0));
  EXPECT_EQ(list->GetPoint(1), PointAt(-40.5, 0.0, 60.0));
  EXPECT_EQ(list->GetLabel(0), first);
  EXPECT_EQ(list->GetLabel(1), second);
}

const std::string inLPS = ControlPoint("nasion", "[1, 2, 3]") + ',' + ControlPoint("left ear", "[-40.5, 0, 6e1]");
const std::string inRAS = ControlPoint("nasion", "[-1, -2, 3]") + ',' + ControlPoint("left ear", "[40.5, 0, 60]");

} // namespace

TEST_F(LandmarkListTest, ReadsMarkupsInEitherCoordinateSystem)
{
  const std::pair<std::string, std::string> files[] = {
    { "", inLPS },
    { R"("coordinateSystem": "LPS", )", inLPS },
    { R"("coordinateSystem": "1", "coordinateUnits": "mm", )", inLPS },
    { R"("coordinateSystem": 1, "coordinateUnits": ["mm", "UCUM", "millimeter"], )", inLPS },
    { R"("coordinateSystem": "RAS", )", inRAS },
    { R"("coordinateSystem": "0", )", inRAS },
    { R"("coordinateSystem": 0, )", inRAS }
  };
  for (const auto & file : files)
  {
    SCOPED_TRACE(file.first);
    const auto list = LandmarkList::Read(this->Write("points.mrk.json", Markups(file.first, file.second)));
    ExpectTwoLandmarks(list, "nasion", "left ear");
    EXPECT_EQ(list->GetNumberOfRemarks(), 0U);
  }
}

TEST_F(LandmarkListTest, TakesAllMarkupsAndLeavesOutPointsThatAreNotDefined)
{
  const std::string undefined = ControlPoint("chin", R"("")", "undefined");
  const std::string preview = ControlPoint("brow", "[9, 9, 9]", "preview");
  const std::string path = this->Write(
    "points.JSON",
    R"({"markups": [{"coordinateSystem": "RAS", "controlPoints": [{"position": [-1, -2, 3]}, )" + undefined +
      R"(]}, {"controlPoints": [)" + preview + ", " + ControlPoint("left ear", "[-40.5, 0, 60]") + "]}]}");
  const auto list = LandmarkList::Read(path);
  ExpectTwoLandmarks(list, "", "left ear");
  ASSERT_EQ(list->GetNumberOfRemarks(), 2U);
  EXPECT_EQ(list->GetRemark(0),
            path + ", markup 1, control point 2: the position of 'chin' is undefined, it is left out");
  EXPECT_EQ(list->GetRemark(1),
            path + ", markup 2, control point 1: the position of 'brow' is preview, it is left out");
  list->Clear();
  EXPECT_EQ(list->GetNumberOfLandmarks(), 0U);
  EXPECT_EQ(list->GetNumberOfRemarks(), 0U);
}

TEST_F(LandmarkListTest, ReadsFiducialsInEitherCoordinateSystem)
{
  const std::string version = "# Markups fiducial file version = 4.11\n";
  const std::string columns = "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n";
  const std::string lps = "vtkMRMLMarkupsFiducialNode_0,1,2,3,0,0,0,1,1,1,0,nasion,,vtkMRMLScalarVolumeNode1\n"
                          "vtkMRMLMarkupsFiducialNode_1,-40.5,0,6e1,0,0,0,1,1,1,0,\"ear, left\",,,2,0\n";
  const std::string ras = "vtkMRMLMarkupsFiducialNode_0,-1,-2,3,0,0,0,1,1,1,0,nasion,,\r\n"
                          "vtkMRMLMarkupsFiducialNode_1,40.5,0,60,0,0,0,1,1,1,0,\"ear, left\",,\r\n";
  const std::string texts[] = { version + "# CoordinateSystem = LPS\n" + columns + lps,
                                version + "# CoordinateSystem = 1\n" + columns + lps,
                                version + "# CoordinateSystem = RAS\r\n" + columns + ras,
                                version + "# CoordinateSystem = 0\n" + columns + ras,
                                "# CoordinateSystem = 0\n" + ras,
                                // Names of columns before the coordinate system, in another order.
                                "# columns = label,z,y,x\n# CoordinateSystem = 1\n"
                                "nasion,3,2,1\n\"ear, left\",60,0,-40.5\n" };
  for (const std::string & text : texts)
  {
    SCOPED_TRACE(text);
    const auto list = LandmarkList::Read(this->Write("points.fcsv", text));
    ExpectTwoLandmarks(list, "nasion", "ear, left");
    EXPECT_EQ(list->GetNumberOfRemarks(), 0U);
  }
  const std::string path = this->Write("silent.fcsv", version + columns + ras);
  const auto        list = LandmarkList::Read(path);
  ExpectTwoLandmarks(list, "nasion", "ear, left");
  ASSERT_EQ(list->GetNumberOfRemarks(), 1U);
  EXPECT_EQ(list->GetRemark(0), path + ": does not say its coordinate system; RAS is taken, as 3D Slicer does");
}

TEST_F(LandmarkListTest, ReadsTablesWithAndWithoutNames)
{
  const std::string texts[] = { "label,x,y,z\na,1,2,3\nb,-40.5,0,6e1\n",
                                "\xEF\xBB\xBFname;X;Y;Z\r\na;1;2;3\r\nb;-40.5;0;60\r\n",
                                "sep=;\nz;y;x;label\n3;2;1;a\n60;0;-40.5;b",
                                "a,1,2,3\nb,-40.5,0,60\n",
                                "a;1;2;3\rb;-40.5;0;60\r",
                                "# by hand\n1,2,3,a\n\n-40.5, 0, 60, b\n",
                                "1\t2\t3\ta\n-40.5\t0\t60\tb\n",
                                "label,l,p,s,defined\na,1,2,3,1\nb,-40.5,0,60,1\n",
                                "label,r,a,s\na,-1,-2,3\nb,40.5,0,60\n" };
  for (const std::string & text : texts)
  {
    SCOPED_TRACE(text);
    const auto list = LandmarkList::Read(this->Write("points.csv", text));
    ExpectTwoLandmarks(list, "a", "b");
  }
  ExpectTwoLandmarks(LandmarkList::Read(this->Write("points.txt", "1;2;3\n-40.5;0;60\n")), "", "");
  const std::string path = this->Write("points.tsv", "label\tx\ty\tz\tdefined\na\t1\t2\t3\t1\nc\t\t\t\t0\n");
  const auto        list = LandmarkList::Read(path);
  EXPECT_EQ(list->GetNumberOfLandmarks(), 1U);
  ASSERT_EQ(list->GetNumberOfRemarks(), 1U);
  EXPECT_EQ(list->GetRemark(0), path + ", line 3: the position of 'c' is undefined, it is left out");
}

TEST_F(LandmarkListTest, SaysWhatIsWrongWithAFile)
{
  const struct
  {
    const char * Name;
    std::string  Text;
    std::string  Error;
  } files[] = {
    { "a.xml", "<points/>", ": a file of landmarks should be .mrk.json, .fcsv, .csv, .tsv or .txt" },
    { "a.json", "points", ": is no JSON: " },
    { "a.json", "[]", ": has no list 'markups', so it is no file of markups" },
    { "a.json", R"({"markups": [{}]})", ", markup 1: has no list 'controlPoints'" },
    { "a.json", R"({"markups": [3]})", ", markup 1: has no list 'controlPoints'" },
    { "a.json",
      Markups(R"("coordinateSystem": "IJK", )", inLPS),
      ", markup 1: the coordinate system is 'IJK', should be LPS (1) or RAS (0)" },
    { "a.json", Markups(R"("coordinateSystem": [], )", inLPS), ", markup 1: 'coordinateSystem' should be a text" },
    { "a.json",
      Markups(R"("coordinateUnits": "um", )", inLPS),
      R"(, markup 1: 'coordinateUnits' is "um", should be "mm")" },
    { "a.json", Markups("", "3"), ", markup 1, control point 1: should be an object with a 'position'" },
    { "a.json", Markups("", "{}"), ", markup 1, control point 1: 'position' should be three finite numbers" },
    { "a.json",
      Markups("", inLPS + ", " + ControlPoint("c", "[1, 2]")),
      ", markup 1, control point 3: 'position' should be three finite numbers" },
    { "a.json",
      Markups("", ControlPoint("c", R"([1, 2, "3"])")),
      ", markup 1, control point 1: 'position' should be three finite numbers" },
    { "a.json", Markups("", ControlPoint("c", "null", "undefined")), ": has no landmark that is defined" },
    { "a.fcsv", "# CoordinateSystem = 2\n", ", line 1: the coordinate system is '2', should be LPS (1) or RAS (0)" },
    { "a.fcsv", "# columns = id,a,b\n", ", line 1: names no columns x, y and z" },
    { "a.fcsv",
      "# CoordinateSystem = LPS\n0,1,two,3\n",
      ", line 2: 'two' should be a finite number, coordinate 2 in mm" },
    { "a.fcsv", "# CoordinateSystem = LPS\n0,1,2\n", ", line 2: '' should be a finite number, coordinate 3 in mm" },
    { "a.fcsv", "# CoordinateSystem = LPS\n", ": has no landmark that is defined" },
    { "a.csv", "", ": has no landmark that is defined" },
    { "a.csv", "x,y,z\n", ": has no landmark that is defined" },
    { "a.csv", "1,2\n", ", line 1: has 2 columns, should have x,y,z in mm, or these and a label, or their names" },
    { "a.csv",
      "7,1,2,3\n",
      ", line 1: which of the four columns is the label? Name them in the first line, such as label,x,y,z" },
    { "a.csv",
      "a,b,c,d\n",
      ", line 1: which of the four columns is the label? Name them in the first line, such as label,x,y,z" },
    { "a.csv", "x,y,z\n1,2,nan\n", ", line 2: 'nan' should be a finite number, coordinate 3 in mm" },
    { "a.csv", "x,y,z\n1,2,1e999\n", ", line 2: '1e999' should be a finite number, coordinate 3 in mm" },
    { "a.csv", "x;y;z\n1,5;2;3\n", ", line 2: '1,5' should be a finite number, coordinate 1 in mm" },
    { "a.csv", "x,y,z\n1,2,3 mm\n", ", line 2: '3 mm' should be a finite number, coordinate 3 in mm" },
    { "a.csv", "PK\x03\x04", ": is the workbook of a spreadsheet, should be text; save it as CSV" }
  };
  for (const auto & file : files)
  {
    SCOPED_TRACE(file.Text);
    const std::string path = this->Write(file.Name, file.Text);
    const std::string error = ErrorOf([&] { LandmarkList::Read(path); });
    EXPECT_EQ(error.compare(0, path.size() + file.Error.size(), path + file.Error), 0) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
  for (const char * const name : { "none.mrk.json", "none.fcsv", "none.csv" })
  {
    EXPECT_EQ(ErrorOf([&] { LandmarkList::Read(this->Path(name)); }),
              this->Path(name) + ": no such file, or not readable");
  }
}

TEST(LandmarkList, RefusesWhatIsNoPointAndWhatIsNotThere)
{
  auto list = LandmarkList::New();
  list->AddLandmark(PointAt(1.0, 2.0, 3.0), "a");
  list->AddLandmark(PointAt(1.0, 2.0, 4.0), "a");
  for (const double bad : { std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity() })
  {
    for (unsigned int d = 0; d < 3; ++d)
    {
      auto point = PointAt(1.0, 2.0, 3.0);
      point[d] = bad;
      ExpectError([&] { list->AddLandmark(point, "b"); }, "Landmark 'b' is at");
    }
  }
  EXPECT_EQ(list->GetNumberOfLandmarks(), 2U);
  ExpectError([&] { list->GetPoint(2); }, "There is no landmark 2, only 2");
  ExpectError([&] { list->GetLabel(2); }, "There is no landmark 2, only 2");
  ExpectError([&] { list->GetRemark(0); }, "There is no remark 0, only 0");
}
