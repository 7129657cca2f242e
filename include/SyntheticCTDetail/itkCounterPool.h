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
#ifndef itkCounterPool_h
#define itkCounterPool_h

#include "itkIntTypes.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Lists of counters that threads borrow, so that there are as many lists as threads that count at the same time. Their
 * sum does not depend on who counted what. */
class CounterPool
{
public:
  using CountersType = std::vector<SizeValueType>;

  /** Forgets what was counted. */
  void
  Initialize(size_t numberOfCounters)
  {
    m_NumberOfCounters = numberOfCounters;
    m_Lists.clear();
  }

  /** Lets `function(counters)` count. */
  template <typename TFunction>
  void
  Count(const TFunction & function)
  {
    CountersType counters;
    {
      const std::lock_guard<std::mutex> lock(m_Mutex);
      if (!m_Lists.empty())
      {
        counters = std::move(m_Lists.back());
        m_Lists.pop_back();
      }
    }
    counters.resize(m_NumberOfCounters, 0);
    function(counters.data());
    const std::lock_guard<std::mutex> lock(m_Mutex);
    m_Lists.push_back(std::move(counters));
  }

  /** What was counted by all. The pool is empty afterwards. */
  CountersType
  TakeSum()
  {
    CountersType sum(m_NumberOfCounters, 0);
    for (const CountersType & counters : m_Lists)
    {
      std::transform(sum.begin(), sum.end(), counters.begin(), sum.begin(), std::plus<SizeValueType>());
    }
    m_Lists.clear();
    return sum;
  }

private:
  size_t                    m_NumberOfCounters{ 0 };
  std::vector<CountersType> m_Lists;
  std::mutex                m_Mutex;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
