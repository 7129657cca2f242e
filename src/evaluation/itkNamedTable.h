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
#ifndef itkNamedTable_h
#define itkNamedTable_h

#include "SyntheticCTDetail/itkAtomicOutput.h"

#include "itkIntTypes.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace itk
{
namespace SyntheticCTDetail
{

/** The entry with an index. One that is too large throws: `absent`, such as "there is no metric", with the index. */
template <typename TTable>
const auto &
EntryAt(const TTable & table, SizeValueType index, const std::string & absent)
{
  if (index >= std::size(table))
  {
    Fail(absent + ' ' + std::to_string(index) + ", only those from 0 to " + std::to_string(std::size(table) - 1));
  }
  return table[index];
}

/** The entry with a name; null when there is none. */
template <typename TTable>
const auto *
FindEntry(const TTable & table, const std::string & name)
{
  const auto found =
    std::find_if(std::begin(table), std::end(table), [&name](const auto & entry) { return entry.Name == name; });
  return found == std::end(table) ? nullptr : &*found;
}

/** The index of the entry with a name. A name that is not there throws: `absent`, with the name. */
template <typename TTable>
SizeValueType
IndexOfEntry(const TTable & table, const std::string & name, const std::string & absent)
{
  const auto * const entry = FindEntry(table, name);
  if (!entry)
  {
    Fail(absent + " '" + name + "'");
  }
  return static_cast<SizeValueType>(entry - std::data(table));
}

} // namespace SyntheticCTDetail
} // namespace itk

#endif
