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
#include "itkHeadPhantomContrast.h"

#include "itkHeadPhantomRandom.h"

#include <algorithm>
#include <cmath>

namespace itk
{
namespace
{
using SyntheticCTDetail::HeadPhantom::Hash;
using SyntheticCTDetail::HeadPhantom::Sequence;
using SyntheticCTDetail::HeadPhantom::ToUnit;

constexpr double Tau = 6.283185307179586;

struct Range
{
  float lower;
  float upper;
};
using Ranges = std::array<Range, HeadPhantomEnums::NumberOfTissues>;

// Signals relative to white matter in T1, in the order of the tissues. Textbook contrasts of spin echo and spoiled
// gradient echo images; flowing blood is anything from a void to bright.
constexpr Ranges T1{ { { 0.00F, 0.02F }, { 0.15F, 0.38F }, { 0.62F, 0.86F }, { 1.00F, 1.00F }, { 0.95F, 1.70F },
                       { 0.42F, 0.78F }, { 0.45F, 0.95F }, { 0.03F, 0.16F }, { 0.30F, 0.90F }, { 0.02F, 0.12F },
                       { 0.00F, 0.03F }, { 0.15F, 0.40F }, { 0.40F, 0.75F }, { 0.05F, 1.40F }, { 0.15F, 1.00F },
                       { 0.30F, 0.70F }, { 0.45F, 0.90F }, { 0.60F, 1.10F }, { 0.20F, 0.60F }, { 0.35F, 0.65F } } };
constexpr Ranges T2{ { { 0.00F, 0.02F }, { 1.50F, 2.40F }, { 0.95F, 1.20F }, { 0.65F, 0.80F }, { 0.70F, 1.50F },
                       { 0.25F, 0.45F }, { 0.35F, 0.70F }, { 0.03F, 0.12F }, { 0.45F, 0.90F }, { 0.02F, 0.10F },
                       { 0.00F, 0.03F }, { 1.50F, 2.40F }, { 0.20F, 0.40F }, { 0.03F, 0.25F }, { 0.10F, 0.90F },
                       { 0.40F, 0.90F }, { 1.00F, 1.70F }, { 0.70F, 1.20F }, { 0.15F, 0.40F }, { 0.30F, 1.00F } } };
constexpr Ranges PD{ { { 0.00F, 0.02F }, { 0.90F, 1.20F }, { 1.05F, 1.20F }, { 0.90F, 1.00F }, { 0.90F, 1.40F },
                       { 0.60F, 0.85F }, { 0.60F, 0.90F }, { 0.05F, 0.18F }, { 0.45F, 0.90F }, { 0.04F, 0.15F },
                       { 0.00F, 0.03F }, { 0.90F, 1.20F }, { 0.60F, 0.80F }, { 0.05F, 1.00F }, { 0.30F, 1.10F },
                       { 0.70F, 1.00F }, { 0.90F, 1.20F }, { 0.85F, 1.15F }, { 0.30F, 0.70F }, { 0.60F, 0.90F } } };
// Cortical bone, teeth and air are dark in every ordinary sequence.
constexpr Ranges Any{ { { 0.00F, 0.02F }, { 0.15F, 1.60F }, { 0.25F, 1.60F }, { 0.25F, 1.60F }, { 0.25F, 1.60F },
                        { 0.20F, 1.20F }, { 0.25F, 1.20F }, { 0.02F, 0.20F }, { 0.45F, 0.90F }, { 0.02F, 0.20F },
                        { 0.00F, 0.03F }, { 0.15F, 1.60F }, { 0.20F, 1.20F }, { 0.03F, 1.60F }, { 0.10F, 1.60F },
                        { 0.20F, 1.20F }, { 0.25F, 1.60F }, { 0.25F, 1.60F }, { 0.15F, 0.90F }, { 0.20F, 1.20F } } };

// Texture of the signal: bones' marrow and glands vary most.
constexpr std::array<float, HeadPhantomEnums::NumberOfTissues> Variation{
  { 0.00F, 0.03F, 0.04F, 0.025F, 0.12F, 0.10F, 0.15F, 0.25F, 0.35F, 0.2F,
    0.00F, 0.03F, 0.03F, 0.10F,  0.10F, 0.10F, 0.10F, 0.15F, 0.10F, 0.10F }
};
} // namespace

HeadPhantomContrast::HeadPhantomContrast(uint64_t seed, HeadPhantomContrastEnum contrast, bool randomize)
  : m_Seed(Hash(seed ^ 0xC0174A57ULL))
  , m_Variation(Variation)
{
  Sequence       random(m_Seed);
  const Ranges * ranges = &T1;
  switch (contrast)
  {
    case HeadPhantomContrastEnum::T2:
      ranges = &T2;
      break;
    case HeadPhantomContrastEnum::ProtonDensity:
      ranges = &PD;
      break;
    case HeadPhantomContrastEnum::Random:
      ranges = &Any;
      randomize = true;
      break;
    default:
      break;
  }
  for (size_t i = 0; i < m_Mean.size(); ++i)
  {
    const double share = random.Uniform(0.0, 1.0);
    const Range  range = (*ranges)[i];
    m_Mean[i] = 1000.0F * (range.lower + (range.upper - range.lower) * (randomize ? static_cast<float>(share) : 0.5F));
  }
  // Marrow is fat in part.
  const auto marrow = static_cast<size_t>(HeadPhantomTissueEnum::Marrow);
  m_Mean[marrow] *= 0.001F * m_Mean[static_cast<size_t>(HeadPhantomTissueEnum::Fat)];

  double total = 0.0;
  for (auto & wave : m_Waves)
  {
    const double wavelength = random.Uniform(130.0, 400.0);
    const double z = random.Uniform(-1.0, 1.0);
    const double a = random.Uniform(0.0, Tau);
    const double r = std::sqrt(1.0 - z * z);
    const double k = Tau / wavelength;
    wave.Frequency = { { k * r * std::cos(a), k * r * std::sin(a), k * z } };
    wave.Phase = random.Uniform(0.0, Tau);
    wave.Amplitude = random.Uniform(0.3, 1.0);
    total += wave.Amplitude;
  }
  for (auto & wave : m_Waves)
  {
    wave.Amplitude /= total;
  }
}

void
HeadPhantomContrast::Bias(const double * start, const double * step, size_t number, double * values) const
{
  std::fill(values, values + number, 0.0);
  for (const auto & wave : m_Waves)
  {
    const auto project = [&wave](const double * v) {
      return wave.Frequency[0] * v[0] + wave.Frequency[1] * v[1] + wave.Frequency[2] * v[2];
    };
    // The addition theorems turn the phase from point to point.
    const double phase = project(start) + wave.Phase;
    const double turn = project(step);
    const double c = std::cos(turn);
    const double s = std::sin(turn);
    double       sine = std::sin(phase);
    double       cosine = std::cos(phase);
    for (size_t i = 0; i < number; ++i)
    {
      values[i] += wave.Amplitude * sine;
      const double next = sine * c + cosine * s;
      cosine = cosine * c - sine * s;
      sine = next;
    }
  }
}

std::array<double, 2>
HeadPhantomContrast::Normal(uint64_t seed, uint64_t voxel)
{
  // The sum of four uniform numbers in [0, 65535] has a variance of 4 (65536^2 - 1) / 12.
  constexpr double mean = 2.0 * 65535.0;
  const double     scale = 1.0 / std::sqrt((65536.0 * 65536.0 - 1.0) / 3.0);
  const auto       sum = [](uint64_t h) {
    return static_cast<double>((h & 0xFFFFU) + ((h >> 16) & 0xFFFFU) + ((h >> 32) & 0xFFFFU) + (h >> 48));
  };
  const uint64_t first = Hash(seed ^ Hash(voxel));
  return { { scale * (sum(first) - mean), scale * (sum(Hash(first)) - mean) } };
}

double
HeadPhantomContrast::Uniform(uint64_t seed, uint64_t purpose)
{
  return ToUnit(Hash(seed ^ Hash(purpose)));
}

float
HeadPhantomContrast::Rician(float signal, double deviation, uint64_t voxel) const
{
  const auto   n = Normal(m_Seed, voxel);
  const double real = signal + deviation * n[0];
  const double imaginary = deviation * n[1];
  return static_cast<float>(std::sqrt(real * real + imaginary * imaginary));
}

} // namespace itk
