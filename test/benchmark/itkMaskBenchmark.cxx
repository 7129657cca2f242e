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
// voxels. Before anything is measured the two results are compared. ITK has no convex hull and no search for a flip;
// ours are measured alone. For medians of interleaved runs:
//
//   itkMaskBenchmark --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
//
// ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS sets the threads of both.

#include "itkBinaryDilateImageFilter.h"
#include "itkBinaryFillholeImageFilter.h"
#include "itkBinaryMorphologicalClosingImageFilter.h"
#include "itkBinaryShapeKeepNObjectsImageFilter.h"
#include "itkBinaryThresholdImageFilter.h"
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
#include "itkOrientationCheckImageFilter.h"
#include "itkOtsuThresholdImageFilter.h"
#include "itkPasteImageFilter.h"
#include "itkPatchSignalCalculator.h"
#include "itkPermuteAxesImageFilter.h"
#include "itkRegionOfInterestImageFilter.h"
#include "itkReorientImageFilter.h"
#include "itkSliceBySliceImageFilter.h"
#include "itkSumProjectionImageFilter.h"
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
  ImageType::Pointer CT;
  MaskType::Pointer  Body;

  Head()
  {
    auto source = itk::HeadPhantomImageSource<ImageType>::New();
    source->SetSize(ImageType::SizeType{ { 181, 217, 181 } });
    source->SetComputeContrastPair(false);
    source->CenterGrid();
    source->Update();
    MR = source->GetMR();
    CT = source->GetCT();
    Body = source->GetBodyMask();
    MR->DisconnectPipeline();
    CT->DisconnectPipeline();
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

/** Whether voxels and their number are the same, and if so their positions. */
template <typename TImage>
bool
Same(const itk::SmartPointer<TImage> & a, const itk::SmartPointer<TImage> & b)
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

using CountsType = std::vector<itk::SizeValueType>;

bool
Same(const CountsType & a, const CountsType & b)
{
  return a == b;
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
                                 if (!Same(ours(), theirs()))
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
Body(HoleFilling holes, bool sliceBySlice)
{
  auto filter = itk::BodyMaskImageFilter<ImageType>::New();
  filter->SetInput(TheHead().MR);
  filter->SetHoleFilling(holes);
  filter->SetSliceBySlice(sliceBySlice);
  return Run(filter.GetPointer());
}

template <unsigned int VDimension>
itk::FlatStructuringElement<VDimension>
BallOfFive()
{
  // Parametric: the voxels whose centre is at most 5 voxels away.
  return itk::FlatStructuringElement<VDimension>::Ball(itk::Size<VDimension>::Filled(5), true);
}

MaskType::Pointer
OtsuITK()
{
  auto otsu = itk::OtsuThresholdImageFilter<ImageType, MaskType>::New();
  otsu->SetInput(TheHead().MR);
  otsu->SetNumberOfHistogramBins(256);
  otsu->SetInsideValue(0);
  otsu->SetOutsideValue(1);
  return Run(otsu.GetPointer());
}

/** Closing and largest component, the second with the output of the first as its input. */
template <typename TMask>
auto
LargestClosedITK()
{
  constexpr unsigned int dimension = TMask::ImageDimension;
  using ClosingType = itk::BinaryMorphologicalClosingImageFilter<TMask, TMask, itk::FlatStructuringElement<dimension>>;
  auto closing = ClosingType::New();
  closing->SetKernel(BallOfFive<dimension>());
  closing->SetForegroundValue(1);
  auto largest = itk::BinaryShapeKeepNObjectsImageFilter<TMask>::New();
  largest->SetInput(closing->GetOutput());
  largest->SetForegroundValue(1);
  largest->SetBackgroundValue(0);
  largest->SetNumberOfObjects(1);
  largest->SetAttribute("NumberOfPixels");
  return std::make_pair(closing, largest);
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
  const auto pipeline = LargestClosedITK<MaskType>();
  pipeline.first->SetInput(OtsuITK());
  const auto mask = Run(pipeline.second.GetPointer());
  if (holes == HoleFilling::AllSlices)
  {
    return FillSlicesITK(FillSlicesITK(FillSlicesITK(mask, 0), 1), 2);
  }
  auto fill = itk::BinaryFillholeImageFilter<MaskType>::New();
  fill->SetInput(mask);
  fill->SetForegroundValue(1);
  return Run(fill.GetPointer());
}

/** Closing, largest component and holes inside axial slices. */
MaskType::Pointer
BodySlicesITK()
{
  using SliceType = itk::Image<unsigned char, 2>;
  const auto pipeline = LargestClosedITK<SliceType>();
  auto       fill = itk::BinaryFillholeImageFilter<SliceType>::New();
  fill->SetInput(pipeline.second->GetOutput());
  fill->SetForegroundValue(1);
  auto slices = itk::SliceBySliceImageFilter<MaskType, MaskType>::New();
  slices->SetInput(OtsuITK());
  slices->SetInputFilter(pipeline.first);
  slices->SetOutputFilter(fill);
  return Run(slices.GetPointer());
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

/** Voxels of the body in every slice. */
CountsType
SliceSignals(itk::InferencePlaneEnum plane)
{
  auto calculator = itk::PatchSignalCalculator<ImageType>::New();
  calculator->SetImage(TheHead().MR);
  calculator->SetThreshold(400.0);
  calculator->SetPlane(plane);
  calculator->Compute();
  CountsType counts;
  for (itk::SizeValueType slice = 0; slice < calculator->GetNumberOfPatches(); ++slice)
  {
    counts.push_back(calculator->GetNumberOfSignalVoxels(slice));
  }
  return counts;
}

CountsType
SliceSignalsITK(unsigned int axis)
{
  using SumType = itk::Image<double, 3>;
  auto threshold = itk::BinaryThresholdImageFilter<ImageType, MaskType>::New();
  threshold->SetInput(TheHead().MR);
  threshold->SetLowerThreshold(401);
  threshold->SetInsideValue(1);
  auto rows = itk::SumProjectionImageFilter<MaskType, SumType>::New();
  rows->SetInput(threshold->GetOutput());
  rows->SetProjectionDimension(axis == 0 ? 1 : 0);
  auto slices = itk::SumProjectionImageFilter<SumType, SumType>::New();
  slices->SetInput(rows->GetOutput());
  slices->SetProjectionDimension(axis == 2 ? 1 : 2);
  slices->Update();
  CountsType counts;
  for (itk::ImageRegionConstIterator<SumType> it(slices->GetOutput(), slices->GetOutput()->GetBufferedRegion());
       !it.IsAtEnd();
       ++it)
  {
    counts.push_back(static_cast<itk::SizeValueType>(it.Get()));
  }
  return counts;
}

ImageType::Pointer
OrientationChecked(itk::OrientationCheckMetricEnum metric)
{
  auto filter = itk::OrientationCheckImageFilter<ImageType>::New();
  filter->SetInput(TheHead().CT);
  filter->SetReferenceImage(TheHead().MR);
  filter->SetMetric(metric);
  return Run(filter.GetPointer());
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
      std::string("BodyMask") + holes.first,
      [=] { return Body(holes.second, false); },
      [=] { return BodyITK(holes.second); });
  }
  Register(
    "BodyMaskSliceBySlice", [] { return Body(HoleFilling::Slices, true); }, BodySlicesITK);
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
    Register(
      std::string("SliceSignals") + plane.Name,
      [=] { return SliceSignals(plane.Plane); },
      [=] { return SliceSignalsITK(plane.Axis); });
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
  const auto alone = [](const std::string & name, const auto & run) {
    benchmark::RegisterBenchmark((name + "/SyntheticCT").c_str(),
                                 [=](benchmark::State & state) { Measure(state, run); })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
  };
  alone("ConvexHullVolume", [] { return Hull(false); });
  alone("ConvexHullSlices", [] { return Hull(true); });
  alone("OrientationCheckMutualInformation",
        [] { return OrientationChecked(itk::OrientationCheckMetricEnum::MutualInformation); });
  alone("OrientationCheckCorrelation", [] { return OrientationChecked(itk::OrientationCheckMetricEnum::Correlation); });
  return true;
}

[[maybe_unused]] const bool registered = RegisterAll();
} // namespace
