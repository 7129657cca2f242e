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
// sct-register: brings an image of one scan onto the grid of another, with the transform and what comes along.

#include "sctFiles.h"
#include "sctRegistration.h"
#ifdef SCT_HAS_PICTURES
#  include "sctRegistrationPicture.h"
#endif

#include "itkResampleOntoReferenceImageFilter.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace
{

using sct::OutputKind;
using Interpolation = itk::GridResampleInterpolationEnum;

/** Whatever can be wrong with the names of files is wrong before anything is computed. */
void
CheckFiles(const sct::RegisterOptions & options)
{
  std::vector<std::string> inputs{ options.Fixed,          options.Moving,           options.FixedMask,
                                   options.MovingMask,     options.InitialTransform, options.FixedLandmarks,
                                   options.MovingLandmarks };
  std::vector<std::pair<std::string, OutputKind>> outputs{ { options.Output, OutputKind::Volume },
                                                           { options.Transform, OutputKind::File },
                                                           { options.Picture, OutputKind::File },
                                                           { options.Common.JSONFile, OutputKind::File } };
  for (const auto * const applied : { &options.Applied, &options.AppliedLabels })
  {
    for (const auto & files : *applied)
    {
      inputs.push_back(files.first);
      outputs.emplace_back(files.second, OutputKind::Volume);
    }
  }
  sct::CheckOutputs(inputs, outputs);
#ifndef SCT_HAS_PICTURES
  if (!options.Picture.empty())
  {
    throw std::runtime_error(options.Picture + ": this program was built without VTK and draws no pictures");
  }
#endif
}

/** The images that come along, read before anything is computed, and where they go. */
template <typename TImage>
using AppliedImages = std::vector<std::pair<typename TImage::Pointer, std::string>>;

template <typename TImage>
AppliedImages<TImage>
ReadApplied(const sct::AppliedFiles & files, typename TImage::Pointer (*read)(const std::string &))
{
  AppliedImages<TImage> images;
  for (const auto & file : files)
  {
    images.emplace_back(read(file.first), file.second);
  }
  return images;
}

template <typename TImage>
typename TImage::Pointer
Moved(const TImage *             image,
      const sct::VolumeType *    reference,
      const sct::TransformType * transform,
      Interpolation              interpolation,
      typename TImage::PixelType background)
{
  auto filter = itk::ResampleOntoReferenceImageFilter<TImage>::New();
  filter->SetInput(image);
  filter->SetReferenceImage(reference);
  filter->SetTransform(transform);
  filter->SetInterpolation(interpolation);
  filter->SetDefaultPixelValue(background);
  filter->Update();
  return filter->GetOutput();
}

void
VerifyCoverages(const sct::RegisterOptions &               options,
                const sct::VolumeType *                    fixed,
                const sct::VolumeType *                    moving,
                const AppliedImages<sct::VolumeType> &     applied,
                const AppliedImages<sct::LabelImageType> & appliedLabels,
                const sct::TransformType *                 transform,
                std::vector<std::string> &                 remarks)
{
  const double ofMoving = sct::CoverageOf(moving, fixed, transform);
  // A registration says it of its own samples.
  sct::VerifyCoverage(ofMoving, options.HasStage() ? 0.0 : 0.5, options.Moving, options.Fixed, remarks);
  const auto verify = [&](const itk::ImageBase<3> * image, const std::string & path) {
    sct::VerifyCoverage(sct::CoverageOf(image, fixed, transform), 0.5 * ofMoving, path, options.Fixed, remarks);
  };
  for (size_t i = 0; i < applied.size(); ++i)
  {
    verify(applied[i].first, options.Applied[i].first);
  }
  for (size_t i = 0; i < appliedLabels.size(); ++i)
  {
    verify(appliedLabels[i].first, options.AppliedLabels[i].first);
  }
}

void
Register(const sct::RegisterOptions & options)
{
  CheckFiles(options);
  const sct::VolumeType::Pointer fixed = sct::ReadVolume(options.Fixed);
  const sct::VolumeType::Pointer moving = sct::ReadVolume(options.Moving);
  const auto                     applied = ReadApplied<sct::VolumeType>(options.Applied, sct::ReadVolume);
  const auto appliedLabels = ReadApplied<sct::LabelImageType>(options.AppliedLabels, sct::ReadLabels);

  sct::Registration registration = sct::RegisterImages(options, fixed, moving);
  VerifyCoverages(options, fixed, moving, applied, appliedLabels, registration.Transform, registration.Remarks);
  const auto move = [&](const sct::VolumeType * image) {
    const float * const begin = image->GetBufferPointer();
    const float *       smallest = std::min_element(begin, begin + image->GetBufferedRegion().GetNumberOfPixels());
    return Moved(image,
                 fixed.GetPointer(),
                 registration.Transform,
                 options.Interpolation,
                 options.Background ? static_cast<float>(*options.Background) : *smallest);
  };
  sct::VolumeType::Pointer registered;
  if (!options.Output.empty() || !options.Picture.empty())
  {
    registered = move(moving);
  }
  if (!options.Output.empty())
  {
    sct::WriteVolume(registered.GetPointer(), options.Output);
  }
  if (!options.Transform.empty())
  {
    sct::WriteTransform(registration.Transform, options.Transform);
  }
  for (const auto & image : applied)
  {
    sct::WriteVolume(move(image.first).GetPointer(), image.second);
  }
  for (const auto & labels : appliedLabels)
  {
    const auto moved =
      Moved(labels.first.GetPointer(), fixed.GetPointer(), registration.Transform, Interpolation::Nearest, 0);
    sct::WriteVolume(moved.GetPointer(), labels.second);
  }
#ifdef SCT_HAS_PICTURES
  if (!options.Picture.empty())
  {
    sct::WriteRegistrationPicture(fixed, registered, options.Picture);
  }
#endif
  if (!options.Common.JSONFile.empty())
  {
    nlohmann::ordered_json report{ { "fixed", options.Fixed }, { "moving", options.Moving } };
    report.update(nlohmann::ordered_json::parse(registration.Report));
    std::vector<std::string> remarks = sct::GetSaidRemarks();
    remarks.insert(remarks.end(), registration.Remarks.begin(), registration.Remarks.end());
    report["warnings"] = remarks;
    sct::WriteText(report.dump(2), options.Common.JSONFile);
  }
}

} // namespace

int
main(int argc, char * argv[])
{
  CLI::App app{
    "Brings an image onto the grid of another scan of the same body, such as a CT onto an MR, by a "
    "translation, a rigid or an affine transform. Inputs are volume files or folders with a DICOM series."
  };
  app.name("sct-register");
  sct::RegisterOptions options;
  sct::AddRegisterOptions(app, options);
  return sct::Run(app, argc, argv, options.Common, [&options] { Register(options); });
}
