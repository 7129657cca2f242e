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
// The metrics by name: that each name gives the figure that it stands for.

#include "itkEvaluationPreset.h"
#include "itkImagePairEvaluation.h"
#include "itkNormalizedMutualInformationImageFilter.h"

#include "itkCommand.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkCohortTestUtilities.h"

#include "gtest/gtest.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <set>
#include <sstream>

namespace
{
using Json = nlohmann::ordered_json;
using itk::TestUtilities::ErrorOf;
using EvaluationType = itk::ImagePairEvaluation;
using ImageType = EvaluationType::ImageType;
using MaskType = EvaluationType::MaskType;
using LabelImageType = EvaluationType::LabelImageType;

struct MetricValue
{
  std::string Key;
  double      Value;
  std::string Unit;
  Json        Definition;
  Json        Sizes;
  std::string Reason;
};

struct PairImages
{
  ImageType::Pointer      Reference;
  ImageType::Pointer      Synthetic;
  MaskType::Pointer       Mask;
  LabelImageType::Pointer ReferenceSegmentation;
  LabelImageType::Pointer SyntheticSegmentation;
  ImageType::Pointer      MR;
};

/** A volume of a formula of the index, with a spacing of its own along each axis. */
template <typename TImage, typename TFormula>
typename TImage::Pointer
Volume(TFormula formula)
{
  auto image = TImage::New();
  image->SetRegions(typename TImage::SizeType{ { 20, 18, 16 } });
  const double spacing[] = { 1.0, 1.25, 2.0 };
  image->SetSpacing(spacing);
  image->Allocate();
  itk::ImageRegionIteratorWithIndex<TImage> it(image, image->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it)
  {
    const auto index = it.GetIndex();
    it.Set(static_cast<typename TImage::PixelType>(
      formula(static_cast<double>(index[0]), static_cast<double>(index[1]), static_cast<double>(index[2]))));
  }
  return image;
}

double
Reference(double i, double j, double k)
{
  return std::floor(900.0 * std::sin(0.37 * i) * std::cos(0.29 * j) + 600.0 * std::sin(0.23 * k + 0.11 * i));
}

double
Synthetic(double i, double j, double k)
{
  return Reference(i, j, k) + std::floor(90.0 * std::sin(0.9 * i + 0.5 * j + 0.3 * k));
}

/** Bright where the reference is soft tissue. */
double
MR(double i, double j, double k)
{
  return 1000.0 * std::exp(-std::pow(Reference(i, j, k) / 400.0, 2)) + std::floor(20.0 * std::sin(1.3 * i + 0.7 * k));
}

/** 1: bone, 2: air. */
double
Label(double hounsfield)
{
  return hounsfield >= 250.0 ? 1.0 : hounsfield < -400.0 ? 2.0 : 0.0;
}

/** A pair with a mask, an MR and segmentations; only the synthetic one has the label 7, in one voxel. */
PairImages
Images()
{
  PairImages images;
  images.Reference = Volume<ImageType>(Reference);
  images.Synthetic = Volume<ImageType>(Synthetic);
  images.Mask = Volume<MaskType>([](double i, double j, double k) {
    return std::pow((i - 10.0) / 9.0, 2) + std::pow((j - 9.0) / 8.0, 2) + std::pow((k - 8.0) / 7.0, 2) <= 1.0 ? 1 : 0;
  });
  images.ReferenceSegmentation =
    Volume<LabelImageType>([](double i, double j, double k) { return Label(Reference(i, j, k)); });
  images.SyntheticSegmentation =
    Volume<LabelImageType>([](double i, double j, double k) { return Label(Synthetic(i, j, k)); });
  images.SyntheticSegmentation->SetPixel({ { 0, 0, 0 } }, 7);
  images.MR = Volume<ImageType>(MR);
  return images;
}

itk::EvaluationSettings::Pointer
Settings()
{
  auto settings = itk::EvaluationSettings::New();
  settings->SetSurfaceTolerance(1.3);
  settings->SetDiceThresholdStep(200.0);
  return settings;
}

EvaluationType::Pointer
Evaluation(const PairImages & images = Images(), itk::EvaluationSettings * settings = Settings())
{
  auto evaluation = EvaluationType::New();
  evaluation->SetReferenceImage(images.Reference);
  evaluation->SetSyntheticImage(images.Synthetic);
  evaluation->SetMaskImage(images.Mask);
  evaluation->SetReferenceLabelImage(images.ReferenceSegmentation);
  evaluation->SetSyntheticLabelImage(images.SyntheticSegmentation);
  evaluation->SetMRImage(images.MR);
  evaluation->SetSettings(settings);
  return evaluation;
}

std::vector<MetricValue>
ValuesOf(const EvaluationType * evaluation)
{
  std::vector<MetricValue> values;
  for (itk::SizeValueType i = 0; i < evaluation->GetNumberOfValues(); ++i)
  {
    values.push_back({ evaluation->GetName(i),
                       evaluation->GetValue(i),
                       evaluation->GetUnit(i),
                       Json::parse(evaluation->GetDefinition(i)),
                       Json::parse(evaluation->GetSizes(i)),
                       evaluation->GetReason(i) });
  }
  return values;
}

/** The values of metrics; one whose name ends in ? is optional. */
std::vector<MetricValue>
Compute(const std::vector<std::string> & metrics,
        const PairImages &               images = Images(),
        itk::EvaluationSettings *        settings = Settings())
{
  const itk::EvaluationSettings::Pointer keep = settings;
  settings->ClearMetrics();
  for (const std::string & name : metrics)
  {
    const bool isOptional = name.back() == '?';
    settings->AddMetric(name.substr(0, name.size() - (isOptional ? 1 : 0)), isOptional);
  }
  const auto evaluation = Evaluation(images, settings);
  evaluation->Update();
  return ValuesOf(evaluation);
}

MetricValue
Find(const std::vector<MetricValue> & values, const std::string & key)
{
  for (const MetricValue & value : values)
  {
    if (value.Key == key)
    {
      return value;
    }
  }
  ADD_FAILURE() << "there is no value " << key;
  return { key, std::numeric_limits<double>::quiet_NaN(), "", nullptr, nullptr, "" };
}

std::vector<std::string>
NamesWithoutNetwork()
{
  std::vector<std::string> names;
  for (itk::SizeValueType i = 0; i < itk::EvaluationMetric::GetNumberOfMetrics(); ++i)
  {
    if (itk::EvaluationMetric::GetInput(i) != itk::EvaluationInputEnum::Structures)
    {
      names.push_back(itk::EvaluationMetric::GetName(i));
    }
  }
  return names;
}

/** 1 for tissue from -400 HU on, 2 for bone from 250 HU on: what a segmentation network could find. */
class ThresholdSegmentation : public itk::ImageToImageFilter<ImageType, LabelImageType>
{
public:
  using Self = ThresholdSegmentation;
  using Pointer = itk::SmartPointer<Self>;
  itkNewMacro(Self);

  unsigned int m_NumberOfRuns{ 0 };

protected:
  void
  GenerateData() override
  {
    ++m_NumberOfRuns;
    this->AllocateOutputs();
    itk::ImageRegionIteratorWithIndex<LabelImageType> it(this->GetOutput(), this->GetOutput()->GetBufferedRegion());
    for (; !it.IsAtEnd(); ++it)
    {
      const float value = this->GetInput()->GetPixel(it.GetIndex());
      it.Set(value >= 250.0F ? 2 : value >= -400.0F ? 1 : 0);
    }
  }
};

} // namespace

TEST(ImagePairEvaluation, SaysWhatIsNoCT)
{
  const auto ballOf = [](double air, double tissue, double bone) {
    auto         image = Volume<ImageType>([=](double i, double j, double k) {
      const double radius = std::sqrt(std::pow(i - 9.5, 2) + std::pow(j - 8.5, 2) + std::pow(k - 7.5, 2));
      return radius < 5.0 ? tissue * (1.0 + 0.01 * i) : radius < 6.0 ? bone : air;
    });
    const double spacing[] = { 5.0, 5.0, 5.0 };
    image->SetSpacing(spacing);
    return image;
  };
  const auto remarksOf = [](ImageType * reference, ImageType * synthetic, const MaskType * mask = nullptr) {
    auto evaluation = EvaluationType::New();
    evaluation->SetReferenceImage(reference);
    evaluation->SetSyntheticImage(synthetic);
    evaluation->SetMaskImage(mask);
    for (const char * const name : { "mae", "psnr-global", "ssim", "dice-curve" })
    {
      evaluation->GetModifiableSettings()->AddMetric(name);
    }
    evaluation->Update();
    std::vector<std::string> remarks;
    for (itk::SizeValueType i = 0; i < evaluation->GetNumberOfRemarks(); ++i)
    {
      remarks.push_back(evaluation->GetRemark(i));
    }
    EXPECT_EQ(Json::parse(evaluation->GetJSON()).at("warnings"), Json(remarks));
    EXPECT_EQ(ErrorOf([&] { evaluation->GetRemark(remarks.size()); }),
              "there is no remark " + std::to_string(remarks.size()) + ", only " + std::to_string(remarks.size()) +
                " of the last Update()");
    // They are those of the last run.
    evaluation->GetModifiableSettings()->SetDataRange(-1.0);
    EXPECT_THROW(evaluation->Update(), itk::ExceptionObject);
    EXPECT_EQ(evaluation->GetNumberOfRemarks(), 0u);
    return remarks;
  };
  const auto has = [](const std::vector<std::string> & remarks, size_t index, const std::string & text) {
    return index < remarks.size() && remarks[index].find(text) != std::string::npos;
  };
  const ImageType::Pointer ct = ballOf(-1000.0, 30.0, 1200.0);
  EXPECT_TRUE(remarksOf(ct, ballOf(-990.0, 40.0, 1100.0)).empty());

  auto remarks = remarksOf(ct, ballOf(0.0, 1054.0, 2224.0));
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_TRUE(has(remarks, 0, "SyntheticImage has values from 0 to ")) << remarks[0];
  EXPECT_TRUE(has(remarks, 0, "offset of 1024")) << remarks[0];
  remarks = remarksOf(ballOf(4.0, 300.0, 100.0), ct);
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_TRUE(has(remarks, 0, "ReferenceImage has values from 4 to ")) << remarks[0];

  // What the filters of the metrics find, once.
  const auto scaledOf = [&ct] {
    auto image = Volume<ImageType>([&ct](double i, double j, double k) {
      return ct->GetPixel({ { static_cast<int>(i), static_cast<int>(j), static_cast<int>(k) } }) / 2000.0;
    });
    image->SetSpacing(ct->GetSpacing());
    return image;
  };
  remarks = remarksOf(ct, scaledOf());
  ASSERT_EQ(remarks.size(), 2u);
  EXPECT_TRUE(has(remarks, 0, "no Hounsfield units: scale them back first")) << remarks[0];
  EXPECT_EQ(remarks[1].rfind("SyntheticImage should be in HU, but all values measured", 0), 0u) << remarks[1];

  // Outside the mask there may be no numbers; inside there need be no air.
  auto mask = Volume<MaskType>([](double i, double j, double k) {
    return std::sqrt(std::pow(i - 9.5, 2) + std::pow(j - 8.5, 2) + std::pow(k - 7.5, 2)) < 5.5;
  });
  mask->SetSpacing(ct->GetSpacing());
  EXPECT_TRUE(remarksOf(ct, ballOf(std::numeric_limits<double>::quiet_NaN(), 40.0, 1100.0), mask).empty());
  remarks = remarksOf(ct, ballOf(std::numeric_limits<double>::quiet_NaN(), 0.01, 0.9), mask);
  EXPECT_TRUE(has(remarks, 0, "no Hounsfield")) << remarks.size();

  const ImageType::Pointer small = ballOf(-1000.0, 30.0, 1200.0);
  const double             metres[] = { 0.005, 0.005, 0.005 };
  small->SetSpacing(metres);
  remarks = remarksOf(small, small);
  EXPECT_TRUE(has(remarks, 0, "is its voxel size in mm?"));
}

// NumPy 2.4.6; SSIM by scikit-image 0.26.0 (those of the masked windows by the algorithm of the NGF Pix2Pix report with
// scipy.ndimage.correlate1d of SciPy 1.17.1); distances of surfaces by surface-distance 0.1.
TEST(ImagePairEvaluation, NamesGiveTheirFigures)
{
  const struct
  {
    const char * Key;
    double       Value;
  } references[] = {
    { "mae", 57.46828803051979 },
    { "me", -1.2336671435383881 },
    { "mse", 4067.06962327134 },
    { "rmse", 63.773580919306546 },
    { "pearson-r", 0.9924899253740225 },
    { "psnr", 35.9483837559588 },
    { "mae-air", 56.855932203389834 },
    { "mae-bone", 58.047911547911546 },
    { "mae-soft-tissue", 56.608 },
    { "wmae-bone", 57.48956166530822 },
    { "psnr-synthrad2023", 36.02095444968322 },
    { "psnr-synthrad2025", 36.172873130654544 },
    { "psnr-global", 36.11500008940107 },
    { "psnr-background-set", 40.363000267614204 },
    { "psnr-global-slices", 36.119727799503934 },
    { "psnr-background-set-slices", 42.51223566440753 },
    { "ssim-uniform7", 0.9868203860773771 },
    { "ssim-uniform7-global", 0.9867339319706624 },
    { "ssim-gaussian", 0.9782243477473929 },
    { "ssim-gaussian-global", 0.9782243477473929 },
    { "ssim-synthrad2023", 0.9937035940269975 },
    { "ssim-synthrad2023-global", 0.9940601796829669 },
    { "ssim", 0.9752230873610577 },
    { "ssim-global", 0.9754908283016418 },
    { "ssim-bone", 0.9519883877691576 },
    { "ssim-soft-tissue", 0.9400662943788126 },
    { "ssim-air", 0.9505905845607068 },
    { "dice-bone", 0.9498777506112469 },
    { "precision-bone", 0.9452554744525548 },
    { "recall-bone", 0.9545454545454546 },
    { "dice-air", 0.9067796610169492 },
    { "dice-soft-tissue", 0.8922237380627558 },
    { "dice-curve:250", 0.9498777506112469 },
    { "dice-curve:650", 0.9399707174231332 },
    { "dice-curve:1250", 0.7857142857142857 },
    { "grey-dice", 0.9261174659235446 },
    { "grey-precision", 0.9133461429617798 },
    { "grey-recall", 0.9394431454187604 },
    { "nsd-bone", 0.9991052911969134 },
    { "hd95-bone", 1.0 },
    { "hd-bone", 2.358495283014151 },
    { "assd-bone", 0.0553063204570156 },
    { "dice-label-1", 0.95774049692079 },
    { "dice-label-2", 0.9360189573459715 },
    { "dice-labels-mean", 0.9468797271333808 },
    { "nsd-label-1", 0.9947198254595532 },
    { "hd95-label-1", 1.0 },
    { "hd-label-1", 2.0 },
    { "assd-label-1", 0.054686488522245315 },
    { "nsd-label-2", 0.9944476601986517 },
    { "hd95-label-2", 1.0 },
    { "hd-label-2", 4.0 },
    { "assd-label-2", 0.06092253968284501 },
    { "nsd-labels-mean", 0.9945837428291024 },
    { "hd-labels-mean", 3.0 },
    { "hd95-labels-mean", 1.0 },
    { "assd-labels-mean", 0.05780451410254516 },
    { "mae-label-1", 58.047911547911546 },
    { "mae-label-2", 58.54674220963173 },
  };
  const auto values = Compute(NamesWithoutNetwork());
  for (const auto & reference : references)
  {
    EXPECT_NEAR(Find(values, reference.Key).Value, reference.Value, 1e-11 * std::abs(reference.Value)) << reference.Key;
  }
}

TEST(ImagePairEvaluation, EveryValueSaysWhatItIs)
{
  const auto names = NamesWithoutNetwork();
  EXPECT_GT(names.size(), 80u);
  const auto            values = Compute(names);
  std::set<std::string> keys;
  for (const MetricValue & value : values)
  {
    EXPECT_TRUE(keys.insert(value.Key).second) << value.Key;
    EXPECT_TRUE(value.Definition.is_object() && !value.Definition.empty()) << value.Key;
    EXPECT_TRUE(value.Sizes.is_object()) << value.Key;
    EXPECT_FALSE(value.Unit.empty()) << value.Key;
    EXPECT_TRUE(std::isfinite(value.Value) || !value.Reason.empty()) << value.Key;
  }
  const auto has = [&](const char * key, const char * member, const Json & expected) {
    const MetricValue value = Find(values, key);
    EXPECT_EQ(value.Definition.value(member, Json("missing")), expected) << key << ": " << value.Definition;
  };
  has("mae", "body", "mask");
  has("mae", "images-clipped-to-hu", nullptr);
  has("mae-bone", "interval-hu", { 250.0, 3000.0 });
  has("mae-bone", "images-clipped-to-hu", { -1000.0, 3000.0 });
  has("psnr", "data-range-hu", 4000.0);
  has("psnr-synthrad2023", "data-range-hu", 4024.0);
  has("psnr-synthrad2023", "images-clipped-to-hu", { -1024.0, 3000.0 });
  has("psnr-synthrad2025", "data-range-hu", 4095.0);
  has("psnr-global", "body", "whole image");
  has("ssim", "intensity-scale", 0.0005);
  has("ssim", "intensity-offset", -0.5);
  has("ssim", "data-range", 2.0);
  has("ssim", "window-voxels", { 11, 11, 11 });
  has("ssim", "window-sigma-voxels", 1.5);
  has("ssim", "covariance", "population");
  has("ssim-uniform7", "covariance", "sample");
  has("ssim-bone", "interval-hu", { 250.0, 3000.0 });
  has("ssim-synthrad2023", "intensity-offset", 1024.0);
  has("ssim-synthrad2023", "hu-outside-mask", -1024.0);
  has("ms-ssim", "data-range", 4095.0);
  has("ms-ssim", "hu-outside-mask", -1024.0);
  has("ms-ssim", "level-exponents", { 0.0448, 0.2856, 0.3001, 0.2363, 0.1333 });
  has("dice-curve:450", "threshold-hu", 450.0);
  has("nsd-bone", "tolerance-mm", 1.3);
  has("nsd-bone", "threshold-hu", 250.0);
  has("hd95-voxel-labels-mean", "labels", "all");
  has("hd95-label-2", "label", 2);
  has("deviation-share-within", "closed-interval-mm", { -2.0, 2.0 });
  has("nmi", "mr-clipped-to-percentiles", { 1.0, 99.9 });
  has("nmi-reference", "bins", 64);
  EXPECT_EQ(Find(values, "nmi").Sizes.at("voxels"), Json(2097));
  EXPECT_EQ(Find(values, "mae").Sizes.at("voxels"), Json(2097));
  EXPECT_EQ(Find(values, "psnr-global-slices").Sizes.at("slices"), Json(16));
  EXPECT_EQ(Find(values, "dice-labels-mean").Sizes.at("structures"), Json(2));
}

TEST(ImagePairEvaluation, IdenticalImages)
{
  auto images = Images();
  images.Synthetic = images.Reference;
  images.SyntheticSegmentation = images.ReferenceSegmentation;
  const auto values = Compute(NamesWithoutNetwork(), images);
  for (const char * const key : { "me", "mae-bone", "wmae-air", "hd-bone", "assd-voxel-label-2", "deviation-sd" })
  {
    EXPECT_EQ(Find(values, key).Value, 0.0) << key;
  }
  for (const char * const key : { "ssim-uniform7",
                                  "ssim-synthrad2023",
                                  "ms-ssim",
                                  "dice-curve:1250",
                                  "grey-recall",
                                  "nsd-bone",
                                  "dice-labels-mean",
                                  "dice-body",
                                  "deviation-share-within" })
  {
    EXPECT_EQ(Find(values, key).Value, 1.0) << key;
  }
  for (const char * const key : { "psnr", "psnr-bone", "psnr-synthrad2025", "psnr-background-set" })
  {
    EXPECT_EQ(Find(values, key).Value, std::numeric_limits<double>::infinity()) << key;
    EXPECT_NE(Find(values, key).Reason.find("identical"), std::string::npos) << key;
  }
  EXPECT_TRUE(std::isnan(Find(values, "psnr-global-slices").Value));
}

TEST(ImagePairEvaluation, WithoutBone)
{
  auto images = Images();
  images.Synthetic =
    Volume<ImageType>([](double i, double j, double k) { return std::min(249.0, Synthetic(i, j, k)); });
  const std::vector<std::string> names{ "dice-bone", "dice-curve", "hd95-bone", "nsd-bone", "deviation", "ssim-bone" };
  auto                           values = Compute(names, images);
  EXPECT_EQ(Find(values, "dice-bone").Value, 0.0);
  EXPECT_EQ(Find(values, "nsd-bone").Value, 0.0);
  EXPECT_EQ(Find(values, "hd95-bone").Value, std::numeric_limits<double>::infinity());
  EXPECT_EQ(Find(values, "hd95-bone").Reason, "the synthetic image does not have the structure");
  EXPECT_EQ(Find(values, "deviation-mean").Value, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(Find(values, "deviation-mean").Reason, "the synthetic image has no bone");

  images.Reference = images.Synthetic;
  values = Compute(names, images);
  for (const char * const key :
       { "dice-bone", "dice-curve:250", "hd95-bone", "nsd-bone", "deviation-mean", "ssim-bone" })
  {
    EXPECT_TRUE(std::isnan(Find(values, key).Value)) << key;
    EXPECT_FALSE(Find(values, key).Reason.empty()) << key;
  }
  EXPECT_EQ(Find(values, "hd95-bone").Reason, "neither image has the structure");
}

TEST(ImagePairEvaluation, LabelsAreChosen)
{
  auto       values = Compute({ "dice-labels", "hd95-labels", "mae-labels" });
  const auto seven = Find(values, "hd95-label-7");
  EXPECT_EQ(seven.Value, std::numeric_limits<double>::infinity());
  EXPECT_EQ(seven.Reason, "the reference does not have the structure");
  EXPECT_EQ(Find(values, "dice-label-7").Value, 0.0);

  const auto settings = Settings();
  settings->SetLabels({ 9, 2 });
  values = Compute({ "dice-labels", "mae-labels" }, Images(), settings);
  ASSERT_EQ(values.size(), 5u);
  EXPECT_EQ(values[0].Key, "dice-labels-mean");
  EXPECT_EQ(values[0].Value, Find(values, "dice-label-2").Value);
  EXPECT_EQ(values[0].Definition.at("labels"), (Json{ 9, 2 }));
  EXPECT_TRUE(std::isnan(Find(values, "dice-label-9").Value));
  EXPECT_EQ(Find(values, "dice-label-9").Reason, "neither image has the structure");
  EXPECT_TRUE(std::isnan(Find(values, "mae-label-9").Value));
  settings->SetLabels({ 9 });
  values = Compute({ "dice-labels" }, Images(), settings);
  EXPECT_TRUE(std::isnan(values[0].Value));
  EXPECT_EQ(values[0].Reason, "the reference has none of the structures");
}

TEST(ImagePairEvaluation, WhatIsOptionalIsLeftOut)
{
  auto images = Images();
  images.SyntheticSegmentation = nullptr;
  EXPECT_TRUE(Compute({ "dice-labels?", "nsd-structures?" }, images).empty());
  EXPECT_EQ(Compute({ "dice-labels?", "mae?" }, images).size(), 1u);
  EXPECT_EQ(ErrorOf([&] { Compute({ "dice-labels" }, images); }),
            "metrics of labels need segmentations of the reference and of the synthetic CT");
  EXPECT_EQ(ErrorOf([&] { Compute({ "dice-structures" }, images); }),
            "metrics of structures need a segmentation network that finds them in both images");
  images.ReferenceSegmentation = nullptr;
  EXPECT_EQ(ErrorOf([&] { Compute({ "mae-labels" }, images); }),
            "errors per label need a segmentation of the reference");
  EXPECT_EQ(Compute({ "nmi?" }, images).size(), 1u);
  images.MR = nullptr;
  EXPECT_TRUE(Compute({ "nmi?", "nmi-reference?" }, images).empty());
  EXPECT_EQ(ErrorOf([&] { Compute({ "nmi" }, images); }), "the normalized mutual information needs the MR");
}

TEST(ImagePairEvaluation, MutualInformationIsThatOfTheFilter)
{
  auto       images = Images();
  const auto nmiOf = [&](const ImageType * ct) {
    auto filter = itk::NormalizedMutualInformationImageFilter<ImageType>::New();
    filter->SetCTImage(ct);
    filter->SetMRImage(images.MR);
    filter->SetMaskImage(images.Mask);
    filter->Update();
    return filter->GetNormalizedMutualInformation();
  };
  const auto values = Compute({ "nmi", "nmi-reference" }, images);
  EXPECT_EQ(Find(values, "nmi").Value, nmiOf(images.Synthetic));
  EXPECT_EQ(Find(values, "nmi-reference").Value, nmiOf(images.Reference));
  // The MR is a function of the reference and some noise; the synthetic CT has errors.
  EXPECT_GT(Find(values, "nmi-reference").Value, Find(values, "nmi").Value);

  // A metric wants the MR on the grid of the reference, and what else shows it does not.
  const double origin[] = { 0.0, 0.0, 3.0 };
  images.MR->SetOrigin(origin);
  EXPECT_EQ(Compute({ "mae" }, images).size(), 1u);
  EXPECT_EQ(ErrorOf([&] { Compute({ "nmi?" }, images); }).rfind("MRImage: is not on the grid of ReferenceImage: ", 0),
            0u);
}

TEST(ImagePairEvaluation, EveryPresetIsComputed)
{
  for (itk::SizeValueType i = 0; i < itk::EvaluationPreset::GetNumberOfPresets(); ++i)
  {
    const auto settings = Settings();
    settings->AddPreset(itk::EvaluationPreset::GetName(i));
    auto images = Images();
    auto evaluation = Evaluation(images, settings);
    evaluation->Update();
    EXPECT_GE(evaluation->GetNumberOfValues(), 3u) << itk::EvaluationPreset::GetName(i);
    images.ReferenceSegmentation = nullptr;
    images.SyntheticSegmentation = nullptr;
    images.Mask = nullptr;
    evaluation = Evaluation(images, settings);
    evaluation->Update();
    EXPECT_GE(evaluation->GetNumberOfValues(), 2u) << itk::EvaluationPreset::GetName(i);
  }
}

TEST(ImagePairEvaluation, WhatIsNotFiniteOutsideTheMaskDoesNotMatterThere)
{
  const std::vector<std::string> inside{ "mae", "psnr", "pearson-r", "ssim", "dice-bone", "psnr-background-set" };
  const auto                     expected = Compute(inside);
  auto                           images = Images();
  images.Reference->SetPixel({ { 0, 0, 0 } }, std::numeric_limits<float>::quiet_NaN());
  images.Synthetic->SetPixel({ { 19, 17, 15 } }, std::numeric_limits<float>::infinity());
  const auto found = Compute(inside, images);
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i)
  {
    EXPECT_EQ(found[i].Value, expected[i].Value) << found[i].Key;
  }

  const auto global = Find(Compute({ "ssim-global" }, images), "ssim-global");
  EXPECT_TRUE(std::isnan(global.Value));
  EXPECT_NE(global.Reason.find("voxels outside the mask are not finite"), std::string::npos);
}

TEST(ImagePairEvaluation, WithoutAMaskTheWholeImageCounts)
{
  auto images = Images();
  images.Mask = nullptr;
  const auto values = Compute({ "mae", "ssim", "ssim-global", "hd-bone" }, images);
  EXPECT_EQ(values[0].Definition.at("body"), Json("whole image"));
  EXPECT_EQ(values[0].Sizes.at("voxels"), Json(20 * 18 * 16));
  EXPECT_EQ(values[1].Value, values[2].Value);
}

// What is found is what thresholds find: bone is 250 HU and more, so that its figures are those of the label 1 above.
TEST(ImagePairEvaluation, StructuresComeFromAFilter)
{
  const auto settings = Settings();
  settings->SetSegmenterName("thresholds");
  settings->SetStructureNames({ "background", "tissue", "bone" });
  for (const char * const name : { "dice-structures", "nsd-structures", "dice-labels", "nsd-labels" })
  {
    settings->AddMetric(name);
  }
  const auto evaluation = Evaluation(Images(), settings);
  const auto filter = ThresholdSegmentation::New();
  evaluation->Segment(filter);
  EXPECT_EQ(filter->m_NumberOfRuns, 2u);
  evaluation->Update();
  const auto values = ValuesOf(evaluation);
  EXPECT_EQ(Find(values, "dice-structure-bone").Value, Find(values, "dice-label-1").Value);
  EXPECT_EQ(Find(values, "nsd-structure-bone").Value, Find(values, "nsd-label-1").Value);
  EXPECT_EQ(Find(values, "dice-structure-bone").Definition.at("segmentation"), Json("thresholds"));
  EXPECT_EQ(Find(values, "dice-structures-mean").Value,
            (Find(values, "dice-structure-tissue").Value + Find(values, "dice-structure-bone").Value) / 2.0);
  EXPECT_EQ(Json::parse(evaluation->GetJSON()).at("settings").at("segmenter"), Json("thresholds"));

  // Nothing is segmented for nothing, or where a network would not get a number.
  settings->ClearMetrics();
  evaluation->Segment(filter);
  EXPECT_EQ(filter->m_NumberOfRuns, 2u);
  settings->AddMetric("dice-structures");
  auto images = Images();
  images.Reference->SetPixel({ { 0, 0, 0 } }, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(ErrorOf([&] { Evaluation(images, settings)->Segment(filter); }),
            "a segmentation network needs finite numbers in every voxel, outside the mask too");
}

TEST(ImagePairEvaluation, ValuesAreThoseOfTheLastRun)
{
  const auto settings = Settings();
  settings->AddMetric("psnr");
  settings->AddMetric("nsd-bone");
  const auto evaluation = Evaluation(Images(), settings);
  evaluation->Update();
  const auto before = ValuesOf(evaluation);
  const auto report = evaluation->GetJSON();
  settings->SetDataRange(2000.0);
  settings->SetSurfaceTolerance(0.0);
  settings->AddMetric("mae");
  settings->SetMaskDilation(1);
  ASSERT_EQ(evaluation->GetNumberOfValues(), before.size());
  EXPECT_EQ(evaluation->GetValue(0), before[0].Value);
  EXPECT_EQ(Json::parse(evaluation->GetDefinition(0)), before[0].Definition);
  EXPECT_EQ(evaluation->GetJSON(), report);

  evaluation->Update();
  EXPECT_EQ(evaluation->GetNumberOfValues(), 3u);
  EXPECT_EQ(evaluation->GetIndex("mae"), 2u);
  EXPECT_TRUE(evaluation->HasValue("nsd-bone"));
  EXPECT_EQ(Json::parse(evaluation->GetDefinition(0)).at("body"), Json("mask dilated by 1 voxels inside axial slices"));
  EXPECT_LT(evaluation->GetValue(1), before[1].Value);
}

TEST(ImagePairEvaluation, DilatedMaskIsThatOfTheFilter)
{
  const auto settings = Settings();
  settings->AddMetric("mae");
  settings->SetMaskDilation(2);
  const auto evaluation = Evaluation(Images(), settings);
  evaluation->Update();
  auto images = Images();
  auto dilated = MaskType::Pointer(images.Mask);
  // Within axial slices: every voxel that has one of the mask within 2 voxels along both axes.
  const auto                                  original = Images().Mask;
  itk::ImageRegionIteratorWithIndex<MaskType> it(dilated, dilated->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it)
  {
    for (int dx = -2; dx <= 2; ++dx)
    {
      for (int dy = -2; dy <= 2; ++dy)
      {
        auto index = it.GetIndex();
        index[0] += dx;
        index[1] += dy;
        if (dilated->GetBufferedRegion().IsInside(index) && original->GetPixel(index) != 0)
        {
          it.Set(1);
        }
      }
    }
  }
  EXPECT_EQ(evaluation->GetValue(0), Compute({ "mae" }, images)[0].Value);
  const auto body = evaluation->MakeBodyMask();
  for (it.GoToBegin(); !it.IsAtEnd(); ++it)
  {
    ASSERT_EQ(body->GetPixel(it.GetIndex()) != 0, it.Get() != 0) << it.GetIndex();
  }
}

TEST(ImagePairEvaluation, TextsAreAligned)
{
  auto images = Images();
  images.Synthetic = images.Reference;
  const auto evaluation = Evaluation(images, Settings());
  evaluation->Update();
  const std::string table = evaluation->GetRegionText();
  EXPECT_EQ(
    table.find("SyntheticImage against ReferenceImage\ninside MaskImage; errors are synthetic - reference; PSNR "
               "for a data range of 4000 HU\n\nregion       HU                 voxels     ME/HU    MAE/HU   "
               "RMSE/HU   PSNR/dB        R\nbody         all                  2097      0.00      0.00      "
               "0.00  Infinity   1.0000\n"),
    0u)
    << table;
  EXPECT_NE(table.find("\nsoft tissue  [-250, 250]           "), std::string::npos) << table;

  evaluation->GetModifiableSettings()->AddMetric("psnr");
  evaluation->GetModifiableSettings()->AddMetric("psnr-global-slices");
  evaluation->GetModifiableSettings()->AddMetric("dice-bone");
  evaluation->Update();
  EXPECT_EQ(evaluation->GetText(),
            "psnr                   Infinity dB\n"
            "psnr-global-slices          NaN dB\n"
            "dice-bone                     1\n");
  EXPECT_EQ(ErrorOf([&] { evaluation->GetRegionText(); }), "there is no value 'me' of the last Update()");
}

TEST(ImagePairEvaluation, ReportSaysWhatItIs)
{
  auto images = Images();
  images.Synthetic = images.Reference;
  const auto evaluation = Evaluation(images, Settings());
  evaluation->SetCaseName("one");
  EXPECT_EQ(ErrorOf([&] { evaluation->GetJSON(); }), "there is no report before Update()");
  evaluation->Update();
  const Json report = Json::parse(evaluation->GetJSON());
  EXPECT_EQ(report.at("case"), Json("one"));
  EXPECT_EQ(report.at("inputs").at("reference"), Json(nullptr));
  EXPECT_EQ(report.at("settings").at("data-range-hu"), Json(4000.0));
  const Json & psnr = report.at("metrics").at("psnr");
  EXPECT_EQ(psnr.at("value"), Json("Infinity"));
  EXPECT_EQ(psnr.at("reason"), Json("the images are identical there"));
  EXPECT_EQ(psnr.at("better"), Json("higher"));
  EXPECT_EQ(psnr.at("unit"), Json("dB"));
  EXPECT_EQ(psnr.at("sizes").at("voxels"), Json(2097));
  EXPECT_FALSE(report.at("metrics").at("mae").contains("reason"));
  EXPECT_EQ(report.at("metrics").at("me").at("better"), Json("near zero"));
}

TEST(ImagePairEvaluation, MakesImagesAndTables)
{
  const auto                 images = Images();
  const auto                 evaluation = Evaluation(images);
  const auto                 difference = evaluation->MakeDifferenceImage();
  const ImageType::IndexType index{ { 5, 6, 7 } };
  EXPECT_EQ(difference->GetPixel(index), images.Synthetic->GetPixel(index) - images.Reference->GetPixel(index));

  const auto map = evaluation->MakeSimilarityMap();
  EXPECT_EQ(map->GetLargestPossibleRegion(), images.Reference->GetLargestPossibleRegion());

  EXPECT_GT(evaluation->MakeDeviationMesh()->GetNumberOfPoints(), 0u);
  evaluation->GetModifiableSettings()->SetBoneThreshold(5000.0);
  EXPECT_EQ(ErrorOf([&] { evaluation->MakeDeviationMesh(); }), "the reference has no bone, and so no surface");

  // All voxels of the body are in one of the lines.
  std::istringstream lines(evaluation->MakeHistogramTable());
  std::string        line;
  std::getline(lines, line);
  EXPECT_EQ(line.rfind("minimum-hu,maximum-hu,reference-body,synthetic-body,", 0), 0u);
  unsigned int count = 0;
  while (std::getline(lines, line))
  {
    const size_t second = line.find(',', line.find(',') + 1);
    count += static_cast<unsigned int>(std::stoul(line.substr(second + 1)));
  }
  EXPECT_EQ(count, 2097u);

  const std::string joint = evaluation->MakeJointHistogramTable();
  EXPECT_EQ(
    joint.rfind("reference-minimum-hu,reference-maximum-hu,synthetic-minimum-hu,synthetic-maximum-hu,voxels\n", 0), 0u);

  const EvaluationType::PointType start(0.0);
  EvaluationType::PointType       end(0.0);
  end[0] = 2.0;
  evaluation->SetMRImage(images.Reference);
  std::ostringstream expected;
  expected << "distance-mm,x-mm,y-mm,z-mm,reference-hu,synthetic-hu,mr";
  for (int i = 0; i < 3; ++i)
  {
    const Json reference = Reference(i, 0, 0);
    const Json synthetic = Synthetic(i, 0, 0);
    expected << '\n' << i << ".0," << i << ".0,0.0,0.0," << reference << ',' << synthetic << ',' << reference;
  }
  EXPECT_EQ(evaluation->MakeProfileTable(start, end, 1.0), expected.str());
  end.Fill(1000.0);
  EXPECT_EQ(ErrorOf([&] {
              evaluation->MakeProfileTable(end, end, 1.0);
            }).rfind("no point of the line lies inside the reference", 0),
            0u);
}

TEST(ImagePairEvaluation, BadInputIsRefused)
{
  const auto images = Images();
  const auto evaluation = EvaluationType::New();
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "ReferenceImage is not set");
  evaluation->SetReferenceImage(images.Reference);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "SyntheticImage is not set");
  evaluation->SetSyntheticImage(images.Synthetic);
  evaluation->SetSettings(nullptr);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "Settings is null");
  evaluation->SetSettings(Settings());
  evaluation->Update();
  EXPECT_EQ(ErrorOf([&] { evaluation->GetName(24 + 3); }), "there is no value 27, only 27 of the last Update()");

  const auto constant = Volume<ImageType>([](double, double, double) { return 5.0; });
  evaluation->SetSyntheticImage(constant);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }), "SyntheticImage: every voxel has the same value");
  EXPECT_EQ(evaluation->GetNumberOfValues(), 0u);
  const auto   elsewhere = Volume<ImageType>(Synthetic);
  const double origin[] = { 0.0, 0.0, 3.0 };
  elsewhere->SetOrigin(origin);
  evaluation->SetSyntheticImage(elsewhere);
  EXPECT_EQ(
    ErrorOf([&] { evaluation->Update(); }).rfind("SyntheticImage: is not on the grid of ReferenceImage: origin", 0),
    0u);
  const auto notFinite = Volume<ImageType>(Synthetic);
  notFinite->SetPixel({ { 1, 2, 3 } }, std::numeric_limits<float>::quiet_NaN());
  evaluation->SetSyntheticImage(notFinite);
  EXPECT_EQ(ErrorOf([&] { evaluation->Update(); }).rfind("SyntheticImage: voxel [1, 2, 3]", 0), 0u);
}

TEST(ImagePairEvaluation, CanBeAborted)
{
  const auto evaluation = Evaluation();
  float      last = -1.0F;
  auto       tag = evaluation->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    EXPECT_GE(evaluation->GetProgress(), last);
    last = evaluation->GetProgress();
  });
  evaluation->Update();
  EXPECT_EQ(last, 1.0F);
  evaluation->RemoveObserver(tag);
  tag =
    evaluation->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) { evaluation->AbortGenerateDataOn(); });
  EXPECT_THROW(evaluation->Update(), itk::ProcessAborted);
  EXPECT_EQ(evaluation->GetNumberOfValues(), 0u);
  evaluation->RemoveObserver(tag);
  evaluation->Update();
  EXPECT_GT(evaluation->GetNumberOfValues(), 0u);
}
