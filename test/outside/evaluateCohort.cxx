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
#include "itkByteSwapper.h"
#include "itkCohortEvaluation.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace
{

/** A volume of 4 x 4 x 4 voxels with HU of its own in each, all larger by a number. */
void
WriteVolume(const std::filesystem::path & path, double offset)
{
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = "
       << (itk::ByteSwapper<float>::SystemIsBigEndian() ? "True" : "False")
       << "\nDimSize = 4 4 4\nElementType = MET_FLOAT\nElementDataFile = LOCAL\n";
  for (int i = 0; i < 64; ++i)
  {
    const auto voxel = static_cast<float>(20.0 * i - 600.0 + offset);
    file.write(reinterpret_cast<const char *>(&voxel), sizeof(voxel));
  }
}

bool
IsEqual(const char * name, double value, double expected)
{
  std::cout << name << ": " << value << std::endl;
  return value == expected;
}

} // namespace

// A program that knows SyntheticCT only through its package, and LibTorch not at all, evaluates a pair and a cohort.
int
main()
{
  const std::filesystem::path folder = "evaluated";
  for (int i = 1; i <= 3; ++i)
  {
    const std::string name = "case" + std::to_string(i);
    WriteVolume(folder / "data" / name / "ct.mha", 0.0);
    WriteVolume(folder / "results" / (name + ".mha"), i);
  }

  auto pair = itk::ImagePairEvaluation::New();
  pair->ReadImages(
    itk::VolumeReader::New(), (folder / "data/case2/ct.mha").string(), (folder / "results/case2.mha").string());
  pair->GetModifiableSettings()->AddPreset("roi-multitask");
  pair->Update();
  bool isRight = IsEqual("MAE", pair->GetValue(pair->GetIndex("mae")), 2.0);
  isRight = IsEqual("MAE in bone", pair->GetValue(pair->GetIndex("mae-bone")), 2.0) && isRight;

  auto cohort = itk::EvaluationCohort::New();
  cohort->ReadFolder((folder / "data").string());
  cohort->ReadResults((folder / "results").string());
  auto evaluation = itk::CohortEvaluation::New();
  evaluation->SetCohort(cohort);
  evaluation->GetModifiableSettings()->AddMetric("mae");
  evaluation->SetOutputFolder((folder / "evaluation").string());
  evaluation->Update();
  isRight = IsEqual("Cases", evaluation->GetNumberOfCases(), 3.0) && isRight;
  isRight = IsEqual("Failures", evaluation->GetNumberOfFailures(), 0.0) && isRight;
  isRight = IsEqual("Mean MAE", evaluation->GetStatistics(0)->GetMean(), 2.0) && isRight;
  std::cout << evaluation->GetText();
  return isRight ? EXIT_SUCCESS : EXIT_FAILURE;
}
