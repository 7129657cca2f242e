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
#ifndef itkHeadPhantomShape_h
#define itkHeadPhantomShape_h

#include "itkHeadPhantomFields.h"
#include "itkHeadPhantomGeometry.h"

#include <array>
#include <cstdint>

namespace itk
{
namespace SyntheticCTDetail
{
namespace HeadPhantom
{

/** All that is drawn for one head: lengths in mm, in the frame of the head. */
struct Shape
{
  uint32_t NoiseSeed{ 0 };

  // From a point in space to the frame of the head: rotation, scale, translation, displacement.
  std::array<V3, 3> Rotation{ { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
  V3                Translation;
  V3                InverseScale;
  Warp              Displacement;

  // Cranial cavity, its walls, and what covers them.
  V3                       Vault;
  float                    VaultWidth{ 0 };
  float                    VaultFront{ 0 };
  float                    VaultBack{ 0 };
  float                    VaultTop{ 0 };
  float                    VaultPower{ 2 };
  float                    OrbitRoof{ 0 };
  float                    Cribriform{ 0 };
  float                    Thickness{ 0 };
  float                    Squama{ 0 };
  float                    Table{ 0 };
  float                    BaseThickness{ 0 };
  float                    Fat{ 0 };
  float                    NeckFat{ 0 };
  float                    SkinThickness{ 0 };
  std::array<Primitive, 2> MiddleFossa;
  std::array<Primitive, 2> Petrous;
  Primitive                PosteriorFossa;
  Primitive                Sella;
  Primitive                Dorsum;
  Primitive                Canal;
  Primitive                Magnum;

  std::array<Primitive, 2> Orbit;

  // Brain.
  float     Subarachnoid{ 0 };
  float     Sulcus{ 0 };
  float     Ribbon{ 0 };
  float     SulcusDepth{ 0 };
  float     Folia{ 0 };
  float     FalxWobble{ 0 };
  float     Tentorium{ 0 };
  WaveField Cortex;
  Primitive Midbrain;
  Primitive Pons;
  Primitive Medulla;
  Primitive Cord;
  Primitive Suprasellar;
  Primitive Callosum;

  // Materials.
  float CorticalHU{ 0 };
  float MarrowHU{ 0 };
  float FatHU{ 0 };
  float MuscleShare{ 0 };
  float FatPlane{ 0 };
  float MucosaThickness{ 0 };
  float SeptumDeviation{ 0 };
  float SeptumPhase{ 0 };

  Purposes<Group> Groups;
};

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk

#endif
