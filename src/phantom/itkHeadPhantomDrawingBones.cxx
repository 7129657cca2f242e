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
#include "itkHeadPhantomDrawing.h"

#include <array>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{
namespace HeadPhantom
{

void
Drawing::DrawFace()
{
  const auto bone = [this](const Primitive & p, float cortex, Structure part = Structure::FacialBone) {
    m_Shape.Groups.Bone.Add(Made(p, Tissue::CorticalBone, part, cortex));
  };
  for (const double s : { -1.0, 1.0 })
  {
    const V3 nasion = this->At(s * 9, -96, 17);
    const V3 brow = this->At(s * 31, -95, 25);
    const V3 frontozygomatic = this->At(s * 48, -82, 15);
    const V3 lateral = this->At(s * 49, -78, 0);
    const V3 malar = this->At(s * 45, -82, -14);
    const V3 infraorbital = this->At(s * 29, -89, -13);
    const V3 lacrimal = this->At(s * 13, -92, -6);
    // Rim of the orbit.
    Chain(m_Shape.Groups.Bone,
          { nasion, brow, frontozygomatic, lateral, malar, infraorbital, lacrimal, nasion },
          { 4.5F, 4.0F, 4.5F, 3.6F, 4.0F, 2.6F, 2.4F, 3.5F },
          Tissue::CorticalBone,
          Structure::FacialBone,
          1.6F);
    // Frontal process of the maxilla and nasal bone.
    Chain(m_Shape.Groups.Bone,
          { this->At(s * 13, -91, -36), this->At(s * 9, -97, -16), this->At(s * 5, -99, 8) },
          { 2.4F, 2.2F, 3.0F },
          Tissue::CorticalBone,
          Structure::FacialBone,
          1.5F);
    bone(Capsule(this->At(s * 2.5, -100, 8, 0.5), this->At(s * 3.5, -107, -14, 0.7), 2.4F, 1.3F), 2.5F);
    bone(Box(this->At(s * 8, -97.5, -7, 0.5), { 1.2F, 8, 12 }, 1.0F, 8, 0, -s * 37), 2.5F);
    // Zygoma and its arch.
    bone(Ellipsoid(this->At(s * 46, -77, -17), { 8, 8, 11 }, 0, 0, s * 30), 1.8F);
    const float arch = this->F(60, 64);
    Chain(m_Shape.Groups.Bone,
          { this->At(s * 50, -70, -15),
            this->At(s * (arch - 2), -52, -13),
            this->At(s * arch, -34, -10),
            this->At(s * (arch - 3), -14, -4),
            this->At(s * 56, -2, 2) },
          { 3.4F, 2.8F, 2.6F, 3.0F, 3.5F },
          Tissue::CorticalBone,
          Structure::FacialBone,
          1.4F);
    bone(Capsule(malar, this->At(s * 33, -68, -42), 3.8F, 3.6F), 1.5F);
    // Lateral wall of the orbit, which is the front of the middle fossa.
    bone(Box(this->At(s * 38.5, -66, 5, 0.7), { this->F(1.2, 2.0), 18, 15 }, 1.0F, 0, 0, s * 37), 1.2F);
    // Pterygoid plates.
    bone(Capsule(this->At(s * 13, -44, -8), this->At(s * 14, -41, -38), 2.2F, 1.4F), 1.1F);
    bone(Capsule(this->At(s * 16, -43, -10), this->At(s * 21, -38, -36), 2.2F, 1.2F), 1.1F);
  }
  // Glabella.
  bone(Ellipsoid(this->At(0, -97, 14), { 14, 6, 11 }), 1.8F);
}

void
Drawing::DrawJaws()
{
  const auto bone = [this](const Primitive & p, float cortex, Structure part) {
    m_Shape.Groups.Bone.Add(Made(p, Tissue::CorticalBone, part, cortex));
  };
  // Dental arches: the middle of each tooth from the incisors to the third molar, beside and behind the first.
  const float                 front = this->F(-95, -91);
  const float                 width = this->F(27.0, 31.0);
  const float                 upperEdge = this->F(-71, -68);
  const std::array<double, 8> tooth{ 4.2, 11.3, 17.2, 21.2, 23.8, 26.2, 28.2, 29.4 };
  const std::array<double, 8> behind{ 0.0, 2.2, 6.5, 12.5, 19.0, 27.5, 37.0, 45.5 };
  const std::array<double, 8> crown{ 3.9, 3.3, 3.7, 3.4, 3.5, 4.8, 4.7, 4.2 };
  const double                scale = width / 29.8;
  const bool                  restored = this->Happens(0.15);
  for (const double s : { -1.0, 1.0 })
  {
    std::vector<V3> upper;
    std::vector<V3> lower;
    for (size_t i = 0; i < tooth.size(); ++i)
    {
      const double x = tooth[i] * scale;
      const double yu = front + behind[i] * scale;
      const double yl = yu + 2.5;
      upper.push_back(this->At(s * x * 0.97, yu + 1.5, upperEdge + 17, 0.4));
      lower.push_back(this->At(s * x * 0.93, yl + 1.0, upperEdge - 17, 0.4));
      const bool  molar = i > 4;
      const float r = static_cast<float>(crown[i] * scale);
      const bool  wisdom = i == 7;
      for (const bool isUpper : { true, false })
      {
        const bool  missing = this->Happens(wisdom ? 0.5 : 0.05);
        const float tall = static_cast<float>(molar ? this->F(3.6, 4.2) : this->F(4.6, 5.4));
        const float jitter = this->F(-0.5, 0.5);
        const float metal = restored && molar && this->Happens(0.4) ? 1.0F : 0.0F;
        if (missing)
        {
          continue;
        }
        const double d = isUpper ? 1.0 : -1.0;
        const V3     c{ static_cast<float>(s * x * (isUpper ? 1.0 : 0.94)),
                    static_cast<float>(isUpper ? yu : yl),
                    upperEdge + static_cast<float>(d * (tall + 0.4)) + jitter };
        const V3     apex{ c.x * 0.93F, c.y + 2.0F, c.z + static_cast<float>(d) * (molar ? 13.0F : 16.0F) };
        m_Shape.Groups.Teeth.Add(
          Made(Ellipsoid(c, { r, molar ? r * 1.08F : r * 0.9F, tall }), Tissue::Tooth, Structure::Teeth, 1.2F + metal));
        m_Shape.Groups.Teeth.Add(
          Made(Capsule({ c.x, c.y, c.z + static_cast<float>(d) * 2.0F }, apex, r * 0.78F, r * 0.32F),
               Tissue::Tooth,
               Structure::Teeth,
               0.0F));
      }
    }
    // Alveolar process of the maxilla.
    Chain(m_Shape.Groups.Bone,
          upper,
          { 6.2F, 6.0F, 5.8F, 5.8F, 6.2F, 6.6F, 6.8F, 6.0F },
          Tissue::CorticalBone,
          Structure::FacialBone,
          1.3F);
    Chain(m_Shape.Groups.Bone,
          { this->At(s * 4, front + 4, upperEdge + 24),
            this->At(s * 16, front + 10, upperEdge + 25),
            this->At(s * 26, -64, upperEdge + 25) },
          { 4.5F, 4.5F, 4.0F },
          Tissue::CorticalBone,
          Structure::FacialBone,
          1.3F);
    // Mandible: alveolar process, body, ramus, coronoid process, neck and head.
    Chain(m_Shape.Groups.Bone,
          lower,
          { 5.0F, 5.0F, 5.0F, 5.2F, 5.6F, 6.0F, 6.2F, 6.0F },
          Tissue::CorticalBone,
          Structure::Mandible,
          1.8F);
    const float gonion = this->F(40, 46);
    const V3    angle = this->At(s * gonion, -15, -70, 2.0);
    Chain(m_Shape.Groups.Bone,
          { this->At(s * 3, -88, -104, 0.5),
            this->At(s * 14, -84, -103, 1.0),
            this->At(s * 27, -68, -97, 1.0),
            this->At(s * 37, -46, -88, 1.0),
            angle },
          { 6.5F, 6.5F, 6.0F, 6.0F, 5.0F },
          Tissue::CorticalBone,
          Structure::Mandible,
          2.6F);
    const V3 condyle = this->At(s * 50, -15, -7);
    bone(Ellipsoid(condyle, { 9, 4, 4 }, 0, 0, s * -15), 1.2F, Structure::Mandible);
    bone(Capsule(condyle, this->At(s * 48, -14, -22), 3.6F, 3.4F), 1.6F, Structure::Mandible);
    bone(Capsule(this->At(s * 48, -14, -22), this->At(s * 46, -16, -40), 3.4F, 3.2F), 1.6F, Structure::Mandible);
    bone(Capsule(this->At(s * 47, -41, -19), this->At(s * 45.5, -38, -45), 1.8F, 3.0F), 1.6F, Structure::Mandible);
    bone(Box(this->At(s * 45.5, -27, -51), { 3.6F, this->F(14, 16.5), 22 }, 3.0F, -8, s * 7, 0),
         1.7F,
         Structure::Mandible);
    bone(Capsule(this->At(s * 44, -38, -60), this->At(s * 36, -50, -80), 4.5F, 5.5F), 1.8F, Structure::Mandible);
  }
  // Hard palate.
  const float palate = this->F(-44, -41);
  bone(Ellipsoid({ 0, -68, palate }, { 25, 25, 2.6F }), 1.2F, Structure::FacialBone);
}

void
Drawing::DrawSkullBase()
{
  const auto bone = [this](const Primitive & p, float cortex) {
    m_Shape.Groups.Bone.Add(Made(p, Tissue::CorticalBone, Structure::SkullBase, cortex));
  };
  // Body of the sphenoid and clivus.
  bone(Ellipsoid(this->At(0, -36, 0), { 17, 15, 11 }), 1.3F);
  bone(Box(this->At(0, -13, -5.5, 0.5), { this->F(11, 13), this->F(4.5, 6), 17 }, 4.0F, 51), 1.4F);
  bone(m_Shape.Dorsum, 1.2F);
  for (int side = 0; side < 2; ++side)
  {
    const double s = side == 0 ? -1.0 : 1.0;
    bone(m_Shape.Petrous[side], 3.0F);
    // Where the squama, the mastoid and the root of the zygomatic arch meet.
    bone(Ellipsoid(this->At(s * 61, 4, 11), { 6, 20, 14 }), 1.6F);
    bone(Ellipsoid(this->At(s * 53, 15, -8), { 11, 16, this->F(18, 23) }), 1.5F);
    bone(Ellipsoid(this->At(s * 51, -12, 1), { 10, 9, 4 }), 1.5F);
    bone(Capsule(this->At(s * 41, 1, -14), this->At(s * 36, -8, -42), 2.2F, 1.0F), 2.0F);
    bone(Ellipsoid(this->At(s * 17, 8, -21), { 6.5F, 10, 6 }, 0, 0, -s * 25), 1.3F);
    // Greater wing below the temporal fossa, root of the pterygoid process, underside of the petrous part and jugular
    // process.
    bone(Ellipsoid(this->At(s * 35, -38, -4), { 17, 14, this->F(3.2, 4.6) }), 1.3F);
    bone(Ellipsoid(this->At(s * 14, -42, -7), { 7, 6, 7 }), 1.3F);
    bone(Ellipsoid(this->At(s * 35, -5, -6), { 16, 9, this->F(5, 7) }, 0, 0, s * 25), 1.8F);
    bone(Ellipsoid(this->At(s * 30, 15, -15), { 12, 10, 5 }), 1.5F);
  }
  bone(Ellipsoid(this->At(0, 70, 4, 1.5), { 9, 5, 8 }), 2.0F);
  // Crista galli.
  bone(Capsule({ 0, -84, 12 }, { 0, -78, 18 }, 2.0F, 1.0F), 1.5F);
}

void
Drawing::DrawNeck()
{
  const auto bone = [this](const Primitive & p, float cortex) {
    m_Shape.Groups.Bone.Add(Made(p, Tissue::CorticalBone, Structure::Vertebrae, cortex));
  };
  // Atlas.
  for (const double s : { -1.0, 1.0 })
  {
    bone(Ellipsoid(this->At(s * 19, 9, -35), { 8, 9, 7.5F }), 1.4F);
    bone(Capsule(this->At(s * 25, 10, -35), this->At(s * 38, 12, -37), 4.0F, 3.4F), 1.2F);
    bone(Capsule(this->At(s * 14, 0, -34), { 0, -5.5F, -34 }, 3.2F, 3.6F), 1.4F);
    bone(Capsule(this->At(s * 20, 16, -35), this->At(s * 13, 33, -35), 3.0F, 3.0F), 1.3F);
    bone(Capsule(this->At(s * 13, 33, -35), { 0, 38, -35 }, 3.0F, 3.8F), 1.3F);
  }
  // Axis and the vertebrae below it.
  const float pitch = this->F(17, 20);
  bone(Capsule({ 0, 4, -52 }, { 0, 3, -29 }, 6.0F, 4.6F), 1.3F);
  for (int level = 0; level < 7; ++level)
  {
    const float z = -54.0F - pitch * static_cast<float>(level);
    const float y = 6.0F + 1.2F * static_cast<float>(level);
    bone(Box({ 0, y, z }, { 9.5F, 8.0F, 0.5F * pitch - 2.6F }, 3.0F), 1.2F);
    m_Shape.Groups.Soft.Add(
      Made(Box({ 0, y + 0.6F, z - 0.5F * pitch }, { 9.0F, 7.5F, 2.6F }, 2.0F), Tissue::Disc, Structure::Neck));
    for (const float s : { -1.0F, 1.0F })
    {
      bone(Ellipsoid({ s * 17, y + 6, z - 1 }, { 7.5F, 7, 6.5F }), 1.2F);
      bone(Capsule({ s * 15, y + 12, z - 2 }, { 0, y + 31, z - 4 }, 2.8F, 3.2F), 1.3F);
      bone(Capsule({ 0, y + 31, z - 4 }, { s * 3, y + (level == 0 ? 43.0F : 40.0F), z - 9 }, 3.4F, 2.8F), 1.3F);
      bone(Capsule({ s * 17, y + 2, z - 1 }, { s * 26, y - 2, z - 2 }, 3.0F, 2.4F), 1.1F);
    }
  }
}

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk
