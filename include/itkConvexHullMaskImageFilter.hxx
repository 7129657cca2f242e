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
#ifndef itkConvexHullMaskImageFilter_hxx
#define itkConvexHullMaskImageFilter_hxx

#include "itkConvexHullMaskImageFilter.h"

#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
void
ConvexHullMaskImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (m_SliceAxis >= ImageDimension)
  {
    itkSyntheticCTExceptionMacro("SliceAxis is " << m_SliceAxis << " and should be less than " << ImageDimension);
  }
  if (m_InsideValue == m_OutsideValue)
  {
    itkSyntheticCTExceptionMacro("InsideValue and OutsideValue are both " << +m_InsideValue << " and should differ");
  }
}

template <typename TInputImage, typename TOutputImage>
void
ConvexHullMaskImageFilter<TInputImage, TOutputImage>::VerifyInputInformation() const
{
  Superclass::VerifyInputInformation();
  constexpr SizeValueType largest = 8192;
  const auto              size = this->GetInput()->GetLargestPossibleRegion().GetSize();
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    if (size[d] > largest)
    {
      itkSyntheticCTExceptionMacro("The image has the size " << size << " and should have at most " << largest
                                                             << " voxels along each axis");
    }
  }
}

template <typename TInputImage, typename TOutputImage>
void
ConvexHullMaskImageFilter<TInputImage, TOutputImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
}

template <typename TInputImage, typename TOutputImage>
void
ConvexHullMaskImageFilter<TInputImage, TOutputImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TInputImage, typename TOutputImage>
SizeValueType
ConvexHullMaskImageFilter<TInputImage, TOutputImage>::SizeAlong(unsigned int axis) const
{
  return axis < ImageDimension ? this->GetInput()->GetLargestPossibleRegion().GetSize(axis) : 1;
}

template <typename TInputImage, typename TOutputImage>
auto
ConvexHullMaskImageFilter<TInputImage, TOutputImage>::SliceCorners(unsigned int axis, SizeValueType slice) const
  -> std::vector<Point2Type>
{
  const InputImageType * input = this->GetInput();
  const auto             stride = [input](unsigned int d) {
    return d < ImageDimension ? input->GetOffsetTable()[d] : OffsetValueType{ 0 };
  };
  const unsigned int u = axis == 0 ? 1 : 0;
  const unsigned int v = axis == 2 ? 1 : 2;
  const auto         width = static_cast<int64_t>(this->SizeAlong(u));
  const auto         height = static_cast<int64_t>(this->SizeAlong(v));
  const auto * first = input->GetBufferPointer() + input->ComputeOffset(input->GetLargestPossibleRegion().GetIndex()) +
                       static_cast<OffsetValueType>(slice) * stride(axis);

  // Only the ends of a row can be corners.
  std::vector<Point2Type> ends;
  for (int64_t j = 0; j < height; ++j)
  {
    const auto * row = first + j * stride(v);
    const auto   isInside = [&](int64_t i) {
      return row[i * stride(u)] != NumericTraits<typename InputImageType::PixelType>::ZeroValue();
    };
    int64_t begin = 0;
    while (begin < width && !isInside(begin))
    {
      ++begin;
    }
    if (begin < width)
    {
      int64_t end = width - 1;
      while (!isInside(end))
      {
        --end;
      }
      ends.push_back({ { begin, j } });
      ends.push_back({ { end, j } });
    }
  }
  return SyntheticCTDetail::ConvexPolygon(std::move(ends));
}

template <typename TInputImage, typename TOutputImage>
void
ConvexHullMaskImageFilter<TInputImage, TOutputImage>::FillRow(Point3Type   point,
                                                              unsigned int axis,
                                                              int64_t      first,
                                                              int64_t      last)
{
  if (first > last)
  {
    return;
  }
  OutputImageType *                   output = this->GetOutput();
  typename OutputImageType::IndexType index = output->GetLargestPossibleRegion().GetIndex();
  point[axis] = first;
  for (unsigned int d = 0; d < ImageDimension; ++d)
  {
    index[d] += point[d];
  }
  const OffsetValueType stride = output->GetOffsetTable()[axis];
  OutputPixelType *     voxel = output->GetBufferPointer() + output->ComputeOffset(index);
  for (int64_t i = first; i <= last; ++i, voxel += stride)
  {
    *voxel = m_InsideValue;
  }
}

template <typename TInputImage, typename TOutputImage>
void
ConvexHullMaskImageFilter<TInputImage, TOutputImage>::FillVolume(const std::vector<std::vector<Point2Type>> & corners,
                                                                 float progressWeight)
{
  namespace Detail = SyntheticCTDetail;
  std::vector<Point3Type> points;
  for (size_t z = 0; z < corners.size(); ++z)
  {
    for (const Point2Type & corner : corners[z])
    {
      points.push_back({ { corner[0], corner[1], static_cast<int64_t>(z) } });
    }
  }
  const std::vector<size_t> span = Detail::SpanningPoints(points);

  if (span.size() <= 2)
  {
    // A point or a line: the voxels between its two ends. The ends are the first and the last point in lexicographic
    // order.
    const Point3Type start = *std::min_element(points.begin(), points.end());
    const Point3Type step = Detail::Difference(*std::max_element(points.begin(), points.end()), start);
    const int64_t    parts =
      std::max<int64_t>(std::gcd(std::gcd(std::abs(step[0]), std::abs(step[1])), std::abs(step[2])), 1);
    for (int64_t k = 0; k <= parts; ++k)
    {
      const Point3Type voxel{
        { start[0] + k * (step[0] / parts), start[1] + k * (step[1] / parts), start[2] + k * (step[2] / parts) }
      };
      this->FillRow(voxel, 0, voxel[0], voxel[0]);
    }
    return;
  }

  if (span.size() == 3)
  {
    // A flat mask: the polygon in the two coordinates in which it is widest, and of each of its points the third
    // coordinate, where it is whole.
    const Point3Type origin = points[span[0]];
    const Point3Type normal =
      Detail::Cross(Detail::Difference(points[span[1]], origin), Detail::Difference(points[span[2]], origin));
    const auto w = static_cast<unsigned int>(
      std::max_element(normal.begin(), normal.end(), [](int64_t a, int64_t b) { return std::abs(a) < std::abs(b); }) -
      normal.begin());
    const unsigned int      u = w == 0 ? 1 : 0;
    const unsigned int      v = w == 2 ? 1 : 2;
    std::vector<Point2Type> projected;
    for (const Point3Type & p : points)
    {
      projected.push_back({ { p[u], p[v] } });
    }
    const std::vector<Point2Type> polygon = Detail::ConvexPolygon(std::move(projected));
    for (int64_t j = 0; j < static_cast<int64_t>(this->SizeAlong(v)); ++j)
    {
      const auto row = Detail::PolygonRow(polygon, j);
      for (int64_t i = row.first; i <= row.second; ++i)
      {
        const int64_t rise = -(normal[u] * (i - origin[u]) + normal[v] * (j - origin[v]));
        if (rise % normal[w] == 0)
        {
          Point3Type voxel{};
          voxel[u] = i;
          voxel[v] = j;
          voxel[w] = origin[w] + rise / normal[w];
          this->FillRow(voxel, 0, voxel[0], voxel[0]);
        }
      }
    }
    return;
  }

  const std::vector<Detail::HullFace> faces = Detail::ConvexPolytope(points, span);
  SyntheticCTDetail::ThrowIfAborted(this);
  std::vector<Point2Type> shadow;
  for (const Point3Type & p : points)
  {
    shadow.push_back({ { p[1], p[2] } });
  }
  const std::vector<Point2Type> silhouette = Detail::ConvexPolygon(std::move(shadow));
  Detail::ParallelizeArray(this, corners.size(), progressWeight, [&](SizeValueType slice) {
    const auto z = static_cast<int64_t>(slice);
    const auto rows = Detail::PolygonRow(silhouette, z);
    if (rows.first > rows.second)
    {
      return;
    }
    // A row that meets the hull is bounded by the faces that it passes through, whose boxes it passes through too; all
    // other faces that are looked at bound it as well, less closely.
    const auto           count = static_cast<size_t>(rows.second - rows.first + 1);
    std::vector<int64_t> begin(count, INT64_MIN);
    std::vector<int64_t> end(count, INT64_MAX);
    for (const Detail::HullFace & face : faces)
    {
      const Point3Type & a = points[face.Vertices[0]];
      const Point3Type & b = points[face.Vertices[1]];
      const Point3Type & c = points[face.Vertices[2]];
      if (face.Normal[0] == 0 || z < std::min({ a[2], b[2], c[2] }) || z > std::max({ a[2], b[2], c[2] }))
      {
        continue;
      }
      const int64_t last = std::min(std::max({ a[1], b[1], c[1] }), rows.second);
      for (int64_t y = std::max(std::min({ a[1], b[1], c[1] }), rows.first); y <= last; ++y)
      {
        const auto    row = static_cast<size_t>(y - rows.first);
        const int64_t rest = face.Offset - face.Normal[1] * y - face.Normal[2] * z;
        if (face.Normal[0] > 0)
        {
          end[row] = std::min(end[row], Detail::FloorDivide(rest, face.Normal[0]));
        }
        else
        {
          begin[row] = std::max(begin[row], Detail::CeilDivide(rest, face.Normal[0]));
        }
      }
    }
    for (size_t row = 0; row < count; ++row)
    {
      this->FillRow({ { 0, rows.first + static_cast<int64_t>(row), z } }, 0, begin[row], end[row]);
    }
  });
}

template <typename TInputImage, typename TOutputImage>
void
ConvexHullMaskImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  this->AllocateOutputs();
  this->GetOutput()->FillBuffer(m_OutsideValue);

  const bool         bySlice = m_SliceBySlice || ImageDimension == 2;
  const unsigned int axis = ImageDimension == 3 && bySlice ? m_SliceAxis : 2;
  const unsigned int u = axis == 0 ? 1 : 0;
  const unsigned int v = axis == 2 ? 1 : 2;

  std::vector<std::vector<Point2Type>> corners(this->SizeAlong(axis));
  SyntheticCTDetail::ParallelizeArray(this, corners.size(), bySlice ? 1.0F : 0.4F, [&](SizeValueType slice) {
    corners[slice] = this->SliceCorners(axis, slice);
    if (bySlice && !corners[slice].empty())
    {
      for (int64_t j = 0; j < static_cast<int64_t>(this->SizeAlong(v)); ++j)
      {
        const auto row = SyntheticCTDetail::PolygonRow(corners[slice], j);
        Point3Type point{};
        point[axis] = static_cast<int64_t>(slice);
        point[v] = j;
        this->FillRow(point, u, row.first, row.second);
      }
    }
  });
  const bool empty = std::all_of(corners.begin(), corners.end(), [](const auto & slice) { return slice.empty(); });
  if (!bySlice && !empty)
  {
    this->FillVolume(corners, 0.6F);
  }
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage>
void
ConvexHullMaskImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "SliceBySlice: " << (m_SliceBySlice ? "On" : "Off") << std::endl;
  os << indent << "SliceAxis: " << m_SliceAxis << std::endl;
  os << indent << "InsideValue: " << +m_InsideValue << std::endl;
  os << indent << "OutsideValue: " << +m_OutsideValue << std::endl;
}

} // namespace itk

#endif
