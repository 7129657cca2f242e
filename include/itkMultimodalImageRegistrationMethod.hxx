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
#ifndef itkMultimodalImageRegistrationMethod_hxx
#define itkMultimodalImageRegistrationMethod_hxx

#include "itkMultimodalImageRegistrationMethod.h"

#include "itkAffineTransform.h"
#include "itkBodyMaskImageFilter.h"
#include "itkEuler3DTransform.h"
#include "itkResampleOntoReferenceImageFilter.h"
#include "itkTranslationTransform.h"
#include "SyntheticCTDetail/itkFilterThreading.h"
#include "SyntheticCTDetail/itkFilterVerification.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace itk
{

template <typename TFixedImage, typename TMovingImage>
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::MultimodalImageRegistrationMethod()
{
  this->SetPrimaryInputName("FixedImage");
  this->AddRequiredInputName("MovingImage");
  this->AddOptionalInputName("FixedMask");
  this->AddOptionalInputName("MovingMask");
  this->SetNumberOfRequiredOutputs(2);
  this->SetNthOutput(1, this->MakeOutput(1));
}

template <typename TFixedImage, typename TMovingImage>
DataObject::Pointer
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::MakeOutput(DataObjectPointerArraySizeType index)
{
  if (index == 1)
  {
    auto output = DecoratedTransformType::New();
    output->Set(CompositeTransformType::New());
    return output.GetPointer();
  }
  return Superclass::MakeOutput(index);
}

template <typename TFixedImage, typename TMovingImage>
auto
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::GetTransformOutput() -> DecoratedTransformType *
{
  return static_cast<DecoratedTransformType *>(this->ProcessObject::GetOutput(1));
}

template <typename TFixedImage, typename TMovingImage>
auto
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::GetTransform() const -> const CompositeTransformType *
{
  return static_cast<const DecoratedTransformType *>(this->ProcessObject::GetOutput(1))->Get();
}

template <typename TFixedImage, typename TMovingImage>
const std::string &
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::GetRemark(unsigned int number) const
{
  if (number >= m_Remarks.size())
  {
    itkSyntheticCTExceptionMacro("there is no remark " << number << ", only " << m_Remarks.size());
  }
  return m_Remarks[number];
}

template <typename TFixedImage, typename TMovingImage>
void
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (!m_TranslationStage && !m_RigidStage && !m_AffineStage)
  {
    itkSyntheticCTExceptionMacro("no stage is on: TranslationStage, RigidStage or AffineStage should be");
  }
  const auto verifyWeight = [this](const char * name, double weight) {
    if (!std::isfinite(weight) || weight < 0.0)
    {
      itkSyntheticCTExceptionMacro(name << " is " << weight << " and should be 0 or more");
    }
  };
  verifyWeight("MutualInformationWeight", m_MutualInformationWeight);
  verifyWeight("CorrelationWeight", m_CorrelationWeight);
  if (m_MutualInformationWeight == 0.0 && m_CorrelationWeight == 0.0)
  {
    itkSyntheticCTExceptionMacro("MutualInformationWeight and CorrelationWeight are both 0");
  }
  if (m_NumberOfHistogramBins < 8 || m_NumberOfHistogramBins > 256)
  {
    itkSyntheticCTExceptionMacro("NumberOfHistogramBins is " << m_NumberOfHistogramBins
                                                             << " and should be from 8 to 256");
  }
  if (m_NumberOfSamples < 1000)
  {
    itkSyntheticCTExceptionMacro("NumberOfSamples is " << m_NumberOfSamples << " and should be 1000 or more");
  }
  if (!std::isfinite(m_FinestSpacing) || m_FinestSpacing < 0.0)
  {
    itkSyntheticCTExceptionMacro("FinestSpacing is " << m_FinestSpacing << " and should be 0 or more (mm)");
  }
  if (!(m_LeastOverlap >= 0.0 && m_LeastOverlap <= 1.0))
  {
    itkSyntheticCTExceptionMacro("LeastOverlap is " << m_LeastOverlap << " and should be from 0 to 1");
  }
  if (m_InitialTransform && !m_InitialTransform->IsLinear())
  {
    itkSyntheticCTExceptionMacro("InitialTransform is a " << m_InitialTransform->GetNameOfClass()
                                                          << " and should be linear");
  }
}

template <typename TFixedImage, typename TMovingImage>
void
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::VerifyInputInformation() const
{
  SyntheticCTDetail::VerifySameGrid(this, this->GetFixedImage(), this->GetFixedMask(), "FixedMask");
  SyntheticCTDetail::VerifySameGrid(this, this->GetMovingImage(), this->GetMovingMask(), "MovingMask");
}

template <typename TFixedImage, typename TMovingImage>
void
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  for (const auto & name : this->GetInputNames())
  {
    if (DataObject * input = this->ProcessObject::GetInput(name))
    {
      input->SetRequestedRegionToLargestPossibleRegion();
    }
  }
}

template <typename TFixedImage, typename TMovingImage>
void
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TFixedImage, typename TMovingImage>
template <typename TImage>
SyntheticCTDetail::RegistrationVolume
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::VolumeOf(const TImage *        image,
                                                                       const MaskImageType * mask,
                                                                       const char *          what)
{
  const auto &                          region = image->GetBufferedRegion();
  SyntheticCTDetail::RegistrationVolume volume;
  const auto origin = image->template TransformIndexToPhysicalPoint<double>(region.GetIndex());
  for (int d = 0; d < 3; ++d)
  {
    volume.Size[d] = static_cast<int>(region.GetSize(d));
    if (volume.Size[d] < 4)
    {
      itkSyntheticCTExceptionMacro("the " << what << " image has " << volume.Size[d] << " voxels along axis " << d
                                          << " and should have 4 or more");
    }
    volume.IndexToPoint.Offset[d] = origin[d];
    for (int c = 0; c < 3; ++c)
    {
      volume.IndexToPoint.Matrix[d][c] = image->GetDirection()(d, c) * image->GetSpacing()[c];
    }
  }

  // Copied slice by slice, with what is found on the way.
  struct Found
  {
    float         Minimum{ std::numeric_limits<float>::infinity() };
    float         Maximum{ -std::numeric_limits<float>::infinity() };
    SizeValueType Inside{ 0 };
    SizeValueType NotFinite{ 0 };
  };
  const SizeValueType plane = region.GetSize(0) * region.GetSize(1);
  const auto *        from = image->GetBufferPointer();
  const auto *        inside = mask ? mask->GetBufferPointer() : nullptr;
  volume.Values.resize(plane * region.GetSize(2));
  volume.Valid.resize(mask ? volume.Values.size() : 0);
  std::vector<Found> slices(region.GetSize(2));
  SyntheticCTDetail::ParallelizeArray(this, slices.size(), 0.0F, [&](SizeValueType slice) {
    Found & found = slices[slice];
    for (SizeValueType i = slice * plane; i < (slice + 1) * plane; ++i)
    {
      const float value = static_cast<float>(from[i]);
      volume.Values[i] = value;
      if (inside)
      {
        volume.Valid[i] = inside[i] != 0;
        if (inside[i] == 0)
        {
          continue;
        }
      }
      ++found.Inside;
      found.NotFinite += std::isfinite(value) ? 0 : 1;
      found.Minimum = std::min(found.Minimum, value);
      found.Maximum = std::max(found.Maximum, value);
    }
  });
  Found all;
  for (const Found & found : slices)
  {
    all.Inside += found.Inside;
    all.NotFinite += found.NotFinite;
    all.Minimum = std::min(all.Minimum, found.Minimum);
    all.Maximum = std::max(all.Maximum, found.Maximum);
  }
  if (all.Inside == 0)
  {
    itkSyntheticCTExceptionMacro("the mask of the " << what << " image has no voxel that is not zero");
  }
  if (all.NotFinite > 0)
  {
    itkSyntheticCTExceptionMacro("the " << what << " image has " << all.NotFinite
                                        << " voxels that are NaN or infinite");
  }
  if (all.Minimum == all.Maximum)
  {
    itkSyntheticCTExceptionMacro("the " << what << " image is constant: all voxels " << (mask ? "of the mask " : "")
                                        << "are " << all.Minimum);
  }

  // No scanner's MR has such values; a CT's window is that of the definitions of all measures here.
  if (all.Minimum < -500.0F)
  {
    SyntheticCTDetail::ParallelizeArray(this, slices.size(), 0.0F, [&](SizeValueType slice) {
      for (SizeValueType i = slice * plane; i < (slice + 1) * plane; ++i)
      {
        volume.Values[i] = std::min(std::max(volume.Values[i], -1000.0F), 3000.0F);
      }
    });
  }
  return volume;
}

template <typename TFixedImage, typename TMovingImage>
std::array<double, 3>
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::BodyCenter(
  const SyntheticCTDetail::RegistrationVolume & volume, const char * what)
{
  using WorkImageType = Image<float, 3>;
  // Blocks of about 4 mm are fine enough for a center.
  const SyntheticCTDetail::RegistrationVolume reduced = volume.ReducedTo(this, 4.0);
  auto                                        image = WorkImageType::New();
  WorkImageType::SizeType                     size;
  WorkImageType::SpacingType                  spacing;
  WorkImageType::DirectionType                direction;
  for (int d = 0; d < 3; ++d)
  {
    size[d] = reduced.Size[d];
    spacing[d] = reduced.Spacing(d);
    for (int r = 0; r < 3; ++r)
    {
      direction(r, d) = reduced.IndexToPoint.Matrix[r][d] / spacing[d];
    }
  }
  image->SetRegions(size);
  image->SetSpacing(spacing);
  image->SetOrigin(reduced.IndexToPoint.Offset.data());
  image->SetDirection(direction);
  image->Allocate();
  const float least = *std::min_element(reduced.Values.begin(), reduced.Values.end());
  for (size_t i = 0; i < reduced.NumberOfVoxels(); ++i)
  {
    image->GetBufferPointer()[i] = reduced.Valid.empty() || reduced.Valid[i] != 0 ? reduced.Values[i] : least;
  }
  auto body = BodyMaskImageFilter<WorkImageType>::New();
  body->SetInput(image);
  body->SetNumberOfWorkUnits(this->GetNumberOfWorkUnits());
  body->Update();
  const unsigned char * mask = body->GetOutput()->GetBufferPointer();

  std::array<double, 3> sum{ 0.0, 0.0, 0.0 };
  double                count = 0.0;
  size_t                voxel = 0;
  for (int z = 0; z < reduced.Size[2]; ++z)
  {
    for (int y = 0; y < reduced.Size[1]; ++y)
    {
      for (int x = 0; x < reduced.Size[0]; ++x, ++voxel)
      {
        if (mask[voxel] != 0)
        {
          sum = { sum[0] + x, sum[1] + y, sum[2] + z };
          ++count;
        }
      }
    }
  }
  if (count == 0.0)
  {
    itkSyntheticCTExceptionMacro("no body is found in the " << what << " image; set another Initialization");
  }
  return reduced.IndexToPoint({ sum[0] / count, sum[1] / count, sum[2] / count });
}

template <typename TFixedImage, typename TMovingImage>
void
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::SetUpStart(
  const SyntheticCTDetail::RegistrationVolume & fixed,
  const SyntheticCTDetail::RegistrationVolume & moving,
  SyntheticCTDetail::LinearPyramidSettings &    settings)
{
  const auto shiftBetween = [&settings](const std::array<double, 3> & from, const std::array<double, 3> & to) {
    settings.FixedPivot = from;
    for (int d = 0; d < 3; ++d)
    {
      settings.Start.Offset[d] = to[d] - from[d];
    }
  };
  switch (m_Initialization)
  {
    case InitializationEnum::Transform:
      if (m_InitialTransform)
      {
        const typename TransformType::InputPointType zero{};
        const auto                                   offset = m_InitialTransform->TransformPoint(zero);
        for (int c = 0; c < 3; ++c)
        {
          typename TransformType::InputPointType unit{};
          unit[c] = 1.0;
          const auto column = m_InitialTransform->TransformPoint(unit);
          for (int r = 0; r < 3; ++r)
          {
            settings.Start.Matrix[r][c] = column[r] - offset[r];
            settings.Start.Offset[r] = offset[r];
          }
        }
      }
      break;
    case InitializationEnum::Geometry:
      shiftBetween(fixed.Center(), moving.Center());
      break;
    case InitializationEnum::Bodies:
    case InitializationEnum::Search:
      shiftBetween(this->BodyCenter(fixed, "fixed"), this->BodyCenter(moving, "moving"));
      if (m_Initialization == InitializationEnum::Search)
      {
        settings.Rotations = SyntheticCTDetail::RotationsEverywhere(600);
      }
      else
      {
        settings.Rotations = SyntheticCTDetail::RotationsAround(25.0 * Math::pi_over_180);
      }
      break;
  }
}

template <typename TFixedImage, typename TMovingImage>
void
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::GenerateData()
{
  this->UpdateProgress(0.0F);
  m_Remarks.clear();
  m_Similarity = {};
  m_ShuffledSimilarity = {};
  m_NumberOfIterations = 0;
  const auto fixed = this->VolumeOf(this->GetFixedImage(), this->GetFixedMask(), "fixed");
  const auto moving = this->VolumeOf(this->GetMovingImage(), this->GetMovingMask(), "moving");
  this->UpdateProgress(0.1F);

  SyntheticCTDetail::LinearPyramidSettings settings;
  settings.Translation = m_TranslationStage;
  settings.Rigid = m_RigidStage;
  settings.Affine = m_AffineStage;
  settings.Weights.MutualInformation = m_MutualInformationWeight;
  settings.Weights.Correlation = m_CorrelationWeight;
  settings.NumberOfHistogramBins = static_cast<int>(m_NumberOfHistogramBins);
  settings.NumberOfSamples = m_NumberOfSamples;
  settings.Seed = m_Seed;
  settings.LeastOverlap = m_LeastOverlap;
  double finest = m_FinestSpacing;
  if (finest == 0.0)
  {
    double volume = 1.0;
    for (int d = 0; d < 3; ++d)
    {
      volume *= fixed.Size[d] * fixed.Spacing(d);
    }
    finest = std::cbrt(volume) / 100.0;
  }
  settings.Spacings = { 8.0 * finest, 4.0 * finest, 2.0 * finest, finest };
  this->SetUpStart(fixed, moving, settings);

  const auto result = SyntheticCTDetail::RegisterByLinearPyramid(this, fixed, moving, settings, 0.7F);
  if (result.Similarity.Overlap < m_LeastOverlap || result.Similarity.Overlap == 0.0)
  {
    itkSyntheticCTExceptionMacro("only " << 100.0 * result.Similarity.Overlap
                                         << " % of the fixed image lie in the moving image, and LeastOverlap is "
                                         << 100.0 * m_LeastOverlap << " %: set another Initialization");
  }

  m_Similarity = result.Similarity;
  m_ShuffledSimilarity = result.ShuffledSimilarity;
  m_NumberOfIterations = result.Iterations;
  if (m_Similarity.Overlap < 0.5)
  {
    std::ostringstream remark;
    remark << "only " << 100.0 * m_Similarity.Overlap << " % of the fixed image lie in the moving image";
    m_Remarks.push_back(remark.str());
  }
  // Far less than any pair of scans of one patient has in its right pose, which is 40 times what chance gives and more.
  if (m_Similarity.NormalizedMutualInformation - 1.0 < 5.0 * (m_ShuffledSimilarity.NormalizedMutualInformation - 1.0))
  {
    std::ostringstream remark;
    remark << "the images may not belong together: their normalized mutual information is "
           << m_Similarity.NormalizedMutualInformation << ", and that of shuffled values "
           << m_ShuffledSimilarity.NormalizedMutualInformation;
    m_Remarks.push_back(remark.str());
  }
  const std::array<double, 2> stretches = result.Map.GetStretches();
  if (m_AffineStage && (stretches[0] < 0.85 || stretches[1] > 1.15))
  {
    std::ostringstream remark;
    remark << "the transform changes lengths by factors from " << stretches[0] << " to " << stretches[1]
           << ", where scans of one body differ by a few percent";
    m_Remarks.push_back(remark.str());
  }
  for (const std::string & remark : m_Remarks)
  {
    itkSyntheticCTWarningMacro(remark);
  }

  const typename TransformType::Pointer transform = TransformOf(result.Map, fixed.Center());
  auto                                  composite = CompositeTransformType::New();
  composite->AddTransform(transform);
  this->GetTransformOutput()->Set(composite);
  this->Resample(transform);
  this->UpdateProgress(1.0F);
}

template <typename TFixedImage, typename TMovingImage>
auto
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::TransformOf(const SyntheticCTDetail::LinearMap & map,
                                                                          const std::array<double, 3> & center) ->
  typename TransformType::Pointer
{
  // By what the map is, because a start may have more freedom than the stages. About the center of the fixed image,
  // parameters say how the body is turned and how far its middle is moved.
  const std::array<double, 3> moved = map(center);
  Matrix<double, 3, 3>        matrix;
  Vector<double, 3>           shift;
  const Point<double, 3>      pivot(center.data());
  for (int r = 0; r < 3; ++r)
  {
    shift[r] = moved[r] - center[r];
    for (int c = 0; c < 3; ++c)
    {
      matrix(r, c) = map.Matrix[r][c];
    }
  }
  const Matrix<double, 3, 3> product(matrix.GetTranspose() * matrix.GetVnlMatrix());
  bool                       isIdentity = true;
  bool                       isRotation = vnl_determinant(matrix.GetVnlMatrix()) > 0.0;
  for (int r = 0; r < 3; ++r)
  {
    for (int c = 0; c < 3; ++c)
    {
      constexpr double rounding = 1e-12;
      isIdentity = isIdentity && matrix(r, c) == (r == c ? 1.0 : 0.0);
      isRotation = isRotation && std::abs(product(r, c) - (r == c ? 1.0 : 0.0)) < rounding;
    }
  }
  if (isIdentity)
  {
    auto translation = TranslationTransform<double, 3>::New();
    translation->SetOffset(shift);
    return translation.GetPointer();
  }
  const auto setUp = [&](auto * linear) {
    linear->SetCenter(pivot);
    linear->SetMatrix(matrix);
    linear->SetTranslation(shift);
  };
  if (isRotation)
  {
    auto rigid = Euler3DTransform<double>::New();
    setUp(rigid.GetPointer());
    return rigid.GetPointer();
  }
  auto affine = AffineTransform<double, 3>::New();
  setUp(affine.GetPointer());
  return affine.GetPointer();
}

template <typename TFixedImage, typename TMovingImage>
void
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::Resample(const TransformType * transform)
{
  const MovingImageType * moving = this->GetMovingImage();
  MovingPixelType         background = m_BackgroundValue;
  if (m_AutomaticBackground)
  {
    const MovingPixelType * pixels = moving->GetBufferPointer();
    background = NumericTraits<MovingPixelType>::max();
    for (SizeValueType i = 0; i < moving->GetBufferedRegion().GetNumberOfPixels(); ++i)
    {
      // Outside a mask there may be others.
      if (std::isfinite(static_cast<double>(pixels[i])))
      {
        background = std::min(background, pixels[i]);
      }
    }
  }

  auto resample = ResampleOntoReferenceImageFilter<MovingImageType>::New();
  resample->SetInput(moving);
  resample->SetReferenceImage(this->GetFixedImage());
  resample->SetTransform(transform);
  resample->SetInterpolation(m_Interpolation);
  resample->SetDefaultPixelValue(background);
  SyntheticCTDetail::UpdateInside(this, resample.GetPointer(), 0.2F);
  this->GraftOutput(resample->GetOutput());
}

template <typename TFixedImage, typename TMovingImage>
void
MultimodalImageRegistrationMethod<TFixedImage, TMovingImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "TranslationStage: " << (m_TranslationStage ? "On" : "Off") << std::endl;
  os << indent << "RigidStage: " << (m_RigidStage ? "On" : "Off") << std::endl;
  os << indent << "AffineStage: " << (m_AffineStage ? "On" : "Off") << std::endl;
  os << indent << "Initialization: " << m_Initialization << std::endl;
  itkPrintSelfObjectMacro(InitialTransform);
  os << indent << "MutualInformationWeight: " << m_MutualInformationWeight << std::endl;
  os << indent << "CorrelationWeight: " << m_CorrelationWeight << std::endl;
  os << indent << "NumberOfHistogramBins: " << m_NumberOfHistogramBins << std::endl;
  os << indent << "NumberOfSamples: " << m_NumberOfSamples << std::endl;
  os << indent << "Seed: " << m_Seed << std::endl;
  os << indent << "FinestSpacing: " << m_FinestSpacing << std::endl;
  os << indent << "LeastOverlap: " << m_LeastOverlap << std::endl;
  os << indent << "Interpolation: " << m_Interpolation << std::endl;
  os << indent
     << "BackgroundValue: " << static_cast<typename NumericTraits<MovingPixelType>::PrintType>(m_BackgroundValue)
     << std::endl;
  os << indent << "AutomaticBackground: " << (m_AutomaticBackground ? "On" : "Off") << std::endl;
  os << indent << "MutualInformation: " << m_Similarity.MutualInformation << std::endl;
  os << indent << "NormalizedMutualInformation: " << m_Similarity.NormalizedMutualInformation << std::endl;
  os << indent << "ShuffledNormalizedMutualInformation: " << m_ShuffledSimilarity.NormalizedMutualInformation
     << std::endl;
  os << indent << "Correlation: " << m_Similarity.Correlation << std::endl;
  os << indent << "Overlap: " << m_Similarity.Overlap << std::endl;
  os << indent << "NumberOfIterations: " << m_NumberOfIterations << std::endl;
  os << indent << "NumberOfRemarks: " << m_Remarks.size() << std::endl;
}

} // namespace itk

#endif
