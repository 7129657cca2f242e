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
#include <random>
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

/** Runs what `make` gives, as often as the benchmark asks, with as many threads as its argument says. */
template <typename TMake>
void
Measure(benchmark::State & state, TMake && make)
{
  const auto threads = static_cast<itk::ThreadIdType>(state.range(0));
  for (auto _ : state)
  {
    state.PauseTiming();
    auto filter = make(threads);
    state.ResumeTiming();
    filter->Update();
    benchmark::DoNotOptimize(filter->GetOutput()->GetBufferPointer());
    state.PauseTiming();
    filter = nullptr;
    state.ResumeTiming();
  }
}

template <typename TFilter, typename TImage>
typename TFilter::Pointer
Make(const TImage * image, itk::ThreadIdType threads)
{
  auto filter = TFilter::New();
  filter->SetInput(image);
  filter->SetNumberOfWorkUnits(threads);
  return filter;
}

void
ZScore_Ours(benchmark::State & state)
{
  Measure(state,
          [](auto threads) { return Make<itk::ZScoreNormalizeImageFilter<FloatImage>>(Head<FloatImage>(), threads); });
}

void
ZScore_NormalizeImageFilter(benchmark::State & state)
{
  Measure(state, [](auto threads) {
    return Make<itk::NormalizeImageFilter<FloatImage, FloatImage>>(Head<FloatImage>(), threads);
  });
}

void
ZScoreMasked_Ours(benchmark::State & state)
{
  Measure(state, [](auto threads) {
    auto filter = Make<itk::ZScoreNormalizeImageFilter<FloatImage>>(Head<FloatImage>(), threads);
    filter->SetMaskImage(Mask());
    return filter;
  });
}

void
ZScoreMasked_LabelStatisticsAndShiftScale(benchmark::State & state)
{
  const auto threads = static_cast<itk::ThreadIdType>(state.range(0));
  for (auto _ : state)
  {
    auto statistics = Make<itk::LabelStatisticsImageFilter<FloatImage, ByteImage>>(Head<FloatImage>(), threads);
    statistics->SetLabelInput(Mask());
    statistics->Update();
    auto scale = Make<itk::ShiftScaleImageFilter<FloatImage, FloatImage>>(Head<FloatImage>(), threads);
    scale->SetShift(-statistics->GetMean(1));
    scale->SetScale(1.0 / statistics->GetSigma(1));
    scale->Update();
    benchmark::DoNotOptimize(scale->GetOutput()->GetBufferPointer());
  }
}

template <typename TImage>
void
Percentile_Ours(benchmark::State & state)
{
  Measure(state, [](auto threads) {
    return Make<itk::PercentileRescaleImageFilter<TImage, FloatImage>>(Head<TImage>(), threads);
  });
}

/** The percentiles by a full sort, without interpolation, and the mapping. */
template <typename TImage>
void
Percentile_SortAndIntensityWindowing(benchmark::State & state)
{
  const auto threads = static_cast<itk::ThreadIdType>(state.range(0));
  for (auto _ : state)
  {
    const TImage * const                    image = Head<TImage>();
    const size_t                            count = image->GetLargestPossibleRegion().GetNumberOfPixels();
    std::vector<typename TImage::PixelType> voxels(image->GetBufferPointer(), image->GetBufferPointer() + count);
    std::sort(voxels.begin(), voxels.end());
    auto window = Make<itk::IntensityWindowingImageFilter<TImage, FloatImage>>(image, threads);
    window->SetWindowMinimum(voxels[count / 100]);
    window->SetWindowMaximum(voxels[count / 1000 * 999]);
    window->SetOutputMinimum(-1.0F);
    window->SetOutputMaximum(1.0F);
    window->Update();
    benchmark::DoNotOptimize(window->GetOutput()->GetBufferPointer());
  }
}

/** The percentiles from a histogram of 1000 bins, which are not exact, and the mapping. */
template <typename TImage>
void
Percentile_HistogramAndIntensityWindowing(benchmark::State & state)
{
  const auto threads = static_cast<itk::ThreadIdType>(state.range(0));
  for (auto _ : state)
  {
    auto histogram = Make<itk::Statistics::ImageToHistogramFilter<TImage>>(Head<TImage>(), threads);
    typename itk::Statistics::ImageToHistogramFilter<TImage>::HistogramType::SizeType size(1);
    size.Fill(1000);
    histogram->SetHistogramSize(size);
    histogram->Update();
    auto window = Make<itk::IntensityWindowingImageFilter<TImage, FloatImage>>(Head<TImage>(), threads);
    window->SetWindowMinimum(static_cast<typename TImage::PixelType>(histogram->GetOutput()->Quantile(0, 0.01)));
    window->SetWindowMaximum(static_cast<typename TImage::PixelType>(histogram->GetOutput()->Quantile(0, 0.999)));
    window->SetOutputMinimum(-1.0F);
    window->SetOutputMaximum(1.0F);
    window->Update();
    benchmark::DoNotOptimize(window->GetOutput()->GetBufferPointer());
  }
}

template <typename TImage>
void
HounsfieldWindow_Ours(benchmark::State & state)
{
  Measure(state, [](auto threads) {
    return Make<itk::HounsfieldScaleImageFilter<TImage, FloatImage>>(Head<TImage>(), threads);
  });
}

template <typename TImage>
void
HounsfieldWindow_IntensityWindowing(benchmark::State & state)
{
  Measure(state, [](auto threads) {
    auto filter = Make<itk::IntensityWindowingImageFilter<TImage, FloatImage>>(Head<TImage>(), threads);
    filter->SetWindowMinimum(-1000);
    filter->SetWindowMaximum(3000);
    filter->SetOutputMinimum(-1.0F);
    filter->SetOutputMaximum(1.0F);
    return filter;
  });
}

template <typename TImage>
void
CTForeground_Ours(benchmark::State & state)
{
  Measure(state, [](auto threads) {
    auto filter = Make<itk::CTForegroundNormalizeImageFilter<TImage>>(Head<TImage>(), threads);
    filter->ComputeConstantsOff();
    filter->SetMean(40.0);
    filter->SetStandardDeviation(150.0);
    filter->SetLowerValue(-300.0);
    filter->SetUpperValue(400.0);
    return filter;
  });
}

template <typename TImage>
void
CTForeground_ClampAndShiftScale(benchmark::State & state)
{
  const auto threads = static_cast<itk::ThreadIdType>(state.range(0));
  for (auto _ : state)
  {
    auto clamp = Make<itk::ClampImageFilter<TImage, TImage>>(Head<TImage>(), threads);
    clamp->SetBounds(-300, 400);
    auto scale = Make<itk::ShiftScaleImageFilter<TImage, FloatImage>>(clamp->GetOutput(), threads);
    scale->SetShift(-40.0);
    scale->SetScale(1.0 / 150.0);
    scale->Update();
    benchmark::DoNotOptimize(scale->GetOutput()->GetBufferPointer());
  }
}

template <typename TImage>
void
CTForegroundComputed_Ours(benchmark::State & state)
{
  Measure(state, [](auto threads) {
    auto filter = Make<itk::CTForegroundNormalizeImageFilter<TImage>>(Head<TImage>(), threads);
    filter->SetMaskImage(Mask());
    return filter;
  });
}

/** As above, with a histogram of 4096 bins, which is exact for whole numbers of this range. */
template <typename TImage>
void
CTForegroundComputed_LabelStatisticsClampAndShiftScale(benchmark::State & state)
{
  const auto threads = static_cast<itk::ThreadIdType>(state.range(0));
  for (auto _ : state)
  {
    auto statistics = Make<itk::LabelStatisticsImageFilter<TImage, ByteImage>>(Head<TImage>(), threads);
    statistics->SetLabelInput(Mask());
    statistics->UseHistogramsOn();
    statistics->SetHistogramParameters(4096, -1024.5, 3071.5);
    statistics->Update();
    auto clamp = Make<itk::ClampImageFilter<TImage, TImage>>(Head<TImage>(), threads);
    clamp->SetBounds(static_cast<typename TImage::PixelType>(statistics->GetHistogram(1)->Quantile(0, 0.005)),
                     static_cast<typename TImage::PixelType>(statistics->GetHistogram(1)->Quantile(0, 0.995)));
    auto scale = Make<itk::ShiftScaleImageFilter<TImage, FloatImage>>(clamp->GetOutput(), threads);
    scale->SetShift(-statistics->GetMean(1));
    scale->SetScale(1.0 / statistics->GetSigma(1));
    scale->Update();
    benchmark::DoNotOptimize(scale->GetOutput()->GetBufferPointer());
  }
}

template <typename TImage>
void
EightBit_Ours(benchmark::State & state)
{
  Measure(state, [](auto threads) { return Make<itk::EightBitScaleImageFilter<TImage>>(Head<TImage>(), threads); });
}

template <typename TImage>
void
EightBit_RescaleIntensity(benchmark::State & state)
{
  Measure(state, [](auto threads) {
    return Make<itk::RescaleIntensityImageFilter<TImage, ByteImage>>(Head<TImage>(), threads);
  });
}

template <typename TImage>
void
EightBitSlices_Ours(benchmark::State & state)
{
  Measure(state, [&state](auto threads) {
    auto filter = Make<itk::EightBitScaleImageFilter<TImage>>(Head<TImage>(), threads);
    filter->SliceBySliceOn();
    filter->SetSliceAxis(static_cast<unsigned int>(state.range(1)));
    return filter;
  });
}

template <typename TImage>
void
EightBitSlices_ExtractRescaleAndPaste(benchmark::State & state)
{
  const auto threads = static_cast<itk::ThreadIdType>(state.range(0));
  const auto axis = static_cast<unsigned int>(state.range(1));
  for (auto _ : state)
  {
    auto result = ByteImage::New();
    result->CopyInformation(Head<TImage>());
    result->SetRegions(Head<TImage>()->GetLargestPossibleRegion());
    result->Allocate();
    auto slice = Head<TImage>()->GetLargestPossibleRegion();
    slice.SetSize(axis, 1);
    for (itk::SizeValueType i = 0; i < Head<TImage>()->GetLargestPossibleRegion().GetSize(axis); ++i)
    {
      slice.SetIndex(axis, static_cast<itk::IndexValueType>(i));
      auto extract = Make<itk::ExtractImageFilter<TImage, TImage>>(Head<TImage>(), threads);
      extract->SetExtractionRegion(slice);
      auto rescale = Make<itk::RescaleIntensityImageFilter<TImage, ByteImage>>(extract->GetOutput(), threads);
      rescale->Update();
      itk::ImageAlgorithm::Copy(rescale->GetOutput(), result.GetPointer(), slice, slice);
    }
    benchmark::DoNotOptimize(result->GetBufferPointer());
  }
}

template <typename TImage>
void
EightBitWindow_Ours(benchmark::State & state)
{
  Measure(state, [](auto threads) {
    auto filter = Make<itk::EightBitScaleImageFilter<TImage>>(Head<TImage>(), threads);
    filter->ComputeConstantsOff();
    filter->SetWindowLevel(2000.0, 500.0);
    return filter;
  });
}

template <typename TImage>
void
EightBitWindow_IntensityWindowing(benchmark::State & state)
{
  Measure(state, [](auto threads) {
    auto filter = Make<itk::IntensityWindowingImageFilter<TImage, ByteImage>>(Head<TImage>(), threads);
    filter->SetWindowLevel(2000, 500);
    filter->SetOutputMinimum(0);
    filter->SetOutputMaximum(255);
    return filter;
  });
}

/** A curve of as many points as the second argument of the benchmark, from -1000 to 3000 HU. */
itk::HounsfieldCalibration::Pointer
Curve(const benchmark::State & state)
{
  const auto          count = static_cast<size_t>(state.range(1));
  std::vector<double> units;
  std::vector<double> values;
  for (size_t i = 0; i < count; ++i)
  {
    const double share = static_cast<double>(i) / static_cast<double>(count - 1);
    units.push_back(-1000.0 + 4000.0 * share * share);
    values.push_back(std::sqrt(share));
  }
  auto curve = itk::HounsfieldCalibration::New();
  curve->SetPoints(units, values);
  return curve;
}

template <typename TImage>
void
Calibration_Ours(benchmark::State & state)
{
  const auto curve = Curve(state);
  Measure(state, [&curve](auto threads) {
    auto filter = Make<itk::HounsfieldCalibrationImageFilter<TImage>>(Head<TImage>(), threads);
    filter->SetCalibration(curve);
    return filter;
  });
}

template <typename TImage>
void
Calibration_UnaryGenerator(benchmark::State & state)
{
  const auto                  curve = Curve(state);
  const std::vector<double> & units = curve->GetHounsfieldUnits();
  const std::vector<double> & values = curve->GetValues();
  Measure(state, [&](auto threads) {
    auto filter = Make<itk::UnaryGeneratorImageFilter<TImage, FloatImage>>(Head<TImage>(), threads);
    filter->SetFunctor([&](const typename TImage::PixelType & pixel) {
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
    });
    return filter;
  });
}
} // namespace

// The two sides of a comparison run one after the other. The first argument is the number of threads.
#define SYNTHETICCT_BENCHMARK(...) BENCHMARK(__VA_ARGS__)->Unit(benchmark::kMillisecond)->UseRealTime()
#define SYNTHETICCT_COMPARE(first, second)                                                                             \
  SYNTHETICCT_BENCHMARK(first)->Arg(1)->Arg(2);                                                                        \
  SYNTHETICCT_BENCHMARK(second)->Arg(1)->Arg(2)
#define SYNTHETICCT_COMPARE_WITH(arguments, first, second)                                                             \
  SYNTHETICCT_BENCHMARK(first)->ArgsProduct({ { 1, 2 }, arguments });                                                  \
  SYNTHETICCT_BENCHMARK(second)->ArgsProduct({ { 1, 2 }, arguments })

SYNTHETICCT_COMPARE(ZScore_Ours, ZScore_NormalizeImageFilter);
SYNTHETICCT_COMPARE(ZScoreMasked_Ours, ZScoreMasked_LabelStatisticsAndShiftScale);
SYNTHETICCT_COMPARE(Percentile_Ours<FloatImage>, Percentile_HistogramAndIntensityWindowing<FloatImage>);
SYNTHETICCT_COMPARE(Percentile_Ours<FloatImage>, Percentile_SortAndIntensityWindowing<FloatImage>);
SYNTHETICCT_COMPARE(Percentile_Ours<ShortImage>, Percentile_HistogramAndIntensityWindowing<ShortImage>);
SYNTHETICCT_COMPARE(Percentile_Ours<ShortImage>, Percentile_SortAndIntensityWindowing<ShortImage>);
SYNTHETICCT_COMPARE(HounsfieldWindow_Ours<FloatImage>, HounsfieldWindow_IntensityWindowing<FloatImage>);
SYNTHETICCT_COMPARE(HounsfieldWindow_Ours<ShortImage>, HounsfieldWindow_IntensityWindowing<ShortImage>);
SYNTHETICCT_COMPARE(CTForeground_Ours<FloatImage>, CTForeground_ClampAndShiftScale<FloatImage>);
SYNTHETICCT_COMPARE(CTForeground_Ours<ShortImage>, CTForeground_ClampAndShiftScale<ShortImage>);
SYNTHETICCT_COMPARE(CTForegroundComputed_Ours<FloatImage>,
                    CTForegroundComputed_LabelStatisticsClampAndShiftScale<FloatImage>);
SYNTHETICCT_COMPARE(CTForegroundComputed_Ours<ShortImage>,
                    CTForegroundComputed_LabelStatisticsClampAndShiftScale<ShortImage>);
SYNTHETICCT_COMPARE(EightBit_Ours<FloatImage>, EightBit_RescaleIntensity<FloatImage>);
SYNTHETICCT_COMPARE(EightBit_Ours<ShortImage>, EightBit_RescaleIntensity<ShortImage>);
// The second argument is the axis across the slices.
SYNTHETICCT_COMPARE_WITH((std::vector<int64_t>{ 0, 2 }),
                         EightBitSlices_Ours<FloatImage>,
                         EightBitSlices_ExtractRescaleAndPaste<FloatImage>);
SYNTHETICCT_COMPARE(EightBitWindow_Ours<FloatImage>, EightBitWindow_IntensityWindowing<FloatImage>);
SYNTHETICCT_COMPARE(EightBitWindow_Ours<ShortImage>, EightBitWindow_IntensityWindowing<ShortImage>);
// The second argument is the number of points of the curve.
SYNTHETICCT_COMPARE_WITH((std::vector<int64_t>{ 3, 20 }),
                         Calibration_Ours<FloatImage>,
                         Calibration_UnaryGenerator<FloatImage>);
SYNTHETICCT_COMPARE_WITH((std::vector<int64_t>{ 3, 20 }),
                         Calibration_Ours<ShortImage>,
                         Calibration_UnaryGenerator<ShortImage>);
