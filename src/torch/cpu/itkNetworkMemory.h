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
#ifndef itkNetworkMemory_h
#define itkNetworkMemory_h

#include <torch/types.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Gives back what was allocated with an alignment. */
struct AlignedDelete
{
  std::align_val_t Alignment{};

  void
  operator()(float * data) const
  {
    ::operator delete(data, Alignment);
  }
};

/** Floats that begin on a page; large ones ask the system for large pages. They are not initialised. */
class NetworkBuffer
{
public:
  NetworkBuffer() = default;
  explicit NetworkBuffer(size_t size);

  float *
  Get() const
  {
    return m_Data.get();
  }

private:
  std::unique_ptr<float, AlignedDelete> m_Data;
};

/** \class NetworkMemory
 * \brief Where the images inside a network lie, kept from one layer and one pass to the next.
 *
 * The system hands out large memory page by page, each filled with zeros; for a 3D network that takes about as long as
 * a quarter of its computations. So what an image no longer needs waits here for the next one, until the network is
 * destroyed. Several small images may lie where a large one was, so that all of it is about as much as the images that
 * exist at the same time.
 *
 * \ingroup SyntheticCT
 */
class NetworkMemory : public std::enable_shared_from_this<NetworkMemory>
{
public:
  /** An image that lies channels last, not initialised; its memory comes back here when it is no longer used. */
  at::Tensor
  Allocate(const std::vector<int64_t> & sizes);

private:
  struct Block
  {
    NetworkBuffer Buffer;
    /** What is free of it: size by first element. No two of them touch. */
    std::map<size_t, size_t> Free;
  };

  /** A part of a block. */
  struct Place
  {
    size_t Block;
    size_t First;
    size_t Size;
  };

  Place
  Take(size_t size);

  void
  GiveBack(const Place & place);

  std::mutex         m_Mutex;
  std::vector<Block> m_Blocks;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
