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
#include "sctSegmenter.h"

#ifdef SCT_HAS_TORCH
#  include "sctModel.h"

#  include "itkNetworkSegmentationImageFilter.h"
#endif

#include <stdexcept>

namespace sct
{

itk::ImagePairEvaluation::SegmentationFilterType::Pointer
LoadSegmenter(const std::string &       path,
              const std::string &       card,
              const std::string &       device,
              itk::EvaluationSettings * settings)
{
#ifdef SCT_HAS_TORCH
  using FilterType =
    itk::NetworkSegmentationImageFilter<itk::ImagePairEvaluation::ImageType, itk::ImagePairEvaluation::LabelImageType>;
  auto model = itk::NetworkModel::New();
  model->SetDevice(device);
  LoadModel(model, path, card);
  std::vector<std::string> names;
  for (const auto & output : model->GetCard().Outputs)
  {
    if (output.Kind != itk::OutputKindEnum::Label)
    {
      throw std::runtime_error(path + ": the output '" + output.Name +
                               "' of this network is no label of a segmentation");
    }
    names.push_back(output.Name);
  }
  settings->SetSegmenterName(path);
  settings->SetSegmenterCardName(card);
  settings->SetStructureNames(names);
  auto filter = FilterType::New();
  filter->SetModel(model);
  return filter.GetPointer();
#else
  (void)card;
  (void)device;
  (void)settings;
  throw std::runtime_error(path + ": this program was built without LibTorch and runs no network");
#endif
}

} // namespace sct
