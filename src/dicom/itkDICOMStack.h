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
#ifndef itkDICOMStack_h
#define itkDICOMStack_h

#include "itkDICOMFile.h"
#include "itkDICOMPixels.h"

#include "itkImage.h"

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace itk
{
namespace SyntheticCTDetail
{

/** \class DICOMRemarks
 * \brief Lines about files; what is said of many files becomes one line. */
class DICOMRemarks
{
public:
  void
  Add(const std::string & fileName, const std::string & text);

  std::vector<std::string>
  GetLines() const;

private:
  struct Remark
  {
    std::string  FileName;
    std::string  Text;
    unsigned int NumberOfOthers;
  };
  std::vector<Remark> m_Remarks;
};

/** One file of a series with its pixels. */
struct DICOMImageFile
{
  const DICOMFile * File;
  DICOMPixels       Pixels;

  explicit DICOMImageFile(const DICOMFile & file)
    : File(&file)
    , Pixels(file)
  {}
};

/** One slice: a file, or a frame of one. */
struct DICOMSlice
{
  const DICOMImageFile * File{ nullptr };
  unsigned int           Frame{ 0 };
  std::array<double, 3>  Position{};
  /** Direction of a row, then of a column. */
  std::array<double, 6> Orientation{};
  /** The last digit to which the cosines were written. */
  double OrientationUnit{ 0.0 };
  /** From column to column, from row to row. */
  std::array<double, 2> Spacing{};
  double                Slope{ 1.0 };
  double                Intercept{ 0.0 };
  bool                  IsLocalizer{ false };
  /** What tells volumes of one series apart, in the order of a table in the source. */
  std::vector<std::string> Attributes;
  /** Along the normal. */
  double Location{ 0.0 };

  /** The file, and the frame where there are several. */
  std::string
  GetName() const;
};

/** Slices that belong together, and what they have in common where there are others. */
struct DICOMStack
{
  std::string             Label;
  std::vector<DICOMSlice> Slices;
};

/** The grid of a stack. */
struct DICOMGrid
{
  Image<float, 3>::PointType     Origin;
  Image<float, 3>::SpacingType   Spacing;
  Image<float, 3>::DirectionType Direction;
  Image<float, 3>::SizeType      Size;
};

/** The slices of the files of one series. Throws an ExceptionObject that names the file when one is none of a volume:
 * without position, orientation or pixel spacing, a mosaic, of another patient or study than the first. */
std::vector<DICOMSlice>
CollectSlices(const std::vector<std::unique_ptr<DICOMImageFile>> & files, DICOMRemarks & remarks);

/** Whether two slices have the same voxels. */
using DICOMSliceComparison = std::function<bool(const DICOMSlice &, const DICOMSlice &)>;

/** Divides the slices of a series into volumes, each with one slice at each position: localizers are left out where
 * there is something else; slices of other orientations, matrices, echoes, b-values and the like are another volume;
 * the same slice twice counts once. Throws when two different slices at one position cannot be told apart. */
std::vector<DICOMStack>
DivideIntoStacks(std::vector<DICOMSlice> &&   slices,
                 const std::string &          name,
                 const DICOMSliceComparison & areEqual,
                 DICOMRemarks &               remarks);

/** Puts the slices in the order of their positions and gives the grid. Throws when they do not make one: slices are
 * missing, unevenly spaced, tilted, or of several frames of reference. */
DICOMGrid
ArrangeStack(DICOMStack & stack, const std::string & name, DICOMRemarks & remarks);

} // namespace SyntheticCTDetail
} // namespace itk

#endif
