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
#include "files/itkVolumeHeader.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"

#include "itkMatrix.h"
#include "vnl/algo/vnl_svd_fixed.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <sstream>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
/** Beyond this the axes are said not to be at right angles. */
constexpr double greatestAngleInDegrees = 0.1;
/** Up to this, rounding in single precision or to six digits explains the difference. */
constexpr double unsaidDeviation = 1e-4;
/** Voxel sizes in mm outside of these are those of another unit, or of no head. */
constexpr double smallestUsualSpacing = 0.02;
constexpr double largestUsualSpacing = 30.0;
constexpr double degreesPerRadian = 57.295779513082323;
} // namespace

unsigned int
GetComponentSize(VolumeHeader::ComponentEnum component)
{
  using Component = VolumeHeader::ComponentEnum;
  switch (component)
  {
    case Component::Int8:
    case Component::UInt8:
      return 1;
    case Component::Int16:
    case Component::UInt16:
      return 2;
    case Component::Int32:
    case Component::UInt32:
    case Component::Float32:
      return 4;
    case Component::Int64:
    case Component::UInt64:
    case Component::Float64:
      return 8;
  }
  return 0;
}

uint64_t
CountVoxels(const VolumeHeader & header, const std::string & path)
{
  const uint64_t greatest = std::numeric_limits<int64_t>::max() / GetComponentSize(header.Component);
  uint64_t       count = 1;
  for (const uint64_t size : header.Size)
  {
    if (size == 0)
    {
      Fail(path + ": has no voxels");
    }
    if (size > greatest / count)
    {
      Fail(path + ": cannot be read: its header tells of more voxels than can be");
    }
    count *= size;
  }
  return count;
}

void
SetSize(VolumeHeader & header, const std::vector<int64_t> & dimensions, const std::string & path)
{
  size_t count = dimensions.size();
  while (count > 1 && dimensions[count - 1] == 1)
  {
    --count;
  }
  for (size_t i = 0; i < count; ++i)
  {
    if (dimensions[i] < 1)
    {
      Fail(path + ": cannot be read: its size along axis " + std::to_string(i) + " is " +
           std::to_string(dimensions[i]));
    }
  }
  if (count != 3)
  {
    Fail(path + ": is a " + std::to_string(count) + "D image, should be 3D");
  }
  for (size_t i = 0; i < 3; ++i)
  {
    header.Size[i] = static_cast<uint64_t>(dimensions[i]);
  }
}

void
VerifyGeometry(VolumeHeader & header, const std::string & path)
{
  const auto list = [](const std::array<double, 3> & values) {
    std::ostringstream text;
    text << values[0] << ", " << values[1] << ", " << values[2];
    return text.str();
  };
  const auto isFinite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(
        header.Spacing.begin(), header.Spacing.end(), [](double value) { return std::isfinite(value) && value > 0.0; }))
  {
    Fail(path + ": has voxels of " + list(header.Spacing) + " mm, should be finite numbers of more than 0");
  }
  if (!std::all_of(header.Origin.begin(), header.Origin.end(), isFinite))
  {
    Fail(path + ": has its first voxel at " + list(header.Origin) + ", should be finite numbers");
  }
  if (!std::all_of(header.Spacing.begin(), header.Spacing.end(), [](double value) {
        return value >= smallestUsualSpacing && value <= largestUsualSpacing;
      }))
  {
    header.Remarks.push_back("has voxels of " + list(header.Spacing) +
                             " mm; is the size given in another unit than its header says?");
  }

  vnl_matrix_fixed<double, 3, 3> direction;
  for (unsigned int row = 0; row < 3; ++row)
  {
    for (unsigned int column = 0; column < 3; ++column)
    {
      direction(row, column) = header.Direction[row][column];
    }
  }
  if (!std::all_of(direction.begin(), direction.end(), isFinite))
  {
    Fail(path + ": has directions that are no finite numbers");
  }
  const vnl_matrix_fixed<double, 3, 3> product = direction.transpose() * direction;
  double                               deviation = 0.0;
  double                               lengthError = 0.0;
  double                               sine = 0.0;
  for (unsigned int i = 0; i < 3; ++i)
  {
    for (unsigned int j = 0; j < 3; ++j)
    {
      const double error = std::abs(product(i, j) - (i == j ? 1.0 : 0.0));
      deviation = std::max(deviation, error);
      (i == j ? lengthError : sine) = std::max(i == j ? lengthError : sine, error);
    }
  }
  if (deviation <= unsaidDeviation)
  {
    return;
  }
  std::ostringstream text;
  const double       angle = std::asin(std::min(1.0, sine)) * degreesPerRadian;
  if (lengthError > 2.0 * greatestAngleInDegrees / degreesPerRadian)
  {
    text << path << ": has directions of a length other than 1 (off by " << lengthError
         << "); the voxel size does not belong into them";
    Fail(text.str());
  }
  if (angle > greatestAngleInDegrees)
  {
    text << path << ": its axes are not at right angles, by " << angle
         << " degrees (shear); resample it onto a grid with right angles, or correct its header";
    Fail(text.str());
  }

  // The nearest orthonormal matrix, in the sense of the sum of squares.
  const vnl_svd_fixed<double, 3, 3>    decomposition(direction);
  const vnl_matrix_fixed<double, 3, 3> nearest = decomposition.U() * decomposition.V().transpose();
  double                               farthest = 0.0;
  for (unsigned int corner = 1; corner < 8; ++corner)
  {
    vnl_vector_fixed<double, 3> position;
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      position[axis] =
        (corner >> axis & 1u) != 0 ? header.Spacing[axis] * static_cast<double>(header.Size[axis] - 1) : 0;
    }
    farthest = std::max(farthest, ((nearest - direction) * position).magnitude());
  }
  for (unsigned int row = 0; row < 3; ++row)
  {
    for (unsigned int column = 0; column < 3; ++column)
    {
      header.Direction[row][column] = nearest(row, column);
    }
  }
  text << "its axes are not quite at right angles, by " << angle
       << " degrees; the nearest directions that are were taken, which moves the farthest corner by " << farthest
       << " mm";
  header.Remarks.push_back(text.str());
}

std::string
BesideHeader(const std::string & path, const std::string & name)
{
  return (std::filesystem::path(path).parent_path() / name).string();
}

} // namespace SyntheticCTDetail
} // namespace itk
