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
// What is the same in all filters of the base class. Each has the rest of its tests in a file of its own.

#include "itkCTForegroundNormalizeImageFilter.h"
#include "itkEightBitScaleImageFilter.h"
#include "itkPercentileRescaleImageFilter.h"
#include "itkZScoreNormalizeImageFilter.h"

#include "itkCastImageFilter.h"
#include "itkIntensityFilterTestUtilities.h"

using namespace itk::TestUtilities;

namespace
{
template <typename TFilter>
class IntensityNormalizationImageFilter : public testing::Test
{
protected:
  /** A filter that gives real numbers, of the reference image. */
  static typename TFilter::Pointer
  MakeFilter(bool masked)
  {
    auto filter = TFilter::New();
    filter->SetInput(ReferenceImage());
    filter->SetMaskImage(masked ? EveryThird().GetPointer() : nullptr);
    return filter;
  }

  /** The reference image from a filter that makes no more of it than it is asked for. */
  static auto
  MakeSource()
  {
    auto source = itk::CastImageFilter<Image3D, Image3D>::New();
    source->SetInput(ReferenceImage());
    source->InPlaceOff();
    return source;
  }

  /** Slices 5 and 6 of 4 to 8. */
  static Image3D::RegionType
  PartOfImage()
  {
    Image3D::RegionType region = ReferenceImage()->GetLargestPossibleRegion();
    region.SetIndex(2, 5);
    region.SetSize(2, 2);
    return region;
  }

  static void
  UpdatePart(TFilter * filter)
  {
    filter->UpdateOutputInformation();
    filter->GetOutput()->SetRequestedRegion(PartOfImage());
    filter->Update();
  }

  static void
  ExpectPartOfWholeResult(const Image3D * part)
  {
    const auto whole = MakeFilter(true);
    whole->Update();
    EXPECT_EQ(part->GetBufferedRegion(), PartOfImage());
    for (itk::ImageRegionConstIteratorWithIndex<Image3D> it(part, PartOfImage()); !it.IsAtEnd(); ++it)
    {
      ASSERT_EQ(it.Get(), whole->GetOutput()->GetPixel(it.GetIndex())) << it.GetIndex();
    }
  }
};

using Filters = testing::Types<itk::CTForegroundNormalizeImageFilter<Image3D, Image3D>,
                               itk::EightBitScaleImageFilter<Image3D, Image3D>,
                               itk::PercentileRescaleImageFilter<Image3D, Image3D>,
                               itk::ZScoreNormalizeImageFilter<Image3D, Image3D>>;
TYPED_TEST_SUITE(IntensityNormalizationImageFilter, Filters);
} // namespace

TYPED_TEST(IntensityNormalizationImageFilter, NaNMattersInsideTheMaskOnly)
{
  const itk::Index<3> second{ { -1, 1, 4 } }; // which the mask leaves out
  const auto          image = ReferenceImage();
  image->SetPixel(second, notANumber);
  const auto filter = this->MakeFilter(true);
  filter->SetInput(image);
  filter->Update();
  const auto expected = this->MakeFilter(true);
  expected->Update();
  EXPECT_TRUE(std::isfinite(expected->GetOutput()->GetPixel(second)));
  expected->GetOutput()->SetPixel(second, notANumber);
  ExpectSameVoxels(expected->GetOutput(), filter->GetOutput());

  filter->SetMaskImage(nullptr);
  ExpectError([&] { filter->Update(); }, "[-1, 1, 4] is nan and should be a finite number");

  image->SetPixel(second, 0.0);
  image->SetPixel({ { -2, 1, 4 } }, -std::numeric_limits<double>::infinity());
  image->Modified();
  filter->SetMaskImage(EveryThird());
  ExpectError([&] { filter->Update(); }, "[-2, 1, 4] is -inf, inside the mask, and should be a finite number");
}

TYPED_TEST(IntensityNormalizationImageFilter, RefusesBadMask)
{
  const auto filter = this->MakeFilter(true);
  filter->SetMaskImage(MakeObliqueImage<Mask3D>({ { 7, 6, 5 } }, [](const auto &) { return 0; }));
  ExpectError([&] { filter->Update(); }, "MaskImage has no voxel that is not zero");
  filter->SetMaskImage(MakeObliqueImage<Mask3D>({ { 7, 6, 4 } }, [](const auto &) { return 1; }));
  ExpectError([&] { filter->Update(); }, "MaskImage has another grid than the image: size [7, 6, 4]");
  const auto shifted = EveryThird();
  shifted->SetOrigin(Image3D::PointType{});
  filter->SetMaskImage(shifted);
  ExpectError([&] { filter->Update(); }, "MaskImage has another grid than the image: origin [0, 0, 0]");
}

TYPED_TEST(IntensityNormalizationImageFilter, InverseNeedsConstants)
{
  const auto filter = this->MakeFilter(true);
  filter->InverseOn();
  ExpectError([&] { filter->Update(); }, "Inverse needs the constants");
}

TYPED_TEST(IntensityNormalizationImageFilter, SameBitsForAnyNumberOfThreads)
{
  for (const bool masked : { false, true })
  {
    ExpectSameForAnyNumberOfThreads([=] { return this->MakeFilter(masked); });
  }
}

TYPED_TEST(IntensityNormalizationImageFilter, ConstantsAreThoseOfTheWholeImageForAnyRequestedRegion)
{
  const auto source = this->MakeSource();
  const auto filter = this->MakeFilter(true);
  filter->SetInput(source->GetOutput());
  this->UpdatePart(filter);
  EXPECT_EQ(source->GetOutput()->GetBufferedRegion(), ReferenceImage()->GetLargestPossibleRegion());
  this->ExpectPartOfWholeResult(filter->GetOutput());
}

TYPED_TEST(IntensityNormalizationImageFilter, GivenConstantsNeedNoMoreThanTheRequestedRegion)
{
  const auto filter = this->MakeFilter(true);
  filter->Update();
  // The constants of the first run are now those that are given.
  filter->ComputeConstantsOff();
  const auto source = this->MakeSource();
  filter->SetInput(source->GetOutput());
  this->UpdatePart(filter);
  EXPECT_EQ(source->GetOutput()->GetBufferedRegion(), this->PartOfImage());
  this->ExpectPartOfWholeResult(filter->GetOutput());
}

TYPED_TEST(IntensityNormalizationImageFilter, KeepsWhatIsOutsideTheMask)
{
  const auto expected = this->MakeFilter(true);
  expected->Update();
  const auto filter = this->MakeFilter(true);
  EXPECT_FALSE(filter->GetKeepOutsideMask());
  filter->KeepOutsideMaskOn();
  filter->Update();
  const auto image = ReferenceImage();
  const auto mask = EveryThird();
  for (itk::ImageRegionConstIteratorWithIndex<Image3D> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const auto index = it.GetIndex();
    ASSERT_EQ(filter->GetOutput()->GetPixel(index),
              mask->GetPixel(index) != 0 ? expected->GetOutput()->GetPixel(index) : it.Get())
      << index;
  }

  // With the constants of the run, part of the image is enough.
  const auto part = this->MakeFilter(true);
  part->Update();
  part->KeepOutsideMaskOn();
  part->ComputeConstantsOff();
  this->UpdatePart(part);
  for (itk::ImageRegionConstIteratorWithIndex<Image3D> it(part->GetOutput(), this->PartOfImage()); !it.IsAtEnd(); ++it)
  {
    ASSERT_EQ(it.Get(), filter->GetOutput()->GetPixel(it.GetIndex())) << it.GetIndex();
  }

  // Without a mask nothing is outside, and what is constant inside is zero there alone.
  const auto unmasked = this->MakeFilter(false);
  unmasked->KeepOutsideMaskOn();
  unmasked->Update();
  const auto whole = this->MakeFilter(false);
  whole->Update();
  ExpectSameVoxels(whole->GetOutput(), unmasked->GetOutput());
  auto constant = MakeObliqueImage<Image3D>(
    { { 7, 6, 5 } }, [n = 0u](const auto &) mutable { return n++ % 3 == 0 ? 7.0 : static_cast<double>(n); });
  const auto flat = this->MakeFilter(true);
  flat->SetInput(constant);
  flat->KeepOutsideMaskOn();
  flat->GlobalWarningDisplayOff();
  flat->Update();
  flat->GlobalWarningDisplayOn();
  for (itk::ImageRegionConstIteratorWithIndex<Image3D> it(constant, constant->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    ASSERT_EQ(flat->GetOutput()->GetPixel(it.GetIndex()), mask->GetPixel(it.GetIndex()) != 0 ? 0.0 : it.Get());
  }
}
