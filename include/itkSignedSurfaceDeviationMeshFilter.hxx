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
#ifndef itkSignedSurfaceDeviationMeshFilter_hxx
#define itkSignedSurfaceDeviationMeshFilter_hxx

#include "itkSignedSurfaceDeviationMeshFilter.h"

#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkPixelConversion.h"
#include "itkContinuousIndex.h"
#include "itkImageToImageFilterCommon.h"
#include "itkNumericTraits.h"
#include "itkTriangleCell.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace itk
{

template <typename TReferenceImage, typename TSyntheticImage, typename TOutputMesh>
SignedSurfaceDeviationMeshFilter<TReferenceImage, TSyntheticImage, TOutputMesh>::SignedSurfaceDeviationMeshFilter()
{
  this->SetPrimaryInputName("ReferenceImage");
  this->AddRequiredInputName("SyntheticImage", 1);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TOutputMesh>
void
SignedSurfaceDeviationMeshFilter<TReferenceImage, TSyntheticImage, TOutputMesh>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  if (!(m_LowerBound <= m_UpperBound))
  {
    itkSyntheticCTExceptionMacro("LowerBound is " << m_LowerBound
                                                  << " but should not be larger than UpperBound, which is "
                                                  << m_UpperBound << '.');
  }
  const auto printed = static_cast<typename NumericTraits<LabelType>::PrintType>(m_Label);
  if (!SyntheticCTDetail::IsFinite(m_Label))
  {
    itkSyntheticCTExceptionMacro("Label is " << printed << ", which is not a number that a voxel can have.");
  }
  if (m_MergeLabels && m_Label != LabelType{})
  {
    itkSyntheticCTExceptionMacro("Label is " << printed << " but should be 0 while MergeLabels is on.");
  }
  if (!m_MergeLabels && m_Label == LabelType{})
  {
    itkSyntheticCTExceptionMacro(
      "Label is 0, which is the background, but should be that of a structure while MergeLabels "
      "is off.");
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TOutputMesh>
void
SignedSurfaceDeviationMeshFilter<TReferenceImage, TSyntheticImage, TOutputMesh>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySegmentations(this,
                                         this->GetReferenceImage(),
                                         this->GetSyntheticImage(),
                                         ImageToImageFilterCommon::GetGlobalDefaultCoordinateTolerance());
}

template <typename TReferenceImage, typename TSyntheticImage, typename TOutputMesh>
void
SignedSurfaceDeviationMeshFilter<TReferenceImage, TSyntheticImage, TOutputMesh>::GenerateData()
{
  using SurfaceType = SyntheticCTDetail::SegmentationSurface;

  const ReferenceImageType * reference = this->GetReferenceImage();
  const SyntheticImageType * synthetic = this->GetSyntheticImage();
  const bool                 surfels = m_Definition == SurfaceDistanceDefinitionEnum::Surfel;
  const auto                 kind = surfels ? SurfaceType::Kind::Corners : SurfaceType::Kind::Voxels;
  constexpr auto             anyNumber = std::numeric_limits<SizeValueType>::max();

  m_HasResults = false;
  m_Results = Results{};
  std::vector<SyntheticCTDetail::LabelBox<LabelType>> found;
  SyntheticCTDetail::FindLabelBoxes(this, reference, "ReferenceImage", m_MergeLabels, anyNumber, 0.1f, found);
  SyntheticCTDetail::FindLabelBoxes(this, synthetic, "SyntheticImage", m_MergeLabels, anyNumber, 0.1f, found);
  SyntheticCTDetail::SegmentationBox box;
  for (const auto & one : found)
  {
    if (one.Label == m_Label)
    {
      box = one.Box;
    }
  }

  const std::array<SizeValueType, 3> size{ { box.GetSize(0), box.GetSize(1), box.GetSize(2) } };
  const auto                         spacing = SyntheticCTDetail::SpacingInThreeDimensions(reference);
  SurfaceType                        referenceSurface(size, spacing, kind, false);
  SurfaceType                        syntheticSurface(size, spacing, kind, false);
  SyntheticCTDetail::ParallelizeArray(this, size[2], 0.1f, [&](SizeValueType z) {
    SyntheticCTDetail::FillVoxels(reference, m_Label, m_MergeLabels, box, z, referenceSurface);
    SyntheticCTDetail::FillVoxels(synthetic, m_Label, m_MergeLabels, box, z, syntheticSurface);
  });
  const SizeValueType slabs = referenceSurface.GetNumberOfSlabs();
  SyntheticCTDetail::ParallelizeArray(this, slabs, 0.1f, [&](SizeValueType slab) {
    referenceSurface.FindElements(slab);
    syntheticSurface.FindElements(slab);
  });
  referenceSurface.Connect();
  syntheticSurface.Connect();

  std::vector<SizeValueType> firstOfSlab(slabs + 1, 0);
  for (SizeValueType slab = 0; slab < slabs; ++slab)
  {
    firstOfSlab[slab + 1] = firstOfSlab[slab] + referenceSurface.ElementsOf(slab).size();
  }
  std::vector<double> deviations(firstOfSlab[slabs]);
  SyntheticCTDetail::ParallelizeArray(this, slabs, 0.3f, [&](SizeValueType slab) {
    SurfaceType::Search search(syntheticSurface);
    double *            deviation = deviations.data() + firstOfSlab[slab];
    for (const auto & element : referenceSurface.ElementsOf(slab))
    {
      const double distance = std::sqrt(search.SquaredDistanceFrom(element.Position));
      // Away from the surface all voxels around a corner are alike, and beyond the box they are outside.
      bool isInside = true;
      for (unsigned int axis = 0; axis < 3; ++axis)
      {
        isInside = isInside && element.Position[axis] < size[axis];
      }
      isInside = isInside && syntheticSurface.IsInside(element.Position);
      *deviation++ = isInside ? distance : 0.0 - distance;
    }
  });

  this->FillMesh(referenceSurface, box, deviations);
  if (m_WeighByArea && surfels)
  {
    const auto          areas = SyntheticCTDetail::ComputeSurfaceElementAreas(spacing, false);
    std::vector<double> weights;
    weights.reserve(deviations.size());
    for (SizeValueType slab = 0; slab < slabs; ++slab)
    {
      for (const auto & element : referenceSurface.ElementsOf(slab))
      {
        weights.push_back(areas[element.Code]);
      }
    }
    this->ComputeWeightedStatistics(deviations, weights);
  }
  else
  {
    this->ComputeStatistics(std::move(deviations));
  }
  m_HasResults = true;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TOutputMesh>
auto
SignedSurfaceDeviationMeshFilter<TReferenceImage, TSyntheticImage, TOutputMesh>::GetResults() const -> const Results &
{
  if (!m_HasResults)
  {
    itkSyntheticCTExceptionMacro("there are no results: Update() should be called before they are asked for.");
  }
  return m_Results;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TOutputMesh>
void
SignedSurfaceDeviationMeshFilter<TReferenceImage, TSyntheticImage, TOutputMesh>::ComputeStatistics(
  std::vector<double> deviations)
{
  m_Results.NumberOfPoints = deviations.size();
  if (deviations.empty())
  {
    return;
  }
  std::sort(deviations.begin(), deviations.end());

  const auto    count = static_cast<double>(deviations.size());
  double        sum = 0.0;
  SizeValueType within = 0;
  for (const double deviation : deviations)
  {
    sum += deviation;
    within += this->IsWithinBounds(deviation) ? 1 : 0;
  }
  const double mean = sum / count;
  double       squares = 0.0;
  for (const double deviation : deviations)
  {
    squares += (deviation - mean) * (deviation - mean);
  }
  m_Results.MeanDeviation = mean;
  m_Results.StandardDeviation = std::sqrt(squares / count);
  m_Results.MinimumDeviation = deviations.front();
  m_Results.MaximumDeviation = deviations.back();
  m_Results.ShareWithinBounds = static_cast<double>(within) / count;

  const auto quantile = [&deviations, count](double share) {
    const double rank = share * (count - 1.0);
    const auto   lower = static_cast<size_t>(rank);
    const double value = deviations[lower];
    const double next = deviations[std::min(lower + 1, deviations.size() - 1)];
    // Equal values may be infinite, and have no difference then.
    return next > value ? value + (next - value) * (rank - static_cast<double>(lower)) : value;
  };
  m_Results.LowerQuartile = quantile(0.25);
  m_Results.Median = quantile(0.5);
  m_Results.UpperQuartile = quantile(0.75);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TOutputMesh>
void
SignedSurfaceDeviationMeshFilter<TReferenceImage, TSyntheticImage, TOutputMesh>::ComputeWeightedStatistics(
  const std::vector<double> & deviations, const std::vector<double> & weights)
{
  m_Results.NumberOfPoints = deviations.size();
  if (deviations.empty())
  {
    return;
  }
  std::vector<std::pair<double, double>> points;
  for (size_t i = 0; i < deviations.size(); ++i)
  {
    points.emplace_back(deviations[i], weights[i]);
  }
  std::sort(points.begin(), points.end());

  double total = 0.0;
  double sum = 0.0;
  double within = 0.0;
  for (const auto & point : points)
  {
    total += point.second;
    sum += point.second * point.first;
    within += this->IsWithinBounds(point.first) ? point.second : 0.0;
  }
  const double mean = sum / total;
  double       squares = 0.0;
  for (const auto & point : points)
  {
    squares += point.second * (point.first - mean) * (point.first - mean);
  }
  m_Results.MeanDeviation = mean;
  m_Results.StandardDeviation = std::sqrt(squares / total);
  m_Results.MinimumDeviation = points.front().first;
  m_Results.MaximumDeviation = points.back().first;
  m_Results.ShareWithinBounds = within / total;

  const auto quantile = [&points, total](double share) {
    // A share that is reached but for the rounding of the sums is reached.
    const double wanted = share * total * (1.0 - 1e-12);
    double       amount = 0.0;
    for (const auto & point : points)
    {
      amount += point.second;
      if (amount >= wanted)
      {
        return point.first;
      }
    }
    return points.back().first;
  };
  m_Results.LowerQuartile = quantile(0.25);
  m_Results.Median = quantile(0.5);
  m_Results.UpperQuartile = quantile(0.75);
}

template <typename TReferenceImage, typename TSyntheticImage, typename TOutputMesh>
void
SignedSurfaceDeviationMeshFilter<TReferenceImage, TSyntheticImage, TOutputMesh>::FillMesh(
  const SyntheticCTDetail::SegmentationSurface & surface,
  const SyntheticCTDetail::SegmentationBox &     box,
  const std::vector<double> &                    deviations)
{
  using PointType = typename OutputMeshType::PointType;
  using CellType = typename OutputMeshType::CellType;

  const auto          points = OutputMeshType::PointsContainer::New();
  const auto          values = OutputMeshType::PointDataContainer::New();
  const auto          cells = OutputMeshType::CellsContainer::New();
  OutputMeshType *    mesh = this->GetOutput();
  const SizeValueType numberOfPoints = m_ComputeMesh ? deviations.size() : 0;
  const bool          surfels = m_Definition == SurfaceDistanceDefinitionEnum::Surfel;

  // From the corner, in voxels, to the mean of the middles between unlike voxels.
  std::array<std::array<double, 3>, 256> offsets{};
  for (unsigned int code = 1; code < 255; ++code)
  {
    unsigned int count = 0;
    for (unsigned int voxel = 0; voxel < 8; ++voxel)
    {
      for (unsigned int axis = 0; axis < 3; ++axis)
      {
        const unsigned int other = voxel | 1u << axis;
        if ((code >> voxel & 1u) == (code >> other & 1u))
        {
          continue;
        }
        ++count;
        for (unsigned int d = 0; d < 3; ++d)
        {
          offsets[code][d] += d == axis ? 0.0 : (voxel >> d & 1u) != 0 ? 0.5 : -0.5;
        }
      }
    }
    for (double & offset : offsets[code])
    {
      offset /= count;
    }
  }

  ElementsType elements;
  elements.reserve(numberOfPoints);
  for (SizeValueType slab = 0; m_ComputeMesh && slab < surface.GetNumberOfSlabs(); ++slab)
  {
    const auto & part = surface.ElementsOf(slab);
    elements.insert(elements.end(), part.begin(), part.end());
  }

  const ReferenceImageType * image = this->GetReferenceImage();
  const auto                 start = image->GetLargestPossibleRegion().GetIndex();
  points->Reserve(numberOfPoints);
  values->Reserve(numberOfPoints);
  for (SizeValueType i = 0; i < numberOfPoints; ++i)
  {
    ContinuousIndex<double, 3> index;
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      // Corner i lies half a voxel before the middle of voxel i.
      index[axis] = static_cast<double>(start[axis]) + static_cast<double>(box.First[axis]) +
                    static_cast<double>(elements[i].Position[axis]);
      if (surfels)
      {
        index[axis] = index[axis] - 0.5 + offsets[elements[i].Code][axis];
      }
    }
    Point<double, 3> point;
    image->TransformContinuousIndexToPhysicalPoint(index, point);
    PointType meshPoint;
    meshPoint.CastFrom(point);
    points->SetElement(i, meshPoint);
    values->SetElement(i, static_cast<typename OutputMeshType::PixelType>(deviations[i]));
  }

  const TrianglesType triangles = surfels ? this->MakeTriangles(elements, box) : TrianglesType{};
  cells->Reserve(triangles.size());
  mesh->SetPoints(points);
  mesh->SetPointData(values);
  mesh->SetCells(cells);
  for (SizeValueType i = 0; i < triangles.size(); ++i)
  {
    typename CellType::CellAutoPointer cell;
    cell.TakeOwnership(new TriangleCell<CellType>);
    cell->SetPointIds(triangles[i].data());
    mesh->SetCell(i, cell);
  }
}

template <typename TReferenceImage, typename TSyntheticImage, typename TOutputMesh>
auto
SignedSurfaceDeviationMeshFilter<TReferenceImage, TSyntheticImage, TOutputMesh>::MakeTriangles(
  const ElementsType & elements, const SyntheticCTDetail::SegmentationBox & box) const -> TrianglesType
{
  using PointIdentifierType = typename OutputMeshType::PointIdentifier;

  // Triangles of a grid that is a mirror image would face inward.
  const auto & direction = this->GetReferenceImage()->GetDirection();
  double       determinant = 0.0;
  for (unsigned int i = 0; i < 3; ++i)
  {
    const unsigned int j = (i + 1) % 3;
    const unsigned int k = (i + 2) % 3;
    determinant += direction(0, i) * (direction(1, j) * direction(2, k) - direction(1, k) * direction(2, j));
  }
  const bool isMirrored = determinant < 0.0;

  // A face belongs to the one of its corners with the smallest position; the others lie in the same slice of corners or
  // in the next one. So the numbers of the points of two slices are kept at the points' places.
  const SizeValueType              rowLength = box.GetSize(0) + 1;
  const SizeValueType              sliceLength = rowLength * (box.GetSize(1) + 1);
  std::vector<PointIdentifierType> numbers[2];
  numbers[0].resize(elements.empty() ? 0 : sliceLength);
  numbers[1].resize(elements.empty() ? 0 : sliceLength);
  const auto numberAt = [&](const SyntheticCTDetail::SurfaceElement::PositionType & position) -> PointIdentifierType & {
    return numbers[position[2] % 2][position[1] * rowLength + position[0]];
  };
  const auto endOfSlice = [&elements](SizeValueType begin) {
    SizeValueType end = begin;
    while (end < elements.size() && elements[end].Position[2] == elements[begin].Position[2])
    {
      ++end;
    }
    return end;
  };
  TrianglesType triangles;
  for (SizeValueType begin = 0, end = 0; begin < elements.size(); begin = end)
  {
    end = endOfSlice(begin);
    const SizeValueType endOfNext = endOfSlice(end);
    for (SizeValueType i = begin; i < endOfNext; ++i)
    {
      numberAt(elements[i].Position) = i;
    }
    for (SizeValueType i = begin; i < end; ++i)
    {
      for (unsigned int axis = 0; axis < 3; ++axis)
      {
        // The voxel beyond the point along all axes, and the one before it along this axis.
        const bool isAfterInside = (elements[i].Code >> 7 & 1u) != 0;
        const bool isBeforeInside = (elements[i].Code >> (7u ^ 1u << axis) & 1u) != 0;
        if (isAfterInside == isBeforeInside)
        {
          continue;
        }
        // Counterclockwise when seen from beyond.
        auto second = elements[i].Position;
        ++second[(axis + 1) % 3];
        auto third = second;
        ++third[(axis + 2) % 3];
        auto fourth = elements[i].Position;
        ++fourth[(axis + 2) % 3];
        std::array<PointIdentifierType, 4> corners{ { i, numberAt(second), numberAt(third), numberAt(fourth) } };
        if (isAfterInside != isMirrored)
        {
          std::swap(corners[1], corners[3]);
        }
        triangles.push_back({ { corners[0], corners[1], corners[2] } });
        triangles.push_back({ { corners[0], corners[2], corners[3] } });
      }
    }
  }
  return triangles;
}

template <typename TReferenceImage, typename TSyntheticImage, typename TOutputMesh>
void
SignedSurfaceDeviationMeshFilter<TReferenceImage, TSyntheticImage, TOutputMesh>::PrintSelf(std::ostream & os,
                                                                                           Indent         indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "MergeLabels: " << (m_MergeLabels ? "On" : "Off") << std::endl;
  os << indent << "Label: " << static_cast<typename NumericTraits<LabelType>::PrintType>(m_Label) << std::endl;
  os << indent << "Definition: " << m_Definition << std::endl;
  os << indent << "WeighByArea: " << (m_WeighByArea ? "On" : "Off") << std::endl;
  os << indent << "LowerBound: " << m_LowerBound << std::endl;
  os << indent << "UpperBound: " << m_UpperBound << std::endl;
  os << indent << "ComputeMesh: " << (m_ComputeMesh ? "On" : "Off") << std::endl;
  os << indent << "HasResults: " << (m_HasResults ? "Yes" : "No") << std::endl;
  os << indent << "NumberOfPoints: " << m_Results.NumberOfPoints << std::endl;
  os << indent << "MeanDeviation: " << m_Results.MeanDeviation << std::endl;
  os << indent << "StandardDeviation: " << m_Results.StandardDeviation << std::endl;
  os << indent << "MinimumDeviation: " << m_Results.MinimumDeviation << std::endl;
  os << indent << "MaximumDeviation: " << m_Results.MaximumDeviation << std::endl;
  os << indent << "LowerQuartile: " << m_Results.LowerQuartile << std::endl;
  os << indent << "Median: " << m_Results.Median << std::endl;
  os << indent << "UpperQuartile: " << m_Results.UpperQuartile << std::endl;
  os << indent << "InterquartileRange: " << m_Results.UpperQuartile - m_Results.LowerQuartile << std::endl;
  os << indent << "ShareWithinBounds: " << m_Results.ShareWithinBounds << std::endl;
}

} // namespace itk

#endif
