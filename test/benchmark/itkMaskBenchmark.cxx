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

// The filters of masks and grids beside compositions of ITK's filters with the same result, on a head of 181x217x181
// voxels. Before anything is measured the two results are compared. ITK has no convex hull, no rejection of slices of
// patches and no search for a flip; the first is measured alone. For medians of interleaved runs:
//
//   itkMaskBenchmark --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
//
// ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS sets the threads of both.

#include "itkBinaryDilateImageFilter.h"
#include "itkBinaryFillholeImageFilter.h"
#include "itkBinaryMorphologicalClosingImageFilter.h"
#include "itkBinaryShapeKeepNObjectsImageFilter.h"
#include "itkBodyMaskImageFilter.h"
#include "itkConstantPadImageFilter.h"
#include "itkConvexHullMaskImageFilter.h"
#include "itkCropToMaskImageFilter.h"
#include "itkFlatStructuringElement.h"
#include "itkFlipImageFilter.h"
#include "itkGrayscaleDilateImageFilter.h"
#include "itkHeadPhantomImageSource.h"
#include "itkImageMaskSpatialObject.h"
#include "itkImageRegionConstIterator.h"
#include "itkInPlaneDilateMaskImageFilter.h"
#include "itkOtsuThresholdImageFilter.h"
#include "itkPasteImageFilter.h"
#include "itkPermuteAxesImageFilter.h"
#include "itkRegionOfInterestImageFilter.h"
#include "itkReorientImageFilter.h"
#include "itkSliceBySliceImageFilter.h"
#include "itkUncropImageFilter.h"

#include <benchmark/benchmark.h>

namespace
{
// Whole numbers, as scanners store them: then the two thresholds of Otsu, which lie a hundredth of a bin apart, give
// the same mask.
using ImageType = itk::Image<short, 3>;
using MaskType = itk::Image<unsigned char, 3>;

struct Head
{
  ImageType::Pointer MR;
  MaskType::Pointer  Body;

  Head()
  {
    auto source = itk::HeadPhantomImageSource<ImageType>::New();
    source->SetSize(ImageType::SizeType{ { 181, 217, 181 } });
    source->SetComputeContrastPair(false);
    source->CenterGrid();
    source->Update();
    MR = source->GetMR();
    Body = source->GetBodyMask();
    MR->DisconnectPipeline();
    Body->DisconnectPipeline();
  }
};

/** Made once. */
const Head &
TheHead()
{
  static const Head head;
  return head;
}

template <typename TFilter>
typename TFilter::OutputImageType::Pointer
Run(TFilter * filter)
{
  filter->Update();
  typename TFilter::OutputImageType::Pointer output = filter->GetOutput();
  output->DisconnectPipeline();
  return output;
}

template <typename TFilter, typename TImage>
typename TFilter::OutputImageType::Pointer
RunOn(const TImage * image)
{
  auto filter = TFilter::New();
  filter->SetInput(image);
  return Run(filter.GetPointer());
}

/** Whether voxels and their number are the same, and if so their positions. */
template <typename TImage>
bool
Same(const TImage * a, const TImage * b)
{
  if (a->GetBufferedRegion().GetSize() != b->GetBufferedRegion().GetSize())
  {
    return false;
  }
  typename TImage::PointType pointA;
  typename TImage::PointType pointB;
  a->TransformIndexToPhysicalPoint(a->GetBufferedRegion().GetIndex(), pointA);
  b->TransformIndexToPhysicalPoint(b->GetBufferedRegion().GetIndex(), pointB);
  if (pointA.EuclideanDistanceTo(pointB) > 1e-6 || a->GetDirection() != b->GetDirection())
  {
    return false;
  }
  itk::ImageRegionConstIterator<TImage> ia(a, a->GetBufferedRegion());
  itk::ImageRegionConstIterator<TImage> ib(b, b->GetBufferedRegion());
  for (; !ia.IsAtEnd(); ++ia, ++ib)
  {
    if (ia.Get() != ib.Get())
    {
      return false;
    }
  }
  return true;
}

template <typename TRun>
void
Measure(benchmark::State & state, TRun run)
{
  for (auto _ : state)
  {
    benchmark::DoNotOptimize(run());
  }
}

/** One benchmark for ours and one for ITK's, side by side. */
template <typename TOurs, typename TTheirs>
bool
Register(const std::string & name, TOurs ours, TTheirs theirs)
{
  benchmark::RegisterBenchmark((name + "/SyntheticCT").c_str(),
                               [=](benchmark::State & state) {
                                 if (!Same(ours().GetPointer(), theirs().GetPointer()))
                                 {
                                   state.SkipWithError("The two results differ.");
                                 }
                                 Measure(state, ours);
                               })
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
  benchmark::RegisterBenchmark((name + "/ITK").c_str(), [=](benchmark::State & state) { Measure(state, theirs); })
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
  return true;
}

using HoleFilling = itk::BodyMaskHoleFillingEnum;

MaskType::Pointer
Body(HoleFilling holes)
{
  auto filter = itk::BodyMaskImageFilter<ImageType>::New();
  filter->SetInput(TheHead().MR);
  filter->SetHoleFilling(holes);
  return Run(filter.GetPointer());
}

template <unsigned int VDimension>
itk::FlatStructuringElement<VDimension>
BallOfFive()
{
  // Parametric: the voxels whose centre is at most 5 voxels away.
  return itk::FlatStructuringElement<VDimension>::Ball(itk::Size<VDimension>::Filled(5), true);
}

/** Threshold, closing and largest component. */
template <typename TMask, typename TImage>
typename TMask::Pointer
LargestClosedITK(const TImage * image)
{
  constexpr unsigned int dimension = TImage::ImageDimension;
  auto                   otsu = itk::OtsuThresholdImageFilter<TImage, TMask>::New();
  otsu->SetInput(image);
  otsu->SetNumberOfHistogramBins(256);
  otsu->SetInsideValue(0);
  otsu->SetOutsideValue(1);
  auto closing =
    itk::BinaryMorphologicalClosingImageFilter<TMask, TMask, itk::FlatStructuringElement<dimension>>::New();
  closing->SetInput(otsu->GetOutput());
  closing->SetKernel(BallOfFive<dimension>());
  closing->SetForegroundValue(1);
  auto largest = itk::BinaryShapeKeepNObjectsImageFilter<TMask>::New();
  largest->SetInput(closing->GetOutput());
  largest->SetForegroundValue(1);
  largest->SetBackgroundValue(0);
  largest->SetNumberOfObjects(1);
  largest->SetAttribute("NumberOfPixels");
  return Run(largest.GetPointer());
}

MaskType::Pointer
FillSlicesITK(const MaskType * mask, unsigned int axis)
{
  using SliceType = itk::Image<unsigned char, 2>;
  using SlicesType = itk::SliceBySliceImageFilter<MaskType, MaskType>;
  auto fill = itk::BinaryFillholeImageFilter<SliceType>::New();
  fill->SetForegroundValue(1);
  auto slices = SlicesType::New();
  slices->SetInput(mask);
  slices->SetDimension(axis);
  slices->SetFilter(fill);
  return Run(slices.GetPointer());
}

MaskType::Pointer
BodyITK(HoleFilling holes)
{
  const auto mask = LargestClosedITK<MaskType>(TheHead().MR.GetPointer());
  if (holes == HoleFilling::AllSlices)
  {
    return FillSlicesITK(FillSlicesITK(FillSlicesITK(mask, 0), 1), 2);
  }
  auto fill = itk::BinaryFillholeImageFilter<MaskType>::New();
  fill->SetInput(mask);
  fill->SetForegroundValue(1);
  return Run(fill.GetPointer());
}

MaskType::Pointer
Dilated(itk::InferencePlaneEnum plane, itk::SizeValueType radius)
{
  auto filter = itk::InPlaneDilateMaskImageFilter<MaskType>::New();
  filter->SetInput(TheHead().Body);
  filter->SetPlane(plane);
  filter->SetRadius(radius);
  return Run(filter.GetPointer());
}

template <typename TFilter>
MaskType::Pointer
DilatedITK(unsigned int sliceAxis, itk::SizeValueType radius)
{
  auto size = itk::Size<3>::Filled(radius);
  size[sliceAxis] = 0;
  auto filter = TFilter::New();
  filter->SetInput(TheHead().Body);
  filter->SetKernel(itk::FlatStructuringElement<3>::Box(size));
  return Run(filter.GetPointer());
}

using KernelType = itk::FlatStructuringElement<3>;

/** Binary dilation has to be told what to dilate. */
class BinaryDilate : public itk::BinaryDilateImageFilter<MaskType, MaskType, KernelType>
{
public:
  using Pointer = itk::SmartPointer<BinaryDilate>;
  itkFactorylessNewMacro(BinaryDilate);
  BinaryDilate()
  {
    this->SetForegroundValue(1);
  }
};
using GrayscaleDilate = itk::GrayscaleDilateImageFilter<MaskType, MaskType, KernelType>;

ImageType::Pointer
Cropped(itk::CropShapeEnum shape)
{
  auto filter = itk::CropToMaskImageFilter<ImageType, MaskType>::New();
  filter->SetInput(TheHead().MR);
  filter->SetMaskImage(TheHead().Body);
  filter->SetShape(shape);
  filter->SetMargin(itk::Size<3>::Filled(3));
  return Run(filter.GetPointer());
}

ImageType::Pointer
CroppedITK(itk::CropShapeEnum shape)
{
  auto object = itk::ImageMaskSpatialObject<3, unsigned char>::New();
  object->SetImage(TheHead().Body);
  ImageType::RegionType region = object->ComputeMyBoundingBoxInIndexSpace();
  region.PadByRadius(3);
  const auto whole = TheHead().MR->GetLargestPossibleRegion();
  auto       inside = region;
  inside.Crop(whole);
  auto crop = itk::RegionOfInterestImageFilter<ImageType, ImageType>::New();
  crop->SetInput(TheHead().MR);
  crop->SetRegionOfInterest(inside);
  if (shape == itk::CropShapeEnum::Box)
  {
    return Run(crop.GetPointer());
  }
  // The square inside axial slices; the third axis ends at the border.
  const auto side = std::max(region.GetSize(0), region.GetSize(1));
  for (unsigned int d = 0; d < 2; ++d)
  {
    region.SetIndex(d, region.GetIndex(d) - static_cast<itk::IndexValueType>((side - region.GetSize(d)) / 2));
    region.SetSize(d, side);
  }
  inside = region;
  inside.Crop(whole);
  crop->SetRegionOfInterest(inside);
  itk::Size<3> lower{ { 0, 0, 0 } };
  itk::Size<3> upper{ { 0, 0, 0 } };
  for (unsigned int d = 0; d < 2; ++d)
  {
    lower[d] = static_cast<itk::SizeValueType>(inside.GetIndex(d) - region.GetIndex(d));
    upper[d] = region.GetSize(d) - inside.GetSize(d) - lower[d];
  }
  auto pad = itk::ConstantPadImageFilter<ImageType, ImageType>::New();
  pad->SetInput(crop->GetOutput());
  pad->SetPadLowerBound(lower);
  pad->SetPadUpperBound(upper);
  return Run(pad.GetPointer());
}

const ImageType *
ThePart()
{
  static const ImageType::Pointer part = Cropped(itk::CropShapeEnum::Box);
  return part;
}

ImageType::Pointer
Uncropped()
{
  auto filter = itk::UncropImageFilter<ImageType>::New();
  filter->SetInput(ThePart());
  filter->SetReferenceImage(TheHead().MR);
  return Run(filter.GetPointer());
}

ImageType::Pointer
UncroppedITK()
{
  auto whole = ImageType::New();
  whole->CopyInformation(TheHead().MR);
  whole->SetRegions(TheHead().MR->GetLargestPossibleRegion());
  whole->Allocate(true);
  auto paste = itk::PasteImageFilter<ImageType>::New();
  paste->SetDestinationImage(whole);
  paste->SetSourceImage(ThePart());
  paste->SetSourceRegion(ThePart()->GetLargestPossibleRegion());
  paste->SetDestinationIndex(TheHead().MR->TransformPhysicalPointToIndex(ThePart()->GetOrigin()));
  paste->InPlaceOn();
  return Run(paste.GetPointer());
}

ImageType::Pointer
Reoriented(const char * code)
{
  auto filter = itk::ReorientImageFilter<ImageType>::New();
  filter->SetInput(TheHead().MR);
  filter->SetOrientation(code);
  return Run(filter.GetPointer());
}

ImageType::Pointer
ReorientedITK(const std::string & code)
{
  const auto rearrangement = itk::OrientationCode::Rearrange("LPS", code);
  auto       permute = itk::PermuteAxesImageFilter<ImageType>::New();
  itk::PermuteAxesImageFilter<ImageType>::PermuteOrderArrayType order;
  itk::FlipImageFilter<ImageType>::FlipAxesArrayType            axes;
  bool                                                          permuted = false;
  bool                                                          flipped = false;
  for (unsigned int d = 0; d < 3; ++d)
  {
    order[d] = rearrangement.Axis[d];
    axes[d] = rearrangement.Flip[d];
    permuted = permuted || order[d] != d;
    flipped = flipped || axes[d];
  }
  // Only what has to be done.
  permute->SetInput(TheHead().MR);
  permute->SetOrder(order);
  if (!flipped)
  {
    return Run(permute.GetPointer());
  }
  auto flip = itk::FlipImageFilter<ImageType>::New();
  if (permuted)
  {
    flip->SetInput(permute->GetOutput());
  }
  else
  {
    flip->SetInput(TheHead().MR);
  }
  flip->SetFlipAxes(axes);
  flip->FlipAboutOriginOff();
  return Run(flip.GetPointer());
}

MaskType::Pointer
Hull(bool slices)
{
  auto filter = itk::ConvexHullMaskImageFilter<MaskType>::New();
  filter->SetInput(TheHead().Body);
  filter->SetSliceBySlice(slices);
  return Run(filter.GetPointer());
}

bool
RegisterAll()
{
  for (const auto & holes :
       { std::make_pair("Volume", HoleFilling::Volume), std::make_pair("AllSlices", HoleFilling::AllSlices) })
  {
    Register(
      std::string("BodyMask") + holes.first, [=] { return Body(holes.second); }, [=] { return BodyITK(holes.second); });
  }
  const struct
  {
    const char *            Name;
    itk::InferencePlaneEnum Plane;
    unsigned int            Axis;
  } planes[] = { { "Axial", itk::InferencePlaneEnum::Axial, 2 },
                 { "Coronal", itk::InferencePlaneEnum::Coronal, 1 },
                 { "Sagittal", itk::InferencePlaneEnum::Sagittal, 0 } };
  for (const auto & plane : planes)
  {
    for (const itk::SizeValueType radius : { 2, 8 })
    {
      const auto name = std::string("InPlaneDilate") + plane.Name + std::to_string(radius);
      const auto ours = [=] { return Dilated(plane.Plane, radius); };
      Register(name + "Binary", ours, [=] { return DilatedITK<BinaryDilate>(plane.Axis, radius); });
      Register(name + "Grayscale", ours, [=] { return DilatedITK<GrayscaleDilate>(plane.Axis, radius); });
    }
  }
  for (const auto & shape :
       { std::make_pair("Box", itk::CropShapeEnum::Box), std::make_pair("Square", itk::CropShapeEnum::Square) })
  {
    Register(
      std::string("CropTo") + shape.first,
      [=] { return Cropped(shape.second); },
      [=] { return CroppedITK(shape.second); });
  }
  Register("Uncrop", Uncropped, UncroppedITK);
  for (const char * const code : { "RAS", "LPI", "SLP", "PSL", "SAR" })
  {
    Register(
      std::string("Reorient") + code, [=] { return Reoriented(code); }, [=] { return ReorientedITK(code); });
  }
  for (const bool slices : { false, true })
  {
    benchmark::RegisterBenchmark(slices ? "ConvexHullSlices/SyntheticCT" : "ConvexHullVolume/SyntheticCT",
                                 [=](benchmark::State & state) { Measure(state, [=] { return Hull(slices); }); })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
  }
  return true;
}

[[maybe_unused]] const bool registered = RegisterAll();
} // namespace
