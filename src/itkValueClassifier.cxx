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
#include "itkValueClassifier.h"

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
      m_IsCrowded = m_IsCrowded || inCell >= m_Cells[i].Cuts.size();
    }
  }
}

size_t
ValueClassifier::CellOf(double value) const
{
  // Never falls while the value rises, whatever the rounding: a value in a later cell than a cut is larger than it, and
  // one in an earlier cell is smaller. NaN comes into the first cell.
  const double position = (value - m_First) * m_Scale;
  const auto   last = static_cast<double>(m_Cells.size() - 1);
  const double raised = position > 0.0 ? position : 0.0;
  return static_cast<size_t>(raised < last ? raised : last);
}

ValueClassifier::ClassType
ValueClassifier::GetClass(double value) const
{
  const auto after = std::upper_bound(m_Cuts.begin(), m_Cuts.end(), value);
  return static_cast<ClassType>(after - m_Cuts.begin()) + 1;
}

void
ValueClassifier::Classify(const double * values, size_t count, ClassType * classes) const
{
  if (m_IsCrowded)
  {
    for (size_t i = 0; i < count; ++i)
    {
      classes[i] = std::isnan(values[i]) ? 0 : this->GetClass(values[i]);
    }
    return;
  }
  for (size_t i = 0; i < count; ++i)
  {
    const double value = values[i];
    const Cell & cell = m_Cells[this->CellOf(value)];
    // Sums instead of branches, which would be guessed wrong at every edge of an image.
    const uint32_t reached = cell.CutsBefore + (value >= cell.Cuts[0] ? 1 : 0) + (value >= cell.Cuts[1] ? 1 : 0);
    classes[i] = value == value ? reached + 1 : 0;
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
                               : classifier.GetClass(m_From);
}

ValueClassifier::ClassType
ClippedInterval::GetLastClass(const ValueClassifier & classifier) const
{
  return m_To == infinity    ? static_cast<ValueClassifier::ClassType>(classifier.GetNumberOfClasses())
         : m_To == -infinity ? 1
                             : classifier.GetClass(m_To);
}

} // namespace SyntheticCTDetail
} // namespace itk
