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
#ifndef itkHeadPhantomClassifier_h
#define itkHeadPhantomClassifier_h

#include "itkHeadPhantomShape.h"

#include <cstddef>

namespace itk
{
namespace SyntheticCTDetail
{
namespace HeadPhantom
{

/** Says what is found at a point of a head. */
class Classifier
{
public:
  using Sample = HeadPhantomAnatomy::Sample;

  explicit Classifier(const Shape & shape)
    : m_Shape(shape)
  {}
  /** Primitives are pointed to. */
  Classifier(const Classifier &) = delete;
  Classifier &
  operator=(const Classifier &) = delete;

  /** Samples at points (x, y, z in mm), at most HeadPhantomAnatomy::MaximumNumberOfPoints of them. */
  void
  Evaluate(const double * points, size_t number, Sample * samples) const;

private:
  using Near = Purposes<Candidates>;

  /** A point outside of the cranial cavity, with signed distances in mm that are negative inside. */
  struct Place
  {
    V3    Point;
    float Cavity{ 0.0F };
    float Thickness{ 0.0F };
    float Skin{ 0.0F };
    /** Organs are not made of ellipsoids: their surfaces are uneven by up to a millimetre or so. */
    float Uneven{ 0.0F };
  };
  /** The bone nearest to a point. */
  struct Bone
  {
    float     Distance{ 1e3F };
    float     Cortex{ 1.4F };
    Structure Part{ Structure::SkullBase };
    bool      IsPetrous{ false };
  };

  /** A point in the frame of the head. */
  V3
  Transform(const double * point) const;
  void
  Classify(const V3 & q, const Near & near, Sample & sample) const;
  /** The point is well outside of the scalp, so that nothing else has to be computed. */
  bool
  IsFarOutside(const V3 & q) const;

  // Each of these gives a distance or a thickness in mm.
  float
  CavityDistance(const V3 & q) const;
  float
  CalvariaThickness(const V3 & q) const;
  float
  ScalpThickness(const V3 & q) const;
  float
  SkinDistance(const V3 & q, float cavity, float thickness, const Near & near) const;
  Bone
  NearestBone(const Place & place, const Near & near) const;

  // Each of these sets the sample and returns true, or returns false where its tissue is not found.
  bool
  Tooth(const V3 & q, const Near & near, Sample & sample) const;
  bool
  AirSpace(const Place & place, const Bone & bone, const Near & near, Sample & sample) const;
  bool
  Lining(const Place & place, const V3 & bent, const Primitive & space, const Near & near, Sample & sample) const;
  bool
  Vessel(const V3 & q, const Near & near, Sample & sample) const;
  bool
  Orbit(const Place & place, const Bone & bone, const Near & near, Sample & sample) const;

  // Each of these sets the sample.
  void
  SpinalCanal(const V3 & q, float cavity, float canal, const Near & near, Sample & sample) const;
  void
  Skull(const Place & place, const Bone & bone, Sample & sample) const;
  void
  SoftTissue(const Place & place, float toBone, const Near & near, Sample & sample) const;
  void
  Intracranial(const V3 & q, float depth, const Near & near, Sample & sample) const;
  void
  Cerebrum(const V3 & q, float depth, const Near & near, Sample & sample) const;
  void
  PosteriorFossa(const V3 & q, float depth, float tent, float stem, const Near & near, Sample & sample) const;

  /** Fat of the face and the neck under the skin, in mm. */
  float
  SubcutaneousFat(const V3 & q) const;

  /** Tissue and structure, with the HU, the texture and the enhancement that belong to them. */
  void
  Set(Sample & sample, Tissue tissue, Structure structure, const V3 & q) const;

  Shape m_Shape;
};

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk

#endif
