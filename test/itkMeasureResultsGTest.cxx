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
// What all measures have in common: results belong to the run that took them, and before it there are none.

#include "itkHounsfieldHistogramImageFilter.h"
#include "itkHounsfieldProfileCalculator.h"
#include "itkImageErrorMeasuresImageFilter.h"
#include "itkMaskedStructuralSimilarityImageFilter.h"
#include "itkSignedSurfaceDeviationMeshFilter.h"
#include "itkThresholdOverlapMeasuresImageFilter.h"
#include "itkWilcoxonSignedRankTest.h"

#include "itkImagePairTestUtilities.h"

#include <cmath>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace
{
using itk::TestUtilities::ExpectError;
using itk::TestUtilities::MakeNumberedImage;
using itk::TestUtilities::MaskValue;
using itk::TestUtilities::ReferenceValue;
using itk::TestUtilities::RowFilter;
using itk::TestUtilities::SyntheticValue;
using itk::TestUtilities::VolumeFilter;
using itk::TestUtilities::volumeSize;
using itk::TestUtilities::Warnings;
using ImageType = itk::TestUtilities::PairImageType;
using MaskType = itk::TestUtilities::PairMaskType;

using ErrorsType = itk::ImageErrorMeasuresImageFilter<ImageType>;
using SimilarityType = itk::MaskedStructuralSimilarityImageFilter<ImageType>;
using OverlapType = itk::ThresholdOverlapMeasuresImageFilter<ImageType>;
using HistogramType = itk::HounsfieldHistogramImageFilter<ImageType>;
using DeviationType = itk::SignedSurfaceDeviationMeshFilter<MaskType>;
using ProfileType = itk::HounsfieldProfileCalculator<ImageType>;
using TestType = itk::WilcoxonSignedRankTest;
using Region = itk::HounsfieldRegionEnum;
using Measure = itk::ErrorMeasureEnum;
using Definition = itk::PeakSignalToNoiseRatioDefinitionEnum;

/** Expects that every getter throws one line, without the address of an object. */
template <typename T>
void
ExpectNoResults(T * object, const std::vector<std::function<void(const T *)>> & getters)
{
  for (size_t i = 0; i < getters.size(); ++i)
  {
    SCOPED_TRACE(i);
    try
    {
      getters[i](object);
      ADD_FAILURE() << "no exception";
    }
    catch (const itk::ExceptionObject & error)
    {
      const std::string text = error.GetDescription();
      EXPECT_NE(text.find("there are no results"), std::string::npos) << text;
      EXPECT_NE(text.find(object->GetNameOfClass()), std::string::npos) << text;
      EXPECT_EQ(text.find("0x"), std::string::npos) << text;
      EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    }
  }
  std::ostringstream text;
  EXPECT_NO_THROW(object->Print(text));
}

using ErrorGetter = std::function<void(const ErrorsType *)>;
const std::vector<ErrorGetter> errorGetters{
  [](const ErrorsType * f) { f->GetPeakDataRange(); },
  [](const ErrorsType * f) { f->GetPeakWindowMinimum(); },
  [](const ErrorsType * f) { f->GetPeakWindowMaximum(); },
  [](const ErrorsType * f) { f->GetNumberOfVoxels(); },
  [](const ErrorsType * f) { f->GetMeanError(); },
  [](const ErrorsType * f) { f->GetMeanAbsoluteError(Region::Air); },
  [](const ErrorsType * f) { f->GetMeanSquaredError(); },
  [](const ErrorsType * f) { f->GetRootMeanSquaredError(); },
  [](const ErrorsType * f) { f->GetErrorStandardDeviation(); },
  [](const ErrorsType * f) { f->GetPearsonCorrelation(); },
  [](const ErrorsType * f) { f->GetPeakSignalToNoiseRatio(); },
  [](const ErrorsType * f) { f->GetWeightedMeanAbsoluteError(Region::Bone); },
  [](const ErrorsType * f) { f->GetNumberOfLabels(); },
  [](const ErrorsType * f) { f->GetNthLabel(0); },
  [](const ErrorsType * f) { f->GetLabelNumberOfVoxels(1); },
  [](const ErrorsType * f) { f->GetLabelMeasure(1, Measure::MeanError); },
  [](const ErrorsType * f) { f->GetLabelWeightedMeanAbsoluteError(1); },
  [](const ErrorsType * f) { f->GetNumberOfSlices(); },
  [](const ErrorsType * f) { f->GetSliceNumberOfVoxels(0); },
  [](const ErrorsType * f) { f->GetSliceMeasure(0, Measure::MeanError); },
  [](const ErrorsType * f) { f->GetNumberOfDefinedSlices(Measure::MeanError); },
  [](const ErrorsType * f) { f->GetSliceMean(Measure::MeanError); },
  [](const ErrorsType * f) { f->GetNumberOfRemarks(); },
  [](const ErrorsType * f) { f->GetRemark(0); }
};

} // namespace

TEST(MeasureResults, ThereAreNoneBeforeARun)
{
  ExpectNoResults<ErrorsType>(VolumeFilter<ErrorsType>(), errorGetters);

  ExpectNoResults<SimilarityType>(VolumeFilter<SimilarityType>(),
                                  { [](const SimilarityType * f) { f->GetStructuralSimilarity(); },
                                    [](const SimilarityType * f) { f->GetGlobalStructuralSimilarity(); },
                                    [](const SimilarityType * f) { f->GetNumberOfVoxels(); },
                                    [](const SimilarityType * f) { f->GetNumberOfLevels(); },
                                    [](const SimilarityType * f) { f->GetLevelStructuralSimilarity(0); },
                                    [](const SimilarityType * f) { f->GetLevelGlobalStructuralSimilarity(0); },
                                    [](const SimilarityType * f) { f->GetLevelWeight(0); },
                                    [](const SimilarityType * f) { f->GetIntensityScale(); },
                                    [](const SimilarityType * f) { f->GetIntensityOffset(); },
                                    [](const SimilarityType * f) { f->GetUsedWindowMinimum(); },
                                    [](const SimilarityType * f) { f->GetUsedWindowMaximum(); },
                                    [](const SimilarityType * f) { f->GetUsedDataRange(); },
                                    [](const SimilarityType * f) { f->GetUsedKernelSize(0); },
                                    [](const SimilarityType * f) { f->GetUsedKernelSigma(); },
                                    [](const SimilarityType * f) { f->GetUsedSampleCovariance(); },
                                    [](const SimilarityType * f) { f->GetNumberOfRemarks(); },
                                    [](const SimilarityType * f) { f->GetRemark(0); } });

  const auto overlap = VolumeFilter<OverlapType>();
  overlap->SetThresholds({ 100.0 });
  ExpectNoResults<OverlapType>(overlap,
                               { [](const OverlapType * f) { f->GetNumberOfThresholds(); },
                                 [](const OverlapType * f) { f->GetThreshold(0); },
                                 [](const OverlapType * f) { f->GetNumberOfReferenceVoxels(0); },
                                 [](const OverlapType * f) { f->GetNumberOfSyntheticVoxels(0); },
                                 [](const OverlapType * f) { f->GetNumberOfCommonVoxels(0); },
                                 [](const OverlapType * f) { f->GetDice(0); },
                                 [](const OverlapType * f) { f->GetPrecision(0); },
                                 [](const OverlapType * f) { f->GetRecall(0); },
                                 [](const OverlapType * f) { f->GetNumberOfDefinedThresholds(); },
                                 [](const OverlapType * f) { f->GetMeanDice(); },
                                 [](const OverlapType * f) { f->GetMeanPrecision(); },
                                 [](const OverlapType * f) { f->GetMeanRecall(); },
                                 [](const OverlapType * f) { f->GetNumberOfVoxels(); },
                                 [](const OverlapType * f) { f->GetRegionNumberOfReferenceVoxels(Region::Air); },
                                 [](const OverlapType * f) { f->GetRegionNumberOfSyntheticVoxels(Region::Air); },
                                 [](const OverlapType * f) { f->GetRegionNumberOfCommonVoxels(Region::Air); },
                                 [](const OverlapType * f) { f->GetRegionDice(Region::Bone); },
                                 [](const OverlapType * f) { f->GetRegionPrecision(Region::Bone); },
                                 [](const OverlapType * f) { f->GetRegionRecall(Region::Bone); } });

  ExpectNoResults<HistogramType>(VolumeFilter<HistogramType>(),
                                 { [](const HistogramType * f) { f->GetNumberOfComputedBins(); },
                                   [](const HistogramType * f) { f->GetBinMinimum(0); },
                                   [](const HistogramType * f) { f->GetBinMaximum(0); },
                                   [](const HistogramType * f) { f->GetNumberOfVoxels(); },
                                   [](const HistogramType * f) { f->GetReferenceFrequency(0); },
                                   [](const HistogramType * f) { f->GetSyntheticFrequency(0); },
                                   [](const HistogramType * f) { f->GetReferenceFrequencyOutside(); },
                                   [](const HistogramType * f) { f->GetSyntheticFrequencyOutside(); },
                                   [](const HistogramType * f) { f->GetJointFrequency(0, 0); } });

  ExpectNoResults<DeviationType>(DeviationType::New(),
                                 { [](const DeviationType * f) { f->GetNumberOfPoints(); },
                                   [](const DeviationType * f) { f->GetMeanDeviation(); },
                                   [](const DeviationType * f) { f->GetStandardDeviation(); },
                                   [](const DeviationType * f) { f->GetMinimumDeviation(); },
                                   [](const DeviationType * f) { f->GetMaximumDeviation(); },
                                   [](const DeviationType * f) { f->GetLowerQuartile(); },
                                   [](const DeviationType * f) { f->GetMedian(); },
                                   [](const DeviationType * f) { f->GetUpperQuartile(); },
                                   [](const DeviationType * f) { f->GetInterquartileRange(); },
                                   [](const DeviationType * f) { f->GetShareWithinBounds(); } });

  ExpectNoResults<ProfileType>(ProfileType::New(),
                               { [](const ProfileType * c) { c->GetNumberOfPoints(); },
                                 [](const ProfileType * c) { c->GetDistance(0); },
                                 [](const ProfileType * c) { c->GetPoint(0); },
                                 [](const ProfileType * c) { c->GetValue(0, 0); } });

  ExpectNoResults<TestType>(TestType::New(),
                            { [](const TestType * t) { t->GetNumberOfPairs(); },
                              [](const TestType * t) { t->GetNumberOfZeros(); },
                              [](const TestType * t) { t->GetNumberOfUndefinedPairs(); },
                              [](const TestType * t) { t->GetHasTies(); },
                              [](const TestType * t) { t->GetPositiveRankSum(); },
                              [](const TestType * t) { t->GetNegativeRankSum(); },
                              [](const TestType * t) { t->GetStatistic(); },
                              [](const TestType * t) { t->GetZScore(); },
                              [](const TestType * t) { t->GetPValue(); },
                              [](const TestType * t) { t->GetUsedMethod(); } });
}

TEST(MeasureResults, ThereAreNoneOfARunThatWasStopped)
{
  const auto filter = VolumeFilter<ErrorsType>();
  filter->SetDataRange(4000);
  filter->Update();
  EXPECT_GT(filter->GetMeanAbsoluteError(), 0.0);
  const auto tag =
    filter->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) { filter->AbortGenerateDataOn(); });
  filter->Modified();
  EXPECT_THROW(filter->Update(), itk::ProcessAborted);
  filter->RemoveObserver(tag);
  ExpectNoResults<ErrorsType>(filter, errorGetters);
}

TEST(MeasureResults, ASettingAfterTheRunChangesNothing)
{
  // The PSNR of one definition is not computed from the sums of another.
  const auto errors = VolumeFilter<ErrorsType>();
  errors->SetDataRange(4000);
  errors->ComputeSlicesOn();
  errors->Update();
  const double psnr = errors->GetPeakSignalToNoiseRatio();
  const double mean = errors->GetSliceMean(Measure::PeakSignalToNoiseRatio);
  errors->SetDataRange(0);
  for (const auto definition : { Definition::SynthRAD2023, Definition::SynthRAD2025, Definition::BackgroundSet })
  {
    errors->SetPeakSignalToNoiseRatioDefinition(definition);
    EXPECT_EQ(errors->GetPeakSignalToNoiseRatio(), psnr);
    EXPECT_EQ(errors->GetSliceMean(Measure::PeakSignalToNoiseRatio), mean);
    EXPECT_EQ(errors->GetPeakDataRange(), 4000.0);
    EXPECT_EQ(errors->GetPeakWindowMinimum(), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(errors->GetPeakWindowMaximum(), std::numeric_limits<double>::infinity());
  }
  errors->SetPeakSignalToNoiseRatioDefinition(Definition::SynthRAD2023);
  errors->Update();
  // scikit-image 0.26.0, metrics.peak_signal_noise_ratio, as in ImageErrorMeasuresImageFilter's own test.
  EXPECT_NEAR(errors->GetPeakSignalToNoiseRatio(), 37.036016949711204, 1e-11);
  EXPECT_EQ(errors->GetPeakDataRange(), 4024.0);

  const auto overlap = VolumeFilter<OverlapType>();
  overlap->SetThresholds({ 100.0, 250.0 });
  overlap->Update();
  const double dice = overlap->GetDice(1);
  overlap->SetGreyLevelThresholds();
  EXPECT_EQ(overlap->GetNumberOfThresholds(), 2u);
  EXPECT_EQ(overlap->GetThreshold(1), 250.0);
  EXPECT_EQ(overlap->GetDice(1), dice);

  const auto histogram = VolumeFilter<HistogramType>();
  histogram->Update();
  const auto outside = histogram->GetReferenceFrequencyOutside();
  histogram->SetNumberOfBins(10);
  histogram->SetHistogramMinimum(0);
  EXPECT_EQ(histogram->GetNumberOfComputedBins(), 400u);
  EXPECT_EQ(histogram->GetBinMinimum(1), -990.0);
  EXPECT_EQ(histogram->GetBinMaximum(399), 3000.0);
  EXPECT_EQ(histogram->GetReferenceFrequencyOutside(), outside);

  const auto similarity = VolumeFilter<SimilarityType>();
  similarity->Update();
  const double value = similarity->GetStructuralSimilarity();
  similarity->SetVariant(itk::StructuralSimilarityEnum::SynthRAD2023);
  EXPECT_EQ(similarity->GetStructuralSimilarity(), value);
  EXPECT_EQ(similarity->GetUsedDataRange(), 2.0);
  EXPECT_EQ(similarity->GetUsedKernelSigma(), 1.5);

  const auto test = TestType::New();
  test->SetSamples({ 1, 2, 3, 4 }, { 0, 0, 0, 5 });
  test->Update();
  const double p = test->GetPValue();
  test->SetAlternative(itk::WilcoxonAlternativeEnum::Less);
  test->SetSamples({ 1 }, { 2 });
  EXPECT_EQ(test->GetPValue(), p);
  EXPECT_EQ(test->GetNumberOfPairs(), 4u);
}

namespace
{
/** Runs a filter and gives its remark, which has to be the warning too; empty when there is neither. */
template <typename TFilter>
std::string
RemarkOf(TFilter * filter)
{
  const auto before = itk::OutputWindow::GetInstance();
  const auto warnings = Warnings::New();
  itk::OutputWindow::SetInstance(warnings);
  filter->Update();
  itk::OutputWindow::SetInstance(before);
  if (filter->GetNumberOfRemarks() == 0)
  {
    EXPECT_EQ(warnings->Text, "");
    return "";
  }
  EXPECT_EQ(filter->GetNumberOfRemarks(), 1u);
  ExpectError([&] { filter->GetRemark(1); }, "there is no remark with index 1");
  // In one line, without the address of the object.
  EXPECT_EQ(warnings->Text, std::string("WARNING: ") + filter->GetNameOfClass() + ": " + filter->GetRemark(0) + '\n');
  std::ostringstream text;
  filter->Print(text);
  EXPECT_NE(text.str().find("Remark: " + filter->GetRemark(0)), std::string::npos);
  const std::string remark = filter->GetRemark(0);
  // The caller may show it instead.
  filter->WarnOfRemarksOff();
  warnings->Text.clear();
  itk::OutputWindow::SetInstance(warnings);
  filter->Update();
  itk::OutputWindow::SetInstance(before);
  EXPECT_EQ(warnings->Text, "");
  EXPECT_EQ(filter->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(filter->GetRemark(0), remark);
  return remark;
}

/** A filter whose images are mapped linearly. */
template <typename TFilter>
typename TFilter::Pointer
MappedFilter(double referenceScale, double syntheticScale, double offset = 0.0)
{
  auto filter = VolumeFilter<TFilter>();
  filter->SetReferenceImage(
    MakeNumberedImage<ImageType>(volumeSize, [=](size_t i) { return referenceScale * ReferenceValue(i) + offset; }));
  filter->SetSyntheticImage(
    MakeNumberedImage<ImageType>(volumeSize, [=](size_t i) { return syntheticScale * SyntheticValue(i) + offset; }));
  return filter;
}

template <typename TFilter>
void
ExpectRemarks()
{
  EXPECT_EQ(RemarkOf(MappedFilter<TFilter>(1.0, 1.0).GetPointer()), "");
  const std::string rest =
    " should be in HU, but all values measured lie between -2 and 2, as if normalized to [-1, 1] or [0, 1]";
  EXPECT_EQ(RemarkOf(MappedFilter<TFilter>(0.0005, 0.0005, -0.5).GetPointer()),
            "ReferenceImage and SyntheticImage" + rest);
  EXPECT_EQ(RemarkOf(MappedFilter<TFilter>(0.0005, 1.0).GetPointer()), "ReferenceImage" + rest);
  EXPECT_EQ(RemarkOf(MappedFilter<TFilter>(1.0, 0.0005).GetPointer()), "SyntheticImage" + rest);
  // What is outside the mask does not matter, NaN or not.
  const auto filter = MappedFilter<TFilter>(0.0005, 0.0005);
  const auto image = MakeNumberedImage<ImageType>(volumeSize, [](size_t i) {
    return MaskValue(i) == 0.0 ? (i % 2 == 0 ? -1000.0 : std::numeric_limits<double>::quiet_NaN())
                               : 0.0005 * SyntheticValue(i);
  });
  filter->SetSyntheticImage(image);
  EXPECT_EQ(RemarkOf(filter.GetPointer()), "ReferenceImage and SyntheticImage" + rest);
  // A constant image and an empty mask are nothing to be surprised at.
  EXPECT_EQ(RemarkOf(MappedFilter<TFilter>(0.0, 0.0).GetPointer()), "");
  filter->SetMaskImage(MakeNumberedImage<MaskType>(volumeSize, [](size_t) { return 0; }));
  EXPECT_EQ(RemarkOf(filter.GetPointer()), "");
}
} // namespace

TEST(MeasureResults, NormalizedImagesAreRemarkedOn)
{
  ExpectRemarks<ErrorsType>();
  ExpectRemarks<OverlapType>();
  ExpectRemarks<HistogramType>();
  ExpectRemarks<SimilarityType>();

  // In slabs, too.
  const auto divided = MappedFilter<ErrorsType>(0.0005, 0.0005);
  divided->SetNumberOfStreamDivisions(4);
  EXPECT_NE(RemarkOf(divided.GetPointer()), "");

  // Who states an L of normalized images, and asks for nothing in HU, knows what they are.
  const auto errors = MappedFilter<ErrorsType>(0.0005, 0.0005);
  errors->SetDataRange(2);
  EXPECT_NE(RemarkOf(errors.GetPointer()), "");
  errors->ComputeRegionsOff();
  EXPECT_EQ(RemarkOf(errors.GetPointer()), "");
  const auto similarity = MappedFilter<SimilarityType>(0.0005, 0.0005);
  similarity->SetVariant(itk::StructuralSimilarityEnum::Uniform7);
  similarity->RescaleIntensityOff();
  similarity->SetDataRange(2);
  EXPECT_EQ(RemarkOf(similarity.GetPointer()), "");

  // Masks are integers.
  const auto masks = itk::ThresholdOverlapMeasuresImageFilter<MaskType>::New();
  masks->SetReferenceImage(MakeNumberedImage<MaskType>(volumeSize, MaskValue));
  masks->SetSyntheticImage(MakeNumberedImage<MaskType>(volumeSize, MaskValue));
  EXPECT_EQ(RemarkOf(masks.GetPointer()), "");
}
