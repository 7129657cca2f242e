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
// Every intensity filter beside the composition of ITK's filters that gives the same result, or, where ITK has none,
// beside the plain algorithm.
//
// Two threads at most, images of 192 x 256 x 128 voxels. Each measurement is a run of a filter that was built for it,
// so that the output is allocated anew, as in a pipeline.

#include "itkCTForegroundNormalizeImageFilter.h"
#include "itkEightBitScaleImageFilter.h"
#include "itkHounsfieldCalibrationImageFilter.h"
#include "itkHounsfieldScaleImageFilter.h"
#include "itkPercentileRescaleImageFilter.h"
#include "itkZScoreNormalizeImageFilter.h"

#include "itkClampImageFilter.h"
#include "itkExtractImageFilter.h"
#include "itkImageAlgorithm.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkImageToHistogramFilter.h"
#include "itkIntensityWindowingImageFilter.h"
#include "itkLabelStatisticsImageFilter.h"
#include "itkNormalizeImageFilter.h"
#include "itkRescaleIntensityImageFilter.h"
#include "itkShiftScaleImageFilter.h"
#include "itkUnaryGeneratorImageFilter.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace
{
using FloatImage = itk::Image<float, 3>;
using ShortImage = itk::Image<short, 3>;
using ByteImage = itk::Image<unsigned char, 3>;

/** A ball of noise before a dark, noisy background, as of a head; whole numbers, so that it may be of any type. */
template <typename TImage>
const TImage *
Head()
{
  static const typename TImage::Pointer image = [] {
    auto                      result = TImage::New();
    typename TImage::SizeType size{ { 192, 256, 128 } };
    result->SetRegions(size);
    result->Allocate();
    std::mt19937                     engine(1);
    std::normal_distribution<double> noise(0.0, 1.0);
    for (itk::ImageRegionIteratorWithIndex<TImage> it(result, result->GetLargestPossibleRegion()); !it.IsAtEnd(); ++it)
    {
      double radius = 0.0;
      for (unsigned int d = 0; d < 3; ++d)
      {
        const double x = (static_cast<double>(it.GetIndex()[d]) + 0.5) / static_cast<double>(size[d]) - 0.5;
        radius += x * x;
      }
      it.Set(static_cast<typename TImage::PixelType>(
        std::round(radius < 0.2 ? 40.0 + 400.0 * radius + 150.0 * noise(engine) : -990.0 + 10.0 * noise(engine))));
    }
    return result;
  }();
  return image;
}

const ByteImage *
Mask()
{
  static const ByteImage::Pointer mask = [] {
    auto result = ByteImage::New();
    result->SetRegions(Head<FloatImage>()->GetLargestPossibleRegion());
    result->Allocate();
    itk::ImageRegionConstIterator<FloatImage> in(Head<FloatImage>(), result->GetLargestPossibleRegion());
    for (itk::ImageRegionIteratorWithIndex<ByteImage> it(result, result->GetLargestPossibleRegion()); !it.IsAtEnd();
         ++it, ++in)
    {
      it.Set(in.Get() > -900.0F ? 1 : 0);
    }
    return result;
  }();
  return mask;
}

template <typename TFilter>
typename TFilter::Pointer
Make(const typename TFilter::InputImageType * image, itk::ThreadIdType threads)
{
  auto filter = TFilter::New();
  filter->SetInput(image);
  filter->SetNumberOfWorkUnits(threads);
  return filter;
}

/** Measures a filter of the head, which `set` gives its parameters. */
template <typename TFilter, typename TSet>
auto
Filter(const TSet & set)
{
  return [set](benchmark::State & state) {
    for (auto _ : state)
    {
      state.PauseTiming();
      auto filter =
        Make<TFilter>(Head<typename TFilter::InputImageType>(), static_cast<itk::ThreadIdType>(state.range(0)));
      set(filter.GetPointer());
      state.ResumeTiming();
      filter->Update();
      benchmark::DoNotOptimize(filter->GetOutput()->GetBufferPointer());
      state.PauseTiming();
      filter = nullptr;
      state.ResumeTiming();
    }
  };
}

template <typename TFilter>
auto
Filter()
{
  return Filter<TFilter>([](TFilter *) {});
}

/** Measures several filters: `run(threads)` gives the last of them, updated, or the image. */
template <typename TRun>
auto
Composition(const TRun & run)
{
  return [run](benchmark::State & state) {
    for (auto _ : state)
    {
      benchmark::DoNotOptimize(run(static_cast<itk::ThreadIdType>(state.range(0))).GetPointer());
    }
  };
}

/** The two sides of a comparison run one after the other, with one thread and with two. */
template <typename TOurs, typename TOther>
void
Compare(const std::string & name, const TOurs & ours, const std::string & otherName, const TOther & other)
{
  for (const auto & run : { benchmark::RegisterBenchmark((name + "/Ours").c_str(), ours),
                            benchmark::RegisterBenchmark((name + '/' + otherName).c_str(), other) })
  {
    run->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
  }
}

template <typename TImage>
using Windowing = itk::IntensityWindowingImageFilter<TImage, FloatImage>;

template <typename TImage>
void
SetWindow(Windowing<TImage> * filter, double minimum, double maximum)
{
  filter->SetWindowMinimum(static_cast<typename TImage::PixelType>(minimum));
  filter->SetWindowMaximum(static_cast<typename TImage::PixelType>(maximum));
  filter->SetOutputMinimum(-1.0F);
  filter->SetOutputMaximum(1.0F);
}

/** The head mapped from a window to [-1, 1]. */
template <typename TImage>
auto
MapWindow(double minimum, double maximum, itk::ThreadIdType threads)
{
  auto filter = Make<Windowing<TImage>>(Head<TImage>(), threads);
  SetWindow<TImage>(filter, minimum, maximum);
  filter->Update();
  return filter;
}

/** An image less a mean, over a deviation. */
template <typename TImage>
auto
Standardize(const TImage * image, double mean, double deviation, itk::ThreadIdType threads)
{
  auto filter = Make<itk::ShiftScaleImageFilter<TImage, FloatImage>>(image, threads);
  filter->SetShift(-mean);
  filter->SetScale(1.0 / deviation);
  filter->Update();
  return filter;
}

template <typename TImage>
auto
ClampAndStandardize(double lower, double upper, double mean, double deviation, itk::ThreadIdType threads)
{
  auto clamp = Make<itk::ClampImageFilter<TImage, TImage>>(Head<TImage>(), threads);
  clamp->SetBounds(static_cast<typename TImage::PixelType>(lower), static_cast<typename TImage::PixelType>(upper));
  return Standardize<TImage>(clamp->GetOutput(), mean, deviation, threads);
}

/** Mean and deviation inside the mask, and a histogram of 4096 bins, which is exact for whole numbers of this range. */
template <typename TImage>
auto
MaskedStatistics(bool histogram, itk::ThreadIdType threads)
{
  auto filter = Make<itk::LabelStatisticsImageFilter<TImage, ByteImage>>(Head<TImage>(), threads);
  filter->SetLabelInput(Mask());
  filter->SetUseHistograms(histogram);
  filter->SetHistogramParameters(4096, -1024.5, 3071.5);
  filter->Update();
  return filter;
}

void
CompareZScores()
{
  using Ours = itk::ZScoreNormalizeImageFilter<FloatImage>;
  Compare(
    "ZScore", Filter<Ours>(), "NormalizeImageFilter", Filter<itk::NormalizeImageFilter<FloatImage, FloatImage>>());
  Compare("ZScoreMasked",
          Filter<Ours>([](auto * filter) { filter->SetMaskImage(Mask()); }),
          "LabelStatisticsAndShiftScale",
          Composition([](auto threads) {
            const auto statistics = MaskedStatistics<FloatImage>(false, threads);
            return Standardize(Head<FloatImage>(), statistics->GetMean(1), statistics->GetSigma(1), threads);
          }));
}

template <typename TImage>
void
ComparePercentiles(const std::string & type)
{
  const std::string name = "Percentile<" + type + '>';
  const auto        ours = Filter<itk::PercentileRescaleImageFilter<TImage>>();
  // A histogram of 1000 bins is not exact.
  Compare(name, ours, "HistogramAndIntensityWindowing", Composition([](auto threads) {
            using HistogramFilter = itk::Statistics::ImageToHistogramFilter<TImage>;
            const auto                                        filter = Make<HistogramFilter>(Head<TImage>(), threads);
            typename HistogramFilter::HistogramType::SizeType size(1);
            size.Fill(1000);
            filter->SetHistogramSize(size);
            filter->Update();
            const auto * const histogram = filter->GetOutput();
            return MapWindow<TImage>(histogram->Quantile(0, 0.01), histogram->Quantile(0, 0.999), threads);
          }));
  // Without interpolation.
  Compare(name, ours, "SortAndIntensityWindowing", Composition([](auto threads) {
            const TImage * const image = Head<TImage>();
            const size_t         count = image->GetLargestPossibleRegion().GetNumberOfPixels();
            std::vector          voxels(image->GetBufferPointer(), image->GetBufferPointer() + count);
            std::sort(voxels.begin(), voxels.end());
            return MapWindow<TImage>(voxels[count / 100], voxels[count / 1000 * 999], threads);
          }));
}

template <typename TImage>
void
CompareHounsfieldWindows(const std::string & type)
{
  Compare("HounsfieldWindow<" + type + '>',
          Filter<itk::HounsfieldScaleImageFilter<TImage, FloatImage>>(),
          "IntensityWindowing",
          Filter<Windowing<TImage>>([](auto * filter) { SetWindow<TImage>(filter, -1000.0, 3000.0); }));
}

template <typename TImage>
void
CompareCTForegrounds(const std::string & type)
{
  using Ours = itk::CTForegroundNormalizeImageFilter<TImage>;
  Compare("CTForeground<" + type + '>',
          Filter<Ours>([](auto * filter) {
            filter->ComputeConstantsOff();
            filter->SetMean(40.0);
            filter->SetStandardDeviation(150.0);
            filter->SetClipMinimum(-300.0);
            filter->SetClipMaximum(400.0);
          }),
          "ClampAndShiftScale",
          Composition([](auto threads) { return ClampAndStandardize<TImage>(-300.0, 400.0, 40.0, 150.0, threads); }));
  Compare("CTForegroundComputed<" + type + '>',
          Filter<Ours>([](auto * filter) { filter->SetMaskImage(Mask()); }),
          "LabelStatisticsClampAndShiftScale",
          Composition([](auto threads) {
            const auto statistics = MaskedStatistics<TImage>(true, threads);
            const auto histogram = statistics->GetHistogram(1);
            return ClampAndStandardize<TImage>(histogram->Quantile(0, 0.005),
                                               histogram->Quantile(0, 0.995),
                                               statistics->GetMean(1),
                                               statistics->GetSigma(1),
                                               threads);
          }));
}

template <typename TImage>
void
CompareEightBits(const std::string & type)
{
  using Ours = itk::EightBitScaleImageFilter<TImage>;
  Compare("EightBit<" + type + '>',
          Filter<Ours>(),
          "RescaleIntensity",
          Filter<itk::RescaleIntensityImageFilter<TImage, ByteImage>>());
  Compare("EightBitWindow<" + type + '>',
          Filter<Ours>([](auto * filter) {
            filter->ComputeConstantsOff();
            filter->SetWindowWidth(2000.0);
            filter->SetWindowLevel(500.0);
          }),
          "IntensityWindowing",
          Filter<itk::IntensityWindowingImageFilter<TImage, ByteImage>>([](auto * filter) {
            filter->SetWindowLevel(2000, 500);
            filter->SetOutputMinimum(0);
            filter->SetOutputMaximum(255);
          }));
}

void
CompareEightBitSlices(unsigned int axis)
{
  Compare("EightBitSlices<float>/axis:" + std::to_string(axis),
          Filter<itk::EightBitScaleImageFilter<FloatImage>>([axis](auto * filter) {
            filter->SliceBySliceOn();
            filter->SetSliceAxis(axis);
          }),
          "ExtractRescaleAndPaste",
          Composition([axis](auto threads) {
            const auto whole = Head<FloatImage>()->GetLargestPossibleRegion();
            auto       result = ByteImage::New();
            result->CopyInformation(Head<FloatImage>());
            result->SetRegions(whole);
            result->Allocate();
            auto slice = whole;
            slice.SetSize(axis, 1);
            for (itk::SizeValueType i = 0; i < whole.GetSize(axis); ++i)
            {
              slice.SetIndex(axis, static_cast<itk::IndexValueType>(i));
              auto extract = Make<itk::ExtractImageFilter<FloatImage, FloatImage>>(Head<FloatImage>(), threads);
              extract->SetExtractionRegion(slice);
              auto rescale =
                Make<itk::RescaleIntensityImageFilter<FloatImage, ByteImage>>(extract->GetOutput(), threads);
              rescale->Update();
              itk::ImageAlgorithm::Copy(rescale->GetOutput(), result.GetPointer(), slice, slice);
            }
            return result;
          }));
}

/** A curve of `count` points from -1000 to 3000 HU. */
template <typename TImage>
void
CompareCalibrations(const std::string & type, size_t count)
{
  std::vector<double> units;
  std::vector<double> values;
  for (size_t i = 0; i < count; ++i)
  {
    const double share = static_cast<double>(i) / static_cast<double>(count - 1);
    units.push_back(-1000.0 + 4000.0 * share * share);
    values.push_back(std::sqrt(share));
  }
  const auto curve = itk::HounsfieldCalibration::New();
  curve->SetPoints(units, values);
  const auto interpolate = [units, values](const typename TImage::PixelType & pixel) {
    const auto unit = static_cast<double>(pixel);
    const auto above = std::upper_bound(units.begin(), units.end(), unit);
    if (above == units.begin())
    {
      return static_cast<float>(values.front());
    }
    if (above == units.end())
    {
      return static_cast<float>(values.back());
    }
    const auto i = static_cast<size_t>(above - units.begin());
    return static_cast<float>(values[i - 1] +
                              (unit - units[i - 1]) * (values[i] - values[i - 1]) / (units[i] - units[i - 1]));
  };
  Compare(
    "Calibration<" + type + ">/points:" + std::to_string(count),
    Filter<itk::HounsfieldCalibrationImageFilter<TImage>>([curve](auto * filter) { filter->SetCalibration(curve); }),
    "UnaryGenerator",
    Filter<itk::UnaryGeneratorImageFilter<TImage, FloatImage>>(
      [interpolate](auto * filter) { filter->SetFunctor(interpolate); }));
}

template <typename TImage>
void
CompareForType(const std::string & type)
{
  ComparePercentiles<TImage>(type);
  CompareHounsfieldWindows<TImage>(type);
  CompareCTForegrounds<TImage>(type);
  CompareEightBits<TImage>(type);
  CompareCalibrations<TImage>(type, 3);
  CompareCalibrations<TImage>(type, 20);
}
} // namespace

int
main(int argc, char * argv[])
{
  CompareZScores();
  CompareForType<FloatImage>("float");
  CompareForType<ShortImage>("short");
  CompareEightBitSlices(0);
  CompareEightBitSlices(2);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return EXIT_SUCCESS;
}
