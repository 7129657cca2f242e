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
#include "itkNetworkModelCard.h"

#include "SyntheticCTDetail/itkExceptionText.h"

#include "itkMacro.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>
#include <set>
#include <sstream>
#include <utility>

namespace itk
{
namespace
{
using Json = nlohmann::ordered_json;

/** What an enum prints when it has none of its values. */
const std::string invalidName = "INVALID VALUE";

/** Enums print the names that they have in a card. */
template <typename TEnum>
std::string
NameOf(TEnum value)
{
  std::ostringstream name;
  name << value;
  return name.str();
}

[[noreturn]] void
Fail(const std::string & path, const std::string & problem)
{
  itkGenericExceptionMacro("Model card: '" << SyntheticCTDetail::OneLine(path) << "' " << problem);
}

/** A JSON object whose keys are taken one by one, so that what is left over is unknown. */
class ObjectReader
{
public:
  ObjectReader(const Json & object, std::string path)
    : m_Object(object)
    , m_Path(std::move(path))
  {
    if (!object.is_object())
    {
      Fail(m_Path.empty() ? "the card" : m_Path, "should be an object");
    }
  }

  std::string
  PathOf(const std::string & key) const
  {
    return m_Path.empty() ? key : m_Path + "." + key;
  }

  const Json &
  Take(const std::string & key)
  {
    const auto found = m_Object.find(key);
    if (found == m_Object.end())
    {
      Fail(this->PathOf(key), "is missing");
    }
    m_Taken.insert(key);
    return *found;
  }

  bool
  Has(const std::string & key) const
  {
    return m_Object.contains(key);
  }

  std::string
  TakeString(const std::string & key)
  {
    const Json & value = this->Take(key);
    if (!value.is_string())
    {
      Fail(this->PathOf(key), "should be a string");
    }
    return value.get<std::string>();
  }

  bool
  TakeBool(const std::string & key)
  {
    const Json & value = this->Take(key);
    if (!value.is_boolean())
    {
      Fail(this->PathOf(key), "should be true or false");
    }
    return value.get<bool>();
  }

  double
  TakeNumber(const std::string & key)
  {
    const Json & value = this->Take(key);
    if (!value.is_number())
    {
      Fail(this->PathOf(key), "should be a number");
    }
    return value.get<double>();
  }

  unsigned int
  TakeCount(const std::string & key)
  {
    return CountOf(this->Take(key), this->PathOf(key));
  }

  static unsigned int
  CountOf(const Json & value, const std::string & path)
  {
    if (!value.is_number_integer() || value.get<double>() < 1 || value.get<double>() > 1e9)
    {
      Fail(path, "should be a whole number of at least 1");
    }
    return value.get<unsigned int>();
  }

  const Json &
  TakeArray(const std::string & key, size_t smallest, size_t largest)
  {
    const Json & value = this->Take(key);
    if (!value.is_array() || value.size() < smallest || value.size() > largest)
    {
      const std::string count = smallest == largest   ? std::to_string(smallest)
                                : largest == SIZE_MAX ? "at least " + std::to_string(smallest)
                                                      : std::to_string(smallest) + " to " + std::to_string(largest);
      Fail(this->PathOf(key), "should be an array of " + count + " elements");
    }
    return value;
  }

  template <size_t VSize>
  std::array<double, VSize>
  TakeNumbers(const std::string & key)
  {
    const Json &              value = this->TakeArray(key, VSize, VSize);
    std::array<double, VSize> numbers{};
    for (size_t i = 0; i < VSize; ++i)
    {
      if (!value[i].is_number())
      {
        Fail(this->PathOf(key) + "[" + std::to_string(i) + "]", "should be a number");
      }
      numbers[i] = value[i].get<double>();
    }
    return numbers;
  }

  template <typename TEnum>
  TEnum
  TakeEnum(const std::string & key)
  {
    const std::string name = this->TakeString(key);
    std::string       choices;
    for (uint8_t i = 0; NameOf(static_cast<TEnum>(i)) != invalidName; ++i)
    {
      const auto value = static_cast<TEnum>(i);
      if (name == NameOf(value))
      {
        return value;
      }
      choices += (choices.empty() ? "" : ", ") + NameOf(value);
    }
    Fail(this->PathOf(key), "is '" + name + "' but should be one of " + choices);
  }

  /** Throws on a key that nobody took; gives back those that begin with x-. */
  Json
  Finish() const
  {
    Json extensions = Json::object();
    for (const auto & item : m_Object.items())
    {
      if (item.key().rfind("x-", 0) == 0)
      {
        extensions[item.key()] = item.value();
      }
      else if (m_Taken.count(item.key()) == 0)
      {
        Fail(this->PathOf(item.key()), "is not a known key");
      }
    }
    return extensions;
  }

private:
  const Json &          m_Object;
  std::string           m_Path;
  std::set<std::string> m_Taken;
};

NetworkModelCard::Network
NetworkFrom(const Json & json)
{
  ObjectReader              reader(json, "network");
  NetworkModelCard::Network network;
  network.Type = reader.TakeString("type");
  network.InputChannels = reader.TakeCount("in-channels");
  network.OutputChannels = reader.TakeCount("out-channels");
  network.BaseChannels = reader.TakeCount("base-channels");
  network.Levels = reader.TakeCount("levels");
  reader.Finish();
  return network;
}

/** Whether the transform has two input values, one below the other. */
bool
HasInputRange(const NetworkModelCard::Input & input)
{
  return (input.HasOutputRange() || input.Transform == IntensityTransformEnum::CTForeground) && !input.OwnRange;
}

NetworkModelCard::Input
InputFrom(const Json & json, const std::string & path)
{
  ObjectReader            reader(json, path);
  NetworkModelCard::Input input;
  input.Name = reader.TakeString("name");
  input.Modality = reader.TakeString("modality");
  ObjectReader intensity(reader.Take("intensity"), reader.PathOf("intensity"));
  input.Transform = intensity.TakeEnum<IntensityTransformEnum>("transform");
  if (input.Transform == IntensityTransformEnum::ZScore && intensity.Has("keep-outside-mask"))
  {
    input.KeepOutsideMask = intensity.TakeBool("keep-outside-mask");
  }
  if (input.Transform == IntensityTransformEnum::EightBit)
  {
    input.OwnRange = intensity.Take("lower").is_null() && intensity.Take("upper").is_null();
    input.SliceBySlice = intensity.TakeBool("slice-by-slice");
    if (input.SliceBySlice && !input.OwnRange)
    {
      Fail(intensity.PathOf("slice-by-slice"), "should be false where 'lower' and 'upper' are given");
    }
  }
  if (HasInputRange(input))
  {
    input.Lower = intensity.TakeNumber("lower");
    input.Upper = intensity.TakeNumber("upper");
    if (!(input.Lower < input.Upper))
    {
      Fail(intensity.PathOf("upper"), "should be larger than 'lower'");
    }
  }
  if (input.HasOutputRange())
  {
    input.OutputMinimum = intensity.TakeNumber("output-minimum");
    input.OutputMaximum = intensity.TakeNumber("output-maximum");
    if (!(input.OutputMinimum < input.OutputMaximum))
    {
      Fail(intensity.PathOf("output-maximum"), "should be larger than 'output-minimum'");
    }
  }
  if (input.Transform == IntensityTransformEnum::CTForeground)
  {
    input.Mean = intensity.TakeNumber("mean");
    input.StandardDeviation = intensity.TakeNumber("standard-deviation");
    if (!(input.StandardDeviation > 0.0))
    {
      Fail(intensity.PathOf("standard-deviation"), "should be larger than 0");
    }
  }
  intensity.Finish();
  reader.Finish();
  return input;
}

NetworkModelCard::Preprocessing
PreprocessingFrom(const Json & json)
{
  ObjectReader                    reader(json, "preprocessing");
  NetworkModelCard::Preprocessing preprocessing;
  preprocessing.BiasCorrection = reader.TakeBool("bias-correction");
  if (!reader.Take("spacing").is_null())
  {
    preprocessing.Spacing = reader.TakeNumbers<3>("spacing");
    for (const double spacing : *preprocessing.Spacing)
    {
      if (!(spacing >= 0.0))
      {
        Fail(reader.PathOf("spacing"), "should be sizes in mm, or 0 to keep an axis");
      }
    }
  }
  if (!reader.Take("orientation").is_null())
  {
    preprocessing.Orientation = reader.TakeString("orientation");
    std::string axes;
    for (const char letter : preprocessing.Orientation)
    {
      const std::string letters{ "LRPASI" };
      const auto        position = letters.find(letter);
      axes += position == std::string::npos ? '?' : static_cast<char>('0' + position / 2);
    }
    std::sort(axes.begin(), axes.end());
    if (axes != "012")
    {
      Fail(reader.PathOf("orientation"),
           "is '" + preprocessing.Orientation + "' but should be a code of three letters such as LPS");
    }
  }
  preprocessing.Mask = reader.TakeEnum<PreprocessingMaskEnum>("mask");
  reader.Finish();
  return preprocessing;
}

NetworkModelCard::Output
OutputFrom(const Json & json, const std::string & path)
{
  ObjectReader             reader(json, path);
  NetworkModelCard::Output output;
  output.Name = reader.TakeString("name");
  output.Kind = reader.TakeEnum<OutputKindEnum>("kind");
  if (output.HasHounsfieldRange())
  {
    output.Range = reader.TakeNumbers<2>("range");
    if (!(output.Range[0] < output.Range[1]))
    {
      Fail(reader.PathOf("range"), "should be two rising numbers");
    }
    output.Hounsfield = reader.TakeNumbers<2>("hounsfield");
    if (!(output.Hounsfield[0] < output.Hounsfield[1]))
    {
      Fail(reader.PathOf("hounsfield"), "should be two rising numbers");
    }
  }
  reader.Finish();
  return output;
}

/** A number for all axes of the window, or one for each. */
std::vector<double>
OverlapFrom(ObjectReader & reader, const size_t dimension)
{
  const Json &        json = reader.Take("overlap");
  std::vector<double> overlap;
  for (const Json & share : json.is_array() ? json : Json::array({ json }))
  {
    if (!share.is_number() || !(share.get<double>() >= 0.0 && share.get<double>() < 1.0))
    {
      Fail(reader.PathOf("overlap"), "should be in [0, 1)");
    }
    overlap.push_back(share.get<double>());
  }
  if (json.is_array() && overlap.size() != dimension)
  {
    Fail(reader.PathOf("overlap"), "should be a number, or an array of " + std::to_string(dimension));
  }
  return overlap;
}

NetworkModelCard::Inference
InferenceFrom(const Json & json)
{
  ObjectReader                reader(json, "inference");
  NetworkModelCard::Inference inference;
  inference.Plane = reader.TakeEnum<InferencePlaneEnum>("plane");
  const size_t dimension = inference.Plane == InferencePlaneEnum::Volume ? 3 : 2;
  const Json & patchSize = reader.TakeArray("patch-size", dimension, dimension);
  for (size_t i = 0; i < dimension; ++i)
  {
    inference.PatchSize.push_back(
      ObjectReader::CountOf(patchSize[i], reader.PathOf("patch-size") + "[" + std::to_string(i) + "]"));
  }
  inference.Overlap = OverlapFrom(reader, dimension);
  inference.Blending = reader.TakeEnum<BlendingEnum>("blending");
  if (reader.Has("gaussian-scale"))
  {
    inference.GaussianScale = reader.TakeNumber("gaussian-scale");
    if (!(inference.GaussianScale > 0.0))
    {
      Fail(reader.PathOf("gaussian-scale"), "should be larger than 0");
    }
  }
  inference.Batch = reader.TakeCount("batch");
  const Json & padding = reader.Take("padding");
  if (padding == NameOf(PaddingRuleEnum::Replicate))
  {
    inference.PaddingRule = PaddingRuleEnum::Replicate;
  }
  else if (!padding.is_null())
  {
    if (!padding.is_number())
    {
      Fail(reader.PathOf("padding"), "should be a number, null or 'replicate'");
    }
    inference.PaddingRule = PaddingRuleEnum::Constant;
    inference.PaddingValue = padding.get<double>();
  }
  if (reader.Has("tiles"))
  {
    inference.Tiles = reader.TakeEnum<TileRuleEnum>("tiles");
  }
  if (reader.Has("slices"))
  {
    inference.Slices = reader.TakeCount("slices");
    if (inference.Slices % 2 == 0 || (dimension == 3 && inference.Slices != 1))
    {
      Fail(reader.PathOf("slices"), "should be an odd number, and 1 for plane 'volume'");
    }
  }
  if (reader.Has("mirror"))
  {
    const Json & axes = reader.TakeArray("mirror", 0, dimension);
    for (const Json & axis : axes)
    {
      if (!axis.is_number_integer() || axis.get<double>() < 0 || axis.get<double>() >= static_cast<double>(dimension) ||
          std::count(axes.begin(), axes.end(), axis) != 1)
      {
        Fail(reader.PathOf("mirror"), "should be different axes in [0, " + std::to_string(dimension - 1) + "]");
      }
      inference.Mirror.push_back(axis.get<unsigned int>());
    }
  }
  if (reader.Has("combination"))
  {
    inference.Combine = reader.TakeEnum<CombinationEnum>("combination");
  }
  if (reader.Has("scale"))
  {
    for (const Json & scale : reader.TakeArray("scale", dimension, dimension))
    {
      if (!scale.is_number() || !(scale.get<double>() > 0.0))
      {
        Fail(reader.PathOf("scale"), "should be positive numbers");
      }
      inference.Scale.push_back(scale.get<double>());
    }
  }
  reader.Finish();
  return inference;
}

Json
PaddingToJson(const NetworkModelCard::Inference & inference)
{
  switch (inference.PaddingRule)
  {
    case PaddingRuleEnum::Constant:
      return inference.PaddingValue;
    case PaddingRuleEnum::Replicate:
      return NameOf(inference.PaddingRule);
    default:
      return nullptr;
  }
}

} // namespace

std::ostream &
operator<<(std::ostream & out, const IntensityTransformEnum value)
{
  switch (value)
  {
    case IntensityTransformEnum::None:
      return out << "none";
    case IntensityTransformEnum::ZScore:
      return out << "z-score";
    case IntensityTransformEnum::Percentile:
      return out << "percentile";
    case IntensityTransformEnum::Hounsfield:
      return out << "hounsfield";
    case IntensityTransformEnum::CTForeground:
      return out << "ct-foreground";
    case IntensityTransformEnum::EightBit:
      return out << "eight-bit";
  }
  return out << "INVALID VALUE";
}

std::ostream &
operator<<(std::ostream & out, const OutputKindEnum value)
{
  switch (value)
  {
    case OutputKindEnum::Hounsfield:
      return out << "hounsfield";
    case OutputKindEnum::BoneProbability:
      return out << "probability";
    case OutputKindEnum::BoneHounsfield:
      return out << "bone-hounsfield";
    case OutputKindEnum::Label:
      return out << "label";
  }
  return out << "INVALID VALUE";
}

std::ostream &
operator<<(std::ostream & out, const PreprocessingMaskEnum value)
{
  switch (value)
  {
    case PreprocessingMaskEnum::None:
      return out << "none";
    case PreprocessingMaskEnum::Body:
      return out << "body";
    case PreprocessingMaskEnum::ConvexHull:
      return out << "convex-hull";
  }
  return out << "INVALID VALUE";
}

bool
NetworkModelCard::Input::HasOutputRange() const
{
  return this->Transform == IntensityTransformEnum::Percentile ||
         this->Transform == IntensityTransformEnum::Hounsfield || this->Transform == IntensityTransformEnum::EightBit;
}

bool
NetworkModelCard::Output::HasHounsfieldRange() const
{
  return this->Kind == OutputKindEnum::Hounsfield || this->Kind == OutputKindEnum::BoneHounsfield;
}

NetworkModelCard
NetworkModelCard::FromJSON(const std::string & text)
{
  Json json;
  try
  {
    json = Json::parse(text);
  }
  catch (const Json::exception & error)
  {
    itkGenericExceptionMacro("Model card: not JSON: " << SyntheticCTDetail::OneLine(error.what()));
  }

  ObjectReader reader(json, "");
  if (reader.Take("version") != 1)
  {
    Fail("version", "is " + json["version"].dump() + " but this program reads version 1");
  }

  NetworkModelCard card;
  card.Name = reader.TakeString("name");
  card.Description = reader.TakeString("description");
  if (reader.Has("network"))
  {
    card.Net = NetworkFrom(reader.Take("network"));
  }
  const Json & inputs = reader.TakeArray("inputs", 1, SIZE_MAX);
  for (size_t i = 0; i < inputs.size(); ++i)
  {
    card.Inputs.push_back(InputFrom(inputs[i], "inputs[" + std::to_string(i) + "]"));
  }
  card.Preprocess = PreprocessingFrom(reader.Take("preprocessing"));
  const Json & outputs = reader.TakeArray("outputs", 1, SIZE_MAX);
  for (size_t i = 0; i < outputs.size(); ++i)
  {
    card.Outputs.push_back(OutputFrom(outputs[i], "outputs[" + std::to_string(i) + "]"));
  }
  card.Infer = InferenceFrom(reader.Take("inference"));
  for (size_t i = 0; i < card.Inputs.size(); ++i)
  {
    if (card.Inputs[i].SliceBySlice &&
        (card.Infer.Plane == InferencePlaneEnum::Volume || card.Infer.Plane == InferencePlaneEnum::Orthogonal))
    {
      Fail("inputs[" + std::to_string(i) + "].intensity.slice-by-slice",
           "should be false where the plane is not axial, coronal or sagittal");
    }
  }
  const Json & provenance = reader.Take("provenance");
  if (!provenance.is_object())
  {
    Fail("provenance", "should be an object");
  }
  card.Provenance = provenance.dump();
  card.License = reader.TakeString("license");
  card.Extensions = reader.Finish().dump();
  return card;
}

NetworkModelCard
NetworkModelCard::GetExample()
{
  NetworkModelCard card;
  card.Name = "my-network";
  card.Description = "What it does, for which region of the body and which sequence";
  Input input;
  input.Name = "mr";
  input.Modality = "MR";
  input.Transform = IntensityTransformEnum::Percentile;
  input.Lower = 1.0;
  input.Upper = 99.9;
  card.Inputs.push_back(input);
  card.Preprocess.Spacing = { { 1.0, 1.0, 0.0 } };
  card.Preprocess.Orientation = "LPS";
  card.Preprocess.Mask = PreprocessingMaskEnum::Body;
  Output output;
  output.Name = "sct";
  card.Outputs.push_back(output);
  card.Infer.PatchSize = { 192, 192 };
  card.Infer.Batch = 4;
  card.Infer.PaddingRule = PaddingRuleEnum::Constant;
  card.Infer.PaddingValue = -1.0;
  card.Provenance = R"({"training-data":"where the weights come from","intended-use":"research"})";
  card.License = "the license of the weights";
  return card;
}

std::string
NetworkModelCard::ToJSON() const
{
  Json json;
  json["version"] = 1;
  json["name"] = this->Name;
  json["description"] = this->Description;
  if (this->Net)
  {
    json["network"] = { { "type", this->Net->Type },
                        { "in-channels", this->Net->InputChannels },
                        { "out-channels", this->Net->OutputChannels },
                        { "base-channels", this->Net->BaseChannels },
                        { "levels", this->Net->Levels } };
  }
  json["inputs"] = Json::array();
  for (const Input & input : this->Inputs)
  {
    Json intensity{ { "transform", NameOf(input.Transform) } };
    if (HasInputRange(input))
    {
      intensity["lower"] = input.Lower;
      intensity["upper"] = input.Upper;
    }
    else if (input.OwnRange)
    {
      intensity["lower"] = nullptr;
      intensity["upper"] = nullptr;
    }
    if (input.HasOutputRange())
    {
      intensity["output-minimum"] = input.OutputMinimum;
      intensity["output-maximum"] = input.OutputMaximum;
    }
    if (input.Transform == IntensityTransformEnum::CTForeground)
    {
      intensity["mean"] = input.Mean;
      intensity["standard-deviation"] = input.StandardDeviation;
    }
    if (input.KeepOutsideMask)
    {
      intensity["keep-outside-mask"] = true;
    }
    if (input.Transform == IntensityTransformEnum::EightBit)
    {
      intensity["slice-by-slice"] = input.SliceBySlice;
    }
    json["inputs"].push_back({ { "name", input.Name }, { "modality", input.Modality }, { "intensity", intensity } });
  }
  json["preprocessing"] = {
    { "bias-correction", this->Preprocess.BiasCorrection },
    { "spacing", this->Preprocess.Spacing ? Json(*this->Preprocess.Spacing) : Json(nullptr) },
    { "orientation", this->Preprocess.Orientation.empty() ? Json(nullptr) : Json(this->Preprocess.Orientation) },
    { "mask", NameOf(this->Preprocess.Mask) }
  };
  json["outputs"] = Json::array();
  for (const Output & output : this->Outputs)
  {
    Json entry{ { "name", output.Name }, { "kind", NameOf(output.Kind) } };
    if (output.HasHounsfieldRange())
    {
      entry["range"] = output.Range;
      entry["hounsfield"] = output.Hounsfield;
    }
    json["outputs"].push_back(entry);
  }
  json["inference"] = { { "plane", NameOf(this->Infer.Plane) },
                        { "patch-size", this->Infer.PatchSize },
                        { "overlap",
                          this->Infer.Overlap.size() == 1 ? Json(this->Infer.Overlap[0]) : Json(this->Infer.Overlap) },
                        { "blending", NameOf(this->Infer.Blending) },
                        { "batch", this->Infer.Batch },
                        { "padding", PaddingToJson(this->Infer) },
                        { "tiles", NameOf(this->Infer.Tiles) },
                        { "slices", this->Infer.Slices },
                        { "mirror", this->Infer.Mirror },
                        { "combination", NameOf(this->Infer.Combine) } };
  if (this->Infer.GaussianScale != PatchBlender::DefaultGaussianScale)
  {
    json["inference"]["gaussian-scale"] = this->Infer.GaussianScale;
  }
  if (!this->Infer.Scale.empty())
  {
    json["inference"]["scale"] = this->Infer.Scale;
  }
  json["provenance"] = Json::parse(this->Provenance);
  json["license"] = this->License;
  const Json extensions = Json::parse(this->Extensions);
  for (const auto & item : extensions.items())
  {
    json[item.key()] = item.value();
  }
  return json.dump(2);
}

} // namespace itk
