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
#include "itkOutputFiles.h"

#include "SyntheticCTDetail/itkSameGridVerification.h"
#include "itkFilesTestUtilities.h"

#include "itkImage.h"

#include <limits>

namespace
{
using itk::TestUtilities::ErrorOf;
using Kind = itk::OutputFilesKindEnum;
namespace fs = std::filesystem;

class OutputFiles : public itk::TestUtilities::FilesTest
{
protected:
  void
  SetUp() override
  {
    FilesTest::SetUp();
    m_Files = itk::OutputFiles::New();
  }

  /** The description of what adding an output throws, without its name. */
  std::string
  Add(const std::string & name, Kind kind)
  {
    const std::string error = ErrorOf([&] { m_Files->AddOutput(this->Path(name), kind); });
    EXPECT_TRUE(error.empty() || error.rfind(this->Path(name) + ": ", 0) == 0) << error;
    return error.empty() ? "" : error.substr(this->Path(name).size() + 2);
  }

  itk::OutputFiles::Pointer m_Files;
};

TEST_F(OutputFiles, WhatCanBeWritten)
{
  this->Write("old.nii.gz", "old");
  fs::create_directory(this->Path("cases"));
  for (const char * const name : { "a.nii", "b.nii.gz", "c.mha", "d.nrrd", "e.mhd", "f.nhdr", "g.hdr", "old.nii.gz" })
  {
    EXPECT_EQ(this->Add(name, Kind::Volume), "");
  }
  EXPECT_EQ(this->Add("report.json", Kind::File), "");
  EXPECT_EQ(this->Add("series", Kind::NewFolder), "");
  EXPECT_EQ(this->Add("series2/", Kind::NewFolder), "");
  EXPECT_EQ(this->Add("cases", Kind::Folder), "");
  EXPECT_EQ(this->Add("new/and/deep", Kind::Folder), "");
  m_Files->AddOutput("-");
  m_Files->AddOutput("-");
  m_Files->AddOutput("", Kind::Volume);
  m_Files->AddInput("");
  EXPECT_EQ(this->Names(), "cases old.nii.gz");
}

TEST_F(OutputFiles, FoldersAndNames)
{
  this->Write("file", "");
  fs::create_directory(this->Path("folder"));
  fs::create_directory(this->Path("folder.nii"));
  EXPECT_EQ(this->Add("gone/a.nii", Kind::Volume), "the folder " + this->Path("gone") + " does not exist");
  EXPECT_EQ(this->Add("file/a.nii", Kind::Volume), this->Path("file") + " is a file, should be a folder");
  EXPECT_EQ(this->Add("folder.nii", Kind::Volume), "is a folder, should be the name of a file");
  EXPECT_EQ(this->Add("folder", Kind::File), "is a folder, should be the name of a file");
  EXPECT_EQ(this->Add("a.nii/", Kind::Volume), "ends in a slash, which names a folder; should be the name of a file");
  EXPECT_EQ(this->Add("a.json/", Kind::File), "ends in a slash, which names a folder; should be the name of a file");
  EXPECT_EQ(this->Add("folder", Kind::NewFolder), "exists already, should be the name of a new folder");
  EXPECT_EQ(this->Add("folder/", Kind::NewFolder), "exists already, should be the name of a new folder");
  EXPECT_EQ(this->Add("gone/series/", Kind::NewFolder), "the folder " + this->Path("gone") + " does not exist");
  EXPECT_EQ(this->Add("file", Kind::Folder), this->Path("file") + " is a file, should be a folder");
  EXPECT_EQ(this->Add("file/deep", Kind::Folder), this->Path("file") + " is a file, should be a folder");
  EXPECT_NE(this->Add("a.png", Kind::Volume).find("pictures"), std::string::npos);
  if (geteuid() != 0)
  {
    fs::permissions(this->Path("folder"), fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_NE(this->Add("folder/a.nii", Kind::Volume).find("cannot be written to"), std::string::npos);
  }
}

TEST_F(OutputFiles, InputsAreNotOverwritten)
{
  this->Write("mr.nii", "x");
  fs::create_symlink("mr.nii", this->Path("symbolic.nii"));
  fs::create_hard_link(this->Path("mr.nii"), this->Path("hard.nii"));
  this->Write("pair.mhd", "NDims = 3\nDimSize = 2 2 2\nElementType = MET_UCHAR\nElementDataFile = voxels.raw\n");
  this->Write("voxels.raw", "12345678");
  this->Write("other.raw", "12345678");
  m_Files->AddInput(this->Path("mr.nii"));
  m_Files->AddInput(this->Path("pair.mhd"));
  m_Files->AddInput(this->Path("other.raw"));
  const std::string text = "is an input and would be overwritten";
  EXPECT_EQ(this->Add("mr.nii", Kind::Volume), text);
  EXPECT_EQ(this->Add("./mr.nii", Kind::Volume), text);
  EXPECT_EQ(this->Add("symbolic.nii", Kind::Volume), text);
  EXPECT_EQ(this->Add("hard.nii", Kind::Volume), text);
  EXPECT_EQ(this->Add("mr.nii", Kind::File), text);
  // The voxels beside a header, and the second file of an output.
  EXPECT_EQ(this->Add("voxels.raw", Kind::File), text);
  EXPECT_EQ(this->Add("other.mhd", Kind::Volume), "its file " + this->Path("other.raw") + " " + text);
}

TEST_F(OutputFiles, OutputsDoNotOverwriteEachOther)
{
  EXPECT_EQ(this->Add("a.nii.gz", Kind::Volume), "");
  EXPECT_EQ(this->Add("a.nii.gz", Kind::File), "is another output too");
  EXPECT_EQ(this->Add("../" + m_Folder.filename().string() + "/a.nii.gz", Kind::Volume), "is another output too");
  EXPECT_EQ(this->Add("b.mhd", Kind::Volume), "");
  EXPECT_EQ(this->Add("b.nhdr", Kind::Volume), "its file " + this->Path("b.raw") + " is another output too");
  EXPECT_EQ(this->Add("c.hdr", Kind::Volume), "");
  EXPECT_EQ(this->Add("c.img", Kind::Volume), "is another output too");
}

TEST_F(OutputFiles, NamesOfImages)
{
  for (const char * const name : { "a.nii.gz", "A.NII", "b.mha", "c.png", "d.JPG", "e.gipl", "f.dcm", "x/g.nrrd" })
  {
    EXPECT_TRUE(itk::OutputFiles::HasImageName(name)) << name;
  }
  for (const char * const name : { "series", "series/", "a.nii/", "v1.2", "x.gz" })
  {
    EXPECT_FALSE(itk::OutputFiles::HasImageName(name)) << name;
  }
}

TEST_F(OutputFiles, PrintsItsNames)
{
  m_Files->AddInput(this->Path("input"));
  m_Files->AddOutput(this->Path("output"));
  std::ostringstream text;
  m_Files->Print(text);
  EXPECT_NE(text.str().find(this->Path("input")), std::string::npos);
  EXPECT_NE(text.str().find(this->Path("output")), std::string::npos);
  text << Kind::File << Kind::Volume << Kind::NewFolder << Kind::Folder << static_cast<Kind>(9);
  EXPECT_NE(text.str().find("filevolumenew folderfolderinvalid"), std::string::npos);
}

// ------------------------------------------------------------------------------------------------------------ Grids

itk::Image<float, 3>::Pointer
MakeGrid(double spacing, double origin, double degrees)
{
  auto                           image = itk::Image<float, 3>::New();
  itk::Image<float, 3>::SizeType size = { { 200, 100, 50 } };
  image->SetRegions(size);
  const double spacings[] = { spacing, 1.0, 2.5 };
  const double origins[] = { origin, -439.51171875, -1171.4 };
  image->SetSpacing(spacings);
  image->SetOrigin(origins);
  itk::Image<float, 3>::DirectionType direction;
  direction.SetIdentity();
  const double angle = degrees * 3.14159265358979323846 / 180.0;
  direction(0, 0) = direction(1, 1) = std::cos(angle);
  direction(0, 1) = -std::sin(angle);
  direction(1, 0) = std::sin(angle);
  image->SetDirection(direction);
  return image;
}

std::string
Difference(const itk::ImageBase<3> * first, const itk::ImageBase<3> * second)
{
  return itk::GridDifference<3>(*first, *second);
}

TEST(SameGridVerification, AHundredthOfAVoxelAtTheFarthestCorner)
{
  const auto reference = MakeGrid(1.0, -251.51171875, 30.0);
  EXPECT_EQ(Difference(reference, reference), "");
  // What single precision makes of it.
  EXPECT_EQ(Difference(reference, MakeGrid(1.0, static_cast<float>(-251.51171875), 30.0)), "");
  EXPECT_EQ(Difference(reference, MakeGrid(1.0, -251.51171875 + 0.0099, 30.0)), "");
  const std::string origin = Difference(reference, MakeGrid(1.0, -251.51171875 + 0.0102, 30.0));
  EXPECT_EQ(origin.rfind("origin [-251.5015188, -439.5117188, -1171.4] instead of [-251.5117188, ", 0), 0u) << origin;
  EXPECT_NE(origin.find("(0.0102 voxels at the farthest corner)"), std::string::npos) << origin;
  // 199 steps add up.
  EXPECT_EQ(Difference(reference, MakeGrid(1.0 + 0.0099 / 199.0, -251.51171875, 30.0)), "");
  const std::string spacing = Difference(reference, MakeGrid(1.0 + 0.0102 / 199.0, -251.51171875, 30.0));
  EXPECT_EQ(spacing.rfind("spacing [1.000051256, 1, 2.5] instead of [1, 1, 2.5]", 0), 0u) << spacing;
  // The far corner of the plane is hypot(199, 99) voxels away.
  const double degrees = 180.0 / 3.14159265358979323846 / 222.2656;
  EXPECT_EQ(Difference(reference, MakeGrid(1.0, -251.51171875, 30.0 + 0.0099 * degrees)), "");
  const std::string direction = Difference(reference, MakeGrid(1.0, -251.51171875, 30.0 + 0.0102 * degrees));
  EXPECT_EQ(direction.rfind("direction 0.866", 0), 0u) << direction;

  // A tolerance of one's own.
  EXPECT_NE(itk::GridDifference<3>(*reference, *MakeGrid(1.0, -251.51171875 + 0.0099, 30.0), 1e-6), "");
  auto other = MakeGrid(1.0, -251.51171875, 30.0);
  other->SetRegions(itk::Image<float, 3>::SizeType{ { 200, 100, 51 } });
  EXPECT_EQ(Difference(reference, other), "size [200, 100, 51] instead of [200, 100, 50]");
  other = MakeGrid(1.0, std::numeric_limits<double>::quiet_NaN(), 30.0);
  EXPECT_NE(Difference(reference, other), "");
}

} // namespace
