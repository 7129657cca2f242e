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
#include "itkHounsfieldCalibrationImageFilter.h"

#include "itkImageFilterTestUtilities.h"

#include <cstdio>
#include <fstream>
#include <limits>
#include <string>

using namespace itk::TestUtilities;

namespace
{
using itk::HounsfieldCalibration;
using Image3D = itk::Image<double, 3>;
using ShortImage = itk::Image<short, 3>;

const double notANumber = std::numeric_limits<double>::quiet_NaN();

/** A file that is there as long as this is. */
class TemporaryFile
{
public:
  explicit TemporaryFile(const std::string & text)
    : m_Name(testing::TempDir() + "HounsfieldCalibration-" +
             testing::UnitTest::GetInstance()->current_test_info()->name() + ".csv")
  {
    std::ofstream(m_Name, std::ios::binary) << text;
  }
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &
  operator=(const TemporaryFile &) = delete;
  ~TemporaryFile()
  {
    std::remove(m_Name.c_str());
  }

  const std::string &
  GetName() const
  {
    return m_Name;
  }

private:
  std::string m_Name;
};

/** What np.interp does, one segment after the other. */
double
Interpolate(const HounsfieldCalibration * curve, double x)
{
  const auto & units = curve->GetHounsfieldUnits();
  const auto & values = curve->GetValues();
  if (x <= units.front())
  {
    return values.front();
  }
  for (size_t i = 1; i < units.size(); ++i)
  {
    if (x <= units[i])
    {
      return values[i - 1] + (x - units[i - 1]) * (values[i] - values[i - 1]) / (units[i] - units[i - 1]);
    }
  }
  return values.back();
}
} // namespace

// Thomas 1999: 1 + HU / 1000 below bone, 1 + HU / 1950 in bone.
TEST(HounsfieldCalibration, ElectronDensityHasThePublishedLines)
{
  const auto curve = HounsfieldCalibration::ElectronDensity();
  EXPECT_EQ(curve->Evaluate(-1000.0), 0.0);
  EXPECT_EQ(curve->Evaluate(-1024.0), 0.0);
  for (double unit = -1000.0; unit <= 100.0; unit += 12.5)
  {
    EXPECT_NEAR(curve->Evaluate(unit), 1.0 + unit / 1000.0, 1e-14) << unit;
  }
  EXPECT_EQ(curve->Evaluate(150.0), 1.1);
  for (double unit = 195.0; unit <= 3071.0; unit += 12.5)
  {
    EXPECT_NEAR(curve->Evaluate(unit), 1.0 + unit / 1950.0, 1e-14) << unit;
  }
  EXPECT_EQ(curve->Evaluate(10000.0), curve->Evaluate(3071.0));
}

// Carney et al. 2006: 9.6e-5 (HU + 1000) below the break point, a (HU + 1000) + b above. The lines meet at the break
// point only to the published digits.
TEST(HounsfieldCalibration, AttenuationHasThePublishedLines)
{
  const double lines[][4] = { { 80, 3.64e-5, 6.26e-2, 1050 },  { 100, 4.43e-5, 5.44e-2, 1052 },
                              { 110, 4.92e-5, 4.88e-2, 1043 }, { 120, 5.10e-5, 4.71e-2, 1047 },
                              { 130, 5.51e-5, 4.24e-2, 1037 }, { 140, 5.64e-5, 4.08e-2, 1030 } };
  for (const auto & line : lines)
  {
    const auto curve = HounsfieldCalibration::Attenuation511keV(static_cast<unsigned int>(line[0]));
    EXPECT_EQ(curve->Evaluate(-1000.0), 0.0);
    EXPECT_NEAR(curve->Evaluate(0.0), 0.096, 1e-15); // water
    for (double unit = -1000.0; unit <= line[3] - 1000.0; unit += 10.0)
    {
      EXPECT_NEAR(curve->Evaluate(unit), 9.6e-5 * (unit + 1000.0), 1e-15) << line[0] << " kV, " << unit;
    }
    for (double unit = line[3] - 1000.0; unit <= 3071.0; unit += 10.0)
    {
      EXPECT_NEAR(curve->Evaluate(unit), line[1] * (unit + 1000.0) + line[2], 3e-5) << line[0] << " kV, " << unit;
    }
    EXPECT_NEAR(curve->Evaluate(3071.0), line[1] * 4071.0 + line[2], 1e-15);
  }
  EXPECT_EQ(HounsfieldCalibration::Attenuation511keV()->GetValues(),
            HounsfieldCalibration::Attenuation511keV(120)->GetValues());
  ExpectError([] { HounsfieldCalibration::Attenuation511keV(125); },
              "The tube voltage is 125 kV and should be 80, 100");
}

TEST(HounsfieldCalibration, IsLinearBetweenPointsWhereverTheyLie)
{
  Random random(11);
  for (const size_t count : { 2u, 3u, 7u, 200u, 5000u })
  {
    // Distances from a hundredth to ten thousand HU, so that bins hold no point or many.
    std::vector<double> units{ -1024.0 };
    std::vector<double> values{ random() };
    while (values.size() < count)
    {
      units.push_back(units.back() + std::pow(10.0, 6.0 * random() - 2.0));
      values.push_back(random());
    }
    auto curve = HounsfieldCalibration::New();
    curve->SetPoints(units, values);
    for (size_t i = 0; i < count; ++i)
    {
      ASSERT_EQ(curve->Evaluate(units[i]), values[i]);
      const double above = std::nextafter(units[i], 1e300);
      const double below = std::nextafter(units[i], -1e300);
      ASSERT_NEAR(curve->Evaluate(above), Interpolate(curve, above), 1e-9);
      ASSERT_NEAR(curve->Evaluate(below), Interpolate(curve, below), 1e-9);
    }
    for (int i = 0; i < 20000; ++i)
    {
      const double unit = -2000.0 + random() * (units.back() + 3000.0);
      ASSERT_NEAR(curve->Evaluate(unit), Interpolate(curve, unit), 1e-9) << unit;
    }
  }
}

TEST(HounsfieldCalibration, EndsHoldAndNaNStays)
{
  auto curve = HounsfieldCalibration::New();
  curve->SetPoints({ -1000.0, 0.0, 1000.0 }, { 0.2, 1.0, 0.5 });
  EXPECT_EQ(curve->Evaluate(-std::numeric_limits<double>::infinity()), 0.2);
  EXPECT_EQ(curve->Evaluate(std::numeric_limits<double>::infinity()), 0.5);
  EXPECT_TRUE(std::isnan(curve->Evaluate(notANumber)));
}

TEST(HounsfieldCalibration, RefusesBadPoints)
{
  auto curve = HounsfieldCalibration::New();
  ExpectError([&] { curve->Evaluate(0.0); }, "The curve has no points");
  ExpectError([&] { curve->SetPoints({ 0.0 }, { 1.0 }); }, "There are 1 Hounsfield units and 1 values");
  ExpectError([&] { curve->SetPoints({ 0.0, 1.0 }, { 1.0, 2.0, 3.0 }); }, "2 Hounsfield units and 3 values");
  ExpectError([&] { curve->SetPoints({ 0.0, 0.0 }, { 1.0, 2.0 }); }, "Point 1 is at 0 HU after 0 HU");
  ExpectError([&] { curve->SetPoints({ 0.0, notANumber }, { 1.0, 2.0 }); }, "Point 1 is nan,2");
  ExpectError(
    [&] {
      curve->SetPoints({ 0.0, 1.0 }, { std::numeric_limits<double>::infinity(), 2.0 });
    },
    "Point 0 is 0,inf");
  EXPECT_TRUE(curve->GetValues().empty());
}

TEST(HounsfieldCalibration, ReadsCSV)
{
  const char * const texts[] = { "HU,relative electron density\n-1000,0\n0,1\n3e3,2.5\n",
                                 "-1000,0\n0,1\n3000,2.5",
                                 "\xEF\xBB\xBF"
                                 "HU,RED\r\n\r\n -1000 , 0 \r\n0,1.0\r\n\t3000,\t2.5\r\n\r\n" };
  for (const char * const text : texts)
  {
    const TemporaryFile file(text);
    const auto          curve = HounsfieldCalibration::ReadCSV(file.GetName());
    EXPECT_EQ(curve->GetHounsfieldUnits(), (std::vector<double>{ -1000.0, 0.0, 3000.0 })) << text;
    EXPECT_EQ(curve->GetValues(), (std::vector<double>{ 0.0, 1.0, 2.5 })) << text;
  }
}

TEST(HounsfieldCalibration, RefusesBadCSV)
{
  const char * const bad[][2] = {
    { "HU,RED\n0,1\n10,one\n", ", line 3 is '10,one' and should be two numbers, HU,value" },
    { "0,1\nHU,RED\n", ", line 2 is 'HU,RED' and should be two numbers" },
    { "HU,RED\nHU,RED\n0,1\n1,2\n", ", line 2 is 'HU,RED' and should be two numbers" },
    { "0;1\n", ", line 1 is '0;1' and should be two numbers" },
    { "0,1,2\n", ", line 1 is '0,1,2' and should be two numbers" },
    { "0,\n", ", line 1 is '0,' and should be two numbers" },
    { "air,0\n", ", line 1 is 'air,0' and should be two numbers" },
    { "0,1\n5,nan\n", ", line 2 is '5,nan' and should be two numbers" },
    { "0,1\n5,inf\n", ", line 2 is '5,inf' and should be two numbers" },
    { "0,1 x\n", ", line 1 is '0,1 x' and should be two numbers" },
    { "0,1\n\n5,2\n5,3\n", ", line 4: HU is 5 after 5 and should rise" },
    { "HU,RED\n0,1\n", " ends at line 2 with 1 points and should have at least two lines HU,value" },
    { "", " ends at line 0 with 0 points" }
  };
  for (const auto & pair : bad)
  {
    const TemporaryFile file(pair[0]);
    ExpectError([&] { HounsfieldCalibration::ReadCSV(file.GetName()); }, file.GetName() + pair[1]);
  }
  ExpectError([] { HounsfieldCalibration::ReadCSV("/no/such/curve.csv"); }, "/no/such/curve.csv could not be opened");
}

TEST(HounsfieldCalibrationImageFilter, AppliesTheCurve)
{
  Random     random(21);
  const auto image =
    MakeObliqueImage<Image3D>({ { 9, 8, 7 } }, [&](const auto &) { return random() * 6000.0 - 2000.0; });
  const auto curve = HounsfieldCalibration::Attenuation511keV(100);
  auto       filter = itk::HounsfieldCalibrationImageFilter<Image3D, Image3D>::New();
  filter->SetInput(image);
  filter->SetCalibration(curve);
  filter->Update();
  ExpectSameGrid(image.GetPointer(), filter->GetOutput());
  for (itk::ImageRegionConstIteratorWithIndex<Image3D> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    ASSERT_EQ(filter->GetOutput()->GetPixel(it.GetIndex()), curve->Evaluate(it.Get()));
  }
  // A change of the curve is noticed.
  curve->SetPoints({ 0.0, 1.0 }, { 7.0, 7.0 });
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 0, 3, 5 } }), 7.0);
}

TEST(HounsfieldCalibrationImageFilter, ShortImagesOfAnySizeGiveTheSame)
{
  const auto curve = HounsfieldCalibration::ElectronDensity();
  const auto expect = [&](itk::SizeValueType slices) {
    const auto image =
      MakeImage<ShortImage>({ { 256, 256, slices } }, [](const auto & i) { return 256 * i[1] + i[0] - 32768; });
    auto filter = itk::HounsfieldCalibrationImageFilter<ShortImage>::New();
    filter->SetInput(image);
    filter->SetCalibration(curve);
    filter->Update();
    for (itk::ImageRegionConstIteratorWithIndex<ShortImage> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      ASSERT_EQ(filter->GetOutput()->GetPixel(it.GetIndex()), static_cast<float>(curve->Evaluate(it.Get())));
    }
  };
  expect(1);
  expect(5);
}

TEST(HounsfieldCalibrationImageFilter, RefusesToRunWithoutACurve)
{
  auto filter = itk::HounsfieldCalibrationImageFilter<Image3D>::New();
  filter->SetInput(MakeImage<Image3D>({ { 1, 1, 1 } }, [](const auto &) { return 0.0; }));
  ExpectError([&] { filter->Update(); }, "Calibration is not set");
  filter->SetCalibration(HounsfieldCalibration::New());
  ExpectError([&] { filter->Update(); }, "Calibration has no points");
}

TEST(HounsfieldCalibrationImageFilter, SameBitsForAnyNumberOfThreads)
{
  ExpectSameForAnyNumberOfThreads([] {
    Random random(22);
    auto   filter = itk::HounsfieldCalibrationImageFilter<Image3D>::New();
    filter->SetInput(MakeImage<Image3D>({ { 9, 8, 7 } }, [&](const auto &) { return random() * 6000.0 - 2000.0; }));
    filter->SetCalibration(HounsfieldCalibration::ElectronDensity());
    return filter;
  });
}
