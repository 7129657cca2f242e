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
#ifndef itkLosses_h
#define itkLosses_h

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class TrainingLoss
 * \brief What training minimises.
 *
 * A new loss is a class below this one and one line in the registry of itkLosses.cxx.
 *
 * \ingroup SyntheticCT
 */
class TrainingLoss
{
public:
  virtual ~TrainingLoss() = default;

  /** \param prediction Output of the network, [batch, channels, ...]; gradients flow through it.
   *  \param target     Same shape.
   *  \param mask       Undefined, or [batch, 1, ...] with 1 where voxels count and 0 elsewhere; what the prediction and
   *                    the target hold there has no influence.
   *  \return           A scalar. With an empty mask it is 0, and so are its gradients. */
  virtual torch::Tensor
  Compute(const torch::Tensor & prediction, const torch::Tensor & target, const torch::Tensor & mask) const = 0;
};

/** \class MeanAbsoluteErrorLoss
 * \brief mean |x - y| over the voxels (of the mask), the registered name is `l1`.
 * \ingroup SyntheticCT
 */
class MeanAbsoluteErrorLoss : public TrainingLoss
{
public:
  torch::Tensor
  Compute(const torch::Tensor & prediction, const torch::Tensor & target, const torch::Tensor & mask) const override;
};

/** The registered names, sorted. */
std::vector<std::string>
GetTrainingLossNames();

/** Throws itk::ExceptionObject, naming the registered ones, on a name that is not. */
std::unique_ptr<TrainingLoss>
CreateTrainingLoss(const std::string & name);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
