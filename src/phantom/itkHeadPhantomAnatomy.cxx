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
#include "itkHeadPhantomAnatomy.h"

#include "itkHeadPhantomClassifier.h"
#include "itkHeadPhantomDrawing.h"

#include "itkMacro.h"

#include <ostream>

namespace itk
{

class HeadPhantomAnatomy::Implementation : public SyntheticCTDetail::HeadPhantom::Classifier
{
public:
  using Classifier::Classifier;
};

HeadPhantomAnatomy::HeadPhantomAnatomy(uint64_t seed, bool randomizeAnatomy, bool randomizePose)
  : m_Implementation(std::make_unique<Implementation>(
      SyntheticCTDetail::HeadPhantom::Drawing(seed, randomizeAnatomy, randomizePose).GetShape()))
{}

HeadPhantomAnatomy::~HeadPhantomAnatomy() = default;

void
HeadPhantomAnatomy::Evaluate(const double * points, size_t number, Sample * samples) const
{
  if (number > MaximumNumberOfPoints)
  {
    itkGenericExceptionMacro("HeadPhantomAnatomy evaluates at most " << MaximumNumberOfPoints << " points at once, not "
                                                                     << number << '.');
  }
  m_Implementation->Evaluate(points, number, samples);
}

namespace
{
template <size_t VCount>
std::ostream &
PrintName(std::ostream & out, const std::array<const char *, VCount> & names, size_t index)
{
  return out << (index < VCount ? names[index] : "INVALID VALUE");
}
} // namespace

std::ostream &
operator<<(std::ostream & out, HeadPhantomTissueEnum value)
{
  static const std::array<const char *, HeadPhantomEnums::NumberOfTissues> names{ { "Air",        "CerebrospinalFluid",
                                                                                    "GrayMatter", "WhiteMatter",
                                                                                    "Fat",        "Muscle",
                                                                                    "Skin",       "CorticalBone",
                                                                                    "Marrow",     "Tooth",
                                                                                    "InnerAir",   "Vitreous",
                                                                                    "Lens",       "Artery",
                                                                                    "Vein",       "Cartilage",
                                                                                    "Mucosa",     "Gland",
                                                                                    "Dura",       "Disc" } };
  return PrintName(out, names, static_cast<size_t>(value));
}

std::ostream &
operator<<(std::ostream & out, HeadPhantomStructureEnum value)
{
  static const std::array<const char *, 37> names{
    { "Background",        "Scalp",         "Face",           "Neck",        "Calvaria",
      "SkullBase",         "FacialBone",    "Mandible",       "Teeth",       "Vertebrae",
      "Cerebrum",          "Cerebellum",    "Brainstem",      "SpinalCord",  "Ventricles",
      "SubarachnoidSpace", "Eye",           "OpticNerve",     "Orbit",       "FrontalSinus",
      "EthmoidSinus",      "SphenoidSinus", "MaxillarySinus", "NasalCavity", "MastoidCells",
      "EarCanal",          "Airway",        "OralCavity",     "Tongue",      "Parotid",
      "MasticatoryMuscle", "NeckMuscle",    "Vessel",         "Ear",         "InnerEar",
      "SalivaryGland",     "BasalGanglia" }
  };
  return PrintName(out, names, static_cast<size_t>(value));
}

std::ostream &
operator<<(std::ostream & out, HeadPhantomContrastEnum value)
{
  static const std::array<const char *, 4> names{ { "T1", "T2", "ProtonDensity", "Random" } };
  return PrintName(out, names, static_cast<size_t>(value));
}

} // namespace itk
