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
#ifndef sctSegmenter_h
#define sctSegmenter_h

#include "itkEvaluationSettings.h"
#include "itkImagePairEvaluation.h"

#include <string>

namespace sct
{

/** The segmentation network of a model file, on a device as of --device, as a filter from a CT to labels; its name and
 * those of its labels go into the settings. Throws when it cannot be read, when it has no card or one that does not say
 * that its outputs are labels, and when this program was built without LibTorch.
 * \param card The JSON file of a model card, for a model that has none or instead of its own; empty without one. */
itk::ImagePairEvaluation::SegmentationFilterType::Pointer
LoadSegmenter(const std::string &       path,
              const std::string &       card,
              const std::string &       device,
              itk::EvaluationSettings * settings);

} // namespace sct

#endif
