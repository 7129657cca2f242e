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

#include <cstdint>
#include <iterator>
#include <new>
#include <utility>

#if defined(__linux__)
#  include <sys/mman.h>
#endif

namespace itk
{
namespace SyntheticCTDetail
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
  const bool   isLarge = bytes >= largePageSize;
  const auto   alignment = static_cast<std::align_val_t>(isLarge ? largePageSize : pageSize);
  m_Data = std::unique_ptr<float, AlignedDelete>(static_cast<float *>(::operator new(bytes, alignment)),
                                                 AlignedDelete{ alignment });
#if defined(__linux__)
  if (isLarge)
  {
    // Advice only: where it is not taken, small pages do, as they do for what is left of the last large one.
    madvise(m_Data.get(), bytes / largePageSize * largePageSize, MADV_HUGEPAGE);
  }
#endif
}

NetworkMemory::Place
NetworkMemory::Take(size_t size)
{
  const std::lock_guard<std::mutex> lock(m_Mutex);
  // The smallest part that is large enough.
  Place best{ m_Blocks.size(), 0, 0 };
  for (size_t block = 0; block < m_Blocks.size(); ++block)
  {
    for (const auto & part : m_Blocks[block].Free)
    {
      if (part.second >= size && (best.Block == m_Blocks.size() || part.second < best.Size))
      {
        best = { block, part.first, part.second };
      }
    }
  }
  if (best.Block == m_Blocks.size())
  {
    m_Blocks.push_back({ NetworkBuffer(size), {} });
    return { best.Block, 0, size };
  }
  auto & parts = m_Blocks[best.Block].Free;
  parts.erase(best.First);
  if (best.Size > size)
  {
    parts.emplace(best.First + size, best.Size - size);
  }
  return { best.Block, best.First, size };
}

void
NetworkMemory::GiveBack(const Place & place)
{
  const std::lock_guard<std::mutex> lock(m_Mutex);
  auto &                            parts = m_Blocks[place.Block].Free;
  auto                              part = parts.emplace(place.First, place.Size).first;
  const auto                        next = std::next(part);
  if (next != parts.end() && part->first + part->second == next->first)
  {
    part->second += next->second;
    parts.erase(next);
  }
  if (part != parts.begin())
  {
    const auto previous = std::prev(part);
    if (previous->first + previous->second == part->first)
    {
      previous->second += part->second;
      parts.erase(part);
    }
  }
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

  // Images begin on a page.
  const Place place = this->Take(RoundedUp(static_cast<size_t>(size), pageSize / sizeof(float)));
  float *     data = nullptr;
  {
    const std::lock_guard<std::mutex> lock(m_Mutex);
    data = m_Blocks[place.Block].Buffer.Get() + place.First;
  }
  // The image keeps this memory alive, so that it can come back even when the network is gone.
  const auto giveBack = [memory = this->shared_from_this(), place](void *) { memory->GiveBack(place); };
  return at::from_blob(data, sizes, strides, giveBack, at::TensorOptions(at::kFloat));
}

} // namespace SyntheticCTDetail
} // namespace itk
