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
#ifndef itkPatchSignalCalculator_hxx
#define itkPatchSignalCalculator_hxx

#include "itkPatchSignalCalculator.h"

#include "itkMultiThreaderBase.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace itk
{

template <typename TImage>
void
PatchSignalCalculator<TImage>::VerifyParameters() const
{
  if (!m_Image)
  {
    itkSyntheticCTExceptionMacro("There is no Image");
  }
  if (std::isnan(m_Threshold))
  {
    itkSyntheticCTExceptionMacro("Threshold is " << m_Threshold << " and should be a number");
  }
  if (!(m_MinimumShare >= 0.0 && m_MinimumShare <= 1.0))
  {
    itkSyntheticCTExceptionMacro("MinimumShare is " << m_MinimumShare << " and should be in [0, 1]");
  }
  if (m_Plane != PlaneEnum::Axial && m_Plane != PlaneEnum::Coronal && m_Plane != PlaneEnum::Sagittal)
  {
    itkSyntheticCTExceptionMacro("Plane is " << m_Plane << " and should be Axial, Coronal or Sagittal");
  }
  const size_t dimension = m_PatchGrid.GetDimension();
  if (dimension != 0 && dimension != 2 && dimension != ImageDimension)
  {
    itkSyntheticCTExceptionMacro("PatchGrid has " << dimension << " axes and should have 2 or " << ImageDimension);
  }
}

template <typename TImage>
void
PatchSignalCalculator<TImage>::PlaceWindows()
{
  m_ImageRegion = m_Image->GetLargestPossibleRegion();
  m_Windows = {};
  m_Order = { { 0, 1, 2 } };
  const size_t gridDimension = m_PatchGrid.GetDimension();
  unsigned int inSlice = ImageDimension;
  if (ImageDimension == 3 && gridDimension != 3)
  {
    // Each slice is a window across its axis, and the numbers of the slices rise the slowest.
    const unsigned int axis = AnatomicalSliceAxis(m_Plane, m_Image->GetDirection());
    std::rotate(m_Order.begin() + axis, m_Order.begin() + axis + 1, m_Order.end());
    m_Windows[axis].Starts.resize(m_ImageRegion.GetSize(axis));
    std::iota(m_Windows[axis].Starts.begin(), m_Windows[axis].Starts.end(), int64_t{ 0 });
    inSlice = 2;
  }
  for (unsigned int i = 0; i < inSlice; ++i)
  {
    const unsigned int  axis = m_Order[i];
    const SizeValueType size = m_ImageRegion.GetSize(axis);
    Windows &           windows = m_Windows[axis];
    if (gridDimension == 0)
    {
      windows.Length = static_cast<int64_t>(size);
      continue;
    }
    if (m_PatchGrid.GetImageSize()[i] != size)
    {
      itkSyntheticCTExceptionMacro("PatchGrid is for " << m_PatchGrid.GetImageSize()[i] << " voxels along its axis "
                                                       << i << " and should be for " << size << ", as the image has");
    }
    windows.Starts = m_PatchGrid.GetAxisStarts(i);
    windows.Length = static_cast<int64_t>(m_PatchGrid.GetPatchSize()[i]);
  }
}

template <typename TImage>
void
PatchSignalCalculator<TImage>::SumWindows(const SizeValueType *        values,
                                          SizeValueType                count,
                                          SizeValueType                length,
                                          const Windows &              windows,
                                          std::vector<SizeValueType> & running,
                                          SizeValueType *              sums)
{
  const auto last = static_cast<int64_t>(count);
  const auto add = [length](const SizeValueType * a, const SizeValueType * b, SizeValueType * sum) {
    for (SizeValueType i = 0; i < length; ++i)
    {
      sum[i] = a[i] + b[i];
    }
  };
  if (windows.Length == 1)
  {
    for (size_t w = 0; w < windows.Starts.size(); ++w)
    {
      std::copy_n(values + static_cast<size_t>(windows.Starts[w]) * length, length, sums + w * length);
    }
    return;
  }
  if (windows.Starts.size() == 1 && windows.Starts[0] <= 0 && windows.Starts[0] + windows.Length >= last)
  {
    std::fill_n(sums, length, 0);
    for (SizeValueType i = 0; i < count; ++i)
    {
      add(sums, values + i * length, sums);
    }
    return;
  }
  running.assign((count + 1) * length, 0);
  for (SizeValueType i = 0; i < count; ++i)
  {
    add(running.data() + i * length, values + i * length, running.data() + (i + 1) * length);
  }
  for (size_t w = 0; w < windows.Starts.size(); ++w)
  {
    const auto begin = static_cast<size_t>(std::clamp<int64_t>(windows.Starts[w], 0, last));
    const auto end = static_cast<size_t>(std::clamp<int64_t>(windows.Starts[w] + windows.Length, 0, last));
    for (SizeValueType i = 0; i < length; ++i)
    {
      sums[w * length + i] = running[end * length + i] - running[begin * length + i];
    }
  }
}

template <typename TImage>
void
PatchSignalCalculator<TImage>::Compute()
{
  this->VerifyParameters();
  m_Counts.clear();
  this->PlaceWindows();

  // Seen as a volume, an image in 2D is one slice thick.
  std::array<SizeValueType, 3>   size{ { 1, 1, 1 } };
  std::array<OffsetValueType, 3> stride{ { 1, 0, 0 } };
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    size[d] = m_ImageRegion.GetSize(d);
    stride[d] = m_Image->GetOffsetTable()[d];
  }
  const PixelType * const first = m_Image->GetBufferPointer() + m_Image->ComputeOffset(m_ImageRegion.GetIndex());
  const std::array<SizeValueType, 3> windows{
    { m_Windows[0].Starts.size(), m_Windows[1].Starts.size(), m_Windows[2].Starts.size() }
  };

  // Along the first and the second axis, slice by slice in memory; then along the third.
  const SizeValueType        inPlane = windows[0] * windows[1];
  std::vector<SizeValueType> planes(inPlane * size[2]);
  auto                       threader = MultiThreaderBase::New();
  threader->ParallelizeArray(
    0,
    size[2],
    [&](SizeValueType k) {
      std::vector<SizeValueType> signal(size[0]);
      std::vector<SizeValueType> running;
      std::vector<SizeValueType> rows(windows[0] * size[1]);
      for (SizeValueType j = 0; j < size[1]; ++j)
      {
        const PixelType * const row =
          first + static_cast<OffsetValueType>(k) * stride[2] + static_cast<OffsetValueType>(j) * stride[1];
        std::transform(row, row + size[0], signal.begin(), [this](PixelType pixel) -> SizeValueType {
          return static_cast<double>(pixel) > m_Threshold;
        });
        SumWindows(signal.data(), size[0], 1, m_Windows[0], running, rows.data() + j * windows[0]);
      }
      SumWindows(rows.data(), size[1], windows[0], m_Windows[1], running, planes.data() + k * inPlane);
    },
    nullptr);
  std::vector<SizeValueType> volume(inPlane * windows[2]);
  std::vector<SizeValueType> running;
  SumWindows(planes.data(), size[2], inPlane, m_Windows[2], running, volume.data());

  // From the order of the array to that of the numbers.
  const std::array<SizeValueType, 3> step{ { 1, windows[0], inPlane } };
  m_Counts.reserve(volume.size());
  for (SizeValueType c = 0; c < windows[m_Order[2]]; ++c)
  {
    for (SizeValueType b = 0; b < windows[m_Order[1]]; ++b)
    {
      for (SizeValueType a = 0; a < windows[m_Order[0]]; ++a)
      {
        m_Counts.push_back(volume[a * step[m_Order[0]] + b * step[m_Order[1]] + c * step[m_Order[2]]]);
      }
    }
  }
}

template <typename TImage>
void
PatchSignalCalculator<TImage>::VerifyPatch(SizeValueType patch) const
{
  if (patch >= m_Counts.size())
  {
    itkSyntheticCTExceptionMacro("There is no patch " << patch << ": the last Compute() found " << m_Counts.size());
  }
}

template <typename TImage>
SizeValueType
PatchSignalCalculator<TImage>::GetNumberOfSignalVoxels(SizeValueType patch) const
{
  this->VerifyPatch(patch);
  return m_Counts[patch];
}

template <typename TImage>
double
PatchSignalCalculator<TImage>::GetSignalShare(SizeValueType patch) const
{
  this->VerifyPatch(patch);
  const auto voxels = static_cast<double>(m_Windows[0].Length * m_Windows[1].Length * m_Windows[2].Length);
  return static_cast<double>(m_Counts[patch]) / voxels;
}

template <typename TImage>
bool
PatchSignalCalculator<TImage>::IsAccepted(SizeValueType patch) const
{
  return this->GetSignalShare(patch) >= m_MinimumShare;
}

template <typename TImage>
auto
PatchSignalCalculator<TImage>::GetPatchRegion(SizeValueType patch) const -> RegionType
{
  this->VerifyPatch(patch);
  RegionType region;
  for (const unsigned int axis : m_Order)
  {
    const auto &        starts = m_Windows[axis].Starts;
    const SizeValueType window = patch % starts.size();
    patch /= starts.size();
    if (axis < ImageDimension)
    {
      region.SetIndex(axis, m_ImageRegion.GetIndex(axis) + static_cast<IndexValueType>(starts[window]));
      region.SetSize(axis, static_cast<SizeValueType>(m_Windows[axis].Length));
    }
  }
  return region;
}

template <typename TImage>
auto
PatchSignalCalculator<TImage>::GetRejectedPatches() const -> PatchNumbersType
{
  PatchNumbersType rejected;
  for (SizeValueType patch = 0; patch < m_Counts.size(); ++patch)
  {
    if (!this->IsAccepted(patch))
    {
      rejected.push_back(patch);
    }
  }
  return rejected;
}

template <typename TImage>
void
PatchSignalCalculator<TImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  itkPrintSelfObjectMacro(Image);
  os << indent << "Threshold: " << m_Threshold << std::endl;
  os << indent << "MinimumShare: " << m_MinimumShare << std::endl;
  os << indent << "Plane: " << m_Plane << std::endl;
  os << indent << "PatchGrid: " << m_PatchGrid.GetDimension() << " axes, " << m_PatchGrid.GetNumberOfTiles()
     << " windows" << std::endl;
  os << indent << "NumberOfPatches: " << m_Counts.size() << std::endl;
  os << indent << "RejectedPatches:";
  for (const SizeValueType patch : this->GetRejectedPatches())
  {
    os << ' ' << patch;
  }
  os << std::endl;
}

} // namespace itk

#endif
