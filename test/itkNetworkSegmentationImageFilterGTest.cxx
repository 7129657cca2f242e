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
#include "itkNetworkSegmentationImageFilter.h"

#include "itkImageRegionConstIteratorWithIndex.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkSyntheticCTImageFilter.h"

#include "gtest/gtest.h"

#include <cmath>

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::NetworkSegmentationImageFilter<ImageType>;

/** HU that rise from -1000 by 100 along the first axis, on a grid stored from left to right and upside down. */
ImageType::Pointer
Ramp(const double spacing = 1.0)
{
  auto image = ImageType::New();
  image->SetRegions(ImageType::SizeType{ { 24, 10, 8 } });
  image->SetSpacing(ImageType::SpacingType(spacing));
  ImageType::DirectionType direction;
  direction.SetIdentity();
  direction[0][0] = -1.0;
  direction[2][2] = -1.0;
  image->SetDirection(direction);
  image->Allocate();
  itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it)
  {
    it.Set(-1000.0F + 100.0F * static_cast<float>(it.GetIndex()[0]));
  }
  return image;
}

/** Three labels: tissue from -400 HU on, bone from 250 HU on. */
itk::NetworkModelCard
Card()
{
  return itk::NetworkModelCard::FromJSON(R"({
    "version": 1, "name": "test", "description": "",
    "inputs": [ { "name": "ct", "modality": "CT", "intensity": { "transform": "none" } } ],
    "preprocessing": { "bias-correction": false, "spacing": null, "orientation": "LPS", "mask": "none" },
    "outputs": [ { "name": "background", "kind": "label" }, { "name": "tissue", "kind": "label" },
                 { "name": "bone", "kind": "label" } ],
    "inference": { "plane": "volume", "patch-size": [12, 10, 8], "overlap": 0.25, "blending": "constant", "batch": 2,
                   "padding": -1000 },
    "provenance": {}, "license": "Apache-2.0" })");
}

itk::NetworkModel::Pointer
Model(const itk::NetworkModelCard & card = Card(), const std::string & tissue = "x + 400")
{
  auto model = itk::NetworkModel::New();
  model->DefineFromSource("def forward(self, x):\n    return torch.cat([torch.zeros_like(x), " + tissue +
                          ", 2 * x + 150], 1)\n");
  model->SetCard(card);
  return model;
}

FilterType::Pointer
Filtered(itk::NetworkModel * model, const ImageType * image, const MaskType * mask = nullptr)
{
  auto filter = FilterType::New();
  filter->SetModel(model);
  filter->SetInput(image);
  filter->SetMaskImage(mask);
  filter->Update();
  return filter;
}

std::string
ErrorOf(itk::ProcessObject * filter)
{
  try
  {
    filter->Update();
  }
  catch (const itk::ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}

unsigned int
LabelOf(const double hounsfield)
{
  return hounsfield > 250.0 ? 2 : hounsfield > -400.0 ? 1 : 0;
}
} // namespace

TEST(NetworkSegmentationImageFilter, TheLargestScoreWins)
{
  const auto image = Ramp();
  const auto filter = Filtered(Model(), image);
  EXPECT_EQ(filter->GetOutput()->GetLargestPossibleRegion(), image->GetLargestPossibleRegion());
  EXPECT_EQ(filter->GetOutput()->GetOrigin(), image->GetOrigin());
  EXPECT_EQ(filter->GetOutput()->GetDirection(), image->GetDirection());
  itk::ImageRegionConstIteratorWithIndex<MaskType> it(filter->GetOutput(), image->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it)
  {
    // Equal scores, at -400 HU, go to the lower label.
    ASSERT_EQ(it.Get(), LabelOf(image->GetPixel(it.GetIndex()))) << it.GetIndex();
  }
}

TEST(NetworkSegmentationImageFilter, ScoresAreInterpolatedWhereGridsDiffer)
{
  // The network sees voxels three times as large; the scores are linear, so that their interpolation is exact inside.
  auto card = Card();
  card.Preprocess.Spacing = { { 3.0, 1.0, 1.0 } };
  const auto                                       image = Ramp();
  const auto                                       filter = Filtered(Model(card), image);
  itk::ImageRegionConstIteratorWithIndex<MaskType> it(filter->GetOutput(), image->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it)
  {
    const auto column = it.GetIndex()[0];
    if (column >= 3 && column < 21 && column != 6)
    {
      ASSERT_EQ(it.Get(), LabelOf(image->GetPixel(it.GetIndex()))) << it.GetIndex();
    }
  }
}

TEST(NetworkSegmentationImageFilter, OutsideTheMaskIsBackground)
{
  const auto image = Ramp();
  auto       mask = MaskType::New();
  mask->CopyInformation(image);
  mask->SetRegions(image->GetLargestPossibleRegion());
  mask->Allocate();
  itk::ImageRegionIteratorWithIndex<MaskType> m(mask, mask->GetBufferedRegion());
  for (; !m.IsAtEnd(); ++m)
  {
    m.Set(m.GetIndex()[1] < 4 ? 7 : 0);
  }
  const auto filter = Filtered(Model(), image, mask);
  for (m.GoToBegin(); !m.IsAtEnd(); ++m)
  {
    ASSERT_EQ(filter->GetOutput()->GetPixel(m.GetIndex()), m.Get() ? LabelOf(image->GetPixel(m.GetIndex())) : 0u)
      << m.GetIndex();
  }

  // That of the card, from Otsu's threshold, holds the dense half of the image.
  auto card = Card();
  card.Preprocess.Mask = itk::PreprocessingMaskEnum::Body;
  const auto body = Filtered(Model(card, "x + 900"), image);
  EXPECT_EQ(body->GetOutput()->GetPixel({ { 3, 5, 4 } }), 0);
  EXPECT_EQ(body->GetOutput()->GetPixel({ { 23, 5, 4 } }), 2);
}

TEST(NetworkSegmentationImageFilter, EnsemblesAreCombinedBeforeTheLargestIsTaken)
{
  // The mean of the tissue scores is x + 600.
  auto filter = FilterType::New();
  filter->AddModel(Model());
  filter->AddModel(Model(Card(), "x + 800"));
  const auto image = Ramp();
  filter->SetInput(image);
  filter->Update();
  for (itk::IndexValueType column = 0; column < 24; ++column)
  {
    const double hounsfield = image->GetPixel({ { column, 5, 4 } });
    const auto   expected = hounsfield > 450.0 ? 2 : hounsfield > -600.0 ? 1 : 0;
    EXPECT_EQ(filter->GetOutput()->GetPixel({ { column, 5, 4 } }), expected) << column;
  }
}

TEST(NetworkSegmentationImageFilter, RefusesAMaskOnAnotherGrid)
{
  const auto image = Ramp();
  auto       mask = MaskType::New();
  mask->CopyInformation(image);
  mask->SetRegions(ImageType::SizeType{ { 24, 10, 7 } });
  mask->Allocate(true);
  // A network that returns another grid is run without the mask, which has to be looked at all the same.
  auto card = Card();
  card.Infer.Scale = { 0.5, 0.5, 0.5 };
  auto model = itk::NetworkModel::New();
  model->DefineFromSource(
    "def forward(self, x):\n    return torch.avg_pool3d(torch.cat([torch.zeros_like(x), x, 2 * x], 1), 2)\n");
  model->SetCard(card);
  auto filter = FilterType::New();
  filter->SetModel(model);
  filter->SetInput(image);
  filter->SetMaskImage(mask);
  EXPECT_NE(ErrorOf(filter).find("the mask has another grid than the image: size"), std::string::npos);
  filter->SetMaskImage(nullptr);
  EXPECT_EQ(ErrorOf(filter), "");
}

TEST(NetworkSegmentationImageFilter, RefusesWhatIsNoSegmentation)
{
  const auto image = Ramp();
  const auto errorOf = [&](const itk::NetworkModelCard & card) {
    auto filter = FilterType::New();
    filter->SetModel(Model(card));
    filter->SetInput(image);
    return ErrorOf(filter);
  };
  auto card = Card();
  card.Outputs[1].Kind = itk::OutputKindEnum::BoneProbability;
  EXPECT_NE(errorOf(card).find("Output 'tissue' of the model card is of kind"), std::string::npos);
  card = Card();
  card.Outputs.resize(1);
  EXPECT_NE(errorOf(card).find("one output but a segmentation needs"), std::string::npos);
  card.Outputs.resize(300, card.Outputs[0]);
  EXPECT_NE(errorOf(card).find("labels up to 299 but the pixels of the output hold no more than 255"),
            std::string::npos);

  // And scores make no synthetic CT.
  auto synthetic = itk::SyntheticCTImageFilter<ImageType>::New();
  synthetic->SetModel(Model());
  synthetic->SetInput(image);
  EXPECT_NE(ErrorOf(synthetic).find("do not make a synthetic CT"), std::string::npos);
}
