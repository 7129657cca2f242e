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
#include "sctRegistration.h"

#include "sctProgress.h"

#include <nlohmann/json.hpp>
#include <vnl/algo/vnl_determinant.h>

#include <cmath>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace sct
{
namespace
{

using Json = nlohmann::ordered_json;
using RegistrationType = itk::MultimodalImageRegistrationMethod<VolumeType>;
using LandmarksType = itk::LandmarkTransformCalculator;

/** Say a remark, and keep it. */
void
Say(StageProgress & progress, const std::string & remark, std::vector<std::string> & remarks)
{
  remarks.push_back(remark);
  progress.Say("warning: " + remark);
}

LandmarksType::Pointer
ComputeLandmarks(const RegisterOptions & options, std::vector<std::string> & remarks)
{
  StageProgress progress("Landmarks");
  auto          calculator = LandmarksType::New();
  calculator->SetFixedLandmarks(itk::LandmarkList::Read(options.FixedLandmarks));
  calculator->SetMovingLandmarks(itk::LandmarkList::Read(options.MovingLandmarks));
  calculator->SetTransformKind(options.LandmarkTransformKind);
  calculator->Compute();
  for (itk::SizeValueType i = 0; i < calculator->GetNumberOfRemarks(); ++i)
  {
    Say(progress, calculator->GetRemark(i), remarks);
  }
  return calculator;
}

RegistrationType::Pointer
ComputeRegistration(const RegisterOptions &    options,
                    const VolumeType *         fixed,
                    const VolumeType *         moving,
                    const TransformType *      start,
                    std::vector<std::string> & remarks)
{
  const auto readMask = [](const std::string & path, const VolumeType * image, const std::string & imagePath) {
    MaskType::Pointer mask;
    if (!path.empty())
    {
      mask = ReadMask(path);
      TakeGrid(image, imagePath, mask, path);
    }
    return mask;
  };
  auto registration = RegistrationType::New();
  registration->SetFixedImage(fixed);
  registration->SetMovingImage(moving);
  registration->SetFixedMask(readMask(options.FixedMask, fixed, options.Fixed));
  registration->SetMovingMask(readMask(options.MovingMask, moving, options.Moving));
  registration->SetTranslationStage(options.Translation);
  registration->SetRigidStage(options.Rigid);
  registration->SetAffineStage(options.Affine);
  registration->SetMutualInformationWeight(options.MutualInformationWeight);
  registration->SetCorrelationWeight(options.CorrelationWeight);
  registration->SetInitialization(options.Initialization);
  if (start)
  {
    registration->SetInitialTransform(start);
    registration->SetInitialization(itk::RegistrationInitializationEnum::Transform);
  }
  StageProgress progress("Registration", registration);
  // Its remarks are said here, in one line each.
  const bool showsWarnings = itk::Object::GetGlobalWarningDisplay();
  itk::Object::SetGlobalWarningDisplay(false);
  registration->Update();
  itk::Object::SetGlobalWarningDisplay(showsWarnings);
  for (unsigned int i = 0; i < registration->GetNumberOfRemarks(); ++i)
  {
    Say(progress, registration->GetRemark(i), remarks);
  }
  return registration;
}

Json
ReportOf(const LandmarksType * landmarks)
{
  Json pairs = Json::array();
  for (itk::SizeValueType i = 0; i < landmarks->GetNumberOfPairs(); ++i)
  {
    pairs.push_back({ { "label", landmarks->GetLabel(i) }, { "residual-mm", landmarks->GetResidual(i) } });
  }
  return { { "pairs", pairs },
           { "root-mean-square-residual-mm", landmarks->GetRootMeanSquareResidual() },
           { "largest-residual-mm", landmarks->GetMaximumResidual() } };
}

Json
ReportOf(const RegistrationType * registration)
{
  Json report{ { "normalized-mutual-information", registration->GetNormalizedMutualInformation() },
               { "shuffled-normalized-mutual-information", registration->GetShuffledNormalizedMutualInformation() },
               { "mutual-information-nats", registration->GetMutualInformation() },
               { "overlap", registration->GetOverlap() },
               { "iterations", registration->GetNumberOfIterations() } };
  // It is not computed otherwise.
  if (registration->GetCorrelationWeight() > 0.0)
  {
    report["correlation"] = registration->GetCorrelation();
  }
  return report;
}

double
DeterminantOf(const TransformType * transform)
{
  return vnl_determinant(AffineTransformOf(transform, itk::Point<double, 3>{})->GetMatrix().GetVnlMatrix().as_matrix());
}

/** Rows of a matrix and an offset, which take a fixed point to a moving one. */
Json
ReportOf(const AffineTransformType * transform)
{
  Json rows = Json::array();
  for (unsigned int r = 0; r < 3; ++r)
  {
    const auto & matrix = transform->GetMatrix();
    rows.push_back({ matrix(r, 0), matrix(r, 1), matrix(r, 2), transform->GetOffset()[r] });
  }
  return rows;
}

} // namespace

Registration
RegisterImages(const RegisterOptions & options, const VolumeType * fixed, const VolumeType * moving)
{
  Registration result;
  Json         report = Json::object();
  if (!options.FixedLandmarks.empty())
  {
    const auto landmarks = ComputeLandmarks(options, result.Remarks);
    report["landmarks"] = ReportOf(landmarks);
    result.Transform = landmarks->GetTransform();
  }
  else if (!options.InitialTransform.empty())
  {
    result.Transform = ReadTransform(options.InitialTransform);
    if (result.Transform->IsLinear() && std::abs(DeterminantOf(result.Transform)) < 1e-6)
    {
      throw std::runtime_error(options.InitialTransform + ": the matrix of the transform is singular");
    }
  }
  if (options.HasStage())
  {
    const auto registration = ComputeRegistration(options, fixed, moving, result.Transform, result.Remarks);
    report["quality"] = ReportOf(registration);
    result.Transform = registration->GetTransform();
  }
  if (result.Transform->IsLinear())
  {
    itk::ContinuousIndex<double, 3> middle;
    for (unsigned int d = 0; d < 3; ++d)
    {
      const auto & region = fixed->GetLargestPossibleRegion();
      middle[d] = static_cast<double>(region.GetIndex(d)) + 0.5 * (static_cast<double>(region.GetSize(d)) - 1.0);
    }
    itk::Point<double, 3> center;
    fixed->TransformContinuousIndexToPhysicalPoint(middle, center);
    const auto affine = AffineTransformOf(result.Transform, center);
    report["moving-from-fixed-lps-mm"] = ReportOf(affine);
    if (DeterminantOf(affine) < 0.0)
    {
      result.Remarks.push_back("the transform mirrors: left and right change places");
      std::cerr << "warning: " + result.Remarks.back() + '\n';
    }
    result.Transform = affine;
  }
  result.Report = report.dump();
  return result;
}

double
CoverageOf(const itk::ImageBase<3> * image, const VolumeType * grid, const TransformType * transform)
{
  using IndexType = VolumeType::IndexType;
  const auto         region = grid->GetLargestPossibleRegion();
  constexpr int      step = 4;
  itk::SizeValueType count = 0;
  itk::SizeValueType inside = 0;
  IndexType          index;
  for (index[2] = region.GetIndex(2); index[2] <= region.GetUpperIndex()[2]; index[2] += step)
  {
    for (index[1] = region.GetIndex(1); index[1] <= region.GetUpperIndex()[1]; index[1] += step)
    {
      for (index[0] = region.GetIndex(0); index[0] <= region.GetUpperIndex()[0]; index[0] += step)
      {
        const auto point = transform->TransformPoint(grid->TransformIndexToPhysicalPoint<double>(index));
        inside +=
          image->GetLargestPossibleRegion().IsInside(image->TransformPhysicalPointToContinuousIndex<double>(point)) ? 1
                                                                                                                    : 0;
        ++count;
      }
    }
  }
  return static_cast<double>(inside) / static_cast<double>(count);
}

void
VerifyCoverage(double                     coverage,
               double                     least,
               const std::string &        path,
               const std::string &        gridPath,
               std::vector<std::string> & remarks)
{
  if (coverage == 0.0)
  {
    throw std::runtime_error(path + ": no part of it lies on the grid of " + gridPath + " by this transform");
  }
  if (coverage < least)
  {
    std::ostringstream remark;
    remark << path << ": only " << 100.0 * coverage << " % of the grid of " << gridPath << " lie in it";
    remarks.push_back(remark.str());
    std::cerr << "warning: " + remarks.back() + '\n';
  }
}

} // namespace sct
