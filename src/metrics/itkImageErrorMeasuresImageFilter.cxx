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
#include "itkImageErrorMeasuresImageFilter.h"

#include <ostream>

namespace itk
{

std::ostream &
operator<<(std::ostream & out, const ErrorMeasureEnum value)
{
  const char * name = [value] {
    switch (value)
    {
      case ErrorMeasureEnum::MeanError:
        return "MeanError";
      case ErrorMeasureEnum::MeanAbsoluteError:
        return "MeanAbsoluteError";
      case ErrorMeasureEnum::MeanSquaredError:
        return "MeanSquaredError";
      case ErrorMeasureEnum::RootMeanSquaredError:
        return "RootMeanSquaredError";
      case ErrorMeasureEnum::PeakSignalToNoiseRatio:
        return "PeakSignalToNoiseRatio";
      case ErrorMeasureEnum::PearsonCorrelation:
        return "PearsonCorrelation";
      case ErrorMeasureEnum::ErrorStandardDeviation:
        return "ErrorStandardDeviation";
      default:
        return "INVALID VALUE";
    }
  }();
  return out << name;
}

std::ostream &
operator<<(std::ostream & out, const PeakSignalToNoiseRatioDefinitionEnum value)
{
  const char * name = [value] {
    switch (value)
    {
      case PeakSignalToNoiseRatioDefinitionEnum::Unclipped:
        return "Unclipped";
      case PeakSignalToNoiseRatioDefinitionEnum::SynthRAD2023:
        return "SynthRAD2023";
      case PeakSignalToNoiseRatioDefinitionEnum::SynthRAD2025:
        return "SynthRAD2025";
      case PeakSignalToNoiseRatioDefinitionEnum::BackgroundSet:
        return "BackgroundSet";
      default:
        return "INVALID VALUE";
    }
  }();
  return out << name;
}

} // namespace itk
