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
// The segmentation network of sct-evaluate as a filter for the module's evaluation.

#include "sctSegmenter.h"

#include "itkCohortTestUtilities.h"
#ifdef SCT_HAS_TORCH
#  include "itkNetworkModel.h"
#endif

#include <cstdio>
#include <fstream>
#include <functional>

namespace
{

std::string
MessageOf(const std::function<void()> & function)
{
  try
  {
    function();
  }
  catch (const std::exception & error)
  {
    return error.what();
  }
  return "";
}

} // namespace

#ifdef SCT_HAS_TORCH
namespace
{
/** A file that goes with the test. */
class ModelFile
{
public:
  /** A network of three scores, of background, of soft-tissue from -400 HU on and of bone from 250 HU on. */
  explicit ModelFile(const std::string & kind = "label")
    : m_Name(testing::TempDir() + "sctSegmenterGTest-" + std::to_string(getpid()) + ".pt")
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

TEST(Segmenter, GivesLabelsWithNames)
{
  const ModelFile file;
  auto            settings = itk::EvaluationSettings::New();
  const auto      filter = sct::LoadSegmenter(file.GetName(), "", "cpu", settings);
  EXPECT_EQ(settings->GetSegmenterName(), file.GetName());
  EXPECT_EQ(settings->GetStructureNames(), (std::vector<std::string>{ "background", "tissue", "bone" }));

  auto image = itk::ImagePairEvaluation::ImageType::New();
  image->SetRegions(itk::ImagePairEvaluation::ImageType::SizeType{ { 20, 18, 16 } });
  image->Allocate();
  image->FillBuffer(-1000.0F);
  image->SetPixel({ { 3, 4, 5 } }, 250.0F);
  image->SetPixel({ { 5, 4, 5 } }, -400.0F);
  filter->SetInput(image);
  filter->Update();
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 0, 0, 0 } }), 0);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 3, 4, 5 } }), 2);
  EXPECT_EQ(filter->GetOutput()->GetPixel({ { 5, 4, 5 } }), 1);
}

TEST(Segmenter, TakesACard)
{
  // A card instead of the model's own, and for a model without one.
  const ModelFile   file;
  const std::string cardFile = file.GetName() + ".json";
  auto              model = itk::NetworkModel::New();
  model->Load(file.GetName());
  auto card = model->GetCard();
  card.Outputs[2].Name = "skull";
  std::ofstream(cardFile) << card.ToJSON();
  model->RemoveCard();
  const std::string plain = file.GetName() + ".plain.pt";
  model->Save(plain);
  for (const std::string & name : { file.GetName(), plain })
  {
    auto settings = itk::EvaluationSettings::New();
    sct::LoadSegmenter(name, cardFile, "cpu", settings);
    EXPECT_EQ(settings->GetStructureNames(), (std::vector<std::string>{ "background", "tissue", "skull" }));
    EXPECT_EQ(settings->GetSegmenterCardName(), cardFile);
  }
  auto settings = itk::EvaluationSettings::New();
  EXPECT_NE(MessageOf([&] { sct::LoadSegmenter(plain, "", "cpu", settings); }).find("give one with --card FILE"),
            std::string::npos);
  EXPECT_NE(MessageOf([&] { sct::LoadSegmenter(plain, "missing.json", "cpu", settings); }).find("missing.json"),
            std::string::npos);
  std::remove(cardFile.c_str());
  std::remove(plain.c_str());
}

TEST(Segmenter, BadNetworksAreRefused)
{
  auto settings = itk::EvaluationSettings::New();
  EXPECT_NE(MessageOf([&] { sct::LoadSegmenter("missing.pt", "", "cpu", settings); }).find("missing.pt"),
            std::string::npos);
  const ModelFile file("hounsfield");
  EXPECT_NE(MessageOf([&] {
              sct::LoadSegmenter(file.GetName(), "", "cpu", settings);
            }).find("'background' of this network is no label"),
            std::string::npos);
  EXPECT_NE(MessageOf([&] { sct::LoadSegmenter(file.GetName(), "", "abacus", settings); }).find("abacus"),
            std::string::npos);
  EXPECT_TRUE(settings->GetStructureNames().empty());
}
#else
TEST(Segmenter, WithoutLibTorchThereIsNoNetwork)
{
  auto settings = itk::EvaluationSettings::New();
  EXPECT_EQ(MessageOf([&] { sct::LoadSegmenter("model.pt", "", "cpu", settings); }),
            "model.pt: this program was built without LibTorch and runs no network");
}
#endif
