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
#ifndef itkImageFilterTestUtilities_h
#define itkImageFilterTestUtilities_h

#include "itkImage.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkObjectFactory.h"
#include "itkTextOutput.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

namespace itk
{
namespace TestUtilities
{

/** Collects what is warned. */
class Warnings : public TextOutput
{
public:
  using Self = Warnings;
  using Superclass = TextOutput;
  using Pointer = SmartPointer<Self>;
  itkSimpleNewMacro(Self);

  void
  DisplayText(const char * text) override
  {
    Text += text;
  }

  std::string Text;
};

/** A rotation about a slanted axis (about the normal in 2D), which has no zero entry. */
template <unsigned int VDimension>
typename Image<float, VDimension>::DirectionType
ObliqueDirection()
{
  typename Image<float, VDimension>::DirectionType direction;
  if constexpr (VDimension == 3)
  {
    // Rodrigues' formula for the axis (1, 2, 3) / sqrt(14) and 25 degrees.
    const double axis[3] = { 1.0 / std::sqrt(14.0), 2.0 / std::sqrt(14.0), 3.0 / std::sqrt(14.0) };
    const double cosine = std::cos(25.0 * 3.14159265358979323846 / 180.0);
    const double sine = std::sqrt(1.0 - cosine * cosine);
    const double cross[3][3] = { { 0.0, -axis[2], axis[1] }, { axis[2], 0.0, -axis[0] }, { -axis[1], axis[0], 0.0 } };
    for (unsigned int r = 0; r < 3; ++r)
    {
      for (unsigned int c = 0; c < 3; ++c)
      {
        direction[r][c] = (r == c ? cosine : 0.0) + sine * cross[r][c] + (1.0 - cosine) * axis[r] * axis[c];
      }
    }
  }
  else
  {
    direction.SetIdentity();
    const double angle = 25.0 * 3.14159265358979323846 / 180.0;
    direction[0][0] = std::cos(angle);
    direction[0][1] = -std::sin(angle);
    direction[1][0] = std::sin(angle);
    direction[1][1] = std::cos(angle);
  }
  return direction;
}

/** An image with an oblique direction, different spacings, an origin and a start index that are not zero, and the
 * values of a function of the index. */
template <typename TImage, typename TFunction>
typename TImage::Pointer
MakeObliqueImage(const typename TImage::SizeType & size, TFunction && function)
{
  auto                         image = TImage::New();
  typename TImage::RegionType  region;
  typename TImage::SpacingType spacing;
  typename TImage::PointType   origin;
  for (unsigned int d = 0; d < TImage::ImageDimension; ++d)
  {
    region.SetIndex(d, static_cast<IndexValueType>(d) * 3 - 2);
    spacing[d] = 0.75 + 0.5 * d;
    origin[d] = 11.0 - 17.0 * d;
  }
  region.SetSize(size);
  image->SetRegions(region);
  image->SetSpacing(spacing);
  image->SetOrigin(origin);
  image->SetDirection(ObliqueDirection<TImage::ImageDimension>());
  image->Allocate();
  for (ImageRegionIteratorWithIndex<TImage> it(image, region); !it.IsAtEnd(); ++it)
  {
    it.Set(static_cast<typename TImage::PixelType>(function(it.GetIndex())));
  }
  return image;
}

/** An image with unit spacing, start index 0 and identity direction. */
template <typename TImage, typename TFunction>
typename TImage::Pointer
MakeImage(const typename TImage::SizeType & size, TFunction && function)
{
  auto image = TImage::New();
  image->SetRegions(size);
  image->Allocate();
  for (ImageRegionIteratorWithIndex<TImage> it(image, image->GetLargestPossibleRegion()); !it.IsAtEnd(); ++it)
  {
    it.Set(static_cast<typename TImage::PixelType>(function(it.GetIndex())));
  }
  return image;
}

/** Numbers in [0, 1) that are the same everywhere (Numerical Recipes' quick linear congruential generator). */
class Random
{
public:
  explicit Random(uint32_t seed)
    : m_State(seed)
  {}

  double
  operator()()
  {
    m_State = 1664525u * m_State + 1013904223u;
    return static_cast<double>(m_State >> 8) / static_cast<double>(1u << 24);
  }

private:
  uint32_t m_State;
};

template <typename TImage1, typename TImage2>
void
ExpectSameGrid(const TImage1 * a, const TImage2 * b)
{
  EXPECT_EQ(a->GetLargestPossibleRegion(), b->GetLargestPossibleRegion());
  EXPECT_EQ(a->GetOrigin(), b->GetOrigin());
  EXPECT_EQ(a->GetSpacing(), b->GetSpacing());
  EXPECT_EQ(a->GetDirection(), b->GetDirection());
}

/** Same values, bit for bit (two NaN are the same), over the same region. */
template <typename TImage>
void
ExpectSameVoxels(const TImage * a, const TImage * b)
{
  ASSERT_EQ(a->GetBufferedRegion(), b->GetBufferedRegion());
  SizeValueType                    different = 0;
  ImageRegionConstIterator<TImage> ia(a, a->GetBufferedRegion());
  ImageRegionConstIterator<TImage> ib(b, b->GetBufferedRegion());
  for (; !ia.IsAtEnd(); ++ia, ++ib)
  {
    // A value differs from itself only when it is NaN.
    const bool bothNaN = ia.Get() != ia.Get() && ib.Get() != ib.Get();
    different += ia.Get() != ib.Get() && !bothNaN ? 1 : 0;
  }
  EXPECT_EQ(different, 0u);
}

/** Runs the filter that `make` gives with 1, 2 and 3 threads, and compares the outputs bit for bit. */
template <typename TMake>
void
ExpectSameForAnyNumberOfThreads(TMake && make)
{
  auto one = make();
  one->SetNumberOfWorkUnits(1);
  one->Update();
  for (unsigned int threads = 2; threads <= 3; ++threads)
  {
    auto several = make();
    several->SetNumberOfWorkUnits(threads);
    several->Update();
    ExpectSameVoxels(one->GetOutput(), several->GetOutput());
  }
}

/** Expects an itk::ExceptionObject whose text has the given words. */
template <typename TFunction>
void
ExpectError(TFunction && function, const std::string & words)
{
  try
  {
    function();
    ADD_FAILURE() << "no exception, expected one with: " << words;
  }
  catch (const ExceptionObject & error)
  {
    EXPECT_NE(std::string(error.GetDescription()).find(words), std::string::npos) << error.GetDescription();
  }
}

} // namespace TestUtilities
} // namespace itk

#endif
