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

#include "sctFiles.h"
#include "sctPicture.h"
#include "sctProgress.h"

#include "itkMeshFileWriter.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#ifdef SCT_HAS_PICTURES
#  include "itkSlicePictureWriter.h"
#endif

#include <stdexcept>

namespace sct
{
namespace
{

using EvaluationType = itk::ImagePairEvaluation;

/** What does not come from a file has an error without a name; the name of the output goes before it. */
template <typename TFunction>
auto
For(const std::string & output, TFunction && make)
{
  try
  {
    return make();
  }
  catch (const std::exception & error)
  {
    throw std::runtime_error(output + ": " + OneLine(error));
  }
}

void
WriteSurface(const EvaluationType::MeshType * mesh, const std::string & path)
{
  itk::SyntheticCTDetail::AtomicOutput output(path);
  auto                                 writer = itk::MeshFileWriter<EvaluationType::MeshType>::New();
  writer->SetInput(mesh);
  writer->SetFileName(output.GetTemporaryName());
  writer->SetFileTypeAsBINARY();
  writer->Update();
  output.Commit();
}

#ifdef SCT_HAS_PICTURES
void
WritePicture(EvaluationType * evaluation, const PairOptions & options)
{
  auto writer = itk::SlicePictureWriter::New();
  if (const auto * const mr = evaluation->GetMRImage())
  {
    const auto window = AutomaticWindow(mr);
    writer->AddColumn(mr, "MR", window[0], window[1], "");
  }
  writer->AddColumn(evaluation->GetReferenceImage(), "Reference CT", options.Window[0], options.Window[1], "HU");
  writer->AddColumn(evaluation->GetSyntheticImage(), "Synthetic CT", options.Window[0], options.Window[1], "HU");
  writer->AddColumn(evaluation->MakeDifferenceImage(),
                    "Synthetic - reference",
                    -options.DifferenceWindow,
                    options.DifferenceWindow,
                    "HU",
                    itk::SlicePictureColorsEnum::Difference);
  writer->SetMaskImage(evaluation->MakeBodyMask());
  writer->SetNote(options.Note);
  writer->SetFileName(options.Picture);
  const StageProgress progress("Picture", writer);
  writer->Write();
}
#endif

} // namespace

void
WritePairOutputs(itk::ImagePairEvaluation * evaluation, const PairOptions & options)
{
  if (!options.Difference.empty())
  {
    WriteVolume(evaluation->MakeDifferenceImage().GetPointer(), options.Difference);
  }
#ifdef SCT_HAS_PICTURES
  if (!options.Picture.empty())
  {
    WritePicture(evaluation, options);
  }
#endif
  if (!options.SimilarityMap.empty())
  {
    WriteVolume(evaluation->MakeSimilarityMap().GetPointer(), options.SimilarityMap);
  }
  if (!options.DeviationMesh.empty())
  {
    WriteSurface(For(options.DeviationMesh, [&] { return evaluation->MakeDeviationMesh(); }), options.DeviationMesh);
  }
  if (!options.Histogram.empty())
  {
    WriteText(evaluation->MakeHistogramTable(), options.Histogram);
  }
  if (!options.JointHistogram.empty())
  {
    WriteText(evaluation->MakeJointHistogramTable(), options.JointHistogram);
  }
  if (!options.Profile.empty())
  {
    const auto line = ParseLine(options.Line);
    WriteText(For(options.Profile, [&] { return evaluation->MakeProfileTable(line[0], line[1], options.Step); }),
              options.Profile);
  }
}

} // namespace sct
