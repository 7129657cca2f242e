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
#include "itkSyntheticCTImageFilter.h"

#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIterator.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkReorientImageFilter.h"
#include "itkResampleOntoReferenceImageFilter.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace
{
using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using FilterType = itk::SyntheticCTImageFilter<ImageType, ImageType>;

/** A bright ball with a gradient in a dim, noisy background, on an oblique grid with sagittal storage. */
ImageType::Pointer
ObliqueBall(const ImageType::SizeType & size, const ImageType::SpacingType & spacing)
{
  auto image = ImageType::New();
  image->SetRegions(size);
  image->SetSpacing(spacing);
  ImageType::PointType origin;
  origin[0] = 12.5;
  origin[1] = -40.25;
  origin[2] = 7.0;
  image->SetOrigin(origin);
  // Columns: the first axis runs roughly to P, the second to I, the third to R, all turned by 10 degrees.
  const double             c = std::cos(0.1745);
  const double             s = std::sin(0.1745);
  ImageType::DirectionType direction;
  direction.Fill(0.0);
  direction[0][0] = -s;
  direction[1][0] = c;
  direction[2][1] = -1.0;
  direction[0][2] = -c;
  direction[1][2] = -s;
  image->SetDirection(direction);
  image->Allocate();
  std::mt19937                                 generator(7);
  std::uniform_real_distribution<float>        noise(0.0F, 5.0F);
  itk::ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it)
  {
    double squared = 0.0;
    for (unsigned int d = 0; d < 3; ++d)
    {
      const double offset = (it.GetIndex()[d] - 0.5 * (size[d] - 1.0)) / (0.4 * size[d]);
      squared += offset * offset;
    }
    it.Set(noise(generator) + (squared < 1.0 ? 100.0F + static_cast<float>(it.GetIndex()[0]) : 0.0F));
  }
  return image;
}

ImageType::SpacingType
Spacing(double x, double y, double z)
{
  ImageType::SpacingType spacing;
  spacing[0] = x;
  spacing[1] = y;
  spacing[2] = z;
  return spacing;
}

ImageType::Pointer
SmallBall()
{
  return ObliqueBall({ { 23, 19, 15 } }, ImageType::SpacingType(1.0));
}

itk::NetworkModelCard
OneHeadCard()
{
  return itk::NetworkModelCard::FromJSON(R"({
    "version": 1, "name": "test", "description": "",
    "inputs": [ { "name": "mr", "modality": "MR", "intensity": { "transform": "percentile", "lower": 1, "upper": 99,
                  "output-minimum": -1, "output-maximum": 1 } } ],
    "preprocessing": { "bias-correction": false, "spacing": null, "orientation": "LPS", "mask": "body" },
    "outputs": [ { "name": "sct", "kind": "hounsfield", "range": [-1, 1], "hounsfield": [-1000, 3000] } ],
    "inference": { "plane": "axial", "patch-size": [8, 12], "overlap": 0.25, "blending": "gaussian", "batch": 3,
                   "padding": -1 },
    "provenance": {}, "license": "Apache-2.0" })");
}

itk::NetworkModel::Pointer
ModelOf(const std::string & source, const itk::NetworkModelCard & card)
{
  auto model = itk::NetworkModel::New();
  model->DefineFromSource(source);
  model->SetCard(card);
  return model;
}

itk::NetworkModel::Pointer
OneHeadModel(const itk::NetworkModelCard & card = OneHeadCard())
{
  return ModelOf("def forward(self, x):\n    return 0.5 * x + 0.1\n", card);
}

FilterType::Pointer
Filtered(itk::NetworkModel * model, const std::vector<ImageType::Pointer> & images, const MaskType * mask = nullptr)
{
  auto filter = FilterType::New();
  filter->SetModel(model);
  for (unsigned int i = 0; i < images.size(); ++i)
  {
    filter->SetInput(i, images[i]);
  }
  if (mask)
  {
    filter->SetMaskImage(mask);
  }
  filter->Update();
  return filter;
}

void
ExpectSameGrid(const itk::ImageBase<3> * expected, const itk::ImageBase<3> * actual)
{
  EXPECT_EQ(expected->GetLargestPossibleRegion(), actual->GetLargestPossibleRegion());
  EXPECT_EQ(expected->GetOrigin(), actual->GetOrigin());
  EXPECT_EQ(expected->GetSpacing(), actual->GetSpacing());
  EXPECT_EQ(expected->GetDirection(), actual->GetDirection());
}

void
ExpectSameVoxels(const ImageType * expected, const ImageType * actual)
{
  ASSERT_EQ(expected->GetBufferedRegion(), actual->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> e(expected, expected->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> a(actual, actual->GetBufferedRegion());
  for (; !e.IsAtEnd(); ++e, ++a)
  {
    ASSERT_EQ(e.Get(), a.Get()) << e.GetIndex();
  }
}

MaskType::Pointer
HalfMask(const ImageType * image)
{
  auto mask = MaskType::New();
  mask->CopyInformation(image);
  mask->SetRegions(image->GetLargestPossibleRegion());
  mask->Allocate();
  itk::ImageRegionIteratorWithIndex<MaskType> it(mask, mask->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it)
  {
    it.Set(it.GetIndex()[1] < 9 ? 1 : 0);
  }
  return mask;
}

std::string
ErrorOf(FilterType * filter)
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
} // namespace

TEST(SyntheticCTImageFilter, GivesTheVoxelsOfTheStagesChainedByHand)
{
  const auto image = ObliqueBall({ { 23, 19, 15 } }, Spacing(1.1, 0.9, 1.4));
  auto       card = OneHeadCard();
  card.Preprocess.Spacing = { { 1.0, 1.0, 1.0 } };
  card.Preprocess.BiasCorrection = true;
  const auto model = OneHeadModel(card);

  auto preprocess = itk::SyntheticCTPreprocessImageFilter<ImageType>::New();
  preprocess->SetCard(card);
  preprocess->SetInput(image);
  auto inference = itk::NetworkInferenceImageFilter<ImageType, ImageType>::New();
  inference->SetModel(model);
  inference->SetInput(preprocess->GetOutput());
  auto scale = itk::HounsfieldScaleImageFilter<ImageType, ImageType>::New();
  scale->SetInput(inference->GetOutput());
  scale->InverseOn();
  auto air = itk::MaskImageFilter<ImageType, MaskType>::New();
  air->SetInput(scale->GetOutput());
  air->SetMaskImage(preprocess->GetMaskOutput());
  air->SetOutsideValue(-1000.0F);
  auto reorient = itk::ReorientImageFilter<ImageType>::New();
  reorient->SetInput(air->GetOutput());
  reorient->SetOrientation("PIR");
  auto back = itk::ResampleOntoReferenceImageFilter<ImageType>::New();
  back->SetInput(reorient->GetOutput());
  back->SetReferenceImage(image);
  back->SetDefaultPixelValue(-1000.0F);
  back->Update();

  const auto filter = Filtered(model, { image });
  ExpectSameVoxels(back->GetOutput(), filter->GetOutput());
  ExpectSameGrid(image, filter->GetOutput());
}

TEST(SyntheticCTImageFilter, KeepsEveryVoxelWhereItWas)
{
  // With the Hounsfield window of the card as input transform the chain is a known map of each voxel.
  const auto image = SmallBall();
  auto       card = OneHeadCard();
  card.Preprocess.Mask = itk::PreprocessingMaskEnum::None;
  card.Inputs[0].Transform = itk::IntensityTransformEnum::Hounsfield;
  card.Inputs[0].Lower = -1000.0;
  card.Inputs[0].Upper = 3000.0;
  const auto filter = Filtered(OneHeadModel(card), { image });
  ExpectSameGrid(image, filter->GetOutput());
  itk::ImageRegionConstIterator<ImageType> in(image, image->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> out(filter->GetOutput(), image->GetBufferedRegion());
  for (; !in.IsAtEnd(); ++in, ++out)
  {
    const double normalized = (in.Get() + 1000.0) / 2000.0 - 1.0;
    EXPECT_NEAR(out.Get(), (0.5 * normalized + 0.1 + 1.0) * 2000.0 - 1000.0, 1e-2) << in.GetIndex();
  }
}

TEST(SyntheticCTImageFilter, TheMaskOfTheUserCounts)
{
  const auto                               image = SmallBall();
  const auto                               mask = HalfMask(image);
  const auto                               filter = Filtered(OneHeadModel(), { image }, mask);
  itk::ImageRegionConstIterator<MaskType>  m(mask, mask->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> out(filter->GetOutput(), mask->GetBufferedRegion());
  for (; !m.IsAtEnd(); ++m, ++out)
  {
    EXPECT_EQ(out.Get() == -1000.0F, m.Get() == 0) << m.GetIndex();
  }
}

TEST(SyntheticCTImageFilter, FusesThreeHeadsAndTakesSeveralInputs)
{
  auto card = OneHeadCard();
  card.Inputs.push_back(card.Inputs[0]);
  for (auto & input : card.Inputs)
  {
    input.Transform = itk::IntensityTransformEnum::None;
  }
  card.Preprocess.Mask = itk::PreprocessingMaskEnum::None;
  card.Outputs.resize(3, card.Outputs[0]);
  card.Outputs[1].Kind = itk::OutputKindEnum::BoneProbability;
  card.Outputs[2].Kind = itk::OutputKindEnum::BoneHounsfield;
  // Head 1 is the first input, bone is where the second is positive, its HU are 1000.
  const auto                                   model = ModelOf("def forward(self, x):\n"
                                                               "    a, b = x[:, 0:1], x[:, 1:2]\n"
                                                               "    return a, (b > 0).to(a.dtype), torch.zeros_like(a)\n",
                             card);
  const auto                                   first = SmallBall();
  const auto                                   second = SmallBall();
  itk::ImageRegionIterator<ImageType>          f(first, first->GetBufferedRegion());
  itk::ImageRegionIteratorWithIndex<ImageType> s(second, second->GetBufferedRegion());
  for (; !s.IsAtEnd(); ++s, ++f)
  {
    f.Set(-0.5F + 0.01F * static_cast<float>(s.GetIndex()[2]));
    s.Set(s.GetIndex()[0] % 2 ? 1.0F : -1.0F);
  }
  const auto filter = Filtered(model, { first, second });

  itk::ImageRegionConstIterator<ImageType> out(filter->GetOutput(), first->GetBufferedRegion());
  for (f.GoToBegin(), s.GoToBegin(); !s.IsAtEnd(); ++s, ++f, ++out)
  {
    EXPECT_NEAR(out.Get(), s.Get() > 0 ? 1000.0 : (f.Get() + 1.0) * 2000.0 - 1000.0, 1e-2) << s.GetIndex();
  }
}

TEST(SyntheticCTImageFilter, EnsemblesHaveASpreadInHounsfieldUnits)
{
  auto card = OneHeadCard();
  card.Inputs[0].Transform = itk::IntensityTransformEnum::None;
  card.Outputs.resize(3, card.Outputs[0]);
  card.Outputs[1].Kind = itk::OutputKindEnum::BoneProbability;
  card.Outputs[2].Kind = itk::OutputKindEnum::BoneHounsfield;
  const auto image = SmallBall();
  const auto mask = HalfMask(image);
  // The global heads are 0.1 and 0.3 (1200 and 1600 HU), the bone heads 0.5 and 0.4 (2000 and 1800 HU), bone is where
  // the mean probability, that of columns in the window, is at least a half.
  const auto source = [](const std::string & global, const std::string & bone) {
    return "def forward(self, x):\n"
           "    z = torch.zeros_like(x)\n"
           "    return z + " +
           global + ", z + (torch.arange(x.size(3), dtype=x.dtype) > 9).to(x.dtype), z + " + bone + "\n";
  };
  card.Infer.PatchSize = { 40, 40 };
  auto filter = FilterType::New();
  filter->SetModel(ModelOf(source("0.1", "0.5"), card));
  filter->AddModel(ModelOf(source("0.3", "0.4"), card));
  EXPECT_EQ(filter->GetNumberOfModels(), 2u);
  filter->SetInput(image);
  filter->SetMaskImage(mask);
  filter->ComputeUncertaintyOn();
  filter->SetBatchSize(2);
  filter->Update();
  ExpectSameGrid(image, filter->GetUncertaintyOutput());
  size_t bones = 0;
  for (itk::ImageRegionIteratorWithIndex<MaskType> it(mask, mask->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    const float value = filter->GetOutput()->GetPixel(it.GetIndex());
    const float spread = filter->GetUncertaintyOutput()->GetPixel(it.GetIndex());
    const bool  isBone = std::abs(value - 1900.0F) < 1.0F;
    bones += isBone;
    EXPECT_NEAR(value, it.Get() == 0 ? -1000.0 : isBone ? 1900.0 : 1400.0, 1e-2) << it.GetIndex();
    EXPECT_NEAR(spread, it.Get() == 0 ? 0.0 : isBone ? 100.0 : 200.0, 1e-2) << it.GetIndex();
  }
  EXPECT_GT(bones, 0u);

  auto other = card;
  other.Outputs[0].Hounsfield = { { -1024.0, 3000.0 } };
  filter->AddModel(ModelOf(source("0.3", "0.4"), other));
  EXPECT_NE(ErrorOf(filter).find("does not name the same outputs"), std::string::npos);
  EXPECT_THROW(filter->AddModel(nullptr), itk::ExceptionObject);
}

TEST(SyntheticCTImageFilter, MirrorsWhenItIsAsked)
{
  // The network adds its column; on the average of both directions that is the same everywhere.
  auto card = OneHeadCard();
  card.Inputs[0].Transform = itk::IntensityTransformEnum::None;
  card.Preprocess.Mask = itk::PreprocessingMaskEnum::None;
  card.Infer.PatchSize = { 24, 24 };
  const auto image = SmallBall();
  const auto model = ModelOf(
    "def forward(self, x):\n    return torch.zeros_like(x) + 0.01 * torch.arange(x.size(3), dtype=x.dtype)\n", card);
  auto filter = FilterType::New();
  filter->SetModel(model);
  filter->SetInput(image);
  filter->SetMirrorAxes({ 0 });
  filter->Update();
  for (itk::ImageRegionConstIterator<ImageType> it(filter->GetOutput(), image->GetBufferedRegion()); !it.IsAtEnd();
       ++it)
  {
    ASSERT_NEAR(it.Get(), 1000.0 + 2000.0 * 0.01 * 11.5, 1e-2);
  }
}

TEST(SyntheticCTImageFilter, NetworksMayReturnAnotherGrid)
{
  // Every second voxel of a window: what lies between is interpolated again.
  auto card = OneHeadCard();
  card.Inputs[0].Transform = itk::IntensityTransformEnum::None;
  card.Preprocess.Orientation.clear();
  card.Infer.Scale = { 0.5, 0.5 };
  const auto image = ObliqueBall({ { 24, 20, 16 } }, Spacing(1.0, 1.0, 1.0));
  image->FillBuffer(0.25F);
  const auto mask = HalfMask(image);
  auto       filter = FilterType::New();
  filter->SetModel(ModelOf("def forward(self, x):\n    return torch.avg_pool2d(x, 2)\n", card));
  filter->SetInput(image);
  filter->SetMaskImage(mask);
  filter->Update();
  ExpectSameGrid(image, filter->GetOutput());
  for (itk::ImageRegionIteratorWithIndex<MaskType> it(mask, mask->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    ASSERT_NEAR(filter->GetOutput()->GetPixel(it.GetIndex()), it.Get() ? 1500.0 : -1000.0, 1e-2) << it.GetIndex();
  }
}

TEST(SyntheticCTImageFilter, RoundsToIntegers)
{
  const auto image = SmallBall();
  const auto model = OneHeadModel();
  const auto real = Filtered(model, { image });
  auto       whole = itk::SyntheticCTImageFilter<ImageType>::New();
  whole->SetModel(model);
  whole->SetInput(image);
  whole->Update();
  itk::ImageRegionConstIterator<ImageType>            r(real->GetOutput(), image->GetBufferedRegion());
  itk::ImageRegionConstIterator<itk::Image<short, 3>> w(whole->GetOutput(), image->GetBufferedRegion());
  for (; !r.IsAtEnd(); ++r, ++w)
  {
    EXPECT_LE(std::abs(r.Get() - w.Get()), 0.5F);
  }
}

TEST(SyntheticCTImageFilter, RefusesWhatDoesNotFit)
{
  const auto image = SmallBall();

  auto filter = FilterType::New();
  filter->SetInput(image);
  EXPECT_NE(ErrorOf(filter).find("No model"), std::string::npos);

  auto bare = itk::NetworkModel::New();
  bare->DefineFromSource("def forward(self, x):\n    return x\n");
  filter->SetModel(bare);
  EXPECT_NE(ErrorOf(filter).find("no model card"), std::string::npos);

  filter->SetModel(OneHeadModel());
  filter->SetInput(1, SmallBall());
  EXPECT_NE(ErrorOf(filter).find("names 1 input images but 2"), std::string::npos);

  auto card = OneHeadCard();
  card.Outputs.push_back(card.Outputs[0]);
  auto two = FilterType::New();
  two->SetInput(image);
  two->SetModel(ModelOf("def forward(self, x):\n    return x, x\n", card));
  EXPECT_NE(ErrorOf(two).find("more than one output"), std::string::npos);

  card.Outputs[1].Kind = itk::OutputKindEnum::BoneProbability;
  two->SetModel(ModelOf("def forward(self, x):\n    return x, x\n", card));
  EXPECT_NE(ErrorOf(two).find("do not make a synthetic CT"), std::string::npos);

  auto shifted = HalfMask(image);
  auto origin = shifted->GetOrigin();
  origin[0] += 1.0;
  shifted->SetOrigin(origin);
  auto masked = FilterType::New();
  masked->SetInput(image);
  masked->SetModel(OneHeadModel());
  masked->SetMaskImage(shifted);
  EXPECT_NE(ErrorOf(masked), "");
}

TEST(SyntheticCTImageFilter, RefusesASecondChannelOnAnotherGrid)
{
  auto card = OneHeadCard();
  card.Inputs.push_back(card.Inputs[0]);
  auto filter = FilterType::New();
  filter->SetModel(ModelOf("def forward(self, x):\n    return x[:, 0:1]\n", card));
  filter->SetInput(0, SmallBall());
  filter->SetInput(1, ObliqueBall({ { 23, 19, 15 } }, Spacing(1.0, 1.0, 1.1)));
  EXPECT_NE(ErrorOf(filter), "");
}

TEST(SyntheticCTImageFilter, WhateverDecidesTheResultRunsItAgain)
{
  const auto image = SmallBall();
  const auto model = OneHeadModel();
  const auto second = OneHeadModel();
  auto       filter = Filtered(model, { image });
  filter->AddModel(second);
  filter->Update();
  unsigned int runs = 0;
  filter->AddObserver(itk::StartEvent(), [&runs](const itk::EventObject &) { ++runs; });
  const auto expectRuns = [&](const unsigned int expected, const char * const what) {
    filter->Update();
    EXPECT_EQ(runs, expected) << what;
    runs = 0;
  };
  expectRuns(0, "nothing");
  model->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  expectRuns(1, "the precision");
  expectRuns(0, "nothing");
  second->UseCustomKernelsOff();
  expectRuns(1, "the kernels of a further model");
  auto card = OneHeadCard();
  card.License = "another";
  model->SetCard(card);
  expectRuns(1, "the card");
  second->DefineFromSource("def forward(self, x):\n    return x\n");
  second->SetCard(OneHeadCard());
  expectRuns(1, "the network");
  model->SetDevice("cpu");
  expectRuns(0, "the same device");

  // The result is that of the new setting: 1 + 2^-9 of the range is nothing in bfloat16.
  const auto          fine = ModelOf("def forward(self, x):\n    return 0 * x + 0.50390625\n", OneHeadCard());
  auto                result = Filtered(fine, { image }, HalfMask(image));
  const itk::Index<3> inside{ { 3, 3, 3 } };
  EXPECT_FLOAT_EQ(result->GetOutput()->GetPixel(inside), 1000.0F + 2000.0F * 0.50390625F);
  fine->SetPrecision(itk::NetworkPrecisionEnum::BFloat16);
  result->Update();
  EXPECT_FLOAT_EQ(result->GetOutput()->GetPixel(inside), 1000.0F + 2000.0F * 0.50390625F);
  card = OneHeadCard();
  card.Outputs[0].Hounsfield = { { 0.0, 100.0 } };
  fine->SetCard(card);
  result->Update();
  EXPECT_FLOAT_EQ(result->GetOutput()->GetPixel(inside), 75.1953125F);
}

TEST(SyntheticCTImageFilter, ACardOfAnotherNumberOfInputsMayFollow)
{
  const auto image = SmallBall();
  auto       two = OneHeadCard();
  two.Inputs.push_back(two.Inputs[0]);
  two.Inputs[1].Name = "t2";
  const auto model = ModelOf("def forward(self, x):\n    return x[:, :1] * 0\n", two);
  auto       filter = FilterType::New();
  filter->SetModel(model);
  filter->SetInput(image);
  EXPECT_NE(ErrorOf(filter).find("names 2 input images but 1 are given"), std::string::npos) << ErrorOf(filter);
  filter->SetInput(1, image);
  filter->SetInput(0, nullptr);
  EXPECT_NE(ErrorOf(filter).find("Input 0 (mr) is not set"), std::string::npos) << ErrorOf(filter);
  filter->SetInput(0, image);
  filter->Update();
  model->SetCard(OneHeadCard());
  filter->PopBackInput();
  filter->Update();
  EXPECT_EQ(ErrorOf(filter), "");
}

TEST(SyntheticCTImageFilter, ValuesThatAreNotFiniteAreAnErrorThatNamesTheWindow)
{
  const auto image = SmallBall();
  auto       card = OneHeadCard();
  card.Preprocess.Mask = itk::PreprocessingMaskEnum::None;
  auto filter = FilterType::New();
  filter->SetModel(ModelOf("def forward(self, x):\n    return x / 0\n", card));
  filter->SetInput(image);
  const std::string error = ErrorOf(filter);
  EXPECT_NE(error.find("values that are NaN or infinite for the window that begins at index"), std::string::npos)
    << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  // The filter can be used again.
  filter->SetModel(OneHeadModel());
  filter->Update();
  ExpectSameVoxels(Filtered(OneHeadModel(), { image })->GetOutput(), filter->GetOutput());
}

TEST(SyntheticCTImageFilter, SaysWhatIsDoubtful)
{
  const auto image = SmallBall();
  image->SetSpacing(Spacing(5.0, 5.0, 5.0));
  auto filter = Filtered(OneHeadModel(), { image });
  EXPECT_EQ(filter->GetNumberOfRemarks(), 0u);
  EXPECT_THROW(filter->GetRemark(0), itk::ExceptionObject);

  const auto ct = SmallBall();
  ct->SetSpacing(Spacing(5.0, 5.0, 5.0));
  for (itk::ImageRegionIterator<ImageType> it(ct, ct->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    it.Set(it.Get() < 50.0F ? -1000.0F : it.Get());
  }
  filter->SetInput(ct);
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(filter->GetRemark(0).find("input 0 (mr) is taken for an MR"), 0u) << filter->GetRemark(0);

  filter->SetInput(image);
  filter->SetModel(ModelOf("def forward(self, x):\n    return torch.dropout(x, 0.5, True)\n", OneHeadCard()));
  filter->AddModel(OneHeadModel());
  filter->Update();
  ASSERT_EQ(filter->GetNumberOfRemarks(), 1u);
  EXPECT_NE(filter->GetRemark(0).find("training mode"), std::string::npos) << filter->GetRemark(0);
}

TEST(SyntheticCTImageFilter, BiasCorrectionReportsProgressAndSeesAnAbort)
{
  const auto image = SmallBall();
  auto       card = OneHeadCard();
  card.Preprocess.BiasCorrection = true;
  auto filter = FilterType::New();
  filter->SetModel(OneHeadModel(card));
  filter->SetInput(image);
  std::vector<float> reported;
  float              abortAt = 2.0F;
  filter->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    reported.push_back(filter->GetProgress());
    if (filter->GetProgress() >= abortAt)
    {
      filter->AbortGenerateDataOn();
    }
  });
  filter->Update();
  // Shares of shares are rounded.
  for (size_t i = 1; i < reported.size(); ++i)
  {
    ASSERT_GE(reported[i], reported[i - 1] - 1e-5F) << i;
  }
  // The preprocessing takes a fifth of the time, and its bias correction most of that.
  const auto early =
    std::count_if(reported.begin(), reported.end(), [](const float p) { return p > 0.02F && p < 0.15F; });
  EXPECT_GT(early, 5);

  const size_t whole = reported.size();
  for (const float share : { 0.05F, 0.1F, 0.5F })
  {
    reported.clear();
    abortAt = share;
    filter->Modified();
    EXPECT_THROW(filter->Update(), itk::ProcessAborted) << share;
    // The stage that is running stops, not the one after it.
    EXPECT_TRUE(share > 0.2F || reported.back() < 0.15F) << reported.back();
    EXPECT_LT(reported.size(), whole);
  }
  // It can run again.
  abortAt = 2.0F;
  filter->Update();
  ExpectSameVoxels(Filtered(OneHeadModel(card), { image })->GetOutput(), filter->GetOutput());
}
