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
#ifndef itkSampleStatistics_h
#define itkSampleStatistics_h

#include "itkIntTypes.h"
#include "itkObject.h"
#include "itkObjectFactory.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTExport.h"

#include <cstdint>
#include <vector>

namespace itk
{

/** \class SampleStatistics
 * \brief What a cohort's table says about one measure: mean, spread, quartiles and a bootstrap interval of the mean.
 *
 * With the \f$n\f$ defined values \f$v_1 \le \dots \le v_n\f$ of a sample:
 *
 * | statistic | definition | defined for |
 * |---|---|---|
 * | mean | \f$\bar v = \frac{1}{n}\sum v_i\f$ | n >= 1 |
 * | standard deviation | \f$\sqrt{\frac{1}{n-1}\sum (v_i - \bar v)^2}\f$ (of the sample) | n >= 2 |
 * | quantile of \f$p\f$ | linear between the order statistics around \f$1 + p(n-1)\f$; NumPy's default | n >= 1 |
 * | median, quartiles | quantiles of 0.5, 0.25 and 0.75 | n >= 1 |
 * | interquartile range | third quartile - first quartile | n >= 1 |
 * | bootstrap interval of the mean | quantiles of \f$(1-c)/2\f$ and \f$(1+c)/2\f$ of the means of NumberOfResamples
 *   samples of \f$n\f$ values drawn with replacement, for the confidence level \f$c\f$ | n >= 2 |
 *
 * What is not defined is NaN. The bootstrap is the percentile method of B. Efron, "Bootstrap methods: another look at
 * the jackknife", Annals of Statistics 7:1-26, 1979, doi:10.1214/aos/1176344552, as `scipy.stats.bootstrap` has it
 * under `method='percentile'`. Its draws come from the 64-bit Mersenne Twister, which the C++ standard fixes bit by
 * bit, and a reduction to indices of our own, so that the same values, seed and number of resamples give the same
 * interval everywhere. The values are sorted first: their order does not matter to any figure.
 *
 * **NaN and infinity.** A NaN is a measure that has no value (the Dice of two empty sets): it is left out and counted
 * by GetNumberOfUndefinedValues(). An infinity is a value (the distance to a surface that is missing, the PSNR of
 * identical images) and stays in, since leaving it out would make a cohort look better or worse than it is: it takes
 * its place in the order, so that median and quartiles often stay finite, makes the mean infinite (NaN when both
 * infinities occur) and the standard deviation NaN, and is counted by GetNumberOfInfiniteValues(). A quantile between a
 * finite value and an infinity is infinite, and one between the two infinities is NaN.
 *
 * \ingroup SyntheticCT
 */
class SyntheticCT_EXPORT SampleStatistics : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(SampleStatistics);

  using Self = SampleStatistics;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(SampleStatistics);

  /** The sample; none at first. */
  void
  SetValues(const std::vector<double> & values);

  /** The defined values in rising order. */
  const std::vector<double> &
  GetSortedValues() const
  {
    return m_SortedValues;
  }

  /** One of them; an index that is too large throws. */
  double
  GetSortedValue(SizeValueType i) const;

  /** How many samples the bootstrap draws, 10000 by default. 0 is an error, which the interval's getters throw. */
  itkSetMacro(NumberOfResamples, unsigned int);
  itkGetConstMacro(NumberOfResamples, unsigned int);

  /** The confidence level of the interval, between 0 and 1 but neither of them, 0.95 by default. Others are an error,
   * which the interval's getters throw. */
  itkSetMacro(ConfidenceLevel, double);
  itkGetConstMacro(ConfidenceLevel, double);

  /** The seed of the bootstrap's draws, 1 by default. */
  itkSetMacro(Seed, uint64_t);
  itkGetConstMacro(Seed, uint64_t);

  /** The values that are used, and among them those that are infinite. */
  SizeValueType
  GetNumberOfValues() const
  {
    return m_SortedValues.size();
  }
  itkGetConstMacro(NumberOfInfiniteValues, SizeValueType);

  /** The values that were NaN and are left out. */
  itkGetConstMacro(NumberOfUndefinedValues, SizeValueType);

  double
  GetMean() const;
  double
  GetStandardDeviation() const;
  double
  GetMinimum() const;
  double
  GetFirstQuartile() const;
  double
  GetMedian() const;
  double
  GetThirdQuartile() const;
  double
  GetMaximum() const;
  double
  GetInterquartileRange() const;

  /** The value below which a share \c p of the sample lies. Throws itk::ExceptionObject when \c p is not in [0, 1]. */
  double
  GetQuantile(double p) const;

  /** The bootstrap interval of the mean. The draws are made once, and again after a change of values or settings. */
  double
  GetMeanIntervalLowerBound() const;
  double
  GetMeanIntervalUpperBound() const;

protected:
  SampleStatistics() = default;
  ~SampleStatistics() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  void
  UpdateMeanInterval() const;

  std::vector<double> m_SortedValues;
  SizeValueType       m_NumberOfInfiniteValues{ 0 };
  SizeValueType       m_NumberOfUndefinedValues{ 0 };
  unsigned int        m_NumberOfResamples{ 10000 };
  double              m_ConfidenceLevel{ 0.95 };
  uint64_t            m_Seed{ 1 };

  mutable TimeStamp m_MeanIntervalTime;
  mutable double    m_MeanIntervalLowerBound{ 0.0 };
  mutable double    m_MeanIntervalUpperBound{ 0.0 };
};

} // namespace itk

#endif
