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
#ifndef itkNetworkInferenceTestUtilities_h
#define itkNetworkInferenceTestUtilities_h

#include "itkNetworkInferenceImageFilter.h"

#include "itkImage.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIterator.h"

#include "gtest/gtest.h"

#include <cmath>
#include <functional>
#include <random>
#include <string>

namespace itk
{
namespace NetworkInferenceTest
{
using ImageType = Image<float, 3>;
using FilterType = NetworkInferenceImageFilter<ImageType, ImageType>;
using Plane = InferencePlaneEnum;
using Blending = BlendingEnum;

const std::string identity = "def forward(self, x):\n  return x";
/** Adds the column, and a hundred times the row, of the window. */
const std::string ramp = "def forward(self, x):\n"
                         "  w = torch.arange(x.size(3), dtype=x.dtype)\n"
                         "  h = torch.arange(x.size(2), dtype=x.dtype).unsqueeze(1)\n"
                         "  return x + w + 100 * h";

inline NetworkModel::Pointer
MakeModel(const std::string & source)
{
  auto model = NetworkModel::New();
  model->DefineFromSource(source);
  return model;
}

inline ImageType::Pointer
MakeImage(const ImageType::SizeType & size, const unsigned int seed = 1)
{
  auto image = ImageType::New();
  // Neither the start index nor the geometry is the default one.
  const ImageType::IndexType start{ { 3, -2, 5 } };
  image->SetRegions(ImageType::RegionType(start, size));
  image->Allocate();
  const double             spacing[] = { 0.7, 1.1, 2.3 };
  const double             origin[] = { -31.0, 17.0, 5.5 };
  ImageType::DirectionType direction;
  const double             c = std::cos(0.3);
  const double             s = std::sin(0.3);
  direction.SetIdentity();
  direction(0, 0) = c;
  direction(0, 1) = -s;
  direction(1, 0) = s;
  direction(1, 1) = c;
  image->SetSpacing(spacing);
  image->SetOrigin(origin);
  image->SetDirection(direction);
  std::mt19937                          random(seed);
  std::uniform_real_distribution<float> number(-1000.0f, 3000.0f);
  for (ImageRegionIterator<ImageType> it(image, image->GetBufferedRegion()); !it.IsAtEnd(); ++it)
  {
    it.Set(number(random));
  }
  return image;
}

inline FilterType::Pointer
MakeFilter(const NetworkModel * model, const ImageType * image, const FilterType::PatchSizeType & patchSize)
{
  auto filter = FilterType::New();
  filter->SetModel(model);
  filter->SetInput(image);
  filter->SetPatchSize(patchSize);
  return filter;
}

inline void
ExpectSame(const ImageType * image, const ImageType * reference, const double relativeTolerance)
{
  ASSERT_EQ(image->GetBufferedRegion(), reference->GetBufferedRegion());
  ImageRegionConstIterator<ImageType> it(image, image->GetBufferedRegion());
  ImageRegionConstIterator<ImageType> expected(reference, reference->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it, ++expected)
  {
    ASSERT_NEAR(it.Get(), expected.Get(), relativeTolerance * std::abs(expected.Get()));
  }
}

inline std::string
ErrorOf(const std::function<void()> & work)
{
  try
  {
    work();
  }
  catch (const ExceptionObject & error)
  {
    return error.GetDescription();
  }
  return "";
}

#define EXPECT_ERROR(work, part)                                                                                       \
  {                                                                                                                    \
    const std::string error = ErrorOf([&] { work; });                                                                  \
    EXPECT_NE(error.find(part), std::string::npos) << "the error is: " << error;                                       \
    EXPECT_EQ(error.find('\n'), std::string::npos) << "the error is: " << error;                                       \
  }                                                                                                                    \
  ITK_MACROEND_NOOP_STATEMENT

} // namespace NetworkInferenceTest
} // namespace itk

#endif
