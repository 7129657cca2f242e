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
#ifndef sctPicture_h
#define sctPicture_h

#include "sctFiles.h"

#include <array>

namespace sct
{

/** The values between which a volume of unknown scale is shown: its 0.5th and 99.5th percentile, widened when they are
 * equal. */
std::array<double, 2>
AutomaticWindow(const VolumeType * volume);

/** For CLI::Option::check(): what is wrong with the name of a picture, or nothing. */
std::string
CheckPictureName(const std::string & name);

} // namespace sct

#endif
