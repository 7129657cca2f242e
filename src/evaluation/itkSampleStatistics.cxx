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
#include "itkSampleStatistics.h"

#include "SyntheticCTDetail/itkNumberText.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace itk
{
namespace
{
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

/** A quantile of values in rising order. */
double
QuantileOf(const std::vector<double> & sorted, double p)
{
  if (sorted.empty())
  {
    return notANumber;
  }
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto   below = std::min(static_cast<size_t>(position), sorted.size() - 1);
  const double share = position - static_cast<double>(below);
  const double lower = sorted[below];
  // Without the test the difference of two equal infinities would be NaN.
  if (share == 0.0 || sorted[below + 1] == lower)
  {
    return lower;
  }
  const double upper = sorted[below + 1];
  if (std::isinf(lower) && std::isinf(upper))
  {
    return notANumber;
  }
  return std::isinf(lower) ? lower : lower + share * (upper - lower);
}

/** The mean of values in two passes, so that it is exact to the last digits; of infinities, what their sum is. */
double
MeanOf(const std::vector<double> & values)
{
  if (values.empty())
  {
    return notANumber;
  }
  const auto count = static_cast<double>(values.size());
  double     sum = 0.0;
  for (const double value : values)
  {
    sum += value;
  }
  const double mean = sum / count;
  if (!std::isfinite(mean))
  {
    return mean;
  }
  double rest = 0.0;
  for (const double value : values)
  {
    rest += value - mean;
  }
  return mean + rest / count;
}

/** Numbers from 0 to count - 1, each as likely: the upper half of each draw, times the count, whose upper half is the
 * number; draws that would make some numbers more likely are drawn again (D. Lemire, "Fast random integer generation in
 * an interval", ACM Transactions on Modeling and Computer Simulation 29:3, 2019, doi:10.1145/3230636). */
class IndexGenerator
{
public:
  IndexGenerator(uint64_t seed, size_t count)
    : m_Engine(seed)
    , m_Count(count)
    , m_Refused((uint64_t{ 1 } << 32) % count)
  {}

  size_t
  operator()()
  {
    uint64_t product = 0;
    do
    {
      product = (m_Engine() >> 32) * m_Count;
    } while ((product & 0xFFFFFFFFU) < m_Refused);
    return static_cast<size_t>(product >> 32);
  }

private:
  std::mt19937_64 m_Engine;
  uint64_t        m_Count;
  uint64_t        m_Refused;
};
} // namespace

void
SampleStatistics::SetValues(const std::vector<double> & values)
{
  m_SortedValues.clear();
  for (const double value : values)
  {
    if (!std::isnan(value))
    {
      m_SortedValues.push_back(value);
    }
  }
  std::sort(m_SortedValues.begin(), m_SortedValues.end());
  m_NumberOfUndefinedValues = values.size() - m_SortedValues.size();
  m_NumberOfInfiniteValues = static_cast<SizeValueType>(
    std::count_if(m_SortedValues.begin(), m_SortedValues.end(), [](double value) { return std::isinf(value); }));
  this->Modified();
}

double
SampleStatistics::GetSortedValue(SizeValueType i) const
{
  if (i >= m_SortedValues.size())
  {
    itkSyntheticCTExceptionMacro("There is no value with index " << i << ": there are " << m_SortedValues.size()
                                                                 << '.');
  }
  return m_SortedValues[i];
}

double
SampleStatistics::GetMean() const
{
  return MeanOf(m_SortedValues);
}

double
SampleStatistics::GetStandardDeviation() const
{
  const size_t count = m_SortedValues.size();
  if (count < 2 || m_NumberOfInfiniteValues > 0)
  {
    return notANumber;
  }
  const double mean = this->GetMean();
  double       sum = 0.0;
  for (const double value : m_SortedValues)
  {
    sum += (value - mean) * (value - mean);
  }
  return std::sqrt(sum / static_cast<double>(count - 1));
}

double
SampleStatistics::GetMinimum() const
{
  return QuantileOf(m_SortedValues, 0.0);
}

double
SampleStatistics::GetFirstQuartile() const
{
  return QuantileOf(m_SortedValues, 0.25);
}

double
SampleStatistics::GetMedian() const
{
  return QuantileOf(m_SortedValues, 0.5);
}

double
SampleStatistics::GetThirdQuartile() const
{
  return QuantileOf(m_SortedValues, 0.75);
}

double
SampleStatistics::GetMaximum() const
{
  return QuantileOf(m_SortedValues, 1.0);
}

double
SampleStatistics::GetInterquartileRange() const
{
  return this->GetThirdQuartile() - this->GetFirstQuartile();
}

double
SampleStatistics::GetQuantile(double p) const
{
  if (!(p >= 0.0 && p <= 1.0))
  {
    itkSyntheticCTExceptionMacro("The quantile is of " << p << " and should be that of a share from 0 to 1");
  }
  return QuantileOf(m_SortedValues, p);
}

double
SampleStatistics::GetMeanIntervalLowerBound() const
{
  this->UpdateMeanInterval();
  return m_MeanIntervalLowerBound;
}

double
SampleStatistics::GetMeanIntervalUpperBound() const
{
  this->UpdateMeanInterval();
  return m_MeanIntervalUpperBound;
}

void
SampleStatistics::UpdateMeanInterval() const
{
  if (m_NumberOfResamples == 0)
  {
    itkSyntheticCTExceptionMacro("NumberOfResamples is 0 and should be at least 1");
  }
  if (!(m_ConfidenceLevel > 0.0 && m_ConfidenceLevel < 1.0))
  {
    itkSyntheticCTExceptionMacro("ConfidenceLevel is " << m_ConfidenceLevel << " and should lie between 0 and 1");
  }
  const size_t count = m_SortedValues.size();
  if (count > 0xFFFFFFFFU)
  {
    itkSyntheticCTExceptionMacro("The sample has " << count << " values and should have at most " << 0xFFFFFFFFU);
  }
  if (m_MeanIntervalTime > this->GetMTime())
  {
    return;
  }
  std::vector<double> means;
  if (count >= 2)
  {
    means.reserve(m_NumberOfResamples);
    IndexGenerator draw(m_Seed, count);
    for (unsigned int resample = 0; resample < m_NumberOfResamples; ++resample)
    {
      double sum = 0.0;
      for (size_t i = 0; i < count; ++i)
      {
        sum += m_SortedValues[draw()];
      }
      means.push_back(sum / static_cast<double>(count));
    }
    // A mean of both infinities has no place in the order.
    if (std::any_of(means.begin(), means.end(), [](double mean) { return std::isnan(mean); }))
    {
      means.clear();
    }
    std::sort(means.begin(), means.end());
  }
  m_MeanIntervalLowerBound = QuantileOf(means, (1.0 - m_ConfidenceLevel) / 2.0);
  m_MeanIntervalUpperBound = QuantileOf(means, (1.0 + m_ConfidenceLevel) / 2.0);
  m_MeanIntervalTime.Modified();
}

void
SampleStatistics::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "SortedValues:";
  for (const double value : m_SortedValues)
  {
    os << ' ' << value;
  }
  os << std::endl;
  os << indent << "NumberOfValues: " << this->GetNumberOfValues() << std::endl;
  os << indent << "NumberOfInfiniteValues: " << m_NumberOfInfiniteValues << std::endl;
  os << indent << "NumberOfUndefinedValues: " << m_NumberOfUndefinedValues << std::endl;
  os << indent << "NumberOfResamples: " << m_NumberOfResamples << std::endl;
  os << indent << "ConfidenceLevel: " << m_ConfidenceLevel << std::endl;
  os << indent << "Seed: " << m_Seed << std::endl;
  os << indent << "Mean: " << this->GetMean() << std::endl;
  os << indent << "StandardDeviation: " << this->GetStandardDeviation() << std::endl;
  os << indent << "Minimum: " << this->GetMinimum() << std::endl;
  os << indent << "FirstQuartile: " << this->GetFirstQuartile() << std::endl;
  os << indent << "Median: " << this->GetMedian() << std::endl;
  os << indent << "ThirdQuartile: " << this->GetThirdQuartile() << std::endl;
  os << indent << "Maximum: " << this->GetMaximum() << std::endl;
  os << indent << "InterquartileRange: " << this->GetInterquartileRange() << std::endl;
  // Printing draws no samples.
  const bool isDrawn = m_MeanIntervalTime > this->GetMTime();
  const auto textOf = [isDrawn](double bound) {
    return isDrawn ? SyntheticCTDetail::FormatNumber("%g", bound) : std::string("(not drawn)");
  };
  os << indent << "MeanIntervalLowerBound: " << textOf(m_MeanIntervalLowerBound) << std::endl;
  os << indent << "MeanIntervalUpperBound: " << textOf(m_MeanIntervalUpperBound) << std::endl;
}

} // namespace itk
