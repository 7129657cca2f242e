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
#include "itkHeadPhantomImageSource.h"

#include "itkImageRegionConstIterator.h"
#include "itkImageRegionConstIteratorWithIndex.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <sstream>
#include <vector>

namespace
{
using ImageType = itk::Image<float, 3>;
using SourceType = itk::HeadPhantomImageSource<ImageType>;
using LabelType = SourceType::LabelImageType;
using Tissue = itk::HeadPhantomTissueEnum;
using Structure = itk::HeadPhantomStructureEnum;

/** A head on a grid around it with the same field of view as the default one. */
SourceType::Pointer
MakeSource(double spacing, itk::SizeValueType seed = 1)
{
  const auto                  source = SourceType::New();
  SourceType::SizeType        size;
  const std::array<double, 3> field{ { 190.0, 240.0, 200.0 } };
  ImageType::SpacingType      voxel;
  for (unsigned int i = 0; i < 3; ++i)
  {
    size[i] = static_cast<itk::SizeValueType>(field[i] / spacing);
    voxel[i] = spacing;
  }
  source->SetSize(size);
  source->SetSpacing(voxel);
  source->CenterGrid();
  source->SetSeed(seed);
  return source;
}

/** The images as they are without point spread, partial volumes, bias and noise. */
void
MakePlain(SourceType * source)
{
  source->SetSupersampling(1);
  source->SetResolution(0.0);
  source->SetCTResolution(0.0);
  source->SetBiasFieldStrength(0.0);
  source->SetNoiseLevel(0.0);
  source->SetCTNoise(0.0);
}

template <typename TImage>
std::vector<typename TImage::PixelType>
Voxels(const TImage * image)
{
  const auto * begin = image->GetBufferPointer();
  return { begin, begin + image->GetBufferedRegion().GetNumberOfPixels() };
}

void
ExpectSameGrid(const itk::ImageBase<3> * a, const itk::ImageBase<3> * b)
{
  EXPECT_EQ(a->GetLargestPossibleRegion(), b->GetLargestPossibleRegion());
  EXPECT_EQ(a->GetSpacing(), b->GetSpacing());
  EXPECT_EQ(a->GetOrigin(), b->GetOrigin());
  EXPECT_EQ(a->GetDirection(), b->GetDirection());
}

size_t
CountDifferences(const LabelType * a, const LabelType * b)
{
  const auto va = Voxels(a);
  const auto vb = Voxels(b);
  EXPECT_EQ(va.size(), vb.size());
  size_t count = 0;
  for (size_t i = 0; i < va.size(); ++i)
  {
    count += va[i] != vb[i] ? 1 : 0;
  }
  return count;
}
} // namespace

TEST(HeadPhantomImageSource, DefaultGridIsCentred)
{
  const auto source = SourceType::New();
  source->UpdateOutputInformation();
  const ImageType * mr = source->GetMR();
  const auto        size = mr->GetLargestPossibleRegion().GetSize();
  EXPECT_EQ(size[0], 181u);
  EXPECT_EQ(size[1], 217u);
  EXPECT_EQ(size[2], 181u);
  EXPECT_EQ(mr->GetOrigin()[0], -90.0);
  EXPECT_EQ(mr->GetOrigin()[1], -108.0);
  EXPECT_EQ(mr->GetOrigin()[2], -90.0);
  // All outputs share the grid, known before the first update.
  for (const itk::ImageBase<3> * other : { static_cast<const itk::ImageBase<3> *>(source->GetCT()),
                                           static_cast<const itk::ImageBase<3> *>(source->GetContrastCT()),
                                           static_cast<const itk::ImageBase<3> *>(source->GetVirtualNonContrastCT()),
                                           static_cast<const itk::ImageBase<3> *>(source->GetTissueLabels()),
                                           static_cast<const itk::ImageBase<3> *>(source->GetStructureLabels()),
                                           static_cast<const itk::ImageBase<3> *>(source->GetBoneMask()),
                                           static_cast<const itk::ImageBase<3> *>(source->GetBodyMask()) })
  {
    ASSERT_NE(other, nullptr);
    ExpectSameGrid(mr, other);
  }
}

TEST(HeadPhantomImageSource, SameBitsForAnyNumberOfThreads)
{
  const auto reference = MakeSource(5.0, 7);
  reference->SetNumberOfWorkUnits(1);
  reference->Update();
  for (const unsigned int workUnits : { 2u, 3u, 16u })
  {
    const auto source = MakeSource(5.0, 7);
    source->SetNumberOfWorkUnits(workUnits);
    source->Update();
    EXPECT_EQ(Voxels(source->GetMR()), Voxels(reference->GetMR()));
    EXPECT_EQ(Voxels(source->GetCT()), Voxels(reference->GetCT()));
    EXPECT_EQ(Voxels(source->GetContrastCT()), Voxels(reference->GetContrastCT()));
    EXPECT_EQ(Voxels(source->GetVirtualNonContrastCT()), Voxels(reference->GetVirtualNonContrastCT()));
    EXPECT_EQ(Voxels(source->GetTissueLabels()), Voxels(reference->GetTissueLabels()));
    EXPECT_EQ(Voxels(source->GetStructureLabels()), Voxels(reference->GetStructureLabels()));
  }
}

TEST(HeadPhantomImageSource, SeedsMakeDifferentHeads)
{
  const auto a = MakeSource(5.0, 1);
  const auto b = MakeSource(5.0, 2);
  a->Update();
  b->Update();
  const size_t number = Voxels(a->GetTissueLabels()).size();
  const size_t different = CountDifferences(a->GetTissueLabels(), b->GetTissueLabels());
  EXPECT_GT(different, number / 20);
  EXPECT_LT(different, number / 2);
  // The pose alone moves the same head.
  const auto c = MakeSource(5.0, 1);
  c->RandomizePoseOff();
  c->Update();
  EXPECT_GT(CountDifferences(a->GetTissueLabels(), c->GetTissueLabels()), number / 100);
}

TEST(HeadPhantomImageSource, WithoutRandomizationTheSkullIsSymmetric)
{
  const auto source = MakeSource(4.0);
  source->RandomizeAnatomyOff();
  source->RandomizePoseOff();
  source->Update();
  // The field of view is symmetric about x = 0, and the textures and cells are not.
  const LabelType * body = source->GetBodyMask();
  const auto        size = body->GetBufferedRegion().GetSize();
  size_t            asymmetric = 0;
  size_t            inside = 0;
  for (itk::ImageRegionConstIteratorWithIndex<LabelType> it(body, body->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    auto mirrored = it.GetIndex();
    mirrored[0] = static_cast<itk::IndexValueType>(size[0]) - 1 - mirrored[0];
    inside += it.Get();
    asymmetric += it.Get() != body->GetPixel(mirrored) ? 1 : 0;
  }
  EXPECT_GT(inside, 1000u);
  EXPECT_LT(asymmetric, inside / 50);
}

TEST(HeadPhantomImageSource, EveryGridShowsTheSamePhysicalHead)
{
  const auto source = MakeSource(6.0, 3);
  MakePlain(source);
  source->SetBiasFieldStrength(0.3);
  ImageType::DirectionType oblique;
  const double             a = 0.4;
  const double             b = -0.3;
  oblique(0, 0) = std::cos(a);
  oblique(0, 1) = -std::sin(a) * std::cos(b);
  oblique(0, 2) = std::sin(a) * std::sin(b);
  oblique(1, 0) = std::sin(a);
  oblique(1, 1) = std::cos(a) * std::cos(b);
  oblique(1, 2) = -std::cos(a) * std::sin(b);
  oblique(2, 0) = 0.0;
  oblique(2, 1) = std::sin(b);
  oblique(2, 2) = std::cos(b);
  source->SetDirection(oblique);
  source->CenterGrid();
  source->Update();
  EXPECT_EQ(source->GetMR()->GetDirection(), oblique);

  // Point by point from the function of space.
  const itk::HeadPhantomAnatomy anatomy(3, true, true);
  const LabelType *             labels = source->GetTissueLabels();
  size_t                        wrong = 0;
  size_t                        inside = 0;
  for (itk::ImageRegionConstIteratorWithIndex<LabelType> it(labels, labels->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    ImageType::PointType point;
    labels->TransformIndexToPhysicalPoint(it.GetIndex(), point);
    itk::HeadPhantomAnatomy::Sample sample;
    anatomy.Evaluate(point.GetDataPointer(), 1, &sample);
    inside += it.Get() != 0 ? 1 : 0;
    wrong += static_cast<unsigned char>(sample.Tissue) != it.Get() ? 1 : 0;
    if (static_cast<unsigned char>(sample.Tissue) == it.Get())
    {
      EXPECT_NEAR(source->GetCT()->GetPixel(it.GetIndex()), sample.HU, 0.1);
    }
  }
  EXPECT_GT(inside, 1000u);
  // The point of a voxel is computed in two ways, which may differ in the last bit on a boundary.
  EXPECT_LE(wrong, inside / 1000);

  // A sagittal grid over the same points: axes permuted, no rounding.
  const auto axial = MakeSource(6.0, 3);
  MakePlain(axial);
  axial->SetBiasFieldStrength(0.3);
  axial->Update();
  const auto sagittal = MakeSource(6.0, 3);
  MakePlain(sagittal);
  sagittal->SetBiasFieldStrength(0.3);
  ImageType::DirectionType permuted;
  permuted.Fill(0.0);
  permuted(1, 0) = 1.0;
  permuted(2, 1) = 1.0;
  permuted(0, 2) = 1.0;
  const auto           size = axial->GetSize();
  SourceType::SizeType turned;
  turned[0] = size[1];
  turned[1] = size[2];
  turned[2] = size[0];
  sagittal->SetSize(turned);
  sagittal->SetDirection(permuted);
  sagittal->SetOrigin(axial->GetOrigin());
  sagittal->Update();
  for (itk::ImageRegionConstIteratorWithIndex<LabelType> it(axial->GetTissueLabels(),
                                                            axial->GetTissueLabels()->GetBufferedRegion());
       !it.IsAtEnd();
       ++it)
  {
    const auto                 index = it.GetIndex();
    const LabelType::IndexType other{ { index[1], index[2], index[0] } };
    ASSERT_EQ(it.Get(), sagittal->GetTissueLabels()->GetPixel(other)) << index;
    ASSERT_EQ(axial->GetStructureLabels()->GetPixel(index), sagittal->GetStructureLabels()->GetPixel(other));
    ASSERT_NEAR(axial->GetMR()->GetPixel(index), sagittal->GetMR()->GetPixel(other), 0.01);
    ASSERT_EQ(axial->GetCT()->GetPixel(index), sagittal->GetCT()->GetPixel(other));
  }
}

TEST(HeadPhantomImageSource, ReferenceImageGivesTheGrid)
{
  const auto            reference = ImageType::New();
  ImageType::SizeType   size = { { 20, 24, 12 } };
  ImageType::RegionType region(ImageType::IndexType{ { 3, -2, 1 } }, size);
  reference->SetRegions(region);
  ImageType::SpacingType spacing;
  spacing.Fill(9.0);
  reference->SetSpacing(spacing);
  ImageType::PointType origin;
  origin[0] = -100.0;
  origin[1] = -90.0;
  origin[2] = -60.0;
  reference->SetOrigin(origin);
  const auto source = SourceType::New();
  source->UseReferenceImageOn();
  EXPECT_THROW(source->Update(), itk::ExceptionObject);
  source->SetReferenceImage(reference);
  source->Update();
  ExpectSameGrid(source->GetMR(), reference);
  EXPECT_EQ(source->GetMR()->GetBufferedRegion(), region);
  EXPECT_EQ(source->GetTissueLabels()->GetBufferedRegion(), region);
}

TEST(HeadPhantomImageSource, TissuesHaveTheirHounsfieldUnits)
{
  // Ranges of mean HU: textbook values of CT at 120 kV.
  const std::map<Tissue, std::array<double, 2>> ranges{ { Tissue::Air, { { -1000, -1000 } } },
                                                        { Tissue::InnerAir, { { -1000, -1000 } } },
                                                        { Tissue::CerebrospinalFluid, { { 0, 15 } } },
                                                        { Tissue::GrayMatter, { { 32, 44 } } },
                                                        { Tissue::WhiteMatter, { { 22, 34 } } },
                                                        { Tissue::Fat, { { -120, -80 } } },
                                                        { Tissue::Muscle, { { 45, 70 } } },
                                                        { Tissue::Skin, { { 10, 80 } } },
                                                        { Tissue::CorticalBone, { { 900, 1900 } } },
                                                        { Tissue::Marrow, { { 100, 900 } } },
                                                        { Tissue::Tooth, { { 1200, 3000 } } },
                                                        { Tissue::Vitreous, { { 0, 20 } } },
                                                        { Tissue::Artery, { { 35, 50 } } },
                                                        { Tissue::Mucosa, { { 20, 60 } } } };
  for (const itk::SizeValueType seed : { 1, 2, 3 })
  {
    const auto source = MakeSource(3.0, seed);
    MakePlain(source);
    source->Update();
    std::map<Tissue, std::array<double, 2>> sums;
    const auto                              labels = Voxels(source->GetTissueLabels());
    const auto                              ct = Voxels(source->GetCT());
    const auto                              bone = Voxels(source->GetBoneMask());
    const auto                              body = Voxels(source->GetBodyMask());
    for (size_t i = 0; i < labels.size(); ++i)
    {
      const auto tissue = static_cast<Tissue>(labels[i]);
      sums[tissue][0] += ct[i];
      sums[tissue][1] += 1.0;
      const bool isBone = tissue == Tissue::CorticalBone || tissue == Tissue::Marrow || tissue == Tissue::Tooth;
      ASSERT_EQ(bone[i] != 0, isBone);
      ASSERT_EQ(body[i] != 0, tissue != Tissue::Air);
    }
    for (const auto & range : ranges)
    {
      const auto & sum = sums[range.first];
      ASSERT_GT(sum[1], 0.0) << range.first << " is missing in head " << seed;
      EXPECT_GE(sum[0] / sum[1], range.second[0]) << range.first << " of head " << seed;
      EXPECT_LE(sum[0] / sum[1], range.second[1]) << range.first << " of head " << seed;
    }
  }
}

TEST(HeadPhantomImageSource, OrgansHaveTheSizesOfAdults)
{
  for (const itk::SizeValueType seed : { 1, 2, 3, 4, 5, 6 })
  {
    const auto source = MakeSource(3.0, seed);
    source->SetSupersampling(1);
    source->ComputeContrastPairOff();
    source->Update();
    std::map<Structure, double> milliliters;
    for (const auto label : Voxels(source->GetStructureLabels()))
    {
      milliliters[static_cast<Structure>(label)] += 0.027;
    }
    // Cranial capacity of adults: 1100 to 1800 ml (Gray's Anatomy); heads here are up to 9 % larger along each axis.
    const double brain = milliliters[Structure::Cerebrum] + milliliters[Structure::BasalGanglia] +
                         milliliters[Structure::Cerebellum] + milliliters[Structure::Brainstem] +
                         milliliters[Structure::Ventricles] + milliliters[Structure::SubarachnoidSpace];
    EXPECT_GT(brain, 1050.0) << seed;
    EXPECT_LT(brain, 2100.0) << seed;
    EXPECT_GT(milliliters[Structure::Cerebellum], 70.0) << seed;
    EXPECT_LT(milliliters[Structure::Cerebellum], 220.0) << seed;
    // Two eyes of 24 mm.
    EXPECT_GT(milliliters[Structure::Eye], 9.0) << seed;
    EXPECT_LT(milliliters[Structure::Eye], 22.0) << seed;
    EXPECT_GT(milliliters[Structure::MaxillarySinus], 12.0) << seed;
    EXPECT_LT(milliliters[Structure::MaxillarySinus], 70.0) << seed;
    for (const auto part : { Structure::Calvaria,
                             Structure::SkullBase,
                             Structure::FacialBone,
                             Structure::Mandible,
                             Structure::Teeth,
                             Structure::Vertebrae,
                             Structure::NasalCavity,
                             Structure::EthmoidSinus,
                             Structure::MastoidCells,
                             Structure::Airway,
                             Structure::Tongue,
                             Structure::Parotid,
                             Structure::MasticatoryMuscle,
                             Structure::OpticNerve,
                             Structure::InnerEar,
                             Structure::Vessel,
                             Structure::Ear,
                             Structure::SpinalCord })
    {
      EXPECT_GT(milliliters[part], 0.1) << part << " of head " << seed;
    }
  }
}

TEST(HeadPhantomImageSource, TheSkullIsClosed)
{
  const auto source = SourceType::New();
  source->SetSeed(5);
  source->SetRandomizePose(false);
  source->SetSupersampling(1);
  source->ComputeContrastPairOff();
  source->Update();
  const LabelType * tissues = source->GetTissueLabels();
  const LabelType * structures = source->GetStructureLabels();
  const auto        region = tissues->GetBufferedRegion();

  // Water poured on the head passes neither bone nor vessels, and does not rise through the foramen magnum, which is
  // plugged below the brainstem.
  const auto isWall = [&](const LabelType::IndexType & index) {
    const auto           tissue = static_cast<Tissue>(tissues->GetPixel(index));
    const auto           structure = static_cast<Structure>(structures->GetPixel(index));
    ImageType::PointType point;
    tissues->TransformIndexToPhysicalPoint(index, point);
    // In this frame the foramen magnum is about 55 mm below and 34 mm behind the origin.
    const bool plug = point[2] < -46.0 && std::abs(point[0]) < 24.0 && point[1] > 0.0 && point[1] < 70.0;
    return tissue == Tissue::CorticalBone || tissue == Tissue::Marrow || structure == Structure::Vessel || plug;
  };
  std::vector<bool>                 wet(region.GetNumberOfPixels(), false);
  std::vector<LabelType::IndexType> front{ region.GetIndex() };
  wet[0] = true;
  size_t leaked = 0;
  while (!front.empty())
  {
    const auto index = front.back();
    front.pop_back();
    const auto structure = static_cast<Structure>(structures->GetPixel(index));
    leaked += structure == Structure::Cerebrum || structure == Structure::Cerebellum ? 1 : 0;
    for (unsigned int axis = 0; axis < 3; ++axis)
    {
      for (const int step : { -1, 1 })
      {
        auto next = index;
        next[axis] += step;
        if (!region.IsInside(next))
        {
          continue;
        }
        const auto offset = static_cast<size_t>(tissues->ComputeOffset(next));
        if (!wet[offset] && !isWall(next))
        {
          wet[offset] = true;
          front.push_back(next);
        }
      }
    }
  }
  EXPECT_EQ(leaked, 0u);
  // It does reach the soft tissue of the face.
  size_t     face = 0;
  const auto parts = Voxels(structures);
  for (size_t i = 0; i < parts.size(); ++i)
  {
    face += wet[i] && static_cast<Structure>(parts[i]) == Structure::Face ? 1 : 0;
  }
  EXPECT_GT(face, 1000u);
}

TEST(HeadPhantomImageSource, ContrastSeedChangesOnlyTheMR)
{
  const auto a = MakeSource(5.0, 4);
  a->SetContrastSeed(10);
  const auto b = MakeSource(5.0, 4);
  b->SetContrastSeed(11);
  a->Update();
  b->Update();
  EXPECT_NE(Voxels(a->GetMR()), Voxels(b->GetMR()));
  EXPECT_EQ(Voxels(a->GetCT()), Voxels(b->GetCT()));
  EXPECT_EQ(Voxels(a->GetContrastCT()), Voxels(b->GetContrastCT()));
  EXPECT_EQ(Voxels(a->GetVirtualNonContrastCT()), Voxels(b->GetVirtualNonContrastCT()));
  EXPECT_EQ(CountDifferences(a->GetTissueLabels(), b->GetTissueLabels()), 0u);
  EXPECT_EQ(CountDifferences(a->GetStructureLabels(), b->GetStructureLabels()), 0u);
}

TEST(HeadPhantomImageSource, PlainSignalsArePiecewise)
{
  for (const auto weighting : { itk::HeadPhantomContrastEnum::T1,
                                itk::HeadPhantomContrastEnum::T2,
                                itk::HeadPhantomContrastEnum::ProtonDensity,
                                itk::HeadPhantomContrastEnum::Random })
  {
    const auto source = MakeSource(5.0, 2);
    MakePlain(source);
    source->SetContrast(weighting);
    source->SetContrastSeed(77);
    source->Update();
    const itk::HeadPhantomContrast contrast(77, weighting, true);
    const auto                     labels = Voxels(source->GetTissueLabels());
    const auto                     mr = Voxels(source->GetMR());
    for (size_t i = 0; i < labels.size(); ++i)
    {
      // The texture of marrow varies most, by 35 %.
      const double mean = contrast.GetMeanSignal(static_cast<Tissue>(labels[i]));
      ASSERT_NEAR(mr[i], mean, 0.36 * mean + 1e-3) << weighting;
    }
    const double gray = contrast.GetMeanSignal(Tissue::GrayMatter);
    const double white = contrast.GetMeanSignal(Tissue::WhiteMatter);
    const double fluid = contrast.GetMeanSignal(Tissue::CerebrospinalFluid);
    if (weighting == itk::HeadPhantomContrastEnum::T1)
    {
      EXPECT_FLOAT_EQ(white, 1000.0F);
      EXPECT_LT(gray, white);
      EXPECT_LT(fluid, gray);
    }
    if (weighting == itk::HeadPhantomContrastEnum::T2)
    {
      EXPECT_GT(gray, white);
      EXPECT_GT(fluid, gray);
    }
    EXPECT_LT(contrast.GetMeanSignal(Tissue::CorticalBone), 0.35 * white + 200.0);
  }
}

TEST(HeadPhantomImageSource, BiasFieldIsAFactorWithinItsStrength)
{
  const auto plain = MakeSource(5.0, 2);
  MakePlain(plain);
  const auto biased = MakeSource(5.0, 2);
  MakePlain(biased);
  biased->SetBiasFieldStrength(0.4);
  plain->Update();
  biased->Update();
  const auto a = Voxels(plain->GetMR());
  const auto b = Voxels(biased->GetMR());
  double     lowest = 10.0;
  double     highest = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
  {
    if (a[i] > 100.0F)
    {
      lowest = std::min<double>(lowest, b[i] / a[i]);
      highest = std::max<double>(highest, b[i] / a[i]);
    }
  }
  EXPECT_GE(lowest, std::exp(-0.4) - 1e-4);
  EXPECT_LE(highest, std::exp(0.4) + 1e-4);
  EXPECT_GT(highest / lowest, 1.1);
  EXPECT_EQ(Voxels(plain->GetCT()), Voxels(biased->GetCT()));
}

TEST(HeadPhantomImageSource, NoiseIsRicianOfTheGivenLevel)
{
  const auto source = MakeSource(4.0, 2);
  MakePlain(source);
  source->SetNoiseLevel(0.05);
  source->SetCTNoise(20.0);
  source->Update();
  const auto plain = MakeSource(4.0, 2);
  MakePlain(plain);
  plain->Update();
  const auto labels = Voxels(source->GetTissueLabels());
  const auto noisy = Voxels(source->GetMR());
  const auto clean = Voxels(plain->GetMR());
  const auto noisyCT = Voxels(source->GetCT());
  const auto cleanCT = Voxels(plain->GetCT());
  double     white = 0.0;
  double     whites = 0.0;
  double     air = 0.0;
  double     airs = 0.0;
  double     ct = 0.0;
  for (size_t i = 0; i < labels.size(); ++i)
  {
    ct += (noisyCT[i] - cleanCT[i]) * (noisyCT[i] - cleanCT[i]);
    if (static_cast<Tissue>(labels[i]) == Tissue::WhiteMatter)
    {
      white += (noisy[i] - clean[i]) * (noisy[i] - clean[i]);
      whites += 1.0;
    }
    if (static_cast<Tissue>(labels[i]) == Tissue::Air)
    {
      // The second moment of a Rician variable is A^2 + 2 sigma^2.
      air += noisy[i] * noisy[i] - clean[i] * clean[i];
      airs += 1.0;
    }
  }
  ASSERT_GT(whites, 500.0);
  EXPECT_NEAR(std::sqrt(white / whites), 50.0, 2.5);
  EXPECT_NEAR(std::sqrt(0.5 * air / airs), 50.0, 1.0);
  EXPECT_NEAR(std::sqrt(ct / static_cast<double>(labels.size())), 20.0, 0.3);
}

TEST(HeadPhantomImageSource, ContrastAgentAndItsVirtualRemoval)
{
  const auto source = MakeSource(4.0, 6);
  MakePlain(source);
  source->SetVirtualNonContrastBoneFactor(0.5);
  source->Update();
  const auto labels = Voxels(source->GetTissueLabels());
  const auto ct = Voxels(source->GetCT());
  const auto enhanced = Voxels(source->GetContrastCT());
  const auto removed = Voxels(source->GetVirtualNonContrastCT());
  size_t     vessels = 0;
  for (size_t i = 0; i < labels.size(); ++i)
  {
    const auto   tissue = static_cast<Tissue>(labels[i]);
    const double gain = enhanced[i] - ct[i];
    switch (tissue)
    {
      case Tissue::Artery:
      case Tissue::Vein:
        ++vessels;
        ASSERT_GT(gain, 200.0);
        break;
      case Tissue::Air:
      case Tissue::InnerAir:
      case Tissue::CerebrospinalFluid:
      case Tissue::Fat:
      case Tissue::CorticalBone:
      case Tissue::Tooth:
      case Tissue::Vitreous:
        ASSERT_EQ(gain, 0.0) << tissue;
        break;
      default:
        ASSERT_GE(gain, 0.0) << tissue;
        ASSERT_LT(gain, 100.0) << tissue;
    }
    ASSERT_NEAR(removed[i], ct[i] > 100.0F ? 100.0 + 0.5 * (ct[i] - 100.0) : ct[i], 1e-3);
  }
  EXPECT_GT(vessels, 50u);

  source->ComputeContrastPairOff();
  source->Update();
  EXPECT_EQ(source->GetContrastCT()->GetBufferedRegion().GetNumberOfPixels(), 0u);
  EXPECT_EQ(Voxels(source->GetCT()), ct);
}

TEST(HeadPhantomImageSource, PartialVolumesAndPointSpreadKeepTheMean)
{
  // Averages of the points of voxels and normalised kernels leave the mean of a large region as it is.
  const auto sharp = MakeSource(4.0, 1);
  MakePlain(sharp);
  sharp->Update();
  const auto soft = MakeSource(4.0, 1);
  MakePlain(soft);
  soft->SetSupersampling(2);
  soft->SetCTResolution(6.0);
  soft->Update();
  const auto a = Voxels(sharp->GetCT());
  const auto b = Voxels(soft->GetCT());
  double     sharpSum = 0.0;
  double     softSum = 0.0;
  double     sharpSquares = 0.0;
  double     softSquares = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
  {
    sharpSum += a[i];
    softSum += b[i];
    sharpSquares += a[i] * a[i];
    softSquares += b[i] * b[i];
  }
  const double number = static_cast<double>(a.size());
  EXPECT_NEAR(sharpSum / number, softSum / number, 5.0);
  EXPECT_LT(softSquares, sharpSquares);
}

TEST(HeadPhantomImageSource, IntegersAreRounded)
{
  using ShortSource = itk::HeadPhantomImageSource<itk::Image<short, 3>>;
  const auto real = MakeSource(8.0, 2);
  const auto integer = ShortSource::New();
  integer->SetSize(real->GetSize());
  integer->SetSpacing(real->GetSpacing());
  integer->SetOrigin(real->GetOrigin());
  integer->SetSeed(2);
  real->Update();
  integer->Update();
  const auto a = Voxels(real->GetCT());
  const auto b = Voxels(integer->GetCT());
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i)
  {
    ASSERT_NEAR(a[i], b[i], 0.5 + 1e-3);
  }
}

TEST(HeadPhantomImageSource, BadParametersThrow)
{
  const auto fails = [](const std::function<void(SourceType *)> & set) {
    const auto source = MakeSource(20.0);
    set(source);
    EXPECT_THROW(source->Update(), itk::ExceptionObject);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  fails([](SourceType * s) { s->SetBiasFieldStrength(-0.1); });
  fails([](SourceType * s) { s->SetBiasFieldStrength(2.1); });
  fails([nan](SourceType * s) { s->SetBiasFieldStrength(nan); });
  fails([](SourceType * s) { s->SetNoiseLevel(-0.1); });
  fails([](SourceType * s) { s->SetNoiseLevel(1.1); });
  fails([](SourceType * s) { s->SetResolution(-1.0); });
  fails([](SourceType * s) { s->SetResolution(21.0); });
  fails([](SourceType * s) { s->SetCTResolution(-1.0); });
  fails([](SourceType * s) { s->SetCTNoise(-1.0); });
  fails([](SourceType * s) { s->SetVirtualNonContrastBoneFactor(1.5); });
  fails([](SourceType * s) { s->SetSupersampling(0); });
  fails([](SourceType * s) { s->SetSupersampling(4); });
  fails([](SourceType * s) {
    SourceType::ExtentType extent;
    extent.Fill(-1.0);
    s->SetSampleExtent(extent);
  });
  fails([](SourceType * s) { s->SetContrast(static_cast<itk::HeadPhantomContrastEnum>(9)); });
  fails([](SourceType * s) {
    SourceType::SizeType size = { { 0, 10, 10 } };
    s->SetSize(size);
  });
  fails([](SourceType * s) {
    ImageType::SpacingType spacing;
    spacing.Fill(0.0);
    s->SetSpacing(spacing);
  });
  const itk::HeadPhantomAnatomy                anatomy(1, true, true);
  std::vector<double>                          points(3 * 33, 0.0);
  std::vector<itk::HeadPhantomAnatomy::Sample> samples(33);
  EXPECT_THROW(anatomy.Evaluate(points.data(), 33, samples.data()), itk::ExceptionObject);
}

TEST(HeadPhantomImageSource, ReportsProgressAndStops)
{
  const auto source = MakeSource(6.0);
  double     last = 0.0;
  source->AddObserver(itk::ProgressEvent(), [&](const itk::EventObject &) {
    last = source->GetProgress();
    source->AbortGenerateDataOn();
  });
  EXPECT_THROW(source->Update(), itk::ProcessAborted);
  EXPECT_GT(last, 0.0);
  EXPECT_LT(last, 1.0);
}

TEST(HeadPhantomImageSource, PrintsItsMembersAndEnums)
{
  std::ostringstream out;
  SourceType::New()->Print(out);
  for (const char * name : { "Seed",
                             "ContrastSeed",
                             "Contrast: T1",
                             "RandomizeAnatomy",
                             "RandomizePose",
                             "RandomizeContrast",
                             "BiasFieldStrength",
                             "NoiseLevel",
                             "Resolution",
                             "CTResolution",
                             "CTNoise",
                             "VirtualNonContrastBoneFactor",
                             "Supersampling",
                             "SampleExtent",
                             "ComputeContrastPair" })
  {
    EXPECT_NE(out.str().find(name), std::string::npos) << name;
  }
  std::ostringstream names;
  names << Tissue::Disc << ' ' << Structure::BasalGanglia << ' ' << static_cast<Tissue>(200);
  EXPECT_EQ(names.str(),
            "Disc BasalGanglia "
            "INVALID VALUE");
}
