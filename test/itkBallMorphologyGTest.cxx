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
#include "SyntheticCTDetail/itkBallMorphology.h"

#include "itkHounsfieldScaleImageFilter.h"
#include "itkImageFilterTestUtilities.h"

using namespace itk::TestUtilities;

namespace
{
using Mask3D = itk::Image<unsigned char, 3>;
using Mask2D = itk::Image<unsigned char, 2>;

/** Any filter: the functions use its threads and its progress. */
itk::ProcessObject::Pointer
Host()
{
  return itk::HounsfieldScaleImageFilter<Mask3D>::New().GetPointer();
}

/** Whether a voxel of the set lies within the radius of an index, one by one. `flatAxis` as in DilateByBall. */
template <typename TMask, typename TIsInSet>
bool
Reaches(
  const TMask * mask, const typename TMask::IndexType & index, double radius, unsigned int flatAxis, TIsInSet && isIn)
{
  constexpr unsigned int dimension = TMask::ImageDimension;
  // More than far enough.
  itk::Size<dimension> reach;
  for (unsigned int d = 0; d < dimension; ++d)
  {
    reach[d] = d == flatAxis ? 0 : static_cast<itk::SizeValueType>(radius / mask->GetSpacing()[d]) + 1;
  }
  itk::ImageRegion<dimension> around(index, itk::Size<dimension>::Filled(1));
  around.PadByRadius(reach);
  auto iterable = TMask::New();
  iterable->SetRegions(around);
  iterable->Allocate();
  for (itk::ImageRegionConstIteratorWithIndex<TMask> it(iterable, around); !it.IsAtEnd(); ++it)
  {
    double squared = 0.0;
    for (unsigned int d = 0; d < dimension; ++d)
    {
      const double step = (it.GetIndex()[d] - index[d]) * mask->GetSpacing()[d];
      squared += step * step;
    }
    if (squared <= radius * radius * (1.0 + 1e-9) && isIn(it.GetIndex()))
    {
      return true;
    }
  }
  return false;
}

template <typename TMask>
typename TMask::Pointer
RandomMask(const typename TMask::SizeType & size, uint32_t seed, double share)
{
  Random random(seed);
  auto   mask = MakeImage<TMask>(size, [&](const auto &) { return random() < share ? 1 : 0; });
  // Such that some distances are equal to the radii below, and others are not.
  typename TMask::SpacingType spacing;
  for (unsigned int d = 0; d < TMask::ImageDimension; ++d)
  {
    spacing[d] = d == 0 ? 0.8 : d == 1 ? 1.0 : 1.5;
  }
  mask->SetSpacing(spacing);
  return mask;
}

template <typename TMask>
void
ExpectDilation(const TMask * mask, double radius, unsigned int flatAxis, unsigned int threads)
{
  const auto                 region = mask->GetBufferedRegion();
  std::vector<unsigned char> dilated(mask->GetBufferPointer(), mask->GetBufferPointer() + region.GetNumberOfPixels());
  const auto                 host = Host();
  host->SetNumberOfWorkUnits(threads);
  itk::SyntheticCTDetail::DilateByBall<TMask::ImageDimension>(
    host, dilated, region.GetSize(), mask->GetSpacing(), radius, flatAxis, 1.0F);
  size_t voxel = 0;
  for (itk::ImageRegionConstIteratorWithIndex<TMask> it(mask, region); !it.IsAtEnd(); ++it, ++voxel)
  {
    const bool expected = Reaches(mask, it.GetIndex(), radius, flatAxis, [&](const auto & index) {
      return region.IsInside(index) && mask->GetPixel(index) != 0;
    });
    ASSERT_EQ(dilated[voxel] != 0, expected) << it.GetIndex() << " radius " << radius << " flat axis " << flatAxis;
  }
}
} // namespace

TEST(BallMorphology, DilationIsTheBall)
{
  const auto mask = RandomMask<Mask3D>({ { 9, 8, 7 } }, 4, 0.02);
  for (const double radius : { 0.5, 1.0, 1.6, 3.0, 4.3, 9.0 })
  {
    for (unsigned int flatAxis = 0; flatAxis <= 3; ++flatAxis)
    {
      ExpectDilation<Mask3D>(mask, radius, flatAxis, 1 + flatAxis % 3);
    }
  }
  ExpectDilation<Mask2D>(RandomMask<Mask2D>({ { 21, 17 } }, 6, 0.02), 3.0, 2, 2);
}

// Longer than the parts in which a line is worked on.
TEST(BallMorphology, LongLines)
{
  const auto mask = MakeImage<Mask2D>({ { 9001, 3 } }, [](const auto & i) { return i[0] % 4000 == 97 && i[1] == 0; });
  std::vector<unsigned char> dilated(mask->GetBufferPointer(), mask->GetBufferPointer() + 27003);
  itk::SyntheticCTDetail::DilateByBall<2>(Host(), dilated, { { 9001, 3 } }, mask->GetSpacing(), 2.0, 2, 1.0F);
  for (itk::ImageRegionConstIteratorWithIndex<Mask2D> it(mask, mask->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const auto x = it.GetIndex()[0];
    const auto y = it.GetIndex()[1];
    const auto nearest = std::min({ std::abs(x - 97), std::abs(x - 4097), std::abs(x - 8097) });
    ASSERT_EQ(dilated[y * 9001 + x] != 0, nearest * nearest + y * y <= 4) << it.GetIndex();
  }
}

// A voxel is in the closing when every place that its ball reaches, in the image or outside, is within a ball of the
// mask. The ball may be flat.
TEST(BallMorphology, ClosingIgnoresTheBorder)
{
  for (const double radius : { 1.0, 2.0, 2.6 })
  {
    for (const unsigned int flatAxis : { 0u, 2u, 3u })
    {
      const auto mask = RandomMask<Mask3D>({ { 10, 9, 8 } }, 14, 0.15);
      auto       closed = RandomMask<Mask3D>({ { 10, 9, 8 } }, 14, 0.15);
      itk::SyntheticCTDetail::CloseByBall<3>(Host(), closed, radius, flatAxis, 1.0F);
      const auto         region = mask->GetBufferedRegion();
      itk::SizeValueType added = 0;
      for (itk::ImageRegionConstIteratorWithIndex<Mask3D> it(closed, region); !it.IsAtEnd(); ++it)
      {
        const bool removed = Reaches<Mask3D>(mask, it.GetIndex(), radius, flatAxis, [&](const auto & place) {
          return !Reaches<Mask3D>(mask, place, radius, flatAxis, [&](const auto & index) {
            return region.IsInside(index) && mask->GetPixel(index) != 0;
          });
        });
        ASSERT_EQ(it.Get() != 0, !removed) << it.GetIndex() << " radius " << radius << " flat axis " << flatAxis;
        added += it.Get() - mask->GetPixel(it.GetIndex());
      }
      EXPECT_GT(added, 0u) << radius;
    }
  }
}
