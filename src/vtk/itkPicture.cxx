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
#include "itkPicture.h"

#include "itkMacro.h"

#include <vtkFreeTypeTools.h>
#include <vtkPNGWriter.h>
#include <vtkTextProperty.h>

#include <algorithm>
#include <cmath>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{
constexpr Picture::Color haloColor{ { 0, 0, 0 } };
/** With which the font size is in pixels. */
constexpr int pointsPerInch = 72;
} // namespace

Picture::Picture(unsigned int width, unsigned int height)
  : m_Width(static_cast<int>(width))
  , m_Height(static_cast<int>(height))
{
  m_Image->SetDimensions(m_Width, m_Height, 1);
  m_Image->AllocateScalars(VTK_UNSIGNED_CHAR, 3);
  for (int y = 0; y < m_Height; ++y)
  {
    for (int x = 0; x < m_Width; ++x)
    {
      this->Set(x, y, BackgroundColor.data());
    }
  }
}

void
Picture::Set(int x, int y, const unsigned char * color)
{
  std::copy_n(color, 3, this->PixelAt(x, y));
}

void
Picture::DrawText(
  const std::string & text, double x, double y, Anchor horizontal, Anchor vertical, const TextStyle & style)
{
  if (text.empty())
  {
    return;
  }
  vtkNew<vtkTextProperty> property;
  property->SetFontFamilyToArial();
  property->SetFontSize(static_cast<int>(std::lround(style.Size)));
  property->SetBold(style.IsBold);
  property->SetOrientation(style.RunsUpwards ? 90.0 : 0.0);
  property->SetColor(1.0, 1.0, 1.0);
  vtkNew<vtkImageData> glyphs;
  int                  glyphSize[2]{ 0, 0 };
  if (!vtkFreeTypeTools::GetInstance()->RenderString(property, text, pointsPerInch, glyphs, glyphSize))
  {
    itkGenericExceptionMacro("SlicePictureWriter: the text '" << text << "' cannot be drawn.");
  }
  const auto begin = [](double at, int extent, Anchor anchor) {
    const double shift = anchor == Anchor::Low ? 0.0 : anchor == Anchor::Middle ? 0.5 * extent : extent;
    return static_cast<int>(std::lround(at - shift));
  };
  const int left = begin(x, glyphSize[0], horizontal);
  const int top = begin(y, glyphSize[1], vertical);
  for (int dy = -1; dy <= 1; ++dy)
  {
    for (int dx = -1; dx <= 1; ++dx)
    {
      if (dx != 0 || dy != 0)
      {
        this->Blend(glyphs, glyphSize, left + dx, top + dy, haloColor, 0.6);
      }
    }
  }
  this->Blend(glyphs, glyphSize, left, top, style.Ink, 1.0);
}

vtkSmartPointer<vtkUnsignedCharArray>
Picture::EncodePNG()
{
  vtkNew<vtkPNGWriter> writer;
  writer->SetInputData(m_Image);
  writer->WriteToMemoryOn();
  writer->Write();
  return writer->GetResult();
}

unsigned char *
Picture::PixelAt(int x, int y)
{
  return static_cast<unsigned char *>(m_Image->GetScalarPointer()) +
         3 * (static_cast<size_t>(m_Height - 1 - y) * m_Width + x);
}

void
Picture::Blend(vtkImageData * glyphs, const int size[2], int left, int top, const Color & color, double strength)
{
  int extent[6];
  glyphs->GetExtent(extent);
  for (int j = 0; j < size[1]; ++j)
  {
    for (int i = 0; i < size[0]; ++i)
    {
      const int x = left + i;
      const int y = top + size[1] - 1 - j;
      if (x < 0 || x >= m_Width || y < 0 || y >= m_Height)
      {
        continue;
      }
      const auto * const source =
        static_cast<const unsigned char *>(glyphs->GetScalarPointer(extent[0] + i, extent[2] + j, extent[4]));
      const double          alpha = strength * source[3] / 255.0;
      unsigned char * const target = this->PixelAt(x, y);
      for (int c = 0; c < 3; ++c)
      {
        target[c] = static_cast<unsigned char>(std::lround(target[c] + alpha * (color[c] - target[c])));
      }
    }
  }
}

} // namespace SyntheticCTDetail
} // namespace itk
