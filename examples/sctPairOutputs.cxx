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
#include "sctPairOutputs.h"

#include "itkHounsfieldHistogramImageFilter.h"
#include "itkHounsfieldProfileCalculator.h"
#include "itkMeshFileWriter.h"

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace sct
{
namespace
{

using HistogramType = itk::HounsfieldHistogramImageFilter<VolumeType>;
using Region = itk::HounsfieldRegionEnum;

/** A number that is read back as the same, and NaN as NaN. */
std::string
Field(double value)
{
  return std::isnan(value) ? "NaN" : Json(value).dump();
}

HistogramType::Pointer
HistogramOf(const MetricImages & images, bool isJoint)
{
  auto filter = HistogramType::New();
  filter->SetReferenceImage(images.Reference);
  filter->SetSyntheticImage(images.Synthetic);
  filter->SetMaskImage(images.Mask);
  filter->SetComputeJointHistogram(isJoint);
  filter->Update();
  return filter;
}

} // namespace

std::array<itk::Point<double, 3>, 2>
ParseLine(const std::string & text)
{
  const auto fail = [&] { throw std::runtime_error("'" + text + "' should be two points in mm, x,y,z:x,y,z"); };
  std::array<itk::Point<double, 3>, 2> line;
  std::istringstream                   stream(text);
  stream.imbue(std::locale::classic());
  for (unsigned int i = 0; i < 6; ++i)
  {
    double number = 0.0;
    stream >> number;
    line[i / 3][i % 3] = number;
    const char separator = i == 2 ? ':' : ',';
    if (!stream || !std::isfinite(number) || (i < 5 && stream.get() != separator))
    {
      fail();
    }
  }
  if (stream.peek() != std::istringstream::traits_type::eof())
  {
    fail();
  }
  return line;
}

void
WriteProfile(const MetricImages &                         images,
             const VolumeType *                           mr,
             const std::array<itk::Point<double, 3>, 2> & line,
             double                                       step,
             const std::string &                          path)
{
  auto calculator = itk::HounsfieldProfileCalculator<VolumeType>::New();
  calculator->AddImage(images.Reference);
  calculator->AddImage(images.Synthetic);
  if (mr)
  {
    calculator->AddImage(mr);
  }
  calculator->SetStartPoint(line[0]);
  calculator->SetEndPoint(line[1]);
  calculator->SetStep(step);
  calculator->Compute();
  bool isOutside = true;
  for (itk::SizeValueType i = 0; i < calculator->GetNumberOfPoints(); ++i)
  {
    isOutside = isOutside && std::isnan(calculator->GetValue(0, i));
  }
  if (isOutside)
  {
    throw std::runtime_error(path + ": no point of the line lies inside the reference; x, y and z are in mm toward the "
                                    "patient's left, back and head");
  }
  std::string text = std::string("distance-mm,x-mm,y-mm,z-mm,reference-hu,synthetic-hu") + (mr ? ",mr" : "");
  for (itk::SizeValueType i = 0; i < calculator->GetNumberOfPoints(); ++i)
  {
    text += '\n' + Field(calculator->GetDistance(i));
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      text += ',' + Field(calculator->GetPoint(i)[axis]);
    }
    for (itk::SizeValueType image = 0; image < calculator->GetNumberOfImages(); ++image)
    {
      text += ',' + Field(calculator->GetValue(image, i));
    }
  }
  WriteText(text, path);
}

void
WriteHistogram(const MetricImages & images, const std::string & path)
{
  const auto                  filter = HistogramOf(images, false);
  const std::array<Region, 4> regions{ { Region::Body, Region::Air, Region::SoftTissue, Region::Bone } };
  std::string                 text = "minimum-hu,maximum-hu,reference-body,synthetic-body,reference-air,synthetic-air,"
                                     "reference-soft-tissue,synthetic-soft-tissue,reference-bone,synthetic-bone";
  for (itk::SizeValueType bin = 0; bin < filter->GetNumberOfBins(); ++bin)
  {
    text += '\n' + Field(filter->GetBinMinimum(bin)) + ',' + Field(filter->GetBinMaximum(bin));
    for (const Region region : regions)
    {
      text += ',' + std::to_string(filter->GetReferenceFrequency(bin, region)) + ',' +
              std::to_string(filter->GetSyntheticFrequency(bin, region));
    }
  }
  text += "\nNaN,NaN";
  for (const Region region : regions)
  {
    text += ',' + std::to_string(filter->GetReferenceFrequencyOutside(region)) + ',' +
            std::to_string(filter->GetSyntheticFrequencyOutside(region));
  }
  WriteText(text, path);
}

void
WriteJointHistogram(const MetricImages & images, const std::string & path)
{
  const auto  filter = HistogramOf(images, true);
  std::string text = "reference-minimum-hu,reference-maximum-hu,synthetic-minimum-hu,synthetic-maximum-hu,voxels";
  for (itk::SizeValueType row = 0; row < filter->GetNumberOfBins(); ++row)
  {
    for (itk::SizeValueType column = 0; column < filter->GetNumberOfBins(); ++column)
    {
      if (const auto count = filter->GetJointFrequency(row, column))
      {
        text += '\n' + Field(filter->GetBinMinimum(row)) + ',' + Field(filter->GetBinMaximum(row)) + ',' +
                Field(filter->GetBinMinimum(column)) + ',' + Field(filter->GetBinMaximum(column)) + ',' +
                std::to_string(count);
      }
    }
  }
  WriteText(text, path);
}

void
WriteSimilarityMap(const MetricImages & images, const std::string & path)
{
  auto filter = SimilarityType::New();
  filter->SetReferenceImage(images.Reference);
  filter->SetSyntheticImage(images.Synthetic);
  filter->SetMaskImage(images.Mask);
  filter->ComputeGlobalOff();
  filter->ComputeMapOn();
  filter->Update();
  WriteVolume(filter->GetOutput(), path);
}

void
WriteDeviationMesh(Evaluation & evaluation, const std::string & path)
{
  auto * const filter = evaluation.GetDeviation(true);
  if (filter->GetNumberOfPoints() == 0)
  {
    throw std::runtime_error(path + ": the reference has no bone, and so no surface");
  }
  itk::SyntheticCTDetail::AtomicOutput output(path);
  auto                                 writer = itk::MeshFileWriter<DeviationType::OutputMeshType>::New();
  writer->SetInput(filter->GetOutput());
  writer->SetFileName(output.GetTemporaryName());
  writer->SetFileTypeAsBINARY();
  writer->Update();
  output.Commit();
}

} // namespace sct
