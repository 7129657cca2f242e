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
#include "sctModel.h"

#include <stdexcept>

namespace sct
{

void
LoadModel(itk::NetworkModel * model, const std::string & path, const std::string & card)
{
  model->Load(path);
  if (!card.empty())
  {
    model->ReadCard(card);
  }
  if (!model->HasCard())
  {
    throw std::runtime_error(path + ": has no model card (" + itk::NetworkModelCard::FileName +
                             " in its archive); give one with --card FILE (sct-info --card-example prints one to "
                             "start from)");
  }
}

} // namespace sct
