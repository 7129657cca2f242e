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

// The filters of measures beside compositions of ITK's filters that give some of the same figures, on a simulated head
// of 256x256x160 voxels and its CT with noise. Before anything is measured the figures are compared. For medians of
// interleaved runs:
//
//   itkMeasuresBenchmark --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
//
// ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS sets the threads of both. "Read" is a sum of all voxels of the same images: what
// reading them once costs, and so the least that any measure of them can.

#include "itkAbsImageFilter.h"
#include "itkBenchmarkHead.h"
#include "itkBinaryThresholdImageFilter.h"
#include "itkComposeImageFilter.h"
#include "itkHounsfieldHistogramImageFilter.h"
#include "itkImageErrorMeasuresImageFilter.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkLabelOverlapMeasuresImageFilter.h"
#include "itkLabelStatisticsImageFilter.h"
#include "itkMaskedImageToHistogramFilter.h"
#include "itkSimilarityIndexImageFilter.h"
#include "itkSquareImageFilter.h"
#include "itkStatisticsImageFilter.h"
#include "itkSubtractImageFilter.h"
#include "itkThresholdOverlapMeasuresImageFilter.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace
{
using ImageType = BenchmarkHead::ImageType;
using MaskType = BenchmarkHead::MaskType;
using FiguresType = std::vector<double>;
using ErrorMeasuresType = itk::ImageErrorMeasuresImageFilter<ImageType>;
using OverlapType = itk::ThresholdOverlapMeasuresImageFilter<ImageType>;
using HistogramType = itk::HounsfieldHistogramImageFilter<ImageType>;

struct Pair
{
  BenchmarkHead      Head;
  ImageType::Pointer Reference{ Head.CT };
  ImageType::Pointer Synthetic{ Head.MakeImage<ImageType>() };
  MaskType::Pointer  Body{ Head.Body };
  MaskType::Pointer  Labels{ Head.MakeImage<MaskType>() };

  Pair()
  {
    uint32_t                                     state = 1;
    itk::ImageRegionConstIterator<ImageType>     reference(Reference, Reference->GetLargestPossibleRegion());
    itk::ImageRegionConstIterator<MaskType>      body(Body, Reference->GetLargestPossibleRegion());
    itk::ImageRegionIteratorWithIndex<ImageType> synthetic(Synthetic, Reference->GetLargestPossibleRegion());
    itk::ImageRegionIteratorWithIndex<MaskType>  labels(Labels, Reference->GetLargestPossibleRegion());
    for (; !reference.IsAtEnd(); ++reference, ++body, ++synthetic, ++labels)
    {
      state = 1664525u * state + 1013904223u;
      synthetic.Set(reference.Get() + static_cast<float>(state >> 24) - 120.0F);
      const auto index = labels.GetIndex();
      labels.Set(body.Get() == 0 ? 0 : static_cast<unsigned char>(1 + index[0] / 64 + index[1] / 64 * 4));
    }
  }
};

/** Made once. */
const Pair &
ThePair()
{
  static const Pair pair;
  return pair;
}

template <typename TFilter>
typename TFilter::Pointer
FilterOfPair(bool masked)
{
  auto filter = TFilter::New();
  filter->SetReferenceImage(ThePair().Reference);
  filter->SetSyntheticImage(ThePair().Synthetic);
  if (masked)
  {
    filter->SetMaskImage(ThePair().Body);
  }
  return filter;
}

FiguresType
Read()
{
  double     sum = 0.0;
  const auto add = [&sum](const auto * image) {
    const auto * const begin = image->GetBufferPointer();
    sum += static_cast<double>(std::accumulate(
      begin, begin + image->GetLargestPossibleRegion().GetNumberOfPixels(), uint32_t{ 0 }, [](uint32_t a, auto b) {
        return a + static_cast<uint32_t>(static_cast<int32_t>(b));
      }));
  };
  add(ThePair().Reference.GetPointer());
  add(ThePair().Synthetic.GetPointer());
  add(ThePair().Body.GetPointer());
  return { sum };
}

FiguresType
Errors(bool masked, bool withRegions)
{
  const auto filter = FilterOfPair<ErrorMeasuresType>(masked);
  filter->SetComputeRegions(withRegions);
  filter->Update();
  benchmark::DoNotOptimize(filter->GetPearsonCorrelation());
  return { filter->GetMeanError(), filter->GetMeanAbsoluteError(), filter->GetMeanSquaredError() };
}

/** `mean` of the error, of its absolute value and of its square. */
FiguresType
ErrorsITK(const std::function<double(const ImageType *)> & mean)
{
  auto error = itk::SubtractImageFilter<ImageType>::New();
  error->SetInput1(ThePair().Synthetic);
  error->SetInput2(ThePair().Reference);
  auto absolute = itk::AbsImageFilter<ImageType, ImageType>::New();
  absolute->SetInput(error->GetOutput());
  absolute->InPlaceOff();
  auto square = itk::SquareImageFilter<ImageType, ImageType>::New();
  square->SetInput(error->GetOutput());
  square->InPlaceOff();
  return { mean(error->GetOutput()), mean(absolute->GetOutput()), mean(square->GetOutput()) };
}

FiguresType
WholeErrorsITK()
{
  return ErrorsITK([](const ImageType * image) {
    auto statistics = itk::StatisticsImageFilter<ImageType>::New();
    statistics->SetInput(image);
    statistics->Update();
    return static_cast<double>(statistics->GetMean());
  });
}

FiguresType
MaskedErrorsITK()
{
  return ErrorsITK([](const ImageType * image) {
    auto statistics = itk::LabelStatisticsImageFilter<ImageType, MaskType>::New();
    statistics->SetInput(image);
    statistics->SetLabelInput(ThePair().Body);
    statistics->Update();
    return static_cast<double>(statistics->GetMean(1));
  });
}

FiguresType
LabelErrors()
{
  const auto filter = FilterOfPair<ErrorMeasuresType>(false);
  filter->SetLabelImage(ThePair().Labels);
  filter->Update();
  FiguresType figures;
  for (const auto measure : { itk::ErrorMeasureEnum::MeanError,
                              itk::ErrorMeasureEnum::MeanAbsoluteError,
                              itk::ErrorMeasureEnum::MeanSquaredError })
  {
    for (itk::SizeValueType label = 0; label < filter->GetNumberOfLabels(); ++label)
    {
      figures.push_back(filter->GetLabelMeasure(filter->GetNthLabel(label), measure));
    }
  }
  return figures;
}

FiguresType
LabelErrorsITK()
{
  FiguresType figures;
  ErrorsITK([&figures](const ImageType * image) {
    auto statistics = itk::LabelStatisticsImageFilter<ImageType, MaskType>::New();
    statistics->SetInput(image);
    statistics->SetLabelInput(ThePair().Labels);
    statistics->Update();
    for (unsigned char label = 1; label < 255; ++label)
    {
      if (statistics->HasLabel(label))
      {
        figures.push_back(static_cast<double>(statistics->GetMean(label)));
      }
    }
    return 0.0;
  });
  return figures;
}

FiguresType
SliceErrors(itk::InferencePlaneEnum plane)
{
  const auto filter = FilterOfPair<ErrorMeasuresType>(true);
  filter->ComputeSlicesOn();
  filter->SetSlicePlane(plane);
  filter->Update();
  return { filter->GetSliceMean(itk::ErrorMeasureEnum::MeanAbsoluteError) };
}

FiguresType
Overlaps(const OverlapType::ThresholdsType & thresholds, bool masked)
{
  const auto filter = FilterOfPair<OverlapType>(masked);
  filter->SetThresholds(thresholds);
  filter->Update();
  FiguresType figures;
  for (itk::SizeValueType i = 0; i < thresholds.size(); ++i)
  {
    figures.push_back(filter->GetDice(i));
  }
  return figures;
}

MaskType::Pointer
AtLeast(const ImageType * image, double threshold)
{
  auto filter = itk::BinaryThresholdImageFilter<ImageType, MaskType>::New();
  filter->SetInput(image);
  filter->SetLowerThreshold(static_cast<float>(threshold));
  filter->SetInsideValue(1);
  filter->Update();
  return filter->GetOutput();
}

FiguresType
LabelOverlapsITK(const OverlapType::ThresholdsType & thresholds)
{
  FiguresType figures;
  for (const double threshold : thresholds)
  {
    auto overlap = itk::LabelOverlapMeasuresImageFilter<MaskType>::New();
    overlap->SetSourceImage(AtLeast(ThePair().Synthetic, threshold));
    overlap->SetTargetImage(AtLeast(ThePair().Reference, threshold));
    overlap->Update();
    figures.push_back(overlap->GetDiceCoefficient());
  }
  return figures;
}

FiguresType
SimilarityIndicesITK(const OverlapType::ThresholdsType & thresholds)
{
  FiguresType figures;
  for (const double threshold : thresholds)
  {
    auto similarity = itk::SimilarityIndexImageFilter<MaskType, MaskType>::New();
    similarity->SetInput1(AtLeast(ThePair().Synthetic, threshold));
    similarity->SetInput2(AtLeast(ThePair().Reference, threshold));
    similarity->Update();
    figures.push_back(similarity->GetSimilarityIndex());
  }
  return figures;
}

// The outermost bins of ITK also take what lies outside.
constexpr double       histogramMinimum = -1024.0;
constexpr double       histogramMaximum = 3072.0;
constexpr unsigned int numberOfBins = 256;

FiguresType
Histograms(bool joint)
{
  const auto filter = FilterOfPair<HistogramType>(true);
  filter->SetHistogramMinimum(histogramMinimum);
  filter->SetHistogramMaximum(histogramMaximum);
  filter->SetNumberOfBins(numberOfBins);
  filter->SetComputeJointHistogram(joint);
  filter->Update();
  FiguresType figures;
  for (unsigned int bin = 1; bin + 1 < numberOfBins; ++bin)
  {
    if (joint)
    {
      for (unsigned int other = 1; other + 1 < numberOfBins; ++other)
      {
        figures.push_back(static_cast<double>(filter->GetJointFrequency(bin, other)));
      }
    }
    else
    {
      figures.push_back(static_cast<double>(filter->GetReferenceFrequency(bin)));
      figures.push_back(static_cast<double>(filter->GetSyntheticFrequency(bin)));
    }
  }
  return figures;
}

template <typename TImage>
typename itk::Statistics::MaskedImageToHistogramFilter<TImage, MaskType>::Pointer
HistogramITK(const TImage * image, unsigned int components)
{
  using FilterType = itk::Statistics::MaskedImageToHistogramFilter<TImage, MaskType>;
  auto                                                filter = FilterType::New();
  typename FilterType::HistogramSizeType              size(components);
  typename FilterType::HistogramMeasurementVectorType minimum(components);
  typename FilterType::HistogramMeasurementVectorType maximum(components);
  size.Fill(numberOfBins);
  minimum.Fill(histogramMinimum);
  maximum.Fill(histogramMaximum);
  filter->SetInput(image);
  filter->SetMaskImage(ThePair().Body);
  filter->SetMaskValue(1);
  filter->SetAutoMinimumMaximum(false);
  filter->SetHistogramSize(size);
  filter->SetHistogramBinMinimum(minimum);
  filter->SetHistogramBinMaximum(maximum);
  filter->Update();
  return filter;
}

FiguresType
HistogramsITK()
{
  const auto  reference = HistogramITK(ThePair().Reference.GetPointer(), 1);
  const auto  synthetic = HistogramITK(ThePair().Synthetic.GetPointer(), 1);
  FiguresType figures;
  for (unsigned int bin = 1; bin + 1 < numberOfBins; ++bin)
  {
    figures.push_back(static_cast<double>(reference->GetOutput()->GetFrequency(bin)));
    figures.push_back(static_cast<double>(synthetic->GetOutput()->GetFrequency(bin)));
  }
  return figures;
}

FiguresType
JointHistogramITK()
{
  auto compose = itk::ComposeImageFilter<ImageType>::New();
  compose->SetInput(0, ThePair().Reference);
  compose->SetInput(1, ThePair().Synthetic);
  compose->Update();
  const auto  histogram = HistogramITK(compose->GetOutput(), 2);
  FiguresType figures;
  // The first component is the fastest.
  for (unsigned int bin = 1; bin + 1 < numberOfBins; ++bin)
  {
    for (unsigned int other = 1; other + 1 < numberOfBins; ++other)
    {
      figures.push_back(static_cast<double>(histogram->GetOutput()->GetFrequency(bin + other * numberOfBins)));
    }
  }
  return figures;
}

bool
Same(const FiguresType & a, const FiguresType & b)
{
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) {
           return std::abs(x - y) <= 1e-6 * std::max(std::abs(x), std::abs(y));
         });
}

using RunType = std::function<FiguresType()>;

void
Alone(const std::string & name, const RunType & run)
{
  benchmark::RegisterBenchmark(name.c_str(),
                               [=](benchmark::State & state) {
                                 // The images are made by the first that asks for them.
                                 ThePair();
                                 for (auto _ : state)
                                 {
                                   benchmark::DoNotOptimize(run());
                                 }
                               })
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
}

/** One benchmark for ours and one for ITK's, side by side. */
void
Beside(const std::string & name, const RunType & ours, const RunType & theirs)
{
  benchmark::RegisterBenchmark((name + "/SyntheticCT").c_str(),
                               [=](benchmark::State & state) {
                                 if (!Same(ours(), theirs()))
                                 {
                                   state.SkipWithError("The two results differ.");
                                 }
                                 for (auto _ : state)
                                 {
                                   benchmark::DoNotOptimize(ours());
                                 }
                               })
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
  Alone(name + "/ITK", theirs);
}

bool
RegisterAll()
{
  const OverlapType::ThresholdsType one{ 250 };
  OverlapType::ThresholdsType       curve;
  for (int i = 0; i <= 60; ++i)
  {
    curve.push_back(200.0 + 20.0 * i);
  }
  Alone("Read", Read);
  Beside(
    "Errors", [] { return Errors(false, false); }, WholeErrorsITK);
  Beside(
    "ErrorsMasked", [] { return Errors(true, false); }, MaskedErrorsITK);
  Alone("ErrorsAndRegions", [] { return Errors(false, true); });
  Alone("ErrorsAndRegionsMasked", [] { return Errors(true, true); });
  Beside("ErrorsPerLabel", LabelErrors, LabelErrorsITK);
  Alone("ErrorsPerSliceAxial", [] { return SliceErrors(itk::InferencePlaneEnum::Axial); });
  Alone("ErrorsPerSliceCoronal", [] { return SliceErrors(itk::InferencePlaneEnum::Coronal); });
  Alone("ErrorsPerSliceSagittal", [] { return SliceErrors(itk::InferencePlaneEnum::Sagittal); });
  Beside(
    "Dice", [=] { return Overlaps(one, false); }, [=] { return LabelOverlapsITK(one); });
  Beside(
    "SimilarityIndex", [=] { return Overlaps(one, false); }, [=] { return SimilarityIndicesITK(one); });
  Beside(
    "DiceCurve61", [=] { return Overlaps(curve, false); }, [=] { return LabelOverlapsITK(curve); });
  Alone("DiceCurve61Masked", [=] { return Overlaps(curve, true); });
  Beside(
    "Histograms", [] { return Histograms(false); }, HistogramsITK);
  Beside(
    "JointHistogram", [] { return Histograms(true); }, JointHistogramITK);
  return true;
}

[[maybe_unused]] const bool registered = RegisterAll();
} // namespace
