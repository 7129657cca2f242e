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
#ifndef sctModel_h
#define sctModel_h

#include "itkNetworkModel.h"

#include <string>

namespace sct
{

/** Load a model file, with the model card of a JSON file instead of its own when `card` is not empty. Throws when
 * either cannot be read, and when there is no card. */
void
LoadModel(itk::NetworkModel * model, const std::string & path, const std::string & card);

} // namespace sct

#endif
