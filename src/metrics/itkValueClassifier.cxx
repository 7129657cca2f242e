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
#include "SyntheticCTDetail/itkValueClassifier.h"

#include "itkBlockRange.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
} // namespace

ValueClassifier::ValueClassifier(std::vector<double> cuts)
  : m_Cuts(std::move(cuts))
{
  std::sort(m_Cuts.begin(), m_Cuts.end());
  m_Cuts.erase(std::unique(m_Cuts.begin(), m_Cuts.end()), m_Cuts.end());

  // Eight cells per cut, so that few cells have more than two.
  const size_t numberOfCells = std::min<size_t>(8 * m_Cuts.size() + 1, size_t{ 1 } << 16);
  m_Cells.assign(numberOfCells, Cell{ { { notANumber, notANumber } }, 0 });
  const auto isFinite = [](double cut) { return std::isfinite(cut); };
  const auto first = std::find_if(m_Cuts.begin(), m_Cuts.end(), isFinite);
  const auto last = std::find_if(m_Cuts.rbegin(), m_Cuts.rend(), isFinite);
  if (first != m_Cuts.end())
  {
    m_First = *first;
    const double length = *last - *first;
    // Cuts that are too close to be divided share a cell.
    const double scale = static_cast<double>(numberOfCells) / length;
    m_Scale = length > 0.0 && std::isfinite(length) && std::isfinite(scale) ? scale : 0.0;
  }
  auto cut = m_Cuts.begin();
  for (size_t i = 0; i < numberOfCells; ++i)
  {
    m_Cells[i].CutsBefore = static_cast<uint32_t>(cut - m_Cuts.begin());
    for (size_t inCell = 0; cut != m_Cuts.end() && this->CellOf(*cut) == i; ++cut, ++inCell)
    {
      if (inCell < m_Cells[i].Cuts.size())
      {
        m_Cells[i].Cuts[inCell] = *cut;
      }
      else
      {
        m_IsCrowded = true;
      }
    }
  }
}

ValueClassifier::ClassType
ValueClassifier::GetClassFrom(double value) const
{
  const auto after = std::upper_bound(m_Cuts.begin(), m_Cuts.end(), value);
  return static_cast<ClassType>(after - m_Cuts.begin()) + 1;
}

void
ValueClassifier::Classify(const double * values, size_t count, ClassType * classes) const
{
  std::transform(values, values + count, classes, [this](double value) { return this->Classify(value); });
}

void
ValueClassifier::ClassifyBlocks(const double * values, size_t count, ClassType * classes, bool * isUniform) const
{
  for (size_t begin = 0; begin < count; begin += PairedRun::BlockLength)
  {
    const size_t length = std::min(PairedRun::BlockLength, count - begin);
    bool &       uniform = isUniform[begin / PairedRun::BlockLength];
    double       lowest;
    double       highest;
    uniform = false;
    if (length == PairedRun::BlockLength && RangeOfBlock(values + begin, lowest, highest))
    {
      const ClassType least = this->Classify(lowest);
      if (least == this->Classify(highest))
      {
        std::fill_n(classes + begin, PairedRun::BlockLength, least);
        uniform = true;
        continue;
      }
    }
    this->Classify(values + begin, length, classes + begin);
  }
}

double
CutAbove(double value)
{
  return std::nextafter(value, infinity);
}

ClippedInterval::ClippedInterval(double lower, double upper, double minimum, double maximum)
  : m_From(lower <= minimum  ? -infinity
           : lower > maximum ? infinity
                             : lower)
  , m_To(upper >= maximum  ? infinity
         : upper < minimum ? -infinity
                           : CutAbove(upper))
{}

void
ClippedInterval::AppendCuts(std::vector<double> & cuts) const
{
  for (const double cut : { m_From, m_To })
  {
    if (std::isfinite(cut))
    {
      cuts.push_back(cut);
    }
  }
}

ValueClassifier::ClassType
ClippedInterval::GetFirstClass(const ValueClassifier & classifier) const
{
  return m_From == infinity    ? static_cast<ValueClassifier::ClassType>(classifier.GetNumberOfClasses())
         : m_From == -infinity ? 1
                               : classifier.GetClassFrom(m_From);
}

ValueClassifier::ClassType
ClippedInterval::GetLastClass(const ValueClassifier & classifier) const
{
  return m_To == infinity    ? static_cast<ValueClassifier::ClassType>(classifier.GetNumberOfClasses())
         : m_To == -infinity ? 1
                             : classifier.GetClassFrom(m_To);
}

} // namespace SyntheticCTDetail
} // namespace itk
