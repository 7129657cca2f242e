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
#include "itkLandmarkTestUtilities.h"
#include "itkPrintSelfTestUtilities.h"

#include "itkBodyMaskImageFilter.h"
#include "itkHounsfieldHistogramImageFilter.h"
#include "itkImageErrorMeasuresImageFilter.h"
#include "itkImageRegionIterator.h"
#include "itkLandmarkTransformCalculator.h"
#include "itkMaskedStructuralSimilarityImageFilter.h"
#include "itkNormalizedMutualInformationImageFilter.h"
#include "itkSampleStatistics.h"
#include "itkSignedSurfaceDeviationMeshFilter.h"
#include "itkSurfaceDistanceMeasuresImageFilter.h"
#include "itkThresholdOverlapMeasuresImageFilter.h"

// What a fresh object prints is tested for every class by tests that CMake writes. Here are the classes that print more
// after a run, and the check itself.
namespace
{
using ImageType = itk::Image<float, 3>;
using LabelImageType = itk::Image<unsigned char, 3>;
using itk::TestUtilities::ExpectEverythingPrinted;
using itk::TestUtilities::FaultsOfPrinted;

/** A cube of 16 voxels along each axis with a smaller one in it. */
template <typename TImage>
typename TImage::Pointer
Cubes(typename TImage::PixelType outer, typename TImage::PixelType inner, itk::IndexValueType begin)
{
  auto image = TImage::New();
  image->SetRegions(typename TImage::RegionType(itk::Size<3>{ { 16, 16, 16 } }));
  image->Allocate();
  image->FillBuffer(outer);
  itk::ImageRegionIterator<TImage> it(
    image, typename TImage::RegionType({ { begin, begin, begin } }, itk::Size<3>{ { 6, 6, 6 } }));
  for (; !it.IsAtEnd(); ++it)
  {
    it.Set(inner);
  }
  return image;
}

template <typename TFilter, typename TImage>
void
ExpectResultsPrinted(typename TImage::PixelType outer, typename TImage::PixelType inner)
{
  auto filter = TFilter::New();
  filter->SetReferenceImage(Cubes<TImage>(outer, inner, 4));
  filter->SetSyntheticImage(Cubes<TImage>(outer, inner, 5));
  filter->Update();
  std::ostringstream text;
  filter->Print(text);
  EXPECT_NE(text.str().find("\n  HasResults: Yes\n"), std::string::npos);
  ExpectEverythingPrinted(*filter);
}

TEST(PrintSelfResults, OfErrors)
{
  ExpectResultsPrinted<itk::ImageErrorMeasuresImageFilter<ImageType>, ImageType>(0.0F, 1000.0F);
}

TEST(PrintSelfResults, OfStructuralSimilarity)
{
  ExpectResultsPrinted<itk::MaskedStructuralSimilarityImageFilter<ImageType>, ImageType>(0.0F, 1000.0F);
}

TEST(PrintSelfResults, OfHistogram)
{
  ExpectResultsPrinted<itk::HounsfieldHistogramImageFilter<ImageType>, ImageType>(0.0F, 1000.0F);
}

TEST(PrintSelfResults, OfOverlap)
{
  ExpectResultsPrinted<itk::ThresholdOverlapMeasuresImageFilter<ImageType>, ImageType>(0.0F, 1000.0F);
}

TEST(PrintSelfResults, OfSurfaceDistances)
{
  ExpectResultsPrinted<itk::SurfaceDistanceMeasuresImageFilter<LabelImageType>, LabelImageType>(0, 1);
}

TEST(PrintSelfResults, OfSurfaceDeviation)
{
  ExpectResultsPrinted<itk::SignedSurfaceDeviationMeshFilter<LabelImageType>, LabelImageType>(0, 1);
}

TEST(PrintSelfResults, OfDrawnSamples)
{
  auto       statistics = itk::SampleStatistics::New();
  const auto print = [&statistics] {
    std::ostringstream text;
    statistics->Print(text);
    return text.str();
  };
  statistics->SetValues({ 2.0, 2.0, 2.0 });
  EXPECT_NE(print().find("MeanIntervalLowerBound: (not drawn)"), std::string::npos);
  EXPECT_EQ(statistics->GetMeanIntervalLowerBound(), 2.0);
  EXPECT_NE(print().find("MeanIntervalLowerBound: 2\n"), std::string::npos);
  ExpectEverythingPrinted(*statistics);
}

TEST(PrintSelfResults, OfMutualInformation)
{
  auto filter = itk::NormalizedMutualInformationImageFilter<ImageType>::New();
  filter->SetCTImage(Cubes<ImageType>(0.0F, 1000.0F, 4));
  filter->SetMRImage(Cubes<ImageType>(0.0F, 100.0F, 5));
  filter->Update();
  ExpectEverythingPrinted(*filter);
}

TEST(PrintSelfResults, OfLandmarks)
{
  auto list = itk::LandmarkList::New();
  list->AddLandmark(itk::TestUtilities::PointAt(0.0, 0.0, 0.0), "a");
  list->AddLandmark(itk::TestUtilities::PointAt(10.0, 0.0, 0.0), "b");
  list->AddLandmark(itk::TestUtilities::PointAt(0.0, 10.0, 0.0), "c");
  ExpectEverythingPrinted(*list);
  auto calculator = itk::LandmarkTransformCalculator::New();
  calculator->SetFixedLandmarks(list);
  calculator->SetMovingLandmarks(list);
  calculator->Compute();
  ExpectEverythingPrinted(*calculator);
}

/** The check would see what is wrong. */
TEST(PrintSelfResults, FaultsAreFound)
{
  using FilterType = itk::BodyMaskImageFilter<ImageType>;
  const std::string  name = FilterType::New()->GetNameOfClass();
  std::ostringstream text;
  FilterType::New()->Print(text);
  const std::string whole = text.str();
  EXPECT_EQ(FaultsOfPrinted(whole, name), "");

  const auto with = [&whole](const std::string & label, const std::string & line) {
    const size_t begin = whole.find("\n  " + label + ": ") + 1;
    return whole.substr(0, begin) + line + whole.substr(whole.find('\n', begin));
  };
  EXPECT_EQ(FaultsOfPrinted(with("Threshold", ""), name), name + " does not print Threshold\n");
  // Another object's.
  EXPECT_EQ(FaultsOfPrinted(with("Threshold", "    Threshold: 1"), name), name + " does not print Threshold\n");
  for (const std::string value : { " (0x55d2a0)", " itk::HoleFilling::Slices", " \x01" })
  {
    EXPECT_EQ(FaultsOfPrinted(with("HoleFilling", "  HoleFilling:" + value), name),
              name + " prints as HoleFilling" + value + '\n');
  }

  // Results are wanted once there are some.
  const std::string none = "ImageErrorMeasuresImageFilter";
  EXPECT_EQ(FaultsOfPrinted("\n  HasResults: No\n", none).find("PeakDataRange"), std::string::npos);
  EXPECT_NE(FaultsOfPrinted("\n  HasResults: Yes\n", none).find("does not print PeakDataRange"), std::string::npos);
  // Those of a base too.
  EXPECT_NE(FaultsOfPrinted("", none).find("does not print WindowMinimum"), std::string::npos);
}
} // namespace
