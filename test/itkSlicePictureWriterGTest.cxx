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
#include "itkSlicePictureWriter.h"

#include "itkImageFileReader.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkPNGImageIO.h"
#include "itkRGBPixel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>
#include <sstream>

namespace
{

namespace fs = std::filesystem;

using WriterType = itk::SlicePictureWriter;
using ImageType = WriterType::ImageType;
using MaskType = WriterType::MaskImageType;
using PointType = WriterType::PointType;
using Plane = itk::SlicePicturePlaneEnum;
using Colors = itk::SlicePictureColorsEnum;
using PixelType = itk::RGBPixel<unsigned char>;
using PictureType = itk::Image<PixelType, 2>;

const Plane allPlanes[] = { Plane::Axial, Plane::Coronal, Plane::Sagittal };

PointType
At(double x, double y, double z)
{
  PointType point;
  point[0] = x;
  point[1] = y;
  point[2] = z;
  return point;
}

/** A folder that goes with the test. */
class SlicePictureWriter : public ::testing::Test
{
protected:
  void
  SetUp() override
  {
    m_Folder = fs::temp_directory_path() / ("itkSlicePictureWriterGTest-" + std::to_string(std::random_device{}()));
    fs::create_directory(m_Folder);
  }

  void
  TearDown() override
  {
    fs::remove_all(m_Folder);
  }

  PictureType::Pointer
  WriteAndRead(WriterType * writer)
  {
    const std::string name = (m_Folder / "picture.png").string();
    writer->SetFileName(name);
    writer->Write();
    auto reader = itk::ImageFileReader<PictureType>::New();
    reader->SetImageIO(itk::PNGImageIO::New());
    reader->SetFileName(name);
    reader->Update();
    return reader->GetOutput();
  }

  fs::path m_Folder;
};

/** An image of the given physical scene on a grid whose voxel axes run along the columns of direction, and whose centre
 * is at center. */
template <typename TImage = ImageType>
typename TImage::Pointer
Sample(const std::function<double(const PointType &)> & scene,
       const typename TImage::SizeType &                size,
       const double (&spacing)[3],
       const typename TImage::DirectionType & direction,
       const PointType &                      center)
{
  auto                        image = TImage::New();
  typename TImage::RegionType region;
  region.SetIndex({ { -3, 5, 7 } });
  region.SetSize(size);
  image->SetRegions(region);
  image->SetSpacing(spacing);
  image->SetDirection(direction);
  itk::ContinuousIndex<double, 3> middle;
  for (unsigned int i = 0; i < 3; ++i)
  {
    middle[i] = static_cast<double>(region.GetIndex(i)) + 0.5 * (static_cast<double>(size[i]) - 1.0);
  }
  PointType middlePoint;
  image->TransformContinuousIndexToPhysicalPoint(middle, middlePoint);
  image->SetOrigin(image->GetOrigin() + (center - middlePoint));
  image->Allocate();
  for (itk::ImageRegionIteratorWithIndex<TImage> it(image, region); !it.IsAtEnd(); ++it)
  {
    PointType point;
    image->TransformIndexToPhysicalPoint(it.GetIndex(), point);
    it.Set(static_cast<typename TImage::PixelType>(scene(point)));
  }
  return image;
}

ImageType::DirectionType
Identity()
{
  ImageType::DirectionType direction;
  direction.SetIdentity();
  return direction;
}

const PointType center = At(10, -20, 30);

bool
IsInCube(const PointType & point, const PointType & middle, double half)
{
  return std::abs(point[0] - middle[0]) < half && std::abs(point[1] - middle[1]) < half &&
         std::abs(point[2] - middle[2]) < half;
}

// Cubes of half edge 6 mm, each in the slices that it should be seen in: left, posterior, superior of the centre.
const PointType leftCube = At(10 + 20, -20, 30);
const PointType posteriorCube = At(10, -20 + 18, 30);
const PointType superiorCube = At(10, -20, 30 + 16);

double
Scene(const PointType & point)
{
  if (IsInCube(point, leftCube, 6))
  {
    return 1000;
  }
  if (IsInCube(point, posteriorCube, 6))
  {
    return 500;
  }
  if (IsInCube(point, superiorCube, 6))
  {
    return 250;
  }
  return 0;
}

constexpr double unitSpacing[3] = { 1, 1, 1 };

ImageType::Pointer
SceneImage()
{
  return Sample(Scene, { { 64, 60, 56 } }, unitSpacing, Identity(), center);
}

WriterType::Pointer
SceneWriter(ImageType * image)
{
  auto writer = WriterType::New();
  writer->AddColumn(image, "Scene", 0, 1000, "HU");
  writer->SetPoint(center);
  return writer;
}

void
ExpectColor(const PixelType & pixel, int red, int green, int blue, int tolerance = 0)
{
  EXPECT_NEAR(pixel[0], red, tolerance);
  EXPECT_NEAR(pixel[1], green, tolerance);
  EXPECT_NEAR(pixel[2], blue, tolerance);
}

} // namespace

TEST_F(SlicePictureWriter, ShowsValuesWhereTheyAre)
{
  const auto writer = SceneWriter(SceneImage());
  const auto picture = WriteAndRead(writer);

  // Patient left is on the right, posterior down, superior up, and in the sagittal slice posterior on the right. Where
  // things are follows from the rectangle alone: 64 x 60 x 56 mm in 420 pixels, the centre in the middle.
  const struct
  {
    Plane     plane;
    PointType point;
    double    right;
    double    down;
    int       grey;
  } expected[] = { { Plane::Axial, leftCube, 20, 0, 255 },
                   { Plane::Axial, posteriorCube, 0, 18, 128 },
                   { Plane::Axial, center, 0, 0, 0 },
                   { Plane::Coronal, leftCube, 20, 0, 255 },
                   { Plane::Coronal, superiorCube, 0, -16, 64 },
                   { Plane::Sagittal, posteriorCube, 18, 0, 128 },
                   { Plane::Sagittal, superiorCube, 0, -16, 64 } };
  const double scale = 420.0 / 64.0;
  for (const auto & row : expected)
  {
    const auto                       panel = writer->GetPanelRegion(0, row.plane);
    const WriterType::PixelIndexType pixel{
      { panel.GetIndex(0) + std::lround(0.5 * panel.GetSize(0) + row.right * scale),
        panel.GetIndex(1) + std::lround(0.5 * panel.GetSize(1) + row.down * scale) }
    };
    ExpectColor(picture->GetPixel(pixel), row.grey, row.grey, row.grey);
    const auto transformed = writer->TransformPhysicalPointToPixel(row.point, 0, row.plane);
    EXPECT_NEAR(transformed[0], pixel[0], 1);
    EXPECT_NEAR(transformed[1], pixel[1], 1);
  }

  // Where there is no slice, there is the ground.
  ExpectColor(picture->GetPixel({ { 0, 0 } }), 20, 21, 24);
  const auto size = picture->GetLargestPossibleRegion().GetSize();
  ExpectColor(picture->GetPixel({ { static_cast<long>(size[0]) - 1, static_cast<long>(size[1]) - 1 } }), 20, 21, 24);
}

TEST_F(SlicePictureWriter, SlicesKeepTheirPhysicalShape)
{
  // 64 x 60 x 56 mm from voxels of 2 x 0.5 x 4 mm.
  auto writer = SceneWriter(Sample(Scene, { { 32, 120, 14 } }, { 2, 0.5, 4 }, Identity(), center));
  writer->SetColumnWidth(640);
  WriteAndRead(writer);
  const WriterType::PanelRegionType::SizeType axial{ { 640, 600 } };
  const WriterType::PanelRegionType::SizeType coronal{ { 640, 560 } };
  const WriterType::PanelRegionType::SizeType sagittal{ { 600, 560 } };
  EXPECT_EQ(writer->GetPanelRegion(0, Plane::Axial).GetSize(), axial);
  EXPECT_EQ(writer->GetPanelRegion(0, Plane::Coronal).GetSize(), coronal);
  EXPECT_EQ(writer->GetPanelRegion(0, Plane::Sagittal).GetSize(), sagittal);
}

TEST_F(SlicePictureWriter, RowsOfAThinSlabHaveRoomForTheirTexts)
{
  const auto writer = SceneWriter(Sample(Scene, { { 64, 60, 2 } }, unitSpacing, Identity(), center));
  WriteAndRead(writer);
  const auto coronal = writer->GetPanelRegion(0, Plane::Coronal);
  const auto sagittal = writer->GetPanelRegion(0, Plane::Sagittal);
  EXPECT_EQ(coronal.GetSize(1), 13u); // 2 mm of 64 mm in 420 pixels
  EXPECT_GE(sagittal.GetIndex(1) - coronal.GetIndex(1), 150);
}

TEST_F(SlicePictureWriter, TheOrderAndDirectionOfTheAxesDoNotMatter)
{
  const auto writer = SceneWriter(SceneImage());
  const auto expected = WriteAndRead(writer);

  // The same voxels stored from left to right, superior to inferior, posterior to anterior.
  ImageType::DirectionType direction;
  direction.Fill(0.0);
  direction(0, 1) = -1;
  direction(2, 0) = -1;
  direction(1, 2) = -1;
  const auto permuted = WriteAndRead(SceneWriter(Sample(Scene, { { 56, 64, 60 } }, unitSpacing, direction, center)));
  ASSERT_EQ(permuted->GetLargestPossibleRegion(), expected->GetLargestPossibleRegion());
  size_t differing = 0;
  for (itk::ImageRegionIteratorWithIndex<PictureType> it(expected, expected->GetLargestPossibleRegion()); !it.IsAtEnd();
       ++it)
  {
    differing += std::abs(int{ it.Get()[0] } - int{ permuted->GetPixel(it.GetIndex())[0] }) > 1 ? 1 : 0;
  }
  EXPECT_EQ(differing, 0u);

  // An oblique grid that covers the same box.
  direction.SetIdentity();
  const double angle = 0.4;
  direction(0, 0) = direction(1, 1) = std::cos(angle);
  direction(1, 0) = std::sin(angle);
  direction(0, 1) = -direction(1, 0);
  auto obliqueWriter = SceneWriter(SceneImage());
  obliqueWriter->AddColumn(
    Sample(Scene, { { 180, 180, 112 } }, { 0.5, 0.5, 0.5 }, direction, center), "Oblique", 0, 1000, "HU");
  const auto oblique = WriteAndRead(obliqueWriter);
  for (const auto & [plane, point, grey] : { std::make_tuple(Plane::Axial, leftCube, 255),
                                             std::make_tuple(Plane::Axial, posteriorCube, 128),
                                             std::make_tuple(Plane::Coronal, superiorCube, 64),
                                             std::make_tuple(Plane::Sagittal, posteriorCube, 128) })
  {
    ExpectColor(oblique->GetPixel(obliqueWriter->TransformPhysicalPointToPixel(point, 1, plane)), grey, grey, grey);
  }
}

TEST_F(SlicePictureWriter, DifferencesAreBlueWhiteAndRed)
{
  const auto image = Sample([](const PointType & point) { return point[0] < 0    ? -100
                                                                 : point[0] > 20 ? 100
                                                                                 : 0; },
                            { { 64, 60, 56 } },
                            unitSpacing,
                            Identity(),
                            center);
  auto       writer = WriterType::New();
  writer->AddColumn(image, "Difference", -100, 50, "HU", Colors::Difference);
  const auto picture = WriteAndRead(writer);
  const auto colorAt = [&](double x) {
    return picture->GetPixel(writer->TransformPhysicalPointToPixel(At(x, -10, 30), 0, Plane::Axial));
  };
  ExpectColor(colorAt(-15), 18, 48, 140, 1);
  ExpectColor(colorAt(10), 255, 255, 255);
  ExpectColor(colorAt(35), 148, 10, 26, 1);
}

TEST_F(SlicePictureWriter, TheMaskFramesThePictureAndHidesDifferencesOutside)
{
  const auto image = Sample([](const PointType &) { return 0; }, { { 64, 60, 56 } }, unitSpacing, Identity(), center);
  // On a grid of its own.
  const auto mask = Sample<MaskType>([](const PointType & point) { return IsInCube(point, leftCube, 10) ? 7 : 0; },
                                     { { 80, 80, 80 } },
                                     { 1, 1, 1 },
                                     Identity(),
                                     leftCube);
  auto       writer = WriterType::New();
  writer->AddColumn(image, "Grey", -1, 1, "");
  writer->AddColumn(image, "Difference", -1, 1, "", Colors::Difference);
  writer->SetMaskImage(mask);
  writer->SetFieldOfViewMargin(5);
  writer->SetColumnWidth(300);
  const auto picture = WriteAndRead(writer);

  // 20 mm of mask and 5 mm on each side.
  for (const Plane plane : allPlanes)
  {
    EXPECT_EQ(writer->GetPanelRegion(1, plane).GetSize(0), 300u);
    EXPECT_EQ(writer->GetPanelRegion(1, plane).GetSize(1), 300u);
  }
  EXPECT_LT(writer->GetPoint().EuclideanDistanceTo(leftCube), 1e-9);
  const auto inside = At(leftCube[0] + 5, leftCube[1] + 5, leftCube[2]);
  const auto outside = At(leftCube[0] - 12, leftCube[1] - 12, leftCube[2]);
  ExpectColor(picture->GetPixel(writer->TransformPhysicalPointToPixel(inside, 0, Plane::Axial)), 128, 128, 128);
  ExpectColor(picture->GetPixel(writer->TransformPhysicalPointToPixel(outside, 0, Plane::Axial)), 128, 128, 128);
  ExpectColor(picture->GetPixel(writer->TransformPhysicalPointToPixel(inside, 1, Plane::Axial)), 255, 255, 255);
  ExpectColor(picture->GetPixel(writer->TransformPhysicalPointToPixel(outside, 1, Plane::Axial)), 20, 21, 24);
}

TEST_F(SlicePictureWriter, WhatIsUnknownIsGround)
{
  const auto image =
    Sample([](const PointType & point) { return point[0] < 5 ? std::numeric_limits<double>::quiet_NaN() : 1; },
           { { 64, 60, 56 } },
           unitSpacing,
           Identity(),
           center);
  const auto writer = SceneWriter(image);
  // A volume that covers less than the first.
  writer->AddColumn(
    Sample([](const PointType &) { return 1; }, { { 20, 20, 20 } }, unitSpacing, Identity(), center), "", 0, 1, "");
  const auto picture = WriteAndRead(writer);
  const auto left = At(-10, -10, 30);
  const auto right = At(30, -10, 30);
  ExpectColor(picture->GetPixel(writer->TransformPhysicalPointToPixel(left, 0, Plane::Axial)), 20, 21, 24);
  ExpectColor(picture->GetPixel(writer->TransformPhysicalPointToPixel(right, 0, Plane::Axial)), 0, 0, 0);
  ExpectColor(picture->GetPixel(writer->TransformPhysicalPointToPixel(right, 1, Plane::Axial)), 20, 21, 24);
  ExpectColor(
    picture->GetPixel(writer->TransformPhysicalPointToPixel(At(12, -18, 32), 1, Plane::Axial)), 255, 255, 255);
}

TEST_F(SlicePictureWriter, DrawsTextsAndColorBars)
{
  const auto countBright = [](const PictureType * picture, const itk::ImageRegion<2> & region) {
    size_t count = 0;
    for (itk::ImageRegionConstIterator<PictureType> it(picture, region); !it.IsAtEnd(); ++it)
    {
      count += it.Get()[1] > 100 ? 1 : 0;
    }
    return count;
  };
  const auto bandAbove = [](const itk::ImageRegion<2> & panel) {
    return itk::ImageRegion<2>({ { panel.GetIndex(0), 0 } },
                               { { panel.GetSize(0), static_cast<itk::SizeValueType>(panel.GetIndex(1)) } });
  };
  auto writer = WriterType::New();
  writer->AddColumn(SceneImage(), "", 0, 1000, "HU");
  auto picture = WriteAndRead(writer);
  EXPECT_EQ(countBright(picture, bandAbove(writer->GetPanelRegion(0, Plane::Axial))), 0u);
  const auto heightWithoutNote = picture->GetLargestPossibleRegion().GetSize(1);

  // The colour bar runs from black to white below the slices.
  const auto panel = writer->GetPanelRegion(0, Plane::Sagittal);
  const auto barRow = panel.GetIndex(1) + static_cast<long>(panel.GetSize(1)) + 22;
  int        previous = -1;
  for (long x = 60; x < 330; ++x)
  {
    const int grey = picture->GetPixel({ { writer->GetPanelRegion(0, Plane::Axial).GetIndex(0) + x + 5, barRow } })[0];
    if (x > 65)
    {
      EXPECT_GE(grey, previous);
    }
    previous = grey;
  }
  EXPECT_GT(previous, 200);

  writer->ClearColumns();
  EXPECT_EQ(writer->GetNumberOfColumns(), 0u);
  writer->AddColumn(SceneImage(), "T\xC3\xAAte", 0, 1000, "HU");
  writer->SetNote("A note");
  picture = WriteAndRead(writer);
  EXPECT_EQ(writer->GetNumberOfColumns(), 1u);
  EXPECT_GT(countBright(picture, bandAbove(writer->GetPanelRegion(0, Plane::Axial))), 50u);
  EXPECT_GT(picture->GetLargestPossibleRegion().GetSize(1), heightWithoutNote);
}

TEST_F(SlicePictureWriter, LeavesOneWholeFile)
{
  WriteAndRead(SceneWriter(SceneImage()));
  EXPECT_EQ(std::distance(fs::directory_iterator(m_Folder), fs::directory_iterator()), 1);
  // Again over the same name.
  WriteAndRead(SceneWriter(SceneImage()));
  EXPECT_EQ(std::distance(fs::directory_iterator(m_Folder), fs::directory_iterator()), 1);

  // A folder in the place of the file: nothing is left behind.
  fs::create_directory(m_Folder / "folder.png");
  const auto writer = SceneWriter(SceneImage());
  writer->SetFileName((m_Folder / "folder.png").string());
  EXPECT_THROW(writer->Write(), itk::ExceptionObject);
  EXPECT_EQ(std::distance(fs::directory_iterator(m_Folder), fs::directory_iterator()), 2);
}

TEST_F(SlicePictureWriter, RefusesBadInput)
{
  const auto image = SceneImage();
  auto       writer = WriterType::New();
  writer->SetFileName((m_Folder / "picture.png").string());
  EXPECT_THROW(writer->Write(), itk::ExceptionObject); // no column

  constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THROW(writer->AddColumn(nullptr, "", 0, 1, ""), itk::ExceptionObject);
  EXPECT_THROW(writer->AddColumn(image, "", 1, 1, ""), itk::ExceptionObject);
  EXPECT_THROW(writer->AddColumn(image, "", notANumber, 1, ""), itk::ExceptionObject);
  EXPECT_THROW(writer->AddColumn(image, "", 0, infinity, ""), itk::ExceptionObject);
  EXPECT_THROW(writer->AddColumn(image, "", -infinity, 0, ""), itk::ExceptionObject);
  EXPECT_THROW(writer->AddColumn(image, "", 0, 1, "", Colors::Difference), itk::ExceptionObject);
  EXPECT_THROW(writer->AddColumn(image, "", -1, 0, "", Colors::Difference), itk::ExceptionObject);
  EXPECT_THROW(writer->AddColumn(image, "", -1, 1, "", static_cast<Colors>(2)), itk::ExceptionObject);
  EXPECT_EQ(writer->GetNumberOfColumns(), 0u);

  const auto bad = [&](const std::function<void(WriterType *)> & change) {
    const auto sceneWriter = SceneWriter(image);
    sceneWriter->SetFileName((m_Folder / "picture.png").string());
    change(sceneWriter);
    EXPECT_THROW(sceneWriter->Write(), itk::ExceptionObject);
  };
  bad([](WriterType * w) { w->SetFileName(""); });
  bad([](WriterType * w) { w->SetFileName("picture.jpg"); });
  bad([this](WriterType * w) { w->SetFileName((m_Folder / "missing" / "picture.png").string()); });
  bad([](WriterType * w) { w->SetColumnWidth(99); });
  bad([](WriterType * w) { w->SetColumnWidth(4001); });
  bad([](WriterType * w) { w->SetFieldOfViewMargin(-1); });
  bad([](WriterType * w) { w->SetFieldOfViewMargin(std::numeric_limits<double>::infinity()); });
  bad([](WriterType * w) { w->SetPoint(At(10, -20, 59)); });
  bad([](WriterType * w) { w->SetPoint(At(std::numeric_limits<double>::quiet_NaN(), -20, 30)); });
  bad([](WriterType * w) {
    w->SetMaskImage(
      Sample<MaskType>([](const PointType &) { return 0; }, { { 9, 9, 9 } }, unitSpacing, Identity(), center));
  });
  EXPECT_TRUE(fs::is_empty(m_Folder));

  const auto good = SceneWriter(image);
  EXPECT_THROW(good->GetPanelRegion(0, Plane::Axial), itk::ExceptionObject); // not drawn yet
  WriteAndRead(good);
  EXPECT_NO_THROW(good->GetPanelRegion(0, Plane::Axial));
  EXPECT_THROW(good->GetPanelRegion(1, Plane::Axial), itk::ExceptionObject);
  EXPECT_THROW(good->GetPanelRegion(0, static_cast<Plane>(3)), itk::ExceptionObject);
}

TEST_F(SlicePictureWriter, Prints)
{
  std::ostringstream text;
  SceneWriter(SceneImage())->Print(text);
  for (const char * word : { "Scene: [0, 1000] HU Grey", "Point: [10, -20, 30]", "UseCenter: Off", "ColumnWidth: 420" })
  {
    EXPECT_NE(text.str().find(word), std::string::npos) << word << " in " << text.str();
  }
  text.str("");
  text << Plane::Sagittal << ' ' << static_cast<Plane>(3) << ' ' << Colors::Difference << ' ' << static_cast<Colors>(2);
  EXPECT_EQ(text.str(),
            "Sagittal INVALID VALUE "
            "Difference INVALID VALUE");
}
