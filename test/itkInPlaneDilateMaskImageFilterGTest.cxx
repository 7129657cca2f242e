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

#include "itkInPlaneDilateMaskImageFilter.h"

#include "itkImageFilterTestUtilities.h"
#include "itkStreamingImageFilter.h"

#include <cstdlib>
#include <limits>

using namespace itk::TestUtilities;

namespace
{
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::InPlaneDilateMaskImageFilter<MaskType>;
using Plane = itk::InferencePlaneEnum;

const MaskType::SizeType maskSize{ { 13, 11, 12 } };

/** Voxels scattered over a grid whose start index is not 0. */
template <typename TMask>
typename TMask::Pointer
RandomMask(const typename TMask::SizeType & size, uint32_t seed, double share)
{
  Random random(seed);
  return MakeObliqueImage<TMask>(size, [&](const auto &) { return random() < share ? 3 : 0; });
}

/** Whether a voxel of the mask is in the square about an index, one by one. */
template <typename TMask>
bool
SquareReaches(const TMask * mask, const typename TMask::IndexType & index, int radius, unsigned int sliceAxis)
{
  for (itk::ImageRegionConstIteratorWithIndex<TMask> it(mask, mask->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    bool near = it.Get() != 0;
    for (unsigned int d = 0; d < TMask::ImageDimension; ++d)
    {
      near = near && std::abs(it.GetIndex()[d] - index[d]) <= (d == sliceAxis ? 0 : radius);
    }
    if (near)
    {
      return true;
    }
  }
  return false;
}

template <typename TMask>
void
ExpectSquares(const TMask * mask, const TMask * output, int radius, unsigned int sliceAxis)
{
  ExpectSameGrid(mask, output);
  for (itk::ImageRegionConstIteratorWithIndex<TMask> it(output, output->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    ASSERT_EQ(it.Get(), SquareReaches(mask, it.GetIndex(), radius, sliceAxis) ? 1 : 0)
      << it.GetIndex() << " radius " << radius << " slice axis " << sliceAxis;
  }
}
} // namespace

TEST(InPlaneDilateMaskImageFilter, OneVoxelBecomesASquare)
{
  const auto mask = MakeImage<MaskType>(maskSize, [](const auto & i) { return i[0] == 5 && i[1] == 4 && i[2] == 6; });
  auto       filter = FilterType::New();
  filter->SetInput(mask);
  filter->Update();
  for (itk::ImageRegionConstIteratorWithIndex<MaskType> it(filter->GetOutput(), mask->GetBufferedRegion());
       !it.IsAtEnd();
       ++it)
  {
    const auto i = it.GetIndex();
    ASSERT_EQ(it.Get(), std::abs(i[0] - 5) <= 2 && std::abs(i[1] - 4) <= 2 && i[2] == 6 ? 1 : 0) << i;
  }
}

TEST(InPlaneDilateMaskImageFilter, IsTheSquareInEveryPlane)
{
  const auto mask = RandomMask<MaskType>(maskSize, 3, 0.01);
  for (const int radius : { 0, 1, 2, 3, 4, 7, 30 })
  {
    for (const auto & plane :
         { std::make_pair(Plane::Sagittal, 0u), std::make_pair(Plane::Coronal, 1u), std::make_pair(Plane::Axial, 2u) })
    {
      auto filter = FilterType::New();
      filter->SetInput(mask);
      filter->SetRadius(radius);
      filter->SetPlane(plane.first);
      filter->Update();
      ExpectSquares<MaskType>(mask, filter->GetOutput(), radius, plane.second);
    }
  }
}

// The array runs toward the feet, the left and the back: axial slices lie across its first axis.
TEST(InPlaneDilateMaskImageFilter, ThePlaneIsThePatients)
{
  const auto              mask = RandomMask<MaskType>(maskSize, 8, 0.01);
  MaskType::DirectionType direction;
  direction.Fill(0.0);
  direction[2][0] = -1.0;
  direction[0][1] = 1.0;
  direction[1][2] = 1.0;
  mask->SetDirection(direction);
  for (const auto & plane :
       { std::make_pair(Plane::Sagittal, 1u), std::make_pair(Plane::Coronal, 2u), std::make_pair(Plane::Axial, 0u) })
  {
    auto filter = FilterType::New();
    filter->SetInput(mask);
    filter->SetPlane(plane.first);
    filter->Update();
    ExpectSquares<MaskType>(mask, filter->GetOutput(), 2, plane.second);
  }
}

TEST(InPlaneDilateMaskImageFilter, In2DWithValues)
{
  using Mask2D = itk::Image<unsigned char, 2>;
  using Short2D = itk::Image<short, 2>;
  const auto mask = RandomMask<Mask2D>({ { 40, 33 } }, 5, 0.01);
  for (const auto plane : { Plane::Axial, Plane::Sagittal })
  {
    auto filter = itk::InPlaneDilateMaskImageFilter<Mask2D, Short2D>::New();
    filter->SetInput(mask);
    filter->SetPlane(plane);
    filter->SetRadius(3);
    filter->SetInsideValue(-5);
    filter->SetOutsideValue(9);
    filter->Update();
    for (itk::ImageRegionConstIteratorWithIndex<Short2D> it(filter->GetOutput(), mask->GetBufferedRegion());
         !it.IsAtEnd();
         ++it)
    {
      ASSERT_EQ(it.Get(), SquareReaches<Mask2D>(mask, it.GetIndex(), 3, 2) ? -5 : 9);
    }
  }
}

TEST(InPlaneDilateMaskImageFilter, StreamsAndAsksForNoMoreThanItNeeds)
{
  const auto mask = RandomMask<MaskType>(maskSize, 11, 0.02);
  for (const auto plane : { Plane::Sagittal, Plane::Coronal, Plane::Axial })
  {
    auto filter = FilterType::New();
    filter->SetInput(mask);
    filter->SetPlane(plane);
    filter->Update();
    MaskType::Pointer whole = filter->GetOutput();
    whole->DisconnectPipeline();
    auto stream = itk::StreamingImageFilter<MaskType, MaskType>::New();
    stream->SetInput(filter->GetOutput());
    stream->SetNumberOfStreamDivisions(5);
    stream->Update();
    ExpectSameVoxels<MaskType>(whole, stream->GetOutput());
  }
  // Indices from -2, 1 and 4.
  auto filter = FilterType::New();
  filter->SetInput(mask);
  filter->SetRadius(3);
  filter->UpdateOutputInformation();
  filter->GetOutput()->SetRequestedRegion(MaskType::RegionType({ { 4, 1, 7 } }, { { 2, 2, 1 } }));
  filter->GetOutput()->PropagateRequestedRegion();
  EXPECT_EQ(mask->GetRequestedRegion(), MaskType::RegionType({ { 1, 1, 7 } }, { { 8, 5, 1 } }));
}

TEST(InPlaneDilateMaskImageFilter, RefusesBadInput)
{
  const auto mask = RandomMask<MaskType>(maskSize, 3, 0.01);
  auto       filter = FilterType::New();
  ExpectError([&] { filter->Update(); }, "Input");
  filter->SetInput(mask);
  for (const auto plane : { Plane::Volume, Plane::Orthogonal })
  {
    filter->SetPlane(plane);
    ExpectError([&] { filter->Update(); }, "and should be Axial, Coronal or Sagittal");
  }
  filter->SetPlane(Plane::Axial);
  filter->SetInsideValue(0);
  ExpectError([&] { filter->Update(); }, "InsideValue and OutsideValue are both 0");
  // There is no radius that is too large.
  filter->SetInsideValue(1);
  filter->SetRadius(std::numeric_limits<itk::SizeValueType>::max());
  filter->Update();
  ExpectSquares<MaskType>(mask, filter->GetOutput(), 1000, 2);
}

TEST(InPlaneDilateMaskImageFilter, SameBitsForAnyNumberOfThreads)
{
  for (const auto plane : { Plane::Sagittal, Plane::Coronal, Plane::Axial })
  {
    ExpectSameForAnyNumberOfThreads([plane] {
      auto filter = FilterType::New();
      filter->SetInput(RandomMask<MaskType>(maskSize, 19, 0.05));
      filter->SetPlane(plane);
      return filter;
    });
  }
}
