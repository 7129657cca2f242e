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
#ifndef itkSlicePictureWriter_h
#define itkSlicePictureWriter_h

#include "SyntheticCTPicturesExport.h"
#include "itkImage.h"
#include "itkProcessObject.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <array>
#include <iosfwd>
#include <string>
#include <vector>

namespace itk
{

/** \class SlicePictureWriterEnums
 * \brief What SlicePictureWriter draws.
 * \ingroup SyntheticCT */
class SlicePictureWriterEnums
{
public:
  /** How values become colours: from black to white over the window, or from blue over white at zero to red. */
  enum class Colors : uint8_t
  {
    Grey,
    Difference
  };

  /** The rows of the picture. */
  enum class Plane : uint8_t
  {
    Axial,
    Coronal,
    Sagittal
  };
};

using SlicePictureColorsEnum = SlicePictureWriterEnums::Colors;
using SlicePicturePlaneEnum = SlicePictureWriterEnums::Plane;

extern SyntheticCTPictures_EXPORT std::ostream &
                                  operator<<(std::ostream & out, SlicePictureColorsEnum value);
extern SyntheticCTPictures_EXPORT std::ostream &
                                  operator<<(std::ostream & out, SlicePicturePlaneEnum value);

/** \class SlicePictureWriter
 * \brief Writes a PNG with one column per volume and one row per anatomical plane: axial, coronal, sagittal.
 *
 * The planes are those of the patient, whatever the order and direction of the voxel axes: each volume is resliced
 * through one physical point (cubic interpolation) with square pixels. The display is the radiological one: in axial
 * and coronal slices the right of the patient is on the left, in sagittal slices anterior is on the left; superior is
 * up, and in axial slices anterior is up. Letters at the edges say so. Each column has a title, and a colour bar with
 * its window and unit. The volumes need not lie on the same grid: all columns show the same physical box, which is the
 * box around the mask and FieldOfViewMargin, or without a mask the box of the first volume. What a volume does not
 * cover, and voxels that are NaN, get the colour of the background.
 *
 * Given a mask, columns of kind SlicePictureWriterEnums::Colors::Difference show the background outside it.
 *
 * Nothing is rendered on a screen: no display is needed. The file gets its name when it is complete.
 *
 * \code
 * auto picture = itk::SlicePictureWriter::New();
 * picture->AddColumn(ct, "CT", -200, 1500, "HU");
 * picture->AddColumn(syntheticCT, "Synthetic CT", -200, 1500, "HU");
 * picture->AddColumn(difference, "Difference", -300, 300, "HU", itk::SlicePictureColorsEnum::Difference);
 * picture->SetFileName("comparison.png");
 * picture->Write();
 * \endcode
 *
 * Write() throws when there is no column, when the mask is empty, when the point lies outside the physical box of the
 * picture, when the file name does not end in .png, and when the file cannot be written.
 *
 * Built only where VTK is found (library SyntheticCTPictures).
 *
 * \ingroup SyntheticCT
 */
class SyntheticCTPictures_EXPORT SlicePictureWriter : public ProcessObject
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(SlicePictureWriter);

  using Self = SlicePictureWriter;
  using Superclass = ProcessObject;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(SlicePictureWriter);

  using ImageType = Image<float, 3>;
  using MaskImageType = Image<unsigned char, 3>;
  using PointType = Point<double, 3>;
  using PanelRegionType = ImageRegion<2>;
  using PixelIndexType = Index<2>;

  /** Add a column on the right.
   * \param image The volume.
   * \param title The title above the column, UTF-8; may be empty.
   * \param windowMinimum,windowMaximum The values of the two ends of the colours, finite, the minimum the smaller; for
   * differences zero must lie between them. Throws otherwise.
   * \param unit The unit at the colour bar, UTF-8; may be empty.
   * \param colors Grey values, or blue-white-red. */
  void
  AddColumn(const ImageType *      image,
            const std::string &    title,
            double                 windowMinimum,
            double                 windowMaximum,
            const std::string &    unit,
            SlicePictureColorsEnum colors = SlicePictureColorsEnum::Grey);

  /** Take all columns away. */
  void
  ClearColumns();

  unsigned int
  GetNumberOfColumns() const
  {
    return static_cast<unsigned int>(m_Columns.size());
  }

  /** Voxels that are not zero make up the mask. Optional. */
  itkSetInputMacro(MaskImage, MaskImageType);
  itkGetInputMacro(MaskImage, MaskImageType);

  /** The point, in mm (LPS), through which the three slices go. Setting it sets UseCenter off. After Write() it is the
   * point that was used. */
  void
  SetPoint(const PointType & point);
  itkGetConstReferenceMacro(Point, PointType);

  /** Let the slices go through the centre of mass of the mask, or without a mask through the centre of the first
   * volume. On by default. */
  itkSetMacro(UseCenter, bool);
  itkGetConstMacro(UseCenter, bool);
  itkBooleanMacro(UseCenter);

  /** The space shown around the mask, in mm, not negative. Default 8. Not used without a mask. */
  itkSetMacro(FieldOfViewMargin, double);
  itkGetConstMacro(FieldOfViewMargin, double);

  /** The width of a column in pixels, 100 to 4000. Default 420. Texts grow with it. */
  itkSetMacro(ColumnWidth, unsigned int);
  itkGetConstMacro(ColumnWidth, unsigned int);

  /** A line below the picture, UTF-8; may be empty. */
  itkSetStringMacro(Note);
  itkGetStringMacro(Note);

  /** The file to write; its name ends in .png. */
  itkSetStringMacro(FileName);
  itkGetStringMacro(FileName);

  /** Bring the inputs up to date, draw and write. */
  void
  Write();

  /** The same as Write(). */
  void
  Update() override
  {
    this->Write();
  }

  /** The same as Write(). */
  void
  UpdateLargestPossibleRegion() override
  {
    this->Write();
  }

  /** After Write(): the rectangle of a slice in the picture, whose pixel [0, 0] is the upper left. */
  PanelRegionType
  GetPanelRegion(unsigned int column, SlicePicturePlaneEnum plane) const;

  /** After Write(): the pixel of the picture that shows a physical point, projected onto the slice; it may lie outside
   * the slice's rectangle. */
  PixelIndexType
  TransformPhysicalPointToPixel(const PointType & point, unsigned int column, SlicePicturePlaneEnum plane) const;

protected:
  SlicePictureWriter();
  ~SlicePictureWriter() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

  void
  VerifyPreconditions() const override;

  void
  GenerateData() override;

private:
  static constexpr unsigned int NumberOfPlanes = 3;

  struct Column
  {
    std::string            Title;
    double                 WindowMinimum;
    double                 WindowMaximum;
    std::string            Unit;
    SlicePictureColorsEnum Colors;
  };

  void
  ComputeFieldOfView();

  void
  ComputeLayout();

  /** What is drawn into; VTK is needed to know more of it. */
  class Canvas;

  void
  DrawSlice(Canvas & canvas, unsigned int column, unsigned int plane) const;

  /** The letters at the edges of a slice, and the position of the plane beside the first column. */
  void
  DrawLetters(Canvas & canvas, unsigned int column, unsigned int plane) const;

  /** The window of a column as a bar of colours with numbers. */
  void
  DrawBar(Canvas & canvas, unsigned int column) const;

  void
  WritePicture(Canvas & canvas) const;

  const ImageType *
  GetColumnImage(unsigned int column) const;

  std::vector<Column> m_Columns;
  PointType           m_Point{};
  bool                m_UseCenter{ true };
  double              m_FieldOfViewMargin{ 8.0 };
  unsigned int        m_ColumnWidth{ 420 };
  std::string         m_Note;
  std::string         m_FileName;

  /** The physical box that is shown, in mm, and what follows from it. */
  PointType                                                m_LowerCorner{};
  PointType                                                m_UpperCorner{};
  double                                                   m_PixelsPerMillimeter{ 0.0 };
  int                                                      m_RowsBottom{ 0 };
  std::array<unsigned int, 2>                              m_PictureSize{};
  std::vector<std::array<PanelRegionType, NumberOfPlanes>> m_Panels;
};

} // namespace itk

#endif
