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
#include "sctRegistrationPicture.h"

#include "sctPicture.h"
#include "sctProgress.h"

#include "itkImageRegionConstIteratorWithIndex.h"
#include "itkImageRegionIterator.h"
#include "itkSlicePictureWriter.h"
#include "itkSmoothingRecursiveGaussianImageFilter.h"

#include <algorithm>

namespace sct
{
namespace
{

VolumeType::Pointer
NewLike(const VolumeType * image)
{
  auto copy = VolumeType::New();
  copy->CopyInformation(image);
  copy->SetRegions(image->GetBufferedRegion());
  copy->Allocate();
  return copy;
}

/** The values of a window as those from 0 to 1. */
VolumeType::Pointer
Windowed(const VolumeType * image, const std::array<double, 2> & window)
{
  const VolumeType::Pointer windowed = NewLike(image);
  const size_t              count = image->GetBufferedRegion().GetNumberOfPixels();
  std::transform(
    image->GetBufferPointer(), image->GetBufferPointer() + count, windowed->GetBufferPointer(), [&window](float value) {
      const double share = (value - window[0]) / (window[1] - window[0]);
      return static_cast<float>(std::min(1.0, std::max(0.0, share)));
    });
  return windowed;
}

/** Fields of both images in turn, about as long along each axis. Their number is odd and they are centred, since the
 * slices of the picture go through the middle; those of itk::CheckerBoardImageFilter begin at the first voxel. */
VolumeType::Pointer
CheckerBoard(const VolumeType * first, const VolumeType * second)
{
  const auto & region = first->GetBufferedRegion();
  double       longest = 0.0;
  for (unsigned int d = 0; d < 3; ++d)
  {
    longest = std::max(longest, first->GetSpacing()[d] * static_cast<double>(region.GetSize(d)));
  }
  std::array<itk::SizeValueType, 3> fields{};
  for (unsigned int d = 0; d < 3; ++d)
  {
    const double share = first->GetSpacing()[d] * static_cast<double>(region.GetSize(d)) / longest;
    fields[d] = static_cast<itk::SizeValueType>(4.75 * share) * 2 + 1;
  }
  const VolumeType::Pointer                          board = NewLike(first);
  itk::ImageRegionConstIteratorWithIndex<VolumeType> one(first, region);
  itk::ImageRegionConstIterator<VolumeType>          other(second, region);
  itk::ImageRegionIterator<VolumeType>               out(board, region);
  for (; !out.IsAtEnd(); ++one, ++other, ++out)
  {
    itk::SizeValueType sum = 0;
    for (unsigned int d = 0; d < 3; ++d)
    {
      sum += static_cast<itk::SizeValueType>(one.GetIndex()[d] - region.GetIndex(d)) * fields[d] / region.GetSize(d);
    }
    out.Set(sum % 2 == 0 ? one.Get() : other.Get());
  }
  return board;
}

/** The values between which an image is shown, and which its edges divide: of a CT, which has voxels that no MR has,
 * those of air and bone. */
std::array<double, 2>
ShownWindow(const VolumeType * image)
{
  const float * const begin = image->GetBufferPointer();
  const float         smallest = *std::min_element(begin, begin + image->GetBufferedRegion().GetNumberOfPixels());
  return smallest < -500.0F ? std::array<double, 2>{ { -1000.0, 1000.0 } } : AutomaticWindow(image);
}

/** Without noise, which would have edges of its own. */
VolumeType::Pointer
Smoothed(const VolumeType * image)
{
  using FilterType = itk::SmoothingRecursiveGaussianImageFilter<VolumeType>;
  FilterType::SigmaArrayType sigma;
  for (unsigned int d = 0; d < 3; ++d)
  {
    // In mm; not much less than a voxel, for which the recursion is made.
    sigma[d] = std::max(1.0, 0.6 * image->GetSpacing()[d]);
  }
  auto filter = FilterType::New();
  filter->SetInput(image);
  filter->SetSigmaArray(sigma);
  filter->Update();
  return filter->GetOutput();
}

/** The first image darkened, and in white where the second crosses a third or two thirds of its window between a voxel
 * and the next along any axis: for a CT the skin and the surface of bone. */
VolumeType::Pointer
EdgesOn(const VolumeType * below, const VolumeType * image)
{
  const VolumeType::Pointer edges = NewLike(below);
  const auto &              region = image->GetBufferedRegion();
  const auto                last = region.GetUpperIndex();
  const auto levelOf = [](float value) { return (value >= 1.0F / 3.0F ? 1 : 0) + (value >= 2.0F / 3.0F); };
  itk::ImageRegionConstIteratorWithIndex<VolumeType> in(image, region);
  itk::ImageRegionConstIterator<VolumeType>          under(below, region);
  itk::ImageRegionIterator<VolumeType>               out(edges, region);
  for (; !in.IsAtEnd(); ++in, ++under, ++out)
  {
    bool       isEdge = false;
    const auto index = in.GetIndex();
    for (unsigned int d = 0; d < 3; ++d)
    {
      auto next = index;
      ++next[d];
      isEdge = isEdge || (index[d] < last[d] && levelOf(image->GetPixel(next)) != levelOf(in.Get()));
    }
    out.Set(isEdge ? 1.0F : 0.7F * under.Get());
  }
  return edges;
}

} // namespace

void
WriteRegistrationPicture(const VolumeType * fixed, const VolumeType * registered, const std::string & path)
{
  const auto                fixedWindow = ShownWindow(fixed);
  const auto                registeredWindow = ShownWindow(registered);
  const VolumeType::Pointer first = Windowed(fixed, fixedWindow);
  const VolumeType::Pointer second = Windowed(registered, registeredWindow);
  auto                      writer = itk::SlicePictureWriter::New();
  writer->AddColumn(fixed, "Fixed", fixedWindow[0], fixedWindow[1], "");
  writer->AddColumn(registered, "Registered", registeredWindow[0], registeredWindow[1], "");
  writer->AddColumn(CheckerBoard(first, second), "Checkerboard", 0.0, 1.0, "");
  writer->AddColumn(EdgesOn(first, Smoothed(second)), "Edges of the registered one", 0.0, 1.0, "");
  writer->SetFileName(path);
  const StageProgress progress("Picture", writer);
  writer->Write();
}

} // namespace sct
