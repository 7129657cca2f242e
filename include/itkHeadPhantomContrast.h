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
#ifndef itkHeadPhantomContrast_h
#define itkHeadPhantomContrast_h

#include "SyntheticCTExport.h"

#include "itkHeadPhantomAnatomy.h"

#include <array>
#include <cstdint>

namespace itk
{

/** \class HeadPhantomContrast
 * \brief The MR signal of each tissue of the head phantom, the bias field and the noise.
 *
 * Signals are in units in which white matter is 1000 in a T1-weighted image. The bias field is exp(s b(x)) with b a sum
 * of long waves (130 to 400 mm) scaled to [-1, 1]. The noise is Rician, the magnitude of a complex signal with
 * independent Gaussian noise in both parts, and is a hash of a voxel's number and the seed, so that it does not depend
 * on the order of evaluation.
 *
 * \ingroup SyntheticCT
 */
class SyntheticCT_EXPORT HeadPhantomContrast
{
public:
  /** Draw a contrast.
   * \param randomize draw each tissue's signal from its range, else take the middle; the contrast Random is drawn in
   * either case */
  HeadPhantomContrast(uint64_t seed, HeadPhantomContrastEnum contrast, bool randomize);

  /** Noise- and bias-free signal of a sample. */
  float
  Signal(const HeadPhantomAnatomy::Sample & sample) const
  {
    const auto index = static_cast<size_t>(sample.Tissue);
    return m_Mean[index] * (1.0F + m_Variation[index] * sample.Texture);
  }
  /** Mean signal of a tissue. */
  float
  GetMeanSignal(HeadPhantomTissueEnum tissue) const
  {
    return m_Mean[static_cast<size_t>(tissue)];
  }
  /** The bias field of strength 1 before the exponential, in [-1, 1], at points along a line.
   * \param start the first point, in mm
   * \param step from one point to the next, in mm */
  void
  Bias(const double * start, const double * step, size_t number, double * values) const;

  /** Magnitude of a signal with complex Gaussian noise of the given standard deviation. */
  float
  Rician(float signal, double deviation, uint64_t voxel) const;

  /** Two independent numbers for a voxel of mean 0 and standard deviation 1, each the sum of four uniform ones: normal
   * within 0.01 in distribution, and never beyond 3.5. */
  static std::array<double, 2>
  Normal(uint64_t seed, uint64_t voxel);

  /** A number in (0, 1] for a purpose. */
  static double
  Uniform(uint64_t seed, uint64_t purpose);

private:
  struct Wave
  {
    std::array<double, 3> Frequency;
    double                Phase;
    double                Amplitude;
  };
  uint64_t                                             m_Seed;
  std::array<float, HeadPhantomEnums::NumberOfTissues> m_Mean{};
  std::array<float, HeadPhantomEnums::NumberOfTissues> m_Variation{};
  std::array<Wave, 5>                                  m_Waves{};
};

} // namespace itk

#endif
