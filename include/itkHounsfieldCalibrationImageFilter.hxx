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
#ifndef itkHounsfieldCalibrationImageFilter_hxx
#define itkHounsfieldCalibrationImageFilter_hxx

#include "itkHounsfieldCalibrationImageFilter.h"

#include "SyntheticCTDetail/itkVoxelTransform.h"

#include <algorithm>

namespace itk
{

template <typename TInputImage, typename TOutputImage>
ModifiedTimeType
HounsfieldCalibrationImageFilter<TInputImage, TOutputImage>::GetMTime() const
{
  const ModifiedTimeType own = Superclass::GetMTime();
  return m_Calibration ? std::max(own, m_Calibration->GetMTime()) : own;
}

template <typename TInputImage, typename TOutputImage>
void
HounsfieldCalibrationImageFilter<TInputImage, TOutputImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (!m_Calibration || m_Calibration->GetValues().empty())
  {
    itkSyntheticCTExceptionMacro("Calibration "
                                 << (m_Calibration ? "has no points" : "is not set")
                                 << " and should be a curve, such as HounsfieldCalibration::ElectronDensity()");
  }
}

template <typename TInputImage, typename TOutputImage>
void
HounsfieldCalibrationImageFilter<TInputImage, TOutputImage>::GenerateData()
{
  this->AllocateOutputs();
  OutputImageType *             output = this->GetOutput();
  const HounsfieldCalibration * curve = m_Calibration;
  SyntheticCTDetail::TransformVoxels(
    this, this->GetInput(), output, output->GetRequestedRegion(), 1.0F, [curve](double hounsfieldUnit) {
      return curve->EvaluateUnchecked(hounsfieldUnit);
    });
  this->UpdateProgress(1.0F);
}

template <typename TInputImage, typename TOutputImage>
void
HounsfieldCalibrationImageFilter<TInputImage, TOutputImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  itkPrintSelfObjectMacro(Calibration);
}

} // namespace itk

#endif
