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
#include "itkHeadPhantomClassifier.h"

#include <algorithm>
#include <cmath>

namespace itk
{
namespace SyntheticCTDetail
{
namespace HeadPhantom
{

void
Classifier::Cerebrum(const V3 & q, float depth, const Near & near, Sample & sample) const
{
  float brain = depth - m_Shape.Subarachnoid * (1.0F + 0.4F * Noise(q, 24.0F, m_Shape.NoiseSeed + 3U)) *
                          (0.55F + 0.45F * SmoothStep(10.0F, 45.0F, q.z));
  const float ax = std::abs(q.x);

  const float core = m_Shape.Callosum.Distance(q);
  const float wobble = m_Shape.FalxWobble * std::sin(0.03F * (q.y + q.z));
  const float side = std::abs(q.x - wobble);
  if (core > 0.0F && side < 12.0F)
  {
    if (side < 0.6F && core > 5.0F && (q.z > 40.0F || std::abs(q.y + 14.0F) > 36.0F))
    {
      this->Set(sample, Tissue::Dura, Structure::Cerebrum, q);
      return;
    }
    brain = std::min(brain, std::max(side - 1.4F, -core));
  }
  // Lateral fissure and the island behind it.
  if (ax > 30.0F && q.y > -52.0F && q.y < 26.0F && q.z > 0.0F && q.z < 75.0F)
  {
    const float center = 27.0F + 0.3F * (q.y + 45.0F) + 4.0F * Noise(q, 22.0F, m_Shape.NoiseSeed + 14U);
    const float off = std::abs(q.z - center);
    const float ends = std::max(-48.0F - q.y, q.y - 22.0F);
    const float cleft = std::max({ off - 1.2F, 35.0F - ax, ends });
    const float island = std::max(
      { std::abs(ax - 37.0F + 3.0F * Noise(q, 14.0F, m_Shape.NoiseSeed + 15U)) - 1.2F, off - 13.0F, ends + 6.0F });
    brain = std::min({ brain, cleft, island });
  }
  brain = std::min(brain, m_Shape.Suprasellar.Distance(q));

  float ventricle = 20.0F;
  for (const Primitive * primitive : near.Ventricle)
  {
    ventricle = std::min(ventricle, primitive->Distance(q));
  }
  if (ventricle < 0.0F)
  {
    this->Set(sample, Tissue::CerebrospinalFluid, Structure::Ventricles, q);
    return;
  }
  for (const Primitive * primitive : near.Nuclei)
  {
    if (primitive->Distance(q) < 0.0F)
    {
      this->Set(sample, Tissue::GrayMatter, Structure::BasalGanglia, q);
      return;
    }
  }
  if (brain < 0.0F)
  {
    this->Set(sample, Tissue::CerebrospinalFluid, Structure::SubarachnoidSpace, q);
    return;
  }
  float cortex = brain;
  if (brain < m_Shape.SulcusDepth + 6.0F && ventricle > 3.0F)
  {
    // The folds run toward the surface: the field changes slowly along the radius.
    const V3    u = q - V3{ 0.0F, -14.0F, 42.0F };
    const float x = u.x / 66.0F;
    const float y = u.y / 84.0F;
    const float z = u.z / 72.0F;
    const float r = std::sqrt(x * x + y * y + z * z);
    V3          p = (1.0F / (0.3F + 0.7F * r)) * u;
    // The two hemispheres are not mirror images of each other.
    p.x += q.x < wobble ? 0.0F : 400.0F;
    const float sheet = std::abs(m_Shape.Cortex.SheetDistance(p));
    const float width = std::max(0.0F, m_Shape.Sulcus * (1.0F - brain / m_Shape.SulcusDepth));
    cortex = std::min(cortex, sheet - width + 1.3F * std::max(0.0F, brain - m_Shape.SulcusDepth));
    if (cortex < 0.0F)
    {
      this->Set(sample, Tissue::CerebrospinalFluid, Structure::SubarachnoidSpace, q);
      return;
    }
  }
  this->Set(sample, cortex < m_Shape.Ribbon ? Tissue::GrayMatter : Tissue::WhiteMatter, Structure::Cerebrum, q);
}

void
Classifier::Intracranial(const V3 & q, float depth, const Near & near, Sample & sample) const
{
  const float ax = std::abs(q.x);
  if (this->Vessel(q, near, sample))
  {
    return;
  }
  // Superior sagittal sinus.
  if (depth < 7.0F && q.z > 14.0F && (q.y > -60.0F || q.z > 60.0F) && ax < 5.0F * (1.0F - depth / 7.5F))
  {
    this->Set(sample, Tissue::Vein, Structure::Vessel, q);
    return;
  }
  if (depth < 0.7F)
  {
    this->Set(sample, Tissue::Dura, Structure::SubarachnoidSpace, q);
    return;
  }
  const float stem = SmoothMin(
    m_Shape.Midbrain.Distance(q), SmoothMin(m_Shape.Pons.Distance(q), m_Shape.Medulla.Distance(q), 5.0F), 5.0F);
  const float tent = 13.0F + m_Shape.Tentorium +
                     25.0F * std::exp(-q.x * q.x / 700.0F) * (1.0F - Clamp((q.y - 4.0F) / 60.0F, 0.0F, 1.0F));
  const bool posterior = q.z < tent && q.y > -22.0F + 0.67F * std::max(0.0F, ax - 14.0F);
  if (stem < 0.0F && q.z < tent + 10.0F)
  {
    this->Set(sample, Tissue::WhiteMatter, Structure::Brainstem, q);
    return;
  }
  if (!posterior)
  {
    if (stem < 2.5F && q.z < tent + 10.0F && q.z < 34.0F)
    {
      this->Set(sample, Tissue::CerebrospinalFluid, Structure::SubarachnoidSpace, q);
      return;
    }
    float inner = depth;
    if (q.y > -2.0F)
    {
      if (q.z < tent + 1.0F)
      {
        this->Set(sample, Tissue::Dura, Structure::SubarachnoidSpace, q);
        return;
      }
      inner = std::min(inner, 0.9F * (q.z - tent));
    }
    this->Cerebrum(q, inner, near, sample);
    return;
  }
  this->PosteriorFossa(q, depth, tent, stem, near, sample);
}

void
Classifier::PosteriorFossa(const V3 & q, float depth, float tent, float stem, const Near & near, Sample & sample) const
{
  const float ax = std::abs(q.x);
  if (q.y > -2.0F && q.z > tent - 1.0F)
  {
    this->Set(sample, Tissue::Dura, Structure::SubarachnoidSpace, q);
    return;
  }
  for (const Primitive * primitive : near.Ventricle)
  {
    if (primitive->Distance(q) < 0.0F)
    {
      this->Set(sample, Tissue::CerebrospinalFluid, Structure::Ventricles, q);
      return;
    }
  }
  const float front = q.y - 4.0F + 0.25F * std::max(0.0F, ax - 14.0F);
  const float basal =
    depth - m_Shape.Subarachnoid - 4.0F * SmoothStep(-8.0F, -18.0F, q.z) * SmoothStep(18.0F, 4.0F, ax);
  const float cerebellum = std::min({ basal, 0.9F * (tent - q.z) - 1.5F, 0.9F * front, stem - 0.5F });
  if (cerebellum < 0.0F)
  {
    const bool peduncle = ax > 8.0F && ax < 22.0F && q.y > -8.0F && q.z > 4.0F && q.z < 22.0F && depth > 6.0F;
    this->Set(sample,
              peduncle ? Tissue::WhiteMatter : Tissue::CerebrospinalFluid,
              peduncle ? Structure::Cerebellum : Structure::SubarachnoidSpace,
              q);
    return;
  }
  const float layer = (cerebellum + 0.25F * ax + 3.0F * Noise(q, 14.0F, m_Shape.NoiseSeed + 4U) +
                       1.0F * Noise(q, 5.0F, m_Shape.NoiseSeed + 13U)) /
                      m_Shape.Folia;
  const float phase = std::abs(layer - std::floor(layer) - 0.5F) * 2.0F;
  Tissue      tissue = Tissue::GrayMatter;
  if (cerebellum > 14.0F || (cerebellum > 4.0F && phase > 0.72F))
  {
    tissue = Tissue::WhiteMatter;
  }
  else if (cerebellum < 7.0F && cerebellum > 1.0F && phase < 0.14F)
  {
    tissue = Tissue::CerebrospinalFluid;
  }
  this->Set(sample, tissue, Structure::Cerebellum, q);
}

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk
