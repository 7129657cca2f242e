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
// Writes a volume as an MR series, for tests of the programs: sctMakeSeries VOLUME FOLDER DESCRIPTION UID. The folder
// may have other series.

#include "itkDICOMTestUtilities.h"
#include "itkVolumeReader.h"

#include <iostream>

int
main(int argc, char * argv[])
{
  if (argc != 5)
  {
    std::cerr << "sctMakeSeries VOLUME FOLDER DESCRIPTION UID" << std::endl;
    return 2;
  }
  try
  {
    const auto        image = itk::VolumeReader::New()->Read(argv[1]);
    const auto        size = image->GetLargestPossibleRegion().GetSize();
    dicomtest::Volume volume;
    volume.Columns = static_cast<unsigned int>(size[0]);
    volume.Rows = static_cast<unsigned int>(size[1]);
    volume.Slices = static_cast<unsigned int>(size[2]);
    for (unsigned int i = 0; i < 3; ++i)
    {
      volume.Spacing[i] = image->GetSpacing()[i];
      volume.Origin[i] = image->GetOrigin()[i];
      volume.Orientation[i] = image->GetDirection()[i][0];
      volume.Orientation[3 + i] = image->GetDirection()[i][1];
    }
    volume.Stored = [&image](unsigned int i, unsigned int j, unsigned int k) {
      return static_cast<int>(std::lround(image->GetPixel({ { i, j, k } })));
    };
    const std::filesystem::path folder(argv[2]);
    std::filesystem::create_directories(folder);
    int number = 0;
    for (dicomtest::DataSet & slice : volume.GetSeries())
    {
      slice.Text(0x0008103e, "LO", argv[3]).Text(0x0020000e, "UI", argv[4]);
      dicomtest::WriteDICOM(folder / (std::string(argv[4]) + '-' + std::to_string(++number)), slice);
    }
  }
  catch (const std::exception & error)
  {
    std::cerr << error.what() << std::endl;
    return 1;
  }
  return 0;
}
