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
#ifndef itkNetworkModelTestUtilities_h
#define itkNetworkModelTestUtilities_h

#include "itkNetworkModel.h"

#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace itk
{
namespace TestUtilities
{

using Shape = itk::NetworkModel::ShapeType;
using Groups = itk::NetworkModel::OutputGroupsType;
using Floats = std::vector<float>;

/** A folder of its own for each test, removed at the end. */
class NetworkModelTest : public ::testing::Test
{
protected:
  void
  SetUp() override
  {
    m_Folder = std::filesystem::temp_directory_path() / ("NetworkModel-" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(m_Folder);
  }

  void
  TearDown() override
  {
    std::filesystem::remove_all(m_Folder);
  }

  std::string
  PathOf(const std::string & name) const
  {
    return (m_Folder / name).string();
  }

  std::string
  WriteFile(const std::string & name, const std::string & content) const
  {
    std::ofstream(PathOf(name), std::ios::binary) << content;
    return PathOf(name);
  }

  static std::string
  ReadFile(const std::string & path)
  {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }

  size_t
  CountFiles() const
  {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(m_Folder), {}));
  }

  std::filesystem::path m_Folder;
};

inline itk::NetworkModel::Pointer
MakeModel(const std::string & body)
{
  auto model = itk::NetworkModel::New();
  model->DefineFromSource("def forward(self, x):\n  " + body);
  return model;
}

inline itk::NetworkModelCard
MakeCard(const size_t inputs, const size_t outputs)
{
  itk::NetworkModelCard card;
  card.Name = "test";
  card.Inputs.resize(inputs);
  for (auto & input : card.Inputs)
  {
    input.Name = "mr";
    input.Modality = "MR";
  }
  card.Outputs.resize(outputs);
  for (auto & output : card.Outputs)
  {
    output.Name = "sct";
  }
  card.Infer.PatchSize = { 4, 4 };
  return card;
}

inline std::string
ErrorOf(const std::function<void()> & work)
{
  try
  {
    work();
  }
  catch (const itk::ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}

/** One line that has all the parts. */
inline void
ExpectError(const std::function<void()> & work, const std::vector<std::string> & parts)
{
  const std::string error = ErrorOf(work);
  for (const std::string & part : parts)
  {
    EXPECT_NE(error.find(part), std::string::npos) << "'" << part << "' is not in the error: " << error;
  }
  EXPECT_EQ(error.find('\n'), std::string::npos) << "the error has several lines: " << error;
}

inline Groups
Outputs(const itk::NetworkModel * model, const Floats & input, const Shape & shape)
{
  Groups outputs;
  model->Forward(input.data(), shape, 1, outputs);
  return outputs;
}

inline Floats
ChannelOf(const itk::NetworkModel::Pass & pass, const size_t window, const size_t channel)
{
  size_t voxels = 1;
  for (const int64_t size : pass.GetGrid())
  {
    voxels *= static_cast<size_t>(size);
  }
  const float * const values = pass.GetChannel(window, channel);
  return Floats(values, values + voxels);
}

} // namespace TestUtilities
} // namespace itk

#endif
