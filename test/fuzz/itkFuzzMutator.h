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
#ifndef itkFuzzMutator_h
#define itkFuzzMutator_h

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>

namespace itk
{
namespace FuzzTest
{

/** Damages bytes; the same seed damages the same ones. */
class Mutator
{
public:
  explicit Mutator(unsigned int seed)
    : m_Random(seed)
  {}

  /** A number in [0, count). */
  size_t
  Below(size_t count)
  {
    return std::uniform_int_distribution<size_t>(0, count - 1)(m_Random);
  }

  /** Damages one to three places. */
  std::string
  Mutate(std::string bytes)
  {
    for (size_t i = this->Below(3) + 1; i > 0 && !bytes.empty(); --i)
    {
      this->MutatePlace(bytes);
    }
    return bytes;
  }

private:
  void
  MutatePlace(std::string & bytes)
  {
    // Half of the places are where headers are.
    const size_t place = this->Below(this->Below(2) == 0 ? std::min<size_t>(bytes.size(), 512) : bytes.size());
    const size_t length = std::min<size_t>(this->Below(32) + 1, bytes.size() - place);
    switch (this->Below(9))
    {
      case 0: // one bit
        bytes[place] = static_cast<char>(bytes[place] ^ (1 << this->Below(8)));
        break;
      case 1: // any byte
        bytes[place] = static_cast<char>(this->Below(256));
        break;
      case 2: // numbers at the ends of their range
        bytes.replace(
          place, std::min<size_t>(length, 4), std::min<size_t>(length, 4), "\0\xff\x7f\x80"[this->Below(4)]);
        break;
      case 3: // cut off
        bytes.resize(place);
        break;
      case 4: // taken out
        bytes.erase(place, length);
        break;
      case 5: // written twice
        bytes.insert(place, bytes.substr(place, length));
        break;
      case 6: // what belongs elsewhere
      {
        const std::string part = bytes.substr(this->Below(bytes.size()), length);
        bytes.replace(place, part.size(), part);
        break;
      }
      case 7: // another digit, or none
      {
        const size_t digit = bytes.find_first_of("0123456789", place);
        if (digit != std::string::npos)
        {
          bytes[digit] = "09-.e "[this->Below(6)];
        }
        break;
      }
      default: // something behind the end
        bytes.append(this->Below(64) + 1, static_cast<char>(this->Below(256)));
    }
  }

  std::mt19937 m_Random;
};

} // namespace FuzzTest
} // namespace itk

#endif
