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
#ifndef itkValueClassifier_h
#define itkValueClassifier_h

#include "SyntheticCTExport.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** Tells how many of a list of rising cuts a value has reached: class 0 is NaN, class c > 0 has reached c - 1 cuts,
 * that is, the first c - 1 of them are not larger than the value. Exact, in a time that does not grow with the number
 * of cuts unless many lie much closer together than the rest. */
class SyntheticCT_EXPORT ValueClassifier
{
public:
  using ClassType = uint32_t;

  /** Sorts the cuts, which may be infinite but not NaN, and leaves out duplicates. */
  explicit ValueClassifier(std::vector<double> cuts = {});

  /** One more than the largest class. */
  size_t
  GetNumberOfClasses() const
  {
    return m_Cuts.size() + 2;
  }

  /** The class of a value that is not NaN, by search; from a cut on it is that of the values up to the next. */
  ClassType
  GetClassFrom(double value) const;

  const std::vector<double> &
  GetCuts() const
  {
    return m_Cuts;
  }

  // Inline, because it is called for every voxel.
  ClassType
  Classify(double value) const
  {
    if (m_IsCrowded)
    {
      return value == value ? this->GetClassFrom(value) : 0;
    }
    // Sums instead of branches, which would be mispredicted at every edge of an image.
    const Cell &   cell = m_Cells[this->CellOf(value)];
    const uint32_t reached = cell.CutsBefore + (value >= cell.Cuts[0] ? 1 : 0) + (value >= cell.Cuts[1] ? 1 : 0);
    return value == value ? reached + 1 : 0;
  }

  /** The classes of `count` values. */
  void
  Classify(const double * values, size_t count, ClassType * classes) const;

  /** The same, for values whose neighbours mostly are in the same class. For every block of PairedRun::BlockLength
   * values, which the last may not fill, `isUniform` tells whether it is known that all are in one class. */
  void
  ClassifyBlocks(const double * values, size_t count, ClassType * classes, bool * isUniform) const;

private:
  /** A piece of the line of values, with the cuts in it; NaN where there are fewer. Two, because the ends of two closed
   * intervals that touch are neighbouring numbers. */
  struct Cell
  {
    std::array<double, 2> Cuts;
    uint32_t              CutsBefore;
  };

  size_t
  CellOf(double value) const
  {
    // Never falls while the value rises, whatever the rounding: a value in a later cell than a cut is larger than it,
    // and one in an earlier cell is smaller. NaN comes into the first cell.
    const double position = (value - m_First) * m_Scale;
    const auto   last = static_cast<double>(m_Cells.size() - 1);
    const double raised = position > 0.0 ? position : 0.0;
    return static_cast<size_t>(raised < last ? raised : last);
  }

  std::vector<double> m_Cuts;
  // The line from the first finite cut to the last is divided into cells of the same length.
  double            m_First{ 0.0 };
  double            m_Scale{ 0.0 };
  std::vector<Cell> m_Cells;
  // Whether a cell has more cuts than it can hold.
  bool m_IsCrowded{ false };
};

/** The cut that a value reaches when it is larger than `value`. */
SyntheticCT_EXPORT double
CutAbove(double value);

/** Which classes make up the closed interval [lower, upper] of values that have been clipped to [minimum, maximum]. */
class SyntheticCT_EXPORT ClippedInterval
{
public:
  ClippedInterval(double lower, double upper, double minimum, double maximum);

  /** Adds the cuts that a classifier has to have. */
  void
  AppendCuts(std::vector<double> & cuts) const;

  /** The classes [first, last) of a classifier that are in the interval. */
  ValueClassifier::ClassType
  GetFirstClass(const ValueClassifier & classifier) const;
  ValueClassifier::ClassType
  GetLastClass(const ValueClassifier & classifier) const;

private:
  // The interval of values that have not been clipped: [m_From, m_To).
  double m_From;
  double m_To;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
