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

Drawing::Drawing(uint64_t seed, bool randomizeAnatomy, bool randomizePose)
  : m_Random(seed)
  , m_Randomize(randomizeAnatomy)
{
  m_Shape.NoiseSeed = static_cast<uint32_t>(Hash(seed ^ 0x5EEDULL));

  const std::array<double, 6> pose{ m_Random.Uniform(-1, 1), m_Random.Uniform(-1, 1), m_Random.Uniform(-1, 1),
                                    m_Random.Uniform(-1, 1), m_Random.Uniform(-1, 1), m_Random.Uniform(-1, 1) };
  // The middle of the default grid, which lies above and behind the ear canals.
  m_Shape.Translation = { 0.0F, -14.0F, 36.0F };
  if (randomizePose)
  {
    const Primitive turned = Box({}, { 1, 1, 1 }, 0.0F, 8.0 * pose[0], 5.0 * pose[1], 8.0 * pose[2]);
    m_Shape.Rotation = turned.R;
    m_Shape.Translation =
      m_Shape.Translation +
      V3{ static_cast<float>(6.0 * pose[3]), static_cast<float>(6.0 * pose[4]), static_cast<float>(6.0 * pose[5]) };
  }
  // Adult heads differ by about 5 % (one standard deviation 3.5 %) along each axis.
  const float size = this->F(0.94, 1.09);
  m_Shape.InverseScale = { 1.0F / (size * this->F(0.95, 1.05)),
                           1.0F / (size * this->F(0.95, 1.05)),
                           1.0F / (size * this->F(0.95, 1.05)) };
  m_Shape.Displacement.Draw(m_Random, randomizeAnatomy ? 2.9F : 0.0F);

  this->DrawSkull();
  this->DrawSkin();
  this->DrawFace();
  this->DrawJaws();
  this->DrawSkullBase();
  this->DrawNeck();
  this->DrawAir();
  this->DrawSoftTissue();
  this->DrawBrain();
  this->DrawVessels();

  m_Shape.Groups.Skin.Bound(21.0F);
  m_Shape.Groups.Bone.Bound(6.0F);
  m_Shape.Groups.Air.Bound(5.0F);
  m_Shape.Groups.Lining.Bound(3.0F);
  m_Shape.Groups.Teeth.Bound(1.0F);
  m_Shape.Groups.Soft.Bound(3.0F);
  m_Shape.Groups.Vessel.Bound(1.0F);
  m_Shape.Groups.Ventricle.Bound(3.0F);
  m_Shape.Groups.Nuclei.Bound(1.0F);
}

void
Drawing::DrawSkull()
{
  // Inner table: 136 x 170 mm at its widest, 114 mm above the ear canals.
  m_Shape.Vault = this->At(0, -12, 36, 1.5);
  m_Shape.VaultWidth = this->F(63.5, 69.5);
  m_Shape.VaultFront = this->F(82, 89);
  m_Shape.VaultBack = this->F(75, 83);
  m_Shape.VaultTop = this->F(71, 80);
  m_Shape.VaultPower = this->F(2.05, 2.55);
  m_Shape.OrbitRoof = this->F(22, 26);
  m_Shape.Cribriform = this->F(8, 13);
  m_Shape.Thickness = this->F(4.8, 8.5);
  m_Shape.Squama = this->F(0.35, 0.6);
  m_Shape.Table = this->F(1.3, 2.4);
  m_Shape.BaseThickness = this->F(2.2, 3.6);
  m_Shape.Fat = this->F(1.0, 5.5);
  m_Shape.NeckFat = this->F(3.0, 12.0);
  m_Shape.SkinThickness = this->F(1.4, 2.4);
  m_Shape.CorticalHU = this->F(1250, 1700);
  m_Shape.MarrowHU = this->F(350, 850);
  m_Shape.FatHU = this->F(-112, -92);
  m_Shape.MuscleShare = this->F(0.4, 0.75);
  m_Shape.FatPlane = this->F(0.3, 1.1);
  m_Shape.MucosaThickness = this->F(0.5, 1.8);
  m_Shape.SeptumDeviation = this->F(-2.5, 2.5);
  m_Shape.SeptumPhase = this->F(0.0, 6.28);
  for (int side = 0; side < 2; ++side)
  {
    const double s = side == 0 ? -1.0 : 1.0;
    m_Shape.MiddleFossa[side] = Ellipsoid(
      this->At(s * 38, -29, 19, 1.5), { this->F(22, 25), this->F(25, 29), this->F(22.5, 26.5) }, 0, 0, s * 14);
    m_Shape.Petrous[side] = Capsule(this->At(s * 17, -17, 1), this->At(s * 54, 8, 2), this->F(7, 8.5), this->F(9, 11));
  }
  m_Shape.PosteriorFossa = Ellipsoid(this->At(0, 28, 12, 1.0), { this->F(52, 58), this->F(38, 42), this->F(29, 34) });
  m_Shape.Sella = Ellipsoid(this->At(0, -33, 13, 0.7), { this->F(6, 8), this->F(4.5, 6), this->F(4.5, 6) });
  m_Shape.Dorsum = Ellipsoid({ 0, -25.5F, 9 }, { 9, 2.8F, 8 }, -15);
  m_Shape.Magnum = Ellipsoid(this->At(0, 20, -19, 0.7), { this->F(13, 16), this->F(16, 19), 15 });
  m_Shape.Canal = Capsule({ 0, 20, -18 }, { 0, 25, -140 }, this->F(10, 12), this->F(8, 10));
  for (int side = 0; side < 2; ++side)
  {
    const float s = side == 0 ? -1.0F : 1.0F;
    m_Shape.Orbit[side] =
      Capsule(this->At(s * 15, -50, 7, 0.7), this->At(s * 31.5F, -82, 6, 0.9), 4.0F, this->F(17, 19));
  }
}

void
Drawing::DrawSkin()
{
  const auto add = [this](const Primitive & p, Structure part = Structure::Face) {
    m_Shape.Groups.Skin.Add(Made(p, Tissue::Skin, part));
  };
  const float fat = 0.5F * (m_Shape.Fat - 4.0F);
  add(Ellipsoid(this->At(0, -50, -26, 1.0), { this->F(60, 65) + fat, this->F(50, 53), this->F(54, 60) }));
  add(Ellipsoid(this->At(0, -50, -78, 1.5), { this->F(46, 52) + fat, this->F(45, 49), this->F(38, 44) }));
  add(Ellipsoid(this->At(0, -78, -2, 1.0), { this->F(54, 57), this->F(28, 30), 30 }));
  const float chin = this->F(-4, 4);
  add(Ellipsoid(this->At(0, -88 + chin, -104, 1.0), { 18, this->F(11, 14), 13 }));
  // Nose.
  const float nose = this->F(-4, 4);
  const V3    tip = this->At(0, -112 - nose, -34, 2.0);
  add(Capsule(this->At(0, -98, 8), tip, this->F(6, 8), this->F(7.5, 9.5)));
  for (const double s : { -1.0, 1.0 })
  {
    add(Ellipsoid(this->At(s * this->F(8.5, 11), -104, -39), { 7.5F, 12, 8 }));
    // Cheek bones, lateral orbital rims and lids, temporalis, masseter and parotid.
    add(Ellipsoid(this->At(s * 44, -66, -18), { 20, 25, 24 }));
    add(Ellipsoid(this->At(s * 32, -83, 6), { 19, 17, 18 }));
    add(Ellipsoid(this->At(s * 55, -36, 16), { this->F(14, 18), 40, 48 }));
    add(Ellipsoid(this->At(s * 48, -24, -46), { this->F(16, 20) + fat, 30, 40 }));
    // Mastoid and the skin behind the ear.
    add(Ellipsoid(this->At(s * 52, 14, -14), { 18, 26, 34 }), Structure::Scalp);
    // Auricle: helix and lobe, lying back against the head.
    const float flare = this->F(14, 34);
    add(Ellipsoid(this->At(s * (73 + 0.12 * flare), 11, 4, 2.0),
                  { this->F(2.6, 3.6), this->F(15, 18), this->F(27, 33) },
                  -12,
                  s * 4,
                  -s * flare),
        Structure::Ear);
    add(Capsule(this->At(s * 66, 2, 0), this->At(s * 72, 5, 1), 10.0F, 9.0F), Structure::Ear);
  }
  // Lips.
  const float lips = this->F(-2, 3);
  add(Ellipsoid(this->At(0, -99 - lips, -63), { 22, 7, 6.0F }));
  add(Ellipsoid(this->At(0, -97 - lips, -74), { 20, 7, 6.5F }));
  // Neck.
  const float broad = this->F(-5, 5) + fat;
  add(Capsule(this->At(0, 18, -20, 2), this->At(0, 26, -170, 4), 56.0F + broad, 55.0F + broad), Structure::Neck);
  add(Capsule(this->At(-12, -14, -60, 2), this->At(-10, -4, -170, 3), 38.0F + broad, 44.0F + broad), Structure::Neck);
  add(Capsule(this->At(12, -14, -60, 2), this->At(10, -4, -170, 3), 38.0F + broad, 44.0F + broad), Structure::Neck);
}

void
Drawing::DrawAir()
{
  const auto air = [this](const Primitive & p, Structure part, float wall, float cell = 0.0F) {
    m_Shape.Groups.Air.Add(Made(p, Tissue::InnerAir, part, wall, cell));
  };
  const auto lining = [this](const Primitive & p, Structure part, Tissue tissue = Tissue::Mucosa) {
    m_Shape.Groups.Lining.Add(Made(p, tissue, part));
  };
  for (int side = 0; side < 2; ++side)
  {
    const double s = side == 0 ? -1.0 : 1.0;
    // Maxillary sinus, with thickened mucosa on the floor of some.
    const V3    antrum = this->At(s * 29, -68, -21, 1.5);
    const V3    semi{ this->F(13, 17), this->F(16, 20), this->F(15, 19.5) };
    const float swollen = this->Happens(0.3) ? this->F(1, 9) : 0.0F;
    if (swollen > 0.0F)
    {
      lining(Ellipsoid({ antrum.x, antrum.y + 3, antrum.z - semi.z }, { semi.x, semi.y, swollen }),
             Structure::MaxillarySinus);
    }
    air(Ellipsoid(antrum, semi, 0, s * 12, s * 14), Structure::MaxillarySinus, this->F(1.0, 1.8));
    air(Ellipsoid({ antrum.x * 0.93F, antrum.y + 7, antrum.z + 3 }, { semi.x * 0.75F, semi.y * 0.75F, semi.z * 0.75F }),
        Structure::MaxillarySinus,
        1.3F);
    // Ethmoid cells.
    air(Box(this->At(s * 7.5, -66, 4, 0.5), { this->F(4.5, 6), 19, this->F(8, 10) }, 4.4F, -4, s * 8, s * 7),
        Structure::EthmoidSinus,
        0.9F,
        this->F(8, 11));
    // Sphenoid sinus: its two halves are rarely alike.
    const bool hasSphenoid = this->Happens(0.92);
    const V3   sphenoid = this->At(s * 7.5, -38, 1, 1.5);
    const V3   sphenoidSemi{ this->F(6, 11), this->F(8, 13), this->F(6, 9.5) };
    if (hasSphenoid)
    {
      air(Ellipsoid(sphenoid, sphenoidSemi), Structure::SphenoidSinus, 1.2F);
    }
    // Frontal sinus: from absent to wide.
    const bool  hasFrontal = this->Happens(0.85);
    const float reach = this->F(5, 15);
    const float high = this->F(6, 16);
    const float deep = this->F(3, 5.5);
    if (hasFrontal)
    {
      air(
        Ellipsoid(this->At(s * (1.5 + 0.85 * reach), -98, 15 + 0.7 * high, 0.7), { reach, deep, high }, -18, 0, s * 12),
        Structure::FrontalSinus,
        1.8F,
        this->F(15, 24));
    }
    // Nasal cavity: a bony space whose sides are filled by the turbinates.
    const float half = this->F(5.6, 7.2);
    air(Box(this->At(s * (half + 1.4), -70, -26, 0.4), { half, 29, 14 }, 4.0F, 0, s * -6, 0),
        Structure::NasalCavity,
        1.0F);
    air(Box(this->At(s * 4.6, -70, -9, 0.3), { this->F(2.2, 3.2), 26, 11 }, 2.0F), Structure::NasalCavity, 0.9F);
    air(Capsule(this->At(s * 6, -98, -32, 0.5), this->At(s * 6.5, -106, -46, 0.7), 4.0F, 4.2F),
        Structure::NasalCavity,
        0.0F);
    const float inferior = this->F(4.6, 6.8);
    const float middle = this->F(3.6, 5.6);
    m_Shape.Groups.Lining.Add(Made(Ellipsoid(this->At(s * 9.5, -68, -31, 0.8), { inferior, 27, this->F(8.5, 12) }),
                                   Tissue::Mucosa,
                                   Structure::NasalCavity,
                                   1.0F));
    m_Shape.Groups.Lining.Add(Made(Ellipsoid(this->At(s * 7.5, -64, -13, 0.8), { middle, 22, this->F(7, 10) }),
                                   Tissue::Mucosa,
                                   Structure::NasalCavity,
                                   0.8F));
    // Ear canal, middle ear and mastoid cells.
    air(Capsule(this->At(s * 75, 3, 0), this->At(s * 60, 0, 0, 0.7), 4.8F, 3.2F), Structure::EarCanal, 0.0F);
    air(Capsule(this->At(s * 60, 0, 0, 0.7), this->At(s * 46, -3, 2), 3.4F, 2.8F), Structure::EarCanal, 1.5F);
    air(Ellipsoid(this->At(s * 43, -3, 3), { 3, 5, 6 }), Structure::MastoidCells, 1.0F);
    const float grade = this->F(0.6, 1.15);
    air(Ellipsoid(this->At(s * 53, 14, -4), { 8.5F * grade, 14 * grade, 18 * grade }),
        Structure::MastoidCells,
        0.8F,
        this->F(6, 9));
    air(Ellipsoid(this->At(s * 48, 8, 8), { 7 * grade, 8 * grade, 5 * grade }),
        Structure::MastoidCells,
        0.8F,
        this->F(4, 6));
  }
  // Pharynx.
  const float narrow = this->F(0.7, 1.2);
  air(Ellipsoid(this->At(0, -32, -24), { 14 * narrow, 9 * narrow, 14 }), Structure::Airway, 0.0F);
  air(Box(this->At(0, -40, -24), { 11, 8, 11 }, 4.0F), Structure::Airway, 0.0F);
  air(Ellipsoid(this->At(0, -24, -52, 1.5), { 11 * narrow, 5 * narrow, 18 }), Structure::Airway, 0.0F);
  air(Capsule(this->At(0, -20, -66, 1.5), this->At(0, -16, -120, 2), 7.0F * narrow, 8.0F * narrow),
      Structure::Airway,
      0.0F);
  // A breath of air above the tongue of some.
  const float oralGap = this->F(-3.0, 5.0);
  if (oralGap > 0.8F)
  {
    air(Ellipsoid(this->At(0, -66, -50), { 16, 22, oralGap }), Structure::OralCavity, 0.0F);
  }
}

void
Drawing::DrawSoftTissue()
{
  const auto add = [this](const Primitive & p, Tissue tissue, Structure part) {
    m_Shape.Groups.Soft.Add(Made(p, tissue, part));
  };
  for (int side = 0; side < 2; ++side)
  {
    const double s = side == 0 ? -1.0 : 1.0;
    // Orbit: the eye, its lens, the optic nerve and the four straight muscles in fat.
    const V3    eye = this->At(s * 31.5, -83, 6, 1.0);
    const float r = this->F(11.5, 12.8);
    const V3    apex = m_Shape.Orbit[side].A;
    add(Ellipsoid({ eye.x, eye.y - r + 4.4F, eye.z }, { 4.6F, 2.0F, 4.6F }), Tissue::Lens, Structure::Eye);
    add(Ellipsoid(eye, { r - 1.1F, r - 1.1F, r - 1.1F }), Tissue::Vitreous, Structure::Eye);
    add(Ellipsoid(eye, { r, r, r }), Tissue::Dura, Structure::Eye);
    const V3 back{ eye.x - static_cast<float>(s) * 3.0F, eye.y + r, eye.z };
    add(Capsule(back, apex, 2.0F, 2.0F), Tissue::WhiteMatter, Structure::OpticNerve);
    const float off = r + 0.5F;
    add(Capsule({ eye.x + off, eye.y + 2, eye.z }, apex, 1.8F, 2.2F), Tissue::Muscle, Structure::Orbit);
    add(Capsule({ eye.x - off, eye.y + 2, eye.z }, apex, 1.8F, 2.2F), Tissue::Muscle, Structure::Orbit);
    add(Capsule({ eye.x, eye.y + 3, eye.z + off }, { apex.x, apex.y, apex.z + 2 }, 1.9F, 2.2F),
        Tissue::Muscle,
        Structure::Orbit);
    add(Capsule({ eye.x, eye.y + 3, eye.z - off }, { apex.x, apex.y, apex.z - 2 }, 1.9F, 2.2F),
        Tissue::Muscle,
        Structure::Orbit);
    add(Ellipsoid(this->At(s * 43, -82, 14), { 3, 6, 5 }), Tissue::Gland, Structure::Orbit);
    add(m_Shape.Orbit[side], Tissue::Fat, Structure::Orbit);
    // Muscles of mastication.
    const float bulk = this->F(0.85, 1.15);
    add(Ellipsoid(this->At(s * 58, -34, 24), { 10.5F * bulk, 36, 44 }), Tissue::Muscle, Structure::MasticatoryMuscle);
    add(Ellipsoid(this->At(s * 52, -42, -8), { 6.5F * bulk, 17, 26 }), Tissue::Muscle, Structure::MasticatoryMuscle);
    add(Ellipsoid(this->At(s * 53, -34, -48), { 7.5F * bulk, 18, 34 }, 15, s * 6, 0),
        Tissue::Muscle,
        Structure::MasticatoryMuscle);
    add(Ellipsoid(this->At(s * 33, -30, -46), { 6.0F * bulk, 14, 26 }, 0, -s * 14, 0),
        Tissue::Muscle,
        Structure::MasticatoryMuscle);
    add(Ellipsoid(this->At(s * 34, -30, -16), { 13, 16, 8.5F * bulk }, 0, 0, -s * 30),
        Tissue::Muscle,
        Structure::MasticatoryMuscle);
    // The fat of the cheek and beside the pharynx.
    add(Ellipsoid(this->At(s * 40, -60, -36), { 8, 12, 18 }), Tissue::Fat, Structure::Face);
    add(Ellipsoid(this->At(s * 24, -24, -40), { 5, 10, 22 }), Tissue::Fat, Structure::Face);
    // Glands.
    add(Ellipsoid(this->At(s * 56, -6, -40), { this->F(8, 11), this->F(12, 15), this->F(20, 27) }),
        Tissue::Gland,
        Structure::Parotid);
    add(Ellipsoid(this->At(s * 30, -38, -98, 2), { 9, 14, 11 }), Tissue::Gland, Structure::SalivaryGland);
    // Muscles of the face and the neck.
    add(Ellipsoid(this->At(s * 38, -70, -54), { 3.0F, 24, 16 }, 0, 0, s * 30), Tissue::Muscle, Structure::Face);
    add(Capsule(this->At(s * 56, 20, -24), this->At(s * 38, 0, -140), 9.0F * bulk, 11.0F * bulk),
        Tissue::Muscle,
        Structure::NeckMuscle);
    add(Capsule(this->At(s * 18, 46, -16), this->At(s * 20, 52, -140), 15.0F * bulk, 17.0F * bulk),
        Tissue::Muscle,
        Structure::NeckMuscle);
    add(Capsule(this->At(s * 40, 36, -26), this->At(s * 32, 40, -140), 13.0F * bulk, 14.0F * bulk),
        Tissue::Muscle,
        Structure::NeckMuscle);
    add(Capsule(this->At(s * 12, 56, -8), this->At(s * 14, 62, -140), 9.0F * bulk, 11.0F * bulk),
        Tissue::Muscle,
        Structure::NeckMuscle);
    add(Ellipsoid(this->At(s * 22, 26, -32), { 13, 13, 8 }), Tissue::Muscle, Structure::NeckMuscle);
    add(Capsule(this->At(s * 8, -10, -26), this->At(s * 10, -4, -140), 6.0F, 7.0F),
        Tissue::Muscle,
        Structure::NeckMuscle);
    add(Capsule(this->At(s * 34, 14, -44), this->At(s * 34, 18, -140), 8.0F, 10.0F),
        Tissue::Muscle,
        Structure::NeckMuscle);
    // Pharyngeal wall and soft palate.
    add(
      Capsule(this->At(s * 15, -26, -34), this->At(s * 14, -20, -110), 4.0F, 5.0F), Tissue::Mucosa, Structure::Airway);
  }
  add(Ellipsoid(this->At(0, -40, -50), { 16, 10, 4 }, 30), Tissue::Mucosa, Structure::OralCavity);
  add(Ellipsoid(this->At(0, -26, -10), { 16, 8, 7 }), Tissue::Mucosa, Structure::Airway);
  add(Ellipsoid(this->At(0, -57, -72), { 23, 34, this->F(20, 24) }), Tissue::Muscle, Structure::Tongue);
  add(Ellipsoid(this->At(0, -60, -98), { 24, 26, 7 }), Tissue::Muscle, Structure::Tongue);
  // Lips and gums.
  add(Ellipsoid(this->At(0, -97, -68), { 24, 6, 13 }), Tissue::Muscle, Structure::Face);
  // The cartilage of the nose.
  add(Capsule(this->At(0, -104, -10), this->At(0, -108, -32), 2.0F, 3.0F), Tissue::Cartilage, Structure::Face);
}

void
Drawing::DrawBrain()
{
  m_Shape.Subarachnoid = this->F(0.8, 3.2);
  m_Shape.Sulcus = this->F(0.5, 1.5);
  m_Shape.Ribbon = this->F(2.5, 3.4);
  m_Shape.SulcusDepth = this->F(12, 18);
  m_Shape.Folia = this->F(3.6, 5.0);
  m_Shape.FalxWobble = this->F(-1.5, 1.5);
  m_Shape.Tentorium = this->F(-2, 2);
  m_Shape.Cortex.Draw(m_Random, this->F(21, 27));
  const float wide = this->F(0.7, 1.7);
  m_Shape.Midbrain = Ellipsoid({ 0, -6, 34 }, { 16, 12, 16 });
  m_Shape.Pons = Ellipsoid(this->At(0, -6, 14, 0.7), { 16, 12.5F, 14 });
  m_Shape.Medulla = Capsule({ 0, -1, 4 }, { 0, 17, -22 }, 8.5F, 6.5F);
  m_Shape.Cord = Capsule({ 0, 17, -22 }, { 0, 25, -140 }, 6.2F, 5.6F);
  m_Shape.Suprasellar = Ellipsoid(this->At(0, -27, 22, 0.7), { 12, 11, 8 });
  const auto csf = [this](const Primitive & p) {
    m_Shape.Groups.Ventricle.Add(Made(p, Tissue::CerebrospinalFluid, Structure::Ventricles));
  };
  for (const double s : { -1.0, 1.0 })
  {
    const float w = wide * this->F(0.8, 1.2);
    // Lateral ventricle: frontal horn, body, atrium, occipital and temporal horns.
    const V3 horn = this->At(s * 9, -46, 47);
    const V3 monro = this->At(s * 8, -22, 55);
    const V3 body = this->At(s * 12, 4, 60);
    const V3 atrium = this->At(s * 24, 26, 48, 1.5);
    const V3 temporal = this->At(s * 32, -6, 22, 1.5);
    csf(Ellipsoid({ horn.x, horn.y + 6, horn.z }, { 4.0F + 2.5F * w, 15, 5.0F + 3.0F * w }, -25, s * 25, s * 12));
    csf(Capsule(monro, body, 3.0F + 2.2F * w, 3.2F + 2.4F * w));
    csf(Capsule(body, atrium, 3.2F + 2.4F * w, 4.0F + 3.0F * w));
    csf(Capsule(atrium, this->At(s * 24, 46, 44, 2), 3.5F + 2.5F * w, 1.5F + 1.0F * w));
    csf(Capsule(atrium, temporal, 2.5F + 1.5F * w, 1.0F + 1.0F * w));
    const auto gray = [this](const Primitive & p) {
      m_Shape.Groups.Nuclei.Add(Made(p, Tissue::GrayMatter, Structure::BasalGanglia));
    };
    gray(Ellipsoid(this->At(s * 15, -42, 48), { 5, 13, 8 }, -20, 0, s * 15));
    gray(Capsule(this->At(s * 15, -34, 54), this->At(s * 20, 0, 58), 4.0F, 2.2F));
    gray(Ellipsoid(this->At(s * 26, -30, 38), { 6.5F, 16, 10 }, 0, 0, s * 12));
    gray(Ellipsoid(this->At(s * 11, -6, 42), { 8.5F, 14, 9 }, 0, 0, s * 25));
  }
  csf(Box(this->At(0, -14, 38, 0.7), { 1.2F + 1.6F * wide, 14, 11 }, 1.0F));
  csf(Ellipsoid(this->At(0, 11, 8, 0.7), { 4.0F + 2.5F * wide, 5, 11 }, 25));
  m_Shape.Callosum = Ellipsoid({ 0, -14, 46 }, { 18, 36, 20 });
}

void
Drawing::DrawVessels()
{
  const auto chain = [this](const std::vector<V3> & points, const std::vector<float> & radii, Tissue tissue) {
    Chain(m_Shape.Groups.Vessel, points, radii, tissue, Structure::Vessel);
  };
  for (const double s : { -1.0, 1.0 })
  {
    const V3 siphon = this->At(s * 12, -32, 9);
    chain({ this->At(s * 26, -6, -140, 2),
            this->At(s * 27, -8, -70, 2),
            this->At(s * 24, -7, -24),
            this->At(s * 23, -8, -6),
            this->At(s * 13, -20, 0),
            siphon,
            this->At(s * 12, -30, 20) },
          { 3.4F, 3.2F, 2.4F, 2.4F, 2.4F, 2.4F, 1.8F },
          Tissue::Artery);
    chain({ this->At(s * 12, -30, 20), this->At(s * 28, -34, 22), this->At(s * 42, -30, 28) },
          { 1.6F, 1.4F, 1.0F },
          Tissue::Artery);
    chain({ this->At(s * 30, 8, -80, 2),
            this->At(s * 26, 12, -48),
            this->At(s * 26, 12, -34),
            this->At(s * 12, 16, -24),
            this->At(s * 1.5, -6, -4) },
          { 1.9F, 1.9F, 1.9F, 1.8F, 1.6F },
          Tissue::Artery);
    chain({ this->At(s * 44, -10, -10), this->At(s * 42, -14, -50), this->At(s * 30, -16, -90) },
          { 1.2F, 1.6F, 2.2F },
          Tissue::Artery);
    chain({ this->At(s * 60, -18, -20), this->At(s * 66, -16, 10), this->At(s * 68, -30, 50) },
          { 1.1F, 1.0F, 0.8F },
          Tissue::Artery);
    // Internal auditory canal and vestibule, which are full of fluid.
    m_Shape.Groups.Vessel.Add(Made(Capsule(this->At(s * 11, -3, 6), this->At(s * 24, -4, 4, 0.5), 2.6F, 2.0F),
                                   Tissue::CerebrospinalFluid,
                                   Structure::InnerEar));
    m_Shape.Groups.Vessel.Add(Made(
      Ellipsoid(this->At(s * 27, -4, 4, 0.5), { 4.0F, 2.4F, 2.6F }), Tissue::CerebrospinalFluid, Structure::InnerEar));
    const float wide = this->F(0.7, 1.25);
    chain({ this->At(s * 33, 0, -140, 2), this->At(s * 33, 0, -60, 2), this->At(s * 29, 4, -18) },
          { 5.0F * wide, 4.5F * wide, 4.0F * wide },
          Tissue::Vein);
    chain({ this->At(s * 29, 6, -12),
            this->At(s * 42, 20, -4),
            this->At(s * 50, 30, 8),
            this->At(s * 38, 52, 12),
            this->At(0, 65, 14) },
          { 4.0F * wide, 3.6F * wide, 3.4F * wide, 3.2F * wide, 3.4F },
          Tissue::Vein);
  }
  chain({ { 0, -7, -6 }, { 0, -20, 24 } }, { 1.9F, 1.7F }, Tissue::Artery);
}

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk
