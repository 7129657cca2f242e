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
#include "itkAnatomicalPlane.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkNetworkInferenceTestUtilities.h"

#include <algorithm>

using namespace itk::NetworkInferenceTest;

namespace
{
/** A convolution whose weights are written in the source: sizes and rounding of a real network. */
const std::string convolution = "def forward(self, x):\n"
                                "  k = torch.linspace(-1.0, 1.0, 72).view(8, 1, 3, 3)\n"
                                "  y = torch.relu(torch.conv2d(x, k, padding=1))\n"
                                "  return torch.conv2d(y, torch.linspace(-1.0, 1.0, 72).view(1, 8, 3, 3), padding=1)";
} // namespace

TEST(NetworkInferenceImageFilter, IdentityForRandomSizesWindowsAndOverlaps)
{
  std::mt19937                                random(3);
  std::uniform_int_distribution<unsigned int> size(1, 19);
  std::uniform_int_distribution<unsigned int> patch(1, 16);
  std::uniform_real_distribution<double>      overlap(0.0, 0.9);
  const auto                                  model = MakeModel(identity);
  // Of three neighbouring slices, the middle one.
  const auto middle = MakeModel("def forward(self, x):\n  return x[:, 1:2]");
  for (int repeat = 0; repeat < 160; ++repeat)
  {
    const auto image = MakeImage({ { size(random), size(random), size(random) } }, static_cast<unsigned int>(repeat));
    const auto plane = static_cast<Plane>(repeat % 5);
    const bool isVolume = plane == Plane::Volume;
    const bool hasNeighbors = !isVolume && repeat % 3 == 0;
    // Windows of one voxel, along one axis or all, are windows too.
    auto filter = MakeFilter(hasNeighbors ? middle : model,
                             image,
                             isVolume ? std::vector<unsigned int>{ patch(random), patch(random), patch(random) }
                                      : std::vector<unsigned int>{ patch(random), patch(random) });
    filter->SetPlane(plane);
    filter->SetNumberOfSlices(hasNeighbors ? 3 : 1);
    filter->SetOverlap(overlap(random));
    filter->SetTileRule(repeat % 2 == 0 ? itk::TileRuleEnum::Interval : itk::TileRuleEnum::Even);
    filter->SetBlending(static_cast<Blending>(repeat / 5 % 4));
    filter->SetCombination(repeat % 2 == 0 ? itk::CombinationEnum::Mean : itk::CombinationEnum::Median);
    filter->SetMirrorAxes(repeat % 4 == 0 ? std::vector<unsigned int>{ 1, 0 } : std::vector<unsigned int>{});
    filter->SetStitchOnDevice(filter->GetBlending() != Blending::Median && repeat % 7 == 0);
    filter->SetBatchSize(1 + static_cast<unsigned int>(repeat % 7));
    filter->Update();
    ExpectSame(filter->GetOutput(), image, 1e-6);
    EXPECT_EQ(filter->GetOutput()->GetOrigin(), image->GetOrigin());
    EXPECT_EQ(filter->GetOutput()->GetSpacing(), image->GetSpacing());
    EXPECT_EQ(filter->GetOutput()->GetDirection(), image->GetDirection());
  }
}

TEST(NetworkInferenceImageFilter, NoTailIsLeftOut)
{
  // Size 640, window 64, overlap of 8 voxels: twelve windows of an interval of 56 end at 680, eleven at 624.
  const auto image = MakeImage({ { 640, 1, 1 } });
  auto       filter = MakeFilter(MakeModel("def forward(self, x):\n  return x + 1"), image, { 64, 1 });
  filter->SetOverlap(8.0 / 64.0);
  filter->Update();
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(filter->GetOutput(), image->GetBufferedRegion()); !it.IsAtEnd();
       ++it)
  {
    const float expected = image->GetPixel(it.GetIndex()) + 1.0f;
    ASSERT_NEAR(it.Get(), expected, 1e-6 * std::abs(expected));
  }
}

TEST(NetworkInferenceImageFilter, IdentityIsExactWhereOneWindowCovers)
{
  const auto model = MakeModel(identity);
  const auto image = MakeImage({ { 12, 9, 3 } });
  for (const auto & patchSize : { std::vector<unsigned int>{ 12, 9 }, { 4, 3 }, { 20, 20 } })
  {
    auto filter = MakeFilter(model, image, patchSize);
    filter->SetOverlap(0.0);
    filter->Update();
    ExpectSame(filter->GetOutput(), image, 0.0);
  }
}

TEST(NetworkInferenceImageFilter, PositionDependentNetworkGivesTheValueComputedByHand)
{
  // Columns: windows of 4 at 0 and 2 on 6 voxels, so the local column is 0 1 2 3 in the first and 0 1 2 3 in the
  // second; constant blending gives 0, 1, (2 + 0) / 2, (3 + 1) / 2, 2, 3. Rows: windows of 2 at 0 and 1 on 3 voxels
  // give 0, (1 + 0) / 2, 1, times 100.
  const auto image = MakeImage({ { 6, 3, 2 } });
  image->FillBuffer(7.0f);
  auto filter = MakeFilter(MakeModel(ramp), image, { 4, 2 });
  filter->SetOverlap(0.5);
  filter->SetBlending(Blending::Constant);
  filter->SetBatchSize(3);
  filter->Update();
  const float column[] = { 0, 1, 1, 2, 2, 3 };
  const float row[] = { 0, 50, 100 };
  const auto  start = image->GetBufferedRegion().GetIndex();
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(filter->GetOutput(), image->GetBufferedRegion()); !it.IsAtEnd();
       ++it)
  {
    const auto index = it.GetIndex() - start;
    EXPECT_FLOAT_EQ(it.Get(), 7.0f + column[index[0]] + row[index[1]]) << index;
  }
}

TEST(NetworkInferenceImageFilter, GaussianBlendingComputedByHand)
{
  // As above along the columns only: standard deviation 0.5, weights exp(-4.5), exp(-0.5), exp(-0.5), exp(-4.5).
  const auto image = MakeImage({ { 6, 1, 1 } });
  image->FillBuffer(0.0f);
  auto filter = MakeFilter(MakeModel(ramp), image, { 4, 1 });
  filter->SetOverlap(0.5);
  filter->Update();
  const double outer = std::exp(-4.5);
  const double inner = std::exp(-0.5);
  const double expected[] = {
    0, 1, (inner * 2 + outer * 0) / (inner + outer), (outer * 3 + inner * 1) / (inner + outer), 2, 3
  };
  for (int i = 0; i < 6; ++i)
  {
    auto index = image->GetBufferedRegion().GetIndex();
    index[0] += i;
    EXPECT_NEAR(filter->GetOutput()->GetPixel(index), expected[i], 1e-6) << i;
  }
}

TEST(NetworkInferenceImageFilter, SeveralInputsAndOutputs)
{
  const auto first = MakeImage({ { 9, 7, 4 } }, 1);
  const auto second = MakeImage({ { 9, 7, 4 } }, 2);
  // A tuple of a tensor of two channels and one of one channel.
  const auto model = MakeModel("def forward(self, x):\n"
                               "  a = x[:, 0:1]\n  b = x[:, 1:2]\n"
                               "  return torch.cat([a + b, a - b], 1), [b]");
  auto       filter = MakeFilter(model, first, { 4, 4 });
  filter->SetInput(1, second);
  filter->SetNumberOfNetworkOutputs(3);
  EXPECT_EQ(filter->GetNumberOfNetworkOutputs(), 3u);
  // Connected before the update.
  auto next = MakeFilter(MakeModel("def forward(self, x):\n  return 2 * x"), nullptr, { 3, 3 });
  next->SetInput(filter->GetOutput(2));
  next->SetOverlap(0.0);
  filter->SetBatchSize(5);
  next->Update();
  filter->Update();
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(first, first->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const float a = it.Get();
    const float b = second->GetPixel(it.GetIndex());
    EXPECT_NEAR(filter->GetOutput(0)->GetPixel(it.GetIndex()), a + b, 1e-6 * std::abs(a + b));
    EXPECT_NEAR(filter->GetOutput(1)->GetPixel(it.GetIndex()), a - b, 1e-6 * std::abs(a - b));
    EXPECT_NEAR(filter->GetOutput(2)->GetPixel(it.GetIndex()), b, 1e-6 * std::abs(b));
    EXPECT_NEAR(next->GetOutput()->GetPixel(it.GetIndex()), 2 * b, 3e-6 * std::abs(b));
  }
  for (unsigned int i = 0; i < 3; ++i)
  {
    EXPECT_EQ(filter->GetOutput(i)->GetOrigin(), first->GetOrigin());
    EXPECT_EQ(filter->GetOutput(i)->GetDirection(), first->GetDirection());
    EXPECT_EQ(filter->GetOutput(i)->GetLargestPossibleRegion(), first->GetLargestPossibleRegion());
  }
}

TEST(NetworkInferenceImageFilter, FindsThePlaneByTheDirection)
{
  // Network: the maximum of the window. A volume whose voxels hold the slice number along one patient axis comes back
  // unchanged when, and only when, the slices are taken across that axis.
  const auto model = MakeModel("def forward(self, x):\n  return torch.zeros_like(x) + x.max()");
  const int  orders[][3] = { { 0, 1, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 0, 2, 1 } };
  for (const auto & order : orders)
  {
    for (unsigned int patientAxis = 0; patientAxis < 3; ++patientAxis)
    {
      const Plane plane = patientAxis == 0 ? Plane::Sagittal : patientAxis == 1 ? Plane::Coronal : Plane::Axial;
      const auto  image = MakeImage({ { 5, 6, 7 } });
      // Array axis a runs along patient axis order[a], every other one backward, and the whole is turned a little.
      ImageType::DirectionType direction;
      direction.Fill(0.0);
      for (unsigned int axis = 0; axis < 3; ++axis)
      {
        direction(order[axis], axis) = axis == 1 ? -1.0 : 1.0;
      }
      ImageType::DirectionType turn;
      turn.SetIdentity();
      turn(0, 0) = turn(2, 2) = std::cos(0.4);
      turn(0, 2) = std::sin(0.4);
      turn(2, 0) = -std::sin(0.4);
      image->SetDirection(turn * direction);
      unsigned int arrayAxis = 0;
      while (order[arrayAxis] != static_cast<int>(patientAxis))
      {
        ++arrayAxis;
      }
      EXPECT_EQ(itk::AnatomicalSliceAxis(plane, image->GetDirection()), arrayAxis);
      for (itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
      {
        it.Set(static_cast<float>(it.GetIndex()[arrayAxis]));
      }
      auto filter = MakeFilter(model, image, { 6, 6 });
      filter->SetPlane(plane);
      filter->SetBatchSize(1);
      filter->Update();
      ExpectSame(filter->GetOutput(), image, 1e-6);
      EXPECT_EQ(filter->GetOutput()->GetDirection(), image->GetDirection());
    }
  }
}

TEST(NetworkInferenceImageFilter, InPlaneAxesKeepTheirOrder)
{
  // The network returns its column; across array axis a, columns run along the first of the other two.
  const auto               model = MakeModel("def forward(self, x):\n"
                                             "  return torch.zeros_like(x) + torch.arange(x.size(3), dtype=x.dtype)");
  const auto               image = MakeImage({ { 4, 5, 6 } });
  ImageType::DirectionType direction;
  direction.SetIdentity();
  image->SetDirection(direction);
  const std::pair<Plane, unsigned int> cases[] = { { Plane::Axial, 0 }, { Plane::Coronal, 0 }, { Plane::Sagittal, 1 } };
  for (const auto & each : cases)
  {
    const unsigned int sliceAxis = itk::AnatomicalSliceAxis(each.first, direction);
    const auto         size = image->GetBufferedRegion().GetSize();
    const unsigned int rowAxis = 3 - each.second - sliceAxis;
    auto               filter = MakeFilter(
      model, image, { static_cast<unsigned int>(size[each.second]), static_cast<unsigned int>(size[rowAxis]) });
    filter->SetPlane(each.first);
    filter->Update();
    const auto start = image->GetBufferedRegion().GetIndex();
    for (itk::ImageRegionIteratorWithIndex<ImageType> it(filter->GetOutput(), image->GetBufferedRegion());
         !it.IsAtEnd();
         ++it)
    {
      ASSERT_EQ(it.Get(), static_cast<float>(it.GetIndex()[each.second] - start[each.second]));
    }
  }
}

TEST(NetworkInferenceImageFilter, BlocksAreOrderedAsTheArray)
{
  const auto model = MakeModel("def forward(self, x):\n"
                               "  w = torch.arange(x.size(4), dtype=x.dtype)\n"
                               "  h = torch.arange(x.size(3), dtype=x.dtype).view(-1, 1)\n"
                               "  d = torch.arange(x.size(2), dtype=x.dtype).view(-1, 1, 1)\n"
                               "  return torch.zeros_like(x) + w + 10 * h + 100 * d");
  const auto image = MakeImage({ { 4, 5, 6 } });
  auto       filter = MakeFilter(model, image, { 4, 5, 6 });
  filter->SetPlane(Plane::Volume);
  filter->Update();
  const auto start = image->GetBufferedRegion().GetIndex();
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(filter->GetOutput(), image->GetBufferedRegion()); !it.IsAtEnd();
       ++it)
  {
    const auto index = it.GetIndex() - start;
    ASSERT_EQ(it.Get(), static_cast<float>(index[0] + 10 * index[1] + 100 * index[2]));
  }
}

TEST(NetworkInferenceImageFilter, ImageOfTwoDimensionsIsOneSlice)
{
  using Image2D = itk::Image<short, 2>;
  auto image = Image2D::New();
  image->SetRegions(Image2D::SizeType{ { 7, 5 } });
  image->Allocate();
  short value = -20;
  for (itk::ImageRegionIterator<Image2D> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    it.Set(value++);
  }
  auto filter = itk::NetworkInferenceImageFilter<Image2D, itk::Image<double, 2>>::New();
  filter->SetModel(MakeModel("def forward(self, x):\n  return 0.5 * x"));
  filter->SetInput(image);
  filter->SetPatchSize({ 3, 4 });
  filter->Update();
  for (itk::ImageRegionConstIterator<Image2D> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    EXPECT_NEAR(filter->GetOutput()->GetPixel(it.GetIndex()), 0.5 * it.Get(), 1e-6 * std::abs(it.Get()));
  }
}

TEST(NetworkInferenceImageFilter, BatchesAndThreadsDoNotMatter)
{
  const auto model = MakeModel(convolution);
  const auto image = MakeImage({ { 33, 29, 2 } });
  auto       reference = MakeFilter(model, image, { 16, 16 });
  reference->SetNumberOfWorkUnits(1);
  reference->Update();
  float minimum = 1e30f;
  float maximum = -1e30f;
  for (itk::ImageRegionConstIterator<ImageType> it(reference->GetOutput(), image->GetBufferedRegion()); !it.IsAtEnd();
       ++it)
  {
    minimum = std::min(minimum, it.Get());
    maximum = std::max(maximum, it.Get());
  }
  ASSERT_GT(maximum, minimum);
  for (const unsigned int batch : { 1u, 7u, 1000u })
  {
    for (const unsigned int workUnits : { 1u, 2u })
    {
      auto filter = MakeFilter(model, image, { 16, 16 });
      filter->SetBatchSize(batch);
      filter->SetNumberOfWorkUnits(workUnits);
      filter->Update();
      auto again = MakeFilter(model, image, { 16, 16 });
      again->SetBatchSize(batch);
      again->SetNumberOfWorkUnits(workUnits);
      again->Update();
      for (itk::ImageRegionIteratorWithIndex<ImageType> it(filter->GetOutput(), image->GetBufferedRegion());
           !it.IsAtEnd();
           ++it)
      {
        ASSERT_NEAR(it.Get(), reference->GetOutput()->GetPixel(it.GetIndex()), 1e-4 * (maximum - minimum));
        ASSERT_EQ(it.Get(), again->GetOutput()->GetPixel(it.GetIndex())) << "not the same bits from run to run";
      }
    }
  }
}

TEST(NetworkInferenceImageFilter, StreamsAcrossSlices)
{
  const auto image = MakeImage({ { 8, 9, 6 } });
  auto       whole = MakeFilter(MakeModel(ramp), image, { 5, 5 });
  whole->Update();
  auto part = MakeFilter(MakeModel(ramp), image, { 5, 5 });
  auto region = image->GetLargestPossibleRegion();
  region.SetIndex(2, region.GetIndex(2) + 2);
  region.SetSize(2, 3);
  region.SetSize(0, 2);
  part->UpdateOutputInformation();
  part->GetOutput()->SetRequestedRegion(region);
  part->Update();
  const auto buffered = part->GetOutput()->GetBufferedRegion();
  EXPECT_EQ(buffered.GetSize(), (ImageType::SizeType{ { 8, 9, 3 } }));
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(part->GetOutput(), buffered); !it.IsAtEnd(); ++it)
  {
    ASSERT_EQ(it.Get(), whole->GetOutput()->GetPixel(it.GetIndex()));
  }
}

TEST(NetworkInferenceImageFilter, StreamsWithNeighbouringSlices)
{
  const auto model = MakeModel("def forward(self, x):\n  return x[:, 0:1] + 2 * x[:, 4:5]");
  const auto image = MakeImage({ { 8, 9, 7 } });
  auto       whole = MakeFilter(model, image, { 5, 5 });
  whole->SetNumberOfSlices(5);
  whole->Update();
  auto part = MakeFilter(model, image, { 5, 5 });
  part->SetNumberOfSlices(5);
  auto region = image->GetLargestPossibleRegion();
  region.SetIndex(2, region.GetIndex(2) + 3);
  region.SetSize(2, 1);
  part->UpdateOutputInformation();
  part->GetOutput()->SetRequestedRegion(region);
  part->GetOutput()->PropagateRequestedRegion();
  EXPECT_EQ(image->GetRequestedRegion().GetIndex(2), region.GetIndex(2) - 2);
  EXPECT_EQ(image->GetRequestedRegion().GetSize(2), 5u);
  part->Update();
  const auto buffered = part->GetOutput()->GetBufferedRegion();
  EXPECT_EQ(buffered.GetSize(2), 1u);
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(part->GetOutput(), buffered); !it.IsAtEnd(); ++it)
  {
    ASSERT_EQ(it.Get(), whole->GetOutput()->GetPixel(it.GetIndex()));
  }
}

TEST(NetworkInferenceImageFilter, NeighbouringSlicesAreChannels)
{
  // Two inputs, three slices each: channels 0 1 2 are the first input's, 3 4 5 the second's.
  const auto first = MakeImage({ { 6, 5, 4 } }, 1);
  const auto second = MakeImage({ { 6, 5, 4 } }, 2);
  auto       filter = MakeFilter(MakeModel("def forward(self, x):\n  return x"), first, { 6, 5 });
  filter->SetInput(1, second);
  filter->SetNumberOfSlices(3);
  filter->SetNumberOfNetworkOutputs(6);
  filter->Update();
  const auto region = first->GetBufferedRegion();
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(first, region); !it.IsAtEnd(); ++it)
  {
    for (int channel = 0; channel < 6; ++channel)
    {
      // Beyond the volume its first or last slice is repeated.
      auto index = it.GetIndex();
      index[2] = std::min<itk::IndexValueType>(std::max(index[2] + channel % 3 - 1, region.GetIndex(2)),
                                               region.GetUpperIndex()[2]);
      ASSERT_EQ(filter->GetOutput(static_cast<unsigned int>(channel))->GetPixel(it.GetIndex()),
                (channel < 3 ? first : second)->GetPixel(index));
    }
  }
}

TEST(NetworkInferenceImageFilter, OrthogonalPlanesAreCombined)
{
  // The network returns the maximum of its slice, and voxels hold their slice number from below: an axial slice gives
  // its own number, coronal and sagittal ones give the highest, 6.
  const auto               model = MakeModel("def forward(self, x):\n  return torch.zeros_like(x) + x.max()");
  const auto               image = MakeImage({ { 5, 6, 7 } });
  ImageType::DirectionType direction;
  direction.SetIdentity();
  image->SetDirection(direction);
  const auto start = image->GetBufferedRegion().GetIndex();
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    it.Set(static_cast<float>(it.GetIndex()[2] - start[2]));
  }
  auto filter = MakeFilter(model, image, { 7, 7 });
  filter->SetPlane(Plane::Orthogonal);
  filter->ComputeUncertaintyOn();
  for (const auto combination : { itk::CombinationEnum::Mean, itk::CombinationEnum::Median })
  {
    filter->SetCombination(combination);
    filter->Update();
    for (itk::ImageRegionIteratorWithIndex<ImageType> it(filter->GetOutput(), image->GetBufferedRegion());
         !it.IsAtEnd();
         ++it)
    {
      const auto   z = static_cast<double>(it.GetIndex()[2] - start[2]);
      const double mean = (z + 12.0) / 3.0;
      ASSERT_FLOAT_EQ(it.Get(), combination == itk::CombinationEnum::Mean ? static_cast<float>(mean) : 6.0f);
      ASSERT_NEAR(filter->GetUncertaintyOutput()->GetPixel(it.GetIndex()), std::sqrt(2.0) / 3.0 * (6.0 - z), 1e-5);
    }
  }
}

TEST(NetworkInferenceImageFilter, MaskChoosesWhatIsRun)
{
  // A network that refuses windows in which nothing is positive. Where the mask is, something is.
  const auto picky = MakeModel("def forward(self, x):\n"
                               "  assert x.amax(dim=[1, 2, 3]).min() > 0, 'an empty window was run'\n"
                               "  return x + x.amax(dim=[1, 2, 3], keepdim=True)");
  const auto easy = MakeModel("def forward(self, x):\n  return x + x.amax(dim=[1, 2, 3], keepdim=True)");
  const auto image = MakeImage({ { 24, 20, 6 } });
  auto       mask = FilterType::MaskImageType::New();
  mask->CopyInformation(image);
  mask->SetRegions(image->GetBufferedRegion());
  mask->Allocate(true);
  const auto start = image->GetBufferedRegion().GetIndex();
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const auto index = it.GetIndex() - start;
    const bool inside = index[0] > 10 && index[0] < 15 && index[1] > 2 && index[1] < 9 && index[2] > 1 && index[2] < 4;
    it.Set(inside ? std::abs(it.Get()) + 1.0f : -1.0f);
    mask->SetPixel(it.GetIndex(), inside ? 255 : 0);
  }
  for (const auto blending : { Blending::Gaussian, Blending::Median })
  {
    for (const auto plane : { Plane::Axial, Plane::Coronal, Plane::Orthogonal })
    {
      auto whole = MakeFilter(easy, image, { 6, 5 });
      whole->SetPlane(plane);
      whole->SetBlending(blending);
      whole->SetOverlap(0.5);
      whole->Update();
      auto masked = MakeFilter(picky, image, { 6, 5 });
      masked->SetPlane(plane);
      masked->SetBlending(blending);
      masked->SetOverlap(0.5);
      masked->SetBatchSize(3);
      EXPECT_ERROR(masked->Update(), "an empty window was run");
      masked->SetMaskImage(mask);
      masked->SetBackgroundValue(-1024.0);
      masked->Update();
      for (itk::ImageRegionIteratorWithIndex<ImageType> it(masked->GetOutput(), image->GetBufferedRegion());
           !it.IsAtEnd();
           ++it)
      {
        ASSERT_EQ(it.Get(), mask->GetPixel(it.GetIndex()) ? whole->GetOutput()->GetPixel(it.GetIndex()) : -1024.0f);
      }
    }
  }

  // Nothing in the mask: nothing is run.
  mask->FillBuffer(0);
  auto filter = MakeFilter(picky, image, { 6, 5 });
  filter->SetMaskImage(mask);
  filter->SetBackgroundValue(3.0);
  filter->Update();
  for (itk::ImageRegionConstIterator<ImageType> it(filter->GetOutput(), image->GetBufferedRegion()); !it.IsAtEnd();
       ++it)
  {
    ASSERT_EQ(it.Get(), 3.0f);
  }

  const double otherSpacing[] = { 1.0, 1.0, 1.0 };
  mask->SetSpacing(otherSpacing);
  EXPECT_ERROR(filter->Update(), "the mask has another grid than the image: spacing");
}
