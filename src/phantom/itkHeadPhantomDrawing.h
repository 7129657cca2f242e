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
#ifndef itkHeadPhantomDrawing_h
#define itkHeadPhantomDrawing_h

#include "itkHeadPhantomRandom.h"
#include "itkHeadPhantomShape.h"

#include <cstdint>

namespace itk
{
namespace SyntheticCTDetail
{
namespace HeadPhantom
{

/** Draws the sizes and the primitives of a head from their ranges, in a fixed order. */
class Drawing
{
public:
  Drawing(uint64_t seed, bool randomizeAnatomy, bool randomizePose);

  const Shape &
  GetShape() const
  {
    return m_Shape;
  }

private:
  double
  U(double lower, double upper)
  {
    // The number is drawn in either case, so that switching one choice off leaves the others as they are.
    const double v = m_Random.Uniform(0.0, 1.0);
    return lower + (upper - lower) * (m_Randomize ? v : 0.5);
  }
  float
  F(double lower, double upper)
  {
    return static_cast<float>(this->U(lower, upper));
  }
  bool
  Happens(double probability)
  {
    const double v = m_Random.Uniform(0.0, 1.0);
    return (m_Randomize ? v : 0.5) < probability;
  }
  /** A landmark, moved at random by up to mm along each axis. */
  V3
  At(double x, double y, double z, double mm = 1.0)
  {
    return { static_cast<float>(x + U(-mm, mm)),
             static_cast<float>(y + U(-mm, mm)),
             static_cast<float>(z + U(-mm, mm)) };
  }

  void
  DrawSkull();
  void
  DrawSkin();
  void
  DrawFace();
  void
  DrawJaws();
  void
  DrawSkullBase();
  void
  DrawNeck();
  void
  DrawAir();
  void
  DrawSoftTissue();
  void
  DrawBrain();
  void
  DrawVessels();

  Sequence m_Random;
  bool     m_Randomize;
  Shape    m_Shape;
};

} // namespace HeadPhantom
} // namespace SyntheticCTDetail
} // namespace itk

#endif
