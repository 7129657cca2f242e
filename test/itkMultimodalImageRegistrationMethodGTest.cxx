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
#include "itkMultimodalImageRegistrationMethod.h"

#include "itkHeadPhantomImageSource.h"
#include "itkImageFilterTestUtilities.h"
#include "itkTestData.h"

#include "itkAffineTransform.h"
#include "itkBSplineTransform.h"
#include "itkEuler3DTransform.h"
#include "itkTransformFileReader.h"
#include "itkTransformFileWriter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <utility>

namespace
{

using ImageType = itk::Image<float, 3>;
using MaskType = itk::Image<unsigned char, 3>;
using MethodType = itk::MultimodalImageRegistrationMethod<ImageType>;
using AffineType = itk::AffineTransform<double, 3>;
using itk::TestUtilities::ExpectError;

/** The MR of a simulated head, and its CT from another scanner: with other voxels, turned by 11 degrees, without a part
 * of the head. Its points have been moved by a transform. */
struct Pair
{
  ImageType::Pointer  MR;
  ImageType::Pointer  CT;
  MaskType::Pointer   Body;
  AffineType::Pointer Truth;
};

itk::HeadPhantomImageSource<ImageType>::Pointer
NewHead(const std::array<unsigned, 3> & size, const std::array<double, 3> & spacing)
{
  auto                   head = itk::HeadPhantomImageSource<ImageType>::New();
  ImageType::SizeType    gridSize;
  ImageType::SpacingType gridSpacing;
  for (int d = 0; d < 3; ++d)
  {
    gridSize[d] = size[d];
    gridSpacing[d] = spacing[d];
  }
  head->SetSize(gridSize);
  head->SetSpacing(gridSpacing);
  head->SetComputeContrastPair(false);
  head->SetSeed(7);
  return head;
}

/** Rotations in degrees about x, y and z, shift in mm. */
AffineType::Pointer
NewTransform(const std::array<double, 3> & degrees, const std::array<double, 3> & shift)
{
  auto rigid = itk::Euler3DTransform<double>::New();
  rigid->SetRotation(
    degrees[0] * itk::Math::pi_over_180, degrees[1] * itk::Math::pi_over_180, degrees[2] * itk::Math::pi_over_180);
  auto transform = AffineType::New();
  transform->SetMatrix(rigid->GetMatrix());
  transform->SetTranslation(itk::Vector<double, 3>(shift.data()));
  return transform;
}

Pair
NewPair(const AffineType * truth)
{
  Pair pair;
  auto mr = NewHead({ 64, 76, 64 }, { 3.0, 3.0, 3.0 });
  mr->CenterGrid();
  mr->Update();
  pair.MR = mr->GetMR();
  pair.Body = mr->GetBodyMask();

  auto ct = NewHead({ 88, 96, 44 }, { 2.5, 2.5, 4.0 });
  auto turned = itk::Euler3DTransform<double>::New();
  turned->SetRotation(0.1, -0.1, 0.15);
  ct->SetDirection(turned->GetMatrix());
  ct->CenterGrid();
  ct->Update();
  pair.CT = ct->GetCT();
  pair.CT->DisconnectPipeline();
  // The same voxels, elsewhere.
  pair.Truth = AffineType::New();
  pair.Truth->SetParameters(truth->GetParameters());
  pair.CT->SetDirection(truth->GetMatrix() * ct->GetDirection());
  pair.CT->SetOrigin(truth->TransformPoint(pair.CT->GetOrigin()));
  return pair;
}

/** Mean distance between true and found positions of the voxels of the body, in mm. */
double
TargetRegistrationError(const Pair & pair, const itk::Transform<double, 3, 3> * found)
{
  double             sum = 0.0;
  itk::SizeValueType count = 0;
  for (itk::ImageRegionConstIteratorWithIndex<MaskType> it(pair.Body, pair.Body->GetBufferedRegion()); !it.IsAtEnd();
       ++it)
  {
    if (it.Get() != 0)
    {
      const auto point = pair.Body->TransformIndexToPhysicalPoint<double>(it.GetIndex());
      sum += pair.Truth->TransformPoint(point).EuclideanDistanceTo(found->TransformPoint(point));
      ++count;
    }
  }
  return sum / static_cast<double>(count);
}

MethodType::Pointer
NewMethod(const Pair & pair)
{
  auto method = MethodType::New();
  method->SetFixedImage(pair.MR);
  method->SetMovingImage(pair.CT);
  return method;
}

} // namespace

TEST(MultimodalImageRegistrationMethod, RigidFromAnyOfTheUsualPoses)
{
  for (const auto & [degrees, shift] :
       { std::make_pair(std::array<double, 3>{ 0, 0, 0 }, std::array<double, 3>{ 0, 0, 0 }),
         std::make_pair(std::array<double, 3>{ 25, -20, 30 }, std::array<double, 3>{ 35, -40, 20 }),
         std::make_pair(std::array<double, 3>{ -30, 30, -30 }, std::array<double, 3>{ -300, 120, 1000 }) })
  {
    const Pair pair = NewPair(NewTransform(degrees, shift));
    auto       method = NewMethod(pair);
    method->Update();
    EXPECT_LT(TargetRegistrationError(pair, method->GetTransform()), 0.5);
    EXPECT_EQ(method->GetTransform()->GetNumberOfTransforms(), 1u);
    EXPECT_STREQ(method->GetTransform()->GetNthTransformConstPointer(0)->GetNameOfClass(), "Euler3DTransform");
    EXPECT_EQ(method->GetNumberOfRemarks(), 0u);
    itk::TestUtilities::ExpectSameGrid(method->GetOutput(), pair.MR.GetPointer());
  }
}

TEST(MultimodalImageRegistrationMethod, EitherImageMayBeFixed)
{
  const Pair pair = NewPair(NewTransform({ 12, -8, 20 }, { 10, -25, 15 }));
  auto       method = MethodType::New();
  method->SetFixedImage(pair.CT);
  method->SetMovingImage(pair.MR);
  method->Update();
  const auto inverse = method->GetTransform()->GetInverseTransform();
  ASSERT_TRUE(inverse.IsNotNull());
  EXPECT_LT(TargetRegistrationError(pair, inverse.GetPointer()), 0.5);
  itk::TestUtilities::ExpectSameGrid(method->GetOutput(), pair.CT.GetPointer());
}

TEST(MultimodalImageRegistrationMethod, SearchFindsAnyPose)
{
  for (const std::array<double, 3> & degrees : { std::array<double, 3>{ 180, 0, 0 },
                                                 std::array<double, 3>{ 0, 180, 90 },
                                                 std::array<double, 3>{ 100, -70, -140 } })
  {
    const Pair pair = NewPair(NewTransform(degrees, { 20, 30, -40 }));
    auto       method = NewMethod(pair);
    method->SetInitialization(itk::RegistrationInitializationEnum::Search);
    method->Update();
    EXPECT_LT(TargetRegistrationError(pair, method->GetTransform()), 0.5) << degrees[0];
  }
}

TEST(MultimodalImageRegistrationMethod, TranslationAndAffineStages)
{
  const Pair shifted = NewPair(NewTransform({ 0, 0, 0 }, { 14, -9, 22 }));
  auto       translation = NewMethod(shifted);
  translation->RigidStageOff();
  translation->TranslationStageOn();
  translation->SetInitialization(itk::RegistrationInitializationEnum::Geometry);
  translation->Update();
  EXPECT_LT(TargetRegistrationError(shifted, translation->GetTransform()), 0.5);
  EXPECT_STREQ(translation->GetTransform()->GetNthTransformConstPointer(0)->GetNameOfClass(), "TranslationTransform");

  // A stretch is put into the spacing, which takes one along the axes of the moving grid only.
  const Pair                pair = NewPair(NewTransform({ 5, 10, -15 }, { 14, -9, 22 }));
  auto                      spacing = pair.CT->GetSpacing();
  auto                      stretched = AffineType::New();
  const auto                direction = pair.CT->GetDirection();
  itk::Matrix<double, 3, 3> scale;
  scale.SetIdentity();
  const std::array<double, 3> factors{ 1.05, 0.95, 1.03 };
  for (int d = 0; d < 3; ++d)
  {
    scale(d, d) = factors[d];
    spacing[d] *= factors[d];
  }
  stretched->SetCenter(pair.CT->GetOrigin());
  stretched->SetMatrix(direction * scale * itk::Matrix<double, 3, 3>(direction.GetTranspose()));
  pair.CT->SetSpacing(spacing);
  pair.Truth->Compose(stretched);
  auto rigid = NewMethod(pair);
  rigid->Update();
  EXPECT_GT(TargetRegistrationError(pair, rigid->GetTransform()), 1.0);
  auto affine = NewMethod(pair);
  affine->AffineStageOn();
  affine->Update();
  EXPECT_LT(TargetRegistrationError(pair, affine->GetTransform()), 0.5);
  EXPECT_STREQ(affine->GetTransform()->GetNthTransformConstPointer(0)->GetNameOfClass(), "AffineTransform");
  EXPECT_GT(affine->GetNormalizedMutualInformation(), rigid->GetNormalizedMutualInformation());
}

TEST(MultimodalImageRegistrationMethod, CorrelationAndTheSumOfBoth)
{
  const auto truth = NewTransform({ 6, -4, 9 }, { 5, 12, -8 });
  const Pair pair = NewPair(truth);
  // Of one modality, for the correlation coefficient alone: the CT itself in the two poses.
  const Pair still = NewPair(NewTransform({ 0, 0, 0 }, { 0, 0, 0 }));
  auto       correlation = MethodType::New();
  correlation->SetFixedImage(still.CT);
  correlation->SetMovingImage(pair.CT);
  correlation->SetMutualInformationWeight(0.0);
  correlation->SetCorrelationWeight(1.0);
  correlation->Update();
  EXPECT_LT(TargetRegistrationError(pair, correlation->GetTransform()), 0.1);
  EXPECT_GT(correlation->GetCorrelation(), 0.98);

  auto both = NewMethod(pair);
  both->SetCorrelationWeight(1.0);
  both->Update();
  EXPECT_LT(TargetRegistrationError(pair, both->GetTransform()), 0.5);
  EXPECT_GT(both->GetCorrelation(), 0.2);
}

TEST(MultimodalImageRegistrationMethod, StartsFromATransform)
{
  const auto truth = NewTransform({ 100, 0, 60 }, { 15, -10, 200 });
  const Pair pair = NewPair(truth);
  auto       method = NewMethod(pair);
  method->SetInitialization(itk::RegistrationInitializationEnum::Transform);
  auto near = AffineType::New();
  near->SetParameters(truth->GetParameters());
  near->Translate(itk::Vector<double, 3>(std::array<double, 3>{ 8.0, -8.0, 8.0 }.data()));
  method->SetInitialTransform(near);
  method->Update();
  EXPECT_LT(TargetRegistrationError(pair, method->GetTransform()), 0.5);
  EXPECT_STREQ(method->GetTransform()->GetNthTransformConstPointer(0)->GetNameOfClass(), "Euler3DTransform");

  // 200 mm aside nothing overlaps.
  method->SetInitialTransform(nullptr);
  ExpectError([&] { method->Update(); }, "of the fixed image lie in the moving image");
  EXPECT_EQ(method->GetOverlap(), 0.0);
  EXPECT_EQ(method->GetMutualInformation(), 0.0);
  EXPECT_EQ(method->GetNormalizedMutualInformation(), 1.0);
}

TEST(MultimodalImageRegistrationMethod, SameBitsForAnyNumberOfThreads)
{
  const Pair pair = NewPair(NewTransform({ 10, 5, -20 }, { 3, -12, 9 }));
  itk::TestUtilities::ExpectSameForAnyNumberOfThreads([&pair] {
    auto method = NewMethod(pair);
    method->AffineStageOn();
    method->SetCorrelationWeight(0.5);
    return method;
  });
}

TEST(MultimodalImageRegistrationMethod, MasksKeepWhatIsOutsideOut)
{
  const Pair pair = NewPair(NewTransform({ 4, 6, -10 }, { 7, -5, 9 }));
  // Something large that moves with the scanner, not with the head, and is not a number at some places.
  auto mask = MaskType::New();
  mask->CopyInformation(pair.MR);
  mask->SetRegions(pair.MR->GetBufferedRegion());
  mask->Allocate();
  mask->FillBuffer(1);
  for (itk::ImageRegionIteratorWithIndex<ImageType> it(pair.MR, pair.MR->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    if (it.GetIndex()[1] > 60)
    {
      it.Set(it.GetIndex()[0] % 7 == 0 ? std::numeric_limits<float>::quiet_NaN() : 3000.0F * (it.GetIndex()[2] % 3));
      mask->SetPixel(it.GetIndex(), 0);
    }
  }
  auto method = NewMethod(pair);
  ExpectError([&] { method->Update(); }, "voxels that are NaN or infinite");
  method->SetFixedMask(mask);
  method->Update();
  EXPECT_LT(TargetRegistrationError(pair, method->GetTransform()), 0.7);

  auto head = MaskType::New();
  head->CopyInformation(pair.CT);
  head->SetRegions(pair.CT->GetBufferedRegion());
  head->Allocate();
  head->FillBuffer(1);
  // The first voxel is the first that is looked at for the background.
  pair.CT->SetPixel({ { 0, 0, 0 } }, std::numeric_limits<float>::quiet_NaN());
  pair.CT->Modified();
  head->SetPixel({ { 0, 0, 0 } }, 0);
  method->SetMovingMask(head);
  method->Update();
  itk::SizeValueType                       notFinite = 0;
  itk::ImageRegionConstIterator<ImageType> voxel(method->GetOutput(), method->GetOutput()->GetBufferedRegion());
  for (; !voxel.IsAtEnd(); ++voxel)
  {
    notFinite += std::isfinite(voxel.Get()) ? 0 : 1;
  }
  EXPECT_LT(notFinite, 50u);
  EXPECT_LT(TargetRegistrationError(pair, method->GetTransform()), 0.7);

  head->FillBuffer(0);
  head->Modified();
  ExpectError([&] { method->Update(); }, "the mask of the moving image has no voxel");
  method->SetMovingMask(mask);
  ExpectError([&] { method->Update(); }, "MovingMask has another grid than the image");
}

TEST(MultimodalImageRegistrationMethod, OutputIsTheMovingImageOnTheFixedGrid)
{
  const Pair pair = NewPair(NewTransform({ 0, 0, 0 }, { 40, 0, 0 }));
  using ShortType = itk::Image<short, 3>;
  auto integers = ShortType::New();
  integers->CopyInformation(pair.CT);
  integers->SetRegions(pair.CT->GetBufferedRegion());
  integers->Allocate();
  itk::ImageRegionConstIterator<ImageType> from(pair.CT, pair.CT->GetBufferedRegion());
  for (itk::ImageRegionIterator<ShortType> to(integers, integers->GetBufferedRegion()); !to.IsAtEnd(); ++to, ++from)
  {
    to.Set(static_cast<short>(std::lround(from.Get())));
  }
  auto real = NewMethod(pair);
  real->Update();
  auto method = itk::MultimodalImageRegistrationMethod<ImageType, ShortType>::New();
  method->SetFixedImage(pair.MR);
  method->SetMovingImage(integers);
  method->SetBackgroundValue(-2000);
  method->AutomaticBackgroundOff();
  method->Update();
  EXPECT_LT(TargetRegistrationError(pair, method->GetTransform()), 0.5);

  // What the transform gives to everything else that is brought along.
  auto resample = itk::ResampleOntoReferenceImageFilter<ShortType>::New();
  resample->SetInput(integers);
  resample->SetReferenceImage(pair.MR);
  resample->SetTransform(method->GetTransform());
  resample->SetDefaultPixelValue(-2000);
  resample->Update();
  itk::TestUtilities::ExpectSameVoxels(method->GetOutput(), resample->GetOutput());
  itk::SizeValueType                       outside = 0;
  double                                   error = 0.0;
  itk::SizeValueType                       inside = 0;
  itk::ImageRegionConstIterator<ShortType> out(method->GetOutput(), method->GetOutput()->GetBufferedRegion());
  itk::ImageRegionConstIterator<ImageType> expected(real->GetOutput(), real->GetOutput()->GetBufferedRegion());
  for (; !out.IsAtEnd(); ++out, ++expected)
  {
    if (out.Get() == -2000)
    {
      ++outside;
    }
    else
    {
      ++inside;
      error += out.Get() - expected.Get();
    }
  }
  EXPECT_GT(outside, 0u);
  // Rounded, not cut off.
  EXPECT_NEAR(error / static_cast<double>(inside), 0.0, 0.1);

  method->AutomaticBackgroundOn();
  method->SetInterpolation(itk::GridResampleInterpolationEnum::Nearest);
  method->Update();
  const auto * pixels = integers->GetBufferPointer();
  const short  least = *std::min_element(pixels, pixels + integers->GetBufferedRegion().GetNumberOfPixels());
  EXPECT_EQ(method->GetOutput()->GetPixel({ { 0, 0, 0 } }), least);
  method->SetInterpolation(itk::GridResampleInterpolationEnum::BSpline);
  method->Update();
  EXPECT_LT(TargetRegistrationError(pair, method->GetTransform()), 0.5);
}

TEST(MultimodalImageRegistrationMethod, TransformGoesThroughAFile)
{
  const Pair pair = NewPair(NewTransform({ 4, 6, -10 }, { 7, -5, 9 }));
  auto       method = NewMethod(pair);
  method->Update();
  const std::string name = ::testing::TempDir() + "itkMultimodalImageRegistrationMethodGTest.tfm";
  auto              writer = itk::TransformFileWriter::New();
  writer->SetInput(method->GetTransform());
  writer->SetFileName(name);
  writer->Update();
  auto reader = itk::TransformFileReader::New();
  reader->SetFileName(name);
  reader->Update();
  const auto * read =
    dynamic_cast<itk::CompositeTransform<double, 3> *>(reader->GetTransformList()->front().GetPointer());
  ASSERT_NE(read, nullptr);
  const itk::Point<double, 3> point(std::array<double, 3>{ 10.0, -20.0, 30.0 }.data());
  EXPECT_LT(read->TransformPoint(point).EuclideanDistanceTo(method->GetTransform()->TransformPoint(point)), 1e-9);
  std::remove(name.c_str());
}

TEST(MultimodalImageRegistrationMethod, SaysWhenImagesDoNotBelongTogether)
{
  const Pair                          pair = NewPair(NewTransform({ 0, 0, 0 }, { 0, 0, 0 }));
  itk::TestUtilities::Random          random(3);
  itk::ImageRegionIterator<ImageType> it(pair.CT, pair.CT->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it)
  {
    it.Set(static_cast<float>(1000.0 * random()));
  }
  auto method = NewMethod(pair);
  method->SetInitialization(itk::RegistrationInitializationEnum::Geometry);
  method->Update();
  ASSERT_EQ(method->GetNumberOfRemarks(), 1u);
  EXPECT_NE(method->GetRemark(0).find("may not belong together"), std::string::npos);
  ExpectError([&] { method->GetRemark(1); }, "there is no remark 1, only 1");
  EXPECT_NEAR(method->GetNormalizedMutualInformation(), method->GetShuffledNormalizedMutualInformation(), 0.01);

  // Little overlap: a slab of the head.
  const Pair whole = NewPair(NewTransform({ 0, 0, 0 }, { 0, 0, 0 }));
  auto       slab = NewHead({ 88, 96, 20 }, { 2.5, 2.5, 4.0 });
  slab->CenterGrid();
  slab->Update();
  auto part = MethodType::New();
  part->SetFixedImage(whole.MR);
  part->SetMovingImage(slab->GetCT());
  part->SetInitialization(itk::RegistrationInitializationEnum::Transform);
  part->Update();
  ASSERT_EQ(part->GetNumberOfRemarks(), 1u);
  EXPECT_NE(part->GetRemark(0).find("% of the fixed image lie in the moving image"), std::string::npos);
  EXPECT_NEAR(part->GetOverlap(), 19 * 4.0 / (63 * 3.0), 0.03);
}

TEST(MultimodalImageRegistrationMethod, SaysWhenLengthsChange)
{
  for (const double factor : { 1.05, 1.25, 0.8 })
  {
    SCOPED_TRACE(factor);
    const Pair pair = NewPair(NewTransform({ 0, 0, 0 }, { 0, 0, 0 }));
    auto       spacing = pair.CT->GetSpacing();
    spacing[1] *= factor;
    pair.CT->SetSpacing(spacing);
    for (const bool isAffine : { true, false })
    {
      auto method = NewMethod(pair);
      method->SetAffineStage(isAffine);
      method->SetInitialization(itk::RegistrationInitializationEnum::Geometry);
      method->Update();
      ASSERT_EQ(method->GetNumberOfRemarks(), isAffine && factor != 1.05 ? 1u : 0u);
      if (method->GetNumberOfRemarks() == 1)
      {
        EXPECT_EQ(method->GetRemark(0).rfind("the transform changes lengths by factors from ", 0), 0u);
      }
    }
  }
}

TEST(MultimodalImageRegistrationMethod, BadInput)
{
  const Pair pair = NewPair(NewTransform({ 0, 0, 0 }, { 0, 0, 0 }));
  const auto expect = [&pair](const std::function<void(MethodType *)> & change, const std::string & words) {
    auto method = NewMethod(pair);
    change(method);
    ExpectError([&] { method->Update(); }, words);
  };
  expect([](MethodType * m) { m->RigidStageOff(); }, "no stage is on");
  expect([](MethodType * m) { m->SetMutualInformationWeight(-1.0); }, "MutualInformationWeight is -1");
  expect([](MethodType * m) { m->SetMutualInformationWeight(0.0); }, "are both 0");
  expect([](MethodType * m) { m->SetCorrelationWeight(std::nan("")); }, "CorrelationWeight is nan");
  expect([](MethodType * m) { m->SetNumberOfHistogramBins(7); }, "NumberOfHistogramBins is 7");
  expect([](MethodType * m) { m->SetNumberOfHistogramBins(257); }, "NumberOfHistogramBins is 257");
  expect([](MethodType * m) { m->SetNumberOfSamples(999); }, "NumberOfSamples is 999");
  expect([](MethodType * m) { m->SetFinestSpacing(-1.0); }, "FinestSpacing is -1");
  expect([](MethodType * m) { m->SetLeastOverlap(1.5); }, "LeastOverlap is 1.5");
  expect([](MethodType * m) { m->SetInitialTransform(itk::BSplineTransform<double, 3, 3>::New()); },
         "InitialTransform is a BSplineTransform and should be linear");
  expect([](MethodType * m) { m->SetMovingImage(nullptr); }, "MovingImage");

  const auto constant = itk::TestUtilities::MakeImage<ImageType>({ { 20, 20, 20 } }, [](const auto &) { return 5; });
  expect([&](MethodType * m) { m->SetMovingImage(constant); }, "the moving image is constant: all voxels are 5");
  const auto slice =
    itk::TestUtilities::MakeImage<ImageType>({ { 20, 20, 1 } }, [](const auto & index) { return index[0]; });
  expect([&](MethodType * m) { m->SetFixedImage(slice); }, "the fixed image has 1 voxels along axis 2");
}
