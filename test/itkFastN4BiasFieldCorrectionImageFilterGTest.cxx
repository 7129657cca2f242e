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
#include "itkFastN4BiasFieldCorrectionImageFilter.h"

#include "itkBSplineControlPointImageFilter.h"
#include "itkFieldTestUtilities.h"
#include "itkImageFilterTestUtilities.h"
#include "itkN4BiasFieldCorrectionImageFilter.h"
#include "itkStreamingImageFilter.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

using namespace itk::TestUtilities;

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::FastN4BiasFieldCorrectionImageFilter<ImageType, MaskType>;
using ReferenceType = itk::N4BiasFieldCorrectionImageFilter<ImageType, MaskType, ImageType>;

const ImageType::SizeType imageSize{ { 26, 23, 21 } };

/** 1 inside an ellipsoid, 2 inside a smaller one, else 0. */
int
Tissue(const ImageType::IndexType & i)
{
  const double x = (i[0] + 2 - 12.5) / 12.0;
  const double y = (i[1] - 1 - 11.0) / 10.5;
  const double z = (i[2] - 4 - 10.0) / 9.5;
  const double r = x * x + y * y + z * z;
  return r > 1.0 ? 0 : r < 0.35 ? 2 : 1;
}

/** A smooth log field of a few tenths. */
double
LogBias(const ImageType::IndexType & i)
{
  const double x = (i[0] + 2 - 12.5) / 12.5;
  const double y = (i[1] - 1 - 11.0) / 11.0;
  const double z = (i[2] - 4 - 10.0) / 10.0;
  return 0.3 * x - 0.2 * y * y + 0.15 * z + 0.1 * x * z;
}

ImageType::Pointer
BiasedHead()
{
  Random random(77);
  return MakeObliqueImage<ImageType>(imageSize, [&](const auto & i) {
    const double noise = 1.0 + 0.04 * (random() - 0.5);
    return Tissue(i) == 0 ? 0.0 : (Tissue(i) == 1 ? 400.0 : 650.0) * noise * std::exp(LogBias(i));
  });
}

MaskType::Pointer
Positive(const ImageType * image)
{
  return MakeObliqueImage<MaskType>(imageSize, [&](const auto & i) { return image->GetPixel(i) > 0.0F ? 1 : 0; });
}

template <typename TFilter>
void
SetParameters(TFilter * filter)
{
  filter->SetNumberOfFittingLevels(2);
  typename TFilter::VariableSizeArrayType iterations(2);
  iterations[0] = 12;
  iterations[1] = 8;
  filter->SetMaximumNumberOfIterations(iterations);
  filter->SetConvergenceThreshold(0.0F);
}

/** Standard deviation of the difference between a log field and the truth over the tissue. */
double
FieldError(const ImageType * field)
{
  double n = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(field, field->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    if (Tissue(it.GetIndex()) != 0)
    {
      const double difference = it.Get() - LogBias(it.GetIndex());
      n += 1.0;
      sum += difference;
      squares += difference * difference;
    }
  }
  return std::sqrt(squares / n - sum * sum / (n * n));
}

} // namespace

TEST(FastN4BiasFieldCorrectionImageFilter, WithoutShrinkingItIsITKsFilter)
{
  const auto image = BiasedHead();
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->SetShrinkFactor(1);
  SetParameters(filter.GetPointer());
  filter->Update();

  auto reference = ReferenceType::New();
  reference->SetInput(image);
  reference->SetMaskImage(Positive(image));
  SetParameters(reference.GetPointer());
  reference->Update();

  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const float expected = reference->GetOutput()->GetPixel(it.GetIndex());
    ASSERT_NEAR(filter->GetOutput()->GetPixel(it.GetIndex()), expected, 1e-3 + 1e-4 * expected);
    if (it.Get() > 0.0F)
    {
      ASSERT_NEAR(filter->GetLogBiasField()->GetPixel(it.GetIndex()), std::log(it.Get() / expected), 1e-4);
    }
  }
}

// At the voxels that are kept, the field is what ITK's filter finds in an image of these voxels.
TEST(FastN4BiasFieldCorrectionImageFilter, FieldIsITKsAtTheKeptVoxels)
{
  const auto image = BiasedHead();
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->SetShrinkFactor(2);
  SetParameters(filter.GetPointer());
  filter->Update();

  // Of 26, 23, 21 voxels every second: 13 from 0, 12 from 0, 11 from 0.
  const auto index = [](const ImageType::IndexType & i) {
    return ImageType::IndexType{ { 2 * i[0] - 2, 2 * i[1] + 1, 2 * i[2] + 4 } };
  };
  const auto shrunken =
    MakeImage<ImageType>({ { 13, 12, 11 } }, [&](const auto & i) { return image->GetPixel(index(i)); });
  const auto mask =
    MakeImage<MaskType>({ { 13, 12, 11 } }, [&](const auto & i) { return shrunken->GetPixel(i) > 0.0F ? 1 : 0; });
  auto reference = ReferenceType::New();
  reference->SetInput(shrunken);
  reference->SetMaskImage(mask);
  SetParameters(reference.GetPointer());
  reference->Update();
  double largest = 0.0;
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(shrunken, shrunken->GetBufferedRegion()); !it.IsAtEnd();
       ++it)
  {
    if (it.Get() > 0.0F)
    {
      const double expected = std::log(it.Get() / reference->GetOutput()->GetPixel(it.GetIndex()));
      ASSERT_NEAR(filter->GetLogBiasField()->GetPixel(index(it.GetIndex())), expected, 2e-4);
      largest = std::max(largest, std::abs(expected));
    }
  }
  EXPECT_GT(largest, 0.1);
}

// Every parameter of ITK's filter means the same here.
template <typename TFilter>
ImageType::Pointer
CorrectWithAllParameters(const ImageType * image)
{
  auto filter = TFilter::New();
  filter->SetInput1(image);
  filter->SetInput2(MakeObliqueImage<MaskType>(imageSize, [](const auto & i) {
    return Tissue(i) == 0 ? 5 : i[0] % 4 == 1 ? 0 : 3;
  }));
  filter->UseMaskLabelOn();
  filter->SetMaskLabel(3);
  filter->SetInput3(
    MakeObliqueImage<ImageType>(imageSize, [](const auto & i) { return i[1] % 3 == 0 ? 0.0 : 0.2 * i[1]; }));
  filter->SetNumberOfHistogramBins(128);
  filter->SetBiasFieldFullWidthAtHalfMaximum(0.2F);
  filter->SetWienerFilterNoise(0.02F);
  filter->SetSplineOrder(2);
  typename TFilter::ArrayType controlPoints;
  controlPoints[0] = 5;
  controlPoints[1] = 3;
  controlPoints[2] = 4;
  filter->SetNumberOfControlPoints(controlPoints);
  // The axes are refined alike, because of ITK's rule.
  typename TFilter::ArrayType levels;
  levels[0] = 1;
  levels[1] = 2;
  levels[2] = 4;
  filter->SetNumberOfFittingLevels(levels);
  typename TFilter::VariableSizeArrayType iterations(4);
  iterations.Fill(3);
  filter->SetMaximumNumberOfIterations(iterations);
  filter->SetConvergenceThreshold(1e-6F);
  filter->Update();
  EXPECT_EQ(filter->GetLogBiasFieldControlPointLattice()->GetLargestPossibleRegion().GetSize(),
            (ImageType::SizeType{ { 26, 10, 18 } }));
  return filter->GetOutput();
}

TEST(FastN4BiasFieldCorrectionImageFilter, ParametersMeanWhatTheyMeanInITK)
{
  const auto image = BiasedHead();
  const auto ours = CorrectWithAllParameters<FilterType>(image);
  const auto reference = CorrectWithAllParameters<ReferenceType>(image);
  const auto differences = RelativeDifferences(ours, reference, Positive(image));
  EXPECT_LT(Percentile99(differences), 1e-4);
  EXPECT_GT(RelativeDifferences(ours, image, Positive(image)).back(), 0.1);
}

TEST(FastN4BiasFieldCorrectionImageFilter, FindsAKnownField)
{
  const auto flat = MakeObliqueImage<ImageType>(imageSize, [](const auto &) { return 0.0F; });
  for (const unsigned int shrink : { 1u, 2u, 3u })
  {
    auto filter = FilterType::New();
    filter->SetInput(BiasedHead());
    filter->SetShrinkFactor(shrink);
    SetParameters(filter.GetPointer());
    filter->Update();
    EXPECT_LT(FieldError(filter->GetLogBiasField()), 0.4 * FieldError(flat)) << shrink;
    ExpectSameGrid(filter->GetInput(), filter->GetOutput());
    ExpectSameGrid(filter->GetInput(), filter->GetLogBiasField());
  }
}

TEST(FastN4BiasFieldCorrectionImageFilter, OutputIsTheInputOverTheField)
{
  const auto image = BiasedHead();
  image->SetPixel({ { -2, 1, 4 } }, -50.0F); // outside the tissue
  for (const bool outside : { true, false })
  {
    auto filter = FilterType::New();
    filter->SetInput(image);
    filter->SetCorrectOutsideMask(outside);
    SetParameters(filter.GetPointer());
    filter->Update();
    for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      const bool   corrected = outside || it.Get() > 0.0F;
      const double expected =
        it.Get() /
        (corrected ? std::exp(static_cast<double>(filter->GetLogBiasField()->GetPixel(it.GetIndex()))) : 1.0);
      // The exponential's error can turn the last digit.
      ASSERT_FLOAT_EQ(filter->GetOutput()->GetPixel(it.GetIndex()), static_cast<float>(expected));
    }
  }
}

// What is outside the mask does not matter to the field.
TEST(FastN4BiasFieldCorrectionImageFilter, MaskLabelsAndConfidence)
{
  const auto image = BiasedHead();
  auto       spoilt = BiasedHead();
  auto       labels = MakeObliqueImage<MaskType>(imageSize, [](const auto & i) { return Tissue(i) == 1 ? 3 : 0; });
  auto confidence = MakeObliqueImage<ImageType>(imageSize, [](const auto & i) { return Tissue(i) == 1 ? 1.0F : 0.0F; });
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(spoilt, spoilt->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    if (Tissue(it.GetIndex()) != 1)
    {
      it.Set(it.GetIndex()[0] % 2 == 0 ? 1e5F : std::numeric_limits<float>::quiet_NaN());
      labels->SetPixel(it.GetIndex(), 4);
    }
  }
  const auto make = [] {
    auto filter = FilterType::New();
    filter->SetShrinkFactor(2);
    SetParameters(filter.GetPointer());
    return filter;
  };
  auto clean = make();
  clean->SetInput(image);
  clean->SetMaskImage(MakeObliqueImage<MaskType>(imageSize, [](const auto & i) { return Tissue(i) == 1 ? 3 : 0; }));
  clean->Update();
  auto byLabel = make();
  byLabel->SetInput(spoilt);
  byLabel->SetMaskImage(labels);
  byLabel->UseMaskLabelOn();
  byLabel->SetMaskLabel(3);
  byLabel->Update();
  ExpectSameVoxels(clean->GetLogBiasField(), byLabel->GetLogBiasField());
  auto byConfidence = make();
  byConfidence->SetInput(spoilt);
  byConfidence->SetConfidenceImage(confidence);
  byConfidence->Update();
  ExpectSameVoxels(clean->GetLogBiasField(), byConfidence->GetLogBiasField());
}

TEST(FastN4BiasFieldCorrectionImageFilter, In2DAndShort)
{
  using ShortImage = itk::Image<short, 2>;
  const auto image = MakeObliqueImage<ShortImage>({ { 40, 36 } }, [](const auto & i) {
    const double x = (i[0] - 18.0) / 18.0;
    const double y = (i[1] - 18.0) / 17.0;
    const double r = x * x + y * y;
    return r > 1.0 ? 0.0 : (r < 0.3 ? 900.0 : 500.0) * std::exp(0.3 * x);
  });
  auto       filter = itk::FastN4BiasFieldCorrectionImageFilter<ShortImage>::New();
  filter->SetInput(image);
  filter->SetShrinkFactor(2);
  filter->Update();
  ExpectSameGrid(image.GetPointer(), filter->GetOutput());
  const ShortImage::IndexType left{ { 3, 18 } };
  const ShortImage::IndexType right{ { 33, 18 } };
  const double                before = std::log(static_cast<double>(image->GetPixel(right)) / image->GetPixel(left));
  const double                after =
    std::log(static_cast<double>(filter->GetOutput()->GetPixel(right)) / filter->GetOutput()->GetPixel(left));
  EXPECT_GT(before, 0.4);
  EXPECT_LT(std::abs(after), 0.5 * before);
  const double expected = image->GetPixel(left) / std::exp(filter->GetLogBiasField()->GetPixel(left));
  EXPECT_EQ(filter->GetOutput()->GetPixel(left), std::floor(expected + 0.5));
}

// Doubles may be far outside of the range of floats; only ratios matter.
TEST(FastN4BiasFieldCorrectionImageFilter, In2DItIsITKsFilterAndDoublesMayBeLarge)
{
  using Image2D = itk::Image<float, 2>;
  using Mask2D = itk::Image<unsigned char, 2>;
  using DoubleImage2D = itk::Image<double, 2>;
  const auto make = [](auto image, double scale) {
    using Type = typename decltype(image)::ObjectType;
    Random random(12);
    return MakeImage<Type>({ { 40, 31 } }, [&](const auto & i) {
      const double x = i[0] / 20.0 - 1.0;
      const double y = i[1] / 15.0 - 1.0;
      const double r = x * x + y * y;
      return scale * (r < 0.4 ? 900.0 : 500.0) * (1.0 + 0.05 * random()) * std::exp(0.3 * x + 0.2 * x * y);
    });
  };
  const auto correct = [](auto filter, const auto * image) {
    auto mask = MakeImage<Mask2D>({ { 40, 31 } }, [](const auto & i) { return (i[0] * i[1]) % 7 == 3 ? 0 : 1; });
    filter->SetInput(image);
    filter->SetMaskImage(mask);
    filter->SetNumberOfFittingLevels(2);
    itk::Array<unsigned int> iterations(2);
    iterations.Fill(10);
    filter->SetMaximumNumberOfIterations(iterations);
    filter->Update();
    typename std::remove_pointer_t<decltype(filter->GetOutput())>::Pointer output = filter->GetOutput();
    return output;
  };
  const auto image = make(Image2D::Pointer(), 1.0);
  const auto reference = correct(itk::N4BiasFieldCorrectionImageFilter<Image2D, Mask2D>::New(), image.GetPointer());
  const auto ours = correct(itk::FastN4BiasFieldCorrectionImageFilter<Image2D, Mask2D>::New(), image.GetPointer());
  const auto large = make(DoubleImage2D::Pointer(), 1e200);
  const auto ourLarge =
    correct(itk::FastN4BiasFieldCorrectionImageFilter<DoubleImage2D, Mask2D>::New(), large.GetPointer());
  for (itk::ImageRegionConstIteratorWithIndex<Image2D> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const double expected = reference->GetPixel(it.GetIndex());
    // ITK moves the last voxel of each axis by 1/1000 of a voxel.
    ASSERT_NEAR(ours->GetPixel(it.GetIndex()) / expected, 1.0, 5e-4);
    // Logarithms around 467 have fewer digits left after the point.
    ASSERT_NEAR(ourLarge->GetPixel(it.GetIndex()) / 1e200 / expected, 1.0, 1e-2);
  }
}

TEST(FastN4BiasFieldCorrectionImageFilter, TargetSpacingIsAShrinkFactorOfEachAxis)
{
  // Spacings are 0.75, 1.25 and 1.75 mm.
  const auto image = BiasedHead();
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->SetTargetSpacing(3.5);
  SetParameters(filter.GetPointer());
  filter->Update();
  // Of 26, 23, 21 voxels every fifth, third and second, centred: 6 from 0, 8 from 0, 11 from 0.
  const auto kept = MakeImage<ImageType>({ { 6, 8, 11 } }, [&](const auto & i) {
    return image->GetPixel({ { 5 * i[0] - 2, 3 * i[1] + 1, 2 * i[2] + 4 } });
  });
  auto       reference = FilterType::New();
  reference->SetInput(kept);
  SetParameters(reference.GetPointer());
  reference->Update();
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(kept, kept->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const auto i = it.GetIndex();
    ASSERT_NEAR(filter->GetLogBiasField()->GetPixel({ { 5 * i[0] - 2, 3 * i[1] + 1, 2 * i[2] + 4 } }),
                reference->GetLogBiasField()->GetPixel(i),
                1e-6);
  }
}

// The same head in voxels of 1 mm and of 0.5 mm.
TEST(FastN4BiasFieldCorrectionImageFilter, WithTargetSpacingTheFieldDoesNotDependOnTheResolution)
{
  const auto head = [](double x, double y, double z) {
    const double r = x * x / 144.0 + y * y / 110.0 + z * z / 90.0;
    return r > 1.0 ? 0.0 : (r < 0.4 ? 650.0 : 400.0) * std::exp(0.02 * x + 0.001 * y * z);
  };
  const auto find = [&](int finer) {
    const auto             size = static_cast<itk::SizeValueType>(24 * finer + 1);
    auto                   image = MakeImage<ImageType>({ { size, size, size } }, [&](const auto & i) {
      return head(1.0 * i[0] / finer - 12.0, 1.0 * i[1] / finer - 12.0, 1.0 * i[2] / finer - 12.0);
    });
    ImageType::SpacingType spacing;
    spacing.Fill(1.0 / finer);
    image->SetSpacing(spacing);
    auto filter = FilterType::New();
    filter->SetInput(image);
    filter->SetTargetSpacing(2.0);
    filter->SetSplineDistance(10.0);
    SetParameters(filter.GetPointer());
    filter->Update();
    EXPECT_DOUBLE_EQ(filter->GetLogBiasFieldControlPointLattice()->GetSpacing()[0], 5.0); // of the second level
    return ImageType::Pointer(filter->GetLogBiasField());
  };
  const auto coarse = find(1);
  const auto fine = find(2);
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(coarse, coarse->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const auto i = it.GetIndex();
    ASSERT_NEAR(it.Get(), fine->GetPixel({ { 2 * i[0], 2 * i[1], 2 * i[2] } }), 1e-6);
  }
}

TEST(FastN4BiasFieldCorrectionImageFilter, SplineDistanceOfTheWholeImageIsTheDefault)
{
  Random     random(4);
  const auto image = MakeImage<ImageType>({ { 21, 21, 21 } }, [&](const auto & i) {
    return (i[0] + i[1] < 20 ? 100.0 : 200.0) * (1.0 + 0.1 * random()) * std::exp(0.02 * i[2]);
  });
  const auto find = [&](double distance, unsigned int controlPoints) {
    auto                  filter = FilterType::New();
    FilterType::ArrayType points;
    points.Fill(controlPoints);
    filter->SetInput(image);
    filter->SetSplineDistance(distance);
    filter->SetNumberOfControlPoints(points);
    filter->Update();
    EXPECT_EQ(filter->GetLogBiasFieldControlPointLattice()->GetLargestPossibleRegion().GetSize(0),
              distance == 20.0 ? 4u : 5u);
    return ImageType::Pointer(filter->GetLogBiasField());
  };
  ExpectSameVoxels(find(0.0, 5).GetPointer(), find(10.0, 4).GetPointer());
  ExpectSameVoxels(find(20.0, 5).GetPointer(), find(20.0, 7).GetPointer());
}

TEST(FastN4BiasFieldCorrectionImageFilter, LatticeIsTheFieldWhereITKPutsIt)
{
  const auto image = BiasedHead();
  auto       filter = FilterType::New();
  filter->SetInput(image);
  SetParameters(filter.GetPointer());
  filter->Update();
  const auto rebuilt = filter->ReconstructBiasField(filter->GetLogBiasFieldControlPointLattice());
  ExpectSameGrid(image.GetPointer(), rebuilt.GetPointer());
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(rebuilt, rebuilt->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    // The lattice image holds floats.
    ASSERT_NEAR(it.Get(), filter->GetLogBiasField()->GetPixel(it.GetIndex()), 1e-6);
  }

  using LatticeType = FilterType::BiasFieldControlPointLatticeType;
  const LatticeType * lattice = filter->GetLogBiasFieldControlPointLattice();
  auto                itksField = itk::BSplineControlPointImageFilter<LatticeType, LatticeType>::New();
  itksField->SetInput(lattice);
  itksField->SetSize(imageSize);
  itksField->SetSplineOrder(3);
  itksField->Update();
  for (itk::ImageRegionConstIteratorWithIndex<LatticeType> it(itksField->GetOutput(),
                                                              itksField->GetOutput()->GetBufferedRegion());
       !it.IsAtEnd();
       ++it)
  {
    const auto i = it.GetIndex();
    ASSERT_NEAR(it.Get()[0], filter->GetLogBiasField()->GetPixel({ { i[0] - 2, i[1] + 1, i[2] + 4 } }), 1e-4);
  }
  // Two spans of a cubic spline along each axis: the second of five control points is the first voxel.
  itk::ContinuousIndex<double, 3> second;
  second.Fill(1.0);
  LatticeType::PointType point;
  ImageType::PointType   first;
  lattice->TransformContinuousIndexToPhysicalPoint(second, point);
  image->TransformIndexToPhysicalPoint(image->GetBufferedRegion().GetIndex(), first);
  EXPECT_LT(point.EuclideanDistanceTo(first), 1e-9);
  EXPECT_NEAR(lattice->GetSpacing()[0], 0.75 * 25.0 / 2.0, 1e-12);
}

TEST(FastN4BiasFieldCorrectionImageFilter, BiasFieldIsTheExponentialOfTheLogField)
{
  auto filter = FilterType::New();
  filter->SetInput(BiasedHead());
  SetParameters(filter.GetPointer());
  filter->Update();
  EXPECT_EQ(filter->GetBiasField()->GetBufferedRegion().GetNumberOfPixels(), 0u);
  filter->ComputeBiasFieldOn();
  filter->Update();
  ExpectSameGrid(filter->GetInput(), filter->GetBiasField());
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(filter->GetBiasField(),
                                                            filter->GetBiasField()->GetBufferedRegion());
       !it.IsAtEnd();
       ++it)
  {
    ASSERT_FLOAT_EQ(
      it.Get(), static_cast<float>(std::exp(static_cast<double>(filter->GetLogBiasField()->GetPixel(it.GetIndex())))));
  }
  filter->ComputeBiasFieldOff();
  filter->Update();
  EXPECT_EQ(filter->GetBiasField()->GetBufferedRegion().GetNumberOfPixels(), 0u);
}

TEST(FastN4BiasFieldCorrectionImageFilter, RescalingRestoresTheRangeInsideTheMask)
{
  const auto image = BiasedHead();
  const auto correct = [&](bool rescale) {
    auto filter = FilterType::New();
    filter->SetInput(image);
    filter->SetMaskImage(MakeObliqueImage<MaskType>(imageSize, [](const auto & i) { return Tissue(i) == 1 ? 1 : 0; }));
    filter->SetShrinkFactor(2);
    filter->SetRescaleIntensities(rescale);
    SetParameters(filter.GetPointer());
    filter->Update();
    return ImageType::Pointer(filter->GetOutput());
  };
  const auto plain = correct(false);
  const auto rescaled = correct(true);
  const auto range = [](const ImageType * of) {
    double low = 1e9;
    double high = -1e9;
    for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(of, of->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      if (Tissue(it.GetIndex()) == 1)
      {
        low = std::min<double>(low, it.Get());
        high = std::max<double>(high, it.Get());
      }
    }
    return std::make_pair(low, high);
  };
  const auto before = range(image);
  const auto between = range(plain);
  const auto after = range(rescaled);
  EXPECT_FLOAT_EQ(after.first, before.first);
  EXPECT_FLOAT_EQ(after.second, before.second);
  EXPECT_LT(between.second - between.first, 0.9 * (before.second - before.first));
  for (itk::ImageRegionConstIteratorWithIndex<ImageType> it(plain, plain->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const double slope = (before.second - before.first) / (between.second - between.first);
    ASSERT_NEAR(rescaled->GetPixel(it.GetIndex()), before.first + slope * (it.Get() - between.first), 1e-2);
  }
}

TEST(FastN4BiasFieldCorrectionImageFilter, StreamsFromOneEstimate)
{
  const auto make = [] {
    auto filter = FilterType::New();
    filter->SetInput(BiasedHead());
    SetParameters(filter.GetPointer());
    return filter;
  };
  auto whole = make();
  whole->Update();
  auto         filter = make();
  unsigned int iterations = 0;
  filter->AddObserver(itk::IterationEvent(), [&](const itk::EventObject &) { ++iterations; });
  auto streamed = itk::StreamingImageFilter<ImageType, ImageType>::New();
  streamed->SetInput(filter->GetOutput());
  streamed->SetNumberOfStreamDivisions(5);
  streamed->Update();
  EXPECT_LT(filter->GetOutput()->GetBufferedRegion().GetSize(2), 6u);
  EXPECT_EQ(iterations, 20u);
  ExpectSameVoxels(whole->GetOutput(), streamed->GetOutput());
}

TEST(FastN4BiasFieldCorrectionImageFilter, FindsTheFieldAfreshWhenSomethingChanges)
{
  const auto   image = BiasedHead();
  auto         filter = FilterType::New();
  unsigned int iterations = 0;
  filter->AddObserver(itk::IterationEvent(), [&](const itk::EventObject &) {
    ++iterations;
    EXPECT_EQ(filter->GetCurrentLevel(), iterations <= 12 ? 0u : 1u);
    EXPECT_EQ(filter->GetElapsedIterations(), iterations <= 12 ? iterations : iterations - 12);
    EXPECT_GT(filter->GetCurrentConvergenceMeasurement(), 0.0F);
    EXPECT_LT(filter->GetCurrentConvergenceMeasurement(), 0.2F);
  });
  filter->SetInput(image);
  SetParameters(filter.GetPointer());
  filter->Update();
  EXPECT_EQ(iterations, 20u);
  const ImageType::Pointer first = filter->GetLogBiasField();
  first->DisconnectPipeline();
  iterations = 0;
  filter->Modified();
  filter->Update();
  EXPECT_EQ(iterations, 20u);
  ExpectSameVoxels(first.GetPointer(), filter->GetLogBiasField());

  iterations = 0;
  image->SetPixel({ { 10, 10, 14 } }, 5000.0F);
  image->Modified();
  filter->Update();
  EXPECT_EQ(iterations, 20u);
  EXPECT_NE(first->GetPixel({ { 10, 10, 14 } }), filter->GetLogBiasField()->GetPixel({ { 10, 10, 14 } }));
}

TEST(FastN4BiasFieldCorrectionImageFilter, StopsWhenTheFieldHasSettled)
{
  auto filter = FilterType::New();
  filter->SetInput(BiasedHead());
  FilterType::VariableSizeArrayType iterations(1);
  iterations[0] = 1000;
  filter->SetMaximumNumberOfIterations(iterations);
  filter->SetConvergenceThreshold(0.002F);
  std::vector<float> measures;
  filter->AddObserver(itk::IterationEvent(), [&](const itk::EventObject &) {
    measures.push_back(filter->GetCurrentConvergenceMeasurement());
  });
  filter->Update();
  ASSERT_GT(measures.size(), 2u);
  ASSERT_LT(measures.size(), 1000u);
  EXPECT_LE(measures.back(), 0.002F);
  EXPECT_GT(measures[measures.size() - 2], 0.002F);
}

TEST(FastN4BiasFieldCorrectionImageFilter, ThinAxesAreShrunkenLess)
{
  // With 5 voxels along the last axis a factor of 4 would leave 2; the axis keeps all 5 of them.
  auto   filter = FilterType::New();
  Random random(8);
  filter->SetShrinkFactor(4);
  filter->SetInput(MakeObliqueImage<ImageType>({ { 24, 24, 5 } }, [&](const auto & i) {
    return (i[0] + i[1] < 20 ? 100.0 : 200.0) * (1.0 + 0.1 * random()) * std::exp(0.1 * i[2]);
  }));
  filter->Update();
  // The field follows the last axis.
  const auto at = [&](int z) { return filter->GetLogBiasField()->GetPixel({ { 10, 10, z } }); };
  EXPECT_GT(at(8), at(6));
  EXPECT_GT(at(6), at(4));
}

TEST(FastN4BiasFieldCorrectionImageFilter, ConstantImageStays)
{
  const auto image = MakeImage<ImageType>({ { 8, 8, 8 } }, [](const auto & i) { return i[0] < 2 ? -1.0F : 42.0F; });
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->Update();
  ExpectSameVoxels<ImageType>(image, filter->GetOutput());
  ExpectSameVoxels<ImageType>(MakeImage<ImageType>({ { 8, 8, 8 } }, [](const auto &) { return 0.0F; }),
                              filter->GetLogBiasField());
}

TEST(FastN4BiasFieldCorrectionImageFilter, RefusesBadInput)
{
  const auto make = [] {
    auto filter = FilterType::New();
    filter->SetInput(BiasedHead());
    return filter;
  };
  const float notANumber = std::numeric_limits<float>::quiet_NaN();
  auto        filter = make();
  filter->SetShrinkFactor(0);
  ExpectError([&] { filter->Update(); }, "ShrinkFactor is 0");
  filter = make();
  filter->SetNumberOfHistogramBins(1);
  ExpectError([&] { filter->Update(); }, "NumberOfHistogramBins is 1");
  filter = make();
  filter->SetNumberOfHistogramBins(40000);
  ExpectError([&] { filter->Update(); }, "NumberOfHistogramBins is 40000 and should be from 2 to 32767");
  filter = make();
  filter->SetTargetSpacing(-1.0);
  ExpectError([&] { filter->Update(); }, "TargetSpacing is -1 mm");
  filter = make();
  filter->SetSplineDistance(static_cast<double>(notANumber));
  ExpectError([&] { filter->Update(); }, "SplineDistance is nan mm");
  filter = make();
  filter->SetSplineDistance(1.0);
  ExpectError([&] { filter->Update(); }, "SplineDistance is 1 mm and should be at least 1.25 mm");
  filter = make();
  filter->Update();
  auto lattice = FilterType::BiasFieldControlPointLatticeType::New();
  lattice->SetRegions(ImageType::SizeType{ { 4, 3, 4 } });
  lattice->Allocate();
  ExpectError([&] { filter->ReconstructBiasField(lattice); }, "The lattice has the size [4, 3, 4]");
  filter = make();
  filter->SetWienerFilterNoise(-0.1F);
  ExpectError([&] { filter->Update(); }, "WienerFilterNoise is -0.1");
  filter = make();
  filter->SetBiasFieldFullWidthAtHalfMaximum(0.0F);
  ExpectError([&] { filter->Update(); }, "BiasFieldFullWidthAtHalfMaximum is 0");
  filter = make();
  filter->SetSplineOrder(4);
  ExpectError([&] { filter->Update(); }, "SplineOrder is 4");
  filter = make();
  FilterType::ArrayType controlPoints;
  controlPoints.Fill(3);
  filter->SetNumberOfControlPoints(controlPoints);
  ExpectError([&] { filter->Update(); }, "NumberOfControlPoints is [3, 3, 3]");
  filter = make();
  filter->SetNumberOfFittingLevels(0);
  ExpectError([&] { filter->Update(); }, "NumberOfFittingLevels is [0, 0, 0]");
  filter = make();
  filter->SetNumberOfFittingLevels(3);
  ExpectError([&] { filter->Update(); }, "MaximumNumberOfIterations is [50] and should have 3 numbers");
  filter = make();
  filter->SetConvergenceThreshold(notANumber);
  ExpectError([&] { filter->Update(); }, "ConvergenceThreshold is nan");

  filter = make();
  filter->SetMaskImage(MakeObliqueImage<MaskType>({ { 26, 23, 20 } }, [](const auto &) { return 1; }));
  ExpectError([&] { filter->Update(); }, "MaskImage has another grid than the image: size [26, 23, 20]");
  filter = make();
  filter->SetConfidenceImage(MakeObliqueImage<ImageType>({ { 25, 23, 21 } }, [](const auto &) { return 1; }));
  ExpectError([&] { filter->Update(); }, "ConfidenceImage has another grid than the image: size [25, 23, 21]");
  filter = make();
  filter->SetMaskImage(MakeObliqueImage<MaskType>(imageSize, [](const auto & i) { return Tissue(i) == 0 ? 1 : 0; }));
  ExpectError([&] { filter->Update(); }, "No voxel inside the mask is positive");
  filter = make();
  filter->SetMaskImage(MakeObliqueImage<MaskType>(
    imageSize, [](const auto & i) { return i[0] == 10 && i[1] == 10 && (i[2] == 13 || i[2] == 14) ? 1 : 0; }));
  filter->SetShrinkFactor(5);
  ExpectError([&] { filter->Update(); }, "ShrinkFactor 5, which should be smaller");

  auto confidence = MakeObliqueImage<ImageType>(imageSize, [](const auto &) { return 1; });
  confidence->SetPixel({ { 10, 10, 14 } }, std::numeric_limits<float>::infinity());
  filter = make();
  filter->SetConfidenceImage(confidence);
  ExpectError([&] { filter->Update(); }, "The confidence at index [10, 10, 14] is inf");
  filter = make();
  filter->SetMaskImage(MakeObliqueImage<MaskType>(
    imageSize, [](const auto & i) { return i[0] == 10 && i[1] == 10 && (i[2] == 13 || i[2] == 14) ? 1 : 0; }));
  filter->SetTargetSpacing(5.0);
  ExpectError([&] { filter->Update(); }, "TargetSpacing 5 mm, which should be smaller");

  auto bad = BiasedHead();
  bad->SetPixel({ { 10, 10, 14 } }, notANumber);
  filter->SetInput(bad);
  filter->SetMaskImage(nullptr);
  ExpectError([&] { filter->Update(); }, "[10, 10, 14] is nan and should be a finite number");
  filter->SetInput(MakeImage<ImageType>({ { 8, 8, 1 } }, [](const auto & i) { return i[0]; }));
  ExpectError([&] { filter->Update(); }, "at least 2 voxels along each axis");
}

TEST(FastN4BiasFieldCorrectionImageFilter, ReportsProgressAndStops)
{
  auto filter = FilterType::New();
  filter->SetInput(BiasedHead());
  SetParameters(filter.GetPointer());
  float        last = 0.0F;
  unsigned int steps = 0;
  bool         ascending = true;
  filter->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    ascending = ascending && filter->GetProgress() >= last - 1e-6F;
    steps += filter->GetProgress() > last ? 1 : 0;
    last = filter->GetProgress();
  });
  filter->Update();
  EXPECT_TRUE(ascending);
  EXPECT_GT(steps, 20u);
  EXPECT_EQ(last, 1.0F);

  auto stopped = FilterType::New();
  stopped->SetInput(BiasedHead());
  SetParameters(stopped.GetPointer());
  stopped->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    if (stopped->GetProgress() > 0.3F)
    {
      stopped->AbortGenerateDataOn();
    }
  });
  EXPECT_THROW(stopped->Update(), itk::ProcessAborted);
  EXPECT_LT(stopped->GetProgress(), 0.5F);
}

TEST(FastN4BiasFieldCorrectionImageFilter, SameBitsForAnyNumberOfThreads)
{
  ExpectSameForAnyNumberOfThreads([] {
    auto filter = FilterType::New();
    filter->SetInput(BiasedHead());
    SetParameters(filter.GetPointer());
    return filter;
  });
}
