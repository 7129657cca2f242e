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
#ifndef itkPicture_h
#define itkPicture_h

#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkSmartPointer.h>
#include <vtkUnsignedCharArray.h>

#include <array>
#include <cstddef>
#include <string>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class Picture
 * \brief RGB pixels with texts; [0, 0] is the upper left.
 * \ingroup SyntheticCT */
class Picture
{
public:
  using Color = std::array<unsigned char, 3>;

  /** Of all pixels at first. */
  static constexpr Color BackgroundColor{ { 20, 21, 24 } };

  enum class Anchor
  {
    Low,
    Middle,
    High
  };

  struct TextStyle
  {
    /** Height of the font in pixels. */
    double Size;
    Color  Ink;
    bool   IsBold;
    bool   RunsUpwards;
  };

  Picture(unsigned int width, unsigned int height);

  void
  Set(int x, int y, const unsigned char * color);

  /** Draw a text with a dark rim, so that it can be read on any ground. x and y are the point that the anchors name:
   * left, middle or right; top, middle or bottom. */
  void
  DrawText(const std::string & text, double x, double y, Anchor horizontal, Anchor vertical, const TextStyle & style);

  vtkSmartPointer<vtkUnsignedCharArray>
  EncodePNG();

private:
  /** VTK's first row is the lowest. */
  unsigned char *
  PixelAt(int x, int y);

  void
  Blend(vtkImageData * glyphs, const int size[2], int left, int top, const Color & color, double strength);

  int                  m_Width;
  int                  m_Height;
  vtkNew<vtkImageData> m_Image;
};

} // namespace SyntheticCTDetail
} // namespace itk

#endif
