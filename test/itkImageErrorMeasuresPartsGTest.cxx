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
#include "itkImageErrorMeasuresTestUtilities.h"

#include "itkRegionOfInterestImageFilter.h"

#include <cmath>
#include <functional>
#include <sstream>
#include <string>

namespace
{

using namespace itk::TestUtilities::ErrorMeasures;
using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeNumberedImage;
using itk::TestUtilities::MakeRow;
using itk::TestUtilities::MaskValue;
using itk::TestUtilities::ReferenceValue;
using itk::TestUtilities::SyntheticValue;
using itk::TestUtilities::volumeSize;

} // namespace

TEST(ImageErrorMeasuresImageFilter, Labels)
{
  // NumPy 2.4.6, SciPy 1.17.1, scikit-image 0.26.0: N, ME, MAE, MSE, RMSE, PSNR for L = 4000, R.
  const double expected[3][7] = { { 963,
                                    10.15368639667705,
                                    50.53894080996885,
                                    3443.242471443406,
                                    58.6791485235037,
                                    36.67152376070312,
                                    0.9989199921824764 },
                                  { 961,
                                    9.810613943808534,
                                    50.64620187304891,
                                    3447.9729448491157,
                                    58.71944264763687,
                                    36.665561332610324,
                                    0.9989165822119274 },
                                  { 958,
                                    9.278705636743215,
                                    50.626304801670145,
                                    3441.01617954071,
                                    58.66017541348398,
                                    36.67433267992352,
                                    0.9989102909234654 } };
  const auto   filter = VolumeFilter();
  filter->SetLabelImage(MakeNumberedImage<MaskType>(volumeSize, LabelValue));
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 3u);
  for (size_t i = 0; i < 3; ++i)
  {
    const auto label = filter->GetNthLabel(i);
    EXPECT_EQ(label, i + 1);
    EXPECT_EQ(static_cast<double>(filter->GetLabelNumberOfVoxels(label)), expected[i][0]);
    for (size_t k = 0; k < 6; ++k)
    {
      const double value = expected[i][k + 1];
      EXPECT_NEAR(filter->GetLabelMeasure(label, allMeasures[k]), value, 1e-12 * value) << allMeasures[k];
    }
  }

  // A list is kept as it is, and may name the background and what is not there.
  filter->SetLabels({ 9, 2, 0 });
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 3u);
  EXPECT_EQ(filter->GetNthLabel(0), 9);
  EXPECT_EQ(filter->GetLabelNumberOfVoxels(9), 0u);
  EXPECT_TRUE(std::isnan(filter->GetLabelMeasure(9, Measure::MeanAbsoluteError)));
  EXPECT_EQ(filter->GetLabelNumberOfVoxels(2), 961u);
  EXPECT_NEAR(filter->GetLabelMeasure(2, Measure::MeanError), expected[1][1], 1e-11);
  EXPECT_EQ(filter->GetLabelNumberOfVoxels(0), 963u);
  EXPECT_NEAR(filter->GetLabelMeasure(0, Measure::MeanError), 10.919522326064381, 1e-11);

  // By label, whatever its place in the list; what is not in the list has not been measured.
  ExpectError([&] { filter->GetLabelMeasure(1, Measure::MeanError); }, "The label 1 was not measured");

  // One label everywhere is the body, whatever the definition of the PSNR.
  filter->SetLabels({});
  filter->SetLabelImage(MakeNumberedImage<MaskType>(volumeSize, [](size_t) { return 7; }));
  filter->SetPeakSignalToNoiseRatioDefinition(Definition::SynthRAD2025);
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 1u);
  for (const Measure measure : allMeasures)
  {
    EXPECT_NEAR(filter->GetLabelMeasure(7, measure), filter->GetMeasure(measure), 1e-12 * filter->GetMeasure(measure));
  }
}

TEST(ImageErrorMeasuresImageFilter, LabelsCountInsideTheMaskOnly)
{
  auto filter = FilterType::New();
  filter->SetReferenceImage(MakeRow<ImageType>({ 0, notANumber, 100, 7 }));
  filter->SetSyntheticImage(MakeRow<ImageType>({ 10, 5, 80, notANumber }));
  filter->SetMaskImage(MakeRow<MaskType>({ 1, 0, 1, 0 }));
  filter->SetLabelImage(MakeRow<MaskType>({ 4, 4, 2, 3 }));
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfLabels(), 2u);
  EXPECT_EQ(filter->GetNthLabel(0), 2);
  EXPECT_EQ(filter->GetLabelMeasure(2, Measure::MeanError), -20.0);
  EXPECT_EQ(filter->GetNthLabel(1), 4);
  EXPECT_EQ(filter->GetLabelMeasure(4, Measure::MeanError), 10.0);
  // The others have no voxel in the body; the background is none of them.
  EXPECT_EQ(filter->GetLabelNumberOfVoxels(3), 0u);
  EXPECT_TRUE(std::isnan(filter->GetLabelMeasure(9, Measure::MeanError)));
  EXPECT_TRUE(std::isnan(filter->GetLabelWeightedMeanAbsoluteError(9)));
  ExpectError([&] { filter->GetLabelMeasure(0, Measure::MeanError); }, "The label 0 was not measured");
}


TEST(ImageErrorMeasuresImageFilter, WeightedMeanAbsoluteErrorOfALabelAndTheRest)
{
  // NumPy 2.4.6: standard deviation (ddof=0) and weighted MAE of the labels against the rest of the body.
  const double expected[4][2] = { { 57.87398593636241, 50.64896235361226 },
                                  { 57.793988649351256, 50.565643793105295 },
                                  { 57.89408258962798, 50.63708962827978 },
                                  { 57.92168679559824, 50.6238329343739 } };
  const auto   filter = VolumeFilter();
  filter->SetLabelImage(MakeNumberedImage<MaskType>(volumeSize, LabelValue));
  for (const bool isListed : { true, false })
  {
    if (isListed)
    {
      filter->SetLabels({ 0, 1, 2, 3 });
    }
    else
    {
      filter->SetLabels({});
    }
    filter->Update();
    for (unsigned char label = isListed ? 0 : 1; label < 4; ++label)
    {
      EXPECT_NEAR(filter->GetLabelMeasure(label, Measure::ErrorStandardDeviation), expected[label][0], 1e-11);
      EXPECT_NEAR(filter->GetLabelWeightedMeanAbsoluteError(label), expected[label][1], 1e-11);
    }
  }

  // Errors of 1 in one voxel with the label and of 1e-9 in one without: nothing is lost beside a large label.
  using DoubleImageType = itk::Image<double, 3>;
  auto small = itk::ImageErrorMeasuresImageFilter<DoubleImageType>::New();
  small->SetReferenceImage(itk::TestUtilities::MakeRow<DoubleImageType>({ 0, 0, 0, 0 }));
  small->SetSyntheticImage(itk::TestUtilities::MakeRow<DoubleImageType>({ 1e6, 1e6, 1e6, 1e-9 }));
  small->SetLabelImage(MakeRow<MaskType>({ 1, 1, 1, 0 }));
  small->Update();
  EXPECT_DOUBLE_EQ(small->GetLabelWeightedMeanAbsoluteError(1), 0.25 * 1e6 + 0.75 * 1e-9);
  // The whole body has no rest.
  small->SetLabelImage(MakeRow<MaskType>({ 1, 1, 1, 1 }));
  small->Update();
  EXPECT_TRUE(std::isnan(small->GetLabelWeightedMeanAbsoluteError(1)));
}

TEST(ImageErrorMeasuresImageFilter, SlicesAndTheirMean)
{
  // NumPy 2.4.6, SciPy 1.17.1, scikit-image 0.26.0: means over the slices that have voxels, where the axial slice 4 has
  // none; measures as above.
  const struct
  {
    Plane         plane;
    unsigned int  axis;
    unsigned long defined;
    double        means[6];
  } expected[] = { { Plane::Axial,
                     2,
                     10,
                     { 10.018875562832582,
                       50.62228366762178,
                       3449.4892449856734,
                       58.73207309659538,
                       36.66373456774252,
                       0.9989168930354735 } },
                   { Plane::Coronal,
                     1,
                     23,
                     { 10.020444045920712,
                       50.62139784093936,
                       3449.3952749599575,
                       58.7275500153458,
                       36.66495406546135,
                       0.9989149962347948 } },
                   { Plane::Sagittal,
                     0,
                     19,
                     { 10.020883866854438,
                       50.622747861809366,
                       3449.5409837311804,
                       58.73108188725055,
                       36.66409285108294,
                       0.998890893285122 } } };

  const auto filter = VolumeFilter();
  const auto sliceOf = [](size_t i) { return i / (19 * 23); };
  filter->SetMaskImage(
    MakeNumberedImage<MaskType>(volumeSize, [&](size_t i) { return sliceOf(i) == 4 ? 0 : MaskValue(i); }));
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfSlices(), 0u);
  EXPECT_TRUE(std::isnan(filter->GetSliceMean(Measure::MeanError)));

  filter->ComputeSlicesOn();
  for (const auto & row : expected)
  {
    filter->SetSlicePlane(row.plane);
    filter->Update();
    ASSERT_EQ(filter->GetNumberOfSlices(), volumeSize[row.axis]);
    for (size_t i = 0; i < 6; ++i)
    {
      EXPECT_EQ(filter->GetNumberOfDefinedSlices(allMeasures[i]), row.defined);
      EXPECT_NEAR(filter->GetSliceMean(allMeasures[i]), row.means[i], 1e-12 * row.means[i])
        << row.plane << ' ' << allMeasures[i];
    }

    // Each slice is what it would be alone.
    for (size_t slice = 0; slice < volumeSize[row.axis]; ++slice)
    {
      const auto alone = FilterType::New();
      auto       region = filter->GetReferenceImage()->GetLargestPossibleRegion();
      region.SetIndex(row.axis, static_cast<itk::IndexValueType>(slice));
      region.SetSize(row.axis, 1);
      const auto take = [&region](const auto * image) {
        using TImage = std::remove_const_t<std::remove_pointer_t<decltype(image)>>;
        auto extract = itk::RegionOfInterestImageFilter<TImage, TImage>::New();
        extract->SetInput(image);
        extract->SetRegionOfInterest(region);
        extract->Update();
        return typename TImage::Pointer(extract->GetOutput());
      };
      alone->SetReferenceImage(take(filter->GetReferenceImage()));
      alone->SetSyntheticImage(take(filter->GetSyntheticImage()));
      alone->SetMaskImage(take(filter->GetMaskImage()));
      alone->SetDataRange(4000);
      alone->Update();
      for (const Region part : allRegions)
      {
        ASSERT_EQ(filter->GetSliceNumberOfVoxels(slice, part), alone->GetNumberOfVoxels(part));
        for (const Measure measure : allMeasures)
        {
          const double value = alone->GetMeasure(measure, part);
          const double inSlices = filter->GetSliceMeasure(slice, measure, part);
          EXPECT_TRUE(std::isnan(value) ? std::isnan(inSlices)
                                        : std::abs(inSlices - value) <= 1e-11 * std::abs(value) + 1e-11)
            << row.plane << ' ' << slice << ' ' << measure << ' ' << part << ' ' << inSlices << ' ' << value;
        }
      }
    }
  }
}

TEST(ImageErrorMeasuresImageFilter, SlicesAreThePatients)
{
  // The first axis of the array runs from foot to head.
  const auto filter = VolumeFilter();
  const auto turn = [](const itk::ImageBase<3> * image) {
    itk::ImageBase<3>::DirectionType direction;
    direction.Fill(0.0);
    direction(2, 0) = 1.0;
    direction(0, 1) = 1.0;
    direction(1, 2) = 1.0;
    const_cast<itk::ImageBase<3> *>(image)->SetDirection(direction);
  };
  turn(filter->GetReferenceImage());
  turn(filter->GetSyntheticImage());
  turn(filter->GetMaskImage());
  filter->ComputeSlicesOn();
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfSlices(), 19u);
  filter->SetSlicePlane(Plane::Coronal);
  filter->Update();
  EXPECT_EQ(filter->GetNumberOfSlices(), 11u);

  // Two axes: one slice.
  using FlatType = itk::Image<float, 2>;
  auto flat = itk::ImageErrorMeasuresImageFilter<FlatType>::New();
  flat->SetReferenceImage(MakeNumberedImage<FlatType>({ { 5, 4 } }, ReferenceValue));
  flat->SetSyntheticImage(MakeNumberedImage<FlatType>({ { 5, 4 } }, SyntheticValue));
  flat->ComputeSlicesOn();
  flat->Update();
  ASSERT_EQ(flat->GetNumberOfSlices(), 1u);
  EXPECT_EQ(flat->GetSliceMeasure(0, Measure::MeanAbsoluteError), flat->GetMeanAbsoluteError());
  EXPECT_EQ(flat->GetSliceMean(Measure::PearsonCorrelation), flat->GetPearsonCorrelation());
}

TEST(ImageErrorMeasuresImageFilter, SlicesOfNarrowImages)
{
  // Sagittal slices of images that are so narrow that a few lines are read together.
  for (const size_t width : { 1u, 3u, 16u })
  {
    const ImageType::SizeType size{ { width, 5, 4 } };
    auto                      filter = FilterType::New();
    filter->SetReferenceImage(MakeNumberedImage<ImageType>(size, ReferenceValue));
    filter->SetSyntheticImage(MakeNumberedImage<ImageType>(
      size, [width](size_t i) { return ReferenceValue(i) + static_cast<double>(i % width) - 5.0; }));
    filter->SetMaskImage(MakeNumberedImage<MaskType>(size, [width](size_t i) { return i / width != 7 ? 1 : 0; }));
    filter->ComputeSlicesOn();
    filter->SetSlicePlane(Plane::Sagittal);
    filter->Update();
    ASSERT_EQ(filter->GetNumberOfSlices(), width);
    for (size_t slice = 0; slice < width; ++slice)
    {
      EXPECT_EQ(filter->GetSliceNumberOfVoxels(slice), 19u);
      EXPECT_EQ(filter->GetSliceMeasure(slice, Measure::MeanError), static_cast<double>(slice) - 5.0);
    }
  }
}

TEST(ImageErrorMeasuresImageFilter, MeanOverSlicesLeavesOutWhatIsNotDefined)
{
  // Three axial slices of two voxels: identical, constant, and neither.
  const std::vector<double> reference{ 1, 2, 5, 5, 10, 20 };
  const std::vector<double> synthetic{ 1, 2, 6, 8, 10, 24 };
  auto                      filter = FilterType::New();
  filter->SetReferenceImage(MakeNumberedImage<ImageType>({ { 2, 1, 3 } }, [&](size_t i) { return reference[i]; }));
  filter->SetSyntheticImage(MakeNumberedImage<ImageType>({ { 2, 1, 3 } }, [&](size_t i) { return synthetic[i]; }));
  filter->SetDataRange(100);
  filter->ComputeSlicesOn();
  filter->Update();
  EXPECT_EQ(filter->GetSliceMeasure(0, Measure::PeakSignalToNoiseRatio), infinity);
  EXPECT_EQ(filter->GetNumberOfDefinedSlices(Measure::PeakSignalToNoiseRatio), 2u);
  EXPECT_DOUBLE_EQ(filter->GetSliceMean(Measure::PeakSignalToNoiseRatio),
                   (10 * std::log10(1e4 / 5.0) + 10 * std::log10(1e4 / 8.0)) / 2.0);
  EXPECT_EQ(filter->GetNumberOfDefinedSlices(Measure::PearsonCorrelation), 2u);
  EXPECT_NEAR(filter->GetSliceMean(Measure::PearsonCorrelation), 1.0, 1e-15);
  EXPECT_DOUBLE_EQ(filter->GetSliceMean(Measure::MeanAbsoluteError), (0.0 + 2.0 + 2.0) / 3.0);
  EXPECT_EQ(filter->GetNumberOfDefinedSlices(Measure::MeanError, Region::Bone), 0u);
  EXPECT_TRUE(std::isnan(filter->GetSliceMean(Measure::MeanError, Region::Bone)));
}

TEST(ImageErrorMeasuresImageFilter, RefusesOtherGrids)
{
  const auto size = ImageType::SizeType{ { 4, 5, 6 } };
  const auto image = MakeNumberedImage<ImageType>(size, ReferenceValue);
  const auto filterWith = [&](ImageType * synthetic, MaskType * mask) {
    auto filter = FilterType::New();
    filter->SetReferenceImage(image);
    filter->SetSyntheticImage(synthetic);
    filter->SetMaskImage(mask);
    return filter;
  };

  const double shifted[] = { 0.0, 0.0, 0.5 };
  const double stretched[] = { 1.0, 1.0, 1.01 };

  auto other = MakeNumberedImage<ImageType>({ { 4, 6, 5 } }, ReferenceValue);
  ExpectError([&] { filterWith(other, nullptr)->Update(); },
              "SyntheticImage has another grid than the image: size [4, 6, 5]");

  other = MakeNumberedImage<ImageType>(size, ReferenceValue);
  other->SetOrigin(shifted);
  ExpectError([&] { filterWith(other, nullptr)->Update(); }, "SyntheticImage has another grid than the image: origin");

  other = MakeNumberedImage<ImageType>(size, ReferenceValue);
  other->SetSpacing(stretched);
  ExpectError([&] { filterWith(other, nullptr)->Update(); }, "SyntheticImage has another grid than the image: spacing");

  other = MakeNumberedImage<ImageType>(size, ReferenceValue);
  ImageType::DirectionType direction;
  direction.SetIdentity();
  direction(0, 0) = -1;
  other->SetDirection(direction);
  ExpectError([&] { filterWith(other, nullptr)->Update(); },
              "SyntheticImage has another grid than the image: direction");

  auto mask = MakeNumberedImage<MaskType>({ { 4, 5, 5 } }, MaskValue);
  ExpectError([&] { filterWith(image, mask)->Update(); }, "MaskImage has another grid than the image: size");

  const auto labelled = filterWith(image, nullptr);
  labelled->SetLabelImage(mask);
  ExpectError([&] { labelled->Update(); }, "LabelImage has another grid than the image: size");

  mask = MakeNumberedImage<MaskType>(size, MaskValue);
  mask->SetOrigin(shifted);
  ExpectError([&] { filterWith(image, mask)->Update(); }, "MaskImage has another grid than the image: origin");
  labelled->SetLabelImage(mask);
  ExpectError([&] { labelled->Update(); }, "LabelImage has another grid than the image: origin");

  EXPECT_NO_THROW(filterWith(image, MakeNumberedImage<MaskType>(size, MaskValue))->Update());
}

TEST(ImageErrorMeasuresImageFilter, RefusesBadInput)
{
  auto filter = FilterType::New();
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);
  filter->SetReferenceImage(MakeRow<ImageType>({ 1, 2 }));
  EXPECT_THROW(filter->Update(), itk::ExceptionObject);

  const auto bad = [](const std::function<void(FilterType *)> & change, const std::string & words) {
    const auto volumeFilter = VolumeFilter();
    change(volumeFilter);
    ExpectError([&] { volumeFilter->Update(); }, words);
  };
  bad([](FilterType * f) { f->SetDataRange(-1); }, "DataRange is -1");
  bad([](FilterType * f) { f->SetDataRange(notANumber); }, "DataRange is nan");
  bad([](FilterType * f) { f->SetDataRange(infinity); }, "DataRange is inf");
  bad([](FilterType * f) { f->SetWindowMinimum(3000); }, "WindowMinimum is 3000");
  bad([](FilterType * f) { f->SetWindowMinimum(notANumber); }, "WindowMinimum is nan");
  bad([](FilterType * f) { f->SetWindowMaximum(-1000); }, "WindowMinimum is -1000");
  bad([](FilterType * f) { f->SetWindowMaximum(notANumber); }, "WindowMaximum, which is nan");
  bad([](FilterType * f) { f->SetRegionBounds(Region::Air, -400, -401); }, "[-400, -401]");
  bad([](FilterType * f) { f->SetRegionBounds(Region::Bone, notANumber, 0); }, "[nan, 0]");
  bad(
    [](FilterType * f) {
      f->SetReferenceImage(MakeNumberedImage<ImageType>({ { 0, 2, 2 } }, ReferenceValue));
    },
    "no voxels");

  bad([](FilterType * f) { f->SetLabels({ 1 }); }, "no LabelImage");
  bad(
    [](FilterType * f) {
      f->SetLabelImage(MakeNumberedImage<MaskType>(volumeSize, LabelValue));
      f->SetLabels({ 3, 1, 3 });
    },
    "the label 3 more than once");
  bad([](FilterType * f) { f->SetSlicePlane(Plane::Volume); }, "SlicePlane is");
  bad([](FilterType * f) { f->SetPeakSignalToNoiseRatioDefinition(static_cast<Definition>(4)); },
      "PeakSignalToNoiseRatioDefinition is");

  filter = VolumeFilter();
  filter->Update();
  ExpectError([&] { filter->GetMeasure(static_cast<Measure>(7)); }, "There is no measure INVALID VALUE");
  ExpectError([&] { filter->GetNthLabel(0); }, "no label with index 0");
  ExpectError([&] { filter->GetSliceMeasure(0, Measure::MeanError); }, "no slice 0");
  ExpectError([&] { filter->GetSliceNumberOfVoxels(0); }, "no slice 0");
  EXPECT_THROW(filter->SetRegionBounds(Region::Body, 0, 1), itk::ExceptionObject);
  EXPECT_THROW(filter->GetRegionLowerBound(Region::Body), itk::ExceptionObject);
  EXPECT_THROW(filter->GetRegionUpperBound(static_cast<Region>(4)), itk::ExceptionObject);
  EXPECT_THROW(filter->GetMeanError(static_cast<Region>(4)), itk::ExceptionObject);
  EXPECT_THROW(filter->GetWeightedMeanAbsoluteError(Region::Body), itk::ExceptionObject);
}

TEST(ImageErrorMeasuresImageFilter, TheDataRangeMustBeStated)
{
  const auto filter = VolumeFilter();
  filter->SetDataRange(0);
  filter->Update();
  EXPECT_NEAR(filter->GetMeanAbsoluteError(), 50.61885565669701, 1e-10);
  ExpectError([&] { filter->GetPeakSignalToNoiseRatio(); }, "DataRange was 0");
  // For this run, whatever is set after it.
  filter->SetDataRange(4000);
  ExpectError([&] { filter->GetPeakSignalToNoiseRatio(); }, "DataRange was 0");

  // A definition that has its own uses no other, and says so.
  for (const auto definition : { Definition::SynthRAD2023, Definition::SynthRAD2025, Definition::BackgroundSet })
  {
    filter->SetPeakSignalToNoiseRatioDefinition(definition);
    filter->SetDataRange(0);
    filter->Update();
    EXPECT_EQ(filter->GetNumberOfRemarks(), 0u);
    const double expected = filter->GetPeakSignalToNoiseRatio();
    filter->SetDataRange(filter->GetPeakDataRange());
    filter->Update();
    EXPECT_EQ(filter->GetNumberOfRemarks(), 0u);
    filter->SetDataRange(2);
    filter->Update();
    EXPECT_EQ(filter->GetPeakSignalToNoiseRatio(), expected);
    ASSERT_EQ(filter->GetNumberOfRemarks(), 1u);
    EXPECT_NE(filter->GetRemark(0).find("DataRange is 2 but not used: the PSNR of "), std::string::npos);
  }
}

TEST(ImageErrorMeasuresImageFilter, Prints)
{
  std::ostringstream text;
  VolumeFilter()->Print(text);
  for (const char * word : { "DataRange: 4000",
                             "ComputeRegions: 1",
                             "ComputeSlices: 0",
                             "WindowMinimum: -1000",
                             "WindowMaximum: 3000",
                             "SoftTissue: [-250, 250]" })
  {
    EXPECT_NE(text.str().find(word), std::string::npos) << word;
  }
  text.str("");
  text << Region::SoftTissue << ' ' << static_cast<Region>(9);
  EXPECT_EQ(text.str(),
            "SoftTissue "
            "INVALID VALUE");
  text.str("");
  text << Measure::PearsonCorrelation << ' ' << Definition::BackgroundSet;
  EXPECT_EQ(text.str(),
            "PearsonCorrelation "
            "BackgroundSet");
}
