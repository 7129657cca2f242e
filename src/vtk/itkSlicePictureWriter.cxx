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
#include "itkSlicePictureWriter.h"

#include "itkPicture.h"

#include "itkContinuousIndex.h"
#include "itkImageRegionConstIteratorWithIndex.h"
#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkPlainText.h"

#include <vtkColorTransferFunction.h>
#include <vtkFloatArray.h>
#include <vtkImageData.h>
#include <vtkImageMapToColors.h>
#include <vtkImageReslice.h>
#include <vtkMatrix4x4.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkSmartPointer.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iterator>
#include <limits>
#include <sstream>

namespace itk
{
namespace
{

using SyntheticCTDetail::Picture;

constexpr Picture::Color textColor{ { 232, 232, 236 } };
constexpr Picture::Color quietTextColor{ { 196, 198, 206 } };

/** The column width, in pixels, for which the sizes of texts and gaps are stated below. */
constexpr double referenceColumnWidth = 420.0;

/** Which patient axis (LPS) runs along a plane's columns and rows, and whether it does so against its direction. */
struct PlaneAxes
{
  const char * Name;
  unsigned int Horizontal;
  unsigned int Vertical;
  unsigned int Normal;
  bool         VerticalIsReversed;
  const char * Letters[4]; // left, right, top, bottom
};

constexpr PlaneAxes planes[] = { { "Axial", 0, 1, 2, false, { "R", "L", "A", "P" } },
                                 { "Coronal", 0, 2, 1, true, { "R", "L", "S", "I" } },
                                 { "Sagittal", 1, 2, 0, true, { "A", "P", "S", "I" } } };

/** The letters of the negative and positive side of each patient axis. */
constexpr char sideLetters[3][2] = { { 'R', 'L' }, { 'A', 'P' }, { 'I', 'S' } };

std::string
NumberText(double value)
{
  std::ostringstream text;
  text << std::setprecision(4) << value;
  return text.str();
}

std::string
PositionText(const PlaneAxes & plane, double position)
{
  std::ostringstream text;
  text << plane.Name << "  " << sideLetters[plane.Normal][position < 0.0 ? 0 : 1] << ' ' << std::fixed
       << std::setprecision(1) << std::abs(position) << " mm";
  return text.str();
}

vtkSmartPointer<vtkColorTransferFunction>
ColorsOf(SlicePictureColorsEnum colors, double minimum, double maximum)
{
  auto function = vtkSmartPointer<vtkColorTransferFunction>::New();
  if (colors == SlicePictureColorsEnum::Grey)
  {
    function->AddRGBPoint(minimum, 0.0, 0.0, 0.0);
    function->AddRGBPoint(maximum, 1.0, 1.0, 1.0);
  }
  else
  {
    function->SetColorSpaceToLab();
    function->AddRGBPoint(minimum, 0.07, 0.19, 0.55);
    function->AddRGBPoint(0.5 * minimum, 0.36, 0.60, 0.88);
    function->AddRGBPoint(0.0, 1.0, 1.0, 1.0);
    function->AddRGBPoint(0.5 * maximum, 0.93, 0.48, 0.36);
    function->AddRGBPoint(maximum, 0.58, 0.04, 0.10);
  }
  const auto & ground = Picture::BackgroundColor;
  function->SetNanColor(ground[0] / 255.0, ground[1] / 255.0, ground[2] / 255.0);
  return function;
}

/** The voxels of an image as VTK has them, without a copy; geometry is left to the reslicing. */
template <typename TArray, typename TImage>
vtkSmartPointer<vtkImageData>
Wrap(const TImage * image)
{
  const auto & size = image->GetBufferedRegion().GetSize();
  auto         result = vtkSmartPointer<vtkImageData>::New();
  result->SetDimensions(static_cast<int>(size[0]), static_cast<int>(size[1]), static_cast<int>(size[2]));
  vtkNew<TArray> voxels;
  voxels->SetArray(const_cast<typename TImage::PixelType *>(image->GetBufferPointer()),
                   static_cast<vtkIdType>(image->GetBufferedRegion().GetNumberOfPixels()),
                   1);
  result->GetPointData()->SetScalars(voxels);
  return result;
}

/** A slice of width x height pixels, the first of them at the physical point origin. */
template <typename TArray, typename TImage>
vtkSmartPointer<vtkImageData>
Reslice(const TImage *                   image,
        const Point<double, 3> &         origin,
        const Vector<double, 3> &        columnStep,
        const Vector<double, 3> &        rowStep,
        const ImageRegion<2>::SizeType & size,
        double                           background,
        bool                             nearest)
{
  // The reslicing runs in voxel units: the axes may then be oblique, and need not have the same spacing.
  const auto indexOf = [image](const Point<double, 3> & point) {
    ContinuousIndex<double, 3>  index;
    [[maybe_unused]] const bool isInside = image->TransformPhysicalPointToContinuousIndex(point, index);
    for (unsigned int i = 0; i < 3; ++i)
    {
      index[i] -= static_cast<double>(image->GetBufferedRegion().GetIndex(i));
    }
    return index;
  };
  const Vector<double, 3> normal = CrossProduct(columnStep, rowStep) / columnStep.GetNorm();
  const auto              start = indexOf(origin);
  const auto              ends = std::array<ContinuousIndex<double, 3>, 3>{
                 { indexOf(origin + columnStep), indexOf(origin + rowStep), indexOf(origin + normal) }
  };
  vtkNew<vtkMatrix4x4> axes;
  for (int i = 0; i < 3; ++i)
  {
    for (int j = 0; j < 3; ++j)
    {
      axes->SetElement(i, j, ends[j][i] - start[i]);
    }
    axes->SetElement(i, 3, start[i]);
  }

  vtkNew<vtkImageReslice> reslice;
  reslice->SetInputData(Wrap<TArray>(image));
  reslice->SetResliceAxes(axes);
  reslice->SetOutputDimensionality(2);
  reslice->SetOutputOrigin(0.0, 0.0, 0.0);
  reslice->SetOutputSpacing(1.0, 1.0, 1.0);
  reslice->SetOutputExtent(0, static_cast<int>(size[0]) - 1, 0, static_cast<int>(size[1]) - 1, 0, 0);
  reslice->SetBackgroundLevel(background);
  if (nearest)
  {
    reslice->SetInterpolationModeToNearestNeighbor();
  }
  else
  {
    reslice->SetInterpolationModeToCubic();
  }
  reslice->Update();
  return reslice->GetOutput();
}

} // namespace

std::ostream &
operator<<(std::ostream & out, const SlicePictureColorsEnum value)
{
  const char * name = [value] {
    switch (value)
    {
      case SlicePictureColorsEnum::Grey:
        return "Grey";
      case SlicePictureColorsEnum::Difference:
        return "Difference";
      default:
        return "INVALID VALUE";
    }
  }();
  return out << "" << name;
}

std::ostream &
operator<<(std::ostream & out, const SlicePicturePlaneEnum value)
{
  const auto index = static_cast<size_t>(value);
  return out << "" << (index < std::size(planes) ? planes[index].Name : "INVALID VALUE");
}

SlicePictureWriter::SlicePictureWriter()
{
  this->AddOptionalInputName("MaskImage");
}

void
SlicePictureWriter::AddColumn(const ImageType *      image,
                              const std::string &    title,
                              double                 windowMinimum,
                              double                 windowMaximum,
                              const std::string &    unit,
                              SlicePictureColorsEnum colors)
{
  if (image == nullptr)
  {
    itkSyntheticCTExceptionMacro("The image of column '" << title << "' is null.");
  }
  if (!(windowMinimum < windowMaximum) || std::isinf(windowMinimum) || std::isinf(windowMaximum))
  {
    itkSyntheticCTExceptionMacro("The window of column '" << title << "' is [" << windowMinimum << ", " << windowMaximum
                                                          << "] but should be two rising numbers.");
  }
  if (colors == SlicePictureColorsEnum::Difference && !(windowMinimum < 0.0 && windowMaximum > 0.0))
  {
    itkSyntheticCTExceptionMacro("The window of column '" << title << "' is [" << windowMinimum << ", " << windowMaximum
                                                          << "] but zero should lie inside that of a difference.");
  }
  if (colors != SlicePictureColorsEnum::Grey && colors != SlicePictureColorsEnum::Difference)
  {
    itkSyntheticCTExceptionMacro("The colours of column '" << title << "' are " << colors << '.');
  }
  // Process objects are not const-correct.
  this->SetNthInput(m_Columns.size(), const_cast<ImageType *>(image));
  m_Columns.push_back({ title, windowMinimum, windowMaximum, unit, colors });
  this->Modified();
}

void
SlicePictureWriter::ClearColumns()
{
  m_Columns.clear();
  this->SetNumberOfIndexedInputs(0);
  this->Modified();
}

void
SlicePictureWriter::SetPoint(const PointType & point)
{
  m_Point = point;
  m_UseCenter = false;
  this->Modified();
}

auto
SlicePictureWriter::GetColumnImage(unsigned int column) const -> const ImageType *
{
  return static_cast<const ImageType *>(this->ProcessObject::GetInput(column));
}

void
SlicePictureWriter::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();

  if (m_Columns.empty())
  {
    itkSyntheticCTExceptionMacro("There is no column: call AddColumn().");
  }
  const std::string extension = SyntheticCTDetail::LowerCase(std::filesystem::path(m_FileName).extension().string());
  if (extension != ".png")
  {
    itkSyntheticCTExceptionMacro("FileName is '" << m_FileName << "' but should end in .png.");
  }
  if (m_ColumnWidth < 100 || m_ColumnWidth > 4000)
  {
    itkSyntheticCTExceptionMacro("ColumnWidth is " << m_ColumnWidth << " but should be from 100 to 4000.");
  }
  if (!(m_FieldOfViewMargin >= 0.0) || std::isinf(m_FieldOfViewMargin))
  {
    itkSyntheticCTExceptionMacro("FieldOfViewMargin is " << m_FieldOfViewMargin << " but should not be negative.");
  }
}

void
SlicePictureWriter::Write()
{
  this->VerifyPreconditions();

  this->SetAbortGenerateData(false);
  this->UpdateProgress(0.0f);
  for (const auto & name : this->GetInputNames())
  {
    DataObject * const input = this->ProcessObject::GetInput(name);
    if (input != nullptr)
    {
      input->UpdateOutputInformation();
      input->SetRequestedRegionToLargestPossibleRegion();
      input->PropagateRequestedRegion();
      input->UpdateOutputData();
    }
  }

  this->InvokeEvent(StartEvent());
  this->GenerateData();
  this->UpdateProgress(1.0f);
  this->InvokeEvent(EndEvent());
  this->ReleaseInputs();
}

void
SlicePictureWriter::ComputeFieldOfView()
{
  // The box of voxels to show, in voxel units and with the voxels' own extent.
  const MaskImageType *      mask = this->GetMaskImage();
  const ImageBase<3> *       grid = mask != nullptr ? static_cast<const ImageBase<3> *>(mask) : this->GetColumnImage(0);
  ContinuousIndex<double, 3> lower;
  ContinuousIndex<double, 3> upper;
  ContinuousIndex<double, 3> center;
  double                     margin = 0.0;
  const ImageBase<3>::RegionType & region = grid->GetBufferedRegion();
  if (region.GetNumberOfPixels() == 0)
  {
    itkSyntheticCTExceptionMacro((mask != nullptr ? "MaskImage" : "The image of the first column")
                                 << " has no voxels.");
  }
  if (mask != nullptr)
  {
    SizeValueType count = 0;
    lower.Fill(std::numeric_limits<double>::max());
    upper.Fill(std::numeric_limits<double>::lowest());
    center.Fill(0.0);
    for (ImageRegionConstIteratorWithIndex<MaskImageType> it(mask, region); !it.IsAtEnd(); ++it)
    {
      if (it.Get() != 0)
      {
        ++count;
        for (unsigned int i = 0; i < 3; ++i)
        {
          const auto position = static_cast<double>(it.GetIndex()[i]);
          lower[i] = std::min(lower[i], position - 0.5);
          upper[i] = std::max(upper[i], position + 0.5);
          center[i] += position;
        }
      }
    }
    if (count == 0)
    {
      itkSyntheticCTExceptionMacro("MaskImage is empty.");
    }
    for (unsigned int i = 0; i < 3; ++i)
    {
      center[i] /= static_cast<double>(count);
    }
    margin = m_FieldOfViewMargin;
  }
  else
  {
    for (unsigned int i = 0; i < 3; ++i)
    {
      lower[i] = static_cast<double>(region.GetIndex(i)) - 0.5;
      upper[i] = lower[i] + static_cast<double>(region.GetSize(i));
      center[i] = 0.5 * (lower[i] + upper[i]);
    }
  }

  m_LowerCorner.Fill(std::numeric_limits<double>::max());
  m_UpperCorner.Fill(std::numeric_limits<double>::lowest());
  for (unsigned int corner = 0; corner < 8; ++corner)
  {
    ContinuousIndex<double, 3> index;
    for (unsigned int i = 0; i < 3; ++i)
    {
      index[i] = (corner >> i & 1u) != 0 ? upper[i] : lower[i];
    }
    PointType point;
    grid->TransformContinuousIndexToPhysicalPoint(index, point);
    for (unsigned int i = 0; i < 3; ++i)
    {
      m_LowerCorner[i] = std::min(m_LowerCorner[i], point[i] - margin);
      m_UpperCorner[i] = std::max(m_UpperCorner[i], point[i] + margin);
    }
  }

  if (m_UseCenter)
  {
    grid->TransformContinuousIndexToPhysicalPoint(center, m_Point);
  }
  for (unsigned int i = 0; i < 3; ++i)
  {
    if (!(m_Point[i] >= m_LowerCorner[i] && m_Point[i] <= m_UpperCorner[i]))
    {
      itkSyntheticCTExceptionMacro("Point is " << m_Point << " but should lie in the box from " << m_LowerCorner
                                               << " to " << m_UpperCorner << '.');
    }
  }
}

namespace
{

/** Sizes in pixels of what surrounds the slices. */
struct Frame
{
  explicit Frame(unsigned int columnWidth)
    : ColumnWidth(static_cast<int>(columnWidth))
    , Unit(columnWidth / referenceColumnWidth)
    , Margin(static_cast<int>(std::lround(16 * Unit)))
    , ColumnGap(static_cast<int>(std::lround(16 * Unit)))
    , RowGap(static_cast<int>(std::lround(10 * Unit)))
    , RowLabelWidth(static_cast<int>(std::lround(24 * Unit)))
    , LowestRow(static_cast<int>(std::lround(150 * Unit)))
    , TitleHeight(static_cast<int>(std::lround(34 * Unit)))
    , BarOffset(static_cast<int>(std::lround(16 * Unit)))
    , BarHeight(static_cast<int>(std::lround(12 * Unit)))
    , BarLabelHeight(static_cast<int>(std::lround(24 * Unit)))
    , NoteHeight(static_cast<int>(std::lround(26 * Unit)))
    , TitleSize(20 * Unit)
    , LabelSize(14 * Unit)
    , LetterSize(16 * Unit)
  {}

  int
  LeftOf(size_t column) const
  {
    return Margin + RowLabelWidth + static_cast<int>(column) * (ColumnWidth + ColumnGap);
  }

  int    ColumnWidth;
  double Unit;
  int    Margin;
  int    ColumnGap;
  int    RowGap;
  int    RowLabelWidth;
  int    LowestRow;
  int    TitleHeight;
  int    BarOffset;
  int    BarHeight;
  int    BarLabelHeight;
  int    NoteHeight;
  double TitleSize;
  double LabelSize;
  double LetterSize;
};

} // namespace

void
SlicePictureWriter::ComputeLayout()
{
  const Frame  frame(m_ColumnWidth);
  const auto   extent = m_UpperCorner - m_LowerCorner;
  const double columnWidth = m_ColumnWidth;
  m_PixelsPerMillimeter = columnWidth / std::max(extent[0], extent[1]);

  m_Panels.assign(m_Columns.size(), {});
  m_RowsBottom = 0;
  for (size_t column = 0; column < m_Columns.size(); ++column)
  {
    const int left = frame.LeftOf(column);
    int       top = frame.Margin + frame.TitleHeight;
    for (unsigned int plane = 0; plane < NumberOfPlanes; ++plane)
    {
      PanelRegionType::SizeType size;
      size[0] = std::max(1L, std::lround(extent[planes[plane].Horizontal] * m_PixelsPerMillimeter));
      size[1] = std::max(1L, std::lround(extent[planes[plane].Vertical] * m_PixelsPerMillimeter));
      // The slices of a thin slab are lower than the texts of their row.
      const int                        rowHeight = std::max(frame.LowestRow, static_cast<int>(size[1]));
      const PanelRegionType::IndexType index{ { left + static_cast<int>(m_ColumnWidth - size[0]) / 2,
                                                top + (rowHeight - static_cast<int>(size[1])) / 2 } };
      m_Panels[column][plane] = PanelRegionType(index, size);
      top += rowHeight + frame.RowGap;
    }
    m_RowsBottom = top - frame.RowGap;
  }

  m_PictureSize[0] = static_cast<unsigned int>(frame.LeftOf(m_Columns.size()) - frame.ColumnGap + frame.Margin);
  m_PictureSize[1] = static_cast<unsigned int>(m_RowsBottom + frame.BarOffset + frame.BarHeight + frame.BarLabelHeight +
                                               frame.Margin + (m_Note.empty() ? 0 : frame.NoteHeight));
}

/** A picture with the sizes and the styles of what is drawn into it. */
class SlicePictureWriter::Canvas : public Picture
{
public:
  Canvas(const std::array<unsigned int, 2> & size, const Frame & frame)
    : Picture(size[0], size[1])
    , Layout(frame)
  {}

  Frame     Layout;
  TextStyle Title{ Layout.TitleSize, textColor, true, false };
  TextStyle Letter{ Layout.LetterSize, textColor, true, false };
  TextStyle Label{ Layout.LabelSize, quietTextColor, false, false };
  TextStyle RowLabel{ Layout.LabelSize, quietTextColor, false, true };
  /** Of the column that is being drawn. */
  vtkSmartPointer<vtkColorTransferFunction> Colors;
};

void
SlicePictureWriter::DrawSlice(Canvas & canvas, unsigned int c, unsigned int p) const
{
  const PlaneAxes &       plane = planes[p];
  const Column &          column = m_Columns[c];
  const PanelRegionType & panel = m_Panels[c][p];
  const double            step = 1.0 / m_PixelsPerMillimeter;
  PointType               origin = m_Point;
  Vector<double, 3>       columnStep(0.0);
  Vector<double, 3>       rowStep(0.0);
  origin[plane.Horizontal] = m_LowerCorner[plane.Horizontal] + 0.5 * step;
  columnStep[plane.Horizontal] = step;
  rowStep[plane.Vertical] = plane.VerticalIsReversed ? -step : step;
  origin[plane.Vertical] =
    plane.VerticalIsReversed ? m_UpperCorner[plane.Vertical] - 0.5 * step : m_LowerCorner[plane.Vertical] + 0.5 * step;

  const auto                  slice = Reslice<vtkFloatArray>(this->GetColumnImage(c),
                                            origin,
                                            columnStep,
                                            rowStep,
                                            panel.GetSize(),
                                            std::numeric_limits<double>::quiet_NaN(),
                                            false);
  vtkNew<vtkImageMapToColors> mapper;
  mapper->SetInputData(slice);
  mapper->SetLookupTable(canvas.Colors);
  mapper->SetOutputFormatToRGB();
  mapper->Update();
  vtkSmartPointer<vtkImageData> maskSlice;
  if (column.Colors == SlicePictureColorsEnum::Difference && this->GetMaskImage() != nullptr)
  {
    maskSlice =
      Reslice<vtkUnsignedCharArray>(this->GetMaskImage(), origin, columnStep, rowStep, panel.GetSize(), 0.0, true);
  }
  const int x0 = static_cast<int>(panel.GetIndex(0));
  const int y0 = static_cast<int>(panel.GetIndex(1));
  const int width = static_cast<int>(panel.GetSize(0));
  const int height = static_cast<int>(panel.GetSize(1));
  for (int y = 0; y < height; ++y)
  {
    for (int x = 0; x < width; ++x)
    {
      const bool isShown = !maskSlice || *static_cast<const unsigned char *>(maskSlice->GetScalarPointer(x, y, 0)) != 0;
      if (isShown)
      {
        canvas.Set(x0 + x, y0 + y, static_cast<const unsigned char *>(mapper->GetOutput()->GetScalarPointer(x, y, 0)));
      }
    }
  }
}

void
SlicePictureWriter::DrawLetters(Canvas & canvas, unsigned int c, unsigned int p) const
{
  using Anchor = Picture::Anchor;
  const PlaneAxes &       plane = planes[p];
  const PanelRegionType & panel = m_Panels[c][p];
  const int               x0 = static_cast<int>(panel.GetIndex(0));
  const int               y0 = static_cast<int>(panel.GetIndex(1));
  const int               width = static_cast<int>(panel.GetSize(0));
  const int               height = static_cast<int>(panel.GetSize(1));
  // At the inner edges of the slice, or outside a slice that is too small for them.
  const double inset = 5 * canvas.Layout.Unit;
  const double smallest = 5 * canvas.Layout.LetterSize;
  const double insetX = width < smallest ? -inset - canvas.Layout.LetterSize : inset;
  const double insetY = height < smallest ? -inset - canvas.Layout.LetterSize : inset;
  const auto   letter = [&](const char * text, double x, double y, Anchor horizontal, Anchor vertical) {
    canvas.DrawText(text, x, y, horizontal, vertical, canvas.Letter);
  };
  letter(plane.Letters[0], x0 + insetX, y0 + 0.5 * height, Anchor::Low, Anchor::Middle);
  letter(plane.Letters[1], x0 + width - insetX, y0 + 0.5 * height, Anchor::High, Anchor::Middle);
  letter(plane.Letters[2], x0 + 0.5 * width, y0 + insetY, Anchor::Middle, Anchor::Low);
  letter(plane.Letters[3], x0 + 0.5 * width, y0 + height - insetY, Anchor::Middle, Anchor::High);
  if (c == 0)
  {
    canvas.DrawText(PositionText(plane, m_Point[plane.Normal]),
                    canvas.Layout.Margin + 0.5 * canvas.Layout.RowLabelWidth,
                    y0 + 0.5 * height,
                    Anchor::Middle,
                    Anchor::Middle,
                    canvas.RowLabel);
  }
}

void
SlicePictureWriter::DrawBar(Canvas & canvas, unsigned int c) const
{
  using Anchor = Picture::Anchor;
  const Column & column = m_Columns[c];
  const double   middle = canvas.Layout.LeftOf(c) + 0.5 * m_ColumnWidth;
  const int      barTop = m_RowsBottom + canvas.Layout.BarOffset;
  const int      barWidth = static_cast<int>(0.7 * m_ColumnWidth);
  const int      barLeft = static_cast<int>(middle) - barWidth / 2;
  for (int x = 0; x < barWidth; ++x)
  {
    const double share = (x + 0.5) / barWidth;
    const double value = column.WindowMinimum + share * (column.WindowMaximum - column.WindowMinimum);
    const auto * color = canvas.Colors->MapValue(value);
    for (int y = 0; y < canvas.Layout.BarHeight; ++y)
    {
      canvas.Set(barLeft + x, barTop + y, color);
    }
  }
  const auto label = [&](double value) {
    const double share = (value - column.WindowMinimum) / (column.WindowMaximum - column.WindowMinimum);
    canvas.DrawText(NumberText(value),
                    barLeft + share * barWidth,
                    barTop + canvas.Layout.BarHeight + 4 * canvas.Layout.Unit,
                    Anchor::Middle,
                    Anchor::Low,
                    canvas.Label);
  };
  label(column.WindowMinimum);
  label(column.Colors == SlicePictureColorsEnum::Difference ? 0.0
                                                            : 0.5 * (column.WindowMinimum + column.WindowMaximum));
  label(column.WindowMaximum);
  canvas.DrawText(column.Unit,
                  barLeft + barWidth + 10 * canvas.Layout.Unit,
                  barTop + 0.5 * canvas.Layout.BarHeight,
                  Anchor::Low,
                  Anchor::Middle,
                  canvas.Label);
}

void
SlicePictureWriter::WritePicture(Canvas & canvas) const
{
  const auto                      bytes = canvas.EncodePNG();
  SyntheticCTDetail::AtomicOutput output(m_FileName);
  std::ofstream                   stream(output.GetTemporaryName(), std::ios::binary);
  stream.write(reinterpret_cast<const char *>(bytes->GetPointer(0)), bytes->GetNumberOfValues());
  stream.close();
  if (!stream)
  {
    itkSyntheticCTExceptionMacro("The picture '" << m_FileName << "' cannot be written: the disk may be full.");
  }
  output.Commit();
}

void
SlicePictureWriter::GenerateData()
{
  this->ComputeFieldOfView();
  this->ComputeLayout();

  using Anchor = Picture::Anchor;
  Canvas        canvas(m_PictureSize, Frame(m_ColumnWidth));
  const Frame & frame = canvas.Layout;
  const auto    numberOfSlices = static_cast<float>(m_Columns.size() * NumberOfPlanes);
  for (unsigned int c = 0; c < m_Columns.size(); ++c)
  {
    const Column & column = m_Columns[c];
    canvas.Colors = ColorsOf(column.Colors, column.WindowMinimum, column.WindowMaximum);
    canvas.DrawText(column.Title,
                    frame.LeftOf(c) + 0.5 * m_ColumnWidth,
                    frame.Margin + 0.4 * frame.TitleHeight,
                    Anchor::Middle,
                    Anchor::Middle,
                    canvas.Title);
    for (unsigned int p = 0; p < NumberOfPlanes; ++p)
    {
      this->DrawSlice(canvas, c, p);
      this->DrawLetters(canvas, c, p);
      this->UpdateProgress(static_cast<float>(c * NumberOfPlanes + p + 1) / numberOfSlices);
      if (this->GetAbortGenerateData())
      {
        throw ProcessAborted(__FILE__, __LINE__);
      }
    }
    this->DrawBar(canvas, c);
  }
  canvas.DrawText(m_Note, frame.Margin, m_PictureSize[1] - frame.Margin, Anchor::Low, Anchor::High, canvas.Label);
  this->WritePicture(canvas);
}

auto
SlicePictureWriter::GetPanelRegion(unsigned int column, SlicePicturePlaneEnum plane) const -> PanelRegionType
{
  const auto planeIndex = static_cast<unsigned int>(plane);
  if (column >= m_Panels.size() || planeIndex >= NumberOfPlanes)
  {
    itkSyntheticCTExceptionMacro("There is no " << plane << " in column " << column << ": " << m_Panels.size()
                                                << " columns have been drawn.");
  }
  return m_Panels[column][planeIndex];
}

auto
SlicePictureWriter::TransformPhysicalPointToPixel(const PointType &     point,
                                                  unsigned int          column,
                                                  SlicePicturePlaneEnum plane) const -> PixelIndexType
{
  const PanelRegionType panel = this->GetPanelRegion(column, plane);
  const PlaneAxes &     axes = planes[static_cast<unsigned int>(plane)];
  const double          right = point[axes.Horizontal] - m_LowerCorner[axes.Horizontal];
  const double          down = axes.VerticalIsReversed ? m_UpperCorner[axes.Vertical] - point[axes.Vertical]
                                                       : point[axes.Vertical] - m_LowerCorner[axes.Vertical];
  PixelIndexType        pixel;
  pixel[0] = panel.GetIndex(0) + static_cast<IndexValueType>(std::floor(right * m_PixelsPerMillimeter));
  pixel[1] = panel.GetIndex(1) + static_cast<IndexValueType>(std::floor(down * m_PixelsPerMillimeter));
  return pixel;
}

void
SlicePictureWriter::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);

  os << indent << "FileName: " << m_FileName << std::endl;
  os << indent << "Columns: " << std::endl;
  for (const Column & column : m_Columns)
  {
    os << indent.GetNextIndent() << column.Title << ": [" << column.WindowMinimum << ", " << column.WindowMaximum
       << "] " << column.Unit << ' ' << column.Colors << std::endl;
  }
  os << indent << "Point: " << m_Point << std::endl;
  os << indent << "UseCenter: " << (m_UseCenter ? "On" : "Off") << std::endl;
  os << indent << "FieldOfViewMargin: " << m_FieldOfViewMargin << std::endl;
  os << indent << "ColumnWidth: " << m_ColumnWidth << std::endl;
  os << indent << "Note: " << m_Note << std::endl;
  os << indent << "LowerCorner: " << m_LowerCorner << std::endl;
  os << indent << "UpperCorner: " << m_UpperCorner << std::endl;
  os << indent << "PixelsPerMillimeter: " << m_PixelsPerMillimeter << std::endl;
  os << indent << "RowsBottom: " << m_RowsBottom << std::endl;
  os << indent << "PictureSize: " << m_PictureSize[0] << " x " << m_PictureSize[1] << std::endl;
  os << indent << "Panels: " << m_Panels.size() << " columns" << std::endl;
}

} // namespace itk
