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

#include "itkFieldTestUtilities.h"
#include "itkHeadPhantomImageSource.h"
#include "itkImageFileReader.h"
#include "itkImageFilterTestUtilities.h"
#include "itkN4BiasFieldCorrectionImageFilter.h"
#include "itkTestData.h"

#include <array>
#include <cmath>
#include <fstream>
#include <string>

using namespace itk::TestUtilities;

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::FastN4BiasFieldCorrectionImageFilter<ImageType, MaskType>;
using ReferenceType = itk::N4BiasFieldCorrectionImageFilter<ImageType, MaskType, ImageType>;

/** Tissue labels of a head on a grid of 5 mm. */
MaskType::Pointer
PhantomLabels()
{
  auto                   source = itk::HeadPhantomImageSource<ImageType>::New();
  ImageType::SizeType    size{ { 36, 43, 36 } };
  ImageType::SpacingType spacing;
  spacing.Fill(5.0);
  source->SetSize(size);
  source->SetSpacing(spacing);
  source->CenterGrid();
  source->Update();
  return source->GetTissueLabels();
}

template <typename TImage>
typename TImage::Pointer
EveryFifthVoxel(const TImage * image)
{
  const auto          size = image->GetLargestPossibleRegion().GetSize();
  ImageType::SizeType smaller{ { size[0] / 5, size[1] / 5, size[2] / 5 } };
  return MakeImage<TImage>(smaller, [&](const auto & i) {
    return image->GetPixel({ { 5 * i[0] + 2, 5 * i[1] + 2, 5 * i[2] + 2 } });
  });
}

/** CSF, gray and white matter in the labels of the phantom and of BrainWeb. */
bool
IsBrain(int label)
{
  return label >= 1 && label <= 3;
}

MaskType::Pointer
BrainMask(const MaskType * labels)
{
  return MakeImage<MaskType>(labels->GetLargestPossibleRegion().GetSize(),
                             [&](const auto & i) { return IsBrain(labels->GetPixel(i)) ? 1 : 0; });
}

/** A smooth field between 1 - amplitude / 2 and 1 + amplitude / 2, roughly. */
double
Field(const ImageType::IndexType & i, const ImageType::SizeType & size, double amplitude)
{
  const double x = 2.0 * i[0] / size[0] - 1.0;
  const double y = 2.0 * i[1] / size[1] - 1.0;
  const double z = 2.0 * i[2] / size[2] - 1.0;
  return 1.0 +
         0.5 * amplitude * (0.6 * x - 0.5 * y * y + 0.4 * z + 0.5 * x * y * z + 0.4 * std::sin(1.5 * z + 0.7 * x));
}

/** One signal for each tissue, times the field, with Rician noise. */
ImageType::Pointer
KnownHead(const MaskType * labels, double amplitude, double noise)
{
  Random     random(3);
  const auto size = labels->GetLargestPossibleRegion().GetSize();
  return MakeImage<ImageType>(size, [&](const auto & i) {
    const std::array<double, 4> signals{ { 100.0, 370.0, 790.0, 1000.0 } };
    const int                   label = labels->GetPixel(i);
    const double                signal = (IsBrain(label) ? signals[label] : signals[0]) * Field(i, size, amplitude);
    // Box and Muller's normal numbers.
    const double radius = 1000.0 * noise * std::sqrt(-2.0 * std::log(1.0 - random()));
    const double angle = 6.283185307179586 * random();
    return std::hypot(signal + radius * std::cos(angle), radius * std::sin(angle));
  });
}

/** Standard deviation over gray and white matter of the difference between the log field that a correction took out and
 * the truth. */
double
BrainFieldError(const ImageType * image, const ImageType * corrected, const MaskType * labels, double amplitude)
{
  double     n = 0.0;
  double     sum = 0.0;
  double     squares = 0.0;
  const auto size = labels->GetLargestPossibleRegion().GetSize();
  for (itk::ImageRegionConstIteratorWithIndex<MaskType> it(labels, labels->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    if (it.Get() == 2 || it.Get() == 3)
    {
      const auto   i = it.GetIndex();
      const double difference = std::log(static_cast<double>(image->GetPixel(i)) / corrected->GetPixel(i)) -
                                std::log(Field(i, size, amplitude));
      n += 1.0;
      sum += difference;
      squares += difference * difference;
    }
  }
  return std::sqrt(squares / n - sum * sum / (n * n));
}

/** Four levels and the default threshold. */
template <typename TFilter>
ImageType::Pointer
CorrectInFourLevels(const ImageType * image, const MaskType * mask)
{
  auto filter = TFilter::New();
  filter->SetInput(image);
  filter->SetMaskImage(mask);
  filter->SetNumberOfFittingLevels(4);
  typename TFilter::VariableSizeArrayType iterations(4);
  iterations.Fill(50);
  filter->SetMaximumNumberOfIterations(iterations);
  filter->Update();
  return filter->GetOutput();
}

/** The recovered field is as near to the truth as that of ITK's filter, and nearer than none. */
void
ExpectTruth(const MaskType * labels)
{
  const auto mask = BrainMask(labels);
  for (const double amplitude : { 0.1, 0.2, 0.4 })
  {
    for (const double noise : { 0.01, 0.03, 0.05 })
    {
      const auto   image = KnownHead(labels, amplitude, noise);
      const auto   ours = CorrectInFourLevels<FilterType>(image, mask);
      const auto   reference = CorrectInFourLevels<ReferenceType>(image, mask);
      const double error = BrainFieldError(image, ours, labels, amplitude);
      EXPECT_LT(error, 1.01 * BrainFieldError(image, reference, labels, amplitude)) << amplitude << " " << noise;
      EXPECT_LT(error, 0.5 * BrainFieldError(image, image, labels, amplitude)) << amplitude << " " << noise;
      EXPECT_LT(Percentile99(RelativeDifferences(ours, reference, mask)), 5e-4) << amplitude << " " << noise;
    }
  }
}

/** Standard deviation over mean in one tissue. */
double
VariationInTissue(const ImageType * image, const MaskType * labels, int tissue)
{
  double n = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  for (itk::ImageRegionConstIteratorWithIndex<MaskType> it(labels, labels->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    if (it.Get() == tissue)
    {
      const auto value = static_cast<double>(image->GetPixel(it.GetIndex()));
      n += 1.0;
      sum += value;
      squares += value * value;
    }
  }
  return std::sqrt(squares / n - sum * sum / (n * n)) / (sum / n);
}
} // namespace

TEST(FastN4BiasFieldCorrectionOfHeads, TruthIsFoundAsWellAsByITKInThePhantom)
{
  ExpectTruth(PhantomLabels());
}

TEST(FastN4BiasFieldCorrectionOfHeads, TruthIsFoundAsWellAsByITKInBrainWeb)
{
  const std::string name = itk::TestUtilities::SharedData("brainweb/brainweb_labels_discrete.mha");
  if (!std::ifstream(name).good())
  {
    GTEST_SKIP() << "no " << name;
  }
  ExpectTruth(EveryFifthVoxel(itk::ReadImage<MaskType>(name).GetPointer()));
}

// Colin27: a real MR, on the grid of BrainWeb's labels, which are those of the same head.
TEST(FastN4BiasFieldCorrectionOfHeads, TissueOfARealHeadBecomesMoreUniform)
{
  const std::string labelsName = itk::TestUtilities::SharedData("brainweb/brainweb_labels_discrete.mha");
  const std::string imageName = itk::TestUtilities::SharedData("brainweb/colin27_ch2_T1.nii.gz");
  if (!std::ifstream(labelsName).good() || !std::ifstream(imageName).good())
  {
    GTEST_SKIP() << "no " << labelsName << " or no " << imageName;
  }
  const auto labels = itk::ReadImage<MaskType>(labelsName);
  const auto read = itk::ReadImage<ImageType>(imageName);
  const auto image = MakeImage<ImageType>(labels->GetLargestPossibleRegion().GetSize(),
                                          [&](const auto & i) { return read->GetPixel(i); });
  auto       filter = FilterType::New();
  filter->SetInput(image);
  filter->SetMaskImage(BrainMask(labels));
  filter->SetShrinkFactor(4);
  filter->SetNumberOfFittingLevels(4);
  FilterType::VariableSizeArrayType iterations(4);
  iterations.Fill(50);
  filter->SetMaximumNumberOfIterations(iterations);
  filter->Update();
  constexpr int whiteMatter = 3;
  EXPECT_LT(VariationInTissue(filter->GetOutput(), labels, whiteMatter),
            0.95 * VariationInTissue(image, labels, whiteMatter));
}
