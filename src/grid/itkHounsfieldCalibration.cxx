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
#include "itkHounsfieldCalibration.h"

#include "SyntheticCTDetail/itkPlainText.h"

#include <algorithm>
#include <cmath>
#include <fstream>

namespace itk
{
namespace
{
constexpr double lowestHounsfieldUnit = -1000.0;
constexpr double highestHounsfieldUnit = 3071.0;

/** The upper line of Carney et al. for one tube voltage. The break point is in HU here, and in HU + 1000 there. */
struct AttenuationLine
{
  unsigned int TubeVoltage;
  double       Slope;
  double       Intercept;
  double       BreakPoint;
};

constexpr AttenuationLine attenuationLines[] = { { 80, 3.64e-5, 6.26e-2, 50.0 },  { 100, 4.43e-5, 5.44e-2, 52.0 },
                                                 { 110, 4.92e-5, 4.88e-2, 43.0 }, { 120, 5.10e-5, 4.71e-2, 47.0 },
                                                 { 130, 5.51e-5, 4.24e-2, 37.0 }, { 140, 5.64e-5, 4.08e-2, 30.0 } };

/** Whether a text is one finite number, with blanks around it. */
bool
ParseFinite(const std::string & text, double & number)
{
  return SyntheticCTDetail::ParseNumber(SyntheticCTDetail::Trimmed(text), number) && std::isfinite(number);
}
} // namespace

HounsfieldCalibration::Pointer
HounsfieldCalibration::ElectronDensity()
{
  auto curve = New();
  curve->SetPoints({ lowestHounsfieldUnit, 100.0, 195.0, highestHounsfieldUnit },
                   { 0.0, 1.1, 1.1, 1.0 + highestHounsfieldUnit / 1950.0 });
  return curve;
}

HounsfieldCalibration::Pointer
HounsfieldCalibration::Attenuation511keV(unsigned int tubeVoltage)
{
  for (const AttenuationLine & line : attenuationLines)
  {
    if (line.TubeVoltage == tubeVoltage)
    {
      auto curve = New();
      curve->SetPoints(
        { lowestHounsfieldUnit, line.BreakPoint, highestHounsfieldUnit },
        { 0.0, 9.6e-5 * (line.BreakPoint + 1000.0), line.Slope * (highestHounsfieldUnit + 1000.0) + line.Intercept });
      return curve;
    }
  }
  itkGenericExceptionMacro(<< "The tube voltage is " << tubeVoltage
                           << " kV and should be 80, 100, 110, 120, 130 or 140 kV");
}

HounsfieldCalibration::Pointer
HounsfieldCalibration::ReadCSV(const std::string & fileName)
{
  std::ifstream file(fileName);
  if (!file)
  {
    itkGenericExceptionMacro(<< fileName << " could not be opened");
  }
  std::vector<double> hounsfieldUnits;
  std::vector<double> values;
  bool                isFirst = true;
  size_t              number = 0;
  for (std::string line; std::getline(file, line);)
  {
    ++number;
    // Some spreadsheets mark their text as UTF-8 with three bytes.
    if (number == 1 && line.compare(0, 3, "\xEF\xBB\xBF") == 0)
    {
      line.erase(0, 3);
    }
    if (line.find_first_not_of(" \t\r") == std::string::npos)
    {
      continue;
    }
    line.erase(line.find_last_not_of(" \t\r") + 1);
    const size_t comma = line.find(',');
    const bool   isPair = comma != std::string::npos;
    double       hounsfieldUnit = 0.0;
    double       value = 0.0;
    const bool   isFirstNumber = ParseFinite(line.substr(0, comma), hounsfieldUnit);
    const bool   isSecondNumber = isPair && ParseFinite(line.substr(comma + 1), value);
    const bool   isHeader = isFirst && isPair && !isFirstNumber && !isSecondNumber;
    isFirst = false;
    if (isHeader)
    {
      continue;
    }
    if (!isFirstNumber || !isSecondNumber)
    {
      itkGenericExceptionMacro(<< fileName << ", line " << number << " is '" << line
                               << "' and should be two numbers, HU,value");
    }
    if (!hounsfieldUnits.empty() && hounsfieldUnit <= hounsfieldUnits.back())
    {
      itkGenericExceptionMacro(<< fileName << ", line " << number << ": HU is " << hounsfieldUnit << " after "
                               << hounsfieldUnits.back() << " and should rise");
    }
    hounsfieldUnits.push_back(hounsfieldUnit);
    values.push_back(value);
  }
  if (file.bad())
  {
    itkGenericExceptionMacro(<< fileName << " could not be read after line " << number);
  }
  if (values.size() < 2)
  {
    itkGenericExceptionMacro(<< fileName << " ends at line " << number << " with " << values.size()
                             << " points and should have at least two lines HU,value");
  }
  auto curve = New();
  curve->SetPoints(hounsfieldUnits, values);
  return curve;
}

void
HounsfieldCalibration::SetPoints(const std::vector<double> & hounsfieldUnits, const std::vector<double> & values)
{
  const size_t count = values.size();
  if (count < 2 || hounsfieldUnits.size() != count)
  {
    itkSyntheticCTExceptionMacro("There are " << hounsfieldUnits.size() << " Hounsfield units and " << count
                                              << " values, and there should be at least two of each, and equally many");
  }
  for (size_t i = 0; i < count; ++i)
  {
    if (!std::isfinite(hounsfieldUnits[i]) || !std::isfinite(values[i]))
    {
      itkSyntheticCTExceptionMacro("Point " << i << " is " << hounsfieldUnits[i] << ',' << values[i]
                                            << " and should be two finite numbers");
    }
    if (i > 0 && hounsfieldUnits[i] <= hounsfieldUnits[i - 1])
    {
      itkSyntheticCTExceptionMacro("Point " << i << " is at " << hounsfieldUnits[i] << " HU after "
                                            << hounsfieldUnits[i - 1] << " HU, and the points should rise");
    }
  }
  if (hounsfieldUnits == m_HounsfieldUnits && values == m_Values)
  {
    return;
  }
  m_HounsfieldUnits = hounsfieldUnits;
  m_Values = values;
  m_Slopes.resize(count - 1);
  for (size_t i = 0; i + 1 < count; ++i)
  {
    m_Slopes[i] = (values[i + 1] - values[i]) / (hounsfieldUnits[i + 1] - hounsfieldUnits[i]);
  }

  constexpr size_t numberOfBins = 1024;
  m_BinsPerHounsfieldUnit = static_cast<double>(numberOfBins) / (hounsfieldUnits.back() - hounsfieldUnits.front());
  // One more for numbers that are rounded up to the end.
  m_FirstSegments.resize(numberOfBins + 1);
  size_t segment = 0;
  for (size_t bin = 0; bin <= numberOfBins; ++bin)
  {
    // A point whose bin comes before lies below all numbers of this bin, because BinOf() rises.
    while (segment + 2 < count && this->BinOf(hounsfieldUnits[segment + 1]) < bin)
    {
      ++segment;
    }
    m_FirstSegments[bin] = static_cast<uint32_t>(segment);
  }
  this->Modified();
}

void
HounsfieldCalibration::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "HounsfieldUnits:";
  for (const double hounsfieldUnits : m_HounsfieldUnits)
  {
    os << ' ' << hounsfieldUnits;
  }
  os << std::endl;
  os << indent << "Values:";
  for (const double value : m_Values)
  {
    os << ' ' << value;
  }
  os << std::endl;
}

} // namespace itk
