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
#ifndef sctDICOM_h
#define sctDICOM_h

#include "itkImage.h"

#include <string>

namespace sct
{

/** Write a synthetic CT in HU as a DICOM CT series into a new folder, one file per slice.
 *
 * Patient, study and frame of reference are those of the DICOM series in `sourceFolder`, so that a planning system
 * keeps both together; series, instances, modality and the rescale to HU are new. The series says of itself that it is
 * derived. The folder is written under a temporary name and renamed; it must not exist before. */
void
WriteDICOMSeries(const itk::Image<short, 3> * image, const std::string & folder, const std::string & sourceFolder);

} // namespace sct

#endif
