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
#include "itkNetworkInferenceImageFilter.h"

#include "itkAnatomicalPlane.h"
#include "itkCommand.h"
#include "itkImage.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIterator.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkTestData.h"

#include "gtest/gtest.h"

#include <cmath>
#include <filesystem>
#include <functional>
#include <random>

namespace
{
using ImageType = itk::Image<float, 3>;
using FilterType = itk::NetworkInferenceImageFilter<ImageType, ImageType>;
using Plane = itk::InferencePlaneEnum;
using Blending = itk::BlendingEnum;

const std::string identity = "def forward(self, x):\n  return x";
/** Adds the column, and a hundred times the row, of the window. */
const std::string ramp = "def forward(self, x):\n"
                         "  w = torch.arange(x.size(3), dtype=x.dtype)\n"
                         "  h = torch.arange(x.size(2), dtype=x.dtype).unsqueeze(1)\n"
                         "  return x + w + 100 * h";
/** A convolution whose weights are written in the source: sizes and rounding of a real network. */
const std::string convolution = "def forward(self, x):\n"
                                "  k = torch.linspace(-1.0, 1.0, 72).view(8, 1, 3, 3)\n"
                                "  y = torch.relu(torch.conv2d(x, k, padding=1))\n"
                                "  return torch.conv2d(y, torch.linspace(-1.0, 1.0, 72).view(1, 8, 3, 3), padding=1)";

itk::NetworkModel::Pointer
MakeModel(const std::string & source)
{
  auto model = itk::NetworkModel::New();
  model->DefineFromSource(source);
  return model;
}

ImageType::Pointer
MakeImage(const ImageType::SizeType & size, const unsigned int seed = 1)
{
  auto image = ImageType::New();
  // Neither the start index nor the geometry is the default one.
  const ImageType::IndexType start{ { 3, -2, 5 } };
  image->SetRegions(ImageType::RegionType(start, size));
  image->Allocate();
  const double             spacing[] = { 0.7, 1.1, 2.3 };
  const double             origin[] = { -31.0, 17.0, 5.5 };
  ImageType::DirectionType direction;
  const double             c = std::cos(0.3);
  const double             s = std::sin(0.3);
  direction.SetIdentity();
  direction(0, 0) = c;
  direction(0, 1) = -s;
  direction(1, 0) = s;
  direction(1, 1) = c;
  image->SetSpacing(spacing);
  image->SetOrigin(origin);
  image->SetDirection(direction);
  std::mt19937                          random(seed);
  std::uniform_real_distribution<float> number(-1000.0f, 3000.0f);
  for (itk::ImageRegionIterator<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    it.Set(number(random));
  }
  return image;
}

FilterType::Pointer
MakeFilter(const itk::NetworkModel * model, const ImageType * image, const FilterType::PatchSizeType & patchSize)
{
  auto filter = FilterType::New();
  filter->SetModel(model);
  filter->SetInput(image);
  filter->SetPatchSize(patchSize);
  return filter;
}

void
ExpectSame(const ImageType * image, const ImageType * reference, const double relativeTolerance)
{
  ASSERT_EQ(image->GetBufferedRegion(), reference->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> it(image, image->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> expected(reference, reference->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it, ++expected)
  {
    ASSERT_NEAR(it.Get(), expected.Get(), relativeTolerance * std::abs(expected.Get()));
  }
}

std::string
ErrorOf(const std::function<void()> & work)
{
  try
  {
    work();
  }
  catch (const itk::ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}

#define EXPECT_ERROR(work, part)                                                                                       \
  {                                                                                                                    \
    const std::string error = ErrorOf([&] { work; });                                                                  \
    EXPECT_NE(error.find(part), std::string::npos) << "the error is: " << error;                                       \
    EXPECT_EQ(error.find('\n'), std::string::npos) << "the error is: " << error;                                       \
  }                                                                                                                    \
  ITK_MACROEND_NOOP_STATEMENT
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

TEST(NetworkInferenceImageFilter, PadsSmallImagesWithTheMinimumOrTheGivenValue)
{
  // The network returns, everywhere in the window, the sum of the window; the image has one slice of 3 x 2 in 5 x 5.
  const auto image = MakeImage({ { 3, 2, 1 } });
  image->FillBuffer(4.0f);
  image->SetPixel(image->GetBufferedRegion().GetIndex(), -2.0f);
  auto filter = MakeFilter(MakeModel("def forward(self, x):\n  return torch.zeros_like(x) + x.sum()"), image, { 5, 5 });
  filter->Update();
  const auto index = image->GetBufferedRegion().GetIndex();
  EXPECT_FLOAT_EQ(filter->GetOutput()->GetPixel(index), 5 * 4.0f - 2.0f + 19 * -2.0f);
  EXPECT_FALSE(filter->GetUsePaddingValue());
  filter->SetPaddingValue(10.0);
  EXPECT_TRUE(filter->GetUsePaddingValue());
  filter->Update();
  EXPECT_FLOAT_EQ(filter->GetOutput()->GetPixel(index), 5 * 4.0f - 2.0f + 19 * 10.0f);

  // The smaller half of the padding lies before the image: 1 of 3 rows, 1 of 2 columns.
  auto ramped = MakeFilter(MakeModel(ramp), image, { 5, 5 });
  ramped->Update();
  EXPECT_FLOAT_EQ(ramped->GetOutput()->GetPixel(index), -2.0f + 1.0f + 100.0f);
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

TEST(NetworkInferenceImageFilter, MirroringAveragesAllFlips)
{
  // The ramp adds column + 100 row; flipped back, also (3 - column) and 100 (2 - row): 1.5 and 100 on the average.
  const auto image = MakeImage({ { 4, 3, 2 } });
  auto       filter = MakeFilter(MakeModel(ramp), image, { 4, 3 });
  const auto expect = [&](const std::vector<unsigned int> & axes, const auto & added) {
    filter->SetMirrorAxes(axes);
    filter->Update();
    const auto start = image->GetBufferedRegion().GetIndex();
    for (itk::ImageRegionIteratorWithIndex<ImageType> it(filter->GetOutput(), image->GetBufferedRegion());
         !it.IsAtEnd();
         ++it)
    {
      const auto  index = it.GetIndex() - start;
      const float expected = image->GetPixel(it.GetIndex()) + added(index[0], index[1]);
      ASSERT_NEAR(it.Get(), expected, 1e-3) << index;
    }
  };
  expect({}, [](const auto column, const auto row) { return static_cast<float>(column + 100 * row); });
  expect({ 0 }, [](const auto, const auto row) { return static_cast<float>(1.5 + 100.0 * static_cast<double>(row)); });
  expect({ 1 }, [](const auto column, const auto) { return static_cast<float>(column + 100); });
  expect({ 0, 1 }, [](const auto, const auto) { return 101.5f; });
}

TEST(NetworkInferenceImageFilter, EnsemblesHaveMeanMedianAndSpread)
{
  const auto image = MakeImage({ { 9, 7, 3 } });
  auto       filter = MakeFilter(MakeModel("def forward(self, x):\n  return [x, -x]"), image, { 5, 4 });
  filter->AddModel(MakeModel("def forward(self, x):\n  return [6 * x, x]"));
  filter->AddModel(MakeModel("def forward(self, x):\n  return [2 * x, -x]"));
  EXPECT_EQ(filter->GetNumberOfModels(), 3u);
  filter->SetNumberOfNetworkOutputs(2);
  filter->ComputeUncertaintyOn();
  EXPECT_EQ(filter->GetNumberOfIndexedOutputs(), 4u);
  const auto expect = [&](const unsigned int output, const double value, const double deviation) {
    for (itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      const double x = it.Get();
      ASSERT_NEAR(filter->GetOutput(output)->GetPixel(it.GetIndex()), value * x, 1e-5 * std::abs(x));
      ASSERT_NEAR(
        filter->GetUncertaintyOutput(output)->GetPixel(it.GetIndex()), deviation * std::abs(x), 1e-5 * std::abs(x));
    }
  };
  filter->Update();
  // 1, 6 and 2 have the mean 3 and the population variance (4 + 9 + 1) / 3.
  expect(0, 3.0, std::sqrt(14.0 / 3.0));
  expect(1, -1.0 / 3.0, std::sqrt(8.0) / 3.0);
  filter->SetCombination(itk::CombinationEnum::Median);
  filter->Update();
  expect(0, 2.0, std::sqrt(14.0 / 3.0));
  expect(1, -1.0, std::sqrt(8.0) / 3.0);

  filter->ComputeUncertaintyOff();
  EXPECT_EQ(filter->GetNumberOfIndexedOutputs(), 2u);
  EXPECT_ERROR(filter->GetUncertaintyOutput(), "ComputeUncertainty is off");
  filter->SetModel(MakeModel(identity));
  EXPECT_EQ(filter->GetNumberOfModels(), 1u);
  EXPECT_ERROR(filter->GetNthModel(1), "There is no model 1");
  EXPECT_ERROR(filter->AddModel(nullptr), "no model");
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

TEST(NetworkInferenceImageFilter, NetworksMayChangeTheGrid)
{
  const auto image = MakeImage({ { 12, 8, 3 } });
  auto       mask = FilterType::MaskImageType::New();
  mask->CopyInformation(image);
  mask->SetRegions(image->GetBufferedRegion());
  mask->Allocate(true);
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    mask->SetPixel(it.GetIndex(), it.Get() > 0.0f);
  }
  // Columns are doubled, rows are halved: each output voxel is the mean of two rows.
  const auto model = MakeModel("def forward(self, x):\n"
                               "  y = (x[:, :, 0::2] + x[:, :, 1::2]) / 2\n"
                               "  return torch.stack([y, y], 4).flatten(3)");
  for (const bool hasMask : { false, true })
  {
    auto filter = MakeFilter(model, image, { 5, 4 });
    filter->SetOutputScale({ 2.0, 0.5 });
    filter->SetOverlap(0.3);
    if (hasMask)
    {
      filter->SetMaskImage(mask);
      filter->SetBackgroundValue(-5000.0);
    }
    filter->Update();
    const ImageType * const output = filter->GetOutput();
    EXPECT_EQ(output->GetLargestPossibleRegion().GetSize(), (ImageType::SizeType{ { 24, 4, 3 } }));
    EXPECT_DOUBLE_EQ(output->GetSpacing()[0], image->GetSpacing()[0] / 2);
    EXPECT_DOUBLE_EQ(output->GetSpacing()[1], image->GetSpacing()[1] * 2);
    EXPECT_DOUBLE_EQ(output->GetSpacing()[2], image->GetSpacing()[2]);
    const auto start = image->GetLargestPossibleRegion().GetIndex();
    for (itk::ImageRegionConstIterator<ImageType> it(output, output->GetBufferedRegion()); !it.IsAtEnd(); ++it)
    {
      // The voxel in the input that holds the centre of this one; the rows of a pair meet at it.
      const auto           index = it.GetIndex();
      ImageType::PointType center;
      output->TransformIndexToPhysicalPoint(index, center);
      itk::ContinuousIndex<double, 3> position;
      ASSERT_TRUE(image->TransformPhysicalPointToContinuousIndex(center, position));
      ImageType::IndexType upper{ { start[0] + index[0] / 2, start[1] + 2 * index[1], index[2] } };
      ASSERT_NEAR(position[0], static_cast<double>(upper[0]) + (index[0] % 2 == 0 ? -0.25 : 0.25), 1e-9);
      ASSERT_NEAR(position[1], static_cast<double>(upper[1]) + 0.5, 1e-9);
      ASSERT_NEAR(position[2], static_cast<double>(upper[2]), 1e-9);
      auto lower = upper;
      ++lower[1];
      const float mean = (image->GetPixel(upper) + image->GetPixel(lower)) / 2;
      ASSERT_NEAR(it.Get(), hasMask && mask->GetPixel(lower) == 0 ? -5000.0f : mean, 2e-3);
    }
  }

  auto wrong = MakeFilter(MakeModel(identity), image, { 5, 4 });
  wrong->SetOutputScale({ 2.0, 0.5 });
  EXPECT_ERROR(wrong->Update(), "1x1x4x5");
  wrong->SetOutputScale({ 0.5, 0.5 });
  EXPECT_ERROR(wrong->Update(), "multiples of 2");
  wrong->SetOutputScale({ 0.5 });
  EXPECT_ERROR(wrong->Update(), "OutputScale is [ 0.5 ] but should be 2 numbers");
  wrong->SetOutputScale({ 1.0, -1.0 });
  EXPECT_ERROR(wrong->Update(), "should be positive");
  wrong->SetOutputScale({ 2.0, 2.0 });
  wrong->SetPlane(Plane::Orthogonal);
  EXPECT_ERROR(wrong->Update(), "1 for Plane orthogonal");
}

TEST(NetworkInferenceImageFilter, OutputsHaveNames)
{
  auto filter = MakeFilter(MakeModel("def forward(self, x):\n  return {'b': 2 * x, 'a': x}"), nullptr, { 4, 4 });
  filter->SetNumberOfNetworkOutputs(2);
  EXPECT_EQ(filter->GetNetworkOutputName(1), "output1");
  filter->SetNetworkOutputNames({ "one", "two" });
  EXPECT_EQ(filter->GetNetworkOutputName(1), "two");
  EXPECT_EQ(filter->GetNetworkOutput("two"), filter->GetOutput(1));
  EXPECT_ERROR(filter->GetNetworkOutput("three"), "There is no network output 'three'");
  EXPECT_ERROR(filter->GetNetworkOutputName(2), "There is no network output 2");
  EXPECT_ERROR(filter->SetNetworkOutputNames({ "one" }), "1 names were given for 2");
  const auto image = MakeImage({ { 4, 4, 1 } });
  filter->SetInput(image);
  filter->Update();
  const auto index = image->GetBufferedRegion().GetIndex();
  EXPECT_EQ(filter->GetNetworkOutput("one")->GetPixel(index), image->GetPixel(index));
  EXPECT_EQ(filter->GetNetworkOutput("two")->GetPixel(index), 2 * image->GetPixel(index));
}

TEST(NetworkInferenceImageFilter, HalfPrecisionIsAddedUpInFull)
{
  // Weights at the corners are a thousandth: sums in half precision would lose the value there. 1 + 1/128 is exact in
  // bfloat16.
  const auto image = MakeImage({ { 20, 20, 2 } });
  image->FillBuffer(1.0f + 1.0f / 128.0f);
  const auto model = MakeModel(identity);
  model->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  for (const bool onDevice : { false, true })
  {
    auto filter = MakeFilter(model, image, { 8, 8 });
    filter->SetOverlap(0.75);
    filter->SetStitchOnDevice(onDevice);
    filter->Update();
    ExpectSame(filter->GetOutput(), image, 1e-7);
  }
}

TEST(NetworkInferenceImageFilter, TakesItsParametersFromTheCard)
{
  itk::NetworkModelCard card;
  card.Name = "test";
  card.Inputs.resize(2);
  card.Outputs.resize(2);
  card.Infer.Plane = Plane::Coronal;
  card.Infer.PatchSize = { 6, 4 };
  card.Infer.Overlap = 0.5;
  card.Infer.Blending = Blending::Constant;
  card.Infer.Batch = 3;
  card.Infer.Padding = -7.0;
  card.Infer.Tiles = itk::TileRuleEnum::Even;
  card.Infer.Slices = 1;
  card.Infer.Mirror = { 1 };
  card.Infer.Combine = itk::CombinationEnum::Median;
  card.Infer.Scale = { 1.0, 1.0 };
  card.Outputs[0].Name = "first";
  card.Outputs[1].Name = "second";
  const auto model = MakeModel(identity);
  model->SetCard(card);
  const auto image = MakeImage({ { 5, 4, 3 } });
  auto       filter = FilterType::New();
  filter->SetModel(model);
  EXPECT_EQ(filter->GetNumberOfNetworkOutputs(), 2u);
  ASSERT_NE(filter->GetOutput(1), nullptr);
  EXPECT_EQ(filter->GetPlane(), Plane::Coronal);
  EXPECT_EQ(filter->GetPatchSize(), (std::vector<unsigned int>{ 6, 4 }));
  EXPECT_EQ(filter->GetOverlap(), 0.5);
  EXPECT_EQ(filter->GetBlending(), Blending::Constant);
  EXPECT_EQ(filter->GetBatchSize(), 3u);
  EXPECT_EQ(filter->GetPaddingValue(), -7.0);
  EXPECT_TRUE(filter->GetUsePaddingValue());
  EXPECT_EQ(filter->GetTileRule(), itk::TileRuleEnum::Even);
  EXPECT_EQ(filter->GetNumberOfSlices(), 1u);
  EXPECT_EQ(filter->GetMirrorAxes(), (std::vector<unsigned int>{ 1 }));
  EXPECT_EQ(filter->GetCombination(), itk::CombinationEnum::Median);
  EXPECT_EQ(filter->GetOutputScale(), (std::vector<double>{ 1.0, 1.0 }));
  EXPECT_EQ(filter->GetNetworkOutputName(1), "second");

  filter->SetInput(0, image);
  EXPECT_ERROR(filter->Update(), "1 inputs where the model card");
  filter->SetInput(1, image);
  filter->Update();
  ExpectSame(filter->GetOutput(1), image, 1e-6);

  filter->SetNumberOfNetworkOutputs(1);
  EXPECT_ERROR(filter->Update(), "NumberOfNetworkOutputs is 1 where the model card");
}

TEST(NetworkInferenceImageFilter, RefusesInputsOnOtherGrids)
{
  const auto model = MakeModel("def forward(self, x):\n  return x[:, 0:1]");
  const auto image = MakeImage({ { 6, 5, 4 } });
  const auto errorWith = [&](const std::function<void(ImageType &)> & change, const ImageType::SizeType & size) {
    const auto other = MakeImage(size);
    change(*other);
    auto filter = MakeFilter(model, image, { 4, 4 });
    filter->SetInput(1, other);
    return ErrorOf([&] { filter->Update(); });
  };
  const ImageType::SizeType size{ { 6, 5, 4 } };
  EXPECT_EQ(errorWith([](ImageType &) {}, size), "");
  const auto expect = [](const std::string & error, const std::string & part) {
    EXPECT_NE(error.find("Input 1 lies on another grid than input 0: " + part), std::string::npos) << error;
  };
  expect(errorWith([](ImageType &) {}, { { 6, 5, 3 } }), "size");
  expect(errorWith(
           [](ImageType & other) {
             const double spacing[] = { 0.7, 1.1, 2.31 };
             other.SetSpacing(spacing);
           },
           size),
         "spacing");
  expect(errorWith(
           [](ImageType & other) {
             const double origin[] = { -31.0, 17.0, 5.6 };
             other.SetOrigin(origin);
           },
           size),
         "origin");
  expect(errorWith(
           [](ImageType & other) {
             ImageType::DirectionType direction;
             direction.SetIdentity();
             other.SetDirection(direction);
           },
           size),
         "direction");
  expect(errorWith(
           [](ImageType & other) {
             other.SetRegions(ImageType::SizeType{ { 6, 5, 4 } });
           },
           size),
         "start index");
}

TEST(NetworkInferenceImageFilter, RefusesBadParameters)
{
  const auto model = MakeModel(identity);
  const auto image = MakeImage({ { 6, 5, 4 } });
  EXPECT_ERROR(MakeFilter(nullptr, image, { 4, 4 })->Update(), "Model is not set");
  EXPECT_ERROR(MakeFilter(itk::NetworkModel::New(), image, { 4, 4 })->Update(), "The model has no network");
  EXPECT_THROW(MakeFilter(model, nullptr, { 4, 4 })->Update(), itk::ExceptionObject);
  EXPECT_ERROR(MakeFilter(model, image, {})->Update(), "PatchSize is [ ] but should be 2 numbers");
  EXPECT_ERROR(MakeFilter(model, image, { 4, 0 })->Update(), "PatchSize is [ 4 0 ]");
  EXPECT_ERROR(MakeFilter(model, image, { 4, 4, 4 })->Update(), "call SetPlane(InferencePlaneEnum::Volume)");

  auto filter = MakeFilter(model, image, { 4, 4 });
  EXPECT_ERROR(filter->SetNumberOfNetworkOutputs(0), "NumberOfNetworkOutputs is 0");
  for (const double overlap : { -0.1, 1.0, std::nan("") })
  {
    filter->SetOverlap(overlap);
    EXPECT_ERROR(filter->Update(), "Overlap is ");
  }
  filter->SetOverlap(0.5);
  filter->SetBatchSize(0);
  EXPECT_ERROR(filter->Update(), "BatchSize is 0");
  filter->SetBatchSize(2);
  filter->SetNumberOfSlices(2);
  EXPECT_ERROR(filter->Update(), "NumberOfSlices is 2");
  filter->SetNumberOfSlices(1);
  for (const auto & axes : { std::vector<unsigned int>{ 2 }, { 0, 0 } })
  {
    filter->SetMirrorAxes(axes);
    EXPECT_ERROR(filter->Update(), "MirrorAxes is [ ");
  }
  filter->SetMirrorAxes({});
  filter->ComputeUncertaintyOn();
  EXPECT_ERROR(filter->Update(), "ComputeUncertainty is on");
  filter->ComputeUncertaintyOff();
  filter->StitchOnDeviceOn();
  filter->SetBlending(Blending::Median);
  EXPECT_ERROR(filter->Update(), "StitchOnDevice is on");
  filter->StitchOnDeviceOff();
  filter->SetPlane(Plane::Volume);
  EXPECT_ERROR(filter->Update(), "PatchSize is [ 4 4 ] but should be 3 numbers");
  filter->SetPlane(Plane::Axial);
  filter->SetNumberOfNetworkOutputs(2);
  EXPECT_ERROR(filter->Update(), "returns 1 channels where 2 are declared");
  filter->SetNumberOfNetworkOutputs(1);
  filter->SetInput(2, image);
  EXPECT_ERROR(filter->Update(), "Input 1 is not set");
  filter->SetInput(1, image);
  EXPECT_ERROR(filter->Update(), "returns 3 channels where 1 are declared");

  EXPECT_ERROR(MakeFilter(model, MakeImage({ { 6, 0, 4 } }), { 4, 4 })->Update(), "empty");
}

TEST(NetworkInferenceImageFilter, ReportsProgressAndAborts)
{
  const auto         image = MakeImage({ { 8, 8, 10 } });
  auto               filter = MakeFilter(MakeModel(identity), image, { 8, 8 });
  std::vector<float> reported;
  auto               command = itk::CStyleCommand::New();
  command->SetClientData(&reported);
  command->SetCallback([](itk::Object * caller, const itk::EventObject &, void * data) {
    static_cast<std::vector<float> *>(data)->push_back(static_cast<itk::ProcessObject *>(caller)->GetProgress());
  });
  filter->AddObserver(itk::ProgressEvent(), command);
  filter->Update();
  EXPECT_GE(reported.size(), 10u);
  EXPECT_TRUE(std::is_sorted(reported.begin(), reported.end()));
  EXPECT_FLOAT_EQ(reported.back(), 1.0f);

  auto abort = itk::CStyleCommand::New();
  abort->SetCallback([](itk::Object * caller, const itk::EventObject &, void *) {
    auto * const process = static_cast<itk::ProcessObject *>(caller);
    if (process->GetProgress() > 0.25f)
    {
      process->AbortGenerateDataOn();
    }
  });
  filter->RemoveAllObservers();
  filter->AddObserver(itk::ProgressEvent(), abort);
  filter->SetBatchSize(2);
  EXPECT_THROW(filter->Update(), itk::ProcessAborted);

  // The filter can run again.
  filter->RemoveAllObservers();
  filter->SetAbortGenerateData(false);
  filter->Update();
  ExpectSame(filter->GetOutput(), image, 0.0);
}

TEST(NetworkInferenceImageFilter, RunsAgainWhenTheModelChanges)
{
  const auto image = MakeImage({ { 6, 5, 2 } });
  const auto model = MakeModel(identity);
  auto       filter = MakeFilter(model, image, { 6, 5 });
  filter->Update();
  model->DefineFromSource("def forward(self, x):\n  return x * 0 + 3");
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel(image->GetBufferedRegion().GetIndex()), 3.0f);
}

TEST(NetworkInferenceImageFilter, RunsANetworkOfOthers)
{
  const std::string path = itk::TestUtilities::SharedData("torchscript_models/M730_1_Layers.pt");
  if (!std::filesystem::exists(path))
  {
    GTEST_SKIP() << path << " is not there";
  }
  auto model = itk::NetworkModel::New();
  model->Load(path);
  const auto image = MakeImage({ { 12, 10, 8 } });
  auto       filter = MakeFilter(model, image, { 12, 10, 8 });
  filter->SetPlane(Plane::Volume);
  filter->SetNumberOfNetworkOutputs(32);
  filter->SetNumberOfWorkUnits(1);
  filter->Update();
  itk::NetworkModel::OutputGroupsType groups;
  model->Forward(image->GetBufferPointer(), { 1, 1, 8, 10, 12 }, 1, groups);
  const size_t voxels = image->GetBufferedRegion().GetNumberOfPixels();
  for (unsigned int channel = 0; channel < 32; ++channel)
  {
    const float * const values = filter->GetOutput(channel)->GetBufferPointer();
    EXPECT_EQ(std::vector<float>(values, values + voxels),
              std::vector<float>(groups[0].Values.begin() + static_cast<std::ptrdiff_t>(channel * voxels),
                                 groups[0].Values.begin() + static_cast<std::ptrdiff_t>((channel + 1) * voxels)));
  }
}

TEST(NetworkInferenceImageFilter, PrintsItsMembers)
{
  auto               filter = MakeFilter(MakeModel(identity), nullptr, { 6, 5 });
  std::ostringstream out;
  filter->Print(out);
  for (const char * const member : { "Models: 1",
                                     "NumberOfNetworkOutputs: 1",
                                     "NetworkOutputNames: [ ]",
                                     "Combination: mean",
                                     "ComputeUncertainty: Off",
                                     "BackgroundValue: 0",
                                     "Plane: axial",
                                     "PatchSize: [ 6 5 ]",
                                     "Overlap: 0.25",
                                     "TileRule: interval",
                                     "Blending: gaussian",
                                     "NumberOfSlices: 1",
                                     "MirrorAxes: [ ]",
                                     "OutputScale: [ ]",
                                     "StitchOnDevice: Off",
                                     "BatchSize: 1",
                                     "PaddingValue: 0",
                                     "UsePaddingValue: Off" })
  {
    EXPECT_NE(out.str().find(member), std::string::npos) << member;
  }
}
