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

#include "itkNetworkModelTestUtilities.h"

#include "itkImageRegionIterator.h"

#include "gtest/gtest.h"

#include <limits>
#include <random>

namespace
{
using namespace itk::TestUtilities;

using ImageType = itk::Image<float, 3>;
using FilterType = itk::NetworkInferenceImageFilter<ImageType, ImageType>;

/** Random numbers from -1000 to 3000; the start index is not the default one. */
ImageType::Pointer
MakeImage(const ImageType::SizeType & size)
{
  auto                       image = ImageType::New();
  const ImageType::IndexType start{ { 3, -2, 5 } };
  image->SetRegions(ImageType::RegionType(start, size));
  image->Allocate();
  std::mt19937                          random(1);
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
} // namespace

TEST(NetworkInferenceRobustness, ValuesThatAreNotFiniteNameTheirWindow)
{
  // One voxel is 0, of whose inverse there are two channels.
  const auto image = MakeImage({ { 12, 8, 3 } });
  const auto index = ImageType::IndexType{ { 3 + 10, -2 + 1, 5 + 2 } };
  image->SetPixel(index, 0.0f);
  const auto   model = MakeModel("return torch.cat([1 / x, x, x / x], 1)");
  unsigned int batch = 1;
  for (const bool onDevice : { false, true })
  {
    auto filter = MakeFilter(model, image, { 6, 8 });
    filter->SetNumberOfNetworkOutputs(3);
    filter->SetOverlap(0.0);
    filter->SetStitchOnDevice(onDevice);
    filter->SetBatchSize(batch);
    ExpectError([&] { filter->Update(); },
                { "returns 2 values that are NaN or infinite for the window that begins at index [9, -2, 7]" });
    batch = 4;
    // Outside of the mask nothing counts.
    const auto mask = FilterType::MaskImageType::New();
    mask->CopyInformation(image);
    mask->SetRegions(image->GetLargestPossibleRegion());
    mask->Allocate();
    mask->FillBuffer(1);
    mask->SetPixel(index, 0);
    filter->SetMaskImage(mask);
    filter->Update();
    EXPECT_EQ(filter->GetOutput(0)->GetPixel(index), 0.0f);
    EXPECT_EQ(filter->GetOutput(1)->GetPixel({ { 4, 0, 6 } }), image->GetPixel({ { 4, 0, 6 } }));
  }

  // What lies around a small image does not count either.
  auto small = MakeFilter(MakeModel("return torch.sqrt(x + 2000)"), image, { 16, 8 });
  small->SetPaddingValue(-3000.0);
  small->Update();
  small->SetPaddingValue(0.0);
  small->SetModel(MakeModel("return torch.sqrt(x - 5000)"));
  ExpectError([&] { small->Update(); }, { "returns 96 values" });

  // The half has an end that float32 has not.
  const auto half = MakeModel("return x * 0 + 60000 + 60000");
  half->SetPrecision(itk::NetworkPrecisionEnum::Float16);
  auto overflow = MakeFilter(half, image, { 12, 8 });
  ExpectError([&] { overflow->Update(); }, { "float16 end at 65504" });
}

TEST(NetworkInferenceRobustness, ScoresMayBeMinusInfinity)
{
  const auto image = MakeImage({ { 6, 5, 2 } });
  const auto model = MakeModel("return torch.cat([torch.log(x * 0), x], 1)");
  auto       filter = MakeFilter(model, image, { 6, 5 });
  filter->SetNumberOfNetworkOutputs(2);
  ExpectError([&] { filter->Update(); }, { "returns 30 values" });
  auto card = itk::NetworkModelCard::GetExample();
  card.Infer.PatchSize = { 6, 5 };
  card.Outputs.push_back(card.Outputs[0]);
  card.Outputs[0].Kind = card.Outputs[1].Kind = itk::OutputKindEnum::Label;
  model->SetCard(card);
  auto scores = FilterType::New();
  scores->SetModel(model);
  scores->SetInput(image);
  scores->Update();
  EXPECT_EQ(scores->GetOutput(0)->GetPixel(image->GetBufferedRegion().GetIndex()),
            -std::numeric_limits<float>::infinity());
  model->DefineFromSource("def forward(self, x):\n  return torch.cat([x / 0, x], 1)");
  model->SetCard(card);
  ExpectError([&] { scores->Update(); }, { "NaN or infinite" });
}
