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
#include "itkHounsfieldHistogramImageFilter.h"

#include "itkMaskedImageToHistogramFilter.h"
#include "itkImagePairTestUtilities.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

namespace
{

using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeNumberedImage;
using itk::TestUtilities::MakeRow;
using itk::TestUtilities::ObliqueVolumeFilter;
using itk::TestUtilities::RowFilter;
using itk::TestUtilities::VolumeFilter;
using itk::TestUtilities::volumeSize;
using ImageType = itk::TestUtilities::PairImageType;
using MaskType = itk::TestUtilities::PairMaskType;
using FilterType = itk::HounsfieldHistogramImageFilter<ImageType>;
using Region = itk::HounsfieldRegionEnum;

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/** Everything that the filter counts. */
template <typename TPointer>
std::vector<itk::SizeValueType>
AllCounts(const TPointer & filter)
{
  std::vector<itk::SizeValueType> counts;
  for (const Region region : { Region::Body, Region::Air, Region::SoftTissue, Region::Bone })
  {
    counts.push_back(filter->GetNumberOfVoxels(region));
    counts.push_back(filter->GetReferenceFrequencyOutside(region));
    counts.push_back(filter->GetSyntheticFrequencyOutside(region));
    for (size_t bin = 0; bin < filter->GetNumberOfBins(); ++bin)
    {
      counts.push_back(filter->GetReferenceFrequency(bin, region));
      counts.push_back(filter->GetSyntheticFrequency(bin, region));
    }
  }
  for (size_t bin = 0; bin < filter->GetNumberOfBins(); ++bin)
  {
    for (size_t other = 0; other < filter->GetNumberOfBins(); ++other)
    {
      counts.push_back(filter->GetJointFrequency(bin, other));
    }
  }
  return counts;
}

} // namespace

TEST(HounsfieldHistogramImageFilter, BinsAreHalfOpenAndTheLastIsClosed)
{
  //                              below     0  0    1  1     3  3    above
  const std::vector<double> values{ -0.25, 0, 0.99, 1, 1.99, 3, 4, 4.01, notANumber };
  const auto                filter = RowFilter<FilterType>(values, std::vector<double>(9, 2.5));
  filter->SetHistogramMinimum(0);
  filter->SetHistogramMaximum(4);
  filter->SetNumberOfBins(4);
  filter->ComputeJointHistogramOn();
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 9u);
  const itk::SizeValueType expected[] = { 2, 2, 0, 2 };
  for (size_t bin = 0; bin < 4; ++bin)
  {
    EXPECT_EQ(filter->GetBinMinimum(bin), static_cast<double>(bin));
    EXPECT_EQ(filter->GetBinMaximum(bin), static_cast<double>(bin + 1));
    EXPECT_EQ(filter->GetReferenceFrequency(bin), expected[bin]);
    EXPECT_EQ(filter->GetSyntheticFrequency(bin), bin == 2 ? 9u : 0u);
    for (size_t other = 0; other < 4; ++other)
    {
      EXPECT_EQ(filter->GetJointFrequency(bin, other), other == 2 ? expected[bin] : 0u);
    }
  }
  EXPECT_EQ(filter->GetReferenceFrequencyOutside(), 3u);
  EXPECT_EQ(filter->GetSyntheticFrequencyOutside(), 0u);
}

TEST(HounsfieldHistogramImageFilter, ReferenceValues)
{
  // NumPy 2.4.6: histogram(range=(-1000, 3000), bins=37), and histogram2d with 5 bins.
  const itk::SizeValueType reference[37] = { 97, 98, 95, 98, 96, 97, 96, 96, 97, 97, 97, 96, 97, 97, 96, 97, 96, 97, 97,
                                             96, 97, 96, 98, 95, 98, 95, 96, 98, 96, 98, 97, 98, 95, 96, 96, 97, 98 };
  const itk::SizeValueType synthetic[37] = { 97, 97, 99, 95, 97, 94, 100, 100, 95, 96, 94,  92, 102,
                                             98, 95, 95, 97, 98, 98, 96,  95,  94, 99, 100, 95, 95,
                                             96, 97, 98, 99, 93, 97, 96,  101, 97, 94, 96 };
  // Of the synthetic image where the clipped reference is bone.
  const itk::SizeValueType bone[37] = { 0,  0,  0,  0,  0,   0,  0,  0,  0,  0,  3,  38, 90, 98, 95,  95, 97, 98, 98,
                                        96, 95, 94, 99, 100, 95, 95, 96, 97, 98, 99, 93, 97, 96, 101, 97, 94, 96 };
  const itk::SizeValueType joint[5][5] = {
    { 672, 26, 0, 0, 0 }, { 19, 670, 26, 0, 0 }, { 0, 15, 671, 29, 0 }, { 0, 0, 20, 669, 26 }, { 0, 0, 0, 16, 671 }
  };

  const auto filter = VolumeFilter<FilterType>();
  filter->SetNumberOfBins(37);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 3845u);
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Bone), 2551u);
  for (size_t bin = 0; bin < 37; ++bin)
  {
    EXPECT_EQ(filter->GetReferenceFrequency(bin), reference[bin]);
    EXPECT_EQ(filter->GetSyntheticFrequency(bin), synthetic[bin]);
    EXPECT_EQ(filter->GetSyntheticFrequency(bin, Region::Bone), bone[bin]);
  }

  filter->SetNumberOfBins(5);
  filter->ComputeJointHistogramOn();
  filter->Update();
  for (size_t bin = 0; bin < 5; ++bin)
  {
    for (size_t other = 0; other < 5; ++other)
    {
      EXPECT_EQ(filter->GetJointFrequency(bin, other), joint[bin][other]);
    }
  }
}

TEST(HounsfieldHistogramImageFilter, AgreesWithITK)
{
  const auto filter = VolumeFilter<FilterType>();
  filter->SetHistogramMinimum(-1024);
  filter->SetHistogramMaximum(3072);
  filter->SetNumberOfBins(512);
  filter->Update();

  using HistogramFilterType = itk::Statistics::MaskedImageToHistogramFilter<ImageType, MaskType>;
  auto                                                peer = HistogramFilterType::New();
  HistogramFilterType::HistogramSizeType              size(1);
  HistogramFilterType::HistogramMeasurementVectorType minimum(1);
  HistogramFilterType::HistogramMeasurementVectorType maximum(1);
  size[0] = 512;
  minimum[0] = -1024;
  maximum[0] = 3072;
  peer->SetInput(filter->GetReferenceImage());
  peer->SetMaskImage(filter->GetMaskImage());
  peer->SetMaskValue(1);
  peer->SetAutoMinimumMaximum(false);
  peer->SetHistogramSize(size);
  peer->SetHistogramBinMinimum(minimum);
  peer->SetHistogramBinMaximum(maximum);
  peer->Update();
  // ITK puts what lies outside into the outermost bins.
  for (size_t bin = 1; bin < 511; ++bin)
  {
    ASSERT_EQ(filter->GetReferenceFrequency(bin), peer->GetOutput()->GetFrequency(bin)) << bin;
  }
}

TEST(HounsfieldHistogramImageFilter, EdgesThatHaveNoExactDouble)
{
  // Thirds: a value that is the edge itself belongs to the bin that begins there.
  using DoubleImageType = itk::Image<double, 3>;
  auto filter = itk::HounsfieldHistogramImageFilter<DoubleImageType>::New();
  filter->SetHistogramMinimum(0.1);
  filter->SetHistogramMaximum(0.7);
  filter->SetNumberOfBins(1000);
  // The bins are those of a run, whatever it runs on.
  filter->SetReferenceImage(MakeRow<DoubleImageType>({ 0.0 }));
  filter->SetSyntheticImage(MakeRow<DoubleImageType>({ 0.0 }));
  filter->Update();
  std::vector<double> values;
  for (size_t bin = 0; bin < 1000; ++bin)
  {
    values.push_back(filter->GetBinMinimum(bin));
  }
  filter->SetReferenceImage(MakeRow<DoubleImageType>(values));
  for (double & value : values)
  {
    value = std::nextafter(value, -1.0);
  }
  filter->SetSyntheticImage(MakeRow<DoubleImageType>(values));
  filter->Update();
  for (size_t bin = 0; bin < 1000; ++bin)
  {
    ASSERT_EQ(filter->GetReferenceFrequency(bin), 1u) << bin;
    ASSERT_EQ(filter->GetSyntheticFrequency(bin), bin == 999 ? 0u : 1u) << bin;
  }
  EXPECT_EQ(filter->GetSyntheticFrequencyOutside(), 1u);
}

TEST(HounsfieldHistogramImageFilter, MaskAndNaN)
{
  const auto filter = RowFilter<FilterType>({ 10, notANumber, 20, 700 }, { notANumber, 5, 5, 5 }, { 1, 0, 0, 1 });
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 2u);
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::SoftTissue), 1u);
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Bone), 1u);
  EXPECT_EQ(filter->GetNumberOfVoxels(Region::Air), 0u);
  EXPECT_EQ(filter->GetReferenceFrequencyOutside(), 0u);
  EXPECT_EQ(filter->GetSyntheticFrequencyOutside(Region::SoftTissue), 1u);
  EXPECT_EQ(filter->GetSyntheticFrequencyOutside(Region::Bone), 0u);
  EXPECT_EQ(filter->GetReferenceFrequency(101), 1u);
  EXPECT_EQ(filter->GetReferenceFrequency(170, Region::Bone), 1u);
  EXPECT_EQ(filter->GetSyntheticFrequency(100, Region::Bone), 1u);

  filter->SetMaskImage(MakeRow<MaskType>({ 0, 0, 0, 0 }));
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfVoxels(), 0u);
  EXPECT_EQ(filter->GetReferenceFrequency(101), 0u);
}

TEST(HounsfieldHistogramImageFilter, SameForAnyNumberOfThreadsAndDivisions)
{
  const auto filter = VolumeFilter<FilterType>();
  filter->SetNumberOfBins(40);
  filter->ComputeJointHistogramOn();
  filter->SetNumberOfWorkUnits(1);
  filter->Update();
  const auto expected = AllCounts(filter);
  for (const unsigned int workUnits : { 2u, 3u, 7u })
  {
    for (const unsigned int divisions : { 1u, 4u, 100u })
    {
      filter->SetNumberOfWorkUnits(workUnits);
      filter->SetNumberOfStreamDivisions(divisions);
      filter->Modified();
      filter->Update();
      EXPECT_EQ(AllCounts(filter), expected);
    }
  }
}

TEST(HounsfieldHistogramImageFilter, ObliqueAndFlatImages)
{
  const auto countsOf = [](const auto & filter) {
    filter->SetNumberOfBins(40);
    filter->ComputeJointHistogramOn();
    filter->SetNumberOfStreamDivisions(3);
    filter->Update();
    return AllCounts(filter);
  };
  const auto expected = countsOf(VolumeFilter<FilterType>());
  EXPECT_EQ(countsOf(ObliqueVolumeFilter<FilterType>()), expected);

  // The same voxels in two axes.
  using FlatType = itk::Image<float, 2>;
  using FlatMaskType = itk::Image<unsigned char, 2>;
  const FlatType::SizeType size{ { volumeSize[0], volumeSize[1] * volumeSize[2] } };
  auto                     flat = itk::HounsfieldHistogramImageFilter<FlatType>::New();
  flat->SetReferenceImage(MakeNumberedImage<FlatType>(size, itk::TestUtilities::ReferenceValue));
  flat->SetSyntheticImage(MakeNumberedImage<FlatType>(size, itk::TestUtilities::SyntheticValue));
  flat->SetMaskImage(MakeNumberedImage<FlatMaskType>(size, itk::TestUtilities::MaskValue));
  EXPECT_EQ(countsOf(flat), expected);
}

TEST(HounsfieldHistogramImageFilter, RefusesBadInput)
{
  const auto filter = VolumeFilter<FilterType>();
  filter->Update();
  ExpectError([&] { filter->GetReferenceFrequency(400); }, "no bin 400");
  ExpectError([&] { filter->GetJointFrequency(0, 0); }, "no joint histogram");
  ExpectError([&] { filter->GetBinMinimum(400); }, "no bin 400");
  const auto bad = [&](const std::string & words) { ExpectError([&] { filter->Update(); }, words); };
  filter->SetHistogramMinimum(3000);
  bad("HistogramMinimum is 3000");
  filter->SetHistogramMinimum(notANumber);
  bad("HistogramMinimum is nan");
  filter->SetHistogramMinimum(-infinity);
  bad("HistogramMinimum is -inf");
  filter->SetHistogramMinimum(-1000);
  filter->SetHistogramMaximum(infinity);
  bad("which is inf");
  filter->SetHistogramMaximum(3000);
  filter->SetNumberOfBins(0);
  bad("NumberOfBins is 0");
  filter->SetNumberOfBins(1000001);
  bad("from 1 to 1000000");
  filter->SetNumberOfBins(10001);
  filter->ComputeJointHistogramOn();
  bad("from 1 to 10000 for a joint histogram");
  filter->SetNumberOfBins(4);
  filter->SetHistogramMinimum(1.0);
  filter->SetHistogramMaximum(std::nextafter(1.0, 2.0));
  bad("too many for the numbers");
  filter->SetHistogramMaximum(2.0);
  filter->Update();
  ExpectError([&] { filter->GetJointFrequency(0, 4); }, "no bin 4");
  ExpectError([&] { filter->GetSyntheticFrequency(4); }, "no bin 4");
  ExpectError([&] { filter->GetNumberOfVoxels(static_cast<Region>(4)); }, "should be body");
  filter->SetMaskImage(MakeRow<MaskType>({ 1, 2 }));
  bad("MaskImage has another grid than the image: size");
}

TEST(HounsfieldHistogramImageFilter, Prints)
{
  const auto filter = VolumeFilter<FilterType>();
  filter->Update();
  std::ostringstream text;
  filter->Print(text);
  for (const char * word :
       { "HistogramMinimum: -1000", "HistogramMaximum: 3000", "NumberOfBins: 400", "ComputeJointHistogram: 0" })
  {
    EXPECT_NE(text.str().find(word), std::string::npos) << word;
  }
}
