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
#ifndef itkSurfaceDistanceMeasuresImageFilter_hxx
#define itkSurfaceDistanceMeasuresImageFilter_hxx

#include "itkSurfaceDistanceMeasuresImageFilter.h"

#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkPixelConversion.h"
#include "itkNumericTraits.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace itk
{

template <typename TReferenceImage, typename TSyntheticImage>
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::SurfaceDistanceMeasuresImageFilter()
{
  this->SetPrimaryInputName("ReferenceImage");
  this->AddRequiredInputName("SyntheticImage", 1);
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::SetLabels(const LabelListType & labels)
{
  if (m_Labels != labels)
  {
    m_Labels = labels;
    this->Modified();
  }
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::SetTolerances(const RealListType & tolerances)
{
  if (m_Tolerances != tolerances)
  {
    m_Tolerances = tolerances;
    this->Modified();
  }
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::SetPercentiles(const RealListType & percentiles)
{
  if (m_Percentiles != percentiles)
  {
    m_Percentiles = percentiles;
    this->Modified();
  }
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  if (m_MergeLabels && !m_Labels.empty())
  {
    itkSyntheticCTExceptionMacro("MergeLabels is on, so that Labels should be empty, but it has " << m_Labels.size()
                                                                                                  << " elements.");
  }
  for (auto it = m_Labels.begin(); it != m_Labels.end(); ++it)
  {
    const auto printed = static_cast<typename NumericTraits<LabelType>::PrintType>(*it);
    if (*it == LabelType{})
    {
      itkSyntheticCTExceptionMacro("Labels has 0, which is the background.");
    }
    if (!SyntheticCTDetail::IsFinite(*it))
    {
      itkSyntheticCTExceptionMacro("Labels has " << printed << ", which is not a number that a voxel can have.");
    }
    if (std::find(m_Labels.begin(), it, *it) != it)
    {
      itkSyntheticCTExceptionMacro("Labels has " << printed << " twice.");
    }
  }
  for (const double tolerance : m_Tolerances)
  {
    if (!(tolerance >= 0.0) || std::isinf(tolerance))
    {
      itkSyntheticCTExceptionMacro("Tolerances has " << tolerance
                                                     << " but a tolerance should be a length in mm, 0 or more.");
    }
  }
  for (const double percentile : m_Percentiles)
  {
    if (!(percentile >= 0.0 && percentile <= 100.0))
    {
      itkSyntheticCTExceptionMacro("Percentiles has " << percentile << " but a percentile should be from 0 to 100.");
    }
  }
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySegmentations(
    this, this->GetReferenceImage(), this->GetSyntheticImage(), this->GetCoordinateTolerance());
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::BeforeStreamedGenerateData()
{
  Superclass::BeforeStreamedGenerateData();
  m_HasResults = false;
  m_Results.clear();
  m_AreLabelsFound = m_Labels.empty() && !m_MergeLabels;
  m_UsedTolerances = m_Tolerances;
  m_UsedPercentiles = m_Percentiles;
  m_Missing = Result{};
  this->FillMissing(m_Missing);
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::StreamedGenerateData(unsigned int)
{
  using BoxType = SyntheticCTDetail::LabelBox<LabelType>;
  constexpr float searchWeight = 0.1f;

  const SizeValueType  mostLabels = m_AreLabelsFound ? MostLabels : std::numeric_limits<SizeValueType>::max();
  std::vector<BoxType> found;
  SyntheticCTDetail::FindLabelBoxes(
    this, this->GetReferenceImage(), "ReferenceImage", m_MergeLabels, mostLabels, searchWeight, found);
  SyntheticCTDetail::FindLabelBoxes(
    this, this->GetSyntheticImage(), "SyntheticImage", m_MergeLabels, mostLabels, searchWeight, found);

  // What is to be measured is either what was found or what was asked for.
  std::vector<BoxType> structures;
  for (const LabelType label : m_MergeLabels ? LabelListType{ LabelType{} } : m_Labels)
  {
    const auto it =
      std::find_if(found.begin(), found.end(), [label](const BoxType & one) { return one.Label == label; });
    structures.push_back({ label, it == found.end() ? SyntheticCTDetail::SegmentationBox{} : it->Box });
  }
  if (m_AreLabelsFound)
  {
    structures = found;
  }

  std::vector<Result> results;
  for (const BoxType & structure : structures)
  {
    results.push_back(this->Measure(
      structure.Label, structure.Box, (1.0f - 2.0f * searchWeight) / static_cast<float>(structures.size())));
  }
  m_Results = results;
  m_HasResults = true;
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::AfterStreamedGenerateData()
{
  Superclass::AfterStreamedGenerateData();
  // Then ITK leaves out the work, and says nothing.
  if (this->GetAbortGenerateData())
  {
    m_HasResults = false;
    this->InvokeEvent(AbortEvent());
    this->ResetPipeline();
    this->RestoreInputReleaseDataFlags();
    SyntheticCTDetail::ThrowIfAborted(this);
  }
}

template <typename TReferenceImage, typename TSyntheticImage>
auto
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::Measure(
  LabelType label, const SyntheticCTDetail::SegmentationBox & box, float progressWeight) -> Result
{
  using SurfaceType = SyntheticCTDetail::SegmentationSurface;
  using ProfileType = SyntheticCTDetail::DistanceProfile;

  constexpr bool          planar = ImageDimension == 2;
  const bool              surfels = m_Definition == DefinitionEnum::Surfel;
  const auto              spacing = SyntheticCTDetail::SpacingInThreeDimensions(this->GetReferenceImage());
  const auto              kind = surfels ? SurfaceType::Kind::Corners : SurfaceType::Kind::Voxels;
  std::array<double, 256> areas;
  areas.fill(1.0);
  if (surfels)
  {
    areas = SyntheticCTDetail::ComputeSurfaceElementAreas(spacing, planar);
  }

  // The two surfaces. What is done for both is done in turns, so that threads that take neighbouring parts of the work
  // have as much of one as of the other.
  const std::array<SizeValueType, 3> size{ { box.GetSize(0), box.GetSize(1), box.GetSize(2) } };
  SurfaceType                        surfaces[2] = { { size, spacing, kind, planar }, { size, spacing, kind, planar } };
  SyntheticCTDetail::ParallelizeArray(this, 2 * size[2], 0.2f * progressWeight, [&](SizeValueType i) {
    if (i % 2 == 0)
    {
      SyntheticCTDetail::FillVoxels(this->GetReferenceImage(), label, m_MergeLabels, box, i / 2, surfaces[0]);
    }
    else
    {
      SyntheticCTDetail::FillVoxels(this->GetSyntheticImage(), label, m_MergeLabels, box, i / 2, surfaces[1]);
    }
  });
  const SizeValueType parts = 2 * surfaces[0].GetNumberOfSlabs();
  SyntheticCTDetail::ParallelizeArray(
    this, parts, 0.2f * progressWeight, [&](SizeValueType i) { surfaces[i % 2].FindElements(i / 2); });
  for (SurfaceType & surface : surfaces)
  {
    surface.Connect();
  }

  // Distances from the elements of each surface to the other.
  std::vector<ProfileType> profilesOfParts(parts);
  SyntheticCTDetail::ParallelizeArray(this, parts, 0.6f * progressWeight, [&](SizeValueType i) {
    const auto &        elements = surfaces[i % 2].ElementsOf(i / 2);
    ProfileType &       profile = profilesOfParts[i];
    SurfaceType::Search search(surfaces[1 - i % 2]);
    profile.Reserve(elements.size());
    for (const SyntheticCTDetail::SurfaceElement & element : elements)
    {
      profile.Add(search.SquaredDistanceFrom(element.Position), areas[element.Code]);
    }
    profile.Sort();
  });
  ProfileType profiles[2];
  for (SizeValueType i = 0; i < parts; ++i)
  {
    profiles[i % 2].Append(profilesOfParts[i]);
  }
  profiles[0].Sort();
  profiles[1].Sort();

  Result result;
  result.Label = label;
  result.ReferenceNumberOfVoxels = surfaces[0].CountVoxels();
  result.SyntheticNumberOfVoxels = surfaces[1].CountVoxels();
  result.ReferenceArea = profiles[0].GetAmount();
  result.SyntheticArea = profiles[1].GetAmount();
  if (result.ReferenceNumberOfVoxels == 0 || result.SyntheticNumberOfVoxels == 0)
  {
    this->FillMissing(result);
    return result;
  }

  result.Dice = 2.0 * static_cast<double>(surfaces[0].CountCommonVoxels(surfaces[1])) /
                static_cast<double>(result.ReferenceNumberOfVoxels + result.SyntheticNumberOfVoxels);
  const double area = result.ReferenceArea + result.SyntheticArea;
  result.ReferenceMean = profiles[0].GetSum() / result.ReferenceArea;
  result.SyntheticMean = profiles[1].GetSum() / result.SyntheticArea;
  result.SymmetricMean = (profiles[0].GetSum() + profiles[1].GetSum()) / area;
  result.Hausdorff = std::max(profiles[0].GetMaximum(), profiles[1].GetMaximum());
  for (const double tolerance : m_Tolerances)
  {
    constexpr double margin = 1e-6;
    const double     reference = profiles[0].GetAmountWithin(tolerance + margin);
    const double     synthetic = profiles[1].GetAmountWithin(tolerance + margin);
    result.SurfaceDice.push_back((reference + synthetic) / area);
    result.ReferenceShares.push_back(reference / result.ReferenceArea);
    result.SyntheticShares.push_back(synthetic / result.SyntheticArea);
  }
  for (const double percentile : m_Percentiles)
  {
    const auto quantile = [&](const ProfileType & profile) {
      const double share = percentile / 100.0;
      return surfels ? profile.GetQuantile(share) : profile.GetInterpolatedQuantile(share);
    };
    result.HausdorffAtPercentiles.push_back(std::max(quantile(profiles[0]), quantile(profiles[1])));
  }
  return result;
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetNthTolerance(SizeValueType i) const
{
  if (i >= m_Tolerances.size())
  {
    itkSyntheticCTExceptionMacro("There is no element with index " << i << " in Tolerances, which has "
                                                                   << m_Tolerances.size() << '.');
  }
  return m_Tolerances[i];
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetNthPercentile(SizeValueType i) const
{
  if (i >= m_Percentiles.size())
  {
    itkSyntheticCTExceptionMacro("There is no element with index " << i << " in Percentiles, which has "
                                                                   << m_Percentiles.size() << '.');
  }
  return m_Percentiles[i];
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::FillMissing(Result & result) const
{
  constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
  const bool       both = result.ReferenceNumberOfVoxels == 0 && result.SyntheticNumberOfVoxels == 0;
  const double     distance = both ? notANumber : std::numeric_limits<double>::infinity();
  const double     share = both ? notANumber : 0.0;
  result.Dice = share;
  result.ReferenceMean = distance;
  result.SyntheticMean = distance;
  result.SymmetricMean = distance;
  result.Hausdorff = distance;
  result.SurfaceDice.assign(m_Tolerances.size(), share);
  result.ReferenceShares = result.SurfaceDice;
  result.SyntheticShares = result.SurfaceDice;
  result.HausdorffAtPercentiles.assign(m_Percentiles.size(), distance);
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::VerifyResults() const
{
  if (!m_HasResults)
  {
    itkSyntheticCTExceptionMacro("there are no results: Update() should be called before they are asked for.");
  }
}

template <typename TReferenceImage, typename TSyntheticImage>
auto
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::ResultOf(LabelType label) const -> const Result &
{
  this->VerifyResults();
  const auto found =
    std::find_if(m_Results.begin(), m_Results.end(), [label](const Result & one) { return one.Label == label; });
  if (found != m_Results.end())
  {
    return *found;
  }
  if (!m_AreLabelsFound || label == LabelType{} || !SyntheticCTDetail::IsFinite(label))
  {
    itkSyntheticCTExceptionMacro("The label "
                                 << static_cast<typename NumericTraits<LabelType>::PrintType>(label)
                                 << " was not measured: it should be one of Labels, and 0 with MergeLabels on.");
  }
  return m_Missing;
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::ElementOf(const RealListType & results,
                                                                                const RealListType & settings,
                                                                                double               setting,
                                                                                const char *         name) const
{
  const auto found = std::find(settings.begin(), settings.end(), setting);
  if (found == settings.end())
  {
    itkSyntheticCTExceptionMacro("There are no results for " << setting << ": it was not one of " << name << '.');
  }
  return results[static_cast<size_t>(found - settings.begin())];
}

template <typename TReferenceImage, typename TSyntheticImage>
auto
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetNthLabel(SizeValueType i) const -> LabelType
{
  this->VerifyResults();
  if (i >= m_Results.size())
  {
    itkSyntheticCTExceptionMacro("There is no label with index " << i << ": the last Update() measured "
                                                                 << m_Results.size() << '.');
  }
  return m_Results[i].Label;
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetNormalizedSurfaceDice(LabelType label,
                                                                                               double tolerance) const
{
  return this->ElementOf(this->ResultOf(label).SurfaceDice, m_UsedTolerances, tolerance, "Tolerances");
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetReferenceShareWithinTolerance(
  LabelType label, double tolerance) const
{
  return this->ElementOf(this->ResultOf(label).ReferenceShares, m_UsedTolerances, tolerance, "Tolerances");
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetSyntheticShareWithinTolerance(
  LabelType label, double tolerance) const
{
  return this->ElementOf(this->ResultOf(label).SyntheticShares, m_UsedTolerances, tolerance, "Tolerances");
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetHausdorffDistance(LabelType label) const
{
  return this->ResultOf(label).Hausdorff;
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetHausdorffDistanceAtPercentile(
  LabelType label, double percentile) const
{
  return this->ElementOf(this->ResultOf(label).HausdorffAtPercentiles, m_UsedPercentiles, percentile, "Percentiles");
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetAverageSymmetricSurfaceDistance(
  LabelType label) const
{
  return this->ResultOf(label).SymmetricMean;
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetMeanDistanceOfBothDirections(
  LabelType label) const
{
  const Result & result = this->ResultOf(label);
  return 0.5 * (result.ReferenceMean + result.SyntheticMean);
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetMeanDistanceFromReference(
  LabelType label) const
{
  return this->ResultOf(label).ReferenceMean;
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetMeanDistanceFromSynthetic(
  LabelType label) const
{
  return this->ResultOf(label).SyntheticMean;
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetDiceCoefficient(LabelType label) const
{
  return this->ResultOf(label).Dice;
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetReferenceSurfaceArea(LabelType label) const
{
  return this->ResultOf(label).ReferenceArea;
}

template <typename TReferenceImage, typename TSyntheticImage>
double
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetSyntheticSurfaceArea(LabelType label) const
{
  return this->ResultOf(label).SyntheticArea;
}

template <typename TReferenceImage, typename TSyntheticImage>
SizeValueType
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetReferenceNumberOfVoxels(LabelType label) const
{
  return this->ResultOf(label).ReferenceNumberOfVoxels;
}

template <typename TReferenceImage, typename TSyntheticImage>
SizeValueType
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::GetSyntheticNumberOfVoxels(LabelType label) const
{
  return this->ResultOf(label).SyntheticNumberOfVoxels;
}

template <typename TReferenceImage, typename TSyntheticImage>
void
SurfaceDistanceMeasuresImageFilter<TReferenceImage, TSyntheticImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  using PrintType = typename NumericTraits<LabelType>::PrintType;
  const auto print = [&](const char * name, const RealListType & values) {
    os << indent << name << ':';
    for (const double value : values)
    {
      os << ' ' << value;
    }
    os << std::endl;
  };
  os << indent << "Labels:";
  for (const LabelType label : m_Labels)
  {
    os << ' ' << static_cast<PrintType>(label);
  }
  os << std::endl;
  os << indent << "MergeLabels: " << (m_MergeLabels ? "On" : "Off") << std::endl;
  os << indent << "Definition: " << m_Definition << std::endl;
  print("Tolerances", m_Tolerances);
  print("Percentiles", m_Percentiles);
  os << indent << "HasResults: " << (m_HasResults ? "Yes" : "No") << std::endl;
  if (!m_HasResults)
  {
    return;
  }
  print("UsedTolerances", m_UsedTolerances);
  print("UsedPercentiles", m_UsedPercentiles);
  os << indent << "NumberOfLabels: " << m_Results.size() << std::endl;
  for (const Result & result : m_Results)
  {
    os << indent << "Label " << static_cast<PrintType>(result.Label) << ": Dice " << result.Dice
       << ", HausdorffDistance " << result.Hausdorff << ", AverageSymmetricSurfaceDistance " << result.SymmetricMean
       << std::endl;
  }
}

} // namespace itk

#endif
