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
#ifndef itkNormalizedMutualInformationImageFilter_hxx
#define itkNormalizedMutualInformationImageFilter_hxx

#include "itkNormalizedMutualInformationImageFilter.h"

#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"
#include "SyntheticCTDetail/itkMaskedStatistics.h"
#include "SyntheticCTDetail/itkPairedRuns.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace itk
{

template <typename TCTImage, typename TMRImage, typename TMaskImage>
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::NormalizedMutualInformationImageFilter()
{
  this->SetPrimaryInputName("CTImage");
  this->AddRequiredInputName("MRImage", 1);
  this->AddOptionalInputName("MaskImage", 2);
}

template <typename TCTImage, typename TMRImage, typename TMaskImage>
void
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (!(m_WindowMinimum < m_WindowMaximum) || !std::isfinite(m_WindowMaximum - m_WindowMinimum))
  {
    itkSyntheticCTExceptionMacro("WindowMinimum is " << m_WindowMinimum
                                                     << " but should be smaller than WindowMaximum, which is "
                                                     << m_WindowMaximum << ", and both should be finite.");
  }
  SyntheticCTDetail::VerifyPercentiles(this, m_LowerPercentile, m_UpperPercentile);
  if (m_NumberOfBins < 2 || m_NumberOfBins > 1024)
  {
    itkSyntheticCTExceptionMacro("NumberOfBins is " << m_NumberOfBins << " but should be from 2 to 1024.");
  }
}

template <typename TCTImage, typename TMRImage, typename TMaskImage>
void
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::VerifyInputInformation() const
{
  const CTImageType * const ct = this->GetCTImage();
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, ct, this->GetMRImage(), "MRImage");
  SyntheticCTDetail::VerifySameGrid<Self, ImageDimension>(this, ct, this->GetMaskImage(), "MaskImage");
}

template <typename TCTImage, typename TMRImage, typename TMaskImage>
void
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::BeforeStreamedGenerateData()
{
  Superclass::BeforeStreamedGenerateData();
  m_HasResults = false;
  m_NumberOfVoxels = 0;
  m_CTEntropy = 0.0;
  m_MREntropy = 0.0;
  m_JointEntropy = 0.0;
  m_UsedMRMinimum = std::numeric_limits<double>::quiet_NaN();
  m_UsedMRMaximum = std::numeric_limits<double>::quiet_NaN();
}

template <typename TCTImage, typename TMRImage, typename TMaskImage>
auto
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::CountPairs() -> CountersType
{
  using SyntheticCTDetail::PairedRun;
  using SyntheticCTDetail::ValueClassifier;

  // Without the outer ends, what lies beyond them is in the outer bins: clipped. An interval of one number is one bin.
  const auto classifierOf = [this](double minimum, double maximum) {
    std::vector<double> cuts;
    for (unsigned int bin = 1; bin < m_NumberOfBins && minimum < maximum; ++bin)
    {
      cuts.push_back(minimum + bin * ((maximum - minimum) / m_NumberOfBins));
    }
    return ValueClassifier(std::move(cuts));
  };
  const ValueClassifier ctClassifier = classifierOf(m_WindowMinimum, m_WindowMaximum);
  const ValueClassifier mrClassifier = classifierOf(m_UsedMRMinimum, m_UsedMRMaximum);
  const size_t          ctClasses = ctClassifier.GetNumberOfClasses();
  const size_t          mrClasses = mrClassifier.GetNumberOfClasses();

  SyntheticCTDetail::CounterPool pool;
  pool.Initialize(ctClasses * mrClasses);
  const CTImageType * const ct = this->GetCTImage();
  SyntheticCTDetail::ParallelizeSlices(
    this, ct->GetLargestPossibleRegion(), 0.5F, [&](SizeValueType, const RegionType & slice) {
      std::array<ValueClassifier::ClassType, PairedRun::Capacity> ctBins;
      std::array<ValueClassifier::ClassType, PairedRun::Capacity> mrBins;
      pool.Count([&](SizeValueType * counters) {
        SyntheticCTDetail::ForEachPairedRun(
          ct, this->GetMRImage(), this->GetMaskImage(), slice, [&](const PairedRun & run) {
            ctClassifier.Classify(run.GetReference(), run.GetCount(), ctBins.data());
            mrClassifier.Classify(run.GetSynthetic(), run.GetCount(), mrBins.data());
            for (size_t i = 0; i < run.GetCount(); ++i)
            {
              ++counters[ctBins[i] * mrClasses + mrBins[i]];
            }
          });
      });
    });
  CountersType counts = pool.TakeSum();

  // The first class is NaN, of which the MR has none.
  SizeValueType notNumbers = 0;
  for (size_t i = 0; i < mrClasses; ++i)
  {
    notNumbers += counts[i];
  }
  if (notNumbers > 0)
  {
    itkSyntheticCTExceptionMacro("CTImage has " << notNumbers << " voxels that are NaN"
                                                << (this->GetMaskImage() ? " inside the mask" : "")
                                                << ", and should have numbers there.");
  }
  return counts;
}

template <typename TCTImage, typename TMRImage, typename TMaskImage>
void
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::StreamedGenerateData(unsigned int)
{
  if (const MaskImageType * const mask = this->GetMaskImage())
  {
    const auto * const begin = mask->GetBufferPointer();
    const auto * const end = begin + mask->GetLargestPossibleRegion().GetNumberOfPixels();
    if (std::all_of(begin, end, [](auto voxel) { return voxel == decltype(voxel){}; }))
    {
      m_HasResults = true;
      return;
    }
  }
  const std::vector<double> range = SyntheticCTDetail::ComputePercentiles(
    this, this->GetMRImage(), this->GetMaskImage(), { m_LowerPercentile, m_UpperPercentile }, 0.5F);
  m_UsedMRMinimum = range[0];
  m_UsedMRMaximum = range[1];

  const CountersType joint = this->CountPairs();
  const size_t       mrClasses = joint.size() / (m_NumberOfBins + 1);
  CountersType       ct(m_NumberOfBins + 1, 0);
  CountersType       mr(mrClasses, 0);
  for (size_t i = 0; i < joint.size(); ++i)
  {
    ct[i / mrClasses] += joint[i];
    mr[i % mrClasses] += joint[i];
    m_NumberOfVoxels += joint[i];
  }
  m_CTEntropy = EntropyOf(ct, m_NumberOfVoxels);
  m_MREntropy = EntropyOf(mr, m_NumberOfVoxels);
  m_JointEntropy = EntropyOf(joint, m_NumberOfVoxels);
  m_HasResults = true;
}

template <typename TCTImage, typename TMRImage, typename TMaskImage>
double
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::EntropyOf(const CountersType & counts,
                                                                                  SizeValueType        sum)
{
  double entropy = 0.0;
  for (const SizeValueType count : counts)
  {
    if (count > 0)
    {
      const double probability = static_cast<double>(count) / static_cast<double>(sum);
      entropy -= probability * std::log(probability);
    }
  }
  return entropy;
}

template <typename TCTImage, typename TMRImage, typename TMaskImage>
void
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::AfterStreamedGenerateData()
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

template <typename TCTImage, typename TMRImage, typename TMaskImage>
void
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::VerifyResults() const
{
  if (!m_HasResults)
  {
    itkSyntheticCTExceptionMacro("there are no results: Update() should be called before they are asked for.");
  }
}

template <typename TCTImage, typename TMRImage, typename TMaskImage>
double
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::GetNormalizedMutualInformation() const
{
  this->VerifyResults();
  return m_JointEntropy > 0.0 ? (m_CTEntropy + m_MREntropy) / m_JointEntropy : std::numeric_limits<double>::quiet_NaN();
}

template <typename TCTImage, typename TMRImage, typename TMaskImage>
void
NormalizedMutualInformationImageFilter<TCTImage, TMRImage, TMaskImage>::PrintSelf(std::ostream & os,
                                                                                  Indent         indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "WindowMinimum: " << m_WindowMinimum << std::endl;
  os << indent << "WindowMaximum: " << m_WindowMaximum << std::endl;
  os << indent << "LowerPercentile: " << m_LowerPercentile << std::endl;
  os << indent << "UpperPercentile: " << m_UpperPercentile << std::endl;
  os << indent << "NumberOfBins: " << m_NumberOfBins << std::endl;
  os << indent << "HasResults: " << (m_HasResults ? "Yes" : "No") << std::endl;
  if (!m_HasResults)
  {
    return;
  }
  os << indent << "NumberOfVoxels: " << m_NumberOfVoxels << std::endl;
  os << indent << "CTEntropy: " << m_CTEntropy << std::endl;
  os << indent << "MREntropy: " << m_MREntropy << std::endl;
  os << indent << "JointEntropy: " << m_JointEntropy << std::endl;
  os << indent << "MutualInformation: " << this->GetMutualInformation() << std::endl;
  os << indent << "NormalizedMutualInformation: " << this->GetNormalizedMutualInformation() << std::endl;
  os << indent << "UsedMRMinimum: " << m_UsedMRMinimum << std::endl;
  os << indent << "UsedMRMaximum: " << m_UsedMRMaximum << std::endl;
}

} // namespace itk

#endif
