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
#ifndef sctRegistrationPicture_h
#define sctRegistrationPicture_h

#include "sctFiles.h"

namespace sct
{

/** Write the fixed image, the registered one on its grid, a checkerboard of both and the edges of the registered one on
 * the fixed one, in three planes. */
void
WriteRegistrationPicture(const VolumeType * fixed, const VolumeType * registered, const std::string & path);

} // namespace sct

#endif
