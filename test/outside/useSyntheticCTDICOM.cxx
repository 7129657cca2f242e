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
#include "itkDICOMSeriesCatalog.h"
#include "itkDICOMVolumeReader.h"

#include <iostream>

// A program that knows SyntheticCT only through its package, and GDCM not at all.
int
main()
{
  auto catalog = itk::DICOMSeriesCatalog::New();
  catalog->Scan(".");
  std::cout << "DICOM series in this folder: " << catalog->GetNumberOfSeries() << std::endl;
  try
  {
    itk::DICOMVolumeReader::New()->Read(".");
  }
  catch (const itk::ExceptionObject & error)
  {
    std::cout << error.GetDescription() << std::endl;
    return catalog->GetNumberOfSeries() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  return EXIT_FAILURE;
}
