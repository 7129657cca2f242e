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
#include "SyntheticCTDetail/itkMaskedStatistics.h"

#include "itkImageFilterTestUtilities.h"
#include "SyntheticCTDetail/itkVoxelTransform.h"
#include "itkZScoreNormalizeImageFilter.h"

#include <algorithm>
#include <limits>
#include <vector>

using namespace itk::TestUtilities;
using namespace itk::SyntheticCTDetail;

namespace
{
template <typename TPixel>
using Image3D = itk::Image<TPixel, 3>;
using Mask3D = itk::Image<unsigned char, 3>;

const double notANumber = std::numeric_limits<double>::quiet_NaN();

/** Any filter: the functions use its threads and its progress. */
itk::ProcessObject::Pointer
Host(itk::ThreadIdType threads)
{
  auto filter = itk::ZScoreNormalizeImageFilter<Image3D<float>>::New();
  filter->SetNumberOfWorkUnits(threads);
  return filter.GetPointer();
}

/** The definition, on sorted values. */
template <typename TPixel>
double
PercentileOfSorted(const std::vector<TPixel> & sorted, double percentile)
{
  const double position = static_cast<double>(sorted.size() - 1) * (percentile / 100.0);
  const auto   below = static_cast<size_t>(std::floor(position));
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const auto   lower = static_cast<double>(sorted[below]);
  return lower + (position - static_cast<double>(below)) * (static_cast<double>(sorted[above]) - lower);
}

/** Compares with a full sort of the 336 voxels, and of those in a mask. */
template <typename TPixel, typename TFunction>
void
ExpectPercentilesOfSort(TFunction && valueOf)
{
  const itk::Size<3>  size{ { 8, 7, 6 } };
  const auto          image = MakeObliqueImage<Image3D<TPixel>>(size, valueOf);
  Random              random(99);
  const auto          mask = MakeObliqueImage<Mask3D>(size, [&](const auto &) { return random() < 0.45 ? 7 : 0; });
  std::vector<double> percentiles;
  for (int i = 0; i <= 1000; ++i)
  {
    percentiles.push_back(0.1 * i);
  }
  for (const Mask3D * const used : { static_cast<const Mask3D *>(nullptr), static_cast<const Mask3D *>(mask) })
  {
    std::vector<TPixel> voxels;
    ForEachMaskedVoxel(image.GetPointer(), used, image->GetBufferedRegion(), [&voxels](TPixel value, const auto &) {
      voxels.push_back(value);
    });
    ASSERT_GT(voxels.size(), 100u);
    std::sort(voxels.begin(), voxels.end());
    const double range = static_cast<double>(voxels.back()) - static_cast<double>(voxels.front());
    // Four at a time: neighbouring percentiles share their neighbours, distant ones do not.
    for (size_t i = 0; i + 750 < percentiles.size(); i += 25)
    {
      const std::vector<double> some{ percentiles[i], percentiles[i + 1], percentiles[i + 250], percentiles[i + 750] };
      const std::vector<double> one = ComputePercentiles(Host(1), image.GetPointer(), used, some, 0.0F);
      ASSERT_EQ(one.size(), some.size());
      for (size_t k = 0; k < some.size(); ++k)
      {
        ASSERT_NEAR(one[k], PercentileOfSorted(voxels, some[k]), 1e-14 * range) << some[k];
      }
      for (const itk::ThreadIdType threads : { 2u, 16u })
      {
        ASSERT_EQ(one, ComputePercentiles(Host(threads), image.GetPointer(), used, some, 0.0F));
      }
    }
  }
}

/** Random numbers over the whole range of an integer type. */
template <typename TPixel>
void
ExpectPercentilesOfIntegers()
{
  Random random(4);
  ExpectPercentilesOfSort<TPixel>([&](const auto &) {
    const auto high = static_cast<double>(itk::NumericTraits<TPixel>::max());
    const auto low = static_cast<double>(itk::NumericTraits<TPixel>::NonpositiveMin());
    return low + random() * (high - low) * 0.999;
  });
  // Ties, of both signs where there are two.
  ExpectPercentilesOfSort<TPixel>(
    [&](const auto &) { return std::floor(random() * 4.0) - (itk::NumericTraits<TPixel>::is_signed ? 2.0 : 0.0); });
}

/** Random magnitudes and signs, zeros of both signs, ties, and the smallest and largest numbers of a type. */
template <typename TPixel>
void
ExpectPercentilesOfReals()
{
  using Limits = std::numeric_limits<TPixel>;
  Random random(5);
  ExpectPercentilesOfSort<TPixel>([&](const auto &) {
    const double sign = random() < 0.5 ? -1.0 : 1.0;
    return sign * std::pow(10.0, 40.0 * random() - 20.0);
  });
  ExpectPercentilesOfSort<TPixel>([&](const auto &) { return random() < 0.5 ? -0.0 : std::floor(3.0 * random()); });
  // Numbers that differ in their last bits only.
  ExpectPercentilesOfSort<TPixel>([&](const auto &) { return 1.0 + Limits::epsilon() * std::floor(50.0 * random()); });
  ExpectPercentilesOfSort<TPixel>([&](const auto &) { return Limits::denorm_min() * std::floor(9.0 * random()); });
  ExpectPercentilesOfSort<TPixel>(
    [&](const auto &) { return (random() < 0.5 ? -0.25 : 0.25) * static_cast<double>(Limits::max()); });
}
} // namespace

TEST(MaskedStatistics, PercentilesAreThoseOfASort)
{
  ExpectPercentilesOfIntegers<unsigned char>();
  ExpectPercentilesOfIntegers<signed char>();
  ExpectPercentilesOfIntegers<unsigned short>();
  ExpectPercentilesOfIntegers<short>();
  ExpectPercentilesOfIntegers<unsigned int>();
  ExpectPercentilesOfIntegers<int>();
  ExpectPercentilesOfIntegers<long long>();
  ExpectPercentilesOfReals<float>();
  ExpectPercentilesOfReals<double>();
}

TEST(MaskedStatistics, PercentilesOfOneVoxel)
{
  const auto image = MakeImage<Image3D<float>>({ { 1, 1, 1 } }, [](const auto &) { return -0.5; });
  const auto values =
    ComputePercentiles(Host(3), image.GetPointer(), static_cast<const Mask3D *>(nullptr), { 0.0, 37.0, 100.0 }, 0.0F);
  EXPECT_EQ(values, (std::vector<double>{ -0.5, -0.5, -0.5 }));
}

TEST(MaskedStatistics, NaNAndInfinitiesMatterInsideTheMaskOnly)
{
  const float bad[] = { std::numeric_limits<float>::quiet_NaN(),
                        -std::numeric_limits<float>::quiet_NaN(),
                        std::numeric_limits<float>::infinity(),
                        -std::numeric_limits<float>::infinity() };
  for (const float value : bad)
  {
    const auto image =
      MakeObliqueImage<Image3D<float>>({ { 40, 3, 2 } }, [&](const auto & i) { return i[0] == 7 ? value : i[0]; });
    const auto mask = MakeObliqueImage<Mask3D>({ { 40, 3, 2 } }, [](const auto & i) { return i[0] == 7 ? 0 : 1; });
    const auto moments = ComputeMoments(Host(1), image.GetPointer(), mask.GetPointer(), 0.0F);
    EXPECT_EQ(moments.Range.Count, 39u * 6u);
    EXPECT_EQ(moments.Range.Minimum, -2.0);
    EXPECT_EQ(moments.Range.Maximum, 37.0);
    const auto range = ComputePercentiles(Host(1), image.GetPointer(), mask.GetPointer(), { 0.0, 100.0 }, 0.0F);
    EXPECT_EQ(range, (std::vector<double>{ -2.0, 37.0 }));

    const auto none = static_cast<const Mask3D *>(nullptr);
    const auto words = "The voxel at index [7, 1, 4] is ";
    ExpectError([&] { ComputeMoments(Host(1), image.GetPointer(), none, 0.0F); }, words);
    ExpectError([&] { ComputeRange(Host(1), image.GetPointer(), none, 0.0F); }, words);
    ExpectError([&] { ComputePercentiles(Host(1), image.GetPointer(), none, { 50.0 }, 0.0F); }, words);
  }
}

// Lines that are shorter and longer than a run, and numbers that are large beside their spread.
TEST(MaskedStatistics, MomentsAreThoseOfTwoPasses)
{
  for (const itk::SizeValueType length : { 1u, 5u, 31u, 32u, 33u, 1023u, 1024u, 1025u, 2500u })
  {
    Random     random(static_cast<uint32_t>(length));
    const auto image = MakeImage<Image3D<double>>({ { length, 3, 4 } }, [&](const auto &) { return 1e6 + random(); });
    const auto mask = MakeImage<Mask3D>({ { length, 3, 4 } }, [&](const auto &) { return random() < 0.7 ? 1 : 0; });
    for (const Mask3D * const used : { static_cast<const Mask3D *>(nullptr), static_cast<const Mask3D *>(mask) })
    {
      std::vector<long double> voxels;
      ForEachMaskedVoxel(image.GetPointer(), used, image->GetBufferedRegion(), [&](double value, const auto &) {
        voxels.push_back(value);
      });
      ASSERT_FALSE(voxels.empty());
      long double mean = 0.0L;
      for (const long double value : voxels)
      {
        mean += value / static_cast<long double>(voxels.size());
      }
      long double squares = 0.0L;
      for (const long double value : voxels)
      {
        squares += (value - mean) * (value - mean);
      }
      const auto moments = ComputeMoments(Host(1), image.GetPointer(), used, 0.0F);
      EXPECT_EQ(moments.Range.Count, voxels.size());
      EXPECT_EQ(moments.Range.Minimum, static_cast<double>(*std::min_element(voxels.begin(), voxels.end())));
      EXPECT_EQ(moments.Range.Maximum, static_cast<double>(*std::max_element(voxels.begin(), voxels.end())));
      EXPECT_NEAR(moments.Mean, static_cast<double>(mean), 2e-10);
      EXPECT_NEAR(moments.SquaredDeviations, static_cast<double>(squares), 1e-9 * static_cast<double>(squares));

      const auto range = ComputeRange(Host(2), image.GetPointer(), used, 0.0F);
      EXPECT_EQ(range.Minimum, moments.Range.Minimum);
      EXPECT_EQ(range.Maximum, moments.Range.Maximum);
      for (const itk::ThreadIdType threads : { 2u, 3u, 4u })
      {
        const auto other = ComputeMoments(Host(threads), image.GetPointer(), used, 0.0F);
        EXPECT_EQ(other.Mean, moments.Mean);
        EXPECT_EQ(other.SquaredDeviations, moments.SquaredDeviations);
      }
    }
  }
}

TEST(VoxelTransform, TableGivesTheSameBits)
{
  // The second image is too small for a table, and has every value of the type.
  const auto many =
    MakeImage<Image3D<short>>({ { 256, 256, 5 } }, [](const auto & i) { return 256 * i[1] + i[0] - 32768; });
  const auto few =
    MakeImage<Image3D<short>>({ { 256, 256, 1 } }, [](const auto & i) { return 256 * i[1] + i[0] - 32768; });
  const auto function = [](double value) { return std::sin(value) * 1e3 + value / 3.0; };
  const auto of = [&](const Image3D<short> * image, auto output) {
    output->SetRegions(image->GetBufferedRegion());
    output->Allocate();
    TransformVoxels(Host(2), image, output.GetPointer(), image->GetBufferedRegion(), 0.0F, function);
    return output;
  };
  const auto expectSame = [&](auto first, auto second) {
    of(many, first);
    of(few, second);
    for (int y = 0; y < 256; ++y)
    {
      for (int x = 0; x < 256; ++x)
      {
        ASSERT_EQ(first->GetPixel({ { x, y, 3 } }), second->GetPixel({ { x, y, 0 } }));
      }
    }
  };
  expectSame(Image3D<float>::New(), Image3D<float>::New());
  expectSame(Image3D<short>::New(), Image3D<short>::New());
}

TEST(PixelFromReal, RoundsHalfUpAndSaturates)
{
  const auto expect = [](auto zero, double value) {
    using Pixel = decltype(zero);
    const double low = static_cast<double>(itk::NumericTraits<Pixel>::NonpositiveMin());
    const double high = static_cast<double>(itk::NumericTraits<Pixel>::max());
    const double rounded = std::isnan(value) ? 0.0 : std::min(std::max(std::floor(value + 0.5), low), high);
    ASSERT_EQ(static_cast<double>(PixelFromReal<Pixel>(value)), rounded) << value;
  };
  std::vector<double> values{ notANumber, 1e300, -1e300, 5e9, -5e9, -0.0, 0.4999999999, -0.5000000001 };
  values.push_back(std::numeric_limits<double>::infinity());
  values.push_back(-std::numeric_limits<double>::infinity());
  for (double value = -70000.0; value <= 70000.0; value += 0.25)
  {
    values.push_back(value);
  }
  for (const double value : values)
  {
    expect(static_cast<unsigned char>(0), value);
    expect(static_cast<signed char>(0), value);
    expect(static_cast<unsigned short>(0), value);
    expect(static_cast<short>(0), value);
    expect(0, value);
    expect(0u, value);
  }
}
