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
#include "sctTransformFiles.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "itkCompositeTransform.h"
#include "itkTransformFileReader.h"
#include "itkTransformFileWriter.h"

#include <filesystem>

namespace sct
{

using itk::SyntheticCTDetail::Fail;

std::string
CheckTransformName(const std::string & name)
{
  const std::string ending = std::filesystem::path(name).extension().string();
  return ending == ".h5" || ending == ".tfm" || ending == ".txt" ? ""
                                                                 : "'" + name + "' should end in .h5, .tfm or .txt";
}

TransformType::Pointer
ReadTransform(const std::string & path)
{
  if (!std::filesystem::is_regular_file(path))
  {
    Fail(path + ": no such file");
  }
  auto reader = itk::TransformFileReader::New();
  reader->SetFileName(path);
  try
  {
    reader->Update();
  }
  catch (const std::exception & error)
  {
    Fail(path + ": cannot be read as a transform: " + itk::SyntheticCTDetail::ExceptionText(error));
  }
  auto composite = itk::CompositeTransform<double, 3>::New();
  for (const auto & each : *reader->GetTransformList())
  {
    auto * const transform = dynamic_cast<TransformType *>(each.GetPointer());
    if (!transform)
    {
      Fail(path + ": has a " + each->GetTransformTypeAsString() + ", should be a transform of three dimensions");
    }
    composite->AddTransform(transform);
  }
  if (composite->GetNumberOfTransforms() == 0)
  {
    Fail(path + ": has no transform");
  }
  return composite.GetPointer();
}

void
WriteTransform(const TransformType * transform, const std::string & path)
{
  // In a hidden folder: HDF5 locks the file that it writes, and a hidden file has a lock already.
  using OutputType = itk::SyntheticCTDetail::AtomicOutput;
  OutputType output(path, OutputType::KindEnum::Files);
  auto       writer = itk::TransformFileWriter::New();
  writer->SetInput(transform);
  writer->SetFileName(output.GetTemporaryName());
  try
  {
    writer->Update();
  }
  catch (const std::exception & error)
  {
    Fail(path + ": cannot be written: " + itk::SyntheticCTDetail::ExceptionText(error));
  }
  output.Commit();
}

AffineTransformType::Pointer
AffineTransformOf(const TransformType * transform, const itk::Point<double, 3> & center)
{
  const auto                      moved = transform->TransformPoint(center);
  AffineTransformType::MatrixType matrix;
  for (unsigned int column = 0; column < 3; ++column)
  {
    itk::Vector<double, 3> axis(0.0);
    axis[column] = 1.0;
    const auto image = transform->TransformPoint(center + axis) - moved;
    for (unsigned int row = 0; row < 3; ++row)
    {
      matrix(row, column) = image[row];
    }
  }
  auto affine = AffineTransformType::New();
  affine->SetCenter(center);
  affine->SetMatrix(matrix);
  affine->SetTranslation(moved - center);
  return affine;
}

} // namespace sct
