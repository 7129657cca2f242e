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
#ifndef itkTrainingScopes_h
#define itkTrainingScopes_h

#include "itkMacro.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <torch/types.h>

#include <cstdint>

namespace itk
{
namespace SyntheticCTDetail
{

/** Puts the process's generator back to where it was, so that training leaves no trace in other random numbers. */
class GeneratorState
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(GeneratorState);

  explicit GeneratorState(uint64_t seed)
    : m_Generator(at::detail::getDefaultCPUGenerator())
    , m_State(m_Generator.get_state())
  {
    m_Generator.set_current_seed(seed);
  }

  ~GeneratorState()
  {
    m_Generator.set_state(m_State);
  }

private:
  at::Generator m_Generator;
  torch::Tensor m_State;
};

/** Denormal numbers cost a CPU tens of cycles each and mean nothing here. */
class FlushDenormals
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(FlushDenormals);

  FlushDenormals()
  {
    at::globalContext().setFlushDenormal(true);
  }
  ~FlushDenormals()
  {
    at::globalContext().setFlushDenormal(false);
  }
};

/** Autocast to bfloat16 for as long as the object lives. */
class MixedPrecision
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(MixedPrecision);

  MixedPrecision(bool isOn, const torch::Device & device)
    : m_IsOn(isOn)
    , m_IsCUDA(device.is_cuda())
  {
    if (m_IsOn)
    {
      this->Set(true);
    }
  }

  ~MixedPrecision()
  {
    if (m_IsOn)
    {
      at::autocast::clear_cache();
      this->Set(false);
    }
  }

private:
  void
  Set(bool isOn) const;

  bool m_IsOn;
  bool m_IsCUDA;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
