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
#include "sctPicture.h"

#include "SyntheticCTDetail/itkPlainText.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

namespace sct
{

std::array<double, 2>
AutomaticWindow(const VolumeType * volume)
{
  const auto         count = volume->GetBufferedRegion().GetNumberOfPixels();
  std::vector<float> values(volume->GetBufferPointer(), volume->GetBufferPointer() + count);
  const auto         percentile = [&values](double share) {
    const auto position = values.begin() + std::lround(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), position, values.end());
    return static_cast<double>(*position);
  };
  std::array<double, 2> window{ { percentile(0.005), percentile(0.995) } };
  if (!(window[0] < window[1]))
  {
    window[1] = window[0] + 1.0;
  }
  return window;
}

std::string
CheckPictureName(const std::string & name)
{
  const std::string extension = itk::SyntheticCTDetail::LowerCase(std::filesystem::path(name).extension().string());
  return extension == ".png" ? "" : "'" + name + "' should end in .png";
}

} // namespace sct
