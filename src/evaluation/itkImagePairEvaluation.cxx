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
#include "itkImagePairEvaluation.h"

#include "evaluation/itkCaseReport.h"
#include "evaluation/itkMetricTable.h"
#include "evaluation/itkPairMeasurement.h"
#include "itkHounsfieldHistogramImageFilter.h"
#include "itkHounsfieldProfileCalculator.h"
#include "itkInPlaneDilateMaskImageFilter.h"
#include "itkPlausibilityCheckImageFilter.h"
#include "itkSubtractImageFilter.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkNumberText.h"
#include "SyntheticCTDetail/itkSameGridVerification.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace itk
{
namespace
{

using Json = nlohmann::ordered_json;
using SyntheticCTDetail::Fail;
using SyntheticCTDetail::FormatNumber;
using SyntheticCTDetail::MetricValue;
using SyntheticCTDetail::PairMeasurement;

/** A number that is read back as the same, and NaN and infinities by their names. */
std::string
Field(double value)
{
  return std::isfinite(value) ? Json(value).dump() : SyntheticCTDetail::NonFiniteText(value);
}

/** A text at the right end of a column. */
std::string
AtRight(const std::string & text, size_t width)
{
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string
AtLeft(const std::string & text, size_t width)
{
  return text + std::string(width - std::min(width, text.size()), ' ');
}

/** What reports call the inputs that are read from files. */
const struct
{
  const char * Input;
  const char * Key;
} reportNames[] = { { "ReferenceImage", "reference" },
                    { "SyntheticImage", "synthetic" },
                    { "MaskImage", "mask" },
                    { "ReferenceLabelImage", "reference-segmentation" },
                    { "SyntheticLabelImage", "synthetic-segmentation" },
                    { "MRImage", "mr" } };

/** Throws when an image is not on the grid of the reference. */
void
VerifySameGrid(const ImageBase<3> * reference,
               const std::string &  referenceName,
               const ImageBase<3> * image,
               const std::string &  name)
{
  const std::string difference = GridDifference<3>(*reference, *image);
  if (!difference.empty())
  {
    Fail(name + ": is not on the grid of " + referenceName + ": " + difference + "; resample it onto that grid first");
  }
}

/** A text with the names of files instead of those of inputs. */
std::string
WithNames(std::string text, const std::map<std::string, std::string> & names)
{
  for (const auto & name : names)
  {
    const size_t at = text.find(name.first);
    if (at != std::string::npos)
    {
      text.replace(at, name.first.size(), name.second);
    }
  }
  return text;
}

using HistogramType = HounsfieldHistogramImageFilter<ImagePairEvaluation::ImageType>;

constexpr std::array<HounsfieldRegionEnum, 4> allRegions{ { HounsfieldRegionEnum::Body,
                                                            HounsfieldRegionEnum::Air,
                                                            HounsfieldRegionEnum::SoftTissue,
                                                            HounsfieldRegionEnum::Bone } };

} // namespace

class ImagePairEvaluation::Internals
{
public:
  /** An input that was read from a file. */
  struct FileInput
  {
    DataObject::ConstPointer Data;
    std::string              Path;
    /** Of the reader. */
    std::vector<std::string> Remarks;
  };

  std::map<std::string, FileInput> Files;
  /** Of these files, from before they were read. */
  std::string                     Stamps{ SyntheticCTDetail::StampFiles({}) };
  SyntheticCTDetail::MetricValues Values;
  std::vector<std::string>        Remarks;
  /** Of the last Update(). */
  std::string Head;
  std::string ReferenceName;
  std::string SyntheticName;
  std::string Place;

  const MetricValue &
  At(SizeValueType index) const
  {
    if (index >= Values.size())
    {
      Fail("there is no value " + std::to_string(index) + ", only " + std::to_string(Values.size()) +
           " of the last Update()");
    }
    return Values[index];
  }

  /** The file of an input; empty when it is not from a file. */
  std::string
  PathOf(const ImagePairEvaluation * evaluation, const std::string & input) const
  {
    const auto file = Files.find(input);
    return file != Files.end() && evaluation->ProcessObject::GetInput(input) == file->second.Data ? file->second.Path
                                                                                                  : "";
  }

  /** The stamps of the files from which the inputs of now were read. */
  std::string
  StampsOf(const ImagePairEvaluation * evaluation) const
  {
    Json stamps = Json::parse(Stamps);
    for (const auto & name : reportNames)
    {
      if (this->PathOf(evaluation, name.Input).empty())
      {
        stamps[name.Key] = nullptr;
      }
    }
    return stamps.dump();
  }

  /** Keep a remark, unless it is there: one file may be both images. */
  void
  AddRemark(const std::string & remark)
  {
    if (std::find(Remarks.begin(), Remarks.end(), remark) == Remarks.end())
    {
      Remarks.push_back(remark);
    }
  }

  /** What messages call an input. */
  std::string
  NameOf(const ImagePairEvaluation * evaluation, const std::string & input) const
  {
    const std::string path = this->PathOf(evaluation, input);
    return path.empty() ? input : path;
  }

  void
  Clear()
  {
    Values.clear();
    Remarks.clear();
  }
};

ImagePairEvaluation::ImagePairEvaluation()
  : m_Settings(EvaluationSettings::New())
  , m_Internals(std::make_unique<Internals>())
{
  this->SetPrimaryInputName("ReferenceImage");
  this->AddRequiredInputName("SyntheticImage");
}

ImagePairEvaluation::~ImagePairEvaluation() = default;

void
ImagePairEvaluation::ReadImages(VolumeReader *      reader,
                                const std::string & reference,
                                const std::string & synthetic,
                                const std::string & mask,
                                const std::string & referenceLabels,
                                const std::string & syntheticLabels,
                                const std::string & mr)
{
  auto & files = m_Internals->Files;
  files.clear();
  // Before the files are read, so that one that changes meanwhile does not pass for the one that was.
  m_Internals->Stamps =
    SyntheticCTDetail::StampFiles({ reference, synthetic, mask, referenceLabels, syntheticLabels, mr });
  const auto keep = [&](const char * input, const std::string & path, DataObject * image) {
    this->ProcessObject::SetInput(input, image);
    if (image)
    {
      files[input] = { image, path, reader->GetRemarksOn(path) };
    }
    this->Modified();
  };
  const ImageType::Pointer referenceImage = reader->Read(reference);
  const auto               takeGrid = [&](ImageBase<3> * image, const std::string & path) {
    VerifySameGrid(referenceImage, reference, image, path);
    // What the formats' digits leave of it.
    image->CopyInformation(referenceImage);
  };
  const ImageType::Pointer syntheticImage = reader->Read(synthetic);
  takeGrid(syntheticImage, synthetic);
  MaskType::Pointer maskImage;
  if (!mask.empty())
  {
    maskImage = reader->ReadMask(mask);
    takeGrid(maskImage, mask);
  }
  const auto readLabels = [&](const std::string & path) {
    LabelImageType::Pointer labels;
    if (!path.empty())
    {
      labels = reader->ReadLabels(path);
      takeGrid(labels, path);
    }
    return labels;
  };
  const LabelImageType::Pointer referenceLabelImage = readLabels(referenceLabels);
  const LabelImageType::Pointer syntheticLabelImage = readLabels(syntheticLabels);
  ImageType::Pointer            mrImage;
  if (!mr.empty())
  {
    mrImage = reader->Read(mr);
    VolumeReader::VerifyVoxels(mrImage, mr, nullptr);
  }
  keep("ReferenceImage", reference, referenceImage);
  keep("SyntheticImage", synthetic, syntheticImage);
  keep("MaskImage", mask, maskImage);
  keep("ReferenceLabelImage", referenceLabels, referenceLabelImage);
  keep("SyntheticLabelImage", syntheticLabels, syntheticLabelImage);
  keep("MRImage", mr, mrImage);
}

void
ImagePairEvaluation::Segment(SegmentationFilterType * filter)
{
  if (!m_Settings->NeedsStructures())
  {
    return;
  }
  this->PrepareInputs();
  for (const ImageType * const image : { this->GetReferenceImage(), this->GetSyntheticImage() })
  {
    if (!SyntheticCTDetail::AreVoxelsFinite(image))
    {
      Fail("a segmentation network needs finite numbers in every voxel, outside the mask too");
    }
  }
  const auto labelsOf = [filter](const ImageType * image) {
    filter->SetInput(image);
    filter->Update();
    const LabelImageType::Pointer labels = filter->GetOutput();
    labels->DisconnectPipeline();
    return labels;
  };
  this->SetReferenceStructureImage(labelsOf(this->GetReferenceImage()));
  this->SetSyntheticStructureImage(labelsOf(this->GetSyntheticImage()));
}

void
ImagePairEvaluation::VerifyPreconditions() const
{
  // In one line, where the superclass has several.
  for (const char * const name : { "ReferenceImage", "SyntheticImage" })
  {
    if (!this->ProcessObject::GetInput(name))
    {
      Fail(std::string(name) + " is not set");
    }
  }
  if (!m_Settings)
  {
    Fail("Settings is null");
  }
  m_Settings->VerifyValues();
  Superclass::VerifyPreconditions();
}

ImagePairEvaluation::MaskType::ConstPointer
ImagePairEvaluation::PrepareInputs()
{
  this->VerifyPreconditions();
  for (const std::string & name : this->GetInputNames())
  {
    if (DataObject * const input = this->ProcessObject::GetInput(name))
    {
      input->Update();
      const auto * const image = dynamic_cast<const ImageBase<3> *>(input);
      // A picture and a profile show an MR of any grid.
      if (image && (name != "MRImage" || m_Settings->NeedsMR()))
      {
        VerifySameGrid(this->GetReferenceImage(),
                       m_Internals->NameOf(this, "ReferenceImage"),
                       image,
                       m_Internals->NameOf(this, name));
      }
    }
  }
  MaskType::ConstPointer mask = this->GetMaskImage();
  if (mask && m_Settings->GetMaskDilation() > 0)
  {
    auto dilate = InPlaneDilateMaskImageFilter<MaskType>::New();
    dilate->SetInput(mask);
    dilate->SetRadius(m_Settings->GetMaskDilation());
    dilate->Update();
    mask = dilate->GetOutput();
  }
  VolumeReader::VerifyVoxels(this->GetReferenceImage(), m_Internals->NameOf(this, "ReferenceImage"), mask);
  VolumeReader::VerifyVoxels(this->GetSyntheticImage(), m_Internals->NameOf(this, "SyntheticImage"), mask);
  return mask;
}

void
ImagePairEvaluation::Update()
{
  this->SetAbortGenerateData(false);
  m_Internals->Clear();
  this->InvokeEvent(StartEvent());
  this->UpdateProgress(0.0F);
  try
  {
    this->GenerateData();
  }
  catch (...)
  {
    m_Internals->Clear();
    if (this->GetAbortGenerateData())
    {
      this->InvokeEvent(AbortEvent());
    }
    throw;
  }
  this->UpdateProgress(1.0F);
  this->InvokeEvent(EndEvent());
}

void
ImagePairEvaluation::CheckPlausibility(const MaskType * mask)
{
  using CheckType = PlausibilityCheckImageFilter<ImageType, MaskType>;
  for (const std::string name : { "ReferenceImage", "SyntheticImage", "MRImage" })
  {
    const auto * const image = static_cast<const ImageType *>(this->ProcessObject::GetInput(name));
    const bool         isMR = name == "MRImage";
    // An MR that only a profile shows may lie on another grid than the mask, and its voxels may be no numbers.
    if (!image || (isMR && !m_Settings->NeedsMR() && !SyntheticCTDetail::AreVoxelsFinite(image)))
    {
      continue;
    }
    // The whole image, since a mask may have no air; but not where voxels outside the mask are no numbers.
    const bool isMasked = !SyntheticCTDetail::AreVoxelsFinite(image);
    auto       check = CheckType::New();
    check->SetInput(image);
    check->SetMaskImage(isMasked ? mask : nullptr);
    check->SetModality(isMR ? ImageModalityEnum::MR : ImageModalityEnum::CT);
    check->SetImageName(m_Internals->NameOf(this, name));
    check->Update();
    for (unsigned int i = 0; i < check->GetNumberOfRemarks(); ++i)
    {
      const PlausibilityRemarkEnum kind = check->GetRemarkKind(i);
      const bool isOfAir = kind == PlausibilityRemarkEnum::NoAir || kind == PlausibilityRemarkEnum::Offset;
      if (!isMasked || !isOfAir)
      {
        m_Internals->AddRemark(check->GetRemark(i));
      }
    }
  }
}

void
ImagePairEvaluation::GenerateData()
{
  SyntheticCTDetail::PairImages images;
  images.Mask = this->PrepareInputs();
  for (const auto & file : m_Internals->Files)
  {
    if (!m_Internals->PathOf(this, file.first).empty())
    {
      for (const std::string & remark : file.second.Remarks)
      {
        m_Internals->AddRemark(remark);
      }
    }
  }
  this->CheckPlausibility(images.Mask);
  images.Reference = this->GetReferenceImage();
  images.Synthetic = this->GetSyntheticImage();
  images.ReferenceLabels = this->GetReferenceLabelImage();
  images.SyntheticLabels = this->GetSyntheticLabelImage();
  images.ReferenceStructures = this->GetReferenceStructureImage();
  images.SyntheticStructures = this->GetSyntheticStructureImage();
  images.MR = this->GetMRImage();

  Internals & internals = *m_Internals;
  internals.ReferenceName = internals.NameOf(this, "ReferenceImage");
  internals.SyntheticName = internals.NameOf(this, "SyntheticImage");
  internals.Place = images.Mask ? "inside " + internals.NameOf(this, "MaskImage") : "whole image";
  internals.Head = SyntheticCTDetail::ReportHead(m_CaseName, internals.StampsOf(this), *m_Settings);

  PairMeasurement                   measurement(images, *m_Settings, this);
  SyntheticCTDetail::MetricValues & values = internals.Values;
  const SizeValueType               count = m_Settings->GetNumberOfMetrics();
  for (SizeValueType i = 0; i < count; ++i)
  {
    if (this->GetAbortGenerateData())
    {
      throw ProcessAborted(__FILE__, __LINE__);
    }
    const auto * const metric = SyntheticCTDetail::FindMetric(m_Settings->GetMetric(i));
    if (!m_Settings->GetIsOptional(i) || measurement.Has(metric->Input))
    {
      metric->Compute(measurement, values);
    }
    this->UpdateProgress(static_cast<float>(i + 1) / static_cast<float>(count));
  }
  for (const std::string & remark : measurement.GetRemarks())
  {
    internals.AddRemark(WithNames(
      remark, { { "ReferenceImage", internals.ReferenceName }, { "SyntheticImage", internals.SyntheticName } }));
  }
  if (!measurement.IsFinite())
  {
    // Some metrics look at voxels outside the mask too, in their windows or by their definition.
    for (MetricValue & value : values)
    {
      if (std::isnan(value.Value))
      {
        value.Reason += std::string(value.Reason.empty() ? "" : ", or ") + "voxels outside the mask are not finite";
      }
    }
  }
}

SizeValueType
ImagePairEvaluation::GetNumberOfValues() const
{
  return m_Internals->Values.size();
}

std::string
ImagePairEvaluation::GetName(SizeValueType index) const
{
  return m_Internals->At(index).Name;
}

double
ImagePairEvaluation::GetValue(SizeValueType index) const
{
  return m_Internals->At(index).Value;
}

std::string
ImagePairEvaluation::GetUnit(SizeValueType index) const
{
  return m_Internals->At(index).Unit;
}

EvaluationDirectionEnum
ImagePairEvaluation::GetDirection(SizeValueType index) const
{
  return m_Internals->At(index).Direction;
}

std::string
ImagePairEvaluation::GetDefinition(SizeValueType index) const
{
  return m_Internals->At(index).Definition;
}

std::string
ImagePairEvaluation::GetSizes(SizeValueType index) const
{
  return m_Internals->At(index).Sizes;
}

std::string
ImagePairEvaluation::GetReason(SizeValueType index) const
{
  const MetricValue & value = m_Internals->At(index);
  return std::isfinite(value.Value) ? "" : value.Reason;
}

SizeValueType
ImagePairEvaluation::GetNumberOfRemarks() const
{
  return m_Internals->Remarks.size();
}

std::string
ImagePairEvaluation::GetRemark(SizeValueType index) const
{
  if (index >= m_Internals->Remarks.size())
  {
    Fail("there is no remark " + std::to_string(index) + ", only " + std::to_string(m_Internals->Remarks.size()) +
         " of the last Update()");
  }
  return m_Internals->Remarks[index];
}

bool
ImagePairEvaluation::HasValue(const std::string & name) const
{
  return SyntheticCTDetail::FindValue(m_Internals->Values, name) != nullptr;
}

SizeValueType
ImagePairEvaluation::GetIndex(const std::string & name) const
{
  const MetricValue * const value = SyntheticCTDetail::FindValue(m_Internals->Values, name);
  if (!value)
  {
    Fail("there is no value '" + name + "' of the last Update()");
  }
  return static_cast<SizeValueType>(value - m_Internals->Values.data());
}

std::string
ImagePairEvaluation::GetJSON() const
{
  if (m_Internals->Head.empty())
  {
    Fail("there is no report before Update()");
  }
  return SyntheticCTDetail::CaseReport(m_Internals->Head, m_Internals->Values, m_Internals->Remarks);
}

std::string
ImagePairEvaluation::GetText() const
{
  size_t width = 0;
  for (const MetricValue & value : m_Internals->Values)
  {
    width = std::max(width, value.Name.size());
  }
  std::string text;
  for (const MetricValue & value : m_Internals->Values)
  {
    text += AtLeft(value.Name, width) + ' ' + AtRight(FormatNumber("%.6g", value.Value), 12) +
            (value.Unit == "1" ? "" : ' ' + value.Unit) + '\n';
  }
  return text;
}

std::string
ImagePairEvaluation::GetRegionText() const
{
  const auto valueOf = [this](const std::string & name) -> const MetricValue & {
    return m_Internals->Values[this->GetIndex(name)];
  };
  const double dataRange = Json::parse(valueOf("psnr").Definition).at("data-range-hu").get<double>();
  std::string text = m_Internals->SyntheticName + " against " + m_Internals->ReferenceName + '\n' + m_Internals->Place +
                     "; errors are synthetic - reference; PSNR for a data range of " + FormatNumber("%g", dataRange) +
                     " HU\n\n" + AtLeft("region", 12) + ' ' + AtLeft("HU", 14) + ' ' + AtRight("voxels", 10);
  const struct
  {
    const char * Name;
    const char * Title;
    const char * Format;
    size_t       Width;
  } columns[] = { { "me", "ME/HU", "%.2f", 9 },
                  { "mae", "MAE/HU", "%.2f", 9 },
                  { "rmse", "RMSE/HU", "%.2f", 9 },
                  { "psnr", "PSNR/dB", "%.2f", 9 },
                  { "pearson-r", "R", "%.4f", 8 } };
  for (const auto & column : columns)
  {
    text += ' ' + AtRight(column.Title, column.Width);
  }
  text += '\n';
  for (const auto & region : SyntheticCTDetail::regionNames)
  {
    const MetricValue & error = valueOf(std::string("me") + region.Ending);
    const Json          definition = Json::parse(error.Definition);
    std::string         title = "body";
    std::string         interval = "all";
    if (region.Region != HounsfieldRegionEnum::Body)
    {
      title = region.Place;
      const Json & bounds = definition.at("interval-hu");
      interval =
        '[' + FormatNumber("%g", bounds[0].get<double>()) + ", " + FormatNumber("%g", bounds[1].get<double>()) + ']';
    }
    text +=
      AtLeft(title, 12) + ' ' + AtLeft(interval, 14) + ' ' + AtRight(Json::parse(error.Sizes).at("voxels").dump(), 10);
    for (const auto & column : columns)
    {
      const double value = valueOf(std::string(column.Name) + region.Ending).Value;
      text += ' ' + AtRight(FormatNumber(column.Format, value), column.Width);
    }
    text += '\n';
  }
  return text;
}

ImagePairEvaluation::MaskType::ConstPointer
ImagePairEvaluation::MakeBodyMask()
{
  return this->PrepareInputs();
}

ImagePairEvaluation::ImageType::Pointer
ImagePairEvaluation::MakeDifferenceImage()
{
  this->PrepareInputs();
  auto subtract = SubtractImageFilter<ImageType>::New();
  subtract->SetInput1(this->GetSyntheticImage());
  subtract->SetInput2(this->GetReferenceImage());
  subtract->Update();
  return subtract->GetOutput();
}

ImagePairEvaluation::ImageType::Pointer
ImagePairEvaluation::MakeSimilarityMap()
{
  const MaskType::ConstPointer mask = this->PrepareInputs();
  auto                         filter = PairMeasurement::SimilarityType::New();
  filter->SetReferenceImage(this->GetReferenceImage());
  filter->SetSyntheticImage(this->GetSyntheticImage());
  filter->SetMaskImage(mask);
  filter->ComputeGlobalOff();
  filter->ComputeMapOn();
  filter->WarnOfRemarksOff();
  filter->Update();
  return filter->GetOutput();
}

ImagePairEvaluation::MeshType::Pointer
ImagePairEvaluation::MakeDeviationMesh()
{
  SyntheticCTDetail::PairImages images;
  images.Mask = this->PrepareInputs();
  images.Reference = this->GetReferenceImage();
  images.Synthetic = this->GetSyntheticImage();
  PairMeasurement measurement(images, *m_Settings);
  auto * const    filter = measurement.GetDeviation(true);
  if (filter->GetNumberOfPoints() == 0)
  {
    Fail("the reference has no bone, and so no surface");
  }
  return filter->GetOutput();
}

std::string
ImagePairEvaluation::MakeHistogramTable()
{
  const MaskType::ConstPointer mask = this->PrepareInputs();
  auto                         filter = HistogramType::New();
  filter->WarnOfRemarksOff();
  filter->SetReferenceImage(this->GetReferenceImage());
  filter->SetSyntheticImage(this->GetSyntheticImage());
  filter->SetMaskImage(mask);
  filter->Update();
  std::string text = "minimum-hu,maximum-hu,reference-body,synthetic-body,reference-air,synthetic-air,"
                     "reference-soft-tissue,synthetic-soft-tissue,reference-bone,synthetic-bone";
  for (SizeValueType bin = 0; bin < filter->GetNumberOfBins(); ++bin)
  {
    text += '\n' + Field(filter->GetBinMinimum(bin)) + ',' + Field(filter->GetBinMaximum(bin));
    for (const HounsfieldRegionEnum region : allRegions)
    {
      text += ',' + std::to_string(filter->GetReferenceFrequency(bin, region)) + ',' +
              std::to_string(filter->GetSyntheticFrequency(bin, region));
    }
  }
  text += "\nNaN,NaN";
  for (const HounsfieldRegionEnum region : allRegions)
  {
    text += ',' + std::to_string(filter->GetReferenceFrequencyOutside(region)) + ',' +
            std::to_string(filter->GetSyntheticFrequencyOutside(region));
  }
  return text;
}

std::string
ImagePairEvaluation::MakeJointHistogramTable()
{
  const MaskType::ConstPointer mask = this->PrepareInputs();
  auto                         filter = HistogramType::New();
  filter->WarnOfRemarksOff();
  filter->SetReferenceImage(this->GetReferenceImage());
  filter->SetSyntheticImage(this->GetSyntheticImage());
  filter->SetMaskImage(mask);
  filter->ComputeJointHistogramOn();
  filter->Update();
  std::string text = "reference-minimum-hu,reference-maximum-hu,synthetic-minimum-hu,synthetic-maximum-hu,voxels";
  for (SizeValueType row = 0; row < filter->GetNumberOfBins(); ++row)
  {
    for (SizeValueType column = 0; column < filter->GetNumberOfBins(); ++column)
    {
      if (const auto count = filter->GetJointFrequency(row, column))
      {
        text += '\n' + Field(filter->GetBinMinimum(row)) + ',' + Field(filter->GetBinMaximum(row)) + ',' +
                Field(filter->GetBinMinimum(column)) + ',' + Field(filter->GetBinMaximum(column)) + ',' +
                std::to_string(count);
      }
    }
  }
  return text;
}

std::string
ImagePairEvaluation::MakeProfileTable(const PointType & start, const PointType & end, double step)
{
  this->PrepareInputs();
  auto calculator = HounsfieldProfileCalculator<ImageType>::New();
  calculator->AddImage(this->GetReferenceImage());
  calculator->AddImage(this->GetSyntheticImage());
  if (this->GetMRImage())
  {
    calculator->AddImage(this->GetMRImage());
  }
  calculator->SetStartPoint(start);
  calculator->SetEndPoint(end);
  calculator->SetStep(step);
  calculator->Compute();
  bool isOutside = true;
  for (SizeValueType i = 0; i < calculator->GetNumberOfPoints(); ++i)
  {
    isOutside = isOutside && std::isnan(calculator->GetValue(0, i));
  }
  if (isOutside)
  {
    Fail("no point of the line lies inside the reference; x, y and z are in mm toward the patient's left, back and "
         "head");
  }
  std::string text =
    std::string("distance-mm,x-mm,y-mm,z-mm,reference-hu,synthetic-hu") + (this->GetMRImage() ? ",mr" : "");
  for (SizeValueType i = 0; i < calculator->GetNumberOfPoints(); ++i)
  {
    text += '\n' + Field(calculator->GetDistance(i));
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      text += ',' + Field(calculator->GetPoint(i)[axis]);
    }
    for (SizeValueType image = 0; image < calculator->GetNumberOfImages(); ++image)
    {
      text += ',' + Field(calculator->GetValue(image, i));
    }
  }
  return text;
}

void
ImagePairEvaluation::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "CaseName: " << m_CaseName << std::endl;
  itkPrintSelfObjectMacro(Settings);
  os << indent << "Values: " << this->GetNumberOfValues() << std::endl;
  for (const MetricValue & value : m_Internals->Values)
  {
    os << indent.GetNextIndent() << value.Name << ": " << value.Value << ' ' << value.Unit << std::endl;
  }
  os << indent << "Remarks: " << this->GetNumberOfRemarks() << std::endl;
  for (const std::string & remark : m_Internals->Remarks)
  {
    os << indent.GetNextIndent() << remark << std::endl;
  }
}

} // namespace itk
