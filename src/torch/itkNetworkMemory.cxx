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
#include "itkNetworkMemory.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

#if defined(__linux__)
#  include <sys/mman.h>
#endif

namespace itk
{
namespace
{
constexpr size_t pageSize = 4096;
constexpr size_t largePageSize = size_t{ 1 } << 21;

size_t
RoundedUp(size_t value, size_t multiple)
{
  return (value + multiple - 1) / multiple * multiple;
}
} // namespace

NetworkBuffer::NetworkBuffer(size_t size)
{
  const size_t bytes = size * sizeof(float);
  const size_t page = bytes >= largePageSize ? largePageSize : pageSize;
  const size_t rounded = RoundedUp(std::max<size_t>(bytes, 1), page);
  m_Data.reset(static_cast<float *>(std::aligned_alloc(page, rounded)));
  if (!m_Data)
  {
    throw std::bad_alloc();
  }
#if defined(__linux__)
  if (page == largePageSize)
  {
    // Advice only: where it is not taken, small pages do.
    madvise(m_Data.get(), rounded, MADV_HUGEPAGE);
  }
#endif
}

void
NetworkBuffer::Free::operator()(float * data) const
{
  std::free(data);
}

at::Tensor
NetworkMemory::Allocate(const std::vector<int64_t> & sizes)
{
  std::vector<int64_t> strides(sizes.size(), 1);
  int64_t              size = sizes[1];
  for (size_t axis = sizes.size() - 1; axis > 1; --axis)
  {
    strides[axis] = size;
    size *= sizes[axis];
  }
  strides[0] = size;
  size *= sizes[0];

  const auto    needed = static_cast<size_t>(size);
  size_t        capacity = needed;
  NetworkBuffer buffer;
  {
    const std::lock_guard<std::mutex> lock(m_Mutex);
    // Not a much larger one, which a larger image may need soon.
    const auto found = m_Free.lower_bound(needed);
    if (found != m_Free.end() && found->first <= needed + needed / 2)
    {
      capacity = found->first;
      buffer = std::move(found->second);
      m_Free.erase(found);
    }
  }
  if (!buffer.Get())
  {
    buffer = NetworkBuffer(needed);
  }
  float * const data = buffer.Get();
  // The image keeps this memory alive, so that it can come back even when the network is gone.
  const auto owner = std::make_shared<NetworkBuffer>(std::move(buffer));
  const auto giveBack = [memory = this->shared_from_this(), owner, capacity](void *) {
    const std::lock_guard<std::mutex> lock(memory->m_Mutex);
    memory->m_Free.emplace(capacity, std::move(*owner));
  };
  return at::from_blob(data, sizes, strides, giveBack, at::TensorOptions(at::kFloat));
}

} // namespace itk
