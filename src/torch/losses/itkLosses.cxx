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
#include "itkLosses.h"

#include "itkMacro.h"

#include <torch/torch.h>

#include <functional>
#include <map>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
// The one place where a loss gets its name.
const std::map<std::string, std::function<std::unique_ptr<TrainingLoss>()>> &
Registry()
{
  static const std::map<std::string, std::function<std::unique_ptr<TrainingLoss>()>> registry{
    { "l1", []() { return std::make_unique<MeanAbsoluteErrorLoss>(); } },
  };
  return registry;
}
} // namespace

torch::Tensor
MeanAbsoluteErrorLoss::Compute(const torch::Tensor & prediction,
                               const torch::Tensor & target,
                               const torch::Tensor & mask) const
{
  if (!mask.defined())
  {
    return torch::l1_loss(prediction, target);
  }
  // Chosen, not multiplied, so that a NaN outside the mask stays there.
  const torch::Tensor inside = (mask != 0).expand_as(prediction);
  const torch::Tensor zero = torch::zeros({}, prediction.options());
  const torch::Tensor error = torch::where(inside, prediction, zero) - torch::where(inside, target, zero);
  return error.abs().sum() / inside.sum().clamp_min(1);
}

std::vector<std::string>
GetTrainingLossNames()
{
  std::vector<std::string> names;
  for (const auto & entry : Registry())
  {
    names.push_back(entry.first);
  }
  return names;
}

std::unique_ptr<TrainingLoss>
CreateTrainingLoss(const std::string & name)
{
  const auto found = Registry().find(name);
  if (found == Registry().end())
  {
    std::string known;
    for (const std::string & knownName : GetTrainingLossNames())
    {
      known += (known.empty() ? "" : ", ") + knownName;
    }
    itkGenericExceptionMacro("Loss '" << name << "' is unknown; the known ones are: " << known);
  }
  return found->second();
}

} // namespace SyntheticCTDetail
} // namespace itk
