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
#ifndef itkHeadPhantomAnatomy_h
#define itkHeadPhantomAnatomy_h

#include "SyntheticCTExport.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>

namespace itk
{

/** \class HeadPhantomEnums
 * \brief Labels and choices of the head phantom.
 * \ingroup SyntheticCT */
class HeadPhantomEnums
{
public:
  /** What a point is made of: the values of the tissue label image. */
  enum class Tissue : uint8_t
  {
    Air = 0,
    CerebrospinalFluid = 1,
    GrayMatter = 2,
    WhiteMatter = 3,
    Fat = 4,
    Muscle = 5,
    Skin = 6,
    CorticalBone = 7,
    Marrow = 8,
    Tooth = 9,
    InnerAir = 10,
    Vitreous = 11,
    Lens = 12,
    Artery = 13,
    Vein = 14,
    Cartilage = 15,
    Mucosa = 16,
    Gland = 17,
    Dura = 18,
    Disc = 19
  };

  /** Which organ or part a point belongs to: the values of the structure label image. */
  enum class Structure : uint8_t
  {
    Background = 0,
    Scalp = 1,
    Face = 2,
    Neck = 3,
    Calvaria = 4,
    SkullBase = 5,
    FacialBone = 6,
    Mandible = 7,
    Teeth = 8,
    Vertebrae = 9,
    Cerebrum = 10,
    Cerebellum = 11,
    Brainstem = 12,
    SpinalCord = 13,
    Ventricles = 14,
    SubarachnoidSpace = 15,
    Eye = 16,
    OpticNerve = 17,
    Orbit = 18,
    FrontalSinus = 19,
    EthmoidSinus = 20,
    SphenoidSinus = 21,
    MaxillarySinus = 22,
    NasalCavity = 23,
    MastoidCells = 24,
    EarCanal = 25,
    Airway = 26,
    OralCavity = 27,
    Tongue = 28,
    Parotid = 29,
    MasticatoryMuscle = 30,
    NeckMuscle = 31,
    Vessel = 32,
    Ear = 33,
    InnerEar = 34,
    SalivaryGland = 35,
    BasalGanglia = 36
  };

  /** Weighting of the MR image. */
  enum class Contrast : uint8_t
  {
    T1 = 0,
    T2 = 1,
    ProtonDensity = 2,
    Random = 3
  };

  /** One more than the largest tissue label. */
  static constexpr unsigned int NumberOfTissues = 20;
};

using HeadPhantomTissueEnum = HeadPhantomEnums::Tissue;
using HeadPhantomStructureEnum = HeadPhantomEnums::Structure;
using HeadPhantomContrastEnum = HeadPhantomEnums::Contrast;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, HeadPhantomTissueEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, HeadPhantomStructureEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, HeadPhantomContrastEnum value);

/** \class HeadPhantomAnatomy
 * \brief A parametric human head as a function of a point in space.
 *
 * The head is written as implicit functions: signed distances of ellipsoids, capsules and rounded boxes, joined by
 * smooth unions and displaced by a smooth random field. The cranial cavity is one such function; the skull is the
 * shell around it and the scalp a shell around that, so the skull is closed except for the foramen magnum. The face,
 * the skull base, the sinuses, the jaws, the neck and the vessels are lists of primitives. The folding of the cortex
 * follows the zero set of a band-limited random field. All sizes are drawn from the ranges of adult anatomy by the
 * seed, left and right independently.
 *
 * The frame is LPS in mm, with the origin in the middle of the head. A point is a pure function of the seed: the
 * same physical point gives the same sample on every grid, in any order and from any number of threads. Another
 * compiler may draw another head from the same seed.
 *
 * Mean HU of the tissues, before texture; those of bone, marrow and fat are drawn for each head:
 *
 * | tissue | HU | tissue | HU |
 * |---|---|---|---|
 * | air, inner air | -1000 | vitreous | 10 |
 * | cerebrospinal fluid | 8 | lens | 95 |
 * | gray matter | 38 | artery, vein | 42, 46 |
 * | white matter | 29 | cartilage | 90 |
 * | fat | -112 to -92 | mucosa | 38 |
 * | muscle | 56 | gland | 15 |
 * | skin | 35 | dura | 58 |
 * | cortical bone | 1250 to 1700, thin walls less, petrous bone 250 more | disc | 85 |
 * | marrow | 350 to 850 in the calvaria, about half of it in jaws and vertebrae | tooth | 1500, enamel 2600 |
 *
 * \ingroup SyntheticCT
 */
class SyntheticCT_EXPORT HeadPhantomAnatomy
{
public:
  /** What is found at a point. */
  struct Sample
  {
    HeadPhantomTissueEnum    Tissue{ HeadPhantomTissueEnum::Air };
    HeadPhantomStructureEnum Structure{ HeadPhantomStructureEnum::Background };
    /** Texture in [-1, 1], the same for MR and CT. */
    float Texture{ 0.0F };
    /** HU without contrast agent. */
    float HU{ -1000.0F };
    /** HU that the contrast agent adds. */
    float Enhancement{ 0.0F };
  };

  /** Draw a head.
   * \param seed any number; the same seed gives the same head
   * \param randomizeAnatomy draw sizes and shapes, else every size is the middle of its range and the head is
   * symmetric except for its sinuses' cells and its cortex
   * \param randomizePose draw a rotation of up to 8 degrees about each axis and a translation of up to 6 mm */
  HeadPhantomAnatomy(uint64_t seed, bool randomizeAnatomy, bool randomizePose);
  ~HeadPhantomAnatomy();
  HeadPhantomAnatomy(const HeadPhantomAnatomy &) = delete;
  HeadPhantomAnatomy &
  operator=(const HeadPhantomAnatomy &) = delete;

  /** Largest number of points of one call of Evaluate. */
  static constexpr size_t MaximumNumberOfPoints = 32;

  /** Samples at points (x, y, z in mm). Fastest when the points are near each other.
   * \param points number * 3 coordinates
   * \param number at most MaximumNumberOfPoints */
  void
  Evaluate(const double * points, size_t number, Sample * samples) const;

private:
  class Implementation;
  std::unique_ptr<Implementation> m_Implementation;
};

} // namespace itk

#endif
