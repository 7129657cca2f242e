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
#ifndef itkHounsfieldCalibration_h
#define itkHounsfieldCalibration_h

#include "itkObject.h"
#include "itkObjectFactory.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTExport.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace itk
{

/** \class HounsfieldCalibration
 * \brief A calibration curve of a CT scanner: what a Hounsfield unit means in another quantity.
 *
 * The curve is linear between its points. Below the first point it has the value of the first, above the last point
 * that of the last, so nothing is extrapolated; NaN stays NaN.
 *
 * A curve is set point by point, read from a CSV file, or one of two published defaults. Both defaults are no
 * substitute for a calibration of the scanner whose Hounsfield units are converted; they end at -1000 and at 3071 HU,
 * the limits of CT images of 12 bits.
 *
 * HounsfieldCalibrationImageFilter applies it to an image.
 *
 * \ingroup SyntheticCT
 */
class SyntheticCT_EXPORT HounsfieldCalibration : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(HounsfieldCalibration);

  using Self = HounsfieldCalibration;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(HounsfieldCalibration);

  /** Electron density relative to that of water, without a unit, as recommended for planning systems when no
   * calibration of the scanner is known (S.J. Thomas, "Relative electron density calibration of CT scanners for
   * radiotherapy treatment planning", British Journal of Radiology 72:781-786, 1999, doi:10.1259/bjr.72.860.10624344):
   * 1 + HU / 1000 up to a density of 1.1, which is not bone, and 1 + HU / 1950 for bone.
   *
   * The published lines leave a step down from 1.1 to 1.05 at 100 HU. Here the density does not fall: it stays 1.1
   * until the line of bone has reached that, at 195 HU (this rule is ours). */
  static Pointer
  ElectronDensity();

  /** Linear attenuation coefficient at 511 keV in 1/cm, for the attenuation correction of PET (J.P.J. Carney, D.W.
   * Townsend, V. Rappoport, B. Bendriem, "Method for transforming CT images for attenuation correction in PET/CT
   * imaging", Medical Physics 33:976-983, 2006, doi:10.1118/1.2174132): 9.6e-5 (HU + 1000) up to a break point, and
   * a (HU + 1000) + b above, where a, b and the break point depend on the voltage of the X-ray tube.
   *
   * \param tubeVoltage in kV: 80, 100, 110, 120 (default), 130 or 140. Throws itk::ExceptionObject for any other. */
  static Pointer
  Attenuation511keV(unsigned int tubeVoltage = 120);

  /** Reads a curve from a text file with a line `HU,value` for each point. The first line may be a header instead;
   * empty lines are skipped. Throws itk::ExceptionObject, which names the file and the line, when a line has other than
   * two numbers, HU does not rise, or there are fewer than two points. */
  static Pointer
  ReadCSV(const std::string & fileName);

  /** The points of the curve: at least two, finite, with rising HU. Throws itk::ExceptionObject otherwise. */
  void
  SetPoints(const std::vector<double> & hounsfieldUnits, const std::vector<double> & values);

  /** The points of the curve; none before it is set. */
  const std::vector<double> &
  GetHounsfieldUnits() const
  {
    return m_HounsfieldUnits;
  }
  const std::vector<double> &
  GetValues() const
  {
    return m_Values;
  }

  /** The value of the curve. Throws itk::ExceptionObject when it has no points. */
  double
  Evaluate(double hounsfieldUnit) const
  {
    if (m_Values.empty())
    {
      itkSyntheticCTExceptionMacro("The curve has no points: set them or read them from a file");
    }
    return this->EvaluateUnchecked(hounsfieldUnit);
  }

  /** The value of a curve that is known to have points, for loops. */
  double
  EvaluateUnchecked(double hounsfieldUnit) const
  {
    if (hounsfieldUnit <= m_HounsfieldUnits.front())
    {
      return m_Values.front();
    }
    if (hounsfieldUnit >= m_HounsfieldUnits.back())
    {
      return m_Values.back();
    }
    if (hounsfieldUnit != hounsfieldUnit)
    {
      return hounsfieldUnit;
    }
    size_t segment = m_FirstSegments[this->BinOf(hounsfieldUnit)];
    while (hounsfieldUnit >= m_HounsfieldUnits[segment + 1])
    {
      ++segment;
    }
    return m_Values[segment] + (hounsfieldUnit - m_HounsfieldUnits[segment]) * m_Slopes[segment];
  }

protected:
  HounsfieldCalibration() = default;
  ~HounsfieldCalibration() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** The bin of a number between the first and the last point; rises with it. */
  size_t
  BinOf(double hounsfieldUnit) const
  {
    return static_cast<size_t>((hounsfieldUnit - m_HounsfieldUnits.front()) * m_BinsPerHounsfieldUnit);
  }

  std::vector<double> m_HounsfieldUnits;
  std::vector<double> m_Values;
  std::vector<double> m_Slopes;
  // Narrow bins of equal width, so that no search is needed: the segment at which the search for those of a bin starts.
  std::vector<uint32_t> m_FirstSegments;
  double                m_BinsPerHounsfieldUnit{ 0.0 };
};

} // namespace itk

#endif
