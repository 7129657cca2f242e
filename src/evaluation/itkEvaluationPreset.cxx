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
#include "itkEvaluationPreset.h"

#include "evaluation/itkMetricTable.h"
#include "evaluation/itkNamedTable.h"

#include <algorithm>
#include <limits>

namespace itk
{

using SyntheticCTDetail::EntryAt;
using SyntheticCTDetail::FindEntry;
using SyntheticCTDetail::IndexOfEntry;

namespace
{

struct PresetMetric
{
  PresetMetric(std::string name, bool isOptional = false)
    : Name(std::move(name))
    , IsOptional(isOptional)
  {}

  std::string Name;
  bool        IsOptional;
};

/** A metric that is taken only where a case has the segmentations or the MR that it needs. */
PresetMetric
Optional(const char * name)
{
  return { name, true };
}

/** What a challenge or a paper reports. */
struct Preset
{
  const char *              Name;
  const char *              Meaning;
  std::vector<PresetMetric> Metrics;
};

std::vector<PresetMetric>
ErrorNames()
{
  SyntheticCTDetail::MetricEntries errors;
  SyntheticCTDetail::AddErrorMetrics(errors);
  std::vector<PresetMetric> names;
  for (const auto & metric : errors)
  {
    names.emplace_back(metric.Name);
  }
  return names;
}

const std::vector<Preset> &
PresetTable()
{
  static const std::vector<Preset> table{
    { "errors", "all errors of voxels (the default)", ErrorNames() },
    { "synthrad2023",
      "image metrics of the SynthRAD2023 challenge, inside the mask",
      { { "mae" }, { "psnr-synthrad2023" }, { "ssim-synthrad2023" } } },
    { "synthrad2025",
      "metrics of the SynthRAD2025 challenge, inside the mask; Dice and HD95 (MONAI) of the labels of the anatomy "
      "where segmentations are given, or of structures that a segmentation network finds",
      { { "mae" },
        { "psnr-synthrad2025" },
        { "ms-ssim" },
        Optional("dice-labels"),
        Optional("hd95-voxel-labels"),
        Optional("dice-structures"),
        Optional("hd95-voxel-structures") } },
    { "roi-multitask",
      "Kaushik et al. 2022: MAE and Dice per region, Dice against HU",
      { { "mae" },
        { "mae-air" },
        { "mae-soft-tissue" },
        { "mae-bone" },
        { "dice-body" },
        { "dice-air" },
        { "dice-soft-tissue" },
        { "dice-bone" },
        { "dice-curve" } } },
    { "light-unet",
      "Bambach and Ho 2022: errors, bone overlap over grey levels, signed deviation of the bone's surface",
      { { "pearson-r" },
        { "mae" },
        { "mse" },
        { "grey-precision" },
        { "grey-recall" },
        { "grey-dice" },
        { "deviation" } } },
    { "ngf-pix2pix",
      "Belmir 2025: PSNR in the whole image and with the background set (mean over axial slices) and inside the "
      "mask, SSIM in the whole image and masked, Dice of the skull (bone by its HU, and segmentations given or found "
      "by a network); their masks are dilated by 2 voxels",
      { { "psnr-global-slices" },
        { "psnr-background-set-slices" },
        { "psnr" },
        { "ssim-global" },
        { "ssim" },
        { "dice-bone" },
        Optional("dice-labels"),
        Optional("dice-structures") } },
    { "afp",
      "Longuefosse et al. 2024: MAE, SSIM, Dice and NSD of segmentations (given, or found by a network); their "
      "tolerance is 1.2 mm for lungs and 2 mm for the pelvis",
      { { "mae" },
        { "ssim" },
        Optional("dice-labels"),
        Optional("nsd-labels"),
        Optional("dice-structures"),
        Optional("nsd-structures") } },
    { "region-specific",
      "Ki et al. 2026: SSIM and PSNR in bone and in soft tissue, here by HU (theirs are a segmentation of bones and "
      "the rest)",
      { { "ssim-bone" }, { "psnr-bone" }, { "ssim-soft-tissue" }, { "psnr-soft-tissue" } } },
    { "mr-agreement",
      "MAE, and where the MR is given the normalized mutual information with it, which needs no true CT: that of the "
      "synthetic CT, and that of the true one beside it",
      { { "mae" }, Optional("nmi"), Optional("nmi-reference") } }
  };
  return table;
}

const std::string absentPreset = "there is no preset";

const Preset &
PresetAt(SizeValueType index)
{
  return EntryAt(PresetTable(), index, absentPreset);
}

const PresetMetric &
MetricAt(SizeValueType index, SizeValueType metric)
{
  const Preset & preset = PresetAt(index);
  return EntryAt(preset.Metrics, metric, std::string("the preset '") + preset.Name + "' has no metric");
}

struct LabelList
{
  const char * Name;
  const char * Text;
};

const LabelList labelLists[] = { { "synthrad2025-ab", "2,3,5,6,10-14,26-50,79,92-115,116" },
                                 { "synthrad2025-hn", "26-50,79,90,91" },
                                 { "synthrad2025-th", "5,6,10-14,26-50,79,92-115,116" } };

const LabelList &
LabelListAt(SizeValueType index)
{
  return EntryAt(labelLists, index, "there is no list of labels");
}

/** One number of a label; 0 when it is none. */
unsigned long
ParseLabel(const std::string & text)
{
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos)
  {
    return 0;
  }
  const unsigned long label = std::stoul(text);
  return label <= std::numeric_limits<unsigned short>::max() ? label : 0;
}

/** Add a number or a range, unless it is there already. */
void
AddLabels(const std::string & text, std::vector<unsigned short> & labels)
{
  const size_t        dash = text.find('-');
  const unsigned long first = ParseLabel(text.substr(0, dash));
  const unsigned long last = dash == std::string::npos ? first : ParseLabel(text.substr(dash + 1));
  if (first == 0 || last < first)
  {
    SyntheticCTDetail::Fail("'" + text +
                            "' is no label from 1 to 65535, no range of them such as 26-50, and no list of labels");
  }
  for (unsigned long label = first; label <= last; ++label)
  {
    if (std::find(labels.begin(), labels.end(), label) == labels.end())
    {
      labels.push_back(static_cast<unsigned short>(label));
    }
  }
}

} // namespace

SizeValueType
EvaluationPreset::GetNumberOfPresets()
{
  return PresetTable().size();
}

std::string
EvaluationPreset::GetName(SizeValueType index)
{
  return PresetAt(index).Name;
}

std::string
EvaluationPreset::GetMeaning(SizeValueType index)
{
  return PresetAt(index).Meaning;
}

SizeValueType
EvaluationPreset::GetNumberOfMetrics(SizeValueType index)
{
  return PresetAt(index).Metrics.size();
}

std::string
EvaluationPreset::GetMetric(SizeValueType index, SizeValueType metric)
{
  return MetricAt(index, metric).Name;
}

bool
EvaluationPreset::GetIsOptional(SizeValueType index, SizeValueType metric)
{
  return MetricAt(index, metric).IsOptional;
}

bool
EvaluationPreset::Has(const std::string & name)
{
  return FindEntry(PresetTable(), name) != nullptr;
}

SizeValueType
EvaluationPreset::GetIndex(const std::string & name)
{
  return IndexOfEntry(PresetTable(), name, absentPreset);
}

SizeValueType
EvaluationLabelList::GetNumberOfLists()
{
  return std::size(labelLists);
}

std::string
EvaluationLabelList::GetName(SizeValueType index)
{
  return LabelListAt(index).Name;
}

std::string
EvaluationLabelList::GetText(SizeValueType index)
{
  return LabelListAt(index).Text;
}

std::vector<unsigned short>
EvaluationLabelList::GetLabels(const std::vector<std::string> & names)
{
  std::vector<unsigned short> labels;
  for (const std::string & name : names)
  {
    const LabelList * const list = FindEntry(labelLists, name);
    if (!list)
    {
      AddLabels(name, labels);
      continue;
    }
    const std::string text = list->Text;
    for (size_t begin = 0; begin < text.size();)
    {
      const size_t end = std::min(text.find(',', begin), text.size());
      AddLabels(text.substr(begin, end - begin), labels);
      begin = end + 1;
    }
  }
  return labels;
}

} // namespace itk
