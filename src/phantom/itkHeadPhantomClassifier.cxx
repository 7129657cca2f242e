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

float
Classifier::CavityDistance(const V3 & q) const
{
  // Far below the skull base only the order of magnitude matters, as it does in the depth of the hemispheres.
  if (q.z < -50.0F)
  {
    return -25.0F - q.z;
  }
  const V3    u = q - m_Shape.Vault;
  const float below = 62.0F;
  const float x = std::abs(u.x) / m_Shape.VaultWidth;
  const float y = std::abs(u.y) / (u.y < 0.0F ? m_Shape.VaultFront : m_Shape.VaultBack);
  const float z = std::abs(u.z) / (u.z < 0.0F ? below : m_Shape.VaultTop);
  const float n2 = x * x + y * y + z * z;
  if (n2 < 0.3F && q.z > 50.0F)
  {
    return -(1.0F - std::sqrt(n2)) * m_Shape.VaultWidth;
  }
  const float n = m_Shape.VaultPower;
  const float r = std::pow(std::pow(x, n) + std::pow(y, n) + std::pow(z, n), 1.0F / n);
  const float vault = r > 1e-3F ? Length(u) * (1.0F - 1.0F / r) : -60.0F;

  // The floor of the anterior fossa lies on the roofs of the orbits, and sinks to the cribriform plate between them.
  const float ax = std::abs(q.x);
  const float along = Clamp((-q.y - 43.0F) / 9.0F, 0.0F, 1.0F);
  const float across = Clamp((ax - 4.0F) / 15.0F, 0.0F, 1.0F);
  const float anterior = along * along * (3.0F - 2.0F * along);
  const float rise = m_Shape.OrbitRoof - m_Shape.Cribriform;
  const float roof = m_Shape.Cribriform + rise * across * across * (3.0F - 2.0F * across);
  // The height over a slope is more than the distance to it.
  const float slopeX = anterior * rise * 6.0F * across * (1.0F - across) / 15.0F;
  const float slopeY = (roof - 8.0F) * 6.0F * along * (1.0F - along) / 9.0F;
  const float floor = (8.0F + anterior * (roof - 8.0F) - q.z) / std::sqrt(1.0F + slopeX * slopeX + slopeY * slopeY);
  float       d = SmoothMax(vault, floor, 6.0F);
  if (q.z < 60.0F)
  {
    d = SmoothMin(d, m_Shape.MiddleFossa[q.x < 0.0F ? 0 : 1].Distance(q), 8.0F);
    d = SmoothMin(d, m_Shape.PosteriorFossa.Distance(q), 8.0F);
    d = SmoothMin(d, m_Shape.Sella.Distance(q), 3.0F);
    d = SmoothMax(d, -m_Shape.Petrous[q.x < 0.0F ? 0 : 1].Distance(q), 4.0F);
    d = SmoothMax(d, -m_Shape.Dorsum.Distance(q), 2.0F);
  }
  return d;
}

float
Classifier::CalvariaThickness(const V3 & q) const
{
  const float ax = std::abs(q.x);
  // The squama of the temporal bone is thin, the occiput and the middle of the frontal bone are thick.
  const float temporal = SmoothStep(46.0F, 62.0F, ax) * SmoothStep(62.0F, 40.0F, q.z) * SmoothStep(38.0F, 14.0F, q.y);
  const float occiput = SmoothStep(36.0F, 64.0F, q.y) * SmoothStep(50.0F, 15.0F, q.z);
  const float frontal = SmoothStep(78.0F, 94.0F, -q.y);
  float       t = m_Shape.Thickness * (1.0F - m_Shape.Squama * temporal + 0.25F * occiput + 0.2F * frontal);
  t *= 1.0F + 0.15F * Noise(q, 32.0F, m_Shape.NoiseSeed + 1U);
  const float base = 1.0F - SmoothStep(8.0F, 26.0F, q.z + 0.25F * std::max(0.0F, q.y));
  const float roof = SmoothStep(50.0F, 58.0F, -q.y) * SmoothStep(88.0F, 80.0F, -q.y) * SmoothStep(30.0F, 25.0F, q.z);
  return t + std::max(base, roof) * (m_Shape.BaseThickness - t);
}

float
Classifier::ScalpThickness(const V3 & q) const
{
  return m_Shape.SkinThickness + m_Shape.Fat * (0.8F + 0.2F * Noise(q, 45.0F, m_Shape.NoiseSeed + 2U)) + 1.2F +
         2.0F * SmoothStep(45.0F, 75.0F, q.y);
}

void
Classifier::Set(Sample & sample, Tissue tissue, Structure structure, const V3 & q) const
{
  struct Property
  {
    float mean;
    float deviation;
    float enhancement;
    float grain;
  };
  // HU, its texture, what contrast agent adds, and the size of the texture's grains in mm.
  static constexpr std::array<Property, HeadPhantomEnums::NumberOfTissues> table{
    { { -1000, 0, 0, 0 }, { 8, 2, 0, 6 },    { 38, 3, 9, 6 },     { 29, 2, 4, 8 },     { -102, 14, 0, 4 },
      { 56, 12, 12, 4 },  { 35, 25, 10, 3 }, { 1450, 250, 0, 4 }, { 450, 260, 12, 4 }, { 1500, 150, 0, 3 },
      { -1000, 0, 0, 0 }, { 10, 2, 0, 6 },   { 95, 5, 0, 6 },     { 42, 3, 260, 6 },   { 46, 3, 220, 6 },
      { 90, 20, 5, 5 },   { 38, 12, 50, 5 }, { 15, 22, 40, 4 },   { 58, 8, 60, 6 },    { 85, 10, 0, 5 } }
  };
  const auto index = static_cast<size_t>(tissue);
  sample.Tissue = tissue;
  sample.Structure = structure;
  const Property & property = table[index];
  float            mean = property.mean;
  switch (tissue)
  {
    case Tissue::CorticalBone:
      mean = m_Shape.CorticalHU;
      break;
    case Tissue::Marrow:
      mean = structure == Structure::Vertebrae
               ? 0.65F * m_Shape.MarrowHU
               : (structure == Structure::Mandible || structure == Structure::FacialBone ? 0.55F * m_Shape.MarrowHU
                                                                                         : m_Shape.MarrowHU);
      break;
    case Tissue::Fat:
      mean = m_Shape.FatHU;
      break;
    default:
      break;
  }
  sample.Texture =
    property.grain > 0.0F ? Noise(q, property.grain, m_Shape.NoiseSeed + 64U + static_cast<uint32_t>(index)) : 0.0F;
  sample.HU = mean + property.deviation * sample.Texture;
  sample.Enhancement = property.enhancement;
}

float
Classifier::SkinDistance(const V3 & q, float cavity, float thickness, const Near & near) const
{
  float skin = cavity - thickness - this->ScalpThickness(q);
  if (q.z < 4.0F)
  {
    // Below the skull base the shell is not what the skin follows.
    skin += 0.25F * (4.0F - q.z);
  }
  for (const Primitive * primitive : near.Skin)
  {
    const float d = primitive->Distance(q);
    skin = SmoothMin(
      skin, d, primitive->Part == Structure::Ear ? 3.0F : (primitive->Part == Structure::Neck ? 20.0F : 10.0F));
  }
  return skin;
}

auto
Classifier::NearestBone(const Place & place, const Near & near) const -> Bone
{
  Bone  bone;
  float nearest = 1e3F;
  for (const Primitive * primitive : near.Bone)
  {
    const float d = primitive->Distance(place.Point);
    if (d < nearest)
    {
      nearest = d;
      bone.Cortex = primitive->Wall;
      bone.Part = primitive->Part;
      bone.IsPetrous = primitive->Wall > 2.9F;
    }
    bone.Distance = SmoothMin(bone.Distance, d, 4.0F);
  }
  bone.Distance += 0.8F * place.Uneven;
  // The shell around the cavity is joined with everything else.
  const float shell = place.Cavity - place.Thickness;
  if (shell < nearest)
  {
    const V3 & q = place.Point;
    bone.Cortex = m_Shape.Table;
    bone.IsPetrous = false;
    bone.Part = q.z > 16.0F + 0.1F * q.y || (q.y > 40.0F && q.z > -6.0F) ? Structure::Calvaria : Structure::SkullBase;
  }
  bone.Distance = SmoothMin(bone.Distance, shell, 3.0F);
  return bone;
}

void
Classifier::SpinalCanal(const V3 & q, float cavity, float canal, const Near & near, Sample & sample) const
{
  const float cord = SmoothMin(m_Shape.Cord.Distance(q), m_Shape.Medulla.Distance(q), 4.0F);
  if (cord < 0.0F)
  {
    this->Set(sample, Tissue::WhiteMatter, q.z > -24.0F ? Structure::Brainstem : Structure::SpinalCord, q);
  }
  else if (cavity < 0.0F)
  {
    this->Intracranial(q, std::max(-cavity, 2.0F), near, sample);
  }
  else
  {
    this->Set(sample,
              canal > -1.2F ? Tissue::Fat : Tissue::CerebrospinalFluid,
              canal > -1.2F ? Structure::Neck : Structure::SubarachnoidSpace,
              q);
  }
}

bool
Classifier::Tooth(const V3 & q, const Near & near, Sample & sample) const
{
  for (const Primitive * primitive : near.Teeth)
  {
    const float d = primitive->Distance(q);
    if (d < 0.0F)
    {
      this->Set(sample, Tissue::Tooth, Structure::Teeth, q);
      if (primitive->Wall > 2.0F && d > -1.6F)
      {
        // A ceramic or amalgam filling.
        sample.HU = 3000.0F;
      }
      else if (primitive->Wall > 0.0F && d > -primitive->Wall)
      {
        sample.HU = 2600.0F + 300.0F * sample.Texture;
      }
      return true;
    }
  }
  return false;
}

bool
Classifier::Lining(
  const Place & place, const V3 & bent, const Primitive & space, const Near & near, Sample & sample) const
{
  for (const Primitive * primitive : near.Lining)
  {
    const float d = primitive->Distance(bent) + 1.2F * place.Uneven;
    if (d < 0.0F)
    {
      if (primitive->Wall > 0.0F && d < -0.75F / std::max({ primitive->S.x, 0.2F }))
      {
        this->Set(sample, Tissue::CorticalBone, Structure::NasalCavity, place.Point);
        sample.HU = 450.0F;
        return true;
      }
      this->Set(sample, Tissue::Mucosa, space.Part, place.Point);
      return true;
    }
  }
  return false;
}

bool
Classifier::AirSpace(const Place & place, const Bone & bone, const Near & near, Sample & sample) const
{
  const V3 & q = place.Point;
  // The septum of the nose is hardly ever straight.
  V3 bent = q;
  if (std::abs(q.x) < 16.0F && q.y < -36.0F && q.z < 14.0F && q.z > -46.0F)
  {
    const float share = 1.0F - q.x * q.x / 256.0F;
    bent.x += m_Shape.SeptumDeviation * share * std::sin(0.08F * q.y + 0.07F * q.z + m_Shape.SeptumPhase);
  }
  const Primitive * space = nullptr;
  float             air = 1e3F;
  float             roomWall = 0.0F;
  for (const Primitive * primitive : near.Air)
  {
    // Only spaces with walls are uneven: the ear canal and the nostrils stay open.
    const float d = primitive->Distance(bent) + (primitive->Wall > 0.0F ? 2.2F * place.Uneven : 0.0F);
    if (d < air)
    {
      air = d;
      space = primitive;
    }
    if (d < primitive->Wall)
    {
      roomWall = std::max(roomWall, primitive->Wall - d);
    }
  }
  if (space != nullptr && air < 0.0F && place.Skin < (space->Wall > 0.0F ? -2.0F : 0.0F))
  {
    if (this->Lining(place, bent, *space, near, sample))
    {
      return true;
    }
    if (space->Part == Structure::NasalCavity && air > -m_Shape.MucosaThickness)
    {
      this->Set(sample, Tissue::Mucosa, space->Part, q);
      return true;
    }
    if (space->Cell > 0.0F)
    {
      const float septum = space->Cell * FoamWallDistance((1.0F / space->Cell) * q, m_Shape.NoiseSeed + 9U);
      if (septum < 0.55F)
      {
        this->Set(sample, Tissue::CorticalBone, space->Part, q);
        sample.HU = space->Part == Structure::EthmoidSinus ? 250.0F : 700.0F;
        return true;
      }
    }
    this->Set(sample, Tissue::InnerAir, space->Part, q);
    return true;
  }
  if (roomWall > 0.0F && q.y > -98.0F)
  {
    const bool isThin = bone.Distance > 0.0F;
    this->Set(sample, Tissue::CorticalBone, isThin ? Structure::FacialBone : bone.Part, q);
    if (isThin)
    {
      // The paper-thin walls of the sinuses are less than a voxel of compact bone.
      sample.HU = 0.6F * sample.HU;
    }
    return true;
  }
  return false;
}

bool
Classifier::Vessel(const V3 & q, const Near & near, Sample & sample) const
{
  for (const Primitive * primitive : near.Vessel)
  {
    if (primitive->Distance(q) < 0.0F)
    {
      this->Set(sample, primitive->Material, primitive->Part, q);
      return true;
    }
  }
  return false;
}

bool
Classifier::Orbit(const Place & place, const Bone & bone, const Near & near, Sample & sample) const
{
  const V3 &  q = place.Point;
  const float orbit = m_Shape.Orbit[q.x < 0.0F ? 0 : 1].Distance(q);
  if (orbit < 0.0F)
  {
    this->SoftTissue(place, 1.0F, near, sample);
    return true;
  }
  if (orbit < 1.2F && q.y > -84.0F && q.y < -52.0F && bone.Distance > 0.0F)
  {
    this->Set(sample, Tissue::CorticalBone, Structure::FacialBone, q);
    sample.HU = 0.65F * sample.HU;
    return true;
  }
  return false;
}

void
Classifier::Skull(const Place & place, const Bone & bone, Sample & sample) const
{
  // Tables of uneven thickness leave the marrow in patches.
  const float cortex = bone.Cortex * (1.0F + 0.45F * Noise(place.Point, 13.0F, m_Shape.NoiseSeed + 10U));
  const bool  isCortical = -bone.Distance < cortex || place.Cavity < 0.8F * cortex;
  this->Set(sample, isCortical ? Tissue::CorticalBone : Tissue::Marrow, bone.Part, place.Point);
  if (bone.IsPetrous && isCortical)
  {
    sample.HU += 250.0F;
  }
}

float
Classifier::SubcutaneousFat(const V3 & q) const
{
  float fat = m_Shape.Fat * (0.8F + 0.2F * Noise(q, 45.0F, m_Shape.NoiseSeed + 2U));
  fat *= 1.0F + 0.9F * SmoothStep(-5.0F, -30.0F, q.z) * SmoothStep(-10.0F, -50.0F, q.y);
  fat += m_Shape.NeckFat * SmoothStep(30.0F, 64.0F, q.y) * SmoothStep(0.0F, -30.0F, q.z);
  // Eyelids, nose and lips have hardly any fat.
  fat *= 1.0F - 0.8F * SmoothStep(82.0F, 96.0F, -q.y) * SmoothStep(30.0F, 14.0F, q.z);
  return fat;
}

void
Classifier::SoftTissue(const Place & place, float toBone, const Near & near, Sample & sample) const
{
  const V3 &  q = place.Point;
  const float depth = -place.Skin;
  const bool  scalp = place.Cavity < 22.0F && q.z > 8.0F && place.Cavity < m_Shape.Thickness + 14.0F;
  const auto  part = scalp ? Structure::Scalp : (q.z < -60.0F || q.y > 20.0F ? Structure::Neck : Structure::Face);
  if (std::abs(q.x) > 76.0F && std::abs(q.y) < 40.0F)
  {
    // The auricle is cartilage under thin skin.
    this->Set(sample, depth > 1.0F ? Tissue::Cartilage : Tissue::Skin, Structure::Ear, q);
    return;
  }
  if (depth < m_Shape.SkinThickness)
  {
    this->Set(sample, Tissue::Skin, part, q);
    return;
  }
  const bool superficial = depth < m_Shape.SkinThickness + this->SubcutaneousFat(q);
  for (const Primitive * primitive : near.Soft)
  {
    const bool orbital = primitive->Part == Structure::Orbit || primitive->Part == Structure::Eye ||
                         primitive->Part == Structure::OpticNerve || primitive->Material == Tissue::Cartilage;
    if (superficial && !orbital)
    {
      continue;
    }
    const bool bundle = primitive->Part == Structure::NeckMuscle || primitive->Part == Structure::MasticatoryMuscle ||
                        primitive->Part == Structure::Tongue;
    const float d = primitive->Distance(q) + (orbital ? 0.0F : 2.0F * place.Uneven);
    if (d < 0.0F)
    {
      // Fat lies between muscles and between the bundles of a muscle.
      const bool marbled =
        bundle && (d > -m_Shape.FatPlane * (0.4F + 2.0F * Noise(q, 9.0F, m_Shape.NoiseSeed + 16U)) ||
                   std::abs(Noise({ q.x, q.y, 0.4F * q.z }, 12.0F, m_Shape.NoiseSeed + 5U)) < 0.11F * m_Shape.FatPlane);
      this->Set(sample, marbled ? Tissue::Fat : primitive->Material, primitive->Part, q);
      return;
    }
  }
  if (superficial)
  {
    const bool fibrous = Noise(q, 3.5F, m_Shape.NoiseSeed + 6U) > 0.82F;
    this->Set(sample, fibrous ? Tissue::Muscle : Tissue::Fat, part, q);
    return;
  }
  if (scalp)
  {
    this->Set(sample, toBone < 0.6F ? Tissue::Dura : Tissue::Muscle, part, q);
    return;
  }
  const float mix = 0.6F * Noise(q, 11.0F, m_Shape.NoiseSeed + 7U) + 0.4F * Noise(q, 5.0F, m_Shape.NoiseSeed + 8U);
  this->Set(sample, mix > 0.7F * (m_Shape.MuscleShare - 0.5F) ? Tissue::Fat : Tissue::Muscle, part, q);
}

bool
Classifier::IsFarOutside(const V3 & q) const
{
  const V3    u = q - m_Shape.Vault;
  const float x = u.x / (m_Shape.VaultWidth + 30.0F);
  const float y = u.y / ((u.y < 0.0F ? m_Shape.VaultFront : m_Shape.VaultBack) + 30.0F);
  const float z = u.z / ((u.z < 0.0F ? 62.0F : m_Shape.VaultTop) + 30.0F);
  return x * x + y * y + z * z > 1.35F;
}

void
Classifier::Classify(const V3 & q, const Near & near, Sample & sample) const
{
  sample = Sample{};
  if (near.Skin.Count == 0 && this->IsFarOutside(q))
  {
    return;
  }
  Place place;
  place.Point = q;
  place.Cavity = this->CavityDistance(q);
  const float canal = q.z < -2.0F ? std::min(m_Shape.Canal.Distance(q), m_Shape.Magnum.Distance(q)) : 1.0F;
  if (canal < 0.0F)
  {
    this->SpinalCanal(q, place.Cavity, canal, near, sample);
    return;
  }
  if (place.Cavity < 0.0F && canal > 0.0F)
  {
    this->Intracranial(q, -place.Cavity, near, sample);
    return;
  }

  place.Thickness = this->CalvariaThickness(q);
  place.Skin = this->SkinDistance(q, place.Cavity, place.Thickness, near);
  if (place.Skin > 0.0F)
  {
    return;
  }
  if (near.Bone.Count + near.Air.Count + near.Soft.Count > 0)
  {
    place.Uneven = 0.65F * Noise(q, 15.0F, m_Shape.NoiseSeed + 11U) + 0.35F * Noise(q, 6.0F, m_Shape.NoiseSeed + 12U);
  }
  const Bone bone = this->NearestBone(place, near);
  const bool isInnerTable = place.Cavity < 1.4F;
  if (this->Tooth(q, near, sample) || (!isInnerTable && this->AirSpace(place, bone, near, sample)) ||
      this->Vessel(q, near, sample) || (!isInnerTable && this->Orbit(place, bone, near, sample)))
  {
    return;
  }
  if (bone.Distance < 0.0F || isInnerTable)
  {
    this->Skull(place, bone, sample);
    return;
  }
  this->SoftTissue(place, bone.Distance, near, sample);
}

V3
Classifier::Transform(const double * point) const
{
  const V3 p{ static_cast<float>(point[0]), static_cast<float>(point[1]), static_cast<float>(point[2]) };
  const V3 c{ Dot(m_Shape.Rotation[0], p) * m_Shape.InverseScale.x + m_Shape.Translation.x,
              Dot(m_Shape.Rotation[1], p) * m_Shape.InverseScale.y + m_Shape.Translation.y,
              Dot(m_Shape.Rotation[2], p) * m_Shape.InverseScale.z + m_Shape.Translation.z };
  return c + m_Shape.Displacement(c);
}

void
Classifier::Evaluate(const double * points, size_t number, Sample * samples) const
{
  std::array<V3, HeadPhantomAnatomy::MaximumNumberOfPoints> q;
  V3                                                        lower{ 1e9F, 1e9F, 1e9F };
  V3                                                        upper{ -1e9F, -1e9F, -1e9F };
  for (size_t i = 0; i < number; ++i)
  {
    const V3 c = this->Transform(points + 3 * i);
    q[i] = c;
    lower = { std::min(lower.x, c.x), std::min(lower.y, c.y), std::min(lower.z, c.z) };
    upper = { std::max(upper.x, c.x), std::max(upper.y, c.y), std::max(upper.z, c.z) };
  }
  if (upper.z < -170.0F || lower.z > 150.0F || upper.y < -150.0F || lower.y > 120.0F || upper.x < -110.0F ||
      lower.x > 110.0F)
  {
    std::fill(samples, samples + number, Sample{});
    return;
  }
  Near near;
  near.Skin.Collect(m_Shape.Groups.Skin, lower, upper);
  near.Bone.Collect(m_Shape.Groups.Bone, lower, upper);
  near.Air.Collect(m_Shape.Groups.Air, lower, upper);
  near.Lining.Collect(m_Shape.Groups.Lining, lower, upper);
  near.Teeth.Collect(m_Shape.Groups.Teeth, lower, upper);
  near.Soft.Collect(m_Shape.Groups.Soft, lower, upper);
  near.Vessel.Collect(m_Shape.Groups.Vessel, lower, upper);
  near.Ventricle.Collect(m_Shape.Groups.Ventricle, lower, upper);
  near.Nuclei.Collect(m_Shape.Groups.Nuclei, lower, upper);
  for (size_t i = 0; i < number; ++i)
  {
    this->Classify(q[i], near, samples[i]);
  }
}

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk
