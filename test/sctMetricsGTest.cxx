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
// The metrics of sct-evaluate by name: that each name gives the figure that it stands for.

#include "sctMetrics.h"
#include "sctSegmenter.h"

#include "itkImageRegionIteratorWithIndex.h"
#ifdef SCT_HAS_TORCH
#  include "itkNetworkModel.h"
#endif

#include "gtest/gtest.h"

#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <set>
#include <sstream>

#include <unistd.h>

namespace
{
using sct::Json;
using sct::MetricValue;

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

/** 1: bone, 2: air. */
double
Label(double hounsfield)
{
  return hounsfield >= 250.0 ? 1.0 : hounsfield < -400.0 ? 2.0 : 0.0;
}

/** A pair with a mask and segmentations; only the synthetic one has the label 7, in one voxel. */
sct::MetricImages
Images()
{
  sct::MetricImages images;
  images.Reference = Volume<sct::VolumeType>(Reference);
  images.Synthetic = Volume<sct::VolumeType>(Synthetic);
  images.Mask = Volume<sct::MaskType>([](double i, double j, double k) {
    return std::pow((i - 10.0) / 9.0, 2) + std::pow((j - 9.0) / 8.0, 2) + std::pow((k - 8.0) / 7.0, 2) <= 1.0 ? 1 : 0;
  });
  images.ReferenceSegmentation =
    Volume<sct::LabelImageType>([](double i, double j, double k) { return Label(Reference(i, j, k)); });
  images.SyntheticSegmentation =
    Volume<sct::LabelImageType>([](double i, double j, double k) { return Label(Synthetic(i, j, k)); });
  images.SyntheticSegmentation->SetPixel({ { 0, 0, 0 } }, 7);
  return images;
}

sct::MetricSettings
Settings()
{
  sct::MetricSettings settings;
  settings.SurfaceTolerance = 1.3;
  settings.DiceThresholds = { { 250.0, 1250.0, 200.0 } };
  return settings;
}

std::vector<MetricValue>
Compute(const std::vector<std::string> & metrics,
        const sct::MetricImages &        images = Images(),
        const sct::MetricSettings &      settings = Settings())
{
  sct::Evaluation evaluation(images, settings);
  return sct::ComputeMetrics(sct::ResolveMetrics({}, metrics), evaluation);
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
  return { key, std::numeric_limits<double>::quiet_NaN(), "", sct::Better::Lower, nullptr, nullptr, "" };
}

/** The names of all metrics, from the list for the user. */
std::vector<std::string>
AllNames()
{
  std::vector<std::string> names;
  std::istringstream       text(sct::DescribeMetrics());
  bool                     isMetric = false;
  for (std::string line; std::getline(text, line);)
  {
    if (line[0] != ' ')
    {
      isMetric = line.rfind("Metrics", 0) == 0;
    }
    else if (isMetric)
    {
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
  }
  return names;
}

std::vector<std::string>
NamesWithoutNetwork()
{
  std::vector<std::string> names;
  for (const std::string & name : AllNames())
  {
    if (name.find("-structures") == std::string::npos)
    {
      names.push_back(name);
    }
  }
  return names;
}

std::string
ErrorOf(const std::function<void()> & function)
{
  try
  {
    function();
  }
  catch (const std::exception & error)
  {
    return sct::OneLine(error);
  }
  return "";
}

} // namespace

// NumPy 2.4.6; SSIM by scikit-image 0.26.0 (those of the masked windows by the algorithm of the NGF Pix2Pix report with
// scipy.ndimage.correlate1d of SciPy 1.17.1); distances of surfaces by surface-distance 0.1.
TEST(Metrics, NamesGiveTheirFigures)
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

TEST(Metrics, EveryValueSaysWhatItIs)
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
  EXPECT_EQ(Find(values, "mae").Sizes.at("voxels"), Json(2097));
  EXPECT_EQ(Find(values, "psnr-global-slices").Sizes.at("slices"), Json(16));
  EXPECT_EQ(Find(values, "dice-labels-mean").Sizes.at("structures"), Json(2));
}

TEST(Metrics, IdenticalImages)
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

TEST(Metrics, WithoutBone)
{
  auto images = Images();
  images.Synthetic =
    Volume<sct::VolumeType>([](double i, double j, double k) { return std::min(249.0, Synthetic(i, j, k)); });
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

TEST(Metrics, LabelsAreChosen)
{
  auto       values = Compute({ "dice-labels", "hd95-labels", "mae-labels" });
  const auto seven = Find(values, "hd95-label-7");
  EXPECT_EQ(seven.Value, std::numeric_limits<double>::infinity());
  EXPECT_EQ(seven.Reason, "the reference does not have the structure");
  EXPECT_EQ(Find(values, "dice-label-7").Value, 0.0);

  auto settings = Settings();
  settings.Labels = { 9, 2 };
  values = Compute({ "dice-labels", "mae-labels" }, Images(), settings);
  ASSERT_EQ(values.size(), 5u);
  EXPECT_EQ(values[0].Key, "dice-labels-mean");
  EXPECT_EQ(values[0].Value, Find(values, "dice-label-2").Value);
  EXPECT_EQ(values[0].Definition.at("labels"), (Json{ 9, 2 }));
  EXPECT_TRUE(std::isnan(Find(values, "dice-label-9").Value));
  EXPECT_EQ(Find(values, "dice-label-9").Reason, "neither image has the structure");
  EXPECT_TRUE(std::isnan(Find(values, "mae-label-9").Value));
  settings.Labels = { 9 };
  values = Compute({ "dice-labels" }, Images(), settings);
  EXPECT_TRUE(std::isnan(values[0].Value));
  EXPECT_EQ(values[0].Reason, "the reference has none of the structures");

  using Labels = std::vector<unsigned short>;
  EXPECT_EQ(sct::ResolveLabels({}), Labels());
  EXPECT_EQ(sct::ResolveLabels({ "3", "5-7", "6", "65535" }), (Labels{ 3, 5, 6, 7, 65535 }));
  const Labels head = sct::ResolveLabels({ "synthrad2025-hn" });
  EXPECT_EQ(head.size(), 28u);
  EXPECT_EQ(head.front(), 26);
  EXPECT_EQ(head.back(), 91);
  EXPECT_EQ(sct::ResolveLabels({ "synthrad2025-ab" }).size(), 4u + 5u + 25u + 1u + 24u + 1u);
  EXPECT_EQ(sct::ResolveLabels({ "synthrad2025-th" }).size(), 2u + 5u + 25u + 1u + 24u + 1u);
  for (const char * const bad : { "", "0", "-", "7-", "-7", "7-5", "65536", "1.5", "bone", "1-2-3", "99999999999" })
  {
    EXPECT_NE(ErrorOf([&] { sct::ResolveLabels({ bad }); }).find(std::string("'") + bad + "' is no label"),
              std::string::npos)
      << bad;
  }
}

TEST(Metrics, WhatIsOptionalIsLeftOut)
{
  auto images = Images();
  images.SyntheticSegmentation = nullptr;
  EXPECT_TRUE(Compute({ "dice-labels?", "nsd-structures?" }, images).empty());
  EXPECT_EQ(Compute({ "dice-labels?", "mae?" }, images).size(), 1u);
  EXPECT_EQ(ErrorOf([&] { Compute({ "dice-labels" }, images); }),
            "metrics of labels need segmentations of the reference and of the synthetic CT");
  EXPECT_EQ(ErrorOf([&] { Compute({ "dice-structures" }, images); }),
            "metrics of structures need a segmentation network (--segmenter)");
  images.ReferenceSegmentation = nullptr;
  EXPECT_EQ(ErrorOf([&] { Compute({ "mae-labels" }, images); }),
            "errors per label need a segmentation of the reference");

  using Names = std::vector<std::string>;
  EXPECT_EQ(sct::ResolveMetrics({}, { "mae", "dice-labels?", "dice-labels" }), (Names{ "mae", "dice-labels" }));
  EXPECT_EQ(sct::ResolveMetrics({}, { "dice-labels", "dice-labels?" }), (Names{ "dice-labels" }));
  EXPECT_EQ(ErrorOf([] { sct::ResolveMetrics({}, { "?" }); }), "there is no metric '?'; --list-metrics names them");
}

TEST(Metrics, PresetsAreMadeOfMetrics)
{
  const auto                  names = AllNames();
  const std::set<std::string> known(names.begin(), names.end());
  for (const char * const preset : { "errors",
                                     "synthrad2023",
                                     "synthrad2025",
                                     "roi-multitask",
                                     "light-unet",
                                     "ngf-pix2pix",
                                     "afp",
                                     "region-specific" })
  {
    const auto metrics = sct::ResolveMetrics({ preset }, {});
    EXPECT_GE(metrics.size(), 3u);
    for (const std::string & name : metrics)
    {
      EXPECT_EQ(known.count(name.back() == '?' ? name.substr(0, name.size() - 1) : name), 1u) << preset << ' ' << name;
    }
    auto images = Images();
    EXPECT_GE(Compute(metrics, images).size(), 3u) << preset;
    images.ReferenceSegmentation = nullptr;
    images.SyntheticSegmentation = nullptr;
    images.Mask = nullptr;
    EXPECT_GE(Compute(metrics, images).size(), 2u) << preset;
  }
}

TEST(Metrics, WhatIsNotFiniteOutsideTheMaskDoesNotMatterThere)
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

TEST(Metrics, WithoutAMaskTheWholeImageCounts)
{
  auto images = Images();
  images.Mask = nullptr;
  const auto values = Compute({ "mae", "ssim", "ssim-global", "hd-bone" }, images);
  EXPECT_EQ(values[0].Definition.at("body"), Json("whole image"));
  EXPECT_EQ(values[0].Sizes.at("voxels"), Json(20 * 18 * 16));
  EXPECT_EQ(values[1].Value, values[2].Value);
}

#ifdef SCT_HAS_TORCH
namespace
{
/** A file that goes with the test. */
class ModelFile
{
public:
  /** A network of three scores, of background, of soft-tissue from -400 HU on and of bone from 250 HU on. */
  explicit ModelFile(const std::string & kind = "label")
    : m_Name(testing::TempDir() + "sctMetricsGTest-" + std::to_string(getpid()) + ".pt")
  {
    const std::string value = kind == "label" ? "" : R"(, "range": [-1, 1], "hounsfield": [-1000, 3000])";
    auto              model = itk::NetworkModel::New();
    model->DefineFromSource(
      "def forward(self, x):\n    return torch.cat([torch.zeros_like(x), x + 400.5, 2 * x + 151.0], 1)\n");
    std::string outputs;
    for (const char * const name : { "background", "tissue", "bone" })
    {
      outputs += (outputs.empty() ? "" : ", ") + std::string(R"({ "name": ")") + name + R"(", "kind": ")" + kind + '"' +
                 value + " }";
    }
    model->SetCardFromJSON(R"({
      "version": 1, "name": "test", "description": "",
      "inputs": [ { "name": "ct", "modality": "CT", "intensity": { "transform": "none" } } ],
      "preprocessing": { "bias-correction": false, "spacing": null, "orientation": "LPS", "mask": "none" },
      "outputs": [ )" + outputs +
                           R"( ],
      "inference": { "plane": "volume", "patch-size": [20, 18, 16], "overlap": 0.25, "blending": "constant",
                     "batch": 1, "padding": -1000 },
      "provenance": {}, "license": "Apache-2.0" })");
    model->Save(m_Name);
  }
  ModelFile(const ModelFile &) = delete;
  ModelFile &
  operator=(const ModelFile &) = delete;
  ~ModelFile()
  {
    std::remove(m_Name.c_str());
  }

  const std::string &
  GetName() const
  {
    return m_Name;
  }

private:
  std::string m_Name;
};
} // namespace

// The network finds what thresholds find: bone is 250 HU and more, so that its figures are those of the label 1 above.
TEST(Metrics, StructuresAreFoundByANetwork)
{
  const ModelFile file;
  auto            settings = Settings();
  settings.Network = sct::LoadSegmenter(file.GetName(), "cpu");
  EXPECT_EQ(settings.Network->GetNames(), (std::vector<std::string>{ "background", "tissue", "bone" }));
  const auto values = Compute({ "dice-structures", "nsd-structures", "dice-labels", "nsd-labels" }, Images(), settings);
  EXPECT_EQ(Find(values, "dice-structure-bone").Value, Find(values, "dice-label-1").Value);
  EXPECT_EQ(Find(values, "nsd-structure-bone").Value, Find(values, "nsd-label-1").Value);
  EXPECT_EQ(Find(values, "dice-structure-bone").Definition.at("segmentation"), Json(file.GetName()));
  EXPECT_EQ(Find(values, "dice-structures-mean").Value,
            (Find(values, "dice-structure-tissue").Value + Find(values, "dice-structure-bone").Value) / 2.0);
  EXPECT_EQ(sct::SettingsToJson({}, settings).at("segmenter"), Json(file.GetName()));
}

TEST(Metrics, BadNetworksAreRefused)
{
  EXPECT_NE(ErrorOf([] { sct::LoadSegmenter("missing.pt", "cpu"); }).find("missing.pt"), std::string::npos);
  const ModelFile file("hounsfield");
  EXPECT_NE(
    ErrorOf([&] { sct::LoadSegmenter(file.GetName(), "cpu"); }).find("'background' of this network is no label"),
    std::string::npos);
  EXPECT_NE(ErrorOf([&] { sct::LoadSegmenter(file.GetName(), "abacus"); }).find("abacus"), std::string::npos);
}
#else
TEST(Metrics, WithoutLibTorchThereIsNoNetwork)
{
  EXPECT_EQ(ErrorOf([] { sct::LoadSegmenter("model.pt", "cpu"); }),
            "model.pt: this program was built without LibTorch and runs no network");
}
#endif
